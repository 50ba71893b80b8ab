"""What somebody at a keyboard does in a demo's town: says something, shows, forwards, takes back, lets the clock go on.

It works on any `Demo` with the simulated channel, and on nothing else: whatever the program does is done by that town's own
`Town`, with its ledger and its clock.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.base import Address
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.shown import as_message
from bot.channels.simulated.world import RECALL_WITHIN
from bot.errors import ChuandaError, NotAllowed
from bot.model.chat import Message, MessageKind, Recall
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.speaker import Role
from bot.model.time import iso, local
from bot.model.tree import Group, GroupId
from bot.outbox import ANSWERS
from bot.phrases.talk import ROLES
from bot.recognise.note import is_group_note
from bot.service.demo import OFFICE, REVIEWER, Demo
from bot.service.desk import Told
from bot.service.practice import folder
from bot.service.practice.cast import Cast, Person
from bot.service.practice.chronicle import Chronicle
from bot.service.practice.did import done_with
from bot.service.practice.said import US, Acts, Line, answered, name_of, shown
from bot.service.practice.silence import why_silent
from bot.store import accounts, notices, sending
from bot.store import practice as noted

STEP = timedelta(seconds=1)
SOON = timedelta(seconds=30)
MOST_S = 300
"""After something was said the clock goes on until answers and reminders are out, and no longer than this."""
PATIENCE_S = 15
"""Nothing said for so long, the pace aside: what is left waits for something else (STOP, the day's limit)."""
ACTS, PICTURES = "practice.jsonl", "practice"
MOST_DIGITS = 15


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


class Practice:
    """People at a keyboard in the town of ``demo``. ``cast``: who and what is there."""

    def __init__(self, demo: Demo) -> None:
        """Raises `ChuandaError` where people would do by hand what is practised here."""
        channel = demo.town.channel
        if not isinstance(channel, SimulatedChannel):
            raise ChuandaError("练习群要模拟渠道：演练时用 --channel simulated")
        self.demo, self.data, self.tree, self.store, self.world = (
            demo, demo.data, demo.tree, demo.store, demo.world,
        )  # fmt: skip
        reviewer = min(demo.schedules.reviewers, default=REVIEWER)
        staff = [self._staff(OFFICE, Role.OFFICE), self._staff(reviewer, Role.REVIEWER)]
        channel.watch = self._overhear
        channel.people |= {person.account for person in staff}
        demo.town.desk.reload_rooms()
        self.cast = Cast(demo.town.desk, staff)
        self._acts = Acts(self.data / ACTS, demo.town.desk.contents)
        self._chronicle = Chronicle(self.world, self.data / "world.jsonl", self.store)
        self._answers: list[Line] = []
        self._spoken = 0
        self._turn = asyncio.Lock()
        """One after another: two who let the clock go on would meet in the middle of a minute."""

    @property
    def now(self) -> datetime:
        """The hour in town."""
        return self.demo.now

    @property
    def mark(self) -> tuple[int, int, int]:
        """Changes with whatever is said in town."""
        return self._chronicle.size, self._acts.size, self._spoken

    # ── what somebody does ──────────────────────────────────────────────────────────────────────────────

    async def say(self, person: Person, text: str, group: Group | None = None) -> Answer:
        """``person`` says ``text`` in ``group``, or privately to the program."""
        kind = MessageKind.GROUP_NOTE if is_group_note(text) else MessageKind.TEXT
        return await self._bring(person, group, [Part(PartKind.TEXT, text=text)], kind=kind)

    async def show(self, person: Person, group: Group | None = None, file: Path | None = None) -> Answer:
        """``person`` sends a picture: ``file``, or one that shows nothing. Raises `OSError` if it cannot be read."""
        path = file or folder.picture(self.data)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return await self._bring(person, group, [Part(PartKind.IMAGE, path=path, sha256=sha256)])

    async def forward(self, person: Person, content: Content, group: Group | None = None) -> Answer:
        """``person`` passes on all of ``content``, as people do: its parts one after the other."""
        return await self._bring(person, group, content.parts, content.id)

    async def recall(self, person: Person, message: str) -> None:
        """``person`` takes back what they sent. Raises `NotAllowed` where a telephone would not let them."""
        async with self._turn:
            line = self._acts.find(message)
            if line is None or line.account != person.account or line.recalled:
                raise NotAllowed("只能撤回自己发的")
            if self.now - line.at > RECALL_WITHIN:
                raise NotAllowed("过了 2 分钟，撤不回了")
            before = self.store.read(noted.newest_entry)
            group = self.group_at(line.place)
            if group is None or self.world.sees(group):
                await self.demo.town.handle(Recall(line.place if group else "", message, self.now))
            taken = self.store.read(noted.entries_after, before)
            did = "撤回了，不再算转到" if taken else "撤回了，这一条没有记过什么"
            self._acts.recall(message, did)

    async def move_to(self, until: datetime) -> Answer:
        """Let the day go on until then and what is due then be said; what was said meanwhile, and shown to the office."""
        async with self._turn:
            told: list[Told] = []
            self._answers = []
            await self.demo.live(until, told.append)
            await self._settle(told)
            return self._answer(told)

    async def step(self, until: datetime) -> None:
        """As `move_to`, without waiting for what is on its way: for a clock that goes on by itself."""
        async with self._turn:
            self._answers = []
            await self.demo.live(max(until, self.now), lambda told: None)

    async def settle(self) -> None:
        """Let what is on its way arrive."""
        async with self._turn:
            await self._settle([])

    async def _bring(
        self,
        person: Person,
        group: Group | None,
        parts: Sequence[Part],
        content: ContentId | None = None,
        kind: MessageKind | None = None,
    ) -> Answer:
        async with self._turn:
            return await self._sent(person, group, parts, content, kind)

    async def _sent(
        self,
        person: Person,
        group: Group | None,
        parts: Sequence[Part],
        content: ContentId | None,
        kind: MessageKind | None,
    ) -> Answer:
        place, where = person.place(group), person.name if group is None else group.name
        sees = group is None or self.world.sees(group)
        messages, told, ids = [], list[Told](), []
        self._answers = []
        before = self.store.read(noted.newest_entry)
        if person.worker is not None:
            self.world.stand_in(person.worker.id, self.now)
        for index, part in enumerate(parts):
            message = self._message(person, group, part, kind)
            messages.append(message)
            ids.append(message.id)
            typed = part.kind is PartKind.TEXT and content is None
            line = Line(
                self.now, place, where, person.name, shown(part), person.account, message.id,
                None if typed else part, content,
            )  # fmt: skip
            self._acts.add(line, index)
            if sees:
                await self.demo.town.handle(message)
                told += self.demo.town.told()
        happened = {one.kind for one in told}
        entries = self.store.read(noted.entries_after, before)
        await self._settle(told)
        answer = self._answer(told)
        heard = any(line.place == place for line in answer.lines)
        if not heard:
            waits = bool(self._left())
            why = why_silent(self.demo.town.desk, group, messages, happened, sees=sees, waits=waits)
            answer = replace(answer, why=why)
        did = done_with(person, group, entries, answered=heard, why=answer.why, sees=sees)
        for id in ids[:-1]:
            self._acts.came_of(id, "")
        self._acts.came_of(ids[-1], did)
        return answer

    def _message(self, person: Person, group: Group | None, part: Part, kind: MessageKind | None) -> Message:
        at_home = self.tree.groups[0] if group is None else group
        message = as_message(self._acts.next_id(), at_home.id, person.account, part, self.now)
        room, name = "", person.name
        if group is not None:
            room, name = message.room, f"{self.tree.by_id[group.node].name[:2]}-{person.name}"
        path = None if part.kind is PartKind.TEXT else part.path
        return replace(message, room=room, sender_name=name, path=path, kind=kind or message.kind)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────

    async def _settle(self, told: list[Told]) -> None:
        """The clock goes on in small steps until what was asked for is said, and whoever is written to has it."""
        patience = PATIENCE_S + self.demo.schedules.pacing.seconds
        quiet, before = 0, 0
        for _ in range(MOST_S):
            await self.demo.live(self.now + STEP, told.append)
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
        self._spoken += 1
        self._answers.append(answered(self.demo.town.desk, to, part, self.now))

    # ── pictures that people sent ───────────────────────────────────────────────────────────────────────

    def keep_picture(self, data: bytes) -> Path:
        """The file of a picture that somebody sends, in the demo's folder and nowhere else."""
        path = self._file_of(hashlib.sha256(data).hexdigest())
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            part = path.with_suffix(".tmp")
            part.write_bytes(data)
            part.replace(path)
        return path

    def picture(self, sha256: str) -> Path | None:
        """A picture that somebody sent, by its digest (64 hexadecimal digits)."""
        plain = folder.picture(self.data)
        if hashlib.sha256(plain.read_bytes()).hexdigest() == sha256:
            return plain
        path = self._file_of(sha256)
        return path if path.exists() else None

    def _file_of(self, sha256: str) -> Path:
        return self.data / PICTURES / f"{sha256}.png"

    # ── what was said ───────────────────────────────────────────────────────────────────────────────────

    def lately(self, place: str, most: int = 12) -> Sequence[Line]:
        """What was said at ``place``, as `Line.place` names it, with what the program did with it; the newest last."""
        group, desk = self.group_at(place), self.demo.town.desk
        lines = list(self._acts.at(place))[-most:]
        if group is not None:
            lines += self._chronicle.lines(group, most)
            spoken = self.store.read(noted.spoken_in, group.id, most)
            where = group.name
        else:
            worker = desk.worker_of.get(place)
            spoken = [] if worker is None else self.store.read(noted.spoken_to, worker, most)
            where = name_of(desk, place)
        for one in spoken:
            shows = desk.contents.get(ContentId(one.content)) if one.part is not None else None
            part = (
                shows.parts[one.part]
                if shows and one.part is not None and one.part < len(shows.parts)
                else None
            )
            text = shown(part) if part else one.text
            lines.append(Line(local(one.at), place, where, US, text, part=part))
        return sorted(lines, key=lambda line: line.at)[-most:]

    def group_at(self, place: str) -> Group | None:
        """The group whose room ``place`` is, whether we are in it or not."""
        digits = place.removeprefix("r")
        known = place != digits and digits.isascii() and digits.isdecimal() and len(digits) < MOST_DIGITS
        return self.tree.group_by_id.get(GroupId(int(digits))) if known else None

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
