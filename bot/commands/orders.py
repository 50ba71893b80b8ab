"""How what is to be done is cut out of a line: which content, which place, for what reason. Pure; None: other talk.

A cut gets the line and the match of the command's word; what stands around the match are the arguments.
"""

from __future__ import annotations

import re

from bot.commands.line import Cut, Line
from bot.commands.said import Command, Said
from bot.commands.slots import (
    DATE,
    NUMBERED,
    PLACE,
    REVIEW_CODE,
    SEVERAL,
    SURE_PLACE,
    TITLE,
)
from bot.commands.vocabulary import NO_PLACE, NO_TITLE, SOFT_TALK, TALK, UNFINISHED
from bot.model.speaker import Place, Role

FOLLOWS = re.compile(r"(?:一下)?[\s,:。;、]*")
_TAIL = re.compile(r"[\s,。!~;、]+(?:谢谢|多谢|辛苦了|麻烦了)?[\s。!~]*\Z|[。!~]+\Z")


# ── decisions on a content ──────────────────────────────────────────────────────────────────────────────────


def approved(line: Line, found: re.Match[str]) -> Said | None:
    """批准 7F3K, 7F3K 通过."""
    code = found.groupdict().get("code")
    if code is None:
        told = REVIEW_CODE.fullmatch(line.plain, found.end(), line.end)
        code = told["code"] if told else None
    return None if code is None or line.asks else Said(Command.APPROVE, code=_code(code))


def rejected(line: Line, found: re.Match[str]) -> Said | None:
    """驳回 7F3K 图片不清楚, 7F3K 驳回：…"""
    end = len(line.plain)
    code, at = found.groupdict().get("code"), found.end()
    if code is None:
        told = REVIEW_CODE.match(line.plain, at, end)
        if told is None:
            return None
        code, at = told["code"], told.end()
    return Said(Command.REJECT, code=_code(code), reason=reason_of(line, at, end))


def _code(written: str) -> str:
    return re.sub("[ -]", "", written).upper()


def reason_of(line: Line, start: int, end: int) -> str:
    """As written, without 原因： before it and the full stop behind it."""
    opened = re.compile(r"[\s,:;。、(-]*(?:(?:原因|理由)(?:是|如下)?\s*:?\s*)?").match(line.plain, start, end)
    start = opened.end() if opened else start
    closed = _TAIL.search(line.plain, max(start, end - 40), end)
    reason = line.cut(start, closed.start() if closed else end)
    return "" if reason in ("谢谢", "多谢", "辛苦了", "麻烦了") else reason


# ── what is to be sent, taken back, asked for ─────────────────────────────────────────────────────────────


def title_of(line: Line, start: int, end: int, *, apart: bool = False, because: bool = False) -> str:
    """The title between two places, without 《》; "" if it is none.

    ``apart``: the word before it proves little. ``because``: a reason may follow a title in 《》.
    """
    opened = FOLLOWS.match(line.plain, start, end)
    start, glued = (opened.end(), opened.end() == start) if opened else (start, True)
    plain = line.plain[start:end].strip()
    if quoted := TITLE.search(line.plain, start, end):
        around = line.plain[start : quoted.start()] + line.plain[quoted.end() : end]
        around = re.sub("[,。;].{0,40}$", "", around) if because else around
        thing = re.fullmatch(
            r"\s*(?:一下|[这那]?[条篇个份])?\s*(?:[这那][条篇个份]|内容|一下)?(?:下来|回来)?\s*", around
        )
        return line.cut(*quoted.span(1)) if thing else ""
    if (
        not plain
        or len(plain) > 40
        or (apart and glued)
        or NO_TITLE.search(plain)
        or re.search("[,。?;]", plain)
    ):
        return ""
    named = re.match(r"(.+?)(?:这[条篇个份]|一下)$", plain)
    return line.cut(start, start + len(named[1]) if named else end)


_TO = re.compile(r"\s*(?:发?给|发?到|发?往|发?至)\s*(?P<node>[\w/·]{2,30})\s*$")
_TO_FIRST = re.compile(r"\s*(?:发?给|发?到|发?往|发?至|向)\s*(?P<node>[\w/·]{2,30}?)(?:[\s,:]+|(?=《))")
_FIRST_WORD = re.compile(
    rf"[\s:]+(?P<node>{SURE_PLACE.pattern})[\s,:]+(?P<title>(?!(?:.*\s)?(?:{PLACE.pattern})$)\S{{2,30}})"
)
_LAST_WORDS = re.compile(r"(?:^|[\s》])\s*(?P<node>[\w/·]+(?:(?<=[村区镇])\s+[\w/·]*网格)?)\s*$")


