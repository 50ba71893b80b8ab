"""Where a content stands, in a colour, a character and a word; and who may do what about it, or why not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.approval.decide import (
    Standing,
    answered,
    check_withdraw,
    is_another,
    same_person,
    sendable,
    standing,
)
from bot.approval.lint import Finding
from bot.errors import NotAllowed
from bot.model.content import Content
from bot.model.ledger import ApprovalAct, ApprovalEntry


class Shelf(StrEnum):
    """What the library is looked through by."""

    ALL = ""
    WAITING = "waiting"
    WORK = "work"
    GOOD = "good"
    MATERIAL = "material"
    PAST = "past"


SHELVES = {
    Shelf.ALL: "全部",
    Shelf.WAITING: "等审",
    Shelf.WORK: "在写的",
    Shelf.GOOD: "批准了",
    Shelf.MATERIAL: "素材",
    Shelf.PAST: "不再发",
}


@dataclass(frozen=True, slots=True)
class State:
    """``mark``: the class of its cell, ``sign``: its character, ``word``: what it is called."""

    mark: str
    sign: str
    word: str
    shelf: Shelf


_STATES = {
    Standing.DRAFT: State("free", "稿", "草稿", Shelf.WORK),
    Standing.REJECTED: State("miss", "退", "退回来改", Shelf.WORK),
    Standing.CHANGED: State("miss", "改", "批准后改过，要重新送审", Shelf.WORK),
    Standing.WITHDRAWN: State("cut", "撤", "已撤回", Shelf.PAST),
}


def state_of(
    content: Content, acts: Sequence[ApprovalEntry], today: date, *, fresh: bool, declined: bool, mine: bool
) -> State:
    """``fresh``: material that nobody has worked on yet, ``declined``: and nobody will; ``mine``: whoever looks may decide
    about it."""
    now = standing(content.digest, acts)
    if now is Standing.SUBMITTED:
        return (
            State("doubt", "核", "等您审", Shelf.WAITING)
            if mine
            else State("wait", "等", "等审", Shelf.WAITING)
        )
    if now is Standing.APPROVED:
        why = sendable(content, acts, today)
        if why is None:
            return State("ok", "✓", "批准了", Shelf.GOOD)
        over = content.valid_until is not None and today > content.valid_until
        return State("free", "过", why, Shelf.PAST) if over else State("wait", "等", why, Shelf.GOOD)
    if now is Standing.DRAFT and fresh and declined:
        return State("free", "–", "素材，没有采用", Shelf.PAST)
    if now is Standing.DRAFT and fresh:
        return State("doubt", "材", "素材，待编", Shelf.MATERIAL)
    return _STATES[now]


def submission_of(content: Content, acts: Sequence[ApprovalEntry]) -> ApprovalEntry | None:
    """By whom this version was handed in last."""
    found = [a for a in acts if a.act is ApprovalAct.SUBMIT and a.digest == content.digest]
    return found[-1] if found else None


def may_decide(
    content: Content, acts: Sequence[ApprovalEntry], name: str, account: str, reviewers: Collection[str]
) -> str:
    """Why ``name``, whose chat account that is, cannot approve or send back what waits; empty if they can."""
    submission = submission_of(content, acts)
    if submission is None or standing(content.digest, acts) is not Standing.SUBMITTED:
        return "还没有送审"
    if not is_another(submission, name, account):
        return "是您送审的，要另一个人审"
    if reviewers and not any(same_person(name, one) for one in reviewers):
        return f"审核人是{'、'.join(sorted(reviewers))}"
    return ""


def unanswered(content: Content, acts: Sequence[ApprovalEntry], found: Sequence[Finding]) -> list[Finding]:
    """What the lint found and nobody let pass."""
    passed = answered(content, acts)
    return [finding for finding in found if finding.rule not in passed]


def may_withdraw(content: Content, acts: Sequence[ApprovalEntry], name: str) -> bool:
    """Whether there is anything to withdraw."""
    try:
        check_withdraw(content, acts, name)
    except NotAllowed:
        return False
    return True


def version_of(content: Content, acts: Sequence[ApprovalEntry]) -> int:
    """Which version it is: every digest that was handed in is one, what is being written is the next."""
    handed_in = list(dict.fromkeys(a.digest for a in acts if a.act is ApprovalAct.SUBMIT))
    return handed_in.index(content.digest) + 1 if content.digest in handed_in else len(handed_in) + 1


def approved_before(content: Content, acts: Sequence[ApprovalEntry]) -> ApprovalEntry | None:
    """The last approval of another version, that this one is compared with."""
    found = [a for a in acts if a.act is ApprovalAct.APPROVE and a.digest != content.digest]
    return found[-1] if found else None
