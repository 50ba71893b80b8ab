"""What is seen in a residents' group: counted when it is sure, asked about once when it may be, forgotten otherwise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.simulated.drawn import drawn
from bot.library.load import load_library
from bot.model.chat import Message, MessageKind
from bot.recognise import sketch
from bot.recognise.match import Recogniser
from bot.recognise.verdict import How, VerdictKind
from bot.sample import sample
from bot.service import wondering
from bot.service.looking import Eyes
from tests.day.stage import Simulated
from tests.day.story import evidence, one
from tests.day.town import RESIDENT, SECOND_ONE, SECOND_TWO, SEES, SEVEN, TEXT, THIRD, WILLOWS
from tests.test_talking import configure, opened

ALIKE = "刷单返利是白给钱的：先给小钱，再骗大钱。拿不准就打96110"
"""One word in eight is another: it may be the content, told by somebody."""
ASKED = "这是今天的《刷单返利先给小钱》吗？回复1是 2否"


async def at_ten(folder: Path) -> Simulated:
    """Ten o'clock: the content went out at eight, the worker of the third grid has an account."""
    day = await opened(folder, at="10:00")
    await day.say(SEES, f"绑定 {day.code(SEES)}")
    day.heard(SEES)
    return day


async def test_a_repost_that_was_cut_and_written_otherwise_counts(quick: Path) -> None:
    day = await at_ten(quick)
    await day.say(RESIDENT, "轉給大家：刷單返利都是詐騙，先給小錢，再騙大錢！拿不準就打９６１１０", THIRD)
    assert evidence(day)[THIRD] == "observed"
    assert day.heard(SEES) == []


async def test_what_may_be_a_repost_is_asked_about_in_the_words_of_the_issue(quick: Path) -> None:
    day = await at_ten(quick)
    await day.say(RESIDENT, ALIKE, THIRD)
    assert one(day.heard(SEES)) == f"第3网格群里刚发的，{ASKED}"
    assert evidence(day)[THIRD] is None
    await day.say(SEES, "1")
    assert evidence(day)[THIRD] == "confirmed"


async def test_no_means_no_and_the_same_task_is_not_asked_about_again(quick: Path) -> None:
    day = await at_ten(quick)
    await day.say(RESIDENT, ALIKE, THIRD)
    day.heard(SEES)
    await day.say(SEES, "2")
    assert one(day.heard(SEES)) == "好的，没有动。"
    await day.say(RESIDENT, f"再发一遍：{ALIKE}", THIRD)
    assert day.heard(SEES) == []
    assert evidence(day)[THIRD] is None


async def test_a_question_that_was_answered_by_the_real_thing_is_not_put(quick: Path) -> None:
    day = await at_ten(quick)
    await day._deliver(RESIDENT, ALIKE, THIRD, MessageKind.TEXT, {})
    await day._deliver(RESIDENT, TEXT, THIRD, MessageKind.TEXT, {})
    await day.pass_by(8)
    assert day.heard(SEES) == []
    assert evidence(day)[THIRD] == "observed"


async def test_nobody_is_asked_in_the_evening_or_about_what_is_done(quick: Path) -> None:
    day = await at_ten(quick)
    await day.until("21:10")
    day.heard(SEES)
    await day.say(RESIDENT, ALIKE, THIRD)
    assert day.heard(SEES) == []


async def test_without_a_private_chat_the_work_group_is_asked_within_its_limit(quick: Path) -> None:
    day = await opened(quick, at="10:00")
    await day.say(RESIDENT, ALIKE, THIRD)
    assert one(day.heard(WILLOWS)) == f"@{SEES} 第3网格群里刚发的，{ASKED}"
    await day.say(SEES, "1", WILLOWS)
    assert evidence(day)[THIRD] == "confirmed"


async def test_a_work_group_that_had_its_messages_of_the_day_is_left_alone(quick: Path) -> None:
    day = await opened(quick, at="10:00")
    limited = day.town.desk.schedules.reminders.model_copy(update={"work_group_per_day": 0})
    configure(day, reminders=limited)
    await day.say(RESIDENT, ALIKE, THIRD)
    assert day.heard(WILLOWS) == []


