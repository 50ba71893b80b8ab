"""Who did what when: it stands in the log whatever way it was done, nobody changes it, and the page finds it again."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.model.time import TZ
from bot.store import approvals, log, sending, talk
from bot.store.database import Store
from tests.conftest import call
from tests.console.desk import PASSWORD, Browser, Office

AT = datetime(2026, 3, 12, 9, 0, tzinfo=TZ)


@pytest.fixture
def wang(office: Office) -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


@pytest.fixture
def store(quick: Path) -> Iterator[Store]:
    with closing(Store(quick / "chuanda.db")) as store:
        yield store


def write(store: Store, count: int = 5) -> None:
    for n in range(count):
        act = ("pause", "resume")[n % 2]
        store.write_now(
            log.append, AT + timedelta(minutes=n), None, "王敏", log.Via.CONSOLE, act, f"第{n}件", "办了"
        )


def without_triggers(path: Path, *changes: str) -> None:
    """Somebody with the file in their hands: the schema does not stop them."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
        for change in changes:
            conn.execute(change)


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_log_that_nobody_touched_is_whole(store: Store) -> None:
    assert store.read(log.check) == log.Checked(0, None, "")
    write(store)
    found = store.read(log.check)
    assert (found.rows, found.broken, found.until) == (5, "", AT + timedelta(minutes=4))
    assert store.read(log.head) == (5, found.head)


def test_the_seal_is_what_the_manual_says(store: Store) -> None:
    """Written out, so that another program can check it: SHA-256 of a JSON list, and the row before in it."""
    write(store, 1)
    row = store.conn.execute("SELECT * FROM log").fetchone()
    assert row[:-1] == (1, 1773277200000, None, "王敏", "console", "pause", "第0件", "办了", "", "")
    # printf '%s' '[1,1773277200000,null,"\\u738b\\u654f","console","pause","\\u7b2c0\\u4ef6","\\u529e\\u4e86","",""]' | sha256sum
    assert row[-1] == "1226595161d17bfef221c00f50fafe6c88362631a8cce6b2b93532b29f1a44e6"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET detail = 'x' WHERE id = 1",
        "DELETE FROM log WHERE id = 5",
        "INSERT OR REPLACE INTO log SELECT id, at, worker, 'x', via, command, detail, outcome, ref, before, hash FROM log WHERE id = 5",
        "INSERT INTO log SELECT 7, at, worker, name, via, command, detail, outcome, ref, hash, hash FROM log WHERE id = 5",
        "INSERT INTO log SELECT 6, at, worker, name, via, command, detail, outcome, ref, '', hash FROM log WHERE id = 5",
        "UPDATE approval SET by = 'x'",
        "DELETE FROM approval",
        "INSERT OR REPLACE INTO approval SELECT id, content, act, digest, 'x', at, reason, rule, account FROM approval",
    ],
)
def test_the_schema_refuses_every_change(store: Store, change: str) -> None:
    write(store)
    entry = ApprovalEntry(ApprovalAct.SUBMIT, "d" * 64, "王敏", AT)
    store.write_now(approvals.add_approval, ContentId("c"), entry)
    store.conn.execute("DELETE FROM meta WHERE 0")
    with pytest.raises(sqlite3.IntegrityError, match="only grow"):
        store.conn.execute(
            change.replace("id = 5", "id = 6").replace("SELECT 7", "SELECT 8").replace("SELECT 6", "SELECT 7")
        )
    assert store.read(log.check).broken == ""


@pytest.mark.parametrize(
    ("change", "row", "why"),
    [
        ("UPDATE log SET outcome = '没有办' WHERE id = 3", 3, "不一样"),
        ("UPDATE log SET name = '李建军' WHERE id = 1", 1, "不一样"),
        ("UPDATE log SET at = at + 1 WHERE id = 2", 2, "不一样"),
        ("UPDATE log SET hash = 'x' WHERE id = 4", 4, "不一样"),
        ("DELETE FROM log WHERE id = 2", 2, "不见了"),
        ("DELETE FROM log WHERE id = 1", 1, "不见了"),
        ("DELETE FROM log WHERE id >= 4", 4, "末尾少了 2 条"),
        ("DELETE FROM log", 1, "末尾少了 5 条"),
    ],
)
def test_who_changes_the_file_is_found_at_the_first_row_that_does_not_fit(
    quick: Path, store: Store, change: str, row: int, why: str
) -> None:
    write(store)
    without_triggers(quick / "chuanda.db", change)
    found = store.read(log.check)
    assert found.row == row and why in found.broken and found.rows == row - 1


