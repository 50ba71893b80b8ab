"""The office and its reviewers: review, urgent push, withdrawal, switches, reminding, exemptions (PLANS V1, V3, R2).

Nothing goes out that a named person has not approved: what is approved is what this person was shown, by its digest;
what is pushed is what was approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.approval.code import code_of, is_code_of
from bot.approval.decide import (
    Standing,
    check_approve,
    check_reject,
    check_withdraw,
    is_another,
    sendable,
    standing,
)
from bot.approval.lint import Finding, findings
from bot.commands.places import Found, Names
from bot.commands.said import Command, Said
from bot.errors import NotAllowed
from bot.model.content import Content, ContentId, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.model.time import day_of, iso
from bot.model.tree import Group, Use
from bot.phrases import deciding as say
from bot.phrases import talk as talk_say
from bot.planner.waves import push as plan_push
from bot.reminders import may_remind
from bot.service import asking, beginning
from bot.service.approving import tell_privately, write_down
from bot.service.desk import ANSWER_WITHIN, Desk
from bot.service.talking.leaders import place_of
from bot.service.talking.turn import NOTHING, Reply, Turn, choice, numbered
from bot.service.withdrawal import withdraw_content
from bot.store import approvals, notices, reading, sending, talk
from bot.store.database import Connection

READMIT = ("取消", "恢复")


# ── review ──────────────────────────────────────────────────────────────────────────────────────────────────


def waiting(desk: Desk) -> list[tuple[Content, ApprovalEntry]]:
    """What waits for review with its submission, the oldest first."""
    found = []
    for content in desk.contents.values():
        acts = desk.acts.get(content.id, [])
        if standing(content.digest, acts) is Standing.SUBMITTED:
            last = [a for a in acts if a.act is ApprovalAct.SUBMIT and a.digest == content.digest][-1]
            found.append((content, last))
    return sorted(found, key=lambda one: (one[1].at, one[0].id))


def is_own(submission: ApprovalEntry, turn: Turn) -> bool:
    """Whether the speaker handed it in, by account or by name: two people, always."""
    return not is_another(submission, turn.person.name, turn.speaker.account)


async def pending(desk: Desk, turn: Turn) -> Reply:
    """“待审”: the content itself as it will look, and the code by which it is approved."""
    desk.refresh_library()
    found = waiting(desk)
    if not found:
        return Reply(say.nothing_pending())
    if Role.REVIEWER not in turn.speaker.roles:
        return Reply(say.pending_list([content.title for content, _ in found]))
    if turn.group is not None and desk.capabilities.private:
        return Reply(talk_say.PRIVATELY, outcome="不在群里办")
    others = [(content, submission) for content, submission in found if not is_own(submission, turn)]
    if not others:
        return Reply(say.own_submission(found[0][0].title), outcome="是自己送审的")
    content, submission = others[0]
    if any(not desk.capabilities.carries(p.kind) and p.kind is not PartKind.CHANNELS for p in content.parts):
        return Reply(say.look_at_the_computer(content.title, content.id), outcome="有的段发不出来")
    await desk.store.write(_show, desk, content, turn)
    code = code_of(content.digest, [one.digest for one, _ in found])
    by_hand = [f"{part.title}”（{part.author}）" for part in content.parts if part.kind is PartKind.CHANNELS]
    text = say.pending_card(
        content.title, content.number, submission.by, lint(desk, content), code, len(others) - 1, by_hand
    )
    return Reply(text, outcome=f"看了 {content.id}")


def _show(conn: Connection, desk: Desk, content: Content, turn: Turn) -> None:
    key = f"preview:{turn.message.id}"
    approvals.note_shown(conn, turn.person.id, content.id, content.digest, key)
    to_group = None if turn.group is None else turn.group.id
    notices.add_preview(
        conn, key, content.id, content.digest, desk.sendable_parts(content), desk.now, desk.now + ANSWER_WITHIN,
        group=to_group, worker=turn.person.id if to_group is None else None,
    )  # fmt: skip


def lint(desk: Desk, content: Content) -> list[str]:
    """What the lint found, a line each."""
    return _in_words(findings(content, desk.schedules.links))


def _in_words(found: Sequence[Finding]) -> list[str]:
    return [f"{f.place}：{f.what}；{f.write}" for f in found]


async def approve(desk: Desk, turn: Turn) -> Reply:
    """“批准 7F3K”: exactly the digest that this person was shown."""
    found = _coded(desk, turn, "批准")
    if isinstance(found, Reply):
        return found
    content, submission = found
    acts = desk.acts.get(content.id, [])
    problems = findings(content, desk.schedules.links)
    try:
        check_approve(content, acts, turn.person.name, (), desk.schedules.reviewers)
    except NotAllowed as refusal:
        return Reply(_plain(refusal), outcome="不能批")
    try:
        check_approve(content, acts, turn.person.name, problems, desk.schedules.reviewers)
    except NotAllowed:
        return Reply(say.blocked(_in_words(problems)), outcome="还有要改的")
    await _decide(desk, content, ApprovalAct.APPROVE, turn)
    await _tell_submitter(desk, submission, say.approved_to_submitter(content.title, turn.person.name), turn)
    later = sendable(content, desk.acts[content.id], day_of(desk.now)) or ""
    return Reply(say.approved(content.title, later), outcome=f"批准 {content.id} {content.digest[:8]}")


async def reject(desk: Desk, turn: Turn) -> Reply:
    """“驳回 7F3K 理由”."""
    found = _coded(desk, turn, "驳回")
    if isinstance(found, Reply):
        return found
    content, submission = found
    reason = turn.said.reason.strip()
    if not reason:
        return Reply(say.no_reason(turn.said.code), outcome="没写理由")
    try:
        check_reject(
            content, desk.acts.get(content.id, []), turn.person.name, reason, desk.schedules.reviewers
        )
    except NotAllowed as refusal:
        return Reply(_plain(refusal), outcome="不能驳回")
    await _decide(desk, content, ApprovalAct.REJECT, turn, reason)
    text = say.rejected_to_submitter(content.title, turn.person.name, reason)
    await _tell_submitter(desk, submission, text, turn)
    return Reply(say.rejected(content.title), outcome=f"驳回 {content.id}")


def _coded(desk: Desk, turn: Turn, what: str) -> Reply | tuple[Content, ApprovalEntry]:
    """What the code names, if this person was shown it and did not hand it in."""
    desk.refresh_library()
    code = turn.said.code
    if not code:
        return Reply(say.no_code(what), outcome="没写码")
    shown = desk.store.read(approvals.shown_to, turn.person.id)
    coded = [one for one in waiting(desk) if is_code_of(code, one[0].digest)]
    named = [one for one in coded if one[0].digest in shown]
    if len(named) != 1:
        text = say.not_all_shown(code) if coded else say.unknown_code(code)
        return Reply(text, outcome="没有这个码")
    content, submission = named[0]
    if is_own(submission, turn):
        return Reply(say.own_submission(content.title), outcome="是自己送审的")
    return content, submission


async def _decide(desk: Desk, content: Content, act: ApprovalAct, turn: Turn, reason: str = "") -> None:
    entry = ApprovalEntry(
        act, content.digest, turn.person.name, desk.now, reason, account=turn.speaker.account
    )
    await desk.store.write(write_down, content, entry)
    desk.refresh_library()


async def _tell_submitter(desk: Desk, submission: ApprovalEntry, text: str, turn: Turn) -> None:
    """Whoever handed it in hears what became of it: in chat if their account is known, and on the office's screen."""
    desk.tell_office(f"review:{turn.message.id}", text)
    worker = desk.worker_of.get(submission.account) if submission.account else None
    if worker is not None:
        await tell_privately(desk, worker, f"review:{turn.message.id}", text)


