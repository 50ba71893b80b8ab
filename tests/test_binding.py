"""Which group a room is: sure, or a question to the office; between two it never guesses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import binding
from bot.binding import Directory, Verdict, answers_for
from bot.model.chat import Account, Room
from bot.model.tree import Group, GroupId, Medium, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.recognise.normalise import normalise
from bot.store.rooms import Binding

MAYOR, HEAD, ZHOU, HE, WU = map(WorkerId, range(1, 6))
WORK, ONE, TWO, OTHER, ON_QQ = map(GroupId, range(1, 6))
WECHAT = frozenset({Medium.WECHAT})
NOBODY_KNOWN: Mapping[WorkerId, str] = {}


def town(*more: Group) -> Tree:
    """清河镇: 柳林村 with a work group and two grids, 桃源村 beside it."""
    nodes = (
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, 4, {Post.HEAD: MAYOR}),
        Node(NodeId(2), "柳林村", "清河镇/柳林村", "村居", "", NodeId(1), 1, 3, {Post.HEAD: HEAD}),
        Node(
            NodeId(3), "第一网格", "清河镇/柳林村/第一网格", "网格", "", NodeId(2), 2, 2, {Post.CONTACT: ZHOU}
        ),
        Node(
            NodeId(4), "第二网格", "清河镇/柳林村/第二网格", "网格", "", NodeId(2), 3, 3, {Post.CONTACT: HE}
        ),
        Node(NodeId(5), "桃源村", "清河镇/桃源村", "村居", "", NodeId(1), 4, 4, {Post.CONTACT: WU}),
    )
    groups = (
        Group(WORK, NodeId(2), "柳林村工作群", use=Use.WORK),
        Group(ONE, NodeId(3), "柳林村第一网格居民群", mode=Mode.DIRECT),
        Group(TWO, NodeId(4), "柳林村第二网格居民群", mode=Mode.DIRECT),
        Group(OTHER, NodeId(5), "桃源村乡亲群", mode=Mode.DIRECT),
        Group(ON_QQ, NodeId(5), "桃源村青年群", medium=Medium.QQ),
        *more,
    )
    people = ("赵镇长", "钱书记", "周桂芳", "何建国", "吴国强")
    units = ("清河镇", "清河镇/柳林村", "清河镇/柳林村", "清河镇/柳林村", "清河镇/桃源村")
    workers = tuple(
        Worker(WorkerId(i), name, unit) for i, (name, unit) in enumerate(zip(people, units, strict=True), 1)
    )
    return Tree(nodes, groups, workers)


def decide(
    room: Room,
    tree: Tree,
    media: Collection[Medium],
    bound: Mapping[GroupId, Binding],
    accounts: Mapping[WorkerId, str],
    members: Sequence[Account] = (),
) -> binding.Decision:
    """As the service asks: with the group that this room's id was."""
    mine = next((g for g in tree.groups if g.id in bound and bound[g.id].room == room.id), None)
    return binding.decide(room, Directory(tree, media), bound, mine, accounts, members)


def told(
    topic: str,
    bound: Mapping[GroupId, Binding] | None = None,
    members: Sequence[Account] = (),
    *,
    room: str = "r1",
    accounts: Mapping[WorkerId, str] = NOBODY_KNOWN,
    tree: Tree | None = None,
) -> tuple[Verdict, GroupId | None]:
    decision = decide(Room(room, topic), tree or town(), WECHAT, bound or {}, accounts, members)
    return decision.verdict, decision.group.id if decision.group else None


# ── a room that nobody knew ─────────────────────────────────────────────────────────────────────────────────


def test_a_room_of_exactly_that_name_is_the_group_the_first_time() -> None:
    assert told("柳林村第一网格居民群") == (Verdict.BIND, ONE)


@pytest.mark.parametrize(
    "topic",
    ["柳林村 第一网格 居民群", "🌸柳林村第一网格居民群🌸", "【柳林村】第一网格·居民群", "柳林村第一网格居民群\u200b", "柳林村第一网格居民群[玫瑰]"],
)  # fmt: skip
def test_flowers_spaces_and_brackets_are_not_part_of_a_name(topic: str) -> None:
    assert told(topic) == (Verdict.BIND, ONE)


@pytest.mark.parametrize("topic", ["柳林村第一网格居民群2", "柳林村第一网恪居民群", "柳林第一网格居民群"])
def test_a_name_that_is_nearly_it_is_put_to_the_office_with_the_name_it_resembles(topic: str) -> None:
    decision = decide(Room("r1", topic), town(), WECHAT, {}, {})
    assert decision.verdict is Verdict.DOUBT and decision.group is not None
    assert decision.group.id == ONE and decision.group.name in decision.why


