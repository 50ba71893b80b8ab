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
from bot.model.content import Content, Part, PartKind
from bot.recognise.cards import KINDS, Cards, page_of
from bot.recognise.confirm import read_confirmation
from bot.recognise.files import Files, Look, Looks
from bot.recognise.fitting import Owner
from bot.recognise.gallery import Gallery
from bot.recognise.links import urls_in, without_urls
from bot.recognise.normalise import Numbered, fold, normalise, numbers_at, plain_and_numbers, without_quote
from bot.recognise.note import is_group_note
from bot.recognise.numbers import Numbers
from bot.recognise.talk import issued_elsewhere, issuers, may_say_done, only_talks
from bot.recognise.texts import Carried, Texts
from bot.recognise.verdict import NOTHING, SCORE, Hit, How, Verdict, verdict_of

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
        self._numbers = Numbers(contents)
        self._main = {content.id: content.parts[content.main].kind for content in contents}
        self._cards = Cards()
        self._kinds = {content.id: {part.kind for part in content.parts} for content in contents}
        self._titles = {content.id: normalise(content.title) for content in contents}
        texts = [part.text for _, part in parts if part.kind is PartKind.TEXT]
        self._issuers = frozenset().union(*map(issuers, texts))
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
        if kind in _TEXTS:
            self._text(without_quote(message.text), found)
        elif kind in FILES:
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

    def _file(self, message: Message, found: _Found) -> None:
        owners = self._hashes.get(message.sha256.lower()) if message.sha256 else None
        if owners:
            found.reposts += (Hit(owner.content, How.HASH, SCORE[How.HASH], owner.main) for owner in owners)
            return
        looks = found.look(message)
        pictured = looks is not None and looks.sketch is not None
        if looks is not None and looks.sketch is not None:
            for hit, sure in self._gallery.find(looks.sketch):
                found.add(replace(hit, reason=self._misnamed(message.title, hit)), sure=sure)
        if not found.reposts:
            # What can be seen decides: a name alone does not make another picture ours.
            self._written_on(message.title, message, found, sure=not pictured)
        if message.kind is not MessageKind.IMAGE:
            for hit, sure in self._files.find(message, looks):
                found.add(hit, sure=sure)

    def _misnamed(self, name: str, hit: Hit) -> str:
        """Why a picture's name contradicts what it shows; empty if it does not."""
        numbers = [n for n in numbers_at(fold(name)) if self._numbers.contents(n)]
        others = [n.canonical for n in numbers if hit.content not in self._numbers.contents(n)]
        return f"图是这一条，文件名却写着{'、'.join(others)}" if others else ""

    def _card(self, message: Message, found: _Found) -> None:
        hits = list(self._cards.find(message))
        for hit, sure in hits:
            found.add(hit, sure=sure)
        if any(sure and hit.how is How.URL for hit, sure in hits):
            return
        self._written_on(f"{message.title}\n{message.description}", message, found)

    def _written_on(self, words: str, message: Message, found: _Found, *, sure: bool = True) -> None:
        """Numbers on a card or in a file's name: sure where the content has such a part, and the site may be ours."""
        if issued_elsewhere(words, self._issuers):
            return
        kind = PartKind(message.kind.value)
        ours = self._cards.may_be_ours(message.url)
        for number in numbers_at(fold(words)):
            for content in self._numbers.contents(number):
                hit = Hit(content, How.NUMBER, SCORE[How.NUMBER], self._main[content] is kind)
                found.add(hit, sure=sure and ours and kind in self._kinds[content])

    def _text(self, text: str, found: _Found, *, lines: bool = False) -> None:
        """Whole or partial texts, links and numbers. ``lines``: of several speakers, each line for itself."""
        if "." in text and (urls := urls_in(text)):
            for url in urls:
                found.reposts += self._cards.opened_by(url)
            text = without_urls(text)
        plain, numbers = plain_and_numbers(text)
        left = self._bodies(plain, numbers, found)
        if not left or not any(map(self._numbers.contents, left)) or is_group_note(text):
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
        if not numbers:
            for one in carried:
                for owner in (*one.owners, *one.rivals):
                    found.add(_hit(one, owner), sure=one.sure)
            return []
        given = {number.canonical for number in numbers if self._numbers.contents(number)}
        explained: set[str] = set()
        for one in carried:
            owners = [*one.owners, *one.rivals]
            # Where several fit, the number tells which it is.
            named = [owner for owner in owners if self._numbers.brings[owner.content] & given]
            if named and len(owners) > 1:
                owners = named
            brought = frozenset().union(*(self._numbers.brings[owner.content] for owner in owners))
            explained |= brought
            others = "、".join(sorted(given - brought))
            wrong = bool(others) and not named and any(o.content in self._numbers.has_own for o in owners)
            reason = f"正文是这一条，编号却写着{others}" if wrong else ""
            for owner in owners:
                found.add(_hit(one, owner, reason), sure=one.sure or bool(named and one.rivals))
            if wrong and one.sure:
                # That is a wrong number and not another content.
                explained |= given
        return [number for number in numbers if number.canonical not in explained]

    def _mentions(self, text: str, numbers: Sequence[Numbered], carried: bool, found: _Found) -> None:
        """Numbers in a folded text that no text in it explains."""
        named = [content for number in numbers for content in self._numbers.contents(number)]
        if not named or (not carried and issued_elsewhere(text, self._issuers)):
            return
        about = not carried and only_talks(text, (self._titles[content] for content in named))
        if about and may_say_done(text) and read_confirmation(text) is not None:
            return
        much = self._texts.much_of(named, _plain(text)) if about else ()
        for content in named:
            hit = Hit(content, How.NUMBER, SCORE[How.NUMBER], self._main[content] is PartKind.TEXT)
            found.add(hit, sure=not about or content in much)


def _hit(carried: Carried, owner: Owner, reason: str = "") -> Hit:
    return Hit(owner.content, How.EXACT if carried.exact else How.NEAR, carried.score, owner.main, reason)


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
