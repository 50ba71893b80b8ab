"""One connection to a gateway: what python-wechaty's puppet layer can do, bounded in time and size.

Of python-wechaty this uses the puppet, not its rooms and contacts: those keep every talker for ever, give no message
ids, and await more *after* a send, so that an error of theirs says nothing (DESIGN, Facts). Its life cycle is not used
either (it sleeps for a minute, stops the event loop, prints): `bot.channels.wechaty.supervisor` owns it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import betterproto
from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError
from wechaty import Wechaty, WechatyOptions
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty.puppet import RoomAnnounceResponse
from wechaty_puppet import PuppetOptions
from wechaty_puppet_service import PuppetService

from bot.channels.base import SendFailed, SendLater, SendUncertain
from bot.channels.wechaty.transport import Gone, Stub, Transport
from bot.channels.wechaty.wire import Payload

ASK_S = 10.0
"""How long a question to the gateway may take."""
ALIVE_S = 5.0
"""How long a gateway may take to say that it lives."""
START_S = 20.0
"""The gateway itself gives a puppet 15 s to start."""
SEND_S = 60.0
"""How long a message may take to be handed over, its upload apart."""
INLINE = 200_000
"""Bytes of a file that still go inside the request; gRPC messages end at 4 MiB, base64 adds a third."""
CHUNK = 256 * 1024
SLOWEST = 100_000
"""Bytes a second at which an upload is still waited for."""
MAX_FETCH = 30_000_000
"""Bytes of somebody's picture or file that are read at most: WeChat's own pictures end below that."""

_GONE = (OSError, StreamTerminatedError)
Lost = (*_GONE, GRPCError, TimeoutError)
"""Everything by which a gateway lets us down."""


@dataclass
class _UploadRequest(betterproto.Message):
    """wechaty.puppet.UploadRequest, which wechaty-grpc 0.20 does not have."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass
class _UploadResponse(betterproto.Message):
    id: str = betterproto.string_field(1)


@dataclass
class _DownloadRequest(betterproto.Message):
    """wechaty.puppet.DownloadRequest, likewise."""

    id: str = betterproto.string_field(1)


@dataclass
class _DownloadResponse(betterproto.Message):
    chunk: bytes = betterproto.bytes_field(1)


