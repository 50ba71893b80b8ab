"""Who says too much is not listened to for a while; nobody else notices. In memory, bounded, nothing is kept."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

BURST = 30
"""Commands in a row: somebody may confirm twenty groups one by one."""
EVERY_S = 4.0
"""Then one in so many seconds."""
MOST_ACCOUNTS = 5_000


class Flood:
    """A bucket per account, refilled by time."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def lets(self, account: str, at: datetime) -> bool:
        """Whether one more of ``account`` is listened to."""
        left, since = self._left.pop(account, (float(BURST), at))
        left = min(float(BURST), left + max(0.0, (at - since).total_seconds()) / EVERY_S)
        allowed = left >= 1
        self._left[account] = (left - 1 if allowed else left, max(at, since))
        if len(self._left) > MOST_ACCOUNTS:
            self._left.popitem(last=False)
        return allowed
