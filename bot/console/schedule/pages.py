"""The calendar's page: what was sent when and how it went, what will be, and the entries that it comes from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from bot.commands.table import Duty
from bot.console.app import Asked
from bot.console.look import page
from bot.console.schedule.calendar import days_of, planned_item, sent_item, span_asked
from bot.console.schedule.changing import settings_of
from bot.console.schedule.words import WEEKDAYS, what, when, whom
from bot.errors import ChuandaError
from bot.model.time import day_of, day_start
from bot.planner.calendar import missing_year_notice, occurrences
from bot.schedules.model import Campaign, ScheduleEntry, Schedules
from bot.service.conflicts import outlook
from bot.service.desk import Desk
from bot.store import reading

MOST_IN_A_DAY = 4
"""Waves that a day of the month shows; the week shows all."""


async def calendar(asked: Asked) -> Response:
    """A month or a week: what was sent and how it went, what will be sent, to how many groups and till when."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.refresh_library()
    today, query = day_of(now), asked.request.query_params
    span = span_asked(query.get("month", ""), query.get("week", ""), today)
    schedules = desk.settings
    entries = {entry.id: entry for entry, _ in schedules.all_entries()}
    items = [
        sent_item(wave, desk.store.read(reading.counts, [wave], desk.tree.root.id))
        for wave in desk.store.read(reading.waves_between, span.first, min(span.last, today))
    ]
    end = day_start(span.last + timedelta(days=1))
    if end > now:
        titles = {str(id): content for id, content in desk.contents.items()}
        items += [
            planned_item(
                wave,
                what(entries[wave.entry], titles),
                urgent=entries[wave.entry].urgent,
                by_itself=desk.capabilities.by_itself,
            )
            for wave in outlook(desk, schedules, now, end - timedelta(microseconds=1))
            if day_of(wave.start) >= span.first
        ]
    return page(
        asked,
        "schedule/calendar.html",
        span=span,
        today=today,
        before=span.turned(-1),
        after=span.turned(1),
        days=days_of(span, items, today),
        weekdays=WEEKDAYS,
        most=0 if span.week else MOST_IN_A_DAY,
        rows=_rows(desk, schedules, now),
        notice=missing_year_notice(date(span.last.year, 1, 1)),
        problem=_problem(asked),
        may_edit=asked.who.may(Duty.SCHEDULE),
    )


def _rows(desk: Desk, schedules: Schedules, now: datetime) -> list[dict[str, Any]]:
    """Every entry in words."""
    contents = {str(id): content for id, content in desk.contents.items()}
    return [
        {
            "id": entry.id,
            "campaign": campaign.name if campaign else "",
            "when": when(entry),
            "what": what(entry, contents),
            "whom": whom(entry, desk.tree.root.path),
            "urgent": entry.urgent,
            "enabled": entry.enabled,
            "next": _next(entry, campaign, now),
        }
        for entry, campaign in schedules.all_entries()
    ]


def _next(entry: ScheduleEntry, campaign: Campaign | None, now: datetime) -> datetime | None:
    for days in (8, 62, 400):
        found = occurrences(entry, campaign, now, now + timedelta(days=days))
        if found:
            return found[0]
    return None


def _problem(asked: Asked) -> str:
    """Why the settings' file cannot be changed from here now; empty if it can."""
    try:
        settings_of(asked)
    except ChuandaError as error:
        return str(error)
    return ""
