"""The pages: what waits and the one that is looked at, for the office; what they sent, for everybody; and the pictures themselves, by
number only and as what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from bot.commands.table import Duty
from bot.console import files
from bot.console.app import Asked, number_of
from bot.console.evidence.showing import detail, item, pictures, when
from bot.console.look import page
from bot.errors import ChuandaError
from bot.library.files import MAX_IMAGE_MB
from bot.phrases.judging import REASONS
from bot.service.desk import Desk
from bot.service.judging import MOST_WORDS, Missing, may_take_back
from bot.service.screenshots import FOLDER, KEPT_DAYS, TAKE_BACK
from bot.store import screenshots
from bot.store.screenshots import Screenshot, ShotState

MOST_LISTED = 60
MOST_OWN = 40


async def evidence(asked: Asked) -> Response:
    """The page, with the screenshot that is chosen, or the first that waits."""
    return shown(asked, number_of(asked.request.query_params.get("shot", "")))


def shown(
    asked: Asked,
    chosen: int | None,
    *,
    wrong: ChuandaError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    """The page. ``wrong``: why what was just tried cannot be (422), ``typed``: what was typed then."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    judges = asked.who.may(Duty.JUDGE)
    mine = [
        item(desk, shot, now)
        for shot in desk.store.read(screenshots.of_worker, asked.who.person.id, MOST_OWN)
    ]
    queue = desk.store.read(screenshots.waiting, MOST_LISTED) if judges else []
    objections = desk.store.read(screenshots.objections, MOST_LISTED) if judges else []
    shot = _chosen(desk, chosen, [*objections, *queue]) if judges else None
    recent = desk.store.read(screenshots.judged_since, asked.who.person.id, now - TAKE_BACK) if judges else []
    judge = None if shot is None or shot.judged_by is None else desk.person(shot.judged_by)
    return page(
        asked,
        "evidence/evidence.html" if judges else "evidence/mine.html",
        422 if wrong else 200,
        mine=mine,
        queue=[item(desk, one, now) for one in queue],
        waiting=desk.store.read(screenshots.count_waiting) if judges else 0,
        objections=[item(desk, one, now) for one in objections],
        chosen=None if shot is None else detail(desk, shot, now),
        is_own=shot is not None and shot.worker == asked.who.person.id,
        judge=judge.name if judge else "",
        recent=[item(desk, one, now) for one in recent if may_take_back(one, desk, asked.who.person.id)],
        reasons=REASONS,
        wrong=str(wrong or ""),
        where=wrong.field if isinstance(wrong, Missing) else "",
        typed=typed or {},
        most_words=MOST_WORDS,
        kept_days=KEPT_DAYS,
        when=lambda at: when(at, now),
    )


def _chosen(desk: Desk, number: int | None, listed: list[Screenshot]) -> Screenshot | None:
    shot = None if number is None else desk.store.read(screenshots.screenshot, number)
    return shot or (listed[0] if listed else None)


async def picture(asked: Asked) -> Response:
    """A screenshot that waits for its verdict, for the office and for whoever sent it."""
    desk = asked.console.town.desk
    number = number_of(str(asked.request.path_params["shot"]))
    shot = None if number is None else desk.store.read(screenshots.screenshot, number)
    theirs = shot is not None and (asked.who.may(Duty.JUDGE) or shot.worker == asked.who.person.id)
    if shot is None or not theirs or shot.state is not ShotState.WAITING:
        return Response(status_code=404)
    return await _image(desk.data / FOLDER / shot.name)


async def poster(asked: Asked) -> Response:
    """The content's own picture, beside the screenshot."""
    desk = asked.console.town.desk
    number = number_of(str(asked.request.path_params["shot"]))
    place = number_of(str(asked.request.path_params["place"]))
    shot = None if number is None else desk.store.read(screenshots.screenshot, number)
    parts = [] if shot is None else pictures(desk, shot)
    if place is None or place >= len(parts) or (path := parts[place].path) is None:
        return Response(status_code=404)
    return await _image(path)


async def _image(path: Path) -> Response:
    """A file, if it is a picture, as what it is."""
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        return Response(status_code=404)
    shown = None if len(data) > MAX_IMAGE_MB * 1_000_000 else files.picture(data)
    return shown or Response(status_code=404)
