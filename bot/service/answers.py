"""What the ledger is asked by people and programs outside: which place, which waves, and what came of them (CONTRACTS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from bot.errors import ChuandaError, NotFound

if TYPE_CHECKING:
    from bot.model.counts import Counts
    from bot.model.tree import Node, Tree
    from bot.store.database import Store
    from bot.store.reading import Wave

TEN_YEARS = 3700
LAST_DAY = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Asking:
    """Which waves are meant: one by its name, or those of a campaign, or of local days (inclusive; default: today).

    ``flag``: what stands before the names of these in an error (a command's options begin with “--”). ``suggests``: whether
    whoever asks may hear names of the whole town, when theirs is unknown.
    """

    wave: str | None = None
    campaign: str | None = None
    first: date | None = None
    last: date | None = None
    flag: str = ""
    most_days: int = TEN_YEARS
    suggests: bool = True


@dataclass(frozen=True, slots=True)
class Meant:
    """The waves, and the days that they stand for."""

    waves: Sequence[Wave]
    first: date
    last: date


def waves_meant(store: Store, now: datetime, asking: Asking) -> Meant:
    """The waves that are asked for. Raises `NotFound` with the nearest names, `ChuandaError` if it cannot be meant."""
    from bot.model.time import day_of
    from bot.store import reading

    flag, first, last = asking.flag, asking.first, asking.last
    if asking.wave:
        if first or last or asking.campaign:
            raise ChuandaError(f"{flag}wave 和 {flag}campaign、{flag}from/{flag}to 只写一种")
        found = store.read(reading.wave_named, asking.wave)
        if found is None:
            names = store.read(reading.wave_names) if asking.suggests else ()
            raise NotFound(_unknown(asking.wave, "批次", names))
        return Meant([found], day_of(found.starts_at), day_of(found.starts_at))
    today = day_of(now)
    spans = store.read(reading.campaigns) if asking.campaign else {}
    if asking.campaign and asking.campaign not in spans:
        raise NotFound(_unknown(asking.campaign, "专项行动", list(spans) if asking.suggests else ()))
    if asking.campaign and not (first or last):
        first, last = map(day_of, spans[asking.campaign])
    begin, end = first or last or today, last or max(today, first or today)
    if begin > end:
        raise ChuandaError(f"{flag}from {begin} 在 {flag}to {end} 之后；把两个日期对调")
    if end > LAST_DAY:
        raise ChuandaError(f"{flag}to {end} 还早；写到 {LAST_DAY} 为止")
    if end - begin >= timedelta(days=asking.most_days):
        raise ChuandaError(f"日期范围太长；一次最多看 {asking.most_days} 天")
    waves = store.read(reading.waves_between, begin, end)
    return Meant([w for w in waves if not asking.campaign or w.campaign == asking.campaign], begin, end)


def _unknown(name: str, kind: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.3)
    return f"没有“{name}”这个{kind}" + (f"；是不是：{'、'.join(near)}" if near else "")


def figures(
    store: Store, tree: Tree, place: Node, waves: Sequence[Wave]
) -> tuple[Counts, list[tuple[str, Counts]]]:
    """The figures of ``place`` over ``waves``, and of each place right below it (path, figures), those without any too."""
    from bot.model.counts import Counts
    from bot.store import reading

    known = dict(store.read(reading.children_counts, waves, place.id))
    below = [(child.path, known.pop(child.path, Counts())) for child in tree.children(place)]
    return store.read(reading.counts, waves, place.id), below + list(known.items())


def coverage_answer(store: Store, tree: Tree, place: Node, meant: Meant) -> dict[str, Any]:
    """What `coverage --json` says of ``place``."""
    from bot.coverage import coverage_json

    counts, below = figures(store, tree, place, meant.waves)
    return coverage_json(place.path, meant.first, meant.last, len(meant.waves), counts, below)


def find_node(tree: Tree, path: str | None, within: Node | None = None) -> Node:
    """The node that somebody names by path, by path without the town, or by its name alone; ``within``: this place and
    below it (default: the town; what is named when nothing is). Raises `NotFound`."""
    top = within or tree.root
    if not path:
        return top
    path = path.strip().strip("/")
    nodes = tree.subtree(top)
    by_path = tree.by_path.get(path) or tree.by_path.get(f"{tree.root.name}/{path}")
    if by_path is not None and top.lo <= by_path.lo <= top.hi:
        return by_path
    named = [n for n in nodes if n.name == path]
    if len(named) == 1:
        return named[0]
    last = path.rsplit("/", 1)[-1]
    near = [n.path for n in named] or get_close_matches(last, [n.name for n in nodes], n=3, cutoff=0.4)
    raise NotFound(
        f"没有“{path}”这个单位" + (f"；是不是：{'、'.join(near)}" if near else "；看名册里的单位名称")
    )
