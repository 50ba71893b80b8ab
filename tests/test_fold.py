"""What “covered” means, row by row of the glossary: one fold of the entries, whatever order they were learned in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.counts import Counts, counts_of
from bot.model.fold import Frozen, State, fold
from bot.model.ledger import Act, Entry, Evidence, Reason
from bot.model.time import TZ
from bot.model.tree import Mode, Use

START = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
WINDOW = timedelta(hours=2)
DIRECT = Frozen(Mode.DIRECT, False, START, WINDOW, START + WINDOW, frozenset(Evidence))
TASK = replace(DIRECT, mode=Mode.RELAY, has_source=True)
"""Forwarded from a work group above."""
TOP_TASK = replace(TASK, has_source=False)
"""Forwarded by a person, with no work group above: the clock starts with the wave."""
HOLE = replace(DIRECT, mode=None)
PROOFS = {
    Act.ACCEPTED: Evidence.DIRECT,
    Act.OBSERVED: Evidence.OBSERVED,
    Act.VERIFIED: Evidence.VERIFIED,
    Act.CONFIRMED: Evidence.CONFIRMED,
}


def at(minutes: float) -> datetime:
    """So many minutes after the wave's start."""
    return START + timedelta(minutes=minutes)


def said(act: Act, minutes: float = 10, ref: str = "m1") -> Entry:
    return Entry(act, at(minutes), ref)


def state_of(frozen: Frozen, *entries: Entry, source: float | None = 1) -> State:
    """The fold; the source is covered so many minutes after the start (None: not yet)."""
    above = None if source is None or not frozen.has_source else at(source)
    return fold(frozen, entries, above)


# ── evidence ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("act", "evidence"), PROOFS.items())
@pytest.mark.parametrize("frozen", [DIRECT, TASK, TOP_TASK])
def test_each_kind_of_evidence_covers(frozen: Frozen, act: Act, evidence: Evidence) -> None:
    state = state_of(frozen, said(act))
    assert (state.evidence, state.covered_at, state.on_time) == (evidence, at(10), True)
    assert state.reason is None and not state.exempt
    assert state.accepted_at == (at(10) if act is Act.ACCEPTED else None)


@pytest.mark.parametrize("act", [act for act in Act if act not in PROOFS])
def test_nothing_else_covers(act: Act) -> None:
    state = state_of(TASK, said(act))
    assert (state.covered_at, state.evidence, state.on_time, state.accepted_at) == (None, None, None, None)


@pytest.mark.parametrize(("stronger", "weaker"), [*combinations(PROOFS, 2)])
def test_the_strongest_evidence_is_told_and_the_earliest_sets_the_time(stronger: Act, weaker: Act) -> None:
    state = state_of(TASK, said(weaker, 5), said(stronger, 500))
    assert (state.evidence, state.covered_at, state.on_time) == (PROOFS[stronger], at(5), True)


@pytest.mark.parametrize(("act", "evidence"), PROOFS.items())
def test_evidence_that_is_configured_not_to_count_leaves_the_target_unproven(
    act: Act, evidence: Evidence
) -> None:
    strict = replace(TASK, counted=frozenset(Evidence) - {evidence})
    state = state_of(strict, said(act))
    assert (state.covered_at, state.reason) == (None, Reason.UNPROVEN)


def test_what_does_not_count_sets_neither_the_time_nor_the_evidence() -> None:
    strict = replace(TASK, counted=frozenset({Evidence.DIRECT, Evidence.OBSERVED}))
    state = state_of(strict, said(Act.CONFIRMED, 5), said(Act.OBSERVED, 300))
    assert (state.evidence, state.covered_at, state.on_time) == (Evidence.OBSERVED, at(300), False)


def test_accepted_is_told_also_where_it_does_not_count() -> None:
    strict = replace(DIRECT, counted=frozenset({Evidence.OBSERVED}))
    state = state_of(strict, said(Act.ACCEPTED, 3))
    assert (state.accepted_at, state.covered_at) == (at(3), None)


# ── gaps: one reason each ───────────────────────────────────────────────────────────────────────────────────

