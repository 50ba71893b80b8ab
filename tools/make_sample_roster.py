"""Write data/sample/roster.xlsx, the roster of the sample town. Run it after a change of bot/sample/town.py."""

from __future__ import annotations

from pathlib import Path

from bot.roster.export import write_rows
from bot.sample.town import town_rows

if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "data" / "sample" / "roster.xlsx"
    write_rows(town_rows(), target)
    print(target)
