"""What went on in the rooms, out of the world's own log: people's reposts, claims and talk, and what we posted there.

Only where a line stands is remembered; residents' talk stays in the invented world's log and goes nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.channels.simulated import people
from bot.channels.simulated.shown import one_more, room_id
from bot.channels.simulated.ways import passed_on
from bot.channels.simulated.world import World
from bot.model.time import TZ
from bot.model.tree import Group, GroupId, Post, Use, WorkerId
from bot.phrases.words import clock
from bot.service.practice.said import US, Line, shown
from bot.store import practice as noted
from bot.store.database import Store

RESIDENTS_TALK = "居民聊天，不保存"
UNSEEN = "机器人不在这个群里，看不见"
_HEADS = "甲乙丙丁戊己庚辛"
_OWN = re.compile(r"/(\d+)/(?:bot|office)/\d+")


class Chronicle:
    """The log of one town's world, read on as it grows."""

    def __init__(self, world: World, log: Path, store: Store) -> None:
        self._world, self._file, self._store = world, log, store
        self._read_to = 0
        self._of: dict[int, list[int]] = {}

    @property
    def size(self) -> int:
        """A mark that grows with whatever happens."""
        return self._file.stat().st_size if self._file.exists() else 0

    def catch_up(self) -> None:
        """Take note of what was written since."""
        if self.size <= self._read_to:
            return
        with self._file.open("rb") as file:
            file.seek(self._read_to)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                group = _group_of(json.loads(raw))
                if group is not None:
                    self._of.setdefault(group, []).append(self._read_to)
                self._read_to += len(raw)

    def lines(self, group: Group, most: int) -> list[Line]:
        """What went on in a group's room and what the program did with it, the newest ``most``, oldest first."""
        self.catch_up()
        found: dict[str, tuple[dict[str, Any], Line]] = {}
        claims: dict[str, list[str]] = {}
        for happened in self._happened(group.id):
            if happened["k"] in ("recall", "taken back"):
                back = happened["id"] if "id" in happened else f"{happened['wave']}/{group.id}/repost"
                if back in found:
                    found[back] = found[back][0], replace(found[back][1], recalled=True)
                continue
            line = self._line(group, happened, claims)
            found[line.id] = happened, line
        newest = list(found.values())[-most:]
        return [replace(line, did=self._did(group, happened, line)) for happened, line in newest]

    def _happened(self, group: GroupId) -> Iterator[dict[str, Any]]:
        places = self._of.get(group, ())
        if not places:
            return
        with self._file.open("rb") as file:
            for place in places:
                file.seek(place)
                yield json.loads(file.readline())

    def _line(self, group: Group, happened: dict[str, Any], claims: dict[str, list[str]]) -> Line:
        kind, wave, world = happened["k"], happened["wave"], self._world
        at = datetime.fromisoformat(happened["at"]).astimezone(TZ)
        content = world.waves[wave].content
        here = Line(at, room_id(group.id), group.name, "", "")
        if kind == "post":
            part = content.parts[happened["part"]]
            return replace(here, who=US, text=shown(part), id=happened["id"], part=part, content=content.id)
        if kind == "repost":
            dice = people.draw(world.seed, wave, group.id, "way")
            part = passed_on(content, happened["way"], dice)
            worker = self._contact(group)
            return replace(
                self._by(here, worker),
                text=shown(part),
                id=f"{wave}/{group.id}/repost",
                part=part,
                content=content.id,
            )
        if kind == "claim":
            line = self._by(here, WorkerId(happened["worker"]))
            text = happened["text"]
            if happened["note"]:
                text = one_more(content, claims.setdefault(wave, []), line.who, text)
            return replace(line, text=text, id=f"{wave}/{happened['groups'][0]}/claim")
        id = f"{wave}/{group.id}/chat/{happened['place']}"
        text = happened["text"] or {"image": "[图片]", "audio": "[语音]"}.get(happened["kind"], "")
        if group.use is Use.WORK:
            return replace(self._by(here, self._contact(group)), text=text, id=id)
        head = _HEADS[int(happened["place"]) % len(_HEADS)]
        return replace(here, who=f"住户{head}", account=f"n{group.id}", text=text, id=id)

    def _contact(self, group: Group) -> WorkerId | None:
        tree = self._world.tree
        return tree.person_above(tree.by_id[group.node], Post.CONTACT)

    def _by(self, line: Line, worker: WorkerId | None) -> Line:
        known = None if worker is None else self._world.tree.worker_by_id.get(worker)
        return replace(line, who=known.name if known else "", account=f"w{worker}")

    def _did(self, group: Group, happened: dict[str, Any], line: Line) -> str:
        """What the program did with it (Chinese); empty for what it said itself."""
        kind, wave, resident = happened["k"], happened["wave"], group.use is not Use.WORK
        if kind == "post":
            return ""
        if kind == "chat":
            return RESIDENTS_TALK if resident else "群里的闲话，不记"
        if kind == "claim":
            found = [n for g in happened["groups"] for n in self._store.read(noted.confirmed_in, wave, g)]
            return confirmed(found) if found else "没有新的要记"
        if not self._world.sees(group):
            return UNSEEN
        if line.recalled:
            return "撤回了，不算转到"
        seen = self._store.read(noted.seen_in, line.id)
        return recognised(seen) if seen else "没认出是哪条宣传内容，不记"


def recognised(seen: Sequence[noted.Noted]) -> str:
    """“认出来了：14:31 转到，按时，机器人看见的”."""
    first = seen[0]
    if first.covered_at is not None and first.covered_at < first.at:
        return f"认出来了；这个群 {clock(first.covered_at)} 已经转到过"
    how = "现在不算转到" if first.on_time is None else "按时" if first.on_time else "迟转"
    return f"认出来了：{clock(first.at)} 转到，{how}，机器人看见的"


def confirmed(found: Sequence[noted.Noted]) -> str:
    """“记下：…一群、…三群，本人报的”."""
    names = list(dict.fromkeys(one.group for one in found))
    return (
        f"记下：{'、'.join(names[:4])}{'等 ' + str(len(names)) + ' 个群' if len(names) > 4 else ''}，本人报的"
    )


def _group_of(happened: dict[str, Any]) -> int | None:
    """In whose room it went on; None for what went on in none."""
    kind = happened["k"]
    if kind == "claim":
        return int(happened["room"])
    if kind == "taken back":
        found = _OWN.search(happened["id"])
        return int(found[1]) if found else None
    return int(happened["group"]) if kind in ("post", "repost", "recall", "chat") else None
