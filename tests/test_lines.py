"""How chat is read: a table of lines as people in a township type them, run once through the command line.

The table, tests/chat/lines.jsonl, was written from the decisions on reading and without sight of the
parser. One JSON object a line: `id`, `kind`, `role`, `place`, `text`, and the `command` and `args` that a
careful colleague would understand. Kinds: *plain*; *typo* (homophones, traditional and full-width
characters, spaces and marks gone astray); *free* (own wording, polite words, particles); *not* (looks like
a command and is none); *ambiguous* (role or place decides, or nothing is the only right reading, because
asking beats guessing).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TABLE = Path(__file__).resolve().parent / "chat" / "lines.jsonl"
LINES: list[dict[str, Any]] = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]

KEYS = ["id", "kind", "role", "place", "text", "command", "args"]
KINDS = {"plain", "typo", "free", "not", "ambiguous"}
ROLES = {"worker", "leader", "office", "reviewer", "stranger"}
PLACES = {"private", "work", "resident"}
ARGUMENTS: dict[str, set[str]] = {
    "confirmed": {"groups", "except"},
    "not_yet": set(),
    "my_tasks": set(),
    "leave": {"until"},
    "trouble": set(),
    "coverage": {"node", "when"},
    "gaps": {"node", "when"},
    "progress": set(),
    "holes": set(),
    "ranking": set(),
    "pending": set(),
    "approve": {"code"},
    "reject": {"code", "reason"},
    "push": {"title", "node"},
    "withdraw": {"title"},
    "pause": set(),
    "resume": set(),
    "remind": {"node"},
    "exempt": {"group", "reason"},
    "inbox": {"title", "audiences", "topics"},
    "bind": {"code"},
    "bind_group": {"group"},
    "circular": set(),
    "choice": {"number"},
    "help": set(),
}
AT_LEAST = dict.fromkeys(ARGUMENTS, 12) | {
    "confirmed": 40,
    "coverage": 30,
    "gaps": 25,
    "leave": 18,
    "choice": 14,
}
LISTS = {"groups", "except", "audiences", "topics"}
CODE_LETTERS = set("23456789ABCDEFGHJKMNPQRSTUVWXYZ")


# ── the table keeps its own promises ────────────────────────────────────────────────────────────────────────


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(LINES) >= 480


def test_every_line_has_the_same_keys_in_the_same_order_and_an_id_of_its_own() -> None:
    assert [line["id"] for line in LINES if list(line) != KEYS] == []
    assert [name for name, times in Counter(line["id"] for line in LINES).items() if times > 1] == []


def test_no_line_is_asked_twice() -> None:
    asked = Counter((line["role"], line["place"], line["text"]) for line in LINES)
    assert [line for line, times in asked.items() if times > 1] == []


def test_only_known_kinds_roles_and_places_stand_in_the_table() -> None:
    assert {line["kind"] for line in LINES} == KINDS
    assert {line["role"] for line in LINES} == ROLES
    assert {line["place"] for line in LINES} == PLACES


def test_only_known_commands_and_arguments_are_expected() -> None:
    wrong = [line["id"] for line in LINES if set(line["args"]) - ARGUMENTS.get(line["command"], set())]
    assert wrong == []
    assert {line["command"] for line in LINES} == {*ARGUMENTS, None}


def test_every_expected_argument_has_the_type_that_the_contract_gives_it() -> None:
    for line in LINES:
        for name, value in line["args"].items():
            if name in LISTS:
                assert isinstance(value, list), line["id"]
                assert all(isinstance(item, str) and item for item in value), line["id"]
                assert value or line["command"] == "confirmed", line["id"]
            elif name == "number":
                assert type(value) is int and 1 <= value <= 20, line["id"]
            else:
                assert isinstance(value, str) and value == value.strip() != "", line["id"]


def test_a_confirmation_always_says_which_groups_and_which_not() -> None:
    confirmed = [line for line in LINES if line["command"] == "confirmed"]
    assert [line["id"] for line in confirmed if list(line["args"]) != ["groups", "except"]] == []
    assert [line["id"] for line in confirmed if line["args"]["groups"] and line["args"]["except"]] == []


def test_every_expected_code_of_a_review_could_be_one() -> None:
    codes = [
        line["args"]["code"] for line in LINES if line["command"] in ("approve", "reject") and line["args"]
    ]
    assert [code for code in codes if not 4 <= len(code) <= 8 or set(code) - CODE_LETTERS] == []


@pytest.mark.parametrize("command", ARGUMENTS)
def test_every_command_is_said_in_many_ways(command: str) -> None:
    assert len({line["text"] for line in LINES if line["command"] == command}) >= AT_LEAST[command]


def test_there_are_enough_lines_that_must_not_be_read_as_commands() -> None:
    kinds = Counter(line["kind"] for line in LINES)
    assert kinds["not"] >= 90
    assert kinds["ambiguous"] >= 50
    assert [line["id"] for line in LINES if line["kind"] == "not" and line["command"] is not None] == []
    assert [
        line["id"] for line in LINES if line["kind"] in ("plain", "typo", "free") and not line["command"]
    ] == []


def test_among_residents_there_are_enough_lines_and_only_a_group_is_ever_bound() -> None:
    resident = [line for line in LINES if line["place"] == "resident"]
    assert len(resident) >= 25
    assert {line["command"] for line in resident} == {"bind_group", None}


# ── every line is read as it was meant ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def read(
    chuanda: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str | None, dict[str, Any]]]:
    """What the program understands of each line, by its id."""
    file = tmp_path_factory.mktemp("chat") / "lines.jsonl"
    asked = [{key: line[key] for key in ("id", "role", "place", "text")} for line in LINES]
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in asked), encoding="utf-8")
    answer = chuanda("parse", file)
    assert answer.code == 0, answer.err
    assert [row["id"] for row in answer.lines] == [line["id"] for line in LINES], (
        "one answer each, same order"
    )
    return {row["id"]: (row["command"], row["args"]) for row in answer.lines}


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_a_line_is_read_as_it_was_meant(
    line: dict[str, Any], read: dict[str, tuple[str | None, dict[str, Any]]]
) -> None:
    said = f"{line['role']}/{line['place']}: {line['text']}"
    assert read[line["id"]] == (line["command"], line["args"]), said
