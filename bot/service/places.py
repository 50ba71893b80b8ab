"""The town as the office looks at it: what is known of each place, its people and its groups, one level at a time.

Decides nothing and changes nothing; a page of a town with 20,000 groups goes over them once at most.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from bot.model.time import day_of
from bot.model.tree import Group, GroupId, Medium, Mode, Node, Post, Tree, Use, Worker, WorkerId
from bot.service.desk import Desk
from bot.store import talk
from bot.store.rooms import Binding

MOST_FOUND = 60


class Reach(Enum):
    """How our account stands to a group."""

    IN = "in"
    OUT = "out"
    """It was in it, and is not any more."""
    AGAIN = "again"
    """Ids changed: the room has to be found again."""
    NONE = "none"
    """It should be in it, and which room that is is not known."""
    PEOPLE = "people"
    """Nobody needs it there: people forward and tell."""


@dataclass(frozen=True, slots=True)
class Exempted:
    """Why a group is not expected. ``by_word``: the office said so, so it can take it back; else the settings do."""

    reason: str
    by_word: bool
    until: date | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, how our account stands to it, the name that its room shows, and why it is not expected."""

    group: Group
    reach: Reach
    topic: str
    exempted: Exempted | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person's posts at a place. ``away``: the last instant of a leave, ``later``: one that is still ahead; ``deputy``: who
    stands in for the contact; ``other``: how many other places are theirs too."""

    worker: Worker
    posts: Sequence[Post]
    bound: bool
    away: datetime | None
    later: tuple[datetime, datetime] | None
    deputy: Worker | None
    other: int


@dataclass(slots=True)
class PlaceRow:
    """A place in its parent's list: figures are of everything below it."""

    node: Node
    contact: Worker | None
    """Who forwards, at the place or above it."""
    own: bool
    """The contact is the place's own."""
    groups: int = 0
    wanted: int = 0
    """Groups that our account should be in, and ``bound``: those of them that it is in."""
    bound: int = 0
    exempt: int = 0
    away: int = 0
    holes: int = 0


def reach_of(desk: Desk, group: Group) -> Reach:
    """How our account stands to ``group``."""
    binding: Binding | None = desk.bound.get(group.id)
    if binding is not None and desk.capabilities.sees_rooms:
        return Reach.IN if binding.usable else Reach.OUT if not binding.present else Reach.AGAIN
    return Reach.NONE if _needs(desk)(group) else Reach.PEOPLE


def _needs(desk: Desk) -> Callable[[Group], bool]:
    """Whether our account should be in a group: as `bot.service.rooms.wanted`, where rooms can be seen at all."""
    media = desk.capabilities.media if desk.capabilities.sees_rooms else frozenset[Medium]()
    return lambda group: (
        group.medium in media and (group.use is Use.WORK or group.mode is Mode.DIRECT or group.observe)
    )


def exempted_of(desk: Desk, now: datetime) -> Callable[[Group], Exempted | None]:
    """Why a group is not expected today: by a word of the office, or by the settings, for a place or the group alone."""
    tree, today = desk.tree, day_of(now)
    by_word: Mapping[GroupId, str] = desk.store.read(talk.exemptions)
    written = [
        (top.lo, top.hi, one)
        for one in desk.schedules.exempt
        if not (one.until and one.until < today) and (top := tree.find(one.node)) is not None
    ]

    def why(group: Group) -> Exempted | None:
        if written:
            lo = tree.by_id[group.node].lo
            for first, last, one in written:
                if first <= lo <= last and one.group in ("", group.name):
                    return Exempted(one.reason, by_word=False, until=one.until)
        reason = by_word.get(group.id)
        return None if reason is None else Exempted(reason, by_word=True)

    return why


def rows_below(desk: Desk, node: Node, now: datetime) -> list[PlaceRow]:
    """The places one level below ``node``, in roster order."""
    return rows_of(desk, list(desk.tree.children(node)), now)


def rows_of(desk: Desk, places: Sequence[Node], now: datetime) -> list[PlaceRow]:
    """``places``, of which none lies below another, in pre-order."""
    tree = desk.tree
    rows = [_row(tree, place) for place in places]
    exempted, needed, rooms, groups_of = exempted_of(desk, now), _needs(desk), desk.rooms, tree.groups_of
    for row in rows:
        for node in tree.subtree(row.node):
            for group in groups_of.get(node.id, ()):
                row.groups += 1
                row.exempt += exempted(group) is not None
                if needed(group):
                    row.wanted += 1
                    row.bound += group.id in rooms
    begins = [place.lo for place in places]
    for worker in desk.store.read(talk.away, now):
        theirs = [here.lo for here, _ in tree.posts_of.get(worker, ())]
        below = {at for lo in theirs if (at := bisect_right(begins, lo) - 1) >= 0 and lo <= places[at].hi}
        for at in below:
            rows[at].away += 1
    return rows


