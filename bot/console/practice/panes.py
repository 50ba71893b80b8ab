"""What the chats show: who one is, which rooms are open, and each message with what the program did with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.channels.simulated.world import RECALL_WITHIN
from bot.model.content import ContentId, PartKind
from bot.model.tree import Group, Use
from bot.phrases.words import KINDS, clock
from bot.service.practice import Line, Practice
from bot.service.practice.cast import Person
from bot.service.practice.said import US

PRIVATE = "me"
"""The pane in which one talks to the program alone."""
MOST_PANES, MOST_LINES, MOST_FORWARDS, MOST_MORE = 4, 40, 6, 8
GAP = timedelta(minutes=5)
"""After so long a message has the time above it, as on a telephone."""
_CARDS = (PartKind.LINK, PartKind.MINI_PROGRAM, PartKind.CHANNELS)


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as it is drawn. ``time``: stands above it; ``picture``: address of one; ``card``: what kind of card;
    ``back``: its id, if whoever looks may still take it back."""

    key: str
    time: str
    who: str
    letter: str
    mine: bool
    ours: bool
    text: str
    picture: str
    card: str
    title: str
    did: str
    quiet: bool
    """What the program did is nothing: the bar is grey."""
    recalled: bool
    back: str


@dataclass(frozen=True, slots=True)
class Pane:
    """One chat. ``group``: None where one talks to the program alone; ``instead``: who could speak here, if one may not."""

    key: str
    group: Group | None
    title: str
    members: int
    bubbles: Sequence[Bubble]
    instead: Person | None
    forwards: Sequence[tuple[ContentId, str]]
    without: str
    """The page with this pane closed."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who one is, and what is open: all of it stands in the page's address."""

    person: Person
    rooms: Sequence[Group | None]

    @property
    def keys(self) -> list[str]:
        return [key_of(room) for room in self.rooms]

    @property
    def query(self) -> str:
        return urlencode([("as", self.person.account), *(("in", key) for key in self.keys)])

    def without(self, key: str) -> str:
        left = [("in", other) for other in self.keys if other != key]
        return urlencode([("as", self.person.account), *left])

    def with_(self, group: Group) -> str:
        """With this group open too: in the place of the last one, if there is no more room."""
        rooms = [key for key in self.keys if key != key_of(group)]
        if len(rooms) >= MOST_PANES:
            rooms.remove(next(key for key in reversed(rooms) if key != PRIVATE))
        at = rooms.index(PRIVATE) if PRIVATE in rooms else len(rooms)
        rooms.insert(at, key_of(group))
        return urlencode([("as", self.person.account), *(("in", key) for key in rooms)])


def key_of(group: Group | None) -> str:
    """How an address names a pane."""
    return PRIVATE if group is None else f"r{group.id}"


def seat_of(practice: Practice, account: str, keys: Sequence[str]) -> Seat:
    """Whom and what an address names; what it does not name, or names wrongly, as it begins."""
    usual = practice.cast.usual()
    person = practice.cast.by_account(account) or next(
        (p for kind, p in usual if kind == "网格员"), usual[0][1]
    )
    rooms: list[Group | None] = []
    for key in dict.fromkeys(keys):
        group = practice.group_at(key)
        if key == PRIVATE or (group is not None and group.use is not Use.OUTLET):
            rooms.append(group)
    if not rooms:
        rooms = [*practice.cast.rooms_of(person), None]
    return Seat(person, rooms[:MOST_PANES])


def panes(practice: Practice, seat: Seat) -> list[Pane]:
    """The chats that are open, with what may be forwarded out of any of them."""
    lines = {key_of(group): practice.lately(seat.person.place(group), MOST_LINES) for group in seat.rooms}
    contents = practice.demo.town.desk.contents
    posted = sorted(
        (line for said in lines.values() for line in said if line.content and not line.account),
        key=lambda line: line.at,
        reverse=True,
    )
    ids = dict.fromkeys(line.content for line in posted if line.content)
    forwards = [(id, contents[id].title) for id in ids if id in contents][:MOST_FORWARDS]
    return [_pane(practice, seat, group, lines[key_of(group)], forwards) for group in seat.rooms]


def _pane(
    practice: Practice,
    seat: Seat,
    group: Group | None,
    lines: Sequence[Line],
    forwards: Sequence[tuple[ContentId, str]],
) -> Pane:
    may = group is None or practice.cast.may_speak(seat.person, group)
    return Pane(
        key_of(group),
        group,
        f"私聊 {US}" if group is None else group.name,
        0 if group is None else group.members,
        list(_bubbles(lines, seat.person, practice.now)),
        None if may or group is None else practice.cast.who_speaks_in(group),
        forwards,
        seat.without(key_of(group)),
    )


def _bubbles(lines: Sequence[Line], person: Person, now: datetime) -> Iterator[Bubble]:
    before: datetime | None = None
    for place, line in enumerate(lines):
        long_ago = before is None or line.at - before >= GAP or line.at.date() != before.date()
        before = line.at
        part, mine = line.part, line.account == person.account
        picture = f"/practice/picture/{part.sha256}" if part and part.kind is PartKind.IMAGE else ""
        card = KINDS[part.kind.value] if part and part.kind in _CARDS else ""
        own = mine and line.id.startswith("practice") and not line.recalled
        yield Bubble(
            line.id or f"{line.at:%d%H%M%S}-{place}",
            _time(line.at, now) if long_ago else "",
            line.who,
            "传" if not line.account else line.who[-1] if line.who.startswith("住户") else line.who[:1],
            mine,
            not line.account,
            (part.description if card and part else line.text),
            picture,
            card,
            part.title if card and part else "",
            line.did,
            _is_nothing(line.did),
            line.recalled,
            line.id if own and now - line.at <= RECALL_WITHIN else "",
        )


def _is_nothing(did: str) -> bool:
    return not did.startswith(("认出来了", "记下", "听懂了"))


def _time(at: datetime, now: datetime) -> str:
    day = "" if at.date() == now.date() else f"{at.month}月{at.day}日 "
    return f"{day}{clock(at)}"
