"""What is seen in a room: a repost is recorded, what may be one is asked about once, everything else is forgotten.

Nothing else of it is kept, in no file and no log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.model.chat import FILES, Message, MessageKind
from bot.model.tree import Group
from bot.recognise.verdict import Hit, How, Verdict, VerdictKind
from bot.service.desk import Desk
from bot.service.wondering import wonder
from bot.store import ledger, waves

_CARDS = (MessageKind.LINK, MessageKind.MINI_PROGRAM)


async def record_repost(desk: Desk, message: Message, group: Group | None) -> bool:
    """True if the message carries a content's main part, recorded for this group, or its worker is asked whether it
    does."""
    if group is None:
        return False
    verdict = await _verdict(desk, message, group)
    if verdict.kind is VerdictKind.ASK:
        return await wonder(desk, message, group, _worth_asking(verdict.hits))
    mains = [hit for hit in verdict.hits if hit.main]
    credit = _credited(desk, message)
    for hit in mains:
        target = await desk.store.write(ledger.record_repost, hit.content, group.id, message, credit)
        if target is not None:
            desk.tell("observed", f"{group.name}：《{desk.contents[hit.content].title}》")
    return bool(mains)


async def _verdict(desk: Desk, message: Message, group: Group) -> Verdict:
    """Files are fetched only where something is open, and looked at beside the service."""
    sees = desk.recogniser
    if message.kind in _CARDS:
        message = await desk.channel.fetch(message)
    if message.kind not in FILES or sees.knows(message.sha256):
        return sees.match(message)
    if desk.store.read(waves.anything_open, group.id, message.at):
        file = await desk.channel.download(message)
        if file is not None:
            return await asyncio.to_thread(desk.eyes.recognise, sees, message, file[1])
    return sees.match(message)


def _worth_asking(hits: Sequence[Hit]) -> Sequence[Hit]:
    """A number that is only mentioned is talk about a content, and nobody need say so."""
    return [hit for hit in hits if hit.main and hit.how is not How.NUMBER]


def _credited(desk: Desk, message: Message) -> str:
    """Anyone's repost covers the group; credit goes to a person whose account is known only (DESIGN)."""
    worker = desk.worker_of.get(message.sender)
    person = None if worker is None else desk.tree.worker_by_id.get(worker)
    return person.name if person else ""
