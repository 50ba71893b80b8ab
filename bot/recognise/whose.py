"""Whose groups somebody speaks of: their own, or a colleague's too (“我和周桂芳都转了”, “替何建国转了”). Pure.

Only plain forms are taken. Who merely names a colleague (“周桂芳已转发”, “周桂芳还没转”) speaks for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.recognise.confirm import MAX_LINE
from bot.recognise.normalise import simplified


@dataclass(frozen=True, slots=True)
class Whose:
    """``names``: whose groups besides, as they were written. ``own``: the speaker's too. ``rest``: the words without the
    names, as the speaker would say them of own groups."""

    names: tuple[str, ...]
    own: bool
    rest: str


_AND = r"\s*(?:和|跟|与|同|及|以及|还有|连同?|带上?|加上?|、|,|，)\s*"
_I = r"(?:我们|我|本人)"
_THE_TWO = r"(?:的)?(?:我们)?(?:[俩仨]|[两二三23]个?人)?(?:的)?"
_THEIRS = r"(?:[那这][边里份]?|名下|手[上里]|负责)?(?:的)?(?:几个|所有的?)?(?:居民)?(?:群|网格|任务)?"
_HELPS = r"(?:替|帮[忙着]?|代[替为]?)"
_TURN = r"转(?![账帐移让交载学正岗])"
_ONCE = r"(?:也|都|已经?|己|来|刚刚?|全部?|一起|一并|顺[手便带])"


def whose(text: str, names: Collection[str]) -> Whose:
    """Whose groups ``text`` is about. ``names``: how colleagues may be called, full and given names."""
    plain = simplified(text)
    known = [name for name in names if name and name in plain] if len(text) <= MAX_LINE else []
    if not known:
        return Whose((), True, text)
    one = "(?:" + "|".join(map(re.escape, sorted(known, key=len, reverse=True))) + ")"
    some = rf"{one}(?:(?:的)?{_AND}{one})*"
    found: list[str] = []

    def take(form: str, left: str, said: str) -> str:
        def taken(match: re.Match[str]) -> str:
            found.extend(re.findall(one, match[0]))
            return match.expand(left)

        return re.sub(form, taken, said)

    plain = _without_others(plain, one)
    rest = take(
        rf"{_I}(?:自己)?(?:的)?{_AND}{some}{_THE_TWO}(?:[,，\s]*(?=都|全|一起))?|{some}(?:的)?{_AND}{_I}{_THE_TWO}(?:[,，\s]*(?=都|全|一起))?",
        "我们",
        plain,
    )
    paired = bool(found)
    # “代周桂芳转发” is a report without any 了.
    rest = take(rf"(?:我)?代替?\s*{some}(?:的)?转发?(?=\s*(?:[,，。;；!！~]|$))", "已转发", rest)
    does = rf"(?:{_ONCE}|代)*+(?:{_TURN}|[,，:：])"
    # “给周桂芳转了” may as well say that it was sent to her.
    rest = take(
        rf"(?:我)?({_ONCE}*+)(?:{_HELPS}了?\s*{some}{_THEIRS}(?:把(?:几个|所有的?)?(?:居民)?群)?(?=\s*{does})|给\s*{some}{_THEIRS}(?=代))",
        r"\1",
        rest,
    )
    theirs = rf"{some}(?:的(?:[那这][边里份])?|{_THEIRS}(?<=[边里份群格务下的]))(?={_ONCE}*+(?:是|由)?我?(?:{_ONCE}|给|{_HELPS}[他她]?)*+{_TURN})"
    rest = take(theirs, "", rest)
    # “何建国出差了，我替他转了”
    rest = take(
        rf"{one}[^,，。;；转]{{0,8}}[,，。;；\s]+(?:[他她]?的?(?:群|网格))?(?:都)?[由是]?我?(?:给)?({_ONCE}*+){_HELPS}[他她]?(?:的)?(?={_ONCE}*+{_TURN})",
        r"\1",
        rest,
    )
    rest = take(rf"受{one}(?:委托|之托)[,，\s]*", "", rest)
    rest = take(
        rf"{some}(?:的|{_THEIRS})?(?:委托|托付?|交)给?我(?:来|帮)?转发?[,，\s]*(?={_ONCE}*+{_TURN})", "", rest
    )
    rest = take(rf"{one}[请让叫托]我{_HELPS}*[他她]?转发?(?:一下)?(?=\s*[,，。;；])", "", rest)
    if not found:
        return Whose((), True, plain if _CLAUSE.search(text) else text)
    rest = re.sub(rf"(?:由|是)?我?({_ONCE}*+){_HELPS}[他她]?({_ONCE}*+)(?=转)", r"\1\2", rest)
    rest = re.sub(r"是我转的(?=[,，\s]|$)", "转了", rest)
    rest = re.sub(rf"[由是]我(?=转)|顺[手便带](?={_ONCE}*+转)|(?<=我)给(?=转)", "", rest)
    rest = re.sub(
        rf"(?:^|[,，。;；\s]+){one}(?![^,，。;；\s]*转)[^,，。;；\s]{{1,8}}(?=$|[,，。;；\s])", "", rest
    )  # why it was done for them
    clauses = _CLAUSE.split(plain)
    mine = any(
        re.search(rf"我(?!替|帮|代).*{_TURN}", said) and not re.search(f"{one}|{_HELPS}", said)
        for said in clauses
    )
    return Whose(tuple(dict.fromkeys(found)), paired or mine, rest)


_CLAUSE = re.compile(r"[,，;；。!！\n]+")


def _without_others(plain: str, one: str) -> str:
    """“我转了，何建国没转”: what is only told of a colleague is nobody's word, and the rest is the speaker's."""
    clauses = _CLAUSE.split(plain)
    hearsay = re.compile(
        rf"\s*{one}(?:还|也|都|已经?|就|昨天|今天)*(?:(?:没有?|未)?{_TURN}.{{0,4}}|没有?|说.{{0,8}})"
    )
    left = [clause for clause in clauses if not hearsay.fullmatch(clause)]
    return "，".join(left) if 0 < len(left) < len(clauses) else plain
