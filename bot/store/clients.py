"""Programs of others that may read figures: each has a token, kept as a hash, and sees one place of the town."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.model.time import from_epoch, to_epoch
from bot.model.tree import NodeId, WorkerId


@dataclass(frozen=True, slots=True)
class Client:
    """A program of somebody else. ``node``: the place that it sees, with all below; ``names``: it is told who answers for a
    group; ``by``: who let it in; ``used_on``: the last day on which it asked; ``why``: why it may no longer."""

    id: int
    name: str
    node: NodeId
    names: bool
    by: str
    at: datetime
    used_on: date | None
    revoked_at: datetime | None
    why: str


_CLIENT = (
    "SELECT c.id, c.name, c.node, c.names, COALESCE(w.name, ''), c.at, c.used_on, c.revoked_at, c.why FROM client c "
    "LEFT JOIN worker w ON w.id = c.by "
)


def _client(row: Any) -> Client:
    id, name, node, names, by, at, used_on, revoked_at, why = row
    return Client(
        id, name, NodeId(node), bool(names), by, from_epoch(at), date.fromisoformat(used_on) if used_on else None,
        None if revoked_at is None else from_epoch(revoked_at), why,
    )  # fmt: skip


def add_client(
    conn: sqlite3.Connection, token: str, name: str, node: NodeId, names: bool, by: WorkerId, now: datetime
) -> int:
    """Whoever brings ``token`` may read ``node`` from now on. Returns the client's number."""
    cursor = conn.execute(
        "INSERT INTO client(hash, name, node, names, by, at, used_on, why) VALUES (?, ?, ?, ?, ?, ?, '', '')",
        (_hash(token), name, node, names, by, to_epoch(now)),
    )
    return int(cursor.lastrowid or 0)


def client_of(conn: sqlite3.Connection, token: str) -> Client | None:
    """Whose ``token`` that is; None if it is nobody's, or not any more."""
    row = conn.execute(_CLIENT + "WHERE c.hash = ? AND c.revoked_at IS NULL", (_hash(token),)).fetchone()
    return None if row is None else _client(row)


def clients(conn: sqlite3.Connection) -> list[Client]:
    """All there ever were: those that may read first, then the latest first."""
    rows = conn.execute(_CLIENT + "ORDER BY c.revoked_at IS NOT NULL, c.id DESC")
    return list(map(_client, rows))


def note_used(conn: sqlite3.Connection, client: int, day: date) -> None:
    conn.execute("UPDATE client SET used_on = ? WHERE id = ?", (day.isoformat(), client))


def revoke_client(conn: sqlite3.Connection, client: int, why: str, now: datetime) -> bool:
    """Its token is worth nothing from now on; false if it was before."""
    ended = conn.execute(
        "UPDATE client SET revoked_at = ?, why = ? WHERE id = ? AND revoked_at IS NULL",
        (to_epoch(now), why, client),
    )
    return ended.rowcount > 0


def _hash(token: str) -> str:
    return hashlib.sha256(f"client:{token}".encode()).hexdigest()
