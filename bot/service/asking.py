"""Reminders and escalation as messages: private where that works, else one message per work group.

Who is asked is decided in `bot.reminders`; here it is worded, kept within the daily limits and put on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import phrases
from bot.model.time import at_time, day_of, day_start
from bot.model.tree import GroupId, NodeId, Use, WorkerId
from bot.reminders import due_escalations, due_reminders, may_remind, reminder_key
from bot.service.desk import Desk
from bot.store import reading, sending

REPORTS_A_DAY = 2
"""The office's own group hears these besides: they count among its unasked messages."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """Something asked of one person: as a private message, or as one line of a work group's message."""

    asking: sending.Asking
    text: str
    line: str
    node: NodeId
    strictly: bool


async def remind(desk: Desk) -> None:
    """Ask everyone who is to be asked at ``desk.now``: one message per person, within the limits."""
    now = desk.now
    if not may_remind(desk.schedules, now):
        return
    tasks = desk.store.read(reading.open_tasks, now)
    if not tasks:
        return
    said = desk.store.read(sending.asked_since, day_start(day_of(now)))
    messages: list[_Ask] = []
    for due in due_reminders(tasks, desk.schedules, said, now):
        person = desk.tree.worker_by_id.get(due.worker)
        if person is not None:
            messages.append(
                _Ask(
                    sending.Asking(due.key, "reminder", due.worker),
                    phrases.reminder(person.name, due.tasks, _numbers(desk, due.worker)),
                    phrases.reminder_line(person.name, due.tasks),
                    due.tasks[0].node,
                    due.tasks[0].use == Use.WORK,
                )
            )
    for due_up in due_escalations(tasks, desk.tree, desk.schedules, said, now):
        person = desk.tree.worker_by_id[due_up.worker]
        below = {
            t.worker: reminder_key(t.worker_id, now) in said for t in due_up.tasks if t.worker and t.worker_id
        }
        place = phrases.unit_name(desk.tree, due_up.tasks[0])
        at = f"{desk.schedules.reports.gaps:%H:%M}"
        text = phrases.escalation(person.name, place, due_up.tasks, below, at)
        asking = sending.Asking(due_up.key, "escalation", due_up.worker)
        line = f"@{person.name} {place}还有 {len(due_up.tasks)} 个群没转，请您问一声，是不是有难处"
        messages.append(_Ask(asking, text, line, due_up.tasks[0].node, strictly=False))
    await _say(desk, messages)


def _numbers(desk: Desk, worker: WorkerId) -> dict[int, int]:
    tasks = desk.store.read(reading.tasks_of_day, worker, day_of(desk.now))
    return {task.id: place for place, task in enumerate(tasks, 1)}


async def _say(desk: Desk, messages: Sequence[_Ask]) -> None:
    """Privately where that works; else one message per work group, within its daily limit."""
    now = desk.now
    expires = at_time(day_of(now), desk.schedules.hours.remind.end)
    in_groups: dict[GroupId, list[_Ask]] = {}
    for ask in messages:
        if desk.capabilities.private and ask.asking.worker in desk.private:
            await desk.store.write(
                sending.add_notice, ask.asking.key, ask.asking.kind, ask.text, now, expires,
                worker=ask.asking.worker, asking=[ask.asking],
            )  # fmt: skip
            desk.tell(ask.asking.kind, ask.text)
            continue
        node = desk.tree.by_id.get(ask.node)
        group = desk.tree.work_group_above(node, strictly=ask.strictly) if node else None
        if group is not None:
            in_groups.setdefault(group.id, []).append(ask)
    for group_id, asks in in_groups.items():
        today = desk.store.read(sending.notices_to, group_id, day_start(day_of(now)))
        name = desk.tree.group_by_id[group_id].name
        reports = REPORTS_A_DAY if name == desk.schedules.office_group else 0
        if today >= desk.schedules.reminders.work_group_per_day - reports:
            continue
        text = phrases.reminders_in_group([ask.line for ask in asks])
        await desk.store.write(
            sending.add_notice, f"group:{asks[0].asking.key}", asks[0].asking.kind, text, now, expires,
            group=group_id, asking=[ask.asking for ask in asks],
        )  # fmt: skip
        desk.tell(asks[0].asking.kind, text)
