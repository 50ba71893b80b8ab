"""What people say to each other is none of our business: after a day of it, no byte of it stands anywhere on disk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import folder_in_memory
from tests.gateway import town
from tests.gateway.control import Gateway
from tests.gateway.test_town import serving

SENTENCES, STRANGERS = 1000, 200
_SYLLABLES = "巴达卡玛拉塔萨娜迦罗摩尼俱胝阿毗遮诃婆陀"


def _planted(dice: random.Random) -> Iterator[str]:
    """Sentences that occur nowhere else: invented words around a number of their own."""
    for number in range(SENTENCES):
        word = "".join(dice.choices(_SYLLABLES, k=8))
        yield f"{word}家里电话139{number:04d}{dice.randrange(10**4):04d}，明天去不去{''.join(dice.choices(_SYLLABLES, k=5))}"


async def test_no_byte_of_what_people_said_and_of_who_they_are_is_left(tmp_path: Path) -> None:
    dice = random.Random(20260312)
    sentences = list(_planted(dice))
    strangers = {
        f"s{n:03d}k{dice.randrange(10**6):06d}": "外" + "".join(dice.choices(_SYLLABLES, k=6))
        for n in range(STRANGERS)
    }
    world = town.world()
    world["people"] += [{"key": key, "name": name, "friend": False} for key, name in strangers.items()]
    for room in world["rooms"]:
        room["members"] += dice.sample(sorted(strangers), 40)
    world["rooms"].append({"key": "family", "topic": "老迦家的群", "members": ["bot", *strangers]})
    with (
        folder_in_memory(tmp_path) as folder,
        Gateway.started(folder / "gateway", world, token=town.TOKEN) as gateway,
    ):
        data = town.lay_out(folder, gateway.port, town.PROFILES["ids_and_echo"])
        ids = gateway.ids()["people"]
        async with serving(gateway, data) as day:
            await day.bound()
            for number, sentence in enumerate(sentences):
                room = dice.choice(world["rooms"])
                by = dice.choice([m for m in room["members"] if m in strangers])
                kind = ("text", "text", "quote", "history", "file", "url", "group_note", 0, 18)[number % 9]
                more = {"content": sentence.encode(), "name": f"{sentence[:8]}.txt"} if kind == "file" else {}
                more |= {"title": sentence, "url": f"https://x.invalid/{number}"} if kind == "url" else {}
                where = None if number % 10 == 7 else room["key"]  # some write to the bot itself
                await day.do(gateway.say, sentence, by=by, room=where, type=kind, **more)
            await day.sent()
            for words in ("覆盖率", "绑定群 柳林村第3网格群", "绑定 ABCD2345", "已转发", "@传达 未转发"):
                for room in ("village", "r1", None):
                    by = next(m for m in world["rooms"][1]["members"] if m in strangers)
                    member = (
                        by
                        if room != "r1"
                        else next(m for m in world["rooms"][2]["members"] if m in strangers)
                    )
                    await day.do(gateway.say, words, by=member, room=room)
            await day.do(gateway.say, "已转发", by=f"w{town.TOLD}", room="village")
            await day.until(
                lambda: town.evidence(data)[f"{town.GRIDS[town.TOLD]}群"] == "confirmed",
                "all of it was heard",
            )
            gateway.stop()
        left = {
            path: path.read_bytes()
            for folder_ in (data, folder / "gateway")
            for path in folder_.rglob("*")
            if path.is_file()
        }
        assert any(path.name == "chuanda.db" for path in left)
        planted = {sentence[:8]: sentence for sentence in sentences}
        secret = [*planted, *strangers, *strangers.values(), *(ids[key] for key in strangers), "老迦家的群"]
        found = [(path.name, word) for path, raw in left.items() for word in secret if word.encode() in raw]
        assert not found, found[:5]
        unbound = [ids[p["key"]] for p in world["people"]]
        assert not [(path.name, id) for path, raw in left.items() for id in unbound if id.encode() in raw], (
            "of nobody's account"
        )
