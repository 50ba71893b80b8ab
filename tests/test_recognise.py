"""What counts as passing on a content in a group that the bot sees, and what does not."""

from __future__ import annotations

import logging
import struct
import time
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.time import TZ
from bot.recognise.files import Looks, look_at, seconds_of
from bot.recognise.links import canonical_url, urls_in
from bot.recognise.match import Recogniser
from bot.recognise.normalise import normalise, numbers_in
from bot.recognise.verdict import NOTHING, How, VerdictKind

NOW = datetime(2026, 3, 12, 8, 30, tzinfo=TZ)


def content(name: str, number: str, *parts: Part) -> Content:
    return Content(ContentId(name), name, parts, f"digest-{name}", Path("content") / name, number)


def text(words: str, *, main: bool = False) -> Part:
    return Part(PartKind.TEXT, main=main, text=words)


SHUADAN_TEXT = (
    "【反诈提醒】刷单返利都是诈骗。先给小钱，再要大钱，最后一分钱也取不出来。凡是让您先垫钱的兼职，一律不要做。"
    "拿不准时打 96110。\n清河镇反诈办 反诈宣〔2026〕001号"
)
KEFU_TEXT = "接到“客服”电话说要退款，先挂断，到官方 APP 里查。真客服不会让您共享屏幕。反诈宣〔2026〕002号"
YANGLAO_TEXT = "养老投资高回报，盯上的是您的本金。签字之前，先问问儿女，再问问社区。反诈宣〔2026〕003号"
LINK = "https://mp.weixin.qq.com/s?__biz=MzA3&mid=2650&idx=1&sn=abc123&chksm=88&scene=27#wechat_redirect"
POSTER = "a" * 64

SHUADAN = content(
    "shuadan",
    "反诈宣〔2026〕001号",
    Part(PartKind.IMAGE, main=True, sha256=POSTER),
    text(SHUADAN_TEXT),
)
KEFU = content("kefu", "反诈宣〔2026〕002号", text(KEFU_TEXT, main=True))
YANGLAO = content(
    "yanglao",
    "反诈宣〔2026〕003号",
    text(YANGLAO_TEXT),
    Part(PartKind.LINK, main=True, url=LINK, title="养老投资高回报，当心您的养老钱"),
)
APP = content(
    "app",
    "反诈宣〔2026〕004号",
    Part(
        PartKind.MINI_PROGRAM,
        main=True,
        appid="wx1",
        page="pages/detail?id=7",
        title="反诈知识问答第七期",
    ),
    Part(PartKind.FILE, sha256="b" * 64),
    Part(PartKind.CHANNELS, title="民警说反诈：冒充公检法", author="清河发布"),
)
SEES = Recogniser([SHUADAN, KEFU, YANGLAO, APP])


def message(kind: str = "text", **fields: Any) -> Message:
    return Message("m1", "r1", "w1", NOW, MessageKind(kind), **fields)


def hits(seen: Message) -> list[tuple[str, str, bool]]:
    verdict = SEES.match(seen)
    assert (verdict.kind is VerdictKind.REPOST) == bool(verdict.hits) or verdict.kind is VerdictKind.ASK
    return [(hit.content, hit.how.value, hit.main) for hit in verdict.hits]


