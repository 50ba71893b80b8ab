"""The list of `hands`, cut into heaps that a page can show: one content at a time, some dozens of groups at a time.

Also what a person may do while a gateway is down: look what waits, and take some of it over (`bot.store.by_hand`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from bot.errors import NotAllowed
from bot.model.chat import Link
from bot.model.content import Content, ContentId, PartKind
from bot.service.desk import Desk
from bot.service.hands import Errand, corrections, doubt_of, forwards, held, post_of, to_copy
from bot.service.link import LinkState, link_state
from bot.store import by_hand, sending
from bot.store.by_hand import Lot


class Work(StrEnum):
    """What there is to do with a heap; the letter is that of its errands, but for the last two."""

    RIGHT = "x"
    POST = "s"
    NOTICE = "n"
    DOUBT = "d"
    FORWARD = "t"
    TAKEN = "h"
    """Posted by people instead of the gateway."""
    WAITING = "w"
    """It waits for the gateway; nobody has anything to do."""


@dataclass(frozen=True, slots=True)
class Heap:
    """What is to be done of one kind, of one content where it is about one. ``stopped``: why it must not go out (Chinese)."""

    work: Work
    groups: int
    lot: Lot | None = None
    stopped: str = ""

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.work}{self.lot.wave if self.lot else ''}"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to post beside the text: the part of a content that it is."""

    content: ContentId
    part: int
    name: str
    picture: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text with its files, and the errands that it is for."""

    text: str
    files: Sequence[Attached]
    errands: Sequence[Errand]


def gateway_down(desk: Desk) -> LinkState | None:
    """How the gateway stands and since when, while it is down; None where it is up or there is none."""
    state = link_state(desk.store) if desk.capabilities.by_itself else None
    return state if state is not None and state.link is not Link.UP else None


def heaps(desk: Desk, now: datetime) -> list[Heap]:
    """What is to be done by hand at ``now``, in the order in which it should be done."""
    read = desk.store.read
    found = [Heap(Work.RIGHT, n)] if (n := sum(1 for _ in corrections(desk, now))) else []
    if not held(desk):
        if n := len(read(by_hand.taken_over, now)):
            found.append(Heap(Work.TAKEN, n))
        if not desk.capabilities.by_itself:
            found += [_post(desk, Work.POST, lot) for lot in read(by_hand.posts_by_wave, now)]
            if n := read(by_hand.count_notices, now):
                found.append(Heap(Work.NOTICE, n))
    if n := len(read(sending.in_doubt)):
        found.append(Heap(Work.DOUBT, n))
    if gateway_down(desk) is not None:
        found += [_post(desk, Work.WAITING, lot) for lot in read(by_hand.posts_by_wave, now)]
    return found + [Heap(Work.FORWARD, lot.groups, lot) for lot in read(by_hand.forwards_by_wave, now)]


def _post(desk: Desk, work: Work, lot: Lot) -> Heap:
    content = desk.content_now(lot.content, lot.digest)
    return Heap(work, lot.groups, lot, content if isinstance(content, str) else "")


def errands_of(desk: Desk, heap: Heap, now: datetime, most: int, skip: int = 0) -> list[Errand]:
    """``most`` errands of a heap after the first ``skip``."""
    read, lot = desk.store.read, heap.lot
    match heap.work:
        case Work.RIGHT:
            return list(islice(corrections(desk, now), skip, skip + most))
        case Work.NOTICE:
            rows = read(by_hand.notices, now, skip + most)[skip:]
            return [one for out in rows if (one := post_of(desk, [out]))]
        case Work.DOUBT:
            return [doubt_of(desk, out) for out in read(sending.in_doubt)[skip : skip + most]]
        case Work.TAKEN:
            groups = read(by_hand.taken_over, now)[skip : skip + most]
        case Work.FORWARD:
            assert lot is not None
            return list(forwards(desk, read(by_hand.forwards_of, lot.wave, now, most, skip)))
        case _:
            assert lot is not None
            groups = read(by_hand.posts_of, lot.wave, now, most, skip)
    return [one for messages in groups if (one := post_of(desk, messages))]


def sheets(desk: Desk, errands: Sequence[Errand]) -> list[Sheet]:
    """``errands`` by what is to be copied, in their order."""
    by_text: dict[tuple[str, tuple[str, ...]], list[Errand]] = {}
    for errand in errands:
        by_text.setdefault((errand.text, tuple(errand.files)), []).append(errand)
    return [
        Sheet(text, _attached(desk.contents.get(ContentId(same[0].content or "")), files), same)
        for (text, files), same in by_text.items()
    ]


def to_forward(desk: Desk, lot: Lot) -> Sheet | None:
    """What workers forward of a wave, ready to copy; None while it must not go out."""
    content = desk.content_now(lot.content, lot.digest)
    if isinstance(content, str):
        return None
    text, files = to_copy(content.parts)
    return Sheet(text, _attached(content, files), ())


def _attached(content: Content | None, files: Sequence[str]) -> list[Attached]:
    return [
        Attached(content.id, number, part.path.name, part.kind is PartKind.IMAGE)
        for number, part in enumerate(content.parts if content else ())
        if content and part.path is not None and str(part.path) in files
    ]


def file_of(desk: Desk, content_id: str, number: int) -> tuple[Path, PartKind] | None:
    """The file that is a part of a content, as it was approved; None where there is none (any more)."""
    content = desk.contents.get(ContentId(content_id))
    if content is None or not 0 <= number < len(content.parts):
        return None
    part = content.parts[number]
    if part.path is None or part.kind is PartKind.TEXT:
        return None
    return None if isinstance(desk.content_now(content.id, content.digest), str) else (part.path, part.kind)


def take_over(desk: Desk, wave: int, now: datetime, most: int, *, by: str) -> int:
    """People post the next ``most`` groups of a wave instead of the gateway. Returns how many groups. Raises `NotAllowed`
    while the gateway is up, or nothing at all may be posted."""
    if gateway_down(desk) is None:
        raise NotAllowed("网关接上了，它自己会发，不用人工接手")
    if why := held(desk):
        raise NotAllowed(why)
    lot = next((one for one in desk.store.read(by_hand.posts_by_wave, now) if one.wave == wave), None)
    if lot is None:
        return 0
    if stopped := _post(desk, Work.WAITING, lot).stopped:
        raise NotAllowed(f"《{lot.title}》{stopped}")
    return desk.store.write_now(by_hand.take_over, lot.wave, now, by, most)


def give_back(desk: Desk, now: datetime) -> int:
    """What people took over and did not post is the gateway's again. Returns how many groups."""
    return desk.store.write_now(by_hand.give_back, now)
