"""A chat copied out of WeChat, cut into messages; and whose name a shown name is.

Only cuts: what a message means is for others. Nothing pasted is kept here. Every way of copying looks different
(phone, PC selection, exported, typed by hand), so the headers are told by their form, and a line that is no
header belongs to the message above it (CONTRACTS, `paste`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.errors import InputErrors, Problem
from bot.model.time import at_time, day_of
from bot.model.tree import Worker
from bot.recognise.normalise import fold, without_quote
from bot.recognise.note import is_group_note

MAX_CHARACTERS = 200_000
MAX_LINES = 5_000
PLACE = "粘贴的聊天"
CLOCK_SLACK = timedelta(minutes=10)
"""A time without a date that lies further ahead than this is yesterday's."""


@dataclass(frozen=True, slots=True)
class PastedMessage:
    """One message. ``sender``: the name shown, "" if none was copied; ``line``: of its first line, from 1;
    ``at``: aware, or None when no time was copied. ``text`` is without what was quoted."""

    sender: str
    text: str
    line: int
    at: datetime | None


_DATE = r"(?:(?:(?:19|20)\d\d[-/.年]\s?)?\d{1,2}[-/.月]\s?\d{1,2}日?|今天|昨天|前天|(?:星期|周)[一二三四五六日天])"
_PART_OF_DAY = r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上)?\s?"
_CLOCK = rf"{_PART_OF_DAY}\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?(?:\s?[AaPp][Mm])?"
_WHEN = rf"(?P<when>(?:{_DATE}\s*(?:(?:星期|周)[一二三四五六日天]\s*)?)?{_CLOCK})"
_NAME = r"(?P<name>[^\s:：,，。;；!！?？「」《》<>][^:：,，。;；!！?？「」《》<>\n]{0,39}?)"

_NAME_THEN_TIME = re.compile(rf"{_NAME}\s+{_WHEN}\s*[:：]?")
_DATE_THEN_NAME = re.compile(rf"(?P<when>{_DATE}\s*{_CLOCK})\s+{_NAME}\s*[:：]?")
_BRACKETED = re.compile(rf"[\[【(（]\s*{_WHEN}\s*[\]】)）]\s*{_NAME}\s*(?:[:：]\s*(?P<rest>.*)|)")
_DATE_NAME_REST = re.compile(rf"(?P<when>{_DATE}\s*{_CLOCK})\s+{_NAME}\s*[:：]\s*(?P<rest>\S.*)")
_NAME_COLON = re.compile(r"(?P<name>[^:：,，。;；!！?？「」《》<>\"“”=/\\\n]{1,24}?)\s*[:：]\s*(?P<rest>.*)")
_MINUTE = rf"(?P<when>{_PART_OF_DAY}\d{{1,2}}[:：]\d{{2}})"
_SECOND = rf"(?P<when>{_PART_OF_DAY}\d{{1,2}}[:：]\d{{2}}[:：]\d{{2}})"
_TIME_FIRST = (
    re.compile(rf"{_MINUTE}\s+{_NAME}\s*[:：]\s*(?P<rest>.*)"),
    re.compile(rf"{_SECOND}\s+{_NAME}\s*[:：]\s*(?P<rest>.*)"),
    re.compile(rf"{_SECOND}\s+{_NAME}"),
)
"""To the minute only with a colon behind the name: “8:30 开会” is what people write."""
_NAME_ALONE = re.compile(
    r"(?P<name>[^\s:：,，。;；、!！?？…~「」《》<>\[\]#@/\\=\"“”][^:：,，。;；!！?？…「」《》<>\[\]\n]{0,23})"
)
_STRONG = (_BRACKETED, _DATE_NAME_REST, _DATE_THEN_NAME, _NAME_THEN_TIME)
_DATED = (_BRACKETED, _DATE_NAME_REST, _DATE_THEN_NAME)

_NO_NAME = re.compile(
    rf"\d+\s*[.、．)）].*|[\d\s\-.]+|{_PART_OF_DAY}\d{{1,2}}|.*(?:转发|接龙|名单|情况|如下|通知|提醒|注意|提示|说明|要求|时间|地点|标题|链接|网址|附件|备注"
    r"|格式|例如|比如|原文|内容|截止|电话|密码|人员|单位名称|回复|收到|以下|其中|号$|https?).*|例|答|问|注|附",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r".*[转轉](?:[发發了完好]|$).*|(?:收到|好的?|嗯+|谢谢|辛苦了?|明白|知道了?|ok|是的?|对)+", re.IGNORECASE
)
"""Short things that people say, which a name that stands alone could be taken for."""
_DIVIDER = re.compile(
    rf"(?!\d{{1,2}}[-/.]\d{{1,2}}$)[—\-–─=\s]*(?P<day>{_DATE})\s*(?:(?:星期|周)[一二三四五六日天])?[—\-–─=\s]*"
)
"""1/2 alone is what somebody wrote."""
_ONLY_TIME = re.compile(_WHEN)
_SYSTEM = re.compile(
    r".{0,60}(?:撤回了一条消息|加入了?群聊|移出了?群聊|退出了?群聊|修改群名为.*|拍了拍.{0,40}|的聊天记录(?:如下)?[:：]?)|以下为?新消息|以上是打招呼.*"
)


