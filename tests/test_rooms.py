"""A day with a real chat, through `Town`: rooms found, lost and found again, people known by a code, a link that breaks,
an account that has to rest. Strangers leave no trace."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Address, Channel, SendLater, SendUncertain
from bot.channels.wechaty.profile import CAPABILITIES
from bot.commands.places import Gazetteer
from bot.library import LiveLibrary
from bot.model.chat import (
    Account,
    BotRemoved,
    Capabilities,
    Event,
    Invitation,
    Link,
    LinkChanged,
    Message,
    MessageKind,
    Receipt,
    Room,
    RoomSeen,
    TooFast,
    form_of,
)
from bot.model.content import Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import TZ
from bot.model.tree import Group, GroupId, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.outbox import Step
from bot.sample import sample
from bot.schedules.model import Schedules
from bot.service.link import PICTURE, LinkState, link_state
from bot.service.town import Town
from bot.store import accounts, approvals, rooms, sending, trees
from bot.store.database import Store

VILLAGE, ONE, TWO, OTHER = "柳林村工作群", "柳林村第一网格居民群", "柳林村第二网格居民群", "桃源村乡亲群"
SENT_TO = (VILLAGE, ONE, OTHER)
"""The groups in which the bot is; the second grid's is forwarded to by people."""
CODE = "K7M2PQ9X"


def tree() -> Tree:
    nodes = (
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, 4, {Post.HEAD: WorkerId(1)}),
        Node(NodeId(2), "柳林村", "清河镇/柳林村", "村居", "", NodeId(1), 1, 3, {Post.HEAD: WorkerId(2)}),
        Node(
            NodeId(3), "第一网格", "清河镇/柳林村/第一网格", "网格", "", NodeId(2), 2, 2, {Post.CONTACT: WorkerId(3)}
        ),
        Node(
            NodeId(4), "第二网格", "清河镇/柳林村/第二网格", "网格", "", NodeId(2), 3, 3, {Post.CONTACT: WorkerId(4)}
        ),
        Node(NodeId(5), "桃源村", "清河镇/桃源村", "村居", "", NodeId(1), 4, 4, {Post.CONTACT: WorkerId(5)}),
    )  # fmt: skip
    groups = (
        Group(GroupId(1), NodeId(2), VILLAGE, use=Use.WORK, mode=Mode.DIRECT),
        Group(GroupId(2), NodeId(3), ONE, mode=Mode.DIRECT, members=100),
        Group(GroupId(3), NodeId(4), TWO, members=80),
        Group(GroupId(4), NodeId(5), OTHER, mode=Mode.DIRECT, members=50),
    )
    people = ("赵镇长", "钱书记", "周桂芳", "何建国", "吴国强")
    units = ("清河镇", "清河镇/柳林村", "清河镇/柳林村", "清河镇/柳林村", "清河镇/桃源村")
    workers = tuple(
        Worker(WorkerId(i), name, unit) for i, (name, unit) in enumerate(zip(people, units, strict=True), 1)
    )
    return Tree(nodes, groups, workers)


class Chat(Channel):
    """A chat as wechaty's: it lists rooms (or not), knows who is in them, and sometimes is not there."""

    def __init__(self, can: Capabilities = CAPABILITIES) -> None:
        self.can = can
        self.topics: dict[str, str] = {}
        self.there: dict[str, list[Account]] = {}
        self.names: dict[str, str] = {}
        self.bytes: dict[str, str] = {}
        self.posted: list[tuple[str, Part]] = []
        self.accepted: list[str] = []
        self.asked: list[str] = []
        self.away = self.swallows = False
        self.account = "bot1"

    def capabilities(self) -> Capabilities:
        return self.can

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def whoami(self) -> Account:
        return Account("wechaty", "")

    async def rooms(self) -> Sequence[Room]:
        if not self.can.lists_rooms or self.away:
            return ()
        return [Room(id, topic) for id, topic in self.topics.items()]

    async def members(self, room: str) -> Sequence[Account]:
        self.asked.append(room)
        return self.there.get(room, ())

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        if self.away:
            raise SendLater("网关连不上")
        self.posted.append((to.room or to.person, part))
        if self.swallows:
            raise SendUncertain("网关没有给出凭据")
        return Receipt(f"m{len(self.posted)}")

    async def recall(self, to: Address, message_id: str) -> bool:
        return False

    async def events(self) -> AsyncIterator[Event]:
        nothing: Sequence[Event] = ()
        for event in nothing:
            yield event

    async def fetch(self, message: Message) -> Message:
        return replace(message, sha256=self.bytes.get(message.id, ""))

    async def called(self, message: Message) -> str:
        return self.names.get(message.sender, "")

    async def accept(self, invitation: Invitation) -> None:
        self.accepted.append(invitation.id)


@dataclass
class Office:
    """The office's day with that chat, with its clock in the test's hand. It begins at half past seven."""

    data: Path
    chat: Chat
    store: Store
    town: Town
    now: datetime = datetime(2026, 3, 12, 7, 30, tzinfo=TZ)
    heard: int = 0
    steps: list[Step] = field(default_factory=list)

    async def until(self, clock: str, days: int = 0) -> None:
        """On to “08:05”, with every tick and every send on the way."""
        hour, minute = map(int, clock.split(":"))
        end = self.now.replace(hour=hour, minute=minute, second=0) + timedelta(days=days)
        while self.now < end:
            await self.tick()
            self.now += timedelta(seconds=20)
        self.now = end
        await self.tick()

    async def tick(self) -> None:
        await self.town.tick(self.now)
        for _ in range(20):
            step = await self.town.send(self.now, self.now.timestamp())
            if step.sent is None:
                break
            self.steps.append(step)

    async def later(self) -> None:
        """A minute later."""
        for _ in range(3):
            self.now += timedelta(seconds=20)
            await self.tick()

    async def happens(self, event: Event) -> None:
        await self.town.handle(event)
        await self.town.send(self.now, self.now.timestamp())

    async def say(self, room: str, sender: str, text: str) -> None:
        self.heard += 1
        id = f"said{self.heard}"
        await self.happens(Message(id, room, sender, self.now, MessageKind.TEXT, text))

    async def link(self, link: Link, account: str = "", code: str = "") -> None:
        await self.happens(LinkChanged(link, self.now, account, code))

    async def login(self, account: str) -> None:
        """Somebody scans the code: the account is there, with these ids."""
        await self.link(Link.UP, account)

    def code(self, name: str, hours: float = 168) -> None:
        """The office gives that person a code."""
        self.store.write_now(
            accounts.add_code, CODE, self.worker(name), self.now + timedelta(hours=hours)
        )  # fmt: skip

    async def know(self, name: str, account: str, room: str = "") -> None:
        """That person has said their code."""
        self.code(name)
        await self.say(room, account, f"绑定 {CODE}")
        assert self.town.desk.worker_of.get(account) == self.worker(name)

    def worker(self, name: str) -> WorkerId:
        return next(w.id for w in self.town.desk.tree.workers if w.name == name)

    def room_of(self, group: str) -> str | None:
        """Where that group can be written to now."""
        known = {g.name: g.id for g in self.town.desk.tree.groups}
        return rooms.usable(self.store.read(rooms.bindings)).get(known[group])

    @property
    def known(self) -> dict[str, str]:
        return {g: room for g in (VILLAGE, ONE, TWO, OTHER) if (room := self.room_of(g))}

    @property
    def doubts(self) -> list[tuple[str, str]]:
        return [(d.room.topic, d.why) for d in self.store.read(rooms.doubts)]

    @property
    def told(self) -> list[str]:
        """Everything that the office was ever told."""
        return [t for (t,) in self.store.conn.execute("SELECT text FROM notice ORDER BY id")]

    def told_of(self, words: str) -> int:
        return sum(words in text for text in self.told)

    def posts(self, room: str) -> list[str]:
        return [part.text or part.kind.value for where, part in self.chat.posted if where == room]

    def states(self) -> dict[str, list[str]]:
        """Group → what became of the parts that are for it."""
        found: dict[str, list[str]] = {}
        for name, state in self.store.conn.execute(
            "SELECT g.name, o.state FROM outgoing o JOIN grp g ON g.id = o.grp WHERE o.kind = 'part' ORDER BY o.id"
        ):
            found.setdefault(name, []).append(state)
        return found

    def traces_of(self, *words: str) -> list[str]:
        """Which of ``words`` stand anywhere below the data folder."""
        self.store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.store.conn.execute("VACUUM")
        self.store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        files = [f.read_bytes() for f in self.data.rglob("*") if f.is_file() and "content" not in f.parts]
        return [w for w in words if any(w.encode() in content for content in files)]


