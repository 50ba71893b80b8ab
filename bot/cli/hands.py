"""`chuanda outbox`, `chuanda paste`: the two hands of the manual channel."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import Office, common, json_option, library_option, office, print_json, print_lines
from bot.errors import ChuandaError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.service.hands import Errand
    from bot.service.town import Town

MAX_PASTE_BYTES = 2_000_000


def _town(here: Office) -> Town:
    """The town as this folder has it; nothing is sent from here, so no channel is needed."""
    from bot.channels.manual import ManualChannel
    from bot.cli.channels import capabilities_of
    from bot.service.town import Town

    here.existing()
    # What people do beside a bot: only the bot posts by itself.
    offline = ManualChannel(capabilities_of(here))
    return Town(here.store, offline, here.library, here.schedules, here.data)


@click.command(cls=ChineseCommand, help="现在要人工发、人工转的。做完一条勾一条：--done 编号（可以写多个）。")
@common
@library_option
@click.option("--done", multiple=True, metavar="编号", help="勾掉做完的，可写多次")
@click.option("--failed", metavar="编号", help="这一条做不了")
@click.option("--reason", metavar="原因", help="做不了的原因")
@click.option("--undo", metavar="编号", help="勾错了，改回没做")
@click.option("--as", "name", default="", metavar="姓名", help="谁做的")
@json_option
def outbox(
    data: Path | None, config: Path | None, library: Path | None, done: tuple[str, ...], failed: str | None,
    reason: str | None, undo: str | None, name: str, as_json: bool,
) -> None:  # fmt: skip
    """List what is to be done by hand, tick it off, or take a tick back."""
    from bot import phrases
    from bot.service.hands import errands, held, stopped
    from bot.service.ticking import take_back, tick_off

    here = office(data, config, library)
    town = _town(here)
    now = here.now()
    if failed and not reason:
        raise ChuandaError("--failed 要写明原因；加上 --reason 原因")
    if reason and not failed:
        raise ChuandaError("--reason 要和 --failed 编号 一起写")
    if undo is not None and (done or failed):
        raise ChuandaError("--undo 不能和 --done、--failed 一起写；先改回来，再重新勾")
    if undo is not None:
        click.echo(take_back(town.desk, undo, now, by=name))
        here.log("untick", undo, name=name)
        return
    if done or failed:
        for errand in done:
            click.echo(tick_off(town.desk, errand, now, by=name))
            here.log("tick", errand, "做完了", name)
        if failed:
            click.echo(tick_off(town.desk, failed, now, by=name, failed=reason))
            here.log("tick", failed, f"做不了：{reason}", name)
        return
    if here.schedules.channel == "manual":
        # Planning twice is harmless: nobody has to keep `run` going to work by hand.
        asyncio.run(town.tick(now))
    listed = errands(town.desk, now)
    if as_json:
        print_lines(map(_as_json, listed))
        return
    for one in town.desk.told(("office", "report")):
        if one.kind in ("office", "report"):
            click.echo(f"──── 告诉反诈办：\n{one.text}")
    for why, count in stopped(town.desk).items():
        click.echo(phrases.stopped(why, count))
    why_held = held(town.desk)
    if why_held:
        click.echo(why_held)
    if not listed:
        click.echo("现在没有要做的。")
    else:
        _print(listed, now)


def _as_json(errand: Errand) -> dict[str, Any]:
    from bot.model.time import iso

    return {
        "id": errand.id, "wave": errand.wave, "content": errand.content, "group": errand.group, "node": errand.node,
        "kind": errand.kind, "text": errand.text, "files": list(errand.files), "due": iso(errand.due),
        "who": errand.who or None, "in_doubt": errand.in_doubt,
    }  # fmt: skip


def _print(listed: list[Errand], now: datetime) -> None:
    """Posts and corrections with their text, ready to copy, once per text; forwards by person."""
    from bot.service.hands import until

    posts = [e for e in listed if e.kind == "send"]
    corrections = [e for e in listed if e.id.startswith("x")]
    forwards = [e for e in listed if e.kind == "forward" and e not in corrections]
    for head, errands in (("发到", posts), ("要更正的群", corrections)):
        by_text: dict[tuple[str, tuple[str, ...]], list[Errand]] = {}
        for errand in errands:
            by_text.setdefault((errand.text, tuple(errand.files)), []).append(errand)
        for (text, files), same in by_text.items():
            click.echo(f"──── {head}：")
            for errand in same:
                who = f"　{errand.who}" if errand.who else ""
                click.echo(f"{errand.id}　{errand.group}{who}　（{until(errand.due, now)}）")
            click.echo(f"内容：\n{text}")
            for file in files:
                click.echo(f"附件：{file}")
    by_person: dict[tuple[str, str], list[Errand]] = {}
    for errand in forwards:
        by_person.setdefault((errand.who or "没有负责人", errand.unit), []).append(errand)
    for (who, unit), mine in by_person.items():
        namesakes = sum(other == who for other, _ in by_person) > 1
        click.echo(f"──── {who}{f'（{unit}）' if namesakes else ''} 要转 {len(mine)} 个群：")
        for errand in mine:
            click.echo(f"{errand.id}　{errand.group}　{errand.text}　（{until(errand.due, now)}）")
    counted = ((len(posts), "发"), (len(forwards), "转"), (len(corrections), "更正"))
    summary = "，".join(f"{n} 个群要{verb}" for n, verb in counted if n)
    click.echo(f"共 {summary}。做完勾掉：chuanda outbox --done 编号")


@click.command(
    cls=ChineseCommand,
    help="把工作群的聊天粘进来（文件，或直接粘贴后按 Ctrl-D / Ctrl-Z 回车）。别的话不保存。",
)
@common
@library_option
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[文件]")
@click.option("--group", required=True, metavar="群名称", help="哪个工作群")
@json_option
def paste(
    data: Path | None, config: Path | None, library: Path | None, file: Path | None, group: str, as_json: bool
) -> None:
    """Read a work group's chat for confirmations and #接龙."""
    from bot.service import pasting

    here = office(data, config, library)
    town = _town(here)
    found = pasting.work_group(town.desk, group)
    result = asyncio.run(pasting.paste(town.desk, found, _text(file), here.now(), town.conversation))
    here.log("paste", found.name, f"新记下 {len(result.fresh)} 个群")
    if as_json:
        answers = [{"line": line, "text": text} for line, text in result.answers]
        print_json(
            {
                "recorded": [{"group": g, "worker": w} for g, w in result.recorded],
                "asked": [{"line": line, "why": why} for line, why in result.asked],
                "ignored": result.ignored,
                **({"answers": answers} if answers else {}),
            }
        )
        return
    for name, worker in result.recorded:
        if name in result.fresh:
            click.echo(f"记下：{worker}　{name}")
    for line, why in result.asked:
        click.echo(f"请问一声：“{line}”：{why}")
    for line, text in result.answers:
        click.echo(f"有人说“{line}”，可以这样回：\n{text}")
    before = len(result.recorded) - len(result.fresh)
    known = f"（另有 {before} 个以前记过）" if before else ""
    click.echo(
        f"新记下 {len(result.fresh)} 个群{known}，要问 {len(result.asked)} 句，其余 {result.ignored} 句没有保存。"
    )


def _text(file: Path | None) -> str:
    """The pasted text, from a file or standard input; Windows' own encoding is understood."""
    try:
        raw = file.read_bytes() if file else sys.stdin.buffer.read(MAX_PASTE_BYTES + 1)
    except OSError:
        raise ChuandaError(f"打不开 {file}；检查路径和文件名") from None
    if len(raw) > MAX_PASTE_BYTES:
        raise ChuandaError("粘的内容太多；分几次粘，一次不超过 2 MB")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ChuandaError("看不懂这个文件的编码；另存为 UTF-8 再试")
