"""Whose chat account is whose: bound by a one-time code, kept as a hash, forgotten when ids change.

Names prove nothing in a chat (anybody may call themselves anything), so what an account may do needs a code that the
office gave to that person.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.model.speaker import Role
from bot.model.time import to_epoch
from bot.model.tree import Worker, WorkerId


@dataclass(frozen=True, slots=True)
class BoundAccount:
    """An account of a person. ``private``: they wrote to us themselves, so the chat lets us write to them."""

    account: str
    private: bool


def add_code(
    conn: sqlite3.Connection, code: str, worker: WorkerId, expires_at: datetime, role: Role | None = None
) -> None:
    """A code that binds whoever says it to ``worker``, once, and gives them ``role`` (None: what the roster gives); an
    older one for the same ends."""
    given = "" if role is None else role.value
    conn.execute("DELETE FROM bind_code WHERE worker = ? AND role = ?", (worker, given))
    conn.execute(
        "INSERT INTO bind_code VALUES (?, ?, ?, ?)", (code_hash(code), worker, to_epoch(expires_at), given)
    )


@dataclass(frozen=True, slots=True)
class Used:
    """Whose code was said, and which role came with it."""

    worker: WorkerId
    role: Role | None


def use_code(
    conn: sqlite3.Connection, code: str, account: str, now: datetime, *, private: bool
) -> Used | None:
    """Bind ``account`` to the person whose code this is; None if nobody's is, or it ended.

    Whoever had the account before, or was known by another one, loses it with the roles that hung on it: what an
    account may do is what its own codes gave.
    """
    used = spend_code(conn, code, now)
    if used is None:
        return None
    worker, role = used.worker, used.role
    others = conn.execute(
        "SELECT worker FROM account WHERE (account = ? AND worker != ?) OR (worker = ? AND account != ?)",
        (account, worker, worker, account),
    ).fetchall()
    for (other,) in others:
        forget_account(conn, WorkerId(other), codes=False)
    conn.execute(
        "INSERT INTO account VALUES (?, ?, ?, ?) ON CONFLICT(worker) DO UPDATE SET private = MAX(private, excluded.private)",
        (worker, account, private, to_epoch(now)),
    )
    if role is not None:
        conn.execute("INSERT OR REPLACE INTO role VALUES (?, ?, ?)", (worker, role, to_epoch(now)))
    return used


def spend_code(conn: sqlite3.Connection, code: str, now: datetime) -> Used | None:
    """Use ``code`` up: whose it was, and what it gives; None if nobody's is, or it ended."""
    row = conn.execute(
        "DELETE FROM bind_code WHERE hash = ? AND expires_at > ? RETURNING worker, role",
        (code_hash(code), to_epoch(now)),
    ).fetchone()
    return None if row is None else Used(WorkerId(row[0]), Role(row[1]) if row[1] else None)


def roles(conn: sqlite3.Connection) -> dict[WorkerId, frozenset[Role]]:
    """What people may do beyond what the roster gives them."""
    found: dict[WorkerId, set[Role]] = {}
    for worker, role in conn.execute("SELECT worker, role FROM role"):
        found.setdefault(WorkerId(worker), set()).add(Role(role))
    return {worker: frozenset(given) for worker, given in found.items()}


def seat_roles(conn: sqlite3.Connection) -> dict[WorkerId, frozenset[Role]]:
    """What people may do at the console beyond what the roster gives them."""
    rows = conn.execute("SELECT worker, role FROM seat WHERE role != ''")
    return {WorkerId(worker): frozenset({Role(role)}) for worker, role in rows}


def add_person(conn: sqlite3.Connection, name: str, unit: str) -> Worker:
    """Somebody of the office who need not stand in the roster; known by name within the ``unit`` (a path)."""
    conn.execute("INSERT OR IGNORE INTO worker(unit, name, phone) VALUES (?, ?, '')", (unit, name))
    (id,) = conn.execute("SELECT id FROM worker WHERE unit = ? AND name = ?", (unit, name)).fetchone()
    return Worker(WorkerId(id), name, unit)


def people(conn: sqlite3.Connection) -> dict[WorkerId, Worker]:
    """Everybody with an account, a role or a seat at the console, the office's own people among them."""
    rows = conn.execute(
        "SELECT id, name, unit FROM worker WHERE id IN (SELECT worker FROM account UNION SELECT worker FROM role UNION SELECT worker FROM seat)"
    )
    return {WorkerId(id): Worker(WorkerId(id), name, unit) for id, name, unit in rows}


def note_private(conn: sqlite3.Connection, account: str) -> bool:
    """A bound person wrote to us: from now on we may write to them. False if that was known."""
    return (
        conn.execute("UPDATE account SET private = 1 WHERE account = ? AND NOT private", (account,)).rowcount
        > 0
    )


def bound_accounts(conn: sqlite3.Connection) -> dict[WorkerId, BoundAccount]:
    """Person → account."""
    return {
        WorkerId(worker): BoundAccount(account, bool(private))
        for worker, account, private in conn.execute("SELECT worker, account, private FROM account")
    }


def forget_account(conn: sqlite3.Connection, worker: WorkerId, *, codes: bool = True) -> bool:
    """The wrong account was bound to ``worker``, or (``codes``) a code of theirs is out, or they may sign in at the console;
    false if there was none of it."""
    ended = 0
    # Who came in by the account is out with it, whatever else stays.
    conn.execute("DELETE FROM session WHERE worker = ? AND account != ''", (worker,))
    if codes:
        conn.execute("DELETE FROM session WHERE worker = ?", (worker,))
        for table in ("bind_code", "seat"):
            ended += conn.execute(f"DELETE FROM {table} WHERE worker = ?", (worker,)).rowcount
    ended += conn.execute("DELETE FROM role WHERE worker = ?", (worker,)).rowcount
    conn.execute("DELETE FROM question WHERE worker = ?", (worker,))
    return conn.execute("DELETE FROM account WHERE worker = ?", (worker,)).rowcount + ended > 0


def forget_accounts(conn: sqlite3.Connection) -> int:
    """Ids changed with a login: nobody is known any more, and nobody may do anything. Returns how many were known."""
    conn.execute("DELETE FROM role")
    conn.execute("DELETE FROM question")
    conn.execute("DELETE FROM session WHERE account != ''")
    return conn.execute("DELETE FROM account").rowcount


def code_hash(code: str) -> str:
    """A one-time code as it is kept."""
    return hashlib.sha256(f"chuanda:{code}".encode()).hexdigest()
