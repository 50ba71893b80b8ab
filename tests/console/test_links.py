"""A link that the bot sends: to the bound account and nobody else, once, for ten minutes; what it opens is what chat gives."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import Address
from bot.channels.simulated.channel import SimulatedChannel
from bot.cli.pages import pages_of
from bot.console.app import COOKIE
from bot.console.signing import LINK_FOR, MOST_LINKS, MOST_LINKS_FROM, WITHIN
from bot.console.visitor import visitor_of
from bot.model.content import Part
from bot.model.speaker import Role
from bot.model.tree import Worker
from bot.phrases.talk import LINK_UNWRITTEN
from bot.schedules.model import ConsoleAt
from bot.service import letting_in
from bot.store import accounts, log, seats, sending
from tests.console.desk import Browser, Office

SAID = "如果您绑定过，机器人会私聊发给您一个链接"
ADDRESS = "https://fanzha.example.gov.cn/"


class Chat:
    """What the bot says privately, to which account."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.said: list[tuple[Address, str]] = []
        self._clock_s = 0.0
        channel = office.demo.town.channel
        assert isinstance(channel, SimulatedChannel)
        self.channel = channel
        channel.watch = lambda to, part: self._hear(to, part)
        office.console.address = ADDRESS

    def _hear(self, to: Address, part: Part) -> None:
        self.said.append((to, part.text))

    def sends(self) -> None:
        """Everything that is due goes out."""
        demo = self.office.demo
        demo.town.desk.now = demo.now
        step = None
        while step is None or step.sent is not None or step.again_at == demo.now:
            self._clock_s += 100
            step = asyncio.run(demo.town.send(demo.now, self._clock_s))

    def links(self) -> list[tuple[str, str]]:
        """(account, secret) of each link that arrived."""
        self.sends()
        found = [(to, re.search(re.escape(ADDRESS) + r"open/(\S+)", text)) for to, text in self.said]
        assert all(to.person and not to.room for to, link in found if link)
        return [(to.person, link[1]) for to, link in found if link]

    def bind(self, name: str, account: str, role: Role, *, private: bool = True) -> Worker:
        """Somebody of the office with a bound account, who stands in no roster."""
        demo = self.office.demo
        worker = demo.store.write_now(accounts.add_person, name, demo.tree.root.path)
        self.office.code_for(worker.id, role, f"CODE{account.upper()}")
        used = demo.store.write_now(
            accounts.use_code, f"CODE{account.upper()}", account, demo.now, private=private
        )
        assert used is not None
        self.channel.people.add(account)
        demo.town.desk.reload_rooms()
        return worker


@pytest.fixture
def chat(office: Office) -> Chat:
    return Chat(office)


def wants(office: Office, name: str) -> None:
    """Whoever asks hears the same."""
    answer = Browser(office).ask("POST", "/enter/link", data={"name": name})
    assert answer.status_code == 200 and SAID in answer.text and name not in answer.text


def opens(office: Office, secret: str) -> Browser:
    browser = Browser(office)
    assert browser.get(f"/open/{secret}").status_code == 200
    answer = browser.ask("POST", f"/open/{secret}", data={"in": "1"})
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    return browser


def test_the_link_arrives_privately_and_lets_in_once(office: Office, chat: Chat) -> None:
    leader = office.head_of(office.villages[0].name)
    wants(office, leader.name)
    ((account, secret),) = chat.links()
    assert account == f"w{leader.id}"
    browser = opens(office, secret)
    page = browser.get("/").text
    assert leader.name in page and office.villages[0].name in page
    assert browser.post("/pause").status_code == 403, "a village's leader, and no more than in chat"
    again = Browser(office).ask("POST", f"/open/{secret}", data={"in": "1"})
    assert again.status_code == 403 and "用过了" in again.text and COOKIE not in Browser(office).cookies


def test_the_address_is_ours_and_not_what_the_request_says(office: Office, chat: Chat) -> None:
    leader = office.head_of(office.villages[0].name)
    headers = {"x-forwarded-host": "evil.example", "origin": "http://localhost:8420"}
    Browser(office).ask(
        "POST", "/enter/link", data={"name": leader.name}, headers=headers, host="localhost:8420"
    )
    assert len(chat.links()) == 1
    assert not any("localhost" in text or "evil" in text for _, text in chat.said)
    office.console.address = "http://127.0.0.1:8420/"
    wants(office, leader.name)
    chat.sends()
    assert "http://127.0.0.1:8420/open/" in chat.said[-1][1] and "在装传达的电脑上" in chat.said[-1][1]


