"""What a wechaty gateway says, translated into the domain. Pure: no clock, nothing sent or fetched.

Numbers are wechaty-puppet's (1.20, MessageType). Gateways differ in how much they understand of WeChat: the same
article comes as a Url without any words, or as the XML that WeChat itself sends, under whatever number. So the XML
says what a message is where there is one, and the number otherwise; strange input is an unknown message, never an
exception.

A #接龙 that comes as a text stays TEXT: the recogniser and the service read it by its first line, and that rule
belongs to them alone.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from xml.etree.ElementTree import Element, ParseError, fromstring

from bot.model.chat import BotRemoved, Message, MessageKind, Recall, Room, RoomSeen, TooFast
from bot.model.time import TZ, from_epoch, to_epoch

MAX_TEXT = 20_000
"""A chat's longest text is about 16,000 characters."""
MAX_XML = 1_000_000
"""Characters. A longer text is not parsed."""
MAX_ITEMS = 500
MAX_LEVELS = 3
"""Of a merged history, the histories in it included: as far as the recogniser looks."""


class MessageType(IntEnum):
    """The gateway's number for a kind of message. Lines of the chat itself have `SYSTEM_TYPES`."""

    UNKNOWN = 0
    ATTACHMENT = 1
    AUDIO = 2
    CONTACT = 3
    CHAT_HISTORY = 4
    EMOTICON = 5
    IMAGE = 6
    TEXT = 7
    LOCATION = 8
    MINI_PROGRAM = 9
    GROUP_NOTE = 10
    TRANSFER = 11
    RED_ENVELOPE = 12
    RECALLED = 13
    URL = 14
    VIDEO = 15
    POST = 16


SYSTEM_TYPES = (17, 18)


@dataclass(frozen=True, slots=True)
class Payload:
    """A message as the gateway tells it. ``type``: mostly a `MessageType`; ``timestamp``: seconds or milliseconds."""

    id: str
    type: int
    text: str
    filename: str
    talker: str
    room: str
    timestamp: int


Read = Message | Recall | TooFast | BotRemoved | RoomSeen


def read(payload: Payload, own: str, now: datetime) -> Read | None:
    """What happened, or None if it concerns nobody here. ``own``: our account's id, "" while it is not known.

    ``now`` (aware) is when it happened if the gateway's own time cannot be true.
    """
    at = _instant(payload.timestamp, now)
    text = _clean(payload.text)
    if payload.type == MessageType.RECALLED:
        return _recall(payload.room, text, at)
    if _is_system(payload):
        return _system_line(payload.room, text.strip(), at)
    is_self = own != "" and payload.talker == own
    message = Message(payload.id, payload.room, payload.talker, at, MessageKind.UNKNOWN, is_self=is_self)
    return _with_content(message, payload.type, text, _clean(payload.filename)[:MAX_TEXT])


_EARLIEST = to_epoch(datetime(2015, 1, 1, tzinfo=TZ))
_MILLISECONDS = 10**11
"""From here on a timestamp counts milliseconds: as seconds it would be the year 5138 (python-wechaty #1290)."""


def _instant(timestamp: int, now: datetime) -> datetime:
    epoch = timestamp if timestamp >= _MILLISECONDS else timestamp * 1000
    # Never ahead of us: a clock that is behind must not make what is said now something of later.
    return from_epoch(epoch) if _EARLIEST <= epoch <= to_epoch(now) else now


_NOT_HELD = re.compile("[\0\ud800-\udfff]")


def _clean(text: str) -> str:
    """``text`` without what SQLite and UTF-8 cannot hold."""
    return _NOT_HELD.sub("", text)


# --- Lines that the chat itself writes ---


def _is_system(payload: Payload) -> bool:
    """Whether the chat speaks and no person: by the number or, where a gateway has none for it, by the speaker."""
    if payload.type in (MessageType.UNKNOWN, MessageType.TEXT):
        return payload.talker in ("", payload.room)
    return payload.type in SYSTEM_TYPES


