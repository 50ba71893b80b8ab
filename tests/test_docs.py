"""What the documents say is so: their commands run, their tables are the program's, their links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from bot.cli.main import chuanda as program
from bot.cli.table import COMMANDS
from tests.conftest import SetClock

TOP = Path(__file__).resolve().parent.parent
DOCUMENTS = [*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")]
READMES = [TOP / "README.md", TOP / "README.zh-CN.md"]
EVERYWHERE = {"--data", "--config", "--json", "--help"}


CHAT = re.compile(r"^## (?:With a chat account|接微信账号)$.*", re.M | re.S)
"""From here on a gateway is needed: see tests/gateway/test_by_hand.py."""


def shell_lines(document: Path) -> Iterator[list[str]]:
    """The `chuanda …` lines of the code blocks of the first day, in order."""
    for block in re.findall(r"```sh\n(.*?)```", CHAT.sub("", document.read_text("utf-8")), re.S):
        for line in block.splitlines():
            if line.startswith("chuanda "):
                yield shlex.split(line, comments=True)[1:]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readmes_first_day_works_as_written(
    readme: Path, tmp_path: Path, chuanda: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, wall: SetClock
) -> None:
    """Ten to eight while the office sets up, five past when it first looks at the list."""
    for name in ("content", "data/sample"):
        shutil.copytree(TOP / name, tmp_path / name)
    shutil.copy(TOP / "schedules.yaml", tmp_path)
    (tmp_path / "chat.txt").write_text("何建国 2026/3/12 08:04\n今天的请转\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    told = {}
    for words in shell_lines(readme):
        if words[0] == "outbox":
            wall.set("08:05")
        answer = chuanda(*words)
        told[" ".join(words[:2])] = answer.out
        assert answer.code == (1 if words[0] == "gaps" else 0), (words, answer)
    assert "《刷单返利先给小钱》到" in told["check --days"]
    assert "附件：" in told["outbox"] and "记为已发" in told["outbox --done"]
    assert len(told) >= 10


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from leaves(sub, f"{name} {sub.name}")
    else:
        yield name, command


def test_the_reference_lists_every_command_with_its_options(chuanda: Callable[..., Any]) -> None:
    reference = (TOP / "docs" / "reference.md").read_text("utf-8")
    table = reference.partition("## Commands")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)(.*?) \|", table, re.M))
    listed = json.loads(chuanda("help", "--json").out)["commands"]
    assert list(rows) == [row["name"] for row in listed]
    context = click.Context(program)
    for row in listed:
        assert row["built"] != (f"| `{row['name']}` | not built yet | |" in table), row["name"]
        if row["built"]:
            command = program.get_command(context, row["name"])
            assert command is not None
            written = set(re.findall(r"--[a-z-]+", rows[row["name"]]))
            has = {
                option
                for _, leaf in leaves(command, row["name"])
                for parameter in leaf.params
                if isinstance(parameter, click.Option)
                for option in parameter.opts
            }
            assert written == has - EVERYWHERE, row["name"]
            if isinstance(command, click.Group):
                assert set(re.findall(r"(?:^ |· )([a-z]+)", rows[row["name"]])) == set(command.commands)


def test_every_command_takes_a_data_folder_and_a_configuration() -> None:
    context = click.Context(program)
    for row in COMMANDS:
        command = program.get_command(context, row.name) if row.where and row.name != "help" else None
        for name, leaf in leaves(command, row.name) if command else ():
            assert {"--data", "--config"} <= {o for p in leaf.params for o in p.opts}, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text):
        path = target[0] or target[1]
        if not path.startswith("http"):
            assert (document.parent / path).exists(), path


def test_the_makefile_lists_what_the_documents_name() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text("utf-8"), re.M))
    named = {
        word
        for document in DOCUMENTS
        for word in re.findall(r"^make ([a-z -]+?)(?: *#.*)?$", document.read_text("utf-8"), re.M)
    }
    assert {word for line in named for word in line.split()} <= targets


def test_the_table_of_what_is_said_in_chat_is_the_programs_own() -> None:
    from bot.commands.table import TABLE
    from bot.phrases.talk import ROLES

    order = ("worker", "leader", "office", "reviewer", "stranger")
    reference = (TOP / "docs" / "reference.md").read_text("utf-8")
    section = reference.partition("## What is said in chat")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    expected = [
        [
            f"`{r.says}`",
            r.does,
            "、".join(ROLES[role] for role in order if role in r.roles),
            f"`{r.command.value}`",
        ]
        for r in TABLE
    ]
    assert [[*row[:3], row[4]] for row in rows] == expected
    for rule, row in zip(TABLE, rows, strict=True):
        if rule.command != "bind_group":
            assert ("反诈办自己的群" in row[3]) == (not rule.aloud) and ("名字" in row[3]) == rule.by_name
