"""A picture made small enough to compare: decoded within bounds, grey, upright, and cut into likely frames.

Whatever arrives is hostile until it is decoded: size and format are read before anything is unpacked, and every
way to fail is `Unreadable`. Nothing of a picture is kept beside its grey values.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapify, heappop, heappush
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from threadpoolctl import threadpool_limits

from bot.recognise.files import MAX_PICTURE, Unreadable

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MAX_PIXELS = 40_000_000
MIN_SIDE = 24
SHORT = 400
"""Pixels of a sketch's short side: a poster in a chat's screenshot is then still 160 wide, and its title legible."""
AREA = 400_000
"""Pixels at most: a long page that was stitched together is reduced further."""
SIDE = 16
"""A frame is described by its grey and by its edges, each on SIDE × SIDE squares."""
DIMENSIONS = 2 * SIDE * SIDE
CUT_SHORT = 200
"""Frames are looked for at this size."""
FLAT = 4
"""Grey levels by which a background may vary: that of a chat and that of a poster are sometimes only 6 apart."""
FAINT = 1
"""The same for the first cut: grey posters on a grey chat, which are seen where neither is printed on."""
COMMON = 0.12
"""The part of a picture that has a background's grey, at least."""
SPARSE, SPECKS = 0.01, 2
"""A line with no more ink than this part of it, or these pixels, is background: JPEG leaves specks beside edges."""
SOLID = 0.7
"""The part of a line that is not background, in a picture without any of it; a name above a picture has less."""
GAPS = (2, 6, 14)
"""Pixels between two pieces; each width gives another way to cut, from lines to blocks."""
MAX_CUTS = 14
"""Frames that are cut into pieces, the largest first."""
MIN_FRAME = 0.15
"""A frame's width and height, at least, as a part of the picture's short side."""
MAX_FRAMES = 40

Grey = NDArray[np.uint8]
Vector = NDArray[np.float32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; the last two are outside."""

threadpool_limits(
    1, user_api="blas"
)  # our matrices are small: more threads wait for each other, three times as long
warnings.filterwarnings("ignore", module=r"PIL\.")  # what is odd about somebody's picture is not for our log


@dataclass(frozen=True)
class Sketch:
    """A picture's grey values, and its frames: the rectangles that may be a picture of their own.

    What is derived is computed once and then kept with the sketch: keep sketches, not bytes.
    """

    grey: Grey
    kept: dict[type, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def image(self) -> Image.Image:
        return Image.fromarray(self.grey)

    @cached_property
    def frames(self) -> tuple[Box, ...]:
        """The whole first, then the others, the larger before the smaller. At most MAX_FRAMES."""
        k = self.small_scale
        height, width = self.grey.shape
        boxes = [
            (int(x0 * k), int(y0 * k), min(round(x1 * k), width), min(round(y1 * k), height))
            for x0, y0, x1, y1 in frames_of(np.asarray(self.small))
        ]
        boxes[0] = (0, 0, width, height)
        return tuple(boxes)

    @cached_property
    def vectors(self) -> Vector:
        """One row of DIMENSIONS per frame."""
        return self.describe(self.frames)

    def describe(self, boxes: tuple[Box, ...]) -> Vector:
        """Of each box a row of unit length: its grey and its edges without their mean, both of equal weight."""
        sides = np.asarray(boxes, np.float64) / self.small_scale
        width, height = self.small.size
        part = np.linspace(0, 1, SIDE + 1)
        xs = np.minimum(sides[:, :1] + (sides[:, 2:3] - sides[:, :1]) * part, width)
        ys = np.minimum(sides[:, 1:2] + (sides[:, 3:] - sides[:, 1:2]) * part, height)
        rows = np.stack([_squares(total, xs, ys) for total in self._totals], axis=1).astype(np.float32)
        np.sqrt(np.maximum(rows[:, 1], 0), out=rows[:, 1])
        rows -= rows.mean(axis=2, keepdims=True)
        rows /= np.linalg.norm(rows, axis=2, keepdims=True) + 1e-3
        return (rows * np.float32(0.5**0.5)).reshape(len(boxes), DIMENSIONS)

    @cached_property
    def small(self) -> Image.Image:
        height, width = self.grey.shape
        k = self.small_scale
        if k == 1:
            return self.image
        return self.image.resize((round(width / k), round(height / k)), Image.Resampling.BOX)

    @property
    def small_scale(self) -> float:
        return float(max(1.0, min(self.grey.shape) / CUT_SHORT))

    @cached_property
    def _totals(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sums of grey and of edges over everything above and to the left of each corner of a pixel."""
        grey = np.asarray(self.small).astype(np.int16)
        edges = np.zeros(grey.shape, np.int16)
        edges[:, 1:] += np.abs(grey[:, 1:] - grey[:, :-1])
        edges[1:] += np.abs(grey[1:] - grey[:-1])
        return _total(grey), _total(edges)


def _total(plane: NDArray[np.int16]) -> NDArray[np.float64]:
    total = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1), np.float64)
    np.cumsum(plane, axis=0, dtype=np.float64, out=total[1:, 1:])
    np.cumsum(total[1:, 1:], axis=1, out=total[1:, 1:])
    return total


