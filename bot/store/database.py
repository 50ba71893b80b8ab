"""The database file: opened safely, migrated, and written by one writer that commits once for all who wait.

A commit per event is bounded by the disk's flush; gathered, 64 waiting writers share one (DESIGN, Store).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from bot.errors import Busy, ChuandaError
from bot.store.schema import migrations

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
"""Another command may be writing (`outbox --done` while `run` runs); its commits last milliseconds."""
MAX_GATHERED = 512


class Store:
    """One data folder's database. `write` from the event loop, `write_now` from a command, `read` from both.

    Functions given to them take the connection first and must do nothing but SQL: a batch may be run again.
    """

    def __init__(self, path: Path) -> None:
        """Open (and create or migrate) the database at ``path``. Raises `ChuandaError` if it cannot be used."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.conn = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
            self.conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            self.conn.execute("PRAGMA journal_mode = WAL")
            self.conn.execute("PRAGMA synchronous = FULL")
            self.db = Database(self.conn)
            if migrations.pending(self.db):
                migrations.apply(self.db)
        except sqlite3.DatabaseError as error:
            raise ChuandaError(f"数据库 {path} 打不开（{error}）；换一个数据文件夹，或从备份恢复") from None
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []

    def close(self) -> None:
        self.conn.close()

    def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The answer of a reading function."""
        return query(self.conn, *args, **kwargs)

    def write_now(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``change`` in a transaction of its own; returns after the commit."""
        with self._transaction():
            return change(self.conn, *args, **kwargs)

    async def write(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``change`` in the next gathered transaction; returns after the commit, raises what it raised."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((lambda: change(self.conn, *args, **kwargs), done))
        if len(self._waiting) == 1:
            loop.call_soon(self._gather, loop, 0)
        return await done

    def _gather(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        """Commit once nobody who is ready has anything to add; nobody waits for a clock."""
        if before < len(self._waiting) < MAX_GATHERED:
            loop.call_soon(self._gather, loop, len(self._waiting))
        else:
            self._commit_waiting()

    def _commit_waiting(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            with self._transaction():
                answers = [change() for change, _ in batch]
        except Exception:  # one bad change must not fail its neighbours: each again, alone
            for change, done in batch:
                _settle(done, change, self._transaction)
            return
        for (_, done), answer in zip(batch, answers, strict=True):
            if not done.done():
                done.set_result(answer)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise


def _settle(
    done: asyncio.Future[Any],
    change: Callable[[], Any],
    transaction: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    if done.done():
        return
    try:
        with transaction():
            answer = change()
    except Exception as error:  # belongs to whoever asked
        done.set_exception(error)
    else:
        done.set_result(answer)


class FolderLock:
    """One long-running process per data folder. Freed by the operating system when the process dies.

    A SQLite file held in an exclusive transaction: the one lock that behaves alike on Windows and Linux.
    """

    def __init__(self, data: Path) -> None:
        """Take the lock or raise `Busy`."""
        data.mkdir(parents=True, exist_ok=True)
        self._conn = sqlite3.connect(data / "run.lock", isolation_level=None, timeout=0)
        try:
            self._conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            self._conn.close()
            raise Busy(
                f"另一个传达程序正在用 {data} 这个文件夹；先停掉那一个，或用 --data 换个文件夹"
            ) from None

    def release(self) -> None:
        self._conn.close()
