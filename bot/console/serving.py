"""Serving the console from the process that runs the town: one socket, no signals of its own, an end when the town ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn

from bot.console.app import Console, application
from bot.console.routes import PAGES
from bot.errors import ChuandaError, os_reason
from bot.model.speaker import Role
from bot.service.run import on_signal
from bot.store import accounts, seats

GRACE_S = 3


class _Server(uvicorn.Server):
    """Signals belong to who runs the town."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Serving:
    """The console on its socket."""

    def __init__(
        self, console: Console, listening: socket.socket, certificate: str = "", key: str = ""
    ) -> None:
        self._console, self._socket = console, listening
        console.address = console.address or self.address
        config = uvicorn.Config(
            application(console, PAGES),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=certificate or None,
            ssl_keyfile=key or None,
            proxy_headers=bool(console.behind),  # else anybody could say from where they come
        )
        try:
            config.load()
        except OSError as error:  # ssl's errors are
            listening.close()
            raise ChuandaError(
                f"网页开不了：证书 {certificate} 或私钥 {key} 用不了（{os_reason(error)}）；看 schedules.yaml 的 console"
            ) from None
        self._server = _Server(config)

    @property
    def address(self) -> str:
        """Where it is, for a browser on this computer."""
        if self._console.behind:
            return f"{self._console.behind}/"
        host, port = self._socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        return f"{'https' if self._console.secure else 'http'}://{host}:{port}/"

    def link_for(self, name: str, role: Role) -> str:
        """A link that lets somebody in once, with ``role`` if they have no seat yet."""
        desk, now = self._console.town.desk, self._console.now()
        worker = desk.store.write_now(accounts.add_person, name, desk.tree.root.path)
        desk.store.write_now(seats.give_seat, worker.id, role, now)
        return f"{self.address}open/{self._console.signing.link_for(worker.id, now)}"

    async def serve(self) -> None:
        """Until `stop`."""
        await self._server.serve(sockets=[self._socket])

    def close(self) -> None:
        """Without having served."""
        self._socket.close()

    def stop(self) -> None:
        """Let go of pages that stay open, then end."""
        self._console.closing = True
        self._server.should_exit = True


def listening_on(host: str, port: int) -> socket.socket:
    """A socket on ``host`` and ``port`` (0: any that is free). Raises `ChuandaError` if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there it would share the port with another program
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise ChuandaError(
            f"网页开不了：{host}:{port} 用不了（{os_reason(error)}）；换一个端口，写在 schedules.yaml 的 console.listen"
        ) from None
    return found


async def until_interrupted(serving: Serving) -> None:
    """Serve until Ctrl-C, or the like."""
    on_signal(serving.stop)
    await serving.serve()


@contextlib.asynccontextmanager
async def beside(serving: Serving | None) -> AsyncIterator[None]:
    """The console served while something else runs."""
    if serving is None:
        yield
        return
    task = asyncio.create_task(serving.serve())
    try:
        yield
    finally:
        serving.stop()
        await task
