"""One picture laid over another: where exactly it lies there, and how well each of its squares agrees.

Only shifts and one scale: nobody turns a poster. It never says what an agreement means; `pictures` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from bot.recognise.sketch import Box, Sketch

STRUCTURE = 6.0
"""Grey levels by which a square's pixels differ from their mean, at least; in others JPEG's noise decides."""
STRONG = 20.0
"""The same for a square that counts in full: printed letters have 30 and more, a faint line 8."""
NOISE = 0.5
"""Grey levels that are expected to disagree in any square."""
ROUGH = 6_000
"""Up to so many pixels the sketch's small picture is good enough to look at."""
AGREEING = 0.5
"""Squares below this do not say where the picture lies."""
WHITE, NEARLY_WHITE = 243, 210
BLACK, NEARLY_BLACK = 10, 45
"""What a brightened or darkened picture has lost: its known squares lie within the second of each pair."""

Plane = NDArray[np.float32]
NOTHING: Plane = np.empty((0, 0), np.float32)
Step = tuple[int, int, int]
"""One step of laying over: how many pixels the known picture gets, a square's side, how far a square may move."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the whole of a known picture lies in another one, in the other's pixels; it may stick out."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def near(self, other: Place) -> bool:
        """Whether laying over from here or from there ends at one place: no side is further away than 10 %."""
        room = 0.05 * (self.width + self.height)
        ours = (self.left, self.top, self.right, self.bottom)
        theirs = (other.left, other.top, other.right, other.bottom)
        return all(abs(one - two) < room for one, two in zip(ours, theirs, strict=True))

    def overlaps(self, other: Place) -> bool:
        """Whether both cannot be pictures that are shown side by side."""
        across = max(0.0, min(self.right, other.right) - max(self.left, other.left))
        down = max(0.0, min(self.bottom, other.bottom) - max(self.top, other.top))
        return across * down > 0.3 * min(self.width * self.height, other.width * other.height)

    def seen(self, sketch: Sketch) -> float:
        """The part of the known picture that is within ``sketch``."""
        height, width = sketch.grey.shape
        across = max(0.0, min(self.right, width) - max(self.left, 0))
        down = max(0.0, min(self.bottom, height) - max(self.top, 0))
        return float(across * down / (self.width * self.height))


@dataclass(frozen=True, slots=True)
class Squares:
    """Squares that have structure: correlation at the best shift, the shift, the centre, and how much they count."""

    agree: Plane
    dx: Plane
    dy: Plane
    x: Plane
    y: Plane
    weight: Plane

    def __len__(self) -> int:
        return len(self.agree)

    @property
    def middle(self) -> float:
        """The agreement that half of the squares reach."""
        return float(np.median(self.agree)) if len(self) else 0.0

    def __add__(self, other: Squares) -> Squares:
        fields = ("agree", "dx", "dy", "x", "y", "weight")
        return Squares(*(np.concatenate((getattr(self, name), getattr(other, name))) for name in fields))


NO_SQUARES = Squares(*(np.empty(0, np.float32) for _ in range(6)))


def size_at(known: Sketch, pixels: int) -> tuple[int, int]:
    """Width and height of ``known`` when it is reduced to about ``pixels``."""
    height, width = known.grey.shape
    k = (pixels / (width * height)) ** 0.5
    return max(24, round(width * k)), max(24, round(height * k))


def plane_of(known: Sketch, width: int, height: int) -> Plane:
    source = known.image if width * height > ROUGH else known.small
    return np.asarray(source.resize((width, height), Image.Resampling.BILINEAR), np.float32)


def window_on(sketch: Sketch, place: Place, width: int, height: int) -> tuple[Plane, Box]:
    """What ``sketch`` shows at ``place``, made ``width`` × ``height``; and the part of that which is inside of it."""
    source = sketch.image
    if width * height <= ROUGH:
        source, k = sketch.small, 1 / sketch.small_scale
        place = Place(place.left * k, place.top * k, place.width * k, place.height * k)
    across, down = source.size
    kx, ky = place.width / width, place.height / height
    x0 = max(0, int(np.ceil(-place.left / kx - 1e-6)))
    y0 = max(0, int(np.ceil(-place.top / ky - 1e-6)))
    x1 = min(width, int((across - place.left) / kx + 1e-6))
    y1 = min(height, int((down - place.top) / ky + 1e-6))
    window = np.zeros((height, width), np.float32)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return window, (0, 0, 0, 0)
    box = (
        max(0.0, place.left + x0 * kx),
        max(0.0, place.top + y0 * ky),
        min(across, place.left + x1 * kx),
        min(down, place.top + y1 * ky),
    )
    part = source.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box)
    window[y0:y1, x0:x1] = np.asarray(part)
    return window, (x0, y0, x1, y1)


def softer(plane: Plane, times: int) -> Plane:
    """``plane`` blurred over the next pixels, ``times`` times."""
    for _ in range(times):
        padded = np.pad(plane, ((1, 1), (0, 0)), mode="edge")
        plane = (padded[:-2] + padded[2:]) * np.float32(0.25) + plane * np.float32(0.5)
        padded = np.pad(plane, ((0, 0), (1, 1)), mode="edge")
        plane = (padded[:, :-2] + padded[:, 2:]) * np.float32(0.25) + plane * np.float32(0.5)
    return plane


def laid(known: Sketch, sketch: Sketch, place: Place, steps: Iterable[Step]) -> tuple[Place, float]:
    """``place`` made exact, and how well the squares agreed before the last step moved it; 1 if there are too few."""
    agrees, at, plane = 1.0, 0, NOTHING
    for pixels, side, reach in steps:
        width, height = size_at(known, pixels)
        if at != pixels:
            at, plane = pixels, plane_of(known, width, height)
        window, inside = window_on(sketch, place, width, height)
        squares = squares_of(plane, window, inside, side, reach)
        if len(squares) < 4:
            continue
        agrees = float(squares.agree.mean())
        place = _moved(place, squares, width, height)
    return place, agrees


def _moved(place: Place, squares: Squares, width: int, height: int) -> Place:
    """``place`` as most of the squares would have it: shifted, and enlarged the same in both directions."""
    weight = np.where(squares.agree > AGREEING, squares.agree, 0).astype(np.float64)
    if np.count_nonzero(weight) < 3:
        return place
    at = np.stack((squares.x, squares.y)).astype(np.float64)
    shift = np.stack((squares.dx, squares.dy)).astype(np.float64)
    offset = np.median(shift[:, weight > 0], axis=1)
    middle, growth = np.zeros(2), 0.0
    for room in (3.0, 2.0, 1.2):
        rest = shift - offset[:, None] - growth * (at - middle[:, None])
        w = weight * (np.abs(rest).max(axis=0) <= room)
        if np.count_nonzero(w) < 3:
            break
        total = w.sum()
        middle, offset = (w * at).sum(axis=1) / total, (w * shift).sum(axis=1) / total
        away = at - middle[:, None]
        spread = (w * away**2).sum()
        if spread / total < (0.1 * width) ** 2:
            growth = 0.0
            break
        growth = float((w * away * (shift - offset[:, None])).sum() / spread)
    left, top = offset - growth * middle
    return Place(
        place.left + left * place.width / width,
        place.top + top * place.height / height,
        place.width * (1 + growth),
        place.height * (1 + growth),
    )


def squares_of(known: Plane, window: Plane, inside: Box, side: int, reach: int, lower: int = 0) -> Squares:
    """The squares of ``known``, from ``lower`` pixels below the top of ``inside`` on, and where each fits best.

    A square may move by ``reach`` pixels. Left out are those without structure in either plane.
    """
    x0, y0, x1, y1 = inside
    edge = side // 4
    ys = np.arange(y0 + edge + lower, y1 - edge - side + 1, side)
    xs = np.arange(x0 + edge, x1 - edge - side + 1, side)
    if not len(ys) or not len(xs):
        return NO_SQUARES
    tops, lefts = np.repeat(ys, len(xs)), np.tile(xs, len(ys))
    tiles = sliding_window_view(known, (side, side))[tops, lefts]
    here = sliding_window_view(window, (side, side))[tops, lefts]
    lost = _lost(here, tiles)
    tiles -= tiles.mean(axis=(1, 2), keepdims=True)
    power = np.sqrt(np.einsum("tab,tab->t", tiles, tiles)) / side
    other = here.std(axis=(1, 2))
    strong = power > STRUCTURE
    gain = float(np.median(other[strong] / power[strong])) if strong.any() else 1.0
    gain = min(max(gain, 0.25), 3.0)
    keep = (strong | (other > 1.5 * STRUCTURE * max(gain, 0.5))) & ~lost
    tops, lefts, tiles, power, other = tops[keep], lefts[keep], tiles[keep], power[keep], other[keep]
    if not len(tops):
        return NO_SQUARES
    span = side + 2 * reach
    around = sliding_window_view(np.pad(window, reach, mode="edge"), (span, span))[tops, lefts]
    around -= around.mean(axis=(1, 2), keepdims=True)
    shifts = range(2 * reach + 1)
    views = [around[:, dy : dy + side, dx : dx + side] for dy in shifts for dx in shifts]
    products = np.stack([np.einsum("tab,tab->t", view, tiles) for view in views], axis=1)
    sums, squared = _sums(around, side), _sums(around * around, side)
    powers = np.sqrt(np.maximum(squared - sums * sums / (side * side), 0)) / side
    agree = products / (side * side * (powers + NOISE * gain) * (power[:, None] + NOISE))
    best = agree.argmax(axis=1)
    dy, dx = np.divmod(best, len(shifts))
    weight = (np.maximum(power, other / gain) - STRUCTURE) / (STRONG - STRUCTURE)
    return Squares(
        agree[np.arange(len(best)), best],
        (dx - reach).astype(np.float32),
        (dy - reach).astype(np.float32),
        (lefts + side / 2).astype(np.float32),
        (tops + side / 2).astype(np.float32),
        np.clip(weight, 0, 1).astype(np.float32),
    )


def _sums(squares: Plane, side: int) -> Plane:
    """Of each square the sums over all its parts of ``side`` × ``side``."""
    count, span, _ = squares.shape
    across = squares @ _bands(span, side)
    return np.asarray((_bands(span, side).T @ across).reshape(count, -1))


@cache
def _bands(span: int, side: int) -> Plane:
    """A matrix that sums every ``side`` neighbours of a row of ``span``."""
    place = np.arange(span)[:, None] - np.arange(span - side + 1)
    return ((place >= 0) & (place < side)).astype(np.float32)


def _lost(here: Plane, tiles: Plane) -> NDArray[np.bool_]:
    """Squares that say nothing: quite white or black in the window, and nearly so in the known picture."""
    white = (here.min(axis=(1, 2)) >= WHITE) & (tiles.min(axis=(1, 2)) >= NEARLY_WHITE)
    black = (here.max(axis=(1, 2)) <= BLACK) & (tiles.max(axis=(1, 2)) <= NEARLY_BLACK)
    return np.asarray(white | black)
