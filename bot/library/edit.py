"""A content as somebody wants it to be: checked like what is read from disk, then written as a new folder or into its own.

Into its own folder atomically: new files get names that nothing has yet, and the moment in which content.yaml is
replaced is the moment of the change. What content.yaml does not name is never touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pydantic import ValidationError

from bot.errors import ChuandaError, InputErrors, os_reason
from bot.library.draft import write_draft
from bot.library.fields import MAX_PARTS, ContentSheet
from bot.library.files import Named, keep
from bot.library.images import picture_of
from bot.library.load import FILE, load_content
from bot.model.content import Content, ContentId, Part, PartKind
from bot.yamlfile import read_yaml

_SUFFIX = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif"}
_WRITTEN_BY_US = re.compile(r"text-[0-9a-f]{12}\.md")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it is wanted. ``name``: what complaints about it are called by. ``before``: the part that it was, with
    ``raw``, its lines of content.yaml; ``data``: a picture that is new."""

    name: str
    kind: PartKind
    text: str = ""
    url: str = ""
    title: str = ""
    description: str = ""
    data: bytes = b""
    main: bool = False
    announce: bool = False
    before: Part | None = None
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A content as it is wanted; dates as they were typed."""

    title: str
    number: str = ""
    topics: Sequence[str] = ()
    audiences: Sequence[str] = ()
    source: str = ""
    valid_from: str = ""
    valid_until: str = ""
    pieces: Sequence[Piece] = ()


class NotFit(ChuandaError):
    """It cannot be written so: ``complaints`` by the name of the field or the piece (Chinese)."""

    def __init__(self, complaints: Mapping[str, str]) -> None:
        super().__init__("；".join(complaints.values()))
        self.complaints = complaints


class ChangedMeanwhile(ChuandaError):
    """Somebody else changed it since."""


def pieces_of(content: Content) -> list[Piece]:
    """The parts of ``content``, to be changed. Raises `InputErrors` if its folder is broken by now."""
    raw = read_yaml(content.folder / FILE).value["parts"]
    return [
        Piece(
            f"p{index}", part.kind, part.text, part.url, part.title, part.description,
            main=raw[index].get("main") is True, announce=part.announce, before=part, raw=raw[index],
        )
        for index, part in enumerate(content.parts)
    ]  # fmt: skip


def as_content(wish: Wish, id: ContentId, folder: Path) -> Content:
    """``wish`` as it would look and be looked through; it is nowhere written, so its digest is empty."""
    parts = [_part(piece) for piece in wish.pieces] or [Part(PartKind.TEXT)]
    main = next((n for n, part in enumerate(parts) if part.main), None)
    if main is None:
        order = (PartKind.IMAGE, PartKind.LINK), (PartKind.TEXT,)
        found = [n for kinds in order for n, part in enumerate(parts) if part.kind in kinds]
        main = found[0] if found else 0
    return Content(
        id, wish.title, [replace(part, main=n == main) for n, part in enumerate(parts)], "", folder, wish.number,
        frozenset(wish.topics), frozenset(wish.audiences), wish.source, _date(wish.valid_from), _date(wish.valid_until),
    )  # fmt: skip


def _part(piece: Piece) -> Part:
    if piece.kind is PartKind.TEXT:
        return Part(piece.kind, piece.main, text=piece.text, announce=piece.announce)
    if piece.kind is PartKind.LINK:
        card = replace(piece.before, main=False) if piece.before else Part(PartKind.LINK)
        return replace(card, main=piece.main, url=piece.url, title=piece.title, description=piece.description)
    if piece.before is None:
        return Part(piece.kind, piece.main)
    return replace(piece.before, main=piece.main)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def write_new(root: Path, wish: Wish) -> ContentId:
    """A new folder below ``root``. Raises `NotFit`, and `ChuandaError` if the disk refuses."""
    parts, files = _checked(wish)
    try:
        folder = write_draft(
            root, wish.title, wish.number, topics=wish.topics, audiences=wish.audiences, source=wish.source,
            parts=parts, files=files, valid_from=_date(wish.valid_from), valid_until=_date(wish.valid_until),
        )  # fmt: skip
    except OSError as error:
        raise ChuandaError(f"存不进资料库：{os_reason(error)}") from None
    return ContentId(folder.name)


def rewrite(content: Content, wish: Wish) -> None:
    """Put ``wish`` in the place of ``content``. Raises `NotFit`, `ChangedMeanwhile` if its folder holds another by now, and
    `ChuandaError` if the disk refuses."""
    parts, files = _checked(wish)
    folder = content.folder
    try:
        now = load_content(folder)
    except InputErrors:
        raise ChangedMeanwhile("这条内容的文件夹刚才被改过，现在读不出来") from None
    if now.digest != content.digest:
        raise ChangedMeanwhile("这条内容刚才被别人改过")
    sheet = {
        "title": wish.title, "number": wish.number, "topics": list(wish.topics), "audiences": list(wish.audiences),
        "source": wish.source, "valid_from": _date(wish.valid_from), "valid_until": _date(wish.valid_until),
        "parts": [dict(part) for part in parts],
    }  # fmt: skip
    told = {name: value for name, value in sheet.items() if value}
    begun = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        for name, data in files.items():
            if not (folder / name).exists():
                _write(folder / name, data)
        _write(begun, yaml.safe_dump(told, allow_unicode=True, sort_keys=False).encode())
        begun.replace(folder / FILE)
    except OSError as error:
        for left in (begun, *folder.glob(".*.part")):
            left.unlink(missing_ok=True)
        raise ChuandaError(f"存不进资料库：{os_reason(error)}") from None
    _tidy(folder, now, parts)


def _write(path: Path, data: bytes) -> None:
    """All of it, or it is not there: what is half written has a name that nothing reads."""
    with path.with_name(f".{path.name.lstrip('.')}.part").open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _tidy(folder: Path, before: Content, parts: Sequence[Mapping[str, Any]]) -> None:
    """Texts that this module wrote once and that none of ``parts`` names any more; people's own files stay."""
    named = {Path(name.replace("\\", "/")).name.casefold() for part in parts for name in _files_of(part)}
    for part in before.parts:
        if part.kind is not PartKind.TEXT or part.path is None or part.path.parent != folder:
            continue
        name = part.path.name
        if _WRITTEN_BY_US.fullmatch(name) and name not in named:
            with contextlib.suppress(OSError):  # somebody has it open: it stays, and is nobody's
                part.path.unlink()


