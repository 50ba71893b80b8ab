"""What is answered in a work group or privately: “已转发”, a #接龙. What is no answer is forgotten."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.commands.confirming import contradicted, counts, resolve, taken_back
from bot.commands.meant import Topic, named_in, one_by_one, quote_of, replied_to, says_nothing
from bot.model.chat import Message, MessageKind
from bot.model.content import ContentId
from bot.model.ledger import Act, Entry, TargetId
from bot.model.time import day_of
from bot.model.tree import Group, Use, Worker
from bot.phrases import titles
from bot.recognise.confirm import Confirmation, ConfirmationKind, read_confirmation
from bot.recognise.normalise import fold, normalise, numbers_in, without_quote
from bot.recognise.note import NoteLine, done_by_another, read_group_note, read_note_line, topic_of
from bot.recognise.whose import Whose, whose
from bot.roster.words import plain
from bot.service.desk import Desk
from bot.service.meaning import names_of, tasks_of, topics_of
from bot.store import ledger
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
    nth: int = 0
    """Its place among those that the message speaks of."""
    back: Sequence[str] = ()
    """Groups of which it takes back what was recorded before."""


def may_confirm(message: Message) -> bool:
    """Whether it is worth asking who says this."""
    return message.kind in _SPOKEN and _MAY_CONFIRM.search(message.text) is not None


async def read_answer(
    desk: Desk,
    message: Message,
    group: Group | None,
    said_by: datetime | None = None,
    unless: Collection[int] = (),
) -> list[Read]:
    """Read “已转发” or a #接龙 in a work group (or private) message and record what it confirms.

    ``message`` has the name that the room shows, where the account is not known. ``said_by``: the latest that it can have
    been said, where its time is not known to the second. Of whom it speaks as the ``unless``-th (`Read.nth`) is read and
    not recorded: somebody knows better. Returns one `Read` per person that it speaks of; empty if it is no confirmation at all.
    """
    if not may_confirm(message):
        return []
    known_by = said_by or message.at
    note = read_group_note(message.text)
    if note is None:
        return await _read_said(desk, message, group, known_by, unless)
    found = _speakers(desk, message, message.sender_name, group, own=True)
    poster = found[0] if len(found) == 1 else None
    people = [person.name for person in desk.people_around(group)] if group else []
    topic = topic_of(message.text)
    reads: list[Read | None] = []
    for nth, one in enumerate(note):
        line = done_by_another(one, people)
        named = _speakers(desk, message, line.text, group, own=False)
        # A gap behind a short name says that it ends there.
        named = named or _speakers(desk, message, "·".join(line.text.split()), group, own=False)
        if len(named) != 1:
            reads.append(replace(_unknown(named, line.text, one.text), nth=nth))
            continue
        own_line = poster is not None and poster.id == named[0].id and one is note[-1]
        words = _Words(
            named[0], line.text, one.text, topic, line, fresh=own_line, nth=nth, recorded=nth not in unless
        )
        reads.append(await _read_one(desk, message, group, known_by, words))
    return [read for read in reads if read is not None]


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of one person's groups. ``line``: as it was written; ``about``: what it replies to, or the topic of
    the list that it stands in."""

    person: Worker
    text: str
    line: str
    about: str
    note: NoteLine | None = None
    own: bool = True
    """The person says so, or stands in a list."""
    fresh: bool = True
    """It was said now; a line of a list may be an old one that is posted again."""
    nth: int = 0
    recorded: bool = True


def _unknown(found: Sequence[Worker], name: str, line: str) -> Read:
    who_else = "、".join(f"{one.unit.rsplit('/', 1)[-1]}{one.name}" for one in found)
    why = f"同名的有：{who_else}" if found else f"不知道“{plain(name)}”是谁"
    return Read(None, unclear=why, line=plain(line))


async def _read_said(
    desk: Desk, message: Message, group: Group | None, known_by: datetime, unless: Collection[int]
) -> list[Read]:
    """What somebody says of their own groups, and of a colleague's."""
    text = without_quote(message.text)
    quoted = message.quoted or quote_of(message.text)
    line = next(filter(str.strip, text.splitlines()), "")
    found = _speakers(desk, message, message.sender_name, group, own=True)
    if len(found) != 1:
        said = read_confirmation(text)
        # Somebody's unclear talk is not worth a question.
        nothing = said is None or said.kind in (ConfirmationKind.NOT_YET, ConfirmationKind.UNCLEAR)
        return [] if nothing else [_unknown(found, message.sender_name, line)]
    (speaker,) = found
    called = _colleagues(desk, text, speaker, group)
    spoken = whose(text, called) if called else Whose((), True, text)
    people = {called[name].id: called[name] for name in spoken.names}
    if spoken.own:
        people = {speaker.id: speaker, **people}
    reads = []
    for nth, person in enumerate(people.values()):
        own = person.id == speaker.id
        words = _Words(person, spoken.rest, line, quoted, own=own, nth=nth, recorded=nth not in unless)
        read = await _read_one(desk, message, group, known_by, words, speaker)
        if read is not None and not words.own and read.unclear:
            read = replace(read, worker=None) if not read.groups else read
        reads.append(read)
    return [read for read in reads if read is not None]


