"""Screenshots of telephones: a picture seen in full, in a chat, in an article; chats without one."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from tests.corpus.held import talk
from tests.corpus.held.fonts import font
from tests.corpus.held.pen import BLACK, GREY, WHITE, Colour, Pen, broken

_PHONES = ((1080, 2340), (1080, 2400), (1170, 2532), (720, 1600), (1080, 1920))
_AVATARS: tuple[Colour, ...] = (
    (92, 142, 200),
    (214, 120, 92),
    (110, 170, 120),
    (170, 130, 190),
    (220, 180, 90),
    (120, 120, 130),
)
_GROUND, _MINE = (237, 237, 237), (149, 236, 105)
_GROUPS = (
    "大坪村三组群",
    "枫林小区业主",
    "四年级二班家长",
    "菜园社区居民",
    "樱桃沟合作社",
    "幸福一家人",
    "柳林老街商户",
    "石桥乡工作群",
)


def viewer(picture: Image.Image, rng: random.Random) -> Image.Image:
    """The picture as wide as the telephone on black, bars above and below."""
    pen = _phone(rng, BLACK)
    top, bottom = round(pen.height * 0.05), round(pen.height * 0.92)
    _status(pen, rng, WHITE)
    shown = _within(picture, pen.width, bottom - top)
    pen.image.paste(shown, ((pen.width - shown.width) // 2, top + (bottom - top - shown.height) // 2))
    size = pen.width // 26
    for place, words in enumerate(("保存", "转发", "编辑")):
        pen.write(
            round(pen.width * (0.1 + 0.35 * place)),
            round(pen.height * 0.94),
            words,
            "plain",
            size,
            pen.width,
            WHITE,
        )
    return pen.image


def chat(pictures: list[Image.Image], rng: random.Random) -> Image.Image:
    """A chat; each of ``pictures`` is posted in it, 40 to 70 % as wide as the telephone, if there is room."""
    pen = _phone(rng, _GROUND)
    _status(pen, rng, BLACK)
    head, foot = round(pen.height * 0.1), round(pen.height * 0.92)
    size = pen.width // 24
    pen.middle(round(pen.height * 0.052), f"{rng.choice(_GROUPS)}({rng.randint(28, 486)})", "regular", size)
    pen.draw.line((0, head, pen.width, head), (214, 214, 214), 2)
    y = head + size // 2
    posted = list(pictures)
    for _ in range(rng.randint(0, 2)):
        y = _bubble(pen, y, rng, size)
    for picture in posted:
        y = _post(pen, y, picture, rng, foot - y - size, size)
    while y < foot - size * 5:
        y = _bubble(pen, y, rng, size)
    pen.box(0, foot, pen.width, pen.height - foot, (246, 246, 246))
    pen.box(round(pen.width * 0.13), foot + size // 2, round(pen.width * 0.6), round(size * 1.9), WHITE, 8)
    pen.draw.ellipse((size // 2, foot + size // 2, size * 2, foot + size * 2), None, BLACK, 3)
    return pen.image


def article(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A page with a heading, the picture, and words around it."""
    pen = _phone(rng, WHITE)
    _status(pen, rng, BLACK)
    size, side = pen.width // 24, round(pen.width * rng.uniform(0.04, 0.08))
    wide = pen.width - 2 * side
    y = pen.write(side, round(pen.height * 0.07), rng.choice(_HEADINGS), "black", round(size * 1.4), wide)
    y = (
        pen.write(
            side,
            y + 8,
            f"云溪反诈 2026年11月{rng.randint(1, 23)}日 四川",
            "plain",
            round(size * 0.8),
            wide,
            GREY,
        )
        + size
    )
    if rng.random() < 0.6:
        y = pen.write(side, y, rng.choice(_PARAGRAPHS), "regular", size, wide, (60, 60, 60)) + size
    shown = _within(picture, wide, round(pen.height * 0.95) - y)
    pen.image.paste(shown, ((pen.width - shown.width) // 2, y))
    y += shown.height + size
    while y < pen.height:
        y = pen.write(side, y, rng.choice(_PARAGRAPHS), "regular", size, wide, (60, 60, 60)) + size
    return pen.image


_HEADINGS = (
    "今天的反诈提醒请查收",
    "云溪县集中宣传月走进乡村",
    "这张图请存到手机里",
    "警民同心守住钱袋子",
    "周末读图",
)
_PARAGRAPHS = (
    "为提高群众识骗防骗能力，连日来我县民警走进田间地头，用乡音土语给大家讲身边的事。",
    "活动现场，志愿者向过往群众发放资料，耐心回答大家的提问，受到一致好评。",
    "下一步，各乡镇将继续利用赶场天、院坝会开展宣传，做到一户不落。",
    "看完觉得有用，请点右下角的“在看”，让更多的人看到。",
    "来源：本站编辑部　编辑：小谭　审核：老蒋",
)


def _phone(rng: random.Random, ground: Colour) -> Pen:
    return Pen(*rng.choice(_PHONES), ground)


def _status(pen: Pen, rng: random.Random, colour: Colour) -> None:
    """Clock and battery."""
    size = pen.width // 32
    pen.draw.text(
        (size, size // 2), f"{rng.randint(7, 22)}:{rng.randint(0, 59):02d}", colour, font("regular", size)
    )
    x = pen.width - size * 3
    pen.draw.rectangle((x, size // 2 + 4, x + size * 2, size // 2 + size), None, colour, 3)
    pen.draw.rectangle((x, size // 2 + 4, x + rng.randint(size // 2, size * 2), size // 2 + size), colour)


def _within(picture: Image.Image, width: int, height: int) -> Image.Image:
    factor = min(width / picture.width, height / picture.height)
    return picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC
    )


def _bubble(pen: Pen, y: int, rng: random.Random, size: int) -> int:
    """Somebody says something."""
    lines = broken(_said(rng), "regular", size, round(pen.width * 0.58))
    mine = rng.random() < 0.25
    wide = round(max(font("regular", size).getlength(line) for line in lines)) + size
    high = round(len(lines) * size * 1.4) + size // 2
    x = _avatar(pen, y, rng, size, mine=mine)
    left = x - wide if mine else x
    pen.box(left, y, wide, high, _MINE if mine else WHITE, 10)
    pen.write(left + size // 2, y + size // 6, "\n".join(lines), "regular", size, pen.width, gap=1.4)
    return y + high + size


def _said(rng: random.Random) -> str:
    words = rng.choice((*talk.CHAT, *talk.CONFIRMATIONS, *talk.REPLIES))
    for slot, values in talk.SLOTS.items():
        words = words.replace(f"{{{slot}}}", rng.choice(values))
    return "".join(sign for sign in words if sign < "\U0001f000")


def _avatar(pen: Pen, y: int, rng: random.Random, size: int, *, mine: bool) -> int:
    """A head; where what is said begins, or ends if it is one's own."""
    side = round(size * 1.9)
    x = pen.width - side - size // 2 if mine else size // 2
    pen.box(x, y, side, side, rng.choice(_AVATARS), 8)
    pen.draw.ellipse((x + side * 0.3, y + side * 0.15, x + side * 0.7, y + side * 0.55), WHITE)
    return x - size // 2 if mine else x + side + size // 2


def _post(pen: Pen, y: int, picture: Image.Image, rng: random.Random, room: int, size: int) -> int:
    """Somebody posts the picture; the corners of it are round."""
    wide = round(pen.width * rng.uniform(0.4, 0.7))
    shown = _within(picture, wide, max(room, picture.height * round(pen.width * 0.4) // picture.width))
    mine = rng.random() < 0.3
    x = _avatar(pen, y, rng, size, mine=mine)
    mask = Image.new("L", shown.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *shown.size), 12, 255)
    pen.image.paste(shown, (x - shown.width if mine else x, y), mask)
    return y + shown.height + size
