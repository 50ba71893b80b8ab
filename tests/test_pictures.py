"""Posters that come back changed, their siblings on one template, and pictures that nobody should open."""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bot.recognise.pictures import Album
from bot.recognise.sketch import Unreadable, sketch
from tests.corpus.pictures_pen import font

Edit = Callable[[Image.Image], Image.Image]
TITLES = {
    "loan": ("放款之前", "先收钱别信"),
    "police": ("假警察来电", "要钱就挂断"),
    "refund": ("客服退款", "先挂断再查"),
}
LINES = ("卡号填错要交解冻费", "共享屏幕密码全被看见", "没有安全账户", "拿不准就打96110问一问")


def poster(title: tuple[str, str], line: str = LINES[0], ground: str = "#1d5a9e") -> Image.Image:
    """One template: only the title, the first line and the ground differ."""
    image = Image.new("RGB", (810, 1080), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 810, 400), ground)
    draw.ellipse((530, 60, 790, 320), "#9cc3e8", "#1b2430", 8)
    draw.rectangle((600, 120, 720, 280), "#ffd04a", "#1b2430", 8)
    for row, words in enumerate(title):
        draw.text((50, 130 + 110 * row), words, "white", font(84))
    for row, words in enumerate((line, *LINES[1:])):
        draw.ellipse((50, 450 + 100 * row, 110, 510 + 100 * row), ground)
        draw.text((140, 456 + 100 * row), words, "#1b2430", font(42))
    draw.rectangle((0, 880, 810, 990), "#ffd04a")
    draw.text((60, 905), "不轻信 不透露 不转账", "#1b2430", font(52))
    draw.text((60, 1005), "清河镇反诈办", "#51606f", font(36))
    draw.text((560, 1000), "96110", "#1d5a9e", font(56))
    return image


