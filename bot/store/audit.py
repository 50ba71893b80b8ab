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
from bot.store.ledger import entries_of, evidence_set


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that does not agree with the ledger."""

    wave: str
    path: str
    stored: Counts
    recounted: Counts


def recount(conn: sqlite3.Connection) -> list[Difference]:
    """Every counter again, from the entries alone and the parents of each node; what differs is an error."""
    differences = []
    for wave, name, edition, starts_at, counted in conn.execute(
        "SELECT id, name, edition, starts_at, counted FROM wave"
    ).fetchall():
        parents = dict(conn.execute("SELECT node, parent FROM edition_node WHERE edition = ?", (edition,)))
        states: dict[int, State] = {}
        fresh: dict[int, Counts] = {}
        # A source is frozen before what it feeds, so its id is smaller.
        for target, node, use, mode, source, members, window, due in conn.execute(
            "SELECT id, node, use, mode, source, members, window_ms, planned_due FROM target WHERE wave = ? ORDER BY id",
            (wave,),
        ).fetchall():
            frozen = Frozen(
                Mode(mode) if mode else None, source is not None, from_epoch(starts_at),
                timedelta(milliseconds=window), from_epoch(due), evidence_set(counted),
            )  # fmt: skip
            above = states[source].covered_at if source is not None else None
            states[target] = fold(frozen, entries_of(conn, TargetId(target)), above)
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
                differences.append(Difference(name, path, stored, recounted))
        differences += [Difference(name, str(node), Counts(), counts) for node, counts in fresh.items()]
    return differences
