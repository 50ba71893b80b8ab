"""The console as an ASGI application: one table of routes, and one guard that every request passes.

The guard knows the host (a page elsewhere must not talk to us by another name), who is asking, whether a form is ours, and
what the answer may load (no inline scripts, nothing from elsewhere).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.gate import Gate, Refusal
from bot.console.signing import Signing
from bot.console.visitor import Visitor, visitor_of
from bot.errors import Busy
from bot.model.counts import Counts
from bot.model.ledger import WaveId
from bot.model.tree import NodeId
from bot.service.practice import RunningClock
from bot.service.town import Town
from bot.store.clients import Client

STATIC = Path(__file__).parent / "static"
COOKIE = "chuanda"
API = "/api/v1"
"""What programs of others ask; it answers in JSON."""
MOST_BYTES = 64 * 1024
"""Of a form: nobody types more."""
MOST_FIELDS, MOST_FILES = 1_000, 100
"""Far above what fits into a content, whose editor has a file and some fields for each picture: it says itself what is too much."""
TOO_MUCH = "交来的没有收下：一次放的太多，或有一段太长，或没有传完。退回上一页，少放一些再交"
LEFT_OPEN = ("/live", "/practice/live", "/practice/news")
"""What an open page asks by itself."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with “no-referrer” a browser hides from us, too, where our own forms come from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """How a wave went down below a place, when its figures were ``counts``."""

    counts: Counts
    due: datetime
    steps: Sequence[tuple[datetime, float]]


@dataclass(slots=True)
class Console:
    """What every page works on. ``now``: the time in this town (a rehearsal has its own); ``hosts``: the names by which we
    are called; ``secure``: the browser speaks TLS to us or to what stands before us."""

    town: Town
    now: Callable[[], datetime]
    hosts: Collection[str] = ("127.0.0.1", "localhost", "[::1]")
    config: Path | None = None
    """The settings' file, where the schedule is written."""
    behind: str = ""
    """The address of a proxy that stands before us: forms come from there."""
    secure: bool = False
    address: str = ""
    """By which others reach us, for links that we send: never what a request says."""
    practice: RunningClock | None = None
    """The clock of a demo's town, where people practise; a real town has none, and nothing else can be put here."""
    closing: bool = False
    """The process ends: pages that stay open are let go."""
    curves: dict[tuple[WaveId, NodeId], Curve] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What came of something, for the next page of that session (by its token)."""
    signing: Signing = field(init=False)
    gate: Gate = field(init=False)

    @property
    def here_only(self) -> bool:
        """Whether others reach us on this computer only, as far as our address says."""
        return urlsplit(self.address).hostname in (None, "127.0.0.1", "localhost", "::1")

    def __post_init__(self) -> None:
        self.signing = Signing(self.town.desk.store)
        self.gate = Gate(self.town.desk.store)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that passed the guard. ``form`` is empty unless something is to be done."""

    console: Console
    request: Request
    visitor: Visitor | None
    form: FormData
    token: str
    client: Client | None = None
    """The program that asks, where the route is one for programs."""

    @property
    def who(self) -> Visitor:
        """Who asks, where the route's table says that somebody has signed in."""
        assert self.visitor is not None
        return self.visitor


Handler = Callable[[Asked], Awaitable[Response]]


class Needs(Enum):
    """What a route may need that is nobody's role."""

    TOKEN = auto()
    """A client's token. A person's session is worth nothing there, and a token nothing anywhere else."""


@dataclass(frozen=True, slots=True)
class Page:
    """A route: who may is what `bot.commands.table` says of ``needs``; None: anybody, signed in or not; a token: programs
    of others. ``files``: how many bytes a form with files may have; 0: it has none. ``most``: how many one without may."""

    path: str
    does: Handler
    needs: Command | Duty | Needs | None
    method: str = "GET"
    files: int = 0
    most: int = MOST_BYTES


def application(console: Console, pages: Collection[Page]) -> Starlette:
    """The console's pages and its static files."""
    routes: list[Route | Mount] = [
        Route(page.path, _guarded(console, page), methods=[page.method], name=f"{page.method} {page.path}")
        for page in pages
    ]
    static = StaticFiles(directory=STATIC)
    return Starlette(
        routes=[*routes, Mount("/static", _Named(static, console))],
        middleware=[Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)],
        exception_handlers={HTTPException: _nowhere, Exception: _broken},
    )


