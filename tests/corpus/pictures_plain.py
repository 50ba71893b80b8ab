"""Poster templates that are mostly words: a function draws one sheet; what never changes is written here."""

from __future__ import annotations

from PIL import Image

from tests.corpus.pictures_pen import BLUE, GOLD, GREEN, GREY, INK, LINE, RED, WHITE, Canvas
from tests.corpus.pictures_words import HOTLINE, OFFICE, Sheet


def notice(sheet: Sheet) -> Image.Image:
    """A white official notice: red head, red rule, running text, a seal."""
    c = Canvas(810, 1146)
    c.fit(405, 92, "清河镇人民政府反诈办公室文件", 50, 690, RED, at="mm")
    c.text(405, 160, sheet.number or "清河镇", 24, INK, bold=False, at="mm")
    c.box(60, 190, 690, 5, RED)
    c.fit(405, 262, "关于防范“" + sheet.title[0] + "”的提醒", 38, 660, INK, at="mm")
    c.text(60, 332, "各村（社区）、各单位：", 26, bold=False)
    y = c.wrap(
        60, 362, f"　　近期我镇出现“{sheet.topic}”类案件，群众损失{sheet.amount}。现将手法告知如下：", 26, 690
    )
    for n, line in enumerate(sheet.lines):
        y = c.wrap(60, y + 10, f"　　{'一二三四五'[n]}、{line}。", 26, 690)
    y = c.wrap(
        60, y + 10, f"　　请记住一句话：{sheet.title[1]}。请各村在微信群里转发，并讲给家里的老人听。", 26, 690
    )
    c.wrap(60, y + 10, f"　　咨询电话：{HOTLINE}；报警电话：110。", 26, 690)
    c.text(720, 960, OFFICE, 28, bold=False, at="rm")
    c.text(
        720, 1010, f"2026年{1 + sheet.week // 4 % 12}月{1 + sheet.week % 4 * 7}日", 28, bold=False, at="rm"
    )
    c.disc(620, 972, 84, None, RED, 6)
    c.text(620, 972, "★", 48, RED, at="mm")
    c.box(60, 1086, 690, 3, RED)
    return c.image


def banner(sheet: Sheet) -> Image.Image:
    """A red banner above a white card."""
    c = Canvas(810, 1080, "#b71c1c")
    c.shade(0, 0, 810, 400, "#d6281f", "#9c1313")
    c.text(405, 70, "清河镇 · 全民反诈在行动", 34, GOLD, at="mm")
    c.fit(405, 180, sheet.title[0], 96, 720, "#ffe9a8", at="mm")
    c.fit(405, 304, sheet.title[1], 84, 720, WHITE, at="mm")
    c.box(40, 400, 730, 540, "#fffaf0", 20)
    c.icon(sheet.icon, 640, 420, 100, "#9c1313", GOLD)
    c.text(76, 460, sheet.topic, 38, RED)
    for n, line in enumerate(sheet.lines):
        y = 546 + n * 78
        c.disc(94, y, 20, RED)
        c.text(94, y, str(n + 1), 26, WHITE, at="mm")
        c.fit(136, y, line, 34, 600, INK, bold=False)
    c.text(405, 990, "不轻信　不透露　不转账", 40, GOLD, at="mm")
    c.text(405, 1046, f"{OFFICE}　{HOTLINE}　{sheet.number}", 26, "#ffd9c9", bold=False, at="mm")
    return c.image


def steps(sheet: Sheet) -> Image.Image:
    """Blue head with an icon in a disc, three numbered steps, a golden band to remember."""
    c = Canvas(810, 1080)
    c.box(0, 0, 810, 420, BLUE)
    c.disc(620, 220, 170, "#3b76b8")
    c.icon(sheet.icon, 510, 110, 220)
    c.box(54, 62, 210, 54, None, 27, WHITE, 3)
    c.fit(159, 89, sheet.topic, 30, 180, WHITE, at="mm")
    c.fit(54, 206, sheet.title[0], 76, 370, WHITE)
    c.fit(54, 312, sheet.title[1], 76, 370, WHITE)
    for n, line in enumerate(sheet.lines[:3]):
        y = 490 + n * 104
        c.disc(86, y, 33, BLUE)
        c.text(86, y, str(n + 1), 40, WHITE, at="mm")
        c.fit(144, y, line, 36, 620, INK)
        c.box(144, y + 51, 612, 2, LINE)
    c.box(0, 790, 810, 160, GOLD)
    c.box(54, 816, 52, 108, INK, 10)
    c.text(80, 848, "记", 34, GOLD, at="mm")
    c.text(80, 892, "住", 34, GOLD, at="mm")
    c.fit(132, 870, sheet.lines[4], 54, 630)
    c.box(54, 980, 74, 74, RED, 10)
    c.text(91, 1000, "清河", 28, WHITE, at="mm")
    c.text(91, 1034, "反诈", 28, WHITE, at="mm")
    c.text(148, 1000, sheet.number or "清河镇", 30)
    c.text(148, 1038, OFFICE, 28, GREY, bold=False)
    c.text(756, 1017, HOTLINE, 64, BLUE, at="rm")
    return c.image


