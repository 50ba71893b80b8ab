"""No gateway at all: people post and forward, and tick it off. The program only says who, what and when.

It must never send or see anything by itself; `chuanda outbox` and `chuanda paste` are its two hands.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.channels.base import Address, Channel, SendFailed
from bot.model.chat import Account, Capabilities, Event, Receipt, Room
from bot.model.content import Part, PartKind
from bot.model.tree import Medium

CAPABILITIES = Capabilities(
    parts=frozenset(PartKind),
    media=frozenset(Medium) - {Medium.OFFLINE},
    by_itself=False,
    sees_rooms=False,
    message_ids=False,
    echo=False,
    stable_accounts=False,
    stable_rooms=True,
    recall=False,
    lists_rooms=False,
    private=False,
)


class ManualChannel(Channel):
    """The channel of an office on the day it installs; and any other channel as a command sees it that starts none."""

    def __init__(self, capabilities: Capabilities = CAPABILITIES) -> None:
        self._capabilities = capabilities

    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def whoami(self) -> Account:
        return Account("manual", "人工")

    async def rooms(self) -> Sequence[Room]:
        return ()

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        raise SendFailed("人工渠道不会自己发，请看 chuanda outbox")

    async def recall(self, to: Address, message_id: str) -> bool:
        return False

    async def events(self) -> AsyncIterator[Event]:
        seen: Sequence[Event] = ()
        for event in seen:
            yield event
