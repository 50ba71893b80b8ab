"""Folders to contents: every file looked at, every problem named at its line, and one digest over all that counts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.errors import InputErrors, Problem
from bot.library.file import ContentFile, PartLine
from bot.library.media import complaint, sha256_of
from bot.model.content import Content, ContentId, Part, PartKind
from bot.yamlfile import Document, read_yaml, validate

FILE = "content.yaml"
TEXT_CHARS = 2000
"""WeChat folds longer messages; nobody reads them."""
_ID = re.compile(r"[\w-]{1,64}")
Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Library:
    """All contents that could be read, by id, in the order of their folders."""

    contents: Mapping[ContentId, Content]


def load_library(root: Path) -> Library:
    """Every content below ``root``. Raises `InputErrors` with all problems of all folders at once."""
    live = LiveLibrary(root)
    library = live.refresh()
    if live.broken:
        raise InputErrors(live.broken)
    return library


class LiveLibrary:
    """The library of a running program: `refresh` reads only the folders that changed; a broken one stops none."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.broken: Sequence[Problem] = ()
        self._seen: dict[str, tuple[Signature, Content | Sequence[Problem]]] = {}
        self._library = Library({})

    def refresh(self) -> Library:
        """The library as it is on disk now. The same value comes back while nothing has changed."""
        if not self.root.is_dir():
            self._seen, self._library = {}, Library({})
            self.broken = (Problem(f"{self.root}", "找不到内容文件夹", "检查路径，或用 --library 指定"),)
            return self._library
        fresh: dict[str, tuple[Signature, Content | Sequence[Problem]]] = {}
        for folder in sorted(p for p in self.root.iterdir() if p.is_dir() and not p.name.startswith(".")):
            signature = _signature(folder)
            before = self._seen.get(folder.name)
            fresh[folder.name] = (
                before if before and before[0] == signature else (signature, _try_load(folder))
            )
        if fresh != self._seen:
            self._seen = fresh
            contents = [c for _, c in fresh.values() if isinstance(c, Content)]
            problems = [p for _, c in fresh.values() if not isinstance(c, Content) for p in c]
            self.broken = (*problems, *_numbered_twice(self.root, contents))
            self._library = Library({content.id: content for content in contents})
        return self._library

    def current_digest(self, content: ContentId) -> str | None:
        """The digest of a content as its folder is right now; None if it is gone or broken."""
        folder = self.root / content
        before = self._seen.get(content)
        if before is None or not folder.is_dir():
            return None
        if before[0] == _signature(folder):
            return before[1].digest if isinstance(before[1], Content) else None
        now = _try_load(folder)
        return now.digest if isinstance(now, Content) else None


def _signature(folder: Path) -> Signature:
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            status = path.stat()
        except OSError:  # deleted while we look
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)


def _try_load(folder: Path) -> Content | Sequence[Problem]:
    try:
        return load_content(folder)
    except InputErrors as errors:
        return errors.problems


def load_content(folder: Path) -> Content:
    """One content from its folder. Raises `InputErrors` with every problem, each at its line."""
    shown = f"{folder.parent.name}/{folder.name}/{FILE}"
    if not _ID.fullmatch(folder.name):
        what = f"文件夹名“{folder.name}”不能当编号"
        raise InputErrors([Problem(shown, what, "用字母、数字、汉字、- 和 _，不超过 64 个字")])
    document = read_yaml(folder / FILE, shown)
    written = validate(document, ContentFile)
    problems: list[Problem] = []
    parts = [_part(folder, document, index, line, problems) for index, line in enumerate(written.parts)]
    if problems:
        raise InputErrors(problems)
    whole = [part for part in parts if part is not None]
    main = _main(whole)
    whole = [replace(part, main=index == main) for index, part in enumerate(whole)]
    content = Content(
        ContentId(folder.name), written.title, tuple(whole), "", folder, written.number, frozenset(written.topics),
        frozenset(written.audiences), written.source, written.valid_from, written.valid_until,
    )  # fmt: skip
    return replace(content, digest=digest_of(content))


def _main(parts: Sequence[Part]) -> int:
    """The written main part; else the first picture or link, else the first text, else the first (glossary)."""
    order = [
        [i for i, p in enumerate(parts) if p.main],
        [i for i, p in enumerate(parts) if p.kind in (PartKind.IMAGE, PartKind.LINK)],
        [i for i, p in enumerate(parts) if p.kind is PartKind.TEXT],
        [0],
    ]
    return next(found[0] for found in order if found)


