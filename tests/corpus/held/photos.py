"""Photographs that scikit-image ships: some are contents, the others are what people also post."""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path

import numpy as np
import skimage
from PIL import Image, ImageFilter

LISTED = (
    "astronaut.png",
    "coffee.png",
    "chelsea.png",
    "rocket.jpg",
    "camera.png",
    "coins.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "retina.jpg",
    "motorcycle_left.png",
)
TITLES = (
    "宣传员风采",
    "夜校茶歇",
    "反诈吉祥物小花",
    "平安号出发",
    "街头采访",
    "被追回的硬币",
    "夜巡星空",
    "实验课公开日",
    "护眼义诊",
    "骑行宣传队",
)
_OTHERS = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "moon.png",
    "cell.png",
    "clock_motion.png",
    "color.png",
    "logo.png",
    "page.png",
    "text.png",
    "microaneurysms.png",
    "horse.png",
    "chessboard_RGB.png",
)
_FACES = "lfw_subset.npy"


def photograph(name: str) -> Image.Image:
    """One of the shipped files, at the size of a telephone's picture."""
    with Image.open(_folder() / name) as image:
        return _large(image.convert("RGB"))


def another(rng: random.Random) -> Image.Image:
    """A photograph that is no content: a shipped one, a part of it, a face, or a landscape."""
    match rng.randrange(4):
        case 0:
            return photograph(rng.choice(_OTHERS))
        case 1:
            return _part(photograph(rng.choice(_OTHERS)), rng)
        case 2:
            return _large(
                Image.fromarray(np.uint8(_faces()[rng.randrange(100)] * 255))
                .convert("RGB")
                .resize((500, 500), Image.Resampling.BICUBIC)
            )
    return landscape(rng)


def landscape(rng: random.Random) -> Image.Image:
    """Hills below a sky, with grain."""
    width, height = rng.choice(((1080, 810), (810, 1080), (1200, 675)))
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    sky, land = (
        np.array([rng.randint(low, 255) for low in (90, 120, 150)]),
        np.array([rng.randint(20, 130) for _ in range(3)]),
    )
    planes = sky * (0.55 + 0.45 * (y / height))[..., None]
    for hill in range(rng.randint(2, 5)):
        ridge = height * (0.4 + 0.13 * hill) + rng.uniform(20, 90) * np.sin(
            x / rng.uniform(60, 260) + rng.uniform(0, 2 * math.pi)
        )
        planes = np.where((y > ridge)[..., None], land * (1 - 0.15 * hill) + rng.randint(0, 40), planes)
    grain = np.random.default_rng(rng.randrange(2**32)).normal(0, 9, (height, width, 1))
    return Image.fromarray(np.uint8(np.clip(planes + grain, 0, 255))).filter(ImageFilter.GaussianBlur(0.8))


def _part(image: Image.Image, rng: random.Random) -> Image.Image:
    """A third to two thirds of it, upright or on its side."""
    wide, high = (round(side * rng.uniform(0.35, 0.65)) for side in image.size)
    x, y = rng.randint(0, image.width - wide), rng.randint(0, image.height - high)
    return _large(image.crop((x, y, x + wide, y + high)).rotate(rng.choice((0, 0, 90, 180)), expand=True))


def _large(image: Image.Image) -> Image.Image:
    factor = 1080 / max(image.size)
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)


@cache
def _faces() -> np.ndarray:
    return np.asarray(np.load(_folder() / _FACES))


def _folder() -> Path:
    return Path(skimage.__file__).parent / "data"
