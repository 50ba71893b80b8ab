"""When things go out, and never twice: the planner asked day after day, remembering as the store does.

What is chosen and whom it reaches: test_preview.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as searching
from hypothesis import strategies as st

from bot.channels.manual import ManualChannel
from bot.library import LiveLibrary
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry, EntryId
from bot.model.plan import Past, Plan, PlannedTarget, PlannedWave, Slot
from bot.model.time import TZ, at_time, local
from bot.model.tree import Group, GroupId, Medium, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.planner.waves import LOOK_BACK, OUTLET_WINDOW, PUNCTUAL, plan, targets_of
from bot.sample import sample
from bot.schedules.model import Schedules
from bot.service.town import Town
from bot.store import approvals, reading, trees, waves
from bot.store.database import Store

DAY = date(2026, 3, 12)
LATER = "错过了，只有最近的一批才补发"
NEXT_DAY = "错过了当天，不再补发"
EVENING = "错过了，现在又不在发送时间内"
DROPPED = "错过了时间，这一批设为不补发"
NONE_LEFT = "没有审批过、又在有效期内的内容可选"


def at(clock: str, days: int = 0) -> datetime:
    return at_time(DAY + timedelta(days=days), time.fromisoformat(clock))


# ── a town, a library, settings ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    path: str
    level: str
    groups: Sequence[Group] = ()
    tags: Collection[str] = ()
    contact: str = ""


def group(name: str, use: Use = Use.RESIDENT, tags: Iterable[str] = (), **more: Any) -> Group:
    return Group(GroupId(0), NodeId(0), name, use, audiences=frozenset(tags), **more)


def work(name: str, **more: Any) -> Group:
    return group(name, Use.WORK, **more)


def outlet(name: str, **more: Any) -> Group:
    return group(name, Use.OUTLET, **{"medium": Medium.OFFLINE, **more})


def tree_of(*places: Place) -> Tree:
    """The edition of the tree that these places are; they stand in pre-order."""
    ids = {here.path: NodeId(100 + lo) for lo, here in enumerate(places)}
    nodes: list[Node] = []
    groups: list[Group] = []
    workers: list[Worker] = []
    for lo, here in enumerate(places):
        above, _, name = here.path.rpartition("/")
        hi = lo + sum(other.path.startswith(f"{here.path}/") for other in places)
        people = {Post.CONTACT: WorkerId(len(workers) + 1)} if here.contact else {}
        workers += [Worker(id, here.contact, here.path) for id in people.values()]
        nodes.append(
            Node(ids[here.path], name, here.path, here.level, "", ids.get(above), lo, hi, people, frozenset(here.tags))
        )  # fmt: skip
        for one in here.groups:
            groups.append(replace(one, id=GroupId(len(groups) + 1), node=nodes[-1].id))
    return Tree(tuple(nodes), tuple(groups), tuple(workers))


TOWN = tree_of(
    Place("清河镇", "镇", [work("镇群")]),
    Place("清河镇/柳林村", "村居", [work("村群"), outlet("柳林LED")], contact="何建国"),
    Place("清河镇/柳林村/一组", "网格", [group("一组群", members=120)], contact="周桂芳"),
    Place("清河镇/柳林村/二组", "网格", [group("二组群")], tags=["老年人"]),
    Place("清河镇/柳林村/三组", "网格"),
    Place("清河镇/中心校", "单位", [work("校群", medium=Medium.QQ)]),
    Place("清河镇/中心校/教务", "部门", [group("教务群", mode=Mode.DIRECT, tags=["财会人员"])]),
    Place("清河镇/中心校/家长", "部门", [group("家长群", medium=Medium.XIAOXUNTONG, mode=Mode.DIRECT)]),
)


def content(id: str, topics: Iterable[str] = (), audiences: Iterable[str] = ()) -> Content:
    parts, tags = [Part(PartKind.TEXT, main=True, text=id)], (frozenset(topics), frozenset(audiences))
    return Content(ContentId(id), f"《{id}》", parts, id, Path(id), id, *tags)


def entry(id: str = "morning", **more: Any) -> dict[str, Any]:
    """Every day at eight, the whole library in turn, unless said."""
    when = {} if "dates" in more else {"cron": "0 8 * * *"}
    return {"id": id, **when, "what": {"rotate": "all"}, **more}


def settings(*entries: dict[str, Any], **more: Any) -> Schedules:
    return Schedules.model_validate({"entries": entries, **more})


def campaign(name: str, *entries: dict[str, Any], start: str = "2026-03-01", end: str = "2026-03-31") -> Any:
    return {"name": name, "from": start, "to": end, "entries": entries}


# ── the office from day to day ──────────────────────────────────────────────────────────────────────────────

NOTHING_YET = Past({}, frozenset(), {}, frozenset())


def remembered(past: Past, found: Plan, written: int | None = None) -> Past:
    """``past`` after a plan was written down as bot.store.waves does; ``written``: the waves before a crash."""
    kept = found.waves[:written]
    settled = {*past.settled, *(unsent.slot for unsent in found.unsent if unsent.final)}
    settled |= {slot for w in kept for slot in (w.slot, replace(w.slot, content=w.content.id))}
    used = dict(past.used)
    for wave in kept:
        key = (wave.slot.entry, wave.content.id)
        used[key] = max(used.get(key, wave.slot.at), wave.slot.at)
    shown = {
        (wave.campaign or f"entry:{wave.slot.entry}", target.group)
        for wave in kept
        for target in wave.targets
        if target.use is Use.OUTLET and target.group is not None and not target.exempt
    }
    return Past(past.since, settled, used, {*past.shown, *shown})


@dataclass
class Office:
    schedules: Schedules
    contents: Mapping[ContentId, Content]
    tree: Tree = TOWN
    carried: frozenset[Medium] = frozenset({Medium.WECHAT})
    past: Past = NOTHING_YET

    def ask(self, now: datetime, refused: Collection[str] = ()) -> Plan:
        """The plan for ``now``; nothing is remembered but when an entry was first seen."""
        names = [EntryId(one.id) for one, _ in self.schedules.all_entries()]
        self.past = replace(self.past, since={**dict.fromkeys(names, now), **self.past.since})
        known = replace(self.past, settled={s for s in self.past.settled if s.at >= now - LOOK_BACK})
        why = {ContentId(id): "还没有送审" for id in refused}
        return plan(self.tree, self.contents, why, self.schedules, self.carried, known, now)

    def tick(self, clock: str, days: int = 0, refused: str = "") -> Plan:
        found = self.ask(at(clock, days), refused)
        self.past = remembered(self.past, found)
        return found


def opened(*entries: dict[str, Any], have: Any = "abc", tree: Tree = TOWN, **more: Any) -> Office:
    """An office that has been running since seven; ``have``: its library."""
    contents = {ContentId(id): content(id) for id in have} if isinstance(have, str) else have
    office = Office(settings(*entries, **more), contents, tree)
    assert office.tick("07:00") == Plan([], [])
    return office


def sent(found: Plan) -> str:
    return " ".join(wave.content.id for wave in found.waves)


def told(found: Plan) -> list[tuple[str, str, str, bool]]:
    return [(f"{local(u.slot.at):%m-%d %H:%M}", u.slot.content, u.why, u.final) for u in found.unsent]


def way(target: PlannedTarget, tree: Tree = TOWN) -> str:
    """The target and where it comes from."""
    if target.group is None:
        return f"{tree.by_id[target.node].name}：空白点"
    name = tree.group_by_id[target.group].name
    if target.source is not None:
        return f"{name} ← {tree.group_by_id[target.source].name}"
    return f"{name}：{'直发' if target.mode is Mode.DIRECT else '自己转'}"


def reached(wave: PlannedWave, tree: Tree = TOWN) -> list[str]:
    return [way(target, tree) for target in wave.targets]


def first_wave(audiences: Any = (), more: Any = (), **of: Any) -> PlannedWave:
    """Today's first wave of one entry: of a content for ``audiences``, with ``more`` settings."""
    office = opened(entry(**of), have={ContentId("a"): content("a", audiences=audiences)}, **dict(more))
    return office.tick("08:00").waves[0]