PLAIN = {"r1": VILLAGE, "r2": ONE, "r3": OTHER}
PARTS = 3
"""Of the content that goes out at eight: a text, a poster, and a link that this chat shows as a text."""


def open_town(folder: Path, chat: Chat, entry: dict[str, Any] | None = None) -> Town:
    entry = entry or {"id": "morning", "cron": "0 8 * * *", "what": {"ids": ["001-shuadan"]}}
    schedules = Schedules.model_validate({"channel": "wechaty", "entries": [entry], "escalation": []})
    return Town(Store(folder / "chuanda.db"), chat, LiveLibrary(folder / "content"), schedules, folder)


async def opened(folder: Path, chat: Chat, entry: dict[str, Any] | None = None) -> Office:
    shutil.copytree(sample().library / "001-shuadan", folder / "content" / "001-shuadan")
    store = Store(folder / "chuanda.db")
    begin = datetime(2026, 3, 12, 7, 30, tzinfo=TZ)
    store.write_now(trees.add_edition, tree(), "t", begin)
    (content,) = LiveLibrary(folder / "content").refresh().contents.values()
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        store.write_now(approvals.add_approval, content.id, ApprovalEntry(act, content.digest, by, begin))
    office = Office(folder, chat, store, open_town(folder, chat, entry))
    await office.town.start(office.now)
    await office.login("bot1")
    await office.tick()
    return office


@pytest.fixture
async def office(quick: Path) -> Office:
    """Half past seven: the bot is in its three rooms and has found them."""
    chat = Chat()
    chat.topics = dict(PLAIN)
    found = await opened(quick, chat)
    assert found.known == {VILLAGE: "r1", ONE: "r2", OTHER: "r3"} and not found.told
    return found


def again(office: Office) -> None:
    """`run` is stopped and started: nothing is left but the data folder."""
    office.town = open_town(office.data, office.chat)


# ── rooms become known ──────────────────────────────────────────────────────────────────────────────────────


async def test_at_eight_every_room_that_was_found_has_the_content(office: Office) -> None:
    await office.until("08:05")
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}
    assert {where for where, _ in office.chat.posted} == {"r1", "r2", "r3"}


async def test_where_rooms_cannot_be_listed_one_is_known_when_somebody_speaks_there(quick: Path) -> None:
    office = await opened(quick, Chat(replace(CAPABILITIES, lists_rooms=False)))
    assert not office.known
    await office.happens(RoomSeen(Room("r2", ONE), office.now))
    assert office.known == {ONE: "r2"}
    await office.until("08:30")
    assert office.known == {ONE: "r2"}, "an empty list takes nothing away"


async def test_a_room_of_strangers_leaves_no_trace(office: Office) -> None:
    await office.happens(RoomSeen(Room("family-room", "老王一家人"), office.now))
    await office.say("family-room", "wang", "晚上吃什么，打我电话13900001111")
    await office.say("", "wang", "在吗，我是老王")
    await office.until("08:05")
    assert office.traces_of("family-room", "老王", "wang", "13900001111") == []
    assert not office.told_of("拿不准")


async def test_a_room_with_nearly_the_name_is_asked_about_once_and_nothing_is_sent_there(
    office: Office,
) -> None:
    office.chat.topics["r9"] = "柳林村第二网格居民大群"
    await office.until("08:35")
    assert [topic for topic, _ in office.doubts] == ["柳林村第二网格居民大群"]
    assert office.told_of("拿不准") == 1 and not office.posts("r9")


async def test_a_second_room_of_the_name_gets_nothing_and_the_first_keeps_it(office: Office) -> None:
    office.chat.topics["copy"] = ONE
    office.chat.there["copy"] = [Account("x", "周桂芳")]
    await office.until("08:35")
    assert office.room_of(ONE) == "r2" and not office.posts("copy")
    assert office.told_of("已经有一个同名的群绑定了") == 1


async def test_a_renamed_room_stays_the_groups_and_the_office_is_told_once(office: Office) -> None:
    office.chat.topics["r2"] = "柳林人家"
    await office.until("08:35")
    assert office.room_of(ONE) == "r2" and len(office.posts("r2")) == PARTS
    assert office.told_of("改名叫“柳林人家”") == 1


async def test_a_doubtful_room_that_takes_quite_another_name_is_forgotten(office: Office) -> None:
    office.chat.topics["r9"] = "柳林村第二网格居民大群"
    await office.until("07:45")
    office.chat.topics["r9"] = "老王一家人"
    await office.until("08:00")
    assert not office.doubts


# ── “绑定群 NAME” ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_its_worker_says_in_the_room_which_group_it_is_and_is_answered_there(office: Office) -> None:
    office.chat.names["w4"] = "二网格何建国"
    for said in ("绑定群 柳林村第二网格居民群", "@传达 绑定群：柳林村第二网格居民群。"):
        await office.happens(RoomSeen(Room("r9", "网格二家人"), office.now))
        await office.say("r9", "w4", said)
        await office.later()
        assert office.room_of(TWO) == "r9"
        assert office.posts("r9")[-1] == f"认出来了，这是“{TWO}”。"
    assert len(office.posts("r9")) == 2


async def test_a_bound_worker_says_it_whatever_the_room_calls_them(office: Office) -> None:
    await office.know("何建国", "w4")
    office.chat.names["w4"] = "老何"
    await office.say("r9", "w4", f"绑定群 {TWO}")
    assert office.room_of(TWO) == "r9"


