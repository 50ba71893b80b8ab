"""The service in real time: three tasks over one `Town`, and a clean end.

APScheduler brings the ticks, one task sends, one listens; each has one owner and is cancelled and awaited on stop.
What the clock does while we sleep (a jump, a suspend) is noticed and told. Rules: DESIGN, Time and Channels.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import phrases
from bot.channels.base import Channel
from bot.clock import Clock
from bot.errors import Busy
from bot.library import LiveLibrary
from bot.model.time import TZ, iso
from bot.schedules.live import LiveSchedules
from bot.service.desk import Told
from bot.service.town import Town
from bot.store import log, notices
from bot.store.database import FolderLock, Store

TICK_S = 20.0
"""Three looks a minute: an 08:00 wave begins within 20 s, and an idle PC stays idle."""
IDLE_S = 1.0
"""How long the sender sleeps when nothing is due."""
JUMP = timedelta(minutes=5)
"""A wall clock that moved this much against the monotonic one was set, or the machine slept."""


class Service:
    """A town running until it is told to stop."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        library: LiveLibrary,
        schedules: LiveSchedules,
        data: Path,
        clock: Clock,
        tell: Callable[[Told], None],
        tick_s: float = TICK_S,
    ) -> None:
        self.store, self.channel, self.clock, self.tell, self.tick_s = store, channel, clock, tell, tick_s
        self.schedules, self._begun_with = schedules, schedules.current
        self.town = Town(store, channel, library, schedules.current, data)
        self._lock = FolderLock(data)
        self._stop = asyncio.Event()
        self._failure: Exception | None = None
        self._busy = False
        self._drift = clock.now().timestamp() - clock.monotonic()

    def stop(self) -> None:
        """Finish the message that is being sent, then end."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until `stop`. Raises what the channel raises if it cannot be started, and whatever goes wrong."""
        try:
            await self.channel.start()
            try:
                await self._serve()
            finally:
                await self.channel.stop()
        finally:
            self._lock.release()

    async def _serve(self) -> None:
        await self.town.start(self.clock.now())
        # It would speak English to the office's screen.
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        scheduler = AsyncIOScheduler(timezone=TZ)
        # Never drop a tick for being late, never run two: the tick itself catches up (DESIGN).
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=self.tick_s,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        await self._tick()
        scheduler.start()
        workers = [asyncio.create_task(self._send_for_ever()), asyncio.create_task(self._listen_for_ever())]
        stopping = asyncio.create_task(self._stop.wait())
        try:
            done, _ = await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await self._stop.wait()
        finally:
            scheduler.shutdown(wait=False)
            self._stop.set()
            await self._finish(workers, stopping)
            self._report()
        if self._failure is not None:
            raise self._failure

    async def _finish(self, workers: list[asyncio.Task[None]], stopping: asyncio.Task[bool]) -> None:
        """The sender ends by itself after its message; the listener is cancelled."""
        sender, listener = workers
        stopping.cancel()
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener
        await sender

    async def _tick(self) -> None:
        """What the scheduler calls: an error ends the service and reaches whoever runs it, not a log nobody reads."""
        try:
            await self._on_tick()
        except Busy as error:
            self._say_busy(str(error))
        except Exception as error:
            self._failure = error
            self._stop.set()

    async def _on_tick(self) -> None:
        now = self.clock.now()
        drift = now.timestamp() - self.clock.monotonic()
        if abs(drift - self._drift) > JUMP.total_seconds():
            text = phrases.clock_jumped(timedelta(seconds=drift - self._drift))
            self.store.write_now(notices.tell_office, f"jump:{iso(now)}", "office", text, now)
        self._drift = drift
        self._take_up_schedules()
        await self.town.tick(now)
        self._report()

    def _take_up_schedules(self) -> None:
        changed = self.schedules.look()
        if changed is None:
            return
        if changed.schedules is not None:
            self.town.reconfigure(changed.schedules)
        taken = (
            "看到文件改了，照新的来"
            if changed.schedules is not None
            else "看到文件改了，里面有错，还照原来的"
        )
        self.store.write_now(
            log.append, self.clock.now(), None, "", log.Via.COMPUTER, "settings", "schedules.yaml", taken
        )
        desk = self.town.desk
        desk.tell("office", phrases.schedules_changed(changed.problems))
        running = self._begun_with
        if changed.schedules is not None and (
            changed.schedules.channel != running.channel or changed.schedules.gateway != running.gateway
        ):
            desk.tell("office", "渠道或网关改了，这一项要停下 chuanda run 再启动才换。")
        if changed.schedules is not None and changed.schedules.console != running.console:
            desk.tell("office", "网页的地址改了，要停下 chuanda run 再启动才换。")

    async def _send_for_ever(self) -> None:
        held = ""
        while not self._stop.is_set():
            pause = IDLE_S
            if self.town.desk.capabilities.by_itself:
                now = self.clock.now()
                try:
                    step = await self.town.send(now, self.clock.monotonic())
                except Busy as error:
                    self._say_busy(str(error))
                    continue
                if step.held != held:
                    held = step.held
                    self.tell(Told(now, "office", f"发送在等：{held}。" if held else "发送恢复了。"))
                if step.again_at is not None:
                    pause = min(max((step.again_at - now).total_seconds(), 0.0), IDLE_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)

    async def _listen_for_ever(self) -> None:
        async for event in self.channel.events():
            while True:  # what was seen is seen once: it waits until it can be written
                try:
                    await self.town.handle(event)
                    break
                except Busy as error:
                    self._say_busy(str(error))
            self._report()
        await self._stop.wait()

    def _report(self) -> None:
        try:
            happened = self.town.told()
        except Busy as error:
            self._say_busy(str(error))
            return
        self._busy = False
        for told in happened:
            self.tell(told)

    def _say_busy(self, why: str) -> None:
        """Another program holds the file (a virus scanner does): once, and on it goes."""
        if not self._busy:
            self._busy = True
            self.tell(Told(self.clock.now(), "office", f"{why}。这边先等着，放开了接着来。"))


async def serve_until_signal(service: Service) -> None:
    """Run ``service``; SIGTERM, SIGINT and Ctrl-C end it gracefully."""
    on_signal(service.stop)
    await service.run()


def on_signal(stop: Callable[[], None]) -> None:
    """Call ``stop`` in the running loop when SIGTERM, SIGINT or Ctrl-C comes."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows has no loop signals
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop))
