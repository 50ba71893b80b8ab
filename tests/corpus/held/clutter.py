"""Pictures that people post and that are no publicity of ours, and files that are no picture at all."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image

from tests.corpus.held import talk
from tests.corpus.held.pen import BLACK, GREY, WHITE, Colour, Pen

_BRIGHT: tuple[Colour, ...] = (
    (232, 72, 60),
    (250, 180, 40),
    (64, 150, 90),
    (50, 110, 190),
    (150, 80, 170),
    (240, 120, 160),
)
_FONTS = ("regular", "black", "plain", "merry", "brush")
_MEMES = (
    "我就静静看着",
    "今天不想上班",
    "收到收到",
    "你说得都对",
    "吃瓜群众",
    "早上好呀",
    "谢谢老板",
    "溜了溜了",
    "在线等挺急的",
    "困成这样",
    "恭喜发财",
    "又是周一",
    "群主威武",
    "不听不听",
    "好的呢",
)
_GOODS = (
    "五常大米十斤装",
    "砂糖橘整箱",
    "土鸡蛋六十枚",
    "纸尿裤两包",
    "洗衣液四瓶",
    "腊肠五斤",
    "冬被加厚",
    "猕猴桃礼盒",
    "菜籽油一桶",
    "儿童棉鞋",
    "老面馒头",
    "羊毛袜十双",
)
_DUTIES = (
    "秋冬季森林防火",
    "安全用电常识",
    "预防一氧化碳中毒",
    "垃圾分类指南",
    "文明祭祀倡议",
    "流感疫苗接种",
    "道路交通安全",
    "两癌筛查通知",
    "禁毒知识",
    "防溺水六不准",
    "食品安全",
    "消防通道不占用",
)
_ADVICE = (
    "出门前关好火源电源",
    "不占用消防车通道",
    "骑车戴好头盔",
    "生病先到卫生院",
    "不采不吃野生菌",
    "不私自下河洗澡",
    "垃圾投进分类桶",
    "遇险情先报警再自救",
    "电瓶车不进楼道充电",
    "清明鲜花代替纸钱",
    "酒后不驾车",
    "定期检查煤气管",
)
_PAPERS = (
    "会议记录",
    "值班安排",
    "请假条",
    "领用登记",
    "工资条",
    "租房合同（第二页）",
    "体检报告",
    "期中试卷",
    "村务公开栏",
    "车票报销单",
    "收条",
    "种植计划",
)


def meme(rng: random.Random) -> Image.Image:
    """A face and a few words."""
    pen = Pen(*rng.choice(((480, 480), (600, 520), (360, 360))), rng.choice((WHITE, WHITE, *_BRIGHT)))
    side = pen.height // 2
    x, y = (pen.width - side) // 2 + rng.randint(-20, 20), rng.randint(20, 60)
    pen.draw.ellipse(
        (x, y, x + side, y + side), rng.choice(((255, 224, 150), WHITE, (250, 200, 190))), BLACK, 4
    )
    for eye in (0.3, 0.66):
        tall = rng.uniform(0.03, 0.09)
        pen.draw.ellipse(
            (x + side * eye, y + side * (0.4 - tall), x + side * (eye + 0.08), y + side * (0.4 + tall)), BLACK
        )
    begin = rng.choice((0, 180, 20, 200))
    pen.draw.arc(
        (x + side * 0.3, y + side * 0.5, x + side * 0.7, y + side * 0.8), begin, begin + 150, BLACK, 6
    )
    pen.middle(round(pen.height * 0.78), rng.choice(_MEMES), rng.choice(_FONTS), pen.height // 9)
    return pen.image


def receipt(rng: random.Random) -> Image.Image:
    """A payment that was made, as the telephone shows it."""
    pen = Pen(*rng.choice(((1080, 2340), (1080, 1920), (720, 1600))), rng.choice((WHITE, (246, 246, 246))))
    colour, size = rng.choice(((7, 193, 96), (22, 119, 255), (230, 80, 40))), pen.width // 22
    middle, y = pen.width // 2, round(pen.height * 0.1)
    pen.draw.ellipse((middle - size * 2, y, middle + size * 2, y + size * 4), colour)
    pen.draw.line(
        (middle - size, y + size * 2, middle - size // 4, y + size * 3, middle + size, y + size), WHITE, 10
    )
    y = pen.middle(y + size * 5, rng.choice(("支付成功", "转账成功", "缴费成功", "已收款")), "plain", size)
    y = pen.middle(y, f"¥{rng.randint(1, 9000)}.{rng.randint(0, 99):02d}", "black", size * 2) + size * 2
    for mark in rng.sample(
        ("收款方", "付款方式", "交易单号", "创建时间", "商品说明", "手续费"), rng.randint(3, 6)
    ):
        pen.write(size, y, mark, "regular", size, pen.width, GREY)
        told = rng.choice(
            (
                rng.choice(_GOODS),
                str(rng.randint(10**11, 10**12)),
                f"2026-11-{rng.randint(1, 23):02d} {rng.randint(8, 21)}:30",
            )
        )
        y = pen.write(pen.width // 3, y, told, "regular", size, pen.width) + size // 2
    return pen.image


def group_buy(rng: random.Random) -> Image.Image:
    """Goods and their price."""
    pen = Pen(*rng.choice(((1080, 1440), (800, 800), (750, 1334), (1080, 1920))), rng.choice(_BRIGHT))
    size = pen.width // 12
    y = pen.middle(
        size // 2,
        rng.choice(("邻里团购", "今晚截单", "产地直发", "开团啦", "最后一天")),
        rng.choice(_FONTS),
        size,
        WHITE,
    )
    pen.box(size, y, pen.width - 2 * size, pen.width - 3 * size, WHITE, 30)
    for _ in range(rng.randint(4, 12)):
        x, down = rng.randint(size * 2, pen.width - size * 4), y + rng.randint(size, pen.width - size * 6)
        pen.draw.ellipse((x, down, x + size * 2, down + size * 2), rng.choice(_BRIGHT), BLACK, 3)
    y += pen.width - 3 * size
    y = pen.middle(y + size // 4, rng.choice(_GOODS), rng.choice(_FONTS), size, WHITE)
    pen.middle(y, f"拼团价 {rng.randint(9, 199)}.{rng.choice('589')} 元", "black", size, (255, 236, 120))
    return pen.image


def other_poster(rng: random.Random) -> Image.Image:
    """Another department's poster, on one of three other templates."""
    return rng.choice((_shelf, _rings, _stripes))(rng)


