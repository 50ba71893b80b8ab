"""The simulated world's log: one line per thing that happened, written before it has any effect.

A line is one write to a file opened for appending, so killing the program tears at most the last one, and what was
torn had no effect yet. Nothing is ever rewritten (CONTRACTS, “The demo's truth”).
"""

from __future__ import annotations

import errno
import json
import os
import weakref
from pathlib import Path
from typing import Any


def read_log(path: Path) -> list[bytes]:
    """The whole lines so far. A torn last line is taken off the file, for the next one begins on a line of its own."""
    if not path.exists():
        return []
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return whole.splitlines()


class WorldLog:
    """The log, open for appending until nobody holds it."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        weakref.finalize(self, os.close, self._fd)

    def write(self, line: dict[str, Any]) -> None:
        """Append one line, whole or not at all. It survives the program, not a power cut. Raises `OSError`."""
        text = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        written = os.write(self._fd, text)
        if written < len(text):
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
