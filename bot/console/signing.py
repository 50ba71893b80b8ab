"""Signing in and out: a password or a one-time code, a session in a cookie, and an end to guessing.

Whatever is wrong is answered with the same words after the same work: nobody learns who has a seat.
"""

from __future__ import annotations

import asyncio
import secrets
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
MOST_WRONG, MOST_WRONG_FROM = 5, 20
"""Wrong tries within that time, of one name from one address, and from one address in all; then nothing is checked."""
WRONG = "姓名或密码不对；错了 5 次要等 15 分钟"
WRONG_CODE = "绑定码不对，或过期了；请办公室再发一个"


class Signing:
    """The door. ``store`` remembers seats, sessions and wrong tries."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._links: dict[str, tuple[WorkerId | None, datetime]] = {}

    async def enter(self, name: str, password: str, address: str, now: datetime) -> str | None:
        """A session's token for whose name and password this is; None if they are wrong, or tried too often."""
        keys = (f"{name}@{address}", f"@{address}")
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
        keys = (f"code@{address}", f"@{address}")
        code = code.strip().upper().removeprefix("绑定").strip()
        if self._tired(keys, now):
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

    async def known(self, token: str, now: datetime) -> Session | None:
        """Who signed in with ``token``, while that lasts."""
        if not token:
            return None
        found = self._store.read(seats.session_of, token, now, IDLE, LONGEST)
        if found is not None and now - found.seen_at > SEEN_EVERY:
            await self._store.write(seats.note_seen, token, now)
        return found

    async def leave(self, token: str) -> None:
        await self._store.write(seats.end_session, token)

    def _tired(self, keys: tuple[str, str], now: datetime) -> bool:
        mine, here = (self._store.read(seats.wrong_since, key, now - WITHIN) for key in keys)
        return mine >= MOST_WRONG or here >= MOST_WRONG_FROM
