"""Everything that is said to us: read, permitted, done, answered; at most one answer, to whoever spoke, where they spoke.

Whoever says too much is shed. Strangers get nothing; of them only a count is kept. What known people ask for is logged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands.reading import read
from bot.commands.said import Command, Said
from bot.commands.table import RULES, Verdict, lines_for, verdict
from bot.errors import Busy
from bot.model.chat import Message, MessageKind
from bot.model.speaker import Place, Role
from bot.model.time import day_of
from bot.model.tree import Group, GroupId, Use, Worker, WorkerId
from bot.phrases import talk as say
from bot.phrases.judging import OBJECT
from bot.service.desk import Desk
from bot.service.judging import object_in_chat
from bot.service.listening import may_confirm
from bot.service.screenshots import Claim, claim_of_today, keep
from bot.service.talking import deciding, leaders, workers
from bot.service.talking.codes import Codes
from bot.service.talking.flood import Flood
from bot.service.talking.inbox import Inbox
from bot.service.talking.speaker import Speaker, by_account, by_name
from bot.service.talking.turn import ASKED_FOR, Reply, Turn, chosen
from bot.store import log, talk
from bot.store.log import Via

Handler = Callable[[Desk, Turn], Awaitable[Reply]]
SPOKEN = (MessageKind.TEXT, MessageKind.QUOTE, MessageKind.GROUP_NOTE)
BELONGS = timedelta(minutes=3)
"""A picture or forwarded message this soon after a “已转发” belongs to it."""
HINT_EVERY = timedelta(minutes=10)
MOST_HINTS = 3
"""Within that time: people try three wordings, and then it is not for us."""
NEEDS_HELP = re.compile("被骗|受骗|骗了.{0,6}钱|(?:叫|让|要)我?.{0,4}(?:转账|转钱|汇款|验证码)|96110是")
MANNERS = re.compile(
    r"[\s,，。.!！~～]*(?:收到|好的?|谢谢您?|辛苦了?|嗯|哦|ok|知道了?|明白了?|您好|你好|早|再见)*[\s,，。.!！~～了啦啊呢吧]*",
    re.I,
)
"""What nobody has to answer."""

HANDLERS: Mapping[Command, Handler] = {
    Command.CONFIRMED: workers.confirmed,
    Command.MY_TASKS: workers.my_tasks,
    Command.LEAVE: workers.leave,
    Command.TROUBLE: workers.trouble,
    Command.COVERAGE: leaders.coverage,
    Command.GAPS: leaders.gaps,
    Command.PROGRESS: leaders.progress,
    Command.HOLES: leaders.holes,
    Command.RANKING: leaders.ranking,
    Command.CIRCULAR: leaders.circular,
    Command.PENDING: deciding.pending,
    Command.APPROVE: deciding.approve,
    Command.REJECT: deciding.reject,
    Command.PUSH: deciding.push,
    Command.WITHDRAW: deciding.withdraw,
    Command.PAUSE: deciding.pause,
    Command.RESUME: deciding.resume,
    Command.REMIND: deciding.remind,
    Command.EXEMPT: deciding.exempt,
}
ASKS_FOR_A_NUMBER = re.compile(r"[回扣打发敲](?:复|个|一个)?\s*[“\"]?[1１]")
"""“收到请回1”: from then on a 1 in that group answers whoever asked."""
SOME_TITLE = "题目"
SECRET = ("code", "reason")
"""Arguments that the log does not show."""
AT_CONSOLE = "console:"
"""What a message's id begins with where a button of the console was pressed."""
COPIED = "paste:"
"""… and where a person copied it out of a chat, which may be copied again."""
_BY_WORD = (Command.CONFIRMED, Command.NOT_YET)


