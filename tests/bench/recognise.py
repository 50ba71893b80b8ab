"""How fast a message is recognised, beside comparing it with every content; and how long a picture takes.

The contents and messages are the corpus's (tests/corpus): contents of one template in dozens, as a town has them.
"""

from __future__ import annotations

import gc
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path

import imagehash
from PIL import Image
from rapidfuzz import fuzz, process

from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.recognise.links import without_urls
from bot.recognise.match import Recogniser
from bot.recognise.normalise import plain_and_numbers
from bot.recognise.pictures import Album
from bot.recognise.sketch import sketch
from tests.corpus import pictures as corpus_pictures
from tests.corpus import pictures_library, texts_others, texts_reposts
from tests.corpus.texts_library import Stock, stock

Row = tuple[str, str, str, str]
AT_LEAST = {50: 2.0, 500: 7.0, 5_000: 50.0}
"""Contents → how many times as fast as comparing with all of them (the issue)."""
AT_MOST = 4.0
"""What a message may cost with 5,000 contents, in what it costs with 50."""
PICTURE_MS = 20.0
"""What recognising a picture may take beside decoding it (the issue)."""
SEEN = 120
MESSAGES, PEER_MESSAGES = 1_000, {50: 1_000, 500: 400, 5_000: 60}
NOW = datetime(2026, 3, 12, tzinfo=UTC)


def texts(rounds: int = 9) -> list[Row]:
    """Messages a second with a library of 50, 500 and 5,000 contents, beside rapidfuzz over all of them."""
    home = stock(1, numbers=True)
    costs = {count: _texts(home, count, rounds) for count in AT_LEAST}
    rows: list[Row] = [
        (
            f"texts recognised, {count:,} contents",
            f"{1 / cost:,.0f}/s",
            f"rapidfuzz over all {1 / peer:,.0f}/s, at least {AT_LEAST[count]:g} ×",
            f"{peer / cost:.1f}",
        )
        for count, (cost, peer) in costs.items()
    ]
    flat = costs[5_000][0] / costs[50][0]
    most = f"with 50, limit {AT_MOST:g} ×"
    rows.append(("a text with 5,000 contents", f"{costs[5_000][0] * 1e6:.0f} µs", most, f"{flat:.2f}"))
    return rows


def _texts(home: Stock, count: int, rounds: int) -> tuple[float, float]:
    """Seconds a message: ours, and those of comparing it with every content."""
    contents = _contents(home, count)
    sees = Recogniser(contents)
    said = _messages(home, {content.id for content in contents})
    messages = [Message(str(n), "r", "w", NOW, MessageKind.TEXT, text) for n, text in enumerate(said)]
    bodies = [_plain(content.parts[0].text) for content in contents]
    few = said[: PEER_MESSAGES[count]]
    # In turns: the machine is not always as fast, and both have to have the same of it.
    each = [
        (_best(lambda: [sees.match(one) for one in messages], 1), _best(lambda: _cdist(few, bodies), 1))
        for _ in range(rounds)
    ]
    return min(ours for ours, _ in each) / len(messages), min(peer for _, peer in each) / len(few)


def pictures(folder: Path) -> list[Row]:
    """A picture looked at and looked for among 155, beside decoding it; and imagehash's phash of it."""
    items = pictures_library.write_library(folder / "library", 1, numbers=True, share=1.0)
    album = Album((item.id, sketch(item.path.read_bytes())) for item in items)
    files = [file.data for _, file, _ in islice(corpus_pictures.sample(items, 1), SEEN)]
    rows: list[Row] = []
    decoded = _best(lambda: [_decoded(data) for data in files], 3) / SEEN * 1000
    looked = _best(lambda: [album.find(sketch(data)) for data in files], 3) / SEEN * 1000
    hashed = _best(lambda: [imagehash.phash(_decoded(data)) for data in files], 3) / SEEN * 1000
    beside = looked - decoded
    rows.append(("a picture decoded", f"{decoded:.1f} ms", "", ""))
    rows.append(
        (
            f"a picture recognised among {len(items)}, beside that",
            f"{beside:.1f} ms",
            f"limit {PICTURE_MS:g} ms",
            f"{beside / PICTURE_MS:.2f}",
        )
    )
    phash = hashed - decoded
    rows.append(("imagehash's phash of it, beside that", f"{phash:.1f} ms", "", f"{beside / phash:.1f}"))
    return rows


def _decoded(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def _contents(home: Stock, count: int) -> list[Content]:
    """The first ``count`` contents of this town, then of others that use the same templates."""
    found: list[Content] = []
    seed = 1
    while len(found) < count:
        for piece in (home if seed == 1 else stock(seed, numbers=False)).pieces[: count - len(found)]:
            name = piece.id if seed == 1 else f"{seed}-{piece.id}"
            part = Part(PartKind.TEXT, main=True, text=piece.text)
            number = piece.number
            found.append(Content(ContentId(name), piece.title, (part,), name, Path(name), number))
        seed += 1
    return found


def _messages(home: Stock, library: set[ContentId]) -> list[str]:
    """Reposts of the library's contents in all kinds of change, and nine times as much talk, in a random order: a bot hears more talk still."""
    rng = random.Random(1)
    carried = [case for kind in texts_reposts.text_kinds(home, numbers=True) for case in _some(kind, rng)]
    reposts = [str(c.message["text"]) for c in carried if c.contents <= library]
    others = [
        str(c.message["text"])
        for kind in texts_others.talk_kinds(home, numbers=True)
        for c in _some(kind, rng)
        if c.message.get("text")
    ]
    chosen = [*rng.choices(reposts, k=MESSAGES // 10), *rng.choices(others, k=MESSAGES - MESSAGES // 10)]
    rng.shuffle(chosen)
    return chosen


def _some(kind: texts_reposts.Kind, rng: random.Random) -> list:
    return [case for _ in range(kind.count) if (case := kind.make(rng)) is not None]


def _plain(text: str) -> str:
    return plain_and_numbers(without_urls(text))[0]


def _cdist(said: Sequence[str], bodies: Sequence[str]) -> None:
    process.cdist([_plain(text) for text in said], bodies, scorer=fuzz.ratio)


def _best(work: Callable[[], object], rounds: int) -> float:
    """The shortest of some rounds, in seconds of the processor: what else runs on the machine counts less."""
    taken = []
    gc.collect()
    gc.disable()  # as timeit does
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    gc.enable()
    return min(taken)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        rows = [*texts(), *pictures(Path(scratch))]
    for what, figure, against, ratio in rows:
        print(f"{what:<50} {figure:>14} {against:>50} {ratio:>8}")
