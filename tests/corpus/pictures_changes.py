"""What happens to a picture that is passed on: a change takes the file as it is and returns the file that arrives."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from tests.corpus import pictures_screens as screens
from tests.corpus.pictures_pen import font, icon

Edit = Callable[[Image.Image, Random], Image.Image]


@dataclass(frozen=True, slots=True)
class File:
    """A picture file: its bytes and its ending with the dot."""

    data: bytes
    suffix: str


@dataclass(frozen=True, slots=True)
class Change:
    """``make`` gets the original's path; ``count`` messages at a share of 1."""

    name: str
    make: Callable[[Path, Random], File]
    count: int


def encoded(picture: Image.Image, kind: str, **how: object) -> File:
    """The file of ``picture`` as Pillow's ``kind`` writes it."""
    buffer = BytesIO()
    picture.save(buffer, kind, **how)
    return File(buffer.getvalue(), {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}[kind])


def jpeg(picture: Image.Image, quality: int) -> File:
    return encoded(picture, "JPEG", quality=quality)


def as_saved(picture: Image.Image, rng: Random) -> File:
    """The way a phone or a chat program stores what was edited: mostly JPEG, some PNG."""
    if rng.random() < 0.25:
        return encoded(picture, "PNG", compress_level=1)
    return jpeg(picture, rng.choice((75, 85, 92)))


def opened(path: Path) -> Image.Image:
    """The picture at ``path`` in RGB, its file closed."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def halved(picture: Image.Image, rng: Random) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BICUBIC)


def sent_twice(picture: Image.Image, rng: Random) -> File:
    """As WeChat passes a picture on: a long side of 1080 or 720, JPEG 70, and once more."""
    scale = rng.choice((1080, 720)) / max(picture.size)
    small = picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC
    )
    return jpeg(Image.open(BytesIO(jpeg(small, 70).data)), 70)


def bordered(picture: Image.Image, rng: Random) -> Image.Image:
    """A frame of 2–8 % of the shorter side."""
    colour = rng.choice(("#ffffff", "#000000", "#c8281e", "#f0d080", "#3b76b8", "#e8e8e8"))
    return ImageOps.expand(picture, max(2, round(min(picture.size) * rng.uniform(0.02, 0.08))), colour)


def watermarked(picture: Image.Image, rng: Random) -> Image.Image:
    """Letters or a little sign in a corner, at most 12 % × 6 % of the picture, solid or see-through."""
    room = (picture.width * 0.12, picture.height * 0.06)
    solid = rng.choice((255, 255, 150, 110))
    if rng.random() < 0.6:
        words = rng.choice(("清河", "平安清河", "@老李", "小视频", "转发有礼", "抖抖123"))
        size = max(9, int(min(room[1] * 0.8, room[0] / len(words))))
        mark = Image.new("RGBA", (int(font(size).getlength(words)) + 4, int(size * 1.3)))
        shade = rng.choice(((255, 255, 255), (0, 0, 0), (200, 40, 30)))
        ImageDraw.Draw(mark).text((2, mark.height / 2), words, (*shade, solid), font(size), anchor="lm")
    else:
        mark = icon(
            rng.choice(("shield", "heart", "gift", "coin")),
            max(12, int(min(room))),
            "#1f5c9e",
            "#ffd04a",
            "#ffffff",
        )
        mark.putalpha(mark.getchannel("A").point(lambda a: a * solid // 255))
    gap = max(2, round(min(picture.size) * 0.015))
    x = rng.choice((gap, picture.width - mark.width - gap))
    y = rng.choice((gap, picture.height - mark.height - gap))
    marked = picture.copy()
    marked.paste(mark, (x, y), mark)
    return marked


def cropped(picture: Image.Image, rng: Random) -> Image.Image:
    """3–5 % cut from every side."""
    left, top, right, bottom = (rng.uniform(0.03, 0.05) for _ in range(4))
    return _cut(picture, left, top, right, bottom)


def cropped_one_side(picture: Image.Image, rng: Random) -> Image.Image:
    sides = [0.0, 0.0, 0.0, 0.0]
    sides[rng.randrange(4)] = rng.uniform(0.03, 0.05)
    return _cut(picture, *sides)


def _cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    w, h = picture.size
    return picture.crop((round(w * left), round(h * top), round(w * (1 - right)), round(h * (1 - bottom))))


def recoloured(picture: Image.Image, rng: Random) -> Image.Image:
    """Brighter, darker, other contrast, paler, other hue, other gamma, or grey."""
    which = rng.randrange(6)
    if which == 0:
        return ImageEnhance.Brightness(picture).enhance(
            rng.choice((rng.uniform(0.7, 0.88), rng.uniform(1.1, 1.25)))
        )
    if which == 1:
        return ImageEnhance.Contrast(picture).enhance(
            rng.choice((rng.uniform(0.7, 0.88), rng.uniform(1.12, 1.35)))
        )
    if which == 2:
        return ImageEnhance.Color(picture).enhance(rng.choice((rng.uniform(0.2, 0.7), rng.uniform(1.3, 1.8))))
    if which == 3:
        return _turned_hue(picture, rng.choice((-1, 1)) * rng.uniform(8, 24))
    if which == 4:
        gamma = rng.choice((rng.uniform(0.65, 0.85), rng.uniform(1.2, 1.5)))
        return picture.point([round(255 * (v / 255) ** gamma) for v in range(256)] * 3)
    return picture.convert("L").convert("RGB")


def _turned_hue(picture: Image.Image, degrees: float) -> Image.Image:
    """All hues moved on the colour wheel, by a linear mix of the channels."""
    columns = []
    for channel in range(3):
        one = [0.0, 0.0, 0.0]
        one[channel] = 1.0
        h, s, v = colorsys.rgb_to_hsv(*one)
        columns.append(colorsys.hsv_to_rgb((h + degrees / 360) % 1, s, v))
    mixed = np.asarray(picture, np.float32) @ np.asarray(columns, np.float32)
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8))


def blurred(picture: Image.Image, rng: Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 1.4)))


def _same(path: Path, rng: Random) -> File:
    return File(path.read_bytes(), path.suffix)


def _turned(path: Path, rng: Random) -> File:
    """Stored lying down or upside down, with the EXIF word that rights it."""
    word, turn = rng.choice(
        ((3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270))
    )
    exif = Image.Exif()
    exif[0x0112] = word
    return encoded(opened(path).transpose(turn), "JPEG", quality=85, exif=exif)


def _webp(path: Path, rng: Random) -> File:
    return encoded(opened(path), "WEBP", quality=rng.choice((50, 70, 85)), method=1)


def _gif(path: Path, rng: Random) -> File:
    return encoded(opened(path).quantize(rng.choice((64, 128, 256))), "GIF")


def screenshot(edit: Edit) -> Callable[[Path, Random], File]:
    """A screen around the picture, stored as PNG, or JPEG 60–80, some at half size."""

    def make(path: Path, rng: Random) -> File:
        return stored_screen(edit(opened(path), rng), rng)

    return make


def stored_screen(screen: Image.Image, rng: Random) -> File:
    """A screenshot's file: whole as PNG or JPEG 80, passed on as JPEG 60, or that at half size."""
    way = rng.randrange(4)
    if way == 0:
        return encoded(screen, "PNG", compress_level=1)
    if way == 1:
        return jpeg(screen, 80)
    return jpeg(screen if way == 2 else screen.reduce(2), 60)


