"""What the office asks of people, told as its own doing (DESIGN, burden): who was asked how often, against our own limits.

It says nothing about how people work, and ranks nobody: the first rows are those whom we troubled most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.model.tree import Group, Mode, Post, Use, WorkerId
from bot.service.desk import Desk
from bot.service.reaching import REPORTS_A_DAY
from bot.store import burden, reading
from bot.store.reading import Wave

WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """One person's day. ``contents``: messages of contents into the groups that they answer for, or that they forward from;
    ``tasks``: groups they had to forward to."""

    name: str
    place: str
    contents: int
    tasks: int
    reminders: int
    questions: int
    escalations: int

    @property
    def asked(self) -> int:
        return self.reminders + self.questions + self.escalations


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """Unasked messages of ours in a work group on a day, and how many there may be."""

    name: str
    messages: int
    limit: int


@dataclass(frozen=True, slots=True)
class Load:
    """A day's load. ``people``: the first rows; ``in_all``: how many people the roster has; ``most``: who was asked most
    often; ``over``: how many were reminded more often than may be."""

    people: Sequence[PersonLoad]
    in_all: int
    asked_people: int
    times: int
    most: Sequence[str]
    most_times: int
    limit: int
    over: int
    messages: int
    privately: int
    groups: Sequence[GroupLoad]
    groups_in_all: int
    week: Sequence[tuple[date, int]]

    @property
    def mean(self) -> float:
        """How often somebody of the roster was asked, on average."""
        return self.times / self.in_all if self.in_all else 0.0

    @property
    def groups_over(self) -> int:
        return sum(group.messages > group.limit for group in self.groups)


def load_of(desk: Desk, day: date, most: int) -> Load:
    """The load of ``day`` and the week before it; at most ``most`` people and groups."""
    store, tree = desk.store, desk.tree
    asked = store.read(burden.asked_on, day)
    limit = desk.schedules.reminders.per_day
    times = {who: sum(kinds.values()) for who, kinds in asked.people.items()}
    first = sorted(times, key=lambda who: (-times[who], who))[:most]
    contacts = (w for node in tree.nodes if (w := node.people.get(Post.CONTACT)) and w not in times)
    rest = list(dict.fromkeys(contacts))[: most - len(first)]
    waves = store.read(reading.waves_between, day, day)
    highest = max(times.values(), default=0)
    named = [person.name for who in times if times[who] == highest and (person := desk.person(who))]
    groups = sorted(asked.groups.items(), key=lambda one: (-one[1], one[0]))
    before = [day - WEEK + timedelta(days=n) for n in range(WEEK.days)]
    return Load(
        people=[_person(desk, who, asked.people.get(who, {}), waves) for who in (*first, *rest)],
        in_all=len(tree.workers),
        asked_people=len(times),
        times=asked.times,
        most=named,
        most_times=highest,
        limit=limit,
        over=sum(kinds.get("reminder", 0) > limit for kinds in asked.people.values()),
        messages=store.read(burden.messages_on, day),
        privately=asked.privately,
        groups=[
            _group(desk, tree.group_by_id[group], count)
            for group, count in groups[:most]
            if group in tree.group_by_id
        ],
        groups_in_all=len(groups),
        week=[*((one, store.read(burden.times_asked, one)) for one in before), (day, asked.times)],
    )


def _person(desk: Desk, who: WorkerId, kinds: Mapping[str, int], waves: Sequence[Wave]) -> PersonLoad:
    tree = desk.tree
    posts = tree.posts_of.get(who, ())
    own = [
        group.id
        for node, post in posts
        if post is Post.CONTACT
        for group in tree.groups_of.get(node.id, ())
        if group.mode is Mode.DIRECT and group.use is Use.RESIDENT
    ]
    tasks = desk.store.read(burden.tasks_of, waves, who)
    sources = [source for source in tasks if source is not None]
    person = desk.person(who)
    return PersonLoad(
        person.name if person else "（不在名册里了）",
        posts[0][0].path.removeprefix(f"{tree.root.name}/") if posts else "",
        desk.store.read(burden.parts_in, waves, own, sources),
        len(tasks),
        *(kinds.get(kind, 0) for kind in burden.ASKED),
    )


def _group(desk: Desk, group: Group, messages: int) -> GroupLoad:
    limit = desk.schedules.reminders.work_group_per_day
    return GroupLoad(group.name, messages, max(limit - REPORTS_A_DAY, 0) if desk.is_home(group) else limit)
