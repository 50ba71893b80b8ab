"""What would be sent in the days to come, to how many groups, and by when at this pace. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.approval.decide import sendable
from bot.model.chat import Capabilities
from bot.model.content import Content, ContentId
from bot.model.ledger import ApprovalEntry
from bot.model.plan import Past, Plan, PlannedWave
from bot.model.time import at_time, day_of, local
from bot.model.tree import Mode, Tree, Use
from bot.outbox import Pace, pace_of
from bot.planner.calendar import occurrences
from bot.planner.waves import names_seen, outlets_shown, plan
from bot.schedules.model import Schedules


@dataclass(frozen=True, slots=True)
class Preview:
    """A wave to come. ``end``: when its last message is out at the configured pace, on one account, within the hours
    and the daily quota; ``deadline``: the latest instant that still lets every directly served group be on time."""

    entry: str
    content: str
    title: str
    start: datetime
    end: datetime
    deadline: datetime
    targets: int
    sends: int
    why: str = ""


def preview(
    tree: Tree,
    contents: Mapping[ContentId, Content],
    acts: Mapping[ContentId, Sequence[ApprovalEntry]],
    schedules: Schedules,
    channel: Capabilities,
    past: Past,
    now: datetime,
    span: timedelta,
) -> list[Preview]:
    """The waves of ``(now, now + span]`` in order, planned by the planner itself, instant by instant.

    ``past``: what the office has sent so far, so that a rotation goes on where it is. What was missed until ``now`` is
    the service's to catch up and not told here.
    """
    entries = schedules.all_entries()
    instants = sorted(
        {at for entry, campaign in entries for at in occurrences(entry, campaign, now, now + span)}
    )
    past = replace(past, since=dict.fromkeys(names_seen(schedules), now))
    found: list[Preview] = []
    account = _Account(pace_of(schedules), now) if channel.by_itself else None
    for at in instants:
        refused = {
            c.id: why for c in contents.values() if (why := sendable(c, acts.get(c.id, []), day_of(at)))
        }
        planned = plan(tree, contents, refused, schedules, channel.media, past, at)
        past = _after(past, planned)
        found += [_of_wave(wave, channel, account) for wave in planned.waves]
        found += [
            Preview(unsent.slot.entry, unsent.slot.content, "", at, at, at, 0, 0, unsent.why)
            for unsent in planned.unsent
        ]
    return found


def _after(past: Past, planned: Plan) -> Past:
    """``past`` with a plan written down. What cannot be sent now will not be asked again."""
    slots = {unsent.slot for unsent in planned.unsent}
    used = dict(past.used)
    shown = set(past.shown)
    for wave in planned.waves:
        slots |= {wave.slot, replace(wave.slot, content=wave.content.id)}
        used[wave.slot.entry, wave.content.id] = wave.slot.at
        shown |= outlets_shown(wave)
    return replace(past, settled={*past.settled, *slots}, used=used, shown=shown)


def _of_wave(wave: PlannedWave, channel: Capabilities, account: _Account | None) -> Preview:
    direct = [t for t in wave.targets if t.mode is Mode.DIRECT and not t.exempt]
    sends = len(direct) * sum(channel.carries(part.kind) for part in wave.content.parts)
    end = account.send(sends, wave.starts_at, urgent=wave.urgent) if account else wave.starts_at
    return Preview(
        wave.slot.entry,
        wave.content.id,
        wave.content.title,
        wave.starts_at,
        end,
        min((t.planned_due for t in direct), default=end),
        sum(t.use is not Use.WORK and t.group is not None and not t.exempt for t in wave.targets),
        sends,
    )


class _Account:
    """One account at its pace, as the outbox will drive it: hours, quota, one message after another."""

    def __init__(self, pace: Pace, now: datetime) -> None:
        self._pace, self._free_at, self._sent = pace, now, Counter[date]()

    def send(self, count: int, begins: datetime, *, urgent: bool) -> datetime:
        """When ``count`` messages that may go from ``begins`` on are out."""
        at, pace = max(begins, self._free_at), self._pace
        while count:
            day, clock = day_of(at), local(at).time()
            if not urgent and clock < pace.opens:
                at = at_time(day, pace.opens)
            room = pace.daily - self._sent[day]
            if not urgent:
                left_s = (at_time(day, pace.closes) - at).total_seconds()
                room = min(room, max(0, -int(-left_s // pace.seconds)))
            if room <= 0:
                at = at_time(day + timedelta(days=1), pace.opens)
                continue
            now_sent = min(room, count)
            self._sent[day] += now_sent
            at += timedelta(seconds=now_sent * pace.seconds)
            count -= now_sent
        self._free_at = max(at, self._free_at)
        return at
