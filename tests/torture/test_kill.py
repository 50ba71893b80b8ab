"""SIGKILL at fifty random moments of a demo day, and the same command again until the day ends.

The witness is world.jsonl: the simulated town writes what happened before it answers, so it survives every kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]
GROUPS, SEED = 60, 1
AT_THE_START, IN_THE_DAY, IN_A_SEND = 8, 30, 12
"""Kills while the folder is being laid out, while the day is played (by how far the town has come), and inside a
send: the instant before or after the message is in the town, when the ledger does not know yet. That one is too
short to be met from outside (a tenth of a millisecond), so there the process kills itself."""
PATIENCE_S = 120.0
KILLS = AT_THE_START + IN_THE_DAY + IN_A_SEND
DIES_IN_A_SEND = """
import os, sys
from bot.channels.simulated.channel import SimulatedChannel
from bot.cli.main import main
log, beyond, after, send = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "after", SimulatedChannel.send
async def dying(self, to, part, ref):
    now = os.path.getsize(log) >= beyond and not ref.startswith("notice:")
    if now and not after:
        os.kill(os.getpid(), 9)
    receipt = await send(self, to, part, ref)
    if now:
        os.kill(os.getpid(), 9)
    return receipt
SimulatedChannel.send = dying
sys.exit(main(sys.argv[4:]))
"""

pytestmark = pytest.mark.torture


ARGUMENTS = ["--groups", str(GROUPS), "--seed", str(SEED), "--json", "--no-serve"]


def command(data: Path) -> list[str]:
    return [sys.executable, "-m", "bot", "demo", "--data", str(data), *ARGUMENTS]


def dying_command(data: Path, beyond: int, when: str) -> list[str]:
    """The same command in a process that dies in its first send once the town's log is that long."""
    dies = [sys.executable, "-c", DIES_IN_A_SEND, str(data / "world.jsonl"), str(beyond), when]
    return [*dies, "demo", "--data", str(data), *ARGUMENTS]


@dataclass
class Seen:
    """What a killed process had committed, gathered over all kills."""

    kills: int = 0
    entries: dict[tuple[int, str, str], int] = field(default_factory=dict)
    """(target, act, ref) of the ledger → the earliest time seen."""
    accepted: set[int] = field(default_factory=set)
    sending: set[int] = field(default_factory=set)
    world: bytes = b""

    def look(self, data: Path) -> None:
        """Right after a kill."""
        self.kills += 1
        log = data / "world.jsonl"
        raw = log.read_bytes() if log.exists() else b""
        whole = raw[: raw.rfind(b"\n") + 1]
        assert whole.startswith(self.world), "the witness forgot something"
        self.world = whole
        for target, act, ref, at in rows(data, "SELECT target, act, ref, at FROM ledger"):
            key = (target, act, ref)
            self.entries[key] = min(at, self.entries.get(key, at))
        for id, state in rows(data, "SELECT id, state FROM outgoing WHERE kind = 'part'"):
            if state == "accepted":
                self.accepted.add(id)
            elif state == "sending":
                self.sending.add(id)


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """The answer of a query, as another program sees the file; empty where there is no such table yet."""
    if not (data / "chuanda.db").exists():
        return []
    db = sqlite3.connect(data / "chuanda.db")
    try:
        return db.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        assert "no such table" in str(error)
        return []
    finally:
        db.close()


