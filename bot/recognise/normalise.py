"""Text, links and content numbers in one canonical form, so that equal things compare equal.

Works on characters only: it knows no content and no person, and it never decides what a message means.
The rules come from what chats do to a text on its way (mentions, emoji codes, tracking in links; DESIGN).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from opencc import OpenCC

MAX_CHARACTERS = 100_000
"""A chat's longest text is about 16,000 characters; what is beyond this is not looked at."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_EMOJI = re.compile("[\U0001f000-\U0001fbff\u3297\u3299\u20e3\U000e0000-\U000e0fff]")
_EMOJI_CODE = re.compile(r"\[[一-鿿a-z]{1,6}\]")
_MENTION = re.compile(
    r"^\s*@(?:(?:所有人|全体成员|all\b)[\s:,]*|[^\s@:,。、!?()\[\]【】<>《》]{1,30}(?:[\s:]+|$))", re.I
)
_NOT_WORD = re.compile(r"[\W_]+")
_QUOTE = re.compile(r"^\s*[「『“\"].*?[」』”\"][^\S\n]*\n[^\S\n]*(?:[-—–－][^\S\n]*){5,}\n", re.DOTALL)


def fold(text: str) -> str:
    """``text`` with one width and case, without invisible characters and emoji; punctuation and lines stay."""
    text = _EMOJI.sub("", _INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    text = unicodedata.normalize("NFKC", text).casefold()
    return _EMOJI_CODE.sub("", text)


def simplified(text: str) -> str:
    """``text`` in simplified characters, each in its place: the result is as long as ``text``."""
    if _traditional().isdisjoint(text):
        return text
    # A half of a surrogate pair (a chat that cut an emoji in two) cannot be handed to the library.
    readable = text.encode("utf-8", "replace").decode("utf-8")
    converted = _to_simplified().convert(readable)
    return converted if len(converted) == len(text) else text


@cache
def _to_simplified() -> OpenCC:
    """Loaded with the first traditional character: 60 ms that most rooms never pay."""
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Characters with which a text may be traditional: GB 2312, of the simplified ones, does not have them.

    Besides the few that stand in it and have a simpler form. A rare name is only converted for nothing.
    """
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    simple = b"".join(rows).decode("gb2312", "ignore")
    return frozenset(map(chr, range(0x4E00, 0xA000))) - frozenset(simple) | frozenset("後於徵夥麽乾摺捱菸")


def without_mentions(text: str) -> str:
    """Folded ``text`` without the @mentions at its start (“@所有人”, “@张三 ”)."""
    while found := _MENTION.match(text):
        text = text[found.end() :]
    return text


def without_quote(text: str) -> str:
    """What the person wrote, without the message that a chat puts before it (「名：原文」, a line of dashes)."""
    return _QUOTE.sub("", text[:MAX_CHARACTERS], count=1)


def normalise(text: str) -> str:
    """Only the letters and digits of ``text``: the form in which two texts are the same text.

    NFKC, case-folded; no invisible characters, emoji (also 微信 codes such as [玫瑰]), space or punctuation; no
    @mentions at the start.
    """
    return _NOT_WORD.sub("", without_mentions(fold(text)))


_URL = re.compile(
    r"(?:https?://|(?<![a-z0-9_@./-])(?=(?:[a-z0-9-]+\.)+(?:cn|com|net|org)(?:[:/?#]|(?![a-z0-9_.-]))))[!#-;=?-~]+",
    re.I,
)


def urls_in(text: str) -> list[str]:
    """The links in ``text`` as written, in order; without a scheme too (www.gov.cn/…), never a mail address.

    A link ends where Chinese or full-width characters begin, and before a full stop or bracket that closes a
    sentence.
    """
    found = []
    for match in _URL.finditer(text[:MAX_CHARACTERS]):
        url = match.group().replace("&amp;", "&")
        while url and (url[-1] in ".,;:!?'*~" or (url[-1] in ")]}" and not _closes(url))):
            url = url[:-1]
        if "." in url:
            found.append(url)
    return found


def _closes(url: str) -> bool:
    opening = {")": "(", "]": "[", "}": "{"}[url[-1]]
    return url.count(opening) >= url.count(url[-1])


_TRACKING = re.compile(
    r"utm_.*|from|isappinstalled|scene|subscene|ascene|chksm|sharer_.*|share_.*|sharefrom|srcid|clicktime|enterid"
    r"|mpshare|wxfrom|wx_header|wxshare|wxtimestamp|nsukey|pass_ticket|exportkey|sessionid|devicetype|nettype"
    r"|abtest_cookie|fontgear|countrycode|spm|gclid|fbclid|poc_token|wx_.*"
)
_WEIXIN_IDENTITY = {"__biz": "__biz", "mid": "mid", "idx": "idx", "sn": "sn"}
_WEIXIN_IDENTITY |= {"appmsgid": "mid", "itemidx": "idx", "sign": "sn"}


def canonical_url(url: str) -> str:
    """``url`` in the form in which two links to the same page are equal; "" for what is not a web address.

    http is https; the host in lower case without default port; no trailing slash, no anchor, no tracking. What
    identifies an article stays: the query of a page (``?id=``), a hash route (``#/detail/123``), and of
    mp.weixin.qq.com ``__biz``, ``mid``, ``idx``, ``sn``. Parameters are sorted.
    """
    text = _INVISIBLE.sub("", url).strip().replace("&amp;", "&")
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.I):
        text = "https://" + text.removeprefix("//")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    return "https://" + place + _path(parts.path) + _identity(host, parts) + _route(parts.fragment)


def _path(path: str) -> str:
    return quote(unquote(path), safe="/:@!$&'()*+,;=~-._").rstrip("/")


def _identity(host: str, parts: SplitResult) -> str:
    if host != "mp.weixin.qq.com":
        return _query(parts.query)
    if parts.path.startswith("/s/"):
        return ""
    given = parse_qsl(parts.query, keep_blank_values=True)
    kept = sorted((_WEIXIN_IDENTITY[name], value) for name, value in given if name in _WEIXIN_IDENTITY)
    return "?" + urlencode(kept) if kept else _query(parts.query)


def _query(query: str) -> str:
    given = parse_qsl(query, keep_blank_values=True)
    kept = sorted((name, value) for name, value in given if not _TRACKING.fullmatch(name.casefold()))
    return "?" + urlencode(kept) if kept else ""


def _route(fragment: str) -> str:
    if not fragment.startswith(("/", "!/")):
        return ""
    path, _, query = fragment.partition("?")
    route = _path(path)
    return f"#{route}{_query(query)}" if route.strip("!/") else ""


def names_a_page(canonical: str) -> bool:
    """Whether a canonical link says more than a site: a bare home page identifies no article."""
    return re.fullmatch(r"(?:https://[^/?#]*)?", canonical) is None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A content number in a folded text. ``word``: all Chinese characters right before the year, of which
    the number's own word (反诈宣) is the end; ``start`` and ``end`` enclose the number with its own word."""

    word: str
    year: str
    serial: int
    start: int
    end: int

    @property
    def canonical(self) -> str:
        return f"{_own_word(self.word)}〔{self.year}〕{self.serial:03d}号"


_OPEN, _CLOSE = r"[\[\(【〔〖{《<「]", r"[\]\)】〕〗}》>」]"
_NUMBER = re.compile(
    rf"([一-鿿]{{1,12}})\s*{_OPEN}\s*((?:19|20)\d\d)\s*年?\s*{_CLOSE}\s*(?:第\s*)?(\d{{1,5}})(?!\d)(?:\s*号)?"
)


def _own_word(run: str) -> str:
    """The number's word at the end of a run of characters: from 反诈 on, else its last three characters."""
    start = run.rfind("反诈")
    return run[start:] if start >= 0 else run[-3:]


def numbers_at(folded: str) -> Iterator[Numbered]:
    """The content numbers in a folded text, with their places."""
    for match in _NUMBER.finditer(folded):
        run, year, serial = match.groups()
        start = match.start(1) + len(run) - len(_own_word(run))
        yield Numbered(run, year, int(serial), start, match.end())


def numbers_in(text: str) -> list[str]:
    """The content numbers in ``text`` in canonical form (反诈宣〔2026〕001号), in order, each once.

    Tolerates other brackets ([] 【】 () （） ［］), spaces, full-width digits, missing zeros and a missing 号.
    """
    return list(dict.fromkeys(number.canonical for number in numbers_at(fold(text))))
