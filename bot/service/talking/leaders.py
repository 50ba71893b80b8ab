"""Leaders' questions, answered from the ledger for what is theirs (PLANS P5). Nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce

from bot import phrases
from bot.commands.dates import span
from bot.commands.places import Names, full_name
from bot.commands.said import Said
from bot.model.counts import Counts
from bot.model.time import day_of
from bot.model.tree import Node
from bot.phrases import deciding, leaders
from bot.service import reporting
from bot.service.desk import Desk
from bot.service.talking.speaker import topmost
from bot.service.talking.turn import Reply, Turn, numbered
from bot.store import reading, sending
from bot.store.reading import TargetRow, Wave

MOST_ROWS = 50
"""Above this many gaps places are told and no groups: nobody reads fifty lines on a telephone."""
MOST_LISTED = 500
"""Above this many the gap list by reasons takes its time; it comes at 18:00 anyway."""
LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: places (several only where somebody answers for several and names none), their waves, and
    how these are called (“今天到 17:26”)."""

    places: Sequence[Node]
    waves: Sequence[Wave]
    when: str

    @property
    def name(self) -> str:
        return "、".join(node.name for node in self.places)

    @property
    def one(self) -> Node | None:
        """The place, where it is one."""
        return self.places[0] if len(self.places) == 1 else None

    def counts(self, desk: Desk) -> Counts:
        found = [desk.store.read(reading.counts, self.waves, place.id) for place in self.places]
        return reduce(Counts.plus, found)

    def gaps(self, desk: Desk) -> list[TargetRow]:
        rows = [desk.store.read(reading.target_rows, self.waves, p.id, gaps_only=True) for p in self.places]
        return [row for some in rows for row in some]


async def coverage(desk: Desk, turn: Turn) -> Reply:
    """“覆盖率 [单位] [哪天|标题]”."""
    about = _about(desk, turn)
    if isinstance(about, Reply):
        return about
    root, waves, counts = desk.tree.root, about.waves, about.counts(desk)
    rows = about.gaps(desk) if counts.gaps <= MOST_ROWS else []
    below = [] if about.one is None else desk.store.read(reading.children_counts, waves, about.one.id)
    town = None
    if about.one is not root and waves:
        town = (root.name, desk.store.read(reading.counts, waves, root.id))
    withdrawn = list(dict.fromkeys(wave.title for wave in waves if wave.withdrawn))
    return Reply(leaders.coverage_answer(about.name, about.when, counts, rows, town, below, withdrawn))


async def gaps(desk: Desk, turn: Turn) -> Reply:
    """“未转发 [单位]”; the office's “缺口” without a place is the gap list."""
    about = _about(desk, turn)
    if isinstance(about, Reply):
        return about
    today, counts = day_of(desk.now), about.counts(desk)
    if about.one is desk.tree.root and not turn.said.when and counts.gaps <= MOST_LISTED:
        return Reply(reporting.gap_list(desk, desk.now, in_chat=True))
    if counts.gaps > MOST_ROWS and about.one is not None:
        below = desk.store.read(reading.children_counts, about.waves, about.one.id)
        lacking = [(path.rsplit("/", 1)[-1], c.gaps) for path, c in below if c.gaps]
        return Reply(leaders.gaps_by_place(about.name, counts.gaps, lacking))
    over = any(wave.closes_at <= desk.now for wave in about.waves)
    rows = about.gaps(desk)
    return Reply(leaders.gaps_answer(about.name, about.when, counts, rows, desk.now, today, over=over))


async def progress(desk: Desk, turn: Turn) -> Reply:
    """“进度”: each wave of the day."""
    about = _about(desk, replace(turn, said=replace(turn.said, when="")))
    if isinstance(about, Reply):
        return about
    each = [(wave, replace(about, waves=[wave]).counts(desk)) for wave in about.waves]
    left = desk.store.read(sending.waiting_parts, desk.now)
    minutes = left * desk.schedules.pacing.seconds / 60 if desk.capabilities.by_itself else None
    paused = bool(desk.paused)
    return Reply(leaders.progress_answer(about.name, desk.now, each, left, minutes, paused=paused))


async def holes(desk: Desk, turn: Turn) -> Reply:
    """“空白点”: places without any group."""
    about = _about(desk, turn)
    if isinstance(about, Reply):
        return about
    empty = [_short_path(node, top) for top in about.places for node in desk.tree.holes_below(top)]
    return Reply(leaders.holes_answer(about.name, empty))


