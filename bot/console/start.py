"""The start page: the day in one number, the waves, the map, the gaps and what helps, what waits for whom; and it stays fresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response, StreamingResponse

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.app import Asked, Console, Curve, number_of
from bot.console.look import page
from bot.console.today import GapRow, Order, Row, curve, first_gaps, gap_row, legend, rows_of_map, standing
from bot.console.todo import todo
from bot.console.visitor import Visitor
from bot.model.content import ContentId
from bot.model.counts import Counts
from bot.model.time import day_of, day_start
from bot.model.tree import Node, NodeId, Use
from bot.phrases.words import clock
from bot.planner.calendar import occurrences
from bot.reminders import reminder_key
from bot.schedules.entries import ScheduleEntry
from bot.service.desk import Desk
from bot.store import notices, pulse, reading
from bot.store.reading import TargetRow, Wave

LOOK_S, ALIVE_S = 0.5, 15.0
"""How often an open page asks whether anything moved, and how often it says that it is still there."""
MOST_DRAWN = 2_500
"""Targets that are drawn at once; above it the map shows places, and groups when one is opened."""
MOST_GAPS = 60
MOST_CURVES = 2_000
DAY_BEGINS, DAY_ENDS = 7, 22
"""The hours on the waves' axis."""


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave on the day's axis, in permille of its width: where it begins, is due, and how it rose (x, share)."""

    at: datetime
    title: str
    urgent: bool
    begins: float
    due: float
    points: Sequence[tuple[float, float]]
    counts: Counts | None
    """None: it is still to come."""

    @property
    def path(self) -> str:
        """The rising curve, for SVG: 1000 wide, 20 high."""
        return " ".join(
            f"{'L' if n else 'M'}{x:.0f} {20 - 19 * share:.1f}" for n, (x, share) in enumerate(self.points)
        )


async def today(asked: Asked) -> Response:
    """The page; for one that is open only what may have moved."""
    desk, now = asked.console.town.desk, asked.console.now()
    query = asked.request.query_params
    places = asked.who.places
    if not places:
        return page(asked, "nothing.html")
    place = _place(desk, asked.who, query.get("at", ""), places[0])
    order = Order.GAPS if query.get("order") == Order.GAPS else Order.ROSTER
    waves = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    chosen = [wave for wave in waves if wave.name == query.get("wave")] or waves
    counts = desk.store.read(reading.counts, waves, place.id)
    drawn = counts if chosen is waves else desk.store.read(reading.counts, chosen, place.id)
    yesterday = _same_time_before(desk, place, now)
    lacks = desk.store.read(pulse.lacks, waves, place.id, now)
    rows = _map(desk, place, chosen, drawn, now, order)
    listed, in_all = _gaps(desk, lacks, now)
    reminded = _reminded(desk, listed, now)
    name = "today_parts.html" if asked.request.headers.get("hx-request") else "today.html"
    return page(
        asked,
        name,
        place=place,
        places=places,
        order=order,
        wave=chosen[0].name if len(chosen) == 1 and len(waves) > 1 else "",
        waves=waves,
        lines=_lines(asked.console, asked.who, place, waves, now),
        axis=[
            (hour, _x(day_start(day_of(now)) + timedelta(hours=hour), now)) for hour in range(8, DAY_ENDS, 2)
        ],
        x_now=_x(now, now),
        counts=counts,
        yesterday=yesterday,
        holes=[node.path.removeprefix(f"{place.path}/") for node in desk.tree.holes_below(place)],
        rows=rows,
        keys=legend(rows),
        gaps=listed,
        gaps_in_all=in_all,
        gaps_overdue=sum(lack.size for lack in lacks if lack.overdue),
        gaps_open=sum(lack.size for lack in lacks if not lack.overdue),
        reminded=reminded,
        todo=todo(desk, asked.who, counts, now),
        may_remind=asked.who.may(Command.REMIND),
        may_exempt=asked.who.may(Command.EXEMPT),
        may_tick=asked.who.may(Duty.BY_HAND),
        may_pause=asked.who.may(Command.PAUSE),
    )


async def place(asked: Asked) -> Response:
    """A village opened: every group with every wave of the day."""
    desk, now = asked.console.town.desk, asked.console.now()
    written = number_of(str(asked.request.path_params["node"]))
    node = None if written is None else desk.tree.by_id.get(NodeId(written))
    if node is None or not asked.who.sees(node):
        return page(asked, "not_yours.html", 403, name=node.name if node else "这个地方")
    waves = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    rows = [r for r in desk.store.read(reading.target_rows, waves, node.id) if r.use in (None, Use.RESIDENT)]
    groups: dict[tuple[str, str], dict[str, TargetRow]] = {}
    for row in rows:
        groups.setdefault((row.path, row.group or ""), {})[row.wave] = row
    if not asked.request.headers.get("hx-request"):
        return RedirectResponse(f"/?at={node.id}", status_code=303)
    return page(
        asked,
        "place.html",
        node=node,
        counts=desk.store.read(reading.counts, waves, node.id),
        waves=waves,
        groups=[(path, group, [by.get(wave.name) for wave in waves]) for (path, group), by in groups.items()],
        standing=lambda row: standing(row, now),
    )


