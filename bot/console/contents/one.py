"""One content: as it will look in a chat, what changed since the last approval, where it stands, and where it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.approval.decide import Standing, sendable, standing
from bot.approval.lint import findings
from bot.approval.versions import changes, kept_lines, lines_of
from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console import files
from bot.console.app import Asked, number_of
from bot.console.contents import looks, states
from bot.console.contents.shelf import standing_of
from bot.console.look import page
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.counts import Counts
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import day_of, local
from bot.store import approvals, journeys, material, reading
from bot.store.reading import Wave

WAVES_SHOWN = 5
WAITS_READ = 300
"""Of a wave's groups, for the middle of how long they took: enough for what is rounded to minutes."""
_ACTS = {
    ApprovalAct.SUBMIT: "送审",
    ApprovalAct.APPROVE: "批准",
    ApprovalAct.REJECT: "退回",
    ApprovalAct.OVERRIDE: "放行",
    ApprovalAct.WITHDRAW: "撤回",
}


@dataclass(frozen=True, slots=True)
class Journey:
    """A wave and how it was passed on. ``wait``: until it was reposted in half of the groups that reposted it."""

    wave: Wave
    counts: Counts
    wait: str


def content_asked(asked: Asked) -> Content | None:
    """The content of the address, as it is on disk now."""
    desk = asked.console.town.desk
    desk.refresh_library()
    return desk.contents.get(ContentId(str(asked.request.path_params["content"])))


def missing(asked: Asked) -> Response:
    """There is no such content, or it cannot be read: why."""
    wanted = str(asked.request.path_params["content"])
    broken = asked.console.town.desk.library.broken
    problems = [str(problem) for problem in broken if f"/{wanted}/" in f"/{problem.place}/"]
    return page(asked, "contents/missing.html", 404, wanted=wanted, problems=problems)


async def one(asked: Asked) -> Response:
    """The page of a content."""
    content = content_asked(asked)
    return missing(asked) if content is None else show(asked, content)


def show(
    asked: Asked, content: Content, status: int = 200, *, wrong: str = "", reason: str = "", push: str = ""
) -> Response:
    """The page, with what was ``wrong`` with a reason that was typed; ``push``: what sending it now would do, to be confirmed."""
    desk, now, who = asked.console.town.desk, asked.console.now(), asked.who
    acts = desk.acts.get(content.id, [])
    handed_in = desk.store.read(material.materials)
    stands = standing(content.digest, acts)
    found = findings(content, desk.schedules.links)
    left = states.unanswered(content, acts, found)
    marks = looks.marks_of(content, found)
    before = states.approved_before(content, acts)
    kept = before and desk.store.read(approvals.approved_text, before.digest)
    if kept:
        rows, stayed = looks.rows(changes(kept_lines(kept), lines_of(content)), marks)
    else:
        rows, stayed = looks.plain_rows(lines_of(content), marks), []
    may_decide = states.may_decide(content, acts, who.person.name, who.account, desk.schedules.reviewers)
    skip = number_of(asked.request.query_params.get("waves", "0")) or 0
    waves = journeys_of(asked, content.id, skip)
    may_withdraw = who.may(Command.WITHDRAW) and states.may_withdraw(content, acts, who.person.name)
    # Counted only for who is about to withdraw.
    withdrawing = may_withdraw and asked.request.query_params.get("withdraw") == "1"
    return page(
        asked,
        "contents/one.html",
        status,
        content=content,
        state=standing_of(asked, content, handed_in),
        stands=stands.value,
        submitted=stands is Standing.SUBMITTED,
        version=states.version_of(content, acts),
        submission=states.submission_of(content, acts),
        waited=_waited(now - sub.at) if (sub := states.submission_of(content, acts)) else "",
        last=_last(acts, content.digest),
        acts=[(act, _ACTS[act.act]) for act in reversed(acts)],
        material=handed_in.get(content.id),
        bubbles=looks.bubbles(content, marks, desk.sendable_parts(content)),
        big=asked.request.query_params.get("big") == "1",
        found=found,
        left=left,
        rules=list(dict.fromkeys(finding.rule for finding in left)),
        before=before,
        before_version=_number_of_version(acts, before),
        kept=kept is not None,
        once=any(act.act is ApprovalAct.APPROVE and act.digest == content.digest for act in acts),
        rows=rows,
        stayed=stayed,
        why_not=may_decide,
        reviewers=sorted(desk.schedules.reviewers),
        may_write=who.may(Duty.WRITE),
        may_approve=who.may(Command.APPROVE),
        may_push=who.may(Command.PUSH) and sendable(content, acts, day_of(now)) is None,
        may_withdraw=may_withdraw,
        withdrawing=withdrawing,
        reached=desk.store.read(journeys.groups_to_put_right, content.id, now) if withdrawing else 0,
        waves=waves,
        waves_in_all=desk.store.read(journeys.how_often, content.id),
        waves_skipped=skip,
        wrong=wrong,
        reason=reason,
        push=push,
        at=stamp,
    )


def stamp(at: object) -> str:
    """“3月12日 14:22”."""
    here = local(at)  # type: ignore[arg-type]  # from a template
    return f"{here.month}月{here.day}日 {here.hour}:{here.minute:02d}"


def _waited(gone: timedelta) -> str:
    minutes = int(gone.total_seconds()) // 60
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if not minutes:
        return "不到 1 分钟"
    return f"{hours} 小时 {minutes % 60} 分" if hours else f"{minutes} 分钟"


def _last(acts: Sequence[ApprovalEntry], digest: str) -> ApprovalEntry | None:
    """What was decided last about this version, or about the whole content."""
    found = [a for a in acts if a.digest == digest or a.act is ApprovalAct.WITHDRAW]
    return found[-1] if found else None


def _number_of_version(acts: Sequence[ApprovalEntry], entry: ApprovalEntry | None) -> int:
    handed_in = list(dict.fromkeys(a.digest for a in acts if a.act is ApprovalAct.SUBMIT))
    return handed_in.index(entry.digest) + 1 if entry is not None and entry.digest in handed_in else 0


def journeys_of(asked: Asked, content: ContentId, skip: int) -> list[Journey]:
    """Some of its waves, the newest first."""
    desk = asked.console.town.desk
    found = []
    for name in desk.store.read(journeys.wave_names_of, content, WAVES_SHOWN, skip):
        wave = desk.store.read(reading.wave_named, name)
        if wave is not None:
            counts = desk.store.read(reading.counts, [wave], desk.tree.root.id)
            every = max(1, counts.expected // WAITS_READ)
            wait = desk.store.read(journeys.median_wait, wave.id, every)
            found.append(Journey(wave, counts, "" if wait is None else _waited(wait)))
    return found


async def file(asked: Asked) -> Response:
    """A picture to look at, any other file to save. It is named by its hash: no path comes from the address."""
    content = content_asked(asked)
    wanted = str(asked.request.path_params["hash"])
    if content is None or len(wanted) != 16:
        return missing(asked)
    for part in content.parts:
        if part.thumbnail is not None and part.thumbnail_sha256.startswith(wanted):
            return _served(part, thumbnail=True)
        if part.path is not None and part.kind is not PartKind.TEXT and part.sha256.startswith(wanted):
            return _served(part)
    return missing(asked)


def _served(part: Part, *, thumbnail: bool = False) -> Response:
    path = part.thumbnail if thumbnail else part.path
    assert path is not None
    kept = {"Cache-Control": "private, max-age=3600"}
    return files.part(path, look=thumbnail or part.kind is PartKind.IMAGE, headers=kept)