@pytest.mark.parametrize("topic", ["", "   ", "🎉🎉🎉", "一家人", "清河镇二手车", "@所有人"])
def test_any_other_room_is_none_of_the_towns_and_nobody_is_asked(topic: str) -> None:
    assert told(topic) == (Verdict.NOTHING, None)


def test_a_room_is_not_a_group_of_another_medium() -> None:
    assert told("桃源村青年群") == (Verdict.NOTHING, None)


def test_two_groups_of_one_name_are_never_guessed_between() -> None:
    tree = town(Group(GroupId(9), NodeId(5), "柳林村·第一网格居民群"))
    decision = decide(Room("r1", "柳林村第一网格居民群"), tree, WECHAT, {}, {})
    assert decision.verdict is Verdict.DOUBT and decision.group is None and "2 个群" in decision.why


def test_a_room_without_a_name_is_not_the_group_whose_name_is_only_signs() -> None:
    tree = town(Group(GroupId(9), NodeId(5), "❤❤❤"))
    assert told("", tree=tree) == (Verdict.NOTHING, None)


# ── a room that is known ────────────────────────────────────────────────────────────────────────────────────


def test_the_room_that_it_was_it_still_is_also_when_no_name_was_told() -> None:
    here = {ONE: Binding("r1")}
    assert told("柳林村第一网格居民群", here) == (Verdict.KNOWN, ONE)
    assert told("", here) == (Verdict.KNOWN, ONE)


def test_renamed_it_is_still_the_same_room_even_if_it_takes_another_groups_name() -> None:
    here = {ONE: Binding("r1", topic="原来的名字")}
    assert told("柳林人家", here) == (Verdict.RENAMED, ONE)
    assert told("柳林村第二网格居民群", here) == (Verdict.RENAMED, ONE)


def test_the_name_that_it_had_when_it_was_bound_is_no_news() -> None:
    here = {ONE: Binding("r1", topic="柳林人家")}
    assert told("柳林人家", here) == (Verdict.KNOWN, ONE)
    assert told("柳林村第一网格居民群", here) == (Verdict.KNOWN, ONE), "the roster's name never is"
    assert told("柳林一家", here) == (Verdict.RENAMED, ONE)
    assert told("", here) == (Verdict.KNOWN, ONE)


def test_back_in_the_room_it_is_the_groups_again() -> None:
    gone = {ONE: Binding("r1", present=False)}
    assert told("柳林村第一网格居民群", gone) == (Verdict.BIND, ONE)
    assert told("", gone) == (Verdict.BIND, ONE)


def test_back_in_a_room_that_was_renamed_meanwhile_the_group_can_be_used_or_the_office_is_asked() -> None:
    gone = {ONE: Binding("r1", present=False)}
    assert told("柳林人家", gone) == (Verdict.BIND, ONE)
    assert told("柳林村第二网格居民群", gone) == (Verdict.DOUBT, ONE), "that may be another room now"


def test_a_second_room_of_that_name_is_put_to_the_office_whoever_is_in_it() -> None:
    members = [Account("w3", "周桂芳")]
    assert told("柳林村第一网格居民群", {ONE: Binding("old")}, members) == (Verdict.DOUBT, ONE)


# ── ids that changed with a login ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "before", [Binding("old", stale=True), Binding("old", present=False), Binding("old", False, True)]
)
def test_after_ids_changed_a_name_alone_is_not_enough(before: Binding) -> None:
    here, topic = {ONE: before}, "柳林村第一网格居民群"
    assert told(topic, here) == (Verdict.ASK_MEMBERS, ONE)
    assert told(topic, here, []) == (Verdict.ASK_MEMBERS, ONE), "nobody seen there: not known yet"
    assert told(topic, here, [Account("x", "张三"), Account("y", "")]) == (Verdict.DOUBT, ONE)
    assert told(topic, here, [Account("x", "张三"), Account("z", "一网格-周桂芳")]) == (Verdict.BIND, ONE)


def test_the_same_id_and_the_same_name_need_nobody_to_confirm_them() -> None:
    assert told("柳林村第一网格居民群", {ONE: Binding("r1", stale=True)}) == (Verdict.BIND, ONE)


def test_an_old_id_that_now_has_another_groups_name_goes_by_the_name() -> None:
    here = {ONE: Binding("r1", stale=True), TWO: Binding("r2", stale=True)}
    assert told("柳林村第二网格居民群", here) == (Verdict.ASK_MEMBERS, TWO)


