"""Reading a line of chat, or a #接龙, as “I forwarded it”. Pure; what is not certain is no confirmation.

Never credits anybody: who spoke and what the items mean is for the caller to settle. 收到 alone is not a yes, a
question is nothing, and a clause that the patterns do not know makes the whole line nothing (DESIGN: ask rather
than guess; PLANS R5: a false claim costs a person something).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.recognise.normalise import fold, without_mentions
from bot.recognise.words import (
    CLAUSE,
    EACH,
    LATER,
    NOT_DONE,
    ONLY_ITEM,
    ORDER,
    QUESTION,
    clauses,
    clean,
)

MAX_LINE = 300
"""A confirmation is short; a longer text is an article or a notice, whatever it begins with."""


class ConfirmationKind(StrEnum):
    ALL = "all"
    SOME = "some"
    EXCEPT = "except_"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person says of the groups he answers for.

    ``items``: of *some* and *except* (and *not_yet*, when said) numbers and names as written: 1, 3网格, 第三网格,
    柳林村第12网格居民一群; also a mere count (3个群), which nobody can resolve and the caller asks about.
    ``about``: which content is meant, if said: a canonical number, a title, or words (昨天的, 8点的, 两条).
    """

    kind: ConfirmationKind
    items: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def read_confirmation(
    text: str, own_names: Collection[str] = (), own_groups: Collection[str] = ()
) -> Confirmation | None:
    """``text`` as a confirmation, or None when it is something else, a question, or not certain.

    ``own_names``: names of the speaker, who may put his own before it (“周桂芳已转发”). ``own_groups``: full names
    of the groups that he may mean; whatever words or brackets stand in them, each is one item. Mentions in front,
    polite words, emoji, traditional and full-width characters do not matter.
    """
    if len(text) > MAX_LINE:
        return None
    spelt: dict[str, str] = {}
    for number, name in enumerate(sorted(own_groups, key=len, reverse=True), _PLACEHOLDER):
        if name in text:
            spelt[f"第{number}群"] = name
            text = text.replace(name, f"第{number}群")
    read = _read_line(text, own_names)
    if read is None or not spelt:
        return read
    return Confirmation(read.kind, tuple(spelt.get(item, item) for item in read.items), read.about)


_PLACEHOLDER = 900_000
"""Stands for a group's name while a line is read; no list of tasks is this long."""


def _read_line(text: str, own_names: Collection[str]) -> Confirmation | None:
    plain, about = clean(text)
    for name in sorted(own_names, key=len, reverse=True):
        if name:
            plain = plain.replace(fold(name), " ")
    if not plain or QUESTION.search(plain):
        return None
    read = _read(clauses(plain))
    return None if read is None else Confirmation(read[0], _unique(read[1]), about)


def _read(parts: list[str]) -> tuple[ConfirmationKind, Sequence[str]] | None:
    """The meaning of the clauses taken together; None as soon as one is not understood."""
    done: list[str] = []
    missing: list[str] = []
    whole = claimed = not_yet = without = others = False
    unknown: list[str] = []
    for part in parts:
        opening = re.match(r"除了?|除开|除去|[只就还]差|[只就还]剩", part)
        if opening and len(part) > opening.end():
            part, without = part[opening.end() :], True
        found = CLAUSE.fullmatch(part)
        if found:
            claimed = True
            counted = found["counted_before"] or found["counted_after"]
            each = bool(EACH.search(found["claim"]))
            item = found["before"] or found["after"] or (counted if counted and not each else None)
            if item and without and each and found["before"]:
                missing.append(item)
                whole = True
            elif item:
                done.append(item)
            elif not re.match("只|就", part):
                others = others or bool(found["others"])
                every = found["others"] or found["all_before"] or found["all_after"]
                whole = whole or not done or bool(every)
            without = False
        elif only := ONLY_ITEM.fullmatch(part):
            (missing if without else done).append(only["item"])
        elif (refused := NOT_DONE.fullmatch(part)) and _says_so(part) and not ORDER.search(part):
            not_yet = True
            if refused["item"]:
                missing += [*_trailing(done, claimed), refused["item"]]
        elif LATER.fullmatch(part) and not ORDER.search(part):
            not_yet = True
        else:
            unknown.append(part)
    if others and not missing:
        return (ConfirmationKind.ALL, ()) if done and not (unknown or not_yet) else None
    return _meaning(done, missing, unknown, whole=whole, claimed=claimed, not_yet=not_yet)


def _says_so(part: str) -> bool:
    """没有 and 不会 alone answer anything; with 转, a place or 还 before them they answer this."""
    return re.search(r"转|完成|还没|尚未|[\d群格村]", part) is not None


def _trailing(done: list[str], claimed: bool) -> list[str]:
    """Bare items right before “5网格没转” belong to it (“3、5网格没转”) as long as nothing was claimed."""
    if claimed:
        return []
    taken = list(done)
    done.clear()
    return taken


