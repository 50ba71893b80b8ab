"""How questions are cut out of a line, and what somebody says of himself: away, bound. Pure; None: other talk.

A cut gets the line and the match of the command's word; what stands around the match are the arguments.
"""

from __future__ import annotations

import re
import unicodedata

from bot.commands.line import Cut, Line
from bot.commands.said import Command, Said
from bot.commands.slots import BIND_CODE, GROUPISH, LATER, NUMBERED, Asked, asked
from bot.commands.vocabulary import ASKS_FOR_OWN, LEAVE_WORD
from bot.model.speaker import Place, Role

_OFFICE = (Role.LEADER, Role.OFFICE, Role.REVIEWER)


def bare(command: Command) -> Cut:
    """The words are the whole line: nothing to cut."""

    def cut(line: Line, found: re.Match[str]) -> Said:
        return Said(command)

    return cut


def unasked(command: Command) -> Cut:
    """Like `bare`, and not asked: “暂停？” stops nothing."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        return None if line.asks else Said(command)

    return cut


def in_private(command: Command) -> Cut:
    """Like `bare`, said to the program and to nobody else."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        return Said(command) if line.place is Place.PRIVATE else None

    return cut


# ── the place and the day stand around the word ───────────────────────────────────────────────────────────


def _around(line: Line, found: re.Match[str], *, places_only: bool = False) -> Asked | None:
    before, after = line.plain[line.start : found.start()], line.plain[found.end() : line.end]
    return asked(before, after, places_only=places_only)


def place_and_day(command: Command) -> Cut:
    """柳林村 今天 … 《刷单返利》."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        before, after = line.plain[line.start : found.start()], line.plain[found.end() : line.end]
        mine = command is Command.GAPS and "谁" not in found[0] and ASKS_FOR_OWN.search(before)
        around = asked(ASKS_FOR_OWN.sub("", before) if mine else before, after)
        if around is None:
            return None
        if mine and not around.node and not around.own:
            return Said(Command.MY_TASKS)
        return Said(command, node=_spelt(line, around.node), when=_spelt(line, around.when))

    return cut


def _spelt(line: Line, name: str) -> str:
    """``name`` with the capitals that it was written with."""
    at = line.plain.find(name) if re.search("[a-z]", name) else -1
    if at < 0:
        return name
    written = unicodedata.normalize("NFKC", line.written[at : at + len(name)])
    return written if written.lower() == name else name


def for_the_town(command: Command) -> Cut:
    """The answer is one for all: a place or a day beside the word does no harm, anything else is other talk."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        return Said(command) if _around(line, found, places_only=True) else None

    return cut


def sent_how(line: Line, found: re.Match[str]) -> Said | None:
    """今天发得怎么样了: of a place it is the coverage, else how far the round has come."""
    around = _around(line, found, places_only=True)
    if around is None:
        return None
    if around.node:
        return Said(Command.COVERAGE, node=around.node, when=around.when)
    return Said(Command.PROGRESS)


def how_is(line: Line, found: re.Match[str]) -> Said | None:
    """老街社区咋样了, to the program and to nobody else."""
    around = asked(found["node"], "") if line.place is Place.PRIVATE else None
    return Said(Command.COVERAGE, node=around.node) if around else None


def left(line: Line, found: re.Match[str]) -> Said | None:
    """没转的, 还有几个没转: a leader asks for everybody's, a worker for his own or says that he did not yet."""
    before = line.plain[line.start : found.start()]
    others = re.sub(r"^\s*(?:还|现在|今天还)\s*|\s*(?:还|都|的群?|的群还)\s*$", "", before)
    asking = bool(found["which"])
    if re.search("各个?(?:村|社区|网格|单位|群)", others):
        everybody = _around(line, found)
        return Said(Command.GAPS, node=everybody.node, when=everybody.when) if everybody else None
    if ASKS_FOR_OWN.search(others):
        mine = asked(ASKS_FOR_OWN.sub("", others), line.plain[found.end() : line.end], places_only=True)
        return Said(Command.MY_TASKS) if asking and mine and not mine.node else None
    around = asked(others, line.plain[found.end() : line.end], places_only=not (asking or found["undone"]))
    if around is None:
        return None
    his = line.role not in _OFFICE
    if (around.node and not (his and not asking and NUMBERED.fullmatch(around.node))) or around.own:
        return Said(Command.GAPS, node=around.node, when=around.when)
    if asking:
        return Said(Command.MY_TASKS) if his else Said(Command.GAPS, when=around.when)
    # A plain 没转 is what somebody says of himself, whoever he is; 未转发 is also the name of the list.
    return Said(Command.GAPS, when=around.when) if found["undone"] and not his else None


