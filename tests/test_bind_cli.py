"""What the office types around a real chat: `bind`, `doctor`, `check`, and what `run` and `probe` refuse before they start."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.approval.code import LETTERS as CODE_LETTERS
from bot.channels.wechaty import profile
from bot.cli.channels import KEPT, TOKEN_VARIABLES
from bot.library import LiveLibrary
from bot.model.chat import Account, BotRemoved, Link, Room, RoomSeen
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import iso
from bot.model.tree import Group, GroupId, Medium, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.sample import sample
from bot.service.people import CODE_LENGTH
from bot.store import accounts, approvals, rooms, sending, trees
from bot.store.database import FolderLock, Store
from tests.conftest import Answer, SetClock
from tests.test_rooms import PLAIN, Chat, opened

WORK, ONE, TWO = "柳林村工作群", "柳林村第一网格居民群", "桃源村居民群"


def town() -> Tree:
    """Two villages with a 李芳 each, and a group of which there is one on QQ too."""
    nodes = (
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, 2),
        Node(NodeId(2), "柳林村", "清河镇/柳林村", "村居", "", NodeId(1), 1, 1, {Post.CONTACT: WorkerId(1)}),
        Node(
            NodeId(3), "桃源村", "清河镇/桃源村", "村居", "", NodeId(1), 2, 2,
            {Post.CONTACT: WorkerId(2), Post.HEAD: WorkerId(3)},
        ),
    )  # fmt: skip
    groups = (
        Group(GroupId(1), NodeId(2), WORK, use=Use.WORK, mode=Mode.DIRECT),
        Group(GroupId(2), NodeId(2), ONE, mode=Mode.DIRECT, members=100),
        Group(GroupId(3), NodeId(3), TWO, mode=Mode.DIRECT, members=50),
        Group(GroupId(4), NodeId(3), TWO, medium=Medium.QQ),
        Group(GroupId(5), NodeId(2), "柳林村广场", use=Use.OUTLET, medium=Medium.OFFLINE),
    )
    workers = (
        Worker(WorkerId(1), "李芳", "清河镇/柳林村"),
        Worker(WorkerId(2), "李芳", "清河镇/桃源村"),
        Worker(WorkerId(3), "吴国强", "清河镇/桃源村"),
    )
    return Tree(nodes, groups, workers)


@dataclass
class Desk:
    """The office's computer: a folder with the roster in it, and the settings."""

    data: Path
    config: Path
    chuanda: Callable[..., Answer]
    wall: SetClock
    settings: dict[str, Any] = field(default_factory=dict)

    def set(self, **more: Any) -> None:
        self.settings |= more
        self.config.write_text(json.dumps(self.settings, ensure_ascii=False), "utf-8")

    def __call__(self, *arguments: object) -> Answer:
        return self.chuanda(*arguments, "--data", self.data, "--config", self.config)

    @property
    def store(self) -> Store:
        return Store(self.data / "chuanda.db")

    def write(self, change: Callable[..., Any], *arguments: Any) -> Any:
        store = self.store
        try:
            return store.write_now(change, *arguments)
        finally:
            store.close()

    def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        store = self.store
        try:
            return store.read(query, *arguments)
        finally:
            store.close()

    @property
    def groups(self) -> dict[str, GroupId]:
        tree: Tree = self.read(trees.load_tree)
        return {g.name: g.id for g in tree.groups if g.medium is Medium.WECHAT}

    def worker(self, name: str, unit: str) -> WorkerId:
        tree: Tree = self.read(trees.load_tree)
        return next(w.id for w in tree.workers if w.name == name and w.unit.endswith(unit))

    def doubt(self, room: str, topic: str, why: str = "名字像，但不一样") -> None:
        self.write(rooms.doubt, Room(room, topic), None, why, self.wall.at)
        self.wall.at += timedelta(seconds=1)

    def is_linked(self, link: Link) -> None:
        """What `run` wrote down of its connection."""
        self.write(
            sending.set_meta, "link",
            json.dumps({"link": link.value, "since": iso(self.wall.at), "told": link is not Link.UP}),
        )  # fmt: skip

    def is_probed(self) -> None:
        self.write(sending.set_meta, KEPT, json.dumps(profile.dump(profile.CAPABILITIES)))

    def binds_all(self) -> None:
        for name, id in self.groups.items():
            self.write(rooms.bind, id, Room(f"room-{name}", name))


