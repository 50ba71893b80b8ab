"""The roster: exported, or a new one read, shown with what it changes, and taken up exactly as it was shown."""

from __future__ import annotations

import asyncio
import re
from pathlib import PurePosixPath, PureWindowsPath

from starlette.responses import Response

from bot.console.app import Asked, files_of, text_of
from bot.console.files import download
from bot.console.look import page, went
from bot.errors import InputErrors, NotAllowed, Problem
from bot.model.time import day_of
from bot.roster.archive import MAX_FILE_BYTES
from bot.roster.export import roster_bytes
from bot.service.importing import Proposal, Shown, loses, read_proposal, take_up
from bot.store import talk, trees

MOST_BYTES = MAX_FILE_BYTES + 64 * 1024
"""Of the form with the file."""
MOST_LINES, MOST_PROBLEMS, MOST_NOTES = 60, 200, 20
IN_A_DEMO = "演练里的镇是编的，它的名册换不了，这里只看看会改什么"
AGAIN = "刚才看过的改动不在了（看过太久，或者传达重新启动过）；请再选一次文件，重新看过再导入。"


async def choose_file(asked: Asked) -> Response:
    """Where a file is chosen."""
    return page(asked, "town/import.html", why="", file="", problems=[], in_all=0)


async def read_file(asked: Asked) -> Response:
    """What is wrong with the file, all of it; or what it would change, with nothing changed yet."""
    desk, now = asked.console.town.desk, asked.console.now()
    sent = files_of(asked, "roster")
    if not sent:
        return page(
            asked,
            "town/import.html",
            422,
            why="先选一个名册文件（.xlsx 或 .csv）",
            file="",
            problems=[],
            in_all=0,
        )
    name, data = _plain(sent[0].filename or ""), await sent[0].read()
    tree, edition = desk.tree, desk.edition
    try:
        proposal = await asyncio.to_thread(
            read_proposal, data, name, desk.schedules.levels, tree, edition, now
        )
    except InputErrors as errors:
        shown = [_placed(problem, name) for problem in errors.problems[:MOST_PROBLEMS]]
        return page(
            asked, "town/import.html", 422, why="", file=name, problems=shown, in_all=len(errors.problems)
        )
    _shown(asked).keep(asked.token, proposal)
    return _changes(asked, proposal)


async def apply(asked: Asked) -> Response:
    """The roster that was shown is in force."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    proposal = _shown(asked).of(asked.token, text_of(asked, "shown"))
    if proposal is None:
        return page(asked, "town/import.html", 422, why=AGAIN, file="", problems=[], in_all=0)
    if asked.console.practice is not None:  # its people live in a world that was made with its roster
        return _changes(asked, proposal, IN_A_DEMO)
    force, keep = bool(text_of(asked, "force")), bool(text_of(asked, "keep"))
    groups = proposal.changes.groups
    outcome = f"新增 {len(groups.added)}，改名 {len(groups.renamed)}，换单位 {len(groups.moved)}，去掉 {len(groups.removed)}"
    try:
        with desk.store.together():
            desk.store.write_now(take_up, proposal, now, force=force, keep_rooms=keep)
            who = asked.who.person.id
            desk.store.write_now(talk.log_command, now, who, "roster", proposal.file, outcome)
    except NotAllowed as error:
        if proposal.suspicious and not force:
            return _changes(asked, proposal, str(error))
        _shown(asked).drop(asked.token)
        return page(asked, "town/import.html", 422, why=f"{error}。", file="", problems=[], in_all=0)
    _shown(asked).drop(asked.token)
    desk.reload_tree()
    return went(
        asked,
        "/town",
        f"新名册导入了：{len(desk.tree.nodes)} 个单位，{len(desk.tree.groups)} 个群（{outcome}）。从下一批起用。",
    )


async def export(asked: Asked) -> Response:
    """The roster in force as a file: the office's own, with phone numbers."""
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    tree = desk.tree
    data = await asyncio.to_thread(roster_bytes, tree)
    await desk.store.write(
        talk.log_command,
        now,
        asked.who.person.id,
        "export_roster",
        tree.root.name,
        f"{len(tree.groups)} 个群",
    )
    return download(data, f"{tree.root.name}名册{day_of(now).isoformat()}.xlsx")


def _changes(asked: Asked, proposal: Proposal, why: str = "") -> Response:
    desk = asked.console.town.desk
    found = proposal.changes
    lists = [
        ("come", "新增的群", found.groups.added),
        ("name", "改名的群", found.groups.renamed),
        ("move", "换了单位的群", found.groups.moved),
        ("gone", "去掉的群", found.groups.removed),
        ("how", "用法改了的群", found.settings),
        ("who", "换了人", found.people),
        ("come", "新增的单位", found.units_come),
        ("gone", "去掉的单位", found.units_gone),
    ]
    stale = desk.store.read(trees.newest_edition) != proposal.edition
    return page(
        asked,
        "town/changes.html",
        422 if why else 200,
        proposal=proposal,
        before=desk.tree,
        lists=[(kind, title, lines[:MOST_LINES], len(lines)) for kind, title, lines in lists if lines],
        notes=proposal.notes[:MOST_NOTES],
        loses=loses(proposal, desk.bound, desk.store.read(talk.exemptions), desk.accounts, desk.tree),
        why="这期间名册已经换过了；请再选一次文件。" if stale else why,
    )


def _shown(asked: Asked) -> Shown:
    """What people were shown, kept beside the pages as long as the program runs."""
    state = asked.request.app.state
    if not hasattr(state, "rosters"):
        state.rosters = Shown()
    found: Shown = state.rosters
    return found


def _plain(name: str) -> str:
    """A file's name as it may be said: no path, nothing invisible, its end kept."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    shown = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", last)
    return shown[-60:] or "名册"


def _placed(problem: Problem, file: str) -> tuple[str, str, str]:
    """Where in the file, what is wrong, what to write."""
    place = problem.place.removeprefix(f"{file}:")
    sheet, _, cell = place.rpartition("!")
    where = f"{sheet} {cell}" if sheet else f"第 {place} 行" if place.isdecimal() else place
    return where, problem.what, problem.write
