"""`chuanda chat`: somebody sits down in an invented town and talks to the same program as in the service."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Busy, ChuandaError, NotFound
from bot.model.time import at_time, local
from bot.sample import sample
from bot.service.practice import Answer, Sitting
from bot.service.practice.folder import DRAFT_TITLE
from bot.service.practice.moments import moment
from bot.store import log, reading, talk
from tests.conftest import folder_in_memory

SECRETARY, GRID, OFFICE, REVIEWER = "柳林村书记", "周桂芳", "反诈办", "审核人"
WORK = "柳林村工作群"
NOW = at_time(date(2026, 3, 12), time(10, 40))


def prints(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` with what is in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A town at 10:40 in which nobody has spoken yet. Tests copy it."""
    with folder_in_memory(tmp_path_factory.mktemp("chat")) as folder:
        town = Sitting(folder / "chat")
        asyncio.run(town.start())
        town.close()
        yield folder / "chat"


@pytest.fixture
def folder(morning: Path, quick: Path) -> Path:
    return Path(shutil.copytree(morning, quick / "chat"))


@pytest.fixture
async def town(folder: Path) -> AsyncIterator[Sitting]:
    town = Sitting(folder)
    await town.start()
    yield town
    town.close()


def unfolded(shown: str) -> str:
    """What is shown in frames, its lines as they were before they were broken."""
    return re.sub(r" *│\n│ ", "", shown)


async def say(town: Sitting, who: str, text: str, group: str = "") -> Answer:
    return await town.say(town.cast.person(who), text, town.cast.group(group) if group else None)


def here(town: Sitting, answer: Answer, who: str, group: str = "") -> str:
    """What was answered where somebody spoke."""
    place = town.cast.person(who).place(town.cast.group(group) if group else None)
    return "\n".join(line.text for line in answer.lines if line.place == place)


async def hears(town: Sitting, who: str, text: str, group: str = "") -> str:
    return here(town, await say(town, who, text, group), who, group)


