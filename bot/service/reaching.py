"""Where somebody is told what they did not ask for: privately where that works, else in the work group above them, which
hears only so many messages of ours a day (DESIGN, burden)."""

from __future__ import annotations

from datetime import datetime

from bot.model.time import day_of, day_start
from bot.model.tree import GroupId, NodeId, WorkerId
from bot.service.desk import Desk
from bot.store import notices

REPORTS_A_DAY = 2
"""The office's own group hears these besides: they count among its unasked messages."""


def hears_privately(desk: Desk, worker: WorkerId, now: datetime) -> bool:
    """Whether a private message can reach ``worker``: the channel has them, the account is known, none failed today."""
    if not desk.capabilities.private or worker not in desk.private:
        return False
    return worker not in desk.store.read(notices.unreachable_since, day_start(day_of(now)))


def work_group_of(desk: Desk, node: NodeId, *, strictly: bool = False) -> GroupId | None:
    """The work group in which who answers for ``node`` is spoken to; ``strictly`` above it."""
    place = desk.tree.by_id.get(node)
    group = desk.tree.work_group_above(place, strictly=strictly) if place else None
    return group.id if group else None


def may_hear_more(desk: Desk, group: GroupId, now: datetime) -> bool:
    """Whether ``group`` has not had its unasked messages of the day yet."""
    reports = REPORTS_A_DAY if desk.is_home(desk.tree.group_by_id[group]) else 0
    had = desk.store.read(notices.notices_to, group, day_start(day_of(now)))
    return had < desk.schedules.reminders.work_group_per_day - reports