def test_who_is_unknown_unbound_or_never_wrote_hears_the_same_and_nothing_is_sent(
    office: Office, chat: Chat
) -> None:
    chat.bind("从不私聊", "silent", Role.OFFICE, private=False)
    known = office.demo.store.write_now(accounts.add_person, "没绑定过", office.demo.tree.root.path)
    office.demo.store.write_now(seats.give_seat, known.id, Role.OFFICE, office.demo.now)
    for name in ("没有这个人", "没绑定过", "从不私聊", "<b>张三</b>", "长" * 500):
        wants(office, name)
    wants_nothing = Browser(office).ask("POST", "/enter/link", data={"name": ""})
    assert wants_nothing.status_code == 200 and SAID in wants_nothing.text
    assert chat.links() == []


def test_it_is_refused_to_ask_for_many(office: Office, chat: Chat) -> None:
    first, second = (office.head_of(village.name) for village in office.villages[:2])
    for _ in range(MOST_LINKS + 2):
        wants(office, first.name)
    assert len(chat.links()) == MOST_LINKS
    for number in range(MOST_LINKS_FROM):
        wants(office, f"随便谁{number}")
    wants(office, second.name)
    assert len(chat.links()) == MOST_LINKS, "from this address enough was asked for"
    office.demo.now += WITHIN + timedelta(seconds=1)
    wants(office, second.name)
    assert len(chat.links()) == MOST_LINKS + 1


def test_links_use_up_a_tenth_of_the_days_messages_and_no_more(
    office: Office, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letting_in, "MOST_A_DAY", 2)
    for village in office.villages[:3]:
        wants(office, office.head_of(village.name).name)
    assert len(chat.links()) == 2


def test_as_much_is_written_for_a_name_that_nobody_has(office: Office, chat: Chat) -> None:
    commits: list[int] = []
    for name in (office.head_of(office.villages[0].name).name, "没有这个人"):
        said: list[str] = []
        office.demo.store.conn.set_trace_callback(said.append)
        wants(office, name)
        office.demo.store.conn.set_trace_callback(None)
        commits.append(said.count("COMMIT"))
    assert commits == [1, 1] and len(chat.links()) == 1


def test_others_are_sent_to_the_name_by_which_they_call_this_computer(office: Office) -> None:
    here = Path(__file__).parent / "tls"
    at = ConsoleAt(listen="127.0.0.1:8420", certificate="cert.pem", key="key.pem", name="fanzha.qinghe")
    town, now = office.demo.town, office.demo.now
    serving = pages_of(town, lambda: now, at, here / "schedules.yaml", port=0)
    console = serving._console
    assert re.fullmatch(r"https://fanzha\.qinghe:\d+/", console.address) and not console.here_only
    serving.close()
    plain = pages_of(town, lambda: now, ConsoleAt(), here / "schedules.yaml", port=0)
    assert plain._console.address == plain.address and plain._console.here_only
    plain.close()


def test_a_link_ends_after_ten_minutes(office: Office, chat: Chat) -> None:
    leader = office.head_of(office.villages[0].name)
    wants(office, leader.name)
    ((_, secret),) = chat.links()
    office.demo.now += LINK_FOR
    assert Browser(office).get(f"/open/{secret}").status_code == 403
    assert Browser(office).ask("POST", f"/open/{secret}", data={"in": "1"}).status_code == 403


def test_one_that_could_not_be_sent_in_time_is_not_sent(office: Office, chat: Chat) -> None:
    wants(office, office.head_of(office.villages[0].name).name)
    office.demo.now += LINK_FOR
    assert chat.links() == [] and chat.said == []


def test_the_secret_stands_in_no_file(office: Office, chat: Chat) -> None:
    wants(office, office.head_of(office.villages[0].name).name)
    ((_, secret),) = chat.links()
    opens(office, secret)
    kept = b"".join(file.read_bytes() for file in office.demo.data.rglob("*") if file.is_file())
    assert secret.encode() not in kept and LINK_UNWRITTEN.encode() in kept


def test_after_a_restart_it_is_not_sent_and_opens_nothing(office: Office, chat: Chat) -> None:
    wants(office, office.head_of(office.villages[0].name).name)
    secret = next(iter(office.console.signing._links))
    office.demo.town.desk.unwritten.clear()
    office.console.signing._links.clear()
    assert chat.links() == [] and Browser(office).get(f"/open/{secret}").status_code == 403


def test_it_goes_out_while_all_sending_is_paused(office: Office, chat: Chat) -> None:
    office.demo.store.write_now(sending.set_meta, "paused", office.demo.now.isoformat())
    wants(office, office.head_of(office.villages[0].name).name)
    assert len(chat.links()) == 1


