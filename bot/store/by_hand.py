"""What people are to post and forward, wave by wave and a page at a time; and sends that they take over from a gateway.

A town of 20,000 groups has lists that nobody wants whole: counted by wave, read by the page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.model.content import ContentId
from bot.model.ledger import SendState, TargetId, WaveId
from bot.model.time import from_epoch, to_epoch
from bot.store.reading import TARGETS, TargetRow, target_of
from bot.store.sending import OUTGOING, Outgoing, get_meta, outgoing_of, set_meta, settle

TAKEN_OVER = "改由人工发"
"""Why a send was cancelled that a person posts instead of the gateway."""
_TAKEN = "taken_over"
"""Where the store keeps which targets these are: of the many that were cancelled ever, the few to look at."""
PARTS_AT_MOST = 20
"""Messages of one content into one group that a page reads; the library's contents have a handful."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What waits of one wave: in how many groups, and the earliest deadline among them."""

    wave: WaveId
    name: str
    content: ContentId
    digest: str
    number: str
    title: str
    urgent: bool
    groups: int
    due: datetime


_OF_WAVE = "w.id, w.name, w.content, w.digest, w.number, w.title, w.urgent"


def _lot(row: Any) -> Lot:
    wave, name, content, digest, number, title, urgent, groups, due = row
    return Lot(wave, name, content, digest, number, title, bool(urgent), groups, from_epoch(due))


def posts_by_wave(conn: sqlite3.Connection, now: datetime) -> list[Lot]:
    """What is planned and may be posted at ``now``, urgent waves first."""
    rows = conn.execute(
        f"SELECT {_OF_WAVE}, COUNT(*), MIN(t.due) FROM (SELECT DISTINCT o.target FROM outgoing o WHERE o.state = 'planned' "
        "AND o.kind = 'part' AND o.not_before <= ?) p CROSS JOIN target t ON t.id = p.target CROSS JOIN wave w ON w.id = t.wave "
        "GROUP BY w.id ORDER BY w.urgent DESC, w.starts_at, w.id",
        (to_epoch(now),),
    )
    return list(map(_lot, rows))


def posts_of(
    conn: sqlite3.Connection, wave: WaveId, now: datetime, most: int, skip: int = 0
) -> list[list[Outgoing]]:
    """The messages that may be posted at ``now`` of one wave, by group, in their order: ``most`` groups after ``skip``."""
    targets = conn.execute(
        "SELECT o.target FROM outgoing o CROSS JOIN target t ON t.id = o.target WHERE o.state = 'planned' AND o.kind = 'part' "
        "AND o.not_before <= ? AND t.wave = ? GROUP BY o.target ORDER BY MIN(o.rank), MIN(o.id) LIMIT ? OFFSET ?",
        (to_epoch(now), wave, most, skip),
    ).fetchall()
    return [_parts_of(conn, TargetId(target), "o.state = 'planned'") for (target,) in targets]


def _parts_of(conn: sqlite3.Connection, target: TargetId, which: str) -> list[Outgoing]:
    rows = conn.execute(
        OUTGOING + f"WHERE o.target = ? AND o.kind = 'part' AND {which} ORDER BY o.part LIMIT ?",
        (target, PARTS_AT_MOST),
    )
    return list(map(outgoing_of, rows))


def notices(conn: sqlite3.Connection, now: datetime, most: int) -> list[Outgoing]:
    """What is to be said in groups at ``now`` besides contents: reminders, corrections, answers; the first ``most``."""
    rows = conn.execute(
        OUTGOING
        + "WHERE o.state = 'planned' AND o.target IS NULL AND o.kind != 'recall' AND o.not_before <= ? "
        "ORDER BY o.rank, o.id LIMIT ?",
        (to_epoch(now), most),
    )
    return list(map(outgoing_of, rows))


