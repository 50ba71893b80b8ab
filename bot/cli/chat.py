"""`chuanda chat`: talk to the program without an account, as one of the people of a demo's town whose clock stands still.

A line is said; a line that begins with “/” moves one about. Lines may come from a pipe: then they are shown too.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import in_folder
from bot.errors import ChuandaError

if TYPE_CHECKING:
    from bot.model.tree import Group
    from bot.service.practice import Answer, Line, Sitting

FOLDER = Path("data/chat")
WIDTH = 40
"""Columns of a telephone; a Chinese character takes two."""
SHORT = 28
"""Characters of a message that is told in one line."""
SHOWN = 8
"""Messages to others that are shown one by one; the rest is counted."""
HELP = """直接打字：跟机器人说话（在群里，就是在群里说）
/私聊　回到私下说
/群 {group}　到这个群里说
/我是 {person}　换一个人
/时间 14:30　一直走到这个钟点；也可以写 30分钟、明天 8:30
/转 012　把资料库里这一条转发到这里
/图　发一张图片；/图 文件名 发那一张
/看　这里最近说过什么
/退出　先到这里，下次接着来"""


@click.command(
    cls=ChineseCommand,
    help="不用账号，先跟它说说话：镇是编的，时间停着，您当其中一个人。直接打字就是说话，/帮助 看怎么走动。",
)
@in_folder("默认 data/chat，下次接着来")
@click.option(
    "--as", "name", default="柳林村书记", show_default=True, metavar="谁", help="当谁：姓名，或单位加职务"
)
@click.option("--at", metavar="时间", help="先走到几点（新的镇默认 10:40）")
@click.option(
    "--groups", type=click.IntRange(20, 50_000), metavar="N", help="新的镇有多少个居民群（默认 200）"
)
@click.option("--fresh", is_flag=True, help="不接着上次的，从头来")
def chat(
    data: Path | None, config: Path | None, name: str, at: str | None, groups: int | None, fresh: bool
) -> None:
    """Sit down in the town as somebody."""
    from bot.service.practice import Sitting

    folder = data or FOLDER
    practice = Sitting(folder, groups, config, fresh=fresh)
    with asyncio.Runner() as runner, contextlib.closing(practice):
        Chat(practice, runner.run, name).sit(at)


class Chat:
    """One sitting: who speaks, where, and what is shown of it."""

    def __init__(
        self, practice: Sitting, run: Callable[[Coroutine[Any, Any, Answer]], Answer], name: str
    ) -> None:
        """Raises `NotFound` if nobody is called ``name``."""
        from rich.console import Console

        self.practice, self.cast, self.run = practice, practice.cast, run
        self.console = Console(highlight=False, markup=False)
        self.person = self.cast.person(name)
        self.group: Group | None = None
        self.typed = sys.stdin.isatty()

    @property
    def place(self) -> str:
        return self.person.place(self.group)

    def sit(self, at: str | None) -> None:
        """Until there are no more lines, or somebody leaves."""
        self.run(self.practice.start(at))
        self._welcome()
        with contextlib.suppress(KeyboardInterrupt):
            for line in self._lines():
                if not self._hear(line):
                    break
        self.console.print(f"先到这里。下次接着来：同样的命令；从头来加上 --fresh。（{self.practice.data}）")

    def _welcome(self) -> None:
        from bot.service.practice import spoken

        practice = self.practice
        self._panel(
            f"镇是编的：{practice.tree.root.name}。时间也是，停在 {spoken(practice.now)}。\n"
            f"{self._who()}。\n"
            "直接打字，就是私下跟机器人说。\n"
            "比如：覆盖率、未转发、帮助\n"
            "/帮助　看怎么换人、进群、走时间",
            "传达 · 试着说话",
        )

    def _who(self) -> str:
        return f"您现在是{self.person.name}" + (f"，{self.person.what}" if self.person.what else "")

    def _lines(self) -> Iterator[str]:
        """What is typed, or comes from a pipe, a line at a time; empty ones are left out."""
        if not self.typed:
            for line in _piped():
                if line.strip():
                    yield line.strip()
            return
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  (a Chinese character is deleted whole)
        while True:
            where = "私聊" if self.group is None else self.group.name
            try:
                line = input(f"{self.person.name}（{where}）> ").strip()
            except EOFError:
                self.console.print()
                return
            if line:
                yield line

    def _hear(self, line: str) -> bool:
        """One line; false if it was the last."""
        if not self.typed:
            self.console.print(f"{self.person.name}：{line}", style="bold")
        if line[0] not in "/／":
            self._show(self.run(self.practice.say(self.person, line, self.group)))
            return True
        word, _, rest = line[1:].strip().partition(" ")
        if word in ("退出", "再见", "quit", "exit"):
            return False
        act = _ACTS.get(word)
        try:
            if act is None:
                raise ChuandaError(f"没有“/{word}”；看有哪些：/帮助")
            act(self, rest.strip())
        except ChuandaError as error:
            self.console.print(str(error))
        except OSError as error:
            from bot.errors import os_reason

            self.console.print(f"{rest.strip() or self.practice.data} 用不了：{os_reason(error)}")
        return True

    # ── what begins with “/” ────────────────────────────────────────────────────────────────────────────

    def _into(self, name: str) -> None:
        if name:
            self.group = self.cast.group(name)
            self.console.print(f"您在“{self.group.name}”里说话了。回来：/私聊")
            return
        near = "、".join(group.name for group in self.cast.groups_of(self.person))
        self.console.print(f"写上群名。比如：{near}")

    def _out(self, _: str) -> None:
        self.group = None
        self.console.print("您在私下跟机器人说话。")

    def _become(self, name: str) -> None:
        if name:
            self.person, self.group = self.cast.person(name), None
            self.console.print(f"{self._who()}，私下说话。")
            return
        self.console.print(f"写上是谁。比如：{'、'.join(self.cast.people())}")

    def _until(self, text: str) -> None:
        from bot.service.practice import moment, spoken

        if text:
            self._show(self.run(self.practice.move_to(moment(text, self.practice.now))))
        self.console.print(f"现在是 {spoken(self.practice.now)}。")

    def _picture(self, file: str) -> None:
        path = Path(file).expanduser() if file else None
        self._show(self.run(self.practice.show(self.person, self.group, path)))

    def _forward(self, written: str) -> None:
        content = self.cast.content(written)
        self.console.print(f"（转发《{content.title}》）")
        self._show(self.run(self.practice.forward(self.person, content, self.group)))

    def _lately(self, _: str) -> None:
        from bot.phrases import clock

        lines = self.practice.lately(self.place)
        for line in lines:
            self._aside(f"{clock(line.at)} {line.who}：{_short(line.text)}")
        if not lines:
            self.console.print("这里还没有人说过话。")

    def _help(self, _: str) -> None:
        group = self.cast.groups_of(self.person)[0].name
        self.console.print(HELP.format(group=group, person=self.cast.people()[2]))

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────

    def _show(self, answer: Answer) -> None:
        """What was said here like on a telephone; what went to others as a line each, the first ones."""
        others = 0
        for line in answer.lines:
            if line.place == self.place:
                self._message(line)
                continue
            others += 1
            if others <= SHOWN:
                self._aside(f"→ 发给 {line.where}：{_short(line.text)}")
        if others > SHOWN:
            self._aside(f"→ 另外还发了 {others - SHOWN} 条")
        for text in answer.screen:
            self._aside(f"→ 反诈办的屏幕：{_short(text)}")
        if answer.why:
            self._aside(f"（机器人没有回话：{answer.why}）")
        if answer.waiting:
            self._aside(f"（还有 {answer.waiting} 条等着一条一条发出去，时间往后走才发：/时间 10分钟）")

    def _message(self, line: Line) -> None:
        from bot.phrases import clock

        where = "" if self.group is None else f" · {line.where}"
        self._panel(line.text, f"{line.who}{where} {clock(line.at)}")

    def _panel(self, text: str, title: str) -> None:
        from rich.panel import Panel
        from rich.text import Text

        lines = (piece for line in text.splitlines() for piece in _wrapped(line, WIDTH - 4))
        frame = Panel(
            Text("\n".join(lines)), title=Text(title), title_align="left", border_style="green", expand=False
        )
        self.console.print(frame, width=min(WIDTH, self.console.width))

    def _aside(self, text: str) -> None:
        from rich.text import Text

        self.console.print(Text(text, style="bright_black"))


_ACTS: Mapping[str, Callable[[Chat, str], None]] = {
    "群": Chat._into,
    "私聊": Chat._out,
    "我是": Chat._become,
    "时间": Chat._until,
    "图": Chat._picture,
    "转": Chat._forward,
    "看": Chat._lately,
    "帮助": Chat._help,
    "help": Chat._help,
}


_TOGETHER = re.compile(r"(?:[!-~]+|.)[，。、；：！？”》）]*")


def _wrapped(line: str, width: int) -> Iterator[str]:
    """A line as a telephone breaks it: between any two characters, but for words, numbers and closing marks."""
    from rich.cells import cell_len

    row = ""
    for piece in _TOGETHER.findall(line):
        if row and cell_len(row + piece) > width:
            yield row
            row, piece = "", piece.lstrip()
        row += piece
    yield row


def _short(text: str) -> str:
    """A message in one line, as a list of chats shows it."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def _piped() -> Iterator[str]:
    """The lines of standard input; Windows' own encoding is understood."""
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        yield from sys.stdin
        return
    for line in raw:
        try:
            yield line.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield line.decode("gb18030", errors="replace")
