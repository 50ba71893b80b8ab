"""`chuanda run` in the foreground: what goes wrong ends it with the reason, and is never swallowed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.channels.manual import ManualChannel
from bot.clock import SystemClock
from bot.errors import Busy
from bot.library import LiveLibrary
from bot.roster.build import read_roster
from bot.sample import sample
from bot.schedules.live import LiveSchedules
from bot.schedules.model import LEVELS
from bot.service.desk import Told
from bot.service.run import Service
from bot.store import trees
from bot.store.database import FolderLock, Store


@pytest.fixture
def service(quick: Path) -> Service:
    store, clock = Store(quick / "chuanda.db"), SystemClock()
    store.write_now(trees.add_edition, read_roster(sample().roster, LEVELS), "t", clock.now())
    settings = LiveSchedules(Path(shutil.copy(sample().schedules, quick)))
    told: list[Told] = []
    return Service(
        store,
        ManualChannel(),
        LiveLibrary(sample().library),
        settings,
        quick,
        clock,
        told.append,
        tick_s=0.02,
    )


async def test_a_database_that_somebody_holds_ends_the_service_with_the_reason(
    service: Service, quick: Path
) -> None:
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.2)
    assert not running.done()
    service.store.conn.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(quick / "chuanda.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="别的程序占着"):
            await asyncio.wait_for(running, 10)
    FolderLock(quick).release()


async def test_asked_to_stop_it_stops_and_lets_go_of_the_folder(service: Service, quick: Path) -> None:
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.1)
    service.stop()
    await asyncio.wait_for(running, 5)
    FolderLock(quick).release()
