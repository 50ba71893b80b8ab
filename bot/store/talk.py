"""What a conversation leaves behind: the question asked last, fixed task numbers, leave, exemptions, what was asked for.

Of a command of a known person it is kept which one it was and about what; of strangers only how often.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.model.ledger import Act, Entry, TargetId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId, WorkerId
from bot.store import log
from bot.store.ledger import record
from bot.store.reading import TargetRow, tasks_of_day

EXEMPTED_BY_OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person was asked last: ``choices`` maps a number to what it stands for, as plain values. ``group``: where it
    was asked; None = privately."""

    group: GroupId | None
    choices: Mapping[int, Mapping[str, Any]]
    expires_at: datetime
    notice: int | None = None
    """The message that asks it: before that is out, nobody can have answered it."""


def ask(
    conn: sqlite3.Connection, worker: WorkerId, question: Question, unless_asked_at: datetime | None = None
) -> None:
    """The question that a bare number answers from now on; an older one ends.

    ``unless_asked_at``: a reminder does not take over a question that is open at this instant and no reminder's.
    """
    if unless_asked_at is not None:
        row = conn.execute(
            "SELECT choices FROM question WHERE worker = ? AND expires_at > ?",
            (worker, to_epoch(unless_asked_at)),
        ).fetchone()
        if row is not None and not _is_a_reminders(row[0]):
            return
    conn.execute(
        "INSERT OR REPLACE INTO question VALUES (?, ?, ?, ?, ?)",
        (
            worker, question.group, json.dumps(question.choices, ensure_ascii=False),
            to_epoch(question.expires_at), question.notice,
        ),
    )  # fmt: skip


def is_asked(conn: sqlite3.Connection, worker: WorkerId, now: datetime) -> bool:
    """Whether a number that ``worker`` says at ``now`` answers something, wherever."""
    sql = "SELECT 1 FROM question WHERE worker = ? AND expires_at > ?"
    return conn.execute(sql, (worker, to_epoch(now))).fetchone() is not None


def drop_question(conn: sqlite3.Connection, worker: WorkerId) -> None:
    """They asked for something else: a number answers the old question no more. A reminder's stays."""
    row = conn.execute("SELECT choices FROM question WHERE worker = ?", (worker,)).fetchone()
    if row is not None and not _is_a_reminders(row[0]):
        conn.execute("DELETE FROM question WHERE worker = ?", (worker,))


def _is_a_reminders(choices: str) -> bool:
    """Whether each number stands for tasks that are done."""
    return all("targets" in choice for choice in json.loads(choices).values())


def end_questions(conn: sqlite3.Connection, group: GroupId) -> None:
    """Somebody asks for numbers in this group: they answer that person and not us."""
    conn.execute("DELETE FROM question WHERE grp = ?", (group,))


def asked_last(
    conn: sqlite3.Connection, worker: WorkerId, group: GroupId | None, now: datetime
) -> Question | None:
    """The open question to ``worker`` in this place; None if there is none or its time is over."""
    row = conn.execute(
        "SELECT grp, choices, expires_at FROM question WHERE worker = ? AND grp IS ? AND expires_at > ? AND (notice IS NULL "
        "OR EXISTS (SELECT 1 FROM outgoing o WHERE o.id = notice AND o.state IN ('accepted', 'in_doubt')))",
        (worker, group, to_epoch(now)),
    ).fetchone()
    if row is None:
        return None
    choices = {int(number): choice for number, choice in json.loads(row[1]).items()}
    return Question(row[0], choices, from_epoch(row[2]))


def settle_choice(conn: sqlite3.Connection, worker: WorkerId, number: int) -> bool:
    """A number was chosen: of a list of tasks the others stay open, any other question is settled. False if there was no
    such choice any more."""
    row = conn.execute("SELECT choices FROM question WHERE worker = ?", (worker,)).fetchone()
    choices = json.loads(row[0]) if row else {}
    chosen = choices.pop(str(number), None)
    if chosen is None:
        return False
    choices = {number: other for number, other in choices.items() if other != chosen}
    if "targets" in chosen and choices:
        left = json.dumps(choices, ensure_ascii=False)
        conn.execute("UPDATE question SET choices = ? WHERE worker = ?", (left, worker))
    else:
        conn.execute("DELETE FROM question WHERE worker = ?", (worker,))
    return True


