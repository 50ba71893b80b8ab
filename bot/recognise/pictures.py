"""Which of the known pictures somebody reposted: cropped, framed, recoloured, or inside a screenshot.

It never decides by likeness alone: a poster of the same template with other words is another content. So a picture
is laid exactly over the known one and compared square by square; squares that disagree outside of one corner
(where apps put their watermark) are other words. Figures beside constants: measured on tests/corpus/pictures.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from bot.recognise.sketch import Box, Sketch, Vector

Key = TypeVar("Key", bound=Hashable)

ALIKE = 0.6
"""Frames less alike than this are not laid over each other."""
TRIES = 5
"""Places at which a picture is laid over a known one, at most."""
Step = tuple[int, int, int]
"""One step of laying over: how many pixels the known picture gets, a square's side, how far a square may move."""
COARSE: tuple[Step, ...] = ((1_400, 8, 2), (5_400, 8, 2), (5_400, 8, 1))
MIDDLE, FINE = 20_000, 78_000
SIDE = 16
COARSE_AGREES = 0.5
RIVALS = 2
"""Known pictures that are compared in full at one place, the likeliest by the middle step."""
RIVAL_GAP = 0.08
CROP = 0.04
CROPPED = 0.09
EDGE = 6.0
MIN_SHARE = 0.12
MIN_SEEN = 0.75
MAX_SKEW = 0.12
STRUCTURE = 6.0
BLURS = (1, 2, 4)
GOOD = 0.7
CORNER = (0.2, 0.14)
MIN_SQUARES = 25
SURE_WORST, ASK_WORST = 0.72, 0.5
SURE_LOW = 0.62
ASK_SCORE = 0.7
SAME = 0.98
LEAD = 0.3
MID_W, MID_H, MID_T = 64, 80, 8

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen(Generic[Key]):
    """A known picture that was recognised. ``score``: 0 to 1; ``sure`` false: a person must be asked."""

    key: Key
    score: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the whole of a known picture lies in another one, in the other's pixels; it may stick out."""

    left: float
    top: float
    width: float
    height: float

    def near(self, other: Place) -> bool:
        room = 0.05 * (self.width + self.height)
        return (
            abs(self.left - other.left) < room
            and abs(self.top - other.top) < room
            and abs(self.left + self.width - other.left - other.width) < room
            and abs(self.top + self.height - other.top - other.height) < room
        )

    def seen(self, width: int, height: int) -> float:
        """The part of the known picture that is within the other one."""
        across = min(self.left + self.width, width) - max(self.left, 0)
        down = min(self.top + self.height, height) - max(self.top, 0)
        return max(across, 0) * max(down, 0) / (self.width * self.height)


@dataclass(frozen=True, slots=True)
class Squares:
    """How the squares of a known picture agree: correlation, shift and centre of each that has structure."""

    agree: NDArray[np.float32]
    dx: NDArray[np.float32]
    dy: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]

    @property
    def all(self) -> tuple[NDArray[np.float32], ...]:
        return self.agree, self.dx, self.dy, self.x, self.y


@dataclass(frozen=True, slots=True)
class Verdict:
    index: int
    worst: float
    low: float
    score: float
    squares: Squares

    @property
    def sure(self) -> bool:
        enough = len(self.squares.agree) >= MIN_SQUARES
        return enough and self.worst >= SURE_WORST and self.low >= SURE_LOW