@pytest.fixture
def desk(
    quick: Path, chuanda: Callable[..., Answer], wall: SetClock, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    for name in TOKEN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    here = Desk(quick / "data", quick / "schedules.yaml", chuanda, wall)
    here.set(channel="wechaty", responsible="王敏", office_group=WORK)
    here.write(trees.add_edition, town(), "t", wall.at)
    return here


@pytest.fixture
def running(desk: Desk) -> Iterator[None]:
    """`chuanda run` runs in another window."""
    lock = FolderLock(desk.data)
    yield
    lock.release()


# ── bind: rooms ─────────────────────────────────────────────────────────────────────────────────────────────


def test_on_the_first_day_every_group_that_needs_the_bot_is_named(desk: Desk) -> None:
    said = desk("bind")
    assert said.code == 0 and not said.err
    assert "要机器人在里面的群 3 个，认出来 0 个。\n绑定了账号的 0 人。" in said.out
    assert f"还没认出来：{WORK}、{ONE}、{TWO}\n" in said.out and "绑定群 名册里的群名" in said.out
    assert "柳林村广场" not in said.out


def test_the_list_as_json(desk: Desk) -> None:
    desk.write(rooms.bind, desk.groups[WORK], Room("r1", WORK))
    desk.write(rooms.doubt, Room("r2", "柳林一网格"), desk.groups[ONE], "名字像", desk.wall.at)
    said = desk("bind", "--json").json
    assert said == {
        "doubts": [{"room": 1, "topic": "柳林一网格", "why": "名字像", "group": ONE}],
        "unbound": [ONE, TWO], "absent": [], "bound": 1, "people": 0,
    }  # fmt: skip


def test_the_office_says_which_group_a_doubtful_room_is(desk: Desk) -> None:
    desk.doubt("r7", "桃源居民")
    desk.doubt("r8", "柳林一网格")
    listed = desk("bind").out.splitlines()
    assert listed[0].startswith("1　“桃源居民”") and listed[1].startswith("2　“柳林一网格”")
    said = desk("bind", "--room", 2, "--group", ONE)
    assert (said.code, said.out) == (0, f"“柳林一网格”就是“{ONE}”，记下了。\n")
    assert desk.read(rooms.bindings)[desk.groups[ONE]].room == "r8"
    assert [d.room.id for d in desk.read(rooms.doubts)] == ["r7"]


def test_what_waited_for_a_room_is_due_as_soon_as_the_office_says_which_it_is(desk: Desk) -> None:
    group, now = desk.groups[ONE], desk.wall.at
    desk.write(rooms.bind, group, Room("old", ONE))
    desk.write(rooms.mark_stale)
    store = desk.store
    store.conn.execute(
        "INSERT INTO outgoing(key, kind, grp, text, state, rank, not_before, expires_at, message_id, why) "
        "VALUES ('k', 'part', ?, '', 'planned', 1, ?, ?, '', '')",
        (group, int(now.timestamp() * 1000) + 240_000, int(now.timestamp() * 1000) + 9_000_000),
    )
    assert store.read(sending.next_due, now) is None
    desk.doubt("r8", ONE)
    desk("bind", "--room", 1, "--group", ONE)
    due = store.read(sending.next_due, desk.wall.at)
    assert due is not None and due.group == group
    store.close()


def test_a_room_that_is_not_the_towns_is_let_go(desk: Desk) -> None:
    desk.doubt("r7", "桃源居民")
    said = desk("bind", "--room", 1, "--drop")
    assert (said.code, said.out) == (0, "“桃源居民”不算本镇的群，不再问了。\n")
    assert desk.read(rooms.doubts) == [] and not desk.read(rooms.bindings)


def test_what_was_decided_is_said_as_json_too(desk: Desk) -> None:
    desk.doubt("r7", "桃源居民")
    desk.doubt("r8", "柳林一网格")
    assert desk("bind", "--room", 2, "--group", ONE, "--json").json == {"topic": "柳林一网格", "group": ONE}
    assert desk("bind", "--room", 1, "--drop", "--json").json == {"topic": "桃源居民", "group": None}


async def test_what_was_let_go_is_not_asked_about_again(quick: Path, chuanda: Callable[..., Answer]) -> None:
    """The help page says so: 它不是本镇的群，不用再问."""
    office = await opened(quick, Chat())
    near = RoomSeen(Room("r9", "柳林村第二网格居民大群"), office.now)
    await office.happens(near)
    assert chuanda("bind", "--room", 1, "--drop", "--data", quick).code == 0
    await office.happens(near)
    await office.until("08:05")
    await office.happens(near)
    assert not office.doubts and office.told_of("拿不准") == 1


async def test_what_was_let_go_stays_so_when_the_group_that_it_resembled_is_found_again(
    quick: Path, chuanda: Callable[..., Answer]
) -> None:
    chat = Chat()
    chat.topics = dict(PLAIN)
    office = await opened(quick, chat)
    copy = RoomSeen(Room("copy", "柳林村第一网格居民群"), office.now)
    await office.happens(copy)
    assert chuanda("bind", "--room", 1, "--drop", "--data", quick).code == 0
    await office.happens(BotRemoved("r2", office.now))
    await office.happens(RoomSeen(Room("r2", "柳林村第一网格居民群"), office.now))
    await office.happens(copy)
    assert office.room_of("柳林村第一网格居民群") == "r2" and not office.doubts


async def test_what_was_let_go_is_not_taken_for_a_group_by_its_name(
    quick: Path, chuanda: Callable[..., Answer]
) -> None:
    chat = Chat()
    chat.topics = dict(PLAIN)
    office = await opened(quick, chat)
    copy = RoomSeen(Room("copy", "柳林村第一网格居民群"), office.now)
    await office.happens(copy)
    assert chuanda("bind", "--room", 1, "--drop", "--data", quick).code == 0
    await office.happens(BotRemoved("r2", office.now))
    chat.there["copy"] = [Account("x", "周桂芳")]
    await office.happens(copy)
    assert office.room_of("柳林村第一网格居民群") is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--room", 2, "--drop"], "没有序号 2"),
        (["--room", 0, "--drop"], "整数"),
        (["--room", "一", "--drop"], "整数"),
        (["--room", 1], "只写一种"),
        (["--room", 1, "--drop", "--group", ONE], "只写一种"),
        (["--group", ONE], "还缺 --room、--person 或 --sheet"),
        (["--drop"], "还缺 --room、--person 或 --sheet"),
        (["--node", "柳林村"], "还缺 --room、--person 或 --sheet"),
        (["--person", "吴国强", "--room", 1, "--drop"], "--room、--person 只写一种"),
        (["--person", "吴国方", "--room", 1, "--group", ONE], "--room、--person 只写一种"),
        (["--room", 1, "--group", "柳林村第一网格群"], f"是不是：{ONE}"),
        (["--room", 1, "--group", ""], "名册里没有"),
        (["--person", "李方"], "名册里没有“李方”这个人"),
        (["--person", "李芳"], "有 2 个“李芳”；加上单位：--node"),
        (["--person", "吴国强", "--node", "柳林村"], "名册里没有“吴国强”这个人"),
        (["--person", "吴国强", "--node", "柳林庄"], "没有“柳林庄”这个单位；是不是：柳林村"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(desk: Desk, arguments: list[object], words: str) -> None:
    desk.doubt("r7", "桃源居民")
    said = desk("bind", *arguments)
    assert said.code == 2 and not said.out and words in said.err
    assert len(desk.read(rooms.doubts)) == 1 and not desk.read(rooms.bindings)


@pytest.mark.parametrize(("group", "code"), [(TWO, 0), ("柳林村广场", 2)])
def test_a_room_is_a_group_of_this_chat(desk: Desk, group: str, code: int) -> None:
    desk.doubt("r7", "桃源居民")
    assert desk("bind", "--room", 1, "--group", group).code == code


# ── bind: people ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_gets_a_code_and_is_told_what_to_do_with_it(desk: Desk) -> None:
    said = desk("bind", "--person", "吴国强")
    first, second, third, fourth = said.out.splitlines()
    assert said.code == 0 and not said.err
    code = first.rpartition("：")[2]
    assert re.fullmatch(f"[{CODE_LETTERS}]{{{CODE_LENGTH}}}", code) and first.startswith("桃源村 吴国强")
    assert "网页" in fourth
    assert second == f"请本人用自己的微信对机器人说：绑定 {code}"
    assert third == "只能用一次，用到 3月19日 7:50。给错人了就再发一个，旧的作废。"
    for file in desk.data.iterdir():
        assert code.encode() not in file.read_bytes(), "only its hash is kept"


def test_of_namesakes_the_one_of_that_place_gets_it(desk: Desk) -> None:
    said = desk("bind", "--person", "李芳", "--node", "桃源村", "--json").json
    assert list(said) == ["person", "unit", "code"]
    assert (said["person"], said["unit"]) == ("李芳", "清河镇/桃源村")
    store = desk.store
    used = store.write_now(accounts.use_code, said["code"], "acc", desk.wall.at, private=True)
    assert used == accounts.Used(desk.worker("李芳", "桃源村"), None)
    store.close()
    assert desk("bind", "--json").json["people"] == 1


def test_a_second_code_ends_the_first(desk: Desk) -> None:
    first, second = (desk("bind", "--person", "吴国强", "--json").json["code"] for _ in range(2))
    store = desk.store
    assert store.write_now(accounts.use_code, first, "acc", desk.wall.at, private=True) is None
    assert store.write_now(accounts.use_code, second, "acc", desk.wall.at, private=True) is not None
    store.close()


def test_the_last_day_of_a_code_is_the_offices_day(desk: Desk) -> None:
    desk.wall.at = datetime(2026, 3, 11, 23, 0, tzinfo=UTC)  # seven in the morning on the 12th
    assert "用到 3月19日 7:00。" in desk("bind", "--person", "吴国强").out


def test_where_there_is_nothing_yet_nothing_is_made(chuanda: Callable[..., Answer], tmp_path: Path) -> None:
    for command in ("bind", "doctor"):
        said = chuanda(command, "--data", tmp_path / "none")
        assert said.code == 2 and "还没有数据" in said.err and not (tmp_path / "none").exists()


def test_a_demos_folder_is_not_for_binding(chuanda: Callable[..., Answer], demo_day: Any) -> None:
    said = chuanda("bind", "--data", demo_day.data)
    assert said.code == 2 and "演练的文件夹" in said.err


# ── doctor ──────────────────────────────────────────────────────────────────────────────────────────────────


def looked_at(said: Answer) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in said.json["checks"]}


def test_on_the_first_day_the_doctor_names_what_is_missing_and_what_to_do(desk: Desk) -> None:
    said = desk("doctor")
    assert said.code == 1 and not said.err
    lines = said.out.splitlines()
    assert (
        "要看　运行　没有在运行" in lines
        and lines[lines.index("要看　运行　没有在运行") + 1] == "　　　→ chuanda run"
    )
    assert any(line.startswith("要看　群　机器人要在的群 3 个，不在的 3 个") for line in lines)
    as_json = desk("doctor", "--json")
    assert as_json.code == 1 and as_json.json["ok"] is False
    assert [list(check) for check in as_json.json["checks"]] == [["name", "ok", "seen", "step"]] * 7
    assert [c["name"] for c in as_json.json["checks"]] == [
        "发送", "运行", "磁盘", "微信", "群", "在途存疑", "负担",
    ]  # fmt: skip
    assert all(bool(c["step"]) is not c["ok"] for c in as_json.json["checks"])


def test_when_all_is_well_the_doctor_ends_with_0(desk: Desk, running: None) -> None:
    desk.binds_all()
    desk.is_linked(Link.UP)
    desk.is_probed()
    said = desk("doctor", "--json")
    assert (said.code, said.json["ok"]) == (0, True), said.json
    plain = desk("doctor")
    assert plain.code == 0 and all(line.startswith("好　") for line in plain.out.splitlines())


def test_to_look_does_not_get_in_the_way_of_running(desk: Desk) -> None:
    desk("doctor")
    FolderLock(desk.data).release()


def test_a_gateway_that_nobody_tried_is_worth_a_look(desk: Desk, running: None) -> None:
    desk.is_linked(Link.UP)
    link = looked_at(desk("doctor", "--json"))["微信"]
    assert not link["ok"] and "没试过" in link["seen"] and link["step"].startswith("chuanda probe")


def test_a_gateway_elsewhere_is_told_to_go_through_a_tunnel(desk: Desk, running: None) -> None:
    desk.set(gateway={"endpoint": "10.0.0.8:8788"})
    desk.is_linked(Link.UP)
    desk.is_probed()
    link = looked_at(desk("doctor", "--json"))["微信"]
    assert link["ok"] and "没有加密，请走隧道" in link["seen"]


@pytest.mark.parametrize("link", [one for one in Link if one is not Link.UP])
def test_a_link_that_is_down_is_told_since_when_and_with_what_helps(
    desk: Desk, running: None, link: Link
) -> None:
    desk.is_linked(link)
    found = looked_at(desk("doctor", "--json"))["微信"]
    assert not found["ok"] and found["seen"].endswith("，03-12 07:50 起") and found["step"]
    assert ("login.png" in found["step"]) is (link is Link.SCAN)


def test_what_a_run_that_ended_said_of_its_link_is_worth_nothing(desk: Desk) -> None:
    desk.is_linked(Link.UP)
    assert looked_at(desk("doctor", "--json"))["微信"]["seen"] == "不知道连没连上"


def test_rooms_that_are_lost_stale_or_doubtful_are_counted(desk: Desk, running: None) -> None:
    desk.binds_all()
    desk.write(rooms.mark_absent, f"room-{ONE}")
    desk.doubt("r9", "桃源居民")
    assert looked_at(desk("doctor", "--json"))["群"]["seen"].endswith(
        "机器人要在的群 3 个，不在的 1 个，要重新认的 0 个，拿不准的 1 个"
    )
    desk.write(rooms.mark_stale)
    assert "要重新认的 3 个" in looked_at(desk("doctor", "--json"))["群"]["seen"]


def test_work_groups_groups_that_it_sends_to_and_groups_that_it_may_look_at_need_it(desk: Desk) -> None:
    plain = town()
    groups = (
        replace(plain.groups[0], mode=Mode.RELAY),
        plain.groups[1],
        replace(
            plain.groups[2], mode=Mode.RELAY, observe=True, consent_by="张三", consent_on=date(2026, 3, 1)
        ),
        Group(GroupId(6), NodeId(3), "桃源村乡亲群", mode=Mode.RELAY),
        *plain.groups[3:],
    )
    desk.write(trees.add_edition, replace(plain, groups=groups), "t2", desk.wall.at)
    assert looked_at(desk("doctor", "--json"))["群"]["seen"].startswith("机器人要在的群 3 个，不在的 3 个")
    assert desk("bind", "--json").json["unbound"] == [WORK, ONE, TWO]


def test_a_stop_and_a_pause_are_said(desk: Desk) -> None:
    assert desk("pause").code == 0
    assert looked_at(desk("doctor", "--json"))["发送"]["step"] == "chuanda resume"
    (desk.data / "STOP").touch()
    assert "STOP" in looked_at(desk("doctor", "--json"))["发送"]["step"]


def test_by_hand_there_is_no_chat_to_look_at(desk: Desk) -> None:
    desk.set(channel="manual")
    said = desk("doctor", "--json")
    assert said.code == 0 and not {"微信", "群"} & set(looked_at(said))


# ── check ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def approved(desk: Desk) -> Desk:
    """One content that two people approved goes out at eight."""
    content = LiveLibrary(sample().library).refresh().contents["001-shuadan"]  # type: ignore[index]
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        desk.write(approvals.add_approval, content.id, ApprovalEntry(act, content.digest, by, desk.wall.at))
    desk.set(entries=[{"id": "morning", "cron": "0 8 * * *", "what": {"ids": ["001-shuadan"]}}])
    return desk


def test_check_counts_what_the_bot_itself_will_send(approved: Desk) -> None:
    said = approved("check", "--days", 1, "--library", sample().library)
    assert said.code == 0 and "发 9 条" in said.out and "人工" not in said.out, "three groups, three parts"
    as_json = approved("check", "--days", 1, "--library", sample().library, "--json").json
    assert list(as_json) == ["ok", "errors", "waves"] and as_json["ok"] and as_json["errors"] == []
    assert list(as_json["waves"][0]) == [
        "entry",
        "content",
        "start",
        "end",
        "targets",
        "sends",
        "why",
        "late",
        "as_text",
    ]
    assert as_json["waves"][0]["sends"] == 9


def test_check_goes_by_what_the_gateway_was_found_to_carry(approved: Desk) -> None:
    found = profile.dump(profile.CAPABILITIES) | {"parts": ["text"], "as_text": []}
    approved.write(sending.set_meta, KEPT, json.dumps(found))
    (wave, *_) = approved("check", "--days", 1, "--library", sample().library, "--json").json["waves"]
    assert wave["sends"] == 3


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8788", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:8788/x", 8788]
)
def test_an_address_that_is_none_is_said_with_how_to_write_it(desk: Desk, endpoint: object) -> None:
    desk.set(gateway={"endpoint": endpoint})
    for command in (["check", "--library", sample().library], ["doctor"]):
        said = desk(*command)
        assert said.code != 0 and "127.0.0.1:8788" in said.err


