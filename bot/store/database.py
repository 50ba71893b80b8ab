"""The database file: opened safely, migrated, and written by one writer that commits once for all who wait.

A commit per event is bounded by the disk's flush; gathered, 64 waiting writers share one (DESIGN, Store).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from bot.errors import Busy, ChuandaError
from bot.store.schema import KNOWN_MIGRATIONS, migrations

Connection = sqlite3.Connection
"""What changes and queries are given. Outside of this package it is only passed on, to compose one transaction."""
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
        _make_folder(path.parent)
        self._path = path
        try:
            self.conn = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
            self.db = Database(self.conn)
            self._open(path)
        except sqlite3.DatabaseError as error:
            if refusal := _refusal(error):
                raise refusal from None
            raise ChuandaError(f"数据库 {path} 打不开（{error}）；换一个数据文件夹，或从备份恢复") from None
        self._version: int | None = None
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._together = False

    def _open(self, path: Path) -> None:
        """Look whose file it is before anything is written; then bring it up to date, once, whoever comes first."""
        has_tables = self.conn.execute("SELECT 1 FROM sqlite_master").fetchone()
        applied = {migration.name for migration in migrations.applied(self.db)}
        if has_tables and not applied:
            raise ChuandaError(f"{path} 不是传达的数据库；换一个数据文件夹")
        if applied - KNOWN_MIGRATIONS:
            raise ChuandaError(f"{path} 是更新的版本写的；请更新程序，或换一个数据文件夹")
        self._use_wal()
        self.conn.execute("PRAGMA synchronous = FULL")
        if migrations.pending(self.db):
            with self._transaction():
                migrations.apply(self.db)

    def _use_wal(self) -> None:
        """SQLite does not wait for its lock here by itself: two commands may lay out a new folder at once."""
        give_up_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        while True:
            try:
                self.conn.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.01)

    def close(self) -> None:
        self.conn.close()

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked. One look at the file's header."""
        (version,) = self.conn.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, version
        return bool(version != before)

    def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The answer of a reading function."""
        return query(self.conn, *args, **kwargs)

    def read_apart(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `read`, as of one instant, on a connection of its own: for another thread, where an answer takes long."""
        address = f"{self._path.resolve().as_uri()}?mode=ro"
        conn = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        with contextlib.closing(conn):
            conn.execute("BEGIN")
            return query(conn, *args, **kwargs)

    def write_now(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``change`` in a transaction of its own; returns after the commit."""
        if self._together:
            return change(self.conn, *args, **kwargs)
        with self._transaction():
            return change(self.conn, *args, **kwargs)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Every write within is one transaction: all of it or nothing. Nothing may be awaited within but writes, which do
        not wait here: another task's write would be in it too. Raises `Busy` before anything happened. Within another one
        it is a part of that one, which is undone alone where it fails."""
        if self._together:
            with self._part():
                yield
            return
        with self._transaction():
            self._together = True
            try:
                yield
            finally:
                self._together = False

    @contextlib.contextmanager
    def _part(self) -> Iterator[None]:
        self.conn.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO part")
                self.conn.execute("RELEASE part")
            raise
        self.conn.execute("RELEASE part")

    async def write(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``change`` in the next gathered transaction; returns after the commit, raises what it raised."""
        if self._together:
            return change(self.conn, *args, **kwargs)
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
        except ChuandaError as refused:  # nobody can write now: each would wait as long, and in vain
            for _, done in batch:
                if not done.done():
                    done.set_exception(refused)
            return
        except Exception:  # one bad change must not fail its neighbours: each again, alone
            for change, done in batch:
                _settle(done, change, self._transaction)
            return
        for (_, done), answer in zip(batch, answers, strict=True):
            if not done.done():
                done.set_result(answer)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Raises `ChuandaError` where nobody could write: the file is held by another program, the disk is full."""
        try:
            self.conn.execute("BEGIN IMMEDIATE")
            yield
            self.conn.execute("COMMIT")
        except BaseException as error:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            if refusal := _refusal(error):
                raise refusal from None
            raise


_NOBODY_CAN_WRITE: dict[int, tuple[type[ChuandaError], str]] = {
    sqlite3.SQLITE_BUSY: (Busy, "数据库被别的程序占着，写不进去；关掉那个程序，或等它放开"),
    sqlite3.SQLITE_FULL: (ChuandaError, "磁盘满了，写不进去；清出空间再试"),
    sqlite3.SQLITE_READONLY: (ChuandaError, "数据库是只读的，写不进去；检查文件夹的权限"),
    sqlite3.SQLITE_IOERR: (ChuandaError, "磁盘读写出错；检查磁盘和空间，还不行就从备份恢复"),
}


def _refusal(error: BaseException) -> ChuandaError | None:
    """What to tell where nobody could write; None for any other error. Python gives extended codes, whose low byte is
    the kind."""
    code = getattr(error, "sqlite_errorcode", None)
    found = None if code is None else _NOBODY_CAN_WRITE.get(code & 0xFF)
    return None if found is None else found[0](found[1])


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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ChuandaError(f"{folder} 是文件，不是文件夹；换一个 --data 文件夹") from None


class FolderLock:
    """One long-running process per data folder. Freed by the operating system when the process dies.

    A SQLite file held in an exclusive transaction: the one lock that behaves alike on Windows and Linux.
    """

    def __init__(self, data: Path) -> None:
        """Take the lock or raise `Busy`."""
        _make_folder(data)
        file = data / "run.lock"
        self._conn = sqlite3.connect(file, isolation_level=None, timeout=0)
        try:
            self._conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            self._conn.close()
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise Busy(
                    f"另一个传达程序正在用 {data} 这个文件夹；先停掉那一个，或用 --data 换个文件夹"
                ) from None
            raise _refusal(error) or ChuandaError(f"{file} 用不了（{error}）；删掉它再试") from None

    def release(self) -> None:
        self._conn.close()