def photograph(seed: int) -> Image.Image:
    """Clouds of three sizes: what a photograph is to somebody who cannot see."""
    rng = np.random.default_rng(seed)
    planes = [
        np.asarray(Image.fromarray(rng.normal(size=(n, n)).astype(np.float32)).resize((600, 800)), np.float32)
        / n
        for n in (4, 16, 64)
    ]
    grey = sum(planes[1:], planes[0])
    scaled = (grey - grey.min()) / np.ptp(grey) * 255
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def encoded(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


@cache
def album() -> Album[str]:
    return Album((key, sketch(encoded(poster(title), "PNG"))) for key, title in TITLES.items())


def seen(data: bytes, known: Album[str] | None = None) -> list[tuple[str, bool]]:
    return [(found.key, found.sure) for found in (known or album()).find(sketch(data))]


def watermarked(image: Image.Image) -> Image.Image:
    marked = image.copy()
    ImageDraw.Draw(marked).text((720, 1030), "平安", "#c8281e", font(36))
    return marked


def inside_a_chat(image: Image.Image | None) -> Image.Image:
    """A phone's screen: title, messages with faces, the picture at half the width."""
    screen = Image.new("RGB", (1080, 2340), "#ededed")
    draw = ImageDraw.Draw(screen)
    draw.text((380, 120), "东街村村民群(120)", "#1d2433", font(44))
    draw.rectangle((0, 2180, 1080, 2340), "#f7f7f7")
    for row, words in enumerate(("明天几点停水", "收到，谢谢提醒", "已经转给爸妈了")):
        y = 260 + row * 170 + (800 if row == 2 and image else 0)
        draw.rectangle((30, y, 130, y + 100), "#4f7cac")
        draw.rounded_rectangle((156, y + 10, 600, y + 100), 14, "white")
        draw.text((180, y + 26), words, "#1d2433", font(44, bold=False))
    if image:
        draw.rectangle((30, 600, 130, 700), "#b07d4f")
        screen.paste(image.resize((540, 720), Image.Resampling.LANCZOS), (156, 600))
    return screen


def in_a_viewer(image: Image.Image) -> Image.Image:
    screen = Image.new("RGB", (1080, 2340), "black")
    screen.paste(image.resize((1080, 1440), Image.Resampling.BICUBIC), (0, 450))
    draw = ImageDraw.Draw(screen)
    draw.text((40, 20), "13:02", "white", font(40))
    for x in (700, 830, 960):
        draw.ellipse((x, 2190, x + 90, 2280), "#3a3a3a")
    return screen


CHANGES: dict[str, Edit] = {
    "nothing": lambda image: image,
    "half size": lambda image: image.reduce(2),
    "a border": lambda image: ImageOps.expand(image, 50, "#c8281e"),
    "a watermark": watermarked,
    "a crop": lambda image: image.crop((30, 45, 775, 1040)),
    "a crop at the top": lambda image: image.crop((0, 50, 810, 1080)),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "blur": lambda image: image.filter(ImageFilter.GaussianBlur(1.3)),
    "a border around a crop": lambda image: ImageOps.expand(image.crop((30, 40, 775, 1040)), 40, "#f0d080"),
    "a chat": inside_a_chat,
    "a small chat": lambda image: inside_a_chat(image).reduce(2),
    "a viewer": in_a_viewer,
    "a viewer of a half": lambda image: in_a_viewer(image.reduce(2)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("key", TITLES)
def test_a_changed_poster_is_known_and_not_taken_for_its_siblings(key: str, change: Edit) -> None:
    assert seen(encoded(change(poster(TITLES[key])), quality=60)) == [(key, True)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_another_poster_of_the_template_is_never_taken_for_ours(change: Edit) -> None:
    stranger = poster(("网上的恋人", "谈情变谈钱"), "照片都是别人的")
    assert not [key for key, sure in seen(encoded(change(stranger), quality=80)) if sure]


def test_only_another_title_is_another_poster() -> None:
    known = Album([("loan", sketch(encoded(poster(TITLES["loan"]), "PNG")))])
    assert seen(encoded(poster(TITLES["loan"])), known) == [("loan", True)]
    assert ("loan", True) not in seen(encoded(poster(TITLES["police"])), known)


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("WEBP", {"quality": 60}), ("GIF", {}), ("BMP", {})])
def test_the_format_does_not_matter(kind: str, how: dict[str, object]) -> None:
    assert seen(encoded(poster(TITLES["police"]), kind, **how)) == [("police", True)]


def test_jpeg_of_a_poor_quality_is_known() -> None:
    assert seen(encoded(poster(TITLES["refund"]), quality=30)) == [("refund", True)]


TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


@pytest.mark.parametrize("word", TURNS)
def test_a_picture_stored_lying_down_is_righted(word: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = word
    assert seen(encoded(poster(TITLES["loan"]).transpose(TURNS[word]), exif=exif)) == [("loan", True)]


@pytest.mark.parametrize("word", range(1, 9))
def test_every_orientation_is_what_pillow_makes_of_it(word: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = word
    data = encoded(poster(TITLES["loan"]).resize((120, 90)), "PNG", exif=exif)
    with Image.open(BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image).convert("L")
    assert np.array_equal(sketch(data).grey, np.asarray(upright))


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    assert sketch(encoded(clear, "PNG")).grey.min() == 255
    flat = clear.quantize(2)
    assert sketch(encoded(flat, "PNG", transparency=0)).grey.min() == 255


def test_the_first_frame_of_a_moving_picture_counts() -> None:
    first, second = poster(TITLES["loan"]), Image.new("RGB", (810, 1080), "red")
    assert seen(encoded(first, "GIF", save_all=True, append_images=[second])) == [("loan", True)]


@pytest.mark.parametrize("seed", range(6))
def test_a_photograph_is_none_of_ours(seed: int) -> None:
    assert seen(encoded(photograph(seed))) == []
    assert seen(encoded(inside_a_chat(photograph(seed)))) == []


def test_a_chat_without_a_poster_is_none_of_ours() -> None:
    assert seen(encoded(inside_a_chat(None))) == []


@pytest.mark.parametrize("colour", ["white", "black", "#ededed", "#1d5a9e"])
def test_a_plain_colour_is_none_of_ours(colour: str) -> None:
    assert seen(encoded(Image.new("RGB", (810, 1080), colour), "PNG")) == []


def test_the_same_picture_twice_is_both() -> None:
    known = Album((key, sketch(encoded(poster(TITLES["loan"]), "PNG"))) for key in ("one", "two"))
    assert sorted(seen(encoded(poster(TITLES["loan"]), quality=60), known)) == [("one", True), ("two", True)]


def test_two_posters_in_one_screen_are_both() -> None:
    screen = Image.new("RGB", (1080, 2340), "#ededed")
    for y, key in ((200, "loan"), (1250, "police")):
        screen.paste(poster(TITLES[key]).resize((720, 960), Image.Resampling.LANCZOS), (180, y))
    assert sorted(seen(encoded(screen, quality=80))) == [("loan", True), ("police", True)]


def test_an_album_without_pictures_knows_nothing() -> None:
    nobody: list[tuple[str, object]] = []
    assert Album(nobody).find(sketch(encoded(photograph(1)))) == []  # type: ignore[arg-type]


def test_a_known_picture_may_be_plain() -> None:
    known = Album([("plain", sketch(encoded(Image.new("RGB", (300, 300), "#c0c0c0"), "PNG")))])
    assert not [key for key, sure in seen(encoded(photograph(2)), known) if sure]


def _png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a PNG"),
        (b"x" * 20_000_001, "20 MB"),
        (b"%PDF-1.7 a document", "not a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG"),
        (_png(8_000, 8_000, zlib.compress(bytes(1000))), "40 megapixels"),
        (_png(60_000, 60_000, zlib.compress(bytes(1000))), "40 megapixels"),
        (_png(300, 300, zlib.compress(bytes(1000))), "broken"),
        (_png(300, 300, b"no deflate"), "broken"),
        (encoded(Image.new("RGB", (23, 400)), "PNG"), "24 pixels"),
        (encoded(Image.new("RGB", (300, 300)), "TIFF"), "not a PNG"),
        (encoded(Image.new("RGB", (300, 300)), "PPM"), "not a PNG"),
    ],
    ids=["empty", "large", "pdf", "svg", "bomb", "great bomb", "short", "garbled", "narrow", "tiff", "ppm"],
)
def test_what_must_not_be_opened_is_refused_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        sketch(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_file_that_ends_too_early_is_unreadable(kind: str) -> None:
    whole = encoded(photograph(3).resize((200, 200)), kind)
    for part in (0.1, 0.5, 0.9):
        with pytest.raises(Unreadable):
            sketch(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_sketched(mode: str) -> None:
    image = (
        Image.fromarray(np.full((50, 60), 30_000, np.uint16)) if mode == "I;16" else Image.new(mode, (60, 50))
    )
    assert sketch(encoded(image, "PNG")).grey.shape == (50, 60)


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_every_kind_of_jpeg_can_be_sketched(mode: str) -> None:
    assert sketch(encoded(Image.new(mode, (60, 50)))).grey.shape == (50, 60)


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"RIFF"]),
)
def test_random_bytes_are_unreadable_and_nothing_else(tail: bytes, head: bytes) -> None:
    with pytest.raises(Unreadable):
        sketch(head + tail)


@cache
def _whole(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(poster(TITLES["loan"]).resize((90, 120)), kind, exif=exif)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
    st.floats(0.2, 1),
)
def test_a_damaged_picture_is_a_sketch_or_unreadable(
    kind: str, blows: list[tuple[float, int]], part: float
) -> None:
    data = bytearray(_whole(kind))
    for where, value in blows:
        data[int(where * len(data))] = value
    try:
        found = sketch(bytes(data[: int(part * len(data))]))
    except Unreadable:
        return
    album().find(found)


def _odd() -> Iterator[bytes]:
    """Files about which Pillow has something to say."""
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff"
    yield encoded(Image.new("RGB", (60, 50)), exif=exif)
    yield _png(9_500, 9_500, zlib.compress(bytes(1000)))
    flat = Image.new("P", (60, 50))
    yield encoded(flat, "PNG", transparency=bytes(range(200)))
    rng = Random(1)
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        whole = bytearray(_whole(kind))
        for _ in range(20):
            whole[rng.randrange(len(whole))] = rng.randrange(256)
        yield bytes(whole)


def test_nothing_is_printed_about_somebodys_picture() -> None:
    program = (
        "import pickle, sys\n"
        "from bot.recognise.sketch import Unreadable, sketch\n"
        "for data in pickle.load(sys.stdin.buffer):\n"
        "    try: sketch(data)\n"
        "    except Unreadable: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program],
        input=pickle.dumps(list(_odd())),
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_comparing_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for edge in (
            encoded(Image.new("RGB", (24, 24)), "PNG"),
            encoded(Image.new("L", (24, 3_000), 90), "PNG"),
        ):
            assert seen(edge) == []
