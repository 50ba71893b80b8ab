"""What people are to do for the program now: post, forward, look, put right. Derived from the store each time.

Ticking off is in `ticking`, what they answered in a work group in `pasting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot import phrases
from bot.model.content import ContentId, Part, PartKind
from bot.model.time import day_of
from bot.model.tree import GroupId, Use
from bot.service.desk import Desk
from bot.service.withdrawal import CORRECT_FOR
from bot.store import ledger, reading, sending, withdrawal
from bot.store.sending import Outgoing


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing for a person to do now. ``id`` is what is ticked off: s post · t forward · n say · d look · x put right.

    ``kind``: send (post it in the group) or forward (a worker brings it there). ``text`` and ``files`` are what to
    copy. ``in_doubt``: it may be there already; look before posting.
    """

    id: str
    wave: str | None
    content: str | None
    group: str
    node: str
    kind: str
    text: str
    files: Sequence[str]
    due: datetime
    who: str = ""
    in_doubt: bool = False

    @property
    def unit(self) -> str:
        """The village or unit, to tell namesakes apart."""
        return self.node.split("/")[min(1, self.node.count("/"))]


def errands(desk: Desk, now: datetime) -> list[Errand]:
    """Everything to be done by hand at ``now``: posts first, then what is in doubt, then forwards by deadline."""
    found: list[Errand] = []
    if not desk.capabilities.by_itself and not held(desk):
        found += _posts(desk, now)
    for out in desk.store.read(sending.in_doubt):
        found.append(doubt_of(desk, out))
    found += corrections(desk, now)
    found += forwards(desk, desk.store.read(reading.open_tasks, now))
    return found


def forwards(desk: Desk, tasks: Sequence[reading.TargetRow]) -> Iterator[Errand]:
    """What workers are to forward; why it cannot be done, where somebody said so, stands beside it."""
    hindered = desk.store.read(ledger.hindrances, [task.id for task in tasks])
    for task in tasks:
        text = f"《{task.title}》{task.number}" + (
            f"（转不了：{hindered[task.id]}）" if task.id in hindered else ""
        )
        yield Errand(
            f"t{task.id}", task.wave, task.content, task.group or "", task.path, "forward", text, (), task.due,
            task.worker or "",
        )  # fmt: skip


def corrections(desk: Desk, now: datetime) -> Iterator[Errand]:
    """A withdrawn content stands in groups where only people can put it right."""
    for row, reason in desk.store.read(withdrawal.to_put_right, now):
        text = phrases.correction(row.title, row.number, reason)
        if row.use == Use.OUTLET:
            text = f"《{row.title}》已撤回，请从屏幕或宣传栏上撤下来。"
        yield Errand(
            f"x{row.id}", row.wave, row.content, row.group or "", row.path, "forward", text, (),
            now + CORRECT_FOR, row.worker or "",
        )  # fmt: skip


def until(due: datetime, now: datetime) -> str:
    """“12:00 前”, with the day where it is not today; what is over says so."""
    day = "" if day_of(due) == day_of(now) else f"{phrases.spoken_day(day_of(due))} "
    return f"{day}{phrases.clock(due)} {'前' if due > now else '已过'}"


def held(desk: Desk) -> str:
    """Why nothing is to be posted now, by hand neither (Chinese), or empty."""
    if (desk.data / "STOP").exists():
        return "数据文件夹里有 STOP 文件，全部发送已停。删掉它再发。"
    if desk.paused:
        return "全部发送已暂停。恢复：chuanda resume"
    return ""


def stopped(desk: Desk) -> dict[str, int]:
    """Where people post: why posts that are due must not go out (Chinese), and of how many groups."""
    waiting = () if desk.capabilities.by_itself else desk.store.read(sending.planned, desk.now)
    groups: dict[tuple[str, str], set[GroupId | None]] = {}
    for out in waiting:
        if out.kind == "part":
            groups.setdefault((out.content, out.digest), set()).add(out.group)
    found = {key: desk.content_now(ContentId(key[0]), key[1]) for key in groups}
    return {f"{key[0]} {why}": len(groups[key]) for key, why in found.items() if isinstance(why, str)}


def _posts(desk: Desk, now: datetime) -> Iterator[Errand]:
    planned = (out for out in desk.store.read(sending.planned, now) if out.kind != "recall")
    for _, parts in groupby(planned, key=lambda out: out.target or -out.id):
        errand = post_of(desk, list(parts))
        if errand is not None:
            yield errand


def post_of(desk: Desk, messages: Sequence[Outgoing]) -> Errand | None:
    """The errand of posting ``messages`` into their one group; None while their content must not go out."""
    first = messages[0]
    name, node = first.group_name, _node_of(desk, first)
    if first.target is None:
        return Errand(f"n{first.id}", None, None, name, node, "send", first.text, (), first.expires_at)
    content = desk.content_now(ContentId(first.content), first.digest)
    if isinstance(content, str):
        return None
    text, files = to_copy([content.parts[m.part or 0] for m in messages])
    row = desk.store.read(reading.target_by_id, first.target)
    due = row.due if row else first.expires_at
    return Errand(f"s{first.target}", first.wave, first.content, name, node, "send", text, files, due)


def to_copy(parts: Sequence[Part]) -> tuple[str, list[str]]:
    """The parts of a content as text to paste and files to attach."""
    texts, files = [], []
    for part in parts:
        if part.kind is PartKind.TEXT:
            texts.append(part.text)
        elif part.kind is PartKind.LINK:
            texts.append(f"{part.title}\n{part.url}")
        elif part.kind is PartKind.CHANNELS:
            texts.append(f"（请转发视频号“{part.author}”的《{part.title}》）")
        elif part.kind is PartKind.MINI_PROGRAM:
            texts.append(f"（请转发小程序《{part.title}》）")
        elif part.path is not None:
            files.append(str(part.path))
    return "\n\n".join(text.strip() for text in texts), files


def _node_of(desk: Desk, out: Outgoing) -> str:
    """Where a message's group stands now; empty once the roster has it no more."""
    group = desk.tree.group_by_id.get(out.group) if out.group is not None else None
    return desk.tree.by_id[group.node].path if group else ""


def doubt_of(desk: Desk, out: Outgoing) -> Errand:
    """The errand of looking whether a message arrived."""
    ask = f"程序停的时候正在往这里发第 {(out.part or 0) + 1} 条，不知道发没发出去。到群里看一眼：有，就勾掉；没有，就记失败。"
    return Errand(
        f"d{out.id}",
        out.wave or None,
        out.content or None,
        out.group_name,
        _node_of(desk, out),
        "send",
        ask,
        (),
        out.expires_at,
        "",
        True,
    )
