"""Which days are meant by “昨天”, “本周”, “3月11日”. Pure; days are local."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.recognise.normalise import fold

_NEAR = {"今天": 0, "今日": 0, "当天": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}
_AHEAD = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_FULL = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?")
_DAY_ONLY = re.compile(r"(\d{1,2})[日号]")
_LAST = re.compile(r"(?:最近|近|过去|前)?(\d{1,2}|[一二三四五六七八九十两]{1,2})天")
_WEEKDAY = re.compile(r"(这|本|上|下)?(?:个)?(?:星期|周|礼拜)([一二三四五六日天1-7])")


def span(when: str, today: date) -> tuple[date, date] | None:
    """First and last day that ``when`` means, seen from ``today``; empty is today, None if it is no date. Never ahead of
    today."""
    text = "".join(fold(when).split())
    if not text or text in ("现在", "目前"):
        return today, today
    if text in _NEAR:
        day = today - timedelta(days=_NEAR[text])
        return day, day
    monday = today - timedelta(days=today.weekday())
    if re.fullmatch(r"(?:这|本)(?:个)?(?:周|星期|礼拜)", text):
        return monday, today
    if re.fullmatch(r"上(?:个)?(?:周|星期|礼拜)", text):
        return monday - timedelta(days=7), monday - timedelta(days=1)
    if re.fullmatch(r"(?:这个|本|当)月", text):
        return today.replace(day=1), today
    if re.fullmatch(r"上(?:个)?月", text):
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if found := _LAST.fullmatch(text):
        return today - timedelta(days=max(1, _count(found[1])) - 1), today
    if found := _WEEKDAY.fullmatch(text):
        back = 7 if found[1] == "上" else 0
        day = monday + timedelta(days=_WEEKDAYS[found[2]] - back)
        return (day, day) if day <= today else (day - timedelta(days=7),) * 2
    written = _date(text, today)
    if written is None:
        return None
    return (written, written) if written <= today else None


def until(when: str, today: date) -> date | None:
    """The last day that ``when`` means, from ``today`` on; None if it is no date or lies behind. “3天” is today and two
    more."""
    text = "".join(fold(when).split())
    if text in _AHEAD:
        return today + timedelta(days=_AHEAD[text])
    if found := re.fullmatch(r"(\d{1,2}|[一二三四五六七八九十两]{1,2})天", text):
        return today + timedelta(days=max(1, _count(found[1])) - 1)
    if re.fullmatch(r"[一1]?(?:个)?(?:周|星期|礼拜)", text):
        return today + timedelta(days=6)
    if re.fullmatch(r"(?:这|本)?(?:周|星期)末", text):
        return today + timedelta(days=6 - today.weekday())
    if found := _WEEKDAY.fullmatch(text):
        ahead = (_WEEKDAYS[found[2]] - today.weekday()) % 7
        if found[1] == "下":
            ahead = 7 - today.weekday() + _WEEKDAYS[found[2]]
        return today + timedelta(days=ahead)
    if re.fullmatch(r"(?:这个|本)?月底", text):
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    day = _date(text, today, ahead=True)
    return day if day is not None and day >= today else None


_DAY = re.compile(
    r"大?[今明后]天|[今明]日|(?:这|本|下)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]|(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}[日号]"
)
_FOR = re.compile(
    r"(?:\d{1,2}|[一二三四五六七八九十两]{1,2})(?:天|个?(?:周|星期|礼拜)(?![一二三四五六日天]))"
)


def leave_days(said: str, until_when: str, today: date) -> tuple[date, date] | None:
    """First and last day of a leave: “请假到周五” begins today, “明天到周日请假” tomorrow, “明天请假” is that day alone,
    “明天开始请假三天” three days from then. ``until_when``: as it was read. None if it is no date."""
    text = "".join(fold(said).split())
    days = [day for written in _DAY.findall(text) if (day := until(written, today)) is not None]
    lasting = _FOR.search(text)
    if days and lasting and not re.search("[到至]", text):
        return days[0], days[0] + (_last(lasting[0], today) - today)
    last = until(until_when, today)
    if last is None:
        return None
    alone = len(days) == 1 and not re.search("[到至]", text)
    first = days[0] if len(days) > 1 or alone else today
    return (first, last) if first <= last else (today, last)


def _last(lasting: str, today: date) -> date:
    return until(lasting, today) or today


def _count(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.partition("十")
    if not ten:
        return _DIGITS[written[-1]]
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _date(text: str, today: date, *, ahead: bool = False) -> date | None:
    """A day of the calendar; without a year the nearest one on this side of ``today``."""
    try:
        if found := _FULL.fullmatch(text):
            year, month, day = found.groups()
            if year:
                return date(int(year), int(month), int(day))
            written = date(today.year, int(month), int(day))
            if ahead:
                return written if written >= today else written.replace(year=today.year + 1)
            return written if written <= today else written.replace(year=today.year - 1)
        if found := _DAY_ONLY.fullmatch(text):
            written = today.replace(day=int(found[1]))
            if ahead and written < today:
                return (written.replace(day=1) + timedelta(days=32)).replace(day=int(found[1]))
            if not ahead and written > today:
                return (written.replace(day=1) - timedelta(days=1)).replace(day=int(found[1]))
            return written
    except ValueError:
        return None
    return None
