"""Where the words of a finding stand in the line as it was written. Pure.

The lint reads lines without spaces, widths and unseen characters (`plain`); here each letter that it read is led back
to its place, so that the words can be marked in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.approval.plain import seen, squeezed

_SPLITTING = re.compile(r"(?<=[一-鿿])[·•.*_~|]+(?=[一-鿿])")


def span(line: str, found: str) -> tuple[int, int] | None:
    """From where to where ``found`` (as the lint read it) stands in ``line``; None if it cannot be led back."""
    words = squeezed(found)
    if not words:
        return None
    letters, places = _led_back(line)
    at = letters.find(words)
    return None if at < 0 else (places[at], places[at + len(words) - 1] + 1)


def _led_back(line: str) -> tuple[str, Sequence[int]]:
    """``line`` as `squeezed` reads it, and for each of its letters the place in ``line``."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(line):
        for letter in seen(character):
            if not letter.isspace():
                letters.append(letter)
                places.append(place)
    text = "".join(letters)
    dropped = {n for match in _SPLITTING.finditer(text) for n in range(*match.span())}
    kept = [n for n in range(len(text)) if n not in dropped]
    return "".join(text[n] for n in kept), [places[n] for n in kept]
