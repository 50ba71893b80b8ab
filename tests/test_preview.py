"""What a wave carries, whom it reaches and by when, and what `chuanda check` says of the days to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import manual
from bot.channels.simulated import channel as simulated
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry, EntryId, Evidence
from bot.model.plan import Past, Plan, Slot
from bot.model.tree import Medium, Mode, Tree, Use
from bot.service.preview import Preview, preview
from bot.store import trees, waves
from bot.store.database import Store
from tests.test_planner import (
    DAY,
    DROPPED,
    NEXT_DAY,
    NONE_LEFT,
    NOTHING_YET,
    TOWN,
    Place,
    at,
    campaign,
    content,
    entry,
    first_wave,
    group,
    opened,
    outlet,
    reached,
    sent,
    settings,
    told,
    tree_of,
    way,
    work,
)

EVERYBODY = [
    "镇群：直发", "村群 ← 镇群", "校群 ← 镇群",
    "柳林LED ← 村群", "一组群 ← 村群", "二组群 ← 村群", "三组：空白点", "教务群：直发", "家长群 ← 校群",
]  # fmt: skip

# ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_named_goes_out_all_of_it_and_what_cannot_is_told_with_the_reason() -> None:
    found = opened(entry(what={"ids": ["c", "a", "gone", "b"]})).tick("08:00", refused="a")
    assert sent(found) == "c b"
    when = "03-12 08:00"
    assert told(found) == [(when, "a", "还没有送审", False), (when, "gone", "资料库里没有这条内容", False)]


@pytest.mark.parametrize(("clock", "starts"), [("08:07", "08:00"), ("10:00", "10:00"), ("21:00", "21:00")])
@pytest.mark.parametrize(("what", "slot"), [({"ids": ["a"]}, "a"), ({"rotate": "all"}, "")])
def test_what_is_approved_later_the_same_day_still_goes_out(
    what: Any, slot: str, clock: str, starts: str
) -> None:
    office = opened(entry(what=what), have="a")
    why = "还没有送审" if slot else NONE_LEFT
    assert told(office.tick("08:00", refused="a")) == [("03-12 08:00", slot, why, False)]
    (wave,) = office.tick(clock).waves
    assert (wave.slot, wave.starts_at) == (Slot(EntryId("morning"), at("08:00"), ContentId(slot)), at(starts))
    assert office.tick("21:00") == Plan([], [])


def test_what_is_not_approved_by_midnight_is_dropped_and_told() -> None:
    office = opened(entry(dates=["2026-03-12 08:00"]), have="a")
    assert told(office.tick("20:00", refused="a")) == [("03-12 08:00", "", NONE_LEFT, False)]
    assert told(office.tick("07:00", 1, refused="a")) == [("03-12 08:00", "", NEXT_DAY, True)]
    assert office.tick("08:00", 1) == Plan([], [])


def test_an_entry_that_drops_waits_ten_minutes_for_the_approval() -> None:
    office = opened(entry(misfire="drop"), have="a")
    assert told(office.tick("08:10", refused="a")) == [("03-12 08:00", "", NONE_LEFT, False)]
    assert told(office.tick("08:11")) == [("03-12 08:00", "", DROPPED, True)]


@pytest.mark.parametrize(
    ("what", "days"),
    [
        ({"rotate": "all"}, ["a", "b", "c", "d", "a", "b"]),
        ({"rotate": ["d", "b"]}, ["d", "b", "d", "b"]),
        ({"rotate": "all", "pick": 2}, ["a b", "c d", "a b"]),
        ({"topics": ["刷单", "贷款"]}, ["b", "c", "d", "b"]),
        ({"topics": ["贷款"], "pick": 3}, ["c d", "c d"]),
    ],
)
def test_the_one_sent_longest_ago_comes_next(what: Any, days: list[str]) -> None:
    topics = {"a": ["冒充"], "b": ["刷单"], "c": ["刷单", "贷款"], "d": ["贷款"]}
    office = opened(entry(what=what), have={ContentId(id): content(id, topics[id]) for id in topics})
    assert [sent(office.tick("08:00", day)) for day in range(len(days))] == days


def test_two_a_day_out_of_three_come_in_turn_and_none_of_them_every_day() -> None:
    office = opened(entry(what={"rotate": "all", "pick": 2}))
    found = Counter(id for day in range(6) for id in sent(office.tick("08:00", day)).split())
    assert found == {"a": 4, "b": 4, "c": 4}


def test_two_hours_that_come_due_together_take_two_contents() -> None:
    office = opened(entry(cron="0,10 8 * * *"))
    found = office.tick("08:10")
    assert [(w.slot.at, w.starts_at, w.content.id) for w in found.waves] == [
        (at("08:00"), at("08:00"), "a"), (at("08:10"), at("08:10"), "b"),
    ]  # fmt: skip
    assert office.tick("08:20") == Plan([], [])


def test_all_in_turn_means_by_number_and_each_entry_has_a_turn_of_its_own() -> None:
    numbers = {"a": "037", "b": "012", "c": "025"}
    have = {ContentId(id): replace(content(id), number=number) for id, number in numbers.items()}
    office = opened(entry(), entry("noon", cron="0 12 * * *"), have=have)
    times = [("08:00", 0), ("12:00", 0), ("08:00", 1), ("12:00", 1), ("08:00", 2)]
    assert [sent(office.tick(*when)) for when in times] == ["b", "b", "c", "c", "a"]


def test_rotation_passes_over_what_is_not_approved_and_comes_back_to_it() -> None:
    office = opened(entry())
    found = [sent(office.tick("08:00", day, refused)) for day, refused in enumerate(["b", "b", "", "", ""])]
    assert found == ["a", "c", "b", "a", "c"]


# ── who gets it ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("to", "audiences", "expected"),
    [
        ({}, [], EVERYBODY),
        ({"node": "清河镇/柳林村/一组"}, [], ["镇群：直发", "村群 ← 镇群", "一组群 ← 村群"]),
        ({"node": "柳林村/一组"}, [], ["镇群：直发", "村群 ← 镇群", "一组群 ← 村群"]),
        ({"node": "中心校"}, [], ["镇群：直发", "校群 ← 镇群", "教务群：直发", "家长群 ← 校群"]),
        ({"node": "中心校/教务"}, [], ["教务群：直发"]),
        ({"level": "村居"}, [], ["镇群：直发", "村群 ← 镇群", "柳林LED ← 村群"]),
        ({"level": "网格"}, [], ["镇群：直发", "村群 ← 镇群", "一组群 ← 村群", "二组群 ← 村群", "三组：空白点"]),
        ({"level": "网格", "node": "中心校"}, [], []),
        ({"outlets": "never", "audiences": ["老年人"]}, [], ["镇群：直发", "村群 ← 镇群", "二组群 ← 村群"]),
        ({"outlets": "never"}, ["老年人", "财会人员"], ["镇群：直发", "村群 ← 镇群", "二组群 ← 村群", "教务群：直发"]),
        ({"outlets": "never", "audiences": ["老年人"]}, ["财会人员"], []),
    ],
)  # fmt: skip
def test_only_whom_the_entry_and_the_content_mean_the_work_groups_on_the_way_first(
    to: Any, audiences: list[str], expected: list[str]
) -> None:
    assert reached(first_wave(audiences, to=to)) == expected


@pytest.mark.parametrize(("to", "audiences"), [({"audiences": ["财会人员"]}, []), ({}, ["财会人员"])])
def test_a_screen_in_the_square_does_not_get_what_is_for_accountants(to: Any, audiences: list[str]) -> None:
    """P7 (To: everything that is written must fit). It could also be the screen's one task of the campaign."""
    assert reached(first_wave(audiences, to=to)) == ["教务群：直发"]


