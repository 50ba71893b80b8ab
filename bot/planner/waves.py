"""Waves and targets: what goes out at an instant, to whom, by whose hand. Pure.

The same input gives the same plan; what was settled before (`settled`) is never planned again, so planning twice
(restart, clock set back, missed hour) never sends twice. Rules: DESIGN, glossary; PLANS P2, P4, P7, P8, C1, V3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.model.content import Content, ContentId
from bot.model.ledger import EntryId
from bot.model.plan import Past, Plan, PlannedTarget, PlannedWave, Slot, Unsent
from bot.model.time import TZ, day_of
from bot.model.tree import Group, GroupId, Medium, Mode, Node, Post, Tree, Use, WorkerId
from bot.planner.calendar import occurrences
from bot.schedules.model import Campaign, Exemption, ScheduleEntry, Schedules

PUNCTUAL = timedelta(minutes=10)
"""An occurrence seen this late still counts as on the minute: a restart, not a downtime."""
LOOK_BACK = timedelta(days=31)
"""How far back missed occurrences are looked for, and told; longer absences are a new start."""
CLOSES_AFTER = timedelta(days=7)
"""A repost later than this belongs to no wave any more."""
OUTLET_WINDOW = timedelta(days=2)
"""A screen or board is not reprogrammed within hours; one photo per campaign tells it (P8)."""


def plan(
    tree: Tree,
    contents: Mapping[ContentId, Content],
    refused: Mapping[ContentId, str],
    schedules: Schedules,
    carried: frozenset[Medium],
    past: Past,
    now: datetime,
    away: Collection[WorkerId] = frozenset(),
) -> Plan:
    """What is to start at ``now``.

    ``refused``: why a content must not be sent (not approved, expired …; Chinese); absent = may be sent.
    ``carried``: media in which messages can be posted for the office. ``now`` is aware. ``away``: who is on leave.
    Raises nothing.
    """
    waves: list[PlannedWave] = []
    unsent: list[Unsent] = []
    used = dict(past.used)
    shown = set(past.shown)
    settled: dict[EntryId, set[Slot]] = {}
    for slot in past.settled:
        settled.setdefault(slot.entry, set()).add(slot)
    for entry, campaign in schedules.all_entries():
        name = EntryId(entry.id)
        done = settled.get(name, set())
        # A clock that was ahead for a while may have settled what is still to come: that is no past.
        done_until = max((slot.at for slot in done if slot.at <= now), default=None)
        missed = occurrences(entry, campaign, max(past.since.get(name, now), now - LOOK_BACK), now)
        for at in missed:
            behind = done_until is not None and at < done_until
            is_last = at == missed[-1] and not behind
            punctual = now - at <= PUNCTUAL and not behind
            slots = [s for s in open_slots(entry, at, done) if s.at > since_named(past, s, now)]
            if not slots or (is_last and not punctual and waits_for_the_morning(entry, schedules, now)):
                continue
            late = "" if punctual else misfire(entry, campaign, schedules, at, now, is_last=is_last)
            if late:
                unsent += [Unsent(slot, late, final=True) for slot in slots]
                continue
            for slot, content, why in choices(entry, slots, contents, refused, used):
                if content is None:
                    unsent.append(Unsent(slot, why, final=False))
                    continue
                starts_at = at if now - at <= PUNCTUAL else now
                wave = _wave(slot, content, entry, campaign, tree, schedules, carried, shown, starts_at, away)
                waves.append(wave)
                used[name, content.id] = at
                shown |= outlets_shown(wave)
    return Plan(waves, unsent)


def _wave(
    slot: Slot,
    content: Content,
    entry: ScheduleEntry,
    campaign: Campaign | None,
    tree: Tree,
    schedules: Schedules,
    carried: frozenset[Medium],
    shown: Collection[tuple[str, GroupId]],
    starts_at: datetime,
    away: Collection[WorkerId],
) -> PlannedWave:
    return PlannedWave(
        slot,
        wave_name(slot.at, slot.entry, content.id),
        content,
        campaign.name if campaign else "",
        starts_at,
        starts_at + CLOSES_AFTER,
        entry.urgent,
        frozenset(schedules.counted),
        tuple(targets_of(tree, content, entry, campaign, schedules, carried, shown, starts_at, away)),
    )


PUSH = EntryId("push")
"""The entry of what the office sends outside the schedule."""


def push(
    tree: Tree,
    content: Content,
    place: Node,
    schedules: Schedules,
    carried: frozenset[Medium],
    now: datetime,
    away: Collection[WorkerId] = frozenset(),
) -> PlannedWave:
    """``content`` to everything below ``place`` at ``now``, outside the schedule (PLANS V3). Outlets are left out: a board is
    not changed within the hour. Whether it may be sent is for the caller to know."""
    entry = ScheduleEntry.model_validate(
        {
            "id": PUSH, "dates": [f"{now.astimezone(TZ):%Y-%m-%d %H:%M}"], "what": {"ids": [content.id]},
            "to": {"node": place.path, "outlets": "never"}, "urgent": True,
        }
    )  # fmt: skip
    slot = Slot(PUSH, now, content.id)
    return _wave(slot, content, entry, None, tree, schedules, carried, frozenset(), now, away)


def names_seen(schedules: Schedules) -> list[EntryId]:
    """What `Past.since` is kept for: every entry, and every content that an entry names.

    A content that is named after its hour goes out at the next one: editing an entry never sends by itself.
    """
    entries = [entry for entry, _ in schedules.all_entries() if entry.enabled]
    named = [name for entry in entries for name in names_of(entry)[1:]]
    return [*(EntryId(entry.id) for entry in entries), *named]


def names_off(schedules: Schedules) -> list[EntryId]:
    """Entries that are switched off, with what they name: once on again they begin then, and catch nothing up."""
    entries = [entry for entry, _ in schedules.all_entries() if not entry.enabled]
    return [name for entry in entries for name in names_of(entry)]


def names_of(entry: ScheduleEntry) -> list[EntryId]:
    """What `Past.since` knows of one entry."""
    own = EntryId(entry.id)
    return [own, *(_named(own, ContentId(id)) for id in entry.what.ids)]


def since_named(past: Past, slot: Slot, now: datetime) -> datetime:
    """When the entry of ``slot`` first named its content, or was first seen where it names none."""
    entry = past.since.get(slot.entry, now)
    return past.since.get(_named(slot.entry, slot.content), entry) if slot.content else entry


def _named(entry: EntryId, content: ContentId) -> EntryId:
    return EntryId(f"{entry}/{content}")


def outlets_shown(wave: PlannedWave) -> set[tuple[str, GroupId]]:
    """The outlets that have their task of a campaign with this wave (P8), as `Past.shown` keeps them."""
    return {
        (campaign_key(wave.campaign, wave.slot.entry), target.group)
        for target in wave.targets
        if target.use is Use.OUTLET and target.group is not None and not target.exempt
    }


def wave_name(at: datetime, entry: EntryId, content: ContentId) -> str:
    """A wave's name, for people and for `--wave`: neither an entry's id nor a content's can hold a colon."""
    second = f"{at.astimezone(TZ):%S}".replace("00", "")
    return f"{at.astimezone(TZ):%Y%m%dT%H%M}{second}:{entry}:{content}"


