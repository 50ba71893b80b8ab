"""Reminders and escalations: what is open, until when, how to answer. Places, not blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model.time import day_of
from bot.phrases.words import (
    MAX_LINES,
    MAX_NAMED,
    NAMED_IN_LINE,
    clock,
    short_group,
    spoken_day,
    spoken_hour,
    titles,
)
from bot.store.reading import TargetRow


def reminder(name: str, tasks: Mapping[int, TargetRow], now: datetime) -> str:
    """To a grid worker, privately. ``tasks``: by their numbers of the day, which a bare number answers."""
    rows = list(tasks.values())
    lines = [f"{name}，您好，还有 {len(rows)} 个群等您转："]
    lines += listed(tasks, MAX_NAMED) if len(rows) > 1 else [short_group(rows[0])]
    lines.append(f"是{which(rows, now)}。")
    lines.append(until(rows, now))
    lines.append("往上翻到它，长按，点“转发”。")
    if len(rows) == 1:
        lines.append("转好了，回 1。")
    else:
        lines += ["全转好了，回“已转发”。", f"只转了第 {min(tasks)} 个，回 {min(tasks)}。"]
    return "\n".join(lines)


def is_it(name: str, task: TargetRow, now: datetime) -> str:
    """Whether what was seen is the content; ``name``: who is asked, where others read it too."""
    day = "今天" if day_of(task.starts_at) == day_of(now) else spoken_day(day_of(task.starts_at))
    at = f"@{name} " if name else ""
    return f"{at}{short_group(task)}里刚发的，这是{day}的《{task.title}》吗？回复1是 2否"


def listed(tasks: Mapping[int, TargetRow], most: int) -> list[str]:
    """A line per task with its number; those that do not fit are counted."""
    shown = list(tasks.items())[: most if len(tasks) <= most else most - 1]
    lines = [f"{number} {short_group(task)}" for number, task in shown]
    if len(shown) < len(tasks):
        lines.append(f"……共 {len(tasks)} 个，回“我的任务”看")
    return lines


def which(rows: Sequence[TargetRow], now: datetime) -> str:
    """“早上 8 点的《…》”; without the hour where there are several."""
    hours = {row.starts_at for row in rows}
    hour = f"{spoken_hour(min(hours), day_of(now))}的" if len(hours) == 1 else ""
    return f"{hour}{titles(rows)}"


def until(rows: Sequence[TargetRow], now: datetime) -> str:
    """By when; what is late still counts."""
    due = min(row.due for row in rows)
    if due <= now:
        return "现在转还算数，记作“迟转”。"
    day = "" if day_of(due) == day_of(now) else f"{spoken_day(day_of(due))} "
    return f"{day}{clock(due)} 前转好就行。"


def reminder_line(name: str, tasks: Sequence[TargetRow], now: datetime) -> str:
    """To a grid worker, in the work group: one line with @ that says which groups, what, until when."""
    groups = list(dict.fromkeys(short_group(task) for task in tasks))
    more = f"等 {len(groups)} 个" if len(groups) > NAMED_IN_LINE else ""
    due = min(task.due for task in tasks)
    by = f"，{clock(due)} 前" if due > now and day_of(due) == day_of(now) else ""
    return f"@{name} 还有 {len(groups)} 个群等您转{titles(tasks, 1)}：{'、'.join(groups[:NAMED_IN_LINE])}{more}{by}"


def reminders_in_group(lines: Sequence[str]) -> str:
    """One message for a work group: a line per person, the answer last."""
    if len(lines) <= MAX_LINES - 1:
        return "\n".join([*lines, "转好了，在这里回“已转发”或 1 就行。"])
    names = "、".join(line.split(" ", 1)[0] for line in lines)
    return f"{names}\n这几位名下还有群等着转。\n转好了，在这里回“已转发”或 1 就行。"


def escalation(
    name: str,
    place: str,
    tasks: Sequence[TargetRow],
    workers: Mapping[str, bool],
    gap_list_at: str,
    now: datetime,
) -> str:
    """To the person above: the groups, not the blame. ``workers``: who answers for them → was reminded today."""
    groups = list(dict.fromkeys(short_group(task) for task in tasks))
    today = any(day_of(task.starts_at) == day_of(now) for task in tasks)
    ending = [f"{gap_list_at} 出缺口清单，没转的会列进去。"] if today else []
    shown = "、".join(groups[:MAX_NAMED]) + (f"等 {len(groups)} 个" if len(groups) > MAX_NAMED else "")
    return "\n".join(
        [
            f"{name}，您好。",
            f"{place}有 {len(groups)} 个群还没转，{which(tasks, now)}：",
            shown,
            _responsible(workers),
            "请您问一声，是不是有难处。",
            "转好了我会自己记下，不用另报。",
            *ending,
        ]
    )


def escalation_line(name: str, place: str, tasks: Sequence[TargetRow]) -> str:
    """As `escalation`, where it has to stand in a work group."""
    groups = list(dict.fromkeys(short_group(task) for task in tasks))
    more = f"等 {len(groups)} 个" if len(groups) > NAMED_IN_LINE else ""
    named = "、".join(groups[:NAMED_IN_LINE])
    return f"@{name} {place}还有 {len(groups)} 个群没转：{named}{more}。请您问一声，是不是有难处。"


def _responsible(workers: Mapping[str, bool]) -> str:
    if not workers:
        return "这些群还没有负责人。"
    named = "、".join(list(workers)[:MAX_NAMED]) + (
        f"等 {len(workers)} 人" if len(workers) > MAX_NAMED else ""
    )
    return f"负责人 {named}" + ("，今天提醒过。" if all(workers.values()) else "。")
