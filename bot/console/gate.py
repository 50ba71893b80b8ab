"""The gate for programs of others: a token in a header, never a cookie; so many requests a minute; wrong ones are counted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.console.rate import Rate
from bot.model.time import day_of
from bot.store import clients
from bot.store.clients import Client
from bot.store.database import Store

A_MINUTE = 60
"""Requests of one client: twice a minute each figure of thirty villages."""
MOST_WRONG, WRONG_EVERY_S = 20, 45.0
"""Wrong tokens in a row of one address, then one in so many seconds; meanwhile nothing of it is looked at."""
LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program is not let in: ``status`` and ``headers`` of the answer, and words (Chinese)."""

    status: int
    why: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Gate:
    """Who may read by program, as ``store`` has it. ``shown``: tokens that were made just now, by the session of who made
    them: each is shown once."""

    store: Store
    asks: Rate = field(default_factory=lambda: Rate(A_MINUTE, 60 / A_MINUTE))
    wrong: Rate = field(default_factory=lambda: Rate(MOST_WRONG, WRONG_EVERY_S))
    shown: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def lets(self, header: str, address: str, now: datetime, at_s: float) -> Client | Refusal:
        """Whose token stands in the ``Authorization`` ``header``, or why it is not let in. ``now``: in this town; ``at_s``:
        monotonic."""
        if wait := self.wrong.wait_s(address, at_s):
            return Refusal(429, "这个地址用错的令牌太多，过一会儿再试", {"Retry-After": str(wait)})
        kind, _, token = header.partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
            return _unknown("没有令牌；请求头里写 Authorization: Bearer 令牌")
        client = self.store.read(clients.client_of, token)
        if client is None:
            self.wrong.spend(address, at_s)
            return _unknown("令牌不对，或者停用了；请找反诈办")
        if wait := self.asks.wait_s(str(client.id), at_s):
            return Refusal(429, f"问得太勤，每分钟最多 {A_MINUTE} 次", {"Retry-After": str(wait)})
        self.asks.spend(str(client.id), at_s)
        if client.used_on != day_of(now):
            await self.store.write(clients.note_used, client.id, day_of(now))
        return client


def _unknown(why: str) -> Refusal:
    return Refusal(401, why, {"WWW-Authenticate": "Bearer"})


def new_token() -> str:
    """A token as it is given to a client: 256 bits; its head says what it is to whoever finds it."""
    return f"chuanda_{secrets.token_urlsafe(32)}"
