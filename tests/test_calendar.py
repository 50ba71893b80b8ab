"""When entries fire: hours, workdays with 调休, campaigns, and years whose holidays nobody has announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from chinese_calendar.constants import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.time import TZ
from bot.planner.calendar import MAX_OCCURRENCES, is_workday, missing_year_notice, occurrences
from bot.schedules.model import Campaign, ScheduleEntry

LAST_KNOWN = max(day.year for day in holidays)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def entry(**given: Any) -> ScheduleEntry:
    return ScheduleEntry.model_validate({"what": {"rotate": "all"}, **given})


def campaign(start: date, end: date) -> Campaign:
    return Campaign(name="行动", start=start, end=end)


def days(found: list[datetime]) -> list[str]:
    return [f"{when:%m-%d}" for when in found]


MORNING = entry(cron="0 8 * * *")


def test_the_end_belongs_to_the_interval_and_the_beginning_does_not() -> None:
    found = occurrences(MORNING, None, at("2026-03-12 08:00"), at("2026-03-14 08:00"))
    assert found == [at("2026-03-13 08:00"), at("2026-03-14 08:00")]


def test_a_microsecond_before_the_hour_is_before_it() -> None:
    hour, moment = at("2026-03-12 08:00"), timedelta(microseconds=1)
    assert occurrences(MORNING, None, hour - moment, hour) == [hour]
    assert occurrences(MORNING, None, hour - 2 * moment, hour - moment) == []
    assert occurrences(MORNING, None, hour, hour + moment) == []


def test_eight_o_clock_is_eight_in_the_town_whatever_zone_the_question_comes_in() -> None:
    midnight = datetime(2026, 3, 12, tzinfo=UTC)
    assert occurrences(MORNING, None, midnight - timedelta(hours=1), midnight) == [at("2026-03-12 08:00")]
    dated = entry(dates=["2026-03-12 08:00"])
    assert occurrences(dated, None, midnight - timedelta(hours=1), midnight) == [at("2026-03-12 08:00")]


def test_sunday_is_0_and_7_and_saturday_is_6() -> None:
    week = at("2026-03-08 23:00"), at("2026-03-15 23:00")
    assert days(occurrences(entry(cron="30 9 * * 6"), None, *week)) == ["03-14"]
    for sunday in ("0", "7", "SUN"):
        assert days(occurrences(entry(cron=f"30 9 * * {sunday}"), None, *week)) == ["03-15"]


def test_workdays_skip_the_spring_festival_and_take_the_weekends_worked_for_it() -> None:
    # 2026: off from Sunday 15 to Monday 23 February; worked on Saturdays 14 and 28.
    span = at("2026-02-13 00:00"), at("2026-03-01 23:59")
    assert days(occurrences(entry(cron="0 8 * * *", days="workdays"), None, *span)) == [
        "02-13",
        "02-14",
        "02-24",
        "02-25",
        "02-26",
        "02-27",
        "02-28",
    ]


def test_days_off_are_weekends_and_holidays_but_not_weekends_that_are_worked() -> None:
    span = at("2026-02-13 00:00"), at("2026-03-01 23:59")
    found = days(occurrences(entry(cron="0 8 * * *", days="holidays"), None, *span))
    assert found == [f"02-{day}" for day in range(15, 24)] + ["03-01"]


def test_a_monday_entry_for_workdays_is_left_out_on_a_monday_off() -> None:
    accounts = entry(cron="0 10 * * 1", days="workdays")
    assert days(occurrences(accounts, None, at("2026-02-08 00:00"), at("2026-03-03 00:00"))) == [
        "02-09",
        "03-02",
    ]


def test_dates_come_in_order_once_and_on_the_kind_of_day_that_was_asked() -> None:
    dated = entry(dates=["2026-02-16 12:00", "2026-02-13 12:00"], days="workdays")
    assert days(occurrences(dated, None, at("2026-01-01 00:00"), at("2026-12-31 00:00"))) == ["02-13"]
    dated = entry(dates=["2026-02-16 12:00", "2026-02-13 12:00"])
    assert days(occurrences(dated, None, at("2026-01-01 00:00"), at("2026-12-31 00:00"))) == [
        "02-13",
        "02-16",
    ]


def test_a_campaign_s_entries_fire_on_its_first_and_last_day_and_not_around() -> None:
    month = campaign(date(2026, 1, 13), date(2026, 2, 13))
    found = occurrences(MORNING, month, at("2025-06-01 00:00"), at("2027-01-01 00:00"))
    assert (found[0], found[-1], len(found)) == (at("2026-01-13 08:00"), at("2026-02-13 08:00"), 32)
    midnight = entry(cron="0 0 * * *", urgent=True)
    found = occurrences(midnight, month, at("2025-06-01 00:00"), at("2027-01-01 00:00"))
    assert (found[0], found[-1]) == (at("2026-01-13 00:00"), at("2026-02-13 00:00"))


def test_a_century_of_ten_minutes_stops_at_ten_thousand() -> None:
    dense = entry(cron="*/10 * * * *", urgent=True)
    found = occurrences(dense, None, at("2026-01-01 00:00"), at("2126-01-01 00:00"))
    assert len(found) == MAX_OCCURRENCES
    assert found[0] == at("2026-01-01 00:10")


def test_nothing_fires_in_an_interval_that_runs_backwards() -> None:
    assert occurrences(MORNING, None, at("2026-03-14 00:00"), at("2026-03-12 00:00")) == []
    over = campaign(date(2025, 1, 1), date(2025, 12, 31))
    assert occurrences(MORNING, over, at("2026-03-12 00:00"), at("2026-03-14 00:00")) == []


CRONS = st.sampled_from(
    [
        "0 8 * * *",
        "*/10 * * * *",
        "0 8,12,18 * * 1-5",
        "30 9 * * 6",
        "15 7 L * *",
        "0 12 29 2 *",
        "5 9 * * 1#2",
    ]
)
ENTRIES = st.builds(
    lambda when, kind: entry(**when, days=kind),
    st.builds(lambda cron: {"cron": cron}, CRONS)
    | st.builds(
        lambda moments: {"dates": moments},
        st.lists(
            st.datetimes(datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01")),
            min_size=1,
            max_size=5,
            unique=True,
        ),
    ),
    st.sampled_from(["every", "workdays", "holidays"]),
)
CAMPAIGNS = st.none() | st.builds(
    lambda start, length: campaign(start, start + timedelta(days=length)),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.integers(0, 400),
)
STARTS = st.datetimes(
    datetime.fromisoformat("2025-01-01"),
    datetime.fromisoformat("2028-01-01"),
    timezones=st.sampled_from([TZ, UTC]),
)
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=20))


@settings(deadline=None)
@given(ENTRIES, CAMPAIGNS, STARTS, LENGTHS, LENGTHS)
def test_asking_in_two_halves_gives_the_same_as_asking_once(
    which: ScheduleEntry, inside: Campaign | None, start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    whole = occurrences(which, inside, start, end)
    assert occurrences(which, inside, start, middle) + occurrences(which, inside, middle, end) == whole


@settings(deadline=None)
@given(ENTRIES, CAMPAIGNS, STARTS, LENGTHS)
def test_every_occurrence_is_inside_in_order_aware_and_on_a_day_that_was_asked(
    which: ScheduleEntry, inside: Campaign | None, start: datetime, length: timedelta
) -> None:
    found = occurrences(which, inside, start, start + length)
    assert all(start < when <= start + length for when in found)
    assert all(a < b for a, b in pairwise(found))
    for when in found:
        assert when.tzinfo is TZ
        assert inside is None or inside.start <= when.date() <= inside.end
        assert which.days == "every" or is_workday(when.date()) == (which.days == "workdays")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 12), True),
        (date(2026, 3, 14), False),
        (date(2026, 10, 1), False),
        (date(2026, 2, 14), True),
        (date(1999, 10, 1), True),
        (date(1999, 10, 2), False),
    ],
)
def test_a_workday_is_what_the_calendar_says_and_a_weekday_where_it_says_nothing(
    day: date, works: bool
) -> None:
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(LAST_KNOWN - 1, 12, 1), None),
        (date(LAST_KNOWN, 1, 1), None),
        (date(LAST_KNOWN, 11, 30), None),
        (date(LAST_KNOWN, 12, 1), f"{LAST_KNOWN + 1}"),
        (date(LAST_KNOWN, 12, 31), f"{LAST_KNOWN + 1}"),
        (date(LAST_KNOWN + 1, 1, 1), f"{LAST_KNOWN + 1}"),
        (date(LAST_KNOWN + 1, 12, 1), f"{LAST_KNOWN + 1}、{LAST_KNOWN + 2}"),
    ],
)
def test_a_year_without_announced_holidays_is_told_from_december_on(today: date, years: str | None) -> None:
    told = years and (
        f"程序里还没有 {years} 年的放假和调休安排，只能按周一到周五算工作日；"
        "国务院办公厅公布后（一般在 11 月），请更新程序"
    )
    assert missing_year_notice(today) == told
