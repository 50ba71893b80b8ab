"""Messages that carry contents as what is not text: links, mini-programs, channels, files, videos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.corpus.case import Case
from tests.corpus.texts_library import BIZ, Piece, Stock, hexes, long_address, short_address
from tests.corpus.texts_media import mp4, pdf
from tests.corpus.texts_reposts import Kind, case
from tests.corpus.texts_talk import OPENERS
from tests.corpus.texts_words import spin


class Files:
    """Puts files below ``out``, each in a folder of its own, so that it keeps the name that the chat showed."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._count = 0

    def put(self, name: str, data: bytes) -> str:
        """Where ``data`` stands now, relative to ``out``."""
        self._count += 1
        path = Path("files", f"t{self._count:05d}", name)
        (self._out / path).parent.mkdir(parents=True)
        (self._out / path).write_bytes(data)
        return path.as_posix()


def link(card: dict[str, str], **changed: str) -> dict[str, Any]:
    """The message of a link, with what is ``changed``; nothing that is empty."""
    told = {"type": "link", **card, **changed}
    return {key: value for key, value in told.items() if value or key == "url"}


def link_kinds(stock: Stock) -> Iterator[Kind]:
    """Every kind of repost of a link."""
    links = stock.of("link")
    of_sites = [piece for piece in links if piece.form in ("page", "query", "hash")]
    of_accounts = [piece for piece in links if piece.form in ("long", "short")]
    with_order = [piece for piece in links if piece.form in ("long", "query")]
    yield Kind("card", 80, lambda rng: _card(rng, rng.choice(links)))
    yield Kind("tracked", 240, lambda rng: _tracked(rng, rng.choice(links)))
    yield Kind("parameter order", 120, lambda rng: _ordered(rng, rng.choice(with_order)))
    yield Kind("scheme", 80, lambda rng: _scheme(rng, rng.choice(links)))
    yield Kind("mobile host", 120, lambda rng: _mobile(rng, rng.choice(of_sites)))
    yield Kind("other form", 140, lambda rng: _other_form(rng, rng.choice(of_accounts)))
    yield Kind("title and description", 60, lambda rng: _words_only(rng.choice(links)))
    yield Kind("address only", 100, lambda rng: _address_only(rng, rng.choice(links)))
    yield Kind("address in a text", 220, lambda rng: _in_text(rng, rng.choice(links)))


def _card(rng: Random, piece: Piece) -> Case | None:
    described = rng.choice((piece.card["description"], ""))
    return case("link", "card", link(piece.card, description=described), piece)


def tracked(rng: Random, url: str, form: str) -> str:
    """``url`` with what WeChat and browsers put behind it."""
    if form == "page":
        return f"{url}?{_share(rng)}" if rng.random() < 0.8 else f"{url}#wechat_redirect"
    if form == "hash":
        head, route = url.split("#")
        return rng.choice((f"{head}?{_share(rng)}#{route}", f"{url}?{_share(rng)}"))
    mark = "?" if form == "short" else "&"
    tail = rng.choice(("", "#rd", "#wechat_redirect")) if form != "query" else ""
    more = [_share(rng)]
    if form == "long":
        more.insert(0, f"chksm={hexes(rng, 84)}")
    return f"{url}{mark}{'&'.join(more[: rng.randint(1, 2)])}{tail}"


def _share(rng: Random) -> str:
    return rng.choice(
        (
            f"from=singlemessage&isappinstalled={rng.randint(0, 1)}",
            f"from=timeline&scene={rng.choice((2, 21, 27, 126))}",
            f"scene={rng.choice((1, 23, 90, 334))}&clicktime={1_770_000_000 + rng.randrange(9_000_000)}&enterid={rng.randrange(10**9)}",
            f"mpshare=1&scene={rng.randint(1, 24)}&srcid={rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{hexes(rng, 20)}&sharer_sharetime={1_770_000_000_000 + rng.randrange(10**9)}",
            f"utm_source=weixin&utm_medium=share&t={rng.randrange(10**10)}",
            f"sessionid={rng.randrange(10**10)}&subscene={rng.randrange(200)}&ascene=1",
            "from=groupmessage",
        )
    )


