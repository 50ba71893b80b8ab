"""A demo's folder: whose it is, and its own copies of what the console may write (the contents, the schedule).

``demo.json`` is there first, whole or not at all: from then on the folder is the demo's. Each copy then appears whole or
not at all, so that a kill in between leaves nothing that the next start does not finish.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from bot.errors import ChuandaError
from bot.sample import sample
from bot.schedules.load import load_schedules

COPIES = {"config": "schedules.yaml", "library": "content"}
"""What is copied, as demo.json names where it came from, and what it is called in the folder."""


def take(data: Path, order: dict[str, Any], config: Path | None, library: Path | None) -> None:
    """Begin in ``data`` with copies of these (default: the sample's), or go on with those that are there.

    Raises `ChuandaError` if the folder holds something else than this demo, or a copy cannot be made of what is there.
    """
    asked = {"config": config, "library": library}
    file = data / "demo.json"
    if file.exists():
        sources = _go_on(data, file, order, asked)
    elif (data / "chuanda.db").exists():
        raise ChuandaError(f"{data} 里是正式的数据，不能拿来演练；换个 --data 文件夹")
    else:
        sources = _begin(data, file, order, asked)
    for name, source in sources.items():
        _copy(source, data / COPIES[name])


def _go_on(data: Path, file: Path, order: dict[str, Any], asked: dict[str, Path | None]) -> dict[str, Path]:
    try:
        before = json.loads(file.read_text("utf-8"))
        old, sources = before["order"], {name: Path(before[name]) for name in COPIES}
    except (ValueError, KeyError, TypeError):
        raise ChuandaError(f"{file} 坏了；换个 --data 文件夹重新演练") from None
    if old != order:
        raise ChuandaError(
            f"{data} 里是另一次演练（{old['groups']} 个群、{old['days']} 天、种子 {old['seed']}、{old['channel']}）；换个 --data 文件夹，或用同样的参数接着演"
        )
    for name, path in asked.items():
        own = data / COPIES[name]
        if path is not None and path.resolve() not in (sources[name], own.resolve()):
            raise ChuandaError(f"这次演练有它自己的一份：{own}；改那一份，或换个 --data 文件夹用 {path}")
    return sources


def _begin(data: Path, file: Path, order: dict[str, Any], asked: dict[str, Path | None]) -> dict[str, Path]:
    paths = sample()
    sources = {
        "config": (asked["config"] or paths.schedules).resolve(),
        "library": (asked["library"] or paths.library).resolve(),
    }
    load_schedules(asked["config"] or paths.schedules)  # before the folder is touched
    for name, source in sources.items():
        own = (data / COPIES[name]).resolve()
        if own.exists() and own != source:
            raise ChuandaError(
                f"{data} 里已经有 {COPIES[name]}，不是这次演练的；换个 --data 文件夹，空的或者新的"
            )
        if not source.exists():
            raise ChuandaError(f"没有 {asked[name] or source}；看看路径对不对")
        if source.is_dir() and own.is_relative_to(source) and own != source:
            raise ChuandaError(f"{data} 在 {source} 里面，不能拿来演练；换个 --data 文件夹")
    remembered = {"order": order, **{name: str(source) for name, source in sources.items()}}
    begun = file.with_suffix(".tmp")
    begun.write_text(json.dumps(remembered, ensure_ascii=False), "utf-8")
    begun.replace(file)
    return sources


def _copy(source: Path, to: Path) -> None:
    """``source`` as ``to``, if that is not there yet."""
    if to.exists():
        return
    part = to.with_name(f"{to.name}.tmp")
    if part.is_dir():
        shutil.rmtree(part)
    if source.is_dir():
        shutil.copytree(source, part, symlinks=True)
    else:
        shutil.copyfile(source, part)
    part.replace(to)
