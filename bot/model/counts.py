"""Counters: how many targets of a subtree stand how. Pure vectors, so that a change is a difference."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter

from bot.model.fold import State
from bot.model.ledger import Evidence
from bot.model.tree import Use


@dataclass(frozen=True, slots=True)
class Counts:
    """Targets (群次) of a node and all below it. Resident groups and holes count; outlets stand apart.

    covered = ``on_time`` + ``late`` = Σ by evidence; gaps = ``expected`` − covered. ``members`` are
    群成员人次: a person in two groups counts twice. ``exempt`` targets are in none of the other figures.
    """

    expected: int = 0
    on_time: int = 0
    late: int = 0
    direct: int = 0
    observed: int = 0
    verified: int = 0
    confirmed: int = 0
    holes: int = 0
    exempt: int = 0
    disputed: int = 0
    members_expected: int = 0
    members_covered: int = 0
    outlets_expected: int = 0
    outlets_covered: int = 0

    @property
    def covered(self) -> int:
        return self.on_time + self.late

    @property
    def gaps(self) -> int:
        return self.expected - self.covered

    @property
    def coverage(self) -> float | None:
        """Covered ÷ expected, 0–1; None when nothing is expected."""
        return self.covered / self.expected if self.expected else None

    def row(self) -> tuple[int, ...]:
        """The figures in the order of `COLUMNS`."""
        figures: tuple[int, ...] = _ROW(self)
        return figures

    def plus(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(self.row(), other.row(), strict=True)))

    def minus(self, other: Counts) -> Counts:
        return Counts(*(a - b for a, b in zip(self.row(), other.row(), strict=True)))


COLUMNS = tuple(field.name for field in fields(Counts))
_ROW = attrgetter(*COLUMNS)


def counts_of(state: State, *, use: Use | None, members: int) -> Counts:
    """What one target contributes; ``use`` is None for a hole. Work groups carry and are not counted."""
    if use is Use.WORK:
        return Counts()
    covered = state.covered_at is not None
    if use is Use.OUTLET:
        return Counts() if state.exempt else Counts(outlets_expected=1, outlets_covered=int(covered))
    if state.exempt:
        return Counts(exempt=1)
    return Counts(
        expected=1,
        on_time=int(covered and bool(state.on_time)),
        late=int(covered and not state.on_time),
        direct=int(state.evidence is Evidence.DIRECT),
        observed=int(state.evidence is Evidence.OBSERVED),
        verified=int(state.evidence is Evidence.VERIFIED),
        confirmed=int(state.evidence is Evidence.CONFIRMED),
        holes=int(use is None),
        disputed=int(state.reason == "disputed"),
        members_expected=members,
        members_covered=members if covered else 0,
    )
