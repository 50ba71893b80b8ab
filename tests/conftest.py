"""What many tests share: the command line called as a person calls it, and one demo day to ask about."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.cli.main import main
from bot.model.time import TZ

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output is exactly one JSON object on one line."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output is JSON Lines and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(*arguments: object) -> Answer:
    """Type a command. Whatever it is, no traceback is shown and an error is said in Chinese."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    answer = Answer(code, out.getvalue(), err.getvalue())
    assert "Traceback" not in answer.out + answer.err
    assert "程序出了意外" not in answer.err, answer.err
    assert code in (0, 1, 2)
    if code == 2:
        assert CHINESE.search(answer.out + answer.err), answer
    return answer


@dataclass
class SetClock:
    """A clock that stands where the test sets it; it runs evenly, so nobody has to be told of a jump."""

    at: datetime = datetime(2026, 3, 12, 7, 50, tzinfo=TZ)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def set(self, clock_time: str, days: int = 0) -> None:
        """To “08:05” on 12 March 2026, or so many days after."""
        hour, minute = map(int, clock_time.split(":"))
        self.at = datetime(2026, 3, 12, hour, minute, tzinfo=TZ) + timedelta(days=days)


@pytest.fixture
def wall() -> Iterator[SetClock]:
    """The clock on the wall, for every command that is typed: ten to eight until it is set."""
    before, clock_on_the_wall = clock.current(), SetClock()
    clock.use(clock_on_the_wall)
    yield clock_on_the_wall
    clock.use(before)


@pytest.fixture(scope="session")
def chuanda() -> Callable[..., Answer]:
    """The command line, in this process."""
    return call


@dataclass(frozen=True)
class Day:
    """A demo that ended: its folder, what `demo --json` said, and its exit code."""

    data: Path
    result: dict[str, Any]
    code: int


MEMORY = Path("/dev/shm")


@contextlib.contextmanager
def folder_in_memory(otherwise: Path) -> Iterator[Path]:
    """A folder that never waits for a disk: a demo day commits thousands of times, each to be flushed."""
    if not os.access(MEMORY, os.W_OK):
        yield otherwise
        return
    with tempfile.TemporaryDirectory(prefix="chuanda-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """Like `tmp_path`, in memory where there is some."""
    with folder_in_memory(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="session")
def demo_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A simulated day of 60 groups, seed 1. Tests only read it."""
    with folder_in_memory(tmp_path_factory.mktemp("demo")) as folder:
        data = folder / "day"
        answer = call("demo", "--data", data, "--groups", 60, "--json")
        yield Day(data, answer.json, answer.code)
