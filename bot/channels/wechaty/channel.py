"""python-wechaty's gateway as a `Channel`: parts out, events in. Nothing of wechaty's types is seen further in."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from grpclib.exceptions import GRPCError

from bot.channels.base import Address, Attempt, Channel, SendFailed, SendLater, SendUncertain
from bot.channels.wechaty import wire
from bot.channels.wechaty.client import Connection, Lost, Told, Unreadable
from bot.channels.wechaty.supervisor import Supervisor
from bot.model.chat import (
    FILES,
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

ECHO_S = 4.0
"""How long our own message may take to come back before the send is in doubt; it still settles it later."""
ANSWER_S = 0.5
"""How long a message waits to be told from our own, while something is being handed over."""
AT_ONCE = 64
"""Messages that are asked for together; they are told in their order."""
REMEMBERED = 4096
"""Message ids; a gateway tells some messages twice or three times (python-wechaty, SingleIdContainer)."""
MAX_MEMBERS = 500
"""A WeChat room has no more."""

MESSAGE, ERROR, ROOM_INVITE, ROOM_JOIN, ROOM_LEAVE, ROOM_TOPIC = 2, 16, 18, 19, 20, 21
"""wechaty.puppet.EventType."""

WHY: Mapping[Link, str] = {
    Link.UNREACHABLE: "网关连不上",
    Link.REFUSED: "网关不认这个令牌",
    Link.FROZEN: "网关没有反应",
    Link.SCAN: "微信要扫码登录",
    Link.LOGGED_OUT: "微信没有登录",
}
_FILES = {PartKind.IMAGE, PartKind.VIDEO, PartKind.FILE}
_NOT_THERE = (*Lost, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What asking for a part of a message may come to, a gateway's nonsense included."""


