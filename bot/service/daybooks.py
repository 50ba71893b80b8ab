"""The day's two papers as spreadsheets, whole: drawn up from a connection of their own, so that nobody waits meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from bot.model.counts import Counts
from bot.model.time import local
from bot.model.tree import Node
from bot.phrases.log import short_seal
from bot.phrases.words import EVIDENCE, spoken_day
from bot.reports.sheet import Table, book_of
from bot.service.daysheets import ON_PAPER, DayResult, unit_path
from bot.store import lacking, log, reading
from bot.store.database import Connection, Store

GAP_HEAD = ("村居（单位）", "网格（部门）", "群", "责任人", "原因", "截止", "逾期", "批次", "内容")
GAP_WIDTHS = (18, 22, 34, 10, 16, 18, 8, 18, 30)
RESULT_HEAD = ("名称", "应转", "转到", "按时", "迟转", "覆盖率", "逾期没转到", "没到截止", "为什么", "豁免")
RESULT_WIDTHS = (30, 8, 8, 8, 8, 10, 12, 10, 44, 8)


def gap_book(store: Store, place: Node, day: date, now: datetime) -> bytes:
    """Every gap of the day, a line each."""
    return store.read_apart(_gap_book, place, day, now)


def _gap_book(conn: Connection, place: Node, day: date, now: datetime) -> bytes:
    waves = reading.waves_between(conn, day, day)
    rows = lacking.gaps_of(conn, waves, place.path, below=True)
    first = [row for row in rows if row.overdue(now)] + [row for row in rows if not row.overdue(now)]
    told = Table("缺口清单", GAP_HEAD, GAP_WIDTHS, (_gap(row, now) for row in first))
    return book_of([told, _about(conn, f"{place.name} {spoken_day(day)} 缺口清单", now)])


def _gap(row: reading.TargetRow, now: datetime) -> Sequence[Any]:
    unit = unit_path(row.path)
    assert row.reason is not None
    return (
        unit.rsplit("/", 1)[-1], "" if row.path == unit else row.path.removeprefix(f"{unit}/"),
        row.group or "（没有群）", row.worker or "没有负责人", ON_PAPER[row.reason], _at(row.due),
        "逾期" if row.overdue(now) else "没到截止", _at(row.starts_at), row.title,
    )  # fmt: skip


def result_book(store: Store, place: Node, day: date, now: datetime, result: DayResult) -> bytes:
    """The day's result with all its parts, a sheet each."""
    return store.read_apart(_result_book, place, day, now, result)


def _result_book(conn: Connection, place: Node, day: date, now: datetime, result: DayResult) -> bytes:
    total = _figures("合计", result.counts, result.overdue, result.waiting, "")
    places = [
        _figures(one.name, one.counts, one.counts.gaps - one.waiting, one.waiting, why_of(one.why))
        for one in result.places
    ]
    waves = [
        (_at(w.starts_at), w.title, "急" if w.urgent else "", "已撤回" if w.withdrawn else "", *_main(c))
        for w, c in result.waves
    ]
    proofs = [
        (EVIDENCE[kind], getattr(result.counts, kind))
        for kind in ("direct", "observed", "verified", "confirmed")
    ]
    exempt = [(e.where, e.reason, e.until.isoformat() if e.until else "") for e in result.exempt]
    title = f"{place.name} {spoken_day(day)} 当日结果"
    return book_of(
        [
            Table("按村居", RESULT_HEAD, RESULT_WIDTHS, [*places, total]),
            Table("按批次", ("时间", "内容", "紧急", "撤回", *RESULT_HEAD[1:6]), (18, 34, 8, 10, 8, 8, 8, 8, 10), waves),
            Table("凭据", ("凭什么算转到", "群次"), (20, 10), proofs),
            Table("空白点", ("还没有群的地方",), (44,), ((hole,) for hole in result.holes)),
            Table("豁免", ("哪里", "为什么", "到哪天"), (40, 40, 14), exempt),
            _about(conn, title, now),
        ]
    )  # fmt: skip


def why_of(why: Sequence[tuple[Any, int]]) -> str:
    """“未转发 3，没有群 1”."""
    return "，".join(f"{ON_PAPER[reason]} {count}" for reason, count in why)


def _main(counts: Counts) -> Iterator[Any]:
    yield from (counts.expected, counts.covered, counts.on_time, counts.late)
    yield "–" if counts.coverage is None else round(counts.coverage, 4)


def _figures(name: str, counts: Counts, overdue: int, waiting: int, why: str) -> Sequence[Any]:
    return (name, *_main(counts), overdue, waiting, why, counts.exempt)


def _about(conn: Connection, title: str, now: datetime) -> Table:
    """What this is and as of when; with the log's seal, to compare with later."""
    count, seal = log.head(conn)
    rows = [("表名", title), ("数字截至", f"{local(now):%Y-%m-%d %H:%M}"), ("一群次", "一个批次发到一个群")]
    if count:
        rows.append(("操作记录", f"第 {count} 条，校验码 {short_seal(seal)}"))
    return Table("说明", ("项目", "内容"), (14, 60), rows)


def _at(at: datetime) -> datetime:
    """Local, as a spreadsheet has it."""
    return local(at).replace(tzinfo=None)
