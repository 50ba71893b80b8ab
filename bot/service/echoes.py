"""Our own messages coming back, and what somebody took back."""

from __future__ import annotations

from bot.model.chat import Message, Recall, form_of
from bot.model.content import ContentId
from bot.model.ledger import SendState
from bot.model.tree import Group
from bot.recognise.match import is_part
from bot.recognise.normalise import normalise
from bot.service.desk import Desk
from bot.store import ledger, sending


async def handle_recall(desk: Desk, event: Recall) -> None:
    """Somebody took a message back: what it covered is open again."""
    await desk.store.write(ledger.record_recall, event.message, event.at)


async def settle_by_echo(desk: Desk, message: Message, group: Group | None) -> None:
    """Our own message came back: that part, and no other, was in doubt in that room and is proven."""
    if group is None:
        return
    for out in desk.store.read(sending.in_doubt):
        if (
            out.group == group.id
            and out.target is None
            and normalise(out.text) == normalise(message.text) != ""
        ):
            await desk.store.write(sending.settle, out, SendState.ACCEPTED, message.at, message_id=message.id)
            return
        content = desk.contents.get(ContentId(out.content))
        if out.group != group.id or content is None or content.digest != out.digest or out.part is None:
            continue
        part = form_of(content.parts[out.part], desk.capabilities)
        if part.kind.value != message.kind.value:
            continue
        message = await desk.channel.fetch(message)
        if is_part(message, part):
            await desk.store.write(
                sending.settle, out, SendState.ACCEPTED, message.at, message_id=message.id, by="echo"
            )
            return