async def test_whoever_answers_for_another_place_or_for_nothing_binds_nothing(office: Office) -> None:
    office.chat.names |= {"w5": "吴国强", "x": "张三"}
    for speaker in ("w5", "x"):
        await office.say(f"room-{speaker}", speaker, f"绑定群 {TWO}")
    assert office.room_of(TWO) is None
    await office.later()
    assert not office.posts("room-w5") and not office.posts("room-x")


async def test_somebody_with_a_known_workers_name_but_another_account_binds_nothing(office: Office) -> None:
    await office.know("何建国", "w4")
    office.chat.names["x"] = "何建国"
    await office.say("r9", "x", f"绑定群 {TWO}")
    assert office.room_of(TWO) is None


async def test_a_group_that_has_a_room_is_not_moved_to_another_by_words(office: Office) -> None:
    office.chat.names["w3"] = "周桂芳"
    await office.say("r9", "w3", f"绑定群 {ONE}")
    assert office.room_of(ONE) == "r2"
    assert office.told_of("它已经绑定了另一个群") == 1


async def test_a_room_that_is_another_groups_is_not_taken_from_it_by_words(office: Office) -> None:
    office.chat.names["w2"] = "钱书记"
    await office.say("r2", "w2", f"绑定群 {TWO}")
    assert office.room_of(ONE) == "r2", "the first grid's room still is its own"
    assert office.room_of(TWO) is None
    assert office.doubts == [(ONE, f"负责人说是它，但这里原来是“{ONE}”")]
    assert office.told_of("负责人说是它") == 1


async def test_what_people_said_of_a_room_stays_with_the_office_until_it_is_decided(office: Office) -> None:
    office.chat.names |= {"w2": "钱书记", "w3": "周桂芳"}
    office.chat.topics["r9"] = "周桂芳的牌友"
    await office.until("07:45")
    await office.say("r2", "w2", f"绑定群 {TWO}")
    await office.say("r9", "w3", f"绑定群 {ONE}")
    await office.until("08:15")
    assert sorted(topic for topic, _ in office.doubts) == sorted([ONE, "周桂芳的牌友"])


async def test_a_room_bound_by_words_before_its_name_was_known_gives_no_news_of_it(office: Office) -> None:
    office.chat.names["w4"] = "何建国"
    await office.say("r9", "w4", f"绑定群 {TWO}")
    office.chat.topics["r9"] = "网格二家人"
    await office.until("08:15")
    assert office.room_of(TWO) == "r9" and not office.told_of("改名叫")


async def test_a_room_that_was_bound_by_words_gives_no_news_of_the_name_that_it_had(office: Office) -> None:
    office.chat.names["w4"] = "何建国"
    office.chat.topics["r9"] = "网格二家人"
    await office.until("07:45")
    await office.say("r9", "w4", f"绑定群 {TWO}")
    await office.until("08:15")
    assert office.room_of(TWO) == "r9" and not office.told_of("改名叫")
    office.chat.topics["r9"] = "网格二大家庭"
    await office.until("08:45")
    assert office.room_of(TWO) == "r9" and office.told_of("改名叫“网格二大家庭”") == 1


@pytest.mark.parametrize(
    "words", ["绑定群主是谁呀，我是13900001111", "绑定群聊13900001111", "绑定群 13900001111！"]
)
async def test_words_of_a_stranger_that_begin_like_it_land_nowhere(office: Office, words: str) -> None:
    await office.say("family-room", "wang", words)
    await office.until("07:50")
    assert office.traces_of("13900001111", "wang") == []


async def test_a_doubt_shows_the_name_that_the_room_has_and_not_the_one_that_somebody_claims(
    office: Office,
) -> None:
    office.chat.names["w3"] = "周桂芳"
    office.chat.topics["r9"] = "周桂芳的牌友"
    await office.until("07:45")
    await office.say("r9", "w3", f"绑定群 {ONE}")
    assert office.doubts == [("周桂芳的牌友", "负责人说是它，但它已经绑定了另一个群")]
    assert office.told_of("“周桂芳的牌友”拿不准") == 1


@pytest.mark.parametrize("name", [ONE, OTHER, "没有的群"])
async def test_a_stranger_cannot_make_a_known_room_doubtful(office: Office, name: str) -> None:
    office.chat.names["x"] = "张三"
    await office.say("r2", "x", f"绑定群 {name}")
    assert not office.doubts and office.room_of(ONE) == "r2"


async def test_a_name_that_the_roster_has_not_is_ignored_whoever_says_it(office: Office) -> None:
    await office.know("何建国", "w4")
    office.chat.topics["r9"] = "网格二家人"
    await office.until("07:45")
    for claimed in ("没有的群", "柳林村第二网格居民大群", "🎉🎉"):
        await office.say("r9", "w4", f"绑定群 {claimed}")
    assert not office.doubts and not office.told and office.room_of(TWO) is None
    assert office.traces_of("没有的群", "网格二家人") == []


# ── another login, other ids ────────────────────────────────────────────────────────────────────────────────


async def new_ids(office: Office) -> None:
    """Scanned again: the account and all rooms have other ids; people of two of the rooms are shown."""
    office.chat.topics = {f"n{id}": topic for id, topic in office.chat.topics.items()}
    office.chat.there = {
        "nr1": [Account("a", "钱书记")],
        "nr2": [Account("b", "张三"), Account("c", "周桂芳")],
        "nr3": [Account("d", "李四")],
    }
    await office.login("bot2")


async def test_after_another_login_rooms_are_found_by_name_and_by_somebody_who_answers(
    office: Office,
) -> None:
    await new_ids(office)
    assert office.known == {VILLAGE: "nr1", ONE: "nr2"}
    assert office.told_of("微信重新登录过") == 1 and office.told_of("没看到负责人在群里") == 1
    await office.until("08:05")
    assert {where for where, _ in office.chat.posted} == {"nr1", "nr2"}, "the old rooms get nothing"
    assert office.states()[OTHER] == ["planned"] * PARTS, "what is doubtful waits, it is not failed"


async def test_what_waited_goes_out_once_the_office_has_said_which_room_it_is(office: Office) -> None:
    await new_ids(office)
    await office.until("08:05")
    group = next(g for g in office.town.desk.tree.groups if g.name == OTHER)
    other = Store(office.data / "chuanda.db")  # `chuanda bind` is another process
    other.write_now(rooms.bind, group.id, Room("nr3", OTHER))
    other.write_now(sending.hasten, group.id, office.now)
    other.close()
    await office.until("08:06")
    assert len(office.posts("nr3")) == PARTS and office.states()[OTHER] == ["accepted"] * PARTS
    assert not office.doubts


async def test_what_waited_goes_out_once_somebody_who_answers_is_seen_there(office: Office) -> None:
    await new_ids(office)
    await office.until("08:05")
    office.chat.there["nr3"].append(Account("e", "吴国强"))
    await office.until("08:20")
    assert office.posts("nr3") and office.states()[OTHER] == ["accepted"] * PARTS