@pytest.fixture
def chat(
    chuanda: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> Callable[..., list[str]]:
    """The command with its lines from a pipe; what it showed, line by line."""

    def run(*lines: str, options: tuple[object, ...] = ()) -> list[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
        answer = chuanda("chat", "--data", folder, *options)
        assert (answer.code, answer.err) == (0, "")
        shown: list[str] = answer.out.splitlines()
        return shown

    return run


# ── what people of the town ask and hear ────────────────────────────────────────────────────────────────────


async def test_a_village_secretary_asks_how_far_it_is_and_who_is_missing(town: Sitting) -> None:
    said = await hears(town, SECRETARY, "覆盖率")
    village = town.tree.find("柳林村")
    assert village is not None
    waves = town.store.read(reading.waves_between, date(2026, 3, 12), date(2026, 3, 12))
    counts = town.store.read(reading.counts, waves, village.id)
    assert said.startswith("柳林村，今天到 10:40") and 0 < counts.gaps < counts.expected
    assert f"应转 {counts.expected} 群次，转到 {counts.covered}" in said
    assert f"柳林村还有 {counts.gaps} 个群没转" in await hears(town, SECRETARY, "未转发")


async def test_a_confirmation_in_the_work_group_is_noted_and_not_answered(town: Sitting) -> None:
    assert "还有 1 个群等您转" in await hears(town, GRID, "我的任务")
    in_group = await say(town, GRID, "已转发", WORK)
    assert in_group.lines == () and "记下了" in in_group.why
    assert "还差 2 群次" in await hears(town, SECRETARY, "覆盖率")
    assert "都转好了" in await hears(town, GRID, "我的任务")
    assert "都记过了" in await hears(town, GRID, "已转发")


async def test_a_confirmation_in_private_hears_what_was_noted(town: Sitting) -> None:
    assert "第13网格居民三群" in await hears(town, GRID, "已转发")


async def test_a_question_in_the_work_group_is_answered_there_after_a_moment(town: Sitting) -> None:
    asked_at = town.now
    answer = await say(town, GRID, "我的任务", WORK)
    assert [line.where for line in answer.lines] == [WORK]
    assert (answer.lines[0].at - asked_at).total_seconds() >= 3


async def test_a_stranger_hears_nothing_and_leaves_nothing_but_a_count(town: Sitting) -> None:
    for group in ("", WORK):
        answer = await say(town, "陌生人", "覆盖率", group)
        assert answer.lines == () and "不认得" in answer.why
    today = date(2026, 3, 12)
    assert town.store.read(talk.attempts_between, today, today) == [(str(today), "coverage", 2)]
    logged = town.store.read(log.rows, log.Wanted(since=town.demo.began), 100)
    assert not [row for row in logged if row.via is log.Via.CHAT]


async def test_leave_gives_the_tasks_to_whoever_stands_in_and_they_are_told(town: Sitting) -> None:
    answer = await say(town, GRID, "请假 到周五")
    assert "何建国" in here(town, answer, GRID)
    told = [line for line in answer.lines if line.where == "何建国"]
    assert len(told) == 1 and "周桂芳" in told[0].text
    assert any("请假" in text for text in answer.screen)
    assert "第13网格居民三群" in await hears(town, "柳林村联络员", "我的任务")
    assert "第13网格居民三群" not in await hears(town, GRID, "我的任务")


async def test_the_reviewer_sees_the_content_itself_and_the_office_then_pushes_it(town: Sitting) -> None:
    refused = await hears(town, OFFICE, f"推送 {DRAFT_TITLE}")
    assert "还没有批准" in refused
    shown = await hears(town, REVIEWER, "待审")
    assert "这个保障不收钱" in shown and "王敏送审" in shown
    code = shown.partition("批准 ")[2][:4]
    approved = await say(town, REVIEWER, f"批准 {code}")
    assert DRAFT_TITLE in here(town, approved, REVIEWER)
    assert any(line.where == "王敏" and DRAFT_TITLE in line.text for line in approved.lines)
    assert "回一个数字" in await hears(town, OFFICE, f"推送 {DRAFT_TITLE} 柳林村")
    begun = await say(town, OFFICE, "1")
    assert "开始发" in here(town, begun, OFFICE) and begun.waiting
    later = await town.move_to(moment("30分钟", town.now))
    assert any(line.where == WORK and "这个保障不收钱" in line.text for line in later.lines)
    waves = [w for w in town.store.read(reading.waves_since, town.demo.began) if w.title == DRAFT_TITLE]
    assert town.store.read(reading.counts, waves, town.tree.root.id).covered > 0, "people passed it on"


async def test_who_handed_in_does_not_review_and_nobody_is_asked_twice(town: Sitting) -> None:
    own = await hears(town, OFFICE, "待审")
    assert DRAFT_TITLE in own and "批准" not in own
    assert "没有" in await hears(town, REVIEWER, "批准 7F3K"), "nobody approves what they were not shown"
    assert "回一个数字" in await hears(town, OFFICE, "推送 012 柳林村")
    assert "没有动" in await hears(town, OFFICE, "2")
    assert "没有要选的" in await hears(town, OFFICE, "1")


async def test_the_day_goes_on_only_when_somebody_moves_the_clock(town: Sitting) -> None:
    before = town.now
    await say(town, SECRETARY, "进度")
    assert (town.now - before).total_seconds() < 10
    later = await town.move_to(moment("11:40", town.now))
    assert f"{local(town.now):%H:%M}" in ("11:40", "11:41", "11:42")
    assert any(line.where == GRID and "等您转" in line.text for line in later.lines), "reminded before noon"
    overnight = await town.move_to(moment("明天 8:30", town.now))
    assert any("开始发" in text for text in overnight.screen)
    assert "柳林村，今天到 8:3" in await hears(town, SECRETARY, "覆盖率")


async def test_a_repost_into_a_watched_group_is_seen_and_elsewhere_it_is_not(town: Sitting) -> None:
    wave = town.store.read(reading.waves_since, town.demo.began)[0]
    content = town.cast.content(wave.content)
    rows = town.store.read(reading.target_rows, [wave], gaps_only=True)
    groups = [town.tree.group_by_id[row.group_id] for row in rows if row.group_id is not None]
    person = town.cast.person(GRID)
    watched = next(group for group in groups if town.world.sees(group) and group.observe)
    seen = await town.forward(person, content, watched)
    assert seen.lines == () and "看见转发" in seen.why
    hidden = next(group for group in groups if not town.world.sees(group))
    unseen = await town.forward(person, content, hidden)
    assert "不在这个群里" in unseen.why
    left = {r.group_id for r in town.store.read(reading.target_rows, [wave], gaps_only=True)}
    assert watched.id not in left and hidden.id in left


async def test_a_forwarded_text_becomes_a_draft_and_the_samples_library_is_never_written_to(
    town: Sitting,
) -> None:
    before = prints(sample().library)
    text = "【反诈提醒】有人说可以代办退税，先要手续费的，都是骗子，别信别转钱，拿不准打 96110。"
    assert "入库" in await hears(town, OFFICE, text)
    picture = await town.show(town.cast.person(OFFICE))
    assert picture.lines == ()
    assert "李建军审" in await hears(town, OFFICE, "入库 代办退税先收钱别信")
    assert prints(sample().library) == before
    drafted = [path.name for path in (town.data / "content").iterdir() if "退税" in path.name]
    assert len(drafted) == 1
    assert {path.suffix for path in (town.data / "content" / drafted[0]).iterdir()} >= {".md", ".png"}


# ── when it says nothing, why ───────────────────────────────────────────────────────────────────────────────

SILENT = [
    (GRID, WORK, "今天谁家停电", "没认出是命令"),
    (GRID, WORK, "还没转", "不回话"),
    (GRID, "", "谢谢", "客气话"),
    (GRID, WORK, "3", "数字不理"),
    (GRID, "柳林村第11网格居民一群", "大家好", "不在这个群里"),
    ("陌生人", WORK, "已转发", "不认得"),
]


@pytest.mark.parametrize(("who", "group", "text", "why"), SILENT, ids=lambda value: value or "私聊")
async def test_silence_is_explained(town: Sitting, who: str, group: str, text: str, why: str) -> None:
    answer = await say(town, who, text, group)
    assert answer.lines == () and why in answer.why, answer.why


async def test_who_says_too_much_is_told_why_nothing_comes(town: Sitting) -> None:
    for _ in range(40):
        answer = await say(town, "柳林村联络员", "我的任务", WORK)
    assert answer.lines == () and "太密" in answer.why


async def test_in_a_residents_group_only_a_repost_is_looked_at(town: Sitting) -> None:
    group = next(g for g in town.tree.groups if g.observe and town.world.sees(g))
    answer = await town.say(town.cast.person(GRID), "覆盖率", group)
    assert answer.lines == () and "只认转发" in answer.why


async def test_what_waits_for_a_stopped_outbox_is_said_so(town: Sitting) -> None:
    (town.data / "STOP").touch()
    answer = await say(town, SECRETARY, "覆盖率")
    assert answer.lines == () and "还没发出去" in answer.why
    (town.data / "STOP").unlink()
    later = await town.move_to(moment("1分钟", town.now))
    assert [line.where for line in later.lines] == ["何志远"]


async def test_paused_does_not_keep_anybody_waiting(town: Sitting) -> None:
    assert await hears(town, OFFICE, "暂停")
    before = town.now
    assert await hears(town, OFFICE, "进度")
    assert (town.now - before).total_seconds() < 10


# ── names and times ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("周桂芳", "周桂芳"),
        ("柳林村书记", "何志远"),
        ("柳林村支部书记", "何志远"),
        ("柳林村何志远", "何志远"),
        ("柳林村联络员", "何建国"),
        ("柳林村", "何建国"),
        ("第12网格网格员", "周桂芳"),
        ("柳林村第12网格", "周桂芳"),
        ("第十二网格", "周桂芳"),
        ("镇书记", "赵文斌"),
        ("镇长", "赵文斌"),
        ("清河镇镇长", "赵文斌"),
        ("清河镇长", "赵文斌"),
        ("柳林村村长", "何志远"),
        ("柳林村副书记", "宋素琴"),
        ("镇分管", "陈国强"),
        ("反诈办", "王敏"),
        ("王敏", "王敏"),
        ("审核人", "李建军"),
        ("路人", "陌生人"),
    ],
)
def test_people_are_found_as_one_calls_them(town: Sitting, written: str, name: str) -> None:
    assert town.cast.person(written).name == name


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("何志元", "何志远"),
        ("柳林林村书记", "柳林村书记"),
        ("第12网格书记", "第12网格联系人"),
        ("火星", "柳林村书记"),
    ],
)
def test_an_unknown_person_gets_the_nearest(town: Sitting, written: str, near: str) -> None:
    with pytest.raises(NotFound, match=near):
        town.cast.person(written)


