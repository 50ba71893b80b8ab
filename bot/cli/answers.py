"""`chuanda coverage`, `gaps`, `ledger`, `audit`: answers from the ledger. They read and never change anything."""

from __future__ import annotations

from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import Day, F, Office, common, find_node, json_option, office, print_json, print_lines
from bot.errors import ChuandaError, NotFound

if TYPE_CHECKING:
    from bot.store.reading import Wave


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


def chosen_waves(
    here: Office, wave: str | None, campaign: str | None, first: date | None, last: date | None
) -> tuple[list[Wave], date, date]:
    """The waves that the flags name, and the days they stand for. Raises `NotFound`, `ChuandaError`."""
    from bot.model.time import day_of
    from bot.store import reading

    if wave:
        if first or last or campaign:
            raise ChuandaError("--wave 和 --campaign、--from/--to 只写一种")
        found = here.store.read(reading.wave_named, wave)
        if found is None:
            raise NotFound(_unknown(wave, "批次", here.store.read(reading.wave_names)))
        return [found], day_of(found.starts_at), day_of(found.starts_at)
    today = day_of(here.now())
    spans = here.store.read(reading.campaigns)
    if campaign and campaign not in spans:
        raise NotFound(_unknown(campaign, "专项行动", list(spans)))
    if campaign and not (first or last):
        first, last = map(day_of, spans[campaign])
    begin, end = first or last or today, last or max(today, first or today)
    if begin > end:
        raise ChuandaError(f"--from {begin} 在 --to {end} 之后；把两个日期对调")
    if end - begin > timedelta(days=3700):
        raise ChuandaError("日期范围太长；最多看十年")
    waves = here.store.read(reading.waves_between, begin, end)
    return [w for w in waves if not campaign or w.campaign == campaign], begin, end


def _unknown(name: str, kind: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.3)
    return f"没有“{name}”这个{kind}" + (f"；是不是：{'、'.join(near)}" if near else "")


@click.command(cls=ChineseCommand, help="覆盖率：一个单位和它下面一级。不写日期就是今天。")
@common
@scope
@json_option
def coverage(
    data: Path | None, config: Path | None, node: str | None, wave: str | None, campaign: str | None,
    first: date | None, last: date | None, as_json: bool,
) -> None:  # fmt: skip
    """Coverage of a node, and of its children."""
    from bot.coverage import coverage_json
    from bot.model.counts import Counts
    from bot.phrases import leaders
    from bot.store import reading

    here = office(data, config).existing()
    place = find_node(here.tree, node)
    waves, begin, end = chosen_waves(here, wave, campaign, first, last)
    counts = here.store.read(reading.counts, waves, place.id)
    known = dict(here.store.read(reading.children_counts, waves, place.id))
    children = [(c.path, known.pop(c.path, Counts())) for c in here.tree.children(place)] + list(
        known.items()
    )
    if as_json:
        print_json(coverage_json(place.path, begin, end, len(waves), counts, children))
        return
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
    waves, _, _ = chosen_waves(here, wave, campaign, first, last)
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
    waves, _, _ = chosen_waves(here, wave, campaign, first, last)
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
    cls=ChineseCommand, help="核对：从台账重新算一遍计数，不一致时退出码是 1。log：聊天里谁要过什么。"
)
@common
@click.argument("what", required=False, type=click.Choice(["verify", "log"]), metavar="[verify|log]")
@click.option("--to", "last", type=Day(), help="和 log 一起：到哪一天（含）")
@click.option("--from", "first", type=Day(), help="和 log 一起：从哪一天（含，默认今天）")
@json_option
def audit(
    data: Path | None, config: Path | None, what: str | None, first: date | None, last: date | None, as_json: bool
) -> int:  # fmt: skip
    """Recompute every counter from the ledger; or what was asked for in chat."""
    from bot.store.audit import recount

    here = office(data, config).existing()
    if what == "log":
        _log(here, first, last, as_json)
        return 0
    if first or last:
        raise ChuandaError("--from、--to 只和 log 一起写；如 chuanda audit log --from 2026-03-12")
    wrong = here.store.read(recount)
    if as_json:
        print_json({"ok": not wrong, "differences": [{"wave": d.wave, "node": d.path} for d in wrong]})
    elif not wrong:
        click.echo("核对完了，数字和台账一致。")
    else:
        for d in wrong:
            click.echo(f"{d.wave} {d.path}：{d.what}")
    return 1 if wrong else 0


def _log(here: Office, first: date | None, last: date | None, as_json: bool) -> None:
    from bot.commands.table import TABLE
    from bot.model.time import day_of, day_start, iso, local
    from bot.store import talk

    today = day_of(here.now())
    begin, end = first or last or today, last or max(today, first or today)
    asked = here.store.read(talk.commands_between, day_start(begin), day_start(end + timedelta(days=1)))
    strangers = here.store.read(talk.attempts_between, begin, end)
    if as_json:
        commands = [
            {"at": iso(a.at), "name": a.name, "command": a.command, "detail": a.detail, "outcome": a.outcome}
            for a in asked
        ]
        counted = [{"day": day, "command": command, "count": count} for day, command, count in strangers]
        print_json({"commands": commands, "strangers": counted})
        return
    called = {rule.command.value: rule.says.split()[0] for rule in TABLE}
    for a in asked:
        click.echo(f"{local(a.at):%m-%d %H:%M}　{a.name}　{called[a.command]}　{a.detail}　{a.outcome}")
    for day, command, count in strangers:
        click.echo(f"{day}　没绑定的人　{called[command]}　{count} 次")
    if not asked and not strangers:
        click.echo("这几天没有人在聊天里要过什么。")
