"""One-time codes on paper: a card per person to cut. A code is on this one page and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.app import Asked, number_of, text_of
from bot.console.look import page, went
from bot.console.town.looking import node_of
from bot.model.time import day_of
from bot.model.tree import Node, Worker, WorkerId
from bot.phrases.words import clock, spoken_day
from bot.roster.changes import TITLES
from bot.service.people import Given, codes_for, keep_codes, without_account
from bot.store import talk

MOST_CARDS = 240
"""Thirty sheets of paper; more is printed village by village."""


async def codes(asked: Asked) -> Response:
    """A code for one person, or for everybody below a place whose account is not known."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    node = node_of(asked, text_of(asked, "node"))
    if isinstance(node, Response):
        return node
    people: list[Worker]
    if one := text_of(asked, "worker"):
        number = number_of(one)
        person = None if number is None else desk.tree.worker_by_id.get(WorkerId(number))
        people = [person] if person is not None and person.id in node.people.values() else []
        nobody = "名册换过了，这里没有这个人了；请再看一遍这一页。"
    else:
        people = without_account(desk.tree, node, desk.accounts)
        nobody = "这里的人都绑定过了，不用再印。"
    if not people:
        return went(asked, f"/town/{node.id}", nobody)
    if len(people) > MOST_CARDS:
        return went(
            asked,
            f"/town/{node.id}",
            f"{node.name}还有 {len(people)} 个人没绑定，一次最多印 {MOST_CARDS} 张；打开村居或单位，一处一处印。",
        )
    given = codes_for(people, now)
    with desk.store.together():
        desk.store.write_now(keep_codes, given)
        detail = people[0].name if len(people) == 1 else node.path
        desk.store.write_now(
            talk.log_command, now, asked.who.person.id, "code", detail, f"发绑定码 {len(given)} 个"
        )
    return codes_page(asked, node, given)


def codes_page(asked: Asked, node: Node, given: Sequence[Given], note: str = "") -> Response:
    """The cards, once. ``note``: what came of what was asked for besides."""
    desk = asked.console.town.desk
    cards = []
    for one in given:
        posts = desk.tree.posts_of[one.worker.id]
        here = next((place for place, _ in posts if place is node), posts[0][0])
        held = "、".join(TITLES[post] for place, post in posts if place is here)
        cards.append((one, here.path.partition("/")[2] or here.name, held))
    until = given[0].until
    return page(
        asked,
        "town/codes.html",
        node=node,
        cards=cards,
        until=f"{spoken_day(day_of(until))} {clock(until)}",
        by_chat=desk.capabilities.sees_rooms,
        told=note,
    )
