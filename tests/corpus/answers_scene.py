"""A story of a work group, and how one is written: who speaks, in which words, and what that confirms.

Nothing here knows how the program reads; the kinds of stories stand in `answers_yes` and `answers`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.corpus.answers_town import CONTENTS, PLACES, Home, Place, Text

YEAR = 2026
OTHERS_TOO, CHATTER = 0.4, 0.35
DASHES = ("- - - - - - - - - - - - - - -", "- - - - - - - - - - - - - - - -", "—————————")
Pair = tuple[str, str]
OTHER_ACCOUNT = "冒名："
"""Before a name: somebody else's account that shows it."""


@dataclass(frozen=True)
class Post:
    """A content arrives in the work group."""

    content: str


@dataclass(frozen=True)
class Said:
    """Somebody says something there. ``kind``: text, quote or group_note."""

    who: str
    text: str
    kind: str = "text"
    quoted: str = ""


@dataclass(frozen=True)
class Story:
    """``confirmed``: the (content, group) pairs that stand confirmed at the end; every other is untouched. ``unclear``:
    somebody may be asked what was meant, nothing more."""

    id: str
    kind: str
    place: Place
    steps: Sequence[Post | Said]
    confirmed: frozenset[Pair]
    numbers: bool
    unclear: bool = False

    @property
    def contents(self) -> list[str]:
        return [step.content for step in self.steps if isinstance(step, Post)]


class Words:
    """The wordings of one half, each list gone through in a shuffled order so that all of it is used."""

    def __init__(self, words: Mapping[str, Sequence[str]], rng: random.Random) -> None:
        self._words, self._rng = words, rng
        self._waiting: dict[tuple[str, bool], list[str]] = {}

    def pick(self, key: str, *, numbers: bool = True) -> str:
        waiting = self._waiting.setdefault((key, numbers), [])
        if not waiting:
            waiting += [word for word in self._words[key] if numbers or "{no}" not in word]
            self._rng.shuffle(waiting)
        return waiting.pop()


