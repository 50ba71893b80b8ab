"""A demo works on its own copy of contents and schedule, whole or not at all; what is practised later changes no result."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sample import sample
from bot.service.demo import Demo, Order
from bot.service.practice import Practice
from tests.test_chat import prints


@pytest.fixture
def own(quick: Path, demo_day: Any) -> Path:
    """The demo day of 60 groups, in a folder that may be changed."""
    return Path(shutil.copytree(demo_day.data, quick / "demo"))


def again(chuanda: Callable[..., Any], data: Path, *more: object) -> Any:
    return chuanda("demo", "--data", data, "--groups", 60, "--json", *more)


def test_it_has_the_samples_contents_and_schedule_and_a_folder_may_move(
    own: Path, chuanda: Callable[..., Any]
) -> None:
    assert prints(own / "content") == prints(sample().library)
    assert (own / "schedules.yaml").read_bytes() == sample().schedules.read_bytes()
    (own / "content" / "012-96110" / "content.yaml").unlink()
    assert "012-96110" not in [
        row.get("id") for row in chuanda("content", "list", "--data", own, "--json").lines
    ]


def test_practising_after_the_day_leaves_the_days_result(
    own: Path, chuanda: Callable[..., Any], demo_day: Any
) -> None:
    demo = Demo(own, Order(groups=60), None, None)
    practice = Practice(demo)
    group = next(g for g in demo.tree.groups if g.observe and demo.world.sees(g))
    person = practice.cast.who_speaks_in(group)

    async def practise() -> None:
        for content in list(demo.town.desk.contents.values()):
            await practice.forward(person, content, group)
        await practice.move_to(demo.now + timedelta(minutes=2))
        demo.pass_the_night(demo.now + timedelta(hours=12))
        await practice.move_to(demo.now + timedelta(hours=2))

    asyncio.run(practise())
    demo.close()
    answer = again(chuanda, own)
    assert answer.code == 0 and answer.json == demo_day.result
    today = chuanda("coverage", "--data", own, "--json").json
    assert (today["from"], today["waves"]) == ("2026-03-13", 1), "today is the last day that was lived"
    assert chuanda("audit", "--data", own).code == 0


@pytest.mark.parametrize("name", ["content", "schedules.yaml"])
def test_a_copy_that_was_cut_short_is_made_again(
    quick: Path, chuanda: Callable[..., Any], demo_day: Any, name: str
) -> None:
    data = quick / "new"
    demo = Demo(data, Order(groups=60), None, None)
    demo.close()
    for left in data.iterdir():  # as if it had been killed right then
        if left.name.startswith("chuanda.db"):
            left.unlink()
    half = data / f"{name}.tmp"
    (data / name).rename(half)
    if half.is_dir():
        shutil.rmtree(half / "012-96110")
    else:
        half.write_text("entr", "utf-8")
    answer = again(chuanda, data)
    same = {k: v for k, v in demo_day.result.items() if k not in ("wall_seconds", "reports")}
    assert {k: v for k, v in answer.json.items() if k in same} == same
    assert not half.exists() and prints(data / "content") == prints(sample().library)


@pytest.mark.parametrize("name", ["content", "schedules.yaml"])
def test_what_somebody_has_in_a_folder_is_no_demos(
    quick: Path, chuanda: Callable[..., Any], name: str
) -> None:
    (quick / name).mkdir()
    before = prints(quick)
    answer = again(chuanda, quick)
    assert answer.code == 2 and "不是这次演练的" in answer.err
    assert {k: v for k, v in prints(quick).items() if k != "run.lock"} == before


def test_in_the_middle_no_other_settings_are_taken(
    own: Path, quick: Path, chuanda: Callable[..., Any]
) -> None:
    other = Path(shutil.copy(sample().schedules, quick / "other.yaml"))
    answer = again(chuanda, own, "--config", other)
    assert answer.code == 2 and str(own / "schedules.yaml") in answer.err
    assert again(chuanda, own, "--config", own / "schedules.yaml").code == 0


def test_a_folder_of_contents_that_holds_the_demo_is_refused(
    quick: Path, chuanda: Callable[..., Any]
) -> None:
    answer = again(chuanda, quick / "demo", "--library", quick)
    assert answer.code == 2 and "里面" in answer.err
    assert again(chuanda, quick / "demo", "--library", quick / "nothing").code == 2
