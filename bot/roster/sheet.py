"""A spreadsheet (xlsx, csv) as rows of text, every cell with its place. Knows nothing of what a roster means.

Never trusts the file: archives are checked before they are opened (`bot.roster.archive`), a sheet's declared
size is ignored, rows are limited. Numbers and dates come as the text that a person would have typed.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries

from bot.errors import InputErrors, Problem
from bot.roster.archive import check_archive, check_file, refuse
from bot.roster.words import key, nearest, place_order, quote, short_place

MAX_ROWS = 100_000
LAST_SHEET_ROW = 1_048_576
"""Excel's own last row; a file that claims more is broken."""
MAX_COLUMNS = 60
MAX_SHEETS = 30
HEADER_WITHIN_ROWS = 5
IGNORED_COLUMNS = ("序号", "编号", "备注")
_FORMULA_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(
    rb"<(?:\w+:)?+c\s([^<>]*+)><(?:\w+:)?+f\b(?:[^<>]*+)(?:(?<=/)>|>[^<]*+</(?:\w+:)?+f>)\s*+"
    rb"(?:<(?:\w+:)?+v\s*+/>|<(?:\w+:)?+v></(?:\w+:)?+v>)?+\s*+</(?:\w+:)?+c>"
)
"""A cell with a formula and no saved result. Nothing here can look twice at the same byte: files may be hostile."""
_COORDINATE = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text (trimmed), where it stands (``roster.xlsx:名册!C12``, ``roster.csv:12``), and whether it is
    an empty part of a merged range."""

    text: str
    place: str
    merged: bool = False


Row = Mapping[str, Cell]
"""One line of the sheet by column name; a column that the sheet does not have is absent."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: its rows, the header's cells, and what is wrong with single cells or the header."""

    rows: Sequence[Row]
    header: Row
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class _Grid:
    """One sheet as text, before anyone knows which line is the header."""

    lines: Sequence[tuple[int, Sequence[str]]]
    prefix: str
    lettered: bool
    merged: frozenset[tuple[int, int]] = frozenset()
    uncached: frozenset[tuple[int, int]] = frozenset()

    def place(self, line: int, column: int) -> str:
        return f"{self.prefix}{get_column_letter(column + 1) if self.lettered else ''}{line}"


def read_table(
    path: Path, columns: Sequence[str], required: Sequence[str], shown: str | None = None
) -> Table:
    """Read the first sheet of ``path`` that has the ``required`` columns in one of its first five rows.

    ``columns`` are all known names, ``shown`` what the file is called in messages (default: the path as given).
    Raises `InputErrors` for a file that cannot be read or has no such sheet.
    """
    file = shown or str(path)
    check_file(path, file)
    if path.suffix.lower() == ".csv":
        grids = [_csv_grid(path, file)]
    else:
        check_archive(path, file)
        grids = _xlsx_grids(path, file)
    best: tuple[int, _Grid, int] | None = None
    for grid in grids:
        for at, (_, texts) in enumerate(grid.lines[:HEADER_WITHIN_ROWS]):
            found = sum(key(name) in map(key, texts) for name in required)
            if found == len(required):
                return _table(grid, at, columns, required)
            if best is None or found > best[0]:
                best = (found, grid, at)
    if best is None or best[0] < 2:
        place = grids[0].place(1, 0) if grids else f"{file}:1"
        raise InputErrors([Problem(place, "没有找到表头", "在前 5 行里写一行列名：" + "、".join(required))])
    table = _table(best[1], best[2], columns, required)
    raise InputErrors(sorted(table.problems, key=place_order))


def _table(grid: _Grid, at: int, columns: Sequence[str], required: Sequence[str]) -> Table:
    line, names = grid.lines[at]
    known = {key(name): name for name in columns}
    problems: list[Problem] = []
    where: dict[str, int] = {}
    meant: set[str] = set()
    for column, name in enumerate(names):
        place = grid.place(line, column)
        column_name = known.get(key(name))
        if column_name in where:
            first = short_place(grid.place(line, where[column_name]))
            problems.append(Problem(place, f"“{column_name}”这一列写了两遍（{first} 也是）", "删掉一列"))
        elif column_name:
            where[column_name] = column
        elif name and key(name) not in IGNORED_COLUMNS:
            near = nearest(key(name), columns)
            meant.add(near)
            problems.append(
                Problem(
                    place,
                    f"不认识的列{quote(name)}",
                    f"是不是“{near}”" if near else "删掉这一列，能用的列有：" + "、".join(columns),
                )
            )
    for name in required:
        if name not in where and name not in meant:
            problems.append(Problem(grid.place(line, 0), f"缺少“{name}”这一列", f"补上“{name}”这一列"))
    rows: list[Row] = []
    for number, texts in grid.lines[at + 1 :]:
        row: dict[str, Cell] = {}
        for name, column in where.items():
            text = texts[column] if column < len(texts) else ""
            place = grid.place(number, column)
            row[name] = Cell(text, place, not text and (number, column) in grid.merged)
            if text in _FORMULA_ERRORS:
                problems.append(Problem(place, f"公式出错了（{text}）", "改成直接写的文字"))
        if any(cell.text for cell in row.values()):
            rows.append(row)
    problems.extend(
        Problem(
            grid.place(number, column), "公式还没有算出结果", "用 Excel 打开再保存一次，或改成直接写的文字"
        )
        for number, column in sorted(grid.uncached)
        if number > line and column in where.values()
    )
    header = {name: Cell(name, grid.place(line, column)) for name, column in where.items()}
    return Table(tuple(rows), header, tuple(problems))


