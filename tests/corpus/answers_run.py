"""Plays the stories of `answers` through the real program, and compares the ledger with what they should come to.

    python -m tests.corpus.answers_run [--seed 1] [--held | --later | --blind | --fresh | --third] [--without-numbers] [--show 20] [--kind NAME]

One town is laid out once; between two stories everything that happened is cleared, so that a story takes milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.base import Address, Channel
from bot.channels.simulated.channel import CAPABILITIES
from bot.library import LiveLibrary
from bot.library.load import load_library
from bot.model.chat import Account, Capabilities, Event, Message, MessageKind, Receipt, Room
from bot.model.content import ContentId, Part
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import TZ
from bot.planner.waves import push
from bot.roster.build import read_roster
from bot.schedules.load import load_schedules
from bot.schedules.model import LEVELS
from bot.service.beginning import begin, rooms_of
from bot.service.talking.conversation import Conversation
from bot.service.town import Town
from bot.store import rooms, trees
from bot.store.approvals import add_approval
from bot.store.database import Store
from tests.conftest import folder_in_memory
from tests.corpus.answers import NO, WORDINGS, Pair, Post, Story, build
from tests.corpus.answers_scene import OTHER_ACCOUNT
from tests.corpus.answers_town import CONTENTS, OFFICE_GROUP, PLACES, TOWN, full_text, number_of, url_of

EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
BETWEEN_POSTS, BETWEEN_LINES = timedelta(minutes=25), timedelta(minutes=2)
HEAD = (
    "层级",
    "单位",
    "上级单位",
    "群名称",
    "群类别",
    "方式",
    "联系人",
    "副联系人",
    "分管领导",
    "主要负责人",
)
SCHEDULES = f"""responsible: 王敏
channel: simulated
office_group: {OFFICE_GROUP}
reviewers: [李建军]
pacing: {{seconds: 1, daily: 2000}}
entries: []
"""
CLEARED = (
    "ledger", "target", "counter", "wave", "slot", "sighting", "outgoing", "asked", "quota", "notice", "question", "task_number",
    "away", "attempt",
)  # fmt: skip


def lay_out(folder: Path, *, numbers: bool) -> Path:
    """Roster, approved contents, settings and the database; returns the data folder."""
    library = folder / "content"
    for text in CONTENTS:
        (library / text.id).mkdir(parents=True)
        (library / text.id / "text.md").write_text(full_text(text, numbers=numbers), "utf-8")
        link = f"  - link:\n      url: {url_of(text)}\n      title: {text.title}\n    main: true\n"
        (library / text.id / "content.yaml").write_text(
            f"title: {text.title}\n"
            + (f"number: {number_of(text)}\n" if numbers else "")
            + "topics: [反诈]\nparts:\n  - text: text.md\n"
            + (link if text.card else ""),
            "utf-8",
        )
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, *_roster()])
    (folder / "schedules.yaml").write_text(SCHEDULES, "utf-8")
    store = Store(folder / "data" / "chuanda.db")
    tree = read_roster(folder / "roster.csv", LEVELS)
    store.write_now(trees.add_edition, tree, "t", EIGHT - timedelta(days=2))
    for content in load_library(library).contents.values():
        for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
            entry = ApprovalEntry(act, content.digest, by, EIGHT - timedelta(days=1))
            store.write_now(add_approval, content.id, entry)
    for group in tree.groups:
        if "群" in group.name and group.use.value == "work":
            store.write_now(rooms.bind, group.id, Room(f"r{group.id}", group.name))
    store.close()
    return folder / "data"


def _roster() -> Iterator[Sequence[str]]:
    yield ("镇", TOWN, "", OFFICE_GROUP, "工作群", "直发", "郑丽", "", "", "赵立新")
    for place in PLACES:
        yield ("村居", place.name, TOWN, place.work, "工作群", "直发", "", "", place.in_charge, place.head)
        for grid in place.grids:
            for home in grid.homes:
                people = (grid.contact, grid.deputy, "", "")
                yield ("网格", grid.name, place.name, home.name, "居民群", "转发", *people)


class Chat(Channel):
    """A chat that takes everything; what was said in it is kept."""

    def __init__(self, known: Sequence[Room]) -> None:
        self.known, self.said = known, list[str]()

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def start(self) -> None:
        """It is always there."""

    async def stop(self) -> None:
        """It goes on."""

    async def events(self) -> AsyncIterator[Event]:
        nothing: Sequence[Event] = ()
        for event in nothing:
            yield event

    async def whoami(self) -> Account:
        return Account("bot", "传达")

    async def rooms(self) -> Sequence[Room]:
        return self.known

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        self.said.append(part.text or part.title)
        return Receipt(f"{ref}@{to.room or to.person}")

    async def recall(self, to: Address, message_id: str) -> bool:
        return True


@dataclass(frozen=True)
class Played:
    """What a story came to: the pairs that stand confirmed, and what the bot said to it."""

    confirmed: frozenset[Pair]
    answers: Sequence[str]


class Stage:
    """The town in which the stories play."""

    def __init__(self, folder: Path, *, numbers: bool) -> None:
        self.numbers, data = numbers, lay_out(folder, numbers=numbers)
        self.store = Store(data / "chuanda.db")
        self.store.conn.execute("PRAGMA synchronous = OFF")
        tree = self.store.read(trees.load_tree)
        assert tree is not None
        self._rooms = {group.name: f"r{group.id}" for group in tree.groups}
        self._nodes = {node.name: node for node in tree.nodes}
        known = {name for place in PLACES for name in place.known.split()}
        self.chat = Chat([Room(room, name) for name, room in self._rooms.items() if name.endswith("作群")])
        settings = load_schedules(folder / "schedules.yaml").schedules
        given = {worker.id: worker.name for worker in tree.workers if worker.name in known}
        self.town = Town(self.store, self.chat, LiveLibrary(folder / "content"), settings, data, given)
        self._count = 0
        self._ticks = 0.0

    async def play(self, story: Story) -> Played:
        """Clear the town, and let the story happen."""
        assert story.numbers == self.numbers
        desk = self.town.desk
        with self.store.together():
            for table in CLEARED:
                self.store.conn.execute(f"DELETE FROM {table}")
        self.town.conversation = Conversation(desk)
        desk.now, now = EIGHT, EIGHT
        answers: list[str] = []
        for step in story.steps:
            self.chat.said.clear()
            if isinstance(step, Post):
                now += BETWEEN_POSTS
                desk.now = now
                content = desk.contents[ContentId(step.content)]
                node = self._nodes[story.place.name]
                wave = push(desk.tree, content, node, desk.settings, desk.capabilities.media, now)
                assert self.store.write_now(begin, desk, wave, rooms_of(desk))
                await self._send(now)
                assert len(self.chat.said) == len(content.parts), self.chat.said
                continue
            now += BETWEEN_LINES
            self._count += 1
            account, shown = self._who(story, step.who)
            await self.town.handle(
                Message(
                    f"m{self._count}", self._rooms[story.place.work], account, now, MessageKind(step.kind), step.text,
                    shown, quoted=step.quoted,
                )
            )  # fmt: skip
            await self._send(now + timedelta(seconds=10))
            answers += self.chat.said
        found = self.store.conn.execute(
            "SELECT w.content, g.name FROM target t JOIN wave w ON w.id = t.wave JOIN grp g ON g.id = t.grp "
            "WHERE t.evidence = 'confirmed'"
        )
        return Played(frozenset((content, group) for content, group in found), answers)

    def _who(self, story: Story, name: str) -> tuple[str, str]:
        """Account and shown name: some accounts are bound, the others' owners are known by the name in the room."""
        if name.startswith(OTHER_ACCOUNT):
            return f"wxid_{name}", name.removeprefix(OTHER_ACCOUNT)
        if name in story.place.known.split():
            return name, name
        return f"wxid_{name}", story.place.shown.get(name, name)

    async def _send(self, now: datetime) -> None:
        while True:
            self._ticks += 5
            if (await self.town.send(now, self._ticks)).sent is None:
                return


