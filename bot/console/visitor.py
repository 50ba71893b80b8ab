"""Who is looking: a person with the roles and places that they have in chat too, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.said import Command
from bot.commands.table import DUTIES, Duty, Verdict, verdict
from bot.model.speaker import Place, Role
from bot.model.tree import Node, Worker
from bot.service.desk import Desk
from bot.service.talking.speaker import Speaker, roles_of, scope_of, topmost
from bot.store.seats import Session


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signed in. ``scope``: their places; ``form``: what their forms bring back, so that no other page's do;
    ``account``: the chat account that is known to be theirs, however they came in, or empty."""

    person: Worker
    roles: frozenset[Role]
    scope: Sequence[Node]
    form: str
    account: str = ""

    @property
    def places(self) -> list[Node]:
        """Of their places those that lie below no other of them."""
        return topmost(self.scope)

    def sees(self, node: Node) -> bool:
        """Whether ``node`` is theirs."""
        return any(top.lo <= node.lo <= top.hi for top in self.scope)

    def may(self, what: Command | Duty) -> bool:
        """Whether they may say that command privately in chat, so that they may do it here; or have that duty."""
        if isinstance(what, Duty):
            return bool(DUTIES[what] & self.roles)
        return verdict(what, self.roles, Place.PRIVATE, by_account=True, at_home=False) is Verdict.YES

    @property
    def speaker(self) -> Speaker:
        """The same person, as the conversation knows who speaks."""
        return Speaker(self.person, self.roles, self.scope, self.account, by_account=True)


def visitor_of(desk: Desk, session: Session) -> Visitor | None:
    """Who signed in; None if they are in no roster any more and the office gave them nothing, or came in by an account that
    is theirs no longer. By a chat account they are what they are in chat, and no more."""
    if session.account and desk.accounts.get(session.person.id) != session.account:
        return None
    given = set() if session.role is None else {session.role}
    person = desk.tree.worker_by_id.get(session.person.id, session.person)
    roles = roles_of(desk, person, None if session.account else given)
    if not roles:
        return None
    account = desk.accounts.get(session.person.id, "")
    return Visitor(person, roles, scope_of(desk, person, roles), session.form, account)
