"""What happens to a text on its way from group to group. Each change: (rng, text, content) → text, None if not fitting."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from tests.corpus.texts_library import Piece
from tests.corpus.texts_slots import OWN, words
from tests.corpus.texts_talk import ENDINGS, OPENERS
from tests.corpus.texts_words import spin

Change = Callable[[Random, str, Piece], str | None]

MIN_TO_CUT = 90
"""Characters. Of a shorter text a piece says too little."""
EMOJI = "😀😂👍🙏🌹❗⚠️📢👮🚨💰🔥✅❤️💪👀📞".replace("\ufe0f", "")
CHAT_EMOJI = ("[强]", "[玫瑰]", "[抱拳]", "[呲牙]", "[OK]", "[拳头]", "[爱心]")
_PUNCTUATION = re.compile(r"[^\w\s]")
_TYPOS = {
    left: right
    for pair in words(
        "在再 做作 的得 那哪 钱前 帐账 转赚 信讯 片骗 已以 店电 药要 先线 记计 住主 打搭 请清 付负 款宽 单丹 是事 里理"
        " 号好 买卖 被备 到道 说讲 验检 码玛 银很 行形 接按 群裙 家加 老考 您你 贷货 陌佰 拨拔 村材 停亭 防房 假价 证正"
    )
    for left, right in (pair, pair[::-1])
}
_WORDING = (
    ("您", "你"), ("请", "请大家"), ("不要", "别"), ("千万", "一定"), ("立即", "马上"), ("马上", "赶紧"), ("各位", "各位亲爱的"),
    ("村民", "乡亲"), ("拨打", "打"), ("骗子", "坏人"), ("家里", "家中"), ("告诉", "跟"), ("老人", "老年人"), ("提醒", "提示"),
    ("遇到", "碰到"), ("碰上", "遇上"), ("陌生", "不认识的"), ("几", "好几"), ("钱", "钱款"), ("电话", "来电"), ("说", "称"),
    ("记住", "请记住"), ("拿不准", "吃不准"), ("孩子", "小孩"), ("网格员", "网格长"), ("讲", "说"), ("叫您", "让您"), ("当场", "立刻"),
)  # fmt: skip
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROW = {
    **{wide: code for code, wide in _WIDE.items()},
    **{ord(wide): narrow for wide, narrow in zip("，。：；！？（）“”、　", ',.:;!?()"", ', strict=False)},
}


@cache
def _converter(config: str) -> Any:
    from opencc import OpenCC

    return OpenCC(config)


def same(rng: Random, text: str, piece: Piece) -> str | None:
    """As it was."""
    return text


def prefixed(rng: Random, text: str, piece: Piece) -> str | None:
    """Own words in front."""
    return f"{spin(rng, rng.choice(OPENERS))}{rng.choice((chr(10), chr(10) * 2, ' ', '，', '：'))}{text}"


def wrapped(rng: Random, text: str, piece: Piece) -> str | None:
    """Own words in front and behind."""
    endings = [spin(rng, ending) for ending in rng.sample(ENDINGS, rng.randint(1, 2))]
    return "\n".join((prefixed(rng, text, piece) or text, *endings))


def suffixed(rng: Random, text: str, piece: Piece) -> str | None:
    """Own words behind."""
    return "\n".join((text, spin(rng, rng.choice(ENDINGS))))


def forwarded(rng: Random, text: str, piece: Piece) -> str | None:
    """Copied with who said it and when, as WeChat on a PC does."""
    name = spin(
        rng, rng.choice(("{name}", "{village}{name}", "清河镇反诈办-{name}", "{grid} {name}", "A{name}-村委"))
    )
    month, day, hour, minute = rng.randint(1, 12), rng.randint(1, 28), rng.randint(6, 22), rng.randint(0, 59)
    head = rng.choice(
        (
            f"{name} {hour:02d}:{minute:02d}",
            f"{name} 2026/{month}/{day} {hour}:{minute:02d}",
            f"{name} {month}月{day}日 {hour:02d}:{minute:02d}",
            f"{name} 2026-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{rng.randint(0, 59):02d}",
            f"{name}:",
        )
    )
    before = f"——— 2026-{month:02d}-{day:02d} ———\n\n" if rng.random() < 0.15 else ""
    return f"{before}{head}\n{text}"


def traditional(rng: Random, text: str, piece: Piece) -> str | None:
    """In traditional characters, with or without Taiwan's words."""
    return str(_converter(rng.choice(("s2t", "s2twp", "s2tw", "s2hk"))).convert(text))


def widths(rng: Random, text: str, piece: Piece) -> str | None:
    """Digits, letters and punctuation in the other width."""
    return text.translate(rng.choice((_WIDE, _NARROW)))


def emoji(rng: Random, text: str, piece: Piece) -> str | None:
    """Emoji at the ends of lines and after punctuation."""
    chance = rng.uniform(0.15, 0.6)
    some = rng.sample([*EMOJI, *CHAT_EMOJI], 5)

    def put(found: re.Match[str]) -> str:
        return found[0] + rng.choice(some) * rng.randint(1, 3) if rng.random() < chance else found[0]

    return rng.choice(some) + re.sub(r"[。，！；：]|$", put, text)


def punctuation(rng: Random, text: str, piece: Piece) -> str | None:
    """Other punctuation."""
    table = rng.choice(
        (
            str.maketrans({"。": "！", "，": "、", "；": "。", "“": "「", "”": "」"}),
            str.maketrans({"。": "；", "：": "——", "“": "\"", "”": "\"", "！": "。"}),
            str.maketrans({"，": " ", "。": " ", "；": " ", "、": "，"}),
            str.maketrans({"。": "。。。", "！": "！！！", "【": "[", "】": "]", "“": "‘", "”": "’"}),
            str.maketrans({"·": "|", "，": ",", "。": "~", "〔": "[", "〕": "]", "“": "《", "”": "》"}),
        )
    )  # fmt: skip
    return text.translate(table)


