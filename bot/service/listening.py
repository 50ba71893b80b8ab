"""What is seen in a room: recognised and recorded, or forgotten. Nothing else of it is kept, in no file and no log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.confirming import contradicted, resolve
from bot.model.chat import FILES, Message, MessageKind, Recall, form_of
from bot.model.content import ContentId
from bot.model.ledger import Act, Entry, SendState
from bot.model.time import day_of
from bot.model.tree import Group, NodeId, Use, Worker
from bot.recognise.confirm import ConfirmationKind, read_confirmation
from bot.recognise.match import is_part
from bot.recognise.normalise import normalise, numbers_in
from bot.recognise.note import NoteLine, read_group_note, read_note_line
from bot.recognise.paste import who
from bot.roster.words import plain
from bot.service.desk import Desk
from bot.store import ledger, reading, sending, waves


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


async def handle_recall(desk: Desk, event: Recall) -> None:
    """Somebody took a message back: what it covered is open again."""
    await desk.store.write(ledger.record_recall, event.message, event.at)


async def handle_message(desk: Desk, message: Message, group: Group | None) -> None:
    """A message of ``group``'s room, or a private one (None): recognised and recorded, or forgotten."""
    if message.is_self:
        await _settle_by_echo(desk, message, group)
        return
    reposted = await _record_repost(desk, message, group)
    if not reposted and (group is None or group.use is Use.WORK):
        if not message.sender_name and message.sender not in desk.worker_of and may_confirm(message):
            message = replace(message, sender_name=await desk.channel.called(message))
        for read in await read_answer(desk, message, group):
            if read.worker is not None and read.fresh:
                desk.tell("confirmed", f"{read.worker.name}：{'、'.join(read.groups)}")


async def _record_repost(desk: Desk, message: Message, group: Group | None) -> bool:
    """True if the message carries a content's main part, recorded for this group."""
    if group is None:
        return False
    if message.kind in _CARDS or (
        message.kind in FILES and desk.store.read(waves.anything_open, group.id, message.at)
    ):
        message = await desk.channel.fetch(message)
    verdict = desk.recogniser.match(message)
    mains = [hit for hit in verdict.hits if hit.main]
    credit = _credited(desk, message, group)
    for hit in mains:
        target = await desk.store.write(ledger.record_repost, hit.content, group.id, message, credit)
        if target is not None:
            desk.tell("observed", f"{group.name}：《{desk.contents[hit.content].title}》")
    return bool(mains)


def _credited(desk: Desk, message: Message, group: Group) -> str:
    """Anyone's repost covers the group; credit goes to a person whose account is known only (DESIGN)."""
    worker = desk.worker_of.get(message.sender)
    person = None if worker is None else desk.tree.worker_by_id.get(worker)
    return person.name if person else ""


async def _settle_by_echo(desk: Desk, message: Message, group: Group | None) -> None:
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

    ``said_by``: the latest that it can have been said, where its time is not known to the second.
    Returns one `Read` per person that it speaks of; empty if it is no confirmation at all.
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
    tasks = desk.store.read(reading.tasks_of_day, worker.id, day_of(message.at)) if worker else []
    groups = {task.group for task in tasks if task.group}
    own = [worker.name] if worker else []
    said = read_confirmation(message.text, own, groups) if note is None else read_note_line(note, groups, own)
    if said is None:
        return None
    if worker is None:
        # Somebody's unclear talk is not worth a question; a line of a list is.
        speaks = said.kind not in (ConfirmationKind.NOT_YET, ConfirmationKind.UNCLEAR) or note is not None
        who_else = "、".join(f"{one.unit.rsplit('/', 1)[-1]}{one.name}" for one in found)
        why = f"同名的有：{who_else}" if found else f"不知道“{plain(name)}”是谁"
        return Read(None, unclear=why, line=plain(line)) if speaks else None
    if said.kind is ConfirmationKind.UNCLEAR:
        # Others post a list again with old lines in it: there only what is still open is worth a question.
        asks = tasks if note is None else [task for task in tasks if task.reason is not None]
        return Read(worker, unclear=f"{worker.name}这句没说清转了没有", line=plain(line)) if asks else None
    taken_back = note is None and contradicted(said, tasks, known_by)
    doubt = f"{worker.name}先说转了，又说没转" if taken_back else ""
    if said.kind is ConfirmationKind.NOT_YET:
        return Read(worker, unclear=doubt, line=plain(line)) if doubt else None
    if note is not None and not said.about:
        # A list's topic says what it is about, for every line of it.
        said = replace(said, about=tuple(numbers_in(message.text)))
    result = resolve(said, tasks, known_by, by_hand=not desk.capabilities.by_itself)
    by_id = {task.id: task for task in tasks}
    fresh = []
    for target in result.confirmed:
        entry = Entry(Act.CONFIRMED, message.at, f"worker:{worker.id}", worker.name, "chat")
        if await desk.store.write(ledger.record, target, entry):
            fresh.append(by_id[target].group or "")
    confirmed = [by_id[t].group or "" for t in result.confirmed]
    if not confirmed and not result.unclear and not doubt:
        return None
    return Read(worker, confirmed, result.unclear or doubt, fresh, plain(line))


_SPOKEN = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.GROUP_NOTE)
_CARDS = (MessageKind.LINK, MessageKind.MINI_PROGRAM)
_MAY_CONFIRM = re.compile(r"[转轉]|接[龙龍]")
"""Every confirmation says 转 or stands in a #接龙; most talk does neither and is let go at once."""


def _speakers(desk: Desk, message: Message, name: str, group: Group | None, *, own: bool) -> Sequence[Worker]:
    """Who says it: by the account where it is known, else by the full name among the people below the group."""
    known = desk.worker_of.get(message.sender)
    if own and known is not None:
        worker = desk.tree.worker_by_id.get(known)
        return [worker] if worker else []
    return who(name, _people_below(desk, None if group is None else group.node))


def _people_below(desk: Desk, node_id: NodeId | None) -> list[Worker]:
    node = desk.tree.by_id[node_id] if node_id is not None else desk.tree.root
    ids = {w for below in desk.tree.subtree(node) for w in below.people.values()}
    return [desk.tree.worker_by_id[w] for w in sorted(ids)]
