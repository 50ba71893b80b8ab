"""What people do for the program: posting and forwarding by hand, ticking off, pasting a chat (manual channel).

The list is derived from the store each time; ticking off is an entry like any other, with the person's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot import phrases
from bot.errors import NotAllowed, NotFound
from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import Act, Entry, SendState, TargetId
from bot.model.tree import Group, GroupId, Use
from bot.recognise.paste import read_paste
from bot.service.desk import Desk
from bot.service.listening import Read, read_answer
from bot.service.withdrawal import CORRECT_FOR
from bot.store import ledger, reading, sending, withdrawal
from bot.store.sending import Outgoing

A_MINUTE = timedelta(seconds=59)


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


def errands(desk: Desk, now: datetime) -> list[Errand]:
    """Everything to be done by hand at ``now``: posts first, then what is in doubt, then forwards by deadline."""
    found: list[Errand] = []
    if not desk.capabilities.by_itself and not held(desk):
        found += _posts(desk, now)
    for out in desk.store.read(sending.in_doubt):
        found.append(_doubt(desk, out))
    found += _corrections(desk, now)
    for task in desk.store.read(reading.open_tasks, now):
        found.append(
            Errand(
                f"t{task.id}",
                task.wave,
                task.content,
                task.group or "",
                task.path,
                "forward",
                f"《{task.title}》{task.number}",
                (),
                task.due,
                task.worker or "",
            )
        )
    return found


def _corrections(desk: Desk, now: datetime) -> Iterator[Errand]:
    """A withdrawn content stands in groups where only people can put it right."""
    for row, reason in desk.store.read(withdrawal.to_put_right, now):
        text = phrases.correction(row.title, row.number, reason)
        if row.use == Use.OUTLET:
            text = f"《{row.title}》已撤回，请从屏幕或宣传栏上撤下来。"
        yield Errand(
            f"x{row.id}", row.wave, row.content, row.group or "", row.path, "forward", text, (),
            now + CORRECT_FOR, row.worker or "",
        )  # fmt: skip


def held(desk: Desk) -> str:
    """Why nothing is to be posted now, by hand neither (Chinese), or empty."""
    if (desk.data / "STOP").exists():
        return "数据文件夹里有 STOP 文件，全部发送已停。删掉它再发。"
    if desk.store.read(sending.get_meta, "paused"):
        return "全部发送已暂停。恢复：chuanda resume"
    return ""


def stopped(desk: Desk) -> dict[str, int]:
    """Where people post: why posts that are due must not go out (Chinese), and of how many groups."""
    waiting = () if desk.capabilities.by_itself else desk.store.read(sending.planned, desk.now)
    groups: dict[str, set[GroupId | None]] = {}
    known: dict[tuple[str, str], Content | str] = {}
    for out in waiting:
        if out.kind == "part":
            key = out.content, out.digest
            found = (
                known[key]
                if key in known
                else known.setdefault(key, desk.content_now(ContentId(out.content), out.digest))
            )
            if isinstance(found, str):
                groups.setdefault(f"{out.content} {found}", set()).add(out.group)
    return {why: len(them) for why, them in groups.items()}


def _posts(desk: Desk, now: datetime) -> Iterator[Errand]:
    planned = (out for out in desk.store.read(sending.planned, now) if out.kind != "recall")
    for target, parts in groupby(planned, key=lambda out: out.target or -out.id):
        messages = list(parts)
        first = messages[0]
        group = desk.tree.group_by_id.get(first.group) if first.group is not None else None
        node = desk.tree.by_id[group.node].path if group else ""
        name = group.name if group else ""
        if first.target is None:
            yield Errand(f"n{first.id}", None, None, name, node, "send", first.text, (), first.expires_at)
            continue
        content = desk.content_now(ContentId(first.content), first.digest)
        if isinstance(content, str):
            continue
        text, files = to_copy([content.parts[m.part or 0] for m in messages])
        row = desk.store.read(reading.target_by_id, TargetId(target))
        due = row.due if row else first.expires_at
        yield Errand(f"s{target}", first.wave, first.content, name, node, "send", text, files, due)


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


def _doubt(desk: Desk, out: Outgoing) -> Errand:
    group = desk.tree.group_by_id.get(out.group) if out.group is not None else None
    node = desk.tree.by_id[group.node].path if group else ""
    name = group.name if group else ""
    ask = f"程序停的时候正在往这里发第 {(out.part or 0) + 1} 条，不知道发没发出去。到群里看一眼：有，就勾掉；没有，就记失败。"
    return Errand(
        f"d{out.id}",
        out.wave or None,
        out.content or None,
        name,
        node,
        "send",
        ask,
        (),
        out.expires_at,
        "",
        True,
    )


_LISTED: Mapping[str, Callable[[Outgoing], bool]] = {
    "s": lambda out: True,
    "n": lambda out: out.target is None and out.state is not SendState.IN_DOUBT,
    "d": lambda out: out.state is not SendState.PLANNED,
}
"""Whether a message can ever have stood on the list under this letter."""


def tick_off(desk: Desk, errand: str, now: datetime, *, by: str = "", failed: str | None = None) -> str:
    """Record that an errand is done, or (``failed``: why) that it cannot be done. Returns what was recorded (Chinese).

    Raises `NotFound` for an id that is not on the list, `NotAllowed` for one that was ticked off before.
    """
    kind, number = errand[:1].lower(), errand[1:]
    if kind not in tuple("stndx") or not number.isdecimal():
        raise NotFound(f"没有“{errand}”这一条；编号写成 s12、t12、n12、d12 或 x12，见 chuanda outbox")
    state = SendState.ACCEPTED if failed is None else SendState.FAILED
    if kind in "tx":
        row = desk.store.read(reading.target_by_id, TargetId(int(number)))
        if row is None or (kind == "t" and row.mode != "relay"):
            raise NotFound(f"没有“{errand}”这一条；看 chuanda outbox")
        tick = _tick_task if kind == "t" else _tick_correction
        return tick(desk, errand, row, now, by, failed)
    if kind == "s":
        messages = desk.store.read(sending.find_outgoing, target=TargetId(int(number)))
    else:
        messages = desk.store.read(sending.find_outgoing, id=int(number))
    if not messages or not _LISTED[kind](messages[0]):
        raise NotFound(f"没有“{errand}”这一条；看 chuanda outbox")
    done = 0
    for out in messages:
        done += desk.store.write_now(sending.settle, out, state, now, why=failed or "", by=by)
    if not done:
        raise NotAllowed(f"“{errand}”已经勾过了")
    group = desk.tree.group_by_id.get(messages[0].group) if messages[0].group is not None else None
    name = group.name if group else ""
    return f"{name}：{'记为已发' if failed is None else f'记为没发出（{failed}）'}"


def _tick_task(
    desk: Desk, errand: str, row: reading.TargetRow, now: datetime, by: str, failed: str | None
) -> str:
    if failed is not None:
        act = Entry(Act.FAILED, now, f"hand:{now.isoformat()}", by, failed)
        desk.store.write_now(ledger.record, row.id, act)
        return f"{row.group}：记下转不了（{failed}）"
    if not desk.store.write_now(ledger.record, row.id, Entry(Act.CONFIRMED, now, "hand", by, "outbox")):
        raise NotAllowed(f"“{errand}”已经勾过了")
    return f"{row.group}：记为已转发"


def _tick_correction(
    desk: Desk, errand: str, row: reading.TargetRow, now: datetime, by: str, failed: str | None
) -> str:
    if failed is not None:
        raise NotAllowed(f"更正不能记失败；“{row.group}”更正不了，请另找能进群的人")
    if not desk.store.write_now(withdrawal.put_right, row.id, now, by):
        raise NotAllowed(f"“{errand}”已经勾过了")
    return f"{row.group}：记为已更正"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted chat gave: recorded (group, worker), lines that somebody has to be asked about, and the rest."""

    recorded: Sequence[tuple[str, str]]
    asked: Sequence[tuple[str, str]]
    ignored: int


