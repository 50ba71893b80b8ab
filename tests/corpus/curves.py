"""What each threshold of text recognition is worth: recall and false accepts as it moves, everything else as it is.

``python -m tests.corpus curves texts`` prints them; docs/recognition.md keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from bot.cli.match import message_of
from bot.library.load import load_library
from bot.model.chat import Message
from bot.recognise import fitting, texts
from bot.recognise.match import Recogniser
from tests.corpus.case import EXPECTED, LIBRARY, MESSAGES
from tests.corpus.figures import Outcome, Tally

MOVED: Sequence[tuple[ModuleType, str, Sequence[float]]] = (
    (texts, "KEPT", (0.25, 0.4, 0.55, 0.65, 0.8)),
    (texts, "CHANGED", (0.02, 0.05, 0.10, 0.15, 0.25)),
    (texts, "MIN_KEYS", (0.05, 0.15, 0.3, 0.45)),
    (texts, "CLOSE", (0.25, 0.5, 0.75)),
    (fitting, "ASKED", (0.2, 0.3, 0.4)),
    (fitting, "HALF", (0.0, 0.25, 0.5, 0.6)),
    (fitting, "MOSTLY", (0.0, 0.5, 0.7, 0.8)),
    (fitting, "MANY_FIGURES", (0.1, 0.25, 0.5, 1.1)),
    (fitting, "MOST_CONTRADICTIONS", (0, 1, 5)),
)


def curves(folder: Path) -> Iterator[str]:
    """A line per value: of the texts, what is recalled, what is asked of reposts and of the others, what is wrong."""
    contents = list(load_library(folder / LIBRARY).contents.values())
    asked = [
        (message_of(json.loads(line)), told)
        for line, expected in zip(
            (folder / MESSAGES).read_text("utf-8").splitlines(),
            (folder / EXPECTED).read_text("utf-8").splitlines(),
            strict=True,
        )
        if (told := json.loads(expected))["family"] == "text"
    ]
    yield f"{'':<28}{'recall':>9}{'asked':>9}{'asked of others':>18}{'false':>9}"
    for module, name, values in MOVED:
        now = getattr(module, name)
        for value in values:
            setattr(module, name, value)
            reposts, others = _tallies(Recogniser(contents), asked)
            setattr(module, name, now)
            mark = " ←" if value == now else ""
            yield (
                f"{name} {value}{mark}".ljust(28)
                + f"{100 * reposts.right / reposts.count:>8.2f}%{100 * reposts.asked / reposts.count:>8.2f}%"
                + f"{100 * others.asked / others.count:>17.2f}%{100 * (others.wrong + reposts.wrong) / others.count:>8.2f}%"
            )


def _tallies(sees: Recogniser, asked: Sequence[tuple[Message, dict[str, object]]]) -> tuple[Tally, Tally]:
    reposts, others = Tally(), Tally()
    for message, told in asked:
        verdict, expected = sees.match(message), frozenset(told["contents"])  # type: ignore[call-overload]
        named = frozenset(hit.content for hit in verdict.hits)
        one = Outcome("", "text", "", expected, verdict.kind.value, named, frozenset()).tally
        (reposts if expected else others).add(one)
    return reposts, others
