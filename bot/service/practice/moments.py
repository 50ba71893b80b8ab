"""Moments as people write and read them. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from bot import phrases
from bot.errors import ChuandaError
from bot.model.time import at_time, day_of

_SPAN = re.compile(r"(?:再?过)?\s*(\d{1,3})\s*(?:个?(小时)|分钟?)\s*后?")
_CLOCK = re.compile(r"(今天|明天|后天)?\s*(\d{1,2})(?:[:：](\d{2})|点(半|\d{1,2})?分?)")


def moment(written: str, now: datetime) -> datetime:
    """“14:30”, “明天 8:30”, “30分钟” from ``now`` on. Raises `ChuandaError` if it is none, or gone."""
    text = written.strip()
    if span := _SPAN.fullmatch(text):
        return now + timedelta(minutes=int(span[1]) * (60 if span[2] else 1))
    clock = _CLOCK.fullmatch(text)
    at = None if clock is None else _time(clock[2], clock[3] or clock[4] or "0")
    if clock is None or at is None:
        raise ChuandaError(f"“{written}”不是时间；写成 14:30、明天 8:30，或 30分钟")
    days = ("今天", "明天", "后天").index(clock[1] or "今天")
    then = at_time(day_of(now) + timedelta(days=days), at)
    if then < now:
        later = "" if days else f"；明天的写成：明天 {at.hour}:{at:%M}"
        raise ChuandaError(f"现在已经是 {spoken(now)}，时间只能往后走{later}")
    return then


def _time(hour: str, minute: str) -> time | None:
    try:
        return time(int(hour), 30 if minute == "半" else int(minute))
    except ValueError:
        return None


def spoken(at: datetime) -> str:
    """“3月12日 10:40”."""
    return f"{phrases.spoken_day(day_of(at))} {phrases.clock(at)}"
