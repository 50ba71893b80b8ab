"""The office's day: inbox, review, waves, confirmations of every kind, leaders' questions, reminders, leave, escalation,
withdrawal. The same words on every channel; who asks is answered, who need not be is not."""

from __future__ import annotations

import re

from bot.model.chat import MessageKind
from bot.model.speaker import Role
from bot.store import reading
from tests.day.stage import Stage
from tests.day.town import (
    BRIDGE,
    BRIDGE_FIRST,
    DEPUTY,
    FIRST,
    FORGETS,
    FOURTH,
    GRID,
    IN_CHARGE,
    LISTS,
    OFFICE,
    OFFICE_GROUP,
    RESIDENT,
    REVIEWER,
    SECOND_ONE,
    SECOND_THREE,
    SECOND_TWO,
    SECRETARY,
    SEES,
    STRANGER,
    TEXT,
    THIRD,
    WILLOWS,
)

ARTICLE = {
    "url": "https://mp.weixin.qq.com/s/Xk3kefu0312", "title": "客服说要退款？先别点链接", "description": "三步识破假客服",
}  # fmt: skip


async def live(day: Stage) -> None:
    """The whole day."""
    await codes(day)
    await the_morning_wave(day)
    await what_the_grids_say(day)
    await the_inbox_and_the_review(day)
    await the_urgent_wave(day)
    await what_leaders_ask(day)
    await leave(day)
    await reminders_and_escalation(day)
    await withdrawal(day)
    await the_evening(day)


def evidence(day: Stage) -> dict[str, str | None]:
    """Group → what its coverage rests on, of the day's first wave."""
    today = day.now.date()
    waves = day.store.read(reading.waves_between, today, today)
    return {row.group: row.evidence for row in day.store.read(reading.target_rows, waves[:1]) if row.group}


def one(said: list[str]) -> str:
    """The only thing that was said."""
    assert len(said) == 1, said
    return said[0]


async def codes(day: Stage) -> None:
    """Half past seven: each says the code that the office gave them, once."""
    await day.until("7:30")
    for who, role in (
        (OFFICE, Role.OFFICE),
        (REVIEWER, Role.REVIEWER),
        (SECRETARY, None),
        (GRID, None),
        (DEPUTY, None),
    ):
        code = day.code(who, role)
        await day.say(who, f"绑定 {code}")
        assert one(day.heard(who)).startswith(f"{who}，您好，绑定好了")
    await day.say(STRANGER, "绑定 ABCD2345")
    await day.say(STRANGER, "覆盖率")
    assert day.heard(STRANGER) == []


async def the_morning_wave(day: Stage) -> None:
    """Eight o'clock: into the work groups and the group that is posted to; the rest is people's."""
    await day.until("8:03")
    for chat in (WILLOWS, BRIDGE, FIRST):
        assert TEXT in "".join(day.heard(chat)), chat
    assert day.heard(THIRD) == []


async def what_the_grids_say(day: Stage) -> None:
    """A repost is seen, “已转发 1” noted, a #接龙 read, “明天转” is none; nobody is answered in the group."""
    await day.say(SEES, TEXT, THIRD)
    await day.say(SEES, "收到", WILLOWS)
    await day.say(GRID, "已转发 1", WILLOWS)
    await day.say(LISTS, f"#接龙\n刷单那条转发情况\n1. {LISTS} 已转", WILLOWS, MessageKind.GROUP_NOTE)
    await day.say(SEES, "转发了吗", WILLOWS)
    await day.say(RESIDENT, "覆盖率", THIRD)
    await day.say(STRANGER, "未转发", WILLOWS)
    assert day.heard(WILLOWS) == [] == day.heard(THIRD)
    found = evidence(day)
    assert found[THIRD] == "observed" and found[SECOND_ONE] == "confirmed" and found[FOURTH] == "confirmed"
    assert found[SECOND_TWO] is None and found[SECOND_THREE] is None
    await day.say(GRID, "我的任务")
    mine = one(day.heard(GRID))
    assert mine.startswith(f"{GRID}，还有 2 个群等您转：\n2 {SECOND_TWO}\n3 {SECOND_THREE}\n"), mine
    await day.say(GRID, "2")  # a bare number, and nothing was asked
    assert "现在没有要选的" in one(day.heard(GRID))