@pytest.mark.parametrize("room", ["r1", "new"])
def test_after_a_login_a_room_that_goes_by_nearly_the_name_is_put_to_the_office(room: str) -> None:
    here = {g: Binding(f"old{g}") for g in (TWO, OTHER, WORK)} | {ONE: Binding("r1", stale=True)}
    assert told("柳林村第一网格居民大群", here, room=room) == (Verdict.DOUBT, ONE)


# ── who answers for a group ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shown", "answers"),
    [("周桂芳", True), ("柳林村 周桂芳", True), ("钱书记", True), ("赵镇长", True), ("何建国", False), ("吴国强", False), ("桂芳", False), ("", False)],
)  # fmt: skip
def test_by_shown_name_it_is_the_people_of_the_place_and_of_those_above_it(shown: str, answers: bool) -> None:
    tree = town()
    assert answers_for(tree.group_by_id[ONE], tree, [Account("x", shown)], {}) is answers


def test_whose_account_is_known_is_known_by_it_and_not_by_the_name_any_more() -> None:
    tree, accounts = town(), {ZHOU: "w3", HE: "w4"}
    group = tree.group_by_id[ONE]
    assert answers_for(group, tree, [Account("w3", "阿芳")], accounts)
    assert not answers_for(group, tree, [Account("x", "周桂芳")], accounts), "somebody who calls herself so"
    assert not answers_for(group, tree, [Account("w4", "周桂芳")], accounts), "known, and of another grid"


# ── whatever comes ──────────────────────────────────────────────────────────────────────────────────────────

GROUPS = [ONE, TWO, OTHER, WORK]
ROOMS = ["r1", "r2", "r3"]
TOPICS = [*(g.name for g in town().groups), "柳林村 第一网格居民群", "柳林村第一网格居民群2", "", "一家人"]
people = st.lists(
    st.builds(Account, st.sampled_from(["w3", "w4", "x"]), st.sampled_from(["周桂芳", "吴国强", "张三", ""])),
    max_size=3,
)


@st.composite
def bindings(draw: st.DrawFn) -> dict[GroupId, Binding]:
    """Any state that the store can be in: a room belongs to one group at most."""
    rooms = draw(st.lists(st.sampled_from([*ROOMS, "r4"]), unique=True))
    groups = draw(st.permutations(GROUPS))
    return {
        g: Binding(r, draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from(TOPICS)))
        for g, r in zip(groups, rooms, strict=False)
    }


@given(
    st.sampled_from(ROOMS),
    st.sampled_from(TOPICS),
    bindings(),
    people,
    st.dictionaries(st.sampled_from([ZHOU, WU]), st.sampled_from(["w3", "w4"]), max_size=1),
    st.booleans(),
)
def test_nothing_is_taken_from_a_room_that_works_and_nothing_is_guessed(
    room: str,
    topic: str,
    bound: dict[GroupId, Binding],
    members: Sequence[Account],
    accounts: Mapping[WorkerId, str],
    twins: bool,
) -> None:
    tree = town(Group(GroupId(9), NodeId(5), "柳林村·第一网格居民群")) if twins else town()
    found = decide(Room(room, topic), tree, WECHAT, bound, accounts, members)
    named = [g for g in tree.groups if g.medium in WECHAT and normalise(g.name) == normalise(topic)]
    mine = next((g for g, b in bound.items() if b.room == room), None)
    if found.verdict is Verdict.BIND:
        assert found.group is not None
        before = bound.get(found.group.id)
        assert before is None or not before.usable, "the group has a room that works"
        assert mine in (None, found.group.id) or bound[mine].stale, "this room is another group's"
        if found.group.id != mine:
            assert named == [found.group], "by its name, and no other group has it"
            assert before is None or answers_for(found.group, tree, members, accounts)
    elif found.verdict in (Verdict.KNOWN, Verdict.RENAMED):
        assert mine is not None and found.group is not None and found.group.id == mine
        assert bound[mine].usable
        news = (
            "" not in (topic, bound[mine].topic) and topic != bound[mine].topic and found.group not in named
        )
        assert (found.verdict is Verdict.RENAMED) is news
    elif found.verdict is Verdict.ASK_MEMBERS:
        assert not members, "asked for only while nobody is seen there"
    else:
        assert bool(found.why) is (found.verdict is Verdict.DOUBT)
    if len(named) > 1 and mine is None:
        assert found.verdict is Verdict.DOUBT and found.group is None
