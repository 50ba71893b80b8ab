"""A work group's chat as it was copied: confirmations and #接龙 are recorded, the rest is forgotten (manual channel)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import NotAllowed
from bot.model.chat import Message, MessageKind
from bot.model.tree import Group, Use
from bot.recognise.paste import read_paste
from bot.service.desk import Desk
from bot.service.listening import Read, read_answer
from bot.service.talking.conversation import Conversation

A_MINUTE = timedelta(seconds=59)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted chat gave: recorded (group, worker), of these the groups that were not recorded before, lines that
    somebody has to be asked about, questions with what can be answered to them, and the rest."""

    recorded: Sequence[tuple[str, str]]
    fresh: Sequence[str]
    asked: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, str]]
    ignored: int


async def paste(
    desk: Desk, group: Group, text: str, now: datetime, conversation: Conversation | None = None
) -> Pasted:
    """Read a work group's chat as it was copied: confirmations and #接龙 are recorded, questions and 请假 taken up by
    ``conversation``, if it is given, as if they had been said to the bot; the rest is forgotten.

    The same chat may be pasted again: what stands in the ledger already changes nothing. Raises `NotAllowed` for a
    group that is no work group (residents' talk is not read), `InputErrors` for a text that is too long.
    """
    if group.use is not Use.WORK:
        raise NotAllowed(f"“{group.name}”不是工作群；只读工作群的聊天，居民群的不读")
    desk.now = max(desk.now, now)
    recorded: dict[tuple[str, str], None] = {}
    fresh: dict[str, None] = {}
    asked: list[tuple[str, str]] = []
    answers: list[tuple[str, str]] = []
    ignored = 0
    for said in read_paste(text, now):
        note = said.text.lstrip().startswith("#接龙")
        message = Message(
            f"paste:{said.line}", "", "", min(said.at or now, now),
            MessageKind.GROUP_NOTE if note else MessageKind.TEXT, said.text, said.sender,
        )  # fmt: skip
        # Chats are copied with minutes only.
        reads: list[Read] = await read_answer(desk, message, group, min((said.at or now) + A_MINUTE, now))
        for read in reads:
            if read.unclear:
                asked.append((read.line, read.unclear))
            if read.worker is not None:
                recorded.update(dict.fromkeys((name, read.worker.name) for name in read.groups))
            fresh.update(dict.fromkeys(read.fresh))
        reply = "" if reads or conversation is None else await conversation.overheard(message, group)
        if reply:
            answers.append((said.text.splitlines()[0], reply))
        ignored += not reads and not reply
    return Pasted(list(recorded), list(fresh), asked, answers, ignored)
