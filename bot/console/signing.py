"""Signing in and out: a password or a one-time code, a session in a cookie, and an end to guessing.

Whatever is wrong is answered with the same words after the same work: nobody learns who has a seat.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.console import passwords
from bot.model.tree import WorkerId
from bot.store import seats, talk
from bot.store.database import Store
from bot.store.seats import Session

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A session ends when nothing was asked for so long; and at the latest after a working day."""
SEEN_EVERY = timedelta(minutes=1)
LINK_FOR = timedelta(minutes=10)
WITHIN = timedelta(minutes=15)
MOST_WRONG, MOST_WRONG_FROM, MOST_WRONG_IN_ALL = 5, 20, 50
"""Wrong tries within that time, of one name from one address, from one address, and of one name from anywhere; then
nothing is checked."""
MOST_AT_ONCE = 10
"""So many wait at the door; checking a password takes 64 MB and a core, so it is one after another."""
WRONG = "姓名或密码不对；错了 5 次要等 15 分钟"
WRONG_CODE = "绑定码不对，或过期了；请办公室再发一个"


MOST_LINKS, MOST_LINKS_FROM, MOST_LINKS_IN_ALL = 3, 10, 30
"""Links asked for within that time, by one name, from one address, and by all: each may be a message to somebody."""

Keys = tuple[str, str, str]
"""What a wrong try is counted by: the name from this address, the address, the name."""


@dataclass(frozen=True, slots=True)
class Link:
    """What lets ``worker`` in once. ``account``: the chat account to which it was sent, or empty."""

    worker: WorkerId
    until: datetime
    account: str


class Signing:
    """The door. ``store`` remembers seats, sessions and wrong tries."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._door = asyncio.Lock()
        self._waiting = 0
        self._links: dict[str, Link] = {}

    async def enter(self, name: str, password: str, address: str, now: datetime) -> str | None:
        """A session's token for whose name and password this is; None if they are wrong, or tried too often."""
        keys = (f"{name}@{address}", f"@{address}", name)
        async with self._turn() as admitted:
            return await self._enter(name, password, keys, now) if admitted else None

    async def _enter(self, name: str, password: str, keys: Keys, now: datetime) -> str | None:
        if self._tired(keys, now):
            return None
        found = self._store.read(seats.seats_named, name)
        fitting = [s for s in found if await asyncio.to_thread(passwords.fits, s.password, password)]
        if not found:
            await asyncio.to_thread(passwords.fits, passwords.nobodys(), password)
        if len(fitting) != 1:
            await self._store.write(seats.note_wrong, keys, now)
            return None
        await self._store.write(seats.forget_wrong, keys[0])
        return await self.begin(fitting[0].worker, now)

    async def first_time(self, code: str, password: str, address: str, now: datetime) -> str | None:
        """A session's token for whose one-time code this is; ``password`` is theirs from now on."""
        keys = (f"code@{address}", f"@{address}", "code")
        code = "".join(code.split()).upper().removeprefix("绑定")
        async with self._turn() as admitted:
            return await self._first_time(code, password, keys, now) if admitted else None

    async def _first_time(self, code: str, password: str, keys: Keys, now: datetime) -> str | None:
        if self._tired(keys, now):
            return None
        if not self._store.read(seats.is_code, code, now):
            await self._store.write(seats.note_wrong, keys, now)
            return None
        kept = await asyncio.to_thread(passwords.hashed, password)
        worker = await self._store.write(seats.take_seat, code, kept, now)
        if worker is None:
            await self._store.write(seats.note_wrong, keys, now)
            return None
        return await self.begin(worker, now)

    def link_for(self, worker: WorkerId, now: datetime, account: str = "") -> str:
        """A secret that lets ``worker`` in once, for a while: by their seat, or by the chat ``account`` that it is sent to."""
        self._links = {secret: link for secret, link in self._links.items() if now < link.until}
        secret = secrets.token_urlsafe(32)
        self._links[secret] = Link(worker, now + LINK_FOR, account)
        return secret

    def link_of(self, secret: str, now: datetime) -> Link | None:
        """The link that has this secret, if it is good; looking does not use it up."""
        link = self._links.get(secret)
        return link if link is not None and now < link.until else None

    async def by_link(self, secret: str, accounts: Mapping[WorkerId, str], now: datetime) -> str | None:
        """A session's token for whose link that is; it is used up in any case. None if it is no good, or was sent to an account
        that is not theirs any more (``accounts``)."""
        link = self.link_of(secret, now)
        self._links.pop(secret, None)
        if link is None or link.account not in ("", accounts.get(link.worker)):
            return None
        return await self.begin(link.worker, now, link.account)

    def asks_for_link(self, name: str, address: str, now: datetime) -> Sequence[str] | None:
        """By what it is counted that somebody asks for a link; None if that was too often already."""
        keys = (f"link:{name}", f"link@{address}", "link")
        most = (MOST_LINKS, MOST_LINKS_FROM, MOST_LINKS_IN_ALL)
        return None if self._tired(keys, now, most) else keys

    async def begin(self, worker: WorkerId, now: datetime, account: str = "") -> str:
        """A session's token for ``worker``; ``account``: the chat account that it hangs on, or empty."""
        token = secrets.token_urlsafe(32)
        form = secrets.token_urlsafe(24)
        await self._store.write(seats.begin_session, token, worker, form, now, account)
        by = "聊天里的链接" if account else ""
        await self._store.write(talk.log_command, now, worker, "sign_in", by, "登录了")
        await self._store.write(seats.forget_sessions, now - LONGEST)
        return token

    async def known(self, token: str, now: datetime, *, touch: bool = True) -> Session | None:
        """Who signed in with ``token``, while that lasts. ``touch``: it was a person who asked, not a page left open."""
        if not token:
            return None
        found = self._store.read(seats.session_of, token, now, IDLE, LONGEST)
        if touch and found is not None and now - found.seen_at > SEEN_EVERY:
            await self._store.write(seats.note_seen, token, now)
        return found

    async def leave(self, token: str) -> None:
        await self._store.write(seats.end_session, token)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        """One after another, so that who tries many at once is counted too; False for who comes when enough wait."""
        if self._waiting >= MOST_AT_ONCE:
            yield False
            return
        self._waiting += 1
        try:
            async with self._door:
                yield True
        finally:
            self._waiting -= 1

    def _tired(
        self,
        keys: Keys,
        now: datetime,
        most: Sequence[int] = (MOST_WRONG, MOST_WRONG_FROM, MOST_WRONG_IN_ALL),
    ) -> bool:
        counts = (self._store.read(seats.wrong_since, key, now - WITHIN) for key in keys)
        return any(count >= limit for count, limit in zip(counts, most, strict=True))
