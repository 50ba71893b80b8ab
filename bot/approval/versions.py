"""What a content says, line by line, and what changed between two versions of it. Pure.

The approval ledger keeps digests only; a version is kept as its lines, so that a reviewer sees what is new since the
last approval and need not read everything again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.approval.lint import Spot
from bot.model.content import Content, Part, PartKind

ALIKE = 0.35
"""Two lines with so much in common are one line that was changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """``where``: what it is (Chinese); ``text``: as it is shown; ``key``: what makes it another one though it reads alike (of
    a picture its hash). ``spot``: where findings point; None in a version that was only kept."""

    where: str
    text: str
    key: str = ""
    spot: Spot | None = None

    @property
    def same(self) -> tuple[str, str, str]:
        """Two lines with the same are the same line."""
        return self.where, self.text, self.key


def lines_of(content: Content) -> list[Line]:
    """Everything of ``content`` that an approval is about, in reading order."""
    first, last = content.valid_from, content.valid_until
    validity = f"{first or ''}到{last or ''}" if first or last else "一直有效"
    found = [
        Line("标题", content.title, spot=Spot(None, "title")),
        Line("编号", content.number or "还没有"),
        Line("话题", "、".join(sorted(content.topics)) or "没有写"),
        Line("给谁看", "、".join(sorted(content.audiences)) or "所有人"),
        Line("有效期", validity),
    ]
    for index, part in enumerate(content.parts):
        found += _of_part(index, part)
    return found


def _of_part(index: int, part: Part) -> Iterator[Line]:
    main = "（主要的一段）" if part.main else ""
    if part.kind is PartKind.TEXT:
        for number, line in enumerate(part.text.split("\n"), 1):
            if line.strip():
                yield Line("群公告" if part.announce else "正文", line, spot=Spot(index, "text", number))
        if part.main:
            yield Line("主要的一段", f"第 {index + 1} 段，文字")
    elif part.kind is PartKind.LINK:
        yield Line(f"链接{main}", part.title, part.thumbnail_sha256, Spot(index, "title"))
        if part.description:
            yield Line("链接说明", part.description, spot=Spot(index, "description"))
        yield Line("网址", part.url, spot=Spot(index, "url"))
    elif part.path is not None:
        kind = {PartKind.IMAGE: "图片", PartKind.VIDEO: "视频"}.get(part.kind, "文件")
        yield Line(f"{kind}{main}", part.path.name, part.sha256, Spot(index, "file"))
    elif part.kind is PartKind.MINI_PROGRAM:
        identity = f"{part.appid} {part.page} {part.username}"
        yield Line(f"小程序{main}", part.title, identity, Spot(index, "title"))
    else:
        yield Line(f"视频号{main}", f"{part.title} {part.author}".strip(), spot=Spot(index, "title"))


def written(lines: Sequence[Line]) -> str:
    """``lines`` as they are kept."""
    return json.dumps([line.same for line in lines], ensure_ascii=False)


def kept_lines(kept: str) -> list[Line]:
    """What `written` wrote."""
    return [Line(*line) for line in json.loads(kept)]


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after; None: there was none, or there is none any more. ``before_cut``, ``after_cut``: from where to
    where it changed, in characters."""

    before: Line | None
    after: Line | None
    before_cut: Sequence[tuple[int, int]] = ()
    after_cut: Sequence[tuple[int, int]] = ()

    @property
    def changed(self) -> bool:
        return self.before is None or self.after is None or self.before.same != self.after.same


def changes(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """All lines of both, paired, in reading order."""
    matcher = SequenceMatcher(None, [a.same for a in before], [b.same for b in after], autojunk=False)
    found: list[Change] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found += [Change(a, b) for a, b in zip(before[i:j], after[k:m], strict=True)]
        else:
            found += _paired(before[i:j], after[k:m])
    return found


def _paired(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """Lines that were changed beside what they were, the others alone."""
    found: list[Change] = []
    left = list(before)
    for line in after:
        at = next((n for n, old in enumerate(left) if _alike(old, line)), None)
        if at is None:
            found.append(Change(None, line, (), ((0, len(line.text)),)))
            continue
        found += [_gone(old) for old in left[:at]]
        found.append(_changed(left[at], line))
        left = left[at + 1 :]
    return [*found, *(_gone(old) for old in left)]


def _gone(line: Line) -> Change:
    return Change(line, None, ((0, len(line.text)),))


def _alike(old: Line, new: Line) -> bool:
    if old.where != new.where:
        return False
    if new.where != "正文":
        return True
    return SequenceMatcher(None, old.text, new.text, autojunk=False).ratio() >= ALIKE


def _changed(old: Line, new: Line) -> Change:
    codes = SequenceMatcher(None, old.text, new.text, autojunk=False).get_opcodes()
    gone = [(i, j) for tag, i, j, _, _ in codes if tag != "equal" and j > i]
    come = [(k, m) for tag, _, _, k, m in codes if tag != "equal" and m > k]
    if not gone and not come:  # another file under the same name
        gone, come = [(0, len(old.text))], [(0, len(new.text))]
    return Change(old, new, gone, come)