def test_a_token_does_not_belong_into_the_settings(desk: Desk) -> None:
    desk.set(gateway={"token": "geheim-geheim"})
    said = desk("check", "--library", sample().library)
    assert said.code == 1 and "token" in said.err


# ── what run and probe refuse ───────────────────────────────────────────────────────────────────────────────


def refused(desk: Desk, *words: str) -> None:
    """Neither starts; each says why in Chinese, and lets go of the folder."""
    for command in (["run"], ["probe", "--room", "试验群"]):
        said = desk(*command)
        assert said.code == 2 and not said.out, command
        assert all(word in said.err for word in words), said.err
    FolderLock(desk.data).release()


@pytest.mark.parametrize("name", ["", "   ", "王敏（样例）", None])
def test_without_somebody_who_answers_for_it_nothing_starts(desk: Desk, name: str | None) -> None:
    desk.set(responsible=name)
    refused(desk, "要有人对它负责", "docs/合规.md", "responsible: 姓名", str(desk.config))


def test_without_a_token_nothing_starts(desk: Desk) -> None:
    refused(desk, "还没有网关的令牌", "CHUANDA_GATEWAY_TOKEN", "token_file")


def test_a_token_file_that_is_not_there_is_named(desk: Desk) -> None:
    desk.set(gateway={"token_file": str(desk.data / "nowhere")})
    refused(desk, "找不到令牌文件", "nowhere")


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX knows them")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_token_that_others_can_read_is_not_used(desk: Desk, mode: int) -> None:
    file = desk.data / "gateway.token"
    file.write_text("geheim-geheim\n", "utf-8")
    file.chmod(mode)
    desk.set(gateway={"token_file": str(file)})
    refused(desk, "别人也能看", f"chmod 600 {file}")
    assert "geheim" not in desk("run").err


