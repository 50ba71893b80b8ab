"""An office's day through the simulated channel (`tests.day.story`); behind a real gateway it is in tests/gateway."""

from __future__ import annotations

from pathlib import Path

from tests.day import story
from tests.day.stage import Simulated


async def test_an_offices_day_in_the_simulated_channel(quick: Path) -> None:
    day = Simulated(quick)
    await day.begin()
    await story.live(day)
