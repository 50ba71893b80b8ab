"""The town's time zone and how instants are written. Never asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Shanghai")


def local(at: datetime) -> datetime:
    """``at`` (aware) in the town's time zone."""
    return at.astimezone(TZ)


def day_of(at: datetime) -> date:
    """The local day that ``at`` (aware) falls on."""
    return at.astimezone(TZ).date()


def at_time(day: date, clock: time) -> datetime:
    """The aware instant of ``clock`` on the local ``day``."""
    return datetime.combine(day, clock, TZ)


def day_start(day: date) -> datetime:
    """Local midnight at which ``day`` begins."""
    return at_time(day, time.min)


def iso(at: datetime) -> str:
    """ISO 8601 with +08:00, to the second: the form of every JSON answer."""
    return at.astimezone(TZ).isoformat(timespec="seconds")


def to_epoch(at: datetime) -> int:
    """Milliseconds since 1970 UTC: the form in the store (small, sorts, has no zone to get wrong)."""
    return round(at.timestamp() * 1000)


def from_epoch(ms: int) -> datetime:
    """The instant written by `to_epoch`, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)