def _part(
    folder: Path, document: Document, index: int, line: PartLine, problems: list[Problem]
) -> Part | None:
    """One part with its file looked at; problems are added to the list."""
    if line.link:
        link = line.link
        thumbnail = None
        if link.thumbnail:
            place = document.place(("parts", index, "link", "thumbnail"))
            thumbnail = _file(folder, place, link.thumbnail, PartKind.IMAGE, problems)
        return Part(
            PartKind.LINK, line.main, url=link.url, title=link.title, description=link.description,
            thumbnail=thumbnail, thumbnail_sha256=sha256_of(thumbnail) if thumbnail else "",
        )  # fmt: skip
    if line.mini_program:
        mini = line.mini_program
        return Part(
            PartKind.MINI_PROGRAM, line.main, appid=mini.appid, title=mini.title, page=mini.page,
            username=mini.username,
        )  # fmt: skip
    if line.channels:
        return Part(PartKind.CHANNELS, line.main, title=line.channels.title, author=line.channels.author)
    kind = next(
        k
        for k in (PartKind.TEXT, PartKind.IMAGE, PartKind.VIDEO, PartKind.FILE)
        if k in line.model_fields_set
    )
    path = _file(folder, document.place(("parts", index, kind.value)), getattr(line, kind), kind, problems)
    if path is None:
        return None
    text = _text(folder, path, problems) if kind is PartKind.TEXT else ""
    return Part(kind, line.main, text=text, path=path, sha256=sha256_of(path), size=path.stat().st_size)


def _file(folder: Path, place: str, name: str, kind: PartKind, problems: list[Problem]) -> Path | None:
    """The file ``name`` inside ``folder``, or None with a problem."""
    path = folder / name
    if not name or Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        problems.append(Problem(place, f"“{name}”不在这个文件夹里", "把文件放进来，只写文件名"))
        return None
    if not path.is_file():
        problems.append(Problem(place, f"找不到文件“{name}”", "检查文件名，或把文件放进这个文件夹"))
        return None
    wrong = complaint(path, kind) if kind is not PartKind.TEXT else None
    if wrong:
        problems.append(Problem(place, *wrong))
        return None
    return path


def _text(folder: Path, path: Path, problems: list[Problem]) -> str:
    shown = f"{folder.parent.name}/{folder.name}/{path.name}"
    try:
        text = path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        problems.append(Problem(f"{shown}:1", "不是 UTF-8 编码", "用记事本“另存为”，编码选 UTF-8"))
        return ""
    if not text:
        problems.append(Problem(f"{shown}:1", "正文是空的", "写上要发的话"))
    elif len(text) > TEXT_CHARS:
        problems.append(
            Problem(f"{shown}:1", f"正文有 {len(text)} 个字", f"不超过 {TEXT_CHARS} 个字，长的放进链接或文件")
        )
    return text


def _numbered_twice(root: Path, contents: Sequence[Content]) -> list[Problem]:
    first: dict[str, Content] = {}
    problems = []
    for content in contents:
        if content.number and content.number in first:
            shown = f"{root.name}/{content.id}/{FILE}"
            line, column = read_yaml(content.folder / FILE, shown).places.get(("number",), (1, 1))
            what = f"编号“{content.number}”和 {first[content.number].id} 一样"
            problems.append(Problem(f"{shown}:{line}:{column}", what, "换一个没用过的编号"))
        first.setdefault(content.number, content)
    return problems


def digest_of(content: Content) -> str:
    """sha256 (hex) over everything that would be sent and everything that decides where to and when."""

    def part(p: Part) -> list[Any]:
        return [
            p.kind, p.main, p.sha256, p.url, p.title, p.description, p.thumbnail_sha256, p.appid, p.page, p.username,
            p.author, p.path.name if p.path and p.kind is PartKind.FILE else "",
        ]  # fmt: skip

    counted = [
        content.title, content.number, sorted(content.topics), sorted(content.audiences), content.source,
        str(content.valid_from), str(content.valid_until), [part(p) for p in content.parts],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(counted, ensure_ascii=False).encode()).hexdigest()
