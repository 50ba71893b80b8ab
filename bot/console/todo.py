"""What waits for who looks: how many, what, and where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.visitor import Visitor
from bot.model.counts import Counts
from bot.model.ledger import Reason
from bot.model.speaker import Role
from bot.model.time import day_of, day_start
from bot.service.desk import Desk
from bot.service.talking.deciding import waiting
from bot.store import log, reading, rooms, screenshots, sending

MOST_TROUBLES = 50


@dataclass(frozen=True, slots=True)
class Todo:
    """``which``: the first of them by name, as far as they have one; ``to``: the page where it is done."""

    count: int
    what: str
    to: str
    which: Sequence[str] = ()


def todo(desk: Desk, visitor: Visitor, counts: Counts, now: datetime) -> list[Todo]:
    """What waits, in the order in which it presses; nothing of it for who cannot help. ``counts``: of the day, below the
    place that is looked at."""
    found: list[Todo] = []
    if visitor.roles & {Role.WORKER, Role.LEADER}:
        tasks = desk.store.read(reading.tasks_of_day, visitor.person.id, day_of(now))
        mine = [task.group or "" for task in tasks if task.reason is Reason.NOT_REPOSTED]
        found.append(Todo(len(mine), "群次等您转", "#gaps", list(dict.fromkeys(mine))))
    if visitor.may(Command.APPROVE):
        desk.refresh_library()
        pending = [content.title for content, _ in waiting(desk)]
        found.append(Todo(len(pending), "内容待批准", "/contents/review", pending))
    if visitor.may(Duty.BY_HAND):
        doubtful = desk.store.read(sending.in_doubt)
        groups = desk.tree.group_by_id
        names = [groups[out.group].name for out in doubtful if out.group is not None and out.group in groups]
        found.append(Todo(len(doubtful), "不知道发没发出", "/by-hand", names))
    if visitor.may(Duty.TOWN):
        unsure = [one.room.topic for one in desk.store.read(rooms.doubts)]
        found.append(Todo(len(unsure), "群待绑定", "/town/rooms", unsure))
    if visitor.may(Duty.JUDGE):
        found.append(Todo(desk.store.read(screenshots.count_objections), "异议待答复", "/evidence"))
        found.append(Todo(desk.store.read(screenshots.count_waiting), "截图待核实", "/evidence"))
        found.append(Todo(counts.disputed, "存疑的群", "/evidence"))
    if visitor.may(Duty.AUDIT):
        today = log.Wanted(command=Command.TROUBLE.value, since=day_start(day_of(now)))
        said = desk.store.read(log.rows, today, MOST_TROUBLES)
        found.append(Todo(len(said), "今天说收不到", "/audit?command=trouble", [row.name for row in said]))
    return [one for one in found if one.count]
