"""The command line from outside: what is asked is answered, what is wrong is said in Chinese with what to write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.table import COMMANDS
from bot.sample import sample

TOP = Path(__file__).resolve().parent.parent
ROSTER = sample().roster
NOT_BUILT = [row.name for row in COMMANDS if not row.where]
COVERAGE_KEYS = [
    "node",
    "from",
    "to",
    "waves",
    "expected",
    "covered",
    "on_time",
    "late",
    "by_evidence",
    "holes",
    "exempt",
    "coverage",
    "members_expected",
    "members_covered",
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chuanda: Callable[..., Any]) -> Path:
    """A data folder on the day of installing: the sample's roster imported, nothing else."""
    data = tmp_path_factory.mktemp("office") / "data"
    assert chuanda("roster", "import", ROSTER, "--data", data).code == 0
    return data


@pytest.fixture
def own(demo_day: Any, tmp_path: Path) -> Path:
    """A copy of the demo's folder that a test may change."""
    return Path(shutil.copytree(demo_day.data, tmp_path / "own"))


# ── every command does what the manual promises ─────────────────────────────────────────────────────────────


def test_help_names_every_command_in_chinese(chuanda: Callable[..., Any]) -> None:
    page = chuanda("help")
    assert page.code == 0
    for row in COMMANDS:
        assert row.name in page.out.split()
    assert "Usage" not in page.out and "Options" not in page.out
    table = chuanda("help", "--json").json
    assert [row["name"] for row in table["commands"]] == [row.name for row in COMMANDS]
    assert {row["name"] for row in table["commands"] if not row["built"]} == set(NOT_BUILT)


@pytest.mark.parametrize("command", [row.name for row in COMMANDS if row.where and row.name != "help"])
def test_every_built_command_explains_itself_in_chinese(chuanda: Callable[..., Any], command: str) -> None:
    page = chuanda(command, "--help")
    assert page.code == 0
    assert page.out.startswith("用法：")
    assert "Show this message" not in page.out and "Usage:" not in page.out


