"""What the form of a pasted chat carries: the chat itself, what was corrected up to now, and the line that is being corrected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console.app import Asked, number_of, text_of
from bot.model.ledger import TargetId
from bot.model.tree import Group, Worker, WorkerId
from bot.recognise.paste import read_paste
from bot.service import pasting
from bot.service.desk import Desk
from bot.service.pasting import Fix, Line
from bot.store.reading import TargetRow

MOST_FIXES = 200
_FIX = re.compile(r"(\d{1,5})\.(\d{1,4})\|(\d{0,15})\|((?:\d{1,15})?(?:\.\d{1,15})*)")
_KEY = re.compile(r"(\d{1,5})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Mending:
    """The line that is being corrected: of whom, which of their groups can be meant, and which are chosen."""

    key: str
    person: str
    contents: Sequence[tuple[str, Sequence[TargetRow]]]
    chosen: frozenset[TargetId]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form brought: the group, the chat, and what was corrected up to now."""

    group: str
    text: str
    fixes: Sequence[Fix]


def form_of(asked: Asked) -> Typed:
    """The form as it was sent."""
    found: dict[tuple[int, int], Fix] = {}
    for written in asked.form.getlist("fix")[:MOST_FIXES]:
        if isinstance(written, str) and (match := _FIX.fullmatch(written)):
            worker = WorkerId(int(match[3])) if match[3] else None
            targets = frozenset(TargetId(int(one)) for one in match[4].split(".") if one)
            fix = Fix(int(match[1]), int(match[2]), worker, targets)
            found[fix.line, fix.nth] = fix
    text = asked.form.get("text", "")
    return Typed(text_of(asked, "group"), text if isinstance(text, str) else "", list(found.values()))


def written(fix: Fix) -> str:
    """A correction as the form carries it."""
    return f"{fix.line}.{fix.nth}|{fix.worker or ''}|{'.'.join(map(str, sorted(fix.targets)))}"


def mended(
    asked: Asked, desk: Desk, group: Group, typed: Typed, now: datetime
) -> tuple[Typed, Mending | None]:
    """The form after what was just done to one line: put right, left out, as it was read; or still being put right."""
    if dropped := _KEY.fullmatch(text_of(asked, "drop")):
        return _without(typed, int(dropped[1]), int(dropped[2])), None
    match, step = _KEY.fullmatch(text_of(asked, "at")), text_of(asked, "step")
    if match is None or text_of(asked, "open") or step not in ("person", "mend", "leave"):
        return typed, None
    line, nth = int(match[1]), int(match[2])
    others = _without(typed, line, nth)
    if step == "leave":
        return Typed(typed.group, typed.text, [*others.fixes, Fix(line, nth)]), None
    targets = frozenset(
        TargetId(number)
        for one in asked.form.getlist("target")
        if isinstance(one, str) and (number := number_of(one)) is not None
    )
    name = text_of(asked, "person")
    person = _person(desk, group, name)
    if person is None:
        wrong = "这个工作群里没有这个人，从列出来的里选一个"
        return typed, Mending(match[0], name, (), frozenset(), wrong)
    tasks = pasting.could_be(desk, person, _said_at(typed, line, now), now)
    known = {task.id for task in tasks}
    if step == "mend" and targets and targets <= known:
        return Typed(typed.group, typed.text, [*others.fixes, Fix(line, nth, person.id, targets)]), None
    wrong = "勾上转了的群，再点“就这样”" if step == "mend" else ""
    return typed, _mending(match[0], person, tasks, frozenset(targets & known), wrong)


def _without(typed: Typed, line: int, nth: int) -> Typed:
    return Typed(typed.group, typed.text, [fix for fix in typed.fixes if (fix.line, fix.nth) != (line, nth)])


def _said_at(typed: Typed, line: int, now: datetime) -> datetime | None:
    return next((one.at for one in read_paste(typed.text, now) if one.line == line), None)


def _person(desk: Desk, group: Group, offered: str) -> Worker | None:
    """Who is meant, by the label that the field offers, or by a name that only one person has there."""
    around = desk.people_around(group)
    found = [one for one in around if label(one) == offered] or [one for one in around if one.name == offered]
    return found[0] if len(found) == 1 else None


def label(worker: Worker) -> str:
    """How a field offers somebody."""
    return f"{worker.name}（{worker.unit.rsplit('/', 1)[-1]}）"


def opened(
    desk: Desk, group: Group, lines: Sequence[Line], typed: Typed, key: str, now: datetime
) -> Mending | None:
    """The line that somebody wants to correct, as it was read or corrected up to now."""
    match = _KEY.fullmatch(key)
    line = next((one for one in lines if match and one.said.line == int(match[1])), None)
    if match is None or line is None:
        return None
    nth = int(match[2])
    fix = next((one for one in typed.fixes if (one.line, one.nth) == (line.said.line, nth)), None)
    read = next((one for one in line.reads if one.nth == nth), None)
    person = next((one for one in desk.people_around(group) if fix and one.id == fix.worker), None)
    person = person or (read.worker if read else None) or _speaker(desk, group, line)
    if person is None:
        return Mending(key, "", (), frozenset())
    tasks = pasting.could_be(desk, person, line.said.at, now)
    chosen = fix.targets if fix and fix.worker else frozenset(read.targets if read else ())
    return _mending(key, person, tasks, chosen)


def _speaker(desk: Desk, group: Group, line: Line) -> Worker | None:
    found = desk.named_in(line.said.sender, group)
    return found[0] if len(found) == 1 else None


def _mending(
    key: str, person: Worker, tasks: Sequence[TargetRow], chosen: frozenset[TargetId], wrong: str = ""
) -> Mending:
    by_content: dict[str, list[TargetRow]] = {}
    for task in tasks:
        by_content.setdefault(task.title, []).append(task)
    return Mending(key, label(person), list(by_content.items()), chosen, wrong)
