"""`chuanda demo`: a simulated town's day, told live; ends with the office's report and what it would take by hand."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import in_folder, json_option, library_option, print_json
from bot.errors import ChuandaError

if TYPE_CHECKING:
    from bot.service.demo import Demo


@click.command(
    cls=ChineseCommand,
    help="演练一天：8:00 发、中午急发、提醒、18:00 缺口清单、21:00 当日结果。中途停了，用同样的命令接着演。",
)
@in_folder("默认 data/demo，再演一次是 data/demo-2 ……")
@library_option
@click.option(
    "--groups",
    type=click.IntRange(20, 50_000),
    default=200,
    show_default=True,
    metavar="N",
    help="居民群个数",
)
@click.option("--days", type=click.IntRange(1, 92), default=1, show_default=True, metavar="D", help="天数")
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="种子：同一个种子，同样的一天"
)
@click.option(
    "--channel",
    type=click.Choice(["simulated", "manual"]),
    default="simulated",
    show_default=True,
    help="渠道",
)
@click.option("--no-serve", is_flag=True, help="演完就结束，不开网页")
@json_option
def demo(
    data: Path | None, config: Path | None, library: Path | None, groups: int, days: int, seed: int, channel: str,
    no_serve: bool, as_json: bool,
) -> int:  # fmt: skip
    """Play a day; 0 exactly when the ledger agrees with what really happened."""
    from bot.cli.stage import Stage
    from bot.service.demo import Demo, Order

    folder = data or fresh_folder()
    order = Order(groups, days, seed, channel)
    play = Demo(folder, order, config, library)
    stage = Stage(play, quiet=as_json)
    stage.open()
    try:
        result = asyncio.run(play.play(stage.watch))
        if as_json:
            print_json(result)
        else:
            stage.close(result)
        if not (no_serve or as_json):
            asyncio.run(_show(play))
    finally:
        play.close()
    return 1 if result["truth_disagreements"] else 0


async def _show(play: Demo) -> None:
    """The day as its pages show it, until Ctrl-C; in the practice groups its clock goes on."""
    from bot import clock
    from bot.cli.pages import pages_of
    from bot.console.serving import until_interrupted
    from bot.model.speaker import Role
    from bot.schedules.model import ConsoleAt
    from bot.service.demo import OFFICE, REVIEWER
    from bot.service.practice import Practice, RunningClock

    simulated = play.order.channel == "simulated"
    practice = RunningClock(Practice(play), clock.current()) if simulated else None
    serving = pages_of(play.town, lambda: play.now, ConsoleAt(), play.config, port=0, practice=practice)
    link = serving.link_for(OFFICE, Role.OFFICE)
    click.echo(f"\n网页（以{OFFICE}的身份，只能用一次）：{link}")
    reviewer = min(play.schedules.reviewers, default=REVIEWER)
    approving = serving.link_for(reviewer, Role.REVIEWER)
    click.echo(f"审批要另一个人（以{reviewer}的身份，用另一个浏览器或无痕窗口打开）：{approving}")
    click.echo("按 Ctrl-C 结束。")
    async with practice.running(serving.stop) if practice else contextlib.nullcontext():
        await until_interrupted(serving)


def fresh_folder() -> Path:
    """The first of data/demo, data/demo-2 … that is not there yet: a demo without --data never meets another."""
    for number in range(1, 1000):
        folder = Path("data") / ("demo" if number == 1 else f"demo-{number}")
        if not folder.exists():
            return folder
    raise ChuandaError("data/ 下演练的文件夹太多了；删掉旧的，或用 --data 指定一个")
