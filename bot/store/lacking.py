"""What a day lacks, counted by place and reason: a list of thousands of gaps is drawn up from this, and read place by place."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.ledger import Reason
from bot.model.time import to_epoch
from bot.model.tree import NodeId
from bot.store.reading import TARGETS, TargetRow, Wave, target_of


@dataclass(frozen=True, slots=True)
class Lacking:
    """How many targets of one place, and of all below it, are gaps for one reason. ``path``: as the wave knows the place."""

    path: str
    reason: Reason
    overdue: bool
    count: int


def lacking(conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId, now: datetime) -> list[Lacking]:
    """What coverage expects and does not have, wave by wave: at ``node`` itself, then at each place right below it with all
    that is below that one, in roster order."""
    found: list[Lacking] = []
    for wave in waves:
        if (place := _range(conn, wave, node)) is None:
            continue
        itself = conn.execute(
            "SELECT (SELECT path FROM node WHERE id = ?), t.reason, t.due < ?, COUNT(*) FROM target t INDEXED BY target_place "
            f"WHERE t.wave = ? AND t.lo = ? AND {_GAP} GROUP BY 2, 3",
            (node, to_epoch(now), wave.id, place[0]),
        ).fetchall()
        below = conn.execute(
            "SELECT node.path, t.reason, t.due < ?, COUNT(*) FROM edition_node u INDEXED BY edition_node_parent "
            "CROSS JOIN target t INDEXED BY target_place ON t.wave = ? AND t.lo BETWEEN u.lo AND u.hi "
            f"CROSS JOIN node ON node.id = u.node WHERE u.edition = ? AND u.parent = ? AND {_GAP} "
            "GROUP BY u.lo, t.reason, 3 ORDER BY u.lo",
            (to_epoch(now), wave.id, wave.edition, node),
        )
        found += [
            Lacking(path, _REASONS[reason], bool(over), count)
            for path, reason, over, count in (*itself, *below)
        ]
    return found


_GAP = "t.reason IS NOT NULL AND (t.use = 'resident' OR t.use IS NULL)"
_REASONS = {reason.value: reason for reason in Reason}


def gaps_of(conn: sqlite3.Connection, waves: Sequence[Wave], path: str, *, below: bool) -> list[TargetRow]:
    """The gaps of the place at ``path``, and (``below``) of all places below it, in roster order."""
    node = conn.execute("SELECT id FROM node WHERE path = ?", (path,)).fetchone()
    found: list[TargetRow] = []
    for wave in waves if node else ():
        if (place := _range(conn, wave, NodeId(node[0]))) is not None:
            rows = conn.execute(
                TARGETS + f"WHERE w.id = ? AND t.lo BETWEEN ? AND ? AND {_GAP} ORDER BY t.lo, t.id",
                (wave.id, place[0], place[1] if below else place[0]),
            )
            found += map(target_of, rows)
    return found


def _range(conn: sqlite3.Connection, wave: Wave, node: NodeId) -> tuple[int, int] | None:
    row = conn.execute(
        "SELECT lo, hi FROM edition_node WHERE edition = ? AND node = ?", (wave.edition, node)
    ).fetchone()
    return None if row is None else (row[0], row[1])
