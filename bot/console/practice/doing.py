"""What somebody does in the practice groups: as one of the town's people, on a demo's simulated channel and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import time
from io import BytesIO

from starlette.responses import Response

from bot.channels.simulated.drawn import drawn
from bot.console.app import Asked, files_of, text_of
from bot.console.look import page, told, went
from bot.console.practice.panes import PRIVATE, Seat, seat_of
from bot.console.practice.showing import ONLY_IN_A_DEMO, moved
from bot.errors import NotAllowed
from bot.library.files import MAX_TEXT_CHARS
from bot.library.images import picture_of
from bot.model.content import ContentId, PartKind
from bot.model.tree import Group
from bot.service.practice import RunningClock, Speed

MOST_BYTES, MOST_MEGAPIXELS = 8_000_000, 40
HOURS = {"8": time(8), "18": time(18), "21": time(21)}
MORNING = time(7, 55)
SPEEDS = {"still": Speed.STILL, "normal": Speed.NORMAL, "fast": Speed.FAST}


async def say(asked: Asked) -> Response:
    """A text, where it was typed."""
    return await _in_a_room(asked, _say)


async def forward(asked: Asked) -> Response:
    """A content that the program posted in one of the rooms that are open."""
    return await _in_a_room(asked, _forward)


async def show(asked: Asked) -> Response:
    """A picture: one from this computer, or an invented one."""
    return await _in_a_room(asked, _show)


async def recall(asked: Asked) -> Response:
    """What they sent, within two minutes."""
    return await _in_a_room(asked, _recall)


async def clock(asked: Asked) -> Response:
    """How time goes on in town."""
    clock = asked.console.practice
    if clock is None:
        return page(asked, "practice/none.html", 404, why=ONLY_IN_A_DEMO)
    seat, to = _seat(asked, clock), text_of(asked, "to")
    if to in SPEEDS:
        clock.go(SPEEDS[to])
    elif to == "morning":
        clock.go_to(MORNING, next_day=True)
    elif to in HOURS:
        clock.go_to(HOURS[to])
    return _back(asked, clock, seat)


Does = Callable[[Asked, RunningClock, Seat, Group | None], Awaitable[None]]


async def _in_a_room(asked: Asked, does: Does) -> Response:
    clock = asked.console.practice
    if clock is None:
        return page(asked, "practice/none.html", 404, why=ONLY_IN_A_DEMO)
    seat, room = _seat(asked, clock), text_of(asked, "room")
    group = clock.practice.group_at(room)
    try:
        if group is None and room != PRIVATE:
            raise NotAllowed("没有这个群，刷新一下再看")
        if group is not None and not clock.practice.cast.may_speak(seat.person, group):
            raise NotAllowed(f"{seat.person.name}不在这个群，换一个人再说")
        await does(asked, clock, seat, group)
    except NotAllowed as refusal:
        return _refused(asked, clock, seat, f"{refusal}。")
    return _back(asked, clock, seat)


async def _say(asked: Asked, clock: RunningClock, seat: Seat, group: Group | None) -> None:
    text = text_of(asked, "text")
    if not text:
        raise NotAllowed("还没有写字")
    if len(text) > MAX_TEXT_CHARS:
        raise NotAllowed(f"一条最多 {MAX_TEXT_CHARS:,} 个字，分成几条发")
    await clock.practice.say(seat.person, text.replace("\r\n", "\n"), group)


async def _forward(asked: Asked, clock: RunningClock, seat: Seat, group: Group | None) -> None:
    content = clock.practice.demo.town.desk.contents.get(ContentId(text_of(asked, "content")))
    if content is None:
        raise NotAllowed("这条内容已经不在了，刷新一下再看")
    await clock.practice.forward(seat.person, content, group)


async def _show(asked: Asked, clock: RunningClock, seat: Seat, group: Group | None) -> None:
    practice = clock.practice
    if files := files_of(asked, "picture"):
        data = await files[0].read()
        found = picture_of(BytesIO(data))
        if found is None:
            raise NotAllowed("这不是图片；选 PNG、JPG 或 GIF")
        if found.width * found.height > MOST_MEGAPIXELS * 1_000_000:
            raise NotAllowed("这张图片太大，改小了再发")
        await practice.show(seat.person, group, practice.keep_picture(data))
        return
    content = practice.demo.town.desk.contents.get(ContentId(text_of(asked, "content")))
    posters = [p for p in content.parts if p.kind is PartKind.IMAGE and p.path] if content else []
    if posters and posters[0].path is not None:
        await practice.show(seat.person, group, practice.keep_picture(drawn(posters[0].path, "screenshot")))
    else:
        await practice.show(seat.person, group)


async def _recall(asked: Asked, clock: RunningClock, seat: Seat, group: Group | None) -> None:
    await clock.practice.recall(seat.person, text_of(asked, "message"))


def _seat(asked: Asked, clock: RunningClock) -> Seat:
    keys = [key for key in asked.form.getlist("in") if isinstance(key, str)]
    return seat_of(clock.practice, text_of(asked, "as"), keys)


def _back(asked: Asked, clock: RunningClock, seat: Seat) -> Response:
    if asked.request.headers.get("hx-request"):
        return moved(asked, clock, seat)
    return went(asked, f"/practice?{seat.query}")


def _refused(asked: Asked, clock: RunningClock, seat: Seat, why: str) -> Response:
    if asked.request.headers.get("hx-request"):
        return told(asked, why, 422)
    return went(asked, f"/practice?{seat.query}", why)
