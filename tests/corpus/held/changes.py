"""What people do to a text on the way from one chat to the next: each a function of (text, rng)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from opencc import OpenCC

Change = Callable[[str, random.Random], str]

_HALF = "，。！？：；（）"
_WIDE = ",.!?:;()"
_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_EMOJI = ("📣", "🔔", "⚠️", "❗", "👇", "👍", "🌹", "🙏", "💪", "🏠", "👵", "📱", "🌾", "☀️")
_SAME_SOUND = (
    "不布", "年念", "学血", "小晓", "后候", "网往忘", "银引", "村存", "查察", "警井", "报抱", "万完", "提题", "要药", "没每", "为位", "说硕",
    "只支", "其期", "再载", "全权", "买卖", "点典", "上尚", "下吓", "名民", "机鸡", "和合", "多夺", "两俩", "谁随", "前钱", "单丹", "返反",
    "各个", "所锁", "时十", "县现", "云运", "请清", "资姿", "货获", "客刻", "服付", "老劳", "信性", "群裙", "接结", "工公", "已以", "用永",
    "的得地", "在再", "他她它", "帐账", "做作", "钱前", "骗片", "诈炸榨", "转赚", "家加", "打大", "电店", "话画",
    "请情清", "记计", "到道", "心新", "真针", "假价", "收手", "人仁", "先现", "信心", "看刊", "是事", "您你", "名明",
    "发法", "老佬", "一以", "号好", "问闻", "交叫", "行形", "里理", "有又", "元圆", "卡咔", "码马", "款宽", "生声",
)  # fmt: skip
_OTHER_WORDS = (
    ("骗子", "坏人"), ("转账", "打款"), ("马上", "立刻"), ("对方", "那边"), ("电话", "来电"), ("孩子", "娃娃"),
    ("老人", "老人家"), ("家里", "屋里"), ("派出所", "警务室"), ("软件", "应用"), ("群里", "微信群里"), ("不要", "别"),
    ("一律", "统统"), ("陌生", "不认识"), ("告诉", "跟"), ("看到", "瞧见"), ("报警", "找警察"), ("真的", "当真"),
    ("银行卡", "卡"), ("手机", "电话机"), ("提醒", "叮嘱"), ("网上", "网络上"), ("拨打", "打"), ("今天", "今日"),
    ("损失", "亏了"), ("乡亲", "老乡"), ("身边", "周围"), ("问清楚", "问明白"), ("家长", "爸妈"), ("钱", "钞票"),
)  # fmt: skip


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def traditional(text: str, rng: random.Random) -> str:
    return str(_converter().convert(text))


def width(text: str, rng: random.Random) -> str:
    """Half-width punctuation, or full-width figures, or both."""
    if rng.random() < 0.7:
        text = text.translate(str.maketrans(_HALF, _WIDE))
    return text.translate(_DIGITS) if rng.random() < 0.6 else text


def with_emoji(text: str, rng: random.Random) -> str:
    """A sign before some lines and at the end of some."""

    def dressed(line: str) -> str:
        before = rng.choice(_EMOJI) if rng.random() < 0.5 else ""
        after = rng.choice(("[玫瑰]", "[抱拳]", "[强]", rng.choice(_EMOJI) * 3)) if rng.random() < 0.3 else ""
        return before + line + after if line.strip() else line

    return "\n".join(dressed(line) for line in text.split("\n"))


def without_emoji(text: str, rng: random.Random) -> str:
    return re.sub(r"[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u260e]", "", text)


def punctuation(text: str, rng: random.Random) -> str:
    """Stops become spaces, fall away, or are doubled."""
    how = rng.choice((" ", "", "！", "~"))
    return re.sub(r"[，。；、]", lambda found: how if rng.random() < 0.8 else found[0], text)


def lines(text: str, rng: random.Random) -> str:
    """All on one line, a line for each sentence, or an empty line between any two."""
    how = rng.randrange(3)
    if how == 0:
        return re.sub(r"\s*\n\s*", " " if rng.random() < 0.5 else "", text)
    if how == 1:
        return re.sub(r"([。！？；])(?=[^\n”])", r"\1\n", text)
    return re.sub(r"\n+", "\n\n", text)


def spaces(text: str, rng: random.Random) -> str:
    """Indented lines, spaces between the signs here and there, and blank ends."""
    text = "\n".join("　　" + line if line and rng.random() < 0.6 else line for line in text.split("\n"))
    return "".join(sign + (" " if rng.random() < 0.06 else "") for sign in text) + rng.choice(
        ("", "\n\n", "  \n")
    )


def typos(text: str, rng: random.Random) -> str:
    """1 to 4 % of the signs: another of the same sound, one left out, one twice, two exchanged. Figures stay."""
    signs = list(text)
    places = [
        index
        for index, sign in enumerate(signs[:-1])
        if "一" <= sign <= "鿿" and "一" <= signs[index + 1] <= "鿿"
    ]
    for index in rng.sample(places, max(1, round(len(text) * rng.uniform(0.01, 0.04)))):
        signs[index : index + 2] = _slip(signs[index], signs[index + 1], rng)
    return "".join(signs)


def _slip(sign: str, after: str, rng: random.Random) -> tuple[str, str]:
    same = next((group.replace(sign, "") for group in _SAME_SOUND if sign in group), "")
    if same and rng.random() < 0.8:
        return rng.choice(same), after
    return rng.choice((("", after), (sign * 2, after), (after, sign)))


def words(text: str, rng: random.Random) -> str:
    """Two to five words exchanged for others, each at most twice."""
    present = [pair for pair in _OTHER_WORDS if pair[0] in text]
    for old, new in rng.sample(present, min(len(present), rng.randint(2, 5))):
        text = text.replace(old, new, rng.randint(1, 2))
    return text


def reordered(text: str, rng: random.Random) -> str:
    """Two of the lines in the middle change places, or one goes to the end."""
    found = [line for line in text.split("\n") if line.strip()]
    if len(found) < 4:
        return text
    one, other = sorted(rng.sample(range(1, len(found)), 2))
    if rng.random() < 0.5:
        found[one], found[other] = found[other], found[one]
    else:
        found.append(found.pop(one))
    return "\n".join(found)
