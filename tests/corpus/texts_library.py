"""The corpus' library: contents on the templates, and how they are written as content folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.corpus.texts_media import mp4, pdf
from tests.corpus.texts_scams import SCAMS, Scam
from tests.corpus.texts_slots import OWN, Place, slots
from tests.corpus.texts_templates import TEMPLATES, Draft, Template, fill
from tests.corpus.texts_truth import Truth

YEAR = 2026
WITHOUT_NUMBER = 0.12
WITH_CARD = 0.15
"""The share of texts that come with a link to the same."""
SAME_TEMPLATE, OTHER_TEMPLATE = 0.88, 0.5
"""How much of a content may stand in another one, so that the two are told apart by reading."""
_LETTERS = "0123456789abcdef"
_SHORT = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789_-"
_KINDS = {"t": "text", "l": "link", "f": "file", "v": "video", "m": "mini_program", "c": "channels"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One content. ``kind``: of its main part. ``card``: the link's, mini-program's or channels' fields.

    ``text`` is what the text part says, also where it is not the main one; empty if there is none.
    """

    id: str
    template: Template
    scam: Scam
    kind: str
    number: str
    title: str
    text: str
    card: dict[str, str] = field(default_factory=dict)
    file: str = ""
    data: bytes = b""
    length_ms: int = 0
    form: str = ""
    """Of a link: long, short, page, query or hash."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The library, what it holds word by word, and per template the frauds that it has nothing on."""

    pieces: tuple[Piece, ...]
    truth: Truth
    unused: dict[str, tuple[Scam, ...]]

    def of(self, kind: str) -> list[Piece]:
        """The contents whose main part is of ``kind``."""
        return [piece for piece in self.pieces if piece.kind == kind]


def stock(seed: int, *, numbers: bool) -> Stock:
    """The library of ``seed``. Without ``numbers`` the same contents, with nothing where their numbers were."""
    rng = Random(f"{seed} library")
    truth = Truth()
    pieces: list[Piece] = []
    unused: dict[str, tuple[Scam, ...]] = {}
    serials = list(range(1, sum(len(template.mains) for template in TEMPLATES) + 1))
    rng.shuffle(serials)
    titles: set[str] = set()
    for template in TEMPLATES:
        left = rng.sample([scam for scam in SCAMS if scam.name in template.names()], len(template.names()))
        for main in template.mains:
            serial = serials.pop()
            drafts, scam = _new_draft(rng, template, left, titles, truth, serial)
            plain, told = drafts[0][0], drafts[numbers]
            piece = _piece(rng, f"{serial:03d}-{template.key}", template, scam, _KINDS[main], told)
            titles.add(plain.title)
            truth.add(piece.id, plain.text)
            pieces.append(piece)
        unused[template.key] = tuple(left)
    return Stock(tuple(sorted(pieces, key=lambda piece: piece.id)), truth, unused)


Told = tuple[Draft, str]
"""A draft and the number in it."""


def _new_draft(
    rng: Random, template: Template, left: list[Scam], titles: set[str], truth: Truth, serial: int
) -> tuple[tuple[Told, Told], Scam]:
    """A draft without and one with number, on a fraud that is taken out of ``left``; unlike all of ``truth``."""
    has_number = rng.random() >= WITHOUT_NUMBER
    for scam in tuple(left):
        for _ in range(3):
            number = OWN.form.format(year=YEAR, serial=serial) if has_number else ""
            state = rng.getstate()
            plain = draft(rng, template, scam, OWN, "", YEAR)
            rng.setstate(state)
            numbered = draft(rng, template, scam, OWN, number, YEAR)
            if plain.title not in titles and _apart(truth, plain.text, template.key):
                left.remove(scam)
                return ((plain, ""), (numbered, number)), scam
    raise RuntimeError(f"no fraud is left for {template.key}")


def draft(rng: Random, template: Template, scam: Scam, place: Place, number: str, year: int) -> Draft:
    """``template`` filled for ``place`` with people, days and figures of ``rng``."""
    others = rng.sample([other for other in SCAMS if other != scam], 2)
    return fill(template, slots(rng, place, (scam, *others), number, year))


def _apart(truth: Truth, text: str, key: str) -> bool:
    for found in truth.shared(text):
        limit = SAME_TEMPLATE if found.content.endswith(f"-{key}") else OTHER_TEMPLATE
        if max(found.of_text, found.of_content) > limit:
            return False
    return True


