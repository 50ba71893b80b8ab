"""Waves written down: idempotent by the schema, frozen on an edition of the tree. A hot path, in plain SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.model.content import ContentId
from bot.model.counts import COLUMNS, Counts, counts_of
from bot.model.fold import Frozen, State, fold
from bot.model.ledger import Act, Entry, EntryId, SendState, TargetId, WaveId
from bot.model.plan import Past, PlannedTarget, PlannedWave, Slot, Unsent
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId, Mode, Tree, Use
from bot.store.ledger import record, state_row

_USE_RANK = {Use.WORK: 0, Use.RESIDENT: 1, Use.OUTLET: 2, None: 3}
NORMAL_RANK = 1_000_000
"""Urgent waves are sent before all others; within a wave work groups first: they are the fan-out."""


def see_entries(conn: sqlite3.Connection, entries: Collection[EntryId], now: datetime) -> None:
    """Entries never seen before begin ``now``: what they missed before is not caught up.

    The earliest time holds: a clock that was a year ahead on the first day must not silence them for a year.
    """
    conn.executemany(
        "INSERT INTO entry_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at",
        [(e, to_epoch(now)) for e in entries],
    )


def see_anew(conn: sqlite3.Connection, entries: Collection[EntryId], now: datetime) -> None:
    """These begin ``now``, whatever they were before: of what has passed by then nothing is caught up."""
    conn.executemany("INSERT OR REPLACE INTO entry_seen VALUES (?, ?)", [(e, to_epoch(now)) for e in entries])


def past(
    conn: sqlite3.Connection,
    entries: Collection[EntryId],
    since: datetime,
    now: datetime,
    off: Collection[EntryId] = (),
) -> Past:
    """What the planner must know, slots from ``since`` on; takes note of ``entries`` (`see_entries`) and that those that are
    switched ``off`` have not begun."""
    see_entries(conn, entries, now)
    see_anew(conn, off, now)
    # A clock that was ahead for a while dropped what it took for missed: that is open again.
    conn.execute("DELETE FROM slot WHERE dropped_at > ?", (to_epoch(now),))
    return known(conn, since)


def known(
    conn: sqlite3.Connection, since: datetime, shown_before: frozenset[tuple[str, GroupId]] | None = None
) -> Past:
    """What stands written of what was planned, slots from ``since`` on: for who looks ahead and changes nothing.

    ``shown_before``: what `shown` said, if no wave has begun since then.
    """
    return Past(
        {EntryId(e): from_epoch(at) for e, at in conn.execute("SELECT entry, at FROM entry_seen")},
        {
            Slot(EntryId(e), from_epoch(at), ContentId(c))
            for e, at, c in conn.execute(
                "SELECT entry, at, content FROM slot WHERE at >= ?", (to_epoch(since),)
            )
        },
        {
            (EntryId(e), ContentId(c)): from_epoch(at)
            for e, c, at in conn.execute("SELECT entry, content, MAX(at) FROM wave GROUP BY entry, content")
        },
        shown(conn) if shown_before is None else shown_before,
    )


def shown(conn: sqlite3.Connection) -> frozenset[tuple[str, GroupId]]:
    """The outlets that have their task of a campaign (P8). Reads all that was ever frozen."""
    return frozenset(
        (campaign or f"entry:{entry}", GroupId(g))
        for campaign, entry, g in conn.execute(
            "SELECT campaign, entry, grp FROM target JOIN wave ON wave.id = target.wave "
            "WHERE use = 'outlet' AND NOT exempt"
        )
    )


def newest_wave(conn: sqlite3.Connection) -> int:
    """The number of the wave that began last; 0: there is none."""
    return int(conn.execute("SELECT COALESCE(MAX(id), 0) FROM wave").fetchone()[0])


def drop_slot(conn: sqlite3.Connection, unsent: Unsent, now: datetime) -> bool:
    """Settle a slot as dropped for good at ``now``; false if it was settled before."""
    return conn.execute(
        "INSERT OR IGNORE INTO slot VALUES (?, ?, ?, ?)",
        (unsent.slot.entry, to_epoch(unsent.slot.at), unsent.slot.content, to_epoch(now)),
    ).rowcount > 0  # fmt: skip


def freeze_wave(
    conn: sqlite3.Connection,
    wave: PlannedWave,
    tree: Tree,
    edition: int,
    rooms: Mapping[GroupId, tuple[str, bool]],
    parts: Sequence[int],
    expires_at: datetime,
) -> WaveId | None:
    """Write a wave down with its targets, counters and sends; None if it was planned before (idempotent).

    ``rooms``: group → (room, the bot is in it), for groups that can be posted to. ``parts``: the indices of the
    content's parts that are posted, in order. Sends not done by ``expires_at`` are cancelled.
    """
    slot = wave.slot
    row = conn.execute(
        "INSERT INTO wave(name, entry, at, content, digest, number, title, main, campaign, urgent, edition, starts_at, "
        "closes_at, counted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (
            wave.name, slot.entry, to_epoch(slot.at), wave.content.id, wave.content.digest, wave.content.number,
            wave.content.title, wave.content.main, wave.campaign, wave.urgent, edition, to_epoch(wave.starts_at),
            to_epoch(wave.closes_at), ",".join(sorted(wave.counted)),
        ),
    ).fetchone()  # fmt: skip
    conn.executemany(
        "INSERT OR IGNORE INTO slot VALUES (?, ?, ?, NULL)",
        {(slot.entry, to_epoch(slot.at), c) for c in (slot.content, wave.content.id)},
    )
    if row is None:
        return None
    wave_id = WaveId(row[0])
    (base,) = conn.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM target").fetchone()
    of_group: dict[GroupId, int] = {}
    rows: list[tuple[object, ...]] = []
    sends: list[tuple[object, ...]] = []
    entries: list[tuple[int, Entry]] = []
    totals: dict[int, Counts] = {}
    rank = 0 if wave.urgent else NORMAL_RANK
    for offset, planned in enumerate(wave.targets):
        target = base + offset
        source = None if planned.source is None else of_group[planned.source]
        state = fold(_frozen_of(planned, wave), [], None)
        if planned.group is not None:
            of_group[planned.group] = target
        rows.append(_target_row(target, wave_id, tree, planned, source, state))
        for node in tree.upward(tree.by_id[planned.node]):
            own = counts_of(state, use=planned.use, members=planned.members)
            totals[node.id] = totals[node.id].plus(own) if node.id in totals else own
        if planned.exempt:
            entries.append((target, Entry(Act.EXEMPTED, wave.starts_at, "schedules", detail=planned.exempt)))
        if planned.mode is Mode.DIRECT and planned.group is not None and not planned.exempt:
            room, present = rooms.get(planned.group, ("", False))
            if not present:
                act = Act.BOT_ABSENT if room else Act.NOT_BOUND
                entries.append((target, Entry(act, wave.starts_at)))
            starts, ends = to_epoch(wave.starts_at), to_epoch(expires_at)
            sends.extend(
                _send_row(target, part, planned.group, rank + _USE_RANK[planned.use], starts, ends)
                for part in parts
                if present
            )
    conn.executemany(f"INSERT INTO target VALUES ({', '.join('?' * 20)})", rows)
    conn.executemany(
        f"INSERT INTO counter VALUES ({', '.join('?' * (2 + len(COLUMNS)))})",
        [(wave_id, node, *counts.row()) for node, counts in totals.items()],
    )
    conn.executemany(_ADD_SEND, sends)
    for target, entry in entries:
        record(conn, TargetId(target), entry)
    return wave_id


def serve_late(
    conn: sqlite3.Connection,
    group: GroupId,
    parts: Mapping[ContentId, tuple[str, Sequence[int]]],
    now: datetime,
    lasting: timedelta,
) -> int:
    """The room of ``group`` was found after waves had begun: what began within ``lasting`` is sent there too.

    ``parts``: of each content its digest and the indices of what is posted. Returns the waves that are served.
    """
    rows = conn.execute(
        "SELECT t.id, t.use, w.content, w.digest, w.urgent, w.starts_at FROM wave w JOIN target t ON t.wave = w.id "
        "AND t.grp = ? WHERE w.starts_at > ? AND w.withdrawn_at IS NULL AND t.mode = 'direct' AND NOT t.exempt "
        "AND t.covered_at IS NULL AND t.accepted_at IS NULL AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.target = t.id)",
        (group, to_epoch(now - lasting)),
    ).fetchall()
    served = 0
    for target, use, content, digest, urgent, starts_at in rows:
        known, indices = parts.get(ContentId(content), ("", ()))
        if known != digest:
            continue
        rank = (0 if urgent else NORMAL_RANK) + _USE_RANK[Use(use)]
        expires_at = to_epoch(from_epoch(starts_at) + lasting)
        conn.executemany(
            _ADD_SEND, [_send_row(target, part, group, rank, to_epoch(now), expires_at) for part in indices]
        )
        record(conn, TargetId(target), Entry(Act.BOUND, now))
        served += 1
    return served


_ADD_SEND = (
    "INSERT INTO outgoing(key, kind, target, part, grp, worker, text, state, rank, not_before, expires_at, "
    "message_id, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _send_row(
    target: int, part: int, group: GroupId, rank: int, not_before: int, expires_at: int
) -> tuple[object, ...]:
    return (
        f"part:{target}:{part}", "part", target, part, group, None, "", SendState.PLANNED, rank, not_before,
        expires_at, "", "",
    )  # fmt: skip


def anything_open(conn: sqlite3.Connection, group: GroupId, now: datetime) -> bool:
    """Whether a wave that has not closed has ``group`` among its targets: only then its pictures are looked at."""
    row = conn.execute(
        "SELECT 1 FROM wave w CROSS JOIN target t ON t.wave = w.id AND t.grp = ? WHERE w.closes_at > ? LIMIT 1",
        (group, to_epoch(now)),
    ).fetchone()
    return row is not None


def _frozen_of(planned: PlannedTarget, wave: PlannedWave) -> Frozen:
    return Frozen(
        planned.mode,
        planned.source is not None,
        wave.starts_at,
        planned.window,
        planned.planned_due,
        wave.counted,
    )


def _target_row(
    target: int, wave: WaveId, tree: Tree, planned: PlannedTarget, source: int | None, state: State
) -> tuple[object, ...]:
    return (
        target, wave, tree.by_id[planned.node].lo, planned.node, planned.group, planned.worker, planned.use,
        planned.mode, source, planned.members, planned.window // timedelta(milliseconds=1),
        to_epoch(planned.planned_due), *state_row(state),
    )  # fmt: skip
