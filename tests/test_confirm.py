"""How the office reads “已转发” in a work group, and what it must not take for one."""

from __future__ import annotations

import time

import pytest

from bot.recognise.confirm import Confirmation, ConfirmationKind, read_confirmation
from bot.recognise.note import NoteLine, is_group_note, read_group_note, read_note_line

ALL, SOME = ConfirmationKind.ALL, ConfirmationKind.SOME
EXCEPT, NOT_YET = ConfirmationKind.EXCEPT, ConfirmationKind.NOT_YET
UNCLEAR = Confirmation(ConfirmationKind.UNCLEAR)

YES = """已转发|转了|都转了|己转发|以转发|已转|转发完毕|完成转发|收到已转|收到，已转发|已转发✅|转发✅|已转发，谢谢[抱拳]
已轉發|己轉發|已轉發完畢|已 转 发|已转发。|已转发!!!|已转发~|👌已转发|已转发🌹🌹|@传达 已转发|@反诈办\u2005已转发|@所有人 已转发
已转发，请查收|已转发完毕，请领导放心|已转发。辛苦了|各位辛苦了，已转发|王主任，已转发|何书记，已经转发了|已经转发了|全部转发完毕
已全部转发|均已转发|我的群都转了|所有群都转了|已转发到群里|已转发到各网格群|好的，已转发到群里了|3个群都转了|3个网格都转了
转好了|都转好了|转发了|全转了|也转了|刚转了|已完成转发|已按要求转发|上午已转发|已发到群里|已阅已转|已收到并转发|本网格已转发
一早就转了|终于都转好了|挨个转了一遍|统统转完了|4群全转|转发任务已完成|已传达到各居民群|不好意思才看到，已转|汇报一下，都转了|已转，麻烦统计下|这个早转了
已转发成功|ok已转发|转发了，都转发了|我已转发到我的群|3网格转了，其他也都转了|已转发 收到|ＯＫ，已转发
刚忙完，已转发|忘了回复，已转|吃饭前就转了|俺也转了|咱村的群都转了|阿拉转好了|转好哉|村民群里发过了|我管的群都发了|发群里了|一个不漏，都转了|所辖各群均已转发|共3个群，已全部转发|3个群转完|每只群都转好了|所有的群我都发过一遍了|已发各群|已转发，在开会|带娃耽误了，刚补转好|老花眼看不清，闺女帮我转好了|安排上了，已转|转咗|转毕咧|转利索了|3个群统统转了|大群小群都转了|昨晚睡着了，今早已转""".replace(
    "\n", "|"
).split("|")

NO = """收到|收到！|好的|1|2|ok|转发|转|请转发|帮我转发一下|请大家转发|请各村转发到网格群|所有群请转发|全部转发|不要转发|别转
转账了吗|已转账|未转账|不转账|已转帐|转正了|已转学|快递已转交|转达了|已转告|已转载|会议已转线上|群已转让|已转移3个群|转身
转发了吗|已转发？|已转发?|都转了吗|昨天的已转发了吗|转一遍|挨个转一遍|转下去|转发落实到位|收到后全部转发完毕|都要转|除3群外都明天转|先把1群转了再说|会议精神已传达到群|谁还没有转发|有没有转发|转发没|都转发了没有|是不是都转了|哪个群没转|转发了什么
已经转发了别人的|已转发别人的|大家都转了|他已转发|周桂芳已转发|已转发给领导|转到朋友圈了|转发给家人|已转发的请打1|还没转发的请抓紧
群里发红包了|照片发群里了|工资发了|3群发生纠纷了|快递发到3组了|我把钱转了|发群里去|等下发群里|书记发群里了|已经有人发群里了|1/1转|村民群里发过了吗|除2群外都发错了
都赚发了
没转的抓紧转发|请大家尽快转发|其他群已转发|只转了|他们村没转|你们群明天转|已转发1条|已转发13812345678|今天转了几个群|转到几个群了|没有|不会|3网格|谢谢|谁家的快递|刷单返利都是诈骗，已转账的请马上报警""".replace(
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
        ("2群、3群发了", "2群 3群"),
        ("已发至3群", "3群"),
        ("俺3群转完了", "3群"),
        ("往12号楼群里转过了", "12号楼"),
        ("3群那边转好了", "3群"),
        ("12网格的群都转了", "12网格"),
        ("已转发1 3，其余明天转", "1 3"),
        ("已转发3个群", "3个群"),
        ("转到1群和3群了", "1群 3群"),
        ("先把1群、3群转了", "1群 3群"),
        ("今天1群3群都转了", "1群 3群"),
        ("已转的有1群、3群", "1群 3群"),
        ("已转1群3群，2群4群明天转", "1群 3群"),
        ("已转发3网格，谢谢领导", "3网格"),
        ("第3網格已轉發", "第3网格"),
    ],
)
def test_a_worker_who_names_groups_confirms_only_those(said: str, items: str) -> None:
    assert read_confirmation(said) == Confirmation(SOME, tuple(items.split()))


