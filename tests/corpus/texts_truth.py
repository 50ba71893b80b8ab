"""How much of the library's wording stands in a text: keeps cases out of the corpus that could be read both ways.

Counts runs of four letters or characters; knows nothing of how the program recognises.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

RUN = 4


def runs(text: str) -> set[str]:
    """All runs of `RUN` letters, digits or characters of ``text``, whatever stands between them."""
    plain = "".join(ch for ch in text.lower() if ch.isalnum())
    return {plain[n : n + RUN] for n in range(len(plain) - RUN + 1)}


@dataclass(frozen=True, slots=True)
class Shared:
    """``of_text``: which share of the text's runs the content has; ``of_content``: the other way round."""

    content: str
    count: int
    of_text: float
    of_content: float


class Truth:
    """All texts of the library by what stands in them."""

    def __init__(self) -> None:
        self._holders: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}

    def add(self, content: str, text: str) -> None:
        """Know ``text`` of ``content``; once for each content."""
        found = runs(text)
        self._sizes[content] = len(found)
        for run in found:
            self._holders[run].append(content)

    def shared(self, text: str) -> list[Shared]:
        """Every content that has something of ``text``, most first."""
        found = runs(text)
        counts = Counter(content for run in found for content in self._holders.get(run, ()))
        return [
            Shared(content, count, count / len(found), count / self._sizes[content])
            for content, count in counts.most_common()
        ]

    def clearly(self, text: str, content: str) -> bool:
        """Whether ``text`` is a piece of ``content`` and of no other: it has much more of that one's wording."""
        shared = {found.content: found.count for found in self.shared(text)}
        own = shared.pop(content, 0)
        return own - max(shared.values(), default=0) >= max(10, 0.1 * own)

    def strange(self, text: str, of_content: float, of_text: float = 1.0) -> bool:
        """Whether no content has more than these shares with ``text``."""
        return all(
            found.of_content <= of_content and found.of_text <= of_text for found in self.shared(text)[:40]
        )
