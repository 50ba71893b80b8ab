"""Answers from the ledger: coverage, gaps, targets, tasks. Reads only; every row comes back as a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.model.content import ContentId
from bot.model.counts import COLUMNS, Counts
from bot.model.ledger import Reason, TargetId, WaveId
from bot.model.time import day_start, from_epoch, to_epoch
from bot.model.tree import GroupId, NodeId, WorkerId


@dataclass(frozen=True, slots=True)
class Wave:
    id: WaveId
    name: str
    entry: str
    content: ContentId
    digest: str
    number: str
    title: str
    campaign: str
    urgent: bool
    edition: int
    starts_at: datetime
    closes_at: datetime
    withdrawn: bool


_WAVE = (
    "SELECT id, name, entry, content, digest, number, title, campaign, urgent, edition, starts_at, closes_at, "
    "withdrawn_at IS NOT NULL FROM wave "
)


def _wave(row: Any) -> Wave:
    urgent, edition, starts_at, closes_at, withdrawn = row[8:]
    wave, name, entry, content, digest, number, title, campaign = row[:8]
    return Wave(
        wave, name, entry, content, digest, number, title, campaign, bool(urgent), edition,
        from_epoch(starts_at), from_epoch(closes_at), bool(withdrawn),
    )  # fmt: skip


def waves_between(conn: sqlite3.Connection, first: date, last: date) -> list[Wave]:
    """Waves that started on the local days ``first`` to ``last``, inclusive, in their order."""
    begin, end = day_start(first), day_start(last + timedelta(days=1))
    rows = conn.execute(
        _WAVE + "WHERE starts_at >= ? AND starts_at < ? ORDER BY starts_at, id",
        (to_epoch(begin), to_epoch(end)),
    )
    return list(map(_wave, rows))


def waves_since(conn: sqlite3.Connection, since: datetime) -> list[Wave]:
    """Waves that started after ``since``, in their order."""
    rows = conn.execute(_WAVE + "WHERE starts_at > ? ORDER BY starts_at, id", (to_epoch(since),))
    return list(map(_wave, rows))


def title_like(conn: sqlite3.Connection, words: str, since: datetime) -> bool:
    """Whether a wave since then had ``words`` in its title."""
    row = conn.execute(
        "SELECT 1 FROM wave WHERE starts_at > ? AND instr(title, ?) > 0 LIMIT 1", (to_epoch(since), words)
    ).fetchone()
    return row is not None


def wave_named(conn: sqlite3.Connection, name: str) -> Wave | None:
    row = conn.execute(_WAVE + "WHERE name = ?", (name,)).fetchone()
    return None if row is None else _wave(row)


def wave_names(conn: sqlite3.Connection) -> list[str]:
    """All waves' names, newest first: for “did you mean”."""
    return [name for (name,) in conn.execute("SELECT name FROM wave ORDER BY starts_at DESC LIMIT 500")]


def campaigns(conn: sqlite3.Connection) -> dict[str, tuple[datetime, datetime]]:
    """Every campaign that had a wave: when its first one and its last one started."""
    rows = conn.execute(
        "SELECT campaign, MIN(starts_at), MAX(starts_at) FROM wave WHERE campaign != '' GROUP BY campaign ORDER BY 2"
    )
    return {name: (from_epoch(first), from_epoch(last)) for name, first, last in rows}


def _in(waves: Sequence[Wave]) -> str:
    return ", ".join(str(int(w.id)) for w in waves)


_SUMS = ", ".join(f"COALESCE(SUM(c.{column}), 0)" for column in COLUMNS)


def counts(conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId) -> Counts:
    """The figures of a node and all below it over ``waves``: one counter row per wave."""
    row = conn.execute(
        f"SELECT {_SUMS} FROM counter c WHERE c.wave IN ({_in(waves)}) AND c.node = ?", (node,)
    ).fetchone()
    return Counts(*row)


