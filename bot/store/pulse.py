"""How a day went and whether anything moved: what a page that stays open asks for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.model.ledger import Reason, WaveId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import NodeId
from bot.store.reading import Wave

STEP = timedelta(minutes=5)


def moved(conn: sqlite3.Connection) -> tuple[int | str, ...]:
    """A mark that changes with whatever a start page shows: the ledger, waves, notices, bindings, acts of people,
    screenshots, the pause."""
    row = conn.execute(
        "SELECT (SELECT MAX(id) FROM ledger), (SELECT MAX(id) FROM wave), (SELECT MAX(id) FROM notice), "
        "(SELECT MAX(id) FROM approval), (SELECT COUNT(*) FROM binding), (SELECT MAX(at) FROM asked), "
        "(SELECT MAX(id) FROM log), (SELECT MAX(id) FROM screenshot), (SELECT MAX(id) FROM doubt), "
        "(SELECT value FROM meta WHERE key = 'paused')"
    ).fetchone()
    return tuple(row)


def _subtree(conn: sqlite3.Connection, wave: Wave, node: NodeId) -> tuple[int, int] | None:
    row = conn.execute(
        "SELECT lo, hi FROM edition_node WHERE edition = ? AND node = ?", (wave.edition, node)
    ).fetchone()
    return None if row is None else (row[0], row[1])


_COUNTED = "(t.use = 'resident' OR t.use IS NULL) AND NOT t.exempt AND t.covered_at IS NOT NULL"


def covered_by(conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId, at: datetime) -> int:
    """How many targets of ``waves`` below ``node`` were covered by ``at``: for a comparison with the same time of another day."""
    total = 0
    for wave in waves:
        if (place := _subtree(conn, wave, node)) is not None:
            row = conn.execute(
                "SELECT COUNT(*) FROM target t INDEXED BY target_place WHERE t.wave = ? AND t.lo BETWEEN ? AND ? "
                f"AND {_COUNTED} AND t.covered_at <= ?",
                (wave.id, *place, to_epoch(at)),
            ).fetchone()
            total += row[0]
    return total


def steps_of(conn: sqlite3.Connection, wave: Wave, node: NodeId) -> list[tuple[datetime, int]]:
    """How a wave went down below ``node``: the end of each five minutes in which something was covered, and how much."""
    place = _subtree(conn, wave, node)
    if place is None:
        return []
    step = int(STEP.total_seconds() * 1000)
    rows = conn.execute(
        f"SELECT (t.covered_at / {step} + 1) * {step}, COUNT(*) FROM target t INDEXED BY target_place "
        f"WHERE t.wave = ? AND t.lo BETWEEN ? AND ? AND {_COUNTED} GROUP BY 1 ORDER BY 1",
        (wave.id, *place),
    )
    return [(from_epoch(at), count) for at, count in rows]


class Lack(NamedTuple):
    """Gaps of one wave with one reason that one thing helps against, as far as needed to choose which are told first:
    all that one person has to forward, else one group. ``size``: how many; ``listed``: their ids as the file gives them."""

    whose: str
    reason: Reason
    overdue: bool
    size: int
    listed: str

    @property
    def ids(self) -> list[int]:
        """Of the targets; read only for the few that are shown."""
        return [int(id) for id in self.listed.split(",")]


def lacks(conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId, now: datetime) -> list[Lack]:
    """What coverage expects below ``node`` and does not have, of thousands in milliseconds."""
    found: list[Lack] = []
    for wave in waves:
        if (place := _subtree(conn, wave, node)) is not None:
            rows = conn.execute(
                "SELECT CASE WHEN t.worker IS NOT NULL AND t.reason IN ('not_reposted', 'upstream') THEN 'w' || t.worker "
                "ELSE 'g' || t.node || '/' || COALESCE(t.grp, '') END, t.reason, t.due < ?, COUNT(*), GROUP_CONCAT(t.id) "
                "FROM target t INDEXED BY target_place WHERE t.wave = ? AND t.lo BETWEEN ? AND ? AND t.reason IS NOT NULL "
                "AND (t.use = 'resident' OR t.use IS NULL) GROUP BY 1, 2, 3 ORDER BY MIN(t.lo), MIN(t.id)",
                (to_epoch(now), wave.id, *place),
            )
            found += [
                Lack(whose, _REASONS[reason], bool(over), size, listed)
                for whose, reason, over, size, listed in rows
            ]
    return found


_REASONS = {reason.value: reason for reason in Reason}


def last_due(conn: sqlite3.Connection, wave: WaveId) -> datetime | None:
    """When the most of a wave is due: the commonest deadline of its resident groups."""
    row = conn.execute(
        "SELECT due, COUNT(*) FROM target t WHERE t.wave = ? AND (t.use = 'resident' OR t.use IS NULL) GROUP BY due "
        "ORDER BY 2 DESC, 1 DESC LIMIT 1",
        (wave,),
    ).fetchone()
    return None if row is None else from_epoch(row[0])
