"""How what happened in the town looks from outside: as a message of a room, and as a chat copied out of WeChat. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.model.chat import Message, MessageKind
from bot.model.content import Content, Part, PartKind
from bot.model.time import local
from bot.model.tree import GroupId

_COPIED = {MessageKind.IMAGE: "[图片]", MessageKind.AUDIO: "[语音]"}


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a work group's chat."""

    at: datetime
    name: str
    kind: MessageKind
    text: str


def room_id(group: GroupId) -> str:
    """The channel's own id of a group's room."""
    return f"r{group}"


def as_message(
    message: str, group: GroupId, sender: str, part: Part, at: datetime, *, is_self: bool = False
) -> Message:
    """``part`` as it is seen in the group's room; a file by its digest."""
    return Message(
        id=message,
        room=room_id(group),
        sender=sender,
        at=at,
        kind=MessageKind(part.kind.value),
        text=part.text,
        url=part.url,
        title=part.title,
        description=part.description,
        sha256="" if part.kind is PartKind.TEXT else part.sha256,
        appid=part.appid,
        page=part.page,
        is_self=is_self,
    )


def one_more(content: Content, lines: list[str], name: str, text: str) -> str:
    """A #接龙 about ``content`` after ``name`` added their line to ``lines``."""
    lines.append(f"{len(lines) + 1}. {name} {text.removeprefix(content.number).strip()}")
    return "\n".join([f"#接龙\n{content.number or content.title}转发情况", *lines])


def copied(chat: Iterable[Said]) -> str:
    """A chat as it is copied out of WeChat: name and time, the text below, an empty line between."""
    return "\n".join(
        f"{said.name} {local(said.at).year}/{local(said.at).month}/{local(said.at).day} {local(said.at):%H:%M}\n"
        f"{_COPIED.get(said.kind, said.text)}\n"
        for said in chat
    )
