"""The office's two texts of the day, from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.model.counts import Counts
from bot.model.time import day_of
from bot.model.tree import Tree
from bot.phrases.words import MAX_LINES, MAX_NAMED, REASONS, clock, percent, spoken_day, unit_name
from bot.store.reading import TargetRow


def _taken_back(withdrawn: Sequence[str]) -> list[str]:
    """What stands in no figure any more, so that nobody takes it for done."""
    if not withdrawn:
        return []
    named = "、".join(f"《{title}》" for title in withdrawn[:2]) + ("等" if len(withdrawn) > 2 else "")
    return [f"{named}已撤回，没转的不再算"]


def gap_list(
    tree: Tree,
    now: datetime,
    counts: Counts,
    gaps: Sequence[TargetRow],
    withdrawn: Sequence[str],
    *,
    in_chat: bool = False,
) -> str:
    """The 18:00 list for the office: overdue gaps by reason and place; what is not due yet stands apart."""
    overdue = [row for row in gaps if row.overdue(now)]
    waiting = len(gaps) - len(overdue)
    lines = [f"【缺口清单】{spoken_day(day_of(now))} {clock(now)}"]
    if not counts.expected:
        return "\n".join([*lines, *_taken_back(withdrawn), "今天没有要转的群。"])
    lines.append(f"应转 {counts.expected} 群次，转到 {counts.covered}，{percent(counts.coverage)}")
    lines += _taken_back(withdrawn)
    if not gaps:
        return "\n".join([*lines, "今天的群都转到了。"])
    lines.append(f"还差 {len(overdue)} 群次：" if overdue else "过了时间还没转的：没有")
    ending = [f"另有 {waiting} 群次还没到截止"] if waiting else []
    ending.append("看一个村的，回“未转发 村名”" if in_chat else "逐条名单：chuanda gaps")
    reasons = _by_reason(tree, overdue)
    room = MAX_LINES - len(lines) - len(ending)
    if len(reasons) > room:
        reasons = [*reasons[: room - 1], "其余的原因见名单"]
    return "\n".join([*lines, *reasons, *ending])


def _by_reason(tree: Tree, gaps: Sequence[TargetRow]) -> list[str]:
    lines = []
    for reason, word in REASONS.items():
        places = Counter(unit_name(tree, row) for row in gaps if row.reason is reason)
        if places:
            most = places.most_common(MAX_NAMED)
            named = "，".join(f"{place} {count}" for place, count in most)
            rest = f"，等 {len(places)} 处" if len(places) > len(most) else ""
            lines.append(f"{word} {places.total()}：{named}{rest}")
    return lines


def day_result(
    tree: Tree,
    now: datetime,
    counts: Counts,
    units: Sequence[tuple[str, Counts]],
    gaps: Sequence[TargetRow],
    withdrawn: Sequence[str],
) -> str:
    """The day's result, 21:00: places that are whole, and “还差的地方” in roster order, each with its reason. What is not
    due yet is no lack: it stands apart."""
    day = day_of(now)
    head = f"【{tree.root.name}反诈宣传】{spoken_day(day)}"
    if not counts.expected:
        return "\n".join([head, *_taken_back(withdrawn), "今天没有要转的群。"])
    lines = [
        head,
        f"覆盖率 {percent(counts.coverage)}",
        f"应转 {counts.expected} 群次，转到 {counts.covered}，按时 {counts.on_time}",
        f"群成员 {counts.members_expected} 人次，看得到的 {counts.members_covered} 人次",
        *_taken_back(withdrawn),
    ]
    whole = [path for path, c in units if c.expected and not c.gaps]
    worst: dict[str, Counter[str]] = {}
    for row in gaps:
        if row.reason is not None and row.overdue(now):
            worst.setdefault(unit_name(tree, row), Counter())[REASONS[row.reason]] += 1
    waiting = sum(not row.overdue(now) for row in gaps)
    if waiting:
        lines.append(f"另有 {waiting} 群次还没到截止")
    names = [(path.rsplit("/", 1)[-1], f" {percent(c.coverage)}") for path, c in units]
    # The town's own groups stand below no unit.
    lacking = [(name, share) for name, share in [(tree.root.name, ""), *names] if name in worst]
    if not lacking:
        done = f"{len(whole)} 个村居和单位全部转到。" if whole else "过了时间还没转的：没有"
        return "\n".join([*lines, done])
    lines.append(f"{len(whole)} 个村居和单位全部转到，还差的地方：")
    room = MAX_LINES - len(lines) - 1
    shown = lacking if len(lacking) <= room else lacking[: room - 1]
    for name, share in shown:
        why = "，".join(f"{word} {count}" for word, count in worst[name].most_common(2))
        lines.append(f"{name}{share}：{why}")
    if len(shown) < len(lacking):
        lines.append(f"还有 {len(lacking) - len(shown)} 处，见缺口清单")
    lines.append(f"{tree.root.name}反诈办 {spoken_day(day)}")
    return "\n".join(lines)
