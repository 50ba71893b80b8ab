"""How fast a message is recognised, beside comparing it with every content; and how long a picture takes.

The contents and messages are the corpus's (tests/corpus): contents of one template in dozens, as a town has them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.recognise.links import without_urls
from bot.recognise.match import Recogniser
from bot.recognise.normalise import plain_and_numbers
from tests.corpus import texts_others, texts_reposts
from tests.corpus.texts_library import Stock, stock

Row = tuple[str, str, str, str]
AT_LEAST = {50: 2.0, 500: 7.0, 5_000: 50.0}
"""Contents → how many times as fast as comparing with all of them (the issue)."""
AT_MOST = 4.0
"""What a message may cost with 5,000 contents, in what it costs with 50."""
MESSAGES, PEER_MESSAGES = 1_000, {50: 1_000, 500: 400, 5_000: 60}
NOW = datetime(2026, 3, 12, tzinfo=UTC)


def texts(rounds: int = 5) -> list[Row]:
    """Messages a second with a library of 50, 500 and 5,000 contents, beside rapidfuzz over all of them."""
    home = stock(1, numbers=True)
    rows: list[Row] = []
    cost: dict[int, float] = {}
    for count, at_least in AT_LEAST.items():
        contents = _contents(home, count)
        sees = Recogniser(contents)
        said = _messages(home, {content.id for content in contents})
        messages = [Message(str(n), "r", "w", NOW, MessageKind.TEXT, text) for n, text in enumerate(said)]
        cost[count] = _best(lambda: [sees.match(one) for one in messages], rounds) / len(messages)
        bodies = [_plain(content.parts[0].text) for content in contents]
        few = said[: PEER_MESSAGES[count]]
        peer = _best(lambda: _cdist(few, bodies), 3) / len(few)
        rows.append(
            (
                f"texts recognised, {count:,} contents",
                f"{1 / cost[count]:,.0f}/s",
                f"rapidfuzz over all {1 / peer:,.0f}/s, at least {at_least:g} ×",
                f"{peer / cost[count]:.1f}",
            )
        )
    flat = cost[5_000] / cost[50]
    rows.append(
        (
            "a text with 5,000 contents",
            f"{cost[5_000] * 1e6:.0f} µs",
            f"with 50, limit {AT_MOST:g} ×",
            f"{flat:.2f}",
        )
    )
    return rows


def _contents(home: Stock, count: int) -> list[Content]:
    """The first ``count`` contents of this town, then of others that use the same templates."""
    found: list[Content] = []
    seed = 1
    while len(found) < count:
        for piece in (home if seed == 1 else stock(seed, numbers=True)).pieces[: count - len(found)]:
            name = piece.id if seed == 1 else f"{seed}-{piece.id}"
            part = Part(PartKind.TEXT, main=True, text=piece.text)
            number = piece.number if seed == 1 else ""
            found.append(Content(ContentId(name), piece.title, (part,), name, Path(name), number))
        seed += 1
    return found


def _messages(home: Stock, library: set[ContentId]) -> list[str]:
    """Reposts of the library's contents in all kinds of change, and four times as much talk, in a random order."""
    rng = random.Random(1)
    carried = [case for kind in texts_reposts.text_kinds(home, numbers=True) for case in _some(kind, rng)]
    reposts = [str(c.message["text"]) for c in carried if c.contents <= library]
    others = [
        str(c.message["text"])
        for kind in texts_others.talk_kinds(home, numbers=True)
        for c in _some(kind, rng)
        if c.message.get("text")
    ]
    chosen = [*rng.choices(reposts, k=MESSAGES // 5), *rng.choices(others, k=MESSAGES - MESSAGES // 5)]
    rng.shuffle(chosen)
    return chosen


def _some(kind: texts_reposts.Kind, rng: random.Random) -> list:
    return [case for _ in range(kind.count) if (case := kind.make(rng)) is not None]


def _plain(text: str) -> str:
    return plain_and_numbers(without_urls(text))[0]


def _cdist(said: Sequence[str], bodies: Sequence[str]) -> None:
    process.cdist([_plain(text) for text in said], bodies, scorer=fuzz.ratio)


def _best(work: Callable[[], object], rounds: int) -> float:
    """The shortest of some rounds, in seconds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    for what, figure, against, ratio in texts():
        print(f"{what:<40} {figure:>14} {against:>50} {ratio:>8}")
