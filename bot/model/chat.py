"""What travels over a channel: messages in, parts out, and what a channel can do.

Small frozen values; adapters translate at their border, so nothing of a chat library is seen further in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.model.content import PartKind
from bot.model.tree import Medium


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


Event = Message | Recall | BotRemoved


@dataclass(frozen=True, slots=True)
class Room:
    """A room that the channel knows. ``id`` is the channel's own; ``topic`` the name that people see."""

    id: str
    topic: str


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