def test_coverage_has_the_promised_keys_and_one_level_of_children(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    answer = chuanda("coverage", "--data", demo_day.data, "--json")
    assert answer.code == 0 and not answer.err
    assert list(answer.json) == [*COVERAGE_KEYS, "children"]
    for child in answer.json["children"]:
        assert list(child) == COVERAGE_KEYS
    assert answer.json["from"] == answer.json["to"] == "2026-03-12"


def test_coverage_of_a_day_without_waves_is_null_not_zero(chuanda: Callable[..., Any], demo_day: Any) -> None:
    day = "2026-03-01"
    answer = chuanda("coverage", "--data", demo_day.data, "--from", day, "--to", day, "--json")
    assert (answer.code, answer.json["expected"], answer.json["coverage"]) == (0, 0, None)


@pytest.mark.parametrize("name", ["柳林村", "清河镇/柳林村", "/清河镇/柳林村/"])
def test_a_village_may_be_named_shortly_or_by_its_path(
    chuanda: Callable[..., Any], demo_day: Any, name: str
) -> None:
    answer = chuanda("coverage", "--data", demo_day.data, "--node", name, "--json")
    assert answer.json["node"] == "清河镇/柳林村"


def test_coverage_for_a_phone_has_at_most_twelve_lines(chuanda: Callable[..., Any], demo_day: Any) -> None:
    for node in ("清河镇", "柳林村"):
        said = chuanda("coverage", "--data", demo_day.data, "--node", node)
        assert said.code == 0 and 3 <= len(said.out.splitlines()) <= 12


def test_gaps_end_with_1_where_there_are_some_and_0_where_there_are_none(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    some = chuanda("gaps", "--data", demo_day.data, "--json")
    assert some.code == 1 and some.lines
    for gap in some.lines:
        assert list(gap) == ["wave", "node", "group", "worker", "reason", "due", "overdue"]
        assert datetime.fromisoformat(gap["due"]).isoformat() == gap["due"]
        assert gap["due"].endswith("+08:00")
    none = chuanda("gaps", "--data", demo_day.data, "--from", "2026-03-01", "--to", "2026-03-01", "--json")
    assert (none.code, none.out) == (0, "")
    overdue = chuanda("gaps", "--data", demo_day.data, "--overdue", "--json")
    assert [g for g in some.lines if g["overdue"]] == overdue.lines


def test_the_ledger_tells_every_target_and_can_be_a_spreadsheet(
    chuanda: Callable[..., Any], demo_day: Any, tmp_path: Path
) -> None:
    import openpyxl

    rows = chuanda("ledger", "--data", demo_day.data, "--json").lines
    keys = "wave content node group mode use state accepted_at evidence covered_at on_time due reason exempt"
    assert all(list(row) == keys.split() for row in rows)
    file = tmp_path / "台账.xlsx"
    assert chuanda("ledger", "--data", demo_day.data, "--out", file).code == 0
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None and sheet.max_row == len(rows) + 1


def test_one_wave_alone_can_be_asked_for(chuanda: Callable[..., Any], demo_day: Any) -> None:
    rows = chuanda("ledger", "--data", demo_day.data, "--json").lines
    waves = sorted({row["wave"] for row in rows})
    assert len(waves) == 2
    alone = [chuanda("ledger", "--data", demo_day.data, "--wave", wave, "--json").lines for wave in waves]
    assert sorted(map(str, rows)) == sorted(str(row) for part in alone for row in part)


@pytest.mark.parametrize("arguments", [["audit"], ["audit", "verify"]])
def test_audit_is_0_when_numbers_and_ledger_agree(
    chuanda: Callable[..., Any], demo_day: Any, arguments: list[str]
) -> None:
    answer = chuanda(*arguments, "--data", demo_day.data, "--json")
    told = answer.json
    log = told.pop("log", None)
    assert (answer.code, told) == (0, {"ok": True, "differences": []})
    assert (log is None) == (arguments == ["audit"]) and (log is None or log["broken"] is None)


def test_audit_is_1_when_somebody_changed_a_number(chuanda: Callable[..., Any], own: Path) -> None:
    import sqlite3

    with sqlite3.connect(own / "chuanda.db") as db:
        db.execute("UPDATE counter SET on_time = on_time + 1")
    db.close()
    answer = chuanda("audit", "verify", "--data", own, "--json")
    assert answer.code == 1 and not answer.json["ok"] and answer.json["differences"]


def test_outbox_lists_what_is_open_and_ticks_off_once(chuanda: Callable[..., Any], own: Path) -> None:
    listed = chuanda("outbox", "--data", own, "--json")
    assert listed.code == 0 and not listed.err
    task = next(row for row in listed.lines if row["kind"] == "forward")
    assert {"id", "wave", "content", "group", "node", "kind", "text", "files", "due"} <= set(task)
    done = chuanda("outbox", "--data", own, "--done", task["id"], "--as", "王敏")
    assert done.code == 0 and task["group"] in done.out
    again = chuanda("outbox", "--data", own, "--done", task["id"])
    assert again.code == 2 and "已经勾过" in again.err
    assert task["id"] not in [row["id"] for row in chuanda("outbox", "--data", own, "--json").lines]
    (row,) = [
        r
        for r in chuanda("ledger", "--data", own, "--json").lines
        if (r["wave"], r["group"]) == (task["wave"], task["group"])
    ]
    assert row["evidence"] == "confirmed"
    assert chuanda("audit", "--data", own).code == 0


def test_what_cannot_be_done_is_told_with_a_reason(chuanda: Callable[..., Any], own: Path) -> None:
    task = next(r for r in chuanda("outbox", "--data", own, "--json").lines if r["kind"] == "forward")
    answer = chuanda("outbox", "--data", own, "--failed", task["id"], "--reason", "群主禁言")
    assert answer.code == 0 and "群主禁言" in answer.out


def test_a_pasted_chat_is_answered_in_json(chuanda: Callable[..., Any], own: Path, tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("谁家的快递放我这儿了\n", "utf-8")
    group = "柳林村工作群"
    answer = chuanda("paste", chat, "--group", group, "--data", own, "--json")
    assert (answer.code, answer.json) == (0, {"recorded": [], "asked": [], "ignored": 1})


def test_pause_and_resume_survive_the_command(chuanda: Callable[..., Any], own: Path) -> None:
    assert "已暂停" in chuanda("pause", "--data", own).out
    (own / "STOP").touch()
    assert "STOP" in chuanda("resume", "--data", own).out
    (own / "STOP").unlink()
    assert chuanda("resume", "--data", own).out == "已恢复发送。\n"


def test_a_roster_is_checked_imported_and_exported(chuanda: Callable[..., Any], tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.xlsx"
    checked = chuanda("roster", "check", ROSTER, "--json")
    assert checked.code == 0 and checked.json["groups"] > 200
    tried = chuanda("roster", "import", ROSTER, "--dry-run", "--data", data, "--json")
    assert list(tried.json) == ["added", "renamed", "moved", "removed"]
    assert chuanda("coverage", "--data", data).code == 2, "a dry run imports nothing"
    taken = chuanda("roster", "import", ROSTER, "--data", data, "--json")
    assert taken.json == tried.json and taken.json["added"]
    again = chuanda("roster", "import", ROSTER, "--data", data, "--json")
    assert not any(again.json.values())
    assert chuanda("roster", "export", copy, "--data", data).code == 0
    assert not any(chuanda("roster", "import", copy, "--data", data, "--json").json.values())


def test_a_content_needs_two_people_and_says_so(chuanda: Callable[..., Any], office: Path) -> None:
    def content(*arguments: object) -> Any:
        return chuanda("content", *arguments, "--data", office)

    listed = content("list", "--json").json
    assert len(listed["contents"]) == 12 and not listed["broken"]
    assert not any(row["sendable"] for row in listed["contents"])
    assert content("submit", "002-kefu", "--as", "王敏").code == 0
    assert content("approve", "002-kefu", "--as", "王敏").code == 2
    assert content("approve", "002-kefu", "--as", "周桂芳").code == 2, "only the reviewers of schedules.yaml"
    assert content("approve", "002-kefu", "--as", "李建军").code == 0
    shown = content("show", "002-kefu", "--json").json
    assert [(act["act"], act["by"]) for act in shown["acts"]] == [("submit", "王敏"), ("approve", "李建军")]
    assert shown["why"] is None
    assert content("submit", "003-gongjianfa", "--as", "王敏").code == 0
    assert content("reject", "003-gongjianfa", "--as", "李建军", "--reason", "图片太旧").code == 0
    assert "图片太旧" in content("show", "003-gongjianfa").out
    assert content("withdraw", "002-kefu", "--as", "王敏", "--reason", "号码变了").code == 0
    standing = {row["id"]: row["sendable"] for row in content("list", "--json").json["contents"]}
    assert not standing["002-kefu"]


def test_check_says_what_would_be_sent_when(chuanda: Callable[..., Any], office: Path) -> None:
    answer = chuanda("check", "--days", 7, "--data", office, "--json")
    assert answer.code == 0 and list(answer.json) == ["ok", "errors", "waves"]
    mornings = [wave for wave in answer.json["waves"] if wave["entry"] == "morning"]
    assert len(mornings) == 7
    for wave in answer.json["waves"]:
        assert {"entry", "content", "start", "end", "targets", "sends"} <= set(wave)
    said = chuanda("check", "--data", office)
    assert said.code == 0 and said.out.rstrip().endswith("没有错误。")


# ── and the wrong ways ──────────────────────────────────────────────────────────────────────────────────────

WRONG = [
    ("covrage", "是不是 coverage"),
    ("gpas", "是不是 gaps"),
    ("没有这个", "没有“没有这个”这个命令"),
    ("roster chek x", "是不是 check"),
    ("content aprove x", "是不是 approve"),
    ("roster", "用法"),
    ("coverage --nod 柳林村", "是不是 --node"),
    ("gaps --overdu", "是不是 --overdue"),
    ("coverage --from 3月12日", "写成 2026-03-12"),
    ("coverage --from 2026-02-30", "写成 2026-03-12"),
    ("coverage --from", "后面还要写内容"),
    ("coverage 柳林村", "多写了：柳林村"),
    ("roster import", "还缺"),
    ("paste --json", "还缺 --group"),
    ("demo --groups 5", "写 20 到 50000 的整数"),
    ("demo --groups 很多", "写 20 到 50000 的整数"),
    ("demo --days 0", "写 1 到 92 的整数"),
    ("demo --seed x", "写整数"),
    ("demo --channel 微信", "simulated、manual"),
    ("check --days 1000", "写 1 到 92 的整数"),
    ("audit verfy", "verify"),
]


@pytest.mark.parametrize(("typed", "hint"), WRONG, ids=[typed for typed, _ in WRONG])
def test_wrong_use_is_2_with_a_hint_and_nothing_on_stdout(
    chuanda: Callable[..., Any], typed: str, hint: str
) -> None:
    answer = chuanda(*typed.split())
    assert answer.code == 2
    assert hint in answer.err + answer.out
    assert typed == "roster" or not answer.out
    for english in ("No such", "Invalid", "Missing", "is not", "Error", "Try "):
        assert english not in answer.err


@pytest.mark.parametrize("name", NOT_BUILT)
def test_what_is_promised_and_not_built_says_so(chuanda: Callable[..., Any], name: str) -> None:
    for arguments in ([], ["daily", "--json"], ["--help"]):
        answer = chuanda(name, *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "还没有" in answer.err and name in answer.err


def test_nothing_typed_shows_the_commands(chuanda: Callable[..., Any]) -> None:
    answer = chuanda()
    assert answer.code == 2 and "coverage" in answer.out


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("coverage --node 柳林", "是不是：柳林村"),
        ("gaps --node 清河镇/柳林", "是不是：柳林村"),
        ("ledger --node 火星", "没有“火星”这个单位"),
        ("coverage --from 2026-03-13 --to 2026-03-12", "把两个日期对调"),
        ("coverage --from 1900-01-01 --to 2026-03-12", "日期范围太长"),
        ("coverage --wave morning", "没有“morning”这个批次；是不是：20260312T0800:morning"),
        ("coverage --wave x --from 2026-03-12", "只写一种"),
        ("outbox --done zz", "编号写成 s12"),
        ("outbox --done t999999", "没有“t999999”这一条"),
        ("outbox --done s1 --failed t1", "--reason"),
        ("outbox --reason 忘了", "--failed 编号"),
        ("paste --group 柳林村工作组群", "是不是：柳林村工作群"),
        ("paste 不在这里.txt --group 柳林村工作群", "打不开 不在这里.txt"),
        ("paste / --group 柳林村工作群", "打不开 /"),
        ("content show 001", "是不是：001-shuadan"),
        ("content approve 001-shuadan --as 李建军", "已经批准过了"),
        ("content reject 001-shuadan --as 李建军", "还缺 --reason"),
        ("content approve 001-shuadan", "还缺 --as"),
        ("ledger --out /没有/台账.xlsx", "写不了 /没有/台账.xlsx"),
        ("roster export /没有/名册.xlsx", "写不了 /没有/名册.xlsx"),
        ("demo --groups 60 --seed 2", "另一次演练"),
    ],
)
def test_a_wrong_name_or_place_is_2_with_the_nearest(
    chuanda: Callable[..., Any], demo_day: Any, typed: str, hint: str
) -> None:
    answer = chuanda(*typed.split(), "--data", demo_day.data)
    assert (answer.code, answer.out) == (2, ""), answer
    assert hint in answer.err


USES_DATA = [
    "coverage", "gaps", "ledger", "audit", "outbox", "paste x --group y", "pause", "resume", "run", "check",
    "roster export x.xlsx", "content list", f"roster import {ROSTER}", "demo",
]  # fmt: skip


@pytest.mark.parametrize("typed", USES_DATA)
def test_a_data_folder_that_is_a_file_is_refused(
    chuanda: Callable[..., Any], tmp_path: Path, typed: str
) -> None:
    file = tmp_path / "data"
    file.write_text("这是一个文件", "utf-8")
    answer = chuanda(*typed.split(), "--data", file)
    assert (answer.code, answer.out) == (2, "") and str(file) in answer.err
    assert file.read_text("utf-8") == "这是一个文件"


@pytest.mark.parametrize("typed", USES_DATA)
def test_a_database_that_is_garbage_is_refused_and_left_alone(
    chuanda: Callable[..., Any], tmp_path: Path, typed: str
) -> None:
    garbage = b"\x00garbage\xff" * 1000
    (tmp_path / "chuanda.db").write_bytes(garbage)
    answer = chuanda(*typed.split(), "--data", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert (tmp_path / "chuanda.db").read_bytes() == garbage


@pytest.mark.parametrize("typed", [t for t in USES_DATA if t not in ("run", "demo")])
def test_a_damaged_database_never_shows_a_traceback(
    chuanda: Callable[..., Any], tmp_path: Path, office: Path, typed: str
) -> None:
    whole = bytearray((office / "chuanda.db").read_bytes())
    whole[4096:] = b"\xa5" * (len(whole) - 4096)
    (tmp_path / "chuanda.db").write_bytes(whole)
    answer = chuanda(*typed.split(), "--data", tmp_path)
    assert answer.code == 2 and "数据库" in answer.err


@pytest.mark.parametrize(
    "typed", [t for t in USES_DATA if t.split()[0] not in ("demo", "content") and "import" not in t]
)
def test_an_empty_folder_says_what_to_run_first(
    chuanda: Callable[..., Any], tmp_path: Path, typed: str
) -> None:
    answer = chuanda(*typed.split(), "--data", tmp_path / "new")
    assert answer.code == 2 and "roster import" in answer.err


BROKEN_YAML = {
    "not yaml": ("entries: [", "YAML 格式不对"),
    "a typo": ("entires:\n  - id: a\n", "entries"),
    "a tab": ("entries:\n\t- id: a\n", "bad.yaml:2"),
    "not utf-8": ("entries: [\ud800", "bad.yaml"),
    "two problems": ("chanel: manual\nhours: {send: 25:00-26:00}\n", "bad.yaml:2"),
}


@pytest.mark.parametrize("typed", ["run", "outbox", "check", "paste x --group y", f"roster check {ROSTER}"])
@pytest.mark.parametrize("how", BROKEN_YAML)
def test_a_broken_schedule_is_told_by_line(
    chuanda: Callable[..., Any], office: Path, tmp_path: Path, typed: str, how: str
) -> None:
    text, hint = BROKEN_YAML[how]
    file = tmp_path / "bad.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    answer = chuanda(*typed.split(), "--config", file, "--data", office)
    assert answer.code == (1 if typed == "check" else 2)
    assert hint in answer.err and "bad.yaml:" in answer.err


def test_check_in_json_names_every_error(chuanda: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("chanel: manual\npacing: {seconds: 0}\n", "utf-8")
    answer = chuanda("check", "--config", file, "--data", office, "--json")
    assert (answer.code, answer.json["ok"]) == (1, False)
    assert [list(error) for error in answer.json["errors"]] == [["place", "what", "write"]] * 2


def test_a_missing_schedule_and_a_missing_library_are_told(
    chuanda: Callable[..., Any], office: Path, tmp_path: Path
) -> None:
    answer = chuanda("run", "--config", tmp_path / "没有.yaml", "--data", office)
    assert answer.code == 2 and "没有.yaml" in answer.err
    answer = chuanda("content", "list", "--library", tmp_path / "没有", "--data", office, "--json")
    assert answer.json["contents"] == [] and "没有" in answer.json["broken"][0]


def test_a_demo_with_a_broken_schedule_leaves_a_folder_that_can_be_used(
    chuanda: Callable[..., Any], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("entries: [", "utf-8")
    data = tmp_path / "demo"
    assert chuanda("demo", "--config", bad, "--data", data).code == 2
    assert not (data / "demo.json").exists() and not (data / "chuanda.db").exists()


def test_a_damaged_demo_folder_is_told(chuanda: Callable[..., Any], own: Path) -> None:
    (own / "demo.json").write_text("{", "utf-8")
    for command in ("gaps", "demo", "outbox"):
        answer = chuanda(command, "--data", own)
        assert answer.code == 2 and "demo.json" in answer.err


def test_real_data_is_never_used_for_a_demo(chuanda: Callable[..., Any], office: Path) -> None:
    before = (office / "chuanda.db").read_bytes()
    answer = chuanda("demo", "--data", office)
    assert answer.code == 2 and "正式的数据" in answer.err
    assert (office / "chuanda.db").read_bytes() == before
    assert not {"demo.json", "world.jsonl"} & {path.name for path in office.iterdir()}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("没有.xlsx", None),
        ("名册.xlsx", b"not a zip"),
        ("名册.csv", b"\xff\xfe\x00\x01\x02"),
        ("名册.docx", b"x"),
        ("空.csv", b""),
    ],
)
def test_a_roster_that_cannot_be_read_is_named(
    chuanda: Callable[..., Any], tmp_path: Path, name: str, raw: bytes | None
) -> None:
    file = tmp_path / name
    if raw is not None:
        file.write_bytes(raw)
    for command in (["check"], ["import", "--data", str(tmp_path / "data")]):
        answer = chuanda("roster", *command, file)
        assert (answer.code, answer.out) == (2, "") and name in answer.err


def test_a_roster_that_loses_a_fifth_of_the_groups_is_stopped(
    chuanda: Callable[..., Any], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    small = tmp_path / "小.csv"
    small.write_text("层级,单位,上级单位,群名称\n镇,清河镇,,清河镇居民群\n", "utf-8")
    assert chuanda("roster", "import", ROSTER, "--data", data).code == 0
    answer = chuanda("roster", "import", small, "--data", data)
    assert answer.code == 2 and "--force" in answer.err
    assert chuanda("roster", "import", small, "--data", data, "--force").code == 0


@pytest.mark.parametrize(
    ("raw", "hint"),
    [(b"\x81\x20\xff\xff", "编码"), (b"a" * 2_000_001, "2 MB"), ("一行\n".encode() * 6000, "5000 行")],
)
def test_a_paste_that_cannot_be_read_is_told(
    chuanda: Callable[..., Any], own: Path, tmp_path: Path, raw: bytes, hint: str
) -> None:
    file = tmp_path / "chat.txt"
    file.write_bytes(raw)
    answer = chuanda("paste", file, "--group", "柳林村工作群", "--data", own)
    assert (answer.code, answer.out) == (2, "") and hint in answer.err


def test_two_programs_do_not_run_on_one_folder(chuanda: Callable[..., Any], own: Path) -> None:
    from bot.store.database import FolderLock

    lock = FolderLock(own)
    try:
        answer = chuanda("demo", "--data", own, "--groups", 60)
        assert answer.code == 2 and "另一个传达程序" in answer.err
    finally:
        lock.release()


# ── as a process of its own ─────────────────────────────────────────────────────────────────────────────────


def _shell(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        capture_output=True, cwd=TOP, env=environment, timeout=60, check=False, **more,
    )  # fmt: skip


def test_the_exit_code_reaches_the_shell_and_stdout_is_utf_8(demo_day: Any) -> None:
    found = _shell("gaps", "--data", demo_day.data, "--json")
    assert found.returncode == 1 and found.stderr == b""
    assert all(json.loads(line) for line in found.stdout.decode("utf-8").splitlines())


def test_a_chat_can_be_pasted_on_standard_input(demo_day: Any, own: Path) -> None:
    chat = "谁家的快递\r\n".encode("gb18030")
    found = _shell("paste", "--group", "柳林村工作群", "--data", own, "--json", input=chat)
    assert (found.returncode, json.loads(found.stdout)["ignored"]) == (0, 1)


def test_a_reader_that_closes_early_hears_no_complaint(demo_day: Any) -> None:
    command = f"{sys.executable} -m bot ledger --json --data {demo_day.data} | head -1"
    found = subprocess.run(command, shell=True, capture_output=True, cwd=TOP, timeout=60, check=False)
    assert found.stderr == b"" and json.loads(found.stdout)


def test_a_campaign_can_be_asked_for_as_a_whole(chuanda: Callable[..., Any], demo_day: Any) -> None:
    def ask(*words: object) -> Any:
        return chuanda("coverage", "--data", demo_day.data, "--json", *words)

    whole, day = ask("--campaign", "2026年全民反诈在行动").json, ask().json
    assert (whole["waves"], whole["expected"], whole["from"]) == (2, day["expected"], "2026-03-12")
    later = ask("--campaign", "2026年全民反诈在行动", "--from", "2026-03-13").json
    assert (later["waves"], later["coverage"]) == (0, None)
    wrong = ask("--campaign", "全民反诈")
    assert wrong.code == 2 and "是不是：2026年全民反诈在行动" in wrong.err
    assert ask("--campaign", "2026年全民反诈在行动", "--wave", "x").code == 2
