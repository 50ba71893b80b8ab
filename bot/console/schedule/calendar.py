"""The days of the calendar and what stands on them: what was sent with its coverage, and what will be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.model.counts import Counts
from bot.model.time import day_of, local
from bot.phrases.words import clock
from bot.planner.calendar import day_off, is_workday, made_up
from bot.service.preview import Preview
from bot.store.reading import Wave

FURTHEST_MONTHS = 12
"""How far ahead the calendar turns."""


@dataclass(frozen=True, slots=True)
class Item:
    """One wave on a day. ``counts``: it was sent, and how it went; else ``groups`` and ``ends`` say what is planned, or
    ``why`` it cannot be sent."""

    at: datetime
    entry: str
    title: str
    urgent: bool
    groups: int = 0
    ends: str = ""
    why: str = ""
    late: bool = False
    counts: Counts | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """``tag``: the holiday, or 调休; ``free``: nobody works; ``inside``: of the month that is shown."""

    date: date
    inside: bool
    today: bool
    free: bool
    tag: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Span:
    """What the calendar shows: whole weeks. ``key``: the month or week in an address; ``at``: the day that it is of."""

    week: bool
    at: date
    first: date
    last: date

    @property
    def name(self) -> str:
        if not self.week:
            return f"{self.at.year}年{self.at.month}月"
        first, last = self.first, self.last
        end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
        return f"{first.year}年{first.month}月{first.day}日–{end}"

    @property
    def query(self) -> str:
        return f"week={self.at}" if self.week else f"month={self.at:%Y-%m}"

    def turned(self, by: int) -> Span:
        """The month or week before (-1) or after (1)."""
        if self.week:
            return week_of(self.at + timedelta(weeks=by))
        edge = (
            self.at.replace(day=1) - timedelta(days=1)
            if by < 0
            else self.at.replace(day=28) + timedelta(days=4)
        )
        return month_of(edge)


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    begin = first - timedelta(days=first.weekday())
    return Span(False, first, begin, last + timedelta(days=6 - last.weekday()))


def week_of(day: date) -> Span:
    first = day - timedelta(days=day.weekday())
    return Span(True, first, first, first + timedelta(days=6))


def span_asked(month: str, week: str, today: date) -> Span:
    """What an address asks for; this month where it says nothing that can be shown."""
    furthest = today + timedelta(days=31 * FURTHEST_MONTHS)
    try:
        asked = week_of(date.fromisoformat(week)) if week else month_of(date.fromisoformat(f"{month}-01"))
    except (ValueError, OverflowError):
        return month_of(today)
    return asked if date(2020, 1, 1) <= asked.first and asked.at <= furthest else month_of(today)


def days_of(span: Span, items: Iterable[Item], today: date) -> list[Day]:
    """The days of ``span`` in order, each with its items."""
    on: dict[date, list[Item]] = {}
    for item in sorted(items, key=lambda one: one.at):
        on.setdefault(day_of(item.at), []).append(item)
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
    return [
        Day(
            day,
            span.week or (day.year, day.month) == (span.at.year, span.at.month),
            day == today,
            not is_workday(day),
            day_off(day) or (f"{name}调休，上班" if (name := made_up(day)) else ""),
            on.get(day, ()),
        )
        for day in days
    ]


def sent_item(wave: Wave, counts: Counts) -> Item:
    """A wave that began."""
    return Item(wave.starts_at, wave.entry, wave.title, wave.urgent, counts=counts, withdrawn=wave.withdrawn)


def planned_item(wave: Preview, picks: str, *, urgent: bool, by_itself: bool) -> Item:
    """A wave to come. ``picks``: what its entry sends, in words; ``by_itself``: we post it, not people by hand."""
    return Item(
        wave.start,
        wave.entry,
        wave.title or picks,
        urgent,
        wave.targets,
        ends_in_words(wave, by_itself=by_itself),
        wave.why,
        wave.late,
    )


def ends_in_words(wave: Preview, *, by_itself: bool) -> str:
    """When it is out at this pace: “8:13 发完”; by hand how many have to be posted."""
    if not by_itself:
        return f"要人工发 {wave.sends} 条" if wave.sends else ""
    if not wave.sends:
        return ""
    end = local(wave.end)
    same = day_of(wave.end) == day_of(wave.start)
    return f"{'' if same else f'{end.month}月{end.day}日 '}{clock(wave.end)} 发完"
