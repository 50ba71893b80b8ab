"""The words with which people in a work group say that they forwarded something: patterns, no decisions.

Each pattern must match a whole clause: a clause with a word that is not known here is not a confirmation,
so that 已转账 or 转发了别人的 is never taken for one. Written for text that `clean` made.
"""

from __future__ import annotations

import re

from bot.recognise.normalise import MAX_CHARACTERS, fold, numbers_at, without_mentions, without_quote

_TRADITIONAL = str.maketrans(
    "轉發羣網還沒個後過點區組號條這們請謝麼嗎誰為東馬灣雙橋鷺鎮應處說問來對時間領導證賬帳戶業樓棟單員責幾項內兩辦經無畢眾認確剛給說讓從",
    "转发群网还没个后过点区组号条这们请谢么吗谁为东马湾双桥鹭镇应处说问来对时间领导证账账户业楼栋单员责几项内两办经无毕众认确刚给说让从",
)
_TICK = re.compile(r"(转发?)\s*(?:[✅✔☑√👌]|\[ok\])", re.I)
_TICKS = re.compile("[✅✔☑√]")
_TITLE = re.compile(r"《([^《》\n]{1,60})》")
_WHEN = re.compile(
    r"(?:(?:今天|今日|昨天|昨日|前天|早上|上午|中午|下午|晚上|今早|刚才)+(?:\d{1,2}[点:]\d{0,2}分?)?|\d{1,2}[点:]\d{0,2}分?)"
    r"(?:发)?的(?:[那这]?[一两二三\d]?[条个份篇])?|第[一二三四五\d]{1,2}[条篇]|[一二两三四五\d]{1,2}条(?=[都全均已])|[这那此][一两]?[条篇份]|昨[天日晚]|前天"
)

NUM = r"(?:\d{1,3}|[一二三四五六七八九十百两]{1,4})"
_PLACE = r"(?:网格|群|村|社区|小组|组|小区|号楼|楼|栋|幢|单元|片区|支行|分社|小学|中学|学校|幼儿园|卫生院|班)"
_LETTER = r"(?:(?!所有|全部|其他|其余|别的|剩下|大家|各位|每个|除|转|已|己)[\w()#·\-](?<![请帮让没未不谁哪]))"
ALL_GROUPS = (
    r"(?:(?:我|我们|本人)(?:的|负责的?|名下的?|管的?|这边的?)?)?(?:所有的?|全部的?|各个?|每个|几个|我的|自己的|名下的?|负责的?)*"
    r"(?:居民|业主|村民|微信|网格|家长)?群(?:里面?|内|中|聊)?|(?:本|我|我的|所有|全部|各)网格|所有的?"
)
COUNTED = rf"{NUM}个(?:居民|微信|网格)?(?:群|网格|村|组)?"
ITEM = (
    rf"(?:{_LETTER}{{0,30}}?{NUM}?{_PLACE}(?:[\dA-Za-z一二三四五六七八九十]{{1,3}}群?)?"
    r"|第?\d{1,3}(?:[-~至到]\d{1,3})?(?:号|个)?)"
)
_SELF = r"(?:我们?|本人|俺|咱们?|我这边|这边|我这里)?(?:的)?"
_SEEN = r"(?:收到|好的?|嗯+|哦|ok|收悉|是的)?"
_WAY = r"(?:也|只|刚刚?|才|早就?|现在|目前|今天|今日|早上|上午|中午|下午|晚上|昨天|昨晚|全部?|都|均|皆|按时|及时|按要求|顺利|逐一|第一时间|立即|并|统一|一一)*"
_DONE = r"(?:已经|己经|以经|已|己|以)"
_VERB = r"(?:转发|转(?![账帐移让交载学正岗身诊业型嫁达告播换]))"
_END = r"(?:了|啦|喽|咯|哈|完毕|完成|完了?|好了?|过|成功|到位|出去|结束|ok)"
_INTO = r"(?:到|至|给|进|在|往)?"
CLAIM = (
    rf"{_SELF}{_SEEN}{_SELF}{_WAY}(?:"
    rf"{_DONE}{_WAY}(?:完成)?{_VERB}{_END}*"
    rf"|{_DONE}(?:收到|阅|学习|知晓|浏览|看)(?:并|且|,)?{_WAY}{_DONE}?{_VERB}{_END}*"
    rf"|{_VERB}{_END}+"
    rf"|{_DONE}?{_WAY}完成了?(?:全部)?转发了?"
    rf"|{_DONE}发(?:送)?(?=(?:到|至|进|在)?[^\s,]*群)"
    rf"|发(?=(?:到|至|进)[^\s,]*群[里内]?了)"
    rf"|(?:全部|均|都|全){_VERB}{_END}*(?={_INTO}[^\s,]*群)"
    r")"
)
_OTHERS = r"(?:其他|其它|其余|别的|剩下|剩余)(?:的)?(?:几个|所有)?(?:网格|群)?"

