"""One town at work: what the clock brings, and what the rooms bring. Every call brings its own ``now``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot import phrases
from bot.approval.decide import sendable
from bot.channels.base import Channel
from bot.library import LiveLibrary
from bot.model.chat import BotRemoved, Event, Invitation, LinkChanged, Message, Recall, RoomSeen, TooFast
from bot.model.content import ContentId
from bot.model.plan import Plan
from bot.model.time import day_of, iso
from bot.model.tree import Use, WorkerId
from bot.outbox import Outbox, Step, pace_of
from bot.planner.calendar import missing_year_notice
from bot.planner.waves import LOOK_BACK, names_off, names_seen, plan
from bot.schedules.model import Schedules
from bot.service.asking import remind, words
from bot.service.beginning import begin, rooms_of
from bot.service.desk import Desk, Told
from bot.service.echoes import handle_recall, settle_by_echo
from bot.service.hands import stopped
from bot.service.leave import begin_leaves
from bot.service.link import LinkWatch
from bot.service.reporting import report
from bot.service.rooms import Rooms
from bot.service.screenshots import sweep, tidy
from bot.service.seeing import record_repost
from bot.service.talking.conversation import Conversation
from bot.service.withdrawal import correct_late_arrivals
from bot.store import accounts, ledger, notices, sending, talk, trees, waves
from bot.store.database import Connection, Store

REMIND_EVERY_MIN = 10
"""How often the open tasks are looked through; a reminder is not a matter of minutes."""


class Town:
    """The office's bot for one town, on one channel."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        library: LiveLibrary,
        schedules: Schedules,
        data: Path,
        given: Mapping[WorkerId, str] | None = None,
    ) -> None:
        """See `Desk` for the arguments and what is raised."""
        self.channel = channel
        self._looked_at = 0
        self.desk = desk = Desk(store, channel, library, schedules, data, given)
        self.rooms, self.link, self.conversation = Rooms(desk), LinkWatch(desk), Conversation(desk)
        self.outbox = Outbox(
            store,
            channel,
            pace_of(schedules),
            data / "STOP",
            desk.content_of,
            lambda: desk.bound,
            lambda: desk.accounts,
            lambda message: words(desk, message),
        )

    def reconfigure(self, schedules: Schedules) -> None:
        """Go on with other settings. The channel stays what it is."""
        self.desk.schedules, self.outbox.pace = schedules, pace_of(schedules)

    def told(self) -> list[Told]:
        """What happened since this was last asked."""
        return self.desk.told()

    async def start(self, now: datetime) -> None:
        """Look which rooms are there, and take note of what a crash left in doubt."""
        self.desk.now = now
        if not self.channel.held():
            await self.rooms.look(now)
        doubtful = await self.outbox.start(now)
        if doubtful:
            self.desk.tell_office(f"crash:{iso(now)}", phrases.after_crash(len(doubtful)))

    async def handle(self, event: Event) -> None:
        """One event of the chat."""
        self.desk.now = max(self.desk.now, event.at)
        match event:
            case Message():
                await self._heard(event)
            case Recall():
                await handle_recall(self.desk, event)
            case RoomSeen():
                await self.rooms.see(event)
            case BotRemoved():
                await self.rooms.removed(event)
            case Invitation():
                await self.rooms.invited(event)
            case TooFast():
                await self._rest(event.at)
            case LinkChanged():
                if await self.link.changed(event):
                    self.rooms.look_soon()
                    await self.rooms.look(event.at)

    async def _heard(self, message: Message) -> None:
        """Nothing of a room that is nobody's, or of a residents' room that nobody agreed to have looked at, goes on."""
        desk = self.desk
        if message.room:
            await self.rooms.heard(message.room, message.at)
        elif (worker := desk.worker_of.get(message.sender)) is not None and worker not in desk.private:
            await desk.store.write(accounts.note_private, message.sender)
            desk.reload_rooms()
        group = desk.group_of.get(message.room)
        if message.is_self:
            await settle_by_echo(desk, message, group)
            return
        if await self.rooms.said_what_it_is(message):
            return
        if message.room and (group is None or not (group.use is Use.WORK or group.observe)):
            return
        if await record_repost(desk, message, group) and not self.conversation.awaits(message):
            return
        if group is None or group.use is Use.WORK:
            await self.conversation.hear(message, group)

    async def _rest(self, now: datetime) -> None:
        rested = await self.outbox.too_fast(now)
        if rested is not None:
            until, limit = rested
            self.desk.tell_office(f"too-fast:{iso(now)}", phrases.too_fast(until, limit))

    async def send(self, now: datetime, monotonic: float) -> Step:
        """Send the one message whose turn it is (`Outbox.step`), and say what became of it."""
        step = await self.outbox.step(now, monotonic)
        out = step.sent
        if out is not None and out.kind == "part" and out.part == out.main and out.group is not None:
            group = self.desk.tree.group_by_id.get(out.group)
            content = self.desk.contents.get(ContentId(out.content))
            if group is not None and content is not None and step.state is not None:
                self.desk.tell("sent", phrases.sent(group.name, content.title, step.state))
        return step

    async def tick(self, now: datetime) -> None:
        """Everything that the clock brings: new waves, expiry, reminders, the office's reports. Idempotent."""
        desk = self.desk
        desk.now = now
        if desk.store.read(trees.newest_edition) != desk.edition:
            desk.reload_tree()
        desk.refresh_library()
        if desk.capabilities.sees_rooms:
            if desk.store.changed_elsewhere():
                desk.reload_rooms()  # the office may have bound some meanwhile
            if not self.channel.held():
                await self.rooms.look(now)
            self.link.tick(now)
            await self.rooms.serve_found(now)
        await self._plan()
        await desk.store.write(self._expire, now)
        tidy(desk)
        for why, count in stopped(desk).items():
            desk.tell_office(f"stopped:{day_of(now)}:{why}", phrases.stopped(why, count), "stopped")
        looked_at = int(now.timestamp()) // (REMIND_EVERY_MIN * 60)
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            await begin_leaves(desk)
            await remind(desk)
            await desk.store.write(ledger.forget_sightings, now - ledger.OBSERVED_BEFORE)
            await desk.store.write(talk.forget_numbers, day_of(now))
            sweep(desk)
        correct_late_arrivals(desk.store, desk.rooms, now)
        report(desk)
        notice = missing_year_notice(day_of(now))
        if notice:
            desk.tell_office(f"holidays:{day_of(now).year}:{day_of(now).month}", notice)

    async def _plan(self) -> None:
        desk, now, schedules = self.desk, self.desk.now, self.desk.schedules
        names, off = names_seen(schedules), names_off(schedules)
        past = desk.store.write_now(waves.past, names, now - LOOK_BACK, now, off)
        refused = {
            content.id: why
            for content in desk.contents.values()
            if (why := sendable(content, desk.acts.get(content.id, []), day_of(now)))
        }
        away = desk.store.read(talk.away, now)
        media = desk.capabilities.media
        planned = plan(desk.tree, desk.contents, refused, desk.settings, media, past, now, away)
        if planned.waves or planned.unsent:
            await desk.store.write(self._write_down, planned)

    # What is told stands in the transaction of what it tells: a crash in between would leave the office without it.

    def _expire(self, conn: Connection, now: datetime) -> None:
        late = [out for out in sending.expire(conn, now) if out.kind == "part"]
        if late:
            notices.tell_office(conn, f"expired:{iso(now)}", "office", phrases.expired(len(late)), now)

    def _write_down(self, conn: Connection, planned: Plan) -> None:
        """The whole plan at once: a crash in between would settle an occurrence with half of what it chose."""
        desk = self.desk
        together: dict[tuple[str, str, bool], list[datetime]] = {}
        for unsent in planned.unsent:
            together.setdefault((unsent.slot.entry, unsent.why, unsent.final), []).append(unsent.slot.at)
            if unsent.final:
                waves.drop_slot(conn, unsent, desk.now)
        for (entry, why, final), hours in together.items():
            key = f"unsent:{entry}:{iso(hours[0])}:{iso(hours[-1])}:{why}:{final}"
            text = phrases.not_sent(entry, hours, why, final=final)
            notices.tell_office(conn, key, "office", text, desk.now)
        rooms = rooms_of(desk)
        for wave in planned.waves:
            begin(conn, desk, wave, rooms)
