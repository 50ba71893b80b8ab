"""One line of the roster, cell by cell: text → typed values, with a problem for every cell that is wrong.

What a cell must be comes from CONTRACTS (columns) and DESIGN (consent; students and parents are never observed).
Judges one line at a time; what lines say about each other is `bot.roster.build`'s matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bot.errors import Problem
from bot.model.tree import Medium, Mode, Post, Use
from bot.roster.sheet import Cell, Row
from bot.roster.words import key, mask, nearest, quote

COLUMNS = (
    "层级",
    "单位",
    "上级单位",
    "单位类别",
    "群名称",
    "群类别",
    "渠道",
    "群人数",
    "方式",
    "观察",
    "同意人",
    "同意日期",
    "受众",
    "联系人",
    "副联系人",
    "分管领导",
    "主要负责人",
    "电话",
)
REQUIRED = ("层级", "单位", "上级单位", "群名称")
DEFAULT_LEVELS = ("镇", "街道", "乡", "村居", "单位", "社会组织", "网格", "部门", "小区")

USES: Mapping[str, Use] = {"工作群": Use.WORK, "居民群": Use.RESIDENT, "线下阵地": Use.OUTLET}
MEDIA: Mapping[str, Medium] = {
    "微信": Medium.WECHAT,
    "企业微信": Medium.WECOM,
    "QQ": Medium.QQ,
    "校信通": Medium.XIAOXUNTONG,
    "线下": Medium.OFFLINE,
}
MODES: Mapping[str, Mode] = {"转发": Mode.RELAY, "直发": Mode.DIRECT}
YES_NO: Mapping[str, bool] = {"是": True, "否": False}
POSTS: Mapping[str, Post] = {
    "联系人": Post.CONTACT,
    "副联系人": Post.DEPUTY,
    "分管领导": Post.IN_CHARGE,
    "主要负责人": Post.HEAD,
}
MOST_MEMBERS: Mapping[Medium, int] = {
    Medium.WECHAT: 500,
    Medium.WECOM: 2000,
    Medium.QQ: 5000,
    Medium.XIAOXUNTONG: 5000,
    Medium.OFFLINE: 0,
}
"""The media's own limits; more is a typing mistake."""
NAME_CHARS = 20
GROUP_NAME_CHARS = 60
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_DATE = re.compile(
    r"(20\d\d)(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}\d{7,8}|\d{7,8}")
_PUPILS = re.compile(
    r"学生|家长|家校|班级|年级|同学|幼儿|小学|初中|高中|初[一二三]|高[一二三]|[0-9一二三四五六七八九十]\)?班"
)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The group of a line."""

    name: Cell
    use: Use
    medium: Medium
    mode: Mode
    members: int
    observe: bool
    """As written; of a work group it says nothing new, the bot sits there anyway."""
    observe_place: str
    consent_by: str
    consent_on: date | None
    audiences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the roster. ``group`` is None for a line that is only about its node; ``audiences`` are then
    the node's."""

    level: str
    name: Cell
    parent: Cell
    kind: Cell
    group: GroupLine | None
    people: Mapping[Post, Cell]
    phone: Cell
    audiences: frozenset[str]


