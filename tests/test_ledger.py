"""The ledger on a real database: whatever happens in whatever order, every figure is what its entries say."""

from __future__ import annotations

import functools
import itertools
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.counts import Counts
from bot.model.ledger import Act, Entry, EntryId, Evidence, TargetId
from bot.model.plan import PlannedTarget, PlannedWave, Slot
from bot.model.time import TZ, to_epoch
from bot.model.tree import Group, GroupId, Mode, Node, NodeId, Tree, Use
from bot.store import audit, ledger, reading, sending, trees, waves
from bot.store.database import Store

EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
TEXT = Part(PartKind.TEXT, main=True, text="刷单返利都是诈骗。")
CONTENT = Content(ContentId("001"), "刷单", (TEXT,), "digest", Path("001"), "反诈宣〔2026〕001号")
HOUR, DAY = 60, 24 * 60


def at(minutes: float) -> datetime:
    """So many minutes after 08:00 of the first day."""
    return EIGHT + timedelta(minutes=minutes)


# ── a town, its waves, and what happens in them ─────────────────────────────────────────────────────────────


class Case:
    """A small town and the waves that are frozen on it."""

    def __init__(self, tree: Tree, waves: Sequence[PlannedWave]) -> None:
        self.tree, self.waves = tree, waves

    def __repr__(self) -> str:
        """What a person needs to see of a case that failed."""
        nodes, groups = self.tree.nodes, self.tree.groups
        lines = [f"{n.path}: {[f'{g.id} {g.use}' for g in groups if g.node == n.id]}" for n in nodes]
        for w in self.waves:
            lines.append(f"{w.name} {w.starts_at:%d %H:%M} {', '.join(sorted(w.counted))}")
            lines += [
                f"  {t.node} {t.group} {t.mode} from {t.source} {t.window} {t.exempt}" for t in w.targets
            ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Recorded:
    """An entry about the target at ``place`` of a wave."""

    wave: int
    place: int
    entry: Entry


@dataclass(frozen=True)
class Reposted:
    """A repost seen in a group; ``back``: and taken back a minute later."""

    group: GroupId
    minutes: int
    back: bool = False


Event = Recorded | Reposted
History = tuple[Case, list[Event]]


def town(depths: Sequence[int], groups: Sequence[tuple[int, Use, int]]) -> Tree:
    """A tree from its nodes' depths in pre-order, and its groups as (node, use, members). Ids count from one."""
    nodes: list[Node] = []
    for lo, depth in enumerate(depths):
        parent = next((n for n in reversed(nodes) if int(n.level) == depth - 1), None)
        hi = next((below for below in range(lo + 1, len(depths)) if depths[below] <= depth), len(depths)) - 1
        path = f"{parent.path}/n{lo}" if parent else "n0"
        nodes.append(Node(NodeId(lo + 1), f"n{lo}", path, str(depth), "", parent and parent.id, lo, hi))
    return Tree(
        tuple(nodes),
        tuple(
            Group(GroupId(number), NodeId(place + 1), f"g{number}", use=use, members=members)
            for number, (place, use, members) in enumerate(groups, 1)
        ),
        (),
    )


def wave(name: str, start: int, targets: Sequence[PlannedTarget], counted: frozenset[Evidence] = frozenset(Evidence)) -> PlannedWave:  # fmt: skip
    opens = at(start)
    slot = Slot(EntryId(name), opens, CONTENT.id)
    return PlannedWave(slot, name, CONTENT, "", opens, opens + timedelta(days=7), False, counted, targets)


def to(group: Group, start: int, mode: Mode, source: GroupId | None = None, window: int = 2 * HOUR, exempt: str = "") -> PlannedTarget:  # fmt: skip
    due, lasts = at(start + window), timedelta(minutes=window)
    return PlannedTarget(
        group.node, group.id, group.use, mode, source, None, group.members, lasts, due, exempt
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Random trees of up to 7 nodes, groups of every use, modes, sources and exemptions; one to three waves."""
    depths = [0]
    for _ in range(draw(st.integers(0, 6))):
        depths.append(draw(st.integers(1, depths[-1] + 1)))
    uses = st.sampled_from([Use.RESIDENT, Use.RESIDENT, Use.WORK, Use.OUTLET])
    group = st.tuples(st.integers(0, len(depths) - 1), uses, st.integers(0, 500))
    tree = town(depths, draw(st.lists(group, min_size=1, max_size=8)))
    starts = sorted(draw(st.lists(st.sampled_from([0, 5, 5 * HOUR, 25 * HOUR]), min_size=1, max_size=3)))
    return Case(tree, [draw(planned(tree, f"w{number}", start)) for number, start in enumerate(starts)])


@st.composite
def planned(draw: st.DrawFn, tree: Tree, name: str, start: int) -> PlannedWave:
    """Work groups first, as the planner orders them; some groups are left out."""
    exempt = st.sampled_from(["", "", "", "停电"])
    targets: list[PlannedTarget] = []
    sources: list[GroupId | None] = [None]
    for group in sorted(tree.groups, key=lambda g: (g.use is not Use.WORK, g.node)):
        if draw(st.integers(0, 4)):
            mode = draw(st.sampled_from([Mode.RELAY, Mode.RELAY, Mode.DIRECT]))
            source = draw(st.sampled_from(sources)) if mode is Mode.RELAY else None
            window = draw(st.sampled_from([30, 2 * HOUR, 2 * DAY]))
            targets.append(to(group, start, mode, source, window, draw(exempt)))
            sources += [group.id] if group.use is Use.WORK else []
    for node in filter(tree.is_hole, tree.nodes):
        hole = PlannedTarget(node.id, None, None, None, None, None, 0, timedelta(hours=2), at(start + 120))
        targets.append(replace(hole, exempt=draw(exempt)))
    return wave(name, start, targets, frozenset(draw(st.sets(st.sampled_from(Evidence), min_size=3))))


MINUTES = st.integers(-26 * HOUR, 50 * HOUR)


@st.composite
def histories(draw: st.DrawFn, *, reposts_only: bool = False) -> History:
    """A case and anything that may be learned about it: out of order, doubled, taken back."""
    case = draw(cases())
    said = st.builds(Entry, st.sampled_from(Act), MINUTES.map(at), st.sampled_from(["", "a", "b"]))
    group = st.sampled_from([group.id for group in case.tree.groups])
    learned: list[st.SearchStrategy[Event]] = [
        st.builds(Recorded, st.just(number), st.integers(0, len(w.targets) - 1), said)
        for number, w in enumerate(case.waves)
        if w.targets and not reposts_only
    ]
    learned.append(st.builds(Reposted, group, MINUTES, st.sampled_from([False, False, True])))
    events = draw(st.lists(st.one_of(learned), max_size=12))
    return case, events + (draw(st.lists(st.sampled_from(events), max_size=3)) if events else [])


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────

_serial = itertools.count()


class Played:
    """A case written into a database of its own."""

    def __init__(self, folder: Path, case: Case, *, freeze: bool) -> None:
        self.case = case
        self.targets: dict[tuple[int, int], TargetId] = {}
        self.store = Store(folder / f"{next(_serial)}.db")
        assert self.store.write_now(trees.add_edition, case.tree, "t", at(-3 * DAY)) == case.tree
        assert not freeze or all(self.freeze(number) for number in range(len(case.waves)))

    def freeze(self, number: int, *, last: bool = True) -> bool:
        """Write a wave down, ``last`` of a plan. Of the groups, one third is bound to a room, one absent from it, one
        unknown."""
        one, tree = self.case.waves[number], self.case.tree
        rooms = {g.id: (f"r{g.id}", g.id % 3 == 2) for g in tree.groups if g.id % 3}
        expires = one.starts_at + timedelta(days=1)
        id = self.store.write_now(waves.freeze_wave, one, tree, 1, rooms, [0], expires)
        if last:
            self.store.write_now(ledger.take_sightings, [one.content.id])
        rows = self.store.conn.execute("SELECT id FROM target WHERE wave = ? ORDER BY id", (id,))
        self.targets |= {(number, place): TargetId(target) for place, (target,) in enumerate(rows)}
        return id is not None

    def in_ledger(self) -> dict[tuple[TargetId, Act, str], int]:
        """Target, act and ref of every entry, with its time in ms."""
        rows = self.store.conn.execute("SELECT target, act, ref, at FROM ledger")
        return {(TargetId(target), Act(act), ref): ms for target, act, ref, ms in rows}

    def play(self, event: Event, by: str = "") -> TargetId | None:
        """Let it be learned; a repost returns the target that it was recorded for."""
        if isinstance(event, Recorded):
            entry, target = event.entry, self.targets[event.wave, event.place]
            known = self.in_ledger().get((target, entry.act, entry.ref), 1 << 60)
            is_new = self.store.write_now(ledger.record, target, entry)
            assert is_new == (to_epoch(entry.at) < known)
            assert self.in_ledger()[target, entry.act, entry.ref] == min(to_epoch(entry.at), known)
            return None
        ref = f"{event.group}@{event.minutes}"
        message = Message(ref, "room", "wxid", at(event.minutes), MessageKind.TEXT)
        found = self.store.write_now(ledger.record_repost, CONTENT.id, event.group, message, by)
        assert found is None or self.in_ledger()[found, Act.OBSERVED, ref] == to_epoch(message.at)
        if event.back:
            recalled = self.store.write_now(ledger.record_recall, ref, at(event.minutes + 1))
            assert recalled == (found is not None)
        return found

    @property
    def waves(self) -> list[reading.Wave]:
        return [w for p in self.case.waves if (w := self.store.read(reading.wave_named, p.name))]

    def everything(self) -> dict[str, Any]:
        """All that the database says about the waves, without the order in which it was learned."""
        conn = self.store.conn
        return {
            "targets": self.store.read(reading.target_rows, self.waves),
            "counters": conn.execute("SELECT * FROM counter ORDER BY wave, node").fetchall(),
            "ledger": self.in_ledger(),
            "outgoing": conn.execute("SELECT * FROM outgoing ORDER BY id").fetchall(),
        }


Databases = Callable[..., Played]


@pytest.fixture
def databases(quick: Path) -> Iterator[Databases]:
    """Opens databases in memory; all are closed at the end."""
    opened: list[Played] = []

    def open_one(case: Case, *, freeze: bool = True) -> Played:
        opened.append(Played(quick, case, freeze=freeze))
        return opened[-1]

    yield open_one
    for played in opened:
        played.store.close()


# ── a second recount, straight from the ledger's rows ───────────────────────────────────────────────────────


def told_by_rows(conn: sqlite3.Connection, wave: PlannedWave, ids: Sequence[TargetId]) -> list[dict[str, Any]]:  # fmt: skip
    """What each target of a wave must be, from what was planned and the rows of `ledger` alone. Times in ms."""
    start = to_epoch(wave.starts_at)
    covered_of: dict[GroupId | None, int | None] = {}
    told = []
    for id, plan in zip(ids, wave.targets, strict=True):
        rows = conn.execute("SELECT act, ref, at FROM ledger WHERE target = ?", (id,)).fetchall()
        refs = {act: {ref: ms for a, ref, ms in rows if a == act} for act in Act}

        def standing(act: Act, back: Act, refs: Any = refs) -> list[int]:
            return [ms for ref, ms in refs[act].items() if ref not in refs[back]]

        proofs = {
            "direct": standing(Act.ACCEPTED, Act.RECALLED),
            "observed": standing(Act.OBSERVED, Act.RECALLED),
            "verified": standing(Act.VERIFIED, Act.RETRACTED),
            "confirmed": standing(Act.CONFIRMED, Act.RETRACTED),
        }
        exempt = bool(standing(Act.EXEMPTED, Act.READMITTED))
        disputed = bool(standing(Act.DISPUTED, Act.DISMISSED))
        void = {"confirmed"} if disputed else set()
        valid = [
            name for name, times in proofs.items() if times and name in wave.counted and name not in void
        ]
        covered = min(ms for name in valid for ms in proofs[name]) if valid and not exempt else None
        above = covered_of[plan.source] if plan.source else start
        opened = None if above is None else max(above, start)
        moved = opened is not None and plan.source
        due = opened + plan.window // timedelta(milliseconds=1) if moved else to_epoch(plan.planned_due)
        reasons = [
            ("no_group", plan.mode is None), ("disputed", disputed), ("unproven", any(proofs.values())),
            ("upstream", plan.mode is Mode.RELAY and opened is None), ("not_reposted", plan.mode is Mode.RELAY),
            ("in_doubt", refs[Act.IN_DOUBT].keys() - refs[Act.FAILED].keys() and not refs[Act.ACCEPTED]),
            ("not_sent", refs[Act.BOUND]), ("bot_absent", refs[Act.BOT_ABSENT]), ("not_bound", refs[Act.NOT_BOUND]), ("not_sent", True),
        ]  # fmt: skip
        is_gap = covered is None and not exempt
        told.append({
            "node": plan.node, "use": plan.use, "members": plan.members, "exempt": exempt, "covered_at": covered,
            "opened_at": opened, "due": due, "accepted_at": min(proofs["direct"], default=None),
            "evidence": valid[0] if covered is not None else None,
            "on_time": None if covered is None else opened is None or covered <= due,
            "reason": next(reason for reason, holds in reasons if holds) if is_gap else None,
        })  # fmt: skip
        covered_of[plan.group] = covered
    return told


def figures(told: Sequence[dict[str, Any]]) -> Counts:
    """Such targets, counted one by one."""
    shown = [t for t in told if not t["exempt"]]
    expected = [t for t in shown if t["use"] in (None, "resident")]
    covered = [t for t in expected if t["covered_at"] is not None]
    outlets = [t for t in shown if t["use"] == "outlet"]
    return Counts(
        expected=len(expected),
        on_time=sum(t["on_time"] for t in covered),
        late=sum(not t["on_time"] for t in covered),
        **Counter(t["evidence"] for t in covered),
        holes=sum(t["use"] is None for t in expected),
        exempt=sum(t["exempt"] and t["use"] in (None, "resident") for t in told),
        disputed=sum(t["reason"] == "disputed" for t in expected),
        members_expected=sum(t["members"] for t in expected),
        members_covered=sum(t["members"] for t in covered),
        outlets_expected=len(outlets),
        outlets_covered=sum(t["covered_at"] is not None for t in outlets),
    )


FOLDED = ["exempt", "covered_at", "opened_at", "due", "accepted_at", "evidence", "on_time", "reason"]


def check(played: Played) -> None:
    """Every figure of every node is what the entries say, and the figures add up."""
    read, tree = played.store.read, played.case.tree
    assert read(audit.recount) == []
    for number, (one, plan) in enumerate(zip(played.waves, played.case.waves, strict=True)):
        ids = [played.targets[number, place] for place in range(len(plan.targets))]
        told = dict(zip(ids, told_by_rows(played.store.conn, plan, ids), strict=True))
        found = read(reading.target_rows, [one])
        assert sorted(row.id for row in found) == ids
        for row in found:
            state = {name: getattr(row, name) for name in FOLDED}
            state |= {name: to_epoch(time) for name, time in state.items() if isinstance(time, datetime)}
            assert state == {name: told[row.id][name] for name in FOLDED}
        for node in tree.nodes:
            below = {n.id for n in tree.subtree(node)}
            counts = read(reading.counts, [one], node.id)
            assert counts == figures([t for t in told.values() if t["node"] in below])
            own = figures([t for t in told.values() if t["node"] == node.id])
            children = [counts for _, counts in read(reading.children_counts, [one], node.id)]
            assert counts == functools.reduce(Counts.plus, children, own)
            rows = [r for r in read(reading.target_rows, [one], node.id) if r.use in (None, "resident")]
            gaps = {row.id for row in read(reading.target_rows, [one], node.id, gaps_only=True)}
            assert gaps == {row.id for row in rows if row.reason}
            assert counts.covered == sum(row.covered_at is not None for row in rows)
            assert counts.covered + len(gaps) == counts.expected == sum(not row.exempt for row in rows)
    each = [read(reading.counts, [one], tree.root.id) for one in played.waves]
    assert read(reading.counts, played.waves, tree.root.id) == functools.reduce(Counts.plus, each)


def creditable(case: Case, repost: Reposted) -> set[int]:
    """Which waves may get the credit: the newest that has begun there; before any, the next within 24 h."""
    then = at(repost.minutes)
    there = {n: w.starts_at for n, w in enumerate(case.waves) if repost.group in {t.group for t in w.targets}}
    begun = [start for start in there.values() if start <= then < start + timedelta(days=7)]
    coming = [start for start in there.values() if then < start <= then + timedelta(hours=24)]
    best = max(begun, default=min(coming, default=None))
    return {number for number, start in there.items() if start == best}


SOME = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@SOME
@given(cases())
def test_a_wave_begins_as_it_was_planned(databases: Databases, case: Case) -> None:
    played = databases(case)
    for number, (one, plan) in enumerate(zip(played.waves, case.waves, strict=True)):
        rows = {row.id: row for row in played.store.read(reading.target_rows, [one])}
        for place, target in enumerate(plan.targets):
            id = played.targets[number, place]
            row, sends = rows[id], played.store.read(sending.find_outgoing, target=id)
            assert (row.node, row.group_id, row.use, row.mode) == (
                target.node,
                target.group,
                target.use,
                target.mode,
            )
            assert row.due == target.planned_due and row.covered_at is None
            assert row.exempt == bool(target.exempt) == (row.reason is None)
            is_posted = target.mode is Mode.DIRECT and target.group is not None and not target.exempt
            assert bool(sends) == (is_posted and (target.group or 0) % 3 == 2), "to whom we have a room, once"
            if is_posted:
                assert row.reason == ["not_bound", "bot_absent", "not_sent"][(target.group or 0) % 3]


@SOME
@given(histories())
def test_after_everything_that_happens_the_figures_are_what_the_ledger_says(databases: Databases, told: History) -> None:  # fmt: skip
    case, events = told
    played = databases(case)
    check(played)
    for event in events:
        target = played.play(event)
        if isinstance(event, Reposted):
            found = {number for (number, _), id in played.targets.items() if id == target}
            assert found <= creditable(case, event) and len(found) == bool(creditable(case, event))
        check(played)


@SOME
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_learning_makes_no_difference(
    databases: Databases, told: History, random: Random
) -> None:
    case, events = told
    one, other = databases(case), databases(case)
    for event in events:
        one.play(event)
    for event in random.sample(events, len(events)):
        other.play(event)
    assert one.everything() == other.everything()


@SOME
@given(histories(reposts_only=True))
def test_a_repost_counts_alike_before_and_after_its_wave_is_written_down(databases: Databases, told: History) -> None:  # fmt: skip
    case, events = told
    seen = [event for event in dict.fromkeys(events) if isinstance(event, Reposted)]
    before, during = databases(case), databases(case, freeze=False)
    moments = [(w.starts_at, 0, n) for n, w in enumerate(case.waves)]
    for _, is_repost, n in sorted(moments + [(at(r.minutes), 1, n) for n, r in enumerate(seen)]):
        if is_repost:
            during.play(seen[n])
            before.play(seen[n])
        else:
            during.freeze(n)
    for what in ("targets", "counters"):
        assert during.everything()[what] == before.everything()[what]


@SOME
@given(histories())
def test_freezing_a_wave_again_changes_nothing(databases: Databases, told: History) -> None:
    case, events = told
    played = databases(case)
    for event in events:
        played.play(event)
    dump = list(played.store.conn.iterdump())
    assert not any(played.freeze(number) for number in range(len(case.waves)))
    assert list(played.store.conn.iterdump()) == dump


# ── stories ─────────────────────────────────────────────────────────────────────────────────────────────────

TOWN = town(
    [0, 1, 2, 2], [(0, Use.WORK, 30), (1, Use.WORK, 20), (2, Use.RESIDENT, 200), (3, Use.RESIDENT, 100)]
)
OFFICE, VILLAGE, ONE, TWO = TOWN.groups


def morning(name: str = "早上", start: int = 0, groups: Sequence[Group] = (ONE, TWO)) -> PlannedWave:
    """The office posts in its group, the village forwards it, and from there it goes to ``groups``."""
    top, station = to(OFFICE, start, Mode.DIRECT), to(VILLAGE, start, Mode.RELAY, OFFICE.id)
    return wave(name, start, [top, station, *(to(group, start, Mode.RELAY, VILLAGE.id) for group in groups)])


def row(played: Played, group: Group, name: str = "早上") -> reading.TargetRow:
    rows = played.store.read(reading.target_rows, played.waves)
    return next(row for row in rows if (row.group_id, row.wave) == (group.id, name))


@pytest.mark.parametrize(("hours", "counts"), [(1, True), (23, True), (24, True), (25, False)])
def test_a_repost_before_its_wave_is_on_time_for_a_day_and_older_ones_are_forgotten(
    databases: Databases, hours: int, counts: bool
) -> None:
    for frozen_first in (True, False):
        played = databases(Case(TOWN, [morning()]), freeze=frozen_first)
        played.play(Reposted(ONE.id, -hours * HOUR))
        assert frozen_first or played.freeze(0)
        played.store.write_now(ledger.forget_sightings, at(-DAY))
        assert played.store.conn.execute("SELECT COUNT(*) FROM sighting").fetchone() == (0,)
        seen = row(played, ONE)
        assert (seen.covered_at, seen.on_time) == ((at(-hours * HOUR), True) if counts else (None, None))
        check(played)


@pytest.mark.parametrize("told_again", [False, True])
def test_a_repost_taken_back_before_its_wave_does_not_count(databases: Databases, told_again: bool) -> None:
    played = databases(Case(TOWN, [morning()]), freeze=False)
    played.play(Reposted(ONE.id, -HOUR, back=True))
    if told_again:
        played.play(Reposted(ONE.id, -HOUR))
    assert played.freeze(0) and row(played, ONE).covered_at is None


@pytest.mark.parametrize("order", [(-2 * HOUR, -HOUR), (-HOUR, -2 * HOUR)])
@pytest.mark.parametrize("frozen_first", [True, False])
def test_of_a_repost_that_was_told_twice_the_earlier_time_holds(
    databases: Databases, order: Sequence[int], frozen_first: bool
) -> None:
    played = databases(Case(TOWN, [morning()]), freeze=frozen_first)
    for minutes in order:
        message = Message("m1", "room", "wxid", at(minutes), MessageKind.TEXT)
        played.store.write_now(ledger.record_repost, CONTENT.id, ONE.id, message, "")
    assert frozen_first or played.freeze(0)
    assert row(played, ONE).covered_at == at(-2 * HOUR)


def test_a_repost_between_a_waves_hour_and_its_writing_down_counts(databases: Databases) -> None:
    played = databases(Case(TOWN, [morning()]), freeze=False)
    played.play(Reposted(ONE.id, 5))
    assert played.freeze(0), "the program was restarted at 08:06 and catches up with the wave of 08:00"
    assert (row(played, ONE).covered_at, row(played, ONE).on_time) == (at(5), True)


def test_a_wave_elsewhere_does_not_use_up_what_was_seen_in_a_group(databases: Databases) -> None:
    case = Case(TOWN, [morning("早上", 0, [TWO]), morning("中午", 4 * HOUR, [ONE])])
    played = databases(case, freeze=False)
    played.play(Reposted(ONE.id, -HOUR))
    assert played.freeze(0) and played.freeze(1)
    assert (row(played, ONE, "中午").covered_at, row(played, ONE, "中午").on_time) == (at(-HOUR), True)


def test_a_recall_reopens_the_group_and_those_below_wait_again(databases: Databases) -> None:
    played = databases(Case(TOWN, [morning()]))
    waiting = row(played, ONE)
    assert (waiting.reason, waiting.opened_at, waiting.due) == ("upstream", None, at(2 * HOUR))
    played.play(Reposted(VILLAGE.id, 30))
    asked = row(played, ONE)
    assert (asked.reason, asked.opened_at, asked.due) == ("not_reposted", at(30), at(30 + 2 * HOUR))
    played.play(Reposted(TWO.id, 40))
    played.play(Reposted(VILLAGE.id, 30, back=True))
    assert row(played, ONE) == waiting
    assert row(played, VILLAGE).covered_at is None
    assert row(played, TWO).on_time, "what reached people stays covered"
    check(played)
    assert not played.store.write_now(ledger.record_recall, "somebody's", at(50)), "none of ours"


@pytest.mark.parametrize(
    ("minutes", "name"),
    [
        (-HOUR, "早上"), (0, "早上"), (4 * HOUR, "早上"), (5 * HOUR, "下午"), (3 * DAY, "下午"),
        (7 * DAY + HOUR, "下午"), (7 * DAY + 6 * HOUR, None),
    ],
)  # fmt: skip
def test_the_newest_wave_that_has_begun_gets_the_credit(databases: Databases, minutes: int, name: str | None) -> None:  # fmt: skip
    played = databases(Case(TOWN, [morning(), morning("下午", 5 * HOUR), morning("明早", 30 * DAY)]))
    played.play(Reposted(ONE.id, minutes))
    rows = played.store.read(reading.target_rows, played.waves)
    assert [row.wave for row in rows if row.covered_at] == ([name] if name else [])


def test_the_newest_wave_gets_the_credit_also_when_two_are_caught_up_together(databases: Databases) -> None:
    played = databases(Case(TOWN, [morning("八点"), morning("八点五分", 5)]), freeze=False)
    played.play(Reposted(ONE.id, 6))
    assert played.freeze(0, last=False) and played.freeze(1), "the program was restarted at 08:07"
    assert row(played, ONE, "八点五分").covered_at and not row(played, ONE, "八点").covered_at


@pytest.mark.parametrize("minutes", [-30, 30])
@pytest.mark.parametrize("by", ["", "周桂芳"])
def test_anyones_repost_covers_and_credit_has_who_is_known(databases: Databases, by: str, minutes: int) -> None:  # fmt: skip
    played = databases(Case(TOWN, [morning()]), freeze=minutes > 0)
    played.play(Reposted(ONE.id, minutes), by)
    assert minutes > 0 or played.freeze(0)
    assert row(played, ONE).evidence == Evidence.OBSERVED
    assert [entry.by for entry in played.store.read(ledger.entries_of, played.targets[0, 2])] == [by]


def test_a_new_roster_changes_later_waves_and_no_wave_that_has_begun(databases: Databases) -> None:
    played = databases(Case(TOWN, [morning()]))
    store, told = played.store, played.everything()
    moved = town(
        [0, 1, 1, 2], [(0, Use.WORK, 30), (2, Use.WORK, 20), (3, Use.RESIDENT, 5), (1, Use.RESIDENT, 5)]
    )
    lasting = store.write_now(trees.add_edition, moved, "new", at(10))
    assert played.everything() == told
    later = morning("下午", 5 * HOUR, [group for group in moved.groups if group.use is Use.RESIDENT])
    by_name = {group.name: group for group in lasting.groups}
    targets = [replace(t, node=by_name[f"g{t.group}"].node) for t in later.targets]
    store.write_now(waves.freeze_wave, replace(later, targets=targets), lasting, 2, {}, [0], at(2 * DAY))
    for minutes in (30, 6 * HOUR):
        played.play(Reposted(ONE.id, minutes))
    check(played)
    old, new = (store.read(reading.wave_named, name) for name in ("早上", "下午"))
    assert old and new
    covered = [
        {path: counts.covered for path, counts in store.read(reading.children_counts, [one], TOWN.root.id)}
        for one in (old, new)
    ]
    assert covered == [{"n0/n1": 1}, {"n0/n1": 0, "n0/n2": 1}]