@dataclass(slots=True)
class _Open:
    sender: str
    line: int
    at: datetime | None
    text: list[str]


@dataclass(frozen=True, slots=True)
class _Header:
    sender: str
    when: str
    rest: str


def read_paste(text: str, default_at: datetime, most: int = MAX_LINES) -> list[PastedMessage]:
    """The messages of a pasted chat, in order; messages without any text are left out.

    ``default_at`` (aware): when it was pasted; gives the day to times without a date, so that a clock time ahead
    of it is yesterday's. Lines before any header have sender "" and are cut at blank lines; a #接龙 below a
    message is a message of its own. Raises `InputErrors` above 200,000 characters or ``most`` lines.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if len(text) > MAX_CHARACTERS:
        raise _too_much("粘贴的内容超过 20 万字", 1)
    if len(lines) > most:
        raise _too_much(f"粘贴的内容超过 {most} 行", most + 1)
    style = _style(lines)
    day: date = day_of(default_at)
    shown: datetime | None = None
    messages: list[_Open] = []
    blank = named = False
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if named:
            # The time below a name that stands alone was read with the name.
            named = False
            continue
        if not line:
            blank = True
            if messages and messages[-1].text:
                messages[-1].text.append("")
            continue
        if _SYSTEM.fullmatch(line):
            continue
        if (divider := _DIVIDER.fullmatch(line)) and (on := _day(divider["day"], day_of(default_at))):
            day, shown = on, None
            continue
        if only := _ONLY_TIME.fullmatch(line):
            shown = _instant(only["when"], day, default_at)
            continue
        below = lines[number].strip() if number < len(lines) else ""
        named = style.stacked != "" and _stacked(line, below) == style.stacked
        header = _Header(line, below, "") if named else _header(line, style.patterns, colons=style.colons)
        if header:
            at = _instant(header.when, day, default_at) if header.when else shown
            messages.append(_Open(header.sender, number, at, [header.rest] if header.rest else []))
        elif not messages or _begins(line, messages[-1], blank=blank):
            messages.append(_Open("", number, shown, [line]))
        else:
            messages[-1].text.append(line)
        blank = False
    read = [PastedMessage(m.sender, without_quote("\n".join(m.text).strip()), m.line, m.at) for m in messages]
    return [message for message in read if message.text]


def _begins(line: str, above: _Open, *, blank: bool) -> bool:
    """Whether a line without a header begins a message all the same: a #接龙, or a paragraph of nobody."""
    if is_group_note(line):
        return bool(above.text)
    return blank and not above.sender and not is_group_note(above.text[0])


def _too_much(what: str, line: int) -> InputErrors:
    return InputErrors([Problem(f"{PLACE}:{line}", what, "分几次粘贴，每次贴一天以内的聊天")])


@dataclass(frozen=True, slots=True)
class _Style:
    """Which headers count in a paste. ``stacked``: the form of the time that stands on a line of its own below a name."""

    patterns: Sequence[re.Pattern[str]]
    colons: bool = False
    stacked: str = ""


def _style(lines: Sequence[str]) -> _Style:
    """Which headers count in this paste: those with times in one form only, or also “name:”.

    Where headers carry times, a line “何建国：未转发” is part of what somebody wrote, and crediting 何建国 for it
    would be wrong; so the kinds are not mixed. The first non-blank line decides, then the majority. A time first
    (08:25 周桂芳：…) and a name alone above its time are much like what people write themselves: they count only
    where the chat begins so or has no other headers, and only in one form of the time.
    """
    content = [line.strip() for line in lines if line.strip()]
    content = [line for line in content if not _SYSTEM.fullmatch(line) and not _DIVIDER.fullmatch(line)]
    said = [line for line in content if not _ONLY_TIME.fullmatch(line)]
    strong = sum(1 for line in said if _header(line, _STRONG, colons=False))
    weak = sum(1 for line in said if _header(line, (), colons=True))
    for pattern in _TIME_FIRST:
        begins = [bool(_header(line, (pattern,), colons=False)) for line in content]
        if any(begins[:1]) or (sum(begins) > 1 and not strong and not weak):
            return _Style((*_DATED, pattern))
    forms = [
        # A time between two “name:” stands for itself.
        "" if _header(text, (), colons=True) else _stacked(name, below)
        for name, below, text in zip(content, content[1:], [*content[2:], ""], strict=False)
    ]
    form = next(filter(None, forms), "")
    if form and (forms[0] == form or forms.count(form) > max(strong, weak, 1)):
        return _Style(_DATED, stacked=form)
    if strong and (strong >= weak or _header(said[0], _STRONG, colons=False)):
        return _Style(_STRONG)
    return _Style(_DATED, colons=True)


