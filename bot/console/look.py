"""How pages are drawn: Jinja with everything escaped, and the few words that all pages share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.app import Asked
from bot.model.chat import Link
from bot.model.time import day_of, local
from bot.phrases.office import LINKS
from bot.phrases.words import clock, percent, spoken_day
from bot.service.desk import Desk
from bot.service.link import PATIENCE, LinkState, link_state

_WEEKDAYS = "一二三四五六日"
SECTIONS: Sequence[tuple[str, str, Command | Duty]] = (
    ("/", "今日", Command.COVERAGE),
    ("/contents", "内容", Command.INBOX),
    ("/evidence", "核实", Command.COVERAGE),
    ("/reports", "报表", Command.GAPS),
    ("/schedule", "排期", Command.PENDING),
    ("/by-hand", "人工", Duty.BY_HAND),
    ("/town", "单位和群", Command.COVERAGE),
    ("/load", "负担", Duty.LOAD),
    ("/audit", "操作记录", Duty.AUDIT),
    ("/clients", "接口", Duty.CLIENTS),
    ("/practice", "练习群", Command.HELP),
)
"""The menu: address, name, and what one has to be allowed for it. The first five stand at the bottom on a phone."""
PRACTICE = "/practice"
"""Only a demo's town has it."""
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def weekday(at: datetime) -> str:
    """“3月12日 星期四”, local."""
    here = local(at)
    return f"{here.month}月{here.day}日 星期{_WEEKDAYS[here.weekday()]}"


def longday(at: datetime) -> str:
    """“2026年3月12日”, local."""
    return longdate(day_of(at)).partition(" ")[0]


def longdate(day: date) -> str:
    """“2026年3月12日 星期四”."""
    return f"{day.year}年{spoken_day(day)} 星期{_WEEKDAYS[day.weekday()]}"


def clock_on(at: datetime, day: date) -> str:
    """“12:00”, with the day where that is not ``day``."""
    return clock(at) if day_of(at) == day else f"{spoken_day(day_of(at))} {clock(at)}"


_PAGES.globals.update(link_words=LINKS)
_PAGES.filters.update(
    clock=clock,
    percent=percent,
    weekday=weekday,
    longday=longday,
    longdate=longdate,
    shortdate=spoken_day,
    clock_on=clock_on,
)


def page(asked: Asked, template: str, status: int = 200, /, **what: Any) -> HTMLResponse:
    """The page ``template`` with ``what`` it shows."""
    desk, now, here = asked.console.town.desk, asked.console.now(), asked.request.url.path
    sections, since = _sections(asked), desk.paused
    about = {
        "town": desk.tree.root.name,
        "visitor": asked.visitor,
        "here": here,
        "sections": sections,
        "further": any(f"{here}/".startswith(f"{to}/") for to, _ in sections[4:]),
        "note": "" if "hx-request" in asked.request.headers else asked.console.notes.pop(asked.token, ""),
        "now": now,
        "down": _down(desk, now),
        "paused": datetime.fromisoformat(since) if since else None,
    }
    return HTMLResponse(_PAGES.get_template(template).render(**about, **what), status)


def _sections(asked: Asked) -> list[tuple[str, str]]:
    """The menu of who asks."""
    return [
        (to, name)
        for to, name, needs in SECTIONS
        if asked.visitor
        and asked.visitor.may(needs)
        and (to != PRACTICE or asked.console.practice is not None)
    ]


def _down(desk: Desk, now: datetime) -> LinkState | None:
    """How the chat is cut off, if that lasts."""
    state = link_state(desk.store)
    if state is None or state.link is Link.UP or (not state.told and now - state.since < PATIENCE):
        return None
    return state


def told(asked: Asked, text: str, status: int = 200) -> HTMLResponse:
    """What came of it, at the head of the page; the page itself hears by itself that something moved."""
    answer = page(asked, "told.html", status, text=text)
    answer.headers["HX-Trigger"] = "moved"
    return answer


def went(asked: Asked, to: str, text: str = "") -> RedirectResponse:
    """On to the page ``to``, which says at its head what came of it."""
    if text:
        asked.console.notes[asked.token] = text
    return RedirectResponse(to, status_code=303)