LAST_ONE = "反诈宣〔2026〕002号：真客服不会让您共享屏幕，请告诉家里老人。"


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (message(text=KEFU_TEXT), ("kefu", "exact", True)),
        (message(text="@所有人\u2005" + KEFU_TEXT), ("kefu", "exact", True)),
        (message(text="请大家转发：\n" + KEFU_TEXT + "\n收到请回复"), ("kefu", "exact", True)),
        (
            message(text=KEFU_TEXT.replace("，", ", ").replace("。", "\n") + "[玫瑰]🌹"),
            ("kefu", "exact", True),
        ),
        (message(text=KEFU_TEXT.replace("002", "００２").replace("APP", "app")), ("kefu", "exact", True)),
        (message(text=LAST_ONE), ("kefu", "number", True)),
        (message(text=LAST_ONE.replace("〔2026〕002", "[2026] 2")), ("kefu", "number", True)),
        (message(text=SHUADAN_TEXT), ("shuadan", "exact", False)),
        (message("image", sha256=POSTER), ("shuadan", "hash", True)),
        (message("file", sha256=POSTER.upper()), ("shuadan", "hash", True)),
        (message("file", sha256="b" * 64), ("app", "hash", False)),
        (message("link", url=LINK, title="别的标题"), ("yanglao", "url", True)),
        (message("link", url=LINK.replace("https", "http").replace("27", "1")), ("yanglao", "url", True)),
        (message(text=f"看看这个 {LINK}，很重要"), ("yanglao", "url", True)),
        (
            message("link", url="https://mp.weixin.qq.com/s/XyZ", title="养老投资高回报 当心您的养老钱！"),
            ("yanglao", "title", True),
        ),
        (message("link", title="通报", description="反诈宣〔2026〕003号"), ("yanglao", "number", True)),
        (message("mini_program", appid="wx1", page="pages/detail.html?id=7"), ("app", "url", True)),
        (message("mini_program", title="反诈知识问答第七期"), ("app", "title", True)),
        (message("channels", title="民警说反诈:冒充公检法"), ("app", "title", False)),
        (message("quote", text=KEFU_TEXT, quoted="好"), ("kefu", "exact", True)),
        (message(text="「王敏：好」\n- - - - - - - -\n" + KEFU_TEXT), ("kefu", "exact", True)),
        (
            message("history", items=[message(text="好"), message("image", sha256=POSTER)]),
            ("shuadan", "hash", True),
        ),
        (message("history", text=f"王敏: {KEFU_TEXT}\n周桂芳: 收到"), ("kefu", "exact", True)),
        (message("history", text=f"王敏: {LAST_ONE}\n周桂芳: 收到"), ("kefu", "number", True)),
    ],
)
def test_a_repost_is_recognised_and_says_whether_it_was_the_main_part(
    seen: Message, found: tuple[str, str, bool]
) -> None:
    assert hits(seen) == [found]


@pytest.mark.parametrize(
    "seen",
    [
        message(text="收到"),
        message(text="明天转"),
        message(text="转发了吗？"),
        message(text="谁家的快递放在门口了，麻烦来拿一下，放了两天了"),
        message(text="已转发"),
        message(text="反诈宣〔2026〕002号已转发"),
        message(text="反诈宣〔2026〕002号 柳林村第12网格居民一群已转发"),
        message(text="明天转反诈宣〔2026〕002号"),
        message(text="反诈宣〔2026〕099号：这是别的通知，请大家看一看。"),
        message(text="消防宣〔2026〕002号：楼道里不要停电动车，请大家注意。"),
        message(text=KEFU_TEXT[:14]),
        message(text="有人说是客服要退款的，大家不要信，都是骗人的，赶紧挂电话"),
        message("quote", text="好的，收到了，谢谢", quoted=KEFU_TEXT),
        message(text=f"「王敏：{KEFU_TEXT}」\n- - - - - - - -\n好的收到了谢谢"),
        message("group_note", text="#接龙\n反诈宣〔2026〕002号转发情况\n1. 周桂芳\n2. 何建国 已转发"),
        message(text="#接龙\n反诈宣〔2026〕002号转发情况\n1. 周桂芳\n2. 何建国 已转发"),
        message("history", text="周桂芳: 反诈宣〔2026〕002号已转发\n何建国: 收到"),
        message("image", sha256="c" * 64),
        message("image"),
        message("link", url=LINK.replace("abc123", "zzz"), title="养老投资高回报，当心您的养老钱"),
        message("link", url="https://mp.weixin.qq.com/", title="首页"),
        message("mini_program", appid="wx1", page="pages/detail?id=8", title="反诈知识问答第七期"),
        message("audio", text=KEFU_TEXT),
        message("sticker", sha256=POSTER),
        message(text=KEFU_TEXT, is_self=True),
        message(text=""),
    ],
)
def test_what_is_no_repost_is_forgotten(seen: Message) -> None:
    assert SEES.match(seen) == NOTHING