def _stacked(line: str, below: str) -> str:
    """The form of the time ``below`` (with a date? to the second?) if ``line`` can be the name above it, else ""."""
    if not _ONLY_TIME.fullmatch(below) or not _NAME_ALONE.fullmatch(line):
        return ""
    if any(pattern.fullmatch(line) for pattern in (_NO_NAME, _NO_PERSON, _ONLY_TIME)):
        return ""
    dated = "date" if re.match(_DATE, below) else ""
    return f"{dated} {len(re.findall('[:：]', below))}"


def _header(line: str, patterns: Sequence[re.Pattern[str]], *, colons: bool) -> _Header | None:
    if len(line) > 400:
        return None
    for pattern in patterns:
        found = pattern.fullmatch(line)
        if found and pattern in _TIME_FIRST and _NO_NAME.fullmatch(found["name"]):
            continue
        if found and not re.fullmatch(r"[\d\s\-.:/]+", found["name"]):
            return _Header(found["name"].strip(), found["when"], found.groupdict().get("rest") or "")
    if colons and not is_group_note(line):
        found = _NAME_COLON.fullmatch(line)
        if found and found["name"].strip() and not _NO_NAME.fullmatch(found["name"].strip()):
            return _Header(found["name"].strip(), "", found["rest"])
    return None


_WEEKDAYS = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6}


def _day(words: str, today: date) -> date | None:
    """The date that ``words`` (2026/3/12, 3月12日, 昨天, 星期二) name, seen from ``today``; None if there is none."""
    near = {"今天": 0, "昨天": 1, "前天": 2}
    if words in near:
        return today - timedelta(days=near[words])
    if words[0] in "星周":
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[words[-1]]) % 7)
    numbers = [int(n) for n in re.findall(r"\d+", words)]
    try:
        if len(numbers) == 3:
            return date(*numbers)
        found = date(today.year, *numbers)
        return found if found <= today else date(today.year - 1, *numbers)
    except ValueError:
        return None


def _instant(when: str, day: date, default_at: datetime) -> datetime | None:
    """The instant of a header's time; None if its numbers are no time."""
    dated = re.match(_DATE, when)
    on = _day(dated.group(), day_of(default_at)) if dated else day
    clock = re.search(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?", when[dated.end() if dated else 0 :])
    if on is None or clock is None:
        return None
    hour, minute, second = (int(n or 0) for n in clock.groups())
    later = re.search(r"下午|傍晚|晚上|[Pp][Mm]", when) is not None
    if (later and hour < 12) or ("中午" in when and hour < 3):
        hour += 12
    try:
        at = at_time(on, time(hour, minute, second))
    except ValueError:
        return None
    if not dated and on == day_of(default_at) and at > default_at + CLOCK_SLACK:
        return at - timedelta(days=1)
    return at


_TITLE_AFTER = "姐哥总叔姨婶嫂"


def who(sender: str, workers: Sequence[Worker]) -> tuple[Worker, ...]:
    """The workers whose full name stands in the shown name ``sender`` (“柳林村-周桂芳”), longest names first.

    A shorter name inside a longer known one does not count (王敏 in 王敏华), nor a two-character name with one
    more character behind it. Of namesakes those stay whose unit stands there too, if it does; else all of them.
    """
    shown = "".join(fold(sender).split())
    names: dict[str, list[Worker]] = {}
    for worker in workers:
        if (name := _folded(worker.name)) and name in shown:
            names.setdefault(name, []).append(worker)
    taken = [False] * len(shown)
    found: list[Worker] = []
    for name in sorted(names, key=len, reverse=True):
        at = shown.find(name)
        while at >= 0:
            span = slice(at, at + len(name))
            if not any(taken[span]) and not _goes_on(name, shown[at + len(name) :]):
                found += _of_unit(names[name], shown)
                taken[span] = [True] * len(name)
                break
            at = shown.find(name, at + 1)
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _folded(name: str) -> str:
    """A name of the roster as it is looked for: a town has thousands, and each message of a chat is compared with all."""
    return "".join(fold(name).split())


def _goes_on(name: str, rest: str) -> bool:
    """Whether a two-character name is the beginning of another, longer one (王敏 of an unknown 王敏华)."""
    follows = re.match(r"[一-鿿]+", rest)
    return len(name) == 2 and follows is not None and len(follows[0]) == 1 and rest[0] not in _TITLE_AFTER


def _of_unit(namesakes: Sequence[Worker], shown: str) -> Sequence[Worker]:
    if len(namesakes) == 1:
        return namesakes
    near = [w for w in namesakes if (unit := fold(w.unit.rsplit("/", 1)[-1])) and _short(unit) in shown]
    return near or namesakes


def _short(unit: str) -> str:
    """柳林村 is often written 柳林; two characters at least stay."""
    short = re.sub(r"(?:村|社区|镇)$", "", unit)
    return short if len(short) >= 2 else unit
