"""The schedule changed at the console: the settings' file is read, one entry of it is changed, the result is read again as the
program will read it, and only then it is written: whole, and only over the file that was read.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bot.commands.table import Duty
from bot.errors import ChuandaError, os_reason
from bot.model.ledger import EntryId
from bot.model.tree import WorkerId
from bot.planner.waves import names_of
from bot.schedules import edit
from bot.schedules.base import Loc
from bot.schedules.edit import Value
from bot.schedules.load import LoadedSchedules, load_schedules, parse_schedules
from bot.schedules.model import Campaign, ScheduleEntry, Schedules
from bot.service.town import Town
from bot.store import talk, waves
from bot.yamlfile import MAX_BYTES

_BOM = "\ufeff"


class ChangedMeanwhile(ChuandaError):
    """Somebody else wrote the file since it was read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings' file as it was read. ``digest`` names exactly this state of it."""

    path: Path
    text: str
    digest: str
    schedules: Schedules
    marked: bool
    """It begins with a byte order mark, as Notepad writes it."""
    returns: bool
    """Its lines end as on Windows."""

    def find(self, id: str) -> tuple[Loc, ScheduleEntry, Campaign | None] | None:
        """The entry ``id`` with its place in the file; None if there is none."""
        return next((one for one in self.schedules.placed_entries() if one[1].id == id), None)


@dataclass(frozen=True, slots=True)
class Proposed:
    """How the file would be, read as the program reads it; not written yet."""

    before: Settings
    text: str
    loaded: LoadedSchedules


def read_settings(path: Path) -> Settings:
    """The file at ``path``. Raises `ChuandaError` (Chinese) if the program could not use it as it is."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError
        data = path.read_bytes()
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, ValueError):
        load_schedules(path, path.name)  # it says what is wrong
        raise ChuandaError("设置文件刚刚在变，再试一次") from None
    digest, marked = hashlib.sha256(data).hexdigest(), data.startswith(_BOM.encode())
    return Settings(path, text, digest, _parsed(text, path.name).schedules, marked, b"\r\n" in data)


@lru_cache(maxsize=4)
def _parsed(text: str, name: str) -> LoadedSchedules:
    """Reading a file takes longer than drawing a page; one that is as it was is not read again."""
    return parse_schedules(text, name)


def with_entry(settings: Settings, id: str, campaign: str, values: Mapping[str, Value | None]) -> Proposed:
    """The file with ``values`` in the entry ``id``; with a new entry of ``campaign`` (empty: of none) where ``id`` is empty.

    Raises `ChuandaError` where that cannot be done, `InputErrors` where the result is not a schedule.
    """
    if not id:
        names = [one.name for one in settings.schedules.campaigns]
        if campaign and campaign not in names:
            raise ChuandaError("这个行动已经不在设置文件里")
        place = names.index(campaign) if campaign else None
        new = {key: value for key, value in values.items() if value is not None}
        return _proposed(settings, edit.added(settings.text, place, new), None)
    loc, _, _ = _found(settings, id)
    return _proposed(settings, edit.changed(settings.text, loc, values), loc)


def without_entry(settings: Settings, id: str) -> Proposed:
    """The file without the entry ``id``."""
    loc, _, _ = _found(settings, id)
    return _proposed(settings, edit.removed(settings.text, loc), loc)


def save(town: Town, proposed: Proposed, now: datetime, by: WorkerId, said: str) -> None:
    """Put it in the file's place, and go on with it at once; the log has what was ``said`` of it.

    An entry that fires at other times than before begins ``now``: an hour of today that has passed is not caught up. That and
    the log are written just before the file: who watches the file goes by it from then on, even if we end there. Raises
    `ChangedMeanwhile` if the file is another than was read, `Busy` if nothing can be written down; nothing is changed then.
    """
    store, noted = town.desk.store, False
    town.desk.now = now

    def note(outcome: str) -> None:
        store.write_now(talk.log_command, now, by, Duty.SCHEDULE.value, said, outcome)

    def first() -> None:
        nonlocal noted
        with store.together():
            store.write_now(waves.see_anew, _anew(proposed), now)
            note("存好了")
        noted = True

    try:
        write(proposed, first)
    except ChuandaError:
        if noted:
            note("没存成")
        raise
    town.reconfigure(in_force(town, proposed.loaded.schedules))


def write(proposed: Proposed, first: Callable[[], None] = lambda: None) -> None:
    """Put it in the file's place, whole or not at all, ``first`` being done when only that is left to do. Raises
    `ChangedMeanwhile` if the file is another than was read."""
    before = proposed.before
    text = proposed.text.replace("\n", "\r\n") if before.returns else proposed.text
    data = (_BOM * before.marked + text).encode()
    path = before.path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ChuandaError(f"设置文件写不进去：{os_reason(error)}") from None
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, new)
        if hashlib.sha256(path.read_bytes()).hexdigest() != before.digest:
            raise ChangedMeanwhile("设置文件在您打开以后被改过")
        first()
        new.replace(path)
    except OSError as error:
        raise ChuandaError(f"设置文件写不进去：{os_reason(error)}") from None
    finally:
        new.unlink(missing_ok=True)


def in_force(town: Town, schedules: Schedules) -> Schedules:
    """The settings in force with the entries and campaigns of ``schedules``: what else a changed file says, its own watch
    takes up (`bot.schedules.live`)."""
    wanted = {"entries": schedules.entries, "campaigns": schedules.campaigns}
    return town.desk.schedules.model_copy(update=wanted)


def _anew(proposed: Proposed) -> list[EntryId]:
    """What fires at other times than before."""
    before = {entry.id: entry for entry, _ in proposed.before.schedules.all_entries()}
    return [
        name
        for entry, _ in proposed.loaded.schedules.all_entries()
        if (old := before.get(entry.id)) is None or _when(old) != _when(entry)
        for name in names_of(entry)
    ]


def _when(entry: ScheduleEntry) -> tuple[object, ...]:
    return entry.cron, entry.dates, entry.days, entry.enabled


def _found(settings: Settings, id: str) -> tuple[Loc, ScheduleEntry, Campaign | None]:
    found = settings.find(id)
    if found is None:
        raise ChuandaError(f"“{id}”已经不在设置文件里")
    return found


def _proposed(settings: Settings, text: str, loc: Loc | None) -> Proposed:
    """``text`` read again; nothing but the entry at ``loc`` (None: a new one, the last) may be another than before."""
    loaded = _parsed(text, settings.path.name)
    old, new = settings.schedules, loaded.schedules
    rest = {"entries": (), "campaigns": ()}
    same = old.model_copy(update=rest) == new.model_copy(update=rest)
    kept = {entry.id: (entry, at.name if at else "") for entry, at in new.all_entries()}
    for at, entry, campaign in old.placed_entries():
        same &= at == loc or kept.get(entry.id) == (entry, campaign.name if campaign else "")
    if not same:
        raise ChuandaError(edit.TOO_CLEVER)
    return Proposed(settings, text, loaded)
