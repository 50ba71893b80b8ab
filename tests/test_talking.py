"""The conversation, story by story: manners, numbers, leave, reminders, the inbox, review, push, withdrawal.

Played on the day's stage (`tests.day`): people speak, the clock moves, and what came is read from their phones.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Iterable, Sized
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from bot.approval import code as codes_of_digests
from bot.channels.base import Address, SendFailed
from bot.errors import Busy
from bot.library.load import load_library
from bot.model.chat import MAX_LINES, Message, MessageKind, Receipt
from bot.model.content import ContentId, Part
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.model.time import from_epoch, local
from bot.model.tree import WorkerId
from bot.phrases import deciding
from bot.phrases import talk as say
from bot.schedules.model import Reminders
from bot.service.talking import flood
from bot.service.town import Town
from bot.store import accounts, approvals, ledger, notices, reading, talk
from bot.store.approvals import add_approval, note_shown
from tests.conftest import Answer, SetClock
from tests.day import town
from tests.day.stage import Simulated
from tests.day.story import evidence, one
from tests.day.town import (
    CONTENT,
    DEPUTY,
    FIRST,
    FOURTH,
    GRID,
    LISTS,
    OFFICE,
    OFFICE_GROUP,
    REVIEWER,
    SECOND_ONE,
    SECOND_THREE,
    SECOND_TWO,
    SECRETARY,
    SEES,
    STRANGER,
    THIRD,
    WILLOWS,
)

TITLE = "刷单返利先给小钱"
PEOPLE = ((OFFICE, Role.OFFICE), (REVIEWER, Role.REVIEWER), (SECRETARY, None), (GRID, None), (DEPUTY, None))
ARTICLE = "刚才有群众说，有人冒充客服打电话要退款，叫他下载会议软件共享屏幕，请大家转给家里老人看。"


async def opened(
    folder: Path, at: str = "8:10", who: Iterable[tuple[str, Role | None]] = PEOPLE
) -> Simulated:
    """The town at ``at`` (the morning's content goes out at eight), with these people's accounts known."""
    day = Simulated(folder)
    await day.begin()
    await day.until("7:55")
    for name, role in who:
        await day.say(name, f"绑定 {day.code(name, role)}")
    await day.until(at)
    forget_what_was_said(day)
    return day


def forget_what_was_said(day: Simulated) -> None:
    for chat in {line.chat for line in day.lines}:
        day.heard(chat)


async def at_once(day: Simulated, *said: tuple[str, str, str]) -> None:
    """(who, text, group) in the same second; nothing is sent in between."""
    for who, text, group in said:
        await day._deliver(who, text, group, MessageKind.TEXT, {})


def configure(day: Simulated, **settings: Any) -> None:
    day.town.reconfigure(day.town.desk.schedules.model_copy(update=settings))


def rows(day: Simulated, sql: str, *values: Any) -> list[Any]:
    return day.store.conn.execute(sql, values).fetchall()


def entries(day: Simulated, group: str) -> list[tuple[str, str, str, str]]:
    """(act, ref, by, detail) of a group's ledger."""
    return rows(
        day,
        "SELECT l.act, l.ref, l.by, l.detail FROM ledger l JOIN target t ON t.id = l.target JOIN grp g ON g.id = t.grp "
        "WHERE g.name = ? ORDER BY l.id",
        group,
    )


def waves(day: Simulated) -> int:
    return rows(day, "SELECT COUNT(*) FROM wave")[0][0]


def worker(day: Simulated, name: str) -> WorkerId:
    return next(w.id for w in day.town.desk.tree.workers if w.name == name)


def numbered(text: str) -> dict[int, str]:
    """The lines “2 第2网格二群” of a list."""
    return {int(found[1]): found[2] for found in re.finditer(r"^(\d+) (\S+)$", text, re.M)}


# ── manners ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_answers_to_one_group_within_seconds_become_one_message(quick: Path) -> None:
    day = await opened(quick)
    await at_once(day, (LISTS, "我的任务", WILLOWS), (SEES, "我的任务", WILLOWS), (SEES, "我的任务", WILLOWS))
    await day.pass_by(10)
    first, second = one(day.heard(WILLOWS)).split("\n\n")
    assert first.startswith(f"{LISTS}，还有 1 个群等您转") and second.startswith(f"{SEES}，还有 1 个群等您转")


async def test_answers_that_would_be_longer_than_twelve_lines_together_stay_apart(quick: Path) -> None:
    day = await opened(quick)
    await at_once(day, (SECRETARY, "帮助", WILLOWS), (SEES, "帮助", WILLOWS), (GRID, "我的任务", WILLOWS))
    await day.pass_by(12)
    said = day.heard(WILLOWS)
    assert len(said) >= 2 and all(len(text.splitlines()) <= MAX_LINES for text in said)
    told = "\n".join(said)
    assert all(f"{name}，" in told for name in (SECRETARY, SEES, GRID))


async def test_answers_that_are_seconds_apart_are_two_messages(quick: Path) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, "覆盖率", WILLOWS)
    await day.say(SEES, "我的任务", WILLOWS)
    assert len(day.heard(WILLOWS)) == 2


async def test_while_sending_is_paused_questions_are_answered_and_nothing_else_goes_out(quick: Path) -> None:
    day = await opened(quick, "7:59")
    await day.say(OFFICE, "暂停")
    assert one(day.heard(OFFICE)).startswith("全部先不发了")
    await day.until("8:05")
    assert day.heard(WILLOWS) == [] and waves(day) == 1
    await day.say(SECRETARY, "覆盖率")
    assert "覆盖率 0.0%" in one(day.heard(SECRETARY))
    await day.say(OFFICE, "暂停")
    assert "就停着了" in one(day.heard(OFFICE))
    await day.say(OFFICE, "恢复")
    assert one(day.heard(OFFICE)).startswith("接着发了，还有")
    await day.until("8:07")
    assert town.TEXT in day.heard(WILLOWS)


async def test_while_there_is_a_stop_file_nothing_is_said_at_all(quick: Path) -> None:
    day = await opened(quick)
    (quick / "data" / "STOP").touch()
    await day.say(SECRETARY, "覆盖率")
    await day.say(SEES, "我的任务", WILLOWS)
    await day.say(OFFICE, "恢复")
    await day.pass_by(60)
    assert day.heard(SECRETARY) == day.heard(WILLOWS) == day.heard(OFFICE) == []
    (quick / "data" / "STOP").unlink()
    await day.pass_by(20)
    assert "覆盖率" in one(day.heard(SECRETARY))


async def test_an_answer_that_could_not_be_given_for_half_an_hour_is_not_given(quick: Path) -> None:
    day = await opened(quick)
    (quick / "data" / "STOP").touch()
    await day.say(SECRETARY, "覆盖率")
    await day.until("8:45")
    (quick / "data" / "STOP").unlink()
    await day.pass_by(60)
    assert day.heard(SECRETARY) == []


# ── numbers answer the last question, once, where it was asked ──────────────────────────────────────────────


async def test_a_number_answers_once(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    assert "1 发\n2 不发" in one(day.heard(OFFICE))
    await day.say(OFFICE, "2")
    assert one(day.heard(OFFICE)) == say.NOT_DONE
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)) == say.nothing_asked()
    assert waves(day) == 1


async def test_a_number_is_of_no_use_after_ten_minutes(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    await day.until("8:21")
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)) == say.nothing_asked()
    assert waves(day) == 1


@pytest.mark.parametrize(("asked_in", "said_in"), [("", OFFICE_GROUP), (OFFICE_GROUP, "")])
async def test_a_number_answers_only_where_it_was_asked(quick: Path, asked_in: str, said_in: str) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村", asked_in)
    assert "1 发\n2 不发" in one(day.heard(asked_in or OFFICE))
    await day.say(OFFICE, "1", said_in)
    assert waves(day) == 1
    assert day.heard(said_in or OFFICE) == ([] if said_in else [say.nothing_asked()])
    await day.say(OFFICE, "1", asked_in)
    assert waves(day) == 2


async def test_nobody_elses_number_answers_it(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村", OFFICE_GROUP)
    await day.say(REVIEWER, "1", OFFICE_GROUP)
    await day.say(STRANGER, "1", OFFICE_GROUP)
    assert waves(day) == 1


async def test_a_number_out_of_range_is_told_and_the_question_stays(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    await day.say(OFFICE, "7")
    assert one(day.heard(OFFICE)) == say.out_of_range([1, 2])
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)).startswith("开始发了")


