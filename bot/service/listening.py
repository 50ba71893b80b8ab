"""What is answered in a work group, and our own messages coming back. What is neither is forgotten."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.commands.confirming import contradicted, resolve
from bot.model.chat import Message, MessageKind, Recall, form_of
from bot.model.content import ContentId
from bot.model.ledger import Act, Entry, SendState, TargetId
from bot.model.time import day_of
from bot.model.tree import Group, Post, Worker, WorkerId
from bot.phrases import titles
from bot.recognise.confirm import ConfirmationKind, read_confirmation
from bot.recognise.match import is_part
from bot.recognise.normalise import normalise, numbers_in
from bot.recognise.note import NoteLine, read_group_note, read_note_line
from bot.roster.words import plain
from bot.service.desk import Desk
from bot.store import ledger, reading, sending, talk
from bot.store.reading import TargetRow


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one confirmation: the groups recorded, or why it was not clear."""

    worker: Worker | None
    groups: Sequence[str] = ()
    unclear: str = ""
    fresh: Sequence[str] = ()
    """Of ``groups``, those that stood not in the ledger before."""
    line: str = ""
    """What the person said, to show it when somebody has to be asked."""
    kind: ConfirmationKind = ConfirmationKind.UNCLEAR
    targets: Sequence[TargetId] = ()
    titles: str = ""
    """“《…》”: the contents that it was taken for."""
    about: bool = False
    """It says itself which content it is about."""
    tasks: Mapping[int, TargetRow] = field(default_factory=dict)
    """The tasks that it could be about, by their numbers, as they stood before it."""
    contradicts: bool = False
    """It takes back what the person had said before."""
    note: bool = False
    """It is a line of a #接龙, which others post again."""


async def handle_recall(desk: Desk, event: Recall) -> None:
    """Somebody took a message back: what it covered is open again."""
    await desk.store.write(ledger.record_recall, event.message, event.at)


async def settle_by_echo(desk: Desk, message: Message, group: Group | None) -> None:
    """Our own message came back: that part, and no other, was in doubt in that room and is proven."""
    if group is None:
        return
    for out in desk.store.read(sending.in_doubt):
        if (
            out.group == group.id
            and out.target is None
            and normalise(out.text) == normalise(message.text) != ""
        ):
            await desk.store.write(sending.settle, out, SendState.ACCEPTED, message.at, message_id=message.id)
            return
        content = desk.contents.get(ContentId(out.content))
        if out.group != group.id or content is None or content.digest != out.digest or out.part is None:
            continue
        part = form_of(content.parts[out.part], desk.capabilities)
        if part.kind.value != message.kind.value:
            continue
        message = await desk.channel.fetch(message)
        if is_part(message, part):
            await desk.store.write(
                sending.settle, out, SendState.ACCEPTED, message.at, message_id=message.id, by="echo"
            )
            return


def may_confirm(message: Message) -> bool:
    """Whether it is worth asking who says this."""
    return message.kind in _SPOKEN and _MAY_CONFIRM.search(message.text) is not None


async def read_answer(
    desk: Desk, message: Message, group: Group | None, said_by: datetime | None = None
) -> list[Read]:
    """Read “已转发” or a #接龙 in a work group (or private) message and record what it confirms.

    ``message`` has the name that the room shows, where the account is not known. ``said_by``: the latest that it can have
    been said, where its time is not known to the second. Returns one `Read` per person that it speaks of; empty if it is no confirmation at all.
    """
    if not may_confirm(message):
        return []
    note = read_group_note(message.text)
    if note is None:
        name = message.sender_name
        reads = [await _read_one(desk, message, group, said_by, name, message.text.splitlines()[0], None)]
    else:
        reads = [await _read_one(desk, message, group, said_by, one.text, one.text, one) for one in note]
    return [read for read in reads if read is not None]