def children_counts(
    conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId
) -> list[tuple[str, Counts]]:
    """(path, figures) of each node right below ``node``, in roster order, as the tree was in each wave."""
    if not waves:
        return []
    rows = conn.execute(
        f"SELECT node.path, {_SUMS} FROM wave w "
        "CROSS JOIN edition_node n INDEXED BY edition_node_parent ON n.edition = w.edition AND n.parent = ? "
        "CROSS JOIN counter c ON c.wave = w.id AND c.node = n.node "
        f"JOIN node ON node.id = n.node WHERE w.id IN ({_in(waves)}) GROUP BY n.node ORDER BY MIN(n.lo)",
        (node,),
    )
    return [(path, Counts(*figures)) for path, *figures in rows]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One line of the ledger, ready to be told. Names are those of the wave's edition."""

    id: TargetId
    wave: str
    content: ContentId
    title: str
    number: str
    path: str
    node: NodeId
    group: str | None
    group_id: GroupId | None
    worker: str | None
    worker_id: WorkerId | None
    use: str | None
    mode: str | None
    source: TargetId | None
    starts_at: datetime
    opened_at: datetime | None
    due: datetime
    accepted_at: datetime | None
    evidence: str | None
    covered_at: datetime | None
    on_time: bool | None
    reason: Reason | None
    exempt: bool

    @property
    def waits(self) -> bool:
        """Whether it can be done now and is not."""
        return self.reason is not None and self.opened_at is not None

    def overdue(self, now: datetime) -> bool:
        return self.reason is not None and self.due < now


def _targets(tables: str) -> str:
    """Targets with their wave and names, read from ``tables`` (w, t) in that order and by the index that is named there:
    left to itself SQLite reads every target of a wave where that saves it a sort (20,000 instead of 8)."""
    return (
        "SELECT t.id, w.name, w.content, w.title, w.number, node.path, t.node, grp.name, t.grp, worker.name, t.worker, "
        "t.use, t.mode, t.source, w.starts_at, t.opened_at, t.due, t.accepted_at, t.evidence, t.covered_at, t.on_time, t.reason, t.exempt "
        f"FROM {tables} JOIN node ON node.id = t.node "
        "LEFT JOIN grp ON grp.id = t.grp LEFT JOIN worker ON worker.id = t.worker "
    )


TARGETS = _targets("wave w CROSS JOIN target t ON t.wave = w.id")
_TASKS_OF_WORKER = _targets("wave w CROSS JOIN target t INDEXED BY target_worker ON t.wave = w.id")
_OPEN_TASKS = _targets("wave w CROSS JOIN target t INDEXED BY target_open ON t.wave = w.id")
_ONE_TARGET = _targets("target t CROSS JOIN wave w ON w.id = t.wave")


def target_of(row: Any) -> TargetRow:
    (
        target, wave, content, title, number, path, node, group, group_id, worker, worker_id, use, mode, source,
        starts, opened, due, accepted, evidence, covered, on_time, reason, exempt,
    ) = row  # fmt: skip
    return TargetRow(
        target, wave, content, title, number, path, node, group, group_id, worker, worker_id, use, mode, source,
        from_epoch(starts), _time(opened), from_epoch(due), _time(accepted), evidence, _time(covered),
        None if on_time is None else bool(on_time), Reason(reason) if reason else None, bool(exempt),
    )  # fmt: skip


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else from_epoch(ms)


def target_rows(
    conn: sqlite3.Connection, waves: Sequence[Wave], node: NodeId | None = None, *, gaps_only: bool = False
) -> list[TargetRow]:
    """The targets of ``waves`` in the subtree of ``node`` (default: everywhere), wave by wave in tree order.

    A subtree is one range of the wave's own numbering. ``gaps_only``: what coverage counts as expected and not
    covered (resident groups and holes; outlets and work groups stand apart).
    """
    found: list[TargetRow] = []
    only = " AND t.reason IS NOT NULL AND (t.use = 'resident' OR t.use IS NULL)" if gaps_only else ""
    for wave in waves:
        lo, hi = 0, 1 << 60
        if node is not None:
            row = conn.execute(
                "SELECT lo, hi FROM edition_node WHERE edition = ? AND node = ?", (wave.edition, node)
            ).fetchone()
            if row is None:
                continue
            lo, hi = row
        rows = conn.execute(
            TARGETS + f"WHERE w.id = ? AND t.lo BETWEEN ? AND ?{only} ORDER BY t.lo, t.id", (wave.id, lo, hi)
        )
        found += map(target_of, rows)
    return found