@dataclass
class _RoomAnnounceRequest(betterproto.Message):
    """wechaty.puppet.RoomAnnounceRequest: wechaty-grpc 0.20 writes the text where gateways read none any more."""

    id: str = betterproto.string_field(1)
    text: str = betterproto.string_field(3)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the gateway: its number (wechaty.puppet.EventType) and what it carries."""

    type: int
    payload: dict[str, Any]


class Connection:
    """Speaks to one gateway until it is lost; then another one is made."""

    def __init__(self, endpoint: str, token: str) -> None:
        """``endpoint``: HOST:PORT. Nothing is opened yet."""
        puppet = PuppetService(PuppetOptions(token=token, end_point=endpoint))
        self._bot = Wechaty(WechatyOptions(name="chuanda", puppet=puppet))
        self._transport = Transport(endpoint, token)
        puppet._puppet_stub = Stub(self._transport, ASK_S)
        self.sending, self._starting = Stub(self._transport, SEND_S), Stub(self._transport, START_S)
        self._pulse = Stub(self._transport, ALIVE_S)

    @property
    def stub(self) -> PuppetStub:
        """Questions to the gateway, each bounded in time. They raise one of `Lost`."""
        return self._bot.puppet.puppet_stub

    async def open(self) -> None:
        """Connect and have the puppet started (it stays as it is when it runs). Raises one of `Lost`."""
        await asyncio.wait_for(self._transport.open(), ASK_S)
        await self._starting.start()

    async def restart_puppet(self) -> None:
        """Have the gateway end whatever listens to it and start its puppet anew. Raises one of `Lost`."""
        await self._starting.stop()
        await self._starting.start()

    async def close(self) -> None:
        """Let go of it. Calls that are under way end with an error."""
        await self._transport.close()

    async def events(self) -> AsyncIterator[Told]:
        """What the gateway tells, until it is lost (raises) or ends the stream. Payloads that are no JSON are left out."""
        async for response in self.stub.event():
            try:
                payload = json.loads(response.payload or "{}")
            except (ValueError, RecursionError):
                continue
            if isinstance(payload, dict):
                yield Told(int(response.type), payload)

    async def alive(self) -> bool:
        """Whether it still answers; any answer is one, also a refusal."""
        try:
            await self._pulse.version()
        except GRPCError:
            return True
        except Lost:
            return False
        return True

    async def payload(self, message_id: str) -> Payload:
        """A message with the number of its type as the gateway gave it. Raises one of `Lost`."""
        told = await self.stub.message_payload(id=message_id)
        # The stub, not the puppet: that maps numbers from 16 on to an IndexError.
        return Payload(
            message_id, int(told.type), told.text, told.filename, told.from_id, told.room_id, told.timestamp
        )

    async def digest(self, message_id: str) -> str:
        """SHA-256 of a picture's, video's or file's bytes, read without keeping them. "" if there are too many.

        Raises one of `Lost`, `ValueError` where the gateway's answer is no file.
        """
        digest, left = hashlib.sha256(), MAX_FETCH
        _, pieces = await self._file(message_id)
        async with asyncio.timeout(SEND_S):
            async for piece in pieces:
                left -= len(piece)
                if left < 0:
                    return ""
                digest.update(piece)
        return digest.hexdigest()

    async def download(self, message_id: str) -> tuple[str, bytes] | None:
        """Name and bytes of what somebody sent us on purpose; None if there are too many. Raises as `digest`."""
        data = bytearray()
        name, pieces = await self._file(message_id)
        async with asyncio.timeout(SEND_S):
            async for piece in pieces:
                data += piece
                if len(data) > MAX_FETCH:
                    return None
        return name, bytes(data)

    async def _file(self, message_id: str) -> tuple[str, AsyncIterator[bytes]]:
        """The name of a message's file and its bytes in pieces: inside the answer, or fetched from the gateway."""
        answer = await self.stub.message_file(id=message_id)
        box = json.loads(answer.filebox)
        name = str(box.get("name") or "")
        if "base64" in box:
            return name, _whole(base64.b64decode(box["base64"]))
        if not isinstance(box.get("uuid"), str):
            raise ValueError("a file that stands elsewhere is not fetched")
        return name, self._download(box["uuid"])

    async def _download(self, uuid: str) -> AsyncIterator[bytes]:
        request = _DownloadRequest(id=uuid)
        async for response in self._transport.stream("/wechaty.Puppet/Download", request, _DownloadResponse):
            yield response.chunk

    async def file_box(self, path: Path, name: str) -> str:
        """A file as the gateway takes it: inside the request, or uploaded before it. Raises one of `Lost`, `Unreadable`."""
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except OSError as error:
            raise Unreadable from error
        with file:
            size = os.fstat(file.fileno()).st_size
            box: dict[str, Any] = {"name": name, "size": size, "metadata": {}}
            if size <= INLINE:
                data = base64.b64encode(await asyncio.to_thread(file.read)).decode()
                return json.dumps({**box, "boxType": 1, "base64": data})
            async with asyncio.timeout(SEND_S + size / SLOWEST):
                pieces = _pieces(file)
                answer = await self._transport.upload("/wechaty.Puppet/Upload", pieces, _UploadResponse)
        return json.dumps({**box, "boxType": 7, "uuid": answer.id})

    def announce(self, room: str, text: str) -> Awaitable[Any]:
        """The call that makes ``text`` the room's announcement."""
        request = _RoomAnnounceRequest(id=room, text=text)
        call: Awaitable[Any] = self.sending._unary_unary(
            "/wechaty.Puppet/RoomAnnounce", request, RoomAnnounceResponse
        )
        return call

    async def send(self, call: Awaitable[Any]) -> str:
        """Hand one message over, by a call of `sending`; the id that the gateway gives it, or "".

        Raises `SendLater` (certainly not taken, the gateway is not ready), `SendFailed` (certainly not taken, and
        never will be) or `SendUncertain`. An error of a gateway says in general nothing about the message.
        """
        try:
            answer = await call
        except Gone as error:
            raise SendLater("网关断了") from error
        except GRPCError as error:
            raise _what_became(error) from error
        except TimeoutError as error:
            raise SendUncertain("网关没有回答") from error
        except _GONE as error:
            raise SendUncertain("网关在发送途中断了") from error
        return getattr(answer, "id", "") or ""


class Unreadable(Exception):
    """A file of ours cannot be read."""


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _pieces(file: BinaryIO) -> AsyncIterator[_UploadRequest]:
    while piece := await asyncio.to_thread(file.read, CHUNK):
        yield _UploadRequest(chunk=piece)


_NOT_READY = re.compile(r"(?:\w+: )*not logged ?in\W*", re.I)
_CANNOT = re.compile(
    r"(?:\w+: )*(?:not (?:supported|implemented)|Wechaty Puppet Unsupported API Error)\W*", re.I
)
"""Whole first lines: what wechaty's puppets say before they do anything. Other words prove nothing."""


def _what_became(error: GRPCError) -> SendLater | SendFailed | SendUncertain:
    said = (error.message or "").partition("\n")[0][:200]  # a stack and the message itself may follow
    if error.status is Status.UNAUTHENTICATED or _NOT_READY.fullmatch(said):
        return SendLater("网关还没登录好")
    if error.status is Status.UNIMPLEMENTED or _CANNOT.fullmatch(said):
        return SendFailed("网关不会发这种消息")
    return SendUncertain("网关报错，不知道发没发出去")