class WechatyChannel(Channel):
    """One account behind a gateway. ``capabilities``: what `chuanda probe` found of it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        capabilities: Capabilities,
        clock: Callable[[], datetime],
        echo_s: float = ECHO_S,
    ) -> None:
        """``connect`` makes a connection that is not open yet."""
        self._can, self._clock, self._echo_s = capabilities, clock, echo_s
        self.supervisor = Supervisor(connect, self)
        self._coming: asyncio.Queue[Event | Awaitable[Sequence[Event]]] = asyncio.Queue(AT_ONCE)
        self._topics: dict[str, str] = {}
        """Rooms told of since the login."""
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._ours: OrderedDict[str, None] = OrderedDict()
        """Ids that the gateway gave to what we sent: when it comes back, there is nothing to be learned from it."""
        self._handing_over: set[asyncio.Future[None]] = set()
        self._logins = self._untaken = 0
        """Changes of the link so far, and how many of them whoever listens has not dealt with yet."""
        self._owed: Counter[tuple[str, str]] = Counter()
        """(conversation, kind) → echoes that did not come in time: the next one may be theirs."""
        self._echoes: dict[str, list[tuple[Part, asyncio.Future[str]]]] = {}
        """Conversation → our own messages that are waited for."""

    def capabilities(self) -> Capabilities:
        return self._can

    async def start(self) -> None:
        self.supervisor.start()

    async def stop(self) -> None:
        await self.supervisor.stop()

    def held(self) -> str:
        """Also while a login was not taken up yet: the rooms that are known may be those of the one before."""
        if not self.supervisor.tried:
            return "正在连网关"
        return WHY.get(self.supervisor.link, "刚登录，先认群" if self._untaken else "")

    async def whoami(self) -> Account:
        """The account; where its id changes with each login it is named after the channel, so that its day stays one."""
        return Account(self.supervisor.account if self._can.stable_accounts else "wechaty", "")

    async def rooms(self) -> Sequence[Room]:
        there = self.supervisor.connection
        if there is None:
            return ()
        try:
            ids = (await there.stub.room_list()).ids
        except _NOT_THERE:
            return ()
        found = []
        for start in range(0, len(ids), AT_ONCE):
            found += await asyncio.gather(*(self._room(there, id) for id in ids[start : start + AT_ONCE]))
        return [room for room in found if room is not None]

    async def _room(self, there: Connection, id: str) -> Room | None:
        """None where it cannot be read, or we are in it no more: gateways list rooms that were left."""
        try:
            told = await there.stub.room_payload(id=id)
        except _NOT_THERE:
            return None
        if told.member_ids and self.supervisor.account not in told.member_ids:
            return None
        self._topics[id] = told.topic
        return Room(id, told.topic)

    async def members(self, room: str) -> Sequence[Account]:
        there = self.supervisor.connection
        if there is None:
            return ()
        try:
            ids = (await there.stub.room_member_list(id=room)).member_ids[:MAX_MEMBERS]
            names = await asyncio.gather(*(self._name_in(there, room, id) for id in ids))
        except _NOT_THERE:
            return ()
        return [Account(id, name) for id, name in zip(ids, names, strict=True)]

    async def called(self, message: Message) -> str:
        there = self.supervisor.connection
        if there is None:
            return ""
        with contextlib.suppress(*_NOT_THERE):
            if message.room:
                return await self._name_in(there, message.room, message.sender)
            return str((await there.stub.contact_payload(id=message.sender)).name)
        return ""

    async def _name_in(self, there: Connection, room: str, account: str) -> str:
        told = await there.stub.room_member_payload(id=room, member_id=account)
        return str(told.room_alias or told.name)

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        there = self.supervisor.connection
        if there is None or self.held():
            raise SendLater(self.held())
        part = form_of(part, self._can)
        conversation, login = to.room or to.person, self._logins
        if part.announce and self._can.announce and to.room:
            await there.send(there.announce(to.room, part.text))
            return Receipt()
        call = await _call(there, conversation, part)
        if login != self._logins:  # a big file takes its time; its room may be another one by now
            call.close()
            raise SendLater("刚重新登录")
        with self._waiting_for(to, part) as echo:
            try:
                return await self._hand_over(there, call, echo)
            except SendUncertain:
                self._owed[to.room, part.kind.value] += 1
                raise

    @contextlib.contextmanager
    def _waiting_for(self, to: Address, part: Part) -> Iterator[asyncio.Future[str]]:
        """Our own message coming back, by its id. A private message's echo names no room."""
        waited = (part, asyncio.get_running_loop().create_future())
        waiting = self._echoes.setdefault(to.room, [])
        waiting.append(waited)
        try:
            yield waited[1]
        finally:
            waiting.remove(waited)
            if not waiting:
                self._echoes.pop(to.room, None)

    async def _hand_over(self, there: Connection, call: Any, echo: asyncio.Future[str]) -> Receipt:
        """The proofs that this gateway gives, in their order: an id, our own message coming back, its word."""
        doubt = SendUncertain("网关没有给出凭据")
        try:
            id = await self._send(there, call)
            if id:
                _remember(self._ours, id)
                return Receipt(id)
            if not self._can.message_ids and not self._can.echo:
                return Receipt()
        except SendUncertain as uncertain:
            doubt = uncertain
        if self._can.echo:
            with contextlib.suppress(TimeoutError):
                return Receipt(await asyncio.wait_for(echo, self._echo_s))
        raise doubt

    async def _send(self, there: Connection, call: Any) -> str:
        """Hand it over; what comes back meanwhile waits until its id is known (`_read`)."""
        done = asyncio.get_running_loop().create_future()
        self._handing_over.add(done)
        try:
            return await there.send(call)
        finally:
            self._handing_over.discard(done)
            done.set_result(None)

    async def attempt(self, to: Address, part: Part, patience_s: float) -> Attempt:
        """Send a part as what it is, whatever is assumed of this gateway, and see what comes back. For `probe`."""
        there = self.supervisor.connection
        if there is None or self.held():
            return Attempt(why=self.held())
        with self._waiting_for(to, part) as echo:
            try:
                if part.announce:
                    await there.send(there.announce(to.room, part.text))
                    return Attempt(taken=True)
                id = await there.send(await _call(there, to.room or to.person, part))
            except (SendFailed, SendLater, SendUncertain) as error:
                return Attempt(why=str(error))
            with contextlib.suppress(TimeoutError):
                return Attempt(True, id, await asyncio.wait_for(echo, patience_s))
            return Attempt(True, id)

    async def restart(self) -> None:
        """Have the gateway start its puppet anew, as after a power cut. For `probe`."""
        there = self.supervisor.connection
        if there is not None:
            with contextlib.suppress(*_NOT_THERE):
                await there.restart_puppet()

    async def recall(self, to: Address, message_id: str) -> bool:
        there = self.supervisor.connection
        if there is None or not self._can.recall:
            return False
        try:
            return bool((await there.stub.message_recall(id=message_id)).success)
        except _NOT_THERE:
            return False

    async def accept(self, invitation: Invitation) -> None:
        there = self.supervisor.connection
        if there is not None:
            with contextlib.suppress(*_NOT_THERE):
                await there.stub.room_invitation_accept(id=invitation.id)

    async def fetch(self, message: Message) -> Message:
        there = self.supervisor.connection
        if there is None:
            return message
        try:
            if message.kind is MessageKind.LINK and not message.url:
                told = await there.stub.message_url(id=message.id)
                return wire.with_link(message, told.url_link)
            if message.kind is MessageKind.MINI_PROGRAM and not message.appid:
                card = await there.stub.message_mini_program(id=message.id)
                return wire.with_mini_program(message, card.mini_program)
            if message.kind in FILES and not message.sha256:
                return replace(message, sha256=await there.digest(message.id))
        except _NOT_THERE:
            return message
        return message

    async def download(self, message: Message) -> tuple[str, bytes] | None:
        there = self.supervisor.connection
        if there is None:
            return None
        try:
            return await there.download(message.id)
        except _NOT_THERE:
            return None

    async def events(self) -> AsyncIterator[Event]:
        while True:
            coming = await self._coming.get()
            for event in [coming] if isinstance(coming, Event) else await coming:
                yield event
                if isinstance(event, LinkChanged):
                    self._untaken -= 1

    async def link_changed(self, link: Link, account: str, code: str) -> None:
        """As `Listener`."""
        self._logins += 1
        self._untaken += 1
        if link is not Link.UP:
            self._topics.clear()
        await self._coming.put(LinkChanged(link, self._clock(), account, code))

    async def failed(self, error: Exception) -> None:
        """As `Listener`: it reaches whoever reads the events, and ends the program loudly."""
        failure: asyncio.Future[Sequence[Event]] = asyncio.get_running_loop().create_future()
        failure.set_exception(error)
        await self._coming.put(failure)

    async def told(self, connection: Connection, told: Told) -> None:
        """As `Listener`: what takes a question to the gateway is asked for at once, and told in its turn."""
        now, here = self._clock(), told.payload
        room = str(here.get("roomId") or "")
        if told.type == MESSAGE:
            id = str(here.get("messageId") or "")
            if id and self._is_new(id):
                await self._coming.put(asyncio.create_task(self._read(connection, id)))
        elif told.type == ROOM_TOPIC and room:
            topic = str(here.get("newTopic") or "")
            self._topics[room] = topic
            await self._coming.put(RoomSeen(Room(room, topic), now))
        elif told.type == ROOM_JOIN and room and self.supervisor.account in _ids(here.get("inviteeIdList")):
            await self._coming.put(asyncio.create_task(self._look_up(connection, room)))
        elif told.type == ROOM_LEAVE and room and self.supervisor.account in _ids(here.get("removeeIdList")):
            self._topics.pop(room, None)
            await self._coming.put(BotRemoved(room, now))
        elif told.type == ROOM_INVITE:
            id = str(here.get("roomInvitationId") or "")
            await self._coming.put(asyncio.create_task(self._invitation(connection, id)))
        elif told.type == ERROR and wire.says_too_fast(json.dumps(here, ensure_ascii=False)):
            await self._coming.put(TooFast(now))

    def _is_new(self, id: str) -> bool:
        if id in self._seen:
            return False
        _remember(self._seen, id)
        return True

    async def _read(self, there: Connection, id: str) -> Sequence[Event]:
        if self._handing_over and self._can.message_ids:
            await asyncio.wait(self._handing_over, timeout=ANSWER_S)
        if id in self._ours:
            return ()
        try:
            event = wire.read(await there.payload(id), self.supervisor.account, self._clock())
        except _NOT_THERE:
            return ()
        if isinstance(event, Message) and event.is_self:
            self._came_back(event)
        if isinstance(event, RoomSeen) and not event.room.topic:
            return await self._look_up(there, event.room.id)
        if isinstance(event, Message) and event.room and event.room not in self._topics:
            return [*await self._look_up(there, event.room), event]
        return () if event is None else (event,)

    async def _look_up(self, there: Connection, room: str) -> Sequence[Event]:
        """A room that was not told of yet, by the name that it has now."""
        with contextlib.suppress(*_NOT_THERE):
            await there.stub.dirty_payload(type=PAYLOAD_ROOM, id=room)
        found = await self._room(there, room)
        return () if found is None else (RoomSeen(found, self._clock()),)

    async def _invitation(self, there: Connection, id: str) -> Sequence[Event]:
        try:
            told = await there.stub.room_invitation_payload(id=id)
        except _NOT_THERE:
            return ()
        return (Invitation(id, told.inviter_id, self._clock()),)

    def _came_back(self, message: Message) -> None:
        """Our own message: what was just handed over to that room, if it is of that kind and says that."""
        said_itself = message.kind is MessageKind.TEXT and message.room
        if not said_itself and self._owed[message.room, message.kind.value] > 0:
            # Whose it is, its content has to tell (`fetch`).
            self._owed[message.room, message.kind.value] -= 1
            return
        for part, echo in self._echoes.get(message.room, ()):
            if not echo.done() and part.kind.value == message.kind.value:
                if part.kind is PartKind.TEXT and _bare(part.text) != _bare(message.text):
                    continue
                echo.set_result(message.id)
                return


