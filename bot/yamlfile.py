"""YAML files as typed values, with every complaint at its line. Nothing here knows what a file is about.

Safe by construction: the safe loader only, a size limit before reading, and nodes counted *as expanded*
(an alias bomb of 306 bytes makes 2 million nodes), so that a bomb is refused with its place in milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import InputErrors, Problem

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
"""A town's schedules are some hundred nodes; this leaves room for a county's."""
MAX_DEPTH = 40

Where = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """The safe loader without YAML 1.1's base 60: ``20:00`` without quotes stays text, it is not 1200."""

    yaml_implicit_resolvers = {  # noqa: RUF012 the loader's own protocol
        first: [("tag:yaml.org,2002:str", re.compile(r"[-+]?\d+(:\d+)+(\.\d*)?$")), *known]
        if first in set("+-0123456789")
        else known
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as read: plain values, and the line and column (from 1) at which each of them begins."""

    file: str
    value: Any
    places: Mapping[Where, tuple[int, int]]

    def place(self, where: Where) -> str:
        """``FILE:LINE:COL`` of ``where``, or of the nearest thing around it that exists."""
        while where and where not in self.places:
            where = where[:-1]
        line, column = self.places.get(where, (1, 1))
        return f"{self.file}:{line}:{column}"


def read_yaml(path: Path, shown: str | None = None) -> Document:
    """Read ``path``; ``shown`` is what the file is called in messages (default: the path as given).

    Raises `InputErrors` for a file that is missing, too large, not UTF-8, not YAML, too deep, or a bomb.
    """
    file = shown or str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refusal(f"{file}:1", "文件超过 1 MB", "这里只写文字设置，图片和视频放在单独的文件里")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal(f"{file}:1", "不是 UTF-8 编码", "用记事本“另存为”，编码选 UTF-8") from None
    except OSError:
        raise _refusal(f"{file}:1", "找不到或打不开这个文件", "检查路径和文件名") from None
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> Document:
    """As `read_yaml`, of a text that is called ``file`` in messages."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise _refusal(f"{file}:1", "文件是空的", "照样例写上内容")
        places: dict[Where, tuple[int, int]] = {}
        problems: list[Problem] = []
        _walk(file, root, (), places, problems, [0])
        if problems:
            raise InputErrors(problems)
        value = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else f"{file}:1"
        raise _refusal(at, "YAML 格式不对", "检查缩进（用空格）、冒号后的空格和引号") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _refusal(
            f"{file}:1", "YAML 格式不对", "检查有没有看不见的特殊字符、写错的日期或嵌套太深"
        ) from None
    finally:
        loader.dispose()
    return Document(file, value, places)


def _refusal(place: str, what: str, write: str) -> InputErrors:
    return InputErrors([Problem(place, what, write)])


def reads_as(text: str, value: str) -> bool:
    """Whether ``text``, written as an item of a list, is read as exactly the string ``value``."""
    try:
        return bool(parse_yaml(f"[{text}]", "").value == [value])
    except InputErrors:
        return False


def _walk(
    file: str,
    node: yaml.Node,
    where: Where,
    places: dict[Where, tuple[int, int]],
    problems: list[Problem],
    seen: list[int],
) -> None:
    """Note where every value stands; refuse bombs, depth and keys written twice."""
    seen[0] += 1
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if seen[0] > MAX_NODES or len(where) > MAX_DEPTH:
        raise InputErrors(
            [
                Problem(
                    f"{file}:{line}:{column}",
                    "展开后内容太多或嵌套太深",
                    "不要用 & 和 * 反复引用，直接写出来",
                )
            ]
        )
    places[where] = (line, column)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(file, item, (*where, index), places, problems, seen)
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            at = f"{file}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
            if not isinstance(key, yaml.ScalarNode) or name == "<<":
                problems.append(Problem(at, "这里要写一个名字", "写成“名字: 内容”，不要用 << 合并"))
            elif name in names:
                problems.append(Problem(at, f"“{name}”写了两遍", "留一个，删一个"))
            names.add(name)
            _walk(file, item, (*where, name), places, problems, seen)


def validate(document: Document, model: type[Model]) -> Model:
    """The document's value as a ``model``. Raises `InputErrors` with every problem, in the file's order.

    A validator of the model says its own complaint by ``ValueError("what；what to write instead")``.
    """
    if not isinstance(document.value, dict):
        raise InputErrors([Problem(document.place(()), "最外层要写成“名字: 内容”", "照样例的格式写")])
    try:
        return model.model_validate(document.value)
    except ValidationError as failed:
        found = [(_position(document, e), _problem(document, model, e)) for e in failed.errors()]
        unique = {problem: position for position, problem in found}
        raise InputErrors(sorted(unique, key=lambda p: unique[p])) from None


def _position(document: Document, error: ErrorDetails) -> tuple[int, int]:
    where = _where(document, error["loc"])
    while where and where not in document.places:
        where = where[:-1]
    return document.places.get(where, (1, 1))


def _where(document: Document, loc: Where) -> Where:
    """pydantic's location without the names of union members, which are not in the file."""
    where: Where = ()
    for step in loc:
        if (*where, step) in document.places:
            where = (*where, step)
        elif (*where, str(step)) in document.places:
            where = (*where, str(step))
    return where


def _problem(document: Document, model: type[BaseModel], error: ErrorDetails) -> Problem:
    place = document.place(_where(document, error["loc"]))
    kind, context, given = error["type"], error.get("ctx") or {}, error["input"]
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        known = known_keys(model, error["loc"][:-1])
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        write = f"是不是“{near[0]}”" if near else "可以写的有：" + "、".join(known)
        return Problem(place, f"不认识“{name}”", write)
    if kind == "missing":
        return Problem(place, f"缺少“{name}”", f"补上“{name}:”")
    if kind == "value_error":
        what, _, write = str(context.get("error", "")).partition("；")
        return Problem(place, what, write or "照样例改")
    if kind in ("literal_error", "enum"):
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
        return Problem(place, f"“{given}”不能用", f"可以写：{expected}")
    wanted = _WANTED.get(kind.split("_type")[0].split("_parsing")[0], "")
    if wanted:
        return Problem(place, f"“{name}”的内容“{_short(given)}”不对", f"要写{wanted}")
    if kind.startswith(("greater_than", "less_than")):
        bounds = "、".join(f"{_BOUND[k]} {v}" for k, v in context.items() if k in _BOUND)
        return Problem(place, f"“{name}”是 {given}，超出范围", f"要{bounds}")
    if kind in ("too_short", "string_too_short"):
        return Problem(place, f"“{name}”是空的", "至少写一项")
    return Problem(place, f"“{name}”的内容“{_short(given)}”不对", "照样例改")


_WANTED = {
    "string": "文字",
    "int": "整数",
    "int_from_float": "整数",
    "float": "数字",
    "bool": "是或否（yes、no）",
    "date": "日期，如 2026-03-12",
    "date_from_datetime": "日期，如 2026-03-12",
    "datetime": "日期和时间，如 2026-03-12 08:00",
    "time": '钟点，如 "08:00"（加引号）',
    "list": "一列，每行前面加“- ”",
    "tuple": "一列，每行前面加“- ”",
    "frozen_set": "一列，每行前面加“- ”",
    "set": "一列，每行前面加“- ”",
    "dict": "“名字: 内容”",
    "model": "“名字: 内容”",
    "model_attributes": "“名字: 内容”",
}
_BOUND = {"gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于"}


def _short(given: object) -> str:
    text = str(given)
    return text if len(text) <= 30 else text[:29] + "…"


def known_keys(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys that may be written at ``loc`` of ``model``: for “did you mean”."""
    for step in loc:
        for name, info in model.model_fields.items():
            if step == (info.alias or name):
                inner = _models_in(info.annotation)
                if inner:
                    model = inner[0]
                break
    return [info.alias or name for name, info in model.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for argument in getattr(annotation, "__args__", ()) for m in _models_in(argument)]
