"""What recognition makes of the corpus, by kind of change: the figures of docs and notes come from here.

``python -m tests.corpus figures`` plays every part through the real `chuanda match` and prints one line per kind.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.library.load import load_library
from bot.recognise.normalise import numbers_in
from tests.corpus.case import EXPECTED, LIBRARY, MESSAGES


@dataclass(slots=True)
class Tally:
    """Of one kind: how many messages, how many read right, asked about, missed, and taken for what they are not."""

    count: int = 0
    right: int = 0
    asked: int = 0
    missed: int = 0
    wrong: int = 0

    def add(self, other: Tally) -> None:
        self.count += other.count
        self.right += other.right
        self.asked += other.asked
        self.missed += other.missed
        self.wrong += other.wrong


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message: what it is, and what was said of it."""

    id: str
    family: str
    change: str
    expected: frozenset[str]
    said: str
    named: frozenset[str]
    how: frozenset[str]

    @property
    def tally(self) -> Tally:
        """A repost is right if just its contents are named; a content that it does not carry is a false accept, with
        whatever else is named."""
        if self.said == "ask":
            return Tally(1, asked=1)
        if self.said == "repost":
            if not self.named <= self.expected:
                return Tally(1, wrong=1)
            return Tally(1, right=1) if self.named == self.expected else Tally(1, missed=1)
        return Tally(1, missed=1) if self.expected else Tally(1, right=1)


def run_match(folder: Path) -> list[dict[str, Any]]:
    """The answers of `chuanda match` to the messages in ``folder``, as a program of its own."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "match",
        "--library",
        str(folder / LIBRARY),
        str(folder / MESSAGES),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"match ended with {done.returncode}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def outcomes(folder: Path, answers: Iterable[Mapping[str, Any]]) -> Iterator[Outcome]:
    """The answers beside what each message is; they come in its order."""
    lines = (folder / EXPECTED).read_text("utf-8").splitlines()
    for line, answer in zip(lines, answers, strict=True):
        told = json.loads(line)
        assert told["id"] == answer["id"]
        yield Outcome(
            told["id"], told["family"], told["change"], frozenset(told["contents"]), answer["verdict"],
            frozenset(hit["id"] for hit in answer["contents"]), frozenset(hit["how"] for hit in answer["contents"]),
        )  # fmt: skip


def by_kind(found: Iterable[Outcome]) -> dict[tuple[str, str, bool], Tally]:
    """(family, change, is a repost) → its figures."""
    table: defaultdict[tuple[str, str, bool], Tally] = defaultdict(Tally)
    for one in found:
        table[one.family, one.change, bool(one.expected)].add(one.tally)
    return dict(table)


def number_alone(folder: Path) -> tuple[int, int]:
    """Of the messages that carry text contents with a number: how many there are, and how many of them the numbers that
    stand in them would tell, with nothing else looked at."""
    numbers = {id: content.number for id, content in load_library(folder / LIBRARY).contents.items()}
    lines = zip(
        (folder / MESSAGES).read_text("utf-8").splitlines(),
        (folder / EXPECTED).read_text("utf-8").splitlines(),
        strict=True,
    )
    all_of_them = told = 0
    for message, expected in lines:
        carried = {numbers[id] for id in json.loads(expected)["contents"]}
        if carried and all(carried) and json.loads(message)["type"] in ("text", "quote", "history"):
            all_of_them += 1
            told += set(numbers_in(message)) & set(numbers.values()) == carried
    return all_of_them, told


def totals(table: Mapping[tuple[str, str, bool], Tally], *, repost: bool) -> dict[str, Tally]:
    """Per family, all its reposts or all that are none."""
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for (family, _, is_repost), tally in table.items():
        if is_repost is repost:
            found[family].add(tally)
    return dict(found)


def shown(table: Mapping[tuple[str, str, bool], Tally]) -> Iterator[str]:
    """The table for people."""
    for repost, heading in ((True, "reposts"), (False, "no reposts")):
        yield f"\n{heading:<34}{'count':>7}{'right':>9}{'asked':>9}{'missed':>9}{'wrong':>9}"
        for (family, change, is_repost), tally in sorted(table.items()):
            if is_repost is repost:
                yield _line(f"  {family}: {change}", tally)
        for family, tally in sorted(totals(table, repost=repost).items()):
            yield _line(f"= {family}", tally)


def _line(name: str, tally: Tally) -> str:
    shares = (tally.right, tally.asked, tally.missed, tally.wrong)
    return f"{name:<34}{tally.count:>7}" + "".join(f"{100 * share / tally.count:>8.2f}%" for share in shares)
