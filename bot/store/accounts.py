"""Whose chat account is whose: bound by a one-time code, kept as a hash, forgotten when ids change.

Names prove nothing in a chat (anybody may call themselves anything), so what an account may do needs a code that the
office gave to that person.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.model.time import to_epoch
from bot.model.tree import WorkerId


@dataclass(frozen=True, slots=True)
class BoundAccount:
    """An account of a person. ``private``: they wrote to us themselves, so the chat lets us write to them."""

    account: str
    private: bool


def add_code(conn: sqlite3.Connection, code: str, worker: WorkerId, expires_at: datetime) -> None:
    """A code that binds whoever says it to ``worker``, once; an older one of the same person ends."""
    conn.execute("DELETE FROM bind_code WHERE worker = ?", (worker,))
    conn.execute("INSERT INTO bind_code VALUES (?, ?, ?)", (_hash(code), worker, to_epoch(expires_at)))


def use_code(
    conn: sqlite3.Connection, code: str, account: str, now: datetime, *, private: bool
) -> WorkerId | None:
    """Bind ``account`` to the person whose code this is; None if nobody's is, or it ended."""
    row = conn.execute(
        "DELETE FROM bind_code WHERE hash = ? AND expires_at > ? RETURNING worker",
        (_hash(code), to_epoch(now)),
    ).fetchone()
    if row is None:
        return None
    conn.execute("DELETE FROM account WHERE account = ? OR worker = ?", (account, row[0]))
    conn.execute("INSERT INTO account VALUES (?, ?, ?, ?)", (row[0], account, private, to_epoch(now)))
    return WorkerId(row[0])


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


def forget_account(conn: sqlite3.Connection, worker: WorkerId) -> bool:
    """The wrong account was bound to ``worker``, or a code of theirs is out; false if there was neither."""
    codes = conn.execute("DELETE FROM bind_code WHERE worker = ?", (worker,)).rowcount
    return conn.execute("DELETE FROM account WHERE worker = ?", (worker,)).rowcount + codes > 0


def forget_accounts(conn: sqlite3.Connection) -> int:
    """Ids changed with a login: nobody is known any more. Returns how many were."""
    return conn.execute("DELETE FROM account").rowcount


def _hash(code: str) -> str:
    return hashlib.sha256(f"chuanda:{code}".encode()).hexdigest()
