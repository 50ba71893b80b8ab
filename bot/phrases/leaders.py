"""Answers to leaders: the figure first, what is missing, the one next step last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.model.counts import Counts
from bot.model.ledger import Reason
from bot.model.time import day_of
from bot.phrases.asking import which
from bot.phrases.words import MAX_LINES, MAX_NAMED, REASONS, clock, percent, short_group
from bot.store.reading import TargetRow, Wave


def coverage_answer(
    name: str,
    when: str,
    counts: Counts,
    gaps: Sequence[TargetRow],
    town: tuple[str, Counts] | None,
    below: Sequence[tuple[str, Counts]] = (),
    withdrawn: Sequence[str] = (),
) -> str:
    """“覆盖率 柳林村”: result first, what is missing, the town to compare with. Where too much is missing to name the
    groups (``gaps``), the places ``below`` that lack some, in roster order."""
    taken_back = [f"《{title}》已撤回，没转的不算" for title in withdrawn[:1]]
    if not counts.expected:
        return "\n".join([f"{name}，{when}", *taken_back, "没有要转的群。"])
    head = [
        f"{name}，{when}",
        f"覆盖率 {percent(counts.coverage)}",
        f"应转 {counts.expected} 群次，转到 {counts.covered}，按时 {counts.on_time}",
        *taken_back,
    ]
    tail = []
    if counts.outlets_expected:
        tail.append(f"线下阵地 {counts.outlets_expected} 处，放了 {counts.outlets_covered} 处")
    if town:
        tail.append(f"{town[0]}现在 {percent(town[1].coverage)}")
    if not counts.gaps:
        return "\n".join([*head, "都转到了。", *tail])
    tail.append(f"看名单，回“未转发 {name}”")
    head.append(f"还差 {counts.gaps} 群次：")
    room = MAX_LINES - len(head) - len(tail)
    lacking = [(path.rsplit("/", 1)[-1], c) for path, c in below if c.gaps]
    if counts.gaps > MAX_NAMED and lacking:
        lines = [f"{place} {percent(c.coverage)}，差 {c.gaps}" for place, c in lacking]
        unit = "处"
    else:
        lines = [f"{_named(row)}，{REASONS[row.reason]}" for row in gaps if row.reason]
        unit = "个"
    if len(lines) > room:
        lines = [*lines[: room - 1], f"……还有 {len(lines) - room + 1} {unit}"]
    return "\n".join([*head, *lines, *tail])


def _named(row: TargetRow) -> str:
    """The group, or the place that has none, where the reason stands beside it."""
    return short_group(row) if row.group else row.path.rsplit("/", 1)[-1]


def gaps_by_place(name: str, missing: int, places: Sequence[tuple[str, int]]) -> str:
    """As `gaps_answer`, where there are too many groups to name."""
    lines = [f"{name}还差 {missing} 群次："]
    room = MAX_LINES - 2
    told = [f"{place} {count}" for place, count in places]
    if len(told) > room:
        told = [*told[: room - 1], f"……还有 {len(told) - room + 1} 处"]
    example = places[0][0] if places else "村名"
    return "\n".join([*lines, *told, f"看一处的名单，回“未转发 {example}”"])


def gaps_answer(
    name: str, when: str, counts: Counts, gaps: Sequence[TargetRow], now: datetime, today: date, *, over: bool
) -> str:
    """“未转发”: which groups and who answers for them; what is not theirs to do says why. ``over``: too late to be done."""
    if not counts.expected:
        return f"{name}，{when}\n没有要转的群。"
    if not gaps:
        return f"{name}，{when}\n要转的群都转到了。"
    titles = {row.title for row in gaps}
    lines = [f"{name}还有 {len(gaps)} 个群没转：" if len(titles) == 1 else f"{name}还差 {len(gaps)} 群次："]
    tail = [f"是{which(gaps, now)}"]
    waiting = [row for row in gaps if row.reason is not None and not row.overdue(now)]
    if waiting:
        due = min(row.due for row in waiting)
        tail[0] += f"，{clock(due)} 截止" if day_of(due) == today else ""
    tail[0] += "。"
    if len(waiting) == len(gaps):
        tail.append("请您问一声，是不是有难处。")
    elif not over:
        tail.append("现在转还算数，记作“迟转”。")
    room = MAX_LINES - len(lines) - len(tail)
    shown = gaps if len(gaps) <= room else gaps[: room - 1]
    for number, row in enumerate(shown, 1):
        why = "" if row.reason in (None, Reason.NOT_REPOSTED) else f"，{REASONS[row.reason]}"
        who = f"，{row.worker}" if row.worker and not why else ""
        lines.append(f"{number} {_named(row)}{who}{why}")
    if len(shown) < len(gaps):
        lines.append(f"……还有 {len(gaps) - len(shown)} 个")
    return "\n".join([*lines, *tail])


def progress_answer(
    name: str,
    now: datetime,
    waves: Sequence[tuple[Wave, Counts]],
    left: int,
    minutes: float | None,
    *,
    paused: bool,
) -> str:
    """“进度”: each of the day's waves; ``left`` messages are still to be sent, in ``minutes`` (None: people post)."""
    shown = [(wave, counts) for wave, counts in waves if counts.expected]
    if not shown:
        return f"{name}，今天到 {clock(now)}\n还没有要转的内容。"
    lines = [f"{name}，今天到 {clock(now)}，{len(shown)} 批："]
    tail = []
    if left and paused:
        tail.append(f"还有 {left} 条没发，全部停着")
    elif left:
        takes = "" if minutes is None else f"，大约 {max(1, round(minutes))} 分钟"
        tail.append(f"机器人还有 {left} 条在发{takes}")
    tail.append("看一个村的，回“覆盖率 村名”")
    room = MAX_LINES - len(lines) - len(tail)
    for wave, counts in shown[-room:]:
        state = "全转到了" if not counts.gaps else f"{percent(counts.coverage)}，差 {counts.gaps}"
        lines.append(f"{clock(wave.starts_at)}《{wave.title}》{'已撤回，' if wave.withdrawn else ''}{state}")
    return "\n".join([*lines, *tail])


