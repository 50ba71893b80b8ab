"""What the office has on its desk: roster, rooms, library, settings, and the moment that it is.

Everything in the service works on a `Desk`; it holds no state that the store does not have, so another process may
tick things off meanwhile and a restart changes nothing. It never asks a clock: whoever acts sets ``now``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.approval.decide import sendable
from bot.channels.base import Channel
from bot.commands.places import Gazetteer
from bot.errors import ChuandaError
from bot.library import LiveLibrary
from bot.model.chat import Message
from bot.model.content import Content, ContentId
from bot.model.plan import Past
from bot.model.time import day_of
from bot.model.tree import Group, GroupId, Tree, Worker, WorkerId
from bot.planner.tally import Tally
from bot.recognise.match import Recogniser
from bot.recognise.paste import who
from bot.schedules.model import Exemption, Schedules
from bot.service.looking import Eyes
from bot.store import accounts, notices, rooms, sending, talk, trees, waves
from bot.store.approvals import approvals
from bot.store.database import Store
from bot.store.sending import Outgoing


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, for whoever watches (the demo's screen, the service's log). ``text`` is Chinese."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Secret:
    """Words for one person that hold a secret, as long as it is worth something."""

    text: str
    until: datetime


SENDS_LAST = timedelta(days=1)
"""A part that was not sent a day after its wave began is not news any more: it is cancelled and the office told."""
ANSWER_WITHIN = timedelta(minutes=30)
"""An answer that could not be given by then is of no use any more."""
WAVE_IS_NEWS = timedelta(hours=1)


class Desk:
    """One town's state as of ``now``."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        library: LiveLibrary,
        schedules: Schedules,
        data: Path,
        given: Mapping[WorkerId, str] | None = None,
    ) -> None:
        """``given``: people whose chat account is known for certain (worker → account). Raises `ChuandaError`
        when no roster was imported yet."""
        self.store, self.library, self.schedules, self.data = store, library, schedules, data
        self.channel, self.capabilities = channel, channel.capabilities()
        self._given = dict(given or {})
        self.now = datetime.min.replace(tzinfo=UTC)
        self._told: list[Told] = []
        self._shown: tuple[int, frozenset[tuple[str, GroupId]]] | None = None
        self.unwritten: dict[int, Secret] = {}
        """What messages say that stands in no file, by their number. A restart forgets it: then they are not sent."""
        self.reload_tree()
        self.contents: Mapping[ContentId, Content] = {}
        self.eyes = Eyes()
        self.recogniser = Recogniser(())
        self.refresh_library()

    def reload_tree(self) -> None:
        """Take up the newest roster and the rooms bound to it."""
        tree = self.store.read(trees.load_tree)
        edition = self.store.read(trees.newest_edition)
        if tree is None or edition is None:
            raise ChuandaError("还没有导入名册；先运行：chuanda roster import 名册.xlsx")
        self.tree: Tree = tree
        self.edition: int = edition
        self._gazetteer: Gazetteer | None = None
        self._tally: Tally | None = None
        self._below: dict[GroupId, Sequence[Worker]] = {}
        self.reload_rooms()

    def reload_rooms(self) -> None:
        """Take up which room is which group, and whose account is whose."""
        self.bound = self.store.read(rooms.bindings)
        self.rooms = rooms.usable(self.bound)
        by_id = self.tree.group_by_id
        self.group_of = {room: by_id[group] for group, room in self.rooms.items() if group in by_id}
        self.group_once = {b.room: by_id[group] for group, b in self.bound.items() if group in by_id}
        """As `group_of`, with rooms that we are not in any more, or that have to be found again."""
        known = self.store.read(accounts.bound_accounts)
        self.accounts = {**self._given, **{worker: one.account for worker, one in known.items()}}
        self.private = {*self._given, *(worker for worker, one in known.items() if one.private)}
        self.worker_of = {account: worker for worker, account in self.accounts.items()}
        self.roles = self.store.read(accounts.roles)
        self._staff = self.store.read(accounts.people)

    @property
    def gazetteer(self) -> Gazetteer:
        """The town's places and groups by name; made when somebody first asks for one."""
        if self._gazetteer is None:
            self._gazetteer = Gazetteer.of(self.tree)
        return self._gazetteer

    def sent_so_far(self, since: datetime) -> Past:
        """What was planned and sent, slots from ``since`` on: for who looks ahead. Changes nothing."""
        newest = self.store.read(waves.newest_wave)
        if self._shown is None or self._shown[0] != newest:
            self._shown = newest, self.store.read(waves.shown)
        return self.store.read(waves.known, since, self._shown[1])

    @property
    def tally(self) -> Tally:
        """The town ready to be counted; made when somebody first plans ahead."""
        if self._tally is None:
            self._tally = Tally(self.tree, self.capabilities.media)
        return self._tally

    def person(self, worker: WorkerId) -> Worker | None:
        """Somebody of the roster, or of the office."""
        return self.tree.worker_by_id.get(worker) or self._staff.get(worker)

    def people_around(self, group: Group) -> Sequence[Worker]:
        """Who may speak in a work group by the name that the room shows: the people of its place, below and above it."""
        if group.id not in self._below:
            node = self.tree.by_id[group.node]
            places = (*self.tree.upward(node), *self.tree.subtree(node))
            ids = {worker for place in places for worker in place.people.values()}
            self._below[group.id] = [self.tree.worker_by_id[w] for w in sorted(ids)]
        return self._below[group.id]

    def named_in(self, shown: str, group: Group) -> Sequence[Worker]:
        """Who the shown name may be in a work group; of one person's posts in several units the one of that place."""
        found = who(shown, self.people_around(group))
        if len({person.name for person in found}) != 1:
            return found
        here = self.tree.by_id[group.node]
        near = [
            person
            for person in found
            if any(here.lo <= node.lo <= here.hi for node, _ in self.tree.posts_of.get(person.id, ()))
        ]
        return near or found

    @property
    def paused(self) -> str:
        """Since when all sending is paused (ISO 8601); empty when it is not."""
        return self.store.read(sending.get_meta, "paused")

    def title_in(self, text: str) -> str:
        """The longest title of the library that stands in ``text``; empty if there is none."""
        return max((c.title for c in self.contents.values() if c.title in text), key=len, default="")

    def is_home(self, group: Group | None) -> bool:
        """Whether this is the office's own group."""
        return group is not None and group.name == self.schedules.office_group

    @property
    def settings(self) -> Schedules:
        """The schedule with what the office exempted by a word in chat."""
        by_word = self.store.read(talk.exemptions)
        known = [self.tree.group_by_id[g] for g in by_word if g in self.tree.group_by_id]
        if not known:
            return self.schedules
        more = tuple(
            Exemption(node=self.tree.by_id[g.node].path, group=g.name, reason=by_word[g.id]) for g in known
        )
        return self.schedules.model_copy(update={"exempt": (*self.schedules.exempt, *more)})

    def refresh_library(self) -> None:
        """Look at the content folder and the approval ledger again."""
        self.acts = self.store.read(approvals)
        contents = self.library.refresh().contents
        if contents is not self.contents:
            self.contents = contents
            self.recogniser = Recogniser(contents.values(), self.eyes.look)

    def content_now(self, content_id: ContentId, digest: str) -> Content | str:
        """The content if it may still be sent exactly as it was planned, else why not (Chinese)."""
        content = self.contents.get(content_id)
        if content is None:
            return "这条内容已经不在资料库里"
        if content.digest != digest or self.library.current_digest(content_id) != digest:
            return "批准后内容改过，停发"
        return sendable(content, self.acts.get(content_id, []), day_of(self.now)) or content

    def content_of(self, message: Outgoing) -> Content | str:
        """The content whose part ``message`` is, exactly as it was when that was written down; else why not (Chinese)."""
        id, digest = ContentId(message.content), message.digest
        if message.kind != "preview":
            return self.content_now(id, digest)
        content = self.contents.get(id)
        if content is None or content.digest != digest or self.library.current_digest(id) != digest:
            return "内容改过了"
        return content

    def sendable_parts(self, content: Content) -> list[int]:
        """The parts that the channel brings into a room; the others are for people."""
        return [index for index, part in enumerate(content.parts) if self.capabilities.carries(part.kind)]

    async def answer(
        self,
        message: Message,
        text: str,
        *,
        group: GroupId | None = None,
        worker: WorkerId | None = None,
        alone: bool = False,
    ) -> int | None:
        """Put the answer to ``message`` on its way, once: into ``group``, or privately to ``worker``. ``alone``: it asks
        something, so nothing else stands in its message. Returns the message's id; None if enough waits for them already."""
        return await self.store.write(
            notices.add_answer, f"answer:{message.id}", text, self.now, self.now + ANSWER_WITHIN,
            group=group, worker=worker, alone=alone,
        )  # fmt: skip

    def told(self, kinds: Sequence[str] = notices.NOTICES) -> list[Told]:
        """What happened since this was last asked, and what of ``kinds`` the office was not shown yet.

        That a wave began is news for an hour only.
        """
        new: list[Told] = []
        if self.store.read(notices.anything_new, kinds):
            new = [
                Told(at, kind, text)
                for at, kind, text in self.store.write_now(notices.show_office, kinds)
                if kind != "wave" or at > self.now - WAVE_IS_NEWS
            ]
        happened, self._told = self._told, []
        return happened + new

    def tell(self, kind: str, text: str) -> None:
        self._told.append(Told(self.now, kind, text))

    def tell_office(self, key: str, text: str, kind: str = "office") -> bool:
        """Something that the office must not miss, once per ``key``: kept until a screen has shown it, whoever ran
        when it happened. False if it was told before."""
        return self.store.write_now(notices.tell_office, key, kind, text, self.now)
