"""Reading a line of chat, or a #接龙, as “I forwarded it”. Pure; what is not certain is no confirmation.

Never credits anybody: who spoke and what the items mean is for the caller to settle. 收到 alone is not a yes, a
question is nothing, and a clause that the patterns do not know makes a yes unclear (DESIGN: ask rather than
guess; PLANS R5: a false claim costs a person something).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.recognise.normalise import fold, without_quote
from bot.recognise.words import (
    ASKED_OF_A_PLACE,
    CLAUSE,
    CONJUNCTION,
    CORRECTED,
    COUNTED,
    DONE_WORD,
    DOUBT_MARK,
    EACH,
    INSTRUCTION,
    ITEM_LATER,
    LATER,
    LEFT_OUT,
    NEW_ROW,
    NO_MARK,
    NOT_DONE,
    NOT_NOW,
    ONLY_ITEM,
    ORDER,
    OTHER_MATTER,
    PARTLY,
    PAST,
    POLITE,
    QUESTION,
    TODAY,
    WAIT_MARK,
    clauses,
    clean,
    is_aside,
    plain_marks,
)

MAX_LINE = 300
"""A confirmation is short; a longer text is an article or a notice, whatever it begins with."""


class ConfirmationKind(StrEnum):
    """*unclear*: speaks of his own forwarding, but not so that it could be recorded; somebody has to ask."""

    ALL = "all"
    SOME = "some"
    EXCEPT = "except_"
    NOT_YET = "not_yet"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person says of the groups he answers for.

    ``items``: of *some* and *except* (and *not_yet*, when said) numbers and names as written: 1, 3网格, 第三网格,
    柳林村第12网格居民一群; also a mere count (3个群), which nobody can resolve and the caller asks about.
    ``about``: which content is meant, if said: a canonical number, a title, or words (昨天的, 8点的, 两条).
    ``denied``: what he says is not forwarded, so that it contradicts an earlier yes of his; () when he does not say
    which (of *some*: something that is not among ``items``); None when he says nothing of the kind. 没转 denies,
    明天转 does not.
    """

    kind: ConfirmationKind
    items: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    denied: tuple[str, ...] | None = None


def read_confirmation(
    text: str, own_names: Collection[str] = (), own_groups: Collection[str] = ()
) -> Confirmation | None:
    """``text`` as a confirmation, or None when it is something else, a question, or about others.

    ``own_names``: names of the speaker, who may put his own before it (“周桂芳已转发”). ``own_groups``: full names
    of the groups that he may mean; whatever words or brackets stand in them, each is one item. Mentions in front,
    polite words, ornaments, traditional and full-width characters do not matter.
    *unclear* is: a claim beside something that is not understood or that contradicts it (❌ and 👎 too), a part
    (转了一部分), a failure, a doubt.
    """
    if len(text) > MAX_LINE:
        return None
    text = plain_marks(without_quote(text))
    against = False
    for mark in (NO_MARK, WAIT_MARK, DOUBT_MARK):
        against = against or mark.search(text) is not None
        text = mark.sub(" ", text)
    text, spelt = with_places(text, own_groups)
    read = _read_line(text, own_names)
    if read is None:
        return None
    if against and read.kind is not ConfirmationKind.NOT_YET:
        return unclear(read.about)
    return as_written(read, spelt)


_PLACEHOLDER = 900_000
"""Stands for a group's name while a line is read; no list of tasks is this long."""


def with_places(text: str, own_groups: Collection[str]) -> tuple[str, dict[str, str]]:
    """``text`` with placeholders for the groups' names, and which placeholder is which."""
    spelt: dict[str, str] = {}
    for number, name in enumerate(sorted(own_groups, key=len, reverse=True), _PLACEHOLDER):
        if name in text:
            spelt[f"第{number}群"] = name
            text = text.replace(name, f"第{number}群")
    return text, spelt


