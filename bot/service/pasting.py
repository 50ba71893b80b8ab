"""A work group's chat as it was copied: confirmations and #接龙 are recorded, the rest is forgotten (manual channel).

Whoever pastes may look first at what is read (`preview`: nothing of it is kept) and correct it line by line.
"""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

from bot.errors import NotAllowed, NotFound
from bot.model.chat import Message, MessageKind
from bot.model.ledger import TargetId
from bot.model.time import day_of
from bot.model.tree import Group, Use, Worker, WorkerId
from bot.recognise.confirm import Confirmation, ConfirmationKind, read_confirmation
from bot.recognise.note import read_group_note, read_note_line
from bot.recognise.paste import MAX_LINES, PastedMessage, read_paste
from bot.roster.words import plain
from bot.service.desk import Desk
from bot.service.listening import Read, may_confirm, read_answer, record_said
from bot.service.meaning import tasks_of
from bot.service.talking.conversation import COPIED, Conversation
from bot.store.reading import TargetRow

A_MINUTE = timedelta(seconds=59)
"""Chats are copied with minutes only."""
MOST_AT_ONCE = 1_000
"""Lines that are read in one transaction, for which everybody else waits: a millisecond and a half for each at worst."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted chat gave: recorded (group, worker), of these the groups that were not recorded before, lines that
    somebody has to be asked about, questions with what can be answered to them, and the rest."""

    recorded: Sequence[tuple[str, str]]
    fresh: Sequence[str]
    asked: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, str]]
    ignored: int


@dataclass(frozen=True, slots=True)
class Fix:
    """Somebody corrects what was read: the ``nth`` person of the message at ``line`` is ``worker`` and did ``targets``;
    None: it counts for nothing."""

    line: int
    nth: int
    worker: WorkerId | None = None
    targets: frozenset[TargetId] = frozenset()


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a `Fix` came to; ``fresh``: the groups that were not recorded before."""

    nth: int
    worker: Worker | None = None
    tasks: Sequence[TargetRow] = ()
    fresh: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """Something that is not recorded: a message, or a line of a #接龙. ``not_yet``: because it says that it is not done."""

    nth: int
    text: str
    not_yet: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A message of a pasted chat and what became of it. ``reply``: what can be answered to it."""

    said: PastedMessage
    reads: Sequence[Read] = ()
    fixed: Sequence[Fixed] = ()
    reply: str = ""
    rest: Sequence[Rest] = field(default_factory=tuple)


def work_group(desk: Desk, name: str) -> Group:
    """The work group that is called so. Raises `NotFound` with the nearest names, `NotAllowed` for another group:
    residents' talk is not read."""
    found = next((g for g in desk.tree.groups if g.name == name.strip()), None)
    if found is None:
        near = get_close_matches(name, [g.name for g in desk.tree.groups], n=3, cutoff=0.4)
        raise NotFound(f"名册里没有“{name}”这个群" + (f"；是不是：{'、'.join(near)}" if near else ""))
    return _of_work(found)


def _of_work(group: Group) -> Group:
    if group.use is not Use.WORK:
        raise NotAllowed(f"“{group.name}”不是工作群；只读工作群的聊天，居民群的不读")
    return group


async def paste(
    desk: Desk, group: Group, text: str, now: datetime, conversation: Conversation | None = None
) -> Pasted:
    """Read a work group's chat as it was copied: confirmations and #接龙 are recorded, questions and 请假 taken up by
    ``conversation``, if it is given, as if they had been said to the bot; the rest is forgotten.

    The same chat may be pasted again: what stands in the ledger already changes nothing. Raises `NotAllowed` for a
    group that is no work group (residents' talk is not read), `InputErrors` for a text that is too long.
    """
    return summary(await _read(desk, group, text, now, conversation, ()))


def preview(
    desk: Desk,
    group: Group,
    text: str,
    now: datetime,
    conversation: Conversation,
    fixes: Collection[Fix] = (),
) -> list[Line]:
    """What `save` would do, without doing it: all of it is done, looked at and undone. Raises as `save`."""

    class Undone(Exception):
        """Nothing of it happened."""

    lines: list[Line] = []
    try:
        with desk.store.together():
            lines = _at_once(_read(desk, group, text.rstrip(), now, conversation, fixes, MOST_AT_ONCE))
            raise Undone
    except Undone:
        return lines


def save(
    desk: Desk,
    group: Group,
    text: str,
    now: datetime,
    conversation: Conversation,
    fixes: Collection[Fix] = (),
) -> list[Line]:
    """As `paste`, with what somebody corrected, in one transaction, and so of `MOST_AT_ONCE` lines at most. Raises as
    `paste`; `NotAllowed` where a correction fits nothing (any more)."""
    with desk.store.together():
        return _at_once(_read(desk, group, text.rstrip(), now, conversation, fixes, MOST_AT_ONCE))


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of something that waits for nothing: in one transaction nobody else may get a word in."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("a transaction that waits")


