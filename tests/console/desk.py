"""A rehearsal's town with its console, at the hour that a test sets."""

from __future__ import annotations

import asyncio
import atexit
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx import ASGITransport, AsyncClient, Response

from bot.console.app import Console, application
from bot.console.routes import PAGES
from bot.model.speaker import Role
from bot.model.time import at_time
from bot.model.tree import Node, Post, Worker, WorkerId
from bot.service.demo import FIRST_DAY, Demo, Order
from bot.store import accounts, clients
from tests.conftest import folder_in_memory

HOST = "127.0.0.1:8420"
PASSWORD = "春风又绿江南岸，明月"


class Office:
    """A town of sixty groups, its console, and people's browsers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open()

    def _open(self) -> None:
        self.demo = Demo(self.folder, Order(groups=60), None, None)
        self.console = Console(self.demo.town, lambda: self.demo.now, config=self.demo.config)
        self.app = application(self.console, PAGES)

    def until(self, clock: str, *, anew: bool = False) -> None:
        """Live through the day until then; ``anew``: with what the test did to it before, else as it was lived once."""
        hour, minute = map(int, clock.split(":"))
        if not anew:
            self.demo.close()
            shutil.copytree(_lived(clock), self.folder, dirs_exist_ok=True)
            self._open()
        then = at_time(FIRST_DAY, self.demo.now.min.time()) + timedelta(hours=hour, minutes=minute)
        asyncio.run(self._live(then))

    async def _live(self, until) -> None:  # type: ignore[no-untyped-def]
        await self.demo.live(until, lambda told: None)

    def head_of(self, village: str) -> Worker:
        """Who is responsible for a village."""
        tree = self.demo.tree
        node = next(node for node in tree.nodes if node.name == village)
        return tree.worker_by_id[node.people[Post.HEAD]]

    def contact_below(self, village: str) -> Worker:
        """A grid worker of a village, of no other place."""
        tree = self.demo.tree
        unit = next(node for node in tree.nodes if node.name == village)
        for node in tree.subtree(unit)[1:]:
            worker = node.people.get(Post.CONTACT)
            if worker is not None and all(n.lo == n.hi for n, _ in tree.posts_of[worker]):
                return tree.worker_by_id[worker]
        raise AssertionError(village)

    @property
    def villages(self) -> list[Node]:
        tree = self.demo.tree
        return [node for node in tree.children(tree.root) if Post.HEAD in node.people and node.hi > node.lo]

    def code_for(self, worker: WorkerId, role: Role | None = None, code: str = "ABCD2345") -> str:
        """A one-time code, as `chuanda bind` gives it."""
        until = self.demo.now + timedelta(minutes=10)
        self.demo.store.write_now(accounts.add_code, code, worker, until, role)
        return code

    def let_in(self, token: str, place: Node | None = None, *, names: bool = False) -> int:
        """A client of the API with this token."""
        who = self.demo.store.write_now(accounts.add_person, "王敏", self.demo.tree.root.path)
        node = (place or self.demo.tree.root).id
        return self.demo.store.write_now(
            clients.add_client, token, "县平台", node, names, who.id, self.demo.now
        )

    def staff(self, name: str, role: Role) -> str:
        worker = self.demo.store.write_now(accounts.add_person, name, self.demo.tree.root.path)
        return self.code_for(worker.id, role)


_KEPT = ExitStack()
atexit.register(_KEPT.close)


@cache
def _lived(clock: str) -> Path:
    """A day until then, lived once."""
    folder = _KEPT.enter_context(folder_in_memory(Path(_KEPT.enter_context(TemporaryDirectory())))) / "day"
    office = Office(folder)
    try:
        office.until(clock, anew=True)
    finally:
        office.demo.close()
    return folder


@contextmanager
def office_in(folder: Path) -> Iterator[Office]:
    office = Office(folder)
    try:
        yield office
    finally:
        office.demo.close()


class Browser:
    """Somebody's browser, without the drawing: cookies are kept, forms carry their secret."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, host: str = HOST, **what) -> Response:  # type: ignore[no-untyped-def]
        return asyncio.run(self._ask(method, path, host, what))

    async def _ask(self, method: str, path: str, host: str, what: dict) -> Response:
        transport = ASGITransport(self.office.app, client=("127.0.0.1", 50_000))
        async with AsyncClient(
            transport=transport, base_url=f"http://{host}", cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **what)
            self.cookies = dict(client.cookies)
            return answer

    def get(self, path: str, **what) -> Response:  # type: ignore[no-untyped-def]
        return self.ask("GET", path, **what)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
        """As the page's own form would."""
        return self.ask("POST", path, data={"form": self.secret, **fields}, headers=headers or {})

    @property
    def secret(self) -> str:
        page = self.get("/").text
        return (
            page.split('name="form" value="', 1)[1].split('"', 1)[0] if 'name="form" value="' in page else ""
        )

    def come_in(self, code: str) -> Response:
        """The first time, with a code."""
        return self.ask("POST", "/first", data={"code": code, "password": PASSWORD, "again": PASSWORD})