def _plain(refusal: NotAllowed) -> str:
    """Why not, without what would have to be typed at the computer."""
    return f"{str(refusal).splitlines()[0].partition('；')[0].partition('（')[0]}。"


# ── what goes out, and what is taken back ───────────────────────────────────────────────────────────────────


async def push(desk: Desk, turn: Turn) -> Reply:
    """“推送 标题 [单位]”: urgent, still approved, still paced; asked once how many groups and how long (PLANS V3)."""
    desk.refresh_library()
    if not turn.said.title:
        return Reply(say.say_title("推送"))
    content = _content(desk, turn)
    if isinstance(content, Reply):
        return content
    if turn.said.code and turn.said.code != content.digest:
        return Reply(say.not_to_be_sent(content.title, "问您之后又改过"), outcome="改过")
    why = sendable(content, desk.acts.get(content.id, []), day_of(desk.now))
    if why is not None:
        return Reply(say.not_to_be_sent(content.title, why), outcome="不能发")
    place = place_of(desk, turn, turn.said)
    if isinstance(place, Reply):
        return place
    away = desk.store.read(talk.away, desk.now)
    wave = plan_push(desk.tree, content, place, desk.settings, desk.capabilities.media, desk.now, away)
    if beginning.reaches_nobody(wave):
        return Reply(
            say.push_for_nobody(content.title, place.name, sorted(content.audiences)),
            outcome="没有对得上的群",
        )
    groups = sum(t.use is Use.RESIDENT and not t.exempt for t in wave.targets)
    if turn.sure and turn.said.code:
        while not await desk.store.write(beginning.begin, desk, wave, beginning.rooms_of(desk)):
            # Somebody else's push of it began at the same instant.
            desk.now += timedelta(milliseconds=1)
            wave = plan_push(
                desk.tree, content, place, desk.settings, desk.capabilities.media, desk.now, away
            )
        return Reply(
            say.push_begun(content.title, groups, paused=bool(desk.paused)),
            outcome=f"推送 {content.id} 到 {place.path}",
        )
    direct = beginning.direct_groups(wave)
    where = "全镇" if place is desk.tree.root else place.name
    if desk.capabilities.by_itself:
        minutes = beginning.minutes_of(desk, wave)
        over = direct * len(desk.sendable_parts(content)) - desk.schedules.pacing.daily
        text = say.push_ask(content.title, where, groups, direct, minutes, over, _sent_today(desk, content))
    else:
        text = say.push_by_hand(content.title, where, groups, direct)
    sure = Said(Command.PUSH, title=content.id, node=place.path, code=content.digest)
    return Reply(text, {1: choice(sure), 2: NOTHING}, "问一遍")


