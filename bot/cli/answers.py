"""`chuanda coverage`, `gaps`, `ledger`, `audit`: answers from the ledger. They read and never change anything."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import Day, F, Office, common, find_node, json_option, office, print_json, print_lines
from bot.errors import ChuandaError
from bot.service.answers import Asking, Meant, coverage_answer, figures, waves_meant

if TYPE_CHECKING:
    from bot.store.log import Checked

ALL_ROWS = 1_000_000
"""More than a log ever has."""


def scope(function: F) -> F:
    """--node, and --wave, or --campaign and --from/--to."""
    for option in (
        click.option("--campaign", metavar="名称", help="只看一个专项行动（默认从头到今天）"),
        click.option("--to", "last", type=Day(), help="到哪一天（含）"),
        click.option("--from", "first", type=Day(), help="从哪一天（含，默认今天）"),
        click.option("--wave", help="只看一个批次"),
        click.option("--node", help="单位，如 柳林村 或 清河镇/柳林村"),
    ):
        function = option(function)
    return function


def meant(
    here: Office, wave: str | None, campaign: str | None, first: date | None, last: date | None
) -> Meant:
    """The waves that the flags name. Raises `NotFound`, `ChuandaError`."""
    return waves_meant(here.store, here.now(), Asking(wave, campaign, first, last, flag="--"))


@click.command(cls=ChineseCommand, help="覆盖率：一个单位和它下面一级。不写日期就是今天。")
@common
@scope
@json_option
def coverage(
    data: Path | None, config: Path | None, node: str | None, wave: str | None, campaign: str | None,
    first: date | None, last: date | None, as_json: bool,
) -> None:  # fmt: skip
    """Coverage of a node, and of its children."""
    from bot.phrases import leaders
    from bot.store import reading

    here = office(data, config).existing()
    place = find_node(here.tree, node)
    chosen = meant(here, wave, campaign, first, last)
    if as_json:
        print_json(coverage_answer(here.store, here.tree, place, chosen))
        return
    waves, begin, end = chosen.waves, chosen.first, chosen.last
    counts, children = figures(here.store, here.tree, place, waves)
    gaps = here.store.read(reading.target_rows, waves, place.id, gaps_only=True)
    when = f"{begin}" if begin == end else f"{begin} 到 {end}"
    root = here.tree.root
    town = None if place is root else (root.name, here.store.read(reading.counts, waves, root.id))
    click.echo(leaders.coverage_answer(place.name, when, counts, gaps, town, children))


@click.command(cls=ChineseCommand, help="缺口：该到而没到的群。有缺口时退出码是 1。")
@common
@scope
@click.option("--overdue", is_flag=True, help="只看过了截止时间的")
@json_option
def gaps(
    data: Path | None, config: Path | None, node: str | None, wave: str | None, campaign: str | None,
    first: date | None, last: date | None, overdue: bool, as_json: bool,
) -> int:  # fmt: skip
    """What was expected and is not covered."""
    from bot import phrases
    from bot.coverage import gap_json
    from bot.store import reading

    here = office(data, config).existing()
    place = find_node(here.tree, node)
    waves = meant(here, wave, campaign, first, last).waves
    now = here.now()
    rows = here.store.read(reading.target_rows, waves, place.id, gaps_only=True)
    rows = [row for row in rows if not overdue or row.overdue(now)]
    if as_json:
        print_lines(gap_json(row, now) for row in rows)
        return 1 if rows else 0
    if not rows:
        click.echo("没有缺口。")
        return 0
    for row in rows:
        state = "逾期" if row.overdue(now) else "待办"
        reason = phrases.REASONS[row.reason] if row.reason else ""
        click.echo(
            f"{state}　{reason}　{row.path}　{row.group or '（没有群）'}　{row.worker or '没有负责人'}　《{row.title}》"
        )
    click.echo(f"共 {len(rows)} 群次。")
    return 1


@click.command(cls=ChineseCommand, help="台账：每个群每个批次。--out 写成表格（xlsx）。")
@common
@scope
@click.option("--out", type=click.Path(path_type=Path), help="写到这个 xlsx 文件")
@json_option
def ledger(
    data: Path | None, config: Path | None, node: str | None, wave: str | None, campaign: str | None,
    first: date | None, last: date | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Every target and what became of it."""
    from bot.coverage import ledger_json
    from bot.store import reading

    here = office(data, config).existing()
    place = find_node(here.tree, node)
    waves = meant(here, wave, campaign, first, last).waves
    rows = here.store.read(reading.target_rows, waves, place.id)
    if out is not None:
        from bot.reports.sheet import write_ledger

        write_ledger(rows, out)
        click.echo(f"{len(rows)} 行，写在 {out}", err=as_json)
        return
    if as_json:
        print_lines(map(ledger_json, rows))
        return
    from bot import phrases

    for row in rows:
        click.echo(f"{phrases.target_state(row)}　{row.path}　{row.group or '（没有群）'}　《{row.title}》")