def pushed(*, apart: bool = False) -> Cut:
    """推送 刷单返利 柳林村, 推送《刷单返利》给柳林村, 推送给柳林村：刷单返利. ``apart``: see `title_of`."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        start, end = found.end(), line.end
        if line.asks:
            return None
        if start == end:
            return None if apart else Said(Command.PUSH)
        rest = line.plain[start:end]
        if first := _TO_FIRST.match(rest):
            return _push(line, first["node"], start + first.end(), end)
        if to := _TO.search(rest):
            if not rest[: to.start()].strip(" ,:"):
                bare_place = SURE_PLACE.fullmatch(to["node"]) and not apart
                return Said(Command.PUSH, node=to["node"]) if bare_place else None
            return _push(line, to["node"], start, start + to.start(), apart=apart)
        if place_first := _FIRST_WORD.fullmatch(rest.rstrip()):
            return _push(line, place_first["node"], start + place_first.start("title"), end, apart=apart)
        last = _LAST_WORDS.search(rest)
        if last and (last.start() > 0 or rest[0] == " ") and PLACE.fullmatch(last["node"].replace(" ", "")):
            before = rest[: last.start("node")].strip(" ,:、")
            if before:
                return _push(line, last["node"], start, start + last.start("node"), apart=apart)
        if everywhere := re.search(r"(?<=\w)全[镇县区乡村]$", rest):
            return _push(line, everywhere[0], start, start + everywhere.start(), apart=apart)
        if SURE_PLACE.fullmatch(rest.strip()) and not apart:
            return Said(Command.PUSH, node=rest.strip())
        return _push(line, "", start, end, apart=apart)

    return cut


def pushed_behind(line: Line, found: re.Match[str]) -> Said | None:
    """把刷单返利推送到柳林村, 给柳林村推送刷单返利."""
    if line.asks:
        return None
    node = found.groupdict().get("node") or ""
    if "title" in found.re.groupindex and found["title"] is not None:
        return _push(line, node, *found.span("title"))
    return _push(line, node, found.end(), line.end)


def _push(line: Line, node: str, start: int, end: int, *, apart: bool = False) -> Said | None:
    node = "".join(node.split())
    title = title_of(line, start, end, apart=apart)
    if not title or (node and (NO_PLACE.match(node) or TALK.search(node))):
        return None
    return Said(Command.PUSH, title=title, node=node)


def sent_to(line: Line, found: re.Match[str]) -> Said | None:
    """把《刷单返利》发给第三小学: of the office, to the program and to nobody else."""
    known = PLACE.fullmatch(found["node"]) and line.role is Role.OFFICE and line.place is Place.PRIVATE
    return pushed_behind(line, found) if known else None


def withdrawn(line: Line, found: re.Match[str]) -> Said | None:
    """撤回 刷单返利, 把《刷单返利》撤下来."""
    if line.asks:
        return None
    if "title" in found.re.groupindex:
        title = title_of(line, *found.span("title"))
    else:
        title = title_of(line, found.end(), line.end, because=True)
    return Said(Command.WITHDRAW, title=title) if title and not title.endswith("了") else None


def reminded(line: Line, found: re.Match[str]) -> Said | None:
    """催一下柳林村, 提醒 柳林, 提醒没转的."""
    rest = line.plain[found.end() : line.end]
    apart = rest[:1] in " ,:" or found[0].endswith("下")
    rest = "".join(rest.split()).strip(",:。")
    place = re.sub(rf"(?:{UNFINISHED.pattern})$", "", rest)
    place = re.sub(rf"(?:{UNFINISHED.pattern})$", "", place)
    if not _theirs(place) or re.fullmatch("各?个?(?:村|社区|网格|单位|群)", place):
        return Said(Command.REMIND)
    known = PLACE.fullmatch(place) or NUMBERED.search(place)
    likely = (
        apart and re.fullmatch(r"[\w/·]{2,3}", place) and not (SOFT_TALK.search(place) or DATE.search(place))
    )
    if (
        NO_PLACE.match(place)
        or TALK.search(place)
        or SEVERAL.search(place)
        or not (known or (likely and not re.match(r"[小老阿]\w$", place)))
    ):
        return None
    return Said(Command.REMIND, node=place)


def reminded_behind(line: Line, found: re.Match[str]) -> Said | None:
    """柳林村催一下. Without 一下 it is a sender's name: 派出所提醒."""
    if not re.search("下|催催|一催", line.plain[found.end("node") :]):
        return None
    place = "".join(found["node"].split())
    return (
        Said(Command.REMIND, node=_theirs(place))
        if PLACE.fullmatch(place) and not NO_PLACE.match(place)
        else None
    )


def _theirs(place: str) -> str:
    """The place, or "" for one's own, which is the default."""
    return "" if re.fullmatch(r"(?:我们?|咱们?|本)(?:村|社区|镇|网格|这[里边]?)", place) else place
