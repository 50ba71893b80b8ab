"""Rooms of which it is not certain whose they are: the office says which group it is, or that it is none of ours."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.app import Asked, number_of, text_of
from bot.console.look import page, went
from bot.errors import NotAllowed
from bot.model.time import day_of
from bot.model.tree import Group, GroupId
from bot.phrases.words import spoken_day
from bot.service.places import search
from bot.service.settling import bind_room, doubt_of
from bot.store import rooms as kept
from bot.store import talk
from bot.store.rooms import Doubt

ON_A_PAGE = 60
DECIDED = "这个群已经定过了。"
HOW = "先勾上“换成这个”"


async def doubtful(asked: Asked) -> Response:
    """What is to be decided, the oldest first, and what was said not to be ours."""
    desk = asked.console.town.desk
    found = desk.store.read(kept.doubts)
    dropped = desk.store.read(kept.dropped_doubts)
    return page(
        asked,
        "town/rooms.html",
        rows=[(doubt, _candidate(asked, doubt)) for doubt in found[:ON_A_PAGE]],
        in_all=len(found),
        dropped=dropped[:ON_A_PAGE],
        day=lambda at: spoken_day(day_of(at)),
    )


async def room(asked: Asked) -> Response:
    """One of them, with a search for the group that it is."""
    number = number_of(str(asked.request.path_params["room"]))
    doubt = None if number is None else asked.console.town.desk.store.read(doubt_of, number)
    if doubt is None:
        return went(asked, "/town/rooms", DECIDED)
    return _choose(asked, doubt)


def _choose(asked: Asked, doubt: Doubt, why: str = "", chosen: Group | None = None) -> Response:
    desk = asked.console.town.desk
    written = asked.request.query_params.get("q", "").strip()[:40]
    groups: Sequence[Group] = [chosen] if chosen is not None else []
    more = False
    if written:
        hits, more = search(desk, written, [desk.tree.root])
        groups = [hit.group for hit in hits if hit.group and hit.group.medium in desk.capabilities.media]
    elif chosen is None and (candidate := _candidate(asked, doubt)) is not None:
        groups = [candidate]
    return page(
        asked,
        "town/room.html",
        422 if why else 200,
        doubt=doubt,
        q=written,
        groups=[(group, desk.tree.by_id[group.node], desk.bound.get(group.id)) for group in groups],
        more=more,
        why=why,
        chosen=chosen,
    )


async def choose(asked: Asked) -> Response:
    """It is this group's."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    doubt, number = _doubt(asked), number_of(text_of(asked, "group"))
    group = None if number is None else desk.tree.group_by_id.get(GroupId(number))
    if doubt is None:
        return went(asked, "/town/rooms", DECIDED)
    if group is None or group.medium not in desk.capabilities.media:
        return _choose(asked, doubt, "名册里没有这个群了，请再找一次。")
    try:
        with desk.store.together():
            force = bool(text_of(asked, "force"))
            desk.store.write_now(bind_room, group, doubt.room, now, force=force, how=HOW)
            _log(asked, "room", f"{doubt.room.topic}、{group.name}", "绑定")
    except NotAllowed as error:
        return _choose(asked, doubt, f"{error}。", group)
    desk.reload_rooms()
    return went(asked, "/town/rooms", f"“{doubt.room.topic}”就是“{group.name}”，记下了。")


async def drop(asked: Asked) -> Response:
    """It is none of the town's, and is not asked about again."""
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    doubt = _doubt(asked)
    if doubt is None:
        return went(asked, "/town/rooms", DECIDED)
    with desk.store.together():
        desk.store.write_now(kept.drop_doubt, doubt.room.id)
        _log(asked, "room", doubt.room.topic, "不是本镇的群")
    return went(asked, "/town/rooms", f"“{doubt.room.topic}”不算本镇的群，不再问了。")


async def take_back(asked: Asked) -> Response:
    """A room that was said not to be ours is looked at again."""
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    number = number_of(text_of(asked, "room"))
    with desk.store.together():
        done = number is not None and desk.store.write_now(kept.take_back, number)
        if done:
            _log(asked, "room", "", "再看一遍")
    return went(asked, "/town/rooms", "又放回来了，请定它是哪个群。" if done else DECIDED)


def _doubt(asked: Asked) -> Doubt | None:
    number = number_of(text_of(asked, "room"))
    return None if number is None else asked.console.town.desk.store.read(doubt_of, number)


def _candidate(asked: Asked, doubt: Doubt) -> Group | None:
    return None if doubt.group is None else asked.console.town.desk.tree.group_by_id.get(doubt.group)


def _log(asked: Asked, what: str, detail: str, outcome: str) -> None:
    desk = asked.console.town.desk
    desk.store.write_now(talk.log_command, desk.now, asked.who.person.id, what, detail, outcome)
