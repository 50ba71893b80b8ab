"""What must not stand in publicity without a second thought (PLANS V1, V4; DESIGN, burden and law). Pure.

It reads like a careful colleague and judges nobody: a finding blocks approval until a second person lets it pass
with a reason, so a false alarm costs one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.approval.links import doubts, links_in
from bot.approval.personal import numbers, people
from bot.approval.plain import seen, squeezed
from bot.approval.wording import wording
from bot.model.content import Content, PartKind

SIGNATURE, NOTHING = "署名", "没写内容"
HOTLINE = "96110"


@dataclass(frozen=True, slots=True)
class Spot:
    """A line that a reader sees: of which part (from 0; None: the content's title), which of its fields (title, text,
    description, author, file, url), which line of that (from 1)."""

    part: int | None
    field: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubtful place. ``rule``: its code, as typed to let it pass; ``place``: where (Chinese); ``what`` is
    wrong and what to ``write`` instead. ``excerpt`` never holds a whole personal number or name."""

    rule: str
    place: str
    excerpt: str
    what: str
    write: str
    spot: Spot | None = field(default=None, compare=False)
    """Where it stands, for marking it there; None: in the whole."""
    found: str = field(default="", compare=False, repr=False)
    """The words themselves as the lint read them (`plain`): only to mark them where they are shown anyway."""


def findings(content: Content, allowed_links: Sequence[str]) -> list[Finding]:
    """Everything doubtful in ``content``, in reading order. ``allowed_links``: hosts with all below them."""
    found = [
        replace(finding, spot=spot)
        for spot, place, line in lines_seen(content)
        for finding in _of_line(place, line, allowed_links)
    ]
    for index, part in enumerate(content.parts):
        if part.kind is PartKind.LINK:
            of_link = _of_link(f"第{index + 1}部分 链接", part.url, allowed_links)
            found += [replace(finding, spot=Spot(index, "url")) for finding in of_link]
    return list(dict.fromkeys([*found, *_nothing_said(content), *_signature(content)]))


def lines_seen(content: Content) -> Iterator[tuple[Spot, str, str]]:
    """Every line that a reader sees: where it stands, for marking and in words, and the line."""
    yield Spot(None, "title"), "标题", content.title
    texts = sum(part.kind is PartKind.TEXT for part in content.parts)
    for index, part in enumerate(content.parts):
        where = f"第{index + 1}部分 " if texts != 1 or part.kind is not PartKind.TEXT else ""
        for number, line in enumerate(part.text.split("\n"), start=1):
            if line.strip():
                yield Spot(index, "text", number), f"{where}正文第{number}行", line
        for name, word, line in (
            ("title", "标题", part.title),
            ("description", "说明", part.description),
            ("author", "作者", part.author),
        ):
            if line:
                yield Spot(index, name), f"{where}{word}", line
        if part.path and part.kind is PartKind.FILE:
            yield Spot(index, "file"), f"{where}文件名", part.path.stem


def _of_line(place: str, line: str, allowed: Sequence[str]) -> Iterator[Finding]:
    urls = links_in(line)
    without_urls = seen(line)
    for url in urls:
        without_urls = without_urls.replace(url, " ")
    words = squeezed(without_urls)
    for rule, excerpt, what, write in wording(words):
        yield Finding(rule, place, excerpt, f"“{excerpt}”{what}", write, found=excerpt)
    for personal, excerpt, what, write, raw in (*numbers(without_urls), *people(words)):
        yield Finding(personal, place, excerpt, f"{what}（{excerpt}）", write, found=raw)
    for url in urls:
        yield from _of_link(place, url, allowed)


def _of_link(place: str, url: str, allowed: Sequence[str]) -> Iterator[Finding]:
    for rule, excerpt, what, write in doubts(url, allowed):
        yield Finding(rule, place, excerpt, what, write, found=url)


def _nothing_said(content: Content) -> Iterator[Finding]:
    """A signature alone says nothing to anybody."""
    if not content.number or any(part.kind is not PartKind.TEXT for part in content.parts):
        return
    number = squeezed(content.number)
    lines = [line for part in content.parts for line in part.text.split("\n") if line.strip()]
    if all(number in squeezed(line) and HOTLINE in seen(line) for line in lines):
        yield Finding(NOTHING, "正文", "", "正文还没有写", "写上要告诉大家的话")


def _signature(content: Content) -> Iterator[Finding]:
    """Publicity must not look like fraud: its number and whom to ask can be read in it."""
    shown = [
        line
        for part in content.parts
        for line in (*part.text.split("\n"), part.title, part.description)
        if line.strip()
    ]
    if not shown:
        last = f"{content.number} 和 {HOTLINE}" if content.number else HOTLINE
        yield Finding(SIGNATURE, "全文", "", "只有图片或文件，看不到署名", f"加一段正文，写上 {last}")
        return
    number = squeezed(content.number)
    if not any(number in squeezed(line) for line in shown):
        write = f"正文最后一行写上 {content.number}"
        yield Finding(SIGNATURE, "全文", content.number, "正文和卡片里看不到编号", write)
    if not any(re.search(rf"(?<!\d){HOTLINE}(?!\d)", seen(line)) for line in shown):
        write = f"正文最后一行写上“咨询劝阻 {HOTLINE}”"
        yield Finding(SIGNATURE, "全文", "", f"正文和卡片里没有 {HOTLINE}", write)
