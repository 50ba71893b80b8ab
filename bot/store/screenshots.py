"""Screenshots that people sent beside a claim: what came in, what a person of the office said of it, and objections to that.

The picture itself is a file; here is only whether it is still kept. After the verdict it is not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.model.ledger import TargetId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import WorkerId


class ShotState(StrEnum):
    """waiting → verified | disputed | dismissed | lapsed (nobody looked in time); disputed → lifted (an objection was right)."""

    WAITING = "waiting"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    DISMISSED = "dismissed"
    LIFTED = "lifted"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is written down of a picture. ``like``: an earlier one that is the same; ``same``: byte by byte."""

    sha256: str
    ending: str
    size: int
    looks: bytes
    like: int | None = None
    same: bool = False


@dataclass(frozen=True, slots=True)
class Screenshot:
    """One picture with its claim. ``targets``: what the claim is about; ``shown``: those of them that the verdict is about. ``turn``:
    how often it was judged (a verdict may be taken back at once). ``kept``: its file is still there."""

    id: int
    worker: WorkerId
    at: datetime
    said: str
    said_at: datetime
    sha256: str
    ending: str
    size: int
    like: int | None
    same: bool
    state: ShotState
    kept: bool
    turn: int
    judged_by: WorkerId | None
    judged_at: datetime | None
    words: str
    objection: str
    objected_at: datetime | None
    answered_by: WorkerId | None
    answered_at: datetime | None
    answer: str
    targets: Sequence[TargetId]
    shown: Sequence[TargetId]

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.sha256}.{self.ending}"

    @property
    def ref(self) -> str:
        """Of its verdict, in the ledger."""
        return f"screenshot:{self.id}:{self.turn}"

    @property
    def objected(self) -> bool:
        """Whether an objection waits for an answer."""
        return self.objected_at is not None and self.answered_at is None


_COLUMNS = (
    "id, worker, at, said, said_at, sha256, ending, size, alike, same, state, kept, turn, judged_by, judged_at, words, "
    "objection, objected_at, answered_by, answered_at, answer"
)
_WAITING = "state = 'waiting'"
_OBJECTED = "objected_at IS NOT NULL AND answered_at IS NULL"


