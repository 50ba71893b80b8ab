"""Poster templates with a scene or a coloured ground: a function draws one sheet."""

from __future__ import annotations

from PIL import Image

from tests.corpus.pictures_pen import GOLD, GREY, INK, RED, WHITE, Canvas
from tests.corpus.pictures_words import HOTLINE, OFFICE, Sheet


def night(sheet: Sheet) -> Image.Image:
    """Dark, a moon and stars, words that glow."""
    c = Canvas(720, 1280, "#0b1530")
    c.shade(0, 0, 720, 1280, "#0b1530", "#27386e")
    for n in range(60):
        c.disc(n * 97 % 720, n * 53 % 560, 1 + n % 3, "#b9c8f5")
    c.disc(570, 180, 92, "#f3e6b3")
    c.disc(610, 156, 84, "#111d40")
    c.text(60, 110, "夜里也别松懈", 34, "#9fb4ea", bold=False)
    c.fit(60, 340, sheet.title[0], 92, 600, WHITE)
    c.fit(60, 460, sheet.title[1], 92, 600, GOLD)
    c.box(60, 540, 90, 8, GOLD)
    for n, line in enumerate(sheet.lines):
        c.box(60, 590 + n * 96, 600, 78, "#1d2c5c", 16)
        c.fit(88, 629 + n * 96, line, 34, 540, "#e8eeff", bold=False)
    c.icon(sheet.icon, 60, 1100, 120, "#9fb4ea", GOLD, "#0b1530")
    c.text(210, 1130, HOTLINE, 56, WHITE)
    c.text(210, 1190, OFFICE, 30, "#9fb4ea", bold=False)
    c.text(660, 1190, sheet.number, 24, "#9fb4ea", bold=False, at="rm")
    return c.image


def _figure(c: Canvas, x: float, y: float, coat: str, hat: bool) -> None:
    c.disc(x, y, 34, "#f4c9a0", INK)
    c.poly([(x - 50, y + 110), (x - 34, y + 40), (x + 34, y + 40), (x + 50, y + 110)], coat)
    c.disc(x - 12, y - 4, 4, INK)
    c.disc(x + 12, y - 4, 4, INK)
    if hat:
        c.box(x - 40, y - 40, 80, 14, INK)
        c.box(x - 26, y - 62, 52, 26, INK)


def comic(sheet: Sheet) -> Image.Image:
    """Four panels with a bubble each, the head above."""
    c = Canvas(840, 960, "#fff3c9")
    c.fit(420, 60, f"反诈四格：{sheet.title[0]}，{sheet.title[1]}", 46, 780, INK, at="mm")
    grounds = ("#bfe3f2", "#f9d0c4", "#d7ecc2", "#e2d5f3")
    for n, ground in enumerate(grounds):
        x, y = 30 + n % 2 * 395, 116 + n // 2 * 390
        c.box(x, y, 385, 380, ground, 0, INK, 4)
        c.box(x + 18, y + 18, 349, 128, WHITE, 24, INK, 3)
        c.poly([(x + 90, y + 144), (x + 130, y + 144), (x + 96, y + 182)], WHITE)
        c.wrap(x + 40, y + 28, sheet.lines[n], 29, 310, INK)
        _figure(c, x + 92, y + 256, "#3b76b8" if n % 2 else "#4a4a4a", hat=n % 2 == 0)
        _figure(c, x + 292, y + 256, "#c8573e" if n < 2 else "#2f8f5b", hat=False)
    c.icon(sheet.icon, 386, 470, 68, INK, GOLD)
    c.fit(420, 926, f"{OFFICE}　咨询{HOTLINE}　{sheet.number}", 28, 780, INK, bold=False, at="mm")
    return c.image


