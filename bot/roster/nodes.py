"""From lines to a tree of nodes: which node is meant by 上级单位, who is one node, what goes in circles.

A parent is named by its name, if that is unique, or by as much of its path as makes it so. Lines may stand in
any order. Refuses rather than guesses (PLANS P1: the tree is what coverage is counted on).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import Problem
from bot.roster.fields import Line
from bot.roster.sheet import Cell
from bot.roster.words import key, nearest, quote, short_place

MAX_DEPTH = 30
"""No administration is deeper; without a limit the paths of a chain of lines would fill the memory."""
MAX_SUGGESTIONS = 20
MAX_NAMES_COMPARED = 10_000
"""Looking for similar names takes long in a large roster; a sheet with more unknown parents has one cause."""
Reference = tuple[str, ...]


@dataclass(slots=True, eq=False)
class Place:
    """A node while the tree is built: its lines, then its parent, children and path."""

    lines: list[Line]
    reference: Reference
    key: str
    parent: Place | None = None
    children: list[Place] = field(default_factory=list)
    path: str = ""

    @property
    def name(self) -> Cell:
        return self.lines[0].name

    def upward(self) -> Iterator[Place]:
        """Itself and what is above; in a circle or a chain too deep (both are told) no more than the limit."""
        here: Place | None = self
        for _ in range(MAX_DEPTH + 1):
            if here is None:
                return
            yield here
            here = here.parent


def places_of(lines: Sequence[Line], problems: list[Problem]) -> Sequence[Place]:
    """The nodes of ``lines`` in pre-order, children in order of first appearance, each with parent and path.

    Adds to ``problems``; where there are any about the tree's shape, the places come as they were found.
    """
    before = len(problems)
    places = _distinct(lines)
    roots = [place for place in places if not place.reference]
    if not roots and places:
        problems.append(
            Problem(places[0].lines[0].parent.place, "没有最上级的单位", "镇街那一行的“上级单位”留空")
        )
    for extra in roots[1:]:
        cell = extra.lines[0].parent
        problems.append(
            Problem(
                cell.place,
                f"{quote(extra.name.text)}没写上级单位，最上级已经有{quote(roots[0].name.text)}"
                f"（{short_place(roots[0].name.place)}）",
                "合并单元格请拆开，每一行都写" if cell.merged else "补上它的上级单位",
            )
        )
    places = _resolve(places)
    _report_unresolved(places, problems)
    _report_circles(places, problems)
    if len(problems) > before or not places:
        return places
    return _pre_order(places, problems)


def _distinct(lines: Sequence[Line]) -> list[Place]:
    """One place per (上级单位 as written, 单位)."""
    found: dict[tuple[Reference, str], Place] = {}
    for line in lines:
        reference = tuple(step for step in key(line.parent.text).split("/") if step)
        name = key(line.name.text)
        place = found.setdefault((reference, name), Place([], reference, name))
        place.lines.append(line)
    return list(found.values())


def _resolve(places: list[Place]) -> list[Place]:
    """Give every place its parent where its reference is unique; places that turn out to be one are merged.

    Goes round until nothing changes: which parent is meant by a path depends on the parents above it.
    """
    while True:
        by_name = _by_name(places)
        child = {(id(place.parent), place.key): place for place in places if place.parent is not None}
        root = next((place for place in places if not place.reference), None)
        meant: dict[Reference, Place | None] = {}
        changed = False
        for place in places:
            if not place.reference or place.parent is not None or len(place.reference) > MAX_DEPTH:
                continue
            if place.reference not in meant:
                meant[place.reference] = _meant(place.reference, root, child, by_name)
            place.parent = meant[place.reference]
            if place.parent is None and place.reference == (place.key,):
                namesakes = [other for other in by_name[place.key] if other is not place]
                place.parent = namesakes[0] if len(namesakes) == 1 else None
            changed = changed or place.parent is not None
        if not changed:
            return places
        places = _merge(places)


def _meant(
    reference: Reference,
    root: Place | None,
    child: Mapping[tuple[int, str], Place],
    by_name: Mapping[str, Sequence[Place]],
) -> Place | None:
    """The place that ``reference`` means: the one at this full path, else the only one whose path ends so; None
    while that is not known."""
    if root is not None and reference[0] == root.key:
        here: Place | None = root
        for step in reference[1:]:
            here = None if here is None else child.get((id(here), step))
        if here is not None and len(reference) > 1:
            return here
    fits = [(place, _fits(place, reference)) for place in by_name.get(reference[-1], ())]
    maybe = [(place, fit) for place, fit in fits if fit is not False]
    return maybe[0][0] if len(maybe) == 1 and maybe[0][1] else None


def _by_name(places: Sequence[Place]) -> Mapping[str, Sequence[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.key, []).append(place)
    return found


def _fits(place: Place, reference: Reference) -> bool | None:
    """Does the path of ``place`` end with ``reference``? None while that is not known."""
    here: Place | None = place
    for index in range(len(reference) - 1, -1, -1):
        if here is None or here.key != reference[index]:
            return False
        if index and here.parent is None and here.reference:
            return None
        here = here.parent
    return True


def _merge(places: list[Place]) -> list[Place]:
    """Places with the same parent and name, written once by name and once by path, become the first of them."""
    while True:
        first: dict[tuple[int, str], Place] = {}
        same: dict[int, Place] = {}
        for place in places:
            if place.parent is not None:
                kept = first.setdefault((id(place.parent), place.key), place)
                if kept is not place:
                    kept.lines.extend(place.lines)
                    same[id(place)] = kept
        if not same:
            return places
        places = [place for place in places if id(place) not in same]
        for place in places:
            if place.parent is not None:
                place.parent = same.get(id(place.parent), place.parent)


def _report_unresolved(places: Sequence[Place], problems: list[Problem]) -> None:
    """Parents that are unknown or could be several. Those that are unclear only because of another such line are
    told once that one is mended."""
    by_name = _by_name(places)
    suggestions = MAX_SUGGESTIONS if len(by_name) <= MAX_NAMES_COMPARED else 0
    before = len(problems)
    unclear: list[Problem] = []
    for place in places:
        if place.parent is not None or not place.reference:
            continue
        cell = place.lines[0].parent
        fits = [(p, _fits(p, place.reference)) for p in by_name.get(place.reference[-1], ())]
        sure = [p for p, fit in fits if fit]
        if len(place.reference) > MAX_DEPTH:
            problems.append(Problem(cell.place, f"超过 {MAX_DEPTH} 层", "检查上级单位是不是填错了"))
        elif len(sure) > 1:
            paths = "、".join(quote(_written(p)) for p in sure[:3])
            what = f"有 {len(sure)} 个单位都叫{quote(cell.text)}，分不清是哪一个"
            problems.append(Problem(cell.place, what, f"写上它的上级，如 {paths}"))
        elif all(fit is False for _, fit in fits):
            near = nearest(place.reference[-1], by_name) if suggestions > 0 else ""
            suggestions -= 1
            write = (
                f"是不是{quote(by_name[near][0].name.text)}" if near else "先给它写一行，或改成表里有的单位"
            )
            problems.append(Problem(cell.place, f"表里没有{quote(cell.text)}这个单位", write))
        else:
            unclear.append(
                Problem(
                    cell.place, f"分不清{quote(cell.text)}是哪一个单位", "从镇街写起，一级一级用“/”连起来"
                )
            )
    if len(problems) == before:
        problems.extend(unclear)


def _written(place: Place) -> str:
    """The path of a place with its parent, as somebody would write it to tell it from its namesakes."""
    names = [here.name.text for here in place.upward()]
    return "/".join(reversed(names[:2]))


def _report_circles(places: Sequence[Place], problems: list[Problem]) -> None:
    done: set[int] = set()
    for start in places:
        walked: dict[int, Place] = {}
        here: Place | None = start
        while here is not None and id(here) not in done and id(here) not in walked:
            walked[id(here)] = here
            here = here.parent
        if here is not None and id(here) in walked:
            ring = list(walked.values())[list(walked).index(id(here)) :]
            steps = [
                f"{quote(p.name.text)}（{short_place(p.lines[0].parent.place)}）" for p in ring[:MAX_DEPTH]
            ]
            steps += [f"……共 {len(ring)} 处"] if len(ring) > MAX_DEPTH else []
            what = f"上级单位绕成了圈：{' → '.join(steps)} → {quote(ring[0].name.text)}"
            problems.append(Problem(ring[0].lines[0].parent.place, what, "把其中一个的上级单位改对"))
        done.update(walked)


def _pre_order(places: Sequence[Place], problems: list[Problem]) -> Sequence[Place]:
    """The tree in pre-order with paths; the parents are known to be free of circles."""
    root = next(place for place in places if place.parent is None)
    for place in places:
        if place.parent is not None:
            place.parent.children.append(place)
    root.path = root.name.text
    ordered: list[Place] = []
    waiting = [(root, 1)]
    while waiting:
        place, depth = waiting.pop()
        if depth > MAX_DEPTH:
            problems.append(Problem(place.name.place, f"超过 {MAX_DEPTH} 层", "检查上级单位是不是填错了行"))
            return places
        ordered.append(place)
        for child in place.children:
            child.path = f"{place.path}/{child.name.text}"
        waiting.extend((child, depth + 1) for child in reversed(place.children))
    return ordered
