"""The library while the program runs: what changed on disk is read again, a broken folder stops only itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from bot.errors import InputErrors, Problem
from bot.library.load import Folder, Library, folders_of, gather, is_content_id, read_folder
from bot.model.content import ContentId

Signature = tuple[tuple[str, int, int, int], ...]
"""Of every file of a folder: path, size, mtime and ctime (ns); a copy that keeps the mtime changes the ctime."""


class LiveLibrary:
    """The contents below ``root``, as they are on disk whenever somebody asks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, tuple[Signature, Folder]] = {}
        self._library = Library()
        self.broken: Sequence[Problem] = ()
        """Why folders are missing from the last `refresh`, in the order of the folders."""

    def refresh(self) -> Library:
        """The library now; only folders that changed are read. The same object if nothing changed."""
        try:
            folders = folders_of(self.root)
        except InputErrors as errors:
            folders, missing = [], errors.problems
        else:
            missing = ()
        read = {folder.name: self._look(folder) for folder in folders}
        for gone in self._read.keys() - read.keys():
            del self._read[gone]
        contents, problems = gather(read.values())
        self.broken = (*missing, *problems)
        if contents != self._library.contents:
            self._library = Library(MappingProxyType(contents))
        return self._library

    def current_digest(self, content_id: ContentId) -> str | None:
        """The digest of what this folder holds at this moment; None if it is gone or broken."""
        folder = self.root / content_id
        if not is_content_id(content_id) or not folder.is_dir():
            return None
        content = self._look(folder).content
        return content.digest if content else None

    def _look(self, folder: Path) -> Folder:
        signature = _signature(folder)
        known = self._read.get(folder.name)
        if known and known[0] == signature:
            return known[1]
        read = read_folder(folder)
        self._read[folder.name] = signature, read
        return read


def _signature(folder: Path) -> Signature:
    found = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            try:
                status = path.stat()
                found.append((str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns))
            except OSError:
                found.append((str(path), -1, -1, -1))
    return tuple(sorted(found))
