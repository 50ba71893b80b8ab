"""The form of an entry as a page: what is offered to choose from, and what came back of it."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from starlette.responses import Response

from bot.approval.decide import sendable
from bot.console.app import Asked, text_of
from bot.console.look import page
from bot.console.schedule.calendar import ends_in_words
from bot.console.schedule.entry import Typed
from bot.console.schedule.words import DAYS, MISFIRE, OUTLETS, WEEKDAYS, hours
from bot.model.time import day_of
from bot.service.conflicts import MOST_A_DAY
from bot.service.scheduling import Settings

MOST_NEXT = 6
"""Waves to come that a form or a question names."""


def typed_in(asked: Asked) -> Typed:
    """The form's fields, as far as they have the form that ours has."""

    def many(name: str) -> list[str]:
        return [one.strip() for one in asked.form.getlist(name) if isinstance(one, str)]

    def one_of(name: str, known: Container[str], default: str) -> str:
        given = text_of(asked, name)
        return given if given in known else default

    kind = one_of("what", ("all", "topics", "ids", "rotate"), "all")
    return Typed(
        id=text_of(asked, "id"),
        campaign=text_of(asked, "campaign"),
        when=one_of("when", ("daily", "weekly", "dates", "cron"), "daily"),
        clocks=text_of(asked, "clocks"),
        weekdays=frozenset(day for day in many("weekdays") if day in ("1", "2", "3", "4", "5", "6", "7")),
        dates=text_of(asked, "dates").replace("\r\n", "\n"),
        cron=text_of(asked, "cron"),
        days=one_of("days", DAYS, "every"),
        what=kind,
        contents=many("contents"),
        topics=many("topics"),
        pick=text_of(asked, "pick"),
        node=text_of(asked, "node"),
        level=text_of(asked, "level"),
        audiences=frozenset(many("audiences")),
        outlets=one_of("outlets", OUTLETS, "campaign"),
        urgent=text_of(asked, "urgent") == "1",
        deadline=text_of(asked, "deadline"),
        misfire=one_of("misfire", MISFIRE, "same_day"),
    )


def form(
    asked: Asked, settings: Settings, typed: Typed, was: str, status: int = 200, **more: Any
) -> Response:
    """The page with the form as filled in; ``was``: the entry that it changes, ``more``: what came of it (see the template)."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.refresh_library()
    tree = desk.tree
    found = settings.find(was) if was else None
    shown: dict[str, Any] = {
        "wrong": {}, "ahead": None, "seen": "", "blocked": False, "meanwhile": False, "there": None, "gone": False,
    } | more  # fmt: skip
    contents = [
        (str(c.id), c.title, sendable(c, desk.acts.get(c.id, []), day_of(now)) or "")
        for c in sorted(desk.contents.values(), key=lambda c: (c.number, c.id))
    ]
    return page(
        asked,
        "schedule/entry.html",
        status,
        was=was,
        enabled=found[1].enabled if found else True,
        f=typed,
        digest=settings.digest,
        campaigns=[one.name for one in settings.schedules.campaigns],
        contents=contents,
        topics=sorted({topic for c in desk.contents.values() for topic in c.topics}),
        audiences=desk.tally.audiences,
        levels=settings.schedules.levels,
        units=[node.name for node in tree.children(tree.root)],
        days=DAYS,
        outlets=OUTLETS,
        misfires=MISFIRE,
        weekdays=WEEKDAYS,
        window=settings.schedules.hours.send,
        default_hours=hours(settings.schedules.deadlines.default),
        most=MOST_A_DAY,
        ends=lambda wave: ends_in_words(wave, by_itself=desk.capabilities.by_itself),
        most_next=MOST_NEXT,
        **shown,
    )
