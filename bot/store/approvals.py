"""The approval ledger: who did what to which digest. It only grows."""

from __future__ import annotations

import sqlite3

from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import WorkerId
from bot.store import log


def add_approval(conn: sqlite3.Connection, content: ContentId, entry: ApprovalEntry) -> None:
    """Append one act; the log of who did what vouches for it."""
    (id,) = conn.execute(
        "INSERT INTO approval(content, act, digest, by, at, reason, rule, account) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            content,
            entry.act,
            entry.digest,
            entry.by,
            to_epoch(entry.at),
            entry.reason,
            entry.rule,
            entry.account,
        ),
    ).fetchone()
    log.add_fact(conn, id)


def approvals(conn: sqlite3.Connection) -> dict[ContentId, list[ApprovalEntry]]:
    """All acts by content, oldest first."""
    found: dict[ContentId, list[ApprovalEntry]] = {}
    for content, act, digest, by, at, reason, rule, account in conn.execute(
        "SELECT content, act, digest, by, at, reason, rule, account FROM approval ORDER BY id"
    ):
        found.setdefault(ContentId(content), []).append(
            ApprovalEntry(ApprovalAct(act), digest, by, from_epoch(at), reason, rule, account)
        )
    return found


def keep_text(conn: sqlite3.Connection, content: ContentId, digest: str, lines: str) -> None:
    """What is being approved, as its lines (`bot.approval.versions`)."""
    conn.execute("INSERT OR IGNORE INTO approved_text VALUES (?, ?, ?)", (digest, content, lines))


def approved_text(conn: sqlite3.Connection, digest: str) -> str | None:
    """The lines of what was approved; None if that was before they were kept."""
    row = conn.execute("SELECT lines FROM approved_text WHERE digest = ?", (digest,)).fetchone()
    return None if row is None else str(row[0])


def note_shown(
    conn: sqlite3.Connection, worker: WorkerId, content: ContentId, digest: str, preview: str
) -> None:
    """A reviewer is shown exactly this digest, by messages whose keys begin with ``preview``."""
    conn.execute("INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?)", (worker, digest, content, preview))


def shown_to(conn: sqlite3.Connection, worker: WorkerId) -> dict[str, ContentId]:
    """Digest → content of what a reviewer was shown, all of it."""
    rows = conn.execute(
        "SELECT digest, content FROM shown s WHERE worker = ? AND NOT EXISTS (SELECT 1 FROM outgoing o "
        "WHERE o.key > s.preview || ':' AND o.key < s.preview || ';' AND o.state != 'accepted')",
        (worker,),
    )
    return {digest: ContentId(content) for digest, content in rows}
