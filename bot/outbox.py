"""Paced sending over a channel: in order, at most once, in doubt after a crash in between.

Needs from the world: a store that keeps intents, a channel, two clocks (the wall's for days and windows, the
monotonic one for pacing), and a judge that says whether a content may still be sent. Its limits stand in `Pace`.
One loop elsewhere calls `step`; nothing here sleeps. Rules: DESIGN, “What sending promises”; PLANS P2, V3.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

from bot.channels.base import Address, Channel, SendFailed, SendLater, SendUncertain
from bot.model.content import Content, Part, PartKind
from bot.model.ledger import SendState
from bot.model.time import at_time, day_of, local
from bot.model.tree import GroupId, WorkerId
from bot.schedules.model import Schedules
from bot.store import notices, sending, withdrawal
from bot.store.database import Store
from bot.store.rooms import Binding
from bot.store.sending import Outgoing

ANSWERS = ("answer", "preview")
"""What somebody asked for is answered while sending is paused: else nobody could ask how it stands, or start it again."""
ANSWERS_UP_TO = 0.9
"""Of the day's messages: beyond, nobody is answered, and what is urgent can still be said."""
LATER_S = 15.0
"""After a channel said that it was not connected although it had seemed so."""
LOOK_AGAIN = timedelta(minutes=5)
"""How long a message waits for a room that has to be found again."""
REST = timedelta(minutes=30)
"""What an account keeps quiet for after the chat said “too fast”; doubled each time it says so again that day."""


class Unwritten(str):
    """Words that are said and written down nowhere: they hold a secret. What was planned stays in the store instead."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one account may speak (schedules.yaml: pacing, hours). Plain and fixed: nothing looks human."""

    seconds: float
    """Between two messages of the account."""
    daily: int
    """Messages of the account in one local day, across restarts."""
    opens: time
    closes: time
    """Ordinary messages go out between these clocks; urgent waves and notices do not wait for them."""


