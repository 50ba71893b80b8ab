"""Who may say what, about where, and in which room: every cell, through the real program.

A person with the role says the command in the place, and what becomes of it is read from the phones. A command that has no
row in `EXPECTED` fails the first test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.said import Command
from bot.commands.table import RULES
from bot.model.chat import MAX_LINES
from bot.model.speaker import Role
from bot.phrases import talk as say
from bot.store.database import Connection
from tests.day.stage import Simulated
from tests.day.town import GRID, OFFICE, OFFICE_GROUP, REVIEWER, SECRETARY, SEES, STRANGER, THIRD, WILLOWS

VILLAGE_CONTACT = "何建国"
WHO = {
    "worker": GRID, "leader": SECRETARY, "office": OFFICE, "reviewer": REVIEWER, "stranger": STRANGER,
    "named worker": SEES, "named leader": VILLAGE_CONTACT,
}  # fmt: skip
"""The columns of each block, in this order. The last two are known by the name that the room shows, and by no account."""
GIVEN: dict[str, Role | None] = {
    "worker": None,
    "leader": None,
    "office": Role.OFFICE,
    "reviewer": Role.REVIEWER,
}
"""Whose account a code made known, and the role that came with it."""
WHERE = {"private": "", "village": WILLOWS, "office": OFFICE_GROUP, "residents": THIRD}
"""The blocks of a row, in this order. The residents' group is one that may be looked at: the hardest case."""
OWN = {
    "worker": "柳林村第2网格", "leader": "柳林村", "office": "柳林村", "reviewer": "柳林村", "stranger": "柳林村",
    "named worker": "柳林村第3网格", "named leader": "柳林村",
}  # fmt: skip
TITLE = "刷单返利先给小钱"

SAID = {
    Command.CHOICE: "1",
    Command.NOT_YET: "还没转",
    Command.CONFIRMED: "已转发",
    Command.MY_TASKS: "我的任务",
    Command.TROUBLE: "收不到",
    Command.COVERAGE: "覆盖率 {place}",
    Command.GAPS: "缺口 {place}",
    Command.PROGRESS: "进度",
    Command.HOLES: "空白点",
    Command.RANKING: "排名",
    Command.PENDING: "待审",
    Command.APPROVE: "批准 7F3K",
    Command.REJECT: "驳回 7F3K 图片不清楚",
    Command.INBOX: "入库 标题",
    Command.PUSH: f"推送 {TITLE} {{place}}",
    Command.PAUSE: "暂停",
    Command.RESUME: "恢复",
    Command.REMIND: "提醒 {place}",
    Command.EXEMPT: "豁免 第2网格一群 拆迁",
    Command.CIRCULAR: "通报",
    Command.HELP: "帮助",
    Command.BIND: "绑定 ABCD2345",
    Command.BIND_GROUP: "绑定群 {room}",
    Command.LEAVE: "请假 到周五",
    Command.WITHDRAW: f"撤回 {TITLE}",
}

# A answered, done      n noted without a word     . silent, and nothing noted
# r “这件事由…来办”     b “要先绑定”               p “请私下”               o “这是…的数据，您能看的是…”
EXPECTED = {
    #                              private    village    office     residents
    # worker leader office reviewer stranger, then by the room's name only: worker leader
    (Command.CHOICE, ""):         "AAAA...    .......    .......    .......",
    (Command.NOT_YET, ""):        "AAAA...    .......    .......    .......",
    (Command.CONFIRMED, ""):      "AAAA...    n....n.    n....n.    .......",
    (Command.MY_TASKS, ""):       "AArr...    AArr.AA    AArr.AA    .......",
    (Command.TROUBLE, ""):        "AArr...    AArr.AA    AArr.AA    .......",
    (Command.COVERAGE, "own"):    "AAAA...    AAAA.AA    AAAA.AA    .......",
    (Command.COVERAGE, "other"):  "ooAA...    ooAA.oo    ooAA.oo    .......",
    (Command.COVERAGE, "above"):  "ooAA...    ooAA.oo    ooAA.oo    .......",
    (Command.GAPS, "own"):        "AAAA...    AAAA.AA    AAAA.AA    .......",
    (Command.GAPS, "other"):      "ooAA...    ooAA.oo    ooAA.oo    .......",
    (Command.GAPS, "above"):      "ooAA...    ooAA.oo    ooAA.oo    .......",
    (Command.PROGRESS, ""):       "AAAA...    AAAA.AA    AAAA.AA    .......",
    (Command.HOLES, ""):          "AAAA...    AAAA.AA    AAAA.AA    .......",
    (Command.RANKING, ""):        "rAAA...    rAAA.rb    rAAA.rb    .......",
    (Command.PENDING, ""):        "rrAA...    rrpp.rr    rrAA.rr    .......",
    (Command.APPROVE, ""):        "rrrA...    rrrp.rr    rrrA.rr    .......",
    (Command.REJECT, ""):         "rrrA...    rrrp.rr    rrrA.rr    .......",
    (Command.INBOX, ""):          "rAAA...    rppp.rb    rAAA.rb    .......",
    (Command.PUSH, "own"):        "rrAr...    rrpr.rr    rrAr.rr    .......",
    (Command.PUSH, "other"):      "rrAr...    rrpr.rr    rrAr.rr    .......",
    (Command.PAUSE, ""):          "rrAA...    rrpp.rr    rrAA.rr    .......",
    (Command.RESUME, ""):         "rrAA...    rrpp.rr    rrAA.rr    .......",
    (Command.REMIND, "own"):      "rrAr...    rrpr.rr    rrAr.rr    .......",
    (Command.REMIND, "other"):    "rrAr...    rrpr.rr    rrAr.rr    .......",
    (Command.EXEMPT, ""):         "rrAr...    rrpr.rr    rrAr.rr    .......",
    (Command.CIRCULAR, ""):       "rrAA...    rrpp.rr    rrAA.rr    .......",
    (Command.HELP, ""):           "AAAA...    AAAA.AA    AAAA.AA    .......",
    # A wrong code: whoever may not be written to privately hears of it in a work group only.
    (Command.BIND, ""):           "AAAA...    AAAAAAA    AAAAAAA    .......",
    # Whoever answers for that group, at its place or above; privately whoever is known hears where to say it.
    (Command.BIND_GROUP, ""):     "AAAA...    .A....A    .......    .A...AA",
    (Command.LEAVE, ""):          "AArr...    AArr.bb    AArr.bb    .......",
    (Command.WITHDRAW, ""):       "rrAA...    rrpp.rr    rrAA.rr    .......",
}  # fmt: skip
SCOPED = {
    Command.COVERAGE: {"own", "other", "above"},
    Command.GAPS: {"own", "other", "above"},
    Command.PUSH: {"own", "other"},
    Command.REMIND: {"own", "other"},
}


