"""What a page's address or form chooses, a place and a day: shared by reports, load, log and roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.console.app import Asked, number_of
from bot.model.time import day_of
from bot.model.tree import Node, NodeId

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Day:
    """The day that a page is about. ``wrong``: why what was asked for is none (Chinese), and ``written`` what that was."""

    day: date
    today: date
    written: str = ""
    wrong: str = ""

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date | None:
        """The next day, as far as there is one."""
        return self.day + timedelta(days=1) if self.day < self.today else None

    @property
    def is_today(self) -> bool:
        return self.day == self.today


def day_asked(asked: Asked) -> Day:
    """The day in the address; today if there is none, or what stands there is no day."""
    written = asked.request.query_params.get("day", "").strip()
    today = day_of(asked.console.now())
    if not written:
        return Day(today, today)
    found = date_of(written)
    if found is None:
        return Day(today, today, written, f"“{written[:20]}”不是日期，写成 {today.isoformat()}")
    return Day(found, today)


def date_of(written: str) -> date | None:
    """A date of this century, as browsers write it; None for anything else."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if FIRST < found < LAST else None


def place_asked(asked: Asked) -> Node | None:
    """The place in the address, or the first of theirs if none is named; None if it is not theirs."""
    written = asked.request.query_params.get("at", "")
    if not written:
        return next(iter(asked.who.places), None)
    number = number_of(written)
    node = None if number is None else asked.console.town.desk.tree.by_id.get(NodeId(number))
    return node if node is not None and asked.who.sees(node) else None