@pytest.mark.parametrize(
    ("said", "items", "denied"),
    [
        ("1群✅已转，2群❌未转", "1群", "2群"),
        ("3网格转了，5网格没转", "3网格", "5网格"),
        ("3网格、5网格已转，其他没转", "3网格 5网格", ""),
        ("3网格已转，没转二群", "3网格", "二群"),
        ("已转1群3群，2群4群没转", "1群 3群", "2群 4群"),
        ("已转1群3群，没转2群、4群", "1群 3群", "2群 4群"),
        ("已转发 2 4，5还没转", "2 4", "5"),
    ],
)
def test_who_names_what_is_done_and_what_is_not_is_believed_in_both(
    said: str, items: str, denied: str
) -> None:
    assert read_confirmation(said) == Confirmation(SOME, tuple(items.split()), denied=tuple(denied.split()))


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("除了5网格都转了", "5网格"),
        ("已转发，1 3没转", "1 3"),
        ("第3个没转，其余都转了", "3"),
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
        ("就差2网格居民二群了，其他都转了", "2网格居民二群"),
        ("就差5网格没转了，其他都转了", "5网格"),
        ("只剩二群没转，其余都转了", "二群"),
        ("还差二群，其他转了", "二群"),
        ("都转了，但是5网格没转", "5网格"),
        ("都转了，就是5网格还没转", "5网格"),
        ("没转二群，其他都转了", "二群"),
        ("只有3群、4群没转，其他都转了", "3群 4群"),
        ("已转发，3群、4群没转", "3群 4群"),
        ("除3群没转外，其余均已转发", "3群"),
        ("3群转不出去，别的都转了", "3群"),
        ("刚才说错了，2网格没转，其他都转了", "2网格"),
    ],
)
def test_a_worker_who_leaves_groups_out_confirms_the_rest(said: str, items: str) -> None:
    left_out = tuple(items.split())
    assert read_confirmation(said) == Confirmation(EXCEPT, left_out, denied=left_out)


@pytest.mark.parametrize(
    "said", ["都转了，3群、4群明天转", "3群4群等会转，其他都转了", "已转发，3群、4群晚上转"]
)
def test_a_worker_who_leaves_groups_for_later_confirms_the_rest_and_denies_nothing(said: str) -> None:
    assert read_confirmation(said) == Confirmation(EXCEPT, ("3群", "4群"))


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("没转", ""),
        ("还没转发", ""),
        ("未转发", ""),
        ("不转", ""),
        ("没转完", ""),
        ("没转成", ""),
        ("还没来得及转", ""),
        ("今天太忙了，还没转发", ""),
        ("我请假了，没转", ""),
        ("还没", ""),
        ("还没转呢", ""),
        ("还沒轉", ""),
        ("没转❌", ""),
        ("漏转了", ""),
        ("没转到群里", ""),
        ("5网格没转", "5网格"),
        ("3、5网格没转", "3网格 5网格"),
        ("还差5网格没转", "5网格"),
        ("没转二群", "二群"),
        ("发错了，还没转", ""),
        ("不好意思发错了，还没转", ""),
        ("刚才说错了，2网格没转", "2网格"),
    ],
)
def test_a_worker_who_has_not_forwarded_is_believed_too_and_contradicts_what_he_said_before(
    said: str, items: str
) -> None:
    named = tuple(items.split())
    assert read_confirmation(said) == Confirmation(NOT_YET, named, denied=named)


@pytest.mark.parametrize(
    "said",
    ["明天转", "等会转", "稍后转发", "马上转发", "下午转", "在开会，等会转", "5网格明天转", "明天转⏳"],
)
def test_who_will_forward_later_contradicts_nothing(said: str) -> None:
    assert read_confirmation(said) == Confirmation(NOT_YET)


