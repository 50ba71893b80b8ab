"""Texts of contents in a message: whole, cut, with other words around, slightly changed, several in one. Pure.

A library's texts are indexed by their rarest character n-grams (LIBRARIES, text match), taken from every stretch of a
text, so that any larger piece of it has some. What they point to is read closely with rapidfuzz: how much of the text
is there, and what stands where the rest of it should be. That tells contents on one template apart, and another town's
text from ours: theirs says something else in the middle of what is equal.

Texts come as `plain_and_numbers` makes them: letters and digits only, without content numbers and links.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.model.content import ContentId
from bot.recognise.fitting import GRAM, KEPT_LONG_CHARS, TAKEN, Fit, Known, Owner, covered, fit, grams_of

STRETCH, KEYS = 20, 3
"""Of every 20 n-grams of a text the 3 rarest are its keys."""
COMMON, ENOUGH_KEYS = 24, 6
"""An n-gram of more texts than that is no key, where a text has enough others."""
MIN_KEYS = 0.15
"""Of a text's keys a message has this share at least, or it is not looked at closely."""
CANDIDATES = 6
"""Texts that are read closely for one message."""
CLOSE = 0.5
"""Together with the likeliest those are read of which the message has at least half as large a share of the keys."""
MIN_NEAR = 20
"""A shorter text is only known word for word, """
MIN_SHORT = 12
"""and one that is shorter still as the whole message. One between the two has to be half of the message."""
MIN_WHOLE = 8
KEPT, KEPT_CHARS = 0.4, 36
"""This much of a text is the text."""
KEPT_LONG = 0.33
"""Of a long text less will do."""
KEPT_SHORT, KEPT_SHORT_CHARS = 0.6, 18
"""Of a short one more has to be there."""
CHANGED = 0.10
"""As much of it may read differently: typing errors, other words for the same."""
TIED = 4
"""Characters; a lead that small does not tell two contents apart."""


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


