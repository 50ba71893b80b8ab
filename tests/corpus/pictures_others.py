"""Pictures of a chat group's day that are nobody's poster of ours: each function draws one from chance."""

from __future__ import annotations

from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from tests.corpus.pictures_changes import File, as_saved, encoded, jpeg, stored_screen
from tests.corpus.pictures_pen import BLUE, GOLD, GREEN, GREY, ICONS, INK, LINE, RED, WHITE, Canvas
from tests.corpus.pictures_photos import other_photo
from tests.corpus.pictures_screens import CHATTER, PEOPLE, chat, pay_page
from tests.corpus.pictures_words import STORIES

SUBJECTS = (
    ("森林防火", "进山不带火", ("清明上坟不烧纸", "发现火情打12119", "秸秆不许露天烧")),
    ("医保缴费", "月底前办好", ("每人每年400元", "在手机上就能交", "村委会可以代办")),
    ("垃圾分类", "家家来动手", ("厨余垃圾沥干水", "电池放进红桶", "纸箱压扁再扔")),
    ("防汛安全", "下雨别过河", ("低洼处先转移", "听村里的广播", "家里备手电和水")),
    ("秋季流感", "疫苗免费打", ("六十岁以上优先", "带身份证来卫生院", "打完留观半小时")),
    ("文明交通", "头盔戴起来", ("电动车不带篷", "不逆行不闯灯", "酒后不开车")),
    ("用电安全", "不私拉电线", ("电动车不进楼", "插座别串着用", "人走断开电源")),
    ("防溺水", "暑期看好娃", ("不去水库游泳", "大人不离眼", "学会喊人求救")),
    ("禁毒宣传", "不碰第一口", ("可疑饮料不要喝", "种罂粟也违法", "举报有奖励")),
    ("招生报名", "八月二十起", ("带户口本和疫苗本", "网上先填表", "电话找王老师")),
    ("送戏下乡", "周六看大戏", ("晚上七点开演", "东街广场", "自带小板凳")),
    ("征兵报名", "参军光荣", ("满十八岁可报", "网上登记", "家门挂光荣牌")),
)  # fmt: skip
FRAUDS = tuple(
    (s.topic + "要当心", s.backs[2], tuple(line for line in s.lines if "{" not in line)[:3]) for s in STORIES
)
DEPARTMENTS = (
    "清河镇卫生院",
    "清河供电所",
    "清河镇中心小学",
    "县自来水公司",
    "镇农业站",
    "幸福里物业",
    "镇社保所",
    "县农商银行",
)
PALETTES = (
    ("#0b7a75", "#e7f6f4", "#ffb703"),
    ("#7b2cbf", "#f6efff", "#ff9e00"),
    ("#d62828", "#fff5eb", "#f7b801"),
    ("#264653", "#f1faee", "#e9c46a"),
    ("#386641", "#f2f7e8", "#bc4749"),
    ("#1d3557", "#f7f9fc", "#e63946"),
    ("#9c2f6f", "#fff0f7", "#3a86ff"),
    ("#333333", "#f5f5f5", "#00a8a8"),
)


def other_poster(rng: Random) -> File:
    """Another office's poster: other subjects, or fraud told by a bank; three lay-outs, eight palettes."""
    front, back, lines = rng.choice(FRAUDS if rng.random() < 0.4 else SUBJECTS)
    main, ground, accent = rng.choice(PALETTES)
    w, h = rng.choice(((720, 1080), (750, 1000), (810, 1080), (800, 800), (960, 540)))
    c = Canvas(w, h, ground)
    lay_out = rng.randrange(3)
    u = min(w, h) / 100
    name = rng.choice(sorted(ICONS))
    if lay_out == 0:
        r = min(u * 36, h * 0.22)
        c.disc(w / 2, h * 0.23, r, main)
        c.icon(name, w / 2 - r * 0.35, h * 0.23 - r * 0.75, int(r * 0.7), WHITE, accent, main)
        c.fit(w / 2, h * 0.23 + r * 0.3, front, int(u * 11), r * 1.6, WHITE, at="mm")
    elif lay_out == 1:
        c.box(0, 0, w * 0.34, h, main)
        c.icon(name, w * 0.05, h * 0.06, int(w * 0.24), WHITE, accent, main)
        c.fit(w * 0.4, h * 0.16, front, int(u * 13), w * 0.55, main)
    else:
        c.box(0, 0, w, h * 0.08, main)
        c.box(0, h * 0.9, w, h * 0.1, main)
        c.icon(name, w - u * 30, h * 0.12, int(u * 24), main, accent)
        c.fit(u * 6, h * 0.2, front, int(u * 13), w * 0.6, main)
    left, room = (w * 0.4, w * 0.56) if lay_out == 1 else (u * 8, w - u * 16)
    c.fit(left, h * 0.5, back, int(u * 10), room, accent if lay_out else main)
    for n, line in enumerate(lines):
        c.fit(left, h * (0.61 + n * 0.09), f"{n + 1}. {line}", int(u * 5), room, INK, bold=False)
    c.fit(
        left, h * 0.95, rng.choice(DEPARTMENTS), int(u * 4), room, WHITE if lay_out == 2 else GREY, bold=False
    )
    return as_saved(c.image, rng)


