"""人工: what is to be posted and forwarded, ticked off once; what a gateway leaves lying; a pasted chat, read, corrected, saved."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response

from bot.console.by_hand import outbox
from bot.errors import Busy
from bot.model.chat import Link, LinkChanged
from bot.model.ledger import SendState, TargetId
from bot.model.speaker import Role
from bot.model.tree import GroupId
from bot.store import by_hand, reading, sending, talk
from bot.store.ledger import entries_of
from tests.console.desk import Browser, Office, office_in
from tests.console.manual import UNRELATED, Manual, manual_office

HX = {"hx-request": "true"}


@pytest.fixture
def office(quick: Path) -> Iterator[Manual]:
    with manual_office(quick / "day") as office:
        yield office


def come_in(office: Office, name: str = "王敏") -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff(name, Role.OFFICE)).status_code == 303
    return browser


def ids(page: str) -> list[str]:
    return re.findall(r'<li class="errand" id="e-(\w+)"', page)


def tick(browser: Browser, errand: str, how: str = "done", **more: str) -> Response:
    return browser.post("/by-hand/tick", headers=HX, errand=errand, how=how, **more)


def target(office: Office, errand: str) -> reading.TargetRow:
    found = office.demo.store.read(reading.target_by_id, TargetId(int(errand[1:])))
    assert found is not None
    return found


def posted(office: Manual) -> Browser:
    """The morning's posts are out and ticked off; it is twenty to nine."""
    office.until("8:10")
    wang = come_in(office)
    for errand in ids(wang.get("/by-hand").text):
        tick(wang, errand)
    office.until("8:40")
    return wang


# ── what is to be done ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_to_be_posted_stands_there_ready_to_copy(office: Manual) -> None:
    wang = come_in(office)
    assert "现在没有要做的" in wang.get("/by-hand").text
    office.until("8:10")
    page = wang.get("/by-hand").text
    listed = ids(page)
    assert listed and all(errand[0] == "s" for errand in listed)
    assert page.count("第一步，群里发小红包") == 1, "one text for all"
    assert "反诈宣〔2026〕001号" in page and "10:10 前" not in page and "前" in page
    assert 'data-copy="text-1"' in page and "下载图片" in page
    for errand in listed:
        assert target(office, errand).group in page
    assert all(word in page for word in ("<kbd>d</kbd> 勾掉", "<kbd>j</kbd> 下一个", "正在打字时不起作用"))