def _tracked(rng: Random, piece: Piece) -> Case | None:
    url = tracked(rng, piece.card["url"], piece.form)
    if rng.random() < 0.15:
        url = url.replace("&", "&amp;")
    described = rng.choice((piece.card["description"], ""))
    return case("link", "tracked", link(piece.card, url=url, description=described), piece)


def _ordered(rng: Random, piece: Piece) -> Case | None:
    head, query = piece.card["url"].split("?")
    given = [*query.split("&"), *_share(rng).split("&")]
    rng.shuffle(given)
    url = f"{head}?{'&'.join(given)}"
    return case("link", "parameter order", link(piece.card, url=url, description=""), piece)


def _scheme(rng: Random, piece: Piece) -> Case | None:
    url = piece.card["url"].replace("https://", "http://")
    if rng.random() < 0.5:
        url = tracked(rng, url, piece.form)
    return case("link", "scheme", link(piece.card, url=url), piece)


def _mobile(rng: Random, piece: Piece) -> Case | None:
    host = rng.choice(("m", "wap", "3g"))
    url = piece.card["url"].replace("//www.", f"//{host}.").replace("//fanzha.", f"//{host}.fanzha.")
    if rng.random() < 0.6:
        url = tracked(rng, url, piece.form)
    if rng.random() < 0.3:
        url = url.replace("https://", "http://")
    return case("link", "mobile host", link(piece.card, url=url), piece)


def _other_form(rng: Random, piece: Piece) -> Case | None:
    """The same article in the other of its two forms: what is left the same is its title and description."""
    if piece.form == "long":
        url = short_address(rng)
    else:
        url = long_address(rng, rng.choice(BIZ), 2_247_490_000 + rng.randrange(9_000), 1)
    return case("link", "other form", link(piece.card, url=url), piece)


def _words_only(piece: Piece) -> Case | None:
    return case("link", "title and description", link(piece.card, url=""), piece)


def _address_only(rng: Random, piece: Piece) -> Case | None:
    url = piece.card["url"] if rng.random() < 0.3 else tracked(rng, piece.card["url"], piece.form)
    if rng.random() < 0.4:
        return case("link", "address only", {"type": "text", "text": url}, piece)
    return case("link", "address only", link({}, url=url, title=rng.choice(("", url, "网页链接"))), piece)


def _in_text(rng: Random, piece: Piece) -> Case | None:
    url = piece.card["url"] if rng.random() < 0.5 else tracked(rng, piece.card["url"], piece.form)
    before = rng.choice(
        (f"{spin(rng, rng.choice(OPENERS))}\n", f"【{piece.title}】", f"{piece.title} ", "点这里看：")
    )
    behind = rng.choice(("", " 请转发", "\n看完的回个1", "，大家都点开看看", "（镇里发的）", "。"))
    return case("link", "address in a text", {"type": "text", "text": f"{before}{url}{behind}"}, piece)


# --- Mini-programs and channels ---


def card_kinds(stock: Stock) -> Iterator[Kind]:
    """Every kind of repost of a mini-program or a channels video."""
    programs, videos = stock.of("mini_program"), stock.of("channels")
    yield Kind("mini-program", 40, lambda rng: _program(rng, rng.choice(programs)))
    yield Kind("mini-program, title only", 40, lambda rng: _titled_program(rng, rng.choice(programs)))
    yield Kind("mini-program, other title", 60, lambda rng: _renamed_program(rng, rng.choice(programs)))
    yield Kind("channels", 40, lambda rng: _video(rng, rng.choice(videos)))
    yield Kind("channels, more tags", 60, lambda rng: _tagged_video(rng, rng.choice(videos)))


_OWNERS = ("", "清河镇便民", "清河反诈", "平安清河", "清河发布")


def _program(rng: Random, piece: Piece) -> Case | None:
    message = {"type": "mini_program", **piece.card, "description": rng.choice(_OWNERS)}
    return case("card", "mini-program", message, piece)


def _titled_program(rng: Random, piece: Piece) -> Case | None:
    message = {"type": "mini_program", "title": piece.card["title"], "description": rng.choice(_OWNERS)}
    return case("card", "mini-program, title only", message, piece)


