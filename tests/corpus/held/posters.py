"""Nine templates of posters. A poster's words come from the fills of a text template; what is alike in all is here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.corpus.held.office import Template
from tests.corpus.held.pen import BLACK, GREY, WHITE, Pen
from tests.corpus.held.texts_formal import CLASS, NOTICE
from tests.corpus.held.texts_lively import RHYME, SLOGAN, SPEAKER, THREES
from tests.corpus.held.texts_plain import ANSWERS, SHOPS, SIGNS

Fill = tuple[str, ...]
_RED, _DEEP, _GOLD, _CREAM = (196, 30, 36), (14, 32, 78), (255, 214, 82), (253, 246, 228)
_GREEN, _LEAF, _SKY, _INK = (34, 122, 84), (226, 243, 232), (214, 234, 250), (46, 40, 36)
_OFFICE = "云溪县反诈中心"


@dataclass(frozen=True, slots=True)
class Poster:
    """``draw``: the poster with a fill's words and a number (perhaps empty). ``ending``: how its file is kept."""

    name: str
    template: Template
    draw: Callable[[Fill, str], Image.Image]
    ending: str


def _banner(fill: Fill, number: str) -> Image.Image:
    """A red head, one line that differs, four that never do."""
    pen = Pen(1080, 1440, _CREAM)
    pen.box(0, 0, 1080, 380, _RED)
    pen.box(0, 380, 1080, 14, _GOLD)
    pen.middle(60, "全民反诈 云溪在行动", "plain", 52, _GOLD)
    pen.middle(170, fill[0], "black", 92, WHITE)
    pen.box(70, 450, 940, 330, WHITE, 24, _RED)
    pen.write(110, 480, fill[4] + fill[5], "regular", 60, 860)
    y = 840
    for words in ("陌生电话不轻信", "陌生链接不点开", "个人信息不透露", "转账汇款多核实"):
        pen.draw.ellipse((100, y + 10, 150, y + 60), _RED)
        y = pen.write(180, y, words, "black", 56, 800, _INK, 1.6)
    pen.box(0, 1270, 1080, 170, _DEEP)
    pen.middle(1295, "咨询劝阻 96110　报警 110", "black", 58, _GOLD)
    pen.middle(1375, f"{_OFFICE}　{number}", "regular", 32, WHITE)
    return pen.image


def _night(fill: Fill, number: str) -> Image.Image:
    """A telephone in the night with a hook, two lines."""
    pen = Pen(1080, 1920)
    pen.shade(_DEEP, (70, 24, 96))
    for star in range(60):
        x, y = (star * 173) % 1080, (star * 311) % 900
        pen.draw.ellipse((x, y, x + 5, y + 5), (220, 220, 255))
    pen.middle(90, "每日一提醒", "plain", 64, (190, 200, 255))
    pen.middle(200, fill[0], "merry", 170, _GOLD)
    pen.box(330, 480, 420, 740, (24, 24, 34), 60, (120, 130, 170))
    pen.box(360, 560, 360, 580, (150, 206, 240), 10)
    pen.draw.arc((440, 700, 640, 980), 20, 200, _RED, 26)
    pen.draw.line((540, 480, 540, 730), _RED, 26)
    pen.draw.polygon(((440, 840), (400, 900), (480, 890)), _RED)
    y = pen.write(100, 1290, fill[2], "merry", 66, 880, WHITE)
    pen.write(100, y + 20, fill[3], "merry", 66, 880, _GOLD)
    pen.middle(1790, f"{_OFFICE}　劝阻专线96110　{number}", "regular", 34, (200, 200, 230))
    return pen.image


