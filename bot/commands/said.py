"""A line of chat that was read as a command: which one, and what it says besides. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Command(StrEnum):
    """Everything that can be said to the program (CONTRACTS, `parse`)."""

    CONFIRMED = "confirmed"
    NOT_YET = "not_yet"
    MY_TASKS = "my_tasks"
    LEAVE = "leave"
    TROUBLE = "trouble"
    COVERAGE = "coverage"
    GAPS = "gaps"
    PROGRESS = "progress"
    HOLES = "holes"
    RANKING = "ranking"
    PENDING = "pending"
    APPROVE = "approve"
    REJECT = "reject"
    PUSH = "push"
    WITHDRAW = "withdraw"
    PAUSE = "pause"
    RESUME = "resume"
    REMIND = "remind"
    EXEMPT = "exempt"
    INBOX = "inbox"
    CIRCULAR = "circular"
    BIND = "bind"
    BIND_GROUP = "bind_group"
    CHOICE = "choice"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """A command with its arguments; what was not said is empty (``number``: None).

    Names stand as they were written: which place, group or content they mean is for whoever knows the town.
    ``groups``, ``except_``: of *confirmed*; both empty = all. ``number``: of a bare number.
    """

    command: Command
    groups: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    node: str = ""
    when: str = ""
    title: str = ""
    code: str = ""
    reason: str = ""
    group: str = ""
    until: str = ""
    audiences: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    number: int | None = None

    def args(self) -> dict[str, Any]:
        """The arguments as CONTRACTS (`parse`) shows them: an absent one is left out."""
        if self.command is Command.CONFIRMED:
            return {"groups": list(self.groups), "except": list(self.except_)}
        written = {
            "node": self.node, "when": self.when, "title": self.title, "code": self.code, "reason": self.reason,
            "group": self.group, "until": self.until, "audiences": list(self.audiences), "topics": list(self.topics),
        }  # fmt: skip
        given = {name: value for name, value in written.items() if value}
        return given if self.number is None else {**given, "number": self.number}
