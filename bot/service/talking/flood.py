"""Who says too much is not listened to for a while; nobody else notices. In memory, bounded, nothing is kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime

from bot.model.time import day_of

BURST = 30
"""Commands in a row: somebody may confirm twenty groups one by one."""
EVERY_S = 20.0
"""Then one in so many seconds: an account that says one message in four is not kept busy by one person."""
MOST_A_DAY = 120
"""A third of what one account may say in a day."""
MOST_ACCOUNTS = 5_000


@dataclass(slots=True)
class _Bucket:
    left: float
    since: datetime
    day: date
    today: int = 0


class Flood:
    """A bucket per account, refilled by time."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def forgets(self, account: str) -> None:
        """What was said could not be taken up, and will be heard again."""
        bucket = self._buckets.get(account)
        if bucket is not None:
            bucket.left, bucket.today = min(BURST, bucket.left + 1), max(0, bucket.today - 1)

    def lets(self, account: str, at: datetime) -> bool:
        """Whether one more of ``account`` is listened to."""
        bucket = self._buckets.pop(account, None) or _Bucket(BURST, at, day_of(at))
        self._buckets[account] = bucket
        if len(self._buckets) > MOST_ACCOUNTS:
            self._buckets.popitem(last=False)
        if day_of(at) > bucket.day:
            bucket.day, bucket.today = day_of(at), 0
        passed_s = max(0.0, (at - bucket.since).total_seconds())
        bucket.left, bucket.since = min(BURST, bucket.left + passed_s / EVERY_S), max(at, bucket.since)
        if bucket.left < 1 or bucket.today >= MOST_A_DAY:
            return False
        bucket.left -= 1
        bucket.today += 1
        return True
