"""What was said in town, as it looks from outside; what people of a practice did is kept from one sitting to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.base import Address
from bot.channels.simulated.log import WorldLog, read_log
from bot.model.content import Content, ContentId, Part, PartKind
from bot.phrases.words import KINDS
from bot.service.desk import Desk
from bot.service.practice.cast import STRANGER

US = "传达"


@dataclass(frozen=True, slots=True)
class Line:
    """Something said. ``place``: the room, or the account of whom the program talks to privately; ``where``: how people
    call that; ``who`` said it, from ``account`` (empty: we did); ``text`` as a telephone shows it, a picture as “[图片] 名”."""

    at: datetime
    place: str
    where: str
    who: str
    text: str
    account: str = ""
    id: str = ""
    part: Part | None = None
    """What it is, unless it is a text that somebody typed."""
    content: ContentId | None = None
    did: str = ""
    """What the program did with it (Chinese)."""
    recalled: bool = False


class Acts:
    """What somebody at a keyboard did, the newest last. A log: an act, then what came of it, then that it was recalled."""

    def __init__(self, file: Path, contents: Mapping[ContentId, Content]) -> None:
        self._of: dict[str, list[Line]] = {}
        self._place: dict[str, str] = {}
        self._made = self.size = 0
        for raw in read_log(file):
            self._take(json.loads(raw), contents)
        self._log = WorldLog(file)

    def next_id(self) -> str:
        """The id of the next message that somebody sends."""
        return f"practice{self._made + 1}"

    def add(self, line: Line, index: int | None = None) -> None:
        """``index``: of the part of a content that is passed on."""
        part = line.part
        kept: dict[str, Any] = {
            "id": line.id, "at": line.at.isoformat(), "place": line.place, "where": line.where, "who": line.who,
            "text": line.text, "account": line.account, "content": line.content, "index": index,
            "picture": str(part.path) if part is not None and line.content is None else None,
            "sha256": part.sha256 if part is not None and line.content is None else None,
        }  # fmt: skip
        self._write(kept)
        self._keep(line)

    def came_of(self, id: str, did: str) -> None:
        """What the program did with it."""
        self._write({"of": id, "did": did})
        self._change(id, did=did)

    def recall(self, id: str, did: str) -> None:
        """It was taken back, and what came of that."""
        self._write({"of": id, "did": did, "recalled": True})
        self._change(id, did=did, recalled=True)

    def at(self, place: str) -> Sequence[Line]:
        """What was done at ``place``, as `Line.place` names it."""
        return self._of.get(place, ())

    def find(self, id: str) -> Line | None:
        """The message of this id."""
        return next((line for line in self.at(self._place.get(id, "")) if line.id == id), None)

    def _write(self, kept: dict[str, Any]) -> None:
        self._log.write(kept)
        self.size += 1  # a mark that grows with whatever happens

    def _take(self, kept: dict[str, Any], contents: Mapping[ContentId, Content]) -> None:
        if "of" in kept:
            self._change(kept["of"], did=kept["did"], recalled=kept.get("recalled", False))
            return
        content, index = kept.pop("content"), kept.pop("index")
        picture, sha256 = kept.pop("picture"), kept.pop("sha256")
        part = None
        if picture is not None:
            part = Part(PartKind.IMAGE, path=Path(picture), sha256=sha256)
        elif content in contents and index is not None and index < len(contents[content].parts):
            part = contents[content].parts[index]
        at = datetime.fromisoformat(kept.pop("at"))
        self._keep(Line(at, **kept, part=part, content=content))

    def _keep(self, line: Line) -> None:
        self._made += 1
        self._of.setdefault(line.place, []).append(line)
        self._place[line.id] = line.place

    def _change(self, id: str, **what: Any) -> None:
        lines = self._of[self._place[id]]
        for n, line in enumerate(lines):
            if line.id == id:
                lines[n] = replace(line, **what)


def answered(desk: Desk, to: Address, part: Part, at: datetime) -> Line:
    """What the program said."""
    group = desk.group_of.get(to.room)
    where = (name_of(desk, to.person) or STRANGER) if group is None else group.name
    return Line(at, to.room or to.person, where, US, shown(part), part=part)


def shown(part: Part) -> str:
    """A part as a telephone shows it in one place: a text as it is, else “[图片] 名”."""
    if part.kind is PartKind.TEXT:
        return part.text
    name = part.title or (part.path.name if part.path else "")
    return f"[{KINDS[part.kind.value]}] {name}".strip()


def name_of(desk: Desk, account: str) -> str:
    """Whose account it is; empty for one that nobody knows."""
    worker = desk.worker_of.get(account)
    person = None if worker is None else desk.person(worker)
    return "" if person is None else person.name
