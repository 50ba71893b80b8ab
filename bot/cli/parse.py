"""`chuanda parse`: how lines of chat are read, for whoever wants to know before they are said. Touches no data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.cli.lines import read_objects
from bot.cli.main import ChineseCommand
from bot.cli.shared import common, print_lines
from bot.errors import Problem
from bot.model.speaker import Place, Role

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

    print_lines(
        {"id": one.id, "command": said.command.value if said else None, "args": said.args() if said else {}}
        for one in read_objects(file, _FORM, _read)
        for said in [read(one.text, one.role, one.place)]
    )


def _read(given: dict[str, Any], place: str, problems: list[Problem]) -> _Asked | None:
    wrong = []
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
    if wrong or "id" not in given:
        return None
    return _Asked(given["id"], Role(given["role"]), Place(given["place"]), given["text"])
