"""A person's verdict on a screenshot, taken back at once or not, and objections to it. Everything is an entry of the ledger, in one
transaction with what is noted of the picture, and stands in the log of who did it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from bot.commands.places import full_name
from bot.errors import ChuandaError
from bot.model.ledger import Act, Entry, TargetId
from bot.model.time import day_of
from bot.model.tree import Worker, WorkerId
from bot.phrases import judging as say
from bot.service.desk import Desk
from bot.service.screenshots import TAKE_BACK
from bot.store import ledger, notices, reading, screenshots, talk
from bot.store.log import Via
from bot.store.screenshots import Screenshot, ShotState

MOST_WORDS = 200
TOLD_WITHIN = timedelta(days=1)
"""A verdict that could not be told by then is on the person's own page."""


class Ruling(StrEnum):
    """What a person says of a screenshot."""

    VERIFY = "verify"
    DISPUTE = "dispute"
    DISMISS = "dismiss"
    """It says nothing: the claim stays as it was."""


class Missing(ChuandaError):
    """Something is not said that has to be: ``field``: target, reason or words."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


_STATES = {
    Ruling.VERIFY: ShotState.VERIFIED,
    Ruling.DISPUTE: ShotState.DISPUTED,
    Ruling.DISMISS: ShotState.DISMISSED,
}
_DONE = {Ruling.VERIFY: "核实通过", Ruling.DISPUTE: "认定不实", Ruling.DISMISS: "看不出来，不算"}


def judge(desk: Desk, id: int, by: Worker, ruling: Ruling, shown: Collection[TargetId], why: str) -> str:
    """``by`` says what the screenshot is worth for the tasks ``shown`` (all of a claim of one task); a dispute has a reason. What came
    of it (Chinese). Raises `ChuandaError` where that cannot be."""
    with desk.store.together():
        shot = _waiting(desk, id, by)
        targets = shot.targets if len(shot.targets) == 1 else [t for t in shot.targets if t in shown]
        if ruling is Ruling.DISMISS:
            targets = []
        elif not targets:
            raise Missing("target", "先选截图里是哪个群")
        if ruling is Ruling.DISPUTE and not why:
            raise Missing("reason", "选一个理由，或写一句")
        desk.store.write_now(screenshots.judge, id, _STATES[ruling], by.id, desk.now, why, targets)
        shot = _known(desk, id)
        for target in targets:
            # A picture proves it from when it was sent, however long it lay here.
            entry = (
                Entry(Act.VERIFIED, shot.at, shot.ref, by.name)
                if ruling is Ruling.VERIFY
                else Entry(Act.DISPUTED, desk.now, shot.ref, by.name, why)
            )
            desk.store.write_now(ledger.record, target, entry)
        told = f"{_name(desk, shot.worker)}这张：{_DONE[ruling]}。"
        if ruling is Ruling.DISPUTE:
            text = say.disputed(_name(desk, shot.worker), day_of(shot.at), _groups(desk, targets), why)
            told += _tell(desk, shot, text, _key(shot), TAKE_BACK)
        _log(desk, by.id, ruling.value, shot, f"{_DONE[ruling]}{f'：{why}' if why else ''}")
    return told


def take_back(desk: Desk, id: int, by: Worker) -> str:
    """``by`` was wrong a moment ago: what the verdict said is taken back by entries of its own, and the picture waits again."""
    with desk.store.together():
        shot = _known(desk, id)
        if not may_take_back(shot, desk, by.id):
            raise ChuandaError("过了 10 秒，撤不回了；不对的话，请本人说一句“有异议”，再改")
        back = Act.RETRACTED if shot.state is ShotState.VERIFIED else Act.DISMISSED
        for target in shot.shown:
            desk.store.write_now(ledger.record, target, Entry(back, desk.now, shot.ref, by.name))
        desk.store.write_now(notices.take_back, _key(shot))
        desk.store.write_now(screenshots.reopen, id)
        _log(desk, by.id, "judge_back", shot, "撤回，重新核实")
    return f"撤回了。{_name(desk, shot.worker)}这张重新等着核实。"


def may_take_back(shot: Screenshot, desk: Desk, by: WorkerId) -> bool:
    """Whether ``by`` judged it a moment ago."""
    at = shot.judged_at
    return (
        shot.kept
        and shot.judged_by == by
        and at is not None
        and desk.now <= at + TAKE_BACK
        and not shot.objected_at
    )


def object_to(desk: Desk, id: int, person: Worker, words: str) -> str:
    """Whoever sent it does not agree with the verdict, once. What came of it (Chinese). Raises `ChuandaError`."""
    with desk.store.together():
        return _object(desk, id, person, words, Via.CONSOLE)


def _object(desk: Desk, id: int, person: Worker, words: str, via: Via) -> str:
    words = " ".join(words.split())[:MOST_WORDS]
    shot = _known(desk, id)
    if shot.worker != person.id or shot.state is not ShotState.DISPUTED:
        raise ChuandaError(say.nothing_to_object_to(person.name))
    if shot.objected_at is not None:
        raise ChuandaError(say.objected_before(person.name))
    if not words:
        raise Missing("words", "写一句：有什么不对")
    desk.store.write_now(screenshots.object_to, id, words, desk.now)
    posts = desk.tree.posts_of.get(person.id, ())
    place = full_name(desk.tree, posts[0][0]) if posts else ""
    desk.tell_office(f"objection:{id}", say.objection_to_office(person.name, place, words))
    _log(desk, person.id, "object", shot, "请反诈办再看一次", via)
    return say.objected(person.name)


def object_in_chat(desk: Desk, person: Worker, words: str) -> str:
    """“有异议 …”: against the last verdict that somebody has not objected to yet. What is answered. Part of the turn's own
    transaction."""
    mine = desk.store.read(screenshots.of_worker, person.id, 50)
    disputed = [shot for shot in mine if shot.state is ShotState.DISPUTED]
    open_ = [shot for shot in disputed if shot.objected_at is None]
    if not disputed:
        return say.nothing_to_object_to(person.name)
    if not open_:
        return say.objected_before(person.name)
    if not words.strip():
        return say.objection_empty()
    newest = max(open_, key=lambda shot: shot.judged_at or shot.at)
    return _object(desk, newest.id, person, words, Via.CHAT)


def answer(desk: Desk, id: int, by: Worker, words: str, *, lift: bool) -> str:
    """The office looked again: the verdict is lifted, or upheld. Its person hears of it. Raises `ChuandaError`."""
    words = " ".join(words.split())[:MOST_WORDS]
    with desk.store.together():
        shot = _known(desk, id)
        if not shot.objected:
            raise ChuandaError("这条异议已经答复过了")
        if shot.worker == by.id:
            raise ChuandaError("是您自己交的，请同事来看")
        if not lift and not words:
            raise Missing("words", "写一句：为什么还是对不上")
        state = ShotState.LIFTED if lift else ShotState.DISPUTED
        desk.store.write_now(screenshots.answer, id, state, by.id, desk.now, words)
        for target in shot.shown if lift else ():
            desk.store.write_now(
                ledger.record, target, Entry(Act.DISMISSED, desk.now, shot.ref, by.name, words)
            )
        name = _name(desk, shot.worker)
        text = (say.lifted if lift else say.upheld)(name, day_of(shot.at), words)
        told = f"{name}的异议：{'撤销认定，照本人说的算' if lift else '维持认定'}。"
        told += _tell(desk, shot, text, f"answered:{shot.ref}")
        _log(desk, by.id, "answer_objection", shot, "撤销认定" if lift else f"维持认定：{words}")
    return told


def _waiting(desk: Desk, id: int, by: Worker) -> Screenshot:
    shot = _known(desk, id)
    if shot.state is not ShotState.WAITING:
        who = "" if shot.judged_by is None else _name(desk, shot.judged_by)
        raise ChuandaError(f"这张{f'{who}已经核实过了' if who else '放得太久，已经不核实了'}")
    if shot.worker == by.id:
        raise ChuandaError("是您自己交的，请同事来看")
    return shot


def _known(desk: Desk, id: int) -> Screenshot:
    shot = desk.store.read(screenshots.screenshot, id)
    if shot is None:
        raise ChuandaError("没有这张截图")
    return shot


def _key(shot: Screenshot) -> str:
    return f"disputed:{shot.ref}"


def _tell(desk: Desk, shot: Screenshot, text: str, key: str, after: timedelta = timedelta()) -> str:
    """Something for whoever sent it, where the chat lets us write to them; whether it does (Chinese)."""
    if not (desk.capabilities.private and shot.worker in desk.private):
        return f"私聊发不到{_name(desk, shot.worker)}，请您当面说一声。"
    at = desk.now + after
    desk.store.write_now(notices.add_notice, key, "answer", text, at, at + TOLD_WITHIN, worker=shot.worker)
    return f"会私聊告诉{_name(desk, shot.worker)}。"


def _log(desk: Desk, by: WorkerId, what: str, shot: Screenshot, outcome: str, via: Via = Via.CONSOLE) -> None:
    groups = _groups(desk, shot.shown or shot.targets)
    desk.store.write_now(
        talk.log_command, desk.now, by, what, f"{_name(desk, shot.worker)}：{say.named(groups)}", outcome, via
    )


def _groups(desk: Desk, targets: Collection[TargetId]) -> list[str]:
    return [row.group or "" for row in desk.store.read(reading.targets_by_id, list(targets))]


def _name(desk: Desk, worker: WorkerId) -> str:
    person = desk.person(worker)
    return "不在名册里的人" if person is None else person.name