def _colleagues(desk: Desk, text: str, speaker: Worker, group: Group | None) -> dict[str, Worker]:
    """Who of the people around is named in ``text``, by the full name or, where that fits one only, the given name."""
    if group is None:
        return {}
    found: dict[str, list[Worker]] = {}
    for person in desk.people_around(group):
        given = person.name[-2:]
        if given not in text:
            continue
        if person.name in text:
            found.setdefault(person.name, []).append(person)
        elif len(person.name) > 2:
            found.setdefault(given, []).append(person)
    return {name: one[0] for name, one in found.items() if len(one) == 1 and one[0].id != speaker.id}


async def _read_one(
    desk: Desk,
    message: Message,
    group: Group | None,
    known_by: datetime,
    words: _Words,
    speaker: Worker | None = None,
) -> Read | None:
    """What is said of one person's groups, recorded; None if there is nothing to record and nobody to be asked."""
    worker, note = words.person, words.note
    tasks = await tasks_of(desk, worker, words.text if note is None else note.said, day_of(message.at))
    topics, names = topics_of(desk, tasks, known_by), names_of(tasks)
    named = named_in(words.text, topics, {*names, worker.name})
    meant = named.contents or _about(desk, words, topics, group)
    if meant is None:
        return None
    if note is not None:
        line = replace(note, text=named.rest) if named.contents else note
        said = read_note_line(line, names, [worker.name])
        return await _settle(desk, message, group, known_by, words, tasks, said, meant, speaker)
    known = [worker.name] if speaker is None else [worker.name, speaker.name]
    each = one_by_one(words.text, topics, {*names, worker.name}) if len(named.contents) > 1 else []
    told = [(one.contents, read_confirmation(one.rest, known, names)) for one in each]
    if not told or any(said is None or said.kind is ConfirmationKind.UNCLEAR for _, said in told):
        told = [(tuple(meant), read_confirmation(named.rest, known, names))]
    reads = [
        await _settle(desk, message, group, known_by, words, tasks, said, contents, speaker)
        for contents, said in told
        if said is not None
    ]
    return _together([read for read in reads if read is not None])


def _together(reads: Sequence[Read]) -> Read | None:
    """What somebody says of several contents at once, as one."""
    if len(reads) < 2:
        return reads[0] if reads else None
    return replace(
        reads[0],
        groups=[group for read in reads for group in read.groups],
        fresh=[group for read in reads for group in read.fresh],
        targets=[target for read in reads for target in read.targets],
        unclear="；".join(dict.fromkeys(read.unclear for read in reads if read.unclear)),
        titles="".join(read.titles for read in reads),
        contradicts=any(read.contradicts for read in reads),
    )


async def _settle(
    desk: Desk,
    message: Message,
    group: Group | None,
    known_by: datetime,
    words: _Words,
    tasks: Mapping[int, TargetRow],
    said: Confirmation,
    meant: Sequence[ContentId],
    speaker: Worker | None,
) -> Read | None:
    """What was ``said`` of the person's ``tasks``, recorded."""
    worker, note = words.person, words.note
    read = Read(
        worker, line=plain(words.line), kind=said.kind, about=bool(said.about or meant), note=note is not None, tasks=tasks,
        nth=words.nth,
    )  # fmt: skip
    if said.kind is ConfirmationKind.UNCLEAR:
        # Others post a list again with old lines in it: there only what is still open is worth a question.
        asks = [task for task in tasks.values() if note is None or task.reason is not None]
        return replace(read, unclear=f"{worker.name}这句没说清转了没有") if asks else None
    ref = f"worker:{worker.id}:" + (_digest(words.line, day_of(message.at)) if note else "said")
    if note is not None and not words.fresh and (old := _recorded(desk, tasks, ref)):
        return replace(
            read, groups=[t.group or "" for t in old], targets=[t.id for t in old], titles=titles(old)
        )
    back = words.own and contradicted(said, tasks, known_by, meant)
    doubt = f"{worker.name}先说转了，又说没转" if back and note is None else ""
    open_again = taken_back(said, tasks, known_by, meant) if back and words.recorded else ()
    for task in open_again:
        await _take_back(desk, task, worker, message.at, known_by)
    read = replace(read, back=[task.group or "" for task in open_again])
    if said.kind is ConfirmationKind.NOT_YET:
        if note is not None and open_again:
            return replace(read, titles=titles(open_again))
        return replace(read, unclear=doubt, contradicts=bool(doubt)) if doubt or group is None else None
    if note is not None and not said.about and not meant:
        # A list's topic says what it is about, for every line of it.
        said = replace(said, about=tuple(numbers_in(message.text)))
    result = resolve(
        said, tasks, known_by, by_hand=not desk.capabilities.by_itself, meant=meant, goes_on=group is not None
    )  # fmt: skip
    by_id = {task.id: task for task in tasks.values()}
    if said.kind is ConfirmationKind.ALL and note is None:
        resident = sum(by_id[target].use == Use.RESIDENT for target in result.confirmed)
        if not counts(words.text, {len(result.confirmed), resident}):
            return replace(read, unclear=f"群数对不上：名下有 {resident} 个")
    fresh = []
    for target in result.confirmed if words.recorded else ():
        if (
            await _confirm(desk, target, ref, (speaker or worker).name, message.at)
            and by_id[target].evidence != "confirmed"
        ):
            fresh.append(by_id[target].group or "")
    rows = [by_id[target] for target in result.confirmed]
    unclear = result.unclear or doubt
    if not rows and not unclear:
        return None
    return replace(
        read, groups=[row.group or "" for row in rows], unclear=unclear, fresh=fresh,
        targets=result.confirmed, titles=titles(rows), contradicts=bool(doubt),
    )  # fmt: skip


