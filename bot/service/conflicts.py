"""What would be wrong with a changed schedule, named before it is saved: too much for a group in a day, quiet hours, days off,
deadlines that nobody can keep, contents that may not go out. Pure: both plans of the days to come in, sentences out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.model.time import day_of, local
from bot.phrases.words import clock, spoken_day
from bot.planner.calendar import day_off, occurrences
from bot.planner.tally import Reach, most_in_a_day
from bot.schedules.model import Campaign, ScheduleEntry, Schedules
from bot.service.desk import Desk
from bot.service.preview import Preview, preview

MOST_A_DAY = 3
"""Contents for one group in a day; the settings name no such figure, and a fourth is what people mute a group for."""
AHEAD = timedelta(days=31)
FURTHEST = timedelta(days=400)
"""How far a date of one's own may lie ahead and still be looked at."""
NAMED = 2
"""Days that are named one by one; more are counted."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that speaks against it. ``blocks``: `chuanda check` would fail, so it is not saved like this."""

    text: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an entry would bring (in order), and what speaks against it, the blocking first."""

    waves: Sequence[Preview]
    conflicts: Sequence[Conflict]


def outlook(desk: Desk, schedules: Schedules, now: datetime, until: datetime) -> list[Preview]:
    """The waves of ``(now, until]`` under ``schedules``."""
    past = desk.sent_so_far(now - timedelta(days=1))
    return preview(
        desk.tree, desk.contents, desk.acts, schedules, desk.capabilities, past, now, until - now, desk.tally
    )


def look_ahead(
    desk: Desk,
    before: Schedules,
    after: Schedules,
    id: str,
    was: str,
    today: Sequence[tuple[str, str]],
    now: datetime,
) -> Ahead:
    """What the entry ``id`` of ``after`` would bring from ``now`` on, and what of it speaks against it that did not already
    under ``before``, where the entry was called ``was``. ``today``: (entry, content) of what was sent today."""
    dates = [at for schedules in (before, after) for e, _ in schedules.all_entries() for at in e.dates]
    until = min(max([now + AHEAD, *dates]), now + FURTHEST)
    planned, so_far = outlook(desk, after, now, until), outlook(desk, before, now, until)
    sent = [reach for what in today if (reach := _reach(desk, after, *what, now)) is not None]
    late_before = {(w.entry, w.start) for w in so_far if w.late}
    others = [w for w in planned if w.entry != id and (w.entry, w.start) not in late_before]
    known = {one.text for one in _against(desk, before, was, so_far, sent, now)}
    found = [
        one for one in _against(desk, after, id, planned, sent, now) if one.blocks or one.text not in known
    ]
    own = [wave for wave in planned if wave.entry == id]
    return Ahead(own, sorted([*found, *_late_others(others)], key=lambda one: not one.blocks))


def _against(
    desk: Desk,
    schedules: Schedules,
    id: str,
    planned: Sequence[Preview],
    sent: Sequence[Reach],
    now: datetime,
) -> list[Conflict]:
    """What speaks against the entry ``id`` as it is in ``schedules``; nothing if it is not there."""
    entry, campaign = next(((e, c) for e, c in schedules.all_entries() if e.id == id), (None, None))
    if entry is None:
        return []
    own = [wave for wave in planned if wave.entry == id]
    return [
        *_late(own),
        *_nothing(entry, campaign, own, now),
        *_past(entry, now),
        *_too_much(planned, own, sent, day_of(now)),
        *_quiet(entry, schedules),
        *_days_off(entry, own),
        *_unsendable(desk, own),
    ]


def _late(own: Sequence[Preview]) -> list[Conflict]:
    late = [wave for wave in own if wave.late]
    if not late:
        return []
    first = late[0]
    return [
        Conflict(
            f"{_at(first.start)} 的这一批按现在的速度要到{_at(first.end)}才发完，过了截止 {_at(first.deadline)}"
            f"{_more(len(late) - 1, '批')}。少发几个群，或者把截止放宽，或者提早发。",
            blocks=True,
        )
    ]


def _late_others(others: Sequence[Preview]) -> list[Conflict]:
    late = [wave for wave in others if wave.late]
    if not late:
        return []
    first = late[0]
    return [
        Conflict(
            f"这样一排，{_at(first.start)} 的“{first.entry}”要到{_at(first.end)}才发完，过了它的截止"
            f"{_more(len(late) - 1, '批')}。换个钟点。",
            blocks=True,
        )
    ]


def _nothing(
    entry: ScheduleEntry, campaign: Campaign | None, own: Sequence[Preview], now: datetime
) -> list[Conflict]:
    if own or not entry.enabled or (entry.dates and max(entry.dates) <= now):
        return []
    if campaign is not None and campaign.end < day_of(now):
        return [Conflict(f"“{campaign.name}”{spoken_day(campaign.end)}已经结束，这一条不会再发。")]
    first = occurrences(entry, campaign, now, now + FURTHEST)
    when = f"第一次要到{_at(first[0])}" if first else "一年里一次也不会发"
    return [Conflict(f"接下来 {AHEAD.days} 天不会发，{when}。看看是不是这个意思。")]


def _past(entry: ScheduleEntry, now: datetime) -> list[Conflict]:
    gone = [at for at in entry.dates if at <= now]
    if not gone:
        return []
    rest = "这一条不会再发。" if len(gone) == len(entry.dates) else "其余的照发。"
    return [Conflict(f"{_at(gone[-1])}{_more(len(gone) - 1, '个时间')}已经过了，不会补发；{rest}")]


def _too_much(
    planned: Sequence[Preview], own: Sequence[Preview], sent: Sequence[Reach], today: date
) -> list[Conflict]:
    days: list[tuple[date, int, str]] = []
    for day in dict.fromkeys(day_of(w.start) for w in own if w.reach):
        waves = [(w, w.reach) for w in planned if w.reach and day_of(w.start) == day]
        before = sent if day == today else ()
        reaches = [*before, *(reach for _, reach in waves)]
        most = max(most_in_a_day(reaches, reach.groups) for w, reach in waves if w in own)
        if most > MOST_A_DAY:
            hours = "、".join(clock(w.start) for w, _ in waves[:6])
            days.append((day, most, f"今天发过 {len(before)} 条，{hours}" if before else hours))
    if not days:
        return []
    said = "；".join(
        f"{spoken_day(day)}同一个群会收到 {most} 条（{hours}）" for day, most, hours in days[:NAMED]
    )
    return [
        Conflict(
            f"{said}{_more(len(days) - NAMED, '天')}。一个群一天最多 {MOST_A_DAY} 条，再多就没人看了。换一天，或少排一条。"
        )
    ]


def _quiet(entry: ScheduleEntry, schedules: Schedules) -> list[Conflict]:
    window = schedules.hours.send
    outside = [c for _, c in entry.clocks() if not window.contains(c) or c == window.end]
    if not outside:
        return []
    hours = "、".join(f"{c.hour}:{c.minute:02d}" for c in outside)
    return [Conflict(f"{hours} 在发送时间 {window} 之外，大家在休息。紧急的照发；不急的，改到时间里。")]


def _days_off(entry: ScheduleEntry, own: Sequence[Preview]) -> list[Conflict]:
    if entry.days != "every":
        return []
    days = [(d, name) for d in dict.fromkeys(day_of(w.start) for w in own) if (name := day_off(d))]
    if not days:
        return []
    named = "、".join(f"{spoken_day(day)}{name}" for day, name in days[:NAMED])
    return [Conflict(f"{named}{_more(len(days) - NAMED, '天')}放假，照样会发。不发的话，选“只在工作日”。")]


def _unsendable(desk: Desk, own: Sequence[Preview]) -> list[Conflict]:
    said: dict[str, list[Preview]] = {}
    for wave in own:
        if wave.why:
            title = next((c.title for c in desk.contents.values() if c.id == wave.content), wave.content)
            said.setdefault(f"《{title}》{wave.why}" if wave.content else wave.why, []).append(wave)
    return [
        Conflict(f"{_at(waves[0].start)}发不出：{what}{_more(len(waves) - 1, '次')}。")
        for what, waves in said.items()
    ]


def _reach(desk: Desk, schedules: Schedules, id: str, content: str, now: datetime) -> Reach | None:
    """Whom a wave of today reached, as far as its entry and content are still there."""
    entry = next((e for e, _ in schedules.all_entries() if e.id == id), None)
    found = next((c for c in desk.contents.values() if c.id == content), None)
    if entry is None or found is None:
        return None
    return desk.tally.reach(entry, found.audiences, schedules, day_of(now), desk.tally.nobody())


def _at(at: datetime) -> str:
    here = local(at)
    return f"{here.month}月{here.day}日 {clock(at)}"


def _more(count: int, unit: str) -> str:
    return f"，还有 {count} {unit}也是" if count > 0 else ""
