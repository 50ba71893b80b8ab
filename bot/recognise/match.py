"""First stage of recognition: the same number, text, link, title or file as a known content.

It never stores or logs anything of a message, and approval, validity and the link allow-list play no part
(CONTRACTS, `match`). Near matches and pictures that were saved again are not seen here.

A hit names a content; `Hit.main` says whether it was the content's *main* part that was reposted, and only that
covers a group (DESIGN, glossary). Who merely passed on the text beside a poster has a hit with ``main`` false.

- hash, url, title: ``main`` if the part with that file, link or title is the main part;
- exact: the whole text of a text part, also with something before or after it: ``main`` if it is the main part;
- number in a text: ``main`` if the main part is a text. In a card: if the main part is a card of that kind.

A text that only *talks* about a content (“…001号已转发”, “…001号转了吗”, a #接龙) is no repost: a confirmation is
none, the rest is ``ask``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.model.chat import FILES, Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.recognise.confirm import read_confirmation
from bot.recognise.normalise import (
    Numbered,
    canonical_url,
    fold,
    names_a_page,
    normalise,
    numbers_at,
    urls_in,
    without_quote,
)
from bot.recognise.note import is_group_note

GRAM = 16
"""Characters at a text's start under which it is indexed: a message costs one look-up per character."""
MIN_INSIDE = 20
"""A text this long is also found inside another one; a shorter one only as the whole message."""
MIN_MESSAGE = 8
MIN_TITLE = 6
MIN_AROUND_NUMBER = 4
"""A number with less than this around it is a mention of the content, not the content."""
QUESTION_MAX = 20
TALK_MAX = 40
"""A text around a number that is no longer than this can be talk about it; a longer one is the content."""
MAX_ITEMS = 500
MAX_DEPTH = 3


class VerdictKind(StrEnum):
    REPOST = "repost"
    ASK = "ask"
    NONE = "none"


class How(StrEnum):
    NUMBER = "number"
    EXACT = "exact"
    URL = "url"
    TITLE = "title"
    HASH = "hash"


_SCORE = {How.EXACT: 1.0, How.HASH: 1.0, How.URL: 1.0, How.NUMBER: 0.95, How.TITLE: 0.9}


