"""A small town whose chat is a real gateway: its files laid out, its service run, and what its gateway saw.

20 rooms are posted to (a work group, 19 grids); of three more grids the people forward by themselves, and one of these
rooms may be looked at.
"""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bot.channels.wechaty import compat, profile
from bot.library import LiveLibrary
from bot.library.load import load_library
from bot.model.chat import Capabilities
from bot.model.content import PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import TZ
from bot.planner.waves import names_seen
from bot.roster.build import read_roster
from bot.schedules.live import LiveSchedules
from bot.schedules.model import LEVELS
from bot.service.desk import Told
from bot.service.run import Service
from bot.store import sending, trees
from bot.store.approvals import add_approval
from bot.store.database import Store
from bot.store.waves import see_entries

TOKEN = "chuanda-test-token-5f2a"
DIRECT = 19
GRIDS = {n: f"柳林村第{n}网格" for n in range(1, DIRECT + 4)}
SEEN, TOLD, LISTED = DIRECT + 1, DIRECT + 2, DIRECT + 3
"""The grids that forward: one where the bot may look, one whose worker says so, one whose worker joins a list."""
WORKERS = {SEEN: "张春梅", TOLD: "李国强", LISTED: "赵玉兰"}
TOWN_GROUP, VILLAGE_GROUP = "清溪镇工作群", "柳林村工作群"
RESIDENTS = "马大姐"
EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
KINDS = ("text", "image", "url", "video", "file", "mini_program", "announcement")
"""How the gateway names the seven parts of the wave."""

ALL = frozenset(PartKind) - {PartKind.CHANNELS}
CARDS = frozenset({PartKind.LINK, PartKind.MINI_PROGRAM})
PROFILES: Mapping[str, Capabilities] = {
    "ids_and_echo": replace(
        profile.CAPABILITIES, parts=ALL, as_text=frozenset(), announce=True, stable_accounts=True, stable_rooms=True
    ),
    "nothing": replace(
        profile.CAPABILITIES, parts=ALL - CARDS, as_text=CARDS, announce=True, message_ids=False, echo=False,
        recall=False, lists_rooms=False,
    ),
    "late_echo": replace(
        profile.CAPABILITIES, parts=ALL, as_text=frozenset(), announce=True, message_ids=False, stable_accounts=True,
        stable_rooms=True,
    ),
}  # fmt: skip
"""What is known of the three gateways."""


def world() -> dict[str, Any]:
    """The rooms and people as the gateway takes them."""
    people = [{"key": f"w{n}", "name": worker, "friend": True} for n, worker in WORKERS.items()]
    people += [{"key": f"g{n}", "name": _worker(n), "friend": True} for n in range(1, DIRECT + 1)]
    people += [
        {"key": "head", "name": "李建军", "friend": True},
        {"key": "resident", "name": RESIDENTS, "friend": False},
        {"key": "stranger", "name": "外人甲", "friend": False},
    ]
    rooms = [
        {"key": "town", "topic": TOWN_GROUP, "members": ["bot", "head"]},
        {"key": "village", "topic": VILLAGE_GROUP, "members": ["bot", "head", *(f"w{n}" for n in WORKERS)]},
    ]
    rooms += [
        {"key": f"r{n}", "topic": f"{GRIDS[n]}群", "members": ["bot", f"g{n}", "resident"]}
        for n in range(1, DIRECT + 1)
    ]
    rooms.append({"key": f"r{SEEN}", "topic": f"{GRIDS[SEEN]}群", "members": ["bot", f"w{SEEN}", "resident"]})
    return {"account": {"key": "bot", "name": "传达"}, "rooms": rooms, "people": people}


def _worker(grid: int) -> str:
    return WORKERS.get(grid) or "周钱孙吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕"[grid - 1] + "志远"


def lay_out(folder: Path, port: int, capabilities: Capabilities, *, parts: str = "all") -> Path:
    """Roster, one approved content, a schedule for 8:00 and an empty database; returns the data folder.

    ``parts``: “all” kinds, or “few”: a text and the poster.
    """
    data, library = folder / "data", folder / "content"
    _content(library / "001-quan", parts)
    _roster(folder / "roster.csv")
    (folder / "schedules.yaml").write_text(
        f"responsible: 王敏\nchannel: wechaty\ngateway: {{endpoint: '127.0.0.1:{port}'}}\n"
        "escalation: []\nreminders: {per_day: 0}\n"
        'entries:\n  - id: morning\n    cron: "0 8 * * *"\n    what: {ids: [001-quan]}\n',
        "utf-8",
    )
    store = Store(data / "chuanda.db")
    before = EIGHT - timedelta(hours=1)
    store.write_now(trees.add_edition, read_roster(folder / "roster.csv", LEVELS), "t", before)
    (content,) = load_library(library).contents.values()
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        store.write_now(add_approval, content.id, ApprovalEntry(act, content.digest, by, before))
    entries = LiveSchedules(folder / "schedules.yaml").current
    store.write_now(see_entries, names_seen(entries), before)
    store.write_now(sending.set_meta, "capabilities", json.dumps(profile.dump(capabilities)))
    store.close()
    return data


