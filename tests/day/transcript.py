"""The day's chats as phones show them: docs/对话.md, written by `python -m tests.day.transcript`, held by a test."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.day import story, town
from tests.day.stage import Line, Simulated, chats, clock

FILE = Path(__file__).resolve().parents[2] / "docs" / "对话.md"
HEAD = """# 一天的对话

这是一个样例镇的一天，人名、地名都是编的。每一节是一部手机：私下跟机器人说的，或者一个群里的。
这一页由测试生成（`python -m tests.day.transcript`），程序改了话，这里跟着改。
"""


def transcript(lines: Sequence[Line]) -> str:
    """Every chat of the day, in the order in which it began."""
    parts = [HEAD]
    for chat in chats(lines):
        mine = [line for line in lines if line.chat == chat]
        parts.append(f"## {chat}{'' if chat in town.ROOMS else '，私下'}\n")
        for line in mine:
            who = "**传达**" if line.by == "传达" else "我" if line.by == chat else line.by
            text = "  \n".join(f"> {row}" for row in line.text.splitlines())
            parts.append(f"{clock(line)} {who}\n\n{text}\n")
    return "\n".join(parts)


async def played(folder: Path) -> str:
    day = Simulated(folder)
    await day.begin()
    await story.live(day)
    return transcript(day.lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(asyncio.run(played(Path(folder))), "utf-8")
