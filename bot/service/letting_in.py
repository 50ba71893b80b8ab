"""A link to the console that the bot sends privately to a bound account.

The link is a secret: the store keeps a line that stands for it, what it says is known in memory only. Who asks learns
nothing from it: the same work is done for a name that nobody has.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from bot.model.speaker import Role
from bot.model.time import day_of, day_start
from bot.model.tree import Worker
from bot.outbox import Unwritten
from bot.phrases.talk import LINK_UNWRITTEN
from bot.service.desk import Desk, Secret
from bot.service.talking.speaker import roles_of
from bot.store import notices, seats
from bot.store.database import Connection
from bot.store.sending import Outgoing

_KEY = "link:"
MOST_OF_A_NAME = 3
"""People of one name that are written to."""
MOST_A_DAY = 40
"""A tenth of what one account may say in a day: whoever asks for links does not use up what contents need."""


def link_goes_out(desk: Desk) -> bool:
    """Whether the bot can write to anybody privately here; by hand nobody can."""
    return desk.capabilities.private and desk.capabilities.by_itself


def bound_people(desk: Desk, name: str) -> list[tuple[Worker, str]]:
    """Who is called ``name`` (with their accounts), may use the console, and wrote to the bot, so that it may write to them."""
    found = [
        (person, account)
        for worker, account in sorted(desk.accounts.items())
        if worker in desk.private and (person := desk.person(worker)) is not None and person.name == name
    ]
    return [one for one in found if roles_of(desk, one[0]) - {Role.STRANGER}][:MOST_OF_A_NAME]


async def send_links(
    desk: Desk,
    to: Sequence[Worker],
    words: Callable[[Worker], str],
    tries: Collection[str],
    now: datetime,
    lasts: timedelta,
) -> None:
    """Put a message with ``words`` on its way to each of ``to``, and note the try under the keys ``tries``, at once."""
    desk.unwritten = {id: kept for id, kept in desk.unwritten.items() if now < kept.until}
    await desk.store.write(_put, desk, [(person, words(person)) for person in to], tries, now, now + lasts)


def _put(
    conn: Connection,
    desk: Desk,
    to: Sequence[tuple[Worker, str]],
    tries: Collection[str],
    now: datetime,
    until: datetime,
) -> None:
    seats.note_wrong(conn, tries, now)
    left = MOST_A_DAY - notices.keys_since(conn, _KEY, day_start(day_of(now)))
    for person, text in to[: max(0, left)]:
        key = f"{_KEY}{secrets.token_hex(8)}"
        id = notices.add_answer(conn, key, LINK_UNWRITTEN, now, until, worker=person.id)
        if id is not None:
            desk.unwritten[id] = Secret(text, until)


def is_link(out: Outgoing) -> bool:
    """Whether a message is one of these."""
    return out.kind == "answer" and out.key.startswith(_KEY)


def link_words(desk: Desk, out: Outgoing) -> Unwritten | None:
    """What it says; None when that ended, or was forgotten with a restart."""
    kept = desk.unwritten.get(out.id)
    return Unwritten(kept.text) if kept is not None and desk.now < kept.until else None