async def the_inbox_and_the_review(day: Stage) -> None:
    """An article becomes a draft with number and signature; another person sees it as it will look, and approves that."""
    await day.until("8:30")
    await day.say(OFFICE, "", kind=MessageKind.LINK, **ARTICLE)
    assert one(day.heard(OFFICE)).startswith("收到 1 样（链接），还没存。")
    await day.say(OFFICE, "入库 客服退款先别点 #老年人 #冒充客服")
    drafted = one(day.heard(OFFICE))
    assert drafted.startswith("存好了：《客服退款先别点》，反诈宣〔2026〕002号。\n2 段：链接、文字。"), (
        drafted
    )
    assert "要改" not in drafted and drafted.endswith(f"已送{REVIEWER}审。")
    assert "客服退款先别点" in one(day.heard(REVIEWER))
    await day.say(OFFICE, "批准 7F3K")
    assert one(day.heard(OFFICE)).startswith("这件事由审核人来办。")
    await day.say(REVIEWER, "批准第一条")
    assert "没看懂" in one(day.heard(REVIEWER))
    await day.say(REVIEWER, "待审")
    *shown, card = day.heard(REVIEWER)
    assert "客服说要退款？先别点链接" in shown[0] and "反诈宣〔2026〕002号" in shown[1]
    code = re.search(r"批准 ([0-9A-Z]{4,8})", card)
    assert code is not None, card
    await day.say(REVIEWER, f"批准{code[1].lower()}")
    assert one(day.heard(REVIEWER)).startswith("批准了：《客服退款先别点》。")
    assert one(day.heard(OFFICE)) == f"{REVIEWER}批准了《客服退款先别点》。"


async def the_urgent_wave(day: Stage) -> None:
    """Asked once how many groups and how long; then at once, still only what was approved."""
    await day.until("9:00")
    await day.say(OFFICE, "推送 客服退款 石桥村")
    # The article is for old people, and nobody said of these groups that they are theirs.
    assert "是给老年人看的，石桥村没有这样的群" in one(day.heard(OFFICE))
    await day.say(OFFICE, "推送 刷单返利先给小钱 石桥村")
    asked = one(day.heard(OFFICE))
    assert asked.startswith("《刷单返利先给小钱》\n马上发到石桥村 1 个群？"), asked
    await day.say(OFFICE, "2")
    assert one(day.heard(OFFICE)) == "好的，没有动。"
    await day.say(OFFICE, "１")
    assert "没有要选的" in one(day.heard(OFFICE))
    await day.say(OFFICE, "推送《刷单返利先给小钱》给石桥村")
    await day.say(OFFICE, "1")
    assert day.heard(OFFICE)[-1].startswith("开始发了")
    await day.until("9:02")
    assert TEXT in "".join(day.heard(BRIDGE))
    await day.say(OFFICE, "暂停")
    assert one(day.heard(OFFICE)).startswith(f"全部先不发了，{OFFICE} 9:0")
    await day.say(OFFICE, "恢复")
    assert one(day.heard(OFFICE)).startswith("恢复了")


async def what_leaders_ask(day: Stage) -> None:
    """The figure first, what is theirs only; the nearest names where one is not known."""
    await day.until("9:30")
    await day.say(SECRETARY, "覆盖率")
    first = one(day.heard(SECRETARY)).splitlines()
    assert first[0] == "柳林村，今天到 9:30" and first[1] == "覆盖率 57.1%"
    assert first[2] == "应转 7 群次，转到 4，按时 4" and first[-1] == "看名单，回“未转发 柳林村”"
    await day.say(SECRETARY, "柳林村今天发了几个群？")
    assert one(day.heard(SECRETARY)).splitlines()[1] == "覆盖率 57.1%"
    await day.say(SECRETARY, "未转发")
    missing = one(day.heard(SECRETARY))
    assert missing.startswith("柳林村还有 3 个群没转：") and f"{SECOND_TWO}，{GRID}" in missing
    assert "3 柳林村第5网格，没有群" in missing
    await day.say(SECRETARY, "石桥村覆盖律")
    assert one(day.heard(SECRETARY)) == "这是石桥村的数据，您能看的是柳林村。"
    await day.say(SECRETARY, "排名")
    assert one(day.heard(SECRETARY)).startswith("排名没有开。")
    await day.say(SECRETARY, "暂停")
    assert one(day.heard(SECRETARY)).startswith("这件事由反诈办来办。")
    await day.say(SECRETARY, "空白点")
    assert "第5网格" in one(day.heard(SECRETARY))
    await day.say(OFFICE, "覆盖率 柳林")
    assert one(day.heard(OFFICE)).splitlines()[0] == "柳林村，今天到 9:30"
    await day.say("何建国", "进度", WILLOWS)
    assert "刷单返利先给小钱" in one(day.heard(WILLOWS))


