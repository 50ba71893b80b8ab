"""One Python client of a gateway in its own process, for `tests.bench.chat`: ours, or python-wechaty as its users write it.

`python -m tests.bench.chat_peer {ours|bare} HOME`, address and token in the environment. Takes one JSON object a line
and answers each with one, as `chat_client.mjs` does; says “ready” when it is logged in.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.base import Address
from bot.channels.wechaty import compat, profile
from bot.model.chat import Link, LinkChanged, Message
from bot.model.content import Part, PartKind
from bot.model.time import TZ

ENDPOINT, TOKEN = "BENCH_ENDPOINT", "BENCH_TOKEN"
QUIET_S = 15.0
"""Without a new message for so long, the rest is lost."""

Send = Callable[[str, str], Awaitable[Any]]


class Ear:
    """Counts the numbered texts that it is told, each once, and keeps none."""

    def __init__(self) -> None:
        self.begin("", 0)

    def begin(self, prefix: str, count: int) -> None:
        """Texts like “PREFIX3+4：…”, which is number seven of ``count``."""
        self._prefix, self._left, self._numbers = prefix, count, bytearray(count)
        self._changed, self._at = asyncio.Event(), time.monotonic()

    def hear(self, text: str) -> None:
        if not self._left or not text.startswith(self._prefix):
            return
        base, n = text[len(self._prefix) :].partition("：")[0].split("+")
        number = int(base) + int(n)
        if not self._numbers[number]:
            self._numbers[number] = 1
            self._left -= 1
            self._at = time.monotonic()
            if not self._left:
                self._changed.set()

    async def all(self) -> int:
        """How many were heard, once that is all of them or no more come."""
        while self._left and time.monotonic() - self._at < QUIET_S:
            try:
                await asyncio.wait_for(self._changed.wait(), 1)
            except TimeoutError:
                continue
        return sum(self._numbers)


async def ours(ear: Ear) -> Send:
    """`WechatyChannel`, without the program around it."""
    from bot.channels.wechaty.channel import WechatyChannel
    from bot.channels.wechaty.client import Connection

    channel = WechatyChannel(
        lambda: Connection(os.environ[ENDPOINT], os.environ[TOKEN]),
        profile.CAPABILITIES,
        lambda: datetime.now(TZ),
    )

    up = asyncio.Event()

    async def listen() -> None:
        async for event in channel.events():
            if isinstance(event, Message):
                ear.hear(event.text)
            elif isinstance(event, LinkChanged) and event.link is Link.UP:
                up.set()

    async def send(room: str, text: str) -> None:
        receipt = await channel.send(Address(room=room), Part(PartKind.TEXT, text=text), "bench")
        assert receipt.message_id

    await channel.start()
    _keep.append(asyncio.create_task(listen()))
    await up.wait()
    return send


async def bare(ear: Ear) -> Send:
    """`Wechaty` with an `on_message`, and `room.say`."""
    import wechaty
    import wechaty.plugin
    import wechaty_puppet_service.puppet

    # Both try a port out by telnetlib, of which `compat` leaves only the name. No port is opened: there is no plug-in.
    wechaty_puppet_service.puppet.ping_endpoint = lambda endpoint: True
    wechaty.plugin._check_local_port = lambda port: False
    logged_in = asyncio.Event()

    class Bot(wechaty.Wechaty):  # type: ignore[misc]
        async def on_login(self, contact: Any) -> None:
            logged_in.set()

        async def on_message(self, msg: Any) -> None:
            ear.hear(msg.text())

    bot = Bot(wechaty.WechatyOptions(token=os.environ[TOKEN], endpoint=os.environ[ENDPOINT]))
    _keep.append(asyncio.create_task(bot.start()))
    await logged_in.wait()
    rooms: dict[str, Any] = {}

    async def send(room: str, text: str) -> None:
        if room not in rooms:
            rooms[room] = bot.Room.load(room)
            await rooms[room].ready()
        assert await rooms[room].say(text)

    return send


_keep: list[asyncio.Task[Any]] = []
"""The event loop itself does not hold on to a task."""


async def _sends(send: Send, room: str, seconds: float, workers: int) -> dict[str, Any]:
    """For so many ``seconds``, by ``workers`` that each wait for the answer before the next."""
    sent, began = 0, time.perf_counter()

    async def work(number: int) -> None:
        nonlocal sent
        own = 0
        while time.perf_counter() - began < seconds:
            await send(room, f"{workers}-{number}-{own}：今天的宣传材料，请转发到各自的楼栋群")
            own += 1
            sent += 1

    await asyncio.gather(*map(work, range(workers)))
    return {"sent": sent, "seconds": time.perf_counter() - began}


async def _serve(connect: Callable[[Ear], Awaitable[Send]], say: Callable[[Any], None]) -> None:
    ear = Ear()
    async with asyncio.timeout(30):
        send = await connect(ear)
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        what = json.loads(line)
        if what["do"] == "send":
            say(await _sends(send, what["room"], what["seconds"], what["workers"]))
        else:
            ear.begin(what["prefix"], what["count"])
            say("listening")
            say(await ear.all())
    os._exit(0)  # python-wechaty does not end by itself


def main() -> None:
    which, home = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr  # python-wechaty prints

    def say(answer: Any) -> None:
        print(json.dumps(answer), file=out, flush=True)

    compat.load(Path(home))
    asyncio.run(_serve({"ours": ours, "bare": bare}[which], say))


if __name__ == "__main__":
    main()