def unpunctuated(rng: Random, text: str, piece: Piece) -> str | None:
    """No punctuation at all, or spaces where it was."""
    return _PUNCTUATION.sub(rng.choice(("", "", " ")), text)


def spaced(rng: Random, text: str, piece: Piece) -> str | None:
    """Spaces between the characters, or here and there."""
    if rng.random() < 0.4:
        return "\n".join(" ".join(line.replace(" ", "")) for line in text.split("\n"))
    chance = rng.uniform(0.05, 0.3)
    blank = rng.choice((" ", "　", "\u200b", "  "))
    return "".join(ch + (blank if rng.random() < chance else "") for ch in text)


def joined(rng: Random, text: str, piece: Piece) -> str | None:
    """Line breaks lost."""
    return re.sub(r"\n+", rng.choice(("", " ", "　")), text)


def broken(rng: Random, text: str, piece: Piece) -> str | None:
    """Line breaks added."""
    if rng.random() < 0.5:
        return re.sub(r"([。；！？])(?!\n|$|”)", "\\1" + "\n" * rng.randint(1, 2), text)
    width = rng.randint(9, 22)
    return "\n".join(text[n : n + width] for n in range(0, len(text), width))


def unnumbered(rng: Random, text: str, piece: Piece) -> str | None:
    """The number cut out with what belonged to it."""
    return without_number(text, piece.number) if piece.number else None


def without_number(text: str, number: str) -> str:
    """``text`` without ``number``, its brackets, dot and line."""
    return re.sub(rf"[（【]?{re.escape(number)}[）】]?(?: · )?\n?", "", text).strip()


def unsigned(rng: Random, text: str, piece: Piece) -> str | None:
    """The lines at the end with the office and the hotline cut off, the number with them if it stands there."""
    lines = text.split("\n")
    kept = list(lines)
    marks = (OWN.office, OWN.town, OWN.station, OWN.school, "96110", "2026年", "反诈宣〔", "行清河")
    while len(kept) > 1 and len(kept[-1]) <= 34 and (not kept[-1] or any(m in kept[-1] for m in marks)):
        kept.pop()
    rest = "\n".join(kept).strip()
    return rest if len(kept) < len(lines) and len(rest) >= 0.6 * len(text) else None


def first_part(rng: Random, text: str, piece: Piece) -> str | None:
    """The first 60–85 %, as a hurried selection leaves it."""
    return text[: int(len(text) * rng.uniform(0.6, 0.85))].rstrip() if len(text) >= MIN_TO_CUT else None


def last_part(rng: Random, text: str, piece: Piece) -> str | None:
    """The last 60–85 %."""
    return text[int(len(text) * rng.uniform(0.15, 0.4)) :].lstrip() if len(text) >= MIN_TO_CUT else None


def middle(rng: Random, text: str, piece: Piece) -> str | None:
    """The middle 60–80 %."""
    if len(text) < MIN_TO_CUT:
        return None
    kept = rng.uniform(0.6, 0.8)
    begin = rng.uniform(0.3, 0.7) * (1 - kept)
    return text[int(len(text) * begin) : int(len(text) * (begin + kept))].strip()


def typos(rng: Random, text: str, piece: Piece) -> str | None:
    """1–4 % of the characters typed wrong: another of like sound or look, left out, twice, or in wrong order."""
    chars = list(text)
    places = [n for n, ch in enumerate(chars[:-1]) if ch.isalpha() and ch not in piece.number]
    likely = [n for n in places if chars[n] in _TYPOS]
    for _ in range(max(1, round(len(text) * rng.uniform(0.01, 0.04)))):
        if likely and rng.random() < 0.7:
            n = rng.choice(likely)
            chars[n] = _TYPOS.get(chars[n], chars[n])
            continue
        n = rng.choice(places)
        kind = rng.randrange(3)
        if kind == 0:
            chars[n] = ""
        elif kind == 1:
            chars[n] += chars[n][:1]
        else:
            chars[n], chars[n + 1] = chars[n + 1], chars[n]
    return "".join(chars)


def wording(rng: Random, text: str, piece: Piece) -> str | None:
    """A few words put otherwise."""
    fitting = [(old, new) for old, new in _WORDING if old in text]
    if len(fitting) < 2:
        return None
    for old, new in rng.sample(fitting, rng.randint(2, min(4, len(fitting)))):
        text = text.replace(old, new, -1 if old == "您" else 1)
    return text


def reordered(rng: Random, text: str, piece: Piece) -> str | None:
    """Its lines in another order."""
    lines = [line for line in text.split("\n") if line]
    if len(lines) < 4:
        return None
    mixed = list(lines)
    if rng.random() < 0.5:
        rng.shuffle(mixed)
    else:
        turn = rng.randint(1, len(lines) - 1)
        mixed = lines[turn:] + lines[:turn]
    return "\n".join(mixed)


LIGHT: tuple[Change, ...] = (
    prefixed, suffixed, emoji, punctuation, joined, broken, typos, wording, unsigned, widths, traditional,
)  # fmt: skip


def several(rng: Random, text: str, piece: Piece) -> str | None:
    """Two or three changes, one after the other."""
    for change in rng.sample(LIGHT, rng.randint(2, 3)):
        text = change(rng, text, piece) or text
    return text
