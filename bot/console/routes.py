"""The one table of routes: what there is, and which command of the chat says who may (a test goes through all of it)."""

from __future__ import annotations

from bot.commands.said import Command
from bot.console import doing, door, start
from bot.console.app import Page

PAGES = (
    Page("/", start.today, Command.COVERAGE),
    Page("/live", start.live, Command.COVERAGE),
    Page("/place/{node}", start.place, Command.COVERAGE),
    Page("/remind", doing.remind, Command.REMIND, "POST"),
    Page("/exempt", doing.exempt, Command.EXEMPT, "POST"),
    Page("/pause", doing.pause, Command.PAUSE, "POST"),
    Page("/resume", doing.resume, Command.RESUME, "POST"),
    Page("/enter", door.enter, None),
    Page("/enter", door.entered, None, "POST"),
    Page("/first", door.first, None),
    Page("/first", door.first_time, None, "POST"),
    Page("/open/{secret}", door.opened, None),
    Page("/leave", door.left, Command.HELP, "POST"),
)
