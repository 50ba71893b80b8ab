"""What is really the case in the simulated town. It never knows what the bot believes.

Everything that happens is a line of world.jsonl, written before it has any effect: state is the fold of the lines,
so killing the program does not kill the witness, and a restart goes on as if nothing had been.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.simulated import people
from bot.channels.simulated.people import When
from bot.model.chat import Event, Message, MessageKind, Recall
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.time import iso, local
from bot.model.tree import Group, GroupId, Medium, Mode, Post, Tree, Use, WorkerId
from bot.recognise.match import RECOGNISED_WAYS

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


@dataclass(frozen=True, slots=True)
class Wave:
    content: Content
    relays: Mapping[GroupId, Sequence[GroupId]]
    source_of: Mapping[GroupId, GroupId]
    mine: Mapping[WorkerId, Sequence[GroupId]]


def room_id(group: GroupId) -> str:
    return f"r{group}"


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
        self._claims: dict[tuple[str, GroupId], list[str]] = {}
        self._chats: dict[GroupId, list[tuple[datetime, str, str]]] = {}
        self._by_name = {group.name: group for group in tree.groups}
        self._main_shas: dict[ContentId, str] = {}
        self._answers: dict[GroupId, WorkerId | None] = {
            g.id: tree.person_above(tree.by_id[g.node], Post.CONTACT) for g in tree.groups
        }
        self._fd = -1
        self._replay(log, resume_from)
        self._fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def _replay(self, log: Path, resume_from: datetime | None) -> None:
        if not log.exists():
            return
        raw = log.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):  # the last line was torn by the kill: it never had an effect
            with log.open("r+b") as file:
                file.truncate(len(whole))
        for text in whole.splitlines():
            line = json.loads(text)
            self._apply(line)
            self._news = [e for e in self._news if resume_from is None or e.at > resume_from]

    def _happen(self, **line: Any) -> None:
        """Write first, then let it take effect."""
        line["at"] = line["at"].isoformat()
        os.write(self._fd, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._apply(line)

    def _apply(self, line: dict[str, Any]) -> None:
        at = datetime.fromisoformat(line["at"])
        self.last_at = at if self.last_at is None else max(self.last_at, at)
        getattr(self, f"_apply_{line['k']}")(line, at)

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
        wave, group, by, *_ = message.split("/")
        posted = next((a for a, _, i in self._chats.get(GroupId(int(group)), ()) if i == message), None)
        return by == "bot" and posted is not None and at - posted <= RECALL_WITHIN and wave in self.waves

    def reminded(self, worker: WorkerId, at: datetime) -> None:
        """A reminder reached somebody."""
        if self._waiting.get(worker):
            self._happen(k="remind", at=at, worker=worker)

    def noticed(self, group: GroupId, text: str, at: datetime) -> None:
        """A message that is no content was posted in a group: whoever is named with @ has been reminded."""
        node = self.tree.by_id[self.tree.group_by_id[group].node]
        below = {w for n in self.tree.subtree(node) for w in n.people.values()}
        for worker in sorted(below):
            if f"@{self.tree.worker_by_id[worker].name}" in text:
                self.reminded(worker, at)

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
        self._reached(name, GroupId(0), at)

    def _apply_post(self, line: dict[str, Any], at: datetime) -> None:
        wave, group = line["wave"], GroupId(line["group"])
        content = self.waves[wave].content
        part = content.parts[line["part"]]
        if line["by"] == "bot" and self.sees(self.tree.group_by_id[group]):
            self._news.append(self._as_message(line["id"], group, "bot", "", part, at, is_self=True))
        if line["main"]:
            row = self.rows[wave, group]
            row.posts += 1
            if row.posts == 1:
                self._reached(wave, group, at)

    def _apply_remind(self, line: dict[str, Any], at: datetime) -> None:
        worker = WorkerId(line["worker"])
        for wave, group in self._waiting.pop(worker, []):
            how = self._conduct(wave, group)
            self._later(at, how.delay_s, wave, group, "repost")

    # ── what the people do ──────────────────────────────────────────────────────────────────────────────

    def _conduct(self, wave: str, group: GroupId) -> people.Conduct:
        place = self.tree.group_by_id[group]
        content = self.waves[wave].content
        main = content.parts[content.main].kind
        if place.use is Use.WORK:
            return people.station_conduct(self.seed, wave, place.name, main)
        return people.conduct(self.seed, wave, place.name, main, bot_sees=self.sees(place))

    def _reached(self, wave: str, source: GroupId, at: datetime) -> None:
        """The content is in ``source``: everyone who forwards from there takes note."""
        groups = self.waves[wave].relays.get(source, ())
        by_worker: dict[WorkerId, list[GroupId]] = {}
        for group in groups:
            worker = self._answers[group]
            if worker is not None:
                by_worker.setdefault(worker, []).append(group)
        for worker, mine in by_worker.items():
            self._newest[worker] = wave
            self._take_up(wave, worker, mine, at)
        if source and groups:
            for delay, _ in people.chatter(self.seed, wave, source):
                self._later(at, delay, wave, source, "chat")

    def _take_up(self, wave: str, worker: WorkerId, mine: Sequence[GroupId], at: datetime) -> None:
        habit = people.all_at_once(self.seed, wave, worker)
        stations = any(self.tree.group_by_id[g].use is Use.WORK for g in mine)
        if habit is not None and not stations:
            first, answers = habit
            for place, group in enumerate(mine):
                self._later(at, first + place * people.IN_A_ROW_S, wave, group, "repost")
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
            if what == "repost":
                self._repost(wave, group, row, at)
            elif what == "recall" and not row.recalled:
                self._happen(k="recall", at=at, wave=wave, group=group)
            elif what == "claim" and row.claimed_at is None:
                self._claim(wave, [group], at)
            elif what == "claim all" and row.claimed_at is None:
                worker = self._answers[group]
                source = self.waves[wave].source_of[group]
                here = [g for g in self.waves[wave].relays[source] if self._answers[g] == worker]
                self._claim(wave, here, at)
            elif what == "chat":
                self._chat(wave, group, at)
        news, self._news = sorted(self._news, key=lambda event: event.at), []
        return news

    def _repost(self, wave: str, group: GroupId, row: Row, at: datetime) -> None:
        if row.reposted_at is None:
            way = self._conduct(wave, group).way
            self._happen(k="repost", at=at, wave=wave, group=group, way=way)

    def _apply_repost(self, line: dict[str, Any], at: datetime) -> None:
        wave, group = line["wave"], GroupId(line["group"])
        row = self.rows[wave, group]
        row.reposted_at, row.way = at, line["way"]
        how, place, worker = self._conduct(wave, group), self.tree.group_by_id[group], self._answers[group]
        if self.sees(place):
            self._news.append(self._repost_message(wave, group, line["way"], worker, at))
        if place.use is Use.WORK:
            self._reached(wave, group, at)
        in_a_row = worker is not None and people.all_at_once(self.seed, wave, worker) is not None
        if place.use is not Use.WORK and in_a_row:
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
        """Say “已转发” where the content came from; without a work group there is nobody to say it to."""
        source = self.waves[wave].source_of[groups[0]]
        worker = self._answers[groups[0]]
        if not source or worker is None or (self._bot and not self.sees(self.tree.group_by_id[source])):
            return
        text = self._claim_text(wave, worker, groups)
        listed = people.uses_a_list(self.seed, wave, source)
        self._happen(
            k="claim",
            at=at,
            wave=wave,
            groups=list(groups),
            worker=worker,
            room=source,
            text=text,
            note=listed,
        )

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
            content = self.waves[wave].content
            lines = self._claims.setdefault((wave, source), [])
            lines.append(f"{len(lines) + 1}. {name} {text.removeprefix(content.number).strip()}")
            head = f"#接龙\n{content.number or content.title}转发情况"
            text, kind = "\n".join([head, *lines]), MessageKind.GROUP_NOTE
        message = f"{wave}/{line['groups'][0]}/claim"
        self._say(source, worker, name, text, kind, message, at)

    def _chat(self, wave: str, group: GroupId, at: datetime) -> None:
        talk = people.chatter(self.seed, wave, group)
        said = {text for _, text, _ in self._chats.get(group, ())}
        rest = [text for _, text in talk if text not in said]
        if rest:
            self._happen(k="chat", at=at, wave=wave, group=group, text=rest[0])

    def _apply_chat(self, line: dict[str, Any], at: datetime) -> None:
        group = GroupId(line["group"])
        node = self.tree.by_id[self.tree.group_by_id[group].node]
        worker = self.tree.person_above(node, Post.CONTACT)
        if worker is not None:
            name = self.tree.worker_by_id[worker].name
            message = f"{line['wave']}/{group}/chat/{line['at']}"
            self._say(group, worker, name, line["text"], MessageKind.TEXT, message, at)

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
        self._chats.setdefault(room, []).append((at, text, name))
        if self.sees(self.tree.group_by_id[room]):
            shown = f"{self.tree.by_id[self.tree.group_by_id[room].node].name[:2]}-{name}"
            self._news.append(Message(message, room_id(room), f"w{worker}", at, kind, text, shown))

    # ── what is seen, said and true ─────────────────────────────────────────────────────────────────────

    def sees(self, group: Group) -> bool:
        """Whether the bot is in the group's room."""
        here = group.use is Use.WORK or group.mode is Mode.DIRECT or group.observe
        return self._bot and group.medium is Medium.WECHAT and here

    def _repost_message(
        self, wave: str, group: GroupId, way: str, worker: WorkerId | None, at: datetime
    ) -> Message:
        content = self.waves[wave].content
        main = content.parts[content.main]
        text = next((p.text for p in content.parts if p.kind is PartKind.TEXT), content.title)
        said = {
            "prefixed": f"@所有人 {text}",
            "number": f"{content.number} 这条大家都看看，转给家里老人",
            "cut": text[: len(text) // 3],
            "paraphrased": "最近骗子又有新花样，大家当心，拿不准就打110",
        }
        part = main
        if way in said:
            part = Part(PartKind.TEXT, text=said[way])
        elif way == "resaved":
            sha = hashlib.sha256(f"{wave}{group}".encode()).hexdigest()
            part = Part(PartKind.IMAGE, sha256=sha)
        return self._as_message(f"{wave}/{group}/repost", group, f"w{worker}", "", part, at)

    def _as_message(
        self,
        message: str,
        group: GroupId,
        sender: str,
        name: str,
        part: Part,
        at: datetime,
        *,
        is_self: bool = False,
    ) -> Message:
        return Message(
            message, room_id(group), sender, at, MessageKind(part.kind.value), part.text, name, part.url, part.title,
            part.description, sha256=part.sha256 if part.kind is not PartKind.TEXT else "", appid=part.appid,
            page=part.page, is_self=is_self,
        )  # fmt: skip

    def transcript(self, group: GroupId, after: datetime, until: datetime) -> str:
        """A work group's chat after one instant and until another, as it is copied out of WeChat."""
        lines = [
            f"{name} {local(at).year}/{local(at).month}/{local(at).day} {local(at):%H:%M}\n{text}\n"
            for at, text, name in self._chats.get(group, ())
            if after < at <= until
        ]
        return "\n".join(lines)

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
        return {"version": "1", "seed": self.seed, "recognised": list(RECOGNISED_WAYS), "rows": rows}