class Conversation:
    """The conversation of one town, on one channel."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._flood, self._inbox, self._codes = Flood(), Inbox(desk), Codes(desk)
        self._claimed: dict[tuple[WorkerId, str], Claim] = {}
        """Who said “已转发” last where, when, about what: for what they send right after it."""
        self._hinted: dict[WorkerId, list[datetime]] = {}

    async def hear(self, message: Message, group: Group | None) -> None:
        """Something that somebody said in a work group, or privately (``group`` None)."""
        if message.kind not in SPOKEN:
            await self._thing(message, group)
            return
        place = _place(group)
        if group is not None and ASKS_FOR_A_NUMBER.search(message.text):
            await self._desk.store.write(talk.end_questions, group.id)
        speaker = by_account(self._desk, message, group)
        said = self._read(message.text, speaker, place)
        if said is None and not may_confirm(message) and (group is not None or speaker.person is None):
            return
        if (said is not None or may_confirm(message)) and not self._flood.lets(message.sender, message.at):
            return
        try:
            await self._listen(said, message, group, speaker)
        except Busy:
            self._flood.forgets(message.sender)
            raise

    async def _listen(
        self, said: Said | None, message: Message, group: Group | None, speaker: Speaker
    ) -> None:
        """Know who it is, and take it up."""
        message = await self._named(message, speaker)
        if said is not None and speaker.person is None and group is not None:
            # Whose words they are makes a difference: “未转发” asks if a leader says it.
            speaker = by_name(self._desk, message, group)
            said = self._read(message.text, speaker, _place(group))
        if said is not None and said.command is Command.INBOX:
            await self._command(said, message, group, speaker)  # it takes its time, and writes at its end
            return
        with self._desk.store.together():
            await self._take(said, message, group, speaker)

    async def _take(self, said: Said | None, message: Message, group: Group | None, speaker: Speaker) -> None:
        """What it comes to, with its answer: all of it or nothing."""
        if said is not None and said.command is Command.BIND:
            await self._answer(message, group, await self._codes.take(said.code, message, group), None)
        elif group is None and speaker.person is not None and message.text.lstrip().startswith(OBJECT):
            await self._objection(message, speaker.person)
        elif said is None or said.command in _BY_WORD:
            await self._word(message, group, speaker, said)
        else:
            await self._command(said, message, group, speaker)

    async def _objection(self, message: Message, person: Worker) -> None:
        """“有异议 …”, privately: against what the office said of a screenshot."""
        if self._flood.lets(message.sender, message.at):
            words = message.text.lstrip().removeprefix(OBJECT).lstrip(" 　,，:：。")
            await self._answer(message, None, Reply(object_in_chat(self._desk, person, words)), person)

    def _read(self, text: str, speaker: Speaker, place: Place) -> Said | None:
        voice, title = _voice(speaker.roles), self._desk.title_in(text)
        if title:
            # Whatever words a title has (不要, 给, 96110), it is one: something plain is read in its place.
            plain = text.replace(f"《{title}》", title).replace(title, f"《{SOME_TITLE}》", 1)
            if (said := read(plain, voice, place)) is not None:
                named = title if said.title == SOME_TITLE else said.title
                when = title if said.when == SOME_TITLE else said.when
                return replace(said, title=named, when=when)
        return read(text, voice, place)

    async def _named(self, message: Message, speaker: Speaker) -> Message:
        """``message`` with the name by which the room shows who spoke, where only that tells who it is."""
        if message.sender_name or speaker.person is not None:
            return message
        return replace(message, sender_name=await self._desk.channel.called(message))

    async def overheard(self, message: Message, group: Group) -> str:
        """Something of a work group's chat that a person copied for us: what can be answered to it, or nothing."""
        if day_of(message.at) < day_of(self._desk.now):
            return ""  # who asked yesterday does not wait for it any more
        if self._read(message.text, by_account(self._desk, message, group), Place.WORK) is None:
            return ""  # most of a chat; to know who says it takes longer
        speaker = by_name(self._desk, message, group)
        said = self._read(message.text, speaker, Place.WORK)
        if said is None or said.command in (*_BY_WORD, Command.CHOICE, Command.BIND, Command.BIND_GROUP):
            return ""
        return (await self.turn(said, message, group, speaker)).text

    async def turn(
        self, said: Said, message: Message, group: Group | None, speaker: Speaker, *, sure: bool = False
    ) -> Reply:
        """What a command comes to, permission included; nothing is sent yet. ``sure``: they were asked and chose this."""
        desk = self._desk
        may = self._may(said.command, speaker, group)
        if said.command is Command.BIND_GROUP and speaker.person is not None:
            return Reply(say.IN_THAT_GROUP)
        if may is Verdict.SILENT or speaker.person is None:
            await desk.store.write(talk.count_attempt, day_of(message.at), said.command.value)
            return Reply()
        if said.command is not Command.CHOICE:
            await desk.store.write(talk.drop_question, speaker.person.id)
        if may is not Verdict.YES:
            reply = Reply(_refusal(may, said.command), outcome="没有办")
        elif said.command is Command.CHOICE:
            return await self._choice(Turn(said, speaker, message, group))
        elif said.command is Command.HELP:
            reply = self._help(speaker, group)
        elif said.command is Command.INBOX:
            reply = await self._inbox.draft(Turn(said, speaker, message, group))
        else:
            reply = await HANDLERS[said.command](desk, Turn(said, speaker, message, group, sure))
        await self._log(message, speaker.person, said, reply)
        return reply

    async def _command(self, said: Said, message: Message, group: Group | None, speaker: Speaker) -> None:
        reply = await self.turn(said, message, group, speaker)
        if not reply.text and said.command is Command.CHOICE and group is None:
            reply = Reply(say.nothing_asked())
        await self._answer(message, group, reply, speaker.person)

    async def _choice(self, turn: Turn) -> Reply:
        """A bare number answers the last question of ours, once."""
        desk, worker = self._desk, turn.person.id
        group = None if turn.group is None else turn.group.id
        question = desk.store.read(talk.asked_last, worker, group, desk.now)
        number = turn.said.number or 0
        if question is None:
            return Reply()
        kept = question.choices.get(number)
        if kept is None:
            # In a group a number may be anything; privately it was meant for us.
            return Reply(say.out_of_range(sorted(question.choices)) if group is None else "")
        if not await desk.store.write(talk.settle_choice, worker, number):
            return Reply()
        said, targets = chosen(kept)
        if said.command is Command.CHOICE:
            return Reply(say.NOT_DONE)
        may = self._may(said.command, turn.speaker, turn.group)
        if may is not Verdict.YES:
            return Reply(_refusal(may, said.command))
        if targets:
            self._claimed[worker, turn.message.room] = Claim(
                turn.message.at, turn.message.text, list(targets)
            )
        reply = await HANDLERS[said.command](desk, replace(turn, said=said, sure=True, targets=targets))
        if said.command is not Command.CONFIRMED:
            await self._log(turn.message, turn.person, said, reply)
        return reply

    async def _word(self, message: Message, group: Group | None, speaker: Speaker, said: Said | None) -> None:
        """“已转发”, a #接龙, or nothing that we know."""
        desk = self._desk
        if group is None and speaker.person is None:
            if said is not None:
                await desk.store.write(talk.count_attempt, day_of(message.at), said.command.value)
            return
        heard = await workers.heard(desk, message, group)
        if heard.person is not None and heard.targets:
            self._claimed[heard.person.id, message.room] = Claim(
                message.at, message.text, list(heard.targets)
            )
        if heard.confirmation:
            await self._answer(message, group, heard.reply, heard.person)
        elif group is None and speaker.person is not None:
            await self._unknown(message, speaker, speaker.person)

    async def _unknown(self, message: Message, speaker: Speaker, person: Worker) -> None:
        """Privately, words that are no command: material for the inbox, or somebody who needs a hint."""
        if self._may_draft(speaker) and self._inbox.takes(message):
            await self._answer(message, None, self._inbox.receive(message), person)
            return
        if NEEDS_HELP.search(message.text):
            await self._answer(message, None, Reply(say.CALL_FOR_HELP), person)
            return
        lately = [at for at in self._hinted.get(person.id, ()) if message.at - at < HINT_EVERY]
        if MANNERS.fullmatch(message.text) or len(lately) >= MOST_HINTS:
            return
        if may_confirm(message) or self._flood.lets(message.sender, message.at):
            await self._answer(message, None, Reply(say.NOT_UNDERSTOOD), person)
            self._hinted[person.id] = [*lately, message.at]

    def _may(self, command: Command, speaker: Speaker, group: Group | None) -> Verdict:
        at_home = self._desk.is_home(group)
        return verdict(command, speaker.roles, _place(group), by_account=speaker.by_account, at_home=at_home)

    def _may_draft(self, speaker: Speaker) -> bool:
        return self._may(Command.INBOX, speaker, None) is Verdict.YES

    async def _thing(self, message: Message, group: Group | None) -> None:
        """A picture, card or file: it belongs to what was just said, or is material for the inbox."""
        speaker = by_account(self._desk, message, group)
        person = speaker.person
        if person is None:
            return
        claimed = self._claim_before(person.id, message)
        if claimed is not None:
            await workers.attached(self._desk, person, claimed.targets, message)
            await keep(self._desk, person, claimed, message)
            return
        if group is not None:
            return
        if self._may_draft(speaker):
            if self._inbox.takes(message) and self._flood.lets(message.sender, message.at):
                await self._answer(message, None, self._inbox.receive(message), person)
        elif message.kind is MessageKind.IMAGE and self._flood.lets(message.sender, message.at):
            await keep(self._desk, person, claim_of_today(self._desk, person, message.at), message)

    def awaits(self, message: Message) -> bool:
        """Whether ``message`` is a picture that belongs to what its sender said just before, whatever it shows."""
        worker = self._desk.worker_of.get(message.sender)
        picture = message.kind is MessageKind.IMAGE
        return picture and worker is not None and self._claim_before(worker, message) is not None

    def _claim_before(self, worker: WorkerId, message: Message) -> Claim | None:
        claimed = self._claimed.get((worker, message.room))
        return claimed if claimed is not None and message.at - claimed.at <= BELONGS else None

    def _help(self, speaker: Speaker, group: Group | None) -> Reply:
        assert speaker.person is not None
        at_home = self._desk.is_home(group)
        rules = lines_for(speaker.roles, _place(group), by_account=speaker.by_account, at_home=at_home)
        staff = speaker.roles & {Role.OFFICE, Role.REVIEWER}
        closing = (
            say.FOR_OFFICE if staff else say.FOR_LEADERS if Role.LEADER in speaker.roles else say.FOR_WORKERS
        )
        return Reply(say.help_text(speaker.person.name, [(rule.says, rule.does) for rule in rules], closing))

    async def _log(self, message: Message, person: Worker, said: Said, reply: Reply) -> None:
        at_console = message.id.startswith(AT_CONSOLE)
        # Of who is known by a shown name only, not the words: they may be anybody's.
        args = said.args() if at_console or person.id in self._desk.accounts else {}
        words = [
            value if isinstance(value, list) else [str(value)]
            for name, value in args.items()
            if name not in SECRET
        ]
        detail = "、".join(word for some in words for word in some)
        via, what = Via.CONSOLE if at_console else Via.CHAT, said.command.value
        copied_again = message.id.startswith(COPIED) and self._desk.store.read(
            log.stands, message.at, person.id, via, what, detail
        )
        if not copied_again:
            await self._desk.store.write(
                talk.log_command, message.at, person.id, what, detail, reply.outcome, via
            )

    async def _answer(
        self, message: Message, group: Group | None, reply: Reply, person: Worker | None
    ) -> None:
        if not reply.text:
            return
        desk = self._desk
        to: GroupId | None = None if group is None else group.id
        worker = None if to is not None else person.id if person else desk.worker_of.get(message.sender)
        if to is None and worker is None:
            return
        alone = bool(reply.choices)
        notice = await desk.answer(message, reply.text, group=to, worker=worker, alone=alone)
        if reply.choices and person is not None and notice is not None:
            question = talk.Question(to, reply.choices, desk.now + ASKED_FOR, notice)
            await desk.store.write(talk.ask, person.id, question)


def _place(group: Group | None) -> Place:
    return Place.PRIVATE if group is None else Place.RESIDENT if group.use is Use.RESIDENT else Place.WORK


def _refusal(may: Verdict, command: Command) -> str:
    """One polite line, or nothing."""
    if may is Verdict.NOT_YOURS:
        return say.not_yours(RULES[command].roles)
    return {Verdict.BIND_FIRST: say.BIND_FIRST, Verdict.PRIVATELY: say.PRIVATELY}.get(may, "")


def _voice(roles: frozenset[Role]) -> Role:
    """As whom a line is read where that makes a difference: “未转发” asks if a leader says it."""
    order = (Role.OFFICE, Role.REVIEWER, Role.LEADER, Role.WORKER)
    return next((role for role in order if role in roles), Role.STRANGER)
