"""The editor: a new content, or another version of one; looked through by the lint while it is written, and handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from starlette.responses import Response

from bot.approval.decide import Standing, standing
from bot.approval.lint import HOTLINE, findings
from bot.approval.versions import changes, lines_of
from bot.console.app import Asked, text_of
from bot.console.contents import looks
from bot.console.contents.form import known, was, wish_of, words_of
from bot.console.contents.one import content_asked, missing
from bot.console.contents.shelf import address
from bot.console.contents.steps import submitted
from bot.console.look import page, went
from bot.errors import ChuandaError, InputErrors
from bot.library.draft import next_number
from bot.library.edit import ChangedMeanwhile, NotFit, Piece, Wish, as_content, pieces_of, rewrite, write_new
from bot.library.fields import MAX_TITLE_CHARS
from bot.model.content import Content, ContentId, PartKind
from bot.model.time import local
from bot.store import talk

PICTURE_AGAIN = "有新放的图片，请再放一次：出错的页面留不住图片"


async def new(asked: Asked) -> Response:
    """An empty one, with its number and whom to ask already in it: publicity must not look like fraud."""
    number = _next_number(asked)
    first = Piece("n0", PartKind.TEXT, text=f"\n\n{number}　咨询劝阻 {HOTLINE}")
    return _form(asked, None, Wish("", number, pieces=[first]))


async def edit(asked: Asked) -> Response:
    """Another version of one."""
    content = content_asked(asked)
    if content is None:
        return missing(asked)
    try:
        pieces = pieces_of(content)
    except InputErrors:
        return missing(asked)
    return _form(asked, content, _as_it_is(asked, content, pieces))


def _as_it_is(asked: Asked, content: Content, pieces: list[Piece]) -> Wish:
    """A content without a number is material that becomes a content now."""
    return Wish(
        content.title,
        content.number or _next_number(asked),
        sorted(content.topics),
        sorted(content.audiences),
        content.source,
        str(content.valid_from or ""),
        str(content.valid_until or ""),
        pieces,
    )


async def check(asked: Asked) -> Response:
    """What is in the form at this moment, as it will look and with what the lint says."""
    desk = asked.console.town.desk
    content = desk.contents.get(ContentId(text_of(asked, "of")))
    wish = await wish_of(asked, content)
    return page(asked, "contents/check.html", **_looked_through(asked, content, wish))


def _looked_through(asked: Asked, content: Content | None, wish: Wish) -> dict[str, object]:
    desk = asked.console.town.desk
    id = content.id if content else ContentId("")
    wanted = as_content(wish, id, content.folder if content else Path())
    found = findings(wanted, desk.schedules.links)
    marks = looks.marks_of(wanted, found)
    bubbles = looks.bubbles(wanted, marks, desk.sendable_parts(wanted)) if wish.pieces else []
    return {"found": found, "bubbles": bubbles, "id": id}


def _form(
    asked: Asked,
    content: Content | None,
    wish: Wish,
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    theirs: list[looks.Row] | None = None,
) -> Response:
    desk = asked.console.town.desk
    acts = desk.acts.get(content.id, []) if content else []
    topics, audiences = known(desk.contents.values())
    complaints = dict(wrong or {})
    if wrong is not None and any(piece.data for piece in wish.pieces):
        complaints["pictures"] = PICTURE_AGAIN
    return page(
        asked,
        "contents/edit.html",
        status,
        content=content,
        wish=replace(wish, pieces=[piece for piece in wish.pieces if not piece.data]),
        was={piece.name: was(piece) for piece in wish.pieces if piece.before is not None},
        wrong=complaints,
        theirs=theirs,
        approved=content is not None and standing(content.digest, acts) is Standing.APPROVED,
        waits=content is not None and standing(content.digest, acts) is Standing.SUBMITTED,
        words=words_of,
        topics=topics,
        audiences=audiences,
        most_title=MAX_TITLE_CHARS,
        **_looked_through(asked, content, wish),
    )


async def create(asked: Asked) -> Response:
    """Save a new one."""
    desk = asked.console.town.desk
    desk.refresh_library()
    wish = await wish_of(asked, None)
    offered, number = wish.number, _next_number(asked)
    if offered != number:
        # Somebody took the number meanwhile: this one has the next, also where it is written.
        moved = [replace(p, text=p.text.replace(offered, number)) if offered else p for p in wish.pieces]
        wish = replace(wish, number=number, pieces=moved)
    if (taken := _taken(asked, wish.title, None)) is not None:
        return _form(asked, None, wish, 422, {"title": taken})
    try:
        id = write_new(desk.library.root, wish)
    except NotFit as unfit:
        return _form(asked, None, wish, 422, unfit.complaints)
    except ChuandaError as refusal:
        return _form(asked, None, wish, 422, {"": str(refusal)})
    return await _saved(asked, id)


async def save(asked: Asked) -> Response:
    """Save another version, if nobody else did since the form was opened."""
    desk = asked.console.town.desk
    content = content_asked(asked)
    if content is None:
        return missing(asked)
    try:
        wish = await wish_of(asked, content)
    except InputErrors:
        return missing(asked)
    wish = replace(wish, number=content.number or _next_number(asked))
    if text_of(asked, "digest") != content.digest:
        return _meanwhile(asked, content, wish)
    if (taken := _taken(asked, wish.title, content.id)) is not None:
        return _form(asked, content, wish, 422, {"title": taken})
    try:
        rewrite(content, wish)
    except NotFit as unfit:
        return _form(asked, content, wish, 422, unfit.complaints)
    except ChangedMeanwhile:
        desk.refresh_library()
        now = desk.contents.get(content.id)
        return missing(asked) if now is None else _meanwhile(asked, now, wish)
    except ChuandaError as refusal:
        return _form(asked, content, wish, 422, {"": str(refusal)})
    return await _saved(asked, content.id)


def _meanwhile(asked: Asked, content: Content, wish: Wish) -> Response:
    """Somebody else saved it since: both are shown, and who writes decides."""
    wanted = as_content(wish, content.id, content.folder)
    rows, _ = looks.rows(changes(lines_of(content), lines_of(wanted)), {})
    return _form(asked, content, wish, 409, {}, rows)


def _taken(asked: Asked, title: str, own: ContentId | None) -> str | None:
    """In chat a content is called by its title, so no two have the same."""
    others = asked.console.town.desk.contents.values()
    other = next((one for one in others if one.title == title and one.id != own), None)
    return None if other is None else f"已经有一条《{title}》（{other.number or other.id}），换个标题"


def _next_number(asked: Asked) -> str:
    year = local(asked.console.now()).year
    return next_number(asked.console.town.desk.contents.values(), year)


async def _saved(asked: Asked, id: ContentId) -> Response:
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    desk.refresh_library()
    content = desk.contents.get(id)
    if content is None:
        return missing_after(asked, id)
    await desk.store.write(
        talk.log_command, desk.now, asked.who.person.id, "write", f"《{content.title}》", f"存了 {id}"
    )
    if text_of(asked, "then") == "submit":
        return await submitted(asked, content)
    return went(asked, address(id), f"存好了：《{content.title}》。还没有送审。")


def missing_after(asked: Asked, id: ContentId) -> Response:
    """It was written and cannot be read: why."""
    problems = [str(p) for p in asked.console.town.desk.library.broken if f"/{id}/" in f"/{p.place}/"]
    return page(asked, "contents/missing.html", 422, wanted=id, problems=problems)
