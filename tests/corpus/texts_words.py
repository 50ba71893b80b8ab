"""Lines with choices: `spin` turns “{今天|明天}停水” and “{village}有人吗” into one line of many."""

from __future__ import annotations

import re
from random import Random

from tests.corpus.texts_slots import OWN, SURNAMES, words

_CHOICE = re.compile(r"\{([^{}]*)\}")
WORDS: dict[str, tuple[str, ...]] = {
    "village": OWN.villages,
    "grid": tuple(f"{n}网格" for n in range(1, 19)),
    "day": tuple(f"{m}月{d}日" for m in range(1, 13) for d in (2, 6, 11, 17, 23, 28)),
    "clock": tuple(f"{h}{t}" for h in range(7, 22) for t in ("点", "点半", "点一刻")),
    "road": words("滨河路 村东头 学校门口 老街口 菜市场 加油站 卫生院 桥头 信用社门口 超市旁边"),
    "kin": words("我妈 我爸 我婆婆 我公公 我爱人 我儿子 我闺女 我弟 我姐 隔壁王婶 我二叔 我奶奶"),
    "goods": words("土鸡蛋 车厘子 卷纸 大米 菜籽油 红富士 羊肉 洗衣液 粽子 草莓 牛奶 咸鸭蛋 芝麻油 橙子"),
    "lost": words("钥匙 身份证 小孩书包 一只泰迪 手机 电动车牌 医保卡 耳机 一串佛珠 校服外套"),
    "name": tuple(
        f"{s}{n}" for s in SURNAMES[:24] for n in ("敏", "建国", "桂芳", "强", "小燕", "秀英", "伟")
    ),
    "price": tuple(f"{n}{t}" for n in range(3, 60, 4) for t in ("元", "块", "块五")),
    "n": tuple(str(n) for n in range(2, 60)),
    "face": (
        "[强]",
        "[玫瑰]",
        "[捂脸]",
        "[呲牙]",
        "[抱拳]",
        "[OK]",
        "😂",
        "👍",
        "🙏",
        "😭",
        "🌹",
        "",
        "",
        "",
        "",
    ),
}


def spin(rng: Random, line: str, **more: str) -> str:
    """``line`` with every {…} chosen: one of the alternatives, a word of `WORDS`, or a value of ``more``."""

    def chosen(found: re.Match[str]) -> str:
        inside = found[1]
        if inside in more:
            return more[inside]
        return rng.choice(WORDS.get(inside) or tuple(inside.split("|")))

    while _CHOICE.search(line):
        line = _CHOICE.sub(chosen, line)
    return line