def wide(sheet: Sheet) -> Image.Image:
    """16:9, an orange wedge and one slogan."""
    c = Canvas(960, 540, "#fff7ec")
    c.poly([(560, 0), (960, 0), (960, 540), (420, 540)], "#f08a24")
    c.disc(760, 250, 150, "#ffb764")
    c.icon(sheet.icon, 665, 155, 190, INK, WHITE, "#ffb764")
    c.text(44, 60, sheet.topic, 32, "#d0680a")
    c.fit(44, 160, sheet.title[0], 72, 470, INK)
    c.fit(44, 254, sheet.title[1], 72, 440, "#d0680a")
    c.fit(44, 340, sheet.lines[0], 30, 420, INK, bold=False)
    c.fit(44, 390, sheet.lines[1], 30, 410, INK, bold=False)
    c.text(44, 486, f"{HOTLINE}", 52, "#d0680a")
    c.text(220, 470, OFFICE, 24, GREY, bold=False)
    c.text(220, 504, sheet.number, 22, GREY, bold=False)
    return c.image


def long(sheet: Sheet) -> Image.Image:
    """A long picture to scroll through, in sections."""
    c = Canvas(720, 1600, "#e8f0fe")
    c.shade(0, 0, 720, 360, "#3f51b5", "#7986cb")
    c.text(360, 60, "一图读懂", 34, "#d8defa", at="mm")
    c.fit(360, 150, sheet.title[0], 76, 640, WHITE, at="mm")
    c.fit(360, 260, sheet.title[1], 76, 640, GOLD, at="mm")
    heads = ("第一步　搭上话", "第二步　给甜头", "第三步　收大钱", "怎么认出来", "碰上怎么办")
    for n, (head, line) in enumerate(zip(heads, sheet.lines, strict=True)):
        y = 390 + n * 206
        c.box(36, y, 648, 186, WHITE, 18)
        c.box(36, y, 14, 186, "#3f51b5" if n < 3 else "#2f8f5b", 6)
        c.text(76, y + 48, head, 34, "#3f51b5" if n < 3 else "#2f8f5b")
        c.wrap(76, y + 84, line, 31, 470)
        c.icon(
            sheet.icon if n == 0 else ("phone", "coin", "shield", "headset")[n - 1],
            570,
            y + 42,
            90,
            "#3f51b5",
        )
    c.text(360, 1462, f"拨打 {HOTLINE}", 56, "#3f51b5", at="mm")
    c.text(360, 1540, f"{OFFICE}　{sheet.number}", 26, GREY, bold=False, at="mm")
    return c.image


def village(sheet: Sheet) -> Image.Image:
    """Hills, houses, a road and somebody with a loudspeaker."""
    c = Canvas(810, 1080, "#9fd6f2")
    c.shade(0, 0, 810, 600, "#7cc4ec", "#e6f6fb")
    c.disc(680, 120, 62, "#ffd75e")
    c.oval(-200, 420, 700, 500, "#8cc26b")
    c.oval(330, 460, 760, 460, "#76b257")
    for x, y, wall in ((90, 400, "#f6e3c5"), (210, 430, "#f1d1b0"), (600, 420, "#f7ead7")):
        c.box(x, y, 100, 84, wall)
        c.poly([(x - 14, y), (x + 114, y), (x + 50, y - 56)], "#b5503c")
        c.box(x + 38, y + 36, 26, 48, "#7a4b33")
    c.box(0, 640, 810, 440, "#fffdf6")
    c.poly([(360, 500), (420, 500), (560, 640), (260, 640)], "#d9cdb4")
    _figure(c, 470, 470, "#c8281e", hat=False)
    c.poly([(512, 500), (600, 452), (600, 560)], GOLD)
    c.box(40, 40, 560, 230, "#ffffff", 28, "#1f5c9e", 4)
    c.fit(70, 108, sheet.title[0], 72, 500, "#1f5c9e")
    c.fit(70, 204, sheet.title[1], 72, 500, RED)
    for n, line in enumerate(sheet.lines):
        c.disc(72, 694 + n * 62, 9, RED)
        c.fit(100, 694 + n * 62, line, 33, 560, INK, bold=False)
    c.icon(sheet.icon, 680, 680, 100, "#1f5c9e")
    c.box(0, 1000, 810, 80, "#1f5c9e")
    c.fit(40, 1040, f"{OFFICE}　{sheet.number}", 28, 480, WHITE, bold=False)
    c.text(770, 1040, HOTLINE, 52, GOLD, at="rm")
    return c.image


