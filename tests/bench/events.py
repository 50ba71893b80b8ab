"""Durable events per second: an entry recorded with its target and counters, against one raw sqlite3 insert, same disk."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from bot.model.ledger import Act, Entry, TargetId
from bot.model.time import day_start
from bot.service.demo import FIRST_DAY, Demo, Order
from bot.store.database import Store
from bot.store.ledger import record

Row = tuple[str, str, str, str]
SECONDS = 2.0


def durable(folder: Path) -> list[Row]:
    """Alone: each event waits for its commit. 64 at once: they share commits. Peer: raw sqlite3, a commit each."""
    data = folder / "events"
    asyncio.run(Demo(data, Order(), None, None).play(lambda told: None))
    store = Store(data / "chuanda.db")
    targets = [t for (t,) in store.conn.execute("SELECT id FROM target WHERE use = 'resident'")]
    raw = _raw(folder / "raw.db")
    alone = asyncio.run(_record(store, targets, 1))
    together = asyncio.run(_record(store, targets, 64))
    store.close()
    peer = f"raw sqlite3 {raw:,.0f}/s"
    return [
        ("durable events, alone", f"{alone:,.0f}/s", peer, f"{alone / raw:.2f}"),
        ("durable events, 64 at once", f"{together:,.0f}/s", peer, f"{together / raw:.2f}"),
    ]


def _raw(path: Path) -> float:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("CREATE TABLE event(id INTEGER PRIMARY KEY, target INTEGER, at INTEGER, ref TEXT)")
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("INSERT INTO event(target, at, ref) VALUES (?, ?, ?)", (done % 400, done, f"r{done}"))
        conn.execute("COMMIT")
        done += 1
    rate = done / (time.perf_counter() - began)
    conn.close()
    return rate


_serial = iter(range(1 << 60))


async def _record(store: Store, targets: list[int], workers: int) -> float:
    """Events per second recorded by ``workers`` tasks that each wait for their commit."""
    at = day_start(FIRST_DAY) + timedelta(hours=22)
    done = 0
    began = time.perf_counter()

    async def work() -> None:
        nonlocal done
        while time.perf_counter() - began < SECONDS:
            number = next(_serial)
            target = TargetId(targets[number % len(targets)])
            act = Act.EXEMPTED if number // len(targets) % 2 == 0 else Act.READMITTED
            entry = Entry(act, at + timedelta(milliseconds=number), f"bench{number // len(targets) // 2}")
            await store.write(record, target, entry)
            done += 1

    await asyncio.gather(*(work() for _ in range(workers)))
    return done / (time.perf_counter() - began)