def holes_answer(name: str, holes: Sequence[str]) -> str:
    """“空白点”: places without any group."""
    if not holes:
        return f"{name}没有空白点，每个网格都有群。"
    lines = [f"{name}有 {len(holes)} 个地方还没有群："]
    room = MAX_LINES - 2
    shown = holes if len(holes) <= room else holes[: room - 1]
    lines += shown
    if len(shown) < len(holes):
        lines.append(f"……还有 {len(holes) - len(shown)} 处")
    return "\n".join([*lines, "群建好了，请告诉反诈办加进名册。"])


def ranking_off() -> str:
    return (
        "排名没有开。\n上级规定不拿转发、点赞考核人。\n"
        "确有文件要求，请反诈办写明文件和负责人再开。\n看数字，回“覆盖率”。"
    )


def ranking_answer(when: str, rows: Sequence[tuple[int, str, float]], basis: str) -> str:
    """Units by their share, those alike on one place: both ends where not all fit. ``basis``: what orders it."""
    if not rows:
        return f"{when}没有要转的群，排不出来。"
    lines = [f"{when}，{len(rows)} 个村居和单位："]
    room = MAX_LINES - 2
    told = [f"{rank} {name} {percent(share)}" for rank, name, share in rows]
    if len(told) > room:
        first = (room - 1) // 2
        told = [*told[:first], f"……中间 {len(told) - room + 1} 个", *told[first - room + 1 :]]
    return "\n".join([*lines, *told, f"依据：{basis}"])


def another_place(asked: str, own: str) -> str:
    """Not an error: they may ask for what is theirs."""
    return f"这是{asked}的数据，您能看的是{own}。"


def no_such_place(written: str) -> str:
    return f"没找到“{written}”。\n写村名或单位名就行，如“覆盖率 柳林村”。"


def no_such_day(written: str) -> str:
    return f"“{written}”是哪天？\n可以写 昨天、本周、3月11日。"
