"""What people say to the program in a chat, and what they only say to each other."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.reading import read
from bot.commands.sounds import OWN_WORDS, SHAPES, meant
from bot.commands.sounds import WORDS as HEARD
from bot.model.speaker import Place, Role

ROLES, PLACES = list(Role), list(Place)
WORDS = """覆盖率 复盖率 未转发 已转发 没转 转了 谁 哪些群 几个 多少 进度 排名 空白点 通报 缺口 待审 批准 驳回 7F3K 推送 撤回 提醒 催一下 豁免 入库 绑定 绑定群
暂停 恢复 请假 到周五 销假 帮助 收不到 我的任务 柳林村 第12网格 一群 全镇 中心小学 今天 昨天 3月12日 近7天 《刷单返利》 《 》 #老年人 #刷单 受众： 话题：
给 到 把 的 了 吗 ？ ， 。 、 \n 一 十二 ① ⑩ 1 3 20 96110 谢谢 请问 帮我查一下 @传达 👌 ❌ 🌹 [玫瑰] [ ] （ ） 「 」 覆蓋率 轉發 ３ Ａ \u200b \x00 \ud800 \u3000
除 都 其他 原因： 我 我们村 大家 - ----- : 2026-03-12 3.12 周一 3天 \r\n""".replace("\n", " ", 1).split(" ")


def told(
    text: str, role: Role = Role.WORKER, place: Place = Place.PRIVATE
) -> tuple[str, dict[str, Any]] | None:
    said = read(text, role, place)
    return (said.command.value, said.args()) if said else None


@settings(max_examples=2_500, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=14),
    st.sampled_from(["", " "]),
    st.sampled_from(ROLES),
    st.sampled_from(PLACES),
)
def test_whatever_is_said_is_read_or_is_nothing(
    parts: list[str], between: str, role: Role, place: Place
) -> None:
    said = read(between.join(parts), role, place)
    if said is not None:
        assert json.loads(json.dumps(said.args())) == said.args()
        assert place is not Place.RESIDENT or said.command == "bind_group"


HOSTILE = "覆 盖转发已没一十1０3、，,。?#《》「」『[](（-—到至的是谢我请@\n\t9aF"


@pytest.mark.parametrize("char", HOSTILE)
def test_a_wall_of_one_character_is_nothing_at_once(char: str) -> None:
    for text in (
        char * 100_000,
        "覆盖率" + char * 100_000,
        "驳回 7F3K " + char * 900,
        "推送" + char * 297,
        char * 299 + "率",
    ):
        began = time.perf_counter()
        read(text, Role.LEADER, Place.PRIVATE)
        assert time.perf_counter() - began < 0.5


@pytest.mark.torture
def test_two_hundred_thousand_lines_none_of_them_slow() -> None:
    """Seeded, so that a slow line can be had again. A line that seems slow is read three times: the machine is shared."""
    chance = random.Random(20260312)
    for _ in range(200_000):
        most = chance.choice((3, 6, 12, 40, 150))
        text = chance.choice(("", " ")).join(chance.choices(WORDS, k=chance.randint(1, most)))
        if chance.random() < 0.1:
            text = chance.choice(WORDS) * chance.randint(2, 300)
        role, place = chance.choice(ROLES), chance.choice(PLACES)
        best = 1.0
        for _try in range(3):
            began = time.perf_counter()
            read(text, role, place)
            best = min(best, time.perf_counter() - began)
            if best < 0.05:
                break
        assert best < 0.05, text


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        # A Tuesday morning in 东河村.
        ("收到已转发", "confirmed", {"groups": [], "except": []}),
        ("己转法", "confirmed", {"groups": [], "except": []}),
        ("已轉發 ２ ５", "confirmed", {"groups": ["2", "5"], "except": []}),
        ("转了一和三", "confirmed", {"groups": ["1", "3"], "except": []}),
        ("除了2网格都转了", "confirmed", {"groups": [], "except": ["2网格"]}),
        ("等会儿转", "not_yet", {}),
        ("3网格没转", "not_yet", {}),
        ("我还差哪几个", "my_tasks", {}),
        ("今天要转哪些群", "my_tasks", {}),
        ("图片打不开", "trouble", {}),
        ("手机坏了，没法转", "trouble", {}),
        ("家里有事，请假两天", "leave", {"until": "两天"}),
        ("我下周一到周三请假", "leave", {"until": "周三"}),
        ("我回来上班了", "leave", {"until": "取消"}),
        # The village head wants to know.
        ("东河村覆蓋率", "coverage", {"node": "东河村"}),
        ("麻烦帮我查一下东河村昨天的复盖率，谢谢", "coverage", {"node": "东河村", "when": "昨天"}),
        ("东 河 村 覆 盖 率", "coverage", {"node": "东河村"}),
        ("咱村这周转得怎么样了", "coverage", {"when": "这周"}),
        ("《送鸡蛋的“养老项目”》覆盖率", "coverage", {"when": "送鸡蛋的“养老项目”"}),
        ("西河村 第6网格 覆盖率", "coverage", {"node": "西河村第6网格"}),
        ("３月１日到３月５日覆盖率", "coverage", {"when": "3月1日到3月5日"}),
        ("东河村还有谁没转？", "gaps", {"node": "东河村"}),
        ("我们村哪些群没转", "gaps", {}),
        ("我们村排第几", "ranking", {}),
        ("哪些网格没有群", "holes", {}),
        ("进行到哪了", "progress", {}),
        ("看看通报", "circular", {}),
        # The office at its desk.
        ("急推《冒充客服》全镇", "push", {"title": "冒充客服", "node": "全镇"}),
        ("把冒充客服推送到东河村", "push", {"title": "冒充客服", "node": "东河村"}),
        ("给 东河村 推送 冒充客服", "push", {"title": "冒充客服", "node": "东河村"}),
        ("把《冒充客服》撤下来", "withdraw", {"title": "冒充客服"}),
        ("催一下东河村的网格员", "remind", {"node": "东河村"}),
        ("先别发了", "pause", {}),
        ("可以发了", "resume", {}),
        ("豁免 东河村第3网格居民四群，群已解散。", "exempt", {"group": "东河村第3网格居民四群", "reason": "群已解散"}),
        ("入库《退税短信》#冒充税务 #财会人员", "inbox", {"title": "退税短信", "audiences": ["财会人员"], "topics": ["冒充税务"]}),
        ("入库 退税短信\n受众：会计、出纳 话题：冒充", "inbox", {"title": "退税短信", "audiences": ["会计", "出纳"], "topics": ["冒充"]}),
        ("入库 退税短信 #冒充老师", "inbox", {"title": "退税短信", "topics": ["冒充老师"]}),
        ("有什么要审的", "pending", {}),
        ("同意７ｆ３ｋ", "approve", {"code": "7F3K"}),
        ("批准", "approve", {}),
        ("驳回 7F3K\n出处没写。\n请补上", "reject", {"code": "7F3K", "reason": "出处没写。\n请补上"}),
        ("绑定 7F3K-Q2MN", "bind", {"code": "7F3KQ2MN"}),
        ("绑定 1234", "bind", {"code": "1234"}),
        ("第二个", "choice", {"number": 2}),
        ("⑩", "choice", {"number": 10}),
        ("这个怎么用啊", "help", {}),
    ],
)  # fmt: skip
def test_what_is_said_to_the_program(text: str, command: str, args: dict[str, Any]) -> None:
    assert told(text) == (command, args)


@pytest.mark.parametrize(
    "text",
    [
        "收到", "转发了吗", "请大家转发", "已转账", "谁家的快递", "覆盖率太低了，大家抓紧", "全镇覆盖率要达到90%", "信号覆盖",
        "今天通报了一起案件", "警情通报", "暂停营业", "会议暂停", "暂停？", "恢复供水了", "进度条", "贷款进度", "世界排名", "提醒爸妈别信",
        "派出所提醒", "提醒大家注意防骗", "催款", "推送到各群了", "马上发工资", "我撤回了一条", "张三撤回了一条消息", "粮食入库",
        "这不算", "不算", "不同意 7F3K", "不批准 7F3K 太长", "先别批准 7F3K", "7F3K 不通过", "石桥村和东河村覆盖率", "转了好几个群", "豁免权", "绑定银行卡", "批准第一条", "批准 7F30", "同意", "老师我请假", "小王请假了", "收不到货", "96110", "1 3", "1.5", "+1",
        "帮助老人防骗", "柳林村\n覆盖率", "覆盖率" * 101,
    ],
)  # fmt: skip
def test_what_people_say_to_each_other(text: str) -> None:
    assert told(text, Role.LEADER, Place.WORK) is None


def test_the_same_words_are_a_question_of_a_leader_and_an_answer_of_a_worker() -> None:
    assert told("未转发", Role.LEADER) == ("gaps", {})
    assert told("未转发", Role.WORKER) == ("not_yet", {})
    assert told("还有几个没转", Role.OFFICE) == ("gaps", {})
    assert told("还有几个没转", Role.STRANGER) == ("my_tasks", {})
    assert told("我还有哪些没转", Role.LEADER) == ("my_tasks", {})


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        ("专发了", "confirmed", {"groups": [], "except": []}),
        ("1和3都专发了", "confirmed", {"groups": ["1", "3"], "except": []}),
        ("已转法到群里了", "confirmed", {"groups": [], "except": []}),
        ("还没专发", "not_yet", {}),
        ("我的认务", "my_tasks", {}),
        ("情假到周五", None, {}),
        ("清假到周五", "leave", {"until": "周五"}),
        ("收步到", "trouble", {}),
        ("东河村的覆盖律", "coverage", {"node": "东河村"}),
        ("东河村缺扣青单", "gaps", {"node": "东河村"}),
        ("东河村缺口青单", "gaps", {"node": "东河村"}),
        ("进独怎么样了", "progress", {}),
        ("匹准 7F3K", "approve", {"code": "7F3K"}),
        ("搏回 7F3K 图太糊", "reject", {"code": "7F3K", "reason": "图太糊"}),
        ("推颂《冒充客服》给东河村", "push", {"title": "冒充客服", "node": "东河村"}),
        ("澈回《转发抽奖》", "withdraw", {"title": "转发抽奖"}),
        ("暂挺", "pause", {}),
        ("挥复发送", "resume", {}),
        ("提姓 东河村", "remind", {"node": "东河村"}),
        ("儒库 《退税短信》 #财会人员", "inbox", {"title": "退税短信", "audiences": ["财会人员"]}),
        ("磅定 7F3KQ2MN", "bind", {"code": "7F3KQ2MN"}),
        ("帮组", "help", {}),
    ],
)
def test_a_command_that_was_typed_by_ear_is_read_as_it_sounds(
    text: str, command: str | None, args: dict[str, Any]
) -> None:
    assert told(text) == ((command, args) if command else None)


@pytest.mark.parametrize(
    "text",
    """禁毒宣传|人物|回复|回复一下|体型|梯形|通宝|拍名|退送|进站了|赚发了|都赚发了|砖都发了|砖发了|帮主|请家长|请加我|继续罚|车回来了|车回东河村|车会坏
