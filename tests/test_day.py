"""An office's day through the simulated channel (`tests.day.story`); behind a real gateway it is in tests/gateway."""

from __future__ import annotations

from pathlib import Path

from tests.day.transcript import FILE, played


async def test_an_offices_day_in_the_simulated_channel_reads_as_the_manual_shows_it(quick: Path) -> None:
    assert await played(quick) == FILE.read_text("utf-8"), "python -m tests.day.transcript"
