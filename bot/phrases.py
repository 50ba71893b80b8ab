"""Every sentence that the program says in chat. One place, so that it can be reviewed as a whole.

Tone and limits: at most 12 lines, the result first, the next step last, figures before words, no jargon, no blame
(shared design language). Functions take what they tell and return the text; nothing here decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.errors import Problem
from bot.model.chat import Link
from bot.model.counts import Counts
from bot.model.ledger import Reason, SendState
from bot.model.time import day_of, local
from bot.model.tree import Tree
from bot.store.reading import TargetRow

MAX_LINES = 12
NAMED_IN_LINE = 3
MAX_NAMED = 6
"""Groups named one by one in a message; more are counted."""

REASONS: Mapping[Reason, str] = {
    Reason.NOT_REPOSTED: "未转发",
    Reason.UPSTREAM: "上一级还没转下来",
    Reason.NOT_BOUND: "没绑定",
    Reason.BOT_ABSENT: "机器人不在群里",
    Reason.NO_GROUP: "没有群",
    Reason.NOT_SENT: "没发出",
    Reason.IN_DOUBT: "在途存疑",
    Reason.UNPROVEN: "待核实",
    Reason.DISPUTED: "存疑",
}


def percent(share: float | None) -> str:
    """A share as people read it: one decimal; 100% only when it is all."""
    if share is None:
        return "–"
    return "100%" if share == 1 else f"{min(share, 0.999) * 100:.1f}%"


def clock(at: datetime) -> str:
    """“8:00”, local."""
    here = local(at)
    return f"{here.hour}:{here.minute:02d}"


def spoken_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def unit_name(tree: Tree, row: TargetRow) -> str:
    """The village or unit that a target belongs to."""
    node = tree.by_path.get(row.path)
    return tree.unit_of(node).name if node else row.path.split("/")[min(1, row.path.count("/"))]


def short_group(row: TargetRow) -> str:
    """A group's name without the village in front, which the reader knows; never cut at its end."""
    name = row.group or f"{row.path.rsplit('/', 1)[-1]}（没有群）"
    for place in row.path.split("/")[1:-1]:
        name = name.removeprefix(place)
    return name


def reminder(name: str, tasks: Sequence[TargetRow], numbers: Mapping[int, int]) -> str:
    """To a grid worker, privately: what is open, how to do it, how to answer. ``numbers``: target → task number."""
    lines = [f"{name}，您好，还有 {len(tasks)} 个群等您转："]
    shown = tasks if len(tasks) <= MAX_NAMED else tasks[: MAX_NAMED - 1]
    lines += [f"{numbers.get(task.id, 0)} {short_group(task)}" for task in shown]
    if len(shown) < len(tasks):
        lines.append(f"……共 {len(tasks)} 个，回“我的任务”看全部")
    titles = list(dict.fromkeys(task.title for task in tasks))
    lines.append(
        "是" + "、".join(f"《{title}》" for title in titles[:2]) + ("等" if len(titles) > 2 else "") + "。"
    )
    lines.append("往上翻到它，长按，点“转发”就行。")
    lines.append("转好了，回“已转发”。")
    return "\n".join(lines)


def reminder_line(name: str, tasks: Sequence[TargetRow]) -> str:
    """To a grid worker, in the work group: one line with @ that says which groups and what."""
    titles = list(dict.fromkeys(task.title for task in tasks))
    groups = list(dict.fromkeys(short_group(task) for task in tasks))
    more = f"等 {len(groups)} 个" if len(groups) > NAMED_IN_LINE else ""
    what = f"《{titles[0]}》" + ("等" if len(titles) > 1 else "")
    return f"@{name} 还有 {len(tasks)} 个群等您转{what}：{'、'.join(groups[:NAMED_IN_LINE])}{more}"


def reminders_in_group(lines: Sequence[str]) -> str:
    """One message for a work group: a line per person, the answer last."""
    if len(lines) <= MAX_LINES - 1:
        return "\n".join([*lines, "转好了，在这里回“已转发”就行。"])
    names = "、".join(line.split(" ", 1)[0] for line in lines)
    return f"{names}\n这几位名下还有群等着转。\n转好了，在这里回“已转发”就行。"


