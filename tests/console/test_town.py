"""单位和群: the tree, who sees what of it, rooms that are decided, codes on paper, leave, exemptions, and a roster's import."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from openpyxl import load_workbook

from bot.console.town import codes as codes_module
from bot.model.chat import Room
from bot.model.speaker import Role
from bot.model.tree import Group, Node, Post, Tree, Use, Worker, WorkerId
from bot.roster.build import read_roster
from bot.roster.export import export_roster, rows_of, write_rows
from bot.sample.town import town_tree
from bot.service.importing import SHOWN_FOR
from bot.store import accounts, notices, rooms, talk, trees
from tests.console.desk import Browser, Office


@pytest.fixture
def wang(office: Office) -> Browser:
    """王敏 of the office, who is in; every room that the bot should be in is known."""
    asyncio.run(office.demo.town.start(office.demo.now))
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def resident(office: Office, place: str = "") -> tuple[Node, Group]:
    """The first residents' group, or that of a place."""
    tree = office.demo.town.desk.tree
    for group in tree.groups:
        node = tree.by_id[group.node]
        if group.use is Use.RESIDENT and place in node.path:
            return node, group
    raise AssertionError(place)


def said(answer: Response, browser: Browser) -> str:
    """What the next page says at its head."""
    assert answer.status_code == 303, answer.text[:2000]
    page = browser.get(answer.headers["location"].split("#")[0]).text
    found = re.search(r'<p class="told">([^<]*)</p>', page)
    return unescape(found[1]) if found else ""


def logged(office: Office) -> list[str]:
    return [command for (command,) in office.demo.store.conn.execute("SELECT command FROM log")]


# ── what there is ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_town_is_shown_one_level_at_a_time(office: Office, wang: Browser) -> None:
    page = wang.get("/town").text
    tree = office.demo.tree
    for child in tree.children(tree.root):
        assert f'href="/town/{child.id}"' in page
    village = office.villages[0]
    grid = next(tree.children(village))
    assert f'href="/town/{grid.id}"' not in page
    opened = wang.get(f"/town/{village.id}").text
    assert f'href="/town/{grid.id}"' in opened and f'href="/town/{tree.root.id}"' in opened
    lowest = wang.get(f"/town/{grid.id}").text
    for group in tree.groups_of[grid.id]:
        assert group.name in lowest and f'id="group-{group.id}"' in lowest
    for worker in grid.people.values():
        assert tree.worker_by_id[worker].name in lowest


def test_a_row_counts_what_is_below_it(office: Office, wang: Browser) -> None:
    desk, village = office.demo.town.desk, office.villages[0]
    tree = desk.tree
    groups = [g for n in tree.subtree(village) for g in tree.groups_of.get(n.id, ())]
    office.demo.store.write_now(talk.exempt, groups[-1].id, "整村拆迁", "王敏", office.demo.now)
    row = wang.get("/town").text.split(f'href="/town/{village.id}"')[1].split("</tr>")[0]
    assert f'data-of="群">{len(groups)}<' in row
    needed = [g for g in groups if g.use is Use.WORK or g.mode.value == "direct" or g.observe]
    bound = sum(g.id in desk.rooms for g in needed if g.medium.value == "wechat")
    assert f"{bound}/" in row and re.search(r'data-of="豁免">1<', row)
    assert re.search(r'zero" data-of="请假"', row)


def test_everybody_sees_their_own_places_and_cannot_change_them(office: Office) -> None:
    mine, other = office.villages[:2]
    head = Browser(office)
    head.come_in(office.code_for(office.head_of(mine.name).id))
    page = head.get("/town").text
    assert mine.name in page and other.name not in page and "办理" not in page and "印绑定码" not in page
    answer = head.get(f"/town/{other.id}")
    assert answer.status_code == 403 and f"您能看的是{mine.name}" in answer.text
    assert (
        head.get("/town", params={"q": other.name}).text.count(other.name) == 4
    )  # the words asked for, and no hit
    assert "没有找到" in head.get("/town", params={"q": other.name}).text
    node, group = resident(office, mine.name)
    for path in ("/town/unbind", "/town/leave", "/town/import/apply", "/town/codes", "/town/exempt"):
        assert head.post(path, node=str(node.id), group=str(group.id)).status_code == 403
    worker = Browser(office)
    worker.come_in(office.code_for(office.contact_below(mine.name).id, code="WXYZ2345"))
    assert worker.get("/town").status_code == 200


