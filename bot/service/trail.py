"""The log of who did what as a spreadsheet: the rows that were asked for, as text, with the seal of the log's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model.time import local
from bot.phrases.log import VIAS, about, act, short_seal, who
from bot.reports.sheet import Table, book_of
from bot.store import log
from bot.store.database import Connection, Store
from bot.store.log import Row, Wanted

HEAD = ("序号", "时间", "谁", "从哪里", "做了什么", "对什么", "结果")
WIDTHS = (10, 20, 12, 12, 16, 44, 34)
MOST_ROWS = 20_000
"""More takes minutes to draw up, and nobody reads it; the newest are taken, and older ones by their dates."""


def log_book(store: Store, wanted: Wanted, asked_for: str, titles: Mapping[str, str], now: datetime) -> bytes:
    """``asked_for``: what was filtered by, in words; ``titles``: of contents by id."""
    return store.read_apart(_log_book, wanted, asked_for, titles, now)


def _log_book(
    conn: Connection, wanted: Wanted, asked_for: str, titles: Mapping[str, str], now: datetime
) -> bytes:
    found = log.rows(conn, wanted, MOST_ROWS)
    count, seal = log.head(conn)
    lines = [
        ("表名", "操作记录"),
        ("导出时间", f"{local(now):%Y-%m-%d %H:%M}"),
        ("筛选", asked_for or "全部"),
        (
            "这张表",
            f"{len(found)} 条"
            + ("（太多，只导出最新的；更早的，按日期分几次导出）" if len(found) == MOST_ROWS else ""),
        ),
        ("全部记录", f"{count} 条"),
        ("校验码", short_seal(seal)),
        ("怎么对", f"chuanda audit verify --head {seal[: log.SHORTEST_HEAD]}" if seal else "–"),
    ]
    return book_of(
        [
            Table("操作记录", HEAD, WIDTHS, (_line(row, titles) for row in found)),
            Table("说明", ("项目", "内容"), (14, 60), lines),
        ]
    )


def _line(row: Row, titles: Mapping[str, str]) -> Sequence[Any]:
    at = local(row.at).replace(tzinfo=None)
    return (
        row.id,
        at,
        who(row.name),
        VIAS.get(row.via, row.via),
        act(row.command),
        about(row, titles),
        row.outcome,
    )
