"""The database file: one writer that answers after the commit, readers that see nothing half done, plans that search."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Busy, ChuandaError
from bot.model.chat import Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import Act, Entry, EntryId, Evidence, TargetId
from bot.model.plan import PlannedWave, Slot
from bot.model.time import TZ
from bot.model.tree import Medium, Mode, Tree, Use
from bot.planner.waves import targets_of
from bot.sample.town import town_tree
from bot.schedules.model import Schedules
from bot.store import ledger, notices, reading, sending, trees, waves
from bot.store.database import FolderLock, Store
from tests.conftest import CHINESE

EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
NOON = EIGHT + timedelta(hours=4)


def remember(conn: sqlite3.Connection, key: str, *, then_fail: bool = False) -> str:
    """A change that can go wrong after it has written something."""
    conn.execute("INSERT INTO meta VALUES (?, 'x')", (key,))
    if then_fail:
        raise ValueError(key)
    return key


def remembered(conn: sqlite3.Connection) -> set[str]:
    return {key for (key,) in conn.execute("SELECT key FROM meta")}


@pytest.fixture
def store(quick: Path) -> Iterator[Store]:
    with closing(Store(quick / "chuanda.db")) as store:
        yield store


@pytest.fixture
def other(store: Store, quick: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else who looks into the same file."""
    with closing(sqlite3.connect(quick / "chuanda.db")) as conn:
        yield conn


# ── one writer ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_64_who_write_at_once_share_one_commit(store: Store) -> None:
    said: list[str] = []
    store.conn.set_trace_callback(said.append)
    answers = await asyncio.gather(*(store.write(remember, f"{n}") for n in range(64)))
    assert answers == [f"{n}" for n in range(64)]
    assert said.count("COMMIT") == said.count("BEGIN IMMEDIATE") == 1
    await store.write(remember, "later")
    assert said.count("COMMIT") == 2, "and one alone waits for nobody"


async def test_whoever_is_answered_can_be_seen_by_everybody(store: Store, other: sqlite3.Connection) -> None:
    async def write(key: str) -> None:
        for again in range(3):
            answer = await store.write(remember, f"{key}.{again}")
            assert answer in remembered(other)

    await asyncio.gather(*(write(f"{n}") for n in range(64)))
    assert store.write_now(remember, "now") in remembered(other)


async def test_one_that_fails_is_told_so_and_its_neighbours_are_written(
    store: Store, other: sqlite3.Connection
) -> None:
    answers = await asyncio.gather(
        *(store.write(remember, f"{n}", then_fail=n == 30) for n in range(64)), return_exceptions=True
    )
    failed = answers.pop(30)
    assert isinstance(failed, ValueError) and str(failed) == "30"
    assert set(answers) == remembered(other) == {f"{n}" for n in range(64) if n != 30}


async def test_one_that_gave_up_waiting_holds_nobody_up(store: Store) -> None:
    writes = [asyncio.create_task(store.write(remember, f"{n}", then_fail=n == 1)) for n in range(3)]
    await asyncio.sleep(0)
    writes[0].cancel()
    assert await writes[2] == "2"
    with pytest.raises(ValueError, match="1"):
        await writes[1]


def test_a_command_that_fails_leaves_nothing_and_the_next_one_works(
    store: Store, other: sqlite3.Connection
) -> None:
    with pytest.raises(ValueError, match="half"):
        store.write_now(remember, "half", then_fail=True)
    assert remembered(other) == set()
    assert store.write_now(remember, "whole") in remembered(other)


def test_what_belongs_together_within_something_that_belongs_together(
    store: Store, other: sqlite3.Connection
) -> None:
    """A part that fails is undone alone; what is kept is kept with the whole, or not at all."""
    with store.together():
        store.write_now(remember, "whole")
        with store.together():
            store.write_now(remember, "part")
        with pytest.raises(ValueError, match="bad"), store.together():
            store.write_now(remember, "undone")
            store.write_now(remember, "bad", then_fail=True)
        store.write_now(remember, "after")
        assert remembered(other) == set()
    assert remembered(other) == {"whole", "part", "after"}
    with pytest.raises(ValueError, match="late"), store.together():
        with store.together():
            store.write_now(remember, "early")
        store.write_now(remember, "late", then_fail=True)
    assert remembered(other) == {"whole", "part", "after"}