def cell(row: str, who: str, where: str) -> str:
    return row.split()[list(WHERE).index(where)][list(WHO).index(who)]


def test_every_command_has_its_rows_and_every_row_its_cells() -> None:
    assert set(SAID) == set(Command)
    assert set(EXPECTED) == {(command, scope) for command in Command for scope in SCOPED.get(command, {""})}
    for row in EXPECTED.values():
        assert [len(block) for block in row.split()] == [len(WHO)] * len(WHERE), row
        assert set(row) <= set("Anrbpo. "), row


def _all_but_answers(conn: Connection) -> list[tuple[object, ...]]:
    """Everything that a command can change; not what is on its way to be said, and not the log."""
    tables = (
        "SELECT target, act, ref FROM ledger", "SELECT content, act FROM approval", "SELECT worker, until FROM away",
        "SELECT grp FROM exemption", "SELECT worker, role FROM role", "SELECT worker, account FROM account",
        "SELECT worker, choices FROM question", "SELECT name FROM wave", "SELECT id, worker FROM target",
        "SELECT hash FROM bind_code", "SELECT grp, room FROM binding", "SELECT worker, digest FROM shown",
        "SELECT key, value FROM meta WHERE key = 'paused'",
    )  # fmt: skip
    return [(table, *row) for table in tables for row in conn.execute(table)]


def _letter(command: Command, said: list[str], *, changed: bool) -> str:
    """What became of it, as in the table."""
    if not said:
        return "n" if changed else "."
    (text,) = said
    assert 1 <= len(text.splitlines()) <= MAX_LINES, text
    refusals = {say.not_yours(RULES[command].roles): "r", say.BIND_FIRST: "b", say.PRIVATELY: "p"}
    if text in refusals:
        return refusals[text]
    return "o" if text.startswith("这是") and "的数据，您能看的是" in text else "A"


async def _opened(folder: Path, who: str) -> Simulated:
    """Ten past eight: the morning's content is out, and this one person is known, if they are."""
    day = Simulated(folder)
    await day.begin()
    await day.until("7:58")
    if who in GIVEN:
        await day.say(WHO[who], f"绑定 {day.code(WHO[who], GIVEN[who])}")
    await day.until("8:10")
    return day


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("who", WHO)
async def test_each_command_of_each_role_in_each_place_comes_to_what_the_table_says(
    quick: Path, who: str, where: str
) -> None:
    day = await _opened(quick, who)
    name, room = WHO[who], WHERE[where]
    chat = room or name
    wrong = []
    for (command, scope), row in sorted(EXPECTED.items(), key=lambda one: list(SAID).index(one[0][0])):
        place = {"own": OWN[who], "other": "石桥村", "above": "清河镇"}.get(scope, "")
        line = SAID[command].format(place=place, room=room or WILLOWS)
        day.heard(chat)
        before, said_before = day.store.read(_all_but_answers), len(day.lines)
        await day.say(name, line, room)
        changed = day.store.read(_all_but_answers) != before
        said = day.heard(chat)
        found, expected = _letter(command, said, changed=changed), cell(row, who, where)
        if found != expected:
            wrong.append(f"{line}: {found} instead of {expected}: {said}")
        if expected not in "An":
            assert not changed, f"{line}: something was done"
            elsewhere = [x for x in day.lines[said_before:] if x.by == "传达" and x.chat != chat]
            assert elsewhere == [], line
    assert wrong == []


@pytest.mark.parametrize("where", ("private", "village", "office"))
@pytest.mark.parametrize("who", GIVEN)
async def test_the_help_names_what_may_be_said_there_and_nothing_else(
    quick: Path, who: str, where: str
) -> None:
    day = await _opened(quick, who)
    await day.say(WHO[who], "帮助", WHERE[where])
    lines = day.heard(WHERE[where] or WHO[who])[-1].splitlines()
    more = next((line.removeprefix("还能说：") for line in lines if line.startswith("还能说：")), "")
    named = {line.partition("：")[0].split()[0] for line in lines[1:-1]} | set(filter(None, more.split("、")))
    wanted = set()
    for command, rule in RULES.items():
        row = EXPECTED.get((command, ""), EXPECTED.get((command, "own"), ""))
        # Who has no tasks may say 已转发 too; nobody has to be told.
        theirs = command is not Command.CONFIRMED or WHO[who] in (GRID, SECRETARY)
        if not rule.quiet and theirs and (cell(row, who, where) in "An" or command is Command.CONFIRMED):
            wanted.add(rule.says.split()[0])
    assert named - {"还能说"} == wanted
