"""What must not stand in publicity without a second thought (PLANS V1, V4; DESIGN, burden and law). Pure.

It reads like a careful colleague: quoted words of fraudsters and negations (“不强制安装”) are no findings. A finding
blocks approval until a second person lets it pass with a reason, so a false alarm costs one sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.model.content import Content, Part, PartKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubtful place. ``rule`` is its code, ``place`` where (Chinese), ``write`` what to write instead."""

    rule: str
    place: str
    excerpt: str
    what: str
    write: str


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    what: str
    write: str


_PRAISED = r"(?:装了|安装后?|下载后?|用了|有了|学会|看了|记住|转发)[^，。；！？]{0,12}"
_RULES = (
    _Rule(
        "强制",
        re.compile(
            r"必须(?:全部|立即|马上|都|人人)?(?:安装|下载|注册|装|打卡|接龙|转发|关注)|强制(?:要求)?(?:安装|下载|注册|装|推广)"
            r"|一律(?:要|必须|得)?(?:安装|下载|注册|装)|(?:人人|全员|户户)(?:必须|都要|要)(?:安装|下载|注册|装)"
            r"|(?:不|未|没有?)(?:安装|下载|注册|转发|打卡|装)[^，。；]{0,8}[，,]?(?:[^，。；]{0,6})(?:后果自负|通报批评|扣分|罚款|追究|约谈|问责)"
        ),
        "带强制的意思",
        "写成自愿，如“建议安装，全凭自愿”（V1）",
    ),
    _Rule(
        "挂钩",
        re.compile(
            r"(?:不|未|没有?)(?:安装|下载|注册|转发|关注|装)[^。；！？]{0,12}(?:不予|不给|不能|不得|无法|暂停|停止|取消|不准)"
            r"[^。；！？]{0,8}(?:办理|受理|办事|发放|领取|入学|报名|入内|进入|取款|服务|补贴|低保|待遇|开户|办)"
            r"|凭[^。；！？]{0,8}(?:安装|下载|注册|转发)[^。；！？]{0,8}(?:才能|方可|才可|办理|领取)"
            r"|(?:安装|下载|注册|转发)(?:后|了|完)?(?:才能|方可|才可以?)(?:办理|领取|入学|报名|进入|取款)"
        ),
        "把安装或转发和办事挂钩",
        "删掉这个条件，办事和装不装无关（V1）",
    ),
    _Rule(
        "夸大",
        re.compile(
            r"(?:百分之?百|百分百|100\s*%|绝对|保证|彻底|完全|永远|一定)(?:不会|不再|不|能|可以?|防|杜绝|避免)?(?:被骗|受骗|上当|防骗|防诈|安全|拦截|追回|挽回)"
            rf"|{_PRAISED}(?:就|便|再也|从此)(?:不会|不再|不)(?:被骗|受骗|上当)"
            r"|(?:最强|最安全|最权威|第一|唯一)(?:的)?(?:防骗|防诈|反诈)(?:神器|软件|APP|平台|工具)?|防骗神器|万无一失|零风险"
        ),
        "说得太满",
        "改成做得到的话，如“能帮您多一道提醒”（V1）",
    ),
)  # fmt: skip
_NEGATED = re.compile(
    r"(?:不|没有|不得|不要|不能|禁止|严禁|绝不|从不|不会|不搞|不许|无需|并非|不是)[^，。；！？]{0,4}$"
)
_OPENING, _CLOSING = '“「『"‘', '”」』"’'
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,18}(?!\d)")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
_NAME_AT = re.compile(
    rf"(?<![一-鿿])[{_SURNAMES}][一-鿿]{{1,2}}(?:[（(][^）)]{{0,8}}[）)])?[，,、：: ]*(?:家)?(?:住址?|家住|居住在?|现住|户籍)[是在于：: ]*[一-鿿\d]{{2,}}"
)
_FILED = re.compile(
    r"(?:受害人|事主|当事人|被害人|被骗人)[：: ]*(?:姓名[：: ]*)?[一-鿿]{2,3}(?=[，,（(、。；：: ]|$)"
)
_ANONYMOUS = re.compile(r"某|女士|先生|大爷|大妈|阿姨|老人")
_URL = re.compile(r"(?:https?://|www\.)[^\s，。；、！？）】》”\"'<>]+|(?<![\w.@])(?:[a-z0-9-]+\.)+(?:cn|com|net|top|xyz|vip|cc|me|ly|io|gl)(?:/[^\s，。；、！？）】》”\"'<>]*)?(?![\w.])", re.I)  # fmt: skip
_SHORT = frozenset(
    [
        "t.cn",
        "dwz.cn",
        "suo.im",
        "suo.nz",
        "bit.ly",
        "url.cn",
        "tinyurl.com",
        "goo.gl",
        "is.gd",
        "u6.gg",
        "6du.in",
        "mrw.so",
        "dwz.mk",
        "t.hk",
        "c7.gg",
        "985.so",
        "rrd.me",
        "sourl.cn",
        "tb.cn",
        "m.tb.cn",
        "w.url.cn",
        "z.cn",
    ]
)
_UNSEEN = re.compile("[​-‏⁠-⁤﻿­]")


