"""Which room is which group, kept up to date by what the chat tells: found, found again, lost, and what is doubtful.

A room is known by an invitation, by somebody speaking there, by a listing where that works. It is lost after it was
missing twice with minutes in between, or after an event says so; one short list unbinds nothing (DESIGN, Facts).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot import phrases
from bot.binding import Decision, Directory, Verdict, answers_for, decide
from bot.model.chat import Account, BotRemoved, Invitation, Message, Room, RoomSeen
from bot.model.content import ContentId
from bot.model.time import day_of, iso
from bot.model.tree import Group, GroupId, Medium, Mode, Tree, Use
from bot.service.desk import SENDS_LAST, Desk
from bot.store import notices, rooms, sending, waves
from bot.store.database import Connection

LOOK_EVERY = timedelta(minutes=10)
MISSING_FOR = timedelta(minutes=5)
MOST_UNREAD = 3
"""Looks at a room in which nobody could be seen, before the office is asked."""
_BIND_GROUP = re.compile(r"\s*(?:@\S+\s+)?绑定群\s*[:：]?\s*(?P<name>\S.{0,60}?)\s*[。.!！]?\s*")


class Rooms:
    """The rooms of one town on one channel."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._directory = Directory(desk.tree, desk.capabilities.media)
        self._topics: dict[str, str] = {}
        """Rooms seen since the start, by the name that they have: where somebody speaks, it is not told again."""
        self._missing: dict[str, datetime] = {}
        self._unread: Counter[str] = Counter()
        """Rooms of which it has to be known who is in them, and how often that could not be had."""
        self._served: set[GroupId] = set()
        self._looked_at: datetime | None = None

    async def look(self, now: datetime) -> None:
        """List the rooms, where that works, and see them; every `LOOK_EVERY`, or now after `look_soon`.

        Not while a login is not taken up yet (`Channel.held`): its rooms are not those that are known.
        """
        login = self._login()
        if self._unread:
            await self._see([Room(room, self._topics.get(room, "")) for room in self._unread], now, login)
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        listed = await self._desk.channel.rooms()
        await self._see(listed, now, login)
        if self._desk.capabilities.lists_rooms and listed:
            await self._note_missing({room.id for room in listed}, now)

    async def serve_found(self, now: datetime) -> None:
        """Groups whose room was found since the last time, by us or by the office: what began without them is sent."""
        desk = self._desk
        usable = set(desk.rooms)
        found = usable - self._served
        if found:
            parts = {
                id: (content.digest, desk.sendable_parts(content)) for id, content in desk.contents.items()
            }
            await desk.store.write(_serve, found, parts, now)
        self._served = usable

    def look_soon(self) -> None:
        """Ids may have changed: the next tick looks again."""
        self._looked_at = None
        self._missing.clear()
        self._unread.clear()
        self._topics.clear()

    def _login(self) -> str:
        """Whose rooms these are: what is decided for one login is not written down under another."""
        return self._desk.store.read(sending.get_meta, "login")

    async def see(self, seen: RoomSeen) -> None:
        """Our account is in this room."""
        await self._see([seen.room], seen.at, self._login())

    async def heard(self, room: str, at: datetime) -> None:
        """Somebody speaks there, so we are in it."""
        self._missing.pop(room, None)
        group = self._desk.group_once.get(room)
        if group is not None and not self._desk.bound[group.id].present:
            await self._see([Room(room, self._topics.get(room, ""))], at, self._login())

    async def _see(self, seen: Sequence[Room], at: datetime, login: str) -> None:
        """Decide what each room is and write it down, all at once: on the first morning these are hundreds."""
        desk = self._desk
        if self._directory.tree is not desk.tree:
            self._directory = Directory(desk.tree, desk.capabilities.media)
        for room in seen:
            self._topics[room.id] = room.topic
            self._missing.pop(room.id, None)
        unsure = {one.room.id for one in desk.store.read(rooms.doubts)}
        dropped = desk.store.read(rooms.dropped)
        changes = [
            (room, decision)
            for room in seen
            if room.id not in dropped
            and (decision := await self._decide(room))
            and (decision.verdict not in (Verdict.KNOWN, Verdict.NOTHING) or room.id in unsure)
        ]
        await self._take_down(changes, at, login)

    async def _decide(self, room: Room) -> Decision | None:
        """None where it cannot be known yet."""
        desk = self._desk
        mine = desk.group_of.get(room.id)
        if mine is not None and room.topic in (mine.name, ""):
            return Decision(Verdict.KNOWN, mine)
        mine = desk.group_once.get(room.id)
        decision = decide(room, self._directory, desk.bound, mine, desk.accounts)
        if decision.verdict is Verdict.ASK_MEMBERS:
            members = await desk.channel.members(room.id)
            decision = decide(room, self._directory, desk.bound, mine, desk.accounts, members)
            self._unread[room.id] += 1
            if decision.verdict is Verdict.ASK_MEMBERS:
                if self._unread[room.id] < MOST_UNREAD:
                    return None  # right after a login, who is in a room comes later
                decision = Decision(Verdict.DOUBT, decision.group, "名字一样，但看不到群里有谁")
        self._unread.pop(room.id, None)
        return decision

    async def _take_down(self, changes: Sequence[tuple[Room, Decision]], at: datetime, login: str) -> None:
        desk = self._desk
        if not changes:
            return
        found = [
            decision.group for _, decision in changes if decision.verdict is Verdict.BIND and decision.group
        ]
        twice = {group.id for group, count in Counter(found).items() if count > 1}
        settled = [
            (room, Decision(Verdict.DOUBT, decision.group, "有两个群都叫这个名字"))
            if decision.verdict is Verdict.BIND and decision.group and decision.group.id in twice
            else (room, decision)
            for room, decision in changes
        ]
        if not await desk.store.write(_take_down, settled, at, login):
            return
        names = [group.name for group in found if group.id not in twice]
        if names:
            desk.reload_rooms()
            await self.serve_found(at)
            desk.tell("bound", phrases.rooms_found(names))

    async def _note_missing(self, listed: set[str], now: datetime) -> None:
        for room, group in list(self._desk.group_of.items()):
            if room in listed:
                self._missing.pop(room, None)
            elif now - self._missing.setdefault(room, now) >= MISSING_FOR:
                self._missing.pop(room)
                await self._lose(room, group, now)

    async def removed(self, event: BotRemoved) -> None:
        """The chat says that our account is out of a room."""
        desk = self._desk
        await desk.store.write(rooms.leave_doubt, event.room)
        self._topics.pop(event.room, None)
        self._unread.pop(event.room, None)
        group = desk.group_once.get(event.room)
        if group is not None:
            await self._lose(event.room, group, event.at)

    async def _lose(self, room: str, group: Group, at: datetime) -> None:
        await self._desk.store.write(_lose, room, group, at)
        self._desk.reload_rooms()

    async def invited(self, event: Invitation) -> None:
        """Somebody asks us in: taken only from people whose account is known."""
        if event.inviter in self._desk.worker_of:
            await self._desk.channel.accept(event)
        else:
            self._desk.tell_office(f"invited:{day_of(event.at)}", phrases.invited_by_a_stranger())

    async def said_what_it_is(self, message: Message) -> bool:
        """“绑定群 NAME”, said in a room by somebody who answers for that group. False if it was something else.

        Of anybody else's words, and of names that are not in the roster, nothing is kept.
        """
        asked = _BIND_GROUP.fullmatch(message.text) if message.room and not message.is_self else None
        if asked is None:
            return False
        desk = self._desk
        named = self._directory.named(asked["name"])
        if len(named) != 1:
            return True
        (group,) = named
        speaker = Account(message.sender, message.sender_name or await desk.channel.called(message))
        if not answers_for(group, desk.tree, [speaker], desk.accounts):
            return True
        room = Room(message.room, self._topics.get(message.room, ""))
        before, here = desk.bound.get(group.id), desk.group_of.get(message.room)
        if here is not None and here.id != group.id:
            doubt = Decision(Verdict.DOUBT, group, f"负责人说是它，但这里原来是“{here.name}”")
        elif before is not None and before.usable and before.room != message.room:
            doubt = Decision(Verdict.DOUBT, group, "负责人说是它，但它已经绑定了另一个群")
        else:
            await self._take_down([(room, Decision(Verdict.BIND, group))], message.at, self._login())
            await desk.answer(message, phrases.room_bound(group.name), group=group.id)
            return True
        await desk.store.write(_doubt, room, doubt, message.at, said=True)
        return True


