"""How often somebody may ask: a bucket per somebody, refilled by time. In memory, bounded; nothing is kept."""

from __future__ import annotations

import math
from collections import OrderedDict

MOST_KNOWN = 5_000


class Rate:
    """``burst`` in a row, then one every ``every_s`` seconds, each of whoever asks for themselves."""

    def __init__(self, burst: int, every_s: float) -> None:
        self.burst, self.every_s = burst, every_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, who: str, at_s: float) -> int:
        """How many seconds ``who`` has to wait at the instant ``at_s`` (monotonic) before one more; 0: no time."""
        left, since = self._left.get(who, (float(self.burst), at_s))
        left = min(float(self.burst), left + (at_s - since) / self.every_s)
        self._keep(who, left, at_s)
        return 0 if left >= 1 else math.ceil((1 - left) * self.every_s)

    def spend(self, who: str, at_s: float) -> None:
        """One of ``who`` was taken up."""
        self.wait_s(who, at_s)
        left, since = self._left[who]
        self._keep(who, left - 1, since)

    def _keep(self, who: str, left: float, at_s: float) -> None:
        self._left[who] = (left, at_s)
        self._left.move_to_end(who)
        if len(self._left) > MOST_KNOWN:
            self._left.popitem(last=False)