def test_an_unknown_group_and_content_get_the_nearest(town: Sitting) -> None:
    with pytest.raises(NotFound, match="柳林村工作群"):
        town.cast.group("柳林村工作组")
    with pytest.raises(NotFound, match="001 刷单返利先给小钱"):
        town.cast.content("没有这条")
    assert len({town.cast.content(written).id for written in ("12", "012", "012-96110")}) == 1


@pytest.mark.parametrize(
    ("written", "at"),
    [("14:30", "12 14:30"), ("14：30", "12 14:30"), ("１４：３０", "12 14:30"), ("14点半", "12 14:30"), ("11点", "12 11:00"),
     ("30分钟", "12 11:10"), ("2小时", "12 12:40"), ("明天 8:30", "13 08:30"), ("后天8:05", "14 08:05")],
)  # fmt: skip
def test_a_time_is_written_as_people_write_it(written: str, at: str) -> None:
    assert f"{moment(written, NOW):%d %H:%M}" == at


@pytest.mark.parametrize("written", ["", "25:00", "8:75", "下个月", "9:00", "昨天 9:00"])
def test_a_time_that_is_none_or_gone_is_refused(written: str) -> None:
    with pytest.raises(ChuandaError):
        moment(written, NOW)


# ── the folder ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_folder_goes_on_where_it_was(folder: Path) -> None:
    first = Sitting(folder)
    await first.start()
    await say(first, GRID, "已转发", WORK)
    await first.move_to(moment("12:10", first.now))
    at = first.now
    first.close()
    again = Sitting(folder)
    await again.start()
    assert again.now == at
    place = again.cast.person(GRID).place(again.cast.group(WORK))
    assert "已转发" in [line.text for line in again.lately(place, 99) if line.who == GRID]
    assert "还有" in await hears(again, GRID, "我的任务"), "the content of noon is there too"
    again.close()
    with pytest.raises(ChuandaError, match="另一次演练"):
        Sitting(folder, groups=60)