def _renamed_program(rng: Random, piece: Piece) -> Case | None:
    title = spin(
        rng, "{{name}邀请您一起学反诈|我得了{n}分，你也来试试|{village}都在看|反诈知识，人人要懂|点开看看}"
    )
    return case(
        "card", "mini-program, other title", {"type": "mini_program", **piece.card, "title": title}, piece
    )


def _video(rng: Random, piece: Piece) -> Case | None:
    message = {"type": "channels", "title": piece.card["title"]}
    if rng.random() < 0.6:
        message["description"] = piece.card["author"]
    return case("card", "channels", message, piece)


def _tagged_video(rng: Random, piece: Piece) -> Case | None:
    tags = rng.sample(("#清河", "#防骗", "#平安村居", "#反诈宣传", "#转给家人", "#96110"), rng.randint(1, 3))
    message = {
        "type": "channels",
        "title": f"{piece.card['title']} {' '.join(tags)}",
        "description": piece.card["author"],
    }
    return case("card", "channels, more tags", message, piece)


# --- Files and videos ---


def file_kinds(stock: Stock, files: Files, *, numbers: bool) -> Iterator[Kind]:
    """Every kind of repost of a file."""
    papers = stock.of("file")
    yield Kind("same file", 40, lambda rng: _file(files, rng.choice(papers)))
    yield Kind("file renamed", 80, lambda rng: _file(files, rng.choice(papers), rng))
    if numbers:
        numbered = [piece for piece in papers if piece.number]
        yield Kind("file saved again", 80, lambda rng: _saved_again(rng, files, rng.choice(numbered)))


def shown_file(files: Files, name: str, data: bytes) -> dict[str, Any]:
    """The message of a file that the chat shows as ``name``."""
    return {"type": "file", "path": files.put(name, data), "title": name}


def _file(files: Files, piece: Piece, renaming: Random | None = None) -> Case | None:
    if renaming is None:
        return case("file", "same file", shown_file(files, piece.file, piece.data), piece)
    name = spin(
        renaming,
        "{1.pdf|新建文件{n}.pdf|反诈宣传({n}).pdf|微信文件_2026{n}{n}.pdf|请转发.pdf|{village}打印.pdf}",
    )
    return case("file", "file renamed", shown_file(files, name, piece.data), piece)


def _saved_again(rng: Random, files: Files, piece: Piece) -> Case | None:
    number = piece.number
    name = rng.choice(
        (
            f"{number}.pdf",
            f"{number}（定稿）.pdf",
            f"{number}{piece.title}.pdf",
            f"{piece.title}_{number}.docx",
        )
    )
    message = shown_file(files, name, pdf(rng, f"saved again {hexes(rng, 12)}"))
    return case("file", "file saved again", message, piece)


def video_kinds(stock: Stock, files: Files) -> Iterator[Kind]:
    """Every kind of repost of a video."""
    clips = stock.of("video")
    yield Kind("same video", 40, lambda rng: _clip(rng, files, rng.choice(clips)))
    yield Kind("video renamed", 60, lambda rng: _clip(rng, files, rng.choice(clips), renamed=True))
    yield Kind("re-encoded", 70, lambda rng: _again(rng, files, rng.choice(clips)))


def shown_video(files: Files, name: str, data: bytes) -> dict[str, Any]:
    """The message of a video that the chat keeps as ``name``."""
    return {"type": "video", "path": files.put(name, data), "title": name}


def phone_name(rng: Random) -> str:
    """What phones call a video."""
    stamp = rng.randrange(10**8)
    return rng.choice(
        (f"mmexport17{stamp}.mp4", f"VID_2026{stamp}.mp4", f"wx_camera_17{stamp}.mp4", "video.mp4")
    )


def _clip(rng: Random, files: Files, piece: Piece, *, renamed: bool = False) -> Case | None:
    name = phone_name(rng) if renamed else piece.file
    change = "video renamed" if renamed else "same video"
    return case("video", change, shown_video(files, name, piece.data), piece)


def _again(rng: Random, files: Files, piece: Piece) -> Case | None:
    """Pressed smaller by WeChat: other bytes, another clock, the same length to a few milliseconds."""
    data = mp4(rng, piece.length_ms + rng.randint(-8, 8), rng.choice((600, 1000, 90_000)))
    return case("video", "re-encoded", shown_video(files, piece.file, data), piece)