# ── planning twice never sends twice ────────────────────────────────────────────────────────────────────────


def test_the_same_morning_gives_the_same_plan_and_once_written_down_nothing_more() -> None:
    office = opened(entry(), have="a")
    found = office.ask(at("08:00"))
    assert found == office.ask(at("08:00")) == office.tick("08:00")
    assert sent(found) == "a"
    assert office.tick("08:00") == office.tick("08:01") == office.tick("20:00") == Plan([], [])


def test_a_clock_that_is_set_back_sends_nothing_again() -> None:
    office = opened(entry())
    assert [sent(office.tick("08:00", day)) for day in range(3)] == ["a", "b", "c"]
    for clock, day in (("08:00", 0), ("09:00", 1), ("07:00", -9)):
        assert office.tick(clock, day) == Plan([], [])
    assert sent(office.tick("08:00", 3)) == "a"


@pytest.mark.parametrize("what", [{"rotate": ["a"]}, {"rotate": ["b", "c"]}])
def test_an_entry_that_is_rewritten_after_its_hour_does_not_send_that_hour_again(what: Any) -> None:
    office = opened(entry(what={"ids": ["a"]}))
    assert sent(office.tick("08:00")) == "a"
    office.schedules = settings(entry(what=what))
    assert sent(office.tick("09:00")) == ""
    assert sent(office.tick("08:00", 1)) == what["rotate"][0]


