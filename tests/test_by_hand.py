"""An office without a gateway, typing: what goes wrong at the desk and how it is put right."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.sample import sample
from tests.conftest import SetClock

MORNING = "001-shuadan"


class Desk:
    """王敏 at a command line, with a folder of her own."""

    def __init__(self, folder: Path, call: Callable[..., Any], wall: SetClock) -> None:
        self.folder, self.call, self.at = folder, call, wall.set
        shutil.copytree(sample().library / MORNING, folder / "content" / MORNING)
        self.config = Path(shutil.copy(sample().schedules, folder))
        self.type("roster", "import", sample().roster)
        self.type("content", "submit", MORNING, "--as", "王敏")
        self.type("content", "approve", MORNING, "--as", "李建军")

    def type(self, *words: object) -> Any:
        library = ("--library", self.folder / "content") if words[0] in ("content", "outbox", "paste") else ()
        return self.call(*words, "--data", self.folder / "data", "--config", self.config, *library)

    def posts(self) -> list[dict[str, Any]]:
        return [e for e in self.type("outbox", "--json").lines if e["kind"] == "send"]

    def tasks(self, who: str) -> list[dict[str, Any]]:
        return [e for e in self.type("outbox", "--json").lines if e["who"] == who]

    def ledger(self, group: str) -> dict[str, Any]:
        (row,) = [r for r in self.type("ledger", "--json").lines if r["group"] == group]
        return dict(row)


@pytest.fixture
def desk(quick: Path, chuanda: Callable[..., Any], wall: SetClock) -> Desk:
    return Desk(quick, chuanda, wall)


# ── a wrong tick ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_that_was_ticked_by_mistake_is_on_the_list_again(desk: Desk) -> None:
    desk.at("08:00")
    first, *_ = desk.posts()
    assert desk.type("outbox", "--done", first["id"]).code == 0
    assert desk.ledger(first["group"])["evidence"] == "direct"
    again = desk.type("outbox", "--done", first["id"])
    assert again.code == 2 and f"--undo {first['id']}" in again.err
    assert "改回没做" in desk.type("outbox", "--undo", first["id"]).out
    assert desk.ledger(first["group"])["reason"] == "not_sent"
    assert first["id"] in {e["id"] for e in desk.posts()}
    assert desk.type("outbox", "--undo", first["id"]).code == 2, "nothing to take back any more"
    desk.at("08:20")
    assert desk.type("outbox", "--done", first["id"]).code == 0
    row = desk.ledger(first["group"])
    assert (row["evidence"], row["covered_at"]) == ("direct", "2026-03-12T08:20:00+08:00")
    assert desk.type("audit").code == 0


def test_a_post_that_failed_by_mistake_can_still_be_done(desk: Desk) -> None:
    desk.at("08:00")
    first, *_ = desk.posts()
    desk.type("outbox", "--failed", first["id"], "--reason", "禁言了")
    assert desk.type("outbox", "--undo", first["id"]).code == 0
    assert desk.type("outbox", "--done", first["id"]).code == 0
    assert desk.ledger(first["group"])["evidence"] == "direct"


def test_a_task_that_was_ticked_by_mistake_is_open_again_and_can_be_done(desk: Desk) -> None:
    desk.at("08:00")
    for post in desk.posts():
        desk.type("outbox", "--done", post["id"])
    first, *_ = desk.tasks("周桂芳")
    for _ in range(2):
        assert desk.type("outbox", "--done", first["id"]).code == 0
        assert desk.ledger(first["group"])["evidence"] == "confirmed"
        assert desk.type("outbox", "--done", first["id"]).code == 2
        assert desk.type("outbox", "--undo", first["id"]).code == 0
        assert desk.ledger(first["group"])["reason"] == "not_reposted"
    assert desk.type("audit").code == 0


def test_why_a_task_cannot_be_done_stands_on_the_list(desk: Desk) -> None:
    desk.at("08:00")
    for post in desk.posts():
        desk.type("outbox", "--done", post["id"])
    first, *_ = desk.tasks("周桂芳")
    desk.type("outbox", "--failed", first["id"], "--reason", "群解散了")
    assert "转不了：群解散了" in desk.tasks("周桂芳")[0]["text"]


@pytest.mark.parametrize("id", ["s99999999999999999999", "s٣", "q1", "", "s", "n1"])
def test_an_id_that_is_not_on_the_list_is_refused(desk: Desk, id: str) -> None:
    desk.at("08:00")
    desk.posts()
    for word in ("--done", "--undo"):
        assert desk.type("outbox", word, id).code == 2


def test_what_was_posted_in_time_can_be_ticked_off_the_next_day(desk: Desk) -> None:
    desk.at("08:00")
    first, second, *_ = desk.posts()
    desk.type("outbox", "--done", second["id"])
    desk.at("09:00", days=1)
    desk.posts()
    assert desk.type("outbox", "--done", first["id"]).code == 0
    assert desk.type("outbox", "--undo", second["id"]).code == 0
    assert second["id"] in {e["id"] for e in desk.posts()}, "and can be done"
    assert desk.type("outbox", "--done", second["id"]).code == 0


# ── what the office has to know ─────────────────────────────────────────────────────────────────────────────


def test_posts_that_must_not_go_out_any_more_say_why(desk: Desk) -> None:
    desk.at("08:00")
    waiting = len(desk.posts())
    text = desk.folder / "content" / MORNING / "text.md"
    text.write_text(text.read_text("utf-8") + "。", "utf-8")
    assert desk.posts() == []
    told = desk.type("outbox").out
    assert f"有 {waiting} 个群的内容停着没发：{MORNING} 批准后内容改过，停发" in told
    assert "停着没发" in desk.type("outbox").out, "as long as it is so"


def test_what_happened_while_another_process_looked_is_still_told(desk: Desk) -> None:
    """`outbox --json` came first; the noon alert has nothing that is approved."""
    desk.at("12:00")
    desk.type("outbox", "--json")
    told = desk.type("outbox").out
    assert "noon-alert”没有发" in told
    assert "noon-alert”没有发" not in desk.type("outbox").out, "once"


def test_editing_what_an_entry_names_sends_nothing_by_itself(desk: Desk) -> None:
    """noon-alert named 012 at noon; at three somebody writes 001 for tomorrow."""
    desk.at("12:00")
    assert desk.posts()
    before = {e["wave"] for e in desk.posts()}
    settings = desk.config.read_text("utf-8")
    desk.config.write_text(settings.replace("ids: [012-96110]", f"ids: [{MORNING}]"), "utf-8")
    desk.at("15:00")
    assert {e["wave"] for e in desk.posts()} == before


def test_a_month_away_is_one_line(desk: Desk) -> None:
    desk.at("08:00")
    desk.type("outbox")
    desk.at("09:00", days=29)
    told = [line for line in desk.type("outbox").out.splitlines() if "morning”" in line]
    assert len(told) == 1 and "有 28 批没有发" in told[0]


def test_a_clock_that_was_a_month_ahead_for_a_minute_drops_nothing(desk: Desk) -> None:
    desk.at("07:55")
    desk.type("outbox")
    desk.at("09:00", days=30)
    desk.type("outbox")
    desk.at("08:01")
    assert desk.posts(), "this morning's"
    desk.at("08:01", days=1)
    assert {e["wave"][:8] for e in desk.posts()} >= {"20260313"}


def test_a_folder_of_a_demo_is_no_office(desk: Desk, demo_day: Any, chuanda: Callable[..., Any]) -> None:
    """What simulated people approved must not go out for real."""
    for words in (["run"], ["roster", "import", sample().roster, "--force"]):
        answer = chuanda(*words, "--data", demo_day.data, "--config", desk.config)
        assert answer.code == 2 and "演练的文件夹" in answer.err


def test_a_dry_run_leaves_no_folder_behind(desk: Desk, chuanda: Callable[..., Any], quick: Path) -> None:
    answer = chuanda("roster", "import", sample().roster, "--dry-run", "--data", quick / "elsewhere")
    assert answer.code == 0 and not (quick / "elsewhere").exists()


# ── answers in the work group ───────────────────────────────────────────────────────────────────────────────


def test_who_answered_before_the_post_was_ticked_off_is_heard(desk: Desk) -> None:
    """The office posted at 8:00, 周桂芳 forwarded and said so at 8:03, the tick came at 8:10."""
    desk.at("08:00")
    desk.posts()
    desk.at("08:10")
    for post in desk.posts():
        desk.type("outbox", "--done", post["id"])
    chat = desk.folder / "chat.txt"
    chat.write_text("周桂芳 2026/3/12 08:03\n已转发\n", "utf-8")
    pasted = desk.type("paste", chat, "--group", "柳林村工作群", "--json").json
    assert {r["worker"] for r in pasted["recorded"]} == {"周桂芳"} and not pasted["asked"]
    told = desk.type("paste", chat, "--group", "柳林村工作群").out
    assert "新记下 0 个群（另有" in told, "what was known is not told as new"


@pytest.fixture
def posted(desk: Desk) -> Desk:
    """The morning's posts are out; it is half past eight."""
    desk.at("08:00")
    for post in desk.posts():
        desk.type("outbox", "--done", post["id"])
    desk.at("08:30")
    return desk