class Album(Generic[Key]):
    """Known pictures, ready to be recognised. Immutable once built."""

    def __init__(self, pictures: Iterable[tuple[Key, Sketch]]) -> None:
        self._keys: list[Key] = []
        self._sketches: list[Sketch] = []
        owners: list[int] = []
        boxes: list[Box] = []
        vectors: list[Vector] = []
        middles: list[Vector] = []
        for key, sketch in pictures:
            frames, rows, middle = _known(sketch)
            owners += [len(self._keys)] * len(frames)
            boxes += frames
            vectors.append(rows)
            middles.append(middle)
            self._keys.append(key)
            self._sketches.append(sketch)
        self._owners, self._boxes = owners, boxes
        self._vectors = np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32)
        self._middles = np.stack(middles) if middles else np.empty((0, 0), np.float32)

    def find(self, sketch: Sketch) -> list[Seen[Key]]:
        """The known pictures that ``sketch`` shows, the best first; empty if none of them."""
        best: dict[Key, Seen[Key]] = {}
        for seen in self._found(sketch):
            if seen.key not in best or (seen.sure, seen.score) > (best[seen.key].sure, best[seen.key].score):
                best[seen.key] = seen
        return sorted(best.values(), key=lambda seen: (not seen.sure, -seen.score))

    def _found(self, sketch: Sketch) -> Iterator[Seen[Key]]:
        done: list[Place] = []
        for index, start in self._starts(sketch):
            if any(_overlap(start, place) for place in done):
                continue
            place, agrees = _laid(self._sketches[index], sketch, start, COARSE)
            if agrees < COARSE_AGREES:
                continue
            rivals = self._rivals(sketch, place)
            pixels = int(min(max(place.width * place.height, MIDDLE), FINE))
            place, _ = _laid(self._sketches[rivals[0]], sketch, place, ((MIDDLE, 12, 2), (pixels, SIDE, 1)))
            verdicts = _verdicts(rivals, self._sketches, sketch, place, pixels)
            if verdicts:
                yield from self._told(verdicts)
                done.append(place)

    def _starts(self, sketch: Sketch) -> list[tuple[int, Place]]:
        """Known pictures and where they may lie in ``sketch``, the likeliest first."""
        if not self._keys:
            return []
        alike = self._vectors @ sketch.vectors.T
        count = min(60, alike.size)
        likely = np.argpartition(alike, alike.size - count, axis=None)[-count:]
        likely = likely[np.argsort(-alike.ravel()[likely])]
        height, width = sketch.grey.shape
        starts: list[tuple[int, Place]] = []
        for flat in likely.tolist():
            row, column = divmod(flat, alike.shape[1])
            if alike[row, column] < ALIKE or len(starts) == TRIES:
                break
            index = self._owners[row]
            place = _place(self._boxes[row], sketch.frames[column], self._sketches[index].grey.shape)
            if place is None or place.seen(width, height) < MIN_SEEN * 0.9:
                continue
            if not any(place.near(other) for _, other in starts):
                starts.append((index, place))
        return starts

    def _rivals(self, sketch: Sketch, place: Place) -> list[int]:
        """Known pictures that may be the one at ``place``, the likeliest first; at least one."""
        window, inside = _window(sketch, place, MID_W, MID_H)
        alike = self._middles @ _middle(window, inside)
        count = min(RIVALS, len(alike))
        best = np.argpartition(alike, len(alike) - count)[-count:]
        best = best[np.argsort(-alike[best])]
        self.trace = alike[best]
        return [int(rival) for rival in best if alike[rival] > alike[best[0]] - RIVAL_GAP]

    def _told(self, verdicts: list[Verdict]) -> Iterator[Seen[Key]]:
        """Of pictures at one place the one that is it; two if they cannot be told apart."""
        verdicts = sorted(verdicts, key=lambda verdict: (-verdict.sure, -verdict.score))
        first = verdicts[0]
        close = [verdict for verdict in verdicts[1:] if verdict.sure == first.sure and _close(first, verdict)]
        same = [self._alike(first.index, verdict.index) for verdict in close]
        sure = first.sure and all(same)
        for verdict in (first, *close):
            yield Seen(self._keys[verdict.index], verdict.score, sure)

    def _alike(self, one: int, other: int) -> bool:
        """Whether two known pictures show the same, so that who reposts one reposts the other."""
        return float(self._middles[one] @ self._middles[other]) > SAME


def _close(one: Verdict, other: Verdict) -> bool:
    """Whether two known pictures agree about as well, where one of them agrees less than the other."""
    agree = {
        (x, y): value for x, y, value in zip(one.squares.x, one.squares.y, one.squares.agree, strict=True)
    }
    pairs = zip(other.squares.x, other.squares.y, other.squares.agree, strict=True)
    gaps = sorted(agree[x, y] - value for x, y, value in pairs if (x, y) in agree)
    lead = sum(gap for gap in gaps if abs(gap) > 0.1)
    return float(lead) < LEAD


def _known(sketch: Sketch) -> tuple[list[Box], Vector, Vector]:
    """What an album keeps of a picture: its large frames and what is left when it was cropped, each described."""
    kept = sketch.__dict__.get("_known")
    if kept is not None:
        return kept  # type: ignore[no-any-return]
    height, width = sketch.grey.shape
    x, y = round(CROP * width), round(CROP * height)
    frames = [
        box
        for box in sketch.frames[:14]
        if (box[2] - box[0]) * (box[3] - box[1]) >= MIN_SHARE * width * height
    ]
    frames += [
        (x, y, width - x, height - y),
        (x, 0, width, height),
        (0, y, width, height),
        (0, 0, width - x, height),
        (0, 0, width, height - y),
    ]
    window, inside = _window(sketch, Place(0, 0, width, height), MID_W, MID_H)
    known = frames, sketch.describe(tuple(frames)), _middle(window, inside)
    sketch.__dict__["_known"] = known
    return known


