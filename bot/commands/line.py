"""A line of chat made ready for the patterns, each character in its place, so that arguments are cut as written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.commands.said import Said
from bot.commands.vocabulary import BACK, FRONT
from bot.model.speaker import Place, Role
from bot.recognise.normalise import simplified, without_mentions, without_quote

MAX_LINE = 300
"""What is longer is an article or a notice, whatever it begins with."""
MAX_BODY = 1_000
"""Longer only with a reason or a text in it."""

_EMOJI_CODE = re.compile(r"\[[一-鿿a-z]{1,6}\]")
_DAY_IN_DIALECT = re.compile("(?<=[今明昨前后])儿")
_LIKE_LE = re.compile(r"(?:(?<=[哪儿里步不样])|(?<=[别甭不以]发))[啦咧嘞喽咯](?=\W*\Z)")
_SAME = {"❓": "?", "❔": "?", "⁉": "?", "俺": "我"}


class _Plain(dict[int, str]):
    """One character for one: half width, lower case, marks that say nothing as spaces. Filled as it is asked."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _SAME.get(char) or unicodedata.normalize("NFKC", char).lower()
        if len(plain) != 1:
            plain = char.lower() if len(char.lower()) == 1 else char
        if plain in "\r\n\x85\u2028\u2029":
            plain = "\n"
        elif (unicodedata.category(plain)[0] in "CMSZ" and not plain.isascii()) or plain < " ":
            plain = " "
        if code < 0x10000:
            self[code] = plain
        return plain


_PLAIN = _Plain()


@dataclass(frozen=True, slots=True)
class Line:
    """``plain`` has a character for each of ``written``; ``start`` and ``end`` enclose what is said.

    Mentions, politeness and punctuation stand outside of them.
    """

    written: str
    plain: str
    start: int
    end: int
    role: Role
    place: Place

    @property
    def core(self) -> str:
        return self.plain[self.start : self.end]

    @property
    def squeezed(self) -> str:
        """Without the spaces."""
        return "".join(self.core.split())

    @property
    def asks(self) -> bool:
        """Whether a question mark stands behind it."""
        return "?" in self.plain[self.end :]

    def cut(self, start: int, end: int) -> str:
        """As written, with the emoji that stand in a group's name."""
        return self.written[start:end].strip()


Cut = Callable[[Line, re.Match[str]], Said | None]
"""Makes a command of a line and where its words were found in it; None: the line only has the words in it."""


_SPELT = re.compile(r"(?<!\S)([一-鿿])[^\S\n]+(?=[一-鿿](?:[^\S\n]|[。，？！,.?!…~]*\Z))")


def body_of(text: str) -> str:
    """What somebody wrote, without the message that he quotes; "" when it is too long for anything.

    Words that were typed with a space after each character are words again (覆 盖 率).
    """
    body = (without_quote(text) if "\n" in text[:MAX_BODY] else text).strip()
    return _SPELT.sub(r"\1", body) if len(body) <= MAX_BODY else ""


def plain_of(body: str) -> str:
    """``body`` simplified and in one width, as long as it is; 今儿 is 今天, 俺 我, and 咧 at the end 了 where it may be."""
    plain = simplified(body).translate(_PLAIN)
    if "儿" in plain:
        plain = _DAY_IN_DIALECT.sub("天", plain)
    plain = _LIKE_LE.sub("了", plain)
    return _EMOJI_CODE.sub(lambda found: " " * len(found[0]), plain) if "[" in plain else plain


def line_of(body: str, plain: str, role: Role, place: Place) -> Line:
    """``body`` without what stands around the words that matter."""
    start = len(plain) - len(without_mentions(plain))
    opened = FRONT.match(plain, start)
    start = opened.end() if opened else start
    closed = BACK.search(plain, start) if len(plain) <= MAX_LINE else None
    end = closed.start() if closed else len(plain.rstrip())
    return Line(body, plain, start, end, role, place)
