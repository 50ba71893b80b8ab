"""The demo day from outside: its files, its answers, and that it agrees with what really happened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

RESULT_KEYS = [
    "version",
    "seed",
    "groups",
    "nodes",
    "waves",
    "sent",
    "expected",
    "covered",
    "on_time",
    "late",
    "coverage",
    "by_evidence",
    "gaps",
    "holes",
    "reminders",
    "escalations",
    "disputed",
    "reports",
    "truth_disagreements",
    "virtual_seconds",
    "wall_seconds",
]
TRUTH_KEYS = [
    "wave",
    "group",
    "node",
    "use",
    "mode",
    "bot_in_room",
    "posts",
    "reposted_at",
    "way",
    "recalled",
    "claimed_at",
    "honest",
]
SUMS = ["expected", "covered", "on_time", "late", "holes", "exempt", "members_expected", "members_covered"]


def test_the_demo_ends_with_0_and_all_that_was_promised(demo_day: Any) -> None:
    result = demo_day.result
    assert demo_day.code == 0 and result["truth_disagreements"] == []
    assert set(RESULT_KEYS) <= set(result)
    assert (result["seed"], result["groups"], result["waves"]) == (1, 60, 2)
    assert set(result["by_evidence"]) == {"direct", "observed", "verified", "confirmed"}
    assert sum(result["by_evidence"].values()) == result["covered"] == result["on_time"] + result["late"]
    assert result["coverage"] == result["covered"] / result["expected"]
    assert len(result["gaps"]) == result["expected"] - result["covered"]
    for gap in result["gaps"]:
        assert list(gap) == ["wave", "node", "group", "reason", "overdue"]
    assert result["sent"] > 0 and result["reminders"] > 0 and result["by_evidence"]["observed"] > 0
    for report in result["reports"]:
        assert Path(report).read_text("utf-8").strip()
    assert len(result["reports"]) == 2


def test_the_truth_has_the_promised_shape(demo_day: Any) -> None:
    truth = json.loads((demo_day.data / "truth.json").read_text("utf-8"))
    assert list(truth) == ["version", "seed", "recognised", "rows"]
    assert (
        truth["seed"] == 1 and "verbatim" in truth["recognised"] and "paraphrased" not in truth["recognised"]
    )
    assert all(list(row) == TRUTH_KEYS for row in truth["rows"])
    for row in truth["rows"]:
        assert row["posts"] == (1 if row["mode"] == "direct" else 0)
        for key in ("reposted_at", "claimed_at"):
            assert row[key] is None or datetime.fromisoformat(row[key]).utcoffset() is not None
        assert (row["reposted_at"] is None) == (row["way"] is None)
        assert row["honest"] or row["claimed_at"]
    uses = Counter(row["use"] for row in truth["rows"])
    assert uses["resident"] == 120 and uses["work"] > 0
    assert len({(row["wave"], row["group"]) for row in truth["rows"]}) == len(truth["rows"])
    ways = {row["way"] for row in truth["rows"]} - {None}
    assert ways & set(truth["recognised"]) and ways - set(truth["recognised"])


def test_the_world_is_written_line_by_line_in_the_order_of_the_day(demo_day: Any) -> None:
    world = [json.loads(line) for line in (demo_day.data / "world.jsonl").read_text("utf-8").splitlines()]
    assert (
        {line["k"] for line in world}
        == {"wave", "post", "repost", "claim", "recall", "remind", "chat"} & {line["k"] for line in world}
        >= {"wave", "post", "repost", "claim"}
    )
    times = [datetime.fromisoformat(line["at"]) for line in world]
    assert all(at.utcoffset() is not None for at in times) and times == sorted(times)
    assert world[0]["k"] == "wave"


def test_the_ledger_holds_exactly_the_targets_of_the_truth(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    """The agreement of CONTRACTS, written down a second time and independently of the demo's own check."""
    truth = json.loads((demo_day.data / "truth.json").read_text("utf-8"))
    rows = chuanda("ledger", "--data", demo_day.data, "--json").lines
    ledger = {(row["wave"], row["group"]): row for row in rows if row["use"] in ("resident", "work")}
    assert set(ledger) == {(real["wave"], real["group"]) for real in truth["rows"]}
    for real in truth["rows"]:
        row = ledger[real["wave"], real["group"]]
        assert (row["node"], row["use"], row["mode"]) == (real["node"], real["use"], real["mode"])
        if real["posts"]:
            assert row["evidence"] == "direct"
        elif real["bot_in_room"]:
            seen = real["reposted_at"] and real["way"] in truth["recognised"] and not real["recalled"]
            assert (row["evidence"] == "observed") == bool(seen), row
        else:
            assert (row["evidence"] == "confirmed") == bool(real["claimed_at"]), row


def test_coverage_gaps_and_ledger_of_a_day_agree(chuanda: Callable[..., Any], demo_day: Any) -> None:
    data, result = demo_day.data, demo_day.result
    coverage = chuanda("coverage", "--data", data, "--json").json
    gaps = chuanda("gaps", "--data", data, "--json").lines
    ledger = chuanda("ledger", "--data", data, "--json").lines
    counted = [row for row in ledger if row["use"] in ("resident", None) and not row["exempt"]]
    assert coverage["covered"] + len(gaps) == coverage["expected"] == len(counted)
    assert coverage["covered"] == sum(row["reason"] is None for row in counted)
    assert coverage["on_time"] == sum(row["on_time"] is True for row in counted)
    assert coverage["late"] == sum(row["on_time"] is False for row in counted)
    assert coverage["by_evidence"] == {
        kind: sum(row["evidence"] == kind for row in counted) for kind in coverage["by_evidence"]
    }
    key = ("wave", "node", "group", "reason")
    assert sorted(str([row[k] for k in key]) for row in counted if row["reason"]) == sorted(
        str([gap[k] for k in key]) for gap in gaps
    )
    for name in ("expected", "covered", "on_time", "late", "coverage", "by_evidence"):
        assert result[name] == coverage[name]
    for row in ledger:
        assert (row["covered_at"] is None) == (row["evidence"] is None) == (row["on_time"] is None)
        assert row["state"] == "covered" if row["evidence"] else row["state"] != "covered"


