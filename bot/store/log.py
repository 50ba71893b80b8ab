"""Who did what when: one log that only grows, each row sealed by a hash over itself and the row before.

The schema refuses every change of it (triggers); who changes the file below the schema breaks the chain, and `check` names
the first row that does not fit. What the chain proves and what not stands in docs/reference.md.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.time import from_epoch, to_epoch
from bot.model.tree import WorkerId

HEAD = "log_head"
"""In meta: how many rows there are and the last one's hash, so that a cut end shows."""
SHORTEST_HEAD = 16
"""Characters of a hash that are printed, and that a comparison needs at least: 64 bits."""
APPROVAL = "approval:"
"""What a command begins with where the row is about a line of the approval ledger."""


class Via(StrEnum):
    """Where something was done."""

    CHAT = "chat"
    CONSOLE = "console"
    COMPUTER = "computer"
    LEDGER = "ledger"
    """It is a line of the approval ledger, wherever it was done."""


@dataclass(frozen=True, slots=True)
class Row:
    """One act. ``name``: as the person was called then; empty where the computer was used and nobody said who they were.
    ``command``: what (a chat's command, or another word for it); ``detail``: about what; ``outcome``: what came of it."""

    id: int
    at: datetime
    name: str
    via: str
    command: str
    detail: str
    outcome: str


def append(
    conn: sqlite3.Connection,
    at: datetime,
    who: WorkerId | None,
    name: str,
    via: Via,
    command: str,
    detail: str,
    outcome: str,
    ref: str = "",
) -> None:
    """Write one act down. ``ref``: the seal of another table's row that this one vouches for."""
    last = conn.execute("SELECT id, hash FROM log ORDER BY id DESC LIMIT 1").fetchone()
    id, before = (last[0] + 1, last[1]) if last else (1, "")
    row = (id, to_epoch(at), who, name, via.value, command, detail, outcome, ref, before)
    seal = seal_of(row)
    conn.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal))
    conn.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        (HEAD, f"{id} {seal}"),
    )


def seal_of(values: Sequence[object]) -> str:
    """SHA-256 over a row's values as JSON: a list without spaces, whatever is not ASCII as \\uXXXX."""
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode("ascii")).hexdigest()


def add_fact(conn: sqlite3.Connection, approval: int) -> None:
    """The row for a line of the approval ledger that was just written, sealed with all that stands in it."""
    row = conn.execute(f"{_APPROVALS} WHERE id = ?", (approval,)).fetchone()
    _, content, act, digest, by, at, reason, rule, _ = row
    append(
        conn, from_epoch(at), None, by, Via.LEDGER, f"{APPROVAL}{act}", f"{content}（摘要码 {digest[:8]}）",
        "：".join(filter(None, (rule, reason))), seal_of(row),
    )  # fmt: skip


_APPROVALS = "SELECT id, content, act, digest, by, at, reason, rule, account FROM approval"


def take_over(conn: sqlite3.Connection) -> None:
    """Once, by the migration: what the chat's log, the approval ledger and the roster's editions have, in the order in
    which it happened."""
    said = conn.execute(
        "SELECT at, worker, COALESCE((SELECT name FROM worker WHERE id = c.worker), ''), command, detail, outcome "
        "FROM command_log c ORDER BY id"
    )
    acts: list[tuple[int, tuple[WorkerId | None, str, Via, str, str, str] | int]] = [
        (at, (worker, name, Via.CHAT, command, detail, outcome))
        for at, worker, name, command, detail, outcome in said
    ]
    acts += [(at, id) for id, at in conn.execute("SELECT id, at FROM approval ORDER BY id")]
    acts += [
        (at, (None, "", Via.COMPUTER, "roster", source, "导入名册"))
        for at, source in conn.execute("SELECT at, source FROM edition ORDER BY id")
    ]
    for at, act in sorted(acts, key=lambda one: one[0]):
        if isinstance(act, int):
            add_fact(conn, act)
        else:
            append(conn, from_epoch(at), *act)
    conn.execute("DROP TABLE command_log")


# ── is it whole? ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Checked:
    """``rows`` that fit from the first one on, and ``until`` when; ``head``: the hash of the last of them. ``broken``: what
    does not fit (Chinese), and empty if everything does; ``row``: which row, 0 if it is none of the log's."""

    rows: int
    until: datetime | None
    head: str
    broken: str = ""
    row: int = 0


