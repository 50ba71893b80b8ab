"""How the office reads “已转发” in a work group, and what it must not take for one."""

from __future__ import annotations

import pytest

from bot.recognise.confirm import (
    Confirmation,
    ConfirmationKind,
    NoteLine,
    is_group_note,
    read_confirmation,
    read_group_note,
    read_note_line,
)

ALL, SOME = ConfirmationKind.ALL, ConfirmationKind.SOME
EXCEPT, NOT_YET = ConfirmationKind.EXCEPT, ConfirmationKind.NOT_YET

YES = """已转发|转了|都转了|己转发|以转发|已转|转发完毕|完成转发|收到已转|收到，已转发|已转发✅|转发✅|已转发，谢谢[抱拳]
已轉發|己轉發|已轉發完畢|已 转 发|已转发。|已转发!!!|已转发~|👌已转发|已转发🌹🌹|@传达 已转发|@反诈办\u2005已转发|@所有人 已转发
已转发，请查收|已转发完毕，请领导放心|已转发。辛苦了|各位辛苦了，已转发|王主任，已转发|何书记，已经转发了|已经转发了|全部转发完毕
已全部转发|均已转发|我的群都转了|所有群都转了|已转发到群里|已转发到各网格群|好的，已转发到群里了|3个群都转了|3个网格都转了
转好了|都转好了|转发了|全转了|也转了|刚转了|已完成转发|已按要求转发|上午已转发|已发到群里|已阅已转|已收到并转发|本网格已转发
已转发成功|ok已转发|转发了，都转发了|我已转发到我的群|3网格转了，其他也都转了|已转发 收到|ＯＫ，已转发""".replace(
    "\n", "|"
).split("|")