@pytest.mark.parametrize(
    "words",
    [
        "反诈宣〔2026〕002号",
        "反诈宣〔2026〕002号都转了没有？",
        "002号是反诈宣〔2026〕002号吗",
        "请各网格转发反诈宣〔2026〕002号",
    ],
)
def test_talking_about_a_content_is_asked_about_and_never_counted(words: str) -> None:
    verdict = SEES.match(message(text=words))
    assert verdict.kind is VerdictKind.ASK
    assert [hit.content for hit in verdict.hits] == ["kefu"]


def test_a_text_that_carries_two_contents_names_both_main_parts_first() -> None:
    assert hits(message(text=f"{SHUADAN_TEXT}\n\n{KEFU_TEXT}")) == [
        ("kefu", "exact", True),
        ("shuadan", "exact", False),
    ]


def test_a_correction_that_mentions_another_number_is_only_itself() -> None:
    correction = content(
        "gengzheng",
        "反诈宣〔2026〕009号",
        text("更正：反诈宣〔2026〕001号里的电话以 96110 为准，请以本条为准。反诈宣〔2026〕009号", main=True),
    )
    verdict = Recogniser([SHUADAN, correction]).match(message(text="请转发：" + correction.parts[0].text))
    assert [hit.content for hit in verdict.hits] == ["gengzheng"]


def test_a_content_inside_a_longer_one_is_not_named_beside_it() -> None:
    longer = content("longer", "", text("补充说明如下，请一并告知。" + YANGLAO_TEXT + "以上。", main=True))
    verdict = Recogniser([YANGLAO, longer]).match(message(text=longer.parts[0].text))
    assert [hit.content for hit in verdict.hits] == ["longer"]


def test_the_same_text_in_two_contents_names_both() -> None:
    again = replace(KEFU, id=ContentId("kefu2"), number="")
    verdict = Recogniser([KEFU, again]).match(message(text=KEFU_TEXT))
    assert {hit.content for hit in verdict.hits} == {"kefu", "kefu2"}


def test_a_short_text_counts_only_as_the_whole_message() -> None:
    short = Recogniser([content("short", "", text("有疑问就打96110", main=True))])
    assert short.match(message(text="有疑问，就打 96110！")).hits[0].how is How.EXACT
    assert short.match(message(text="老人说有疑问就打96110，好的")) == NOTHING


def test_a_town_whose_numbers_begin_otherwise_is_understood() -> None:
    other = content("other", "清反〔2026〕12号", Part(PartKind.IMAGE, main=True, sha256="d" * 64))
    verdict = Recogniser([other]).match(message(text="请看清反〔2026〕012号，冒充领导的又来了，当心！"))
    assert [(hit.content, hit.main) for hit in verdict.hits] == [("other", False)]


def test_histories_nested_without_end_do_no_harm() -> None:
    seen = message(text=KEFU_TEXT)
    for _ in range(500):
        seen = message("history", items=[seen])
    assert SEES.match(seen) == NOTHING


