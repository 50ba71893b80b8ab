"""Files that are as small as they can be and still are what their names say: a PDF, an MP4 with its length."""

from __future__ import annotations

import struct
from random import Random


def pdf(rng: Random, head: str, size: int = 0) -> bytes:
    """A file that begins as a PDF, with a line of its own and random bytes. ``size`` in bytes, 0: any."""
    begin = f"%PDF-1.4\n% {head}\n".encode()
    end = b"\n%%EOF\n"
    total = size or rng.randint(4_000, 12_000)
    return begin + rng.randbytes(max(1, total - len(begin) - len(end))) + end


def mp4(rng: Random, length_ms: int, scale: int = 1000, size: int = 0) -> bytes:
    """A video of ``length_ms`` milliseconds at ``scale`` ticks a second; ``size`` of the whole in bytes, 0: any."""
    head = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2avc1mp41")
    length = round(length_ms * scale / 1000)
    header = struct.pack(">IIIII", 0, 0, 0, scale, length) + struct.pack(">IHHII", 0x10000, 0x100, 0, 0, 0)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie = _box(b"moov", _box(b"mvhd", header + matrix + bytes(24) + struct.pack(">I", 2)))
    total = size or rng.randint(20_000, 60_000)
    return head + movie + _box(b"mdat", rng.randbytes(total - len(head) - len(movie) - 8))


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body
