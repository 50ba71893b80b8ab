"""What recognition says of one message: which contents it carries, how sure that is, and how it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model.content import ContentId


class VerdictKind(StrEnum):
    REPOST = "repost"
    ASK = "ask"
    """It may be one: a person has to say."""
    NONE = "none"


class How(StrEnum):
    NUMBER = "number"
    EXACT = "exact"
    NEAR = "near"
    URL = "url"
    TITLE = "title"
    PICTURE = "picture"
    HASH = "hash"


SCORE = {
    How.EXACT: 1.0, How.HASH: 1.0, How.URL: 1.0, How.NUMBER: 0.95, How.TITLE: 0.9, How.NEAR: 0.9, How.PICTURE: 0.9,
}  # fmt: skip
"""What a hit is worth where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A content that a message carries; ``main``: its main part was reposted, which covers a group.

    ``reason``: what contradicts it and was overruled (Chinese), as the number of another content beside this one's text.
    """

    content: ContentId
    how: How
    score: float
    main: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``repost`` as soon as there is one hit that is a repost; of ``ask``, ``hits`` says what it is about."""

    kind: VerdictKind
    hits: tuple[Hit, ...] = ()


NOTHING = Verdict(VerdictKind.NONE)


def verdict_of(reposts: Sequence[Hit], asks: Sequence[Hit]) -> Verdict:
    """The verdict on a message from all that was found in it: what is sure decides, else what is worth a question."""
    if reposts:
        return Verdict(VerdictKind.REPOST, _best(reposts))
    if asks:
        return Verdict(VerdictKind.ASK, _best(asks))
    return NOTHING


def _best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit per content, the best: a main part before any other, then the surer one."""
    best: dict[ContentId, Hit] = {}
    for hit in hits:
        other = best.get(hit.content)
        if other is None or (hit.main, hit.score) > (other.main, other.score):
            best[hit.content] = hit
    return tuple(sorted(best.values(), key=lambda hit: (not hit.main, -hit.score)))
