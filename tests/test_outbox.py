"""What sending promises: in order, at the pace, at most once; what is not known is in doubt, and never repeated."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Address, Channel, SendFailed, SendUncertain
from bot.channels.manual import ManualChannel
from bot.library import LiveLibrary
from bot.library.load import load_library
from bot.model.chat import Account, Capabilities, Event, Message, MessageKind, Receipt, Room
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry, EntryId, Evidence, SendState
from bot.model.plan import PlannedTarget, PlannedWave, Slot
from bot.model.time import TZ
from bot.model.tree import Group, GroupId, Medium, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.outbox import Outbox, Pace, Step
from bot.recognise.match import is_part
from bot.sample import sample
from bot.schedules.model import Schedules
from bot.service.town import Town
from bot.store import approvals, notices, reading, sending, trees, waves
from bot.store.database import Store
from bot.store.rooms import Binding

EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
PACE = Pace(4.0, 400, time(7, 30), time(21, 0))


class Chat(Channel):
    """A whole small channel: rooms that remember what was posted, some of which refuse or swallow."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, Part]] = []
        self.refuses: set[str] = set()
        self.swallows: set[str] = set()
        self.dies: set[str] = set()
        self.topics: dict[str, str] = {}

    def capabilities(self) -> Capabilities:
        return replace(
            ManualChannel().capabilities(),
            media=frozenset({Medium.WECHAT}), by_itself=True, sees_rooms=True, echo=True, lists_rooms=True,
        )  # fmt: skip

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def whoami(self) -> Account:
        return Account("me", "传达")

    async def rooms(self) -> Sequence[Room]:
        return [Room(id, topic) for id, topic in self.topics.items()]

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        where = to.room or to.person
        if where in self.refuses:
            raise SendFailed("群主禁言了")
        self.posted.append((where, part))
        if where in self.dies:
            raise asyncio.CancelledError
        if where in self.swallows:
            raise SendUncertain("网关没有回答")
        return Receipt()

    async def recall(self, to: Address, message_id: str) -> bool:
        return False

    async def events(self) -> AsyncIterator[Event]:
        nothing: Sequence[Event] = ()
        for event in nothing:
            yield event

    @property
    def rooms_in_order(self) -> list[str]:
        return [where for where, _ in self.posted]


WORK, ONE, TWO = GroupId(1), GroupId(2), GroupId(3)


def town() -> Tree:
    """A village with its work group and two resident groups that are posted to directly."""
    node = Node(NodeId(1), "柳林村", "柳林村", "村居", "", None, 0, 0, {Post.CONTACT: WorkerId(1)})
    groups = (
        Group(ONE, node.id, "一群", mode=Mode.DIRECT, members=100),
        Group(WORK, node.id, "工作群", use=Use.WORK, mode=Mode.DIRECT),
        Group(TWO, node.id, "二群", mode=Mode.DIRECT, members=50),
    )
    return Tree((node,), groups, (Worker(WorkerId(1), "周桂芳", "柳林村"),))


TEXT = Part(PartKind.TEXT, text="刷单返利都是诈骗，先给小钱再骗大钱。")
POSTER = Part(PartKind.IMAGE, main=True, sha256="ab" * 32)
CONTENT = Content(ContentId("001"), "刷单", (TEXT, POSTER), "digest", Path("001"), "反诈宣〔2026〕001号")


