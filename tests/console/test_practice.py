"""The practice groups: the same town, ledger and clock as the other pages; only a demo's console has them."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.clock import SystemClock
from bot.console.practice.panes import MOST_PANES
from bot.model.speaker import Role
from bot.model.time import day_of, local
from bot.model.tree import Group, Use
from bot.service.demo import FIRST_DAY
from bot.service.practice import Practice, RunningClock, Speed
from bot.service.practice.cast import Person
from bot.store import practice as noted
from bot.store import reading, sending
from tests.console.desk import Browser, Office, office_in


@pytest.fixture
def office(quick: Path) -> Iterator[Office]:
    with office_in(quick / "day") as office:
        office.until("8:20")
        office.console.practice = RunningClock(Practice(office.demo), SystemClock())
        yield office


@pytest.fixture
def wang(office: Office) -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def clock_of(office: Office) -> RunningClock:
    assert office.console.practice is not None
    return office.console.practice


def usual(office: Office, kind: str) -> Person:
    return dict(clock_of(office).practice.cast.usual())[kind]


def with_an_open_group(office: Office) -> tuple[Person, Group]:
    """Somebody who still has to forward into a residents' group that we look into."""
    tree, cast = office.demo.tree, clock_of(office).practice.cast
    for row in open_rows(office):
        group = None if row.group_id is None else tree.group_by_id[row.group_id]
        person = cast.by_account(f"w{row.worker_id}")
        if group is not None and person is not None and office.demo.world.sees(group) and group.observe:
            return person, group
    raise AssertionError("everybody has forwarded")


def watched_group(office: Office) -> Group:
    """A residents' group that we look into."""
    return next(g for g in office.demo.tree.groups if g.observe and office.demo.world.sees(g))


def covered(office: Office) -> int:
    demo = office.demo
    waves = demo.store.read(reading.waves_between, day_of(demo.now), day_of(demo.now))
    return demo.store.read(reading.counts, waves, demo.tree.root.id).covered


def open_rows(office: Office) -> list[reading.TargetRow]:
    demo = office.demo
    waves = demo.store.read(reading.waves_between, day_of(demo.now), day_of(demo.now))
    return demo.store.read(reading.target_rows, waves, gaps_only=True)


def did(page: str) -> list[str]:
    """What stands under the messages."""
    return re.findall(r'<span class="did[^"]*">([^<]*)</span>', page)


def send(browser: Browser, path: str, person: Person, room: Group | None, **what: str) -> str:
    """As the form of a pane would, then the page; that pane is the only one."""
    key = f"r{room.id}" if room else "me"
    fields = {"as": person.account, "room": key, "in": key, **what}
    answer = browser.post(path, **fields)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["location"]).text


def wave_content(office: Office) -> str:
    demo = office.demo
    return demo.store.read(reading.waves_between, day_of(demo.now), day_of(demo.now))[0].content


# ── where it is ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_real_town_has_none_and_says_where_there_is_one(office: Office, wang: Browser) -> None:
    assert 'href="/practice"' in wang.get("/").text
    office.console.practice = None
    for path in ("/practice", "/practice/news", "/practice/live", f"/practice/picture/{'0' * 64}"):
        answer = wang.get(path)
        assert answer.status_code == 404 and ("chuanda demo" in answer.text or "图片" in answer.text)
    for path in ("/practice/say", "/practice/forward", "/practice/recall", "/practice/clock"):
        assert wang.post(path, **{"as": "stranger", "room": "me", "text": "暂停"}).status_code == 404
    assert 'href="/practice"' not in wang.get("/").text


def test_the_page_shows_whom_one_can_be_and_their_chats(office: Office, wang: Browser) -> None:
    page = wang.get("/practice").text
    for kind in ("反诈办 王敏", "村书记", "网格员", "居民", "陌生人"):
        assert kind in page
    assert "练习，不会发到真的微信群" in page and "8:20" in page and "私聊 传达" in page
    assert page.count('class="card chat"') == 3
    as_office = wang.get(f"/practice?as={usual(office, '反诈办').account}").text
    assert "清河镇反诈办工作组群" in as_office and as_office.count('class="card chat"') == MOST_PANES