def count_notices(conn: sqlite3.Connection, now: datetime) -> int:
    """How many of `notices` there are."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM outgoing o WHERE o.state = 'planned' AND o.target IS NULL AND o.kind != 'recall' "
        "AND o.not_before <= ?",
        (to_epoch(now),),
    ).fetchone()
    return int(count)


_IS_OPEN = "t.reason IN ('not_reposted', 'unproven') AND t.mode = 'relay' AND t.opened_at <= ?"
"""As in `reading.open_tasks`: what somebody can forward now and has not."""


def forwards_by_wave(conn: sqlite3.Connection, now: datetime) -> list[Lot]:
    """What workers still have to forward at ``now``, the earliest deadline first."""
    rows = conn.execute(
        f"SELECT {_OF_WAVE}, COUNT(*), MIN(t.due) FROM wave w CROSS JOIN target t INDEXED BY target_open ON t.wave = w.id "
        f"WHERE {_IS_OPEN} AND w.closes_at > ? GROUP BY w.id ORDER BY 9, w.id",
        (to_epoch(now), to_epoch(now)),
    )
    return list(map(_lot, rows))


def forwards_of(
    conn: sqlite3.Connection, wave: WaveId, now: datetime, most: int, skip: int = 0
) -> list[TargetRow]:
    """Of one wave what is to be forwarded, village by village: ``most`` after ``skip``."""
    rows = conn.execute(
        TARGETS.replace("target t ON", "target t INDEXED BY target_place ON")
        + f"WHERE w.id = ? AND w.closes_at > ? AND {_IS_OPEN} ORDER BY t.lo, t.id LIMIT ? OFFSET ?",
        (wave, to_epoch(now), to_epoch(now), most, skip),
    )
    return list(map(target_of, rows))


# ── instead of a gateway ────────────────────────────────────────────────────────────────────────────────────


def take_over(conn: sqlite3.Connection, wave: WaveId, now: datetime, by: str, most: int) -> int:
    """People post the next ``most`` groups of ``wave`` from now on: the gateway does not any more, so that nothing is
    posted twice. Returns how many groups; what is being sent at this moment is none of them."""
    taken = _taken(conn)
    groups = posts_of(conn, wave, now, most)
    for messages in groups:
        for message in messages:
            settle(conn, message, SendState.CANCELLED, now, why=TAKEN_OVER, by=by)
        taken.append(int(messages[0].target or 0))
    _remember(conn, taken)
    return len(groups)


def taken_over(conn: sqlite3.Connection, now: datetime) -> list[list[Outgoing]]:
    """What people took over and have not posted yet, by group; nothing that was withdrawn or is too old meanwhile."""
    found = []
    for target in _taken(conn):
        still = f"o.state = 'cancelled' AND o.why = '{TAKEN_OVER}' AND w.withdrawn_at IS NULL AND o.expires_at > {to_epoch(now)}"
        if messages := _parts_of(conn, TargetId(target), still):
            found.append(messages)
    return found


def give_back(conn: sqlite3.Connection, now: datetime) -> int:
    """What people took over and did not post is the gateway's again. Returns how many groups."""
    groups = taken_over(conn, now)
    for messages in groups:
        conn.executemany(
            "UPDATE outgoing SET state = 'planned', settled_at = NULL, why = '' WHERE id = ? AND state = 'cancelled'",
            [(message.id,) for message in messages],
        )
    _remember(conn, [])
    return len(groups)


def _taken(conn: sqlite3.Connection) -> list[int]:
    return [int(target) for target in json.loads(get_meta(conn, _TAKEN) or "[]")]


def _remember(conn: sqlite3.Connection, targets: Sequence[int]) -> None:
    """The list is short: whoever was served or is out of date leaves it."""
    left = [
        target
        for target in dict.fromkeys(targets)
        if _parts_of(conn, TargetId(target), f"o.state = 'cancelled' AND o.why = '{TAKEN_OVER}'")
    ]
    set_meta(conn, _TAKEN, json.dumps(left))
