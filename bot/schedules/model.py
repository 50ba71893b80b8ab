"""What schedules.yaml may say: every setting, its default and its limits. Values only; nothing here acts.

Sane defaults throughout: a file with one entry works. Keys that are not known here are refused by name. Checks
that need the roster or the library are in `bot.schedules.load`. Rules: DESIGN (burden and law), PLANS P3, R1, R2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.model.ledger import Evidence
from bot.model.tree import Post
from bot.schedules.base import Loc, Part, Trouble, repeated, settle
from bot.schedules.entries import Campaign, ScheduleEntry, To, What
from bot.schedules.fields import (
    Clock,
    Day,
    Duration,
    Endpoint,
    EvidenceField,
    Host,
    Name,
    PositiveDuration,
    PostField,
    Window,
    WindowField,
    short,
)

__all__ = [
    "Assessment",
    "Campaign",
    "ConsoleAt",
    "Deadlines",
    "EscalationStep",
    "Exemption",
    "Gateway",
    "Hours",
    "Pacing",
    "Reminders",
    "Reports",
    "ScheduleEntry",
    "Schedules",
    "To",
    "What",
    "Window",
]

LEVELS = ("镇", "街道", "乡", "村居", "单位", "社会组织", "网格", "部门", "小区")
LINKS = ("gov.cn", "mp.weixin.qq.com")


class Hours(Part):
    """When the program may speak."""

    send: WindowField = Window(time(7, 30), time(21, 0))
    """Content goes out only within; urgent entries are free of it."""
    remind: WindowField = Window(time(8, 30), time(18, 0))
    """People are reminded only within (DESIGN: no requests outside working hours)."""


class Pacing(Part):
    """How fast one account speaks: plain and fixed, nothing looks human."""

    seconds: float = Field(default=4, ge=1, le=3600, allow_inf_nan=False)
    """Between two messages of one account."""
    daily: int = Field(default=400, ge=1, le=2000)
    """Messages per account and day."""


class Gateway(Part):
    """The gateway to the chat (channel: wechaty). Its token stands in the environment or in a file of its own."""

    endpoint: Endpoint = "127.0.0.1:8788"
    """HOST:PORT. The connection is not encrypted: on this machine, or through a tunnel."""
    token_file: str = ""
    """A file that only its owner may read; empty = the environment says it (CHUANDA_GATEWAY_TOKEN)."""


_HTTPS = re.compile(r"https://[\w.-]+(?::\d{1,5})?/?")


class ConsoleAt(Part):
    """Where the console is in a browser."""

    serve: bool = True
    """Whether there is one."""
    listen: Endpoint = "127.0.0.1:8420"
    """HOST:PORT. Beyond this computer only with TLS: one of the two below."""
    certificate: str = ""
    """A certificate's file (PEM), and """
    key: str = ""
    """its key's; a relative path is looked for beside schedules.yaml."""
    behind: str = ""
    """The https:// address of a reverse proxy on this computer that stands before it."""
    name: str = ""
    """How other computers call this one, where that is not what `listen` says."""

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def here_only(self) -> bool:
        """Whether nobody but this computer gets to it."""
        return self.host in ("127.0.0.1", "localhost", "::1")


class Deadlines(Part):
    """How long after its opening a target is due."""

    default: PositiveDuration = timedelta(hours=4)
    """For every level that is not named in `levels`."""
    levels: Mapping[str, PositiveDuration] = Field(default_factory=dict)
    """By the level of the group's node."""

    def of(self, level: str) -> timedelta:
        """The time that a group at a node of ``level`` has."""
        return self.levels.get(level, self.default)


class Reminders(Part):
    """One message with all that is open, not one per task."""

    before: Duration = timedelta(minutes=30)
    """How long before the deadline."""
    per_day: int = Field(default=1, ge=0, le=10)
    """Per person and day; 0 = off."""
    work_group_per_day: int = Field(default=3, ge=0, le=20)
    """Unasked messages per work group and day, besides the content itself."""


class EscalationStep(Part):
    """Who is told when a task stays undone."""

    to: PostField
    """副联系人 (deputy), 分管领导 (in_charge) or 主要负责人 (head)."""
    after: Duration
    """After the deadline."""


class Assessment(Part):
    """Makes what the law discourages possible, on somebody's name (DESIGN, burden and law)."""

    basis: Name
    """The document that orders it."""
    responsible: Name
    """Who answers for it."""


class Reports(Part):
    """When the day's reports are made."""

    gaps: Clock = time(18, 0)
    """The gap list (R1)."""
    result: Clock = time(21, 0)
    """The day's result (R2)."""


class Exemption(Part):
    """A place or group that is not expected to be covered."""

    node: str
    """PATH; everything below it is meant."""
    group: str = ""
    """Only this group of the place; empty = all of it."""
    reason: Name
    """Shown in reports."""
    until: Day | None = None
    """Last day; empty = until removed."""


class Schedules(Part):
    """The whole file."""

    responsible: str = ""
    """Who answers for it; a real gateway starts only with this."""
    channel: Literal["manual", "simulated", "wechaty"] = "manual"
    """How messages get into groups; manual = people post them."""
    gateway: Gateway = Gateway()
    """Where the chat is (channel: wechaty)."""
    console: ConsoleAt = ConsoleAt()
    """Where the pages are."""
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
        return settle(
            self, [*self._level_troubles(), *self._entry_troubles(), *self._twice(), *self._console()]
        )

    def _console(self) -> Iterator[Trouble]:
        at = self.console
        if bool(at.certificate) != bool(at.key):
            yield ("console",), "证书和私钥要一起写：certificate 和 key"
        elif at.behind and not _HTTPS.fullmatch(at.behind):
            yield ("console", "behind"), f"“{short(at.behind)}”不是加密的地址；写反向代理的 https:// 地址"
        elif not at.here_only and not (at.certificate or at.behind):
            yield (
                ("console", "listen"),
                "别的电脑也能打开，就要加密：写上 certificate 和 key，或 behind；只在本机用，写 127.0.0.1:8420",
            )

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
            window = self.hours.send
            outside = [
                (at, clock)
                for at, clock in entry.clocks()
                if not window.contains(clock) or clock == window.end  # the outbox closes at that minute
            ]
            for at, clock in outside[:1] if not entry.urgent else ():
                yield (
                    (*loc, *at),
                    f"{clock:%H:%M} 在发送时间 {self.hours.send} 之外；改到时间内，紧急的写 urgent: true",
                )

    def _twice(self) -> Iterator[Trouble]:
        placed = list(self.placed_entries())
        for place, name in repeated(entry.id for _, entry, _ in placed):
            loc, entry, _ = placed[place]
            if "id" in entry.model_fields_set:
                yield (*loc, "id"), f"id“{name}”已经用过；每条换一个不同的 id"
            else:
                yield loc, "和前面一条的时间、内容、对象都一样；删掉一条，或各写一个 id"
        for place, name in repeated(campaign.name for campaign in self.campaigns):
            yield ("campaigns", place, "name"), f"行动“{short(name)}”写了两遍；每个行动用不同的名字"
        for place, name in repeated(self.levels):
            yield ("levels", place), f"层级“{short(name)}”写了两遍；留一个，删一个"
