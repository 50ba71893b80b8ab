"""One entry of schedules.yaml changed, added or taken out: every other character stays as it was.

ruamel.yaml says where things stand and writes what is new, with the comment behind it. Whole lines are taken out here: ruamel
hangs the comment before a key or an item on the one above it, and loses it with that one. Who calls has had the text read by
`bot.yamlfile`, and has the result read again before it is written (`bot.service.scheduling`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from itertools import pairwise
from textwrap import indent
from typing import TypeAlias, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bot.errors import ChuandaError
from bot.yamlfile import reads_as

Value: TypeAlias = "str | bool | int | Sequence[str] | Mapping[str, Value]"
Cut = tuple[int, int, str]
"""From, to, and what stands there instead."""
_PLAIN = re.compile(r"[\w*.·-]+")
_COMMENT = re.compile(r"(?m)^(?! *- ).*?(?<!\S)(#.*)")
"""The office's words; those behind an item of a list go with it."""
_INSTEAD = (("cron", "dates"), ("ids", "topics", "rotate"))
"""Keys of which one stands for another: it takes its line."""
TOO_CLEVER = "设置文件里这一处的写法（& 和 * 引用之类）在这里改不了；请在文件里直接改，再运行 chuanda check"


def changed(text: str, loc: Sequence[str | int], values: Mapping[str, Value | None]) -> str:
    """``text`` with these keys of the entry at ``loc``; None: the key goes. Raises `ChuandaError` where it cannot be done."""
    return _apply(text, _set(text, _at(_root(text), loc), values))


def added(text: str, campaign: int | None, values: Mapping[str, Value]) -> str:
    """``text`` with one more entry, the last of a campaign (by its place) or of those outside of campaigns."""
    owner = _root(text) if campaign is None else _at(_root(text), ("campaigns", campaign))
    if not isinstance(owner, MappingNode):
        raise ChuandaError(TOO_CLEVER)
    column, block, flow = owner.value[0][0].start_mark.column, [_block(values)], _dumped(_written(values))
    found = next((pair for pair in owner.value if pair[0].value == "entries"), None)
    if found is None and owner.flow_style:
        return _apply(text, [(_end(owner) - 1, _end(owner) - 1, f", entries: [{flow}]")])
    if found is None:
        head = "\n" * (not column) + " " * column + "entries:\n"
        return _apply(text, [_below(text, _end(owner), head + _dumped(block, column + 2))])
    key, entries = found
    _no_alias(key, entries)
    if entries.value and entries.flow_style:
        cut = _end(entries.value[-1]), _end(entries.value[-1]), f", {flow}"
    elif entries.value:
        between = [text[_end(a) : b.start_mark.index] for a, b in pairwise(entries.value[-2:])]
        blank = "\n" * all(re.search(r"\n[ \t]*\n", one) for one in between)
        cut = _below(text, _end(entries), blank + _dumped(block, entries.start_mark.column))
    elif isinstance(entries, SequenceNode) or owner.flow_style:
        cut = key.end_mark.index, _end(entries), f": [{flow}]"
    else:
        cut = _below(text, key.end_mark.index, _dumped(block, column + 2))
    return _apply(text, [cut])


def removed(text: str, loc: Sequence[str | int]) -> str:
    """``text`` without the entry at ``loc``; what is said in lines of their own around it stays."""
    entries, place = _at(_root(text), loc[:-1]), loc[-1]
    assert isinstance(entries, SequenceNode) and isinstance(place, int)
    items = entries.value
    item = _at(entries, (place,))
    if entries.flow_style:
        begin = _end(items[place - 1]) if place else item.start_mark.index
        end = _end(item) if place or len(items) == 1 else items[1].start_mark.index
        return _apply(text, [(begin, end, "")])
    begin = text.rfind("\n", 0, text.rfind("-", 0, item.start_mark.index)) + 1
    before, after = text[:begin], text[_line_end(text, _end(item)) + 1 :]
    twice = before.endswith("\n\n") and (not after or after.startswith("\n"))
    return before[: len(before) - twice] + after


# ── where things stand ──────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=2)
def _root(text: str) -> Node:
    """The file's nodes, which nobody changes; a form comes back several times over the same file."""
    try:
        return cast(Node, _yaml().compose(text))
    except YAMLError:
        raise ChuandaError(TOO_CLEVER) from None


def _at(node: Node, loc: Sequence[str | int]) -> Node:
    for step in loc:
        if isinstance(node, SequenceNode) and isinstance(step, int):
            inner: Node = node.value[step]
            if inner.start_mark.index < node.start_mark.index:
                raise ChuandaError(TOO_CLEVER)
        elif isinstance(node, MappingNode):
            key, inner = next((k, v) for k, v in node.value if k.value == step)
            _no_alias(key, inner)
        else:
            raise ChuandaError(TOO_CLEVER)
        node = inner
    return node


def _no_alias(key: Node, value: Node) -> None:
    """An alias stands where its anchor is: changing it there would change both."""
    if value.start_mark.index < key.end_mark.index:
        raise ChuandaError(TOO_CLEVER)


