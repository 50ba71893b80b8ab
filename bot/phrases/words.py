"""Words, figures and names as every sentence of ours writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from bot.model.chat import MAX_LINES as MAX_LINES
from bot.model.ledger import Reason
from bot.model.time import day_of, local
from bot.model.tree import Tree
from bot.store.reading import TargetRow

NAMED_IN_LINE = 3
MAX_NAMED = 6
"""Groups named one by one in a message; more are counted."""

REASONS: Mapping[Reason, str] = {
    Reason.NOT_REPOSTED: "未转发",
    Reason.UPSTREAM: "上一级还没转下来",
    Reason.NOT_BOUND: "没绑定",
    Reason.BOT_ABSENT: "机器人不在群里",
    Reason.NO_GROUP: "没有群",
    Reason.NOT_SENT: "没发出",
    Reason.IN_DOUBT: "在途存疑",
    Reason.UNPROVEN: "待核实",
    Reason.DISPUTED: "存疑",
}


def percent(share: float | None) -> str:
    """A share as people read it: one decimal; 100% only when it is all."""
    if share is None:
        return "–"
    return "100%" if share == 1 else f"{min(share, 0.999) * 100:.1f}%"


def clock(at: datetime) -> str:
    """“8:00”, local."""
    here = local(at)
    return f"{here.hour}:{here.minute:02d}"


def spoken_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def unit_name(tree: Tree, row: TargetRow) -> str:
    """The village or unit that a target belongs to."""
    node = tree.by_path.get(row.path)
    return tree.unit_of(node).name if node else row.path.split("/")[min(1, row.path.count("/"))]


def short_group(row: TargetRow) -> str:
    """A group's name without the village in front, which the reader knows; never cut at its end."""
    name = row.group or f"{row.path.rsplit('/', 1)[-1]}（没有群）"
    for place in row.path.split("/")[1:-1]:
        name = name.removeprefix(place)
    return name


def spoken_hour(at: datetime, today: date) -> str:
    """“早上 8 点”, as people say a time; with the day where it is not ``today``."""
    here = local(at)
    part = next(word for until, word in _PARTS_OF_DAY if here.hour < until)
    hour = here.hour if here.hour <= 12 else here.hour - 12
    said = {0: " 点", 30: " 点半"}.get(here.minute, f":{here.minute:02d}")
    days = (today - day_of(at)).days
    day = "" if days == 0 else "昨天" if days == 1 else spoken_day(day_of(at))
    return f"{day}{part} {hour}{said}"


_PARTS_OF_DAY = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (25, "晚上"))


def titles(rows: Iterable[TargetRow], most: int = 2) -> str:
    """“《…》、《…》等”: each title once."""
    every = list(dict.fromkeys(row.title for row in rows))
    return "、".join(f"《{title}》" for title in every[:most]) + ("等" if len(every) > most else "")


KINDS = {
    "text": "文字", "image": "图片", "video": "视频", "file": "文件", "link": "链接", "mini_program": "小程序",
    "channels": "视频号",
}  # fmt: skip
USES = {"work": "工作群", "resident": "居民群", "outlet": "线下阵地"}
MODES = {"direct": "直发", "relay": "转发"}
EVIDENCE = {"direct": "直发", "observed": "机器人所见", "verified": "截图核实", "confirmed": "自报"}


def target_state(row: TargetRow) -> str:
    """Where a target stands, in one word."""
    if row.exempt:
        return "豁免"
    if row.reason is None:
        return "按时" if row.on_time else "迟转"
    return REASONS[row.reason]
