"""What is to be said and what became of it: intent before, result after, at most once.

planned → sending → accepted | failed | in_doubt; planned → cancelled; in_doubt → accepted | failed. A row goes back to
planned only where the channel certainly never had it, so nothing is said twice unless a person asks (DESIGN, “What
sending promises”).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.model.ledger import Act, Entry, SendState, TargetId
from bot.model.time import from_epoch, to_epoch
from bot.model.tree import GroupId, WorkerId
from bot.store.ledger import entries_of, hand_ref, record


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way. A part of a content (``target`` set) or a notice (``text`` set).

    ``kind``: part · recall · correction · reminder · escalation · office · answer · preview (a part of a content shown to
    somebody who has to decide about it). Addressed to a group or, privately, to a worker. ``message_id``: what the
    chat called it; of a recall, the message that is to be taken back.
    """

    id: int
    key: str
    kind: str
    target: TargetId | None
    part: int | None
    group: GroupId | None
    worker: WorkerId | None
    text: str
    state: SendState
    not_before: datetime
    expires_at: datetime
    wave: str = ""
    content: str = ""
    digest: str = ""
    main: int = -1
    urgent: bool = False
    why: str = ""
    message_id: str = ""
    group_name: str = ""

    @property
    def ref(self) -> str:
        """Our name for this send: for logs, and for a channel that can carry it."""
        if self.target is None:
            return f"notice:{self.key}"
        return f"{self.wave}#{self.part}{'!' if self.part == self.main else ''}"


OUTGOING = (
    "SELECT o.id, o.key, o.kind, o.target, o.part, o.grp, o.worker, o.text, o.state, o.not_before, o.expires_at, "
    "COALESCE(w.name, ''), COALESCE(w.content, o.content), COALESCE(w.digest, o.digest), COALESCE(w.main, -1), COALESCE(w.urgent, 0), o.why, o.message_id, COALESCE(grp.name, '') "
    "FROM outgoing o LEFT JOIN target t ON t.id = o.target LEFT JOIN wave w ON w.id = t.wave LEFT JOIN grp ON grp.id = o.grp "
)


def outgoing_of(row: Any) -> Outgoing:
    (
        id, key, kind, target, part, group, worker, text, state, not_before, expires_at,
        wave, content, digest, main, urgent, why, message_id, group_name,
    ) = row  # fmt: skip
    return Outgoing(
        id, key, kind, target, part, group, worker, text, SendState(state), from_epoch(not_before),
        from_epoch(expires_at), wave, content, digest, main, bool(urgent), why, message_id, group_name,
    )  # fmt: skip


def next_due(conn: sqlite3.Connection, now: datetime) -> Outgoing | None:
    """The message whose turn it is at ``now``."""
    row = conn.execute(
        OUTGOING + "WHERE o.state = 'planned' AND o.not_before <= ? ORDER BY o.rank, o.id LIMIT 1",
        (to_epoch(now),),
    ).fetchone()
    return None if row is None else outgoing_of(row)


def planned(conn: sqlite3.Connection, now: datetime) -> list[Outgoing]:
    """Everything that may be said at ``now``, in its order."""
    rows = conn.execute(
        OUTGOING + "WHERE o.state = 'planned' AND o.not_before <= ? ORDER BY o.rank, o.id", (to_epoch(now),)
    )
    return list(map(outgoing_of, rows))


def waiting(conn: sqlite3.Connection, now: datetime) -> int:
    """Messages that may be said at ``now`` and are not yet; answers apart, which wait for nobody."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE state = 'planned' AND kind NOT IN ('answer', 'preview') AND not_before <= ?",
        (to_epoch(now),),
    ).fetchone()
    return int(count)


def waiting_parts(conn: sqlite3.Connection, now: datetime) -> int:
    """Parts of contents that may be said at ``now`` and are not yet."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE state = 'planned' AND kind = 'part' AND not_before <= ?",
        (to_epoch(now),),
    ).fetchone()
    return int(count)


_OPEN = OUTGOING + "WHERE o.state IN ('sending', 'in_doubt') AND o.state = ? ORDER BY o.id"
"""The first condition is the index's own, word for word: without it SQLite does not see that it may be used."""


def in_doubt(conn: sqlite3.Connection) -> list[Outgoing]:
    """What may or may not have gone out, oldest first."""
    return list(map(outgoing_of, conn.execute(_OPEN, (SendState.IN_DOUBT,))))