def add(
    conn: sqlite3.Connection,
    worker: WorkerId,
    message: str,
    at: datetime,
    said: tuple[datetime, str],
    picture: Picture,
    targets: Collection[TargetId],
) -> int | None:
    """A picture came in beside what was ``said`` (when, what) of ``targets``. Its number; None if this message was kept before."""
    row = conn.execute(
        "INSERT INTO screenshot(worker, message, at, said, said_at, sha256, ending, size, looks, alike, same, state, kept, turn, "
        "words, objection, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 1, 0, '', '', '') "
        "ON CONFLICT DO NOTHING RETURNING id",
        (
            worker, message, to_epoch(at), said[1], to_epoch(said[0]), picture.sha256, picture.ending, picture.size,
            picture.looks, picture.like, picture.same,
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        return None
    conn.executemany(
        "INSERT INTO screenshot_target VALUES (?, ?, 0)", [(row[0], target) for target in set(targets)]
    )
    return int(row[0])


def earlier(
    conn: sqlite3.Connection, worker: WorkerId, since: datetime, most: int
) -> list[tuple[int, bytes]]:
    """(number, looks) of what ``worker`` sent since then, newest first."""
    return conn.execute(
        "SELECT id, looks FROM screenshot WHERE worker = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?",
        (worker, to_epoch(since), most),
    ).fetchall()


def same_of_anybody(conn: sqlite3.Connection, sha256: str) -> int | None:
    """The first screenshot that had these very bytes, whoever sent it."""
    row = conn.execute("SELECT MIN(id) FROM screenshot WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row[0] is None else int(row[0])


def count_since(conn: sqlite3.Connection, worker: WorkerId, since: datetime) -> int:
    """How many somebody sent since then."""
    sql = "SELECT COUNT(*) FROM screenshot WHERE worker = ? AND at >= ?"
    return int(conn.execute(sql, (worker, to_epoch(since))).fetchone()[0])


# ── what is there ───────────────────────────────────────────────────────────────────────────────────────────


def screenshot(conn: sqlite3.Connection, id: int) -> Screenshot | None:
    """One of them."""
    found = _found(conn, "id = ?", (id,))
    return found[0] if found else None


def waiting(conn: sqlite3.Connection, most: int) -> list[Screenshot]:
    """What nobody has judged yet, oldest first."""
    return _found(conn, f"{_WAITING} ORDER BY at, id LIMIT ?", (most,))


def objections(conn: sqlite3.Connection, most: int) -> list[Screenshot]:
    """Disputed ones whose people object, oldest first, as long as nobody has answered."""
    return _found(conn, f"{_OBJECTED} ORDER BY objected_at, id LIMIT ?", (most,))


def of_worker(conn: sqlite3.Connection, worker: WorkerId, most: int) -> list[Screenshot]:
    """What somebody sent, newest first."""
    return _found(conn, "worker = ? ORDER BY at DESC, id DESC LIMIT ?", (worker, most))


def judged_since(conn: sqlite3.Connection, judge: WorkerId, since: datetime) -> list[Screenshot]:
    """What ``judge`` decided since then and whose picture is still there, newest first."""
    return _found(
        conn,
        "kept AND judged_at >= ? AND judged_by = ? ORDER BY judged_at DESC, id DESC LIMIT 20",
        (to_epoch(since), judge),
    )


def count_waiting(conn: sqlite3.Connection) -> int:
    """How many wait for a verdict."""
    return int(conn.execute(f"SELECT COUNT(*) FROM screenshot WHERE {_WAITING}").fetchone()[0])


def count_objections(conn: sqlite3.Connection) -> int:
    """How many objections wait for an answer."""
    return int(conn.execute(f"SELECT COUNT(*) FROM screenshot WHERE {_OBJECTED}").fetchone()[0])


def _found(conn: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[Screenshot]:
    rows = conn.execute(f"SELECT {_COLUMNS} FROM screenshot WHERE {where}", values).fetchall()
    return [_screenshot(conn, row) for row in rows]


def _screenshot(conn: sqlite3.Connection, row: Any) -> Screenshot:
    (
        id, worker, at, said, said_at, sha256, ending, size, like, same, state, kept, turn, judged_by, judged_at, words,
        objection, objected_at, answered_by, answered_at, answer,
    ) = row  # fmt: skip
    about = conn.execute(
        "SELECT target, shown FROM screenshot_target WHERE screenshot = ? ORDER BY target", (id,)
    ).fetchall()
    return Screenshot(
        id, worker, from_epoch(at), said, from_epoch(said_at), sha256, ending, size, like, bool(same), ShotState(state),
        bool(kept), turn, judged_by, _time(judged_at), words, objection, _time(objected_at), answered_by,
        _time(answered_at), answer, [target for target, _ in about], [target for target, shown in about if shown],
    )  # fmt: skip


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else from_epoch(ms)


# ── what becomes of it ──────────────────────────────────────────────────────────────────────────────────────


def judge(
    conn: sqlite3.Connection,
    id: int,
    state: ShotState,
    by: WorkerId,
    now: datetime,
    words: str,
    shown: Collection[TargetId],
) -> None:
    """A person's verdict, and which of the targets it is about."""
    conn.execute(
        "UPDATE screenshot SET state = ?, judged_by = ?, judged_at = ?, words = ?, turn = turn + 1 WHERE id = ?",
        (state, by, to_epoch(now), words, id),
    )
    conn.executemany(
        "UPDATE screenshot_target SET shown = 1 WHERE screenshot = ? AND target = ?",
        [(id, target) for target in shown],
    )


def reopen(conn: sqlite3.Connection, id: int) -> None:
    """The verdict was taken back at once: it waits again."""
    conn.execute(
        "UPDATE screenshot SET state = 'waiting', judged_by = NULL, judged_at = NULL, words = '' WHERE id = ?",
        (id,),
    )
    conn.execute("UPDATE screenshot_target SET shown = 0 WHERE screenshot = ?", (id,))


def object_to(conn: sqlite3.Connection, id: int, words: str, now: datetime) -> None:
    """Whoever sent it objects to the verdict."""
    conn.execute(
        "UPDATE screenshot SET objection = ?, objected_at = ? WHERE id = ?", (words, to_epoch(now), id)
    )


def answer(
    conn: sqlite3.Connection, id: int, state: ShotState, by: WorkerId, now: datetime, words: str
) -> None:
    """The office's answer to the objection: ``state`` stays disputed, or is lifted."""
    conn.execute(
        "UPDATE screenshot SET state = ?, answered_by = ?, answered_at = ?, answer = ? WHERE id = ?",
        (state, by, to_epoch(now), words, id),
    )


# ── what is not kept ────────────────────────────────────────────────────────────────────────────────────────


def let_go(conn: sqlite3.Connection, judged_before: datetime, sent_before: datetime) -> bool:
    """The files of what was judged before one instant, or sent before the other, are to be kept no more; the latter wait no more.
    Whether there were any."""
    judged = conn.execute(
        "UPDATE screenshot SET kept = 0 WHERE kept AND judged_at < ?", (to_epoch(judged_before),)
    ).rowcount
    lapsed = conn.execute(
        f"UPDATE screenshot SET kept = 0, state = 'lapsed' WHERE {_WAITING} AND at < ?",
        (to_epoch(sent_before),),
    ).rowcount
    return judged + lapsed > 0


def files_kept(conn: sqlite3.Connection) -> set[str]:
    """The names of the files that are to be there."""
    return {
        f"{sha}.{ending}" for sha, ending in conn.execute("SELECT sha256, ending FROM screenshot WHERE kept")
    }


def forget(conn: sqlite3.Connection, before: datetime) -> None:
    """What was sent before then is not told any more, objections that nobody answered apart."""
    old = f"SELECT id FROM screenshot WHERE at < ? AND NOT ({_OBJECTED})"
    conn.execute(f"DELETE FROM screenshot_target WHERE screenshot IN ({old})", (to_epoch(before),))
    conn.execute(f"DELETE FROM screenshot WHERE id IN ({old})", (to_epoch(before),))
