"""What happens to a picture on its way: each change takes a picture and chance, and gives a file's ending and bytes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from tests.corpus.held.fonts import font

Made = tuple[str, bytes]
Retouch = Callable[[Image.Image, random.Random], Made]

_MARKS = ("@石桥乡综治", "云溪融媒", "邻里通", "小区物业转发", "水印相机", "大坪村委会")


def saved(image: Image.Image, kind: str = "JPEG", quality: int = 85) -> Made:
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return {"JPEG": "jpg", "WEBP": "webp", "PNG": "png", "GIF": "gif"}[kind], out.getvalue()


def _jpeg(quality: int) -> Retouch:
    return lambda image, rng: saved(image, quality=quality)


def _half(image: Image.Image, rng: random.Random) -> Made:
    return saved(image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS))


def chat_copy(image: Image.Image, side: int) -> Image.Image:
    """As a chat sends it: the long side cut down to ``side``, JPEG 70."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.BILINEAR)
    return Image.open(io.BytesIO(saved(small, quality=70)[1])).convert("RGB")


def _chat(side: int) -> Retouch:
    """Sent once, saved, and sent again."""
    return lambda image, rng: saved(chat_copy(image, side), quality=70)


def _border(image: Image.Image, rng: random.Random) -> Made:
    side = round(max(image.size) * rng.uniform(0.02, 0.08))
    colour = rng.choice(("white", "black", "#f2f2f2", "#c21f26", "#204080"))
    return saved(ImageOps.expand(image, side, colour))


def _watermark(image: Image.Image, rng: random.Random) -> Made:
    """In a corner, at most 12 % of the width and 6 % of the height."""
    words = rng.choice(_MARKS)
    size = max(10, int(min(image.width * 0.115 / len(words), image.height * 0.05)))
    width, height = round(font("plain", size).getlength(words)), round(size * 1.15)
    x = rng.choice((8, image.width - width - 8))
    y = rng.choice((8, image.height - height - 8))
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    if rng.random() < 0.5:
        draw.rectangle((x - 2, y - 1, x + width + 2, y + height), (0, 0, 0, 120))
    draw.text((x, y), words, (255, 255, 255, rng.randint(150, 240)), font("plain", size))
    return saved(Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB"))


def _crop_all(image: Image.Image, rng: random.Random) -> Made:
    across, down = (round(side * rng.uniform(0.03, 0.05)) for side in image.size)
    return saved(image.crop((across, down, image.width - across, image.height - down)))


def _crop_one(image: Image.Image, rng: random.Random) -> Made:
    left = top = 0
    right, bottom = image.size
    part = rng.uniform(0.03, 0.05)
    match rng.randrange(4):
        case 0:
            left = round(right * part)
        case 1:
            right -= round(right * part)
        case 2:
            top = round(bottom * part)
        case _:
            bottom -= round(bottom * part)
    return saved(image.crop((left, top, right, bottom)))


def _apart(rng: random.Random, low: float, high: float) -> float:
    """A factor that is seen: between ``low`` and ``high``, but not near 1."""
    return rng.uniform(low, 0.88) if rng.random() < 0.5 else rng.uniform(1.12, high)


def _brightness(image: Image.Image, rng: random.Random) -> Made:
    return saved(ImageEnhance.Brightness(image).enhance(_apart(rng, 0.7, 1.3)))


def _contrast(image: Image.Image, rng: random.Random) -> Made:
    return saved(ImageEnhance.Contrast(image).enhance(_apart(rng, 0.7, 1.35)))


def _gamma(image: Image.Image, rng: random.Random) -> Made:
    power = _apart(rng, 0.7, 1.4)
    table = [round(255 * (value / 255) ** power) for value in range(256)]
    return saved(image.point(table * 3))


def _hue(image: Image.Image, rng: random.Random) -> Made:
    planes = np.array(image.convert("HSV"))
    planes[..., 0] += np.uint8(rng.choice((-1, 1)) * rng.randint(6, 18) % 256)
    return saved(Image.fromarray(planes, "HSV").convert("RGB"))


def _grey(image: Image.Image, rng: random.Random) -> Made:
    return saved(image.convert("L").convert("RGB"))


def _webp(image: Image.Image, rng: random.Random) -> Made:
    return saved(image, "WEBP", rng.choice((50, 65, 80)))


def _gif(image: Image.Image, rng: random.Random) -> Made:
    small = image.copy()
    small.thumbnail((900, 900))
    return saved(small.quantize(rng.choice((64, 128, 256))), "GIF")


def _blur(image: Image.Image, rng: random.Random) -> Made:
    return saved(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.7, 1.5) * image.width / 1080)))


RETOUCHES: Mapping[str, tuple[Retouch, int]] = {
    "jpeg 30": (_jpeg(30), 25),
    "jpeg 40": (_jpeg(40), 25),
    "jpeg 50": (_jpeg(50), 25),
    "half size": (_half, 45),
    "chat copy 1080": (_chat(1080), 50),
    "chat copy 720": (_chat(720), 50),
    "border": (_border, 50),
    "watermark": (_watermark, 50),
    "crop all sides": (_crop_all, 45),
    "crop one side": (_crop_one, 55),
    "brightness": (_brightness, 30),
    "contrast": (_contrast, 30),
    "hue": (_hue, 30),
    "gamma": (_gamma, 30),
    "grey": (_grey, 30),
    "webp": (_webp, 30),
    "gif": (_gif, 30),
    "blur": (_blur, 40),
}
"""How often each is made in the full corpus."""
PLAIN_WAYS = ("jpeg 50", "half size", "chat copy 1080", "chat copy 720", "webp")
"""The harmless ones, for pictures that are no repost."""


def combined(one: Image.Image, other: Image.Image, rng: random.Random) -> Made:
    """Two pictures as one, beside or below each other."""
    gap = rng.choice((0, 12, 30))
    if rng.random() < 0.5:
        height = min(one.height, other.height, 1400)
        parts = [_scaled(image, height / image.height) for image in (one, other)]
        size = (sum(part.width for part in parts) + gap, height)
        places = ((0, 0), (parts[0].width + gap, 0))
    else:
        width = min(one.width, other.width)
        parts = [_scaled(image, width / image.width) for image in (one, other)]
        size = (width, sum(part.height for part in parts) + gap)
        places = ((0, 0), (0, parts[0].height + gap))
    sheet = Image.new("RGB", size, "white")
    for part, place in zip(parts, places, strict=True):
        sheet.paste(part, place)
    return saved(sheet, quality=80)


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
