"""Messages that carry contents: texts, and texts among other things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.corpus import texts_changes as changes
from tests.corpus.case import Case
from tests.corpus.texts_library import Piece, Stock
from tests.corpus.texts_talk import BUSINESS, CHATTER, OPENERS, REPLIES
from tests.corpus.texts_words import spin

Message = Mapping[str, Any]
Make = Callable[[Random], Case | None]
"""One more case of a kind; None if chance brought nothing that fits."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message and how many of it there are at share 1."""

    name: str
    count: int
    make: Make


def text_kinds(stock: Stock, *, numbers: bool) -> Iterator[Kind]:
    """Every kind of repost whose message is a text or a quote."""
    texts = stock.of("text")
    for name, count, change in (
        ("verbatim", 200, changes.same),
        ("prefixed", 280, changes.prefixed),
        ("wrapped", 280, changes.wrapped),
        ("forwarded", 180, changes.forwarded),
        ("traditional", 200, changes.traditional),
        ("widths", 160, changes.widths),
        ("emoji", 160, changes.emoji),
        ("punctuation", 160, changes.punctuation),
        ("unpunctuated", 160, changes.unpunctuated),
        ("spaced", 140, changes.spaced),
        ("joined", 160, changes.joined),
        ("broken", 160, changes.broken),
        ("unnumbered", 160, changes.unnumbered),
        ("unsigned", 160, changes.unsigned),
        ("first part", 240, changes.first_part),
        ("last part", 240, changes.last_part),
        ("middle", 180, changes.middle),
        ("typos", 240, changes.typos),
        ("wording", 220, changes.wording),
        ("reordered", 160, changes.reordered),
        ("several changes", 280, changes.several),
    ):
        if numbers or change is not changes.unnumbered:
            yield Kind(name, count, _changed(stock, texts, name, change))
    if numbers:
        numbered = [piece for piece in texts if piece.number]
        yield Kind("wrong number", 160, lambda rng: _wrong_number(rng, stock, numbered))
        yield Kind("number and gist", 160, lambda rng: _gist(rng, stock))
    yield Kind("two contents", 160, lambda rng: _several(rng, stock, rng.sample(texts, 2), "two contents"))
    yield Kind("two of a template", 120, lambda rng: _two_alike(rng, stock, texts))
    yield Kind(
        "three contents", 100, lambda rng: _several(rng, stock, rng.sample(texts, 3), "three contents")
    )
    yield Kind("in a notice", 240, lambda rng: _notice(rng, stock, rng.choice(texts)))
    yield Kind("quoting", 100, lambda rng: _quoting(rng, rng.choice(texts)))


def _changed(stock: Stock, texts: list[Piece], name: str, change: changes.Change) -> Make:
    cut = change in (changes.first_part, changes.last_part, changes.middle)

    def make(rng: Random) -> Case | None:
        piece = rng.choice(texts)
        text = change(rng, piece.text, piece)
        if text is None or (change is not changes.same and text == piece.text):
            return None
        if cut and not stock.truth.clearly(text, piece.id):
            return None
        return case("text", name, {"type": "text", "text": text}, piece)

    return make


def case(family: str, change: str, message: Message, *pieces: Piece) -> Case:
    """A message that carries ``pieces``; none: no repost."""
    return Case(family, change, message, frozenset(piece.id for piece in pieces))


def _wrong_number(rng: Random, stock: Stock, numbered: list[Piece]) -> Case | None:
    piece, other = rng.sample(numbered, 2)
    text = piece.text.replace(piece.number, other.number)
    if rng.random() < 0.4:
        text = changes.prefixed(rng, text, piece) or text
    return case("text", "wrong number", {"type": "text", "text": text}, piece)


GISTS = (
    "{number}：{gist}。",
    "{gist}（{number}）",
    "各位乡亲，{gist}。{number}",
    "{number}讲的就是：{gist}，大家都看看。",
    "【{number}】{name}：{gist}，请互相转告。",
    "{grid}提醒：{gist}。{number}",
)


def _gist(rng: Random, stock: Stock) -> Case | None:
    piece = rng.choice([piece for piece in stock.pieces if piece.number])
    number = piece.number
    if rng.random() < 0.3:
        begin, end = rng.choice(("[]", "()", "（）", "【】"))
        number = number.replace("〔", begin).replace("〕", end)
    gist = rng.choice(piece.scam.gists)
    text = spin(rng, rng.choice(GISTS), number=number, gist=gist, name=piece.scam.name)
    return case("text", "number and gist", {"type": "text", "text": text}, piece)


def _several(rng: Random, stock: Stock, pieces: list[Piece], name: str) -> Case | None:
    between = rng.choice(("\n\n", "\n", "\n\n——————\n", "\n\n还有一条：\n", "\n2、", "\n\n（二）\n"))
    text = between.join(piece.text for piece in pieces)
    if rng.random() < 0.4:
        text = f"{spin(rng, rng.choice(OPENERS))}\n{text}"
    return case("text", name, {"type": "text", "text": text}, *pieces)