_MARK = "[\"'“”‘’「」『』]"
_GROUP = "[群羣][聊组組]"
_TOO_FAST = re.compile("(?:操作|[发發]送(?:消息|訊息)|(?:消息|訊息)[发發]送)(?:[过過][于於]|太)[频頻]繁")
_REMOVED = re.compile(rf"[你您](?:已[经經]?)?(?:被.{{0,80}})?(?:移出|退出)了?{_GROUP}[。.！!]?")
_RENAMED = re.compile(rf".{{1,80}}修改[群羣][聊组組]?名[称稱]?[为為]\s*{_MARK}(?P<topic>.+){_MARK}[。.]?")
_INVITED = re.compile(rf".{{0,80}}邀[请請][你您].{{0,200}}加入了?{_GROUP}")
_SCANNED = re.compile(rf"[你您][通透][过過][扫掃].{{0,200}}加入了?{_GROUP}")


def _system_line(room: str, line: str, at: datetime) -> Recall | TooFast | BotRemoved | RoomSeen | None:
    """What a line of the chat itself means for our account; others who join, 拍了拍 and red packets mean nothing."""
    if _XML.match(line):
        return _recall(room, line, at)
    before_any_name = re.split(_MARK, line, maxsplit=1)[0]
    if says_too_fast(before_any_name):
        return TooFast(at)
    if not room:
        return None
    if _REMOVED.fullmatch(line):
        return BotRemoved(room, at)
    if renamed := _RENAMED.fullmatch(line):
        return RoomSeen(Room(room, renamed["topic"][:MAX_TEXT]), at)
    brought_in = _INVITED.match(line) or _SCANNED.match(line)
    return RoomSeen(Room(room, ""), at) if brought_in else None


def says_too_fast(text: str) -> bool:
    """Whether WeChat says in ``text``, which no person wrote, that our account does too much."""
    return _TOO_FAST.search(text) is not None


_ID = re.compile(r"(?=\D*\d)[\w.:@=+/-]{1,200}", re.ASCII)


def _recall(room: str, text: str, at: datetime) -> Recall | None:
    """``text`` is the id of the message that was taken back, or WeChat's own XML about it; other words name none."""
    xml = _xml(text)
    told = text.strip() if xml is None else _said(xml, "revokemsg/newmsgid") or _said(xml, "revokemsg/msgid")
    return Recall(room, told, at) if _ID.fullmatch(told) else None


# --- XML, which anybody can have written ---

_XML = re.compile(r"\s*<[?!a-zA-Z]")
_DECLARATION = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")


def _xml(text: str) -> Element | None:
    """The root of an XML text; None if it is none, is too long, or declares entities (bombs, other files)."""
    if not _XML.match(text) or len(text) > MAX_XML or _DECLARATION.search(text):
        return None
    try:
        return fromstring(text.strip())
    except ParseError:
        return None


def _said(element: Element, path: str) -> str:
    """The words at ``path``; "" if there are none."""
    return _words(element.findtext(path) or "")


def _words(text: str) -> str:
    return _unescaped(text).strip()[:MAX_TEXT]


def _unescaped(text: str) -> str:
    """``text`` with entities read that end in a semicolon: a link's ``&times=`` is none, whatever HTML says."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


_SPOKEN = re.compile(r"<(?:title|desc?|datatitle|datadesc)>(?:<!\[CDATA\[)?([^<]*)")


def _readable(text: str) -> str:
    """The words, a line each, of a history's XML that is broken or too long."""
    found = (words.split("]]>")[0].strip() for words in _SPOKEN.findall(_unescaped(text[:MAX_XML])))
    return "\n".join(filter(None, found))[:MAX_TEXT]


# --- What people post ---

_WORDLESS: dict[int, MessageKind] = {
    MessageType.IMAGE: MessageKind.IMAGE,
    MessageType.VIDEO: MessageKind.VIDEO,
    MessageType.AUDIO: MessageKind.AUDIO,
    MessageType.EMOTICON: MessageKind.STICKER,
    MessageType.CONTACT: MessageKind.UNKNOWN,
    MessageType.LOCATION: MessageKind.UNKNOWN,
    MessageType.TRANSFER: MessageKind.UNKNOWN,
    MessageType.RED_ENVELOPE: MessageKind.UNKNOWN,
}
"""Their texts are keys of files and data of people, and go no further."""


