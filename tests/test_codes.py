"""Roles by one-time codes: given at the office's computer, said in chat, gone with the account they hang on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.approval.code import LETTERS, full_code
from bot.model.chat import Link, LinkChanged, Message, MessageKind
from bot.model.speaker import Role
from bot.phrases import deciding
from bot.phrases import talk as say
from bot.service.people import new_code
from bot.service.talking import codes
from bot.store import accounts
from tests.conftest import Answer, SetClock
from tests.day.stage import Simulated
from tests.day.story import one
from tests.day.town import GRID, LISTS, OFFICE, REVIEWER, SECRETARY, SEES, STRANGER, WILLOWS

TITLE = "刷单返利先给小钱"
OFFICE_ACCOUNT, OTHER = "wxid-office", "wxid-other"
_IDS = itertools.count()


class Computer:
    """The office's computer, typed at while the service runs; both look at one clock."""

    def __init__(self, day: Simulated, chuanda: Callable[..., Answer], wall: SetClock) -> None:
        self._day, self._chuanda, self._wall = day, chuanda, wall

    def __call__(self, *typed: object) -> Answer:
        self._wall.at = self._day.now
        here = ("--data", self._day.folder / "data", "--config", self._day.folder / "schedules.yaml")
        return self._chuanda(*typed, *here)

    def code(self, *typed: object) -> str:
        answer = self("bind", *typed)
        found = re.search(r"绑定 ([0-9A-Z]+)$", answer.out, re.M)
        assert answer.code == 0 and found is not None, answer
        return found[1]


async def opened(folder: Path) -> Simulated:
    """Ten past eight: the morning's content is out; nobody is known yet."""
    day = Simulated(folder)
    day.town.channel.people |= {OFFICE_ACCOUNT, OTHER}  # type: ignore[attr-defined]
    await day.begin()
    await day.until("8:10")
    return day


@pytest.fixture
async def day(quick: Path) -> Simulated:
    return await opened(quick)


@pytest.fixture
def computer(day: Simulated, chuanda: Callable[..., Answer], wall: SetClock) -> Computer:
    return Computer(day, chuanda, wall)


async def by(day: Simulated, account: str, text: str, name: str = "", group: str = "") -> list[str]:
    """What an account that is no name says, and what it is told."""
    room = day._rooms.get(group, "")
    await day.town.handle(Message(f"c{next(_IDS)}", room, account, day.now, MessageKind.TEXT, text, name))
    await day.pass_by(8)
    return day.heard(group or account)


def kept(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted((folder / "data").rglob("*")) if file.is_file())


def roles(day: Simulated) -> dict[str, set[Role]]:
    people = day.store.read(accounts.people)
    return {people[w].name: set(given) for w, given in day.store.read(accounts.roles).items()}


def account_of(day: Simulated) -> dict[str, str]:
    people = day.store.read(accounts.people)
    return {people[w].name: one.account for w, one in day.store.read(accounts.bound_accounts).items()}


# ── a code ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_code_of_the_office_is_long_enough_and_works_once(day: Simulated, computer: Computer) -> None:
    code = computer.code("--office", OFFICE)
    assert len(LETTERS) ** len(code) >= 2**20 and set(code) <= set(LETTERS)
    await day.say(OFFICE, f"绑定 {code}")
    assert one(day.heard(OFFICE)) == say.account_bound(OFFICE, "反诈办")
    assert roles(day) == {OFFICE: {Role.OFFICE}}
    assert await by(day, OTHER, f"绑定 {code}") == []
    assert account_of(day) == {OFFICE: OFFICE}
    await day.say(OFFICE, f"绑定 {code}")
    assert one(day.heard(OFFICE)) == say.code_wrong()


