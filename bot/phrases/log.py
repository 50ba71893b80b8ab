"""The log of who did what, in words: what each act is called, where it was done, what a check of the chain came to."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.table import TABLE
from bot.model.time import local
from bot.store.log import APPROVAL, SHORTEST_HEAD, Checked, Row, Via

COMPUTER = "电脑上"
"""Who it was where the office's computer was used and nobody said."""
VIAS: Mapping[str, str] = {
    Via.CHAT: "聊天",
    Via.CONSOLE: "网页",
    Via.COMPUTER: COMPUTER,
    Via.LEDGER: "审批台账",
}
_APPROVALS = {"submit": "送审", "approve": "批准", "reject": "驳回", "override": "放行", "withdraw": "撤回"}
_ACTS: Mapping[str, str] = {
    **{rule.command.value: rule.says.split()[0] for rule in TABLE},
    "choice": "选一个",
    **{f"{APPROVAL}{act}": f"台账：{word}" for act, word in _APPROVALS.items()},
    "write": "写内容",
    "decline": "不采用素材",
    "submit": "送审",
    "override": "放行",
    "sign_in": "登录",
    "sign_out": "退出",
    "roster": "导入名册",
    "settings": "改设置",
    "schedule": "改排期",
    "code": "发绑定码",
    "unbind": "解除账号",
    "room": "定群",
    "unbind_room": "解除群绑定",
    "export_roster": "导出名册",
    "come_back": "销假",
    "handover": "换人交接",
    "tick": "勾掉",
    "untick": "改回没做",
    "paste": "粘贴聊天",
    "by_hand": "人工发、转",
    "export": "导出记录",
    "client": "接口",
    "verify": "核实通过",
    "dispute": "认定不实",
    "dismiss": "看不出来",
    "judge_back": "撤回核实",
    "object": "有异议",
    "answer_objection": "答复异议",
}


def act(command: str) -> str:
    """What was done, in a word; what has none is told as it was written down."""
    return _ACTS.get(command, command)


def about(row: Row, titles: Mapping[str, str]) -> str:
    """About what it was; of a line of the approval ledger the content's title (``titles``: of contents by id)."""
    content, digest = row.detail.partition("（")[::2]
    if row.command.startswith(APPROVAL) and content in titles:
        return f"《{titles[content]}》（{digest}"
    return row.detail


def who(name: str) -> str:
    return name or COMPUTER


def short_seal(seal: str) -> str:
    """The part of a hash that is printed, in fours: “3f2a 91bc 77de 0c12”."""
    shown = seal[:SHORTEST_HEAD]
    return " ".join(shown[n : n + 4] for n in range(0, len(shown), 4))


def checked(found: Checked) -> str:
    """What a check of the log came to."""
    if found.broken:
        return f"操作记录对不上：{found.broken}。前面 {found.rows} 条是好的。"
    if not found.rows:
        return "操作记录还是空的。"
    assert found.until is not None
    return f"操作记录 {found.rows} 条，一条接一条，没有改过，到 {local(found.until):%Y-%m-%d %H:%M}。校验码 {short_seal(found.head)}"
