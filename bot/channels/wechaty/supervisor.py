"""Keeps one connection to a gateway alive: reconnects in seconds, waits for a login, notices a gateway that froze.

python-wechaty sleeps for a minute, stops the event loop or prints and returns (DESIGN, Facts); none of its life cycle is
used. A gateway is its *event stream*: while that stands and an account is logged in, the link is up.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Protocol

from grpclib.const import Status
from grpclib.exceptions import GRPCError

from bot.channels.wechaty.client import Connection, Lost, Told
from bot.model.chat import Link

FIRST_S, LONGEST_S = 1.0, 30.0
"""Between two tries to connect: doubled each time, until it stands."""
HEARTBEAT_S = 5.0
"""How often it is asked whether it still answers; two silences are a frozen gateway."""
LOGIN_S = 5.0
"""A gateway that runs says within this who is logged in, or shows a code."""

SCAN, LOGIN, LOGOUT = 22, 25, 26
"""wechaty.puppet.EventType."""
_WAITING = (0, 2)
"""ScanStatus: unknown, waiting. The others say that a code was scanned, confirmed, cancelled."""


class Listener(Protocol):
    """Who is told what the gateway says."""

    async def link_changed(self, link: Link, account: str, code: str) -> None:
        """``account``: ours, when the link is up; ``code``: what a QR code to scan says."""

    async def told(self, connection: Connection, told: Told) -> None:
        """Anything else that the gateway tells."""

    async def failed(self, error: Exception) -> None:
        """Something that nobody foresaw: nothing goes on by itself any more."""


class Supervisor:
    """Owns the connection. `connection` is the one to speak to, or None while there is none."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        listener: Listener,
        heartbeat_s: float = HEARTBEAT_S,
        first_s: float = FIRST_S,
    ) -> None:
        """``connect`` makes a connection that is not open yet."""
        self._connect, self._listener = connect, listener
        self._heartbeat_s, self._first_s = heartbeat_s, first_s
        self.connection: Connection | None = None
        self.link, self.account = Link.UNREACHABLE, ""
        self._told: tuple[Link, str, str] | None = None
        self._took_over = False
        """Whoever listened to our gateway was ended, once per outage: two programs must not fight over it."""
        self._frozen = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._task = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """Let go of the gateway; it goes on without us. Safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @property
    def tried(self) -> bool:
        """Whether it is known by now how the link stands."""
        return self._told is not None

    async def _for_ever(self) -> None:
        try:
            await self._keep_alive()
        except Exception as error:
            await self._listener.failed(error)

    async def _keep_alive(self) -> None:
        wait_s = self._first_s
        while True:
            began = time.monotonic()
            await self._change(await self._once())
            # A link that stood for a while had nothing to do with the tries before it.
            stood = time.monotonic() - began > LONGEST_S
            wait_s = self._first_s if stood else wait_s
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_S)

    async def _once(self) -> Link:
        """Connect and listen until it ends; why it did."""
        connection, self._frozen = self._connect(), False
        watch: asyncio.Task[None] | None = None
        try:
            await connection.open()
            self.connection = connection
            watch = asyncio.create_task(self._watch(connection))
            await self._listen(connection)
            return Link.UNREACHABLE
        except TimeoutError:
            return Link.FROZEN
        except GRPCError as error:
            if error.status is Status.ALREADY_EXISTS and not self._took_over:
                self._took_over = True
                # Somebody listens already: ourselves, before a power cut, or another program with our token.
                with contextlib.suppress(*Lost):
                    await connection.restart_puppet()
            return Link.REFUSED if error.status is Status.UNAUTHENTICATED else Link.UNREACHABLE
        except Lost:
            return Link.FROZEN if self._frozen else Link.UNREACHABLE
        finally:
            self.connection, self.account = None, ""
            if watch is not None:
                watch.cancel()
            await connection.close()

    async def _listen(self, connection: Connection) -> None:
        # Who is logged in is told at once, or nobody is (DESIGN: “not logged in” after a restart).
        silence = asyncio.create_task(self._nobody_is_logged_in())
        try:
            async for told in connection.events():
                if told.type == LOGIN and told.payload.get("contactId"):
                    self.account, self._took_over = str(told.payload["contactId"]), False
                    await self._change(Link.UP)
                elif told.type == LOGOUT:
                    self.account = ""
                    await self._change(Link.LOGGED_OUT)
                elif told.type == SCAN:
                    code = told.payload.get("qrcode")
                    if code and told.payload.get("status") in _WAITING:
                        await self._change(Link.SCAN, str(code))
                else:
                    await self._listener.told(connection, told)
        finally:
            silence.cancel()

    async def _nobody_is_logged_in(self) -> None:
        await asyncio.sleep(LOGIN_S)
        if not self.account and self.link is not Link.SCAN:
            await self._change(Link.LOGGED_OUT)

    async def _watch(self, connection: Connection) -> None:
        """Ends the connection once the gateway stays silent twice."""
        silent = 0
        while silent < 2:
            await asyncio.sleep(self._heartbeat_s)
            silent = 0 if await connection.alive() else silent + 1
        self._frozen = True
        await connection.close()

    async def _change(self, link: Link, code: str = "") -> None:
        """Once per state: a gateway repeats its code every few seconds."""
        self.link = link
        if self._told != (link, self.account, code):
            self._told = (link, self.account, code)
            await self._listener.link_changed(link, self.account, code)