async def test_members_are_asked_for_only_where_ids_changed_and_are_not_kept(office: Office) -> None:
    await office.until("07:50")
    assert not office.chat.asked
    await new_ids(office)
    await office.until("08:05")
    assert set(office.chat.asked) == {"nr1", "nr2", "nr3"}
    assert office.traces_of("张三", "李四") == []


async def test_the_same_login_again_leaves_everything_as_it_is(office: Office) -> None:
    await office.know("何建国", "w4")
    await office.link(Link.UNREACHABLE)
    await office.login("bot1")
    assert set(office.known) == set(SENT_TO) and "w4" in office.town.desk.worker_of
    assert not office.told_of("重新登录")


async def test_people_whose_ids_changed_have_to_say_a_code_again(office: Office) -> None:
    await office.know("何建国", "w4")
    await new_ids(office)
    assert office.told_of("1 个人的账号要重新绑定") == 1 and not office.town.desk.worker_of


async def test_where_accounts_keep_their_ids_people_stay_known_and_show_which_room_it_is(
    quick: Path,
) -> None:
    chat = Chat(replace(CAPABILITIES, stable_accounts=True))
    chat.topics = dict(PLAIN)
    office = await opened(quick, chat)
    await office.know("吴国强", "w5")
    chat.topics = {"n3": OTHER, "copy": ONE}
    chat.there = {"n3": [Account("w5", "强哥")], "copy": [Account("x", "吴国强")]}
    await office.login("bot2")
    assert office.known == {OTHER: "n3"}
    assert office.told_of("登录的微信号和上次的不一样，请看一眼对不对。\n3 个群要重新认一遍") == 1


async def test_a_login_is_remembered_by_the_next_run(office: Office) -> None:
    again(office)
    await office.town.start(office.now)
    await office.login("bot1")
    assert set(office.known) == set(SENT_TO)
    await new_ids(office)
    assert office.known == {VILLAGE: "nr1", ONE: "nr2"}


async def test_where_rooms_keep_their_ids_a_login_makes_none_of_them_doubtful(quick: Path) -> None:
    chat = Chat(replace(CAPABILITIES, stable_rooms=True, lists_rooms=False))
    office = await opened(quick, chat)
    for id, topic in PLAIN.items():
        await office.happens(RoomSeen(Room(id, topic), office.now))
    await office.login("bot2")
    await office.until("08:05")
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}


async def test_a_list_of_members_that_has_not_come_yet_is_no_doubt(office: Office) -> None:
    office.chat.topics = {f"n{id}": topic for id, topic in PLAIN.items()}
    await office.login("bot2")
    await office.tick()
    assert not office.doubts and not office.told_of("拿不准") and not office.known
    office.chat.there = {
        "nr1": [Account("a", "钱书记")], "nr2": [Account("c", "周桂芳")], "nr3": [Account("d", "吴国强")],
    }  # fmt: skip
    await office.tick()
    assert office.known == {VILLAGE: "nr1", ONE: "nr2", OTHER: "nr3"} and not office.doubts


async def test_a_room_in_which_nobody_is_ever_seen_is_put_to_the_office_once(office: Office) -> None:
    office.chat.topics = {"nr2": ONE}
    await office.login("bot2")
    await office.until("08:30")
    assert office.doubts == [(ONE, "名字一样，但看不到群里有谁")]
    assert office.told_of("名字一样，但看不到群里有谁") == 1 and office.room_of(ONE) is None
    office.chat.there = {"nr2": [Account("c", "周桂芳")]}
    await office.until("08:50")
    assert office.room_of(ONE) == "nr2" and not office.doubts


# ── rooms get lost ──────────────────────────────────────────────────────────────────────────────────────────


async def test_one_short_list_takes_no_room_away(office: Office) -> None:
    del office.chat.topics["r2"]
    await office.until("07:45")
    assert office.room_of(ONE) == "r2"
    office.chat.topics = dict(PLAIN)
    await office.until("08:05")
    assert office.room_of(ONE) == "r2" and office.posts("r2") and not office.told_of("请人拉回来")


async def test_missing_again_ten_minutes_later_it_is_lost_and_the_office_told_once(office: Office) -> None:
    del office.chat.topics["r2"]
    await office.until("09:00")
    assert office.room_of(ONE) is None and office.told_of(f"机器人不在“{ONE}”里了") == 1
    assert set(office.known) == {VILLAGE, OTHER}
    office.chat.topics["r2"] = ONE
    await office.until("09:15")
    assert office.room_of(ONE) == "r2", "somebody brought it back"


async def test_an_empty_list_and_a_link_that_is_down_take_nothing_away(office: Office) -> None:
    office.chat.topics = {}
    await office.until("07:55")
    office.chat.away = True
    await office.link(Link.UNREACHABLE)
    await office.until("08:30")
    assert set(office.known) == set(SENT_TO)


async def test_missing_before_and_after_a_login_is_not_missing_twice(office: Office) -> None:
    del office.chat.topics["r2"]
    await office.until("07:44")
    await office.login("bot1")
    await office.until("07:50")
    assert office.room_of(ONE) == "r2"


async def test_taken_out_of_a_room_it_is_lost_at_once_and_told_once(office: Office) -> None:
    for _ in range(2):
        await office.happens(BotRemoved("r2", office.now))
    assert office.room_of(ONE) is None and office.told_of(f"机器人不在“{ONE}”里了") == 1
    del office.chat.topics["r2"]
    await office.until("08:05")
    assert not office.posts("r2") and ONE not in office.states(), (
        "nothing is planned for a room that is not there"
    )
    await office.happens(RoomSeen(Room("r2", ONE), office.now))
    assert office.room_of(ONE) == "r2"


async def test_taken_out_of_a_room_that_was_still_to_be_found_it_is_lost_too(office: Office) -> None:
    office.chat.topics = {}
    await office.login("bot2")
    await office.happens(BotRemoved("r2", office.now))
    assert office.told_of(f"机器人不在“{ONE}”里了") == 1


async def test_an_id_that_is_another_room_now_leaves_the_group_that_it_was_waiting(office: Office) -> None:
    await office.until("07:59")
    office.chat.topics = {"r2": OTHER}
    office.chat.there = {"r2": [Account("x", "吴国强")]}
    await office.login("bot2")
    await office.until("08:05")
    assert office.room_of(OTHER) == "r2" and len(office.posts("r2")) == PARTS
    assert office.states().get(ONE) == ["planned"] * PARTS


async def test_out_of_a_room_in_which_nobody_was_seen_yet_nothing_is_asked_about_it(office: Office) -> None:
    office.chat.topics = {"nr2": ONE}
    await office.login("bot2")
    office.chat.topics = {}
    await office.happens(BotRemoved("nr2", office.now))
    await office.until("07:50")
    assert not office.doubts and not office.told_of("拿不准")