def photograph(rng: Random) -> File:
    return as_saved(other_photo(rng), rng)


def meme(rng: Random) -> File:
    """A face or a photograph with words under it."""
    c = Canvas(600, rng.choice((600, 660)), rng.choice((WHITE, "#f8f8f8", "#ffe9b0", "#d0e8f8")))
    if rng.random() < 0.4:
        picture = other_photo(rng).resize((560, 420))
        c.paste(picture, 20, 20)
    else:
        skin, lid = rng.choice(("#ffffff", "#ffe0bd", "#ffd93b")), rng.randint(4, 16)
        c.disc(300, 240, 190, skin, INK, 6)
        for x in (220, 380):
            c.oval(x - 34, 190, 68, 20 + lid, INK)
        mood = rng.randint(-50, 50)
        c.line([(230, 320), (300, 320 + mood), (370, 320)], INK, 12)
        if rng.random() < 0.5:
            c.disc(110, 160, 50, INK)
            c.disc(490, 160, 50, INK)
    words = rng.choice(
        (
            "早上好，幸福一天",
            "我太难了",
            "收到请回复",
            "你说得都对",
            "今天也要开心呀",
            "又上当了吧",
            "钱包空空",
            "哈哈哈哈哈",
            "周末愉快",
            "转发给最好的朋友",
        )
    )
    c.fit(300, c.h - 70, words, 64, 560, INK, at="mm")
    return as_saved(c.image, rng)


def chat_screen(rng: Random) -> File:
    """A chat without a poster: only words, or with a photograph or another poster in a bubble."""
    way = rng.random()
    if way < 0.6:
        inside = None
    else:
        inside = (
            other_photo(rng) if way < 0.85 else Image.open(BytesIO(other_poster(rng).data)).convert("RGB")
        )
    return stored_screen(chat(inside, rng), rng)


def receipt(rng: Random) -> File:
    """A shop's slip, or the phone's page after paying."""
    if rng.random() < 0.4:
        return stored_screen(pay_page(rng), rng)
    c = Canvas(480, rng.randint(640, 1100), "#fbfaf6")
    c.text(240, 60, rng.choice(("好邻居超市", "清河大药房", "农资服务站", "老街饺子馆")), 40, INK, at="mm")
    c.text(
        240,
        110,
        f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} {rng.randint(8, 21)}:{rng.randint(10, 59)}",
        24,
        INK,
        bold=False,
        at="mm",
    )
    y, total = 160, 0
    while y < c.h - 200:
        price = rng.randint(150, 9900)
        total += price
        c.text(
            30,
            y,
            rng.choice(("白菜", "酱油", "鸡蛋", "大米", "洗衣液", "牛奶", "感冒灵", "尿素", "饺子", "毛巾")),
            26,
            INK,
            bold=False,
        )
        c.text(450, y, f"{price / 100:.2f}", 26, INK, bold=False, at="rm")
        y += 44
    c.line([(30, y), (450, y)], INK, 2)
    c.text(30, y + 50, "合计", 34)
    c.text(450, y + 50, f"{total / 100:.2f}", 34, at="rm")
    for x in range(60, 420, 6):
        if rng.random() < 0.6:
            c.box(x, y + 90, rng.choice((2, 4)), 60, INK)
    return as_saved(c.image, rng)


