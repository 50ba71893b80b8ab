"""Screenshots that bound people send beside a claim: looked through, kept in a file until a person has judged them, never longer.

Nobody is asked for one. What is no picture, what the bot has seen itself, and what is too much of one person is not kept.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import os_reason
from bot.model.chat import Message, MessageKind
from bot.model.ledger import Evidence, Reason, TargetId
from bot.model.time import day_of, day_start
from bot.model.tree import Worker
from bot.phrases import judging as say
from bot.recognise.shots import Shot, alike, shot_of
from bot.service.desk import Desk
from bot.store import reading, screenshots
from bot.store.reading import TargetRow
from bot.store.screenshots import Picture

FOLDER = "evidence"
PATIENCE_S = 20.0
MOST_A_DAY = 20
"""Of one person; who sends more is not judged by pictures."""
MOST_TARGETS = 12
"""Of one claim: a picture shows one group, and a person has to find it among them."""
MOST_SAID = 200
COMPARED = timedelta(days=90)
MOST_COMPARED = 200
TAKE_BACK = timedelta(seconds=10)
"""A verdict may be taken back so long, and the picture stays so long."""
KEPT_DAYS = 30
"""Who was not judged by then is not judged by a picture any more."""
TOLD_DAYS = 365
"""How long it is known that there was one, and what was said of it."""
_SEEN = {Evidence.DIRECT, Evidence.OBSERVED}


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody said when, of which tasks; ``said`` is empty where only the ledger knows of it."""

    at: datetime
    said: str
    targets: Sequence[TargetId]


def claim_of_today(desk: Desk, person: Worker, now: datetime) -> Claim:
    """What somebody's word stands for today, so that a picture sent privately belongs to it; of no tasks if nothing does."""
    tasks = [
        task for task in desk.store.read(reading.tasks_of_day, person.id, day_of(now)) if _rests_on_word(task)
    ]
    said_at = max((task.covered_at for task in tasks if task.covered_at is not None), default=now)
    return Claim(min(said_at, now), "", [task.id for task in tasks])


def _rests_on_word(task: TargetRow) -> bool:
    return task.evidence == Evidence.CONFIRMED or task.reason in (Reason.DISPUTED, Reason.UNPROVEN)


async def keep(desk: Desk, person: Worker, claim: Claim, message: Message) -> int | None:
    """Keep the picture of ``message`` beside ``claim``. Its number; None where it is not kept."""
    if message.kind is not MessageKind.IMAGE:
        return None
    rows = desk.store.read(reading.targets_by_id, claim.targets) if claim.targets else []
    targets = [row.id for row in rows if row.evidence not in _SEEN and not row.exempt][:MOST_TARGETS]
    today = day_start(day_of(message.at))
    if not targets or desk.store.read(screenshots.count_since, person.id, today) >= MOST_A_DAY:
        return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            file = await desk.channel.download(message)
    except TimeoutError:
        return None
    shot = None if file is None else await asyncio.to_thread(shot_of, file[1])
    if shot is None:
        return None
    picture = _known_again(desk, person, shot, message.at)
    said = (claim.at, " ".join(claim.said.split())[:MOST_SAID])
    try:
        # Nothing is awaited from here on: who looks for files that belong to nothing does not find this one.
        _write(desk.data / FOLDER / f"{shot.sha256}.{shot.ending}", shot.data)
    except OSError as error:
        desk.tell_office(f"no-screenshot:{day_of(message.at)}", say.not_stored(os_reason(error)))
        return None
    return desk.store.write_now(
        screenshots.add, person.id, message.id, message.at, said, picture, targets
    )  # fmt: skip


def _known_again(desk: Desk, person: Worker, shot: Shot, now: datetime) -> Picture:
    """``shot`` with the earlier one that it is, if there is one: of anybody by its bytes, of the same person by its looks too."""
    like = desk.store.read(screenshots.same_of_anybody, shot.sha256)
    same = like is not None
    if like is None:
        before = desk.store.read(screenshots.earlier, person.id, now - COMPARED, MOST_COMPARED)
        like = next((id for id, looks in before if alike(looks, shot.looks)), None)
    return Picture(shot.sha256, shot.ending, shot.size, shot.looks, like, same)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f".{path.name}")
    with begun.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    begun.replace(path)


def tidy(desk: Desk) -> None:
    """Files of what was judged, or waited too long, go; and files that belong to nothing, as a crash leaves them."""
    now = desk.now
    if desk.store.write_now(screenshots.let_go, now - TAKE_BACK, now - timedelta(days=KEPT_DAYS)):
        sweep(desk)


def sweep(desk: Desk) -> None:
    """Remove every file that nothing refers to, and forget what is long over."""
    desk.store.write_now(screenshots.forget, desk.now - timedelta(days=TOLD_DAYS))
    folder = desk.data / FOLDER
    if not folder.is_dir():
        return
    kept = desk.store.read(screenshots.files_kept)
    for file in folder.iterdir():
        if file.name not in kept and file.is_file():
            file.unlink(missing_ok=True)
