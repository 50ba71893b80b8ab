"""A practice in a folder of its own, for one at a keyboard (`chuanda chat`): a new town begins in the middle of a morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

from bot.library.draft import next_number
from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import at_time
from bot.service.demo import FIRST_DAY, OFFICE, OPENS, Demo, Order
from bot.service.practice import folder
from bot.service.practice.moments import moment
from bot.service.practice.town import Answer, Practice
from bot.store import approvals

BEGINS = "10:40"
"""The wave of eight o'clock has reposts and gaps by then; its reminders come before noon."""
DAYS = 31
"""In the folder's order, so that no `demo` goes on in it by chance."""


class Sitting(Practice):
    """`start` before anything else, `close` at the end; a folder goes on where it was."""

    def __init__(
        self, data: Path, groups: int | None = None, config: Path | None = None, *, fresh: bool = False
    ) -> None:
        """``groups``: of a new town. ``fresh``: begin a new one whatever there was. Raises `ChuandaError` if the folder
        holds anything but such a town, or one of another size."""
        self._kept = folder.prepare(data, groups, config, fresh=fresh)
        demo = Demo(data, Order(self._kept.groups, DAYS), data / folder.SCHEDULES, data / folder.LIBRARY)
        try:
            super().__init__(demo)
            if demo.is_new:
                self._hand_in_a_draft()
        except BaseException:
            demo.close()
            raise

    async def start(self, at: str | None = None) -> Answer:
        """Go on from where the folder was, up to ``at`` if that is given; a new one begins at `BEGINS`."""
        begun = self._kept.begun
        until = None if at is None and begun else moment(at or BEGINS, self.now)
        await self.demo.town.start(self.now)
        if until is None:
            return Answer()
        answer = await self.move_to(until)
        if not begun:
            self._kept = replace(self._kept, begun=True)
            folder.keep(self.data, self._kept)
        return answer

    def close(self) -> None:
        """Let go of the folder."""
        self.demo.close()

    def _hand_in_a_draft(self) -> None:
        """One content is left for the reviewer."""
        library = self.demo.library
        at = at_time(FIRST_DAY, time.min) + OPENS
        number = next_number(library.refresh().contents.values(), at.year)
        draft = folder.lay_draft(library.root, number)
        content = library.refresh().contents[ContentId(draft.name)]
        clerk = next((f"w{w.id}" for w in self.tree.workers if w.name == OFFICE), "")
        entry = ApprovalEntry(ApprovalAct.SUBMIT, content.digest, OFFICE, at, account=clerk)
        self.store.write_now(approvals.add_approval, content.id, entry)
