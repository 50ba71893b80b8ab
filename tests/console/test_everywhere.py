"""What holds on every page, whoever asks and whatever the town's names are; a new page is in it by being in the table."""

from __future__ import annotations

import re

import pytest

from bot.console.app import STATIC
from bot.console.routes import PAGES
from bot.model.speaker import Role
from bot.store import talk
from tests.console.addresses import SHOWN, address
from tests.console.desk import Browser, Office

EVIL = '"><img src=x onerror=alert(1)>{{7*7}}=cmd|'
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<[^>]+\s(?:style|on[a-z]+)=|javascript:", re.I)
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.I)
FIRST_LOAD = 150_000


def browser_of(office: Office, who: str) -> Browser:
    browser, village = Browser(office), office.villages[0]
    if who == "nobody":
        return browser
    code = {
        "worker": lambda: office.code_for(office.contact_below(village.name).id),
        "leader": lambda: office.code_for(office.head_of(village.name).id),
        "office": lambda: office.staff("王敏", Role.OFFICE),
        "reviewer": lambda: office.staff("李建军", Role.REVIEWER),
    }[who]()
    assert browser.come_in(code).status_code == 303
    return browser


@pytest.mark.parametrize("who", ["nobody", "worker", "leader", "office", "reviewer"])
def test_every_page_is_plain_html_that_loads_nothing_from_elsewhere(office: Office, who: str) -> None:
    office.until("12:30")
    browser = browser_of(office, who)
    for path in SHOWN:
        answer = browser.get(address(path, office.demo, office.villages[0]))
        assert answer.status_code < 500, (path, answer.text)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert (found := INLINE.search(answer.text)) is None, (path, found)
        assert (found := ELSEWHERE.search(answer.text)) is None, (path, found)
        ids = re.findall(r'\sid="([^"]*)"', answer.text)
        assert len(ids) == len(set(ids)), (path, [one for one in ids if ids.count(one) > 1])
        if "<html" in answer.text:
            assert len(re.findall(r"<h1\b", answer.text)) == 1, path
            loads = {*re.findall(r'(?:src|href)="/static/([^"]+)"', answer.text)}
            weight = len(answer.content) + sum((STATIC / name).stat().st_size for name in loads)
            assert weight < FIRST_LOAD, (path, weight)


def test_names_titles_and_texts_are_never_markup(office: Office) -> None:
    office.until("12:30")
    demo = office.demo
    for table in ("grp", "worker"):
        demo.store.conn.execute(f"UPDATE {table} SET name = ? || id WHERE id < 40", (EVIL,))
    demo.store.conn.execute("UPDATE wave SET title = ?", (EVIL,))
    demo.town.desk.reload_tree()
    wang = browser_of(office, "office")
    demo.store.write_now(talk.log_command, demo.now, demo.tree.workers[0].id, "remind", EVIL, EVIL)
    for path in SHOWN:
        answer = wang.get(address(path, demo, office.villages[0]))
        assert answer.status_code < 500, (path, answer.text)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<img src=x" not in answer.text, path


NAMES = sorted(
    {
        name
        for file in (STATIC.parent / "pages").rglob("*.html")
        for name in re.findall(r'\bname="([A-Za-z_]\w*)"', file.read_text("utf-8"))
    }
    - {"form", "viewport"}
)


@pytest.mark.parametrize(
    "rubbish", ["²", "-1", "../../../etc/passwd", "=1+1", "9" * 30, "\x00", EVIL, "2026-02-30", "长" * 900]
)
def test_rubbish_in_a_form_or_an_address_is_answered_and_breaks_nothing(office: Office, rubbish: str) -> None:
    wang = browser_of(office, "office")
    secret = wang.secret
    for page in PAGES:
        if page.path.endswith("/live") or page.path in ("/live", "/leave"):
            continue
        there = re.sub(r"\{[^}]*\}", "1", page.path)
        if page.method == "GET":
            answer = wang.get(there, params=dict.fromkeys(NAMES[: 20_000 // len(rubbish.encode())], rubbish))
        else:
            files = {"none": b""} if page.files else None
            fields = {"form": secret, **dict.fromkeys(NAMES, rubbish)}
            answer = wang.ask(page.method, there, data=fields, files=files)
        assert answer.status_code < 500, (page.method, page.path, answer.text)
        assert "Traceback" not in answer.text