def paste(desk: Desk, text: str) -> tuple[set[str], list[dict[str, str]]]:
    """Who was recorded, and what has to be asked."""
    chat = desk.folder / "chat.txt"
    chat.write_text(text, "utf-8")
    pasted = desk.type("paste", chat, "--group", "柳林村工作群", "--json").json
    return {r["worker"] for r in pasted["recorded"]}, pasted["asked"]


def test_a_no_in_a_list_is_no_yes_and_what_is_unclear_is_asked_with_the_persons_own_line(
    posted: Desk,
) -> None:
    recorded, asked = paste(
        posted,
        "何建国 2026/3/12 08:21\n#接龙\n反诈宣〔2026〕001号转发情况\n"
        "1. 周桂芳❌\n2. 林金生 ✅\n3. 杨素琴 收到\n4. 李四13712345678 已转发\n",
    )
    assert recorded == {"林金生"}
    assert [a["line"] for a in asked] == ["杨素琴 收到", "李四137****5678 已转发"]
    assert "137****5678" in asked[1]["why"] and "13712345678" not in str(asked)


def test_a_no_after_a_yes_is_asked_about_and_not_dropped(posted: Desk) -> None:
    chat = "周桂芳 2026/3/12 08:21\n已转发\n\n周桂芳 2026/3/12 08:24\n发错了，还没转\n"
    recorded, asked = paste(posted, chat)
    assert recorded == {"周桂芳"}
    assert [(a["line"], a["why"]) for a in asked] == [("发错了，还没转", "周桂芳先说转了，又说没转")]


