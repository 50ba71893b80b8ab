"""Read schedules.yaml, and hold it against the roster and the library. Every problem at its line, all at once.

Reads one file and nothing else; what the town looks like comes in as values. Rules: CONTRACTS (Files, Errors).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.errors import Problem
from bot.model.tree import Node, Tree, Use
from bot.schedules.base import Loc, Trouble
from bot.schedules.fields import short
from bot.schedules.model import Schedules
from bot.yamlfile import Document, parse_yaml, read_yaml, validate


@dataclass(frozen=True, slots=True)
class LoadedSchedules:
    """The settings, and the document that knows at which line each of them stands."""

    schedules: Schedules
    document: Document


def load_schedules(path: Path, shown: str | None = None) -> LoadedSchedules:
    """The file at ``path``; ``shown`` is what it is called in messages (default: the path as given).

    Raises `InputErrors` with every problem of the file at ``FILE:LINE:COL``.
    """
    document = read_yaml(path, shown)
    return LoadedSchedules(validate(document, Schedules), document)


def parse_schedules(text: str, shown: str) -> LoadedSchedules:
    """As `load_schedules`, of a text that is not in the file yet."""
    document = parse_yaml(text, shown)
    return LoadedSchedules(validate(document, Schedules), document)


def cross_check(
    loaded: LoadedSchedules, tree: Tree, library_ids: Collection[str], topics: Collection[str]
) -> list[Problem]:
    """What the file names and the town or the library does not have, in the file's order; empty = all there.

    ``library_ids``: every content; ``topics``: every topic that some content has. Raises nothing.
    """
    schedules = loaded.schedules
    found: list[Trouble] = [
        *_office_troubles(schedules, tree),
        *_place_troubles(schedules, tree),
        *_content_troubles(schedules, library_ids, topics),
    ]
    places = loaded.document
    placed = sorted(((_line(places, loc), text) for loc, text in found))
    return [Problem(f"{places.file}:{line}:{column}", *_halves(text)) for (line, column), text in placed]


def _office_troubles(schedules: Schedules, tree: Tree) -> Iterator[Trouble]:
    name = schedules.office_group
    if not name:
        return
    work = [group.name for group in tree.groups if group.use is Use.WORK]
    if name in work:
        return
    if any(group.name == name for group in tree.groups):
        yield ("office_group",), f"“{short(name)}”不是工作群；写一个群类别是“工作群”的群"
    else:
        yield ("office_group",), f"花名册里没有“{short(name)}”这个群；{_nearest(name, work, '工作群有')}"


def _place_troubles(schedules: Schedules, tree: Tree) -> Iterator[Trouble]:
    tags = frozenset[str]().union(*(n.audiences for n in tree.nodes), *(g.audiences for g in tree.groups))
    for loc, entry, _ in schedules.placed_entries():
        if _node(tree, entry.to.node) is None:
            yield (*loc, "to", "node"), _no_node(tree, entry.to.node)
        for tag in sorted(entry.to.audiences - tags):
            yield (
                (*loc, "to", "audiences"),
                f"花名册里没有受众“{short(tag)}”；{_nearest(tag, tags, '受众有')}",
            )
    for place, exemption in enumerate(schedules.exempt):
        node = _node(tree, exemption.node)
        if node is None:
            yield ("exempt", place, "node"), _no_node(tree, exemption.node)
        elif exemption.group:
            below = {n.id for n in tree.subtree(node)}
            here = [group for group in tree.groups if group.node in below]
            names = [group.name for group in here if group.use is not Use.WORK]
            if exemption.group in (group.name for group in here if group.use is Use.WORK):
                yield (
                    ("exempt", place, "group"),
                    f"“{short(exemption.group)}”是工作群，下面的群要靠它转，不能豁免；写居民群，或不写 group",
                )
            elif exemption.group not in names:
                near = _nearest(exemption.group, names, "那里的群有")
                yield (
                    ("exempt", place, "group"),
                    f"“{node.name}”没有“{short(exemption.group)}”这个群；{near}",
                )


def _content_troubles(
    schedules: Schedules, library_ids: Collection[str], topics: Collection[str]
) -> Iterator[Trouble]:
    for loc, entry, _ in schedules.placed_entries():
        for key, names in (("ids", entry.what.ids), ("rotate", entry.what.rotate)):
            for place, name in enumerate(names):
                if name != "*" and name not in library_ids:
                    near = _nearest(name, library_ids, "资料库里有")
                    yield (*loc, "what", key, place), f"资料库里没有“{short(name)}”；{near}"
        for place, topic in enumerate(entry.what.topics):
            if topic not in topics:
                near = _nearest(topic, topics, "资料库里的主题有")
                yield (*loc, "what", "topics", place), f"没有内容带主题“{short(topic)}”；{near}"


def _node(tree: Tree, path: str) -> Node | None:
    """The node at ``path``, which may leave out the root's name; empty = the whole town."""
    if not path:
        return tree.root
    return tree.by_path.get(path) or tree.by_path.get(f"{tree.root.name}/{path}")


def _no_node(tree: Tree, path: str) -> str:
    root = tree.root
    paths = [node.path.removeprefix(f"{root.path}/") for node in tree.nodes]
    last = path.rsplit("/", 1)[-1]
    same_name = [p for p in paths if p.rsplit("/", 1)[-1] == last]
    write = f"是不是“{same_name[0]}”" if same_name else _nearest(path, paths, "可以写的有")
    return f"花名册里没有“{short(path)}”这个单位；{write}"


def _nearest(name: str, known: Iterable[str], listing: str) -> str:
    """What to write instead: the nearest known name, else the first few of them."""
    names = sorted(set(known))
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"是不是“{near[0]}”"
    if not names:
        return "现在一个也没有，先补上，或删掉这一项"
    return f"{listing}：{'、'.join(names[:5])}{' 等' if len(names) > 5 else ''}"


def _line(document: Document, loc: Loc) -> tuple[int, int]:
    """Line and column of ``loc``, or of the nearest thing around it that is written."""
    while loc and loc not in document.places:
        loc = loc[:-1]
    return document.places.get(loc, (1, 1))


def _halves(text: str) -> tuple[str, str]:
    what, _, write = text.partition("；")
    return what, write