def _shelf(rng: random.Random) -> Image.Image:
    colour = rng.choice(_BRIGHT)
    pen = Pen(1080, 1528)
    pen.box(0, 0, 1080, 300, colour)
    pen.middle(90, rng.choice(_DUTIES), "black", 100, WHITE)
    for place, words in enumerate(rng.sample(_ADVICE, 5)):
        y = 360 + place * 210
        pen.box(60, y, 960, 170, (244, 244, 238), 20, colour)
        pen.write(100, y + 44, f"{place + 1}　{words}", "regular", 58, 880)
    pen.middle(
        1440, rng.choice(("云溪县应急管理局", "云溪县卫生健康局", "云溪县消防救援大队")), "plain", 44, GREY
    )
    return pen.image


def _rings(rng: random.Random) -> Image.Image:
    pen = Pen(900, 1200)
    pen.shade(rng.choice(_BRIGHT), rng.choice(_BRIGHT))
    for ring in range(9, 0, -2):
        pen.draw.ellipse(
            (450 - ring * 42, 420 - ring * 42, 450 + ring * 42, 420 + ring * 42), None, WHITE, 10
        )
    pen.middle(350, rng.choice(_DUTIES), "merry", 92, WHITE)
    for place, words in enumerate(rng.sample(_ADVICE, 3)):
        pen.middle(860 + place * 90, words, "merry", 56, WHITE)
    return pen.image


