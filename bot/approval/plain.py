"""A line as the lint reads it: one width and case, nothing invisible, no spaces put inside words. Pure text work.

Only for matching; what is sent is never changed by it.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me", "Co", "Cs"})
_PAIRS = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ('"', '"'))
MAX_QUOTED_CHARS = 60
"""What somebody says; a whole notice between quotation marks is not a quotation."""
SENTENCE_ENDS = "。！？!?;；"


def seen(text: str) -> str:
    """``text`` in one width and lower case, without characters that nobody sees; spaces stay."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(ch for ch in wide if ch == "\t" or unicodedata.category(ch) not in _UNSEEN).casefold()


def squeezed(text: str) -> str:
    """`seen` without any space, and without dots and stars that split a Chinese word (“强*制”)."""
    tight = re.sub(r"\s+", "", seen(text))
    return re.sub(r"(?<=[一-鿿])[·•.*_~|]+(?=[一-鿿])", "", tight)


def quoted(line: str, start: int, end: int) -> bool:
    """Whether ``line[start:end]`` stands within one pair of quotation marks: what somebody else says."""
    for opening, closing in _PAIRS:
        at = 0
        while (first := line.find(opening, at)) >= 0 and first < start:
            last = line.find(closing, first + 1)
            if last < 0:
                break
            if end <= last and last - first <= MAX_QUOTED_CHARS:
                return True
            at = last + 1
    return False


def sentence_around(line: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the same sentence before and after ``line[start:end]``."""
    before = re.split(f"[{SENTENCE_ENDS}]", line[:start])[-1]
    after = re.split(f"[{SENTENCE_ENDS}]", line[end:])[0]
    return before, after
