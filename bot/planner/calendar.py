"""When an entry fires: its cron line or dates, the days it is meant for, its campaign. Pure; never asks the time.

Holidays come from chinesecalendar, which knows the years that the State Council has announced; a year that it does
not know counts Monday to Friday as workdays, and `missing_year_notice` says so. Rules: PLANS C1, issue 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from cronsim import CronSim

from bot.model.time import TZ, day_of, day_start, local
from bot.schedules.model import Campaign, ScheduleEntry

MAX_OCCURRENCES = 10_000
"""The densest cron that is allowed needs 69 days for these; nobody plans further at once."""
_INSTANT = timedelta(microseconds=1)


def occurrences(
    entry: ScheduleEntry, campaign: Campaign | None, after: datetime, until: datetime
) -> list[datetime]:
    """When ``entry`` fires in (``after``, ``until``], in order, in Asia/Shanghai: the first 10,000 at most.

    Only on the kind of days that the entry names and, both ends included, within ``campaign``. ``after`` and
    ``until`` are aware. Raises nothing for an entry that was validated.
    """
    if not entry.enabled:
        return []
    if campaign is not None:
        after = max(after, day_start(campaign.start) - _INSTANT)
        until = min(until, day_start(campaign.end + timedelta(days=1)) - _INSTANT)
    if after >= until:
        return []
    fits = (at for at in _instants(entry, after, until) if _is_day_for(entry, day_of(at)))
    return list(islice(fits, MAX_OCCURRENCES))


def _instants(entry: ScheduleEntry, after: datetime, until: datetime) -> Iterator[datetime]:
    if entry.cron is None:
        yield from (at for at in sorted({local(at) for at in entry.dates}) if after < at <= until)
        return
    # Without a zone cronsim counts wall-clock time, three times as fast; the town's clock has no summer time.
    # A line that never fires again ends by itself after 50 years of looking (20 ms).
    for naive in CronSim(entry.cron, local(after).replace(tzinfo=None)):
        at = naive.replace(tzinfo=TZ)
        if at > until:
            return
        yield at


def _is_day_for(entry: ScheduleEntry, day: date) -> bool:
    return entry.days == "every" or is_workday(day) == (entry.days == "workdays")


@lru_cache(maxsize=1000)
def is_workday(day: date) -> bool:
    """Whether offices work on ``day``: 调休 included; Monday to Friday in a year that is not announced."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def day_off(day: date) -> str:
    """The holiday (Chinese) because of which ``day`` is free; empty on other days, weekends included."""
    name, works = _holiday(day)
    return "" if works else name


def made_up(day: date) -> str:
    """The holiday for which ``day``, a weekend's, is worked (调休); empty on other days."""
    name, works = _holiday(day)
    return name if works else ""


@lru_cache(maxsize=1000)
def _holiday(day: date) -> tuple[str, bool]:
    import chinese_calendar

    try:
        _, name = chinese_calendar.get_holiday_detail(day)
        found = chinese_calendar.Holiday(name).chinese if name else ""
    except NotImplementedError:
        found = ""
    return found, is_workday(day)


def missing_year_notice(today: date) -> str | None:
    """What to tell the office when the holidays of this year, or from 1 December of the next, are not known."""
    from chinese_calendar.constants import holidays

    known = {day.year for day in holidays}
    missing = [today.year] if today.year not in known else []
    if today.month == 12 and today.year + 1 not in known:
        missing.append(today.year + 1)
    if not missing:
        return None
    years = "、".join(map(str, missing))
    return (
        f"程序里还没有 {years} 年的放假和调休安排，只能按周一到周五算工作日；"
        "国务院办公厅公布后（一般在 11 月），请更新程序"
    )
