"""The figures of recognition on a sample of the corpus: what `make figures` prints of all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import pictures, texts
from tests.corpus.case import write
from tests.corpus.figures import by_kind, number_alone, outcomes, run_match, totals


@pytest.mark.parametrize("numbers", [True, False], ids=["with numbers", "without numbers"])
def test_texts_links_files_and_histories(tmp_path: Path, numbers: bool) -> None:
    write(tmp_path, texts.build(tmp_path, 11, numbers=numbers, share=0.2))
    table = by_kind(outcomes(tmp_path, run_match(tmp_path)))
    for family, tally in totals(table, repost=True).items():
        assert tally.wrong == 0, family
        assert tally.right >= 0.99 * tally.count, family
    for family, tally in totals(table, repost=False).items():
        assert tally.wrong <= 0.001 * tally.count + 1, family
    count, told = number_alone(tmp_path)
    assert (0.6 < told / count < 0.9) if numbers else count == 0


def test_pictures(tmp_path: Path) -> None:
    write(tmp_path, pictures.build(tmp_path, 11, share=0.05))
    table = by_kind(outcomes(tmp_path, run_match(tmp_path)))
    seen, others = totals(table, repost=True)["picture"], totals(table, repost=False)["picture"]
    assert seen.wrong == others.wrong == 0
    assert seen.right >= 0.95 * seen.count
    assert seen.asked + others.asked <= 0.05 * (seen.count + others.count)
