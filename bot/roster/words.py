"""How the roster's words are compared, quoted and ordered. Never prints a phone number in full (DESIGN, law)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from bot.errors import Problem

SHOWN_CHARS = 30
_PHONE = re.compile(r"(?:0\d{2,3}[ -]?)?\d{7,}|1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_PLACE = re.compile(r"(?:!([A-Z]{1,3})|:)(\d+)$")


def key(text: str) -> str:
    """What makes two names the same name: full-width forms and blanks do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def mask(phone: str) -> str:
    """``138****0000``; of a shorter number (landline, or mistyped) only the last two digits."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-2:]}"


def plain(text: str) -> str:
    """``text`` with everything masked that may be a phone (dates with their dashes are not): a phone may stand in the wrong cell."""
    return _PHONE.sub(lambda found: mask(found.group()), text)


def quote(text: str) -> str:
    """``“text”`` for a message: phones masked, invisible characters dropped, at most 30 characters."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain(text))
    return f"“{seen if len(seen) <= SHOWN_CHARS else seen[: SHOWN_CHARS - 1] + '…'}”"


def nearest(text: str, known: Collection[str]) -> str:
    """The most similar of ``known``, or an empty text."""
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    return near[0] if near else ""


def short_place(place: str) -> str:
    """``C12`` of ``roster.xlsx:名册!C12``; ``第12行`` of ``roster.csv:12``: for a second place in a message."""
    found = _PLACE.search(place)
    if not found:
        return place
    return f"{found[1]}{found[2]}" if found[1] else f"第{found[2]}行"


def place_order(problem: Problem) -> tuple[str, int, int, str, str]:
    """Sorts problems as one reads a sheet: by row, then by column (C2 before C12 before D12)."""
    found = _PLACE.search(problem.place)
    if not found:
        return (problem.place, 0, 0, "", problem.what)
    letters = found[1] or ""
    return (problem.place[: found.start()], int(found[2]), len(letters), letters, problem.what)
