"""“绑定 CODE”: from now on this account is known to be that person's, with the role that the code gave.

Codes are single use, end, are kept as hashes; guessing them is slow, for one account and for all together.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

from bot import phrases
from bot.commands.said import Command
from bot.model.chat import Message
from bot.model.time import day_of, iso
from bot.model.tree import Group
from bot.phrases import talk as say
from bot.recognise.paste import who
from bot.service.desk import Desk
from bot.service.talking.turn import Reply
from bot.store import accounts, talk

MOST_TRIES, MOST_TRIES_OF_ALL = 5, 50
"""Wrong codes an hour, of one account and of all."""
_CODE = re.compile(r"[0-9A-Z]{8}")


class Codes:
    """One-time codes, taken."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wrong: Counter[str] = Counter()
        self._hour: datetime | None = None

    async def take(self, code: str, message: Message, group: Group | None) -> Reply:
        """Bind whoever says ``code``. A stranger's wrong code is answered in a work group only: privately there is nobody
        known to write to."""
        desk = self._desk
        if self._tries_too_often(message.sender, message.at):
            desk.tell_office(f"codes:{day_of(message.at)}", phrases.codes_guessed())
            return Reply()
        if not code:
            return Reply(say.code_missing())
        used = None
        if _CODE.fullmatch(code):
            used = await desk.store.write(
                accounts.use_code, code, message.sender, message.at, private=not message.room
            )
        if used is None:
            self._wrong[message.sender] += 1
            await desk.store.write(talk.count_attempt, day_of(message.at), Command.BIND.value)
            return Reply(say.code_wrong())
        desk.reload_rooms()
        person = desk.person(used.worker)
        if person is None:
            return Reply()
        self._look_at_the_name(message, person.name, used.worker)
        role = say.ROLES[used.role] if used.role else ""
        text = phrases.account_noted(person.name, role)
        if used.role:
            desk.tell_office(f"bound:{used.worker}:{iso(message.at)}", text)
        else:
            desk.tell("bound", text)
        return Reply(say.account_bound(person.name, role))

    def _look_at_the_name(self, message: Message, name: str, worker: int) -> None:
        """A code that somebody else of the roster used is worth a question of the office."""
        desk = self._desk
        others = [one.name for one in who(message.sender_name, desk.tree.workers) if one.name != name]
        if others:
            key = f"account:{worker}:{iso(message.at)}"
            desk.tell_office(key, phrases.account_of_another(name, others))

    def _tries_too_often(self, account: str, at: datetime) -> bool:
        if self._hour is None or at - self._hour > timedelta(hours=1):
            self._wrong.clear()
            self._hour = at
        return self._wrong[account] >= MOST_TRIES or self._wrong.total() >= MOST_TRIES_OF_ALL