async def test_where_somebody_else_holds_the_file_all_who_write_are_told_at_once(
    store: Store, other: sqlite3.Connection
) -> None:
    """Each waiting by itself would hold the program up for ten seconds times their number."""
    store.conn.execute("PRAGMA busy_timeout = 50")
    other.isolation_level = None
    other.execute("BEGIN IMMEDIATE")
    said: list[str] = []
    store.conn.set_trace_callback(said.append)
    answers = await asyncio.gather(*(store.write(remember, f"{n}") for n in range(3)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Busy} and CHINESE.search(str(answers[0]))
    assert said.count("BEGIN IMMEDIATE") == 1
    with pytest.raises(Busy):
        store.write_now(remember, "now")
    other.execute("ROLLBACK")
    assert await store.write(remember, "after") == "after"


def test_a_full_disk_is_told_in_chinese_and_nothing_is_half_written(
    store: Store, other: sqlite3.Connection
) -> None:
    (pages,) = store.conn.execute("PRAGMA page_count").fetchone()
    store.conn.execute(f"PRAGMA max_page_count = {pages}")

    def fill(conn: sqlite3.Connection) -> None:
        for number in range(10_000):
            remember(conn, f"{number}{'x' * 1000}")

    with pytest.raises(ChuandaError, match="磁盘满了"):
        store.write_now(fill)
    assert remembered(other) == set()


# ── readers ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Filled:
    """A town of 400 groups with three waves: of yesterday, of this morning, and an urgent one."""

    store: Store
    tree: Tree

    @property
    def waves(self) -> list[reading.Wave]:
        yesterday = EIGHT.date() - timedelta(days=1)
        return self.store.read(reading.waves_between, yesterday, EIGHT.date())

    def targets(self, use: Use, mode: Mode | None = None) -> list[reading.TargetRow]:
        rows = self.store.read(reading.target_rows, self.waves[:1])
        return [row for row in rows if row.use == use and mode in (None, row.mode)]


@pytest.fixture
def filled(store: Store) -> Filled:
    tree = store.write_now(trees.add_edition, town_tree(400, 1), "t", EIGHT)
    schedules = Schedules.model_validate({"entries": [{"cron": "0 8 * * *", "what": {"rotate": "all"}}]})
    [(entry, campaign)] = schedules.all_entries()
    parts = (Part(PartKind.TEXT, text="刷单"), Part(PartKind.TEXT, main=True, text="刷单返利都是诈骗。"))
    content = Content(ContentId("001"), "刷单", parts, "digest", Path("001"))
    rooms = {group.id: (group.name, True) for group in tree.groups}
    for name, at, urgent in (("昨天", -24, False), ("早上", 0, False), ("紧急", 1, True)):
        start = EIGHT + timedelta(hours=at)
        targets = targets_of(
            tree, content, entry, campaign, schedules, frozenset({Medium.WECHAT}), set(), start
        )
        wave = PlannedWave(
            Slot(EntryId(name), start, content.id), name, content, "", start, start + timedelta(days=7), urgent,
            frozenset(Evidence), tuple(targets),
        )  # fmt: skip
        store.write_now(waves.freeze_wave, wave, tree, 1, rooms, [0, 1], start + timedelta(days=2))
    return Filled(store, tree)


WATCH = """
import sqlite3, sys
conn, seen = sqlite3.connect(sys.argv[1]), []
print("ready", flush=True)
while not seen or seen[-1][0] < int(sys.argv[2]):
    seen.append(conn.execute(
        "SELECT (SELECT COUNT(*) FROM ledger WHERE act = 'confirmed'), "
        "(SELECT COUNT(*) FROM target WHERE evidence = 'confirmed'), "
        "(SELECT confirmed FROM counter WHERE wave = 1 AND node = 1)").fetchone())
assert all(a == b == c and a % 4 == 0 for a, b, c in seen), seen
print(len(set(seen)))
"""
"""Another process: entries, targets and counters always agree, and four that belong together come together."""


async def test_another_process_sees_nothing_half_done(filled: Filled, quick: Path) -> None:
    rows = filled.targets(Use.RESIDENT, Mode.RELAY)[:200]

    def confirm_four(conn: sqlite3.Connection, first: int) -> None:
        for row in rows[first : first + 4]:
            ledger.record(conn, row.id, Entry(Act.CONFIRMED, EIGHT, "worker:1"))

    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WATCH, quick / "chuanda.db", str(len(rows)), stdout=subprocess.PIPE
    )
    assert reader.stdout and await reader.stdout.readline() == b"ready\n"
    try:
        for first in range(0, len(rows), 4):
            await filled.store.write(confirm_four, first)
            await asyncio.sleep(0.002)
        steps, _ = await asyncio.wait_for(reader.communicate(), 20)
    finally:
        if reader.returncode is None:
            reader.kill()
    assert reader.returncode == 0 and int(steps) > 2, "it looked while we wrote"


