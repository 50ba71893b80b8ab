"""A work group's chat: pasted, shown line by line as it was read, corrected, saved. Until then it is nowhere but in the form."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from bot.console.app import Asked, number_of, text_of
from bot.console.by_hand.form import Typed, form_of, label, mended, opened, written
from bot.console.by_hand.outbox import LOGGED
from bot.console.by_hand.rows import rows_of
from bot.console.look import page, went
from bot.errors import Busy, ChuandaError, InputErrors, NotAllowed
from bot.model.time import day_of
from bot.model.tree import GroupId, Use
from bot.phrases.words import percent
from bot.recognise.paste import MAX_CHARACTERS
from bot.service import pasting
from bot.service.desk import Desk
from bot.store import reading, sending, talk

MOST_BYTES = 2_000_000
"""200,000 characters, as a browser writes them."""
MOST_OFFERED = 300
"""Names that a field offers; others can be typed."""
MOST_REST = 200
"""Lines shown of which nothing is kept."""
MOST_TOLD = 8


async def paste(asked: Asked) -> Response:
    """An empty form, for the group that this person pasted last."""
    desk = asked.console.town.desk
    last = number_of(desk.store.read(sending.get_meta, _last(asked)))
    group = desk.tree.group_by_id.get(GroupId(last)) if last is not None else None
    return _form(asked, Typed(group.name if group else "", "", ()))


async def look(asked: Asked) -> Response:
    """What was read, line by line; nothing is kept."""
    return _look(asked, form_of(asked))


def _look(asked: Asked, typed: Typed, wrong: str = "") -> Response:
    desk, now = asked.console.town.desk, asked.console.now()
    try:
        group = pasting.work_group(desk, typed.group)
    except ChuandaError as error:
        return _form(asked, typed, wrong_group=str(error) if typed.group else "先选是哪个工作群")
    try:
        typed, mending = mended(asked, desk, group, typed, now)
        lines = pasting.preview(desk, group, typed.text, now, asked.console.town.conversation, typed.fixes)
    except ChuandaError as error:
        return _form(asked, typed, wrong_text=_words(error))
    if not lines:
        return _form(asked, typed, wrong_text="这里没有聊天；在微信里多选几句、复制，再粘到这里")
    if key := text_of(asked, "open"):
        mending = opened(desk, group, lines, typed, key, now)
    told = pasting.summary(lines)
    rows, rest = rows_of(lines)
    return page(
        asked,
        "by_hand/read.html",
        422 if wrong or (mending and mending.wrong) else 200,
        typed=typed,
        group=group,
        rows=rows,
        rest=rest[:MOST_REST],
        rest_in_all=len(rest),
        told=told,
        mending=mending,
        people=[label(one) for one in desk.people_around(group)[:MOST_OFFERED]] if mending else [],
        written=[written(fix) for fix in typed.fixes],
        wrong=wrong,
    )


async def save(asked: Asked) -> Response:
    """What was read and corrected is recorded, once; told with the day's number."""
    desk = asked.console.town.desk
    now = desk.now = asked.console.now()
    typed = form_of(asked)
    before = _covered(desk, now)
    if not typed.text.strip():
        return _look(asked, typed)
    try:
        group = pasting.work_group(desk, typed.group)
        with desk.store.together():
            lines = pasting.save(desk, group, typed.text, now, asked.console.town.conversation, typed.fixes)
            told = pasting.summary(lines)
            outcome = f"新记下 {len(told.fresh)} 个群"
            by, what = asked.who.person.id, f"{group.name}的聊天"
            desk.store.write_now(talk.log_command, now, by, LOGGED, what, outcome)
            desk.store.write_now(sending.set_meta, _last(asked), str(group.id))
    except NotAllowed as error:
        return _look(asked, Typed(typed.group, typed.text, ()), f"{error}。")
    except Busy as error:
        return _look(asked, typed, f"没有存：{error}。过一会儿再按一次“保存”")
    except ChuandaError:
        return _look(asked, typed)
    return went(asked, "/by-hand/paste", _saved(told, outcome, before, _covered(desk, now)))


def _saved(told: pasting.Pasted, outcome: str, before: tuple[int, int], after: tuple[int, int]) -> str:
    known = len(told.recorded) - len(told.fresh)
    text = [f"{outcome}{f'，另有 {known} 个以前记过' if known > 0 else ''}；其余 {told.ignored} 句没有保存。"]
    by_worker: dict[str, list[str]] = {}
    for group, worker in told.recorded:
        if group in told.fresh:
            by_worker.setdefault(worker, []).append(group)
    text += [f"{worker}：{'、'.join(groups)}" for worker, groups in list(by_worker.items())[:MOST_TOLD]]
    if len(by_worker) > MOST_TOLD:
        text.append(f"……还有 {len(by_worker) - MOST_TOLD} 个人的")
    text += [f"请问一声：“{line}”，{why}" for line, why in told.asked[:MOST_TOLD]]
    covered, expected = after
    share = percent(covered / expected if expected else None)
    text.append(f"今天 {share}：转到 {covered}，应转 {expected} 群次，比保存前多 {covered - before[0]}。")
    return "\n".join(text)


def _covered(desk: Desk, now: datetime) -> tuple[int, int]:
    waves = desk.store.read(reading.waves_between, day_of(now), day_of(now))
    counts = desk.store.read(reading.counts, waves, desk.tree.root.id)
    return counts.covered, counts.expected


def _words(error: ChuandaError) -> str:
    if isinstance(error, InputErrors):
        return "；".join(f"{one.what}，{one.write}" for one in error.problems)
    return str(error)


def _form(asked: Asked, typed: Typed, *, wrong_group: str = "", wrong_text: str = "") -> Response:
    desk = asked.console.town.desk
    names = [group.name for group in desk.tree.groups if group.use is Use.WORK]
    return page(
        asked,
        "by_hand/paste.html",
        422 if wrong_group or wrong_text else 200,
        typed=typed,
        names=names[:MOST_OFFERED],
        wrong_group=wrong_group,
        wrong_text=wrong_text,
        longest=MAX_CHARACTERS,
        lines=pasting.MOST_AT_ONCE,
    )


def _last(asked: Asked) -> str:
    """Where the store keeps which group somebody pasted last."""
    return f"pasted:{asked.who.person.id}"