def test_one_becomes_anybody_by_name_or_is_told_the_nearest(office: Office, wang: Browser) -> None:
    head = office.head_of(office.villages[0].name)
    assert (
        f"您现在当{head.name}" in wang.get("/practice", params={"who": f"{office.villages[0].name}书记"}).text
    )
    wrong = wang.get("/practice", params={"who": "火星人"})
    assert wrong.status_code == 422 and "是不是" in wrong.text and 'value="火星人"' in wrong.text


def test_a_group_is_opened_by_name_and_shut(office: Office, wang: Browser) -> None:
    other = next(
        g for g in office.demo.tree.groups if g.use is Use.WORK and office.villages[-1].name in g.name
    )
    page = wang.get("/practice", params={"group": other.name}).text
    assert f'id="wx-r{other.id}"' in page and page.count('class="card chat"') == 4
    assert "不在这个群" in page, "who is not in it is told who could speak"
    shut = re.search(rf'href="([^"]+)" aria-label="关上{other.name}"', page)
    assert shut and f'id="wx-r{other.id}"' not in wang.get(shut[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    "query", ["as=w99999999999999999999", "as=²", "in=r9999999999999999999", "in=x&in=r", "as=w1&in=r1&in=r1"]
)
def test_what_is_nobody_and_nowhere_begins_as_usual(wang: Browser, query: str) -> None:
    assert wang.get(f"/practice?{query}").status_code == 200


# ── what is done there is done in the town ──────────────────────────────────────────────────────────────────


def test_a_forwarded_content_is_recognised_and_moves_the_start_page(office: Office, wang: Browser) -> None:
    person, group = with_an_open_group(office)
    practice = clock_of(office).practice
    before = covered(office)
    page = send(wang, "/practice/forward", person, group, content=wave_content(office))
    assert any("认出来了：8:20 转到，按时，机器人看见的" in line for line in did(page))
    assert covered(office) == before + 1
    assert f"转到 {before + 1}，" in wang.get("/").text
    assert practice.lately(f"r{group.id}")[-1].who == person.name


def test_what_was_forwarded_is_taken_back(office: Office, wang: Browser) -> None:
    person, group = with_an_open_group(office)
    before = covered(office)
    page = send(wang, "/practice/forward", person, group, content=wave_content(office))
    assert covered(office) == before + 1
    for message in re.findall(r'name="message" value="([^"]+)"', page):
        page = send(wang, "/practice/recall", person, group, message=message)
    assert covered(office) == before and "您撤回了一条消息" in page
    assert "撤回了，不再算转到" in did(page)


def test_nobody_takes_back_what_is_not_theirs_or_too_old(office: Office, wang: Browser) -> None:
    other = usual(office, "陌生人")
    person, group = with_an_open_group(office)
    page = send(wang, "/practice/say", person, group, text="大家好")
    (message,) = re.findall(r'name="message" value="([^"]+)"', page)
    assert "只能撤回自己发的" in send(wang, "/practice/recall", other, group, message=message)
    asyncio.run(clock_of(office).practice.move_to(office.demo.now + timedelta(minutes=3)))
    assert f'value="{message}"' not in wang.get(f"/practice?as={person.account}").text
    assert "撤不回了" in send(wang, "/practice/recall", person, group, message=message)
    assert "只能撤回自己发的" in send(wang, "/practice/recall", person, group, message="nothing")


def test_a_secretary_asks_and_is_answered(office: Office, wang: Browser) -> None:
    person = usual(office, "村书记")
    page = send(wang, "/practice/say", person, None, text="覆盖率")
    assert "今天到 8:20" in page and "听懂了，回在下面" in did(page)


def test_a_residents_talk_is_kept_nowhere_but_in_the_invented_world(office: Office, wang: Browser) -> None:
    person, group = usual(office, "居民"), watched_group(office)
    page = send(wang, "/practice/say", person, group, text="谁家的猫跑到我这儿了")
    assert "居民聊天，不保存" in did(page)
    files = [office.demo.data / name for name in ("chuanda.db", "chuanda.db-wal")]
    assert not any("谁家的猫".encode() in file.read_bytes() for file in files if file.exists())


def test_a_stranger_stops_nothing(office: Office, wang: Browser) -> None:
    page = send(wang, "/practice/say", usual(office, "陌生人"), None, text="暂停")
    assert "不认得这个人，不理" in did(page) and office.demo.town.desk.paused == ""
    page = send(wang, "/practice/say", usual(office, "反诈办"), None, text="暂停")
    assert office.demo.town.desk.paused != "" and "暂停" in page


def test_a_confirmation_is_written_down_below_it(office: Office, wang: Browser) -> None:
    row = next(r for r in open_rows(office) if r.worker_id and r.reason == "not_reposted")
    practice = clock_of(office).practice
    person = practice.cast.by_account(f"w{row.worker_id}")
    assert person is not None
    page = send(wang, "/practice/say", person, None, text="都转了")
    assert any(line.startswith("记下：") and line.endswith("本人报的") for line in did(page)), did(page)


def test_who_is_not_in_a_group_does_not_speak_there(office: Office, wang: Browser) -> None:
    resident = usual(office, "居民")
    work = next(g for g in office.demo.tree.groups if g.use is Use.WORK)
    before = len(clock_of(office).practice.lately(f"r{work.id}", 99))
    assert "不在这个群" in send(wang, "/practice/say", resident, work, text="大家好")
    assert len(clock_of(office).practice.lately(f"r{work.id}", 99)) == before


@pytest.mark.parametrize(("text", "why"), [("", "还没有写字"), ("长" * 2001, "一条最多 2,000 个字")])
def test_what_cannot_be_sent_is_said_so(office: Office, wang: Browser, text: str, why: str) -> None:
    assert why in send(wang, "/practice/say", usual(office, "网格员"), None, text=text)


def test_names_and_words_are_text_and_never_markup(office: Office, wang: Browser) -> None:
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    person = usual(office, "居民")
    page = send(wang, "/practice/say", person, watched_group(office), text=evil)
    assert "<img src=x" not in page and "&lt;img src=x" in page and "{{7*7}}" in page
    wrong = wang.get("/practice", params={"who": evil, "group": evil}).text
    assert "<img src=x" not in wrong


def png(width: int = 40) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 30), (200, 30, 40)).save(made, "PNG")
    return made.getvalue()


