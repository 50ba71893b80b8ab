"""Signing in and out: a password or a one-time code, a session in a cookie, and an end to guessing.

Whatever is wrong is answered with the same words after the same work: nobody learns who has a seat.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.console import passwords
from bot.model.tree import WorkerId
from bot.store import seats
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


Keys = tuple[str, str, str]
"""What a wrong try is counted by: the name from this address, the address, the name."""


class Signing:
    """The door. ``store`` remembers seats, sessions and wrong tries."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._door = asyncio.Lock()
        self._waiting = 0
        self._links: dict[str, tuple[WorkerId | None, datetime]] = {}

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
        code = code.strip().upper().removeprefix("绑定").strip()
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

    def link_for(self, worker: WorkerId, now: datetime) -> str:
        """A secret that lets ``worker`` in once, for a while."""
        secret = secrets.token_urlsafe(32)
        self._links[secret] = (worker, now + LINK_FOR)
        return secret

    async def by_link(self, secret: str, now: datetime) -> str | None:
        """A session's token for whose link that is; it is used up."""
        worker, until = self._links.pop(secret, (None, now))
        return await self.begin(worker, now) if worker is not None and now < until else None

    async def begin(self, worker: WorkerId, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        await self._store.write(seats.begin_session, token, worker, secrets.token_urlsafe(24), now)
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

    def _tired(self, keys: Keys, now: datetime) -> bool:
        counts = (self._store.read(seats.wrong_since, key, now - WITHIN) for key in keys)
        most = (MOST_WRONG, MOST_WRONG_FROM, MOST_WRONG_IN_ALL)
        return any(count >= limit for count, limit in zip(counts, most, strict=True))
