"""Pictures known again: the sample's posters as telephones make them, their neighbours, and what must not be opened."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from bot.channels.simulated.drawn import PICTURES, drawn
from bot.recognise.pictures import Album
from bot.recognise.sketch import Unreadable, sketch
from bot.sample import sample

POSTERS = sorted(sample().library.glob("*/poster.png"))


def data_of(picture: Image.Image, kind: str = "JPEG", **how: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


@cache
def poster(place: int) -> Image.Image:
    return Image.open(POSTERS[place]).convert("RGB")


@cache
def album() -> Album[str]:
    return Album((path.parent.name, sketch(path.read_bytes())) for path in POSTERS)


def sure(data: bytes) -> list[str]:
    return [seen.key for seen in album().find(sketch(data)) if seen.sure]


def cut(picture: Image.Image) -> Image.Image:
    return picture.crop((0, 0, round(picture.width * 0.95), picture.height))


def marked(picture: Image.Image) -> Image.Image:
    found = picture.copy()
    wide, high = found.size
    ImageDraw.Draw(found).rectangle((wide * 0.89, high * 0.95, wide, high), fill=(120, 120, 120))
    return found


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": lambda p: data_of(p, "PNG"),
    "jpeg 30": lambda p: data_of(p, quality=30),
    "half size": lambda p: data_of(p.reduce(2), quality=40),
    "border": lambda p: data_of(ImageOps.expand(p, 40, "#c8281e")),
    "one side cut": lambda p: data_of(cut(p)),
    "marked": lambda p: data_of(marked(p)),
    "grey": lambda p: data_of(ImageOps.grayscale(p)),
    "paler": lambda p: data_of(ImageEnhance.Color(p).enhance(0.4)),
    "gif": lambda p: data_of(p.reduce(2), "GIF"),
    "webp": lambda p: data_of(p, "WEBP", quality=60),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_poster_is_known_again(change: str) -> None:
    for place in (0, 4, 8):
        assert sure(CHANGES[change](poster(place))) == [POSTERS[place].parent.name]


@pytest.mark.parametrize("way", PICTURES)
def test_a_poster_is_known_again_as_the_demos_people_pass_it_on(way: str) -> None:
    assert sure(drawn(POSTERS[1], way)) == [POSTERS[1].parent.name]


def test_a_poster_on_the_same_template_that_is_not_in_the_library_is_never_sure() -> None:
    for place in range(0, len(POSTERS), 2):
        rest = Album((p.parent.name, sketch(p.read_bytes())) for n, p in enumerate(POSTERS) if n != place)
        assert not [seen for seen in rest.find(sketch(data_of(poster(place), quality=50))) if seen.sure]


def test_other_pictures_are_nothing() -> None:
    plain = Image.new("RGB", (600, 800), "#c8281e")
    noise = Image.effect_noise((600, 800), 80)
    chat = Image.new("RGB", (720, 1560), "#ededed")
    pen = ImageDraw.Draw(chat)
    for row in range(9):
        pen.rounded_rectangle((116, 150 + row * 150, 480, 250 + row * 150), 12, fill="white")
    for other in (plain, noise, chat, plain.rotate(45, expand=True)):
        assert album().find(sketch(data_of(other.convert("RGB")))) == []


def test_an_empty_album_knows_nothing() -> None:
    assert Album[str](()).find(sketch(data_of(poster(0)))) == []


def bomb(wide: int, high: int) -> bytes:
    """A PNG whose header promises so many pixels."""

    def chunk(name: bytes, inside: bytes) -> bytes:
        return struct.pack(">I", len(inside)) + name + inside + struct.pack(">I", zlib.crc32(name + inside))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        bomb(60_000, 60_000),
        bomb(12_000, 12_000),
        bomb(300, 300),
        data_of(Image.new("RGB", (1, 1))),
        data_of(Image.new("RGB", (500, 500)), "PNG")[:-60],
        data_of(poster(0), quality=60)[:9_000],
        "这不是图片".encode(),
        b"BM" + bytes(60),
        b"II*\0" + bytes(100),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_what_cannot_or_must_not_be_opened_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable), warnings.catch_warnings():
        warnings.simplefilter("error")
        sketch(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 4_000), st.binary(min_size=1, max_size=30))
def test_whatever_the_bytes_it_is_a_sketch_or_refused(data: bytes, at: int, damage: bytes) -> None:
    small = data_of(poster(2).reduce(6), quality=50)
    for one in (data, small[:at] + damage + small[at + len(damage) :], small[:at]):
        with contextlib.suppress(Unreadable):
            album().find(sketch(one))
