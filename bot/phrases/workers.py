"""To grid workers: their tasks, what was noted, leave. Short spoken words; nobody is blamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.phrases.asking import listed, until, which
from bot.phrases.words import MAX_LINES, NAMED_IN_LINE, spoken_day
from bot.store.reading import TargetRow


def my_tasks(name: str, tasks: Mapping[int, TargetRow], now: datetime) -> str:
    """“我的任务”. ``tasks``: all of the day by their numbers, the done ones too."""
    if not tasks:
        return f"{name}，今天没有等您转的群。"
    opened = {n: row for n, row in tasks.items() if row.waits}
    if not opened:
        upstream = sum(row.reason is not None for row in tasks.values())
        if upstream:
            return f"{name}，还有 {upstream} 个群要转，内容还没发到您这里。\n到了再转就行。"
        return f"{name}，今天的 {len(tasks)} 个群都转好了，辛苦您了。"
    rows = list(opened.values())
    head = f"{name}，还有 {len(opened)} 个群等您转："
    tail = [f"是{which(rows, now)}。", until(rows, now), _how_to_answer(opened)]
    return "\n".join([head, *listed_all(opened, MAX_LINES - 1 - len(tail)), *tail])


def listed_all(tasks: Mapping[int, TargetRow], most: int) -> list[str]:
    """As `listed`, in the list itself: what does not fit is counted."""
    lines = listed(tasks, most)
    if len(tasks) > most:
        lines[-1] = f"……共 {len(tasks)} 个"
    return lines


def _how_to_answer(tasks: Mapping[int, TargetRow]) -> str:
    if len(tasks) == 1:
        return "转好了，回“已转发”。"
    return f"全转好了回“已转发”，转了几个就回“已转发 {' '.join(map(str, list(tasks)[:2]))}”。"


def noted(groups: Sequence[str], left: int) -> str:
    """What was noted of a private “已转发”, and what is left."""
    named = "、".join(groups[:NAMED_IN_LINE]) + (
        f"等 {len(groups)} 个群" if len(groups) > NAMED_IN_LINE else ""
    )
    if left:
        return f"记下了：{named}。\n还有 {left} 个，看是哪些，回“我的任务”。"
    return f"记下了：{named}。\n今天的都转好了，辛苦您了。"


def noted_before(left: int) -> str:
    """Said again, or seen before it was said."""
    return "都记过了，不用再回。" if not left else f"这几个记过了。\n还有 {left} 个，看是哪些，回“我的任务”。"


def others_too(name: str, noted: str, others: Sequence[str]) -> str:
    """“已转发” was noted for what came last (``noted``); others wait, and one number says that they are done too."""
    lines = [f"{name}，{noted}记下了。", "这条也转了吗？" if len(others) == 1 else "这几条也转了吗？"]
    lines += [f"{number} {content}" for number, content in enumerate(others, 1)]
    if len(others) > 1:
        lines.append(f"{len(others) + 1} 都转了")
    return "\n".join([*lines, "转了就回数字，没转不用回。"])


def not_clear(name: str, tasks: Mapping[int, TargetRow]) -> str:
    """Something was said about forwarding that cannot be noted."""
    numbers = " ".join(map(str, list(tasks)[:2])) or "1"
    return f"{name}，这句我没看明白。\n全转了回“已转发”，转了几个就回“已转发 {numbers}”。"


def contradicted(name: str) -> str:
    """First yes, then no: a person of the office looks at it."""
    return f"{name}，您先说转了，又说没转。\n已请反诈办看一下，转好了再回“已转发”。"


def contradicted_to_office(name: str, place: str) -> str:
    return f"{place}{name}先说转了，又说没转，请问一声是哪个群。"


def no_such_task(written: str, tasks: Mapping[int, TargetRow]) -> str:
    """A number or name that is not among the tasks."""
    if not tasks:
        return f"{written}。\n今天没有等您转的群。"
    return f"{written}。\n您的群是第 {min(tasks)} 到第 {max(tasks)} 个，回“我的任务”看。"


def trouble(name: str, tasks: Sequence[TargetRow], place: str, now: datetime) -> str:
    """“收不到”: it was passed on, and where to look meanwhile. ``place``: the work group where it stands."""
    if not tasks:
        return f"{name}，今天没有等您转的群。\n已经告诉反诈办，请他们看一眼。"
    lines = [f"{name}，已经告诉反诈办了。"]
    waiting = [task for task in tasks if task.reason is not None]
    if not waiting:
        lines.append("您名下今天的都转好了。")
    elif place:
        lines.append(f"内容在“{place}”里，{which(tasks, now)}。")
        lines.append("往上翻就能看到，长按，点“转发”。")
    else:
        lines.append("内容还没发到您这里，到了再转。")
    return "\n".join(lines)


def until_when(days: Sequence[str]) -> str:
    """“请假” without a day."""
    lines = ["请到哪天？"]
    lines += [f"{number} 到{day}" for number, day in enumerate(days, 1)]
    return "\n".join([*lines, "回一个数字，或回“请假 到3月15日”。"])


def no_such_leave(written: str) -> str:
    return f"“{written}”是到哪天？\n可以写 请假 到周五、请假 3天。"


def no_leave_needed(name: str) -> str:
    return f"{name}，您名下没有要转的群，不用跟我请假。"


def leave_noted(last: date, deputies: Sequence[str], left: int) -> str:
    """``deputies``: who forwards meanwhile; ``left``: groups for which there is nobody."""
    lines = [f"记下了，您请假到 {spoken_day(last)}。"]
    if deputies:
        lines.append(f"这几天请{'、'.join(deputies)}转。")
    if left or not deputies:
        lines.append("没有能替的人，已经告诉反诈办。")
    return "\n".join([*lines, "回来了，回“销假”。"])


def leave_ahead(first: date, last: date) -> str:
    """A leave that begins later: until then nothing changes."""
    days = spoken_day(first) if first == last else f"{spoken_day(first)} 到 {spoken_day(last)}"
    return f"记下了，您 {days} 请假。\n到那天内容请副联系人转，今天的还请您转。"


def leave_ahead_to_office(name: str, place: str, first: date, last: date) -> str:
    return f"{place}{name}从 {spoken_day(first)} 请假到 {spoken_day(last)}。"


def came_back(name: str, tasks: int | None) -> str:
    """``tasks``: groups that are theirs again; None: they were not away."""
    if tasks is None:
        return f"{name}，您没有请假。"
    if tasks:
        return f"{name}，回来了。\n还有 {tasks} 个群没转，请您接着转，回“我的任务”看。"
    return f"{name}，回来了，往后的内容还请您转。"


def stands_in(name: str, for_whom: str, last: date, groups: int) -> str:
    """To the deputy."""
    todo = f"现在有 {groups} 个群等着转，回“我的任务”看。" if groups else "有内容我再告诉您。"
    return f"{name}，您好。\n{for_whom}请假到 {spoken_day(last)}，这几天的群请您转。\n{todo}"


def leave_to_office(name: str, place: str, last: date, deputies: Sequence[str], left: int) -> str:
    instead = f"由{'、'.join(deputies)}代" if deputies else "没有副联系人"
    rest = f"，还有 {left} 个群没人转，请安排" if left else ""
    return f"{place}{name}请假到 {spoken_day(last)}，{instead}{rest}。"


def trouble_to_office(name: str, place: str) -> str:
    return f"{place}{name}说收不到内容，或者转不出去，请问一声。"
