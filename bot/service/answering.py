"""A leader's question answered where it was asked, for what is theirs; a person's one-time code taken.

Who asks is known by account; in a work group also by the full name that the room shows, and then for that group's place
only. Strangers get no answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import phrases
from bot.commands.asked import Question, place_asked, read_question
from bot.model.chat import Message, MessageKind
from bot.model.time import day_of, iso
from bot.model.tree import Group, GroupId, Node, Use, WorkerId
from bot.recognise.paste import who
from bot.service.desk import Desk
from bot.store import accounts, reading

MOST_TRIES, MOST_TRIES_OF_ALL = 5, 50
"""Wrong codes an hour, of one account and of all."""
_CODE = re.compile(r"\s*(?:@\S+\s+)?绑定(?:码)?\s*[:：]?\s*(?P<code>[0-9A-Za-z]{8})\s*[。.]?\s*")


class Answers:
    """Answers in chat."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wrong: Counter[str] = Counter()
        self._hour: datetime | None = None

    async def answer(self, message: Message, group: Group | None) -> bool:
        """Answer a question of somebody who may ask it; false if ``message`` is none."""
        question = read_question(message.text) if message.kind is MessageKind.TEXT else None
        if question is None:
            return False
        scope = await self._scope(message, group)
        place = place_asked(question, self._desk.tree, scope)
        if place is not None:
            await self._say(message, group, self._answer(question, place))
        return True

    async def _scope(self, message: Message, group: Group | None) -> Sequence[Node]:
        """The places of which this person may ask, the nearest first."""
        desk = self._desk
        known = desk.worker_of.get(message.sender)
        if known is not None:
            own = [n for n in desk.tree.nodes if known in n.people.values()]
            here = [] if group is None else [desk.tree.by_id[group.node]]
            return [n for n in here if any(o.lo <= n.lo <= o.hi for o in own)] + own
        if group is None or group.use is not Use.WORK:
            return ()
        node = desk.tree.by_id[group.node]
        # “未转发”, said by somebody further down, is an answer and no question.
        people = [desk.tree.worker_by_id[w] for n in desk.tree.upward(node) for w in n.people.values()]
        name = message.sender_name or await desk.channel.called(message)
        return [node] if who(name, people) else ()

    def _answer(self, question: Question, place: Node) -> str:
        desk = self._desk
        today = day_of(desk.now)
        waves = desk.store.read(reading.waves_between, today, today)
        counts = desk.store.read(reading.counts, waves, place.id)
        gaps = desk.store.read(reading.target_rows, waves, place.id, gaps_only=True)
        below = desk.store.read(reading.children_counts, waves, place.id)
        root = desk.tree.root
        town = None if place is root else (root.name, desk.store.read(reading.counts, waves, root.id))
        when = f"{phrases.spoken_day(today)} {phrases.clock(desk.now)}"
        return phrases.coverage_answer(place.name, when, counts, gaps, town, below)

    async def take_code(self, message: Message, group: Group | None) -> bool:
        """“绑定 CODE”: from now on this account is known to be that person's. False if ``message`` is something else."""
        said = _CODE.fullmatch(message.text)
        if said is None:
            return False
        desk = self._desk
        if self._tries_too_often(message.sender, message.at):
            desk.tell_office(f"codes:{day_of(message.at)}", phrases.codes_guessed())
            return True
        worker = await desk.store.write(
            accounts.use_code, said["code"].upper(), message.sender, message.at, private=not message.room
        )
        if worker is None:
            self._wrong[message.sender] += 1
            return True
        desk.reload_rooms()
        person = desk.tree.worker_by_id.get(worker)
        if person is not None:
            shown = message.sender_name or await desk.channel.called(message)
            others = [one.name for one in who(shown, desk.tree.workers) if one.name != person.name]
            if others:
                key = f"account:{worker}:{iso(message.at)}"
                desk.tell_office(key, phrases.account_of_another(person.name, others))
            desk.tell("bound", phrases.account_noted(person.name))
            await self._say(message, group, phrases.account_bound(person.name), worker)
        return True

    def _tries_too_often(self, account: str, at: datetime) -> bool:
        if self._hour is None or at - self._hour > timedelta(hours=1):
            self._wrong.clear()
            self._hour = at
        return self._wrong[account] >= MOST_TRIES or self._wrong.total() >= MOST_TRIES_OF_ALL

    async def _say(
        self, message: Message, group: Group | None, text: str, worker: WorkerId | None = None
    ) -> None:
        desk = self._desk
        to: GroupId | None = group.id if group is not None else None
        person = None if to is not None else worker or desk.worker_of.get(message.sender)
        if to is None and person is None:
            return
        await desk.answer(message, text, group=to, worker=person)
