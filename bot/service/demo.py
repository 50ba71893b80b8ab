"""A town's day in virtual time: the same `Town` as in the service, with a simulated world around it.

The driver only moves the clock to the next thing that happens: a tick, a message whose turn it is, somebody in the
town. What it remembers between two runs is the last instant that it finished, so a killed demo goes on from there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import __version__
from bot.channels.base import Channel
from bot.channels.manual import ManualChannel
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.world import World
from bot.errors import ChuandaError
from bot.library import LiveLibrary
from bot.model.ledger import ApprovalAct, ApprovalEntry, SendState
from bot.model.time import at_time, day_of, iso
from bot.model.tree import GroupId, Mode, Tree, Use
from bot.sample import sample
from bot.schedules.live import LiveSchedules
from bot.schedules.model import Schedules
from bot.service import hands, own, pasting, ticking
from bot.service.approving import write_down
from bot.service.desk import Told
from bot.service.town import Town
from bot.store import approvals, notices, reading, sending, trees
from bot.store.audit import recount
from bot.store.database import FolderLock, Store
from bot.store.waves import newest_wave

FIRST_DAY = date(2026, 3, 12)
OPENS, CLOSES = timedelta(hours=7), timedelta(hours=21, minutes=30)
OFFICE, REVIEWER = "王敏", "李建军"
TICK = timedelta(minutes=1)
ROUND = timedelta(minutes=5)
"""How often the office's person looks at the list on the manual channel."""
TOWN_SIZE = 200
"""Groups that one account serves at the configured pace; a larger demo has as many accounts' pace."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: a folder that began with one order only goes on with the same."""

    groups: int = TOWN_SIZE
    days: int = 1
    seed: int = 1
    channel: str = "simulated"