def _with_content(message: Message, number: int, text: str, filename: str) -> Message:
    """``message`` with its kind and what that kind has to say. A number that nobody knows counts as unknown, and
    plain words under it as a text: some gateways tell texts and #接龙 so."""
    if number in _WORDLESS:
        return replace(message, kind=_WORDLESS[number])
    if (card := _appmsg(text)) is not None:
        reader = _CARDS.get(_said(card, "type")) or _CARD_OF.get(number)
        return reader(message, card) if reader else message
    match number:
        case MessageType.ATTACHMENT:
            return replace(message, kind=MessageKind.FILE, title=filename)
        case MessageType.URL:
            return replace(message, kind=MessageKind.LINK)
        case MessageType.MINI_PROGRAM:
            return replace(message, kind=MessageKind.MINI_PROGRAM)
        case MessageType.CHAT_HISTORY:
            words = _readable(text) if _XML.match(text) else text[:MAX_TEXT]
            return replace(message, kind=MessageKind.HISTORY, text=words)
        case MessageType.GROUP_NOTE:
            return replace(message, kind=MessageKind.GROUP_NOTE, text=text[:MAX_TEXT])
        case MessageType.POST:
            return message
        case _ if number != MessageType.TEXT and _XML.match(text):
            return message
    return _text(message, text[:MAX_TEXT])


_QUOTE = re.compile(
    r"\s*[「『“\"][^：:\n]{1,64}[：:](?P<quoted>.*)[」』”\"][^\S\n]*\n[^\S\n]*(?:[-—–－][^\S\n]*){5,}\n(?P<reply>.*)",
    re.DOTALL,
)
"""「名：原文」, a line of dashes, the reply; of a quote in a quote, only what comes last is the person's own."""


def _text(message: Message, text: str) -> Message:
    if found := _QUOTE.match(text):
        return _quoting(message, found["reply"].strip(), found["quoted"].strip())
    return replace(message, kind=MessageKind.TEXT, text=text)


def _quoting(message: Message, reply: str, quoted: str) -> Message:
    return replace(message, kind=MessageKind.QUOTE, text=reply, quoted=quoted)


# --- Cards: WeChat's <msg><appmsg>, told apart by the number in its <type> ---


def _appmsg(text: str) -> Element | None:
    xml = _xml(text) if "<appmsg" in text else None
    return None if xml is None else xml.find("appmsg")


def _link(message: Message, card: Element) -> Message:
    url, title, description = _said(card, "url"), _said(card, "title"), _said(card, "des")
    return replace(message, kind=MessageKind.LINK, url=url, title=title, description=description)


def _file(message: Message, card: Element) -> Message:
    return replace(message, kind=MessageKind.FILE, title=_said(card, "title"))


def _mini_program(message: Message, card: Element) -> Message:
    appid, page = _said(card, "weappinfo/appid"), _said(card, "weappinfo/pagepath")
    return replace(message, kind=MessageKind.MINI_PROGRAM, appid=appid, page=page, title=_said(card, "title"))


def _channels(message: Message, card: Element) -> Message:
    """A 视频号's title is what stands below the video; its card's own says only that one's WeChat is too old."""
    title, name = _said(card, "finderFeed/desc"), _said(card, "finderFeed/nickname")
    return replace(message, kind=MessageKind.CHANNELS, title=title, description=name)


def _group_note(message: Message, card: Element) -> Message:
    return replace(message, kind=MessageKind.GROUP_NOTE, text=_said(card, "title"))


def _quote(message: Message, card: Element) -> Message:
    """What is quoted may be a card itself: then its title is."""
    content = card.findtext("refermsg/content") or ""
    quoted = _title(content) if _XML.match(content) else _words(content)
    return _quoting(message, _said(card, "title"), quoted)


def _title(text: str) -> str:
    card = _appmsg(text)
    return "" if card is None else _said(card, "title")


def _history(message: Message, card: Element) -> Message:
    items = _items(message, card.find("recorditem"), iter(range(MAX_ITEMS)), MAX_LEVELS)
    words = "" if items else _readable(card.findtext("recorditem") or "") or _said(card, "des")
    return replace(message, kind=MessageKind.HISTORY, title=_said(card, "title"), text=words, items=items)