async def leave(day: Stage) -> None:
    """Who is on leave gives the day's tasks to the deputy, who hears of it and confirms them."""
    await day.until("10:00")
    await day.say(GRID, "请假")
    asked = one(day.heard(GRID))
    assert asked.startswith("请到哪天？\n1 到今天\n2 到明天") and asked.endswith("”。")
    await day.say(GRID, "2")
    assert one(day.heard(GRID)).startswith(f"记下了，您请假到 3月13日。\n这几天请{DEPUTY}转。")
    assert "2 个群等着转" in one(day.heard(DEPUTY))
    await day.say(DEPUTY, "已转发 2")
    assert f"记下了：{SECOND_THREE}。" in one(day.heard(DEPUTY))
    assert evidence(day)[SECOND_THREE] == "confirmed" and evidence(day)[SECOND_TWO] is None
    await day.say(DEPUTY, "全部转好了")
    assert one(day.heard(DEPUTY)).endswith("今天的都转好了，辛苦您了。")


async def reminders_and_escalation(day: Stage) -> None:
    """Who forgot is asked once, with the time and how to answer; then somebody above is told of the group, not the blame."""
    await day.until("11:42")
    asked = one(day.heard(BRIDGE))
    assert f"@{FORGETS} 还有 1 个群等您转" in asked and asked.endswith(
        "转好了，在这里回“已转发”或 1 就行。"
    ), asked
    assert day.heard(DEPUTY) == []  # all is done, so nothing is asked
    await day.until("13:12")
    told = one(day.heard(BRIDGE))
    assert told == f"@{IN_CHARGE} 石桥村还有 1 个群没转：第1网格群。请您问一声，是不是有难处。", told
    await day.say(FORGETS, "1", BRIDGE)
    assert day.heard(BRIDGE) == []
    assert evidence(day)[BRIDGE_FIRST] == "confirmed"
    await day.until("15:30")
    assert day.heard(BRIDGE) == []  # done: nobody is told any more


async def withdrawal(day: Stage) -> None:
    """What is taken back is put right wherever it stands."""
    await day.say(OFFICE, "撤回 刷单")
    assert one(day.heard(OFFICE)).startswith("没找到“刷单”，是不是：\n1 《刷单返利先给小钱》")
    await day.say(OFFICE, "1")
    done = one(day.heard(OFFICE))
    assert done.startswith("撤回了：《刷单返利先给小钱》。"), done
    await day.until("15:32")
    for chat in (WILLOWS, BRIDGE, FIRST, THIRD):
        assert "【更正】反诈宣〔2026〕001号《刷单返利先给小钱》已撤回" in "".join(day.heard(chat)), chat
    await day.say(SECRETARY, "覆盖率")
    assert "《刷单返利先给小钱》已撤回，没转的不算" in one(day.heard(SECRETARY))
    await day.say(OFFICE, "撤回 刷单返利先给小钱")
    assert one(day.heard(OFFICE)) == "《刷单返利先给小钱》已经撤回过了。"


async def the_evening(day: Stage) -> None:
    """The gap list at six in the office's group, and the help for whoever asks."""
    await day.until("18:02")
    assert one(day.heard(OFFICE_GROUP)).startswith("【缺口清单】3月12日 18:00")
    for who in (OFFICE, REVIEWER, SECRETARY, DEPUTY):
        await day.say(who, "帮助")
        help_text = one(day.heard(who))
        assert help_text.startswith(f"{who}，您可以这样回我：") and len(help_text.splitlines()) <= 12, (
            help_text
        )
    for line in day.lines:
        assert line.by != "传达" or len(line.text.splitlines()) <= 12, line.text
