"""The demo told live in the terminal: a line when something begins, and every hour how far it has come."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot import phrases
from bot.model.time import day_of, local
from bot.model.tree import Use
from bot.service.demo import Demo
from bot.service.desk import Told
from bot.store import reading

EVERY = timedelta(hours=1)
SHOWN = 2
"""How many reminders are shown as they are sent; the rest is counted."""
NAMED = 3
"""How many sends, reposts and confirmations of each wave are told one by one, to see how it goes."""
_HAPPENINGS = {"sent": "发送", "observed": "看见转发", "confirmed": "报来已转"}
BY_HAND_S = {"forward": 20, "count": 15, "chase": 90, "report": 2400}
"""Seconds by hand, our assumption, printed with the result: ask for one forward, count one answer into the sheet,
chase one person, put the day's report together."""


class Stage:
    """What the audience sees. ``quiet``: nothing, for `--json`."""

    def __init__(self, demo: Demo, *, quiet: bool) -> None:
        self.demo = demo
        self.console = Console(quiet=quiet, highlight=False, soft_wrap=False)
        self._next: datetime | None = None
        self._seen: Counter[str] = Counter()
        self._covered: dict[str, int] = {}

    def open(self) -> None:
        tree = self.demo.tree
        uses = Counter(group.use for group in tree.groups)
        self.console.print(
            Panel(
                f"{tree.root.name}：{len(tree.nodes)} 个单位，{uses[Use.RESIDENT]} 个居民群，{uses[Use.WORK]} 个工作群，"
                f"{uses[Use.OUTLET]} 处线下阵地\n"
                "人和群都是编的。时间是虚拟的：一天几秒钟演完。",
                title="传达 · 演练",
                border_style="red",
                expand=False,
            )
        )

    def watch(self, told: Told) -> None:
        """One thing happened."""
        if self.console.quiet:
            return
        self._progress(told.at)
        self._seen[told.kind] += 1
        if told.kind == "wave":
            for kind in _HAPPENINGS:
                self._seen[kind] = 0
        if told.kind in _HAPPENINGS:
            self._happening(told, _HAPPENINGS[told.kind])
        elif told.kind in ("wave", "office"):
            self._line(told.at, "批次" if told.kind == "wave" else "告诉反诈办", told.text)
        elif told.kind == "report":
            self.console.print(Panel(told.text, title=f"{phrases.clock(told.at)} 发给反诈办", expand=False))
        elif told.kind in ("reminder", "escalation"):
            word = "提醒" if told.kind == "reminder" else "督办"
            if self._seen[told.kind] <= SHOWN:
                self.console.print(Panel(told.text, title=f"{phrases.clock(told.at)} {word}", expand=False))
            elif self._seen[told.kind] == SHOWN + 1:
                self._line(told.at, word, "……后面的只计数")

    def _happening(self, told: Told, word: str) -> None:
        if self._seen[told.kind] <= NAMED:
            self._line(told.at, word, told.text)
        elif self._seen[told.kind] == NAMED + 1:
            self._line(told.at, word, "……后面的只计数")

    def _progress(self, at: datetime) -> None:
        """Every hour: how far the day's waves have come, those that have moved."""
        if self._next is None:
            self._next = at + EVERY
        if at < self._next:
            return
        while self._next <= at:
            self._next += EVERY
        store, root = self.demo.store, self.demo.tree.root
        for wave in store.read(reading.waves_between, day_of(at), day_of(at)):
            counts = store.read(reading.counts, [wave], root.id)
            if self._covered.get(wave.name) == counts.covered or wave.starts_at == at:
                continue
            self._covered[wave.name] = counts.covered
            filled = round(24 * (counts.coverage or 0))
            bar = Text("█" * filled, style="dodger_blue1") + Text("░" * (24 - filled), style="bright_black")
            share = phrases.percent(counts.coverage)
            self._line(
                at,
                "转到",
                Text.assemble(bar, f" {counts.covered}/{counts.expected} {share} 《{wave.title}》"),
            )

    def _line(self, at: datetime, word: str, text: str | Text) -> None:
        self.console.print(
            Text.assemble((f"{local(at):%H:%M} ", "bright_black"), (f"{word}　", "bold"), text)
        )

    def close(self, result: dict[str, Any]) -> None:
        """The result, and what the same day would have taken by hand."""
        table = Table(title="这一天", show_header=False, title_justify="left")
        table.add_column(style="bold")
        table.add_column()
        evidence = result["by_evidence"]
        rows = [
            ("应转", f"{result['expected']} 群次（其中空白点 {len(result['holes'])} 处，每批都算）"),
            (
                "转到",
                f"{result['covered']}，按时 {result['on_time']}，迟转 {result['late']}，覆盖率 {phrases.percent(result['coverage'])}",
            ),
            ("凭据", "，".join(f"{phrases.EVIDENCE[k]} {v}" for k, v in evidence.items())),
            ("缺口", _reasons(result["gaps"])),
            ("打扰", f"提醒 {result['reminders']} 人次，督办 {result['escalations']} 人次"),
            ("机器人发出", f"{result['sent']} 条"),
            ("存疑在途", f"{result['in_doubt']} 条"),
        ]
        for row in rows:
            table.add_row(*row)
        self.console.print(table)
        hands = by_hand_hours(result)
        self.console.print(
            f"同样的一天靠人工要 [bold]{hands:.1f} 小时[/bold]；这次电脑用了 [bold]{result['wall_seconds']} 秒[/bold]。\n"
            f"（估算：每个群 {BY_HAND_S['forward']} 秒安排、{BY_HAND_S['count']} 秒登记，每催一人 {BY_HAND_S['chase']} 秒，"
            f"汇总 {BY_HAND_S['report'] // 60} 分钟）"
        )
        wrong = result["truth_disagreements"]
        if wrong:
            self.console.print(f"[bold]台账和实际有 {len(wrong)} 处不一致：[/bold]")
            for line in wrong[:10]:
                self.console.print(f"  {line}")
        else:
            self.console.print("台账和模拟的实际一致（truth_disagreements 为空）。")
        folder = self.demo.data
        village = next(n.name for n in self.demo.tree.nodes if n.parent is not None)
        call = as_called()
        for line in (
            "接着看：",
            f"  {call} gaps --data {folder}",
            f"  {call} coverage --node {village} --data {folder}",
        ):
            self.console.print(line, soft_wrap=True)


def _reasons(gaps: list[dict[str, Any]]) -> str:
    counted = Counter(phrases.REASONS[gap["reason"]] for gap in gaps)
    return (
        f"{len(gaps)}：" + "，".join(f"{word} {n}" for word, n in counted.most_common()) if gaps else "没有"
    )


def as_called() -> str:
    """How to call the program again from here: it need not be on the path (`make demo`)."""
    if shutil.which("chuanda"):
        return "chuanda"
    return "python -m bot" if sys.argv[0].endswith("__main__.py") else sys.argv[0]


def by_hand_hours(result: dict[str, Any]) -> float:
    """Hours of office work for the same day, from the assumptions in `BY_HAND_S`."""
    asked = result["reminders"] + result["escalations"]
    seconds = (
        result["expected"] * (BY_HAND_S["forward"] + BY_HAND_S["count"])
        + asked * BY_HAND_S["chase"]
        + BY_HAND_S["report"]
    )
    return float(seconds / 3600)
