"""The ledger, and codes to hand out, as spreadsheets. Cells are text or numbers, never formulas, whatever a group is called."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from bot import phrases
from bot.errors import ChuandaError, os_reason
from bot.model.time import day_of, local
from bot.model.tree import Worker
from bot.store.reading import TargetRow

HEAD = (
    "批次",
    "内容",
    "标题",
    "单位",
    "群",
    "用途",
    "方式",
    "状态",
    "凭据",
    "转到时间",
    "截止时间",
    "按时",
    "负责人",
)


WIDTHS = (34, 14, 26, 26, 30, 10, 8, 14, 12, 18, 18, 8, 10)
"""In characters: a date in a narrow column shows as ####."""
A4 = 9
"""As the format numbers paper."""
MOST_CHARACTERS = 32_767
"""That a cell can hold."""


def check_xlsx(path: Path) -> None:
    """Raises `ChuandaError` if ``path`` names another kind of file: it would not open as what it says."""
    if path.suffix.lower() != ".xlsx":
        raise ChuandaError(f"{path} 要以 .xlsx 结尾；写成 {path.with_suffix('.xlsx')}")


def write_codes(codes: Iterable[tuple[Worker, str]], until: datetime, path: Path) -> None:
    """One-time codes to print and cut, a line each. Raises `ChuandaError` if the file cannot be written."""
    last = f"{phrases.spoken_day(day_of(until))} {phrases.clock(until)}"
    rows = ((w.unit, w.name, f"绑定 {code}", f"{last} 前，用一次") for w, code in codes)
    _write(path, "绑定码", ("单位", "姓名", "用自己的微信对机器人说", "用到"), (30, 12, 28, 24), rows)


def write_ledger(rows: Iterable[TargetRow], path: Path) -> None:
    """Write ``rows`` to ``path`` (xlsx), times local. Raises `ChuandaError` if the file cannot be written."""
    _write(path, "台账", HEAD, WIDTHS, map(_line, rows))


def _line(row: TargetRow) -> Sequence[Any]:
    return (
        row.wave, row.content, row.title, row.path, row.group or "（没有群）", phrases.USES.get(row.use or "", ""),
        phrases.MODES.get(row.mode or "", ""), phrases.target_state(row), phrases.EVIDENCE.get(row.evidence or "", ""),
        local(row.covered_at).replace(tzinfo=None) if row.covered_at else None, local(row.due).replace(tzinfo=None),
        "" if row.on_time is None else "是" if row.on_time else "否", row.worker or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook. ``widths``: of the columns, in characters."""

    title: str
    head: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Any]]


def book_of(tables: Iterable[Table]) -> bytes:
    """A workbook (xlsx): a sheet per table, its head bold, frozen, and on every printed page."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.title)
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for place, width in enumerate(table.widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        names = [_cell(sheet, name) for name in table.head]
        for cell in names:
            cell.font = Font(bold=True)
        sheet.append(names)
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """A cell that is text if its value is, whatever that begins with, without what no xlsx can hold; a float is a share."""
    if not isinstance(value, str):
        other = WriteOnlyCell(sheet, value=value)
        if isinstance(value, float):
            other.number_format = "0.0%"
        return other
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_CHARACTERS])
    cell.data_type = "s"
    return cell


def _write(
    path: Path, title: str, head: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Any]]
) -> None:
    check_xlsx(path)
    whole = book_of([Table(title, head, widths, rows)])
    try:
        path.write_bytes(whole)
    except OSError as error:
        raise ChuandaError(
            f"写不了 {path}（{os_reason(error)}）；换个文件名，或先关掉打开它的表格程序"
        ) from None