def _piece(rng: Random, id: str, template: Template, scam: Scam, kind: str, told: Told) -> Piece:
    draft, number = told
    serial = int(id[:3])
    with_text = rng.random() < 0.55
    in_title = rng.random() < 0.35
    text = draft.text if kind == "text" or with_text else ""
    titled = f"{draft.title}（{number}）" if in_title and number else draft.title
    if kind == "text":
        card = _link(rng, serial, draft.title, draft.card)[0] if rng.random() < WITH_CARD else {}
        return Piece(id, template, scam, kind, number, draft.title, text, card)
    if kind == "link":
        card, form = _link(rng, serial, titled, draft.card)
        return Piece(id, template, scam, kind, number, draft.title, text, card, form=form)
    if kind == "mini_program":
        page = f"pages/{rng.choice(('quiz', 'video', 'read'))}/index.html?id={1000 + serial}"
        card = {"title": titled, "appid": rng.choice(_APPIDS), "page": page}
        return Piece(id, template, scam, kind, number, draft.title, text, card)
    if kind == "channels":
        card = {"title": f"{draft.title}，{draft.card} #反诈", "author": rng.choice(("清河反诈", "平安清河"))}
        return Piece(id, template, scam, kind, number, draft.title, text, card)
    if kind == "file":
        name = f"{number or draft.title}.pdf"
        return Piece(
            id, template, scam, kind, number, draft.title, text, file=name, data=pdf(rng, f"chuanda {id}")
        )
    length = 15_000 + 1_730 * (serial % 97) + rng.randrange(900)
    name = rng.choice(("clip.mp4", f"{draft.title}.mp4", f"{draft.title}.mp4", f"fanzha{serial:03d}.mp4"))
    return Piece(id, template, scam, kind, number, draft.title, text, {}, name, mp4(rng, length), length)


_APPIDS = ("wx5f3a91c0d2e47b68", "wx81be20647fa3c95d")
BIZ = ("MzA5UWluZ2hlRlo0==", "Mzk0UGluZ2FuUUg2==")


def token(rng: Random, letters: str, length: int) -> str:
    """A random word as it stands in addresses."""
    return "".join(rng.choice(letters) for _ in range(length))


def hexes(rng: Random, length: int) -> str:
    """A random hexadecimal word."""
    return token(rng, _LETTERS, length)


def short_address(rng: Random) -> str:
    """An article of a public account in the short form."""
    return f"https://mp.weixin.qq.com/s/{token(rng, _SHORT, 22)}"


def long_address(rng: Random, biz: str, mid: int, idx: int) -> str:
    """An article of a public account in the long form."""
    return f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx={idx}&sn={hexes(rng, 32)}"


def address(rng: Random, form: str, serial: int) -> str:
    """The address of article ``serial`` on a site of that ``form``."""
    if form == "long":
        return long_address(rng, rng.choice(BIZ), 2_247_480_000 + 7 * serial, rng.randint(1, 4))
    if form == "short":
        return short_address(rng)
    if form == "page":
        day = f"2026-{serial % 12 + 1:02d}/{serial % 27 + 1:02d}"
        return f"https://www.qinghezhen.gov.cn/fzxc/{day}/content_{5_010_000 + 13 * serial}.html"
    if form == "query":
        return f"https://www.qinghezhen.gov.cn/article/show?id={10_000 + serial}"
    return f"https://fanzha.qinghezhen.gov.cn/h5/#/detail/{2_000 + serial}"


def _link(rng: Random, serial: int, title: str, description: str) -> tuple[dict[str, str], str]:
    form = ("long", "page", "short", "query", "long", "hash")[serial % 6]
    return {"url": address(rng, form, serial), "title": title, "description": description}, form


def write_library(root: Path, pieces: tuple[Piece, ...]) -> None:
    """Every content as a folder below ``root``."""
    for piece in pieces:
        folder = root / piece.id
        folder.mkdir(parents=True)
        if piece.text:
            (folder / "text.md").write_text(piece.text + "\n", encoding="utf-8")
        if piece.file:
            (folder / piece.file).write_bytes(piece.data)
        sheet: dict[str, Any] = {"title": piece.title}
        if piece.number:
            sheet["number"] = piece.number
        sheet |= {
            "topics": [piece.scam.name],
            "source": "清河镇反诈办编写（样例）",
            "parts": list(_parts(piece)),
        }
        told = yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False, width=200)
        (folder / "content.yaml").write_text(told, encoding="utf-8")


def _parts(piece: Piece) -> Iterator[dict[str, Any]]:
    if piece.text:
        yield {"text": "text.md", **({"main": True} if piece.kind == "text" else {})}
    if piece.kind in ("file", "video"):
        yield {piece.kind: piece.file, "main": True}
    elif piece.kind == "text":
        if piece.card:
            yield {"link": piece.card}
    else:
        yield {piece.kind: piece.card, "main": True}
