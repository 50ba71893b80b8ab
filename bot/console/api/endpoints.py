"""The one table of what programs may ask: path, parameters, shape, and the function that answers. Routes and document come
from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.console.api.parameters import (
    AFTER,
    LIMIT,
    MOST_DAYS,
    OVERDUE,
    PAGE,
    WHICH,
    Parameter,
    mark_text,
    read,
)
from bot.console.app import API, Asked
from bot.coverage import gap_json, ledger_json
from bot.errors import ChuandaError, NotAllowed, NotFound
from bot.model.counts import Counts
from bot.model.time import iso
from bot.model.tree import Node
from bot.service.answers import Asking, Meant, coverage_answer, find_node, waves_meant
from bot.store import paging
from bot.store.clients import Client
from bot.store.reading import Wave

MOST_FIGURES = 10_000
"""Waves × places that one coverage adds up: 50 ms. A quarter of a town with twenty villages, two weeks of one with 250."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a program asks, read: ``place`` and ``meant`` (the waves), and the rest as it was written."""

    asked: Asked
    client: Client
    place: Node
    meant: Meant
    given: Mapping[str, Any]

    def envelope(self, items: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """A list, and what it is of."""
        return {
            "node": self.place.path,
            "from": self.meant.first.isoformat(),
            "to": self.meant.last.isoformat(),
            "items": items,
            **more,
        }


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``answers``: the shape, by its name in `shapes.SCHEMAS`; ``says``: one line for who reads the document."""

    name: str
    says: str
    parameters: Sequence[Parameter]
    answers: str
    does: Callable[[Question], dict[str, Any]]

    @property
    def path(self) -> str:
        return f"{API}/{self.name}"

    def handler(self) -> Callable[[Asked], Awaitable[Response]]:
        """What the table of routes has."""

        async def answer(asked: Asked) -> Response:
            try:
                return JSONResponse(self.does(_question(asked, self.parameters)))
            except NotFound as error:
                status, why = 404, str(error)
            except NotAllowed as error:
                status, why = 403, str(error)
            except ChuandaError as error:
                status, why = 400, str(error)
            return JSONResponse({"error": f"{why}。"}, status)

        return answer


def _question(asked: Asked, parameters: Sequence[Parameter]) -> Question:
    """What is asked. Raises `ChuandaError`: not understood, not there, not theirs."""
    assert asked.client is not None
    desk, client = asked.console.town.desk, asked.client
    given = read(asked.request.query_params, parameters)
    scope = desk.tree.by_id.get(client.node)
    if scope is None:
        raise NotAllowed("这个令牌能看的单位已经不在名册里；请找反诈办换一个令牌")
    try:
        place = find_node(desk.tree, given.get("node"), within=scope)
    except NotFound as error:  # it may be there and not theirs: the same is said
        raise NotFound(f"{error}；这个令牌能看的是{scope.path}") from None
    which = Asking(
        given.get("wave"),
        given.get("campaign"),
        given.get("from"),
        given.get("to"),
        most_days=MOST_DAYS,
        suggests=False,
    )
    meant = waves_meant(desk.store, asked.console.now(), which)
    return Question(asked, client, place, meant, given)


def _coverage(question: Question) -> dict[str, Any]:
    desk, waves = question.asked.console.town.desk, len(question.meant.waves)
    places = 1 + sum(1 for _ in desk.tree.children(question.place))
    if waves * places > MOST_FIGURES:
        raise ChuandaError(
            f"{waves} 个批次、{places} 个单位一次算不完；日期分几段问，一段最多 {max(1, MOST_FIGURES // places)} 个批次"
        )
    return coverage_answer(desk.store, desk.tree, question.place, question.meant)


def _gaps(question: Question) -> dict[str, Any]:
    console, given = question.asked.console, question.given
    now, store = console.now(), console.town.desk.store
    try:
        rows, end = store.read(
            paging.gap_page,
            question.meant.waves,
            question.place.id,
            given.get("limit", PAGE),
            given.get("after"),
            overdue_at=now if given.get("overdue") else None,
        )
    except KeyError:
        raise _other_pages() from None
    hidden = {} if question.client.names else {"worker": None}
    return question.envelope([{**gap_json(row, now), **hidden} for row in rows], next=mark_text(end))


def _ledger(question: Question) -> dict[str, Any]:
    given, store = question.given, question.asked.console.town.desk.store
    try:
        rows, end = store.read(
            paging.target_page,
            question.meant.waves,
            question.place.id,
            given.get("limit", PAGE),
            given.get("after"),
        )
    except KeyError:
        raise _other_pages() from None
    return question.envelope(list(map(ledger_json, rows)), next=mark_text(end))


def _other_pages() -> ChuandaError:
    return ChuandaError("after 不是这次问题的上一页给的；其他参数要和上一页一样，或者不写 after 从头问")


def _waves(question: Question) -> dict[str, Any]:
    waves = question.meant.waves
    counts = question.asked.console.town.desk.store.read(paging.counts_by_wave, waves, question.place.id)
    return question.envelope([_wave(wave, counts[wave.id]) for wave in waves if wave.id in counts])


def _wave(wave: Wave, counts: Counts) -> dict[str, Any]:
    return {
        "wave": wave.name,
        "content": wave.content,
        "title": wave.title,
        "campaign": wave.campaign or None,
        "urgent": wave.urgent,
        "starts_at": iso(wave.starts_at),
        "closes_at": iso(wave.closes_at),
        "withdrawn": wave.withdrawn,
        "expected": counts.expected,
        "covered": counts.covered,
        "on_time": counts.on_time,
        "late": counts.late,
        "exempt": counts.exempt,
        "coverage": counts.coverage,
    }


ENDPOINTS = (
    Endpoint(
        "coverage",
        f"覆盖率：一个单位，和它下面一级。批次数乘单位数一次最多 {MOST_FIGURES}，多了就分几段日期问。",
        WHICH,
        "Coverage",
        _coverage,
    ),
    Endpoint(
        "gaps", "缺口：应转而没转到的，按批次、名册的顺序。", (*WHICH, OVERDUE, LIMIT, AFTER), "Gaps", _gaps
    ),
    Endpoint(
        "ledger",
        "台账：每个批次、每个群一行，按批次、名册的顺序。",
        (*WHICH, LIMIT, AFTER),
        "Ledger",
        _ledger,
    ),
    Endpoint("waves", "批次：和这个单位有关的，每个一行，带它在这个单位的数。", WHICH, "Waves", _waves),
)