@dataclass
class Desk:
    """One account at work, with the clocks in the test's hand."""

    store: Store
    chat: Chat
    stop_file: Path
    pace: Pace = PACE
    content: Content | str = CONTENT
    now: datetime = EIGHT
    monotonic: float = 1000.0

    def __post_init__(self) -> None:
        self.tree = self.store.write_now(trees.add_edition, town(), "t", EIGHT)
        self.ids = {group.name: group.id for group in self.tree.groups}
        self.rooms = {id: Binding(name) for name, id in self.ids.items()}
        self.restart()

    def restart(self) -> None:
        self.outbox = Outbox(
            self.store, self.chat, self.pace, self.stop_file, lambda *_: self.content,
            lambda: self.rooms, lambda: {self.tree.workers[0].id: "w1"},
        )  # fmt: skip

    def wave(self, name: str = "早上", *, urgent: bool = False, at: datetime = EIGHT) -> None:
        targets = [
            PlannedTarget(
                g.node,
                g.id,
                g.use,
                g.mode,
                None,
                None,
                g.members,
                timedelta(hours=1),
                at + timedelta(hours=1),
            )
            for g in self.tree.groups
        ]
        wave = PlannedWave(
            Slot(EntryId(name), at, CONTENT.id), name, CONTENT, "", at, at + timedelta(days=2), urgent,
            frozenset(Evidence), targets,
        )  # fmt: skip
        bound = {id: (binding.room, True) for id, binding in self.rooms.items()}
        assert self.store.write_now(
            waves.freeze_wave, wave, self.tree, 1, bound, [0, 1], at + timedelta(days=1)
        )

    async def start(self) -> list[sending.Outgoing]:
        return await self.outbox.start(self.now)

    async def step(self, seconds: float = 0.0) -> Step:
        self.now += timedelta(seconds=seconds)
        self.monotonic += seconds
        return await self.outbox.step(self.now, self.monotonic)

    async def drain(self, steps: int = 100) -> None:
        for _ in range(steps):
            await self.step(4)

    def states(self) -> list[str]:
        return [s for (s,) in self.store.conn.execute("SELECT state FROM outgoing ORDER BY id")]

    def reason(self, group: str) -> str | None:
        (wave,) = self.store.read(reading.waves_between, EIGHT.date(), EIGHT.date())
        (row,) = [r for r in self.store.read(reading.target_rows, [wave]) if r.group == group]
        return row.reason


@pytest.fixture
async def desk(quick: Path) -> Desk:
    desk = Desk(Store(quick / "chuanda.db"), Chat(), quick / "STOP")
    await desk.start()
    return desk


# ── pace and order ──────────────────────────────────────────────────────────────────────────────────────────


async def test_between_two_messages_lie_the_seconds_of_the_pace(desk: Desk) -> None:
    desk.wave()
    first = await desk.step()
    assert first.state is SendState.ACCEPTED and first.again_at == EIGHT + timedelta(seconds=4)
    early = await desk.step(3.9)
    assert early.sent is None and not early.held
    assert early.again_at is not None and early.again_at - desk.now < timedelta(seconds=0.2)
    assert (await desk.step(0.1)).sent is not None


async def test_coming_again_when_told_always_gets_on(desk: Desk) -> None:
    """A pace that is no whole number of microseconds must not send the caller round in the same instant for ever."""
    desk.pace = Pace(0.16, 400, PACE.opens, PACE.closes)
    desk.restart()
    await desk.start()
    desk.wave()
    at: datetime | None = EIGHT
    for _ in range(40):
        if at is None:
            break
        desk.now = at
        at = (await desk.outbox.step(at, at.timestamp())).again_at
    assert at is None and len(desk.chat.posted) == 6


async def test_a_wall_clock_that_jumps_does_not_hurry_or_stop_the_pace(desk: Desk) -> None:
    desk.wave()
    await desk.step()
    desk.now += timedelta(hours=3)
    assert (await desk.step(1)).sent is None, "three hours on the wall, one second in truth"
    desk.now -= timedelta(hours=2, minutes=59)
    assert (await desk.step(3)).sent is not None


async def test_the_work_group_comes_first_and_a_groups_parts_in_their_order(desk: Desk) -> None:
    desk.wave()
    await desk.drain()
    assert desk.chat.rooms_in_order == ["工作群", "工作群", "一群", "一群", "二群", "二群"]
    assert [part.kind for _, part in desk.chat.posted] == [PartKind.TEXT, PartKind.IMAGE] * 3


async def test_an_urgent_wave_overtakes_and_a_notice_waits_only_for_urgent_ones(desk: Desk) -> None:
    desk.wave()
    await desk.step()
    desk.wave("紧急", urgent=True)
    worker = desk.tree.workers[0].id
    desk.store.write_now(
        notices.add_notice, "k", "reminder", "周桂芳，您好", EIGHT, EIGHT + timedelta(hours=9), worker=worker
    )
    await desk.drain()
    sent = [
        (wave or "notice")
        for (wave,) in desk.store.conn.execute(
            "SELECT w.name FROM outgoing o LEFT JOIN target t ON t.id = o.target LEFT JOIN wave w ON w.id = t.wave "
            "ORDER BY o.attempted_at"
        )
    ]
    assert sent == ["早上"] + ["紧急"] * 6 + ["notice"] + ["早上"] * 5
    assert desk.chat.posted[7][0] == "w1"


