"""Counting whom a wave reaches agrees with planning it."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.content import Content, ContentId
from bot.model.time import at_time, day_of
from bot.model.tree import Medium, Mode, Tree, Use
from bot.planner.tally import Tally, most_in_a_day
from bot.planner.waves import targets_of
from bot.sample.town import town_tree
from bot.schedules.model import Exemption, ScheduleEntry, Schedules

AT = at_time(date(2026, 3, 12), time(8))
TOWN = town_tree(300, 3)
PLACES = ["", *(node.path for node in TOWN.nodes[:40])]
TAGS = sorted(
    frozenset[str]().union(
        *(n.audiences | g.audiences for n in TOWN.nodes for g in TOWN.groups_of.get(n.id, ()))
    )
)
CARRIED = [frozenset(), frozenset({Medium.WECHAT}), frozenset(Medium)]


@settings(max_examples=150, deadline=None)
@given(
    node=st.sampled_from(PLACES),
    level=st.sampled_from(["", "村居", "网格", "单位"]),
    wants=st.sets(st.sampled_from(TAGS), max_size=2),
    content_wants=st.sets(st.sampled_from(TAGS), max_size=2),
    outlets=st.sampled_from(["campaign", "every", "never"]),
    carried=st.sampled_from(CARRIED),
    exempt=st.lists(
        st.tuples(st.sampled_from(PLACES[1:]), st.booleans(), st.sampled_from([None, date(2026, 3, 11), date(2026, 3, 12)])),
        max_size=3,
    ),
    shown=st.booleans(),
    deadline=st.sampled_from([None, "30m"]),
)  # fmt: skip
def test_it_counts_what_the_planner_would_plan(
    node: str, level: str, wants: set[str], content_wants: set[str], outlets: str, carried: frozenset[Medium],
    exempt: list[tuple[str, bool, date | None]], shown: bool, deadline: str | None,
) -> None:  # fmt: skip
    to = {"node": node, "level": level, "audiences": sorted(wants), "outlets": outlets}
    entry = ScheduleEntry.model_validate(
        {"id": "e", "cron": "0 8 * * *", "what": {"rotate": "all"}, "to": to, "deadline": deadline}
    )
    exemptions = []
    for path, only_one, until in exempt:
        place = TOWN.find(path)
        assert place is not None
        below = {n.id for n in TOWN.subtree(place)}
        group = next((g.name for g in TOWN.groups if g.node in below and g.use is not Use.WORK), "")
        exemptions.append(Exemption(node=path, group=group if only_one else "", reason="拆迁", until=until))
    rules = Schedules(exempt=tuple(exemptions))
    content = Content(ContentId("c"), "标题", (), "d", Path("/"), audiences=frozenset(content_wants))
    outlet_ids = [g.id for g in TOWN.groups if g.use is Use.OUTLET] if shown else []
    tally = Tally(TOWN, carried)
    reach = tally.reach(entry, content.audiences, rules, day_of(AT), tally.these(outlet_ids))
    had = {("entry:e", group) for group in outlet_ids}
    targets = list(targets_of(TOWN, content, entry, None, rules, carried, had, AT))
    planned = [t for t in targets if t.use is not Use.WORK and t.group is not None and not t.exempt]
    direct = [t for t in targets if t.mode is Mode.DIRECT and not t.exempt]
    assert {g for g, here in zip(tally.groups, reach.groups, strict=True) if here} == {
        t.group for t in planned
    }
    assert (reach.targets, reach.direct) == (len(planned), len(direct))
    assert reach.window == min((t.planned_due - AT for t in direct), default=None)
    assert int(reach.outlets.sum()) == sum(t.use is Use.OUTLET for t in planned)


def test_the_busiest_group_is_the_one_that_is_in_most_waves() -> None:
    tree: Tree = TOWN
    tally = Tally(tree, frozenset())
    entry = ScheduleEntry.model_validate(
        {"cron": "0 8 * * *", "what": {"rotate": "all"}, "to": {"outlets": "never"}}
    )
    village = next(tree.children(tree.root))
    there = entry.model_copy(update={"to": entry.to.model_copy(update={"node": village.path})})
    whole, part = (
        tally.reach(e, frozenset(), Schedules(), day_of(AT), tally.nobody()) for e in (entry, there)
    )
    assert most_in_a_day([whole, part, part], whole.groups) == 3
    assert most_in_a_day([whole, part, part], whole.groups & ~part.groups) == 1
    assert most_in_a_day([], whole.groups) == most_in_a_day([whole], tally.nobody()) == 0


@pytest.mark.parametrize("carried", CARRIED)
def test_a_town_that_nobody_posts_to_has_no_deadline_to_miss(carried: frozenset[Medium]) -> None:
    tally = Tally(TOWN, carried)
    entry = ScheduleEntry.model_validate(
        {"cron": "0 8 * * *", "what": {"rotate": "all"}, "to": {"node": "没有"}}
    )
    reach = tally.reach(entry, frozenset(), Schedules(), day_of(AT), tally.nobody())
    assert (reach.targets, reach.direct, reach.window) == (0, 0, None)
