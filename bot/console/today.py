"""What the start page shows of a day: the number, the map, the gaps with what helps. Pure: rows and counts in, values out.

A state is a colour, a character and a word; the worst of a group's states shows (shared/design). What one person has to forward
is one row, overdue and open apart, because one reminder does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from heapq import nsmallest

from bot.model.counts import Counts
from bot.model.ledger import Reason
from bot.model.tree import GroupId, NodeId, Tree, Use, WorkerId
from bot.phrases.words import REASONS, short_group, unit_name
from bot.store.pulse import Lack
from bot.store.reading import TargetRow


class Standing(Enum):
    """How a group stands, the worst first: (mark in the page, character, word)."""

    NO_GROUP = ("none", "无", "没有群")
    CUT_OFF = ("cut", "断", "机器人接不上")
    NOT_REPOSTED = ("miss", "未", "未转发")
    DISPUTED = ("doubt", "疑", "存疑")
    UNPROVEN = ("prove", "核", "待核实")
    WAITING = ("wait", "等", "没到截止")
    LATE = ("late", "迟", "迟转")
    ON_TIME = ("ok", "✓", "按时")
    EXEMPT = ("free", "免", "豁免")

    @property
    def mark(self) -> str:
        return self.value[0]

    @property
    def sign(self) -> str:
        return self.value[1]

    @property
    def word(self) -> str:
        return self.value[2]


_WORST_FIRST = {standing: place for place, standing in enumerate(Standing)}
_CUT = frozenset({Reason.NOT_BOUND, Reason.BOT_ABSENT, Reason.NOT_SENT, Reason.IN_DOUBT})


def standing(row: TargetRow, now: datetime) -> Standing:
    """How one target stands. What cannot get there at all is told before its deadline too: waiting does not help."""
    if row.exempt:
        return Standing.EXEMPT
    if row.reason is None:
        return Standing.ON_TIME if row.on_time else Standing.LATE
    if row.reason is Reason.NO_GROUP:
        return Standing.NO_GROUP
    if row.reason in _CUT:
        return Standing.CUT_OFF
    if row.reason is Reason.DISPUTED:
        return Standing.DISPUTED
    if row.reason is Reason.UNPROVEN:
        return Standing.UNPROVEN
    return Standing.NOT_REPOSTED if row.overdue(now) else Standing.WAITING


# ── the map ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Plot:
    """A place with how each of its groups stands: ``short`` is its number, or its name's first character; empty for the unit itself."""

    name: str
    short: str
    cells: Sequence[Standing]

    @property
    def told(self) -> str:
        """In words, for who does not see the cells: “第12网格：按时2，未转发2”."""
        found: dict[str, int] = {}
        for cell in self.cells:
            found[cell.word] = found.get(cell.word, 0) + 1
        return f"{self.name}：{'，'.join(f'{word}{count}' for word, count in found.items())}"

    @property
    def lacks(self) -> bool:
        return any(_WORST_FIRST[cell] < _WORST_FIRST[Standing.WAITING] for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the map with its figures; ``plots`` is empty where so much is not drawn at once."""

    node: NodeId
    name: str
    counts: Counts
    plots: Sequence[Plot] = ()

    @property
    def lacks(self) -> bool:
        return any(plot.lacks for plot in self.plots)


class Order(StrEnum):
    """How the map is sorted: as the roster has it, so that a village stays where it was, or by choice."""

    ROSTER = "roster"
    GAPS = "gaps"


def rows_of_map(
    tree: Tree,
    below: Sequence[tuple[str, Counts]],
    rows: Iterable[TargetRow],
    now: datetime,
    order: Order = Order.ROSTER,
) -> list[Row]:
    """The places ``below`` a node with the groups in them, from the targets ``rows``; work groups and outlets stand apart."""
    worst: dict[tuple[str, str], dict[str, Standing]] = {}
    paths = sorted((path for path, _ in below), key=len, reverse=True)
    unit_of: dict[str, str] = {}
    for row in rows:
        if row.use not in (None, Use.RESIDENT):
            continue
        if row.path not in unit_of:
            unit_of[row.path] = next((p for p in paths if row.path == p or row.path.startswith(p + "/")), "")
        cells = worst.setdefault((unit_of[row.path], row.path), {})
        name, found = row.group or row.path.rsplit("/", 1)[-1], standing(row, now)
        before = cells.get(name)
        if before is None or _WORST_FIRST[found] < _WORST_FIRST[before]:
            cells[name] = found
    plots: dict[str, list[Plot]] = {}
    for (unit, path), cells in worst.items():
        node = tree.by_path.get(path)
        name = node.name if node else path.rsplit("/", 1)[-1]
        short = "" if path == unit else _short(name)
        plots.setdefault(unit, []).append(Plot(name, short, list(cells.values())))
    found_rows = [
        Row(tree.by_path[path].id, tree.by_path[path].name, counts, plots.get(path, ()))
        for path, counts in below
        if path in tree.by_path
    ]
    if order is Order.GAPS:
        found_rows.sort(key=lambda row: -row.counts.gaps)
    return found_rows


_NUMBER = re.compile(r"\d+|[一二三四五六七八九十百]+(?=网格|组|片|小组)")


def _short(name: str) -> str:
    found = _NUMBER.search(name)
    return found[0] if found else name[:1]


def legend(rows: Iterable[Row]) -> list[tuple[Standing, int]]:
    """How many groups stand how, the good first."""
    found: dict[Standing, int] = {}
    for row in rows:
        for plot in row.plots:
            for cell in plot.cells:
                found[cell] = found.get(cell, 0) + 1
    return sorted(found.items(), key=lambda one: (one[0] is Standing.EXEMPT, -_WORST_FIRST[one[0]]))


# ── the gaps ────────────────────────────────────────────────────────────────────────────────────────────────


class Help(StrEnum):
    """What helps against a gap, one thing each, in the order of the list."""

    REMIND = "remind"
    BIND = "bind"
    INVITE = "invite"
    LOOK = "look"
    BUILD = "build"
    JUDGE = "judge"
    WAIT = "wait"
    """The group above has to come first: its own row says who."""


_HELPS: Mapping[Reason, Help] = {
    Reason.NOT_REPOSTED: Help.REMIND,
    Reason.UPSTREAM: Help.WAIT,
    Reason.NOT_BOUND: Help.BIND,
    Reason.BOT_ABSENT: Help.INVITE,
    Reason.NOT_SENT: Help.LOOK,
    Reason.IN_DOUBT: Help.LOOK,
    Reason.NO_GROUP: Help.BUILD,
    Reason.DISPUTED: Help.JUDGE,
    Reason.UNPROVEN: Help.JUDGE,
}


@dataclass(frozen=True, slots=True)
class GapRow:
    """One row of the gap list: ``where`` (places and groups), why, who, and what helps. ``key`` names it in the page."""

    key: str
    standing: Standing
    where: str
    reason: str
    worker: str
    worker_id: WorkerId | None
    help: Help
    groups: Sequence[str]
    group_id: GroupId | None
    node_id: NodeId | None
    overdue: bool


def first_gaps(lacks: Sequence[Lack], most: int) -> tuple[list[list[int]], int]:
    """The gaps in rows of targets, the first ``most`` of them, and how many rows there are: overdue before open, by what
    helps, the larger first. A person's gaps of several waves are one row."""
    sizes: dict[tuple[str, Reason, bool], int] = {}
    for whose, reason, over, size, _ in lacks:
        key = (whose, reason, over)
        sizes[key] = sizes.get(key, 0) + size
    presses = {
        (reason, over): (not over, _ORDER[helps])
        for reason, helps in _HELPS.items()
        for over in (True, False)
    }
    first = nsmallest(most, sizes, key=lambda row: (*presses[row[1:]], -sizes[row]))
    rows: dict[tuple[str, Reason, bool], list[int]] = {key: [] for key in first}
    for lack in lacks:
        if (chosen := rows.get(lack[:3])) is not None:
            chosen.extend(lack.ids)
    return list(rows.values()), len(sizes)


def gap_row(tree: Tree, rows: Sequence[TargetRow], now: datetime) -> GapRow:
    """One row of the list, of targets with one reason."""
    first = rows[0]
    assert first.reason is not None
    return GapRow(
        f"gap{first.id}-{first.reason.value}",
        min((standing(row, now) for row in rows), key=_WORST_FIRST.__getitem__),
        _where(tree, rows),
        REASONS[first.reason],
        first.worker or "",
        first.worker_id,
        _HELPS[first.reason],
        tuple(dict.fromkeys(row.group for row in rows if row.group)),
        first.group_id,
        here.id if (here := tree.by_path.get(first.path)) else None,
        first.overdue(now),
    )


_ORDER = {helps: place for place, helps in enumerate(Help)}


def _where(tree: Tree, rows: Sequence[TargetRow]) -> str:
    """“柳林村第12、13网格，3 个群”, or the one group's full name behind its unit."""
    groups = list(dict.fromkeys((row.path, row.group) for row in rows))
    first = rows[0]
    unit = unit_name(tree, first)
    if len(groups) == 1:
        name = short_group(first) if first.group else first.path.rsplit("/", 1)[-1]
        return name if name.startswith(unit) or first.path.count("/") == 0 else f"{unit}{name}"
    places = list(dict.fromkeys(path.rsplit("/", 1)[-1] for path, _ in groups))
    named = "、".join(places[:4]) + ("等" if len(places) > 4 else "")
    return f"{unit}{'' if places == [unit] else named}，{len(groups)} 个群"


# ── the waves ───────────────────────────────────────────────────────────────────────────────────────────────


def curve(expected: int, steps: Sequence[tuple[datetime, int]]) -> list[tuple[datetime, float]]:
    """How a wave went down: at each instant the share that was covered by then (0–1)."""
    points, so_far = [], 0
    for at, count in steps:
        so_far += count
        points.append((at, so_far / expected if expected else 0.0))
    return points