def test_two_waves_never_share_a_name() -> None:
    """The store takes a wave whose name is there for one that was written down before: it would be lost."""
    entries = [entry("pm", what={"ids": ["x-a"]}), entry("pm-x", what={"ids": ["a"]})]
    office = opened(*entries, have={ContentId(id): content(id) for id in ("x-a", "a")})
    names = [wave.name for wave in office.tick("08:00").waves]
    assert len(set(names)) == 2, names


def test_the_store_remembers_just_what_these_tests_remember(quick: Path) -> None:
    store = Store(quick / "chuanda.db")
    tree = store.write_now(trees.add_edition, TOWN, "t", at("07:00"))
    month = campaign("三月", entry("month", what={"rotate": "all", "pick": 2}))
    office = opened(entry(what={"ids": ["a", "b"]}), campaigns=[month], tree=tree)

    def known(now: datetime) -> Past:
        return store.write_now(waves.past, list(office.past.since), now - LOOK_BACK, now)

    known(at("07:00"))
    for day, clock in enumerate(["08:00", "23:00", "09:00", "08:10"]):
        found = office.tick(clock, day, refused="b" if day == 2 else "")
        for unsent in found.unsent:
            if unsent.final:
                store.write_now(waves.drop_slot, unsent, at(clock, day))
        for wave in found.waves:
            assert store.write_now(waves.freeze_wave, wave, tree, 1, {}, [0], wave.closes_at)
        assert known(at(clock, day)) == office.past


class Killed(BaseException):
    pass


class MortalStore(Store):
    """A store whose program is killed before one of its writes."""

    writes_left = 1_000

    def _one_less(self) -> None:
        self.writes_left -= 1
        if self.writes_left < 0:
            raise Killed

    def write_now(self, *change: Any, **more: Any) -> Any:
        self._one_less()
        return super().write_now(*change, **more)

    async def write(self, *change: Any, **more: Any) -> Any:
        self._one_less()
        return await super().write(*change, **more)


@pytest.mark.parametrize("how", ["ids", "rotate"])
async def test_killed_before_any_write_of_the_morning_both_contents_still_go_out(
    how: str, quick: Path
) -> None:
    both = ["001-shuadan", "002-kefu"]
    what = {"ids": both} if how == "ids" else {"rotate": both, "pick": 2}
    library = LiveLibrary(sample().library)
    contents = library.refresh().contents
    for writes in range(1_000):
        data = quick / str(writes)
        store = MortalStore(data / "chuanda.db")
        store.write_now(trees.add_edition, TOWN, "t", at("07:00"))
        for id in map(ContentId, both):
            for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
                decided = ApprovalEntry(act, contents[id].digest, by, at("07:00"))
                store.write_now(approvals.add_approval, id, decided)
        town = Town(store, ManualChannel(), library, settings(entry(what=what)), data)
        await town.tick(at("07:00"))
        store.writes_left, killed = writes, False
        try:
            await town.tick(at("08:00"))
        except Killed:
            killed = True
        store.writes_left = 1_000
        await Town(store, ManualChannel(), library, settings(entry(what=what)), data).tick(at("08:01"))
        found = [wave.content for wave in store.read(reading.waves_between, DAY, DAY)]
        store.close()
        assert sorted(found) == both, f"killed before write {writes + 1}"
        if not killed:
            return