def checklist(sheet: Sheet) -> Image.Image:
    """A ruled page: a cross before what they say, ticks before what you do."""
    c = Canvas(750, 1000, "#eaf5ea")
    for y in range(150, 960, 46):
        c.box(0, y, 750, 2, "#cfe5d2")
    c.box(88, 0, 3, 1000, "#f0a5a0")
    c.box(0, 0, 750, 132, GREEN)
    c.fit(375, 66, sheet.title[0] + "，" + sheet.title[1], 50, 690, WHITE, at="mm")
    c.text(116, 196, "这样的话别信", 36, RED)
    c.cross(50, 266, 16, RED)
    c.fit(116, 266, sheet.lines[0], 34, 600, bold=False)
    c.text(116, 382, "您应该这样做", 36, GREEN)
    for n, line in enumerate((*sheet.lines[1:], "看完转给身边的人")):
        c.tick(50, 452 + n * 92, 16, GREEN)
        c.fit(116, 452 + n * 92, line, 34, 600, bold=False)
    c.icon(sheet.icon, 610, 160, 96, GREEN, "#ffd98a")
    c.text(116, 950, f"{OFFICE}制　{sheet.number}", 24, GREY, bold=False)
    c.text(716, 950, HOTLINE, 40, GREEN, at="rm")
    return c.image


def table(sheet: Sheet) -> Image.Image:
    """Landscape: this week's cases by village, in numbers, and a line beside them."""
    c = Canvas(960, 720, "#f4f7fb")
    c.box(0, 0, 960, 104, "#17406d")
    c.fit(40, 52, f"清河镇涉诈警情周报　第{sheet.week}周", 42, 640, WHITE)
    c.fit(920, 52, sheet.number or OFFICE, 24, 250, "#bcd3ee", bold=False, at="rm")
    c.fit(40, 150, f"本周重点：{sheet.title[0]}，{sheet.title[1]}", 36, 880, RED)
    names = ("东街村", "西街村", "柳树屯", "石桥村", "上河村", "下河村", "镇区")
    columns, left = (150, 120, 150, 150), 40
    c.box(left, 190, sum(columns), 52, "#2f6db0")
    for n, head in enumerate(("村（社区）", "警情", "损失（元）", "劝阻（元）")):
        c.text(left + sum(columns[:n]) + columns[n] / 2, 216, head, 24, WHITE, at="mm")
    for row, name in enumerate(names):
        y = 242 + row * 52
        c.box(left, y, sum(columns), 52, WHITE if row % 2 else "#e3edf8")
        seed = sheet.week * 37 + row * 101
        for n, cell in enumerate((name, seed % 5, f"{seed % 53 * 700:,}", f"{seed % 31 * 1500:,}")):
            c.text(left + sum(columns[:n]) + columns[n] / 2, y + 26, str(cell), 24, INK, bold=not n, at="mm")
    c.box(640, 190, 280, 416, WHITE, 12, "#c9d8ea")
    c.icon(sheet.icon, 736, 204, 88, "#17406d", GOLD)
    c.text(780, 318, sheet.topic, 30, "#17406d", at="mm")
    y = 346.0
    for line in sheet.lines[:3]:
        y = c.wrap(662, y, "· " + line, 24, 240)
    c.fit(40, 660, f"{sheet.lines[4]}　咨询：{HOTLINE}", 30, 880, "#17406d")
    return c.image


def newspaper(sheet: Sheet) -> Image.Image:
    """A cream front page in two columns."""
    c = Canvas(810, 1146, "#f6efdd")
    c.text(405, 78, "清河反诈小报", 76, INK, at="mm")
    c.box(40, 136, 730, 3, INK)
    c.text(44, 160, f"第{sheet.week}期　{sheet.number}", 22, INK, bold=False)
    c.text(766, 160, f"{OFFICE}编", 22, INK, bold=False, at="rm")
    c.box(40, 184, 730, 3, INK)
    c.fit(405, 252, sheet.title[0] + "　" + sheet.title[1], 58, 720, INK, at="mm")
    left = f"　　本镇又发生一起{sheet.topic}案，损失{sheet.amount}。" + "。".join(sheet.lines[:3]) + "。"
    c.wrap(44, 320, left + "民警接警后立即止付，仍有一部分没有追回来。", 27, 350)
    c.box(404, 320, 2, 700, "#b9ad92")
    c.box(424, 326, 342, 260, "#e4d9bd")
    c.icon(sheet.icon, 505, 366, 180, INK, "#c58b3b", "#f6efdd")
    c.text(595, 610, "漫画：别上当", 20, GREY, bold=False, at="mm")
    y = c.wrap(424, 640, "　　反诈办提醒：" + "；".join(sheet.lines[3:]) + "。", 27, 342)
    c.wrap(424, y + 16, "　　读报的您，请把这一页念给邻居听，多一个人知道，少一个人被骗。", 27, 342)
    c.box(40, 1040, 730, 66, INK)
    c.text(405, 1073, f"反诈专线　{HOTLINE}　报警　110", 32, "#f6efdd", at="mm")
    return c.image


def sentence(sheet: Sheet) -> Image.Image:
    """Almost empty: one large sentence in a thin frame."""
    c = Canvas(750, 1000, "#fdfdfb")
    c.box(30, 30, 690, 940, None, 0, "#8a96a8", 2)
    c.text(375, 130, f"反诈日签　第{sheet.week}周", 30, GREY, bold=False, at="mm")
    c.icon(sheet.icon, 325, 190, 100, "#51607a", "#d9dfe9")
    c.fit(375, 400, sheet.title[0], 84, 620, INK, at="mm")
    c.fit(375, 520, sheet.title[1], 84, 620, INK, at="mm")
    c.box(325, 610, 100, 4, RED)
    c.fit(375, 690, sheet.lines[0], 32, 620, GREY, bold=False, at="mm")
    c.fit(375, 750, sheet.lines[1], 32, 620, GREY, bold=False, at="mm")
    c.text(375, 900, f"{OFFICE}　{HOTLINE}", 28, INK, bold=False, at="mm")
    c.text(375, 940, sheet.number, 22, GREY, bold=False, at="mm")
    return c.image
