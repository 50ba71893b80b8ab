"""Files looked at: what the library's pictures and videos look like, each looked at once."""

from __future__ import annotations

from bot.model.content import Part
from bot.recognise.files import Looks, Unreadable, look_at


class Eyes:
    """Remembers what the files of a library look like, by their digest; a file that stays is not looked at again."""

    def __init__(self) -> None:
        self._seen: dict[str, Looks | None] = {}

    def look(self, part: Part) -> Looks | None:
        """As `bot.recognise.files.Look`: None where the file is gone or no picture."""
        if part.path is None or not part.sha256:
            return None
        if part.sha256 not in self._seen:
            try:
                with part.path.open("rb") as file:
                    self._seen[part.sha256] = look_at(file, part.kind.value)
            except (OSError, Unreadable):
                self._seen[part.sha256] = None
        return self._seen[part.sha256]