def escalation(
    name: str, place: str, tasks: Sequence[TargetRow], workers: Mapping[str, bool], gap_list_at: str
) -> str:
    """To the person above: the groups, not the blame. ``workers``: who answers for them → was reminded today."""
    groups = [short_group(task) for task in tasks]
    shown = "、".join(groups[:MAX_NAMED]) + (f"等 {len(groups)} 个" if len(groups) > MAX_NAMED else "")
    return "\n".join(
        [
            f"{name}，您好。",
            f"{place}有 {len(tasks)} 个群，今天的内容还没转：",
            shown,
            _responsible(workers),
            "请您问一声，是不是有难处。",
            "转好了我会自己记下，不用另报。",
            f"{gap_list_at} 出缺口清单，没转的会列进去。",
        ]
    )


def _responsible(workers: Mapping[str, bool]) -> str:
    if not workers:
        return "这些群还没有负责人。"
    named = "、".join(list(workers)[:MAX_NAMED]) + (
        f"等 {len(workers)} 人" if len(workers) > MAX_NAMED else ""
    )
    return f"负责人 {named}" + ("，今天提醒过。" if all(workers.values()) else "。")


def _taken_back(withdrawn: Sequence[str]) -> list[str]:
    """What stands in no figure any more, so that nobody takes it for done."""
    if not withdrawn:
        return []
    named = "、".join(f"《{title}》" for title in withdrawn[:2]) + ("等" if len(withdrawn) > 2 else "")
    return [f"{named}已撤回，没转的不再算"]


def gap_list(
    tree: Tree, now: datetime, counts: Counts, gaps: Sequence[TargetRow], withdrawn: Sequence[str]
) -> str:
    """The 18:00 list for the office: overdue gaps by reason and place; what is not due yet stands apart."""
    overdue = [row for row in gaps if row.overdue(now)]
    waiting = len(gaps) - len(overdue)
    lines = [f"【缺口清单】{spoken_day(day_of(now))} {clock(now)}"]
    if not counts.expected:
        return "\n".join([*lines, *_taken_back(withdrawn), "今天没有要转的群。"])
    lines.append(f"应转 {counts.expected} 群次，转到 {counts.covered}，{percent(counts.coverage)}")
    lines += _taken_back(withdrawn)
    if not gaps:
        return "\n".join([*lines, "今天的群都转到了。"])
    lines.append(f"还差 {len(overdue)} 群次：" if overdue else "过了时间还没转的：没有")
    ending = [f"另有 {waiting} 群次还没到截止"] if waiting else []
    ending.append("逐条名单：chuanda gaps")
    reasons = _by_reason(tree, overdue)
    room = MAX_LINES - len(lines) - len(ending)
    if len(reasons) > room:
        reasons = [*reasons[: room - 1], "其余的原因见名单"]
    return "\n".join([*lines, *reasons, *ending])


def _by_reason(tree: Tree, gaps: Sequence[TargetRow]) -> list[str]:
    lines = []
    for reason, word in REASONS.items():
        places = Counter(unit_name(tree, row) for row in gaps if row.reason is reason)
        if places:
            most = places.most_common(MAX_NAMED)
            named = "，".join(f"{place} {count}" for place, count in most)
            rest = f"，等 {len(places)} 处" if len(places) > len(most) else ""
            lines.append(f"{word} {places.total()}：{named}{rest}")
    return lines


