"""The ledger page by page, for programs that read all of it: a page costs the same, wherever it begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.counts import COLUMNS, Counts
from bot.model.ledger import TargetId, WaveId
from bot.model.time import to_epoch
from bot.model.tree import NodeId
from bot.store.reading import TARGETS, TargetRow, Wave, target_of

BEGIN = TargetId(0)
"""Comes before every target."""
MOST_LOOKED_AT = 40_000
"""Targets that are looked at for a page of gaps, about: a year with few gaps is not read in one go."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended: after ``target`` of ``wave``; `BEGIN`: before the wave's first."""

    wave: WaveId
    target: TargetId = BEGIN


def counts_by_wave(conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId) -> dict[WaveId, Counts]:
    """The figures of a node in each of ``waves``; one that had nothing to do with it is absent."""
    some = ", ".join(str(int(wave.id)) for wave in waves)
    rows = conn.execute(
        f"SELECT wave, {', '.join(COLUMNS)} FROM counter WHERE wave IN ({some}) AND node = ?", (node,)
    )
    return {WaveId(wave): Counts(*figures) for wave, *figures in rows}


def target_page(
    conn: sqlite3.Connection,
    waves: Sequence[Wave],
    node: NodeId,
    limit: int,
    after: Mark | None = None,
) -> tuple[list[TargetRow], Mark | None]:
    """At most ``limit`` targets of ``waves`` in the subtree of ``node``, in the order of `reading.target_rows`, from where
    the page before ended; and where this one ends, None if there are no more. Raises `KeyError` if ``after`` is none of it.
    """
    found: list[TargetRow] = []
    for wave, lo, first in _from(conn, waves, after):
        found += _targets(conn, wave, node, lo, first, limit + 1 - len(found), "")
        if len(found) > limit:
            return found[:limit], _mark(waves, found[limit - 1])
    return found, None


def gap_page(
    conn: sqlite3.Connection,
    waves: Sequence[Wave],
    node: NodeId,
    limit: int,
    after: Mark | None = None,
    *,
    overdue_at: datetime | None = None,
) -> tuple[list[TargetRow], Mark | None]:
    """As `target_page`, of what coverage counts as expected and not covered; ``overdue_at``: and was due before then. A page
    may be short, or empty, and not the last: only its mark tells."""
    found: list[TargetRow] = []
    counts = counts_by_wave(conn, waves, node)
    only = " AND t.reason IS NOT NULL AND (t.use = 'resident' OR t.use IS NULL)"
    if overdue_at is not None:
        only += f" AND t.due < {to_epoch(overdue_at)}"
    looked_at = 0
    for wave, lo, first in _from(conn, waves, after):
        here = counts.get(wave.id, Counts())
        if not here.gaps:
            continue
        if looked_at and looked_at + here.expected > MOST_LOOKED_AT:
            return found, Mark(wave.id)
        looked_at += here.expected
        found += _targets(conn, wave, node, lo, first, limit + 1 - len(found), only)
        if len(found) > limit:
            return found[:limit], _mark(waves, found[limit - 1])
    return found, None


def _from(
    conn: sqlite3.Connection, waves: Sequence[Wave], after: Mark | None
) -> list[tuple[Wave, int, TargetId]]:
    """The waves that are left, each with the place and the target after which to go on."""
    if after is None:
        return [(wave, -1, BEGIN) for wave in waves]
    ids = [wave.id for wave in waves]
    if after.wave not in ids:
        raise KeyError(after)
    lo = -1
    if after.target:
        row = conn.execute(
            "SELECT lo FROM target WHERE id = ? AND wave = ?", (after.target, after.wave)
        ).fetchone()
        if row is None:
            raise KeyError(after)
        (lo,) = row
    first, *rest = waves[ids.index(after.wave) :]
    return [(first, lo, after.target), *((wave, -1, BEGIN) for wave in rest)]


def _targets(
    conn: sqlite3.Connection, wave: Wave, node: NodeId, lo: int, first: TargetId, limit: int, only: str
) -> list[TargetRow]:
    place = conn.execute(
        "SELECT lo, hi FROM edition_node WHERE edition = ? AND node = ?", (wave.edition, node)
    ).fetchone()
    if place is None:
        return []
    begin, end = place
    rows = conn.execute(
        TARGETS
        + f"WHERE w.id = ? AND t.lo BETWEEN ? AND ? AND (t.lo, t.id) > (?, ?){only} ORDER BY t.lo, t.id LIMIT ?",
        (wave.id, max(begin, lo), end, lo, first, limit),
    )
    return list(map(target_of, rows))


def _mark(waves: Sequence[Wave], row: TargetRow) -> Mark:
    return Mark(next(wave.id for wave in waves if wave.name == row.wave), row.id)
