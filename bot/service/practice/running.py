"""The practice's clock: it stands still, goes on as in life, sixty times as fast, or up to an hour as fast as it can.

One task drives the town in small steps; whoever runs the pages owns it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, time, timedelta
from enum import IntEnum

from bot.clock import Clock
from bot.errors import ChuandaError
from bot.model.time import at_time, day_of
from bot.service.practice.town import Practice
from bot.store import seats

STEP_S = 0.5
"""How often the town lives on, on the wall's clock."""
LEAP = timedelta(minutes=1)
"""How far at once on the way to an hour: pages are served in between."""
MOST = timedelta(minutes=5)
"""Of the town's time in one step, if the computer slept or was slow."""


class Speed(IntEnum):
    """How many times as fast as in life."""

    STILL = 0
    NORMAL = 1
    FAST = 60


class RunningClock:
    """How fast time goes in ``practice``. `running` owns the task that lets it go."""

    def __init__(self, practice: Practice, wall: Clock) -> None:
        self.practice = practice
        self.speed = Speed.STILL
        self.until: datetime | None = None
        self.trouble = ""
        """Why it stopped by itself (Chinese)."""
        self._wall = wall
        self._changed = asyncio.Event()

    @property
    def mark(self) -> tuple[object, ...]:
        """Changes with whatever is said in town, with the minute, and with how time goes."""
        here = self.practice.now.replace(second=0, microsecond=0)
        return here, self.speed, self.until, self.trouble, *self.practice.mark

    def go(self, speed: Speed) -> None:
        """From now on so fast."""
        self.speed, self.until, self.trouble = speed, None, ""
        self._changed.set()

    def go_to(self, hour: time, *, next_day: bool = False) -> datetime:
        """On to the next time that it is ``hour``, or that on the next day, and stand still there. Returns when that is."""
        now = self.practice.now
        today = at_time(day_of(now), hour)
        until = today if today > now and not next_day else at_time(day_of(now) + timedelta(days=1), hour)
        self.speed, self.until, self.trouble = Speed.STILL, until, ""
        self._changed.set()
        return until

    @contextlib.asynccontextmanager
    async def running(self, failed: Callable[[], None]) -> AsyncIterator[None]:
        """Let time go on within; ``failed`` is called if it cannot any more, and leaving raises why."""
        task = asyncio.create_task(self._run())
        task.add_done_callback(lambda _: failed())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        wall, town = self._wall.monotonic(), self.practice.now
        while True:
            self._changed.clear()
            try:
                if self.until is not None:
                    await self._leap(self.until)
                    await asyncio.sleep(0)
                elif self.speed is Speed.STILL:
                    await self._changed.wait()
                else:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), STEP_S)
                    passed = timedelta(seconds=(self._wall.monotonic() - wall) * self.speed)
                    await self.practice.step(self.practice.now + min(passed, MOST))
            except ChuandaError as error:  # the file is held by another program, the disk is full
                self.speed, self.until, self.trouble = Speed.STILL, None, str(error)
            wall, town = await self._keep_in(wall, town)

    async def _keep_in(self, wall: float, town: datetime) -> tuple[float, datetime]:
        """Whoever has the pages open stays signed in as long as on the wall's clock."""
        now, here = self._wall.monotonic(), self.practice.now
        leapt = (here - town) - timedelta(seconds=now - wall)
        if leapt > timedelta(0):
            await self.practice.store.write(seats.pass_over, leapt)
        return now, here

    async def _leap(self, until: datetime) -> None:
        """A minute on the way there; once there, what is due then is said."""
        practice = self.practice
        practice.demo.pass_the_night(until)
        if practice.now < until:
            await practice.step(min(practice.now + LEAP, until))
            return
        await practice.settle()
        if self.until == until:
            self.until = None