def target_by_id(conn: sqlite3.Connection, target: TargetId) -> TargetRow | None:
    row = conn.execute(_ONE_TARGET + "WHERE t.id = ?", (target,)).fetchone()
    return None if row is None else target_of(row)


def targets_by_id(conn: sqlite3.Connection, targets: Sequence[int]) -> list[TargetRow]:
    """These targets, in the order of their numbers."""
    rows = conn.execute(
        _ONE_TARGET + f"WHERE t.id IN ({', '.join(map(str, map(int, targets)))}) ORDER BY t.id"
    )
    return list(map(target_of, rows))


def tasks_of_day(conn: sqlite3.Connection, worker: WorkerId, day: date) -> list[TargetRow]:
    """A worker's tasks of ``day``: what was left open from the days before, then what came on it.

    The place in this list is the task's number all day: what is done stays in it until midnight.
    """
    begin, end = to_epoch(day_start(day)), to_epoch(day_start(day + timedelta(days=1)))
    # “+”: by when waves close. Those that closed are many and grow, those yet to begin are none.
    rows = conn.execute(_WAVE + "WHERE +starts_at < ? AND closes_at > ?", (end, begin))
    waves = list(map(_wave, rows))
    if not waves:
        return []
    rows = conn.execute(
        _TASKS_OF_WORKER
        + f"WHERE w.id IN ({_in(waves)}) AND t.worker = ? AND t.mode = 'relay' AND NOT t.exempt "
        "AND (w.starts_at >= ? OR t.covered_at IS NULL OR t.covered_at >= ?) "
        "ORDER BY w.starts_at, w.id, t.lo, t.id",
        (worker, begin, begin),
    )
    return list(map(target_of, rows))


def open_tasks_of(conn: sqlite3.Connection, worker: WorkerId, now: datetime) -> list[TargetRow]:
    """As `open_tasks`, of one person."""
    rows = conn.execute(
        _TASKS_OF_WORKER
        + "WHERE w.closes_at > ? AND t.worker = ? AND t.mode = 'relay' AND t.reason IN ('not_reposted', 'unproven') "
        "AND t.opened_at <= ? ORDER BY t.due, t.id",
        (to_epoch(now), worker, to_epoch(now)),
    )
    return list(map(target_of, rows))


def open_tasks_below(conn: sqlite3.Connection, node: NodeId, now: datetime) -> list[TargetRow]:
    """As `open_tasks`, of the subtree of ``node``: one range of each wave's own numbering."""
    found: list[TargetRow] = []
    waves = conn.execute("SELECT id, edition FROM wave WHERE closes_at > ?", (to_epoch(now),)).fetchall()
    for wave, edition in waves:
        place = conn.execute(
            "SELECT lo, hi FROM edition_node WHERE edition = ? AND node = ?", (edition, node)
        ).fetchone()
        if place is not None:
            rows = conn.execute(
                TARGETS
                + "WHERE w.id = ? AND t.lo BETWEEN ? AND ? AND t.reason IN ('not_reposted', 'unproven') "
                "AND t.mode = 'relay' AND t.opened_at <= ?",
                (wave, *place, to_epoch(now)),
            )
            found += map(target_of, rows)
    return sorted(found, key=lambda task: (task.due, task.id))


def open_tasks(conn: sqlite3.Connection, now: datetime) -> list[TargetRow]:
    """Every task that can be done now and is not: opened, not covered, its wave not closed. In order of deadline.

    A disputed one is a question to the office, not a task.
    """
    rows = conn.execute(
        _OPEN_TASKS
        + "WHERE t.reason IN ('not_reposted', 'unproven') AND t.mode = 'relay' AND t.opened_at <= ? "
        "AND w.closes_at > ? ORDER BY t.due, t.id",
        (to_epoch(now), to_epoch(now)),
    )
    return list(map(target_of, rows))
