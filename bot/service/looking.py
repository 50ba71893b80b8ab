"""Files looked at: what the library's pictures and videos look like, and what somebody sent, each looked at once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import replace
from io import BytesIO

from bot.model.chat import Message
from bot.model.content import Part
from bot.recognise.files import Looks, Unreadable, look_at
from bot.recognise.match import Recogniser
from bot.recognise.verdict import Verdict

REMEMBERED = 1_000
"""One poster saved anew is forwarded to many groups as the same bytes."""


class Eyes:
    """Remembers what the files of a library look like, and what was said of strange ones, by their digests only."""

    def __init__(self) -> None:
        self._looks: dict[str, Looks | None] = {}
        self._said: OrderedDict[str, Verdict] = OrderedDict()
        self._by: Recogniser | None = None

    def look(self, part: Part) -> Looks | None:
        """As `bot.recognise.files.Look`: None where the file is gone or no picture."""
        if part.path is None or not part.sha256:
            return None
        if part.sha256 not in self._looks:
            try:
                with part.path.open("rb") as file:
                    self._looks[part.sha256] = look_at(file, part.kind.value)
            except (OSError, Unreadable):
                self._looks[part.sha256] = None
        return self._looks[part.sha256]

    def recognise(self, sees: Recogniser, message: Message, data: bytes) -> Verdict:
        """What the file ``data`` of ``message`` is. Takes its time: for a thread beside the service."""
        if self._by is not sees:
            self._by = sees
            self._said.clear()
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._said:
            self._said.move_to_end(digest)
            return self._said[digest]
        verdict = sees.match(replace(message, sha256=digest), lambda one: _look(one, data))
        self._said[digest] = verdict
        if len(self._said) > REMEMBERED:
            self._said.popitem(last=False)
        return verdict


def _look(message: Message, data: bytes) -> Looks | None:
    try:
        return look_at(BytesIO(data), message.kind.value)
    except Unreadable:
        return None
