"""Where people post by hand, what is asked in a work group comes in with the pasted chat, and goes back by a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SetClock
from tests.day import town

CHAT = """何建国 10:02
未转发
周桂芳 10:03
请假 到周五
外人甲 10:04
覆盖率
李国强 10:05
今天停水吗
赵玉兰 10:06
暂停
"""


@pytest.fixture
def desk(quick: Path, chuanda: Callable[..., Any], wall: SetClock) -> Callable[..., Any]:
    town.lay_out(quick, town.SCHEDULES.replace("channel: simulated", "channel: manual"))

    def call(*words: object) -> Any:
        folders = ("--data", quick / "data", "--config", quick / "schedules.yaml")
        return chuanda(*words, *folders)

    wall.set("8:00")
    call("outbox", "--library", quick / "content")
    wall.set("10:10")
    return call


def test_questions_in_a_pasted_chat_come_with_what_can_be_answered(
    desk: Callable[..., Any], quick: Path
) -> None:
    file = quick / "chat.txt"
    file.write_text(CHAT, "utf-8")
    done = desk("paste", file, "--group", town.WILLOWS, "--library", quick / "content", "--json")
    answers = {one["line"]: one["text"] for one in done.json["answers"]}
    assert set(answers) == {"未转发", "请假 到周五", "暂停"}
    assert answers["未转发"].startswith("柳林村还有") and town.SECOND_ONE in answers["未转发"]
    assert answers["请假 到周五"].startswith("记下了，您请假到 3月13日。\n这几天请张秀英转。")
    assert answers["暂停"].startswith("这件事由反诈办来办。")
    assert done.json["ignored"] == 2
    shown = desk("paste", file, "--group", town.WILLOWS, "--library", quick / "content")
    assert "有人说“未转发”，可以这样回：" in shown.out
    log = desk("audit", "log", "--json").json
    assert {(one["name"], one["command"]) for one in log["commands"]} >= {
        ("何建国", "gaps"),
        ("周桂芳", "leave"),
    }
    assert [(one["command"], one["count"]) for one in log["strangers"]] == [("coverage", 2)]