def test_nothing_of_a_message_is_logged_or_printed(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    SEES.match(message(text="周桂芳家的私事 13812345678"))
    SEES.match(message(text=KEFU_TEXT))
    assert caplog.text == ""
    assert capsys.readouterr() == ("", "")


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_stands_around_a_whole_text_it_is_found(before: str, after: str) -> None:
    verdict = SEES.match(message(text=f"{before}\n{KEFU_TEXT}\n{after}"))
    assert "kefu" in [hit.content for hit in verdict.hits]


@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing_more(words: str) -> None:
    once = normalise(words)
    assert normalise(once) == once


@given(st.text(max_size=300), st.sampled_from(list(MessageKind)))
def test_no_message_breaks_the_recogniser(words: str, kind: MessageKind) -> None:
    SEES.match(message(kind, text=words, url=words, title=words, page=words, appid=words, sha256=words))


def test_a_large_library_costs_a_message_no_more_than_a_small_one() -> None:
    opening = "清河镇反诈办提醒全体居民朋友们注意："
    many = [
        content(f"c{n}", f"反诈宣〔2026〕{n}号", text(f"{opening}第{n}条，{'防骗' * 40}{n}", main=True))
        for n in range(500)
    ]
    large = Recogniser(many)
    assert [h.content for h in large.match(message(text="请看" + many[321].parts[0].text)).hits] == ["c321"]
    chatter = message(text="今天村里的水管修好了，大家回家可以放心用水了。" * 10)
    begin = time.perf_counter()
    for _ in range(500):
        assert large.match(chatter) == NOTHING
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("ＡＢＣ，１２３", "abc123"),
        ("@所有人 @张三\u2005请看：好的[玫瑰]🌹", "请看好的"),
        ("@所有人【提醒】\n注意", "提醒注意"),
        ("反\u200b诈\ufe0f 宣-传_", "反诈宣传"),
        ("请问@张三 好", "请问张三好"),
        ("[微笑]", ""),
        ("反诈宣[2026]1号", "反诈宣20261号"),
    ],
)
def test_two_texts_are_the_same_when_only_their_dress_differs(words: str, plain: str) -> None:
    assert normalise(words) == plain


@pytest.mark.parametrize(
    "written",
    [
        "反诈宣〔2026〕001号",
        "反诈宣[2026]1号",
        "反诈宣【2026】 001 号",
        "请转发反诈宣（２０２６）００１号",
        "反诈宣 ［2026］第001号",
        "反诈宣(2026)001",
    ],
)
def test_a_number_is_known_however_its_brackets_are_written(written: str) -> None:
    assert numbers_in(f"{written}，请看。") == ["反诈宣〔2026〕001号"]


def test_numbers_come_once_each_and_in_order() -> None:
    assert numbers_in("反诈宣〔2026〕002号、反诈宣〔2026〕001号、反诈宣[2026]2号") == [
        "反诈宣〔2026〕002号",
        "反诈宣〔2026〕001号",
    ]
    assert numbers_in("2026年3月12日 〔2026〕 电话13812345678") == []


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://WWW.Gov.CN:80/a/?utm_source=x&from=singlemessage#top", "https://gov.cn/a"),
        ("https://www.gov.cn:443/a", "https://gov.cn/a"),
        ("www.gov.cn/a/", "https://gov.cn/a"),
        ("https://a.cn:8443/a?id=7&isappinstalled=0", "https://a.cn:8443/a?id=7"),
        ("https://a.cn/a?b=2&a=1", "https://a.cn/a?a=1&b=2"),
        ("https://a.cn/#/detail/123?from=timeline", "https://a.cn#/detail/123"),
        ("https://a.cn/h5/#/detail/123/", "https://a.cn/h5#/detail/123"),
        (LINK, "https://mp.weixin.qq.com/s?__biz=MzA3&idx=1&mid=2650&sn=abc123"),
        ("http://mp.weixin.qq.com/s/AbC-1?scene=1&sharer_shareid=2#rd", "https://mp.weixin.qq.com/s/AbC-1"),
        ("https://a.cn/%E5%8F%8D?x=%e8%af%88", "https://a.cn/%E5%8F%8D?x=%E8%AF%88"),
        ("https://a.cn/反", "https://a.cn/%E5%8F%8D"),
        ("weixin://x", ""),
        ("https://[bad", ""),
        ("https://a.cn:99999/", ""),
        ("", ""),
    ],
)
def test_links_to_one_page_are_equal(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical
    assert canonical_url(canonical) == canonical


def test_links_are_found_in_the_middle_of_chinese() -> None:
    assert urls_in("请看https://www.gov.cn/a?id=1，还有（http://b.cn/x_(1)）和www.c.com/y。信箱a@b.cn") == [
        "https://www.gov.cn/a?id=1",
        "http://b.cn/x_(1)",
        "www.c.com/y",
    ]
    assert urls_in("没有链接，3.5元，v1.2.3") == []


# ── as people really do it ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://m.gov.cn/a/index.html", "https://gov.cn/a"),
        ("https://wap.qinghe.gov.cn/m/2026/001.html?t=1770335245", "https://qinghe.gov.cn/2026/001.html"),
        ("https://a.cn/a?t=7", "https://a.cn/a?t=7"),
        ("https://www.com/a", "https://www.com/a"),
    ],
)
def test_what_only_names_another_screen_or_moment_is_no_other_page(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (LINK.replace("&sn=abc123", ""), True),
        (LINK.replace("__biz=MzA3&", ""), True),
        (LINK.replace("mid=2650", "mid=2651"), False),
        (f"https://c.pc.qq.com/middlem.html?pfurl={quote(LINK, safe='')}", True),
    ],
)
def test_an_article_is_known_by_a_part_of_what_identifies_it(url: str, found: bool) -> None:
    assert [hit[0] for hit in hits(message("link", url=url, title="分享"))] == (["yanglao"] if found else [])


