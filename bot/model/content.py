"""Publicity content: what is sent, immutable by its digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NewType

ContentId = NewType("ContentId", str)


class PartKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    FILE = "file"
    LINK = "link"
    MINI_PROGRAM = "mini_program"
    CHANNELS = "channels"
    """视频号: no gateway can post it; it is forwarded by hand."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a content. ``path`` and ``sha256`` are set for parts that are files (text included);
    ``thumbnail`` is an image file beside a link. Fields that do not apply to ``kind`` are empty."""

    kind: PartKind
    main: bool = False
    text: str = ""
    path: Path | None = None
    sha256: str = ""
    size: int = 0
    url: str = ""
    title: str = ""
    description: str = ""
    thumbnail: Path | None = None
    thumbnail_sha256: str = ""
    appid: str = ""
    page: str = ""
    username: str = ""
    author: str = ""
    announce: bool = False
    """Set as the room's announcement where the channel can."""
    mentions: tuple[str, ...] = ()
    """Accounts that the text names with @."""


@dataclass(frozen=True, slots=True)
class Content:
    """One publicity content. Exactly one part has ``main`` set. ``digest`` covers everything that would be
    sent and everything that decides where to (title, number, tags, validity, the bytes of every file)."""

    id: ContentId
    title: str
    parts: Sequence[Part]
    digest: str
    folder: Path
    number: str = ""
    topics: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    source: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def main(self) -> int:
        """Index of the main part: its repost is what covers a group."""
        return next(index for index, part in enumerate(self.parts) if part.main)
