"""The texts of the library and those of the same templates that are not in it; the library on disk."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.corpus.held.media import CHANNELS, FILES, LINKS, MINI_PROGRAMS, VIDEOS, document, mp4
from tests.corpus.held.office import LISTED, Numbering, Template
from tests.corpus.held.texts_formal import FORMAL
from tests.corpus.held.texts_lively import LIVELY
from tests.corpus.held.texts_plain import PLAIN

TEMPLATES = (*FORMAL, *LIVELY, *PLAIN)
SOURCE = "云溪县反诈中心编写"
_FIRST = {Numbering.OFFICE: 101, Numbering.OWN: 3}
_PATTERN = {Numbering.OFFICE: "反诈宣〔{year}〕{serial:03d}号", Numbering.OWN: "云溪反诈〔{year}〕{serial}号"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a template. ``number`` is empty where it has none."""

    id: str
    template: Template
    fill: tuple[str, ...]
    number: str

    @property
    def title(self) -> str:
        return self.template.title.format(*self.fill)

    @property
    def topic(self) -> str:
        return self.fill[1]

    @property
    def body(self) -> str:
        return self.template.body.format(*self.fill).rstrip()

    @property
    def text(self) -> str:
        return self.signed(self.number)

    def signed(self, number: str) -> str:
        """The text with this number, or with none."""
        pattern = self.template.signature if number else _without_number(self.template.signature)
        return f"{self.body}\n{pattern.format(*self.fill, number=number)}"

    def share_in(self, part: str) -> float:
        """How much of what tells this text from its siblings stands in ``part``, 0–1."""
        own = [value for index, value in enumerate(self.fill) if index != 1]
        return sum(len(value) for value in own if value in part) / sum(map(len, own))


def _without_number(signature: str) -> str:
    return re.sub(r"(?:编号：)?[　]?\{number\}[　｜\n]?", "", signature).strip()


def listed(*, numbers: bool) -> list[Piece]:
    """The texts in the library."""
    serial = dict(_FIRST)
    found = []
    for template in TEMPLATES:
        for place, fill in enumerate(template.fills[:LISTED], start=1):
            number = numbered(template, serial.get(template.numbering, 0)) if numbers else ""
            if template.numbering in serial:
                serial[template.numbering] += 1
            found.append(Piece(f"{template.name}-{place}", template, fill, number))
    return found


def numbered(template: Template, serial: int, year: int = 2026) -> str:
    """A number as this template's texts have it; empty if they have none."""
    return (
        _PATTERN[template.numbering].format(year=year, serial=serial)
        if template.numbering in _PATTERN
        else ""
    )


def unlisted(rng: random.Random, *, numbers: bool, year: int = 2026) -> Iterator[Piece]:
    """For ever: texts of the same templates that are not in the library, in a random order."""
    while True:
        spare = [(template, fill) for template in TEMPLATES for fill in template.fills[LISTED:]]
        for template, fill in rng.sample(spare, len(spare)):
            number = numbered(template, rng.randint(180, 299), year) if numbers else ""
            yield Piece("", template, fill, number)


def write_content(folder: Path, title: str, parts: list[Mapping[str, Any]], number: str = "") -> None:
    """A content's folder with its content.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet = {"title": title, **({"number": number} if number else {}), "source": SOURCE, "parts": parts}
    (folder / "content.yaml").write_text(yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False), "utf-8")


def write_pieces(library: Path, pieces: Iterable[Piece]) -> None:
    for piece in pieces:
        known = piece.number if piece.template.numbering is Numbering.OFFICE else ""
        write_content(library / piece.id, piece.title, [{"text": "text.md"}], known)
        (library / piece.id / "text.md").write_text(piece.text + "\n", "utf-8")


def file_number(place: int) -> str:
    """The number of the file at this place of FILES."""
    return f"反诈宣〔2026〕{301 + place}号"


def write_media(library: Path, rng: random.Random, *, numbers: bool) -> None:
    """The links, files, videos, mini-programs and 视频号 of the library."""
    for place, card in enumerate(LINKS):
        link = {"url": card.url, "title": card.title, "description": card.description}
        write_content(library / f"link-{place}", card.title, [{"link": link}])
    for place, (name, title) in enumerate(FILES):
        write_content(
            library / f"file-{place}", title, [{"file": name}], file_number(place) if numbers else ""
        )
        (library / f"file-{place}" / name).write_bytes(document(name, rng, rng.randint(6_000, 30_000)))
    for place, (name, title, milliseconds) in enumerate(VIDEOS):
        write_content(library / f"video-{place}", title, [{"video": name}])
        (library / f"video-{place}" / name).write_bytes(mp4(milliseconds, rng, rng.randint(20_000, 60_000)))
    for place, (appid, page, title) in enumerate(MINI_PROGRAMS):
        program = {"appid": appid, "title": title, "page": page, "username": "gh_5e0c7a91d2b4@app"}
        write_content(library / f"mini-{place}", title, [{"mini_program": program}])
    for place, (title, author) in enumerate(CHANNELS):
        write_content(
            library / f"channels-{place}", title[:40], [{"channels": {"title": title, "author": author}}]
        )
