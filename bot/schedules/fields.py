"""How a time, a span, a host or a cron line is written in schedules.yaml, and what is said when it is not.

Every parser takes what YAML or Python gives and returns a typed value, or raises ``ValueError`` with “what is
wrong；what to write instead” in Chinese (`bot.yamlfile.validate` puts the place in front). Never guesses a unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any

from cronsim import CronSim, CronSimError
from pydantic import PlainValidator

from bot.model.ledger import Evidence
from bot.model.time import TZ
from bot.model.tree import Post

MAX_DURATION = timedelta(days=7)
"""A wave is closed after a week, so a longer span could never matter."""
BURDEN_GAP_MIN = 10
"""An entry that fires more often than this floods groups (DESIGN, burden and law)."""
MAX_CRON = 200
"""Characters; the longest that anybody needs is a list of hours and days."""

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_ENDPOINT = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", re.ASCII)
_CRON_EXAMPLE = '五栏依次是分 时 日 月 星期，"0 8 * * *" 是每天 8 点'
_CRON_FIELDS = {
    "Bad minute": ("第 1 栏（分）", 0),
    "Bad hour": ("第 2 栏（时）", 1),
    "Bad day-of-month": ("第 3 栏（日）", 2),
    "Bad month": ("第 4 栏（月）", 3),
    "Bad day-of-week": ("第 5 栏（星期）", 4),
}
_ANY_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 cronsim counts in local time; a leap year, so 29 Feb is near


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the day, both ends included: “07:30-21:00”."""

    start: time
    end: time

    def contains(self, clock: time) -> bool:
        """Whether the local ``clock`` is within."""
        return self.start <= clock <= self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def parse_duration(given: Any) -> timedelta:
    """``30m``, ``4h``, ``1h30m``, ``2d``; at most a week."""
    if isinstance(given, timedelta):
        return given
    found = _DURATION.fullmatch(given) if isinstance(given, str) and given else None
    if found is None:
        raise ValueError(f"“{short(given)}”不是时长；写成 30m、4h、1h30m 或 2d")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if span > MAX_DURATION:
        raise ValueError(f"“{given}”太长；最长 7d")
    return span


def parse_positive(given: Any) -> timedelta:
    """A duration that is not nothing."""
    span = parse_duration(given)
    if span <= timedelta(0):
        raise ValueError(f"“{short(given)}”没有给人时间；至少写 1m")
    return span


def parse_clock(given: Any) -> time:
    """``"18:00"``."""
    if isinstance(given, time):
        return given
    found = _CLOCK.fullmatch(given) if isinstance(given, str) else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f'“{short(given)}”不是钟点；写成 "08:00" 这样，冒号用英文的')
    return time(int(found[1]), int(found[2]))


def parse_window(given: Any) -> Window:
    """``"07:30-21:00"``, start before end."""
    if isinstance(given, Window):
        return given
    parts = given.split("-") if isinstance(given, str) else ()
    if len(parts) != 2:
        raise ValueError(f'“{short(given)}”不是时间段；写成 "07:30-21:00" 这样')
    window = Window(parse_clock(parts[0].strip()), parse_clock(parts[1].strip()))
    if window.start >= window.end:
        raise ValueError(f"“{window}”的开始不早于结束；前面写早的，如 07:30-21:00，不能跨过半夜")
    return window


