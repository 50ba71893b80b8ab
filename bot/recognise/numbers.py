"""The content numbers of a library: whose a number in a message is, and which numbers a content's texts bring along. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.model.content import Content, ContentId, PartKind
from bot.recognise.normalise import Numbered, fold, numbers_at, own_word

_BEFORE = re.compile(
    r"(?:^|[的是为见按据请发号条和与及下上容对在到给了有过里着说讲那这本此该新看读念听查找收转传叫把将从由照于如附题醒习知]"
    r"|这个|[今明每昨]天|周[一二三四五六日]|[:，。！？\s])$"
)
"""What may stand right before a number in a sentence."""


LONGEST_WORD = 6
"""Of a number (云溪反诈宣); where more stands before the year, some of it belongs to the sentence."""


class Numbers:
    """Numbers and their contents."""

    def __init__(self, contents: Iterable[Content]) -> None:
        self._known: dict[tuple[str, int], list[tuple[str, ContentId]]] = {}
        self.brings: dict[ContentId, frozenset[str]] = {}
        """The numbers (canonical) that stand in a content's texts, its own included."""
        self.has_own: set[ContentId] = set()
        for content in contents:
            told = "\n".join(part.text for part in content.parts if part.kind is PartKind.TEXT)
            given, written = list(numbers_at(fold(content.number))), list(numbers_at(fold(told)))
            self.brings[content.id] = frozenset(number.canonical for number in (*given, *written))
            # Without a number of its own the only one that stands in its text is what people see as its number.
            own = given or (written if len(self.brings[content.id]) == 1 else [])
            for number in own[:1]:
                word = number.word if len(number.word) <= LONGEST_WORD else own_word(number.word)
                self._known.setdefault((number.year, number.serial), []).append((word, content.id))
                self.has_own.add(content.id)

    def contents(self, number: Numbered) -> list[ContentId]:
        """The contents whose number this is: 白反诈宣〔2026〕1号 is another town's than 反诈宣〔2026〕1号."""
        known = self._known.get((number.year, number.serial), ())
        return [content for word, content in known if _has_word(number.word, word)]


def _has_word(run: str, word: str) -> bool:
    """Whether the characters before a year end with a number's own word, and what is before that is no part of it."""
    return run.endswith(word) and _BEFORE.search(run.removesuffix(word)) is not None