@contextmanager
def staged(*, numbers: bool) -> Iterator[Stage]:
    """A stage in a folder of its own."""
    with tempfile.TemporaryDirectory() as otherwise, folder_in_memory(Path(otherwise)) as folder:
        yield Stage(folder, numbers=numbers)


@dataclass
class Figures:
    """Of the stories of one kind: how many were read exactly right; what went wrong, the stories with a yes too much apart."""

    stories: int = 0
    right: int = 0
    false_yes: list[tuple[Story, Played]] = field(default_factory=list)
    missed: list[tuple[Story, Played]] = field(default_factory=list)


def run(stage: Stage, stories: Iterable[Story]) -> Mapping[str, Figures]:
    """Play ``stories``; the figures of each kind."""
    return asyncio.run(_run(stage, stories))


async def _run(stage: Stage, stories: Iterable[Story]) -> Mapping[str, Figures]:
    found: dict[str, Figures] = defaultdict(Figures)
    for story in stories:
        played = await stage.play(story)
        of_kind = found[story.kind]
        of_kind.stories += 1
        if played.confirmed - story.confirmed:
            of_kind.false_yes.append((story, played))
        elif story.confirmed - played.confirmed:
            of_kind.missed.append((story, played))
        else:
            of_kind.right += 1
    return found