CLAUSE = re.compile(
    rf"(?:只有|就)?(?:(?P<others>{_OTHERS})|(?P<counted_before>{COUNTED})|(?P<all_before>{ALL_GROUPS})"
    rf"|(?P<before>{ITEM})(?:的)?(?:{ALL_GROUPS})?)?"
    rf"(?P<claim>{CLAIM})"
    rf"(?:{_INTO}(?:(?P<counted_after>{COUNTED})|(?P<all_after>{ALL_GROUPS})|(?P<after>{ITEM}))(?:里|内)?(?:了|啦|完毕)*)?"
)
EACH = re.compile("都|全|均|皆|所有")
ONLY_ITEM = re.compile(rf"(?:还有)?(?P<item>{ITEM}|{COUNTED})(?:里|内|的)?")
NOT_DONE = re.compile(
    rf"{_SELF}(?:的)?(?:还有|就|只有|只差|差)?(?:(?P<item>{ITEM})|{COUNTED}|{_OTHERS})?{_SELF}{_WAY}(?:还|暂时?|尚)?"
    rf"(?:没有?|未|没来得及|来不及|忘了?|忘记|没法|无法|没空|不能?|不会){_WAY}(?:时间)?(?:{_VERB}|完成)?(?:发|完|好|成功|出去|了|呢)*"
    rf"|{_SELF}(?:还|暂时?)?{_VERB}(?:发)?不了"
)
LATER = re.compile(
    rf"{_SELF}(?:{ITEM}|{_OTHERS})?(?:明天|明早|后天|等会儿?|等一?下|等一会儿?|一会儿?|稍后|晚点|晚些|待会儿?|过会儿?|回头|马上|立即|立刻|这就|就|准备|正在|正"
    rf"|今晚|晚上|中午|上午|下午|下班后?|有空|抽空|来|去|会|要|再|就去|\d{{1,2}}点后?|我|在|给)+{_VERB}(?:一下|的|了|呢|吧|中|ing)*"
)
QUESTION = re.compile(
    r"[?]|[吗嘛么呢]\s*$|[吗嘛]|谁|哪|怎么|是否|是不是|有没有|能否|能不能|可不可以|多少|几个没|转发?了?没有?\s*[.。!]*\s*$"
)
ORDER = re.compile(
    "请|帮|大家|各位|务必|抓紧|尽快|记得|麻烦|别忘|的人|你|您|(?<!其)他|她|必须|要求|通知|提醒|催"
)
POLITE = re.compile(
    r"(?:收到|收悉|好的?|好嘞|好滴|嗯+|哦+|ok|是的?|对|明白|知道了?|了解|不好意思|抱歉|报告.{0,6}|.{0,6}(?:辛苦|谢谢|感谢|多谢)[^转发没未]{0,8}"
    r"|麻烦了?|(?:请|敬请|烦请)?.{0,4}(?:查收|查看|知悉|放心|审阅|指示|核实|登记|统计|过目)|.{0,6}(?:您好|你好|早上好|上午好|中午好|下午好|晚上好|早|领导好)"
    r"|[^转发没未]{0,4}(?:主任|书记|领导|老师|所长|镇长|警官|同志|站长))"
)
SEPARATOR = re.compile(r"[\s,;。!、|/&+:…\"'“”‘’()\[\]【】]+|(?<!\d)[.~-]+|[.~-]+(?!\d)|(?<=\d)\.(?=\d)")
_JOINED = re.compile(
    r"(?<=[\d群格组号村区栋楼])\s*(?:和|与|跟|及|以及|还有)\s*(?=[第\d一二三四五六七八九十])"
)
_GAP_BEFORE = re.compile(r"(第)\s+(?=\d)|(?<=\d)\s+(?=(?:号?网格|号?群|号楼|组))")
_SPELT = re.compile(r"(?<=[已己转])\s+(?=[转发])|(?<=已)\s+(?=经)")
_ROW = re.compile(r"(?<=群)(?=[一二三四五六七八九十\d]{1,3}群)")
_OUTSIDE = re.compile(r"(?<=[\d群格组号村区栋楼])(?:以外|之外|外(?=[都全均其别剩已己转,;\s]))")
_SPLIT_BEFORE = re.compile(r"(?<!^)(?=其他|其它|其余|别的|剩下)")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """A line of chat ready for the patterns, and what it says it is about (numbers, titles, 昨天的), removed.

    Simplified characters, one width, no mention, no emoji, no quoted message.
    """
    plain = _TICK.sub(r"\1了", without_quote(text[:MAX_CHARACTERS]).translate(_TRADITIONAL))
    plain = without_mentions(fold(_TICKS.sub(" ", plain))).strip()
    about: list[str] = []
    for number in reversed(list(numbers_at(plain))):
        about.insert(0, number.canonical)
        plain = f"{plain[: number.start]} {plain[number.end :]}"
    for pattern in (_TITLE, _WHEN):
        about += [found.group(1) if pattern is _TITLE else found.group() for found in pattern.finditer(plain)]
        plain = pattern.sub(" ", plain)
    return plain.strip(), tuple(dict.fromkeys(about))


def clauses(plain: str) -> list[str]:
    """The clauses of a cleaned line, polite ones left out."""
    plain = _ROW.sub(",", _GAP_BEFORE.sub(r"\1", _SPELT.sub("", plain)))
    plain = _OUTSIDE.sub(",", _JOINED.sub(",", plain))
    plain = _SPLIT_BEFORE.sub(",", plain)
    found = [clause for clause in SEPARATOR.split(plain) if clause]
    return [clause for clause in found if not POLITE.fullmatch(clause)]
