"""Photographs: those that scikit-image ships, shared out between the library and the rest; and made-up ones."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin
from pathlib import Path
from random import Random

import numpy as np
import skimage.data
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.corpus.pictures_pen import Canvas

SHIPPED = Path(skimage.data.__file__).parent
WHOLE = (
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "moon.png",
    "retina.jpg",
    "horse.png",
    "page.png",
    "text.png",
    "color.png",
    "cell.png",
    "clock_motion.png",
)
"""In the library as they are."""
HALVED = ("hubble_deep_field.jpg", "ihc.png", "brick.png", "grass.png", "gravel.png")
"""The left half is in the library; the right half is another picture of the same stuff."""
WIDTH = 800


def library_photos() -> dict[str, Image.Image]:
    """Name → picture, the twenty of the library."""
    whole = {name.split(".")[0].replace("_", "-"): _wide(_shipped(name)) for name in WHOLE}
    halves = {name.split(".")[0].replace("_", "-"): _wide(_half(name, 0)) for name in HALVED}
    return whole | halves


def other_photo(rng: Random) -> Image.Image:
    """A photograph or a drawn view that the library does not hold."""
    return rng.choice((_right_half, _faces, _landscape, _town, _noise, _lights, _flowers, _bowl, _fabric))(
        rng
    )


@cache
def _shipped(name: str) -> Image.Image:
    picture = Image.open(SHIPPED / name)
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        picture = ground
    return picture.convert("RGB")


def _half(name: str, which: int) -> Image.Image:
    """The left (0) or the right (1) half, with a gap between them that belongs to neither."""
    picture = _shipped(name)
    middle, gap = picture.width // 2, picture.width // 50
    return picture.crop(
        (middle + gap, 0, picture.width, picture.height) if which else (0, 0, middle, picture.height)
    )


def _wide(picture: Image.Image) -> Image.Image:
    """Small ones enlarged, large ones reduced, to the width that posters have."""
    scale = min(1.8, WIDTH / picture.width)
    return picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC
    )


def _right_half(rng: Random) -> Image.Image:
    half = _half(rng.choice(HALVED), 1)
    w, h = (int(side * rng.uniform(0.6, 1.0)) for side in half.size)
    x, y = rng.randint(0, half.width - w), rng.randint(0, half.height - h)
    part = half.crop((x, y, x + w, y + h))
    return _wide(ImageOps.mirror(part) if rng.random() < 0.3 else part)


def _faces(rng: Random) -> Image.Image:
    """A wall of portraits, or one of them large and soft."""
    stock = np.load(SHIPPED / "lfw_subset.npy")[:100]
    across, down = rng.choice(((1, 1), (2, 2), (3, 4)))
    tiles = [np.asarray(stock[rng.randrange(len(stock))] * 255, np.uint8) for _ in range(across * down)]
    wall = np.vstack([np.hstack(tiles[row * across : (row + 1) * across]) for row in range(down)])
    picture = Image.fromarray(wall).resize((720, 720 * down // across), Image.Resampling.BICUBIC)
    return ImageOps.colorize(picture, "#1c120c", rng.choice(("#fff4e4", "#e4f0ff", "#ffffff"))).convert("RGB")


def _field(rng: Random, w: int, h: int, cells: int) -> np.ndarray:
    """Smooth noise 0–1 with about ``cells`` bumps across, from the coarse to the fine."""
    total, weight = np.zeros((h, w)), 0.0
    made = np.random.default_rng(rng.getrandbits(32))
    for octave in range(4):
        n, part = cells * 2**octave, 0.55**octave
        coarse = Image.fromarray((made.random((n, n)) * 255).astype(np.uint8))
        total += np.asarray(coarse.resize((w, h), Image.Resampling.BICUBIC), float) * part
        weight += 255 * part
    return total / weight


def _tinted(field: np.ndarray, dark: str, light: str) -> Image.Image:
    grey = Image.fromarray(np.clip(field * 255, 0, 255).astype(np.uint8))
    return ImageOps.colorize(grey, dark, light).convert("RGB")


def _grain(picture: Image.Image, rng: Random, strength: float = 7) -> Image.Image:
    """The noise of a cheap camera."""
    made = np.random.default_rng(rng.getrandbits(32))
    noisy = np.asarray(picture, float) + made.normal(0, strength, (picture.height, picture.width, 1))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _noise(rng: Random) -> Image.Image:
    """Clouds, marble, water."""
    w, h = rng.choice(((720, 720), (800, 600), (640, 860)))
    field = _field(rng, w, h, rng.choice((2, 4, 7)))
    if rng.random() < 0.4:
        field = np.abs(np.sin(field * pi * rng.uniform(2, 6)))
    colours = rng.choice(
        (("#20426a", "#f2f7fb"), ("#2c1d12", "#e8d3b0"), ("#0e3a2c", "#bfe6c8"), ("#3a3a3a", "#e8e8e8"))
    )
    return _tinted(field, *colours)


def _landscape(rng: Random) -> Image.Image:
    """Mountains one behind the other under a sky, sometimes a sun and a lake."""
    w, h = 800, rng.choice((600, 533, 1000))
    c = Canvas(w, h)
    top, low, near = rng.choice(
        (
            ("#4d8fd0", "#f3dcc0", "#24402f"),
            ("#23264d", "#f08a5a", "#15131f"),
            ("#8fa9bf", "#eef2f4", "#3d4a3f"),
            ("#5fb0e5", "#ffffff", "#4f7f2e"),
        )
    )
    c.shade(0, 0, w, h, top, low)
    if rng.random() < 0.7:
        c.disc(rng.randint(80, w - 80), rng.randint(60, h // 2), rng.randint(24, 60), "#fff2cf")
    for n in range(4):
        wave = [(rng.uniform(0.4, 3), rng.uniform(0, 6), rng.uniform(0.02, 0.1) * h) for _ in range(4)]
        base = h * (0.4 + n * 0.15)
        crest = [
            (x, base + sum(tall * sin(x / w * turn * 6 + at) for turn, at, tall in wave))
            for x in range(0, w + 8, 8)
        ]
        colour = Image.blend(Image.new("RGB", (1, 1), low), Image.new("RGB", (1, 1), near), 0.3 + n * 0.23)
        c.poly([*crest, (w, h), (0, h)], "#{:02x}{:02x}{:02x}".format(*colour.getpixel((0, 0))))
    return _grain(c.image.filter(ImageFilter.GaussianBlur(1)), rng)


def _town(rng: Random) -> Image.Image:
    """Houses with lit windows."""
    w, h = rng.choice(((800, 600), (640, 853)))
    c = Canvas(w, h)
    c.shade(0, 0, w, h, *rng.choice((("#101830", "#504468"), ("#87b8dd", "#eef4f6"), ("#f3b27a", "#7c5c78"))))
    x = -20
    while x < w:
        wide, tall = rng.randint(60, 150), rng.randint(h // 4, h * 3 // 4)
        wall = rng.choice(("#3a3f55", "#5c4a44", "#7d7f86", "#9c8a74", "#2d3440"))
        c.box(x, h - tall, wide, tall, wall)
        for row in range(h - tall + 16, h - 30, 34):
            for column in range(x + 10, x + wide - 20, 26):
                c.box(column, row, 14, 20, rng.choice(("#ffe08a", wall, "#1c2230", "#cfe3f2")))
        x += wide + rng.randint(-6, 20)
    return _grain(c.image.filter(ImageFilter.GaussianBlur(1)), rng)


def _lights(rng: Random) -> Image.Image:
    """Lights out of focus."""
    c = Canvas(rng.choice((720, 800)), rng.choice((540, 900)), rng.choice(("#14101c", "#0d1a22", "#241a12")))
    for _ in range(rng.randint(25, 70)):
        colour = rng.choice(("#d88a3a", "#c34a4a", "#e8d9a0", "#4a7fc3", "#6ab36a", "#8a5ac0"))
        c.disc(rng.randint(0, c.w), rng.randint(0, c.h), rng.randint(8, 50), colour)
    return _grain(c.image.filter(ImageFilter.GaussianBlur(rng.randint(4, 10))), rng)


def _flowers(rng: Random) -> Image.Image:
    """Flowers on green, drawn petal by petal."""
    w, h = rng.choice(((720, 720), (720, 960)))
    c = Canvas(w, h)
    c.image.paste(_tinted(_field(rng, w, h, 8), "#123312", "#7fae5a"))
    for _ in range(rng.randint(3, 9)):
        x, y, r = rng.randint(60, w - 60), rng.randint(60, h - 60), rng.randint(24, 90)
        petals, colour = (
            rng.randint(5, 11),
            rng.choice(("#e85d75", "#ffd23f", "#ffffff", "#b78ae0", "#ff8c42")),
        )
        for n in range(petals):
            c.disc(
                x + r * cos(2 * pi * n / petals),
                y + r * sin(2 * pi * n / petals),
                r * 0.5,
                colour,
                "#5a3a3a",
                1,
            )
        c.disc(x, y, r * 0.5, "#a66b1f")
    return _grain(c.image.filter(ImageFilter.GaussianBlur(1.5)), rng)


def _bowl(rng: Random) -> Image.Image:
    """Dinner: a bowl on a table."""
    w, h = 800, 600
    c = Canvas(w, h)
    grain = _field(rng, w, 40, 3)
    c.image.paste(_tinted(np.repeat(grain, h // 40, axis=0), "#5a3a20", "#b98a56"))
    x, y, r = rng.randint(300, 500), rng.randint(240, 340), rng.randint(150, 230)
    c.disc(x + 14, y + 18, r, "#3a2616")
    c.disc(x, y, r, rng.choice(("#f4f4f0", "#3b6ea8", "#c8e0d4")))
    c.disc(x, y, r * 0.86, rng.choice(("#a03c1c", "#d8a040", "#e8dcc0", "#5a7a2c")))
    for _ in range(rng.randint(20, 60)):
        far, turn = r * 0.75 * rng.random(), rng.uniform(0, 2 * pi)
        dot = rng.choice(("#2f7a2f", "#f0e0b0", "#8a2a14", "#f4c430"))
        c.disc(x + far * cos(turn), y + far * sin(turn), rng.randint(5, 24), dot)
    return _grain(c.image.filter(ImageFilter.GaussianBlur(2)), rng)


def _fabric(rng: Random) -> Image.Image:
    """Stripes and checks with the folds of a cloth."""
    w, h = 720, rng.choice((540, 720))
    across, down = np.meshgrid(np.arange(w), np.arange(h))
    bend = _field(rng, w, h, 3) * rng.randint(40, 160)
    weave = np.sin((across + bend) / rng.uniform(6, 30)) * np.sin((down + bend) / rng.uniform(6, 30))
    picture = _tinted(
        0.35 + 0.3 * (weave > 0) + 0.35 * _field(rng, w, h, 3),
        *rng.choice((("#401020", "#f0d8d8"), ("#102040", "#d8e4f0"), ("#1c3010", "#e4f0d0"))),
    )
    return ImageEnhance.Contrast(picture).enhance(rng.uniform(0.8, 1.2))