async def test_out_of_a_doubtful_room_nobody_has_to_decide_any_more(office: Office) -> None:
    await office.happens(RoomSeen(Room("r9", "柳林村第二网格居民大群"), office.now))
    assert office.doubts
    await office.happens(BotRemoved("r9", office.now))
    assert not office.doubts


async def test_a_room_in_which_people_speak_is_not_missing_whatever_the_list_says(office: Office) -> None:
    del office.chat.topics["r2"]
    for clock in ("07:40", "07:45", "07:50", "07:55", "08:00"):
        await office.until(clock)
        await office.say("r2", "x", "早上好")
    assert office.room_of(ONE) == "r2"


# ── invitations ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_invitation_is_taken_from_people_who_are_known_only(office: Office) -> None:
    await office.happens(Invitation("i1", "stranger-1", office.now))
    assert office.chat.accepted == []
    await office.know("何建国", "w4")
    await office.happens(Invitation("i2", "w4", office.now))
    assert office.chat.accepted == ["i2"]


async def test_many_invitations_of_strangers_are_told_once_a_day_and_without_who(office: Office) -> None:
    for number in range(5):
        await office.happens(Invitation(f"i{number}", f"stranger-{number}", office.now))
    assert office.told_of("没有接受") == 1
    assert office.traces_of("stranger") == []
    office.now += timedelta(days=1)
    await office.happens(Invitation("i9", "stranger-9", office.now))
    assert office.told_of("没有接受") == 2


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", [f"绑定 {CODE}", f"绑定{CODE.lower()}", f"@传达 绑定 {CODE} "])
async def test_a_code_said_privately_makes_the_account_known_and_is_answered(
    office: Office, said: str
) -> None:
    office.code("周桂芳")
    await office.say("", "w3", said)
    await office.tick()
    assert office.town.desk.worker_of == {"w3": office.worker("周桂芳")}
    assert office.worker("周桂芳") in office.town.desk.private
    assert office.posts("w3") == ["周桂芳，您好，绑定好了。\n看能说什么，回“帮助”。"]


async def test_a_code_said_in_the_work_group_is_answered_there_and_gives_no_right_to_write_privately(
    office: Office,
) -> None:
    await office.know("周桂芳", "w3", "r1")
    await office.later()
    assert office.posts("r1")[-1].startswith("周桂芳，您好，绑定好了")
    assert office.worker("周桂芳") not in office.town.desk.private


async def test_who_was_known_in_a_group_and_writes_privately_may_be_written_to(office: Office) -> None:
    await office.know("周桂芳", "w3", "r1")
    await office.say("", "w3", "在吗")
    office.town.desk.reload_rooms()
    assert office.worker("周桂芳") in office.town.desk.private


async def test_a_code_works_once(office: Office) -> None:
    await office.know("周桂芳", "w3")
    await office.say("", "x", f"绑定 {CODE}")
    assert set(office.town.desk.worker_of) == {"w3"}


async def test_a_code_that_ended_works_no_more(office: Office) -> None:
    office.code("周桂芳", hours=1)
    office.now += timedelta(hours=1)
    await office.say("", "w3", f"绑定 {CODE}")
    assert not office.town.desk.worker_of


async def test_another_code_for_the_same_person_ends_the_first(office: Office) -> None:
    office.code("周桂芳")
    office.store.write_now(
        accounts.add_code, "ABCDEFGH", office.worker("周桂芳"), office.now + timedelta(days=7)
    )
    await office.say("", "w3", f"绑定 {CODE}")
    assert not office.town.desk.worker_of
    await office.say("", "w3", "绑定 ABCDEFGH")
    assert "w3" in office.town.desk.worker_of


async def test_after_five_wrong_codes_an_account_is_not_heard_for_an_hour(office: Office) -> None:
    office.code("周桂芳")
    for _ in range(5):
        await office.say("", "w3", "绑定 22222222")
    await office.say("", "w3", f"绑定 {CODE}")
    assert not office.town.desk.worker_of
    office.now += timedelta(hours=1, minutes=1)
    await office.say("", "w3", f"绑定 {CODE}")
    assert "w3" in office.town.desk.worker_of


async def test_guessing_with_many_accounts_is_noticed_too(office: Office) -> None:
    office.code("周桂芳")
    for number in range(50):
        await office.say("", f"x{number}", "绑定 22222222")
    await office.say("", "w3", f"绑定 {CODE}")
    assert not office.town.desk.worker_of


async def test_strangers_who_guess_are_answered_in_a_work_group_only_and_leave_no_trace(
    office: Office,
) -> None:
    for room in ("", "r1"):
        await office.say(room, "stranger-7", "绑定 34343434")
    await office.later()
    answers = [(where, part.text) for where, part in office.chat.posted]
    assert answers == [("r1", "这个绑定码不对，或者过期了。\n请向反诈办再要一个。")]
    assert office.traces_of("stranger-7", "34343434") == []


@pytest.mark.parametrize("room", ["r2", "elsewhere"])
async def test_a_code_said_among_residents_is_not_taken(office: Office, room: str) -> None:
    office.code("周桂芳")
    await office.say(room, "w3", f"绑定 {CODE}")
    assert not office.town.desk.worker_of


async def test_the_code_itself_stands_nowhere(office: Office) -> None:
    await office.know("周桂芳", "w3")
    office.code("何建国")
    assert office.traces_of(CODE) == []


# ── a leader asks ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_leader_who_is_known_asks_privately_and_hears_of_their_own_place(office: Office) -> None:
    await office.know("钱书记", "w2")
    await office.until("08:05")
    for question in ("覆盖率", "覆盖率 柳林村", "柳林村覆盖率", "覆盖率？", "覆盖率 清河镇/柳林村"):
        office.chat.posted.clear()
        await office.say("", "w2", question)
        await office.later()
        (answer,) = office.posts("w2")
        assert answer.startswith("柳林村，今天到 8:") and "应转 2 群次，转到 1" in answer, question
        assert "清河镇现在" in answer
    office.chat.posted.clear()
    await office.say("", "w2", "未转发")
    (answer,) = office.posts("w2")
    assert answer.startswith("柳林村还有 1 个群没转：\n1 第二网格居民群，何建国"), "at once"


async def test_in_the_work_group_a_leader_is_known_by_the_name_and_is_told_of_that_village(
    office: Office,
) -> None:
    await office.until("08:05")
    office.chat.names["w2"] = "柳林村-钱书记"
    before = len(office.posts("r1"))
    await office.say("r1", "w2", "@传达 覆盖率 柳林村")
    await office.say("r1", "w2", "@传达\u2005覆盖率")
    await office.say("r1", "w2", "@传达 覆盖率 第一网格")
    assert len(office.posts("r1")) == before, "a group's answers wait for each other"
    await office.later()
    answers = office.posts("r1")[before:]
    assert [a.splitlines()[0].split("，")[0] for a in answers] == ["柳林村", "第一网格"], (
        "the same one is said once"
    )


