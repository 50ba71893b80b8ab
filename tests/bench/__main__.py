"""Run all benchmarks and print one table: what, figure, limit or peer, ratio.

`python -m tests.bench [--quick]`: quick leaves out the 20,000 groups and most of the chat.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench import bombs, chat, console, events, program, recognise, talk


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without the 20,000 groups")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            *program.start_up(),
            *bombs.bombs(Path(folder) / "bombs"),
            *events.durable(Path(folder)),
            *program.town(Path(folder), 200, limit_s=5),
            *console.pages(Path(folder) / "town200"),
            *talk.reading(),
            *recognise.texts(),
            *recognise.pictures(Path(folder) / "pictures"),
            *talk.answers(Path(folder) / "talk", 2_000 if quick else 20_000),
            *chat.chat(Path(folder) / "chat", *((1, 2_000) if quick else (3, 20_000))),
        ]
        if not quick:
            rows += chat.flat(Path(folder))
            rows += program.town(Path(folder), 20_000, limit_s=120)
            rows += console.pages(Path(folder) / "town20000")
    width = max(len(row[0]) for row in rows)
    for what, figure, against, ratio in rows:
        print(f"{what:<{width}}  {figure:>16}  {against:>40}  {ratio:>6}")


if __name__ == "__main__":
    main()
