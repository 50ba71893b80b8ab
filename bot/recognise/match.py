"""Recognition: which contents of a library a message passes on, and how that is seen.

It never stores or logs anything of a message, and approval, validity and the link allow-list play no part
(CONTRACTS, `match`).

A hit names a content; `Hit.main` says whether it was the content's *main* part that was reposted, and only that
covers a group (DESIGN, glossary). Who merely passed on the text beside a poster has a hit with ``main`` false.

- hash, url, title: ``main`` if the part with that file, link or title is the main part;
- exact, near: the text of a text part, whole or a good part of it: ``main`` if it is the main part;
- picture: a picture that looks like an image part: ``main`` if that is the main part;
- number in a text: ``main`` if the main part is a text. In a card or a file's name: if the main part is of that kind.

The number is looked for first, and it is what tells two contents on one template apart; but where a text is there,
the text decides: a number of another content beside it is kept as the hit's reason. A text that only *talks* about a
content (“…001号已转发”, “…001号转了吗”, a list of what is to be forwarded) is no repost: a confirmation is none, the
rest is ``ask``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.model.chat import FILES, Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.recognise.cards import KINDS, Cards, page_of
from bot.recognise.confirm import read_confirmation
from bot.recognise.files import Files, Look, Looks
from bot.recognise.fitting import Owner
from bot.recognise.gallery import Gallery
from bot.recognise.links import urls_in, without_urls
from bot.recognise.normalise import Numbered, fold, normalise, numbers_at, plain_and_numbers, without_quote
from bot.recognise.note import is_group_note
from bot.recognise.talk import issued_elsewhere, issuers, only_talks
from bot.recognise.texts import Carried, Texts
from bot.recognise.verdict import NOTHING, SCORE, Hit, How, Verdict, verdict_of

MUCH = 0.4
"""With its number so much of a text is the text, in whatever order."""
MAX_ITEMS = 500
MAX_DEPTH = 3

_TEXTS = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.UNKNOWN)
_SPEAKER = re.compile(r"^[^:：\n]{1,24}[:：]\s*")

MessageLook = Callable[[Message], Looks | None]
"""What a message's file looks like; None if it is not at hand or cannot be read."""


def unseen(_: Message | Part) -> Looks | None:
    """Where no file is at hand."""
    return None


@dataclass(slots=True)
class _Found:
    """What one message carries, while it is being read."""

    look: MessageLook
    reposts: list[Hit] = field(default_factory=list)
    asks: list[Hit] = field(default_factory=list)

    def add(self, hit: Hit, *, sure: bool) -> None:
        (self.reposts if sure else self.asks).append(hit)