def test_a_picture_is_sent_shown_and_kept_in_the_demos_folder_only(office: Office, wang: Browser) -> None:
    person, group = with_an_open_group(office)
    fields = {"form": wang.secret, "as": person.account, "room": f"r{group.id}", "in": f"r{group.id}"}
    answer = wang.ask("POST", "/practice/picture", data=fields, files={"picture": ("../../x.svg", png())})
    page = wang.get(answer.headers["location"]).text
    where = re.findall(r'src="(/practice/picture/[0-9a-f]{64})"', page)[-1]
    shown = wang.get(where)
    assert shown.content == png() and shown.headers["content-type"] == "image/png"
    assert [p.name for p in (office.demo.data / "practice").iterdir()] == [f"{where.rpartition('/')[2]}.png"]
    wrong = wang.ask("POST", "/practice/picture", data=fields, files={"picture": ("x.png", b"<svg/>")})
    assert "这不是图片" in wang.get(wrong.headers["location"]).text


def test_a_screenshot_of_a_poster_is_known_again(office: Office, wang: Browser) -> None:
    person, group = with_an_open_group(office)
    fields = {
        "form": wang.secret,
        "as": person.account,
        "room": f"r{group.id}",
        "content": wave_content(office),
    }
    before = covered(office)
    answer = wang.ask("POST", "/practice/picture", data=fields, files={"none": b""})
    assert "认出来了" in " ".join(did(wang.get(answer.headers["location"]).text))
    assert covered(office) == before + 1


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "..%2f..%2fchuanda.db", "A" * 64])
def test_no_other_file_is_a_picture(wang: Browser, sha256: str) -> None:
    assert wang.get(f"/practice/picture/{sha256}").status_code == 404


def test_whom_somebody_plays_does_nothing_by_themselves(office: Office, wang: Browser) -> None:
    row = next(r for r in open_rows(office) if r.worker_id and r.reason == "not_reposted")
    person = clock_of(office).practice.cast.by_account(f"w{row.worker_id}")
    assert person is not None
    send(wang, "/practice/say", person, None, text="你好")
    asyncio.run(clock_of(office).practice.move_to(office.demo.now + timedelta(hours=8)))
    mine = {
        g.id
        for g in office.demo.tree.groups
        if office.demo.tree.person_above(office.demo.tree.by_id[g.node], _contact()) == row.worker_id
    }
    played = json.dumps({"k": "stand in"})[1:-1].encode()
    log = (office.demo.data / "world.jsonl").read_bytes()
    after = [json.loads(line) for line in log[log.index(played) :].splitlines()[1:]]
    assert after and not [x for x in after if x["k"] in ("repost", "claim") and x.get("group") in mine]