# ── of himself and his room ───────────────────────────────────────────────────────────────────────────────


_WHY = r"(?:,?(?:因为?)?(?:我)?(?:家里|家中|临时|身体|孩子|娃|老人|单位|今天|有点|突然)*(?:有事|生病|病了|不舒服|有急事|住院|发烧|感冒|没|走|去世|奔丧|有丧事)了?,?)?"
_REST = r"(?:,+[^,?]*(?:群|转|发|活|任务|工作|事|网格)[^,?]*(?:放|停|替|代|顶|安排|交给|转不了|麻烦|没法|帮)[^,?]{0,6})?"
"""What becomes of the work meanwhile."""
_AWAY = re.compile(
    rf"(?:我|本人)?(?:要|想|需要|得)?{_WHY}(?:我|本人)?(?:从)?(?P<first>{LATER})?都?(?:起|开始)?(?:到|至|-|~)?(?P<last>{LATER})?(?:我)?(?:要|想|需要|得)?{_WHY}"
    rf"(?:{LEAVE_WORD}|(?P<rest>休息))了?[到至,:]*(?:(?P<from>{LATER})(?:起|开始)?)?(?:到|至|-|~|,)*(?P<until>{LATER})?"
    rf"(?:止|为止|结束)?(?:,?(?P<back>{LATER})(?:回来|上班|返岗|回)(?:上班)?)?{_WHY}了?{_REST}"
)


def away(line: Line, found: re.Match[str]) -> Said | None:
    """我请假, 请假到周五, 明天请假, 出差到3月15日; of nobody else. 休息 needs his 我."""
    told = _AWAY.fullmatch(line.squeezed)
    if told is None or line.asks or (told["rest"] and "我" not in told[0]):
        return None
    until = told["back"] or told["until"] or told["from"] or told["last"] or told["first"] or ""
    return Said(Command.LEAVE, until=until)


IN_HOSPITAL = rf"(?:我|本人)?(?:生病|病了|摔伤|受伤)?了?,?(?:住院|做手术)了?,*(?:(?:要|得)?(?:到|等)?(?P<until>{LATER})(?:才)?能?(?:回来|出院|上班|回))?了?"


def in_hospital(line: Line, found: re.Match[str]) -> Said | None:
    """住院了，月底才能回来, to the program and to nobody else."""
    if line.place is not Place.PRIVATE or line.asks:
        return None
    return Said(Command.LEAVE, until=found["until"] or "")


def back_again(line: Line, found: re.Match[str]) -> Said | None:
    """销假."""
    return None if line.asks else Said(Command.LEAVE, until="取消")


def bound(line: Line, found: re.Match[str]) -> Said | None:
    """绑定 7F3K-Q2MN; a code that cannot be one is handed on, so that somebody says so."""
    if found.end() == line.end:
        return Said(Command.BIND)
    told = BIND_CODE.fullmatch(line.plain, found.end(), line.end)
    code = re.sub(r"[\s-]", "", told["code"]).upper() if told else ""
    return Said(Command.BIND, code=code) if 4 <= len(code) <= 12 else None


def bound_group(line: Line, found: re.Match[str]) -> Said | None:
    """绑定群 柳林村第12网格一群: the name as written, emoji too."""
    opened = re.compile(r"[\s:,。、-]*").match(
        line.written.replace("：", ":").replace("，", ","), found.end()
    )
    start = opened.end() if opened else found.end()
    end = len(
        re.sub(r"(?:[\s。！!~,，]|[\s,，。！!](?:谢谢|多谢|谢了|辛苦|麻烦)[你您了啦]*)+\Z", "", line.written)
    )
    if start >= end:
        return Said(Command.BIND_GROUP)
    plain = line.plain[start:end]
    if len(plain) > 60 or re.search(r"[?\n]|怎么|[吗么]$|^(?:[了的主]|成功|失败)", plain):
        return None
    if start == found.end() and not GROUPISH.fullmatch(plain.strip('《》"“” ')):
        return None
    return Said(Command.BIND_GROUP, group=line.cut(start, end).strip('《》“”"「」【】 '))