# ── what missed its hour ────────────────────────────────────────────────────────────────────────────────────


def test_a_missed_morning_is_caught_up_the_same_day_and_told() -> None:
    (wave,) = opened(entry()).tick("10:30").waves
    assert (wave.slot.at, wave.starts_at) == (at("08:00"), at("10:30")), "this difference is told"
    assert wave.targets[0].planned_due == at("14:30"), "the clock starts when it is sent"


@pytest.mark.parametrize(
    ("rule", "clock", "days", "outcome"),
    [
        ("same_day", "08:00", 0, "08:00"), ("same_day", "08:10", 0, "08:00"), ("same_day", "08:11", 0, "08:11"),
        ("same_day", "21:00", 0, "21:00"), ("same_day", "21:01", 0, EVENING),
        ("same_day", "00:00", 1, NEXT_DAY), ("same_day", "08:00", 1, NEXT_DAY),
        ("urgent", "21:01", 0, "21:01"), ("urgent", "23:59", 0, "23:59"), ("urgent", "00:00", 1, NEXT_DAY),
        ("drop", "08:10", 0, "08:00"), ("drop", "08:11", 0, DROPPED),
        ("latest", "08:10", 0, "08:00"), ("latest", "08:11", 0, "08:11"), ("latest", "09:00", 30, "09:00"),
    ],
)  # fmt: skip
def test_what_missed_its_hour_goes_by_its_rule(rule: str, clock: str, days: int, outcome: str) -> None:
    of = {"urgent": True} if rule == "urgent" else {"misfire": rule}
    office = opened(entry(dates=["2026-03-12 08:00"], **of))
    found = office.tick(clock, days)
    if outcome[0].isdigit():
        assert ([f"{w.starts_at:%H:%M}" for w in found.waves], told(found)) == ([outcome], [])
    else:
        assert (sent(found), told(found)) == ("", [("03-12 08:00", "", outcome, True)])
    assert office.tick(clock, days) == Plan([], []), "said once"


def test_an_urgent_entry_of_the_night_goes_out_at_night() -> None:
    (wave,) = opened(entry(dates=["2026-03-12 23:00"], urgent=True)).tick("23:00").waves
    assert (wave.starts_at, wave.urgent) == (at("23:00"), True)


def test_what_is_caught_up_at_night_can_still_be_on_time_in_the_morning() -> None:
    """Nothing may be sent before 7:30, so a clock that runs from three has everybody late."""
    office = opened(entry(dates=["2026-03-12 20:00"], misfire="latest"))
    (wave,) = [w for clock in ("03:00", "07:30") for w in office.tick(clock, 1).waves]
    assert wave.targets[0].planned_due == at("11:30", 1)


def test_of_several_missed_hours_only_the_last_is_caught_up_and_the_others_are_told() -> None:
    office = opened(entry(cron="0 8,12,16 * * *"))
    found = office.tick("16:30")
    assert [(w.slot.at, w.starts_at) for w in found.waves] == [(at("16:00"), at("16:30"))]
    assert told(found) == [("03-12 08:00", "", LATER, True), ("03-12 12:00", "", LATER, True)]
    assert office.tick("16:40") == Plan([], [])


def test_a_missed_hour_that_would_have_sent_three_is_told_once() -> None:
    found = opened(entry(what={"rotate": "all", "pick": 3})).tick("07:00", 1)
    assert told(found) == [("03-12 08:00", "", NEXT_DAY, True)]


def test_after_forty_days_the_office_is_told_of_a_month_and_today_goes_out() -> None:
    found = opened(entry()).tick("09:00", 40)
    assert [wave.slot.at for wave in found.waves] == [at("08:00", 40)]
    assert [unsent.slot.at for unsent in found.unsent] == [at("08:00", day) for day in range(10, 40)]


def test_a_new_entry_is_not_caught_up_from_before_it_was_written() -> None:
    office = opened(entry(), have="a")
    assert sent(office.tick("08:00")) == "a"
    office.schedules = settings(entry(), entry("new", cron="0 9,13 * * *"))
    assert [sent(office.tick(clock)) for clock in ("12:00", "12:30", "13:00")] == ["", "", "a"]