HOLD = """
import pathlib, sys, time
from bot.store.database import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_folder_has_one_program_until_that_one_ends_or_dies(quick: Path) -> None:
    first = FolderLock(quick)
    with pytest.raises(Busy) as refused:
        FolderLock(quick)
    assert CHINESE.search(str(refused.value)) and str(quick) in str(refused.value)
    first.release()
    with subprocess.Popen([sys.executable, "-c", HOLD, quick], stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy):
            FolderLock(quick)
        Store(quick / "chuanda.db").close()
        holder.kill()
    FolderLock(quick).release()


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as conn:
        return {sql for (sql,) in conn.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def test_an_empty_file_gets_every_table_and_is_kept_safe(quick: Path) -> None:
    (quick / "empty.db").touch()
    for name in ("empty.db", "folders/that/are/not/yet/new.db"):
        with closing(Store(quick / name)) as store:
            assert store.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert store.conn.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
            assert {"node", "approval", "wave", "target", "ledger", "counter", "outgoing"} <= set(store.db.table_names())  # fmt: skip
    assert tables(quick / "empty.db") == tables(quick / "folders/that/are/not/yet/new.db")


def test_opened_again_it_is_not_migrated_again(quick: Path) -> None:
    migrated = []
    for _ in range(3):
        with closing(Store(quick / "chuanda.db")) as store:
            migrated.append(store.conn.execute("SELECT name, applied_at FROM _sqlite_migrations").fetchall())
    assert migrated[0] and migrated[0] == migrated[1] == migrated[2]


def test_commands_that_lay_out_a_new_folder_at_the_same_time_all_work(quick: Path) -> None:
    refused: list[ChuandaError] = []
    together = threading.Barrier(4)

    def open_it(path: Path) -> None:
        together.wait()
        try:
            Store(path).close()
        except ChuandaError as error:
            refused.append(error)

    for number in range(20):
        commands = [threading.Thread(target=open_it, args=(quick / f"{number}.db",)) for _ in range(4)]
        for command in commands:
            command.start()
        for command in commands:
            command.join()
    assert refused == []


def garbage(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 a spreadsheet" * 400)


def half(path: Path) -> None:
    Store(path).close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_lock_file_that_is_garbage_is_named(quick: Path) -> None:
    (quick / "run.lock").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(ChuandaError, match=r"run\.lock"):
        FolderLock(quick)


def folder(path: Path) -> None:
    path.mkdir()


def newer(path: Path) -> None:
    """What a later version of this program would leave: a migration that we do not know."""
    with closing(Store(path)) as store:
        row = ("chuanda", "m999_of_next_year", "2027-01-01")
        store.conn.execute("INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES (?, ?, ?)", row)  # fmt: skip


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE song(name TEXT)")


def foreign_with_a_table_of_ours(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE node(name TEXT)")


@pytest.mark.parametrize("made", [garbage, half, folder, newer, foreign, foreign_with_a_table_of_ours])
def test_a_file_that_is_not_ours_is_refused_in_chinese_and_left_as_it_was(
    quick: Path, made: Callable[[Path], None]
) -> None:
    path = quick / "chuanda.db"
    made(path)
    before = tables(path) if made in (newer, foreign, foreign_with_a_table_of_ours) else set()
    with pytest.raises(ChuandaError) as refused:
        Store(path)
    assert CHINESE.search(str(refused.value)) and str(path) in str(refused.value)
    assert not before or tables(path) == before


def test_a_data_folder_that_is_a_file_is_refused_in_chinese(quick: Path) -> None:
    (quick / "data").write_text("not a folder", "utf-8")
    with pytest.raises(ChuandaError, match=CHINESE):
        Store(quick / "data" / "chuanda.db")


# ── what is due ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_comes_by_rank_and_each_once(filled: Filled) -> None:
    store, later = filled.store, NOON + timedelta(hours=1)
    for key, at in (("now", NOON), ("later", later)):
        store.write_now(notices.add_notice, key, "office", "好", at, NOON + timedelta(days=1), group=filled.tree.groups[0].id)  # fmt: skip
    ranks = dict(store.conn.execute("SELECT id, rank FROM outgoing"))
    in_order = store.read(sending.planned, NOON)
    assert [out.key for out in in_order if out.target is None] == ["now"]
    assert [(ranks[out.id], out.id) for out in in_order] == sorted(
        (ranks[out.id], out.id) for out in in_order
    )
    kinds = ["紧急" if out.urgent else out.kind if out.target is None else "rest" for out in in_order]
    assert list(dict.fromkeys(kinds)) == ["紧急", "office", "rest"]
    assert kinds == sorted(kinds, key=["紧急", "office", "rest"].index)
    taken = []
    while (out := store.read(sending.next_due, NOON)) is not None:
        assert store.write_now(sending.begin, out, out.text, "me", NOON.date(), NOON)
        assert not store.write_now(sending.begin, out, out.text, "me", NOON.date(), NOON)
        taken.append(out.id)
    assert taken == [out.id for out in in_order]
    assert store.read(sending.next_after, NOON) == later


def test_within_a_wave_work_groups_come_first_and_a_groups_parts_in_order(filled: Filled) -> None:
    use_of = {group.id: group.use for group in filled.tree.groups}
    one = [out for out in filled.store.read(sending.planned, NOON) if out.wave == "早上"]
    uses = [use_of[out.group] for out in one if out.group]
    assert uses == sorted(uses, key=[Use.WORK, Use.RESIDENT].index) and len(set(uses)) == 2
    assert [out.part for out in one] == [0, 1] * (len(one) // 2)


# ── query plans ─────────────────────────────────────────────────────────────────────────────────────────────


class Explaining(sqlite3.Connection):
    """A connection that asks, before each statement, how SQLite will find the rows (with the same parameters)."""

    steps: list[str]

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", sql):
            self.steps += [row[3] for row in super().execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        for row in parameters:
            self.execute(sql, row)
        return self.cursor()


Run = Callable[[sqlite3.Connection, Filled], Any]


def worker_of(filled: Filled) -> Any:
    return next(row.worker_id for row in filled.targets(Use.RESIDENT, Mode.RELAY) if row.worker_id)


def village(filled: Filled) -> Any:
    return filled.tree.nodes[1].id


def repost(conn: sqlite3.Connection, filled: Filled, minutes: int) -> None:
    group = filled.targets(Use.RESIDENT)[0].group_id
    assert group is not None
    message = Message("m1", "room", "wxid", EIGHT + timedelta(minutes=minutes), MessageKind.TEXT)
    ledger.record_repost(conn, ContentId("001"), group, message, "")


def confirm(conn: sqlite3.Connection, target: TargetId) -> None:
    assert ledger.record(conn, target, Entry(Act.CONFIRMED, NOON, "worker:1"))


HOT: dict[str, tuple[Run, str]] = {
    "counts": (lambda c, f: reading.counts(c, f.waves, village(f)), "c USING PRIMARY KEY (wave=? AND node=?)"),
    "children of one wave": (lambda c, f: reading.children_counts(c, f.waves[:1], village(f)), "edition_node_parent (edition=? AND parent=?)"),
    "children of three waves": (lambda c, f: reading.children_counts(c, f.waves, village(f)), "edition_node_parent (edition=? AND parent=?)"),
    "targets of a subtree": (lambda c, f: reading.target_rows(c, f.waves, village(f)), "target_place (wave=? AND lo>? AND lo<?)"),
    "gaps of a subtree": (lambda c, f: reading.target_rows(c, f.waves, village(f), gaps_only=True), "target_place (wave=? AND lo>? AND lo<?)"),
    "tasks of a day, one wave": (lambda c, f: reading.tasks_of_day(c, worker_of(f), EIGHT.date() - timedelta(days=1)), "target_worker (worker=? AND wave=?)"),
    "tasks of a day, three waves": (lambda c, f: reading.tasks_of_day(c, worker_of(f), EIGHT.date()), "target_worker (worker=? AND wave=?)"),
    "open tasks": (lambda c, f: reading.open_tasks(c, NOON), "target_open"),
    "next due": (lambda c, f: sending.next_due(c, NOON), "outgoing_due"),
    "in doubt": (lambda c, f: sending.in_doubt(c), "outgoing_open (state=?)"),
    "record": (lambda c, f: confirm(c, f.targets(Use.RESIDENT)[0].id), "t USING INTEGER PRIMARY KEY"),
    "record in a work group": (lambda c, f: confirm(c, f.targets(Use.WORK)[0].id), "target_source (source=?)"),
    "repost": (lambda c, f: repost(c, f, 30), "target_group (wave=? AND grp=?)"),
    "repost before any wave": (lambda c, f: repost(c, f, -3000), "target_group (wave=? AND grp=?)"),
    "recall": (lambda c, f: ledger.record_recall(c, "m1", NOON), "ledger_ref (ref=?)"),
}  # fmt: skip
SCANS = re.compile(r"SCAN (target|t|s|ledger|l|counter|c|outgoing|o|edition_node|n)\b")
IN_ORDER_OF_RANK = "SCAN o USING INDEX outgoing_due"
"""Not the table: an index of what is planned only, read from its beginning until one is due."""


@pytest.mark.parametrize("name", HOT)
def test_the_hot_readings_search_and_never_scan(filled: Filled, quick: Path, name: str) -> None:
    run, index = HOT[name]
    assert len(filled.waves) == 3
    with closing(sqlite3.connect(quick / "chuanda.db", isolation_level=None, factory=Explaining)) as conn:
        conn.steps = []
        run(conn, filled)
    assert [step for step in conn.steps if SCANS.match(step) and step != IN_ORDER_OF_RANK] == []
    assert any(index in step for step in conn.steps), conn.steps
