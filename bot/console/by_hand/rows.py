"""What was read of a pasted chat, as rows for a page: who, what, for which groups; what has to be asked; what is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.phrases.words import clock, titles
from bot.roster.words import plain
from bot.service.listening import Read
from bot.service.pasting import Fixed, Line


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was read. ``mark``, ``sign``, ``word``: its state; ``what``: for whom and which groups; ``ask``: why
    somebody has to be asked, or what can be answered."""

    key: str
    when: str
    sender: str
    said: str
    mark: str
    sign: str
    word: str
    what: str = ""
    ask: str = ""
    fixed: bool = False


def rows_of(lines: Sequence[Line]) -> tuple[list[Row], list[Row]]:
    """What is or could be recorded, and the rest."""
    rows: list[Row] = []
    rest: list[Row] = []
    for line in lines:
        when = clock(line.said.at) if line.said.at else ""
        sender = plain(line.said.sender)
        fixed = {one.nth: one for one in line.fixed}
        reads = {read.nth: read for read in line.reads}
        for nth in sorted({*fixed, *reads}):
            key = f"{line.said.line}.{nth}"
            said = reads[nth].line if nth in reads else plain(line.said.text)
            if nth in fixed:
                rows.append(_of_fix(key, when, sender, said, fixed[nth]))
            else:
                rows.append(_of_read(key, when, sender, reads[nth]))
        if line.reply:
            said = plain(line.said.text.splitlines()[0])
            key = f"{line.said.line}.0"
            rows.append(Row(key, when, sender, said, "wait", "答", "有人问，可以这样回", ask=line.reply))
        for one in line.rest:
            word = "还没转，不用记" if one.not_yet else "不保存"
            row = Row(f"{line.said.line}.{one.nth}", when, sender, one.text, "free", "–", word)
            (rows if one.not_yet else rest).append(row)
    return rows, rest


def _of_fix(key: str, when: str, sender: str, said: str, fixed: Fixed) -> Row:
    if fixed.worker is None:
        return Row(key, when, sender, said, "free", "–", "您说不算，不记", fixed=True)
    groups = "、".join(task.group or "" for task in fixed.tasks)
    what = f"{fixed.worker.name}：{groups}　{titles(fixed.tasks)}"
    return Row(key, when, sender, said, "ok", "✓", "您改过，已转发", what, fixed=True)


def _of_read(key: str, when: str, sender: str, read: Read) -> Row:
    who = read.worker.name if read.worker else ""
    what = f"{who}：{'、'.join(read.groups)}　{read.titles}" if read.groups else who
    if read.unclear:
        return Row(key, when, sender, read.line, "doubt", "疑", "要问一声", what, read.unclear)
    if read.back and not read.groups:
        what = f"{who}：{'、'.join(read.back)}　{read.titles}"
        return Row(key, when, sender, read.line, "miss", "未", "又说没转，前面记的收回", what)
    word = "已转发" if read.fresh else "已转发，记过了"
    return Row(key, when, sender, read.line, "ok", "✓", word, what)
