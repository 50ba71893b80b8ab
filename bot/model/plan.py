"""What the planner decides and the store writes down: slots, waves, targets. Values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.content import Content, ContentId
from bot.model.ledger import EntryId, Evidence
from bot.model.tree import GroupId, Mode, NodeId, Use, WorkerId


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One occurrence of an entry and what was decided for it: the key that makes planning idempotent.

    ``content`` is empty where the entry leaves the choice to rotation or topics.
    """

    entry: EntryId
    at: datetime
    content: ContentId


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """One group (or hole: ``group`` None) of a wave. ``source`` is the work group that it is forwarded from.

    ``window`` runs from opening to deadline; ``planned_due`` holds if everything above is on time.
    ``worker`` answers for it. ``exempt`` is the reason why it is not expected, or empty.
    """

    node: NodeId
    group: GroupId | None
    use: Use | None
    mode: Mode | None
    source: GroupId | None
    worker: WorkerId | None
    members: int
    window: timedelta
    planned_due: datetime
    exempt: str = ""


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """One content to one target set at one time. Sources stand before what is forwarded from them."""

    slot: Slot
    name: str
    content: Content
    campaign: str
    starts_at: datetime
    closes_at: datetime
    urgent: bool
    counted: frozenset[Evidence]
    targets: Sequence[PlannedTarget]


@dataclass(frozen=True, slots=True)
class Unsent:
    """An occurrence that did not become a wave. ``final``: dropped for good; else it still waits."""

    slot: Slot
    why: str
    final: bool


@dataclass(frozen=True, slots=True)
class Plan:
    waves: Sequence[PlannedWave]
    unsent: Sequence[Unsent]


@dataclass(frozen=True, slots=True)
class Past:
    """What planning needs to know of the past.

    ``since``: when each entry was first seen (nothing before is caught up). ``settled``: slots that became a wave or
    were dropped. ``used``: when an entry last sent a content (rotation takes the one longest ago).
    ``shown``: outlets that already have their task in a campaign (P8: one photo per campaign).
    """

    since: Mapping[EntryId, datetime]
    settled: Collection[Slot]
    used: Mapping[tuple[EntryId, ContentId], datetime]
    shown: Collection[tuple[str, GroupId]]
