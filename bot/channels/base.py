"""What the program needs of a chat, and nothing more.

Written for the gateways that exist (DESIGN, facts about python-wechaty): an id may come with the answer, later
with an echo, or never; rooms may change their ids; a failure after handing over says nothing about the outcome.
So a channel never retries and never guesses: it returns a `Receipt`, or raises one of the two errors below.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.chat import Account, Capabilities, Event, Receipt, Room
from bot.model.content import Part


class SendFailed(Exception):
    """The part certainly did not go out; the text (Chinese) says why."""


class SendUncertain(Exception):
    """The part may or may not have gone out: the send is in doubt, and nobody may try it again by itself."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a room, or a person (account id) where private messages work."""

    room: str = ""
    person: str = ""


class Channel(Protocol):
    """One account on one chat."""

    def capabilities(self) -> Capabilities: ...

    async def start(self) -> None:
        """Connect. Returns when messages can be sent; raises `SendFailed` with the reason when they cannot."""

    async def stop(self) -> None:
        """Let go of everything; safe to call twice."""

    async def whoami(self) -> Account: ...

    async def rooms(self) -> Sequence[Room]:
        """The rooms known now; may be short after a fresh login, so absence proves nothing."""

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        """Post one part, at most once. ``ref`` is our name for this send, for a channel that can carry it.

        Raises `SendFailed` (certainly not out) or `SendUncertain` (not known). Never retries.
        """

    async def recall(self, to: Address, message_id: str) -> bool:
        """Take a message back; false when the chat refuses (WeChat: after two minutes)."""

    def events(self) -> AsyncIterator[Event]:
        """What happens in the rooms, as it happens."""
