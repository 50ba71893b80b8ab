"""What an answer can be about: a person's tasks by their numbers, the contents of these, and the names of the groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from bot.commands.meant import Topic
from bot.model.content import ContentId
from bot.model.tree import Post, Worker, WorkerId
from bot.service.desk import Desk
from bot.store import reading, talk
from bot.store.reading import TargetRow

_NAMES_A_NUMBER = re.compile(r"[\d一二两三四五六七八九十]")


async def tasks_of(desk: Desk, worker: Worker, words: str, day: date) -> dict[int, TargetRow]:
    """A person's tasks of the day by number; a deputy without any of their own speaks for the contact. ``words``: what is
    said, numbers or not."""
    numbered = await _numbered(desk, worker.id, words, day)
    if numbered:
        return numbered
    contacts = {
        node.people[Post.CONTACT]
        for node, post in desk.tree.posts_of.get(worker.id, ())
        if post is Post.DEPUTY and Post.CONTACT in node.people
    }
    for contact in sorted(contacts - {worker.id}):
        if numbered := await _numbered(desk, contact, words, day):
            return numbered
    # On leave, and did it all the same: the tasks stand with the deputy.
    away = {*desk.store.read(talk.away, desk.now), worker.id}
    own = {
        node.id: desk.tree.person_above(node, Post.CONTACT, away)
        for node, post in desk.tree.posts_of.get(worker.id, ())
        if post is Post.CONTACT
    }
    for deputy in sorted({id for id in own.values() if id is not None and id != worker.id}):
        handed = await _numbered(desk, deputy, words, day)
        if mine := {number: task for number, task in handed.items() if own.get(task.node) == deputy}:
            return mine
    return {}


async def _numbered(desk: Desk, worker: WorkerId, words: str, day: date) -> dict[int, TargetRow]:
    if _NAMES_A_NUMBER.search(words) is None:
        # Nothing is asked about by its number: no need to settle them.
        return dict(enumerate(desk.store.read(reading.tasks_of_day, worker, day), 1))
    return await desk.store.write(talk.number_tasks, worker, day)


def topics_of(desk: Desk, tasks: Mapping[int, TargetRow], known_by: datetime) -> list[Topic]:
    """The contents that had reached somebody by then, in the order in which they did."""
    by_itself = desk.capabilities.by_itself
    reached = [
        (at, task)
        for task in tasks.values()
        if task.opened_at and (at := task.opened_at if by_itself else task.starts_at) <= known_by
    ]
    found: dict[ContentId, Topic] = {}
    for _, task in sorted(reached, key=lambda one: one[0]):
        content = desk.contents.get(task.content)
        texts = [one for part in content.parts for one in (part.text, part.title) if one] if content else []
        found[task.content] = Topic(task.content, task.title, task.number, texts)
    return list(found.values())


def names_of(tasks: Mapping[int, TargetRow]) -> set[str]:
    """How somebody's groups are called in full, and the places that are called by a word (上片, 东区)."""
    names = {task.group for task in tasks.values() if task.group}
    for task in tasks.values():
        above, _, here = task.path.rpartition("/")
        short = here.removeprefix(above.rpartition("/")[2])
        if len(short) > 1 and not _NAMES_A_NUMBER.search(short):
            names.add(short)
    return names