def misfire(
    entry: ScheduleEntry,
    campaign: Campaign | None,
    schedules: Schedules,
    at: datetime,
    now: datetime,
    *,
    is_last: bool,
) -> str:
    """Why an occurrence that is late at ``now`` is not caught up (Chinese), or empty: send it now.

    ``is_last``: no later occurrence has come or was settled; only the last one is ever caught up.
    """
    if entry.misfire == "drop":
        return "错过了时间，这一批设为不补发"
    if not is_last:
        return "错过了，只有最近的一批才补发"
    if campaign is not None and day_of(now) > campaign.end:
        return f"错过了，“{campaign.name}”已经结束，不再补发"
    if entry.misfire == "same_day" and day_of(at) != day_of(now):
        return "错过了当天，不再补发"
    return "" if _may_speak(entry, schedules, now) else "错过了，现在又不在发送时间内"


def waits_for_the_morning(entry: ScheduleEntry, schedules: Schedules, now: datetime) -> bool:
    """Whether what is caught up has to wait until content may go out: a clock that runs by night makes all late."""
    return entry.misfire == "latest" and not _may_speak(entry, schedules, now)


def _may_speak(entry: ScheduleEntry, schedules: Schedules, now: datetime) -> bool:
    return entry.urgent or schedules.hours.send.contains(now.astimezone(TZ).time())


