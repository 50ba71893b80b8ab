"""Screenshots: what is kept of them and for how long, what a verdict does to the ledger, and that people have a say in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.model.chat import Message, MessageKind
from bot.model.content import PartKind
from bot.model.ledger import Act, Entry, TargetId
from bot.model.speaker import Role
from bot.model.tree import Worker
from bot.service import screenshots as keeping
from bot.service.screenshots import FOLDER, KEPT_DAYS, MOST_A_DAY, TAKE_BACK, TOLD_DAYS
from bot.store import audit, ledger, reading, screenshots
from bot.store import log as acts
from bot.store.screenshots import Screenshot, ShotState
from tests.console.chat import drawn, people_with_tasks, say, show, told
from tests.console.desk import Browser, Office, office_in

Claims = Callable[..., tuple[Worker, Screenshot]]
LATER = TAKE_BACK + timedelta(seconds=1)


@pytest.fixture
def office(quick: Path) -> Iterator[Office]:
    with office_in(quick / "day") as office:
        office.until("8:40")
        yield office
        assert office.demo.store.read(audit.recount) == []


@pytest.fixture
def wang(office: Office) -> Browser:
    """王敏 of the office, who is in."""
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


@pytest.fixture
def claims(office: Office, tmp_path: Path) -> Claims:
    """Somebody says “已转发” and shows a picture."""
    people = people_with_tasks(office)

    def claim(
        place: int = 0, title: str = "双井村第三十八网格群", groups: int = 1
    ) -> tuple[Worker, Screenshot]:
        who = [person for person, rows in people if (len(rows) == 1) == (groups == 1)][place]
        say(office, who, "已转发")
        show(office, who, drawn(tmp_path, f"{title}.png", title))
        (shot, *_) = office.demo.store.read(screenshots.of_worker, who.id, 10)
        return who, shot

    return claim


def row_of(office: Office, target: TargetId) -> reading.TargetRow:
    row = office.demo.store.read(reading.target_by_id, target)
    assert row is not None
    return row


def shot_now(office: Office, shot: Screenshot) -> Screenshot:
    found = office.demo.store.read(screenshots.screenshot, shot.id)
    assert found is not None
    return found


def tick(office: Office) -> None:
    """What the clock brings to the pictures."""
    office.demo.town.desk.now = office.demo.now
    keeping.tidy(office.demo.town.desk)


def files(office: Office) -> list[str]:
    folder = office.demo.data / FOLDER
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def log(office: Office) -> list[tuple[str, str, str]]:
    """(who, what, outcome), oldest first."""
    rows = office.demo.store.read(acts.rows, acts.Wanted(), 50)
    return [(row.name, row.command, row.outcome) for row in reversed(rows)]


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_beside_a_claim_waits_with_what_was_said(
    office: Office, wang: Browser, claims: Claims
) -> None:
    who, shot = claims()
    assert shot.state is ShotState.WAITING and shot.said == "已转发" and files(office) == [shot.name]
    page = wang.get("/evidence").text
    (row,) = (row_of(office, target) for target in shot.targets)
    for words in (who.name, row.group, f"《{row.title}》", "已转发", "等着核实", "自报", "机器人不在这个群"):
        assert words in page, words
    picture = wang.get(f"/evidence/{shot.id}/picture")
    assert picture.headers["content-type"] == "image/png" and picture.headers["cache-control"] == "no-store"
    with Image.open(BytesIO(picture.content)) as image:
        assert image.size == (720, 1440)
    assert wang.get(f"/evidence/{shot.id}/content/99").status_code == 404


def test_what_a_camera_writes_beside_a_picture_is_not_kept(
    office: Office, tmp_path: Path, claims: Claims
) -> None:
    people = people_with_tasks(office)
    who = people[0][0]
    image = Image.open(drawn(tmp_path, "a.jpg", "甲", "JPEG"))
    exif = image.getexif()
    exif[0x010E] = "清河镇柳林村三组八号"
    image.save(tmp_path / "b.jpg", exif=exif)
    say(office, who, "已转发")
    show(office, who, tmp_path / "b.jpg")
    (name,) = files(office)
    kept = (office.demo.data / FOLDER / name).read_bytes()
    assert name.endswith(".jpg") and "清河镇柳林村".encode() not in kept and b"Exif" not in kept


@pytest.mark.parametrize("what", ["text", "cut", "bomb", "small", "gif", "long"])
def test_what_is_no_picture_is_not_kept(office: Office, tmp_path: Path, what: str) -> None:
    who = people_with_tasks(office)[0][0]
    whole = drawn(tmp_path, "whole.png", "甲").read_bytes()
    bad = tmp_path / "bad.png"
    if what == "small":
        Image.new("RGB", (60, 60)).save(bad)
    elif what == "gif":
        Image.new("RGB", (400, 400)).save(bad, "GIF")
    else:
        bomb = whole[:16] + (60_000).to_bytes(4) + (60_000).to_bytes(4) + whole[24:]
        bad.write_bytes(
            {
                "text": b"<script>alert(1)</script>" * 20,
                "cut": whole[: len(whole) // 2],
                "bomb": bomb,
                "long": whole + b"\0" * 10_000_000,
            }[what]
        )
    say(office, who, "已转发")
    show(office, who, bad)
    assert files(office) == [] and office.demo.store.read(screenshots.count_waiting) == 0


def test_without_a_claim_or_an_account_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    who = people_with_tasks(office)[0][0]
    picture = drawn(tmp_path, "a.png", "甲")
    show(office, who, picture)
    say(office, who, "已转发")
    stranger = Message("s1", "", "nobody", office.demo.now, MessageKind.IMAGE, path=picture)
    asyncio.run(office.demo.town.handle(stranger))
    assert files(office) == []
    office.demo.now += timedelta(minutes=20)
    show(office, who, picture)  # a while later, privately: it belongs to what their word stands for today
    assert len(files(office)) == 1


def test_the_bot_has_seen_it_so_no_picture_is_needed(office: Office, tmp_path: Path) -> None:
    who = people_with_tasks(office)[0][0]
    say(office, who, "已转发")
    mine = office.demo.store.read(reading.tasks_of_day, who.id, office.demo.now.date())
    for task in mine:
        office.demo.store.write_now(ledger.record, task.id, Entry(Act.OBSERVED, office.demo.now, "seen"))
    show(office, who, drawn(tmp_path, "a.png", "甲"))
    assert files(office) == []


def test_in_a_work_group_a_good_screenshot_is_still_one(office: Office, claims: Claims) -> None:
    """It shows the content, so the bot knows it again there; it is proof of another group all the same."""
    desk = office.demo.town.desk
    who, (row, *_) = next((who, rows) for who, rows in people_with_tasks(office) if len(rows) == 1)
    work = desk.tree.work_group_above(desk.tree.by_id[row.node], strictly=False)
    assert work is not None and work.id in desk.rooms
    poster = next(part.path for part in desk.contents[row.content].parts if part.kind is PartKind.IMAGE)
    assert poster is not None
    show(office, who, poster, desk.rooms[work.id])
    assert files(office) == []
    say(office, who, "已转发", desk.rooms[work.id])
    show(office, who, poster, desk.rooms[work.id])
    (shot,) = office.demo.store.read(screenshots.waiting, 10)
    assert list(shot.targets) == [row.id] and told(office, who) == []


def test_too_many_of_one_person_are_not_kept(office: Office, tmp_path: Path) -> None:
    who = people_with_tasks(office)[0][0]
    say(office, who, "已转发")
    for number in range(MOST_A_DAY + 2):
        show(office, who, drawn(tmp_path, "a.png", f"第{number}网格"))
    assert office.demo.store.read(screenshots.count_waiting) == MOST_A_DAY


def test_the_same_picture_again_is_told_and_another_groups_is_not(
    office: Office, wang: Browser, tmp_path: Path
) -> None:
    (who, _), (other, _) = people_with_tasks(office)[:2]
    first, second = drawn(tmp_path, "a.png", "第三十七网格群"), drawn(tmp_path, "b.png", "第三十八网格群")
    saved = tmp_path / "again.jpg"
    Image.open(first).save(saved, "JPEG", quality=60)
    for person, picture in ((who, first), (who, second), (who, saved), (other, first)):
        office.demo.now += timedelta(seconds=20)
        say(office, person, "已转发")
        show(office, person, picture)
    one, two, three, four = office.demo.store.read(screenshots.waiting, 10)
    assert (two.like, three.like, three.same, four.like, four.same) == (None, one.id, False, one.id, True)
    assert "几乎一样" in wang.get(f"/evidence?shot={three.id}").text
    assert f"和{who.name}今天" in wang.get(f"/evidence?shot={four.id}").text
    assert "没交过" in wang.get(f"/evidence?shot={two.id}").text


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────────


def test_verified_counts_as_verified_from_when_it_was_sent(
    office: Office, wang: Browser, claims: Claims
) -> None:
    who, shot = claims()
    office.demo.now += timedelta(minutes=90)
    answer = wang.post("/evidence/judge", shot=str(shot.id), ruling="verify")
    assert answer.status_code == 303 and f"{who.name}这张：核实通过" in wang.get("/evidence").text
    row = row_of(office, shot.targets[0])
    assert (row.evidence, row.reason) == ("verified", None)
    assert row.covered_at is not None and row.covered_at <= shot.at
    assert ("王敏", "verify", "核实通过") in log(office)
    assert not any("截图" in text for text in told(office, who))  # what is well needs no message


def test_disputed_is_a_gap_and_its_person_is_told_gently(
    office: Office, wang: Browser, claims: Claims
) -> None:
    who, shot = claims()
    wang.post("/evidence/judge", shot=str(shot.id), ruling="dispute", reason="0", words="是第三十七网格的群")
    row = row_of(office, shot.targets[0])
    assert (row.evidence, row.reason) == (None, "disputed")
    text = told(office, who)[-1]
    assert "截图里是另一个群：是第三十七网格的群" in text and "现在转还算数" in text and "有异议" in text
    assert len(text.splitlines()) <= 12 and "！" not in text
    assert any(one[1] == "dispute" and "另一个群" in one[2] for one in log(office))


def test_a_dispute_has_a_reason(office: Office, wang: Browser, claims: Claims) -> None:
    _, shot = claims()
    for reason in ({}, {"reason": "99"}, {"reason": "x"}, {"words": "   "}):
        answer = wang.post("/evidence/judge", shot=str(shot.id), ruling="dispute", **reason)
        assert answer.status_code == 422 and "选一个理由" in answer.text
    assert shot_now(office, shot).state is ShotState.WAITING
    assert row_of(office, shot.targets[0]).evidence == "confirmed"


def test_dismissed_leaves_the_claim_as_it_was(office: Office, wang: Browser, claims: Claims) -> None:
    who, shot = claims()
    before, said = row_of(office, shot.targets[0]), told(office, who)
    wang.post("/evidence/judge", shot=str(shot.id), ruling="dismiss")
    assert row_of(office, shot.targets[0]) == before and told(office, who) == said
    assert shot_now(office, shot).state is ShotState.DISMISSED


def test_a_picture_stands_for_the_groups_that_it_shows(office: Office, wang: Browser, claims: Claims) -> None:
    _, shot = claims(groups=2)
    assert len(shot.targets) > 1
    answer = wang.post("/evidence/judge", shot=str(shot.id), ruling="verify")
    assert answer.status_code == 422 and "先选截图里是哪个群" in answer.text
    wrong = wang.post("/evidence/judge", shot=str(shot.id), ruling="verify", target="999999")
    assert wrong.status_code == 422
    one, *others = shot.targets
    wang.post("/evidence/judge", shot=str(shot.id), ruling="verify", target=str(one))
    assert row_of(office, one).evidence == "verified"
    assert {row_of(office, other).evidence for other in others} == {"confirmed"}


@pytest.mark.parametrize("ruling", ["verify", "dispute", "dismiss"])
def test_a_verdict_is_taken_back_at_once_or_not_at_all(
    office: Office, wang: Browser, claims: Claims, ruling: str
) -> None:
    who, shot = claims()
    said = told(office, who)
    for _ in range(2):  # taken back, it can be said again
        wang.post("/evidence/judge", shot=str(shot.id), ruling=ruling, reason="1")
        assert f"撤回{who.name}这张" in wang.get("/evidence").text
        assert "撤回了" in wang.get(wang.post("/evidence/back", shot=str(shot.id)).headers["location"]).text
        assert row_of(office, shot.targets[0]).evidence == "confirmed" and told(office, who) == said
        assert shot_now(office, shot).state is ShotState.WAITING and files(office) == [shot.name]
    wang.post("/evidence/judge", shot=str(shot.id), ruling=ruling, reason="1")
    after = {"verify": "verified", "dispute": None, "dismiss": "confirmed"}[ruling]
    assert row_of(office, shot.targets[0]).evidence == after
    office.demo.now += LATER
    wang.post("/evidence/back", shot=str(shot.id))
    assert "撤不回了" in wang.get("/evidence").text and row_of(office, shot.targets[0]).evidence == after


def test_the_picture_is_gone_after_the_verdict(office: Office, wang: Browser, claims: Claims) -> None:
    _, shot = claims()
    wang.post("/evidence/judge", shot=str(shot.id), ruling="verify")
    assert wang.get(f"/evidence/{shot.id}/picture").status_code == 404
    office.demo.now += LATER
    tick(office)
    assert files(office) == []
    again = wang.post("/evidence/judge", shot=str(shot.id), ruling="dispute", reason="0")
    assert again.status_code == 422 and "王敏已经核实过了" in again.text
    assert "截图删了" in wang.get(f"/evidence?shot={shot.id}").text


def test_a_file_stays_as_long_as_somebody_elses_waits_for_it(
    office: Office, wang: Browser, tmp_path: Path
) -> None:
    (who, _), (other, _) = people_with_tasks(office)[:2]
    picture = drawn(tmp_path, "a.png", "甲")
    for person in (who, other):
        say(office, person, "已转发")
        show(office, person, picture)
    first, second = office.demo.store.read(screenshots.waiting, 10)
    for shot, left in ((first, 1), (second, 0)):
        answer = wang.post("/evidence/judge", shot=str(shot.id), ruling="dismiss")
        assert answer.status_code == 303
        office.demo.now += LATER
        before = office.demo.store.conn.total_changes
        wang.get("/evidence")
        assert office.demo.store.conn.total_changes == before, "who looks changes nothing"
        tick(office)
        assert len(files(office)) == left


def test_what_nobody_judged_goes_after_its_time_and_so_does_what_a_crash_left(
    office: Office, claims: Claims
) -> None:
    _, shot = claims()
    desk = office.demo.town.desk
    (office.demo.data / FOLDER / ".half.png").write_bytes(b"x")
    keeping.sweep(desk)
    assert files(office) == [shot.name]
    desk.now = office.demo.now + timedelta(days=KEPT_DAYS, minutes=1)
    keeping.tidy(desk)
    assert files(office) == [] and shot_now(office, shot).state is ShotState.LAPSED
    assert row_of(office, shot.targets[0]).evidence == "confirmed"
    desk.now = office.demo.now + timedelta(days=TOLD_DAYS + 1)
    keeping.sweep(desk)
    assert office.demo.store.read(screenshots.screenshot, shot.id) is None


def test_nobody_judges_their_own(office: Office, claims: Claims) -> None:
    who, shot = claims()
    browser = Browser(office)
    browser.come_in(office.code_for(who.id, Role.OFFICE))
    assert "请同事来看" in browser.get("/evidence").text
    assert browser.post("/evidence/judge", shot=str(shot.id), ruling="verify").status_code == 422
    assert row_of(office, shot.targets[0]).evidence == "confirmed"


# ── objections ──────────────────────────────────────────────────────────────────────────────────────────────


def disputed(office: Office, wang: Browser, claims: Claims) -> tuple[Worker, Screenshot, Browser]:
    """Somebody whose screenshot was disputed, and their telephone."""
    who, shot = claims()
    wang.post("/evidence/judge", shot=str(shot.id), ruling="dispute", reason="0")
    office.demo.now += LATER
    browser = Browser(office)
    assert browser.come_in(office.code_for(who.id)).status_code == 303
    return who, shot, browser


def test_an_objection_that_is_right_lifts_the_dispute(office: Office, wang: Browser, claims: Claims) -> None:
    who, shot, phone = disputed(office, wang, claims)
    assert "截图里是另一个群" in phone.get("/evidence").text
    assert phone.post("/evidence/object", shot=str(shot.id), words=" ").status_code == 422
    assert phone.post("/evidence/object", shot=str(shot.id), words="两个网格都是我管").status_code == 303
    assert "反诈办会再看一次" in phone.get("/evidence").text
    assert office.demo.store.read(screenshots.count_objections) == 1
    page = wang.get("/evidence").text
    assert "两个网格都是我管" in page and "有异议" in page
    wang.post("/evidence/answer", shot=str(shot.id), ruling="lift", words="看错了")
    row = row_of(office, shot.targets[0])
    assert (row.evidence, row.reason) == ("confirmed", None)
    assert "看错了" in told(office, who)[-1] and office.demo.store.read(screenshots.count_objections) == 0
    done = [what for _, what, _ in log(office)]
    assert [what for what in done if what != "sign_in"][-3:] == ["dispute", "object", "answer_objection"]


def test_an_objection_in_chat_is_one_line_and_one_time(office: Office, wang: Browser, claims: Claims) -> None:
    who, shot, _ = disputed(office, wang, claims)
    say(office, who, "有异议")
    assert "跟我说一句" in told(office, who)[-1]
    say(office, who, "有异议，我转了的，就是这个群")
    assert "反诈办会再看一次" in told(office, who)[-1]
    assert shot_now(office, shot).objection == "我转了的，就是这个群"
    assert row_of(office, shot.targets[0]).reason == "disputed"  # what was said is no new claim
    say(office, who, "有异议 再说一次")
    assert "说过一次了" in told(office, who)[-1]
    assert wang.post("/evidence/answer", shot=str(shot.id), ruling="uphold").status_code == 422
    wang.post("/evidence/answer", shot=str(shot.id), ruling="uphold", words="群名不是您的")
    assert row_of(office, shot.targets[0]).reason == "disputed" and "群名不是您的" in told(office, who)[-1]


def test_who_has_nothing_disputed_has_nothing_to_object_to(office: Office) -> None:
    who = people_with_tasks(office)[0][0]
    say(office, who, "有异议，不对")
    assert "不用说异议" in told(office, who)[-1]


def test_after_an_upheld_dispute_a_new_picture_still_counts(
    office: Office, wang: Browser, claims: Claims, tmp_path: Path
) -> None:
    who, shot, _ = disputed(office, wang, claims)
    show(office, who, drawn(tmp_path, "new.png", "这回是对的群"))
    (new,) = office.demo.store.read(screenshots.waiting, 10)
    wang.post("/evidence/judge", shot=str(new.id), ruling="verify")
    assert row_of(office, shot.targets[0]).evidence == "verified"


def test_people_see_their_own_and_nobody_elses(office: Office, wang: Browser, claims: Claims) -> None:
    _, shot, phone = disputed(office, wang, claims)
    other, waits = claims(place=1, title="别人的群")
    assert phone.get(f"/evidence/{waits.id}/picture").status_code == 404
    page = phone.get(f"/evidence?shot={waits.id}").text
    assert other.name not in page and "等着核实" not in page
    assert phone.post("/evidence/object", shot=str(waits.id), words="不对").status_code == 422
    assert shot_now(office, waits).objection == ""
    assert phone.post("/evidence/judge", shot=str(waits.id), ruling="verify").status_code == 403
    own = Browser(office)
    own.come_in(office.code_for(other.id, code="WXYZ6789"))
    assert own.get(f"/evidence/{waits.id}/picture").status_code == 200
    assert own.post("/evidence/object", shot=str(shot.id), words="不是我的").status_code == 422


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────


def test_when_nothing_waits_it_says_so(office: Office, wang: Browser) -> None:
    assert "没有等您核实的" in wang.get("/evidence").text
    phone = Browser(office)
    phone.come_in(office.code_for(office.contact_below(office.villages[0].name).id))
    assert "没有您交的截图" in phone.get("/evidence").text


@pytest.mark.parametrize("written", ["x", "-1", "", "9" * 30, "²", "1/../.."])
def test_what_is_no_number_is_no_screenshot(
    office: Office, wang: Browser, claims: Claims, written: str
) -> None:
    claims()
    assert wang.get("/evidence", params={"shot": written}).status_code == 200
    for path in ("judge", "back", "object", "answer"):
        answer = wang.post(f"/evidence/{path}", shot=written, ruling="verify", words="x")
        assert answer.status_code in (303, 403)
    assert wang.post("/evidence/judge", shot="1", ruling="都通过").status_code == 303
    assert office.demo.store.read(screenshots.count_waiting) == 1


def test_words_are_text_and_never_markup(office: Office, wang: Browser, claims: Claims) -> None:
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    _, shot, phone = disputed(office, wang, claims)
    phone.post("/evidence/object", shot=str(shot.id), words=evil)
    _, waits = claims(place=1, title="乙")
    wrong = wang.post("/evidence/judge", shot=str(waits.id), ruling="verify", words=evil, target=evil)
    pages = [wrong.text, *(b.get(f"/evidence?shot={shot.id}").text for b in (wang, phone))]
    assert all("<img src=x" not in page for page in pages) and "&lt;img src=x" in pages[1]
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", pages[1].replace("onerror=alert(1)", "")
    )