@pytest.mark.parametrize(
    "said",
    """转了一部分|转了一半|部分已转|大部分转了|基本都转了|快转完了|转得差不多了|转了50%|3网格转了一半|1/2已转发|已转发 1/2|2/3网格已转
下午转完|今天转发完毕|转发失败|转不出去|转错群了|转漏了|应该转了|好像都转了|我以为转了，结果没转|已转发不算|已转发，发错了|已转发，还没转|已转发，明天转别的
已转发，但是5网格没有群|已转发，群主不让发|8:25已转发|已转发@何建国|5网格没转，群主说现在群里不让发这些东西
已转发，你们转了吗？|已转发，请问还有吗？""".replace("\n", "|").split("|"),
)
def test_what_a_worker_says_of_his_forwarding_but_cannot_be_read_is_asked_about(said: str) -> None:
    assert read_confirmation(said) == UNCLEAR


def test_a_list_of_others_that_somebody_posts_confirms_nothing_for_him() -> None:
    assert read_confirmation("周桂芳 已转发\n何建国 已转发") == UNCLEAR
    assert read_confirmation("今天情况\n周桂芳：已转发\n何建国：没转", ["王敏"]) == UNCLEAR


@pytest.mark.parametrize("mark", ["👎", "❌", "×", "✖️", "🚫", "🙅🏻‍♀️", "⏳", "🤷", "[弱]", "[NO]"])
def test_a_mark_that_says_no_makes_a_yes_unclear(mark: str) -> None:
    assert read_confirmation(f"已转发{mark}") == UNCLEAR
    assert read_confirmation(f"{mark}都转了") == UNCLEAR
    assert read_confirmation(f"除了5网格都转了{mark}") == UNCLEAR


@pytest.mark.parametrize(
    "said",
    """转账|转账❌|收到👎|不信谣不传谣不转发🚫|帮我转发一下这个拼团|转发一下，谢谢|转发了一篇文章|转发了吗？|已转发❓|已转发，大家转了吗
钱 已转|已转发，钱收到了|快递 已转 丰巢|好转了|骗子让我转，我没转|钱还在，没转|被骗了，转了三万|转发完毕，请回复“已转发”|请转发，转完回复已转发|已转发，请大家尽快转发|通知：已转发的群请接龙
还有3个村没转，请抓紧|陈晨说她没转|陈晨还没转|他们还没转|5网格没转，怎么回事？|发错了|说错了""".replace(
        "\n", "|"
    ).split("|"),
)
def test_talk_instructions_and_what_is_said_of_others_are_asked_about_by_nobody(said: str) -> None:
    assert read_confirmation(said) is None


def test_a_fraction_or_a_clock_is_no_number_of_a_task() -> None:
    assert read_confirmation("1/2/3已转发") == Confirmation(SOME, ("1", "2", "3"))
    for said in ("1/2已转发", "已转发1/2", "0/2 已转", "1 / 2已转", "8:25已转发", "已转发 10:25"):
        assert read_confirmation(said) == UNCLEAR, said


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
        NoteLine("周桂芳", "已转发", "周桂芳 已转发"),
        NoteLine("何建国", "", "何建国"),
        NoteLine("李四", "第3网格已转", "李四 第3网格已转"),
        NoteLine("柳林村-陈红", "已转发", "柳林村-陈红已转发"),
    ]