def test_the_office_gets_what_its_account_may_in_chat_and_no_more(office: Office, chat: Chat) -> None:
    wang = chat.bind("王敏", "wang", Role.OFFICE)
    wants(office, "王敏")
    ((account, secret),) = chat.links()
    assert account == "wang"
    browser = opens(office, secret)
    assert "今日覆盖率" in browser.get("/").text
    assert browser.get("/clients").status_code == 200
    # A reviewer's seat that the same person has at the console is not opened by the account.
    office.demo.store.write_now(seats.give_seat, wang.id, Role.REVIEWER, office.demo.now)
    chat.said.clear()
    wants(office, "王敏")
    ((_, second),) = chat.links()
    roles = seen_as(office, opens(office, second))
    assert Role.OFFICE in roles and Role.REVIEWER not in roles


def seen_as(office: Office, browser: Browser) -> frozenset[Role]:
    session = asyncio.run(office.console.signing.known(browser.cookies[COOKIE], office.demo.now))
    assert session is not None
    visitor = visitor_of(office.demo.town.desk, session)
    assert visitor is not None
    return visitor.roles


@pytest.mark.parametrize("how", ["off", "another account", "ids changed"])
def test_an_account_that_is_unbound_lets_nobody_in_and_whoever_is_in_is_out(
    office: Office, chat: Chat, how: str
) -> None:
    wang = chat.bind("王敏", "wang", Role.OFFICE)
    wants(office, "王敏")
    wants(office, "王敏")
    (_, first), (_, second) = chat.links()
    browser = opens(office, first)
    assert browser.get("/").status_code == 200
    store = office.demo.store
    if how == "off":
        store.write_now(accounts.forget_account, wang.id)
    elif how == "another account":
        chat.bind("王敏", "phone2", Role.OFFICE)
    else:
        store.write_now(accounts.forget_accounts)
    assert browser.get("/").headers["location"] == "/enter"
    came_in = len(store.read(log.rows, log.Wanted(command="sign_in"), 99))
    assert Browser(office).ask("POST", f"/open/{second}", data={"in": "1"}).status_code == 403
    assert len(store.read(log.rows, log.Wanted(command="sign_in"), 99)) == came_in, "nobody signed in"
    assert office.console.signing.link_of(second, office.demo.now) is None, "and it is used up"


def test_a_password_stays_when_ids_change(office: Office, chat: Chat) -> None:
    browser = Browser(office)
    browser.come_in(office.staff("王敏", Role.OFFICE))
    office.demo.store.write_now(accounts.forget_accounts)
    assert browser.get("/").status_code == 200


def test_people_of_one_name_get_each_their_own(office: Office, chat: Chat) -> None:
    leader = office.head_of(office.villages[0].name)
    other = chat.bind(leader.name, "other", Role.REVIEWER)
    wants(office, leader.name)
    got = dict(chat.links())
    assert set(got) == {f"w{leader.id}", "other"} and other.id != leader.id
    assert Role.REVIEWER in seen_as(office, opens(office, got["other"]))
    assert Role.REVIEWER not in seen_as(office, opens(office, got[f"w{leader.id}"]))


def test_where_people_forward_by_hand_this_way_does_not_exist(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office.demo.town.desk
    monkeypatch.setattr(desk, "capabilities", replace(desk.capabilities, private=False, by_itself=False))
    page = Browser(office).get("/enter").text
    assert "没有机器人" in page and "/enter/link" not in page
    refused = Browser(office).ask("POST", "/enter/link", data={"name": "王敏"})
    assert refused.status_code == 422 and "没有机器人" in refused.text and SAID not in refused.text


def test_the_link_of_a_demo_lets_in_with_one_press(office: Office) -> None:
    here = Path(__file__).parent / "tls"
    serving = pages_of(
        office.demo.town, lambda: office.demo.now, ConsoleAt(), here / "schedules.yaml", port=0
    )
    office.console.signing = serving._console.signing
    link = serving.link_for("还没有人知道的人", Role.OFFICE)
    assert link.startswith(f"{serving.address}open/")
    assert "今日覆盖率" in opens(office, link.rpartition("/")[2]).get("/").text
    serving.close()


def test_another_page_does_not_let_anybody_in(office: Office) -> None:
    leader = office.head_of(office.villages[0].name)
    secret = office.console.signing.link_for(leader.id, office.demo.now, f"w{leader.id}")
    headers = {"origin": "http://evil.example"}
    answer = Browser(office).ask("POST", f"/open/{secret}", data={"in": "1"}, headers=headers)
    assert answer.status_code == 403 and COOKIE not in answer.headers.get("set-cookie", "")
    opens(office, secret)
