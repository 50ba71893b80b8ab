"""What follows from an act on a content, by whichever door it came: chat, the computer, the console."""

from __future__ import annotations

from bot.approval.decide import check_override, check_submit
from bot.approval.lint import findings
from bot.approval.versions import lines_of, written
from bot.model.content import Content
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.model.tree import Worker, WorkerId
from bot.phrases import deciding as say
from bot.service.desk import ANSWER_WITHIN, Desk
from bot.store import approvals, notices
from bot.store.database import Connection


def write_down(conn: Connection, content: Content, *entries: ApprovalEntry) -> None:
    """Append ``entries``; of an approval keep what was approved, so that the next reviewer sees what changed."""
    for entry in entries:
        approvals.add_approval(conn, content.id, entry)
        if entry.act is ApprovalAct.APPROVE:
            approvals.keep_text(conn, content.id, entry.digest, written(lines_of(content)))


async def hand_in(desk: Desk, content: Content, person: Worker, account: str = "") -> list[Worker]:
    """``person`` hands ``content`` in: the reviewers and the office hear of it. Returns the reviewers that are known; raises
    `NotAllowed`."""
    check_submit(content, desk.acts.get(content.id, []), person.name)
    entry = ApprovalEntry(ApprovalAct.SUBMIT, content.digest, person.name, desk.now, account=account)
    await desk.store.write(write_down, content, entry)
    desk.refresh_library()
    reviewers = [
        one
        for worker, roles in desk.roles.items()
        if Role.REVIEWER in roles and worker != person.id and (one := desk.person(worker)) is not None
    ]
    text = say.please_review(content.title, person.name)
    for reviewer in reviewers:
        await tell_privately(desk, reviewer.id, f"please-review:{content.digest}", text)
    desk.tell_office(f"submitted:{content.digest}", text)
    return reviewers


async def let_pass(
    desk: Desk, content: Content, person: Worker, rule: str, reason: str, account: str = ""
) -> None:
    """A second person lets what the lint found by ``rule`` pass, with a reason. Raises `NotAllowed`."""
    problems = findings(content, desk.schedules.links)
    acts, reviewers = desk.acts.get(content.id, []), desk.schedules.reviewers
    check_override(content, acts, person.name, rule, reason, problems, reviewers, account)
    entry = ApprovalEntry(
        ApprovalAct.OVERRIDE, content.digest, person.name, desk.now, reason, rule, account=account
    )
    await desk.store.write(write_down, content, entry)
    desk.refresh_library()


async def tell_privately(desk: Desk, worker: WorkerId, key: str, text: str) -> None:
    """Something for one person, where the chat lets us write to them."""
    if desk.capabilities.private and worker in desk.private:
        await desk.store.write(
            notices.add_notice, f"{key}:{worker}", "answer", text, desk.now, desk.now + ANSWER_WITHIN, worker=worker
        )  # fmt: skip
