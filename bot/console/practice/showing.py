"""The page, what may have moved on one that is open, and the pictures in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from bot.console import files
from bot.console.app import Asked, Console
from bot.console.look import page
from bot.console.practice.panes import MOST_MORE, Seat, key_of, panes, seat_of
from bot.errors import NotFound
from bot.model.content import PartKind
from bot.model.tree import Group
from bot.service.practice import RunningClock, Speed
from bot.service.practice.cast import Person

LOOK_S, ALIVE_S = 0.4, 15.0
"""How often an open page asks whether anything was said, and how often it says that it is still there."""
ONLY_IN_A_DEMO = "练习群只在演练里有：chuanda demo"


async def practice(asked: Asked) -> Response:
    """The chats, and who one is in them."""
    clock = asked.console.practice
    if clock is None:
        return page(asked, "practice/none.html", 404, why=ONLY_IN_A_DEMO)
    query = asked.request.query_params
    seat = seat_of(clock.practice, query.get("as", ""), query.getlist("in"))
    wrong = ""
    try:
        if name := query.get("who", "").strip():
            seat = seat_of(clock.practice, clock.practice.cast.person(name).account, [])
        if name := query.get("group", "").strip():
            seat = _opened(seat, clock.practice.cast.group(name))
    except NotFound as nobody:
        wrong = str(nobody)
    return shown(asked, clock, seat, wrong=wrong)


def shown(asked: Asked, clock: RunningClock, seat: Seat, *, wrong: str = "") -> Response:
    """The whole page. ``wrong``: why a person or a group was not found."""
    cast = clock.practice.cast
    usual = cast.usual()
    others = [] if any(p.account == seat.person.account for _, p in usual) else [("", seat.person)]
    more = [g for g in cast.groups_of(seat.person, MOST_MORE + len(seat.rooms)) if key_of(g) not in seat.keys]
    return page(
        asked,
        "practice/practice.html",
        422 if wrong else 200,
        **_state(clock, seat),
        chips=[(kind, person) for kind, person in [*usual, *others]],
        more=[(group, seat.with_(group)) for group in more[:MOST_MORE]],
        lives=cast.lives(seat.person),
        wrong=wrong,
        asked_for=asked.request.query_params,
    )


async def news(asked: Asked) -> Response:
    """What may have moved on a page that is open: the messages and the clock, and nothing that somebody types."""
    clock = asked.console.practice
    if clock is None:
        return page(asked, "practice/none.html", 404, why=ONLY_IN_A_DEMO)
    query = asked.request.query_params
    return moved(asked, clock, seat_of(clock.practice, query.get("as", ""), query.getlist("in")))


def moved(asked: Asked, clock: RunningClock, seat: Seat) -> Response:
    """As `news`."""
    return page(asked, "practice/news.html", **_state(clock, seat))


def _state(clock: RunningClock, seat: Seat) -> dict[str, object]:
    return {
        "seat": seat,
        "panes": panes(clock.practice, seat),
        "clock": clock,
        "speeds": Speed,
        "label": label,
    }


def label(kind: str, person: Person) -> str:
    """“网格员 周桂芳”; a stranger has no name."""
    return kind if person.name == kind else f"{kind} {person.name}".strip()


def _opened(seat: Seat, group: Group) -> Seat:
    rooms = [room for room in seat.rooms if room is None or room.id != group.id]
    return Seat(seat.person, [group, *rooms][:4])


async def live(asked: Asked) -> Response:
    """Server-sent events: “said” whenever the chats or the clock would show something else."""
    clock = asked.console.practice
    if clock is None:
        return page(asked, "practice/none.html", 404, why=ONLY_IN_A_DEMO)
    return StreamingResponse(
        _moves(asked.console, clock, asked),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _moves(console: Console, clock: RunningClock, asked: Asked) -> AsyncIterator[str]:
    before, waited_s = clock.mark, 0.0
    yield "retry: 2000\n\n"
    while not console.closing and not await asked.request.is_disconnected():
        await asyncio.sleep(LOOK_S)
        waited_s += LOOK_S
        if (here := clock.mark) != before:
            before = here
            yield "event: said\ndata: \n\n"
        if waited_s >= ALIVE_S:
            waited_s = 0.0
            if await console.signing.known(asked.token, console.now(), touch=False) is None:
                return
            yield ": here\n\n"


async def picture(asked: Asked) -> Response:
    """A picture of the library, one that somebody in town made of it, or one that was sent here; by its digest."""
    clock = asked.console.practice
    sha256 = str(asked.request.path_params["sha256"])
    data = None
    if clock is not None and re.fullmatch(r"[0-9a-f]{64}", sha256):
        data = await asyncio.to_thread(_bytes, clock, sha256)
    kept = {"Cache-Control": "private, max-age=3600"}
    found = None if data is None else files.picture(data, kept)
    return found or page(asked, "practice/none.html", 404, why="没有这张图片")


def _bytes(clock: RunningClock, sha256: str) -> bytes | None:
    practice = clock.practice
    for content in practice.demo.town.desk.contents.values():
        for part in content.parts:
            if part.kind is PartKind.IMAGE and part.sha256 == sha256 and part.path is not None:
                return part.path.read_bytes()
    sent = practice.picture(sha256)
    return practice.world.picture(sha256) if sent is None else sent.read_bytes()
