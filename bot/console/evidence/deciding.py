"""What the buttons do: a verdict, taken back at once, an objection, its answer. What came of it is said at the head of the next page;
what cannot be is said where it was tried, and what was typed stays."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.app import Asked, number_of, text_of
from bot.console.evidence.looking import shown
from bot.console.look import went
from bot.errors import ChuandaError
from bot.model.ledger import TargetId
from bot.phrases.judging import REASONS
from bot.service import judging
from bot.service.desk import Desk
from bot.service.judging import Ruling

GONE = "这张截图不在了，刷新一下再看。"


async def judge(asked: Asked) -> Response:
    """核实通过、认定不实、看不出来."""
    number, written = number_of(text_of(asked, "shot")), text_of(asked, "ruling")
    if number is None or written not in set(Ruling):
        return went(asked, "/evidence", GONE)
    chosen = [n for one in asked.form.getlist("target") if (n := number_of(str(one))) is not None]
    reason, words = text_of(asked, "reason"), text_of(asked, "words")
    place = number_of(reason)
    named = REASONS[place] if place is not None and place < len(REASONS) else ""
    why = "：".join(filter(None, (named, " ".join(words.split())[: judging.MOST_WORDS])))
    ruling = Ruling(written)
    try:
        told = judging.judge(
            _desk(asked), number, asked.who.person, ruling, [TargetId(n) for n in chosen],
            why if ruling is Ruling.DISPUTE else "",
        )  # fmt: skip
    except ChuandaError as error:
        typed = {"targets": chosen, "reason": reason, "words": words}
        return shown(asked, number, wrong=error, typed=typed)
    return went(asked, "/evidence", told)


async def back(asked: Asked) -> Response:
    """A moment later: that was wrong."""
    number = number_of(text_of(asked, "shot"))
    if number is None:
        return went(asked, "/evidence", GONE)
    try:
        told = judging.take_back(_desk(asked), number, asked.who.person)
    except ChuandaError as error:
        return went(asked, "/evidence", f"{error}。")
    return went(asked, f"/evidence?shot={number}", told)


async def objection(asked: Asked) -> Response:
    """有异议, by whoever sent it."""
    number, words = number_of(text_of(asked, "shot")), text_of(asked, "words")
    if number is None:
        return went(asked, "/evidence", GONE)
    try:
        told = judging.object_to(_desk(asked), number, asked.who.person, words)
    except ChuandaError as error:
        return shown(asked, None, wrong=error, typed={"shot": number, "words": words})
    return went(asked, "/evidence", told)


async def answer(asked: Asked) -> Response:
    """The office's answer: 撤销认定 or 维持认定."""
    number, words = number_of(text_of(asked, "shot")), text_of(asked, "words")
    if number is None or text_of(asked, "ruling") not in ("lift", "uphold"):
        return went(asked, "/evidence", GONE)
    try:
        told = judging.answer(
            _desk(asked), number, asked.who.person, words, lift=text_of(asked, "ruling") == "lift"
        )
    except ChuandaError as error:
        return shown(asked, number, wrong=error, typed={"words": words})
    return went(asked, "/evidence", told)


def _desk(asked: Asked) -> Desk:
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    return desk
