"""What is said besides contents: answers, reminders, previews, and what the office is told. Whom it asks for something.

A notice is a row of what is to be said like any other (`sending`): said at most once, its state tells what became of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.chat import MAX_LINES
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId, WorkerId

NOTICES = ("office", "wave", "stopped", "report")
"""What the office is told: anything else · a wave began · posts that must not go out · the reports."""
NOTICE_RANK = 10
"""After an urgent wave, before an ordinary one: a reminder must not wait for 2,000 groups."""
ANSWER_RANK = -100
"""Before all of them: somebody waits for it. The second to the same person waits for the first of everybody else."""
MOST_ANSWERS = 5
"""That wait for one person: who asks more than is said is not told more."""
GATHER = timedelta(seconds=3)
"""Answers to one group within this become one message."""


@dataclass(frozen=True, slots=True)
class Asking:
    """That a person is asked for something by a notice; ``key`` says it only once."""

    key: str
    kind: str
    worker: WorkerId


def add_notice(
    conn: sqlite3.Connection,
    key: str,
    kind: str,
    text: str,
    at: datetime,
    expires_at: datetime,
    *,
    group: GroupId | None = None,
    worker: WorkerId | None = None,
    asking: Sequence[Asking] = (),
) -> int | None:
    """Something to say to a group or, privately, to a worker; once per ``key``. Its id; None if it was said before."""
    row = conn.execute(
        "INSERT INTO outgoing(key, kind, grp, worker, text, state, rank, not_before, expires_at, message_id, why) "
        "VALUES (?, ?, ?, ?, ?, 'planned', ?, ?, ?, '', '') ON CONFLICT DO NOTHING RETURNING id",
        (
            key, kind, group, worker, text, ANSWER_RANK if kind == "answer" else NOTICE_RANK, to_epoch(at),
            to_epoch(expires_at),
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        return None
    conn.executemany(
        "INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?)",
        [(a.key, a.kind, a.worker, to_epoch(at), row[0]) for a in asking],
    )
    return int(row[0])


def take_back(conn: sqlite3.Connection, key: str) -> bool:
    """What was to be said under ``key`` is not said; false if it went out, or is on its way."""
    return (
        conn.execute(
            "UPDATE outgoing SET state = 'cancelled' WHERE key = ? AND state = 'planned'", (key,)
        ).rowcount
        > 0
    )


def add_answer(
    conn: sqlite3.Connection,
    key: str,
    text: str,
    at: datetime,
    expires_at: datetime,
    *,
    group: GroupId | None = None,
    worker: WorkerId | None = None,
    alone: bool = False,
) -> int | None:
    """An answer to a person, or to a group, where it waits a moment for others to the same group and joins them (``alone``:
    it does not, and none joins it). Returns the message's id; None where as many wait for that person already."""
    if group is None:
        (ahead,) = conn.execute(
            "SELECT COUNT(*) FROM outgoing WHERE kind = 'answer' AND state = 'planned' AND worker = ?",
            (worker,),
        ).fetchone()
        if ahead >= MOST_ANSWERS:
            return None
        return _put_answer(conn, key, text, at, expires_at, None, worker, ahead)
    waiting = conn.execute(
        "SELECT id, text FROM outgoing WHERE kind = 'answer' AND kind != 'part' AND grp = ? AND state = 'planned' "
        "AND not_before > ? AND key NOT LIKE '%?' ORDER BY id DESC LIMIT 1",
        (group, to_epoch(at)),
    ).fetchone()
    if waiting is not None and not alone:
        id, before = waiting
        if text in before.split("\n\n"):
            return int(id)
        together = f"{before}\n\n{text}"
        if len(together.splitlines()) <= MAX_LINES:
            conn.execute("UPDATE outgoing SET text = ? WHERE id = ?", (together, id))
            return int(id)
    return _put_answer(conn, f"{key}?" if alone else key, text, at + GATHER, expires_at, group, None, 0)


def _put_answer(
    conn: sqlite3.Connection,
    key: str,
    text: str,
    at: datetime,
    expires_at: datetime,
    group: GroupId | None,
    worker: WorkerId | None,
    ahead: int,
) -> int:
    add_notice(conn, key, "answer", text, at, expires_at, group=group, worker=worker)
    (id,) = conn.execute(
        "UPDATE outgoing SET rank = ? WHERE key = ? RETURNING id", (ANSWER_RANK + ahead, key)
    ).fetchone()
    return int(id)


def add_preview(
    conn: sqlite3.Connection,
    key: str,
    content: str,
    digest: str,
    parts: Sequence[int],
    at: datetime,
    expires_at: datetime,
    *,
    group: GroupId | None = None,
    worker: WorkerId | None = None,
) -> None:
    """The parts of a content, in order, to somebody who has to decide about it: privately, or where they asked."""
    conn.executemany(
        "INSERT INTO outgoing(key, kind, part, grp, worker, text, state, rank, not_before, expires_at, message_id, why, content, digest) "
        "VALUES (?, 'preview', ?, ?, ?, '', 'planned', ?, ?, ?, '', '', ?, ?) ON CONFLICT DO NOTHING",
        [
            (
                f"{key}:{part}", part, group, worker, ANSWER_RANK, to_epoch(at), to_epoch(expires_at), content, digest,
            )
            for part in parts
        ],
    )  # fmt: skip


