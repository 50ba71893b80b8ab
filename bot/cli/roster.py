"""`chuanda roster check · import · export`: the town's tree comes from one spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import ChineseGroup
from bot.cli.shared import Office, common, json_option, office, print_json
from bot.errors import ChuandaError


@click.group(cls=ChineseGroup, help="名册：单位、群和责任人。一行一个群，没有群的单位“群名称”留空。")
def roster() -> None:
    """The group itself does nothing."""


@roster.command(help="只检查，不导入。")
@common
@click.argument("file", type=click.Path(path_type=Path), metavar="名册文件")
@json_option
def check(data: Path | None, config: Path | None, file: Path, as_json: bool) -> None:
    """Validate a roster file."""
    from bot.roster.build import read_roster, roster_notes

    tree = read_roster(file, _levels(office(data, config)))
    notes = roster_notes(tree)
    if as_json:
        print_json({"nodes": len(tree.nodes), "groups": len(tree.groups), "notes": notes})
        return
    click.echo(f"名册没有错误：{len(tree.nodes)} 个单位，{len(tree.groups)} 个群。")
    for note in notes:
        click.echo(f"提醒：{note}")


@roster.command("import", help="导入名册。已经开始的批次不受影响，新名册从下一批起用。")
@common
@click.argument("file", type=click.Path(path_type=Path), metavar="名册文件")
@click.option("--dry-run", is_flag=True, help="只说会改什么，不导入")
@click.option("--force", is_flag=True, help="少了很多群也照样导入")
@json_option
def import_(
    data: Path | None, config: Path | None, file: Path, dry_run: bool, force: bool, as_json: bool
) -> None:
    """Take a roster file up as the newest edition."""
    from bot.roster.build import read_roster
    from bot.roster.diff import diff, loses_many
    from bot.store import trees

    here = office(data, config).real()
    tree = read_roster(file, _levels(here))
    before = here.store.read(trees.load_tree) if (here.data / "chuanda.db").exists() else None
    changes = diff(before, tree)
    if before is not None and loses_many(before, changes) and not (force or dry_run):
        raise ChuandaError(
            f"这份名册里少了 {len(changes.removed)} 个群（原有 {len(before.groups)} 个），可能拿错了文件；确实要导入，加 --force"
        )
    if not dry_run:
        with here.store.together():
            here.store.write_now(trees.add_edition, tree, file.name, here.now())
            here.log("roster", file.name, f"{len(tree.nodes)} 个单位，{len(tree.groups)} 个群")
        if here.config.exists():
            here.see_entries()
    if as_json:
        print_json({k: list(getattr(changes, k)) for k in ("added", "renamed", "moved", "removed")})
        return
    for word, lines in (
        ("新增", changes.added),
        ("改名", changes.renamed),
        ("换了单位", changes.moved),
        ("去掉", changes.removed),
    ):
        if lines:
            click.echo(f"{word} {len(lines)} 个群" + ("" if before is None else "：" + "、".join(lines[:10])))
    click.echo(
        "没有导入（--dry-run）。"
        if dry_run
        else f"已导入：{len(tree.nodes)} 个单位，{len(tree.groups)} 个群。"
    )


@roster.command(help="把现在的名册写成 xlsx。")
@common
@click.argument("file", type=click.Path(path_type=Path), metavar="文件.xlsx")
def export(data: Path | None, config: Path | None, file: Path) -> None:
    """Write the newest edition as a spreadsheet."""
    from bot.reports.sheet import check_xlsx
    from bot.roster.export import export_roster

    check_xlsx(file)
    here = office(data, config).existing()
    export_roster(here.tree, file)
    click.echo(f"已写到 {file}")


def _levels(here: Office) -> tuple[str, ...]:
    """The configured level names; a roster may be checked before there is a schedules.yaml."""
    from bot.schedules.model import LEVELS

    return here.schedules.levels if here.config.exists() else LEVELS
