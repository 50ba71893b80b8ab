"""How one text of the library lies in a message: how much of it is there, and what the message says instead. Pure.

Contents on one template, another town's text and last year's are equal for long stretches; they differ in the middle of
what is equal: in figures, in names, and in what only that one text says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from rapidfuzz.distance import LCSseq

from bot.model.content import ContentId

GRAM = 4
"""Characters of an n-gram. Three are too common in Chinese, five break too often at a typing error."""
KEPT_LONG_CHARS = 80
ASKED, ASKED_CHARS = 0.3, 18
"""This much of a text is worth a question."""
OTHER = 0.25
"""With so much of it different it is another text on the same template."""
MANY_FIGURES = 0.25
"""Of a text's figures this share may be mistyped."""
MOST_CONTRADICTIONS = 1
"""With more it is not even worth a question."""
WHOLE, MOSTLY, HALF = 0.75, 0.7, 0.5
"""Of which less is there, that has to be half of the message: pieces of it stand in others' texts on the same fraud too. Where
it is only pieces that other texts of the library say as well, it has to be most of the message."""
SLOT = 3
"""Characters; what is twice another word of that length is no slip: it is what that text is about."""
SHORT = 100
"""Characters of a text whose phrases may all stand in a longer one."""
PIECE = 8
"""Equal pieces that are shorter may be chance."""
TAKEN = "\0"
"""Stands in a message where a text was found already."""

_FIGURES = re.compile(r"\d+")
_EVERYWHERE = frozenset({"96110", "110", "12381"})
"""Numbers to call: every text has them."""
_PLACE = re.compile(r"[镇乡县市区](?!民)|街道|社区|村(?!民)|派出所")
"""What follows the proper part of a place's or office's name."""
_PIECE = b"\1" * PIECE


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose text it is; ``main``: it is that content's main part."""

    content: ContentId
    main: bool