def number_tasks(conn: sqlite3.Connection, worker: WorkerId, day: date) -> dict[int, TargetRow]:
    """A worker's tasks of ``day`` by their numbers: given once, kept all day, whatever comes, goes or is done."""
    tasks = tasks_of_day(conn, worker, day)
    known = dict(
        conn.execute(
            "SELECT target, number FROM task_number WHERE worker = ? AND day = ?", (worker, day.isoformat())
        ).fetchall()
    )
    following = max(known.values(), default=0) + 1
    for task in tasks:
        if task.id not in known:
            known[task.id] = following
            conn.execute(
                "INSERT INTO task_number VALUES (?, ?, ?, ?)", (worker, day.isoformat(), task.id, following)
            )
            following += 1
    return {known[task.id]: task for task in sorted(tasks, key=lambda task: known[task.id])}


def forget_numbers(conn: sqlite3.Connection, before: date) -> None:
    """Numbers of days that are over."""
    conn.execute("DELETE FROM task_number WHERE day < ?", (before.isoformat(),))


# ── leave ───────────────────────────────────────────────────────────────────────────────────────────────────


def go_away(conn: sqlite3.Connection, worker: WorkerId, since: datetime, until: datetime) -> None:
    """``worker`` is on leave between these instants. A leave that they are on by then ends where this one begins, one that
    would begin within it begins where it ends; one that begins with it is corrected by it."""
    first, last = to_epoch(since), to_epoch(until)
    conn.execute(
        "DELETE FROM away WHERE worker = ? AND since >= ? AND (since = ? OR until <= ?)",
        (worker, first, first, last),
    )
    conn.execute(
        "UPDATE away SET until = ? WHERE worker = ? AND since < ? AND until >= ?",
        (first - 1, worker, first, first),
    )
    conn.execute(
        "UPDATE away SET since = ? WHERE worker = ? AND since BETWEEN ? AND ? AND until > ?",
        (last + 1, worker, first, last, last),
    )
    conn.execute("INSERT INTO away VALUES (?, ?, ?)", (worker, first, last))


def come_back(conn: sqlite3.Connection, worker: WorkerId, now: datetime) -> bool:
    """``worker``'s leave is over, or the one ahead is not taken; false if there was none."""
    sql = "DELETE FROM away WHERE worker = ? AND since <= ? AND until > ?"
    if conn.execute(sql, (worker, to_epoch(now), to_epoch(now))).rowcount:
        return True
    return (
        conn.execute("DELETE FROM away WHERE worker = ? AND until > ?", (worker, to_epoch(now))).rowcount > 0
    )


def away(conn: sqlite3.Connection, now: datetime) -> dict[WorkerId, datetime]:
    """Who is on leave at ``now``, and until when."""
    return {
        WorkerId(worker): from_epoch(until)
        for worker, until in conn.execute(
            "SELECT worker, until FROM away WHERE since <= ? AND until > ?", (to_epoch(now), to_epoch(now))
        )
    }


def away_later(conn: sqlite3.Connection, now: datetime) -> dict[WorkerId, tuple[datetime, datetime]]:
    """Whose next leave is still ahead at ``now``, from when until when."""
    rows = conn.execute(
        "SELECT worker, since, until FROM away WHERE since > ? ORDER BY since DESC", (to_epoch(now),)
    )
    return {WorkerId(worker): (from_epoch(since), from_epoch(until)) for worker, since, until in rows}


def open_targets(conn: sqlite3.Connection, worker: WorkerId, now: datetime) -> list[tuple[TargetId, int]]:
    """(target, node) of everything that ``worker`` still has to see to, what is not opened yet included."""
    rows = conn.execute(
        "SELECT t.id, t.node FROM wave w CROSS JOIN target t INDEXED BY target_worker ON t.wave = w.id "
        "WHERE w.closes_at > ? AND t.worker = ? AND t.mode = 'relay' AND NOT t.exempt AND t.covered_at IS NULL "
        "ORDER BY +w.starts_at, t.lo, t.id",
        (to_epoch(now), worker),
    )
    return [(TargetId(target), node) for target, node in rows]


