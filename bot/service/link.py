"""How the connection to the chat stands: the office is told once, `doctor` can read it, a login is taken up.

A short break is nobody's business; one that lasts, or that needs a person, is told once and once again when it ends.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import phrases
from bot.model.chat import Link, LinkChanged
from bot.model.time import iso
from bot.service.desk import Desk
from bot.store import accounts, notices, rooms, sending
from bot.store.database import Connection, Store

PATIENCE = timedelta(seconds=20)
"""A gateway that is started again comes back within this."""
NEEDS_A_PERSON = (Link.SCAN, Link.REFUSED)
PICTURE = "login.png"
"""The code to scan, under data/, as long as there is one."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """How it stands and since when it does not (or does) work, as another process reads it. ``told``: the office knows."""

    link: Link
    since: datetime
    told: bool = False


def link_state(store: Store) -> LinkState | None:
    """The last state that the service wrote down; None if it never had a connection to watch."""
    text = store.read(sending.get_meta, "link")
    if not text:
        return None
    told = json.loads(text)
    return LinkState(Link(told["link"]), datetime.fromisoformat(told["since"]), told["told"])


class LinkWatch:
    """Takes note of one channel's connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        state = link_state(desk.store)
        # Whoever starts the program again wants to hear how it stands.
        self._down = None if state is None or state.link is Link.UP else replace(state, told=False)
        """How it has stood since it was last up; also what another process left."""
        self._before_us = state is not None and state.told

    async def changed(self, event: LinkChanged) -> bool:
        """Take up a change. True if an account is logged in now, so that rooms have to be looked at."""
        desk, before = self._desk, self._down
        picture = desk.data / PICTURE
        with contextlib.suppress(OSError):  # somebody looks at it
            picture.unlink(missing_ok=True)
        if event.link is Link.UP:
            await desk.store.write(_write_down, LinkState(Link.UP, event.at, told=False))
            told, self._down, self._before_us = self._before_us, None, False
            if told or (before is not None and before.told):
                desk.tell_office(f"link:up:{iso(event.at)}", phrases.link_restored())
            await desk.store.write(_take_up_login, desk, event)
            desk.reload_rooms()
            return True
        if event.code:
            desk.tell("code", show_code(event.code, picture))
        since = event.at if before is None else before.since
        # What needs a person is told although an outage was; the same once only.
        told = (
            before is not None
            and before.told
            and (before.link is event.link or event.link not in NEEDS_A_PERSON)
        )
        self._down = LinkState(event.link, since, told)
        await desk.store.write(_write_down, self._down)
        self.tick(event.at)
        return False

    def tick(self, now: datetime) -> None:
        """Tell the office what has lasted, once."""
        down = self._down
        if down is None or down.told or (down.link not in NEEDS_A_PERSON and now - down.since < PATIENCE):
            return
        self._down = replace(down, told=True)
        self._desk.store.write_now(_tell, self._down, now)


def show_code(code: str, picture: Path) -> str:
    """Write the QR code to ``picture`` and return it as lines of characters, for a screen."""
    import segno

    qr = segno.make(code, error="l")
    with contextlib.suppress(OSError):  # the screen has it
        qr.save(str(picture), scale=8, border=4)
    rows = [list(row) for row in qr.matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    # Two modules a character, light on dark as terminals are: a full block is a light pixel.
    halves = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    lines = [
        "".join(halves[a, b] for a, b in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
    return phrases.code_to_scan(picture.name) + "\n" + "\n".join(lines)


def _write_down(conn: Connection, state: LinkState) -> None:
    told = {"link": state.link.value, "since": iso(state.since), "told": state.told}
    sending.set_meta(conn, "link", json.dumps(told))


def _tell(conn: Connection, down: LinkState, now: datetime) -> None:
    _write_down(conn, down)
    text = phrases.link_down(down.link, PICTURE)
    notices.tell_office(conn, f"link:{down.link}:{iso(now)}", "office", text, now)


def _take_up_login(conn: Connection, desk: Desk, event: LinkChanged) -> None:
    """Another login than before: rooms are found again, and people known by ids that changed have to say who they are."""
    before = sending.get_meta(conn, "login")
    if before == event.account:
        # Where only the rooms' ids may change, a listing tells at once which did not.
        if (
            desk.capabilities.stable_accounts
            and not desk.capabilities.stable_rooms
            and desk.capabilities.lists_rooms
        ):
            rooms.mark_stale(conn)
        return
    sending.set_meta(conn, "login", event.account)
    if not before:
        return
    # Where only people's ids change, rooms keep theirs. Where an account's id was to stay and did not, it is another
    # account, or the gateway is not what it was: nothing is taken for granted.
    rooms_keep = desk.capabilities.stable_rooms and not desk.capabilities.stable_accounts
    stale = 0 if rooms_keep else rooms.mark_stale(conn)
    known = 0 if desk.capabilities.stable_accounts else accounts.forget_accounts(conn)
    text = phrases.new_login(stale, known, same_ids=desk.capabilities.stable_accounts)
    notices.tell_office(conn, f"login:{iso(event.at)}", "office", text, event.at)
