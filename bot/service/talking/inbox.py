"""The inbox (PLANS D3): what somebody forwards to us privately becomes a draft of the library when they say so.

Until then it is in memory only and forgotten after half an hour: a message that matches nothing is not stored. Pictures
and files stay in the chat until they are asked for.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from bot.approval.links import links_in
from bot.approval.lint import HOTLINE
from bot.errors import Busy, os_reason
from bot.library.draft import next_number, write_draft
from bot.library.fields import MAX_CARD_CHARS, MAX_PARTS, MAX_TITLE_CHARS
from bot.model.chat import Message, MessageKind
from bot.model.content import ContentId
from bot.model.time import local
from bot.phrases import KINDS
from bot.phrases import deciding as say
from bot.service.approving import hand_in
from bot.service.desk import Desk
from bot.service.talking.deciding import lint
from bot.service.talking.turn import Reply, Turn

KEPT_FOR = timedelta(minutes=30)
MOST_ACCOUNTS = 20
MOST_BYTES = 60_000_000
"""Of all files of one content; it is sent to every group."""
PATIENCE_S = 60.0
LONG_TEXT = 30
"""A shorter text is talk and no content, unless a link stands in it."""
_SUFFIX = {MessageKind.IMAGE: ".png", MessageKind.VIDEO: ".mp4", MessageKind.FILE: ""}
_PARTS = {
    MessageKind.TEXT, MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.FILE, MessageKind.LINK,
    MessageKind.MINI_PROGRAM, MessageKind.CHANNELS,
}  # fmt: skip


class Gone(Exception):
    """A file cannot be had from the chat any more; the text says of which kind (Chinese)."""


@dataclass(slots=True)
class _Received:
    since: datetime
    messages: list[Message] = field(default_factory=list)


class Inbox:
    """What was forwarded to us lately, by account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._received: OrderedDict[str, _Received] = OrderedDict()

    def takes(self, message: Message) -> bool:
        """Whether ``message`` can become a part of a content."""
        if message.kind is MessageKind.HISTORY:
            return any(item.kind in _PARTS for item in message.items)
        if message.kind is MessageKind.TEXT:
            return len(message.text.strip()) >= LONG_TEXT or bool(links_in(message.text))
        return message.kind in _PARTS

    def receive(self, message: Message) -> Reply:
        """Remember it for a while; the first of a row says how to go on."""
        self._forget(message.at)
        row = self._received.get(message.sender)
        if row is None:
            row = self._received[message.sender] = _Received(message.at)
            while len(self._received) > MOST_ACCOUNTS:
                self._received.popitem(last=False)
        pieces = message.items if message.kind is MessageKind.HISTORY else [message]
        new = [
            one for one in pieces if one.kind in _PARTS and one.id not in {m.id for m in row.messages if m.id}
        ]
        first, row.since = not row.messages, message.at
        row.messages = [*row.messages, *new][:MAX_PARTS]
        return Reply(say.received_one(KINDS[new[0].kind.value])) if first and new else Reply()

    def _forget(self, now: datetime) -> None:
        for account in [a for a, row in self._received.items() if now - row.since > KEPT_FOR]:
            del self._received[account]

    async def draft(self, turn: Turn) -> Reply:
        """“入库 标题 #受众 #话题”: a folder in the library with number and parts, looked through and handed in."""
        desk, said = self._desk, turn.said
        self._forget(turn.message.at)
        row = self._received.get(turn.speaker.account)
        if row is None:
            return Reply(say.nothing_received(), outcome="没有收到东西")
        if not said.title:
            return Reply(say.title_missing(), outcome="没写标题")
        if len(said.title) > MAX_TITLE_CHARS:
            return Reply(say.cannot_draft(f"标题有 {len(said.title)} 个字，要在 {MAX_TITLE_CHARS} 个字以内"))
        desk.refresh_library()
        if any(content.title == said.title for content in desk.contents.values()):
            return Reply(say.cannot_draft(f"已经有一条《{said.title}》"), outcome="标题重复")
        number = next_number(desk.contents.values(), local(desk.now).year)
        try:
            async with asyncio.timeout(PATIENCE_S):
                parts, files = await self._parts(row.messages, number)
            folder = write_draft(
                desk.library.root, said.title, number, topics=said.topics, audiences=said.audiences,
                source=f"{turn.person.name}转来", parts=parts, files=files,
            )  # fmt: skip
        except Gone as gone:
            return Reply(say.picture_gone(str(gone)), outcome="取不到")
        except TimeoutError:
            return Reply(say.picture_gone("附件"), outcome="取不到")
        except OSError as error:
            return Reply(say.cannot_draft(os_reason(error)), outcome="写不了")
        try:
            with desk.store.together():
                reply = await self._hand_in(turn, ContentId(folder.name))
        except Busy:
            shutil.rmtree(folder, ignore_errors=True)  # it is said again, and laid out again
            raise
        self._received.pop(turn.speaker.account, None)
        return reply

    async def _hand_in(self, turn: Turn, id: ContentId) -> Reply:
        desk = self._desk
        desk.refresh_library()
        content = desk.contents.get(id)
        if content is None:
            broken = next((p.what for p in desk.library.broken if f"/{id}" in p.place), "内容读不出来")
            return Reply(say.cannot_draft(f"{broken}，请到电脑上看 content/{id}"), outcome="读不出来")
        reviewers = await hand_in(desk, content, turn.person, turn.speaker.account)
        kinds = [KINDS[part.kind.value] for part in content.parts]
        names = [one.name for one in reviewers] or sorted(desk.schedules.reviewers)
        text = say.drafted(content.title, content.number, kinds, lint(desk, content), names)
        return Reply(text, outcome=f"入库 {content.id}")

    async def _parts(
        self, messages: Sequence[Message], number: str
    ) -> tuple[list[Mapping[str, Any]], dict[str, bytes]]:
        """The parts as content.yaml names them, and their files; with a signature where nothing shows one."""
        parts: list[Mapping[str, Any]] = []
        files: dict[str, bytes] = {}
        for place, message in enumerate(messages, 1):
            if sum(map(len, files.values())) > MOST_BYTES:
                raise Gone("附件（加起来太大）")
            message = await self._desk.channel.fetch(message)
            if message.kind is MessageKind.TEXT:
                files[f"text-{place}.md"] = message.text.strip().encode()
                parts.append({"text": f"text-{place}.md"})
            elif message.kind is MessageKind.LINK:
                parts.append({"link": _card(message)})
            elif message.kind is MessageKind.MINI_PROGRAM:
                card = {"appid": message.appid, "title": message.title or "小程序", "page": message.page}
                parts.append({"mini_program": card})
            elif message.kind is MessageKind.CHANNELS:
                card = {"title": message.title or "视频号", "author": message.description}
                parts.append({"channels": card})
            else:
                name, data = await self._file(message, place)
                files[name] = data
                parts.append({message.kind.value: name})
        shown = " ".join(message.text for message in messages if message.kind is MessageKind.TEXT)
        if number not in shown or HOTLINE not in shown:
            # Publicity must not look like fraud: its number and whom to ask stand in it (DESIGN).
            files["signature.md"] = f"{number}　咨询劝阻 {HOTLINE}".encode()
            parts.append({"text": "signature.md"})
        return parts, files

    async def _file(self, message: Message, place: int) -> tuple[str, bytes]:
        found = await self._desk.channel.download(message)
        if found is None or not found[1]:
            raise Gone(KINDS[message.kind.value])
        name, data = found
        if message.kind is MessageKind.IMAGE:
            return f"{place}{_picture_suffix(data)}", data
        suffix = re.sub(r"[^.a-z0-9]", "", PurePath(name).suffix.lower()) or _SUFFIX[message.kind]
        stem = re.sub(r"[^\w一-鿿-]+", "", PurePath(name).stem)[:40] or str(place)
        return f"{place}-{stem}{suffix}", data


def _card(message: Message) -> dict[str, str]:
    card = {
        "url": message.url,
        "title": message.title[:MAX_CARD_CHARS] or "链接",
        "description": message.description[:MAX_CARD_CHARS],
    }
    return {name: " ".join(value.split()) for name, value in card.items() if value}


def _picture_suffix(data: bytes) -> str:
    """By what the bytes are: chats name all pictures alike."""
    head = io.BytesIO(data).read(12)
    if head.startswith(b"\xff\xd8"):
        return ".jpg"
    if head.startswith(b"GIF8"):
        return ".gif"
    return ".webp" if head[8:12] == b"WEBP" else ".png"