@pytest.mark.parametrize(("minutes", "works"), [(9, True), (11, False)])
async def test_a_role_code_ends_after_ten_minutes(
    day: Simulated, computer: Computer, minutes: int, works: bool
) -> None:
    code = computer.code("--office", OFFICE)
    await day.pass_by(minutes * 60)
    await day.say(OFFICE, f"绑定 {code}")
    assert (OFFICE in roles(day)) == works
    await day.say(OFFICE, "暂停")
    assert len(day.heard(OFFICE)) == (2 if works else 0)


@pytest.mark.parametrize(("days", "works"), [(6, True), (8, False)])
async def test_a_workers_code_ends_after_seven_days(
    day: Simulated, computer: Computer, days: int, works: bool
) -> None:
    code = computer.code("--person", GRID)
    day.now = day._next_tick = day.now + timedelta(days=days)
    await day.say(GRID, f"绑定 {code}")
    assert (GRID in account_of(day)) == works


async def test_a_new_code_ends_the_one_before_of_the_same_kind_only(
    day: Simulated, computer: Computer
) -> None:
    first, role = computer.code("--person", SECRETARY), computer.code("--office", SECRETARY)
    second = computer.code("--person", SECRETARY)
    await day.say(SECRETARY, f"绑定 {first}")
    assert SECRETARY not in account_of(day)
    await day.say(SECRETARY, f"绑定 {second}")
    assert one(day.heard(SECRETARY)) == say.account_bound(SECRETARY, "")
    await day.say(SECRETARY, f"绑定 {role}")
    assert roles(day) == {SECRETARY: {Role.OFFICE}}


async def test_of_a_code_only_its_hash_is_kept(day: Simulated, computer: Computer) -> None:
    office, worker = computer.code("--office", OFFICE), computer.code("--person", GRID)
    for code in (office, worker):
        assert code.encode() not in kept(day.folder)
    await day.say(OFFICE, f"绑定 {office}")
    await by(day, OTHER, f"绑定 {office}")
    await day.say(GRID, f"绑定 {worker.lower()[:4]}-{worker.lower()[4:]}")  # as people type it
    assert {OFFICE, GRID} == set(account_of(day))
    for code in (office, worker):
        assert code.encode() not in kept(day.folder) and code.lower().encode() not in kept(day.folder)


# ── accounts change hands ───────────────────────────────────────────────────────────────────────────────────


async def test_a_role_code_said_by_another_account_moves_the_person(
    day: Simulated, computer: Computer
) -> None:
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--office', OFFICE)}")
    assert await by(day, OFFICE_ACCOUNT, "恢复") == [deciding.not_paused()]
    assert await by(day, OTHER, f"绑定 {computer.code('--office', OFFICE)}") == [
        say.account_bound(OFFICE, "反诈办")
    ]
    assert account_of(day) == {OFFICE: OTHER}
    assert await by(day, OFFICE_ACCOUNT, "暂停") == []
    assert await by(day, OTHER, "恢复") == [deciding.not_paused()]


async def test_a_plain_code_said_by_another_account_leaves_the_role_behind(
    day: Simulated, computer: Computer
) -> None:
    """A code of seven days on paper must not carry what a code of ten minutes gave."""
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--office', SECRETARY)}")
    assert await by(day, OTHER, f"绑定 {computer.code('--person', SECRETARY)}") == [
        say.account_bound(SECRETARY, "")
    ]
    assert roles(day) == {}
    (refused,) = await by(day, OTHER, "暂停")
    assert "反诈办" in refused and "先不发" not in refused
    assert await by(day, OFFICE_ACCOUNT, "暂停") == []


async def test_a_role_on_the_same_account_comes_to_what_was_there(day: Simulated, computer: Computer) -> None:
    await day.say(SECRETARY, f"绑定 {computer.code('--person', SECRETARY)}")
    await day.say(SECRETARY, f"绑定 {computer.code('--office', SECRETARY)}")
    day.heard(SECRETARY)
    await day.say(SECRETARY, "提醒 石桥村")
    assert one(day.heard(SECRETARY)).startswith("现在不提醒人")