async def test_nothing_due_says_when_to_come_again(desk: Desk) -> None:
    assert await desk.step() == Step()
    desk.store.write_now(
        notices.add_notice, "k", "office", "好", EIGHT + timedelta(hours=1), EIGHT + timedelta(hours=2),
        group=desk.ids["工作群"],
    )  # fmt: skip
    assert (await desk.step()).again_at == EIGHT + timedelta(hours=1)


# ── at most once ────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_part_is_posted_once_and_a_restart_posts_nothing_again(desk: Desk) -> None:
    desk.wave()
    await desk.drain()
    assert len(desk.chat.posted) == 6 and set(desk.states()) == {"accepted"}
    desk.restart()
    assert await desk.start() == []
    await desk.drain()
    assert len(desk.chat.posted) == 6
    assert desk.reason("一群") is None


async def test_a_refused_message_is_a_gap_and_is_not_tried_again(desk: Desk) -> None:
    desk.chat.refuses = {"一群"}
    desk.wave()
    await desk.drain()
    assert desk.chat.rooms_in_order == ["工作群", "工作群", "二群", "二群"]
    assert desk.states().count("failed") == 2 and desk.reason("一群") == "not_sent"


async def test_an_answer_that_never_came_is_in_doubt_and_is_not_tried_again(desk: Desk) -> None:
    desk.chat.swallows = {"一群"}
    desk.wave()
    await desk.drain()
    assert desk.chat.rooms_in_order.count("一群") == 2, "each part once"
    assert desk.states().count("in_doubt") == 2 and desk.reason("一群") == "in_doubt"
    assert [out.why for out in desk.store.read(sending.in_doubt)] == ["网关没有回答"] * 2


async def test_what_was_on_its_way_in_a_crash_is_in_doubt_after_it(desk: Desk) -> None:
    desk.chat.dies = {"工作群"}
    desk.wave()
    with pytest.raises(asyncio.CancelledError):
        await desk.step()
    assert desk.states().count("sending") == 1
    desk.restart()
    doubtful = await desk.start()
    assert [out.part for out in doubtful] == [0]
    desk.chat.dies = set()
    await desk.drain()
    assert desk.chat.rooms_in_order.count("工作群") == 2, (
        "the part in doubt is not repeated, the other goes out"
    )
    assert desk.states().count("in_doubt") == 1
    assert await desk.start() == [], "settled once"


async def test_a_person_settles_a_doubt_either_way(desk: Desk) -> None:
    desk.chat.swallows = {"一群"}
    desk.wave()
    await desk.drain()
    text, poster = desk.store.read(sending.in_doubt)
    assert desk.store.write_now(sending.settle, poster, SendState.ACCEPTED, desk.now, by="王敏")
    assert desk.store.write_now(sending.settle, text, SendState.FAILED, desk.now, by="王敏")
    assert desk.reason("一群") is None
    assert not desk.store.write_now(sending.settle, poster, SendState.FAILED, desk.now), "final"


async def test_another_process_that_took_the_message_first_has_it(desk: Desk) -> None:
    desk.wave()
    message = desk.store.read(sending.next_due, desk.now)
    assert message is not None
    other = Store(desk.stop_file.parent / "chuanda.db")
    assert other.write_now(sending.settle, message, SendState.ACCEPTED, desk.now, by="王敏")
    assert not desk.store.write_now(sending.begin, message, message.text, "me", EIGHT.date(), desk.now)
    other.close()
    await desk.drain()
    assert len(desk.chat.posted) == 5


# ── what holds it back ──────────────────────────────────────────────────────────────────────────────────────


async def test_the_stop_file_stops_everything_urgent_too(desk: Desk) -> None:
    desk.wave(urgent=True)
    desk.stop_file.touch()
    held = await desk.step()
    assert held.sent is None and "STOP" in held.held and held.again_at is None
    desk.stop_file.unlink()
    assert (await desk.step()).sent is not None


