"""`chuanda run`: the service in the foreground, one line per thing that happens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, library_option, office
from bot.errors import ChuandaError, NotBuilt

if TYPE_CHECKING:
    from bot.channels.base import Channel
    from bot.model.chat import Capabilities
    from bot.schedules.model import Schedules
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

    here = office(data, config, library).real()
    _ = here.tree  # before anything else: without a roster there is nothing to run

    async def serve() -> None:
        service = Service(
            here.store,
            channel_for(here.schedules),
            here.library,
            LiveSchedules(here.config),
            here.data,
            clock.current(),
            _say,
        )
        click.echo(f"传达在运行：{here.tree.root.name}，{_CHANNELS[here.schedules.channel]}。按 Ctrl-C 停。")
        if here.schedules.channel == "manual":
            click.echo("到点会提示。看要发要转的：chuanda outbox")
        await serve_until_signal(service)

    asyncio.run(serve())
    click.echo("已停。没发完的下次接着发。")


_CHANNELS = {"manual": "人工渠道", "simulated": "模拟渠道", "wechaty": "微信网关"}


def channel_for(schedules: Schedules) -> Channel:
    """The channel that schedules.yaml names. Raises `ChuandaError` where it cannot run for real."""
    from bot.channels.manual import ManualChannel

    if schedules.channel == "manual":
        return ManualChannel()
    if schedules.channel == "simulated":
        raise ChuandaError("模拟渠道只用来演练：chuanda demo；正式运行请写 channel: manual")
    raise NotBuilt("微信网关这个版本还没有；先用 channel: manual")


def capabilities_of(schedules: Schedules) -> Capabilities:
    """What the channel that schedules.yaml names can do, without starting it."""
    from bot.channels import manual
    from bot.channels.simulated import channel as simulated

    return manual.CAPABILITIES if schedules.channel == "manual" else simulated.CAPABILITIES


def _say(told: Told) -> None:
    from bot.phrases import clock

    click.echo(f"{clock(told.at)}　{told.text}")
