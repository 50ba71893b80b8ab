"""What every command needs: its folder, its configuration, its clock, and how it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.errors import ChuandaError, NotFound

if TYPE_CHECKING:
    from bot.library import LiveLibrary
    from bot.model.tree import Node, Tree
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

    A demo's folder remembers where its own schedule and library are.
    """
    here = data or Path("data")
    remembered = _remembered(here)
    return Office(
        here,
        config or Path(remembered.get("config", "schedules.yaml")),
        library or Path(remembered.get("library", "content")),
    )


def _remembered(data: Path) -> dict[str, str]:
    file = data / "demo.json"
    if not file.exists():
        return {}
    try:
        found: dict[str, str] = json.loads(file.read_text("utf-8"))
    except ValueError:
        raise ChuandaError(f"{file} 坏了；换个 --data 文件夹重新演练") from None
    return found


def find_node(tree: Tree, path: str | None) -> Node:
    """The node that a user names by path, by path without the town, or by its name alone. Raises `NotFound`."""
    if not path:
        return tree.root
    path = path.strip().strip("/")
    node = tree.by_path.get(path) or tree.by_path.get(f"{tree.root.name}/{path}")
    if node is not None:
        return node
    named = [n for n in tree.nodes if n.name == path]
    if len(named) == 1:
        return named[0]
    last = path.rsplit("/", 1)[-1]
    near = [n.path for n in named] or get_close_matches(last, [n.name for n in tree.nodes], n=3, cutoff=0.4)
    raise NotFound(
        f"没有“{path}”这个单位" + (f"；是不是：{'、'.join(near)}" if near else "；看名册里的单位名称")
    )


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def print_lines(values: Iterable[Any]) -> None:
    """JSON Lines."""
    for value in values:
        click.echo(json.dumps(value, ensure_ascii=False))
