"""Which tasks a “已转发” is about. Pure; when that is not clear it says so instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands.places import plain_name
from bot.model.ledger import Evidence, TargetId
from bot.recognise.confirm import Confirmation, ConfirmationKind
from bot.store.reading import TargetRow


@dataclass(frozen=True, slots=True)
class Resolution:
    """``confirmed``: tasks to record. ``unclear``: why something could not be recorded (Chinese), or empty."""

    confirmed: Sequence[TargetId] = ()
    unclear: str = ""


def resolve(
    said: Confirmation, numbered: Mapping[int, TargetRow], at: datetime, *, by_hand: bool = False
) -> Resolution:
    """The tasks that ``said`` is about.

    ``numbered``: the person's tasks of the day by the numbers that they keep all day. What the message names
    (a content's number or title) decides which wave is meant; without a name, the one that had reached the person
    last by ``at``, when it was said: a chat pasted in the afternoon says nothing about what came at noon. Of waves of
    one content it is the newest. ``by_hand``: people post, and tick it off later than they did; what counts is when
    the wave began.
    """
    tasks = list(numbered.values())
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
        found = _matching(item, numbered, meant)
        chosen |= {task.id for task in found}
        if not found:
            unknown.append(item)
    unclear = f"没找到：{'、'.join(unknown)}" if unknown else ""
    if said.kind is ConfirmationKind.EXCEPT:
        confirmed = () if unknown else tuple(task.id for task in meant if task.id not in chosen)
        return Resolution(confirmed, unclear)
    return Resolution(tuple(task.id for task in tasks if task.id in chosen), unclear)


def contradicted(said: Confirmation, numbered: Mapping[int, TargetRow], at: datetime) -> bool:
    """Whether ``said`` at ``at`` takes back what the person had said before (“已转发”, then “2网格没转”)."""
    claimed = [
        task
        for task in numbered.values()
        if task.evidence == Evidence.CONFIRMED and task.covered_at is not None and task.covered_at <= at
    ]
    if said.denied is None or not claimed:
        return False
    if not said.denied:
        # “没转”, while something is open: that is what it is about.
        return not any(task.waits for task in numbered.values())
    return any(_matching(item, numbered, claimed) for item in said.denied)


def _with_own_below(meant: Sequence[TargetRow], tasks: Collection[TargetRow]) -> list[TargetRow]:
    """``meant`` and what the same person forwards on from there: who did the work group did the groups below it too.

    Without this one “已转发” would say more when it is read a second time. In the order of ``tasks``.
    """
    ids = {task.id for task in meant}
    while below := {task.id for task in tasks if task.source in ids} - ids:
        ids |= below
    return [task for task in tasks if task.id in ids]


def _matching(item: str, numbered: Mapping[int, TargetRow], meant: Sequence[TargetRow]) -> list[TargetRow]:
    """The tasks that an item as written names: a number of the list, a group's name, or a grid's."""
    if item.isdigit():
        return [numbered[int(item)]] if int(item) in numbered else []
    wanted = plain_name(item)
    # “3网格” is not in “第13网格一群”: no digit may stand right before it.
    pattern = re.compile(rf"(?<!\d){re.escape(wanted)}")
    exact = [task for task in meant if task.group and plain_name(task.group) == wanted]
    return exact or [
        task
        for task in meant
        if (task.group and pattern.search(plain_name(task.group)))
        or pattern.search(plain_name(task.path.rsplit("/", 1)[-1]))
    ]