class Recogniser:
    """An index over a library of contents. Immutable once built; a message costs nearly the same for any library.

    ``look``: at the file of a part; pictures and videos of the library are looked at when the first strange one comes.
    """

    def __init__(self, contents: Iterable[Content], look: Look = unseen) -> None:
        contents = list(contents)
        parts = [(content.id, part) for content in contents for part in content.parts]
        self._hashes: dict[str, list[Owner]] = {}
        self._numbers: dict[tuple[str, int], list[tuple[str, ContentId, PartKind]]] = {}
        self._own: dict[ContentId, str] = {}
        self._brings: dict[ContentId, frozenset[str]] = {}
        """The numbers that stand in a content's texts, its own included."""
        self._cards = Cards()
        self._kinds = {content.id: {part.kind for part in content.parts} for content in contents}
        self._titles = {content.id: normalise(content.title) for content in contents}
        texts = [part.text for _, part in parts if part.kind is PartKind.TEXT]
        self._issuers = frozenset().union(*map(issuers, texts))
        for content in contents:
            main_kind = content.parts[content.main].kind
            for number in numbers_at(fold(content.number)):
                entry = (number.word, content.id, main_kind)
                self._numbers.setdefault((number.year, number.serial), []).append(entry)
                self._own[content.id] = number.canonical
            told = "\n".join(part.text for part in content.parts if part.kind is PartKind.TEXT)
            numbers = (number.canonical for number in numbers_at(fold(f"{content.number}\n{told}")))
            self._brings[content.id] = frozenset(numbers)
        for id, part in parts:
            if part.sha256 and part.kind is not PartKind.TEXT:
                self._hashes.setdefault(part.sha256.lower(), []).append(Owner(id, part.main))
            self._cards.learn(id, part)
        self._texts = Texts(
            (_plain(part.text), Owner(id, part.main)) for id, part in parts if part.kind is PartKind.TEXT
        )
        self._files, self._gallery = Files(parts, look), Gallery(parts, look)

    def match(self, message: Message, look: MessageLook = unseen) -> Verdict:
        """What ``message`` carries: each content at most once, main parts first. Our own messages are none.

        A quote counts for what the person wrote, not for what is quoted; a merged history for its items. ``look``: at
        the file of the message, or of an item of it; without it a picture or video is known by its digest only.
        """
        if message.is_self:
            return NOTHING
        found = _Found(look)
        self._read(message, found, 0)
        return verdict_of(found.reposts, found.asks)

    def knows(self, sha256: str) -> bool:
        """Whether a file with this digest is one of the library's."""
        return sha256.lower() in self._hashes

    def _read(self, message: Message, found: _Found, depth: int) -> None:
        kind = message.kind
        if kind in FILES:
            self._file(message, found)
        elif kind in KINDS:
            self._card(message, found)
        elif kind is MessageKind.GROUP_NOTE:
            self._bodies(_plain(message.text), (), found)
        elif kind is MessageKind.HISTORY and message.items:
            if depth < MAX_DEPTH:
                for item in message.items[:MAX_ITEMS]:
                    self._read(item, found, depth + 1)
        elif kind is MessageKind.HISTORY:
            self._text(message.text, found, lines=True)
        elif kind in _TEXTS:
            self._text(without_quote(message.text), found)

    def _file(self, message: Message, found: _Found) -> None:
        owners = self._hashes.get(message.sha256.lower()) if message.sha256 else None
        if owners:
            found.reposts += (Hit(owner.content, How.HASH, SCORE[How.HASH], owner.main) for owner in owners)
            return
        self._written_on(message.title, message, found)
        looks = found.look(message)
        if looks is not None and looks.sketch is not None:
            for hit, sure in self._gallery.find(looks.sketch):
                found.add(hit, sure=sure)
        if message.kind is not MessageKind.IMAGE:
            for hit, sure in self._files.find(message, looks):
                found.add(hit, sure=sure)

    def _card(self, message: Message, found: _Found) -> None:
        hits = list(self._cards.find(message))
        for hit, sure in hits:
            found.add(hit, sure=sure)
        if any(sure and hit.how is How.URL for hit, sure in hits):
            return
        self._written_on(f"{message.title}\n{message.description}", message, found)

    def _written_on(self, words: str, message: Message, found: _Found) -> None:
        """Numbers on a card or in a file's name: sure where the content has such a part, and the site may be ours."""
        if issued_elsewhere(words, self._issuers):
            return
        kind = PartKind(message.kind.value)
        ours = self._cards.may_be_ours(message.url)
        for number in numbers_at(fold(words)):
            for content, main_kind in self._numbered(number):
                hit = Hit(content, How.NUMBER, SCORE[How.NUMBER], main_kind is kind)
                found.add(hit, sure=ours and kind in self._kinds[content])

    def _text(self, text: str, found: _Found, *, lines: bool = False) -> None:
        """Whole or partial texts, links and numbers. ``lines``: of several speakers, each line for itself."""
        urls = urls_in(text)
        for url in urls:
            found.reposts += self._cards.opened_by(url)
        if urls:
            text = without_urls(text)
        plain, numbers = plain_and_numbers(text)
        left = self._bodies(plain, numbers, found)
        if not left or is_group_note(text):
            return
        folded, carried = fold(text), len(left) < len(numbers) or bool(found.reposts)
        if not lines:
            self._mentions(folded, left, carried, found)
            return
        for line in folded.splitlines()[:MAX_ITEMS]:
            here = _SPEAKER.sub("", line)
            self._mentions(
                here,
                [n for n in numbers_at(here) if n.canonical in {m.canonical for m in left}],
                carried,
                found,
            )

    def _bodies(self, plain: str, numbers: Sequence[Numbered], found: _Found) -> list[Numbered]:
        """Texts inside ``plain``; returns the ``numbers`` that are not of these texts and may say something themselves."""
        carried = self._texts.find(plain)
        if not carried:
            return list(numbers)
        given = {number.canonical for number in numbers}
        explained: set[str] = set()
        wrong = False
        for one in carried:
            hits, sure = self._told_apart(one, given)
            brought = set().union(*(self._brings[hit.content] for hit in hits))
            explained |= brought
            others = sorted(n.canonical for n in numbers if self._numbered(n) and n.canonical not in brought)
            lacks = any(hit.content in self._own for hit in hits) and not brought & given
            wrong |= bool(lacks and others and sure)
            reason = f"正文是这一条，编号却写着{'、'.join(others)}" if lacks and others else ""
            for hit in hits:
                found.add(replace(hit, reason=reason), sure=sure)
        # A text without its own number beside another one: that is a wrong number and not another content.
        return [] if wrong else [number for number in numbers if number.canonical not in explained]

    def _told_apart(self, carried: Carried, given: set[str]) -> tuple[list[Hit], bool]:
        """The hits of a text that was found, and whether they are sure: where several fit, the number tells which it is."""
        owners = [*carried.owners, *carried.rivals]
        by_number = (
            [owner for owner in owners if self._brings[owner.content] & given] if len(owners) > 1 else []
        )
        how = How.EXACT if carried.exact else How.NEAR
        hits = [Hit(owner.content, how, carried.score, owner.main) for owner in by_number or owners]
        return hits, carried.sure or (bool(by_number) and bool(carried.rivals))

    def _mentions(self, text: str, numbers: Sequence[Numbered], carried: bool, found: _Found) -> None:
        """Numbers in a folded text that no text in it explains."""
        if not numbers or (not carried and read_confirmation(text) is not None):
            return
        if not carried and issued_elsewhere(text, self._issuers):
            return
        named = [hit for number in numbers for hit in self._numbered(number)]
        about = not carried and only_talks(text, (self._titles[content] for content, _ in named))
        for content, main_kind in named:
            hit = Hit(content, How.NUMBER, SCORE[How.NUMBER], main_kind is PartKind.TEXT)
            found.add(hit, sure=not about or self._texts.share(content, _plain(text)) >= MUCH)

    def _numbered(self, number: Numbered) -> list[tuple[ContentId, PartKind]]:
        known = self._numbers.get((number.year, number.serial), ())
        return [(content, kind) for word, content, kind in known if _has_word(number.word, word)]


_BEFORE = re.compile(
    r"(?:^|转发?|看+|的|是|为|见|按|据|请|发|号|条|和|与|及|下|上|容|标题|提醒|学习|通知|关于|将|把|对|在|到|给|了|有|这个?|[:，。！？\s])$"
)


def _has_word(run: str, word: str) -> bool:
    """Whether the characters before a year end with a number's own word: 白反诈宣 is another town's than 反诈宣."""
    return run.endswith(word) and _BEFORE.search(run.removesuffix(word)) is not None


def is_part(message: Message, part: Part) -> bool:
    """Whether ``message`` is exactly ``part``, as our own message comes back to us: not another part, not a quote."""
    if message.kind.value != part.kind.value:
        return False
    if part.kind is PartKind.TEXT:
        return normalise(message.text) == normalise(part.text)
    if message.kind in FILES:
        return message.sha256 != "" and message.sha256.lower() == part.sha256.lower()
    here, there = page_of(message.url, message.appid, message.page), page_of(part.url, part.appid, part.page)
    return here == there and normalise(message.title) == normalise(part.title)


def _plain(text: str) -> str:
    """A text of the library, or of a list, as it is compared."""
    return plain_and_numbers(without_urls(text))[0]
