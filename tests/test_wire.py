"""What a gateway says, and what the program understands of it: every kind of message, broken and hostile ones too."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechaty.wire import (
    MAX_TEXT,
    MAX_XML,
    Payload,
    Read,
    read,
    says_too_fast,
    with_link,
    with_mini_program,
)
from bot.model.chat import BotRemoved, Message, MessageKind, Recall, Room, RoomSeen, TooFast
from bot.model.time import TZ
from bot.recognise.note import is_group_note

NOW = datetime(2026, 3, 12, 8, 30, tzinfo=TZ)
AT = NOW - timedelta(minutes=1)
ROOM, OWN = "r1@chatroom", "wxid_own"
FORMS = Path(__file__).parent / "wire"
TYPE_TEXT, TYPE_HISTORY, TYPE_NOTE, TYPE_RECALLED, TYPE_URL = 7, 4, 10, 13, 14


def told(text: str = "", number: int = TYPE_TEXT, **more: str) -> Payload:
    """What 王敏 posts in the room, unless ``more`` says otherwise."""
    payload = Payload("m1", number, text, "", "wxid_wang", ROOM, int(AT.timestamp()))
    return replace(payload, **more)  # type: ignore[arg-type]


def heard(text: str = "", number: int = TYPE_TEXT, **more: str) -> Read | None:
    return read(told(text, number, **more), OWN, NOW)


def message(text: str = "", number: int = TYPE_TEXT, **more: str) -> Message:
    """What is heard, which is a message."""
    event = heard(text, number, **more)
    assert isinstance(event, Message)
    return event


def form(name: str) -> str:
    return (FORMS / f"{name}.xml").read_text("utf-8")


def card(number: int, inside: str) -> str:
    return f"<msg><appmsg>{inside}<type>{number}</type></appmsg></msg>"


def history(*items: str) -> str:
    """A merged history of articles and the like, as WeChat writes it."""
    record = f"<recordinfo><datalist>{''.join(items)}</datalist></recordinfo>"
    return card(19, f"<title>聊天记录</title><recorditem><![CDATA[{record}]]></recorditem>")


def article(title: str) -> str:
    return f'<dataitem datatype="5"><datatitle>{title}</datatitle><link>https://example.cn/{title}</link></dataitem>'


def quoted_inside(levels: int) -> str:
    """An article in a history in a history…"""
    inside = article("最里面")
    for _ in range(levels):
        record = f"<recordinfo><datalist>{inside}</datalist></recordinfo>"
        inside = f'<dataitem datatype="17"><datadesc>王敏: 看看</datadesc><recordxml>{record}</recordxml></dataitem>'
    return history(inside)


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (0, MessageKind.TEXT, "早上好"),
        (1, MessageKind.FILE, ""),
        (2, MessageKind.AUDIO, ""),
        (3, MessageKind.UNKNOWN, ""),
        (4, MessageKind.HISTORY, "早上好"),
        (5, MessageKind.STICKER, ""),
        (6, MessageKind.IMAGE, ""),
        (7, MessageKind.TEXT, "早上好"),
        (8, MessageKind.UNKNOWN, ""),
        (9, MessageKind.MINI_PROGRAM, ""),
        (10, MessageKind.GROUP_NOTE, "早上好"),
        (11, MessageKind.UNKNOWN, ""),
        (12, MessageKind.UNKNOWN, ""),
        (13, None, ""),
        (14, MessageKind.LINK, ""),
        (15, MessageKind.VIDEO, ""),
        (16, MessageKind.UNKNOWN, ""),
        (17, None, ""),
        (18, None, ""),
        (19, MessageKind.TEXT, "早上好"),
        (99, MessageKind.TEXT, "早上好"),
        (-1, MessageKind.TEXT, "早上好"),
    ],
)
def test_every_type_of_message_has_a_kind_and_only_words_that_somebody_wrote_are_carried_in(
    number: int, kind: MessageKind | None, text: str
) -> None:
    wanted = kind and Message("m1", ROOM, "wxid_wang", AT, kind, text)
    assert heard("早上好", number) == wanted


def test_a_file_has_its_name_for_a_title() -> None:
    assert message(number=1, filename="反诈手册.pdf").title == "反诈手册.pdf"
    assert message(card(6, "<title>反诈手册.pdf</title>"), number=1).title == "反诈手册.pdf"
    assert message(card(74, "<title>反诈手册.pdf</title>"), number=1).kind is MessageKind.FILE


def test_the_title_of_a_card_is_not_guessed_from_a_file_name() -> None:
    for number in (9, 14):
        assert message("当心养老钱", number, filename="当心养老钱").title == ""


def test_a_mention_in_front_is_left_as_it_is() -> None:
    assert message("@传达\u2005覆盖率").text == "@传达\u2005覆盖率"


@pytest.mark.parametrize("number", [0, 7, 10, 19])
@pytest.mark.parametrize("head", ["#接龙", "# 接龙", "#接龍", "@所有人 #接龙"])
def test_a_group_note_can_be_read_under_whatever_number_it_comes(number: int, head: str) -> None:
    note = message(f"{head}\n转发情况\n1. 周桂芳 已转发", number)
    assert note.kind in (MessageKind.TEXT, MessageKind.GROUP_NOTE)
    assert is_group_note(note.text)


def test_a_group_note_may_be_a_card_too() -> None:
    note = message(card(53, "<title>#接龙\n转发情况\n1. 周桂芳</title>"), number=0)
    assert (note.kind, note.text) == (MessageKind.GROUP_NOTE, "#接龙\n转发情况\n1. 周桂芳")


# --- When, and by whom ---


@pytest.mark.parametrize("timestamp", [int(AT.timestamp()), int(AT.timestamp()) * 1000])
def test_the_time_is_told_in_seconds_or_in_milliseconds(timestamp: int) -> None:
    event = read(replace(told(), timestamp=timestamp), OWN, NOW)
    assert event is not None
    assert event.at == AT


@pytest.mark.parametrize(
    "timestamp",
    [0, -1, 1, 1_000_000_000, int(NOW.timestamp()) + 90_000, int(NOW.timestamp() * 1e6), 10**30, -(10**30)],
)
def test_a_time_that_cannot_be_true_is_now(timestamp: int) -> None:
    event = read(replace(told(), timestamp=timestamp), OWN, NOW)
    assert event is not None
    assert event.at == NOW


def test_what_is_said_by_a_clock_that_is_ahead_of_ours_is_said_now() -> None:
    event = read(replace(told(), timestamp=int(NOW.timestamp()) + 600), OWN, NOW)
    assert event is not None
    assert event.at == NOW


def test_only_what_our_own_account_posted_is_ours() -> None:
    assert message("早上好", talker=OWN).is_self
    assert not message("早上好").is_self
    unknown = read(told("早上好", number=6, talker=""), "", NOW)
    assert isinstance(unknown, Message)
    assert not unknown.is_self


def test_a_private_message_has_no_room() -> None:
    assert message("已转发", room="").room == ""


# --- Quotes ---


@pytest.mark.parametrize(
    ("text", "reply", "quoted"),
    [
        ("「何建国：请转发」\n- - - - - - - - - - - - - - -\n已转发", "已转发", "请转发"),
        ("「何建国：请转发\n谢谢」\n——————————\n已转发", "已转发", "请转发\n谢谢"),
        ("「何建国: 请转发」\n-----\n已转发\n3网格没转", "已转发\n3网格没转", "请转发"),
        ("“何建国：已转发”\n－－－－－－\n收到", "收到", "已转发"),
        (
            "「王敏：「何建国：请转发」\n- - - - - -\n已转发」\n- - - - - -\n收到",
            "收到",
            "「何建国：请转发」\n- - - - - -\n已转发",
        ),
        ("「何建国：」\n- - - - - -\n", "", ""),
    ],
)
def test_a_reply_is_told_from_what_it_quotes(text: str, reply: str, quoted: str) -> None:
    for number in (0, 7):
        read_as = message(text, number)
        assert (read_as.kind, read_as.text, read_as.quoted) == (MessageKind.QUOTE, reply, quoted)


@pytest.mark.parametrize(
    "text", ["「反诈」已转发", "「何建国：请转发」已转发", "- - - - - -\n已转发", "王敏：「好」\n---\n好"]
)
def test_corner_brackets_or_dashes_alone_quote_nobody(text: str) -> None:
    assert (message(text).kind, message(text).text) == (MessageKind.TEXT, text)


REFERS = "<title>已转发</title><refermsg><displayname>何建国</displayname><content>{}</content></refermsg>"


@pytest.mark.parametrize("number", [0, 7, 14])
def test_a_quote_that_comes_as_xml_is_the_same_quote(number: int) -> None:
    plain = message("「何建国：请转发」\n- - - - - -\n已转发")
    assert message(card(57, REFERS.format("请转发")), number) == plain


def test_of_a_quoted_article_the_title_is_quoted() -> None:
    inner = card(5, "<title>当心养老钱</title><url>https://example.cn</url>")
    reply = message(card(57, REFERS.format(f"<![CDATA[{inner}]]>")))
    assert (reply.text, reply.quoted) == ("已转发", "当心养老钱")
    reply = message(card(57, REFERS.format('<![CDATA[<msg><img aeskey="1"/></msg>]]>')))
    assert (reply.text, reply.quoted) == ("已转发", "")


# --- Cards ---


@pytest.mark.parametrize("number", [0, 7, 14, 16])
def test_an_article_says_its_link_title_and_description_whatever_its_number(number: int) -> None:
    text = card(
        5,
        "<title>钱&amp;quot;养老&amp;quot;</title><des>问儿女</des><url>https://example.cn/s?a=1&amp;b=2</url>",
    )
    link = message(text, number)
    assert (link.kind, link.title, link.description) == (MessageKind.LINK, '钱"养老"', "问儿女")
    assert link.url == "https://example.cn/s?a=1&b=2"
    assert link.text == ""


def test_a_link_keeps_what_only_looks_like_an_entity() -> None:
    url = "https://example.cn/s?a=1&times=2&copy=3"
    assert message(card(5, f"<url><![CDATA[{url}]]></url>")).url == url


@pytest.mark.parametrize("number", [0, 9])
def test_a_mini_program_says_its_page(number: int) -> None:
    shared = message(form("mini_program"), number)
    assert shared.kind is MessageKind.MINI_PROGRAM
    assert (shared.appid, shared.page) == ("wx00ff", "pages/quiz.html?n=1&m=2")
    assert shared.title == "反诈知识 30 题"


def test_a_video_of_a_channel_says_what_stands_below_it_and_whose_it_is() -> None:
    video = message(form("channels"), number=0)
    assert (video.kind, video.title) == (MessageKind.CHANNELS, "一分钟看懂刷单骗局 #反诈")
    assert video.description == "清河反诈"


def test_a_card_of_another_type_is_what_its_number_says_or_nothing_of_it_is_kept() -> None:
    song = card(3, "<title>反诈之歌</title><url>https://example.cn/song</url>")
    assert (message(song, TYPE_URL).kind, message(song, TYPE_URL).title) == (MessageKind.LINK, "反诈之歌")
    transfer = message(card(2000, "<title>微信转账</title><des>收到转账500元</des>"), number=0)
    assert transfer == Message("m1", ROOM, "wxid_wang", AT, MessageKind.UNKNOWN)


# --- Merged histories ---


def test_a_merged_history_with_three_articles_becomes_three_items() -> None:
    merged = message(history(article("一"), article("二"), article("三")), TYPE_HISTORY)
    assert (merged.kind, merged.title) == (MessageKind.HISTORY, "聊天记录")
    assert [(item.id, item.title, item.url) for item in merged.items] == [
        ("m1/1", "一", "https://example.cn/一"),
        ("m1/2", "二", "https://example.cn/二"),
        ("m1/3", "三", "https://example.cn/三"),
    ]
    assert merged.text == "", "the items say it"


@pytest.mark.parametrize("number", [0, 4, 7, 14])
def test_a_merged_history_says_who_said_what(number: int) -> None:
    merged = message(form("history"), number)
    assert [(item.kind.value, item.sender_name, item.title, item.text) for item in merged.items] == [
        ("text", "王敏", "", "已转发 <3网格>"),
        ("image", "何建国", "", ""),
        ("video", "何建国", "", ""),
        ("link", "周桂芳", "当心您的养老钱", ""),
        ("file", "周桂芳", "反诈手册.pdf", ""),
        ("history", "王敏", "王敏和李强的聊天记录", ""),
        ("mini_program", "王敏", "反诈测一测", ""),
        ("unknown", "王敏", "", ""),
    ]
    assert {(item.room, item.at, item.sender, item.sha256) for item in merged.items} == {(ROOM, AT, "", "")}
    link, nested, program = merged.items[3], merged.items[5], merged.items[6]
    assert (link.url, link.description) == (
        "https://example.gov.cn/a?id=7&times=2&from=x",
        "签字之前，先问问儿女",
    )
    assert [(item.id, item.url) for item in nested.items] == [("m1/6/1", "https://example.gov.cn/inner")]
    assert (program.appid, program.page) == ("wx00ff", "pages/quiz.html?n=1")


def test_a_history_in_a_history_may_be_written_out_as_text() -> None:
    inner = f"<recordinfo><datalist>{article('里面')}</datalist></recordinfo>"
    merged = message(history(f'<dataitem datatype="17"><recordxml>{escape(inner)}</recordxml></dataitem>'))
    assert merged.items[0].items[0].title == "里面"


def test_a_history_is_read_three_levels_deep_and_below_that_by_its_preview() -> None:
    def depth(one: Message) -> int:
        return 1 + max(map(depth, one.items), default=0)

    assert depth(message(quoted_inside(1))) == 3
    assert depth(message(quoted_inside(50))) == 4
    third = message(quoted_inside(50)).items[0].items[0].items[0]
    assert (third.kind, third.items, third.text) == (MessageKind.HISTORY, (), "王敏: 看看")


def test_of_a_very_long_history_the_first_500_items_are_read() -> None:
    assert len(message(history(*[article("一")] * 900)).items) == 500
    inside = "".join([article("一")] * 300)
    record = f"<recordxml><recordinfo><datalist>{inside}</datalist></recordinfo></recordxml>"
    merged = message(history(*[f'<dataitem datatype="17">{record}</dataitem>'] * 3))
    assert sum(1 + len(item.items) for item in merged.items) == 500, "those inside count too"


def test_of_a_history_that_is_cut_off_the_words_are_read_line_by_line() -> None:
    whole = form("history")
    cut = message(whole[: whole.index("<fullmd5>")], TYPE_HISTORY)
    assert (cut.kind, cut.items) == (MessageKind.HISTORY, ())
    assert cut.text.splitlines() == [
        "群聊的聊天记录",
        "王敏: [链接] 养老投资高回报，当心您的养老钱",
        "何建国: 收到",
        "群聊的聊天记录",
        "已转发",
    ]


def test_a_history_without_its_record_is_its_preview() -> None:
    preview = card(19, "<title>聊天记录</title><des>王敏: 已转发</des>")
    assert (message(preview).kind, message(preview).text) == (MessageKind.HISTORY, "王敏: 已转发")
    broken = card(19, "<recorditem>&lt;recordinfo&gt;&lt;datadesc&gt;已转发&lt;/datadesc&gt;</recorditem>")
    assert message(broken).text == "已转发"


def test_a_history_of_more_than_a_megabyte_is_its_words_only() -> None:
    big = message(history(*[article("一")] * 20_000), TYPE_HISTORY)
    assert (big.kind, big.items) == (MessageKind.HISTORY, ())
    assert big.text.startswith("聊天记录\n一\n一\n")
    assert len(big.text) <= MAX_TEXT


def test_a_history_that_is_no_xml_is_carried_as_given() -> None:
    assert message("王敏：早\n何建国：早", TYPE_HISTORY).text == "王敏：早\n何建国：早"


# --- Broken and hostile XML ---

BOMB = '<!DOCTYPE m [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE = [
    BOMB + "<msg><appmsg><type>5</type><title>&b;</title></appmsg></msg>",
    '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><msg><appmsg><type>5</type><title>&x;</title></appmsg></msg>',
    "<msg><appmsg><type>5</type><title>&unknown;</title></appmsg></msg>",
    "<msg><appmsg><type>5</type><title>没有写完",
    "<msg><appmsg><type>5</type><title>a & b</title></appmsg></msg>",
    "<msg><appmsg><type>5</type><title>&#0;</title></appmsg></msg>",
    "<msg><appmsg><type>5</type><title>\x01</title></appmsg></msg>",
    "<msg>" * 1000 + "<appmsg>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_of_xml_that_cannot_be_trusted_nothing_is_read(text: str) -> None:
    link = message(text, TYPE_URL)
    assert (link.kind, link.title, link.url) == (MessageKind.LINK, "", "")
    assert message(text, number=0) == Message("m1", ROOM, "wxid_wang", AT, MessageKind.UNKNOWN)
    assert message(text).kind is MessageKind.TEXT


def test_a_bomb_that_is_written_out_inside_a_card_does_not_go_off_either() -> None:
    record = f"{BOMB}<recordinfo><title>&b;</title></recordinfo>"
    merged = message(card(19, f"<recorditem>{escape(record)}</recorditem>"))
    assert (merged.kind, merged.items, merged.text) == (MessageKind.HISTORY, (), "&b;")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16", "utf-7", "nonsense"])
def test_xml_is_read_as_the_text_it_is_whatever_encoding_it_claims(encoding: str) -> None:
    claims = f'<?xml version="1.0" encoding="{encoding}"?>\n' + card(5, "<title>养老</title>")
    assert message("\n" + claims).title == "养老"


def test_words_in_angle_brackets_are_words() -> None:
    for number in (0, 7):
        assert message("<通知>请转发", number).text == "<通知>请转发"
    assert message("<b>请转发</b>").text == "<b>请转发</b>"


def test_what_no_database_can_hold_is_taken_out() -> None:
    assert message("已\0转\ud83d发").text == "已转发"
    assert message(number=1, filename="手\0册.pdf").title == "手册.pdf"
    title = message(card(5, "<title>养\0老&amp;#xD800;</title>")).title
    assert title.encode("utf-8").decode("utf-8").startswith("养老")


def test_a_text_is_cut_at_a_length_that_nobody_writes() -> None:
    assert len(message("长" * 50_000).text) == MAX_TEXT
    assert len(message(card(5, f"<title>{'长' * 50_000}</title>")).title) == MAX_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 330_000,
        "<a>" * 140_000 + "</a>" * 140_000,
        "<msg><appmsg>" + "<title>" * 140_000,
        "<msg><appmsg>" + "<title><![CDATA[" * 60_000,
        "&lt;" * 240_000,
        "「王敏：" + "」\n- - - - " * 2_000,
        "「王敏：" + "」 " * 10_000,
        "「王敏：」\n" + "- " * 10_000,
        " " * MAX_XML,
    ],
    ids=range(9),
)
@pytest.mark.parametrize("number", [4, 7])
def test_nothing_that_can_be_posted_keeps_anybody_waiting(text: str, number: int) -> None:
    begin = time.perf_counter()
    heard(text, number)
    assert time.perf_counter() - begin < 1


# --- Messages that are taken back ---

TAKEN_BACK = (
    '<sysmsg type="revokemsg"><revokemsg><session>r1@chatroom</session><msgid>1001</msgid>{}'
    '<replacemsg><![CDATA["王敏" 撤回了一条消息]]></replacemsg></revokemsg></sysmsg>'
)


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("7301234567890123456", "7301234567890123456"),
        (" 0f8b-4c1e \n", "0f8b-4c1e"),
        (TAKEN_BACK.format("<newmsgid>7301234567890123456</newmsgid>"), "7301234567890123456"),
        (TAKEN_BACK.format(""), "1001"),
    ],
)
def test_a_message_that_is_taken_back_is_known_by_its_id(text: str, taken_back: str) -> None:
    assert heard(text, TYPE_RECALLED) == Recall(ROOM, taken_back, AT)


@pytest.mark.parametrize(
    "text", ["", '"王敏" 撤回了一条消息', "撤回", "recalled", "撤回了 3 条消息", "<sysmsg", "<1>"]
)
def test_words_about_taking_back_name_no_message(text: str) -> None:
    assert heard(text, TYPE_RECALLED) is None


def test_the_chat_says_in_xml_what_was_taken_back_and_a_person_cannot() -> None:
    said = TAKEN_BACK.format("")
    assert heard(said, number=17) == Recall(ROOM, "1001", AT)
    assert heard(said, talker="") == Recall(ROOM, "1001", AT)
    assert isinstance(heard(said), Message)
    assert isinstance(heard(said, number=0), Message)


# --- Lines of the chat itself ---

REMOVED = [
    '你被"王敏"移出群聊',
    "你被“王敏”移出了群聊",
    "你已被移出群聊",
    "你已退出群聊",
    "你已經被移出羣聊",
    "您已被移出群組。",
]
RENAMED = [
    '"王敏"修改群名为“柳林村工作群”',
    '你修改群名为"柳林村工作群"',
    "“王敏”修改群名為「柳林村工作群」",
    "「王敏」修改群組名稱為「柳林村工作群」",
]
BROUGHT_IN = [
    '"王敏"邀请你加入了群聊',
    '"王敏"邀请你加入了群聊，群聊参与人还有：何建国、周桂芳',
    "“王敏”邀请你和“李强”加入了群聊",
    "「王敏」邀請你加入了群聊",
    "你通过扫描二维码加入群聊",
    '你通过扫描"王敏"分享的二维码加入群聊',
]
TOO_FAST = [
    "操作过于频繁，请稍后再试",
    "操作太频繁，请稍后再试。",
    "发送消息过于频繁，可稍后再试。",
    "消息发送过于频繁",
    "您的操作過於頻繁，請稍後再試",
    "你發送訊息太頻繁",
]
NOT_FOR_US = [
    "",
    '"王敏"邀请"李强"加入了群聊',
    '"李强"通过扫描"王敏"分享的二维码加入群聊',
    '"李强"通过扫描你分享的二维码加入群聊',
    '你邀请"李强"加入了群聊',
    '你将"李强"移出了群聊',
    '"李强"被"王敏"移出群聊',
    "收到红包，请在手机上查看",
    '"王敏"拍了拍你',
    '"王敏" 撤回了一条消息',
    '"操作太频繁"邀请"李强"加入了群聊',
    '"王敏"拍了拍“操作过于频繁”',
    '你邀请"你已被移出群聊"加入了群聊',
    "以上是打招呼的内容",
    "<sysmsg type='sysmsgtemplate'><x/></sysmsg>",
    BOMB,
]
SPOKEN_BY_NOBODY = [
    {"number": 17},
    {"number": 18},
    {"number": 7, "talker": ""},
    {"number": 0, "talker": ""},
    {"number": 7, "talker": ROOM},
    {"number": 0, "talker": ROOM},
]


def by_nobody(line: str) -> list[Read | None]:
    return [heard(line, **said) for said in SPOKEN_BY_NOBODY]  # type: ignore[arg-type]


@pytest.mark.parametrize("line", REMOVED)
def test_the_chat_says_that_we_were_removed(line: str) -> None:
    assert by_nobody(line) == [BotRemoved(ROOM, AT)] * 6


@pytest.mark.parametrize("line", RENAMED)
def test_the_chat_says_that_a_room_has_another_name(line: str) -> None:
    assert by_nobody(line) == [RoomSeen(Room(ROOM, "柳林村工作群"), AT)] * 6


@pytest.mark.parametrize("line", BROUGHT_IN)
def test_the_chat_says_that_we_were_brought_into_a_room(line: str) -> None:
    assert by_nobody(line) == [RoomSeen(Room(ROOM, ""), AT)] * 6


@pytest.mark.parametrize("line", TOO_FAST)
def test_the_chat_says_that_we_are_too_fast(line: str) -> None:
    assert by_nobody(line) == [TooFast(AT)] * 6
    assert heard(line, number=17, room="") == TooFast(AT), "in a private chat too"
    assert says_too_fast(f'Error: sendMessage "{line}"'), "and in an error of the gateway"


@pytest.mark.parametrize("line", NOT_FOR_US)
def test_what_the_chat_says_of_others_is_nothing(line: str) -> None:
    assert by_nobody(line) == [None] * 6


@pytest.mark.parametrize("line", REMOVED[:1] + RENAMED[:1] + BROUGHT_IN[:1])
def test_where_there_is_no_room_nobody_is_removed_from_it(line: str) -> None:
    assert heard(line, number=17, room="") is None


@pytest.mark.parametrize("line", [*REMOVED, *RENAMED, *BROUGHT_IN, *TOO_FAST])
def test_a_person_who_writes_what_the_chat_would_say_is_only_a_person(line: str) -> None:
    for number in (0, 7):
        assert (message(line, number).kind, message(line, number).text) == (MessageKind.TEXT, line)


# --- Asking the gateway for a card ---


def test_a_link_without_words_is_completed_by_what_the_gateway_knows() -> None:
    answer = '{"url": "https://example.cn/a", "title": "当心养老钱", "description": null, "thumbnailUrl": "x", "n": 1}'
    link = message(number=TYPE_URL)
    assert with_link(link, answer) == replace(link, url="https://example.cn/a", title="当心养老钱")


def test_a_mini_program_is_completed_likewise() -> None:
    answer = '{"appid": "wx00ff", "pagePath": "pages/quiz", "title": "反诈", "username": "gh_1@app", "description": "答题"}'
    program = message(number=9)
    completed = replace(program, appid="wx00ff", page="pages/quiz", title="反诈", description="答题")
    assert with_mini_program(program, answer) == completed


@pytest.mark.parametrize(
    "answer",
    ["", "{", "null", "[]", "7", '"url"', '{"url": ["https://example.cn"]}', "[" * 100_000, "1" * 9999],
    ids=range(9),
)
def test_an_answer_that_cannot_be_read_changes_nothing(answer: str) -> None:
    link = message(card(5, "<title>养老</title><url>https://example.cn</url>"))
    assert with_link(link, answer) == link
    assert with_mini_program(link, answer) == link


def test_an_answer_brings_nothing_in_that_a_database_cannot_hold() -> None:
    answer = '{"title": "\\ud83d养\\u0000老", "url": " https://example.cn "}'
    link = with_link(message(number=TYPE_URL), answer)
    assert (link.title, link.url) == ("养老", "https://example.cn")


# --- Whatever comes ---

PIECES = st.sampled_from(
    [
        "<msg>", "<appmsg>", "</appmsg>", "</msg>", "<type>19</type>", "<type>57</type>", "<type>5</type>", "<title>",
        "</title>", "<recorditem>", "</recorditem>", "<![CDATA[", "]]>", "<recordinfo>", "<datalist>", '<dataitem datatype="17">',
        "</dataitem>", "&amp;", "&#0;", "&#xD800;", "&#99999999999;", "<!DOCTYPE a>", "<?xml version='1.0'?>", "「王敏：", "」\n", "- - - - - -\n",
        "你被", "移出群聊", "操作太频繁", "修改群名为“", "”", "\0", "\ud800", "\ufffe", "7", "已转发",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(PIECES, max_size=25).map("".join),
    st.lists(PIECES, max_size=25).map(lambda pieces: history("".join(pieces))),
    st.lists(PIECES, max_size=9).map(lambda pieces: card(57, "".join(pieces))),
)
IDS = st.one_of(st.sampled_from(["", ROOM, OWN, "wxid_wang"]), st.text(max_size=9))
PAYLOADS = st.builds(
    Payload,
    id=IDS,
    type=st.one_of(st.integers(-1, 20), st.integers()),
    text=TEXTS,
    filename=TEXTS,
    talker=IDS,
    room=IDS,
    timestamp=st.one_of(st.integers(), st.integers(0, 2**42)),
)


@given(PAYLOADS, st.sampled_from(["", OWN]))
def test_whatever_comes_is_understood_or_let_go_and_never_an_error(payload: Payload, own: str) -> None:
    event = read(payload, own, NOW)
    if event is None:
        return
    assert datetime(2015, 1, 1, tzinfo=TZ) <= event.at <= NOW + timedelta(days=1)
    if isinstance(event, Message):
        assert (event.id, event.room, event.sender) == (payload.id, payload.room, payload.talker)
        assert event.is_self == (payload.talker == own and own != "")
        for one in (event, *event.items):
            for words in (one.text, one.quoted, one.title, one.url, one.description, one.sender_name):
                assert len(words) <= MAX_TEXT
                assert "\0" not in words
                assert words.encode("utf-8") is not None
    elif isinstance(event, Recall | BotRemoved):
        assert event.room == payload.room
    elif isinstance(event, RoomSeen):
        assert event.room.id == payload.room


@given(TEXTS)
def test_whatever_the_gateway_answers_a_message_stays_a_message(answer: str) -> None:
    for complete in (with_link, with_mini_program):
        assert complete(message(number=TYPE_URL), answer).kind is MessageKind.LINK
