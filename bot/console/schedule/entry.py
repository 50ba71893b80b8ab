"""The form of one entry: what was typed, and what of it is written. Pure: fields in, an entry or words at the field out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.console.schedule.words import hours, rhythm
from bot.model.time import local
from bot.model.tree import Tree
from bot.schedules.edit import Value
from bot.schedules.fields import MAX_DURATION
from bot.schedules.model import ScheduleEntry, Schedules

_CLOCK = re.compile(r"(\d{1,2})(?:[:：](\d{2})|点(半)?)")
_MOMENT = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?\s*(.+)")
_SPLIT = re.compile(r"[\s,，、;；]+")
_KEYS = ("id", "cron", "dates", "days", "what", "to", "deadline", "misfire", "urgent")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was filled in."""

    id: str = ""
    campaign: str = ""
    when: str = "daily"
    clocks: str = ""
    weekdays: frozenset[str] = frozenset()
    dates: str = ""
    cron: str = ""
    days: str = "every"
    what: str = "all"
    contents: Sequence[str] = ()
    topics: Sequence[str] = ()
    pick: str = "1"
    node: str = ""
    level: str = ""
    audiences: frozenset[str] = frozenset()
    outlets: str = "campaign"
    urgent: bool = False
    deadline: str = ""
    misfire: str = "same_day"


@dataclass(frozen=True, slots=True)
class Read:
    """What became of it: the entry and how it is written, or what is wrong (field → words)."""

    entry: ScheduleEntry | None = None
    values: Mapping[str, Value | None] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


def typed_of(entry: ScheduleEntry, campaign: str) -> Typed:
    """The form for an entry that is there."""
    found = Typed(
        id=entry.id,
        campaign=campaign,
        days=entry.days,
        pick=str(entry.what.pick),
        node=entry.to.node,
        level=entry.to.level,
        audiences=entry.to.audiences,
        outlets=entry.to.outlets,
        urgent=entry.urgent,
        deadline="" if entry.deadline is None else hours(entry.deadline),
        misfire=entry.misfire,
    )
    if entry.cron is None:
        dates = "\n".join(f"{local(at):%Y-%m-%d %H:%M}" for at in entry.dates)
        found = replace(found, when="dates", dates=dates)
    elif (plain := rhythm(entry.cron)) is None:
        found = replace(found, when="cron", cron=entry.cron)
    else:
        found = replace(
            found,
            when="weekly" if plain.weekdays else "daily",
            clocks="、".join(plain.clocks),
            weekdays=frozenset(map(str, plain.weekdays)),
        )
    named = entry.what
    if named.ids:
        return replace(found, what="ids", contents=named.ids)
    if named.topics:
        return replace(found, what="topics", topics=named.topics)
    return found if named.rotate == ("*",) else replace(found, what="rotate", contents=named.rotate)


def read(typed: Typed, schedules: Schedules, tree: Tree, old: ScheduleEntry | None) -> Read:
    """``typed`` as an entry of ``schedules``; ``old``: the one that it changes."""
    wrong: dict[str, str] = {}
    values: dict[str, Value | None] = dict.fromkeys(_KEYS)
    values["id"] = typed.id
    if not typed.id:
        wrong["id"] = "起个名字，报表里看得见，如 周六养老。"
    elif any(entry.id == typed.id for entry, _ in schedules.all_entries() if entry is not old):
        wrong["id"] = f"已经有一条叫“{typed.id}”，换个名字。"
    _when(typed, values, wrong)
    _what(typed, values, wrong, old)
    _whom(typed, values, wrong, schedules, tree)
    values["days"] = typed.days if typed.days != "every" else None
    values["misfire"] = typed.misfire if typed.misfire != "same_day" else None
    values["urgent"] = True if typed.urgent else None
    _deadline(typed, values, wrong)
    if wrong:
        return Read(wrong=wrong)
    given: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    try:
        entry = ScheduleEntry.model_validate(given)
    except ValidationError as failed:
        return Read(wrong={_field_of(typed, e["loc"]): _words(e) for e in failed.errors()})
    window = schedules.hours.send
    outside = [c for _, c in entry.clocks() if not window.contains(c) or c == window.end]
    if outside and not entry.urgent:
        place = "dates" if typed.when == "dates" else "cron" if typed.when == "cron" else "clocks"
        said = f"{outside[0].hour}:{outside[0].minute:02d} 在发送时间 {window} 之外。改到时间里；真的紧急，勾上“紧急”。"
        return Read(wrong={place: said})
    if old is None:
        return Read(entry, values)
    entry = entry.model_copy(update={"enabled": old.enabled})
    same = [
        key
        for key in _KEYS
        if getattr(entry, key) == getattr(old, key) and (key != "id" or "id" in old.model_fields_set)
    ]
    return Read(entry, {key: value for key, value in values.items() if key not in same})