async def test_short_answers_to_a_work_group_become_one_message(office: Office) -> None:
    office.chat.names["w2"] = "钱书记"
    for place in ("柳林村", "第一网格"):
        await office.say("r1", "w2", f"覆盖率 {place}")
    await office.later()
    (both,) = office.posts("r1")
    assert both == "柳林村，今天到 7:30\n没有要转的群。\n\n第一网格，今天到 7:30\n没有要转的群。"


async def test_in_a_work_group_a_grid_worker_is_known_by_the_name_and_hears_of_their_own_place(
    office: Office,
) -> None:
    await office.until("08:05")
    office.chat.names["w4"] = "何建国"
    before = len(office.posts("r1"))
    await office.say("r1", "w4", "未转发")
    await office.later()
    assert len(office.posts("r1")) == before, "“未转发” of a grid worker is an answer and no question"
    for said, first in (
        ("覆盖率", "第二网格，今天到 8:"),
        ("覆盖率 第二网格", "第二网格，今天到 8:"),
        ("我的任务", "何建国，还有 1 个群等您转："),
        ("覆盖率 第一网格", "这是第一网格的数据，您能看的是第二网格。"),
    ):
        before = len(office.posts("r1"))
        await office.say("r1", "w4", said)
        await office.later()
        (answer,) = office.posts("r1")[before:]
        assert answer.startswith(first), said
    await office.know("何建国", "w4", "r1")
    await office.later()
    before = len(office.posts("r1"))
    await office.say("r1", "w4", "覆盖率")
    await office.later()
    assert [a.split("，")[0] for a in office.posts("r1")[before:]] == ["第二网格"]


@pytest.mark.parametrize("place", ["桃源村", "清河镇"])
async def test_asked_for_another_place_one_polite_line_says_what_is_theirs(
    office: Office, place: str
) -> None:
    await office.know("钱书记", "w2")
    await office.later()
    for room in ("", "r1"):
        office.chat.posted.clear()
        await office.say(room, "w2", f"覆盖率 {place}")
        await office.later()
        assert office.posts(room or "w2") == [f"这是{place}的数据，您能看的是柳林村。"]
        assert len(office.chat.posted) == 1


async def test_asked_for_a_place_that_is_not_there_the_nearest_of_theirs_are_offered(office: Office) -> None:
    await office.know("钱书记", "w2")
    await office.later()
    office.chat.posted.clear()
    for said in ("覆盖率 梅花村", "覆盖率 第三网格"):
        await office.say("", "w2", said)
        await office.later()
    nothing, which = office.posts("w2")
    assert nothing.startswith("没找到“梅花村”。\n")
    head, *offered, last = which.splitlines()
    assert (head, last) == ("没找到“第三网格”，是不是：", "回一个数字就行。")
    assert {line.split()[1] for line in offered} == {"柳林村第一网格", "柳林村第二网格"}
    (number,) = [line.split()[0] for line in offered if "第二" in line]
    await office.say("", "w2", number)
    assert office.posts("w2")[-1].startswith("第二网格，今天到 7:")


async def test_the_mayor_may_ask_of_every_village(office: Office) -> None:
    await office.know("赵镇长", "w1")
    await office.later()
    office.chat.posted.clear()
    for question in ("覆盖率", "覆盖率 桃源村"):
        await office.say("", "w1", question)
    await office.later()
    assert [a.split("，")[0] for a in office.posts("w1")] == ["清河镇", "桃源村"]


async def test_strangers_and_people_of_other_villages_get_no_answer_and_leave_no_trace(
    office: Office,
) -> None:
    office.chat.names |= {"stranger-7": "张三", "w5": "吴国强"}
    for sender in ("stranger-7", "w5"):
        for room in ("r1", "r2", "elsewhere", ""):
            await office.say(room, sender, "覆盖率")
            await office.say(room, sender, "覆盖率 柳林村")
    await office.later()
    assert not office.chat.posted and office.traces_of("stranger-7", "张三") == []


async def test_a_question_among_residents_is_not_heard_even_from_a_leader(office: Office) -> None:
    await office.know("钱书记", "w2")
    await office.later()
    office.chat.posted.clear()
    await office.say("r2", "w2", "覆盖率")
    await office.later()
    assert not office.chat.posted


@pytest.mark.parametrize("talk", ["覆盖率太低了，大家抓紧", "这个覆盖率要提高", "已转发"])
async def test_talk_about_it_is_no_question(office: Office, talk: str) -> None:
    office.chat.names["w2"] = "钱书记"
    await office.say("r1", "w2", talk)
    await office.later()
    assert not office.chat.posted


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("今天的覆盖率怎么样", "柳林村，今天到 8:"),
        ("请把覆盖率发给我看一下谢谢", "柳林村，今天到 8:"),
        ("谁还未转发呀", "柳林村还有 1 个群没转："),
        ("未转发", "柳林村还有 1 个群没转："),
    ],
)
async def test_asked_in_the_words_that_people_have_it_is_a_question(
    office: Office, asked: str, told: str
) -> None:
    await office.until("08:05")
    office.chat.names["w2"] = "钱书记"
    before = len(office.posts("r1"))
    await office.say("r1", "w2", asked)
    await office.later()
    (answer,) = office.posts("r1")[before:]
    assert answer.startswith(told)


async def test_before_there_is_anything_to_forward_nobody_is_told_that_all_of_it_was(office: Office) -> None:
    await office.know("钱书记", "w2")
    await office.later()
    office.chat.posted.clear()
    await office.say("", "w2", "未转发")
    (answer,) = office.posts("w2")
    assert "没有要转的群" in answer and "都转到了" not in answer


async def test_a_leader_of_the_town_and_of_the_village_is_known_in_the_villages_group(quick: Path) -> None:
    """The roster has him twice, once for each unit: whichever is meant, the village is his."""
    chat = Chat()
    chat.topics = dict(PLAIN)
    office = await opened(quick, chat)
    people = [replace(w, name="钱书记") if w.id == 1 else w for w in office.town.desk.tree.workers]
    office.store.write_now(trees.add_edition, replace(tree(), workers=tuple(people)), "t2", office.now)
    office.chat.names["w2"] = "钱书记"
    await office.tick()
    await office.say("r1", "w2", "覆盖率")
    await office.later()
    assert office.posts("r1") == ["柳林村，今天到 7:30\n没有要转的群。"]


@pytest.mark.parametrize("asked", ["A区（东）", "a区(东)", "Ａ区（东）"])
def test_a_place_with_letters_or_brackets_in_its_name_can_be_asked_for(asked: str) -> None:
    plain = tree()
    named = replace(plain.nodes[2], name="A区（东）", path="清河镇/柳林村/A区（东）")
    town = replace(plain, nodes=(*plain.nodes[:2], named, *plain.nodes[3:]))
    assert Gazetteer.of(town).place(asked).one is named


# ── the link ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_short_break_is_nobodys_business(office: Office) -> None:
    await office.link(Link.UNREACHABLE)
    office.now += timedelta(seconds=15)
    await office.tick()
    await office.login("bot1")
    await office.until("07:40")
    assert not office.told


