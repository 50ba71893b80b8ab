"""What `chuanda doctor` looks at: whether everything that has to run does, and how much is asked of people."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import phrases
from bot.model.chat import Capabilities, Link
from bot.model.time import day_of, day_start, local
from bot.model.tree import Tree
from bot.schedules.model import Schedules
from bot.service.link import PICTURE, link_state
from bot.service.rooms import wanted
from bot.store import notices, rooms, sending
from bot.store.database import Store

LITTLE_SPACE = 500_000_000
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``step``: what to do about it (Chinese), where it is not in order."""

    name: str
    ok: bool
    seen: str
    step: str = ""


def check_up(
    store: Store, tree: Tree, schedules: Schedules, channel: Capabilities, data: Path, now: datetime,
    *, running: bool, probed: bool,
) -> list[Check]:  # fmt: skip
    """Everything of one data folder. ``running``: whether the service holds it."""
    checks = [_sending(store, data), _running(schedules, running), _space(data)]
    if channel.sees_rooms:
        checks += [_link(store, schedules, running=running, probed=probed), *_rooms(store, tree, channel)]
    return [*checks, _doubts(store), _load(store, tree, now)]


def _sending(store: Store, data: Path) -> Check:
    if (data / "STOP").exists():
        return Check("发送", False, "有 STOP 文件，全停了", f"删掉 {data / 'STOP'}")
    if store.read(sending.get_meta, "paused"):
        return Check("发送", False, "暂停着", "chuanda resume")
    return Check("发送", True, "没有暂停")


def _running(schedules: Schedules, running: bool) -> Check:
    needed = schedules.channel != "manual"
    return Check(
        "运行", running or not needed, "在运行" if running else "没有在运行", "" if running else "chuanda run"
    )


def _space(data: Path) -> Check:
    free = shutil.disk_usage(data).free
    return Check("磁盘", free > LITTLE_SPACE, f"还有 {free / 1e9:.1f} GB", "清出空间，或换一个 --data 文件夹")


def _link(store: Store, schedules: Schedules, *, running: bool, probed: bool) -> Check:
    state = link_state(store)
    host = schedules.gateway.endpoint.rpartition(":")[0]
    if state is None or not running:
        return Check("微信", False, "不知道连没连上", "chuanda run")
    if state.link is not Link.UP:
        since = f"，{local(state.since):%m-%d %H:%M} 起"
        return Check("微信", False, phrases.LINKS[state.link] + since, phrases.link_down(state.link, PICTURE))
    if not probed:
        return Check("微信", False, "已登录，没试过网关能做什么", "chuanda probe --room 群名")
    if host not in LOCAL:
        return Check("微信", True, f"已登录；网关在 {host}，中间没有加密，请走隧道")
    return Check("微信", True, "已登录")


def _rooms(store: Store, tree: Tree, channel: Capabilities) -> Sequence[Check]:
    bound = store.read(rooms.bindings)
    ours = wanted(tree, channel.media)
    missing = sum(g.id not in bound or not bound[g.id].present for g in ours)
    stale = sum(g.id in bound and bound[g.id].stale for g in ours)
    doubts = len(store.read(rooms.doubts))
    seen = f"机器人要在的群 {len(ours)} 个，不在的 {missing} 个，要重新认的 {stale} 个，拿不准的 {doubts} 个"
    return [Check("群", not (missing or stale or doubts), seen, "chuanda bind")]


def _doubts(store: Store) -> Check:
    count = len(store.read(sending.in_doubt))
    return Check("在途存疑", not count, f"{count} 条", "到群里看一眼：chuanda outbox")


def _load(store: Store, tree: Tree, now: datetime) -> Check:
    """What the office asks of people: shown, never wrong by itself."""
    messages, asked = store.read(notices.load_since, day_start(day_of(now)))
    people = len(tree.workers)
    most = max(asked.values(), default=0)
    seen = f"今天发了 {messages} 条；{people} 人里 {len(asked)} 人被提醒过，最多的一人 {most} 次"
    return Check("负担", True, seen)
