"""A number in the text was wrong: the office takes a content back, in the middle of the morning."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NotAllowed
from bot.library import LiveLibrary
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import at_time
from bot.sample import sample
from bot.service import hands
from bot.service.demo import FIRST_DAY, Demo, Order
from bot.service.withdrawal import Withdrawn, withdraw_content
from bot.store import reading, sending
from bot.store.audit import recount
from tests.conftest import SetClock

WRONG = "001-shuadan"
REASON = "电话号码印错了"


class Withdrawing(Demo):
    """A demo day in which somebody withdraws the morning's content after three minutes."""

    done: Withdrawn | None = None
    at: datetime

    async def _tick(self) -> None:
        await super()._tick()
        if self.done is None and self.now >= at_time(FIRST_DAY, time(8, 3)):
            self.at = self.now
            content = next(c for c in self.library.refresh().contents.values() if c.id == WRONG)
            entry = ApprovalEntry(ApprovalAct.WITHDRAW, content.digest, "王敏", self.now, REASON)
            self.done = withdraw_content(self.store, content, entry, self.now)
            assert withdraw_content(self.store, content, entry, self.now).recalls == 0, "planned once"


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(the demo, its result, its world) of a day of 60 groups with the withdrawal in it."""
    day = Withdrawing(tmp_path_factory.mktemp("withdrawn"), Order(60), None, None)
    close, day.store.close = day.store.close, lambda: None  # type: ignore[method-assign]
    result = asyncio.run(day.play(lambda told: None))
    world = [json.loads(line) for line in (day.data / "world.jsonl").read_text("utf-8").splitlines()]
    yield day, result, world
    close()


def _rows(day: Demo, content: str) -> list[reading.TargetRow]:
    waves = day.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY)
    return [row for row in day.store.read(reading.target_rows, waves) if row.content == content]


def test_what_is_not_sent_stays_unsent(morning: Any) -> None:
    day, _, world = morning
    assert day.done is not None and day.done.cancelled > 0
    posts = [w for w in world if w["k"] == "post" and WRONG in w["wave"]]
    assert posts and max(datetime.fromisoformat(w["at"]) for w in posts) <= day.at
    query = "SELECT COUNT(*) FROM outgoing WHERE kind = 'part' AND state = 'cancelled'"
    assert day.store.conn.execute(query).fetchone() == (day.done.cancelled,)


def test_what_is_younger_than_two_minutes_is_taken_back_and_nothing_older(morning: Any) -> None:
    day, _, world = morning
    posted = {w["id"]: datetime.fromisoformat(w["at"]) for w in world if w["k"] == "post"}
    taken = {w["id"]: datetime.fromisoformat(w["at"]) for w in world if w["k"] == "taken back"}
    assert len(taken) > 5
    assert all(at - posted[message] <= timedelta(minutes=2) for message, at in taken.items())
    states = Counter(day.store.conn.execute("SELECT state FROM outgoing WHERE kind = 'recall'").fetchall())
    assert states["accepted",] == len(taken) and states.total() == day.done.recalls
    assert set(states) <= {("accepted",), ("failed",), ("cancelled",)}, "two minutes over, or refused"


def test_every_group_that_has_it_and_that_we_post_to_is_told(morning: Any) -> None:
    day, _, _ = morning
    told = day.store.conn.execute(
        "SELECT grp, state, text FROM outgoing WHERE kind = 'correction'"
    ).fetchall()
    assert len(told) >= day.done.corrections > 0, "also where it arrived after that"
    assert len({group for group, *_ in told}) == len(told), "each group once"
    assert {state for _, state, _ in told} == {"accepted"}
    assert {text for *_, text in told} == {
        "【更正】反诈宣〔2026〕001号《刷单返利先给小钱》已撤回，请不要再转。\n"
        "原因：电话号码印错了\n转到过的群，请删掉那条，把这条更正转过去。"
    }


def test_nobody_is_asked_for_it_any_more_and_it_is_no_gap(morning: Any) -> None:
    day, result, _ = morning
    rows = _rows(day, WRONG)
    assert {row.reason for row in rows} == {None}
    assert any(row.exempt for row in rows)
    assert all(row.covered_at is None or row.covered_at <= day.at for row in rows)
    assert not [gap for gap in result["gaps"] if WRONG in gap["wave"]]
    asked = day.store.conn.execute("SELECT text FROM outgoing WHERE kind IN ('reminder', 'escalation')")
    assert not [text for (text,) in asked if "刷单返利先给小钱" in text]


def test_the_counters_agree_with_the_ledger_after_it(morning: Any) -> None:
    day, _, _ = morning
    assert day.store.read(recount) == []


def test_the_noon_wave_is_not_touched(morning: Any) -> None:
    day, result, _ = morning
    rows = _rows(day, "012-96110")
    assert sum(row.covered_at is not None for row in rows) > 50
    assert day.store.read(sending.count_parts, sending.SendState.ACCEPTED) == result["sent"]


# ── on the manual channel, typed ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def by_hand(quick: Path, chuanda: Callable[..., Any], wall: SetClock) -> Callable[..., Any]:
    """An office without a gateway at 8:00, everything of the morning posted and one village forwarded."""
    paths = sample()

    def type_(*words: object, minutes: int = 0) -> Any:
        wall.at += timedelta(minutes=minutes)
        library = ("--library", paths.library) if words[0] in ("content", "outbox", "paste") else ()
        return chuanda(*words, "--data", quick / "data", "--config", paths.schedules, *library)

    type_("roster", "import", paths.roster)
    type_("content", "submit", WRONG, "--as", "王敏")
    type_("content", "approve", WRONG, "--as", "李建军")
    type_("outbox")
    for errand in type_("outbox", "--json", minutes=11).lines:
        type_("outbox", "--done", errand["id"])
    mine = [e for e in type_("outbox", "--json", minutes=5).lines if "柳林村" in e["node"]]
    for errand in mine:
        assert type_("outbox", "--done", errand["id"]).code == 0
    return type_


def test_by_hand_the_people_who_forwarded_bring_the_correction(by_hand: Callable[..., Any]) -> None:
    told = by_hand("content", "withdraw", WRONG, "--as", "王敏", "--reason", REASON, minutes=5)
    assert told.code == 0 and "更正" in told.out
    listed = by_hand("outbox", "--json").lines
    assert listed and all("更正" in e["text"] or "撤下来" in e["text"] for e in listed)
    posts = [e for e in listed if e["kind"] == "send"]
    forwards = [e for e in listed if e["kind"] == "forward"]
    assert posts and forwards and all("柳林村" in e["node"] and e["who"] for e in forwards)
    assert len({e["group"] for e in listed}) == len(listed), "each group once"
    shown = by_hand("outbox").out
    assert shown.count("已撤回") == 2, "one text for all that is posted, one for all that is forwarded"
    assert "要更正" in shown and "3月13日" in shown

    one = forwards[0]["id"]
    assert by_hand("outbox", "--done", one).out.endswith("记为已更正\n")
    assert by_hand("outbox", "--done", one).code == 2
    assert by_hand("outbox", "--failed", forwards[1]["id"], "--reason", "没时间").code == 2
    assert len(by_hand("outbox", "--json").lines) == len(listed) - 1
    assert by_hand("gaps").code == 0, "nothing is missing that nobody wants any more"
    assert by_hand("content", "withdraw", WRONG, "--as", "王敏").code == 2


def test_it_is_all_written_down_or_nothing(by_hand: Callable[..., Any], quick: Path) -> None:
    from bot.approval.decide import check_withdraw
    from bot.store.approvals import approvals
    from bot.store.database import Store

    store = Store(quick / "data" / "chuanda.db")
    content = next(c for c in LiveLibrary(sample().library).refresh().contents.values() if c.id == WRONG)
    now = at_time(date(2026, 3, 12), datetime.min.time()) + timedelta(hours=9)
    entry = ApprovalEntry(ApprovalAct.WITHDRAW, content.digest, "王敏", now, REASON)
    store.conn.execute("CREATE TRIGGER full BEFORE INSERT ON outgoing BEGIN SELECT RAISE(ABORT, 'disk'); END")
    with pytest.raises(Exception, match="disk"):
        withdraw_content(store, content, entry, now)
    check_withdraw(content, store.read(approvals)[content.id], "王敏")  # still to be withdrawn
    store.conn.execute("DROP TRIGGER full")
    withdraw_content(store, content, entry, now)
    with pytest.raises(NotAllowed):
        check_withdraw(content, store.read(approvals)[content.id], "王敏")
    assert [e.id for e in hands.errands(_desk(store, quick), now) if e.id.startswith("x")]
    store.close()


def _desk(store: Any, folder: Path) -> Any:
    from bot.channels.manual import ManualChannel
    from bot.schedules.load import load_schedules
    from bot.service.desk import Desk

    schedules = load_schedules(sample().schedules).schedules
    return Desk(store, ManualChannel(), LiveLibrary(sample().library), schedules, folder)


def test_who_takes_his_forward_back_after_it_is_asked_for_nothing(by_hand: Callable[..., Any]) -> None:
    """The correction asks people to delete: that must not make it a task again."""
    mine = [r["group"] for r in by_hand("ledger", "--json").lines if r["evidence"] == "confirmed"]
    assert by_hand("content", "withdraw", WRONG, "--as", "王敏").code == 0
    by_hand("content", "list")
    listed = {e["group"]: e["id"] for e in by_hand("outbox", "--json").lines if e["id"].startswith("x")}
    task = listed[mine[0]].replace("x", "t")
    assert by_hand("outbox", "--undo", task).code == 0
    later = by_hand("outbox", "--json", minutes=120).lines
    assert not [e for e in later if e["id"] == task or "@" in e["text"]]
    assert by_hand("gaps").code == 0 and by_hand("audit").code == 0


def test_a_second_withdrawal_corrects_only_what_was_sent_since(by_hand: Callable[..., Any]) -> None:
    by_hand("content", "withdraw", WRONG, "--as", "王敏")
    before = len(by_hand("outbox", "--json").lines)
    by_hand("content", "submit", WRONG, "--as", "王敏")
    told = by_hand("content", "withdraw", WRONG, "--as", "王敏", "--reason", "又不发了", minutes=10)
    assert "0 个群已经收到" in told.out and "更正" not in told.out
    assert len(by_hand("outbox", "--json").lines) == before
