"""`chuanda probe` and `chuanda gateway` as a person types them, against real gateways of three kinds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bot.channels.wechaty import profile
from bot.model.content import PartKind
from bot.store import sending
from bot.store.database import Store
from tests.conftest import folder_in_memory
from tests.gateway import town
from tests.gateway.control import Gateway

TOP = Path(__file__).resolve().parents[2]
MINI = frozenset({PartKind.MINI_PROGRAM})
FOUND = {
    name: replace(
        can,
        # Nobody has a harmless mini-program to try: it goes as text.
        parts=can.parts - MINI,
        as_text=can.as_text | MINI,
        recall=name == "ids_and_echo" or name == "late_echo",
    )
    for name, can in town.PROFILES.items()
}


@pytest.mark.parametrize("kind", town.PROFILES)
def test_what_a_gateway_can_do_is_found_kept_and_used(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chuanda: Callable[..., Any]
) -> None:
    monkeypatch.setenv("CHUANDA_GATEWAY_TOKEN", town.TOKEN)
    world = town.world()
    world["rooms"].append({"key": "trial", "topic": "传达试验群", "members": ["bot", "head"]})
    like = {
        "like": kind,
        "echo_delay_ms": 100,
        "relogin_on_start": True,
        **({"echo": "late"} if kind == "late_echo" else {}),
    }
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", world, profile=like, token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, profile.CAPABILITIES)
        if kind == "nothing":
            Thread(target=_speak_often, args=(gateway,), daemon=True).start()
        options = ["--data", data, "--config", folder / "schedules.yaml"]
        told = chuanda("probe", "--room", "传达试验群", *options)
        assert told.code == 0, told.err
        store = Store(data / "chuanda.db")
        kept = profile.load(store.read(sending.get_meta, "capabilities"))
        store.close()
        assert kept == FOUND[kind], told.out
        assert ("不能　链接卡片" not in told.out) == (kind != "nothing")
        assert {line["room"] for line in gateway.posted()} == {"trial"}, "nobody else is bothered"
        assert all("测试" in line.get("text", "测试") for line in gateway.posted())
        checked = chuanda("check", *options, "--library", folder / "content", "--json").json
        assert [wave["as_text"] for wave in checked["waves"]][:1] == [sorted(FOUND[kind].as_text)]


def _speak_often(gateway: Gateway) -> None:
    for _ in range(200):
        time.sleep(0.3)
        try:
            gateway.say("在", by="head", room="trial")
        except Exception:
            return
