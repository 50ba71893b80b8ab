"""What the program needs of a chat, and nothing more.

Written for the gateways that exist (DESIGN, facts about python-wechaty): an id may come with the answer, later
with an echo, or never; rooms may change their ids; a failure after handing over says nothing about the outcome.
So a channel never retries and never guesses: it returns a `Receipt`, or raises one of the three errors below.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.chat import Account, Capabilities, Event, Invitation, Message, Receipt, Room
from bot.model.content import Part


class SendFailed(Exception):
    """The part certainly did not go out; the text (Chinese) says why."""


class SendLater(Exception):
    """The channel never had the part: it was not connected. Nothing happened, it may be tried when it is."""


class SendUncertain(Exception):
    """The part may or may not have gone out: the send is in doubt, and nobody may try it again by itself."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a room, or a person (account id) where private messages work."""

    room: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying a part out: whether the chat took it, the id it gave, the id of our own message that came back;
    else ``why`` not (Chinese)."""

    taken: bool = False
    id: str = ""
    echo: str = ""
    why: str = ""


class Channel(Protocol):
    """One account on one chat. What only some chats have, has an answer here already."""

    def capabilities(self) -> Capabilities: ...

    async def start(self) -> None:
        """Begin to connect; `held` and `events` tell how that goes. Raises `SendFailed` with the reason if it never can."""

    async def stop(self) -> None:
        """Let go of everything; safe to call twice."""

    def held(self) -> str:
        """Why nothing can be sent at the moment (Chinese); empty when it can."""
        return ""

    async def whoami(self) -> Account: ...

    async def rooms(self) -> Sequence[Room]:
        """The rooms known now; may be short after a fresh login, so absence proves nothing."""

    async def members(self, room: str) -> Sequence[Account]:
        """Who is in a room, by the names that the room shows. Asked when a doubt needs it, never kept."""
        return ()

    async def send(self, to: Address, part: Part, ref: str) -> Receipt:
        """Post one part, at most once. ``ref`` is our name for this send, for a channel that can carry it.

        Raises `SendFailed` (certainly not out, and never will be), `SendLater` (certainly not out, not connected) or
        `SendUncertain` (not known). Never retries.
        """

    async def recall(self, to: Address, message_id: str) -> bool:
        """Take a message back; false when the chat refuses (WeChat: after two minutes)."""

    def events(self) -> AsyncIterator[Event]:
        """What happens in the rooms, as it happens."""

    async def fetch(self, message: Message) -> Message:
        """``message`` with what did not come along: a card's link and title, the digest of a file's bytes. As it is
        where that cannot be had. Asked only where something is open; nothing of it is kept."""
        return message

    async def download(self, message: Message) -> tuple[str, bytes] | None:
        """Name and bytes of a picture, video or file that somebody sent us on purpose; None where they cannot be had, or
        are too many."""
        return None

    async def called(self, message: Message) -> str:
        """The name by which the room shows who said ``message``; asked only for what may be an answer."""
        return message.sender_name

    async def accept(self, invitation: Invitation) -> None:
        """Join a room that somebody asks us into."""
        return