def test_every_node_is_the_sum_of_its_own_groups_and_its_children(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    ledger = chuanda("ledger", "--data", demo_day.data, "--json").lines
    counted = [row for row in ledger if row["use"] in ("resident", None) and not row["exempt"]]
    todo = ["清河镇"]
    while todo:
        node = chuanda("coverage", "--data", demo_day.data, "--node", todo.pop(), "--json").json
        own = [row for row in counted if row["node"] == node["node"]]
        assert node["expected"] == len(own) + sum(child["expected"] for child in node["children"])
        covered = sum(row["reason"] is None for row in own)
        assert node["covered"] == covered + sum(child["covered"] for child in node["children"])
        if not own:
            for name in SUMS:
                assert node[name] == sum(child[name] for child in node["children"]), (node["node"], name)
        todo += [child["node"] for child in node["children"] if child["node"].count("/") < 2]


def test_gaps_of_the_villages_are_the_towns(chuanda: Callable[..., Any], demo_day: Any) -> None:
    town = chuanda("gaps", "--data", demo_day.data, "--json").lines
    root = chuanda("coverage", "--data", demo_day.data, "--json").json
    parts = [
        gap
        for child in root["children"]
        for gap in chuanda("gaps", "--data", demo_day.data, "--node", child["node"], "--json").lines
    ]
    assert sorted(map(str, parts)) == sorted(str(gap) for gap in town if gap["node"] != "清河镇")


@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_other_towns_agree_with_what_happened_too(
    chuanda: Callable[..., Any], quick: Path, seed: int
) -> None:
    answer = chuanda("demo", "--data", quick, "--groups", 60, "--seed", seed, "--json")
    assert answer.json["truth_disagreements"] == []
    assert answer.code == 0 and not answer.err
    assert chuanda("audit", "--data", quick).code == 0


def test_two_days_agree_and_today_is_the_second(chuanda: Callable[..., Any], quick: Path) -> None:
    answer = chuanda("demo", "--data", quick, "--groups", 60, "--days", 2, "--json")
    assert answer.json["truth_disagreements"] == [] and answer.code == 0
    assert answer.json["waves"] == 3, "8:00 on both days, noon on the first"
    assert len(answer.json["reports"]) == 4
    today = chuanda("coverage", "--data", quick, "--json").json
    assert (today["from"], today["waves"]) == ("2026-03-13", 1)
    both = chuanda("coverage", "--data", quick, "--from", "2026-03-12", "--to", "2026-03-13", "--json").json
    assert (both["waves"], both["expected"], both["covered"]) == (
        3,
        answer.json["expected"],
        answer.json["covered"],
    )
    contents = {
        row["content"] for row in chuanda("ledger", "--data", quick, "--json", "--from", "2026-03-12").lines
    }
    assert len(contents) == 3, "the rotation does not send the same twice"


def test_the_same_seed_gives_the_same_ledger(chuanda: Callable[..., Any], demo_day: Any, quick: Path) -> None:
    again = chuanda("demo", "--data", quick, "--groups", 60, "--json").json
    volatile = ("wall_seconds", "reports")
    assert {k: v for k, v in again.items() if k not in volatile} == {
        k: v for k, v in demo_day.result.items() if k not in volatile
    }
    assert (
        chuanda("ledger", "--data", quick, "--json").out
        == chuanda("ledger", "--data", demo_day.data, "--json").out
    )
    for name in ("truth.json", "world.jsonl"):
        assert (quick / name).read_bytes() == (demo_day.data / name).read_bytes()


@pytest.mark.parametrize(
    "other", [["--seed", 2], ["--groups", 61], ["--days", 2], ["--channel", "manual"], []]
)
def test_a_folder_goes_on_only_with_the_demo_that_it_began_with(
    chuanda: Callable[..., Any], demo_day: Any, other: list[Any]
) -> None:
    before = (demo_day.data / "world.jsonl").read_bytes()
    arguments = ["--groups", 60, *other] if other else []
    answer = chuanda("demo", "--data", demo_day.data, "--json", *arguments)
    assert (answer.code, answer.out) == (2, "") and "60 个群" in answer.err
    assert (demo_day.data / "world.jsonl").read_bytes() == before


def test_a_day_that_ended_is_told_again_and_not_played_again(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    before = (demo_day.data / "world.jsonl").read_bytes()
    ledger = chuanda("ledger", "--data", demo_day.data, "--json").out
    again = chuanda("demo", "--data", demo_day.data, "--groups", 60, "--json")
    assert again.code == 0
    volatile = ("wall_seconds",)
    assert {k: v for k, v in again.json.items() if k not in volatile} == {
        k: v for k, v in demo_day.result.items() if k not in volatile
    }
    assert (demo_day.data / "world.jsonl").read_bytes() == before
    assert chuanda("ledger", "--data", demo_day.data, "--json").out == ledger


def test_told_live_the_day_ends_with_the_result_and_what_it_takes_by_hand(
    chuanda: Callable[..., Any], demo_day: Any
) -> None:
    told = chuanda("demo", "--data", demo_day.data, "--groups", 60, "--no-serve")
    assert told.code == 0
    for words in ("演练", "覆盖率", "靠人工", "truth_disagreements 为空"):
        assert words in told.out
