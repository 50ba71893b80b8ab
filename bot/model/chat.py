"""What travels over a channel: messages in, parts out, and what a channel can do.

Small frozen values; adapters translate at their border, so nothing of a chat library is seen further in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.model.content import Part, PartKind
from bot.model.tree import Medium

MAX_LINES = 12
"""No message of ours is longer (shared design language)."""


class MessageKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    FILE = "file"
    VIDEO = "video"
    MINI_PROGRAM = "mini_program"
    CHANNELS = "channels"
    HISTORY = "history"
    QUOTE = "quote"
    GROUP_NOTE = "group_note"
    """#接龙"""
    AUDIO = "audio"
    STICKER = "sticker"
    UNKNOWN = "unknown"


FILES = frozenset({MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.FILE})
"""Messages that are told apart by their bytes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message seen in a room (or told privately, ``room`` empty).

    ``id`` is unique within the channel. ``sender`` is the account's id, ``sender_name`` what the room shows.
    ``is_self``: posted by our own account. ``sha256``: of a picture's or file's bytes, when they are at hand.
    """

    id: str
    room: str
    sender: str
    at: datetime
    kind: MessageKind
    text: str = ""
    sender_name: str = ""
    url: str = ""
    title: str = ""
    description: str = ""
    path: Path | None = None
    sha256: str = ""
    appid: str = ""
    page: str = ""
    items: Sequence[Message] = ()
    quoted: str = ""
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class Recall:
    """Somebody took a message back (WeChat allows it for two minutes)."""

    room: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BotRemoved:
    """Our account was removed from a room."""

    room: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A room that the channel knows. ``id`` is the channel's own; ``topic`` the name that people see."""

    id: str
    topic: str


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """Our account is in this room: it was brought in, the room got another name, or somebody spoke there first."""

    room: Room
    at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """``inviter`` (an account) asks ours into a room; `Channel.accept` takes it by its ``id``."""

    id: str
    inviter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TooFast:
    """The chat said in words that our account speaks too often (“操作过于频繁”); it has no error code for that."""

    at: datetime


class Link(StrEnum):
    """How the channel's connection stands."""

    UP = "up"
    UNREACHABLE = "unreachable"
    """No gateway answers at its address."""
    REFUSED = "refused"
    """It answers, and does not take our token."""
    FROZEN = "frozen"
    """It took the connection and answers no more."""
    SCAN = "scan"
    """Somebody has to scan a QR code with the account's telephone."""
    LOGGED_OUT = "logged_out"


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection came up, went down, or needs a person. ``account``: whose it is, when it is up. ``code``: what
    the QR code to scan says, when there is one."""

    link: Link
    at: datetime
    account: str = ""
    code: str = ""


Event = Message | Recall | BotRemoved | RoomSeen | Invitation | TooFast | LinkChanged


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on this channel."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel took a part. ``message_id`` is empty where the channel gives none."""

    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. The rest of the program asks this and never a channel's name."""

    parts: frozenset[PartKind]
    media: frozenset[Medium]
    by_itself: bool
    """False: people post (manual). The program then lists what is to be done and never sends."""
    sees_rooms: bool
    """Messages in rooms arrive by themselves; without it *observed* cannot happen."""
    message_ids: bool
    echo: bool
    stable_accounts: bool
    stable_rooms: bool
    recall: bool
    lists_rooms: bool
    private: bool
    as_text: frozenset[PartKind] = frozenset()
    """Kinds that this chat cannot show as what they are: a text with the link stands for them (`form_of`)."""
    announce: bool = False
    """A text can be set as the room's announcement (群公告)."""

    def carries(self, kind: PartKind) -> bool:
        """Whether a part of this kind reaches a room, as what it is or as text."""
        return kind in self.parts or kind in self.as_text


def form_of(part: Part, channel: Capabilities) -> Part:
    """``part`` as this channel can show it: a card that it has not becomes a text with the title and what opens it."""
    if part.kind in channel.parts or part.kind not in channel.as_text:
        return part
    if part.kind is PartKind.MINI_PROGRAM:
        lines: tuple[str, ...] = (f"【小程序】{part.title}", f"在微信里搜“{part.title}”就能打开。")
    else:
        lines = (part.title, part.description, part.url)
    return replace(part, kind=PartKind.TEXT, text="\n".join(filter(None, lines)))
