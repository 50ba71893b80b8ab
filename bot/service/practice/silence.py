"""Why nobody was answered, in one short line. It reads again what was said; it decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.commands.reading import read
from bot.commands.said import Command
from bot.model.chat import Message
from bot.model.speaker import Place
from bot.model.tree import Group, Use
from bot.service.desk import Desk
from bot.service.talking.conversation import MANNERS, SPOKEN
from bot.service.talking.speaker import by_name

_UNDERSTOOD = {
    Command.CHOICE: "现在没有要选的，群里的数字不理",
    Command.CONFIRMED: "听懂了，没有新的要记，不回话",
    Command.NOT_YET: "听懂了，没有新的要记，不回话",
    Command.BIND_GROUP: "绑定群要在那个群里说",
}
"""Commands that may be followed by nothing; after any other one who hears nothing said too much."""


def why_silent(
    desk: Desk,
    group: Group | None,
    messages: Sequence[Message],
    happened: Collection[str],
    *,
    sees: bool,
    waits: bool,
) -> str:
    """Why ``messages``, said in ``group`` or privately, had no answer (Chinese).

    ``happened``: the kinds of what became of them at once; ``sees``: whether our account is in the group; ``waits``:
    whether something is written and not sent.
    """
    message = messages[-1]
    if not sees:
        return "机器人不在这个群里，看不见"
    if waits:
        return "话写好了，还没发出去：发送停着，或者今天发满了"
    if "observed" in happened:
        return "看见转发，记下了，在群里不回话"
    if "confirmed" in happened:
        return "记下了，在群里不回话"
    if group is not None and any(hit.main for m in messages for hit in desk.recogniser.match(m).hits):
        return "认出是宣传内容；这里没有等着转的，或者早记过了"
    if group is not None and group.use is not Use.WORK:
        return "居民群里只认转发，别的话不记" if group.observe else "居民群里的话不听，也不记"
    speaker = by_name(desk, message, group)
    if speaker.person is None:
        return "不认得这个人，不理"
    if message.kind not in SPOKEN:
        return "没认出是哪条宣传内容，跟在“已转发”后面的记在一起"
    place = Place.PRIVATE if group is None else Place.WORK
    said = next((one for role in sorted(speaker.roles) if (one := read(message.text, role, place))), None)
    if said is not None:
        return _UNDERSTOOD.get(said.command, "话说得太密，先不听，过几秒再说")
    if MANNERS.fullmatch(message.text):
        return "客气话，不用回"
    if group is not None:
        return "没认出是命令，群里的闲话不理"
    return "没看懂；刚说过回“帮助”，十分钟里不再说"
