"""The ledger as a spreadsheet. Cells are text or numbers, never formulas, whatever a group is called."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bot import phrases
from bot.errors import ChuandaError, os_reason
from bot.model.time import local
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


def check_xlsx(path: Path) -> None:
    """Raises `ChuandaError` if ``path`` names another kind of file: it would not open as what it says."""
    if path.suffix.lower() != ".xlsx":
        raise ChuandaError(f"{path} 要以 .xlsx 结尾；写成 {path.with_suffix('.xlsx')}")


def write_ledger(rows: Iterable[TargetRow], path: Path) -> None:
    """Write ``rows`` to ``path`` (xlsx), times local. Raises `ChuandaError` if the file cannot be written."""
    check_xlsx(path)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.freeze_panes = "A2"
    for place, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    head = [WriteOnlyCell(sheet, value=name) for name in HEAD]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        covered = local(row.covered_at).replace(tzinfo=None) if row.covered_at else None
        values = (
            row.wave, row.content, row.title, row.path, row.group or "（没有群）", phrases.USES.get(row.use or "", ""),
            phrases.MODES.get(row.mode or "", ""), phrases.target_state(row), phrases.EVIDENCE.get(row.evidence or "", ""),
            covered, local(row.due).replace(tzinfo=None),
            "" if row.on_time is None else "是" if row.on_time else "否", row.worker or "",
        )  # fmt: skip
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    whole = io.BytesIO()
    book.save(whole)
    try:
        path.write_bytes(whole.getvalue())
    except OSError as error:
        raise ChuandaError(
            f"写不了 {path}（{os_reason(error)}）；换个文件名，或先关掉打开它的表格程序"
        ) from None