def _content(folder: Path, parts: str) -> None:
    folder.mkdir(parents=True)
    (folder / "text.md").write_text(
        "刷单返利都是诈骗：先给小钱，再骗大钱。接到这样的电话请打96110。", "utf-8"
    )
    Image.new("RGB", (320, 200), (200, 30, 30)).save(folder / "poster.png")
    (folder / "film.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(300_000))
    (folder / "notice.pdf").write_bytes(b"%PDF-1.4\n" + bytes(5_000))
    (folder / "announce.md").write_text("【公告】凡是先交钱的都是诈骗。", "utf-8")
    more = """  - link: {url: "https://www.gov.cn/fanzha/001.html", title: 三步看懂刷单骗局, description: 先给小钱再骗大钱}
  - video: film.mp4
  - file: notice.pdf
  - mini_program: {appid: wx0123456789abcdef, title: 反诈课堂, page: pages/one, username: gh_0123456789ab}
  - {text: announce.md, announce: true}
"""
    (folder / "content.yaml").write_text(
        "title: 刷单返利先给小钱\nnumber: 反诈宣〔2026〕001号\nparts:\n  - text: text.md\n"
        "  - {image: poster.png, main: true}\n" + (more if parts == "all" else ""),
        "utf-8",
    )


def _roster(file: Path) -> None:
    head = (
        "层级",
        "单位",
        "上级单位",
        "群名称",
        "群类别",
        "方式",
        "观察",
        "同意人",
        "同意日期",
        "联系人",
        "主要负责人",
    )
    rows = [
        ("镇", "清溪镇", "", TOWN_GROUP, "工作群", "直发", "否", "", "", "王敏", "李建军"),
        ("村居", "柳林村", "清溪镇", VILLAGE_GROUP, "工作群", "直发", "否", "", "", "何书记", "李建军"),
    ]
    for n, grid in GRIDS.items():
        mode = "直发" if n <= DIRECT else "转发"
        seen = ("是", "村民代表会", "2026-01-05") if n == SEEN else ("否", "", "")
        rows.append(("网格", grid, "柳林村", f"{grid}群", "居民群", mode, *seen, _worker(n), ""))
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *rows])


@dataclass
class Morning:
    """A clock that stands a second before eight and then runs as clocks do."""

    starts: datetime = EIGHT - timedelta(seconds=1)
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return (self.starts + timedelta(seconds=time.monotonic() - self.began)).astimezone(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def service(
    data: Path, clock: Morning, tell: Callable[[Told], None], *, pace_s: float = 0.0, echo_s: float = 4.0
) -> Service:
    """The real service of that folder, at a pace for tests."""
    compat.load(data / "wechaty")
    from bot.channels.wechaty.channel import WechatyChannel
    from bot.channels.wechaty.client import Connection

    store, settings = Store(data / "chuanda.db"), LiveSchedules(data.parent / "schedules.yaml")
    endpoint = settings.current.gateway.endpoint
    can = profile.load(store.read(sending.get_meta, "capabilities"))
    channel = WechatyChannel(lambda: Connection(endpoint, TOKEN), can, clock.now, echo_s)
    library = LiveLibrary(data.parent / "content")
    running = Service(store, channel, library, settings, data, clock, tell, tick_s=0.1)
    running.town.outbox.pace = replace(running.town.outbox.pace, seconds=pace_s, daily=2000)
    return running


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """The answer of a query, as another program sees the file."""
    with closing(sqlite3.connect(data / "chuanda.db")) as db:
        return db.execute(query).fetchall()


def states(data: Path) -> Counter[str]:
    """How many parts stand in which state."""
    return Counter(state for (state,) in rows(data, "SELECT state FROM outgoing WHERE kind = 'part'"))


def evidence(data: Path) -> dict[str, str | None]:
    """Group → evidence, of those that forward."""
    found = rows(
        data, "SELECT grp.name, evidence FROM target t JOIN grp ON grp.id = t.grp WHERE mode = 'relay'"
    )
    return dict(found)
