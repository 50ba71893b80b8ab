"""A tree written as a roster that reads back to the same tree. Cells are text, so that nothing in them can run as
a formula and a phone number keeps its digits. The one place that writes phone numbers in full: the file is the
office's own roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bot.errors import ChuandaError
from bot.model.tree import Group, Node, Post, Tree, Use
from bot.roster.fields import COLUMNS, MEDIA, MODES, POSTS, USES
from bot.roster.words import key

SHEET = "名册"
_WIDTHS: Mapping[str, int] = {"单位": 20, "上级单位": 20, "群名称": 34, "同意人": 18, "受众": 18, "电话": 14}
_NARROW = 11
_DIGITS_ONLY = frozenset({"群人数"})
Value = TypeVar("Value")


def export_roster(tree: Tree, path: Path) -> None:
    """Write ``tree`` to ``path`` (xlsx, replaced). `bot.roster.build.read_roster` reads it back to an equal tree,
    if ``tree`` came from there. Raises `ChuandaError` if the file cannot be written."""
    write_rows(rows_of(tree), path)


def roster_bytes(tree: Tree) -> bytes:
    """``tree`` as an xlsx file."""
    return _packed(rows_of(tree))


def rows_of(tree: Tree) -> Iterator[Mapping[str, str]]:
    """The roster's lines: node by node in pre-order, one line per group; people on every line of their node."""
    twice: set[str] = set()
    seen: set[str] = set()
    for node in tree.nodes:
        (twice if key(node.name) in seen else seen).add(key(node.name))
    for node in tree.nodes:
        about = _about(tree, node, twice)
        groups = tree.groups_of.get(node.id, ())
        if node.audiences or not groups:
            yield {**about, "受众": "、".join(sorted(node.audiences))}
        for group in groups:
            yield {**about, **_group(group)}


def write_rows(rows: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write lines (column name → text) to ``path`` as a tidy sheet. Raises `ChuandaError` if that fails."""
    packed = _packed(rows)
    try:
        path.write_bytes(packed)
    except OSError:
        raise ChuandaError(f"写不了 {path}；如果它正在 Excel 里打开，先关掉，再试一次") from None


def _packed(rows: Iterable[Mapping[str, str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for index, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(column, _NARROW)
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    for row in rows:
        sheet.append([_cell(sheet, column, row.get(column, "")) for column in COLUMNS])
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def _about(tree: Tree, node: Node, twice: set[str]) -> Mapping[str, str]:
    """The columns about a node. Its parent goes by name, or by path where the name is not the only one."""
    parent = None if node.parent is None else tree.by_id[node.parent]
    people = {
        column: tree.worker_by_id[node.people[post]] for column, post in POSTS.items() if post in node.people
    }
    contact = next(
        (people[column] for column, post in POSTS.items() if post is Post.CONTACT and column in people), None
    )
    return {
        "层级": node.level,
        "单位": node.name,
        "上级单位": "" if parent is None else parent.path if key(parent.name) in twice else parent.name,
        "单位类别": node.kind,
        **{column: worker.name for column, worker in people.items()},
        "电话": contact.phone if contact else "",
    }


def _group(group: Group) -> Mapping[str, str]:
    return {
        "群名称": group.name,
        "群类别": _word(USES, group.use),
        "渠道": _word(MEDIA, group.medium),
        "群人数": str(group.members) if group.members else "",
        "方式": _word(MODES, group.mode),
        "观察": ("是" if group.observe else "否") if group.use is Use.RESIDENT else "",
        "同意人": group.consent_by,
        "同意日期": group.consent_on.isoformat() if group.consent_on else "",
        "受众": "、".join(sorted(group.audiences)),
    }


def _word(words: Mapping[str, Value], value: Value) -> str:
    return next(word for word, meaning in words.items() if meaning == value)


def _heading(sheet: WriteOnlyWorksheet, column: str) -> Cell:
    cell = WriteOnlyCell(sheet, column)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(sheet: WriteOnlyWorksheet, column: str, text: str) -> Cell | None:
    if not text:
        return None
    if column in _DIGITS_ONLY and text.isascii() and text.isdigit():
        return WriteOnlyCell(sheet, int(text))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.number_format = "@"
    if text[0] in "=+-@":
        cell.quotePrefix = True
    return cell
