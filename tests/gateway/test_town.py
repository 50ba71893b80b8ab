"""A morning in a town whose chat is a real gateway, in three kinds of gateways: what is sent, seen, asked and answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.service.desk import Told
from bot.service.run import Service
from tests.conftest import folder_in_memory
from tests.gateway import town
from tests.gateway.control import Gateway
from tests.gateway.town import GRIDS, LISTED, SEEN, TOLD, WORKERS

PROFILES = list(town.PROFILES)


@dataclass
class Day:
    """A service at work against a gateway."""

    gateway: Gateway
    data: Path
    service: Service
    told: list[Told]

    async def until(self, holds: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not (so := holds()):
            assert time.monotonic() < deadline, (
                what,
                town.states(self.data),
                [t.text for t in self.told][-8:],
            )
            await asyncio.sleep(0.02)
        return so

    async def do(self, command: Callable[..., Any], *what: Any, **more: Any) -> Any:
        """A command of the gateway's, while the service goes on."""
        return await asyncio.to_thread(command, *what, **more)

    async def bound(self) -> None:
        """Every room is known; where rooms cannot be listed, by somebody speaking there."""
        for room in (
            self.gateway.world["rooms"] if not self.service.town.desk.capabilities.lists_rooms else ()
        ):
            await self.do(self.gateway.say, "早", by=room["members"][1], room=room["key"])
        await self.until(lambda: len(self.service.town.desk.rooms) == town.DIRECT + 3, "all rooms bound")

    async def sent(self, seconds: float = 60) -> None:
        """The wave went out: nothing is planned or on its way."""
        await self.until(lambda: town.states(self.data), "the wave began")
        await self.until(
            lambda: not {"planned", "sending"} & set(town.states(self.data)), "the wave went out", seconds
        )

    @property
    def office(self) -> list[str]:
        return [told.text for told in self.told if told.kind == "office"]


@asynccontextmanager
async def serving(
    gateway: Gateway, data: Path, clock: town.Morning | None = None, **how: Any
) -> AsyncIterator[Day]:
    """The service, until the end of a ``with``."""
    told: list[Told] = []
    service = town.service(data, clock or town.Morning(), told.append, **how)
    running = asyncio.create_task(service.run())
    try:
        yield Day(gateway, data, service, told)
    finally:
        service.stop()
        await asyncio.wait_for(running, 20)
        service.store.close()


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_morning(profile: str, tmp_path: Path) -> None:
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), profile=profile, token=town.TOKEN) as gateway,
    ):
        gateway.profile(echo_delay_ms=10)
        data = town.lay_out(folder, gateway.port, town.PROFILES[profile])
        async with serving(gateway, data, echo_s=0.2) as day:
            await day.bound()
            await day.sent(120)
            _every_part_reached_every_room_once(day, profile)
            await _what_people_do_is_recorded(day, folder / "content" / "001-quan" / "poster.png")
            await _residents_get_no_answer(day)


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_leader_of_the_town_and_of_the_village_is_answered(profile: str, tmp_path: Path) -> None:
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", town.world(), profile=profile, token=town.TOKEN) as gateway,
    ):
        gateway.profile(echo_delay_ms=10)
        data = town.lay_out(folder, gateway.port, town.PROFILES[profile], parts="few")
        async with serving(gateway, data, echo_s=0.2) as day:
            await day.bound()
            await day.sent(120)
            await _a_leader_is_answered(day)


def _every_part_reached_every_room_once(day: Day, profile: str) -> None:
    posts = Counter((line["room"], line["kind"]) for line in day.gateway.posted())
    rooms = {room for room, _ in posts}
    assert rooms == {"village", *(f"r{n}" for n in range(1, town.DIRECT + 1))}
    if profile == "nothing":  # no cards: they came as texts
        assert posts == Counter(
            {
                (r, k): 3 if k == "text" else 1
                for r in rooms
                for k in town.KINDS
                if k not in ("url", "mini_program")
            }
        )
    else:
        assert posts == Counter({(room, kind): 1 for room in rooms for kind in town.KINDS})
    states = town.states(day.data)
    assert states.total() == len(rooms) * len(town.KINDS)
    if profile != "late_echo":
        assert states == {"accepted": states.total()}, "an id, or the gateway's word, is proof here"
    else:
        assert set(states) == {"accepted", "in_doubt"}
        assert 0 < states["in_doubt"] <= states.total() // 5, (
            "every fifth echo was lost, and nothing else is in doubt"
        )


async def _what_people_do_is_recorded(day: Day, poster: Path) -> None:
    gateway, groups = day.gateway, {n: f"{GRIDS[n]}群" for n in WORKERS}
    assert town.evidence(day.data) == dict.fromkeys(groups.values())
    reposted = await day.do(
        gateway.say, by=f"w{SEEN}", room=f"r{SEEN}", type="image", path=poster, name="poster.png"
    )
    await day.do(gateway.say, "已转发", by=f"w{TOLD}", room="village")
    note = f"#接龙\n转发情况\n\n1. {WORKERS[LISTED]} 已转发"
    await day.do(gateway.say, note, by=f"w{LISTED}", room="village", type="group_note")
    everybody = {groups[SEEN]: "observed", groups[TOLD]: "confirmed", groups[LISTED]: "confirmed"}
    await day.until(lambda: town.evidence(day.data) == everybody, "repost, “已转发” and list recorded")
    await day.do(gateway.recall, reposted)
    await day.until(lambda: town.evidence(day.data)[groups[SEEN]] is None, "what was recalled is open again")


async def _a_leader_is_answered(day: Day) -> None:
    await day.do(day.gateway.say, "@传达\u2005覆盖率", by="head", room="village")
    answer = await day.until(
        lambda: [p for p in day.gateway.posted("village", "text") if "覆盖率" in p.get("text", "")],
        "the answer",
        10,
    )
    assert answer[0]["text"].splitlines()[0].startswith("柳林村，今天到 8:0")


async def _residents_get_no_answer(day: Day) -> None:
    await day.do(day.gateway.say, "覆盖率", by="resident", room="r1")
    await asyncio.sleep(0.3)
    # A group's answers wait for a moment: it would stand there to be sent.
    assert not town.rows(day.data, "SELECT text FROM outgoing WHERE kind = 'answer'"), (
        "residents get no answer"
    )
