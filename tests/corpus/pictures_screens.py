"""Phone screenshots around a picture: the full-screen viewer, a chat, a page or 朋友圈, an album; or a chat without any."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from tests.corpus.pictures_pen import BLUE, GREY, INK, WHITE, Canvas

SCREENS = ((1080, 2340), (1080, 2400), (1080, 1920))
CHAT_GROUND, MINE, NAME_BLUE = "#ededed", "#95ec69", "#576b95"
GROUPS = (
    "东街村村民群",
    "幸福里小区业主群",
    "清河镇第三网格群",
    "一家亲",
    "柳树屯务工群",
    "石桥小学家长群",
    "镇区商户群",
    "老年大学书法班",
)
PEOPLE = (
    "王桂兰",
    "李建国",
    "网格员小赵",
    "张婶",
    "刘会计",
    "陈老师",
    "阿强",
    "开心就好",
    "平安是福",
    "村医老周",
    "小马",
    "孙大姐",
)
CHATTER = (
    "收到",
    "好的，谢谢提醒",
    "大家都看看，别上当",
    "明天几点停水？",
    "谁家的三轮车挡着路口了",
    "晚上广场舞还跳不跳",
    "老人手里的钱一定看住",
    "昨天又有人打这种电话给我",
    "已经转给我爸妈了",
    "孩子放学谁能帮忙接一下",
    "医保缴费月底截止，没交的抓紧",
    "下午两点村委会开会，每家来一个人",
    "天气预报说有大雨，地里的玉米快收",
    "反诈中心的应用我装好了",
    "不明来电一律不接，接了也不转钱",
    "快递放门卫了，记得拿",
)


def viewer(picture: Image.Image, rng: Random) -> Image.Image:
    """The picture alone between black or white bars."""
    w, h = rng.choice(SCREENS)
    dark = rng.random() < 0.65
    c = Canvas(w, h, "#000000" if dark else WHITE)
    _status(c, WHITE if dark else INK, rng)
    _fitted(c, picture, 0, 0, w, h)
    if rng.random() < 0.7:
        for n in range(rng.randint(1, 3)):
            c.disc(w - 90 - n * 130, h - 110, 46, "#3a3a3a" if dark else "#dddddd")
            c.box(w - 108 - n * 130, h - 116, 36, 12, WHITE)
    return c.image


def chat(picture: Image.Image | None, rng: Random) -> Image.Image:
    """A group's page; ``picture`` is a bubble of 40–70 % of the width among other messages."""
    w, h = rng.choice(SCREENS)
    c = Canvas(w, h, CHAT_GROUND)
    _status(c, INK, rng)
    _title(c, f"{rng.choice(GROUPS)}({rng.randint(38, 480)})")
    y, end = 250, h - 190
    space = _bubble_size(picture, w, end - y - 60, rng) if picture else (0, 0)
    before = rng.randint(0, max(0, (end - y - space[1] - 60) // 260)) if picture else 99
    for _ in range(before):
        if y + 150 > end - (space[1] + 90 if picture else 0):
            break
        y = _message(c, y, rng)
    if picture:
        mine = rng.random() < 0.3
        _avatar(c, w - 130 if mine else 30, y, rng)
        shown = picture.resize(space, Image.Resampling.LANCZOS)
        x = w - 156 - space[0] if mine else 156
        if not mine:
            c.text(156, y + 14, rng.choice(PEOPLE), 30, GREY, bold=False)
        _rounded(c, shown, x, y + 44)
        y += space[1] + 90
    while y + 150 < end:
        y = _message(c, y, rng)
    _input(c)
    return c.image


def article(picture: Image.Image, rng: Random) -> Image.Image:
    """A public account's article, or somebody's 朋友圈 with the picture in it."""
    w, h = rng.choice(SCREENS)
    c = Canvas(w, h)
    _status(c, INK, rng)
    if rng.random() < 0.5:
        y = c.wrap(
            40,
            200,
            rng.choice(("看看这种新骗局，转给家人", "本周平安提醒", "反诈宣传周致全镇居民")),
            52,
            1000,
            bold=True,
        )
        c.text(
            40,
            y + 30,
            f"{rng.choice(('平安清河', '清河发布', '清河派出所'))}　2026年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            32,
            NAME_BLUE,
            bold=False,
        )
        y = c.wrap(40, y + 80, rng.choice(CHATTER) + "。下面这张图请您花一分钟看完。", 40, 1000)
        y = 40 + _fitted(c, picture, 40, int(y) + 20, w - 80, h - int(y) - 240, middle=False)
        if y < h - 160:
            c.wrap(40, y, rng.choice(CHATTER) + "。" + rng.choice(CHATTER) + "。", 40, 1000)
    else:
        _title(c, "朋友圈")
        _avatar(c, 40, 280, rng)
        c.text(170, 306, rng.choice(PEOPLE), 42, NAME_BLUE)
        y = c.wrap(170, 340, rng.choice(CHATTER) + "，" + rng.choice(CHATTER), 40, 860)
        room = int(w * rng.uniform(0.55, 0.75))
        y = 40 + _fitted(c, picture, 170, int(y) + 16, room, h - int(y) - 420, middle=False)
        c.text(170, y + 10, f"{rng.randint(1, 59)}分钟前", 32, GREY, bold=False)
        c.box(170, y + 50, 850, 90, "#f2f2f2", 6)
        c.text(190, y + 95, "、".join(rng.sample(PEOPLE, 3)), 34, NAME_BLUE)
    c.box(0, h - 130, w, 2, "#dddddd")
    return c.image


def album(picture: Image.Image, rng: Random) -> Image.Image:
    """The phone's own album: date above, buttons and a strip of coloured thumbnails below."""
    w, h = rng.choice(SCREENS)
    dark = rng.random() < 0.4
    c = Canvas(w, h, "#101010" if dark else "#fafafa")
    ink = WHITE if dark else INK
    _status(c, ink, rng)
    c.text(w // 2, 150, f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日", 40, ink, at="mm")
    c.text(w // 2, 200, f"{rng.randint(7, 22)}:{rng.randint(10, 59)}", 30, GREY, bold=False, at="mm")
    share = rng.uniform(0.8, 1.0)
    room = int(w * share)
    _fitted(c, picture, (w - room) // 2, 250, room, h - 250 - 390)
    for n in range(14):
        c.box(
            n * 80,
            h - 360,
            74,
            110,
            rng.choice(("#c9b79c", "#87a5b8", "#5d7a52", "#d9d9d9", "#7a4b4b", "#efe3c2")),
        )
    for n, word in enumerate(("发送", "编辑", "收藏", "删除", "更多")):
        c.disc(110 + n * 215, h - 190, 26, None, ink, 4)
        c.text(110 + n * 215, h - 130, word, 30, ink, bold=False, at="mm")
    return c.image


def _status(c: Canvas, ink: str, rng: Random) -> None:
    c.text(50, 50, f"{rng.randint(6, 23)}:{rng.randint(10, 59)}", 38, ink)
    for n in range(4):
        c.box(c.w - 250 + n * 18, 62 - n * 8, 12, 8 + n * 8, ink)
    c.box(c.w - 120, 32, 70, 36, None, 8, ink, 3)
    c.box(c.w - 114, 38, rng.randint(14, 58), 24, ink, 4)


def _title(c: Canvas, words: str) -> None:
    c.line([(64, 134), (40, 158), (64, 182)], INK, 6)
    c.text(c.w // 2, 158, words, 44, INK, at="mm")
    for n in range(3):
        c.disc(c.w - 90 + n * 22, 158, 5, INK)
    c.box(0, 218, c.w, 2, "#d5d5d5")


def _avatar(c: Canvas, x: int, y: int, rng: Random) -> None:
    colour = rng.choice(("#d98e73", "#7fa3c7", "#8fb573", "#b58fc0", "#e0c068", "#6f7f8f"))
    c.box(x, y, 100, 100, colour, 10)
    c.disc(x + 50, y + 40, 20, WHITE)
    c.oval(x + 18, y + 64, 64, 60, WHITE)
    c.box(x, y + 100, 100, 26, CHAT_GROUND)


def _message(c: Canvas, y: int, rng: Random) -> int:
    """One message of somebody; returns the top of the next."""
    words, mine = rng.choice(CHATTER), rng.random() < 0.25
    _avatar(c, c.w - 130 if mine else 30, y, rng)
    top = y if mine else y + 44
    if not mine:
        c.text(156, y + 14, rng.choice(PEOPLE), 30, GREY, bold=False)
    wide = min(680, 42 * len(words) + 60)
    tall = 104 if wide < 680 else 168
    x = c.w - 156 - wide if mine else 156
    c.box(x, top, wide, tall, MINE if mine else WHITE, 12)
    c.wrap(x + 30, top + 20, words, 42, wide - 56)
    return top + tall + 46


def _input(c: Canvas) -> None:
    c.box(0, c.h - 170, c.w, 170, "#f7f7f7")
    c.disc(70, c.h - 100, 34, None, INK, 4)
    c.box(130, c.h - 144, c.w - 330, 88, WHITE, 10)
    c.disc(c.w - 150, c.h - 100, 34, None, INK, 4)
    c.disc(c.w - 62, c.h - 100, 34, None, INK, 4)


def _bubble_size(picture: Image.Image, w: int, room: int, rng: Random) -> tuple[int, int]:
    """40–70 % of the width, narrower only where the screen is too short for it."""
    wide = w * rng.uniform(0.4, 0.68)
    tall = wide * picture.height / picture.width
    if tall > room:
        wide, tall = wide * room / tall, room
    return round(wide), round(tall)


def _rounded(c: Canvas, picture: Image.Image, x: int, y: int) -> None:
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), 14, 255)
    c.image.paste(picture, (x, y), mask)


def _fitted(c: Canvas, picture: Image.Image, x: int, y: int, w: int, h: int, middle: bool = True) -> int:
    """``picture`` as large as the room allows, in its middle or at its upper left; returns its lower edge."""
    scale = min(w / picture.width, h / picture.height)
    shown = picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC
    )
    left = x + (w - shown.width) // 2 if middle else x
    top = y + (h - shown.height) // 2 if middle else y
    c.paste(shown, left, top)
    return top + shown.height


def pay_page(rng: Random) -> Image.Image:
    """A payment that went through, as the phone shows it."""
    c = Canvas(1080, rng.choice((1920, 2340)), "#f5f5f5")
    _status(c, INK, rng)
    c.disc(540, 360, 80, rng.choice(("#2aae67", BLUE)))
    c.tick(540, 360, 34, WHITE, 12)
    c.text(540, 500, rng.choice(("支付成功", "转账成功", "交易完成")), 48, INK, at="mm")
    c.text(540, 620, f"¥{rng.randint(3, 9000)}.{rng.randint(10, 99)}", 110, INK, at="mm")
    rows = (
        ("收款方", rng.choice(("好邻居超市", "老街面馆", *PEOPLE))),
        ("时间", f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"),
        ("方式", "零钱"),
        ("单号", str(rng.randint(10**15, 10**16))),
    )
    for n, (name, told) in enumerate(rows):
        c.box(0, 760 + n * 110, 1080, 108, WHITE)
        c.text(50, 814 + n * 110, name, 38, GREY, bold=False)
        c.text(1030, 814 + n * 110, told, 38, INK, bold=False, at="rm")
    return c.image