def test_a_tick_is_an_entry_with_the_name_of_who_ticked(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    first, second, *_ = ids(wang.get("/by-hand").text)
    answer = wang.post("/by-hand/tick", errand=first, how="done", what="s1", skip="0")
    assert answer.status_code == 303
    page = wang.get(answer.headers["location"]).text
    assert f"{target(office, first).group}：记为已发" in page and "刚才那个勾错了" in page
    assert first not in ids(page) and second in ids(page)
    assert target(office, first).evidence == "direct"
    assert [entry.by for entry in office.demo.store.read(entries_of, TargetId(int(first[1:])))] == ["王敏"]
    row = tick(wang, second).text
    assert "✓" in row and "勾错了，改回" in row and "<html" not in row


def test_what_somebody_else_ticked_meanwhile_is_said_and_recorded_once(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    li = Browser(office)
    li.come_in(office.code_for(office.contact_below(office.villages[0].name).id, Role.OFFICE, "EFGH2345"))
    first, *_ = ids(wang.get("/by-hand").text)
    tick(li, first)
    before = office.demo.store.read(entries_of, TargetId(int(first[1:])))
    for how, more in (("done", {}), ("failed", {"reason": "禁言"})):
        assert "已经有人勾过了，这次没有再记" in tick(wang, first, how, **more).text
    assert office.demo.store.read(entries_of, TargetId(int(first[1:]))) == before


def test_a_wrong_tick_is_taken_back(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    first, *_ = ids(wang.get("/by-hand").text)
    tick(wang, first)
    assert "改回没做" in tick(wang, first, "undo").text
    assert target(office, first).evidence is None and first in ids(wang.get("/by-hand").text)
    assert "没有勾过" in tick(wang, first, "undo").text


def test_what_cannot_be_posted_has_its_reason(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    first, *_ = ids(wang.get("/by-hand").text)
    refused = wang.post("/by-hand/tick", errand=first, how="failed", reason=" ")
    assert refused.status_code == 422 and "写一句原因" in refused.text
    long = "长" * 61
    refused = wang.post("/by-hand/tick", errand=first, how="failed", reason=long)
    assert refused.status_code == 422 and "最多 60 个字" in refused.text and f'value="{long}"' in refused.text
    assert target(office, first).evidence is None and first in ids(wang.get("/by-hand").text)
    assert "记为没发出（群主禁言）" in tick(wang, first, "failed", reason="群主禁言").text
    assert target(office, first).reason == "not_sent" and first not in ids(wang.get("/by-hand").text)


def test_what_people_forward_is_listed_by_person_and_ticked_off_for_them(office: Manual) -> None:
    wang = posted(office)
    page = wang.get("/by-hand").text
    listed = ids(page)
    assert listed and all(errand[0] == "t" for errand in listed)
    row = target(office, listed[0])
    assert row.worker and f"<h3>{row.worker} " in page and "要转的内容，可以复制" in page
    tick(wang, listed[0])
    assert target(office, listed[0]).evidence == "confirmed"
    tick(wang, listed[1], "failed", reason="群解散了")
    page = wang.get("/by-hand").text
    assert "转不了：群解散了" in page and listed[1] in ids(page) and listed[0] not in ids(page)
    assert "改回没做" in tick(wang, listed[0], "undo").text
    assert target(office, listed[0]).reason == "not_reposted"


@pytest.mark.parametrize("errand", ["", "s", "s9999999", "q1", "s１", "../etc", "t" + "9" * 15, "<b>"])
def test_what_is_on_no_list_is_not_ticked(office: Manual, errand: str) -> None:
    office.until("8:10")
    wang = come_in(office)
    for how in ("done", "again", "undo", "nonsense"):
        answer = tick(wang, errand, how)
        assert answer.status_code in (200, 422) and "没有" in answer.text + "没有" * (
            answer.status_code == 422
        )
    counts = office.demo.store.read(sending.count_parts, SendState.ACCEPTED)
    assert counts == 0


def busy(*_: object, **__: object) -> None:
    raise Busy("数据库被别的程序占着，写不进去；关掉那个程序，或等它放开")


def test_what_cannot_be_logged_is_not_done_and_can_be_done_again(
    office: Manual, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.until("8:10")
    doubt = in_doubt(office)
    wang = come_in(office)
    before = everything(office)
    _, first, *_ = ids(wang.get("/by-hand").text)
    with monkeypatch.context() as broken:
        broken.setattr(talk, "log_command", busy)
        for errand, how in ((first, "done"), (doubt, "again")):
            assert "没有记" in tick(wang, errand, how).text
    assert everything(office) == before
    assert "记为已发" in tick(wang, first).text and "排上了，再发一次" in tick(wang, doubt, "again").text
    outcomes = office.demo.store.conn.execute("SELECT outcome FROM log WHERE command = 'by_hand'").fetchall()
    assert [outcome for (outcome,) in outcomes] == ["记为已发", "排上了，再发一次"]


def test_a_group_whose_parts_are_several_is_ticked_off_whole_or_not_at_all(
    office: Manual, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.until("8:10")
    wang = come_in(office)
    first, before = ids(wang.get("/by-hand").text)[0], everything(office)
    settle, calls = sending.settle, []

    def the_second_fails(*args: object, **more: object) -> object:
        calls.append(args)
        return busy() if len(calls) == 2 else settle(*args, **more)  # type: ignore[arg-type]

    for how, more in (("done", {}), ("failed", {"reason": "禁言"})):
        calls.clear()
        with monkeypatch.context() as broken:
            broken.setattr(sending, "settle", the_second_fails)
            assert "没有记" in tick(wang, first, how, **more).text
        assert len(calls) == 2 and everything(office) == before
    assert "记为已发" in tick(wang, first).text


def test_a_long_list_comes_by_the_page(office: Manual, monkeypatch: pytest.MonkeyPatch) -> None:
    office.until("8:10")
    wang = come_in(office)
    every = ids(wang.get("/by-hand").text)
    monkeypatch.setattr(outbox, "MOST_ROWS", 5)
    first = wang.get("/by-hand").text
    assert ids(first) == every[:5] and f"第 1 到 5 个，共 {len(every)} 个" in first
    found = re.search(r'href="/by-hand\?what=(s\d+)&amp;skip=5"', first)
    assert found is not None
    assert ids(wang.get(f"/by-hand?what={found[1]}&skip=5").text) == every[5:10]
    assert ids(wang.get(f"/by-hand?what={found[1]}&skip=99999").text) == every[:5]
    tick(wang, every[0])
    assert ids(wang.get("/by-hand").text) == every[1:6], "what is done makes room"


def test_while_sending_is_stopped_nothing_is_posted_by_hand_either(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    wang.post("/pause")
    page = wang.get("/by-hand").text
    assert ids(page) == [] and "人工也先别发" in page
    wang.post("/resume")
    (office.demo.data / "STOP").touch()
    page = wang.get("/by-hand").text
    assert ids(page) == [] and "STOP" in page


def test_what_may_not_go_out_any_more_is_not_there_to_be_copied(
    office: Manual, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.until("8:10")
    wang = come_in(office)
    monkeypatch.setattr(office.demo.library, "current_digest", lambda content: "changed")
    page = wang.get("/by-hand").text
    assert ids(page) == [] and "批准后内容改过，停发" in page and "请不要发" in page
    assert wang.get("/by-hand/file/001-shuadan/1").status_code == 404


def test_pictures_are_served_as_what_they_are_and_nothing_else_is(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    (place,) = re.findall(r'<img src="(/by-hand/file/[^"]+)"', wang.get("/by-hand").text)
    picture = wang.get(place)
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-disposition"].startswith("inline")
    assert wang.get(f"{place}?save=1").headers["content-disposition"].startswith("attachment")
    for wrong in ("001-shuadan/0", "001-shuadan/99", "001-shuadan/-1", "..%2F..%2Fetc/1", "001-shuadan/x"):
        assert wang.get(f"/by-hand/file/{wrong}").status_code == 404


def test_names_and_texts_are_never_markup(office: Manual) -> None:
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    office.demo.store.conn.execute("UPDATE grp SET name = ? || id", (evil,))
    office.demo.town.desk.reload_tree()
    office.until("8:10")
    wang = come_in(office)
    first, *_ = ids(wang.get("/by-hand").text)
    chat = f"{evil} 2026/3/12 08:05\n已转发{evil}\n"
    group = office.demo.town.desk.tree.group_by_id[office.village_group().id].name
    assert evil in group
    for text in (
        wang.get("/by-hand").text,
        tick(wang, first).text,
        wang.post("/by-hand/paste", group=group, text=chat).text,
        wang.post("/by-hand/paste", group=evil, text=chat).text,
    ):
        assert "<img src=x" not in text and "{{7*7}}" in text


# ── what is in doubt ────────────────────────────────────────────────────────────────────────────────────────


def in_doubt(office: Office) -> str:
    """The program stopped while a main part went out."""
    store = office.demo.store
    message = next(o for o in store.read(sending.planned, office.demo.now) if o.part == o.main)
    now = office.demo.now
    store.write_now(sending.begin, message, message.text, "a", now.date(), now)
    store.write_now(sending.recover, now)
    return f"d{message.id}"


def test_who_looked_into_the_group_settles_the_doubt(office: Manual) -> None:
    office.until("8:10")
    doubt = in_doubt(office)
    wang = come_in(office)
    page = wang.get("/by-hand?what=d").text
    assert ids(page) == [doubt] and "到群里看一眼" in page and "没有，再发一次" in page
    (message,) = office.demo.store.read(sending.find_outgoing, id=int(doubt[1:]))
    assert "记为已发" in tick(wang, doubt).text
    assert target(office, f"s{message.target}").evidence == "direct"
    assert "已经有人勾过了" in tick(wang, doubt, "again").text
    assert office.demo.store.read(sending.in_doubt) == []


def test_what_did_not_arrive_is_posted_once_more(office: Manual) -> None:
    office.until("8:10")
    doubt = in_doubt(office)
    wang = come_in(office)
    (message,) = office.demo.store.read(sending.find_outgoing, id=int(doubt[1:]))
    assert "排上了，再发一次" in tick(wang, doubt, "again").text
    assert "没有记" in tick(wang, doubt, "again").text
    page = wang.get("/by-hand").text
    assert f"s{message.target}" in ids(page)
    tick(wang, f"s{message.target}")
    assert target(office, f"s{message.target}").evidence == "direct"


# ── when a gateway is down ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def gateway(quick: Path) -> Iterator[Office]:
    """A town with a gateway that went down just before eight."""
    with office_in(quick / "gateway") as office:
        office.until("7:59", anew=True)
        demo = office.demo
        asyncio.run(demo.town.handle(LinkChanged(Link.UNREACHABLE, demo.now)))
        demo.now += timedelta(minutes=2)
        asyncio.run(demo.town.tick(demo.now))
        yield office


def take_over(office: Office, browser: Browser) -> tuple[str, list[str]]:
    """The wave's number, and the errands that were taken over."""
    page = browser.get("/by-hand").text
    found = re.search(r'name="wave" value="(\d+)"', page)
    assert found is not None
    browser.post("/by-hand/take-over", wave=found[1])
    return found[1], ids(browser.get("/by-hand?what=h").text)


def test_while_the_gateway_is_down_it_says_what_waits_and_people_can_take_over(
    gateway: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_ROWS", 5)
    wang, store = come_in(gateway), gateway.demo.store
    page = wang.get("/by-hand").text
    assert "网关连不上" in page and "7:59 起" in page and "个群在等" in page
    assert "data-done" not in page, "nothing to tick off before it is taken over"
    waiting = {o.target for o in store.read(sending.planned, gateway.demo.now) if o.kind == "part"}
    _, taken = take_over(gateway, wang)
    assert len(taken) == 5 < len(waiting)
    left = {o.target for o in store.read(sending.planned, gateway.demo.now) if o.kind == "part"}
    assert left == waiting - {int(errand[1:]) for errand in taken}
    tick(wang, taken[0])
    tick(wang, taken[1], "failed", reason="禁言")
    assert target(gateway, taken[0]).evidence == "direct"
    # The gateway is back: it sends what was left to it, and nothing that people took.
    asyncio.run(gateway.demo.town.handle(LinkChanged(Link.UP, gateway.demo.now, account="bot")))
    gateway.until("9:00", anew=True)
    for errand in taken[2:]:
        assert target(gateway, errand).evidence is None
    assert not any(o.kind == "part" for o in store.read(sending.planned, gateway.demo.now))
    assert ids(wang.get("/by-hand?what=h").text) == taken[2:]
    # What people did not get done goes back, and is sent.
    assert wang.post("/by-hand/give-back").status_code == 303
    assert "3 个群交还了" in wang.get("/by-hand").text
    gateway.until("9:20", anew=True)
    assert all(target(gateway, errand).evidence == "direct" for errand in taken[2:])
    assert target(gateway, taken[1]).reason == "not_sent"
    posts = {row["group"]: row["posts"] for row in gateway.demo.world.truth()["rows"] if row["posts"]}
    assert max(posts.values()) == 1 and target(gateway, taken[0]).group not in posts


def test_what_is_taken_over_and_not_logged_waits_for_the_gateway_still(
    gateway: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang, store = come_in(gateway), gateway.demo.store
    found = re.search(r'name="wave" value="(\d+)"', wang.get("/by-hand").text)
    assert found is not None
    with monkeypatch.context() as broken:
        broken.setattr(talk, "log_command", busy)
        assert wang.post("/by-hand/take-over", wave=found[1]).status_code == 503
    assert store.read(by_hand.taken_over, gateway.demo.now) == []
    _, taken = take_over(gateway, wang)
    with monkeypatch.context() as broken:
        broken.setattr(talk, "log_command", busy)
        assert wang.post("/by-hand/give-back").status_code == 503
    assert len(store.read(by_hand.taken_over, gateway.demo.now)) == len(taken) > 0
    wang.post("/by-hand/give-back")
    details = store.conn.execute("SELECT detail FROM log WHERE command = 'by_hand' ORDER BY id").fetchall()
    assert details == [("接手网关没发的",), ("交还网关",)]


def test_nothing_is_taken_over_from_a_gateway_that_works(gateway: Office) -> None:
    wang, store = come_in(gateway), gateway.demo.store
    page = wang.get("/by-hand").text
    found = re.search(r'name="wave" value="(\d+)"', page)
    assert found is not None
    wang.post("/pause")
    wang.post("/by-hand/take-over", wave=found[1])
    assert "暂停" in wang.get("/by-hand").text
    wang.post("/resume")
    for wave in ("", "x", "999"):
        wang.post("/by-hand/take-over", wave=wave)
        assert "没有在等的群了" in wang.get("/by-hand").text
    asyncio.run(gateway.demo.town.handle(LinkChanged(Link.UP, gateway.demo.now, account="bot")))
    wang.post("/by-hand/take-over", wave=found[1])
    assert "网关接上了，它自己会发" in wang.get("/by-hand").text
    assert store.read(by_hand.taken_over, gateway.demo.now) == []
    page = wang.get("/by-hand").text
    assert "网关连不上" not in page and "等网关的" not in page


def test_what_was_taken_over_and_withdrawn_is_not_posted(gateway: Office) -> None:
    wang = come_in(gateway)
    _, taken = take_over(gateway, wang)
    assert taken
    store, demo = gateway.demo.store, gateway.demo
    (wave,) = store.read(reading.waves_between, demo.now.date(), demo.now.date())
    from bot.store import withdrawal

    store.write_now(withdrawal.close_waves, wave.content, demo.now, "写错了")
    assert ids(wang.get("/by-hand?what=h").text) == []
    wang.post("/by-hand/give-back")
    assert not any(o.kind == "part" for o in store.read(sending.planned, demo.now))


# ── the pasted chat ─────────────────────────────────────────────────────────────────────────────────────────


def chat_of(office: Manual) -> str:
    name = office.people()[0].name
    return (
        f"{name} 2026/3/12 08:20\n还没转\n\n路人甲 2026/3/12 08:24\n{UNRELATED}\n\n{name} 2026/3/12 08:25\n已转发\n\n"
        f"何建国 2026/3/12 08:31\n#接龙\n反诈宣〔2026〕001号转发情况\n1. 李四 已转发\n"
    )


def everything(office: Office) -> list[object]:
    conn = office.demo.store.conn
    tables = ("ledger", "target", "counter", "outgoing", "asked", "notice", "question", "task_number", "meta")
    return [conn.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def pasted_page(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_preview_says_line_by_line_what_was_read_and_keeps_nothing(office: Manual) -> None:
    wang = posted(office)
    group, person = office.village_group(), office.people()[0]
    before = everything(office)
    page = pasted_page(wang.post("/by-hand/paste", group=group.name, text=chat_of(office)))
    assert everything(office) == before
    rows = dict(re.findall(r'id="r-(\d+\.\d+)">(.*?)</li>', page, re.DOTALL))
    assert f"{person.name}：" in rows["7.0"] and "已转发" in rows["7.0"] and "001" not in rows["7.0"]
    assert "《刷单返利先给小钱》" in rows["7.0"]
    assert "不知道“李四 已转发”是谁" in rows["10.0"] and "还没转，不用记" in rows["1.0"]
    assert UNRELATED in rows["4.0"] and "不保存" in rows["4.0"]
    assert "现在还什么都没存" in page
    kept = b"".join(file.read_bytes() for file in office.demo.data.rglob("*") if file.is_file())
    assert UNRELATED[:8].encode() not in kept and "李四".encode() not in kept


def test_what_is_saved_counts_once_and_the_number_rises(office: Manual) -> None:
    wang = posted(office)
    group, chat = office.village_group(), chat_of(office)
    before = office.demo.store.read(
        reading.counts, office.demo.store.read(reading.waves_between, office.demo.now.date(), office.demo.now.date()), office.demo.tree.root.id,
    ).covered  # fmt: skip
    assert wang.post("/by-hand/paste/save", group=group.name, text=chat).status_code == 303
    page = wang.get("/by-hand/paste").text
    mine = [r for r in all_rows(office) if r.worker == office.people()[0].name and r.use == "resident"]
    assert mine and all(row.evidence == "confirmed" for row in mine)
    assert f"新记下 {len(mine)} 个群" in page and f"转到 {before + len(mine)}，" in page
    assert f"比保存前多 {len(mine)}。" in page and "请问一声：“李四 已转发”" in page
    assert f'value="{group.name}"' in page, "the group is remembered"
    ledger = everything(office)[:3]
    wang.post("/by-hand/paste/save", group=group.name, text=chat.replace("\n", "\r\n"))
    assert "新记下 0 个群" in wang.get("/by-hand/paste").text and everything(office)[:3] == ledger
    for file in office.demo.data.rglob("*"):
        assert not file.is_file() or UNRELATED[:8].encode() not in file.read_bytes(), file


def all_rows(office: Office) -> list[reading.TargetRow]:
    day = office.demo.now.date()
    return office.demo.store.read(
        reading.target_rows, office.demo.store.read(reading.waves_between, day, day)
    )


def fixes(page: str) -> list[str]:
    return re.findall(r'name="fix" value="([^"]+)"', page)


def test_a_line_is_corrected_to_other_groups_before_it_is_saved(office: Manual) -> None:
    wang = posted(office)
    group, chat, person = office.village_group().name, chat_of(office), office.people()[0]
    opened = pasted_page(wang.post("/by-hand/paste", group=group, text=chat, open="7.0"))
    offered = re.findall(r'name="target" value="(\d+)" checked', opened)
    assert len(offered) > 1 and f"{person.name}（" in opened and "《刷单返利先给小钱》转了哪些群" in opened
    label = re.search(r'name="person" list="people" value="([^"]+)"', opened)
    assert label is not None
    mended = wang.post(
        "/by-hand/paste", group=group, text=chat, at="7.0", step="mend", person=label[1], target=offered[0]
    )
    page = pasted_page(mended)
    assert fixes(page) == [f"7.0|{person.id}|{offered[0]}"] and "您改过" in page
    wang.post("/by-hand/paste/save", group=group, text=chat, fix=fixes(page)[0])
    assert "新记下 1 个群" in wang.get("/by-hand/paste").text
    covered = {str(row.id) for row in all_rows(office) if row.evidence == "confirmed"}
    assert covered == {offered[0]}
    assert office.demo.store.read(entries_of, TargetId(int(offered[0])))[-1].by == person.name


def test_a_line_can_be_left_out_or_read_as_it_was_again(office: Manual) -> None:
    wang = posted(office)
    group, chat = office.village_group().name, chat_of(office)
    page = pasted_page(wang.post("/by-hand/paste", group=group, text=chat, at="7.0", step="leave"))
    assert fixes(page) == ["7.0||"] and "您说不算" in page and "新记下 <b>0</b>" in page
    again = pasted_page(wang.post("/by-hand/paste", group=group, text=chat, fix="7.0||", drop="7.0"))
    assert fixes(again) == [] and "新记下 <b>0</b>" not in again
    wang.post("/by-hand/paste/save", group=group, text=chat, fix="7.0||")
    assert "新记下 0 个群" in wang.get("/by-hand/paste").text
    assert not any(row.evidence == "confirmed" for row in all_rows(office))


def test_a_line_that_said_nothing_to_us_can_count_for_another_person(office: Manual) -> None:
    wang = posted(office)
    group, chat, person = office.village_group().name, chat_of(office), office.people()[0]
    chat = chat.replace(f"{person.name} 2026/3/12 08:25\n已转发", "小周 2026/3/12 08:25\n弄好了")
    opened = pasted_page(wang.post("/by-hand/paste", group=group, text=chat, open="7.0"))
    assert "先选是谁" in opened
    wrong = wang.post("/by-hand/paste", group=group, text=chat, at="7.0", step="person", person="没有这个人")
    assert wrong.status_code == 422 and "没有这个人，从列出来的里选一个" in wrong.text
    shown = pasted_page(
        wang.post("/by-hand/paste", group=group, text=chat, at="7.0", step="person", person=person.name)
    )
    target_id = re.findall(r'name="target" value="(\d+)"', shown)[0]
    none = wang.post("/by-hand/paste", group=group, text=chat, at="7.0", step="mend", person=person.name)
    assert none.status_code == 422 and "勾上转了的群" in none.text
    page = pasted_page(
        wang.post("/by-hand/paste", group=group, text=chat, at="7.0", step="mend", person=person.name, target=target_id)
    )  # fmt: skip
    wang.post("/by-hand/paste/save", group=group, text=chat, fix=fixes(page)[0])
    assert "新记下 1 个群" in wang.get("/by-hand/paste").text
    assert target(office, f"t{target_id}").evidence == "confirmed"
    wang.post("/by-hand/paste/save", group=group, text=chat, fix=fixes(page)[0])
    assert "新记下 0 个群" in wang.get("/by-hand/paste").text


def test_a_line_of_a_list_is_corrected_alone(office: Manual) -> None:
    wang = posted(office)
    group, person = office.village_group().name, office.people()[0]
    chat = f"何建国 2026/3/12 08:31\n#接龙\n反诈宣〔2026〕001号转发情况\n1. {person.name} 已转发\n2. 李四 已转发\n"
    wang.post("/by-hand/paste/save", group=group, text=chat, fix="1.1||")
    told = wang.get("/by-hand/paste").text
    assert "李四" not in told and "新记下 0" not in told


def test_a_no_in_a_list_takes_back_what_was_said_before_and_the_preview_says_so(office: Manual) -> None:
    wang = posted(office)
    group, person = office.village_group().name, office.people()[0]
    chat = f"{person.name} 2026/3/12 08:25\n已转发\n\n何建国 2026/3/12 08:31\n#接龙\n反诈宣〔2026〕001号转发情况\n1. {person.name}❌\n"
    page = pasted_page(wang.post("/by-hand/paste", group=group, text=chat))
    assert "又说没转，前面记的收回" in page and "新记下 <b>0</b>" in page
    left_out = pasted_page(wang.post("/by-hand/paste", group=group, text=chat, fix="4.0||"))
    assert "收回" not in left_out and "新记下 <b>0</b>" not in left_out


def test_a_correction_for_what_is_not_theirs_is_refused(office: Manual) -> None:
    wang = posted(office)
    group, chat, person = office.village_group().name, chat_of(office), office.people()[0]
    other = office.contact_below(office.villages[2].name)
    elsewhere = next(r for r in all_rows(office) if r.worker_id == other.id)
    before = everything(office)[:3]
    for forged in (
        f"7.0|{person.id}|{elsewhere.id}",
        f"7.0|{other.id}|{elsewhere.id}",
        f"7.0|{person.id}|",
        f"999.0|{person.id}|1",
        "7.0|99999999|1",
    ):
        answer = wang.post("/by-hand/paste/save", group=group, text=chat, fix=forged)
        assert answer.status_code == 422 and "重新" in answer.text, forged
        assert chat.splitlines()[4] in answer.text, "what was pasted is kept"
        assert everything(office)[:3] == before, "all or nothing"


def test_only_a_work_groups_chat_is_read_and_the_form_says_so(office: Manual) -> None:
    wang = posted(office)
    chat, here = chat_of(office), office.village_group().name
    resident = next(r.group for r in all_rows(office) if r.use == "resident")
    for group, text, why in (
        ("", chat, "先选是哪个工作群"),
        (here[:-1], chat, f"是不是：{here}"),
        (resident or "", chat, "不是工作群"),
        (here, " \n ", "这里没有聊天"),
        (here, "好\n" * 1_001, "超过 1000 行，分几次粘贴"),
        (here, "好\r\n" * 1_001, "超过 1000 行"),
        (here, "好" * 200_001, "20 万字"),
    ):
        for path in ("/by-hand/paste", "/by-hand/paste/save"):
            answer = wang.post(path, group=group, text=text)
            assert answer.status_code == 422 and why in answer.text, (path, why)
    assert wang.post("/by-hand/paste", group=here, text="好" * 300_000).status_code == 413


def test_as_much_as_may_be_pasted_is_read_and_saved_in_a_moment(office: Manual) -> None:
    """All of it is one transaction, for which everybody else waits: the worst is a page full of confirmations."""
    wang = posted(office)
    group, people = office.village_group().name, office.people()
    chat = "".join(
        f"2026/3/12 08:{n % 30:02d} {people[n % len(people)].name}：已转发\n" for n in range(1_000)
    )
    for path in ("/by-hand/paste", "/by-hand/paste/save"):
        answer = wang.post(path, group=group, text=chat)
        assert answer.status_code in (200, 303)
    assert "新记下 0 个群" not in wang.get("/by-hand/paste").text
    talk_of_nothing = "".join(
        f"{people[0].name if n % 20 == 0 else '路人甲'} 2026/3/12 08:{n % 30:02d}\n{'已转发' if n % 20 == 0 else f'今天天气不错，第{n}句'}\n\n"
        for n in range(330)
    )
    page = pasted_page(wang.post("/by-hand/paste", group=group, text=talk_of_nothing))
    assert "另外 313 句不保存" in page and "只列出前 200 句" in page


def test_what_is_saved_and_not_logged_is_not_saved(office: Manual, monkeypatch: pytest.MonkeyPatch) -> None:
    wang = posted(office)
    group, chat, before = office.village_group().name, chat_of(office), everything(office)
    with monkeypatch.context() as broken:
        broken.setattr(talk, "log_command", busy)
        answer = wang.post("/by-hand/paste/save", group=group, text=chat)
        assert "没有存" in answer.text and "占着" in answer.text and UNRELATED in answer.text
    assert everything(office) == before
    wang.post("/by-hand/paste/save", group=group, text=chat)
    assert "新记下 0 个群" not in wang.get("/by-hand/paste").text


def test_a_question_that_was_overheard_is_logged_once_however_often_the_chat_is_saved(office: Manual) -> None:
    wang = posted(office)
    group, person = office.village_group().name, office.people()[0]
    chat = f"{person.name} 2026/3/12 08:20\n我的任务\n\n{person.name} 2026/3/12 08:22\n我的任务\n"
    for _ in range(3):
        assert wang.post("/by-hand/paste/save", group=group, text=chat).status_code == 303
    asked = office.demo.store.conn.execute("SELECT at FROM log WHERE command = 'my_tasks'").fetchall()
    assert len(asked) == len(set(asked)) == 2


def test_everything_done_here_stands_in_the_log(office: Manual) -> None:
    wang = posted(office)
    wang.post("/by-hand/paste/save", group=office.village_group().name, text=chat_of(office))
    rows = office.demo.store.conn.execute("SELECT * FROM log").fetchall()
    told = "\n".join(map(str, rows))
    assert "by_hand" in told and "王敏" in told and "记为已发" in told and "新记下" in told
    assert UNRELATED not in told


def test_the_pages_are_small_and_load_nothing_inline(office: Manual) -> None:
    office.until("8:10")
    wang = come_in(office)
    for path in ("/by-hand", "/by-hand/paste"):
        page = wang.get(path)
        assert len(page.content) < 60_000
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", page.text)


def test_a_group_that_left_the_roster_is_not_remembered(office: Manual) -> None:
    wang = posted(office)
    wang.post("/by-hand/paste/save", group=office.village_group().name, text=chat_of(office))
    worker = office.demo.store.conn.execute("SELECT id FROM worker WHERE name = '王敏'").fetchone()[0]
    office.demo.store.write_now(sending.set_meta, f"pasted:{worker}", str(GroupId(999_999)))
    assert 'name="group" list="groups" value=""' in wang.get("/by-hand/paste").text
