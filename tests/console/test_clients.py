"""Who may read by program: let in with a token that is shown once, stopped with a reason; all of it stands in the log."""

from __future__ import annotations

import re

import pytest

from bot.console.app import API
from bot.model.speaker import Role
from bot.store import clients, log
from tests.console.desk import Browser, Office


@pytest.fixture
def wang(office: Office) -> Browser:
    browser = Browser(office)
    browser.come_in(office.staff("王敏", Role.OFFICE))
    return browser


def token_on(page: str) -> str:
    return re.findall(r"chuanda_[\w-]{43}", page)[0]


def reads(office: Office, token: str, path: str = "coverage") -> int:
    headers = {"authorization": f"Bearer {token}"}
    return Browser(office).get(f"{API}/{path}", headers=headers).status_code


def test_the_office_lets_a_platform_in_and_sees_its_token_once(office: Office, wang: Browser) -> None:
    assert "还没有平台来读" in wang.get("/clients").text
    office.console.address = "https://fanzha.example.gov.cn/"
    answer = wang.post("/clients", name="县反诈平台", scope="", names="")
    assert answer.status_code == 303 and answer.headers["location"] == "/clients"
    page = wang.get("/clients").text
    token = token_on(page)
    assert "只显示这一次" in page and "https://fanzha.example.gov.cn/api/v1/openapi.json" in page
    assert reads(office, token) == 200
    again = wang.get("/clients").text
    assert token not in again and "县反诈平台" in again and "不给姓名" in again
    assert "最近一次读：3月12日" in again
    kept = b"".join(file.read_bytes() for file in office.demo.data.rglob("*") if file.is_file())
    assert token.encode() not in kept


def test_somebody_elses_page_does_not_show_it(office: Office, wang: Browser) -> None:
    other = Browser(office)
    other.come_in(office.staff("李四", Role.OFFICE))
    wang.post("/clients", name="县反诈平台", scope="", names="")
    assert "chuanda_" not in other.get("/clients").text
    assert token_on(wang.get("/clients").text)


def test_a_client_is_stopped_with_a_reason_and_at_once(office: Office, wang: Browser) -> None:
    wang.post("/clients", name="县反诈平台", scope="", names="yes")
    token = token_on(wang.get("/clients").text)
    (client,) = office.demo.store.read(clients.clients)
    assert client.names and client.by == "王敏"
    refused = wang.post("/clients/stop", client=str(client.id), why="")
    assert refused.status_code == 422 and "为什么停用" in refused.text and reads(office, token) == 200
    wang.post("/clients/stop", client=str(client.id), why="平台换了")
    assert reads(office, token) == 401
    page = wang.get("/clients").text
    assert "停用：平台换了" in page and "令牌从现在起不管用" in page
    wang.post("/clients/stop", client=str(client.id), why="再来一次")
    assert "已经停用" in wang.get("/clients").text
    rows = office.demo.store.read(log.rows, log.Wanted(command="client"), 10)
    done = [(row.name, row.outcome, row.detail) for row in reversed(rows)]
    root = office.demo.tree.root.path
    assert done == [
        ("王敏", "开通", f"县反诈平台（{root}，给姓名）"),
        ("王敏", "停用", "县反诈平台：平台换了"),
    ]


def test_a_village_is_a_scope_and_what_is_wrong_stands_at_its_field(office: Office, wang: Browser) -> None:
    village = office.villages[0]
    for fields, why in (
        ({"name": "", "scope": ""}, "写清楚是谁用"),
        ({"name": "长" * 41, "scope": ""}, "写清楚是谁用"),
        ({"name": "村平台", "scope": "没有的村"}, "没有“没有的村”"),
    ):
        answer = wang.post("/clients", **fields)
        assert answer.status_code == 422 and why in answer.text and 'aria-invalid="true"' in answer.text
        assert not fields["name"] or fields["name"] in answer.text
    wang.post("/clients", name="村平台", scope=village.name)
    token = token_on(wang.get("/clients").text)
    headers = {"authorization": f"Bearer {token}"}
    assert Browser(office).get(f"{API}/coverage", headers=headers).json()["node"] == village.path
    twice = wang.post("/clients", name="村平台", scope="")
    assert twice.status_code == 422 and "已经有" in twice.text


def test_names_with_markup_are_only_text(office: Office, wang: Browser) -> None:
    wang.post("/clients", name='<img src=x onerror="1">', scope="")
    page = wang.get("/clients").text
    assert "<img" not in page and "&lt;img" in page


@pytest.mark.parametrize("written", ["", "x", "-1", "9" * 30, "99"])
def test_a_client_that_there_is_not_is_not_stopped(office: Office, wang: Browser, written: str) -> None:
    assert wang.post("/clients/stop", client=written, why="试试").status_code == 303