def group_buy(rng: Random) -> File:
    """团购: fruit, a price, a list of who wants some."""
    c = Canvas(750, rng.choice((750, 1000, 1334)), rng.choice(("#fff1e6", "#e9f7ef", "#fffbe0", "#ffe8ec")))
    c.box(0, 0, 750, 120, rng.choice((RED, "#e8590c", GREEN, "#c2255c")))
    goods = rng.choice(
        (
            "红富士苹果",
            "沃柑十斤装",
            "土鸡蛋三十枚",
            "现挖红薯",
            "羊肉卷两斤",
            "草莓一篮",
            "大闸蟹",
            "手工馒头",
        )
    )
    c.fit(375, 60, "今日团购　" + goods, 56, 700, WHITE, at="mm")
    colour = rng.choice(("#d9342b", "#f59f00", "#f2d3a0", "#8f3a5b", "#e8590c"))
    for _ in range(rng.randint(8, 26)):
        x, y, r = rng.randint(60, 690), rng.randint(190, 460), rng.randint(26, 62)
        c.disc(x, y, r, colour, "#7a3b1c")
        c.disc(x - r * 0.3, y - r * 0.3, r * 0.2, "#fff3e0")
    c.text(40, 580, f"¥{rng.randint(5, 99)}.{rng.choice((8, 9))}", 100, RED)
    c.text(420, 580, f"满{rng.randint(10, 60)}份开团", 44, INK)
    for n, y in enumerate(range(670, c.h - 40, 56)):
        c.text(40, y, f"{n + 1}. {rng.choice(PEOPLE)}　{rng.randint(1, 6)}份", 34, INK, bold=False)
    return as_saved(c.image, rng)


def plain(rng: Random) -> File:
    """One colour, a gradient, or stripes."""
    w, h = rng.choice(((720, 1280), (1080, 1080), (400, 300), (1080, 2340)))
    shade = [f"#{rng.getrandbits(24):06x}" for _ in range(3)]
    c = Canvas(w, h, rng.choice((WHITE, "#000000", "#ededed", *shade)))
    way = rng.randrange(3)
    if way == 1:
        c.shade(0, 0, w, h, shade[0], shade[1])
    elif way == 2:
        wide = rng.randint(20, 160)
        for y in range(0, h, 2 * wide):
            c.box(0, y, w, wide, shade[2])
    return as_saved(c.image, rng)


def office_notice(rng: Random) -> File:
    """Words of another department: water, power, school, a meeting."""
    c = Canvas(
        rng.choice((720, 800)),
        rng.choice((720, 1000, 1200)),
        rng.choice((WHITE, WHITE, "#fffef5", "#f3f7ff")),
    )
    office = rng.choice(DEPARTMENTS)
    tone = rng.choice((INK, RED, BLUE))
    c.text(
        c.w / 2,
        90,
        rng.choice(("通　知", "公　告", "温馨提示", "停水通知", "告全体居民书")),
        60,
        tone,
        at="mm",
    )
    if rng.random() < 0.5:
        c.box(50, 150, c.w - 100, 4, tone)
    y = c.wrap(50, 190, rng.choice(("各位居民：", "各位家长：", "全体村民：", "尊敬的用户：")), 30, c.w - 100)
    told = rng.sample(CHATTER, len(CHATTER)) if rng.random() < 0.3 else []
    body = [
        f"因线路检修，{rng.randint(1, 12)}月{rng.randint(1, 28)}日{rng.randint(6, 12)}时起停电（水）{rng.randint(2, 9)}小时",
        "请提前做好准备，储备用水",
        "老人儿童请家属照看",
        f"有疑问请打{rng.randint(6200000, 6899999)}",
        "给您带来不便，请谅解",
        "缴费请到窗口或手机上办理",
        "请勿在楼道堆放杂物",
        "会议请准时参加，不得缺席",
    ]
    rng.shuffle(body)
    for line in (*body[: rng.randint(3, 7)], *told[:2]):
        if y > c.h - 220:
            break
        y = c.wrap(50, y + 8, "　　" + line + "。", 30, c.w - 100)
    c.text(c.w - 60, c.h - 110, office, 30, INK, bold=False, at="rm")
    c.text(
        c.w - 60,
        c.h - 60,
        f"2026年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
        30,
        INK,
        bold=False,
        at="rm",
    )
    return as_saved(c.image, rng)


