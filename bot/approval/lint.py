"""What must not stand in publicity without a second thought (PLANS V1, V4; DESIGN, burden and law). Pure.

It reads like a careful colleague and judges nobody: a finding blocks approval until a second person lets it pass
with a reason, so a false alarm costs one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.approval.links import doubts, links_in
from bot.approval.personal import numbers, people
from bot.approval.plain import seen, squeezed
from bot.approval.wording import wording
from bot.model.content import Content, PartKind

SIGNATURE = "署名"
HOTLINE = "96110"


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubtful place. ``rule``: its code, as typed to let it pass; ``place``: where (Chinese); ``what`` is
    wrong and what to ``write`` instead. ``excerpt`` never holds a whole personal number or name."""

    rule: str
    place: str
    excerpt: str
    what: str
    write: str


def findings(content: Content, allowed_links: Sequence[str]) -> list[Finding]:
    """Everything doubtful in ``content``, in reading order. ``allowed_links``: hosts with all below them."""
    found = [finding for place, line in _lines(content) for finding in _of_line(place, line, allowed_links)]
    for index, part in enumerate(content.parts, start=1):
        if part.kind is PartKind.LINK:
            found += _of_link(f"第{index}部分 链接", part.url, allowed_links)
    return list(dict.fromkeys([*found, *_signature(content)]))


def _lines(content: Content) -> Iterator[tuple[str, str]]:
    """Every line that a reader sees, with where it stands."""
    yield "标题", content.title
    texts = sum(part.kind is PartKind.TEXT for part in content.parts)
    for index, part in enumerate(content.parts, start=1):
        where = f"第{index}部分 " if texts != 1 or part.kind is not PartKind.TEXT else ""
        for number, line in enumerate(part.text.split("\n"), start=1):
            if line.strip():
                yield f"{where}正文第{number}行", line
        for name, line in (("标题", part.title), ("说明", part.description), ("作者", part.author)):
            if line:
                yield f"{where}{name}", line
        if part.path and part.kind is PartKind.FILE:
            yield f"{where}文件名", part.path.stem


def _of_line(place: str, line: str, allowed: Sequence[str]) -> Iterator[Finding]:
    urls = links_in(line)
    without_urls = seen(line)
    for url in urls:
        without_urls = without_urls.replace(url, " ")
    words = squeezed(without_urls)
    for rule, excerpt, what, write in wording(words):
        yield Finding(rule, place, excerpt, f"“{excerpt}”{what}", write)
    for personal, excerpt, what, write in (*numbers(without_urls), *people(words)):
        yield Finding(personal, place, excerpt, f"{what}（{excerpt}）", write)
    for url in urls:
        yield from _of_link(place, url, allowed)


def _of_link(place: str, url: str, allowed: Sequence[str]) -> Iterator[Finding]:
    for rule, excerpt, what, write in doubts(url, allowed):
        yield Finding(rule, place, excerpt, what, write)


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
