"""Is this file safe to open as an xlsx? Answers before any spreadsheet code sees it.

Limits are on what the archive *would* become (a zip bomb of 60 kB makes gigabytes); XML with a DTD is refused,
so that entities can neither expand nor fetch anything. Measured: a bomb is refused in milliseconds.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from bot.errors import InputErrors, Problem

MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 60_000_000
"""A roster of 100,000 rows unpacks to about 50 MB."""
MAX_ENTRIES = 2_000
MAX_RATIO = 200
"""Spreadsheet XML packs about 10 : 1, at most 50 : 1; a bomb 1,000 : 1."""
RATIO_FROM_BYTES = 1_000_000
_DTD = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AS = "用 Excel 或 WPS 打开，“另存为” .xlsx"
_RESAVE = "新建一个表格，只粘贴内容，另存为 .xlsx"


def refuse(file: str, what: str, write: str) -> InputErrors:
    """The error of a whole file."""
    return InputErrors([Problem(f"{file}:1", what, write)])


def check_file(path: Path, file: str) -> None:
    """Raises `InputErrors` if ``path`` is missing, no plain file, too large, or of a kind that is not read."""
    suffix = path.suffix.lower()
    if suffix in (".xls", ".et"):
        raise refuse(file, f"{suffix} 是旧格式，读不了", _SAVE_AS)
    if suffix == ".xlsm":
        raise refuse(file, "带宏的表格不收", _SAVE_AS)
    if suffix not in (".xlsx", ".csv"):
        raise refuse(file, "不是表格文件", "用 .xlsx 或 .csv 文件")
    try:
        size = path.stat().st_size if path.is_file() else -1
    except OSError:
        size = -1
    if size < 0:
        raise refuse(file, "找不到或打不开这个文件", "检查路径和文件名")
    if size == 0:
        raise refuse(file, "文件是空的", "照样例填好再用")
    if size > MAX_FILE_BYTES:
        raise refuse(file, "文件超过 20 MB", "名册里只留文字，删掉图片")


def check_archive(path: Path, file: str) -> None:
    """Raises `InputErrors` unless ``path`` is a zip archive that may safely be read as a spreadsheet."""
    with path.open("rb") as head:
        if head.read(8) == _OLE:
            raise refuse(file, "表格加了密码，或者其实是旧格式 .xls", f"去掉密码，{_SAVE_AS}")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise refuse(file, "表格加了密码", f"去掉密码，{_SAVE_AS}")
            if (
                len(entries) > MAX_ENTRIES
                or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES
                or any(
                    entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * entry.compress_size
                    for entry in entries
                )
            ):
                raise refuse(file, "表格展开后大得不正常，不打开", _RESAVE)
            for entry in entries:
                data = archive.read(entry)
                if any(mark in data for mark in _DTD):
                    raise refuse(file, "表格里夹着不该有的内容（DTD），不打开", _RESAVE)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError, zlib.error):
        raise refuse(file, "不是 xlsx 表格，或者文件坏了", _SAVE_AS) from None
