"""The corpus of everything that is not a picture: a library of a township, and messages of its chat groups.

Made from a seed alone, without knowing how the program recognises: every message is told by how it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.corpus import texts_cards, texts_other_cards, texts_others, texts_reposts
from tests.corpus.case import LIBRARY, Case
from tests.corpus.texts_cards import Files
from tests.corpus.texts_library import Stock, stock, write_library
from tests.corpus.texts_reposts import Kind

TRIES = 12
"""How often a kind may fail to bring something new, per case, before it is left with fewer."""


def build(out: Path, seed: int, *, numbers: bool = True, share: float = 1.0) -> list[Case]:
    """Write the library and the files of messages below ``out``; the cases, those of one kind together.

    The same for the same arguments. ``share``: of the messages, at least one of each kind. Without ``numbers`` no
    content and no message has a content's number, and the kinds that live by it are left out.
    """
    library = stock(seed, numbers=numbers)
    write_library(out / LIBRARY, library.pieces)
    files = Files(out)
    cases: list[Case] = []
    seen: set[str] = set()
    for kind in _kinds(library, files, numbers):
        cases += _some(kind, Random(f"{seed} {kind.name}"), max(1, round(kind.count * share)), seen)
    return cases


def _kinds(library: Stock, files: Files, numbers: bool) -> Iterator[Kind]:
    yield from texts_reposts.text_kinds(library, numbers=numbers)
    yield from texts_reposts.history_kinds(library)
    yield from texts_cards.link_kinds(library)
    yield from texts_cards.card_kinds(library)
    yield from texts_cards.file_kinds(library, files, numbers=numbers)
    yield from texts_cards.video_kinds(library, files)
    yield from texts_others.talk_kinds(library, numbers=numbers)
    yield from texts_others.text_kinds(library, numbers=numbers)
    yield from texts_others.history_kinds(library, numbers=numbers)
    yield from texts_other_cards.link_kinds(library, numbers=numbers)
    yield from texts_other_cards.card_kinds(library)
    yield from texts_other_cards.file_kinds(library, files, numbers=numbers)
    yield from texts_other_cards.video_kinds(library, files)


def _some(kind: Kind, rng: Random, count: int, seen: set[str]) -> Iterator[Case]:
    """``count`` cases of ``kind``, no two messages of the corpus alike; fewer if chance brings no more."""
    tries = count * TRIES
    while count and tries:
        tries -= 1
        made = kind.make(rng)
        if made is None:
            continue
        told = json.dumps(made.message, ensure_ascii=False, sort_keys=True)
        if told not in seen:
            seen.add(told)
            count -= 1
            yield made