def pace_of(schedules: Schedules) -> Pace:
    """How fast the settings let one account speak."""
    hours, pacing = schedules.hours.send, schedules.pacing
    return Pace(pacing.seconds, pacing.daily, hours.start, hours.end)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: ``sent`` (None: nothing was due or allowed) and when to come again (None: when told)."""

    sent: Outgoing | None = None
    state: SendState | None = None
    again_at: datetime | None = None
    held: str = ""
    """Why nothing goes out although something is due (Chinese), or empty."""


class Outbox:
    """Sends what is planned, one message a step."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        pace: Pace,
        stop_file: Path,
        content_of: Callable[[Outgoing], Content | str],
        rooms: Callable[[], Mapping[GroupId, Binding]],
        accounts: Callable[[], Mapping[WorkerId, str]],
        words: Callable[[Outgoing], str | None] = lambda message: message.text,
    ) -> None:
        """``content_of``: the content of a part if it may be sent now as it was planned, else why not (Chinese).
        ``rooms``: group → its room; ``accounts``: worker → account. ``words``: what a notice says
        now (`Unwritten`: and what is kept of it is what was planned), or None where nobody needs it any more."""
        self.store, self.channel, self.pace, self.stop_file = store, channel, pace, stop_file
        self.content_of, self.rooms, self.accounts, self.words = content_of, rooms, accounts, words
        self._account = ""
        self._quiet_until = 0.0
        self._later = ""
        """Why the channel did not take the last message; said as long as nothing is tried."""
        self._result: Callable[[], Awaitable[object]] | None = None
        """What became of the last message, while nobody could write it down."""

    async def start(self, now: datetime) -> list[Outgoing]:
        """Settle what a crash left behind: it is in doubt. Returns it. Call once, before the first step."""
        return await self.store.write(sending.recover, now)

    async def too_fast(self, now: datetime) -> tuple[datetime, int] | None:
        """The chat said so: the account rests, and its day becomes half as long. Until when, and how many messages the
        day has now; None if it rests already."""
        self._account = (await self.channel.whoami()).id
        strikes, quiet_until = self.store.read(sending.strain, self._account, day_of(now))
        if quiet_until is not None and now < quiet_until:
            return None
        until = now + REST * 2**strikes
        await self.store.write(sending.add_strike, self._account, day_of(now), until)
        return until, self._limit(strikes + 1)

    def _limit(self, strikes: int) -> int:
        return max(1, self.pace.daily >> strikes)

    async def step(self, now: datetime, monotonic: float) -> Step:
        """Send the one message whose turn it is, if pace, hours, quota and the stop switches allow.

        Raises `ChuandaError` while the store cannot be written; a result is kept until it can.
        """
        await self._write_result()
        message = self.store.read(sending.next_due, now)
        if message is None:
            return Step(again_at=self.store.read(sending.next_after, now))
        if monotonic < self._quiet_until:
            # Rounded up: an instant that is not later than `now` would have the caller come back for ever.
            left_us = math.ceil((self._quiet_until - monotonic) * 1e6)
            return Step(again_at=now + timedelta(microseconds=left_us), held=self._later)
        self._later = ""
        self._account = (await self.channel.whoami()).id
        held, again_at = self._held(message, now)
        if held:
            return Step(again_at=again_at, held=held)
        if message.group is not None and self._has_to_be_found(message.group):
            await self.store.write(sending.defer, message.group, now, now + LOOK_AGAIN)
            return Step(again_at=now)
        if message.kind in ANSWERS and self._answers_wait(now):
            await self.store.write(
                sending.settle, message, SendState.CANCELLED, now, why="今天的额度留给内容"
            )
            return Step(again_at=now)
        text = self.words(message)
        if text is None:
            await self.store.write(sending.settle, message, SendState.CANCELLED, now, why="已经转好了")
            return Step(again_at=now)
        planned, message = message.text, replace(message, text=text)
        kept = replace(message, text=planned) if isinstance(text, Unwritten) else message
        prepared = self._prepare(message)
        if isinstance(prepared, str):
            await self.store.write(sending.settle, message, SendState.FAILED, now, why=prepared)
            return Step(message, SendState.FAILED, now)
        room = None if message.group is None else self.rooms().get(message.group)
        if not await self.store.write(sending.begin, kept, planned, self._account, day_of(now), now):
            return Step(again_at=now)
        self._quiet_until = monotonic + self.pace.seconds
        try:
            if message.group is not None and self.rooms().get(message.group) != room:
                raise SendLater("群刚重新认过")  # while the intent was written down
            state = await self._send(message, *prepared, now)
        except SendLater as later:
            self._quiet_until, self._later = monotonic + LATER_S, str(later)
            self._result = partial(self.store.write, sending.put_back, message, self._account, day_of(now))
            await self._write_result()
            return Step(again_at=now + timedelta(seconds=LATER_S), held=str(later))
        return Step(message, state, now + timedelta(seconds=self.pace.seconds))

    def _held(self, message: Outgoing, now: datetime) -> tuple[str, datetime | None]:
        """Why ``message`` has to wait, and until when (None: until somebody acts)."""
        if self.stop_file.exists():
            return f"数据文件夹里有 {self.stop_file.name} 文件，全部发送已停", None
        if held := self.channel.held():
            return held, None
        if message.kind == "recall":
            return "", None
        if message.kind not in ANSWERS and self.store.read(sending.get_meta, "paused"):
            return "全部发送已暂停", None
        if message.kind == "part" and not message.urgent:
            clock = local(now).time()
            if clock < self.pace.opens:
                return "还没到发送时间", at_time(day_of(now), self.pace.opens)
            if clock >= self.pace.closes:
                return "过了今天的发送时间", at_time(day_of(now) + timedelta(days=1), self.pace.opens)
        strikes, quiet_until = self.store.read(sending.strain, self._account, day_of(now))
        if quiet_until is not None and now < quiet_until:
            return f"微信说发得太频繁，歇到 {local(quiet_until):%H:%M}", quiet_until
        limit = self._limit(strikes)
        if self.store.read(sending.sent_today, self._account, day_of(now)) >= limit:
            return f"今天已发满 {limit} 条", at_time(day_of(now) + timedelta(days=1), self.pace.opens)
        return "", None

    def _answers_wait(self, now: datetime) -> bool:
        """Whether answers have to leave the rest of the day's messages to urgent content and corrections."""
        strikes, _ = self.store.read(sending.strain, self._account, day_of(now))
        sent = self.store.read(sending.sent_today, self._account, day_of(now))
        return sent >= self._limit(strikes) * ANSWERS_UP_TO

    def _has_to_be_found(self, group: GroupId) -> bool:
        binding = self.rooms().get(group)
        return binding is not None and binding.present and binding.stale

    def _prepare(self, message: Outgoing) -> tuple[Address, Part | None] | str:
        """Where to and what (None: nothing, something is taken back); or, in Chinese, why it must not or cannot."""
        if message.group is not None:
            binding = self.rooms().get(message.group)
            if binding is None or not binding.usable:
                return "机器人不在这个群里"
            to = Address(room=binding.room)
        else:
            account = self.accounts().get(message.worker) if message.worker is not None else None
            if account is None:
                return "找不到这个人的账号"
            to = Address(person=account)
        if message.kind == "recall":
            return to, None
        if message.kind not in ("part", "preview"):
            asked = self.store.read(notices.asked_by, message.id)
            accounts = self.accounts()
            mentions = tuple(accounts[worker] for worker in asked if to.room and worker in accounts)
            return to, Part(PartKind.TEXT, text=message.text, mentions=mentions)
        content = self.content_of(message)
        if isinstance(content, str):
            return content
        return to, content.parts[message.part or 0]

    async def _send(self, message: Outgoing, to: Address, part: Part | None, now: datetime) -> SendState:
        if part is None:
            taken = await self.channel.recall(to, message.message_id)
            self._result = partial(self.store.write, withdrawal.settle_recall, message, now, taken=taken)
            await self._write_result()
            return SendState.ACCEPTED if taken else SendState.FAILED
        state, message_id, why = SendState.ACCEPTED, "", ""
        try:
            message_id = (await self.channel.send(to, part, message.ref)).message_id
        except SendFailed as failure:
            state, why = SendState.FAILED, str(failure)
        except SendUncertain as doubt:
            state, why = SendState.IN_DOUBT, str(doubt)
        self._result = partial(
            self.store.write, sending.settle, message, state, now, message_id=message_id, why=why
        )
        await self._write_result()
        return state

    async def _write_result(self) -> None:
        if self._result is not None:
            await self._result()
            self._result = None
