"""Where the day is played: people speak, the clock moves, and everybody's phone shows what came. Two channels, one stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.base import Address
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.world import World
from bot.model.chat import Event, Message, MessageKind
from bot.model.content import Part, PartKind
from bot.model.speaker import Role
from bot.model.time import at_time, day_of, local
from bot.model.tree import GroupId
from bot.schedules.load import load_schedules
from bot.service.town import Town
from bot.store import accounts
from bot.store.database import Store
from tests.day import town

STEP = timedelta(seconds=1)
TICK = timedelta(seconds=20)


@dataclass(frozen=True)
class Line:
    """One line of a chat as a phone shows it."""

    at: datetime
    chat: str
    """The group's name, or whose private chat with the bot it is."""
    by: str
    text: str


class Stage:
    """The office's town on some channel. ``lines``: everything that was said, in its order."""

    def __init__(self, folder: Path, store: Store, town_: Town) -> None:
        self.folder, self.store, self.town = folder, store, town_
        self.now = town.SEVEN
        self.lines: list[Line] = []
        self._next_tick = self.now
        self._read: dict[str, int] = {}

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────

    async def say(
        self, who: str, text: str, group: str = "", kind: MessageKind = MessageKind.TEXT, **what: str
    ) -> None:
        """Somebody says something to the bot privately, or in a group; whatever it brings about happens within the next
        seconds."""
        shown = text or f"[{what.get('title') or '图片'}]"
        self.lines.append(Line(self.now, group or who, who, shown))
        await self._deliver(who, text, group, kind, what)
        await self.pass_by(8)

    async def _deliver(
        self, who: str, text: str, group: str, kind: MessageKind, what: dict[str, str]
    ) -> None:
        raise NotImplementedError

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    async def until(self, clock: str) -> None:
        """The day goes on until this time; what is due meanwhile is done."""
        hour, minute = map(int, clock.split(":"))
        end = at_time(day_of(self.now), datetime.min.time()) + timedelta(hours=hour, minutes=minute)
        while self.now < end:
            busy = await self._once()
            self.now = min(end, self.now + STEP if busy else self._next_tick)

    async def pass_by(self, seconds: int) -> None:
        for _ in range(seconds):
            await self._once()
            self.now += STEP

    async def _once(self) -> bool:
        """Whatever is due now; whether there is more to be sent soon."""
        await self._listen()
        if self.now >= self._next_tick:
            await self.town.tick(self.now)
            self._next_tick = self.now + TICK
        step = await self.town.send(self.now, self.now.timestamp())
        return step.sent is not None or (step.again_at is not None and step.again_at <= self.now + 5 * STEP)

    async def _listen(self) -> None:
        """Take what came in."""

    # ── what was said ───────────────────────────────────────────────────────────────────────────────────

    def _said(self, chat: str, part: Part) -> None:
        shown = {PartKind.TEXT: part.text, PartKind.LINK: f"[链接] {part.title}"}
        text = shown.get(part.kind, f"[{part.kind.value}]")
        self.lines.append(Line(self.now, chat, "传达", text))

    def heard(self, chat: str) -> list[str]:
        """What the bot said in a group or to somebody since this was last asked."""
        said = [line.text for line in self.lines if line.chat == chat and line.by == "传达"]
        new, self._read[chat] = said[self._read.get(chat, 0) :], len(said)
        return new

    def code(self, who: str, role: Role | None = None) -> str:
        """The office gives somebody a code at its computer."""
        known = {w.name: w for w in self.town.desk.tree.workers}
        root = self.town.desk.tree.root
        person = known.get(who) or self.store.write_now(accounts.add_person, who, root.path)
        code = f"CDE{len(self.lines):05d}".translate(str.maketrans("01", "AB"))
        self.store.write_now(accounts.add_code, code, person.id, self.now + timedelta(minutes=10), role)
        return code

    def told_office(self) -> list[str]:
        return [told.text for told in self.town.told()]


class _Quiet(World):
    """A town whose people do nothing by themselves: the day's script does."""

    def posted(self, wave: str, group: GroupId, part: int, main: bool, by: str, at: datetime) -> str:
        return f"{wave}/{group}/{part}"

    def took_back(self, message: str, at: datetime) -> bool:
        return True

    def due(self, until: datetime) -> list[Event]:
        return []

    def next_at(self) -> datetime | None:
        return None


class Simulated(Stage):
    """The day in the simulated channel."""

    def __init__(self, folder: Path) -> None:
        data = town.lay_out(folder)
        store = Store(data / "chuanda.db")
        library = town.library(folder)
        from bot.store.trees import load_tree

        tree = store.read(load_tree)
        assert tree is not None
        world = _Quiet(tree, library.refresh().contents, 1, data / "world.jsonl")
        channel = SimulatedChannel(world, lambda: self.now)
        channel.people = set(town.PEOPLE)
        channel.watch = self._watch
        settings = load_schedules(folder / "schedules.yaml").schedules
        super().__init__(folder, store, Town(store, channel, library, settings, data))
        self._groups = {f"r{group.id}": group.name for group in tree.groups}
        self._rooms = {name: room for room, name in self._groups.items()}
        self._count = 0
        self.files: dict[str, Path] = {}

    async def begin(self) -> None:
        await self.town.start(self.now)

    def _watch(self, to: Address, part: Part) -> None:
        self._said(self._groups.get(to.room, to.person), part)

    async def _deliver(
        self, who: str, text: str, group: str, kind: MessageKind, what: dict[str, str]
    ) -> None:
        self._count += 1
        path = Path(what["path"]) if "path" in what else None
        await self.town.handle(
            Message(
                f"m{self._count}", self._rooms.get(group, ""), who, self.now, kind, text, who, what.get("url", ""),
                what.get("title", ""), what.get("description", ""), path,
            )
        )  # fmt: skip


def clock(line: Line) -> str:
    here = local(line.at)
    return f"{here.hour}:{here.minute:02d}"


def chats(lines: Sequence[Line]) -> list[str]:
    """The chats of a day in the order in which they began."""
    return list(dict.fromkeys(line.chat for line in lines))
