"""The day's two papers, to read, to print and to take along as a spreadsheet: the gap list and the day's result.

They travel, so a disputed gap is told as 待核实, and the result names places, never people (shared design). Places stand
in the roster's order: nothing here ranks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.model.counts import Counts
from bot.model.ledger import Reason
from bot.model.tree import Node, Tree
from bot.phrases.words import REASONS, clock, short_group
from bot.service.desk import Desk
from bot.store import lacking, reading
from bot.store.lacking import Lacking
from bot.store.reading import TargetRow, Wave

ON_PAPER: Mapping[Reason, str] = {**REASONS, Reason.DISPUTED: REASONS[Reason.UNPROVEN]}
"""A question is not decided by being printed."""


@dataclass(frozen=True, slots=True)
class GapLine:
    """What one person lacks at one place for one reason by one hour. ``groups``: their names with the waves that each
    lacks."""

    place: str
    worker: str
    reason: Reason
    groups: Sequence[str]
    due: datetime
    count: int

    @property
    def word(self) -> str:
        return ON_PAPER[self.reason]


@dataclass(slots=True)
class UnitGaps:
    """A village or unit: how many of its targets are gaps, and the lines of them that are drawn."""

    path: str
    overdue: int = 0
    waiting: int = 0
    late_lines: list[GapLine] = field(default_factory=list)
    open_lines: list[GapLine] = field(default_factory=list)
    drawn: bool = False

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class GapSheet:
    """The gap list of a place and day: ``units`` have something to tell; ``whole``: how many units lack nothing."""

    waves: Sequence[Wave]
    counts: Counts
    units: Sequence[UnitGaps]
    whole: int

    @property
    def overdue(self) -> int:
        return sum(unit.overdue for unit in self.units)

    @property
    def waiting(self) -> int:
        return sum(unit.waiting for unit in self.units)

    @property
    def undrawn(self) -> Sequence[UnitGaps]:
        """Units whose lines did not fit."""
        return [unit for unit in self.units if not unit.drawn]


def gap_sheet(desk: Desk, place: Node, day: date, now: datetime, most: int) -> GapSheet:
    """The gap list, unit by unit until about ``most`` lines are drawn; of the rest of the units it has the figures."""
    store = desk.store
    waves = store.read(reading.waves_between, day, day)
    units = _units(desk.tree, store.read(lacking.lacking, waves, place.id, now))
    lines = 0
    for unit in units:
        if lines >= most:
            break
        at = unit.path if unit.path.startswith(place.path) else place.path
        rows = store.read(lacking.gaps_of, waves, at, below=unit.path != desk.tree.root.path)
        unit.late_lines = _lines(row for row in rows if row.overdue(now))
        unit.open_lines = _lines(row for row in rows if not row.overdue(now))
        unit.drawn = True
        lines += len(unit.late_lines) + len(unit.open_lines)
    lacks = {unit.path for unit in units}
    below = [path for path, c in store.read(reading.children_counts, waves, place.id) if c.expected]
    counts = store.read(reading.counts, waves, place.id)
    return GapSheet(waves, counts, units, sum(path not in lacks for path in below) if not place.parent else 0)


def _units(tree: Tree, found: Iterable[Lacking]) -> list[UnitGaps]:
    """In the roster's order; places that it has no more come last."""
    units: dict[str, UnitGaps] = {}
    for lack in found:
        path = unit_path(lack.path)
        unit = units.setdefault(path, UnitGaps(path))
        if lack.overdue:
            unit.overdue += lack.count
        else:
            unit.waiting += lack.count
    last = len(tree.nodes)
    return sorted(
        units.values(), key=lambda unit: tree.by_path[unit.path].lo if unit.path in tree.by_path else last
    )


def unit_path(path: str) -> str:
    """The village or unit that a place belongs to: right below the town, or the town itself."""
    return "/".join(path.split("/")[:2])


