"""How the town's own things are cut out of a line: a group that does not count, a content to be kept. Pure.

None: other talk.
"""

from __future__ import annotations

import re

from bot.commands.line import Cut, Line
from bot.commands.orders import FOLLOWS, reason_of, title_of
from bot.commands.said import Command, Said
from bot.commands.slots import GROUPISH, NUMBERED, PLACE, TITLE, tagged
from bot.commands.vocabulary import EXEMPT, EXEMPT_SOFT, NO_PLACE, NO_TITLE, TALK


def exempted(*, soft: bool = False) -> Cut:
    """豁免 柳林村第12网格一群 整村拆迁: the first word is the group. ``soft``: the word is said of anything (不算)."""

    def cut(line: Line, found: re.Match[str]) -> Said | None:
        opened = FOLLOWS.match(line.plain, found.end())
        start = opened.end() if opened else found.end()
        if start >= line.end:
            return None if soft else Said(Command.EXEMPT)
        first = re.compile(r"《?([^\s,。、:;!?《》]{2,40})》?").match(line.plain, start)
        if first is None or NO_PLACE.match(first[1]):
            return None
        known = GROUPISH.fullmatch(first[1])
        if not known and (soft or start == found.end() or TALK.search(first[1])):
            return None
        return Said(
            Command.EXEMPT,
            group=line.cut(*first.span(1)),
            reason=reason_of(line, first.end(), len(line.plain)),
        )

    return cut


EXEMPT_BEHIND = (
    rf"(?P<group>[^\s,。、:;!?《》]{{2,40}}?)\s*(?:(?P<soft>{EXEMPT_SOFT})|{EXEMPT})[\s,:，。;]+(?P<why>\S.*)"
)


def exempted_behind(line: Line, found: re.Match[str]) -> Said | None:
    """柳林村第2网格一群不算，已经解散了; 第三小学家长群 豁免 放暑假."""
    group = found["group"]
    named = NUMBERED.search(group) or PLACE.match(group) or (not found["soft"] and GROUPISH.fullmatch(group))
    if line.asks or not named or not GROUPISH.fullmatch(group) or NO_PLACE.match(group) or TALK.search(group):
        return None
    return Said(
        Command.EXEMPT,
        group=line.cut(*found.span("group")),
        reason=reason_of(line, found.start("why"), len(line.plain)),
    )


def stored(line: Line, found: re.Match[str]) -> Said | None:
    """入库 刷单返利 #老年人 #刷单返利, 入库《…》受众：… 话题：…"""
    rest = line.plain[found.end() :].rstrip()
    if not rest.strip(" ,.:。!"):
        return Said(Command.INBOX)
    if rest[0] not in " \n:,《#" and "#" not in rest and "《" not in rest:
        return None
    tags = tagged(rest)
    quoted = TITLE.search(rest)
    if quoted and quoted.start() > 40:
        quoted = None
    if quoted:
        title = line.cut(found.end() + quoted.start(1), found.end() + quoted.end(1))
    else:
        title = tags.rest.strip(" ,:。\n").split("\n")[0].strip(" ,:。")
        at = line.plain.find(title, found.end())
        title = line.cut(at, at + len(title)) if at >= 0 else title
        if len(title) > 80 or (title and NO_TITLE.search(title) and rest[0] not in " \n:"):
            return None
    if not title and not (tags.audiences or tags.topics):
        return None
    return Said(Command.INBOX, title=title, audiences=tags.audiences, topics=tags.topics)


def stored_tags_first(line: Line, found: re.Match[str]) -> Said | None:
    """#财会人员 #冒充领导 入库《…》: like the tags behind it."""
    title = title_of(line, *found.span("rest"))
    tags = tagged(found["tags"])
    return Said(Command.INBOX, title=title, audiences=tags.audiences, topics=tags.topics) if title else None


def stored_behind(line: Line, found: re.Match[str]) -> Said | None:
    """把《刷单返利》入库 #老年人."""
    tags = tagged(line.plain[found.end("title") : found.end()])
    title = title_of(line, *found.span("title"))
    return Said(Command.INBOX, title=title, audiences=tags.audiences, topics=tags.topics) if title else None
