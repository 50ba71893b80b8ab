"""What there is: a place with its people, groups and the places below it; and a search over all that is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.responses import Response

from bot.commands.table import Duty
from bot.console.app import Asked, number_of
from bot.console.look import page
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.model.tree import GroupId, Node, NodeId, Worker, WorkerId
from bot.phrases.talk import ROLES
from bot.phrases.words import MODES, USES, spoken_day
from bot.roster.changes import TITLES
from bot.roster.fields import MEDIA
from bot.service.people import without_account
from bot.service.places import Hit, PlaceRow, groups_at, people_at, rows_below, rows_of, search
from bot.store import accounts, rooms

T = TypeVar("T")
ON_A_PAGE = 60
MOST_OUTSIDE = 30
_MEDIA = {medium: word for word, medium in MEDIA.items()}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form that could not be taken: which one (``form``), which field, why (Chinese), and what was typed."""

    form: str = ""
    name: str = ""
    why: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


NOTHING_WRONG = Wrong()


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a long list, of ``pages``; ``of``: how many there are."""

    number: int
    pages: int
    of: int


async def town(asked: Asked) -> Response:
    """What is theirs, or what a search found."""
    desk, now, who = asked.console.town.desk, asked.console.now(), asked.who
    if not who.places:
        return page(asked, "nothing.html")
    written = asked.request.query_params.get("q", "").strip()[:40]
    if written:
        hits, more = search(desk, written, who.places)
        return page(
            asked, "town/found.html", q=written, hits=[(hit, _where(asked, hit)) for hit in hits], more=more
        )
    if len(who.places) == 1:
        return unit_page(asked, who.places[0])
    rows: Sequence[PlaceRow] = rows_of(desk, sorted(who.places, key=lambda node: node.lo), now)
    return page(asked, "town/places.html", rows=rows, q="")


async def unit(asked: Asked) -> Response:
    """A place opened."""
    node = node_of(asked, str(asked.request.path_params["node"]))
    return unit_page(asked, node) if isinstance(node, Node) else node


def node_of(asked: Asked, written: str) -> Node | Response:
    """The place of that number if it is theirs, else the answer that it is not."""
    number = number_of(written)
    node = None if number is None else asked.console.town.desk.tree.by_id.get(NodeId(number))
    if node is not None and asked.who.sees(node):
        return node
    return page(asked, "town/elsewhere.html", 404 if node is None else 403, name=node.name if node else "")


def unit_page(asked: Asked, node: Node, wrong: Wrong = NOTHING_WRONG) -> Response:
    """A place's page; ``wrong``: with the form that has to be mended, as it was typed."""
    desk, now, who = asked.console.town.desk, asked.console.now(), asked.who
    tree, query = desk.tree, asked.request.query_params
    may = who.may(Duty.TOWN)
    top = len(who.places) == 1 and node is who.places[0]
    groups = groups_at(desk, node, now)
    shown = _page_of(query.get("groups", ""), query.get("group", ""), [row.group.id for row in groups])
    below, children = _part(rows_below(desk, node, now), query.get("page", ""))
    groups, group_part = _part(groups, shown)
    return page(
        asked,
        "town/unit.html",
        422 if wrong.why else 200,
        node=node,
        top=top,
        above=[here for here in reversed(list(tree.upward(node))) if here is not node and who.sees(here)],
        people=people_at(desk, node, now),
        groups=groups,
        group_part=group_part,
        rows=below,
        part=children,
        may=may,
        codes=len(without_account(tree, node, desk.accounts)) if may else 0,
        hole=tree.is_hole(node),
        today=day_of(now).isoformat(),
        doubts=len(desk.store.read(rooms.doubts)) if may and top else 0,
        roles=_roles(asked) if may else {},
        staff=_staff(asked) if may and top else ([], []),
        wrong=wrong,
        q="",
        titles=TITLES,
        uses=USES,
        modes=MODES,
        media=_MEDIA,
        day=lambda at: spoken_day(day_of(at)),
    )


def _page_of(written: str, group: str, ids: Sequence[GroupId]) -> str:
    """The page of a place's groups that is asked for, by its number or by a group on it."""
    number = number_of(group)
    if number is not None and number in ids:
        return str(ids.index(GroupId(number)) // ON_A_PAGE + 1)
    return written


def _part(things: list[T], written: str) -> tuple[list[T], Part]:
    pages = max(1, -(-len(things) // ON_A_PAGE))
    number = min(max(number_of(written) or 1, 1), pages)
    return things[(number - 1) * ON_A_PAGE : number * ON_A_PAGE], Part(number, pages, len(things))


def _where(asked: Asked, hit: Hit) -> str:
    """The path of what was found, without the town."""
    path = hit.node.path.partition("/")[2]
    return (
        path if hit.group or hit.worker else path.rpartition("/")[0]
    ) or asked.console.town.desk.tree.root.name


def _staff(asked: Asked) -> tuple[list[tuple[Worker, str]], list[tuple[Worker, str]]]:
    """Who has something of the office's without a post, with their roles; and who is in no roster any more and whose account
    is still theirs, with where they were."""
    desk, roles = asked.console.town.desk, _roles(asked)
    office, left = [], []
    for worker in desk.store.read(accounts.people).values():
        if worker.id in desk.tree.worker_by_id:
            continue
        if worker.id in roles:
            office.append((worker, roles[worker.id]))
        else:
            left.append((worker, worker.unit.rpartition("/")[2]))
    return office[:MOST_OUTSIDE], left[:MOST_OUTSIDE]


def _roles(asked: Asked) -> dict[WorkerId, str]:
    """What people may do beyond what the roster gives them, in chat and at the console, in words."""
    store = asked.console.town.desk.store
    found: dict[WorkerId, set[Role]] = {}
    for given in (store.read(accounts.roles), store.read(accounts.seat_roles)):
        for worker, held in given.items():
            found.setdefault(worker, set()).update(held)
    return {worker: "、".join(ROLES[role] for role in sorted(held)) for worker, held in found.items()}
