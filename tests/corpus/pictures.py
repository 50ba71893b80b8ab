"""The corpus of pictures: a library, what becomes of its pictures on the way through chats, and what is none of them.

Everything is drawn from a seed; how many of each kind and how they are made: pictures.md beside this file.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from random import Random

from PIL import Image

from tests.corpus import pictures_others as others
from tests.corpus.case import LIBRARY, Case
from tests.corpus.pictures_broken import BROKEN
from tests.corpus.pictures_changes import CHANGES, SCREENS, File, encoded, jpeg, sent_twice, stored_screen
from tests.corpus.pictures_library import TEMPLATES, Item, strangers, write_library

PICTURES = "pictures"
STRANGERS = 24
"""Posters per template that the library does not hold."""
AS_FILE_EVERY = 25
"""One picture in so many is sent as a file."""
NO_REPOSTS: tuple[tuple[str, Callable[[Random], File], int], ...] = (
    ("other poster", others.other_poster, 160),
    ("photograph", others.photograph, 220),
    ("meme", others.meme, 80),
    ("chat screen", others.chat_screen, 90),
    ("receipt", others.receipt, 60),
    ("group buy", others.group_buy, 70),
    ("plain", others.plain, 40),
    ("office notice", others.office_notice, 90),
    ("document photo", others.document_photo, 70),
    ("sticker", others.sticker, 60),
    ("table", others.price_table, 40),
    *(("tiny" if make.__name__ == "tiny" else "unreadable", make, count) for make, count in BROKEN),
)

Made = tuple[str, File, frozenset[str]]
"""The change, the file that arrives, the contents it carries."""


def build(out: Path, seed: int, *, numbers: bool = True, share: float = 1.0) -> list[Case]:
    """Writes ``out``/library and ``out``/pictures; returns the messages, their paths relative to ``out``.

    ``numbers``: contents have a number, also drawn on their posters. ``share`` makes proportionally fewer of all.
    The same arguments give the same files.
    """
    items = write_library(out / LIBRARY, seed, numbers, share)
    (out / PICTURES).mkdir(parents=True)
    made = chain(
        _reposts(items, seed, share), _same_template(items, seed, numbers, share), _no_reposts(seed, share)
    )
    return [_case(out, place, *told) for place, told in enumerate(made)]


def sample(items: list[Item], seed: int) -> Iterator[Made]:
    """Without end: a repost of one of ``items`` and two pictures that are none, all kinds in turn."""
    rng = Random(f"{seed}/sample")
    for place in itertools.count():
        change, item = CHANGES[place % len(CHANGES)], rng.choice(items)
        yield change.name, change.make(item.path, rng), frozenset({item.id})
        for _ in range(2):
            name, make, _ = rng.choice([kind for kind in NO_REPOSTS if kind[0] not in ("tiny", "unreadable")])
            yield name, make(rng), frozenset()


def _case(out: Path, place: int, change: str, file: File, contents: frozenset[str]) -> Case:
    """Writes the file under a name that says nothing."""
    path = f"{PICTURES}/p{place:05d}{file.suffix}"
    (out / path).write_bytes(file.data)
    kind = "file" if place % AS_FILE_EVERY == AS_FILE_EVERY - 1 else "image"
    return Case("picture", change, {"type": kind, "path": path}, contents)


def _reposts(items: list[Item], seed: int, share: float) -> Iterator[Made]:
    """Every change on contents in turn, so that all of the library is passed on about equally often."""
    turn = list(items)
    Random(f"{seed}/turn").shuffle(turn)
    place = 0
    for change in CHANGES:
        for n in range(_count(change.count, share)):
            item = turn[place % len(turn)]
            place += 1
            file = change.make(item.path, Random(f"{seed}/{change.name}/{n}"))
            yield change.name, file, frozenset({item.id})


def _same_template(items: list[Item], seed: int, numbers: bool, share: float) -> Iterator[Made]:
    """Posters on the library's templates that say something else; half of them as drawn, half passed on before."""
    for template in TEMPLATES:
        held = [item.sheet for item in items if item.template is template and item.sheet]
        rng = Random(f"{seed}/same template/{template.name}")
        for told in islice(strangers(template, held, seed, numbers), _count(STRANGERS, share)):
            yield "same template", _passed_on(template.draw(told), rng), frozenset()


def _passed_on(picture: Image.Image, rng: Random) -> File:
    way = rng.randrange(8)
    if way < 4:
        return encoded(picture, "PNG", compress_level=1)
    if way == 4:
        return jpeg(picture, 50)
    if way == 5:
        return sent_twice(picture, rng)
    if way == 6:
        return jpeg(Image.open(BytesIO(jpeg(picture.reduce(2), 40).data)), 80)
    return stored_screen(rng.choice(SCREENS)(picture, rng), rng)


def _no_reposts(seed: int, share: float) -> Iterator[Made]:
    for change, make, count in NO_REPOSTS:
        rng = Random(f"{seed}/{make.__name__}")
        for _ in range(_count(count, share)):
            yield change, make(rng), frozenset()


def _count(count: int, share: float) -> int:
    return max(1, round(count * share))