def open_elsewhere(
    conn: sqlite3.Connection, worker: WorkerId, nodes: Collection[int], now: datetime
) -> list[TargetId]:
    """What is still to be seen to at ``nodes`` and stands with others than ``worker``."""
    rows = conn.execute(
        "SELECT t.id FROM wave w CROSS JOIN target t ON t.wave = w.id WHERE w.closes_at > ? AND t.worker != ? "
        "AND t.node IN (SELECT value FROM json_each(?)) AND t.mode = 'relay' AND NOT t.exempt AND t.covered_at IS NULL",
        (to_epoch(now), worker, json.dumps(sorted(nodes))),
    )
    return [TargetId(target) for (target,) in rows]


def hand_over(conn: sqlite3.Connection, targets: Mapping[TargetId, WorkerId]) -> None:
    """Somebody else answers for these from now on; what was done before stays who did it."""
    conn.executemany("UPDATE target SET worker = ? WHERE id = ?", [(w, t) for t, w in targets.items()])


# ── exemptions by a word of the office ──────────────────────────────────────────────────────────────────────


def exempt(conn: sqlite3.Connection, group: GroupId, reason: str, by: str, now: datetime) -> int:
    """``group`` is not expected any more, in waves that have begun neither. Returns the open targets that it had."""
    conn.execute("INSERT OR REPLACE INTO exemption VALUES (?, ?, ?, ?)", (group, reason, by, to_epoch(now)))
    ref = f"{EXEMPTED_BY_OFFICE}:{to_epoch(now)}"
    rows = _open_of_group(conn, group, now)
    entry = Entry(Act.EXEMPTED, now, ref, by, reason)
    return sum(record(conn, target, entry) for target in rows)


def readmit(conn: sqlite3.Connection, group: GroupId, by: str, now: datetime) -> bool:
    """``group`` is expected again; false if the office had not exempted it."""
    if not conn.execute("DELETE FROM exemption WHERE grp = ?", (group,)).rowcount:
        return False
    for target in _open_of_group(conn, group, now):
        for (ref,) in conn.execute(
            "SELECT ref FROM ledger WHERE target = ? AND act = 'exempted' AND ref LIKE ?",
            (target, f"{EXEMPTED_BY_OFFICE}:%"),
        ).fetchall():
            record(conn, target, Entry(Act.READMITTED, now, ref, by))
    return True


def exemptions(conn: sqlite3.Connection) -> dict[GroupId, str]:
    """Group → why it is not expected."""
    return {GroupId(group): reason for group, reason in conn.execute("SELECT grp, reason FROM exemption")}


def _open_of_group(conn: sqlite3.Connection, group: GroupId, now: datetime) -> list[TargetId]:
    rows = conn.execute(
        "SELECT t.id FROM wave w CROSS JOIN target t ON t.wave = w.id AND t.grp = ? WHERE w.closes_at > ?",
        (group, to_epoch(now)),
    ).fetchall()
    return [TargetId(target) for (target,) in rows]


# ── what was asked for ──────────────────────────────────────────────────────────────────────────────────────


def log_command(
    conn: sqlite3.Connection,
    now: datetime,
    worker: WorkerId,
    command: str,
    detail: str,
    outcome: str,
    via: log.Via = log.Via.CONSOLE,
) -> None:
    """A known person asked for something, in chat or at the console; it stands in the log of who did what."""
    (name,) = conn.execute("SELECT name FROM worker WHERE id = ?", (worker,)).fetchone() or ("",)
    log.append(conn, now, worker, name, via, command, detail, outcome)


def count_attempt(conn: sqlite3.Connection, day: date, command: str) -> None:
    """Somebody unknown said something that is a command: only that it happened."""
    conn.execute(
        "INSERT INTO attempt VALUES (?, ?, 1) ON CONFLICT(day, command) DO UPDATE SET count = count + 1",
        (day.isoformat(), command),
    )


def attempts_between(conn: sqlite3.Connection, first: date, last: date) -> list[tuple[str, str, int]]:
    """(day, command, how often) of strangers."""
    return list(
        conn.execute(
            "SELECT day, command, count FROM attempt WHERE day >= ? AND day <= ? ORDER BY day, command",
            (first.isoformat(), last.isoformat()),
        )
    )