def test_a_card_of_the_same_title_is_asked_about_when_its_words_differ() -> None:
    card = content(
        "card", "", Part(PartKind.LINK, main=True, url=LINK, title="反诈周报第十二期", description="本周三起")
    )
    sees = Recogniser([card])
    short = "https://mp.weixin.qq.com/s/XyZ"
    same = message("link", url=short, title="转发：反诈周报第十二期 #反诈", description="本周三起")
    other = message("link", url=short, title="反诈周报第十二期", description="阅读 2229 次")
    assert sees.match(same).kind is VerdictKind.REPOST
    assert sees.match(other).kind is VerdictKind.ASK


def test_a_title_that_a_chat_cut_off_is_the_title() -> None:
    seen = message("link", url="https://mp.weixin.qq.com/s/XyZ", title="养老投资高回报，当心您的养…")
    assert hits(seen) == [("yanglao", "title", True)]


WEEKLY = (
    "清河镇本周警情：本周全镇接报电信网络诈骗警情{0}起，比上周减少{1}起，群众损失{2}万元，其中{3}最多。"
    "请大家重点防范：{4}。先打96110问一问，别急着转账。"
)
WEEKS = [
    content(
        "week1",
        "反诈宣〔2026〕011号",
        text(WEEKLY.format(21, 4, "33.6", "网络交友", "没见面先谈钱的都是骗子"), main=True),
    ),
    content(
        "week2",
        "反诈宣〔2026〕012号",
        text(WEEKLY.format(24, 2, "7.1", "快递理赔", "赔钱原路退回不用您扫码"), main=True),
    ),
]


def test_contents_on_one_template_are_told_apart_and_a_third_week_is_neither() -> None:
    sees = Recogniser(WEEKS)
    for week in WEEKS:
        seen = sees.match(message(text=f"大家看看：{week.parts[0].text[4:-6]}"))
        assert [hit.content for hit in seen.hits] == [week.id] and seen.kind is VerdictKind.REPOST
    third = WEEKLY.format(18, 6, "10.4", "虚假中奖", "没有参加过的抽奖中得再大也别高兴")
    assert sees.match(message(text=third)).kind is not VerdictKind.REPOST


def test_a_piece_that_both_have_is_asked_about_and_the_number_tells() -> None:
    sees = Recogniser(WEEKS)
    piece = WEEKLY.format(0, 0, 0, 0, 0)[:8] + "群众损失。请大家重点防范。先打96110问一问，别急着转账。"
    assert sees.match(message(text=piece)).kind is not VerdictKind.REPOST
    told = sees.match(message(text=f"{WEEKS[1].parts[0].text[:46]} 反诈宣〔2026〕012号"))
    assert [hit.content for hit in told.hits] == ["week2"]