NO = """收到|收到！|好的|1|2|ok|转发|转|请转发|帮我转发一下|请大家转发|请各村转发到网格群|所有群请转发|全部转发|不要转发|别转
转账了吗|已转账|未转账|不转账|已转帐|转正了|已转学|快递已转交|转达了|已转告|已转载|会议已转线上|群已转让|已转移3个群|转身
转发了吗|已转发？|已转发?|都转了吗|昨天的已转发了吗|谁还没有转发|有没有转发|转发没|都转发了没有|是不是都转了|哪个群没转|转发了什么
已经转发了别人的|已转发别人的|大家都转了|他已转发|周桂芳已转发|已转发给领导|转到朋友圈了|转发给家人|已转发的请打1|还没转发的请抓紧
没转的抓紧转发|请大家尽快转发|其他群已转发|只转了|他们村没转|你们群明天转|已转发1条|已转发13812345678|没有|不会|3网格|谢谢|谁家的快递|刷单返利都是诈骗，已转账的请马上报警""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("said", YES)
def test_a_worker_who_says_so_confirms_all_of_his_groups(said: str) -> None:
    assert read_confirmation(said) == Confirmation(ALL)


@pytest.mark.parametrize("said", NO)
def test_what_is_no_confirmation_is_nothing(said: str) -> None:
    assert read_confirmation(said) is None


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("已转发 1 3", "1 3"),
        ("已转发1 3", "1 3"),
        ("已转发1、3", "1 3"),
        ("１、３已转发", "1 3"),
        ("1.3.5已转", "1 3 5"),
        ("1，3，5 转了", "1 3 5"),
        ("1和3都转了", "1 3"),
        ("只转了 1 和 3", "1 3"),
        ("只有3网格转了", "3网格"),
        ("只转了3网格", "3网格"),
        ("3网格 5网格已转", "3网格 5网格"),
        ("第三网格已转发", "第三网格"),
        ("第 12 网格已转发", "第12网格"),
        ("12网格已转", "12网格"),
        ("转了3网格", "3网格"),
        ("1、3网格已转", "1网格 3网格"),
        ("1-3网格已转", "1网格 2网格 3网格"),
        ("一群 二群已转", "一群 二群"),
        ("一群二群已转", "一群 二群"),
        ("12网格一群、二群已转发", "12网格一群 二群"),
        ("3号群已转", "3号群"),
        ("柳林村第12网格居民一群已转发", "柳林村第12网格居民一群"),
        ("柳林村已转发", "柳林村"),
        ("已转发到12网格群", "12网格群"),
        ("12网格的群都转了", "12网格"),
        ("3网格转了，5网格没转", "3网格"),
        ("3网格、5网格已转，其他没转", "3网格 5网格"),
        ("已转发1 3，其余明天转", "1 3"),
        ("已转发3个群", "3个群"),
        ("已转发3网格，谢谢领导", "3网格"),
        ("第3網格已轉發", "第3网格"),
    ],
)
def test_a_worker_who_names_groups_confirms_only_those(said: str, items: str) -> None:
    assert read_confirmation(said) == Confirmation(SOME, tuple(items.split()))


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("除了5网格都转了", "5网格"),
        ("除5网格外都转了", "5网格"),
        ("除了5网格、6网格都转了", "5网格 6网格"),
        ("除5、6外都转了", "5 6"),
        ("都转了，除了5网格", "5网格"),
        ("已转发（除5网格）", "5网格"),
        ("都转了，就差5网格", "5网格"),
        ("5网格没转，其他都转了", "5网格"),
        ("5网格没转其他都转了", "5网格"),
        ("二群没转，其他的都转了", "二群"),
        ("除了5网格没转，其他都转了", "5网格"),
    ],
)
def test_a_worker_who_leaves_groups_out_confirms_the_rest(said: str, items: str) -> None:
    assert read_confirmation(said) == Confirmation(EXCEPT, tuple(items.split()))


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("明天转", ""),
        ("没转", ""),
        ("还没转发", ""),
        ("未转发", ""),
        ("等会转", ""),
        ("稍后转发", ""),
        ("不转", ""),
        ("马上转发", ""),
        ("下午转", ""),
        ("没转完", ""),
        ("还没来得及转", ""),
        ("在开会，等会转", ""),
        ("今天太忙了，还没转发", ""),
        ("还没", ""),
        ("还沒轉", ""),
        ("5网格没转", "5网格"),
        ("3、5网格没转", "3网格 5网格"),
        ("还差5网格没转", "5网格"),
        ("5网格明天转", ""),
    ],
)
def test_a_worker_who_has_not_yet_forwarded_is_believed_too(said: str, items: str) -> None:
    assert read_confirmation(said) == Confirmation(NOT_YET, tuple(items.split()))


@pytest.mark.parametrize(
    ("said", "kind", "about"),
    [
        ("反诈宣〔2026〕001号已转发", ALL, "反诈宣〔2026〕001号"),
        ("反诈宣[2026]1号 已转发", ALL, "反诈宣〔2026〕001号"),
        ("已转发反诈宣（２０２６）００１号", ALL, "反诈宣〔2026〕001号"),
        ("反诈宣〔2026〕001号 柳林村第12网格居民一群已转发", SOME, "反诈宣〔2026〕001号"),
        ("《刷单返利先给小钱》已转发", ALL, "刷单返利先给小钱"),
        ("昨天的已转发", ALL, "昨天的"),
        ("昨天转了", ALL, "昨天"),
        ("8点的都转了", ALL, "8点的"),
        ("两条都转了", ALL, "两条"),
    ],
)
def test_a_confirmation_says_which_content_it_is_about(said: str, kind: ConfirmationKind, about: str) -> None:
    read = read_confirmation(said)
    assert read is not None
    assert (read.kind, read.about) == (kind, (about,))


def test_a_worker_may_put_his_own_name_before_it_but_not_another_one() -> None:
    assert read_confirmation("周桂芳已转发", ["周桂芳"]) == Confirmation(ALL)
    assert read_confirmation("12网格周桂芳已转发", ["周桂芳"]) == Confirmation(SOME, ("12网格",))
    assert read_confirmation("何建国已转发", ["周桂芳"]) is None


def test_only_what_the_person_wrote_counts_not_what_he_quotes() -> None:
    assert read_confirmation("「何建国：请转发」\n- - - - - - - - -\n已转发") == Confirmation(ALL)
    assert read_confirmation("「何建国：已转发」\n- - - - - - - - -\n收到") is None


def test_a_long_text_is_never_a_confirmation() -> None:
    assert read_confirmation("已转发，" + "谢谢" * 200) is None


NOTE = "#接龙\n清河镇反诈宣传转发情况\n例：姓名 网格 已转发\n\n1. 周桂芳 已转发\n2、何建国\n3. 李四 第3网格已转\n4.柳林村-陈红已转发"


def test_a_group_note_is_read_line_by_line() -> None:
    assert read_group_note(NOTE) == [
        NoteLine("周桂芳", "已转发"),
        NoteLine("何建国", ""),
        NoteLine("李四", "第3网格已转"),
        NoteLine("柳林村-陈红", "已转发"),
    ]


@pytest.mark.parametrize(
    ("line", "name", "kind", "items"),
    [
        ("1. 周桂芳", "周桂芳", ALL, ""),
        ("1. 周桂芳 已转发", "周桂芳", ALL, ""),
        ("1. 周桂芳 已完成", "周桂芳", ALL, ""),
        ("1、周桂芳：已转发[抱拳]", "周桂芳", ALL, ""),
        ("1. 柳林村 周桂芳 已转发", "柳林村 周桂芳", ALL, ""),
        ("1. 周桂芳 柳林村第12网格居民一群", "周桂芳", SOME, "柳林村第12网格居民一群"),
        ("1. 12网格 周桂芳 已转发", "周桂芳", SOME, "12网格"),
        ("1. 李均都转了", "李均", ALL, ""),
        ("1. 周桂芳 明天转", "周桂芳", NOT_YET, ""),
        ("1. 周桂芳还没转", "周桂芳", NOT_YET, ""),
        ("1. 周桂芳 除了5网格都转了", "周桂芳", EXCEPT, "5网格"),
        ("1. 周桂芳 转了吗？", "周桂芳", None, ""),
        ("1. 周桂芳 请假", "周桂芳", None, ""),
    ],
)
def test_a_line_of_a_group_note_confirms_what_it_says(
    line: str, name: str, kind: ConfirmationKind | None, items: str
) -> None:
    lines = read_group_note(f"#接龙\n转发情况\n{line}")
    assert lines is not None
    assert lines[0].name == name
    wanted = None if kind is None else Confirmation(kind, tuple(items.split()))
    assert read_note_line(lines[0]) == wanted


def test_bare_names_under_another_topic_confirm_nothing() -> None:
    assert read_group_note("#接龙\n明天培训报名\n1. 周桂芳\n2. 何建国") == []
    assert read_group_note("#接龙\n转账红包\n1. 周桂芳") == []


def test_remarks_below_a_group_note_belong_to_nobody() -> None:
    assert read_group_note("#接龙\n转发\n1. 周桂芳\n2. 何建国\n\n大家辛苦") == [
        NoteLine("周桂芳", ""),
        NoteLine("何建国", ""),
    ]


def test_a_text_without_the_header_is_no_group_note() -> None:
    assert read_group_note("1. 周桂芳 已转发") is None
    assert not is_group_note("接龙已转发")
    assert is_group_note("@所有人 #接龙\n转发情况")