IN_DOUBT, FAILED = said(Act.IN_DOUBT, ref="part0"), said(Act.FAILED, ref="part0")


@pytest.mark.parametrize(
    ("frozen", "entries", "source", "reason"),
    [
        (HOLE, [], None, Reason.NO_GROUP),
        (DIRECT, [said(Act.NOT_BOUND, ref="")], None, Reason.NOT_BOUND),
        (DIRECT, [said(Act.BOT_ABSENT, ref="")], None, Reason.BOT_ABSENT),
        (DIRECT, [], None, Reason.NOT_SENT),
        (DIRECT, [FAILED], None, Reason.NOT_SENT),
        (DIRECT, [said(Act.CANCELLED, ref="part0")], None, Reason.NOT_SENT),
        (DIRECT, [IN_DOUBT], None, Reason.IN_DOUBT),
        (DIRECT, [IN_DOUBT, said(Act.FAILED, ref="part1")], None, Reason.IN_DOUBT),
        (DIRECT, [IN_DOUBT, FAILED], None, Reason.NOT_SENT),
        (DIRECT, [IN_DOUBT, said(Act.ACCEPTED), said(Act.RECALLED)], None, Reason.NOT_SENT),
        (TASK, [], None, Reason.UPSTREAM),
        (TASK, [], 1, Reason.NOT_REPOSTED),
        (TOP_TASK, [], None, Reason.NOT_REPOSTED),
        (TASK, [said(Act.DISPUTED)], 1, Reason.DISPUTED),
        (TASK, [said(Act.DISPUTED), said(Act.CONFIRMED, ref="worker:5")], 1, Reason.DISPUTED),
    ],
)
def test_a_gap_has_the_reason_of_the_glossary(
    frozen: Frozen, entries: list[Entry], source: float | None, reason: Reason
) -> None:
    state = state_of(frozen, *entries, source=source)
    assert (state.reason, state.covered_at, state.exempt) == (reason, None, False)


def test_a_doubt_that_is_settled_as_accepted_covers() -> None:
    state = state_of(DIRECT, IN_DOUBT, said(Act.ACCEPTED, ref="wxid-17"))
    assert (state.reason, state.evidence) == (None, Evidence.DIRECT)


# ── on time and late ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "on_time"),
    [(-24 * 60, True), (-1, True), (0, True), (120, True), (120 + 1 / 60_000, False), (5000, False)],
)
@pytest.mark.parametrize("frozen", [DIRECT, TOP_TASK])
def test_on_time_is_until_the_deadline_and_from_24_hours_before_the_wave(
    frozen: Frozen, minutes: float, on_time: bool
) -> None:
    state = state_of(frozen, said(Act.OBSERVED, minutes))
    assert (state.opened_at, state.due) == (START, START + WINDOW)
    assert (state.covered_at, state.on_time) == (at(minutes), on_time)
    assert state.reason is None, "covered late is not a gap"


def test_a_tasks_clock_starts_when_its_source_is_covered() -> None:
    waiting = state_of(TASK, source=None)
    assert (waiting.opened_at, waiting.due, waiting.reason) == (None, TASK.planned_due, Reason.UPSTREAM)
    opened = state_of(TASK, source=180)
    assert (opened.opened_at, opened.due, opened.reason) == (at(180), at(300), Reason.NOT_REPOSTED)
    assert state_of(TASK, said(Act.CONFIRMED, 300), source=180).on_time
    assert not state_of(TASK, said(Act.CONFIRMED, 301), source=180).on_time


def test_a_source_that_had_it_before_the_wave_opens_its_tasks_with_the_wave() -> None:
    opened = state_of(TASK, source=-600)
    assert (opened.opened_at, opened.due) == (START, at(120))


@pytest.mark.parametrize("source", [None, 600])
def test_who_was_faster_than_the_source_is_on_time(source: float | None) -> None:
    state = state_of(TASK, said(Act.OBSERVED, 400), source=source)
    assert (state.covered_at, state.on_time) == (at(400), True)