async def test_a_draft_that_somebody_puts_there_is_not_approved_by_going_on(folder: Path) -> None:
    own = folder / "content" / "099-own"
    shutil.copytree(folder / "content" / "012-96110", own)
    sheet = (own / "content.yaml").read_text("utf-8")
    sheet = sheet.replace("012", "099").replace("96110 打来请接一下", "自己写的一条")
    (own / "content.yaml").write_text(sheet, "utf-8")
    town = Sitting(folder)
    await town.start()
    assert "还没有送审" in await hears(town, OFFICE, "推送 099")
    town.close()


def test_begun_anew_it_is_the_same_morning(folder: Path, morning: Path) -> None:
    (folder / "own.txt").write_text("x", "utf-8")
    town = Sitting(folder, fresh=True)
    asyncio.run(town.start())
    town.close()
    assert (folder / "world.jsonl").read_bytes() == (morning / "world.jsonl").read_bytes()
    assert (folder / "own.txt").exists(), "only what is ours is taken away"


def test_a_start_that_was_cut_short_begins_anew(folder: Path, morning: Path) -> None:
    kept = json.loads((folder / "chat.json").read_text("utf-8"))
    (folder / "chat.json").write_text(json.dumps({**kept, "begun": False}), "utf-8")
    (folder / "world.jsonl").write_bytes(b"")
    town = Sitting(folder)
    asyncio.run(town.start())
    town.close()
    assert (folder / "world.jsonl").read_bytes() == (morning / "world.jsonl").read_bytes()


