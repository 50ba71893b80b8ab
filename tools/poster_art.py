"""A pen for flat pictures and one illustration per kind of fraud, drawn with Pillow's primitives.

Colours are those of the office's design language; red is not among them here (it is the seal's alone).
Everything is drawn at `SCALE` and made small afterwards, which is what smooths the edges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SCALE = 3
BOX = 440
"""Illustrations live in a square of this size."""

INK, INK2 = "#1b2430", "#51606f"
WHITE, LINE, TINT, PALE, SKY = "#ffffff", "#d5dbe3", "#eaf2fa", "#c9dff3", "#9cc3e8"
BLUE, GOLD, ORANGE = "#1d5a9e", "#ffd04a", "#b84300"
RED = "#b5221b"
"""The seal's red; never for anything else."""

_FONTS = Path(__file__).parent / "fonts"
_EDGE = 8
Point = tuple[float, float]


@cache
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The poster's typeface at ``size`` pixels of the enlarged canvas."""
    return ImageFont.truetype(_FONTS / f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf", size)


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide ``text`` is, in poster pixels."""
    face = font(round(size * SCALE), bold)
    runs = _runs(text)
    return sum(map(face.getlength, runs)) / SCALE - (len(runs) - 1) * _CLOSE * size


_CLOSE = 0.5


def _runs(text: str) -> list[str]:
    """``text`` cut where a closing quote meets a comma: half a character of air is taken out there."""
    return re.split("(?<=”)(?=[，。、；])", text)


class Pen:
    """Draws in poster pixels, from an origin, on an enlarged canvas."""

    def __init__(self, image: Image.Image, x: float = 0, y: float = 0, zoom: float = 1) -> None:
        self._image, self._draw = image, ImageDraw.Draw(image)
        self._x, self._y, self._k = x * SCALE, y * SCALE, zoom * SCALE

    def at(self, x: float, y: float, zoom: float = 1) -> Pen:
        """A pen with its origin at ``x``, ``y`` of the poster."""
        return Pen(self._image, x, y, zoom)

    def _p(self, point: Point) -> Point:
        return self._x + point[0] * self._k, self._y + point[1] * self._k

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        r: float = 0,
        fill: str | None = WHITE,
        edge: str | None = None,
        edge_width: float = _EDGE,
    ) -> None:
        self._draw.rounded_rectangle(
            (*self._p((x, y)), *self._p((x + w, y + h))),
            r * self._k,
            fill,
            edge,
            round(edge_width * self._k) if edge else 0,
        )

    def disc(
        self,
        x: float,
        y: float,
        r: float,
        fill: str | None = WHITE,
        edge: str | None = None,
        edge_width: float = _EDGE,
    ) -> None:
        self.oval(x, y, r, r, fill, edge, edge_width)

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        fill: str | None = WHITE,
        edge: str | None = None,
        edge_width: float = _EDGE,
    ) -> None:
        self._draw.ellipse(
            (*self._p((x - rx, y - ry)), *self._p((x + rx, y + ry))),
            fill,
            edge,
            round(edge_width * self._k) if edge else 0,
        )

    def line(
        self, points: Sequence[Point], thick: float = _EDGE, colour: str = INK, closed: bool = False
    ) -> None:
        """A line with round ends and corners."""
        path = [self._p(p) for p in points]
        if closed:
            path = [*path, path[0]]
        self._draw.line(path, colour, round(thick * self._k))
        half = thick * self._k / 2 - 0.5
        for x, y in path:
            self._draw.ellipse((x - half, y - half, x + half, y + half), colour)

    def shape(self, points: Sequence[Point], fill: str = WHITE, edge: str | None = INK) -> None:
        self._draw.polygon([self._p(p) for p in points], fill)
        if edge:
            self.line(points, _EDGE, edge, closed=True)

    def arc(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        start: float,
        end: float,
        thick: float = _EDGE,
        colour: str = INK,
    ) -> None:
        """Degrees run clockwise from three o'clock."""
        self.line(curve(x, y, rx, ry, start, end), thick, colour)

    def text(
        self, x: float, y: float, text: str, size: float, colour: str = INK, bold: bool = True, at: str = "m"
    ) -> None:
        """``y`` is the middle of the characters; ``at``: l(eft), m(iddle) or r(ight) of ``x``."""
        # An opening quote hangs in the margin.
        hang = 0.48 * size if at == "l" and text.startswith("“") else 0
        px, py = self._p((x - hang, y))
        face, em = font(round(size * self._k), bold), size * self._k
        runs = _runs(text)
        whole = sum(map(face.getlength, runs)) - (len(runs) - 1) * _CLOSE * em
        px -= {"l": 0, "m": whole / 2, "r": whole}[at]
        for run in runs:
            # A Chinese character's middle is 0.056 em below the middle between ascender and descender.
            self._draw.text((px, py - 0.056 * em), run, colour, face, "lm")
            px += face.getlength(run) - _CLOSE * em


def curve(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points of an ellipse's arc, close enough to look round."""
    steps = max(8, int(abs(end - start) / 3))
    angles = [(start + (end - start) * i / steps) * pi / 180 for i in range(steps + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def _coin(pen: Pen, x: float, y: float, r: float, sign: str = "¥") -> None:
    pen.disc(x, y, r, GOLD, INK)
    pen.text(x, y, sign, r * (1.15 if len(sign) == 1 else 0.72))


def _phone(pen: Pen, x: float, y: float, w: float, h: float) -> None:
    pen.box(x, y, w, h, 30, INK)
    pen.box(x + 14, y + 34, w - 28, h - 68, 8, WHITE)
    pen.box(x + w / 2 - 26, y + 14, 52, 8, 4, INK2)
    pen.box(x + w / 2 - 34, y + h - 21, 68, 8, 4, INK2)


def hook(pen: Pen) -> None:
    """刷单返利: a small coin on a hook before a phone."""
    _phone(pen, 20, 30, 236, 400)
    for row, paid in enumerate(("+5元", "+8元", "+12元")):
        pen.box(48, 88 + row * 88, 122, 66, 14, PALE)
        pen.text(109, 121 + row * 88, paid, 38)
    _coin(pen, 252, 232, 72, "5元")
    pen.line([(378, -240), (378, 176)], 7, WHITE)
    bent = [(378, 210), (378, 316), *curve(306, 316, 72, 76, 0, 180), (234, 300)]
    for thick, colour in ((30, INK), (14, WHITE)):
        pen.disc(378, 190, 24, None, colour, 30 if colour == INK else 14)
        pen.line(bent, thick, colour)
        pen.line([(234, 296), (264, 332)], thick, colour)


def headset(pen: Pen) -> None:
    """冒充客服退款: a headset around a bubble."""
    pen.arc(220, 218, 168, 168, 180, 360, 30, INK)
    pen.arc(220, 218, 168, 168, 180, 360, 14, SKY)
    for x in (18, 344):
        pen.box(x, 200, 78, 140, 34, GOLD, INK)
    pen.line([(382, 336), (382, 356), *curve(332, 356, 50, 50, 0, 90), (268, 406)], 12)
    pen.box(206, 384, 76, 44, 22, INK)
    pen.shape([(150, 306), (150, 362), (206, 306)])
    pen.box(112, 176, 216, 136, 26, WHITE, INK)
    pen.shape([(155, 296), (155, 350), (202, 296)], WHITE, None)
    pen.text(220, 243, "退款", 74, BLUE)


def cap(pen: Pen) -> None:
    """冒充公检法: a telephone that wears a peaked cap."""
    _phone(pen, 108, 120, 224, 316)
    pen.text(220, 312, "?", 160, BLUE)
    pen.shape([*curve(220, 92, 190, 62, 180, 360), (356, 132), (84, 132)], BLUE)
    pen.box(84, 120, 272, 50, 8, INK)
    pen.shape([*curve(220, 164, 142, 52, 0, 180)], INK)
    pen.line(curve(220, 170, 104, 26, 20, 160), 7, SKY)
    pen.disc(220, 92, 34, GOLD, INK)
    pen.text(220, 92, "假", 38)


def loan(pen: Pen) -> None:
    """虚假网贷: banknotes behind a padlock."""
    for i, fill in enumerate((SKY, PALE, WHITE)):
        pen.box(20 + 18 * i, 70 + 34 * i, 364, 190, 16, fill, INK)
    pen.disc(238, 233, 60, TINT, INK)
    pen.text(238, 233, "¥", 76, BLUE)
    for x in (84, 350):
        pen.box(x, 164, 42, 10, 5, SKY)
        pen.box(x, 292, 42, 10, 5, SKY)
    pen.arc(346, 310, 50, 62, 180, 360, 36, INK)
    pen.arc(346, 310, 50, 62, 180, 360, 20, WHITE)
    pen.box(262, 302, 168, 134, 22, GOLD, INK)
    pen.disc(346, 354, 20, INK, None)
    pen.line([(346, 358), (346, 396)], 18)


def chart(pen: Pen) -> None:
    """虚假投资: gains on a screen that end in nothing."""
    pen.box(24, 66, 392, 292, 24, WHITE, INK)
    for y in (140, 206, 272):
        pen.line([(62, y), (378, y)], 4, LINE)
    up = [(66, 300), (126, 256), (178, 268), (246, 176), (296, 122)]
    pen.line(up, 18, BLUE)
    pen.line([(296, 122), (332, 304)], 18, ORANGE)
    pen.line([(304, 270), (334, 308), (356, 264)], 18, ORANGE)
    pen.box(186, 358, 68, 44, 0, INK)
    pen.box(130, 396, 180, 26, 13, INK)
    _coin(pen, 96, 372, 56)


def boss(pen: Pen) -> None:
    """冒充领导熟人: a suit without a face, asking for money."""
    pen.shape([(20, 430), *curve(178, 430, 158, 156, 180, 360), (336, 430)], BLUE)
    pen.shape([(130, 282), (178, 340), (226, 282)], WHITE)
    pen.shape([(164, 324), (192, 324), (186, 350), (204, 408), (178, 430), (152, 408), (170, 350)], GOLD)
    pen.disc(178, 182, 104, PALE, INK)
    pen.text(178, 182, "?", 150, INK)
    pen.shape([(276, 130), (236, 178), (330, 130)], GOLD)
    pen.box(232, 24, 204, 116, 26, GOLD, INK)
    pen.shape([(284, 116), (252, 164), (326, 126)], GOLD, None)
    pen.text(334, 82, "快转款", 56)


def gift(pen: Pen) -> None:
    """养老诈骗: a present with eggs."""
    pen.box(44, 190, 308, 236, 14, SKY, INK)
    pen.box(22, 132, 352, 80, 14, PALE, INK)
    pen.box(166, 132, 64, 294, 0, GOLD, INK)
    for x in (126, 270):
        pen.oval(x, 84, 78, 48, GOLD, INK)
        pen.oval(x, 84, 36, 17, WHITE, INK)
    pen.box(164, 56, 68, 76, 22, GOLD, INK)
    for x, y, size in ((300, 352, 1.0), (400, 364, 0.9), (350, 378, 0.92)):
        egg = [*curve(x, y, 48 * size, 74 * size, 180, 360), *curve(x, y, 48 * size, 54 * size, 0, 180)]
        pen.shape(egg)


def gamepad(pen: Pen) -> None:
    """游戏交易: a gamepad and a tag that says free."""
    body = [*curve(116, 262, 104, 104, 150, 270), *curve(324, 262, 104, 104, 270, 390)]
    pen.shape(
        [
            *body,
            (440, 384),
            *curve(390, 392, 46, 40, 0, 120),
            (290, 340),
            (150, 340),
            *curve(50, 392, 46, 40, 60, 180),
            (0, 384),
        ],
        WHITE,
    )
    pen.box(64, 244, 116, 40, 10, BLUE)
    pen.box(102, 206, 40, 116, 10, BLUE)
    for x, y, fill in ((318, 222, GOLD), (318, 308, SKY), (275, 265, PALE), (361, 265, BLUE)):
        pen.disc(x, y, 24, fill, INK, 6)
    pen.line([(220, 158), (220, 120), *curve(250, 120, 30, 40, 180, 270), (262, 80)], 8)
    pen.shape([(250, 60), (290, 18), (436, 18), (436, 102), (290, 102)], GOLD)
    pen.disc(290, 60, 10, INK, None)
    pen.text(366, 60, "免费送", 38)


def cards(pen: Pen) -> None:
    """两卡: a bank card and a telephone card, not for lending."""
    pen.shape([(232, 34), (362, 34), (414, 86), (414, 262), (232, 262)], PALE)
    pen.box(272, 106, 104, 104, 14, GOLD, INK)
    pen.line([(324, 106), (324, 210)], 6)
    pen.line([(272, 158), (376, 158)], 6)
    pen.box(12, 158, 344, 220, 24, WHITE, INK)
    pen.box(12, 206, 344, 44, 0, INK)
    pen.box(46, 284, 62, 46, 10, GOLD, INK, 6)
    for i in range(4):
        pen.box(136 + i * 46, 300, 34, 14, 7, SKY)
    pen.disc(342, 344, 78, ORANGE, WHITE, 10)
    pen.line([(310, 312), (374, 376)], 20, WHITE)
    pen.line([(374, 312), (310, 376)], 20, WHITE)


def bag(pen: Pen) -> None:
    """网络购物: a shopping bag with too good a price."""
    pen.arc(186, 156, 76, 106, 180, 360, 30, INK)
    pen.arc(186, 156, 76, 106, 180, 360, 14, WHITE)
    pen.shape([(44, 150), (328, 150), (356, 426), (16, 426)], SKY)
    pen.shape([(44, 150), (328, 150), (334, 206), (38, 206)], PALE)
    pen.disc(110, 180, 12, INK, None)
    pen.disc(262, 180, 12, INK, None)
    pen.arc(186, 256, 62, 62, 20, 160, 14, INK)
    pen.line([(262, 180), (328, 242)], 6)
    pen.shape([(288, 258), (328, 212), (440, 212), (440, 340), (288, 340)], GOLD)
    pen.disc(328, 242, 11, INK, None)
    pen.text(364, 295, "低价", 56)


def shield(pen: Pen) -> None:
    """反诈热线: a shield that one can ring."""
    side = [(220, 12), (396, 70), (396, 226), *curve(220, 226, 176, 200, 0, 180), (44, 226), (44, 70)]
    pen.shape(side, WHITE)
    pen.shape(
        [(220, 46), (362, 92), (362, 226), *curve(220, 226, 142, 164, 0, 180), (78, 226), (78, 92)],
        BLUE,
        None,
    )
    pen.arc(220, 222, 92, 84, 200, 340, 40, WHITE)
    for x in (128, 312):
        pen.box(x - 36, 182, 72, 58, 16, WHITE)
    pen.box(82, 262, 276, 92, 20, GOLD, INK)
    pen.text(220, 308, "96110", 80)


ART: dict[str, Callable[[Pen], None]] = {
    "hook": hook,
    "headset": headset,
    "cap": cap,
    "loan": loan,
    "chart": chart,
    "boss": boss,
    "gift": gift,
    "gamepad": gamepad,
    "cards": cards,
    "bag": bag,
    "shield": shield,
}