def open_slots(entry: ScheduleEntry, at: datetime, settled: Collection[Slot]) -> list[Slot]:
    """What is still to be decided for an occurrence, one slot for each content that is named, or one for a choice.

    An entry that was rewritten between naming and choosing keeps what the hour had brought before.
    """
    name = EntryId(entry.id)
    free = Slot(name, at, ContentId(""))
    if not entry.what.ids:
        return [] if any(slot.at == at for slot in settled) else [free]
    named = (Slot(name, at, ContentId(id)) for id in entry.what.ids)
    return [] if free in settled else [slot for slot in named if slot not in settled]


def choices(
    entry: ScheduleEntry,
    slots: Sequence[Slot],
    contents: Mapping[ContentId, Content],
    refused: Mapping[ContentId, str],
    used: Mapping[tuple[EntryId, ContentId], datetime],
) -> Iterator[tuple[Slot, Content | None, str]]:
    """The open slots of an occurrence, each with its content, or with why there is none."""
    if entry.what.ids:
        for slot in slots:
            content = contents.get(slot.content)
            why = "资料库里没有这条内容" if content is None else refused.get(slot.content, "")
            yield slot, None if why else content, why
        return
    (slot,) = slots
    wanted = set(entry.what.topics)
    pool = [c for c in contents.values() if wanted & c.topics] if wanted else _rotation(entry, contents)
    eligible = [c for c in pool if c.id not in refused]
    if not eligible:
        yield slot, None, "没有审批过、又在有效期内的内容可选"
        return
    never = datetime.min.replace(tzinfo=TZ)
    order = {content.id: place for place, content in enumerate(pool)}

    def last_used(content: Content) -> datetime:
        return used.get((slot.entry, content.id), never)

    # Those sent at the same time go on in their turn, from the one that waits longest.
    first = order[min(eligible, key=lambda c: (last_used(c), order[c.id])).id]
    eligible.sort(key=lambda c: (last_used(c), (order[c.id] - first) % len(pool)))
    for content in eligible[: entry.what.pick]:
        yield slot, content, ""


def _rotation(entry: ScheduleEntry, contents: Mapping[ContentId, Content]) -> list[Content]:
    if entry.what.rotate == ("*",):
        return sorted(contents.values(), key=lambda c: (c.number, c.id))
    return [contents[c] for c in map(ContentId, entry.what.rotate) if c in contents]