RUBBISH = [b"", b"  \n \n", "令牌".encode(), b"two\nlines", b"\x00\x01\x02"]


@pytest.mark.parametrize("inside", RUBBISH)
def test_a_token_file_with_something_else_in_it_is_said(desk: Desk, inside: bytes) -> None:
    file = desk.data / "gateway.token"
    file.write_bytes(inside)
    file.chmod(0o600)
    desk.set(gateway={"token_file": str(file)})
    refused(desk, "里不是令牌", "一行")


@pytest.mark.parametrize("inside", ["geheim".encode("utf-16"), "令牌".encode("gbk"), b"\xff\xfe\x00"])
def test_a_token_file_that_is_no_text_is_said_too(
    desk: Desk, inside: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.data)  # what nobody foresaw is written below the current folder
    file = desk.data / "gateway.token"
    file.write_bytes(inside)
    file.chmod(0o600)
    desk.set(gateway={"token_file": str(file)})
    refused(desk, "里不是令牌")


def test_the_simulated_chat_is_not_for_running(desk: Desk) -> None:
    desk.set(channel="simulated")
    said = desk("run")
    assert said.code == 2 and "只用来演练" in said.err


def test_nothing_is_tried_out_in_a_group_of_the_town(desk: Desk) -> None:
    for name in (ONE, TWO, WORK, f"🌸{ONE}🌸", "柳林村 第一网格 居民群"):
        said = desk("probe", "--room", name)
        assert said.code == 2 and "是名册里的群，不能拿来试" in said.err
    assert "还没有网关的令牌" in desk("probe", "--room", "试验群").err, "a room of its own"


