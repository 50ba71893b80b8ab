"""A content taken back, in the store: what is stopped, what is recalled, and where it has to be put right by hand.

Withdrawn is a wave: what was not reached is expected no more, what was reached stays true. Rules: DESIGN, last of the
facts about python-wechaty.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from bot.model.content import ContentId
from bot.model.ledger import Act, Entry, SendState, TargetId
from bot.model.time import to_epoch
from bot.store.ledger import record, record_recall, refold
from bot.store.reading import TARGETS, TargetRow, target_of
from bot.store.sending import OUTGOING, Outgoing, outgoing_of, settle

RECALL_WITHIN = timedelta(minutes=2)
"""WeChat takes a message back for so long."""
RECALL_RANK = -200
"""Before everything else: two minutes are thirty messages."""
_WHY = "内容已撤回"

_IS_REACHED = (
    "(EXISTS (SELECT 1 FROM ledger l WHERE l.target = t.id AND l.act IN ('accepted', 'observed', 'verified', 'confirmed') "
    "AND NOT EXISTS (SELECT 1 FROM ledger b WHERE b.target = t.id AND b.ref = l.ref AND b.act IN ('recalled', 'retracted'))) "
    "OR EXISTS (SELECT 1 FROM outgoing p WHERE p.target = t.id AND p.kind = 'part' AND p.state = 'accepted' "
    "AND NOT EXISTS (SELECT 1 FROM outgoing r WHERE r.key = 'recall:' || p.id AND r.state = 'accepted')))"
)
"""The main part, by whose hand ever, or any other part that we posted: also in a text beside the poster stands what was
wrong."""


def close_waves(conn: sqlite3.Connection, content: ContentId, now: datetime, reason: str) -> int:
    """End the open waves of ``content``: nothing more is sent, nobody is asked any more. Returns messages stopped.

    ``reason``: of the withdrawal (Chinese), for the correction; may be empty.
    """
    at = to_epoch(now)
    rows = conn.execute(
        OUTGOING + "WHERE o.kind = 'part' AND o.state = 'planned' AND w.content = ?", (content,)
    ).fetchall()
    for row in rows:
        settle(conn, outgoing_of(row), SendState.CANCELLED, now, why=_WHY)
    conn.execute(
        "UPDATE wave SET withdrawn_at = ?, withdrawn_why = ? WHERE content = ? AND closes_at > ? AND withdrawn_at IS NULL",
        (at, reason, content, at),
    )
    missing = conn.execute(
        "SELECT t.id FROM wave w JOIN target t ON t.wave = w.id "
        "WHERE w.content = ? AND w.closes_at > ? AND t.reason IS NOT NULL",
        (content, at),
    ).fetchall()
    for (target,) in missing:
        refold(conn, TargetId(target))
    return len(rows)


def plan_recalls(conn: sqlite3.Connection, content: ContentId, now: datetime) -> int:
    """Have the messages of ``content`` taken back that are young enough and whose id is known; returns how many."""
    return conn.execute(
        "INSERT INTO outgoing(key, kind, target, part, grp, text, state, rank, not_before, expires_at, message_id, why) "
        "SELECT 'recall:' || o.id, 'recall', o.target, NULL, o.grp, '', 'planned', ?, ?, o.settled_at + ?, o.message_id, '' "
        "FROM wave w JOIN target t ON t.wave = w.id JOIN outgoing o ON o.target = t.id "
        "WHERE w.content = ? AND w.closes_at > ? AND o.kind = 'part' AND o.state = 'accepted' AND o.message_id != '' "
        "AND o.settled_at > ? ORDER BY o.settled_at ON CONFLICT DO NOTHING",
        (
            RECALL_RANK, to_epoch(now), RECALL_WITHIN // timedelta(milliseconds=1), content, to_epoch(now),
            to_epoch(now - RECALL_WITHIN),
        ),
    ).rowcount  # fmt: skip


def settle_recall(conn: sqlite3.Connection, recall: Outgoing, now: datetime, *, taken: bool) -> None:
    """The chat took the message back, or refused. What it covered is open again, and expected no more."""
    if not taken:
        settle(conn, recall, SendState.FAILED, now, why="微信没有让撤回")
        return
    settle(conn, recall, SendState.ACCEPTED, now)
    record_recall(conn, recall.message_id, now)


def reached(conn: sqlite3.Connection, content: ContentId, now: datetime) -> list[TargetRow]:
    """Where the waves of ``content`` that were withdrawn at ``now`` stand, wave by wave in tree order."""
    rows = conn.execute(
        f"{TARGETS} WHERE w.content = ? AND w.withdrawn_at = ? AND {_IS_REACHED} "
        "ORDER BY w.starts_at, w.id, t.lo, t.id",
        (content, to_epoch(now)),
    )
    return list(map(target_of, rows))


def to_put_right(conn: sqlite3.Connection, now: datetime) -> list[tuple[TargetRow, str]]:
    """Where a person has to bring a correction, and the reason of the withdrawal: reached, told by no message of ours."""
    why = dict(conn.execute("SELECT name, withdrawn_why FROM wave WHERE withdrawn_at IS NOT NULL"))
    rows = conn.execute(
        f"{TARGETS} WHERE w.withdrawn_at IS NOT NULL AND w.closes_at > ? AND {_IS_REACHED} "
        "AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.target = t.id AND l.act = 'taken_down') "
        "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.kind = 'correction' AND o.grp = t.grp "
        "AND substr(o.key, 1, length(w.content) + 12) = 'correction:' || w.content || ':' "
        "AND o.not_before >= w.withdrawn_at AND o.state NOT IN ('failed', 'cancelled')) "
        "GROUP BY w.content, t.grp ORDER BY t.lo, t.id",
        (to_epoch(now),),
    )
    return [(row, why[row.wave]) for row in map(target_of, rows)]


def put_right(conn: sqlite3.Connection, target: TargetId, now: datetime, by: str) -> bool:
    """A person brought the correction into the group of ``target``; false if that was ticked off before."""
    rows = conn.execute(
        "SELECT t.id FROM target a JOIN wave v ON v.id = a.wave JOIN target t ON t.grp = a.grp "
        "JOIN wave w ON w.id = t.wave WHERE a.id = ? AND w.content = v.content AND w.withdrawn_at IS NOT NULL",
        (target,),
    ).fetchall()
    entry = Entry(Act.TAKEN_DOWN, now, "hand", by)
    return sum(record(conn, TargetId(row), entry) for (row,) in rows) > 0