def _sent_today(desk: Desk, content: Content) -> datetime | None:
    """When a wave of ``content`` began last today."""
    today = day_of(desk.now)
    waves = desk.store.read(reading.waves_between, today, today)
    return max((w.starts_at for w in waves if w.content == content.id and not w.withdrawn), default=None)


async def withdraw(desk: Desk, turn: Turn) -> Reply:
    """“撤回 标题”: at once, for two minutes are short; what is not named exactly is asked about first."""
    desk.refresh_library()
    if not turn.said.title:
        return Reply(say.say_title("撤回"))
    content = _content(desk, turn, exactly=not turn.sure)
    if isinstance(content, Reply):
        return content
    acts = desk.acts.get(content.id, [])
    try:
        check_withdraw(content, acts, turn.person.name)
    except NotAllowed as refusal:
        return Reply(_plain(refusal), outcome="不用撤回")
    entry = ApprovalEntry(
        ApprovalAct.WITHDRAW, content.digest, turn.person.name, desk.now, turn.said.reason.strip(),
        account=turn.speaker.account,
    )  # fmt: skip
    done = withdraw_content(desk.store, content, entry, desk.now)
    desk.refresh_library()
    text = say.withdrawn(content.title, done.cancelled, done.recalls, done.reached, done.corrections)
    desk.tell_office(f"withdrawn:{turn.message.id}", text)
    return Reply(text, outcome=f"撤回 {content.id}")


