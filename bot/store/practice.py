"""What a practice shows below what was said: what we said where, and what the ledger made of a message."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.model.time import from_epoch
from bot.model.tree import GroupId, WorkerId


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of ours that is no part of a wave. ``content`` and ``part``: of one that was shown to somebody."""

    at: datetime
    text: str
    content: str
    part: int | None


_SPOKEN = "SELECT settled_at, text, content, part FROM outgoing WHERE kind != 'part' AND kind != 'recall' AND state = 'accepted'"


def spoken_in(conn: sqlite3.Connection, group: GroupId, most: int) -> list[Spoken]:
    """What we said in a group's room, the newest ``most``, oldest first."""
    rows = conn.execute(f"{_SPOKEN} AND grp = ? ORDER BY settled_at DESC, id DESC LIMIT ?", (group, most))
    return [Spoken(from_epoch(at), *rest) for at, *rest in rows][::-1]


def spoken_to(conn: sqlite3.Connection, worker: WorkerId, most: int) -> list[Spoken]:
    """What we said to somebody privately, the newest ``most``, oldest first."""
    rows = conn.execute(
        f"{_SPOKEN} AND grp IS NULL AND worker = ? ORDER BY settled_at DESC, id DESC LIMIT ?", (worker, most)
    )
    return [Spoken(from_epoch(at), *rest) for at, *rest in rows][::-1]


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry of the ledger with how its target stands now."""

    act: str
    at: datetime
    group: str
    title: str
    covered_at: datetime | None
    on_time: bool | None


_NOTED = (
    "SELECT l.act, l.at, COALESCE(grp.name, ''), w.title, t.covered_at, t.on_time FROM ledger l JOIN target t ON t.id = l.target "
    "JOIN wave w ON w.id = t.wave LEFT JOIN grp ON grp.id = t.grp WHERE "
)


def newest_entry(conn: sqlite3.Connection) -> int:
    """The ledger's last entry; 0 before the first."""
    return int(conn.execute("SELECT COALESCE(MAX(id), 0) FROM ledger").fetchone()[0])


def entries_after(conn: sqlite3.Connection, entry: int) -> list[Noted]:
    """What was written down since, oldest first."""
    return _noted(conn.execute(f"{_NOTED} l.id > ? ORDER BY l.id", (entry,)))


def seen_in(conn: sqlite3.Connection, message: str) -> list[Noted]:
    """What a message was taken for when it was seen."""
    return _noted(
        conn.execute(f"{_NOTED} l.ref = ? AND l.act IN ('observed', 'accepted') ORDER BY l.id", (message,))
    )


def confirmed_in(conn: sqlite3.Connection, wave: str, group: GroupId) -> list[Noted]:
    """What people said of a group in a wave."""
    return _noted(
        conn.execute(
            f"{_NOTED} w.name = ? AND t.wave = w.id AND t.grp = ? AND l.act = 'confirmed' ORDER BY l.id",
            (wave, group),
        )
    )


def _noted(rows: sqlite3.Cursor) -> list[Noted]:
    return [
        Noted(
            act,
            from_epoch(at),
            group,
            title,
            None if covered is None else from_epoch(covered),
            None if on_time is None else bool(on_time),
        )
        for act, at, group, title, covered, on_time in rows
    ]