def keys_since(conn: sqlite3.Connection, beginning: str, since: datetime) -> int:
    """How many messages were put on their way since an instant whose key begins with ``beginning`` (ASCII)."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE key >= ? AND key < ? AND not_before >= ?",
        (beginning, f"{beginning}\x7f", to_epoch(since)),
    ).fetchone()
    return int(count)


def notices_to(conn: sqlite3.Connection, group: GroupId, since: datetime) -> int:
    """Reminders, escalations and questions to a group since an instant (DESIGN: at most 3 unasked messages per group and day)."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE kind != 'part' AND kind IN ('reminder', 'escalation', 'question') AND grp = ? "
        "AND not_before >= ? AND state NOT IN ('failed', 'cancelled')",
        (group, to_epoch(since)),
    ).fetchone()
    return int(count)


def asked_since(conn: sqlite3.Connection, since: datetime) -> set[str]:
    """Keys of what people were asked since an instant; what could not be said, or was not, asked nobody."""
    rows = conn.execute(
        "SELECT a.key FROM asked a JOIN outgoing o ON o.id = a.outgoing WHERE a.at >= ? "
        "AND o.state NOT IN ('failed', 'cancelled')",
        (to_epoch(since),),
    )
    return {key for (key,) in rows}


def asked_already(conn: sqlite3.Connection, keys: Collection[str]) -> set[str]:
    """Of ``keys`` those that people were asked by; as in `asked_since`."""
    rows = conn.execute(
        "SELECT a.key FROM json_each(?) k CROSS JOIN asked a ON a.key = k.value JOIN outgoing o ON o.id = a.outgoing "
        "WHERE o.state NOT IN ('failed', 'cancelled')",
        (json.dumps(sorted(keys)),),
    )
    return {key for (key,) in rows}


def unreachable_since(conn: sqlite3.Connection, since: datetime) -> set[WorkerId]:
    """Who could not be written to privately since an instant."""
    rows = conn.execute(
        "SELECT a.worker FROM asked a JOIN outgoing o ON o.id = a.outgoing WHERE a.at >= ? AND o.state = 'failed' "
        "AND o.grp IS NULL",
        (to_epoch(since),),
    )
    return {WorkerId(worker) for (worker,) in rows}


def asked_by(conn: sqlite3.Connection, outgoing: int) -> list[WorkerId]:
    """Whom a notice asks for something."""
    rows = conn.execute("SELECT worker FROM asked WHERE outgoing = ? ORDER BY key", (outgoing,))
    return [WorkerId(worker) for (worker,) in rows]


def load_since(conn: sqlite3.Connection, since: datetime) -> tuple[int, dict[WorkerId, int]]:
    """Messages that went out since an instant, and how often each person was asked for something."""
    (messages,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE state = 'accepted' AND attempted_at >= ?", (to_epoch(since),)
    ).fetchone()
    rows = conn.execute(
        "SELECT worker, COUNT(*) FROM asked WHERE at >= ? GROUP BY worker", (to_epoch(since),)
    )
    return messages, {WorkerId(worker): count for worker, count in rows}


def count_asked(conn: sqlite3.Connection, kind: str) -> int:
    """How many times a person was asked (reminder, escalation), ever."""
    (count,) = conn.execute("SELECT COUNT(*) FROM asked WHERE kind = ?", (kind,)).fetchone()
    return int(count)


def tell_office(conn: sqlite3.Connection, key: str, kind: str, text: str, now: datetime) -> bool:
    """Something for the office to read, once per ``key``; false if it was told before. ``kind``: see
    `NOTICES`."""
    return (
        conn.execute(
            "INSERT INTO notice(key, at, kind, text, shown) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
            (key, to_epoch(now), kind, text),
        ).rowcount
        > 0
    )


def once(conn: sqlite3.Connection, key: str, now: datetime) -> bool:
    """Whether this is the first time for ``key``; nobody has to read it."""
    return (
        conn.execute(
            "INSERT INTO notice(key, at, kind, text, shown) VALUES (?, ?, 'once', '', 1) ON CONFLICT DO NOTHING",
            (key, to_epoch(now)),
        ).rowcount
        > 0
    )


def was_told(conn: sqlite3.Connection, key: str) -> bool:
    """Whether the office was told this before."""
    return conn.execute("SELECT 1 FROM notice WHERE key = ?", (key,)).fetchone() is not None


def anything_new(conn: sqlite3.Connection, kinds: Sequence[str]) -> bool:
    """Whether the office has something of those ``kinds`` to read that no screen has shown."""
    some = ", ".join("?" * len(kinds))
    sql = f"SELECT 1 FROM notice WHERE NOT shown AND kind IN ({some}) LIMIT 1"
    return conn.execute(sql, tuple(kinds)).fetchone() is not None


def show_office(conn: sqlite3.Connection, kinds: Sequence[str]) -> list[tuple[datetime, str, str]]:
    """(when, kind, text) of those ``kinds`` that no screen has shown yet, in its order; from now on they count as shown."""
    some = ", ".join("?" * len(kinds))
    rows = conn.execute(
        f"SELECT at, kind, text FROM notice WHERE NOT shown AND kind IN ({some}) ORDER BY id", tuple(kinds)
    ).fetchall()
    conn.execute(f"UPDATE notice SET shown = 1 WHERE NOT shown AND kind IN ({some})", tuple(kinds))
    return [(from_epoch(at), kind, text) for at, kind, text in rows]
