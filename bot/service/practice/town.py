"""The town itself: somebody says something, shows, forwards, or the clock goes on; what came of it is the answer.

It is a `Demo` whose day stands still meanwhile. Whatever the program does is done by the same `Town` as in the service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.channels.base import Address
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.shown import as_message
from bot.errors import ChuandaError
from bot.library.draft import next_number
from bot.model.chat import Event, Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.model.time import at_time, iso
from bot.model.tree import Group
from bot.outbox import ANSWERS
from bot.phrases.talk import ROLES
from bot.recognise.note import is_group_note
from bot.service.demo import FIRST_DAY, OFFICE, OPENS, REVIEWER, Demo, Order
from bot.service.desk import Told
from bot.service.practice import folder
from bot.service.practice.cast import Cast, Person
from bot.service.practice.moments import moment
from bot.service.practice.said import Line, Said, answered, heard, shown
from bot.service.practice.silence import why_silent
from bot.store import accounts, approvals, notices, sending

BEGINS = "10:40"
"""The wave of eight o'clock has reposts and gaps by then; its reminders come before noon."""
DAYS = 31
"""In the folder's order, so that no `demo` goes on in it by chance."""
STEP = timedelta(seconds=1)
SOON = timedelta(seconds=30)
MOST_S = 300
"""After something was said the clock goes on until answers and reminders are out, and no longer than this."""
PATIENCE_S = 15
"""Nothing said for so long, the pace aside: what is left waits for something else (STOP, the day's limit)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of something: what the program said, anywhere, in its order; ``screen``: what the office's screen showed.

    ``why``: why nothing was said where somebody spoke (Chinese). ``waiting``: parts of contents that are due and go out
    as the clock goes on.
    """

    lines: Sequence[Line] = ()
    screen: Sequence[str] = ()
    why: str = ""
    waiting: int = 0


