"""Stories of a work group: what was posted there, what people said, and exactly what that confirms.

`build` makes them from a seed: each kind is a small scene that picks a place, a worker and wordings, and writes down at
the same time what an honest, careful person would note. Where such a person could not tell, there is no story, or nothing
may be noted (``unclear``). `answers_run` plays the stories through the program.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from tests.corpus import (
    answers_blind,
    answers_dev,
    answers_fresh,
    answers_held,
    answers_later,
    answers_third,
)
from tests.corpus import answers_yes as yes
from tests.corpus.answers_scene import (
    OTHER_ACCOUNT,
    Pair,
    Post,
    Said,
    Scene,
    Story,
    Words,
    given_name,
    groups,
    one_grid,
    two_grids,
)
from tests.corpus.answers_town import CONTENTS

# ── nothing is confirmed ────────────────────────────────────────────────────────────────────────────────────


def nothing(s: Scene, key: str) -> None:
    """Somebody says what is no yes; ``key`` tells which."""
    me = s.somebody(groups(2))
    texts = s.post(s.rng.choice((1, 1, 2)))
    s.chatter()
    if s.rng.random() < 0.3 and (other := s.another(me)):
        s.say(other, "已转发")
        s.yes(texts[-1], other)
    speaker = s.place.head if key == "instruction" and s.rng.random() < 0.7 else me
    some, _ = s.some(s.place.homes_of(me))
    about = texts[-1]
    s.say(
        speaker,
        s.word(
            key, me, gs=s.named(some, me), b=s.another(me) or "小王", d=str(about.number), **s.about(about)
        ),
    )
    s.chatter()
    s.unclear = key == "unclear"


def not_another(s: Scene) -> None:
    """Somebody speaks of a colleague's groups, and says no yes."""
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    other = s.another(me) or me
    s.post()
    s.chatter()
    s.say(me, s.word("not_another", me, b=s.rng.choice((other, given_name(other)))))


def title_words(s: Scene) -> None:
    """Words of a title that is open, said of something else."""
    me = s.somebody()
    about, said = s.words.pick("title_other").split("|")
    s.steps.append(Post(about))
    s.post(s.rng.choice((0, 1)))
    s.chatter()
    s.say(me, said)


def wrong_count(s: Scene) -> None:
    """More or fewer groups than the worker has: nobody can tell which."""
    me = s.somebody(groups(3))
    s.post()
    have = len(s.place.homes_of(me))
    s.say(me, s.word("wrong_count", me, m=str(s.rng.choice((have - 1, have + 2)))))
    s.unclear = True


def impostor(s: Scene) -> None:
    """Somebody else calls himself as a worker whose account is known."""
    me = s.somebody(lambda place, worker: worker in place.known.split())
    s.post()
    s.say(f"{OTHER_ACCOUNT}{me}", s.answer(me))


def nobody(s: Scene) -> None:
    """Who answers for no group confirms nothing."""
    s.somebody()
    s.post()
    who = s.rng.choice(("外来的老王", "热心群众", s.place.head, "小店老板娘"))
    s.say(who, s.words.pick(s.rng.choice(("bare", "all"))).format(n=2))


def unknown_number(s: Scene) -> None:
    """A number that is not open there."""
    me = s.somebody()
    texts = s.post(s.rng.choice((1, 2)))
    other = s.rng.choice([text for text in CONTENTS if text not in texts])
    s.say(me, s.word("number", me, no=s.number(other, bare=False)))
    s.unclear = True


def unknown_title(s: Scene) -> None:
    """The title of a content that was not posted there."""
    me = s.somebody()
    texts = s.post(s.rng.choice((1, 2)))
    other = s.rng.choice([text for text in CONTENTS if text not in texts])
    s.say(me, s.word("title", me, **s.about(other)))
    s.unclear = True


def two_meanings(s: Scene) -> None:
    """A worker of two grids says “一群”, and has one in each."""
    me = s.somebody(lambda p, w: two_grids(p, w) and p.homes_of(w)[0].short[0] == "一群")
    s.post()
    s.say(me, s.word("groups", me, gs=s.rng.choice(("一群", "1群", "二群", "2群"))))
    s.unclear = True


def quoted_other(s: Scene) -> None:
    """A reply to something that has nothing to do with us."""
    me = s.somebody()
    s.post(s.rng.choice((1, 2)))
    said = s.word("quote_other")
    s.say(s.place.head, said)
    s.quoting(said, s.place.head, s.answer(me, plain=s.rng.random() < 0.6), me)


def quoted_yes(s: Scene) -> None:
    """A reply to somebody's yes, or to a delivery, that is none itself."""
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    other = s.another(me) or me
    (text,) = s.post()
    key = s.rng.choice(("ack", "question", "later", "negation"))
    fill = {"gs": s.named(s.place.homes_of(me)[:1], me), "b": other, **s.about(text)}
    if s.rng.random() < 0.5:
        s.say(other, "已转发")
        s.yes(text, other)
        s.quoting("已转发", other, s.word("ack", me, **fill), me)
    else:
        s.quoting(yes.shown(s, text), "传达", s.word(key, me, **fill), me)


def list_of_other(s: Scene) -> None:
    """A list about something else."""
    workers = yes.some_workers(s)
    s.post()
    lines = s.rng.choice((workers, [f"{w} 已转" for w in workers], [f"{w}✅" for w in workers]))
    head = s.word("list_other")
    if "转发" not in head:
        lines = workers
    s.note(workers[-1], head, lines)


