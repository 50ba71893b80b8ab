"""The tree of nodes, the groups that hang on it, and the people who answer for them (PLANS P1, P9, R6).

A `Tree` is one edition: numbered in pre-order, so that a subtree is a range of ``lo``. It never changes;
a new roster gives a new edition, and a wave keeps the one that it started with.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import NewType

NodeId = NewType("NodeId", int)
GroupId = NewType("GroupId", int)
WorkerId = NewType("WorkerId", int)


class Use(StrEnum):
    """What a group is for. Coverage counts resident groups; work groups carry; outlets count apart."""

    WORK = "work"
    RESIDENT = "resident"
    OUTLET = "outlet"


class Medium(StrEnum):
    """Where a group lives. A channel carries some media; the rest is told by people."""

    WECHAT = "wechat"
    WECOM = "wecom"
    QQ = "qq"
    XIAOXUNTONG = "xiaoxuntong"
    OFFLINE = "offline"


class Mode(StrEnum):
    """How content gets into a group: posted there by us, or forwarded by a person."""

    DIRECT = "direct"
    RELAY = "relay"


class Post(StrEnum):
    """The persons of a node, in the order in which an escalation climbs (P9)."""

    CONTACT = "contact"
    DEPUTY = "deputy"
    IN_CHARGE = "in_charge"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Worker:
    """A person who answers for nodes. One person is a name within a unit (``unit``: its path).

    ``phone`` is optional, only to tell people apart; it is never printed, so it is not in the repr.
    """

    id: WorkerId
    name: str
    unit: str
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree. Its subtree is every node with ``lo <= other.lo <= hi``; the root has ``lo`` 0."""

    id: NodeId
    name: str
    path: str
    level: str
    kind: str
    parent: NodeId | None
    lo: int
    hi: int
    people: Mapping[Post, WorkerId] = field(default_factory=dict)
    audiences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """A chat group or an outlet of one node.

    ``observe`` is true only with consent recorded (who, when); ``members`` is 0 when unknown.
    """

    id: GroupId
    node: NodeId
    name: str
    use: Use = Use.RESIDENT
    medium: Medium = Medium.WECHAT
    mode: Mode = Mode.RELAY
    members: int = 0
    observe: bool = False
    consent_by: str = ""
    consent_on: date | None = None
    audiences: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tree:
    """One edition of the town. ``nodes`` stand in pre-order (``nodes[n.lo] is n``), groups in roster order."""

    nodes: Sequence[Node]
    groups: Sequence[Group]
    workers: Sequence[Worker]

    @cached_property
    def by_id(self) -> Mapping[NodeId, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def by_path(self) -> Mapping[str, Node]:
        return {node.path: node for node in self.nodes}

    @cached_property
    def group_by_id(self) -> Mapping[GroupId, Group]:
        return {group.id: group for group in self.groups}

    @cached_property
    def worker_by_id(self) -> Mapping[WorkerId, Worker]:
        return {worker.id: worker for worker in self.workers}

    @cached_property
    def groups_of(self) -> Mapping[NodeId, Sequence[Group]]:
        """Groups of each node in roster order; a node without any is absent."""
        found: dict[NodeId, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.node, []).append(group)
        return found

    @property
    def root(self) -> Node:
        return self.nodes[0]

    def subtree(self, node: Node) -> Sequence[Node]:
        """``node`` and everything below it, in pre-order."""
        return self.nodes[node.lo : node.hi + 1]

    def children(self, node: Node) -> Iterator[Node]:
        """The nodes one level below ``node``, in roster order."""
        lo = node.lo + 1
        while lo <= node.hi:
            child = self.nodes[lo]
            yield child
            lo = child.hi + 1

    def upward(self, node: Node) -> Iterator[Node]:
        """``node``, its parent, and so on to the root."""
        here: Node | None = node
        while here is not None:
            yield here
            here = None if here.parent is None else self.by_id[here.parent]

    def unit_of(self, node: Node) -> Node:
        """The village or unit that ``node`` belongs to: its ancestor right below the root (or the root)."""
        unit = node
        for above in self.upward(node):
            if above.parent is None:
                break
            unit = above
        return unit

    def work_group_above(self, node: Node, *, strictly: bool) -> Group | None:
        """The nearest work group at or above ``node`` (above only, if ``strictly``): where a relay comes from."""
        for here in self.upward(node):
            if strictly and here is node:
                continue
            for group in self.groups_of.get(here.id, ()):
                if group.use is Use.WORK:
                    return group
        return None

    def is_hole(self, node: Node) -> bool:
        """A lowest node without any resident group or outlet (glossary: 空白点)."""
        return node.lo == node.hi and not any(g.use is not Use.WORK for g in self.groups_of.get(node.id, ()))

    @cached_property
    def _holes(self) -> Sequence[Node]:
        return [node for node in self.nodes if self.is_hole(node)]

    def holes_below(self, node: Node) -> Sequence[Node]:
        """The holes at ``node`` and below it, in pre-order."""
        first = bisect_left(self._holes, node.lo, key=attrgetter("lo"))
        return self._holes[first : bisect_right(self._holes, node.hi, key=attrgetter("lo"))]

    def find(self, path: str) -> Node | None:
        """The node at ``path``, which may leave out the root's name; empty = the root."""
        if not path:
            return self.root
        return self.by_path.get(path) or self.by_path.get(f"{self.root.name}/{path}")

    def person_above(
        self, node: Node, post: Post, away: Collection[WorkerId] = frozenset()
    ) -> WorkerId | None:
        """Who holds ``post`` at ``node`` or at the nearest node above it (P9).

        For somebody who is ``away`` the deputy of the same place stands in, else the next above (glossary: leave moves
        the task to the deputy); if nobody is left, it stays theirs.
        """
        first = None
        for here in self.upward(node):
            person = here.people.get(post)
            if person is None:
                continue
            if person not in away:
                return person
            first = first or person
            deputy = here.people.get(Post.DEPUTY)
            if deputy is not None and deputy not in away:
                return deputy
        return first

    @cached_property
    def posts_of(self) -> Mapping[WorkerId, Sequence[tuple[Node, Post]]]:
        """What each person answers for, in pre-order."""
        found: dict[WorkerId, list[tuple[Node, Post]]] = {}
        for node in self.nodes:
            for post, worker in node.people.items():
                found.setdefault(worker, []).append((node, post))
        return found
