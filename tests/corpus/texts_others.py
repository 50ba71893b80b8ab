"""Messages that carry no content: talk about contents, what the office says, texts of others, everyday chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.corpus import texts_talk as talk
from tests.corpus.case import Case
from tests.corpus.texts_library import YEAR, Piece, Stock, draft
from tests.corpus.texts_reposts import Kind, business, case, chat_item, chatter
from tests.corpus.texts_scams import SCAMS
from tests.corpus.texts_slots import OTHERS, OWN, Place, slots
from tests.corpus.texts_templates import TEMPLATES, Template
from tests.corpus.texts_towns import (
    DEPARTMENT_LAYOUTS,
    DEPARTMENTS,
    ELSEWHERE,
    ELSEWHERE_ENDS,
    ELSEWHERE_HEADS,
    ELSEWHERE_TURNS,
)
from tests.corpus.texts_words import spin

QUOTED_AT_MOST = 0.2
"""The share of a content that one quoted sentence may be."""
TOUCHED_AT_MOST = 0.3
"""The share of any content's wording that may stand in talk about it."""
OTHERS_AT_MOST = 0.72
"""The share of any content's wording that may stand in another content on its template."""
_DASHES = "- - - - - - - - - - - - - - -"


def talk_kinds(stock: Stock, *, numbers: bool) -> Iterator[Kind]:
    """Everyday chat, and what people and the office say about contents."""
    yield Kind("chatter", 760, lambda rng: _said("chatter", spin(rng, rng.choice(talk.CHATTER))))
    yield Kind("own story", 140, lambda rng: _story(rng, stock))
    yield Kind("long talk", 140, lambda rng: _said("long talk", spin(rng, rng.choice(talk.LONG_TALK))))
    yield Kind("question", 240, lambda rng: _question(rng, stock))
    yield Kind(
        "question with quote",
        160,
        lambda rng: _with_sentence(rng, stock, "question with quote", talk.QUOTING_QUESTIONS),
    )
    yield Kind("answer", 160, lambda rng: _answer(rng, stock))
    yield Kind("joke", 130, lambda rng: _joke(rng, stock))
    yield Kind("sentence quoted", 300, lambda rng: _with_sentence(rng, stock, "sentence quoted", _COMMENTS))
    yield Kind("announcement", 280, lambda rng: _office(rng, stock, "announcement", talk.OFFICE, numbers))
    yield Kind("list of titles", 120, lambda rng: _titles(rng, stock, numbers))
    yield Kind("circular", 120, lambda rng: _office(rng, stock, "circular", talk.CIRCULARS, numbers))
    yield Kind("confirmation", 240, lambda rng: _office(rng, stock, "confirmation", talk.CONFIRMED, numbers))
    yield Kind("group note", 140, lambda rng: _note(rng, stock, numbers))
    yield Kind("other group note", 120, lambda rng: _other_note(rng))
    yield Kind("notice", 160, lambda rng: _plain_notice(rng))
    yield Kind("reply", 220, lambda rng: _reply(rng, stock))
    yield Kind("reply as text", 160, lambda rng: _reply_as_text(rng, stock))
    yield Kind(
        "short", 160, lambda rng: _said("short", rng.choice(talk.SHORT) + rng.choice(talk.SHORT_TAILS))
    )
    yield Kind("audio", 30, lambda rng: _sound(rng, "audio"))
    yield Kind("sticker", 30, lambda rng: _sound(rng, "sticker"))


def text_kinds(stock: Stock, *, numbers: bool) -> Iterator[Kind]:
    """Publicity that is not in the library."""
    yield Kind("other town", 200, lambda rng: _elsewhere(rng, numbers))
    yield Kind(
        "other town, same template", 300, lambda rng: _alike(rng, stock, "other town, same template", numbers)
    )
    yield Kind("last year", 300, lambda rng: _alike(rng, stock, "last year", numbers))
    yield Kind("other department", 300, _department)


def history_kinds(stock: Stock, *, numbers: bool) -> Iterator[Kind]:
    """Merged histories without a content."""
    yield Kind("chatter in items", 140, lambda rng: _items(rng, stock, numbers))
    yield Kind("others' text in items", 100, lambda rng: _others_in_items(rng, stock, numbers))
    yield Kind("chatter in lines", 100, lambda rng: _lines(rng, stock, numbers))


def _said(change: str, text: str) -> Case:
    return case("text", change, {"type": "text", "text": text})


def _scam_words(rng: Random, piece: Piece) -> dict[str, str]:
    scam = piece.scam
    return {
        "name": scam.name,
        "ask": rng.choice(scam.asks),
        "gist": rng.choice(scam.gists),
        "say": rng.choice(scam.says),
    }


def _spun(rng: Random, stock: Stock, change: str, lines: tuple[str, ...], **more: str) -> Case | None:
    text = spin(rng, rng.choice(lines), **more)
    return _said(change, text) if stock.truth.strange(text, TOUCHED_AT_MOST) else None


def _story(rng: Random, stock: Stock) -> Case | None:
    scam = rng.choice(SCAMS)
    return _spun(rng, stock, "own story", talk.STORIES, name_of=scam.name, say=rng.choice(scam.says))


