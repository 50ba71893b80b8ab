"""The manual channel: an office works on the day it installs, with `outbox`, `--done` and `paste` alone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.manual import ManualChannel
from bot.library import LiveLibrary
from bot.model.time import TZ
from bot.sample import sample
from bot.schedules.live import LiveSchedules
from bot.service.desk import Told
from bot.service.run import Service
from bot.store.database import Store
from tests.conftest import SetClock

TOP = Path(__file__).resolve().parent.parent
SAMPLE = sample()


# ── the demo on both channels ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory, chuanda: Callable[..., Any]) -> Any:
    """The same town and seed as `demo_day`, worked by hand."""
    data = tmp_path_factory.mktemp("manual")
    answer = chuanda("demo", "--data", data, "--groups", 60, "--channel", "manual", "--json")
    return data, answer


def _rows(chuanda: Callable[..., Any], data: Path) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """(truth, ledger), both by wave and group."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))["rows"]
    ledger = chuanda("ledger", "--data", data, "--json").lines
    return {(r["wave"], r["group"]): r for r in truth}, {(r["wave"], r["group"]): r for r in ledger}


def test_by_hand_the_ledger_agrees_with_what_people_said(chuanda: Callable[..., Any], by_hand: Any) -> None:
    data, answer = by_hand
    assert answer.code == 0 and answer.json["truth_disagreements"] == []
    assert answer.json["by_evidence"]["observed"] == 0, "nobody watches"
    assert answer.json["in_doubt"] == 0
    truth, ledger = _rows(chuanda, data)
    for key, real in truth.items():
        assert real["posts"] <= 1 and not real["bot_in_room"]
        expected = "direct" if real["posts"] else "confirmed" if real["claimed_at"] else None
        assert ledger[key]["evidence"] == expected, key
    assert chuanda("audit", "--data", data).code == 0


def test_where_no_bot_is_in_the_room_both_channels_reach_the_same_evidence(
    chuanda: Callable[..., Any], demo_day: Any, by_hand: Any
) -> None:
    truth, simulated = _rows(chuanda, demo_day.data)
    manual_truth, manual = _rows(chuanda, by_hand[0])
    assert set(simulated) == set(manual), "the same waves to the same groups"
    unseen = [key for key, real in truth.items() if not real["bot_in_room"]]
    assert len(unseen) > 50
    differ = {
        key: (simulated[key]["evidence"], manual[key]["evidence"])
        for key in unseen
        if simulated[key]["evidence"] != manual[key]["evidence"]
    }
    print(differ, [(truth[k], manual_truth[k]) for k in differ])
    assert not differ


# ── a real day, in real time but for the clock ──────────────────────────────────────────────────────────────


def clock_time(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-12T{text}:00").replace(tzinfo=TZ)


@dataclass
class Office:
    """王敏's desk: a command line, a clock on the wall, and `chuanda run` in another window."""

    data: Path
    wall: SetClock
    call: Callable[..., Any]
    config: Path
    service: Service | None = None
    told: list[Told] = field(default_factory=list)

    async def type(self, *arguments: object) -> Any:
        """A command, in its own thread as in its own window."""
        options = ["--data", self.data]
        if arguments[0] != "roster":
            options += ["--config", self.config]
        if arguments[0] in ("content", "outbox", "paste", "check"):
            options += ["--library", SAMPLE.library]
        return await asyncio.to_thread(self.call, *arguments, *options)

    async def until(self, text: str) -> None:
        """Time goes on in steps of ten minutes; each is taken note of by the service before the next."""
        assert self.service is not None
        while self.wall.at < clock_time(text):
            self.wall.at = min(self.wall.at + timedelta(minutes=10), clock_time(text))
            deadline = time.monotonic() + 20
            while self.service.town.desk.now < self.wall.at:
                assert time.monotonic() < deadline, "the service does not tick"
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.06)

    async def list(self) -> list[dict[str, Any]]:
        answer = await self.type("outbox", "--json")
        assert answer.code == 0 and not answer.err
        return list(answer.lines)

    async def done(self, ids: list[str]) -> Any:
        return await self.type("outbox", "--as", "王敏", *(word for id in ids for word in ("--done", id)))


@pytest.fixture
def office(quick: Path, chuanda: Callable[..., Any], wall: SetClock) -> Office:
    wall.set("07:20")
    return Office(quick / "data", wall, chuanda, Path(shutil.copy(SAMPLE.schedules, quick)))


