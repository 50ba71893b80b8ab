"""Reports: the gap list and the day's result, to read, to print on A4 and to take along as xlsx; everybody their own places."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.responses import Response

from bot.console.app import Asked
from bot.console.choosing import day_asked, place_asked
from bot.console.files import download
from bot.console.look import page
from bot.console.today import Standing
from bot.model.ledger import Reason
from bot.phrases.log import short_seal
from bot.service.daybooks import gap_book, result_book, why_of
from bot.service.daysheets import day_result, gap_sheet
from bot.store import log

MOST_LINES = 200
"""Of the gap list that are drawn, to the end of a village; the spreadsheet has all."""
MOST_HOLES = 60
_MARKS: Mapping[Reason, Standing] = {
    Reason.NO_GROUP: Standing.NO_GROUP,
    Reason.NOT_BOUND: Standing.CUT_OFF,
    Reason.BOT_ABSENT: Standing.CUT_OFF,
    Reason.NOT_SENT: Standing.CUT_OFF,
    Reason.IN_DOUBT: Standing.CUT_OFF,
    Reason.UNPROVEN: Standing.UNPROVEN,
    Reason.DISPUTED: Standing.UNPROVEN,
}
"""Where waiting does not help; else it depends on the deadline."""


def mark_of(reason: Reason, *, overdue: bool) -> Standing:
    """The character of a reason. A dispute that nobody upheld is a question, on paper too."""
    return _MARKS.get(reason, Standing.NOT_REPOSTED if overdue else Standing.WAITING)


async def gaps(asked: Asked) -> Response:
    """The gap list: overdue, and apart from it what may still come in time."""
    place, day = place_asked(asked), day_asked(asked)
    if place is None:
        return _not_theirs(asked)
    sheet = gap_sheet(asked.console.town.desk, place, day.day, asked.console.now(), MOST_LINES)
    status = 422 if day.wrong else 200
    return page(
        asked, "reports/gaps.html", status, place=place, day=day, sheet=sheet, mark=mark_of, sealed=_sealed(asked),
        paper="gaps",
    )  # fmt: skip


async def result(asked: Asked) -> Response:
    """The day's result: places, never people."""
    place, day = place_asked(asked), day_asked(asked)
    if place is None:
        return _not_theirs(asked)
    found = day_result(asked.console.town.desk, place, day.day, asked.console.now())
    status = 422 if day.wrong else 200
    return page(
        asked, "reports/result.html", status, place=place, day=day, result=found, mark=mark_of, why_of=why_of,
        most_holes=MOST_HOLES, sealed=_sealed(asked), paper="result",
    )  # fmt: skip


async def gaps_xlsx(asked: Asked) -> Response:
    """The whole gap list, drawn up beside the work."""
    place, day = place_asked(asked), day_asked(asked)
    if place is None:
        return _not_theirs(asked)
    store, now = asked.console.town.desk.store, asked.console.now()
    whole = await asyncio.to_thread(gap_book, store, place, day.day, now)
    return download(whole, f"{place.name}缺口清单 {day.day}.xlsx")


async def result_xlsx(asked: Asked) -> Response:
    """The day's result with all its parts, drawn up beside the work."""
    place, day = place_asked(asked), day_asked(asked)
    if place is None:
        return _not_theirs(asked)
    desk, now = asked.console.town.desk, asked.console.now()
    found = day_result(desk, place, day.day, now)
    whole = await asyncio.to_thread(result_book, desk.store, place, day.day, now, found)
    return download(whole, f"{place.name}当日结果 {day.day}.xlsx")


def _not_theirs(asked: Asked) -> Response:
    return page(asked, "reports/refused.html", 403, name="别处")


def _sealed(asked: Asked) -> str:
    """The log's end as it is now: on paper nobody changes it any more."""
    count, seal = asked.console.town.desk.store.read(log.head)
    return f"操作记录到第 {count} 条，校验码 {short_seal(seal)}" if count else ""
