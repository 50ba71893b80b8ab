"""Who speaks: known by account; in a work group also by the full name that the room shows, for what everybody there may see.

Names prove nothing in a chat, so whatever needs a role needs an account that a one-time code made known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.model.chat import Message
from bot.model.speaker import Role
from bot.model.tree import Group, Node, Post, Use, Worker
from bot.service.desk import Desk


@dataclass(frozen=True, slots=True)
class Speaker:
    """``person`` is None for a stranger. ``scope``: the places that are theirs with all below, the nearest first; the first is
    meant when none is named."""

    person: Worker | None
    roles: frozenset[Role]
    scope: Sequence[Node]
    account: str
    by_account: bool


LEADS = frozenset({Post.IN_CHARGE, Post.HEAD})


def roles_of(desk: Desk, person: Worker, given: Collection[Role] | None = None) -> frozenset[Role]:
    """What somebody is: by the roster's posts, and by what a code gave: in chat the account, or ``given`` where it is
    not the chat."""
    found = set(desk.roles.get(person.id, ()) if given is None else given)
    for node, post in desk.tree.posts_of.get(person.id, ()):
        # A village's contact looks after the grids below it.
        found.add(Role.LEADER if post in LEADS or node.hi > node.lo else Role.WORKER)
        if post not in LEADS:
            found.add(Role.WORKER)
    return frozenset(found)


def by_account(desk: Desk, message: Message, group: Group | None) -> Speaker:
    """Who speaks as far as the account tells; a stranger otherwise."""
    known = desk.worker_of.get(message.sender)
    person = None if known is None else desk.person(known)
    if person is None:
        return Speaker(None, frozenset({Role.STRANGER}), (), message.sender, by_account=False)
    roles = roles_of(desk, person)
    return Speaker(person, roles, scope_of(desk, person, roles, group), message.sender, by_account=True)


def by_name(desk: Desk, message: Message, group: Group | None) -> Speaker:
    """As `by_account`, and in a work group by the shown name (``message`` has it), if exactly one person around it has it."""
    speaker = by_account(desk, message, group)
    if speaker.person is not None or group is None or group.use is not Use.WORK:
        return speaker
    found = desk.named_in(message.sender_name, group)
    copied = not message.sender  # a person of the office read it, and saw who said it
    if len(found) != 1 or (found[0].id in desk.accounts and not copied):  # who has an account speaks by it
        return speaker
    roles = frozenset(roles_of(desk, found[0])) - {Role.OFFICE, Role.REVIEWER}
    here = desk.tree.by_id[group.node]
    scope = [n for n in scope_of(desk, found[0], roles, group) if here.lo <= n.lo <= here.hi]
    return Speaker(found[0], roles, scope, message.sender, by_account=copied)


def topmost(scope: Sequence[Node]) -> list[Node]:
    """Of places those that lie below no other of them."""
    return [n for n in scope if not any(top is not n and top.lo <= n.lo <= top.hi for top in scope)]


def scope_of(
    desk: Desk, person: Worker, roles: frozenset[Role], group: Group | None = None
) -> Sequence[Node]:
    """The places that are somebody's, the nearest to ``group`` first."""
    own = [node for node, _ in desk.tree.posts_of.get(person.id, ())]
    if roles & {Role.OFFICE, Role.REVIEWER}:
        own = [desk.tree.root]
    here = [] if group is None else [desk.tree.by_id[group.node]]
    near = [n for n in here if any(top.lo <= n.lo <= top.hi for top in own)]
    return list({node.id: node for node in (*near, *own)}.values())
