"""Links, cards, files and videos that carry no content, as near to the library's as they honestly come."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.corpus.case import Case
from tests.corpus.texts_cards import Files, link, phone_name, shown_file, shown_video, tracked
from tests.corpus.texts_library import BIZ, YEAR, Piece, Stock, address, hexes
from tests.corpus.texts_media import mp4, pdf
from tests.corpus.texts_others import another
from tests.corpus.texts_reposts import Kind, case
from tests.corpus.texts_scams import SCAMS
from tests.corpus.texts_slots import OTHERS, OWN, slots
from tests.corpus.texts_talk import OPENERS
from tests.corpus.texts_towns import SITE_TITLES
from tests.corpus.texts_words import spin

FORMS = ("long", "short", "page", "query", "hash")
NOT_OURS = 5_000
"""From this serial on no content has an address."""
APART_MS = 2_000
"""So far the length of another video is from every content's."""


def link_kinds(stock: Stock, *, numbers: bool) -> Iterator[Kind]:
    """Links to what is not in the library."""
    yield Kind("other article", 260, lambda rng: _article(rng, stock))
    yield Kind("other article, like title", 200, lambda rng: _like_title(rng, stock))
    yield Kind("other site", 120, lambda rng: _site(rng, stock, numbers))
    yield Kind("last year", 120, lambda rng: _last_year(rng, stock, numbers))
    yield Kind("home page", 60, lambda rng: _home(rng))
    yield Kind("other address in a text", 120, lambda rng: _in_text(rng, stock))


def _other_address(rng: Random) -> tuple[str, str]:
    form = rng.choice(FORMS)
    return address(rng, form, NOT_OURS + rng.randrange(4_000)), form


def _site_title(rng: Random) -> str:
    words = slots(rng, OWN, rng.sample(SCAMS, 3), "", YEAR)
    return rng.choice(SITE_TITLES).format_map(words)


def _sent(rng: Random, url: str, form: str) -> str:
    return tracked(rng, url, form) if rng.random() < 0.5 else url


def _article(rng: Random, stock: Stock) -> Case | None:
    url, form = _other_address(rng)
    if rng.random() < 0.3:
        url, form = _neighbour(rng, rng.choice(stock.of("link"))) or (url, form)
    card = {
        "url": _sent(rng, url, form),
        "title": _site_title(rng),
        "description": rng.choice(("", "清河发布")),
    }
    return case("link", "other article", link(card))


def _neighbour(rng: Random, piece: Piece) -> tuple[str, str] | None:
    """The address of another article that differs from ``piece``'s in what identifies it, and in little else."""
    url = piece.card["url"]
    if piece.form == "long":
        head, _, sn = url.partition("&sn=")
        return f"{head.rpartition('&idx=')[0]}&idx={rng.randint(5, 8)}&sn={hexes(rng, len(sn))}", piece.form
    if piece.form in ("query", "hash"):
        return f"{url}{rng.randrange(10)}", piece.form
    if piece.form == "page":
        return url.replace(".html", f"{rng.randrange(10)}.html"), piece.form
    return None


_OTHER_DESCRIPTIONS = (
    "{day}更新",
    "清河发布 {day}",
    "阅读 {n}{n} 次",
    "第{n}期合集，共{n}篇",
    "{village}现场照片",
    "去年同期回顾",
    "活动现场图文",
    "转自县局",
)


def _like_title(rng: Random, stock: Stock) -> Case | None:
    """The title of a content, or one like it, over another article; its number never stands in it."""
    piece = rng.choice(stock.of("link"))
    url, form = _neighbour(rng, piece) or _other_address(rng)
    title = piece.title
    if rng.random() < 0.6:
        other = rng.choice([scam for scam in SCAMS if scam is not piece.scam])
        title = title.replace(piece.scam.name, other.name).replace(piece.scam.hook, other.hook)
        if title == piece.title:
            title = rng.choice((f"{title}（二）", f"{title}：活动回顾", f"学习｜{title}"))
    card = {
        "url": _sent(rng, url, form),
        "title": title,
        "description": spin(rng, rng.choice(_OTHER_DESCRIPTIONS)),
    }
    return None if _taken(title, stock, piece) else case("link", "other article, like title", link(card))


_TOWNS = tuple(zip(OTHERS, ("baitazhen", "shuanghexiang", "qingshi", "majiadian"), strict=True))