def summary(lines: Sequence[Line]) -> Pasted:
    """All lines together."""
    recorded: dict[tuple[str, str], None] = {}
    fresh: dict[str, None] = {}
    asked: list[tuple[str, str]] = []
    answers: list[tuple[str, str]] = []
    ignored = 0
    for line in lines:
        corrected = {one.nth for one in line.fixed}
        for read in line.reads:
            if read.nth in corrected:
                continue
            if read.unclear:
                asked.append((read.line, read.unclear))
            for name in read.back:
                fresh.pop(name, None)
                recorded.pop((name, read.worker.name if read.worker else ""), None)
            if read.worker is not None:
                recorded.update(dict.fromkeys((name, read.worker.name) for name in read.groups))
            fresh.update(dict.fromkeys(read.fresh))
        for one in line.fixed:
            if one.worker is not None:
                recorded.update(dict.fromkeys((task.group or "", one.worker.name) for task in one.tasks))
            fresh.update(dict.fromkeys(one.fresh))
        if line.reply:
            answers.append((line.said.text.splitlines()[0], line.reply))
        ignored += not line.reads and not line.reply and not any(one.worker for one in line.fixed)
    return Pasted(list(recorded), list(fresh), asked, answers, ignored)


def could_be(desk: Desk, worker: Worker, at: datetime | None, now: datetime) -> list[TargetRow]:
    """What somebody can have spoken of at that time: their tasks of the day that had begun by then."""
    spoken = min(at or now, now)
    tasks = _at_once(tasks_of(desk, worker, "", day_of(spoken)))
    return [task for task in tasks.values() if task.starts_at <= min(spoken + A_MINUTE, now)]


async def _read(
    desk: Desk,
    group: Group,
    text: str,
    now: datetime,
    conversation: Conversation | None,
    fixes: Collection[Fix],
    most: int = MAX_LINES,
) -> list[Line]:
    """The messages in their order, read and recorded; ``most`` lines of them."""
    _of_work(group)
    desk.now = max(desk.now, now)
    of_line: dict[int, list[Fix]] = {}
    for fix in fixes:
        of_line.setdefault(fix.line, []).append(fix)
    lines = [
        await _take(desk, group, said, now, conversation, of_line.pop(said.line, []))
        for said in read_paste(text, now, most)
    ]
    if of_line:
        raise NotAllowed("改过的那一句不在这段聊天里了；重新看一遍再存")
    return lines


async def _take(
    desk: Desk,
    group: Group,
    said: PastedMessage,
    now: datetime,
    conversation: Conversation | None,
    fixes: Sequence[Fix],
) -> Line:
    at = min(said.at or now, now)
    kind = MessageKind.GROUP_NOTE if said.text.lstrip().startswith("#接龙") else MessageKind.TEXT
    message = Message(f"{COPIED}{said.line}", "", "", at, kind, said.text, said.sender)
    known_by = min((said.at or now) + A_MINUTE, now)
    reads = await read_answer(desk, message, group, known_by, {fix.nth for fix in fixes})
    fixed = [await _corrected(desk, group, said, now, fix) for fix in fixes]
    unread = conversation is not None and not reads and not fixed
    reply = await conversation.overheard(message, group) if conversation is not None and unread else ""
    known = {read.nth for read in reads} | {one.nth for one in fixed}
    rest = () if reply else [one for one in _rest(message) if one.nth not in known]
    return Line(said, reads, fixed, reply, rest)


async def _corrected(desk: Desk, group: Group, said: PastedMessage, now: datetime, fix: Fix) -> Fixed:
    if fix.worker is None:
        return Fixed(fix.nth)
    worker = next((one for one in desk.people_around(group) if one.id == fix.worker), None)
    tasks = [] if worker is None else could_be(desk, worker, said.at, now)
    chosen = [task for task in tasks if task.id in fix.targets]
    if worker is None or not chosen or len(chosen) != len(fix.targets):
        raise NotAllowed(f"“{plain(said.text.splitlines()[0])[:20]}”这一句改的人和群对不上了；重新改一下再存")
    fresh = await record_said(desk, worker, chosen, min(said.at or now, now))
    return Fixed(fix.nth, worker, chosen, fresh)


def _rest(message: Message) -> list[Rest]:
    """A message cut into what could each be recorded: the lines of a #接龙 about forwarding, else the whole."""
    note = read_group_note(message.text) if may_confirm(message) else None
    said: list[tuple[str, Confirmation | None]]
    if note:
        said = [(one.text, read_note_line(one)) for one in note]
    else:
        said = [(message.text, read_confirmation(message.text) if may_confirm(message) else None)]
    return [
        Rest(nth, plain(text), read is not None and read.kind is ConfirmationKind.NOT_YET)
        for nth, (text, read) in enumerate(said)
    ]