async def test_a_long_break_is_told_once_and_once_that_it_is_over(office: Office) -> None:
    await office.link(Link.UNREACHABLE)
    await office.until("07:35")
    for link in (Link.FROZEN, Link.UNREACHABLE, Link.FROZEN):
        await office.link(link)
        office.now += timedelta(minutes=1)
        await office.tick()
    assert office.told == ["网关连不上，发送先停着。请看一眼网关那台机器和网络，好了会自己接着发。"]
    await office.login("bot1")
    await office.until("07:50")
    assert office.told[1:] == ["微信接上了，接着发。"]


async def test_the_next_break_is_told_again(office: Office) -> None:
    for clock in ("07:35", "07:45"):
        await office.link(Link.UNREACHABLE)
        await office.until(clock)
        await office.login("bot1")
    assert office.told_of("网关连不上") == 2 and office.told_of("微信接上了") == 2


@pytest.mark.parametrize("link", [Link.SCAN, Link.REFUSED])
async def test_what_needs_a_person_is_told_at_once(office: Office, link: Link) -> None:
    await office.link(link, code="https://login.weixin.qq.com/l/abc" if link is Link.SCAN else "")
    assert len(office.told) == 1 and "发送先停着" in office.told[0]


async def test_what_needs_a_person_is_told_also_where_a_break_was_told_before(office: Office) -> None:
    await office.link(Link.UNREACHABLE)
    await office.until("07:35")
    await office.link(Link.SCAN, code="https://login.weixin.qq.com/l/abc")
    assert office.told_of("网关连不上") == 1 and office.told_of("要用手机扫码") == 1
    await office.login("bot1")
    assert office.told_of("微信接上了") == 1


async def test_the_code_to_scan_lies_in_the_folder_as_long_as_it_is_wanted(office: Office) -> None:
    picture = office.data / PICTURE
    await office.link(Link.SCAN, code="https://login.weixin.qq.com/l/abc")
    first = picture.read_bytes()
    assert first.startswith(b"\x89PNG")
    (shown,) = [t.text for t in office.town.told() if t.kind == "code"]
    assert PICTURE in shown and "█" in shown
    office.now += timedelta(minutes=1)
    await office.link(Link.SCAN, code="https://login.weixin.qq.com/l/another-one")
    assert picture.read_bytes() != first, "the newest one"
    assert office.told_of("要用手机扫码") == 1
    await office.login("bot1")
    assert not picture.exists()
    assert office.traces_of("login.weixin.qq.com") == []


async def test_another_process_reads_how_the_link_stands(office: Office) -> None:
    other = Store(office.data / "chuanda.db")
    state = link_state(other)
    assert state is not None and state.link is Link.UP
    await office.link(Link.REFUSED)
    state = link_state(other)
    assert state == LinkState(Link.REFUSED, office.now, told=True)
    await office.login("bot1")
    assert link_state(other) == LinkState(Link.UP, office.now, told=False)
    await office.link(Link.UNREACHABLE)
    assert link_state(other) == LinkState(Link.UNREACHABLE, office.now, told=False), "not yet"
    other.close()


def test_before_the_first_run_nothing_is_known_of_the_link(quick: Path) -> None:
    assert link_state(Store(quick / "chuanda.db")) is None


async def test_since_when_it_stands_so_does_not_move_with_each_new_code(office: Office) -> None:
    begin = office.now
    for number in range(3):
        await office.link(Link.SCAN, code=f"https://login.weixin.qq.com/l/{number}")
        office.now += timedelta(minutes=1)
    state = link_state(office.store)
    assert state is not None and state.since == begin


async def test_told_by_one_run_that_it_broke_the_office_hears_from_the_next_that_it_is_over(
    office: Office,
) -> None:
    await office.link(Link.REFUSED)
    again(office)
    await office.town.start(office.now)
    await office.login("bot1")
    assert office.told_of("微信接上了") == 1


# ── “too fast” ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_too_fast_rests_half_an_hour_halves_the_day_and_is_told_once(office: Office) -> None:
    await office.until("08:00")
    sent = len(office.chat.posted)
    await office.happens(TooFast(office.now))
    for _ in range(3):
        office.now += timedelta(minutes=1)
        await office.happens(TooFast(office.now))
    await office.until("08:29")
    assert len(office.chat.posted) <= sent + 1, "what was on its way"
    assert office.told_of("操作过于频繁") == 1
    assert office.told_of("歇到 8:30，今天总共最多发 200 条。没发完的接着往后发。") == 1
    await office.until("08:35")
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}


async def test_said_again_after_the_rest_it_rests_twice_as_long_and_halves_again(office: Office) -> None:
    await office.until("08:00")
    await office.happens(TooFast(office.now))
    await office.until("08:31")
    await office.happens(TooFast(office.now))
    assert office.told_of("歇到 9:31，今天总共最多发 100 条。") == 1


async def test_urgent_warnings_and_answers_rest_too(quick: Path) -> None:
    chat = Chat()
    chat.topics = dict(PLAIN)
    entry = {"id": "now", "dates": ["2026-03-12 08:00"], "what": {"ids": ["001-shuadan"]}, "urgent": True}
    office = await opened(quick, chat, entry)
    await office.know("钱书记", "w2")
    await office.tick()
    await office.happens(TooFast(office.now))
    office.chat.posted.clear()
    await office.say("", "w2", "覆盖率")
    await office.until("07:59")
    assert not office.chat.posted
    await office.until("08:05")
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}


async def test_the_rest_and_the_shorter_day_survive_a_restart(office: Office) -> None:
    await office.until("07:59")
    await office.happens(TooFast(office.now))
    again(office)
    await office.town.start(office.now)
    await office.until("08:20")
    assert not office.chat.posted
    step = await office.town.send(office.now, office.now.timestamp())
    assert step.held == "微信说发得太频繁，歇到 08:29" and step.again_at is not None
    assert await office.town.outbox.too_fast(office.now) is None, "it rests already"
    office.now += timedelta(minutes=20)
    assert await office.town.outbox.too_fast(office.now) == (office.now + timedelta(hours=1), 100)


async def test_tomorrow_is_a_whole_day_again(office: Office) -> None:
    await office.happens(TooFast(office.now))
    office.now += timedelta(days=1)
    rested = await office.town.outbox.too_fast(office.now)
    assert rested == (office.now + timedelta(minutes=30), 200)


async def test_a_rest_does_not_end_at_midnight(quick: Path) -> None:
    chat = Chat()
    chat.topics = dict(PLAIN)
    entry = {"id": "now", "dates": ["2026-03-13 00:01"], "what": {"ids": ["001-shuadan"]}, "urgent": True}
    office = await opened(quick, chat, entry)
    office.now = office.now.replace(hour=23, minute=50)
    await office.tick()
    await office.happens(TooFast(office.now))
    await office.until("00:10", days=1)
    assert not office.chat.posted


