"""A leader's question in chat: which, and about what. Pure. More commands and freer wording come with the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model.tree import Node, Tree
from bot.recognise.normalise import fold


class Asked(StrEnum):
    COVERAGE = "coverage"
    GAPS = "gaps"


@dataclass(frozen=True, slots=True)
class Question:
    """``place``: as it was written, or empty."""

    asked: Asked
    place: str


_WORDS = {"覆盖率": Asked.COVERAGE, "未转发": Asked.GAPS}
_QUESTION = re.compile(
    r"(?:@\S+\s+)?(?P<before>\S{0,20}?)\s*(?P<what>覆盖率|未转发)\s*(?P<after>\S{0,20}?)\s*[?。!]?"
)


def read_question(text: str) -> Question | None:
    """“覆盖率”, “覆盖率 柳林村”, “@传达 柳林村覆盖率”: the whole message, nothing else in it. None for anything else."""
    found = _QUESTION.fullmatch(fold(text).strip())
    if found is None or (found["before"] and found["after"]):
        return None
    return Question(_WORDS[found["what"]], found["before"] or found["after"])


def place_asked(question: Question, tree: Tree, scope: Sequence[Node]) -> Node | None:
    """The node that is meant: the named one if it lies in ``scope``, without a name the first of ``scope``. None if there
    is no such place for this person."""
    if not question.place:
        return scope[0] if scope else None
    named = [n for n in tree.nodes if question.place in (n.name, n.path)]
    return next((n for n in named for top in scope if top.lo <= n.lo <= top.hi), None)
