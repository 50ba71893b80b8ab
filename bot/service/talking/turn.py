"""One turn of the conversation: what was said, by whom, where; and what is answered. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.commands.said import Command, Said
from bot.model.chat import Message
from bot.model.ledger import TargetId
from bot.model.tree import Group, Worker
from bot.service.talking.speaker import Speaker

ASKED_FOR = timedelta(minutes=10)
"""How long a number answers a question of ours; a reminder's until midnight."""


@dataclass(frozen=True, slots=True)
class Turn:
    """``sure``: the person was asked and chose this; ``targets``: tasks that the choice names."""

    said: Said
    speaker: Speaker
    message: Message
    group: Group | None
    sure: bool = False
    targets: Sequence[TargetId] = ()

    @property
    def person(self) -> Worker:
        """Who speaks; strangers get no turn."""
        assert self.speaker.person is not None
        return self.speaker.person


@dataclass(frozen=True, slots=True)
class Reply:
    """``text``: what is answered, empty = nothing. ``choices``: what a number stands for next. ``outcome``: for the log."""

    text: str = ""
    choices: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    outcome: str = "答了"


NOTHING: Mapping[str, Any] = {"command": Command.CHOICE.value}
"""A choice that leaves everything as it is."""


def choice(said: Said) -> Mapping[str, Any]:
    """``said``, to be kept until a number stands for it."""
    return {
        "command": said.command.value,
        **{name: said.args()[name] for name in said.args() if name in _KEPT},
    }


_KEPT = ("node", "when", "title", "code", "reason", "group", "until")


def numbered(said: Said, name: str, values: Sequence[str]) -> dict[int, Mapping[str, Any]]:
    """A choice for each of ``values`` as the argument ``name`` of ``said``."""
    return {number: {**choice(said), name: value} for number, value in enumerate(values, 1)}


def chosen(kept: Mapping[str, Any]) -> tuple[Said, Sequence[TargetId]]:
    """What a kept choice says, and which tasks it names."""
    plain: dict[str, Any] = {name: kept[name] for name in _KEPT if name in kept}
    return Said(Command(kept["command"]), **plain), [TargetId(t) for t in kept.get("targets", ())]
