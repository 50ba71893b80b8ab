"""Files made to keep the program busy: refused, as whole processes, against the second that they may take."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

from bot.sample import sample

Row = tuple[str, str, str, str]
CHUANDA = [sys.executable, "-m", "bot"]
LIMIT_S = 1.0


def bombs(folder: Path) -> list[Row]:
    """An alias bomb as schedules.yaml, and a roster that unpacks to 2 GB."""
    folder.mkdir()
    yaml, xlsx = folder / "schedules.yaml", folder / "roster.xlsx"
    layers = "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yaml.write_text("a: &a [1,1,1,1,1,1,1,1,1]\n" + layers, "utf-8")
    with zipfile.ZipFile(sample().roster) as good, zipfile.ZipFile(xlsx, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in good.namelist():
            with bomb.open(name, "w", force_zip64=True) as entry:
                entry.write(good.read(name))
                for _ in range(200 if "sheet1" in name else 0):
                    entry.write(b" " * 10_000_000)
    return [
        _refused("YAML bomb", ["check", "--config", yaml, "--data", folder / "data"]),
        _refused("zip bomb", ["roster", "check", xlsx, "--data", folder / "data"]),
    ]


def _refused(what: str, words: list[str | Path]) -> Row:
    began = time.perf_counter()
    done = subprocess.run([*CHUANDA, *map(str, words)], capture_output=True, check=False)
    took = time.perf_counter() - began
    assert done.returncode in (1, 2) and done.stderr and b"Traceback" not in done.stderr
    return (f"{what} refused", f"{took * 1000:.0f} ms", f"limit {LIMIT_S:.0f} s", f"{took / LIMIT_S:.2f}")
