"""The editor's form, read: what was typed and dropped in, as a content that is wanted. Names of files are never taken over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from starlette.datastructures import UploadFile

from bot.console.app import Asked, files_of, text_of
from bot.library.edit import Piece, Wish, pieces_of
from bot.library.fields import MAX_PARTS
from bot.model.content import Content, PartKind

MOST_BYTES = 40_000_000
"""Of everything that is dropped into one form."""
MOST_WORDS = 1_000_000
"""Of a form without its pictures."""
_TOKEN = re.compile(r"[a-z]\d{1,4}")
_BETWEEN = re.compile(r"[、,，;；\s]+")


def tags(written: str) -> tuple[str, ...]:
    """“刷单返利、冒充客服”, each once."""
    return tuple(dict.fromkeys(tag.lstrip("#") for tag in _BETWEEN.split(written) if tag.strip("#")))


async def wish_of(asked: Asked, content: Content | None) -> Wish:
    """What the form asks for; parts of ``content`` that it keeps are taken from there."""
    kept = {was(piece): piece for piece in pieces_of(content)} if content else {}
    pieces = await _pieces(asked, kept)
    pictures = [
        Piece(f"x{n}", PartKind.IMAGE, data=await one.read())
        for n, one in enumerate(files_of(asked, "pictures"))
    ]
    return Wish(
        title=" ".join(text_of(asked, "title").split()),
        number=text_of(asked, "number"),
        topics=tags(text_of(asked, "topics")),
        audiences=tags(text_of(asked, "audiences")),
        source=" ".join(text_of(asked, "source").split()),
        valid_from=text_of(asked, "valid_from"),
        valid_until=text_of(asked, "valid_until"),
        pieces=[*pieces, *pictures][: MAX_PARTS + 1],
    )


def was(piece: Piece) -> str:
    """By what a form says which part of the content it keeps: the hash of its file, else its place."""
    assert piece.before is not None
    return f"{piece.kind.value}:{piece.before.sha256[:16] or piece.name}"


async def _pieces(asked: Asked, kept: Mapping[str, Piece]) -> list[Piece]:
    main = text_of(asked, "main")
    found: list[tuple[float, Piece]] = []
    tokens = [str(token) for token in asked.form.getlist("part")]
    for place, token in enumerate(token for token in tokens if _TOKEN.fullmatch(token)):
        piece = await _piece(asked, token, kept)
        if piece is not None and text_of(asked, f"{token}-gone") != "1":
            typed = text_of(asked, f"{token}-place")
            # Whoever has no script says by a number where a part belongs.
            order = int(typed) - 1.5 if typed.isascii() and typed.isdecimal() and len(typed) < 4 else place
            found.append((order, replace(piece, main=main == token)))
    return [piece for _, piece in sorted(found, key=lambda one: one[0])]


async def _piece(asked: Asked, token: str, kept: Mapping[str, Piece]) -> Piece | None:
    """One part; None if nothing stands in it, or what it kept is gone."""
    written = text_of(asked, f"{token}-kind")
    kind = next((one for one in PartKind if one.value == written), None)
    before = kept.get(text_of(asked, f"{token}-was"))
    if kind is None or (before is not None and before.kind is not kind):
        return None
    own = Piece(token, kind) if before is None else replace(before, name=token)
    if kind is PartKind.TEXT:
        text = "\n".join(text_of(asked, f"{token}-text").splitlines()).rstrip()
        if before is not None and text == before.text.strip():
            text = before.text  # nothing but the space around it
        announce = text_of(asked, f"{token}-announce") == "1"
        return replace(own, text=text, announce=announce) if text else None
    if kind is PartKind.LINK:
        url, title, description = (
            " ".join(text_of(asked, f"{token}-{name}").split()) for name in ("url", "title", "description")
        )
        return replace(own, url=url, title=title, description=description) if url or title else None
    file = asked.form.get(f"{token}-file")
    if before is None and kind is PartKind.IMAGE:
        data = await file.read() if isinstance(file, UploadFile) and file.filename else b""
        return replace(own, data=data)
    return own if before is not None else None


def words_of(given: Iterable[str]) -> str:
    """Tags as they are typed."""
    return "、".join(given)


def known(contents: Iterable[Content]) -> tuple[Sequence[str], Sequence[str]]:
    """Topics and audiences that the library has."""
    every = list(contents)
    return (
        sorted({topic for one in every for topic in one.topics}),
        sorted({audience for one in every for audience in one.audiences}),
    )
