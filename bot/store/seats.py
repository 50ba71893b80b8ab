"""Who may sign in at the console: seats with a password, sessions, and how often somebody was wrong. Secrets are kept as hashes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.speaker import Role
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import Worker, WorkerId
from bot.store.accounts import code_hash, spend_code


@dataclass(frozen=True, slots=True)
class Seat:
    """A person who may sign in. ``role``: what the office's code gave besides what the roster gives; None: nothing."""

    worker: WorkerId
    name: str
    password: str
    role: Role | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. ``form``: what every form of theirs has to bring back. ``account``: by which chat account, where
    it was by a link that the bot sent them; then ``role`` is None and what the account may counts, else empty."""

    person: Worker
    role: Role | None
    form: str
    begun_at: datetime
    seen_at: datetime
    account: str = ""


def is_code(conn: sqlite3.Connection, code: str, now: datetime) -> bool:
    """Whether ``code`` is somebody's one-time code (`bot.store.accounts.add_code`)."""
    row = conn.execute(
        "SELECT 1 FROM bind_code WHERE hash = ? AND expires_at > ?", (code_hash(code), to_epoch(now))
    ).fetchone()
    return row is not None


def take_seat(conn: sqlite3.Connection, code: str, password: str, now: datetime) -> WorkerId | None:
    """Use up ``code``: whose it is may sign in with ``password`` (a hash) from now on, with the role of the code; who
    signed in as them before is out. None if it is nobody's any more."""
    used = spend_code(conn, code, now)
    if used is None:
        return None
    role = "" if used.role is None else used.role.value
    conn.execute(
        "INSERT OR REPLACE INTO seat VALUES (?, ?, ?, ?)", (used.worker, password, role, to_epoch(now))
    )
    conn.execute("DELETE FROM session WHERE worker = ?", (used.worker,))
    return used.worker


def give_seat(conn: sqlite3.Connection, worker: WorkerId, role: Role, now: datetime) -> None:
    """Somebody may come in by a link, and by no password until they choose one; a seat that they have stays."""
    conn.execute("INSERT OR IGNORE INTO seat VALUES (?, '', ?, ?)", (worker, role.value, to_epoch(now)))


def seats_named(conn: sqlite3.Connection, name: str) -> list[Seat]:
    """The seats of people of this name."""
    rows = conn.execute(
        "SELECT s.worker, w.name, s.password, s.role FROM seat s JOIN worker w ON w.id = s.worker WHERE w.name = ?",
        (name,),
    )
    return [Seat(WorkerId(worker), name, password, _role(role)) for worker, name, password, role in rows]


def begin_session(
    conn: sqlite3.Connection, token: str, worker: WorkerId, form: str, now: datetime, account: str = ""
) -> None:
    """From now on ``token`` stands for ``worker``; ``account``: see `Session`."""
    conn.execute(
        "INSERT INTO session(hash, worker, form, begun_at, seen_at, account) VALUES (?, ?, ?, ?, ?, ?)",
        (_token(token), worker, form, to_epoch(now), to_epoch(now), account),
    )


def session_of(
    conn: sqlite3.Connection, token: str, now: datetime, idle: timedelta, longest: timedelta
) -> Session | None:
    """The session that ``token`` stands for, if it was used within ``idle``, began within ``longest``, and its seat
    stands; one that a chat account began needs none."""
    row = conn.execute(
        "SELECT n.worker, w.name, w.unit, s.role, n.form, n.begun_at, n.seen_at, n.account FROM session n "
        "JOIN worker w ON w.id = n.worker LEFT JOIN seat s ON s.worker = n.worker AND n.account = '' "
        "WHERE n.hash = ? AND (s.worker IS NOT NULL OR n.account != '')",
        (_token(token),),
    ).fetchone()
    if row is None:
        return None
    worker, name, unit, role, form, begun, seen, account = row
    person = Worker(WorkerId(worker), name, unit)
    found = Session(person, _role(role or ""), form, from_epoch(begun), from_epoch(seen), account)
    return found if now - found.seen_at < idle and now - found.begun_at < longest else None


def note_seen(conn: sqlite3.Connection, token: str, now: datetime) -> None:
    conn.execute("UPDATE session SET seen_at = ? WHERE hash = ?", (to_epoch(now), _token(token)))


def end_session(conn: sqlite3.Connection, token: str) -> None:
    conn.execute("DELETE FROM session WHERE hash = ?", (_token(token),))


def pass_over(conn: sqlite3.Connection, leapt: timedelta) -> None:
    """A rehearsal's day leapt on: whoever is in is not out by that."""
    by = leapt // timedelta(milliseconds=1)
    conn.execute("UPDATE session SET begun_at = begun_at + ?, seen_at = seen_at + ?", (by, by))


def forget_sessions(conn: sqlite3.Connection, begun_before: datetime) -> None:
    """Sessions and wrong tries that are over."""
    conn.execute("DELETE FROM session WHERE begun_at < ?", (to_epoch(begun_before),))
    conn.execute("DELETE FROM wrong_try WHERE at < ?", (to_epoch(begun_before),))


def note_wrong(conn: sqlite3.Connection, keys: Collection[str], now: datetime) -> None:
    """Somebody was wrong; ``keys`` say who was tried and from where."""
    conn.executemany(
        "INSERT INTO wrong_try(key, at) VALUES (?, ?)", [(_key(key), to_epoch(now)) for key in keys]
    )


def wrong_since(conn: sqlite3.Connection, key: str, since: datetime) -> int:
    """How often somebody was wrong there since then."""
    row = conn.execute(
        "SELECT COUNT(*) FROM wrong_try WHERE key = ? AND at > ?", (_key(key), to_epoch(since))
    ).fetchone()
    return int(row[0])


def forget_wrong(conn: sqlite3.Connection, key: str) -> None:
    """They were right at last."""
    conn.execute("DELETE FROM wrong_try WHERE key = ?", (_key(key),))


def _role(role: str) -> Role | None:
    return Role(role) if role else None


def _token(token: str) -> str:
    return hashlib.sha256(f"session:{token}".encode()).hexdigest()


def _key(key: str) -> str:
    return hashlib.sha256(f"try:{key}".encode()).hexdigest()[:32]
