"""What whole-picture hashes make of the corpus of pictures: imagehash's phash and pdqhash, each at its best threshold.

``python -m tests.corpus hashes pictures``: the largest distance at which no more than 0.1 % of what is no repost is taken for
one, and what is recalled at it. What the nearest picture of the library is decides; a wrong one is a false accept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image

from bot.library.load import load_library
from tests.corpus.case import EXPECTED, LIBRARY, MESSAGES

Bits = NDArray[np.bool_]
Hash = Callable[[Image.Image], Bits]
FALSE = 0.001


def _phash(picture: Image.Image) -> Bits:
    return np.asarray(imagehash.phash(picture).hash).ravel()


def _pdq(picture: Image.Image) -> Bits:
    bits, _ = pdqhash.compute(np.asarray(picture.convert("RGB")))
    return np.asarray(bits).astype(bool)


def hashes(folder: Path) -> Iterator[str]:
    """A line per hash."""
    contents = load_library(folder / LIBRARY).contents.values()
    known = [(content.id, part.path) for content in contents for part in content.parts if part.path]
    seen = []
    for message, expected in zip(
        (folder / MESSAGES).read_text("utf-8").splitlines(),
        (folder / EXPECTED).read_text("utf-8").splitlines(),
        strict=True,
    ):
        seen.append((folder / json.loads(message)["path"], frozenset(json.loads(expected)["contents"])))
    for name, of in (("phash", _phash), ("pdqhash", _pdq)):
        yield _line(name, of, known, seen)


def _line(name: str, of: Hash, known: list[tuple[str, Path]], seen: list[tuple[Path, frozenset[str]]]) -> str:
    table = np.stack([bits for _, path in known if (bits := _of(path, of)) is not None])
    found = []
    for path, contents in seen:
        bits = _of(path, of)
        if bits is not None:
            distances = (table != bits).sum(axis=1)
            nearest = int(distances.argmin())
            found.append((int(distances[nearest]), known[nearest][0] in contents, bool(contents)))
    reposts, others = sum(1 for _, c in seen if c), sum(1 for _, c in seen if not c)
    best = (0, 0.0, 0)
    for limit in range(table.shape[1] // 2):
        wrong = sum(not right for distance, right, _ in found if distance <= limit)
        if wrong > FALSE * others:
            break
        best = limit, sum(right for distance, right, _ in found if distance <= limit) / reposts, wrong
    return f"{name}: distance ≤ {best[0]} of {table.shape[1]} bits: recall {100 * best[1]:.1f} %, {best[2]} false of {others}"


def _of(path: Path, of: Hash) -> Bits | None:
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > 40_000_000:
                return None
            return of(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
