"""An entry changed at the console: the form with what it would bring, off and on, out. Each is logged, and holds at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from starlette.responses import Response

from bot.console.app import Asked, text_of
from bot.console.look import page, went
from bot.console.schedule.entry import Typed, read, typed_of
from bot.console.schedule.form import MOST_NEXT, form, typed_in
from bot.console.schedule.words import differences, said_of
from bot.errors import Busy, ChuandaError
from bot.model.time import day_of
from bot.phrases.words import clock, spoken_day
from bot.schedules.load import LoadedSchedules, cross_check
from bot.schedules.model import ScheduleEntry
from bot.service.conflicts import AHEAD, Ahead, Conflict, look_ahead, outlook
from bot.service.scheduling import (
    ChangedMeanwhile,
    Proposed,
    Settings,
    in_force,
    read_settings,
    save,
    with_entry,
    without_entry,
)
from bot.store import reading


class Blocked(ChuandaError):
    """What speaks against it has to be mended first."""


def settings_of(asked: Asked) -> Settings:
    """The settings' file as it is now. Raises `ChuandaError` where it cannot be changed from here."""
    if asked.console.config is None:
        raise ChuandaError("这里不知道设置文件在哪里")
    return read_settings(asked.console.config)


async def entry(asked: Asked) -> Response:
    """The form: of an entry that is there, or empty."""
    try:
        settings = settings_of(asked)
    except ChuandaError as error:
        return _not_now(asked, str(error))
    id = asked.request.query_params.get("id", "")
    if not id:
        today = day_of(asked.console.now())
        running = [one.name for one in settings.schedules.campaigns if one.start <= today <= one.end]
        return form(asked, settings, Typed(campaign=running[0] if running else ""), "")
    found = settings.find(id)
    if found is None:
        return _not_now(asked, f"“{id}”已经不在设置文件里。")
    return form(asked, settings, typed_of(found[1], found[2].name if found[2] else ""), id)


async def entered(asked: Asked) -> Response:
    """The form comes back: what it would bring is shown; it is saved where nothing speaks against it, or that was seen."""
    desk, now = asked.console.town.desk, asked.console.now()
    typed, was = typed_in(asked), text_of(asked, "was")
    desk.refresh_library()
    try:
        settings = settings_of(asked)
    except ChuandaError as error:
        return _not_now(asked, str(error))
    found = settings.find(was) if was else None
    if text_of(asked, "digest") != settings.digest or (was and found is None):
        return _meanwhile(asked, settings, typed, was)
    done = read(typed, settings.schedules, desk.tree, found[1] if found else None)
    if done.entry is None:
        return form(asked, settings, typed, was, 422, wrong=done.wrong)
    new, old = _said(asked, done.entry), _said(asked, found[1]) if found else None
    name = {"名字": done.entry.id}
    changed = differences({"名字": was} | old, name | new) if old else ""
    if old and typed.id == was and not set(done.values) - {"id"} and text_of(asked, "do") == "save":
        return went(asked, "/schedule", f"“{was}”没有改动。")
    try:
        proposed = with_entry(settings, was, typed.campaign, done.values)
        ahead = _looked(asked, proposed, done.entry, was)
    except ChuandaError as error:
        return form(asked, settings, typed, was, 422, wrong={"": str(error)})
    # What is saved is what was looked at, with all that was said of it: Enter in a field saves nothing unseen.
    shown = "\n".join([repr(typed), *(one.text for one in ahead.conflicts)])
    seen = hashlib.sha256(shown.encode()).hexdigest()
    blocked = any(one.blocks for one in ahead.conflicts)
    saving = text_of(asked, "do") == "save"
    if not saving or blocked or text_of(asked, "seen") != seen:
        status = 422 if saving and ahead.conflicts else 200
        return form(asked, settings, typed, was, status, ahead=ahead, seen=seen, blocked=blocked)
    said = changed or "，".join((new["时间"], new["内容"], new["对象"]))
    try:
        _save(asked, proposed, f"{'改' if was else '加'} {done.entry.id}：{said}")
    except Busy:
        raise
    except ChuandaError as error:
        return form(asked, settings, typed, was, 422, wrong={"": f"{error}。"})
    told = f"存好了：{done.entry.id}，{said}。{_first(ahead)}"
    to = next((w.start for w in ahead.waves), now)
    return went(asked, f"/schedule?month={day_of(to):%Y-%m}", told)


