"""Leave: what somebody has open goes to who stands in, who hears of it, and so does the office; and back again.

Said by the person in chat, or entered by the office; the tasks move the same way.
"""

from __future__ import annotations

from datetime import date, time, timedelta

from bot.commands.places import full_name
from bot.model.time import at_time, day_of
from bot.model.tree import NodeId, Post, Worker, WorkerId
from bot.phrases import workers
from bot.service.desk import Desk
from bot.store import notices, talk
from bot.store.database import Connection

LEAVE_MOST = timedelta(days=90)
END_OF_DAY = time(23, 59, 59)


class Moved:
    """What became of somebody's open tasks: how many each deputy has now, and how many nobody could take."""

    def __init__(self) -> None:
        self.to: dict[WorkerId, int] = {}
        self.left = 0

    def names(self, desk: Desk) -> list[str]:
        """Who stands in."""
        return [one.name for one in map(desk.person, self.to) if one is not None]


async def take_leave(desk: Desk, person: Worker, first: date, last: date) -> Moved | None:
    """``person`` is away on these days. None: it begins later, and until then nothing changes."""
    today, place = day_of(desk.now), place_of(desk, person)
    key = f"leave:{person.id}:{today}:{last}"
    if first > today:
        begins = at_time(first, time())
        await desk.store.write(talk.go_away, person.id, begins, at_time(last, END_OF_DAY))
        desk.tell_office(key, workers.leave_ahead_to_office(person.name, place, first, last))
        return None
    moved = await desk.store.write(_go_away, desk, person, last)
    told = workers.leave_to_office(person.name, place, last, moved.names(desk), moved.left)
    desk.tell_office(key, told)
    await _tell_deputies(desk, person, last, moved)
    return moved


async def _tell_deputies(desk: Desk, person: Worker, last: date, moved: Moved) -> None:
    today = day_of(desk.now)
    for deputy in (one for one in map(desk.person, moved.to) if one is not None):
        if deputy.id in desk.private and desk.capabilities.private:
            text = workers.stands_in(deputy.name, person.name, last, moved.to[deputy.id])
            await desk.store.write(
                notices.add_notice, f"stands-in:{person.id}:{today}:{deputy.id}", "answer", text, desk.now,
                at_time(today, END_OF_DAY), worker=deputy.id,
            )  # fmt: skip


def _go_away(conn: Connection, desk: Desk, person: Worker, last: date) -> Moved:
    talk.go_away(conn, person.id, desk.now, at_time(last, END_OF_DAY))
    return _move(conn, desk, person)


def _move(conn: Connection, desk: Desk, person: Worker) -> Moved:
    """Everything that ``person`` still has to see to, to who stands in."""
    away = {*talk.away(conn, desk.now), person.id}
    moved, over = Moved(), {}
    for node, post in desk.tree.posts_of.get(person.id, ()):
        deputy = desk.tree.person_above(node, post, away) if post is Post.CONTACT else None
        if deputy is not None and deputy not in away:
            moved.to.setdefault(deputy, 0)
    for target, node_id in talk.open_targets(conn, person.id, desk.now):
        here = desk.tree.by_id.get(NodeId(node_id))
        deputy = None if here is None else desk.tree.person_above(here, Post.CONTACT, away)
        if deputy is None or deputy in away:
            moved.left += 1
        else:
            over[target] = deputy
            moved.to[deputy] = moved.to.get(deputy, 0) + 1
    talk.hand_over(conn, over)
    return moved


def come_back(conn: Connection, desk: Desk, person: Worker) -> int | None:
    """What nobody has done yet at their places is theirs again; how many that are, None if they were not away."""
    if not talk.come_back(conn, person.id, desk.now):
        return None
    tree = desk.tree
    own = {
        node.id
        for top, post in tree.posts_of.get(person.id, ())
        if post is Post.CONTACT
        for node in tree.subtree(top)
        if tree.person_above(node, Post.CONTACT) == person.id
    }
    targets = talk.open_elsewhere(conn, person.id, own, desk.now)
    talk.hand_over(conn, dict.fromkeys(targets, person.id))
    return len(targets)


async def begin_leaves(desk: Desk) -> None:
    """Who is away since a while, or from now on, and has something open: it is the deputy's, who hears of it."""
    for worker, until_when in desk.store.read(talk.away, desk.now).items():
        person = desk.person(worker)
        if person is not None and desk.store.read(talk.open_targets, worker, desk.now):
            moved = await desk.store.write(_move, desk, person)
            await _tell_deputies(desk, person, day_of(until_when), moved)


def place_of(desk: Desk, person: Worker) -> str:
    """Where somebody is responsible first, by its full name."""
    posts = desk.tree.posts_of.get(person.id, ())
    return full_name(desk.tree, posts[0][0]) if posts else ""
