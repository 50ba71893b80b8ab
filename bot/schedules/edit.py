"""One entry of schedules.yaml changed, added or taken out *in the text*: every other character stays as it was.

Comments, blank lines, order and quotes are the office's. A round trip through a YAML writer, ruamel's too, loses the comment
before the next entry with the entry above it, and reflows lists; so the places come from the parser and the text is cut there.
Whoever calls reads the result again before it is written (`bot.service.scheduling`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import yaml

from bot.errors import ChuandaError
from bot.yamlfile import nodes_of, reads_as

Value: TypeAlias = "str | bool | int | Sequence[str] | Mapping[str, Value]"
Cut = tuple[int, int, str]
"""From, to, and what stands there instead."""
_PLAIN = re.compile(r"[\w*.·-]+")
_INSTEAD = ({"cron", "dates"}, {"ids", "topics", "rotate"})
"""Keys of which one stands for another: it takes its line."""
TOO_CLEVER = "设置文件里这一处的写法（& 和 * 引用之类）在这里改不了；请在文件里直接改，再运行 chuanda check"


def changed(text: str, loc: Sequence[str | int], values: Mapping[str, Value | None]) -> str:
    """``text`` with these keys of the entry at ``loc``; None: the key goes. Raises `ChuandaError` where it cannot be done."""
    return _apply(text, _set(text, _at(_root(text), loc), values))


def added(text: str, campaign: int | None, values: Mapping[str, Value]) -> str:
    """``text`` with one more entry, the last of a campaign (by its place) or of those outside of campaigns."""
    owner = _root(text)
    if campaign is not None:
        owner = _at(owner, ("campaigns", campaign))
    if not isinstance(owner, yaml.MappingNode):
        raise ChuandaError(TOO_CLEVER)
    found = next(((k, v) for k, v in owner.value if k.value == "entries"), None)
    if found is None:
        return _apply(text, [_new_list(text, owner, values)])
    key, entries = found
    _no_alias(key, entries)
    if isinstance(entries, yaml.SequenceNode) and entries.value:
        last = entries.value[-1]
        if entries.flow_style:
            return _apply(text, [(_end(last), _end(last), f", {_flow(values)}")])
        dash = entries.value[0].start_mark.index - _dash(text, entries.value[0])
        column = entries.value[0].start_mark.column - dash
        at = _line_end(text, _end(last))
        blank = "\n" if len(entries.value) < 2 or _apart(text, entries) else ""
        return _apply(text, [(at, at, f"\n{blank}{_block(values, column)}")])
    column = key.start_mark.column + 2
    if isinstance(entries, yaml.SequenceNode) or owner.flow_style:
        return _apply(text, [(key.end_mark.index, _end(entries), f": [{_flow(values)}]")])
    at = _line_end(text, key.end_mark.index)
    return _apply(text, [(at, at, f"\n{_block(values, column)}")])


def removed(text: str, loc: Sequence[str | int]) -> str:
    """``text`` without the entry at ``loc``; what is said in lines of their own around it stays."""
    entries, place = _at(_root(text), loc[:-1]), loc[-1]
    assert isinstance(entries, yaml.SequenceNode) and isinstance(place, int)
    items = entries.value
    item = _at(entries, (place,))
    if entries.flow_style:
        if place:
            return _apply(text, [(_end(items[place - 1]), _end(item), "")])
        end = items[1].start_mark.index if len(items) > 1 else _end(item)
        return _apply(text, [(item.start_mark.index, end, "")])
    begin = text.rfind("\n", 0, _dash(text, item)) + 1
    end = min(_line_end(text, _end(item)) + 1, len(text))
    before, after = text[:begin], text[end:]
    if before.endswith("\n\n") and (not after or after.startswith("\n")):
        before = before[:-1]
    return before + after


# ── where things stand ──────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=2)
def _root(text: str) -> yaml.Node:
    """The file's nodes, which nobody changes; a form comes back several times over the same file."""
    root = nodes_of(text)
    if root is None:
        raise ChuandaError(TOO_CLEVER)
    return root


def _at(node: yaml.Node, loc: Sequence[str | int]) -> yaml.Node:
    for step in loc:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            inner: yaml.Node = node.value[step]
            if inner.start_mark.index < node.start_mark.index:
                raise ChuandaError(TOO_CLEVER)
        elif isinstance(node, yaml.MappingNode):
            key, inner = next((k, v) for k, v in node.value if k.value == step)
            _no_alias(key, inner)
        else:
            raise ChuandaError(TOO_CLEVER)
        node = inner
    return node


def _no_alias(key: yaml.Node, value: yaml.Node) -> None:
    """An alias stands where its anchor is: changing it there would change both."""
    if value.start_mark.index < key.end_mark.index:
        raise ChuandaError(TOO_CLEVER)


