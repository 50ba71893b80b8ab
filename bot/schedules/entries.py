"""Entries and campaigns of schedules.yaml: what is sent, when, to whom. Values only; nothing here acts.

Rules: PLANS C1 (campaigns), P7 (audiences), P8 (outlets), V3 (urgent).
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import time
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from bot.schedules.base import Loc, Part, Trouble, repeated, settle
from bot.schedules.fields import Cron, Day, Moment, Name, PositiveDuration, cron_clocks, short

_ID = re.compile(r"[\w.-]{1,40}")


class What(Part):
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
            for place, item in repeated(getattr(self, name))
        ]
        if self.ids and "pick" in self.model_fields_set:
            troubles.append((("pick",), "写了 ids 就是全发，pick 用不上；删掉 pick，或改用 rotate"))
        return settle(self, troubles)


class To(Part):
    """Who gets it; everything that is written must fit."""

    node: str = ""
    """PATH, with everything below; empty = the whole town. May omit the town's name."""
    level: str = ""
    """Only groups whose node has this level."""
    audiences: frozenset[Name] = frozenset()
    """Only groups or nodes for one of these."""
    outlets: Literal["campaign", "every", "never"] = "campaign"
    """Outlets (P8): once per campaign, with every wave, or never."""


class ScheduleEntry(Part):
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
    enabled: bool = True
    """False: switched off; it keeps its place and sends nothing."""

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
            for place, at in repeated(self.dates)
        ]
        if not self.id:
            # Assigned once, while the value is being made; frozen from here on.
            object.__setattr__(self, "id", self._hash())
        return settle(self, troubles)

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


class Campaign(Part):
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
            return settle(
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
        return settle(self, troubles)