def _about(
    desk: Desk, words: _Words, topics: Sequence[Topic], group: Group | None
) -> Sequence[ContentId] | None:
    """Which contents a reply or a line of a list is about by what stands above it; () if that does not tell, None if it is
    none of ours."""
    if not words.about:
        return ()
    places = [node.name for node in desk.tree.upward(desk.tree.by_id[group.node])] if group else []
    if words.note is not None:
        named = named_in(words.about, topics).contents
        return named if named or says_nothing(words.about, places) else None
    around = desk.people_around(group) if group else ()
    people = [name for one in around for name in (one.name, one.name[-2:]) if name in words.about]
    told = replied_to(words.about, topics, [*people, *places])
    if not told:
        carried = desk.recogniser.match(Message("", "", "", desk.now, MessageKind.TEXT, words.about)).hits
        known = {topic.content for topic in topics}
        if carried:
            return tuple(hit.content for hit in carried if hit.content in known) or None
    return told


def _digest(line: str, day: date) -> str:
    """A line of a list as it is known again when it is posted again on that day."""
    return hashlib.blake2s(f"{day}{normalise(fold(line))}{line[-1:]}".encode(), digest_size=6).hexdigest()


def _recorded(desk: Desk, tasks: Mapping[int, TargetRow], ref: str) -> list[TargetRow]:
    """The tasks for which ``ref`` stands in the ledger."""
    return [
        task
        for task in tasks.values()
        if any(entry.ref == ref for entry in desk.store.read(ledger.entries_of, task.id))
    ]


async def record_said(desk: Desk, worker: Worker, tasks: Sequence[TargetRow], at: datetime) -> list[str]:
    """Somebody who read it knows better than we what ``worker`` said: these ``tasks`` are done, by that person's word.
    Returns the groups that were not recorded before."""
    fresh = []
    for task in tasks:
        said_at = max(at, task.starts_at)
        known = task.evidence == "confirmed"
        if await _confirm(desk, task.id, f"worker:{worker.id}:said", worker.name, said_at) and not known:
            fresh.append(task.group or "")
    return fresh


async def _confirm(desk: Desk, target: TargetId, ref: str, by: str, at: datetime) -> bool:
    """Record a worker's word; one that was taken back before can be given again."""
    entries = desk.store.read(ledger.entries_of, target)
    if any(entry.act is Act.RETRACTED and entry.ref == ref and entry.at < at for entry in entries):
        ref = f"{ref}:{int(at.timestamp())}"
    return await desk.store.write(ledger.record, target, Entry(Act.CONFIRMED, at, ref, by, "chat"))


async def _take_back(desk: Desk, task: TargetRow, worker: Worker, at: datetime, known_by: datetime) -> None:
    """Somebody says that a group is not done after all: what was said of it before by chat stands no more."""
    for entry in desk.store.read(ledger.entries_of, task.id):
        if entry.act is Act.CONFIRMED and entry.detail == "chat" and entry.at <= known_by:
            await desk.store.write(ledger.record, task.id, Entry(Act.RETRACTED, at, entry.ref, worker.name))


_SPOKEN = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.GROUP_NOTE)
_MAY_CONFIRM = re.compile(
    r"[转轉]|接[龙龍]|[已己以巳](?:砖|zh)|[传专傳][发發]|[发發丢甩].{0,6}[群格组組栋棟楼樓]|[群格组組栋棟楼樓].{0,8}[发發]"
)
"""Every confirmation says 转 (or 传, by ear), or that it was sent to groups, or stands in a #接龙; most talk does none of
that and is let go at once."""


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
