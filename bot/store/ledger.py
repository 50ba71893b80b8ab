"""Entries recorded, targets and counters kept up to date: a hot path, in plain SQL.

A target's derived columns are always the fold of its entries (`bot.model.fold`); counters move by the
difference, and only if an entry was really new.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.model.chat import Message
from bot.model.content import ContentId
from bot.model.counts import COLUMNS, counts_of
from bot.model.fold import Frozen, State, fold
from bot.model.ledger import Act, Entry, Evidence, Reason, TargetId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId, Mode, Use
from bot.store.reading import TargetRow, target_by_id

OBSERVED_BEFORE = timedelta(hours=24)
"""A repost this long before its wave still counts, and as on time (DESIGN)."""

_TARGET = (
    "SELECT t.wave, t.node, t.use, t.mode, t.source, t.members, t.window_ms, t.planned_due, t.opened_at, t.due, "
    "t.accepted_at, t.evidence, t.covered_at, t.on_time, t.reason, t.exempt, w.starts_at, w.counted, w.edition, "
    "w.withdrawn_at, s.covered_at FROM target t JOIN wave w ON w.id = t.wave LEFT JOIN target s ON s.id = t.source WHERE t.id = ?"
)


def record(conn: sqlite3.Connection, target: TargetId, entry: Entry) -> bool:
    """Append ``entry`` and bring the target, its counters and what is forwarded from it up to date.

    False, and nothing changes, if the same (act, ref) stands there already; learned again with an earlier time,
    the earlier time holds, so that the order of learning makes no difference.
    """
    new = conn.execute(
        "INSERT INTO ledger(target, act, at, ref, by, detail) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at",
        (target, entry.act, to_epoch(entry.at), entry.ref, entry.by, entry.detail),
    ).rowcount
    if not new:
        return False
    refold(conn, target)
    return True


def refold(conn: sqlite3.Connection, target: TargetId) -> None:
    """Bring a target, its counters and what is forwarded from it up to date with its entries.

    In a withdrawn wave whatever is not covered, or not any more, is expected of nobody.
    """
    (
        wave, node, use_name, mode, source, members, window, planned_due, opened, due, accepted, evidence, covered,
        on_time, reason, exempt, starts_at, counted, edition, withdrawn, source_covered,
    ) = conn.execute(_TARGET, (target,)).fetchone()  # fmt: skip
    use = Use(use_name) if use_name else None
    before = State(
        _at(opened), from_epoch(due), _at(accepted), Evidence(evidence) if evidence else None, _at(covered),
        None if on_time is None else bool(on_time), Reason(reason) if reason else None, bool(exempt),
    )  # fmt: skip
    frozen = Frozen(
        Mode(mode) if mode else None, source is not None, from_epoch(starts_at), timedelta(milliseconds=window),
        from_epoch(planned_due), evidence_set(counted),
    )  # fmt: skip
    entries = entries_of(conn, target)
    after = fold(frozen, entries, _at(source_covered))
    if withdrawn is not None and after.reason is not None:
        conn.execute(
            "INSERT OR IGNORE INTO ledger(target, act, at, ref, by, detail) VALUES (?, 'exempted', ?, 'withdrawn', '', '内容已撤回')",
            (target, withdrawn),
        )
        after = fold(frozen, entries_of(conn, target), _at(source_covered))
    if after == before:
        return
    conn.execute(
        "UPDATE target SET opened_at = ?, due = ?, accepted_at = ?, evidence = ?, covered_at = ?, on_time = ?, "
        "reason = ?, exempt = ? WHERE id = ?",
        (*state_row(after), target),
    )
    change = counts_of(after, use=use, members=members).minus(counts_of(before, use=use, members=members))
    if any(change.row()):
        conn.executemany(
            _MOVE_COUNTER, [(*change.row(), wave, above) for above in _upward(conn, edition, node)]
        )
    if use is Use.WORK and after.covered_at != before.covered_at:
        for (dependent,) in conn.execute("SELECT id FROM target WHERE source = ?", (target,)).fetchall():
            refold(conn, TargetId(dependent))


def state_row(state: State) -> tuple[object, ...]:
    """The derived columns of a target, in the table's order."""
    return (
        _ms(state.opened_at), to_epoch(state.due), _ms(state.accepted_at), state.evidence, _ms(state.covered_at),
        state.on_time, state.reason, state.exempt,
    )  # fmt: skip


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_epoch(at)


_MOVE_COUNTER = f"UPDATE counter SET {', '.join(f'{column} = {column} + ?' for column in COLUMNS)} WHERE wave = ? AND node = ?"


def _upward(conn: sqlite3.Connection, edition: int, node: int) -> Iterator[int]:
    here: int | None = node
    while here is not None:
        yield here
        (here,) = conn.execute(
            "SELECT parent FROM edition_node WHERE edition = ? AND node = ?", (edition, here)
        ).fetchone()


def _at(ms: int | None) -> datetime | None:
    return None if ms is None else from_epoch(ms)


def evidence_set(text: str) -> frozenset[Evidence]:
    """A wave's counted evidence from its column."""
    return frozenset(map(Evidence, text.split(",")))


def entries_of(conn: sqlite3.Connection, target: TargetId) -> list[Entry]:
    """What the ledger says about a target, oldest first."""
    return [
        Entry(Act(act), from_epoch(at), ref, by, detail)
        for act, at, ref, by, detail in conn.execute(
            "SELECT act, at, ref, by, detail FROM ledger WHERE target = ? ORDER BY id", (target,)
        )
    ]


