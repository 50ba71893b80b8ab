"""What the console's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.console import passwords
from tests.console.desk import Office, office_in


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each coming in is too much where the door is not what the test is about."""
    if request.module.__name__ != "tests.console.test_door":
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_HASHER", cheap)


@pytest.fixture
def office(quick: Path) -> Iterator[Office]:
    with office_in(quick / "day") as office:
        yield office