def parse_day(given: Any) -> date:
    """``2026-03-12``."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        return date.fromisoformat(given if isinstance(given, str) and len(given) == 10 else "")
    except ValueError:
        raise ValueError(f"“{short(given)}”不是日期；写成 2026-03-12 这样") from None


def parse_moment(given: Any) -> datetime:
    """``2026-03-12 12:00``, local unless it says its own zone. Returns an aware time in Asia/Shanghai."""
    try:
        if isinstance(given, str) and len(given) > 10:
            given = datetime.fromisoformat(given)
    except ValueError:
        pass
    if not isinstance(given, datetime):
        raise ValueError(f'“{short(given)}”不是日期加钟点；写成 "2026-03-12 12:00" 这样')
    return given.replace(tzinfo=TZ) if given.tzinfo is None else given.astimezone(TZ)


def parse_host(given: Any) -> str:
    """A bare host name; its subdomains are meant too."""
    if not isinstance(given, str) or not _HOST.fullmatch(given.lower()):
        raise ValueError(f"“{short(given)}”不是域名；只写域名本身，如 gov.cn，不带 https:// 和斜杠")
    return given.lower()


def parse_name(given: Any) -> str:
    """A name that is not empty."""
    if not isinstance(given, str) or not given.strip():
        raise ValueError("名字是空的；写上名字，或删掉这一行")
    return given.strip()


_EVIDENCE = {
    "直发": Evidence.DIRECT,
    "机器人所见": Evidence.OBSERVED,
    "截图核实": Evidence.VERIFIED,
    "自报": Evidence.CONFIRMED,
}
_POSTS = {"副联系人": Post.DEPUTY, "分管领导": Post.IN_CHARGE, "主要负责人": Post.HEAD}


def parse_evidence(given: Any) -> Evidence:
    """A kind of evidence by its Chinese name or code."""
    known = _EVIDENCE | {str(evidence): evidence for evidence in Evidence}
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"“{short(given)}”不是凭据；可以写：{'、'.join(_EVIDENCE)}")
    return known[given]


def parse_post(given: Any) -> Post:
    """Whom an escalation goes to, by Chinese name or code; the contact was reminded already."""
    known = _POSTS | {str(post): post for post in _POSTS.values()}
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"“{short(given)}”不能督办；可以写：{'、'.join(_POSTS)}")
    return known[given]


def parse_cron(given: Any) -> str:
    """Five cron fields that are valid, do fire some day, and never twice within ten minutes."""
    if not isinstance(given, str) or len(given.split()) != 5 or len(given) > MAX_CRON:
        raise ValueError(f"“{short(given)}”不是五栏的 cron；{_CRON_EXAMPLE}")
    try:
        next(CronSim(given, _ANY_DAY))
    except CronSimError as error:
        name, index = _CRON_FIELDS[str(error)]
        raise ValueError(f"cron 的{name}“{short(given.split()[index])}”不对；{_CRON_EXAMPLE}") from None
    except StopIteration:
        raise ValueError(f"cron“{short(given)}”永远等不到那一天；{_CRON_EXAMPLE}") from None
    clocks = [clock.hour * 60 + clock.minute for clock in cron_clocks(given)]
    if any(later - earlier < BURDEN_GAP_MIN for earlier, later in pairwise([*clocks, clocks[0] + 24 * 60])):
        raise ValueError(
            f"cron“{short(given)}”会在 {BURDEN_GAP_MIN} 分钟内发两次，群里受不了；"
            '间隔拉开，如 "0 8,12 * * *" 是每天 8 点和 12 点'
        )
    return " ".join(given.split())


def parse_endpoint(given: Any) -> str:
    """HOST:PORT, of a gateway or of the console; no http:// in front, nothing behind."""
    found = _ENDPOINT.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None or not 0 < int(found["port"]) < 65536:
        raise ValueError(f"“{short(given)}”不是一个地址；写成 127.0.0.1:8788 这样，前面不要 http://")
    return found[0]


def cron_clocks(cron: str) -> list[time]:
    """The times of day at which a valid ``cron`` fires, in order."""
    parsed = CronSim(cron, _ANY_DAY)
    return [time(hour, minute) for hour in sorted(parsed.hours) for minute in sorted(parsed.minutes)]


def short(given: object) -> str:
    """``given`` as shown in a complaint: one line, not longer than a phone's."""
    text = " ".join(str(given).split())
    return text if len(text) <= 30 else text[:29] + "…"


Duration = Annotated[timedelta, PlainValidator(parse_duration)]
PositiveDuration = Annotated[timedelta, PlainValidator(parse_positive)]
Clock = Annotated[time, PlainValidator(parse_clock)]
WindowField = Annotated[Window, PlainValidator(parse_window)]
Day = Annotated[date, PlainValidator(parse_day)]
Moment = Annotated[datetime, PlainValidator(parse_moment)]
Host = Annotated[str, PlainValidator(parse_host)]
Name = Annotated[str, PlainValidator(parse_name)]
EvidenceField = Annotated[Evidence, PlainValidator(parse_evidence)]
PostField = Annotated[Post, PlainValidator(parse_post)]
Endpoint = Annotated[str, PlainValidator(parse_endpoint)]
Cron = Annotated[str, PlainValidator(parse_cron)]