def check(conn: sqlite3.Connection, head: str = "") -> Checked:
    """Every row again. ``head``: a hash that was printed or kept elsewhere (its first 16 characters are enough), which has
    to be met."""
    noted = conn.execute("SELECT value FROM meta WHERE key = ?", (HEAD,)).fetchone()
    count, _, last = (noted[0] if noted else "0 ").partition(" ")
    facts = {seal_of(row): row[0] for row in conn.execute(_APPROVALS)}
    before, rows, until, met, vouched = "", 0, None, not head, set[str]()
    for *values, seal in conn.execute("SELECT * FROM log ORDER BY id"):
        id, at, _, _, _, command, _, _, ref, said_before = values
        if id != rows + 1:
            return Checked(rows, until, before, f"第 {rows + 1} 条不见了，后面是第 {id} 条", rows + 1)
        if said_before != before:
            return Checked(rows, until, before, f"第 {id} 条和前一条接不上", id)
        if seal != seal_of(values):
            return Checked(rows, until, before, f"第 {id} 条和写下的时候不一样", id)
        if command.startswith(APPROVAL) and ref not in facts:
            return Checked(rows, until, before, f"第 {id} 条记的审批，审批台账里没有了，或改过", id)
        vouched.add(ref)
        before, rows, until, met = seal, id, from_epoch(at), met or seal.startswith(head)
        if str(id) == count and seal != last:
            return Checked(rows, until, before, f"第 {id} 条和写下的时候不一样：整条链重写过", id)
    if rows < int(count):
        return Checked(rows, until, before, f"末尾少了 {int(count) - rows} 条：应该到第 {count} 条", rows + 1)
    if missing := [id for seal, id in facts.items() if seal not in vouched]:
        return Checked(rows, until, before, f"审批台账第 {missing[0]} 行没有记录，不是程序写的")
    if not met:
        return Checked(rows, until, before, "这个校验码不在记录里：记录重写过，或抄错了")
    return Checked(rows, until, before)


def head(conn: sqlite3.Connection) -> tuple[int, str]:
    """How many rows there are, and the last one's hash; (0, "") before the first."""
    row = conn.execute("SELECT id, hash FROM log ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, "")


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of a person, of one command, between two instants, with all these words in it. Empty = any."""

    name: str = ""
    command: str = ""
    since: datetime | None = None
    before: datetime | None = None
    words: Sequence[str] = ()


def rows(
    conn: sqlite3.Connection, wanted: Wanted, most: int, after: tuple[datetime, int] | None = None
) -> list[Row]:
    """The newest ``most`` rows that are wanted; ``after``: those that come after the one with this time and number."""
    conditions, values = ["1"], list[object]()
    for condition, value in (
        ("name = ?", wanted.name),
        ("command = ?", wanted.command),
        ("at >= ?", None if wanted.since is None else to_epoch(wanted.since)),
        ("at < ?", None if wanted.before is None else to_epoch(wanted.before)),
    ):
        if value not in ("", None):
            conditions.append(condition)
            values.append(value)
    for word in wanted.words:
        conditions.append("(instr(detail, ?) > 0 OR instr(outcome, ?) > 0 OR instr(name, ?) > 0)")
        values += [word] * 3
    if after is not None:
        conditions.append("(at, id) < (?, ?)")
        values += [to_epoch(after[0]), after[1]]
    # Words are looked for in every row: straight through the table that takes half as long as in an index's order.
    through = "NOT INDEXED" if wanted.words and not (wanted.name or wanted.command) else ""
    found = conn.execute(
        f"SELECT id, at, name, via, command, detail, outcome FROM log {through} "
        f"WHERE {' AND '.join(conditions)} ORDER BY at DESC, id DESC LIMIT ?",
        (*values, most),
    )
    return [Row(id, from_epoch(at), *rest) for id, at, *rest in found]


def stands(
    conn: sqlite3.Connection, at: datetime, who: WorkerId, via: Via, command: str, detail: str
) -> bool:
    """Whether that somebody asked for this at that instant stands there, whatever came of it."""
    sql = "SELECT 1 FROM log WHERE at = ? AND worker = ? AND via = ? AND command = ? AND detail = ?"
    return conn.execute(sql, (to_epoch(at), who, via.value, command, detail)).fetchone() is not None


def commands(conn: sqlite3.Connection) -> list[str]:
    """Which commands there are in the log."""
    return _distinct(conn, "command", 100)


def names(conn: sqlite3.Connection, most: int) -> list[str]:
    """Who stands in the log, the first ``most`` of them."""
    return _distinct(conn, "name", most)


def _distinct(conn: sqlite3.Connection, column: str, most: int) -> list[str]:
    """From one value to the next by the index, instead of through all rows."""
    found: list[str] = []
    value = ""
    while len(found) < most:
        (value,) = conn.execute(f"SELECT MIN({column}) FROM log WHERE {column} > ?", (value,)).fetchone()
        if value is None:
            break
        found.append(value)
    return found