def document_photo(rng: Random) -> File:
    """A form or a contract photographed on a table, askew, in uneven light."""
    page = Canvas(620, 877, "#fcfbf7")
    page.text(
        310,
        70,
        rng.choice(("房屋租赁合同", "收　条", "入学登记表", "体检报告单", "土地流转协议", "请假条")),
        40,
        INK,
        at="mm",
    )
    for y in range(130, 830, 38):
        if rng.random() < 0.3:
            page.box(50, y, 520, 2, GREY)
        else:
            page.fit(
                50,
                y,
                rng.choice(CHATTER) + "，" + rng.choice(CHATTER),
                22,
                rng.randint(260, 520),
                INK,
                bold=False,
            )
    if rng.random() < 0.5:
        page.disc(460, 720, 70, None, RED, 5)
    w, h = 900, 1200
    table = Canvas(w, h, rng.choice(("#8a6a48", "#5f5a55", "#b7b2a8", "#3d4a57"))).image
    slant = [rng.uniform(-70, 70) for _ in range(8)]
    corners = [(140, 150), (760, 150), (760, 1050), (140, 1050)]
    there = [(x + slant[2 * n], y + slant[2 * n + 1]) for n, (x, y) in enumerate(corners)]
    back = _perspective(there, [(0, 0), (620, 0), (620, 877), (0, 877)])
    laid = page.image.convert("RGBA").transform(
        (w, h), Image.Transform.PERSPECTIVE, back, Image.Resampling.BILINEAR
    )
    table.paste(laid, (0, 0), laid)
    light = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize((w, h))
    shaded = Image.composite(table, Image.blend(table, Image.new("RGB", (w, h), "#2a2218"), 0.45), light)
    return jpeg(shaded.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1))), rng.choice((60, 75, 85)))


def _perspective(there: list[tuple[float, float]], here: list[tuple[float, float]]) -> tuple[float, ...]:
    """The eight numbers by which Pillow finds, for a point ``there``, the point ``here`` that it shows."""
    rows, told = [], []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        told += [u, v]
    return tuple(float(value) for value in np.linalg.solve(np.array(rows), np.array(told)))


def sticker(rng: Random) -> File:
    """A small GIF, some moving."""
    side, frames = rng.choice((120, 180, 240)), rng.choice((1, 3, 5))
    name, ground = rng.choice(sorted(ICONS)), rng.choice((WHITE, "#fff3bf", "#e3fafc"))
    accent = rng.choice((GOLD, "#ff8787", "#69db7c", "#74c0fc"))
    words = rng.choice(("赞", "好的", "早安", "加油", "收到", "谢谢", "抱拳", ""))
    drawn = []
    for frame in range(frames):
        c = Canvas(side, side, ground)
        size = int(side * (0.5 + 0.06 * frame))
        c.icon(name, (side - size) / 2, side * 0.06, size, INK, accent)
        c.text(side / 2, side * 0.86, words, side // 7, INK, at="mm")
        drawn.append(c.image.quantize(64))
    if frames == 1:
        return encoded(drawn[0], "GIF")
    return encoded(drawn[0], "GIF", save_all=True, append_images=drawn[1:], duration=120, loop=0)


def price_table(rng: Random) -> File:
    """A spreadsheet photographed from a screen: duty lists, prices, scores."""
    c = Canvas(900, rng.choice((600, 900)), WHITE)
    columns, rows = rng.randint(3, 6), c.h // 50 - 2
    c.text(
        450,
        45,
        rng.choice(("值班表", "成绩单", "本周菜价", "工分公示", "报名名单", "低保公示")),
        40,
        INK,
        at="mm",
    )
    for row in range(rows):
        c.box(20, 90 + row * 50, 860, 50, "#e8eef7" if row == 0 else WHITE, 0, LINE)
        for column in range(columns):
            told = rng.choice((*PEOPLE, str(rng.randint(1, 999)), "已办"))
            c.text(40 + column * 860 / columns, 115 + row * 50, told, 24, INK, bold=row == 0)
    return as_saved(c.image, rng)