def _notice(fill: Fill, number: str) -> Image.Image:
    """A paper with a red frame and a seal."""
    pen = Pen(900, 1273)
    pen.draw.rectangle((30, 30, 870, 1243), None, _RED, 8)
    pen.draw.rectangle((48, 48, 852, 1225), None, _RED, 2)
    y = pen.middle(90, "通　　告", "black", 84, _RED)
    pen.middle(y, number, "regular", 28, GREY)
    y = pen.middle(y + 50, fill[0], "black", 46)
    y = pen.write(
        90,
        y + 20,
        f"　　{fill[2]}，我县连续接报此类警情{fill[3]}起，涉案金额{fill[4]}万元，受害人以{fill[5]}为主。",
        "regular",
        36,
        720,
    )
    y = pen.write(90, y + 8, f"　　{fill[6]}", "regular", 36, 720)
    pen.write(90, y + 8, f"　　{fill[7]}", "regular", 36, 720)
    pen.write(440, 1080, "云溪县反诈联席会议办公室", "regular", 31, 420)
    pen.write(560, 1140, fill[9], "regular", 31, 300)
    pen.draw.ellipse((560, 990, 740, 1170), None, _RED, 7)
    pen.middle(1180, "96110", "black", 26, _RED)
    return pen.image


def _brush(fill: Fill, number: str) -> Image.Image:
    """Columns of brush writing from the right over hills."""
    pen = Pen(1000, 1400)
    pen.shade((248, 240, 220), (226, 214, 186))
    for hill, tone in ((1180, 170), (1240, 140), (1300, 105)):
        ridge = [(x, hill + 60 * math.sin(x / 130 + hill)) for x in range(0, 1001, 20)]
        pen.draw.polygon([(0, 1400), *ridge, (1000, 1400)], (tone, tone + 10, tone - 6))
    pen.draw.ellipse((90, 90, 230, 230), (206, 62, 44))
    pen.down(900, 90, f"防骗歌{fill[0]}", "brush", 104, (160, 24, 20))
    x = 770
    for words in "".join(fill[2:6]).replace("；", "，").replace("。", "，").split("，")[:8]:
        if words:
            pen.down(x, 120 + (x // 85 % 2) * 40, words, "brush", 84, _INK)
            x -= 86
    pen.middle(1320, f"{_OFFICE}编　{number}　96110", "plain", 34, WHITE)
    return pen.image


def _cards(fill: Fill, number: str) -> Image.Image:
    """Green, three things that a fraudster says, two that one does."""
    pen = Pen(750, 1334, _GREEN)
    pen.middle(40, f"{fill[0]}·识破它", "merry", 76, WHITE)
    y = 180
    for words in fill[2:5]:
        pen.box(40, y, 670, 150, WHITE, 22)
        pen.draw.line((70, y + 45, 130, y + 105), _RED, 16)
        pen.draw.line((130, y + 45, 70, y + 105), _RED, 16)
        pen.write(165, y + 24, f"“{words}”", "plain", 36, 520)
        y += 172
    for words in fill[5:7]:
        pen.box(40, y, 670, 150, _LEAF, 22)
        pen.draw.line((66, y + 80, 92, y + 108, 138, y + 46), _GREEN, 16)
        pen.write(165, y + 24, words, "plain", 44, 520, _GREEN)
        y += 172
    pen.middle(1130, "遇事不慌 先打96110", "merry", 60, _GOLD)
    pen.middle(1260, f"{_OFFICE}　{number}", "plain", 30, WHITE)
    return pen.image


def _class(fill: Fill, number: str) -> Image.Image:
    """A wide one: what is on at the evening class, when and where."""
    pen = Pen(1280, 720)
    pen.shade(_SKY, WHITE)
    pen.box(0, 0, 420, 720, (32, 84, 156))
    pen.down(140, 60, "反诈夜校", "brush", 130, WHITE)
    pen.down(320, 140, "欢迎来听", "brush", 90, _GOLD)
    y = pen.write(470, 50, fill[0], "black", 58, 780, (32, 84, 156))
    for mark, words in (("时间", fill[2]), ("地点", fill[3]), ("主讲", fill[4]), ("内容", fill[5])):
        pen.box(470, y + 14, 96, 50, _RED, 10)
        pen.write(482, y + 16, mark, "plain", 34, 90, WHITE)
        y = pen.write(590, y + 14, words, "regular", 40, 650) + 10
    pen.write(470, 650, f"不收费　不卖货　{_OFFICE}　{number}", "plain", 30, 780, GREY)
    return pen.image


def _bubbles(fill: Fill, number: str) -> Image.Image:
    """A yellow square with a smiling face and three-character lines."""
    pen = Pen(800, 800, (255, 221, 87))
    pen.draw.ellipse((-120, 480, 380, 980), (250, 190, 60))
    pen.draw.ellipse((60, 560, 240, 740), WHITE, BLACK, 5)
    pen.draw.ellipse((105, 620, 130, 645), BLACK)
    pen.draw.ellipse((170, 620, 195, 645), BLACK)
    pen.draw.arc((115, 640, 190, 700), 20, 160, BLACK, 6)
    pen.middle(30, fill[0], "merry", 68, _RED)
    y = 140
    for words in fill[2:6]:
        pen.box(250, y, 510, 122, WHITE, 30, BLACK)
        pen.write(280, y + 8, words, "merry", 42, 440, gap=1.2)
        y += 140
    pen.write(280, 715, "亲不问，友不疑，钱离手，难追回", "merry", 30, 500, _RED)
    pen.middle(760, f"{_OFFICE}　{number}", "plain", 24, BLACK)
    return pen.image


def _table(fill: Fill, number: str) -> Image.Image:
    """For shops: a table of three rows."""
    pen = Pen(1080, 1350, (238, 238, 244))
    pen.box(0, 0, 1080, 210, (90, 44, 130))
    pen.middle(30, "商户防骗提示卡", "black", 84, WHITE)
    pen.middle(140, f"{fill[0]}（{fill[2]}）", "plain", 42, _GOLD)
    y = 250
    for mark, words, size in (
        ("套路", fill[3], 230),
        ("一查", fill[4], 200),
        ("二问", fill[5], 200),
        ("三不做", fill[6], 230),
    ):
        pen.box(40, y, 1000, size, WHITE, 0, (90, 44, 130))
        pen.box(40, y, 210, size, (214, 200, 232), 0, (90, 44, 130))
        pen.write(60, y + size // 2 - 36, mark, "black", 54, 200, (90, 44, 130))
        pen.write(275, y + 24, words, "regular", 44, 740)
        y += size + 16
    pen.middle(1215, "先锁门 再报警 110　劝阻 96110", "black", 50, _RED)
    pen.middle(1290, f"{_OFFICE}　{number}", "plain", 34, GREY)
    return pen.image


def _dialogue(fill: Fill, number: str) -> Image.Image:
    """A long strip of questions and answers."""
    pen = Pen(720, 1960, (236, 245, 240))
    pen.box(0, 0, 720, 150, _GREEN)
    pen.middle(20, "一问一答", "brush", 88, WHITE)
    y = pen.write(40, 180, fill[0], "black", 54, 640, _RED) + 10
    for place, words in enumerate(fill[2:6]):
        asked = place % 2 == 0
        pen.draw.ellipse((30 if asked else 620, y, 100 if asked else 690, y + 70), _RED if asked else _GREEN)
        below = pen.write(124, y + 14, words, "plain", 46, 460, _INK if asked else _GREEN)
        pen.draw.rounded_rectangle((112, y, 606, below + 10), 18, None, GREY, 3)
        y = below + 44
    pen.write(40, 1740, "钱已经转过去，先打110，记下对方的账号和时间。", "regular", 40, 640)
    pen.middle(1890, f"{_OFFICE}　96110　{number}", "plain", 32, GREY)
    return pen.image


POSTERS = (
    Poster("banner", SPEAKER, _banner, "png"),
    Poster("night", SLOGAN, _night, "jpg"),
    Poster("paper", NOTICE, _notice, "png"),
    Poster("brush", RHYME, _brush, "jpg"),
    Poster("cards", SIGNS, _cards, "png"),
    Poster("wide", CLASS, _class, "jpg"),
    Poster("square", THREES, _bubbles, "png"),
    Poster("table", SHOPS, _table, "jpg"),
    Poster("strip", ANSWERS, _dialogue, "png"),
)
