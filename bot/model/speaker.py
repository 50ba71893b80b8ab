"""Who speaks, and where: what decides which commands of the chat are theirs (DESIGN, glossary: Role)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the program; one person may be several of these."""

    OFFICE = "office"
    REVIEWER = "reviewer"
    LEADER = "leader"
    WORKER = "worker"
    STRANGER = "stranger"
    """Nobody of the roster and nobody of the office."""


class Place(StrEnum):
    """Where a line is said."""

    PRIVATE = "private"
    WORK = "work"
    RESIDENT = "resident"
