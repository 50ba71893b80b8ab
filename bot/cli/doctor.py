"""`chuanda doctor`: is everything that has to run running, and what to do where it is not."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, json_option, office, print_json


@click.command(
    cls=ChineseCommand, help="体检：发送、运行、微信、群、存疑的、给人添了多少事。有问题时退出码是 1。"
)
@common
@json_option
def doctor(data: Path | None, config: Path | None, as_json: bool) -> int:
    """Look at everything; 1 if something is not in order."""
    from bot.cli.channels import KEPT, capabilities_of
    from bot.errors import Busy
    from bot.service.checkup import check_up
    from bot.store.database import FolderLock
    from bot.store.sending import get_meta

    here = office(data, config).existing()
    try:
        FolderLock(here.data).release()
        running = False
    except Busy:
        running = True
    checks = check_up(
        here.store, here.tree, here.schedules, capabilities_of(here), here.data, here.now(),
        running=running, probed=bool(here.store.read(get_meta, KEPT)),
    )  # fmt: skip
    ok = all(check.ok for check in checks)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "seen": c.seen, "step": "" if c.ok else c.step} for c in checks]
        print_json({"ok": ok, "checks": rows})
        return 0 if ok else 1
    for check in checks:
        click.echo(f"{'好　' if check.ok else '要看'}　{check.name}　{check.seen}")
        if not check.ok and check.step:
            click.echo(f"　　　→ {check.step}")
    return 0 if ok else 1