def _squares(
    total: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The means between neighbouring ``xs`` and ``ys`` (a row of each per box), also where they divide a pixel."""
    x0, y0 = xs.astype(np.intp), ys.astype(np.intp)
    x1, y1 = np.minimum(x0 + 1, total.shape[1] - 1), np.minimum(y0 + 1, total.shape[0] - 1)
    fx, fy = (xs - x0)[:, None, :], (ys - y0)[:, :, None]
    upper = total[y0[:, :, None], x0[:, None]] * (1 - fx) + total[y0[:, :, None], x1[:, None]] * fx
    lower = total[y1[:, :, None], x0[:, None]] * (1 - fx) + total[y1[:, :, None], x1[:, None]] * fx
    at = upper * (1 - fy) + lower * fy
    sums = at[:, 1:, 1:] - at[:, :-1, 1:] - at[:, 1:, :-1] + at[:, :-1, :-1]
    sizes = np.diff(ys, axis=1)[:, :, None] * np.diff(xs, axis=1)[:, None, :]
    return np.asarray((sums / np.maximum(sizes, 1e-6)).reshape(len(xs), -1))


def sketch(data: bytes) -> Sketch:
    """``data``, the bytes of a file, as a sketch. Raises `Unreadable`, and nothing else, if it is no usable picture."""
    if len(data) > MAX_PICTURE:
        raise Unreadable("more than 20 MB")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise Unreadable("more than 40 megapixels")
            if min(width, height) < MIN_SIDE:
                raise Unreadable(f"less than {MIN_SIDE} pixels a side")
            return Sketch(_upright(_reduced(image), image.getexif().get(0x0112, 1)))
    except Unreadable:
        raise
    except Image.DecompressionBombError as error:
        raise Unreadable("more than 40 megapixels") from error
    except UnidentifiedImageError as error:
        raise Unreadable("not a PNG, JPEG, GIF, WEBP or BMP") from error
    except MemoryError as error:
        raise Unreadable("needs too much memory") from error
    except Exception as error:  # Pillow's plugins raise what they like on broken files
        raise Unreadable(f"broken: {type(error).__name__}") from error


def _reduced(image: Image.Image) -> Grey:
    width, height = image.size
    k = min(1.0, SHORT / min(width, height), (AREA / (width * height)) ** 0.5)
    size = (max(1, round(width * k)), max(1, round(height * k)))
    image.draft("L", size)
    image.load()
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        deep = np.asarray(image).astype(np.float32)
        grey = Image.fromarray(np.clip(deep / 256 if deep.max() > 255 else deep, 0, 255).astype(np.uint8))
    elif mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA").resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        paper = Image.new("RGBA", clear.size, "white")
        grey = Image.alpha_composite(paper, clear).convert("L")
    else:
        grey = image.convert("L")
    return np.asarray(grey.resize(size, Image.Resampling.BOX, reducing_gap=2.0))


def _upright(grey: Grey, orientation: object) -> Grey:
    """Turned as a camera's EXIF says."""
    if orientation in (2, 3, 7, 8):
        grey = grey[:, ::-1]
    if orientation in (3, 4, 6, 7):
        grey = grey[::-1]
    if orientation in (5, 6, 7, 8):
        grey = grey.T
    return np.ascontiguousarray(grey)


def frames_of(grey: Grey) -> list[Box]:
    """Rectangles of ``grey`` that stand out from their surroundings: the whole, without its borders, and pieces."""
    height, width = grey.shape
    whole = (0, 0, width, height)
    least = max(8, int(MIN_FRAME * min(width, height)))
    found = {whole, _without_border(grey)}
    queue = [(-_area(box), box) for box in found]
    heapify(queue)
    for turn in range(MAX_CUTS):
        if not queue:
            break
        _, box = heappop(queue)
        for piece in _pieces(grey, box, least, FAINT if turn < 2 else FLAT):
            if piece not in found:
                found.add(piece)
                heappush(queue, (-_area(piece), piece))
    kept = [whole]
    for box in sorted(found - {whole}, key=_area, reverse=True):
        if len(kept) == MAX_FRAMES:
            break
        if all(max(abs(a - b) for a, b in zip(box, other, strict=True)) > 2 for other in kept):
            kept.append(box)
    return kept


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _without_border(grey: Grey) -> Box:
    """``grey`` without the lines at its sides that are of one colour, each side for itself."""
    top, bottom = _border(grey), _border(grey[::-1])
    height, width = grey.shape
    if top + bottom >= height:
        return 0, 0, width, height
    inner = grey[top : height - bottom].T
    left, right = _border(inner), _border(inner[::-1])
    if left + right >= width:
        return 0, 0, width, height
    return left, top, width - right, height - bottom


def _border(grey: Grey) -> int:
    """How many lines from the top on have the colour of the first one."""
    colour = int(np.median(grey[0]))
    strange = (np.abs(grey.astype(np.int16) - colour) > FLAT).mean(axis=1) > 0.02
    return int(strange.argmax()) if strange.any() else len(grey)


def _pieces(grey: Grey, box: Box, least: int, faint: int) -> set[Box]:
    """What remains of ``box`` when it is cut along lines of background."""
    x0, y0, x1, y1 = box
    part = grey[y0:y1, x0:x1]
    found: set[Box] = set()
    for colour in _backgrounds(part):
        strange = np.abs(part.astype(np.int16) - colour)
        for flat in {faint, FLAT}:
            for left, top, right, bottom in _cut(strange > flat, least):
                found.add((x0 + left, y0 + top, x0 + right, y0 + bottom))
    return found


def _cut(ink: NDArray[np.bool_], least: int) -> Iterator[Box]:
    """The pieces of ``ink``, narrower and wider ones, and where one of them has no background inside, that part."""
    height, width = ink.shape
    full = ink.astype(np.float32)
    ones = np.ones(max(height, width), np.float32)
    for top, bottom in _stretches(full @ ones[:width], width, least):
        for left, right in _stretches(ones[: bottom - top] @ full[top:bottom], bottom - top, least):
            yield left, top, right, bottom
            inside = full[top:bottom, left:right] @ ones[: right - left]
            runs = _runs(inside, max(SPECKS, SPARSE * (right - left)))
            if runs and (runs[0][0] > 1 or runs[-1][1] < bottom - top - 1):
                yield left, top + runs[0][0], right, top + runs[-1][1]
            for upper, lower in _runs(inside, SOLID * (right - left)):
                if lower - upper >= least:
                    yield left, top + upper, right, top + lower


def _stretches(ink: Vector, length: int, least: int) -> set[tuple[int, int]]:
    """Where lines of ``length`` have ink, over small gaps or larger ones, and at least ``least`` of them."""
    runs = _runs(ink, max(SPECKS, SPARSE * length))
    joined = {run for gap in GAPS for run in _joined(runs, gap)}
    return {(start, end) for start, end in joined if end - start >= least}


def _backgrounds(grey: Grey) -> list[int]:
    """The most frequent grey and, if it is another one and not rare, the next."""
    counts = np.convolve(np.bincount(grey.ravel(), minlength=256), np.ones(3, np.int64), "same")
    found = []
    for _ in range(2):
        best = int(counts.argmax())
        if counts[best] < COMMON * grey.size:
            break
        found.append(best)
        counts[max(0, best - FLAT) : best + FLAT + 1] = 0
    return found


def _runs(ink: Vector, most: float) -> list[tuple[int, int]]:
    """Stretches of lines with more than ``most`` on them."""
    on = np.zeros(len(ink) + 2, np.bool_)
    np.greater(ink, most, out=on[1:-1])
    edges = np.flatnonzero(on[1:] != on[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _joined(runs: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """``runs`` with those made one that less than ``gap`` lies between."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