def _when(typed: Typed, values: dict[str, Value | None], wrong: dict[str, str]) -> None:
    if typed.when == "cron":
        values["cron"] = typed.cron
        if not typed.cron:
            wrong["cron"] = "写上五栏，如 0 8 * * 1 是每周一 8:00。"
        return
    if typed.when == "dates":
        values["dates"] = _dates(typed.dates, wrong)
        return
    clocks = _clocks(typed.clocks)
    if clocks is None:
        wrong["clocks"] = f"“{typed.clocks}”不是钟点。写成 8:00；几个钟点用顿号隔开，如 8:00、12:00。"
    elif not clocks:
        wrong["clocks"] = "写上几点发，如 8:00。"
    elif len({minute for _, minute in clocks}) > 1:
        wrong["clocks"] = "几个钟点的分要一样，如 8:30、12:30。不一样的，分成两条排。"
    else:
        at = ",".join(map(str, sorted({hour for hour, _ in clocks})))
        days = ",".join(sorted(typed.weekdays)) if typed.when == "weekly" else "*"
        values["cron"] = f"{clocks[0][1]} {at} * * {days}"
    if typed.when == "weekly" and not typed.weekdays:
        wrong["weekdays"] = "勾上星期几。"


def _clocks(written: str) -> list[tuple[int, int]] | None:
    found = []
    for part in filter(None, _SPLIT.split(written)):
        one = _CLOCK.fullmatch(part)
        if one is None or int(one[1]) > 23 or int(one[2] or 0) > 59:
            return None
        found.append((int(one[1]), 30 if one[3] else int(one[2] or 0)))
    return found


def _dates(written: str, wrong: dict[str, str]) -> list[str]:
    found: list[str] = []
    for line in filter(None, map(str.strip, written.splitlines())):
        one = _MOMENT.fullmatch(line)
        clocks = _clocks(one[4]) if one else None
        try:
            if one is None or not clocks:
                raise ValueError
            for hour, minute in clocks:
                at = datetime(int(one[1]), int(one[2]), int(one[3]), hour, minute)  # noqa: DTZ001 as it is written
                found.append(f"{at:%Y-%m-%d %H:%M}")
        except ValueError:
            wrong["dates"] = f"“{line[:30]}”看不懂。一行一个，写成 2026-03-12 12:00。"
            return []
    if not found:
        wrong["dates"] = "写上日期和钟点，一行一个，如 2026-03-12 12:00。"
    return found


def _what(
    typed: Typed, values: dict[str, Value | None], wrong: dict[str, str], old: ScheduleEntry | None
) -> None:
    chosen: dict[str, Value] = {"rotate": "all"}
    if typed.what != "all":
        ticked = typed.topics if typed.what == "topics" else typed.contents
        before = getattr(old.what, typed.what) if old else ()  # in the order in which they take turns
        chosen = {
            typed.what: [*(one for one in before if one in ticked), *(t for t in ticked if t not in before)]
        }
    if not all(chosen.values()):
        wrong["contents" if typed.what != "topics" else "topics"] = "至少勾一个。"
    if typed.what != "ids":
        if not typed.pick.isdecimal() or not 1 <= int(typed.pick) <= 10:
            wrong["pick"] = "一次 1 到 10 条。"
        elif typed.pick != "1":
            chosen["pick"] = int(typed.pick)
    values["what"] = chosen


def _whom(
    typed: Typed, values: dict[str, Value | None], wrong: dict[str, str], schedules: Schedules, tree: Tree
) -> None:
    to: dict[str, Value] = {}
    if typed.node and typed.node != tree.root.path:
        if tree.find(typed.node) is None:
            near = [node.path for node in tree.nodes if node.name == typed.node][:3]
            root = f"{tree.root.path}/"
            said = "、".join(path.removeprefix(root) for path in near)
            wrong["node"] = f"名册里没有“{typed.node[:30]}”。" + (
                f"是不是 {said}？" if near else "从列表里选，或写全：村/网格。"
            )
        to["node"] = typed.node
    if typed.level:
        to["level"] = typed.level
        if typed.level not in schedules.levels:
            wrong["level"] = "没有这个层级，选一个。"
    if typed.audiences:
        to["audiences"] = sorted(typed.audiences)
    if typed.outlets != "campaign":
        to["outlets"] = typed.outlets
    values["to"] = to or None


def _deadline(typed: Typed, values: dict[str, Value | None], wrong: dict[str, str]) -> None:
    if not typed.deadline:
        return
    try:
        length = timedelta(minutes=round(float(typed.deadline) * 60))
    except (ValueError, OverflowError):
        length = timedelta(0)
    if not timedelta(0) < length <= MAX_DURATION:
        wrong["deadline"] = "写几个小时，如 4 或 1.5，最多 168；空着就按层级的规定。"
        return
    minutes = int(length.total_seconds() // 60)
    values["deadline"] = (f"{minutes // 60}h" if minutes >= 60 else "") + (
        f"{minutes % 60}m" if minutes % 60 else ""
    )


_FIELD_OF = {"what": "contents", "to": "node"}
"""Where a complaint stands that has no field of its own name."""


def _field_of(typed: Typed, loc: Sequence[Any]) -> str:
    key = str(loc[0]) if loc else "id"
    return "clocks" if key == "cron" and typed.when != "cron" else _FIELD_OF.get(key, key)


def _words(error: Any) -> str:
    """pydantic's complaint without what only who edits the file can use."""
    said = str((error.get("ctx") or {}).get("error", "")) or "这里填得不对；换一个写法"
    return said.replace("；", "。") + "。"
