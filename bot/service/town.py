"""One town at work: what happens at a tick, and what happens when something is seen in a room.

Wires the pure decisions to the store and the channel; holds no state that the store does not have, so another
process may tick things off meanwhile and a restart changes nothing. Never asks a clock: every call brings ``now``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import phrases
from bot.approval.decide import sendable
from bot.channels.base import Channel
from bot.commands.confirming import resolve
from bot.errors import ChuandaError
from bot.library import LiveLibrary
from bot.model.chat import BotRemoved, Event, Message, MessageKind, Recall
from bot.model.content import Content, ContentId, PartKind
from bot.model.ledger import Act, Entry, EntryId, SendState
from bot.model.plan import PlannedWave
from bot.model.time import at_time, day_of, day_start, iso
from bot.model.tree import Group, GroupId, Medium, Mode, NodeId, Tree, Use, Worker, WorkerId
from bot.outbox import Outbox, Pace
from bot.planner.calendar import missing_year_notice
from bot.planner.waves import LOOK_BACK, PUNCTUAL, plan
from bot.recognise.confirm import (
    ConfirmationKind,
    NoteLine,
    read_confirmation,
    read_group_note,
    read_note_line,
)
from bot.recognise.match import Recogniser
from bot.recognise.paste import who
from bot.reminders import due_escalations, due_reminders, may_remind
from bot.schedules.model import Schedules
from bot.store import ledger, reading, sending, trees, waves
from bot.store.approvals import approvals
from bot.store.database import Store

SENDS_LAST = timedelta(days=1)
"""A part that was not sent a day after its wave began is not news any more: it is cancelled and the office told."""
REMIND_EVERY_MIN = 10
"""How often the open tasks are looked through; a reminder is not a matter of minutes."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, for whoever watches (the demo's screen, the service's log). ``text`` is Chinese."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one confirmation: the groups recorded, or why it was not clear."""

    worker: Worker | None
    groups: Sequence[str] = ()
    unclear: str = ""


class Town:
    """The office's bot for one town, on one channel."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        library: LiveLibrary,
        schedules: Schedules,
        data: Path,
        accounts: Mapping[WorkerId, str] | None = None,
    ) -> None:
        """``accounts``: people whose chat account is known for certain (worker → account). Raises `ChuandaError`
        when no roster was imported yet."""
        self.store, self.channel, self.library, self.schedules, self.data = (
            store,
            channel,
            library,
            schedules,
            data,
        )
        self.accounts = dict(accounts or {})
        self._worker_of = {account: worker for worker, account in self.accounts.items()}
        self.capabilities = channel.capabilities()
        self.reload_tree()
        self.outbox = Outbox(
            store,
            channel,
            Pace(
                schedules.pacing.seconds,
                schedules.pacing.daily,
                schedules.hours.send.start,
                schedules.hours.send.end,
            ),
            data / "STOP",
            self.content_now,
            lambda: self._rooms,
            lambda: self.accounts,
        )
        self._now = datetime.min
        self._told: list[Told] = []
        self.refresh_library()

    # ── what we know ────────────────────────────────────────────────────────────────────────────────────

    def reload_tree(self) -> None:
        """Take up the newest roster and the rooms bound to it."""
        tree = self.store.read(trees.load_tree)
        edition = self.store.read(trees.newest_edition)
        if tree is None or edition is None:
            raise ChuandaError("还没有导入名册；先运行：chuanda roster import 名册.xlsx")
        self.tree: Tree = tree
        self.edition: int = edition
        self._bound = self.store.read(trees.bindings)
        self._rooms = {group: room for group, (room, present) in self._bound.items() if present}
        self._group_of = {
            room: tree.group_by_id[g] for g, room in self._rooms.items() if g in tree.group_by_id
        }

    def refresh_library(self) -> None:
        """Look at the content folder and the approval ledger again."""
        contents = self.library.refresh().contents
        self.contents: Mapping[ContentId, Content] = contents
        self.acts = self.store.read(approvals)
        self._recogniser = Recogniser(contents.values())

    def content_now(self, content_id: ContentId, digest: str) -> Content | str:
        """The content if it may still be sent exactly as it was planned, else why not (Chinese)."""
        content = self.contents.get(content_id)
        if content is None:
            return "这条内容已经不在资料库里"
        if content.digest != digest or self.library.current_digest(content_id) != digest:
            return "批准后内容改过，停发"
        return sendable(content, self.acts.get(content_id, []), day_of(self._now)) or content

    def told(self) -> list[Told]:
        """What happened since this was last asked."""
        happened, self._told = self._told, []
        return happened

    def _tell(self, kind: str, text: str) -> None:
        self._told.append(Told(self._now, kind, text))

    def _tell_office(self, key: str, text: str) -> None:
        if self.store.write_now(sending.tell_office, key, text, self._now):
            self._tell("office", text)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────

    async def start(self, now: datetime) -> None:
        """Bind rooms by their exact name, and take note of what a crash left in doubt."""
        self._now = now
        await self.bind_rooms()
        doubtful = await self.outbox.start(now)
        if doubtful:
            self._tell_office(f"crash:{iso(now)}", phrases.after_crash(len(doubtful)))

    async def bind_rooms(self) -> None:
        """A room whose name is exactly a group's is that group; names are unique in a medium (roster)."""
        by_name = {g.name: g for g in self.tree.groups if g.medium in self.capabilities.media}
        bound = {room for room, _ in self._bound.values()}
        for room in await self.channel.rooms():
            group = by_name.get(room.topic.strip())
            if group is not None and room.id not in bound:
                await self.store.write(trees.bind, group.id, room.id)
        self.reload_tree()

    async def tick(self, now: datetime) -> None:
        """Everything that the clock brings: new waves, expiry, reminders, the office's reports. Idempotent."""
        self._now = now
        if self.store.read(trees.newest_edition) != self.edition:
            self.reload_tree()
        self.refresh_library()
        await self._plan()
        late = await self.store.write(sending.expire, now)
        if late:
            self._tell_office(f"expired:{iso(now)}", phrases.expired(len(late)))
        if now.minute % REMIND_EVERY_MIN == 0:
            await self._remind()
        await self._report()
        notice = missing_year_notice(day_of(now))
        if notice:
            self._tell_office(f"holidays:{day_of(now).year}:{day_of(now).month}", notice)

    async def _plan(self) -> None:
        now, schedules = self._now, self.schedules
        entries = [EntryId(entry.id) for entry, _ in schedules.all_entries()]
        past = self.store.write_now(waves.past, entries, now - LOOK_BACK, now)
        refused = {
            content.id: why
            for content in self.contents.values()
            if (why := sendable(content, self.acts.get(content.id, []), day_of(now)))
        }
        planned = plan(self.tree, self.contents, refused, schedules, self._carried(), past, now)
        for unsent in planned.unsent:
            if unsent.final:
                self.store.write_now(waves.drop_slot, unsent)
            text = phrases.not_sent(unsent.slot.entry, unsent.slot.at, unsent.why, final=unsent.final)
            slot = unsent.slot
            self._tell_office(f"unsent:{slot.entry}:{iso(slot.at)}:{slot.content}:{unsent.final}", text)
        for wave in planned.waves:
            await self._freeze(wave)

    def _carried(self) -> frozenset[Medium]:
        return self.capabilities.media

    async def _freeze(self, wave: PlannedWave) -> None:
        sendable_parts = [index for index, part in enumerate(wave.content.parts) if self._can_send(part.kind)]
        frozen = await self.store.write(
            waves.freeze_wave,
            wave,
            self.tree,
            self.edition,
            self._bound if self.capabilities.by_itself else self._by_hand(),
            sendable_parts,
            wave.starts_at + SENDS_LAST,
        )
        if frozen is None:
            return
        direct = sum(t.mode is Mode.DIRECT and t.group is not None for t in wave.targets)
        minutes = direct * len(sendable_parts) * self.schedules.pacing.seconds / 60
        self._tell("wave", phrases.sending_takes(wave.content.title, direct, minutes))
        if self._now - wave.slot.at > PUNCTUAL:
            self._tell_office(
                f"late:{wave.name}", phrases.caught_up(wave.content.title, wave.slot.at, self._now)
            )

    def _can_send(self, kind: PartKind) -> bool:
        return kind in self.capabilities.parts

    def _by_hand(self) -> Mapping[GroupId, tuple[str, bool]]:
        """People can post in every group that they can name."""
        return {g.id: (g.name, True) for g in self.tree.groups}

    # ── reminding ───────────────────────────────────────────────────────────────────────────────────────

    async def _remind(self) -> None:
        now = self._now
        if not may_remind(self.schedules, now):
            return
        tasks = self.store.read(reading.open_tasks, now)
        if not tasks:
            return
        said = self.store.read(sending.asked_since, day_start(day_of(now)))
        messages: list[_Ask] = []
        for due in due_reminders(tasks, self.schedules, said, now):
            person = self.tree.worker_by_id.get(due.worker)
            if person is not None:
                messages.append(
                    _Ask(
                        sending.Asking(due.key, "reminder", due.worker),
                        phrases.reminder(person.name, due.tasks, self._numbers(due.worker)),
                        phrases.reminder_line(person.name, due.tasks),
                        due.tasks[0].node,
                        due.tasks[0].use == Use.WORK,
                    )
                )
        for due_up in due_escalations(tasks, self.tree, self.schedules, said, now):
            person = self.tree.worker_by_id[due_up.worker]
            below = [t.worker for t in due_up.tasks if t.worker]
            place = phrases.unit_name(self.tree, due_up.tasks[0])
            at = f"{self.schedules.reports.gaps:%H:%M}"
            text = phrases.escalation(person.name, place, due_up.tasks, list(dict.fromkeys(below)), at)
            asking = sending.Asking(due_up.key, "escalation", due_up.worker)
            line = f"@{person.name} {place}还有 {len(due_up.tasks)} 个群没转，请您问一声，是不是有难处"
            messages.append(_Ask(asking, text, line, due_up.tasks[0].node, strictly=False))
        await self._say(messages)

    def _numbers(self, worker: WorkerId) -> dict[int, int]:
        tasks = self.store.read(reading.tasks_of_day, worker, day_of(self._now))
        return {task.id: place for place, task in enumerate(tasks, 1)}

    async def _say(self, messages: Sequence[_Ask]) -> None:
        """Privately where that works; else one message per work group, within its daily limit."""
        now = self._now
        expires = at_time(day_of(now), self.schedules.hours.remind.end)
        in_groups: dict[GroupId, list[_Ask]] = {}
        for ask in messages:
            if self.capabilities.private and ask.asking.worker in self.accounts:
                await self.store.write(
                    sending.add_notice, ask.asking.key, ask.asking.kind, ask.text, now, expires,
                    worker=ask.asking.worker, asking=[ask.asking],
                )  # fmt: skip
                self._tell(ask.asking.kind, ask.text)
                continue
            node = self.tree.by_id.get(ask.node)
            group = self.tree.work_group_above(node, strictly=ask.strictly) if node else None
            if group is not None:
                in_groups.setdefault(group.id, []).append(ask)
        for group_id, asks in in_groups.items():
            today = self.store.read(sending.notices_to, group_id, day_start(day_of(now)))
            if today >= self.schedules.reminders.work_group_per_day:
                continue
            text = phrases.reminders_in_group([ask.line for ask in asks])
            await self.store.write(
                sending.add_notice, f"group:{asks[0].asking.key}", asks[0].asking.kind, text, now, expires,
                group=group_id, asking=[ask.asking for ask in asks],
            )  # fmt: skip
            self._tell(asks[0].asking.kind, text)

    # ── reporting ───────────────────────────────────────────────────────────────────────────────────────

    async def _report(self) -> None:
        now, reports = self._now, self.schedules.reports
        for key, at in (("gaps", reports.gaps), ("result", reports.result)):
            moment = at_time(day_of(now), at)
            if now < moment or not self.store.read(reading.waves_between, day_of(now), day_of(now)):
                continue
            if not self.store.write_now(sending.mark_once, f"report:{key}:{day_of(now)}"):
                continue
            text = self.gap_list(now) if key == "gaps" else self.day_result(now)
            name = "缺口清单" if key == "gaps" else "当日结果"
            folder = self.data / "reports"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{day_of(now)}-{at:%H%M}-{name}.txt").write_text(text + "\n", "utf-8")
            office = next((g for g in self.tree.groups if g.name == self.schedules.office_group), None)
            if office is not None:
                expires = moment + timedelta(hours=6)
                await self.store.write(
                    sending.add_notice, f"{key}:{day_of(now)}", "office", text, now, expires, group=office.id
                )
            self._tell("report", text)

    def gap_list(self, now: datetime) -> str:
        """The 18:00 text for the office."""
        today = self.store.read(reading.waves_between, day_of(now), day_of(now))
        gaps = self.store.read(reading.target_rows, today, gaps_only=True)
        return phrases.gap_list(
            self.tree, now, self.store.read(reading.counts, today, self.tree.root.id), gaps
        )

    def day_result(self, now: datetime) -> str:
        """The 21:00 text: the day's result."""
        root = self.tree.root.id
        today = self.store.read(reading.waves_between, day_of(now), day_of(now))
        units = self.store.read(reading.children_counts, today, root)
        gaps = self.store.read(reading.target_rows, today, gaps_only=True)
        return phrases.day_result(
            self.tree, day_of(now), self.store.read(reading.counts, today, root), units, gaps
        )

    # ── what is seen ────────────────────────────────────────────────────────────────────────────────────

    async def handle(self, event: Event) -> None:
        """One event of a room: recognised and recorded, or forgotten. Nothing else of it is kept."""
        self._now = max(self._now, event.at) if self._now != datetime.min else event.at
        if isinstance(event, Recall):
            await self.store.write(ledger.record_recall, event.message, event.at)
        elif isinstance(event, BotRemoved):
            await self.store.write(trees.mark_absent, event.room)
            group = self._group_of.get(event.room)
            self.reload_tree()
            if group is not None:
                self._tell_office(
                    f"removed:{group.id}:{iso(event.at)}", f"机器人被移出“{group.name}”，请人拉回来。"
                )
        else:
            await self._handle_message(event)

    async def _handle_message(self, message: Message) -> None:
        group = self._group_of.get(message.room)
        if message.room and group is None:
            return
        if message.is_self:
            await self._settle_by_echo(message, group)
            return
        if group is not None and not (group.use is Use.WORK or group.observe):
            return
        reposted = await self._record_repost(message, group)
        if not reposted and (group is None or group.use is Use.WORK):
            for read in await self.read_answer(message, group):
                if read.worker is not None and read.groups:
                    self._tell("confirmed", f"{read.worker.name}：{'、'.join(read.groups)}")

    async def _record_repost(self, message: Message, group: Group | None) -> bool:
        """True if the message carries a content's main part, recorded for this group."""
        if group is None:
            return False
        verdict = self._recogniser.match(message)
        mains = [hit for hit in verdict.hits if hit.main]
        credit = self._credited(message, group)
        for hit in mains:
            target = await self.store.write(ledger.record_repost, hit.content, group.id, message, credit)
            if target is not None:
                self._tell("observed", f"{group.name}：《{self.contents[hit.content].title}》")
        return bool(mains)

    def _credited(self, message: Message, group: Group) -> str:
        """Anyone's repost covers the group; credit goes to a person whose account is known only (DESIGN)."""
        worker = self._worker_of.get(message.sender)
        person = None if worker is None else self.tree.worker_by_id.get(worker)
        return person.name if person else ""

    async def _settle_by_echo(self, message: Message, group: Group | None) -> None:
        """Our own message came back: what was in doubt in that room is proven."""
        doubtful = self.store.read(sending.in_doubt)
        if group is None or not doubtful:
            return
        hits = {
            (hit.content, hit.main) for hit in self._recogniser.match(replace(message, is_self=False)).hits
        }
        for out in doubtful:
            if out.group == group.id and (ContentId(out.content), out.part == out.main) in hits:
                await self.store.write(
                    sending.settle, out, SendState.ACCEPTED, message.at, message_id=message.id, by="echo"
                )

    async def read_answer(self, message: Message, group: Group | None) -> list[Read]:
        """Read “已转发” or a #接龙 in a work group (or private) message and record what it confirms.

        Returns one `Read` per person that it speaks of; empty if it is no confirmation at all.
        """
        if message.kind not in (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.GROUP_NOTE):
            return []
        note = read_group_note(message.text)
        reads = []
        for name, said in (
            [(message.sender_name, message.text)] if note is None else [(n.name, n) for n in note]
        ):
            worker = self._speaker(message, name, group, own=note is None)
            own_names = [worker.name] if worker else []
            confirmation = (
                read_note_line(said) if isinstance(said, NoteLine) else read_confirmation(said, own_names)
            )
            if confirmation is None or confirmation.kind is ConfirmationKind.NOT_YET:
                continue
            if worker is None:
                reads.append(Read(None, unclear=f"不知道“{name}”是谁，或有同名的人"))
                continue
            tasks = self.store.read(reading.tasks_of_day, worker.id, day_of(message.at))
            result = resolve(confirmation, tasks)
            by_id = {task.id: task for task in tasks}
            for target in result.confirmed:
                entry = Entry(Act.CONFIRMED, message.at, f"worker:{worker.id}", worker.name, "chat")
                await self.store.write(ledger.record, target, entry)
            groups = [by_id[t].group or "" for t in result.confirmed]
            if groups or result.unclear:
                reads.append(Read(worker, groups, result.unclear))
        return reads

    def _speaker(self, message: Message, name: str, group: Group | None, *, own: bool) -> Worker | None:
        """Who says it: by the account where it is known, else by the full name among the people below the group."""
        known = self._worker_of.get(message.sender)
        if own and known is not None:
            return self.tree.worker_by_id.get(known)
        found = who(name, self._people_below(None if group is None else group.node))
        return found[0] if len(found) == 1 else None

    def _people_below(self, node_id: NodeId | None) -> list[Worker]:
        node = self.tree.by_id[node_id] if node_id is not None else self.tree.root
        ids = {w for below in self.tree.subtree(node) for w in below.people.values()}
        return [worker for worker in self.tree.workers if worker.id in ids]


@dataclass(frozen=True, slots=True)
class _Ask:
    """Something asked of one person: as a private message, or as one line of a work group's message."""

    asking: sending.Asking
    text: str
    line: str
    node: NodeId
    strictly: bool
