"""Pictures as they look after a telephone had them: saved again, cut, or a screenshot. Drawn once, the same everywhere."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

PICTURES = ("resaved", "cropped", "screenshot")
SCREEN = (720, 1560)
_GREY, _WHITE, _GREEN = (237, 237, 237), (255, 255, 255), (149, 236, 105)


@lru_cache(maxsize=256)
def drawn(picture: Path, way: str) -> bytes:
    """The bytes of ``picture`` after it went that way (one of `PICTURES`)."""
    from PIL import Image

    with Image.open(picture) as opened:
        whole = opened.convert("RGB")
    if way == "resaved":
        return _jpeg(whole.resize((whole.width // 2, whole.height // 2)), 40)
    if way == "cropped":
        across, down = whole.width // 25, whole.height // 25
        return _jpeg(whole.crop((across, down, whole.width - across, whole.height - down)), 70)
    return _jpeg(_in_a_chat(whole), 70)


def _in_a_chat(picture: Image.Image) -> Image.Image:
    """A screenshot of a chat in which the picture stands: title bar, a bubble above, a bubble below."""
    from PIL import Image, ImageDraw

    screen = Image.new("RGB", SCREEN, _GREY)
    pen = ImageDraw.Draw(screen)
    pen.line((0, 120, SCREEN[0], 120), fill=(214, 214, 214), width=2)
    pen.rounded_rectangle((24, 160, 96, 232), 8, fill=(90, 140, 200))
    pen.rounded_rectangle((116, 160, 470, 240), 10, fill=_WHITE)
    wide = int(SCREEN[0] * 0.6)
    small = picture.resize((wide, round(picture.height * wide / picture.width)))
    small = small.crop((0, 0, wide, min(small.height, SCREEN[1] - 420)))
    pen.rounded_rectangle((24, 280, 96, 352), 8, fill=(200, 120, 90))
    screen.paste(small, (116, 280))
    below = 280 + small.height + 30
    pen.rounded_rectangle((SCREEN[0] - 330, below, SCREEN[0] - 116, below + 76), 10, fill=_GREEN)
    pen.rounded_rectangle((SCREEN[0] - 96, below, SCREEN[0] - 24, below + 72), 8, fill=(120, 120, 160))
    return screen


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