async def test_unbinding_takes_account_roles_and_codes(day: Simulated, computer: Computer) -> None:
    await day.say(SECRETARY, f"绑定 {computer.code('--office', SECRETARY)}")
    left = computer.code("--person", SECRETARY)
    assert computer("bind", "--person", SECRETARY, "--off").code == 0
    await day.until("8:12")
    day.heard(SECRETARY)
    await day.say(SECRETARY, "暂停")
    await day.say(SECRETARY, f"绑定 {left}")
    assert day.heard(SECRETARY) == [] and roles(day) == {} == account_of(day)


async def test_two_names_on_one_account_cannot_approve_each_others_submission(
    day: Simulated, computer: Computer
) -> None:
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--office', OFFICE)}")
    await by(
        day, OFFICE_ACCOUNT, "有人冒充客服打电话要退款，叫他下载会议软件共享屏幕，请大家转给家里老人看。"
    )
    (stored,) = (x for x in await by(day, OFFICE_ACCOUNT, "入库 客服退款是骗局") if x.startswith("存好了"))
    assert "客服退款是骗局" in stored
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    assert account_of(day) == {REVIEWER: OFFICE_ACCOUNT}
    assert await by(day, OFFICE_ACCOUNT, "待审") == [deciding.own_submission("客服退款是骗局")]
    (submit,) = day.store.conn.execute(
        "SELECT digest FROM approval WHERE content LIKE '002%' AND act = 'submit'"
    ).fetchall()
    code = full_code(submit[0])[:4]
    assert await by(day, OFFICE_ACCOUNT, f"批准 {code}") == [deciding.not_all_shown(code)]
    # From an account of the reviewer's own it is another person.
    await by(day, OTHER, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    assert any("同意，回" in text for text in await by(day, OTHER, "待审"))
    assert (await by(day, OTHER, f"批准 {code}"))[0].startswith("批准了")


async def test_who_was_shown_it_by_the_submitters_account_cannot_approve_it_there(
    day: Simulated, computer: Computer
) -> None:
    """Seen from the own account, then said from the one that handed it in: the account counts when it is said."""
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--office', OFFICE)}")
    await by(
        day, OFFICE_ACCOUNT, "有人冒充客服打电话要退款，叫他下载会议软件共享屏幕，请大家转给家里老人看。"
    )
    await by(day, OFFICE_ACCOUNT, "入库 客服退款是骗局")
    await by(day, OTHER, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    card = (await by(day, OTHER, "待审"))[-1]
    code = re.findall(r"批准 ([0-9A-Z]{4,8})", card)[0]
    await by(day, OFFICE_ACCOUNT, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    assert await by(day, OFFICE_ACCOUNT, f"批准 {code}") == [deciding.own_submission("客服退款是骗局")]


# ── ids that change ─────────────────────────────────────────────────────────────────────────────────────────


async def test_after_a_login_with_new_ids_nobody_may_do_anything_until_bound_again(
    day: Simulated, computer: Computer
) -> None:
    desk = day.town.desk
    desk.capabilities = replace(desk.capabilities, stable_accounts=False)
    await day.town.handle(LinkChanged(Link.UP, day.now, "bot-1"))
    await day.say(OFFICE, f"绑定 {computer.code('--office', OFFICE)}")
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    await day.town.handle(LinkChanged(Link.UP, day.now, "bot-1"))
    assert roles(day) == {OFFICE: {Role.OFFICE}}, "the same login changes nothing"
    await day.town.handle(LinkChanged(Link.UP, day.now, "bot-2"))
    day.heard(OFFICE)
    for text in ("1", "暂停", "覆盖率", f"撤回 {TITLE}"):
        await day.say(OFFICE, text)
    assert day.heard(OFFICE) == [] and roles(day) == {} == account_of(day)
    assert day.store.conn.execute("SELECT COUNT(*) FROM wave").fetchone() == (1,)
    await day.say(OFFICE, f"绑定 {computer.code('--office', OFFICE)}")
    await day.say(OFFICE, "恢复")
    assert day.heard(OFFICE)[-1] == deciding.not_paused()


def forget(day: Simulated) -> int:
    return day.store.write_now(accounts.forget_accounts)


async def test_forgetting_accounts_takes_the_roles_and_the_open_questions(
    day: Simulated, computer: Computer
) -> None:
    await day.say(OFFICE, f"绑定 {computer.code('--office', OFFICE)}")
    await day.say(OFFICE, f"推送 {TITLE} 石桥村")
    assert forget(day) == 1
    for table in ("role", "account", "question"):
        assert day.store.conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,), table


async def test_a_code_that_was_given_before_a_new_login_still_works(
    day: Simulated, computer: Computer
) -> None:
    code = computer.code("--person", GRID)
    forget(day)
    await day.say(GRID, f"绑定 {code}")
    assert account_of(day) == {GRID: GRID}


# ── guessing ────────────────────────────────────────────────────────────────────────────────────────────────


def guess(n: int) -> str:
    return "绑定 QQ" + f"{n:06d}".translate(str.maketrans("01", "XY"))


async def test_five_wrong_codes_of_one_account_end_its_tries_for_an_hour(
    day: Simulated, computer: Computer
) -> None:
    code, other = computer.code("--person", GRID), computer.code("--person", LISTS)
    day.told_office()
    for n in range(codes.MOST_TRIES):
        await by(day, OTHER, guess(n))
    await by(day, OTHER, f"绑定 {code}")
    assert account_of(day) == {}
    assert sum("试绑定码" in told for told in day.told_office()) == 1
    await by(day, OTHER, f"绑定 {code}")
    assert not any("试绑定码" in told for told in day.told_office()), "told once a day"
    await day.say(LISTS, f"绑定 {other}")
    assert account_of(day) == {LISTS: LISTS}, "nobody else notices"
    await day.pass_by(61 * 60)
    await by(day, OTHER, f"绑定 {code}")
    assert account_of(day) == {LISTS: LISTS, GRID: OTHER}


async def test_wrong_codes_of_many_accounts_end_all_tries_for_an_hour(
    day: Simulated, computer: Computer
) -> None:
    code = computer.code("--person", GRID)
    for n in range(codes.MOST_TRIES_OF_ALL):
        await by(day, f"guesser-{n}", guess(n), group=WILLOWS if n % 2 else "")
    await by(day, OTHER, f"绑定 {code}")
    assert account_of(day) == {}
    await day.pass_by(61 * 60)
    await by(day, OTHER, f"绑定 {code}")
    assert account_of(day) == {GRID: OTHER}


async def test_a_wrong_code_says_so_to_known_people_and_in_work_groups_and_to_nobody_else(
    day: Simulated, computer: Computer
) -> None:
    await day.say(STRANGER, guess(1))
    assert day.heard(STRANGER) == []
    await day.say(SEES, guess(2), WILLOWS)
    assert day.heard(WILLOWS)[-1] == say.code_wrong()
    await day.say(GRID, f"绑定 {computer.code('--person', GRID)}")
    await day.say(GRID, guess(3))
    await day.say(GRID, "绑定")
    assert day.heard(GRID)[1:] == [say.code_wrong(), say.code_missing()]


async def test_whoever_is_shown_as_somebody_else_is_worth_a_question(
    day: Simulated, computer: Computer
) -> None:
    day.told_office()
    await by(day, OTHER, f"绑定 {computer.code('--person', GRID)}", name=LISTS)
    assert any(GRID in told and LISTS in told and "--off" in told for told in day.told_office())


# ── at the computer ─────────────────────────────────────────────────────────────────────────────────────────


async def test_the_sheets_codes_work_once_each(day: Simulated, computer: Computer) -> None:
    await day.say(GRID, f"绑定 {computer.code('--person', GRID)}")
    sheet = day.folder / "codes.xlsx"
    answer = computer("bind", "--sheet", sheet, "--json")
    assert answer.code == 0
    head, *lines = load_workbook(sheet).active.iter_rows(values_only=True)
    assert len(head) == 4 and len(lines) == answer.json["people"]
    names = [line[1] for line in lines]
    assert len(names) == len(set(names)) and GRID not in names and {SECRETARY, SEES, LISTS} <= set(names)
    said = {line[1]: line[2] for line in lines}
    assert len(set(said.values())) == len(said)
    day.town.channel.people |= set(names)  # type: ignore[attr-defined]
    for name, words in said.items():
        assert re.fullmatch(rf"绑定 [{LETTERS}]{{8}}", words)
        assert words.split()[1].encode() not in kept(day.folder)
        await day.say(name, words)
        assert one(day.heard(name)) == say.account_bound(name, "")
    assert account_of(day) == {name: name for name in (GRID, *names)}
    assert roles(day) == {}, "paper gives no role"
    for number, words in enumerate(list(said.values())[:4]):
        await by(day, f"guesser-{number}", words)
    assert set(account_of(day).values()) == {GRID, *names}
    assert computer("bind", "--sheet", sheet).code == 2, "everybody is known"


async def test_the_sheet_of_one_village_has_its_people_only(day: Simulated, computer: Computer) -> None:
    sheet = day.folder / "codes.xlsx"
    assert computer("bind", "--sheet", sheet, "--node", "石桥村").code == 0
    _, *lines = load_workbook(sheet).active.iter_rows(values_only=True)
    assert {line[1] for line in lines} == {"刘长海", "冯建设", "吴长河", "马小燕"}
    assert computer("bind", "--sheet", day.folder / "codes.csv").code == 2


async def test_a_reviewer_who_is_not_in_the_settings_gets_no_code(day: Simulated, computer: Computer) -> None:
    refused = computer("bind", "--reviewer", OFFICE)
    assert refused.code == 2 and REVIEWER in refused.err
    assert day.store.conn.execute("SELECT COUNT(*) FROM bind_code").fetchone() == (0,)
    await day.say(REVIEWER, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    assert one(day.heard(REVIEWER)) == say.account_bound(REVIEWER, "审核人")


async def test_only_one_thing_is_asked_of_bind(day: Simulated, computer: Computer) -> None:
    assert computer("bind", "--office", OFFICE, "--reviewer", REVIEWER).code == 2
    assert computer("bind", "--office", "  ").code == 2
    assert computer("bind", "--person", "没有这个人").code == 2


async def test_the_office_sees_who_has_which_role(day: Simulated, computer: Computer) -> None:
    await day.say(OFFICE, f"绑定 {computer.code('--office', OFFICE)}")
    await day.say(REVIEWER, f"绑定 {computer.code('--reviewer', REVIEWER)}")
    listed = computer("bind").out
    assert f"{OFFICE}（反诈办）" in listed and f"{REVIEWER}（审核人）" in listed


async def test_a_person_of_the_office_who_stands_in_no_roster_can_be_unbound(
    day: Simulated, computer: Computer
) -> None:
    await day.say(OFFICE, f"绑定 {computer.code('--office', OFFICE)}")
    assert computer("bind", "--person", OFFICE, "--off").code == 0
    assert roles(day) == {}


async def test_a_code_for_a_person_who_left_the_roster_is_of_no_use(
    day: Simulated, computer: Computer
) -> None:
    code = computer.code("--person", GRID)
    roster = day.folder / "roster.csv"
    roster.write_text(roster.read_text("utf-8").replace(GRID, "陈晓梅"), "utf-8")
    assert computer("roster", "import", roster).code == 0
    await day.until("8:12")
    await day.say(GRID, f"绑定 {code}")
    await day.say(GRID, "我的任务")
    assert not any("等您转" in text for text in day.heard(GRID))


def test_a_code_is_a_secret_of_its_own(quick: Path) -> None:
    """Two thousand codes, none twice: nobody counts them up."""
    made = {new_code() for _ in range(2_000)}
    assert len(made) == 2_000 and len({code[0] for code in made}) > 20
