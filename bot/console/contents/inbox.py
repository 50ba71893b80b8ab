"""The inbox (PLANS D3): who is entitled hands in fresh material from new cases; the office makes contents of it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.approval.decide import Standing, standing
from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console.app import Asked, files_of, text_of
from bot.console.contents.form import known, tags
from bot.console.contents.one import stamp
from bot.console.look import page, went
from bot.errors import ChuandaError
from bot.library.edit import NotFit, Piece, Wish, write_new
from bot.library.fields import MAX_TITLE_CHARS
from bot.model.content import PartKind
from bot.model.time import day_of
from bot.phrases.deciding import material_came
from bot.store import journeys, material, talk

MOST_A_DAY = 20
"""Of one person: more is a mistake, or no material."""
SHOWN = 60
_WORDS = {
    Standing.SUBMITTED: ("wait", "等", "写好了，在等审"),
    Standing.APPROVED: ("ok", "✓", "批准了，等着发"),
    Standing.REJECTED: ("wait", "等", "在写"),
    Standing.CHANGED: ("wait", "等", "在写"),
    Standing.WITHDRAWN: ("cut", "撤", "已撤回"),
    Standing.DRAFT: ("wait", "等", "办公室在写"),
}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Material and what became of it. ``there``: whether it is still in the library."""

    what: material.Material
    title: str
    mark: str
    sign: str
    word: str
    there: bool


async def inbox(asked: Asked) -> Response:
    """The form, and what was handed in: by who asks, or by everybody for the office."""
    return _page(asked)


def _page(asked: Asked, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    desk = asked.console.town.desk
    desk.refresh_library()
    everybody = asked.who.may(Duty.WRITE)
    mine = None if everybody else asked.who.person.id
    handed_in = list(desk.store.read(material.materials, mine, SHOWN).values())
    sent = desk.store.read(journeys.sent_last)
    typed = {name: text_of(asked, name) for name in ("title", "text", "where", "audiences")}
    return page(
        asked,
        "contents/inbox.html",
        status,
        rows=[_state(asked, one, sent=one.content in sent) for one in handed_in],
        everybody=everybody,
        may_look=asked.who.may(Command.PENDING),
        typed=typed,
        wrong=wrong or {},
        audiences=known(desk.contents.values())[1],
        most_title=MAX_TITLE_CHARS,
        at=stamp,
    )


def _state(asked: Asked, one: material.Material, *, sent: bool) -> HandedIn:
    desk = asked.console.town.desk
    content = desk.contents.get(one.content)
    if content is None:
        return HandedIn(one, str(one.content), "free", "–", "没有采用", there=False)
    acts = desk.acts.get(content.id, [])
    mark, sign, word = _WORDS[standing(content.digest, acts)]
    if not acts and content.digest == one.digest and one.declined:
        return HandedIn(one, content.title, "free", "–", f"没有采用：{one.declined}", there=True)
    if not acts and content.digest == one.digest:
        mark, sign, word = "doubt", "材", "收到了，等办公室编"
    elif sent and standing(content.digest, acts) is Standing.APPROVED:
        word = "发出去了"
    return HandedIn(one, content.title, mark, sign, word, there=True)


async def hand_over(asked: Asked) -> Response:
    """Take material in as a draft without a number. The office hears of it."""
    desk, person = asked.console.town.desk, asked.who.person
    pictures = [await one.read() for one in files_of(asked, "pictures")]
    # From here on nothing is awaited until it is written: a second click finds what the first one wrote.
    now = desk.now = asked.console.now()
    desk.refresh_library()
    title = " ".join(text_of(asked, "title").split())
    before = desk.store.read(material.materials, person.id, MOST_A_DAY).values()
    if sum(day_of(one.at) == day_of(now) for one in before) >= MOST_A_DAY:
        return _page(asked, 422, {"": f"今天已经交了 {MOST_A_DAY} 件，明天再交，或直接找反诈办"})
    if any(one.title == title for one in desk.contents.values()):
        return _page(asked, 422, {"title": f"已经有一条《{title}》，换个说法"})
    pieces = []
    if text := "\n".join(text_of(asked, "text").splitlines()):
        pieces.append(Piece("text", PartKind.TEXT, text=text))
    pieces += [Piece("pictures", PartKind.IMAGE, data=data) for data in pictures]
    where = " ".join(text_of(asked, "where").split())
    source = f"{where}，{person.name}交来" if where else f"{person.name}交来"
    wish = Wish(title, "", (), tags(text_of(asked, "audiences")), source, pieces=pieces)
    try:
        id = write_new(desk.library.root, wish)
    except NotFit as unfit:
        again = dict(unfit.complaints)
        if "parts" in again:
            again.pop("parts")
            again["text"] = "写几句，或放一张图片"
        if "source" in again:
            again["where"] = again.pop("source")
        return _page(asked, 422, again)
    except ChuandaError as refusal:
        return _page(asked, 422, {"": str(refusal)})
    desk.refresh_library()
    content = desk.contents.get(id)
    if content is None:
        return _page(asked, 422, {"": "存下来读不出来，请把材料直接发给反诈办"})
    with desk.store.together():
        await desk.store.write(material.add_material, id, content.digest, person.id, now)
        await desk.store.write(talk.log_command, now, person.id, Command.INBOX.value, title, f"交素材 {id}")
        desk.tell_office(f"material:{id}", material_came(title, person.name))
    return went(asked, "/contents/inbox", f"收到了：《{title}》。办公室编好、批准了才会发。")
