"""Files that are no picture, or one that nobody should unpack."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

from PIL import Image

from tests.corpus.pictures_changes import File, encoded, jpeg
from tests.corpus.pictures_photos import other_photo

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BOMB, LARGE = 60_000, 12_000


def truncated_png(rng: Random) -> File:
    data = encoded(other_photo(rng), "PNG", compress_level=1).data
    return File(data[: int(len(data) * rng.uniform(0.05, 0.8))], ".png")


def truncated_jpeg(rng: Random) -> File:
    data = jpeg(other_photo(rng), 80).data
    return File(data[: int(len(data) * rng.uniform(0.02, 0.8))], ".jpg")


def text_as_picture(rng: Random) -> File:
    told = rng.choice(("这不是图片，是一段文字。", "PNG", "<html><body>404</body></html>", "%PDF-1.4"))
    return File((told * rng.randint(1, 50)).encode("utf-8"), rng.choice((".png", ".jpg", ".gif", ".webp")))


def garbled_png(rng: Random) -> File:
    """A PNG whose body was overwritten."""
    data = bytearray(encoded(other_photo(rng).reduce(2), "PNG").data)
    for _ in range(200):
        data[rng.randrange(60, len(data))] = rng.randrange(256)
    return File(bytes(data), ".png")


def only_a_header(rng: Random) -> File:
    return rng.choice((File(SIGNATURE, ".png"), File(b"\xff\xd8\xff\xe0", ".jpg"), File(b"GIF89a", ".gif")))


def empty(rng: Random) -> File:
    return File(b"", rng.choice((".png", ".jpg")))


def bomb_header(rng: Random) -> File:
    """A PNG that says it is 60,000 × 60,000."""
    return File(_png(BOMB, BOMB, 2, zlib.compress(bytes(BOMB))), ".png")


def large_and_empty(rng: Random) -> File:
    """12,000 × 12,000 grey pixels that really are there, in 140 KB."""
    pack = zlib.compressobj(6)
    row = b"\0" + bytes([rng.randrange(256)]) * LARGE
    body = b"".join(pack.compress(row) for _ in range(LARGE)) + pack.flush()
    return File(_png(LARGE, LARGE, 0, body), ".png")


def tiny(rng: Random) -> File:
    """One pixel, or a line of them."""
    size = rng.choice(((1, 1), (1, 1), (1, 400), (300, 2), (8, 8)))
    return encoded(Image.new("RGB", size, f"#{rng.getrandbits(24):06x}"), "PNG")


def _png(w: int, h: int, colour: int, body: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", w, h, 8, colour, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


Broken = Callable[[Random], File]
BROKEN: tuple[tuple[Broken, int], ...] = (
    (truncated_png, 14),
    (truncated_jpeg, 14),
    (text_as_picture, 10),
    (garbled_png, 10),
    (only_a_header, 3),
    (empty, 3),
    (bomb_header, 3),
    (large_and_empty, 2),
    (tiny, 8),
)
"""How many of each at a share of 1; at least one of each at any share."""
