"""An entry of the schedule in words: when, what, to whom. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.model.content import Content
from bot.model.time import local
from bot.phrases.words import clock
from bot.schedules.fields import cron_clocks
from bot.schedules.model import ScheduleEntry

WEEKDAYS = "一二三四五六日"
DAYS = {
    "every": "每天都算",
    "workdays": "只在工作日（调休上班也算）",
    "holidays": "只在放假的日子（周末也算）",
}
OUTLETS = {"campaign": "一次行动一次", "every": "每批都要", "never": "不用"}
MISFIRE = {"same_day": "当天补上", "drop": "不补了", "latest": "什么时候能发就补最近一批"}
_FIELD = re.compile(r"\*|[0-7](-[0-7])?(,[0-7](-[0-7])?)*")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A cron line that people can say: at these clocks, on these weekdays (1 Monday … 7 Sunday; none: every day)."""

    clocks: Sequence[str]
    weekdays: frozenset[int]


def rhythm(cron: str) -> Rhythm | None:
    """``cron`` as a rhythm; None if it says more than that."""
    minute, hour, day, month, weekday = cron.split()
    plain = all(part.replace(",", "").isdigit() for part in (minute, hour))
    if not plain or day != "*" or month != "*" or not _FIELD.fullmatch(weekday):
        return None
    days: set[int] = set()
    for part in weekday.split(",") if weekday != "*" else ():
        first, _, last = part.partition("-")
        if int(last or first) < int(first):
            return None
        days |= {number or 7 for number in range(int(first), int(last or first) + 1)}
    every = frozenset() if len(days) == 7 else frozenset(days)
    return Rhythm([f"{at.hour}:{at.minute:02d}" for at in cron_clocks(cron)], every)


def when(entry: ScheduleEntry) -> str:
    """“每周六 9:30”."""
    if entry.cron is None:
        named = [f"{local(at):%Y}年{local(at).month}月{local(at).day}日 {clock(at)}" for at in entry.dates]
        said = "、".join(named[:3]) + (f" 等 {len(named)} 次" if len(named) > 3 else "")
    elif (found := rhythm(entry.cron)) is None:
        said = f"按 {entry.cron}"
    else:
        days = "、".join(WEEKDAYS[day - 1] for day in sorted(found.weekdays))
        said = f"{f'每周{days}' if days else '每天'} {'、'.join(found.clocks)}"
    return said + {"every": "", "workdays": "，只在工作日", "holidays": "，只在放假的日子"}[entry.days]


def what(entry: ScheduleEntry, contents: Mapping[str, Content]) -> str:
    """““养老诈骗”里的一条”."""
    named = entry.what
    if named.ids:
        return _titles(named.ids, contents)
    count = "一条" if named.pick == 1 else f" {named.pick} 条"
    if named.topics:
        return f"“{'”“'.join(named.topics)}”里轮到的{count}"
    if named.rotate == ("*",):
        return f"全部内容里轮到的{count}"
    return f"{_titles(named.rotate, contents)}轮着发{'' if named.pick == 1 else f'，一次{count}'}"


def whom(entry: ScheduleEntry, town: str) -> str:
    """“柳林村的老年人群”."""
    to = entry.to
    said = to.node.removeprefix(f"{town}/") or "全镇"
    if to.level:
        said += f"，只到{to.level}"
    if to.audiences:
        said += f"，给{'、'.join(sorted(to.audiences))}"
    return said


def said_of(entry: ScheduleEntry, contents: Mapping[str, Content], town: str) -> dict[str, str]:
    """The whole entry, part by part."""
    parts = {"时间": when(entry), "内容": what(entry, contents), "对象": whom(entry, town)}
    if entry.to.outlets != "campaign":
        parts["线下阵地"] = OUTLETS[entry.to.outlets]
    parts["截止"] = "按层级的规定" if entry.deadline is None else span(entry.deadline)
    parts["错过了"] = MISFIRE[entry.misfire]
    parts["紧急"] = "是" if entry.urgent else "否"
    parts["状态"] = "在用" if entry.enabled else "停用"
    return parts


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What is another than before: “时间 每天 8:00 → 每天 9:00”."""
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return "；".join(f"{name} {old.get(name, '按默认')} → {new.get(name, '按默认')}" for name in names)


def span(length: timedelta) -> str:
    """“4 小时”, “1.5 小时”."""
    return f"{hours(length)} 小时"


def hours(length: timedelta) -> str:
    """The same as a figure, as it stands in the form."""
    return f"{length.total_seconds() / 3600:.3f}".rstrip("0").rstrip(".")


def _titles(ids: Sequence[str], contents: Mapping[str, Content]) -> str:
    named = [f"《{contents[id].title}》" if id in contents else id for id in ids]
    return "".join(named[:3]) + (f"等 {len(named)} 条" if len(named) > 3 else "")
