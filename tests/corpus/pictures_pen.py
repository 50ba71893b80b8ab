"""A canvas to draw posters and screens on: text, boxes, discs, small icons. Knows nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[2] / "tools" / "fonts"
WHITE, INK, GREY, LINE = "#ffffff", "#1d2433", "#6b7482", "#dde1e6"
RED, BLUE, GOLD, GREEN = "#c8281e", "#1f5c9e", "#ffd04a", "#2f8f5b"
FINE = 3
"""Icons are drawn this much larger, then reduced: Pillow's discs have hard edges."""
HANGING = "，。；：、！？”）"
"""Signs that never begin a line."""
Point = tuple[float, float]

ICONS: dict[str, tuple[tuple[object, ...], ...]] = {
    "phone": (("box", 30, 6, 40, 88, 8, "ink"), ("box", 35, 16, 30, 62, 2, "paper"), ("disc", 50, 86, 4, "paper")),
    "coin": (("disc", 50, 50, 44, "ink"), ("disc", 50, 50, 38, "accent"), ("text", 50, 50, "¥", 52, "ink")),
    "card": (("box", 6, 22, 88, 58, 8, "accent"), ("box", 6, 34, 88, 12, 0, "ink"), ("box", 16, 58, 30, 8, 2, "paper")),
    "bag": (("poly", (18, 36, 82, 36, 92, 94, 8, 94), "accent"), ("arc", 32, 10, 36, 52, "ink"), ("text", 50, 66, "购", 34, "ink")),
    "chart": (("box", 12, 60, 16, 32, 0, "accent"), ("box", 40, 40, 16, 52, 0, "accent"), ("box", 68, 20, 16, 72, 0, "accent"), ("line", (8, 48, 36, 26, 60, 34, 92, 6), 6, "ink")),
    "headset": (("arc", 14, 10, 72, 80, "ink"), ("box", 6, 46, 20, 34, 8, "accent"), ("box", 74, 46, 20, 34, 8, "accent"), ("disc", 54, 90, 7, "ink")),
    "shield": (("poly", (50, 4, 90, 18, 86, 60, 50, 96, 14, 60, 10, 18), "ink"), ("line", (30, 50, 46, 66, 72, 32), 9, "accent")),
    "gift": (("box", 10, 40, 80, 54, 4, "accent"), ("box", 4, 26, 92, 18, 4, "ink"), ("box", 44, 26, 12, 68, 0, "paper"), ("disc", 38, 16, 10, "ink"), ("disc", 62, 16, 10, "ink")),
    "pad": (("box", 6, 30, 88, 46, 22, "ink"), ("box", 20, 50, 22, 7, 0, "accent"), ("box", 27, 43, 8, 22, 0, "accent"), ("disc", 66, 46, 6, "accent"), ("disc", 78, 58, 6, "accent")),
    "heart": (("disc", 32, 36, 24, "accent"), ("disc", 68, 36, 24, "accent"), ("poly", (10, 46, 90, 46, 50, 94), "accent"), ("line", (50, 30, 42, 48, 56, 58, 48, 80), 6, "ink")),
    "plane": (("poly", (4, 52, 96, 10, 60, 92, 46, 62), "accent"), ("line", (96, 10, 46, 62), 5, "ink")),
    "house": (("poly", (50, 6, 98, 50, 2, 50), "ink"), ("box", 16, 48, 68, 46, 0, "accent"), ("box", 42, 62, 18, 32, 0, "ink")),
    "parcel": (("box", 8, 20, 84, 72, 4, "accent"), ("box", 8, 20, 84, 16, 4, "ink"), ("box", 42, 20, 16, 34, 0, "paper")),
    "lock": (("arc", 26, 6, 48, 70, "ink"), ("box", 14, 42, 72, 52, 8, "accent"), ("disc", 50, 64, 8, "ink"), ("box", 47, 66, 6, 16, 0, "ink")),
    "mail": (("box", 6, 20, 88, 62, 6, "accent"), ("line", (8, 24, 50, 58, 92, 24), 6, "ink")),
    "person": (("disc", 50, 26, 20, "accent"), ("poly", (16, 94, 24, 60, 50, 50, 76, 60, 84, 94), "ink")),
    "cap": (("poly", (6, 46, 26, 14, 74, 14, 94, 46), "ink"), ("box", 10, 46, 80, 18, 2, "accent"), ("poly", (10, 64, 90, 64, 70, 84, 30, 84), "ink"), ("disc", 50, 30, 9, "accent")),
    "pill": (("box", 8, 32, 84, 36, 18, "accent"), ("box", 50, 32, 42, 36, 18, "ink"), ("box", 46, 32, 14, 36, 0, "ink")),
    "seed": (("poly", (50, 96, 46, 50, 54, 50), "ink"), ("disc", 30, 40, 22, "accent"), ("disc", 70, 32, 22, "accent"), ("line", (50, 60, 30, 40), 5, "ink"), ("line", (50, 56, 70, 32), 5, "ink")),
    "car": (("poly", (24, 46, 34, 22, 72, 22, 84, 46), "ink"), ("box", 4, 44, 92, 30, 8, "accent"), ("disc", 26, 76, 12, "ink"), ("disc", 74, 76, 12, "ink")),
}  # fmt: skip
"""Shapes on a field of 100 × 100; the colours ink, accent and paper are given when it is drawn."""