def _end(node: yaml.Node) -> int:
    """Where the last character of ``node`` ends; a block's own mark stands behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise ChuandaError(TOO_CLEVER)
    return int(node.end_mark.index)


def _dash(text: str, item: yaml.Node) -> int:
    return text.rfind("-", 0, item.start_mark.index)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _apart(text: str, entries: yaml.SequenceNode) -> bool:
    """Whether the last two entries have a blank line between them."""
    one, other = entries.value[-2:]
    return bool(re.search(r"\n[ \t]*\n", text[_end(one) : other.start_mark.index]))


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────────


def _set(text: str, node: yaml.Node, values: Mapping[str, Value | None]) -> list[Cut]:
    """The cuts that give a mapping these keys."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise ChuandaError(TOO_CLEVER)
    pairs = {str(key.value): (key, value) for key, value in node.value}
    for key, value in pairs.values():
        _no_alias(key, value)
    if node.flow_style:
        return [(node.start_mark.index, _end(node), _flow(_merged(text, pairs, values)))]
    going = [name for name in pairs if name in values and values[name] is None]
    coming = [(name, value) for name, value in values.items() if name not in pairs and value is not None]
    cuts: list[Cut] = []
    for name in list(going):
        instead = next((one for one in coming if any({name, one[0]} <= pair for pair in _INSTEAD)), None)
        if instead is not None:
            key, old = pairs[name]
            cuts.append((key.start_mark.index, _end(old), f"{instead[0]}: {_flow(instead[1])}"))
            going.remove(name)
            coming.remove(instead)
    for name in going:
        cuts.append(_taken_out(text, node, *pairs[name]))
    for name, (key, old) in pairs.items():
        wanted = values.get(name)
        if wanted is not None:
            cuts += _replaced(text, key, old, wanted)
    if coming:
        at, column = _line_end(text, _end(node)), node.value[0][0].start_mark.column
        lines = "".join(f"\n{' ' * column}{name}: {_flow(value)}" for name, value in coming)
        cuts.append((at, at, lines))
    return cuts


def _replaced(text: str, key: yaml.Node, old: yaml.Node, value: Value) -> list[Cut]:
    if isinstance(value, Mapping) and isinstance(old, yaml.MappingNode) and old.value and not old.flow_style:
        gone = {str(k.value): None for k, _ in old.value if k.value not in value}
        return _set(text, old, {**gone, **value})
    between = text[key.end_mark.index : old.start_mark.index]
    if "#" in between:  # a word about it stands behind the key: it stays there
        return [(old.start_mark.index, _end(old), _flow(value))]
    if between.strip() == ":" and "\n" not in between:
        return [(old.start_mark.index, _end(old), " " * (not between.endswith(" ")) + _flow(value))]
    return [(key.end_mark.index, _end(old), f": {_flow(value)}")]


def _taken_out(text: str, node: yaml.MappingNode, key: yaml.Node, old: yaml.Node) -> Cut:
    """The key's own lines; the one behind the dash gives its place to the next."""
    begin = text.rfind("\n", 0, key.start_mark.index) + 1
    if text[begin : key.start_mark.index].strip():
        after = [k.start_mark.index for k, _ in node.value if k.start_mark.index > key.start_mark.index]
        if not after:
            raise ChuandaError(TOO_CLEVER)
        return key.start_mark.index, min(after), ""
    end = _line_end(text, _end(old))
    return (begin - 1, end, "") if begin else (begin, min(end + 1, len(text)), "")


def _merged(
    text: str, pairs: Mapping[str, tuple[yaml.Node, yaml.Node]], values: Mapping[str, Value | None]
) -> dict[str, Value | _AsWritten]:
    """A flow mapping's keys: those that nobody changes as they are written."""
    found: dict[str, Value | _AsWritten] = {}
    for name, (_, old) in pairs.items():
        if name not in values:
            found[name] = _AsWritten(text[old.start_mark.index : _end(old)])
        elif (wanted := values[name]) is not None:
            found[name] = wanted
    return found | {n: v for n, v in values.items() if n not in found and v is not None}


class _AsWritten(str):
    """A piece of the file."""

    __slots__ = ()


def _flow(value: Value | Mapping[str, Value | _AsWritten]) -> str:
    """A value on one line."""
    if isinstance(value, _AsWritten):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and reads_as(value, value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]"


def _block(values: Mapping[str, Value], column: int) -> str:
    """An entry in lines of its own, its dash in ``column``."""
    lines = [f"{key}: {_flow(value)}" for key, value in values.items()]
    return "\n".join(f"{' ' * column}{'  ' if n else '- '}{line}" for n, line in enumerate(lines))


def _new_list(text: str, owner: yaml.MappingNode, values: Mapping[str, Value]) -> Cut:
    """The list itself is not there yet."""
    if owner.flow_style:
        return _end(owner) - 1, _end(owner) - 1, f", entries: [{_flow(values)}]"
    column = owner.value[0][0].start_mark.column
    at = _line_end(text, _end(owner))
    blank = "\n" if column == 0 else ""
    return at, at, f"\n{blank}{' ' * column}entries:\n{_block(values, column + 2)}"


def _apply(text: str, cuts: Sequence[Cut]) -> str:
    for begin, end, instead in sorted(cuts, key=lambda cut: cut[:2], reverse=True):
        text = text[:begin] + instead + text[end:]
    return text
