"""What gateways and processes do: die in the middle of a wave. Held against the gateway's own log, nothing is posted twice
and only what could not be proven is in doubt."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import folder_in_memory
from tests.gateway import town
from tests.gateway.control import Gateway
from tests.gateway.test_town import PROFILES, serving

TOP = Path(__file__).resolve().parents[2]
SENDS = 20 * 2
"""Rooms, and the text and the poster for each."""
KILLS = 20
PART_OF = {"text": 0, "image": 1}


def posted(gateway: Gateway) -> Counter[tuple[str, int]]:
    """(room, part) → how often the gateway's log has it."""
    return Counter((line["room"], PART_OF[line["kind"]]) for line in gateway.posted())


def parts(data: Path) -> dict[tuple[str, int], str]:
    """(room, part) → its state in the ledger."""
    key_of = {f"{grid}群": f"r{n}" for n, grid in town.GRIDS.items()} | {town.VILLAGE_GROUP: "village"}
    query = "SELECT grp.name, part, state FROM outgoing o JOIN grp ON grp.id = o.grp WHERE kind = 'part'"
    return {(key_of[name], part): state for name, part, state in town.rows(data, query)}


def hold_against_the_log(gateway: Gateway, data: Path, unprovable: int) -> Counter[str]:
    """Nothing twice; accepted means posted; not accepted and not in doubt means not posted; no more in doubt than that."""
    log, ledger = posted(gateway), parts(data)
    assert max(log.values()) == 1, "posted twice"
    assert len(ledger) == SENDS
    states = Counter(ledger.values())
    assert set(states) <= {"accepted", "in_doubt"}, states
    accepted = {key for key, state in ledger.items() if state == "accepted"}
    doubted = {key for key, state in ledger.items() if state == "in_doubt"}
    assert accepted <= set(log) <= accepted | doubted
    assert len(doubted) <= unprovable, (states, unprovable)
    return states


@pytest.mark.parametrize("ids", ["same", "new"])
@pytest.mark.parametrize("profile", PROFILES)
async def test_the_gateway_dies_in_a_wave_and_comes_back(profile: str, ids: str, tmp_path: Path) -> None:
    fresh = {"ids": "fresh"} if ids == "new" else {}
    like = {"like": profile, "echo_delay_ms": 20, "answer_delay_ms": 20, **fresh}
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), profile=like, token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES[profile], parts="few")
        async with serving(gateway, data, pace_s=0.01, echo_s=0.2) as day:
            await day.bound()
            await day.until(lambda: len(posted(gateway)) >= 15, "the wave is under way")
            await day.do(gateway.kill)
            await day.until(lambda: day.service.town.channel.held(), "that it is gone is noticed")
            before = len(posted(gateway))
            await asyncio.sleep(0.5)
            assert len(posted(gateway)) == before
            await day.do(gateway.restart, ids)
            await day.until(lambda: not day.service.town.channel.held(), "it is back")
            if ids == "new":
                await day.bound()
            await day.sent()
            lost = SENDS // 5 + 1 if profile == "late_echo" else 0
            hold_against_the_log(gateway, data, unprovable=lost + 1)


@pytest.mark.parametrize("profile", ["nothing", "late_echo"])
async def test_another_login_in_a_wave_sends_nothing_to_old_rooms(profile: str, tmp_path: Path) -> None:
    """On the same connection: what is due waits until its room is found again."""
    like = {"like": profile, "ids": "fresh", "echo_delay_ms": 20, "answer_delay_ms": 20}
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), profile=like, token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES[profile], parts="few")
        async with serving(gateway, data, pace_s=0.01, echo_s=0.2) as day:
            await day.bound()
            await day.until(lambda: len(posted(gateway)) >= 10, "the wave is under way")
            await day.do(gateway.logout)
            before = set(gateway.ids()["rooms"].values())
            await day.do(gateway.login, "fresh")
            assert not before & set(gateway.ids()["rooms"].values())
            await day.until(lambda: any("登录" in text for text in day.office), "the office knows")
            await day.bound()
            await day.sent()
            lost = SENDS // 5 + 1 if profile == "late_echo" else 0
            hold_against_the_log(gateway, data, unprovable=lost + 1)


@pytest.mark.torture
@pytest.mark.parametrize("profile", PROFILES)
def test_the_program_is_killed_twenty_times_in_a_wave(
    profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(profile)
    like = {"like": profile, "echo_delay_ms": 20, "answer_delay_ms": 40}
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), profile=like, token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES[profile], parts="few")
        kills = 0
        while kills < KILLS:
            beyond = min(len(posted(gateway)) + dice.choice((0, 0, 1)), SENDS - 1)
            process = run(data, kills)
            speak(gateway, profile)
            wait_for_posts(gateway, beyond, process, data)
            time.sleep(dice.uniform(0, 0.06))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
            if not {"planned", "sending"} & set(town.states(data)) and town.states(data):
                break
        process = run(data, kills)
        speak(gateway, profile)
        wait_for_posts(gateway, SENDS, process, data)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        lost = SENDS // 5 + 1 if profile == "late_echo" else 0
        states, seen = hold_against_the_log(gateway, data, unprovable=kills + lost), posted(gateway).total()
    with capsys.disabled():
        print(
            f"\n{profile}: kills {kills}, posted {seen} of {SENDS}, twice 0, accepted {states['accepted']}, in doubt {states['in_doubt']}"
        )


def run(data: Path, minutes: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.gateway.client", str(data), str(minutes), "0.03"]
    process = subprocess.Popen(command, cwd=TOP, start_new_session=True)
    STARTED.append(process)
    return process


STARTED: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def none_is_left() -> Iterator[None]:
    """Also after a test that failed."""
    yield
    while STARTED:
        STARTED.pop().kill()


def speak(gateway: Gateway, profile: str) -> None:
    """Where rooms cannot be listed, somebody speaks in each once."""
    if profile == "nothing":
        for room in gateway.world["rooms"]:
            gateway.say("早", by=room["members"][1], room=room["key"])


def wait_for_posts(gateway: Gateway, beyond: int, process: subprocess.Popen[bytes], data: Path) -> None:
    """Until more than so many posts were seen, or nothing is on its way any more."""
    deadline = time.monotonic() + 60
    while True:
        states = town.states(data)
        if states and not {"planned", "sending"} & set(states):
            return
        if len(posted(gateway)) > beyond:
            return
        assert time.monotonic() < deadline, ("the wave does not go on", states)
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.002)
