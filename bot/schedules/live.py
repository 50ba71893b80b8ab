"""schedules.yaml while the program runs: a change is taken up, a broken file changes nothing and is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputErrors, Problem
from bot.schedules.load import load_schedules
from bot.schedules.model import Schedules


@dataclass(frozen=True, slots=True)
class Changed:
    """What a changed file brought: new settings, or why the old ones stay."""

    schedules: Schedules | None = None
    problems: Sequence[Problem] = ()


class LiveSchedules:
    """The settings in force, and the file that they came from."""

    def __init__(self, path: Path) -> None:
        """Raises `InputErrors` if the file cannot be used: a program does not begin with a broken one."""
        self._path = path
        self._signature = _signature(path)
        self.current = load_schedules(path).schedules

    def look(self) -> Changed | None:
        """None if the file is as it was when last looked at."""
        signature = _signature(self._path)
        if signature == self._signature:
            return None
        self._signature = signature
        try:
            self.current = load_schedules(self._path).schedules
        except InputErrors as errors:
            return Changed(problems=errors.problems)
        return Changed(self.current)


def _signature(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return -1, -1
    return status.st_mtime_ns, status.st_size