@cache
def font(size: int, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The repository's Chinese font in ``size`` pixels."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)


class Canvas:
    """An RGB picture and the means to draw on it, in its own pixels."""

    def __init__(self, w: int, h: int, ground: str = WHITE) -> None:
        self.image = Image.new("RGB", (w, h), ground)
        self.w, self.h = w, h
        self._draw = ImageDraw.Draw(self.image)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str | None,
        r: float = 0,
        edge: str | None = None,
        thick: int = 2,
    ) -> None:
        at = (x, y, x + w - 1, y + h - 1)
        self._draw.rounded_rectangle(at, r, fill, edge, thick if edge else 0)

    def disc(
        self, x: float, y: float, r: float, fill: str | None, edge: str | None = None, thick: int = 3
    ) -> None:
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill, edge, thick if edge else 0)

    def oval(self, x: float, y: float, w: float, h: float, fill: str | None) -> None:
        self._draw.ellipse((x, y, x + w, y + h), fill)

    def line(self, points: Sequence[Point], fill: str, thick: int = 3) -> None:
        self._draw.line(list(points), fill, thick, joint="curve")

    def poly(self, points: Sequence[Point], fill: str) -> None:
        self._draw.polygon(list(points), fill)

    def text(
        self, x: float, y: float, words: str, size: int, fill: str = INK, bold: bool = True, at: str = "lm"
    ) -> None:
        """``at`` is Pillow's anchor: l, m, r across and m for the middle of the line."""
        self._draw.text((x, y), words, fill, font(size, bold), anchor=at)

    def fit(
        self,
        x: float,
        y: float,
        words: str,
        size: int,
        room: float,
        fill: str = INK,
        bold: bool = True,
        at: str = "lm",
    ) -> None:
        """One line, made smaller until it is at most ``room`` wide."""
        wide = font(size, bold).getlength(words)
        self.text(x, y, words, size if wide <= room else max(10, int(size * room / wide)), fill, bold, at)

    def wrap(
        self, x: float, y: float, words: str, size: int, room: float, fill: str = INK, bold: bool = False
    ) -> float:
        """Lines of at most ``room`` from the top ``y`` down; returns where the next line would begin."""
        step, line = size * 1.5, ""
        for sign in words:
            if sign not in HANGING and font(size, bold).getlength(line + sign) > room:
                self.text(x, y + step / 2, line, size, fill, bold)
                line, y = "", y + step
            line += sign
        self.text(x, y + step / 2, line, size, fill, bold)
        return y + step

    def cross(self, x: float, y: float, r: float, fill: str, thick: int = 6) -> None:
        self.line([(x - r, y - r), (x + r, y + r)], fill, thick)
        self.line([(x - r, y + r), (x + r, y - r)], fill, thick)

    def tick(self, x: float, y: float, r: float, fill: str, thick: int = 6) -> None:
        self.line([(x - r, y), (x - r / 4, y + r * 0.8), (x + r, y - r)], fill, thick)

    def icon(
        self, name: str, x: float, y: float, size: int, ink: str = INK, accent: str = GOLD, paper: str = WHITE
    ) -> None:
        """The icon with its upper left corner at ``x``, ``y``."""
        drawn = icon(name, size, ink, accent, paper)
        self.image.paste(drawn, (int(x), int(y)), drawn)

    def paste(self, picture: Image.Image, x: float, y: float) -> None:
        self.image.paste(picture, (int(x), int(y)), picture if picture.mode == "RGBA" else None)

    def shade(self, x: int, y: int, w: int, h: int, top: str, bottom: str) -> None:
        """A box that goes from one colour to another, downwards."""
        ramp = Image.linear_gradient("L").resize((w, h))
        self.image.paste(
            Image.composite(Image.new("RGB", (w, h), bottom), Image.new("RGB", (w, h), top), ramp), (x, y)
        )


def icon(name: str, size: int, ink: str, accent: str, paper: str) -> Image.Image:
    """One of ``ICONS`` as an RGBA picture of ``size`` × ``size``."""
    side = size * FINE
    drawn = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(drawn)
    colour = {"ink": ink, "accent": accent, "paper": paper}
    k = side / 100
    for shape, *given in ICONS[name]:
        *where, shade = given
        fill = colour[str(shade)]
        if shape == "box":
            x, y, w, h, r = (float(v) * k for v in where)  # type: ignore[arg-type]
            draw.rounded_rectangle((x, y, x + w, y + h), r, fill)
        elif shape == "disc":
            x, y, r = (float(v) * k for v in where)  # type: ignore[arg-type]
            draw.ellipse((x - r, y - r, x + r, y + r), fill)
        elif shape == "arc":
            x, y, w, h = (float(v) * k for v in where)  # type: ignore[arg-type]
            draw.arc((x, y, x + w, y + h), 180, 360, fill, int(8 * k))
        elif shape == "poly":
            draw.polygon([v * k for v in where[0]], fill)  # type: ignore[attr-defined]
        elif shape == "line":
            draw.line([v * k for v in where[0]], fill, int(where[1] * k), joint="curve")  # type: ignore[attr-defined,operator]
        else:
            x, y, words, tall = where
            draw.text((x * k, y * k), words, fill, font(int(tall * k)), anchor="mm")  # type: ignore[operator,arg-type]
    return drawn.reduce(FINE)
