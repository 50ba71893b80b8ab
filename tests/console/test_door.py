"""Getting in: a code once, a password then; and everybody who should not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from bot.console.app import COOKIE
from bot.console.routes import PAGES
from bot.console.signing import IDLE, LONGEST, MOST_WRONG, WITHIN, WRONG
from bot.model.speaker import Role
from bot.store import accounts, seats
from tests.console.addresses import SHOWN, address
from tests.console.desk import PASSWORD, Browser, Office


@pytest.fixture
def wang(office: Office) -> Browser:
    """王敏 of the office, who is in."""
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def test_a_code_is_used_once_and_the_password_works_from_then_on(office: Office, wang: Browser) -> None:
    assert "今日覆盖率" in wang.get("/").text and "王敏" in wang.get("/").text
    again = Browser(office)
    assert again.come_in("ABCD2345").status_code == 403
    answer = again.ask("POST", "/enter", data={"name": "王敏", "password": PASSWORD})
    assert answer.status_code == 303 and "今日覆盖率" in again.get("/").text


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("短", "短", "太短"),
        ("123456789012", "123456789012", "容易被猜到"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "容易被猜到"),
        (PASSWORD, PASSWORD + "。", "不一样"),
        ("长" * 201, "长" * 201, "太长"),
    ],
)
def test_a_password_that_cannot_be_taken_does_not_use_the_code_up(
    office: Office, password: str, again: str, why: str
) -> None:
    code, browser = office.staff("王敏", Role.OFFICE), Browser(office)
    answer = browser.ask("POST", "/first", data={"code": code, "password": password, "again": again})
    assert answer.status_code == 422 and why in answer.text and COOKIE not in browser.cookies
    assert browser.come_in(code).status_code == 303


def test_who_is_unknown_and_who_is_wrong_hear_the_same(office: Office, wang: Browser) -> None:
    stranger = Browser(office)
    for name in ("王敏", "没有这个人"):
        answer = stranger.ask("POST", "/enter", data={"name": name, "password": "不对不对不对"})
        assert answer.status_code == 403 and WRONG in answer.text and COOKIE not in stranger.cookies


def test_after_five_wrong_tries_the_right_one_waits_too(office: Office, wang: Browser) -> None:
    stranger = Browser(office)
    for _ in range(MOST_WRONG):
        stranger.ask("POST", "/enter", data={"name": "王敏", "password": "不对不对不对"})
    right = {"name": "王敏", "password": PASSWORD}
    refused = stranger.ask("POST", "/enter", data=right)
    assert refused.status_code == 403 and WRONG in refused.text
    office.demo.now += WITHIN
    assert stranger.ask("POST", "/enter", data=right).status_code == 303


def test_codes_are_not_to_be_guessed(office: Office) -> None:
    guesser = Browser(office)
    for number in range(MOST_WRONG):
        assert guesser.come_in(f"WRONG{number}").status_code == 403
    assert guesser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 403


@pytest.mark.parametrize("gone", [IDLE, LONGEST])
def test_a_session_ends(office: Office, wang: Browser, gone: timedelta) -> None:
    if gone == LONGEST:
        for _ in range(int(LONGEST / IDLE) * 2):
            office.demo.now += IDLE / 2
            wang.get("/")
    else:
        office.demo.now += gone
    assert wang.get("/").status_code == 303


def test_who_leaves_is_out_even_with_the_cookie(office: Office, wang: Browser) -> None:
    cookie = dict(wang.cookies)
    wang.post("/leave")
    wang.cookies = cookie
    assert wang.get("/").headers["location"] == "/enter"


def test_who_is_forgotten_is_out_at_once(office: Office, wang: Browser) -> None:
    (who,) = [one for one in office.demo.store.read(accounts.people).values() if one.name == "王敏"]
    office.demo.store.write_now(accounts.forget_account, who.id)
    assert wang.get("/").status_code == 303
    assert (
        Browser(office).ask("POST", "/enter", data={"name": "王敏", "password": PASSWORD}).status_code == 403
    )


def test_no_secret_stands_in_the_database(office: Office, wang: Browser) -> None:
    kept = (office.demo.data / "chuanda.db").read_bytes() + (office.demo.data / "chuanda.db-wal").read_bytes()
    for secret in (PASSWORD, wang.cookies[COOKIE]):
        assert secret.encode() not in kept


def test_the_cookie_is_strict_and_no_script_reads_it(office: Office) -> None:
    browser = Browser(office)
    cookie = browser.come_in(office.staff("王敏", Role.OFFICE)).headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and "Secure" not in cookie
    office.console.secure = True
    assert "Secure" in Browser(office).come_in(office.staff("李四", Role.OFFICE)).headers["set-cookie"]


def test_a_link_lets_in_once(office: Office) -> None:
    worker = office.contact_below(office.villages[0].name)
    office.demo.store.write_now(seats.give_seat, worker.id, Role.OFFICE, office.demo.now)
    secret = office.console.signing.link_for(worker.id, office.demo.now)
    for _ in range(2):  # a chat that looks at the link by itself does not use it up
        looked = Browser(office).get(f"/open/{secret}")
        assert looked.status_code == 200 and worker.name in looked.text and COOKIE not in looked.cookies
    assert Browser(office).ask("POST", f"/open/{secret}").status_code == 415
    empty = {"data": {"x": ""}}
    assert Browser(office).ask("POST", f"/open/{secret}", **empty).status_code == 303
    assert Browser(office).ask("POST", f"/open/{secret}", **empty).status_code == 403
    assert Browser(office).get(f"/open/{secret}").status_code == 403
    nobody = {"name": worker.name, "password": ""}
    assert Browser(office).ask("POST", "/enter", data=nobody).status_code == 403


# ── the guard ───────────────────────────────────────────────────────────────────────────────────────────────

EVERYBODY = {"worker", "leader", "office", "reviewer"}
MAY = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/live"): EVERYBODY,
    ("GET", "/place/{node}"): EVERYBODY,
    ("GET", "/contents"): {"leader", "office", "reviewer"},
    ("GET", "/contents/review"): {"office", "reviewer"},
    ("GET", "/contents/inbox"): {"leader", "office", "reviewer"},
    ("POST", "/contents/inbox"): {"leader", "office", "reviewer"},
    ("GET", "/contents/new"): {"office", "reviewer"},
    ("POST", "/contents/new"): {"office", "reviewer"},
    ("POST", "/contents/check"): {"office", "reviewer"},
    ("GET", "/contents/c/{content}"): {"office", "reviewer"},
    ("GET", "/contents/c/{content}/file/{hash}"): {"office", "reviewer"},
    ("GET", "/contents/c/{content}/edit"): {"office", "reviewer"},
    ("POST", "/contents/c/{content}/edit"): {"office", "reviewer"},
    ("POST", "/contents/c/{content}/submit"): {"office", "reviewer"},
    ("POST", "/contents/c/{content}/decline"): {"office", "reviewer"},
    ("POST", "/contents/c/{content}/approve"): {"reviewer"},
    ("POST", "/contents/c/{content}/reject"): {"reviewer"},
    ("POST", "/contents/c/{content}/pass"): {"reviewer"},
    ("POST", "/contents/c/{content}/push"): {"office"},
    ("POST", "/contents/c/{content}/withdraw"): {"office", "reviewer"},
    ("POST", "/remind"): {"office"},
    ("POST", "/exempt"): {"office"},
    ("POST", "/pause"): {"office", "reviewer"},
    ("POST", "/resume"): {"office", "reviewer"},
    ("GET", "/schedule"): {"office", "reviewer"},
    ("GET", "/schedule/entry"): {"office"},
    ("POST", "/schedule/entry"): {"office"},
    ("POST", "/schedule/switch"): {"office"},
    ("GET", "/schedule/remove"): {"office"},
    ("POST", "/schedule/remove"): {"office"},
    ("GET", "/by-hand"): {"office"},
    ("POST", "/by-hand/tick"): {"office"},
    ("POST", "/by-hand/take-over"): {"office"},
    ("POST", "/by-hand/give-back"): {"office"},
    ("GET", "/by-hand/file/{content}/{part}"): {"office"},
    ("GET", "/by-hand/paste"): {"office"},
    ("POST", "/by-hand/paste"): {"office"},
    ("POST", "/by-hand/paste/save"): {"office"},
    ("POST", "/leave"): EVERYBODY,
    ("GET", "/reports"): EVERYBODY,
    ("GET", "/reports/result"): EVERYBODY,
    ("GET", "/reports/gaps.xlsx"): EVERYBODY,
    ("GET", "/reports/result.xlsx"): EVERYBODY,
    ("GET", "/load"): {"office", "reviewer"},
    ("GET", "/audit"): {"office", "reviewer"},
    ("GET", "/audit/rows.xlsx"): {"office", "reviewer"},
    ("POST", "/audit/check"): {"office", "reviewer"},
    ("GET", "/evidence"): EVERYBODY,
    ("GET", "/evidence/{shot}/picture"): EVERYBODY,
    ("GET", "/evidence/{shot}/content/{place}"): {"office"},
    ("POST", "/evidence/judge"): {"office"},
    ("POST", "/evidence/back"): {"office"},
    ("POST", "/evidence/object"): EVERYBODY,  # the office's people have posts of their own in this roster
    ("POST", "/evidence/answer"): {"office"},
    ("GET", "/town"): EVERYBODY,
    ("GET", "/town/{node}"): EVERYBODY,
    ("GET", "/town/rooms"): {"office"},
    ("GET", "/town/rooms/{room}"): {"office"},
    ("POST", "/town/rooms/choose"): {"office"},
    ("POST", "/town/rooms/drop"): {"office"},
    ("POST", "/town/rooms/again"): {"office"},
    ("GET", "/town/import"): {"office"},
    ("POST", "/town/import"): {"office"},
    ("POST", "/town/import/apply"): {"office"},
    ("POST", "/town/export"): {"office"},
    ("POST", "/town/codes"): {"office"},
    ("POST", "/town/exempt"): {"office"},
    ("POST", "/town/readmit"): {"office"},
    ("POST", "/town/unbind"): {"office"},
    ("POST", "/town/leave"): {"office"},
    ("POST", "/town/back"): {"office"},
    ("POST", "/town/forget"): {"office"},
    ("POST", "/town/handover"): {"office"},
    ("GET", "/practice"): EVERYBODY,
    ("GET", "/practice/news"): EVERYBODY,
    ("GET", "/practice/live"): EVERYBODY,
    ("GET", "/practice/picture/{sha256}"): EVERYBODY,
    ("POST", "/practice/say"): EVERYBODY,
    ("POST", "/practice/forward"): EVERYBODY,
    ("POST", "/practice/picture"): EVERYBODY,
    ("POST", "/practice/recall"): EVERYBODY,
    ("POST", "/practice/clock"): EVERYBODY,
    ("GET", "/enter"): {*EVERYBODY, "nobody"},
    ("POST", "/enter"): {*EVERYBODY, "nobody"},
    ("GET", "/first"): {*EVERYBODY, "nobody"},
    ("POST", "/first"): {*EVERYBODY, "nobody"},
    ("GET", "/open/{secret}"): {*EVERYBODY, "nobody"},
    ("POST", "/open/{secret}"): {*EVERYBODY, "nobody"},
    ("POST", "/enter/link"): {*EVERYBODY, "nobody"},
    ("GET", "/clients"): {"office"},
    ("POST", "/clients"): {"office"},
    ("POST", "/clients/stop"): {"office"},
    ("GET", "/api/v1/coverage"): {"client"},
    ("GET", "/api/v1/gaps"): {"client"},
    ("GET", "/api/v1/ledger"): {"client"},
    ("GET", "/api/v1/waves"): {"client"},
    ("GET", "/api/v1/openapi.json"): {*EVERYBODY, "nobody"},
}
"""Who gets past the guard. A route without a row fails."""


def test_every_route_has_a_row_in_the_table() -> None:
    assert {(page.method, page.path) for page in PAGES} == set(MAY)


@pytest.mark.parametrize("who", ["nobody", "worker", "leader", "office", "reviewer", "client"])
def test_everybody_gets_where_they_may_and_nowhere_else(office: Office, who: str) -> None:
    browser, village = Browser(office), office.villages[0]
    codes = {
        "worker": lambda: office.code_for(office.contact_below(village.name).id),
        "leader": lambda: office.code_for(office.head_of(village.name).id),
        "office": lambda: office.staff("王敏", Role.OFFICE),
        "reviewer": lambda: office.staff("李建军", Role.REVIEWER),
    }
    if who in codes:
        assert browser.come_in(codes[who]()).status_code == 303
    secret, token = browser.secret, "chuanda_x"
    office.let_in(token)
    headers = {"authorization": f"Bearer {token}"} if who == "client" else {}
    open_to_all = {route for route, may in MAY.items() if "nobody" in may}
    takes_files = {page.path for page in PAGES if page.files}
    for (method, path), may in MAY.items():
        if path in ("/leave", "/live"):
            continue
        own = browser.office.contact_below(village.name)
        node = office.demo.tree.posts_of[own.id][0][0].id
        there = re.sub(r"\{[^}]*\}", "x", path.replace("{node}", str(node)))
        fields = {"form": secret} if method == "POST" else None
        files = {"none": b""} if method == "POST" and path in takes_files else None
        answer = browser.ask(method, there, data=fields, files=files, headers=headers)
        stopped = answer.status_code == 401 or (answer.status_code == 403 and "不归您办" in answer.text)
        sent_away = answer.headers.get("location") == "/enter"
        # A token is worth nothing on a page, and harms nothing where everybody may be.
        admitted = who in may or (method, path) in open_to_all
        assert admitted == (not stopped and not sent_away), (
            method,
            path,
            answer.status_code,
            answer.text,
        )
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "path", ["/", "/enter", "/first", "/place/1", "/nothing-here", "/static/console.css"]
)
def test_nobody_elsewhere_speaks_for_us(office: Office, wang: Browser, path: str) -> None:
    assert wang.ask("GET", path, host="evil.example:8420").status_code in (404, 421)


def test_a_form_of_another_page_does_nothing(office: Office, wang: Browser) -> None:
    secret = wang.secret
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = wang.ask("POST", "/pause", data={"form": secret}, headers=headers)
        assert answer.status_code == 403
    for form in ({"x": "1"}, {"form": ""}, {"form": "x" * 32}, {"form": "é"}):
        assert wang.ask("POST", "/pause", data=form).status_code == 403
    assert office.demo.town.desk.paused == ""
    wang.post("/pause", headers={"origin": "http://127.0.0.1:8420", "sec-fetch-site": "same-origin"})
    assert office.demo.town.desk.paused != ""


def test_many_tries_at_once_are_counted_too(office: Office, wang: Browser) -> None:
    async def burst() -> list[str | None]:
        door, now = office.console.signing, office.demo.now
        return await asyncio.gather(
            *(door.enter("王敏", f"不对不对不对{n}", "10.0.0.9", now) for n in range(30))
        )

    assert asyncio.run(burst()) == [None] * 30
    tried = office.demo.store.read(seats.wrong_since, "王敏@10.0.0.9", office.demo.now - WITHIN)
    assert tried == MOST_WRONG


def test_nobody_says_themselves_from_where_they_come(office: Office, wang: Browser) -> None:
    for number in range(MOST_WRONG):
        headers = {"x-forwarded-for": f"1.2.3.{number}"}
        data = {"name": "王敏", "password": "不对不对不对"}
        Browser(office).ask("POST", "/enter", data=data, headers=headers)
    right = {"name": "王敏", "password": PASSWORD}
    assert Browser(office).ask("POST", "/enter", data=right).status_code == 403


def test_a_page_left_open_keeps_nobody_signed_in(office: Office, wang: Browser) -> None:
    for _ in range(4):
        office.demo.now += IDLE / 3
        wang.get("/", headers={"hx-request": "true"})
    assert wang.get("/").status_code == 303


@pytest.mark.parametrize("written", ["²", "9" * 5000, "-1", "", "1/..", "a b"])
def test_what_is_no_number_is_no_place(office: Office, wang: Browser, written: str) -> None:
    assert wang.get(f"/place/{quote(written)}", headers={"hx-request": "true"}).status_code in (403, 404, 405)
    assert wang.get("/", params={"at": written}).status_code == 200
    assert "不在名册里" in wang.post("/remind", worker=written).text
    assert "不在名册里" in wang.post("/exempt", group=written, reason="x").text


def test_a_form_in_another_shape_is_refused(office: Office, wang: Browser) -> None:
    secret = wang.secret
    files = {"form": (None, secret)}
    assert wang.ask("POST", "/pause", files=files).status_code == 415
    headers = {"transfer-encoding": "chunked", "content-type": "application/x-www-form-urlencoded"}
    assert wang.ask("POST", "/pause", content=b"form=x", headers=headers).status_code == 413


def test_nothing_is_read_of_who_is_not_known_or_may_not(office: Office, wang: Browser) -> None:
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(4):
            read.append(b"x" * 1_000)
            yield read[-1]

    leader = Browser(office)
    leader.come_in(office.code_for(office.head_of(office.villages[0].name).id))
    headers = {"content-length": "4000", "content-type": "multipart/form-data; boundary=b"}
    for who, status in ((Browser(office), 303), (leader, 403), (wang, 400)):
        answer = who.ask("POST", "/town/import", content=body(), headers=headers)
        assert answer.status_code == status
        assert bool(read) == (who is wang)


def test_a_form_that_is_too_long_is_refused(office: Office, wang: Browser) -> None:
    secret = wang.secret
    assert wang.ask("POST", "/exempt", data={"form": secret, "reason": "长" * 100_000}).status_code == 413


def test_every_answer_says_what_it_may_load_and_has_nothing_inline(office: Office, wang: Browser) -> None:
    office.until("8:30", anew=True)
    for browser, path in ((wang, "/"), (Browser(office), "/enter"), (Browser(office), "/first")):
        answer = browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", answer.text)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_nothing_but_its_own_files_is_served(office: Office, path: str) -> None:
    assert Browser(office).get(path).status_code == 404


def test_a_browser_is_refused_on_a_page_that_leads_back(office: Office, wang: Browser) -> None:
    answer = wang.get("/nothing-here", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404 and '<a href="/">回到今日页</a>' in answer.text
    head = Browser(office)
    head.come_in(office.code_for(office.head_of(office.villages[0].name).id, code="WXYZ6789"))
    answer = head.get("/audit", headers={"accept": "text/html"})
    assert answer.status_code == 403 and "不归您办" in answer.text and "回到今日页" in answer.text


def test_a_leader_sees_nothing_of_another_village_on_any_page(office: Office) -> None:
    office.until("12:30")
    mine, other = office.villages[:2]
    head = Browser(office)
    assert head.come_in(office.code_for(office.head_of(mine.name).id)).status_code == 303
    names = {other.name, *(group.name for group in office.demo.tree.groups_of.get(other.id, ()))}
    for path in SHOWN:
        there = address(path, office.demo, other)
        for query in ("", f"?at={other.id}", f"?node={other.id}", f"?q={quote(other.name)}"):
            answer = head.get(there + query)
            assert answer.status_code < 500
            shown = answer.text
            for own_words in (f"这是{other.name}的数据", f'value="{other.name}"', f"“{other.name}”"):
                shown = shown.replace(own_words, "")
            if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
                assert not any(name in shown for name in names), (there, query)
            elif "{node}" in path:
                assert answer.status_code in (303, 403), (there, query)
