"""The sample town: invented, the same for everyone who tries the program. No real place, no real person.

In a checkout its files are the repository's own; a wheel carries copies beside this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Where the sample's three parts lie."""

    roster: Path
    library: Path
    schedules: Path


def sample() -> SamplePaths:
    """The sample of this installation: from the wheel if it is one, else from the checkout around it."""
    here = Path(__file__).resolve().parent
    if (here / "schedules.yaml").is_file():
        return SamplePaths(here / "roster.xlsx", here / "content", here / "schedules.yaml")
    top = here.parent.parent
    return SamplePaths(top / "data" / "sample" / "roster.xlsx", top / "content", top / "schedules.yaml")
