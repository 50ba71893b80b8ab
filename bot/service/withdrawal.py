"""Withdrawing a content: what that can and cannot do (DESIGN).

WeChat takes a message back for two minutes only. So: stop what is not sent, recall what is young (where the channel
can), and post a correction (更正) in every work group and directly served group that was reached, which asks the
people below to delete what they forwarded. Nothing pretends that it can be unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.content import Content
from bot.model.tree import GroupId
from bot.store import reading, sending
from bot.store.database import Store

CORRECT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """``cancelled`` messages stopped, ``reached`` targets that have the content, ``corrections`` put on the way."""

    cancelled: int
    reached: int
    corrections: int


def withdraw_content(store: Store, content: Content, reason: str, now: datetime) -> Withdrawn:
    """Stop ``content`` and plan the corrections. Idempotent: a correction goes to a group once."""
    cancelled = store.write_now(sending.cancel_content, content.id, now, "内容已撤回")
    waves = [wave for wave in store.read(reading.open_waves, now) if wave.content == content.id]
    rows = [row for row in store.read(reading.target_rows, waves) if row.covered_at is not None]
    posted = dict.fromkeys(
        row.group_id for row in rows if row.accepted_at is not None and row.group_id is not None
    )
    corrections = sum(_correct(store, content, group, reason, now) for group in posted)
    return Withdrawn(cancelled, len(rows), corrections)


def _correct(store: Store, content: Content, group: GroupId, reason: str, now: datetime) -> bool:
    key = f"correction:{content.id}:{content.digest[:12]}:{group}"
    text = correction(content, reason)
    return store.write_now(sending.add_notice, key, "correction", text, now, now + CORRECT_FOR, group=group)


def correction(content: Content, reason: str) -> str:
    """What is said in the groups."""
    lines: Sequence[str] = (
        f"【更正】{content.number}《{content.title}》已撤回，请不要再转。",
        f"原因：{reason}" if reason else "",
        "已经转到群里的，请长按那条消息删除，并告诉群里以更正为准。",
    )
    return "\n".join(line for line in lines if line)