def _csv_grid(path: Path, file: str) -> _Grid:
    data = path.read_bytes()
    if b"\0" in data:
        raise refuse(file, "不是 UTF-8 或 GB18030 编码", "另存为“CSV UTF-8”，或直接用 .xlsx")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise refuse(file, "不是 UTF-8 或 GB18030 编码", "另存为“CSV UTF-8”，或直接用 .xlsx") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    lines: list[tuple[int, Sequence[str]]] = []
    begins = 1
    try:
        for fields in reader:
            texts = [field.strip() for field in fields]
            if any(texts):
                if len(lines) > MAX_ROWS:
                    raise refuse(file, "超过 100000 行", "分成几个镇街，各用一份名册")
                lines.append((begins, texts))
            begins = reader.line_num + 1
    except csv.Error:
        raise InputErrors(
            [Problem(f"{file}:{begins}", "这一行读不了", "检查引号是不是成对，或直接用 .xlsx")]
        ) from None
    return _Grid(lines, f"{file}:", lettered=False)


def _xlsx_grids(path: Path, file: str) -> list[_Grid]:
    """All sheets of a checked archive. Broken files make openpyxl raise almost anything: hence the broad except,
    at this one border."""
    grids: list[_Grid] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                if len(book.worksheets) > MAX_SHEETS:
                    raise refuse(file, f"工作表超过 {MAX_SHEETS} 张", "只留名册这一张")
                with zipfile.ZipFile(path) as archive:
                    for sheet in book.worksheets:
                        prefix = f"{file}:{sheet.title}!"
                        member = getattr(sheet, "_worksheet_path", "")
                        raw = archive.read(member) if member in archive.namelist() else b""
                        sheet.reset_dimensions()
                        lines = list(_lines(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), prefix))
                        grids.append(_Grid(lines, prefix, True, _merged(raw), _uncached(raw)))
            finally:
                book.close()
    except InputErrors:
        raise
    except Exception:
        raise refuse(file, "表格坏了，打不开", "用 Excel 或 WPS 打开，“另存为”一个新的 .xlsx") from None
    return grids


def _lines(rows: Iterator[tuple[object, ...]], prefix: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Lines with something in them, with their row number."""
    for number, values in enumerate(rows, start=1):
        if number > LAST_SHEET_ROW:
            raise InputErrors(
                [Problem(f"{prefix}A1", "表格的行号不正常", "新建一个表格，只粘贴内容，另存为 .xlsx")]
            )
        if values.count(None) == len(values):
            continue
        texts = [_text(value) for value in values]
        if any(texts):
            if number > MAX_ROWS + HEADER_WITHIN_ROWS:
                raise InputErrors(
                    [Problem(f"{prefix}A{number}", "超过 100000 行", "分成几个镇街，各用一份名册")]
                )
            yield number, texts


def _text(value: object) -> str:
    """A cell's value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time.min else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _merged(raw: bytes) -> frozenset[tuple[int, int]]:
    """The hidden cells (row from 1, column from 0) of merged ranges, within what is read."""
    hidden: set[tuple[int, int]] = set()
    left_to_do = MAX_ROWS
    for found in _MERGED.finditer(raw):
        left, top, right, bottom = (edge or 1 for edge in range_boundaries(found[1].decode()))
        rows, columns = range(top, min(bottom, MAX_ROWS) + 1), range(left, min(right, MAX_COLUMNS) + 1)
        left_to_do -= 1 + len(rows) * len(columns)
        if left_to_do < 0:
            break
        hidden.update((row, column - 1) for row in rows for column in columns)
        hidden.discard((top, left - 1))
    return frozenset(hidden)


def _uncached(raw: bytes) -> frozenset[tuple[int, int]]:
    """The cells (row from 1, column from 0) with a formula whose result was never saved."""
    cells: set[tuple[int, int]] = set()
    for found in _FORMULA.finditer(raw):
        coordinate = _COORDINATE.search(found[1])
        if coordinate and b't="str"' not in found[1]:
            row, column = coordinate_to_tuple(coordinate[1].decode())
            cells.add((row, column - 1))
    return frozenset(cells)