def find_outgoing(
    conn: sqlite3.Connection, *, target: TargetId | None = None, id: int | None = None
) -> list[Outgoing]:
    """The parts of a target in their order, or the message with this id."""
    where, value = ("o.kind = 'part' AND o.target = ?", target) if target is not None else ("o.id = ?", id)
    return list(map(outgoing_of, conn.execute(OUTGOING + f"WHERE {where} ORDER BY o.part", (value,))))


def next_after(conn: sqlite3.Connection, now: datetime) -> datetime | None:
    """When the next message that is not due yet will be; None if there is none."""
    (at,) = conn.execute(
        "SELECT MIN(not_before) FROM outgoing WHERE state = 'planned' AND not_before > ?", (to_epoch(now),)
    ).fetchone()
    return None if at is None else from_epoch(at)


def sent_today(conn: sqlite3.Connection, account: str, day: date) -> int:
    """Messages that ``account`` sent on the local ``day``; survives restarts."""
    row = conn.execute(
        "SELECT sent FROM quota WHERE account = ? AND day = ?", (account, day.isoformat())
    ).fetchone()
    return row[0] if row else 0


def begin(
    conn: sqlite3.Connection, message: Outgoing, before: str, account: str, day: date, now: datetime
) -> bool:
    """Write the intent down, with the words as they are now (``before``: as they were planned), before anything leaves.
    False if somebody else took, cancelled or added to it meanwhile."""
    taken = conn.execute(
        "UPDATE outgoing SET state = 'sending', attempted_at = ?, text = ? WHERE id = ? AND state = 'planned' AND text = ?",
        (to_epoch(now), message.text, message.id, before),
    ).rowcount
    if not taken:
        return False
    conn.execute(
        "INSERT INTO quota VALUES (?, ?, 1) ON CONFLICT(account, day) DO UPDATE SET sent = sent + 1",
        (account, day.isoformat()),
    )
    return True


def put_back(conn: sqlite3.Connection, message: Outgoing, account: str, day: date) -> None:
    """The channel never had it: it is to be said as before, and counts for no quota."""
    moved = conn.execute(
        "UPDATE outgoing SET state = 'planned', attempted_at = NULL WHERE id = ? AND state = 'sending'",
        (message.id,),
    ).rowcount
    if moved:
        conn.execute(
            "UPDATE quota SET sent = sent - 1 WHERE account = ? AND day = ? AND sent > 0",
            (account, day.isoformat()),
        )


def defer(conn: sqlite3.Connection, group: GroupId, now: datetime, until: datetime) -> None:
    """What is due for a group waits: its room has to be found again."""
    conn.execute(
        "UPDATE outgoing SET not_before = ? WHERE grp = ? AND state = 'planned' AND not_before <= ?",
        (to_epoch(until), group, to_epoch(now)),
    )


def hasten(conn: sqlite3.Connection, group: GroupId, now: datetime) -> None:
    """The room of a group was found: what waited for it is due. A part never waits for anything else."""
    conn.execute(
        "UPDATE outgoing SET not_before = ? WHERE grp = ? AND state = 'planned' AND kind = 'part' AND not_before > ?",
        (to_epoch(now), group, to_epoch(now)),
    )


def strain(conn: sqlite3.Connection, account: str, day: date) -> tuple[int, datetime | None]:
    """How often the chat said “too fast” to ``account`` on the local ``day``, and until when it rests."""
    strikes, quiet_until = conn.execute(
        "SELECT TOTAL(strikes) FILTER (WHERE day = ?), MAX(quiet_until) FROM strain WHERE account = ?",
        (day.isoformat(), account),
    ).fetchone()
    return int(strikes), None if quiet_until is None else from_epoch(quiet_until)


def add_strike(conn: sqlite3.Connection, account: str, day: date, quiet_until: datetime) -> None:
    """The chat said “too fast” once more."""
    conn.execute(
        "INSERT INTO strain VALUES (?, ?, 1, ?) ON CONFLICT(account, day) DO UPDATE SET strikes = strikes + 1, "
        "quiet_until = excluded.quiet_until",
        (account, day.isoformat(), to_epoch(quiet_until)),
    )


