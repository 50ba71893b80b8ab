"""How pages are drawn: Jinja with everything escaped, and the few words that all pages share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.app import Asked
from bot.model.time import local
from bot.phrases.words import clock, percent

_WEEKDAYS = "一二三四五六日"
SECTIONS: Sequence[tuple[str, str, Command | Duty]] = (("/", "今日", Command.COVERAGE),)
"""The menu: address, name, and what one has to be allowed for it. The first five stand at the bottom on a phone."""
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


_PAGES.filters.update(clock=clock, percent=percent, weekday=weekday)


def page(asked: Asked, template: str, status: int = 200, /, **what: Any) -> HTMLResponse:
    """The page ``template`` with ``what`` it shows."""
    desk, now = asked.console.town.desk, asked.console.now()
    about = {
        "town": desk.tree.root.name,
        "visitor": asked.visitor,
        "here": asked.request.url.path,
        "sections": [
            (to, name) for to, name, needs in SECTIONS if asked.visitor and asked.visitor.may(needs)
        ],
        "note": "" if "hx-request" in asked.request.headers else asked.console.notes.pop(asked.token, ""),
        "now": now,
        "paused": datetime.fromisoformat(desk.paused) if desk.paused else None,
    }
    return HTMLResponse(_PAGES.get_template(template).render(**about, **what), status)


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