def told(story: Story, played: Played) -> str:
    """A story and what became of it, to be looked at."""
    lines = [f"## {story.id} · {story.place.name}"]
    for step in story.steps:
        if isinstance(step, Post):
            lines.append(f"   -> {step.content}")
        else:
            quoted = f" <引 {step.quoted!r}>" if step.quoted else ""
            lines.append(f"   {step.who} ({step.kind}): {step.text!r}{quoted}")
    lines += [f"   + {pair}" for pair in sorted(played.confirmed - story.confirmed)]
    lines += [f"   - {pair}" for pair in sorted(story.confirmed - played.confirmed)]
    return "\n".join([*lines, *(f"   bot: {answer!r}" for answer in played.answers)])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    for name in WORDINGS:
        options.add_argument(f"--{name}", dest="wordings", action="store_const", const=name, default="dev")
    options.add_argument("--without-numbers", action="store_true")
    options.add_argument("--show", type=int, default=0)
    options.add_argument("--kind", default="")
    chosen = options.parse_args()
    numbers = not chosen.without_numbers
    stories = [
        s
        for s in build(chosen.seed, numbers=numbers, wordings=chosen.wordings)
        if chosen.kind in ("", s.kind)
    ]
    with staged(numbers=numbers) as stage:
        begun = time.perf_counter()
        found = run(stage, stories)
        each_ms = (time.perf_counter() - begun) / max(1, len(stories)) * 1000
    print(f"{'kind':<20} stories right  false yes  missed")
    for kind, of_kind in found.items():
        counts = (
            f"{of_kind.stories:>7} {of_kind.right:>5} {len(of_kind.false_yes):>10} {len(of_kind.missed):>7}"
        )
        print(f"{kind + (' (no)' if kind in NO else ''):<20} {counts}")
    total, right = sum(f.stories for f in found.values()), sum(f.right for f in found.values())
    wrong = sum(len(f.false_yes) for f in found.values())
    print(f"{total} stories, {right / total:.4f} right, {wrong} with a yes too much, {each_ms:.1f} ms each")
    for of_kind in found.values():
        for story, played in [*of_kind.false_yes, *of_kind.missed][: chosen.show]:
            print(told(story, played))


if __name__ == "__main__":
    main()