def _two_alike(rng: Random, stock: Stock, texts: list[Piece]) -> Case | None:
    piece = rng.choice(texts)
    alike = [other for other in texts if other.template is piece.template and other is not piece]
    return _several(rng, stock, [piece, rng.choice(alike)], "two of a template") if alike else None


def business(rng: Random, count: int) -> list[str]:
    """``count`` paragraphs of a village's notice about other things."""
    return [spin(rng, line) for line in rng.sample(BUSINESS, count)]


def _notice(rng: Random, stock: Stock, piece: Piece) -> Case | None:
    items = business(rng, rng.randint(2, 6))
    items.insert(rng.randint(0, len(items)), piece.text)
    if rng.random() < 0.6:
        items = [f"{n}{rng.choice('、.')}{item}" for n, item in enumerate(items, start=1)]
    head = spin(rng, "{village}{通知|一周事项|村务提醒|告全体村民}（{day}）\n各位村民：")
    text = "\n".join((head, *items, spin(rng, "{village}村民委员会\n{day}")))
    return case("text", "in a notice", {"type": "text", "text": text}, piece)


def _quoting(rng: Random, piece: Piece) -> Case | None:
    quoted = spin(rng, rng.choice(("{今天转哪条|原文再发一下|没看到}", *CHATTER[:8], *REPLIES[:3])))
    text = piece.text if rng.random() < 0.5 else changes.prefixed(rng, piece.text, piece) or piece.text
    return case("text", "quoting", {"type": "quote", "text": text, "quoted": quoted}, piece)


# --- Merged histories ---


def history_kinds(stock: Stock) -> Iterator[Kind]:
    """Histories with contents in them, as items and as lines of text."""
    yield Kind("items", 220, lambda rng: _items(rng, stock))
    yield Kind("items, changed", 120, lambda rng: _items(rng, stock, several=True))
    yield Kind("lines", 160, lambda rng: _lines(rng, stock))
    yield Kind("history in a history", 60, lambda rng: _nested(rng, stock))


def chat_item(rng: Random, message: Message) -> dict[str, Any]:
    """``message`` as an item of a merged history, said by somebody at some time."""
    at = f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T{rng.randint(7, 22):02d}:{rng.randint(0, 59):02d}:00+08:00"
    return {**message, "from": spin(rng, "{name}"), "at": at}


def chatter(rng: Random, count: int) -> list[dict[str, Any]]:
    """``count`` items of everyday talk, a few of them pictures' neighbours: stickers, voice."""
    said = [{"type": "text", "text": spin(rng, rng.choice(CHATTER))} for _ in range(count)]
    return [
        chat_item(rng, {"type": rng.choice(("sticker", "audio"))} if rng.random() < 0.08 else line)
        for line in said
    ]


def bearer(rng: Random, piece: Piece, *, changed: bool = False) -> Message:
    """A message that carries the text or card of ``piece``."""
    if piece.kind == "text":
        text = changes.several(rng, piece.text, piece) if changed else piece.text
        return {"type": "text", "text": text}
    if piece.kind == "channels":
        return {"type": "channels", "title": piece.card["title"], "description": piece.card["author"]}
    return {"type": piece.kind, **piece.card}


def _items(rng: Random, stock: Stock, *, several: bool = False) -> Case | None:
    kinds = ("text",) if several else ("text", "text", "text", "link", "mini_program", "channels")
    chosen = (rng.choice(stock.of(rng.choice(kinds))) for _ in range(rng.randint(1, 3)))
    told = list({piece.id: piece for piece in chosen}.values())
    items = chatter(rng, rng.randint(1, 9))
    for piece in told:
        items.insert(rng.randint(0, len(items)), chat_item(rng, bearer(rng, piece, changed=several)))
    message = {"type": "history", "title": "群聊的聊天记录", "items": items}
    return case("history", "items, changed" if several else "items", message, *told)


def _lines(rng: Random, stock: Stock) -> Case | None:
    pieces = rng.sample(stock.of("text"), rng.randint(1, 2))
    said = [spin(rng, rng.choice(CHATTER)) for _ in range(rng.randint(1, 6))]
    for piece in pieces:
        said.insert(rng.randint(0, len(said)), piece.text)
    mark = rng.choice((": ", "：", ":"))
    text = "\n".join(f"{spin(rng, '{name}')}{mark}{line}" for line in said)
    return case("history", "lines", {"type": "history", "title": "群聊的聊天记录", "text": text}, *pieces)


def _nested(rng: Random, stock: Stock) -> Case | None:
    piece = rng.choice(stock.of(rng.choice(("text", "text", "link"))))
    inner = [*chatter(rng, rng.randint(0, 3)), chat_item(rng, bearer(rng, piece))]
    folded = {"type": "history", "title": spin(rng, "{name}和{name}的聊天记录"), "items": inner}
    outer = [*chatter(rng, rng.randint(1, 4)), chat_item(rng, folded)]
    message = {"type": "history", "title": "群聊的聊天记录", "items": outer}
    return case("history", "history in a history", message, piece)