def wanted(tree: Tree, media: Collection[Medium]) -> list[Group]:
    """The groups in which our account should be: it posts there, works there, or may look."""
    return [
        g
        for g in tree.groups
        if g.medium in media and (g.use is Use.WORK or g.mode is Mode.DIRECT or g.observe)
    ]


def _take_down(conn: Connection, changes: Sequence[tuple[Room, Decision]], at: datetime, login: str) -> bool:
    """False where another account, or the same with other ids, logged in meanwhile."""
    if sending.get_meta(conn, "login") != login:
        return False
    for room, decision in changes:
        group = decision.group
        if decision.verdict is Verdict.BIND and group is not None:
            rooms.bind(conn, group.id, room)
            sending.hasten(conn, group.id, at)
            continue
        if decision.verdict is Verdict.DOUBT:
            _doubt(conn, room, decision, at)
            continue
        rooms.forget_doubt(conn, room.id)
        if decision.verdict is Verdict.RENAMED and group is not None:
            rooms.note_topic(conn, room)
            text = phrases.room_renamed(group.name, room.topic)
            notices.tell_office(conn, f"renamed:{group.id}:{room.topic}", "office", text, at)
    return True


def _serve(
    conn: Connection,
    found: Collection[GroupId],
    parts: Mapping[ContentId, tuple[str, Sequence[int]]],
    now: datetime,
) -> None:
    for group in sorted(found):
        waves.serve_late(conn, group, parts, now, SENDS_LAST)


def _lose(conn: Connection, room: str, group: Group, at: datetime) -> None:
    if rooms.mark_absent(conn, room):
        key = f"removed:{group.id}:{iso(at)}"
        notices.tell_office(conn, key, "office", phrases.room_lost(group.name), at)


def _doubt(conn: Connection, room: Room, decision: Decision, at: datetime, *, said: bool = False) -> None:
    group = decision.group.id if decision.group else None
    if rooms.doubt(conn, room, group, decision.why, at, said=said):
        text = phrases.room_doubtful(room.topic, decision.why)
        notices.tell_office(conn, f"doubt:{room.id}:{decision.why}", "office", text, at)
