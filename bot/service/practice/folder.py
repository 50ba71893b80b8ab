"""What a practice folder holds: which town, a library of its own, a draft for the reviewer. Others' folders are refused."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.errors import ChuandaError
from bot.library.draft import write_draft
from bot.sample import sample
from bot.schedules.load import load_schedules
from bot.service.demo import TOWN_SIZE
from bot.service.own import COPIES
from bot.store.database import FolderLock

DRAFT_TITLE = "说百万保障要扣费的是骗子"
_MARK = "chat.json"
_PICTURE = "照片.png"
SCHEDULES, LIBRARY = COPIES["config"], COPIES["library"]
_FILES = (
    "chuanda.db", "chuanda.db-wal", "chuanda.db-shm", "world.jsonl", "said.jsonl", "practice.jsonl", "demo.json", "demo.tmp",
    "STOP", SCHEDULES, f"{SCHEDULES}.tmp", _PICTURE,
)  # fmt: skip
_FOLDERS = (LIBRARY, "reports", "logs", "practice")


@dataclass(frozen=True, slots=True)
class Kept:
    """What chat.json says of the town in this folder; until it was ``begun`` nobody goes on with it."""

    groups: int
    config: str
    begun: bool = False


def prepare(data: Path, groups: int | None, config: Path | None, *, fresh: bool) -> Kept:
    """The town to go on with, with what was asked for instead; else a new one, laid out. Raises `ChuandaError`."""
    before = _town_in(data)
    if before is not None and before.begun and not fresh:
        before = replace(before, groups=groups or before.groups)
        if config is None and (data / SCHEDULES).exists():
            return before
        source = config or Path(before.config)
        load_schedules(source)
        _copy_schedules(data, source)
        return replace(before, config=str(source.resolve()))
    source = config or sample().schedules
    load_schedules(source)  # before the folder is touched
    kept = Kept(groups or TOWN_SIZE, str(source.resolve()))
    _lay_out(data, kept)
    return kept


def keep(data: Path, kept: Kept) -> None:
    """Write it down, whole or not at all."""
    begun = data / f"{_MARK}.tmp"
    begun.write_text(json.dumps(asdict(kept), ensure_ascii=False), "utf-8")
    begun.replace(data / _MARK)


def _town_in(data: Path) -> Kept | None:
    """The town in this folder; None if the folder is empty. Raises `ChuandaError` if something else is in it."""
    mark = data / _MARK
    if mark.exists():
        try:
            return Kept(**json.loads(mark.read_text("utf-8")))
        except (ValueError, TypeError):
            raise ChuandaError(f"{mark} 坏了；换个 --data 文件夹") from None
    if (data / "demo.json").exists():
        raise ChuandaError(f"{data} 里是一次演练；换个 --data 文件夹")
    if (data / "chuanda.db").exists():
        raise ChuandaError(f"{data} 里是正式的数据，不能拿来试着说话；换个 --data 文件夹")
    if data.is_dir() and any(path.name != "run.lock" for path in data.iterdir()):
        raise ChuandaError(f"{data} 里有别的东西；换个 --data 文件夹，空的或者新的")
    return None


def _lay_out(data: Path, kept: Kept) -> None:
    """An empty town's folder, with the sample's library copied into it; an older town in it goes."""
    lock = FolderLock(data)
    try:
        keep(data, kept)  # first: from here on the folder is ours, whatever happens
        for name in _FILES:
            (data / name).unlink(missing_ok=True)
        for name in _FOLDERS:
            if (data / name).exists():
                shutil.rmtree(data / name)
        shutil.copytree(sample().library, data / LIBRARY)
        _copy_schedules(data, Path(kept.config))
    finally:
        lock.release()


def _copy_schedules(data: Path, source: Path) -> None:
    """The schedule to go on with, whole or not at all."""
    if source.resolve() == (data / SCHEDULES).resolve():
        return
    part = data / f"{SCHEDULES}.tmp"
    shutil.copyfile(source, part)
    part.replace(data / SCHEDULES)


# ── what lies in it ─────────────────────────────────────────────────────────────────────────────────────────


def lay_draft(library: Path, number: str) -> Path:
    """The folder of a content that nobody has approved yet."""
    return write_draft(
        library, DRAFT_TITLE, number, topics=["冒充客服"], audiences=[], source="清河镇反诈办编写（样例）",
        parts=[{"text": "text.md", "main": True}], files={"text.md": _DRAFT.format(number=number).encode()},
    )  # fmt: skip


_DRAFT = """【反诈提醒】说“百万保障”要扣费的，是骗子

第一，电话里说您开了“百万保障”，不关就每月扣钱，请挂掉。
第二，这个保障不收钱，不用去关。
第三，叫您装会议软件、共享屏幕的，别照做。

记住：不共享屏幕，不说验证码，不转账。

已经被骗了钱，直接打 110。

{number} · 清河镇反诈办 · 咨询劝阻 96110
"""


def picture(data: Path) -> Path:
    """A photograph that shows nothing that anybody knows."""
    path = data / _PICTURE
    if not path.exists():
        path.write_bytes(base64.b64decode(_GREY))
    return path


_GREY = (
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKklEQVR4nO3MQREAAAwCIPunMaIh9ttBANKjCAQCgUAgEAgEAoFAIPgeDE0r"
    "AKaAzPZAAAAAAElFTkSuQmCC"
)
"""A PNG of 64 by 64 grey points; Pillow, which could draw it, comes with the tests only."""
