"""The held-out corpus of pictures: posters of nine templates and photographs, and what people make of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path

from PIL import Image

from tests.corpus.case import LIBRARY, Case
from tests.corpus.held import clutter, screens
from tests.corpus.held.desk import Desk, other, repost
from tests.corpus.held.office import LISTED
from tests.corpus.held.photos import LISTED as PHOTOS
from tests.corpus.held.photos import TITLES, another, photograph
from tests.corpus.held.pieces import write_content
from tests.corpus.held.posters import POSTERS
from tests.corpus.held.retouch import PLAIN_WAYS, RETOUCHES, Made, chat_copy, combined, saved

_SAME, _COMBINED, _SHOTS, _HALF_SHOTS = 64, 70, (("viewer", 55), ("chat", 75), ("article", 50)), 60


def build(out: Path, seed: int, *, numbers: bool = True, share: float = 1.0) -> list[Case]:
    """Write the library and the pictures below ``out``; the messages. ``share``: how much of the full number of them."""
    desk = Desk(out, random.Random(seed), numbers, share)
    shelf = Shelf(out / LIBRARY, numbers=numbers)
    return [*_reposts(desk, shelf), *_others(desk)]


class Shelf:
    """The library of pictures on disk."""

    def __init__(self, library: Path, *, numbers: bool) -> None:
        self.files: dict[str, Path] = {}
        serial = 401
        for poster in POSTERS:
            for place, fill in enumerate(poster.template.fills[:LISTED], start=1):
                number = f"反诈宣〔2026〕{serial}号" if numbers else ""
                serial += 1
                made = saved(poster.draw(fill, number), "PNG" if poster.ending == "png" else "JPEG", 92)
                self._keep(library, f"{poster.name}-{place}", f"{fill[0]}（海报）", made, number)
        for name, title in zip(PHOTOS, TITLES, strict=True):
            self._keep(
                library, Path(name).stem.replace("_", "-"), title, saved(photograph(name), quality=90), ""
            )

    def _keep(self, library: Path, id: str, title: str, made: Made, number: str) -> None:
        ending, data = made
        file = library / id / f"poster.{ending}"
        write_content(file.parent, title, [{"image": file.name}], number)
        file.write_bytes(data)
        self.files[id] = file

    @property
    def ids(self) -> list[str]:
        return sorted(self.files)

    def picture(self, id: str) -> Image.Image:
        return _opened(self.files[id])


@lru_cache(maxsize=8)
def _opened(file: Path) -> Image.Image:
    with Image.open(file) as image:
        return image.convert("RGB")


def _message(desk: Desk, made: Made) -> dict[str, str]:
    ending, data = made
    return {"type": "image", "path": desk.file(f"{desk.rng.randrange(10**8):08d}.{ending}", data)}


def _reposts(desk: Desk, shelf: Shelf) -> Iterator[Case]:
    rng = desk.rng
    for id in desk.around(shelf.ids, _SAME):
        made = shelf.files[id].suffix[1:], shelf.files[id].read_bytes()
        yield repost("picture", "same bytes", _message(desk, made), id)
    for change, (retouch, full) in RETOUCHES.items():
        for id in desk.around(shelf.ids, full):
            yield repost("picture", change, _message(desk, retouch(shelf.picture(id), rng)), id)
    for id in desk.around(shelf.ids, _COMBINED):
        second = rng.choice([one for one in shelf.ids if one != id])
        made = combined(shelf.picture(id), shelf.picture(second), rng)
        yield repost("picture", "two combined", _message(desk, made), id, second)
    for where, full in _SHOTS:
        for id in desk.around(shelf.ids, full):
            shot = _shot(where, shelf.picture(id), rng)
            yield repost("picture", f"screenshot {where}", _message(desk, saved(shot, "PNG")), id)
    for id, (where, _) in zip(desk.around(shelf.ids, _HALF_SHOTS), cycle(_SHOTS), strict=False):
        shot = _shot(where, shelf.picture(id), rng)
        small = shot.resize((shot.width // 2, shot.height // 2), Image.Resampling.BILINEAR)
        yield repost("picture", f"small screenshot {where}", _message(desk, saved(small, quality=60)), id)


def _shot(where: str, picture: Image.Image, rng: random.Random) -> Image.Image:
    """A screenshot of the picture; what a chat shows was sent through it before."""
    sent = chat_copy(picture, 1080)
    if where == "viewer":
        return screens.viewer(sent, rng)
    return screens.article(sent, rng) if where == "article" else screens.chat([sent], rng)


def _others(desk: Desk) -> Iterator[Case]:
    rng = desk.rng
    for picture in islice(_same_template(desk), desk.count(120)):
        yield other("picture", "same template", _message(desk, _on_its_way(picture, rng)))
    for _ in range(desk.count(85)):
        yield other("picture", "another photograph", _message(desk, _on_its_way(another(rng), rng)))
    for change, draw, full in clutter.DRAWN:
        for _ in range(desk.count(full)):
            yield other("picture", change, _message(desk, _on_its_way(draw(rng), rng)))
    for turn in range(desk.count(130)):
        shown = [[], [clutter.other_poster(rng)], [another(rng)], [clutter.meme(rng)]][turn % 4]
        shot = screens.chat(shown, rng)
        yield other("picture", "chat screenshot", _message(desk, saved(shot, quality=80)))
    for turn in range(desk.count(30)):
        shot = (screens.viewer, screens.article)[turn % 2](
            rng.choice((clutter.other_poster, another))(rng), rng
        )
        yield other("picture", "other screenshot", _message(desk, saved(shot, quality=80)))
    for _ in range(desk.count(30)):
        yield other(
            "picture", "broken file", _message(desk, clutter.broken(saved(clutter.paper(rng))[1], rng))
        )
    for _ in range(desk.count(6)):
        yield other("picture", "bomb", _message(desk, clutter.bomb(rng)))


def _same_template(desk: Desk) -> Iterator[Image.Image]:
    """For ever: posters of our templates with words that are not in the library, some in a chat's screenshot."""
    for poster in cycle(POSTERS):
        number = f"反诈宣〔2026〕{desk.rng.randint(500, 699)}号" if desk.numbers else ""
        picture = poster.draw(desk.rng.choice(poster.template.fills[LISTED:]), number)
        yield screens.chat([picture], desk.rng) if desk.rng.random() < 0.2 else picture


def _on_its_way(picture: Image.Image, rng: random.Random) -> Made:
    """As it is, or changed in a way that harms no picture."""
    way = rng.choice((None, None, *PLAIN_WAYS))
    if way is None or min(picture.size) < 2:
        return saved(picture, rng.choice(("PNG", "JPEG")))
    return RETOUCHES[way][0](picture, rng)