async def live(asked: Asked) -> Response:
    """Server-sent events: “moved” whenever the page would show something else."""
    return StreamingResponse(
        _moves(asked.console, asked), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _moves(console: Console, asked: Asked) -> AsyncIterator[str]:
    store = console.town.desk.store
    before, waited_s = store.read(pulse.moved), 0.0
    yield "retry: 2000\n\n"
    while not console.closing and not await asked.request.is_disconnected():
        await asyncio.sleep(LOOK_S)
        waited_s += LOOK_S
        here = store.read(pulse.moved)
        if here != before:
            before = here
            yield "event: moved\ndata: \n\n"
        if waited_s >= ALIVE_S:
            waited_s = 0.0
            if await console.signing.known(asked.token, console.now(), touch=False) is None:
                return
            yield ": here\n\n"


def _place(desk: Desk, visitor: Visitor, written: str, otherwise: Node) -> Node:
    """The place that is asked for, if it is theirs."""
    number = number_of(written)
    node = None if number is None else desk.tree.by_id.get(NodeId(number))
    return node if node is not None and visitor.sees(node) else otherwise


def _same_time_before(desk: Desk, place: Node, now: datetime) -> float | None:
    """The share of yesterday at the same time: half a day against a whole one frightens for nothing."""
    then = now - timedelta(days=1)
    waves = [
        w for w in desk.store.read(reading.waves_between, day_of(then), day_of(then)) if w.starts_at <= then
    ]
    expected = desk.store.read(reading.counts, waves, place.id).expected
    return desk.store.read(pulse.covered_by, waves, place.id, then) / expected if expected else None


def _map(
    desk: Desk, place: Node, waves: Sequence[Wave], counts: Counts, now: datetime, order: Order
) -> list[Row]:
    below = desk.store.read(reading.children_counts, waves, place.id)
    drawn = counts.expected + counts.exempt <= MOST_DRAWN
    rows = desk.store.read(reading.target_rows, waves, place.id) if drawn else []
    if not below:
        below = [(place.path, counts)]
    return rows_of_map(desk.tree, below, rows, now, order)


def _gaps(desk: Desk, lacks: Sequence[pulse.Lack], now: datetime) -> tuple[list[GapRow], int]:
    """The first rows of the gap list, and how many there are."""
    rows, in_all = first_gaps(lacks, MOST_GAPS)
    told = desk.store.read(reading.targets_by_id, [target for row in rows for target in row])
    by_id = {int(target.id): target for target in told}
    return [gap_row(desk.tree, [by_id[target] for target in row], now) for row in rows], in_all


def _curve(console: Console, wave: Wave, place: Node, counts: Counts) -> Curve:
    """How a wave went down below a place; looked up again only when something of it moved."""
    kept = console.curves.get((wave.id, place.id))
    if kept is None or kept.counts != counts:
        store = console.town.desk.store
        due = kept.due if kept else store.read(pulse.last_due, wave.id) or wave.closes_at
        kept = Curve(counts, due, curve(counts.expected, store.read(pulse.steps_of, wave, place.id)))
        if len(console.curves) > MOST_CURVES:
            console.curves.clear()
        console.curves[wave.id, place.id] = kept
    return kept


def _lines(
    console: Console, visitor: Visitor, place: Node, waves: Sequence[Wave], now: datetime
) -> list[WaveLine]:
    desk = console.town.desk
    found = []
    for wave in waves:
        counts = desk.store.read(reading.counts, [wave], place.id)
        risen = _curve(console, wave, place, counts)
        begins = _x(wave.starts_at, now)
        rising = [(max(begins, min(_x(at, now), _x(now, now))), share) for at, share in risen.steps]
        share = rising[-1][1] if rising else 0.0
        points = [(begins, 0.0), *rising, (_x(now, now), share)]
        found.append(
            WaveLine(wave.starts_at, wave.title, wave.urgent, begins, _x(risen.due, now), points, counts)
        )
    midnight = day_start(day_of(now) + timedelta(days=1))
    begun = {(wave.entry, clock(wave.starts_at)) for wave in waves}
    for entry, campaign in desk.schedules.all_entries():
        for at in occurrences(entry, campaign, now, midnight):
            if (entry.id, clock(at)) not in begun:
                found.append(
                    WaveLine(at, _planned(desk, visitor, entry), entry.urgent, _x(at, now), 0.0, (), None)
                )
    return sorted(found, key=lambda line: line.at)


def _planned(desk: Desk, visitor: Visitor, entry: ScheduleEntry) -> str:
    """What an entry will send, as far as that is known before its hour; what may not be approved yet only the office knows."""
    what = entry.what
    if not visitor.may(Command.PENDING):
        return "还没发的一条"
    if what.ids:
        return "、".join(
            desk.contents[ContentId(id)].title if ContentId(id) in desk.contents else id for id in what.ids
        )
    return f"{'、'.join(what.topics)}里的一条" if what.topics else "轮到的一条"


def _x(at: datetime, now: datetime) -> float:
    """Where ``at`` stands on the axis of the day of ``now``, 0 to 1000."""
    hours = (at - day_start(day_of(now))).total_seconds() / 3600
    return min(max((hours - DAY_BEGINS) / (DAY_ENDS - DAY_BEGINS), 0.0), 1.0) * 1000


def _reminded(desk: Desk, gaps: Sequence[GapRow], now: datetime) -> frozenset[int]:
    """Who of these people had a reminder today."""
    said = desk.store.read(notices.asked_since, day_start(day_of(now)))
    people = {gap.worker_id for gap in gaps if gap.worker_id is not None}
    return frozenset(worker for worker in people if reminder_key(worker, now) in said)
