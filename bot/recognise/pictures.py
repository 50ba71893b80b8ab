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
from numpy.typing import NDArray

from bot.recognise.overlay import (
    NOTHING,
    Place,
    Plane,
    Squares,
    Step,
    laid,
    plane_of,
    size_at,
    softer,
    squares_of,
    window_on,
)
from bot.recognise.sketch import Box, Sketch, Vector

Key = TypeVar("Key", bound=Hashable)

ALIKE = 0.6
"""Frames less alike than this are not laid over each other."""
TRIES = 5
"""Places at which a picture is laid over a known one, at most."""
COARSE: tuple[Step, ...] = ((1_400, 8, 2), (5_400, 8, 2))
"""The first two steps of laying over, as thumbnails: what does not agree there is let go cheaply."""
COARSE_AGREES = 0.4
MIDDLE, FINE = 20_000, 78_000
"""Pixels of the third step, and of the last, where words are compared: with 60,000 a poster of the same template passed."""
SIDE = 16
"""Pixels of a square's side in the last step: two or three printed characters."""
FIT = 0.5
"""A known picture less alike than that at the middle step is not what lies there."""
RIVALS = 2
"""Known pictures that are compared in full at one place, the likeliest by the middle step: the right one was the first of
them in all 962 cases looked at."""
RIVAL_GAP = 0.08
CROP = 0.04
"""A part of each side that is cut off to know cropped pictures by, """
CROPPED = 0.09
"""and the most that is looked for as cut off and framed anew."""
EDGE = 6.0
"""Grey levels of a step that may be a frame's edge."""
MIN_SHARE = 0.12
"""Frames of a known picture have this part of its area at least."""
FRAMES = 14
MIN_SEEN = 0.75
"""This much of a known picture has to be within the other."""
MAX_SKEW = 0.12
"""Logarithm of width by height: nobody stretches a poster by more."""
BLURS = (1, 2, 4)
STRANGE = 0.2
"""So far below the picture's own middle agreement a square says something else."""
CORNER = (0.2, 0.14)
"""Parts of the width and height of a corner in which a watermark may lie, """
BUTTONS = (0.44, 0.09)
"""and of one where a phone's viewer has its buttons."""
MIN_SQUARES = 40
"""With fewer that have structure nobody can be sure."""
SURE, ASK = 0.12, 0.8
"""The largest spot of other words: sure up to the first, asked about up to the second. Of 1,934 known posters 6 have more
than 0.12; of the others of their templates none has less than 0.18."""
ASK_SCORE = 0.7
SAME = 0.98
"""Two pictures of the library that are one, saved twice."""
LEAD = 0.3
"""By so much the better of two has to agree."""
MID_W, MID_H, MID_T = 64, 80, 8
"""The middle step: width, height, and a square's side."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[Key]):
    """A known picture that was recognised. ``score``: 0 to 1; ``sure`` false: a person must be asked."""

    key: Key
    score: float
    sure: bool


@dataclass(frozen=True, slots=True)
class _Compared:
    """How a picture agrees with the known one at ``index``. ``strange``: the largest spot of other words."""

    index: int
    strange: float
    score: float
    squares: Squares

    @property
    def sure(self) -> bool:
        return self.strange <= SURE and len(self.squares) >= MIN_SQUARES


@dataclass(frozen=True, slots=True)
class _Known:
    """A picture of the album: its large frames and what is left when it was cropped, each described."""

    frames: tuple[Box, ...]
    vectors: Vector
    middle: Vector


class Album(Generic[Key]):
    """Known pictures, ready to be recognised. Immutable once built; a sketch keeps what building it needs."""

    def __init__(self, pictures: Iterable[tuple[Key, Sketch]]) -> None:
        self._keys: list[Key] = []
        self._sketches: list[Sketch] = []
        self._frames: list[tuple[int, Box]] = []
        known = []
        for key, sketch in pictures:
            known.append(_known(sketch))
            self._frames += [(len(self._keys), box) for box in known[-1].frames]
            self._keys.append(key)
            self._sketches.append(sketch)
        if known:
            self._vectors = np.concatenate([one.vectors for one in known])
            self._middles = np.stack([one.middle for one in known])

    def find(self, sketch: Sketch) -> list[Seen[Key]]:
        """The known pictures that ``sketch`` shows, the best first; empty if none of them."""
        best: dict[Key, Seen[Key]] = {}
        for seen in self._found(sketch) if self._keys else ():
            other = best.get(seen.key)
            if other is None or (seen.sure, seen.score) > (other.sure, other.score):
                best[seen.key] = seen
        return sorted(best.values(), key=lambda seen: (not seen.sure, -seen.score))

    def _found(self, sketch: Sketch) -> Iterator[Seen[Key]]:
        done: list[Place] = []
        for index, start in self._starts(sketch):
            if any(start.overlaps(place) for place in done):
                continue
            place, agrees = laid(self._sketches[index], sketch, start, COARSE)
            rivals = self._rivals(sketch, place) if agrees >= COARSE_AGREES else []
            if not rivals:
                continue
            pixels = int(min(max(place.width * place.height, MIDDLE), FINE))
            steps = ((MIDDLE, 12, 2), (pixels, SIDE, 2))
            place, _ = laid(self._sketches[rivals[0]], sketch, place, steps)
            compared = self._compared(rivals, sketch, place, pixels)
            if compared and place.seen(sketch) >= MIN_SEEN:
                yield from self._told(compared)
                done.append(place)

    def _starts(self, sketch: Sketch) -> list[tuple[int, Place]]:
        """Known pictures and where they may lie in ``sketch``, the likeliest first."""
        alike = self._vectors @ sketch.vectors.T
        count = min(60, alike.size)
        likely = np.argpartition(alike, alike.size - count, axis=None)[-count:]
        starts: list[tuple[int, Place]] = []
        for flat in likely[np.argsort(-alike.ravel()[likely])].tolist():
            row, column = divmod(flat, alike.shape[1])
            if alike[row, column] < ALIKE or len(starts) == TRIES:
                break
            index, box = self._frames[row]
            place = _place(box, sketch.frames[column], self._sketches[index].grey.shape)
            if place is None or place.seen(sketch) < 0.9 * MIN_SEEN:
                continue
            if not any(place.near(other) for _, other in starts):
                starts.append((index, place))
        return starts

    def _rivals(self, sketch: Sketch, place: Place) -> list[int]:
        """Known pictures that may be the one at ``place``, the likeliest first."""
        alike = self._middles @ _middle(*window_on(sketch, place, MID_W, MID_H))
        count = min(RIVALS, len(alike))
        best = np.argpartition(alike, len(alike) - count)[-count:]
        least = max(FIT, float(alike.max()) - RIVAL_GAP)
        return [int(rival) for rival in best[np.argsort(-alike[best])] if alike[rival] >= least]

    def _compared(self, rivals: list[int], sketch: Sketch, place: Place, pixels: int) -> list[_Compared]:
        """Those of ``rivals`` that may be what ``sketch`` shows at ``place``."""
        blurs: tuple[int, ...] = BLURS
        window = NOTHING
        inside = (0, 0, 0, 0)
        found = []
        for rival in rivals:
            known = self._sketches[rival]
            plane = plane_of(known, *size_at(known, pixels))
            if window.shape != plane.shape:
                height, width = plane.shape
                window, inside = window_on(sketch, place, width, height)
                inside = _uncropped(plane, window, inside)
                window = softer(window, 1)
            plane, blur = _as_blurred(plane, window, inside, blurs)
            blurs = (blur,)  # one blur for all rivals: it is the window that is blurred
            squares = squares_of(plane, window, inside, SIDE, 1)
            squares += squares_of(plane, window, inside, SIDE, 1, SIDE // 2)
            if not len(squares):
                continue
            counted = ~_corner(squares, inside, _fills(sketch, place))
            strange = _strange(squares, counted)
            score = float(squares.agree[counted].mean()) if counted.any() else 0.0
            if strange <= ASK and score >= ASK_SCORE:
                found.append(_Compared(rival, strange, min(score, 1.0), squares))
        return found

    def _told(self, compared: list[_Compared]) -> Iterator[Seen[Key]]:
        """Of pictures at one place the one that is it; two if they cannot be told apart."""
        first, *others = sorted(compared, key=lambda one: (one.strange > SURE, -one.score))
        close = [one for one in others if one.sure == first.sure and _lead(first, one) < LEAD]
        sure = first.sure and all(self._same(first.index, one.index) for one in close)
        for one in (first, *close):
            yield Seen(self._keys[one.index], one.score, sure)

    def _same(self, one: int, other: int) -> bool:
        """Whether two known pictures show the same, so that who reposts one reposts the other."""
        return float(self._middles[one] @ self._middles[other]) > SAME


def _known(sketch: Sketch) -> _Known:
    """Computed once; then it is kept with the sketch."""
    kept = sketch.kept.get(_Known)
    if isinstance(kept, _Known):
        return kept
    height, width = sketch.grey.shape
    x, y = round(CROP * width), round(CROP * height)
    least = MIN_SHARE * width * height
    frames = (
        *(box for box in sketch.frames[:FRAMES] if (box[2] - box[0]) * (box[3] - box[1]) >= least),
        (x, y, width - x, height - y),
        (x, 0, width, height),
        (0, y, width, height),
        (0, 0, width - x, height),
        (0, 0, width, height - y),
    )
    middle = _middle(*window_on(sketch, Place(0, 0, width, height), MID_W, MID_H))
    known = sketch.kept[_Known] = _Known(frames, sketch.describe(frames), middle)
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


def _middle(window: Plane, inside: Box) -> Vector:
    """The squares of a picture, each without its mean and of about equal weight; unit length."""
    height, width = window.shape
    tiles = window.reshape(height // MID_T, MID_T, width // MID_T, MID_T).transpose(0, 2, 1, 3)
    tiles = tiles - tiles.mean(axis=(2, 3), keepdims=True)
    tiles /= np.sqrt((tiles * tiles).sum(axis=(2, 3), keepdims=True)) + 8 * MID_T
    x0, y0, x1, y1 = inside
    tiles[: -(-y0 // MID_T)] = 0
    tiles[y1 // MID_T :] = 0
    tiles[:, : -(-x0 // MID_T)] = 0
    tiles[:, x1 // MID_T :] = 0
    flat = tiles.ravel()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)


def _as_blurred(plane: Plane, window: Plane, inside: Box, blurs: tuple[int, ...]) -> tuple[Plane, int]:
    """``plane`` blurred as ``window`` is, and how much that is."""
    chosen, done, soft, best = blurs[0], 0, plane, -1.0
    for blur in blurs:
        plane, done = softer(plane, blur - done), blur
        agree = squares_of(plane, window, inside, SIDE, 0).middle if len(blurs) > 1 else 1.0
        if agree > best:
            chosen, soft, best = blur, plane, agree
    return soft, chosen


def _strange(squares: Squares, counted: NDArray[np.bool_]) -> float:
    """The largest spot of neighbouring squares that disagree: by how much they do, together."""
    lacking = np.clip(squares.middle - STRANGE - squares.agree, 0, 1) * squares.weight
    spots = {
        (int(squares.x[n]), int(squares.y[n])): float(lacking[n])
        for n in np.flatnonzero(counted & (lacking > 0))
    }
    largest = 0.0
    while spots:
        waiting, size = [next(iter(spots))], 0.0
        while waiting:
            x, y = waiting.pop()
            lack = spots.pop((x, y), None)
            if lack is not None:
                size += lack
                waiting += ((x - SIDE, y), (x + SIDE, y), (x, y - SIDE), (x, y + SIDE))
        largest = max(largest, size)
    return largest


def _corner(squares: Squares, inside: Box, buttons: bool) -> NDArray[np.bool_]:
    """The squares in the corner that disagrees most: a watermark, or the ``buttons`` of a viewer, may lie there."""
    x0, y0, x1, y1 = inside
    lacking = np.clip(squares.middle - STRANGE - squares.agree, 0, 1)

    def corner(size: tuple[float, float], left: bool, top: bool) -> NDArray[np.bool_]:
        w, h = size[0] * (x1 - x0), size[1] * (y1 - y0)
        across = squares.x < x0 + w if left else squares.x > x1 - w
        down = squares.y < y0 + h if top else squares.y > y1 - h
        return np.asarray(across & down)

    corners = [corner(CORNER, left, top) for left in (True, False) for top in (True, False)]
    if buttons:
        corners += [corner(BUTTONS, left, False) for left in (True, False)]
    return max(corners, key=lambda one: float(lacking[one].sum()))


def _fills(sketch: Sketch, place: Place) -> bool:
    """Whether the picture fills a phone's screen, so that the viewer's buttons lie upon it."""
    height, width = sketch.grey.shape
    return bool(height > 1.6 * width and place.height > 0.85 * height)


def _lead(one: _Compared, other: _Compared) -> float:
    """By how much ``one`` agrees better, in all squares where that makes a difference."""
    squares = zip(one.squares.x, one.squares.y, one.squares.agree, strict=True)
    agree = {(x, y): value for x, y, value in squares}
    theirs = zip(other.squares.x, other.squares.y, other.squares.agree, strict=True)
    gaps = [float(agree[x, y] - value) for x, y, value in theirs if (x, y) in agree]
    return sum(gap for gap in gaps if abs(gap) > 0.1)


def _uncropped(known: Plane, window: Plane, inside: Box) -> Box:
    """``inside`` without the strips at its sides that were cropped off before the window was framed anew."""
    x0, y0, x1, y1 = inside
    height, width = window.shape
    down, across = int(CROPPED * height), int(CROPPED * width)
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
    ours, theirs = (plane[2 : most + 2] - plane[:most] for plane in (known, window))
    step = theirs.mean(axis=1)
    side = np.sign(step)
    steep = (theirs * side[:, None] > EDGE).mean(axis=1) > 0.6
    here = np.pad(ours.mean(axis=1), 2, mode="edge")
    near = np.max([here[n : n + most] * side for n in range(5)], axis=0)
    found = np.flatnonzero(steep & (np.abs(step) > 2 * EDGE) & (np.abs(step) > 2 * near + EDGE))
    to_edge = int(found[-1]) + 2 if len(found) else 0
    plain, ours_plain = _plain(window[:most]), _plain(known[:most])
    return max(to_edge, plain if plain > ours_plain + 1 else 0)


def _plain(lines: Plane) -> int:
    """How many lines from the first on are nearly of one colour each."""
    middle = np.median(lines, axis=1, keepdims=True)
    plain = (np.abs(lines - middle) <= EDGE).mean(axis=1) >= 0.65
    return len(lines) if plain.all() else int(plain.argmin())