def test_its_morning_is_the_demos_morning(quick: Path, demo_day: Any) -> None:
    town = Sitting(quick / "chat", groups=60)
    asyncio.run(town.start())
    town.close()
    ours = (quick / "chat" / "world.jsonl").read_text("utf-8").splitlines()
    assert len(ours) > 100
    assert (demo_day.data / "world.jsonl").read_text("utf-8").splitlines()[: len(ours)] == ours


def test_two_do_not_sit_in_one_folder(town: Sitting) -> None:
    for fresh in (False, True):
        with pytest.raises(Busy):
            Sitting(town.data, fresh=fresh)


def test_what_others_have_in_a_folder_is_refused_and_left_alone(
    chuanda: Callable[..., Any], quick: Path, demo_day: Any
) -> None:
    demo = Path(shutil.copytree(demo_day.data, quick / "demo"))
    office, library, file, garbage = quick / "office", quick / "own", quick / "file", quick / "garbage"
    assert chuanda("roster", "import", sample().roster, "--data", office).code == 0
    shutil.copytree(sample().library, library / "content")
    file.write_text("这是一个文件", "utf-8")
    garbage.mkdir()
    (garbage / "chuanda.db").write_bytes(b"\x00garbage\xff" * 1000)
    for path, why in (
        (demo, "是一次演练"), (office, "正式的数据"), (library, "别的东西"), (file, str(file)), (garbage, "正式的数据"),
    ):  # fmt: skip
        before = prints(quick)
        for option in ((), ("--fresh",)):
            answer = chuanda("chat", "--data", path, *option)
            assert (answer.code, answer.out) == (2, "") and why in answer.err, answer
        assert prints(quick) == before


def test_a_broken_schedule_leaves_no_folder(chuanda: Callable[..., Any], quick: Path) -> None:
    bad = quick / "bad.yaml"
    bad.write_text("entries: [", "utf-8")
    answer = chuanda("chat", "--data", quick / "chat", "--config", bad)
    assert answer.code == 2 and "bad.yaml" in answer.err and not (quick / "chat").exists()


def test_a_damaged_mark_is_told(chuanda: Callable[..., Any], folder: Path) -> None:
    (folder / "chat.json").write_text("{", "utf-8")
    answer = chuanda("chat", "--data", folder)
    assert answer.code == 2 and "chat.json" in answer.err


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_from_a_pipe_are_said_and_shown_like_on_a_telephone(chat: Callable[..., list[str]]) -> None:
    shown = chat("覆盖率", "", f"/群 {WORK}", "今天谁家停电", "/看", "/私聊", "/退出", "帮助")
    text = "\n".join(shown)
    assert "您现在是何志远，柳林村主要负责人" in unfolded(text)
    assert "何志远：覆盖率" in shown and "柳林村，今天到 10:40" in text
    assert f"您在“{WORK}”里说话了。回来：/私聊" in shown
    assert "（机器人没有回话：没认出是命令，群里的闲话不理）" in shown
    assert "10:40 何志远：今天谁家停电" in shown
    assert "您可以这样回我" not in text, "nothing is said after leaving"
    frames = [line for line in shown if line and line[0] in "╭│╰"]
    from rich.cells import cell_len

    assert frames and max(map(cell_len, frames)) <= 40


