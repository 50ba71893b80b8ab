"""A leader's question in chat, and the place that it is about. Pure. More commands and freer wording come with the
conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.tree import Node, Tree
from bot.recognise.normalise import fold


@dataclass(frozen=True, slots=True)
class Question:
    """How far a place has come, and what is missing there. ``place``: folded, or empty."""

    place: str


_QUESTION = re.compile(
    r"(?:@\S+\s+)?(?P<before>\S{0,30}?)\s*(?:覆盖率|未转发)\s*(?P<after>\S{0,30}?)\s*[?。!]?"
)


def read_question(text: str) -> Question | None:
    """“覆盖率”, “未转发 柳林村”, “@传达 柳林村覆盖率”: the whole message, nothing else in it. None for anything else."""
    found = _QUESTION.fullmatch(fold(text).strip())
    if found is None or (found["before"] and found["after"]):
        return None
    return Question(found["before"] or found["after"])


def place_asked(question: Question, tree: Tree, scope: Sequence[Node]) -> Node | None:
    """The node that is meant: the named one if it lies in ``scope``, without a name the first of ``scope``. None if there
    is no such place for this person."""
    if not question.place:
        return scope[0] if scope else None
    named = [n for n in tree.nodes if question.place in (fold(n.name), fold(n.path))]
    return next((n for n in named for top in scope if top.lo <= n.lo <= top.hi), None)