def _place(known: Box, found: Box, shape: tuple[int, ...]) -> Place | None:
    """Where the whole picture lies if its frame ``known`` is the frame ``found``; None if that distorts it."""
    across = (found[2] - found[0]) / (known[2] - known[0])
    down = (found[3] - found[1]) / (known[3] - known[1])
    if abs(np.log(across / down)) > MAX_SKEW:
        return None
    k = (across * down) ** 0.5
    height, width = shape
    left = (found[0] + found[2]) / 2 - k * (known[0] + known[2]) / 2
    top = (found[1] + found[3]) / 2 - k * (known[1] + known[3]) / 2
    return Place(left, top, width * k, height * k)


def _overlap(one: Place, other: Place) -> bool:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    least = min(one.width * one.height, other.width * other.height)
    return max(across, 0) * max(down, 0) > 0.3 * least


def _window(sketch: Sketch, place: Place, width: int, height: int) -> tuple[Plane, Box]:
    """What ``sketch`` shows at ``place``, made ``width`` × ``height``; and the part of that which is inside of it."""
    down, across = sketch.grey.shape
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
    part = sketch.image.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box)
    window[y0:y1, x0:x1] = np.asarray(part)
    return window, (x0, y0, x1, y1)


def _middle(window: Plane, inside: Box) -> Vector:
    """A known picture's or a window's squares, each without its mean and of about equal weight; unit length."""
    height, width = window.shape
    tiles = window.reshape(height // MID_T, MID_T, width // MID_T, MID_T).transpose(0, 2, 1, 3)
    tiles = tiles.reshape(height // MID_T, width // MID_T, MID_T * MID_T)
    tiles = tiles - tiles.mean(axis=2, keepdims=True)
    tiles /= np.linalg.norm(tiles, axis=2, keepdims=True) + 8 * MID_T
    x0, y0, x1, y1 = inside
    tiles[: -(-y0 // MID_T)] = 0
    tiles[y1 // MID_T :] = 0
    tiles[:, : -(-x0 // MID_T)] = 0
    tiles[:, x1 // MID_T :] = 0
    flat = tiles.ravel()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)


def _size(sketch: Sketch, pixels: int) -> tuple[int, int]:
    height, width = sketch.grey.shape
    k = (pixels / (width * height)) ** 0.5
    return max(24, round(width * k)), max(24, round(height * k))


def _squares(known: Plane, window: Plane, inside: Box, side: int, reach: int, lower: int = 0) -> Squares:
    """Each square of ``known`` that has structure, where it fits best in ``window`` within ``reach`` pixels."""
    x0, y0, x1, y1 = inside
    edge = side // 4
    ys = np.arange(y0 + edge + lower, y1 - edge - side + 1, side)
    xs = np.arange(x0 + edge, x1 - edge - side + 1, side)
    if not len(ys) or not len(xs):
        return _NO_SQUARES
    tops, lefts = np.repeat(ys, len(xs)), np.tile(xs, len(ys))
    tiles = sliding_window_view(known, (side, side))[tops, lefts]
    here = sliding_window_view(window, (side, side))[tops, lefts]
    middles = tiles.mean(axis=(1, 2), keepdims=True)
    tiles -= middles
    power = np.sqrt(np.einsum("tab,tab->t", tiles, tiles))
    other = here.std(axis=(1, 2)) * side
    strong = power > STRUCTURE * side
    gain = float(np.median(other[strong] / power[strong])) if strong.any() else 1.0
    gain = min(max(gain, 0.25), 3.0)
    keep = strong | (other > 1.5 * STRUCTURE * side * max(gain, 0.5))
    keep &= ~_clipped(here, tiles + middles)
    tops, lefts, tiles, power = tops[keep], lefts[keep], tiles[keep], power[keep]
    if not len(tops):
        return _NO_SQUARES
    span = side + 2 * reach
    around = sliding_window_view(np.pad(window, reach, mode="edge"), (span, span))[tops, lefts]
    around -= around.mean(axis=(1, 2), keepdims=True)
    shifts = range(2 * reach + 1)
    views = [around[:, dy : dy + side, dx : dx + side] for dy in shifts for dx in shifts]
    products = np.stack([np.einsum("tab,tab->t", view, tiles) for view in views], axis=1)
    sums, squares = _sums(around, side), _sums(around * around, side)
    powers = np.sqrt(np.maximum(squares - sums * sums / (side * side), 0))
    floor = 0.5 * side
    agree = products / ((powers + floor * gain) * (power[:, None] + floor))
    best = agree.argmax(axis=1)
    dy, dx = np.divmod(best, len(shifts))
    return Squares(
        agree[np.arange(len(best)), best],
        (dx - reach).astype(np.float32),
        (dy - reach).astype(np.float32),
        (lefts + side / 2).astype(np.float32),
        (tops + side / 2).astype(np.float32),
    )


def _sums(squares: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Of each square the sums over all its parts of ``side`` × ``side``."""
    count, span, _ = squares.shape
    total = np.zeros((count, span + 1, span + 1), np.float32)
    squares.cumsum(axis=1).cumsum(axis=2, out=total[:, 1:, 1:])
    parts = (
        total[:, side:, side:] - total[:, :-side, side:] - total[:, side:, :-side] + total[:, :-side, :-side]
    )
    return parts.reshape(count, -1)


def _clipped(here: NDArray[np.float32], tiles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Squares that say nothing: quite white or black in the window, and nearly so in the known picture."""
    low, high = here.min(axis=(1, 2)), here.max(axis=(1, 2))
    white = (low >= 250) & (tiles.min(axis=(1, 2)) >= 210)
    return np.asarray(white | ((high <= 5) & (tiles.max(axis=(1, 2)) <= 45)))


_NO_SQUARES = Squares(*(np.empty(0, np.float32) for _ in range(5)))


def _laid(known: Sketch, sketch: Sketch, place: Place, steps: Iterable[Step]) -> tuple[Place, float]:
    """``place`` made exact, and how well the squares agree there."""
    agrees = 0.0
    for pixels, side, reach in steps:
        width, height = _size(known, pixels)
        window, inside = _window(sketch, place, width, height)
        squares = _squares(_plane(known, width, height), window, inside, side, reach)
        if len(squares.agree) < 4:
            return place, 0.0
        agrees = float(squares.agree.mean())
        place = _moved(place, squares, width, height)
    return place, agrees


def _moved(place: Place, squares: Squares, width: int, height: int) -> Place:
    """``place`` as most of the squares would have it: shifted, and enlarged the same in both directions."""
    weight = np.where(squares.agree > 0.5, squares.agree, 0).astype(np.float64)
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
        spread = (w * (at - middle[:, None]) ** 2).sum()
        if spread / total < (0.1 * width) ** 2:
            growth = 0.0
            break
        growth = float((w * (at - middle[:, None]) * (shift - offset[:, None])).sum() / spread)
    kx, ky = place.width / width, place.height / height
    left, top = offset - growth * middle
    return Place(
        place.left + left * kx, place.top + top * ky, place.width * (1 + growth), place.height * (1 + growth)
    )


def _plane(known: Sketch, width: int, height: int) -> Plane:
    return np.asarray(known.image.resize((width, height), Image.Resampling.BILINEAR), np.float32)


def _softer(plane: Plane, times: int) -> Plane:
    """``plane`` blurred over the next pixels, ``times`` times."""
    for _ in range(times):
        padded = np.pad(plane, 1, mode="edge")
        plane = (padded[:-2, 1:-1] + padded[2:, 1:-1]) * 0.25 + plane * 0.5
        padded = np.pad(plane, 1, mode="edge")
        plane = (padded[1:-1, :-2] + padded[1:-1, 2:]) * 0.25 + plane * 0.5
    return plane


def _verdicts(
    rivals: Iterable[int], sketches: list[Sketch], sketch: Sketch, place: Place, pixels: int
) -> list[Verdict]:
    """How ``sketch`` at ``place`` agrees with each of ``rivals``, square by square."""
    blurs: tuple[int, ...] = BLURS
    window: Plane | None = None
    told: list[Verdict] = []
    for rival in rivals:
        known = sketches[rival]
        width, height = _size(known, pixels)
        plane = _plane(known, width, height)
        if window is None or window.shape != plane.shape:
            window, inside = _window(sketch, place, width, height)
            inside = _uncropped(plane, window, inside)
            window = _softer(window, 1)
        best, chosen, soft, done = _NO_SQUARES, blurs[0], plane, 0
        for blur in blurs:
            plane, done = _softer(plane, blur - done), blur
            squares = _squares(plane, window, inside, SIDE, 1)
            if len(squares.agree) and (
                not len(best.agree) or np.median(squares.agree) > np.median(best.agree)
            ):
                best, chosen, soft = squares, blur, plane
        blurs = (chosen,)
        if len(best.agree) >= 4:
            between = _squares(soft, window, inside, SIDE, 1, SIDE // 2)
            best = Squares(*(np.concatenate(pair) for pair in zip(best.all, between.all, strict=True)))
        verdict = _verdict(rival, best, inside, place.seen(*sketch.grey.shape[::-1]))
        if verdict is not None:
            told.append(verdict)
    return told


def _verdict(index: int, squares: Squares, inside: Box, seen: float) -> Verdict | None:
    if len(squares.agree) < 4 or seen < MIN_SEEN:
        return None
    corner = _corner(squares, squares.agree < GOOD, inside)
    rest = squares.agree[~corner]
    if len(rest) < 4:
        return None
    worst = _worst(squares, ~corner)
    low = float(np.sort(rest)[: max(1, len(rest) * 3 // 100)].mean())
    score = float(np.clip(rest.mean(), 0, 1))
    if worst < ASK_WORST or score < ASK_SCORE:
        return None
    return Verdict(index, worst, low, score, squares)


def _worst(squares: Squares, counted: NDArray[np.bool_]) -> float:
    """Of two squares beside or above each other that both disagree, how well the better one agrees, at worst."""
    at = {
        (int(x), int(y)): float(agree)
        for x, y, agree, counts in zip(squares.x, squares.y, squares.agree, counted, strict=True)
        if counts
    }
    pairs = [
        max(agree, at[other])
        for (x, y), agree in at.items()
        for other in ((x + SIDE, y), (x, y + SIDE))
        if other in at
    ]
    return min(pairs, default=1.0)


def _uncropped(known: Plane, window: Plane, inside: Box) -> Box:
    """``inside`` without the strips at its sides that were cropped off before the window was framed anew."""
    x0, y0, x1, y1 = inside
    height, width = window.shape
    down, across = max(2, int(CROPPED * height)), max(2, int(CROPPED * width))
    f, w = known[y0:y1, x0:x1], window[y0:y1, x0:x1]
    if min(w.shape) < 3 * max(down, across):
        return inside
    return (
        x0 + _strip(f.T, w.T, across),
        y0 + _strip(f, w, down),
        x1 - _strip(f.T[::-1], w.T[::-1], across),
        y1 - _strip(f[::-1], w[::-1], down),
    )


def _strip(known: Plane, window: Plane, most: int) -> int:
    """Lines from the first on that are not the known picture's: up to a straight edge that it lacks, or plain ones."""
    edges = [(np.abs(plane[2 : most + 2] - plane[:most]) > EDGE).mean(axis=1) for plane in (window, known)]
    lacking = np.convolve(edges[1] > 0.3, np.ones(5, np.bool_), "same") == 0
    found = np.flatnonzero((edges[0] > 0.6) & lacking)
    to_edge = int(found[-1]) + 2 if len(found) else 0
    plain = [_plain(plane[:most]) for plane in (window, known)]
    return max(to_edge, plain[0] if plain[0] > plain[1] + 1 else 0)


def _plain(lines: Plane) -> int:
    """How many lines from the first on are nearly of one colour each."""
    middle = np.median(lines, axis=1, keepdims=True)
    plain = (np.abs(lines - middle) <= EDGE).mean(axis=1) >= 0.65
    return len(lines) if plain.all() else int(plain.argmin())


def _corner(squares: Squares, strange: NDArray[np.bool_], inside: Box) -> NDArray[np.bool_]:
    """The squares in the corner where most of the strange ones are: a watermark may lie there."""
    x0, y0, x1, y1 = inside
    w, h = CORNER[0] * (x1 - x0), CORNER[1] * (y1 - y0)
    corners = [
        (squares.x < x0 + w if left else squares.x > x1 - w)
        & (squares.y < y0 + h if top else squares.y > y1 - h)
        for left in (True, False)
        for top in (True, False)
    ]
    return max(corners, key=lambda corner: int((corner & strange).sum()))