def list_of_no(s: Scene) -> None:
    """A list in which nobody is done."""
    workers = [w for w in yes.some_workers(s) if one_grid(s.place, w)] or s.place.workers[:1]
    s.post()
    s.note(workers[0], s.word("list_head"), [s.word("list_no", w=w) for w in workers])


Kind = Callable[[Scene], None]
YES: Mapping[str, tuple[Kind, int]] = {
    "bare": (partial(yes.bare, key="bare"), 64),
    "all": (partial(yes.bare, key="all"), 44),
    "dressed": (partial(yes.bare, key="dressed"), 64),
    "last": (yes.bare_last, 44),
    "remaining": (yes.bare_remaining, 40),
    "the other": (yes.the_other, 16),
    "between": (yes.bare_between, 32),
    "deputy": (yes.deputy, 30),
    "groups": (yes.named_groups, 64),
    "groups of the last": (partial(yes.named_groups, count=2), 32),
    "step by step": (yes.step_by_step, 32),
    "a grid of two": (yes.one_of_two_grids, 32),
    "except": (partial(yes.excepted, key="except"), 40),
    "except not": (partial(yes.excepted, key="except_not"), 40),
    "partly": (yes.partly, 44),
    "corrected": (yes.corrected, 32),
    "task numbers": (yes.task_numbers, 24),
    "quoted text": (partial(yes.quoted, card=False), 60),
    "quoted card": (partial(yes.quoted, card=True), 40),
    "quoted, groups": (yes.quoted_groups, 40),
    "quoted person": (yes.quoted_person, 36),
    "quoted urge": (yes.quoted_urge, 40),
    "number": (yes.by_number, 60),
    "number, groups": (yes.by_number_groups, 36),
    "title": (partial(yes.by_title, key="title"), 40),
    "title, part": (partial(yes.by_title, key="title_part"), 44),
    "title, groups": (yes.by_title_groups, 32),
    "one, not the other": (yes.one_not_the_other, 32),
    "no to the new": (yes.no_to_the_new, 20),
    "both": (yes.both, 24),
    "both named": (yes.both_named, 32),
    "list": (yes.simple_list, 48),
    "list with no": (yes.list_with_no, 36),
    "list of one": (yes.list_of_one, 36),
    "list grows": (yes.growing_list, 40),
    "list of before": (yes.list_of_before, 32),
    "list edited": (yes.edited_list, 36),
    "list, groups": (yes.list_naming_groups, 36),
    "list for another": (yes.list_for_another, 36),
    "besides hearsay": (yes.besides_hearsay, 24),
    "together": (yes.together, 40),
    "for another": (yes.for_another, 44),
}
NO: Mapping[str, tuple[Kind, int]] = {
    "later": (partial(nothing, key="later"), 60),
    "question": (partial(nothing, key="question"), 52),
    "negation": (partial(nothing, key="negation"), 48),
    "transfer": (partial(nothing, key="transfer"), 60),
    "request": (partial(nothing, key="request"), 48),
    "other": (partial(nothing, key="other"), 52),
    "not another": (not_another, 36),
    "ack": (partial(nothing, key="ack"), 30),
    "instruction": (partial(nothing, key="instruction"), 36),
    "unclear": (partial(nothing, key="unclear"), 36),
    "nobody": (nobody, 28),
    "impostor": (impostor, 16),
    "wrong count": (wrong_count, 20),
    "number, other": (partial(nothing, key="number_other"), 32),
    "title, other": (title_words, 36),
    "unknown number": (unknown_number, 32),
    "unknown title": (unknown_title, 28),
    "two meanings": (two_meanings, 16),
    "quoted other": (quoted_other, 48),
    "quoted yes": (quoted_yes, 40),
    "list of other": (list_of_other, 36),
    "list of no": (list_of_no, 28),
}
NEED_NUMBERS = frozenset({"number", "number, groups", "unknown number", "number, other"})
ADDED = frozenset(
    {
        "besides hearsay",
        "wrong count",
        "one, not the other",
        "no to the new",
        "impostor",
        "number, other",
        "title, other",
    }
)
"""Kinds that came later: no wordings of theirs were kept back."""
HELD_SHARE = 0.4


WORDINGS = {
    "dev": answers_dev.WORDS, "held": answers_held.WORDS, "later": answers_later.WORDS, "blind": answers_blind.WORDS,
    "fresh": answers_fresh.WORDS, "third": answers_third.WORDS,
}  # fmt: skip


def build(seed: int, *, numbers: bool = True, wordings: str = "dev") -> list[Story]:
    """All stories. ``numbers``: contents carry one; ``wordings``: one of `WORDINGS`, by who wrote them and when (answers.md)."""
    return list(_stories(seed, WORDINGS[wordings], numbers=numbers, held=wordings != "dev"))


def _stories(
    seed: int, wordings: Mapping[str, Sequence[str]], *, numbers: bool, held: bool
) -> Iterator[Story]:
    words = Words(wordings, random.Random(f"{seed} {held} {numbers}"))
    for kind, (write, count) in {**YES, **NO}.items():
        if (kind in NEED_NUMBERS and not numbers) or (kind in ADDED and held):
            continue
        for place in range(round(count * HELD_SHARE) if held else count):
            scene = Scene(random.Random(f"{seed} {kind} {place} {held} {numbers}"), words, numbers)
            write(scene)
            yield Story(
                f"{kind} {place}", kind, scene.place, tuple(scene.steps), frozenset(scene.confirmed), numbers, scene.unclear
            )  # fmt: skip


__all__ = ["NO", "YES", "Pair", "Post", "Said", "Story", "build"]
