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
    """A group's room. ``present``: our account is in it. ``stale``: ids changed since, it has to be found again.
    ``topic``: the name that it went by when that was last looked at."""

    room: str
    present: bool = True
    stale: bool = False
    topic: str = ""

    @property
    def usable(self) -> bool:
        """Whether something can be sent there now."""
        return self.present and not self.stale


@dataclass(frozen=True, slots=True)
class Doubt:
    """A room that may be ``group``'s (None: of which is not known), and why that is not certain (Chinese). ``id``: by which
    the office names it; it stays."""

    id: int
    room: Room
    group: GroupId | None
    why: str
    at: datetime


def bind(conn: sqlite3.Connection, group: GroupId, room: Room) -> None:
    """This group is that room of the channel; our account is in it, and nothing is doubtful about it any more."""
    # An id that another login gave to another room: that group is still to be found, not forgotten.
    conn.execute(
        "UPDATE binding SET room = '?' || grp WHERE room = ? AND grp != ? AND stale", (room.id, group)
    )
    conn.execute("DELETE FROM binding WHERE room = ? OR grp = ?", (room.id, group))
    conn.execute(
        "INSERT INTO binding(grp, room, absent, stale, topic) VALUES (?, ?, 0, 0, ?)",
        (group, room.id, room.topic),
    )
    conn.execute("DELETE FROM doubt WHERE room = ? OR (grp = ? AND NOT dropped)", (room.id, group))


def hand_on(conn: sqlite3.Connection, before: GroupId, to: GroupId) -> bool:
    """``before`` goes by another name now, as ``to``: its room is that one's, and what is still to be said there too. False if
    it had none."""
    if conn.execute("SELECT 1 FROM binding WHERE grp = ?", (before,)).fetchone() is None:
        return False
    conn.execute("DELETE FROM binding WHERE grp = ?", (to,))
    conn.execute("UPDATE binding SET grp = ? WHERE grp = ?", (to, before))
    conn.execute("UPDATE outgoing SET grp = ? WHERE grp = ? AND state = 'planned'", (to, before))
    return True


def unbind(conn: sqlite3.Connection, group: GroupId, why: str, at: datetime) -> str | None:
    """The office says that ``group``'s room is not it; nobody takes the room for a group again before the office or who answers
    for one says so. The name that the room went by; None if there was no room."""
    row = conn.execute("DELETE FROM binding WHERE grp = ? RETURNING room, topic", (group,)).fetchone()
    if row is None:
        return None
    doubt(conn, Room(*row), None, why, at)
    drop_doubt(conn, row[0])
    return str(row[1])


def note_topic(conn: sqlite3.Connection, room: Room) -> None:
    """A bound room goes by another name now."""
    conn.execute("UPDATE binding SET topic = ? WHERE room = ?", (room.topic, room.id))


def mark_absent(conn: sqlite3.Connection, room: str) -> bool:
    """Our account is not in ``room`` any more: the group stays known, nothing can be sent there. False if it was so."""
    return conn.execute("UPDATE binding SET absent = 1 WHERE room = ? AND NOT absent", (room,)).rowcount > 0


def mark_stale(conn: sqlite3.Connection) -> int:
    """Ids changed with a login: every room has to be found again. Returns how many."""
    return conn.execute("UPDATE binding SET stale = 1 WHERE NOT stale").rowcount


def bindings(conn: sqlite3.Connection) -> dict[GroupId, Binding]:
    """Group → its room."""
    return {
        GroupId(g): Binding(room, not absent, bool(stale), topic)
        for g, room, absent, stale, topic in conn.execute(
            "SELECT grp, room, absent, stale, topic FROM binding"
        )
    }


def doubt(
    conn: sqlite3.Connection,
    room: Room,
    group: GroupId | None,
    why: str,
    at: datetime,
    *,
    said: bool = False,
) -> bool:
    """Something for the office to decide (`chuanda bind`). False if it stood there, for the same reason, before, or the
    office said already that the room is none of the town's."""
    known = conn.execute("SELECT why, dropped FROM doubt WHERE room = ?", (room.id,)).fetchone()
    conn.execute(
        "INSERT INTO doubt(room, topic, grp, why, at, said, dropped) VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT(room) DO UPDATE SET "
        "topic = COALESCE(NULLIF(excluded.topic, ''), topic), grp = excluded.grp, why = excluded.why, said = excluded.said",
        (room.id, room.topic, group, why, to_epoch(at), said),
    )
    return known is None or not (known[1] or known[0] == why)


def drop_doubt(conn: sqlite3.Connection, room: str) -> None:
    """The office says that this room is none of the town's; nobody is asked about it again."""
    conn.execute("UPDATE doubt SET dropped = 1 WHERE room = ?", (room,))


def forget_doubt(conn: sqlite3.Connection, room: str) -> None:
    """There is nothing to decide about that room any more, by its name; what a person said of it stays."""
    conn.execute("DELETE FROM doubt WHERE room = ? AND NOT dropped AND NOT said", (room,))


def leave_doubt(conn: sqlite3.Connection, room: str) -> None:
    """Our account is not in that room any more."""
    conn.execute("DELETE FROM doubt WHERE room = ? AND NOT dropped", (room,))


def dropped(conn: sqlite3.Connection) -> set[str]:
    """Rooms of which the office said that they are none of the town's."""
    return {room for (room,) in conn.execute("SELECT room FROM doubt WHERE dropped")}


def doubts(conn: sqlite3.Connection) -> list[Doubt]:
    """What the office has to decide, oldest first."""
    return [
        Doubt(id, Room(room, topic), None if group is None else GroupId(group), why, from_epoch(at))
        for id, room, topic, group, why, at in conn.execute(
            "SELECT id, room, topic, grp, why, at FROM doubt WHERE NOT dropped ORDER BY id"
        )
    ]


def dropped_doubts(conn: sqlite3.Connection) -> list[Doubt]:
    """Rooms of which the office said that they are none of the town's, the newest first."""
    return [
        Doubt(id, Room(room, topic), None, why, from_epoch(at))
        for id, room, topic, why, at in conn.execute(
            "SELECT id, room, topic, why, at FROM doubt WHERE dropped ORDER BY id DESC"
        )
    ]


def take_back(conn: sqlite3.Connection, id: int) -> bool:
    """The office wants to look at a room again that it had said no to. False if there is no such room."""
    return conn.execute("UPDATE doubt SET dropped = 0 WHERE id = ? AND dropped", (id,)).rowcount > 0


def usable(bound: Mapping[GroupId, Binding]) -> dict[GroupId, str]:
    """Group → room, where something can be sent now."""
    return {group: binding.room for group, binding in bound.items() if binding.usable}
