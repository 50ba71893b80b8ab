"""The library: everything that is or was publicity, found by its words, topics and audiences, with where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.app import Asked, number_of
from bot.console.contents.states import SHELVES, Shelf, State, may_decide, state_of
from bot.console.look import page, went
from bot.model.content import Content, ContentId
from bot.model.time import day_of
from bot.phrases import KINDS
from bot.service.talking.deciding import waiting
from bot.store import journeys, material

PAGE_ROWS = 60


def address(id: ContentId) -> str:
    """Where the page of a content is."""
    return f"/contents/c/{quote(id)}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A content as the list shows it. ``sent``: when it went out last."""

    content: Content
    state: State
    kinds: str
    sent: datetime | None


async def shelf(asked: Asked) -> Response:
    """The library; who may hand in material and nothing else is led to the inbox."""
    if not asked.who.may(Command.PENDING):
        return RedirectResponse("/contents/inbox", status_code=303)
    desk = asked.console.town.desk
    desk.refresh_library()
    query = asked.request.query_params
    words, topic, audience = (query.get(name, "").strip() for name in ("q", "topic", "audience"))
    chosen = next((one for one in Shelf if one.value == query.get("state", "")), Shelf.ALL)
    every = everything(asked)
    found = [
        one for one in every if _fits(one.content, words, topic, audience) and chosen in ("", one.state.shelf)
    ]
    skip = min(number_of(query.get("skip", "0")) or 0, max(len(found) - 1, 0))

    def look_for(**other: object) -> str:
        kept = {"q": words, "topic": topic, "audience": audience, "state": chosen.value} | other
        return "/contents?" + urlencode({name: value for name, value in kept.items() if value})

    return page(
        asked,
        "contents/shelf.html",
        rows=found[skip : skip + PAGE_ROWS],
        found=len(found),
        in_all=len(every),
        skip=skip,
        rest=max(len(found) - skip - PAGE_ROWS, 0),
        words=words,
        topic=topic,
        audience=audience,
        chosen=chosen,
        shelves=[
            (one, name, sum(one in ("", row.state.shelf) for row in every)) for one, name in SHELVES.items()
        ],
        topics=sorted({topic for row in every for topic in row.content.topics}),
        audiences=sorted({audience for row in every for audience in row.content.audiences}),
        broken=[(problem.place.split("/")[1], str(problem)) for problem in desk.library.broken],
        look_for=look_for,
        more=PAGE_ROWS,
        may_write=asked.who.may(Duty.WRITE),
    )


async def review(asked: Asked) -> Response:
    """The content that waits longest for who asks; where none does, what waits at all."""
    desk = asked.console.town.desk
    desk.refresh_library()
    who, reviewers = asked.who, desk.schedules.reviewers
    for content, _ in waiting(desk):
        if who.may(Command.APPROVE) and not may_decide(
            content, desk.acts.get(content.id, ()), who.person.name, who.account, reviewers
        ):
            return RedirectResponse(address(content.id), status_code=303)
    if waiting(desk):
        return RedirectResponse(f"/contents?state={Shelf.WAITING.value}", status_code=303)
    return went(asked, "/contents", "没有等您审的内容。")


def everything(asked: Asked) -> list[Shown]:
    """Every content with where it stands, what waits for who asks first, then by number, the newest first."""
    desk = asked.console.town.desk
    handed_in = desk.store.read(material.materials)
    sent = desk.store.read(journeys.sent_last)
    rows = [
        Shown(
            content,
            standing_of(asked, content, handed_in),
            "、".join(dict.fromkeys(KINDS[part.kind.value] for part in content.parts)),
            sent.get(content.id),
        )
        for content in desk.contents.values()
    ]
    rows.sort(key=lambda row: (row.content.number, row.content.id), reverse=True)
    order = {Shelf.MATERIAL: 1, Shelf.WORK: 2, Shelf.GOOD: 3, Shelf.PAST: 4}
    return sorted(rows, key=lambda row: 0 if row.state.mark == "doubt" else order.get(row.state.shelf, 1))


def standing_of(asked: Asked, content: Content, handed_in: Mapping[ContentId, material.Material]) -> State:
    """Where ``content`` stands, for who asks."""
    desk = asked.console.town.desk
    acts = desk.acts.get(content.id, [])
    given = handed_in.get(content.id)
    fresh = given is not None and given.digest == content.digest and not acts
    declined = given is not None and bool(given.declined)
    who = asked.who
    refusal = may_decide(content, acts, who.person.name, who.account, desk.schedules.reviewers)
    mine = who.may(Command.APPROVE) and not refusal
    return state_of(content, acts, day_of(asked.console.now()), fresh=fresh, declined=declined, mine=mine)


def _fits(content: Content, words: str, topic: str, audience: str) -> bool:
    if (topic and topic not in content.topics) or (audience and audience not in content.audiences):
        return False
    said = [content.title, content.number, content.id, content.source, *content.topics, *content.audiences]
    said += [line for part in content.parts for line in (part.text, part.title, part.description)]
    everything_said = "\n".join(said).casefold()
    return all(word in everything_said for word in words.casefold().split())
