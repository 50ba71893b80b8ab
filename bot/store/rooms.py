"""Which room of the channel is which group, and which rooms the office has to look at."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model.chat import Room
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId


@dataclass(frozen=True, slots=True)
class Binding:
    """A group's room. ``present``: our account is in it. ``stale``: ids changed since, it has to be found again."""

    room: str
    present: bool = True
    stale: bool = False

    @property
    def usable(self) -> bool:
        """Whether something can be sent there now."""
        return self.present and not self.stale


@dataclass(frozen=True, slots=True)
class Doubt:
    """A room that may be ``group``'s (None: of which is not known), and why that is not certain (Chinese)."""

    room: Room
    group: GroupId | None
    why: str
    at: datetime


def bind(conn: sqlite3.Connection, group: GroupId, room: str) -> None:
    """This group is that room of the channel; our account is in it, and nothing is doubtful about it any more."""
    conn.execute("DELETE FROM binding WHERE room = ? OR grp = ?", (room, group))
    conn.execute("INSERT INTO binding(grp, room, absent, stale) VALUES (?, ?, 0, 0)", (group, room))
    conn.execute("DELETE FROM doubt WHERE room = ? OR grp = ?", (room, group))


def unbind(conn: sqlite3.Connection, group: GroupId) -> bool:
    """Nobody knows any more which room this group is. False if nobody did."""
    return conn.execute("DELETE FROM binding WHERE grp = ?", (group,)).rowcount > 0


def mark_absent(conn: sqlite3.Connection, room: str) -> bool:
    """Our account is not in ``room`` any more: the group stays known, nothing can be sent there. False if it was so."""
    return conn.execute("UPDATE binding SET absent = 1 WHERE room = ? AND NOT absent", (room,)).rowcount > 0


def mark_stale(conn: sqlite3.Connection) -> int:
    """Ids changed with a login: every room has to be found again. Returns how many."""
    return conn.execute("UPDATE binding SET stale = 1 WHERE NOT stale").rowcount


def bindings(conn: sqlite3.Connection) -> dict[GroupId, Binding]:
    """Group → its room."""
    return {
        GroupId(g): Binding(room, not absent, bool(stale))
        for g, room, absent, stale in conn.execute("SELECT grp, room, absent, stale FROM binding")
    }


def doubt(conn: sqlite3.Connection, room: Room, group: GroupId | None, why: str, at: datetime) -> bool:
    """Something for the office to decide (`chuanda bind`). False if it stood there, for the same reason, before."""
    known = conn.execute("SELECT why FROM doubt WHERE room = ?", (room.id,)).fetchone()
    conn.execute(
        "INSERT INTO doubt VALUES (?, ?, ?, ?, ?) ON CONFLICT(room) DO UPDATE SET topic = excluded.topic, "
        "grp = excluded.grp, why = excluded.why",
        (room.id, room.topic, group, why, to_epoch(at)),
    )
    return known is None or known[0] != why


def forget_doubt(conn: sqlite3.Connection, room: str) -> None:
    """Our account is not in that room any more, or it is none of the town's."""
    conn.execute("DELETE FROM doubt WHERE room = ?", (room,))


def doubts(conn: sqlite3.Connection) -> list[Doubt]:
    """What the office has to decide, oldest first."""
    return [
        Doubt(Room(room, topic), None if group is None else GroupId(group), why, from_epoch(at))
        for room, topic, group, why, at in conn.execute(
            "SELECT room, topic, grp, why, at FROM doubt ORDER BY at, room"
        )
    ]


def usable(bound: Mapping[GroupId, Binding]) -> dict[GroupId, str]:
    """Group → room, where something can be sent now."""
    return {group: binding.room for group, binding in bound.items() if binding.usable}
