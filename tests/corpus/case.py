"""One message of the corpus, and what it is; how a part of the corpus is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIBRARY, MESSAGES, EXPECTED = "library", "messages.jsonl", "expected.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """``message``: as `chuanda match` reads it, without ``id``; a ``path`` in it is relative to the corpus' folder.

    ``change``: the kind of change that was made (one short English word or two, as “prefixed”), or the kind of thing
    that is no repost. ``contents``: the contents that it carries; empty if it is no repost.
    """

    family: str
    """text, link, file, video, card, history or picture."""
    change: str
    message: Mapping[str, Any]
    contents: frozenset[str] = field(default_factory=frozenset)


def write(out: Path, cases: Iterable[Case]) -> None:
    """Write ``cases`` to ``out`` as messages.jsonl and expected.jsonl, numbered in their order."""
    with (
        (out / MESSAGES).open("w", encoding="utf-8") as messages,
        (out / EXPECTED).open("w", encoding="utf-8") as expected,
    ):
        for number, case in enumerate(cases):
            id = f"m{number:06d}"
            told = {"id": id, "family": case.family, "change": case.change, "contents": sorted(case.contents)}
            messages.write(json.dumps({"id": id, **case.message}, ensure_ascii=False) + "\n")
            expected.write(json.dumps(told, ensure_ascii=False) + "\n")