def _stripes(rng: random.Random) -> Image.Image:
    pen = Pen(1280, 900, (250, 248, 240))
    colour = rng.choice(_BRIGHT)
    for x in range(-900, 1280, 120):
        pen.draw.polygon(
            ((x, 900), (x + 900, 0), (x + 930, 0), (x + 30, 900)),
            tuple(round(c * 0.15 + 212) for c in colour),
        )
    pen.middle(60, rng.choice(_DUTIES), "brush", 150, colour)
    for place, words in enumerate(rng.sample(_ADVICE, 4)):
        pen.write(140 + place % 2 * 560, 340 + place // 2 * 240, words, "plain", 54, 480)
    return pen.image


def paper(rng: random.Random) -> Image.Image:
    """A page of text or a table, as if scanned."""
    pen = Pen(
        *rng.choice(((1240, 1754), (1080, 1440), (900, 1273))),
        rng.choice((WHITE, (250, 248, 240), (236, 236, 232))),
    )
    size = pen.width // 30
    y = pen.middle(size * 2, rng.choice(_PAPERS), rng.choice(("black", "regular", "plain")), size * 2) + size
    while y < pen.height - size * 4:
        row = [
            rng.choice(words)
            for words in (
                talk.SLOTS["person"],
                talk.SLOTS["thing"],
                talk.SLOTS["place"],
                talk.SLOTS["amount"],
            )
        ]
        if pen.width % 40:
            pen.draw.rectangle((size, y, pen.width - size, y + size * 2), None, GREY, 2)
        y = (
            pen.write(size * 2, y + size // 4, "　".join(row), "regular", size, pen.width - size * 4)
            + size // 2
        )
    return pen.image


def plain(rng: random.Random) -> Image.Image:
    colour = tuple(rng.randint(0, 255) for _ in range(3))
    return Image.new("RGB", rng.choice(((1080, 1440), (640, 480), (1080, 1080), (300, 900))), colour)


def dot(rng: random.Random) -> Image.Image:
    return Image.new("RGB", (1, 1), tuple(rng.randint(0, 255) for _ in range(3)))


DRAWN: tuple[tuple[str, Callable[[random.Random], Image.Image], int], ...] = (
    ("meme", meme, 75), ("receipt", receipt, 60), ("group buy", group_buy, 65), ("another poster", other_poster, 75),
    ("paper", paper, 60), ("plain colour", plain, 20), ("one pixel", dot, 10),
)  # fmt: skip


def broken(whole: bytes, rng: random.Random) -> tuple[str, bytes]:
    """What calls itself a picture and is none: its beginning only, nothing, words, noise."""
    match rng.randrange(5):
        case 0:
            return "jpg", whole[: rng.randint(40, 400)]
        case 1:
            return "png", b""
        case 2:
            return "jpg", "这不是图片，是一段文字。".encode() * rng.randint(1, 40)
        case 3:
            return "png", b"\x89PNG\r\n\x1a\n" + rng.randbytes(rng.randint(50, 4_000))
    return "gif", b"GIF89a" + struct.pack("<HH", 200, 200) + rng.randbytes(30)


def bomb(rng: random.Random) -> tuple[str, bytes]:
    """A small file that says it is 60,000 × 60,000 pixels."""
    if rng.random() < 0.3:
        return "gif", b"GIF89a" + struct.pack(
            "<HH", 60_000, 60_000
        ) + b"\x80\0\0\0\0\0\xff\xff\xff" + b",\0\0\0\0" + struct.pack(
            "<HH", 60_000, 60_000
        ) + b"\0\x02\x02D\x01\0;"
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return "png", b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(
        b"IDAT", zlib.compress(bytes(200_000), 9)
    ) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