async def _read_one(
    desk: Desk,
    message: Message,
    group: Group | None,
    said_by: datetime | None,
    name: str,
    line: str,
    note: NoteLine | None,
) -> Read | None:
    """One person's answer, recorded; None if there is nothing to record and nobody to be asked."""
    known_by = said_by or message.at
    found = _speakers(desk, message, name, group, own=note is None)
    worker = found[0] if len(found) == 1 else None
    words = message.text if note is None else note.said
    tasks = await _tasks_of(desk, worker, words, day_of(message.at)) if worker else {}
    groups = {task.group for task in tasks.values() if task.group}
    own = [worker.name] if worker else []
    said = read_confirmation(message.text, own, groups) if note is None else read_note_line(note, groups, own)
    if said is None:
        return None
    about = bool(said.about)
    if worker is None:
        # Somebody's unclear talk is not worth a question; a line of a list is.
        speaks = said.kind not in (ConfirmationKind.NOT_YET, ConfirmationKind.UNCLEAR) or note is not None
        who_else = "、".join(f"{one.unit.rsplit('/', 1)[-1]}{one.name}" for one in found)
        why = f"同名的有：{who_else}" if found else f"不知道“{plain(name)}”是谁"
        return Read(None, unclear=why, line=plain(line)) if speaks else None
    read = Read(worker, line=plain(line), kind=said.kind, about=about, note=note is not None, tasks=tasks)
    if said.kind is ConfirmationKind.UNCLEAR:
        # Others post a list again with old lines in it: there only what is still open is worth a question.
        asks = [task for task in tasks.values() if note is None or task.reason is not None]
        return replace(read, unclear=f"{worker.name}这句没说清转了没有") if asks else None
    taken_back = note is None and contradicted(said, tasks, known_by)
    doubt = f"{worker.name}先说转了，又说没转" if taken_back else ""
    if said.kind is ConfirmationKind.NOT_YET:
        return replace(read, unclear=doubt, contradicts=taken_back) if doubt or group is None else None
    if note is not None and not said.about:
        # A list's topic says what it is about, for every line of it.
        said = replace(said, about=tuple(numbers_in(message.text)))
    result = resolve(said, tasks, known_by, by_hand=not desk.capabilities.by_itself)
    by_id = {task.id: task for task in tasks.values()}
    fresh = []
    for target in result.confirmed:
        entry = Entry(Act.CONFIRMED, message.at, f"worker:{worker.id}", worker.name, "chat")
        if await desk.store.write(ledger.record, target, entry):
            fresh.append(by_id[target].group or "")
    rows = [by_id[target] for target in result.confirmed]
    unclear = result.unclear or doubt
    if not rows and not unclear:
        return None
    return replace(
        read, groups=[row.group or "" for row in rows], unclear=unclear, fresh=fresh,
        targets=result.confirmed, titles=titles(rows), contradicts=taken_back,
    )  # fmt: skip


async def _tasks_of(desk: Desk, worker: Worker, words: str, day: date) -> dict[int, TargetRow]:
    """A person's tasks of the day by number; a deputy without any of their own speaks for the contact. ``words``: what is
    said, numbers or not."""
    numbered = await _numbered(desk, worker.id, words, day)
    if numbered:
        return numbered
    contacts = {
        node.people[Post.CONTACT]
        for node, post in desk.tree.posts_of.get(worker.id, ())
        if post is Post.DEPUTY and Post.CONTACT in node.people
    }
    for contact in sorted(contacts - {worker.id}):
        if numbered := await _numbered(desk, contact, words, day):
            return numbered
    # On leave, and did it all the same: the tasks stand with the deputy.
    away = {*desk.store.read(talk.away, desk.now), worker.id}
    own = {
        node.id: desk.tree.person_above(node, Post.CONTACT, away)
        for node, post in desk.tree.posts_of.get(worker.id, ())
        if post is Post.CONTACT
    }
    for deputy in sorted({id for id in own.values() if id is not None and id != worker.id}):
        handed = await _numbered(desk, deputy, words, day)
        if mine := {number: task for number, task in handed.items() if own.get(task.node) == deputy}:
            return mine
    return {}


async def _numbered(desk: Desk, worker: WorkerId, words: str, day: date) -> dict[int, TargetRow]:
    if _NAMES_A_NUMBER.search(words) is None:
        # Nothing is asked about by its number: no need to settle them.
        return dict(enumerate(desk.store.read(reading.tasks_of_day, worker, day), 1))
    return await desk.store.write(talk.number_tasks, worker, day)


_SPOKEN = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.GROUP_NOTE)
_MAY_CONFIRM = re.compile(r"[转轉]|接[龙龍]")
"""Every confirmation says 转 or stands in a #接龙; most talk does neither and is let go at once."""
_NAMES_A_NUMBER = re.compile(r"[\d一二两三四五六七八九十]")


def _speakers(desk: Desk, message: Message, name: str, group: Group | None, *, own: bool) -> Sequence[Worker]:
    """Who says it: by the account where it is known, else, in a work group, by the full name among the people around it.

    Names prove nothing where nobody else listens: privately only an account does.
    """
    known = desk.worker_of.get(message.sender)
    if own and known is not None:
        worker = desk.person(known)
        return [worker] if worker else []
    if group is None:
        return ()
    named = desk.named_in(name, group)
    if not own or not message.sender:
        return named
    # Who has an account speaks by it; a chat that was copied has none, and a list names others.
    return [person for person in named if person.id not in desk.accounts]
