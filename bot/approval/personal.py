"""Personal data in publicity: numbers and descriptions that point at one person (PLANS V4; PIPL). Pure.

A number is never repeated in full, not even in the finding. Hotlines (96110, 12381, 95xxx, 400-) are not personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum


class Personal(StrEnum):
    """The rule codes, as people type them to let a finding pass."""

    ID_NUMBER = "身份证号"
    PHONE = "手机号"
    BANK_CARD = "银行卡号"
    PERSON = "姓名住址"


_GLUE = r"[ \t\-‐-―·.]{0,2}"
_ID = re.compile(rf"(?<!\d)[1-9](?:{_GLUE}\d){{16}}{_GLUE}[\dx](?![\da-z])")
_CARD = re.compile(
    r"(?<!\d)[3-69](?:\d{14,18}|\d{3}(?:[ \-]\d{4}){2,3}[ \-]?\d{1,4}|(?: \d){14,18})(?!\d)(?![ \-]?\d{4})"
)
_PHONE = re.compile(rf"(?<!\d)(?:\+?86{_GLUE})?1[3-9](?:{_GLUE}\d){{9}}(?!\d)")

_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯"
_SINGLE = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武洪温赖章樊葛季路向施柯梅盛包单柳童岳齐牛翟庄纪舒"
_NOT_NAMES = (
    "高度|高龄|高额|高价|高兴|高达|高发|安全|方便|方式|金融|金额|金钱|钱财|于是|何人|何时|何种|任何|任意|许多|马上|程序员|顾客|"
    "孙子|孙女|严重|严防|严禁|万一|万元|万人|余额|余元|白白|单位|单身|包括|向他|向您|向对|向陌|和|温馨|武警|方可|路边|路上|程度|"
    "石油|江湖|龙头|夏天|夏季|季度|梅雨|盛行|牛奶|雷同|贺卡|段时间|施工|江边|金属|常见|田间|童年|马路|黄金|白天|周边|周末|周围|周[一二三四五六日]|石桥|柳林|马家|东方"
)
_NAME = rf"(?!{_NOT_NAMES})(?:(?:{_DOUBLE})[一-鿿]{{1,2}}|[{_SINGLE}](?!某|x|\*|×)[一-鿿]{{1,2}})"
_START = r"(?:^|(?<=[,，。!！?？;；:：、(（\s“\"·])|(?<=村民)|(?<=居民)|(?<=业主)|(?<=受害人)|(?<=事主)|(?<=当事人)|(?<=群众)|(?<=姓名)|(?<=老人)|(?<=[组号栋室]))"
_SITE = r"[一-鿿\d\-]{1,16}?(?:村|组|号|社区|小区|路|街|镇|乡|县|区|屯|湾|栋|单元|室)"
_NAME_AND_PLACE = re.compile(
    rf"{_START}{_NAME}(?<![居常入长暂借租同共合在])"
    rf"(?:[(（][^)）]{{0,12}}[)）])?(?:[,，、]?(?:男|女|现年|今年)?(?:\d{{1,3}}岁)?[,，、:：]?)"
    rf"(?:家?住址?在?于?|家住在?|现住|家庭住址|住址|地址|户籍)(?:是|为|在|于|[:：])?{_SITE}"
)
_FORM = re.compile(rf"姓名[是为:：]*{_NAME}.{{0,40}}?(?:身份证|住址|地址|电话|家住|卡号)")
_ID_OF = re.compile(rf"{_START}{_NAME}的?(?:身份证号|家庭住址|住址|银行卡号)")
_VICTIM = re.compile(
    rf"(?:村民|居民|业主|受害人|被害人|事主|当事人|群众|老人|会计|老师|家长|学生)[:：]?{_NAME}"
    rf"(?=[,，(（、被于在接遭因收轻误上向听通遇损把]|$)(?=[^。!！?？]{{0,30}}(?:骗|损失|转账|转走|汇款|上当))"
)
_NAMED_VICTIM = re.compile(rf"{_START}{_NAME}(?:被骗|被诈骗|遭遇诈骗|上当受骗|损失\d)")
_VICTIM_PLACE = re.compile(
    r"(?:村|社区|小区|街道|路|巷)第?[\d一二三四五六七八九十百]{1,5}(?:组|号|栋|幢|单元|室|网格|户)"
    r"(?=[^。!！?？;；]{0,24}(?:被骗|损失\d|被诈骗|受骗|转走\d))"
)
_PERSON = (
    (_NAME_AND_PLACE, "姓名和住址写在一起"),
    (_FORM, "姓名和证件、住址或电话写在一起"),
    (_ID_OF, "写了某个人的证件或住址"),
    (_VICTIM, "写了受害人的姓名"),
    (_NAMED_VICTIM, "写了受害人的姓名"),
    (_VICTIM_PLACE, "受害人住在哪个组、哪一户写得太细"),
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbers(line: str) -> Iterator[tuple[Personal, str, str, str, str]]:
    """Personal numbers in one `seen` line: rule, masked excerpt, what is wrong, what to write instead; and as it stands."""

    def take(pattern: re.Pattern[str], line: str) -> Iterator[tuple[re.Match[str], str]]:
        for match in pattern.finditer(line):
            yield match, re.sub(r"[^\dx]", "", match.group())

    for match, digits in take(_ID, line):
        if _is_id(digits):
            line = _blank(line, match)
            yield Personal.ID_NUMBER, _masked(digits), "有身份证号", "删掉，不写任何人的证件号", match.group()
    for match, digits in take(_CARD, line):
        if _luhn(digits):
            line = _blank(line, match)
            yield Personal.BANK_CARD, _masked(digits), "有银行卡号", "删掉，讲案例不用写卡号", match.group()
    for match, digits in take(_PHONE, line):
        yield (
            Personal.PHONE,
            _masked(digits[-11:]),
            "有手机号",
            "删掉，咨询电话写 96110 或单位的固定电话",
            match.group(),
        )


def people(line: str) -> Iterator[tuple[Personal, str, str, str, str]]:
    """People described so that neighbours know them, in one squeezed line, as `numbers`. At most one finding per wording."""
    taken: list[tuple[int, int]] = []
    for pattern, what in _PERSON:
        for match in pattern.finditer(line):
            start, end = match.span()
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                excerpt = match.group()[:1] + "**"
                yield Personal.PERSON, excerpt, what, "写成“某村一位村民”，去掉姓名和住址", match.group()


def _blank(line: str, match: re.Match[str]) -> str:
    return line[: match.start()] + " " * (match.end() - match.start()) + line[match.end() :]


def _masked(digits: str) -> str:
    return f"{digits[:3]}****{digits[-2:]}"


def _is_id(digits: str) -> bool:
    """A birthday that exists and the check character of GB 11643, so that an order number is no false hit."""
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return digits[6:8] in ("19", "20") and "10x98765432"[total % 11] == digits[17]


def _luhn(digits: str) -> bool:
    if not 15 <= len(digits) <= 19 or len(set(digits)) < 3:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
