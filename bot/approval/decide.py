"""Who may do what to a content, and whether it may be sent. Pure: the ledger's entries in, a decision out.

Two different people, always; an approval is of a digest, so a changed file is not approved (DESIGN, glossary).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from bot.approval.lint import Finding
from bot.errors import NotAllowed
from bot.model.content import Content
from bot.model.ledger import ApprovalAct, ApprovalEntry


class Standing(StrEnum):
    """Where a content's present digest stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    CHANGED = "changed"
    """Another digest of it was approved: the file was changed since."""
    WITHDRAWN = "withdrawn"


def standing(digest: str, entries: Sequence[ApprovalEntry]) -> Standing:
    """The standing of ``digest`` from all ``entries`` of its content, oldest first.

    A withdrawal ends every digest of the content until something is submitted anew. An approval without a
    submission of the same digest by another person before it, or by the same account under another name, counts for
    nothing, however it got into the ledger.
    """
    found: dict[str, Standing] = {}
    submitted: dict[str, ApprovalEntry] = {}
    withdrawn = False
    for entry in entries:
        if entry.act is ApprovalAct.WITHDRAW:
            found, submitted, withdrawn = {}, {}, True
        elif entry.act is ApprovalAct.SUBMIT:
            found[entry.digest], submitted[entry.digest] = Standing.SUBMITTED, entry
        elif entry.act is ApprovalAct.REJECT:
            found[entry.digest] = Standing.REJECTED
        elif (
            entry.act is ApprovalAct.APPROVE
            and found.get(entry.digest) is Standing.SUBMITTED
            and is_another(submitted[entry.digest], entry.by, entry.account)
        ):
            found[entry.digest] = Standing.APPROVED
    if digest in found:
        return found[digest]
    if Standing.APPROVED in found.values():
        return Standing.CHANGED
    return Standing.WITHDRAWN if withdrawn and not found else Standing.DRAFT


_WHY = {
    Standing.DRAFT: "还没有送审",
    Standing.SUBMITTED: "送审了，还没有批准",
    Standing.REJECTED: "被驳回了",
    Standing.CHANGED: "批准后改过，要重新送审",
    Standing.WITHDRAWN: "已经撤回",
}


def _why(now: Standing, entries: Sequence[ApprovalEntry]) -> str:
    """Why something that stands so is not sent (Chinese)."""
    if now is Standing.DRAFT and any(e.act is ApprovalAct.SUBMIT for e in _since_withdrawal(entries)):
        return "送审后改过，要重新送审"
    return _WHY[now]


def _since_withdrawal(entries: Sequence[ApprovalEntry]) -> Sequence[ApprovalEntry]:
    last = max((i for i, e in enumerate(entries) if e.act is ApprovalAct.WITHDRAW), default=-1)
    return entries[last + 1 :]


def sendable(content: Content, entries: Sequence[ApprovalEntry], today: date) -> str | None:
    """None if ``content`` may be sent on the local day ``today``, else why not (Chinese)."""
    now = standing(content.digest, entries)
    if now is not Standing.APPROVED:
        return _why(now, entries)
    if content.valid_from and today < content.valid_from:
        return f"还没到生效日期 {content.valid_from}"
    if content.valid_until and today > content.valid_until:
        return f"过了有效期 {content.valid_until}"
    return None


