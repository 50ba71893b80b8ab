"""Everything that a new roster changes, for the office to read before it is taken up: units, groups, what groups are, people.

As `bot.roster.diff` for groups; besides that names people by post, for who imports has to give the new ones a code. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.model.tree import Group, Medium, Node, Post, Tree, Worker
from bot.roster.diff import RosterDiff, diff
from bot.roster.fields import MODES, POSTS, USES
from bot.roster.words import key, plain

TITLES: Mapping[Post, str] = {post: column for column, post in POSTS.items()}
_USES = {use: word for word, use in USES.items()}
_MODES = {mode: word for word, mode in MODES.items()}


@dataclass(frozen=True, slots=True)
class Changes:
    """Lines to read. ``units_gone``: what hung there is among the groups; ``settings``: groups that stay and are used in
    another way; ``people``: who has which post now; ``left``: who had a post and has none any more."""

    groups: RosterDiff
    units_come: Sequence[str]
    units_gone: Sequence[str]
    settings: Sequence[str]
    people: Sequence[str]
    left: Sequence[Worker]

    def __bool__(self) -> bool:
        return bool(self.groups or self.units_come or self.units_gone or self.settings or self.people)


def changes(old: Tree | None, new: Tree) -> Changes:
    """What becomes of ``old`` (None: there was no roster) in ``new``."""
    before = {} if old is None else {key(node.path): node for node in old.nodes}
    after = {key(node.path): node for node in new.nodes}
    named = {(w.unit, w.name) for w in new.workers}
    return Changes(
        diff(old, new),
        tuple(plain(node.path) for path, node in after.items() if path not in before),
        tuple(plain(node.path) for path, node in before.items() if path not in after),
        () if old is None else tuple(_settings(old, new)),
        () if old is None else tuple(_people(old, new, before)),
        () if old is None else tuple(w for w in old.workers if (w.unit, w.name) not in named),
    )


def _settings(old: Tree, new: Tree) -> Iterator[str]:
    before: dict[tuple[str, Medium], Group] = {(key(g.name), g.medium): g for g in old.groups}
    for group in new.groups:
        earlier = before.get((key(group.name), group.medium))
        if earlier is not None and (said := "，".join(_differences(earlier, group))):
            yield f"{plain(group.name)}：{said}"


def _differences(old: Group, new: Group) -> Iterator[str]:
    if old.use is not new.use:
        yield f"{_USES[old.use]} → {_USES[new.use]}"
    if old.mode is not new.mode:
        yield f"{_MODES[old.mode]} → {_MODES[new.mode]}"
    if old.observe != new.observe:
        yield f"机器人可以看了，{plain(new.consent_by)}同意" if new.observe else "机器人不再看"
    elif (old.consent_by, old.consent_on) != (new.consent_by, new.consent_on):
        yield "谁同意的改了"
    if old.members != new.members:
        yield f"人数 {old.members or '没写'} → {new.members or '没写'}"
    if old.audiences != new.audiences:
        yield f"受众 {_all(old.audiences)} → {_all(new.audiences)}"


def _all(words: frozenset[str]) -> str:
    return plain("、".join(sorted(words))) or "没写"


def _people(old: Tree, new: Tree, before: Mapping[str, Node]) -> Iterator[str]:
    """Posts of units that are in both: of a new or a lost unit everything is new or lost."""
    for node in new.nodes:
        earlier = before.get(key(node.path))
        if earlier is None:
            continue
        for post, title in TITLES.items():
            was, now = _name(old, earlier, post), _name(new, node, post)
            if key(was) != key(now):
                yield f"{plain(node.path)} {title}：{plain(was) or '没有'} → {plain(now) or '没有'}"


def _name(tree: Tree, node: Node, post: Post) -> str:
    worker = node.people.get(post)
    return "" if worker is None else tree.worker_by_id[worker].name
