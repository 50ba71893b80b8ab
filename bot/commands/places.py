"""What a written place, group or title means in this town. Pure; an unknown name gets the nearest ones.

People leave out 村 or the village before a grid, and write 12网格 for 第十二网格; whatever fits more than one is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, TypeVar

from bot.model.tree import Group, Node, Tree
from bot.recognise.normalise import normalise

T = TypeVar("T")
MOST_OFFERED = 4


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The one that is meant, or those that may be (nearest first; empty: nothing is like it)."""

    one: T | None = None
    near: Sequence[T] = ()


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_NUMBERED = re.compile(r"第?([零一二三四五六七八九十]{1,3}|\d{1,4})号?(网格|组|群)")
_KIND = re.compile(r"(?:村委会|居委会|社区|村|镇|居民群|群)$")


@lru_cache(maxsize=20_000)
def plain_name(text: str) -> str:
    """A name as it is compared: 第十二网格 = 12网格, no signs, no spaces."""
    return _NUMBERED.sub(lambda found: f"{_number(found[1])}{found[2]}", normalise(text))


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[c]) for c in written))
    return (_DIGITS.get(tens, 1)) * 10 + _DIGITS.get(ones, 0)


class Names(Generic[T]):
    """Things by their names, made once per town: twenty thousand are looked up in a moment."""

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        self._by_name: dict[str, list[T]] = {}
        self._by_end: dict[str, list[T]] = {}
        for name, thing in named:
            full = plain_name(name)
            self._by_name.setdefault(full, []).append(thing)
            short = _KIND.sub("", full)
            if short != full and len(short) > 1:
                self._by_end.setdefault(short, []).append(thing)

    def find(self, written: str) -> Found[T]:
        """What ``written`` names: exactly, without its 村 or 群, as a part of the name; else the nearest."""
        wanted = plain_name(written)
        if not wanted:
            return Found()
        for known in (self._by_name.get(wanted), self._by_end.get(wanted)):
            if known:
                return Found(known[0]) if len(known) == 1 else Found(None, known[:MOST_OFFERED])
        # No digit may stand right before or behind: 2网格 is no part of 12网格.
        part = re.compile(rf"(?<!\d){re.escape(wanted)}(?!\d)")
        inside = [thing for name, things in self._by_name.items() if part.search(name) for thing in things]
        if len(wanted) > 1 and inside:
            return Found(inside[0]) if len(inside) == 1 else Found(None, inside[:MOST_OFFERED])
        close = get_close_matches(wanted, self._by_name, n=MOST_OFFERED, cutoff=0.5)
        return Found(None, [thing for name in close for thing in self._by_name[name]][:MOST_OFFERED])


def full_name(tree: Tree, node: Node) -> str:
    """A place with its village or unit in front, once."""
    unit = tree.unit_of(node)
    return node.name if unit is node else f"{unit.name}{node.name.removeprefix(unit.name)}"


@dataclass(frozen=True)
class Gazetteer:
    """A town's places and groups by name."""

    tree: Tree
    nodes: Names[Node]
    paths: Mapping[str, Node]
    groups: Names[Group]

    @classmethod
    def of(cls, tree: Tree) -> Gazetteer:
        paths = {plain_name(node.path): node for node in tree.nodes}
        # 柳林村第12网格, as people say it, is the path without its strokes; so is the path below the town.
        paths |= {plain_name(node.path.partition("/")[2]): node for node in tree.nodes if "/" in node.path}
        return cls(
            tree,
            Names((node.name, node) for node in tree.nodes),
            paths,
            Names((group.name, group) for group in tree.groups),
        )

    def place(self, written: str, home: Sequence[Node] = ()) -> Found[Node]:
        """The node that ``written`` names; of several of that name the one below ``home``, where one asks from."""
        wanted = plain_name(written)
        if wanted in ("全镇", "全街道", "全乡", "镇里", "全部"):
            return Found(self.tree.root)
        if (known := self.paths.get(wanted)) is not None:
            return Found(known)
        found = self.nodes.find(written)
        if found.one is None and len(found.near) > 1:
            own = [n for n in found.near if any(top.lo <= n.lo <= top.hi for top in home)]
            if len(own) == 1 and plain_name(own[0].name) == wanted:
                return Found(own[0])
        return found