async def _nowhere(request: Request, error: Exception) -> Response:
    """No such page, or not in this way."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = error.headers if isinstance(error, HTTPException) else None
    return _refused(request, "没有这个页面" if status == 404 else "这个请求看不懂", status, headers)


async def _broken(request: Request, error: Exception) -> Response:
    """Ours to mend: what helps whoever mends it, and no traceback."""
    return _refused(
        request,
        f"网页出了错，这一步没有做完；刷新再试。还不行，把这句话发给装它的人：{type(error).__name__} {error}",
        500,
    )


class _Named:
    """Static files, for who calls us by our name; kept by the browser for a day."""

    def __init__(self, inner: StaticFiles, console: Console) -> None:
        self._inner, self._console = inner, console

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # ASGI
        if not _is_ours(self._console, Request(scope)):
            await _refused(Request(scope), "这个地址不对", 421)(scope, receive, send)
            return

        async def kept(message) -> None:  # type: ignore[no-untyped-def]
            if message["type"] == "http.response.start":
                message["headers"] += [
                    (b"cache-control", b"max-age=86400"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self._inner(scope, receive, kept)


def _guarded(console: Console, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await _admitted(console, page, request)
        except Busy as error:
            answer = _refused(request, f"{error}。过几秒再试一次", 503)
        answer.headers.update(HEADERS)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return endpoint


async def _admitted(console: Console, page: Page, request: Request) -> Response:
    if not _is_ours(console, request):
        return _refused(request, "这个地址不对，请用本机的地址打开", 421)
    if page.needs is Needs.TOKEN:
        return await _program(console, page, request)
    token = request.cookies.get(COOKIE, "")
    # A page that was left open asks by itself, and keeps nobody signed in.
    left_open = page.path in LEFT_OPEN or (page.path == "/" and "hx-request" in request.headers)
    session = await console.signing.known(token, console.now(), touch=not left_open)
    visitor = visitor_of(console.town.desk, session) if session else None
    if page.method == "POST" and not _from_here(console, request):
        return _refused(request, "这个表单不是从传达的页面交来的", 403)
    if page.needs is not None:  # before a byte of the form is read: uploads are for who may
        if visitor is None:
            return _to_the_door(request)
        if not visitor.may(page.needs):
            return _refused(request, "这一项不归您办；需要的话，请找反诈办", 403)
    form = FormData()
    if page.method == "POST":
        length = request.headers.get("content-length", "")
        if "transfer-encoding" in request.headers or not length.isdecimal():
            return _refused(request, "交来的内容太长", 413)
        if int(length) > (page.files or page.most):
            return _refused(request, f"交来的内容太长，最多 {(page.files or page.most) // 1024} KB", 413)
        kind = "multipart/form-data" if page.files else "application/x-www-form-urlencoded"
        if not request.headers.get("content-type", "").startswith(kind):
            return _refused(request, "这个表单看不懂", 415)
        try:
            form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=page.most)
        except HTTPException as error:
            return _refused(request, TOO_MUCH, error.status_code)
        ours = visitor is None or hmac.compare_digest(_text(form, "form").encode(), visitor.form.encode())
        if page.needs is not None and not ours:
            return _refused(request, "页面放得太久了，刷新一下再试", 403)
    return await page.does(Asked(console, request, visitor, form, token))


async def _program(console: Console, page: Page, request: Request) -> Response:
    """A route for programs: by their token and nothing else."""
    at_s = (
        asyncio.get_running_loop().time()
    )  # pacing is by the monotonic clock, whatever day it is in this town
    header, address = request.headers.get("authorization", ""), address_of(request)
    client = await console.gate.lets(header, address, console.now(), at_s)
    if isinstance(client, Refusal):
        return _refused(request, client.why, client.status, client.headers)
    return await page.does(Asked(console, request, None, FormData(), "", client))


def _is_ours(console: Console, request: Request) -> bool:
    """The name before the port: a page elsewhere that points its own name at us is not us."""
    host = request.headers.get("host", "")
    return host.rsplit(":", 1)[0] in console.hosts if not host.endswith("]") else host in console.hosts


def _from_here(console: Console, request: Request) -> bool:
    """Whether the page that sends the form is ours: browsers say from where it comes."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        return False
    return origin in (None, console.behind) or str(origin).split("://", 1)[-1] == request.headers.get("host")


def _to_the_door(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/enter"})
    return RedirectResponse("/enter", status_code=303)


_REFUSED = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>传达</title><link rel="stylesheet" href="/static/console.css"></head>
<body><main class="door card"><h1>传达</h1><p>{why}。</p><p><a href="/">回到今日页</a></p></main></body></html>
"""
"""What a browser shows instead of a page; nothing of the town is in it."""


def _refused(request: Request, why: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Why not, in the form in which whoever asks reads it."""
    more = {**HEADERS, **(headers or {})}
    if request.url.path.startswith(f"{API}/"):
        return JSONResponse({"error": f"{why}。"}, status, headers=more)
    if "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers:
        return HTMLResponse(_REFUSED.format(why=escape(why)), status, headers=more)
    return PlainTextResponse(f"{why}。\n", status_code=status, headers=more)


def address_of(request: Request) -> str:
    """From where a request comes."""
    return request.client.host if request.client else ""


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def number_of(written: str) -> int | None:
    """A number of ours, as it stands in an address or a form; None for anything else."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else None


def files_of(asked: Asked, name: str) -> list[UploadFile]:
    """The files that were chosen in a field of the form."""
    return [one for one in asked.form.getlist(name) if isinstance(one, UploadFile) and one.filename]


def text_of(asked: Asked, name: str) -> str:
    """A field of the form, as it was typed, without space around it; empty if there is none."""
    return _text(asked.form, name).strip()