def test_a_lowest_place_with_a_work_group_only_is_a_hole_and_one_with_a_screen_is_not() -> None:
    town = tree_of(
        Place("镇", "镇"), Place("镇/甲", "村居", [work("甲群")]), Place("镇/乙", "村居", [outlet("乙屏")])
    )
    assert reached(opened(entry(), tree=town).tick("08:00").waves[0], town) == ["甲：空白点", "乙屏：自己转"]


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(("outlets", "days"), [("campaign", "100"), ("every", "111"), ("never", "000")])
def test_a_screen_is_asked_for_one_photo_per_campaign(outlets: str, days: str, inside: bool) -> None:
    of = entry(to={"outlets": outlets})
    office = opened(campaigns=[campaign("三月", of)]) if inside else opened(of)
    found = [reached(office.tick("08:00", day).waves[0]).count("柳林LED ← 村群") for day in range(3)]
    assert found == list(map(int, days))


def test_two_campaigns_ask_a_screen_once_each_also_on_one_morning() -> None:
    march = campaign("三月", entry("m1"), entry("m2"), entry("m3", cron="0 9 * * *"))
    office = opened(entry("alone"), campaigns=[march, campaign("老年人", entry("old"), start="2026-03-12")])
    found = [*office.tick("08:00").waves, *office.tick("09:00").waves, *office.tick("08:00", 1).waves]
    asked = [(wave.slot.entry, wave.campaign) for wave in found if "柳林LED ← 村群" in reached(wave)]
    assert asked == [("alone", ""), ("m1", "三月"), ("old", "老年人")]


