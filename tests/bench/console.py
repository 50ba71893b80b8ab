"""How fast the console answers in a town of 20,000 groups whose day is over, and how much its first page weighs."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from datetime import timedelta
from pathlib import Path

from httpx import ASGITransport, AsyncClient, Response

from bot.clock import SystemClock
from bot.console.app import API, STATIC, Console, application
from bot.console.routes import PAGES
from bot.model.speaker import Role
from bot.service.demo import Demo, Order
from bot.service.practice import Practice, RunningClock
from bot.store import accounts, clients, seats
from tests.console.addresses import SHOWN, address

Row = tuple[str, str, str, str]
PAGE_MS, FIRST_PAGE = 100.0, 150_000
"""What a page may take, and what the first one may weigh with all that it loads (the issue)."""
RUNS = 9


def pages(data: Path) -> list[Row]:
    """Whole requests of the office's, from the ASGI message to the last byte, on a demo's folder."""
    order = Order(**json.loads((data / "demo.json").read_text("utf-8"))["order"])
    demo = Demo(data, order, None, None)
    try:
        return asyncio.run(_pages(demo))
    finally:
        demo.close()


async def _pages(demo: Demo) -> list[Row]:
    console = Console(demo.town, lambda: demo.now, practice=RunningClock(Practice(demo), SystemClock()))
    worker = demo.store.write_now(accounts.add_person, "王敏", demo.tree.root.path)
    demo.store.write_now(seats.give_seat, worker.id, Role.OFFICE, demo.now)
    demo.store.write_now(clients.add_client, "bench", "县平台", demo.tree.root.id, False, worker.id, demo.now)
    token = await console.signing.begin(worker.id, demo.now)
    village = next(demo.tree.children(demo.tree.root))
    asked = [
        ("start page", "/"),
        ("start page, gaps first", "/?order=gaps"),
        ("start page of a village", f"/?at={village.id}"),
        ("somebody looked for", f"/town?q={demo.tree.workers[-1].name}"),
        ("nobody found", "/town?q=没有的"),
        ("a month later", f"/schedule?month={demo.now + timedelta(days=31):%Y-%m}"),
        *((path, address(path, demo, village)) for path in SHOWN if path != "/"),
    ]
    transport = ASGITransport(application(console, PAGES))
    rows: list[Row] = []
    async with AsyncClient(
        transport=transport, base_url="http://127.0.0.1", cookies={"chuanda": token}
    ) as client:
        for what, path in asked:
            ms, answer = await _timed(client, path)
            what = f"{what}, {demo.order.groups:,} groups"
            if path.endswith(".xlsx"):  # made beside the work, in a thread of its own
                rows.append((what, f"{ms:.0f} ms", "a file", "–"))
                continue
            rows.append((what, f"{ms:.0f} ms", f"limit {PAGE_MS:.0f} ms", f"{ms / PAGE_MS:.2f}"))
            if path == "/":
                size = int(answer.headers.get("content-length", len(answer.content)))  # as it travels
                named = set(re.findall(r'(?:src|href)="/static/([^"]+)"', answer.text))
                size += sum((STATIC / name).stat().st_size for name in named)
                told = f"limit {FIRST_PAGE // 1000} KB", f"{size / FIRST_PAGE:.2f}"
                rows.append(("  with all that it loads", f"{size / 1000:.0f} KB", *told))
    return rows


async def _timed(client: AsyncClient, path: str) -> tuple[float, Response]:
    """The median of some requests in milliseconds, and the last answer."""
    headers = {"hx-request": "true"} if path.startswith("/place") else {}
    if path.startswith(API):
        headers = {"authorization": "Bearer bench"}
    taken = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        answer = await client.get(path, headers=headers)
        taken.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code < 500, (path, answer.status_code)
    return statistics.median(taken), answer
