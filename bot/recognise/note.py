"""Reading a #接龙: a numbered line a person, who is named in it and what is said of the groups. Pure.

Others post a list again and add their own line, so nothing in it says who speaks; whatever is no plain yes or no is
unclear (DESIGN: ask rather than guess).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.recognise.confirm import (
    MAX_LINE,
    Confirmation,
    ConfirmationKind,
    as_written,
    heard,
    unclear,
    with_places,
)
from bot.recognise.normalise import fold, without_mentions
from bot.recognise.words import (
    BEHIND_NAME,
    CODE_BEHIND,
    GLUED,
    PLACE_FIRST,
    PLACE_ONLY,
    QUESTION,
    RUN,
    SHOWN,
    clauses,
    clean,
    marks_as_words,
)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A numbered line of a #接龙: the part that names a person, and what is said besides ("" if nothing).

    ``text``: the line as written, without its number; what to show when somebody has to be asked, and where to look
    for full names.
    """

    name: str
    said: str
    text: str


_NOTE = re.compile(r"^\s*[#＃]\s*接(?:龙|龍)")
_LINE = re.compile(r"^\s*(\d{1,4})\s*[.、．。,，)）:：]\s*(.*)$")
_ABOUT = re.compile(r"转发|转(?![账帐正岗学让移诊业])|推送")


def is_group_note(text: str) -> bool:
    """Whether ``text`` is a #接龙."""
    return _NOTE.match(without_mentions(text)) is not None


def topic_of(text: str) -> str:
    """What stands above the numbered lines of a #接龙, without examples: what it is about."""
    above: list[str] = []
    for line in without_mentions(text).splitlines():
        if _LINE.match(line):
            break
        if not line.strip().startswith("例"):
            above.append(_NOTE.sub("", line))
    return "\n".join(above).strip()


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


_AGENT = r"(?:代替?|替|帮[忙着]?)(?:为|他|她)?(?:转发?|填写?|报|接龙|弄)?(?:[好完]?[了的])?"
_BY_PROXY = re.compile(r"(已)?代(?:为)?转(?![账帐])(?:发)?")


def done_by_another(line: NoteLine, names: Collection[str]) -> NoteLine:
    """``line`` of somebody for whom another one answers (李国强（周桂芳代转）, 周桂芳代李国强转), as if it were their own."""
    text = line.text
    present = [name for name in sorted(names, key=len, reverse=True) if name in text]
    if len(present) > 1:
        one = "|".join(map(re.escape, present))
        text = re.sub(
            rf"^\s*(?:{one})\s*(?:代替?|替|帮忙?)\s*((?:{one})\s*)(?:转发?(?!了))?", r"\1已转", text
        )
    for name in present:
        agent = rf"(?:群)?(?:已)?(?:由|是)?{re.escape(name)}(?:已)?{_AGENT}"
        if len(present) > 1 and not re.match(agent, text):
            text = re.sub(rf"(?:群)?(?:由|是){re.escape(name)}转发?[的了]?", " 已转 ", text)
            text = re.sub(agent, " 已转 ", text)
        text = re.sub(rf"^\s*(?:代替?|替|帮)\s*(?={re.escape(name)})", "", text)
    text = _BY_PROXY.sub("已转", text)
    return line if text == line.text else replace(_note_line(text), text=text)


_EDGE = " \t:：,，;；、。()（）【】-—–_/|@"


def _note_line(entry: str, own_names: Collection[str] = ()) -> NoteLine:
    """``entry`` cut into a person's shown name and what is said.

    Where the name ends is certain only if it is known (``own_names``); else it is the first word that is no place.
    Units, roles and phones stand in shown names: before the name (a grid only if joined to it: 12网格-周桂芳), and
    behind it in brackets or after a dash. All the rest is said.
    """
    start, end = _known_name(entry, own_names) or _first_name(entry)
    before, said = _before_name(entry[:start])
    while (found := BEHIND_NAME.match(entry, end)) and (
        found["glued"] or found["apart"] or SHOWN.fullmatch((found["bracket"] or found["dash"] or "").strip())
    ):
        end = found.end()
    # A dash alone is an answer too: there is nothing.
    said.append(entry[end:].strip(_EDGE) or "".join(re.findall(r"[-—–_/|]", entry[end:])))
    return NoteLine(
        (before + entry[start:end]).strip(_EDGE_BUT_BRACKETS), " ".join(filter(None, said)), entry
    )


_EDGE_BUT_BRACKETS = _EDGE.translate({ord(c): None for c in "()（）【】"})


