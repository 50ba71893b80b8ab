"""Text and content numbers in one canonical form, so that equal things compare equal.

Works on characters only: it knows no content and no person, and it never decides what a message means.
The rules come from what chats do to a text on its way (mentions, emoji codes; DESIGN).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

MAX_CHARACTERS = 100_000
"""A chat's longest text is about 16,000 characters; what is beyond this is not looked at."""

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_EMOJI = re.compile("[\U0001f000-\U0001fbff\u3297\u3299\u20e3\U000e0000-\U000e0fff]")
_EMOJI_CODE = re.compile(r"\[[一-鿿a-z]{1,6}\]")
_MENTION = re.compile(
    r"^\s*@(?:(?:所有人|全体成员|all\b)[\s:,]*|[^\s@:,。、!?()\[\]【】<>《》]{1,30}(?:[\s:]+|$))", re.I
)
_NOT_WORD = re.compile(r"[\W_]+")
_QUOTE = re.compile(r"^\s*[「『“\"].*?[」』”\"][^\S\n]*\n[^\S\n]*(?:[-—–－][^\S\n]*){5,}\n", re.DOTALL)


def fold(text: str) -> str:
    """``text`` with one width and case, without invisible characters and emoji; punctuation and lines stay."""
    text = _EMOJI.sub("", INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    text = unicodedata.normalize("NFKC", text).casefold()
    return _EMOJI_CODE.sub("", text)


def simplified(text: str) -> str:
    """``text`` in simplified characters, each in its place: the result is as long as ``text``."""
    if _traditional().isdisjoint(text):
        return text
    # A half of a surrogate pair (a chat that cut an emoji in two) cannot be handed to the library.
    readable = text.encode("utf-8", "replace").decode("utf-8")
    converted = _to_simplified().convert(readable)
    return converted if len(converted) == len(text) else text


@cache
def _to_simplified() -> OpenCC:
    """Loaded with the first traditional character: 60 ms that most rooms never pay."""
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Characters with which a text may be traditional: GB 2312, of the simplified ones, does not have them.

    Besides the few that stand in it and have a simpler form. A rare name is only converted for nothing.
    """
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    simple = b"".join(rows).decode("gb2312", "ignore")
    return frozenset(map(chr, range(0x4E00, 0xA000))) - frozenset(simple) | frozenset("後於徵夥麽乾摺捱菸")


def without_mentions(text: str) -> str:
    """Folded ``text`` without the @mentions at its start (“@所有人”, “@张三 ”)."""
    while found := _MENTION.match(text):
        text = text[found.end() :]
    return text


def without_quote(text: str) -> str:
    """What the person wrote, without the message that a chat puts before it (「名：原文」, a line of dashes)."""
    return _QUOTE.sub("", text[:MAX_CHARACTERS], count=1) if "\n" in text else text


def normalise(text: str) -> str:
    """Only the letters and digits of ``text``: the form in which two texts are the same text.

    NFKC, case-folded; no invisible characters, emoji (also 微信 codes such as [玫瑰]), space or punctuation; no
    @mentions at the start.
    """
    return _NOT_WORD.sub("", without_mentions(fold(text)))


@dataclass(frozen=True, slots=True)
class Numbered:
    """A content number in a folded text. ``word``: all Chinese characters right before the year, of which
    the number's own word (反诈宣) is the end; ``start`` and ``end`` enclose the number with its own word."""

    word: str
    year: str
    serial: int
    start: int
    end: int

    @property
    def canonical(self) -> str:
        return f"{own_word(self.word)}〔{self.year}〕{self.serial:03d}号"


_OPEN, _CLOSE = r"[\[\(（［【〔〖｛{《<＜「]", r"[\]\)）］】〕〗｝}》>＞」]"
_YEAR = r"(?:19|20|１９|２０)\n?\d\n?\d"
"""A long line may have been broken inside it."""
_YEAR_AND_SERIAL = re.compile(
    rf"{_OPEN}\s*({_YEAR})\s*年?\s*{_CLOSE}\s*(?:第\s*)?(\d(?:\n?\d){{0,4}})(?!\d)(?:\s*[号號])?"
)
_RUN = re.compile(r"[一-鿿]{1,12}(?=\s*$)")
MAX_RUN = 20
"""So far before a year its word may begin, spaces included."""


def own_word(run: str) -> str:
    """The number's word at the end of a run of characters: from 反诈 on, else its last three characters."""
    start = run.rfind("反诈")
    return run[start:] if start >= 0 else run[-3:]


def numbers_at(text: str) -> Iterator[Numbered]:
    """The content numbers in a text, with their places; folded or as it was written."""
    for match in _YEAR_AND_SERIAL.finditer(text):
        before = text[max(0, match.start() - MAX_RUN) : match.start()]
        if found := _RUN.search(before):
            run = simplified(found[0])
            year, serial = (int(figures.replace("\n", "")) for figures in match.groups())
            start = match.start() - len(before) + found.end() - len(own_word(run))
            yield Numbered(run, str(year), serial, start, match.end())


def numbers_in(text: str) -> list[str]:
    """The content numbers in ``text`` in canonical form (反诈宣〔2026〕001号), in order, each once.

    Tolerates other brackets ([] 【】 () （） ［］), spaces, full-width digits, missing zeros and a missing 号.
    """
    return list(dict.fromkeys(number.canonical for number in numbers_at(fold(text))))


_MAY_NUMBER = re.compile(rf"{_OPEN}\W{{0,3}}{_YEAR}")
"""A bracket and a year, something invisible between them at most: most years in a chat are dates."""


def plain_and_numbers(text: str) -> tuple[str, list[Numbered]]:
    """A text as it is compared with others, and the content numbers in it, which are not part of that.

    As `normalise`, in simplified characters.
    """
    numbers: list[Numbered] = []
    if ("20" in text or "19" in text or "２０" in text or "１９" in text) and _MAY_NUMBER.search(text):
        numbers = list(numbers_at(text))
        if not numbers:  # something invisible may stand in one
            text = fold(text)
            numbers = list(numbers_at(text))
        for number in reversed(numbers):
            text = f"{text[: number.start]} {text[number.end :]}"
    if "@" in text or "＠" in text:
        head = text[:MAX_MENTIONS]
        text = without_mentions(fold(head)) + text[MAX_MENTIONS:]
    if "[" in text:
        text = _EMOJI_CODE.sub("", text)
    return text[:MAX_CHARACTERS].translate(_LETTERS), numbers


class _Letters(dict[int, str | None]):
    """What each character is compared as: nothing, or letters and digits in one width, case and script.

    Filled as characters come: `str.translate` with it takes a third of the time of what it stands for (`fold`, then
    `_NOT_WORD`, then `simplified`).
    """

    def __missing__(self, code: int) -> str | None:
        plain = simplified(_NOT_WORD.sub("", fold(chr(code)))) or None
        if len(self) < MOST_LETTERS:
            self[code] = plain
        return plain


MAX_MENTIONS = 200
"""Characters at a text's start in which people are named with @."""
MOST_LETTERS = 30_000
_LETTERS = _Letters()