def test_no_phone_no_room_id_and_no_account_is_on_a_page(office: Office, wang: Browser) -> None:
    tree = office.demo.tree
    pages = "".join(wang.get(f"/town/{node.id}").text for node in tree.nodes[:30])
    phones = [worker.phone for worker in tree.workers if worker.phone]
    assert phones and not any(phone in pages for phone in phones)
    assert not any(binding.room in pages for binding in office.demo.town.desk.bound.values())
    assert not any(f'"{account}"' in pages for account in office.demo.town.desk.accounts.values())


def test_a_place_is_found_by_its_name_by_a_group_and_by_a_person(office: Office, wang: Browser) -> None:
    node, group = resident(office)
    person = office.contact_below(office.villages[0].name)
    for written, there in (
        (group.name, f"/town/{node.id}?group={group.id}#group-{group.id}"),
        (group.name[2:9], f"/town/{node.id}?group={group.id}#group-{group.id}"),
        (node.name, f"/town/{node.id}"),
        (person.name, f"#person-{person.id}"),
    ):
        assert there in unescape(wang.get("/town", params={"q": written}).text), written
    assert "没有找到“养老金”" in wang.get("/town", params={"q": "养老金"}).text
    evil = "<img src=x>"
    assert evil not in wang.get("/town", params={"q": evil}).text


def test_a_long_list_comes_in_pages_and_a_group_is_on_the_one_that_is_asked_for(
    office: Office, wang: Browser
) -> None:
    desk, tree = office.demo.town.desk, office.demo.tree
    node, group = resident(office)
    more = tuple(replace(group, id=group.id + 10_000 + n, name=f"加群{n}") for n in range(70))
    office.demo.store.write_now(
        trees.add_edition, Tree(tree.nodes, (*tree.groups, *more), tree.workers), "新", office.demo.now
    )
    desk.reload_tree()
    last = desk.tree.groups_of[node.id][-1]
    assert last.name not in wang.get(f"/town/{node.id}").text
    assert last.name in wang.get(f"/town/{node.id}?groups=2").text
    assert last.name in wang.get(f"/town/{node.id}?group={last.id}").text
    assert wang.get(f"/town/{node.id}?groups=999&page=x").status_code == 200


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_is_exempt_with_a_reason_and_expected_again(office: Office, wang: Browser) -> None:
    node, group = resident(office)
    fields = {"node": str(node.id), "group": str(group.id)}
    refused = wang.post("/town/exempt", **fields, reason="")
    assert refused.status_code == 422 and "写上理由" in refused.text
    assert "这不是理由" in wang.post("/town/exempt", **fields, reason="取消").text
    assert "不要求转，整村拆迁" in said(wang.post("/town/exempt", **fields, reason="整村拆迁"), wang)
    page = wang.get(f"/town/{node.id}").text
    assert "整村拆迁" in page and "恢复要求" in page
    assert "照常要转" in said(wang.post("/town/readmit", **fields), wang)
    assert office.demo.store.read(talk.exemptions) == {} and logged(office).count("exempt") == 2
    said(wang.post("/town/readmit", **fields), wang)
    rows = office.demo.store.conn.execute(
        "SELECT detail, outcome FROM log WHERE command = 'exempt' ORDER BY id"
    )
    assert rows.fetchall() == [
        (group.name, f"豁免 {group.name}"),
        (group.name, f"恢复 {group.name}"),
        (group.name, f"没有豁免 {group.name}"),
    ], "王敏 has no chat account; what she pressed it for stands there all the same"


