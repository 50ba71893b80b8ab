"""The pictures of a library, as contents: known again however they were saved, cut, framed or photographed off a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from bot.model.content import ContentId, Part, PartKind
from bot.recognise.files import Look
from bot.recognise.verdict import Hit, How

if TYPE_CHECKING:
    from bot.recognise.pictures import Album
    from bot.recognise.sketch import Sketch


class Gallery:
    """``look`` is asked for every picture of the library when the first strange one is to be recognised."""

    def __init__(self, parts: Iterable[tuple[ContentId, Part]], look: Look) -> None:
        self._look = look
        self._parts: dict[str, list[tuple[ContentId, Part]]] = {}
        for content, part in parts:
            if part.kind is PartKind.IMAGE and part.sha256:
                self._parts.setdefault(part.sha256, []).append((content, part))

    @cached_property
    def _album(self) -> Album[str]:
        from bot.recognise.pictures import Album  # numpy: a room without pictures never pays for it

        looks = ((digest, self._look(known[0][1])) for digest, known in self._parts.items())
        return Album(
            (digest, seen.sketch) for digest, seen in looks if seen is not None and seen.sketch is not None
        )

    def find(self, sketch: Sketch) -> Iterator[tuple[Hit, bool]]:
        """Hits and whether they are sure, the likeliest first."""
        for seen in self._album.find(sketch):
            for content, part in self._parts[seen.key]:
                yield Hit(content, How.PICTURE, round(seen.score, 3), part.main), seen.sure