def test_a_chain_that_was_written_anew_is_whole_by_itself_and_the_printed_seal_tells(
    quick: Path, store: Store
) -> None:
    """What the chain alone cannot prove: who has the file can seal other rows. What was printed before can."""
    write(store)
    printed = store.read(log.check).head[: log.SHORTEST_HEAD]
    write(store, 2)
    assert store.read(log.check, printed).broken == ""
    rows = store.conn.execute("SELECT at, name, via, command, detail, outcome FROM log").fetchall()
    without_triggers(quick / "chuanda.db", "DELETE FROM log", "DELETE FROM meta")
    for at, name, via, command, detail, outcome in rows:
        told = detail.replace("第1件", "别的")
        store.write_now(
            log.append,
            datetime.fromtimestamp(at / 1000, TZ),
            None,
            name,
            log.Via(via),
            command,
            told,
            outcome,
        )
    assert store.read(log.check).broken == "", "by itself it fits"
    assert "不在记录里" in store.read(log.check, printed).broken


def test_an_approval_that_was_slipped_in_or_changed_is_found(quick: Path, store: Store) -> None:
    for act, by in ((ApprovalAct.SUBMIT, "王敏"), (ApprovalAct.APPROVE, "李建军")):
        store.write_now(approvals.add_approval, ContentId("c"), ApprovalEntry(act, "d" * 64, by, AT, "好"))
    assert store.read(log.check).broken == "" and store.read(log.check).rows == 2
    (first,) = store.read(log.rows, log.Wanted(command="approval:approve"), 9)
    assert (first.name, first.detail, first.outcome) == ("李建军", "c（摘要码 dddddddd）", "好")
    slipped = "INSERT INTO approval SELECT 3, content, act, digest, '别人', at, reason, rule, account FROM approval WHERE id = 2"
    store.conn.execute(slipped)
    assert "第 3 行没有记录" in store.read(log.check).broken
    without_triggers(
        quick / "chuanda.db",
        "DELETE FROM approval WHERE id = 3",
        "UPDATE approval SET by = '王敏' WHERE id = 2",
    )
    found = store.read(log.check)
    assert found.row == 2 and "审批台账里没有了，或改过" in found.broken


def test_what_an_older_version_wrote_is_taken_over(quick: Path) -> None:
    """A file of before: the chat's log, approvals and editions become rows, in the order in which they happened."""
    path = quick / "chuanda.db"
    Store(path).close()
    without_triggers(
        path,
        "DROP TABLE log",
        "DELETE FROM _sqlite_migrations WHERE name = 'm007_audit'",
        "CREATE TABLE command_log(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, worker INTEGER NOT NULL, "
        "command TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL)",
        "INSERT INTO worker VALUES (7, '镇', '周桂芳', '')",
        "INSERT INTO command_log VALUES (1, 3000, 7, 'coverage', '柳林村', '答了'), (2, 5000, 7, 'pause', '', '没有办')",
        "INSERT INTO approval(content, act, digest, by, at, reason, rule) VALUES ('c', 'submit', 'dddddddddd', '王敏', 4000, '', '')",
        "INSERT INTO edition(at, source) VALUES (1000, '名册.xlsx')",
    )
    with closing(Store(path)) as store:
        found = [(r.name, r.command, r.detail) for r in reversed(store.read(log.rows, log.Wanted(), 9))]
        assert found == [
            ("", "roster", "名册.xlsx"), ("周桂芳", "coverage", "柳林村"), ("王敏", "approval:submit", "c（摘要码 dddddddd）"),
            ("周桂芳", "pause", ""),
        ]  # fmt: skip
        assert store.read(log.check).rows == 4 and not store.read(log.check).broken


