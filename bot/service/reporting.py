"""The office's two texts of the day: the gap list at 18:00 and the result at 21:00 (times are configured)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import phrases
from bot.model.time import at_time, day_of
from bot.service.desk import Desk
from bot.store import notices, reading

REPORT_FOR = timedelta(hours=6)
"""A report that could not be said by then is old news; the file stays."""


def report(desk: Desk) -> None:
    """Make the reports whose hour has come, once a day each, also when the hour was missed (PLANS R1, R2)."""
    now, reports = desk.now, desk.schedules.reports
    for key, at in (("gaps", reports.gaps), ("result", reports.result)):
        moment = at_time(day_of(now), at)
        told = f"report:{key}:{day_of(now)}"
        if now < moment or desk.store.read(notices.was_told, told):
            continue
        if not desk.store.read(reading.waves_between, day_of(now), day_of(now)):
            continue
        text = gap_list(desk, now) if key == "gaps" else day_result(desk, now)
        name = "缺口清单" if key == "gaps" else "当日结果"
        folder = desk.data / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{day_of(now)}-{at:%H%M}-{name}.txt").write_text(text + "\n", "utf-8")
        office = next((g for g in desk.tree.groups if g.name == desk.schedules.office_group), None)
        if office is not None:
            desk.store.write_now(
                notices.add_notice, f"{key}:{day_of(now)}", "office", text, now, moment + REPORT_FOR, group=office.id
            )  # fmt: skip
        desk.tell_office(told, text, "report")


def gap_list(desk: Desk, now: datetime, *, in_chat: bool = False) -> str:
    """The 18:00 text for the office; ``in_chat``: because somebody asked."""
    today = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    gaps = desk.store.read(reading.target_rows, today, gaps_only=True)
    counts = desk.store.read(reading.counts, today, desk.tree.root.id)
    return phrases.gap_list(desk.tree, now, counts, gaps, _withdrawn(today), in_chat=in_chat)


def day_result(desk: Desk, now: datetime) -> str:
    """The 21:00 text: the day's result."""
    root = desk.tree.root.id
    today = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    units = desk.store.read(reading.children_counts, today, root)
    gaps = desk.store.read(reading.target_rows, today, gaps_only=True)
    counts = desk.store.read(reading.counts, today, root)
    return phrases.day_result(desk.tree, now, counts, units, gaps, _withdrawn(today))


def _withdrawn(waves: Sequence[reading.Wave]) -> list[str]:
    return list(dict.fromkeys(wave.title for wave in waves if wave.withdrawn))