def is_another(submission: ApprovalEntry, by: str, account: str = "") -> bool:
    """Whether somebody else than who handed it in: another name, and another account where both are known."""
    one_account = bool(account) and account == submission.account
    return bool(_name(by) and _name(submission.by)) and not same_person(by, submission.by) and not one_account


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: width, case, spaces and invisible characters make no difference."""
    return _name(one) == _name(other)


def _name(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if not ch.isspace() and unicodedata.category(ch) != "Cf")


def _check_named(by: str) -> None:
    if not _name(by):
        raise NotAllowed("要写明是谁；加上 --as 姓名")


def _check_reviewer(
    content: Content, entries: Sequence[ApprovalEntry], by: str, reviewers: Collection[str], account: str = ""
) -> None:
    """A reviewer other than the submitter, for something that is waiting for review."""
    _check_named(by)
    now = standing(content.digest, entries)
    if now is Standing.APPROVED:
        raise NotAllowed(f"《{content.title}》已经批准过了，不用再批")
    if now is not Standing.SUBMITTED:
        raise NotAllowed(
            f"《{content.title}》{_why(now, entries)}；先送审：chuanda content submit {content.id}"
        )
    submission = [e for e in entries if e.act is ApprovalAct.SUBMIT and e.digest == content.digest][-1]
    if not is_another(submission, by, account):
        raise NotAllowed(f"{by}是送审人，不能审自己送的内容；请另一个人来审")
    if reviewers and not any(same_person(by, reviewer) for reviewer in reviewers):
        raise NotAllowed(
            f"{by}不是审核人；审核人是：{'、'.join(sorted(reviewers))}（schedules.yaml 的 reviewers）"
        )


def check_submit(content: Content, entries: Sequence[ApprovalEntry], by: str) -> None:
    """Raises `NotAllowed` if ``by`` cannot hand ``content`` in now."""
    _check_named(by)
    now = standing(content.digest, entries)
    if now is Standing.APPROVED:
        raise NotAllowed(f"《{content.title}》已经批准，没有改过，不用再送审")
    if now is Standing.SUBMITTED:
        raise NotAllowed(f"《{content.title}》已经送审，等另一个人审批")


def check_approve(
    content: Content,
    entries: Sequence[ApprovalEntry],
    by: str,
    findings: Sequence[Finding],
    reviewers: Collection[str],
) -> None:
    """Raises `NotAllowed` unless ``by`` may approve exactly this digest and no finding stands unanswered."""
    _check_reviewer(content, entries, by, reviewers)
    passed = answered(content, entries)
    left = [f for f in findings if f.rule not in passed]
    if left:
        lines = "\n".join(f"{f.place}：{f.what}；{f.write}（{f.rule}）" for f in left)
        raise NotAllowed(f"还有 {len(left)} 处要改，或写明理由放行（--override 规则=理由）：\n{lines}")


def answered(content: Content, entries: Sequence[ApprovalEntry]) -> set[str]:
    """Rules that a second person let pass for this digest since it was last handed in."""
    own = [e for e in entries if e.digest == content.digest]
    last = max((i for i, e in enumerate(own) if e.act is ApprovalAct.SUBMIT), default=len(own))
    return {
        e.rule
        for e in own[last + 1 :]
        if e.act is ApprovalAct.OVERRIDE and e.reason.strip() and is_another(own[last], e.by, e.account)
    }


def check_reject(
    content: Content, entries: Sequence[ApprovalEntry], by: str, reason: str, reviewers: Collection[str]
) -> None:
    """Raises `NotAllowed` unless ``by`` may send ``content`` back, with a reason."""
    _check_reviewer(content, entries, by, reviewers)
    if not reason.strip():
        raise NotAllowed("驳回要写明理由；加上 --reason 理由")


def check_override(
    content: Content,
    entries: Sequence[ApprovalEntry],
    by: str,
    rule: str,
    reason: str,
    findings: Sequence[Finding],
    reviewers: Collection[str],
    account: str = "",
) -> None:
    """Raises `NotAllowed` unless ``by`` may let the findings of ``rule`` pass, with a reason. ``account``: theirs, if known."""
    _check_reviewer(content, entries, by, reviewers, account)
    known = sorted({f.rule for f in findings})
    if rule not in known:
        offered = f"查出的有：{'、'.join(known)}" if known else "这条内容没有查出问题，不用放行"
        raise NotAllowed(f"没有查出“{rule}”；{offered}")
    if not reason.strip():
        raise NotAllowed(f"放行“{rule}”要写明理由；写成 --override {rule}=理由")


def check_withdraw(content: Content, entries: Sequence[ApprovalEntry], by: str) -> None:
    """Raises `NotAllowed` if there is nothing to withdraw. Anyone of the office may: stopping is never too hard.

    It ends whatever was handed in or approved, also if the file has changed since.
    """
    _check_named(by)
    if any(e.act in (ApprovalAct.SUBMIT, ApprovalAct.APPROVE) for e in _since_withdrawal(entries)):
        return
    if any(e.act is ApprovalAct.WITHDRAW for e in entries):
        raise NotAllowed(f"《{content.title}》已经撤回过了")
    raise NotAllowed(f"《{content.title}》没有送审过，不会发出去，不用撤回")