PAYLOAD_ROOM = 3
"""wechaty.puppet.PayloadType"""


async def _call(there: Connection, conversation: str, part: Part) -> Any:
    """The gateway's call for a part, its file uploaded. Raises `SendFailed` and `SendLater` as `Channel.send`."""
    stub = there.sending
    if part.kind is PartKind.TEXT:
        return stub.message_send_text(
            conversation_id=conversation, text=part.text, mentonal_ids=list(part.mentions)
        )
    if part.kind is PartKind.LINK:
        card = {"url": part.url, "title": part.title, "description": part.description}
        return stub.message_send_url(
            conversation_id=conversation, url_link=json.dumps(card, ensure_ascii=False)
        )
    if part.kind is PartKind.MINI_PROGRAM:
        card = {
            "appid": part.appid, "title": part.title, "pagePath": part.page, "username": part.username,
            "description": part.description,
        }  # fmt: skip
        return stub.message_send_mini_program(
            conversation_id=conversation, mini_program=json.dumps(card, ensure_ascii=False)
        )
    if part.kind in _FILES and part.path is not None:
        try:
            box = await there.file_box(part.path, part.path.name)
        except Unreadable as error:
            raise SendFailed(f"文件 {part.path.name} 读不出来") from error
        except (GRPCError, TimeoutError) as error:
            raise SendFailed(f"文件 {part.path.name} 传不上网关") from error
        except Lost as error:
            raise SendLater("网关断了，文件没有传完") from error
        return stub.message_send_file(conversation_id=conversation, filebox=box)
    raise SendFailed("网关不会发这种消息")


def _remember(ids: OrderedDict[str, None], id: str) -> None:
    ids[id] = None
    if len(ids) > REMEMBERED:
        ids.popitem(last=False)


def _ids(value: object) -> Sequence[str]:
    return [str(id) for id in value] if isinstance(value, list) else ()


def _bare(text: str) -> str:
    """A text as a gateway may give it back: with other white space."""
    return "".join(text.split())
