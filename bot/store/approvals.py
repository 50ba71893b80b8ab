"""The approval ledger: who did what to which digest. It only grows."""

from __future__ import annotations

import sqlite3

from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import from_epoch, to_epoch


def add_approval(conn: sqlite3.Connection, content: ContentId, entry: ApprovalEntry) -> None:
    """Append one act."""
    conn.execute(
        "INSERT INTO approval(content, act, digest, by, at, reason, rule) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (content, entry.act, entry.digest, entry.by, to_epoch(entry.at), entry.reason, entry.rule),
    )


def approvals(conn: sqlite3.Connection) -> dict[ContentId, list[ApprovalEntry]]:
    """All acts by content, oldest first."""
    found: dict[ContentId, list[ApprovalEntry]] = {}
    for content, act, digest, by, at, reason, rule in conn.execute(
        "SELECT content, act, digest, by, at, reason, rule FROM approval ORDER BY id"
    ):
        found.setdefault(ContentId(content), []).append(
            ApprovalEntry(ApprovalAct(act), digest, by, from_epoch(at), reason, rule=rule)
        )
    return found
