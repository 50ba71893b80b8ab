"""Who is reminded, who is told next, and what the office has to know. Pure.

Burden first (DESIGN): one message per person and day with all that is open, in working hours only; then up the
persons of the node; it stops by itself when the work is done. Rules: PLANS P3, P5, P9.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.time import day_of, local
from bot.model.tree import NodeId, Post, Tree, WorkerId
from bot.planner.calendar import is_workday
from bot.schedules.model import Schedules
from bot.store.reading import TargetRow


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to one person: ``tasks`` open now, in order of deadline."""

    key: str
    worker: WorkerId
    tasks: Sequence[TargetRow]


@dataclass(frozen=True, slots=True)
class Escalation:
    """One message to the person above: what is still open in the places that person answers for."""

    key: str
    worker: WorkerId
    post: Post
    tasks: Sequence[TargetRow]


def due_reminders(
    tasks: Iterable[TargetRow], schedules: Schedules, said: Collection[str], now: datetime
) -> list[Reminder]:
    """Whom to remind at ``now``: everyone with a task whose deadline is near, of all that is open (PLANS P3).

    ``said``: keys of today's reminders, so that the daily limit holds across restarts. In order of deadline.
    """
    if not may_remind(schedules, now):
        return []
    mine: dict[WorkerId, list[TargetRow]] = {}
    for task in tasks:
        if task.worker_id is not None:
            mine.setdefault(task.worker_id, []).append(task)
    reminders: list[Reminder] = []
    for worker, open_tasks in mine.items():
        if min(t.due for t in open_tasks) - schedules.reminders.before > now:
            continue
        keys = [reminder_key(worker, now, n) for n in range(schedules.reminders.per_day)]
        unsaid = [key for key in keys if key not in said]
        if unsaid and (len(unsaid) == len(keys) or min(t.due for t in open_tasks) <= now):
            reminders.append(Reminder(unsaid[0], worker, tuple(open_tasks)))
    return reminders


def reminders_now(
    tasks: Iterable[TargetRow], schedules: Schedules, said: Collection[str], now: datetime
) -> tuple[list[Reminder], int]:
    """Whom to remind because the office asks for it: everyone with an open task, within the daily limit and working
    hours. Returns them, and how many had their reminder of the day already."""
    mine: dict[WorkerId, list[TargetRow]] = {}
    for task in tasks:
        if task.worker_id is not None:
            mine.setdefault(task.worker_id, []).append(task)
    reminders: list[Reminder] = []
    for worker, open_tasks in mine.items():
        unsaid = [
            key
            for n in range(schedules.reminders.per_day)
            if (key := reminder_key(worker, now, n)) not in said
        ]
        if unsaid:
            reminders.append(Reminder(unsaid[0], worker, tuple(open_tasks)))
    return reminders, len(mine) - len(reminders)


def reminder_key(worker: WorkerId, now: datetime, number: int = 0) -> str:
    """What a day's reminder to a person is known by; ``number`` counts from 0."""
    return f"reminder:{day_of(now)}:{worker}:{number}"


def due_escalations(
    tasks: Iterable[TargetRow],
    tree: Tree,
    schedules: Schedules,
    said: Collection[str],
    now: datetime,
) -> list[Escalation]:
    """Whom to tell at ``now`` that a place below needs help: per person once a day, places not blame.

    A task climbs a step when it has been overdue for the step's time; the post is looked for from the task's node
    upward to its village or unit, so that the town's leaders are never written to by a machine.
    """
    if not may_remind(schedules, now):
        return []
    found: dict[tuple[WorkerId, Post], list[TargetRow]] = {}
    for task in tasks:
        for step in schedules.escalation:
            if task.due + step.after > now:
                continue
            person = _person_within_unit(tree, task.node, step.to)
            if person is not None and person != task.worker_id:
                found.setdefault((person, step.to), []).append(task)
    escalations: list[Escalation] = []
    for (worker, post), open_tasks in found.items():
        key = f"escalation:{day_of(now)}:{worker}"
        if key not in said and all(e.worker != worker for e in escalations):
            escalations.append(Escalation(key, worker, post, tuple(open_tasks)))
    return escalations


def may_remind(schedules: Schedules, now: datetime) -> bool:
    """Whether people may be written to at ``now``: working hours, and workdays if so configured."""
    if schedules.remind_on == "workdays" and not is_workday(day_of(now)):
        return False
    return schedules.hours.remind.contains(local(now).time())


def _person_within_unit(tree: Tree, node: NodeId, post: Post) -> WorkerId | None:
    start = tree.by_id.get(node)
    if start is None:
        return None
    for here in tree.upward(start):
        if here.parent is None and here is not start:
            return None
        if post in here.people:
            return here.people[post]
    return None
