"""To the office and on its screen: what happened, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.errors import Problem
from bot.model.chat import Link
from bot.model.ledger import SendState
from bot.model.time import day_of
from bot.phrases.words import NAMED_IN_LINE, clock, spoken_day


def not_sent(entry: str, hours: Sequence[datetime], why: str, *, final: bool) -> str:
    """To the office: hours of an entry came, in order, and nothing went out."""
    first, last = (f"{spoken_day(day_of(at))} {clock(at)}" for at in (hours[0], hours[-1]))
    many = len(set(hours))
    when = f"{first} 的“{entry}”" if many == 1 else f"{first} 到 {last} 的“{entry}”有 {many} 批"
    ending = "不再发了。" if final else "弄好以后，还来得及就会补发。"
    return f"{when}没有发：{why}。{ending}"


def stopped(why: str, count: int) -> str:
    """To the office: posts that wait and must not go out."""
    return f"有 {count} 个群的内容停着没发：{why}"


def clock_jumped(by: timedelta) -> str:
    """The computer's clock was set, or the computer slept."""
    minutes = abs(round(by.total_seconds() / 60))
    if minutes >= 2 * 24 * 60:
        span = f"{round(minutes / 24 / 60)} 天"
    else:
        span = f"{round(minutes / 60)} 小时" if minutes >= 120 else f"{minutes} 分钟"
    what = f"往后跳了 {span}（也可能是电脑睡着过）" if by > timedelta(0) else f"往回调了 {span}"
    return f"电脑的时间{what}。已发过的不会重发；请看一眼右下角的日期和时间对不对。"


def schedules_changed(problems: Sequence[Problem]) -> str:
    """The settings' file was saved while the program runs."""
    if not problems:
        return "排期文件改了，从现在起按新的来。"
    return f"排期文件有 {len(problems)} 处写错，先按原来的来。第一处：{problems[0]}"


def caught_up(wave: str, at: datetime, now: datetime) -> str:
    return f"{spoken_day(day_of(at))} {clock(at)} 的《{wave}》错过了时间，{clock(now)} 补发。"


def sending_takes(title: str, groups: int, minutes: float | None) -> str:
    """A wave begins; ``minutes`` is None where people post."""
    if minutes is None:
        return f"《{title}》该发了：{groups} 个群。看 chuanda outbox"
    return f"《{title}》开始发：直接发 {groups} 个群，大约 {max(1, round(minutes))} 分钟。"


def for_nobody(title: str, entry: str) -> str:
    """To the office: an entry that fits no group."""
    return f"“{entry}”选中了《{title}》，但没有一个群对得上，什么也没发。请检查排期里的 to 和内容的受众。"


def sent(group: str, title: str, state: SendState) -> str:
    """What became of a content's main part in a group."""
    became = {SendState.ACCEPTED: "发出", SendState.IN_DOUBT: "不知道发没发出", SendState.FAILED: "没发出"}
    return f"{group}：《{title}》{became[state]}"


def after_crash(count: int) -> str:
    return (
        f"程序上次停的时候正在发，有 {count} 条不知道发没发出去，不会自动再发。请到群里看一眼：chuanda outbox"
    )


def nobody_to_remind(groups: Sequence[str]) -> str:
    """Whoever answered for them stands in no roster any more."""
    more = f"等 {len(groups)} 个群" if len(groups) > NAMED_IN_LINE else ""
    named = "、".join(groups[:NAMED_IN_LINE])
    return f"{named}{more}原来的负责人已经不在名册里，还没转。请交接：chuanda handover 原来的人 新来的人"


def expired(count: int) -> str:
    return f"有 {count} 条过了发送时间还没发出去，已经取消，记为“没发出”。"


def correction(title: str, number: str, reason: str) -> str:
    """In every group that a withdrawn content reached."""
    lines = (
        f"【更正】{number}《{title}》已撤回，请不要再转。",
        f"原因：{reason}" if reason else "",
        "转到过的群，请删掉那条，把这条更正转过去。",
    )
    return "\n".join(line for line in lines if line)


def room_bound(group: str) -> str:
    """In the room itself, or to the office: which group it is, is known now."""
    return f"认出来了，这是“{group}”。"


def rooms_found(groups: Sequence[str]) -> str:
    """On the screen: which groups our account was found in."""
    more = f"等 {len(groups)} 个群" if len(groups) > NAMED_IN_LINE else ""
    return f"认出来了：{'、'.join(groups[:NAMED_IN_LINE])}{more}"


def room_renamed(group: str, topic: str) -> str:
    return f"“{group}”改名叫“{topic}”了，还按原来的群算。名册里请改成一样的。"


def room_lost(group: str) -> str:
    return f"机器人不在“{group}”里了，请人拉回来。"


def room_doubtful(topic: str, why: str) -> str:
    """A room that may be one of the town's: the office decides."""
    return f"有个群“{topic}”拿不准：{why}。请定一下：chuanda bind"


def invited_by_a_stranger() -> str:
    return "有没绑定账号的人拉机器人进群，没有接受。认识的请先绑定：chuanda bind"


def account_noted(name: str, role: str = "") -> str:
    """To the office; ``role``: what came with it (Chinese), or empty."""
    return f"{name}绑定了账号，是{role}。" if role else f"{name}绑定了账号。"


def account_of_another(name: str, others: Sequence[str]) -> str:
    """To the office: whoever used the code of ``name`` is shown as somebody else of the roster."""
    undo = f"不对就解除：chuanda bind --person {name} --off"
    return f"{name}的绑定码，用的人显示的名字是{'、'.join(others)}。请问一声；{undo}"


def codes_guessed() -> str:
    return "有人一直在试绑定码，先停一个小时不认。已经发出去的码还有效。"


def new_login(rooms: int, people: int, *, same_ids: bool) -> str:
    """Another login than before: another account, or the same with other ids."""
    lines = ["登录的微信号和上次的不一样，请看一眼对不对。" if same_ids else "微信重新登录过，编号变了。"]
    if rooms:
        lines.append(f"{rooms} 个群要重新认一遍，认出来之前先不发。")
    if people:
        lines.append(f"{people} 个人的账号要重新绑定：chuanda bind")
    return "\n".join(lines)


LINKS: Mapping[Link, str] = {
    Link.UP: "已登录",
    Link.UNREACHABLE: "网关连不上",
    Link.REFUSED: "网关不认这个令牌",
    Link.FROZEN: "网关没有反应",
    Link.SCAN: "要用手机扫码登录",
    Link.LOGGED_OUT: "微信没有登录",
}
_LINK_STEPS: Mapping[Link, str] = {
    Link.UNREACHABLE: "请看一眼网关那台机器和网络，好了会自己接着发。",
    Link.REFUSED: "请核对令牌，改好后重新运行。",
    Link.FROZEN: "请重启网关，好了会自己接着发。",
    Link.LOGGED_OUT: "请在网关上重新登录，好了会自己接着发。",
}


def link_down(link: Link, picture: str) -> str:
    """To the office: why nothing goes out, and what helps."""
    step = _LINK_STEPS.get(link, f"请用那个微信号扫数据文件夹里的 {picture}，扫好会自己接着发。")
    return f"{LINKS[link]}，发送先停着。{step}"


def link_restored() -> str:
    return "微信接上了，接着发。"


def code_to_scan(picture: str) -> str:
    return f"请用机器人的微信号扫这个码（也存成了 {picture}）："


def too_fast(until: datetime, limit: int) -> str:
    """The chat complained; the account rests."""
    return f"微信提示“操作过于频繁”。发送歇到 {clock(until)}，今天总共最多发 {limit} 条。没发完的接着往后发。"
