"""Is a file what its name says? Decided from its first bytes, so that no decoder ever sees a hostile picture."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

from bot.model.content import PartKind

MAX_BYTES = {PartKind.IMAGE: 10_000_000, PartKind.VIDEO: 100_000_000, PartKind.FILE: 100_000_000}
MAX_PIXELS = 40_000_000
"""A phone's photo has 12–50 million; a decompression bomb has billions."""
_SUFFIXES = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "gif": (".gif",)}


def sha256_of(path: Path) -> str:
    """The file's digest, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def complaint(path: Path, kind: PartKind) -> tuple[str, str] | None:
    """What is wrong with a media file, and what to do instead (Chinese); None if nothing is."""
    size = path.stat().st_size
    if size == 0:
        return f"“{path.name}”是空文件", "换一个好的文件"
    if size > MAX_BYTES[kind]:
        return f"“{path.name}”有 {size / 1e6:.0f} MB", f"压缩到 {MAX_BYTES[kind] // 1_000_000} MB 以下"
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if kind is PartKind.VIDEO and head[4:8] != b"ftyp":
        return f"“{path.name}”不是 MP4 视频", "用剪辑软件另存为 MP4"
    return _image_complaint(path, head) if kind is PartKind.IMAGE else None


def _image_complaint(path: Path, head: bytes) -> tuple[str, str] | None:
    for name, begins, measure in _FORMATS:
        if head.startswith(begins):
            if path.suffix.lower() not in _SUFFIXES[name]:
                return f"“{path.name}”其实是 {name.upper()} 图片", f"把扩展名改成 {_SUFFIXES[name][0]}"
            width, height = measure(head)
            if not width or not height:
                return f"“{path.name}”读不出尺寸，可能坏了", "重新导出这张图片"
            if width * height > MAX_PIXELS:
                return f"“{path.name}”有 {width}×{height} 像素，太大", "缩小到 4000 万像素以内"
            return None
    return f"“{path.name}”不是图片", "用 PNG 或 JPG 图片"


def _png(head: bytes) -> tuple[int, int]:
    return struct.unpack(">II", head[16:24]) if head[12:16] == b"IHDR" else (0, 0)


def _gif(head: bytes) -> tuple[int, int]:
    return struct.unpack("<HH", head[6:10]) if len(head) >= 10 else (0, 0)


def _jpeg(head: bytes) -> tuple[int, int]:
    """Width and height from the first frame header (ITU T.81, B.2.2)."""
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


_FORMATS: tuple[tuple[str, bytes, Callable[[bytes], tuple[int, int]]], ...] = (
    ("png", b"\x89PNG\r\n\x1a\n", _png),
    ("jpeg", b"\xff\xd8\xff", _jpeg),
    ("gif", b"GIF8", _gif),
)
