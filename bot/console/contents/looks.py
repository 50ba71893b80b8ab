"""How a content is drawn: as bubbles of a chat, and line by line beside what was approved; with the lint's words marked.

Values for the templates; nothing here asks the store or decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.approval.lint import Finding, Spot, lines_seen
from bot.approval.marks import span
from bot.approval.versions import Change, Line
from bot.model.content import Content, Part, PartKind

Marks = Mapping[Spot, Sequence[tuple[int, int, int]]]
"""Where on a line which finding (its number, from 1) stands: from, to, number."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters that are drawn alike. ``finding``: its number, 0 = none; ``ends``: the mark ends here; ``cut``: it
    was added, or taken away."""

    text: str
    finding: int = 0
    ends: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as it will look. ``picture``, ``thumbnail``: the hash under which the file is served; empty: there is none yet."""

    kind: str
    text: Sequence[Segment] = ()
    title: Sequence[Segment] = ()
    description: Sequence[Segment] = ()
    picture: str = ""
    thumbnail: str = ""
    name: str = ""
    size: str = ""
    main: bool = False
    announce: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the comparison: what it is, before, after; None where there is none."""

    where: str
    before: Sequence[Segment] | None
    after: Sequence[Segment] | None


def marks_of(content: Content, found: Sequence[Finding]) -> Marks:
    """Where the findings stand, each as far as it can be led back to the words that were written."""
    lines = {spot: line for spot, _, line in lines_seen(content)}
    lines |= {Spot(n, "url"): part.url for n, part in enumerate(content.parts) if part.kind is PartKind.LINK}
    marks: dict[Spot, list[tuple[int, int, int]]] = {}
    for number, finding in enumerate(found, 1):
        line = lines.get(finding.spot) if finding.spot else None
        where = span(line, finding.found) if line else None
        if finding.spot and where:
            marks.setdefault(finding.spot, []).append((*where, number))
    return marks


def segments(
    text: str, marks: Iterable[tuple[int, int, int]] = (), cuts: Iterable[tuple[int, int]] = ()
) -> list[Segment]:
    """``text`` in runs that are drawn alike; of findings that overlap the first is drawn."""
    marks, cuts = list(marks), list(cuts)
    edges = {0, len(text)} | {e for a, b, _ in marks for e in (a, b)} | {e for a, b in cuts for e in (a, b)}
    order = sorted(e for e in edges if 0 <= e <= len(text))
    found: list[Segment] = []
    for a, b in pairwise(order):
        mark = next((m for m in marks if m[0] <= a and b <= m[1]), None)
        cut = any(first <= a and b <= last for first, last in cuts)
        found.append(Segment(text[a:b], mark[2] if mark else 0, bool(mark and mark[1] == b), cut))
    return found


def bubbles(content: Content, marks: Marks, by_itself: Iterable[int]) -> list[Bubble]:
    """The messages of ``content`` in their order. ``by_itself``: the parts that the channel brings; others go by hand."""
    sent = set(by_itself)
    return [_bubble(n, part, marks, by_hand=n not in sent) for n, part in enumerate(content.parts)]


def _bubble(index: int, part: Part, marks: Marks, *, by_hand: bool) -> Bubble:
    runs: list[Segment] = []
    for number, line in enumerate(part.text.split("\n"), 1) if part.text else ():
        runs += [Segment("\n")] if runs or number > 1 else []
        runs += segments(line, marks.get(Spot(index, "text", number), ()))
    title = part.title or (part.path.name if part.path and part.kind is not PartKind.IMAGE else "")
    spot = Spot(index, "title") if part.title else Spot(index, "file")
    said = part.description or part.author
    return Bubble(
        part.kind.value, runs, segments(title, marks.get(spot, ())),
        segments(said, marks.get(Spot(index, "description" if part.description else "author"), ())),
        part.sha256[:16], part.thumbnail_sha256[:16], part.path.name if part.path else "", _size(part.size),
        part.main, part.announce, by_hand,
    )  # fmt: skip


def _size(bytes_: int) -> str:
    return f"{bytes_ / 1_000_000:.1f} MB" if bytes_ >= 1_000_000 else f"{max(1, bytes_ // 1000)} KB"


def rows(changes: Sequence[Change], marks: Marks) -> tuple[list[Row], list[str]]:
    """What changed, line beside line, with what is doubtful though it stayed; and in words what stayed."""
    found: list[Row] = []
    stayed: list[str] = []
    for change in changes:
        line = change.after or change.before
        assert line is not None
        doubtful = _on(change.after, marks)
        if not change.changed and not doubtful:
            stayed.append(line.where)
            continue
        before = segments(change.before.text, (), change.before_cut) if change.before else None
        after = segments(change.after.text, doubtful, change.after_cut) if change.after else None
        found.append(Row(line.where, before, after))
    return found, _counted(stayed)


def plain_rows(lines: Sequence[Line], marks: Marks) -> list[Row]:
    """Everything, where there is nothing to compare with."""
    return [Row(line.where, None, segments(line.text, _on(line, marks))) for line in lines]


def _on(line: Line | None, marks: Marks) -> Sequence[tuple[int, int, int]]:
    return marks.get(line.spot, ()) if line is not None and line.spot is not None else ()


def _counted(names: Sequence[str]) -> list[str]:
    """“正文 5 行”, each once."""
    return [
        f"{name} {names.count(name)} 行" if names.count(name) > 1 else name for name in dict.fromkeys(names)
    ]