async def paste(desk: Desk, group: Group, text: str, now: datetime) -> Pasted:
    """Read a work group's chat as it was copied: confirmations and #接龙 are recorded, the rest forgotten.

    The same chat may be pasted again: what stands in the ledger already changes nothing. Raises `NotAllowed` for a
    group that is no work group (residents' talk is not read), `InputErrors` for a text that is too long.
    """
    if group.use is not Use.WORK:
        raise NotAllowed(f"“{group.name}”不是工作群；只读工作群的聊天，居民群的不读")
    recorded: dict[tuple[str, str], None] = {}
    asked: list[tuple[str, str]] = []
    ignored = 0
    for said in read_paste(text, now):
        note = said.text.lstrip().startswith("#接龙")
        message = Message(
            f"paste:{said.line}", "", "", min(said.at or now, now),
            MessageKind.GROUP_NOTE if note else MessageKind.TEXT, said.text, said.sender,
        )  # fmt: skip
        # Chats are copied with minutes only.
        reads: list[Read] = await read_answer(desk, message, group, min((said.at or now) + A_MINUTE, now))
        for read in reads:
            if read.unclear:
                asked.append((said.text.splitlines()[0], read.unclear))
            if read.worker is not None:
                recorded.update(dict.fromkeys((name, read.worker.name) for name in read.groups))
        ignored += not reads
    return Pasted(list(recorded), asked, ignored)