def dialogue(sheet: Sheet) -> Image.Image:
    """A made-up chat with the swindler, as a picture."""
    c = Canvas(750, 1240, "#d8f0ea")
    c.fit(375, 74, sheet.title[0], 66, 690, "#0d6b57", at="mm")
    c.fit(375, 164, sheet.title[1], 66, 690, RED, at="mm")
    c.box(60, 230, 630, 800, "#f2f2f2", 30, "#0d6b57", 5)
    c.box(60, 230, 630, 70, "#0d6b57", 30)
    c.text(375, 265, "这样的话，您听过吗", 30, WHITE, at="mm")
    for n, line in enumerate(sheet.lines[:4]):
        y, mine = 340 + n * 165, n == 3
        c.box(600 if mine else 86, y, 64, 64, "#ffb74d" if mine else "#616161", 10)
        c.text(632 if mine else 118, y + 32, "劝" if mine else "骗", 32, WHITE, at="mm")
        c.box(170, y, 410, 124, "#95ec69" if mine else WHITE, 14)
        c.wrap(192, y + 12, line, 30, 370)
    c.icon(sheet.icon, 60, 1060, 110, "#0d6b57")
    c.fit(200, 1090, sheet.lines[4], 38, 490, "#0d6b57")
    c.text(200, 1146, f"{OFFICE}　{HOTLINE}", 30, INK, bold=False)
    c.text(200, 1190, sheet.number, 24, GREY, bold=False)
    return c.image


def warning(sheet: Sheet) -> Image.Image:
    """Square, black and yellow stripes, a triangle."""
    c = Canvas(840, 840, "#ffcf00")
    for edge in (0, 770):
        for n in range(-1, 13):
            x = n * 80
            c.poly([(x, edge + 70), (x + 40, edge + 70), (x + 80, edge), (x + 40, edge)], "#111111")
    c.poly([(160, 110), (270, 300), (50, 300)], "#111111")
    c.poly([(160, 150), (236, 284), (84, 284)], "#ffcf00")
    c.text(160, 232, "!", 84, "#111111", at="mm")
    c.fit(300, 156, sheet.title[0], 72, 500, "#111111")
    c.fit(300, 256, sheet.title[1], 72, 500, "#b00000")
    c.box(40, 340, 760, 310, "#111111", 12)
    for n, line in enumerate(sheet.lines[:4]):
        c.fit(70, 384 + n * 74, "◆ " + line, 36, 700, "#ffcf00")
    c.icon(sheet.icon, 40, 662, 96, "#111111", WHITE, "#ffcf00")
    c.fit(160, 690, sheet.lines[4], 34, 400, "#111111")
    c.text(160, 736, f"{OFFICE}　{sheet.number}", 24, "#111111", bold=False)
    c.text(800, 712, HOTLINE, 60, "#b00000", at="rm")
    return c.image


def quiz(sheet: Sheet) -> Image.Image:
    """Purple cards with a question each."""
    c = Canvas(720, 1100, "#5e35b1")
    c.disc(660, 60, 160, "#7e57c2")
    c.disc(40, 1040, 180, "#4527a0")
    c.text(44, 70, "反诈问答", 36, "#d1c4e9")
    c.fit(44, 150, sheet.title[0] + "？", 68, 620, WHITE)
    c.fit(44, 240, sheet.title[1] + "！", 68, 620, GOLD)
    for n, line in enumerate(sheet.lines[:4]):
        y = 310 + n * 168
        c.box(44, y, 632, 146, WHITE, 20)
        c.text(72, y + 42, f"问{n + 1}", 30, "#5e35b1")
        c.fit(
            150,
            y + 42,
            ("是真的吗", "为什么信不得", "怎么拦得住", "家里人知道吗")[n],
            30,
            500,
            GREY,
            bold=False,
        )
        c.text(72, y + 100, "答", 30, RED)
        c.fit(122, y + 100, line, 33, 530, INK)
    c.icon(sheet.icon, 570, 40, 90, "#311b92", GOLD)
    c.fit(360, 1010, f"{sheet.lines[4]}　{HOTLINE}", 34, 620, WHITE, at="mm")
    c.text(360, 1060, f"{OFFICE}　{sheet.number}", 26, "#d1c4e9", bold=False, at="mm")
    return c.image