def test_what_is_exempt_is_written_down_with_the_reason_until_its_last_day() -> None:
    rules = [
        {"node": "柳林村", "group": "一组群", "reason": "整组拆迁", "until": "2026-03-12"},
        {"node": "清河镇/柳林村/三组", "reason": "没有住户"},
        {"node": "中心校", "reason": "放假", "until": "2026-03-11"},
    ]
    office = opened(entry(), exempt=rules)

    def exempt(day: int) -> dict[str, str]:
        return {way(t): t.exempt for t in office.tick("08:00", day).waves[0].targets if t.exempt}

    assert exempt(0) == {"一组群 ← 村群": "整组拆迁", "三组：空白点": "没有住户"}
    assert exempt(1) == {"三组：空白点": "没有住户"}


def test_a_whole_village_can_be_exempt_holes_and_screens_included() -> None:
    wave = first_wave(more={"exempt": [{"node": "柳林村", "reason": "封村"}]})
    assert Counter(target.exempt for target in wave.targets) == {"封村": 4, "": 4}


def test_a_screen_that_was_in_repair_on_the_first_day_is_asked_once_it_is_mended(quick: Path) -> None:
    store = Store(quick / "chuanda.db")
    tree = store.write_now(trees.add_edition, TOWN, "t", at("07:00"))
    repair = {"node": "柳林村", "group": "柳林LED", "reason": "检修", "until": "2026-03-12"}
    office = opened(campaigns=[campaign("三月", entry())], exempt=[repair], tree=tree)
    (wave,) = office.tick("08:00").waves
    assert [way(target, tree) for target in wave.targets if target.exempt] == ["柳林LED ← 村群"]
    store.write_now(waves.freeze_wave, wave, tree, 1, {}, [0], wave.closes_at)
    known = store.write_now(waves.past, list(office.past.since), at("08:00"), at("08:00", 1))
    office.past = replace(known, since=office.past.since)
    assert "柳林LED ← 村群" in reached(office.tick("08:00", 1).waves[0], tree)


@pytest.mark.parametrize(
    ("carried", "last"),
    [
        (frozenset(Medium), ["教务群：直发", "家长群：直发"]),
        ({Medium.WECHAT}, ["教务群：直发", "家长群 ← 校群"]),
        (frozenset(), ["教务群 ← 校群", "家长群 ← 校群"]),
    ],
)
def test_what_the_channel_does_not_carry_is_forwarded_by_people(carried: Any, last: list[str]) -> None:
    office = opened(entry())
    office.carried = frozenset(carried)
    found = reached(office.tick("08:00").waves[0])
    assert (found[0], found[-2:]) == ("镇群：直发", last), "where the town begins the office posts itself"


RELAYED = ["镇群：直发", "村群 ← 镇群", "组群 ← 村群", "居民群 ← 组群"]


@pytest.mark.parametrize(
    ("village", "expected"),
    [
        ({}, RELAYED),
        ({"mode": Mode.DIRECT}, ["村群：直发", "组群 ← 村群", "居民群 ← 组群"]),
        ({"mode": Mode.DIRECT, "medium": Medium.QQ}, RELAYED),
    ],
)
def test_the_way_down_begins_at_the_nearest_group_that_is_posted_to(
    village: Any, expected: list[str]
) -> None:
    town = tree_of(
        Place("镇", "镇", [work("镇群")]),
        Place("镇/村", "村居", [work("村群", **village)]),
        Place("镇/村/组", "网格", [work("组群"), group("居民群"), work("组群二")]),
    )
    assert reached(opened(entry(), tree=town).tick("08:00").waves[0], town) == expected


def test_the_work_groups_stand_from_the_top_down_whoever_needs_them_first() -> None:
    town = tree_of(
        Place("镇", "镇", [work("镇群")]),
        Place("镇/甲", "村居", [work("甲群", mode=Mode.DIRECT), group("甲居民群")]),
        Place("镇/乙", "村居", [group("乙居民群")]),
    )
    found = reached(opened(entry(), tree=town).tick("08:00").waves[0], town)
    assert found == ["镇群：直发", "甲群：直发", "甲居民群 ← 甲群", "乙居民群 ← 镇群"]


