"""What a new roster changes among the groups: for the office to read before it imports. Pure.

A group is known by its name and medium (as in the roster); the lists name groups, never people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.tree import Group, Medium, Tree, Use
from bot.roster.words import key, plain


@dataclass(frozen=True, slots=True)
class RosterDiff:
    """Lines to read, one per group, in the order of the roster. ``renamed``: one group of a node went, one of
    the same use and medium came; ``moved``: the same group under another node (or the node got another name)."""

    added: Sequence[str]
    renamed: Sequence[str]
    moved: Sequence[str]
    removed: Sequence[str]

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
    for slot, names in came_at.items():
        others = gone_at.get(slot, ())
        if len(names) == 1 and len(others) == 1:
            (group, path), (earlier, _) = came.pop(names[0]), gone.pop(others[0])
            renamed.append(f"{plain(earlier.name)} → {plain(group.name)}（{plain(path)}）")
    return RosterDiff(
        added=tuple(f"{plain(group.name)}（{plain(path)}）" for group, path in came.values()),
        renamed=tuple(renamed),
        moved=tuple(
            f"{plain(group.name)}（{plain(before[name][1])} → {plain(path)}）"
            for name, (group, path) in after.items()
            if name in before and key(before[name][1]) != key(path)
        ),
        removed=tuple(f"{plain(group.name)}（{plain(path)}）" for group, path in gone.values()),
    )


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
