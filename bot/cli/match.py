"""`chuanda match`: whether messages pass on contents of a library, for whoever wants to see how well that works.

Touches no data folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.lines import read_objects
from bot.cli.main import ChineseCommand
from bot.cli.shared import common, print_json
from bot.errors import Problem, os_reason
from bot.model.chat import FILES, Message, MessageKind

if TYPE_CHECKING:
    from bot.recognise.files import Looks
    from bot.recognise.verdict import Verdict

MAX_FILE = 200_000_000
_FORM = '{"id": "1", "type": "text", "text": "…"}'
_WORDS = ("text", "url", "title", "description", "quoted", "appid", "page")
_AT = datetime(1970, 1, 1, tzinfo=UTC)
MAX_DEPTH = 5
_KINDS = {kind.value: kind for kind in MessageKind if kind is not MessageKind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class _Given:
    id: Any
    message: Message


@click.command(
    cls=ChineseCommand,
    help="认一认：这些消息转的是不是资料库里的内容。文件每行一个 JSON：{id, type, text …}；写 - 就是从标准输入读。",
)
@common
@click.option("--library", type=click.Path(path_type=Path), required=True, help="内容文件夹")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="文件")
def match(data: Path | None, config: Path | None, library: Path, file: Path) -> None:
    """Recognise every message. Needs no --data; it is taken as everywhere."""
    from bot.library.load import load_library
    from bot.recognise.match import Recogniser
    from bot.service.looking import Eyes

    given = read_objects(file, _FORM, _read)
    sees = Recogniser(load_library(library).contents.values(), Eyes().look)
    folder = Path() if str(file) == "-" else file.parent
    for one in given:
        looking = _Looking(one.id, folder)
        message = looking.with_digests(one.message)
        print_json({"id": one.id, **_told(sees.match(message, looking.look))})


class _Looking:
    """The files of one message, looked at when they are asked for; what cannot be decoded is said on stderr."""

    def __init__(self, id: Any, folder: Path) -> None:
        self._id, self._folder = id, folder

    def with_digests(self, message: Message) -> Message:
        """``message`` and its items with the digests of their files."""
        items = [self.with_digests(item) for item in message.items]
        message = replace(message, items=items)
        if message.path is None or message.kind not in FILES:
            return message
        try:
            with (self._folder / message.path).open("rb") as file:
                if file.seek(0, 2) > MAX_FILE:
                    self._complain("文件太大")
                    return replace(message, path=None)
                file.seek(0)
                return replace(message, sha256=hashlib.file_digest(file, "sha256").hexdigest())
        except (OSError, ValueError) as error:
            self._complain(os_reason(error) if isinstance(error, OSError) else "文件名不能用")
            return replace(message, path=None)

    def look(self, message: Message) -> Looks | None:
        """As `bot.recognise.match.MessageLook`."""
        from bot.recognise.files import Unreadable, look_at

        if message.path is None:
            return None
        try:
            with (self._folder / message.path).open("rb") as file:
                return look_at(file, message.kind.value)
        except OSError as error:
            self._complain(os_reason(error))
        except Unreadable as error:
            self._complain(f"图片打不开（{error}）")
        return None

    def _complain(self, why: str) -> None:
        click.echo(f"{self._id}：{why}", err=True)


def _told(verdict: Verdict) -> dict[str, Any]:
    contents = [
        {
            "id": hit.content,
            "score": hit.score,
            "how": hit.how.value,
            **({"reason": hit.reason} if hit.reason else {}),
        }
        for hit in verdict.hits
    ]
    return {"verdict": verdict.kind.value, "contents": contents}


def message_of(given: dict[str, Any]) -> Message:
    """One line's message, whatever is wrong in it left out."""
    return _message(given, "", [])


def _read(given: dict[str, Any], place: str, problems: list[Problem]) -> _Given | None:
    before = len(problems)
    message = _message(given, place, problems)
    return _Given(given.get("id"), message) if len(problems) == before else None


def _message(given: dict[str, Any], place: str, problems: list[Problem], depth: int = 0) -> Message:
    """One message, or an item of one, with its problems told; items further in than anybody looks are left out."""
    kind = given.get("type")
    if kind not in _KINDS:
        spelt = json.dumps(kind, ensure_ascii=False)[:40]
        problems.append(Problem(place, f"type 不能是 {spelt}", f"写 {'、'.join(_KINDS)} 之一"))
    words: dict[str, Any] = {}
    for name in (*_WORDS, "path"):
        value = given.get(name)
        if value is not None and not isinstance(value, str):
            problems.append(Problem(place, f"{name} 不是文字", "用引号括起来"))
        words[name] = value if isinstance(value, str) else ""
    named = words.pop("path")
    path = Path(named) if named else None
    items = tuple(_items(given.get("items"), place, problems, depth))
    message = Message("", "", "", _AT, _KINDS.get(str(kind), MessageKind.UNKNOWN), path=path, items=items)
    message = replace(message, **words)
    named_by_path = message.kind in FILES and path is not None and not message.title
    return replace(message, title=path.name) if named_by_path and path is not None else message


def _items(given: Any, place: str, problems: list[Problem], depth: int) -> Iterator[Message]:
    if given is None or depth > MAX_DEPTH:
        return
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        problems.append(Problem(place, "items 不是一组消息", '写成 [{"type": "text", "text": "…"}]'))
        return
    for item in given:
        yield _message(item, place, problems, depth + 1)