def day_result(
    tree: Tree,
    now: datetime,
    counts: Counts,
    units: Sequence[tuple[str, Counts]],
    gaps: Sequence[TargetRow],
    withdrawn: Sequence[str],
) -> str:
    """The day's result, 21:00: places that are whole, and “还差的地方” in roster order, each with its reason. What is not
    due yet is no lack: it stands apart."""
    day = day_of(now)
    head = f"【{tree.root.name}反诈宣传】{spoken_day(day)}"
    if not counts.expected:
        return "\n".join([head, *_taken_back(withdrawn), "今天没有要转的群。"])
    lines = [
        head,
        f"覆盖率 {percent(counts.coverage)}",
        f"应转 {counts.expected} 群次，转到 {counts.covered}，按时 {counts.on_time}",
        f"群成员 {counts.members_expected} 人次，看得到的 {counts.members_covered} 人次",
        *_taken_back(withdrawn),
    ]
    whole = [path for path, c in units if c.expected and not c.gaps]
    worst: dict[str, Counter[str]] = {}
    for row in gaps:
        if row.reason is not None and row.overdue(now):
            worst.setdefault(unit_name(tree, row), Counter())[REASONS[row.reason]] += 1
    waiting = sum(not row.overdue(now) for row in gaps)
    if waiting:
        lines.append(f"另有 {waiting} 群次还没到截止")
    names = [(path.rsplit("/", 1)[-1], f" {percent(c.coverage)}") for path, c in units]
    # The town's own groups stand below no unit.
    lacking = [(name, share) for name, share in [(tree.root.name, ""), *names] if name in worst]
    if not lacking:
        done = f"{len(whole)} 个村居和单位全部转到。" if whole else "过了时间还没转的：没有"
        return "\n".join([*lines, done])
    lines.append(f"{len(whole)} 个村居和单位全部转到，还差的地方：")
    room = MAX_LINES - len(lines) - 1
    shown = lacking if len(lacking) <= room else lacking[: room - 1]
    for name, share in shown:
        why = "，".join(f"{word} {count}" for word, count in worst[name].most_common(2))
        lines.append(f"{name}{share}：{why}")
    if len(shown) < len(lacking):
        lines.append(f"还有 {len(lacking) - len(shown)} 处，见缺口清单")
    lines.append(f"{tree.root.name}反诈办 {spoken_day(day)}")
    return "\n".join(lines)


def coverage_answer(
    name: str,
    when: str,
    counts: Counts,
    gaps: Sequence[TargetRow],
    town: tuple[str, Counts] | None,
    below: Sequence[tuple[str, Counts]] = (),
) -> str:
    """“覆盖率 柳林村”: result first, what is missing, the town to compare with. Where too much is missing to name the
    groups, the places ``below`` that lack some, in roster order."""
    if not counts.expected:
        return f"{name}，{when}\n没有要转的群。"
    lines = [
        f"{name}，{when}",
        f"覆盖率 {percent(counts.coverage)}",
        f"应转 {counts.expected} 群次，转到 {counts.covered}，按时 {counts.on_time}",
    ]
    lacking = [(path.rsplit("/", 1)[-1], c) for path, c in below if c.gaps]
    if len(gaps) > MAX_NAMED and lacking:
        lines.append(f"还差 {len(gaps)} 群次：")
        shown_places = lacking if len(lacking) <= MAX_NAMED else lacking[: MAX_NAMED - 1]
        lines += [f"{place} {percent(c.coverage)}，差 {c.gaps}" for place, c in shown_places]
        if len(shown_places) < len(lacking):
            lines.append(f"……还有 {len(lacking) - len(shown_places)} 处")
    elif gaps:
        lines.append(f"还差 {len(gaps)} 群次：")
        shown = gaps if len(gaps) <= MAX_NAMED else gaps[: MAX_NAMED - 1]
        lines += [f"{short_group(row)}，{REASONS[row.reason]}" for row in shown if row.reason]
        if len(shown) < len(gaps):
            lines.append(f"……还有 {len(gaps) - len(shown)} 个")
    else:
        lines.append("都转到了。")
    if counts.outlets_expected:
        lines.append(f"线下阵地 {counts.outlets_expected} 处，放了 {counts.outlets_covered} 处")
    if town:
        lines.append(f"{town[0]}现在 {percent(town[1].coverage)}")
    return "\n".join(lines)


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


def account_bound(name: str) -> str:
    """To the person whose account is known now."""
    return f"{name}，您好，绑定好了。以后直接说“已转发”就行。"


def account_noted(name: str) -> str:
    """On the screen."""
    return f"{name}绑定了账号。"


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


KINDS = {
    "text": "文字", "image": "图片", "video": "视频", "file": "文件", "link": "链接", "mini_program": "小程序",
    "channels": "视频号",
}  # fmt: skip
USES = {"work": "工作群", "resident": "居民群", "outlet": "线下阵地"}
MODES = {"direct": "直发", "relay": "转发"}
EVIDENCE = {"direct": "直发", "observed": "机器人所见", "verified": "截图核实", "confirmed": "自报"}


def target_state(row: TargetRow) -> str:
    """Where a target stands, in one word."""
    if row.exempt:
        return "豁免"
    if row.reason is None:
        return "按时" if row.on_time else "迟转"
    return REASONS[row.reason]
