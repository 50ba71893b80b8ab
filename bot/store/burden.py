"""What we ask of people: how often each was reminded, asked, told of others' tasks, and what their work groups had to hear.

What could not be said, or was not, asked nobody; a day's figures come from its own rows only, however long the town runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.model.ledger import TargetId
from bot.model.time import day_start, to_epoch
from bot.model.tree import GroupId, WorkerId
from bot.store.reading import Wave

ASKED = ("reminder", "question", "escalation")
"""Each is something that a person is asked for and did not ask for."""


@dataclass(frozen=True, slots=True)
class AskedDay:
    """``people``: how often each was asked, by kind; ``groups``: unasked messages to each work group; ``privately``: to
    people by themselves."""

    people: dict[WorkerId, dict[str, int]]
    groups: dict[GroupId, int]
    privately: int

    @property
    def times(self) -> int:
        return sum(sum(kinds.values()) for kinds in self.people.values())


def asked_on(conn: sqlite3.Connection, day: date) -> AskedDay:
    """What people were asked on a local day."""
    people: dict[WorkerId, dict[str, int]] = {}
    groups: dict[GroupId, set[int]] = {}
    privately: set[int] = set()
    for worker, kind, group, message in conn.execute(
        "SELECT a.worker, a.kind, o.grp, o.id FROM asked a CROSS JOIN outgoing o ON o.id = a.outgoing "
        "WHERE a.at >= ? AND a.at < ? AND o.state NOT IN ('failed', 'cancelled')",
        _span(day),
    ):
        kinds = people.setdefault(WorkerId(worker), {})
        kinds[kind] = kinds.get(kind, 0) + 1
        if group is None:
            privately.add(message)
        else:
            groups.setdefault(GroupId(group), set()).add(message)
    return AskedDay(people, {group: len(messages) for group, messages in groups.items()}, len(privately))


def times_asked(conn: sqlite3.Connection, day: date) -> int:
    """How often people were asked on a local day."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM asked a CROSS JOIN outgoing o ON o.id = a.outgoing WHERE a.at >= ? AND a.at < ? "
        "AND o.state NOT IN ('failed', 'cancelled')",
        _span(day),
    ).fetchone()
    return int(count)


def messages_on(conn: sqlite3.Connection, day: date) -> int:
    """Messages that our accounts sent on a local day, contents and answers among them."""
    (sent,) = conn.execute("SELECT TOTAL(sent) FROM quota WHERE day = ?", (day.isoformat(),)).fetchone()
    return int(sent)


def tasks_of(conn: sqlite3.Connection, waves: Sequence[Wave], worker: WorkerId) -> list[TargetId | None]:
    """What a person had to forward of ``waves``: of each group where it came from."""
    if not waves:
        return []
    some = ", ".join(str(int(wave.id)) for wave in waves)
    rows = conn.execute(
        f"SELECT source FROM target INDEXED BY target_worker WHERE worker = ? AND wave IN ({some}) "
        "AND mode = 'relay' AND use IS NOT 'work' AND NOT exempt",
        (worker,),
    )
    return [None if source is None else TargetId(source) for (source,) in rows]


def parts_in(
    conn: sqlite3.Connection, waves: Sequence[Wave], groups: Sequence[GroupId], sources: Sequence[TargetId]
) -> int:
    """How many messages of contents came into ``groups`` by our hand, and into the groups that ``sources`` are about."""
    targets = set(sources)
    for wave in waves:
        for group in groups:
            row = conn.execute(
                "SELECT id FROM target WHERE wave = ? AND grp = ?", (wave.id, group)
            ).fetchone()
            targets |= {TargetId(row[0])} if row else set()
    return sum(
        conn.execute(
            "SELECT COUNT(*) FROM outgoing WHERE target = ? AND kind = 'part' AND state = 'accepted'",
            (target,),
        ).fetchone()[0]
        for target in targets
    )


def _span(day: date) -> tuple[int, int]:
    return to_epoch(day_start(day)), to_epoch(day_start(day + timedelta(days=1)))
