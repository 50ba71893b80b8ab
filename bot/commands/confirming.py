"""Which tasks a “已转发” is about. Pure; when that is not clear it says so instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.meant import COUNT
from bot.commands.places import plain_name
from bot.model.content import ContentId
from bot.model.ledger import Evidence, TargetId
from bot.model.time import day_of, local
from bot.recognise.confirm import Confirmation, ConfirmationKind
from bot.store.reading import TargetRow


@dataclass(frozen=True, slots=True)
class Resolution:
    """``confirmed``: tasks to record. ``unclear``: why something could not be recorded (Chinese), or empty."""

    confirmed: Sequence[TargetId] = ()
    unclear: str = ""


def resolve(
    said: Confirmation,
    numbered: Mapping[int, TargetRow],
    at: datetime,
    *,
    by_hand: bool = False,
    meant: Collection[ContentId] = (),
    goes_on: bool = False,
) -> Resolution:
    """The tasks that ``said`` is about.

    ``numbered``: the person's tasks of the day by the numbers that they keep all day. ``meant``: the contents that the
    message names, or that it replies to; without any, and without words that tell (``said.about``), the one that had
    reached the person last by ``at``, when it was said: a chat pasted in the afternoon says nothing about what came at
    noon. Of waves of one content it is the newest. ``goes_on``: where the person said before that all of that one is
    done, the only other content that waits. ``by_hand``: people post, and tick it off later than they did; what counts
    is when the wave began.
    """
    tasks = list(numbered.values())
    reached = {
        task.id: task.starts_at if by_hand else task.opened_at
        for task in tasks
        if task.opened_at is not None and (task.starts_at if by_hand else task.opened_at) <= at
    }
    opened = sorted((t for t in tasks if t.id in reached), key=lambda t: (reached[t.id], t.wave))
    if said.kind is ConfirmationKind.NOT_YET:
        return Resolution()
    if not opened:
        return Resolution(unclear="这个人今天还没有要转的群")
    contents = set(meant)
    if strange := [words for words in said.about if not (meant and _tells_when(words))]:
        named = _told(strange, opened, at)
        if not named:
            return Resolution(unclear=f"不知道“{'、'.join(strange)}”是哪一条")
        contents |= named
    if not contents:
        contents = {_last(opened, at) if goes_on else opened[-1].content}
    newest = {task.content: task.wave for task in opened if task.content in contents}
    of_these = [task for task in tasks if task.id in reached and task.wave == newest.get(task.content)]
    of_these = _with_own_below(of_these, tasks)
    if said.kind is ConfirmationKind.ALL:
        return Resolution(tuple(task.id for task in of_these))
    chosen: set[TargetId] = set()
    unknown = []
    grid = ""
    for item in said.items:
        # “1网格一群、二群”: both of that grid.
        found = (
            _matching(f"{grid}{item}", numbered, of_these)
            if grid and _ONE_GROUP.fullmatch(plain_name(item))
            else []
        )
        found = found or _matching(item, numbered, of_these)
        within = _GRID_FIRST.match(item)
        grid = within[0] if within else grid
        if not found or _of_several_grids(item, found):
            unknown.append(item)
        else:
            chosen |= {task.id for task in found}
    unclear = f"没找到：{'、'.join(unknown)}" if unknown else ""
    if said.kind is ConfirmationKind.EXCEPT:
        confirmed = () if unknown else tuple(task.id for task in of_these if task.id not in chosen)
        return Resolution(confirmed, unclear)
    return Resolution(tuple(task.id for task in tasks if task.id in chosen), unclear)


_POINTS = re.compile(r"[这那此][一两]?[条篇份]|(?:刚才|刚刚?)(?:发)?的(?:[那这]?[一]?[条个份篇])?")
"""这条: the last one, or the one that is named beside it."""
_OTHER_ONE = re.compile(
    r"(?:(?:刚才|之前)?(?:没转|还差|落下|漏[掉下]?)的|另外?|上|前[面头]?|头(?=一)|之前|先前|早先|上[面头])的?[那一]*(?:[条篇份则]|个(?!群))|还有[那一]{1,2}[条篇份]"
)
_COUNTED = re.compile(r"(?:前后|上下|以上|[这那])?([两二三四五2-5])[条则]")
_ORDINAL = re.compile(r"第([一二三四五1-5])[条篇]")
_DAY = re.compile(r"(今[天日儿]|昨[天日晚]|前天)")
_DAYS_AGO = {"今": 0, "昨": 1, "前": 2}
_HOUR = re.compile(r"(\d{1,2})[点:]")
_PART = {"早上": range(5, 10), "今早": range(5, 10), "上午": range(6, 13), "中午": range(11, 15), "下午": range(12, 19), "晚上": range(17, 25)}  # fmt: skip


def _tells_when(words: str) -> bool:
    """昨天, 8点的, 这条: beside a content that is named they say nothing more."""
    return any(form.search(words) for form in (_POINTS, _OTHER_ONE, _DAY, _HOUR)) or words in _PART


def _told(about: Sequence[str], opened: Sequence[TargetRow], at: datetime) -> set[ContentId]:
    """The contents that numbers, titles, or words such as 昨天的, 两条, 上一条 mean; empty if one of them is not known."""
    found: set[ContentId] = set()
    for words in about:
        named = {task.content for task in opened if words in (task.number, task.title)}
        named = named or _by_words(words, opened, at)
        if not named:
            return set()
        found |= named
    return found


def _by_words(words: str, opened: Sequence[TargetRow], at: datetime) -> set[ContentId]:
    every = {task.content for task in opened}
    waiting = {task.content for task in opened if task.waits}
    if _POINTS.fullmatch(words):
        return {opened[-1].content}
    if _OTHER_ONE.fullmatch(words):
        others = waiting - {opened[-1].content}
        return others if len(others) == 1 else set()
    if ordinal := _ORDINAL.fullmatch(words):
        today = list(dict.fromkeys(t.content for t in opened if day_of(t.starts_at) == day_of(at)))
        place = COUNT.get(ordinal[1]) or int(ordinal[1])
        return set(today[place - 1 : place]) if len(today) > 1 else set()
    if counted := _COUNTED.fullmatch(words):
        count = COUNT.get(counted[1]) or int(counted[1])
        return next((some for some in (waiting, every) if len(some) == count), set())
    when = [local(task.starts_at) for task in opened]
    day, hour = _DAY.search(words), _HOUR.search(words)
    part = next((hours for name, hours in _PART.items() if name in words), None)
    if not (day or hour or part):
        return set()
    return {
        task.content
        for task, began in zip(opened, when, strict=True)
        if (day is None or (day_of(at) - began.date()).days == _DAYS_AGO[day[1][0]])
        and (hour is None or began.hour % 12 == int(hour[1]) % 12)
        and (part is None or began.hour in part)
    }


AGAIN = timedelta(minutes=1)
"""Who says it twice within that time says the same twice."""


def _last(opened: Sequence[TargetRow], at: datetime) -> ContentId:
    """What came last; where all of it was reported before, the one other content of that day that still waits, if it is
    one."""
    last = opened[-1].content
    of_it = [task for task in opened if task.wave == opened[-1].wave]
    reported = all(
        task.evidence == Evidence.CONFIRMED and task.covered_at is not None and task.covered_at <= at - AGAIN
        for task in of_it
    )
    today = [task for task in opened if day_of(task.starts_at) == day_of(at)]
    others = {task.content for task in today if task.waits and task.content != last}
    return others.pop() if reported and len(others) == 1 else last


_GRID_FIRST = re.compile(r".*网格(?=.)")
_ONE_GROUP = re.compile(r"\d*(?:群|组|号楼|栋)")


def _of_several_grids(item: str, found: Sequence[TargetRow]) -> bool:
    """“一群” of somebody who has one in each of two grids: nobody can tell which."""
    return _ONE_GROUP.fullmatch(plain_name(item)) is not None and len({task.node for task in found}) > 1


_GROUPS = re.compile(
    r"(?<![第\d])(\d{1,2}|[一二两三四五六七八九十])(?:个(?:居民|微信|业主)?群(?!都没|也没|没|不)|群(?=全|统统|通通|挨个|一个[没不]|已全))"
)
_CN = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


def counts(text: str, groups: Collection[int]) -> bool:
    """Whether “3个群都转了” fits one of ``groups``: of somebody who has four, nobody can tell which three."""
    said = [_CN.get(one) or int(one) for one in _GROUPS.findall(text)]
    return not said or bool({*said, sum(said)} & set(groups))


def taken_back(
    said: Confirmation, numbered: Mapping[int, TargetRow], at: datetime, meant: Collection[ContentId] = ()
) -> list[TargetRow]:
    """The tasks that ``said`` at ``at`` names as not done although the person had said so before: of the contents that
    are ``meant``, else of the one that came last (“2群没转” right after a new one came takes nothing back)."""
    claimed = _claimed(numbered, at)
    opened = [task for task in numbered.values() if task.opened_at is not None and task.opened_at <= at]
    last = {max(opened, key=lambda task: (task.opened_at or at, task.wave)).content} if opened else set()
    of_these = [task for task in claimed if task.content in (meant or last)]
    if said.denied == () and meant:
        return of_these
    found = [task for item in said.denied or () for task in _matching(item, numbered, of_these)]
    return [task for task in found if task in claimed]


def _claimed(numbered: Mapping[int, TargetRow], at: datetime) -> list[TargetRow]:
    return [
        task
        for task in numbered.values()
        if task.evidence == Evidence.CONFIRMED and task.covered_at is not None and task.covered_at <= at
    ]


def contradicted(
    said: Confirmation, numbered: Mapping[int, TargetRow], at: datetime, meant: Collection[ContentId] = ()
) -> bool:
    """Whether ``said`` at ``at`` takes back what the person had said before (“已转发”, then “2网格没转”)."""
    if said.denied is None or not _claimed(numbered, at):
        return False
    if not said.denied and not meant:
        # “没转”, while something is open: that is what it is about.
        return not any(task.waits for task in numbered.values())
    return bool(taken_back(said, numbered, at, meant))


def _with_own_below(meant: Sequence[TargetRow], tasks: Collection[TargetRow]) -> list[TargetRow]:
    """``meant`` and what the same person forwards on from there: who did the work group did the groups below it too.

    Without this one “已转发” would say more when it is read a second time. In the order of ``tasks``.
    """
    ids = {task.id for task in meant}
    while below := {task.id for task in tasks if task.source in ids} - ids:
        ids |= below
    return [task for task in tasks if task.id in ids]


def _matching(item: str, numbered: Mapping[int, TargetRow], meant: Sequence[TargetRow]) -> list[TargetRow]:
    """The tasks that an item as written names: a number of the list, a group's name, or a grid's."""
    if item.isdigit():
        return [numbered[int(item)]] if int(item) in numbered else []
    wanted = plain_name(item)
    # “3网格” is not in “第13网格一群”: no digit may stand right before it.
    pattern = re.compile(rf"(?<!\d){re.escape(wanted)}")
    exact = [task for task in meant if task.group and plain_name(task.group) == wanted]
    return exact or _holding(pattern, meant) or _holding(_loosely(wanted), meant)


def _holding(pattern: re.Pattern[str], tasks: Sequence[TargetRow]) -> list[TargetRow]:
    """The tasks in whose group's or place's name ``pattern`` stands."""
    return [
        task
        for task in tasks
        if (task.group and pattern.search(plain_name(task.group)))
        or pattern.search(plain_name(task.path.rsplit("/", 1)[-1]))
    ]


_PIECE = re.compile(r"\d+(?:网格|群|组|号楼)|\D+")
_BETWEEN = r"(?:居民|业主|村民|家长|微信|交流)*"


def _loosely(wanted: str) -> re.Pattern[str]:
    """As people shorten a name: 商户群 of 商户交流群, 1网格1群 of 第1网格居民1群, 3栋 of 3号楼."""
    core = re.sub(r"(?<=\d)[栋幢]", "号楼", wanted)
    core = re.sub(r"(?<=.[^\d])群$", "", re.sub("居民|业主|村民|微信", "", core))
    pieces = _PIECE.findall(core)
    if not pieces or (len(pieces) == 1 and len(core) < 2):
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\d)" + _BETWEEN.join(map(re.escape, pieces)))
