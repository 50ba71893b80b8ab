"""What programs of others read: who is let in, what they see, page by page; and the document says exactly what is served."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from httpx import Response
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.console.api import endpoints
from bot.console.api.document import openapi
from bot.console.api.endpoints import ENDPOINTS
from bot.console.api.parameters import MOST_DAYS, MOST_ON_A_PAGE
from bot.console.app import API, Needs
from bot.console.gate import A_MINUTE, MOST_WRONG
from bot.console.rate import MOST_KNOWN, Rate
from bot.console.routes import PAGES
from bot.model.ledger import Reason
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.model.tree import Mode, Use
from bot.store import clients, paging, reading
from tests.conftest import call
from tests.console.desk import HOST, Browser, Office, office_in

TOKEN = "chuanda_" + "x" * 43


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A morning, read by many."""
    with office_in(tmp_path_factory.mktemp("api") / "day") as office:
        office.until("15:00")
        office.let_in(TOKEN)
        yield office


@pytest.fixture(autouse=True)
def unhurried(office: Office) -> None:
    """Each test asks as if it were the first."""
    office.console.gate.asks, office.console.gate.wrong = Rate(10_000, 1), Rate(MOST_WRONG, 45)


def ask(office: Office, path: str, token: str = TOKEN, /, **parameters: Any) -> Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    named = {name.rstrip("_"): value for name, value in parameters.items()}
    return Browser(office).get(f"{API}/{path}", headers=headers, params=named)


