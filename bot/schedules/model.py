"""What schedules.yaml may say: every setting, its default and its limits. Values only; nothing here acts.

Sane defaults throughout: a file with one entry works. Keys that are not known here are refused by name. Checks
that need the roster or the library are in `bot.schedules.load`. Rules: DESIGN (burden and law), PLANS C1, P7, P8, V3.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot.model.ledger import Evidence
from bot.model.tree import Post
from bot.schedules.fields import (
    Clock,
    Cron,
    Day,
    Duration,
    EvidenceField,
    Host,
    Moment,
    Name,
    PositiveDuration,
    PostField,
    Window,
    WindowField,
    cron_clocks,
    short,
)

LEVELS = ("镇", "街道", "乡", "村居", "单位", "社会组织", "网格", "部门", "小区")
LINKS = ("gov.cn", "mp.weixin.qq.com")

Loc = tuple[str | int, ...]
Trouble = tuple[Loc, str]
Item = TypeVar("Item", str, datetime)
Part = TypeVar("Part", bound="_Part")
_ID = re.compile(r"[\w.-]{1,40}")


class _Part(BaseModel):
    """A part of the file. A key with nothing behind it counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: Any) -> Any:
        return {k: v for k, v in given.items() if v is not None} if isinstance(given, dict) else given


class Hours(_Part):
    """When the program may speak."""

    send: WindowField = Window(time(7, 30), time(21, 0))
    """Content goes out only within; urgent entries are free of it."""
    remind: WindowField = Window(time(8, 30), time(18, 0))
    """People are reminded only within (DESIGN: no requests outside working hours)."""


class Pacing(_Part):
    """How fast one account speaks: plain and fixed, nothing looks human."""

    seconds: float = Field(default=4, ge=1, le=3600, allow_inf_nan=False)
    """Between two messages of one account."""
    daily: int = Field(default=400, ge=1, le=2000)
    """Messages per account and day."""


class Deadlines(_Part):
    """How long after its opening a target is due."""

    default: PositiveDuration = timedelta(hours=4)
    """For every level that is not named in `levels`."""
    levels: Mapping[str, PositiveDuration] = Field(default_factory=dict)
    """By the level of the group's node."""

    def of(self, level: str) -> timedelta:
        """The time that a group at a node of ``level`` has."""
        return self.levels.get(level, self.default)


class Reminders(_Part):
    """One message with all that is open, not one per task."""

    before: Duration = timedelta(hours=1)
    """How long before the deadline."""
    per_day: int = Field(default=1, ge=0, le=10)
    """Per person and day; 0 = off."""
    work_group_per_day: int = Field(default=3, ge=0, le=20)
    """Unasked messages per work group and day, besides the content itself."""


class EscalationStep(_Part):
    """Who is told when a task stays undone."""

    to: PostField
    """副联系人 (deputy), 分管领导 (in_charge) or 主要负责人 (head)."""
    after: Duration
    """After the deadline."""


class Assessment(_Part):
    """Makes what the law discourages possible, on somebody's name (DESIGN, burden and law)."""

    basis: Name
    """The document that orders it."""
    responsible: Name
    """Who answers for it."""


class Reports(_Part):
    """When the day's reports are made."""

    gaps: Clock = time(18, 0)
    """The gap list (R1)."""
    result: Clock = time(21, 0)
    """The day's result (R2)."""


class Exemption(_Part):
    """A place or group that is not expected to be covered."""

    node: str
    """PATH; everything below it is meant."""
    group: str = ""
    """Only this group of the place; empty = all of it."""
    reason: Name
    """Shown in reports."""
    until: Day | None = None
    """Last day; empty = until removed."""


class What(_Part):
    """What is sent: exactly one of ids, topics, rotate."""

    ids: tuple[Name, ...] = ()
    """These contents, all of them."""
    topics: tuple[Name, ...] = ()
    """From contents with one of these topics, the one sent longest ago."""
    rotate: tuple[Name, ...] = ()
    """From these in turn; “all” = ``("*",)`` = the whole library."""
    pick: int = Field(default=1, ge=1, le=10)
    """How many per occurrence, for topics and rotate."""

    @field_validator("rotate", mode="before")
    @classmethod
    def _all(cls, given: Any) -> Any:
        return ("*",) if given == "all" else given

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        written = [name for name in ("ids", "topics", "rotate") if getattr(self, name)]
        if len(written) != 1:
            raise ValueError("what 里要正好写 ids、topics、rotate 中的一个；如 rotate: all")
        troubles: list[Trouble] = [
            ((name, place), f"“{item}”写了两遍；留一个，删一个")
            for name in written
            for place, item in _repeated(getattr(self, name))
        ]
        if self.ids and "pick" in self.model_fields_set:
            troubles.append((("pick",), "写了 ids 就是全发，pick 用不上；删掉 pick，或改用 rotate"))
        return _settle(self, troubles)


