"""What would be sent in the days to come, to how many groups, and by when at this pace. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.approval.decide import sendable
from bot.model.chat import Capabilities
from bot.model.content import Content, ContentId
from bot.model.ledger import ApprovalEntry, EntryId
from bot.model.plan import Past, Slot
from bot.model.time import at_time, day_of, local
from bot.model.tree import Tree
from bot.outbox import Pace, pace_of
from bot.planner.calendar import occurrences
from bot.planner.tally import Mask, Reach, Tally
from bot.planner.waves import campaign_key, choices, open_slots
from bot.schedules.model import ScheduleEntry, Schedules


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
    reach: Reach | None = field(default=None, compare=False, repr=False)

    @property
    def late(self) -> bool:
        return self.end > self.deadline


def preview(
    tree: Tree,
    contents: Mapping[ContentId, Content],
    acts: Mapping[ContentId, Sequence[ApprovalEntry]],
    schedules: Schedules,
    channel: Capabilities,
    past: Past,
    now: datetime,
    span: timedelta,
    tally: Tally | None = None,
) -> list[Preview]:
    """The waves of ``(now, now + span]`` in order: chosen as the planner chooses, counted by ``tally`` (default: made here).

    ``past``: what the office has sent so far, so that a rotation goes on where it is. What was missed until ``now`` is
    the service's to catch up and not told here.
    """
    tally = tally or Tally(tree, channel.media)
    account = _Account(pace_of(schedules), now) if channel.by_itself else None
    firing = [
        (at, place, entry, campaign)
        for place, (entry, campaign) in enumerate(schedules.all_entries())
        for at in occurrences(entry, campaign, now, now + span)
    ]
    settled: dict[str, set[Slot]] = {}
    for slot in past.settled:
        settled.setdefault(slot.entry, set()).add(slot)
    used, shown = dict(past.used), _shown(tally, past)
    refusals = _Refusals(contents, acts)
    found: list[Preview] = []
    for at, _, entry, campaign in sorted(firing, key=lambda one: one[:2]):
        day, name = day_of(at), EntryId(entry.id)
        key = campaign_key(campaign.name if campaign else "", entry.id)
        slots = open_slots(entry, at, settled.get(name, ()))
        for slot, content, why in choices(entry, slots, contents, refusals.on(day), used) if slots else ():
            if content is None:
                found.append(Preview(name, slot.content, "", at, at, at, 0, 0, why))
                continue
            seen = shown.setdefault(key, tally.nobody())
            reach = tally.reach(entry, content.audiences, schedules, day, seen)
            found.append(_of_wave(entry, content, at, reach, channel, account))
            used[name, content.id] = at
            if reach.outlets.any():
                shown[key] = seen | reach.outlets
    return found


def _shown(tally: Tally, past: Past) -> dict[str, Mask]:
    groups: dict[str, list[int]] = {}
    for key, group in past.shown:
        groups.setdefault(key, []).append(group)
    return {key: tally.these(those) for key, those in groups.items()}


class _Refusals:
    """Why contents must not be sent, day by day; only a validity makes one day another than the next."""

    def __init__(
        self, contents: Mapping[ContentId, Content], acts: Mapping[ContentId, Sequence[ApprovalEntry]]
    ) -> None:
        self._contents, self._acts = contents, acts
        self._by_day: dict[date, dict[ContentId, str]] = {}
        dated = [one for one in contents.values() if one.valid_from or one.valid_until]
        self._dated = dated
        self._always = {
            one.id: why
            for one in contents.values()
            if not (one.valid_from or one.valid_until) and (why := self._why(one, date.min))
        }

    def _why(self, content: Content, day: date) -> str:
        return sendable(content, self._acts.get(content.id, []), day) or ""

    def on(self, day: date) -> dict[ContentId, str]:
        if not self._dated:
            return self._always
        if day not in self._by_day:
            dated = {one.id: why for one in self._dated if (why := self._why(one, day))}
            self._by_day[day] = self._always | dated
        return self._by_day[day]


def _of_wave(
    entry: ScheduleEntry,
    content: Content,
    at: datetime,
    reach: Reach,
    channel: Capabilities,
    account: _Account | None,
) -> Preview:
    sends = reach.direct * sum(channel.carries(part.kind) for part in content.parts)
    end = account.send(sends, at, urgent=entry.urgent) if account else at
    deadline = end if reach.window is None else at + reach.window
    return Preview(entry.id, content.id, content.title, at, end, deadline, reach.targets, sends, reach=reach)


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
