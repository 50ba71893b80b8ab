"""Reminders and escalation as messages: private where that works, else one message per work group.

Who is asked is decided in `bot.reminders`; here it is worded, kept within the daily limits and put on its way. What a
message says is worded again when its turn comes: done meanwhile, it is not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import phrases
from bot.model.chat import MAX_LINES
from bot.model.time import at_time, day_of, day_start, iso
from bot.model.tree import GroupId, Node, NodeId, Use, WorkerId
from bot.reminders import (
    Escalation,
    Reminder,
    due_escalations,
    due_reminders,
    may_remind,
    reminder_key,
    reminders_now,
)
from bot.service import wondering
from bot.service.desk import Desk
from bot.service.letting_in import is_link, link_words
from bot.service.reaching import hears_privately, may_hear_more, work_group_of
from bot.store import notices, reading, talk
from bot.store.database import Connection
from bot.store.reading import TargetRow
from bot.store.sending import Outgoing

KINDS = ("reminder", "escalation")
NUMBERS_FOR = timedelta(hours=2)
"""How long a bare number in a work group answers a reminder there: it may be about something else later."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """Something asked of one person. ``tasks``: of which a bare number says that they are done."""

    asking: notices.Asking
    node: NodeId
    strictly: bool
    tasks: Sequence[TargetRow] = ()


@dataclass(frozen=True, slots=True)
class _Put:
    """What was put on its way: how many are ``asked`` by it, and how many had been ``before``, whoever was faster."""

    asked: int = 0
    before: int = 0
    text: str = ""

    def __add__(self, other: _Put) -> _Put:
        return _Put(self.asked + other.asked, self.before + other.before)


async def remind(desk: Desk) -> None:
    """Ask everyone who is to be asked at ``desk.now``: one message per person, within the limits."""
    now = desk.now
    if not may_remind(desk.schedules, now):
        return
    tasks = desk.store.read(reading.open_tasks, now)
    if not tasks:
        return
    said = desk.store.read(notices.asked_since, day_start(day_of(now)))
    asks = [_ask(due) for due in due_reminders(tasks, desk.schedules, said, now)]
    for up in due_escalations(tasks, desk.tree, desk.schedules, said, now):
        asks.append(_Ask(notices.Asking(up.key, "escalation", up.worker), up.tasks[0].node, strictly=False))
    await _say(desk, asks)


async def remind_below(desk: Desk, place: Node, now: datetime) -> tuple[int, int, int]:
    """Ask everyone below ``place`` who has something open, because the office said so. Returns how many were asked, how
    many had been today, and how many cannot be: their work group had its messages of the day."""
    tasks = desk.store.read(reading.open_tasks_below, place.id, now)
    return await _remind_all(desk, tasks, now)


async def remind_one(desk: Desk, worker: WorkerId, now: datetime) -> tuple[int, int, int]:
    """As `remind_below`, of one person: everything that is open for them, in one message."""
    return await _remind_all(desk, desk.store.read(reading.open_tasks_of, worker, now), now)


async def _remind_all(desk: Desk, tasks: Sequence[TargetRow], now: datetime) -> tuple[int, int, int]:
    said = desk.store.read(notices.asked_since, day_start(day_of(now)))
    due, already = reminders_now(tasks, desk.schedules, said, now)
    put = await _say(desk, [_ask(one) for one in due])
    return put.asked, already + put.before, len(due) - put.asked - put.before


def _ask(due: Reminder) -> _Ask:
    first = due.tasks[0]
    asking = notices.Asking(due.key, "reminder", due.worker)
    return _Ask(asking, first.node, strictly=first.use == Use.WORK, tasks=due.tasks)


def words(desk: Desk, out: Outgoing) -> str | None:
    """What a message of ours says at ``desk.now``; None if what it asks for is done."""
    if is_link(out):
        return link_words(desk, out)
    if out.kind == wondering.KIND:
        return wondering.still_asks(desk, out)
    if out.kind not in KINDS:
        return out.text
    asked = desk.store.read(notices.asked_by, out.id)
    if out.kind == "escalation":
        return _escalation(desk, asked, in_group=out.worker is None)
    open_now = {worker: desk.store.read(reading.open_tasks_of, worker, desk.now) for worker in asked}
    waiting = {worker: tasks for worker, tasks in open_now.items() if tasks}
    return desk.store.write_now(_worded, desk, waiting, out) if waiting else None


def _worded(
    conn: Connection, desk: Desk, waiting: Mapping[WorkerId, Sequence[TargetRow]], out: Outgoing
) -> str | None:
    """What is said now, and what a bare number answers once it is out."""
    group = out.group
    for worker, tasks in waiting.items():
        numbered = _numbered(conn, worker, tasks, desk.now)
        until = desk.now + NUMBERS_FOR
        if group is None:
            until = day_start(day_of(desk.now) + timedelta(days=1))
        question = talk.Question(group, _choices(numbered, in_group=group is not None), until, out.id)
        talk.ask(conn, worker, question, unless_asked_at=desk.now)
        if group is None:
            person = desk.person(worker)
            return phrases.reminder(person.name, numbered, desk.now) if person and numbered else None
    return _in_group(desk, waiting)


def _in_group(desk: Desk, mine: Mapping[WorkerId, Sequence[TargetRow]]) -> str | None:
    lines = [
        phrases.reminder_line(person.name, tasks, desk.now)
        for worker, tasks in mine.items()
        if (person := desk.person(worker)) is not None
    ]
    return phrases.reminders_in_group(lines) if lines else None


def _escalation(desk: Desk, asked: Iterable[WorkerId], *, in_group: bool) -> str | None:
    wanted = set(asked)
    places = {node.id for worker in wanted for node, _ in desk.tree.posts_of.get(worker, ())}
    below = [task for place in places for task in desk.store.read(reading.open_tasks_below, place, desk.now)]
    tasks = sorted({task.id: task for task in below}.values(), key=lambda task: (task.due, task.id))
    due = [
        up for up in due_escalations(tasks, desk.tree, desk.schedules, (), desk.now) if up.worker in wanted
    ]
    if not due:
        return None
    if in_group:
        return "\n".join(_escalation_line(desk, up) for up in due[:MAX_LINES])
    return _escalation_text(desk, due[0])


def _escalation_text(desk: Desk, up: Escalation) -> str:
    said = desk.store.read(notices.asked_since, day_start(day_of(desk.now)))
    reminded = {
        t.worker: reminder_key(t.worker_id, desk.now) in said for t in up.tasks if t.worker and t.worker_id
    }
    person = desk.tree.worker_by_id[up.worker]
    place = phrases.unit_name(desk.tree, up.tasks[0])
    return phrases.escalation(
        person.name, place, up.tasks, reminded, f"{desk.schedules.reports.gaps:%H:%M}", desk.now
    )


def _escalation_line(desk: Desk, up: Escalation) -> str:
    person = desk.tree.worker_by_id[up.worker]
    return phrases.escalation_line(person.name, phrases.unit_name(desk.tree, up.tasks[0]), up.tasks)


async def _say(desk: Desk, asks: Sequence[_Ask]) -> _Put:
    """Privately where that works; else one message per work group, within its daily limit. Returns what came of all."""
    now, all_ = desk.now, _Put()
    expires = at_time(day_of(now), desk.schedules.hours.remind.end)
    if now >= expires:
        return all_
    in_groups: dict[tuple[GroupId, str], list[_Ask]] = {}
    for ask in asks:
        if desk.person(ask.asking.worker) is None:
            # A wave keeps who answered for it when it began; the roster has somebody else now.
            key = f"gone:{day_of(now)}:{ask.asking.worker}"
            desk.tell_office(key, phrases.nobody_to_remind([task.group or "" for task in ask.tasks]))
            continue
        if hears_privately(desk, ask.asking.worker, now):
            put = await desk.store.write(_put, desk, [ask], None, now, expires)
            if put.asked:
                desk.tell(ask.asking.kind, put.text)
            all_ += put
            continue
        group = work_group_of(desk, ask.node, strictly=ask.strictly)
        if group is not None:
            in_groups.setdefault((group, ask.asking.kind), []).append(ask)
    for (group, kind), together in in_groups.items():
        put = await desk.store.write(_put, desk, together, group, now, expires)
        if put.asked:
            desk.tell(kind, put.text)
        all_ += put
    return all_


def _put(
    conn: Connection,
    desk: Desk,
    asks: Sequence[_Ask],
    group: GroupId | None,
    now: datetime,
    expires: datetime,
) -> _Put:
    """One message on its way, to whom nobody else asked since it was decided: a person is asked once, and a group hears
    no more than its limit, whoever asks at the same moment."""
    said = notices.asked_already(conn, [ask.asking.key for ask in asks])
    left = [ask for ask in asks if ask.asking.key not in said]
    if not left or (group is not None and not may_hear_more(desk, group, now)):
        return _Put(before=len(said))
    first = left[0].asking
    text = _text(conn, desk, left, group)
    notice = notices.add_notice(
        conn, f"{first.key}@{iso(now)}", first.kind, text, now, expires, group=group,
        worker=first.worker if group is None else None, asking=[ask.asking for ask in left],
    )  # fmt: skip
    return _Put(0 if notice is None else len(left), len(said), text)


def _text(conn: Connection, desk: Desk, asks: Sequence[_Ask], group: GroupId | None) -> str:
    if asks[0].asking.kind == "escalation":
        return _escalation(desk, [ask.asking.worker for ask in asks], in_group=group is not None) or ""
    if group is not None:
        return _in_group(desk, {ask.asking.worker: ask.tasks for ask in asks}) or ""
    (ask,) = asks
    person = desk.person(ask.asking.worker)
    if person is None:
        return ""
    numbered = _numbered(conn, ask.asking.worker, ask.tasks, desk.now)
    return phrases.reminder(person.name, numbered, desk.now)


def _numbered(
    conn: Connection, worker: WorkerId, tasks: Sequence[TargetRow], now: datetime
) -> dict[int, TargetRow]:
    ids = {task.id for task in tasks}
    numbered = talk.number_tasks(conn, worker, day_of(now))
    return {number: task for number, task in numbered.items() if task.id in ids}


def _choices(numbered: Mapping[int, TargetRow], *, in_group: bool) -> dict[int, dict[str, Any]]:
    """What a bare number says: where the tasks are listed, that one; where they are not, all of them."""
    each = {number: {"command": "confirmed", "targets": [task.id]} for number, task in numbered.items()}
    if not in_group and len(numbered) > 1:
        return each
    every = {"command": "confirmed", "targets": [task.id for task in numbered.values()]}
    return {1: every} if in_group else {**each, 1: every}
