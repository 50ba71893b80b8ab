"""What is really the case in the simulated town. It never knows what the bot believes.

Everything that happens is a line of world.jsonl, written before it has any effect: state is the fold of the lines,
so killing the program does not kill the witness, and a restart goes on as if nothing had been.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.simulated import people
from bot.channels.simulated.drawn import PICTURES, drawn
from bot.channels.simulated.log import WorldLog, read_log
from bot.channels.simulated.people import When
from bot.channels.simulated.shown import Said, as_message, copied, one_more, room_id
from bot.channels.simulated.ways import RECOGNISED, passed_on
from bot.model.chat import Event, Message, MessageKind, Recall
from bot.model.content import Content, ContentId
from bot.model.time import iso
from bot.model.tree import Group, GroupId, Medium, Mode, Post, Tree, Use, WorkerId

RECALL_WITHIN = timedelta(minutes=2)


@dataclass(slots=True)
class Row:
    """What really happened to one group in one wave."""

    posts: int = 0
    reposted_at: datetime | None = None
    way: str | None = None
    recalled: bool = False
    claimed_at: datetime | None = None
    honest: bool = True
    in_a_row: bool = False
    """The person forwards to all groups of this source in a row and answers once for them."""


@dataclass(frozen=True, slots=True)
class Wave:
    content: Content
    relays: Mapping[GroupId, Sequence[GroupId]]
    source_of: Mapping[GroupId, GroupId]
    mine: Mapping[WorkerId, Sequence[GroupId]]


class World:
    """The town, its people, and the log of what they did."""

    def __init__(
        self,
        tree: Tree,
        contents: Mapping[ContentId, Content],
        seed: int,
        log: Path,
        *,
        resume_from: datetime | None = None,
        bot_in_rooms: bool = True,
    ) -> None:
        """``log``: continued if it exists. ``resume_from``: what happened later is told to the bot again, as a phone
        gets its messages when it reconnects. ``bot_in_rooms``: false on the manual channel."""
        self.tree, self.contents, self.seed, self._bot = tree, contents, seed, bot_in_rooms
        self.waves: dict[str, Wave] = {}
        self.rows: dict[tuple[str, GroupId], Row] = {}
        self.last_at: datetime | None = None
        self._todo: list[tuple[datetime, str, int, str]] = []
        self._news: list[Event] = []
        self._waiting: dict[WorkerId, list[tuple[str, GroupId]]] = {}
        self._newest: dict[WorkerId, str] = {}
        self._newest_of: dict[tuple[WorkerId, ContentId], str] = {}
        self._claims: dict[tuple[str, GroupId], list[str]] = {}
        self._chats: dict[GroupId, list[Said]] = {}
        self._talked: set[str] = set()
        self._played: set[WorkerId] = set()
        """Whom somebody plays in a practice: they do nothing by themselves any more."""
        self._own: dict[str, datetime] = {}
        self._drawn: dict[str, tuple[Path, str]] = {}
        """Of pictures that people made of a poster: which, and how."""
        self._answers: dict[GroupId, WorkerId | None] = {
            g.id: tree.person_above(tree.by_id[g.node], Post.CONTACT) for g in tree.groups
        }
        self._replay(read_log(log), resume_from)
        self._log = WorldLog(log)

    def _replay(self, lines: Sequence[bytes], resume_from: datetime | None) -> None:
        for text in lines:
            told = len(self._news)
            self._apply(json.loads(text))
            if resume_from is not None and self._news[told:] and self._news[told].at <= resume_from:
                del self._news[told:]

    def _happen(self, **line: Any) -> None:
        """Write first, then let it take effect."""
        line["at"] = line["at"].isoformat()
        self._log.write(line)
        self._apply(line)

    def _apply(self, line: dict[str, Any]) -> None:
        at = datetime.fromisoformat(line["at"])
        self.last_at = at if self.last_at is None else max(self.last_at, at)
        getattr(self, f"_apply_{line['k'].replace(' ', '_')}")(line, at)

    # ── what the office and its bot do ──────────────────────────────────────────────────────────────────

    def announce(
        self,
        wave: str,
        content: ContentId,
        relays: Mapping[GroupId, Sequence[GroupId]],
        direct: Sequence[GroupId],
        at: datetime,
    ) -> None:
        """A wave begins: who forwards from where to where (0: from the office itself), and what is posted directly."""
        if wave not in self.waves:
            pairs = {str(source): list(groups) for source, groups in relays.items()}
            self._happen(k="wave", at=at, wave=wave, content=content, relays=pairs, direct=list(direct))

    def posted(self, wave: str, group: GroupId, part: int, main: bool, by: str, at: datetime) -> str:
        """The bot or the office posted a part in a group; returns the message's id."""
        row = self.rows[wave, group]
        message = f"{wave}/{group}/{by}/{part}" + (f"/{row.posts}" if main and row.posts else "")
        self._happen(k="post", at=at, wave=wave, group=group, part=part, main=main, by=by, id=message)
        return message

    def took_back(self, message: str, at: datetime) -> bool:
        """The bot recalls its own message; WeChat allows it for two minutes."""
        posted = self._own.get(message)
        if posted is None or at - posted > RECALL_WITHIN:
            return False
        self._happen(k="taken back", at=at, id=message)
        return True

    def reminded(self, worker: WorkerId, at: datetime) -> None:
        """A reminder reached somebody."""
        if self._waiting.get(worker):
            self._happen(k="remind", at=at, worker=worker)

    def noticed(self, group: GroupId, text: str, at: datetime) -> None:
        """A message that is no content was posted in a group: whoever is named with @ has been reminded."""
        named = set(re.findall(r"@(\S+)", text))
        if not named:
            return
        node = self.tree.by_id[self.tree.group_by_id[group].node]
        here = (*self.tree.upward(node), *self.tree.subtree(node))
        for worker in sorted({worker for place in here for worker in place.people.values()}):
            if self.tree.worker_by_id[worker].name in named:
                self.reminded(worker, at)

    def stand_in(self, worker: WorkerId, at: datetime) -> None:
        """From now on somebody at a keyboard acts for ``worker``."""
        if worker not in self._played:
            self._happen(k="stand in", at=at, worker=worker)

    def _apply_stand_in(self, line: dict[str, Any], at: datetime) -> None:
        self._played.add(WorkerId(line["worker"]))

    def _apply_wave(self, line: dict[str, Any], at: datetime) -> None:
        relays = {GroupId(int(s)): tuple(map(GroupId, groups)) for s, groups in line["relays"].items()}
        mine: dict[WorkerId, list[GroupId]] = {}
        source_of: dict[GroupId, GroupId] = {}
        for source, groups in relays.items():
            for group in groups:
                source_of[group] = source
                worker = self._answers[group]
                if worker is not None:
                    mine.setdefault(worker, []).append(group)
        name = line["wave"]
        self.waves[name] = Wave(self.contents[ContentId(line["content"])], relays, source_of, mine)
        for group in (*source_of, *map(GroupId, line["direct"])):
            self.rows.setdefault((name, group), Row())
            place = self.tree.group_by_id[group]
            if place.use is Use.RESIDENT and place.observe and self.sees(place):
                self._talk_about(name, group, at)
        self._reached(name, GroupId(0), at)

    def _apply_post(self, line: dict[str, Any], at: datetime) -> None:
        wave, group = line["wave"], GroupId(line["group"])
        content = self.waves[wave].content
        part = content.parts[line["part"]]
        if line["by"] == "bot" and self.sees(self.tree.group_by_id[group]):
            self._news.append(as_message(line["id"], group, "bot", part, at, is_self=True))
            self._own[line["id"]] = at
        if line["main"]:
            row = self.rows[wave, group]
            row.posts += 1
            if row.posts == 1:
                self._reached(wave, group, at)

    def _apply_taken_back(self, line: dict[str, Any], at: datetime) -> None:
        del self._own[line["id"]]

    def _apply_remind(self, line: dict[str, Any], at: datetime) -> None:
        worker = WorkerId(line["worker"])
        for wave, group in self._waiting.pop(worker, []):
            how = self._conduct(wave, group)
            self._later(at, how.delay_s, wave, group, "repost")

    # ── what the people do ──────────────────────────────────────────────────────────────────────────────

    def _conduct(self, wave: str, group: GroupId) -> people.Conduct:
        place = self.tree.group_by_id[group]
        content = self.waves[wave].content
        if place.use is Use.WORK:
            return people.station_conduct(self.seed, wave, place.name, content)
        return people.conduct(self.seed, wave, place.name, content, bot_sees=self.sees(place))

    def _reached(self, wave: str, source: GroupId, at: datetime) -> None:
        """The content is in ``source``: everyone who forwards from there takes note."""
        groups = self.waves[wave].relays.get(source, ())
        by_worker: dict[WorkerId, list[GroupId]] = {}
        for group in groups:
            worker = self._answers[group]
            if worker is not None:
                by_worker.setdefault(worker, []).append(group)
        for worker, mine in by_worker.items():
            self._newest[worker] = self._newest_of[worker, self.waves[wave].content.id] = wave
            self._take_up(wave, worker, mine, at)
        if source and groups:
            self._talk_about(wave, source, at)

    def _talk_about(self, wave: str, group: GroupId, at: datetime) -> None:
        for place, talk in enumerate(people.chatter(self.seed, wave, group)):
            self._later(at, talk.after_s, wave, group, f"chat {place}")

    def _take_up(self, wave: str, worker: WorkerId, mine: Sequence[GroupId], at: datetime) -> None:
        habit = people.all_at_once(self.seed, wave, worker)
        stations = any(self.tree.group_by_id[g].use is Use.WORK for g in mine)
        if habit is not None and not stations:
            first, answers = habit
            for place, group in enumerate(mine):
                self._later(at, first + place * people.IN_A_ROW_S, wave, group, "repost")
                self.rows[wave, group].in_a_row = True
            if answers:
                self._later(at, first + len(mine) * people.IN_A_ROW_S + 60, wave, mine[0], "claim all")
            return
        for group in mine:
            how = self._conduct(wave, group)
            if how.when is When.REMINDED:
                self._waiting.setdefault(worker, []).append((wave, group))
            elif how.when is When.NEVER:
                if how.lies:
                    self._later(at, how.delay_s, wave, group, "claim")
            else:
                self._later(at, how.delay_s, wave, group, "repost")

    def _later(self, at: datetime, seconds: float, wave: str, group: GroupId, what: str) -> None:
        heapq.heappush(self._todo, (at + timedelta(seconds=round(seconds)), wave, group, what))

    def next_at(self) -> datetime | None:
        """When something happens next by itself."""
        return self._todo[0][0] if self._todo else None

    def due(self, until: datetime) -> list[Event]:
        """Live until ``until``; returns what the bot could see meanwhile, in its order."""
        while self._todo and self._todo[0][0] <= until:
            at, wave, group_id, what = heapq.heappop(self._todo)
            group = GroupId(group_id)
            row = self.rows[wave, group]
            talk = what.startswith("chat ") and self.tree.group_by_id[group].use is not Use.WORK
            if not talk and self._answers[group] in self._played:
                continue
            if what == "repost" and row.reposted_at is None:
                self._happen(k="repost", at=at, wave=wave, group=group, way=self._conduct(wave, group).way)
            elif what == "recall" and not row.recalled:
                self._happen(k="recall", at=at, wave=wave, group=group)
            elif what == "claim" and row.claimed_at is None:
                self._claim(wave, [group], at)
            elif what == "claim all" and row.claimed_at is None:
                worker = self._answers[group]
                source = self.waves[wave].source_of[group]
                here = [g for g in self.waves[wave].relays[source] if self._answers[g] == worker]
                self._claim(wave, here, at)
            elif what.startswith("chat "):
                self._chat(wave, group, int(what.removeprefix("chat ")), at)
        news, self._news = sorted(self._news, key=lambda event: event.at), []
        return news

    def _apply_repost(self, line: dict[str, Any], at: datetime) -> None:
        wave, group = line["wave"], GroupId(line["group"])
        row = self.rows[wave, group]
        row.reposted_at, row.way = at, line["way"]
        how, place, worker = self._conduct(wave, group), self.tree.group_by_id[group], self._answers[group]
        if self.sees(place):
            dice, content = people.draw(self.seed, wave, group, "way"), self.waves[wave].content
            part = passed_on(content, line["way"], dice)
            if line["way"] in PICTURES and (poster := content.parts[content.main].path) is not None:
                self._drawn[part.sha256] = poster, line["way"]
            self._news.append(as_message(f"{wave}/{group}/repost", group, f"w{worker}", part, at))
        if place.use is Use.WORK:
            self._reached(wave, group, at)
        if row.in_a_row:
            return
        if how.recalled_s is not None:
            self._later(at, how.recalled_s, wave, group, "recall")
        elif how.claims_s is not None:
            self._later(at, how.claims_s, wave, group, "claim")

    def _apply_recall(self, line: dict[str, Any], at: datetime) -> None:
        wave, group = line["wave"], GroupId(line["group"])
        self.rows[wave, group].recalled = True
        if self.sees(self.tree.group_by_id[group]):
            self._news.append(Recall(room_id(group), f"{wave}/{group}/repost", at))

    def _claim(self, wave: str, groups: Sequence[GroupId], at: datetime) -> None:
        """Say “已转发” where the content came from; without a work group there is nobody to say it to.

        Nobody answers for a content of days ago that has come again since: no words would tell the two apart.
        """
        source = self.waves[wave].source_of[groups[0]]
        worker = self._answers[groups[0]]
        again = worker is not None and self._newest_of.get((worker, self.waves[wave].content.id)) != wave
        if (
            again
            or not source
            or worker is None
            or (self._bot and not self.sees(self.tree.group_by_id[source]))
        ):
            return
        text = self._claim_text(wave, worker, groups)
        listed = people.uses_a_list(self.seed, wave, source)
        said = {"worker": worker, "room": source, "text": text, "note": listed}
        self._happen(k="claim", at=at, wave=wave, groups=list(groups), **said)

    def _claim_text(self, wave: str, worker: WorkerId, groups: Sequence[GroupId]) -> str:
        """Bare when it is about all of the person's groups; with the number when something newer has come since."""
        state = self.waves[wave]
        if set(groups) == set(state.mine[worker]):
            said = people.bare_claim(people.draw(self.seed, wave, worker, "claim"))
        else:
            said = "、".join(self.tree.group_by_id[g].name for g in groups) + "已转发"
        if self._newest.get(worker) == wave:
            return said
        return f"{state.content.number or '《' + state.content.title + '》'} {said}"

    def _apply_claim(self, line: dict[str, Any], at: datetime) -> None:
        wave, source, worker = line["wave"], GroupId(line["room"]), WorkerId(line["worker"])
        for group in map(GroupId, line["groups"]):
            row = self.rows[wave, group]
            if row.claimed_at is None:
                row.claimed_at = at
                row.honest = row.reposted_at is not None
        name = self.tree.worker_by_id[worker].name
        text, kind = line["text"], MessageKind.TEXT
        if line["note"]:
            lines = self._claims.setdefault((wave, source), [])
            text, kind = one_more(self.waves[wave].content, lines, name, text), MessageKind.GROUP_NOTE
        message = f"{wave}/{line['groups'][0]}/claim"
        self._say(source, worker, name, text, kind, message, at)

    def _chat(self, wave: str, group: GroupId, place: int, at: datetime) -> None:
        if f"{wave}/{group}/chat/{place}" not in self._talked:
            talk = people.chatter(self.seed, wave, group)[place]
            self._happen(k="chat", at=at, wave=wave, group=group, place=place, kind=talk.kind, text=talk.text)

    def _apply_chat(self, line: dict[str, Any], at: datetime) -> None:
        group, message = GroupId(line["group"]), f"{line['wave']}/{line['group']}/chat/{line['place']}"
        self._talked.add(message)
        kind, place = MessageKind(line["kind"]), self.tree.group_by_id[group]
        if place.use is not Use.WORK:
            sha = hashlib.sha256(message.encode()).hexdigest() if kind is MessageKind.IMAGE else ""
            self._news.append(
                Message(message, room_id(group), f"n{group}", at, kind, line["text"], "邻居", sha256=sha)
            )
            return
        worker = self.tree.person_above(self.tree.by_id[place.node], Post.CONTACT)
        if worker is not None:
            name = self.tree.worker_by_id[worker].name
            self._say(group, worker, name, line["text"], kind, message, at)

    def _say(
        self,
        room: GroupId,
        worker: WorkerId,
        name: str,
        text: str,
        kind: MessageKind,
        message: str,
        at: datetime,
    ) -> None:
        self._chats.setdefault(room, []).append(Said(at, name, kind, text))
        if self.sees(self.tree.group_by_id[room]):
            shown = f"{self.tree.by_id[self.tree.group_by_id[room].node].name[:2]}-{name}"
            self._news.append(Message(message, room_id(room), f"w{worker}", at, kind, text, shown))

    # ── what is seen, said and true ─────────────────────────────────────────────────────────────────────

    def sees(self, group: Group) -> bool:
        """Whether the bot is in the group's room."""
        here = group.use is Use.WORK or group.mode is Mode.DIRECT or group.observe
        return self._bot and group.medium is Medium.WECHAT and here

    def picture(self, sha256: str) -> bytes | None:
        """A picture that somebody posted; None for one that is nobody's business."""
        made = self._drawn.get(sha256)
        return None if made is None else drawn(*made)

    def transcript(self, group: GroupId, after: datetime, until: datetime) -> str:
        """A work group's chat after one instant and until another, as it is copied out of WeChat."""
        return copied(said for said in self._chats.get(group, ()) if after < said.at <= until)

    def truth(self) -> dict[str, Any]:
        """truth.json (CONTRACTS, “The demo's truth”)."""
        rows = []
        for (wave, group_id), row in self.rows.items():
            group = self.tree.group_by_id[group_id]
            direct = group_id not in self.waves[wave].source_of
            rows.append(
                {
                    "wave": wave, "group": group.name, "node": self.tree.by_id[group.node].path, "use": group.use.value,
                    "mode": (Mode.DIRECT if direct else Mode.RELAY).value, "bot_in_room": self.sees(group),
                    "posts": row.posts, "reposted_at": iso(row.reposted_at) if row.reposted_at else None,
                    "way": row.way, "recalled": row.recalled,
                    "claimed_at": iso(row.claimed_at) if row.claimed_at else None, "honest": row.honest,
                }
            )  # fmt: skip
        return {"version": "1", "seed": self.seed, "recognised": list(RECOGNISED), "rows": rows}
