"""What a program may ask with: each parameter once, with its schema for the document and how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import QueryParams

from bot.errors import ChuandaError
from bot.model.ledger import TargetId, WaveId
from bot.store.paging import Mark

PAGE, MOST_ON_A_PAGE = 200, 500
"""Rows on a page where nobody says how many, and at most: in a town of 20,000 groups 500 take 40 to 65 ms on two busy cores."""
MOST_DAYS = 92
"""A quarter. Its 275 waves take 15 to 40 ms there; how many a coverage may add up is bounded besides."""
LONGEST_TEXT = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARK = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Parameter:
    """``reads`` raises `ValueError` at what it is not; ``should``: what to write then (Chinese)."""

    name: str
    says: str
    schema: Mapping[str, Any]
    reads: Callable[[str], Any]
    should: str


def _text(written: str) -> str:
    if not written.strip() or len(written) > LONGEST_TEXT:
        raise ValueError(written)
    return written


def _day(written: str) -> date:
    if not _DAY.fullmatch(written):
        raise ValueError(written)
    return date.fromisoformat(written)


def _yes(written: str) -> bool:
    return {"true": True, "false": False}[written]


def _count(written: str) -> int:
    count = int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else 0
    if not 0 < count <= MOST_ON_A_PAGE:
        raise ValueError(written)
    return count


def _mark(written: str) -> Mark:
    found = _MARK.fullmatch(written)
    if found is None:
        raise ValueError(written)
    return Mark(WaveId(int(found[1])), TargetId(int(found[2])))


def mark_text(mark: Mark | None) -> str | None:
    """A page's end, as the next one's ``after``."""
    return None if mark is None else f"{mark.wave}-{mark.target}"


_NAME = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
_DATE = {"type": "string", "format": "date"}
NODE = Parameter(
    "node", "单位：从镇写起的路径，如 清河镇/柳林村，或只写名称。不写就是令牌能看的整个范围。", _NAME, _text, "写单位的路径，如 清河镇/柳林村",
)  # fmt: skip
WAVE = Parameter(
    "wave", "只看一个批次，写批次的名称。不能和 campaign、from、to 一起写。", _NAME, _text, "写批次的名称"
)
CAMPAIGN = Parameter("campaign", "只看一个专项行动（默认从头到今天）。", _NAME, _text, "写专项行动的名称")
FROM = Parameter(
    "from", f"从哪一天（含，本地日期，默认今天）。一次最多 {MOST_DAYS} 天。", _DATE, _day, "写成 2026-03-12"
)
TO = Parameter("to", "到哪一天（含，本地日期）。", _DATE, _day, "写成 2026-03-12")
OVERDUE = Parameter(
    "overdue", "true：只要过了截止时间的。", {"type": "boolean", "default": False}, _yes, "写 true 或 false"
)
LIMIT = Parameter(
    "limit",
    f"一页最多几行，默认 {PAGE}。",
    {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE, "default": PAGE},
    _count,
    f"写 1 到 {MOST_ON_A_PAGE}",
)
AFTER = Parameter(
    "after", "接着上一页：把上一页的 next 原样写在这里，其他参数不变。", {"type": "string", "pattern": "^[0-9]{1,15}-[0-9]{1,15}$"},
    _mark, "写上一页的 next",
)  # fmt: skip
WHICH = (NODE, WAVE, CAMPAIGN, FROM, TO)


def read(query: QueryParams, known: Sequence[Parameter]) -> Mapping[str, Any]:
    """What is written in an address, by parameter. Raises `ChuandaError`: unknown, twice, or not what it should be."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    for name, written in query.multi_items():
        if name not in by_name:
            able = f"能用的有：{'、'.join(by_name)}" if by_name else "这里不用参数"
            raise ChuandaError(f"没有“{name[:40]}”这个参数；{able}")
        if name in found:
            raise ChuandaError(f"{name} 写了两次；只写一次")
        try:
            found[name] = by_name[name].reads(written)
        except (ValueError, KeyError):
            raise ChuandaError(f"{name} 写的是“{written[:40]}”，不对；{by_name[name].should}") from None
    return found
