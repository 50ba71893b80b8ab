"""What people do, as pure functions of (seed, wave, group) and (seed, wave, worker). No state, no clock.

The same seed gives the same town on every machine (CONTRACTS, “The demo's truth”).
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.simulated.ways import recognised_ways, unrecognised_ways
from bot.model.chat import MessageKind
from bot.model.content import Content


class When(StrEnum):
    """When somebody forwards."""

    PROMPT = "prompt"
    LATE = "late"
    REMINDED = "reminded"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Conduct:
    """What the person does with one content for one group. Seconds count from when the content reached them
    (for `REMINDED`: from the reminder); ``recalled_s`` and ``claims_s`` from the forwarding; None: does not."""

    when: When
    delay_s: float
    way: str
    recalled_s: float | None
    claims_s: float | None
    lies: bool
    """Says 已转发 without having forwarded."""


def draw(*names: object) -> random.Random:
    """A generator that depends on nothing but ``names``; the same on every machine and Python."""
    text = "|".join(map(str, names)).encode()
    return random.Random(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big"))


def conduct(seed: int, wave: str, group: str, content: Content, *, bot_sees: bool) -> Conduct:
    """What happens with ``content`` in ``group`` (a resident group)."""
    dice = draw(seed, wave, group)
    when = dice.choices(tuple(When), weights=(78, 8, 10, 4))[0]
    delay = {
        When.PROMPT: dice.uniform(180, 2400),
        When.LATE: dice.uniform(5 * 3600, 7 * 3600),
        When.REMINDED: dice.uniform(600, 1800),
        When.NEVER: dice.uniform(1800, 5400),
    }[when]
    known = recognised_ways(content)
    unknown = unrecognised_ways(content)
    way = dice.choice(unknown if dice.random() < 0.08 else known)
    recalled = dice.uniform(10, 110) if dice.random() < 0.02 and when is not When.NEVER else None
    claims = dice.random() < (0.20 if bot_sees else 0.85)
    lies = when is When.NEVER and dice.random() < 0.4
    claims_s = (
        dice.uniform(60, 420) if (claims and recalled is None and when is not When.NEVER) or lies else None
    )
    return Conduct(when, delay, way, recalled, claims_s, lies)


def station_conduct(seed: int, wave: str, group: str, content: Content) -> Conduct:
    """A work group that is forwarded into: the village's contact does it at once and says so."""
    dice = draw(seed, wave, group, "station")
    way = dice.choice(recognised_ways(content))
    return Conduct(When.PROMPT, dice.uniform(120, 600), way, None, 40.0, lies=False)


def all_at_once(seed: int, wave: str, worker: int) -> tuple[float, bool] | None:
    """Some forward to all their groups in a row and answer once: (delay of the first in seconds, answers)."""
    dice = draw(seed, wave, "worker", worker)
    if dice.random() >= 0.6:
        return None
    return dice.uniform(180, 2400), dice.random() < 0.9


IN_A_ROW_S = 40.0
"""Between two groups of somebody who forwards to all of them in a row."""
_BARE = ("已转发", "都转了", "已转发，请查收", "己转发", "转发完毕", "已转", "已转发[抱拳]")
_CHATTER = (
    "收到",
    "好的",
    "谁家的快递放我这儿了",
    "明天转",
    "转发了吗？",
    "今天停水吗",
    "帮我转发一下这个拼团",
    "@所有人 下午开会",
    "钱已转账给你了",
    "",
    "",
)
"""“” stands for a picture or a voice message."""


def bare_claim(dice: random.Random) -> str:
    """“已转发” as people write it."""
    return dice.choice(_BARE)


@dataclass(frozen=True, slots=True)
class Talk:
    """Something said that has nothing to do with a repost; ``text`` is empty of a picture or a voice message."""

    after_s: float
    kind: MessageKind
    text: str


def chatter(seed: int, wave: str, group: int) -> list[Talk]:
    """Talk in a group after a content arrived, in its order: nothing of it may be kept."""
    dice = draw(seed, wave, group, "chatter")
    drawn = sorted((dice.uniform(30, 5400), dice.choice(_CHATTER)) for _ in range(dice.randint(0, 3)))
    silent = (MessageKind.IMAGE, MessageKind.AUDIO)
    return [Talk(after, MessageKind.TEXT if text else dice.choice(silent), text) for after, text in drawn]


def uses_a_list(seed: int, wave: str, group: int) -> bool:
    """Whether a work group answers by #接龙."""
    return draw(seed, wave, group, "接龙").random() < 0.1
