"""How pages are drawn: Jinja with everything escaped, and the few words that all pages share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.console.app import Asked
from bot.model.time import local
from bot.phrases.words import clock, percent

_WEEKDAYS = "一二三四五六日"
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
        "now": now,
        "paused": datetime.fromisoformat(desk.paused) if desk.paused else None,
    }
    return HTMLResponse(_PAGES.get_template(template).render(**about, **what), status)
