"""To the office and its reviewers: review, urgent push, withdrawal, switches. What cannot be taken back says its number first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.phrases.words import MAX_LINES, clock


def nothing_pending() -> str:
    return "没有等着审的内容。"


def pending_list(titles: Sequence[str]) -> str:
    """To the office, which cannot approve: what waits."""
    lines = [f"等着审的有 {len(titles)} 条："]
    room = MAX_LINES - 2
    lines += [f"《{title}》" for title in titles[:room]]
    return "\n".join([*lines, "请审核人回“待审”看内容。"])


def pending_card(
    title: str,
    number: str,
    submitter: str,
    findings: Sequence[str],
    code: str,
    left: int,
    by_hand: Sequence[str],
) -> str:
    """After the content itself. ``findings``: of the lint; ``by_hand``: parts that people have to pass on, so that they could
    not be shown."""
    head = [f"上面是等着审的《{title}》。", f"{number or '没有编号'}，{submitter}送审。"]
    head += [f"另有视频号“{name}，请到手机上看。" for name in by_hand]
    tail = [f"同意，回“批准 {code}”", f"退回，回“驳回 {code} 理由”"]
    if left:
        tail.append(f"后面还有 {left} 条，审完再回“待审”。")
    if findings:
        head.append(f"查出 {len(findings)} 处要改：")
        room = MAX_LINES - len(head) - len(tail)
        head += findings if len(findings) <= room else [*findings[: room - 1], f"……共 {len(findings)} 处"]
    return "\n".join([*head, *tail])


def please_review(title: str, submitter: str) -> str:
    """To a reviewer: something new waits."""
    return f"有 1 条等您审：《{title}》，{submitter}送审。\n看内容，回“待审”。"


def material_came(title: str, by: str) -> str:
    """To the office: somebody handed in material at the console."""
    return f"{by}交来素材：《{title}》。\n在网页“内容”里编好再送审。"


def own_submission(title: str) -> str:
    return f"《{title}》是您送审的，要请另一个人审。"


def approved(title: str, why_not_yet: str) -> str:
    later = f"\n现在还不发：{why_not_yet}。" if why_not_yet else "\n到了排期就发。改动一个字都要重新送审。"
    return f"批准了：《{title}》。{later}"


def approved_to_submitter(title: str, by: str) -> str:
    return f"{by}批准了《{title}》。"


def rejected(title: str) -> str:
    return f"退回了：《{title}》。理由会告诉送审的人。"


def rejected_to_submitter(title: str, by: str, reason: str) -> str:
    return f"《{title}》退回来改：{reason}（{by}）。\n改好再送审。"


def blocked(findings: Sequence[str]) -> str:
    """The lint found something: it is mended, or let pass with a reason at the office's computer."""
    lines = [f"还有 {len(findings)} 处要改，先不能批："]
    room = MAX_LINES - 2
    lines += findings if len(findings) <= room else [*findings[: room - 1], f"……共 {len(findings)} 处"]
    return "\n".join([*lines, "改好重新送审；确实要放行，请在电脑上写明理由。"])


def no_code(what: str) -> str:
    return f"还差{what}的码。\n先回“待审”看内容，码在最后。"


def unknown_code(code: str) -> str:
    return f"没有码是 {code} 的待审内容。\n内容改过码就变了，请再回“待审”看一遍。"


def not_all_shown(code: str) -> str:
    return f"{code} 那条您还没看全。\n请再回“待审”，看完再批。"


def look_at_the_computer(title: str, id: str) -> str:
    return f"《{title}》有的段在这里发不出来。\n请在电脑上看和批：chuanda content show {id}"


def no_reason(code: str) -> str:
    return f"退回要写理由，好让人改。\n回“驳回 {code} 理由”。"


def not_to_be_sent(title: str, why: str) -> str:
    return f"《{title}》不能发：{why}。"


def push_ask(
    title: str, place: str, groups: int, direct: int, minutes: float, over: int, sent: datetime | None
) -> str:
    """How many groups, how long; asked once. ``over``: messages that are more than an account may say in a day. ``sent``: when
    it went out last today."""
    direct_line = f"机器人直接发 {direct} 个，大约 {max(1, round(minutes))} 分钟" if direct else "都请人转"
    limit = f"\n一天发不完，有 {over} 条要到明天。" if over > 0 else ""
    limit += f"\n今天 {clock(sent)} 已经发过一次。" if sent is not None else ""
    return f"《{title}》\n马上发到{place} {groups} 个群？\n{direct_line}。{limit}\n1 发\n2 不发\n回一个数字。"


def push_by_hand(title: str, place: str, groups: int, direct: int) -> str:
    """As `push_ask`, where people post."""
    return f"《{title}》\n马上发到{place} {groups} 个群？\n其中 {direct} 个要您这边发，其余请人转。\n1 发\n2 不发\n回一个数字。"


def push_begun(title: str, groups: int, *, paused: bool) -> str:
    if paused:
        return f"排上了：《{title}》，{groups} 个群。\n现在全部停着，回“恢复”才发。"
    return f"开始发了：《{title}》，{groups} 个群。\n看转到哪了，回“进度”。"


def push_for_nobody(title: str, place: str, audiences: Sequence[str]) -> str:
    whom = f"是给{'、'.join(audiences)}看的，{place}没有这样的群" if audiences else f"{place}没有要转的群"
    return f"《{title}》{whom}，没有发。"


