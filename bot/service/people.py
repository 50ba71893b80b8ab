"""People and their accounts: one-time codes, and somebody who takes over from somebody else.

A code is known to nobody once it was shown: the store keeps its hash. What `chuanda bind`, `handover` and the console do.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.approval.code import LETTERS
from bot.errors import ChuandaError, NotAllowed, NotFound
from bot.model.speaker import Role
from bot.model.tree import Node, Post, Tree, Worker, WorkerId
from bot.store import accounts, talk, trees
from bot.store.database import Connection, Store

CODE_LENGTH = 8
"""31⁸: 39 bits."""
CODE_FOR = timedelta(days=7)
ROLE_CODE_FOR = timedelta(minutes=10)
"""It may approve and push: whoever it is for sits beside you."""


@dataclass(frozen=True, slots=True)
class Given:
    """A code that makes ``worker``'s account known, once, until then."""

    worker: Worker
    code: str
    until: datetime


def new_code() -> str:
    """A code of letters and digits of which none is read as another."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def codes_for(people: Collection[Worker], now: datetime, lasts: timedelta = CODE_FOR) -> list[Given]:
    """A code for each of ``people``; good for nothing before `keep_codes`."""
    return [Given(worker, new_code(), now + lasts) for worker in people]


def keep_codes(conn: Connection, given: Sequence[Given], role: Role | None = None) -> None:
    """From now on these codes are taken, and older ones of the same people are not."""
    for one in given:
        accounts.add_code(conn, one.code, one.worker.id, one.until, role)


def people_below(tree: Tree, node: Node) -> list[Worker]:
    """Everybody who has a post at ``node`` or below, each once."""
    ids = {worker for here in tree.subtree(node) for worker in here.people.values()}
    return [tree.worker_by_id[worker] for worker in sorted(ids)]


def without_account(tree: Tree, node: Node, known: Collection[WorkerId]) -> list[Worker]:
    """Who of the people at ``node`` and below has no account that is known."""
    return [worker for worker in people_below(tree, node) if worker.id not in known]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """``groups``: open tasks that have another owner now. ``forgotten``: the old account is nobody's any more; ``stays``: who
    had it is in the roster still, so it is not touched."""

    groups: int
    forgotten: bool
    stays: bool


def former(store: Store, name: str, successor: Worker) -> Worker:
    """Who is meant by somebody's name in a roster of now or before: whoever was in the unit of ``successor``, else the only
    one of that name. Raises `NotFound` and `ChuandaError`."""
    before = store.read(trees.workers_named, name.strip())
    known = [worker for worker in before if worker.unit == successor.unit] or before
    if not known:
        raise NotFound(f"名册里从来没有“{name}”")
    if len(known) != 1:
        raise NotFound(f"有 {len(known)} 个“{name}”，分不清是哪一个；加上 --node 单位")
    if known[0].id == successor.id:
        raise ChuandaError("两个名字是同一个人；写：chuanda handover 原来的人 新来的人")
    return known[0]


def hand_over(conn: Connection, tree: Tree, before: Worker, successor: Worker, now: datetime) -> HandedOver:
    """``successor`` does what ``before`` has still open and is not responsible for any more; who is in no roster any more
    loses the account with it. Raises `NotAllowed` where that would be somebody of the office: their place is no roster's."""
    stays = before.id in tree.posts_of
    if not stays and (before.id in accounts.roles(conn) or before.id in accounts.seat_roles(conn)):
        raise NotAllowed(
            f"{before.name}是反诈办的人，不在这里交接；人走了，先解除账号：chuanda bind --person {before.name} --off"
        )
    kept = {node.id for node in tree.nodes if node.people.get(Post.CONTACT) == before.id}
    targets = {
        target: successor.id for target, node in talk.open_targets(conn, before.id, now) if node not in kept
    }
    talk.hand_over(conn, targets)
    forgotten = not stays and accounts.forget_account(conn, before.id)
    return HandedOver(len(targets), forgotten, stays)
