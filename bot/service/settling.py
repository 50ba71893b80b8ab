"""The office decides what a doubtful room is, or that a group's room is not it. What `chuanda bind` and the console do."""

from __future__ import annotations

from datetime import datetime

from bot.errors import NotAllowed, NotFound
from bot.model.chat import Room
from bot.model.tree import Group
from bot.store import rooms, sending
from bot.store.database import Connection
from bot.store.rooms import Doubt

UNBOUND = "办公室解除过绑定"


def doubt_of(conn: Connection, number: int) -> Doubt | None:
    """The doubtful room of that number, if it is not decided yet."""
    return next((one for one in rooms.doubts(conn) if one.id == number), None)


def bind_room(conn: Connection, group: Group, room: Room, now: datetime, *, force: bool, how: str) -> None:
    """``room`` is ``group``'s, and what waits for it goes out soon. Raises `NotAllowed` where the group has another room
    that works, unless ``force``; ``how`` says what to do then (Chinese)."""
    before = rooms.bindings(conn).get(group.id)
    if before is not None and before.usable and not force:
        raise NotAllowed(
            f"“{group.name}”已经有一个群了，换成这个，内容就发到这里来。先看准里面是不是本镇的人；确实要换，{how}"
        )
    rooms.bind(conn, group.id, room)
    sending.hasten(conn, group.id, now)


def unbind_room(conn: Connection, group: Group, now: datetime) -> str:
    """``group``'s room is not it; returns the name that the room went by. Raises `NotFound` if it had none."""
    topic = rooms.unbind(conn, group.id, UNBOUND, now)
    if topic is None:
        raise NotFound(f"“{group.name}”没有绑定，不用解除")
    return topic