def _site(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    place, host = rng.choice(_TOWNS)
    told = another(rng, stock, place, numbers)
    if told is None or _taken(told[0], stock):
        return None
    path = rng.choice(
        (
            f"article/show?id={rng.randint(10_000, 10_400)}",
            f"fzxc/2026-03/{rng.randint(10, 28)}/content_{rng.randrange(10**7)}.html",
        )
    )
    described = " ".join(told[1].split())[:30]
    return case(
        "link",
        "other site",
        link({"url": f"https://www.{host}.gov.cn/{path}", "title": told[0], "description": described}),
    )


def _last_year(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    """What our own site and account had last year."""
    told = another(rng, stock, OWN, numbers)
    if told is None or _taken(told[0], stock):
        return None
    url, form = _other_address(rng)
    described = " ".join(told[1].split())[:30]
    return case(
        "link", "last year", link({"url": _sent(rng, url, form), "title": told[0], "description": described})
    )


def _taken(title: str, stock: Stock, but: Piece | None = None) -> bool:
    """Whether a content has this title, ``but`` this one."""
    return any(title == piece.title for piece in stock.pieces if piece is not but)


def _home(rng: Random) -> Case | None:
    url = rng.choice(
        (
            "https://www.qinghezhen.gov.cn/",
            "https://www.qinghezhen.gov.cn/fzxc/index.html",
            f"https://www.qinghezhen.gov.cn/article/list?page={rng.randint(1, 40)}",
            "https://fanzha.qinghezhen.gov.cn/h5/#/index",
            f"https://fanzha.qinghezhen.gov.cn/h5/#/list/{rng.randint(1, 40)}",
            f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={rng.choice(BIZ)}&scene=124#wechat_redirect",
            f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={rng.choice(BIZ)}&action=getalbum&album_id={rng.randrange(10**18)}",
        )
    )
    title = spin(rng, "{清河镇人民政府|清河发布|反诈宣传专栏|清河反诈|往期合集|网站首页}")
    if rng.random() < 0.3:
        return case("link", "home page", {"type": "text", "text": f"{title} {url}"})
    return case("link", "home page", link({"url": url, "title": title}))


def _in_text(rng: Random, stock: Stock) -> Case | None:
    url, form = _neighbour(rng, rng.choice(stock.of("link"))) or _other_address(rng)
    before = rng.choice(
        (f"{spin(rng, rng.choice(OPENERS))}\n", f"【{_site_title(rng)}】", "投票点这里：", "")
    )
    return case(
        "link", "other address in a text", {"type": "text", "text": f"{before}{_sent(rng, url, form)}"}
    )


# --- Mini-programs and channels ---


def card_kinds(stock: Stock) -> Iterator[Kind]:
    """Mini-programs and channels videos that are not in the library."""
    yield Kind("other mini-program", 90, lambda rng: _program(rng, stock))
    yield Kind("other channels", 90, lambda rng: _video(rng, stock))


def _program(rng: Random, stock: Stock) -> Case | None:
    piece = rng.choice(stock.of("mini_program"))
    if rng.random() < 0.5:
        page = f"{piece.card['page'].split('?')[0]}?id={NOT_OURS + rng.randrange(900)}"
        title = rng.choice((_site_title(rng), spin(rng, "反诈小测验第{n}期（{village}专场）")))
        return case(
            "card",
            "other mini-program",
            {"type": "mini_program", "appid": piece.card["appid"], "page": page, "title": title},
        )
    title = spin(
        rng, "{{goods}团购接龙|{village}问卷|运动步数排行|群相册|电费查询|{name}的请帖|水果店满减{n}元}"
    )
    return case(
        "card",
        "other mini-program",
        {"type": "mini_program", "appid": f"wx{hexes(rng, 16)}", "page": "pages/index/index", "title": title},
    )


def _video(rng: Random, stock: Stock) -> Case | None:
    titles = {piece.card["title"] for piece in stock.of("channels")}
    title = rng.choice(
        (
            spin(rng, "{village}丰收了 #家乡"),
            spin(rng, "{kin}的拿手菜，{n}秒学会"),
            f"{_site_title(rng)} #清河",
            spin(rng, "反诈小品第{n}集，{village}村民演得真好 #反诈"),
            f"{rng.choice(SCAMS).hook}，民警{spin(rng, '{name}')}告诉您 #反诈",
        )
    )
    author = rng.choice(("清河反诈", "平安清河", "白塔发布", spin(rng, "{name}")))
    return (
        None
        if title in titles
        else case("card", "other channels", {"type": "channels", "title": title, "description": author})
    )


# --- Files and videos ---


def file_kinds(stock: Stock, files: Files, *, numbers: bool) -> Iterator[Kind]:
    """Files that are not in the library."""
    yield Kind("other file", 110, lambda rng: _file(rng, files, numbers))
    yield Kind("other file, same size", 50, lambda rng: _same_size(rng, stock, files))


def _file(rng: Random, files: Files, numbers: bool) -> Case | None:
    names = [
        "1.pdf",
        "新建文档.pdf",
        "反诈宣传.pdf",
        "通知.pdf",
        "{village}名单.xlsx",
        "{day}会议纪要.docx",
        "消防宣〔2026〕0{n}号.pdf",
    ]
    if numbers:
        place = rng.choice(OTHERS)
        names += [
            f"{place.form.format(year=YEAR, serial=rng.randint(1, 99))}.pdf",
            f"反诈宣〔2025〕{rng.randint(1, 300):03d}号.pdf",
        ]
    name = spin(rng, rng.choice(names))
    data = (
        pdf(rng, hexes(rng, 12))
        if name.endswith("pdf")
        else b"PK\x03\x04" + rng.randbytes(rng.randint(3_000, 9_000))
    )
    return case("file", "other file", shown_file(files, name, data))


def _same_size(rng: Random, stock: Stock, files: Files) -> Case | None:
    piece = rng.choice(stock.of("file"))
    name = spin(rng, "{1.pdf|2.pdf|宣传单.pdf|扫描件{n}.pdf|文件({n}).pdf}")
    return case(
        "file", "other file, same size", shown_file(files, name, pdf(rng, hexes(rng, 12), len(piece.data)))
    )


def video_kinds(stock: Stock, files: Files) -> Iterator[Kind]:
    """Videos that are not in the library; none is as long as one of it."""
    yield Kind("other video", 70, lambda rng: _clip(rng, stock, files, "other video"))
    yield Kind("other video, same name", 60, lambda rng: _clip(rng, stock, files, "other video, same name"))
    yield Kind("other video, same size", 40, lambda rng: _clip(rng, stock, files, "other video, same size"))


def _clip(rng: Random, stock: Stock, files: Files, change: str) -> Case | None:
    clips = stock.of("video")
    piece = rng.choice(clips)
    length = rng.randint(5_000, 200_000)
    if any(abs(clip.length_ms - length) < APART_MS for clip in clips):
        return None
    name = piece.file if change == "other video, same name" else phone_name(rng)
    size = len(piece.data) if change == "other video, same size" else 0
    return case(
        "video", change, shown_video(files, name, mp4(rng, length, rng.choice((600, 1000, 90_000)), size))
    )