# ── the command line ────────────────────────────────────────────────────────────────────────────────────────


def test_verify_says_how_many_and_until_when_and_names_what_does_not_fit(
    quick: Path, office: Office, wang: Browser
) -> None:
    office.demo.close()
    here = ("--data", quick / "day")
    answer = call("audit", "verify", *here)
    assert answer.code == 0 and re.search(
        r"操作记录 \d+ 条，一条接一条，没有改过，到 2026-03-12 07:00", answer.out
    )
    told = call("audit", "verify", *here, "--json").json["log"]
    seal = told["head"]
    assert (
        call(
            "audit", "verify", *here, "--head", f"{seal[:4]} {seal[4:8].upper()} {seal[8:12]} {seal[12:16]}"
        ).code
        == 0
    )
    assert call("audit", "verify", *here, "--head", "0" * 16).code == 1
    for wrong in ("0" * 15, "x" * 16, ""):
        assert "校验码" in call("audit", "verify", *here, "--head", wrong).err
    assert "--head 只和 verify 一起写" in call("audit", "--head", seal, *here).err
    without_triggers(quick / "day" / "chuanda.db", "UPDATE log SET name = '别人' WHERE id = 2")
    answer = call("audit", "verify", *here)
    assert answer.code == 1 and "第 2 条和写下的时候不一样" in answer.out
    told = call("audit", "verify", *here, "--json").json
    assert not told["ok"] and told["log"]["row"] == 2 and not told["differences"]
    assert call("audit", *here).code == 0, "the recount is about figures"


def test_what_is_done_at_the_computer_stands_in_it(quick: Path, office: Office) -> None:
    office.until("9:00")
    office.demo.close()
    here = ("--data", quick / "day")
    task = next(r for r in call("outbox", *here, "--json").lines)
    assert call("outbox", *here, "--done", task["id"], "--as", "王敏").code == 0
    assert call("outbox", *here, "--undo", task["id"]).code == 0
    assert call("pause", *here).code == call("resume", *here).code == 0
    rows = call("audit", "log", *here, "--json").json["commands"]
    done = [(r["name"], r["via"], r["command"]) for r in rows if r["via"] == "computer"]
    assert done == [
        ("王敏", "computer", "tick"), ("", "computer", "untick"), ("", "computer", "pause"), ("", "computer", "resume"),
    ]  # fmt: skip
    shown = call("audit", "log", *here).out
    assert "电脑上　电脑上　暂停" in shown and "王敏　电脑上　勾掉" in shown


# ── at the console ──────────────────────────────────────────────────────────────────────────────────────────


def rows_of(page: str) -> list[list[str]]:
    table = page.split('<table class="blocks log">')[1].split("</table>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row)]
        for row in table.split("<tr>")[2:]
    ]


def test_who_comes_in_presses_a_button_and_goes_stands_in_it(office: Office, wang: Browser) -> None:
    wang.post("/pause")
    wang.post("/leave")
    other = Browser(office)
    other.ask("POST", "/enter", data={"name": "王敏", "password": PASSWORD})
    rows = rows_of(other.get("/audit").text)
    done = [(row[1], row[2], row[3]) for row in rows if row[1] == "王敏" and row[2] == "网页"]
    assert done == [
        ("王敏", "网页", "登录"), ("王敏", "网页", "退出"), ("王敏", "网页", "暂停"), ("王敏", "网页", "登录"),
    ]  # fmt: skip


def fill(office: Office, count: int) -> None:
    worker = office.contact_below(office.villages[0].name)

    def some(conn: Any) -> None:
        for n in range(count):
            at = office.demo.now + timedelta(minutes=n)
            talk.log_command(conn, at, worker.id, ("coverage", "gaps")[n % 2], f"第{n}问 <b>=1+1", "答了")

    office.demo.store.write_now(some)


def test_pages_of_sixty_newest_first_without_a_row_twice_or_lost(office: Office, wang: Browser) -> None:
    fill(office, 150)
    seen: list[str] = []
    path = "/audit?command=gaps"
    while path:
        page = wang.get(path).text
        seen += [row[4] for row in rows_of(page)]
        older = re.search(r'href="(/audit\?[^"]+)">看更早的', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"第{n}问 &lt;b&gt;=1+1" for n in reversed(range(1, 150, 2))]