def note_line(text: str) -> NoteLine:
    """The only line of a #接龙 about forwarding."""
    lines = read_group_note(f"#接龙\n转发情况\n1. {text}")
    assert lines is not None
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("line", "name", "kind", "items"),
    [
        ("周桂芳", "周桂芳", ALL, ""),
        ("周桂芳 已转发", "周桂芳", ALL, ""),
        ("周桂芳 已完成", "周桂芳", ALL, ""),
        ("周桂芳：已转发[抱拳]", "周桂芳", ALL, ""),
        ("柳林村 周桂芳 已转发", "柳林村 周桂芳", ALL, ""),
        ("周桂芳 柳林村第12网格居民一群", "周桂芳", SOME, "柳林村第12网格居民一群"),
        ("12网格 周桂芳 已转发", "周桂芳", SOME, "12网格"),
        ("李均都转了", "李均", ALL, ""),
        ("周桂芳 除了5网格都转了", "周桂芳", EXCEPT, "5网格"),
        ("周桂芳（除5网格）", "周桂芳", EXCEPT, "5网格"),
        ("周桂芳 除了5网格都完成了", "周桂芳", EXCEPT, "5网格"),
        ("周桂芳 5网格❌ 其他✅", "周桂芳", EXCEPT, "5网格"),
        ("周桂芳 1、2", "周桂芳", SOME, "1 2"),
        ("周桂芳（一群）", "周桂芳", SOME, "一群"),
        ("周桂芳 3网格完成", "周桂芳", SOME, "3网格"),
        ("周桂芳 3网格✅、5网格✅", "周桂芳", SOME, "3网格 5网格"),
        ("周桂芳 3网格✅ 5网格❌", "周桂芳", SOME, "3网格"),
    ],
)
def test_a_line_of_a_group_note_confirms_what_it_says(
    line: str, name: str, kind: ConfirmationKind, items: str
) -> None:
    read = read_note_line(note_line(line))
    assert note_line(line).name == name
    assert (read.kind, read.items) == (kind, tuple(items.split()))


@pytest.mark.parametrize(
    "line",
    """陈晨✅|陈晨 ✔️|✅陈晨|陈晨√|陈晨✓|陈晨OK|陈晨 [OK]|陈晨👌🏻|陈晨 已转|陈晨转了|陈晨 完成|陈晨完成|陈晨：全部完成|陈晨 好了|陈晨 下午完成了|陈晨 上午已完成|陈晨 已发|陈晨（已转）
陈晨-已转|陈晨 已转✅|陈晨 已转发👍|陈晨 已转发，请领导放心|陈晨🌹|陈晨 🙏|陈晨。|陈晨：|@陈晨 已转|A陈晨|陈晨老师|陈晨13812345678|网格员陈晨
柳林村-陈晨|陈晨-柳林村|陈晨（柳林村）|【柳林村】陈晨|反诈办-陈晨|陈晨（柳林村网格员）已转|柳林村-陈晨-已转|12网格-陈晨""".replace(
        "\n", "|"
    ).split("|"),
)
def test_a_bare_name_or_one_with_a_yes_or_a_tick_confirms_all(line: str) -> None:
    assert "陈晨" in note_line(line).name
    assert read_note_line(note_line(line)) == Confirmation(ALL)
    assert read_note_line(note_line(line), (), ["陈晨"]) == Confirmation(ALL)


@pytest.mark.parametrize(
    ("line", "denies"),
    [
        ("陈晨❌", True),
        ("❌陈晨", True),
        ("陈晨×", True),
        ("陈晨✖️", True),
        ("陈晨🚫", True),
        ("陈晨👎", True),
        ("陈晨[弱]", True),
        ("陈晨（未）", True),
        ("陈晨未", True),
        ("陈晨未完成", True),
        ("陈晨没有", True),
        ("陈晨 没转", True),
        ("陈晨不转", True),
        ("陈晨还没", True),
        ("陈晨⏳", False),
        ("陈晨（晚上转）", False),
        ("陈晨 明早", False),
        ("陈晨 明天转", False),
        ("陈晨 稍后", False),
        ("陈晨 正在转", False),
    ],
)
def test_a_line_of_a_group_note_that_says_no_confirms_nothing(line: str, denies: bool) -> None:
    wanted = Confirmation(NOT_YET, denied=() if denies else None)
    assert note_line(line).name == "陈晨"
    assert read_note_line(note_line(line)) == wanted
    assert read_note_line(note_line(line), (), ["陈晨"]) == wanted


@pytest.mark.parametrize(
    "line",
    """陈晨？|陈晨（晚上）|陈晨-没有群|陈晨 收到|陈晨 收到✅|陈晨 ✅收到|陈晨 好|陈晨 谢谢|陈晨👍|陈晨🤷|陈晨[裂开]|陈晨 请假|陈晨请假|陈晨 出差|陈晨 下午完成|陈晨 今天全部完成|陈晨 晚上转好|陈晨 已读
陈晨 0/2|陈晨 1/2|陈晨 2/2|陈晨 10:25|陈晨 50%|陈晨 转了一半|陈晨 x|陈晨X|陈晨 无|陈晨 -|陈晨/|陈晨……|陈晨 12网格 收到|陈晨 转了吗？|陈晨 转达
陈晨 已转账|陈晨 已转❌|陈晨 没转✅|陈晨 李强|陈晨、李强|陈晨 李强 周桂芳|陈晨 代李强转|陈晨 已通知""".replace(
        "\n", "|"
    ).split("|"),
)
def test_anything_else_in_a_line_of_a_group_note_is_asked_about(line: str) -> None:
    assert read_note_line(note_line(line)) == UNCLEAR
    assert read_note_line(note_line(line), (), ["陈晨"]) == UNCLEAR
    assert note_line(line).text == line


