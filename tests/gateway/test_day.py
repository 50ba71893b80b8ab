"""The office's day (`tests.day.story`) behind a real gateway: the same words, through python-wechaty and a Node process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from pathlib import Path
from typing import Any

from bot.channels.wechaty import compat, profile
from bot.model.chat import Event, LinkChanged, Message, MessageKind
from bot.schedules.load import load_schedules
from bot.service.town import Town
from bot.store import sending
from bot.store.database import Store
from tests.conftest import folder_in_memory
from tests.day import story, town
from tests.day.stage import Line, Stage
from tests.gateway import town as gateway_town
from tests.gateway.control import Gateway

TYPES = {
    MessageKind.TEXT: "text",
    MessageKind.LINK: "url",
    MessageKind.GROUP_NOTE: "group_note",
    MessageKind.IMAGE: "image",
}
PATIENCE_S = 20.0


class BehindGateway(Stage):
    """The day behind a gateway. The clock is the day's; what comes in has come before the next thing is said."""

    def __init__(self, folder: Path, gateway: Gateway) -> None:
        settings = town.SCHEDULES.replace("channel: simulated", "channel: wechaty")
        data = town.lay_out(folder, settings)
        store = Store(data / "chuanda.db")
        can = gateway_town.PROFILES["ids_and_echo"]
        store.write_now(sending.set_meta, "capabilities", json.dumps(profile.dump(can)))
        compat.load(data / "wechaty")
        from bot.channels.wechaty.channel import WechatyChannel
        from bot.channels.wechaty.client import Connection

        self.gateway = gateway
        self.channel = WechatyChannel(
            lambda: Connection(f"127.0.0.1:{gateway.port}", gateway_town.TOKEN), can, lambda: self.now
        )
        schedules = load_schedules(folder / "schedules.yaml").schedules
        super().__init__(folder, store, Town(store, self.channel, town.library(folder), schedules, data))
        self._came: asyncio.Queue[Event] = asyncio.Queue()
        self._seen: set[str] = set()
        self._listening: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        await self.channel.start()
        await self.town.start(self.now)
        self._listening = asyncio.create_task(self._collect())
        await self._wait(lambda: len(self.town.desk.rooms) == len(town.ROOMS))

    async def end(self) -> None:
        assert self._listening is not None
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await self.channel.stop()
        self.store.close()

    async def _collect(self) -> None:
        async for event in self.channel.events():
            await self._came.put(event)

    async def _listen(self) -> None:
        while not self._came.empty():
            event = self._came.get_nowait()
            if isinstance(event, Message):
                self._seen.add(event.id)
            await self.town.handle(event)
            if isinstance(event, LinkChanged):
                await asyncio.sleep(0)

    async def _wait(self, so: Any) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < deadline
            await self._listen()
            await self.town.tick(self.now)
            await asyncio.sleep(0.02)

    async def _deliver(
        self, who: str, text: str, group: str, kind: MessageKind, what: dict[str, str]
    ) -> None:
        id = await asyncio.to_thread(
            self.gateway.say, text or None, by=who, room=group or None, type=TYPES[kind], **what
        )
        await self._wait(lambda: id in self._seen)

    def heard(self, chat: str) -> list[str]:
        room = chat if chat in town.ROOMS else None
        said = [
            _shown(line)
            for line in self.gateway.posted()
            if line["room"] == room and (room or line["to"] == chat)
        ]
        new, self._read[chat] = said[self._read.get(chat, 0) :], len(said)
        self.lines += [Line(self.now, chat, "传达", text) for text in new]
        return new


def _shown(line: dict[str, Any]) -> str:
    return (
        f"[链接] {line['title']}" if line["kind"] == "url" else str(line.get("text") or f"[{line['kind']}]")
    )


def world() -> dict[str, Any]:
    """The rooms and people of the day, as the gateway takes them."""
    return {
        "account": {"key": "bot", "name": "传达"},
        "rooms": [{"key": name, "topic": name, "members": ["bot", *who]} for name, who in town.ROOMS.items()],
        "people": [{"key": name, "name": name, "friend": True} for name in town.PEOPLE],
    }


async def test_an_offices_day_behind_a_real_gateway(tmp_path: Path) -> None:
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", world(), token=gateway_town.TOKEN) as gateway,
    ):
        gateway.profile(echo_delay_ms=5)
        day = BehindGateway(folder, gateway)
        await day.begin()
        try:
            await story.live(day)
        finally:
            await day.end()
