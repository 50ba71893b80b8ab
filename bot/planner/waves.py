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
from bot.model.tree import Group, GroupId, Medium, Mode, Node, Post, Tree, Use
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
) -> Plan:
    """What is to start at ``now``.

    ``refused``: why a content must not be sent (not approved, expired …; Chinese); absent = may be sent.
    ``carried``: media in which messages can be posted for the office. ``now`` is aware. Raises nothing.
    """
    waves: list[PlannedWave] = []
    unsent: list[Unsent] = []
    settled = set(past.settled)
    used = dict(past.used)
    shown = set(past.shown)
    for entry, campaign in schedules.all_entries():
        name = EntryId(entry.id)
        after = max(past.since.get(name, now), now - LOOK_BACK)
        missed = occurrences(entry, campaign, after, now)
        for at in missed:
            last = at == missed[-1]
            for slot, content, why in _choices(entry, at, contents, refused, settled, used):
                late = misfire(entry, schedules, at, now, is_last=last)
                if late or content is None:
                    final = bool(late) or not _may_still_come(entry, at, now)
                    unsent.append(Unsent(slot, late or why, final))
                    if final:
                        settled.add(slot)
                    continue
                starts_at = at if now - at <= PUNCTUAL else now
                targets = tuple(
                    targets_of(tree, content, entry, campaign, schedules, carried, shown, starts_at)
                )
                shown |= {
                    (_campaign_key(entry, campaign), t.group)
                    for t in targets
                    if t.use is Use.OUTLET and t.group is not None
                }
                settled |= {slot, Slot(name, at, content.id)}
                used[name, content.id] = at
                waves.append(
                    PlannedWave(
                        slot,
                        f"{at.astimezone(TZ):%Y%m%dT%H%M}-{entry.id}-{content.id}",
                        content,
                        campaign.name if campaign else "",
                        starts_at,
                        starts_at + CLOSES_AFTER,
                        entry.urgent,
                        frozenset(schedules.counted),
                        targets,
                    )
                )
    return Plan(waves, unsent)


def misfire(entry: ScheduleEntry, schedules: Schedules, at: datetime, now: datetime, *, is_last: bool) -> str:
    """Why an occurrence that is late at ``now`` is not caught up (Chinese), or empty: send it now."""
    if now - at <= PUNCTUAL:
        return ""
    if not is_last:
        return "错过了，后面还有一批，只补最近的一批"
    if entry.misfire == "drop":
        return "错过了时间，这一批设为不补发"
    if entry.misfire == "same_day" and day_of(at) != day_of(now):
        return "错过了当天，不再补发"
    if not entry.urgent and not schedules.hours.send.contains(now.astimezone(TZ).time()):
        return "错过了，现在又不在发送时间内" if entry.misfire == "same_day" else ""
    return ""


def _may_still_come(entry: ScheduleEntry, at: datetime, now: datetime) -> bool:
    """Whether content that is approved after the hour would still go out: within the entry's misfire rule."""
    return entry.misfire != "drop" or now - at <= PUNCTUAL


def _choices(
    entry: ScheduleEntry,
    at: datetime,
    contents: Mapping[ContentId, Content],
    refused: Mapping[ContentId, str],
    settled: Collection[Slot],
    used: Mapping[tuple[EntryId, ContentId], datetime],
) -> Iterator[tuple[Slot, Content | None, str]]:
    """The slots of an occurrence that are still open, each with its content, or with why there is none."""
    name = EntryId(entry.id)
    if entry.what.ids:
        for content_id in map(ContentId, entry.what.ids):
            slot = Slot(name, at, content_id)
            if slot not in settled:
                content = contents.get(content_id)
                why = "资料库里没有这条内容" if content is None else refused.get(content_id, "")
                yield slot, None if why else content, why
        return
    open_slot = Slot(name, at, ContentId(""))
    if open_slot in settled:
        return
    wanted = set(entry.what.topics)
    pool = [c for c in contents.values() if wanted & c.topics] if wanted else _rotation(entry, contents)
    eligible = [c for c in pool if c.id not in refused]
    never = datetime.min.replace(tzinfo=TZ)
    order = {content.id: place for place, content in enumerate(pool)}
    eligible.sort(key=lambda c: (used.get((name, c.id), never), order[c.id]))
    if not eligible:
        yield open_slot, None, "没有审批过、又在有效期内的内容可选"
    for content in eligible[: entry.what.pick]:
        yield open_slot, content, ""


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
) -> Iterator[PlannedTarget]:
    """The frozen targets of a wave: the work groups on the way first (top down), then groups, outlets and holes."""
    top = tree.find(entry.to.node)
    reached = [tree.subtree(top)] if top else []
    wanted: list[tuple[Node, Group | None]] = []
    for node in (node for nodes in reached for node in nodes):
        if entry.to.level and node.level != entry.to.level:
            continue
        for group in tree.groups_of.get(node.id, ()):
            tags = group.audiences | node.audiences
            if group.use is Use.OUTLET:
                if _outlet_wanted(entry, campaign, group, shown):
                    wanted.append((node, group))
            elif group.use is Use.RESIDENT and _audience_fits(tags, entry.to.audiences, content.audiences):
                wanted.append((node, group))
        if tree.is_hole(node) and _audience_fits(node.audiences, entry.to.audiences, content.audiences):
            wanted.append((node, None))

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

    sources = {
        group.id: source_of(node, strictly=False)
        for node, group in wanted
        if group is not None and mode_of(group) is Mode.RELAY
    }
    due: dict[GroupId, datetime] = {}

    def target(node: Node, group: Group | None, source: GroupId | None, mode: Mode | None) -> PlannedTarget:
        window = entry.deadline or schedules.deadlines.of(node.level)
        if group is not None and group.use is Use.OUTLET:
            window = max(window, OUTLET_WINDOW)
        planned = (due[source] if source is not None else starts_at) + window
        if group is not None:
            due[group.id] = planned
        exempt = _exempt(tree, schedules.exempt, node, group, day_of(starts_at))
        return PlannedTarget(
            node.id,
            group.id if group else None,
            group.use if group else None,
            mode,
            source,
            tree.person_above(node, Post.CONTACT),
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
    for node, wanted_group in wanted:
        if wanted_group is None:
            yield target(node, None, None, None)
        else:
            yield target(node, wanted_group, sources.get(wanted_group.id), mode_of(wanted_group))


def _audience_fits(tags: frozenset[str], entry_wants: frozenset[str], content_wants: frozenset[str]) -> bool:
    """P7: content and entry for an audience reach only those; content for everybody reaches all."""
    return all(not wants or bool(wants & tags) for wants in (entry_wants, content_wants))


def _campaign_key(entry: ScheduleEntry, campaign: Campaign | None) -> str:
    return campaign.name if campaign else f"entry:{entry.id}"


def _outlet_wanted(
    entry: ScheduleEntry,
    campaign: Campaign | None,
    group: Group,
    shown: Collection[tuple[str, GroupId]],
) -> bool:
    if entry.to.outlets == "campaign":
        return (_campaign_key(entry, campaign), group.id) not in shown
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