async def test_a_new_question_ends_the_one_before(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.say(OFFICE, "撤回 刷单")
    day.heard(OFFICE)
    await day.say(OFFICE, "2")
    assert one(day.heard(OFFICE)) == say.out_of_range([1])


async def test_a_reminder_that_nobody_has_seen_does_not_change_what_a_number_means(quick: Path) -> None:
    """She was asked until when she is away; a reminder is planned meanwhile, held back by “暂停”."""
    day = await opened(quick, "11:29")
    await day.say(OFFICE, "暂停")
    await day.say(GRID, "请假")
    asked = one(day.heard(GRID))
    assert "2 到明天" in asked
    await day.until("11:32")
    assert day.heard(GRID) == []
    await day.say(GRID, "2")
    assert entries(day, SECOND_TWO) == []
    assert one(day.heard(GRID)).startswith("记下了，您请假到 3月13日")


async def test_a_reminder_that_was_sent_leaves_an_open_question_as_it_is(quick: Path) -> None:
    day = await opened(quick, "11:29")
    await day.say(GRID, "请假")
    await day.until("11:32")
    assert len(day.heard(GRID)) == 2
    await day.say(GRID, "2")
    assert one(day.heard(GRID)).startswith("记下了，您请假到 3月13日")
    assert entries(day, SECOND_TWO) == []


async def test_a_question_that_was_not_sent_yet_or_never_asks_nothing(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    await at_once(day, (OFFICE, f"推送 {TITLE} 石桥村", ""), (OFFICE, "1", ""))
    await day.pass_by(8)
    assert waves(day) == 1 and say.nothing_asked() in day.heard(OFFICE)
    await day.say(OFFICE, "2")
    with monkeypatch.context() as patch:
        fails(day, patch, OFFICE)
        await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.say(OFFICE, "1")
    assert waves(day) == 1 and day.heard(OFFICE)[-1] == say.nothing_asked()


def fails(day: Simulated, patch: pytest.MonkeyPatch, person: str) -> None:
    """Whatever is written to ``person`` privately comes to nothing."""
    send = day.town.channel.send

    async def refused(to: Address, part: Part, ref: str) -> Receipt:
        if to.person == person:
            raise SendFailed("发不出去")
        return await send(to, part, ref)

    patch.setattr(day.town.channel, "send", refused)


async def test_what_asks_something_stands_alone_in_a_group(quick: Path) -> None:
    day = await opened(quick)
    await at_once(
        day, (REVIEWER, "进度", OFFICE_GROUP), (OFFICE, f"推送 {TITLE} 石桥村", OFFICE_GROUP),
        (REVIEWER, "空白点", OFFICE_GROUP),
    )  # fmt: skip
    await day.pass_by(12)
    said = day.heard(OFFICE_GROUP)
    (asks,) = (text for text in said if "1 发\n2 不发" in text)
    assert "\n\n" not in asks and len(said) == 2
    await day.say(OFFICE, "1", OFFICE_GROUP)
    assert waves(day) == 2


async def test_five_answers_wait_for_one_person_and_what_is_dropped_asks_nothing(quick: Path) -> None:
    day = await opened(quick)
    asked = ("覆盖率", "缺口", "进度", "空白点", "排名")
    await at_once(day, *[(OFFICE, text, "") for text in asked], (OFFICE, f"推送 {TITLE} 石桥村", ""))
    assert rows(day, "SELECT * FROM question") == []
    await day.pass_by(12)
    said = day.heard(OFFICE)
    assert len(said) == notices.MOST_ANSWERS and not any("1 发" in text for text in said)
    await day.say(OFFICE, "1")
    assert waves(day) == 1 and one(day.heard(OFFICE)) == say.nothing_asked()


async def test_an_answer_that_joins_another_in_the_last_moment_is_not_lost(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is taken to be sent; before that is written down somebody else's answer joins it."""
    day = await opened(quick)
    whoami, asks = day.town.channel.whoami, [SEES]

    async def meanwhile() -> Any:
        if asks and rows(day, "SELECT 1 FROM outgoing WHERE kind = 'answer' AND state = 'planned'"):
            at = day.town.desk.now  # it came in before, and is heard now
            late = Message("late", day._rooms[WILLOWS], asks[0], at, MessageKind.TEXT, "我的任务", asks.pop())
            await day.town.handle(late)
        return await whoami()

    monkeypatch.setattr(day.town.channel, "whoami", meanwhile)
    await day.say(LISTS, "我的任务", WILLOWS)
    await day.pass_by(10)
    told = "\n".join(day.heard(WILLOWS))
    assert asks == [] and told.count(f"{LISTS}，还有") == told.count(f"{SEES}，还有") == 1


# ── too much, and strangers ─────────────────────────────────────────────────────────────────────────────────

FLOOD = 10_000


async def test_ten_thousand_lines_of_one_account_are_shed(quick: Path) -> None:
    day = await opened(quick)
    begun = time.monotonic()
    await at_once(day, *[(GRID, "覆盖率", "")] * FLOOD)
    assert time.monotonic() - begun < 30, "two busy cores take a few seconds"
    assert rows(day, "SELECT COUNT(*) FROM outgoing WHERE kind = 'answer' AND state = 'planned'") == [
        (notices.MOST_ANSWERS,)
    ]
    assert len(rows(day, "SELECT * FROM log WHERE via = 'chat'")) <= flood.BURST
    await day.pass_by(60)
    assert len(day.heard(GRID)) == notices.MOST_ANSWERS
    await day.say(GRID, "覆盖率")  # a minute later they are listened to again
    assert len(day.heard(GRID)) == 1


async def test_while_one_account_floods_another_person_is_answered_at_once(quick: Path) -> None:
    day = await opened(quick)
    await at_once(day, *[(GRID, "覆盖率", "")] * 1_000)
    await day.say(SECRETARY, "覆盖率")
    assert len(day.heard(SECRETARY)) == 1


def test_thirty_in_a_row_then_one_in_twenty_seconds_and_so_many_a_day() -> None:
    lets, at = flood.Flood().lets, town.SEVEN
    assert [lets("a", at) for _ in range(31)] == [True] * 30 + [False]
    assert not lets("a", at + timedelta(seconds=19)) and lets("b", at)
    assert lets("a", at + timedelta(seconds=20)) and not lets("a", at + timedelta(seconds=20))
    later = [lets("a", at + timedelta(seconds=20 * n)) for n in range(2, 200)]
    assert sum(later) + 31 == flood.MOST_A_DAY and not later[-1]
    assert lets("a", at + timedelta(days=1)), "every day anew"


async def test_ten_thousand_strangers_leave_a_bounded_table_and_a_count(quick: Path) -> None:
    day = await opened(quick)
    await at_once(day, *[(f"account-{n}", "覆盖率", "") for n in range(FLOOD)])
    tables = [len(table) for table in vars(day.town.conversation._flood).values() if isinstance(table, Sized)]
    assert max(tables) <= flood.MOST_ACCOUNTS
    assert day.store.read(talk.attempts_between, day.now.date(), day.now.date()) == [
        ("2026-03-12", "coverage", FLOOD)
    ]
    await day.say(SECRETARY, "覆盖率")
    assert len(day.heard(SECRETARY)) == 1


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


async def test_of_a_stranger_only_a_count_is_kept(quick: Path) -> None:
    day = await opened(quick)
    said = (
        "推送 鲜花巷旧事",
        "豁免 鲜花巷群 没有理由",
        "覆盖率 鲜花巷",
        "撤回 鲜花巷旧事",
        "绑定 QQQQ2222",
        "我叫鲜花巷的，您好",
    )
    for text in said:
        for group in ("", WILLOWS, THIRD, FIRST, OFFICE_GROUP):
            await day.say(STRANGER, text, group)
    assert day.heard(STRANGER) == [] == day.heard(THIRD) == day.heard(FIRST)
    counted = {c: n for _, c, n in day.store.read(talk.attempts_between, day.now.date(), day.now.date())}
    assert counted["push"] == counted["exempt"] == counted["withdraw"] == counted["coverage"] == 3
    kept = all_bytes(quick / "data")
    for trace in (STRANGER, "鲜花巷", "QQQQ2222"):
        assert trace.encode() not in kept, trace


async def test_a_strangers_wrong_code_is_counted_too(quick: Path) -> None:
    day = await opened(quick)
    await day.say(STRANGER, "绑定 QQQQ2222")
    assert day.store.read(talk.attempts_between, day.now.date(), day.now.date()) == [
        ("2026-03-12", "bind", 1)
    ]


async def test_a_known_person_who_says_bind_group_privately_is_no_stranger(quick: Path) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, f"绑定群 {WILLOWS}")
    assert day.store.read(talk.attempts_between, day.now.date(), day.now.date()) == []
    assert len(day.heard(SECRETARY)) == 1


async def test_what_known_people_ask_for_is_in_the_audit_log(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock
) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, "覆盖率 柳林村")
    await day.say(SECRETARY, "覆盖率 石桥村")
    await day.say(SECRETARY, "暂停")
    await day.say(SEES, "我的任务", WILLOWS)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.say(OFFICE, "1")
    await day.say(STRANGER, "覆盖率")
    wall.set("9:00")
    here = ("--data", quick / "data", "--config", quick / "schedules.yaml")
    log = chuanda("audit", "log", *here, "--json").json
    told = [(one["name"], one["command"], one["outcome"]) for one in log["commands"]]
    assert told == [
        (SECRETARY, "coverage", "答了"), (SECRETARY, "coverage", "不是他管的地方"), (SECRETARY, "pause", "没有办"),
        (SEES, "my_tasks", "答了"), (OFFICE, "push", "问一遍"), (OFFICE, "push", f"推送 {CONTENT} 到 清河镇/石桥村"),
    ]  # fmt: skip
    assert log["strangers"] == [{"day": "2026-03-12", "command": "coverage", "count": 1}]
    assert STRANGER not in chuanda("audit", "log", *here).out
    assert chuanda("audit", "verify", *here).code == 0


# ── exemptions ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_exempted_group_is_not_expected_now_nor_later_until_it_is_taken_back(quick: Path) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, "覆盖率")
    assert "应转 7 群次" in one(day.heard(SECRETARY))
    await day.say(OFFICE, "豁免 第2网格一群")
    assert one(day.heard(OFFICE)) == deciding.exempt_how(SECOND_ONE)
    await day.say(OFFICE, "豁免 第2网格一群 整村拆迁")
    assert one(day.heard(OFFICE)) == deciding.exempted(SECOND_ONE, "整村拆迁")
    await day.say(SECRETARY, "覆盖率")
    assert "应转 6 群次" in one(day.heard(SECRETARY))
    await day.say(OFFICE, f"推送 {TITLE} 柳林村")
    assert "马上发到柳林村 5 个群" in one(day.heard(OFFICE))
    await day.say(OFFICE, "2")
    await day.say(OFFICE, "豁免 第2网格一群 取消")
    assert day.heard(OFFICE)[-1] == deciding.readmitted(SECOND_ONE)
    await day.say(OFFICE, "豁免 第2网格一群 取消")
    assert one(day.heard(OFFICE)) == deciding.not_exempted(SECOND_ONE)
    await day.say(SECRETARY, "覆盖率")
    assert "应转 7 群次" in one(day.heard(SECRETARY))
    await day.say(OFFICE, f"推送 {TITLE} 柳林村")
    assert "马上发到柳林村 6 个群" in one(day.heard(OFFICE))
    assert [act for act, *_ in entries(day, SECOND_ONE)] == ["exempted", "readmitted"]


async def test_an_unclear_group_is_asked_about_and_the_reason_is_kept(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, "豁免 第2网格 整村拆迁")
    asked = one(day.heard(OFFICE))
    assert set(numbered(asked).values()) == {SECOND_ONE, SECOND_TWO, SECOND_THREE}
    number = next(n for n, name in numbered(asked).items() if name == SECOND_THREE)
    await day.say(OFFICE, str(number))
    assert one(day.heard(OFFICE)) == deciding.exempted(SECOND_THREE, "整村拆迁")


async def test_a_work_group_cannot_be_exempted_nor_a_group_that_is_not_there(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"豁免 {WILLOWS} 没人看")
    assert one(day.heard(OFFICE)) == deciding.work_group_stays(WILLOWS)
    await day.say(OFFICE, "豁免 向阳花园业主群 没人看")
    assert one(day.heard(OFFICE)) == deciding.no_such_group("向阳花园业主群")


# ── reminding ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_reminding_by_word_keeps_the_hours_and_the_daily_limit(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, "提醒 柳林村")
    assert one(day.heard(OFFICE)) == deciding.not_in_hours(str(day.town.desk.schedules.hours.remind))
    await day.until("9:00")
    await day.say(OFFICE, "提醒 柳林村")
    await day.pass_by(8)
    assert one(day.heard(OFFICE)) == deciding.reminded("柳林村", 3, 0, 0)
    assert "还有 3 个群等您转" in one(day.heard(GRID))
    together = one(day.heard(WILLOWS))
    assert f"@{SEES}" in together and f"@{LISTS}" in together and f"@{GRID}" not in together
    await day.say(OFFICE, "提醒 柳林村")
    assert one(day.heard(OFFICE)) == deciding.reminded("柳林村", 0, 3, 0)
    await day.until("12:00")  # what was said by word counts for the day
    assert day.heard(GRID) == [] == day.heard(WILLOWS)


async def test_reminding_one_place_leaves_the_others_alone(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await day.say(OFFICE, "提醒 石桥村")
    await day.pass_by(8)
    assert one(day.heard(OFFICE)) == deciding.reminded("石桥村", 1, 0, 0)
    assert day.heard(WILLOWS) == [] == day.heard(GRID)


async def test_the_office_is_told_when_a_work_group_had_its_messages_of_the_day(quick: Path) -> None:
    day = await opened(quick, "9:00", who=PEOPLE[:1])
    configure(day, reminders=Reminders(per_day=2, work_group_per_day=1))
    await day.say(OFFICE, "提醒 柳林村")
    assert one(day.heard(OFFICE)).startswith("提醒了 3 人")
    await day.say(OFFICE, "提醒 柳林村")
    assert one(day.heard(OFFICE)) == deciding.reminded("柳林村", 0, 0, 3)


async def test_of_those_who_were_not_reminded_again_none_is_left_out(quick: Path) -> None:
    """One can be written to privately, twice a day; the other two stand in a work group that was written to once."""
    day = await opened(quick, "9:00")
    configure(day, reminders=Reminders(per_day=2, work_group_per_day=1))
    for _ in range(3):
        await day.say(OFFICE, "提醒 柳林村")
    assert re.search("[23] 人", day.heard(OFFICE)[-1])


async def test_a_reminder_vanishes_when_all_is_done_before_its_turn(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await at_once(day, (OFFICE, "提醒 柳林村", ""), (OFFICE, "暂停", ""))
    await day.pass_by(8)
    assert day.heard(OFFICE)[0].startswith("提醒了 3 人")
    await day.say(GRID, "已转发", WILLOWS)
    await day.say(SEES, town.TEXT, THIRD)
    await day.say(LISTS, "已转发", WILLOWS)
    await day.say(OFFICE, "恢复")
    await day.pass_by(30)
    assert day.heard(GRID) == [] == day.heard(WILLOWS)


async def test_a_reminder_names_only_what_is_open_when_its_turn_comes(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await at_once(day, (OFFICE, "提醒 柳林村", ""), (OFFICE, "暂停", ""))
    await day.say(GRID, "已转发 1 2", WILLOWS)
    await day.say(LISTS, "已转发", WILLOWS)
    await day.say(OFFICE, "恢复")
    await day.pass_by(30)
    assert "第2网格三群" in (mine := one(day.heard(GRID))) and "第2网格一群" not in mine
    assert f"@{LISTS}" not in (told := one(day.heard(WILLOWS))) and f"@{SEES}" in told


async def test_a_bare_one_answers_a_private_reminder_of_one_task(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await day.say(GRID, "已转发 1 3", WILLOWS)
    await day.until("11:42")
    assert one(day.heard(GRID)).endswith("转好了，回 1。")
    await day.say(GRID, "1")
    assert one(day.heard(GRID)).endswith("今天的都转好了，辛苦您了。")
    assert evidence(day)[SECOND_TWO] == "confirmed"


async def test_a_reminder_of_one_task_that_was_answered_asks_nothing_more(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await day.say(GRID, "已转发 1 3", WILLOWS)
    await day.until("11:42")
    await day.say(GRID, "1")
    day.heard(GRID)
    await day.say(GRID, "1")
    assert one(day.heard(GRID)) == say.nothing_asked()


async def test_the_number_of_the_day_answers_a_reminder_of_one_task_too(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await day.say(GRID, "已转发 1 3", WILLOWS)
    await day.until("11:42")
    await day.say(GRID, "我的任务")
    assert numbered(day.heard(GRID)[-1]) == {2: SECOND_TWO}
    await day.say(GRID, "2")
    assert evidence(day)[SECOND_TWO] == "confirmed"


async def test_a_reminder_that_could_not_be_sent_asks_nothing(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick, "11:29")
    with monkeypatch.context() as patch:
        fails(day, patch, GRID)
        await day.until("11:32")
    await day.say(GRID, "2")
    assert one(day.heard(GRID)) == say.nothing_asked() and entries(day, SECOND_TWO) == []


async def test_who_could_not_be_reminded_privately_is_reminded_in_the_work_group(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick, "11:29")
    fails(day, monkeypatch, GRID)
    await day.until("11:32")
    assert not any(f"@{GRID}" in text for text in day.heard(WILLOWS))
    await day.until("11:45")
    assert f"@{GRID}" in one(day.heard(WILLOWS))


async def reminded_in_the_group(folder: Path) -> Simulated:
    """Half past eleven: nobody but the office is known, and the work group was reminded of its three."""
    day = await opened(folder, "11:29", who=PEOPLE[:1])
    await day.say(GRID, "1", WILLOWS)
    assert entries(day, SECOND_ONE) == [], "nothing was asked yet"
    await day.until("11:35")
    assert f"@{GRID}" in one(day.heard(WILLOWS))
    return day


async def test_a_bare_one_answers_a_reminder_in_the_work_group(quick: Path) -> None:
    day = await reminded_in_the_group(quick)
    await day.until("13:25")
    await day.say(GRID, "1", WILLOWS)
    found = evidence(day)
    assert {found[g] for g in (SECOND_ONE, SECOND_TWO, SECOND_THREE)} == {"confirmed"}
    assert found[FOURTH] is None and not any(GRID in text for text in day.heard(WILLOWS))


async def test_two_hours_later_a_bare_one_is_something_else(quick: Path) -> None:
    day = await reminded_in_the_group(quick)
    await day.until("13:35")
    await day.say(GRID, "1", WILLOWS)
    assert entries(day, SECOND_ONE) == []


@pytest.mark.parametrize("said", ["收到请回1", "报名的扣1", "参加会议的请回复“1”"])
async def test_once_somebody_asks_for_a_one_it_answers_them(quick: Path, said: str) -> None:
    day = await reminded_in_the_group(quick)
    await day.say(SECRETARY, said, WILLOWS)
    await day.say(GRID, "1", WILLOWS)
    assert entries(day, SECOND_ONE) == []


async def test_bare_numbers_answer_a_private_reminder_of_several_tasks_one_by_one(quick: Path) -> None:
    day = await opened(quick, "11:42")
    await day.say(GRID, "我的任务")
    assert numbered(day.heard(GRID)[-1]) == {1: SECOND_ONE, 2: SECOND_TWO, 3: SECOND_THREE}
    for number, group in ((3, SECOND_THREE), (1, SECOND_ONE)):
        await day.say(GRID, str(number))
        assert one(day.heard(GRID)).startswith(f"记下了：{group}")
    found = evidence(day)
    assert found[SECOND_ONE] == found[SECOND_THREE] == "confirmed" and found[SECOND_TWO] is None


async def test_nobody_is_reminded_outside_of_working_hours(quick: Path) -> None:
    day = await opened(quick, "18:05")
    configure(day, reminders=Reminders(per_day=5))
    await day.say(OFFICE, f"推送 {TITLE} 柳林村")
    await day.say(OFFICE, "1")
    await day.say(OFFICE, "提醒 柳林村")
    assert day.heard(OFFICE)[-1] == deciding.not_in_hours(str(day.town.desk.schedules.hours.remind))
    await day.until("23:59")
    assert day.heard(GRID) == [] and day.heard(WILLOWS) == [town.TEXT]


# ── numbers of the day ──────────────────────────────────────────────────────────────────────────────────────


async def test_numbers_hold_all_day_whatever_is_done_exempted_or_comes(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {1: SECOND_ONE, 2: SECOND_TWO, 3: SECOND_THREE}
    await day.say(GRID, "已转发 1", WILLOWS)
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {2: SECOND_TWO, 3: SECOND_THREE}
    await day.say(OFFICE, "豁免 第2网格二群 拆迁")
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {3: SECOND_THREE}
    await day.say(OFFICE, f"推送 {TITLE} 柳林村")
    await day.say(OFFICE, "1")
    await day.pass_by(20)
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {3: SECOND_THREE, 4: SECOND_ONE, 5: SECOND_THREE}
    await day.say(OFFICE, "豁免 第2网格二群 取消")
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {2: SECOND_TWO, 3: SECOND_THREE, 4: SECOND_ONE, 5: SECOND_THREE}
    await day.say(GRID, "已转发 5")
    assert one(day.heard(GRID)).startswith(f"记下了：{SECOND_THREE}")
    last = rows(day, "SELECT MAX(id) FROM wave")[0][0]
    sql = (
        "SELECT g.name FROM target t JOIN grp g ON g.id = t.grp WHERE t.wave = ? AND t.evidence = 'confirmed'"
    )
    assert rows(day, sql, last) == [(SECOND_THREE,)]


async def test_numbers_hold_after_leave_and_coming_back(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "我的任务")
    before = numbered(one(day.heard(GRID)))
    await day.say(GRID, "已转发 2", WILLOWS)
    await day.say(GRID, "请假 到周五")
    await day.say(DEPUTY, "我的任务")
    assert numbered(day.heard(DEPUTY)[-1]) == {1: SECOND_ONE, 2: SECOND_THREE}
    await day.say(GRID, "销假")
    await day.say(OFFICE, f"推送 {TITLE} 柳林村")
    await day.say(OFFICE, "1")
    await day.pass_by(20)
    await day.say(GRID, "我的任务")
    after = numbered(day.heard(GRID)[-1])
    left = {number: group for number, group in before.items() if number != 2}
    new = {number: group for number, group in after.items() if number not in left}
    assert after == {**left, **new} and min(new) > max(before)
    assert set(new.values()) == {SECOND_ONE, SECOND_TWO, SECOND_THREE}
    await day.say(DEPUTY, "我的任务")
    assert numbered(one(day.heard(DEPUTY))) == {}
    await day.say(GRID, "已转发 3")
    assert one(day.heard(GRID)).startswith(f"记下了：{SECOND_THREE}")


# ── leave ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_has_no_deputy_is_stood_in_for_by_the_contact_above(quick: Path) -> None:
    day = await opened(quick, who=((LISTS, None), ("何建国", None)))
    await day.say(LISTS, "请假 到周五")
    assert "这几天请何建国转" in one(day.heard(LISTS))
    assert f"{LISTS}请假到 3月13日" in one(day.heard("何建国"))
    await day.say("何建国", "我的任务")
    assert numbered(one(day.heard("何建国"))) == {1: "第4网格群"}
    await day.say("何建国", "已转发")
    assert evidence(day)[FOURTH] == "confirmed"


async def test_whose_deputy_is_away_too_goes_one_further(quick: Path) -> None:
    day = await opened(quick)
    await day.say(DEPUTY, "请假 到周五")
    await day.say(GRID, "请假 到明天")
    assert "这几天请何建国转" in one(day.heard(GRID))


async def test_who_has_nobody_hears_that_and_the_office_too(quick: Path) -> None:
    day = await opened(quick)
    day.town.channel.people.add("郑丽")  # type: ignore[attr-defined]
    await day.say("郑丽", f"绑定 {day.code('郑丽')}")
    forget_what_was_said(day)
    day.told_office()
    await day.say("郑丽", "请假 到周五")
    assert "没有能替的人" in one(day.heard("郑丽"))
    assert any("郑丽请假到 3月13日，没有副联系人" in told for told in day.told_office())


async def test_coming_back_ends_it_for_what_comes(quick: Path) -> None:
    day = await opened(quick, "7:58")
    await day.say(GRID, "请假 到周五")
    await day.say(GRID, "销假")
    assert day.heard(GRID)[-1].startswith(f"{GRID}，回来了")
    await day.say(GRID, "销假")
    assert one(day.heard(GRID)) == f"{GRID}，您没有请假。"
    await day.until("8:10")
    await day.say(GRID, "我的任务")
    assert len(numbered(one(day.heard(GRID)))) == 3


async def test_what_comes_while_somebody_is_away_is_the_deputys(quick: Path) -> None:
    day = await opened(quick, "7:58")
    await day.say(GRID, "请假 到周五")
    await day.until("8:10")
    forget_what_was_said(day)
    await day.say(GRID, "我的任务")
    assert one(day.heard(GRID)) == f"{GRID}，今天没有等您转的群。"
    await day.say(DEPUTY, "我的任务")
    assert set(numbered(one(day.heard(DEPUTY))).values()) == {SECOND_ONE, SECOND_TWO, SECOND_THREE}


async def test_leave_ends_by_itself(quick: Path) -> None:
    day = await opened(quick, "7:58")
    await day.say(GRID, "请假 到今天")
    await day.until("8:10")
    await the_next_morning(day)
    await day.say(GRID, "我的任务")
    assert set(numbered(day.heard(GRID)[-1]).values()) == {SECOND_ONE, SECOND_TWO, SECOND_THREE}


LEAVES = {  # 12 March 2026 is a Thursday
    "请假 到周五": date(2026, 3, 13),
    "请假到星期五": date(2026, 3, 13),
    "我请假到后天": date(2026, 3, 14),
    "请假3天": date(2026, 3, 14),
    "请假三天": date(2026, 3, 14),
    "请假一周": date(2026, 3, 18),
    "请假 到3月15日": date(2026, 3, 15),
    "请假到3.15": date(2026, 3, 15),
    "请假到20号": date(2026, 3, 20),
    "请假到下周三": date(2026, 3, 18),
    "请假到月底": date(2026, 3, 31),
    "出差到3月15号": date(2026, 3, 15),
    "我想请假到明天": date(2026, 3, 13),
    "今天请假": date(2026, 3, 12),
    "家里有事，请假两天": date(2026, 3, 13),
    "请假 到2026-03-15": date(2026, 3, 15),
}


@pytest.mark.parametrize(("said", "last"), LEAVES.items())
async def test_until_when_is_understood_as_people_write_it(quick: Path, said: str, last: date) -> None:
    day = await opened(quick, "8:10", who=((GRID, None),))
    await day.say(GRID, said)
    assert one(day.heard(GRID)).startswith(f"记下了，您请假到 {last.month}月{last.day}日。")
    ((until,),) = rows(day, "SELECT until FROM away")
    assert day.store.read(talk.away, day.now)[worker(day, GRID)].date() == last and until


@pytest.mark.parametrize("said", ["请假到昨天", "请假到2月30日", "请假到2027年3月15日"])
async def test_a_day_that_cannot_be_meant_is_asked_about(quick: Path, said: str) -> None:
    day = await opened(quick, who=((GRID, None),))
    await day.say(GRID, said)
    assert len(day.heard(GRID)) == 1 and rows(day, "SELECT * FROM away") == []


LEAVES_AHEAD = {
    "明天请假": (date(2026, 3, 13), date(2026, 3, 13)),
    "请假 2026-03-15": (date(2026, 3, 15), date(2026, 3, 15)),
    "下周一请假": (date(2026, 3, 16), date(2026, 3, 16)),
    "从明天起请假到周日": (date(2026, 3, 13), date(2026, 3, 15)),
}
LATER = {  # what the program makes of them begins today
    "后天请假到周日": (date(2026, 3, 14), date(2026, 3, 15)),
    "明天到周日请假": (date(2026, 3, 13), date(2026, 3, 15)),
    "请假 3月15日到3月18日": (date(2026, 3, 15), date(2026, 3, 18)),
    "明天开始请假三天": (date(2026, 3, 13), date(2026, 3, 15)),
    "明天请假一天": (date(2026, 3, 13), date(2026, 3, 13)),
}


@pytest.mark.parametrize(
    ("said", "days"),
    [
        *LEAVES_AHEAD.items(),
        *LATER.items(),
    ],
)  # fmt: skip
async def test_a_leave_that_begins_later_begins_then(quick: Path, said: str, days: tuple[date, date]) -> None:
    day = await opened(quick, who=((GRID, None),))
    await day.say(GRID, said)
    ((since, until),) = rows(day, "SELECT since, until FROM away")
    assert (local(from_epoch(since)).date(), local(from_epoch(until)).date()) == days


async def test_a_leave_ahead_and_one_of_today_stand_side_by_side(quick: Path) -> None:
    """“明天请假” is not forgotten over a “请假 到今天” and its end."""
    day = await opened(quick)
    await day.say(GRID, "明天请假")
    await day.say(GRID, "请假 到今天")
    await day.say(GRID, "销假")
    assert day.heard(GRID)[-1].startswith(f"{GRID}，回来了")
    await day.say(GRID, "我的任务")
    assert len(numbered(one(day.heard(GRID)))) == 3
    await day.say(GRID, "已转发")
    await the_next_morning(day)
    await day.say(GRID, "我的任务")
    assert numbered(day.heard(GRID)[-1]) == {}
    await day.say(DEPUTY, "我的任务")
    assert len(numbered(day.heard(DEPUTY)[-1])) == 3


async def the_next_morning(day: Simulated) -> None:
    """Its content is out too."""
    day.now = day._next_tick = day.now + timedelta(days=1)
    await day.pass_by(60)


async def test_a_leave_ahead_can_be_taken_back(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "已转发")
    await day.say(GRID, "明天请假")
    await day.say(GRID, "不请假了")
    await the_next_morning(day)
    await day.say(GRID, "我的任务")
    assert len(numbered(day.heard(GRID)[-1])) == 3


async def test_a_leave_can_be_shortened(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "已转发")
    await day.say(GRID, "请假 到下周五")
    await day.say(GRID, "请假 到今天")
    assert day.heard(GRID)[-1].startswith("记下了，您请假到 3月12日")
    await the_next_morning(day)
    await day.say(GRID, "我的任务")
    assert len(numbered(day.heard(GRID)[-1])) == 3


async def test_nobody_is_reminded_on_leave(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "明天请假")
    await the_next_morning(day)
    day.heard(GRID)
    await day.until("12:30")
    assert day.heard(GRID) == []


async def test_who_is_away_without_a_deputy_and_forwards_all_the_same_is_noted(quick: Path) -> None:
    day = await opened(quick, who=((LISTS, None), ("何建国", None)))
    await day.say(LISTS, "请假 到周五")
    await day.say(LISTS, "已转发", WILLOWS)
    assert evidence(day)[FOURTH] == "confirmed"


async def test_who_comes_back_after_the_deputy_did_has_the_tasks_again(quick: Path) -> None:
    """The deputy was away too, so they went to the village's contact; the deputy is back first."""
    day = await opened(quick)
    await day.say(DEPUTY, "请假 到周五")
    await day.say(GRID, "请假 到周五")
    await day.say(DEPUTY, "销假")
    await day.say(GRID, "销假")
    await day.say(GRID, "我的任务")
    assert len(numbered(day.heard(GRID)[-1])) == 3


async def test_who_is_away_and_forwards_all_the_same_is_noted(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "请假 到周五")
    await day.say(GRID, "已转发 2", WILLOWS)
    assert entries(day, SECOND_TWO)[-1][0::2] == ("confirmed", GRID)
    await day.say(DEPUTY, "我的任务")
    assert set(numbered(day.heard(DEPUTY)[-1]).values()) == {SECOND_ONE, SECOND_THREE}


async def test_leave_from_tomorrow_leaves_today_as_it_is(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "明天请假")
    day.heard(GRID)
    await day.say(GRID, "我的任务")
    assert len(numbered(one(day.heard(GRID)))) == 3


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────


async def test_handing_over_moves_the_tasks_and_ends_the_account(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock
) -> None:
    new = "陈晓梅"
    day = await opened(quick)
    await day.say(GRID, "已转发 1", WILLOWS)
    wall.set("9:00")
    here = ("--data", quick / "data", "--config", quick / "schedules.yaml")
    roster = quick / "roster.csv"
    roster.write_text(roster.read_text("utf-8").replace(GRID, new), "utf-8")
    assert chuanda("roster", "import", roster, *here).code == 0
    said = chuanda("handover", GRID, new, *here)
    assert said.code == 0 and "2 个群交给了" in said.out and f"{GRID}的账号作废了" in said.out
    code = re.search(r"绑定 ([0-9A-Z]{8})", said.out)
    assert code is not None
    day.town.channel.people.add(new)  # type: ignore[attr-defined]
    await day.until("9:01")
    await day.say(GRID, "我的任务")
    assert day.heard(GRID) == []
    await day.say(new, f"绑定 {code[1]}")
    await day.say(new, "我的任务")
    assert set(numbered(day.heard(new)[-1]).values()) == {SECOND_TWO, SECOND_THREE}
    await day.say(new, "已转发")
    assert one(day.heard(new)).endswith("今天的都转好了，辛苦您了。")
    found = {group: entries(day, group)[-1] for group in (SECOND_ONE, SECOND_TWO)}
    assert found[SECOND_ONE][2] == GRID and found[SECOND_TWO][2] == new


async def test_handing_over_leaves_the_tasks_of_what_stays(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two grids one is handed over; the other's group is to be forwarded too."""
    both = tuple((*row[:5], "转发", *row[6:]) if row[3] == FIRST else row for row in town.ROSTER)
    monkeypatch.setattr(town, "ROSTER", both)
    new = "陈晓梅"
    day = await opened(quick)
    roster = quick / "roster.csv"
    lines = roster.read_text("utf-8").splitlines()
    lines = [line.replace(GRID, new) if "第2网格" in line else line for line in lines]
    roster.write_text("\n".join(lines), "utf-8")
    wall.set("9:00")
    here = ("--data", quick / "data", "--config", quick / "schedules.yaml")
    assert chuanda("roster", "import", roster, *here).code == 0
    said = chuanda("handover", GRID, new, *here)
    assert "3 个群交给了" in said.out and f"{GRID}在名册里还有别的任务，账号照常" in said.out
    await day.until("9:01")
    await day.say(GRID, "我的任务")
    assert set(numbered(day.heard(GRID)[-1]).values()) == {FIRST.removeprefix("柳林村")}


def test_handing_over_to_oneself_or_from_nobody_is_refused(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock
) -> None:
    town.lay_out(quick)
    here = ("--data", quick / "data", "--config", quick / "schedules.yaml")
    assert chuanda("handover", GRID, GRID, *here).code == 2
    assert chuanda("handover", "没有这个人", GRID, *here).code == 2
    assert chuanda("handover", GRID, "没有这个人", *here).code == 2


async def test_nobody_of_the_office_loses_their_role_by_handing_over(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock
) -> None:
    day = await opened(quick)
    wall.set("9:00")
    here = ("--data", quick / "data", "--config", quick / "schedules.yaml")
    for name in (OFFICE, REVIEWER):
        said = chuanda("handover", name, GRID, *here)
        assert said.code != 0 and f"{name}是反诈办的人" in said.err and f"--person {name} --off" in said.err
    staff = day.store.read(accounts.people)
    assert {staff[who].name for who in day.store.read(accounts.roles)} >= {OFFICE, REVIEWER}
    assert chuanda("bind", "--person", OFFICE, "--off", *here).code == 0
    assert chuanda("handover", OFFICE, GRID, *here).code == 0


# ── confirmations ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_deputy_confirms_for_the_contact(quick: Path) -> None:
    day = await opened(quick)
    await day.say(DEPUTY, "已转发 2", WILLOWS)
    assert day.heard(WILLOWS) == []
    assert evidence(day)[SECOND_TWO] == "confirmed" and evidence(day)[SECOND_ONE] is None
    assert entries(day, SECOND_TWO)[-1][2] == DEPUTY


async def test_an_unclear_answer_in_a_work_group_is_asked_about_once_a_day(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "转了一部分", WILLOWS)
    assert one(day.heard(WILLOWS)).startswith(f"@{GRID}，这句我没看明白")
    await day.say(GRID, "转了一部分", WILLOWS)
    await day.say(GRID, "已转发 9", WILLOWS)
    assert day.heard(WILLOWS) == []
    await day.say(LISTS, "转了一部分", WILLOWS)
    assert f"@{LISTS}" in one(day.heard(WILLOWS))
    await the_next_morning(day)
    day.heard(WILLOWS)
    await day.say(GRID, "转了一部分", WILLOWS)
    assert f"@{GRID}" in one(day.heard(WILLOWS))


async def test_a_picture_right_after_it_belongs_to_it(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "已转发 1", WILLOWS)
    await day.say(GRID, "", WILLOWS, MessageKind.IMAGE)
    await day.say(GRID, "", WILLOWS, MessageKind.HISTORY)
    await day.say(GRID, "", "", MessageKind.IMAGE)  # said elsewhere: it belongs to nothing there
    (confirmed, *attached) = entries(day, SECOND_ONE)
    assert confirmed[0] == "confirmed" and confirmed[2:] == (GRID, "chat")
    assert [(by, detail) for _, _, by, detail in attached] == [(GRID, "image"), (GRID, "history")]
    assert entries(day, SECOND_TWO) == []
    assert day.heard(WILLOWS) == [] == day.heard(GRID)


async def test_a_picture_of_somebody_else_or_later_does_not(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "", WILLOWS, MessageKind.IMAGE)
    await day.say(GRID, "已转发 1", WILLOWS)
    await day.say(DEPUTY, "", WILLOWS, MessageKind.IMAGE)
    await day.say(STRANGER, "", WILLOWS, MessageKind.IMAGE)
    await day.pass_by(200)
    await day.say(GRID, "", WILLOWS, MessageKind.IMAGE)
    assert [act for act, *_ in entries(day, SECOND_ONE)] == ["confirmed"]


async def test_who_takes_back_what_was_confirmed_is_not_told_that_all_is_done(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "已转发")
    assert one(day.heard(GRID)).endswith("今天的都转好了，辛苦您了。")
    day.told_office()
    await day.say(GRID, "说错了，2还没转")
    assert "都转好了" not in one(day.heard(GRID))
    assert any(GRID in told for told in day.told_office())


# ── the inbox ───────────────────────────────────────────────────────────────────────────────────────────────

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8ffff3f0005fe02fe0d"
    "0a2db40000000049454e44ae426082"
)
_IDS = itertools.count()


async def forward(day: Simulated, who: str, kind: MessageKind, **what: Any) -> None:
    """Somebody forwards something to us privately."""
    sent = Message(f"f{next(_IDS)}", "", who, day.now, kind, sender_name=who, **what)
    await day.town.handle(sent)
    await day.pass_by(8)


def drafts(folder: Path) -> dict[str, Any]:
    """Folder → content.yaml of what stands in the library besides the first."""
    return {
        file.parent.name: yaml.safe_load(file.read_text("utf-8"))
        for file in sorted((folder / "content").glob("*/content.yaml"))
        if file.parent.name != CONTENT
    }


async def test_a_text_becomes_a_draft_with_the_next_number_and_a_signature(quick: Path) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, ARTICLE)
    assert one(day.heard(SECRETARY)) == deciding.received_one("文字")
    await day.say(SECRETARY, "入库 客服退款是骗局 #老年人 #冒充客服")
    assert one(day.heard(SECRETARY)).startswith(
        "存好了：《客服退款是骗局》，反诈宣〔2026〕002号。\n2 段：文字、文字。"
    )
    ((name, sheet),) = drafts(quick).items()
    assert name == "002-客服退款是骗局"
    assert sheet["number"] == "反诈宣〔2026〕002号" and sheet["source"] == f"{SECRETARY}转来"
    assert sheet["audiences"] == ["老年人"] and sheet["topics"] == ["冒充客服"]
    loaded = load_library(quick / "content")
    content = loaded.contents[ContentId(name)]
    assert content.parts[0].text.strip() == ARTICLE
    assert "反诈宣〔2026〕002号" in content.parts[1].text and "96110" in content.parts[1].text
    assert sorted(f.name for f in (quick / "content" / name).iterdir()) == [
        "content.yaml", "signature.md", "text-1.md",
    ]  # fmt: skip
    assert "客服退款是骗局" in one(day.heard(REVIEWER))


async def test_pictures_and_texts_become_one_draft_in_their_order(quick: Path) -> None:
    picture = quick / "IMG_1"
    picture.write_bytes(PNG)
    day = await opened(quick)
    await forward(day, OFFICE, MessageKind.IMAGE, path=picture)
    await forward(day, OFFICE, MessageKind.TEXT, text=f"{ARTICLE}反诈宣〔2026〕002号，咨询96110。")
    assert one(day.heard(OFFICE)) == deciding.received_one("图片")
    await day.say(OFFICE, "入库 两样")
    assert "2 段：图片、文字。" in one(day.heard(OFFICE))
    (name,) = drafts(quick)
    content = load_library(quick / "content").contents[ContentId(name)]
    assert [part.kind.value for part in content.parts] == ["image", "text"]
    assert content.parts[0].path is not None and content.parts[0].path.read_bytes() == PNG
    assert content.parts[0].path.suffix == ".png"


async def test_a_merged_history_is_taken_apart(quick: Path) -> None:
    day = await opened(quick)
    items = (
        Message("i1", "", "", day.now, MessageKind.TEXT, "先给小钱，再骗大钱"),
        Message(
            "i2", "", "", day.now, MessageKind.LINK, url="https://mp.weixin.qq.com/s/abc", title="三步识破"
        ),
        Message("i3", "", "", day.now, MessageKind.STICKER),
    )
    await forward(day, OFFICE, MessageKind.HISTORY, items=items)
    assert len(day.heard(OFFICE)) == 1
    await day.say(OFFICE, "入库 合并转发的")
    assert "3 段：文字、链接、文字。" in one(day.heard(OFFICE))
    (sheet,) = drafts(quick).values()
    assert sheet["parts"][1]["link"]["url"] == "https://mp.weixin.qq.com/s/abc"


async def test_what_was_forwarded_is_forgotten_after_half_an_hour(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    await day.until("8:41")
    day.heard(OFFICE)
    await day.say(OFFICE, "入库 标题")
    assert one(day.heard(OFFICE)) == deciding.nothing_received()
    assert drafts(quick) == {}
    assert "共享屏幕".encode() not in all_bytes(quick / "data")


async def test_a_draft_of_half_an_hour_ago_does_not_take_what_came_later_with_it(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    await day.until("8:39")
    await day.say(OFFICE, f"{ARTICLE}第二条。")
    await day.until("8:42")
    day.heard(OFFICE)
    await day.say(OFFICE, "入库 标题")
    assert one(day.heard(OFFICE)).startswith("存好了")


async def test_a_title_that_is_there_already_is_refused_and_nothing_is_lost(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    await day.say(OFFICE, f"入库 {TITLE}")
    assert day.heard(OFFICE)[-1] == deciding.cannot_draft(f"已经有一条《{TITLE}》")
    await day.say(OFFICE, "入库 另一个标题")
    assert one(day.heard(OFFICE)).startswith("存好了：《另一个标题》")


async def test_a_title_that_is_missing_or_too_long_is_refused(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    await day.say(OFFICE, "入库 #老年人 #冒充客服")
    assert day.heard(OFFICE)[-1] == deciding.title_missing()
    await day.say(OFFICE, f"入库 《{'长' * 70}》")
    assert day.heard(OFFICE)[-1].startswith("没有存成：标题有 70 个字")
    assert drafts(quick) == {}


async def test_numbers_go_on_from_the_highest(quick: Path) -> None:
    day = await opened(quick)
    add_content(day, "017-gongjian", "冒充公检法", number="反诈宣〔2026〕017号")
    await day.say(OFFICE, ARTICLE)
    await day.say(OFFICE, "入库 客服退款是骗局")
    assert "反诈宣〔2026〕018号" in day.heard(OFFICE)[-1]
    await day.say(OFFICE, ARTICLE)
    await day.say(OFFICE, "入库 再来一条")
    assert "反诈宣〔2026〕019号" in day.heard(OFFICE)[-1]


async def test_a_restart_loses_what_was_forwarded_and_says_so(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    again = restarted(day)
    await again.say(OFFICE, "入库 标题")
    assert one(again.heard(OFFICE)) == deciding.nothing_received()


def restarted(day: Simulated) -> Simulated:
    """The same folder, another process."""
    desk = day.town.desk
    day.town = Town(day.store, desk.channel, town.library(day.folder), desk.schedules, desk.data)
    day.town.desk.now = day.now
    forget_what_was_said(day)
    return day


async def test_a_restart_keeps_questions_and_numbers(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "已转发 1", WILLOWS)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day = restarted(day)
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)).startswith("开始发了")
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {2: SECOND_TWO, 3: SECOND_THREE}


async def test_a_grid_workers_picture_is_no_material(quick: Path) -> None:
    day = await opened(quick)
    await forward(day, GRID, MessageKind.IMAGE)
    await forward(day, STRANGER, MessageKind.IMAGE)
    assert day.heard(GRID) == [] == day.heard(STRANGER)


# ── review ──────────────────────────────────────────────────────────────────────────────────────────────────


def add_content(
    day: Simulated, id: str, title: str, text: str = "", number: str = "", by: str = "", account: str = ""
) -> str:
    """A folder in the library, handed in by somebody (``by``). Returns its digest."""
    folder = day.folder / "content" / id
    folder.mkdir(exist_ok=True)
    number = number or "反诈宣〔2026〕002号"
    (folder / "text.md").write_text(text or f"{title}，都是诈骗，拿不准就打96110。\n{number}", "utf-8")
    sheet = {"title": title, "number": number, "topics": ["刷单返利"], "parts": [{"text": "text.md"}]}
    (folder / "content.yaml").write_text(yaml.safe_dump(sheet, allow_unicode=True), "utf-8")
    day.town.desk.refresh_library()
    digest = day.town.desk.contents[ContentId(id)].digest
    if by:
        entry = ApprovalEntry(ApprovalAct.SUBMIT, digest, by, day.now, account=account)
        day.store.write_now(add_approval, ContentId(id), entry)
    return digest


def acts(day: Simulated, id: str) -> list[str]:
    return [act for (act,) in rows(day, "SELECT act FROM approval WHERE content = ? ORDER BY id", id)]


async def shown_code(day: Simulated, who: str = REVIEWER) -> str:
    await day.say(who, "待审")
    found = re.search(r"批准 ([0-9A-Z]{4,8})", "\n".join(day.heard(who)))
    assert found is not None
    return found[1]


async def test_what_is_shown_is_the_content_itself_and_its_code_approves_it(quick: Path) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    await day.say(REVIEWER, "待审")
    text, card = day.heard(REVIEWER)
    assert text.startswith("冒充公检法，都是诈骗") and f"{OFFICE}送审" in card
    code = re.findall(r"[0-9A-Z]{4,8}", card.partition("批准 ")[2])[0]
    await day.say(REVIEWER, f"批准 {code}")
    assert one(day.heard(REVIEWER)).startswith("批准了：《冒充公检法》")
    await day.say(REVIEWER, f"批准 {code}")
    assert one(day.heard(REVIEWER)) == deciding.unknown_code(code)
    assert acts(day, "002-x") == ["submit", "approve"]


async def test_sending_back_needs_a_reason_and_reaches_whoever_handed_it_in(quick: Path) -> None:
    day = await opened(quick)
    await day.say(SECRETARY, ARTICLE)
    await day.say(SECRETARY, "入库 客服退款是骗局")
    forget_what_was_said(day)
    code = await shown_code(day)
    await day.say(REVIEWER, f"驳回 {code}")
    assert one(day.heard(REVIEWER)) == deciding.no_reason(code)
    await day.say(REVIEWER, f"驳回 {code} 图片不清楚")
    assert one(day.heard(REVIEWER)) == deciding.rejected("客服退款是骗局")
    assert one(day.heard(SECRETARY)) == deciding.rejected_to_submitter(
        "客服退款是骗局", REVIEWER, "图片不清楚"
    )
    await day.say(REVIEWER, "待审")
    assert one(day.heard(REVIEWER)) == deciding.nothing_pending()


async def test_in_the_offices_group_what_waits_is_shown_only_where_nobody_can_be_written_to(
    quick: Path,
) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    await day.say(REVIEWER, "待审", OFFICE_GROUP)
    assert one(day.heard(OFFICE_GROUP)) == say.PRIVATELY and day.heard(REVIEWER) == []
    day.town.desk.capabilities = replace(day.town.desk.capabilities, private=False)
    await day.say(REVIEWER, "待审", OFFICE_GROUP)
    text, card = day.heard(OFFICE_GROUP)
    assert text.startswith("冒充公检法，都是诈骗")
    code = re.findall(r"[0-9A-Z]{4,8}", card.partition("批准 ")[2])[0]
    await day.say(REVIEWER, f"批准 {code}", OFFICE_GROUP)
    assert acts(day, "002-x") == ["submit", "approve"]


async def test_whoever_handed_it_in_cannot_approve_it_by_name(quick: Path) -> None:
    day = await opened(quick)
    digest = add_content(day, "002-x", "冒充公检法", by=f" {REVIEWER} ")
    await day.say(REVIEWER, "待审")
    assert one(day.heard(REVIEWER)) == deciding.own_submission("冒充公检法")
    await day.say(REVIEWER, f"批准 {codes_of_digests.full_code(digest)[:4]}")
    assert day.heard(REVIEWER)[-1].endswith("看完再批。")
    assert acts(day, "002-x") == ["submit"]


async def test_whoever_handed_it_in_cannot_approve_it_by_account(quick: Path) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by="别的名字", account=REVIEWER)
    await day.say(REVIEWER, "待审")
    assert one(day.heard(REVIEWER)) == deciding.own_submission("冒充公检法")


async def test_who_is_no_reviewer_in_the_settings_cannot_approve_with_a_reviewers_role(quick: Path) -> None:
    day = await opened(quick, who=((SECRETARY, Role.REVIEWER),))
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    code = await shown_code(day, SECRETARY)
    await day.say(SECRETARY, f"批准 {code}")
    assert f"{SECRETARY}不是审核人" in one(day.heard(SECRETARY))
    assert acts(day, "002-x") == ["submit"]


async def test_the_code_of_what_was_not_shown_is_refused(quick: Path) -> None:
    day = await opened(quick)
    digest = add_content(day, "002-x", "冒充公检法", by=OFFICE)
    code = codes_of_digests.full_code(digest)[:4]
    await day.say(REVIEWER, f"批准 {code}")
    assert one(day.heard(REVIEWER)) == deciding.not_all_shown(code)
    assert acts(day, "002-x") == ["submit"]


async def test_a_file_that_changed_after_it_was_shown_is_not_approved(quick: Path) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    code = await shown_code(day)
    add_content(day, "002-x", "冒充公检法", text="换了一个字，拿不准就打96110。\n反诈宣〔2026〕002号")
    await day.say(REVIEWER, f"批准 {code}")
    assert one(day.heard(REVIEWER)) == deciding.unknown_code(code)
    add_content(day, "002-x", "冒充公检法", text="又换了，拿不准就打96110。\n反诈宣〔2026〕002号", by=OFFICE)
    await day.say(REVIEWER, f"批准 {code}")  # handed in again, and not looked at again
    assert one(day.heard(REVIEWER)) == deciding.unknown_code(code)
    assert "approve" not in acts(day, "002-x")


async def test_codes_that_begin_alike_get_longer(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = await opened(quick)
    one_digest = add_content(day, "002-x", "冒充公检法", by=OFFICE)
    add_content(day, "003-y", "虚假购物", number="反诈宣〔2026〕003号", by=OFFICE)
    alike = {one_digest: "AAAAAA22"}
    monkeypatch.setattr(codes_of_digests, "full_code", lambda digest: alike.get(digest, "AAAAAA33"))
    first = await shown_code(day)
    assert first in ("AAAAAA2", "AAAAAA3")
    await day.say(REVIEWER, f"批准 {first}")
    assert one(day.heard(REVIEWER)).startswith("批准了：《冒充公检法》")
    assert await shown_code(day) == "AAAA"
    assert acts(day, "003-y") == ["submit"]


async def test_a_beginning_that_two_shown_contents_share_approves_neither(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    alike = {
        add_content(day, "002-x", "冒充公检法", by=OFFICE): "AAAAAA22",
        add_content(day, "003-y", "虚假购物", number="反诈宣〔2026〕003号", by="郑丽"): "AAAAAA33",
    }
    monkeypatch.setattr(codes_of_digests, "full_code", lambda digest: alike.get(digest, "ZZZZZZZZ"))
    for id, digest in (("002-x", next(iter(alike))), ("003-y", list(alike)[1])):
        person = next(w for w, p in day.store.read(accounts.people).items() if p.name == REVIEWER)
        day.store.write_now(note_shown, person, ContentId(id), digest, f"preview:{id}")
    await day.say(REVIEWER, "批准 AAAA")
    assert one(day.heard(REVIEWER)) == deciding.not_all_shown("AAAA")
    assert acts(day, "002-x") == acts(day, "003-y") == ["submit"]


async def test_what_the_lint_found_blocks_the_approval_in_chat(quick: Path) -> None:
    day = await opened(quick)
    text = "快点开 https://t.cn/A6xyz 领取，拿不准就打96110。\n反诈宣〔2026〕002号"
    add_content(day, "002-x", "短链接的", text=text, by=OFFICE)
    await day.say(REVIEWER, "待审")
    card = day.heard(REVIEWER)[-1]
    assert "处要改" in card and len(card.splitlines()) <= MAX_LINES
    code = re.search(r"批准 ([0-9A-Z]{4,8})", card)
    assert code is not None
    await day.say(REVIEWER, f"批准 {code[1]}")
    assert "处要改，先不能批" in one(day.heard(REVIEWER))
    assert acts(day, "002-x") == ["submit"]


# ── push ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_doubled_one_pushes_once(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    await asyncio.gather(at_once(day, (OFFICE, "1", "")), at_once(day, (OFFICE, "1", "")))
    await day.pass_by(10)
    begun, nothing = sorted(day.heard(OFFICE), key=lambda text: text == say.nothing_asked())
    assert begun.startswith("开始发了") and nothing == say.nothing_asked()
    assert waves(day) == 2


async def test_two_people_who_push_it_in_one_instant_make_two_waves(quick: Path) -> None:
    day = await opened(quick, who=((OFFICE, Role.OFFICE), (SECRETARY, Role.OFFICE)))
    for who in (OFFICE, SECRETARY):
        await day.say(who, f"推送 {TITLE} 石桥村")
    forget_what_was_said(day)
    await asyncio.gather(at_once(day, (OFFICE, "1", "")), at_once(day, (SECRETARY, "1", "")))
    await day.pass_by(10)
    assert waves(day) == 3
    for who in (OFFICE, SECRETARY):
        assert one(day.heard(who)).startswith("开始发了")


async def test_what_changed_between_question_and_answer_is_not_pushed(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    (quick / "content" / CONTENT / "text.md").write_text(
        "换了。拿不准就打96110。\n反诈宣〔2026〕001号", "utf-8"
    )
    await day.say(OFFICE, "1")
    assert "不能发" in one(day.heard(OFFICE))
    assert waves(day) == 1


async def test_what_changed_and_was_approved_again_is_asked_about_again(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    text = "换了。拿不准就打96110。\n反诈宣〔2026〕001号"
    digest = add_content(day, CONTENT, TITLE, text=text, number="反诈宣〔2026〕001号", by=OFFICE)
    day.store.write_now(
        add_approval, ContentId(CONTENT), ApprovalEntry(ApprovalAct.APPROVE, digest, REVIEWER, day.now)
    )
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)) == deciding.not_to_be_sent(TITLE, "问您之后又改过")
    assert waves(day) == 1


async def test_what_was_withdrawn_between_question_and_answer_is_not_pushed(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.say(REVIEWER, f"撤回 {TITLE}")
    forget_what_was_said(day)
    await day.say(OFFICE, "1")
    assert one(day.heard(OFFICE)) == deciding.not_to_be_sent(TITLE, "已经撤回")
    assert waves(day) == 1


async def test_who_lost_the_role_between_question_and_answer_pushes_nothing(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    person = next(w for w, p in day.store.read(accounts.people).items() if p.name == OFFICE)
    day.store.write_now(accounts.forget_account, person)
    day.town.desk.reload_rooms()
    forget_what_was_said(day)
    await day.say(OFFICE, "1")
    assert day.heard(OFFICE) == [] and waves(day) == 1


async def test_what_is_not_approved_is_not_pushed(quick: Path) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    await day.say(OFFICE, "推送 冒充公检法")
    assert one(day.heard(OFFICE)) == deciding.not_to_be_sent("冒充公检法", "送审了，还没有批准")
    await day.say(OFFICE, "推送 没有这一条")
    assert "没有这一条" in one(day.heard(OFFICE))
    await day.say(OFFICE, "1")
    assert waves(day) == 1


# ── withdrawal ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("named", [TITLE, f"《{TITLE}》", "反诈宣〔2026〕001号", CONTENT])
async def test_what_is_named_exactly_is_withdrawn_at_once(quick: Path, named: str) -> None:
    day = await opened(quick)
    await day.say(REVIEWER, f"撤回 {named}")
    assert day.heard(REVIEWER)[0].startswith(f"撤回了：《{TITLE}》")
    assert acts(day, CONTENT)[-1] == "withdraw"


@pytest.mark.parametrize("named", ["刷单", "刷单返利先给小前"])
async def test_what_is_not_named_exactly_is_asked_about_first(quick: Path, named: str) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"撤回 {named}")
    assert one(day.heard(OFFICE)) == deciding.which_title(named, [TITLE])
    assert acts(day, CONTENT)[-1] == "approve"
    await day.say(OFFICE, "1")
    assert day.heard(OFFICE)[0].startswith(f"撤回了：《{TITLE}》")


async def test_a_withdrawn_contents_tasks_and_reminders_end(quick: Path) -> None:
    day = await opened(quick, "9:00")
    await day.say(OFFICE, f"撤回 {TITLE}")
    await day.until("9:05")
    forget_what_was_said(day)
    await day.until("12:30")
    assert day.heard(GRID) == [] == day.heard(WILLOWS)
    await day.say(GRID, "我的任务")
    assert numbered(one(day.heard(GRID))) == {}
    assert [w.withdrawn for w in day.store.read(reading.waves_between, day.now.date(), day.now.date())] == [
        True
    ]


# ── across the sections ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_title_chosen_from_a_list_is_asked_about_before_it_is_pushed(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, "推送 刷单返利先给小前 柳林村")
    assert one(day.heard(OFFICE)) == deciding.which_title("刷单返利先给小前", [TITLE])
    await day.say(OFFICE, "1")
    assert waves(day) == 1 and "1 发\n2 不发" in one(day.heard(OFFICE))


async def test_a_place_chosen_from_a_list_is_asked_about_before_it_is_pushed_to(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 柳村")
    assert "1 柳林村" in one(day.heard(OFFICE))
    await day.say(OFFICE, "1")
    assert waves(day) == 1 and "1 发\n2 不发" in one(day.heard(OFFICE))


async def test_who_pushes_while_all_is_paused_hears_that_it_waits(quick: Path) -> None:
    day = await opened(quick)
    await day.say(OFFICE, "暂停")
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.say(OFFICE, "1")
    assert "停" in day.heard(OFFICE)[-1]


async def test_a_deputy_who_confirms_privately_for_the_contact_hears_what_was_noted(quick: Path) -> None:
    day = await opened(quick)
    await day.say(DEPUTY, "已转发 2")
    assert evidence(day)[SECOND_TWO] == "confirmed"
    assert SECOND_TWO in one(day.heard(DEPUTY))


async def test_a_picture_right_after_a_bare_number_belongs_to_it_too(quick: Path) -> None:
    day = await opened(quick, "11:42")
    await day.say(GRID, "2")
    await day.say(GRID, "", "", MessageKind.IMAGE)
    assert [detail for *_, detail in entries(day, SECOND_TWO)] == ["choice", "image"]


async def test_whose_name_the_message_does_not_bring_is_asked_of_the_room(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)

    async def called(message: Message) -> str:
        return f"柳林村第3网格 {SEES}"

    monkeypatch.setattr(day.town.channel, "called", called)
    await said_under_another_name(day, "", "我的任务", WILLOWS)
    assert one(day.heard(WILLOWS)).startswith(f"{SEES}，还有 1 个群等您转")
    await said_under_another_name(day, "", "请假 到周五", WILLOWS)
    assert one(day.heard(WILLOWS)) == say.BIND_FIRST and rows(day, "SELECT * FROM away") == []
    await said_under_another_name(day, "", "已转发", WILLOWS)
    assert evidence(day)[THIRD] == "confirmed"


async def said_under_another_name(day: Simulated, name: str, text: str, group: str) -> None:
    """An account that nobody knows, shown in the room as ``name``."""
    at = Message(f"x{next(_IDS)}", day._rooms[group], "account-x", day.now, MessageKind.TEXT, text, name)
    await day.town.handle(at)
    await day.pass_by(8)


async def test_whose_account_is_known_is_not_spoken_for_under_their_name(quick: Path) -> None:
    day = await opened(quick)
    for text in ("我的任务", "请假 到周五", "收不到", "覆盖率", "暂停", "帮助"):
        await said_under_another_name(day, GRID, text, WILLOWS)
        await said_under_another_name(day, SECRETARY, text, WILLOWS)
    assert day.heard(WILLOWS) == [] and rows(day, "SELECT * FROM away") == []


async def test_whose_account_is_known_is_not_confirmed_for_under_their_name(quick: Path) -> None:
    day = await opened(quick)
    await said_under_another_name(day, GRID, "已转发", WILLOWS)
    assert entries(day, SECOND_ONE) == []


async def test_what_could_not_be_shown_cannot_be_approved(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    send = day.town.channel.send

    async def no_preview(to: Address, part: Part, ref: str) -> Receipt:
        if "preview" in ref:
            raise SendFailed("发不出去")
        return await send(to, part, ref)

    monkeypatch.setattr(day.town.channel, "send", no_preview)
    await day.say(REVIEWER, "待审")
    for code in re.findall(r"批准 ([0-9A-Z]{4,8})", "\n".join(day.heard(REVIEWER))):
        await day.say(REVIEWER, f"批准 {code}")
    assert "approve" not in acts(day, "002-x")


async def test_who_is_back_and_forwards_after_all_is_noted(quick: Path) -> None:
    day = await opened(quick)
    await day.say(GRID, "请假 到周五")
    await day.say(GRID, "销假")
    await day.say(GRID, "已转发")
    assert evidence(day)[SECOND_ONE] == "confirmed"


@pytest.mark.parametrize("said", ["收不到", "请假 到周五", "我的任务"])
async def test_what_is_the_grid_workers_is_not_said_to_be_the_leaders(quick: Path, said: str) -> None:
    day = await opened(quick)
    await day.say(OFFICE, said)
    assert "网格员" in one(day.heard(OFFICE))


# ── nobody can write just now ───────────────────────────────────────────────────────────────────────────────


def busy(patch: pytest.MonkeyPatch, module: ModuleType, name: str, times: int = 1) -> list[int]:
    """``module.name`` finds the file held by another program so many times; then it works. Returns how often it was."""
    change, found = getattr(module, name), []

    def held(*args: Any, **kwargs: Any) -> Any:
        if len(found) < times:
            found.append(1)
            raise Busy("数据库被别的程序占着")
        return change(*args, **kwargs)

    patch.setattr(module, name, held)
    return found


def kept(day: Simulated) -> list[str]:
    return list(day.store.conn.iterdump())


async def heard_twice(day: Simulated, who: str, text: str, group: str = "") -> None:
    """What `run` does: nothing of the first time is left, and the same message is handled again."""
    message = Message("twice", day._rooms.get(group, ""), who, day.now, MessageKind.TEXT, text, who)
    before, tick = kept(day), day._next_tick
    with pytest.raises(Busy):
        await day.town.handle(message)
    assert kept(day) == before and day._next_tick == tick
    await day.town.handle(message)
    await day.pass_by(12)


BUSY_TURNS = {
    "请假 到周五": (GRID, "记下了，您请假到"),
    "销假": (GRID, f"{GRID}，您没有请假"),
    "我的任务": (GRID, f"{GRID}，还有 3 个群等您转"),
    "已转发 2": (GRID, f"记下了：{SECOND_TWO}"),
    "收不到": (GRID, ""),
    "绑定 QQQQ2222": (GRID, say.code_wrong()),
    f"撤回 {TITLE}": (OFFICE, "撤回了"),
    "暂停": (OFFICE, "全部先不发了"),
    "豁免 第2网格一群 拆迁": (OFFICE, "记下了"),
    f"推送 {TITLE} 石桥村": (OFFICE, "《"),
    "覆盖率 柳林村": (SECRETARY, ""),
}


@pytest.mark.parametrize("text", BUSY_TURNS)
async def test_a_turn_that_could_not_be_written_to_its_end_leaves_nothing_and_is_done_again(
    quick: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    who, begins = BUSY_TURNS[text]
    day = await opened(quick)
    found = busy(monkeypatch, notices, "add_answer")
    await heard_twice(day, who, text)
    said = day.heard(who)
    assert found == [1] and len(said) == 1 and said[0].startswith(begins), said


async def test_a_push_that_could_not_be_written_to_its_end_is_one_wave_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    day.heard(OFFICE)
    busy(monkeypatch, notices, "add_answer")
    await heard_twice(day, OFFICE, "1")
    assert waves(day) == 2 and one(day.heard(OFFICE)).startswith("开始发了")


async def test_a_code_that_could_not_be_written_to_its_end_is_used_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick, who=())
    code = day.code(OFFICE, Role.OFFICE)
    busy(monkeypatch, notices, "add_answer")
    await heard_twice(day, OFFICE, f"绑定 {code}")
    assert one(day.heard(OFFICE)) == say.account_bound(OFFICE, "反诈办")


async def test_an_approval_that_could_not_be_written_to_its_end_is_one_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    add_content(day, "002-x", "冒充公检法", by=OFFICE)
    code = await shown_code(day)
    busy(monkeypatch, notices, "add_answer")
    await heard_twice(day, REVIEWER, f"批准 {code}")
    assert one(day.heard(REVIEWER)).startswith("批准了") and acts(day, "002-x") == ["submit", "approve"]


async def test_a_confirmation_in_a_group_that_could_not_be_written_is_noted_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    record, found = ledger.record, []

    def held(*args: Any) -> bool:
        found.append(1)
        if len(found) == 2:  # in the middle of her three
            raise Busy("数据库被别的程序占着")
        return record(*args)

    monkeypatch.setattr(ledger, "record", held)
    await heard_twice(day, GRID, "已转发", WILLOWS)
    assert [len(entries(day, group)) for group in (SECOND_ONE, SECOND_TWO, SECOND_THREE)] == [1, 1, 1]


async def test_a_hint_that_could_not_be_written_is_given_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    busy(monkeypatch, notices, "add_answer")
    await heard_twice(day, GRID, "早上那条在哪里看")
    assert one(day.heard(GRID)) == say.NOT_UNDERSTOOD


async def test_a_draft_that_could_not_be_handed_in_is_handed_in_the_second_time(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await opened(quick)
    await day.say(OFFICE, ARTICLE)
    day.heard(OFFICE)
    busy(monkeypatch, approvals, "add_approval")
    await heard_twice(day, OFFICE, "入库 客服退款是骗局")
    assert one(day.heard(OFFICE)).startswith("存好了")
    assert acts(day, next(iter(drafts(quick)))) == ["submit"]


async def test_what_was_said_while_nobody_could_write_for_long_is_done_in_the_end(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run` handles a message again until it can be written, each try after ten seconds of waiting."""
    day = await opened(quick)
    busy(monkeypatch, notices, "add_answer", times=flood.BURST)
    message = Message("long", "", GRID, day.now, MessageKind.TEXT, "我的任务", GRID)
    for _ in range(flood.BURST):
        with pytest.raises(Busy):
            await day.town.handle(message)
    await day.town.handle(message)
    await day.pass_by(8)
    assert one(day.heard(GRID)).startswith(f"{GRID}，还有 3 个群等您转")


@pytest.mark.parametrize(
    "words", ["推送 {}", "推送《{}》 石桥村", "撤回 {}", "覆盖率 {}", "覆盖率 柳林村 {}"]
)
@pytest.mark.parametrize("title", ["96110 打来请接一下", "不要转账给陌生人", "刷单返利先给小钱到手就没了"])
async def test_a_title_of_the_library_is_a_title_whatever_words_it_has(
    quick: Path, words: str, title: str
) -> None:
    day = await opened(quick)
    file = day.folder / "content" / "001-shuadan" / "content.yaml"
    file.write_text(file.read_text("utf-8").replace("刷单返利先给小钱", title), "utf-8")
    day.town.desk.refresh_library()
    await day.say(OFFICE, words.format(title))
    (answer,) = day.heard(OFFICE)
    assert title in answer and "没看懂" not in answer, answer
