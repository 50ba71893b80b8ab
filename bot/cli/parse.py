"""`chuanda parse`: how lines of chat are read, for whoever wants to know before they are said. Touches no data folder."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, print_lines
from bot.errors import ChuandaError, InputErrors, Problem, os_reason
from bot.model.speaker import Place, Role

MAX_BYTES = 200_000_000
_FORM = '{"id": "1", "role": "worker", "place": "private", "text": "已转发"}'


@dataclass(frozen=True, slots=True)
class _Asked:
    id: Any
    role: Role
    place: Place
    text: str


@click.command(
    cls=ChineseCommand,
    help="看聊天里的一句话会被读成什么。文件每行一个 JSON：{id, role, place, text}；写 - 就是从标准输入读。",
)
@common
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="文件")
def parse(data: Path | None, config: Path | None, file: Path) -> None:
    """Read every line as a command, or as none. Needs no --data; it is taken as everywhere."""
    from bot.commands.reading import read

    asked = _asked(_text(file), "标准输入" if str(file) == "-" else str(file))
    print_lines(
        {"id": one.id, "command": said.command.value if said else None, "args": said.args() if said else {}}
        for one in asked
        for said in [read(one.text, one.role, one.place)]
    )


def _text(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise ChuandaError(f"打不开 {file}：{os_reason(error)}；检查路径和文件名") from None
    if len(raw) > MAX_BYTES:
        raise ChuandaError("文件太大；分成几个，一个不超过 200 MB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(f"{file}:{line}", "不是 UTF-8 编码", "另存为 UTF-8 再试")
        raise InputErrors([problem]) from None


def _asked(text: str, shown: str) -> list[_Asked]:
    """The lines of the file; raises `InputErrors` with all that is wrong in it."""
    asked: list[_Asked] = []
    problems: list[Problem] = []
    # Only a line feed ends a line: what JSON leaves as it is (U+2028) stands inside a text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found = _one(line, f"{shown}:{number}", problems)
            if found is not None:
                asked.append(found)
    if problems:
        raise InputErrors(problems)
    return asked


def _one(line: str, place: str, problems: list[Problem]) -> _Asked | None:
    """One line of the file; None, and its problems told, when something is wrong with it."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        problems.append(Problem(place, "不是 JSON", f"每行写一个对象，如 {_FORM}"))
        return None
    if not isinstance(given, dict):
        problems.append(Problem(place, "不是 JSON 对象", f"写成 {_FORM}"))
        return None
    wrong = []
    if "id" not in given:
        wrong.append(Problem(place, "缺 id", "写一个编号，回答里会照样带上"))
    for key, kind in (("role", Role), ("place", Place)):
        known = [one.value for one in kind]
        if key not in given:
            wrong.append(Problem(place, f"缺 {key}", f"写 {'、'.join(known)} 之一"))
        elif given[key] not in known:
            spelt = json.dumps(given[key], ensure_ascii=False)[:40]
            wrong.append(Problem(place, f"{key} 不能是 {spelt}", f"写 {'、'.join(known)} 之一"))
    if "text" not in given:
        wrong.append(Problem(place, "缺 text", "写上聊天里的那句话"))
    elif not isinstance(given["text"], str):
        wrong.append(Problem(place, "text 不是文字", "用引号括起来"))
    problems += wrong
    return None if wrong else _Asked(given["id"], Role(given["role"]), Place(given["place"]), given["text"])
