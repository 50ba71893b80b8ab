"""What is to be done by hand now: one heap at a time, its text ready to copy, its groups to tick off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response

from bot.console import files
from bot.console.app import Asked, number_of, text_of
from bot.console.look import page, told, went
from bot.errors import ChuandaError, NotAllowed
from bot.model.content import PartKind
from bot.phrases import LINKS
from bot.service import by_hand, ticking
from bot.service.by_hand import Heap, Sheet, Work
from bot.service.desk import Desk
from bot.service.hands import Errand, held, until
from bot.service.ticking import TickedBefore
from bot.store import talk

MOST_ROWS = 60
"""Groups on one page: more than a person posts to before the list is looked at again."""
LOGGED = "by_hand"
MOST_REASON = 60
_ERRAND = re.compile(r"[stndx]\d{1,15}")
HOW = ("done", "failed", "again", "undo")


@dataclass(frozen=True, slots=True)
class Words:
    """What a heap is called, what its button says, what its groups are counted as."""

    head: str
    done: str
    what: str
    not_done: str = "没发成"


WORDS: Mapping[Work, Words] = {
    Work.RIGHT: Words("要更正的", "更正了", "个群要更正", ""),
    Work.POST: Words("要发的", "发了", "个群要发"),
    Work.TAKEN: Words("接手来发的", "发了", "个群要发"),
    Work.NOTICE: Words("要说一声的", "发了", "个群要发"),
    Work.DOUBT: Words("不知道发没发出", "有了", "条要到群里看一眼", ""),
    Work.FORWARD: Words("要转的", "转了", "个群要转", "转不了"),
    Work.WAITING: Words("等网关的", "", "个群在等"),
}


async def outbox(asked: Asked) -> Response:
    """What is to be done, and one heap of it opened."""
    query = asked.request.query_params
    return _outbox(asked, query.get("what", ""), number_of(query.get("skip", "")) or 0)


def _outbox(
    asked: Asked, key: str, skip: int, status: int = 200, wrong: str = "", typed: str = ""
) -> Response:
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    listed = by_hand.heaps(desk, now)
    chosen = next((heap for heap in listed if heap.key == key), None) or _first(listed)
    skip = skip - skip % MOST_ROWS if chosen and skip < chosen.groups else 0
    errands = by_hand.errands_of(desk, chosen, now, MOST_ROWS, skip) if chosen and not chosen.stopped else []
    down = by_hand.gateway_down(desk)
    just = asked.request.query_params.get("just", "")
    return page(
        asked,
        "by_hand/outbox.html",
        status,
        heaps=listed,
        words=WORDS,
        chosen=chosen,
        sheets=_sheets(desk, chosen, errands),
        people=_by_person(errands) if chosen and chosen.work is Work.FORWARD else [],
        skip=skip,
        most=MOST_ROWS,
        until=lambda due: until(due, now),
        held=held(desk),
        by_itself=desk.capabilities.by_itself,
        gateway=down,
        broken=LINKS[down.link] if down else "",
        just=just if _ERRAND.fullmatch(just) and can_undo(desk, just) else "",
        wrong=wrong,
        typed=typed,
        longest=MOST_REASON,
    )


def _first(listed: Sequence[Heap]) -> Heap | None:
    """What is opened by itself: the first heap of which something can be done."""
    open_ones = [heap for heap in listed if not heap.stopped and heap.work is not Work.WAITING]
    return next(iter(open_ones or listed), None)


def _sheets(desk: Desk, heap: Heap | None, errands: Sequence[Errand]) -> list[Sheet]:
    if heap is None:
        return []
    if heap.work is not Work.FORWARD:
        return by_hand.sheets(desk, errands)
    sheet = by_hand.to_forward(desk, heap.lot) if heap.lot else None
    return [sheet] if sheet else []


def _by_person(errands: Sequence[Errand]) -> list[tuple[str, str, list[Errand]]]:
    """Who forwards what: (person, village, groups), in the order of the list."""
    found: dict[tuple[str, str], list[Errand]] = {}
    for errand in errands:
        found.setdefault((errand.who or "没有负责人", errand.unit), []).append(errand)
    return [(who, unit, mine) for (who, unit), mine in found.items()]


def can_undo(desk: Desk, errand: str) -> bool:
    """Whether a tick can be taken back: what people did, not what they did in the gateway's place."""
    return errand[0] == "t" or (errand[0] == "s" and not desk.capabilities.by_itself)


