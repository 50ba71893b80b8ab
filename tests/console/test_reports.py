"""The gap list and the day's result: the figures, whose they are, what is printed, and what is in the spreadsheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from bot.console import reports
from bot.model.ledger import Act, Entry, Reason
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.store import lacking, ledger, reading, withdrawal
from tests.console.desk import Browser, Office, office_in


@pytest.fixture
def office(quick: Path) -> Iterator[Office]:
    with office_in(quick / "day") as office:
        office.until("18:00")
        yield office


@pytest.fixture
def wang(office: Office) -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def gaps_of(office: Office) -> list[reading.TargetRow]:
    today = day_of(office.demo.now)
    waves = office.demo.store.read(reading.waves_between, today, today)
    return office.demo.store.read(reading.target_rows, waves, office.demo.tree.root.id, gaps_only=True)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_gap_list_has_every_gap_once_with_its_person_and_reason(office: Office, wang: Browser) -> None:
    rows, page = gaps_of(office), wang.get("/reports").text
    overdue = [row for row in rows if row.overdue(office.demo.now)]
    assert rows and f"逾期没转到</dt><dd><b>{len(overdue)}</b>" in page
    assert f"还没到截止</dt><dd><b>{len(rows) - len(overdue)}</b>" in page
    told = plain(page)
    for row in rows:
        if row.group:
            assert row.group.removeprefix(row.path.split("/")[1]) in told
        assert (row.worker or "没有负责人") in told
    order = [node.name for node in office.demo.tree.nodes]
    for table in page.split("<table")[1:]:
        heads = re.findall(r'<th colspan="5" scope="rowgroup">(\S+) ', table)
        assert heads and heads == sorted(heads, key=order.index), "the roster's order"


def test_what_is_late_and_what_still_has_time_stand_apart(office: Office, wang: Browser) -> None:
    office.demo.now -= timedelta(hours=8)  # the deadlines are still to come
    page = wang.get("/reports").text
    assert "没到截止：还来得及" in page and "逾期：过了截止" not in page


def test_a_dispute_that_nobody_upheld_is_a_question_on_paper(office: Office, wang: Browser) -> None:
    row = next(r for r in gaps_of(office) if r.reason is Reason.NOT_REPOSTED)
    office.demo.store.write_now(ledger.record, row.id, Entry(Act.DISPUTED, office.demo.now, "x", "王敏", "y"))
    for path in ("/reports", "/reports/result"):
        page = plain(wang.get(path).text)
        assert "核 待核实" in page and "存疑" not in page, path
    book = load_workbook(io.BytesIO(wang.get("/reports/gaps.xlsx").content))
    reasons = {line[4] for line in book["缺口清单"].iter_rows(min_row=2, values_only=True)}
    assert "待核实" in reasons and "存疑" not in reasons


def test_the_result_adds_up_and_names_no_people(office: Office, wang: Browser) -> None:
    tree, today = office.demo.tree, day_of(office.demo.now)
    waves = office.demo.store.read(reading.waves_between, today, today)
    counts = office.demo.store.read(reading.counts, waves, tree.root.id)
    page = wang.get("/reports/result").text
    assert f"<b>{counts.covered}</b> / {counts.expected} 群次" in page
    table = page.split("各村居、单位")[1].split("</table>")[0]
    expected = [int(n) for n in re.findall(r'data-th="应转">(\d+)', table)]
    assert sum(expected) == counts.expected
    told = plain(page.split("<article")[1])
    assert "按名册的顺序，不是排名" in told
    assert not [w.name for w in tree.workers if w.name in told]


def test_what_was_taken_back_is_told(office: Office, wang: Browser) -> None:
    wave = office.demo.store.read(reading.waves_between, *[day_of(office.demo.now)] * 2)[0]
    office.demo.store.write_now(withdrawal.close_waves, wave.content, office.demo.now, "写错了")
    page = wang.get("/reports/result").text
    assert f"《{wave.title}》已撤回，没转的不再算" in page and "（已撤回）" in page


@pytest.mark.parametrize(
    "path", ["/reports", "/reports/result", "/reports/gaps.xlsx", "/reports/result.xlsx"]
)
def test_everybody_sees_their_own_places_only(office: Office, path: str) -> None:
    mine, other = office.villages[0], office.villages[1]
    leader = Browser(office)
    leader.come_in(office.code_for(office.head_of(mine.name).id))
    assert leader.get(path).status_code == 200
    refused = leader.get(path, params={"at": str(other.id)})
    assert refused.status_code == 403 and mine.name in refused.text and other.name not in refused.text
    if not path.endswith("xlsx"):
        told = plain(leader.get(path).text)
        assert f"{mine.name}缺口清单" in told or f"{mine.name}反诈宣传当日结果" in told
        assert other.name not in told


@pytest.mark.parametrize("written", ["昨天", "2026-13-01", "0001-01-01", "9999-12-31", "1" * 3000])
def test_what_is_no_day_is_said_at_the_field_and_kept(wang: Browser, written: str) -> None:
    answer = wang.get("/reports", params={"day": written})
    assert answer.status_code == 422 and "不是日期" in answer.text and written in answer.text


def test_a_day_without_waves_and_a_day_before(wang: Browser) -> None:
    page = wang.get("/reports", params={"day": "2026-03-11"}).text
    assert "这天没有要转的群" in page and "day=2026-03-10" in page and "day=2026-03-12" in page
    assert "day=2026-03-13" not in wang.get("/reports").text, "tomorrow is not there yet"


def test_the_spreadsheet_has_all_gaps_as_text_under_a_chinese_name(office: Office, wang: Browser) -> None:
    answer = wang.get("/reports/gaps.xlsx")
    name = unquote(answer.headers["content-disposition"].split("filename*=UTF-8''")[1])
    assert name == "清河镇缺口清单 2026-03-12.xlsx"
    book = load_workbook(io.BytesIO(answer.content))
    lines = list(book["缺口清单"].iter_rows(min_row=2))
    assert len(lines) == len(gaps_of(office))
    assert book["缺口清单"].print_title_rows == "$1:$1"
    assert any("校验码" in str(value) for _, value in book["说明"].iter_rows(values_only=True))


def test_a_group_that_is_called_like_a_formula_is_text(office: Office, wang: Browser) -> None:
    row = next(r for r in gaps_of(office) if r.group)
    office.demo.store.conn.execute(
        "UPDATE grp SET name = ? WHERE id = ?", ('=HYPERLINK("x")\x07<b>', row.group_id)
    )
    book = load_workbook(io.BytesIO(wang.get("/reports/gaps.xlsx").content))
    (cell,) = [c for line in book["缺口清单"].iter_rows() for c in line if "HYPERLINK" in str(c.value)]
    assert cell.data_type == "s" and cell.value == '=HYPERLINK("x")<b>'
    assert "&lt;b&gt;" in wang.get("/reports").text


def test_the_results_spreadsheet_adds_up(office: Office, wang: Browser) -> None:
    book = load_workbook(io.BytesIO(wang.get("/reports/result.xlsx").content))
    assert book.sheetnames == ["按村居", "按批次", "凭据", "空白点", "豁免", "说明"]
    *places, total = list(book["按村居"].iter_rows(min_row=2, values_only=True))
    for column in (1, 2, 3, 4, 6, 7):
        assert sum(line[column] for line in places) == total[column]
    assert sum(line[1] for line in book["凭据"].iter_rows(min_row=2, values_only=True)) == total[2]


def test_what_does_not_fit_on_the_page_is_counted(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_LINES", 1)
    page = wang.get("/reports").text
    rest = page.split('<ul class="rest">')[1].split("</ul>")[0]
    shown = sum(int(n) for n in re.findall(r"<small>(\d+) 群次", page))
    assert shown + sum(int(n) for n in re.findall(r"<b>(\d+)</b>", rest)) == len(gaps_of(office))


def test_the_counted_gaps_are_those_of_the_list(office: Office) -> None:
    root, now = office.demo.tree.root, office.demo.now
    waves = office.demo.store.read(reading.waves_between, day_of(now), day_of(now))
    counted = office.demo.store.read(lacking.lacking, waves, root.id, now)
    assert sum(one.count for one in counted) == len(gaps_of(office))
    assert sum(one.count for one in counted if one.overdue) == sum(r.overdue(now) for r in gaps_of(office))
    own = office.demo.store.read(lacking.gaps_of, waves, root.path, below=False)
    assert [r.id for r in own] == [r.id for r in gaps_of(office) if r.path == root.path]