def withdrawn(title: str, cancelled: int, recalls: int, reached: int, corrections: int) -> str:
    """What a withdrawal came to."""
    lines = [f"撤回了：《{title}》。"]
    if cancelled:
        lines.append(f"没发的 {cancelled} 条停下了。")
    if recalls:
        lines.append(f"两分钟内发的 {recalls} 条在收回。")
    if reached:
        lines.append(f"{reached} 个群已经收到，{corrections} 个由我发更正。")
    if reached > corrections:
        lines.append(f"另外 {reached - corrections} 个群请转的人去更正。")
    return "\n".join(lines if len(lines) > 1 else [*lines, "还没发到哪个群，不用更正。"])


def which_title(written: str, titles: Sequence[str]) -> str:
    lines = [f"没找到“{written}”，是不是：" if written else "是哪一条？"]
    lines += [f"{number} 《{title}》" for number, title in enumerate(titles, 1)]
    return "\n".join([*lines, "回一个数字就行。"])


def no_such_title(written: str) -> str:
    return f"资料库里没有“{written}”。\n写标题或编号就行。"


def say_title(what: str) -> str:
    return f"{what}哪一条？\n回“{what} 标题”。"


def which_place(written: str, places: Sequence[str]) -> str:
    lines = [f"没找到“{written}”，是不是："]
    lines += [f"{number} {place}" for number, place in enumerate(places, 1)]
    return "\n".join([*lines, "回一个数字就行。"])


def paused(by: str, at: datetime) -> str:
    return f"全部先不发了，{by} {clock(at)}。\n接着发，回“恢复”。"


def paused_already(since: datetime) -> str:
    return f"{clock(since)} 就停着了。\n接着发，回“恢复”。"


def resumed(waiting: int) -> str:
    return f"接着发了，还有 {waiting} 条在等。" if waiting else "恢复了，现在没有在等的。"


def not_paused() -> str:
    return "没有暂停，一直在发。"


def stop_file() -> str:
    return "电脑上放了 STOP 文件，要到电脑上删掉它才会发。"


def reminded(place: str, asked: int, already: int, full: int) -> str:
    """“提醒 柳林村”: how many were asked now, how many had been today, for how many the group has heard enough today."""
    lines = [f"提醒了 {asked} 人，{place}。"] if asked else []
    if already:
        lines.append(f"{'另外 ' if asked else place + '没转的 '}{already} 人今天提醒过了，不再催。")
    if full:
        lines.append(f"还有 {full} 人没转，工作群今天提醒够了，不再催。")
    if not lines:
        return f"{place}现在没有要提醒的人。"
    return "\n".join(lines if asked else [*lines, "要紧的请打电话。"])


def remind_where() -> str:
    return "提醒哪里？\n回“提醒 村名”；全镇就回“提醒 全镇”。"


def paused_now() -> str:
    return "现在全部停着，不提醒人。\n接着发，回“恢复”。"


def not_in_hours(hours: str) -> str:
    return f"现在不提醒人，提醒时间是 {hours}。"


def exempted(group: str, reason: str) -> str:
    return f"记下了：“{group}”不要求转，{reason}。\n要恢复，回“豁免 {group} 取消”。"


def readmitted(group: str) -> str:
    return f"“{group}”从现在起照常要转。"


def no_such_group(written: str) -> str:
    return f"名册里没有“{written}”这个群。\n写群名就行。"


def not_exempted(group: str) -> str:
    return f"“{group}”没有豁免过。"


def exempt_how(group: str) -> str:
    return f"要写理由，回“豁免 {group} 理由”。" if group else "回“豁免 群名 理由”。"


def work_group_stays(group: str) -> str:
    return f"“{group}”是工作群，下面的群靠它转，不能豁免。"


# ── the inbox ───────────────────────────────────────────────────────────────────────────────────────────────


def received_one(kind: str) -> str:
    """Something that may become a content was forwarded to us; it is not kept yet."""
    return f"收到 1 样（{kind}），还没存。\n要存成草稿，回“入库 标题 #受众 #话题”。"


def nothing_received() -> str:
    return "先把文章、图片或文字转给我，\n再回“入库 标题 #受众 #话题”。"


def title_missing() -> str:
    return "还差标题，回“入库 标题 #受众 #话题”。"


def drafted(
    title: str, number: str, parts: Sequence[str], findings: Sequence[str], reviewers: Sequence[str]
) -> str:
    """A draft was made and handed in."""
    lines = [f"存好了：《{title}》，{number}。", f"{len(parts)} 段：{'、'.join(parts)}。"]
    to = "、".join(reviewers) or "审核人"
    tail = [f"已送{to}审。"] if not findings else [f"已送{to}审，也可以改好再送。"]
    if findings:
        lines.append(f"查出 {len(findings)} 处要改：")
        room = MAX_LINES - len(lines) - len(tail)
        lines += findings if len(findings) <= room else [*findings[: room - 1], f"……共 {len(findings)} 处"]
    return "\n".join([*lines, *tail])


def cannot_draft(why: str) -> str:
    return f"没有存成：{why}。"


def picture_gone(kind: str) -> str:
    return f"那个{kind}取不到了，请再转一次给我，再回“入库”。"
