"""How fast a line is read and a leader is answered: from the words to the answer on its way, in a town of 20,000 groups."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.commands.reading import read
from bot.model.chat import Message, MessageKind
from bot.model.speaker import Place, Role
from bot.model.tree import Post
from bot.service.demo import Demo, Order

LINES = Path(__file__).resolve().parents[1] / "chat" / "lines.jsonl"
Row = tuple[str, str, str, str]
READ_MS, ANSWER_MS = 0.2, 50.0
"""Limits, of the issue."""


def reading(rounds: int = 20) -> list[Row]:
    """Every line of the table of lines, read again and again."""
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]
    said = [(line["text"], Role(line["role"]), Place(line["place"])) for line in lines]
    for one in said:
        read(*one)
    best = min(_timed(lambda: [read(*one) for one in said]) for _ in range(rounds)) / len(said) * 1000
    return [("a line of chat read, mean", f"{best:.3f} ms", f"limit {READ_MS} ms", f"{best / READ_MS:.2f}")]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def answers(folder: Path, groups: int = 20_000, times: int = 30) -> list[Row]:
    """A leader's questions after a day of that town, a village's and the whole town's."""
    demo = Demo(folder, Order(groups=groups), None, None)
    asyncio.run(demo.play(lambda _: None))
    demo = Demo(folder, Order(groups=groups), None, None)  # as after a restart
    desk, conversation = demo.town.desk, demo.town.conversation
    desk.now = began = demo.now - timedelta(hours=1)
    village = next(node for node in desk.tree.nodes if node.parent is not None)
    who = {"village": village.people[Post.HEAD], "town": desk.tree.root.people[Post.HEAD]}
    rows: list[Row] = []

    async def ask() -> None:
        minute = itertools.count()
        for place, worker in who.items():
            for words in ("覆盖率", "未转发", "进度"):
                took = []
                for _ in range(times):
                    number = next(minute)  # nobody is shed
                    at = began + timedelta(days=number)
                    message = Message(
                        f"question {number}", "", desk.accounts[worker], at, MessageKind.TEXT, words, "领导"
                    )  # fmt: skip
                    start = time.perf_counter()
                    await conversation.hear(message, None)
                    took.append((time.perf_counter() - start) * 1000)
                middle, worst = statistics.median(took), max(took)
                rows.append(
                    (
                        f"“{words}” of a {place} answered, {groups:,} groups",
                        f"{middle:.1f} (max {worst:.1f}) ms", f"limit {ANSWER_MS:.0f} ms", f"{middle / ANSWER_MS:.2f}",
                    )
                )  # fmt: skip

    asyncio.run(ask())
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--groups", type=int, default=20_000)
    groups = parser.parse_args().groups
    with tempfile.TemporaryDirectory() as folder:
        for what, figure, against, ratio in [*reading(), *answers(Path(folder), groups)]:
            print(f"{what:<50} {figure:>24} {against:>14} {ratio:>6}")