# ── campaigns ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_sends_on_its_first_and_its_last_day_and_not_around() -> None:
    office = opened(campaigns=[campaign("短", entry(), start="2026-03-13", end="2026-03-15")])
    assert [sent(office.tick("08:00", day)) for day in range(5)] == ["", "a", "b", "c", ""]


def test_a_campaign_that_is_over_catches_nothing_up() -> None:
    """schedules.yaml: 专项行动：只在起止日期之内发."""
    office = opened(campaigns=[campaign("短", entry(misfire="latest"), end="2026-03-13")])
    assert sent(office.tick("12:00", 9)) == ""


# ── whatever the town, the settings and the day ─────────────────────────────────────────────────────────────

LEVELS = ("镇", "村居", "单位", "网格", "部门")
ANY = st.sampled_from
TAGS = st.frozensets(ANY(["老年人", "学生", "财会人员"]), max_size=2)
GROUPS = st.builds(group, st.just("群"), ANY(Use), TAGS, medium=ANY(Medium), mode=ANY(Mode))
IDS = st.lists(ANY("abcd"), min_size=1, max_size=3, unique=True)
CONTENTS = st.dictionaries(ANY("abcd"), st.tuples(st.sets(ANY(["刷单", "贷款"])), TAGS), min_size=1).map(
    lambda drawn: {ContentId(id): content(id, *tags) for id, tags in drawn.items()}
)
MOMENTS = st.builds(
    lambda day, hour, minute, second: datetime(2026, 3, day, hour, minute, second, tzinfo=TZ),
    st.integers(8, 14), st.integers(8, 20), ANY([0, 5, 10, 11, 30, 59]), ANY([0, 0, 1, 59]),
)  # fmt: skip
WHAT = st.fixed_dictionaries({"ids": IDS}) | st.fixed_dictionaries(
    {"pick": st.integers(1, 3)}, optional={"rotate": st.just("all") | IDS, "topics": st.just(["贷款", "刷单"])}
).filter(lambda what: len(what) == 2)  # fmt: skip
TO = st.fixed_dictionaries(
    {"outlets": ANY(["campaign", "every", "never"])},
    optional={"audiences": TAGS, "node": ANY(["1", "2/1", "没有"]), "level": ANY(LEVELS)},
)
ENTRIES = st.fixed_dictionaries(
    {"what": WHAT, "to": TO, "misfire": ANY(["same_day", "drop", "latest"]), "urgent": st.booleans()},
    optional={
        "dates": st.lists(MOMENTS.map(lambda at: at.replace(second=0)), min_size=1, max_size=4, unique=True),
        "days": ANY(["workdays", "holidays"]),
        "deadline": ANY(["1m", "5h", "3d"]),
    },
)
CRONS = ANY(["0 8 * * *", "*/10 9-10 * * *", "0 8,12,20 * * 1-5", "30 9 * * 6"])
REFUSED = st.sets(ANY("abcd"), max_size=3)
"""What is not approved at a moment."""
LIVES = st.lists(st.tuples(MOMENTS, REFUSED, st.none() | st.integers(0, 2)), min_size=2, max_size=12)
"""When the planner is asked, in any order, and how many waves are written down before a crash (None: no crash)."""