class Texts:
    """An index over the texts of a library. Immutable once built."""

    def __init__(self, texts: Iterable[tuple[str, Owner]]) -> None:
        self._wholes: dict[str, Known] = {}
        self._of: defaultdict[ContentId, list[Known]] = defaultdict(list)
        for body, owner in texts:
            if len(body) >= MIN_WHOLE:
                one = self._wholes.setdefault(body, Known(body))
                one.owners.append(owner)
                self._of[owner.content].append(one)
        self._known = [one for body, one in self._wholes.items() if len(body) >= MIN_NEAR]
        self._short = [one for body, one in self._wholes.items() if MIN_SHORT <= len(body) < MIN_NEAR]
        spread = Counter(gram for one in self._known for gram in grams_of(one.body))
        index: defaultdict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._known):
            grams = [one.body[at : at + GRAM] for at in range(len(one.body) - GRAM + 1)]
            shared = covered(one.body, {gram for gram in grams if spread[gram] > 1})
            one.own = int.from_bytes(shared, "little") ^ int.from_bytes(b"\1" * len(shared), "little")
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
        if len(plain) <= 2 * MIN_NEAR and (short := self._short_in(plain)):
            return short
        if len(plain) < MIN_NEAR:
            return []
        hits = self._keys.intersection([plain[at : at + GRAM] for at in range(len(plain) - GRAM + 1)])
        if len(hits) < 2 or not (likely := self._candidates(hits)):
            return []
        found: list[Carried] = []
        for one in sorted((one for one, _ in likely), key=lambda one: -len(one.body)):
            if one.body in plain:
                found.append(Carried(one.owners, 1.0, sure=True, exact=True))
                plain = plain.replace(one.body, TAKEN)
        if len(plain) < MIN_NEAR:
            return found
        grams = grams_of(plain)
        while likely:
            at_least = CLOSE * likely[0][1]
            close = {id(one): share for one, share in likely if share >= at_least}
            fits = [
                it for one, _ in likely if id(one) in close and (it := fit(one, plain, grams)) is not None
            ]
            likely = [one for one in likely if id(one[0]) not in close]
            if not fits:
                continue
            best = max(fits, key=lambda fit: (fit.points, fit.ratio))
            rivals = [fit for fit in fits if fit is not best and _tied(fit, best)]
            found.append(_judged(best, rivals))
            if len(plain) - best.kept < MIN_NEAR:
                break
            plain = _without(plain, best.known.body)
            grams = grams_of(plain)
            likely = [
                (it.known, close[id(it.known)]) for it in fits if it is not best and it not in rivals
            ] + likely
        return found

    def _short_in(self, plain: str) -> list[Carried]:
        return [
            Carried(one.owners, 1.0, sure=True, exact=True)
            for one in self._short
            if len(plain) <= 2 * len(one.body) and one.body in plain
        ]

    def much_of(self, contents: Iterable[ContentId], plain: str) -> set[ContentId]:
        """Of some contents those whose text is there for the most part that makes it one (`KEPT`), in whatever order."""
        if len(plain) < KEPT_CHARS:
            return set()
        grams = grams_of(plain)
        return {
            content
            for content in contents
            for one in self._of.get(content, ())
            if covered(one.body, grams).count(1) >= KEPT * len(one.body)
        }

    def _candidates(self, keys: frozenset[str]) -> list[tuple[Known, float]]:
        """The texts of which the message has more than a key or two, with the share of their keys, largest first; those that
        few others could be before others."""
        hits: dict[int, int] = {}
        for key in keys:
            for number in self._index[key]:
                hits[number] = hits.get(number, 0) + 1
        enough = [n for n, count in hits.items() if count > 1 and count >= MIN_KEYS * self._known[n].keys]
        if len(enough) > CANDIDATES:
            worth = dict.fromkeys(enough, 0.0)
            for key in keys:
                where = self._index[key]
                for number in where:
                    if number in worth:
                        worth[number] += 1 / len(where)
            enough = sorted(enough, key=worth.__getitem__, reverse=True)[:CANDIDATES]
        found = [(self._known[number], hits[number] / self._known[number].keys) for number in enough]
        return sorted(found, key=lambda pair: pair[1], reverse=True)


def _keys(grams: Sequence[str], spread: Counter[str]) -> set[str]:
    """The rarest n-grams of every stretch of a text."""
    keys: set[str] = set()
    for start in range(0, len(grams), STRETCH):
        keys.update(sorted(set(grams[start : start + STRETCH]), key=lambda gram: (spread[gram], gram))[:KEYS])
    rare = {key for key in keys if spread[key] <= COMMON}
    return rare if len(rare) >= ENOUGH_KEYS else keys


def _tied(fit: Fit, best: Fit) -> bool:
    alike = abs(fit.ratio - best.ratio) < 0.15 and (fit.ratio > 0.95) == (best.ratio > 0.95)
    return alike and best.points - fit.points < TIED


def _judged(fit: Fit, rivals: Sequence[Fit]) -> Carried:
    steps = ((KEPT_SHORT, KEPT_SHORT_CHARS), (KEPT, KEPT_CHARS), (KEPT_LONG, KEPT_LONG_CHARS))
    enough = any(fit.ratio >= ratio and fit.kept >= chars for ratio, chars in steps)
    same = fit.differs <= CHANGED and not fit.contradicted
    others = [owner for rival in rivals for owner in rival.known.owners]
    sure = enough and same and not others
    score = fit.ratio * (1 - fit.differs)
    return Carried(
        fit.known.owners, round(0.6 + 0.4 * score if sure else 0.6 * score, 3), sure, False, others
    )


def _without(plain: str, body: str) -> str:
    """``plain`` without what it has of ``body``."""
    taken = covered(plain, grams_of(body))
    return "".join(TAKEN if gone else char for char, gone in zip(plain, taken, strict=True))