@dataclass(slots=True)
class Known:
    """A text of the library. ``own``: a byte for each character, 1 if it is in nothing that another text says too, as one
    number, lowest first. ``keys``: how many n-grams it is indexed by."""

    body: str
    owners: list[Owner] = field(default_factory=list)
    own: int = 0
    keys: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text lies in a message: ``kept`` characters of it are there, ``changed`` read differently in between."""

    known: Known
    kept: int
    changed: float
    contradicted: int
    """Figures and names that are others, and that what only this text says is missing."""

    @property
    def points(self) -> float:
        return self.kept - 2 * self.changed - 6 * self.contradicted

    @property
    def ratio(self) -> float:
        return self.kept / len(self.known.body)

    @property
    def differs(self) -> float:
        return self.changed / max(1.0, self.kept + self.changed)


def grams_of(text: str) -> set[str]:
    """The n-grams of ``text``."""
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def covered(text: str, grams: set[str]) -> bytes:
    """A byte for each character of ``text``: 1 if it stands in one of ``grams``."""
    if len(text) < GRAM:
        return bytes(len(text))
    hits = int.from_bytes(
        bytes([text[at : at + GRAM] in grams for at in range(len(text) - GRAM + 1)]), "little"
    )
    for _ in range(GRAM - 1):
        hits |= hits << 8
    return (hits & ((1 << 8 * len(text)) - 1)).to_bytes(len(text), "little")


def fit(known: Known, plain: str, grams: set[str]) -> Fit | None:
    """How ``known`` lies in ``plain``, whose n-grams are ``grams``; None if too little of it is there to be worth anything, or
    the message has another text on its template."""
    body = known.body
    there = covered(body, grams)
    kept = there.count(1)
    if kept < max(ASKED_CHARS, ASKED * len(body)) and kept < KEPT_LONG_CHARS:
        return None
    first, last = max(0, there.find(_PIECE)), there.rfind(_PIECE) + PIECE
    own = _of_its_own(known, there, first, last)
    beside = kept < WHOLE * len(body) and kept < (MOSTLY if own is Own.NOTHING else HALF) * len(plain)
    beside = beside or _scattered(body, kept, plain)
    if own is Own.OTHERS or (beside and own is Own.NOTHING and kept < HALF * len(plain)):
        return None
    if 0 not in there.strip(b"\0"):
        return Fit(known, kept, 0.0, int(beside))
    changed, contradicted, figures = 0.0, int(beside), _Figures(body, plain, first, last)
    replaced: Counter[tuple[str, str]] = Counter()
    for start, end, instead in _gaps(body, plain):
        if instead and 0 in there[start:end]:
            replaced[body[start:end], instead] += end - start >= SLOT
            other = end - start - LCSseq.similarity(body[start:end], instead)
            changed += other if other > 2 else other / 2
            contradicted += _another_place(body, start, end, instead)
            figures.replaced(start, end)
    contradicted += figures.contradict() + (max(replaced.values(), default=0) > 1)
    found = Fit(known, kept, changed, contradicted)
    return None if found.differs > OTHER or contradicted > MOST_CONTRADICTIONS else found


def _scattered(body: str, kept: int, plain: str) -> bool:
    """Whether the pieces of a short text stand far apart in a long message: as phrases that the other one needs too."""
    if len(body) > SHORT or len(plain) < 2 * kept:
        return False
    theirs = covered(plain, grams_of(body))
    return theirs.rfind(_PIECE) + PIECE - theirs.find(_PIECE) > 2 * kept


class _Figures:
    """The numbers in a text, and which of them a message replaced by others: dates, sums, the count of the week."""

    def __init__(self, body: str, plain: str, first: int, last: int) -> None:
        self._there = set(_FIGURES.findall(plain))
        self._ours = [run for run in _FIGURES.finditer(body, first, last) if run[0] not in _EVERYWHERE]
        self._others = 0

    def replaced(self, start: int, end: int) -> None:
        """Between two places the message says something else."""
        self._others += sum(
            run.start() < end and run.end() > start and run[0] not in self._there for run in self._ours
        )

    def contradict(self) -> int:
        """Whether so many are others that it is no typing error: 0, 1, or 2 if hardly one is left."""
        if not self._others or (self._others == 1 and len(self._ours) > 3):
            return 0
        return (self._others >= MANY_FIGURES * len(self._ours)) + (
            self._others >= 0.6 * len(self._ours) and self._others > 1
        )


def _gaps(body: str, plain: str) -> Iterator[tuple[int, int, str]]:
    """Between pieces that are equal: where ``body`` goes on differently, and what the message says instead."""
    before: tuple[int, int] | None = None
    for piece in LCSseq.opcodes(body, plain):
        if piece.tag == "equal" and piece.src_end - piece.src_start >= GRAM:
            if before is not None:
                yield before[0], piece.src_start, plain[before[1] : piece.dest_start].replace(TAKEN, "")
            before = piece.src_end, piece.dest_end


def _another_place(body: str, start: int, end: int, instead: str) -> bool:
    """Whether the proper part of a place's name is another one: 清河 of 清河镇. Not if it is only mistyped."""
    named = _PLACE.match(body, end) is not None and 2 <= end - start <= 3
    return named and 2 <= len(instead) <= 4 and not set(body[start:end]) & set(instead)


class Own(Enum):
    """What a message has of that in a text which no other text of the library says."""

    ENOUGH = auto()
    NOTHING = auto()
    """There is none of it: others may have what is there from elsewhere."""
    OTHERS = auto()
    """In the middle of what is equal it is not there: it is another text on the same template."""


def _of_its_own(known: Known, there: bytes, first: int, last: int) -> Own:
    kept = int.from_bytes(there, "little")
    own_kept = kept & known.own
    between = (1 << 8 * (last - first)) - 1
    own_in = (known.own >> 8 * first & between).bit_count()
    own_kept_in = (own_kept >> 8 * first & between).bit_count()
    shared_in = last - first - own_in
    shared_kept_in = (kept >> 8 * first & between).bit_count() - own_kept_in
    if (
        own_in - own_kept_in >= 6
        and shared_in >= 8
        and own_kept_in / own_in < 0.5 * shared_kept_in / shared_in
    ):
        return Own.OTHERS
    whole = known.own.bit_count()
    few = own_kept.bit_count() < 0.3 * whole * kept.bit_count() / len(there)
    return Own.NOTHING if whole < 6 or few else Own.ENOUGH
