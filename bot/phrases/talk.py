"""The manners of the conversation: help, what is not theirs, numbers that ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.model.chat import MAX_LINES


def help_text(name: str, lines: Sequence[tuple[str, str]], closing: str) -> str:
    """“帮助”: what this person can say, from the table of commands. At most twelve lines; what does not fit is named."""
    room = MAX_LINES - 2
    shown = list(lines) if len(lines) <= room else lines[: room - 1]
    told = [f"{says}：{does}" for says, does in shown]
    if len(shown) < len(lines):
        told.append("还能说：" + "、".join(says.split()[0] for says, _ in lines[len(shown) :]))
    return "\n".join([f"{name}，您可以这样回我：", *told, closing])


FOR_WORKERS = "我在群里看见您转了，就不用再回。"
FOR_OFFICE = "要批准的，先回“待审”看内容。"
FOR_LEADERS = "转好的我自己记，不用报。"


def not_yours(roles: Collection[str]) -> str:
    """One polite line; ``roles``: whose it is."""
    whose = next(ROLES[role] for role in ("office", "reviewer", "worker", "leader") if role in roles)
    return f"这件事由{whose}来办。\n您能办的，回“帮助”看。"


BIND_FIRST = "这件事要先绑定账号，绑定码请找反诈办要。"
NOT_UNDERSTOOD = "这句我没看懂。\n看能说什么，回“帮助”。"
IN_THAT_GROUP = "请在那个群里说“绑定群 群名”。"
CALL_FOR_HELP = "已经转了钱，马上打 110。\n拿不准的，先别转，打 96110 问。"
NOT_DONE = "好的，没有动。"
PRIVATELY = "这件事请私下跟我说，不在群里办。"


LINK_UNWRITTEN = "（登录链接，不保存）"
"""What is kept of a message with a link to the console."""


def link_to_console(name: str, address: str, minutes: int, *, here_only: bool) -> str:
    """The message with a link to the console. ``here_only``: the console is reached on its own computer only."""
    lines = [f"{name}，您要的登录链接：", address, f"{minutes} 分钟内有效，只能用一次。"]
    if here_only:
        lines.append("要在装传达的电脑上打开。")
    return "\n".join([*lines, "不是您要的，不用理，也别转给别人。"])


def out_of_range(numbers: Sequence[int]) -> str:
    return (
        f"请回 {min(numbers)} 到 {max(numbers)} 里的一个数字。"
        if len(numbers) > 1
        else f"请回 {numbers[0]}。"
    )


def nothing_asked() -> str:
    return "现在没有要选的。\n看能说什么，回“帮助”。"


def code_wrong() -> str:
    return "这个绑定码不对，或者过期了。\n请向反诈办再要一个。"


def code_missing() -> str:
    return "把绑定码写上，如“绑定 7F3KQ2MN”。"


def account_bound(name: str, role: str) -> str:
    """To the person whose account is known now; ``role``: what came with it (Chinese), or empty."""
    with_role = f"（{role}）" if role else ""
    return f"{name}，您好，绑定好了{with_role}。\n看能说什么，回“帮助”。"


ROLES = {
    "office": "反诈办",
    "reviewer": "审核人",
    "leader": "领导",
    "worker": "网格员",
    "stranger": "没绑定的人",
}
