"""`chuanda run` in the foreground: what goes wrong is waited for or ends it with the reason; never swallowed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.channels.manual import ManualChannel
from bot.clock import SystemClock
from bot.library import LiveLibrary
from bot.roster.build import read_roster
from bot.sample import sample
from bot.schedules.live import LiveSchedules
from bot.schedules.model import LEVELS
from bot.service.desk import Told
from bot.service.run import Service
from bot.store import trees
from bot.store.database import FolderLock, Store

TOLD: list[Told] = []


@pytest.fixture
def service(quick: Path) -> Service:
    store, clock = Store(quick / "chuanda.db"), SystemClock()
    store.write_now(trees.add_edition, read_roster(sample().roster, LEVELS), "t", clock.now())
    settings = LiveSchedules(Path(shutil.copy(sample().schedules, quick)))
    TOLD.clear()
    return Service(
        store,
        ManualChannel(),
        LiveLibrary(sample().library),
        settings,
        quick,
        clock,
        TOLD.append,
        tick_s=0.02,
    )


async def test_a_database_that_somebody_holds_for_a_while_is_said_once_and_waited_for(
    service: Service, quick: Path
) -> None:
    """A virus scanner must not end the office's day."""
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.2)
    service.store.conn.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(quick / "chuanda.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(0.5)
        other.execute("ROLLBACK")
    await asyncio.sleep(0.2)
    assert not running.done()
    assert [told.text for told in TOLD if "占着" in told.text] == [
        "数据库被别的程序占着，写不进去；关掉那个程序，或等它放开。这边先等着，放开了接着来。"
    ]
    service.stop()
    await asyncio.wait_for(running, 5)


async def test_an_error_that_nobody_foresaw_ends_the_service_and_reaches_whoever_runs_it(
    service: Service, quick: Path
) -> None:
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.1)
    service.store.conn.execute("DROP TABLE slot")
    with pytest.raises(sqlite3.OperationalError):
        await asyncio.wait_for(running, 10)
    FolderLock(quick).release()


async def test_asked_to_stop_it_stops_and_lets_go_of_the_folder(service: Service, quick: Path) -> None:
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.1)
    service.stop()
    await asyncio.wait_for(running, 5)
    FolderLock(quick).release()
