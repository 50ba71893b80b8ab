"""The chat through a real gateway: our channel against python-wechaty as its users write it and Node's own client.

`python -m tests.bench.chat [--rounds N] [--burst N]`. Each client has its own process and its own fresh gateway; the
three take turns, and the figures are medians of the rounds. A ratio is against the peer that is named first, the better
one: sends and events from 1 on are well, memory up to 1. A burst counts once the texts of all its messages were there.
The peers fetch every message that they are told of; ours leaves out its own coming back, whose ids it knows.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from bot.channels.wechaty import trial
from tests.bench.chat_peer import ENDPOINT, TOKEN
from tests.gateway.control import Gateway

Row = tuple[str, str, str, str]
HERE = Path(__file__).parent
OURS, BARE, NODE = "ours", "python-wechaty", "Node"
SECRET = "bench_chuanda"
"""Node's client wants a token with an underscore: what stands before it is the name in its certificate."""
SECONDS = 2.0
SENDERS = 1000
BLOCK = 10_000
"""Messages between two measurements of memory; fewer than the gateway keeps for who lags behind."""
CHATTER = "：收到，今晚在群里再说一遍"


class Client:
    """A client's process, spoken to in lines of JSON."""

    def __init__(self, which: str, gateway: Gateway, home: Path) -> None:
        home.mkdir()
        command, where = _command(which, home)
        with (home / "client.err").open("w") as complaints:
            self.process = subprocess.Popen(
                command,
                cwd=where,
                env=_environment(home)
                | {ENDPOINT: f"127.0.0.1:{gateway.port}", TOKEN: gateway.token, "WECHATY_LOG": "silent"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )
        self._errors = home / "client.err"

    def tell(self, what: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the client ended: {self._errors.read_text('utf-8')[-1000:]}")
        return json.loads(line)

    def memory_mb(self) -> float:
        """What it holds at the moment."""
        pid = self.process.pid
        with contextlib.suppress(FileNotFoundError):
            lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
        said = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
        return int(said.stdout) / 1024

    def hear(self, prefix: str, count: int, speak: Callable[[], None]) -> tuple[int, float]:
        """How many of the ``count`` messages of ``speak`` it heard, and in how many seconds from its begin."""
        self.tell({"do": "hear", "prefix": prefix, "count": count})
        assert self.answer() == "listening"
        began = time.perf_counter()
        speak()
        heard = self.answer()
        return heard, time.perf_counter() - began


def _environment(home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WECHATY_")}
    return {**ours, "HOME": str(home)}


def _command(which: str, home: Path) -> tuple[list[str], Path]:
    """How to start a client, and in which folder: Node looks for modules from there."""
    if which == NODE:
        code = (HERE / "chat_client.mjs").read_text("utf-8")
        node = trial.find_node()
        return [node.node, "--input-type=module", "--eval", code], trial.install(node=node).parents[1]
    name = "ours" if which == OURS else "bare"
    return [sys.executable, "-m", "tests.bench.chat_peer", name, str(home)], HERE.parents[1]


@contextlib.contextmanager
def _logged_in(which: str, folder: Path, people: int, keep: int) -> Iterator[tuple[Gateway, Client]]:
    """A client at its own fresh gateway, with one room and ``people`` in it."""
    names = [f"p{n}" for n in range(people)]
    world = {
        "account": {"key": "bot", "name": "传达"},
        "rooms": [{"key": "r1", "topic": "柳林村工作群", "members": ["bot", *names], "owner": "p0"}],
        "people": [{"key": name, "name": f"村民{name}"} for name in names],
    }
    profile = {"like": "ids_and_echo", "keep": keep}
    folder.mkdir(parents=True)
    with Gateway.started(folder / "gateway", world, profile=profile, token=SECRET) as gateway:
        client = Client(which, gateway, folder / "client")
        try:
            assert client.answer() == "ready"
            yield gateway, client
        finally:
            client.process.kill()
            client.process.communicate()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one client in one round. ``heard``: how much of the burst."""

    alone: float
    together: float
    events: float
    memory: float
    heard: int


def _sends(client: Client, room: str, workers: int, seconds: float = SECONDS) -> float:
    client.tell({"do": "send", "room": room, "workers": workers, "seconds": seconds})
    told = client.answer()
    return float(told["sent"] / told["seconds"])


def _one(which: str, folder: Path, burst: int) -> Figures:
    with _logged_in(which, folder, 2, 2 * burst) as (gateway, client):
        room = gateway.room("r1")

        def quiet(prefix: str) -> None:
            """The echoes of what was sent are read, too."""
            client.hear(prefix, 1, lambda: gateway.burst("r1", "p0", 1, f"{prefix}0+{{n}}{CHATTER}"))

        _sends(client, room, 8, SECONDS / 4)  # compilers and caches warm up
        quiet("w")
        alone = _sends(client, room, 1)
        quiet("a")
        together = _sends(client, room, 64)
        quiet("t")
        heard, seconds = client.hear(
            "b", burst, lambda: gateway.burst("r1", "p0", burst, f"b0+{{n}}{CHATTER}")
        )
        return Figures(alone, together, heard / seconds, client.memory_mb(), heard)


def chat(folder: Path, rounds: int = 3, burst: int = 20_000) -> list[Row]:
    """Sends, events and memory of the three clients."""
    clients = [OURS, NODE, BARE]
    found: dict[str, list[Figures]] = {which: [] for which in clients}
    for number in range(rounds):
        for place in range(len(clients)):
            which = clients[(number + place) % len(clients)]
            found[which].append(_one(which, folder / f"{number}{which}", burst))
    figures = {
        which: {f.name: median(getattr(one, f.name) for one in found[which]) for f in fields(Figures)}
        for which in clients
    }
    lost = {
        which: f" ({min(one.heard for one in found[which]):,} of {burst:,})"
        if any(one.heard < burst for one in found[which])
        else ""
        for which in clients
    }

    def row(what: str, name: str, unit: str, least: bool = False) -> Row:
        def told(which: str) -> str:
            return f"{figures[which][name]:,.0f}{unit}{lost[which] if name == 'events' else ''}"

        peers = sorted([NODE, BARE], key=lambda which: figures[which][name], reverse=not least)
        ratio = figures[OURS][name] / figures[peers[0]][name]
        return what, told(OURS), ", ".join(f"{which} {told(which)}" for which in peers), f"{ratio:.2f}"

    return [
        row("chat: sends one after another", "alone", "/s"),
        row("chat: sends, 64 at once", "together", "/s"),
        row(f"chat: events in, {burst:,} at once", "events", "/s"),
        row("  memory after them", "memory", " MB", least=True),
    ]


def flat(folder: Path, blocks: int = 10) -> list[Row]:
    """Our memory after the first block of chatter in a room, in which everybody spoke, and after the last."""
    after = []
    with _logged_in(OURS, folder / "flat", SENDERS, 2 * BLOCK) as (gateway, client):

        def speak(prefix: str) -> None:
            each = BLOCK // SENDERS
            for n in range(SENDERS):
                gateway.burst("r1", f"p{n}", each, f"{prefix}{n * each}+{{n}}{CHATTER}")

        for number in range(blocks):
            prefix = f"m{number}-"
            heard, _ = client.hear(prefix, BLOCK, lambda prefix=prefix: speak(prefix))
            if heard < BLOCK:
                raise RuntimeError(f"our client lost {BLOCK - heard} of {BLOCK} messages")
            after.append(client.memory_mb())
    first, last = after[0], after[-1]
    return [
        (
            f"  memory after {blocks * BLOCK:,} of {SENDERS:,} people",
            f"{last:.1f} MB",
            f"after {BLOCK:,}: {first:.1f} MB",
            f"{last / first:.2f}",
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--rounds", type=int, default=3, help="of the three clients, each with fresh gateways"
    )
    parser.add_argument("--burst", type=int, default=20_000, help="messages")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [*chat(Path(folder), chosen.rounds, chosen.burst), *flat(Path(folder))]
    width, widest = (max(len(row[n]) for row in rows) for n in (0, 2))
    for what, figure, against, ratio in rows:
        print(f"{what:<{width}}  {figure:>12}  {against:>{widest}}  {ratio:>6}")


if __name__ == "__main__":
    main()
