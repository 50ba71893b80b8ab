"""Whatever comes out of a gateway, and whatever becomes of it: the service goes on, tells the office once, and keeps
nothing of what was none of its business."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from PIL import Image

from bot import clock
from bot.channels.base import Address
from bot.model.content import Part, PartKind
from bot.service.link import PICTURE, link_state
from bot.store.database import Store
from tests.conftest import SetClock, folder_in_memory
from tests.gateway import town
from tests.gateway.control import Gateway
from tests.gateway.test_town import Day, serving

TYPES = range(19)
"""Every number that a gateway may give a message, and two that nobody has defined."""


@pytest_asyncio.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    """A service at work after its wave, at a gateway of the best kind."""
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES["ids_and_echo"], parts="few")
        async with serving(gateway, data) as day:
            await day.bound()
            await day.sent()
            yield day


async def still_reads(day: Day) -> None:
    """Somebody confirms, and it is recorded: the service listens."""
    await day.do(day.gateway.say, "已转发", by=f"w{town.TOLD}", room="village")
    group = f"{town.GRIDS[town.TOLD]}群"
    await day.until(lambda: town.evidence(day.data)[group] == "confirmed", "it listens")


async def test_a_message_of_every_type_and_garbage(day: Day) -> None:
    words = (
        "",
        "随便说说",
        "<msg><appmsg><title>半截",
        "\x00\ud800",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>" * 50,
    )
    for number in TYPES:
        for text in words[: 2 if number else None]:
            await day.do(
                day.gateway.say,
                text.encode("utf-8", "ignore").decode(),
                by=f"w{town.TOLD}",
                room="village",
                type=number,
            )
    await day.do(day.gateway.garbage, room="village")
    await day.do(day.gateway.garbage, room=None)
    for payload in (
        {"type": 99, "text": "怪"},
        {"type": -1},
        {"timestamp": -5},
        {"talkerId": "", "roomId": "x"},
    ):
        await day.do(day.gateway.garbage, room="village", payload=payload)
    await day.do(day.gateway.error_event, "something broke")
    await still_reads(day)
    assert not day.office


async def test_a_file_of_20_mb_goes_out_whole(day: Day, tmp_path: Path) -> None:
    file = tmp_path / "大文件.pdf"
    file.write_bytes(random.Random(1).randbytes(20_000_000))
    channel = day.service.town.channel
    receipt = await channel.send(Address(room=day.gateway.room("r1")), Part(PartKind.FILE, path=file), "big")
    (line,) = day.gateway.posted("r1", "file")
    assert receipt.message_id == line["id"]
    assert (line["size"], line["sha256"]) == (20_000_000, hashlib.sha256(file.read_bytes()).hexdigest())


async def test_a_picture_of_5_mb_is_told_apart_from_others(day: Day, tmp_path: Path) -> None:
    """It is read to be compared, and lands on no disk."""
    picture = tmp_path / "noise.png"
    Image.frombytes("RGB", (1300, 1300), random.Random(2).randbytes(1300 * 1300 * 3)).save(picture)
    assert picture.stat().st_size > 5_000_000
    seen = watched(day)
    await day.do(
        day.gateway.say,
        by=f"w{town.SEEN}",
        room=f"r{town.SEEN}",
        type="image",
        path=picture,
        name="noise.png",
    )
    await day.until(lambda: seen, "the picture was looked at")
    assert seen[0].sha256 == hashlib.sha256(picture.read_bytes()).hexdigest()
    assert picture.read_bytes()[1000:1400] not in b"".join(
        f.read_bytes() for f in day.data.rglob("*") if f.is_file()
    )
    await still_reads(day)


async def test_too_much_is_not_read(day: Day, tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    huge.write_bytes(b"\x89PNG" + bytes(40_000_000))
    seen = watched(day)
    await day.do(
        day.gateway.say,
        by=f"w{town.SEEN}",
        room=f"r{town.SEEN}",
        type="image",
        path=huge,
        name="huge.png",
    )
    await day.until(lambda: seen, "it was looked at")
    assert seen[0].sha256 == "", "and let go"
    await still_reads(day)


def watched(day: Day) -> list[Any]:
    """What is given to recognition from now on."""
    seen: list[Any] = []
    desk = day.service.town.desk
    recognise = desk.recogniser.match
    desk.recogniser.match = lambda m, *look: (seen.append(m), recognise(m, *look))[1]  # type: ignore[method-assign]
    return seen


async def test_logged_out_it_waits_shows_the_code_and_goes_on_by_itself(day: Day) -> None:
    service, data = day.service, day.data
    await day.do(day.gateway.logout)
    await day.until(lambda: service.town.channel.held() == "微信没有登录", "it is noticed")
    code = "https://login.weixin.qq.com/l/oZ1abcDEF=="
    await day.do(day.gateway.scan, code)
    await day.until(lambda: service.town.channel.held() == "微信要扫码登录", "the code is there")
    await day.until(lambda: (data / PICTURE).exists(), "as a picture, too")
    await day.until(lambda: any(told.kind == "code" for told in day.told), "and on the screen")
    shown = next(told.text for told in reversed(day.told) if told.kind == "code")
    assert shown.count("\n") > 15 and "█" in shown and code not in shown
    for _ in range(3):
        await day.do(day.gateway.scan, code)
    await asyncio.sleep(0.5)
    assert sum(told.kind == "code" for told in day.told) == 1, "a gateway repeats its code every few seconds"
    store = Store(data / "chuanda.db")
    state = link_state(store)
    store.close()
    assert state is not None and state.link == "scan"
    await day.do(day.gateway.login)
    await day.until(lambda: not service.town.channel.held(), "it is up again")
    await day.until(lambda: not (data / PICTURE).exists(), "the code is gone")
    await day.until(lambda: day.office[-1:] == ["微信接上了，接着发。"], "and the office knows")
    assert [text.split("，")[0] for text in day.office] == ["要用手机扫码登录", "微信接上了"]
    await still_reads(day)


async def test_a_short_break_is_nobodys_business(day: Day) -> None:
    await day.do(day.gateway.restart)
    await day.until(lambda: day.service.town.channel.held(), "noticed")
    await day.until(lambda: not day.service.town.channel.held(), "back in seconds")
    await still_reads(day)
    assert not day.office


async def test_a_gateway_that_froze_is_noticed_and_comes_back(day: Day) -> None:
    supervisor = day.service.town.channel.supervisor  # type: ignore[attr-defined]
    supervisor._heartbeat_s = supervisor.connection._pulse._seconds = 0.3
    await day.do(day.gateway.freeze)
    await day.until(lambda: day.service.town.channel.held() == "网关没有反应", "it is noticed", 40)
    await day.do(day.gateway.thaw)
    await day.until(lambda: not day.service.town.channel.held(), "it is back", 40)
    await still_reads(day)


async def test_too_fast_cools_the_account_down_and_is_told_once(day: Day) -> None:
    await day.do(day.gateway.say, "操作过于频繁，请稍后再试。", by=f"w{town.TOLD}", room="village")
    await still_reads(day)
    assert not day.office, "a person may say so"
    for room in ("village", "r1", "r2"):
        await day.do(day.gateway.say, "操作过于频繁，请稍后再试。", by=None, room=room, type="system18")
    await day.until(lambda: day.office, "told")
    await asyncio.sleep(0.3)
    assert len(day.office) == 1 and "操作过于频繁" in day.office[0]


async def test_a_wrong_token_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), token="another-one") as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES["ids_and_echo"], parts="few")
        async with serving(gateway, data) as day:
            await day.until(lambda: day.office, "told")
            assert day.office == ["网关不认这个令牌，发送先停着。请核对令牌，改好后重新运行。"]
            assert town.TOKEN not in str(day.told) and not gateway.posted()


async def test_brought_into_a_room_renamed_and_thrown_out(day: Day) -> None:
    gateway, desk = day.gateway, day.service.town.desk
    await day.do(gateway.rename, "r3", "柳林村三网格乐园", by="g3")
    await day.until(lambda: any("改名" in text for text in day.office), "the office knows of the new name")
    await day.do(gateway.leave, "r3", "bot", by="g3")
    await day.until(lambda: any("请人拉回来" in text for text in day.office), "and that we are out")
    assert gateway.room("r3") not in desk.rooms.values()
    await day.do(gateway.join, "r3", "bot", by="g3")
    await day.until(lambda: gateway.room("r3") in desk.rooms.values(), "and in again")
    await day.do(gateway.create_room, "new", "老王一家人", ["bot", "stranger"])
    await day.do(gateway.say, "吃了吗", by="stranger", room="new")
    await still_reads(day)
    assert not town.rows(day.data, "SELECT * FROM doubt")


async def test_invitations_are_taken_from_bound_people_only(day: Day, chuanda: Callable[..., Any]) -> None:
    gateway = day.gateway
    await day.do(gateway.create_room, "far", "柳林村第22网格群", ["stranger"])
    await day.do(gateway.invite, "far", by="stranger")
    await day.until(lambda: any("没有接受" in text for text in day.office), "the office knows")
    clock.use(SetClock(town.EIGHT))
    code = (
        await day.do(
            chuanda,
            "bind",
            "--person",
            town.WORKERS[town.TOLD],
            "--data",
            day.data,
            "--config",
            day.data.parent / "schedules.yaml",
            "--json",
        )
    ).json["code"]
    await day.do(gateway.say, f"绑定 {code}", by=f"w{town.TOLD}")
    await day.until(lambda: day.service.town.desk.worker_of, "the account is known")
    await day.until(
        lambda: any(p["to"] == f"w{town.TOLD}" for p in gateway.posted()), "and told so, privately"
    )
    await day.do(gateway.invite, "far", by=f"w{town.TOLD}")
    await day.until(lambda: gateway.seen(kind="accept"), "taken")
    assert len(gateway.seen(kind="accept")) == 1


async def test_a_second_process_on_the_folder_refuses(day: Day) -> None:
    done = await day.do(
        subprocess.run,
        [sys.executable, "-m", "bot", "run", "--data", day.data, "--config", day.data.parent / "schedules.yaml"],
        capture_output=True, text=True, env={**os.environ, "CHUANDA_GATEWAY_TOKEN": town.TOKEN}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2 and "另一个传达程序正在用" in done.stderr and "Traceback" not in done.stderr
    assert town.TOKEN not in done.stdout + done.stderr
    await still_reads(day)
