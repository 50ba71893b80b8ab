"""Dates, places, codes and tags inside a line of chat: cut out as written. Pure; which place is meant is not known here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.commands.vocabulary import SOFT_TALK, TALK

_N = r"[0-9零〇一二三四五六七八九十两]{1,3}"
_WEEKDAY = "[一二三四五六日天末1-7]"
_WEEK = rf"(?:周|星期|礼拜){_WEEKDAY}"
_SPAN = rf"(?:{_N}个?(?:天半|天|日|周|星期|礼拜|月)|半天|[一两]天半)"
_DATE = (
    r"20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?"
    rf"|(?:今年|去年)?{_N}月(?:份|底|初|{_N}[日号]?)?"
    r"|(?<![\d.])\d{1,2}[./]\d{1,2}(?![\d.%/])[日号]?"
    rf"|(?<![第\d零一二三四五六七八九十]){_N}[日号](?!网格|群|楼|栋|院|线|店|村|小区|组)"
    r"|(?:大?[前昨今]天|[今昨前]日)(?:上午|下午|晚上|早上|中午)?|昨晚|今[早晚]|[1-9]\d?天内?"
    rf"|(?:本|这个?|上上?个?|当)(?:周|星期|礼拜){_WEEKDAY}?|(?:本|这个?|上个?|当)(?:月|季度)|今年|去年|本年度?|{_WEEK}"
    rf"|(?:最近|近|过去|前|这)(?:几天|几日|几周|{_SPAN})|最近|近期"
)
_RANGE = rf"(?:从)?(?:{_DATE})(?:(?:到|至|[-~—]+)(?:{_DATE}))?"
DATE = re.compile(_RANGE)
"""A day or a span that is over or running: what a question may ask about."""

LATER = (
    rf"20\d\d[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}[日号]?|(?:下个?月|本月|这个月|今年)?{_N}月(?:{_N}[日号]?|底|初)?|\d{{1,2}}[./]\d{{1,2}}[日号]?"
    rf"|(?:下个?月|本月)?{_N}[日号]|(?:大?后天|明后[天两]天?|[今明]天|[今明]日)(?:上午|下午|中午|晚上)?|今晚|[上下]午|(?:下下?个?|这个?|本)(?:周|星期|礼拜){_WEEKDAY}?|{_WEEK}"
    rf"|(?:这个?|下个?|本)?月[底初末]|下个?月|年底|[这后][两几三]天|{_SPAN}"
)
"""A day or a span until which somebody is away."""

_PLACE_END = r"(?:村|社区|街道|镇|乡|网格|小学|中学|大学|学校|幼儿园|支行|卫生院|医院|派出所|办|站|所|局|中心|公司|小区|组|委会|村委|居委|厂|企业|园区|市场)"
PLACE = re.compile(rf"[\w/·()#-]{{0,30}}{_PLACE_END}|全[镇村县区乡]|全街道")
SURE_PLACE = re.compile(r"[\w/·]{1,30}(?:村|社区|镇|乡|街道|网格)|全[镇村县区乡]")
NUMBERED = re.compile(rf"第?{_N}号?(?:网格|组|群)")
"""3网格: in a worker's mouth one of his own, not a place to ask about."""
GROUPISH = re.compile(rf"[^\s,]{{0,40}}(?:群|网格|之家|{_PLACE_END}|班|楼|栋|{_N})")
_NAME = re.compile(r"[\w/·()#\-]{1,20}")
_OWN_PLACE = re.compile(
    r"^(?:(?:我们?|咱们?|俺们?|本)(?:自己)?的?(?:这个?)?(?:村里?|社区|镇里?|网格|片区|片|单位|学校|校|小区|群|组)|(?:我们?|咱们?)这?(?:里|边|儿)|(?:我们?|咱们?)这)(?!的?第)"
)