@st.composite
def towns(draw: st.DrawFn) -> Tree:
    lowest = draw(st.sets(st.text("12", min_size=1, max_size=4), max_size=6))
    paths = sorted({"", *(path[:depth] for path in lowest for depth in range(1, 5))})
    groups = st.lists(GROUPS, max_size=3)
    return tree_of(
        *(Place("/".join(["镇", *path]), LEVELS[len(path)], draw(groups), draw(TAGS)) for path in paths)
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedules:
    entries = draw(st.lists(ENTRIES, min_size=1, max_size=3))
    written = [entry(f"e{number}", **{"cron": draw(CRONS), **of}) for number, of in enumerate(entries)]
    for one in written:
        if "dates" in one:
            del one["cron"]
    inside = draw(st.integers(0, len(written)))
    month = campaign("行动", *written[inside:], start="2026-03-08", end="2026-03-14")
    exempt = draw(ANY([[], [{"node": "1", "reason": "拆迁"}]]))
    return settings(*written[:inside], campaigns=[month], deadlines={"levels": {"村居": "2h"}}, exempt=exempt)


def check_targets(tree: Tree, targets: Sequence[PlannedTarget], starts_at: datetime) -> None:
    """What holds in every wave."""
    groups = [t.group for t in targets if t.group is not None]
    holes = [t.node for t in targets if t.group is None]
    assert len(set(groups)) == len(groups) and len(set(holes)) == len(holes)
    assert all(tree.is_hole(tree.by_id[node]) for node in holes)
    due: dict[GroupId | None, datetime] = {None: starts_at}
    for target in targets:
        assert target.source in due, "the source stands before what is forwarded from it"
        assert target.planned_due == due[target.source] + target.window
        assert target.source is None or target.mode is Mode.RELAY
        assert target.use is not Use.OUTLET or target.window >= OUTLET_WINDOW
        if target.group is not None:
            due[target.group] = target.planned_due
            assert target.use is tree.group_by_id[target.group].use
    sources = {t.source for t in targets} - {None}
    assert sources == {t.group for t in targets if t.use is Use.WORK}, (
        "work groups on somebody's way, no others"
    )


@searching(deadline=None, max_examples=120)
@given(towns(), CONTENTS, schedules(), st.frozensets(ANY(Medium)))
def test_in_every_town_each_group_stands_once_behind_what_it_comes_from(
    tree: Tree, contents: dict[ContentId, Content], of: Schedules, carried: frozenset[Medium]
) -> None:
    for what in contents.values():
        for one, inside in of.all_entries():
            targets = list(targets_of(tree, what, one, inside, of, carried, (), at("08:00")))
            check_targets(tree, targets, at("08:00"))
            fit = [g for g in tree.groups if g.use is Use.RESIDENT]
            for asked in (one.to.audiences, what.audiences):
                fit = [g for g in fit if not asked or asked & (g.audiences | tree.by_id[g.node].audiences)]
            top = tree.find(one.to.node)
            below = {n.id for n in tree.subtree(top)} if top else set()
            fit = [g for g in fit if g.node in below and one.to.level in ("", tree.by_id[g.node].level)]
            for target in targets:
                away = tree.by_id[target.node].path.startswith("镇/1") and of.exempt
                assert target.exempt == ("拆迁" if away else "")
            resident = {t.group: t.mode is Mode.DIRECT for t in targets if t.use is Use.RESIDENT}
            assert resident == {g.id: g.mode is Mode.DIRECT and g.medium in carried for g in fit}


@searching(deadline=None, max_examples=150)
@given(towns(), CONTENTS, schedules(), LIVES, st.booleans())
def test_whatever_the_clock_and_the_crashes_nothing_is_planned_again(
    tree: Tree, contents: dict[ContentId, Content], of: Schedules, life: list[Any], in_order: bool
) -> None:
    office = Office(of, contents, tree)
    served: set[Slot] = set()
    closed: set[Slot] = set()
    for now, refused, written in sorted(life, key=lambda step: step[0]) if in_order else life:
        found = office.ask(now, refused)
        assert found == office.ask(now, refused)
        assert not closed & ({wave.slot for wave in found.waves} | {unsent.slot for unsent in found.unsent})
        serves = [replace(wave.slot, content=wave.content.id) for wave in found.waves]
        assert len(set(serves)) == len(serves) and not served & set(serves)
        late = {wave.slot for wave in found.waves if now - wave.slot.at > PUNCTUAL}
        assert all(len({s.at for s in late if s.entry == slot.entry}) == 1 for slot in late), (
            "the last one only"
        )
        for wave in found.waves:
            assert wave.content.id not in refused
            assert office.past.since[wave.slot.entry] < wave.slot.at <= now
            assert wave.starts_at >= now if wave.slot in late else wave.starts_at == wave.slot.at
            check_targets(tree, wave.targets, wave.starts_at)
        served |= set(serves[:written])
        closed |= {unsent.slot for unsent in found.unsent if unsent.final}
        if written is None:
            closed |= {wave.slot for wave in found.waves}
        office.past = remembered(office.past, found, written)
