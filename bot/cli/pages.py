"""The console beside what runs: where it listens, and by which names it is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.console.serving import Serving
    from bot.schedules.model import ConsoleAt
    from bot.service.practice import RunningClock
    from bot.service.town import Town


def pages_of(
    town: Town,
    now: Callable[[], datetime],
    at: ConsoleAt,
    config: Path,
    port: int | None = None,
    practice: RunningClock | None = None,
) -> Serving:
    """The console of ``town``. ``config``: the settings' file, beside which relative paths of ``at`` begin; ``port``: another one than it says;
    ``practice``: of a demo.

    Raises `ChuandaError` if it cannot listen there, or its certificate cannot be used.
    """
    from urllib.parse import urlsplit

    from bot.console.app import Console
    from bot.console.serving import Serving, listening_on

    host = f"[{at.host}]" if ":" in at.host else at.host
    names = {"127.0.0.1", "localhost", "[::1]", host, at.name, urlsplit(at.behind).hostname or ""} - {""}
    console = Console(
        town,
        now,
        frozenset(names),
        config,
        behind=at.behind.rstrip("/"),
        secure=bool(at.certificate or at.behind),
        practice=practice,
    )
    listening = listening_on(at.host, at.port if port is None else port)
    if at.name and not at.behind:
        scheme = "https" if console.secure else "http"
        console.address = f"{scheme}://{at.name}:{listening.getsockname()[1]}/"
    files = [str(config.parent / name) if name else "" for name in (at.certificate, at.key)]
    return Serving(console, listening, *files)
