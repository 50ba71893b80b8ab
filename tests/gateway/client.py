"""A service in a process of its own, to be killed: ``python -m tests.gateway.client DATA MINUTES PACE``.

``MINUTES`` after eight its clock begins; it runs until it is told to stop.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from bot.service.run import serve_until_signal
from tests.gateway import town


def main() -> None:
    data, minutes, pace = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    clock = town.Morning(town.EIGHT + timedelta(minutes=minutes))

    async def serve() -> None:
        await serve_until_signal(town.service(data, clock, lambda told: None, pace_s=pace, echo_s=0.3))

    asyncio.run(serve())


if __name__ == "__main__":
    main()