async def tick(asked: Asked) -> Response:
    """An errand is done, cannot be done, is to be posted once more, or was ticked by mistake."""
    desk = asked.console.town.desk
    now = desk.now = asked.console.now()
    errand, how, reason = text_of(asked, "errand"), text_of(asked, "how"), text_of(asked, "reason")
    if not _ERRAND.fullmatch(errand) or how not in HOW:
        return _said(asked, "这一条看不懂，刷新一下再勾。", errand, 422)
    if how == "failed" and not (0 < len(reason) <= MOST_REASON):
        why = "写一句原因，比如“群主禁言”" if not reason else f"原因最多 {MOST_REASON} 个字"
        if asked.request.headers.get("hx-request"):
            return _row(asked, errand, how, why, 422)
        return _outbox(asked, text_of(asked, "what"), _skip(asked), 422, f"{errand} {why}", reason)
    try:
        with desk.store.together():
            text = _record(desk, errand, how, now, asked.who.person.name, reason)
            name, _, outcome = text.partition("：")
            _log(asked, name, outcome)
    except TickedBefore:
        return _said(asked, f"{_group(desk, errand)}：已经有人勾过了，这次没有再记。", errand, how=how)
    except ChuandaError as error:
        return _said(asked, f"{str(error).split('；', 1)[0]}，没有记。刷新一下再看。", errand, how=how)
    return _said(asked, f"{text}。", errand, how=how, done=True)


def _record(desk: Desk, errand: str, how: str, now: datetime, by: str, reason: str) -> str:
    if how == "again":
        return ticking.send_again(desk, errand, now, by=by)
    if how == "undo":
        return ticking.take_back(desk, errand, now, by=by)
    return ticking.tick_off(desk, errand, now, by=by, failed=reason if how == "failed" else None)


def _log(asked: Asked, what: str, outcome: str) -> None:
    """In the transaction of the act itself: what is done and stands in no log cannot be, whatever happens."""
    desk = asked.console.town.desk
    desk.store.write_now(talk.log_command, desk.now, asked.who.person.id, LOGGED, what, outcome)


def _group(desk: Desk, errand: str) -> str:
    return ticking.group_of(desk, errand) or "这一条"


def _said(
    asked: Asked, text: str, errand: str, status: int = 200, how: str = "", *, done: bool = False
) -> Response:
    """What came of it: in the row that was ticked, or at the head of the page."""
    if asked.request.headers.get("hx-request"):
        return _row(asked, errand, how, text, status, done=done)
    undo = f"&just={errand}" if done and how in ("done", "failed") else ""
    return went(asked, f"/by-hand?what={quote(text_of(asked, 'what'))}&skip={_skip(asked)}{undo}", text)


def _row(asked: Asked, errand: str, how: str, text: str, status: int, *, done: bool = False) -> Response:
    if status >= 400:
        return told(asked, text, status)
    desk = asked.console.town.desk
    return page(
        asked,
        "by_hand/ticked.html",
        errand=errand,
        text=text,
        done=done,
        off=status == 200 and how != "undo" and not (how == "failed" and errand[0] == "t"),
        undo=done and how in ("done", "failed") and can_undo(desk, errand),
        what=text_of(asked, "what"),
        skip=_skip(asked),
    )


def _skip(asked: Asked) -> int:
    return number_of(text_of(asked, "skip")) or 0


async def take_over(asked: Asked) -> Response:
    """While the gateway is down: the next groups of a wave are posted by people, and by the gateway no more."""
    desk = asked.console.town.desk
    now = desk.now = asked.console.now()
    wave = number_of(text_of(asked, "wave"))
    try:
        with desk.store.together():
            groups = by_hand.take_over(desk, wave or 0, now, MOST_ROWS, by=asked.who.person.name)
            if groups:
                _log(asked, "接手网关没发的", f"{groups} 个群改由人工发")
    except NotAllowed as error:
        return went(asked, "/by-hand", f"{error}。")
    if not groups:
        return went(asked, "/by-hand", "这一批已经没有在等的群了。")
    return went(
        asked, "/by-hand?what=h", f"{groups} 个群改由人工发，网关好了也不会再发这些群。发完一个勾一个。"
    )


async def give_back(asked: Asked) -> Response:
    """What was taken over and not posted is the gateway's again."""
    desk = asked.console.town.desk
    now = desk.now = asked.console.now()
    with desk.store.together():
        groups = by_hand.give_back(desk, now)
        if groups:
            _log(asked, "交还网关", f"{groups} 个群仍由网关发")
    if not groups:
        return went(asked, "/by-hand", "没有接手了还没发的群。")
    return went(asked, "/by-hand", f"{groups} 个群交还了，网关好了由它发。")


async def file(asked: Asked) -> Response:
    """A picture or file of a content, to be saved or copied; as what it is, whatever it is called."""
    number = number_of(str(asked.request.path_params["part"]))
    found = by_hand.file_of(
        asked.console.town.desk, str(asked.request.path_params["content"]), -1 if number is None else number
    )
    if found is None:
        return told(asked, "没有这个附件了，或者内容改过、停发了。刷新一下再看。", 404)
    path, kind = found
    return files.part(path, look=kind is PartKind.IMAGE, save=asked.request.query_params.get("save") == "1")
