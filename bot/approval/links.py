"""Where the links of a content lead: only to sites on the list, in the open (DESIGN, burden and law). Pure.

Nothing is looked up on the net. A host is compared label by label, so that “evilgov.cn” is not “gov.cn”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from bot.approval.plain import seen


class Link(StrEnum):
    """The rule codes, as people type them to let a finding pass."""

    NOT_LISTED = "链接"
    SHORT = "短链接"
    INSECURE = "不加密链接"


SHORTENERS = frozenset(
    {
        "t.cn", "dwz.cn", "suo.im", "suo.nz", "bit.ly", "url.cn", "tinyurl.com", "goo.gl", "is.gd",
        "u6.gg", "6du.in", "mrw.so", "dwz.mk", "t.hk", "c7.gg", "985.so", "rrd.me", "sourl.cn",
        "tb.cn", "z.cn", "ow.ly", "t.co", "dwz.win", "suowo.cn", "3.cn", "u.nu", "v.gd",
        "rb.gy", "cutt.ly", "reurl.cc", "shorturl.at", "tinyurl.cn", "0x3.me", "mtw.so", "u.jd.com", "sina.lt",
        "dwz.date", "s.id", "lnk.bio", "qrs.ly",
    }
)  # fmt: skip
_TLD = (
    "cn|com|net|org|gov|edu|top|xyz|vip|club|site|online|info|cc|tv|me|io|co|ly|im|gl|gd|so|gg|nz|mk|hk|tw|app|shop|icu"
    "|ltd|link|ink|pub|tech|wang|fun|biz|asia|win|date|lt|id|nu|at|in|mobi|store|live|work|ren|中国|公司|网络"
)
_DOT_SPACED = re.compile(rf"(?<=[a-z0-9])\s*[.。]\s*(?=(?:[a-z0-9-]+\s*[.。]\s*)*(?:{_TLD})(?![a-z0-9]))")
_SCHEME_SPACED = re.compile(r"(https?)\s*:\s*/\s*/\s*")
_TAIL = r"[^\s一-鿿，。；、！？）】》”’\"'<>]*"
_URL = re.compile(
    rf"https?:[/\\]{{1,3}}[^\s/，。；、！？）】》”’\"'<>]+{_TAIL}"
    rf"|(?<![a-z0-9@._/-])(?:[a-z0-9-]+\.)+(?:{_TLD})(?![a-z0-9_-]|\.[a-z0-9])(?:[:/?#@]{_TAIL})?"
)


def links_in(text: str) -> list[str]:
    """The links in a line of ``text``, with or without scheme, spaces around their dots closed."""
    line = _SCHEME_SPACED.sub(r"\1://", _DOT_SPACED.sub(".", seen(text)))
    return [match.group().rstrip(".,;:!?)") for match in _URL.finditer(line)]


def doubts(url: str, allowed: Sequence[str]) -> Iterator[tuple[Link, str, str, str]]:
    """What is doubtful about ``url``: rule, excerpt, what is wrong, what to write instead.

    ``allowed``: hosts; each stands for itself and what is below it. A link without scheme counts as https.
    """
    parts = _split(url)
    host = _ascii(parts.hostname or "") if parts else ""
    shown = host or seen(url)[:40]
    listed = "、".join(allowed)
    if parts is None or not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host):
        yield Link.NOT_LISTED, shown, f"“{shown}”不是正常的网址", "从浏览器里重新复制完整网址"
    elif "@" in parts.netloc:
        yield Link.NOT_LISTED, shown, f"网址里藏了 @，其实打开的是“{host}”", f"只用这些网站：{listed}"
    elif _under(host, SHORTENERS):
        yield Link.SHORT, shown, f"“{host}”是短链接，看不出通到哪里", "换成完整的网址"
    elif not _under(host, {_ascii(a.lstrip("*.")) for a in allowed}):
        write = f"只用这些网站：{listed}；要加网站，写进 schedules.yaml 的 links"
        yield Link.NOT_LISTED, shown, f"“{host}”不在允许的网站里", write
    elif _port(parts) not in (None, 80, 443):
        yield Link.NOT_LISTED, shown, f"“{host}”后面带了端口 {_port(parts)}", "换成不带端口的正式网址"
    elif parts.scheme != "https":
        yield Link.INSECURE, shown, "网址不是 https 开头", "换成 https 开头的网址"


def _split(url: str) -> SplitResult | None:
    """``url`` as a browser reads it: backslashes are slashes, full-width dots are dots; None if it cannot be."""
    text = re.sub(r"\s", "", seen(url)).replace("\\", "/").replace("。", ".")
    text = re.sub(r"^(https?):/*", r"\1://", text)
    if not re.match(r"https?://", text):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _port(parts: SplitResult) -> int | None:
    return parts.port


def _ascii(host: str) -> str:
    host = seen(host).rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _under(host: str, sites: frozenset[str] | set[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in sites for start in range(len(labels)))