# ── not connected ───────────────────────────────────────────────────────────────────────────────────────────


async def test_what_the_gateway_never_had_is_said_later_in_order_once_and_counts_once(office: Office) -> None:
    office.chat.away = True
    await office.until("08:10")
    assert not office.chat.posted
    assert office.states() == {g: ["planned"] * PARTS for g in SENT_TO}
    assert office.store.read(sending.sent_today, "wechaty", office.now.date()) == 0
    office.chat.away = False
    await office.until("08:20")
    assert [where for where, _ in office.chat.posted] == ["r1"] * PARTS + ["r2"] * PARTS + ["r3"] * PARTS
    kinds = [part.kind for where, part in office.chat.posted if where == "r2"]
    (content,) = office.town.desk.contents.values()
    assert kinds == [part.kind for part in content.parts]
    assert office.store.read(sending.sent_today, "wechaty", office.now.date()) == 3 * PARTS
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}


async def test_put_back_between_two_parts_the_second_still_comes_second(office: Office) -> None:
    await office.until("08:00")
    assert len(office.chat.posted) == 1
    office.chat.away = True
    await office.until("08:05")
    again(office)
    await office.town.start(office.now)
    office.chat.away = False
    await office.until("08:15")
    (content,) = office.town.desk.contents.values()
    assert [p.kind for w, p in office.chat.posted if w == "r1"] == [p.kind for p in content.parts]
    assert office.states() == {g: ["accepted"] * PARTS for g in SENT_TO}


# ── reminders mention people, echoes settle doubts ──────────────────────────────────────────────────────────


async def test_a_reminder_in_the_work_group_mentions_those_whose_account_is_known(office: Office) -> None:
    await office.know("何建国", "w4", "r1")
    await office.until("12:30")
    (reminder,) = [p for w, p in office.chat.posted if w == "r1" and "等您转" in p.text]
    assert "@何建国" in reminder.text and tuple(reminder.mentions) == ("w4",)


async def test_without_a_known_account_the_name_is_written_and_nobody_is_mentioned(office: Office) -> None:
    await office.until("12:30")
    (reminder,) = [p for w, p in office.chat.posted if w == "r1" and "等您转" in p.text]
    assert "@何建国" in reminder.text and not reminder.mentions


async def test_who_may_be_written_to_is_reminded_privately_and_not_mentioned(office: Office) -> None:
    await office.know("何建国", "w4")
    await office.until("12:30")
    assert [t for t in office.posts("w4") if "等您转" in t]
    assert not [t for t in office.posts("r1") if "等您转" in t]


def came_back(part: Part, room: str, at: datetime, id: str = "echo") -> Message:
    return Message(id, room, "me", at, MessageKind(part.kind.value), part.text, is_self=True)


async def in_doubt(office: Office) -> list[Part]:
    """Eight o'clock passes and the gateway never says what became of it. Returns the content's parts."""
    office.chat.swallows = True
    await office.until("08:05")
    assert office.states() == {g: ["in_doubt"] * PARTS for g in SENT_TO}
    (content,) = office.town.desk.contents.values()
    return list(content.parts)


async def test_a_picture_that_comes_back_late_settles_it_only_if_the_bytes_are_the_same(
    office: Office,
) -> None:
    parts = await in_doubt(office)
    (index,) = [i for i, p in enumerate(parts) if p.kind is PartKind.IMAGE]
    for id, digest, state in (
        ("e1", "", "in_doubt"),
        ("e2", "0" * 64, "in_doubt"),
        ("e3", parts[index].sha256.upper(), "accepted"),
    ):
        office.chat.bytes[id] = digest
        await office.happens(came_back(parts[index], "r2", office.now, id))
        assert office.states()[ONE][index] == state
    assert office.states()[OTHER] == office.states()[VILLAGE] == ["in_doubt"] * PARTS
    await office.until("08:30")
    assert len(office.chat.posted) == 3 * PARTS, "nothing is posted a second time"


async def test_of_two_pictures_in_doubt_in_two_rooms_each_echo_settles_its_own(office: Office) -> None:
    parts = await in_doubt(office)
    for room, group in (("r3", OTHER), ("r1", VILLAGE)):
        for index, part in enumerate(parts):
            id = f"{room}-{index}"
            office.chat.bytes[id] = part.sha256
            await office.happens(came_back(form_of(part, CAPABILITIES), room, office.now, id))
        assert office.states()[group] == ["accepted"] * PARTS
    assert office.states()[ONE] == ["in_doubt"] * PARTS


def test_a_card_that_the_gateway_has_not_goes_as_text_with_what_opens_it() -> None:
    link = Part(PartKind.LINK, url="https://mp.weixin.qq.com/s/abc", title="刷单", description="别上当")
    assert form_of(link, CAPABILITIES).kind is PartKind.TEXT
    assert form_of(link, CAPABILITIES).text == "刷单\n别上当\nhttps://mp.weixin.qq.com/s/abc"
    bare = replace(link, description="")
    assert form_of(bare, CAPABILITIES).text == "刷单\nhttps://mp.weixin.qq.com/s/abc"
    card = Part(PartKind.MINI_PROGRAM, title="国家反诈中心", appid="wx1", page="p")
    assert "国家反诈中心" in form_of(card, CAPABILITIES).text
    can = replace(CAPABILITIES, parts=frozenset(PartKind))
    assert form_of(link, can) is link
    cannot = replace(CAPABILITIES, as_text=frozenset())
    assert form_of(link, cannot) is link and not cannot.carries(PartKind.LINK)


async def test_a_link_that_went_as_text_comes_back_as_text_and_settles_that_part_alone(
    office: Office,
) -> None:
    parts = await in_doubt(office)
    (index,) = [i for i, p in enumerate(parts) if p.kind is PartKind.LINK]
    as_card = Message(
        "e1", "r2", "me", office.now, MessageKind.LINK, url=parts[index].url, title=parts[index].title, is_self=True
    )  # fmt: skip
    await office.happens(as_card)
    assert office.states()[ONE] == ["in_doubt"] * PARTS, "that is not what was sent"
    text = form_of(parts[index], CAPABILITIES).text
    wrapped = Message("e2", "r2", "me", office.now, MessageKind.TEXT, f"{text} \n", is_self=True)
    await office.happens(replace(wrapped, is_self=False, sender="x"))
    assert office.states()[ONE] == ["in_doubt"] * PARTS, "somebody else's"
    await office.happens(wrapped)
    assert [i for i, state in enumerate(office.states()[ONE]) if state == "accepted"] == [index]


async def test_our_own_reminder_coming_back_settles_it_too(office: Office) -> None:
    await office.until("11:00")
    office.chat.swallows = True
    await office.until("12:30")
    (text,) = [t for t in office.posts("r1") if "等您转" in t]
    (left,) = office.store.read(sending.in_doubt)
    message = Message("e9", "r1", "me", office.now, MessageKind.TEXT, text, is_self=True)
    await office.happens(message)
    assert left.kind == "reminder" and not office.store.read(sending.in_doubt)