def _edited(edit: Edit) -> Callable[[Path, Random], File]:
    def make(path: Path, rng: Random) -> File:
        return as_saved(edit(opened(path), rng), rng)

    return make


def _at_quality(quality: int) -> Callable[[Path, Random], File]:
    def make(path: Path, rng: Random) -> File:
        return jpeg(opened(path), quality)

    return make


SCREENS: tuple[Edit, ...] = (screens.viewer, screens.chat, screens.article, screens.album)
EDITS: tuple[Edit, ...] = (bordered, watermarked, cropped, cropped_one_side, recoloured, blurred, halved)


def two_edits(path: Path, rng: Random) -> File:
    """Two different edits, or one and a screenshot; then stored, half of the time as WeChat does."""
    first, second = rng.sample((*EDITS, *SCREENS), 2)
    if first in SCREENS:
        first, second = (second, first) if second not in SCREENS else (rng.choice(EDITS), first)
    picture = second(first(opened(path), rng), rng)
    if second in SCREENS:
        return stored_screen(picture, rng)
    return sent_twice(picture, rng) if rng.random() < 0.5 else jpeg(picture, rng.choice((50, 65, 80)))


CHANGES = (
    Change("same bytes", _same, 90),
    Change("jpeg 30", _at_quality(30), 80),
    Change("jpeg 40", _at_quality(40), 80),
    Change("jpeg 50", _at_quality(50), 80),
    Change("half size", _edited(halved), 80),
    Change("half jpeg 40", lambda path, rng: jpeg(halved(opened(path), rng), 40), 90),
    Change("wechat", lambda path, rng: sent_twice(opened(path), rng), 90),
    Change("border", _edited(bordered), 90),
    Change("watermark", _edited(watermarked), 90),
    Change("crop", _edited(cropped), 90),
    Change("crop one side", _edited(cropped_one_side), 90),
    Change("colour", _edited(recoloured), 120),
    Change("exif", _turned, 80),
    Change("webp", _webp, 80),
    Change("gif", _gif, 80),
    Change("blur", _edited(blurred), 80),
    Change("screen viewer", screenshot(screens.viewer), 100),
    Change("screen chat", screenshot(screens.chat), 120),
    Change("screen page", screenshot(screens.article), 100),
    Change("screen album", screenshot(screens.album), 80),
    Change("two changes", two_edits, 160),
)
