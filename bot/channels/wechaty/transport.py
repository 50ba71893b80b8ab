"""gRPC under python-wechaty's stubs: grpcio instead of grpclib.

Same calls, same messages, same errors, a third of the time (tests/bench/chat.py): grpclib's HTTP/2 is Python throughout,
and nine tenths of what a message cost went there. What grpclib would raise is raised here, so that the rest of the
adapter knows one kind of errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import betterproto
from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it would speak English to the office's screen
import grpc
import grpc.aio
from wechaty_grpc.wechaty import PuppetStub

MAX_ANSWER = 16_000_000
"""Bytes of one answer; what is larger comes in pieces (Download)."""
M = TypeVar("M", bound=betterproto.Message)


class Gone(ConnectionError):
    """The connection had ended before the call began: nothing of it was handed over."""


class Transport:
    """One connection to HOST:PORT. Once it was seen to have ended it is not used any more: behind the same address may be
    another login by then. (Between `check` and a call lies no wait, so that is seen.)"""

    def __init__(self, endpoint: str, token: str) -> None:
        """Nothing is opened yet. ``token`` goes where gateways read it, as the authority of every call."""
        self._channel = grpc.aio.insecure_channel(
            endpoint,
            options=[
                ("grpc.default_authority", token),
                ("grpc.max_receive_message_length", MAX_ANSWER),
                ("grpc.enable_retries", 0),
                ("grpc.enable_http_proxy", 0),
                ("grpc.use_local_subchannel_pool", 1),
            ],
        )
        self._opened = False

    async def open(self) -> None:
        """Raises `OSError` where nobody answers, at once."""
        self._channel.get_state(try_to_connect=True)
        state = grpc.ChannelConnectivity.IDLE
        while state is not grpc.ChannelConnectivity.READY:
            if state in (grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN):
                raise ConnectionRefusedError("nobody answers")
            await self._channel.wait_for_state_change(state)
            state = self._channel.get_state()
        self._opened = True

    async def close(self) -> None:
        """Calls that are under way end with an error."""
        self._opened = False
        await self._channel.close()

    def unary(self, route: str, answer: type[M]) -> Any:
        """A call with one request and one answer."""
        return self._channel.unary_unary(
            route, request_serializer=bytes, response_deserializer=_parse(answer)
        )

    def check(self) -> None:
        """Raises `Gone` where the connection is not the one that was opened."""
        if not self._opened or self._channel.get_state() is not grpc.ChannelConnectivity.READY:
            self._opened = False
            raise Gone

    async def stream(self, route: str, request: betterproto.Message, answer: type[M]) -> AsyncIterator[M]:
        """The answers of a call with one request and many answers."""
        call = self._channel.unary_stream(
            route, request_serializer=bytes, response_deserializer=_parse(answer)
        )
        self.check()
        with _known_errors():
            async for response in call(request):
                if response is not None:  # grpcio's word for an answer that could not be read
                    yield response

    async def upload(self, route: str, requests: AsyncIterator[betterproto.Message], answer: type[M]) -> M:
        """The answer of a call with many requests."""
        call = self._channel.stream_unary(
            route, request_serializer=bytes, response_deserializer=_parse(answer)
        )
        self.check()
        with _known_errors():
            response: M = await call(requests)
        return response


class Stub(PuppetStub):  # type: ignore[misc]
    """python-wechaty's stub on that transport, each call bounded by ``seconds``; what only streams is not."""

    def __init__(self, transport: Transport, seconds: float) -> None:
        super().__init__(None)
        self._transport, self._seconds = transport, seconds
        self._calls: dict[str, Any] = {}

    async def _unary_unary(
        self, route: str, request: betterproto.Message, response_type: type[M], **_: Any
    ) -> M:
        call = self._calls.get(route)
        if call is None:
            call = self._calls[route] = self._transport.unary(route, response_type)
        self._transport.check()
        with _known_errors():
            answer: M | None = await call(request, timeout=self._seconds)
        if answer is None:  # grpcio's word for one that could not be read
            raise StreamTerminatedError("no answer that can be read")
        return answer

    async def _unary_stream(
        self, route: str, request: betterproto.Message, response_type: type[M], **_: Any
    ) -> AsyncGenerator[M, None]:
        async for response in self._transport.stream(route, request, response_type):
            yield response


def _parse(answer: type[M]) -> Callable[[bytes], M]:
    return lambda data: answer().parse(data)


@contextlib.contextmanager
def _known_errors() -> Iterator[None]:
    """What grpclib would raise: for a connection that broke, or was closed by us, and for what the gateway says. A
    `TimeoutError` for no answer in time."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
            raise StreamTerminatedError(error.details()) from None
        if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
            raise TimeoutError from None
        raise GRPCError(Status(error.code().value[0]), error.details()) from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # grpcio cancels the calls of a channel that is closed.
        raise StreamTerminatedError("closed") from None