_MAY_BECOME = {
    SendState.ACCEPTED: ("planned", "sending", "in_doubt"),
    SendState.FAILED: ("planned", "sending", "in_doubt"),
    SendState.IN_DOUBT: ("sending",),
    SendState.CANCELLED: ("planned",),
}
_ACT_OF = {
    SendState.ACCEPTED: Act.ACCEPTED,
    SendState.FAILED: Act.FAILED,
    SendState.IN_DOUBT: Act.IN_DOUBT,
    SendState.CANCELLED: Act.CANCELLED,
}


def settle(
    conn: sqlite3.Connection,
    message: Outgoing,
    state: SendState,
    now: datetime,
    *,
    message_id: str = "",
    why: str = "",
    by: str = "",
    by_hand: bool = False,
) -> bool:
    """Write the result down; for a main part the target's ledger gets its entry. False if it was final before.

    ``by_hand``: a person posted it, and may take the tick back.
    """
    allowed = _MAY_BECOME[state]
    if by_hand:
        # Posted in time and ticked off after it, or by somebody who took it over from a gateway.
        allowed = (*allowed, "cancelled")
    moved = conn.execute(
        f"UPDATE outgoing SET state = ?, settled_at = ?, message_id = COALESCE(NULLIF(?, ''), message_id), why = ? WHERE id = ? "
        f"AND state IN ({', '.join('?' * len(allowed))})",
        (state, to_epoch(now), message_id, why, message.id, *allowed),
    ).rowcount
    if not moved:
        return False
    if message.target is not None and message.part == message.main:
        ref = f"part{message.part}"
        if state is SendState.ACCEPTED:
            ref = hand_ref(conn, message.target, now) if by_hand else message_id or ref
        record(conn, message.target, Entry(_ACT_OF[state], now, ref, by, why))
    return True


REOPENED_FOR = timedelta(days=1)


def reopen(conn: sqlite3.Connection, message: Outgoing, now: datetime, *, by: str = "") -> bool:
    """A person ticked the wrong one: it is to be posted after all (unless it was withdrawn). False if it was not ticked."""
    moved = conn.execute(
        "UPDATE outgoing SET state = CASE WHEN EXISTS (SELECT 1 FROM target t JOIN wave w ON w.id = t.wave "
        "WHERE t.id = outgoing.target AND w.withdrawn_at IS NOT NULL) THEN 'cancelled' ELSE 'planned' END, "
        "settled_at = NULL, why = '', expires_at = MAX(expires_at, ?) WHERE id = ? AND state IN ('accepted', 'failed')",
        (to_epoch(now + REOPENED_FOR), message.id),
    ).rowcount
    if moved and message.target is not None and message.part == message.main:
        for entry in entries_of(conn, message.target):
            if entry.act is Act.ACCEPTED:
                record(conn, message.target, Entry(Act.RECALLED, now, entry.ref, by))
    return moved > 0


def recover(conn: sqlite3.Connection, now: datetime) -> list[Outgoing]:
    """After a crash: what was being sent may or may not be out. Returns it; called once, at start.

    A recall is not: its correction goes out in any case.
    """
    left = list(map(outgoing_of, conn.execute(_OPEN, (SendState.SENDING,))))
    for message in left:
        state = SendState.FAILED if message.kind == "recall" else SendState.IN_DOUBT
        settle(conn, message, state, now, why="程序在发送途中停了")
    return [message for message in left if message.kind != "recall"]


def expire(conn: sqlite3.Connection, now: datetime) -> list[Outgoing]:
    """Cancel what was not said (or taken back) in its time; returns what was not said."""
    late = list(
        map(
            outgoing_of,
            conn.execute(OUTGOING + "WHERE o.state = 'planned' AND o.expires_at <= ?", (to_epoch(now),)),
        )
    )
    for message in late:
        settle(conn, message, SendState.CANCELLED, now, why="过了发送时间")
    return [message for message in late if message.kind != "recall"]


def count_parts(conn: sqlite3.Connection, state: SendState) -> int:
    """How many parts of contents stand in ``state``."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing WHERE kind = 'part' AND state = ?", (state,)
    ).fetchone()
    return int(count)


def get_meta(conn: sqlite3.Connection, key: str) -> str:
    """A single remembered value (paused, the demo's last day …), or empty."""
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def set_meta(conn: sqlite3.Connection, key: str, value: str) -> None:
    conn.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, value)
    )