def test_where_one_runs_a_second_does_not_start(desk: Desk, running: None) -> None:
    said = desk("probe", "--room", "试验群")
    assert said.code == 2 and "另一个传达程序正在用" in said.err
    desk.set(channel="manual")
    said = desk("run")
    assert said.code == 2 and "另一个传达程序正在用" in said.err


def test_while_it_runs_the_office_can_look_and_decide(desk: Desk, running: None) -> None:
    desk.doubt("r7", "桃源居民")
    assert desk("bind").code == 0 and desk("doctor").code == 1
    assert desk("bind", "--room", 1, "--group", ONE).code == 0


# ── what the bot posts is no errand of a person's ───────────────────────────────────────────────────────────


def outbox(office: Any, chuanda: Callable[..., Answer], *more: str) -> Answer:
    """`chuanda outbox` in another window, where `run` runs on a real chat."""
    config = office.data / "schedules.yaml"
    config.write_text('{"channel": "wechaty", "responsible": "王敏"}', "utf-8")
    return chuanda(
        "outbox", *more, "--data", office.data, "--config", config, "--library", office.data / "content"
    )  # fmt: skip


@pytest.fixture
async def office(quick: Path) -> Any:
    """The town of test_rooms on its morning, with a bot in its three rooms."""
    chat = Chat()
    chat.topics = dict(PLAIN)
    return await opened(quick, chat)