@dataclass(slots=True)
class _Reader:
    """The cells of one line while it is read, and what is wrong with them."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def cell(self, column: str) -> Cell:
        """The cell of ``column``; where the sheet has no such column, an empty one."""
        return self.row.get(column) or Cell("", self.row["单位"].place)

    def wrong(self, column: str, what: str, write: str) -> None:
        self.problems.append(Problem(self.cell(column).place, what, write))

    def name(self, column: str, most: int = NAME_CHARS) -> Cell:
        """A short text; problems for what is too long, invisible, or would run as a formula elsewhere."""
        cell = self.cell(column)
        text = re.sub(r"[ \u3000\xa0]+", " ", cell.text)
        if any(_invisible(char) for char in text):
            self.wrong(column, f"{quote(text)}里有换行或看不见的字符", "把这一格重新打一遍")
        elif text.startswith(_FORMULA_STARTS):
            self.wrong(column, f"{quote(text)}以“{text[0]}”开头，会被当成公式", f"去掉开头的“{text[0]}”")
        elif len(text) > most:
            self.wrong(column, f"“{column}”有 {len(text)} 个字，太长", f"最多 {most} 个字")
        return Cell(text, cell.place, cell.merged)

    def required(self, column: str) -> Cell:
        cell = self.name(column)
        if not cell.text:
            write = "合并单元格请拆开，每一行都写" if cell.merged else f"补上“{column}”"
            self.wrong(column, f"“{column}”是空的", write)
        return cell

    def choice(self, column: str, allowed: Mapping[str, Value], default: Value) -> Value:
        text = self.cell(column).text
        if not text:
            return default
        for name, value in allowed.items():
            if key(name).casefold() == key(text).casefold():
                return value
        self.wrong(column, f"“{column}”不能写{quote(text)}", "可以写：" + "、".join(allowed))
        return default

    def level(self, levels: Sequence[str]) -> str:
        cell = self.required("层级")
        for name in levels:
            if key(name) == key(cell.text):
                return name
        if cell.text:
            near = nearest(cell.text, levels)
            self.wrong(
                "层级",
                f"没有{quote(cell.text)}这个层级",
                f"是不是“{near}”" if near else "可以写：" + "、".join(levels),
            )
        return ""

    def person(self, column: str) -> Cell:
        """A person's name: blanks that only align a short name (王　敏) go; two names in one cell are a problem."""
        cell = self.name(column)
        pieces = cell.text.split(" ")
        text = "".join(pieces) if all(len(piece) == 1 for piece in pieces) else cell.text
        if re.search(r"[、，,；;/／]", text) or re.fullmatch(
            r"[\u4e00-\u9fff]{2,4}( [\u4e00-\u9fff]{2,4})+", text
        ):
            self.wrong(column, f"“{column}”写了不止一个人", "一格只写一个人，第二个人写到“副联系人”")
        return Cell(text, cell.place, cell.merged)

    def phone(self) -> Cell:
        """Digits only. Mobile (11 digits) or landline; the message shows a few digits at most."""
        cell = self.cell("电话")
        digits = re.sub(r"[\s\-()]|^\+86", "", unicodedata.normalize("NFKC", cell.text))
        if digits and not (digits.isascii() and _PHONE.fullmatch(digits)):
            self.wrong("电话", f"电话 {mask(digits)} 不对", "写 11 位手机号，或带区号的座机号")
            digits = ""
        return Cell(digits, cell.place)

    def audiences(self) -> frozenset[str]:
        cell = self.cell("受众")
        words = [word for word in re.split(r"[、，,；;\s]+", cell.text) if word]
        for word in words:
            if word.startswith(_FORMULA_STARTS) or any(_invisible(char) for char in word):
                self.wrong("受众", f"{quote(word)}里有不能用的字符", "写成“老年人、财会人员”这样")
            elif len(word) > NAME_CHARS:
                self.wrong("受众", f"{quote(word)}太长", f"每种受众最多 {NAME_CHARS} 个字，用“、”隔开")
        return frozenset(words)

    def members(self, medium: Medium, use: Use) -> int:
        text = key(self.cell("群人数").text).removesuffix("人")
        if not text:
            return 0
        if use is Use.OUTLET:
            self.wrong("群人数", "线下阵地没有群人数", "这一格留空")
            return 0
        most = MOST_MEMBERS[medium] or max(MOST_MEMBERS.values())
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
            name = next(name for name, value in MEDIA.items() if value is medium)
            self.wrong("群人数", f"群人数{quote(text)}不对", f"写 0 到 {most} 的整数（{name}群）")
            return 0
        return int(text)

    def day(self, column: str) -> date | None:
        text = key(self.cell(column).text)
        found = _DATE.fullmatch(text)
        try:
            if found:
                year, month, day = (int(part) for part in found.groups() if part)
                return date(year, month, day)
        except ValueError:
            pass
        if text:
            self.wrong(column, f"日期{quote(text)}不对", "写成 2026-03-01 这样")
        return None


