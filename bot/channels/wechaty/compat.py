"""Names that python-wechaty 0.10.7 expects and today's libraries call otherwise, mended before it is imported.

Each can go as soon as the version named beside it, or a later one, no longer asks for it. Nothing is downgraded.
It also keeps wechaty's habits to itself: it logs every message's text and makes a folder in the current one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

WRITTEN_FOR = "0.10.7"


def load(home: Path) -> None:
    """Import python-wechaty, mended and silent; whatever it lays down lands in ``home``. May be called twice."""
    if "wechaty" in sys.modules:
        return
    home.mkdir(parents=True, exist_ok=True)
    with _silenced(), contextlib.chdir(home):
        os.environ["CACHE_DIR"] = str(home.resolve())
        _mend()
        import wechaty  # noqa: F401
        import wechaty_puppet_service  # noqa: F401
    if sys.modules.get("telnetlib") is _telnetlib:
        del sys.modules["telnetlib"]


_telnetlib = types.ModuleType("telnetlib")


def _mend() -> None:
    """Put the missing names back."""
    import pyee
    import pyee.asyncio
    import urllib3
    import urllib3.util

    # pyee 12 moved it; wechaty, wechaty-puppet and wechaty-puppet-service still import it from the top.
    pyee.AsyncIOEventEmitter = pyee.asyncio.AsyncIOEventEmitter  # type: ignore[attr-defined]

    # urllib3 2 dropped it; wechaty.user.url_link imports it (we build no link with that).
    if not hasattr(urllib3, "get_host"):

        def get_host(url: str) -> tuple[str | None, str | None, int | None]:
            parsed = urllib3.util.parse_url(url)
            return parsed.scheme, parsed.host, parsed.port

        urllib3.get_host = get_host  # type: ignore[attr-defined]

    # Python 3.13 dropped it, and before it warns; wechaty.plugin and wechaty_puppet_service.utils import it to ping an
    # address, which we never have them do.
    _telnetlib.Telnet = object  # type: ignore[attr-defined]
    sys.modules.setdefault("telnetlib", _telnetlib)

    # Python 3.11 refuses unhashable defaults of dataclasses; WechatyOptions has a PuppetOptions() as one.
    from wechaty_puppet import PuppetOptions

    PuppetOptions.__hash__ = object.__hash__


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Loggers that come up meanwhile say nothing, ever: they would put people's words on the screen and on disk."""
    before = set(logging.root.manager.loggerDict)
    yield
    for name in set(logging.root.manager.loggerDict) - before:
        logger = logging.getLogger(name)
        logger.handlers, logger.disabled, logger.propagate = [], True, False