def as_written(read: Confirmation, spelt: dict[str, str]) -> Confirmation:
    """``read`` with the groups' names again instead of the placeholders of `with_places`."""

    def names(items: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(spelt.get(item, item) for item in items)

    return replace(read, items=names(read.items), denied=None if read.denied is None else names(read.denied))


def unclear(about: tuple[str, ...]) -> Confirmation:
    """Somebody has to ask what is meant, of what ``about`` says."""
    return Confirmation(ConfirmationKind.UNCLEAR, (), about)


_SENTENCE = re.compile(r"[^,。;!?\n]+[?]*")


def _read_line(text: str, own_names: Collection[str]) -> Confirmation | None:
    plain, about = clean(text)
    for name in sorted(own_names, key=len, reverse=True):
        if name:
            plain = plain.replace(fold(name), " ")
    if not QUESTION.search(plain):
        return heard(clauses(plain)).meaning(about)
    # Beside a question his own claim still stands (“已转发，你们转了吗？”).
    said = ",".join(sentence for sentence in _SENTENCE.findall(plain) if not QUESTION.search(sentence))
    read = None if INSTRUCTION.search(plain) else heard(clauses(said)).meaning(())
    if read is None or read.kind is ConfirmationKind.NOT_YET:
        return None
    return unclear(about)


_LEAVING_OUT = re.compile(
    r"(?:我|今天|目前|现在)*(?:除开|除去|除了?|不(?:算|含|包括))|[就]?[只就还]差|就?[只就还]剩下?(?!的)|剩(?!下|余)"
)
_COUNT_ONLY = re.compile(COUNTED)


@dataclass(slots=True)
class Heard:
    """The clauses of a line, each as what it says; `meaning` takes them together.

    ``note``: they stand behind a name in a list about forwarding, where nobody needs to say 转; there a part of a name
    in ``groups`` is an item too (柳林).
    """

    note: bool = False
    groups: Collection[str] = ()
    done: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    whole: bool = False
    claimed: bool = False
    refused: bool = False
    later: bool = False
    partly: bool = False
    others: bool = False
    polite: bool = False
    _without: bool = False
    _denying: bool = False
    """没转2群、4群: what stands alone now is not done either."""
    _bare: bool = False
    _loose: list[str] = field(default_factory=list)
    """Items in ``done`` that stood alone since the last clause with a verb: the next one may be what they belong to."""
    _onward: bool = True
    """They may: nothing was claimed yet, or the claim before has its own items or is about all."""

    def hear(self, part: str) -> None:
        """Take in one clause."""
        if part == NEW_ROW:
            if not self._onward:
                self._loose, self._onward = [], True
            return
        dated = TODAY.search(part) and not PAST.search(part)
        if self.note and "转" not in part and not dated:
            part = DONE_WORD.sub("转发了", part)
        if POLITE.fullmatch(part):
            self.polite = True
            return
        if CORRECTED.fullmatch(part) and not self.claimed:
            return
        part = CONJUNCTION.sub("", part)
        opening = _LEAVING_OUT.match(part)
        if opening and len(part) > opening.end():
            part, self._without = part[opening.end() :], True
        found = CLAUSE.fullmatch(part)
        if found and dated:
            self.partly = True
        elif found:
            self._claim(found, part)
        elif left_out := LEFT_OUT.fullmatch(part):
            self.missing += [*self._taken_back(), left_out["item"]]
            self.whole = self.whole or self.claimed
        elif item := self._item(re.sub("[了啦]$", "", part) if self._without else part):
            if self._without or self._denying:
                self.missing.append(item)
            else:
                self.done.append(item)
                self._loose.append(item)
            self.whole = self.whole and (self._without or not self._bare)
        elif (refused := NOT_DONE.fullmatch(part)) and self._says_so(part) and not ORDER.search(part):
            self.refused = True
            self._denying = bool(refused["after"])
            if item := refused["item"] or refused["after"] or refused["unable"] or refused["failed"]:
                self.missing += [*(self._taken_back() if self._onward else ()), item]
        elif ITEM_LATER.fullmatch(part) or (
            (LATER.fullmatch(part) or (self.note and NOT_NOW.fullmatch(part))) and not ORDER.search(part)
        ):
            self.later = True
            self._postpone(part)
        elif PARTLY.fullmatch(part):
            self.partly = True
        else:
            self.unknown.append(part)

    def _postpone(self, part: str) -> None:
        """Of “3群、4群明天转” both are left; right behind a bare 已转发 nobody can tell whose the first is."""
        found = ITEM_LATER.fullmatch(part) or LATER.fullmatch(part)
        left = [found["item"]] if found and found["item"] else []
        if self._onward:
            taken = self._taken_back()
            left = [*taken, *left] if left else []
        elif left and self._bare and self._loose:
            self.partly = True
        self.postponed += left

    def agree(self) -> None:
        """In a list a name alone says yes, and so do groups or exceptions behind it with nothing else."""
        if not (self.refused or self.later or self.partly or self.unknown):
            self.claimed, self.whole = True, not self.done

    def _claim(self, found: re.Match[str], part: str) -> None:
        self.claimed, self._bare, self._denying = True, False, False
        if self._loose and EACH.search(found["claim"]) and all(map(_COUNT_ONLY.fullmatch, self._loose)):
            self._taken_back()
        self._loose.clear()
        self._onward = bool(found["before"] or found["others"] or EACH.search(found["claim"]))
        counted = found["counted_before"] or found["counted_after"]
        each = bool(EACH.search(found["claim"]))
        item = found["before"] or found["after"] or (counted if counted and not each else None)
        if item and self._without and each and found["before"]:
            self.missing.append(item)
            self.whole = True
        elif item:
            self.done.append(item)
        elif not re.match("只|就", part):
            self.others = self.others or bool(found["others"])
            every = found["others"] or found["all_before"] or found["all_after"]
            self._bare = not (self.whole or self.done or every)
            self.whole = self.whole or not self.done or bool(every)
        self._without = False

    def _item(self, part: str) -> str:
        if found := ONLY_ITEM.fullmatch(part):
            return found["item"]
        return part if self.note and len(part) > 1 and any(part in group for group in self.groups) else ""

    def _says_so(self, part: str) -> bool:
        """没有 and 不会 alone answer anything; with 转, a place or 还 before them they answer this."""
        if ASKED_OF_A_PLACE.fullmatch(part):
            return False
        return self.note or self.claimed or re.search(r"转|完成|还没|尚未|[\d群格村]", part) is not None

    def _taken_back(self) -> list[str]:
        """Items that stood alone right before “5网格没转” belong to it (“3、5网格没转”), and not to what is done."""
        taken = list(self._loose)
        self._loose.clear()
        if taken:
            del self.done[-len(taken) :]
            self.whole = self.whole or (self._bare and not self.done)
        return taken

    def meaning(self, about: tuple[str, ...]) -> Confirmation | None:
        """What all clauses together say; None if it is nothing about his own forwarding."""
        elsewhere = any(map(OTHER_MATTER.search, self.unknown))
        if self.claimed or self.partly:
            self.unknown = [part for part in self.unknown if not is_aside(part)]
            read = self._yes(about)
            told = elsewhere or any(map(INSTRUCTION.search, self.unknown))
            return None if read is not None and read.kind is ConfirmationKind.UNCLEAR and told else read
        if elsewhere or not (self.refused or self.later):
            return None
        missing = _spelled(self.missing)
        busy = all(len(part) <= 12 and not ORDER.search(part) for part in self.unknown)
        if busy:
            denied = missing if self.refused else None
            return Confirmation(ConfirmationKind.NOT_YET, missing, about, denied)
        return unclear(about) if self.refused and not any(map(ORDER.search, self.unknown)) else None

    def _yes(self, about: tuple[str, ...]) -> Confirmation | None:
        denied = self.refused or self.later
        if self.unknown or self.partly:
            return unclear(about)
        if self.others and not (self.missing or self.postponed):
            if self.done and not denied:
                return Confirmation(ConfirmationKind.ALL, (), about)
            return unclear(about) if self.done or denied else None
        missing = _spelled(self.missing)
        left = _spelled([*self.missing, *self.postponed])
        if left and self.whole:
            return Confirmation(ConfirmationKind.EXCEPT, left, about, missing if missing else None)
        if denied and not self.missing and not self.done:
            return unclear(about)
        if self.done:
            not_done = missing if missing or self.refused else None
            return Confirmation(ConfirmationKind.SOME, _spelled(self.done), about, not_done)
        if self.whole:
            return Confirmation(ConfirmationKind.ALL, (), about)
        return unclear(about) if missing else None


def heard(parts: Sequence[str], *, note: bool = False, groups: Collection[str] = ()) -> Heard:
    """The clauses of a line taken in, in their order."""
    found = Heard(note, groups)
    for part in parts:
        found.hear(part)
    return found


_BARE = re.compile(r"\d{1,3}(?:[-~至到]\d{1,3})?号?")
_NUMBERS = re.compile(r"(?:第(?=\d+个?$))?(\d{1,3}(?:_\d{1,3})*)(?:(?<=第\d)个|(?<=第\d\d)个)?((?:网格|群)?)")
"""第3个 is the number 3 of the list; 1_3 are 1 and 3 of one row (`bot.recognise.words.clauses`)."""
_RANGE = re.compile(r"第?(\d{1,3})(?:网格|群|组|号楼|栋|号)?[-~至到—]+第?(\d{1,3})(.*)")
_SUFFIX = re.compile(r"第?\d[\d\-~至到]*((?:号)?(?:网格|群|组|号楼|栋|社区|小区))")


def _spelled(items: Sequence[str]) -> tuple[str, ...]:
    """Items one by one, each once: “1、3网格” is 1网格 and 3网格, “1-3” is 1, 2 and 3 (up to 20 of them)."""
    last = _SUFFIX.fullmatch(items[-1]) if items else None
    suffix = last.group(1) if last else ""
    spelled = []
    for item in items:
        item = item.removesuffix("号") + suffix if suffix and _BARE.fullmatch(item) else item
        if found := _NUMBERS.fullmatch(item):
            spelled += [number + found[2] for number in found[1].split("_")]
            continue
        span = _RANGE.fullmatch(item)
        if span and 0 < int(span[2]) - int(span[1]) < 20:
            spelled += [f"{n}{span[3]}" for n in range(int(span[1]), int(span[2]) + 1)]
        else:
            spelled.append(item)
    return tuple(dict.fromkeys(spelled))