def read_line(row: Row, levels: Sequence[str]) -> tuple[Line, Sequence[Problem]]:
    """A row's values and everything that is wrong with it. A line with problems is complete all the same, with
    defaults in the place of what could not be read."""
    reader = _Reader(row)
    level = reader.level(levels)
    name = reader.required("单位")
    if "/" in key(name.text):
        reader.wrong("单位", f"{quote(name.text)}里有“/”", "单位名称里不用“/”，上级写到“上级单位”")
    parent = reader.cell("上级单位")
    kind = reader.name("单位类别")
    audiences = reader.audiences()
    people = {post: reader.person(column) for column, post in POSTS.items()}
    phone = reader.phone()
    group_name = reader.name("群名称", GROUP_NAME_CHARS)
    group = None
    if group_name.text:
        group = _group(reader, group_name, audiences)
    else:
        for column in ("群人数", "同意人", "同意日期"):
            if reader.cell(column).text:
                reader.wrong(column, f"写了“{column}”，没写群名称", "补上群名称，或把这一格清空")
    return (
        Line(level, name, parent, kind, group, people, phone, frozenset() if group else audiences),
        reader.problems,
    )


def _group(reader: _Reader, name: Cell, audiences: frozenset[str]) -> GroupLine:
    use = reader.choice("群类别", USES, Use.RESIDENT)
    medium = reader.choice("渠道", MEDIA, Medium.OFFLINE if use is Use.OUTLET else Medium.WECHAT)
    mode = reader.choice("方式", MODES, Mode.RELAY)
    observe = reader.choice("观察", YES_NO, False)
    consent_by = reader.name("同意人", GROUP_NAME_CHARS).text
    consent_on = reader.day("同意日期")
    if use is Use.OUTLET and medium is not Medium.OFFLINE:
        reader.wrong("渠道", "线下阵地的渠道不对", "写“线下”，或把群类别改成“居民群”")
        medium = Medium.OFFLINE
    elif use is not Use.OUTLET and medium is Medium.OFFLINE:
        reader.wrong("渠道", "聊天群的渠道不能是“线下”", "写“微信”，或把群类别改成“线下阵地”")
    if medium is Medium.OFFLINE and mode is Mode.DIRECT:
        reader.wrong("方式", "线下阵地不能直发", "写“转发”，由人去张贴或播放")
    if observe and use is Use.OUTLET:
        reader.wrong("观察", "线下阵地没有聊天，不能观察", "写“否”")
    elif observe and use is Use.RESIDENT:
        missing = [
            column
            for column, given in (("同意人", consent_by), ("同意日期", reader.cell("同意日期").text))
            if not given
        ]
        if missing:
            reader.wrong(
                "观察",
                f"要观察“{name_of(name)}”，但没写" + "和".join(missing),
                "写上谁在哪天同意的；没征得同意就写“否”",
            )
    members = reader.members(medium, use)
    return GroupLine(
        name,
        use,
        medium,
        mode,
        members,
        observe,
        reader.cell("观察").place,
        consent_by,
        consent_on,
        audiences,
    )


def name_of(cell: Cell) -> str:
    """A group's or node's name as it may stand inside a message's own quotes."""
    return quote(cell.text)[1:-1]


def pupils(group: GroupLine, more: Iterable[str] = ()) -> bool:
    """Is this a group of students or parents? They are never observed (DESIGN, law). Errs on their side:
    the name, the audiences of the group and of its node (``more``), and the medium decide."""
    return group.medium is Medium.XIAOXUNTONG or any(
        _PUPILS.search(key(text)) for text in (group.name.text, *group.audiences, *more)
    )


def _invisible(char: str) -> bool:
    """Control and format characters; not the joiner inside an emoji, which group names do have."""
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs") and char != "\u200d"
