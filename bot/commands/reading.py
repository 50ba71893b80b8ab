"""One line of chat read as a command. Pure: no clock, no database, and nobody's permission is decided here.

`TABLE` is all that can be said: a command's words, where in the line they stand, and how its arguments are cut. A
confirmation is read last, by `bot.recognise.confirm`. What only mentions a command's word is nothing: in a group
of people the program speaks when it is spoken to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.commands import keeping, orders, questions, vocabulary
from bot.commands.line import MAX_LINE, Cut, Line, body_of, line_of, plain_of
from bot.commands.said import Command, Said
from bot.commands.slots import REVIEW_CODE, number_of
from bot.commands.sounds import meant
from bot.commands.vocabulary import PUNCTUATION, any_of
from bot.model.speaker import Place, Role
from bot.recognise.confirm import ConfirmationKind, read_confirmation
from bot.recognise.normalise import fold, without_mentions

MAX_BY_EAR = 40
"""Who writes more than this writes with care, or is no speaker to the program."""


class Where(Enum):
    """Where in the line a command's words stand."""

    WHOLE = "they are all of it, whatever spaces are in it"
    FIRST = "it begins with them, the arguments follow"
    AROUND = "the arguments stand before them and behind"
    NOTHING_ELSE = "all of it, spaces kept: the pattern cuts the arguments itself"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say a command. ``words`` is a pattern; ``long``: may carry a text of several lines."""

    where: Where
    words: re.Pattern[str]
    cut: Cut
    long: bool = False

    def read(self, line: Line, squeezed: str) -> Said | None:
        """The command, if ``line`` says it."""
        match self.where:
            case Where.WHOLE:
                found = self.words.fullmatch(squeezed)
            case Where.FIRST:
                found = self.words.match(line.plain, line.start, line.end)
            case Where.NOTHING_ELSE:
                found = self.words.fullmatch(line.plain, line.start, line.end)
            case Where.AROUND:
                found = self.words.search(line.plain, line.start, line.end)
        return self.cut(line, found) if found else None


def rule(where: Where, words: str, cut: Cut, *, long: bool = False) -> Rule:
    return Rule(where, re.compile(words), cut, long)


_CODE = REVIEW_CODE.pattern
_OBJECT = r"\s*[把将]?\s*(?P<title>{title})\s*"
_QUOTED, _ANY = r"《[^《》]{1,60}》(?:这[条篇个])?", r"[^,。?!]{2,40}?"
_TO_NODE = r"\s*(?:(?:一下)?(?:发?给|发?到|发?往|发?至)\s*(?P<node>[\w/·]{2,30}))?(?:一下|出去)?"

TABLE: tuple[Rule, ...] = (
    rule(Where.WHOLE, vocabulary.PAUSE, questions.unasked(Command.PAUSE)),
    rule(Where.WHOLE, vocabulary.PAUSE_NOW, questions.in_private(Command.PAUSE)),
    rule(Where.WHOLE, vocabulary.RESUME, questions.unasked(Command.RESUME)),
    rule(Where.WHOLE, vocabulary.HELP, questions.bare(Command.HELP)),
    rule(Where.WHOLE, vocabulary.WHO_ARE_YOU, questions.in_private(Command.HELP)),
    rule(Where.WHOLE, vocabulary.TROUBLE, questions.bare(Command.TROUBLE)),
    rule(Where.WHOLE, vocabulary.SOFT_TROUBLE, questions.in_private(Command.TROUBLE)),
    rule(Where.WHOLE, vocabulary.BACK_AT_WORK, questions.back_again),
    rule(Where.AROUND, rf"{vocabulary.LEAVE_WORD}|休\s*息", questions.away),
    rule(Where.WHOLE, questions.IN_HOSPITAL, questions.in_hospital),
    rule(Where.WHOLE, vocabulary.MY_TASKS, questions.bare(Command.MY_TASKS)),
    rule(Where.WHOLE, vocabulary.ANY_WORK, questions.in_private(Command.MY_TASKS)),
    rule(Where.FIRST, vocabulary.BIND_GROUP, questions.bound_group),
    rule(Where.FIRST, vocabulary.BIND, questions.bound),
    rule(Where.FIRST, vocabulary.INBOX, keeping.stored, long=True),
    rule(
        Where.NOTHING_ELSE,
        _OBJECT.format(title=_QUOTED) + vocabulary.INBOX + r"(?:\s*#.*)?",
        keeping.stored_behind,
    ),
    rule(
        Where.NOTHING_ELSE,
        rf"(?P<tags>(?:#[^\s#]+\s*)+){vocabulary.INBOX}(?P<rest>.*)",
        keeping.stored_tags_first,
    ),
    rule(Where.NOTHING_ELSE, keeping.EXEMPT_BEHIND, keeping.exempted_behind),
    rule(Where.FIRST, vocabulary.EXEMPT, keeping.exempted(), long=True),
    rule(Where.WHOLE, "不计入", questions.bare(Command.EXEMPT)),
    rule(Where.FIRST, vocabulary.EXEMPT_SOFT, keeping.exempted(soft=True), long=True),
    rule(Where.WHOLE, "批准", questions.bare(Command.APPROVE)),
    rule(Where.FIRST, vocabulary.APPROVE, orders.approved),
    rule(Where.NOTHING_ELSE, rf"{_CODE}\s*{vocabulary.APPROVE}", orders.approved),
    rule(Where.WHOLE, "驳回", questions.bare(Command.REJECT)),
    rule(Where.FIRST, vocabulary.REJECT, orders.rejected, long=True),
    rule(Where.FIRST, rf"{_CODE}\s*{vocabulary.REJECT}", orders.rejected, long=True),
    rule(Where.WHOLE, "撤回", questions.unasked(Command.WITHDRAW)),
    rule(Where.FIRST, vocabulary.WITHDRAW, orders.withdrawn),
    rule(
        Where.NOTHING_ELSE,
        rf"{_OBJECT.format(title=_QUOTED)}{vocabulary.WITHDRAW}(?:下来|回来|来|一下)?",
        orders.withdrawn,
    ),
    rule(
        Where.NOTHING_ELSE,
        rf"\s*[把将]\s*(?P<title>{_ANY})\s*{vocabulary.WITHDRAW}(?:下来|回来|来|一下)?",
        orders.withdrawn,
    ),
    rule(Where.FIRST, vocabulary.PUSH, orders.pushed()),
    rule(Where.FIRST, vocabulary.PUSH_SOON, orders.pushed(apart=True)),
    rule(
        Where.NOTHING_ELSE,
        rf"{_OBJECT.format(title=_QUOTED)}{vocabulary.PUSH}{_TO_NODE}",
        orders.pushed_behind,
    ),
    rule(
        Where.NOTHING_ELSE,
        rf"\s*[把将]\s*(?P<title>{_ANY})\s*{vocabulary.PUSH}{_TO_NODE}",
        orders.pushed_behind,
    ),
    rule(
        Where.NOTHING_ELSE,
        rf"\s*[把将]\s*(?P<title>{_QUOTED})\s*发(?:给|到|往)\s*(?P<node>[\w/·]{{2,30}})",
        orders.sent_to,
    ),
    rule(Where.FIRST, rf"[给往向]\s*(?P<node>[\w/·]{{2,30}}?)\s*{vocabulary.PUSH}", orders.pushed_behind),
    rule(Where.WHOLE, vocabulary.REMIND_ALL, questions.unasked(Command.REMIND)),
    rule(Where.FIRST, vocabulary.REMIND, orders.reminded),
    rule(
        Where.NOTHING_ELSE, rf"(?P<node>[\w/·]{{2,30}}?)\s*{vocabulary.REMIND_BEHIND}", orders.reminded_behind
    ),
    rule(Where.WHOLE, vocabulary.DOING_WHERE, questions.in_private(Command.PROGRESS)),
    rule(Where.NOTHING_ELSE, vocabulary.HOW_IS, questions.how_is),
    rule(Where.AROUND, vocabulary.RANKING, questions.for_the_town(Command.RANKING)),
    rule(Where.AROUND, vocabulary.HOLES, questions.for_the_town(Command.HOLES)),
    rule(Where.AROUND, vocabulary.PENDING, questions.for_the_town(Command.PENDING)),
    rule(Where.AROUND, vocabulary.CIRCULAR, questions.for_the_town(Command.CIRCULAR)),
    rule(Where.AROUND, vocabulary.GAPS, questions.place_and_day(Command.GAPS)),
    rule(Where.AROUND, vocabulary.LEFT, questions.left),
    rule(Where.AROUND, vocabulary.COVERAGE_ASKED, questions.place_and_day(Command.COVERAGE)),
    rule(Where.AROUND, vocabulary.SENT_HOW, questions.sent_how),
    rule(Where.AROUND, vocabulary.PROGRESS, questions.for_the_town(Command.PROGRESS)),
    rule(Where.WHOLE, vocabulary.DONE_ASKED, questions.in_private(Command.PROGRESS)),
    rule(Where.AROUND, vocabulary.COVERAGE, questions.place_and_day(Command.COVERAGE)),
)
"""The first that reads the line decides: what is narrower stands before what is wider."""

_MAY_BE = re.compile(
    "[转发暂停恢假催撤豁驳批绑审缺漏覆盖排催未没差剩谁进待要0-9?#⑩-⑳⑽-⒇⒑-⒛]|"
    + any_of(
        "传发 推送 急推 再推 继续 接着 接续 帮助 help 怎么 如何 咋 命令 菜单 功能 说明 指南 手册 操作方法 使用方法 教我 教教"
        " 会用 会弄 会操作 会使 你能 你会 你还 你都 你可以 你是 能干 会干 会什么 能做 收不 看不 找不到 打不开 下载不了 手机 出差 休息 调休 回来 我回"
        " 任务 待办 活 我的 今天的 的群 我负责 我管 点不 没反应 加载 显示不 网 卡 图 踢 入库 收录 资料库 免报 不计入 不算 通过 同意 核准"
        " 退回 打回 否决 收回 下架 提醒 督促 空白 盲点 哪 最快 最慢 最好 最差 名次 第几 倒数 垫底 通报"
        " 到达 送达 触达 完成率 完成情况 几个 多少 取消 进展 啥 停"
    )
    + r"|\A(?:\W*@\S+\s)?\W*(?:我?选)?第?[一二三四五六七八九十](?!\w{3})"
)
"""Cheap: what has none of this in it is ordinary talk and goes at once. Wider than the table, never narrower."""

_LONG = tuple(rule for rule in TABLE if rule.long)
_GROUP_ONLY = tuple(rule for rule in TABLE if rule.cut is questions.bound_group)


def read(text: str, role: Role, place: Place) -> Said | None:
    """What ``text`` says to the program, or None: it is talk, a notice, or of somebody else.

    Residents talk among themselves: in their rooms only the binding of the group is read. Otherwise the room and the
    role change little: 未转发 of a leader asks for the list, of a worker it says that he did not yet. A short line that
    says nothing as it is written is read once more as it sounds.
    """
    body = body_of(text)
    if not body:
        return None
    plain = plain_of(body)
    said = _read(body, plain, role, place)
    if said is None and len(plain) <= MAX_BY_EAR and "\n" not in plain:
        for start, end, word in meant(plain):
            meant_body, meant_plain = (whole[:start] + word + whole[end:] for whole in (body, plain))
            if said := _read(meant_body, meant_plain, role, place):
                break
    return said


def _read(body: str, plain: str, role: Role, place: Place) -> Said | None:
    if not _MAY_BE.search(plain):
        return None
    line = line_of(body, plain, role, place)
    if place is Place.RESIDENT:
        rules = _GROUP_ONLY if "\n" not in plain and len(plain) <= MAX_LINE else ()
        return _first(rules, line)
    if len(plain) > MAX_LINE or "\n" in plain:
        return _first(_LONG, line)
    if vocabulary.LONE_QUESTION_MARK.fullmatch(plain):
        return Said(Command.HELP) if place is Place.PRIVATE else None
    return _choice(body, plain) or _first(TABLE, line) or _confirmation(body, plain)


def _first(rules: tuple[Rule, ...], line: Line) -> Said | None:
    squeezed = line.squeezed
    return next((said for rule in rules if (said := rule.read(line, squeezed))), None)


_CHOICE = re.compile(
    r"(?:我?(?:要|就)?(?:选择?|回复|回|选项|答)?:?(?:第)?|第)(?P<number>[0-9]{1,3}|[零一二三四五六七八九十]{1,3}|\([0-9]{1,2}\)|\([一二三四五六七八九十]{1,2}\))"
    rf"(?:(?<=[第选\d一二三四五六七八九十])[个条项])?(?:{PUNCTUATION}|[)吧呢啊哈哦]|谢谢)*"
)
_LOOSE = re.compile(r"(?<![0-9一二三四五六七八九十])\s+|\s+(?![0-9一二三四五六七八九十])")
"""Spaces, but not the one between two numbers."""
_MAY_CHOOSE = 40


def _choice(body: str, plain: str) -> Said | None:
    """The line is one number and nothing else. ⑩ is two characters when it is plain: read from the folded text."""
    if len(body) > _MAY_CHOOSE or "?" in plain:
        return None
    folded = _LOOSE.sub("", without_mentions(fold(body.replace("\u20e3", " "))))
    found = _CHOICE.fullmatch(folded)
    if found is None or (
        folded[found.end("number") :][:1] in "个条项"
        and folded[found.end("number") :]
        and not re.search("[选第]", folded)
    ):
        return None
    number = number_of(found["number"].strip("()"))
    return None if number is None else Said(Command.CHOICE, number=number)


_CONFIRMS = re.compile("转|传|已|己|发|接龙|完成|没")


def _confirmation(body: str, plain: str) -> Said | None:
    if not _CONFIRMS.search(plain):
        return None
    said = read_confirmation(body)
    match said.kind if said else None:
        case ConfirmationKind.ALL:
            return Said(Command.CONFIRMED)
        case ConfirmationKind.SOME:
            return Said(Command.CONFIRMED, groups=said.items if said else ())
        case ConfirmationKind.EXCEPT:
            return Said(Command.CONFIRMED, except_=said.items if said else ())
        case ConfirmationKind.NOT_YET:
            return Said(Command.NOT_YET)
        case _:
            return None