def targets_of(
    tree: Tree,
    content: Content,
    entry: ScheduleEntry,
    campaign: Campaign | None,
    schedules: Schedules,
    carried: frozenset[Medium],
    shown: Collection[tuple[str, GroupId]],
    starts_at: datetime,
    away: Collection[WorkerId] = frozenset(),
) -> Iterator[PlannedTarget]:
    """The frozen targets of a wave: the work groups on the way first (top down), then groups, outlets and holes."""
    wanted = list(_wanted(tree, content, entry, campaign, schedules, shown, day_of(starts_at)))

    def mode_of(group: Group) -> Mode:
        return Mode.DIRECT if group.mode is Mode.DIRECT and group.medium in carried else Mode.RELAY

    # The work groups that the wanted relays come through, up to one that is posted to directly.
    stations: dict[GroupId, GroupId | None] = {}

    def source_of(node: Node, *, strictly: bool) -> GroupId | None:
        source = tree.work_group_above(node, strictly=strictly)
        if source is None:
            return None
        if source.id not in stations:
            above = tree.by_id[source.node]
            stations[source.id] = None if mode_of(source) is Mode.DIRECT else source_of(above, strictly=True)
        return source.id

    # What is exempt needs no way of its own: nothing is sent to a work group for its sake.
    relays = [
        (node, group)
        for node, group, exempt in wanted
        if group and not exempt and mode_of(group) is Mode.RELAY
    ]
    sources = {group.id: source_of(node, strictly=False) for node, group in relays}
    for node, group, exempt in wanted:
        if group and exempt and mode_of(group) is Mode.RELAY:
            source = tree.work_group_above(node, strictly=False)
            sources[group.id] = source.id if source and source.id in stations else None
    due: dict[GroupId, datetime] = {}

    def target(
        node: Node, group: Group | None, source: GroupId | None, mode: Mode | None, exempt: str = ""
    ) -> PlannedTarget:
        window = entry.deadline or schedules.deadlines.of(node.level)
        if group is not None and group.use is Use.OUTLET:
            window = max(window, OUTLET_WINDOW)
        planned = (due[source] if source is not None else starts_at) + window
        if group is not None:
            due[group.id] = planned
        return PlannedTarget(
            node.id,
            group.id if group else None,
            group.use if group else None,
            mode,
            source,
            tree.person_above(node, Post.CONTACT, away),
            group.members if group else 0,
            window,
            planned,
            exempt,
        )

    for station in sorted(stations, key=lambda g: tree.by_id[tree.group_by_id[g].node].lo):
        group = tree.group_by_id[station]
        above = stations[station]
        # A work group with nothing above it is where the town begins: the office posts there itself.
        mode = Mode.RELAY if above is not None else Mode.DIRECT
        yield target(tree.by_id[group.node], group, above, mode)
    for node, wanted_group, exempt in wanted:
        if wanted_group is None:
            yield target(node, None, None, None, exempt)
        else:
            yield target(node, wanted_group, sources.get(wanted_group.id), mode_of(wanted_group), exempt)


def _wanted(
    tree: Tree,
    content: Content,
    entry: ScheduleEntry,
    campaign: Campaign | None,
    schedules: Schedules,
    shown: Collection[tuple[str, GroupId]],
    day: date,
) -> Iterator[tuple[Node, Group | None, str]]:
    """Who is meant: the groups, outlets and holes (None) below the entry's node, each with why it is exempt or ""."""
    top = tree.find(entry.to.node)
    for node in tree.subtree(top) if top else ():
        if entry.to.level and node.level != entry.to.level:
            continue
        groups: list[Group | None] = [g for g in tree.groups_of.get(node.id, ()) if g.use is not Use.WORK]
        for group in [None] if tree.is_hole(node) else groups:
            tags = node.audiences | (group.audiences if group else frozenset())
            is_outlet = group is not None and group.use is Use.OUTLET
            if audience_fits(tags, entry.to.audiences, content.audiences) and not (
                is_outlet and not _outlet_wanted(entry, campaign, group, shown)
            ):
                yield node, group, _exempt(tree, schedules.exempt, node, group, day)


def audience_fits(tags: frozenset[str], entry_wants: frozenset[str], content_wants: frozenset[str]) -> bool:
    """P7: content and entry for an audience reach only those; content for everybody reaches all."""
    return all(not wants or bool(wants & tags) for wants in (entry_wants, content_wants))


def campaign_key(campaign: str, entry: str) -> str:
    """Within what an outlet is asked for once (P8), as `Past.shown` has it."""
    return campaign or f"entry:{entry}"


def _outlet_wanted(
    entry: ScheduleEntry,
    campaign: Campaign | None,
    group: Group | None,
    shown: Collection[tuple[str, GroupId]],
) -> bool:
    if group is not None and entry.to.outlets == "campaign":
        return (campaign_key(campaign.name if campaign else "", entry.id), group.id) not in shown
    return entry.to.outlets == "every"


def _exempt(tree: Tree, exemptions: Sequence[Exemption], node: Node, group: Group | None, day: date) -> str:
    for exemption in exemptions:
        above = tree.find(exemption.node)
        if (
            above is None
            or not above.lo <= node.lo <= above.hi
            or (exemption.until and exemption.until < day)
        ):
            continue
        if not exemption.group or (group is not None and group.name == exemption.group):
            return exemption.reason
    return ""