class To(_Part):
    """Who gets it; everything that is written must fit."""

    node: str = ""
    """PATH, with everything below; empty = the whole town. May omit the town's name."""
    level: str = ""
    """Only groups whose node has this level."""
    audiences: frozenset[Name] = frozenset()
    """Only groups or nodes for one of these."""
    outlets: Literal["campaign", "every", "never"] = "campaign"
    """Outlets (P8): once per campaign, with every wave, or never."""


class ScheduleEntry(_Part):
    """Something that is sent, once or again and again. Times are local (Asia/Shanghai)."""

    id: str = ""
    """Names the entry in plans and reports; default: a hash of when, what and to, so that reordering keeps it."""
    cron: Cron | None = None
    """Five fields; either this or `dates`."""
    dates: tuple[Moment, ...] = ()
    """Days and hours; either this or `cron`."""
    days: Literal["every", "workdays", "holidays"] = "every"
    """Only workdays (with 调休), or only days off, weekends included."""
    what: What
    """What is sent."""
    to: To = To()
    """Who gets it."""
    deadline: PositiveDuration | None = None
    """Instead of `deadlines`, for all levels."""
    misfire: Literal["same_day", "drop", "latest"] = "same_day"
    """What missed its hour: still the same day, not at all, or the latest one whenever that is."""
    urgent: bool = False
    """May go out outside `hours.send` (V3)."""

    @field_validator("id")
    @classmethod
    def _speakable(cls, given: str) -> str:
        if given and not _ID.fullmatch(given):
            raise ValueError(f"“{short(given)}”不能当 id；用字母、数字、汉字、- 和 _，不超过 40 个字")
        return given

    @model_validator(mode="after")
    def _once_or_again(self) -> Self:
        if (self.cron is None) == (not self.dates):
            raise ValueError(
                '要正好写 cron、dates 中的一个；如 cron: "0 8 * * *" 或 dates: ["2026-03-12 12:00"]'
            )
        troubles = [
            (("dates", place), f"“{at:%Y-%m-%d %H:%M}”写了两遍；留一个，删一个")
            for place, at in _repeated(self.dates)
        ]
        if not self.id:
            # Assigned once, while the value is being made; frozen from here on.
            object.__setattr__(self, "id", self._hash())
        return _settle(self, troubles)

    def clocks(self) -> list[tuple[Loc, time]]:
        """Every time of day at which it fires, and where that is written."""
        if self.cron is not None:
            return [(("cron",), clock) for clock in cron_clocks(self.cron)]
        return [(("dates", place), at.time()) for place, at in enumerate(self.dates)]

    def _hash(self) -> str:
        when = [self.cron, sorted(at.isoformat() for at in self.dates), self.days]
        what = [self.what.ids, self.what.topics, self.what.rotate, self.what.pick]
        to = [self.to.node, self.to.level, sorted(self.to.audiences), self.to.outlets]
        written = json.dumps([when, what, to], ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()[:8]


class Campaign(_Part):
    """专项行动: a time window with a goal and entries of its own (C1)."""

    name: Name
    """Shown in reports; one name, one campaign."""
    start: Day = Field(alias="from")
    """First day; written ``from``."""
    end: Day = Field(alias="to")
    """Last day, included; written ``to``."""
    target: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    """Coverage aimed at, in percent."""
    entries: tuple[ScheduleEntry, ...] = ()
    """They fire only within the window."""

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.end < self.start:
            return _settle(
                self, [(("to",), f"结束 {self.end} 早于开始 {self.start}；把 from 和 to 对调或改正")]
            )
        troubles = [
            (
                ("entries", number, "dates", place),
                f"{at:%Y-%m-%d} 不在行动期间 {self.start} 至 {self.end} 之内；改日期，或移到最外层的 entries",
            )
            for number, entry in enumerate(self.entries)
            for place, at in enumerate(entry.dates)
            if not self.start <= at.date() <= self.end
        ]
        return _settle(self, troubles)

    def covers(self, day: date) -> bool:
        """Whether the local ``day`` is within the campaign."""
        return self.start <= day <= self.end


class Schedules(_Part):
    """The whole file."""

    responsible: str = ""
    """Who answers for it; a real gateway starts only with this."""
    channel: Literal["manual", "simulated", "wechaty"] = "manual"
    """How messages get into groups; manual = people post them."""
    office_group: str = ""
    """The work group in which the office is told; empty = only on screen."""
    reviewers: frozenset[Name] = frozenset()
    """If given, only they approve."""
    levels: tuple[Name, ...] = LEVELS
    """Names of the tree's levels, top first; replaces the default."""
    links: tuple[Host, ...] = LINKS
    """Hosts that content may link to, subdomains included; replaces the default."""
    hours: Hours = Hours()
    """When the program may speak."""
    remind_on: Literal["workdays", "every"] = "every"
    """Reminders on workdays only, or every day."""
    pacing: Pacing = Pacing()
    """How fast."""
    deadlines: Deadlines = Deadlines()
    """How long people have."""
    reminders: Reminders = Reminders()
    """How often people are asked."""
    escalation: tuple[EscalationStep, ...] = (
        EscalationStep(to=Post.IN_CHARGE, after=timedelta(hours=1)),
        EscalationStep(to=Post.HEAD, after=timedelta(hours=3)),
    )
    """Who is told after the deadline; ``[]`` = off."""
    counted: frozenset[EvidenceField] = Field(frozenset(Evidence), min_length=1)
    """Evidence that counts as covered: 直发, 机器人所见, 截图核实, 自报."""
    assessment: Assessment | None = None
    """Off unless a document and a person are named."""
    reports: Reports = Reports()
    """When the day's reports are made."""
    exempt: tuple[Exemption, ...] = ()
    """What is not expected."""
    entries: tuple[ScheduleEntry, ...] = ()
    """What is sent outside of campaigns."""
    campaigns: tuple[Campaign, ...] = ()
    """专项行动 with entries of their own."""

    def all_entries(self) -> list[tuple[ScheduleEntry, Campaign | None]]:
        """Every entry in the file's order, with its campaign."""
        return [(entry, campaign) for _, entry, campaign in self.placed_entries()]

    def placed_entries(self) -> Iterator[tuple[Loc, ScheduleEntry, Campaign | None]]:
        """Every entry with where it stands in the file."""
        for number, entry in enumerate(self.entries):
            yield ("entries", number), entry, None
        for at, campaign in enumerate(self.campaigns):
            for number, entry in enumerate(campaign.entries):
                yield ("campaigns", at, "entries", number), entry, campaign

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        return _settle(self, [*self._level_troubles(), *self._entry_troubles(), *self._twice()])

    def _level_troubles(self) -> Iterator[Trouble]:
        used: list[Trouble] = [(("deadlines", "levels", level), level) for level in self.deadlines.levels]
        used += [((*loc, "to", "level"), e.to.level) for loc, e, _ in self.placed_entries() if e.to.level]
        for loc, level in used:
            if level not in self.levels:
                near = get_close_matches(level, self.levels, n=1, cutoff=0.4)
                write = f"是不是“{near[0]}”" if near else "可以写的有：" + "、".join(self.levels)
                yield loc, f"没有“{short(level)}”这个层级；{write}"

    def _entry_troubles(self) -> Iterator[Trouble]:
        for loc, entry, _ in self.placed_entries():
            outside = [(at, clock) for at, clock in entry.clocks() if not self.hours.send.contains(clock)]
            for at, clock in outside[:1] if not entry.urgent else ():
                yield (
                    (*loc, *at),
                    f"{clock:%H:%M} 在发送时间 {self.hours.send} 之外；改到时间内，紧急的写 urgent: true",
                )

    def _twice(self) -> Iterator[Trouble]:
        placed = list(self.placed_entries())
        for place, name in _repeated(entry.id for _, entry, _ in placed):
            loc, entry, _ = placed[place]
            if "id" in entry.model_fields_set:
                yield (*loc, "id"), f"id“{name}”已经用过；每条换一个不同的 id"
            else:
                yield loc, "和前面一条的时间、内容、对象都一样；删掉一条，或各写一个 id"
        for place, name in _repeated(campaign.name for campaign in self.campaigns):
            yield ("campaigns", place, "name"), f"行动“{short(name)}”写了两遍；每个行动用不同的名字"
        for place, name in _repeated(self.levels):
            yield ("levels", place), f"层级“{short(name)}”写了两遍；留一个，删一个"


def _repeated(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    seen: set[Item] = set()
    for place, item in enumerate(items):
        if item in seen:
            yield place, item
        seen.add(item)


def _settle(part: Part, troubles: Iterable[Trouble]) -> Part:
    """``part`` if there are none; else all of them at once, each at its own place in the file."""
    errors = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{error}", {"error": text}), loc=loc, input=None
        )
        for loc, text in troubles
    ]
    if errors:
        raise ValidationError.from_exception_data(type(part).__name__, errors)
    return part
