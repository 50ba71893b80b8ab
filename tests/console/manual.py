"""The office's town on the manual channel, with nobody who posts but the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.console.app import Console, application
from bot.console.routes import PAGES
from bot.model.tree import Group, Use, Worker
from bot.service.demo import Demo, Order
from tests.console.desk import Office

UNRELATED = "谁家的快递放我这儿了，黑色塑料袋装的"


class _NobodyPosts(Demo):
    async def _by_hand(self) -> None:
        """The rehearsal's clerk has a day off."""


class Manual(Office):
    """A town of sixty groups without a gateway."""

    def _open(self) -> None:
        self.demo = _NobodyPosts(self.folder, Order(groups=60, channel="manual"), None, None)
        self.console = Console(self.demo.town, lambda: self.demo.now, config=self.demo.config)
        self.app = application(self.console, PAGES)

    def until(self, clock: str, *, anew: bool = True) -> None:
        super().until(clock, anew=True)

    def village_group(self) -> Group:
        """A work group of a village, with people below it."""
        by_id = self.demo.tree.by_id
        village = self.villages[0]
        return next(g for g in self.demo.tree.groups if g.use is Use.WORK and by_id[g.node].id == village.id)

    def people(self) -> list[Worker]:
        """Whose tasks hang on that group."""
        tree = self.demo.tree
        node = tree.by_id[self.village_group().node]
        ids = dict.fromkeys(w for place in tree.subtree(node)[1:] for w in place.people.values())
        return [tree.worker_by_id[worker] for worker in ids]


@contextmanager
def manual_office(folder: Path) -> Iterator[Manual]:
    office = Manual(folder)
    try:
        yield office
    finally:
        office.demo.close()
