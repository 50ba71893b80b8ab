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
from PIL import Image, ImageFilter

from bot.recognise.sketch import Box, Sketch, Vector

Key = TypeVar("Key", bound=Hashable)

ALIKE = 0.6
"""Frames less alike than this are not laid over each other."""
TRIES = 5
"""Places at which a picture is laid over a known one, at most."""
COARSE, MIDDLE, FINE = 5_400, 20_000, 78_000
"""Pixels of a known picture on the three steps of laying over: about 64, 122 and 242 wide for a poster."""
COARSE_AGREES = 0.5
RIVALS = 4
"""Known pictures that are compared in full at one place, the likeliest by the middle step."""
RIVAL_GAP = 0.3
COARSE_STEPS = ((8, 4), (8, 2), (8, 1))
MIDDLE_STEPS = ((12, 2),)
FINE_STEPS = ((16, 1),)
CROP = 0.04
MIN_SHARE = 0.12
MIN_SEEN = 0.75
MAX_SKEW = 0.12
STRUCTURE = 6.0
SOFT = ImageFilter.GaussianBlur(0.7)
BLURS = (ImageFilter.GaussianBlur(0.5), ImageFilter.GaussianBlur(1.0), ImageFilter.GaussianBlur(1.6))
CORNER = (0.2, 0.14)
MIN_SQUARES = 25
SURE_WORST, ASK_WORST = 0.72, 0.5
SURE_LOW = 0.62
ASK_SCORE = 0.7
APART = 0.12
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


@dataclass(frozen=True, slots=True)
class Verdict:
    index: int
    place: Place
    worst: float
    low: float
    score: float
    squares: int


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
            place, agrees = _laid(self._sketches[index], sketch, start, COARSE, COARSE_STEPS)
            if agrees < COARSE_AGREES:
                continue
            rivals = self._rivals(sketch, place)
            place, _ = _laid(self._sketches[rivals[0]], sketch, place, MIDDLE, MIDDLE_STEPS)
            pixels = int(min(max(place.width * place.height, MIDDLE), FINE))
            place, _ = _laid(self._sketches[rivals[0]], sketch, place, pixels, FINE_STEPS)
            verdicts = [
                verdict
                for rival in rivals
                if (verdict := _compared(rival, self._sketches[rival], sketch, place, pixels)) is not None
            ]
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
        verdicts = sorted(verdicts, key=lambda verdict: -verdict.score)
        for rank, verdict in enumerate(verdicts):
            sure = verdict.worst >= SURE_WORST and verdict.low >= SURE_LOW and verdict.squares >= MIN_SQUARES
            if rank == 0 or (verdict.score > verdicts[0].score - 0.02):
                yield Seen(self._keys[verdict.index], verdict.score, sure)


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


def _squares(known: Plane, window: Plane, inside: Box, side: int, reach: int) -> Squares:
    """Each square of ``known`` that has structure, where it fits best in ``window`` within ``reach`` pixels."""
    x0, y0, x1, y1 = inside
    edge = side // 4
    ys = np.arange(y0 + edge, y1 - edge - side + 1, side)
    xs = np.arange(x0 + edge, x1 - edge - side + 1, side)
    if not len(ys) or not len(xs):
        return _NO_SQUARES
    tiles = sliding_window_view(known, (side, side))[np.ix_(ys, xs)].reshape(-1, side * side)
    tiles = tiles - tiles.mean(axis=1, keepdims=True)
    power = np.linalg.norm(tiles, axis=1)
    here = sliding_window_view(window, (side, side))[np.ix_(ys, xs)].reshape(-1, side * side)
    other = here.std(axis=1) * side
    gain = (
        float(np.median(other[power > STRUCTURE * side] / power[power > STRUCTURE * side]))
        if (power > STRUCTURE * side).any()
        else 1
    )
    gain = min(max(gain, 0.2), 3)
    keep = np.flatnonzero((power > STRUCTURE * side) | (other > 1.5 * STRUCTURE * side * max(gain, 0.5)))
    if not len(keep):
        return _NO_SQUARES
    tops, lefts = np.repeat(ys, len(xs))[keep], np.tile(xs, len(ys))[keep]
    padded = np.pad(window, reach, mode="edge")
    offsets = np.arange(2 * reach + 1)
    views = sliding_window_view(padded, (side, side))
    at = views[tops[:, None, None] + offsets[:, None], lefts[:, None, None] + offsets]
    at = at.reshape(len(keep), len(offsets) ** 2, side * side)
    sums = at.sum(axis=2)
    powers = np.sqrt(np.maximum(np.einsum("tkp,tkp->tk", at, at) - sums * sums / (side * side), 0))
    tiles, power = tiles[keep], power[keep]
    products = np.matmul(at, tiles[:, :, None])[:, :, 0]
    floor = 0.5 * side
    agree = products / ((powers + floor * gain) * (power[:, None] + floor))
    best = agree.argmax(axis=1)
    rank = np.arange(len(keep))
    dy, dx = np.divmod(best, len(offsets))
    f32 = np.float32
    return Squares(
        agree[rank, best].astype(f32),
        (dx - reach).astype(f32),
        (dy - reach).astype(f32),
        (lefts + side / 2).astype(f32),
        (tops + side / 2).astype(f32),
    )