def _short_path(node: Node, top: Node) -> str:
    below = node.path.removeprefix(f"{top.path}/")
    return below.replace("/", "") if below != node.path else node.name


async def ranking(desk: Desk, turn: Turn) -> Reply:
    """“排名”: off unless a document and a person are named (DESIGN, burden and law)."""
    assessment = desk.schedules.assessment
    if assessment is None:
        return Reply(leaders.ranking_off(), outcome="排名没有开")
    about = _about(desk, replace(turn, said=replace(turn.said, node="")))
    if isinstance(about, Reply):
        return about
    units = desk.store.read(reading.children_counts, about.waves, desk.tree.root.id)
    shares = [(path.rsplit("/", 1)[-1], c.coverage) for path, c in units if c.coverage is not None]
    shares.sort(key=lambda one: -one[1])
    rows = [(1 + sum(other > share for _, other in shares), name, share) for name, share in shares]
    return Reply(leaders.ranking_answer(about.when, rows, assessment.basis))


async def circular(desk: Desk, turn: Turn) -> Reply:
    """“通报”: the day's result as it stands."""
    return Reply(reporting.day_result(desk, desk.now))


def _about(desk: Desk, turn: Turn) -> Reply | About:
    said = turn.said
    no_place = said.node and not said.when and desk.gazetteer.place(said.node).one is None
    if no_place and desk.store.read(reading.title_like, said.node, desk.now - LOOK_BACK):
        said = replace(said, node="", when=said.node)  # “覆盖率 刷单返利”
    place = place_of(desk, turn, said)
    if isinstance(place, Reply):
        return place
    places = [place] if said.node else _own(turn)
    today = day_of(desk.now)
    days = span(said.when, today)
    if days is None:
        return _by_title(desk, said, places)
    waves = desk.store.read(reading.waves_between, *days)
    if days == (today, today):
        return About(places, waves, f"今天到 {phrases.clock(desk.now)}")
    first, last = map(phrases.spoken_day, days)
    return About(places, waves, first if first == last else f"{first}到{last}")


def _own(turn: Turn) -> Sequence[Node]:
    """What is meant without a name: in a work group its place, else all that is theirs and lies below nothing else of it."""
    scope = turn.speaker.scope
    if turn.group is not None and scope[0].id == turn.group.node:
        return scope[:1]
    return topmost(scope)


def _by_title(desk: Desk, said: Said, places: Sequence[Node]) -> Reply | About:
    known = desk.store.read(reading.waves_since, desk.now - LOOK_BACK)
    titles = list(dict.fromkeys(wave.title for wave in reversed(known)))
    found = Names((title, title) for title in titles).find(said.when)
    if found.one is not None:
        waves = [wave for wave in known if wave.title == found.one]
        return About(places, waves, f"《{found.one}》")
    if found.near:
        return Reply(
            deciding.which_title(said.when, found.near), numbered(said, "when", found.near), "问是哪一条"
        )
    return Reply(leaders.no_such_day(said.when), outcome="看不懂日期")


def place_of(desk: Desk, turn: Turn, said: Said) -> Reply | Node:
    """The place that is asked about, if it is theirs; else what is answered."""
    scope = turn.speaker.scope
    if not scope:
        return Reply(outcome="没有管的地方")
    if not said.node:
        return scope[0]
    found = desk.gazetteer.place(said.node, scope)
    if found.one is not None:
        if any(top.lo <= found.one.lo <= top.hi for top in scope):
            return found.one
        own = "、".join(dict.fromkeys(node.name for node in scope[:3]))
        return Reply(leaders.another_place(found.one.name, own), outcome="不是他管的地方")
    near = [n for n in found.near if any(top.lo <= n.lo <= top.hi for top in scope)]
    if not near:
        # Who is known by a shown name only may be anybody: their words are not repeated.
        written = said.node if turn.speaker.by_account else "这个地方"
        return Reply(leaders.no_such_place(written), outcome="没有这个地方")
    shown = [_told_apart(desk, node) for node in near]
    return Reply(
        deciding.which_place(said.node, shown), numbered(said, "node", [n.path for n in near]), "问是哪个地方"
    )


def _told_apart(desk: Desk, node: Node) -> str:
    """A place's name, with its village where that is another."""
    return full_name(desk.tree, node)
