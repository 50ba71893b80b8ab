"""The console beside what runs: where it listens, and how somebody gets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.console.serving import Serving
    from bot.schedules.model import ConsoleAt
    from bot.service.town import Town


def pages_of(
    town: Town, now: Callable[[], datetime], at: ConsoleAt, folder: Path, port: int | None = None
) -> Serving:
    """The console of ``town``. ``folder``: where relative paths of ``at`` begin; ``port``: another one than it says.

    Raises `ChuandaError` if it cannot listen there.
    """
    from urllib.parse import urlsplit

    from bot.console.app import Console
    from bot.console.serving import Serving, listening_on

    listening = listening_on(at.host, at.port if port is None else port)
    names = {"127.0.0.1", "localhost", "[::1]", at.host}
    if at.behind:
        names.add(urlsplit(at.behind).hostname or "")
    console = Console(town, now, frozenset(names), secure=bool(at.certificate or at.behind))
    files = [str(folder / name) if name else "" for name in (at.certificate, at.key)]
    return Serving(console, listening, *files)
