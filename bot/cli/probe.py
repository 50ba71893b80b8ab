"""`chuanda probe`: try a gateway out in one room; what it can do is kept and used from then on."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import click

from bot.cli.channels import KEPT, wechaty_channel
from bot.cli.main import ChineseCommand
from bot.cli.shared import common, json_option, office, print_json
from bot.errors import NotAllowed


@click.command(
    cls=ChineseCommand,
    help="试一试微信网关能做什么：在一个试验群里发几条，撤回，重启。结果记下来，以后照着用。",
)
@common
@click.option("--room", required=True, help="试验群的群名（机器人的微信号要在里面）")
@click.option("--no-restart", is_flag=True, help="不试重启（有的网关一重启就要重新扫码）")
@json_option
def probe(data: Path | None, config: Path | None, room: str, no_restart: bool, as_json: bool) -> None:
    """Try a gateway out."""
    from bot.channels.wechaty import profile
    from bot.recognise.normalise import normalise
    from bot.service.probing import probe as try_out
    from bot.service.probing import samples_from
    from bot.store.database import FolderLock
    from bot.store.sending import get_meta, set_meta
    from bot.store.trees import load_tree

    here = office(data, config).real()
    tree = here.store.read(load_tree)
    if tree is not None and any(normalise(g.name) == normalise(room) for g in tree.groups):
        raise NotAllowed(f"“{room}”是名册里的群，不能拿来试；另建一个试验群，把机器人拉进去")
    if here.store.read(get_meta, "paused") or (here.data / "STOP").exists():
        raise NotAllowed("全部发送停着，试验也不发；先恢复：chuanda resume")
    lock = FolderLock(here.data)
    try:
        channel = wechaty_channel(here, profile.CAPABILITIES)
        with tempfile.TemporaryDirectory() as folder:
            picture, note = _picture(Path(folder) / "ceshi.png"), Path(folder) / "ceshi.txt"
            note.write_text("传达试文件：这是一条测试，请不用理会。\n", "utf-8")
            say = (lambda line: None) if as_json else click.echo
            found = asyncio.run(
                try_out(channel, room, samples_from(picture, note), say, restart=not no_restart)
            )
    finally:
        lock.release()
    told = profile.dump(found.capabilities)
    here.store.write_now(set_meta, KEPT, json.dumps(told))
    if as_json:
        print_json(told)
        return
    for finding in found.findings:
        seen = f"（{finding.seen}）" if finding.seen else ""
        click.echo(f"{'能' if finding.works else '不能'}　{finding.what}{seen}")
    if found.capabilities.as_text:
        click.echo("发不了的卡片会改成文字：标题和网址。")
    if not (found.capabilities.message_ids or found.capabilities.echo):
        click.echo("这个网关发了不给凭据：它说发了就算发了，程序中途断了的会列为“在途存疑”。")
    click.echo("记下了，以后照这个来。网关换了或升级了，再试一次。")


def _picture(path: Path) -> Path:
    """A small picture that stands for nothing."""
    import segno

    segno.make("chuanda probe", error="l").save(str(path), scale=6)
    return path