@click.command(
    cls=ChineseCommand,
    help="核对：从台账重新算一遍计数，不一致时退出码是 1。verify：再查一遍操作记录有没有人改过。log：谁什么时候做过什么。",
)
@common
@click.argument("what", required=False, type=click.Choice(["verify", "log"]), metavar="[verify|log]")
@click.option("--head", metavar="校验码", help="和 verify 一起：打印出来或另外存着的校验码，要在记录里")
@click.option("--to", "last", type=Day(), help="和 log 一起：到哪一天（含）")
@click.option("--from", "first", type=Day(), help="和 log 一起：从哪一天（含，默认今天）")
@json_option
def audit(
    data: Path | None, config: Path | None, what: str | None, head: str | None, first: date | None,
    last: date | None, as_json: bool,
) -> int:  # fmt: skip
    """Recompute every counter from the ledger; `verify`: and every row of the log; or list the log."""
    from bot.phrases.log import checked
    from bot.store.audit import recount

    here = office(data, config).existing()
    if head is not None and what != "verify":
        raise ChuandaError("--head 只和 verify 一起写；如 chuanda audit verify --head 3f2a91bc77de0c12")
    if what == "log":
        _log(here, first, last, as_json)
        return 0
    if first or last:
        raise ChuandaError("--from、--to 只和 log 一起写；如 chuanda audit log --from 2026-03-12")
    chain = _chain(here, head) if what == "verify" else None
    wrong = here.store.read(recount)
    ok = not wrong and not (chain and chain.broken)
    if as_json:
        differences = [{"wave": d.wave, "node": d.path} for d in wrong]
        print_json({"ok": ok, "differences": differences, **({"log": _chain_json(chain)} if chain else {})})
        return 0 if ok else 1
    if chain:
        click.echo(checked(chain))
    for d in wrong:
        click.echo(f"{d.wave} {d.path}：{d.what}")
    if not wrong:
        click.echo("核对完了，数字和台账一致。")
    return 0 if ok else 1


def _chain(here: Office, head: str | None) -> Checked:
    """The log's chain, row by row."""
    from bot.store import log

    written = "".join((head or "").split()).lower()
    if head is not None and (len(written) < log.SHORTEST_HEAD or not set(written) <= set("0123456789abcdef")):
        raise ChuandaError(
            f"校验码“{head}”写得不对；照打印的写，至少 {log.SHORTEST_HEAD} 个字（0 到 9、a 到 f），空格可以不写"
        )
    return here.store.read(log.check, written)


def _chain_json(found: Checked) -> dict[str, Any]:
    from bot.model.time import iso

    return {
        "rows": found.rows, "until": iso(found.until) if found.until else None, "head": found.head or None,
        "broken": found.broken or None, "row": found.row or None,
    }  # fmt: skip


def _log(here: Office, first: date | None, last: date | None, as_json: bool) -> None:
    from bot.model.time import day_of, day_start, iso, local
    from bot.phrases.log import VIAS, act, who
    from bot.store import log, talk

    today = day_of(here.now())
    begin, end = first or last or today, last or max(today, first or today)
    wanted = log.Wanted(since=day_start(begin), before=day_start(end + timedelta(days=1)))
    done = sorted(here.store.read(log.rows, wanted, ALL_ROWS), key=lambda row: row.id)
    strangers = here.store.read(talk.attempts_between, begin, end)
    if as_json:
        commands = [
            {"at": iso(a.at), "name": a.name, "via": a.via, "command": a.command, "detail": a.detail, "outcome": a.outcome}
            for a in done
        ]  # fmt: skip
        counted = [{"day": day, "command": command, "count": count} for day, command, count in strangers]
        print_json({"commands": commands, "strangers": counted})
        return
    for a in done:
        click.echo(
            f"{local(a.at):%m-%d %H:%M}　{who(a.name)}　{VIAS[a.via]}　{act(a.command)}　{a.detail}　{a.outcome}"
        )
    for day, command, count in strangers:
        click.echo(f"{day}　没绑定的人　{act(command)}　{count} 次")
    if not done and not strangers:
        click.echo("这几天没有记录。")