def _row(tree: Tree, node: Node) -> PlaceRow:
    person = tree.person_above(node, Post.CONTACT)
    contact = None if person is None else tree.worker_by_id[person]
    return PlaceRow(node, contact, Post.CONTACT in node.people, holes=len(tree.holes_below(node)))


def groups_at(desk: Desk, node: Node, now: datetime) -> list[GroupRow]:
    """The groups of ``node`` itself, in roster order."""
    exempted = exempted_of(desk, now)
    return [
        GroupRow(group, reach_of(desk, group), _topic(desk, group), exempted(group))
        for group in desk.tree.groups_of.get(node.id, ())
    ]


def _topic(desk: Desk, group: Group) -> str:
    binding = desk.bound.get(group.id)
    return "" if binding is None else binding.topic


def people_at(desk: Desk, node: Node, now: datetime) -> list[PersonRow]:
    """Who has a post at ``node``, each once."""
    away, later = desk.store.read(talk.away, now), desk.store.read(talk.away_later, now)
    posts: dict[WorkerId, list[Post]] = {}
    for post in Post:
        if post in node.people:
            posts.setdefault(node.people[post], []).append(post)
    tree = desk.tree
    rows = []
    for worker, held in posts.items():
        deputy = (
            tree.person_above(node, Post.CONTACT, away) if worker in away and Post.CONTACT in held else None
        )
        rows.append(
            PersonRow(
                tree.worker_by_id[worker],
                held,
                worker in desk.accounts,
                away.get(worker),
                later.get(worker),
                None if deputy is None or deputy == worker else tree.worker_by_id[deputy],
                len({here.id for here, _ in tree.posts_of[worker]}) - 1,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found. ``kind``: 单位, 群 or the person's post; ``anchor``: where on the place's page."""

    kind: str
    name: str
    node: Node
    anchor: str = ""
    worker: Worker | None = None
    group: Group | None = None


def search(desk: Desk, written: str, tops: Sequence[Node]) -> tuple[list[Hit], bool]:
    """Places, groups and people below ``tops`` whose name has ``written`` in it, else what it may mean; at most `MOST_FOUND`,
    and whether there are more."""
    wanted = "".join(written.split()).casefold()
    if not wanted:
        return [], False
    hits: list[Hit] = []
    for hit in _holding(desk.tree, wanted, tops):
        if len(hits) == MOST_FOUND:
            return hits, True
        hits.append(hit)
    return hits or _meant(desk, written, tops), False


def _holding(tree: Tree, wanted: str, tops: Sequence[Node]) -> Iterator[Hit]:
    for top in tops:
        for node in tree.subtree(top):
            if wanted in node.name.casefold():
                yield Hit("单位", node.name, node)
    for group in tree.groups:
        if wanted in group.name.casefold() and _below(node := tree.by_id[group.node], tops):
            yield Hit("群", group.name, node, f"group-{group.id}", group=group)
    for worker in tree.workers:
        if wanted in worker.name.casefold():
            places = [node for node, _ in tree.posts_of.get(worker.id, ()) if _below(node, tops)]
            if places:
                yield Hit("人", worker.name, places[0], f"person-{worker.id}", worker=worker)


def _meant(desk: Desk, written: str, tops: Sequence[Node]) -> list[Hit]:
    """“12网格” is 第十二网格, and a slip in a name is like it."""
    known = desk.gazetteer
    place, group = known.place(written, tops), known.groups.find(written)
    nodes = [place.one] if place.one is not None else list(place.near)
    groups = [group.one] if group.one is not None else list(group.near)
    hits = [Hit("单位", node.name, node) for node in nodes if _below(node, tops)]
    for one in groups:
        if _below(node := desk.tree.by_id[one.node], tops):
            hits.append(Hit("群", one.name, node, f"group-{one.id}", group=one))
    return hits


def _below(node: Node, tops: Sequence[Node]) -> bool:
    return any(top.lo <= node.lo <= top.hi for top in tops)