def _question(rng: Random, stock: Stock) -> Case | None:
    words = _scam_words(rng, rng.choice(stock.pieces))
    return _spun(rng, stock, "question", talk.QUESTIONS, **words)


def _answer(rng: Random, stock: Stock) -> Case | None:
    words = _scam_words(rng, rng.choice(stock.pieces))
    del words["name"]
    return _spun(rng, stock, "answer", talk.ANSWERS, **words)


def _joke(rng: Random, stock: Stock) -> Case | None:
    return _spun(rng, stock, "joke", talk.JOKES, **_scam_words(rng, rng.choice(stock.pieces)))


_COMMENTS = (
    "“{sentence}”{，说到我心坎里了|，这句最要紧|，记下了|，打印出来贴墙上}{face}",
    "{kin}就是没听“{sentence}”这句话，{上个月白扔了一笔|差点出事|现在后悔得不行}",
    "大家记住一句就行：{sentence}{。|！|，别的回头再看}",
    "刚念给{kin}听，别的没记住，就记住了“{sentence}”{face}",
    "{sentence}——{这话应该刷到墙上|咱村{name}就是例子|谁写的，写得好}",
)


def sentences(piece: Piece) -> list[str]:
    """Sentences of a content that are at most `QUOTED_AT_MOST` of it and still say something."""
    limit = QUOTED_AT_MOST * len(piece.text)
    found = (
        sentence.strip(" 　“”：:")
        for sentence in re.split(r"[\n。；！？]|第.步，|[①②③]|[一二三]、", piece.text)
    )
    return [
        sentence
        for sentence in found
        if 9 <= len(sentence) <= limit and "反诈宣" not in sentence and OWN.town not in sentence
    ]


def _with_sentence(rng: Random, stock: Stock, change: str, lines: tuple[str, ...]) -> Case | None:
    quotable = sentences(rng.choice([piece for piece in stock.pieces if piece.text]))
    return _spun(rng, stock, change, lines, sentence=rng.choice(quotable)) if quotable else None


def which(rng: Random, piece: Piece, numbers: bool) -> str:
    """How the office and grid workers name a content."""
    titled = f"《{piece.title}》"
    if not numbers or not piece.number:
        return titled
    serial = piece.number.split("〕")[1]
    return rng.choice(
        (piece.number, piece.number, serial, f"{int(serial[:-1])}号", titled, f"{piece.number}{titled}")
    )


def _nameable(rng: Random, stock: Stock) -> Piece:
    """A content whose title is a small part of it."""
    return rng.choice([piece for piece in stock.pieces if len(piece.text) >= 90])


def _office(rng: Random, stock: Stock, change: str, lines: tuple[str, ...], numbers: bool) -> Case | None:
    return _spun(rng, stock, change, lines, which=which(rng, _nameable(rng, stock), numbers))


