"""What every command needs: its folder, its configuration, its clock, and how it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.errors import ChuandaError
from bot.service.answers import find_node as find_node

if TYPE_CHECKING:
    from bot.library import LiveLibrary
    from bot.model.tree import Tree
    from bot.schedules.model import Schedules
    from bot.store.database import Store

F = TypeVar("F", bound=Callable[..., Any])


def common(function: F) -> F:
    """--data and --config, as every command takes them."""
    return in_folder("默认 data")(function)


def in_folder(default: str) -> Callable[[F], F]:
    """`common`, where another folder is taken if none is named (Chinese, for the help page)."""

    def options(function: F) -> F:
        path = click.Path(path_type=Path)
        function = click.option("--config", type=path, default=None, help="排期文件（schedules.yaml）")(
            function
        )
        return click.option("--data", type=path, default=None, help=f"数据文件夹（{default}）")(function)

    return options


def library_option(function: F) -> F:
    return click.option(
        "--library", type=click.Path(path_type=Path), default=None, help="内容文件夹（默认 content）"
    )(function)


def json_option(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON")(function)


class Day(click.ParamType[date]):
    """A local date, as people write it."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，写成 2026-03-12", param, ctx)


@dataclass
class Office:
    """One data folder as a command sees it. Everything is opened when it is first asked for."""

    data: Path
    config: Path
    library_root: Path

    @cached_property
    def store(self) -> Store:
        from bot.store.database import Store

        store = Store(self.data / "chuanda.db")
        context = click.get_current_context(silent=True)
        if context is not None:
            context.call_on_close(store.close)
        return store

    @cached_property
    def schedules(self) -> Schedules:
        from bot.schedules.load import load_schedules

        return load_schedules(self.config).schedules

    @cached_property
    def library(self) -> LiveLibrary:
        from bot.library import LiveLibrary

        return LiveLibrary(self.library_root)

    @cached_property
    def tree(self) -> Tree:
        """The newest roster; raises `ChuandaError` before the first import."""
        from bot.store.trees import load_tree

        tree = self.store.read(load_tree)
        if tree is None:
            raise ChuandaError("还没有导入名册；先运行：chuanda roster import 名册.xlsx")
        return tree

    def see_entries(self) -> None:
        """Take note of the schedule as it is now: what it says from here on is sent, or caught up."""
        from bot.planner.waves import names_seen
        from bot.store.waves import see_entries

        self.store.write_now(see_entries, names_seen(self.schedules), self.now())

    def now(self) -> datetime:
        """Now; in a demo's folder the last instant that it simulated."""
        from bot import clock
        from bot.store.sending import get_meta

        simulated = self.store.read(get_meta, "demo_now")
        return datetime.fromisoformat(simulated) if simulated else clock.current().now()

    def log(self, command: str, detail: str, outcome: str = "办了", name: str = "") -> None:
        """Write down what was done at this computer; ``name``: who said that they did it."""
        from bot.store import log

        self.store.write_now(
            log.append, self.now(), None, name.strip(), log.Via.COMPUTER, command, detail, outcome
        )

    def real(self) -> Office:
        """This office, unless its folder is a demo's: what was approved there only simulated people saw."""
        if (self.data / "demo.json").exists():
            raise ChuandaError(f"{self.data} 是演练的文件夹，不能拿来正式用；换个 --data 文件夹")
        return self

    def existing(self) -> Office:
        """This office, if its folder has a database; raises `ChuandaError` otherwise (reading makes no folders)."""
        if not (self.data / "chuanda.db").exists():
            raise ChuandaError(f"{self.data} 里还没有数据；先运行 chuanda demo 或 chuanda roster import")
        return self


def office(data: Path | None, config: Path | None, library: Path | None = None) -> Office:
    """The office of these options; what is left out is beside the current folder, as in the repository.

    A demo's folder has its own schedule and library; before it copied them, it remembers where they are.
    """
    here = data or Path("data")
    remembered = _remembered(here)
    return Office(
        here,
        config or remembered.get("config", Path("schedules.yaml")),
        library or remembered.get("library", Path("content")),
    )


def _remembered(data: Path) -> dict[str, Path]:
    file = data / "demo.json"
    if not file.exists():
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
        places = {name: Path(found[name]) for name in ("config", "library") if name in found}
    except (ValueError, TypeError):
        raise ChuandaError(f"{file} 坏了；换个 --data 文件夹重新演练") from None
    own = {"config": data / "schedules.yaml", "library": data / "content"}
    return places | {name: path for name, path in own.items() if path.exists()}


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def print_lines(values: Iterable[Any]) -> None:
    """JSON Lines."""
    for value in values:
        click.echo(json.dumps(value, ensure_ascii=False))
