"""The log: who did what when, newest first, filtered and taken along; and whether anybody changed it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.app import Asked, number_of
from bot.console.choosing import date_of
from bot.console.files import download
from bot.console.look import page, went
from bot.model.time import day_of, day_start, from_epoch, to_epoch
from bot.phrases.log import VIAS, about, act, checked, short_seal, who
from bot.service.trail import log_book
from bot.store import log, talk
from bot.store.log import Row, Wanted

MOST = 60
MOST_NAMES = 200
"""In the list of names that a browser offers."""
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the page's form says, as it was typed; ``wrong``: which field cannot be understood, and why (Chinese)."""

    name: str
    command: str
    first: str
    last: str
    words: str
    wrong: dict[str, str]
    wanted: Wanted

    @property
    def query(self) -> str:
        """As the address has it."""
        fields = {
            "name": self.name, "command": self.command, "first": self.first, "last": self.last, "words": self.words,
        }  # fmt: skip
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def told(self) -> str:
        """In words."""
        named = (
            ("谁", self.name),
            ("做了什么", self.command and act(self.command)),
            ("从", self.first),
            ("到", self.last),
            ("词", self.words),
        )
        return "，".join(f"{what} {value}" for what, value in named if value)


async def audit(asked: Asked) -> Response:
    """The newest rows that fit, and a way on to older ones."""
    store, sieve = asked.console.town.desk.store, _sieve(asked)
    found: list[Row] = []
    if not sieve.wrong:
        found = store.read(log.rows, sieve.wanted, MOST + 1, _after(asked))
    count, seal = store.read(log.head)
    older = ""
    if len(found) > MOST:
        last = found[MOST - 1]
        place = urlencode({"after": f"{to_epoch(last.at)}-{last.id}"})
        older = f"{sieve.query}&{place}" if sieve.query else place
    return page(
        asked, "audit/audit.html", 422 if sieve.wrong else 200, rows=found[:MOST], sieve=sieve, older=older, count=count,
        seal=short_seal(seal), names=store.read(log.names, MOST_NAMES),
        commands=sorted(((one, act(one)) for one in store.read(log.commands)), key=lambda one: one[1]),
        act=act, who=who, about=about, titles=_titles(asked), vias=VIAS, goes_on="after" in asked.request.query_params,
    )  # fmt: skip


async def rows_xlsx(asked: Asked) -> Response:
    """The rows that fit, all of them; that somebody took them along stands in the log too."""
    sieve, store, now = _sieve(asked), asked.console.town.desk.store, asked.console.now()
    if sieve.wrong:
        return page(
            asked, "audit/refused.html", 422, wrong="；".join(sieve.wrong.values()), query=sieve.query
        )
    whole = await asyncio.to_thread(log_book, store, sieve.wanted, sieve.told, _titles(asked), now)
    by = asked.who.person.id
    await store.write(talk.log_command, now, by, "export", sieve.told or "全部", "导出了")
    return download(whole, f"操作记录 {day_of(now)}.xlsx")


async def check(asked: Asked) -> Response:
    """Whether the rows are as they were written, each of them."""
    store = asked.console.town.desk.store
    return went(asked, "/audit", checked(await asyncio.to_thread(store.read_apart, log.check)))


def _titles(asked: Asked) -> dict[str, str]:
    return {content.id: content.title for content in asked.console.town.desk.contents.values()}


def _sieve(asked: Asked) -> Sieve:
    query = asked.request.query_params
    name, command, first, last, words = (
        query.get(field, "").strip()[:200] for field in ("name", "command", "first", "last", "words")
    )
    wrong = {}
    begin, end = date_of(first), date_of(last)
    for field, written, found in (("first", first, begin), ("last", last, end)):
        if written and found is None:
            wrong[field] = f"“{written[:20]}”不是日期，写成 {day_of(asked.console.now())}"
    if begin and end and begin > end:
        wrong["last"] = "“到”在“从”的前面，把两个日期对调"
    wanted = Wanted(
        name,
        command,
        day_start(begin) if begin else None,
        day_start(end + timedelta(days=1)) if end else None,
        words.split()[:MOST_WORDS],
    )
    return Sieve(name, command, first, last, words, wrong, wanted)


def _after(asked: Asked) -> tuple[datetime, int] | None:
    """Behind which row the page goes on."""
    at, _, id = asked.request.query_params.get("after", "").partition("-")
    when, row = number_of(at), number_of(id)
    if when is None or row is None:
        return None
    try:
        return from_epoch(when), row
    except (ValueError, OverflowError):  # behind every calendar
        return None
