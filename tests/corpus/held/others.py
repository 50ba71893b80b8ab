"""Messages that are no repost, though many sound, look or are built like one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from tests.corpus.case import Case
from tests.corpus.held import changes, talk
from tests.corpus.held.desk import Desk, other, text
from tests.corpus.held.frames import AFTER, BEFORE
from tests.corpus.held.pieces import Piece, unlisted

_TALK = (
    ("chat", talk.CHAT, 190), ("question", talk.QUESTIONS, 100), ("answer", talk.REPLIES, 90), ("joke", talk.JOKES, 45),
    ("story of one's own", talk.STORIES, 80), ("announcement", talk.ANNOUNCEMENTS, 80), ("confirmation", talk.CONFIRMATIONS, 90),
    ("another town's words", talk.OTHER_TOWN, 70), ("another department", talk.DEPARTMENTS, 90),
)  # fmt: skip
_OTHER_COUNTY = (
    ("云溪", "青石"),
    ("石桥乡", "马鞍乡"),
    ("柳林镇", "沙河镇"),
    ("三岔河镇", "双塔镇"),
    ("城关镇", "中和镇"),
    ("枫木镇", "竹园镇"),
)
_SMALL_SHARE, _SENTENCE = 0.2, 45
"""One sentence of a content, at most so long a part of it and so many signs, is a quotation and no repost."""


def text_others(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for change, patterns, full in _TALK:
        yield from _talk(desk, change, patterns, full)
    yield from _about_titles(desk, pieces)
    yield from _sentences(desk, pieces)
    yield from _replies(desk, pieces)
    yield from _near_ones(desk)
    yield from _histories(desk)
    yield from _notes(desk)


def _spoken(desk: Desk, change: str, full: int, make: Callable[[], str]) -> Iterator[Case]:
    for _ in range(desk.count(full)):
        said = desk.fresh(make)
        if said is not None:
            yield other("text", change, text(said))


def _talk(desk: Desk, change: str, patterns: Sequence[str], full: int) -> Iterator[Case]:
    yield from _spoken(desk, change, full, lambda: desk.filled(desk.rng.choice(patterns)))


def _about_titles(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    def title() -> str:
        return desk.rng.choice(pieces).title

    yield from _spoken(desk, "order", 90, lambda: desk.filled(desk.rng.choice(talk.ORDERS), title=title()))
    yield from _spoken(desk, "list of titles", 50, lambda: _list_of_titles(desk, pieces))
    yield from _spoken(desk, "circular", 60, lambda: _circular(desk, pieces))
    if desk.numbers:
        numbers = [piece.number for piece in pieces if piece.number]
        yield from _spoken(
            desk, "order with number", 40,
            lambda: desk.filled(desk.rng.choice(talk.NUMBER_ORDERS), number=desk.rng.choice(numbers)),
        )  # fmt: skip


def _list_of_titles(desk: Desk, pieces: Sequence[Piece]) -> str:
    head = desk.rng.choice(
        (
            "本周要发的内容：",
            "十一月宣传目录",
            "还没有转的有：",
            "下面这些已经审完，等着排期：",
            "资料清单（发前核对）：",
        )
    )
    some = desk.rng.sample(pieces, desk.rng.randint(3, 8))
    return "\n".join((head, *(f"{place}. {piece.title}" for place, piece in enumerate(some, start=1))))


def _circular(desk: Desk, pieces: Sequence[Piece]) -> str:
    """Last day's or week's figures of a content."""
    rng = desk.rng
    title = rng.choice(pieces).title
    day = f"11月{rng.randint(1, 23)}日"
    share = rng.randint(55, 99)
    return rng.choice((
        f"【通报】{day}《{title}》应转{rng.randint(80, 300)}个群，已转{share}%。未转的：大坪村{rng.randint(1, 5)}个、麻园乡{rng.randint(1, 9)}个。",
        f"关于{day}转发情况的通报\n各村（社区）：{title}一条，全县覆盖率{share}%。较好的有石桥乡、柳林镇；较差的有白岩镇。请补转。\n云溪县反诈中心",
        f"{day}转发进度\n{title}：{share}%\n排名不分先后，没转的今天补上，有困难的说一声。",
        f"周通报：共发{rng.randint(3, 9)}条，覆盖率{share}%，其中《{title}》最低。原因：机器人掉线{rng.randint(1, 4)}次、两个群解散。",
    ))  # fmt: skip


def _sentences(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    for piece in desk.around(pieces, 110):
        sentences = [
            s
            for s in re.findall(r"[^。！？；\n]{8,}[。！？；]?", piece.body)
            if len(s) <= _SMALL_SHARE * len(piece.text)
        ]
        if not sentences:
            continue
        own = desk.filled(desk.rng.choice(talk.OWN_WORDS))
        yield other("text", "one sentence quoted", text(f"“{desk.rng.choice(sentences).strip()}”{own}"))


def _replies(desk: Desk, pieces: Sequence[Piece]) -> Iterator[Case]:
    answers = (*talk.CONFIRMATIONS, *talk.QUESTIONS, *talk.STORIES, *talk.REPLIES)
    for piece in desk.around(pieces, 110):
        yield other(
            "text", "reply to a content", desk.quote(desk.filled(desk.rng.choice(answers)), piece.text)
        )


def _near_ones(desk: Desk) -> Iterator[Case]:
    """The same wording with other matter: another county's, this office's of last year."""
    for piece in islice(unlisted(desk.rng, numbers=desk.numbers), desk.count(78)):
        said = _dressed(desk, piece.text)
        for ours, theirs in _OTHER_COUNTY:
            said = said.replace(ours, theirs)
        yield other("text", "same template", text(said))
    for piece in islice(unlisted(desk.rng, numbers=desk.numbers, year=2025), desk.count(78)):
        yield other("text", "last year's edition", text(_dressed(desk, piece.text.replace("2026", "2025"))))


def _dressed(desk: Desk, said: str) -> str:
    how = desk.rng.randrange(5)
    if how == 0:
        return f"{desk.rng.choice(BEFORE)}\n{said}"
    if how == 1:
        return f"{said}\n{desk.rng.choice(AFTER)}"
    if how == 2:
        return changes.lines(said, desk.rng)
    return changes.punctuation(said, desk.rng) if how == 3 else said


def _histories(desk: Desk) -> Iterator[Case]:
    patterns = (*talk.HISTORY_TALK, *talk.CHAT, *talk.STORIES)
    for turn in range(desk.count(70)):
        said = [desk.filled(desk.rng.choice(patterns)) for _ in range(desk.rng.randint(3, 14))]
        names = [desk.rng.choice(talk.NAMES) for _ in said]
        told: dict[str, object] = {"type": "history", "title": "群聊的聊天记录"}
        if turn % 2:
            told["items"] = [{"type": "text", "text": s, "from": n} for n, s in zip(names, said, strict=True)]
        else:
            told["text"] = "\n".join(f"{n}：{s}" for n, s in zip(names, said, strict=True))
        yield other("history", "chat", told)


def _notes(desk: Desk) -> Iterator[Case]:
    heads = (
        "反诈夜校报名",
        "接种疫苗统计",
        "{when}团购{thing}",
        "核桃苗领取",
        "志愿者报名，{place}集合",
        "反诈内容转发登记",
        "坝坝宴帮厨",
    )
    for turn in range(desk.count(60)):
        people = desk.rng.sample(talk.SLOTS["person"], desk.rng.randint(2, 9))
        ends = ("", "", " 已转", " 2份", " 一家三口", " {count}个群")
        rows = [f"{n}. {who}{desk.filled(desk.rng.choice(ends))}" for n, who in enumerate(people, start=1)]
        said = "\n".join(("#接龙", desk.filled(desk.rng.choice(heads)), "", *rows))
        yield other("text", "join-in list", {"type": "group_note" if turn % 2 else "text", "text": said})
    for _ in range(desk.count(25)):
        yield other("text", "sticker", {"type": "sticker", "text": desk.rng.choice(talk.STICKERS)})