def pages(office: Office, path: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """All pages together."""
    found: list[dict[str, Any]] = []
    answer = ask(office, path, **parameters).json()
    found += answer["items"]
    while answer["next"]:
        answer = ask(office, path, after=answer["next"], **parameters).json()
        found += answer["items"]
    return found


def test_the_answers_are_those_of_the_command_line(office: Office) -> None:
    village = office.villages[1].path
    flags = ("--data", office.demo.data, "--node", village, "--json")
    assert ask(office, "coverage", node=village).json() == call("coverage", *flags).json
    told = [{**gap, "worker": None} for gap in call("gaps", *flags).lines]
    assert told and pages(office, "gaps", node=village, limit=3) == told
    rows = call("ledger", *flags).lines
    assert rows and pages(office, "ledger", node=village, limit=7) == rows
    everywhere = call("gaps", "--data", office.demo.data, "--json").lines
    overdue = [{**gap, "worker": None} for gap in everywhere if gap["overdue"]]
    assert pages(office, "gaps", overdue="true") == overdue
    assert 0 < len(overdue) < len(everywhere)


def test_a_wave_can_be_asked_for_by_the_name_that_the_waves_have(office: Office) -> None:
    waves = ask(office, "waves").json()["items"]
    assert len(waves) > 1
    for wave in waves:
        answer = ask(office, "coverage", wave=wave["wave"]).json()
        assert answer["waves"] == 1
        assert {key: answer[key] for key in ("expected", "covered", "coverage")} == {
            key: wave[key] for key in ("expected", "covered", "coverage")
        }


def test_every_page_is_as_long_as_was_asked_and_none_is_told_twice(office: Office) -> None:
    every = ask(office, "ledger", limit=MOST_ON_A_PAGE).json()
    assert every["next"] is None and len(every["items"]) > 100
    first = ask(office, "ledger", limit=50).json()
    assert len(first["items"]) == 50 and first["items"] == every["items"][:50]
    assert pages(office, "ledger", limit=50) == every["items"] == pages(office, "ledger", limit=1)[:500]


def test_a_page_of_gaps_looks_only_so_far(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    told = pages(office, "gaps", limit=MOST_ON_A_PAGE)
    monkeypatch.setattr(paging, "MOST_LOOKED_AT", 1)
    short = ask(office, "gaps", limit=MOST_ON_A_PAGE).json()
    assert short["next"] is not None and len(short["items"]) < len(told)
    assert pages(office, "gaps", limit=MOST_ON_A_PAGE) == told


def test_a_coverage_adds_up_only_so_much(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MOST_FIGURES", 30)
    refused = ask(office, "coverage")
    assert refused.status_code == 400 and "分几段问" in refused.json()["error"]
    assert ask(office, "coverage", node=office.villages[0].path).status_code == 200


def test_a_page_is_read_by_an_index_from_where_the_one_before_ended(office: Office) -> None:
    store, root = office.demo.store, office.demo.tree.root
    waves = store.read(reading.waves_between, day_of(office.demo.now), day_of(office.demo.now))
    said: list[str] = []
    store.conn.set_trace_callback(said.append)
    rows, mark = store.read(paging.target_page, waves, root.id, 10)
    store.read(paging.gap_page, waves, root.id, 10, mark)
    store.conn.set_trace_callback(None)
    asked = [sql for sql in said if "FROM wave w CROSS JOIN target t" in sql]
    assert len(asked) >= 2 and len(rows) == 10
    for sql in asked:
        plan = [row[3] for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert any("target_place (wave=? AND lo>? AND lo<?)" in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


def test_no_token_a_wrong_one_and_one_that_was_stopped(office: Office) -> None:
    for token in ("", "x", "chuanda_" + "y" * 43, "x" * 5_000):
        answer = ask(office, "coverage", token)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert set(answer.json()) == {"error"}
    number = office.let_in("chuanda_stopped")
    assert ask(office, "coverage", "chuanda_stopped").status_code == 200
    office.demo.store.write_now(clients.revoke_client, number, "换平台了", office.demo.now)
    assert ask(office, "coverage", "chuanda_stopped").status_code == 401
    other = Browser(office).get(f"{API}/coverage", headers={"authorization": f"Basic {TOKEN}"})
    assert other.status_code == 401
    in_the_address = Browser(office).get(f"{API}/coverage", params={"token": TOKEN, "access_token": TOKEN})
    assert in_the_address.status_code == 401


def test_a_person_who_signed_in_is_nobody_there_and_a_token_nobody_on_a_page(office: Office) -> None:
    wang = Browser(office)
    wang.come_in(office.staff("王敏", Role.OFFICE))
    assert wang.get("/").status_code == 200 and wang.get(f"{API}/coverage").status_code == 401
    page = Browser(office).get("/", headers={"authorization": f"Bearer {TOKEN}"})
    assert page.headers["location"] == "/enter"


def test_a_client_sees_its_own_place_and_below(office: Office) -> None:
    own, other = office.villages[:2]
    office.let_in("chuanda_village", own)
    below = office.demo.tree.nodes[own.lo + 1]
    assert ask(office, "coverage", "chuanda_village").json()["node"] == own.path
    assert ask(office, "coverage", "chuanda_village", node=below.path).json()["node"] == below.path
    assert ask(office, "coverage", "chuanda_village", node=own.name).status_code == 200
    for not_theirs in (other.path, other.name, office.demo.tree.root.path, f"{other.name}x", "没有这个村"):
        answer = ask(office, "gaps", "chuanda_village", node=not_theirs)
        assert answer.status_code == 404, "whether there is such a place is not theirs to know"
        said = answer.json()["error"].replace(not_theirs, "X", 1)
        assert said.startswith("没有“X”这个单位") and said.endswith(f"这个令牌能看的是{own.path}。")
        assert other.name not in said
    rows = ask(office, "ledger", "chuanda_village").json()["items"]
    assert rows and all(row["node"].startswith(own.path) for row in rows)


def test_what_is_called_otherwise_is_not_guessed_at(office: Office) -> None:
    office.let_in("chuanda_guesses", office.villages[0])
    wave = ask(office, "waves").json()["items"][0]
    assert wave["campaign"]
    for name, kind in (("wave", "批次"), ("campaign", "专项行动")):
        unknown = f"{wave[name]}x"
        answer = ask(office, "coverage", "chuanda_guesses", **{name: unknown})
        assert answer.status_code == 404 and answer.json()["error"] == f"没有“{unknown}”这个{kind}。"


def test_a_place_that_is_no_more_is_told(office: Office) -> None:
    store = office.demo.store
    gone = store.conn.execute("INSERT INTO node(path) VALUES ('没有了') RETURNING id").fetchone()[0]
    who = store.read(clients.clients)[0]
    store.write_now(clients.add_client, "chuanda_gone", "旧的", gone, who.names, 1, office.demo.now)
    answer = ask(office, "coverage", "chuanda_gone")
    assert answer.status_code == 403 and "名册" in answer.json()["error"]


def test_names_go_only_to_who_may_have_them_and_phones_to_nobody(office: Office) -> None:
    office.let_in("chuanda_names", names=True)
    assert {gap["worker"] for gap in pages(office, "gaps")} == {None}
    answer = ask(office, "gaps", "chuanda_names", limit=MOST_ON_A_PAGE).json()
    named = {gap["worker"] for gap in answer["items"]}
    people = {worker.name for worker in office.demo.tree.workers}
    assert named & people
    phones = {worker.phone for worker in office.demo.tree.workers if worker.phone}
    for path in (one.name for one in ENDPOINTS):
        text = ask(office, path, "chuanda_names").text
        assert phones and not any(phone in text for phone in phones)
    for path in ("coverage", "ledger", "waves"):
        text = ask(office, path, "chuanda_names").text
        assert not any(f'"{name}"' in text for name in people)


def test_who_asks_too_often_waits_and_nobody_else_does(office: Office) -> None:
    office.let_in("chuanda_other")
    office.console.gate.asks = Rate(A_MINUTE, 60 / A_MINUTE)
    answers = [ask(office, "waves") for _ in range(A_MINUTE + 2)]
    assert answers[0].status_code == 200
    late = answers[-1]
    assert late.status_code == 429 and int(late.headers["retry-after"]) >= 1 and "error" in late.json()
    assert ask(office, "waves", "chuanda_other").status_code == 200


def test_tokens_are_not_to_be_guessed(office: Office) -> None:
    for number in range(MOST_WRONG):
        assert ask(office, "waves", f"chuanda_{number}").status_code == 401
    refused = ask(office, "waves")
    assert refused.status_code == 429 and "令牌" in refused.json()["error"]


def test_a_bucket_fills_again_with_time() -> None:
    rate = Rate(2, 10.0)
    for _ in range(2):
        assert rate.wait_s("a", 0.0) == 0
        rate.spend("a", 0.0)
    assert rate.wait_s("a", 0.0) == 10 and rate.wait_s("a", 4.0) == 6 and rate.wait_s("b", 0.0) == 0
    assert rate.wait_s("a", 10.0) == 0
    rate.spend("a", 10.0)
    assert rate.wait_s("a", 10.0) == 10
    for number in range(MOST_KNOWN):
        rate.spend(f"n{number}", 11.0)
    assert rate.wait_s("a", 11.0) == 0, "who was forgotten begins anew"


def test_the_day_of_the_last_question_is_kept_and_no_secret(office: Office) -> None:
    assert ask(office, "waves").status_code == 200
    client = next(one for one in office.demo.store.read(clients.clients) if one.name == "县平台")
    assert any(one.used_on == day_of(office.demo.now) for one in office.demo.store.read(clients.clients))
    assert client.by == "王敏"
    kept = (office.demo.data / "chuanda.db").read_bytes() + (office.demo.data / "chuanda.db-wal").read_bytes()
    assert TOKEN.encode() not in kept


def test_another_name_of_ours_is_refused_in_json(office: Office) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    answer = Browser(office).get(f"{API}/coverage", host="evil.example", headers=headers)
    assert answer.status_code == 421 and set(answer.json()) == {"error"}
    for path, method, status in ((f"{API}/nothing", "GET", 404), (f"{API}/gaps", "DELETE", 405)):
        answer = Browser(office).ask(method, path, headers=headers)
        assert answer.status_code == status and set(answer.json()) == {"error"}
    assert "GET" in answer.headers["allow"]


def test_no_other_page_reads_it_with_somebody_elses_browser(office: Office) -> None:
    answer = Browser(office).get(
        f"{API}/waves", headers={"authorization": f"Bearer {TOKEN}", "origin": "http://evil.example"}
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "set-cookie" not in answer.headers and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "parameters", "status", "why"),
    [
        ("coverage", {"node": "没有这个村"}, 404, "没有“没有这个村”"),
        ("coverage", {"node": ""}, 400, "node"),
        ("coverage", {"node": "长" * 300}, 400, "node"),
        ("coverage", {"wave": "没有"}, 404, "批次"),
        ("coverage", {"campaign": "没有"}, 404, "专项行动"),
        ("coverage", {"wave": "x", "from_": "2026-03-12"}, 400, "只写一种"),
        ("coverage", {"from_": "2026-03-13", "to": "2026-03-12"}, 400, "对调"),
        ("coverage", {"from_": "2025-03-13", "to": "2026-03-12"}, 400, f"{MOST_DAYS} 天"),
        ("coverage", {"from_": "20260312"}, 400, "2026-03-12"),
        ("coverage", {"from_": "2026-02-30"}, 400, "from"),
        ("coverage", {"from_": "今天"}, 400, "from"),
        ("coverage", {"to": "9999-12-31"}, 400, "还早"),
        ("coverage", {"from_": "0001-01-01", "to": "0001-01-01"}, 200, ""),
        ("coverage", {"limit": "10"}, 400, "没有“limit”这个参数"),
        ("gaps", {"limit": "0"}, 400, "limit"),
        ("gaps", {"limit": str(MOST_ON_A_PAGE + 1)}, 400, "limit"),
        ("gaps", {"limit": "²"}, 400, "limit"),
        ("gaps", {"overdue": "yes"}, 400, "overdue"),
        ("gaps", {"after": "1"}, 400, "after"),
        ("gaps", {"after": "9999-0"}, 400, "after"),
        ("ledger", {"after": "1-999999999"}, 400, "after"),
        ("ledger", {"after": "9" * 30 + "-1"}, 400, "after"),
        ("ledger", {"overdue": "true"}, 400, "overdue"),
        ("gaps", {"node": ["清河镇", "清河镇"]}, 400, "两次"),
    ],
)
def test_what_cannot_be_meant_is_told(
    office: Office, path: str, parameters: dict[str, Any], status: int, why: str
) -> None:
    answer = ask(office, path, **parameters)
    assert answer.status_code == status, answer.text
    assert why in answer.text
    if status != 200:
        assert set(answer.json()) == {"error"}


def test_every_route_is_in_the_document_and_nothing_else(office: Office) -> None:
    served = {page.path: page for page in PAGES if page.path.startswith(f"{API}/")}
    document = Browser(office).get(f"{API}/openapi.json").json()
    assert document == json.loads(json.dumps(openapi()))
    assert set(document["paths"]) == set(served)
    for path, page in served.items():
        assert page.method == "GET" and list(document["paths"][path]) == ["get"]
        operation = document["paths"][path]["get"]
        assert (operation.get("security") == []) == (page.needs is None)
        assert page.needs in (None, Needs.TOKEN)
        if page.needs is Needs.TOKEN:
            assert {"200", "400", "401", "403", "404", "429"} <= set(operation["responses"])
    assert document["openapi"].startswith("3.1")


def validator(name: str) -> jsonschema_rs.Validator:
    schemas = openapi()["components"]["schemas"]
    here = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(here, validate_formats=True)


def test_every_answer_has_the_shape_that_the_document_says(office: Office) -> None:
    village = office.villages[0]
    for endpoint in ENDPOINTS:
        fits = validator(endpoint.answers)
        for parameters in ({}, {"node": village.path}, {"from": "2026-03-12", "to": "2026-03-13"}):
            answer = ask(office, endpoint.name, **parameters)
            assert answer.status_code == 200
            fits.validate(answer.json())
            assert not fits.is_valid({**answer.json(), "phone": "1"})
    fits = validator("Error")
    fits.validate(ask(office, "coverage", node="没有").json())


def test_the_document_knows_every_word_that_an_answer_may_hold() -> None:
    schemas = openapi()["components"]["schemas"]
    target = schemas["Target"]["properties"]
    assert set(target["reason"]["enum"]) == {*(reason.value for reason in Reason), None}
    assert set(target["mode"]["enum"]) == {*(mode.value for mode in Mode), None}
    assert set(target["use"]["enum"]) == {*(use.value for use in Use), None}


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CASES = 60


SCHEMA = schemathesis.openapi.from_dict(openapi())


FITS, DOES_NOT = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.mark.parametrize(
    ("path", "mode"),
    [(f"{API}/openapi.json", FITS), *((one.path, mode) for one in ENDPOINTS for mode in (FITS, DOES_NOT))],
)
def test_whatever_is_asked_it_answers_as_the_document_says(
    office: Office, path: str, mode: schemathesis.GenerationMode
) -> None:
    """Schemathesis, of each operation what fits its parameters and what does not; the same cases each time."""
    seen: Counter[int] = Counter()

    @given(SCHEMA[path]["GET"].as_strategy(generation_mode=mode))
    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def one(case: schemathesis.Case) -> None:
        asked = case.as_transport_kwargs(base_url=f"http://{HOST}")
        given_headers = {name.lower(): value for name, value in asked.pop("headers", {}).items()}
        headers = {**given_headers, "authorization": f"Bearer {TOKEN}"}
        browser = Browser(office)
        browser.cookies = dict(asked.pop("cookies", None) or {})
        # In this thread: the store is one thread's.
        there = asked.pop("url").removeprefix(f"http://{HOST}")
        answer = browser.ask(asked.pop("method"), there, headers=headers, **asked)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    one()
    assert not seen[401] and seen[200 if mode is FITS else 400], seen
