"""Reposts of texts, as people make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.corpus.case import Case
from tests.corpus.held import changes
from tests.corpus.held.desk import Desk, repost, text
from tests.corpus.held.frames import AFTER, BEFORE, HEADERS, NOTICES, PARAPHRASES
from tests.corpus.held.office import Numbering
from tests.corpus.held.pieces import Piece
from tests.corpus.held.talk import CONFIRMATIONS, HISTORY_TALK, NAMES, ORDERS

_CHANGES = (
    ("traditional", changes.traditional, 70), ("width", changes.width, 60), ("emoji added", changes.with_emoji, 55),
    ("punctuation", changes.punctuation, 60), ("lines", changes.lines, 75), ("spaces", changes.spaces, 50),
    ("typos", changes.typos, 110), ("words exchanged", changes.words, 90), ("reordered", changes.reordered, 65),
)  # fmt: skip
_MILD = (
    changes.traditional,
    changes.width,
    changes.with_emoji,
    changes.punctuation,
    changes.lines,
    changes.typos,
    changes.words,
)
_TELLING = 0.55
"""A kept part must hold so much of what tells a text from its siblings, else nobody could say which it is."""


def text_reposts(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    yield from _as_it_is(desk, pieces)
    yield from _changed(desk, pieces)
    yield from _signed_otherwise(desk, pieces)
    yield from _parts(desk, pieces)
    yield from _several(desk, pieces)
    yield from _within(desk, pieces)
    yield from _histories(desk, pieces)
    yield from _quotes(desk, pieces)
    if desk.numbers:
        yield from _own_words(desk, pieces)


def _as_it_is(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    rng = desk.rng
    for piece in desk.around(pieces, 78):
        yield repost("text", "verbatim", text(piece.text), piece.id)
    for piece in desk.around(pieces, 90):
        yield repost(
            "text", "prefixed", text(rng.choice(BEFORE) + rng.choice(("\n", "", " ")) + piece.text), piece.id
        )
    for piece in desk.around(pieces, 70):
        yield repost(
            "text",
            "suffixed",
            text(piece.text + rng.choice(("\n", "\n\n", " ")) + rng.choice(AFTER)),
            piece.id,
        )
    for piece in desk.around(pieces, 70):
        said = f"{rng.choice(BEFORE)}\n{piece.text}\n{rng.choice(AFTER)}"
        yield repost("text", "prefixed and suffixed", text(said), piece.id)
    for piece in desk.around(pieces, 70):
        yield repost("text", "forward header", text(f"{rng.choice(HEADERS)}\n{piece.text}"), piece.id)


def _changed(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for name, change, full in _CHANGES:
        for piece in desk.around(pieces, full):
            yield repost("text", name, text(change(piece.text, desk.rng)), piece.id)
    dressed = [piece for piece in pieces if changes.without_emoji(piece.text, desk.rng) != piece.text]
    for piece in desk.around(dressed, 24):
        yield repost("text", "emoji removed", text(changes.without_emoji(piece.text, desk.rng)), piece.id)
    for piece in desk.around(pieces, 100):
        said = piece.text
        for change in desk.rng.sample(_MILD, desk.rng.randint(2, 3)):
            said = change(said, desk.rng)
        if desk.rng.random() < 0.5:
            said = f"{desk.rng.choice(BEFORE)}\n{said}"
        yield repost("text", "several changes", text(said), piece.id)


def _signed_otherwise(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    numbered = [piece for piece in pieces if piece.number]
    if numbered:
        for piece in desk.around(numbered, 60):
            yield repost("text", "number cut", text(piece.signed("")), piece.id)
        for piece in desk.around(numbered, 60):
            wrong = desk.rng.choice([p.number for p in numbered if p.id != piece.id])
            yield repost("text", "number wrong", text(piece.signed(wrong)), piece.id)
    for piece in desk.around(pieces, 78):
        yield repost("text", "signature cut", text(piece.body), piece.id)


def _parts(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for name, full in (("first part", 85), ("last part", 85), ("middle part", 75)):
        for piece in desk.around(pieces, full):
            kept = _kept(desk, piece, name)
            if kept:
                yield repost("text", name, text(kept), piece.id)


def _kept(desk: Desk, piece: Piece, which: str) -> str | None:
    """60 to 85 % of the text that still says which text it is; None if chance finds none."""
    for _ in range(20):
        spare = len(piece.text) - round(len(piece.text) * desk.rng.uniform(0.6, 0.85))
        start = {"first part": 0, "last part": spare}.get(
            which, desk.rng.randint(spare // 4, spare - spare // 4)
        )
        part = piece.text[start : start + len(piece.text) - spare]
        if piece.share_in(part) >= _TELLING:
            return part.strip()
    return None


def _several(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for name, number, full in (("two contents", 2, 75), ("three contents", 3, 45)):
        for _ in range(desk.count(full)):
            some = desk.rng.sample(pieces, number)
            between = desk.rng.choice(("\n\n", "\n----------\n", "\n\n另外一条：\n", "\n2、"))
            yield repost("text", name, text(between.join(p.text for p in some)), *(p.id for p in some))


def _within(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for piece in desk.around(pieces, 90):
        inner = piece.body if desk.rng.random() < 0.4 else piece.text
        said = desk.rng.choice(NOTICES).replace("{text}", inner)
        yield repost("text", "in a village notice", text(said), piece.id)


def _histories(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for _ in range(desk.count(80)):
        lines, some = _talk_with(desk, pieces)
        items = [
            {
                "type": "text",
                "text": said,
                "from": name,
                "at": f"2026-11-{10 + i // 4:02d}T0{i % 9}:1{i % 6}:00+08:00",
            }
            for i, (name, said) in enumerate(lines)
        ]
        told = {"type": "history", "title": "群聊的聊天记录", "items": items}
        yield repost("history", "items", told, *(piece.id for piece in some))
    for _ in range(desk.count(70)):
        lines, some = _talk_with(desk, pieces)
        words = "\n".join(f"{name}{desk.rng.choice((':', '：', ': '))}{said}" for name, said in lines)
        told = {"type": "history", "title": "群聊的聊天记录", "text": words}
        yield repost("history", "plain lines", told, *(piece.id for piece in some))


def _talk_with(desk: Desk, pieces: Sequence[Piece]) -> tuple[list[tuple[str, str]], list[Piece]]:
    """Who says what, one or two contents among it."""
    rng = desk.rng
    some = rng.sample(pieces, rng.choice((1, 1, 1, 2)))
    said = [desk.filled(rng.choice(HISTORY_TALK)) for _ in range(rng.randint(1, 6))]
    for piece in some:
        change = rng.choice((*_MILD, None, None, None))
        said.insert(rng.randint(0, len(said)), change(piece.text, rng) if change else piece.text)
    return [(rng.choice(NAMES), line) for line in said], some


def _quotes(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for piece in desk.around(pieces, 75):
        quoted = desk.filled(desk.rng.choice((*CONFIRMATIONS, *ORDERS)), title=piece.title)
        yield repost("text", "own words of a quote", desk.quote(piece.text, quoted), piece.id)


def _own_words(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for numbering, name, full in (
        (Numbering.OFFICE, "number and own words", 70),
        (Numbering.OWN, "own number and own words", 35),
    ):
        for piece in desk.around([p for p in pieces if p.template.numbering is numbering], full):
            said = desk.rng.choice(PARAPHRASES).format(number=piece.number, topic=piece.topic)
            yield repost("text", name, text(said), piece.id)
