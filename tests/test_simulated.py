"""The simulated town: pure people, a witness that survives being killed, and nothing that a chat could not show."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Address, SendFailed
from bot.channels.simulated import people, ways
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.drawn import PICTURES, drawn
from bot.channels.simulated.people import When
from bot.channels.simulated.shown import as_message
from bot.channels.simulated.ways import RECOGNISED
from bot.channels.simulated.world import World
from bot.library import LiveLibrary
from bot.model.chat import Event, Message, MessageKind, Recall
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.time import TZ
from bot.model.tree import Group, GroupId, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId
from bot.recognise.confirm import Confirmation, ConfirmationKind, read_confirmation
from bot.recognise.files import look_at
from bot.recognise.match import Recogniser
from bot.recognise.note import read_group_note, read_note_line
from bot.recognise.paste import read_paste
from bot.recognise.verdict import VerdictKind
from bot.sample import sample
from bot.sample.town import town_tree
from bot.service.looking import Eyes

EIGHT = datetime(2026, 3, 12, 8, 0, tzinfo=TZ)
MIDNIGHT = EIGHT + timedelta(hours=16)
MORNING, NOON = "morning", "noon"


def content(name: str, number: str, *parts: Part) -> Content:
    return Content(
        ContentId(name), f"《{name}》是骗局", parts, f"digest-{name}", Path("content") / name, number
    )


TEXT = (
    "【反诈提醒】刷单返利都是诈骗，反诈宣〔2026〕101号\n先给小钱，再要大钱，最后一分钱也取不出来。\n"
    "看 https://www.qinghezhen.gov.cn/fanzha/101.html\n凡是让您先垫钱的兼职，一律不要做。拿不准时打96110。\n"
)
POSTER = content(
    "poster",
    "反诈宣〔2026〕101号",
    Part(PartKind.TEXT, text=TEXT),
    Part(PartKind.IMAGE, main=True, sha256="a" * 64),
)
WORDS = content("words", "反诈宣〔2026〕101号", Part(PartKind.TEXT, main=True, text=TEXT))
CARD = content(
    "card",
    "反诈宣〔2026〕101号",
    Part(PartKind.TEXT, text=TEXT),
    Part(
        PartKind.LINK,
        main=True,
        url="https://www.qinghezhen.gov.cn/fanzha/101.html",
        title="刷单返利都是诈骗",
    ),
)
SECOND_TEXT = content(
    "second",
    "",
    Part(PartKind.TEXT, text="各位邻居，下面这段请大家看一看，也念给家里老人听。"),
    Part(
        PartKind.TEXT,
        main=True,
        text="网上认识的人一谈钱就打住，没见过面的人叫您投资，十有八九是骗子设的局。",
    ),
)
FILM = content("film", "反诈宣〔2026〕102号", Part(PartKind.VIDEO, main=True, sha256="b" * 64))
APP = content(
    "app",
    "反诈宣〔2026〕103号",
    Part(PartKind.MINI_PROGRAM, main=True, appid="wx1", page="pages/a", title="反诈答题"),
)
BY_HAND = (POSTER, WORDS, CARD, SECOND_TEXT, FILM, APP)


def sample_contents() -> Sequence[Content]:
    return list(LiveLibrary(sample().library).refresh().contents.values())


CONTENTS = {c.id: c for c in (POSTER, SECOND_TEXT)}


@cache
def town(groups: int) -> Tree:
    return town_tree(groups, 1)


# ── an office that does the same every day ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One thing that the office or its bot does. ``key``: the fields of its line in the log."""

    at: datetime
    key: dict[str, Any]


def relays_of(tree: Tree) -> tuple[dict[GroupId, list[GroupId]], list[GroupId]]:
    """Who forwards from where to where, and what is posted by the office, as the planner has it."""
    relays: dict[GroupId, list[GroupId]] = {}
    direct = []
    for group in tree.groups:
        if group.use is Use.OUTLET:
            continue
        if group.mode is Mode.DIRECT:
            direct.append(group.id)
        else:
            source = tree.work_group_above(tree.by_id[group.node], strictly=group.use is Use.WORK)
            relays.setdefault(source.id if source else GroupId(0), []).append(group.id)
    return relays, direct