def _files_of(part: Mapping[str, Any]) -> Iterator[str]:
    """The files that a part of content.yaml names, by whatever kind; a card's picture among them."""
    for value in part.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping) and isinstance(value.get("thumbnail"), str):
            yield value["thumbnail"]


def _checked(wish: Wish) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The parts as content.yaml names them and the files that are new. Raises `NotFit`."""
    parts: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    wrong: dict[str, str] = {}
    with TemporaryDirectory() as aside:
        for piece in wish.pieces:
            written, new = _written(piece)
            for name, data in new.items():
                Path(aside, name).write_bytes(data)
                try:
                    keep(Named(Path(aside), "", "", name), piece.kind.value)
                except InputErrors as errors:
                    problem = errors.problems[0]
                    wrong[piece.name] = f"{problem.what.replace(name, '这个文件')}；{problem.write}"
            parts.append(written)
            files |= new
    wrong |= _fields(wish, parts)
    if wrong:
        raise NotFit(wrong)
    return parts, files


def _written(piece: Piece) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A part's lines of content.yaml, and its file if that is new."""
    flags = {name: True for name, on in (("main", piece.main), ("announce", piece.announce)) if on}
    if piece.kind is PartKind.LINK:
        before = dict((piece.raw or {}).get("link", {}))
        card = {"url": piece.url, "title": piece.title, "description": piece.description}
        if "thumbnail" in before:
            card["thumbnail"] = before["thumbnail"]
        return {"link": {name: value for name, value in card.items() if value}, **flags}, {}
    unchanged = piece.before is not None and not piece.data and piece.text == piece.before.text
    if unchanged and piece.raw is not None:
        return {piece.kind.value: piece.raw[piece.kind.value], **flags}, {}
    data = piece.data or piece.text.encode()
    known = hashlib.sha256(data).hexdigest()[:12]
    if piece.kind is PartKind.TEXT:
        name = f"text-{known}.md"
    else:
        picture = picture_of(io.BytesIO(data))
        name = f"{known}{_SUFFIX[picture.kind] if picture else '.png'}"
    return {piece.kind.value: name, **flags}, {name: data}


_EMPTY = {"title": "写上标题", "parts": "至少写一段文字，或放一张图片", "url": "写上网址"}


def _fields(wish: Wish, parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong with what was typed, by field."""
    sheet = {
        "title": wish.title, "number": wish.number, "topics": list(wish.topics), "audiences": list(wish.audiences),
        "source": wish.source, "valid_from": wish.valid_from, "valid_until": wish.valid_until, "parts": list(parts),
    }  # fmt: skip
    wrong: dict[str, str] = {}
    try:
        ContentSheet.model_validate(sheet)
    except ValidationError as failed:
        for error in failed.errors():
            where = error["loc"]
            name = str(where[0])
            if name == "parts" and len(where) > 1:
                name = wish.pieces[int(where[1])].name
            last = str(where[-1])
            if last == "parts" and parts:
                told = f"最多 {MAX_PARTS} 段，每段都是一条消息；去掉几段"
            elif error["type"] == "value_error":
                told = str(error.get("ctx", {}).get("error", ""))
            elif name.startswith("valid_"):
                told = "日期写成 2026-03-12 这样"
            else:
                told = (
                    "链接要写标题" if last == "title" and name != "title" else _EMPTY.get(last, "这一项不对")
                )
            wrong.setdefault(name, told)
    first, last_day = _date(wish.valid_from), _date(wish.valid_until)
    if first and last_day and last_day < first:
        wrong["valid_until"] = f"有效期要到 {first} 或以后"
    if not parts:
        wrong["parts"] = _EMPTY["parts"]
    return wrong