def test_one_becomes_somebody_else_and_the_clock_goes_on(chat: Callable[..., list[str]]) -> None:
    shown = chat("/我是 周桂芳", "/时间 11:40", "/时间", "/我是", "/群", "/帮助")
    assert "您现在是周桂芳，柳林村第12网格联系人、柳林村第13网格联系人，私下说话。" in shown
    text = "\n".join(shown)
    assert "还有 1 个群等您转" in text and "→ 发给 杨素琴：" in text and "→ 另外还发了" in text
    assert any(line.startswith("现在是 3月12日 11:4") for line in shown)
    assert "写上是谁" in text and "写上群名" in text and "/转 012" in text


def test_pictures_and_contents_are_sent_on(chat: Callable[..., list[str]], folder: Path) -> None:
    poster = folder / "content" / "001-shuadan" / "poster.png"
    shown = chat(f"/群 {WORK}", "/转 001", f"/图 {poster}", "/图", "/看")
    assert "（转发《刷单返利先给小钱》）" in shown
    assert sum("没有回话" in line for line in shown) == 3
    assert any(line.endswith("何志远：[图片] 照片.png") for line in shown)


def test_what_is_wrong_is_said_and_one_stays(chat: Callable[..., list[str]]) -> None:
    wrong = [
        "/走",
        "/我是 何志元",
        "/群 火星群",
        "/时间 9:00",
        "/时间 x",
        "/转 没有",
        "/图 没有.png",
        "／时间",
    ]
    text = "\n".join(chat(*wrong, "进度"))
    for hint in (
        "没有“/走”", "何志远", "没有“火星群”这个群", "只能往后走", "不是时间", "没有“没有”", "没有.png 用不了", "现在是 3月12日",
    ):  # fmt: skip
        assert hint in text
    assert "柳林村" in text and "先到这里" in text


@pytest.mark.parametrize(
    ("options", "hint"), [(("--as", "何志元"), "何志远"), (("--at", "9:00"), "只能往后走"), (("--groups", "5"), "20 到")]
)  # fmt: skip
def test_a_wrong_start_is_2(
    chuanda: Callable[..., Any], folder: Path, options: tuple[str, ...], hint: str
) -> None:
    answer = chuanda("chat", "--data", folder, *options)
    assert (answer.code, answer.out) == (2, "") and hint in answer.err


def test_it_starts_at_a_given_hour_and_other_commands_look_at_the_same_town(
    chat: Callable[..., list[str]], chuanda: Callable[..., Any], folder: Path
) -> None:
    assert "3月12日 11:10" in unfolded("\n".join(chat("谢谢", options=("--at", "11:10"))))
    answer = chuanda("coverage", "--node", "柳林村", "--data", folder, "--json")
    assert answer.code == 0 and answer.json["expected"] == 18


def test_windows_own_encoding_is_understood(
    chuanda: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("覆盖率\r\n".encode("gb18030"))))
    assert "柳林村，今天到" in chuanda("chat", "--data", folder).out


def test_one_types_at_a_prompt_that_says_who_and_where(
    chuanda: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    prompts, typed = [], iter([f"/群 {WORK}", "", "谢谢"])

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(typed)
        except StopIteration:
            raise (EOFError if len(prompts) < 9 else KeyboardInterrupt) from None

    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr("builtins.input", read)
    answer = chuanda("chat", "--data", folder)
    assert answer.code == 0 and "先到这里" in answer.out
    assert prompts[0] == "何志远（私聊）> " and prompts[-1] == f"何志远（{WORK}）> "


def test_without_a_folder_it_is_data_chat(
    chuanda: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, quick: Path
) -> None:
    monkeypatch.chdir(quick)
    monkeypatch.setattr(sys, "stdin", io.StringIO("覆盖率\n"))
    answer = chuanda("chat", "--groups", 20, "--at", "8:30")
    assert answer.code == 0 and (quick / "data" / "chat" / "chat.json").exists()
    assert "3月12日 8:3" in unfolded(answer.out)
