"""Links in one canonical form, so that two links to the same page are equal however they were passed on.

Works on characters only. The rules come from what chats and share buttons do to a link: tracking, mobile hosts,
wrappers, the forms of mp.weixin.qq.com (DESIGN).
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from bot.recognise.normalise import INVISIBLE, MAX_CHARACTERS

_URL = re.compile(
    r"(?:https?://|(?<![a-z0-9_@./-])(?=(?:[a-z0-9-]+\.)+(?:cn|com|net|org)(?:[:/?#]|(?![a-z0-9_.-]))))[!#-;=?-~]+",
    re.I,
)


_MAY_LINK = re.compile(r"[a-z0-9]\.[a-z]|://", re.I)


def without_urls(text: str) -> str:
    """``text`` with a space for each link in it."""
    return _URL.sub(" ", text) if "." in text and _MAY_LINK.search(text) else text


def urls_in(text: str) -> list[str]:
    """The links in ``text`` as written, in order; without a scheme too (www.gov.cn/…), never a mail address.

    A link ends where Chinese or full-width characters begin, and before a full stop or bracket that closes a
    sentence.
    """
    found: list[str] = []
    if "." not in text or not _MAY_LINK.search(text):
        return found
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
    r"utm_.*|from|tt_from|isappinstalled|scene|subscene|ascene|chksm|sharer_.*|share_.*|sharefrom|srcid|clicktime|enterid"
    r"|mpshare|wxfrom|wx_header|wxshare|wxtimestamp|nsukey|pass_ticket|exportkey|sessionid|devicetype|nettype"
    r"|abtest_cookie|fontgear|countrycode|spm|gclid|fbclid|poc_token|wx_.*|share(?:_?(?:token|id|uid|source|type|time))?|timestamp|_t|ts|weixin_share.*|invite.*"
)
_OF_WEIXIN = ("ascene", "devicetype", "pass_ticket", "exportkey", "nettype")
"""Where WeChat put its own into a link, the version is WeChat's too."""
_INSTANT = re.compile(r"\d{8,13}")
"""When a link was shared; a shorter ``t`` may be what it opens."""
_WEIXIN_IDENTITY = {"__biz": "__biz", "mid": "mid", "idx": "idx", "sn": "sn"}
_WEIXIN_IDENTITY |= {"appmsgid": "mid", "itemidx": "idx", "sign": "sn"}


def canonical_url(url: str) -> str:
    """``url`` in the form in which two links to the same page are equal; "" for what is not a web address.

    http is https; the host in lower case without default port, and without what only names another screen (www., m.,
    wap.); no trailing slash, no index page, no anchor, no tracking. What
    identifies an article stays: the query of a page (``?id=``), a hash route (``#/detail/123``), and of
    mp.weixin.qq.com ``__biz``, ``mid``, ``idx``, ``sn``. Parameters are sorted.
    """
    text = INVISIBLE.sub("", url).strip().replace("&amp;", "&")
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.I):
        text = "https://" + text.removeprefix("//")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = _MOBILE.sub("", host)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    return "https://" + place + _path(parts.path) + _identity(host, parts) + _route(parts.fragment)


_MOBILE = re.compile(r"^(?:(?:www|m|wap|mobile|3g|h5|touch)\d?\.)+(?=[^.]+\.[^.]+)")
"""Names of the same site for other screens."""
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|jsp|aspx?)$")
_MOBILE_PATH = re.compile(r"^/(?:m|wap|mobile|h5)(?=/.)")


def _path(path: str) -> str:
    plain = _MOBILE_PATH.sub("", _INDEX.sub("", re.sub("/{2,}", "/", unquote(path))))
    return quote(plain, safe="/:@!$&'()*+,;=~-._").rstrip("/")


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
    if any(name in _OF_WEIXIN for name, _ in given):
        given = [(name, value) for name, value in given if name != "version"]
    kept = sorted(
        (name, value)
        for name, value in given
        if not _TRACKING.fullmatch(name.casefold()) and not (name == "t" and _INSTANT.fullmatch(value))
    )
    return "?" + urlencode(kept) if kept else ""


def _route(fragment: str) -> str:
    if not fragment.startswith(("/", "!/")):
        return ""
    path, _, query = fragment.partition("?")
    route = _path(path)
    return f"#{route}{_query(query)}" if route.strip("!/") else ""


def looser(canonical: str) -> list[str]:
    """Other names of an article of mp.weixin.qq.com, by a part of what identifies it; a share may drop the rest."""
    found = re.fullmatch(r"https://mp\.weixin\.qq\.com/s\?(.*)", canonical)
    if found is None:
        return []
    given = dict(parse_qsl(found[1], keep_blank_values=True))
    biz, mid, idx, sn = (given.get(name, "") for name in ("__biz", "mid", "idx", "sn"))
    names = []
    if sn and mid:
        names.append(f"weixin:sn={sn}&mid={mid}")
    if biz and mid and not sn:
        names.append(f"weixin:biz={biz}&mid={mid}&idx={idx or 1}")
    return names


def names_of(canonical: str) -> list[str]:
    """All names under which a known page is looked up."""
    found = re.sub(r"&sn=[^&]*", "", canonical)
    return list(dict.fromkeys([canonical, *looser(canonical), *looser(found)]))


def wrapped_in(url: str) -> list[str]:
    """Links that stand in the query of ``url``: what a chat or a search page wraps around another link."""
    try:
        given = parse_qsl(urlsplit(url.replace("&amp;", "&")).query)
    except ValueError:
        return []
    return [value for _, value in given if re.match(r"https?://", value)]


def names_a_page(canonical: str) -> bool:
    """Whether a canonical link says more than a site: a bare home page identifies no article."""
    return re.fullmatch(r"(?:https://[^/?#]*)?", canonical) is None