def test_another_towns_name_in_the_middle_makes_it_theirs() -> None:
    ours = content(
        "ours",
        "",
        text(
            "各位乡亲，近来冒充客服的电话很多，清河镇派出所提醒您：挂断以后自己打官方电话核实，一分钱也不要转。",
            main=True,
        ),
    )
    sees = Recogniser([ours])
    theirs = ours.parts[0].text.replace("清河镇", "白塔镇")
    assert sees.match(message(text=ours.parts[0].text.replace("，", " "))).kind is VerdictKind.REPOST
    assert sees.match(message(text=theirs)).kind is not VerdictKind.REPOST


@pytest.mark.parametrize(
    "words",
    [
        "白反诈宣〔2026〕002号：真客服不会让您共享屏幕，请告诉家里老人。",
        "真客服不会让您共享屏幕。白塔镇反诈中心提醒您，反诈宣〔2026〕002号",
    ],
)
def test_another_towns_number_is_not_ours(words: str) -> None:
    ours = [
        SHUADAN,
        KEFU,
        content("named", "", text("清河镇反诈中心在镇政府一楼，欢迎来问，电话96110。", main=True)),
    ]
    assert Recogniser(ours).match(message(text=words)) == NOTHING


@pytest.mark.parametrize(
    "words",
    [
        "下周安排：周一反诈宣〔2026〕002号，周三入户，周五例会",
        "反诈宣〔2026〕002号请打印贴到公告栏",
        "今天要转的：1. 反诈宣〔2026〕002号《客服退款不用您转钱》 2. 反诈宣〔2026〕001号",
        "@所有人 反诈宣〔2026〕002号已经发到工作群，请联系人整条转",
    ],
)
def test_talk_about_the_work_is_never_a_repost(words: str) -> None:
    assert SEES.match(message(text=words)).kind is VerdictKind.ASK


def test_a_number_that_stands_only_in_the_text_is_its_number() -> None:
    sees = Recogniser(
        [content("own", "", text("接到陌生来电先挂断，再打官方电话核实。云溪反诈〔2026〕12号", main=True))]
    )
    told = sees.match(message(text="骗子的电话一接就晕，晕之前先挂断（云溪反诈〔2026〕012号）"))
    assert [hit.content for hit in told.hits] == ["own"]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────


def film(milliseconds: int, size: int = 40) -> bytes:
    """A minimal MP4 that runs so long."""

    def box(kind: bytes, inside: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(inside), kind) + inside

    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, milliseconds) + bytes(80))
    return box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", header) + box(b"mdat", bytes(size))


@pytest.mark.parametrize(
    ("name", "seconds", "verdict"),
    [
        ("养老投资别上当.mp4", 61_050, VerdictKind.REPOST),
        ("养老投资别上当(1).mp4", 60_900, VerdictKind.REPOST),
        ("video.mp4", 61_000, VerdictKind.ASK),
        ("养老投资别上当.mp4", 75_000, VerdictKind.NONE),
        ("video.mp4", 75_000, VerdictKind.NONE),
    ],
)
def test_a_video_saved_anew_is_known_by_its_length_and_name(
    name: str, seconds: int, verdict: VerdictKind
) -> None:
    clip = Part(PartKind.VIDEO, main=True, path=Path("养老投资别上当.mp4"), sha256="e" * 64, size=999)
    sees = Recogniser([content("clip", "", clip)], lambda part: Looks(999, 61.0))
    seen = message("video", title=name)
    assert sees.match(seen, lambda _: look_at(BytesIO(film(seconds)), "video")).kind is verdict


@pytest.mark.parametrize("data", [b"", b"\0" * 40, film(5)[:60], film(0), b"\xff" * 100, film(5)[:8] * 3])
def test_a_broken_video_has_no_length(data: bytes) -> None:
    assert seconds_of(BytesIO(data)) is None


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_a_video(data: bytes) -> None:
    found = seconds_of(BytesIO(film(5)[:40] + data))
    assert found is None or found > 0