def _contact():  # type: ignore[no-untyped-def]
    from bot.model.tree import Post

    return Post.CONTACT


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def going(office: Office) -> AsyncIterator[RunningClock]:
    clock, failed = clock_of(office), list[int]()
    async with clock.running(lambda: failed.append(1)):
        yield clock


async def _arrived(clock: RunningClock) -> None:
    async with asyncio.timeout(60):
        while clock.until is not None:  # noqa: ASYNC110 (it has no end to be told of)
            await asyncio.sleep(0.01)


def test_to_18_the_gap_list_comes_and_the_people_go_on_living(office: Office, wang: Browser) -> None:
    before = covered(office)
    wang.post("/practice/clock", to="18")

    async def run() -> None:
        async with going(office) as clock:
            await _arrived(clock)

    asyncio.run(run())
    assert f"{local(office.demo.now):%H:%M}" in ("18:00", "18:01", "18:02") and covered(office) > before
    page = wang.get(f"/practice?as={usual(office, '反诈办').account}").text
    assert "缺口清单" in page
    assert wang.get("/").status_code == 200, "nobody is signed out by ten hours in a moment"


def test_time_goes_as_fast_as_it_should_and_stops(office: Office) -> None:
    async def run() -> list[float]:
        spans = []
        async with going(office) as clock:
            for speed in (Speed.STILL, Speed.NORMAL, Speed.FAST):
                clock.go(speed)
                begin = office.demo.now
                await asyncio.sleep(1.2)
                spans.append((office.demo.now - begin).total_seconds())
            clock.go(Speed.STILL)
            await asyncio.sleep(0.6)
            stands = office.demo.now
            await asyncio.sleep(0.6)
            assert office.demo.now == stands
        return spans

    still, normal, fast = asyncio.run(run())
    assert still == 0 and 0 < normal < 6 and 20 < fast < 200


def test_the_next_morning_begins_at_five_to_eight_on_the_next_day(office: Office, wang: Browser) -> None:
    async def run() -> None:
        async with going(office) as clock:
            clock.go_to(_time(21, 40))
            await _arrived(clock)
            wang_now = office.demo.now
            assert day_of(wang_now) == FIRST_DAY
            clock.go_to(_time(7, 55), next_day=True)
            await _arrived(clock)

    asyncio.run(run())
    assert day_of(office.demo.now) == FIRST_DAY + timedelta(days=1)
    assert f"{local(office.demo.now):%H:%M}" == "07:55"
    office.demo.store.read(noted.newest_entry)
    assert "3月13日" in wang.get("/practice").text


def _time(hour: int, minute: int):  # type: ignore[no-untyped-def]
    from datetime import time

    return time(hour, minute)


def test_a_clock_that_cannot_go_on_stands_still_and_says_why(office: Office, wang: Browser) -> None:
    from bot.errors import Busy

    async def run() -> None:
        async with going(office) as clock:

            async def refuses(until) -> None:  # type: ignore[no-untyped-def]
                raise Busy("数据库被别的程序占着")

            clock.practice.step = refuses  # type: ignore[method-assign]
            clock.go(Speed.FAST)
            await asyncio.sleep(0.8)

    asyncio.run(run())
    assert clock_of(office).speed is Speed.STILL
    assert "时间停了：数据库被别的程序占着" in wang.get("/practice").text


def test_what_was_done_is_there_after_a_restart(office: Office, wang: Browser) -> None:
    person, group = with_an_open_group(office)
    send(wang, "/practice/forward", person, group, content=wave_content(office))
    send(wang, "/practice/say", person, None, text="我的任务")
    lines = {place: clock_of(office).practice.lately(place, 40) for place in (f"r{group.id}", person.account)}
    now = office.demo.now
    office.demo.close()
    office._open()
    again = Practice(office.demo)
    assert office.demo.now == now
    for place, before in lines.items():
        shown = [(line.at, line.who, line.text, line.did) for line in again.lately(place, 40)]
        assert shown == [(line.at, line.who, line.text, line.did) for line in before]
    assert office.demo.store.read(sending.get_meta, "demo_now")