def _lines(rows: Iterable[TargetRow]) -> list[GapLine]:
    """One line for what one person lacks at one place for one reason by one hour, in the rows' order."""
    together: dict[tuple[str, str, str, str], list[TargetRow]] = {}
    for row in rows:
        assert row.reason is not None
        key = (row.path, row.worker or "", ON_PAPER[row.reason], clock(row.due))
        together.setdefault(key, []).append(row)
    return [
        GapLine(
            "" if path == unit_path(path) else path.rsplit("/", 1)[-1],
            worker,
            same[0].reason or Reason.NOT_REPOSTED,
            _groups(same),
            same[0].due,
            len(same),
        )
        for (path, worker, _, _), same in together.items()
    ]


def _groups(rows: Sequence[TargetRow]) -> list[str]:
    """Each group once, with the hours of the waves that it lacks."""
    hours: dict[str, list[str]] = {}
    for row in rows:
        name = short_group(row) if row.group else "（没有群）"
        hours.setdefault(name, []).append(clock(row.starts_at))
    return [f"{name}（{'、'.join(dict.fromkeys(at))} 那批）" for name, at in hours.items()]


# ── the day's result ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """A place's figures, and why it lacks what it lacks: by reason, overdue only, the most first."""

    path: str
    counts: Counts
    why: Sequence[tuple[Reason, int]]
    waiting: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Exempted:
    """What is not expected, and why."""

    where: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class DayResult:
    """The result of a place and day. ``own``: the place's own groups, which stand below none of ``places``."""

    waves: Sequence[tuple[Wave, Counts]]
    counts: Counts
    places: Sequence[PlaceResult]
    reasons: Sequence[tuple[Reason, int]]
    waiting: int
    holes: Sequence[str]
    exempt: Sequence[Exempted]

    @property
    def overdue(self) -> int:
        return self.counts.gaps - self.waiting

    @property
    def withdrawn(self) -> Sequence[str]:
        """Titles of what was taken back: what was not forwarded of it is in no figure any more."""
        return list(dict.fromkeys(wave.title for wave, _ in self.waves if wave.withdrawn))


def day_result(desk: Desk, place: Node, day: date, now: datetime) -> DayResult:
    """The day's result of ``place``, as the ledger has it now."""
    store = desk.store
    waves = store.read(reading.waves_between, day, day)
    counts = store.read(reading.counts, waves, place.id)
    below = store.read(reading.children_counts, waves, place.id)
    missing: dict[str, Counter[Reason]] = {}
    waiting: Counter[str] = Counter()
    for lack in store.read(lacking.lacking, waves, place.id, now):
        if lack.overdue:
            reason = Reason.UNPROVEN if lack.reason is Reason.DISPUTED else lack.reason
            missing.setdefault(lack.path, Counter())[reason] += lack.count
        else:
            waiting[lack.path] += lack.count
    places = [_place(path, figures, missing, waiting) for path, figures in below if figures.expected]
    own = counts
    for _, figures in below:
        own = own.minus(figures)
    if own.expected and below:
        places.insert(0, _place(place.path, own, missing, waiting))
    total: Counter[Reason] = Counter()
    for reasons in missing.values():
        total.update(reasons)
    return DayResult(
        [(wave, store.read(reading.counts, [wave], place.id)) for wave in waves],
        counts,
        places,
        total.most_common(),
        waiting.total(),
        [node.path.removeprefix(f"{place.path}/") for node in desk.tree.holes_below(place)],
        _exempted(desk, place, day),
    )


def _place(
    path: str, counts: Counts, missing: Mapping[str, Counter[Reason]], waiting: Mapping[str, int]
) -> PlaceResult:
    why = missing.get(path, Counter[Reason]()).most_common()
    return PlaceResult(path, counts, why, waiting.get(path, 0))


def _exempted(desk: Desk, place: Node, day: date) -> list[Exempted]:
    found = []
    for one in desk.settings.exempt:
        node = desk.tree.find(one.node)
        if node is None or not place.lo <= node.lo <= place.hi or (one.until and one.until < day):
            continue
        found.append(Exempted(one.group or node.path.removeprefix(f"{place.path}/"), one.reason, one.until))
    return found
