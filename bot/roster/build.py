"""The roster's lines → one `Tree`, or every problem at once. Ids are provisional (1 … n in the tree's order);
the store gives lasting ones on import. Never guesses: two lines that contradict each other are a problem.

Rules: PLANS P1 (nodes and holes), P9 and R6 (people), P8 (outlets), DESIGN (consent, students, phones).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import InputErrors, Problem
from bot.model.tree import Group, GroupId, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.roster.fields import (
    COLUMNS,
    DEFAULT_LEVELS,
    POSTS,
    REQUIRED,
    GroupLine,
    Line,
    name_of,
    pupils,
    read_line,
)
from bot.roster.nodes import Place, places_of
from bot.roster.sheet import Cell, Row, read_table
from bot.roster.words import key, mask, place_order, plain, quote, short_place

_TITLES: Mapping[Post, str] = {post: column for column, post in POSTS.items()}


def read_roster(path: Path, levels: Sequence[str] = DEFAULT_LEVELS, shown: str | None = None) -> Tree:
    """The tree of the roster file ``path`` (xlsx, csv). ``levels``: the allowed 层级; ``shown``: what the file is
    called in messages (default: the path as given).

    Raises `InputErrors` with everything that is wrong, in the order of the sheet.
    """
    table = read_table(path, COLUMNS, REQUIRED, shown)
    if any(name not in table.header for name in REQUIRED):
        raise InputErrors(sorted(table.problems, key=place_order))
    if not table.rows:
        below = table.header["单位"].place
        raise InputErrors([*table.problems, Problem(below, "表头下面没有内容", "一个群写一行")])
    return build(table.rows, levels, table.problems)


def build(
    rows: Sequence[Row], levels: Sequence[str] = DEFAULT_LEVELS, problems: Sequence[Problem] = ()
) -> Tree:
    """The tree of ``rows``. ``problems`` are those already found in the same cells; they are raised with the rest.

    Raises `InputErrors` with everything that is wrong, in the order of the sheet.
    """
    known = {problem.place for problem in problems}
    found: list[Problem] = []
    lines: list[Line] = []
    for row in rows:
        line, wrong = read_line(row, levels)
        found.extend(wrong)
        if line.name.text:
            lines.append(line)
    places = places_of(lines, found)
    _check_groups(lines, places, found)
    for place in places:
        _check_node(place, found)
    workers, people = _people(places, found)
    found = [problem for problem in found if problem.place not in known]
    if problems or found:
        raise InputErrors(sorted({*problems, *found}, key=place_order))
    return _tree(places, workers, people)


def roster_notes(tree: Tree) -> list[str]:
    """What the office should know of a correct roster: nodes nobody answers for, relay groups with no work group
    above to take content from, holes. Not errors; one Chinese line each."""
    notes: list[str] = []
    for node in tree.nodes:
        groups = tree.groups_of.get(node.id, ())
        if tree.is_hole(node):
            notes.append(f"{plain(node.path)}：还没有群（空白点）")
        if not any(here.people.get(Post.CONTACT) for here in tree.upward(node)):
            notes.append(f"{plain(node.path)}：没有联系人，上级也没有")
        elif Post.CONTACT not in node.people:
            notes.append(f"{plain(node.path)}：没有联系人，先由上级的联系人负责")
        for group in groups:
            if (
                group.mode is Mode.RELAY
                and group.use is Use.RESIDENT
                and tree.work_group_above(node, strictly=False) is None
            ):
                notes.append(f"{plain(node.path)}：“{plain(group.name)}”要人转发，但上面没有工作群")
    return notes


def _check_groups(lines: Sequence[Line], places: Sequence[Place], problems: list[Problem]) -> None:
    """One group is one line, at one node."""
    place_of = {id(line): place for place in places for line in place.lines}
    first: dict[tuple[str, object], tuple[Cell, Line]] = {}
    for line in lines:
        if line.group is None:
            continue
        cell, earlier = first.setdefault(
            (key(line.group.name.text), line.group.medium), (line.group.name, line)
        )
        if earlier is line:
            continue
        same_node = place_of[id(earlier)] is place_of[id(line)]
        what = "写了两行" if same_node else "写在了两个单位下面"
        problems.append(
            Problem(
                line.group.name.place,
                f"{quote(line.group.name.text)}{what}（{short_place(cell.place)} 已有）",
                "删掉一行" if same_node else "一个群只属于一个单位；真是两个群，就改得不一样",
            )
        )


def _check_node(place: Place, problems: list[Problem]) -> None:
    """Do the lines of a node agree about what it is? Is nobody observed who must not be?"""
    first = place.lines[0]
    for line in place.lines[1:]:
        if line.level and first.level and line.level != first.level:
            problems.append(
                Problem(
                    line.name.place,
                    f"“{name_of(line.name)}”的层级前后不一：{short_place(first.name.place)} 写的是“{first.level}”，"
                    f"这里是“{line.level}”",
                    "改成一样；真是两个单位，就改得不同名",
                )
            )
    _agreed([line.kind for line in place.lines], "单位类别", "改成一样；真是两个单位，就改得不同名", problems)
    audiences = _audiences(place)
    for line in place.lines:
        group = line.group
        if group is not None and group.observe and pupils(group, audiences):
            problems.append(
                Problem(
                    group.observe_place,
                    f"“{name_of(group.name)}”像是学生或家长的群，不能观察",
                    "写“否”，由班主任或联系人报转发情况",
                )
            )


def _audiences(place: Place) -> frozenset[str]:
    return frozenset(word for line in place.lines for word in line.audiences)


def _agreed(cells: Sequence[Cell], column: str, write: str, problems: list[Problem]) -> Cell | None:
    """The first filled cell; a problem for each later one that says something else."""
    filled = [cell for cell in cells if cell.text]
    for cell in filled[1:]:
        if key(cell.text) != key(filled[0].text):
            problems.append(
                Problem(
                    cell.place,
                    f"“{column}”前后不一：{short_place(filled[0].place)} 写的是{quote(filled[0].text)}，"
                    f"这里是{quote(cell.text)}",
                    write,
                )
            )
    return filled[0] if filled else None


def _people(
    places: Sequence[Place], problems: list[Problem]
) -> tuple[Sequence[Worker], Sequence[Mapping[Post, WorkerId]]]:
    """The workers, and who of them has which post, place by place. One worker is a name within a unit."""
    ids: dict[tuple[str, int], WorkerId] = {}
    names: list[tuple[str, str]] = []
    phones: dict[WorkerId, Cell] = {}
    people: list[Mapping[Post, WorkerId]] = []
    for place in places:
        unit = _unit(place)
        posts: dict[Post, WorkerId] = {}
        for post, title in _TITLES.items():
            cells = [line.people[post] for line in place.lines]
            person = _agreed(cells, title, "同一个单位只写一个人，另一位写到“副联系人”", problems)
            if person is not None:
                worker = ids.setdefault((key(person.text), id(unit)), WorkerId(len(ids) + 1))
                if worker > len(names):
                    names.append((person.text, unit.path))
                posts[post] = worker
        people.append(posts)
        for line in place.lines:
            if not line.phone.text:
                continue
            contact = line.people[Post.CONTACT].text
            owner = ids.get((key(contact), id(unit))) if contact else posts.get(Post.CONTACT)
            if owner is None:
                problems.append(Problem(line.phone.place, "写了电话，没写联系人", "补上联系人，或删掉电话"))
                continue
            before = phones.setdefault(owner, line.phone)
            if before.text != line.phone.text:
                problems.append(
                    Problem(
                        line.phone.place,
                        f"{quote(names[owner - 1][0])}的电话不同：{short_place(before.place)} 是 {mask(before.text)}，"
                        f"这里是 {mask(line.phone.text)}",
                        "同名的两个人请加区别，如 王敏（东）",
                    )
                )
    workers = tuple(
        Worker(worker, name, unit, phones[worker].text if worker in phones else "")
        for worker, (name, unit) in ((WorkerId(n), pair) for n, pair in enumerate(names, start=1))
    )
    return workers, people


def _unit(place: Place) -> Place:
    """The ancestor right below the root; the root itself for the root; what is highest where the root is not
    reached (its problem is told elsewhere)."""
    steps = list(place.upward())
    return steps[-1] if len(steps) == 1 or steps[-1].reference else steps[-2]


def _tree(
    places: Sequence[Place], workers: Sequence[Worker], people: Sequence[Mapping[Post, WorkerId]]
) -> Tree:
    ids = {id(place): NodeId(number) for number, place in enumerate(places, start=1)}
    sizes = {id(place): 1 for place in places}
    for place in reversed(places):
        if place.parent is not None:
            sizes[id(place.parent)] += sizes[id(place)]
    nodes: list[Node] = []
    groups: list[Group] = []
    for lo, place in enumerate(places):
        nodes.append(
            Node(
                id=ids[id(place)],
                name=place.name.text,
                path=place.path,
                level=place.lines[0].level,
                kind=next((line.kind.text for line in place.lines if line.kind.text), ""),
                parent=None if place.parent is None else ids[id(place.parent)],
                lo=lo,
                hi=lo + sizes[id(place)] - 1,
                people=people[lo],
                audiences=_audiences(place),
            )
        )
        for line in place.lines:
            if line.group is not None:
                groups.append(_group(line.group, GroupId(len(groups) + 1), ids[id(place)]))
    return Tree(tuple(nodes), tuple(groups), tuple(workers))


def _group(line: GroupLine, group: GroupId, node: NodeId) -> Group:
    return Group(
        id=group,
        node=node,
        name=line.name.text,
        use=line.use,
        medium=line.medium,
        mode=line.mode,
        members=line.members,
        observe=line.observe and line.use is Use.RESIDENT,
        consent_by=line.consent_by,
        consent_on=line.consent_on,
        audiences=line.audiences,
    )
