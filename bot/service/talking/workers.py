"""What grid workers say: their tasks, “已转发” in private, leave, “收不到”. In groups nothing is acknowledged (DESIGN, burden)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot import phrases
from bot.commands.dates import leave_days
from bot.commands.said import Command
from bot.model.chat import Message
from bot.model.ledger import Act, Entry, TargetId
from bot.model.time import day_of
from bot.model.tree import Group, Worker
from bot.phrases import asking, workers
from bot.recognise.confirm import ConfirmationKind
from bot.service.desk import Desk
from bot.service.leave import LEAVE_MOST, come_back, place_of, take_leave
from bot.service.listening import Read, read_answer
from bot.service.talking.speaker import LEADS
from bot.service.talking.turn import Reply, Turn, numbered
from bot.store import ledger, notices, talk
from bot.store.reading import TargetRow

MOST_OTHERS = 5


async def my_tasks(desk: Desk, turn: Turn) -> Reply:
    """“我的任务”: with the numbers that hold all day."""
    tasks = await desk.store.write(talk.number_tasks, turn.person.id, day_of(desk.now))
    return Reply(workers.my_tasks(turn.person.name, tasks, desk.now))


async def confirmed(desk: Desk, turn: Turn) -> Reply:
    """A number that stands for tasks that are done."""
    person, now = turn.person, turn.message.at
    by_id = {t.id: t for t in (await desk.store.write(talk.number_tasks, person.id, day_of(now))).values()}
    fresh = []
    for target in turn.targets:
        entry = Entry(Act.CONFIRMED, now, f"worker:{person.id}", person.name, "choice")
        if target in by_id and await desk.store.write(ledger.record, target, entry):
            fresh.append(by_id[target].group or "")
    if fresh:
        desk.tell("confirmed", f"{person.name}：{'、'.join(fresh)}")
    if turn.group is not None:
        return Reply()
    return Reply(_acknowledged(fresh, [t for t in by_id.values() if t.id not in turn.targets]))


@dataclass(frozen=True, slots=True)
class Heard:
    """Whether it was a confirmation; what is answered to whoever said it, and which tasks it was taken for."""

    confirmation: bool
    reply: Reply = field(default_factory=Reply)
    person: Worker | None = None
    targets: Sequence[TargetId] = ()


async def heard(desk: Desk, message: Message, group: Group | None) -> Heard:
    """“已转发” or a #接龙, recorded.

    In a work group nobody is answered; what is not clear there, and a claim that names nothing of theirs, is asked about
    once a day and person.
    """
    reads = await read_answer(desk, message, group)
    for read in reads:
        if read.worker is not None and read.fresh:
            desk.tell("confirmed", f"{read.worker.name}：{'、'.join(read.fresh)}")
    if len(reads) != 1 or reads[0].worker is None or reads[0].note:
        return Heard(bool(reads))
    read, person = reads[0], reads[0].worker
    if read.contradicts:
        key = f"contradicted:{day_of(message.at)}:{person.id}"
        desk.tell_office(key, workers.contradicted_to_office(person.name, place_of(desk, person)))
        return Heard(True, Reply(workers.contradicted(person.name) if group is None else ""), person)
    reply = (
        _privately(person, read, message.at)
        if group is None
        else await _in_group(desk, person, read, message.at)
    )
    return Heard(True, reply, person, read.targets)


def _privately(person: Worker, read: Read, now: datetime) -> Reply:
    tasks = read.tasks
    if read.kind is ConfirmationKind.NOT_YET:
        return Reply(workers.my_tasks(person.name, tasks, now))
    if read.groups and not read.unclear:
        if others := _other_contents(read, tasks):
            return _which(person, others, now, noted=read)
        left = [task for task in tasks.values() if task.id not in read.targets]
        return Reply(_acknowledged(read.fresh, left))
    if read.kind is ConfirmationKind.UNCLEAR:
        return Reply(workers.not_clear(person.name, tasks))
    if not any(task.opened_at is not None for task in tasks.values()):
        return Reply(workers.my_tasks(person.name, tasks, now))
    return Reply(workers.no_such_task(read.unclear, tasks))


def _other_contents(read: Read, tasks: Mapping[int, TargetRow]) -> list[TargetRow]:
    """What a bare private “已转发” may also mean: open tasks of other contents than the one that it was taken for."""
    if read.kind is not ConfirmationKind.ALL or read.about:
        return []
    taken = {task.content for task in tasks.values() if task.id in read.targets}
    return [task for task in tasks.values() if task.content not in taken and task.waits]


def _which(person: Worker, others: Sequence[TargetRow], now: datetime, *, noted: Read) -> Reply:
    """The newest was noted; whether the others are done too, one number tells."""
    by_content: dict[str, list[TargetRow]] = {}
    for task in others:
        by_content.setdefault(task.content, []).append(task)
    shown = list(by_content.values())[:MOST_OTHERS]
    text = workers.others_too(person.name, noted.titles, [asking.which(rows, now) for rows in shown])
    choices = {
        number: {"command": Command.CONFIRMED.value, "targets": [task.id for task in rows]}
        for number, rows in enumerate(shown, 1)
    }
    if len(shown) > 1:
        every = [task.id for rows in shown for task in rows]
        choices[len(choices) + 1] = {"command": Command.CONFIRMED.value, "targets": every}
    return Reply(text, choices)


async def _in_group(desk: Desk, person: Worker, read: Read, now: datetime) -> Reply:
    asks = read.kind is ConfirmationKind.UNCLEAR or (read.unclear and not read.groups)
    if not asks or read.kind is ConfirmationKind.NOT_YET:
        return Reply()
    tasks = await desk.store.write(talk.number_tasks, person.id, day_of(now))
    if not any(task.waits for task in tasks.values()):
        return Reply()
    key = f"unclear:{day_of(now)}:{person.id}"
    if not desk.store.write_now(notices.once, key, now):
        return Reply()
    if read.kind is ConfirmationKind.UNCLEAR:
        return Reply("@" + workers.not_clear(person.name, tasks))
    return Reply(f"@{person.name} " + workers.no_such_task(read.unclear, tasks))


def _acknowledged(fresh: Sequence[str], others: Sequence[TargetRow]) -> str:
    """``fresh``: groups noted now; ``others``: the tasks that nothing was said of."""
    left = sum(task.waits for task in others)
    return workers.noted(fresh, left) if fresh else workers.noted_before(left)


async def attached(desk: Desk, person: Worker, targets: Sequence[TargetId], message: Message) -> None:
    """A picture or forwarded message right after “已转发” belongs to it: that there was one stands beside it."""
    for target in targets:
        entry = Entry(Act.ATTACHED, message.at, message.id, person.name, message.kind.value)
        await desk.store.write(ledger.record, target, entry)


# ── leave ───────────────────────────────────────────────────────────────────────────────────────────────────

BACK = "取消"


async def leave(desk: Desk, turn: Turn) -> Reply:
    """“请假 到周五”: the tasks go to the deputy; “销假” ends it."""
    person, today = turn.person, day_of(turn.message.at)
    if turn.said.until == BACK:
        back = await desk.store.write(come_back, desk, person)
        return Reply(workers.came_back(person.name, back))
    if not turn.said.until:
        return _until_when(turn, today)
    days = leave_days("" if turn.sure else turn.message.text, turn.said.until, today)
    if days is None or days[1] - today > LEAVE_MOST:
        return Reply(workers.no_such_leave(turn.said.until), outcome="看不懂日期")
    first, last = days
    forwards = any(post not in LEADS for _, post in desk.tree.posts_of.get(person.id, ()))
    if not forwards and not desk.store.read(talk.open_targets, person.id, desk.now):
        return Reply(workers.no_leave_needed(person.name), outcome="名下没有群")
    moved = await take_leave(desk, person, first, last)
    if moved is None:
        return Reply(workers.leave_ahead(first, last))
    return Reply(workers.leave_noted(last, moved.names(desk), moved.left))


def _until_when(turn: Turn, today: date) -> Reply:
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    days = list(dict.fromkeys((today, today + timedelta(days=1), friday, today + timedelta(days=7))))
    words = {today: "今天", today + timedelta(days=1): "明天"}
    shown = [words.get(day, f" {phrases.spoken_day(day)}") for day in days]
    return Reply(workers.until_when(shown), numbered(turn.said, "until", [str(day) for day in days]))


# ── “收不到” ─────────────────────────────────────────────────────────────────────────────────────────────────


async def trouble(desk: Desk, turn: Turn) -> Reply:
    """“收不到”: the office hears of it once a day, the person where to look."""
    person, now = turn.person, desk.now
    tasks = await desk.store.write(talk.number_tasks, person.id, day_of(now))
    waiting = [task for task in tasks.values() if task.waits]
    key = f"trouble:{person.id}:{day_of(now)}"
    desk.tell_office(key, workers.trouble_to_office(person.name, place_of(desk, person)))
    place = ""
    if waiting:
        node = desk.tree.by_id.get(waiting[0].node)
        group = desk.tree.work_group_above(node, strictly=False) if node is not None else None
        place = group.name if group is not None else ""
    return Reply(workers.trouble(person.name, waiting or list(tasks.values()), place, now))
