"""Reposts of links, files, videos, mini-programs and 视频号."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.corpus.case import Case
from tests.corpus.held.desk import Desk, repost, text
from tests.corpus.held.frames import AFTER, BEFORE
from tests.corpus.held.media import CHANNELS, FILES, LINKS, MINI_PROGRAMS, VIDEOS, Card, mp4
from tests.corpus.held.pieces import file_number

_TRACKING = (
    "scene=126&srcid=1112QbXk", "from=timeline&isappinstalled=0", "from=groupmessage", "sharer_shareinfo=8c1d&sharer_shareinfo_first=8c1d",
    "utm_source=wechat&utm_medium=social", "nsukey=Zk3%2F9aQ%3D&from=singlemessage", "ascene=1&devicetype=android-34&version=28003945",
)  # fmt: skip
_SHORT = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789-_"


def media_reposts(desk: Desk) -> Iterator[Case]:
    yield from _links(desk)
    yield from _files(desk)
    yield from _videos(desk)
    yield from _programs(desk)
    yield from _channels(desk)


def _shown(card: Card, url: str) -> Mapping[str, Any]:
    return {"type": "link", "url": url, "title": card.title, "description": card.description}


def _links(desk: Desk) -> Iterator[Case]:
    kinds = (
        ("same url", 26, LINKS, lambda card: card.url),
        ("tracking", 52, LINKS, lambda card: _tracked(desk, card.url)),
        ("parameters reordered", 34, _of("long", "query"), lambda card: _reordered(desk, card.url)),
        ("http", 30, LINKS, lambda card: card.url.replace("https:", "http:")),
        ("mobile host", 15, _of("page"), lambda card: card.url.replace("//www.", "//m.")),
    )
    for change, full, cards, made in kinds:
        for card in desk.around(cards, full):
            yield repost("link", change, _shown(card, made(card)), _id(card))
    for card in desk.around(LINKS, 40):
        bare = {"type": "link", "url": _tracked(desk, card.url), "title": desk.rng.choice(("", "网页链接"))}
        yield repost("link", "url without title", bare, _id(card))
    for card in desk.around(_of("long"), 28):
        short = "https://mp.weixin.qq.com/s/" + "".join(desk.rng.choices(_SHORT, k=22))
        yield repost("card", "short form", _shown(card, short), _id(card))
    for card in desk.around(LINKS, 45):
        yield repost("card", "card only", _shown(card, ""), _id(card))
    for card in desk.around(LINKS, 60):
        yield repost("link", "url in a text", text(_said(desk, card)), _id(card))
    for card in desk.around(LINKS, 26):
        item = {**_shown(card, card.url), "from": "小杨"}
        talk = {"type": "text", "text": desk.rng.choice(BEFORE), "from": "老付"}
        yield repost("history", "link item", {"type": "history", "items": [talk, item]}, _id(card))


def _of(*forms: str) -> list[Card]:
    return [card for card in LINKS if card.form in forms]


def _id(card: Card) -> str:
    return f"link-{LINKS.index(card)}"


def _tracked(desk: Desk, url: str) -> str:
    """With the parameters that sharing adds, before the fragment or, at a route, behind it."""
    parts = urlsplit(url)
    more = desk.rng.choice(_TRACKING)
    if parts.fragment:
        return f"{url}&{more}"
    query = "&".join(filter(None, (parts.query, more)))
    fragment = desk.rng.choice(("", "", "rd", "wechat_redirect")) if "weixin" in url else ""
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def _reordered(desk: Desk, url: str) -> str:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query)
    while True:
        mixed = desk.rng.sample(pairs, len(pairs))
        if mixed != pairs:
            break
    safe = "=" if desk.rng.random() < 0.5 else ""
    return urlunsplit(parts._replace(query=urlencode(mixed, safe=safe)))


def _said(desk: Desk, card: Card) -> str:
    url = _tracked(desk, card.url) if desk.rng.random() < 0.5 else card.url
    return desk.rng.choice((
        f"{desk.rng.choice(BEFORE)}{url}",
        f"{card.title}\n{url}",
        f"{url} {desk.rng.choice(AFTER)}",
        f"《{card.title}》，点开看：{url}，{desk.rng.choice(AFTER)}",
        url,
    ))  # fmt: skip


def _read(desk: Desk, folder: str, name: str) -> bytes:
    return (desk.out / "library" / folder / name).read_bytes()


def _files(desk: Desk) -> Iterator[Case]:
    for place in desk.around(range(len(FILES)), 24):
        name = FILES[place][0]
        yield repost(
            "file", "same file", _file(desk, name, _read(desk, f"file-{place}", name)), f"file-{place}"
        )
    for place in desk.around(range(len(FILES)), 40):
        name, title = FILES[place]
        new = desk.rng.choice(
            ("{title}(1){end}", "副本-{title}{end}", "1{end}", "微信文件{end}", "新下载{end}", "打印{end}")
        )
        told = _file(desk, new.format(title=title, end=Path(name).suffix), _read(desk, f"file-{place}", name))
        yield repost("file", "renamed", told, f"file-{place}")
    if desk.numbers:
        for place in desk.around(range(len(FILES)), 24):
            name, title = FILES[place]
            data = _read(desk, f"file-{place}", name)
            saved = data[: len(data) - 900] + desk.rng.randbytes(1_400)
            yield repost(
                "file",
                "number in the name",
                _file(desk, f"{file_number(place)} {name}", saved),
                f"file-{place}",
            )


def _file(desk: Desk, name: str, data: bytes) -> Mapping[str, Any]:
    kind = "video" if name.endswith(".mp4") else "file"
    titled = {"title": name} if desk.rng.random() < 0.5 else {}
    return {"type": kind, "path": desk.file(name, data), **titled}


def _videos(desk: Desk) -> Iterator[Case]:
    for place in desk.around(range(len(VIDEOS)), 18):
        name = VIDEOS[place][0]
        yield repost(
            "video", "same bytes", _file(desk, name, _read(desk, f"video-{place}", name)), f"video-{place}"
        )
    for place in desk.around(range(len(VIDEOS)), 24):
        name = VIDEOS[place][0]
        new = desk.rng.choice(("video_20261112.mp4", "1731412345678.mp4", "mmexport99812.mp4"))
        yield repost(
            "video",
            "same bytes renamed",
            _file(desk, new, _read(desk, f"video-{place}", name)),
            f"video-{place}",
        )
    for place in desk.around(range(len(VIDEOS)), 30):
        name, _, milliseconds = VIDEOS[place]
        smaller = mp4(milliseconds, desk.rng, desk.rng.randint(9_000, 18_000))
        yield repost("video", "re-encoded", _file(desk, name, smaller), f"video-{place}")


def _programs(desk: Desk) -> Iterator[Case]:
    for place in desk.around(range(len(MINI_PROGRAMS)), 30):
        appid, page, title = MINI_PROGRAMS[place]
        tracked = (
            page
            + ("&" if "?" in page else "?")
            + desk.rng.choice(("scene=1007", "from=groupmessage", "share=7f2c"))
        )
        told = {
            "type": "mini_program",
            "appid": appid,
            "page": desk.rng.choice((page, tracked)),
            "title": title,
        }
        yield repost("card", "mini-program", told, f"mini-{place}")


def _channels(desk: Desk) -> Iterator[Case]:
    for place in desk.around(range(len(CHANNELS)), 30):
        title, author = CHANNELS[place]
        shown = desk.rng.choice((title, f"{title[:-2]}…", title))
        told = {"type": "channels", "title": shown, "description": author}
        yield repost("card", "channels", told, f"channels-{place}")