class Practice(Demo):
    """A town in its own folder. `start` before anything else, `close` at the end; a folder goes on where it was.

    ``cast``: who and what is there; ``said``: what was said so far.
    """

    def __init__(
        self, data: Path, groups: int | None = None, config: Path | None = None, *, fresh: bool = False
    ) -> None:
        """``groups``: of a new town. ``fresh``: begin a new one whatever there was. Raises `ChuandaError` if the folder
        holds anything but such a town, or one of another size."""
        self._kept = folder.prepare(data, groups, config, fresh=fresh)
        try:
            super().__init__(data, Order(self._kept.groups, DAYS), Path(self._kept.config), data / "content")
        except LookupError:
            gone = f"{data / 'content'} 里少了已经发过的内容"
            raise ChuandaError(f"{gone}；放回去，或者加上 --fresh 从头来") from None
        self.said = Said(data / "said.jsonl")
        self._answers: list[Line] = []
        reviewer = min(self.schedules.reviewers, default=REVIEWER)
        staff = [self._staff(OFFICE, Role.OFFICE), self._staff(reviewer, Role.REVIEWER)]
        channel = self.town.channel
        assert isinstance(channel, SimulatedChannel)
        channel.watch = self._overhear
        channel.people |= {person.account for person in staff}
        self.town.desk.reload_rooms()
        self.cast = Cast(self.town.desk, staff)

    async def start(self, at: str | None = None) -> Answer:
        """Go on from where the folder was, up to ``at`` if that is given; a new one begins at `BEGINS`."""
        begun = self._kept.begun
        until = None if at is None and begun else moment(at or BEGINS, self.now)
        await self.town.start(self.now)
        if until is None:
            return Answer()
        answer = await self._live_to(until)
        if not begun:
            self._kept = replace(self._kept, begun=True)
            folder.keep(self.data, self._kept)
        return answer

    # ── what somebody does ──────────────────────────────────────────────────────────────────────────────

    async def say(self, person: Person, text: str, group: Group | None = None) -> Answer:
        """``person`` says ``text`` in ``group``, or privately to the program."""
        kind = MessageKind.GROUP_NOTE if is_group_note(text) else MessageKind.TEXT
        return await self._bring(person, group, [Part(PartKind.TEXT, text=text)], kind)

    async def show(self, person: Person, group: Group | None = None, file: Path | None = None) -> Answer:
        """``person`` sends a picture: ``file``, or one that shows nothing. Raises `OSError` if it cannot be read."""
        path = file or folder.picture(self.data)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return await self._bring(person, group, [Part(PartKind.IMAGE, path=path, sha256=sha256)])

    async def forward(self, person: Person, content: Content, group: Group | None = None) -> Answer:
        """``person`` passes on all of ``content``, as people do: its parts one after the other."""
        return await self._bring(person, group, content.parts)

    async def move_to(self, written: str) -> Answer:
        """Let the day go on until then and what is due then be said; what was said meanwhile, and shown to the office.

        ``written``: “14:30”, “明天 8:30”, “30分钟”. Raises `ChuandaError` if it is no time, or gone.
        """
        return await self._live_to(moment(written, self.now))

    async def _bring(
        self, person: Person, group: Group | None, parts: Sequence[Part], kind: MessageKind | None = None
    ) -> Answer:
        place, where = person.place(group), person.name if group is None else group.name
        sees = group is None or self.world.sees(group)
        messages, told = [], list[Told]()
        self._answers = []
        for part in parts:
            message = self._message(person, group, part, kind)
            messages.append(message)
            self.said.add(Line(self.now, place, where, person.name, shown(part)))
            if sees:
                await self.town.handle(message)
                told += self.town.told()
        happened = {one.kind for one in told}
        await self._settle(told)
        answer = self._answer(told)
        if any(line.place == place for line in answer.lines):
            return answer
        waits = bool(self._left())
        why = why_silent(self.town.desk, group, messages, happened, sees=sees, waits=waits)
        return replace(answer, why=why)

    def _message(self, person: Person, group: Group | None, part: Part, kind: MessageKind | None) -> Message:
        at_home = self.tree.groups[0] if group is None else group
        message = as_message(f"chat{len(self.said)}", at_home.id, person.account, part, self.now)
        room, name = "", person.name
        if group is not None:
            room, name = message.room, f"{self.tree.by_id[group.node].name[:2]}-{person.name}"
        path = None if part.kind is PartKind.TEXT else part.path
        return replace(message, room=room, sender_name=name, path=path, kind=kind or message.kind)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────

    async def _live_to(self, until: datetime) -> Answer:
        told: list[Told] = []
        self._answers = []
        await self.live(until, told.append)
        await self._settle(told)
        return self._answer(told)

    async def _settle(self, told: list[Told]) -> None:
        """The clock goes on in small steps until what was asked for is said, and whoever is written to has it."""
        patience = PATIENCE_S + self.schedules.pacing.seconds
        quiet, before = 0, 0
        for _ in range(MOST_S):
            await self.live(self.now + STEP, told.append)
            quiet = 0 if len(self._answers) > before else quiet + 1
            before = len(self._answers)
            if quiet > patience or not self._left():
                return

    def _left(self) -> list[sending.Outgoing]:
        """What is on its way and no part of a wave: those go on as the day goes on."""
        paused = bool(self.store.read(sending.get_meta, "paused"))
        due = self.store.read(sending.planned, self.now + SOON)
        return [out for out in due if out.kind in ANSWERS or (out.kind != "part" and not paused)]

    def _answer(self, told: Sequence[Told]) -> Answer:
        self.store.write_now(sending.set_meta, "demo_now", iso(self.now))
        screen = [one.text for one in told if one.kind in notices.NOTICES]
        waiting = self.store.read(sending.waiting_parts, self.now)
        return Answer(tuple(self._answers), screen, waiting=waiting)

    def _overhear(self, to: Address, part: Part) -> None:
        line = answered(self.town.desk, to, part, self.now)
        self._answers.append(line)
        self.said.add(line)

    # ── a demo's town, with what people change in it ────────────────────────────────────────────────────

    def seen(self, event: Event) -> None:
        """Somebody in town spoke where our account is; what it says itself is overheard as it is said."""
        if isinstance(event, Message) and not event.is_self:
            self.said.add(heard(self.town.desk, event))

    def _approve(self) -> None:
        """Of a new town only: what is put into the folder later waits for its review. One content is left for the
        reviewer."""
        if self._kept.begun:
            return
        super()._approve()
        at = at_time(FIRST_DAY, time.min) + OPENS
        number = next_number(self.library.refresh().contents.values(), at.year)
        draft = folder.lay_draft(self.library.root, number)
        content = self.library.refresh().contents[ContentId(draft.name)]
        clerk = next((f"w{w.id}" for w in self.tree.workers if w.name == OFFICE), "")
        entry = ApprovalEntry(ApprovalAct.SUBMIT, content.digest, OFFICE, at, account=clerk)
        self.store.write_now(approvals.add_approval, content.id, entry)

    def _announce(self) -> None:
        """A content that came into the library since is passed on like the others."""
        self.world.contents = self.town.desk.contents
        super()._announce()

    def _staff(self, name: str, role: Role) -> Person:
        """Somebody of the office, whose account is known by a one-time code, as it would be."""
        home = self.tree.root.path
        worker = next((w for w in self.tree.workers if (w.name, w.unit) == (name, home)), None)
        letter = "o" if worker is None else "w"
        worker = worker or self.store.write_now(accounts.add_person, name, home)
        account = f"{letter}{worker.id}"
        if role not in self.store.read(accounts.roles).get(worker.id, ()):
            code = f"practice-{role}"
            self.store.write_now(accounts.add_code, code, worker.id, self.now + timedelta(minutes=1), role)
            self.store.write_now(accounts.use_code, code, account, self.now, private=True)
        return Person(name, account, worker, ROLES[role])
