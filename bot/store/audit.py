"""The independent slow recount: every counter again from the entries alone. A difference is an error."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from bot.model.counts import COLUMNS, Counts, counts_of
from bot.model.fold import Frozen, State, fold
from bot.model.ledger import TargetId
from bot.model.time import from_epoch
from bot.model.tree import Mode, Use
from bot.store.ledger import entries_of, evidence_set, state_row


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter or a target that does not agree with the ledger; ``what`` is Chinese."""

    wave: str
    path: str
    what: str


def recount(conn: sqlite3.Connection) -> list[Difference]:
    """Every target and every counter again, from the entries alone and the parents of each node; what differs is an
    error."""
    differences = []
    for wave, name, edition, starts_at, counted in conn.execute(
        "SELECT id, name, edition, starts_at, counted FROM wave"
    ).fetchall():
        parents = dict(conn.execute("SELECT node, parent FROM edition_node WHERE edition = ?", (edition,)))
        states: dict[int, State] = {}
        fresh: dict[int, Counts] = {}
        # A source is frozen before what it feeds, so its id is smaller.
        for target, node, path, use, mode, source, members, window, due, *derived in conn.execute(
            "SELECT t.id, node, path, use, mode, source, members, window_ms, planned_due, opened_at, due, accepted_at, "
            "evidence, covered_at, on_time, reason, exempt FROM target t JOIN node ON node.id = t.node "
            "WHERE wave = ? ORDER BY t.id",
            (wave,),
        ).fetchall():
            frozen = Frozen(
                Mode(mode) if mode else None, source is not None, from_epoch(starts_at),
                timedelta(milliseconds=window), from_epoch(due), evidence_set(counted),
            )  # fmt: skip
            above = states[source].covered_at if source is not None else None
            states[target] = fold(frozen, entries_of(conn, TargetId(target)), above)
            if state_row(states[target]) != tuple(derived):
                differences.append(Difference(name, path, "有一个群的状态和台账对不上"))
            own = counts_of(states[target], use=Use(use) if use else None, members=members)
            here: int | None = node
            while here is not None:
                fresh[here] = fresh.get(here, Counts()).plus(own)
                here = parents[here]
        for node, path, *figures in conn.execute(
            f"SELECT node, path, {', '.join(COLUMNS)} FROM counter JOIN node ON node.id = node WHERE wave = ?",
            (wave,),
        ):
            stored = Counts(*figures)
            recounted = fresh.pop(node, Counts())
            if stored != recounted:
                differences.append(Difference(name, path, _both(stored, recounted)))
        differences += [
            Difference(name, str(node), _both(Counts(), counts)) for node, counts in fresh.items()
        ]
    return differences


def _both(stored: Counts, recounted: Counts) -> str:
    return f"存的是 {stored.covered}/{stored.expected}，重算是 {recounted.covered}/{recounted.expected}"
