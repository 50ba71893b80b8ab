"""Cards that open a content: links, mini-programs, 视频号. Known by what they open, else by what stands on them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model.chat import Message, MessageKind
from bot.model.content import ContentId, Part, PartKind
from bot.recognise.links import canonical_url, looser, names_a_page, names_of, wrapped_in
from bot.recognise.normalise import plain_and_numbers
from bot.recognise.verdict import SCORE, Hit, How

MIN_TITLE = 6
_ANYBODYS = "https://mp.weixin.qq.com"
MIN_CUT = 8
"""Characters of a title that a chat cut off with “…”."""
_CUT = re.compile(r"(?:…|\.{3,})\s*$")

KINDS = {
    MessageKind.LINK: PartKind.LINK,
    MessageKind.MINI_PROGRAM: PartKind.MINI_PROGRAM,
    MessageKind.CHANNELS: PartKind.CHANNELS,
}


@dataclass(frozen=True, slots=True)
class _Card:
    content: ContentId
    main: bool
    page: str
    title: str
    description: str


class Cards:
    """The cards of a library."""

    def __init__(self) -> None:
        self._pages: dict[str, list[_Card]] = {}
        self._titles: dict[tuple[PartKind, str], list[_Card]] = {}
        self._starts: dict[tuple[PartKind, str], list[str]] = {}
        self._sites = {_ANYBODYS}

    def learn(self, content: ContentId, part: Part) -> None:
        page, title = page_of(part.url, part.appid, part.page), _bare(part.title)
        card = _Card(content, part.main, page, title, _plain(part.description))
        if names_a_page(page):
            self._sites.add(_site(page))
            for name in names_of(page):
                self._pages.setdefault(name, []).append(card)
        if len(title) >= MIN_TITLE:
            same = self._titles.setdefault((part.kind, title), [])
            if not same:
                self._starts.setdefault((part.kind, title[:MIN_TITLE]), []).append(title)
            same.append(card)

    def may_be_ours(self, url: str) -> bool:
        """Whether what ``url`` opens may be ours though no page of it is known: it is on a site of the library's pages, or
        where everybody has theirs. Without a link nothing speaks against it."""
        return not url or _site(canonical_url(url)) in self._sites

    def opened_by(self, url: str) -> list[Hit]:
        """The contents whose page ``url`` opens, also through a wrapper around it."""
        for one in (url, *wrapped_in(url)):
            page = canonical_url(one)
            if found := self._at(page):
                return found
        return []

    def _at(self, page: str) -> list[Hit]:
        if not names_a_page(page):
            return []
        for name in (page, *looser(page)):
            if known := self._pages.get(name):
                return [Hit(card.content, How.URL, SCORE[How.URL], card.main) for card in known]
        return []

    def find(self, message: Message) -> Iterator[tuple[Hit, bool]]:
        """Hits of a card, and whether each is sure: by its page, else by its title."""
        page = page_of(message.url, message.appid, message.page)
        hits = self._at(page) or (self.opened_by(message.url) if message.url else [])
        if hits:
            yield from ((hit, True) for hit in hits)
            return
        kind = KINDS[message.kind]
        title, description = _bare(message.title), _plain(message.description)
        named = [
            card for known in self._like(kind, message.title, title) for card in self._titles[kind, known]
        ]
        if len(named) > 1 and description:
            named = [card for card in named if card.description == description] or named
        for card in named:
            other_words = bool(description and card.description and description != card.description)
            elsewhere = _other_page(page, card.page)
            if elsewhere and (other_words or not description):
                continue
            sure = not elsewhere and not other_words and len(named) == 1
            yield Hit(card.content, How.TITLE, SCORE[How.TITLE], card.main), sure

    def _like(self, kind: PartKind, written: str, title: str) -> list[str]:
        """The known titles that a title is, or is cut from."""
        if (kind, title) in self._titles:
            return [title]
        if not _CUT.search(written) or len(title) < MIN_CUT:
            return []
        return [known for known in self._starts.get((kind, title[:MIN_TITLE]), ()) if known.startswith(title)]


def _bare(title: str) -> str:
    """A title as it is compared, without what people put around it: hashtags, “转发：”, the account's name."""
    return _plain(_AROUND.sub("", re.sub(r"#[^\s#]+#?", "", title)))


_AROUND = re.compile(
    r"^\s*[\[【(（「]?(?:转发|转|扩散|荐读|推荐|分享|必看|重要)[\]】)）」:：|\s]+|\s*(?:[|｜_]|\s[-—–])\s*[一-鿿a-z]{2,10}\s*$",
    re.I,
)


def _site(page: str) -> str:
    found = re.match(r"https://[^/?#]*", page)
    return found[0] if found else ""


def page_of(url: str, appid: str, page: str) -> str:
    """The identity of what a card opens: a canonical link, or a page of a mini-program; "" if it has none."""
    if appid and page:
        return canonical_url(f"https://mini.invalid/{appid}/{page.lstrip('/')}").replace(".html", "")
    return canonical_url(url) if url else ""


def _plain(text: str) -> str:
    return plain_and_numbers(text)[0]


def _other_page(given: str, known: str) -> bool:
    """Whether two cards of one title open different articles of the same place.

    An article of mp.weixin.qq.com has a long and a short form: which short one is which long one, nobody can see.
    """
    if not given or not known or given == known:
        return False
    if _site(given) != _site(known):
        return False
    forms = [re.split(r"[?#]", page)[0].rsplit("/s", 1)[-1] == "" for page in (given, known)]
    return not (_site(given) == _ANYBODYS and forms[0] != forms[1])
