"""The one place that asks what time it is. Decisions never do: time comes to them as an argument."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for days and deadlines, monotonic seconds for pacing, and a way to wait."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_current: Clock = SystemClock()


def current() -> Clock:
    """The clock in force."""
    return _current


def use(clock: Clock) -> None:
    """Run on another clock: a rehearsal of a day, a test."""
    global _current
    _current = clock
