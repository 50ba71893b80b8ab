"""`chuanda run`: the service in the foreground, one line per thing that happens."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.channels import KEPT, channel_for
from bot.cli.main import ChineseCommand
from bot.cli.pages import pages_of
from bot.cli.shared import common, library_option, office
from bot.errors import ChuandaError

if TYPE_CHECKING:
    from bot.service.desk import Told


@click.command(
    cls=ChineseCommand, help="正式运行，按 Ctrl-C 停。人工渠道：到点提示要发的，用 chuanda outbox 看和勾。"
)
@common
@library_option
def run(data: Path | None, config: Path | None, library: Path | None) -> None:
    """Run the service until it is stopped."""
    from bot import clock
    from bot.schedules.live import LiveSchedules
    from bot.service.run import Service, serve_until_signal
    from bot.store.sending import get_meta

    here = office(data, config, library).real()
    _ = here.tree  # before anything else: without a roster there is nothing to run

    channel = channel_for(here)

    async def serve() -> None:
        service = Service(
            here.store,
            channel,
            here.library,
            LiveSchedules(here.config),
            here.data,
            clock.current(),
            _say,
        )
        serving, no_pages = None, ""
        if (at := here.schedules.console).serve:
            try:
                serving = pages_of(service.town, service.clock.now, at, here.config)
            except ChuandaError as error:  # the town's work goes on without its pages
                no_pages = str(error)
        click.echo(f"传达在运行：{here.tree.root.name}，{_CHANNELS[here.schedules.channel]}。按 Ctrl-C 停。")
        if here.schedules.channel == "manual":
            click.echo("到点会提示。看要发要转的：chuanda outbox")
        if here.schedules.channel == "wechaty" and not here.store.read(get_meta, KEPT):
            click.echo("还没有试过这个网关能做什么，先按最保守的来。停下来试一次：chuanda probe --room 群名")
        if no_pages:
            click.echo(no_pages)
        if serving is None:
            await serve_until_signal(service)
            return
        from bot.console.serving import beside

        click.echo(f"网页：{serving.address}　第一次进去，先发一个绑定码：chuanda bind --office 姓名")
        async with beside(serving):
            await serve_until_signal(service)

    # What was imported stays: the collector need not look at it again, all day long.
    gc.freeze()
    asyncio.run(serve())
    click.echo("已停。没发完的下次接着发。")


_CHANNELS = {"manual": "人工渠道", "simulated": "模拟渠道", "wechaty": "微信网关"}


def _say(told: Told) -> None:
    from bot.phrases import clock

    click.echo(f"{clock(told.at)}　{told.text}")
