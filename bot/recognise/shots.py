"""A picture that somebody sends as proof: checked and drawn anew, so that nothing but the picture is kept; and whether two of them
are one. Pure.

Screenshots of one chat program look alike, and one content forwarded to two groups differs in the title bar only: two are called
alike only where no small square of them differs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from bot.library.images import picture_of

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
LEAST_SIDE = 120
"""Pixels; on less nobody reads a group's name."""
ENDINGS = {"PNG": "png", "JPEG": "jpg"}
_GRID = (32, 64)
"""Squares of a picture's looks: a figure of the clock on a phone's screen is about one."""
_SAME_GREY = 12
"""Grey levels by which a square differs after a picture was saved anew (4 at most, where tried); another figure: 20 and more."""
_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Shot:
    """``ending``: png or jpg; ``data``: the picture drawn anew, without what a camera writes beside it; ``sha256`` and ``size``: of the
    bytes that were sent; ``looks``: 2,048 squares of grey, on which nothing can be read."""

    ending: str
    data: bytes
    sha256: str
    size: int
    looks: bytes


def shot_of(data: bytes) -> Shot | None:
    """``data``, the bytes of a file, as a picture to be kept; None if it is no whole PNG or JPEG, or too large."""
    found = picture_of(BytesIO(data))
    if found is None or found.kind not in ENDINGS or len(data) > MOST_BYTES:
        return None
    if found.width * found.height > MOST_PIXELS or min(found.width, found.height) < LEAST_SIDE:
        return None
    from PIL import Image, ImageOps  # 150 ms that a room without pictures never pays

    anew = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=[found.kind]) as opened:
            whole = ImageOps.exif_transpose(opened).convert("RGB")
        clean = Image.new("RGB", whole.size)
        clean.paste(whole)
        clean.save(
            anew, found.kind, **({"quality": _QUALITY} if found.kind == "JPEG" else {"compress_level": 3})
        )
        looks = clean.convert("L").resize(_GRID, Image.Resampling.BOX).tobytes()
    except Exception:  # Pillow's plugins raise what they like on broken files
        return None
    return Shot(ENDINGS[found.kind], anew.getvalue(), hashlib.sha256(data).hexdigest(), len(data), looks)


def alike(one: bytes, other: bytes) -> bool:
    """Whether two pictures' looks are those of one picture, saved twice."""
    return len(one) == len(other) > 0 and max(map(lambda a, b: abs(a - b), one, other)) <= _SAME_GREY
