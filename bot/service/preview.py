"""What would be sent in the days to come, to how many groups, and by when at this pace. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.approval.decide import sendable
from bot.model.content import Content, ContentId
from bot.model.ledger import ApprovalEntry, EntryId
from bot.model.plan import Past, PlannedWave, Slot
from bot.model.time import day_of
from bot.model.tree import GroupId, Medium, Mode, Tree, Use
from bot.planner.calendar import occurrences
from bot.planner.waves import plan
from bot.schedules.model import Schedules


@dataclass(frozen=True, slots=True)
class Preview:
    """A wave to come. ``end``: when its last message goes out at the configured pace, on one account;
    ``deadline``: the latest instant that still lets every directly served group be on time."""

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
    now: datetime,
    span: timedelta,
) -> list[Preview]:
    """The waves of ``(now, now + span]`` in order, planned by the planner itself, instant by instant."""
    instants = sorted(
        {
            at
            for entry, campaign in schedules.all_entries()
            for at in occurrences(entry, campaign, now, now + span)
        }
    )
    media = (
        frozenset(Medium) - {Medium.OFFLINE} if schedules.channel == "manual" else frozenset({Medium.WECHAT})
    )
    settled: set[Slot] = set()
    used: dict[tuple[EntryId, ContentId], datetime] = {}
    shown: set[tuple[str, GroupId]] = set()
    since = {EntryId(entry.id): now for entry, _ in schedules.all_entries()}
    found: list[Preview] = []
    free_at = now
    for at in instants:
        refused = {
            c.id: why for c in contents.values() if (why := sendable(c, acts.get(c.id, []), day_of(at)))
        }
        planned = plan(tree, contents, refused, schedules, media, Past(since, settled, used, shown), at)
        for wave in planned.waves:
            settled |= {wave.slot, Slot(wave.slot.entry, wave.slot.at, wave.content.id)}
            used[wave.slot.entry, wave.content.id] = at
            shown |= {
                (wave.campaign or f"entry:{wave.slot.entry}", t.group)
                for t in wave.targets
                if t.use is Use.OUTLET and t.group
            }
            one = _of_wave(wave, schedules, max(free_at, at))
            free_at = one.end
            found.append(one)
        for unsent in planned.unsent:
            settled.add(unsent.slot)
            found.append(Preview(unsent.slot.entry, unsent.slot.content, "", at, at, at, 0, 0, unsent.why))
    return found


def _of_wave(wave: PlannedWave, schedules: Schedules, begins: datetime) -> Preview:
    direct = [t for t in wave.targets if t.mode is Mode.DIRECT and not t.exempt]
    sends = len(direct) * len(wave.content.parts)
    by_hand = schedules.channel == "manual"
    end = begins if by_hand else begins + timedelta(seconds=sends * schedules.pacing.seconds)
    return Preview(
        wave.slot.entry,
        wave.content.id,
        wave.content.title,
        wave.starts_at,
        end,
        min((t.planned_due for t in direct), default=end),
        sum(t.use is not Use.WORK and t.group is not None for t in wave.targets),
        sends,
    )