def office_day(tree: Tree) -> Iterator[Step]:
    """Two waves, every part posted where it goes directly, and everybody reminded twice."""
    _, direct = relays_of(tree)
    steps = []
    for hours, wave, it in ((0, MORNING, POSTER), (4, NOON, SECOND_TEXT)):
        begins = EIGHT + timedelta(hours=hours)
        steps.append(Step(begins, {"k": "wave", "wave": wave, "content": it.id}))
        for place, group in enumerate(direct, 1):
            for index, part in enumerate(it.parts):
                at = begins + timedelta(seconds=40 * place + 10 * index)
                steps.append(
                    Step(at, {"k": "post", "wave": wave, "group": group, "part": index, "main": part.main})
                )
    for hours in (3, 7):
        for worker in tree.workers:
            at = EIGHT + timedelta(hours=hours, seconds=2 * worker.id)
            steps.append(Step(at, {"k": "remind", "worker": worker.id}))
    return iter(sorted(steps, key=lambda step: step.at))


def live(world: World, log: Path, *, by: str = "bot") -> list[Event]:
    """Live the day, or what is left of it, and return what the bot saw."""
    done = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    now, seen = world.last_at or EIGHT, []
    for step in office_day(world.tree):
        if step.at < now or any(
            step.at.isoformat() == line["at"] and step.key.items() <= line.items() for line in done
        ):
            continue
        seen += world.due(step.at)
        it = step.key
        if it["k"] == "wave":
            world.announce(it["wave"], it["content"], *relays_of(world.tree), step.at)
        elif it["k"] == "post":
            world.posted(it["wave"], it["group"], it["part"], it["main"], by, step.at)
        else:
            world.reminded(it["worker"], step.at)
    return seen + world.due(MIDNIGHT)


@dataclass(frozen=True)
class Day:
    world: World
    log: bytes
    seen: Sequence[Event]
    truth: dict[str, Any]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines()]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.truth["rows"])


