"""Ticking off what was done by hand, and taking a wrong tick back. An entry like any other, with the person's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.errors import NotAllowed, NotFound
from bot.model.ledger import SendState, TargetId
from bot.service.desk import Desk
from bot.store import ledger, reading, sending, withdrawal
from bot.store.reading import TargetRow
from bot.store.sending import Outgoing

MOST_DIGITS = 15


class TickedBefore(NotAllowed):
    """Somebody was faster: it is ticked off, and nothing was recorded now."""


_LISTED: Mapping[str, Callable[[Outgoing], bool]] = {
    "s": lambda out: True,
    "n": lambda out: out.target is None and out.state is not SendState.IN_DOUBT,
    "d": lambda out: out.state is not SendState.PLANNED,
}
"""Whether a message can ever have stood on the list under this letter."""


def tick_off(desk: Desk, errand: str, now: datetime, *, by: str = "", failed: str | None = None) -> str:
    """Record that an errand is done, or (``failed``: why) that it cannot be done. Returns what was recorded (Chinese).

    Raises `NotFound` for an id that is not on the list, `NotAllowed` for one that was ticked off before.
    """
    kind, _ = _read(errand)
    state = SendState.ACCEPTED if failed is None else SendState.FAILED
    if kind in "tx":
        tick = _tick_task if kind == "t" else _tick_correction
        return tick(desk, errand, _task(desk, errand), now, by, failed)
    messages = _messages(desk, errand)
    done, why = 0, failed or ""
    with desk.store.together():
        for out in messages:
            done += desk.store.write_now(sending.settle, out, state, now, why=why, by=by, by_hand=True)
    if not done:
        undo = f"；勾错了用 chuanda outbox --undo {errand}" if _can_be_taken_back(desk, kind) else ""
        raise TickedBefore(f"“{errand}”已经勾过了{undo}")
    return f"{messages[0].group_name}：{'记为已发' if failed is None else f'记为没发出（{failed}）'}"


def take_back(desk: Desk, errand: str, now: datetime, *, by: str = "") -> str:
    """A person ticked the wrong one: it is on the list again. Returns what was recorded (Chinese).

    Raises `NotFound`, and `NotAllowed` where there is nothing to take back or it was not people who did it.
    """
    kind, _ = _read(errand)
    if kind == "t":
        row = _task(desk, errand)
        taken = desk.store.write_now(ledger.retract_hand, row.id, now, by)
        name = row.group or ""
    elif _can_be_taken_back(desk, kind):
        messages = _messages(desk, errand)
        name = messages[0].group_name
        with desk.store.together():
            taken = sum(desk.store.write_now(sending.reopen, out, now, by=by) for out in messages) > 0
    else:
        raise NotAllowed(f"“{errand}”不能改回去；只有人工发（s）和人工转（t）的可以")
    if not taken:
        raise NotAllowed(f"“{errand}”没有勾过，不用改回去")
    return f"{name}：改回没做"


def group_of(desk: Desk, errand: str) -> str:
    """The group that an errand is about; empty if there is no such errand."""
    try:
        kind, _ = _read(errand)
        return (_task(desk, errand).group or "") if kind in "tx" else _messages(desk, errand)[0].group_name
    except NotFound:
        return ""


def send_again(desk: Desk, errand: str, now: datetime, *, by: str = "") -> str:
    """Somebody looked, and what was in doubt is not there: it is to be posted once more, by whoever posts. Returns what was
    recorded (Chinese). Raises `NotFound`, and `TickedBefore` where somebody settled it meanwhile."""
    kind, _ = _read(errand)
    if kind != "d":
        raise NotFound(f"没有“{errand}”这一条；只有不知道发没发出的（d）可以再发一次")
    (message,) = _messages(desk, errand)
    with desk.store.together():
        failed = desk.store.write_now(
            sending.settle, message, SendState.FAILED, now, why="到群里看过，没有", by=by, by_hand=True
        )
        if not failed:
            raise TickedBefore(f"“{errand}”已经勾过了")
        desk.store.write_now(sending.reopen, message, now, by=by)
    return f"{message.group_name}：排上了，再发一次"


def _can_be_taken_back(desk: Desk, kind: str) -> bool:
    """What people did, they can take back; what the bot posted stands there."""
    return kind == "t" or (kind == "s" and not desk.capabilities.by_itself)


def _read(errand: str) -> tuple[str, int]:
    kind, number = errand[:1].lower(), errand[1:]
    if (
        kind not in tuple("stndx")
        or not (number.isascii() and number.isdecimal())
        or len(number) > MOST_DIGITS
    ):
        raise NotFound(f"没有“{errand[:20]}”这一条；编号写成 s12、t12、n12、d12 或 x12，见 chuanda outbox")
    return kind, int(number)


def _task(desk: Desk, errand: str) -> TargetRow:
    kind, number = _read(errand)
    row = desk.store.read(reading.target_by_id, TargetId(number))
    if row is None or (kind == "t" and row.mode != "relay"):
        raise NotFound(f"没有“{errand}”这一条；看 chuanda outbox")
    return row


def _messages(desk: Desk, errand: str) -> list[Outgoing]:
    kind, number = _read(errand)
    if kind == "s":
        messages = desk.store.read(sending.find_outgoing, target=TargetId(number))
    else:
        messages = desk.store.read(sending.find_outgoing, id=number)
    if not messages or not _LISTED[kind](messages[0]):
        raise NotFound(f"没有“{errand}”这一条；看 chuanda outbox")
    return messages


def _tick_task(desk: Desk, errand: str, row: TargetRow, now: datetime, by: str, failed: str | None) -> str:
    if failed is not None:
        desk.store.write_now(ledger.hinder_by_hand, row.id, now, by, failed)
        return f"{row.group}：记下转不了（{failed}）"
    if not desk.store.write_now(ledger.confirm_by_hand, row.id, now, by):
        raise TickedBefore(f"“{errand}”已经勾过了；勾错了用 chuanda outbox --undo {errand}")
    return f"{row.group}：记为已转发"


def _tick_correction(
    desk: Desk, errand: str, row: TargetRow, now: datetime, by: str, failed: str | None
) -> str:
    if failed is not None:
        raise NotAllowed(f"更正不能记失败；“{row.group}”更正不了，请另找能进群的人")
    if not desk.store.write_now(withdrawal.put_right, row.id, now, by):
        raise TickedBefore(f"“{errand}”不在要更正的单子上，或已经勾过了；看 chuanda outbox")
    return f"{row.group}：记为已更正"
