"""`chuanda pause`, `chuanda resume`: stop and start all sending, across restarts."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, office


@click.command(cls=ChineseCommand, help="暂停全部发送，直到 chuanda resume。计划和记录照常。")
@common
def pause(data: Path | None, config: Path | None) -> None:
    """Stop all sending."""
    from bot.store.sending import set_meta

    here = office(data, config).existing()
    with here.store.together():
        here.store.write_now(set_meta, "paused", here.now().isoformat())
        here.log("pause", "")
    click.echo("全部发送已暂停。恢复：chuanda resume")


@click.command(cls=ChineseCommand, help="恢复发送。")
@common
def resume(data: Path | None, config: Path | None) -> None:
    """Start sending again."""
    from bot.store.sending import set_meta

    here = office(data, config).existing()
    with here.store.together():
        here.store.write_now(set_meta, "paused", "")
        here.log("resume", "")
    stop = here.data / "STOP"
    click.echo(f"已恢复发送。但 {stop} 文件还在，删掉它才会真的发。" if stop.exists() else "已恢复发送。")
