"""``python -m tests.corpus make|figures|curves|hashes PART [--seed N] [--share X] [--no-numbers] [--out DIR] [--wrong]``."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from tests.corpus.case import write
from tests.corpus.curves import curves
from tests.corpus.figures import by_kind, number_alone, outcomes, run_match, shown
from tests.corpus.hashes import hashes

PARTS = {
    "texts": "tests.corpus.texts",
    "pictures": "tests.corpus.pictures",
    "held-texts": "tests.corpus.held.texts",
    "held-pictures": "tests.corpus.held.pictures",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus")
    parser.add_argument("what", choices=("make", "figures", "curves", "hashes"))
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--no-numbers", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--wrong", action="store_true", help="show what was not read right")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = asked.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        part = importlib.import_module(PARTS[asked.part])
        write(out, part.build(out, asked.seed, numbers=not asked.no_numbers, share=asked.share))
        if asked.what == "curves":
            print("\n".join(curves(out)))
        elif asked.what == "hashes":
            print("\n".join(hashes(out)))
        elif asked.what == "figures":
            figures(out, wrong=asked.wrong)


def figures(folder: Path, *, wrong: bool) -> None:
    """Print what recognition makes of the corpus in ``folder``."""
    found = list(outcomes(folder, run_match(folder)))
    if wrong:
        messages = (folder / "messages.jsonl").read_text("utf-8").splitlines()
        for one, message in zip(found, messages, strict=True):
            if not one.tally.right:
                print(
                    f"{one.change}: {one.said} {sorted(one.named)} not {sorted(one.expected)}\n    {message}",
                    file=sys.stderr,
                )
    print("\n".join(shown(by_kind(found))))
    count, told = number_alone(folder)
    if count:
        print(
            f"\nthe number alone would tell {told} of {count} texts and histories: {100 * told / count:.1f} %"
        )


if __name__ == "__main__":
    main()
