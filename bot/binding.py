"""Which group a room is. Pure; whatever is not certain is for the office, never guessed (DESIGN, Facts).

A group's name is unique in its medium (roster), so a room of exactly that name is it, the first time. Later that is not
enough: where a group has a room already, only ids that changed explain a second one, and then somebody who answers for
the group has to be in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from bot.model.chat import Account, Room
from bot.model.tree import Group, GroupId, Medium, Tree, WorkerId
from bot.recognise.normalise import normalise
from bot.recognise.paste import who
from bot.store.rooms import Binding

ALIKE = 0.8
"""Two names that share this much may be the same group, misspelled."""


class Verdict(Enum):
    BIND = auto()
    """It is the group's room, from now on."""
    KNOWN = auto()
    """It is the group's room, as before."""
    RENAMED = auto()
    """It is the group's room, and goes by another name now."""
    ASK_MEMBERS = auto()
    """It is, if somebody who answers for the group is in it: decide again with who is there (nobody: not known yet)."""
    DOUBT = auto()
    NOTHING = auto()
    """None of the town's groups."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``group`` where there is one; ``why``: what is doubtful (Chinese)."""

    verdict: Verdict
    group: Group | None = None
    why: str = ""


NO_GROUP = Decision(Verdict.NOTHING)
TAKEN = "已经有一个同名的群绑定了"


class Directory:
    """The groups of a tree by name, for the media that a channel carries: two thousand rooms ask for theirs at once."""

    def __init__(self, tree: Tree, media: Collection[Medium]) -> None:
        self.tree = tree
        self.by_name: dict[str, list[Group]] = {}
        for group in tree.groups:
            if group.medium in media and (name := normalise(group.name)):
                self.by_name.setdefault(name, []).append(group)
        self._nearest: dict[str, Group | None] = {}

    def named(self, name: str) -> Sequence[Group]:
        """The groups of this name, signs and spaces apart; none for a name that consists of nothing else."""
        return self.by_name.get(normalise(name), ())

    def nearly(self, name: str) -> Group | None:
        """The group whose name this may be a slip of. Every name is looked for once."""
        if name not in self._nearest:
            close = get_close_matches(normalise(name), self.by_name, n=1, cutoff=ALIKE)
            self._nearest[name] = self.by_name[close[0]][0] if close else None
        return self._nearest[name]


def decide(
    room: Room,
    directory: Directory,
    bound: Mapping[GroupId, Binding],
    mine: Group | None,
    accounts: Mapping[WorkerId, str],
    members: Sequence[Account] = (),
) -> Decision:
    """What ``room`` is, by the name that it has. ``bound``: group → its room so far; ``mine``: the group that this room's id
    was. ``members``: who is in it, where that was asked for. ``accounts``: people whose account is known."""
    named = directory.named(room.topic)
    if mine is not None and (named == [mine] or not bound[mine.id].stale):
        return _its_own(mine, named, room, bound[mine.id])
    if not named:
        near = directory.nearly(room.topic)
        if near is None or (near.id in bound and bound[near.id].usable):
            return NO_GROUP
        return Decision(Verdict.DOUBT, near, f"名字像“{near.name}”，但不一样")
    if len(named) > 1:
        return Decision(Verdict.DOUBT, None, f"名册里有 {len(named)} 个群叫这个名字")
    (group,) = named
    before = bound.get(group.id)
    if before is None:
        return Decision(Verdict.BIND, group)
    if before.usable:
        return Decision(Verdict.DOUBT, group, TAKEN)
    if not members:
        return Decision(Verdict.ASK_MEMBERS, group)
    if answers_for(group, directory.tree, members, accounts):
        return Decision(Verdict.BIND, group)
    return Decision(Verdict.DOUBT, group, "名字一样，但没看到负责人在群里")


def _its_own(mine: Group, named: Sequence[Group], room: Room, before: Binding) -> Decision:
    """A room that was bound before, under the same id."""
    if named and mine not in named and not before.present:
        return Decision(Verdict.DOUBT, mine, f"原来是“{mine.name}”，回来时叫“{named[0].name}”")
    if not before.usable:
        return Decision(Verdict.BIND, mine)
    renamed = room.topic and before.topic and room.topic != before.topic and mine not in named
    return Decision(Verdict.RENAMED if renamed else Verdict.KNOWN, mine)


def answers_for(
    group: Group, tree: Tree, members: Sequence[Account], accounts: Mapping[WorkerId, str]
) -> bool:
    """Whether somebody who answers for ``group``, at its node or above, is among ``members``: by account where that is
    known, else by the full name in what the room shows."""
    people = {w for node in tree.upward(tree.by_id[group.node]) for w in node.people.values()}
    ids = {accounts[w] for w in people if w in accounts}
    by_name = [tree.worker_by_id[w] for w in people if w not in accounts]
    return any(m.id in ids or who(m.name, by_name) for m in members)