def test_where_there_is_no_work_group_the_person_who_answers_begins() -> None:
    town = tree_of(
        Place("镇", "镇", [group("镇居民群"), outlet("屏")]), Place("镇/村", "村居", [group("村居民群")])
    )
    found = reached(opened(entry(), tree=town).tick("08:00").waves[0], town)
    assert found == ["镇居民群：自己转", "屏：自己转", "村居民群：自己转"]


def test_deadlines_add_up_on_the_way_down_by_the_level_of_each_place() -> None:
    wave = first_wave(more={"deadlines": {"default": "4h", "levels": {"村居": "2h", "网格": "1h"}}})
    assert {way(target): target.planned_due for target in wave.targets} == {
        "镇群：直发": at("12:00"), "村群 ← 镇群": at("14:00"), "校群 ← 镇群": at("16:00"),
        "柳林LED ← 村群": at("14:00", 2), "一组群 ← 村群": at("15:00"), "二组群 ← 村群": at("15:00"),
        "三组：空白点": at("09:00"), "教务群：直发": at("12:00"), "家长群 ← 校群": at("20:00"),
    }  # fmt: skip


@pytest.mark.parametrize(("deadline", "screen"), [("30m", timedelta(days=2)), ("3d", timedelta(days=3))])
def test_an_entry_s_deadline_stands_for_all_levels_but_a_screen_has_two_days(
    deadline: str, screen: timedelta
) -> None:
    wave = first_wave(deadline=deadline, more={"deadlines": {"levels": {"网格": "1h"}}})
    assert {t.window for t in wave.targets if t.use is Use.OUTLET} == {screen}
    (rest,) = {t.window for t in wave.targets if t.use is not Use.OUTLET}
    assert rest == {"30m": timedelta(minutes=30), "3d": timedelta(days=3)}[deadline]


def test_who_answers_how_many_people_and_what_counts_is_frozen_in_the_wave() -> None:
    names = {worker.id: worker.name for worker in TOWN.workers}
    wave = first_wave(more={"counted": ["直发", "机器人所见"]})
    assert {way(t): names[t.worker] for t in wave.targets if t.worker} == {
        "村群 ← 镇群": "何建国", "柳林LED ← 村群": "何建国", "二组群 ← 村群": "何建国", "三组：空白点": "何建国",
        "一组群 ← 村群": "周桂芳",
    }  # fmt: skip
    assert [t.members for t in wave.targets if t.members] == [120]
    assert (wave.counted, wave.closes_at) == (frozenset({Evidence.DIRECT, Evidence.OBSERVED}), at("08:00", 7))


# ── the days to come ────────────────────────────────────────────────────────────────────────────────────────


def street(groups: int) -> Tree:
    """A town with so many groups that are posted to directly."""
    return tree_of(Place("镇", "镇", [group(f"群{n}", mode=Mode.DIRECT) for n in range(groups)]))


def ahead(
    *entries: dict[str, Any],
    tree: Tree,
    have: Sequence[Content] = (content("a"),),
    days: int = 1,
    past: Past = NOTHING_YET,
    **more: Any,
) -> list[Preview]:
    """What `check` says at seven; all of the library is approved but “draft”."""
    acts = {
        one.id: [
            ApprovalEntry(act, one.digest, by, at("07:00", -1))
            for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军"))
        ]
        for one in have
        if one.id != "draft"
    }
    of = settings(*entries, **{"channel": "simulated", **more})
    channel = manual.CAPABILITIES if of.channel == "manual" else simulated.CAPABILITIES
    return preview(
        tree, {one.id: one for one in have}, acts, of, channel, past, at("07:00"), timedelta(days=days)
    )


def test_at_four_seconds_a_message_ten_groups_have_two_parts_after_eighty_seconds() -> None:
    (one,) = ahead(
        entry(),
        tree=street(10),
        have=[replace(content("a"), parts=[*content("a").parts, Part(PartKind.IMAGE)])],
    )
    assert (one.start, one.end, one.deadline) == (at("08:00"), at("08:01:20"), at("12:00"))
    assert (one.targets, one.sends, one.why) == (10, 20, "")


