"""The one table of commands: what is said, who may say it and where, what it does. Help, permission and the manual come
from it; how a line is read is in `reading`.

In residents' groups nothing is a command but “绑定群”: what is said there is theirs (DESIGN, burden and law).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from bot.commands.said import Command
from bot.model.speaker import Place, Role

EVERYBODY = frozenset({Role.WORKER, Role.LEADER, Role.OFFICE, Role.REVIEWER})
PEOPLE = frozenset({Role.WORKER, Role.LEADER})
OFFICE = frozenset({Role.OFFICE})
STAFF = frozenset({Role.OFFICE, Role.REVIEWER})
REVIEW = frozenset({Role.REVIEWER})
ANYBODY = EVERYBODY | {Role.STRANGER}


@dataclass(frozen=True, slots=True)
class Rule:
    """``says``: how it is typed; ``does``: its help line. ``by_name``: in a work group the name that the room shows is
    enough, for what everybody there may see anyway; else only an account that is known. ``quiet``: an answer to what we
    asked or what we see; it has no line in the help. ``aloud``: may be said in any work group, else privately or in
    the office's own group."""

    command: Command
    says: str
    does: str
    roles: frozenset[Role]
    by_name: bool = False
    quiet: bool = False
    aloud: bool = True


def _decision(command: Command, says: str, does: str, roles: frozenset[Role]) -> Rule:
    return Rule(command, says, does, roles, aloud=False)


TABLE = (
    Rule(Command.CONFIRMED, "已转发", "都转了；只转几个就说 已转发 1 3", PEOPLE, by_name=True),
    Rule(Command.NOT_YET, "还没转", "不算转了，也不用解释", PEOPLE, by_name=True, quiet=True),
    Rule(Command.MY_TASKS, "我的任务", "看还有哪些没转", PEOPLE, by_name=True),
    Rule(Command.TROUBLE, "收不到", "看不到、转不了，告诉反诈办", PEOPLE, by_name=True),
    Rule(Command.LEAVE, "请假 到周五", "这几天请副联系人转", PEOPLE),
    Rule(Command.COVERAGE, "覆盖率 柳林村", "转到了几成", EVERYBODY, by_name=True),
    Rule(Command.GAPS, "未转发 柳林村", "哪些群还没转", EVERYBODY, by_name=True),
    Rule(Command.PROGRESS, "进度", "今天每条转到几成", EVERYBODY, by_name=True),
    Rule(Command.HOLES, "空白点", "哪些地方还没有群", EVERYBODY, by_name=True),
    Rule(Command.RANKING, "排名", "各村居排名（默认关着）", STAFF | {Role.LEADER}),
    _decision(Command.PENDING, "待审", "看等着审的内容", STAFF),
    _decision(Command.APPROVE, "批准 7F3K", "批准看过的那条", REVIEW),
    _decision(Command.REJECT, "驳回 7F3K 理由", "退回去改", REVIEW),
    _decision(Command.INBOX, "入库 标题 #受众 #话题", "把刚发给我的存成草稿，送审", STAFF | {Role.LEADER}),
    _decision(Command.PUSH, "推送 标题 柳林村", "马上发，批准过的才行", OFFICE),
    _decision(Command.WITHDRAW, "撤回 标题", "停发、收回、更正", STAFF),
    _decision(Command.PAUSE, "暂停", "全部先不发", STAFF),
    _decision(Command.RESUME, "恢复", "接着发", STAFF),
    _decision(Command.REMIND, "提醒 柳林村", "提醒还没转的人", OFFICE),
    _decision(Command.EXEMPT, "豁免 群名 理由", "这个群不要求转", OFFICE),
    _decision(Command.CIRCULAR, "通报", "看今天的结果", STAFF),
    Rule(Command.HELP, "帮助", "再看一遍这几句", EVERYBODY, by_name=True),
    Rule(Command.CHOICE, "1", "选第 1 个", EVERYBODY, by_name=True, quiet=True),
    Rule(Command.BIND, "绑定 绑定码", "让我认得您", ANYBODY, quiet=True),
    Rule(Command.BIND_GROUP, "绑定群 群名", "告诉我这是哪个群", ANYBODY, quiet=True),
)
RULES = {rule.command: rule for rule in TABLE}


class Duty(StrEnum):
    """What is done at the console and has no words in chat: each is some roles' office."""

    WRITE = "write"
    """Contents: write, change, hand in."""
    SCHEDULE = "schedule"
    BY_HAND = "by_hand"
    """What people post for us, and the chats that they paste."""
    TOWN = "town"
    """The roster, which room is which group, whose account is whose."""
    JUDGE = "judge"
    """Screenshots and objections."""
    LOAD = "load"
    AUDIT = "audit"
    CLIENTS = "clients"
    """Programs of others that may read figures."""


DUTIES = {
    Duty.WRITE: STAFF,
    Duty.SCHEDULE: OFFICE,
    Duty.BY_HAND: OFFICE,
    Duty.TOWN: OFFICE,
    Duty.JUDGE: OFFICE,
    Duty.LOAD: STAFF,
    Duty.AUDIT: STAFF,
    Duty.CLIENTS: OFFICE,
}


class Verdict(Enum):
    """Whether somebody may say something here."""

    YES = auto()
    SILENT = auto()
    """Nobody answers: a stranger, or a residents' group."""
    NOT_YOURS = auto()
    """One polite line: it takes another role."""
    BIND_FIRST = auto()
    """One polite line: the account has to be known for this."""
    PRIVATELY = auto()
    """One polite line: not in front of this group."""


def verdict(
    command: Command, roles: Collection[Role], place: Place, *, by_account: bool, at_home: bool
) -> Verdict:
    """Whether somebody with ``roles`` may say ``command`` in ``place``. ``by_account``: it is certain who it is;
    else only the room's name says so. ``at_home``: the place is the office's own group."""
    rule = RULES[command]
    if place is Place.RESIDENT or command is Command.BIND_GROUP:
        # Who may is decided by who answers for the group that is named.
        return Verdict.YES if command is Command.BIND_GROUP and place is not Place.PRIVATE else Verdict.SILENT
    if command is Command.BIND:
        return Verdict.YES
    if not roles or set(roles) <= {Role.STRANGER}:
        return Verdict.SILENT
    if not rule.roles & set(roles):
        return Verdict.NOT_YOURS
    if not by_account and not rule.by_name:
        return Verdict.BIND_FIRST
    if place is Place.WORK and not rule.aloud and not at_home:
        return Verdict.PRIVATELY
    return Verdict.YES


def lines_for(roles: Collection[Role], place: Place, *, by_account: bool, at_home: bool) -> list[Rule]:
    """What somebody can say here, for the help: what is theirs first, then in the table's order."""
    may = [
        rule
        for rule in TABLE
        if not rule.quiet
        and verdict(rule.command, roles, place, by_account=by_account, at_home=at_home) is Verdict.YES
    ]
    if STAFF & set(roles):
        first = [REVIEW, OFFICE, STAFF]
    elif Role.LEADER in roles:
        first = [EVERYBODY, PEOPLE]
    else:
        first = [PEOPLE]
    return sorted(may, key=lambda rule: first.index(rule.roles) if rule.roles in first else len(first))