UNRELATED = "谁家的快递放我这儿了，黑色塑料袋装的"
CHAT = f"""何建国 2026/3/12 08:21
@所有人 今天的内容请大家转到各自的群里

周桂芳 2026/3/12 08:25
已转发

马大伟 2026/3/12 08:26
{UNRELATED}

林金生 2026/3/12 08:27
柳林村第14网格居民一群已转发

何建国 2026/3/12 08:31
#接龙
反诈宣〔2026〕001号转发情况
1. 杨素琴 已转发
2. 林金生 柳林村第14网格居民二群
"""


async def test_a_day_of_the_office_by_hand(office: Office, quick: Path) -> None:
    data, type_ = office.data, office.type

    # 7:20, the day it installs: a roster, two contents, two people.
    assert (await type_("roster", "import", SAMPLE.roster)).code == 0
    for content in ("001-shuadan", "012-96110"):
        assert (await type_("content", "submit", content, "--as", "王敏")).code == 0
        assert (await type_("content", "approve", content, "--as", "王敏")).code == 2, "not by herself"
        assert (await type_("content", "approve", content, "--as", "李建军")).code == 0
    checked = (await type_("check", "--days", 1, "--json")).json
    assert checked["ok"] and [w["entry"] for w in checked["waves"]][:2] == ["morning", "noon-alert"]

    # 7:30: the service runs; a second one is refused.
    office.wall.at = clock_time("07:30")
    store = Store(data / "chuanda.db")
    office.service = Service(
        store,
        ManualChannel(),
        LiveLibrary(SAMPLE.library),
        LiveSchedules(office.config),
        data,
        office.wall,
        office.told.append,
        tick_s=0.05,
    )
    running = asyncio.create_task(office.service.run())
    await office.until("07:50")
    assert await office.list() == []
    assert "另一个传达程序" in (await type_("run")).err

    # 8:00: the wave is on the list, ready to copy; she posts and ticks it off.
    await office.until("08:10")
    listed = await office.list()
    assert (
        listed
        and {e["kind"] for e in listed} == {"send"}
        and {e["content"] for e in listed} == {"001-shuadan"}
    )
    for errand in listed:
        assert "反诈宣〔2026〕001号" in errand["text"]
        assert all(map(os.path.isfile, errand["files"]))
    assert len({e["group"] for e in listed}) == len(listed)
    shown = await type_("outbox")
    assert "柳林村工作群" in shown.out and shown.out.count("第一步，群里发小红包") == 1, "one text for all"
    assert (await office.done([e["id"] for e in listed])).code == 0
    assert (await office.done([listed[0]["id"]])).code == 2, "ticked off once"
    forwards = await office.list()
    assert forwards and {e["kind"] for e in forwards} == {"forward"}
    assert {e["who"] for e in forwards if "柳林村第14网格" in e["node"]} <= {"林金生"}
    assert not {e["group"] for e in listed} & {e["group"] for e in forwards}

    # 8:40: the village's chat is pasted; twice is once.
    await office.until("08:40")
    chat = quick / "chat.txt"
    chat.write_text(CHAT, "utf-8")
    pasted = (await type_("paste", chat, "--group", "柳林村工作群", "--json")).json
    recorded = {(r["worker"], r["group"]) for r in pasted["recorded"]}
    assert {w for w, _ in recorded} == {"周桂芳", "林金生", "杨素琴"}
    assert {g for w, g in recorded if w == "林金生"} == {"柳林村第14网格居民一群", "柳林村第14网格居民二群"}
    assert {g for w, g in recorded if w == "杨素琴"} >= {"柳林村第11网格居民一群", "柳林村第11网格邻里互助群"}
    assert {g for w, g in recorded if w == "周桂芳"} >= {"柳林村第13网格居民二群", "柳林村第13网格居民三群"}
    assert pasted["ignored"] == 2
    ledger = (await type_("ledger", "--json")).lines
    evidence = {row["group"]: row["evidence"] for row in ledger}
    assert all(evidence[group] == "confirmed" for _, group in recorded)
    assert evidence["柳林村第14网格居民三群"] is None and evidence["柳林村第13网格居民四群"] == "direct"
    await type_("paste", chat, "--group", "柳林村工作群", "--json")
    assert (await type_("ledger", "--json")).lines == ledger

    # All morning: reminders come as one line in the work group, three at most, none to whoever is done.
    said: dict[str, dict[str, Any]] = {}
    for hour in ("10:00", "11:00", "11:50"):
        await office.until(hour)
        notices = [e for e in await office.list() if e["id"].startswith("n")]
        assert all(e["kind"] == "send" and e["wave"] is None and "@" in e["text"] for e in notices)
        said |= {e["id"]: e for e in notices}
        if notices:
            assert (await office.done([e["id"] for e in notices])).code == 0
    assert said and max(Counter(e["group"] for e in said.values()).values()) <= 3
    assert not any("@杨素琴" in e["text"] for e in said.values())
    assert any("@马大伟" in e["text"] for e in said.values())

    # Noon: sending is paused, so the urgent wave waits; then it goes on, and one group cannot be served.
    assert (await type_("pause")).code == 0
    await office.until("12:10")
    assert not [e for e in await office.list() if e["kind"] == "send"]
    assert "暂停" in (await type_("outbox")).out
    assert (await type_("resume")).code == 0
    (data / "STOP").touch()
    assert not [e for e in await office.list() if e["kind"] == "send"]
    (data / "STOP").unlink()
    noon = [e for e in await office.list() if e["content"] == "012-96110" and e["kind"] == "send"]
    assert len(noon) == len(listed)
    unlucky = next(e for e in noon if "居民" in e["group"])
    assert (await type_("outbox", "--failed", unlucky["id"], "--reason", "群主禁言")).code == 0
    assert (await office.done([e["id"] for e in noon if e is not unlucky])).code == 0

    # The afternoon: somebody ticks tasks off for a grid worker on the phone.
    await office.until("15:00")
    mine = [e["id"] for e in await office.list() if e["who"] == "马大伟" and e["content"] == "012-96110"]
    assert mine and (await office.done(mine)).code == 0

    # The settings are edited while the service runs: a slip changes nothing, the mended file holds at once.
    settings = office.config.read_text("utf-8")
    office.config.write_text(settings.replace("gaps: 18:00", "gaps: 十八点"), "utf-8")
    await office.until("15:20")
    office.config.write_text(settings.replace("gaps: 18:00", "gaps: 17:30"), "utf-8")
    await office.until("15:40")
    slip, mended = [t.text for t in office.told if t.text.startswith("排期文件")]
    assert "先按原来的来" in slip and "schedules.yaml:" in slip and "从现在起按新的来" in mended

    # 17:30 and 21:00: the reports lie there; all answers agree.
    await office.until("18:00")
    (gap_list,) = (data / "reports").iterdir()
    assert (
        gap_list.name == "2026-03-12-1730-缺口清单.txt"
        and "【缺口清单】3月12日 17:30" in gap_list.read_text("utf-8")
    )
    await office.until("21:05")
    assert [p.name for p in sorted((data / "reports").iterdir())][1:] == ["2026-03-12-2100-当日结果.txt"]
    coverage = (await type_("coverage", "--json")).json
    gaps = await type_("gaps", "--json")
    assert gaps.code == 1 and coverage["covered"] + len(gaps.lines) == coverage["expected"]
    assert coverage["waves"] == 2 and coverage["by_evidence"]["observed"] == 0
    assert [g["reason"] for g in gaps.lines if g["group"] == unlucky["group"] and "noon" in g["wave"]] == [
        "not_sent"
    ]
    assert (await type_("ledger", "--out", quick / "台账.xlsx")).code == 0 and (
        quick / "台账.xlsx"
    ).stat().st_size > 5000
    assert (await type_("audit", "verify")).code == 0
    assert {t.kind for t in office.told} >= {"wave", "reminder", "report"}
    assert not [t.text for t in office.told if "跳了" in t.text]

    # It stops when it is asked to, and nothing of what people chatted is anywhere.
    began = time.monotonic()
    office.service.stop()
    await asyncio.wait_for(running, 5)
    assert time.monotonic() - began < 5
    store.close()
    for file in data.rglob("*"):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            for talk in (UNRELATED[:8], "黑色塑料袋", "请大家转到各自的群里"):
                assert not file.is_file() or talk.encode(encoding) not in file.read_bytes(), file


def test_sigterm_ends_the_service_within_five_seconds(quick: Path, chuanda: Callable[..., Any]) -> None:
    data = quick / "data"
    assert chuanda("roster", "import", SAMPLE.roster, "--data", data).code == 0
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "run", "--data", str(data)],
        cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert "在运行" in process.stdout.readline().decode()
        time.sleep(0.5)
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
        assert time.monotonic() - began < 5
    finally:
        process.kill()
        process.wait()
    assert (
        process.returncode == 0
        and err == b""
        and out.decode().rstrip().endswith("已停。没发完的下次接着发。")
    )
    assert chuanda("audit", "--data", data).code == 0
