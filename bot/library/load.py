"""Folders of the library → contents, with every problem of every folder at once. Reads only; approves nothing.

Rules: CONTRACTS (Files); the digest as `bot.model.content.Content` promises it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.errors import InputErrors, Problem
from bot.library.fields import MAX_PARTS, ContentSheet, PartSheet
from bot.library.files import Kept, Named, keep
from bot.model.content import Content, ContentId, Part, PartKind
from bot.yamlfile import Document, Where, read_yaml, validate

FILE = "content.yaml"
_ID = re.compile(r"[A-Za-z0-9一-鿿㐀-䶿_-]{1,64}")
_FILE_KINDS = ("text", "image", "video", "file")


@dataclass(frozen=True, slots=True)
class Library:
    """All contents that could be read, in the order of their ids."""

    contents: Mapping[ContentId, Content] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Folder:
    """What one folder of the library came to: a content, or the problems that keep it from being one."""

    content: Content | None
    problems: Sequence[Problem]
    number_place: str = ""


def is_content_id(name: str) -> bool:
    """Whether a folder of this name can be a content: letters, digits, Chinese, - and _, at most 64."""
    return _ID.fullmatch(name) is not None


def load_library(root: Path) -> Library:
    """All contents below ``root``. Raises `InputErrors` with all problems of all folders."""
    contents, problems = gather(read_folder(folder) for folder in folders_of(root))
    if problems:
        raise InputErrors(problems)
    return Library(MappingProxyType(contents))


def load_content(folder: Path) -> Content:
    """The content in ``folder``, whose name is its id. Raises `InputErrors` with all problems."""
    read = read_folder(folder)
    if read.content is None:
        raise InputErrors(read.problems)
    return read.content


def folders_of(root: Path) -> list[Path]:
    """The folders of a library in order; hidden ones and loose files are not contents. Raises `InputErrors`."""
    try:
        return sorted(f for f in root.iterdir() if f.is_dir() and not f.name.startswith("."))
    except OSError:
        raise InputErrors(
            [Problem(str(root), "没有这个内容文件夹", "新建它，或用 --library 指到放内容的文件夹")]
        ) from None


def gather(read: Iterable[Folder]) -> tuple[dict[ContentId, Content], list[Problem]]:
    """The good contents and all problems; of two with one number the first stays."""
    contents: dict[ContentId, Content] = {}
    problems: list[Problem] = []
    by_number: dict[str, ContentId] = {}
    for folder in read:
        problems += folder.problems
        content = folder.content
        if content is None:
            continue
        owner = by_number.setdefault(content.number, content.id) if content.number else content.id
        if owner == content.id:
            contents[content.id] = content
        else:
            problems.append(
                Problem(folder.number_place, f"编号“{content.number}”和“{owner}”重复", "每条内容用自己的编号")
            )
    return contents, problems


def read_folder(folder: Path) -> Folder:
    """``folder`` as a content, or all its problems. Messages show it as ``LIBRARY/ID``."""
    real = folder.absolute()
    shown = f"{real.parent.name}/{real.name}"
    problems: list[Problem] = []
    if not is_content_id(real.name):
        problems.append(Problem(shown, "文件夹名不能用", "只用字母、数字、汉字、- 和 _，不超过 64 个字"))
    try:
        keep(Named(folder, shown, f"{shown}/{FILE}:1", FILE), "file")
        document = read_yaml(folder / FILE, f"{shown}/{FILE}")
    except InputErrors as errors:
        return Folder(None, [*problems, *errors.problems])
    sheet: ContentSheet | None = None
    told: list[Problem] = []
    try:
        sheet = validate(document, ContentSheet)
    except InputErrors as errors:
        told += errors.problems
    told += _contradictions(document)
    kept: dict[Where, Kept] = {}
    for where, kind, name in _files_named(document):
        try:
            kept[where] = keep(Named(folder, shown, document.place(where), name), kind)
        except InputErrors as errors:
            told += errors.problems
    problems += sorted(told, key=lambda problem: _order(problem.place, document.file))
    if sheet is None or problems:
        return Folder(None, problems)
    return Folder(_content(folder, sheet, kept), (), document.place(("number",)))


def _order(place: str, yaml_file: str) -> tuple[bool, str, tuple[int, ...]]:
    """content.yaml first, then by file, line and column."""
    found = re.fullmatch(r"(.*?)((?::\d+)*)", place)
    file, numbers = found.groups() if found else (place, "")
    return file != yaml_file, file, tuple(int(n) for n in numbers.split(":") if n)


def _written_parts(document: Document) -> list[Any]:
    value = document.value
    parts = value.get("parts") if isinstance(value, dict) else None
    return parts[:MAX_PARTS] if isinstance(parts, list) else []


def _files_named(document: Document) -> Iterator[tuple[Where, str, str]]:
    """Every file that is named, wherever the rest is right or wrong, so that all problems are told at once."""
    for index, part in enumerate(_written_parts(document)):
        if not isinstance(part, dict):
            continue
        for kind in _FILE_KINDS:
            if isinstance(part.get(kind), str) and part[kind].strip():
                yield ("parts", index, kind), kind, part[kind].strip()
        link = part.get("link")
        if isinstance(link, dict) and isinstance(link.get("thumbnail"), str) and link["thumbnail"].strip():
            yield ("parts", index, "link", "thumbnail"), "thumbnail", link["thumbnail"].strip()


def _contradictions(document: Document) -> Iterator[Problem]:
    mains = [
        index
        for index, part in enumerate(_written_parts(document))
        if isinstance(part, dict) and part.get("main") is True
    ]
    for index in mains[1:]:
        yield Problem(
            document.place(("parts", index, "main")),
            f"第 {mains[0] + 1} 段已经是主要的一段",
            "只留一个 main: true，转发了它就算转到",
        )
    if not isinstance(document.value, dict):
        return
    first, last = document.value.get("valid_from"), document.value.get("valid_until")
    if type(first) is date and type(last) is date and last < first:
        yield Problem(
            document.place(("valid_until",)),
            f"有效期到 {last}，早于开始的 {first}",
            "把两个日期对调，或改一个",
        )


def _content(folder: Path, sheet: ContentSheet, kept: Mapping[Where, Kept]) -> Content:
    main = _main(sheet.parts)
    parts = tuple(_part(index, part, index == main, kept) for index, part in enumerate(sheet.parts))
    return Content(
        id=ContentId(folder.absolute().name),
        title=sheet.title,
        parts=parts,
        digest=_digest(sheet, parts),
        folder=folder,
        number=sheet.number,
        topics=frozenset(sheet.topics),
        audiences=frozenset(sheet.audiences),
        source=sheet.source,
        valid_from=sheet.valid_from,
        valid_until=sheet.valid_until,
    )


def _main(parts: Sequence[PartSheet]) -> int:
    """The part that is marked; else the first image or link, else the first text, else the first (glossary)."""
    for index, part in enumerate(parts):
        if part.main:
            return index
    for kinds in ((PartKind.IMAGE, PartKind.LINK), (PartKind.TEXT,)):
        for index, part in enumerate(parts):
            if part.kind in kinds:
                return index
    return 0


def _part(index: int, sheet: PartSheet, main: bool, kept: Mapping[Where, Kept]) -> Part:
    kind = sheet.kind
    if sheet.link:
        card = kept.get(("parts", index, "link", "thumbnail"))
        return Part(
            kind,
            main,
            url=sheet.link.url,
            title=sheet.link.title,
            description=sheet.link.description,
            thumbnail=card.path if card else None,
            thumbnail_sha256=card.sha256 if card else "",
        )
    if sheet.mini_program:
        program = sheet.mini_program
        return Part(
            kind, main, title=program.title, appid=program.appid, page=program.page, username=program.username
        )
    if sheet.channels:
        return Part(kind, main, title=sheet.channels.title, author=sheet.channels.author)
    file = kept["parts", index, kind.value]
    return Part(
        kind,
        main,
        text=file.text,
        path=file.path,
        sha256=file.sha256,
        size=file.size,
        announce=sheet.announce,
    )


def _digest(sheet: ContentSheet, parts: Sequence[Part]) -> str:
    """SHA-256 over everything that would be sent and that decides where and when; the source is neither."""
    everything = {
        "title": sheet.title,
        "number": sheet.number,
        "topics": sorted(set(sheet.topics)),
        "audiences": sorted(set(sheet.audiences)),
        "valid": [str(sheet.valid_from or ""), str(sheet.valid_until or "")],
        "parts": [
            {
                "kind": part.kind.value,
                "main": part.main,
                "name": part.path.name if part.path and part.kind is not PartKind.TEXT else "",
                "sha256": part.sha256,
                "url": part.url,
                "title": part.title,
                "description": part.description,
                "thumbnail": part.thumbnail_sha256,
                "appid": part.appid,
                "page": part.page,
                "username": part.username,
                "author": part.author,
                # Only where it is set: an announcement is news to the digest, what was approved without stays approved.
                **({"announce": True} if part.announce else {}),
            }
            for part in parts
        ],
    }
    canonical = json.dumps(everything, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
