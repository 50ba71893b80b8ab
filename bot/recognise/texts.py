"""Texts of contents in a message: whole, cut, with other words around, slightly changed, several in one. Pure.

A library's texts are indexed by their rarest character n-grams (LIBRARIES, text match), taken from every stretch of a
text, so that any larger piece of it has some. What they point to is read closely with rapidfuzz: how much of the text
is there, and what stands where the rest of it should be. That tells contents on one template apart, and another town's
text from ours: theirs says something else in the middle of what is equal.

Texts come as `Spoken.plain` has them: letters and digits only, without content numbers and links.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from rapidfuzz.distance import LCSseq

from bot.model.content import ContentId

GRAM = 4
"""Characters of an n-gram. Three are too common in Chinese, five break too often at a typing error."""
STRETCH, KEYS = 20, 3
"""Of every 20 n-grams of a text the 3 rarest are its keys."""
MIN_KEYS = 0.15
"""Of a text's keys a message has this share at least, or it is not looked at closely."""
CANDIDATES = 6
"""Texts that are read closely for one message."""
MIN_NEAR = 20
"""A shorter text is only known as the whole message."""
MIN_WHOLE = 8
KEPT, KEPT_CHARS = 0.45, 24
"""This much of a text is the text."""
KEPT_LONG, KEPT_LONG_CHARS = 0.33, 80
"""Of a long text less will do."""
KEPT_SHORT, KEPT_SHORT_CHARS = 0.6, 18
"""Of a short one more has to be there."""
ASKED, ASKED_CHARS = 0.3, 18
"""This much of it is worth a question."""
CHANGED = 0.10
"""As much of it may read differently: typing errors, other words for the same."""
OTHER = 0.25
"""With so much of it different it is another text on the same template."""
TIED = 4
"""Characters; a lead that small does not tell two contents apart."""

MANY_FIGURES = 0.25
"""Of a text's figures this share may be mistyped."""
MOST_CONTRADICTIONS = 1
"""With more it is not even worth a question."""

WHOLE, MOSTLY, HALF = 0.75, 0.7, 0.5
"""Of which less is there, that has to be half of the message: pieces of it stand in others' texts on the same fraud too. Where
it is only pieces that other texts of the library say as well, it has to be most of the message."""

_FIGURES = re.compile(r"\d+")
_EVERYWHERE = frozenset({"96110", "110", "12381"})
"""Numbers to call: every text has them."""
_PLACE = re.compile(r"[镇乡县市区](?!民)|街道|社区|村(?!民)|派出所")
"""What follows the proper part of a place's or office's name."""
_PIECE = b"\1" * 8
"""Equal pieces that are shorter may be chance."""
_TAKEN = "\0"
"""Stands in a message where a text was found already."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose text it is; ``main``: it is that content's main part."""

    content: ContentId
    main: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A library text that a message carries. ``sure``: else somebody has to say. ``exact``: word for word, all of it.

    ``rivals``: owners of other texts that fit as well; what tells them apart is not in the message.
    """

    owners: Sequence[Owner]
    score: float
    sure: bool
    exact: bool
    rivals: Sequence[Owner] = ()


@dataclass(slots=True)
class _Known:
    """``own``: for each character of ``body``, 1 if it is in nothing that another text of the library says too. ``keys``: how many it has."""

    body: str
    owners: list[Owner] = field(default_factory=list)
    own: bytes = b""
    keys: int = 0


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a text lies in a message: ``kept`` characters of it are there, ``changed`` read differently in between."""

    known: _Known
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