@pytest.mark.parametrize(("groups", "late"), [(8, False), (9, True)])
def test_a_wave_that_cannot_make_its_deadline_is_seen_beforehand(groups: int, late: bool) -> None:
    (one,) = ahead(entry(), tree=street(groups), pacing={"seconds": 1800})
    assert one.end == at("08:00") + timedelta(minutes=30 * groups)
    assert (one.end > one.deadline) is late


def test_the_shortest_deadline_of_those_that_are_served_directly_counts() -> None:
    (one,) = ahead(entry(), tree=TOWN, deadlines={"default": "4h", "levels": {"部门": "1h", "网格": "1m"}})
    assert (one.deadline, one.sends, one.targets) == (at("09:00"), 2, 5)


def test_a_second_wave_waits_until_the_first_is_out() -> None:
    first, second = ahead(entry(), entry("ten", cron="10 8 * * *"), tree=street(4), pacing={"seconds": 300})
    assert (first.start, first.end) == (at("08:00"), at("08:20"))
    assert (second.start, second.end) == (at("08:10"), at("08:40"))


def test_by_hand_nothing_takes_time_and_everything_but_a_screen_is_posted() -> None:
    (one,) = ahead(entry(), tree=TOWN, channel="manual", pacing={"seconds": 3600})
    assert (one.end, one.sends, one.targets) == (at("08:00"), 3, 5)


def test_who_is_exempt_is_sent_nothing() -> None:
    (one,) = ahead(entry(), tree=TOWN, exempt=[{"node": "中心校/教务", "reason": "放假"}])
    assert one.sends == 1


def test_the_days_to_come_pass_over_what_will_have_expired_and_say_what_cannot_be_sent() -> None:
    have = [content("a"), replace(content("b"), valid_until=DAY), content("draft")]
    found = ahead(
        entry(),
        entry("noon", cron="0 12 * * *", what={"ids": ["draft"]}),
        tree=TOWN,
        have=have,
        days=2,
        campaigns=[campaign("三月", entry("b", dates=["2026-03-13 09:00"], what={"rotate": ["b"]}))],
    )
    assert [(one.start, one.entry, one.content, one.why) for one in found] == [
        (at("08:00"), "morning", "a", ""),
        (at("12:00"), "noon", "draft", "还没有送审"),
        (at("08:00", 1), "morning", "a", ""),
        (at("09:00", 1), "b", "", NONE_LEFT),
        (at("12:00", 1), "noon", "draft", "还没有送审"),
    ]


def test_the_instant_of_asking_is_over_and_the_last_one_is_in() -> None:
    assert [one.start for one in ahead(entry(cron="0 7 * * *", urgent=True), tree=TOWN)] == [at("07:00", 1)]


def test_a_day_s_quota_makes_the_rest_wait_for_the_days_after() -> None:
    """Pacing.daily: messages per account and day; the outbox holds the others until the next day opens."""
    (one,) = ahead(entry(), tree=street(10), pacing={"daily": 4})
    assert at("07:30", 2) < one.end < at("07:31", 2), "four, four and two"
    assert one.end > one.deadline


def test_what_is_not_out_when_the_evening_comes_waits_for_the_morning() -> None:
    """hours.send: content goes out only within."""
    (one,) = ahead(entry(cron="58 20 * * *"), tree=street(5), pacing={"seconds": 60})
    assert at("07:30", 1) < one.end < at("07:40", 1)
    assert one.end > one.deadline


def test_a_video_of_channels_is_forwarded_by_hand_and_takes_the_account_no_time() -> None:
    """PartKind.CHANNELS: no gateway can post it."""
    video = replace(content("a"), parts=[*content("a").parts, Part(PartKind.CHANNELS, title="视频")])
    (one,) = ahead(entry(), tree=street(10), have=[video])
    assert (one.sends, one.end) == (10, at("08:00:40"))


def test_the_days_to_come_go_on_where_the_office_is() -> None:
    """Yesterday brought a, and the screen had its task of the campaign."""
    have = [content("a"), content("b")]
    month = campaign("三月", entry())
    office = opened(campaigns=[month], have={one.id: one for one in have})
    assert sent(office.tick("08:00", -1)) == ""
    office.past = replace(office.past, since={EntryId("morning"): at("07:00", -1)})
    assert sent(office.tick("08:00", -1)) == "a"
    (one,) = ahead(tree=TOWN, have=have, campaigns=[month], past=office.past)
    (fresh,) = ahead(tree=TOWN, have=have, campaigns=[month])
    assert (one.content, fresh.content) == ("b", "a")
    assert fresh.targets == one.targets + 1
