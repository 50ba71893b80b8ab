"""What kind of picture a file is and how large, from its header alone: nothing is unpacked, so a bomb stays shut."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_MAX_SEGMENTS = 1_000
"""A camera's JPEG has some dozens of segments before its size."""
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Picture:
    """``kind``: PNG, JPEG or GIF; ``width`` and ``height`` in pixels, above 0."""

    kind: str
    width: int
    height: int


def picture_of(file: BinaryIO) -> Picture | None:
    """The picture that ``file`` (at its beginning) holds; None if it is no whole PNG, JPEG or GIF header."""
    head = file.read(33)
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            length, name, width, height = struct.unpack(">I4sII", head[8:24])
            found = Picture("PNG", width, height) if (length, name) == (13, b"IHDR") else None
        elif head.startswith((b"GIF87a", b"GIF89a")):
            found = Picture("GIF", *struct.unpack("<HH", head[6:10]))
        elif head.startswith(b"\xff\xd8\xff"):
            file.seek(2)
            found = _jpeg(file)
        else:
            found = None
    except struct.error:
        return None
    return found if found and found.width and found.height else None


def _jpeg(file: BinaryIO) -> Picture | None:
    for _ in range(_MAX_SEGMENTS):
        if file.read(1) != b"\xff":
            return None
        marker = file.read(1)
        while marker == b"\xff":
            marker = file.read(1)
        if not marker or marker[0] in (0x00, 0xD9, 0xDA):
            return None
        if marker[0] in _WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker[0] in _SOF:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return Picture("JPEG", width, height)
        file.seek(max(length - 2, 0), 1)
    return None