async def test_a_pause_holds_across_a_restart_until_it_is_resumed(desk: Desk) -> None:
    desk.wave(urgent=True)
    desk.store.write_now(sending.set_meta, "paused", "2026-03-12T08:00:00+08:00")
    desk.restart()
    await desk.start()
    assert "暂停" in (await desk.step()).held and not desk.chat.posted
    desk.store.write_now(sending.set_meta, "paused", "")
    await desk.drain()
    assert len(desk.chat.posted) == 6


async def test_the_daily_quota_holds_across_a_restart_until_tomorrow(desk: Desk) -> None:
    desk.pace = replace(PACE, daily=2)
    desk.restart()
    await desk.start()
    desk.wave()
    await desk.drain(5)
    held = await desk.step(4)
    assert len(desk.chat.posted) == 2 and "2 条" in held.held
    assert held.again_at == datetime(2026, 3, 13, 7, 30, tzinfo=TZ)
    desk.restart()
    await desk.start()
    await desk.drain(5)
    assert len(desk.chat.posted) == 2
    desk.now = datetime(2026, 3, 13, 7, 30, tzinfo=TZ)
    await desk.drain(5)
    assert len(desk.chat.posted) == 4


async def test_a_message_that_may_have_gone_out_counts_against_the_quota(desk: Desk) -> None:
    desk.pace = replace(PACE, daily=3)
    desk.chat.swallows = {"工作群"}
    desk.restart()
    await desk.start()
    desk.wave()
    await desk.drain(10)
    assert len(desk.chat.posted) == 3


@pytest.mark.parametrize(
    ("clock", "again", "words"),
    [(time(7, 29), "2026-03-12 07:30", "还没到"), (time(21, 0), "2026-03-13 07:30", "过了"), (time(23, 59), "2026-03-13 07:30", "过了")],
)  # fmt: skip
async def test_ordinary_messages_wait_for_the_hours(desk: Desk, clock: time, again: str, words: str) -> None:
    desk.wave(at=datetime(2026, 3, 12, 6, 0, tzinfo=TZ))
    desk.now = datetime.combine(EIGHT.date(), clock, TZ)
    held = await desk.step()
    assert held.sent is None and words in held.held
    assert held.again_at is not None and f"{held.again_at:%Y-%m-%d %H:%M}" == again


async def test_an_urgent_wave_does_not_wait_for_the_hours(desk: Desk) -> None:
    desk.wave(urgent=True, at=datetime(2026, 3, 12, 6, 0, tzinfo=TZ))
    desk.now = datetime(2026, 3, 12, 6, 1, tzinfo=TZ)
    assert (await desk.step()).sent is not None


async def test_a_content_that_may_not_be_sent_any_more_stops_with_the_reason(desk: Desk) -> None:
    desk.wave()
    await desk.step()
    desk.content = "批准后内容改过，停发"
    await desk.drain()
    assert len(desk.chat.posted) == 1
    whys = {why for (why,) in desk.store.conn.execute("SELECT why FROM outgoing WHERE state = 'failed'")}
    assert whys == {"批准后内容改过，停发"} and desk.reason("二群") == "not_sent"


async def test_a_room_that_is_gone_is_a_failure_and_the_next_one_is_served(desk: Desk) -> None:
    desk.wave()
    del desk.rooms[desk.ids["一群"]]
    await desk.drain()
    assert "一群" not in desk.chat.rooms_in_order and "二群" in desk.chat.rooms_in_order


async def test_a_failure_before_sending_costs_neither_pace_nor_quota(desk: Desk) -> None:
    desk.wave()
    del desk.rooms[desk.ids["工作群"]]
    assert (await desk.step()).state is SendState.FAILED
    assert (await desk.step()).state is SendState.FAILED
    assert (await desk.step()).state is SendState.ACCEPTED
    assert desk.store.read(sending.sent_today, "me", EIGHT.date()) == 1


async def test_what_was_not_said_in_its_time_is_cancelled_and_never_said(desk: Desk) -> None:
    desk.wave()
    desk.now += timedelta(days=1)
    late = desk.store.write_now(sending.expire, desk.now)
    assert len(late) == 6 and set(desk.states()) == {"cancelled"}
    await desk.drain()
    assert desk.chat.posted == [] and desk.reason("一群") == "not_sent"