def test_a_yes_after_a_no_is_a_yes(posted: Desk) -> None:
    chat = "周桂芳 2026/3/12 08:21\n还没转\n\n周桂芳 2026/3/12 08:24\n已转发\n"
    assert paste(posted, chat) == ({"周桂芳"}, [])
    assert paste(posted, chat)[1] == [], "nor when it is pasted again"


def test_only_a_work_groups_chat_is_read(desk: Desk) -> None:
    chat = desk.folder / "chat.txt"
    chat.write_text("邻居 2026/3/12 08:03\n已转发\n", "utf-8")
    answer = desk.type("paste", chat, "--group", "柳林村第1网格居民一群")
    assert answer.code == 2
    answer = desk.type("paste", chat, "--group", "柳林村老年活动群")
    assert answer.code == 2 and "不是工作群" in answer.err


# ── the spreadsheet ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_spreadsheet_is_one_and_its_columns_can_be_read(desk: Desk) -> None:
    desk.at("08:00")
    desk.posts()
    wrong = desk.type("ledger", "--out", desk.folder / "台账.csv")
    assert wrong.code == 2 and "台账.xlsx" in wrong.err
    assert desk.type("ledger", "--out", desk.folder / "台账.xlsx").code == 0
    sheet = load_workbook(desk.folder / "台账.xlsx").active
    assert sheet.column_dimensions["K"].width >= 18 and sheet["K1"].value == "截止时间"
