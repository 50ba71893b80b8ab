"""The held-out corpus of texts, links, files, videos, cards and histories."""

from __future__ import annotations

import random
from pathlib import Path

from tests.corpus.case import LIBRARY, Case
from tests.corpus.held.desk import Desk
from tests.corpus.held.media_others import media_others
from tests.corpus.held.media_reposts import media_reposts
from tests.corpus.held.others import text_others
from tests.corpus.held.pieces import listed, write_media, write_pieces
from tests.corpus.held.reposts import text_reposts


def build(out: Path, seed: int, *, numbers: bool = True, share: float = 1.0) -> list[Case]:
    """Write the library and the files below ``out``; the messages. ``share``: how much of the full number of them."""
    desk = Desk(out, random.Random(seed), numbers, share)
    pieces = listed(numbers=numbers)
    write_pieces(out / LIBRARY, pieces)
    write_media(out / LIBRARY, random.Random(seed + 1), numbers=numbers)
    return [
        *text_reposts(desk, pieces),
        *media_reposts(desk),
        *text_others(desk, pieces),
        *media_others(desk),
    ]