@given(st.integers(-1500, 3000), st.integers(-1500, 3000), st.integers(0, 3000))
def test_nobody_is_blamed_for_a_delay_above(covered: int, source: int, delay: int) -> None:
    entry = said(Act.OBSERVED, covered)
    if state_of(TASK, entry, source=source).on_time:
        assert state_of(TASK, entry, source=source + delay).on_time
        assert state_of(TASK, entry, source=None).on_time


# ── what takes back ─────────────────────────────────────────────────────────────────────────────────────────

TAKEN_BACK = [
    (Act.ACCEPTED, Act.RECALLED),
    (Act.OBSERVED, Act.RECALLED),
    (Act.VERIFIED, Act.RETRACTED),
    (Act.CONFIRMED, Act.RETRACTED),
]


@pytest.mark.parametrize(("act", "back"), TAKEN_BACK)
def test_what_is_taken_back_is_open_again_also_if_that_was_learned_first(act: Act, back: Act) -> None:
    for entries in ([said(act), said(back, 11)], [said(back, 11), said(act)]):
        state = state_of(TASK, *entries)
        assert (state.covered_at, state.evidence, state.accepted_at) == (None, None, None)
        assert state.reason is Reason.NOT_REPOSTED


@pytest.mark.parametrize(("act", "back"), TAKEN_BACK)
def test_only_the_one_that_was_named_is_taken_back(act: Act, back: Act) -> None:
    state = state_of(TASK, said(act, 5), said(act, 9, "m2"), said(back, 6))
    assert state.covered_at == at(9)


@pytest.mark.parametrize(("act", "back"), TAKEN_BACK)
def test_a_message_is_recalled_and_a_word_is_retracted(act: Act, back: Act) -> None:
    other = Act.RETRACTED if back is Act.RECALLED else Act.RECALLED
    assert state_of(TASK, said(act), said(other, 11)).evidence is PROOFS[act]


def test_a_recalled_direct_message_is_a_gap_again() -> None:
    state = state_of(DIRECT, said(Act.ACCEPTED), said(Act.RECALLED, 11))
    assert (state.covered_at, state.reason) == (None, Reason.NOT_SENT)


def test_exempt_is_neither_covered_nor_a_gap_until_it_is_readmitted() -> None:
    for entries in ([], [said(Act.CONFIRMED)]):
        state = state_of(TASK, *entries, said(Act.EXEMPTED, ref="office"))
        assert (state.exempt, state.covered_at, state.evidence, state.reason) == (True, None, None, None)
    again = [said(Act.EXEMPTED, ref="office"), said(Act.READMITTED, 20, "office")]
    assert state_of(TASK, *again).reason is Reason.NOT_REPOSTED
    assert state_of(TASK, *again, said(Act.CONFIRMED)).covered_at == at(10)
    assert state_of(TASK, *again, said(Act.EXEMPTED, 30, "schedules")).exempt


def test_a_hole_can_be_exempt_too() -> None:
    state = state_of(HOLE, said(Act.EXEMPTED, ref="schedules"))
    assert (state.exempt, state.reason) == (True, None)


def test_a_dispute_takes_back_the_workers_word_and_not_what_was_seen() -> None:
    word, dispute = said(Act.CONFIRMED, 5, "worker:5"), said(Act.DISPUTED, 60, "d1")
    assert state_of(TASK, word, dispute).reason is Reason.DISPUTED
    for act in (Act.ACCEPTED, Act.OBSERVED):
        seen = state_of(TASK, word, dispute, said(act, 30))
        assert (seen.reason, seen.evidence, seen.covered_at) == (None, PROOFS[act], at(30))
    dismissed = state_of(TASK, word, dispute, said(Act.DISMISSED, 90, "d1"))
    assert (dismissed.reason, dismissed.covered_at) == (None, at(5))
    assert state_of(TASK, word, dispute, said(Act.DISMISSED, 90, "d2")).reason is Reason.DISPUTED


# ── whatever is learned, in whatever order ──────────────────────────────────────────────────────────────────

ENTRIES = st.lists(
    st.builds(said, st.sampled_from(Act), st.integers(-1440, 10_000), st.sampled_from(["", "m1", "m2"])),
    max_size=8,
)
FROZEN = st.builds(
    replace,
    st.sampled_from([DIRECT, TASK, TOP_TASK, HOLE]),
    counted=st.sets(st.sampled_from(Evidence), min_size=1).map(frozenset),
)
SOURCE = st.none() | st.integers(-1440, 10_000)