async def test_what_the_bot_posted_cannot_be_reopened_and_posted_again(
    office: Any, chuanda: Callable[..., Answer]
) -> None:
    await office.until("08:05")
    before = len(office.chat.posted)
    (target,) = office.store.conn.execute(
        "SELECT target FROM outgoing WHERE kind = 'part' LIMIT 1"
    ).fetchone()
    said = outbox(office, chuanda, "--undo", f"s{target}")
    await office.until("08:10")
    assert len(office.chat.posted) == before
    assert said.code == 2


async def test_the_list_asks_nobody_to_post_what_the_bot_is_about_to_post(
    office: Any, chuanda: Callable[..., Answer]
) -> None:
    office.chat.away = True
    await office.until("08:05")
    said = outbox(office, chuanda, "--json")
    assert said.code == 0 and [row["group"] for row in said.lines if row["kind"] == "send"] == []


async def test_the_list_asks_about_what_is_in_doubt_and_a_person_settles_it(
    office: Any, chuanda: Callable[..., Answer]
) -> None:
    office.chat.swallows = True
    await office.until("08:05")
    doubts = [row for row in outbox(office, chuanda, "--json").lines if row["in_doubt"]]
    assert len(doubts) == 9 and all(row["id"].startswith("d") for row in doubts)
    assert outbox(office, chuanda, "--done", doubts[0]["id"]).code == 0
    office.chat.swallows = False
    await office.until("08:20")
    assert len(office.chat.posted) == 9, "whatever a person says, nothing is posted a second time"
