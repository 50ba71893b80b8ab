"""What the buttons do: turns of the conversation, by the person who signed in; a reminder of one person, which chat has no word
for, is done and logged as one. What came of it is told on the page."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from bot.commands.said import Command, Said
from bot.console.app import Asked, number_of, text_of
from bot.console.look import told
from bot.model.chat import Message, MessageKind
from bot.model.tree import GroupId, WorkerId
from bot.phrases.deciding import reminded
from bot.service.asking import remind_one
from bot.service.talking.deciding import not_now
from bot.service.talking.turn import Reply
from bot.store import talk


async def remind(asked: Asked) -> Response:
    """One person, of everything that is open for them; within working hours and the daily limit, whoever asks."""
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    number = number_of(text_of(asked, "worker"))
    person = None if number is None else desk.tree.worker_by_id.get(WorkerId(number))
    if person is None:
        return told(asked, "这个人已经不在名册里，刷新一下再看。")
    if refusal := not_now(desk):
        return told(asked, refusal.text)
    with desk.store.together():
        asked_of = await remind_one(desk, person.id, desk.now)
        by, outcome = asked.who.person.id, f"提醒 {asked_of[0]} 人"
        desk.store.write_now(talk.log_command, desk.now, by, Command.REMIND.value, person.name, outcome)
    return told(asked, reminded(person.name, *asked_of))


async def exempt(asked: Asked) -> Response:
    """A group that is not expected from now on, with the reason."""
    number = number_of(text_of(asked, "group"))
    group = None if number is None else asked.console.town.desk.tree.group_by_id.get(GroupId(number))
    if group is None:
        return told(asked, "这个群已经不在名册里，刷新一下再看。")
    return await _turn(asked, Said(Command.EXEMPT, group=group.name, reason=text_of(asked, "reason")))


async def pause(asked: Asked) -> Response:
    return await _turn(asked, Said(Command.PAUSE))


async def resume(asked: Asked) -> Response:
    return await _turn(asked, Said(Command.RESUME))


async def _turn(asked: Asked, said: Said) -> Response:
    return told(asked, (await turn(asked, said)).text)


async def turn(asked: Asked, said: Said, *, sure: bool = False) -> Reply:
    """``said`` as if it had been said privately in chat: the same permission, the same words, the same log. ``sure``: the
    page asked first, and this is what was chosen."""
    town = asked.console.town
    now = town.desk.now = asked.console.now()
    name = asked.who.person.name
    message = Message(f"console:{secrets.token_hex(8)}", "", "", now, MessageKind.TEXT, "", sender_name=name)
    with town.desk.store.together():
        return await town.conversation.turn(said, message, None, asked.who.speaker, sure=sure)
