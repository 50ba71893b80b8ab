"""Trying a gateway out: what it can do, found by doing it in one room. The result is kept and used from then on.

What a gateway promises and what it does differ from one to the next, and from one version to the next (DESIGN, Facts).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.channels.base import Address, Attempt, Channel
from bot.errors import ChuandaError, NotFound
from bot.model.chat import Capabilities, Link, LinkChanged, Room, RoomSeen
from bot.model.content import Part, PartKind
from bot.phrases import LINKS
from bot.recognise.normalise import normalise

CONNECT_S = 60.0
HEAR_S = 60.0
"""How long somebody has to speak in the room, where rooms cannot be listed."""
ECHO_S = 6.0
RESTART_S = 60.0


class Tried(Channel, Protocol):
    """A channel that can be tried out."""

    async def attempt(self, to: Address, part: Part, patience_s: float) -> Attempt: ...

    async def restart(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried: what (Chinese), whether it works, and what was seen."""

    what: str
    works: bool
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    capabilities: Capabilities
    findings: Sequence[Finding]


class _Chat:
    """What the channel told so far."""

    def __init__(self) -> None:
        self.link = Link.UNREACHABLE
        self.account = ""
        self.rooms: dict[str, Room] = {}
        self.changed = asyncio.Event()

    async def listen(self, channel: Channel) -> None:
        async for event in channel.events():
            if isinstance(event, LinkChanged):
                self.link, self.account = event.link, event.account
            elif isinstance(event, RoomSeen):
                self.rooms[event.room.id] = event.room
            self.changed.set()

    async def until(self, holds: Callable[[], object], seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self.changed.clear()
                    await self.changed.wait()
        return bool(holds())

    def named(self, name: str) -> Room | None:
        return next((r for r in self.rooms.values() if normalise(r.topic) == normalise(name)), None)


async def probe(
    channel: Tried,
    name: str,
    samples: Sequence[tuple[str, Part]],
    say: Callable[[str], None],
    *,
    restart: bool = True,
    connect_s: float = CONNECT_S,
    hear_s: float = HEAR_S,
    echo_s: float = ECHO_S,
) -> Probe:
    """Try ``samples`` (what it is called, the part) in the room called ``name``, then a recall, then a restart.

    Raises `ChuandaError` where no account is logged in, `NotFound` where there is no such room.
    """
    async with _listening(channel) as chat:
        say("正在连网关……")
        await chat.until(lambda: chat.link in (Link.UP, Link.REFUSED), connect_s)
        if chat.link is Link.REFUSED:
            raise ChuandaError("网关不认这个令牌；核对令牌，改好再试")
        if chat.link is not Link.UP:
            raise ChuandaError(f"{LINKS[chat.link]}；先让网关登录好，再来试")
        listed = [room for room in await channel.rooms() if normalise(room.topic) == normalise(name)]
        if not listed:
            say(f"列表里没有“{name}”。请现在到那个群里随便说句话……")
            if not await chat.until(lambda: chat.named(name), hear_s):
                raise NotFound(f"没有找到“{name}”这个群；看看群名，机器人的微信号在不在群里")
        room = listed[0] if listed else chat.named(name)
        assert room is not None
        return await _try(
            channel, chat, room, samples, say, lists=bool(listed), restart=restart, echo_s=echo_s
        )


@asynccontextmanager
async def _listening(channel: Channel) -> AsyncIterator[_Chat]:
    chat = _Chat()
    await channel.start()
    listener = asyncio.create_task(chat.listen(channel))
    try:
        yield chat
    finally:
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener
        await channel.stop()


async def _try(
    channel: Tried,
    chat: _Chat,
    room: Room,
    samples: Sequence[tuple[str, Part]],
    say: Callable[[str], None],
    *,
    lists: bool,
    restart: bool,
    echo_s: float,
) -> Probe:
    to, findings, attempts = Address(room=room.id), [Finding("列出群", lists)], []
    for what, part in samples:
        say(f"试{what}……")
        attempt = await channel.attempt(to, part, echo_s)
        findings.append(Finding(what, attempt.taken, attempt.why))
        attempts.append((part, attempt))
    messages = [attempt for part, attempt in attempts if attempt.taken and not part.announce]
    if not messages:
        raise ChuandaError(f"在“{room.topic}”里什么也发不了（{findings[1].seen}）；先看网关")
    # An echo that comes now and then is still the stricter proof: what comes back without one is in doubt.
    ids, echoes = all(a.id for a in messages), any(a.echo for a in messages)
    newest = next((a.id or a.echo for a in reversed(messages) if a.id or a.echo), "")
    say("试撤回……")
    recall = bool(newest) and await channel.recall(to, newest)
    stable_account = stable_room = False
    if restart:
        say("试重启……")
        stable_account, stable_room = await _try_restart(channel, chat, room)
    findings += [
        Finding("发出后给编号", ids), Finding("能看到自己发的", echoes), Finding("撤回", recall),
        Finding("重新登录后账号编号不变", stable_account, "" if restart else "没有试"),
        Finding("重新登录后群编号不变", stable_room, "" if restart else "没有试"),
    ]  # fmt: skip
    kinds = frozenset(part.kind for part, attempt in attempts if attempt.taken and not part.announce)
    if PartKind.FILE in kinds:
        kinds |= {PartKind.VIDEO}  # the same call
    found = replace(
        channel.capabilities(),
        parts=kinds,
        as_text=frozenset({PartKind.LINK, PartKind.MINI_PROGRAM}) - kinds
        if PartKind.TEXT in kinds
        else frozenset(),
        message_ids=ids,
        echo=echoes,
        recall=recall,
        lists_rooms=lists,
        stable_accounts=stable_account,
        stable_rooms=stable_room,
        announce=any(part.announce and attempt.taken for part, attempt in attempts),
    )
    return Probe(found, findings)


async def _try_restart(channel: Tried, chat: _Chat, room: Room) -> tuple[bool, bool]:
    """Whether the account and the room have the ids that they had."""
    before, chat.account = chat.account, ""
    await channel.restart()
    if not await chat.until(lambda: chat.account, RESTART_S):
        return False, False
    again = {r.id for r in await channel.rooms() if r.topic == room.topic} | {
        r.id for r in chat.rooms.values() if r.topic == room.topic and r.id != room.id
    }
    return chat.account == before, room.id in again


def samples_from(picture: Path, note: Path) -> list[tuple[str, Part]]:
    """What is tried, harmless to whoever reads it: a picture and a small file are given."""
    link = Part(
        PartKind.LINK,
        url="https://www.gov.cn/",
        title="传达试链接",
        description="这是一条测试，请不用理会。",
    )
    return [
        ("文字", Part(PartKind.TEXT, text="传达试文字：这是一条测试，请不用理会。")),
        ("图片", Part(PartKind.IMAGE, path=picture)),
        ("链接卡片", link),
        ("文件", Part(PartKind.FILE, path=note)),
        ("群公告", Part(PartKind.TEXT, text="传达试群公告：这是一条测试，请不用理会。", announce=True)),
    ]
