"""Load: what we ask of people, per person and day and per work group, against our own limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.console.app import Asked
from bot.console.choosing import day_asked
from bot.console.look import page
from bot.service.burden import load_of

MOST = 60
HIGH, STEP = 80, 42
"""Of the tallest bar, and from one bar to the next, in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the week as a bar."""

    x: int
    y: float
    height: float
    name: str
    count: int
    now: bool


async def load(asked: Asked) -> Response:
    """The day's load in words, figures and seven bars."""
    day = day_asked(asked)
    found = load_of(asked.console.town.desk, day.day, MOST)
    status = 422 if day.wrong else 200
    return page(asked, "load/load.html", status, day=day, load=found, bars=bars(found.week), most=MOST)


def bars(week: Sequence[tuple[date, int]]) -> list[Bar]:
    """The days as bars, the tallest ``HIGH`` high; a day without anything has none."""
    tallest = max((count for _, count in week), default=0) or 1
    return [
        Bar(
            n * STEP + 6,
            20 + HIGH - HIGH * count / tallest,
            HIGH * count / tallest,
            f"{day.day}日",
            count,
            n == len(week) - 1,
        )
        for n, (day, count) in enumerate(week)
    ]