@dataclass(frozen=True, slots=True)
class Hit:
    """A content that a message carries; ``main``: its main part was reposted, which covers a group."""

    content: ContentId
    how: How
    score: float
    main: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``repost`` as soon as there is one hit that is a repost; of ``ask``, ``hits`` says what it is about."""

    kind: VerdictKind
    hits: tuple[Hit, ...] = ()


NOTHING = Verdict(VerdictKind.NONE)


@dataclass(frozen=True, slots=True)
class _Known:
    """A part of a content as the index keeps it. ``body``: of a text part, normalised."""

    content: ContentId
    main: bool
    body: str = ""
    numbers: Counter[str] | None = None
    page: str = ""


@dataclass(slots=True)
class _Found:
    """What one message carries, while it is being read."""

    reposts: list[Hit]
    asks: list[Hit]

    def add(self, known: _Known, how: How) -> None:
        self.reposts.append(Hit(known.content, how, _SCORE[how], known.main))


_CARDS = {
    MessageKind.LINK: PartKind.LINK,
    MessageKind.MINI_PROGRAM: PartKind.MINI_PROGRAM,
    MessageKind.CHANNELS: PartKind.CHANNELS,
}
_TEXTS = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.UNKNOWN)
_QUESTION = re.compile(r"[?吗嘛]")
_TALK = re.compile(
    r"[已己未没].{0,3}转(?!账|帐)|[都均]转(?!账|帐)|转发?(?:了|完|过|好|没)|[请帮].{0,10}转发(?!给|家|亲|身边|提醒)"
)
_SPEAKER = re.compile(r"^[^:：\n]{1,24}[:：]\s*")


class Recogniser:
    """An index over a library of contents. Immutable once built; a message costs the same for any library."""

    def __init__(self, contents: Iterable[Content]) -> None:
        self._starts: dict[str, list[_Known]] = {}
        self._wholes: dict[str, list[_Known]] = {}
        self._hashes: dict[str, list[_Known]] = {}
        self._pages: dict[str, list[_Known]] = {}
        self._titles: dict[tuple[PartKind, str], list[_Known]] = {}
        self._numbers: dict[tuple[str, int], list[tuple[str, ContentId, PartKind]]] = {}
        for content in contents:
            main_kind = content.parts[content.main].kind
            for number in numbers_at(fold(content.number)):
                entry = (number.word, content.id, main_kind)
                self._numbers.setdefault((number.year, number.serial), []).append(entry)
            for part in content.parts:
                self._learn(content.id, part)

    def _learn(self, content: ContentId, part: Part) -> None:
        if part.kind is PartKind.TEXT:
            body = normalise(part.text)
            numbers = Counter(n.canonical for n in numbers_at(fold(part.text)))
            known = _Known(content, part.main, body, numbers)
            if len(body) >= MIN_INSIDE:
                self._starts.setdefault(body[:GRAM], []).append(known)
            elif len(body) >= MIN_MESSAGE:
                self._wholes.setdefault(body, []).append(known)
            return
        page = _page(part.url, part.appid, part.page)
        known = _Known(content, part.main, page=page)
        if part.sha256:
            self._hashes.setdefault(part.sha256.lower(), []).append(known)
        if names_a_page(page):
            self._pages.setdefault(page, []).append(known)
        title = normalise(part.title)
        if len(title) >= MIN_TITLE:
            self._titles.setdefault((part.kind, title), []).append(known)

    def match(self, message: Message) -> Verdict:
        """What ``message`` carries: each content at most once, main parts first. Our own messages are none.

        A quote counts for what the person wrote, not for what is quoted; a merged history for its items.
        """
        if message.is_self:
            return NOTHING
        found = _Found([], [])
        self._read(message, found, 0)
        if found.reposts:
            return Verdict(VerdictKind.REPOST, _best(found.reposts))
        if found.asks:
            return Verdict(VerdictKind.ASK, _best(found.asks))
        return NOTHING

    def _read(self, message: Message, found: _Found, depth: int) -> None:
        kind = message.kind
        if kind in FILES:
            for known in self._hashes.get(message.sha256.lower(), ()) if message.sha256 else ():
                found.add(known, How.HASH)
        elif kind in _CARDS:
            self._card(message, _CARDS[kind], found)
        elif kind is MessageKind.GROUP_NOTE:
            self._bodies(message.text, found)
        elif kind is MessageKind.HISTORY and message.items:
            if depth < MAX_DEPTH:
                for item in message.items[:MAX_ITEMS]:
                    self._read(item, found, depth + 1)
        elif kind is MessageKind.HISTORY:
            carried = self._bodies(message.text, found)
            for line in message.text.splitlines()[:MAX_ITEMS]:
                self._mentions(_SPEAKER.sub("", line), carried, found)
        elif kind in _TEXTS:
            text = without_quote(message.text)
            carried = self._bodies(text, found)
            if not is_group_note(text):
                self._mentions(text, carried, found)

    def _card(self, message: Message, kind: PartKind, found: _Found) -> None:
        page = _page(message.url, message.appid, message.page)
        if names_a_page(page) and page in self._pages:
            for known in self._pages[page]:
                found.add(known, How.URL)
            return
        for known in self._titles.get((kind, normalise(message.title)), ()):
            if not _other_page(page, known.page):
                found.add(known, How.TITLE)
        for number in numbers_at(fold(f"{message.title}\n{message.description}")):
            for content, main_kind in self._numbered(number):
                found.add(_Known(content, main_kind is kind), How.NUMBER)

    def _bodies(self, text: str, found: _Found) -> Counter[str]:
        """Whole texts inside ``text``; returns the numbers that these texts themselves bring along."""
        carried: Counter[str] = Counter()
        plain = normalise(text)
        if len(plain) < MIN_MESSAGE:
            return carried
        spans = sorted(self._inside(plain), key=lambda span: (span[0], -span[1]))
        spans += [(0, len(plain), known) for known in self._wholes.get(plain, ())]
        widest = (0, 0)
        for start, end, known in spans:
            if end <= widest[1] and (start, end) != widest:
                continue
            widest = (start, end)
            found.add(known, How.EXACT)
            carried += known.numbers or Counter()
        return carried

    def _inside(self, plain: str) -> Iterator[tuple[int, int, _Known]]:
        starts = self._starts
        for at in range(len(plain) - GRAM + 1):
            for known in starts.get(plain[at : at + GRAM], ()):
                if plain.startswith(known.body, at):
                    yield at, at + len(known.body), known

    def _mentions(self, text: str, carried: Counter[str], found: _Found) -> None:
        """Links and numbers in a text, except the numbers that a whole text found in it has itself."""
        for url in urls_in(text):
            for known in self._pages.get(canonical_url(url), ()):
                found.add(known, How.URL)
        folded = fold(text)
        left = Counter(carried)
        numbers = []
        for number in numbers_at(folded):
            left[number.canonical] -= 1
            if left[number.canonical] < 0:
                numbers.append(number)
        if not numbers or (not carried and read_confirmation(text) is not None):
            return
        about = not carried and _only_talks(folded)
        for number in numbers:
            for content, main_kind in self._numbered(number):
                hit = Hit(content, How.NUMBER, _SCORE[How.NUMBER], main_kind is PartKind.TEXT)
                (found.asks if about else found.reposts).append(hit)

    def _numbered(self, number: Numbered) -> Iterator[tuple[ContentId, PartKind]]:
        for word, content, main_kind in self._numbers.get((number.year, number.serial), ()):
            if number.word.endswith(word):
                yield content, main_kind


def is_part(message: Message, part: Part) -> bool:
    """Whether ``message`` is exactly ``part``, as our own message comes back to us: not another part, not a quote."""
    if message.kind.value != part.kind.value:
        return False
    if part.kind is PartKind.TEXT:
        return normalise(message.text) == normalise(part.text)
    if message.kind in FILES:
        return message.sha256 != "" and message.sha256.lower() == part.sha256.lower()
    here, there = _page(message.url, message.appid, message.page), _page(part.url, part.appid, part.page)
    return here == there and normalise(message.title) == normalise(part.title)


def _only_talks(folded: str) -> bool:
    """Whether a text with a number says too little, or asks about forwarding, to be the content itself."""
    for number in reversed(list(numbers_at(folded))):
        folded = folded[: number.start] + " " + folded[number.end :]
    around = len(normalise(folded))
    return (
        around < MIN_AROUND_NUMBER
        or (around <= QUESTION_MAX and _QUESTION.search(folded) is not None)
        or (around <= TALK_MAX and _TALK.search(folded) is not None)
    )


def _page(url: str, appid: str, page: str) -> str:
    """The identity of what a card opens: a canonical link, or a page of a mini-program; "" if it has none."""
    if appid and page:
        return canonical_url(f"https://mini.invalid/{appid}/{page.lstrip('/')}").replace(".html", "")
    return canonical_url(url) if url else ""


def _other_page(given: str, known: str) -> bool:
    """Whether two cards of one title open different articles of the same place (another ``?id=``)."""
    places = [re.split(r"[?#]", page)[0] for page in (given, known)]
    return given != known and places[0] == places[1] != ""


def _best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit per content, the best: a main part before any other, then the surer one."""
    best: dict[ContentId, Hit] = {}
    for hit in hits:
        other = best.get(hit.content)
        if other is None or (hit.main, hit.score) > (other.main, other.score):
            best[hit.content] = hit
    return tuple(sorted(best.values(), key=lambda hit: (not hit.main, -hit.score)))