class Demo:
    """One demonstration in one data folder."""

    def __init__(self, data: Path, order: Order, config: Path | None, library: Path | None) -> None:
        """Open or continue. Raises `ChuandaError` if the folder holds something else than this demo."""
        self.data, self.order, self.wall = data, order, time.monotonic()
        data.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(data)
        try:
            self._open(config, library)
        except BaseException:
            self._lock.release()
            raise

    def _open(self, config: Path | None, library: Path | None) -> None:
        data, order = self.data, self.order
        own.take(data, _plain(order), config, library)
        self.config = data / own.COPIES["config"]
        self._settings = LiveSchedules(self.config)
        self.store = Store(data / "chuanda.db")
        self.schedules = _at_size(self._settings.current, order)
        self.library = LiveLibrary(data / own.COPIES["library"])
        self.tree = self._import_roster(sample().roster)
        saved = self.store.read(sending.get_meta, "demo_now")
        finished = datetime.fromisoformat(saved) if saved else None
        self.is_new = finished is None
        if self.is_new:
            self._approve()
        by_hand = order.channel == "manual"
        try:
            self.world = World(
                self.tree,
                self.library.refresh().contents,
                order.seed,
                data / "world.jsonl",
                resume_from=finished,
                bot_in_rooms=not by_hand,
            )
        except LookupError:
            gone = f"{self.library.root} 里少了已经发过的内容"
            raise ChuandaError(f"{gone}；放回去，或者换个文件夹从头来") from None
        begin = at_time(FIRST_DAY, datetime.min.time()) + OPENS
        self.now = max(filter(None, (begin, finished, self.world.last_at)))
        self.began = begin
        self._next_tick = self.now
        self._announced = -1
        channel: Channel = ManualChannel() if by_hand else SimulatedChannel(self.world, lambda: self.now)
        accounts = {} if by_hand else {worker.id: f"w{worker.id}" for worker in self.tree.workers}
        self.town = Town(self.store, channel, self.library, self.schedules, data, accounts)
        self._pasted: dict[GroupId, datetime] = {}

    def _import_roster(self, roster: Path) -> Tree:
        from bot.roster.build import read_roster
        from bot.sample.town import town_tree

        tree = self.store.read(trees.load_tree)
        if tree is not None:
            return tree
        if self.order.groups == TOWN_SIZE:
            read = read_roster(roster, self.schedules.levels)
        else:
            read = town_tree(self.order.groups, self.order.seed)
        at = at_time(FIRST_DAY, datetime.min.time())
        return self.store.write_now(trees.add_edition, read, "样例", at)

    def _approve(self) -> None:
        """The office's first morning: one person hands in, another approves. What comes into the folder later waits for
        its review."""
        done = self.store.read(approvals.approvals)
        at = at_time(FIRST_DAY, datetime.min.time()) + OPENS
        reviewer = min(self.schedules.reviewers, default=REVIEWER)
        for content in self.library.refresh().contents.values():
            if content.id not in done:
                both = ((ApprovalAct.SUBMIT, OFFICE), (ApprovalAct.APPROVE, reviewer))
                entries = [ApprovalEntry(act, content.digest, by, at) for act, by in both]
                self.store.write_now(write_down, content, *entries)

    # ── the day ─────────────────────────────────────────────────────────────────────────────────────────

    async def play(self, watch: Callable[[Told], None]) -> dict[str, Any]:
        """Live through the days that are left; returns what CONTRACTS promises for `demo --json`. Whoever opened it
        closes it."""
        await self.town.start(self.now)
        told = self.data / "result.json"
        if told.exists():  # the days were played, and somebody may have practised since
            before: dict[str, Any] = json.loads(told.read_text("utf-8"))
            return before
        for day in range(self.order.days):
            await self._day(FIRST_DAY + timedelta(days=day), watch)
        result = self._conclude()
        whole = told.with_suffix(".tmp")
        whole.write_text(json.dumps(result, ensure_ascii=False), "utf-8")
        whole.replace(told)
        return result

    def close(self) -> None:
        """Let go of the folder; nothing can be asked any more."""
        self.store.close()
        self._lock.release()

    async def _day(self, day: date, watch: Callable[[Told], None]) -> None:
        opens, closes = _hours(day)
        if self.now >= closes:
            return
        self.now = max(self.now, opens)
        await self.live(closes, watch)

    def pass_the_night(self, until: datetime) -> None:
        """If the day is over, on to the next one's morning, unless that is later than ``until``: as between two days that
        are played."""
        opens, _ = _hours(day_of(self.now) + timedelta(days=1))
        if self.now >= _hours(day_of(self.now))[1] and opens <= until:
            self.now = opens

    async def live(self, until: datetime, watch: Callable[[Told], None]) -> None:
        """Let everything happen that happens before ``until``; then it is that late. However small the steps, the town
        ticks once a minute."""
        by_itself = self.town.desk.capabilities.by_itself
        send_at = self.now if by_itself else None
        while self.now < until:
            for event in self.world.due(self.now):
                await self.town.handle(event)
            if self.now >= self._next_tick:
                await self._tick()
                self._next_tick = self.now.replace(second=0, microsecond=0) + TICK
                send_at = self.now if by_itself else None
            if send_at is not None and self.now >= send_at:
                self._announce()
                step = await self.town.send(self.now, self.now.timestamp())
                send_at = step.again_at
                if send_at is not None and send_at <= self.now:
                    continue
            for told in self.town.told():
                watch(told)
            self.now = min(filter(None, (self._next_tick, send_at, self.world.next_at(), until)))

    async def _tick(self) -> None:
        changed = self._settings.look()
        if changed is not None and changed.schedules is not None:
            self.schedules = _at_size(changed.schedules, self.order)
            self.town.reconfigure(self.schedules)
        await self.town.tick(self.now)
        self._announce()  # on the manual channel nothing is sent
        if self.order.channel == "manual" and self.now.minute % (ROUND // TICK) == 0:
            await self._by_hand()
        self.store.write_now(sending.set_meta, "demo_now", iso(self.now))

    def _announce(self) -> None:
        """Tell the world who forwards what to whom, as the roster told the people of a real town."""
        self.world.contents = self.town.desk.contents
        newest = self.store.read(newest_wave)
        if newest == self._announced:
            return
        self._announced = newest
        for wave in self.store.read(reading.waves_between, day_of(self.now), day_of(self.now)):
            if wave.name in self.world.waves:
                continue
            rows = self.store.read(reading.target_rows, [wave])
            group_of = {row.id: row.group_id for row in rows}
            relays: dict[GroupId, list[GroupId]] = {}
            for row in rows:
                if row.mode == Mode.RELAY and row.group_id is not None and row.use != Use.OUTLET:
                    source = group_of[row.source] if row.source is not None else None
                    relays.setdefault(source or GroupId(0), []).append(row.group_id)
            direct = [r.group_id for r in rows if r.mode == Mode.DIRECT and r.group_id is not None]
            self.world.announce(wave.name, wave.content, relays, direct, self.now)

    # ── the office's hands, on the manual channel ───────────────────────────────────────────────────────

    async def _by_hand(self) -> None:
        """What a clerk does: post and tick off what the list says, then paste the work groups' chats."""
        for errand in hands.errands(self.town.desk, self.now):
            if errand.kind == "forward" or errand.in_doubt:
                continue
            self._post(errand)
            ticking.tick_off(self.town.desk, errand.id, self.now, by=OFFICE)
        for group in self.tree.groups:
            if group.use is Use.WORK:
                after = self._pasted.get(group.id, self.now - timedelta(hours=24))
                text = self.world.transcript(group.id, after, self.now)
                self._pasted[group.id] = self.now
                if text:
                    await pasting.paste(self.town.desk, group, text, self.now)

    def _post(self, errand: hands.Errand) -> None:
        group = next(g for g in self.tree.groups if g.name == errand.group)
        if errand.wave is None:
            self.world.noticed(group.id, errand.text, self.now)
            return
        for out in self.store.read(sending.planned, self.now):
            if out.group == group.id and out.wave == errand.wave and out.part is not None:
                self.world.posted(out.wave, group.id, out.part, out.part == out.main, "office", self.now)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────

    def _conclude(self) -> dict[str, Any]:
        last = FIRST_DAY + timedelta(days=self.order.days - 1)
        waves = self.store.read(reading.waves_between, FIRST_DAY, last)
        rows = self.store.read(reading.target_rows, waves)
        counts = self.store.read(reading.counts, waves, self.tree.root.id)
        truth = self.world.truth()
        (self.data / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
        gaps = [r for r in rows if r.reason is not None and r.use in (None, Use.RESIDENT)]
        wrong = list(disagreements(truth, rows))
        wrong += [f"计数不一致：{d.wave} {d.path}" for d in self.store.read(recount)]
        return {
            "version": __version__,
            "seed": self.order.seed,
            "groups": sum(g.use is Use.RESIDENT for g in self.tree.groups),
            "nodes": len(self.tree.nodes),
            "waves": len(waves),
            "sent": self.store.read(sending.count_parts, SendState.ACCEPTED),
            "expected": counts.expected,
            "covered": counts.covered,
            "on_time": counts.on_time,
            "late": counts.late,
            "coverage": counts.coverage,
            "by_evidence": {e: getattr(counts, e) for e in ("direct", "observed", "verified", "confirmed")},
            "gaps": [
                {
                    "wave": r.wave,
                    "node": r.path,
                    "group": r.group,
                    "reason": r.reason,
                    "overdue": r.overdue(self.now),
                }
                for r in gaps
            ],
            "holes": [node.path for node in self.tree.holes_below(self.tree.root)],
            "reminders": self.store.read(notices.count_asked, "reminder"),
            "escalations": self.store.read(notices.count_asked, "escalation"),
            "disputed": counts.disputed,
            "in_doubt": len(self.store.read(sending.in_doubt)),
            "reports": sorted(str(p) for p in (self.data / "reports").glob("*")),
            "truth_disagreements": wrong,
            "virtual_seconds": (self.now - self.began).total_seconds(),
            "wall_seconds": round(time.monotonic() - self.wall, 2),
        }


def disagreements(truth: dict[str, Any], rows: list[reading.TargetRow]) -> Iterator[str]:
    """Where the ledger and what really happened differ (CONTRACTS, “The demo's truth”)."""
    ledger = {(row.wave, row.group): row for row in rows if row.group is not None}
    recognised = set(truth["recognised"])
    for real in truth["rows"]:
        row = ledger.pop((real["wave"], real["group"]), None)
        if row is None:
            yield f"台账里没有：{real['wave']} {real['group']}"
            continue
        place = f"{real['wave']} {real['group']}"
        if real["posts"] > 1:
            yield f"{place}：发了 {real['posts']} 次"
        if row.evidence == "direct":
            if not real["posts"]:
                yield f"{place}：记为直发，实际没有发"
        elif real["bot_in_room"]:
            seen = bool(real["reposted_at"]) and real["way"] in recognised and not real["recalled"]
            if seen != (row.evidence == "observed"):
                yield f"{place}：{'转了没看见' if seen else '没转却记了看见'}"
        elif bool(real["claimed_at"]) != (row.evidence == "confirmed"):
            yield f"{place}：{'报了没记' if real['claimed_at'] else '没报却记了'}"
    for wave, group in ledger:
        if ledger[wave, group].use != Use.OUTLET:
            yield f"实际里没有：{wave} {group}"


def _hours(day: date) -> tuple[datetime, datetime]:
    """When a day that is played begins and ends."""
    midnight = at_time(day, datetime.min.time())
    return midnight + OPENS, midnight + CLOSES


def _plain(order: Order) -> dict[str, Any]:
    return {"groups": order.groups, "days": order.days, "seed": order.seed, "channel": order.channel}


def _at_size(schedules: Schedules, order: Order) -> Schedules:
    """The schedule for a town of this size: as many accounts' pace as the town would have."""
    accounts = max(1.0, order.groups / TOWN_SIZE)
    pacing = schedules.pacing
    return schedules.model_copy(
        update={
            "channel": order.channel,
            "pacing": pacing.model_copy(
                update={"seconds": pacing.seconds / accounts, "daily": int(pacing.daily * accounts) + 1}
            ),
        }
    )
