"""What the page shows of a screenshot: who, what was said, of which groups, what it is to be compared with. Values, made from the
store; nothing here decides or changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.places import full_name
from bot.console.today import Standing, standing
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import Evidence, TargetId
from bot.model.time import day_of, local
from bot.model.tree import Use, WorkerId
from bot.phrases.words import EVIDENCE, clock
from bot.service.desk import Desk
from bot.store import reading, screenshots
from bot.store.reading import TargetRow
from bot.store.screenshots import Screenshot, ShotState

MOST_EARLIER = 200
SHOWN_EARLIER = 8
LATELY = timedelta(days=30)
MOST_CONTENTS = 3
EXCERPT = 80

MARKS = {
    ShotState.WAITING: ("prove", "核", "等着核实"),
    ShotState.VERIFIED: ("ok", "✓", "核实通过"),
    ShotState.DISPUTED: ("doubt", "疑", "存疑"),
    ShotState.DISMISSED: ("free", "–", "看不出来，不算"),
    ShotState.LIFTED: ("ok", "✓", "认定撤销了"),
    ShotState.LAPSED: ("free", "–", "过了期没核实"),
}
"""A state as mark, character and word."""


@dataclass(frozen=True, slots=True)
class Item:
    """One screenshot as a line. ``state``: mark, character, word; ``groups``: what it is about, or what the verdict is about."""

    shot: Screenshot
    name: str
    place: str
    when: str
    state: tuple[str, str, str]
    groups: Sequence[str]
    same: str
    """That it is an earlier one again, in words; empty if not."""


@dataclass(frozen=True, slots=True)
class About:
    """A group of the claim: how it stands, on what that rests, and whether the bot could see it itself."""

    target: TargetId
    group: str
    title: str
    standing: Standing
    rests_on: str
    due: str
    in_time: bool
    bot: str


@dataclass(frozen=True, slots=True)
class Shows:
    """What should be seen on the picture: a content's picture by its place among the claim's, or the beginning of its text."""

    title: str
    picture: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One screenshot with all that helps to judge it."""

    item: Item
    abouts: Sequence[About]
    shows: Sequence[Shows]
    earlier: Sequence[Item]
    lately: int
    lately_good: int

    @property
    def one_content(self) -> About | None:
        """The first group, if all of them are about one content with one deadline, which need be told only once."""
        said = {(about.title, about.due) for about in self.abouts}
        return self.abouts[0] if len(said) == 1 else None


def when(at: datetime, now: datetime) -> str:
    """“今天 11:52”, “昨天 18:52”, “3月10日 11:52”."""
    here, days = local(at), (day_of(now) - day_of(at)).days
    day = {0: "今天", 1: "昨天"}.get(days, f"{here.month}月{here.day}日")
    return f"{day} {clock(at)}"


def item(desk: Desk, shot: Screenshot, now: datetime) -> Item:
    """``shot`` as a line."""
    person = desk.person(shot.worker)
    rows = desk.store.read(reading.targets_by_id, shot.shown or shot.targets)
    groups = list(dict.fromkeys(row.group or "" for row in rows))
    return Item(
        shot,
        person.name if person else "不在名册里的人",
        _place(desk, shot.worker),
        when(shot.at, now),
        MARKS[shot.state],
        groups,
        _same(desk, shot, now),
    )


def detail(desk: Desk, shot: Screenshot, now: datetime) -> Detail:
    """``shot`` with its claim, what it is to be compared with, and what the same person sent before."""
    rows = desk.store.read(reading.targets_by_id, shot.targets)
    mine = desk.store.read(screenshots.of_worker, shot.worker, MOST_EARLIER)
    before = [one for one in mine if one.id != shot.id]
    lately = [one for one in before if one.at >= now - LATELY]
    good = sum(one.state in (ShotState.VERIFIED, ShotState.LIFTED) for one in lately)
    return Detail(
        item(desk, shot, now),
        [_about(desk, row, shot, now) for row in rows],
        _shows(desk, rows),
        [item(desk, one, now) for one in before[:SHOWN_EARLIER]],
        len(lately),
        good,
    )


def pictures(desk: Desk, shot: Screenshot) -> list[Part]:
    """The pictures of the contents that the claim is about, in the order in which `Shows` counts them."""
    rows = desk.store.read(reading.targets_by_id, shot.targets)
    return [part for content in _contents(desk, rows) if (part := _picture(content)) is not None]


def _place(desk: Desk, worker: WorkerId) -> str:
    posts = desk.tree.posts_of.get(worker, ())
    return full_name(desk.tree, posts[0][0]) if posts else ""


def _same(desk: Desk, shot: Screenshot, now: datetime) -> str:
    other = None if shot.like is None else desk.store.read(screenshots.screenshot, shot.like)
    if other is None:
        return ""
    person = desk.person(other.worker)
    whose = "" if other.worker == shot.worker else f"{person.name if person else '别人'}"
    return f"和{whose}{when(other.at, now)} 交的{'是同一张' if shot.same else '几乎一样'}"


def _about(desk: Desk, row: TargetRow, shot: Screenshot, now: datetime) -> About:
    rests_on = EVIDENCE.get(row.evidence or "", "")
    group = None if row.group_id is None else desk.tree.group_by_id.get(row.group_id)
    sees = group is not None and group.id in desk.rooms and (group.use is Use.WORK or group.observe)
    if row.evidence in (Evidence.DIRECT, Evidence.OBSERVED):
        bot = "机器人看到了"
    else:
        bot = "机器人在群里，没看到（也可能没认出来）" if sees else "机器人不在这个群，看不到"
    return About(
        row.id, row.group or "", row.title, standing(row, now), rests_on, when(row.due, now), shot.at <= row.due, bot
    )  # fmt: skip


def _contents(desk: Desk, rows: Sequence[TargetRow]) -> list[Content]:
    ids: list[ContentId] = list(dict.fromkeys(row.content for row in rows))
    return [desk.contents[id] for id in ids[:MOST_CONTENTS] if id in desk.contents]


def _shows(desk: Desk, rows: Sequence[TargetRow]) -> list[Shows]:
    found, place = [], 0
    for content in _contents(desk, rows):
        text = next((part.text for part in content.parts if part.kind is PartKind.TEXT), "")
        link = next((part.title for part in content.parts if part.kind is PartKind.LINK), "")
        picture = None
        if _picture(content) is not None:
            picture, place = place, place + 1
        text = "\n".join(filter(str.strip, text.splitlines()))
        short = text[:EXCERPT] + ("……" if len(text) > EXCERPT else "")
        found.append(Shows(content.title, picture, short or (f"链接：{link}" if link else "")))
    return found


def _picture(content: Content) -> Part | None:
    every = [part for part in content.parts if part.kind is PartKind.IMAGE and part.path is not None]
    return next((part for part in every if part.main), every[0] if every else None)