class Texts:
    """An index over the texts of a library. Immutable once built."""

    def __init__(self, texts: Iterable[tuple[str, Owner]]) -> None:
        known: dict[str, _Known] = {}
        for body, owner in texts:
            if len(body) >= MIN_WHOLE:
                known.setdefault(body, _Known(body)).owners.append(owner)
        self._wholes = known
        self._known = [one for body, one in known.items() if len(body) >= MIN_NEAR]
        spread = Counter(gram for one in self._known for gram in grams_of(one.body))
        index: defaultdict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._known):
            grams = [one.body[at : at + GRAM] for at in range(len(one.body) - GRAM + 1)]
            one.own = _own(one.body, grams, spread)
            keys = _keys(grams, spread)
            one.keys = len(keys)
            for key in keys:
                index[key].append(number)
        self._index = dict(index)
        self._keys = frozenset(index)

    def find(self, plain: str) -> list[Carried]:
        """The texts that ``plain`` carries, each piece of it explained once, the best explanation first."""
        if (whole := self._wholes.get(plain)) is not None:
            return [Carried(whole.owners, 1.0, sure=True, exact=True)]
        if len(plain) < MIN_NEAR:
            return []
        grams = grams_of(plain)
        candidates = self._candidates(grams)
        found: list[Carried] = []
        for one in sorted(candidates, key=lambda one: -len(one.body)):
            if one.body in plain:
                found.append(Carried(one.owners, 1.0, sure=True, exact=True))
                plain = plain.replace(one.body, _TAKEN)
        if found:
            if len(plain) < MIN_NEAR:
                return found
            grams = grams_of(plain)
        while fits := [fit for one in candidates if (fit := _fit(one, plain, grams)) is not None]:
            best = max(fits, key=lambda fit: (fit.points, fit.ratio))
            rivals = [fit for fit in fits if fit is not best and _tied(fit, best)]
            found.append(_judged(best, rivals))
            if len(plain) - best.kept < MIN_NEAR:
                break
            plain = _without(plain, best.known.body)
            grams = grams_of(plain)
            explained = {id(best.known), *(id(fit.known) for fit in rivals)}
            candidates = [fit.known for fit in fits if id(fit.known) not in explained]
        return found

    def share(self, content: ContentId, plain: str) -> float:
        """How much of the text of ``content`` that is there most is in ``plain``, in whatever order; 0–1."""
        grams = grams_of(plain)
        known = (one for one in self._known if any(owner.content == content for owner in one.owners))
        return max((_covered(one.body, grams)[0].count(1) / len(one.body) for one in known), default=0.0)

    def _candidates(self, grams: set[str]) -> list[_Known]:
        """The texts of which the message has more than a key or two, those first that few others could be."""
        keys = self._keys & grams
        if not keys:
            return []
        hits: defaultdict[int, int] = defaultdict(int)
        worth: defaultdict[int, float] = defaultdict(float)
        for key in keys:
            where = self._index[key]
            for number in where:
                hits[number] += 1
                worth[number] += 1 / len(where)
        enough = [number for number, count in hits.items() if count >= MIN_KEYS * self._known[number].keys]
        if len(enough) > CANDIDATES:
            enough = sorted(enough, key=worth.__getitem__, reverse=True)[:CANDIDATES]
        return [self._known[number] for number in enough]


def grams_of(text: str) -> set[str]:
    """The n-grams of ``text``."""
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def _own(body: str, grams: Sequence[str], spread: Counter[str]) -> bytes:
    """Which characters stand in no n-gram that other texts have."""
    own, shared = bytearray(b"\1" * len(body)), bytes(GRAM)
    for at, gram in enumerate(grams):
        if spread[gram] > 1:
            own[at : at + GRAM] = shared
    return bytes(own)


def _keys(grams: Sequence[str], spread: Counter[str]) -> set[str]:
    """The rarest n-grams of every stretch of a text."""
    keys: set[str] = set()
    for start in range(0, len(grams), STRETCH):
        keys.update(sorted(set(grams[start : start + STRETCH]), key=lambda gram: (spread[gram], gram))[:KEYS])
    return keys


