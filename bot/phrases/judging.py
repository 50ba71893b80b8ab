"""About screenshots: what their people hear of a verdict, and what the office hears of an objection. Nobody is blamed: a picture does
not fit, and there is a way on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.phrases.words import NAMED_IN_LINE, spoken_day

REASONS = (
    "截图里是另一个群",
    "截图里不是这条内容",
    "截图上的时间比发送还早",
    "和以前交的是同一张",
)
"""Why a screenshot does not prove what was said; anything else a person writes in own words."""
OBJECT = "有异议"


def disputed(name: str, day: date, groups: Sequence[str], why: str) -> str:
    """The office looked at a screenshot, and it does not fit."""
    return "\n".join(
        [
            f"{name}，您{spoken_day(day)}交的截图，和说的对不上：",
            f"{why}。",
            f"说的是：{named(groups)}。",
            "可能是截错了，先记作“存疑”。",
            "现在转还算数，转好了可以再发一张图。",
            f"要是不对，回“{OBJECT}”加一句话。",
        ]
    )


def lifted(name: str, day: date, words: str) -> str:
    """The objection was right."""
    lines = [f"{name}，{spoken_day(day)}那张截图又看了一次，是我们看错了。", "“存疑”撤了，照您说的算。"]
    return "\n".join([*lines, *([f"反诈办说：{words}"] if words else [])])


def upheld(name: str, day: date, words: str) -> str:
    """The objection did not change it."""
    lines = [f"{name}，{spoken_day(day)}那张截图又看了一次，还是对不上。"]
    lines += [f"反诈办说：{words}"] if words else []
    return "\n".join([*lines, "现在转还算数，转好了可以再发一张图。"])


def objected(name: str) -> str:
    return f"{name}，记下了，反诈办会再看一次，看完告诉您。"


def objected_before(name: str) -> str:
    return f"{name}，您说过一次了，反诈办看完会告诉您。"


def nothing_to_object_to(name: str) -> str:
    return f"{name}，没有记作“存疑”的截图，不用说异议。"


def objection_empty() -> str:
    return f"有什么不对，跟我说一句。\n比如：{OBJECT} 两个网格都是我管，截错了"


def objection_to_office(name: str, place: str, words: str) -> str:
    return f"{place}{name}对截图的核实有异议：{words}\n请在电脑上打开“核实”再看一次。"


def not_stored(why: str) -> str:
    """The office: pictures cannot be kept now."""
    return f"有人交了截图，存不下（{why}）。腾出地方以后，请本人再发一次。"


def named(groups: Sequence[str]) -> str:
    """A few by name, the others counted."""
    shown = "、".join(groups[:NAMED_IN_LINE])
    return shown + (f"等 {len(groups)} 个群" if len(groups) > NAMED_IN_LINE else "")
