"""A target's state as the fold of its ledger entries: the one place that decides what “covered” means.

Pure, and independent of the order of entries: they are taken as sets, so a late echo, a paste of yesterday's
chat or two processes give the same result. Rules: DESIGN, glossary (Coverage, Gap, Task) and “Rules that follow”.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.ledger import Act, Entry, Evidence, Reason
from bot.model.tree import Mode

_EVIDENCE_OF = {
    Act.ACCEPTED: Evidence.DIRECT,
    Act.OBSERVED: Evidence.OBSERVED,
    Act.VERIFIED: Evidence.VERIFIED,
    Act.CONFIRMED: Evidence.CONFIRMED,
}
_STRENGTH = {evidence: rank for rank, evidence in enumerate(Evidence)}
_TAKES_BACK = {
    Act.ACCEPTED: Act.RECALLED,
    Act.OBSERVED: Act.RECALLED,
    Act.VERIFIED: Act.RETRACTED,
    Act.CONFIRMED: Act.RETRACTED,
}


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was settled about a target when its wave started.

    ``mode`` is None for a hole. ``has_source``: it waits for a work group above. ``window``: from opening to
    deadline. ``planned_due``: the deadline if everything above is on time. ``counted``: evidence that covers.
    """

    mode: Mode | None
    has_source: bool
    starts_at: datetime
    window: timedelta
    planned_due: datetime
    counted: frozenset[Evidence]


@dataclass(frozen=True, slots=True)
class State:
    """``opened_at``: when the clock started (None: still upstream). ``covered_at``: by the earliest counted
    evidence, ``evidence``: the strongest. ``reason`` is None when covered or exempt."""

    opened_at: datetime | None
    due: datetime
    accepted_at: datetime | None
    evidence: Evidence | None
    covered_at: datetime | None
    on_time: bool | None
    reason: Reason | None
    exempt: bool


def fold(frozen: Frozen, entries: Iterable[Entry], source_covered_at: datetime | None) -> State:
    """The state of a target from its ``entries`` and from when its source was covered (None: not yet)."""
    by_act: dict[Act, dict[str, datetime]] = {}
    for entry in entries:
        refs = by_act.setdefault(entry.act, {})
        refs[entry.ref] = min(refs.get(entry.ref, entry.at), entry.at)

    def standing(act: Act, back: Act) -> list[datetime]:
        taken = by_act.get(back, {})
        return [at for ref, at in by_act.get(act, {}).items() if ref not in taken]

    opened_at = _opened(frozen, source_covered_at)
    due = frozen.planned_due
    if opened_at is not None and frozen.has_source:
        due = opened_at + frozen.window
    disputed = bool(standing(Act.DISPUTED, Act.DISMISSED))
    exempt = bool(standing(Act.EXEMPTED, Act.READMITTED))
    proofs = {
        evidence: min(times)
        for act, evidence in _EVIDENCE_OF.items()
        if (times := standing(act, _TAKES_BACK[act]))
    }
    counting = {
        evidence: at
        for evidence, at in proofs.items()
        if evidence in frozen.counted and not (disputed and evidence is Evidence.CONFIRMED)
    }
    accepted_at = proofs.get(Evidence.DIRECT)
    if counting and not exempt:
        covered_at = min(counting.values())
        strongest = min(counting, key=_STRENGTH.__getitem__)
        on_time = opened_at is None or covered_at <= due
        return State(opened_at, due, accepted_at, strongest, covered_at, on_time, None, exempt)
    reason = None if exempt else _reason(frozen, by_act, opened_at, disputed, bool(proofs))
    return State(opened_at, due, accepted_at, None, None, None, reason, exempt)


def _opened(frozen: Frozen, source_covered_at: datetime | None) -> datetime | None:
    """When the clock starts: for a task, when the content reached the group that it is forwarded from."""
    if not frozen.has_source:
        return frozen.starts_at
    return None if source_covered_at is None else max(source_covered_at, frozen.starts_at)


def _reason(
    frozen: Frozen,
    by_act: dict[Act, dict[str, datetime]],
    opened_at: datetime | None,
    disputed: bool,
    has_proof: bool,
) -> Reason:
    if frozen.mode is None:
        return Reason.NO_GROUP
    if disputed:
        return Reason.DISPUTED
    if has_proof:
        return Reason.UNPROVEN
    if frozen.mode is Mode.RELAY:
        return Reason.UPSTREAM if opened_at is None else Reason.NOT_REPOSTED
    doubted = by_act.get(Act.IN_DOUBT, {}).keys() - by_act.get(Act.FAILED, {}).keys()
    if doubted and Act.ACCEPTED not in by_act:
        return Reason.IN_DOUBT
    if Act.BOUND not in by_act:
        if Act.BOT_ABSENT in by_act:
            return Reason.BOT_ABSENT
        if Act.NOT_BOUND in by_act:
            return Reason.NOT_BOUND
    return Reason.NOT_SENT