def test_the_filters_each_and_together(office: Office, wang: Browser) -> None:
    fill(office, 20)
    person = office.contact_below(office.villages[0].name).name
    for query, found in (
        ({"name": person}, 20),
        ({"name": person, "command": "gaps"}, 10),
        ({"words": "第1 1+1"}, 11),
        ({"words": person}, 20),
        ({"name": person, "first": "2026-03-12", "last": "2026-03-12"}, 20),
        ({"name": person, "first": "2026-03-13"}, 0),
        ({"name": person, "last": "2026-03-11"}, 0),
    ):
        page = wang.get("/audit", params=query).text
        assert ("没有找到" in page) if not found else len(rows_of(page)) == found, query


def test_a_date_that_is_none_is_said_at_its_field_and_kept(wang: Browser) -> None:
    answer = wang.get("/audit", params={"first": "<昨天>", "name": "王敏"})
    assert answer.status_code == 422 and "“&lt;昨天&gt;”不是日期" in answer.text
    assert 'value="&lt;昨天&gt;"' in answer.text and 'value="王敏"' in answer.text
    answer = wang.get("/audit", params={"first": "2026-03-12", "last": "2026-03-11"})
    assert answer.status_code == 422 and "对调" in answer.text
    assert wang.get("/audit/rows.xlsx", params={"first": "x"}).status_code == 422
    for after in ("x-1", f"{'9' * 18}-1", "-1-1", "1", f"1-{'9' * 18}"):
        assert wang.get("/audit", params={"after": after}).status_code == 200


def test_what_is_taken_along_is_text_has_the_seal_and_is_noted(office: Office, wang: Browser) -> None:
    fill(office, 100)
    answer = wang.get("/audit/rows.xlsx", params={"command": "gaps"})
    book = load_workbook(io.BytesIO(answer.content))
    lines = list(book["操作记录"].iter_rows(min_row=2))
    assert len(lines) == 50 and all(line[5].data_type == "s" and "=1+1" in line[5].value for line in lines)
    about = dict(book["说明"].iter_rows(values_only=True))
    seal = str(about["校验码"]).replace(" ", "")
    assert about["筛选"] == "做了什么 未转发" and not office.demo.store.read(log.check, seal).broken
    newest = rows_of(wang.get("/audit").text)[0]
    assert wang.get("/audit", params={"command": "export"}).status_code == 200
    assert "导出记录" in {newest[3], rows_of(wang.get("/audit?command=export").text)[0][3]}


def test_the_page_checks_the_chain_when_asked(quick: Path, office: Office, wang: Browser) -> None:
    assert wang.post("/audit/check").status_code == 303
    assert "没有改过" in wang.get("/audit").text
    without_triggers(quick / "day" / "chuanda.db", "UPDATE log SET name = '别人' WHERE id = 3")
    wang.post("/audit/check")
    assert "第 3 条和写下的时候不一样" in wang.get("/audit").text


def test_the_log_answers_from_an_index(store: Store) -> None:
    """Of 200,000 rows sixty are read, not all."""
    for wanted, index in (
        (log.Wanted(), "log_at"),
        (log.Wanted(name="王敏"), "log_name"),
        (log.Wanted(command="pause"), "log_command"),
        (log.Wanted(since=AT, before=AT), "log_at"),
    ):
        seen: list[str] = []
        store.conn.set_trace_callback(seen.append)
        store.read(log.rows, wanted, 61)
        store.conn.set_trace_callback(None)
        (sql,) = seen
        plan = " ".join(str(row[3]) for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert index in plan and "TEMP B-TREE" not in plan, (wanted, plan)


def test_leaders_have_no_log(office: Office) -> None:
    leader = Browser(office)
    leader.come_in(office.code_for(office.head_of(office.villages[0].name).id))
    assert leader.get("/audit").status_code == 403
    assert office.demo.store.read(sending.get_meta, log.HEAD).startswith(
        str(office.demo.store.read(log.head)[0])
    )