TITLE = re.compile(r"[《〈<]([^《》〈〉<>\n]{1,80})[》〉>]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands around the word of a question. ``own``: his own place is named (我们村), which is the default."""

    node: str = ""
    when: str = ""
    own: bool = False


_EDGE = (
    r"现在|目前|当前|到底|整体|总体|总共|一共|全部|具体|详细|截至|截止|关于|反诈宣传|反诈|宣传|任务|转发|推送|消息|信息|内容|各[村社]区?|各个?(?:网格|单位|群)|居民群|网格群|所有|有没有"
    r"|(?:是|有|到|达到)?(?:多少|几个|怎么样|怎样|咋样|咋个样|如何|什么情况|啥情况)了?|情况|数据|报告|列表|清单|名单|给我|出来|一览|发我(?:一份)?|发一份(?:给我|过来|来)?|来一?[个份]|把|覆盖率|发一?[下个份]|发(?:出来|给我|过来)|列(?:出来|一下|个表)|给个?数字?|报个?数|都?有(?:哪些|谁)|[这那]条"
)
_EDGES = re.compile(
    rf"^(?:{_EDGE}|[在从查看问的都有还剩差]|[那这]个?(?=\w{{2}}\S*[村区镇]))++|(?:{_EDGE}|[的是里内都还呢啊有吗了发列咧嘞])+$"
)


def asked(before: str, after: str, *, places_only: bool = False) -> Asked | None:
    """The place and the day in what stands before and behind a question's word; None when something else does.

    A name without 村 or 社区 may stand right before the word (柳林覆盖率) or apart behind it. ``places_only``: it may
    not. A title in 《》 is a ``when``.
    """
    when, title = "", ""
    own = False
    names: list[str] = []
    for behind, piece in ((False, before), (True, after)):
        if found := TITLE.search(piece):
            title = found.group(1).strip()
            piece = piece[: found.start()] + " " + piece[found.end() :]
        apart = behind and piece[:1] in " ,:、"
        piece = _squeezed_words(piece)
        dated = DATE.search(piece)
        if dated and not (behind and when):
            when = when or dated.group().removeprefix("从").replace(" ", "")
            piece = piece[: dated.start()] + " " + piece[dated.end() :]
            apart = apart or (behind and dated.start() == 0)
        words = []
        for word in re.split(r"[\s,。、:;?!…]+", piece):
            mine = _OWN_PLACE.match(word)
            if mine:
                own, word = True, word[mine.end() :]
            word = _EDGES.sub("", word)
            if word and word not in ("我", "我们", "我的", "咱们"):
                words.append(word)
        name = "".join(words)
        if not name:
            continue
        if SEVERAL.search(name) or sum(word.endswith(("村", "社区")) for word in words) > 1:
            return None
        sure = all(PLACE.fullmatch(word) or NUMBERED.fullmatch(word) for word in words)
        near = len(words) == 1 and (apart or not behind) and not places_only
        if TALK.search(name) or not (sure or (near and _NAME.fullmatch(name) and not SOFT_TALK.search(name))):
            return None
        names.append(name)
    if len(names) > 1:
        return None
    return Asked(names[0] if names else "", title or when, own)


SEVERAL = re.compile(r"[村区镇格](?:和|跟|与|及|以及|还有)\w")
_SPELT = re.compile(r"(?<![^\s])(\w)\s(?=\w(?:\s|$))")


def _squeezed_words(piece: str) -> str:
    """Words that were typed with a space after each character are words again (“柳 林 村”, “3 月 12 日”)."""
    piece = re.sub(r"(?<=\d)\s+(?=[年月日号])|(?<=[年月])\s+(?=\d)|(?<=第)\s+|(?<=\d)\s+(?=网格)", "", piece)
    return _SPELT.sub(r"\1", piece)


ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 1 I L O: a code is read from a screen and typed on a phone."""
_LETTER = f"[{ALPHABET.lower()}]"
REVIEW_CODE = re.compile(
    rf"[#:,、。\s\"“'‘(\[【<《-]*(?:编号|审核码|审批码|代码|码)?[:\s]*(?P<code>{_LETTER}{{4,8}}|(?!{_LETTER}{{4}})(?:{_LETTER}[ -]?){{3}}{_LETTER})(?![a-z0-9])[\"”'’)\]】>》]*(?:这[条个份篇]|号)?"
)
BIND_CODE = re.compile(
    r"(?:一下|下)?[:,\s\"“(\[【是为码#]*(?:账号|帐号|码是?)?[:,\s]*(?P<code>[a-z0-9](?:[\s-]{0,2}[a-z0-9]){3,23})[\"”)\]】]*"
)

_PERSON = re.compile(
    r".*(?:人|人员|者|[党团会社船教雇服职店官]员|学员|教员|队员|员工|网格员|业务员|销售员|驾驶员|营业员|生|户|主|家长|家属|群众|群体|人群|居民|村民|妇女|青年|青少年|儿童|少年|职工|老师|教师|学生|会计|财务|财会|出纳|商户|企业|老板|宝妈|农民|农民工|市民|全民|老年|老人|大众|公众|网友|师生|父母|干部|民警|司机|骑手|主播|妈妈|爷爷|奶奶|股民|业主|员"
    r"|(?:快递|服务|营业|代购|银行|收银|便民)点|店|学校|[小中大]学|幼儿园|小区|社区|村|公司|单位|机关|工厂|工地|市场|商场|养老院)"
)
"""Also a place where people are."""
_FRAUD = re.compile(
    r"骗|返利|贷|投资|理财|冒充|刷单|网购|博彩|赌|杀猪盘|客服|退款|兼职|裸聊|交友|征信|养老|公检法|游戏|领导|两卡|洗钱|中奖|钓鱼|木马|虚假|保健品|引流|电信|购物|票务|机票|快递|反诈|96110|医保|社保|etc|注销|套现|跑分|帮信|套路"
)
_PRETENDED = re.compile("冒充|假|仿冒|骗|钓鱼|刷单|赌|返利|贷")
"""冒充老师 is no teacher."""
_LABEL = re.compile(r"(?P<label>受众|人群|对象|话题|主题|标签|类别)\s*:\s*")
_TAG = re.compile(r"#\s*(?P<tag>[^\s#,。;!?《》]{1,20})(?:#(?=\s|$))?")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text's tags by what they are, and the text without them."""

    rest: str
    audiences: tuple[str, ...]
    topics: tuple[str, ...]


def tagged(text: str) -> Tagged:
    """#标签 and “受众：… 话题：…” taken out of ``text``. A person is an audience, a fraud a topic, else by its place."""
    audiences: list[str] = []
    topics: list[str] = []
    labels = list(_LABEL.finditer(text))
    for number, label in enumerate(labels):
        end = labels[number + 1].start() if number + 1 < len(labels) else len(text)
        spelt = re.split(r"[\s,、;/。#|]+", text[label.end() : end].split("\n")[0])
        (audiences if label["label"] in ("受众", "人群", "对象") else topics).extend(filter(None, spelt))
    body = text[: labels[0].start()] if labels else text
    tags = [tag for found in _TAG.finditer(body) for tag in re.split("[、/|]", found["tag"]) if tag]
    for number, tag in enumerate(tags):
        first_of_several = number == 0 and len(tags) > 1
        person = _PERSON.fullmatch(tag) and not _PRETENDED.search(tag)
        if person or (first_of_several and not _FRAUD.search(tag)):
            audiences.append(tag)
        else:
            topics.append(tag)
    return Tagged(_TAG.sub(" ", body).strip(), tuple(dict.fromkeys(audiences)), tuple(dict.fromkeys(topics)))


_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}


def number_of(written: str) -> int | None:
    """1–20 as digits or Chinese numerals, else None."""
    if written.isascii() and written.isdigit():
        value = int(written) if len(written) <= 2 and written[0] != "0" else 0
    elif written == "十":
        value = 10
    else:
        tens, ten, ones = written.rpartition("十")
        if any(char not in _DIGITS for char in tens + ones) or len(ones) > 1 or len(tens) > 1:
            return None
        value = (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
    return value if 1 <= value <= 20 else None