def _meaning(
    done: list[str], missing: list[str], unknown: list[str], *, whole: bool, claimed: bool, not_yet: bool
) -> tuple[ConfirmationKind, Sequence[str]] | None:
    if not claimed:
        busy = all(len(part) <= 12 and not ORDER.search(part) for part in unknown)
        return (ConfirmationKind.NOT_YET, _spelled(missing)) if not_yet and busy else None
    if unknown or (not_yet and not missing and not done):
        return None
    if missing and whole:
        return ConfirmationKind.EXCEPT, _spelled(missing)
    if done:
        return ConfirmationKind.SOME, _spelled(done)
    return (ConfirmationKind.ALL, ()) if whole else None


_BARE = re.compile(r"\d{1,3}(?:[-~至到]\d{1,3})?")
_RANGE = re.compile(r"第?(\d{1,3})[-~至到](\d{1,3})(.*)")
_SUFFIX = re.compile(r"第?\d[\d\-~至到]*((?:号)?(?:网格|群|组|号楼|栋|社区|小区))")


def _spelled(items: Sequence[str]) -> list[str]:
    """Items one by one: “1、3网格” is 1网格 and 3网格, “1-3” is 1, 2 and 3 (up to 20 of them)."""
    last = _SUFFIX.fullmatch(items[-1]) if items else None
    suffix = last.group(1) if last else ""
    spelled = []
    for item in items:
        item = item + suffix if suffix and _BARE.fullmatch(item) else item
        span = _RANGE.fullmatch(item)
        if span and 0 < int(span[2]) - int(span[1]) < 20:
            spelled += [f"{n}{span[3]}" for n in range(int(span[1]), int(span[2]) + 1)]
        else:
            spelled.append(item)
    return spelled


def _unique(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A numbered line of a #接龙: the part that names a person, and what is said besides ("" if nothing)."""

    name: str
    said: str


_NOTE = re.compile(r"^\s*#\s*接(?:龙|龍)")
_LINE = re.compile(r"^\s*(\d{1,4})\s*[.、．。,，)）:：]\s*(.*)$")
_ABOUT = re.compile(r"转发|转(?![账帐正岗学让移诊业])|推送")
_GLUED = re.compile(r"^(.{2,}?)((?:已经?|己经?|以|都|全部?|均|也|还?没有?|还?未|完成)*转.*)$")
_PLACE_FIRST = re.compile(r".*(?:\d|[一二三四五六七八九十])(?:号)?(?:网格|群|组)")
_PLACE_ONLY = re.compile(r".*(?:村|社区|镇|网格|小组|单位|学校|小学|中学|支行|卫生院)")
_SAID = re.compile(r"(?:已|己|都|全部|均)?(?:已经|完成|完毕|转|转发|完成了|ok|好了?|1|是)+(?:了)?")


def is_group_note(text: str) -> bool:
    """Whether ``text`` is a #接龙."""
    return _NOTE.match(without_mentions(text)) is not None


def read_group_note(text: str) -> list[NoteLine] | None:
    """The numbered lines of a #接龙 in order, or None if ``text`` is none.

    If it is not about forwarding (nothing in its topic or lines says 转发), the list is empty: a bare name there
    confirms nothing. An unnumbered line right below a numbered one belongs to it; examples (例) do not count.
    """
    if not is_group_note(text):
        return None
    topic: list[str] = []
    entries: list[str] = []
    blank = False
    for line in without_mentions(text).splitlines():
        found = _LINE.match(line)
        if found:
            entries.append(found.group(2).strip())
        elif not entries:
            topic.append(line)
        elif line.strip() and not blank:
            entries[-1] += " " + line.strip()
        blank = not line.strip()
    lines = [_note_line(entry) for entry in entries if entry and not entry.startswith("例")]
    about = _ABOUT.search(fold("\n".join(topic))) or any(_ABOUT.search(fold(line.said)) for line in lines)
    return lines if about else []


def _note_line(entry: str) -> NoteLine:
    words = [word for word in re.split(r"[\s:：,，;；]+", entry) if word]
    before: list[str] = []
    places: list[str] = []
    for index, word in enumerate(words):
        more = index + 1 < len(words)
        if more and _PLACE_FIRST.fullmatch(word):
            places.append(word)
        elif more and _PLACE_ONLY.fullmatch(word):
            before.append(word)
        else:
            glued = _GLUED.match(word)
            name, tail = (glued.group(1), glued.group(2)) if glued else (word, "")
            said = [*places, *([tail] if tail else []), *words[index + 1 :]]
            return NoteLine(" ".join([*before, name]), " ".join(said))
    return NoteLine(" ".join(words), "")


def read_note_line(line: NoteLine, own_groups: Collection[str] = ()) -> Confirmation | None:
    """What a line of a #接龙 about forwarding confirms: a bare name everything, a name with groups those."""
    plain, about = clean(line.said)
    if not plain or _SAID.fullmatch(re.sub(r"[\s,。!]+", "", plain)):
        return Confirmation(ConfirmationKind.ALL, (), about)
    read = read_confirmation(line.said, (), own_groups)
    if read is not None or QUESTION.search(plain):
        return read
    return read_confirmation(f"{line.said} 已转发", (), own_groups)