async def test_who_is_asked_something_else_is_not_asked_this_too(quick: Path) -> None:
    day = await at_ten(quick)
    await day.until("11:40")  # the reminder's numbers answer the reminder
    assert one(day.heard(SEES)).startswith(f"{SEES}，您好")
    await day.say(RESIDENT, ALIKE, THIRD)
    assert day.heard(SEES) == []


async def test_of_two_groups_at_one_moment_a_person_is_asked_about_one(quick: Path) -> None:
    day = await opened(quick, at="10:00")
    desk = day.town.desk
    message = Message("m", "", "w", desk.now, MessageKind.TEXT, ALIKE)
    hits = desk.recogniser.match(message).hits
    here = [group for group in desk.tree.groups if group.name in (SECOND_ONE, SECOND_TWO)]
    put = await asyncio.gather(*(wondering.wonder(desk, message, group, hits) for group in here))
    assert sorted(put) == [False, True]
    asked = day.store.conn.execute("SELECT COUNT(*) FROM outgoing WHERE kind = 'question'").fetchone()
    assert asked == (1,)


async def test_a_number_that_is_mentioned_asks_nobody(quick: Path) -> None:
    day = await at_ten(quick)
    await day.say(RESIDENT, "反诈宣〔2026〕001号是真的吗？", THIRD)
    assert day.heard(SEES) == [] and evidence(day)[THIRD] is None


async def test_of_what_was_seen_nothing_is_kept_but_the_question(quick: Path) -> None:
    day = await at_ten(quick)
    await day.say(RESIDENT, f"{ALIKE} 我姑妈住在白石镇三号楼", THIRD)
    day.heard(SEES)
    day.store.conn.commit()
    for file in (quick / "data").rglob("*"):
        if file.is_file():
            assert "三号楼".encode() not in file.read_bytes(), file


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────

PICTURE = Message("m", "r", "w", SEVEN, MessageKind.IMAGE)


@pytest.fixture(scope="module")
def eyes() -> tuple[Eyes, Recogniser]:
    eyes = Eyes()
    return eyes, Recogniser(load_library(sample().library).contents.values(), eyes.look)


def test_a_poster_saved_again_is_recognised(eyes: tuple[Eyes, Recogniser]) -> None:
    poster = sample().library / "002-kefu" / "poster.png"
    verdict = eyes[0].recognise(eyes[1], PICTURE, drawn(poster, "resaved"))
    assert verdict.kind is VerdictKind.REPOST
    assert [(hit.content, hit.how, hit.main) for hit in verdict.hits] == [("002-kefu", How.PICTURE, True)]


def test_the_same_bytes_in_a_second_group_are_not_looked_at_again(
    eyes: tuple[Eyes, Recogniser], monkeypatch: pytest.MonkeyPatch
) -> None:
    poster = sample().library / "001-shuadan" / "poster.png"
    first = eyes[0].recognise(eyes[1], PICTURE, drawn(poster, "cropped"))
    monkeypatch.setattr(sketch, "sketch", lambda data: pytest.fail("looked at again"))
    assert eyes[0].recognise(eyes[1], PICTURE, drawn(poster, "cropped")) == first


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"not a picture"])
def test_a_picture_that_cannot_be_decoded_is_nothing(eyes: tuple[Eyes, Recogniser], data: bytes) -> None:
    assert eyes[0].recognise(eyes[1], PICTURE, data).kind is VerdictKind.NONE


def test_a_poster_that_is_gone_from_the_disk_stops_nobody(tmp_path: Path) -> None:
    contents = load_library(sample().library).contents.values()
    gone = [replace(c, parts=tuple(replace(p, path=tmp_path / "gone") for p in c.parts)) for c in contents]
    eyes = Eyes()
    data = drawn(sample().library / "001-shuadan" / "poster.png", "resaved")
    assert eyes.recognise(Recogniser(gone, eyes.look), PICTURE, data).kind is VerdictKind.NONE