def _content(desk: Desk, turn: Turn, *, exactly: bool = False) -> Reply | Content:
    """The content that a title, number or id names. ``exactly``: nothing that is only like it."""
    written = turn.said.title
    if ContentId(written) in desk.contents:
        return desk.contents[ContentId(written)]
    by_number = [c for c in desk.contents.values() if c.number and written in (c.number, c.number[-4:-1])]
    if len(by_number) == 1:
        return by_number[0]
    found: Found[Content] = Names((c.title, c) for c in desk.contents.values()).find(written)
    if found.one is not None and not (exactly and _differs(found.one.title, written)):
        return found.one
    near: Sequence[Content] = [found.one] if found.one is not None else found.near
    if not near:
        return Reply(say.no_such_title(written), outcome="没有这条内容")
    titles = [content.title for content in near]
    ids = [content.id for content in near]
    return Reply(say.which_title(written, titles), numbered(turn.said, "title", ids), "问是哪一条")


def _differs(title: str, written: str) -> bool:
    return "".join(title.split()) != "".join(written.split())


# ── switches ────────────────────────────────────────────────────────────────────────────────────────────────


async def pause(desk: Desk, turn: Turn) -> Reply:
    """“暂停”: nothing goes out but answers, until “恢复”."""
    if desk.paused:
        return Reply(say.paused_already(datetime.fromisoformat(desk.paused)))
    await desk.store.write(sending.set_meta, "paused", iso(desk.now))
    desk.tell_office(f"paused:{turn.message.id}", say.paused(turn.person.name, desk.now))
    return Reply(say.paused(turn.person.name, desk.now), outcome="暂停")


async def resume(desk: Desk, turn: Turn) -> Reply:
    """“恢复”."""
    if (desk.data / "STOP").exists():
        return Reply(say.stop_file(), outcome="有 STOP 文件")
    if not desk.paused:
        return Reply(say.not_paused())
    await desk.store.write(sending.set_meta, "paused", "")
    left = desk.store.read(sending.waiting, desk.now)
    desk.tell_office(f"resumed:{turn.message.id}", say.resumed(left))
    return Reply(say.resumed(left), outcome="恢复")


async def remind(desk: Desk, turn: Turn) -> Reply:
    """“提醒 单位”: within the daily limit and working hours, whoever asks."""
    if not turn.said.node:
        return Reply(say.remind_where())
    place = place_of(desk, turn, turn.said)
    if isinstance(place, Reply):
        return place
    if refusal := not_now(desk):
        return refusal
    asked, already, full = await asking.remind_below(desk, place, desk.now)
    return Reply(say.reminded(place.name, asked, already, full), outcome=f"提醒 {asked} 人")


def not_now(desk: Desk) -> Reply | None:
    """Why nobody is reminded now, though the office asks for it."""
    if desk.paused:
        return Reply(say.paused_now(), outcome="停着")
    if not may_remind(desk.schedules, desk.now):
        return Reply(say.not_in_hours(str(desk.schedules.hours.remind)), outcome="不在提醒时间")
    return None


async def exempt(desk: Desk, turn: Turn) -> Reply:
    """“豁免 群 理由”, and “豁免 群 取消”."""
    said = turn.said
    if not said.group or not said.reason:
        return Reply(say.exempt_how(said.group))
    found = desk.gazetteer.groups.find(said.group)
    group: Group | None = found.one
    if group is None:
        names = [g.name for g in found.near if g.use is not Use.WORK]
        if not names:
            return Reply(say.no_such_group(said.group), outcome="没有这个群")
        return Reply(say.which_place(said.group, names), numbered(said, "group", names), "问是哪个群")
    if group.use is Use.WORK:
        return Reply(say.work_group_stays(group.name), outcome="工作群不能豁免")
    if said.reason in READMIT:
        done = await desk.store.write(talk.readmit, group.id, turn.person.name, desk.now)
        if not done:
            return Reply(say.not_exempted(group.name), outcome=f"没有豁免 {group.name}")
        return Reply(say.readmitted(group.name), outcome=f"恢复 {group.name}")
    await desk.store.write(talk.exempt, group.id, said.reason, turn.person.name, desk.now)
    return Reply(say.exempted(group.name, said.reason), outcome=f"豁免 {group.name}")