def _looked(asked: Asked, proposed: Proposed, entry: ScheduleEntry, was: str) -> Ahead:
    """What ``entry`` of the proposed schedule would bring, called ``was`` before, with what `chuanda check` would say of it."""
    town, now = asked.console.town, asked.console.now()
    desk = town.desk
    waves = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    today = [(wave.entry, str(wave.content)) for wave in waves]
    before = desk.settings
    after = in_force(town, proposed.loaded.schedules).model_copy(update={"exempt": before.exempt})
    ahead = look_ahead(desk, before, after, entry.id, was, today, now)
    topics = {topic for content in desk.contents.values() for topic in content.topics}
    only = after.model_copy(update={"entries": (entry,), "campaigns": (), "exempt": (), "office_group": ""})
    alone = LoadedSchedules(only, proposed.loaded.document)
    unknown = cross_check(alone, desk.tree, list(desk.contents), topics)
    more = [Conflict(f"{one.what}。{one.write}。", blocks=True) for one in unknown]
    return Ahead(ahead.waves, [*more, *ahead.conflicts])


def _first(ahead: Ahead) -> str:
    if not ahead.waves:
        return "接下来一个月不会发。"
    first = ahead.waves[0]
    at = f"{spoken_day(day_of(first.start))} {clock(first.start)}"
    return (
        f"下一次 {at}，发 {first.targets} 个群。"
        if not first.why
        else f"下一次 {at}，现在还发不出：{first.why}。"
    )


async def switched(asked: Asked) -> Response:
    """An entry off, or on again: what may not be saved may not be switched on either."""
    id, on = text_of(asked, "id"), text_of(asked, "on") == "1"
    ahead: list[Conflict] = []

    def switch(settings: Settings) -> Proposed:
        proposed = with_entry(settings, id, "", {"enabled": None if on else False})
        entry = next((one for one, _ in proposed.loaded.schedules.all_entries() if one.id == id), None)
        if on and entry is not None:
            asked.console.town.desk.refresh_library()
            ahead.extend(_looked(asked, proposed, entry, id).conflicts)
        if blocking := [one.text for one in ahead if one.blocks]:
            raise Blocked(f"“{id}”没有启用：{''.join(blocking)}改好这一条，再启用。")
        return proposed

    try:
        return _rewritten(asked, switch, f"{'启用' if on else '停用'} {id}", ahead)
    except Blocked as error:
        return _not_now(asked, str(error), 422, id)


async def removing(asked: Asked) -> Response:
    """Asks again, and says what falls away."""
    desk, now = asked.console.town.desk, asked.console.now()
    try:
        settings = settings_of(asked)
    except ChuandaError as error:
        return _not_now(asked, str(error))
    id = asked.request.query_params.get("id", "")
    found = settings.find(id)
    if found is None:
        return _not_now(asked, f"“{id}”已经不在设置文件里。")
    desk.refresh_library()
    waves = [wave for wave in outlook(desk, desk.settings, now, now + AHEAD) if wave.entry == id]
    return page(
        asked,
        "schedule/remove.html",
        id=id,
        digest=settings.digest,
        said=_said(asked, found[1]),
        waves=waves[:MOST_NEXT],
        count=len(waves),
        days=AHEAD.days,
    )


async def removed(asked: Asked) -> Response:
    """The entry goes; what was sent stays in the ledger."""
    id = text_of(asked, "id")
    return _rewritten(asked, lambda settings: without_entry(settings, id), f"删掉 {id}")


def _rewritten(
    asked: Asked, how: Callable[[Settings], Proposed], said: str, against: Sequence[Conflict] = ()
) -> Response:
    """One act on the file, at once. ``against``: what speaks against it by then, and does not block it."""
    try:
        settings = settings_of(asked)
        if text_of(asked, "digest") != settings.digest:
            raise ChangedMeanwhile("设置文件在您打开以后被改过。看过现在的样子，再办一次")
        _save(asked, how(settings), said)
    except (Busy, Blocked):
        raise
    except ChuandaError as error:
        return _not_now(asked, f"{str(error).rstrip('。')}。")
    mind = "".join(f"留意：{one.text}" for one in against)
    return went(asked, "/schedule", f"{said}，存好了，马上算数。{mind}")


def _said(asked: Asked, entry: ScheduleEntry) -> dict[str, str]:
    desk = asked.console.town.desk
    return said_of(entry, {str(id): content for id, content in desk.contents.items()}, desk.tree.root.path)


def _save(asked: Asked, proposed: Proposed, said: str) -> None:
    save(asked.console.town, proposed, asked.console.now(), asked.who.person.id, said)


def _not_now(asked: Asked, why: str, status: int = 409, id: str = "") -> Response:
    """Why nothing was changed; ``id``: the entry that is to be changed first."""
    return page(asked, "schedule/not_now.html", status, why=why, id=id)


def _meanwhile(asked: Asked, settings: Settings, typed: Typed, was: str) -> Response:
    """Nothing is saved; what was typed stays, and what the file says now stands beside it."""
    found = settings.find(was) if was else None
    there = _said(asked, found[1]) if found else None
    return form(
        asked,
        settings,
        typed,
        was if found else "",
        409,
        meanwhile=True,
        there=there,
        gone=bool(was and not found),
    )
