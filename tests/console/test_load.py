"""What we ask of people: told as our own doing, in words and figures, against our own limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.console import load
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.model.tree import WorkerId
from bot.store import burden, notices
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


def rows_of(page: str) -> list[tuple[str, list[str]]]:
    """(name, cells) of the table of people."""
    table = page.split('id="h-people"')[1].split("</table>")[0]
    found = []
    for row in table.split("<tr>")[2:]:
        name = re.search(r'scope="row">([^<]+)', row)
        assert name is not None
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row)]
        found.append((name[1], cells))
    return found


def ask(office: Office, who: WorkerId, kind: str, number: int, **to: Any) -> None:
    now = office.demo.now
    key = f"{kind}:{day_of(now)}:{who}:{number}"
    asking = [notices.Asking(key, kind, who)]
    office.demo.store.write_now(
        notices.add_notice, f"{key}@", kind, "…", now, now + timedelta(hours=1), asking=asking, **to
    )


def test_the_day_is_told_in_one_sentence_that_adds_up(office: Office, wang: Browser) -> None:
    store, today = office.demo.store, day_of(office.demo.now)
    asked = store.read(burden.asked_on, today)
    assert asked.times, "the simulated day has reminders"
    page = wang.get("/load").text
    told = re.sub(r"<[^>]+>", "", page)
    everybody = len(office.demo.tree.workers)
    assert f"找了 {len(asked.people)} 人，一共 {asked.times} 次；名册上 {everybody} 人" in told
    assert f"平均每人 {asked.times / everybody:.1f} 次" in told
    shown = rows_of(page)
    assert sum(int(cells[-1]) for _, cells in shown) == asked.times
    told_of = sorted((name, *map(int, cells[3:6])) for name, cells in shown if int(cells[-1]))
    name_of = {worker.id: worker.name for worker in office.demo.tree.workers}
    assert told_of == sorted(
        (name_of[who], *(kinds.get(kind, 0) for kind in burden.ASKED)) for who, kinds in asked.people.items()
    )


def test_who_was_asked_most_is_named_and_a_broken_limit_is_said(office: Office, wang: Browser) -> None:
    worker = office.contact_below(office.villages[0].name)
    assert "没有人超过" in wang.get("/load").text
    group = next(g for g in office.demo.tree.groups if g.use == "work")
    for number in range(4):
        ask(office, worker.id, "reminder", number, group=group.id)
    page = wang.get("/load").text
    limit = office.demo.schedules.reminders.per_day
    assert f"最多的是{worker.name}" in page and f"1 人的提醒超过了每天 {limit} 次" in page
    assert f"（超过 {limit}）" in page and "1 个工作群听得太多" in page and "超了" in page
    assert rows_of(page)[0][0] == worker.name, "whom we troubled most stands first"


def test_what_was_not_said_asked_nobody(office: Office, wang: Browser) -> None:
    worker = office.contact_below(office.villages[0].name)
    before = office.demo.store.read(burden.asked_on, day_of(office.demo.now)).times
    ask(office, worker.id, "question", 9, worker=worker.id)
    office.demo.store.conn.execute("UPDATE outgoing SET state = 'cancelled' WHERE kind = 'question'")
    assert office.demo.store.read(burden.asked_on, day_of(office.demo.now)).times == before
    assert f"一共 <b>{before}</b> 次" in wang.get("/load").text


def test_what_comes_to_a_person_is_counted(office: Office, wang: Browser) -> None:
    """One wave a part: what the relay's work group got is what its people got; what they forward is theirs to do."""
    store, today = office.demo.store, day_of(office.demo.now)
    shown = rows_of(wang.get("/load").text)
    for name, cells in shown:
        who, *namesakes = [w.id for w in office.demo.tree.workers if w.name == name]
        if namesakes:
            continue
        (tasks,) = store.conn.execute(
            "SELECT COUNT(*) FROM target t JOIN wave w ON w.id = t.wave WHERE t.worker = ? AND t.mode = 'relay' "
            "AND t.use != 'work' AND NOT t.exempt",
            (who,),
        ).fetchone()
        assert int(cells[2]) == tasks and cells[1].endswith("条")
    assert any(int(cells[1].split()[0]) for _, cells in shown)
    assert store.read(burden.messages_on, today) > 0


def test_the_week_is_seven_bars_and_today_is_the_last(office: Office, wang: Browser) -> None:
    page = wang.get("/load").text
    svg = page.split('<svg class="week"')[1].split("</svg>")[0]
    assert svg.count("<rect") == 7 and 'aria-label="6日 0 次' in svg
    assert 'class="f-asks now"' in svg.rsplit("<rect", 1)[1] and "style=" not in page
    drawn = load.bars([(day_of(office.demo.now), n) for n in (0, 5, 10)])
    assert [bar.height for bar in drawn] == [0, load.HIGH / 2, load.HIGH]
    assert [bar.height for bar in load.bars([(day_of(office.demo.now), 0)])] == [0]


def test_a_day_before_and_what_is_no_day(wang: Browser) -> None:
    assert "这天没有找过谁" in wang.get("/load", params={"day": "2026-03-11"}).text
    answer = wang.get("/load", params={"day": "<b>"})
    assert answer.status_code == 422 and "“&lt;b&gt;”不是日期" in answer.text


def test_people_of_the_villages_have_nothing_to_see_here(office: Office) -> None:
    leader = Browser(office)
    leader.come_in(office.code_for(office.head_of(office.villages[0].name).id))
    assert leader.get("/load").status_code == 403 and "/load" not in leader.get("/").text