def test_a_room_that_is_not_the_group_is_unbound_and_not_taken_again(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    group = next(g for g in desk.tree.groups if g.id in desk.rooms and g.use is Use.RESIDENT)
    fields = {"node": str(group.node), "group": str(group.id)}
    assert "解除绑定了" in said(wang.post("/town/unbind", **fields), wang)
    assert group.id not in desk.rooms
    desk.store.conn.execute("UPDATE binding SET stale = stale")  # nothing else moved
    office.demo.town.rooms.look_soon()
    asyncio.run(office.demo.town.rooms.look(office.demo.now))
    assert group.id not in desk.rooms
    again = wang.post("/town/unbind", **fields)
    assert again.status_code == 422 and "没有绑定" in again.text
    assert "没绑定" in wang.get(f"/town/{group.node}").text
    # It was a mistake: the room is looked at again.
    page = wang.get("/town/rooms").text
    assert group.name in page and "放回来" in page
    number = re.search(r'/town/rooms/again".*?name="room" value="(\d+)"', page, re.S)
    assert number is not None
    assert "放回来了" in said(wang.post("/town/rooms/again", room=number[1]), wang)
    assert "已经定过了" in said(wang.post("/town/rooms/again", room=number[1]), wang)
    assert {"unbind_room", "room"} <= set(logged(office))


def doubt(office: Office, topic: str, group: Group | None) -> int:
    office.demo.store.write_now(
        rooms.doubt,
        Room(f"room-{topic}", topic),
        None if group is None else group.id,
        "名字像，但不一样",
        office.demo.now,
    )
    return next(d.id for d in office.demo.store.read(rooms.doubts) if d.room.topic == topic)


def test_a_doubtful_room_is_the_group_that_the_office_chooses(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    group = next(g for g in desk.tree.groups if g.id in desk.rooms and g.use is Use.RESIDENT)
    desk.store.conn.execute("DELETE FROM binding WHERE grp = ?", (group.id,))
    desk.reload_rooms()
    number = doubt(office, "柳林一号群<b>", group)
    assert "1</b> 个群不知道" in wang.get("/town").text
    listed = wang.get("/town/rooms").text
    assert "柳林一号群&lt;b&gt;" in listed and group.name in listed
    assert group.name in wang.get(f"/town/rooms/{number}").text
    found = wang.get(f"/town/rooms/{number}", params={"q": group.name[-6:]}).text
    assert f'name="group" value="{group.id}"' in found
    told = said(wang.post("/town/rooms/choose", room=str(number), group=str(group.id)), wang)
    assert "记下了" in told and desk.rooms[group.id] == "room-柳林一号群<b>"
    assert "已经定过了" in said(wang.post("/town/rooms/choose", room=str(number), group=str(group.id)), wang)
    assert "群里显示" in wang.get(f"/town/{group.node}").text


def test_a_group_with_a_room_changes_it_only_if_that_is_meant(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    group = next(g for g in desk.tree.groups if g.id in desk.rooms)
    before, number = desk.rooms[group.id], doubt(office, "另一个群", group)
    refused = wang.post("/town/rooms/choose", room=str(number), group=str(group.id))
    assert refused.status_code == 422 and "已经有一个群了" in refused.text and "换成这个" in refused.text
    assert desk.rooms[group.id] == before
    said(wang.post("/town/rooms/choose", room=str(number), group=str(group.id), force="yes"), wang)
    assert desk.rooms[group.id] == "room-另一个群"


def test_a_room_that_is_none_of_ours_is_not_asked_about_again(office: Office, wang: Browser) -> None:
    number = doubt(office, "广场舞", None)
    assert wang.post("/town/rooms/choose", room=str(number), group="999999").status_code == 422
    assert "不再问了" in said(wang.post("/town/rooms/drop", room=str(number)), wang)
    assert office.demo.store.read(rooms.doubts) == []
    assert "已经定过了" in said(wang.post("/town/rooms/drop", room="x"), wang)


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────


def grid_contact(office: Office) -> tuple[Node, Worker]:
    person = office.contact_below(office.villages[0].name)
    return office.demo.tree.posts_of[person.id][0][0], person


def test_a_code_is_shown_once_and_makes_the_account_known(office: Office, wang: Browser) -> None:
    node, person = grid_contact(office)
    page = wang.post("/town/codes", node=str(node.id), worker=str(person.id)).text
    (code,) = re.findall(r'class="code"[^>]*>(\w{8})<', page)
    assert "只在这一页出现" in page and f"绑定 {code}" in page and person.name in page
    assert code not in wang.get(f"/town/{node.id}").text
    assert Browser(office).come_in(code).status_code == 303
    (kept,) = office.demo.store.conn.execute("SELECT detail || outcome FROM log WHERE command = 'code'")
    assert code not in kept[0] and person.name in kept[0]


def test_a_villages_codes_are_for_those_whose_account_is_not_known(office: Office, wang: Browser) -> None:
    desk, village = office.demo.town.desk, office.villages[0]
    everybody = {w for n in desk.tree.subtree(village) for w in n.people.values()}
    assert "都绑定过了" in said(wang.post("/town/codes", node=str(village.id)), wang)
    desk._given.clear()  # nobody's account is known, as on the first day
    desk.reload_rooms()
    known = min(everybody)
    desk.store.write_now(accounts.add_code, "KNOWN234", known, office.demo.now + timedelta(days=1))
    desk.store.write_now(accounts.use_code, "KNOWN234", "wx", office.demo.now, private=True)
    desk.reload_rooms()
    page = wang.post("/town/codes", node=str(village.id)).text
    codes = re.findall(r'class="code"[^>]*>(\w{8})<', page)
    assert len(codes) == len(set(codes)) == len(everybody) - 1
    assert f"{desk.tree.worker_by_id[known].name} <small>" not in page


def test_a_whole_town_is_printed_village_by_village(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office.demo.town.desk
    desk._given.clear()
    desk.reload_rooms()
    monkeypatch.setattr(codes_module, "MOST_CARDS", 5)
    told = said(wang.post("/town/codes", node=str(desk.tree.root.id)), wang)
    assert "一次最多印 5 张" in told
    assert office.demo.store.conn.execute("SELECT COUNT(*) FROM bind_code").fetchone() == (0,)


def test_leave_goes_to_the_deputy_and_ends(office: Office, wang: Browser) -> None:
    office.until("9:00")
    wang = Browser(office)
    wang.come_in(office.staff("王敏", Role.OFFICE))
    desk, now = office.demo.town.desk, office.demo.now
    tree = desk.tree
    node, person = next(
        (n, tree.worker_by_id[n.people[Post.CONTACT]])
        for n in tree.nodes
        if Post.CONTACT in n.people
        and n.people.get(Post.DEPUTY, n.people[Post.CONTACT]) != n.people[Post.CONTACT]
        and desk.store.read(talk.open_targets, n.people[Post.CONTACT], now)
    )
    deputy = tree.worker_by_id[node.people[Post.DEPUTY]]
    before = len(desk.store.read(talk.open_targets, person.id, now))
    fields = {"node": str(node.id), "worker": str(person.id)}
    told = said(wang.post("/town/leave", **fields, since="2026-03-12", until="2026-03-14"), wang)
    assert f"{person.name}请假到3月14日，由{deputy.name}代" in told
    assert desk.store.read(talk.open_targets, person.id, now) == []
    page = wang.get(f"/town/{node.id}").text
    assert "请假到 3月14日" in page and f"由{deputy.name}代" in page
    assert f"没转的 {before} 个群又归本人转" in said(wang.post("/town/back", **fields), wang)
    assert "没有请假" in said(wang.post("/town/back", **fields), wang)
    assert {"leave", "come_back"} <= set(logged(office))


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("2026-03-11", "2026-03-12", "今天或以后"),
        ("", "2026-03-12", "今天或以后"),
        ("2026-03-14", "2026-03-13", "开始的日子或以后"),
        ("2026-03-14", "下周", "开始的日子或以后"),
        ("2026-03-14", "2026-09-14", "最多 90 天"),
    ],
)
def test_days_that_cannot_be_are_said_at_the_field(
    office: Office, wang: Browser, since: str, until: str, why: str
) -> None:
    node, person = grid_contact(office)
    answer = wang.post("/town/leave", node=str(node.id), worker=str(person.id), since=since, until=until)
    assert answer.status_code == 422 and why in answer.text and f'value="{until}"' in answer.text
    assert office.demo.store.read(talk.away_later, office.demo.now) == {}


def test_a_leave_that_begins_later_is_shown_and_can_be_dropped(office: Office, wang: Browser) -> None:
    node, person = grid_contact(office)
    fields = {"node": str(node.id), "worker": str(person.id)}
    assert "起请假到" in said(
        wang.post("/town/leave", **fields, since="2026-03-14", until="2026-03-15"), wang
    )
    assert "3月14日 起请假到 3月15日" in wang.get(f"/town/{node.id}").text
    assert "销假了" in said(wang.post("/town/back", **fields), wang)


def away_on(office: Office, person: Worker, days: int) -> bool:
    return person.id in office.demo.store.read(talk.away, office.demo.now + timedelta(days=days))


@pytest.mark.parametrize(
    ("first", "second", "away"),
    [
        ((0, 8), (6, 12), range(13)),
        ((6, 12), (0, 8), range(13)),
        ((0, 12), (6, 8), range(9)),
        ((6, 8), (0, 12), range(13)),
        ((0, 8), (0, 3), range(4)),
        ((6, 12), (6, 8), (6, 7, 8)),
        ((2, 4), (3, 6), range(2, 7)),
        ((0, 2), (5, 6), (0, 1, 2, 5, 6)),
    ],
    ids=[
        "goes on",
        "before it",
        "cut short",
        "around it",
        "corrected",
        "corrected ahead",
        "both ahead",
        "apart",
    ],
)
def test_a_leave_does_not_undo_another_that_it_meets(
    office: Office, wang: Browser, first: tuple[int, int], second: tuple[int, int], away: Iterable[int]
) -> None:
    node, person = grid_contact(office)
    today = office.demo.now.date()
    for since, until in (first, second):
        days = {"since": str(today + timedelta(days=since)), "until": str(today + timedelta(days=until))}
        assert wang.post("/town/leave", node=str(node.id), worker=str(person.id), **days).status_code == 303
    noon = timedelta(hours=12)
    office.demo.now += noon
    assert [day for day in range(15) if away_on(office, person, day)] == list(away)
    rows = office.demo.store.conn.execute("SELECT since, until FROM away ORDER BY since").fetchall()
    assert all(since < until for since, until in rows)
    assert all(before[1] < after[0] for before, after in pairwise(rows)), "no two at one instant"


def test_an_account_is_taken_away_and_with_it_the_seat(office: Office, wang: Browser) -> None:
    node, person = grid_contact(office)
    theirs = Browser(office)
    theirs.come_in(office.code_for(person.id, code="WXYZ2345"))
    assert theirs.get("/town").status_code == 200
    fields = {"node": str(node.id), "worker": str(person.id)}
    assert "账号解除了" in said(wang.post("/town/forget", **fields), wang)
    assert theirs.get("/town").status_code == 303
    assert "没有绑定账号" in said(wang.post("/town/forget", **fields), wang)
    (me,) = [w for w in office.demo.store.read(accounts.people).values() if w.name == "王敏"]
    assert "您自己的账号" in said(wang.post("/town/forget", worker=str(me.id)), wang)
    assert "名册换过了" in said(wang.post("/town/forget", worker="999999"), wang)


def test_who_is_in_no_roster_any_more_is_named_and_can_be_ended(office: Office, wang: Browser) -> None:
    lost = office.demo.store.write_now(accounts.add_person, "赵四", "清河镇/柳林村")
    office.demo.store.write_now(accounts.add_code, "ZHAO2345", lost.id, office.demo.now + timedelta(days=1))
    office.demo.store.write_now(accounts.use_code, "ZHAO2345", "wx4", office.demo.now, private=True)
    office.staff("孙悦", Role.REVIEWER)
    other = Browser(office)
    other.come_in("ABCD2345")
    page = wang.get("/town").text
    assert "不在名册里的人" in page and "赵四" in page and "反诈办的人" in page and "审核人" in page
    assert "联系人，反诈办" in page  # 王敏 has a post as well
    assert "赵四的账号解除了" in said(wang.post("/town/forget", worker=str(lost.id)), wang)
    assert "不在名册里的人" not in wang.get("/town").text


def test_somebody_takes_over_from_who_left(office: Office, wang: Browser) -> None:
    office.until("9:00")
    wang = Browser(office)
    wang.come_in(office.staff("王敏", Role.OFFICE))
    desk, now = office.demo.town.desk, office.demo.now
    node, person = grid_contact(office)
    old = desk.tree
    new = replace(person, id=WorkerId(90_000), name="新来的人", phone="")
    nodes = tuple(
        replace(n, people={p: new.id if w == person.id else w for p, w in n.people.items()})
        for n in old.nodes
    )
    desk.store.write_now(trees.add_edition, Tree(nodes, old.groups, (*old.workers, new)), "新", now)
    desk.reload_tree()
    successor = next(w for w in desk.tree.workers if w.name == "新来的人")
    fields = {"node": str(node.id), "worker": str(successor.id)}
    assert "从来没有“没有这人”" in wang.post("/town/handover", **fields, before="没有这人").text
    assert wang.post("/town/handover", **fields, before="").status_code == 422
    answer = wang.post("/town/handover", **fields, before=person.name)
    assert answer.status_code == 200 and f"交给了{successor.name}" in answer.text
    assert len(re.findall(r'class="code"', answer.text)) == 1
    assert desk.store.read(talk.open_targets, person.id, now) == []
    assert "handover" in logged(office)


def test_nobody_of_the_office_is_handed_over_out_of_their_seat(office: Office, wang: Browser) -> None:
    """Who is in no roster loses the account by it: of the office that is for 解除账号, and never oneself."""
    node, successor = grid_contact(office)
    store = office.demo.store
    sun, zhao = Browser(office), Browser(office)
    sun.come_in(office.staff("孙悦", Role.REVIEWER))
    lost = store.write_now(accounts.add_person, "赵四", office.demo.tree.root.path)
    store.write_now(accounts.add_code, "ZHAO2345", lost.id, office.demo.now + timedelta(days=1), Role.OFFICE)
    store.write_now(accounts.use_code, "ZHAO2345", "wx4", office.demo.now, private=True)
    left = store.write_now(accounts.add_person, "钱五", office.demo.tree.root.path)
    zhao.come_in(office.code_for(left.id))
    fields = {"node": str(node.id), "worker": str(successor.id)}
    before = logged(office)
    for name in ("孙悦", "赵四"):
        refused = wang.post("/town/handover", **fields, before=name)
        assert refused.status_code == 422 and f"{name}是反诈办的人" in refused.text
        assert "先在单位和群的首页解除账号" in refused.text and f'value="{name}"' in refused.text
    herself = wang.post("/town/handover", **fields, before="王敏")
    assert herself.status_code == 422 and "这是您自己" in herself.text
    assert wang.get("/town").status_code == sun.get("/town").status_code == 200
    assert lost.id in store.read(accounts.roles) and logged(office) == before
    assert store.conn.execute("SELECT COUNT(*) FROM bind_code").fetchone() == (0,), "no code for nothing"
    # Who has left and had a seat, but no role, goes as before.
    assert "钱五的账号作废了" in said(wang.post("/town/handover", **fields, before="钱五"), wang)
    assert zhao.get("/town").status_code == 303


def test_a_form_about_what_is_not_there_does_nothing(office: Office, wang: Browser) -> None:
    node, person = grid_contact(office)
    elsewhere = office.villages[1]
    assert "名册换过了" in said(wang.post("/town/back", node=str(elsewhere.id), worker=str(person.id)), wang)
    assert wang.post("/town/back", node="x", worker=str(person.id)).status_code == 404
    assert "名册换过了" in said(
        wang.post("/town/exempt", node=str(node.id), group="999999", reason="拆"), wang
    )
    assert "没有这个人" in said(wang.post("/town/codes", node=str(node.id), worker="999999"), wang)


# ── the roster ──────────────────────────────────────────────────────────────────────────────────────────────


def roster(office: Office, change: Callable[[list[dict[str, str]]], Any] = lambda rows: None) -> bytes:
    """The roster in force as a file, with ``change`` made to its lines."""
    rows = [dict(row) for row in rows_of(office.demo.town.desk.tree)]
    change(rows)
    file = office.folder / "roster.xlsx"
    write_rows(rows, file)
    return file.read_bytes()


def send(browser: Browser, data: bytes, name: str = "名册.xlsx") -> Response:
    return browser.ask(
        "POST", "/town/import", data={"form": browser.secret}, files={"roster": (name, data, "application/x")}
    )


def shown_in(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found is not None, page[:3000]
    return found[1]


def rename(rows: list[dict[str, str]], before: str, after: str) -> None:
    for row in rows:
        if row.get("群名称") == before:
            row["群名称"] = after


def test_a_roster_is_shown_before_it_is_taken_up_and_taken_up_as_shown(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    renamed = next(g for g in desk.tree.groups if g.id in desk.rooms and g.use is Use.RESIDENT)
    gone = next(g for g in reversed(desk.tree.groups) if g.use is Use.RESIDENT and g.node != renamed.node)
    room = desk.rooms[renamed.id]
    now = office.demo.now
    said_there = (notices.add_notice, "t", "office", "…", now, now + timedelta(hours=1))
    waiting = office.demo.store.write_now(*said_there, group=renamed.id)
    office.demo.store.write_now(talk.exempt, renamed.id, "整村拆迁", "王敏", office.demo.now)

    def change(rows: list[dict[str, str]]) -> None:
        rename(rows, renamed.name, "改过名的群")
        for row in rows:
            if row.get("群名称") == gone.name:
                for column in (
                    "群名称",
                    "群类别",
                    "渠道",
                    "群人数",
                    "方式",
                    "观察",
                    "同意人",
                    "同意日期",
                    "受众",
                ):
                    row.pop(column, None)

    page = unescape(send(wang, roster(office, change)).text)
    assert f"{renamed.name} → 改过名的群" in page and "改名的群 1" in page and "去掉的群 1" in page
    assert "有 1 个绑定过或豁免过" in page and "换了人" not in page
    assert desk.store.read(trees.newest_edition) == desk.edition
    edition = desk.edition
    told = said(wang.post("/town/import/apply", shown=shown_in(page), keep="yes"), wang)
    assert "新名册导入了" in told and "改名 1" in told and "去掉 1" in told
    assert desk.edition != edition
    new = next(g for g in desk.tree.groups if g.name == "改过名的群")
    assert desk.rooms[new.id] == room and desk.store.read(talk.exemptions)[new.id] == "整村拆迁"
    (to,) = desk.store.conn.execute("SELECT grp FROM outgoing WHERE id = ?", (waiting,))
    assert to == (new.id,)  # what waited for the group is said there too
    assert gone.name not in {g.name for g in desk.tree.groups}
    again = wang.post("/town/import/apply", shown=shown_in(page), keep="yes")
    assert again.status_code == 422 and "再选一次文件" in again.text
    assert logged(office).count("roster") == 1


def test_without_the_tick_a_renamed_group_begins_anew(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    group = next(g for g in desk.tree.groups if g.id in desk.rooms and g.use is Use.RESIDENT)
    page = send(wang, roster(office, lambda rows: rename(rows, group.name, "改过名的群"))).text
    said(wang.post("/town/import/apply", shown=shown_in(page)), wang)
    new = next(g for g in desk.tree.groups if g.name == "改过名的群")
    assert new.id not in desk.rooms


def test_people_units_and_uses_that_change_are_named(office: Office, wang: Browser) -> None:
    desk, village = office.demo.town.desk, office.villages[0]
    head = office.head_of(village.name)
    group = resident(office, village.name)[1]

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["单位"] == village.name:
                row["主要负责人"] = "新村长"
            if row.get("群名称") == group.name:
                row["群人数"] = "77"
        rows.append({"层级": "村居", "单位": "新建村", "上级单位": desk.tree.root.name})

    page = unescape(send(wang, roster(office, change)).text)
    assert f"{village.path} 主要负责人：{head.name} → 新村长" in page
    assert "新增的单位 1" in page and f"{desk.tree.root.name}/新建村" in page
    assert f"{group.name}：人数 {group.members or '没写'} → 77" in page
    assert "不在新名册里、账号还在的 1 人" in page and head.name in page
    said(wang.post("/town/import/apply", shown=shown_in(page)), wang)
    assert "新村长" in wang.get(f"/town/{village.id}").text


def test_the_same_roster_changes_nothing_and_says_so(office: Office, wang: Browser) -> None:
    page = send(wang, roster(office)).text
    assert "和现在的名册一样" in page and 'name="shown"' not in page


def test_a_file_that_drops_many_groups_has_to_be_meant(office: Office, wang: Browser) -> None:
    tree = office.demo.town.desk.tree
    village = office.villages[0].name

    def only_one_village(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row["单位"] == tree.root.name or row["单位"] == village]

    page = send(wang, roster(office, only_one_village)).text
    assert "可能拿错了文件" in page
    shown = shown_in(page)
    refused = wang.post("/town/import/apply", shown=shown)
    assert refused.status_code == 422 and "先勾上那一条" in refused.text and shown_in(refused.text) == shown
    assert len(office.demo.town.desk.tree.groups) == len(tree.groups)
    assert "新名册导入了" in said(wang.post("/town/import/apply", shown=shown, force="yes"), wang)


def test_a_roster_that_somebody_else_changed_meanwhile_is_shown_again(office: Office, wang: Browser) -> None:
    group = resident(office)[1]
    page = send(wang, roster(office, lambda rows: rename(rows, group.name, "改过名的群"))).text
    office.demo.store.write_now(trees.add_edition, office.demo.town.desk.tree, "别的", office.demo.now)
    answer = wang.post("/town/import/apply", shown=shown_in(page))
    assert answer.status_code == 422 and "名册已经换过了" in answer.text
    assert "改过名的群" not in {g.name for g in office.demo.store.read(trees.load_tree).groups}


def test_what_was_shown_long_ago_or_to_somebody_else_is_not_applied(office: Office, wang: Browser) -> None:
    group = resident(office)[1]
    data = roster(office, lambda rows: rename(rows, group.name, "改过名的群"))
    shown = shown_in(send(wang, data).text)
    li = Browser(office)
    li.come_in(office.staff("李四", Role.OFFICE))
    assert "再选一次文件" in li.post("/town/import/apply", shown=shown).text
    office.demo.now += SHOWN_FOR + timedelta(minutes=1)
    answer = wang.post("/town/import/apply", shown=shown)
    assert answer.status_code == 422 and "太久没有导入" in answer.text
    assert wang.post("/town/import/apply", shown="x").status_code == 422


def test_everything_that_is_wrong_is_told_at_once_with_its_cell(office: Office, wang: Browser) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[1]["层级"] = "省"
        rows[2]["群人数"] = "很多"
        rows[3]["联系人"] = "<b>王</b>敏敏敏敏敏敏敏敏敏敏敏敏敏敏敏敏敏敏"

    answer = send(wang, roster(office, spoil), r"C:\fakepath\<i>名册.xlsx")
    page = answer.text
    assert answer.status_code == 422 and "处要改" in page
    assert "名册 A3" in page and "名册 H4" in page and "名册 N5" in page
    assert "<b>王" not in page and "<i>名册" not in page and "fakepath" not in page
    assert len(office.demo.town.desk.tree.groups) == len(office.demo.tree.groups)


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"x", "名册.pdf", "不是表格文件"),
        (b"x", "../../etc/passwd", "不是表格文件"),
        (b"x", "名册.xlsx", "文件坏了"),
        (b"", "名册.xlsx", "文件是空的"),
        ("层级,单位\n镇,清河镇\n".encode(), "名册.csv", "上级单位"),
        ("层级,单位,上级单位,群名称\n镇,清河镇,,=1+1\n".encode(), "名册.csv", "第 2 行"),
    ],
    ids=["pdf", "path", "broken", "empty", "columns", "formula"],
)
def test_what_is_no_roster_is_refused_in_words(
    office: Office, wang: Browser, data: bytes, name: str, why: str
) -> None:
    answer = send(wang, data, name)
    assert answer.status_code == 422 and why in answer.text, answer.text


def test_no_file_at_all_is_said_at_the_field(office: Office, wang: Browser) -> None:
    answer = wang.ask(
        "POST", "/town/import", data={"form": wang.secret}, files={"other": ("x.csv", b"x", "text/csv")}
    )
    assert answer.status_code == 422 and "先选一个名册文件" in answer.text


def test_the_roster_comes_out_as_it_went_in(office: Office, wang: Browser, tmp_path: Path) -> None:
    answer = wang.post("/town/export")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    out, mine = tmp_path / "out.xlsx", tmp_path / "mine.xlsx"
    out.write_bytes(answer.content)
    export_roster(office.demo.tree, mine)
    assert read_roster(out) == read_roster(mine)
    assert load_workbook(BytesIO(answer.content)).sheetnames == ["名册"]
    assert "export_roster" in logged(office)


# ── size ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_page_of_a_town_of_twenty_thousand_groups_lists_everything(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    tree = desk.store.write_now(trees.add_edition, town_tree(20_000, 1), "大镇", office.demo.now)
    desk.store.conn.execute(
        "INSERT OR IGNORE INTO binding(grp, room, absent, stale, topic) SELECT id, 'r' || id, 0, 0, name FROM grp"
    )
    desk.reload_tree()
    village = max(tree.children(tree.root), key=lambda node: node.hi - node.lo)
    group = tree.groups[-1]
    for path in ("/town", f"/town/{village.id}", f"/town?q={group.name}", "/town?q=群", "/town?q=没有的"):
        page = wang.get(path)
        assert page.status_code == 200 and len(page.content) < 150_000, (path, len(page.content))
