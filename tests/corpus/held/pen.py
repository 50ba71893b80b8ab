"""Drawing words on a sheet: lines that are broken where they are full, titles in the middle, columns."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.corpus.held.fonts import font

Colour = tuple[int, int, int]
WHITE, BLACK, GREY = (255, 255, 255), (20, 20, 20), (140, 140, 140)


class Pen:
    """Draws on ``image``; what writes returns the height at which the next thing may begin."""

    def __init__(self, width: int, height: int, ground: Colour = WHITE) -> None:
        self.image = Image.new("RGB", (width, height), ground)
        self.draw = ImageDraw.Draw(self.image)

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    def shade(self, top: Colour, bottom: Colour) -> None:
        """Ground that goes over from one colour to another."""
        column = Image.new("RGB", (1, self.height))
        for y in range(self.height):
            part = y / self.height
            column.putpixel(
                (0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
            )
        self.image.paste(column.resize(self.image.size), (0, 0))

    def box(
        self,
        x: int,
        y: int,
        width: int,
        height: int,
        fill: Colour,
        radius: int = 0,
        line: Colour | None = None,
    ) -> None:
        self.draw.rounded_rectangle((x, y, x + width, y + height), radius, fill, line, 4 if line else 0)

    def middle(self, y: int, words: str, name: str, size: int, fill: Colour = BLACK) -> int:
        """One line in the middle, smaller if it is too wide."""
        while font(name, size).getlength(words) > self.width * 0.92:
            size -= 2
        self.draw.text((self.width / 2, y), words, fill, font(name, size), anchor="ma")
        return y + round(size * 1.35)

    def write(
        self,
        x: int,
        y: int,
        words: str,
        name: str,
        size: int,
        width: int,
        fill: Colour = BLACK,
        gap: float = 1.45,
    ) -> int:
        for line in broken(words, name, size, width):
            self.draw.text((x, y), line, fill, font(name, size))
            y += round(size * gap)
        return y

    def down(self, x: int, y: int, words: str, name: str, size: int, fill: Colour = BLACK) -> int:
        """A column, sign below sign."""
        for sign in words:
            self.draw.text((x, y), sign, fill, font(name, size), anchor="ma")
            y += round(size * 1.12)
        return y


def broken(words: str, name: str, size: int, width: int) -> list[str]:
    """``words`` as lines that are not wider than ``width``."""
    lines = [""]
    face = font(name, size)
    for sign in words:
        if sign == "\n":
            lines.append("")
        elif lines[-1] and face.getlength(lines[-1] + sign) > width and sign not in "，。！？；：”、":
            lines.append(sign)
        else:
            lines[-1] += sign
    return lines
