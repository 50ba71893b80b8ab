"""How the texts of 云溪县 are kept: a template, and what its contents fill into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LISTED = 6
"""So many fills of a template stand in the library; the others are texts of the same template that do not."""


class Numbering(StrEnum):
    OFFICE = "office"
    """反诈宣〔2026〕113号, in the text and in content.yaml."""
    OWN = "own"
    """云溪反诈〔2026〕12号: only in the text, for content.yaml takes one form of number."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Template:
    """``fills``: (title, what it is about in a few words, then what differs); ``{0}`` in ``body`` is the title.

    ``signature``: the last lines; ``{number}`` in it goes, with what stands around it on its line, where there are no
    numbers.
    """

    name: str
    numbering: Numbering
    body: str
    signature: str
    fills: Sequence[tuple[str, ...]]
    title: str = "{0}"
    """The content's title."""
