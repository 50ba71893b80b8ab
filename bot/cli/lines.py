"""Files of JSON Lines that a person hands to a command: read whole, every problem with its line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import ChuandaError, InputErrors, Problem, os_reason

MAX_BYTES = 200_000_000
T = TypeVar("T")
Reader = Callable[[dict[str, Any], str, list[Problem]], T | None]
"""Reads one object, found at a place; None, and its problems told, when something is wrong with it."""


def read_objects(file: Path, form: str, read: Reader[T]) -> list[T]:
    """The lines of ``file`` (“-”: of the standard input). ``form``: what a line looks like. Raises `ChuandaError`;
    `InputErrors` with all that is wrong in it."""
    shown = "标准输入" if str(file) == "-" else str(file)
    found: list[T] = []
    problems: list[Problem] = []
    # Only a line feed ends a line: what JSON leaves as it is (U+2028) stands inside a text.
    for number, line in enumerate(_text(file).split("\n"), 1):
        if line.strip():
            place = f"{shown}:{number}"
            given = _object(line, place, form, problems)
            one = None if given is None else read(given, place, problems)
            if one is not None:
                found.append(one)
    if problems:
        raise InputErrors(problems)
    return found


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


def _object(line: str, place: str, form: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        problems.append(Problem(place, "不是 JSON", f"每行写一个对象，如 {form}"))
        return None
    if not isinstance(given, dict):
        problems.append(Problem(place, "不是 JSON 对象", f"写成 {form}"))
        return None
    if "id" not in given:
        problems.append(Problem(place, "缺 id", "写一个编号，回答里会照样带上"))
    return given
