"""Who is asked, how often, and when it stops: burden first, and never the town's leaders by a machine."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.manual import ManualChannel
from bot.library import LiveLibrary
from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry, Reason, TargetId
from bot.model.time import TZ, at_time
from bot.model.tree import Group, GroupId, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.reminders import due_escalations, due_reminders
from bot.sample import sample
from bot.schedules.model import Schedules
from bot.service import asking, hands, pasting, ticking
from bot.service.town import Town
from bot.store import approvals, notices, reading, trees
from bot.store.database import Store
from bot.store.reading import TargetRow

DAY = datetime(2026, 3, 12, tzinfo=TZ)
MAYOR, LEADER, HEAD, DEPUTY = WorkerId(1), WorkerId(2), WorkerId(3), WorkerId(4)
ZHOU, HE, SUN, WU = WorkerId(5), WorkerId(6), WorkerId(7), WorkerId(8)
NAMES = ["赵镇长", "钱书记", "陈村长", "冯副主任", "周桂芳", "何建国", "孙秀英", "吴国强"]
LEVELS = ("网格", "部门", "小区", "社会组织")


def at(clock: str, days: int = 0) -> datetime:
    return at_time(DAY.date() + timedelta(days=days), datetime.strptime(clock, "%H:%M").time())  # noqa: DTZ007


def town() -> Tree:
    """清河镇 with leaders, 柳林村 with its posts and work group, four grids with one person and two groups each."""
    nodes = [
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, 5, {Post.IN_CHARGE: MAYOR, Post.HEAD: MAYOR}),
        Node(
            NodeId(2), "柳林村", "清河镇/柳林村", "村居", "", NodeId(1), 1, 5,
            {Post.IN_CHARGE: LEADER, Post.HEAD: HEAD, Post.DEPUTY: DEPUTY},
        ),
    ]  # fmt: skip
    groups = [Group(GroupId(1), NodeId(2), "柳林村工作群", use=Use.WORK)]
    for number, (worker, level) in enumerate(zip((ZHOU, HE, SUN, WU), LEVELS, strict=True), 1):
        node, name = NodeId(2 + number), f"第{number}网格"
        nodes.append(
            Node(node, name, f"清河镇/柳林村/{name}", level, "", NodeId(2), 1 + number, 1 + number, {Post.CONTACT: worker})
        )  # fmt: skip
        for place in (1, 2):
            groups.append(
                Group(
                    GroupId(10 * number + place), node, f"柳林村{name}居民{'一二'[place - 1]}群", members=50
                )
            )
    workers = [
        Worker(WorkerId(i), name, "清河镇" if i == 1 else "清河镇/柳林村") for i, name in enumerate(NAMES, 1)
    ]
    return Tree(tuple(nodes), tuple(groups), tuple(workers))


def task(id: int, worker: WorkerId | None, due: datetime, node: int = 3) -> TargetRow:
    """A task that is open."""
    return TargetRow(
        TargetId(id), "早上", ContentId("001"), "刷单", "001号", f"清河镇/柳林村/第{node - 2}网格", NodeId(node),
        f"群{id}", GroupId(id), None if worker is None else NAMES[worker - 1], worker, "resident", "relay", None,
        at("08:00"), at("08:05"), due, None, None, None, None, Reason.NOT_REPOSTED, False,
    )  # fmt: skip


def settings(**more: Any) -> Schedules:
    """Reminders an hour before the deadline, all else by default unless said."""
    reminders = {"before": "1h", **more.pop("reminders", {})}
    return Schedules.model_validate({"reminders": reminders, **more})


def keys(found: Sequence[Any]) -> set[str]:
    return {one.key for one in found}


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────


def test_one_message_per_person_with_all_that_is_open() -> None:
    tasks = [
        task(1, ZHOU, at("10:00")), task(2, HE, at("10:00")), task(3, ZHOU, at("10:00")), task(4, ZHOU, at("16:00"))
    ]  # fmt: skip
    found = due_reminders(tasks, settings(), set(), at("09:30"))
    assert {r.worker: [t.id for t in r.tasks] for r in found} == {ZHOU: [1, 3, 4], HE: [2]}


@pytest.mark.parametrize(("clock", "asked"), [("08:59", False), ("09:00", True), ("10:30", True)])
def test_not_before_the_deadline_is_near(clock: str, asked: bool) -> None:
    assert bool(due_reminders([task(1, ZHOU, at("10:00"))], settings(), set(), at(clock))) is asked


@pytest.mark.parametrize(
    ("clock", "asked"),
    [("00:10", False), ("08:20", False), ("08:30", True), ("12:00", True), ("17:50", True), ("18:10", False), ("23:00", False)],
)  # fmt: skip
def test_only_in_working_hours(clock: str, asked: bool) -> None:
    old = [task(1, ZHOU, at("10:00", days=-1))]
    assert bool(due_reminders(old, settings(), set(), at(clock))) is asked
    assert bool(due_escalations(old, town(), settings(), set(), at(clock))) is asked


@pytest.mark.parametrize(("day", "asked"), [(0, True), (2, False), (3, False), (4, True)])
def test_on_workdays_only_where_that_is_configured(day: int, asked: bool) -> None:
    tasks, now = [task(1, ZHOU, at("09:00"))], at("10:00", days=day)
    assert bool(due_reminders(tasks, settings(remind_on="workdays"), set(), now)) is asked
    assert due_reminders(tasks, settings(), set(), now)


def test_once_a_day_and_again_tomorrow() -> None:
    tasks = [task(1, ZHOU, at("10:00"))]
    said = keys(due_reminders(tasks, settings(), set(), at("09:30")))
    assert len(said) == 1
    assert not due_reminders([*tasks, task(2, ZHOU, at("10:00"))], settings(), said, at("16:00"))
    assert due_reminders(tasks, settings(), said, at("09:30", days=1))


def test_a_second_time_only_where_configured_and_only_when_it_is_overdue() -> None:
    tasks, twice = [task(1, ZHOU, at("10:00"))], settings(reminders={"per_day": 2})
    said = keys(due_reminders(tasks, twice, set(), at("09:30")))
    assert not due_reminders(tasks, twice, said, at("09:50"))
    said |= keys(due_reminders(tasks, twice, said, at("10:10")))
    assert len(said) == 2 and not due_reminders(tasks, twice, said, at("15:00"))


def test_nobody_is_reminded_where_reminders_are_off_or_nobody_answers() -> None:
    assert not due_reminders(
        [task(1, ZHOU, at("10:00"))], settings(reminders={"per_day": 0}), set(), at("11:00")
    )
    assert not due_reminders([task(1, None, at("10:00"))], settings(), set(), at("11:00"))


# ── escalation ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("clock", "told"), [("10:50", set()), ("11:00", {LEADER}), ("12:50", {LEADER}), ("13:00", {LEADER, HEAD})]
)
def test_what_stays_open_climbs_step_by_step(clock: str, told: set[WorkerId]) -> None:
    found = due_escalations([task(1, ZHOU, at("10:00"))], town(), settings(), set(), at(clock))
    assert {one.worker for one in found} == told


def test_a_deputy_can_be_the_first_step() -> None:
    steps = [{"to": "副联系人", "after": "30m"}]
    found = due_escalations(
        [task(1, ZHOU, at("10:00"))], town(), settings(escalation=steps), set(), at("10:30")
    )
    assert [(one.worker, one.post) for one in found] == [(DEPUTY, Post.DEPUTY)]


def test_the_towns_leaders_are_never_written_to_by_a_machine() -> None:
    bare = town()
    village = Node(NodeId(2), "柳林村", "清河镇/柳林村", "村居", "", NodeId(1), 1, 5)
    without = Tree((bare.nodes[0], village, *bare.nodes[2:]), bare.groups, bare.workers)
    assert due_escalations([task(1, ZHOU, at("10:00"))], bare, settings(), set(), at("17:00"))
    assert not due_escalations([task(1, ZHOU, at("10:00"))], without, settings(), set(), at("17:00"))


def test_a_person_is_told_once_a_day_with_all_places_and_never_about_his_own_task() -> None:
    tasks = [task(1, ZHOU, at("09:00")), task(2, HE, at("09:00"), node=4), task(3, LEADER, at("09:00"))]
    found = due_escalations(tasks, town(), settings(), set(), at("10:30"))
    assert [(one.worker, [t.id for t in one.tasks]) for one in found] == [(LEADER, [1, 2])]
    assert not due_escalations(tasks, town(), settings(), keys(found), at("10:40"))
    assert not due_escalations(tasks, town(), settings(escalation=[]), set(), at("17:00"))


# ── as messages, on the manual channel ──────────────────────────────────────────────────────────────────────

Live = Callable[..., list[str]]


@pytest.fixture
async def village(quick: Path) -> Any:
    """A day in 柳林村: 8:00 a content, posted in the work group at once; returns (town, live until a clock)."""
    shutil.copytree(sample().library / "001-shuadan", quick / "content" / "001-shuadan")
    store = Store(quick / "chuanda.db")
    tree = store.write_now(trees.add_edition, town(), "t", DAY)
    library = LiveLibrary(quick / "content")
    (content,) = library.refresh().contents.values()
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        store.write_now(approvals.add_approval, content.id, ApprovalEntry(act, content.digest, by, DAY))
    hours = dict(zip(LEVELS, ("2h", "3h", "4h", "5h"), strict=True))

    async def open_day(**more: Any) -> tuple[Town, Any]:
        entry = {"id": "m", "cron": "0 8 * * *", "what": {"ids": ["001-shuadan"]}}
        wanted = {"entries": [entry], "deadlines": {"levels": hours}, **more}
        here = Town(store, ManualChannel(), library, settings(**wanted), quick)
        now = at("07:50")

        async def live(clock: str, days: int = 0) -> list[str]:
            nonlocal now
            here.told()
            while now < at(clock, days):
                now += timedelta(minutes=10)
                await here.tick(now)
                for errand in hands.errands(here.desk, now):
                    if errand.kind == "send" and errand.wave:
                        ticking.tick_off(here.desk, errand.id, now)
            return [told.text for told in here.told() if told.kind in ("reminder", "escalation")]

        await here.start(now)
        await here.tick(now)
        return here, live

    assert tree.nodes[1].name == "柳林村"
    return open_day


async def test_reminders_stand_in_the_work_group_with_a_name_a_title_and_the_answer(village: Any) -> None:
    here, live = await village()
    assert await live("08:50") == []
    (said,) = await live("09:10")
    assert said.splitlines() == [
        "@周桂芳 还有 2 个群等您转《刷单返利先给小钱》：第1网格居民一群、第1网格居民二群，10:00 前",
        "转好了，在这里回“已转发”或 1 就行。",
    ]
    (errand,) = [e for e in hands.errands(here.desk, at("09:10")) if e.id.startswith("n")]
    assert (errand.group, errand.text) == ("柳林村工作群", said)
    assert await live("09:50") == [], "once a day"


async def test_a_work_group_hears_at_most_three_unasked_messages_a_day(village: Any) -> None:
    here, live = await village(escalation=[])
    said = await live("17:50")
    assert ["周桂芳" in said[0], "何建国" in said[1], "孙秀英" in said[2]] == [True] * 3
    assert len(said) == 3, "吴国强 would be the fourth"
    (group,) = [g for g in here.desk.tree.groups if g.use is Use.WORK]
    assert here.desk.store.read(notices.notices_to, group.id, at("00:00")) == 3
    assert await live("18:30") == [] and await live("08:20", days=1) == []
    (tomorrow,) = await live("08:40", days=1)
    assert all(f"@{name} " in tomorrow for name in NAMES[4:]), "one message names all of them"


async def test_with_reminders_and_escalation_the_limit_is_the_same_three(village: Any) -> None:
    _, live = await village()
    assert len(await live("17:50")) == 3


async def test_whoever_is_done_is_never_asked(village: Any) -> None:
    here, live = await village(escalation=[])
    await live("08:30")
    for row in here.desk.store.read(reading.open_tasks, at("08:30")):
        if row.worker == "周桂芳":
            ticking.tick_off(here.desk, f"t{row.id}", at("08:31"))
    said = await live("17:50")
    assert said and not any("周桂芳" in text for text in said)


async def test_half_done_only_the_rest_is_asked_for(village: Any) -> None:
    here, live = await village(escalation=[])
    await live("08:30")
    first = here.desk.store.read(reading.open_tasks, at("08:30"))[0]
    ticking.tick_off(here.desk, f"t{first.id}", at("08:31"))
    (said,) = await live("09:10")
    assert "还有 1 个群" in said


async def test_nothing_is_asked_while_the_content_has_not_come_down(village: Any) -> None:
    """Upstream nobody posted: nobody below is blamed."""
    here, _ = await village()
    now = at("08:00")
    while now < at("17:50"):
        await here.tick(now)
        now += timedelta(minutes=10)
    assert not [told for told in here.told() if told.kind in ("reminder", "escalation")]


def reminded_today(here: Town) -> dict[str, int]:
    """Person → by how many messages they were reminded."""
    rows = here.desk.store.conn.execute(
        "SELECT text FROM outgoing WHERE kind = 'reminder' AND state NOT IN ('failed', 'cancelled')"
    ).fetchall()
    return {name: n for name in NAMES if (n := sum(f"@{name} " in text for (text,) in rows))}


@pytest.mark.parametrize("first", ["the tick", "the page"])
async def test_whoever_presses_it_one_message_a_day_is_what_a_person_gets(village: Any, first: str) -> None:
    """The tick and the page at one moment: each had read what was said before the other put its message down."""
    here, live = await village(escalation=[])
    await live("08:50")
    here.desk.now = at("09:05")
    tick, page = asking.remind(here.desk), asking.remind_one(here.desk, ZHOU, at("09:05"))
    if first == "the tick":
        _, told = await asyncio.gather(tick, page)
    else:
        told, _ = await asyncio.gather(page, tick)
    assert reminded_today(here) == {"周桂芳": 1}
    assert told == ((0, 1, 0) if first == "the tick" else (1, 0, 0)), "it says that somebody else was faster"


async def test_at_one_moment_a_work_group_hears_no_more_than_its_limit_either(village: Any) -> None:
    here, live = await village(escalation=[], reminders={"work_group_per_day": 2})
    await live("08:50")
    here.desk.now = now = at("09:05")
    told = await asyncio.gather(*(asking.remind_one(here.desk, one, now) for one in (ZHOU, HE, SUN, WU)))
    assert sorted(told) == [(0, 0, 1), (0, 0, 1), (1, 0, 0), (1, 0, 0)]
    assert sum(reminded_today(here).values()) == 2


async def test_what_could_not_be_said_hinders_no_reminder_at_the_same_moment(village: Any) -> None:
    here, live = await village(escalation=[])
    await live("08:50")
    here.desk.now = at("09:05")
    assert await asking.remind_one(here.desk, ZHOU, here.desk.now) == (1, 0, 0)
    here.desk.store.conn.execute("UPDATE outgoing SET state = 'cancelled' WHERE kind = 'reminder'")
    for asked in ((1, 0, 0), (0, 1, 0)):
        here.desk.now += timedelta(seconds=1)
        assert await asking.remind_one(here.desk, ZHOU, here.desk.now) == asked


async def test_escalation_reaches_the_villages_people_and_never_the_towns(village: Any) -> None:
    here, live = await village(reminders={"work_group_per_day": 20})
    said = await live("17:50")
    assert any("@钱书记 柳林村还有" in text for text in said)
    assert any("@陈村长 柳林村还有" in text for text in said)
    assert not any("赵镇长" in text for text in said)
    assert here.desk.store.read(notices.count_asked, "escalation") == 2
    assert here.desk.store.read(notices.count_asked, "reminder") == 4


async def test_what_was_left_open_yesterday_can_still_be_answered_today(village: Any) -> None:
    """The reminder of the next morning names it, so the answer to it must count."""
    here, live = await village(escalation=[])
    await live("07:50", days=1)
    (group,) = [g for g in here.desk.tree.groups if g.use is Use.WORK]
    pasted = await pasting.paste(here.desk, group, "周桂芳 07:40\n已转发\n", at("07:50", days=1))
    assert [name for name, _ in pasted.recorded] == ["柳林村第1网格居民一群", "柳林村第1网格居民二群"]
    (text,) = await live("08:40", days=1)
    assert "周桂芳" not in text and "何建国" in text


async def test_the_numbers_of_a_persons_tasks_hold_all_day(village: Any) -> None:
    """Yesterday's come first and what is done keeps its number until midnight."""
    here, live = await village(escalation=[])
    await live("08:30", days=1)

    def numbered() -> list[tuple[str, str | None]]:
        tasks = here.desk.store.read(reading.tasks_of_day, worker.id, at("08:30", days=1).date())
        return [(task.wave, task.group) for task in tasks]

    worker = next(w for w in here.desk.tree.workers if w.name == "周桂芳")
    before = numbered()
    assert len(before) == 4 and before == sorted(before)
    for place in (2, 4):
        (group,) = [g for g in here.desk.tree.groups if g.use is Use.WORK]
        said = f"周桂芳 08:3{place}\n{place} 已转发\n"
        pasted = await pasting.paste(here.desk, group, said, at("08:40", days=1))
        assert [name for name, _ in pasted.recorded] == [before[place - 1][1]]
        assert numbered() == before
