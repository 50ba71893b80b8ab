"""`chuanda`: finds the command, imports only that, and turns every error into a Chinese line and an exit code.

0 answered or done · 1 the answer is “no” · 2 wrong use or bad input. A traceback never reaches a user; what nobody
foresaw is written to DIR/logs/error.log for whoever mends the program.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click

from bot import __version__
from bot.cli.table import COMMANDS, Row
from bot.errors import ChuandaError, NotBuilt, os_reason

_ENGLISH = (
    (r"\bPATH\b", "路径"),
    (r"\bTEXT\b", "文字"),
    (r"\bINTEGER(?: RANGE)?\b", "数"),
    (r"\[default: ([^;\]]+); (\d+)<=x<=(\d+)\]", r"（默认 \1，\2 到 \3）"),
    (r"\[default: ([^;\]]+)\]", r"（默认 \1）"),
    (r"\s*\[required\]", "（必写）"),
)
"""What click puts into a help page by itself."""


def _in_chinese(text: str) -> str:
    for english, chinese in _ENGLISH:
        text = re.sub(english, chinese, text)
    return text


def _write_table(formatter: click.HelpFormatter, rows: list[tuple[str, str]]) -> None:
    """Two columns. click's own counts a Chinese character as one wide, and the terminal as two."""
    widths = [sum(1 + (east_asian_width(ch) in "WF") for ch in what) for what, _ in rows]
    for (what, does), width in zip(rows, widths, strict=True):
        pad = " " * (max(widths) - width + 2)
        formatter.write(f"{' ' * formatter.current_indent}{what}{pad}{does.replace('  ', '')}\n")


class ChineseHelp:
    """click's help page in Chinese words."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}
        formatter.write_usage(ctx.command_path, " ".join(words.get(p, p) for p in pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [r for p in self.get_params(ctx) if (r := p.get_help_record(ctx))]  # type: ignore[attr-defined]
        if rows:
            with formatter.section("选项"):
                _write_table(formatter, [(_in_chinese(what), _in_chinese(does)) for what, does in rows])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "看这一页说明"
        return option


class ChineseCommand(ChineseHelp, click.Command):
    """A command whose help page is Chinese."""


class ChineseGroup(ChineseHelp, click.Group):
    """A command with sub-commands, in the order in which they were written."""

    command_class = ChineseCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ChineseHelp.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            _write_table(formatter, [(name, command.help or "") for name, command in self.commands.items()])


class Chuanda(ChineseHelp, click.Group):
    """The table of commands; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = next((row for row in COMMANDS if row.name == cmd_name), None)
        if row is None:
            return None
        if not row.where:
            return _not_built(row)
        module, _, attribute = row.where.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ChineseHelp.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            _write_table(formatter, [(row.name, row.does) for row in COMMANDS if row.where])
        later = " ".join(row.name for row in COMMANDS if not row.where)
        if later:
            with formatter.section("以后的版本才有"):
                formatter.write_text(later)


def _not_built(row: Row) -> click.Command:
    def refuse(**_: Any) -> None:
        raise NotBuilt(f"“{row.name}”（{row.does}）这个版本还没有")

    context = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    return click.Command(row.name, callback=refuse, context_settings=context)


@click.command(cls=Chuanda, help="传达：把审批过的反诈宣传送到每一个网格群，说清楚哪些群还没到。")
@click.version_option(__version__, message="传达 %(version)s", help="版本号")
def chuanda() -> None:
    """The group itself does nothing."""


@click.command(cls=ChineseCommand, help="命令一览。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def help_command(ctx: click.Context, as_json: bool) -> None:
    """`chuanda help`: the table, for people or for a program."""
    if not as_json:
        click.echo((ctx.parent or ctx).get_help())
        return
    import json

    rows = [{"name": row.name, "does": row.does, "built": bool(row.where)} for row in COMMANDS]
    click.echo(json.dumps({"version": __version__, "commands": rows}, ensure_ascii=False))


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = chuanda.main(arguments, prog_name="chuanda", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except ChuandaError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as page:
        click.echo(page.ctx.get_help() if page.ctx else "")
        return 2
    except click.UsageError as error:
        click.echo(usage_text(error), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("已停。", err=True)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            return _unforeseen(error)
        click.echo(f"{error.filename} 用不了：{os_reason(error)}；检查路径，或换一个文件夹", err=True)
        return 2
    except Exception as error:
        return _unforeseen(error)


def _unforeseen(error: BaseException) -> int:
    click.echo(f"程序出了意外（{type(error).__name__}）。{_write_down(error)}", err=True)
    return 2


def usage_text(error: click.UsageError) -> str:
    """click's complaint in Chinese, with what to write."""
    hint = f"看说明：{error.ctx.command_path} --help" if error.ctx else "看说明：chuanda --help"
    if isinstance(error, click.NoSuchOption):
        near = f"；是不是 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"没有 {error.option_name} 这个选项{near}；{hint}"
    if isinstance(error, click.MissingParameter):
        return f"还缺 {_called(error.param)}；{hint}"
    if isinstance(error, click.BadParameter):
        return f"{_called(error.param)} 的值不对：{_what_it_takes(error)}；{hint}"
    message = error.message
    if message.startswith("No such command"):
        wrong = message.split("'")[1]
        names = (
            list(error.ctx.command.list_commands(error.ctx))
            if error.ctx and isinstance(error.ctx.command, click.Group)
            else []
        )
        closest = get_close_matches(wrong, names, n=1, cutoff=0.5)
        return f"没有“{wrong}”这个命令" + (f"；是不是 {closest[0]}" if closest else "") + f"；{hint}"
    if "requires an argument" in message:
        return f"选项 {message.split(chr(39))[1]} 后面还要写内容；{hint}"
    if "unexpected extra argument" in message:
        return f"多写了：{message.split('(')[-1].rstrip(')')}；{hint}"
    return f"写法不对；{hint}"


def _called(param: click.Parameter | None) -> str:
    """A parameter as the help page shows it."""
    if isinstance(param, click.Option):
        return param.opts[-1]
    return (param.metavar or str(param.name)).strip("[]") if param else ""


def _what_it_takes(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        return f"写 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, click.types.IntParamType):
        return "写整数"
    if isinstance(kind, click.Choice):
        return "只能写 " + "、".join(kind.choices)
    return error.message


def _write_down(error: BaseException) -> str:
    """Into DIR/logs/error.log for whoever mends the program; says where, or that even that was impossible."""
    import traceback

    given = next((a for a in sys.argv if a.startswith("--data=")), "").partition("=")[2]
    if "--data" in sys.argv[:-1]:
        given = sys.argv[sys.argv.index("--data") + 1]
    log = Path(given or "data") / "logs" / "error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)) + "\n")
    except OSError:
        return f"{log} 写不了，详情没有记下来。"
    return f"详情写在 {log}，请发给维护的人。"
