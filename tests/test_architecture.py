"""Imports point one way, and only what a command needs is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
FLOORS = (
    "cli",
    "console",
    "service",
    "commands reports reminders phrases",
    "planner recognise coverage approval binding",
    "outbox",
    "channels",
    "store",
    "roster library schedules sample",
    "model errors clock yamlfile",
)
"""From the top down, as in docs/architecture.md: a module imports from its own floor or from those below."""
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}
MODULES = sorted(path for path in (TOP / "bot").rglob("*.py") if len(path.relative_to(TOP).parts) > 1)


def imported(tree: ast.AST) -> Iterator[str]:
    """The parts of `bot` that a module imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "bot":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("bot."))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_module_imports_downwards_only(module: Path) -> None:
    part = module.relative_to(TOP).parts[1].removesuffix(".py")
    if part in ("__init__", "__main__"):
        return
    upwards = [
        to for to in imported(ast.parse(module.read_text("utf-8"))) if FLOOR_OF.get(to, 99) < FLOOR_OF[part]
    ]
    assert upwards == []


@pytest.mark.parametrize("module", [m for m in MODULES if "model" in m.parts], ids=lambda path: path.name)
def test_the_domain_imports_nothing_of_ours_but_itself(module: Path) -> None:
    assert set(imported(ast.parse(module.read_text("utf-8")))) <= {"model"}


def test_only_the_store_knows_sql() -> None:
    speaks = [
        str(module.relative_to(TOP))
        for module in MODULES
        if any(word in module.read_text("utf-8") for word in ("sqlite3", ".execute("))
    ]
    outside = [name for name in speaks if not name.startswith("bot/store/")]
    assert outside == []


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], "sqlite_utils pydantic openpyxl rich asyncio yaml apscheduler"),
        (["help", "--json"], "sqlite_utils pydantic openpyxl rich yaml apscheduler"),
        (["pause", "--help"], "sqlite_utils pydantic openpyxl rich yaml apscheduler"),
    ],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_needs(words: list[str], heavy: str) -> None:
    asked = (
        f"import sys; from bot.cli.main import main; main({words!r}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=TOP)
    assert not set(heavy.split()) & set(done.stderr.split())
