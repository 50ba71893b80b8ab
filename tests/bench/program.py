"""The program from outside: start-up against a bare interpreter, whole days against their limits."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

Row = tuple[str, str, str, str]
CHUANDA = [sys.executable, "-m", "bot"]


def _seconds(command: list[str], runs: int = 7) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def start_up() -> list[Row]:
    """`--help` must stay under 8 bare interpreters."""
    bare = _seconds([sys.executable, "-c", "pass"])
    own = _seconds([*CHUANDA, "--help"])
    return [
        (
            "--help",
            f"{own * 1000:.0f} ms",
            f"bare python {bare * 1000:.0f} ms, limit 8 ×",
            f"{own / bare:.1f}",
        )
    ]


def town(folder: Path, groups: int, limit_s: float) -> list[Row]:
    """One demo day of ``groups`` groups, and then a village's coverage, as whole processes."""
    data = str(folder / f"town{groups}")
    began = time.perf_counter()
    with subprocess.Popen(
        [*CHUANDA, "demo", "--groups", str(groups), "--data", data, "--json"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        result = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    memory = usage.ru_maxrss / 1024
    wrong = len(result["truth_disagreements"])
    village = ["--node", _a_village(data)]
    coverage = _seconds([*CHUANDA, "coverage", "--data", data, *village, "--json"], 3)
    bare = _seconds([sys.executable, "-c", "pass"])
    return [
        (
            f"demo, {groups:,} groups × 1 day",
            f"{wall:.1f} s",
            f"limit {limit_s:.0f} s",
            f"{wall / limit_s:.2f}",
        ),
        ("  memory", f"{memory:.0f} MB", "limit 500 MB", f"{memory / 500:.2f}"),
        ("  truth_disagreements", str(wrong), "0", ""),
        (
            "  coverage of a village",
            f"{coverage * 1000:.0f} ms",
            f"bare python {bare * 1000:.0f} ms",
            f"{coverage / bare:.1f}",
        ),
    ]


def _a_village(data: str) -> str:
    answer = subprocess.run([*CHUANDA, "coverage", "--data", data, "--json"], capture_output=True, check=True)
    children: list[dict[str, str]] = json.loads(answer.stdout)["children"]
    return children[0]["node"]
