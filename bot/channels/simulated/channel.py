"""The simulated town as a `Channel`: what the bot can do and see there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from bot.channels.base import Address, Channel, SendFailed
from bot.channels.simulated.shown import room_id
from bot.channels.simulated.world import World
from bot.model.chat import Account, Capabilities, Event, Message, Receipt, Room
from bot.model.content import Part, PartKind
from bot.model.tree import GroupId, Medium, WorkerId

LOOK_S = 0.2
"""How often the world is looked at when it runs in real time."""


CAPABILITIES = Capabilities(
    parts=frozenset(PartKind) - {PartKind.CHANNELS},
    media=frozenset({Medium.WECHAT}),
    by_itself=True,
    sees_rooms=True,
    message_ids=True,
    echo=True,
    stable_accounts=True,
    stable_rooms=True,
    recall=True,
    lists_rooms=True,
    private=True,
)


class SimulatedChannel(Channel):
    """One account in the simulated town. ``clock`` tells the virtual (or real) instant."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self.world, self.clock = world, clock
        self.watch: Callable[[Address, Part], None] | None = None
        """Sees what we say in a room or to a person, as it is said."""
        self.people: set[str] = set()
        """Accounts of the office's own people, who stand in no roster."""

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def start(self) -> None:
        """The town is always there."""

    async def stop(self) -> None:
        """The town goes on."""

    async def whoami(self) -> Account:
        return Account("bot", "传达")

    async def rooms(self) -> Sequence[Room]:
        return [Room(room_id(g.id), g.name) for g in self.world.tree.groups if self.world.sees(g)]

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        """As `Channel.send`. ``ref``: “wave#part”, with “!” for the main part, or “notice:…”."""
        receipt = self._take(to, part, ref, self.clock())
        if self.watch is not None:
            self.watch(to, part)
        return receipt

    def _take(self, to: Address, part: Part, ref: str, now: datetime) -> Receipt:
        if to.person:
            worker = WorkerId(_number(to.person, "w"))
            if worker not in self.world.tree.worker_by_id and to.person not in self.people:
                raise SendFailed("没有这个人的微信")
            if ref.startswith("notice:reminder"):
                self.world.reminded(worker, now)
            return Receipt(f"{ref}/{to.person}")
        group = GroupId(_number(to.room, "r"))
        known = self.world.tree.group_by_id.get(group)
        if known is None or not self.world.sees(known):
            raise SendFailed("机器人不在这个群里")
        if ref.startswith("notice:"):
            self.world.noticed(group, part.text, now)
            return Receipt(f"{ref}/{to.room}")
        wave, _, tail = ref.rpartition("#")
        message = self.world.posted(wave, group, int(tail.rstrip("!")), tail.endswith("!"), "bot", now)
        return Receipt(message)

    async def download(self, message: Message) -> tuple[str, bytes] | None:
        if message.path is None:
            picture = self.world.picture(message.sha256)
            return None if picture is None else ("picture.jpg", picture)
        return message.path.name, message.path.read_bytes()

    async def recall(self, to: Address, message_id: str) -> bool:
        return self.world.took_back(message_id, self.clock())

    async def events(self) -> AsyncIterator[Event]:
        while True:
            for event in self.world.due(self.clock()):
                yield event
            await asyncio.sleep(LOOK_S)


def _number(account: str, letter: str) -> int:
    """The number in “w12” or “r3”; 0, which nobody has, for anything else."""
    digits = account.removeprefix(letter)
    return int(digits) if digits.isdecimal() else 0
