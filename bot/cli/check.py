"""`chuanda check`: is everything in order, and what would be sent when, at this pace?"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, json_option, library_option, office, print_json


@click.command(
    cls=ChineseCommand, help="检查全部设置，说出接下来几天发什么、发几个群、几点发完。有问题时退出码是 1。"
)
@common
@library_option
@click.option("--days", type=click.IntRange(1, 92), default=7, show_default=True, help="看几天")
@json_option
def check(data: Path | None, config: Path | None, library: Path | None, days: int, as_json: bool) -> int:
    """Validate everything and preview the plan."""
    from bot.cli.channels import capabilities_of, nobody_responsible
    from bot.errors import InputErrors, Problem
    from bot.model.content import ContentId, PartKind
    from bot.model.time import iso, local
    from bot.phrases import KINDS
    from bot.schedules.load import cross_check, load_schedules
    from bot.service.preview import Preview, preview

    here = office(data, config, library)
    problems: list[Problem] = []
    try:
        loaded = load_schedules(here.config)
    except InputErrors as error:
        loaded = None
        problems += error.problems
    contents = here.library.refresh().contents
    problems += here.library.broken
    waves, channel = [], None
    if loaded is not None:
        here.existing()
        topics = {topic for c in contents.values() for topic in c.topics}
        problems += cross_check(loaded, here.tree, list(contents), topics)
        if nobody := nobody_responsible(loaded.schedules, here.config):
            problems.append(nobody)
        from bot.planner.waves import LOOK_BACK, names_seen
        from bot.store.approvals import approvals
        from bot.store.waves import past

        acts, now = here.store.read(approvals), here.now()
        known = here.store.write_now(past, names_seen(loaded.schedules), now - LOOK_BACK, now)
        channel = capabilities_of(here)
        waves = preview(
            here.tree, contents, acts, loaded.schedules, channel, known, now, timedelta(days=days)
        )

    def kinds_of(wave: Preview) -> set[PartKind]:
        content = contents.get(ContentId(wave.content))
        return {part.kind for part in content.parts} if content else set()

    late = [wave for wave in waves if wave.end > wave.deadline]
    unsendable = [wave for wave in waves if wave.why]
    ok = not problems and not late
    if as_json:
        rows = [
            {
                "entry": w.entry, "content": w.content, "start": iso(w.start), "end": iso(w.end),
                "targets": w.targets, "sends": w.sends, "why": w.why or None, "late": w.end > w.deadline,
                "as_text": sorted(kinds_of(w) & channel.as_text) if channel else [],
            }
            for w in waves
        ]  # fmt: skip
        errors = [{"place": p.place, "what": p.what, "write": p.write} for p in problems]
        errors += [
            {
                "place": str(here.config),
                "what": f"{w.entry} 发完要到 {local(w.end):%m-%d %H:%M}，过了截止",
                "write": _SLOW,
            }
            for w in late
        ]
        print_json({"ok": ok, "errors": errors, "waves": rows})
        return 0 if ok else 1
    for problem in problems:
        click.echo(str(problem), err=True)
    by_itself = channel is not None and channel.by_itself
    for w in waves:
        start, end = local(w.start), local(w.end)
        about = (
            f"没有可发的：{w.why}"
            if w.why
            else f"《{w.title}》到 {w.targets} 个群，"
            + (f"发 {w.sends} 条，{_clock(start, end)} 发完" if by_itself else f"要人工发 {w.sends} 条")
        )
        click.echo(f"{start:%m-%d %H:%M}　{w.entry}　{about}")
    shown = {kind for w in waves for kind in kinds_of(w)}
    if channel is not None and channel.as_text & shown:
        named = "、".join(KINDS[kind] for kind in sorted(channel.as_text & shown))
        click.echo(f"这个渠道发不了{named}卡片，会改成文字：标题和网址。换了网关再试一次：chuanda probe")
    for w in late:
        click.echo(
            f"{local(w.start):%m-%d %H:%M} 的 {w.entry} 要到 {local(w.end):%m-%d %H:%M} 才发得完，过了截止；{_SLOW}",
            err=True,
        )
    if unsendable:
        click.echo(f"有 {len(unsendable)} 批现在没有可发的内容；先送审、审批：chuanda content list")
    click.echo("没有错误。" if ok else "有问题，见上面。")
    return 0 if ok else 1


def _clock(start: datetime, end: datetime) -> str:
    return f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"


_SLOW = "减少直发的群（改成转发），或放宽 deadlines，或调小 pacing.seconds"