def record_repost(
    conn: sqlite3.Connection, content: ContentId, group: GroupId, message: Message, by: str
) -> TargetId | None:
    """A repost was seen in ``group``: credit it to the newest wave of ``content`` that has begun there; before any,
    keep it for a wave that begins within 24 h. Returns the target that it was recorded for.
    """
    at = to_epoch(message.at)
    target = _credited(conn, content, group, at)
    if target is None:
        conn.execute(
            "INSERT INTO sighting(content, grp, ref, at, by) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at",
            (content, group, message.id, at, by),
        )
        return None
    record(conn, target, Entry(Act.OBSERVED, message.at, message.id, by))
    return target


def _credited(conn: sqlite3.Connection, content: ContentId, group: GroupId, at: int) -> TargetId | None:
    row = conn.execute(
        "SELECT t.id FROM wave w JOIN target t ON t.wave = w.id AND t.grp = ? WHERE w.content = ? AND w.starts_at <= ? "
        "AND w.closes_at > ? ORDER BY w.starts_at DESC LIMIT 1",
        (group, content, at, at),
    ).fetchone()
    if row is None:
        row = conn.execute(
            "SELECT t.id FROM wave w JOIN target t ON t.wave = w.id AND t.grp = ? WHERE w.content = ? "
            "AND w.starts_at > ? AND w.starts_at <= ? ORDER BY w.starts_at LIMIT 1",
            (group, content, at, at + OBSERVED_BEFORE // timedelta(milliseconds=1)),
        ).fetchone()
    return None if row is None else TargetId(row[0])


def task_of(conn: sqlite3.Connection, content: ContentId, group: GroupId, now: datetime) -> TargetRow | None:
    """The target for which a repost of ``content`` in ``group`` would count now, if there is one."""
    target = _credited(conn, content, group, to_epoch(now))
    return None if target is None else target_by_id(conn, target)


def take_sightings(conn: sqlite3.Connection, contents: Iterable[ContentId]) -> None:
    """After waves of ``contents`` were written down: what was seen before is credited as if they had stood there."""
    for content in set(contents):
        for group, ref, at, by, recalled_at in conn.execute(
            "SELECT grp, ref, at, by, recalled_at FROM sighting WHERE content = ?", (content,)
        ).fetchall():
            target = _credited(conn, content, group, at)
            if target is None:
                continue
            conn.execute(
                "DELETE FROM sighting WHERE content = ? AND grp = ? AND ref = ?", (content, group, ref)
            )
            record(conn, target, Entry(Act.OBSERVED, from_epoch(at), ref, by))
            if recalled_at is not None:
                record(conn, target, Entry(Act.RECALLED, from_epoch(recalled_at), ref))


def record_recall(conn: sqlite3.Connection, message: str, at: datetime) -> bool:
    """A message was taken back: whatever it covered is open again. False if it was none of ours."""
    conn.execute("UPDATE sighting SET recalled_at = ? WHERE ref = ?", (to_epoch(at), message))
    found = conn.execute(
        "SELECT DISTINCT target FROM ledger WHERE ref = ? AND act IN ('observed', 'accepted')", (message,)
    ).fetchall()
    for (target,) in found:
        record(conn, TargetId(target), Entry(Act.RECALLED, at, message))
    return bool(found)


def confirm_by_hand(conn: sqlite3.Connection, target: TargetId, now: datetime, by: str) -> bool:
    """Somebody ticked a task off for its worker; false if a tick stands there already."""
    if _standing_ticks(conn, target):
        return False
    return record(conn, target, Entry(Act.CONFIRMED, now, hand_ref(conn, target, now), by, "outbox"))


def hinder_by_hand(conn: sqlite3.Connection, target: TargetId, now: datetime, by: str, why: str) -> None:
    """Somebody says that a task cannot be done: it stays open, and ``why`` (Chinese) stands beside it."""
    record(conn, target, Entry(Act.FAILED, now, hand_ref(conn, target, now), by, why))


def retract_hand(conn: sqlite3.Connection, target: TargetId, now: datetime, by: str) -> bool:
    """The tick was a mistake; false if there is none."""
    ticks = _standing_ticks(conn, target)
    for ref in ticks:
        record(conn, target, Entry(Act.RETRACTED, now, ref, by))
    return bool(ticks)


HAND = "hand:"
"""Refs of what people tick off begin so."""


def hand_ref(conn: sqlite3.Connection, target: TargetId, now: datetime) -> str:
    """A ref that no tick of ``target`` had before, so that one that was taken back can be made again."""
    before = sum(entry.ref.startswith(HAND) for entry in entries_of(conn, target))
    return f"{HAND}{to_epoch(now)}.{before}"


def _standing_ticks(conn: sqlite3.Connection, target: TargetId) -> list[str]:
    entries = entries_of(conn, target)
    back = {entry.ref for entry in entries if entry.act is Act.RETRACTED}
    return [e.ref for e in entries if e.act is Act.CONFIRMED and e.ref.startswith(HAND) and e.ref not in back]


def hindrances(conn: sqlite3.Connection, targets: Sequence[TargetId]) -> dict[TargetId, str]:
    """Of tasks that somebody said cannot be done: why, as it was said last."""
    rows = conn.execute(
        "SELECT target, detail FROM ledger WHERE act = 'failed' AND target IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(targets)),),
    )
    return {TargetId(target): detail for target, detail in rows if detail}


def forget_sightings(conn: sqlite3.Connection, before: datetime) -> None:
    """Reposts that no wave took up in time are not kept."""
    conn.execute("DELETE FROM sighting WHERE at < ?", (to_epoch(before),))
