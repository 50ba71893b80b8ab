"""A roster taken up: read, compared with the one in force, shown, and applied exactly as it was shown.

The bindings hang on a group's name and medium, the accounts on a person's name within the unit: what a new name loses is
told before, and a renamed group keeps its room if the office says so.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import NotAllowed
from bot.model.tree import Group, GroupId, Tree, Worker, WorkerId
from bot.roster.build import read_roster, roster_notes
from bot.roster.changes import Changes, changes
from bot.roster.diff import loses_many
from bot.store import rooms, talk, trees
from bot.store.database import Connection

SHOWN_FOR = timedelta(minutes=30)
"""A roster that was shown and not applied by then has to be shown again."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A roster that was read and compared. ``edition``: the one it was compared with; ``suspicious``: it drops so many groups
    that it may be the wrong file."""

    id: str
    file: str
    tree: Tree
    edition: int
    changes: Changes
    notes: Sequence[str]
    suspicious: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Loses:
    """What the import takes from what is known: ``renamed`` groups with a room or an exemption, how many groups with a room
    go (``removed``), and whose account stays behind."""

    renamed: Sequence[tuple[Group, Group]] = ()
    removed: int = 0
    people: Sequence[Worker] = ()


def read_proposal(
    data: bytes, file: str, levels: Sequence[str], old: Tree, edition: int, now: datetime
) -> Proposal:
    """``data`` as a roster, and what it would change. ``file``: what it is called, which decides how it is read and is said in
    errors, and names no path here. Takes its time (seconds for 20,000 groups). Raises `InputErrors`."""
    suffix = Path(file).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="chuanda-") as folder:
        kept = Path(folder) / f"roster{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
        kept.write_bytes(data)
        tree = read_roster(kept, levels, shown=file)
    found = changes(old, tree)
    many = loses_many(old, found.groups)
    return Proposal(secrets.token_hex(8), file, tree, edition, found, roster_notes(tree), many, now)


def loses(
    proposal: Proposal,
    bound: Collection[GroupId],
    exempt: Collection[GroupId],
    known: Collection[WorkerId],
    old: Tree,
) -> Loses:
    """What of the bindings, exemptions and accounts does not go along by itself."""
    pairs = proposal.changes.groups.pairs
    stays = {(group.name, group.medium) for group in proposal.tree.groups}
    ours = (old.group_by_id[group] for group in bound if group in old.group_by_id)
    gone = sum((group.name, group.medium) not in stays for group in ours)
    return Loses(
        [pair for pair in pairs if pair[0].id in bound or pair[0].id in exempt],
        gone - sum(before.id in bound for before, _ in pairs),
        [worker for worker in proposal.changes.left if worker.id in known],
    )


def take_up(
    conn: Connection, proposal: Proposal, now: datetime, *, force: bool = False, keep_rooms: bool = False
) -> Tree:
    """The roster that was shown is in force from now on. ``keep_rooms``: a renamed group keeps its room and its exemption.

    Raises `NotAllowed` if another one was taken up meanwhile, if it was shown too long ago, and without ``force`` if it may
    be the wrong file.
    """
    if trees.newest_edition(conn) != proposal.edition:
        raise NotAllowed("这期间名册已经换过了，刚才看到的改动对不上了；请再选一次文件，重新看过再导入")
    if now - proposal.at > SHOWN_FOR:
        raise NotAllowed("看过以后太久没有导入；请再选一次文件，重新看过再导入")
    if proposal.suspicious and not force:
        raise NotAllowed(
            f"这份名册里少了 {len(proposal.changes.groups.removed)} 个群；确实要导入，先勾上那一条"
        )
    tree = trees.add_edition(conn, proposal.tree, proposal.file, now)
    if keep_rooms:
        _keep(conn, proposal.changes.groups.pairs, tree, now)
    return tree


def _keep(conn: Connection, pairs: Sequence[tuple[Group, Group]], tree: Tree, now: datetime) -> None:
    exempt = talk.exemptions(conn)
    ids = {(group.name, group.medium): group.id for group in tree.groups}
    for before, after in pairs:
        to = ids[after.name, after.medium]
        rooms.hand_on(conn, before.id, to)
        if before.id in exempt:
            talk.exempt(conn, to, exempt[before.id], "名册改名", now)


@dataclass(slots=True)
class Shown:
    """Rosters that were shown and are not applied yet, the newest of each person's session."""

    most: int = 4
    _by: dict[str, Proposal] = field(default_factory=dict)

    def keep(self, whose: str, proposal: Proposal) -> None:
        """In place of what they were shown before; the oldest of others goes if there are too many."""
        self._by.pop(whose, None)
        while len(self._by) >= self.most:
            self._by.pop(next(iter(self._by)))
        self._by[whose] = proposal

    def of(self, whose: str, id: str) -> Proposal | None:
        """What they were shown, if it is that."""
        found = self._by.get(whose)
        return found if found is not None and found.id == id else None

    def drop(self, whose: str) -> None:
        self._by.pop(whose, None)
