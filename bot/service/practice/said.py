"""What was said in town, as it looks from outside, kept in a log of its own from one sitting to the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.channels.base import Address
from bot.channels.simulated.log import WorldLog, read_log
from bot.model.chat import Message
from bot.model.content import Part, PartKind
from bot.phrases.words import KINDS
from bot.service.desk import Desk
from bot.service.practice.cast import STRANGER
from bot.service.talking.conversation import SPOKEN


@dataclass(frozen=True, slots=True)
class Line:
    """Something said. ``place``: the room, or the account of whom the program talks to privately; ``where``: how people
    call that; ``who`` said it; ``text`` as a telephone shows it, a picture as “[图片] 名”."""

    at: datetime
    place: str
    where: str
    who: str
    text: str


class Said:
    """All lines so far, the newest last."""

    def __init__(self, file: Path) -> None:
        self._lines = [_line_of(raw) for raw in read_log(file)]
        self._log = WorldLog(file)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: Line) -> None:
        self._lines.append(line)
        self._log.write({**asdict(line), "at": line.at.isoformat()})

    def lately(self, place: str, most: int = 12) -> Sequence[Line]:
        """What was said at ``place``, as `Line.place` names it; the newest last."""
        return [line for line in self._lines if line.place == place][-most:]


def _line_of(raw: bytes) -> Line:
    said = json.loads(raw)
    return Line(datetime.fromisoformat(said.pop("at")), **said)


def heard(desk: Desk, message: Message) -> Line:
    """What somebody in town said."""
    text = message.text or message.title
    if message.kind not in SPOKEN:
        text = f"[{KINDS.get(message.kind, '语音')}] {text}".strip()
    who = _name_of(desk, message.sender) or "邻居"
    group = desk.group_of.get(message.room)
    where = who if group is None else group.name
    return Line(message.at, message.room or message.sender, where, who, text)


def answered(desk: Desk, to: Address, part: Part, at: datetime) -> Line:
    """What the program said."""
    group = desk.group_of.get(to.room)
    where = (_name_of(desk, to.person) or STRANGER) if group is None else group.name
    return Line(at, to.room or to.person, where, "传达", shown(part))


def shown(part: Part) -> str:
    """A part as a telephone shows it in one place: a text as it is, else “[图片] 名”."""
    if part.kind is PartKind.TEXT:
        return part.text
    name = part.title or (part.path.name if part.path else "")
    return f"[{KINDS[part.kind.value]}] {name}".strip()


def _name_of(desk: Desk, account: str) -> str:
    worker = desk.worker_of.get(account)
    person = None if worker is None else desk.person(worker)
    return "" if person is None else person.name