@dataclass
class Scene:
    """A story that is being written."""

    rng: random.Random
    words: Words
    numbers: bool
    place: Place = field(default_factory=lambda: PLACES[0])
    steps: list[Post | Said] = field(default_factory=list)
    confirmed: set[Pair] = field(default_factory=set)
    unclear: bool = False

    # ── who, and what is posted ─────────────────────────────────────────────────────────────────────────

    def somebody(self, fits: Callable[[Place, str], bool] = lambda place, worker: True) -> str:
        """Choose the place and a worker of it who answers for groups as ``fits`` wants it."""
        self.place, worker = self.rng.choice([(p, w) for p in PLACES for w in p.workers if fits(p, w)])
        return worker

    def another(self, *without: str) -> str | None:
        others = [worker for worker in self.place.workers if worker not in without]
        return self.rng.choice(others) if others else None

    def post(self, count: int = 1) -> list[Text]:
        """Contents arrive, oldest first."""
        texts = self.rng.sample([t for t in CONTENTS if Post(t.id) not in self.steps], count)
        self.steps += [Post(text.id) for text in texts]
        return texts

    # ── what is said ────────────────────────────────────────────────────────────────────────────────────

    def say(self, who: str, text: str, kind: str = "text", quoted: str = "") -> None:
        self.steps.append(Said(who, text, kind, quoted))

    def word(self, key: str, me: str = "", **fill: str) -> str:
        """A wording of ``key`` with the worker's own words filled in."""
        homes = self.place.homes_of(me) if me else []
        given = {
            "me": me, "n": str(len(homes)), "head": self.place.head, "g": self.grid_called(me) if me else "", **fill,
        }  # fmt: skip
        return self.words.pick(key, numbers=self.numbers).format(**given)

    def answer(self, me: str, plain: bool = False) -> str:
        """A bare yes. ``plain``: not one that speaks of all (it could mean all contents)."""
        many = len(self.place.homes_of(me)) > 1
        return self.word("all" if many and not plain and self.rng.random() < 0.5 else "bare", me)

    def grid_called(self, worker: str) -> str:
        (first, *_) = self.place.grids_of(worker) or [self.place.grids[0]]
        return self.rng.choice(first.called)

    def named(self, homes: Sequence[Home], me: str) -> str:
        """The groups as their worker calls them, joined."""
        own = self.place.homes_of(me)

        def clear(shape: int) -> bool:
            return all(
                shape < len(h.short) and sum(h.short[shape] in other.short for other in own) == 1
                for h in homes
            )

        shapes = [shape for shape in range(4) if clear(shape)]
        if shapes and self.rng.random() < 0.75:
            shape = self.rng.choice(shapes)
            calls = [home.short[shape] for home in homes]
        else:
            shape = self.rng.randrange(min(len(home.full) for home in homes))
            calls = [home.full[shape] for home in homes]
        joint = self.words.pick("join")
        if not joint and not all(call.endswith("群") for call in calls):
            joint = "、"
        units = [re.fullmatch(r"(\d+)(群|组|号楼|网格)", call) for call in calls]
        if len(calls) > 1 and joint in ("、", "和") and all(units) and self.rng.random() < 0.35:
            return f"{joint.join(unit[1] for unit in units if unit)}{units[0][2] if units[0] else ''}"
        return joint.join(calls)

    def number(self, text: Text, *, bare: bool = False) -> str:
        """The content's number as people write it. ``bare``: “037” alone may do."""
        while True:
            form = self.words.pick("no_form").format(d3=f"{text.number:03d}", d=text.number, y=YEAR)
            if bare or form.endswith("号"):
                return form

    def about(self, text: Text, *, bare: bool = False) -> dict[str, str]:
        return {"no": self.number(text, bare=bare), "t": text.title, "p": self.rng.choice(text.parts)}

    def chatter(self) -> None:
        """Something that means nothing, now and then."""
        if self.rng.random() < CHATTER:
            who = self.rng.choice([*self.place.workers, self.place.head])
            self.say(who, self.words.pick("noise"))

    def others_too(self, text: Text, *without: str) -> None:
        """Now and then somebody else says a plain yes to what was posted last."""
        if self.rng.random() < OTHERS_TOO and (other := self.another(*without)):
            self.say(other, "已转发")
            self.yes(text, other)

    def quoting(self, quoted: str, by: str, answer: str, who: str) -> None:
        """A reply, in one of the two ways in which it arrives."""
        if self.rng.random() < 0.5:
            self.say(who, answer, "quote", quoted)
        else:
            self.say(who, f"「{by}：{quoted}」\n{self.rng.choice(DASHES)}\n{answer}")

    def note(
        self, who: str, head: str, lines: Sequence[str], numbers: Iterable[int] = (), kind: str | None = None
    ) -> None:
        """``who`` posts a #接龙."""
        dot = self.rng.choice((". ", "、", ".", ". "))
        counted = [f"{n}{dot}{line}" for n, line in zip(numbers or range(1, 99), lines, strict=False)]
        text = "\n".join(["#接龙", head, *self.rng.choice(([""], [])), *counted])
        self.say(who, text, kind or self.rng.choice(("group_note", "group_note", "text")))

    # ── what that means ─────────────────────────────────────────────────────────────────────────────────

    def yes(self, text: Text, who: str = "", homes: Sequence[Home] | None = None) -> None:
        self.confirmed |= {
            (text.id, home.name) for home in (self.place.homes_of(who) if homes is None else homes)
        }

    def no(self, text: Text, homes: Sequence[Home]) -> None:
        self.confirmed -= {(text.id, home.name) for home in homes}

    def some(self, homes: Sequence[Home], least: int = 1, leave: int = 1) -> tuple[list[Home], list[Home]]:
        """Some of ``homes`` in their order, and the rest."""
        count = self.rng.randint(least, max(least, len(homes) - leave))
        chosen = self.rng.sample(homes, min(count, len(homes)))
        return [h for h in homes if h in chosen], [h for h in homes if h not in chosen]


def groups(least: int, most: int = 99) -> Callable[[Place, str], bool]:
    return lambda place, worker: least <= len(place.homes_of(worker)) <= most


def two_grids(place: Place, worker: str) -> bool:
    return len(place.grids_of(worker)) > 1


def one_grid(place: Place, worker: str) -> bool:
    return len(place.grids_of(worker)) == 1


def given_name(worker: str) -> str:
    """What colleagues call somebody: 桂芳 for 周桂芳; a name of two characters in full."""
    return worker[1:] if len(worker) == 3 and not worker.startswith("欧阳") else worker
