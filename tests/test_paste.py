"""The office copies a work group's chat out of WeChat and pastes it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputErrors
from bot.model.time import TZ
from bot.model.tree import Worker, WorkerId
from bot.recognise.note import read_group_note
from bot.recognise.paste import PastedMessage, read_paste, who

NOW = datetime(2026, 3, 12, 17, 0, tzinfo=TZ)


def at(hour: int, minute: int, day: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=TZ)


@pytest.mark.parametrize(
    ("header", "sender", "when"),
    [
        ("周桂芳 8:15", "周桂芳", at(8, 15)),
        ("周桂芳  08:15:40", "周桂芳", at(8, 15) + timedelta(seconds=40)),
        ("周桂芳 2026/3/12 8:15", "周桂芳", at(8, 15)),
        ("周桂芳 2026年3月11日 08:15", "周桂芳", at(8, 15, 11)),
        ("周桂芳 3月11日 下午3:05", "周桂芳", at(15, 5, 11)),
        ("周桂芳 昨天 20:15", "周桂芳", at(20, 15, 11)),
        ("周桂芳 星期二 8:15", "周桂芳", at(8, 15, 10)),
        ("周桂芳 23:50", "周桂芳", at(23, 50, 11)),
        ("周桂芳 中午12:30", "周桂芳", at(12, 30)),
        ("周桂芳 25:99", "周桂芳", None),
        ("柳林村-周桂芳 8:15", "柳林村-周桂芳", at(8, 15)),
        ("周桂芳（第12网格） 8:15", "周桂芳（第12网格）", at(8, 15)),
        ("王敏 反诈办 2026/3/12 8:15", "王敏 反诈办", at(8, 15)),
        ("2026-03-12 08:15 周桂芳", "周桂芳", at(8, 15)),
        ("2026-03-12 08:15:00 周桂芳:", "周桂芳", at(8, 15)),
        ("[08:15] 周桂芳:", "周桂芳", at(8, 15)),
        ("周桂芳:", "周桂芳", None),
        ("周桂芳：", "周桂芳", None),
    ],
)
def test_every_way_of_copying_shows_who_spoke_and_when(
    header: str, sender: str, when: datetime | None
) -> None:
    assert read_paste(f"{header}\n已转发", NOW) == [PastedMessage(sender, "已转发", 1, when)]


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("周桂芳：已转发", None),
        ("周桂芳: 已转发", None),
        ("[08:15] 周桂芳: 已转发", at(8, 15)),
        ("2026-03-12 08:15 周桂芳：已转发", at(8, 15)),
    ],
)
def test_a_message_may_stand_behind_its_sender(line: str, when: datetime | None) -> None:
    assert read_paste(f"{line}\n{line}", NOW) == [
        PastedMessage("周桂芳", "已转发", 1, when),
        PastedMessage("周桂芳", "已转发", 2, when),
    ]


def told(text: str) -> list[tuple[str, str, int]]:
    return [(m.sender, m.text, m.line) for m in read_paste(text, NOW)]


def test_messages_selected_on_a_computer() -> None:
    assert told("周桂芳:\n已转发\n\n何建国:\n收到\n马上转\n") == [
        ("周桂芳", "已转发", 1),
        ("何建国", "收到\n马上转", 4),
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert told("\ufeff周桂芳 8:15\r\n已转发\r\n\r\n何建国 8:16\r\n收到\r\n") == [
        ("周桂芳", "已转发", 1),
        ("何建国", "收到", 4),
    ]


def test_a_list_of_names_that_the_office_posted_speaks_for_the_office_only() -> None:
    assert told("王敏 8:20\n今天情况\n周桂芳：已转发\n何建国：已转发\n何建国 8:30\n收到") == [
        ("王敏", "今天情况\n周桂芳：已转发\n何建国：已转发", 1),
        ("何建国", "收到", 5),
    ]


def test_a_heading_with_a_colon_is_not_a_person() -> None:
    assert told("王敏：请看\n转发要求：今天完成\nhttps://www.gov.cn/a\n周桂芳：已转发") == [
        ("王敏", "请看\n转发要求：今天完成\nhttps://www.gov.cn/a", 1),
        ("周桂芳", "已转发", 4),
    ]


def test_lines_without_any_sender_are_kept_by_paragraph() -> None:
    assert told("已转发\n收到\n\n都转了") == [("", "已转发\n收到", 1), ("", "都转了", 4)]


def test_a_group_note_keeps_its_lines_with_or_without_a_sender() -> None:
    note = "#接龙\n转发情况\n\n1. 周桂芳：已转发\n2、何建国"
    assert told(note) == [("", note, 1)]
    assert told(f"何建国 8:30\n{note}\n李四 8:31\n转了") == [("何建国", note, 1), ("李四", "转了", 7)]
    below = told(f"王敏：请大家看\n{note}\n李四：转了")
    assert [sender for sender, _, _ in below] == ["王敏", "", "李四"]
    lines = read_group_note(below[1][1])
    assert lines is not None
    assert [line.name for line in lines] == ["周桂芳", "何建国"]


def test_what_is_quoted_is_not_what_the_person_said() -> None:
    assert told("周桂芳 8:15\n「何建国：已转发」\n- - - - - - - - -\n收到") == [("周桂芳", "收到", 1)]


def test_remarks_of_the_chat_itself_are_left_out() -> None:
    text = "周桂芳 8:15\n已转发\n“何建国”撤回了一条消息\n李四加入了群聊\n何建国 8:16\n收到"
    assert told(text) == [("周桂芳", "已转发", 1), ("何建国", "收到", 5)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("08:25 周桂芳：已转发\n08:26 何建国：收到", at(8, 25)),
        ("8:25 周桂芳:\n已转发\n8:26 何建国:\n收到", at(8, 25)),
        ("下午3:05 周桂芳：已转发\n下午3:06 何建国：收到", at(15, 5)),
        ("08:25:11 周桂芳：已转发\n08:26:02 何建国：收到", at(8, 25) + timedelta(seconds=11)),
        ("08:25:11 周桂芳\n已转发\n\n08:26:02 何建国\n收到", at(8, 25) + timedelta(seconds=11)),
        ("周桂芳\n3月11日 08:25\n已转发\n何建国\n3月11日 08:26\n收到", at(8, 25, 11)),
        ("周桂芳\n昨天 08:25\n已转发\n\n何建国\n昨天 08:26\n收到", at(8, 25, 11)),
        ("周桂芳\n08:25\n已转发\n何建国\n08:26\n收到", at(8, 25)),
        ("—— 2026-03-11 ——\n周桂芳\n08:25\n已转发\n何建国\n08:26\n收到", at(8, 25, 11)),
    ],
)
def test_a_time_may_stand_before_a_name_or_below_it(text: str, first: datetime) -> None:
    read = read_paste(text, NOW)
    assert [(m.sender, m.text) for m in read] == [("周桂芳", "已转发"), ("何建国", "收到")]
    assert read[0].at == first
    cut = read_paste(f"……下午开会\n{text}", NOW)
    assert [(m.sender, m.text) for m in cut][-2:] == [("周桂芳", "已转发"), ("何建国", "收到")]


AGENDA = "明天安排\n08:30 签到\n09:00 通知：开会\n10:00 何建国发言\n何建国\n9:30\n已转发"


@pytest.mark.parametrize(
    "header", ["王敏 8:20\n", "王敏：", "08:20:00 王敏\n", "08:20 王敏：", "王敏\n3月12日 08:20\n"]
)
def test_an_agenda_is_what_somebody_wrote_and_speaks_for_nobody_else(header: str) -> None:
    assert {sender for sender, _, _ in told(header + AGENDA)} == {"王敏"}


def test_an_agenda_without_any_sender_speaks_for_nobody() -> None:
    assert {sender for sender, _, _ in told("8:30 签到\n9:00 何建国值班\n\n已转发")} == {""}


@pytest.mark.parametrize(
    "header", ["08:20 王敏：", "08:20:00 王敏\n", "王敏\n3月12日 08:20\n", "王敏\n08:20\n"]
)
def test_a_list_of_names_speaks_for_the_office_however_the_chat_was_copied(header: str) -> None:
    listed = "今天情况\n周桂芳：已转发\n何建国：已转发"
    assert told(f"{header}{listed}") == [("王敏", listed, 1)]


def test_a_time_between_messages_does_not_make_a_name_of_the_words_above_it() -> None:
    assert told("周桂芳:\n收到啦\n8:30\n何建国:\n已转发") == [
        ("周桂芳", "收到啦", 1),
        ("何建国", "已转发", 4),
    ]
    assert told("收到啦\n8:30\n何建国：已转发") == [("", "收到啦", 1), ("何建国", "已转发", 3)]
    assert told("已转发\n8:30\n好的\n8:40\n都转了") == [("", "已转发\n好的\n都转了", 1)]


HEADERS = {
    "name then time": "{name} 2026/3/12 {time}\n{text}",
    "time first": "{time} {name}：{text}",
    "time first, to the second": "{time}:07 {name}\n{text}",
    "name above its date": "{name}\n3月12日 {time}\n{text}",
    "name above its time": "{name}\n{time}\n{text}",
}
NAMES = st.sampled_from(["周桂芳", "何建国", "柳林村-李四", "王敏 反诈办"])
SAID = st.sampled_from(
    [
        "已转发",
        "都转了，谢谢",
        "收到",
        "明天转",
        "8:30 开会",
        "安排如下\n8:30 签到\n9:00 开会",
        "今天情况\n周桂芳：已转发\n何建国：已转发",
        "周桂芳 何建国",
        "1/2",
        "[图片]",
        "https://www.gov.cn/a",
        "第一行\n第二行",
    ]
)


@given(st.sampled_from(sorted(HEADERS)), st.lists(st.tuples(NAMES, SAID), min_size=1, max_size=12))
def test_a_chat_is_read_as_it_was_written_whichever_way_it_was_copied(
    header: str, chat: list[tuple[str, str]]
) -> None:
    lines = [
        HEADERS[header].format(name=name, text=text, time=f"08:{minute:02}")
        for minute, (name, text) in enumerate(chat)
    ]
    assert [(m.sender, m.text) for m in read_paste("\n".join(lines), NOW)] == chat


def test_a_date_between_messages_dates_what_follows() -> None:
    read = read_paste("—————  2026-03-10  —————\n\n周桂芳  08:15\n\n已转发", NOW)
    assert [(m.sender, m.at) for m in read] == [("周桂芳", at(8, 15, 10))]
    read = read_paste("3月10日 下午3:05\n周桂芳:\n已转发", NOW)
    assert [(m.sender, m.at) for m in read] == [("周桂芳", at(15, 5, 10))]


def test_a_header_without_a_message_is_no_message() -> None:
    assert read_paste("周桂芳 8:15\n\n何建国 8:16\n", NOW) == []
    assert read_paste("", NOW) == []


def test_too_much_at_once_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputErrors) as lines:
        read_paste("周桂芳：已转发\n" * 5001, NOW)
    assert str(lines.value) == "粘贴的聊天:5001: 粘贴的内容超过 5000 行；分几次粘贴，每次贴一天以内的聊天"
    with pytest.raises(InputErrors) as characters:
        read_paste("好" * 200_001, NOW)
    assert str(characters.value) == "粘贴的聊天:1: 粘贴的内容超过 20 万字；分几次粘贴，每次贴一天以内的聊天"


@pytest.mark.parametrize(
    "text",
    [
        "周桂芳 8:15\n已转发\n" * 2400,
        ("周 " * 190 + "\n") * 490,
        "「" * 199_000,
        (" - " * 130 + "\n") * 490,
        ("3月" * 190 + "\n") * 490,
        "[8:15] " * 28_000,
        ("a" * 398 + ":\n") * 490,
        ("8:15 " + "周 " * 190 + "\n") * 490,
        "周桂芳\n8:15\n" * 2400,
    ],
    ids=["chat", "spaces", "quotes", "dashes", "dates", "times", "colons", "times first", "names alone"],
)
def test_nothing_that_is_pasted_keeps_the_office_waiting(text: str) -> None:
    begin = time.perf_counter()
    read_paste(text, NOW)
    assert time.perf_counter() - begin < 5


def worker(number: int, name: str, unit: str = "清河镇/柳林村") -> Worker:
    return Worker(WorkerId(number), name, unit)


ZHOU, WANG, WANG_HUA = worker(1, "周桂芳"), worker(2, "王敏"), worker(3, "王敏华")
TWIN_A, TWIN_B = worker(4, "李强", "清河镇/柳林村"), worker(5, "李强", "清河镇/双井村")
TOWN = [ZHOU, WANG, WANG_HUA, TWIN_A, TWIN_B]


@pytest.mark.parametrize(
    ("shown", "workers"),
    [
        ("周桂芳", [ZHOU]),
        ("柳林村-周桂芳", [ZHOU]),
        ("周桂芳（第12网格）", [ZHOU]),
        ("网格员周桂芳13812345678", [ZHOU]),
        ("周 桂 芳", [ZHOU]),
        ("周桂芳网格员", [ZHOU]),
        ("王敏", [WANG]),
        ("王敏华", [WANG_HUA]),
        ("王敏华老师", [WANG_HUA]),
        ("王敏姐", [WANG]),
        ("王敏丽", []),
        ("王敏 华", [WANG_HUA]),
        ("王敏华 王敏", [WANG_HUA, WANG]),
        ("李强", [TWIN_A, TWIN_B]),
        ("双井-李强", [TWIN_B]),
        ("柳林村李强", [TWIN_A]),
        ("开心每一天", []),
        ("", []),
    ],
)
def test_a_shown_name_is_the_worker_whose_full_name_stands_in_it(shown: str, workers: list[Worker]) -> None:
    assert who(shown, TOWN) == tuple(workers)
