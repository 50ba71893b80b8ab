"""What every maker of messages needs: chance, how many to make, where files go, words with their slots filled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.corpus.case import Case
from tests.corpus.held.talk import NAMES, SLOTS

T = TypeVar("T")
_DASHES = "- - - - - - - - - - - - - - -"
_ATTEMPTS = 60


@dataclass
class Desk:
    """``share``: how much of the full corpus is made. ``seen``: texts that were said, so that none comes twice."""

    out: Path
    rng: random.Random
    numbers: bool
    share: float
    seen: set[str] = field(default_factory=set)
    files: int = 0

    def count(self, full: int) -> int:
        return max(1, round(full * self.share))

    def around(self, things: Sequence[T], full: int) -> Iterator[T]:
        """``full`` (by share) things, each as often as the others, in a random order."""
        wanted = self.count(full)
        while wanted > 0:
            some = self.rng.sample(things, min(len(things), wanted))
            yield from some
            wanted -= len(some)

    def filled(self, pattern: str, **more: str) -> str:
        """``pattern`` with its slots filled by chance, each place anew."""

        def word(found: re.Match[str]) -> str:
            return more.get(found[1]) or self.rng.choice(SLOTS[found[1]])

        return re.sub(r"\{(\w+)\}", word, pattern)

    def fresh(self, make: Callable[[], str]) -> str | None:
        """A text that was not said yet, or None if chance brings none."""
        for _ in range(_ATTEMPTS):
            text = make()
            if text not in self.seen:
                self.seen.add(text)
                return text
        return None

    def file(self, name: str, data: bytes) -> str:
        """Write a file that a message carries; its path for the message."""
        self.files += 1
        path = self.out / "files" / f"{self.files:04d}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path.relative_to(self.out).as_posix()

    def quote(self, said: str, quoted: str) -> Mapping[str, Any]:
        """``said`` in answer to ``quoted``, in one of the two wire forms."""
        if self.rng.random() < 0.5:
            return {"type": "quote", "text": said, "quoted": quoted}
        return text(f"「{self.rng.choice(NAMES)}：{quoted}」\n{_DASHES}\n{said}")


def text(words: str) -> Mapping[str, Any]:
    return {"type": "text", "text": words}


def repost(family: str, change: str, message: Mapping[str, Any], *ids: str) -> Case:
    return Case(family, change, message, frozenset(ids))


def other(family: str, change: str, message: Mapping[str, Any]) -> Case:
    return Case(family, change, message)