def _end(node: Node, key: Node | None = None) -> int:
    """Where the last character of ``node`` (of ``key``) ends; a block's own mark, and the one of nothing at all, stands behind
    the comments that follow it."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1], last[0]) if isinstance(last, tuple) else _end(last)
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        raise ChuandaError(TOO_CLEVER)
    written = key if key is not None and node.start_mark.index == node.end_mark.index else node
    return int(written.end_mark.index)


def _line_end(text: str, at: int) -> int:
    return f"{text}\n".index("\n", at)


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────────


def _set(text: str, node: Node, values: Mapping[str, Value | None]) -> list[Cut]:
    """The cuts that give a mapping these keys."""
    if not isinstance(node, MappingNode) or not node.value:
        raise ChuandaError(TOO_CLEVER)
    for key, old in node.value:
        _no_alias(key, old)
    column, names = node.value[0][0].start_mark.column, [key.value for key, _ in node.value]
    if node.flow_style:
        begin, end = node.start_mark.index, _end(node)
        return [(begin, end, _edited(text[begin:end], column, values))]
    instead, cuts = _instead(names, values), list[Cut]()
    for key, old in node.value:
        if key.value not in values:
            continue
        begin, end, wanted = key.start_mark.index, _line_end(text, _end(old, key)), values[key.value]
        if isinstance(old, MappingNode) and not old.flow_style and isinstance(wanted, Mapping):
            cuts += _set(text, old, {**{k.value: None for k, _ in old.value}, **wanted})
        elif wanted is not None or key.value in instead:
            own = {name: values[name] for name in (key.value, instead.get(key.value, key.value))}
            cuts.append((begin, end, _edited(text[begin:end], column, own)))
        elif text[(line := text.rfind("\n", 0, begin)) : begin].strip():  # behind the dash: the next comes up
            up = [k.start_mark.index for k, _ in node.value[1:2] if values.get(k.value, "") is not None]
            cuts.append((begin, up[0] if up and "#" not in text[end : up[0]] else end, ""))
        else:
            cuts.append((line, end, ""))
    there = {*names, *instead.values()}
    if new := {name: value for name, value in values.items() if value is not None and name not in there}:
        cuts.append(_below(text, _end(node), _dumped(_block(new), column)))
    return cuts


def _below(text: str, at: int, lines: str) -> Cut:
    at = _line_end(text, at)
    return at, at, "\n" + lines


def _apply(text: str, cuts: Sequence[Cut]) -> str:
    for begin, end, instead in sorted(cuts, key=lambda cut: cut[:2], reverse=True):
        text = text[:begin] + instead + text[end:]
    return text


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 30
    return yaml


def _edited(text: str, column: int, values: Mapping[str, Value | None]) -> str:
    """A mapping in the file, or a part of one, with these keys. Raises `ChuandaError` rather than lose the office's words."""
    text, yaml = re.sub(rf"(?m)^ {{0,{column}}}", "", text), _yaml()
    if dash := re.search(r"(?m)^( *)- +", text):
        yaml.indent(sequence=len(dash[0]), offset=len(dash[1]))
    try:
        data = cast(CommentedMap, yaml.load(text))
    except (YAMLError, ValueError):
        raise ChuandaError(TOO_CLEVER) from None
    _update(data, values)
    written = _dumped(data, column, yaml)
    if any(comment.rstrip() not in written for comment in _COMMENT.findall(text)):
        raise ChuandaError(TOO_CLEVER)
    return written.lstrip(" ")


def _update(data: CommentedMap, values: Mapping[str, Value | None]) -> None:
    """Give ``data`` these keys; what stays in it keeps its quotes and comments."""
    instead = _instead(data, values)
    for name in [name for name in data if values.get(name, "") is None]:
        if new := instead.get(name):
            data.insert(list(data).index(name), new, _written(cast(Value, values[new])))
            if name in data.ca.items:
                data.ca.items[new] = data.ca.items.pop(name)
        del data[name]
    for name, value in values.items():
        old = data.get(name)
        if isinstance(old, CommentedMap) and isinstance(value, Mapping):
            _update(old, {**dict.fromkeys(old), **value})
        elif isinstance(old, CommentedSeq) and isinstance(value, list | tuple):
            for place in reversed(range(len(old))):
                if old[place] not in value:
                    del old[place]
            old.extend(_written(one) for one in value if one not in old)
            old.sort(key=value.index)
        elif value is not None and value != old:
            data[name] = _written(value)


def _instead(there: Collection[str], values: Mapping[str, Value | None]) -> dict[str, str]:
    """Keys that go, each with the new one that takes its line."""
    new = [name for name, value in values.items() if value is not None and name not in there]
    gone = [name for name in there if values.get(name, "") is None]
    return {old: one for pair in _INSTEAD for old in gone for one in new if old in pair and one in pair}


def _block(values: Mapping[str, Value]) -> CommentedMap:
    return CommentedMap((name, _written(value)) for name, value in values.items())


def _written(value: Value) -> object:
    """A value on one line; quoted where our reader would take it for something else."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and reads_as(value, value)
        return value if plain else DoubleQuotedScalarString(value)
    if isinstance(value, bool | int):
        return value
    made = _block(value) if isinstance(value, Mapping) else CommentedSeq(map(_written, value))
    made.fa.set_flow_style()
    return made


def _dumped(data: object, column: int = 0, yaml: YAML | None = None) -> str:
    out = StringIO()
    (yaml or _yaml()).dump(data, out)
    return indent(out.getvalue().removesuffix("\n"), " " * column)