@settings(max_examples=300, deadline=None)
@given(FROZEN, ENTRIES, SOURCE, st.data())
def test_neither_order_nor_repetition_of_entries_changes_the_state(
    frozen: Frozen, entries: list[Entry], source: int | None, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(entries), max_size=5)) if entries else []
    shuffled = data.draw(st.permutations(entries + again))
    assert state_of(frozen, *shuffled, source=source) == state_of(frozen, *entries, source=source)


@settings(max_examples=300, deadline=None)
@given(FROZEN, ENTRIES, SOURCE)
def test_a_target_is_exactly_one_of_covered_gap_and_exempt(
    frozen: Frozen, entries: list[Entry], source: int | None
) -> None:
    state = state_of(frozen, *entries, source=source)
    assert [state.covered_at is not None, state.reason is not None, state.exempt].count(True) == 1
    assert (state.evidence is not None) == (state.on_time is not None) == (state.covered_at is not None)
    assert state.evidence is None or state.evidence in frozen.counted
    assert (state.opened_at is None) == (frozen.has_source and source is None)


@settings(max_examples=300, deadline=None)
@given(FROZEN, ENTRIES, SOURCE)
def test_only_a_positive_contradiction_disputes(
    frozen: Frozen, entries: list[Entry], source: int | None
) -> None:
    quiet = [entry for entry in entries if entry.act is not Act.DISPUTED]
    assert state_of(frozen, *quiet, source=source).reason is not Reason.DISPUTED


# ── what a target counts for ────────────────────────────────────────────────────────────────────────────────


def counted(use: Use | None, entries: Iterable[Entry] = (), frozen: Frozen = TASK) -> Counts:
    return counts_of(state_of(frozen, *entries), use=use, members=80)


def test_a_resident_group_counts_once_with_its_members() -> None:
    assert counted(Use.RESIDENT) == Counts(expected=1, members_expected=80)
    assert counted(Use.RESIDENT, [said(Act.OBSERVED)]) == Counts(
        expected=1, on_time=1, observed=1, members_expected=80, members_covered=80
    )
    assert counted(Use.RESIDENT, [said(Act.CONFIRMED, 9999)]).late == 1
    assert counted(Use.RESIDENT, [said(Act.DISPUTED)]).disputed == 1


def test_a_hole_is_expected_a_work_group_is_not_and_an_outlet_stands_apart() -> None:
    assert counts_of(state_of(HOLE), use=None, members=0) == Counts(expected=1, holes=1)
    assert counted(Use.WORK) == counted(Use.WORK, [said(Act.ACCEPTED)]) == Counts()
    assert counted(Use.OUTLET) == Counts(outlets_expected=1)
    assert counted(Use.OUTLET, [said(Act.CONFIRMED)]) == Counts(outlets_expected=1, outlets_covered=1)


@pytest.mark.parametrize(("use", "counts"), [(Use.RESIDENT, Counts(exempt=1)), (Use.OUTLET, Counts())])
def test_what_is_exempt_is_in_no_other_figure(use: Use, counts: Counts) -> None:
    assert counted(use, [said(Act.CONFIRMED), said(Act.EXEMPTED)]) == counts
    assert counts.coverage is None


@settings(max_examples=300, deadline=None)
@given(FROZEN, ENTRIES, SOURCE, st.sampled_from([*Use, None]))
def test_the_figures_of_a_target_add_up(
    frozen: Frozen, entries: list[Entry], source: int | None, use: Use | None
) -> None:
    counts = counts_of(state_of(frozen, *entries, source=source), use=use, members=80)
    assert counts.covered == sum(getattr(counts, evidence.value) for evidence in Evidence)
    assert counts.covered + counts.gaps == counts.expected <= 1 - counts.exempt
    assert counts.members_expected == 80 * counts.expected
    assert counts.members_covered == 80 * counts.covered
    assert counts.outlets_covered <= counts.outlets_expected <= int(use is Use.OUTLET)
