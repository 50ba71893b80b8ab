"""What a new roster changes among the groups: for the office to read before it imports. Pure.

A group is known by its name and medium (as in the roster); the lists name groups, never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.model.tree import Group, Medium, Tree, Use
from bot.roster.words import key, plain

MANY_REMOVED = 0.2
"""A roster that drops more than a fifth of the groups is more often a wrong file than a reform."""


@dataclass(frozen=True, slots=True)
class RosterDiff:
    """Lines to read, one per group, in the order of the roster. ``renamed``: one group of a node went, one of
    the same use and medium came; ``moved``: the same group under another node (or the node got another name)."""

    added: Sequence[str]
    renamed: Sequence[str]
    moved: Sequence[str]
    removed: Sequence[str]
    pairs: Sequence[tuple[Group, Group]] = field(default=(), compare=False, repr=False)
    """``renamed`` as groups: the one that went, the one that came."""

    def __bool__(self) -> bool:
        return bool(self.added or self.renamed or self.moved or self.removed)


def diff(old: Tree | None, new: Tree) -> RosterDiff:
    """What becomes of the groups of ``old`` (None: there was no roster) in ``new``."""
    before = {} if old is None else _groups(old)
    after = _groups(new)
    came = {name: here for name, here in after.items() if name not in before}
    gone = {name: here for name, here in before.items() if name not in after}
    came_at, gone_at = _by_slot(came), _by_slot(gone)
    renamed: list[str] = []
    pairs: list[tuple[Group, Group]] = []
    for slot, names in came_at.items():
        others = gone_at.get(slot, ())
        if len(names) == 1 and len(others) == 1:
            (group, path), (earlier, _) = came.pop(names[0]), gone.pop(others[0])
            pairs.append((earlier, group))
            renamed.append(f"{plain(earlier.name)} → {plain(group.name)}（{plain(path)}）")
    for name, (group, path) in after.items():
        if (
            name in before and before[name][0].name != group.name
        ):  # another spelling is another name to the store
            pairs.append((before[name][0], group))
            renamed.append(f"{plain(before[name][0].name)} → {plain(group.name)}（{plain(path)}）")
    return RosterDiff(
        added=tuple(f"{plain(group.name)}（{plain(path)}）" for group, path in came.values()),
        renamed=tuple(renamed),
        moved=tuple(
            f"{plain(group.name)}（{plain(before[name][1])} → {plain(path)}）"
            for name, (group, path) in after.items()
            if name in before and key(before[name][1]) != key(path)
        ),
        removed=tuple(f"{plain(group.name)}（{plain(path)}）" for group, path in gone.values()),
        pairs=tuple(pairs),
    )


def loses_many(old: Tree | None, changes: RosterDiff) -> bool:
    """Whether ``changes`` look like the wrong file rather than a reform."""
    return old is not None and len(changes.removed) > MANY_REMOVED * len(old.groups)


_Name = tuple[str, Medium]
_Here = tuple[Group, str]
_Slot = tuple[str, Use, Medium]


def _groups(tree: Tree) -> dict[_Name, _Here]:
    return {(key(group.name), group.medium): (group, tree.by_id[group.node].path) for group in tree.groups}


def _by_slot(groups: dict[_Name, _Here]) -> dict[_Slot, list[_Name]]:
    """The groups by where they hang and what they are: within one slot a change of name can be recognised."""
    found: dict[_Slot, list[_Name]] = {}
    for name, (group, path) in groups.items():
        found.setdefault((key(path), group.use, group.medium), []).append(name)
    return found