人武部|搜不到|没受到|为转发|各位转发|易转发了|姨转发了|宜转发|暂听一下|会复|咱停一下|占停车位|战停了|提升东河村|踢醒他|派名额|安排各村|衣服盖在身上|吃进肚了
屁准|贷审|代批|获免|货免运费|销价|暑期小假|试用说明|促销家电|停|你是谁|图片是黑的|今天有啥活|住院了|东河村咋样了|信号覆盖到东河村没|你没看到
转法轮|转罚款|下午转咧|禁渡，大家抓紧提高覆盖率|我们群不算，别数|这个不算，重来|把《退税短信》发给东河村""".replace("\n", "|").split("|"),
)  # fmt: skip
def test_what_only_sounds_like_a_command_is_nothing(text: str) -> None:
    assert told(text, Role.WORKER, Place.WORK) is None


def test_a_word_of_its_own_is_never_taken_for_a_typo() -> None:
    for word in (*OWN_WORDS, *HEARD):
        assert list(meant(word)) == [], word
        assert list(meant(f"今天{word}了")) == [], word
    for typo, right in SHAPES.items():
        assert right in [word for _, _, word in meant(typo)]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("俺都转咧", "confirmed"), ("俺这几个群都转了哈", "confirmed"), ("转啦转啦", "confirmed"), ("哎，已转发啊", "confirmed"),
        ("刚才在开会，现在都转了", "confirmed"), ("没顾上转", "not_yet"), ("俺晌午转", "not_yet"), ("明儿早转哈", "not_yet"),
        ("俺今儿有任务没", "my_tasks"), ("进行到哪咧", "progress"), ("谁没转呗", "gaps"), ("先甭发了哈", "pause"),
        ("可以发啦", "resume"), ("咋用咧", "help"), ("俺这咋打不开哟", "trouble"), ("手机坏了，转不了，急死我了", "trouble"),
    ],
)  # fmt: skip
def test_people_talk_as_they_do_at_home(text: str, command: str) -> None:
    said = told(text)
    assert said is not None
    assert said[0] == command


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        ("停！", "pause", {}),
        ("你是谁", "help", {}),
        ("住院了，下周一才能回来", "leave", {"until": "下周一"}),
        ("东河村咋样了", "coverage", {"node": "东河村"}),
        ("覆盖率 ETC过期短信", "coverage", {"node": "ETC过期短信"}),
        ("《ETC过期短信》覆盖率", "coverage", {"when": "ETC过期短信"}),
        ("批准 7F 3K", "approve", {"code": "7F3K"}),
        ("再推一遍《假军官骗婚》", "push", {"title": "假军官骗婚"}),
        ("推送 东河村 扫码领脸盆", "push", {"title": "扫码领脸盆", "node": "东河村"}),
        ("东河村3网格一群不算，已经解散了", "exempt", {"group": "东河村3网格一群", "reason": "已经解散了"}),
        ("#财务人员 #冒充领导 入库《老板群陷阱》", "inbox", {"title": "老板群陷阱", "audiences": ["财务人员"], "topics": ["冒充领导"]}),
        ("把没转的都催一遍", "remind", {}),
    ],
)  # fmt: skip
def test_what_is_said_to_the_program_alone(text: str, command: str, args: dict[str, Any]) -> None:
    assert told(text) == (command, args)


def test_a_content_is_sent_to_a_place_by_the_office_and_in_private() -> None:
    line = "把《退税短信》发给第三小学"
    assert told(line, Role.OFFICE) == ("push", {"title": "退税短信", "node": "第三小学"})
    assert told(line, Role.WORKER) is None
    assert told(line, Role.OFFICE, Place.WORK) is None


def test_residents_are_left_alone_until_the_room_is_bound() -> None:
    for text in ("覆盖率", "已转发", "1", "帮助", "暂停", "绑定 7F3KQ2MN"):
        assert told(text, Role.OFFICE, Place.RESIDENT) is None
    assert told("绑定群 🌸东河村一群🌸", place=Place.RESIDENT) == ("bind_group", {"group": "🌸东河村一群🌸"})


def test_a_lone_question_mark_asks_for_help_only_in_private() -> None:
    assert told("？") == ("help", {})
    assert told("？", place=Place.WORK) is None
    assert told("发完了吗") == ("progress", {})
    assert told("发完了吗", place=Place.WORK) is None


def test_lines_of_a_file_are_read_in_their_order(tmp_path: Path, chuanda: Callable[..., Any]) -> None:
    file = tmp_path / "said.jsonl"
    lines = [
        {"id": 7, "role": "leader", "place": "work", "text": "东河村覆盖率"},
        {"id": "b", "role": "worker", "place": "private", "text": "吃了吗"},
    ]
    file.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8-sig")
    answer = chuanda("parse", file)
    assert answer.code == 0
    assert answer.lines == [
        {"id": 7, "command": "coverage", "args": {"node": "东河村"}},
        {"id": "b", "command": None, "args": {}},
    ]


def test_everything_wrong_with_a_file_is_told_at_once(tmp_path: Path, chuanda: Callable[..., Any]) -> None:
    file = tmp_path / "said.jsonl"
    file.write_text('{"id": 1, "role": "boss", "text": 4}\n早上好\n\n[1]\n', "utf-8")
    answer = chuanda("parse", file)
    assert (answer.code, answer.out) == (2, "")
    assert [line.split(": ")[0].removeprefix(str(file)) for line in answer.err.splitlines()] == [
        ":1",
        ":1",
        ":1",
        ":2",
        ":4",
    ]
    assert chuanda("parse", tmp_path / "none.jsonl").code == 2
