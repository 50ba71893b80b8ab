"""What the console's tests share."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from bot.console import passwords


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second for each coming in is too much where the door is not what the test is about."""
    if request.module.__name__ != "tests.console.test_door":
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_HASHER", cheap)
