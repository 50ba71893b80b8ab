"""Withdrawing a content: what that can and cannot do (DESIGN).

WeChat takes a message back for two minutes only. So: stop what is not sent, recall what is young (where the channel
can), and bring a correction (更正) to every group that was reached: where we post, by ourselves; elsewhere it is an
errand of the person who forwarded. Nobody is asked for it any more. Nothing pretends that it can be unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import phrases
from bot.model.content import Content
from bot.model.ledger import ApprovalEntry
from bot.model.tree import GroupId, Mode
from bot.store import notices, rooms, withdrawal
from bot.store.approvals import add_approval
from bot.store.database import Connection, Store
from bot.store.reading import TargetRow

CORRECT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """``cancelled`` messages stopped, ``recalls`` tried, ``reached`` groups that have the content; of these,
    ``corrections`` are told by us and the rest by people."""

    cancelled: int
    recalls: int
    reached: int
    corrections: int


def withdraw_content(store: Store, content: Content, entry: ApprovalEntry, now: datetime) -> Withdrawn:
    """Write ``entry`` (the withdrawal) down and all that follows from it, at once or not at all."""
    return store.write_now(_withdraw, content, entry, now)


def _withdraw(conn: Connection, content: Content, entry: ApprovalEntry, now: datetime) -> Withdrawn:
    add_approval(conn, content.id, entry)
    cancelled = withdrawal.close_waves(conn, content.id, now, entry.reason)
    recalls = withdrawal.plan_recalls(conn, content.id, now)
    rows = withdrawal.reached(conn, content.id, now)
    groups = {row.group_id for row in rows}
    present = {group for group, binding in rooms.bindings(conn).items() if binding.present}
    ours = {row.group_id: row for row in rows if row.mode == Mode.DIRECT or row.group_id in present}
    corrections = sum(_correct(conn, row, entry.reason, now) for row in ours.values())
    return Withdrawn(cancelled, recalls, len(groups), corrections)


def correct_late_arrivals(store: Store, ours: Mapping[GroupId, str], now: datetime) -> None:
    """What was on its way when its content was withdrawn, or proved later to have gone out: told where we are."""
    for row, reason in store.read(withdrawal.to_put_right, now):
        if row.group_id in ours:
            store.write_now(_correct, row, reason, now)


def _correct(conn: Connection, row: TargetRow, reason: str, now: datetime) -> bool:
    """Put the correction for one target on its way, once."""
    key = f"correction:{row.content}:{row.id}"
    text = phrases.correction(row.title, row.number, reason)
    notice = notices.add_notice(conn, key, "correction", text, now, now + CORRECT_FOR, group=row.group_id)
    return notice is not None