def findings(content: Content, allowed_links: Sequence[str]) -> list[Finding]:
    """Everything doubtful in ``content``, in reading order. ``allowed_links``: hosts, their sub-domains included."""
    found: list[Finding] = []
    for place, text in _lines(content):
        found += _wording(place, text)
        found += _personal(place, text)
        found += _links_in_text(place, text, allowed_links)
    for index, part in enumerate(content.parts, 1):
        if part.kind is PartKind.LINK:
            found += _link(f"第{index}部分 链接", part.url, allowed_links)
    found += _signature(content)
    return found


def _lines(content: Content) -> Iterator[tuple[str, str]]:
    """Every line that a reader would see, with where it stands, made plain (width, hidden characters)."""
    yield "标题", plain(content.title)
    for index, part in enumerate(content.parts, 1):
        if part.kind is PartKind.TEXT:
            for number, line in enumerate(part.text.splitlines(), 1):
                yield f"第{index}部分 正文第{number}行", plain(line)
        else:
            for name, text in (("标题", part.title), ("说明", part.description)):
                if text and text != content.title:
                    yield f"第{index}部分 {name}", plain(text)


def plain(text: str) -> str:
    """Full-width letters and digits as usual ones, hidden characters gone, spaces inside Chinese words closed."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"(?<=[一-鿿])[ \t]+(?=[一-鿿])", "", seen)


def _wording(place: str, text: str) -> Iterator[Finding]:
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            if not _NEGATED.search(text[: match.start()]) and not _quoted(text, match.start()):
                yield Finding(rule.code, place, match.group(), f"“{match.group()}”{rule.what}", rule.write)


def _quoted(text: str, at: int) -> bool:
    """Whether position ``at`` is inside quotation marks: what somebody else says."""
    opened = max(text.rfind(mark, 0, at) for mark in _OPENING)
    if opened < 0:
        return False
    closed = max(text.rfind(mark, opened + 1, at) for mark in _CLOSING)
    return closed < 0 and any(mark in text[at:] for mark in _CLOSING)


def _personal(place: str, text: str) -> Iterator[Finding]:
    """V4: numbers and names that point at a person. The number itself is never repeated in full."""
    for match in _ID_CARD.finditer(text):
        if _id_card_is_real(match.group()):
            yield Finding("个人信息", place, _masked(match.group()), "有身份证号", "删掉（V4）")
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if not _ID_CARD.fullmatch(match.group()) and _luhn(digits):
            yield Finding("个人信息", place, _masked(digits), "有银行卡号", "删掉（V4）")
    for pattern, what in ((_PHONE, "有手机号"), (_LANDLINE, "有座机号")):
        for match in pattern.finditer(text):
            write = "删掉，咨询电话写 96110（V4）"
            yield Finding("个人信息", place, _masked(match.group()), what, write)
    for pattern, what in ((_NAME_AT, "有姓名和住址"), (_FILED, "有当事人的姓名")):
        for match in pattern.finditer(text):
            if not _ANONYMOUS.search(match.group()):
                yield Finding(
                    "个人信息", place, match.group()[:1] + "**", what, "改成“某村民”，去掉住址（V4）"
                )


def _masked(number: str) -> str:
    return f"{number[:3]}****{number[-2:]}"


def _id_card_is_real(text: str) -> bool:
    """The checksum of GB 11643, so that an order number is no false alarm."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], weights, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 2


def _links_in_text(place: str, text: str, allowed: Sequence[str]) -> Iterator[Finding]:
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:!?")
        yield from _link(place, url if "://" in url else f"https://{url}", allowed)


def _link(place: str, url: str, allowed: Sequence[str]) -> Iterator[Finding]:
    """A link that is not on the list, is short, hides its host or is not encrypted."""
    try:
        parts = urlsplit(unicodedata.normalize("NFKC", url))
        host = (parts.hostname or "").rstrip(".").lower()
        odd = bool(parts.username or parts.password or (parts.port not in (None, 443, 80)))
    except ValueError:
        yield Finding("链接", place, url, "网址写得不对", "从浏览器里重新复制完整网址")
        return
    if host in _SHORT:
        yield Finding("短链接", place, host, f"“{host}”是短链接，看不出去哪里", "换成完整的网址")
    elif odd or not any(host == a or host.endswith(f".{a}") for a in (x.lower() for x in allowed)):
        listed = "、".join(allowed)
        yield Finding(
            "链接",
            place,
            host,
            f"“{host}”不在允许的网站里",
            f"只用 {listed}；要加网站，写进 schedules.yaml 的 links",
        )
    elif parts.scheme != "https":
        yield Finding("链接", place, host, "网址不是 https 开头", "换成 https 的网址")


def _signature(content: Content) -> Iterator[Finding]:
    """Publicity must not look like fraud: who says it, under which number, and where to ask (DESIGN)."""
    shown = "\n".join(_caption(part) for part in content.parts)
    if content.number and content.number not in shown:
        yield Finding(
            "署名", "全文", content.number, "正文和卡片里看不到编号", f"正文最后一行写上 {content.number}"
        )
    if "96110" not in shown and any(part.kind is PartKind.TEXT for part in content.parts):
        yield Finding("署名", "全文", "", "没有 96110", "正文最后一行写上“咨询劝阻 96110”")


def _caption(part: Part) -> str:
    return f"{part.text}\n{part.title}\n{part.description}"