def test_whatever_stands_beside_a_known_name_is_what_is_said() -> None:
    def said(line: str, name: str = "陈晨") -> Confirmation:
        return read_note_line(note_line(line), (), [name])

    assert said("已转 陈晨") == said("（柳林）陈晨") == said("反诈-陈晨") == Confirmation(ALL)
    assert said("陈晨闹肚子") == said("陈晨和李强") == said("陈晨代李强") == said("陈晨 李强") == UNCLEAR
    assert said("王小村 没转", "王小村") == Confirmation(NOT_YET, denied=())
    assert said("没转：陈晨") == Confirmation(NOT_YET, denied=())


def test_a_grid_in_a_shown_name_limits_a_yes_only_if_the_person_has_others_too() -> None:
    both = ["柳林村第2网格居民一群", "柳林村第12网格居民一群"]
    for line in ("陈晨（2网格）", "陈晨-2网格 已转发", "2网格-陈晨✅"):
        assert read_note_line(note_line(line), both) == Confirmation(SOME, ("2网格",)), line
        assert read_note_line(note_line(line), both[:1]) == Confirmation(ALL)
        assert read_note_line(note_line(line), both[1:]) == Confirmation(ALL), "a nickname of old"
    assert read_note_line(note_line("陈晨（柳林）"), both) == Confirmation(SOME, ("柳林",))


MARKS = [chr(code) for code in (*range(0x2190, 0x2C00), *range(0x1F000, 0x1FB00))]


def test_of_all_marks_only_ticks_and_ornaments_leave_a_bare_name_a_yes() -> None:
    yes = {mark for mark in MARKS if read_note_line(note_line(f"陈晨 {mark}")).kind is ALL}
    assert set("✅✔✓☑√👌🆗") <= yes
    assert not yes & set("💔💪❌❎✖✕✗✘☒🚫⛔👎🙅⏳⌛⏰🔜🤔🤷❓❔❗👍😭😂💤🆘⚠⭕")
    assert all(read_confirmation(f"明天转{mark}") == Confirmation(NOT_YET) for mark in "❌👎⏳")


def test_bare_names_under_another_topic_confirm_nothing() -> None:
    assert read_group_note("#接龙\n明天培训报名\n1. 周桂芳\n2. 何建国") == []
    assert read_group_note("#接龙\n转账红包\n1. 周桂芳") == []


def test_remarks_below_a_group_note_belong_to_nobody() -> None:
    assert read_group_note("#接龙\n转发\n1. 周桂芳\n2. 何建国\n\n大家辛苦") == [
        NoteLine("周桂芳", "", "周桂芳"),
        NoteLine("何建国", "", "何建国"),
    ]


def test_a_text_without_the_header_is_no_group_note() -> None:
    assert read_group_note("1. 周桂芳 已转发") is None
    assert not is_group_note("接龙已转发")
    assert is_group_note("@所有人 #接龙\n转发情况")


PIECES = [
    "都",
    "已",
    "转",
    "3",
    "群",
    "网格",
    "没",
    "应该",
    "部分",
    "1/",
    "（",
    "，",
    "也刚",
    "刚刚",
    "我",
    "发",
    "群里",
    "没信号",
    "忘了",
    "1/1，",
    "转完了",
    "就去",
    "❌",
    "号",
    "村",
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("end", ["", "x", "？", "转"])
def test_nothing_that_is_written_in_a_chat_keeps_anybody_waiting(piece: str, end: str) -> None:
    begin = time.perf_counter()
    read_confirmation((piece * 300)[:295] + end)
    read_note_line(note_line("陈晨 " + (piece * 300)[:280] + end), ["柳林村第2网格居民一群"], ["陈晨"])
    read_note_line(note_line((piece * 9000)[:9000] + end))
    assert time.perf_counter() - begin < 1
