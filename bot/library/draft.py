"""A new folder of the library, as a draft: content.yaml and its files. Approves nothing; what is there is never changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.library.fields import MAX_TITLE_CHARS
from bot.model.content import Content

UNNAMED = "内容"
_NUMBER = re.compile(r"反诈宣〔(\d{4})〕(\d+)号")
_ID = re.compile(r"[^A-Za-z0-9一-鿿_-]+")


def next_number(contents: Iterable[Content], year: int) -> str:
    """The number after the highest of ``year``: 反诈宣〔2026〕013号."""
    serials = [
        int(found[2])
        for content in contents
        if (found := _NUMBER.fullmatch(content.number)) and int(found[1]) == year
    ]
    return f"反诈宣〔{year}〕{max(serials, default=0) + 1:03d}号"


def write_draft(
    root: Path,
    title: str,
    number: str,
    *,
    topics: Sequence[str],
    audiences: Sequence[str],
    source: str,
    parts: Sequence[Mapping[str, Any]],
    files: Mapping[str, bytes],
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Path:
    """Write a content's folder below ``root`` and return it. ``parts``: as in content.yaml; ``files``: what they name.
    ``number`` may be empty: of material that nobody made a content of yet.

    The folder appears whole or not at all. Raises `OSError`.
    """
    serial = number.rpartition("〕")[2].removesuffix("号")
    wanted = f"{serial}-{_ID.sub('', title)[:MAX_TITLE_CHARS]}".strip("-")
    wanted = wanted or UNNAMED  # of a title without a letter and no number: never the library itself
    folder = next(f for f in _names(root / wanted) if not f.exists())
    begun = folder.with_name(f".{folder.name}")
    shutil.rmtree(begun, ignore_errors=True)  # of a disk that was full
    begun.mkdir(parents=True)
    sheet = {
        "title": title, "number": number, "topics": list(topics), "audiences": list(audiences), "source": source,
        "valid_from": valid_from, "valid_until": valid_until, "parts": [dict(part) for part in parts],
    }  # fmt: skip
    told = {name: value for name, value in sheet.items() if value}
    (begun / "content.yaml").write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    for name, data in files.items():
        (begun / name).write_bytes(data)
    begun.rename(folder)
    return folder


def _names(folder: Path) -> Iterable[Path]:
    yield folder
    for number in range(2, 1000):
        yield folder.with_name(f"{folder.name}-{number}")