# ── the town: changed on disk, and the echo of our own message ──────────────────────────────────────────────


@pytest.fixture
async def village(quick: Path) -> tuple[Town, Chat, Path]:
    """The same village on a real library with one approved content, at 8:00, everything still to be sent."""
    folder = Path(shutil.copytree(sample().library / "001-shuadan", quick / "content" / "001-shuadan"))
    store, chat = Store(quick / "chuanda.db"), Chat()
    store.write_now(trees.add_edition, town(), "t", EIGHT)
    chat.topics = {f"r{name}": name for name in ("一群", "二群", "工作群")}
    library = LiveLibrary(quick / "content")
    (content,) = library.refresh().contents.values()
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        store.write_now(approvals.add_approval, content.id, ApprovalEntry(act, content.digest, by, EIGHT))
    entry = {"id": "morning", "cron": "0 8 * * *", "what": {"ids": ["001-shuadan"]}}
    here = Town(store, chat, library, Schedules.model_validate({"entries": [entry]}), quick)
    await here.start(EIGHT - timedelta(minutes=1))
    await here.tick(EIGHT - timedelta(minutes=1))
    await here.tick(EIGHT)
    return here, chat, folder


async def test_one_character_changed_on_disk_stops_what_is_not_sent(village: Any) -> None:
    here, chat, folder = village
    first = await here.outbox.step(EIGHT, 0.0)
    assert first.state is SendState.ACCEPTED
    text = folder / "text.md"
    text.write_text(text.read_text("utf-8") + "。", "utf-8")
    second = await here.outbox.step(EIGHT + timedelta(seconds=4), 4.0)
    assert second.state is SendState.FAILED and len(chat.posted) == 1


def echo(part: Part, room: str, id: str = "m1") -> Message:
    return Message(
        id, room, "me", EIGHT + timedelta(minutes=1), MessageKind(part.kind.value), part.text, url=part.url,
        title=part.title, description=part.description, sha256=part.sha256, is_self=True,
    )  # fmt: skip


async def test_the_echo_of_a_part_settles_that_part_and_no_other(village: Any) -> None:
    """A crash between two parts of one content: the second coming back proves nothing about the first."""
    here, chat, _ = village
    chat.swallows = set(chat.topics)
    for second in range(0, 80, 4):
        await here.outbox.step(EIGHT + timedelta(seconds=second), float(second))
    (content,) = here.desk.contents.values()
    assert len(here.desk.store.read(sending.in_doubt)) == 2 * len(content.parts)
    for index, part in enumerate(content.parts):
        await here.handle(echo(part, "r一群", f"m{index}"))
        left = {
            out.part
            for out in here.desk.store.read(sending.in_doubt)
            if here.desk.tree.group_by_id[out.group].name == "一群"
        }
        assert left == set(range(index + 1, len(content.parts)))
    assert len(here.desk.store.read(sending.in_doubt)) == len(content.parts), "the other room stays in doubt"


async def test_a_strangers_post_settles_no_doubt(village: Any) -> None:
    here, chat, _ = village
    chat.swallows = set(chat.topics)
    await here.outbox.step(EIGHT, 0.0)
    (out,) = here.desk.store.read(sending.in_doubt)
    (content,) = here.desk.contents.values()
    room = f"r{here.desk.tree.group_by_id[out.group].name}"
    await here.handle(replace(echo(content.parts[out.part], room), is_self=False, sender="x"))
    assert len(here.desk.store.read(sending.in_doubt)) == 1


PARTS = [
    (content.id, index, part)
    for content in load_library(sample().library).contents.values()
    for index, part in enumerate(content.parts)
]


@pytest.mark.parametrize(("content", "index", "part"), PARTS, ids=[f"{c}-{i}" for c, i, _ in PARTS])
def test_in_the_whole_library_an_echo_names_one_part_only(content: str, index: int, part: Part) -> None:
    came_back = echo(part, "r")
    assert [(c, i) for c, i, other in PARTS if is_part(came_back, other)] == [(content, index)]
