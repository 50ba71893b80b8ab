"""Material that people handed in at the console, for the office to make a content of: whose it is, and when it came."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.model.content import ContentId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import WorkerId


@dataclass(frozen=True, slots=True)
class Material:
    """``digest``: of the draft as it was handed in; another one says that the office works on it. ``declined``: why the
    office does not use it; empty otherwise."""

    content: ContentId
    digest: str
    worker: WorkerId
    name: str
    at: datetime
    declined: str


def add_material(
    conn: sqlite3.Connection, content: ContentId, digest: str, worker: WorkerId, now: datetime
) -> None:
    """``worker`` handed a draft in."""
    conn.execute(
        "INSERT OR REPLACE INTO material VALUES (?, ?, ?, ?, '')", (content, digest, worker, to_epoch(now))
    )


def decline(conn: sqlite3.Connection, content: ContentId, reason: str) -> bool:
    """The office does not use it; false if it was no material."""
    return conn.execute("UPDATE material SET declined = ? WHERE content = ?", (reason, content)).rowcount > 0


def materials(
    conn: sqlite3.Connection, worker: WorkerId | None = None, most: int = 1_000
) -> dict[ContentId, Material]:
    """What was handed in, the newest first; of one ``worker`` only."""
    rows = conn.execute(
        "SELECT m.content, m.digest, m.worker, w.name, m.at, m.declined FROM material m JOIN worker w ON w.id = m.worker "
        "WHERE ? IS NULL OR m.worker = ? ORDER BY m.at DESC, m.content LIMIT ?",
        (worker, worker, most),
    )
    return {
        ContentId(content): Material(ContentId(content), digest, WorkerId(by), name, from_epoch(at), declined)
        for content, digest, by, name, at, declined in rows
    }