_NO_SQUARES = Squares(*(np.empty(0, np.float32) for _ in range(5)))


def _laid(
    known: Sketch, sketch: Sketch, place: Place, pixels: int, steps: tuple[tuple[int, int], ...]
) -> tuple[Place, float]:
    """``place`` made exact, and how well the squares agree there. ``steps``: sides and reaches, one after another."""
    width, height = _size(known, pixels)
    plane = _plane(known, width, height)
    agrees = 0.0
    for side, reach in steps:
        window, inside = _window(sketch, place, width, height)
        squares = _squares(plane, window, inside, side, reach)
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


def _compared(index: int, known: Sketch, sketch: Sketch, place: Place, pixels: int) -> Verdict | None:
    """How ``sketch`` at ``place`` agrees with ``known``, square by square; None if it is something else."""
    width, height = _size(known, pixels)
    image = known.image.resize((width, height), Image.Resampling.BILINEAR)
    window, inside = _window(sketch, place, width, height)
    inside = _cropped(np.asarray(image), window, inside)
    blurred = np.asarray(Image.fromarray(window.astype(np.uint8)).filter(SOFT), np.float32)
    best = _NO_SQUARES
    for blur in BLURS:
        plane = np.asarray(image.filter(blur) if blur else image, np.float32)
        squares = _squares(plane, blurred, inside, 16, 1)
        if len(squares.agree) and (not len(best.agree) or np.median(squares.agree) > np.median(best.agree)):
            best = squares
    squares = best
    if len(squares.agree) < 4:
        return None
    strange = squares.agree < 0.7
    corner = _corner(squares, strange, inside)
    rest = squares.agree[~corner]
    if not len(rest):
        return None
    worst = _worst(squares, ~corner)
    low = float(np.sort(rest)[: max(1, len(rest) * 3 // 100)].mean())
    score = float(np.clip(rest.mean(), 0, 1))
    if worst < ASK_WORST or score < ASK_SCORE or place.seen(*sketch.grey.shape[::-1]) < MIN_SEEN:
        return None
    return Verdict(index, place, worst, low, score, len(strange))


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
        for other in ((x + 16, y), (x, y + 16))
        if other in at
    ]
    return min(pairs, default=1.0)


def _cropped(known: NDArray[np.uint8], window: Plane, inside: Box) -> Box:
    """``inside`` without the sides where the window shows nothing any more but the known picture goes on."""
    x0, y0, x1, y1 = inside
    height, width = window.shape

    def ends(plane: NDArray[np.generic], most: int) -> int:
        part = plane[:most].astype(np.float32)
        middle = np.median(part, axis=1, keepdims=True)
        plain = (np.abs(part - middle) <= 6).mean(axis=1) >= 0.65
        return most if plain.all() else int(plain.argmin())

    def shrunk(seen: NDArray[np.generic], whole: NDArray[np.generic], most: int) -> int:
        lines = ends(seen, most)
        return lines if lines > ends(whole, most) + 1 else 0

    down, across = max(2, int(0.09 * height)), max(2, int(0.09 * width))
    f, w = known[y0:y1, x0:x1], window[y0:y1, x0:x1]
    return (
        x0 + shrunk(w.T, f.T, across),
        y0 + shrunk(w, f, down),
        x1 - shrunk(w.T[::-1], f.T[::-1], across),
        y1 - shrunk(w[::-1], f[::-1], down),
    )


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
