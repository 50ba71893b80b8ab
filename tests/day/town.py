"""The small town of the day: two villages, its people, one approved content, and the files of the office."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

from bot.library import LiveLibrary
from bot.library.load import load_library
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import TZ
from bot.model.tree import Tree
from bot.planner.waves import names_seen
from bot.roster.build import read_roster
from bot.schedules.load import load_schedules
from bot.schedules.model import LEVELS
from bot.store import trees
from bot.store.approvals import add_approval
from bot.store.database import Store
from bot.store.waves import see_entries

SEVEN = datetime(2026, 3, 12, 7, 0, tzinfo=TZ)
OFFICE_GROUP, WILLOWS, BRIDGE = "清河镇反诈工作群", "柳林村工作群", "石桥村工作群"
FIRST, SECOND_ONE, SECOND_TWO, SECOND_THREE = "柳林村第1网格群", "第2网格一群", "第2网格二群", "第2网格三群"
THIRD, FOURTH, BRIDGE_FIRST = "柳林村第3网格群", "柳林村第4网格群", "石桥村第1网格群"
CONTENT = "001-shuadan"
HEAD = (
    "层级", "单位", "上级单位", "群名称", "群类别", "方式", "观察", "同意人", "同意日期", "联系人", "副联系人",
    "分管领导", "主要负责人",
)  # fmt: skip
SEEN = ("是", "村民代表会", "2026-01-05")
NOT_SEEN = ("否", "", "")
ROSTER = (
    ("镇", "清河镇", "", OFFICE_GROUP, "工作群", "直发", *NOT_SEEN, "郑丽", "", "", "赵立新"),
    ("村居", "柳林村", "清河镇", WILLOWS, "工作群", "直发", *NOT_SEEN, "何建国", "", "孙桂兰", "钱卫东"),
    ("网格", "柳林村第1网格", "柳林村", FIRST, "居民群", "直发", *NOT_SEEN, "周桂芳", "张秀英", "", ""),
    ("网格", "柳林村第2网格", "柳林村", SECOND_ONE, "居民群", "转发", *NOT_SEEN, "周桂芳", "张秀英", "", ""),
    ("网格", "柳林村第2网格", "柳林村", SECOND_TWO, "居民群", "转发", *NOT_SEEN, "周桂芳", "张秀英", "", ""),
    (
        "网格",
        "柳林村第2网格",
        "柳林村",
        SECOND_THREE,
        "居民群",
        "转发",
        *NOT_SEEN,
        "周桂芳",
        "张秀英",
        "",
        "",
    ),
    ("网格", "柳林村第3网格", "柳林村", THIRD, "居民群", "转发", *SEEN, "李国强", "", "", ""),
    ("网格", "柳林村第4网格", "柳林村", FOURTH, "居民群", "转发", *NOT_SEEN, "赵玉兰", "", "", ""),
    ("网格", "柳林村第5网格", "柳林村", "", "", "", *NOT_SEEN, "", "", "", ""),
    ("村居", "石桥村", "清河镇", BRIDGE, "工作群", "直发", *NOT_SEEN, "刘长海", "", "冯建设", "吴长河"),
    ("网格", "石桥村第1网格", "石桥村", BRIDGE_FIRST, "居民群", "转发", *NOT_SEEN, "马小燕", "", "", ""),
)
OFFICE, REVIEWER, SECRETARY, GRID, DEPUTY = "王敏", "李建军", "钱卫东", "周桂芳", "张秀英"
SEES, LISTS, FORGETS, IN_CHARGE, RESIDENT, STRANGER = (
    "李国强",
    "赵玉兰",
    "马小燕",
    "冯建设",
    "马大姐",
    "外人甲",
)
PEOPLE = (
    OFFICE, REVIEWER, SECRETARY, GRID, DEPUTY, SEES, LISTS, FORGETS, IN_CHARGE, RESIDENT, STRANGER, "何建国", "孙桂兰",
)  # fmt: skip
ROOMS = {
    OFFICE_GROUP: (OFFICE, REVIEWER, "何建国"),
    WILLOWS: (SECRETARY, GRID, DEPUTY, SEES, LISTS, STRANGER, "何建国", "孙桂兰"),
    BRIDGE: (FORGETS, IN_CHARGE),
    FIRST: (GRID, RESIDENT),
    THIRD: (SEES, RESIDENT),
}
"""The rooms that our account is in, with who speaks there."""
TEXT = "刷单返利都是诈骗：先给小钱，再骗大钱。拿不准就打96110。\n反诈宣〔2026〕001号"
SCHEDULES = f"""responsible: 王敏
channel: simulated
office_group: {OFFICE_GROUP}
reviewers: [李建军]
pacing: {{seconds: 1, daily: 2000}}
entries:
  - {{id: morning, cron: "0 8 * * *", what: {{ids: [{CONTENT}]}}}}
"""


def lay_out(folder: Path, schedules: str = SCHEDULES) -> Path:
    """Roster, library with one approved content, settings, and an empty database; returns the data folder."""
    data, library = folder / "data", folder / "content"
    (library / CONTENT).mkdir(parents=True)
    (library / CONTENT / "text.md").write_text(TEXT, "utf-8")
    (library / CONTENT / "content.yaml").write_text(
        "title: 刷单返利先给小钱\nnumber: 反诈宣〔2026〕001号\ntopics: [刷单返利]\nparts:\n  - text: text.md\n",
        "utf-8",
    )
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, *ROSTER])
    (folder / "schedules.yaml").write_text(schedules, "utf-8")
    store = Store(data / "chuanda.db")
    store.write_now(trees.add_edition, roster(folder), "t", SEVEN)
    (content,) = load_library(library).contents.values()
    for act, by in ((ApprovalAct.SUBMIT, OFFICE), (ApprovalAct.APPROVE, REVIEWER)):
        store.write_now(
            add_approval, content.id, ApprovalEntry(act, content.digest, by, SEVEN - timedelta(days=1))
        )
    settings = load_schedules(folder / "schedules.yaml").schedules
    store.write_now(see_entries, names_seen(settings), SEVEN)
    store.close()
    return data


def roster(folder: Path) -> Tree:
    return read_roster(folder / "roster.csv", LEVELS)


def library(folder: Path) -> LiveLibrary:
    return LiveLibrary(folder / "content")
