"""Where a content went: its waves, how many of them, and how fast people passed it on."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.model.content import ContentId
from bot.model.ledger import WaveId
from bot.model.time import from_epoch, to_epoch

_REPOSTED = "(t.use = 'resident') AND NOT t.exempt AND t.covered_at IS NOT NULL AND t.evidence != 'direct'"


def wave_names_of(conn: sqlite3.Connection, content: ContentId, most: int, skip: int = 0) -> list[str]:
    """The names of the waves of ``content``, the newest first."""
    rows = conn.execute(
        "SELECT name FROM wave WHERE content = ? ORDER BY starts_at DESC, id DESC LIMIT ? OFFSET ?",
        (content, most, skip),
    )
    return [name for (name,) in rows]


def how_often(conn: sqlite3.Connection, content: ContentId) -> int:
    """How many waves ``content`` had."""
    (count,) = conn.execute("SELECT COUNT(*) FROM wave WHERE content = ?", (content,)).fetchone()
    return int(count)


def sent_last(conn: sqlite3.Connection) -> dict[ContentId, datetime]:
    """Content → when its newest wave began."""
    rows = conn.execute("SELECT content, MAX(starts_at) FROM wave GROUP BY content")
    return {ContentId(content): from_epoch(at) for content, at in rows}


def median_wait(conn: sqlite3.Connection, wave: WaveId, every: int = 1) -> timedelta | None:
    """From when a group's task was open until it was reposted there, the middle of all that were reposted; None if none was.
    What stood there before counts as at once. ``every``: only each so-many-th place is looked at, which the index alone
    tells: of 20,000 groups all would take a tenth of a second."""
    rows = conn.execute(
        "SELECT MAX(t.covered_at - COALESCE(t.opened_at, w.starts_at), 0) FROM wave w "
        "CROSS JOIN target t INDEXED BY target_place ON t.wave = w.id "
        f"WHERE w.id = ? AND t.lo % ? = 0 AND {_REPOSTED} ORDER BY 1",
        (wave, every),
    ).fetchall()
    return timedelta(milliseconds=rows[(len(rows) - 1) // 2][0]) if rows else None


def groups_to_put_right(conn: sqlite3.Connection, content: ContentId, now: datetime) -> int:
    """In how many groups ``content`` stands of whose waves a withdrawal at ``now`` would be one."""
    (count,) = conn.execute(
        "SELECT COUNT(DISTINCT t.grp) FROM wave w JOIN target t ON t.wave = w.id "
        "WHERE w.content = ? AND w.closes_at > ? AND (t.covered_at IS NOT NULL OR t.accepted_at IS NOT NULL)",
        (content, to_epoch(now)),
    ).fetchone()
    return int(count)