def _known_name(entry: str, own_names: Collection[str]) -> tuple[int, int] | None:
    for name in sorted(own_names, key=len, reverse=True):
        if name and (at := entry.find(name)) >= 0:
            return at, at + len(name)
    return None


def _first_name(entry: str) -> tuple[int, int]:
    """Where the first word stands that is no place and no role, without what is glued behind it."""
    runs = list(RUN.finditer(entry))
    if not runs:
        return 0, 0
    place = 0
    while place + 1 < len(runs) and (
        PLACE_FIRST.fullmatch(runs[place][0]) or PLACE_ONLY.fullmatch(runs[place][0])
    ):
        place += 1
    run = runs[place]
    word = run[0][:MAX_WORD]
    glued = GLUED.match(word) or CODE_BEHIND.match(word)
    return run.start(), run.start() + len(glued[1]) if glued else run.end()


def _before_name(head: str) -> tuple[str, list[str]]:
    """What stands before a name: what belongs to the shown name, and what is said (12网格 apart from it, ✅, 已转)."""
    shown = ""
    said = [RUN.sub(" ", head).strip(_EDGE)]
    runs = list(RUN.finditer(head))
    for number, run in enumerate(runs):
        gap = head[run.end() : runs[number + 1].start() if number + 1 < len(runs) else len(head)]
        apart = re.search(r"[\s:：,，;；]", gap)
        grid = apart and PLACE_FIRST.fullmatch(run[0])
        joined = not apart and not re.search("[转没未发]|完成|收到", run[0])
        if joined or (not grid and PLACE_ONLY.fullmatch(run[0])):
            shown += run[0] + (gap if re.fullmatch("[-—–_/|·]?", gap) else " ")
        else:
            said.append(run[0])
    return shown, said


def read_note_line(
    line: NoteLine, own_groups: Collection[str] = (), own_names: Collection[str] = ()
) -> Confirmation:
    """What a line of a #接龙 about forwarding says of the person it names; *unclear* whatever is no plain answer.

    Only a bare name, or one with a word or mark that says yes (已转, 完成, ✅, OK), with groups or exceptions if there are
    any, confirms. ``own_names``: the person's full names, if known: then what is said is all that stands beside
    them, else what seems to (“陈晨没群”). A grid in his shown name limits a yes if it divides ``own_groups``.
    """
    if len(line.text) > MAX_LINE:
        return unclear(())
    if own_names:
        line = _note_line(line.text, own_names)
    said, unread = marks_as_words(line.said)
    said, spelt = with_places(said, own_groups)
    read = as_written(_read_said(said, own_groups, unread=unread), spelt)
    grids = _dividing(line.name, own_groups) if read.kind is ConfirmationKind.ALL else ()
    return replace(read, kind=ConfirmationKind.SOME, items=grids) if grids else read


_YES = re.compile(r"(?:已|己|都|全部|均)?(?:已经|完成|完毕|转|转发|完成了|ok|好了|1|是)+(?:了)?")

MAX_WORD = 40
"""A longer word has no name in it that could be found."""
_NOTHING = re.compile(r"(?:[\s,;:。!、~()\[\]【】]|(?<!\.)\.(?!\.))*")
"""What may stand behind a bare name. A dash says that there is nothing."""


def _read_said(said: str, own_groups: Collection[str], *, unread: bool) -> Confirmation:
    """``unread``: there were marks that nobody can read; beside a yes in words they are an ornament."""
    plain, about = clean(said)
    if QUESTION.search(plain):
        return unclear(about)
    if _NOTHING.fullmatch(plain):
        return unclear(about) if unread else Confirmation(ConfirmationKind.ALL, (), about)
    if _YES.fullmatch(re.sub(r"[\s,。!]+", "", plain)):
        return Confirmation(ConfirmationKind.ALL, (), about)
    found = heard(clauses(plain), note=True, groups=[fold(group) for group in own_groups])
    if found.done + found.missing and not found.claimed and not unread and not found.polite:
        found.agree()
    return found.meaning(about) or unclear(about)


def _dividing(name: str, own_groups: Collection[str]) -> tuple[str, ...]:
    """The grids in a shown name that some of the person's groups belong to and others do not."""
    grids = []
    for grid in re.finditer(r"第?(\d{1,3})(?:号)?网格", fold(name)):
        inside = re.compile(rf"(?<!\d)0*{grid[1]}(?:号)?网格")
        belongs = [inside.search(fold(group)) is not None for group in own_groups]
        if any(belongs) and not all(belongs):
            grids.append(grid[0])
    return tuple(grids)
