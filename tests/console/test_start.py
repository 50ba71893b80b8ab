"""The start page: what it says, whose it is, and that it helps."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from httpx import AsyncClient

from bot.console.serving import Serving, listening_on
from bot.errors import Busy
from bot.model.chat import Link, LinkChanged
from bot.model.ledger import Act, Entry
from bot.model.speaker import Role
from bot.model.tree import Use
from bot.sample.town import town_tree
from bot.store import ledger, notices, reading, talk, trees
from tests.console.desk import Browser, Office


def wang_of(office: Office) -> Browser:
    """王敏 of the office, who comes in now."""
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def test_the_number_is_what_the_ledger_says(office: Office) -> None:
    office.until("12:30")
    wang = wang_of(office)
    demo, page = office.demo, wang.get("/").text
    waves = demo.store.read(reading.waves_between, demo.now.date(), demo.now.date())
    counts = demo.store.read(reading.counts, waves, demo.tree.root.id)
    assert f"转到 {counts.covered}，应转 {counts.expected} 群次" in page
    assert "昨天没有" in page  # a first day has none to compare with
    gaps = demo.store.read(reading.target_rows, waves, gaps_only=True)
    over = sum(row.overdue(demo.now) for row in gaps)
    assert f"{over} 群次过了截止，{len(gaps) - over} 群次还没到" in page


def test_before_the_first_wave_it_says_so(office: Office) -> None:
    wang = wang_of(office)
    page = wang.get("/").text
    assert "今天还没有批次" in page and "8:00" in page and "待发" in page


def test_every_gap_has_its_reason_and_one_button_at_most(office: Office) -> None:
    office.until("12:30")
    wang = wang_of(office)
    rows = wang.get("/").text.split('<li class="gap"')[1:]
    assert rows
    for row in rows:
        row = row.split("</li>")[0]
        assert re.search(r"<em>[^<]+</em>|没到截止", row)
        assert len(re.findall(r"<button|<summary", row.split('<form hx-post="/exempt"')[0])) <= 1


def test_a_reminder_from_the_page_is_one_a_day_and_said_so(office: Office) -> None:
    office.until("9:00")
    wang = wang_of(office)
    page = wang.get("/").text
    worker = re.search(r'name="worker" value="(\d+)"', page)
    assert worker is not None
    told = wang.post("/remind", worker=worker[1]).text
    assert "提醒了 1 人" in told
    assert "今天提醒过" in wang.post("/remind", worker=worker[1]).text
    assert office.demo.store.read(notices.count_asked, "reminder") == 1
    assert "不在名册里" in wang.post("/remind", worker="999999").text
    assert "不在名册里" in wang.post("/remind", worker="一").text


def test_a_reminder_that_cannot_be_logged_is_not_put_on_its_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.until("9:00")
    wang = wang_of(office)
    worker = re.search(r'name="worker" value="(\d+)"', wang.get("/").text)
    assert worker is not None

    def busy(*_: object) -> None:
        raise Busy("数据库被别的程序占着")

    with monkeypatch.context() as broken:
        broken.setattr(talk, "log_command", busy)
        assert "提醒了" not in wang.post("/remind", worker=worker[1]).text
    assert office.demo.store.read(notices.count_asked, "reminder") == 0
    assert "提醒了 1 人" in wang.post("/remind", worker=worker[1]).text
    logged = office.demo.store.conn.execute("SELECT outcome FROM log WHERE command = 'remind'").fetchall()
    assert logged == [("提醒 1 人",)]


def test_a_group_that_is_not_expected_any_more_has_its_reason(office: Office) -> None:
    wang = wang_of(office)
    group = next(group for group in office.demo.tree.groups if group.use is Use.RESIDENT)
    assert group.name in wang.post("/exempt", group=str(group.id), reason="整村拆迁").text
    assert office.demo.store.read(talk.exemptions)[group.id] == "整村拆迁"
    assert "不在名册里" in wang.post("/exempt", group=group.name, reason="整村拆迁").text


def test_nobody_is_reminded_at_night(office: Office) -> None:
    office.until("21:00")
    wang = wang_of(office)
    worker = office.contact_below(office.villages[0].name)
    told = wang.post("/remind", worker=str(worker.id)).text
    assert "提醒" in told and office.demo.store.read(notices.asked_since, office.demo.now) == set()


def test_all_sending_stops_and_goes_on_from_the_page(office: Office) -> None:
    wang = wang_of(office)
    wang.post("/pause")
    assert "全部发送已暂停" in wang.get("/").text
    office.until("8:30", anew=True)
    assert not office.demo.store.read(
        reading.waves_between, office.demo.now.date(), office.demo.now.date()
    ) or ("转到 0，" in wang.get("/").text)
    wang.post("/resume")
    assert "全部暂停" in wang.get("/").text


def test_a_leader_sees_what_is_theirs_and_nothing_else(office: Office) -> None:
    office.until("12:30")
    mine, other = office.villages[:2]
    head = Browser(office)
    head.come_in(office.code_for(office.head_of(mine.name).id))
    page = head.get("/").text
    assert mine.name in page and other.name not in page
    assert "全部暂停" not in page and 'hx-post="/remind"' not in page
    answer = head.get(f"/place/{other.id}", headers={"hx-request": "true"})
    assert answer.status_code == 403 and f"这是{other.name}的数据，您能看的是{mine.name}" in answer.text
    assert other.name not in head.get(f"/?at={other.id}").text
    opened = head.get(f"/place/{mine.id}", headers={"hx-request": "true"}).text
    groups = [
        g.name
        for n in office.demo.tree.subtree(mine)
        for g in office.demo.tree.groups_of.get(n.id, ())
        if g.use is Use.RESIDENT
    ]
    assert all(name in opened for name in groups)


def test_names_and_reasons_are_text_and_never_markup(office: Office) -> None:
    tree = office.demo.tree
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    office.demo.store.conn.execute("UPDATE grp SET name = ? || id WHERE id < 20", (evil,))
    office.demo.store.conn.execute("UPDATE worker SET name = ? || id WHERE id < 20", (evil,))
    office.demo.town.desk.reload_tree()
    office.until("12:30", anew=True)
    wang = wang_of(office)
    unit = next(tree.children(tree.root))
    for page in (wang.get("/").text, wang.get(f"/place/{unit.id}", headers={"hx-request": "true"}).text):
        assert "<img" not in page and "&lt;img" in page and "{{7*7}}" in page
    told = wang.post("/exempt", group=evil, reason=evil).text
    assert "<img" not in told


def test_the_first_page_is_small(office: Office) -> None:
    office.until("12:30")
    wang = wang_of(office)
    page = len(wang.get("/").content)
    pieces = (
        "console.css",
        "console.js",
        "seal.svg",
        "vendor/htmx.min.js",
        "vendor/sse.min.js",
        "vendor/idiomorph-ext.min.js",
    )
    assert page + sum(len(wang.get(f"/static/{piece}").content) for piece in pieces) < 150_000


def test_a_repost_moves_an_open_page_within_two_seconds(office: Office) -> None:
    office.until("8:20")
    wang = wang_of(office)
    demo = office.demo
    wave = demo.store.read(reading.waves_between, demo.now.date(), demo.now.date())[0]
    row = next(
        r
        for r in demo.store.read(reading.target_rows, [wave])
        if r.reason == "not_reposted" and r.use == "resident"
    )

    async def watch() -> tuple[float, str]:
        serving = Serving(office.console, listening_on("127.0.0.1", 0))
        task = asyncio.create_task(serving.serve())
        heard: list[str] = []
        async with AsyncClient(base_url=serving.address, cookies=wang.cookies, timeout=10) as client:
            async with client.stream("GET", "/live") as stream:
                lines = stream.aiter_lines()
                assert (await anext(lines)).startswith("retry")
                begin = asyncio.get_running_loop().time()
                await demo.store.write(
                    ledger.record, row.id, Entry(Act.CONFIRMED, demo.now, "t", "t", "chat")
                )
                async for line in lines:
                    heard.append(line)
                    if line == "event: moved":
                        break
                took = asyncio.get_running_loop().time() - begin
            page = (await client.get("/", headers={"hx-request": "true"})).text
        serving.stop()
        await task
        return took, page

    before = demo.store.read(reading.counts, [wave], demo.tree.root.id).covered
    took, page = asyncio.run(watch())
    assert took < 2 and f"转到 {before + 1}，" in page and "<html" not in page


def test_a_page_that_stays_open_does_not_keep_the_program(office: Office) -> None:
    wang = wang_of(office)

    async def end() -> float:
        serving = Serving(office.console, listening_on("127.0.0.1", 0))
        task = asyncio.create_task(serving.serve())
        async with (
            AsyncClient(base_url=serving.address, cookies=wang.cookies, timeout=10) as client,
            client.stream("GET", "/live") as stream,
        ):
            await anext(stream.aiter_lines())
            begin = asyncio.get_running_loop().time()
            serving.stop()
            await task
            return asyncio.get_running_loop().time() - begin

    assert asyncio.run(end()) < 5


def test_a_new_roster_is_taken_up_by_an_open_console(office: Office) -> None:
    office.until("8:30")
    wang = wang_of(office)
    edition, now = office.demo.town.desk.edition, office.demo.now
    assert edition is not None and wang.get("/").status_code == 200
    office.demo.store.write_now(trees.add_edition, town_tree(40, 7), "新名册", now)
    asyncio.run(office.demo.town.tick(now))
    assert office.demo.town.desk.edition != edition
    assert wang.get("/").status_code == 200


def test_the_places_without_a_group_are_named(office: Office) -> None:
    assert "处空白点" not in wang_of(office).get("/").text
    desk = office.demo.town.desk
    office.demo.store.write_now(trees.add_edition, town_tree(200, 1), "新名册", office.demo.now)
    desk.reload_tree()
    hole, *_ = desk.tree.holes_below(desk.tree.root)
    page = wang_of(office).get("/").text
    assert "处空白点" in page and hole.path.removeprefix(f"{desk.tree.root.name}/") in page
    elsewhere = next(v for v in desk.tree.children(desk.tree.root) if not desk.tree.holes_below(v))
    assert "处空白点" not in wang_of(office).get(f"/?at={elsewhere.id}").text


def test_a_chat_that_is_cut_off_is_told_on_every_page_until_it_is_mended(office: Office) -> None:
    wang, town, now = wang_of(office), office.demo.town, office.demo.now
    asyncio.run(town.handle(LinkChanged(Link.UNREACHABLE, now)))
    assert "急的" not in wang.get("/").text  # a short break is nobody's business
    office.demo.now = now + timedelta(minutes=1)
    for path in ("/", "/contents", "/town"):
        page = wang.get(path).text
        assert 'class="bar"' in page and 'href="/by-hand"' in page
    asyncio.run(town.handle(LinkChanged(Link.UP, office.demo.now, "bot")))
    assert 'class="bar"' not in wang.get("/").text