@cache
def day(groups: int = 40, seed: int = 1, *, bot_in_rooms: bool = True) -> Day:
    """A whole day of a town, undisturbed."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "world.jsonl"
        world = World(town(groups), CONTENTS, seed, log, bot_in_rooms=bot_in_rooms)
        seen = live(world, log, by="bot" if bot_in_rooms else "office")
        return Day(world, log.read_bytes(), seen, world.truth())


# ── the same town every time ────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    first, again, other = day(), day.__wrapped__(), day(seed=2)
    assert again.log == first.log
    assert (again.truth, again.seen) == (first.truth, first.seen)
    assert other.truth != first.truth


def test_what_a_person_does_is_the_same_on_every_machine() -> None:
    assert people.draw(1, MORNING, "柳林村第12网格居民一群").random() == pytest.approx(0.64176730, abs=1e-7)
    assert people.draw("a", "b").random() != people.draw("ab").random()


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1))
def test_a_town_killed_at_any_byte_of_its_log_ends_the_day_as_if_nothing_had_been(share: float) -> None:
    whole = day()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "world.jsonl"
        log.write_bytes(whole.log[: round(share * len(whole.log))])
        world = World(town(40), CONTENTS, 1, log)
        live(world, log)
        assert world.truth() == whole.truth
        assert log.read_bytes() == whole.log


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 1), st.integers(0, 16 * 60))
def test_after_a_restart_the_bot_is_told_what_came_while_it_was_away_and_nothing_else(
    share: float, minutes: int
) -> None:
    whole, back = day(), EIGHT + timedelta(minutes=minutes)
    cut = whole.log[: round(share * len(whole.log))]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "world.jsonl"
        log.write_bytes(cut)
        world = World(town(40), CONTENTS, 1, log, resume_from=back)
        seen = live(world, log)
    known = {event_of(json.loads(line)) for line in cut[: cut.rfind(b"\n") + 1].splitlines()}
    assert seen == [event for event in whole.seen if event.at > back or name_of(event) not in known]


def event_of(line: dict[str, Any]) -> str:
    """The name of the event that a line of the log is seen as."""
    if line["k"] == "post":
        return str(line["id"])
    what = f"chat/{line['place']}" if line["k"] == "chat" else line["k"]
    group = line["groups"][0] if line["k"] == "claim" else line.get("group")
    return f"{line.get('wave')}/{group}/{what}"


def name_of(event: Event) -> str:
    if isinstance(event, Recall):
        return event.message.replace("/repost", "/recall")
    assert isinstance(event, Message)
    return event.id


def test_the_witness_knows_the_truth_from_its_log_alone(tmp_path: Path) -> None:
    log = tmp_path / "world.jsonl"
    log.write_bytes(day().log)
    world = World(town(40), CONTENTS, 1, log)
    assert world.truth() == day().truth
    assert world.last_at == datetime.fromisoformat(max(line["at"] for line in day().lines))


def test_everything_that_the_bot_saw_had_been_written_down_and_in_order() -> None:
    written = Counter(line["at"] for line in day().lines)
    assert all(written[event.at.isoformat()] for event in day().seen)
    assert [event.at for event in day().seen] == sorted(event.at for event in day().seen)
    ids = [event.id for event in day().seen if isinstance(event, Message)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("room", [0, 10])
def test_what_cannot_be_written_down_does_not_happen(tmp_path: Path, room: int) -> None:
    """The disk is full, at once or in the middle of a line."""
    resource = pytest.importorskip("resource")
    log = tmp_path / "world.jsonl"
    world = World(town(40), CONTENTS, 1, log)
    world.announce(MORNING, POSTER.id, *relays_of(town(40)), EIGHT)
    before, raw = world.truth(), log.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(raw) + room, hard))
    try:
        with pytest.raises(OSError):
            world.announce(NOON, SECOND_TEXT.id, *relays_of(town(40)), EIGHT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (world.truth(), log.read_bytes()) == (before, raw)
    world.announce(NOON, SECOND_TEXT.id, *relays_of(town(40)), EIGHT)
    assert World(town(40), CONTENTS, 1, log).truth() == world.truth() != before


# ── what is true ────────────────────────────────────────────────────────────────────────────────────────


def test_the_truth_has_one_row_for_every_group_of_every_wave() -> None:
    tree = town(40)
    expected = {(wave, g.name) for wave in (MORNING, NOON) for g in tree.groups if g.use is not Use.OUTLET}
    assert {(row["wave"], row["group"]) for row in day().rows} == expected
    assert len(day().rows) == len(expected)
    assert {row["use"] for row in day().rows} == {"work", "resident"}
    assert set(day().truth) == {"version", "seed", "recognised", "rows"}
    for row in day().rows:
        assert list(row) == [
            "wave", "group", "node", "use", "mode", "bot_in_room", "posts", "reposted_at", "way", "recalled",
            "claimed_at", "honest",
        ]  # fmt: skip
        assert row["node"] in tree.by_path
        assert row["posts"] == (row["mode"] == "direct")
        assert (row["reposted_at"] is None) == (row["way"] is None)
        assert row["honest"] or row["claimed_at"]
        for at in (row["reposted_at"], row["claimed_at"]):
            assert at is None or at.endswith("+08:00")
    json.dumps(day().truth)


def test_a_content_posted_twice_shows_in_the_truth_and_a_part_beside_it_does_not(tmp_path: Path) -> None:
    tree = town(40)
    world = World(tree, CONTENTS, 1, tmp_path / "world.jsonl")
    _, direct = relays_of(tree)
    world.announce(MORNING, POSTER.id, *relays_of(tree), EIGHT)
    ids = [
        world.posted(MORNING, direct[0], index, main, "bot", EIGHT)
        for index, main in ((0, False), (1, True), (1, True))
    ]
    assert len(set(ids)) == 3
    assert {r["posts"] for r in world.truth()["rows"]} == {0, 2}


def test_announcing_a_wave_again_changes_nothing(tmp_path: Path) -> None:
    tree, log = town(40), tmp_path / "world.jsonl"
    world = World(tree, CONTENTS, 1, log)
    for _ in range(2):
        world.announce(MORNING, POSTER.id, *relays_of(tree), EIGHT)
    assert len(log.read_text("utf-8").splitlines()) == 1


def test_nobody_forwards_before_the_content_is_there() -> None:
    """A group that is forwarded into from a work group gets it later than that work group, whoever brought it there."""
    tree, at = town(40), {}
    for line in day().lines:
        if line["k"] == "repost" or (line["k"] == "post" and line["main"]):
            at[line["wave"], line["group"]] = line["at"]
    relays, _ = relays_of(tree)
    stations = {g.id for g in tree.groups if g.use is Use.WORK and g.mode is Mode.RELAY}
    checked = 0
    for source, groups in relays.items():
        for wave in (MORNING, NOON):
            for group in groups:
                if source and (wave, group) in at:
                    assert at[wave, source] < at[wave, group]
                    checked += source in stations
    assert checked > 5


def test_who_takes_a_repost_back_does_so_within_two_minutes_and_does_not_claim() -> None:
    big = day(800)
    reposted = {m.id: m.at for m in big.seen if isinstance(m, Message)}
    recalls = [event for event in big.seen if isinstance(event, Recall)]
    assert recalls
    for recall in recalls:
        assert timedelta() < recall.at - reposted[recall.message] <= timedelta(minutes=2)
    assert not [row for row in big.rows if row["recalled"] and (row["claimed_at"] or not row["reposted_at"])]


def test_people_are_as_people_are() -> None:
    """Shares among the groups of a large town in two waves and two seeds; always the same ones, so nothing wavers."""
    rows = [
        row
        for row in day(800).rows + day(800, seed=2).rows
        if row["mode"] == "relay" and row["use"] == "resident"
    ]
    assert len(rows) > 2_000

    def share(part: Sequence[object], whole: Sequence[object]) -> float:
        return len(part) / len(whole)

    reposts = [row for row in rows if row["reposted_at"]]
    assert 0.93 < share(reposts, rows) < 0.99
    assert 0.05 < share([r for r in reposts if r["way"] not in RECOGNISED], reposts) < 0.11
    assert 0.002 < share([r for r in reposts if r["recalled"]], reposts) < 0.03
    unseen = [r for r in reposts if not r["bot_in_room"]]
    assert 0.80 < share([r for r in unseen if r["claimed_at"]], unseen) < 0.92
    assert 0.001 < share([r for r in rows if not r["honest"]], rows) < 0.03
    conducts = [people.conduct(1, MORNING, f"{n}群", POSTER, bot_sees=False) for n in range(4_000)]
    whens = Counter(conduct.when for conduct in conducts)
    assert [round(whens[when] / 40) for when in When] == pytest.approx([78, 8, 10, 4], abs=3)
    assert all(180 <= c.delay_s <= 2400 for c in conducts if c.when is When.PROMPT)
    assert all(5 * 3600 <= c.delay_s <= 7 * 3600 for c in conducts if c.when is When.LATE)
    assert all(c.claims_s is not None for c in conducts if c.lies)
    habits = [people.all_at_once(1, MORNING, n) is not None for n in range(2_000)]
    assert 0.55 < sum(habits) / 2_000 < 0.65
    lists = [people.uses_a_list(1, MORNING, n) for n in range(2_000)]
    assert 0.07 < sum(lists) / 2_000 < 0.13


# ── what a chat shows, and what is seen in it ───────────────────────────────────────────────────────────


def ways_of_all() -> Iterator[Any]:
    """Every way in which every content can be passed on."""
    for it in (*BY_HAND, *sample_contents()):
        for way in (*ways.recognised_ways(it), *ways.unrecognised_ways(it)):
            yield pytest.param(it, way, id=f"{it.id}-{way}")


@pytest.mark.parametrize(("it", "way"), list(ways_of_all()))
def test_what_must_be_recognised_is_recognised_and_the_rest_is_not(it: Content, way: str) -> None:
    part = ways.passed_on(it, way, people.draw(7))
    main = it.parts[it.main]
    verdict = Recogniser([it], Eyes().look).match(
        as_message("1", GroupId(7), "w1", part, EIGHT),
        lambda message: look_at(BytesIO(drawn(main.path, way)), "image") if way in PICTURES else None,
    )
    covers = verdict.kind is VerdictKind.REPOST and any(hit.main for hit in verdict.hits)
    assert covers == (way in RECOGNISED)


def test_people_pass_on_only_in_ways_that_the_content_allows() -> None:
    for it in BY_HAND:
        chosen = {people.conduct(1, MORNING, f"{n}群", it, bot_sees=True).way for n in range(400)}
        assert chosen == {*ways.recognised_ways(it), *ways.unrecognised_ways(it)}
        assert set(ways.recognised_ways(it)) <= set(RECOGNISED)
    assert "number" not in ways.recognised_ways(SECOND_TEXT)


def test_what_the_bot_sees_of_a_day_is_what_the_truth_says() -> None:
    """The recogniser alone finds exactly the groups that were reposted into in a way that it must see."""
    whole, recogniser = day(400), Recogniser(CONTENTS.values())
    found = set()
    for event in whole.seen:
        if isinstance(event, Message):
            verdict = recogniser.match(event)
            if verdict.kind is VerdictKind.REPOST and any(hit.main for hit in verdict.hits):
                found.add((event.id.split("/")[0], event.room))
    by_name = {g.name: f"r{g.id}" for g in whole.world.tree.groups}
    assert found == {
        (row["wave"], by_name[row["group"]])
        for row in whole.rows
        if row["bot_in_room"] and row["way"] in RECOGNISED
    }


def test_the_bot_sees_its_own_rooms_only() -> None:
    tree = town(40)
    rooms = {f"r{g.id}" for g in tree.groups if day().world.sees(g)}
    assert {event.room for event in day().seen} <= rooms
    assert any(g.observe for g in tree.groups if f"r{g.id}" in rooms)
    own = [event for event in day().seen if isinstance(event, Message) and event.is_self]
    assert {event.sender for event in own} == {"bot"}
    assert len(own) == sum(line["k"] == "post" for line in day().lines)


def test_talk_is_neither_a_repost_nor_a_confirmation() -> None:
    recogniser = Recogniser([*BY_HAND, *sample_contents()])
    kinds: Counter[MessageKind] = Counter()
    said = set()
    for group in range(400):
        talks = people.chatter(1, MORNING, group)
        assert [talk.after_s for talk in talks] == sorted(talk.after_s for talk in talks)
        for talk in talks:
            kinds[talk.kind] += 1
            said.add(talk.text)
            message = Message("1", "r1", "w1", EIGHT, talk.kind, talk.text, sha256="f" * 64)
            assert recogniser.match(message).kind is not VerdictKind.REPOST
            read = read_confirmation(talk.text)
            assert read is None or read.kind is ConfirmationKind.NOT_YET, talk.text
    assert set(kinds) == {MessageKind.TEXT, MessageKind.IMAGE, MessageKind.AUDIO}
    assert {"收到", "明天转", "转发了吗？"} <= said


def test_there_is_talk_in_work_groups_and_in_observed_groups() -> None:
    tree = town(40)
    talked = {line["group"] for line in day().lines if line["k"] == "chat"}
    groups = [tree.group_by_id[GroupId(group)] for group in talked]
    assert {g.use for g in groups} == {Use.WORK, Use.RESIDENT}
    assert all(g.observe for g in groups if g.use is Use.RESIDENT)


# ── what people say ─────────────────────────────────────────────────────────────────────────────────────


def claims(whole: Day) -> Iterator[tuple[dict[str, Any], Confirmation | None]]:
    """Every “已转发” of a day with what the program reads in it."""
    messages = {event.id: event for event in whole.seen if isinstance(event, Message)}
    for line in whole.lines:
        if line["k"] != "claim":
            continue
        message = messages[f"{line['wave']}/{line['groups'][0]}/claim"]
        if not line["note"]:
            yield line, read_confirmation(message.text)
            continue
        assert message.kind is MessageKind.GROUP_NOTE
        listed = read_group_note(message.text)
        assert listed is not None
        assert listed[-1].name == whole.world.tree.worker_by_id[line["worker"]].name
        yield line, read_note_line(listed[-1])


def test_what_people_say_is_understood_as_they_mean_it() -> None:
    whole = day(400)
    relays, _ = relays_of(whole.world.tree)
    kinds: Counter[ConfirmationKind] = Counter()
    lists = 0
    for line, read in claims(whole):
        assert read is not None, line["text"]
        kinds[read.kind] += 1
        lists += line["note"]
        names = [whole.world.tree.group_by_id[group].name for group in line["groups"]]
        contact = [
            group
            for groups in relays.values()
            for group in groups
            if whole.world.tree.person_above(
                whole.world.tree.by_id[whole.world.tree.group_by_id[group].node], Post.CONTACT
            )
            == line["worker"]
        ]
        if read.kind is ConfirmationKind.ALL:
            assert set(line["groups"]) == set(contact)
        else:
            assert read.kind is ConfirmationKind.SOME
            assert list(read.items) == names
    assert min(kinds[ConfirmationKind.ALL], kinds[ConfirmationKind.SOME], lists) > 5


def test_who_answers_for_an_older_content_names_it() -> None:
    whole = day(400)
    late = [
        (line, read)
        for line, read in claims(whole)
        if line["wave"] == MORNING and datetime.fromisoformat(line["at"]) > EIGHT + timedelta(hours=6)
    ]
    assert late
    for line, read in late:
        assert read is not None
        assert read.about == (POSTER.number,) or line["note"]
    fresh = [read for line, read in claims(whole) if line["wave"] == NOON]
    assert fresh and not any(read.about for read in fresh if read)


def test_a_list_grows_line_by_line() -> None:
    whole = day(400)
    notes = [e for e in whole.seen if isinstance(e, Message) and e.kind is MessageKind.GROUP_NOTE]
    longest = max(notes, key=lambda note: len(note.text))
    wave = longest.id.split("/")[0]
    same = [note.text for note in notes if note.room == longest.room and note.id.split("/")[0] == wave]
    assert len(same) > 2
    assert longest.text.startswith("#接龙\n")
    for shorter, longer in pairwise(same):
        assert longer.startswith(shorter + "\n")


# ── being reminded ──────────────────────────────────────────────────────────────────────────────────────


def node(number: int, name: str, parent: int | None, hi: int, **people_: int) -> Node:
    path = "清河镇" if parent is None else f"清河镇/{name}"
    held = {Post(post): WorkerId(worker) for post, worker in people_.items()}
    lo = number - 1
    above = None if parent is None else NodeId(parent)
    return Node(NodeId(number), name, path, "网格", "", above, lo, hi, held)


NAMESAKES = Tree(
    nodes=[
        node(1, "清河镇", None, 2),
        node(2, "第1网格", 1, 1, contact=1),
        node(3, "第2网格", 1, 2, contact=2),
    ],
    groups=[
        Group(GroupId(1), NodeId(1), "清河镇工作群", Use.WORK, mode=Mode.DIRECT),
        *(Group(GroupId(n), NodeId(2 + n % 2), f"居民{n}群") for n in range(2, 200)),
    ],
    workers=[Worker(WorkerId(1), "王敏", "清河镇"), Worker(WorkerId(2), "王敏乙", "清河镇")],
)


def waiting_world(log: Path) -> World:
    """A seed with which both people act group by group, so that some groups wait for a reminder."""
    seed = next(
        seed
        for seed in range(1, 200)
        if not any(people.all_at_once(seed, MORNING, worker) for worker in (1, 2))
    )
    world = World(NAMESAKES, CONTENTS, seed, log)
    world.announce(MORNING, POSTER.id, *relays_of(NAMESAKES), EIGHT)
    world.posted(MORNING, GroupId(1), 1, True, "bot", EIGHT)
    world.due(EIGHT + timedelta(hours=8))
    return world


def reposted(world: World) -> set[str]:
    return {row["group"] for row in world.truth()["rows"] if row["reposted_at"]}


def test_only_the_person_who_is_named_is_reminded_and_not_one_whose_name_begins_alike(tmp_path: Path) -> None:
    world = waiting_world(tmp_path / "world.jsonl")
    later = EIGHT + timedelta(hours=8)
    before = reposted(world)
    world.noticed(GroupId(1), "还有没转的：\n@王敏乙 还有 3 个群等您转：《刷单》", later)
    world.due(later + timedelta(hours=1))
    second = reposted(world) - before
    assert second
    assert all(int(name[2:-1]) % 2 == 1 for name in second)
    for again in range(2):
        world.reminded(WorkerId(1), later + timedelta(hours=2, minutes=again))
    world.due(later + timedelta(hours=3))
    first = reposted(world) - before - second
    assert first
    assert all(int(name[2:-1]) % 2 == 0 for name in first)
    lines = (tmp_path / "world.jsonl").read_text("utf-8").splitlines()
    assert sum(json.loads(line)["k"] == "remind" for line in lines) == 2


def test_without_a_reminder_some_groups_wait_for_ever_and_a_notice_that_names_nobody_is_none(
    tmp_path: Path,
) -> None:
    world = waiting_world(tmp_path / "world.jsonl")
    before = reposted(world)
    world.noticed(GroupId(1), "王敏、王敏乙，今天辛苦了", EIGHT + timedelta(hours=8))
    assert world.next_at() is None
    world.due(MIDNIGHT + timedelta(days=1))
    assert reposted(world) == before
    assert 0.75 < len(before) / 198 < 0.95


# ── the channel, and the office's own phone ─────────────────────────────────────────────────────────────


async def test_the_bot_posts_hears_itself_and_may_take_it_back_for_two_minutes(tmp_path: Path) -> None:
    now = [EIGHT]
    world = World(NAMESAKES, CONTENTS, 1, tmp_path / "world.jsonl")
    world.announce(MORNING, POSTER.id, *relays_of(NAMESAKES), EIGHT)
    channel = SimulatedChannel(world, lambda: now[0])
    assert [room.topic for room in await channel.rooms()] == ["清河镇工作群"]
    to, part = Address(room="r1"), POSTER.parts[1]
    first = await channel.send(to, part, f"{MORNING}#1!")
    (echo,) = [e for e in world.due(EIGHT) if isinstance(e, Message) and e.is_self]
    assert (echo.id, echo.sha256) == (first.message_id, part.sha256)
    second = await channel.send(to, POSTER.parts[0], f"{MORNING}#0")
    now[0] += timedelta(minutes=2)
    assert await channel.recall(to, first.message_id)
    assert not await channel.recall(to, first.message_id)
    now[0] += timedelta(seconds=1)
    assert not await channel.recall(to, second.message_id)
    assert not await channel.recall(to, f"{MORNING}/2/repost")
    again = World(NAMESAKES, CONTENTS, 1, tmp_path / "world.jsonl")
    assert not again.took_back(first.message_id, EIGHT)
    assert again.took_back(second.message_id, EIGHT)


@pytest.mark.parametrize(
    "to", [Address(room="r2"), Address(room="r999"), Address(room="x"), Address(person="w9")]
)
async def test_the_bot_cannot_send_where_it_is_not(tmp_path: Path, to: Address) -> None:
    log = tmp_path / "world.jsonl"
    world = World(NAMESAKES, CONTENTS, 1, log)
    world.announce(MORNING, POSTER.id, *relays_of(NAMESAKES), EIGHT)
    with pytest.raises(SendFailed, match=r"不在这个群|没有这个人"):
        await SimulatedChannel(world, lambda: EIGHT).send(to, POSTER.parts[1], f"{MORNING}#1!")
    assert len(log.read_text("utf-8").splitlines()) == 1


async def test_a_private_reminder_reaches_its_person_and_another_notice_reminds_nobody(
    tmp_path: Path,
) -> None:
    world = waiting_world(tmp_path / "world.jsonl")
    channel = SimulatedChannel(world, lambda: EIGHT + timedelta(hours=8))
    note = Part(PartKind.TEXT, text="您还有 3 个群等您转")
    await channel.send(Address(person="w1"), note, "notice:escalation:2026-03-12:1")
    assert world.next_at() is None
    await channel.send(Address(person="w1"), note, "notice:reminder:2026-03-12:1:0")
    assert world.next_at() is not None


async def test_in_real_time_events_come_by_themselves(tmp_path: Path) -> None:
    log = tmp_path / "world.jsonl"
    log.write_bytes(day().log)
    world = World(town(40), CONTENTS, 1, log, resume_from=EIGHT)
    events = SimulatedChannel(world, lambda: MIDNIGHT).events()
    heard = [await anext(events) for _ in range(5)]
    assert heard == list(day().seen[:5])


def test_on_the_manual_channel_the_bot_sees_nothing_and_the_office_reads_the_chats() -> None:
    whole = day(bot_in_rooms=False)
    assert not whole.seen
    assert not any(row["bot_in_room"] for row in whole.rows)
    read = []
    for group in whole.world.tree.groups:
        if group.use is Use.WORK:
            text = whole.world.transcript(group.id, EIGHT, MIDNIGHT)
            read += [(m.sender, m.text) for m in read_paste(text, MIDNIGHT)]
    for line in whole.lines:
        name = whole.world.tree.worker_by_id[line["worker"]].name if line["k"] == "claim" else ""
        if line["k"] == "claim" and not line["note"]:
            assert (name, line["text"]) in read
    assert sum(line["k"] == "claim" for line in whole.lines) > 20
    assert any(text in ("[图片]", "[语音]") for _, text in read)


def test_a_chat_is_copied_from_one_instant_to_another_and_nothing_twice() -> None:
    world = day(bot_in_rooms=False).world
    for group in (g for g in world.tree.groups if g.use is Use.WORK):
        whole = world.transcript(group.id, EIGHT, MIDNIGHT)
        halves = [
            world.transcript(group.id, *span)
            for span in ((EIGHT, EIGHT + timedelta(hours=1)), (EIGHT + timedelta(hours=1), MIDNIGHT))
        ]
        assert "\n".join(half for half in halves if half) == whole


@pytest.mark.bench
def test_two_waves_of_twenty_thousand_groups_take_seconds_to_live_and_to_remember(tmp_path: Path) -> None:
    tree, log = town_tree(20_000), tmp_path / "world.jsonl"
    relays, direct = relays_of(tree)
    began = time.monotonic()
    world = World(tree, CONTENTS, 1, log)
    for hours, wave, it in ((0, MORNING, POSTER), (4, NOON, SECOND_TEXT)):
        at = EIGHT + timedelta(hours=hours)
        world.due(at)
        world.announce(wave, it.id, relays, direct, at)
        for group in direct:
            world.posted(wave, group, 1, True, "bot", at)
    world.due(MIDNIGHT)
    lived = time.monotonic()
    assert World(tree, CONTENTS, 1, log).truth() == world.truth()
    assert lived - began < 10
    assert time.monotonic() - lived < 10
