"""Which tasks a “已转发” is about. Pure; when that is not clear it says so instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.ledger import Evidence, TargetId
from bot.recognise.confirm import Confirmation, ConfirmationKind
from bot.recognise.normalise import normalise
from bot.store.reading import TargetRow


@dataclass(frozen=True, slots=True)
class Resolution:
    """``confirmed``: tasks to record. ``unclear``: why something could not be recorded (Chinese), or empty."""

    confirmed: Sequence[TargetId] = ()
    unclear: str = ""


def resolve(
    said: Confirmation, tasks: Sequence[TargetRow], at: datetime, *, by_hand: bool = False
) -> Resolution:
    """The tasks that ``said`` is about.

    ``tasks``: the person's tasks of the day in their fixed order (the place is the number). What the message names
    (a content's number or title) decides which wave is meant; without a name, the one that had reached the person
    last by ``at``, when it was said: a chat pasted in the afternoon says nothing about what came at noon. Of waves of
    one content it is the newest. ``by_hand``: people post, and tick it off later than they did; what counts is when
    the wave began.
    """
    reached = {
        task.id: task.starts_at if by_hand else task.opened_at
        for task in tasks
        if task.opened_at is not None and (task.starts_at if by_hand else task.opened_at) <= at
    }
    opened = [task for task in tasks if task.id in reached]
    if said.kind is ConfirmationKind.NOT_YET:
        return Resolution()
    if not opened:
        return Resolution(unclear="这个人今天还没有要转的群")
    if said.about:
        meant = [task for task in opened if task.number in said.about or task.title in said.about]
        if not meant:
            return Resolution(unclear=f"不知道“{'、'.join(said.about)}”是哪一条")
    else:
        meant = opened
    newest = {}
    for task in sorted(meant, key=lambda task: (reached[task.id], task.wave)):
        newest[task.content if said.about else ""] = task.wave
    meant = [task for task in meant if task.wave in newest.values()]
    meant = _with_own_below(meant, tasks)
    if said.kind is ConfirmationKind.ALL:
        return Resolution(tuple(task.id for task in meant))
    chosen: set[TargetId] = set()
    unknown = []
    for item in said.items:
        found = _matching(item, tasks, meant)
        chosen |= {task.id for task in found}
        if not found:
            unknown.append(item)
    unclear = f"没找到：{'、'.join(unknown)}" if unknown else ""
    if said.kind is ConfirmationKind.EXCEPT:
        confirmed = () if unknown else tuple(task.id for task in meant if task.id not in chosen)
        return Resolution(confirmed, unclear)
    return Resolution(tuple(task.id for task in tasks if task.id in chosen), unclear)


def contradicted(said: Confirmation, tasks: Sequence[TargetRow], at: datetime) -> bool:
    """Whether ``said`` at ``at`` takes back what the person had said before (“已转发”, then “2网格没转”)."""
    claimed = [
        task
        for task in tasks
        if task.evidence == Evidence.CONFIRMED and task.covered_at is not None and task.covered_at <= at
    ]
    if said.denied is None or not claimed:
        return False
    return not said.denied or any(_matching(item, tasks, claimed) for item in said.denied)


def _with_own_below(meant: Sequence[TargetRow], tasks: Sequence[TargetRow]) -> list[TargetRow]:
    """``meant`` and what the same person forwards on from there: who did the work group did the groups below it too.

    Without this one “已转发” would say more when it is read a second time. In the order of ``tasks``.
    """
    ids = {task.id for task in meant}
    while below := {task.id for task in tasks if task.source in ids} - ids:
        ids |= below
    return [task for task in tasks if task.id in ids]


def _matching(item: str, tasks: Sequence[TargetRow], meant: Sequence[TargetRow]) -> list[TargetRow]:
    """The tasks that an item as written names: a number of the list, a group's name, or a grid's."""
    if item.isdigit():
        place = int(item) - 1
        return [tasks[place]] if 0 <= place < len(tasks) else []
    wanted = _name(item)
    # “3网格” is not in “第13网格一群”: no digit may stand right before it.
    pattern = re.compile(rf"(?<!\d){re.escape(wanted)}")
    exact = [task for task in meant if task.group and _name(task.group) == wanted]
    return exact or [
        task
        for task in meant
        if (task.group and pattern.search(_name(task.group)))
        or pattern.search(_name(task.path.rsplit("/", 1)[-1]))
    ]


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}


def _name(text: str) -> str:
    """A name as people vary it: 第十二网格 = 12网格."""

    def number(match: re.Match[str]) -> str:
        written = match.group(1)
        if written.isdigit():
            return f"{int(written)}网格"
        tens, _, ones = written.rpartition("十")
        if "十" not in written:
            return f"{int(''.join(str(_DIGITS[c]) for c in written))}网格"
        return f"{(_DIGITS.get(tens, 1)) * 10 + _DIGITS.get(ones, 0)}网格"

    return re.sub(r"第?([零一二三四五六七八九十]+|\d+)(?:号)?网格", number, normalise(text))