def _fit(known: _Known, plain: str, grams: set[str]) -> _Fit | None:
    """None if too little of the text is in ``plain`` to be worth anything, or it is another one on its template."""
    body = known.body
    covered, first, last = _covered(body, grams)
    kept = covered.count(1)
    if kept < max(ASKED_CHARS, ASKED * len(body)) and kept < KEPT_LONG_CHARS:
        return None
    own = _of_its_own(known, covered, first, last)
    beside = kept < WHOLE * len(body) and kept < (MOSTLY if own is Own.NOTHING else HALF) * len(plain)
    if own is Own.OTHERS or (beside and own is Own.NOTHING and kept < HALF * len(plain)):
        return None
    changed, contradicted, figures = 0.0, int(beside), _Figures(body, plain, first, last)
    for start, end, instead in _gaps(body, plain):
        missing = [at for at in range(start, end) if not covered[at]]
        if missing and instead:
            other = end - start - LCSseq.similarity(body[start:end], instead)
            changed += other if other > 2 else other / 2
            contradicted += _another_place(body, start, end, instead)
            figures.replaced(start, end)
    contradicted += figures.contradict()
    fit = _Fit(known, kept, changed, contradicted)
    return None if fit.differs > OTHER or contradicted > MOST_CONTRADICTIONS else fit


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


def _covered(body: str, grams: set[str]) -> tuple[bytearray, int, int]:
    """Which characters of ``body`` stand in n-grams that the message has, and where the first and the last piece of some
    length lies."""
    covered, full = bytearray(len(body)), b"\1" * GRAM
    for at in range(len(body) - GRAM + 1):
        if body[at : at + GRAM] in grams:
            covered[at : at + GRAM] = full
    return covered, max(0, covered.find(_PIECE)), covered.rfind(_PIECE) + len(_PIECE)


def _gaps(body: str, plain: str) -> Iterator[tuple[int, int, str]]:
    """Between pieces that are equal: where ``body`` goes on differently, and what the message says instead."""
    before: tuple[int, int] | None = None
    for piece in LCSseq.opcodes(body, plain):
        if piece.tag == "equal" and piece.src_end - piece.src_start >= GRAM:
            if before is not None:
                yield before[0], piece.src_start, plain[before[1] : piece.dest_start].replace(_TAKEN, "")
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


def _of_its_own(known: _Known, covered: bytearray, first: int, last: int) -> Own:
    pairs = list(zip(known.own, covered, strict=True))
    between = pairs[first:last]
    own, own_kept = sum(unique for unique, _ in between), sum(unique & there for unique, there in between)
    shared, shared_kept = len(between) - own, sum(there for _, there in between) - own_kept
    if own - own_kept >= 6 and shared >= 8 and own_kept / own < 0.5 * shared_kept / shared:
        return Own.OTHERS
    whole, everywhere = sum(known.own), sum(unique & there for unique, there in pairs)
    return (
        Own.NOTHING if whole < 6 or everywhere < 0.3 * whole * covered.count(1) / len(pairs) else Own.ENOUGH
    )


def _tied(fit: _Fit, best: _Fit) -> bool:
    alike = abs(fit.ratio - best.ratio) < 0.15 and (fit.ratio > 0.95) == (best.ratio > 0.95)
    return alike and best.points - fit.points < TIED


def _judged(fit: _Fit, rivals: Sequence[_Fit]) -> Carried:
    steps = ((KEPT_SHORT, KEPT_SHORT_CHARS), (KEPT, KEPT_CHARS), (KEPT_LONG, KEPT_LONG_CHARS))
    enough = any(fit.ratio >= ratio and fit.kept >= chars for ratio, chars in steps)
    same = fit.differs <= CHANGED and not fit.contradicted
    others = [owner for rival in rivals for owner in rival.known.owners]
    sure = enough and same and not others
    score = fit.ratio * (1 - fit.differs)
    return Carried(
        fit.known.owners, round(0.6 + 0.4 * score if sure else score * 0.6, 3), sure, False, others
    )


def _without(plain: str, body: str) -> str:
    """``plain`` without what it has of ``body``."""
    theirs = grams_of(body)
    left = list(plain)
    for at in range(len(plain) - GRAM + 1):
        if plain[at : at + GRAM] in theirs:
            left[at : at + GRAM] = _TAKEN * GRAM
    return "".join(left)
