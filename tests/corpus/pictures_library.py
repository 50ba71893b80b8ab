"""The corpus' library: weekly posters on reused templates, and photographs. Also the posters it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import yaml
from PIL import Image

from tests.corpus import pictures_drawn as drawn
from tests.corpus import pictures_plain as plain
from tests.corpus.pictures_photos import library_photos
from tests.corpus.pictures_words import OFFICE, STORIES, Sheet, Story, sheet, titles

PER_TEMPLATE, PHOTOS = 9, 20
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Template:
    """``own``: how many of the five lines change from week to week; the rest, and everything else, stays."""

    name: str
    draw: Callable[[Sheet], Image.Image]
    own: int
    suffix: str = ".png"


TEMPLATES = (
    Template("notice", plain.notice, 5),
    Template("banner", plain.banner, 2),
    Template("steps", plain.steps, 3),
    Template("checklist", plain.checklist, 1),
    Template("table", plain.table, 2),
    Template("newspaper", plain.newspaper, 3, ".jpg"),
    Template("sentence", plain.sentence, 1),
    Template("night", drawn.night, 2),
    Template("comic", drawn.comic, 2),
    Template("wide", drawn.wide, 1, ".jpg"),
    Template("long", drawn.long, 4, ".jpg"),
    Template("village", drawn.village, 1, ".jpg"),
    Template("dialogue", drawn.dialogue, 3),
    Template("warning", drawn.warning, 1),
    Template("quiz", drawn.quiz, 2),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One picture of the library. ``sheet`` and ``template`` only of posters."""

    id: str
    path: Path
    sheet: Sheet | None = None
    template: Template | None = None


def write_library(root: Path, seed: int, numbers: bool, share: float) -> list[Item]:
    """Writes all contents below ``root``; returns their pictures, posters first."""
    items: list[Item] = []
    for place, template in enumerate(TEMPLATES):
        for n, told in enumerate(sheets(template, seed, numbers)[: scaled(PER_TEMPLATE, share)]):
            id = f"{place * PER_TEMPLATE + n + 1:03d}-{template.name}"
            path = root / id / f"poster{template.suffix}"
            _write(template.draw(told), path, "".join(told.title), told.topic, told.number)
            items.append(Item(id, path, told, template))
    for n, (name, picture) in enumerate([*library_photos().items()][: scaled(PHOTOS, share)]):
        serial = len(TEMPLATES) * PER_TEMPLATE + n + 1
        path = root / f"{serial:03d}-{name}" / "poster.jpg"
        _write(picture, path, f"照片{n + 1}", "照片", _number(serial) if numbers else "")
        items.append(Item(path.parent.name, path))
    return items


def scaled(count: int, share: float) -> int:
    """How many of ``count`` contents of one kind at this ``share``."""
    return max(FEWEST, round(count * share))


def sheets(template: Template, seed: int, numbers: bool) -> list[Sheet]:
    """The template's weekly posters in the library, each with a story of its own; the same for every share."""
    place = TEMPLATES.index(template)
    rng = Random(f"{seed}/library/{template.name}")
    return [
        _weekly(
            story, template, rng, _number(place * PER_TEMPLATE + n + 1) if numbers else "", week=n * 3 + 1
        )
        for n, story in enumerate(_stories(template, seed)[:PER_TEMPLATE])
    ]


def strangers(template: Template, held: list[Sheet], seed: int, numbers: bool) -> Iterator[Sheet]:
    """Without end: posters on ``template`` that ``held`` has not.

    Every other one is the hardest kind: a poster of the library with another title (of the same story) and one other
    line; the rest tell stories that the library does not have on this template.
    """
    rng = Random(f"{seed}/strangers/{template.name}")
    others = _stories(template, seed)[PER_TEMPLATE:]
    taken = {told.title for told in held}
    while True:
        number = _number(rng.randint(400, 999)) if numbers else ""
        near = rng.choice(held)
        story = next(s for s in STORIES if s.topic == near.topic)
        title = rng.choice([t for t in titles(story) if t not in taken and _unlike(t, near.title)])
        fresh = rng.choice([line for line in rng.choice(others).lines if "{" not in line])
        yield replace(near, title=title, lines=(fresh, *near.lines[1:]), number=number)
        yield _weekly(rng.choice(others), template, rng, number, week=rng.randint(30, 52))


def _unlike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether both halves of two titles differ."""
    return one[0] != other[0] and one[1] != other[1]


def _weekly(story: Story, template: Template, rng: Random, number: str, week: int) -> Sheet:
    return sheet(story, rng.choice(titles(story)), template.own, TEMPLATES.index(template), rng, number, week)


def _stories(template: Template, seed: int) -> list[Story]:
    order = list(STORIES)
    Random(f"{seed}/stories/{template.name}").shuffle(order)
    return order


def _number(serial: int) -> str:
    return f"反诈宣〔2026〕{serial:03d}号"


def _write(picture: Image.Image, path: Path, title: str, topic: str, number: str) -> None:
    """The picture, PNG or JPEG 90 by the path's ending, and content.yaml beside it."""
    path.parent.mkdir(parents=True)
    picture.save(path, **({"compress_level": 4} if path.suffix == ".png" else {"quality": 90}))
    content = {"title": title, "number": number, "topics": [topic], "source": f"{OFFICE}编写（样例）"}
    written = {key: value for key, value in content.items() if value}
    written["parts"] = [{"image": path.name, "main": True}]
    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
    (path.parent / "content.yaml").write_text(text, encoding="utf-8")
