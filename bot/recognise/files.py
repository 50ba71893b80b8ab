"""What a file's bytes come to, and how a video or document is known again that is not the same bytes.

A chat saves videos anew: their size changes, how long they run does not. Documents keep their bytes or their name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from bot.model.chat import Message, MessageKind
from bot.model.content import ContentId, Part, PartKind
from bot.recognise.normalise import fold, plain_and_numbers
from bot.recognise.verdict import Hit, How

if TYPE_CHECKING:
    from bot.recognise.sketch import Sketch

SAME_LENGTH_S = 0.3
"""Two savings of one video differ by a few frames."""
MAX_BOXES = 200
"""An MP4 has a dozen parts at its top."""
MIN_NAME = 4
"""Characters of a file's name without figures; a shorter one says nothing."""
_NO_NAME = re.compile(
    r"(?:video|img|image|mmexport|wxcamera|wechat|weixin|screenshot|file|doc|document|pdf|scan|vid|mov|dsc|untitled"
    r"|微信图片|微信视频|视频|图片|照片|文件|文档|新建|副本|截图|扫描件?|下载|未命名)*"
)
_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")
_COPY = re.compile(r"[(（]\d{1,2}[)）]|副本|\bcopy\b|_compressed")


@dataclass(frozen=True, slots=True)
class Looks:
    """``size`` in bytes; ``seconds``: how long a video runs, None if that cannot be read; ``sketch``: of a picture."""

    size: int
    seconds: float | None = None
    sketch: Sketch | None = None


class Unreadable(Exception):
    """A file cannot be looked at, or must not be: no picture, damaged, or far too large when unpacked."""


def look_at(file: BinaryIO, kind: str) -> Looks:
    """What the file of a message or part of this ``kind`` comes to. Raises `Unreadable` for a picture that is none."""
    size = file.seek(0, 2)
    file.seek(0)
    if kind == PartKind.VIDEO:
        return Looks(size, seconds_of(file))
    head = file.read(16)
    if kind != PartKind.IMAGE and not _PICTURE.match(head):
        return Looks(size)
    from bot.recognise.sketch import (
        sketch,  # numpy and Pillow: 150 ms that a room without pictures never pays
    )

    file.seek(0)
    return Looks(size, sketch=sketch(file.read(MAX_PICTURE + 1)))


MAX_PICTURE = 20_000_000
"""Bytes of a picture that is looked at."""
_PICTURE = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8|RIFF....WEBP|BM", re.DOTALL)

Look = Callable[[Part], Looks | None]
"""Looks at the file of a part of the library; None where it cannot be read."""


def seconds_of(file: BinaryIO) -> float | None:
    """How long the MP4 in ``file`` runs, from its header; None if it is none, or is damaged."""
    try:
        file.seek(0, 2)
        whole = file.tell()
        for kind, start, end in _boxes(file, 0, whole):
            if kind == b"moov":
                for inner, begin, _ in _boxes(file, start, end):
                    if inner == b"mvhd":
                        return _length(file, begin)
    except (OSError, struct.error, ValueError):
        return None
    return None


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places: kind, begin and end of what is in it (ISO/IEC 14496-12, 4.2)."""
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        yield kind, at + head, at + size
        at += size


def _length(file: BinaryIO, at: int) -> float | None:
    """From a movie header (8.2.2): time scale and duration, in version 0 or 1."""
    file.seek(at)
    wide = file.read(4)[0] == 1
    file.seek(at + (20 if wide else 12))
    scale, length = struct.unpack(">IQ" if wide else ">II", file.read(12 if wide else 8))
    return length / scale if scale and length else None


@dataclass(frozen=True, slots=True)
class _Known:
    content: ContentId
    part: Part


class Files:
    """The videos and documents of a library. ``look`` is asked once per video, when the first other one is seen."""

    def __init__(self, parts: Iterable[tuple[ContentId, Part]], look: Look) -> None:
        self._look = look
        self._seconds: dict[str, float | None] = {}
        self._known: dict[PartKind, list[_Known]] = {}
        for content, part in parts:
            if part.kind in (PartKind.VIDEO, PartKind.FILE):
                self._known.setdefault(part.kind, []).append(_Known(content, part))

    def find(self, message: Message, looks: Looks | None) -> Iterator[tuple[Hit, bool]]:
        """Hits and whether they are sure, for a file that is not byte for byte one of ours."""
        kind = PartKind.VIDEO if message.kind is MessageKind.VIDEO else PartKind.FILE
        name = name_of(message.title)
        for known in self._known.get(kind, ()):
            score = self._alike(known.part, name, looks)
            if score:
                yield Hit(known.content, How.NEAR, score, known.part.main), score >= SURE

    def _alike(self, part: Part, name: str, looks: Looks | None) -> float:
        """What name, size and length together say: from `SURE` on it is the file, above 0 worth a question."""
        same_name = bool(name) and part.path is not None and name_of(part.path.name) == name
        same_size = looks is not None and looks.size == part.size
        if part.kind is PartKind.VIDEO:
            same_length = self._as_long(part, looks)
            if same_length is False:
                return 0
            if same_length and (same_name or same_size):
                return 0.85
            return ASKING if same_length or same_name else 0
        if same_name:
            return 0.85 if same_size else ASKING
        return 0

    def _as_long(self, part: Part, looks: Looks | None) -> bool | None:
        if looks is None or looks.seconds is None:
            return None
        if part.sha256 not in self._seconds:
            found = self._look(part)
            self._seconds[part.sha256] = None if found is None else found.seconds
        ours = self._seconds[part.sha256]
        return None if ours is None else abs(ours - looks.seconds) <= SAME_LENGTH_S


SURE, ASKING = 0.8, 0.5


def name_of(file: str) -> str:
    """The name of a file as people gave it, without number, ending and “(1)”; "" if a machine gave it."""
    folded = _COPY.sub("", _ENDING.sub("", fold(file.replace("\\", "/").rsplit("/", 1)[-1]).strip()))
    plain, _ = plain_and_numbers(folded)
    words = re.sub(r"\d+", "", plain)
    return "" if len(words) < MIN_NAME or _NO_NAME.fullmatch(words) else plain