def killed(run: list[str], ready: Callable[[], bool], jitter_s: float = 0.0) -> bool:
    """Start the command, kill it ``jitter_s`` after ``ready`` holds; false if it ended by itself before."""
    process = subprocess.Popen(
        run, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and not ready():
        assert time.monotonic() < deadline, "the day does not go on"
        time.sleep(0.0005)
    time.sleep(jitter_s)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    _, err = process.communicate()
    assert process.returncode in (-signal.SIGKILL, 0, 1), err.decode()
    return process.returncode == -signal.SIGKILL


def moments(calm: bytes, dice: random.Random) -> list[tuple[int, str]]:
    """(bytes of world.jsonl, how) at which to kill: inside sends of the morning, until noon, inside sends of the
    noon wave, until night. Inside one only among a wave's first sends, so that some are left to die in."""
    begins, posts, end = [], [], 0
    for line in calm.splitlines(keepends=True):
        kind = json.loads(line)["k"]
        if kind == "wave":
            begins.append(end)
            posts.append([])
        elif kind == "post":
            posts[-1].append(end)
        end += len(line)
    morning, noon = begins
    found: list[tuple[int, str]] = []
    for first, last, sends in ((morning, noon * 9 // 10, posts[0]), (noon, end, posts[1])):
        inside = sorted(dice.sample(sends[: len(sends) // 2], IN_A_SEND // 2))
        found += [(at, ("before", "after")[n % 2]) for n, at in enumerate(inside)]
        found += sorted((dice.randrange(first, last), "outside") for _ in range(IN_THE_DAY // 2))
    return found


def test_a_day_killed_fifty_times_ends_with_nothing_twice_and_nothing_lost(
    tmp_path: Path, chuanda: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    calm = tmp_path / "calm"
    assert subprocess.run(command(calm), cwd=TOP, capture_output=True, check=False).returncode == 0
    data, seen, dice = tmp_path / "killed", Seen(), random.Random(20260312)
    log = data / "world.jsonl"

    for number in range(AT_THE_START):
        there = data / ("", "demo.json", "chuanda.db", "world.jsonl")[number % 4]
        if killed(command(data), there.exists, dice.uniform(0, 0.02)):
            seen.look(data)
    for at, how in moments((calm / "world.jsonl").read_bytes(), dice):
        if how == "outside":
            beyond = max(at, _size(log))
            dead = killed(command(data), lambda beyond=beyond: _size(log) > beyond, dice.uniform(0, 0.01))  # type: ignore[misc]
        else:
            dead = killed(dying_command(data, at, how), lambda: False)
        if dead:
            seen.look(data)
    while seen.kills < KILLS and killed(command(data), lambda: True, dice.uniform(0.2, 0.8)):
        seen.look(data)  # instead of moments that fell behind the day's end

    last = subprocess.run(command(data), cwd=TOP, capture_output=True, timeout=PATIENCE_S, check=False)
    assert last.stderr == b""
    result = json.loads(last.stdout)
    assert seen.kills == KILLS
    assert seen.sending, "some died inside a send"

    # Nothing was posted twice: no main part and no other.
    world = [json.loads(line) for line in log.read_bytes().splitlines()]
    posts = Counter((w["wave"], w["group"], w["part"]) for w in world if w["k"] == "post")
    assert max(posts.values()) == 1
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    assert max(row["posts"] for row in truth["rows"]) == 1
    reposts = Counter((w["wave"], w["group"]) for w in world if w["k"] == "repost")
    assert max(reposts.values()) == 1, "the town itself goes on as if nothing had been"

    # Nothing recorded is lost.
    assert log.read_bytes().startswith(seen.world)
    kept = {(t, act, ref): at for t, act, ref, at in rows(data, "SELECT target, act, ref, at FROM ledger")}
    lost = [key for key, at in seen.entries.items() if key not in kept or kept[key] > at]
    assert not lost

    # Every part is accounted for: accepted and in the town, or in doubt and on the office's list.
    parts = rows(
        data,
        "SELECT o.id, o.state, w.name, o.grp, o.part FROM outgoing o JOIN target t ON t.id = o.target "
        "JOIN wave w ON w.id = t.wave WHERE o.kind = 'part'",
    )
    state = {id: here for id, here, *_ in parts}
    assert set(state.values()) <= {"accepted", "in_doubt"}
    assert all(state[id] == "accepted" for id in seen.accepted)
    there = {(wave, group, part) for _, here, wave, group, part in parts if here == "accepted"}
    doubted = {(wave, group, part) for _, here, wave, group, part in parts if here == "in_doubt"}
    assert there <= set(posts) <= there | doubted
    listed = chuanda("outbox", "--data", data, "--json").lines
    in_doubt = {int(row["id"][1:]) for row in listed if row["in_doubt"]}
    assert in_doubt == {id for id, here in state.items() if here == "in_doubt"}
    assert in_doubt <= seen.sending
    assert result["in_doubt"] == len(in_doubt)

    # The numbers agree with the ledger, and the ledger with the town, but for what is in doubt.
    assert chuanda("audit", "--data", data).code == 0
    names = dict(rows(data, "SELECT id, name FROM grp"))
    wrong = result["truth_disagreements"]
    unexplained = [line for line in wrong if not _explained(line, doubted, world, names)]
    assert not unexplained
    assert last.returncode == (1 if wrong else 0)

    settled = sum(state[id] == "accepted" for id in seen.sending)
    with capsys.disabled():
        print(
            f"\nkills {seen.kills}, in flight at a kill {len(seen.sending)} (settled by echo {settled}, in doubt "
            f"{len(in_doubt)}), posts {sum(posts.values())}, twice 0, ledger entries seen {len(seen.entries)}, lost 0, "
            f"disagreements {len(wrong)} (all by doubt), {time.monotonic() - began:.0f} s"
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _explained(
    line: str, doubted: set[tuple[str, int, int]], world: list[dict[str, Any]], names: dict[int, str]
) -> bool:
    """Whether a disagreement is about a group in doubt, or one that is fed from a group in doubt."""
    doubtful = {(wave, group) for wave, group, _ in doubted}
    for wave in (w for w in world if w["k"] == "wave"):
        source_of = {g: int(s) for s, groups in wave["relays"].items() for g in groups}
        for group in (
            g for g in [*source_of, *wave["direct"]] if line.startswith(f"{wave['wave']} {names[g]}：")
        ):
            here: int | None = group
            while here is not None and (wave["wave"], here) not in doubtful:
                here = source_of.get(here)
            return here is not None
    return False
