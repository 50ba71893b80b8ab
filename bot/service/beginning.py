"""A wave begins: written down with its targets and sends, and told. One transaction, at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from bot import phrases
from bot.model.plan import PlannedWave
from bot.model.tree import GroupId, Mode, Use
from bot.planner.waves import PUNCTUAL
from bot.service.desk import SENDS_LAST, Desk
from bot.store import ledger, notices, waves
from bot.store.database import Connection

Rooms = Mapping[GroupId, tuple[str, bool]]


def rooms_of(desk: Desk) -> Rooms:
    """Group → (room, somebody of ours is in it). People can post wherever they know the name."""
    if not desk.capabilities.by_itself:
        return {g.id: (g.name, True) for g in desk.tree.groups}
    return {group: (b.room, b.present) for group, b in desk.bound.items()}


def begin(conn: Connection, desk: Desk, wave: PlannedWave, rooms: Rooms) -> bool:
    """Write ``wave`` down and say that it began; false if it had been planned before."""
    expires_at = wave.starts_at + SENDS_LAST
    parts = desk.sendable_parts(wave.content)
    if not waves.freeze_wave(conn, wave, desk.tree, desk.edition, rooms, parts, expires_at):
        return False
    _tell(conn, desk, wave)
    ledger.take_sightings(conn, [wave.content.id])
    return True


def direct_groups(wave: PlannedWave) -> int:
    """How many groups of ``wave`` are posted to."""
    return sum(t.mode is Mode.DIRECT and not t.exempt for t in wave.targets)


def minutes_of(desk: Desk, wave: PlannedWave) -> float:
    """How long posting takes at the configured pace (DESIGN: said before it starts)."""
    parts = len(desk.sendable_parts(wave.content))
    return direct_groups(wave) * parts * desk.schedules.pacing.seconds / 60


def reaches_nobody(wave: PlannedWave) -> bool:
    """Whether no group at all fits."""
    return all(target.use is Use.WORK for target in wave.targets)


def _tell(conn: Connection, desk: Desk, wave: PlannedWave) -> None:
    title = wave.content.title

    def tell(key: str, text: str, kind: str = "office") -> None:
        notices.tell_office(conn, f"{key}:{wave.name}", kind, text, desk.now)

    if reaches_nobody(wave):
        tell("nobody", phrases.for_nobody(title, wave.slot.entry))
        return
    minutes = minutes_of(desk, wave) if desk.capabilities.by_itself else None
    tell("wave", phrases.sending_takes(title, direct_groups(wave), minutes), "wave")
    if desk.now - wave.slot.at > PUNCTUAL:
        tell("late", phrases.caught_up(title, wave.slot.at, desk.now))
