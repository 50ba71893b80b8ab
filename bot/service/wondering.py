"""Between “it is” and “it is not” stands one question to the worker: “这是今天的《…》吗？回复1是 2否”.

One per task, one per person and day, in working hours, counted among a work group's messages of the day (DESIGN,
burden); and never while a number would answer something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model.chat import Message
from bot.model.ledger import TargetId
from bot.model.time import day_of, day_start
from bot.model.tree import Group, GroupId, Mode, WorkerId
from bot.phrases import asking
from bot.recognise.verdict import Hit
from bot.reminders import may_remind
from bot.service.desk import Desk
from bot.service.reaching import hears_privately, may_hear_more, work_group_of
from bot.service.talking.turn import NOTHING
from bot.store import ledger, notices, reading, talk
from bot.store.database import Connection
from bot.store.reading import TargetRow
from bot.store.sending import Outgoing

KIND = "question"
NUMBERS_FOR = timedelta(hours=2)
"""How long a number in a work group answers it."""


async def wonder(desk: Desk, message: Message, group: Group, hits: Sequence[Hit]) -> bool:
    """Ask whose task it is whether ``message`` was one of ``hits``, the likeliest that is still open in ``group``.

    False if there is nothing to ask, or nobody who may be asked now.
    """
    now = message.at
    if not hits or not may_remind(desk.schedules, now):
        return False
    for hit in hits:
        task = desk.store.read(ledger.task_of, hit.content, group.id, now)
        if task is not None and task.mode == Mode.RELAY and task.reason is not None and task.worker_id:
            return await _ask(desk, task, task.worker_id, now)
    return False


async def _ask(desk: Desk, task: TargetRow, worker: WorkerId, now: datetime) -> bool:
    person = desk.person(worker)
    if person is None:
        return False
    room: GroupId | None = None
    if not hears_privately(desk, worker, now):
        room = work_group_of(desk, task.node)
        if room is None:
            return False
    text = asking.is_it(person.name if room is not None else "", task, now)
    one = notices.Asking(f"{KIND}:{day_of(now)}:{worker}", KIND, worker)
    asked = await desk.store.write(_put, desk, one, task.id, text, now, room)
    if asked:
        desk.tell(KIND, text)
    return asked


def _put(
    conn: Connection,
    desk: Desk,
    asking: notices.Asking,
    target: TargetId,
    text: str,
    now: datetime,
    room: GroupId | None,
) -> bool:
    """On its way, with what the numbers stand for; false if this task was asked about before, the person was today, a
    number would answer something else, or the room had its messages of the day."""
    if notices.asked_already(conn, [asking.key]) or talk.is_asked(conn, asking.worker, now):
        return False
    if room is not None and not may_hear_more(desk, room, now):
        return False
    until = day_start(day_of(now) + timedelta(days=1)) if room is None else now + NUMBERS_FOR
    to = asking.worker if room is None else None
    notice = notices.add_notice(
        conn, f"{KIND}:{target}", KIND, text, now, until, group=room, worker=to, asking=[asking]
    )
    if notice is None:
        return False
    choices = {1: {"command": "confirmed", "targets": [target]}, 2: NOTHING}
    talk.ask(conn, asking.worker, talk.Question(room, choices, until, notice))
    return True


def still_asks(desk: Desk, out: Outgoing) -> str | None:
    """What a question says when its turn comes; None if the task is done meanwhile."""
    task = desk.store.read(reading.target_by_id, TargetId(int(out.key.rpartition(":")[2])))
    return out.text if task is not None and task.reason is not None else None