_Reader = Callable[[Message, Element], Message]
_CARDS: dict[str, _Reader] = {
    "5": _link,
    "6": _file,
    "19": _history,
    "33": _mini_program,
    "36": _mini_program,
    "51": _channels,
    "53": _group_note,
    "57": _quote,
}
_CARD_OF: dict[int, _Reader] = {
    MessageType.ATTACHMENT: _file,
    MessageType.CHAT_HISTORY: _history,
    MessageType.MINI_PROGRAM: _mini_program,
    MessageType.GROUP_NOTE: _group_note,
    MessageType.URL: _link,
}
"""For the many other types of cards, where the gateway says what they are like."""


# --- A merged history: <recordinfo>, in it <dataitem>s ---


def _items(
    message: Message, holder: Element | None, budget: Iterator[int], levels: int
) -> tuple[Message, ...]:
    """The items in ``holder``, each with the number of its place behind ``message``'s id.

    ``budget`` yields once for every item that may still be read, on all ``levels`` together.
    """
    record = _record(holder) if holder is not None and levels else None
    if record is None:
        return ()
    found = enumerate(zip(record.iterfind("datalist/dataitem"), budget, strict=False), 1)
    return tuple(_item(message, number, data, budget, levels) for number, (data, _) in found)


def _record(holder: Element) -> Element | None:
    """The record in ``holder``: as elements, or written out as a text that is XML again."""
    record = holder.find("recordinfo")
    return _xml(holder.text or "") if record is None else record


def _item(message: Message, number: int, data: Element, budget: Iterator[int], levels: int) -> Message:
    """One item of ``message``, as posted in the same room at the same instant, by somebody only known by name."""
    name = _said(data, "sourcename")
    item = Message(
        f"{message.id}/{number}", message.room, "", message.at, MessageKind.UNKNOWN, sender_name=name
    )
    title, words = _said(data, "datatitle"), _said(data, "datadesc")
    match data.get("datatype"):
        case "1":
            return replace(item, kind=MessageKind.TEXT, text=words)
        case "2":
            return replace(item, kind=MessageKind.IMAGE)
        case "4":
            return replace(item, kind=MessageKind.VIDEO)
        case "5":
            url = _said(data, "link") or _said(data, "streamweburl")
            return replace(item, kind=MessageKind.LINK, url=url, title=title, description=words)
        case "8":
            return replace(item, kind=MessageKind.FILE, title=title)
        case "17":
            items = _items(item, data.find("recordxml"), budget, levels - 1)
            return replace(
                item, kind=MessageKind.HISTORY, title=title, text="" if items else words, items=items
            )
        case "19":
            appid, page = _said(data, "appbranditem/appid"), _said(data, "appbranditem/pagepath")
            return replace(item, kind=MessageKind.MINI_PROGRAM, appid=appid, page=page, title=title)
    return item


# --- What the gateway answers when it is asked for a card ---


def with_link(message: Message, answer: str) -> Message:
    """``message`` with the link that the gateway knows of it (JSON); unchanged where the answer says nothing."""
    said = _answer(answer)
    return replace(
        message,
        url=said["url"] or message.url,
        title=said["title"] or message.title,
        description=said["description"] or message.description,
    )


def with_mini_program(message: Message, answer: str) -> Message:
    """``message`` with the page that the gateway knows of it (JSON); unchanged where the answer says nothing."""
    said = _answer(answer)
    return replace(
        message,
        appid=said["appid"] or message.appid,
        page=said["pagePath"] or message.page,
        title=said["title"] or message.title,
        description=said["description"] or message.description,
    )


def _answer(json_text: str) -> defaultdict[str, str]:
    """The words of a JSON object by their keys; "" for every other key, and for all if it is no object."""
    try:
        answer = json.loads(json_text) if len(json_text) <= MAX_XML else {}
    except (ValueError, RecursionError):
        answer = {}
    pairs = answer.items() if isinstance(answer, dict) else ()
    words = {key: _clean(value).strip()[:MAX_TEXT] for key, value in pairs if isinstance(value, str)}
    return defaultdict(str, words)