def _titles(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    named = {piece.id: piece for piece in (_nameable(rng, stock) for _ in range(rng.randint(2, 6)))}
    lines = [spin(rng, rng.choice(talk.LIST_HEADS))]
    for n, piece in enumerate(named.values(), start=1):
        number = f"{piece.number} " if numbers and piece.number and rng.random() < 0.7 else ""
        lines.append(f"{n}. {number}{rng.choice((piece.title, f'《{piece.title}》'))}")
    lines.append(spin(rng, rng.choice(talk.LIST_TAILS)))
    text = "\n".join(lines).strip()
    return _said("list of titles", text) if stock.truth.strange(text, TOUCHED_AT_MOST) else None


def _note(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    head = spin(rng, rng.choice(talk.NOTE_HEADS), which=which(rng, _nameable(rng, stock), numbers))
    return _listed(rng, "group note", head, rng.choice(talk.NOTE_LINES))


def _other_note(rng: Random) -> Case | None:
    head, line = rng.choice(talk.OTHER_NOTES)
    return _listed(rng, "other group note", spin(rng, head), line)


def _listed(rng: Random, change: str, head: str, line: str) -> Case:
    people = [f"{n}. {spin(rng, line)}" for n in range(1, rng.randint(2, 16))]
    text = "\n".join(("#接龙", head, "", *people))
    return case("text", change, {"type": rng.choice(("text", "group_note")), "text": text})


def _plain_notice(rng: Random) -> Case | None:
    items = [f"{n}、{item}" for n, item in enumerate(business(rng, rng.randint(2, 6)), start=1)]
    return _said(
        "notice", "\n".join((spin(rng, "{village}通知（{day}）"), *items, spin(rng, "{village}村委会")))
    )


def _own_words(rng: Random, stock: Stock) -> str | None:
    text = spin(rng, rng.choice(talk.REPLIES))
    return text if stock.truth.strange(text, TOUCHED_AT_MOST) else None


def _reply(rng: Random, stock: Stock) -> Case | None:
    piece = rng.choice(stock.pieces)
    reply = _own_words(rng, stock)
    message = {"type": "quote", "text": reply, "quoted": piece.text or piece.title}
    return case("text", "reply", message) if reply else None


def _reply_as_text(rng: Random, stock: Stock) -> Case | None:
    piece = rng.choice(stock.pieces)
    reply = _own_words(rng, stock)
    quoted = piece.text or f"[链接]{piece.title}"
    name = spin(rng, "{{name}|清河镇反诈办|{grid}{name}}")
    return _said("reply as text", f"「{name}：{quoted}」\n{_DASHES}\n{reply}") if reply else None


def _sound(rng: Random, kind: str) -> Case:
    shown = {"audio": "[语音] {n}秒", "sticker": "[{动画表情|表情}]{face}{n}"}[kind]
    return case("text", kind, {"type": kind, "text": spin(rng, shown)})


# --- Publicity that is not ours ---


def _number(rng: Random, place: Place, year: int, numbers: bool) -> str:
    """A number that no content has: another town's, another year's."""
    return place.form.format(year=year, serial=rng.randint(1, 99)) if numbers else ""


def _elsewhere(rng: Random, numbers: bool) -> Case | None:
    place = rng.choice(OTHERS)
    name, told = rng.choice(list(ELSEWHERE.items()))
    scam = next(scam for scam in SCAMS if scam.name == name)
    words = slots(rng, place, (scam, *rng.sample(SCAMS, 2)), _number(rng, place, YEAR, numbers), YEAR)
    words["surname"] = spin(rng, "{王|李|张|赵|孙|周}")
    turns = rng.sample(ELSEWHERE_TURNS, rng.randint(1, 3))
    lines = (rng.choice(ELSEWHERE_HEADS), f"{told}。", "".join(turns), rng.choice(ELSEWHERE_ENDS))
    text = "\n".join(line.format_map(words) for line in lines)
    return _said("other town", text.replace("（）", "").strip())


def another(rng: Random, stock: Stock, place: Place, numbers: bool) -> tuple[str, str] | None:
    """Title and text of what is not in the library, on one of its templates: of ``place`` this year, our own last year's.

    None if too much of a content would stand in it.
    """
    template: Template = rng.choice(TEMPLATES)
    year = YEAR - 1 if place is OWN else YEAR
    number = _number(rng, place, year, numbers)
    told = draft(rng, template, rng.choice(stock.unused[template.key]), place, number, year)
    if not stock.truth.strange(told.text, OTHERS_AT_MOST, OTHERS_AT_MOST):
        return None
    return told.title, told.text


def _alike(rng: Random, stock: Stock, change: str, numbers: bool) -> Case | None:
    told = another(rng, stock, OWN if change == "last year" else rng.choice(OTHERS), numbers)
    if told is None:
        return None
    opener = f"{spin(rng, rng.choice(talk.OPENERS))}\n" if rng.random() < 0.25 else ""
    return _said(change, opener + told[1])


def _department(rng: Random) -> Case | None:
    department = rng.choice(DEPARTMENTS)
    title, points, rule = rng.choice(department.topics)
    words = slots(rng, OWN, rng.sample(SCAMS, 3), "", YEAR)
    chosen = rng.sample(points, 4)
    words |= {f"p{n}": point for n, point in enumerate(chosen, start=1)}
    words |= {"name": department.name, "title": title, "rule": rule}
    words["office"] = department.office.format_map(words)
    words["phone"] = department.phone.format_map(words)
    words["number"] = department.form.format(year=YEAR, serial=rng.randint(1, 99))
    return _said("other department", rng.choice(DEPARTMENT_LAYOUTS).format_map(words))


# --- Histories ---


def _about(rng: Random, stock: Stock, numbers: bool) -> str:
    """A line about contents as it stands among chatter."""
    lines = rng.choice((talk.OFFICE, talk.CONFIRMED, talk.REPLIES))
    return spin(rng, rng.choice(lines), which=which(rng, _nameable(rng, stock), numbers))


def _items(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    items: list[Any] = chatter(rng, rng.randint(2, 10))
    if rng.random() < 0.5:
        items.append(chat_item(rng, {"type": "text", "text": _about(rng, stock, numbers)}))
    message = {"type": "history", "title": "群聊的聊天记录", "items": items}
    return case("history", "chatter in items", message)


def _others_in_items(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    told = another(rng, stock, rng.choice((OWN, *OTHERS)), numbers)
    if told is None:
        return None
    items: list[Any] = chatter(rng, rng.randint(1, 6))
    items.insert(rng.randint(0, len(items)), chat_item(rng, {"type": "text", "text": told[1]}))
    return case(
        "history", "others' text in items", {"type": "history", "title": "群聊的聊天记录", "items": items}
    )


def _lines(rng: Random, stock: Stock, numbers: bool) -> Case | None:
    said = [spin(rng, rng.choice(talk.CHATTER)) for _ in range(rng.randint(2, 8))]
    if rng.random() < 0.5:
        said.insert(rng.randrange(len(said)), _about(rng, stock, numbers))
    text = "\n".join(f"{spin(rng, '{name}')}: {line}" for line in said)
    return case("history", "chatter in lines", {"type": "history", "title": "群聊的聊天记录", "text": text})
