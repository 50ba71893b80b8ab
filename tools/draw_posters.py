"""Draws the sample library's pictures: posters, the small picture of a link's card, two clips, one PDF.

    .venv/bin/python tools/draw_posters.py [--ffmpeg PATH] [ID …]

What a poster says in large letters stands here; number, topic and the parts wanted come from content.yaml, and
the poster must never say another number than that. Clips need an ffmpeg (PyPI: imageio-ffmpeg); without
``--ffmpeg`` they stay as they are. Colours and sizes: the office's design language (nothing under 34 px, which
a phone shows as 12 pt).
"""

from __future__ import annotations

import argparse
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image
from poster_art import ART, BLUE, BOX, GOLD, INK, INK2, LINE, PALE, RED, SCALE, TINT, WHITE, Pen, width

CONTENT = Path(__file__).parent.parent / "content"
OFFICE, HOTLINE = "清河镇反诈办", "96110"
W, H = 1080, 1440
MARGIN = 72
STEP = 150
CLIP_SIZE, FPS = (720, 960), 12
STAGES = (1.3, 1.2, 1.2, 1.2, 2.1)
"""Seconds of a clip: the head, then one step after another, then what to remember."""
FADE = 0.3
CARD = 300
PALETTE, APART = 128, 16


@dataclass(frozen=True)
class Theme:
    """Grounds and letters; ``glow`` is the disc behind the illustration."""

    ground: str
    glow: str
    title: str
    band: str
    sentence: str
    number: str
    digit: str


NIGHT = Theme(BLUE, "#3b76b8", WHITE, GOLD, INK, BLUE, WHITE)
DAY = Theme(PALE, TINT, INK, BLUE, WHITE, BLUE, WHITE)
SUN = Theme(GOLD, "#ffe49a", INK, INK, GOLD, INK, GOLD)


@dataclass(frozen=True)
class Poster:
    """``steps``: three headings, each with a line under it; ``remember``: one or two lines."""

    art: str
    theme: Theme
    title: tuple[str, str] = ("", "")
    steps: tuple[tuple[str, str], ...] = ()
    remember: tuple[str, ...] = ()


POSTERS = {
    "001-shuadan": Poster(
        "hook",
        NIGHT,
        ("别让小钱", "钓走大钱"),
        (
            ("先给甜头", "点个赞就有佣金，头几单真返钱"),
            ("再接大单", "另下软件做任务，自己先垫钱"),
            ("钱取不出", "说“任务没做完”，叫您接着垫"),
        ),
        ("先垫钱的刷单，就是骗局",),
    ),
    "002-kefu": Poster(
        "headset",
        DAY,
        ("客服退款", "先挂断再查"),
        (
            ("主动退钱", "说东西有毛病，或误开了会员"),
            ("共享屏幕", "叫您下载会议软件，跟着操作"),
            ("转走存款", "看着密码和验证码，把钱转走"),
        ),
        ("真退款，不用您转钱", "也不用共享屏幕"),
    ),
    "003-gongjianfa": Poster(
        "cap",
        SUN,
        ("假警察来电", "要钱就挂断"),
        (
            ("冒充身份", "说您名下的卡牵涉案子"),
            ("吓唬保密", "发假“通缉令”，不许告诉家里人"),
            ("骗走存款", "叫您把钱转进“安全账户”"),
        ),
        ("公检法不在电话里办案", "也没有“安全账户”"),
    ),
    "004-wangdai": Poster(
        "loan",
        NIGHT,
        ("放款之前", "先收钱别信"),
        (
            ("放款快", "“不看征信，当天放款”"),
            ("填资料", "点链接填资料，页面显示已批下来"),
            ("先交钱", "卡号填错要“解冻”，先收保证金"),
        ),
        ("钱还没借到就先收钱", "别信，也别交"),
    ),
    "005-touzi": Poster("chart", DAY),
    "006-lingdao": Poster(
        "boss",
        DAY,
        ("领导催转账", "先打个电话"),
        (
            ("换上头像", "用领导的头像和名字加您好友"),
            ("说不方便", "正在开会，不能接电话"),
            ("催您付款", "先转给“合作单位”，手续后补"),
        ),
        ("付款之前，打电话", "或当面问一声"),
    ),
    "007-yanglao": Poster(
        "gift",
        NIGHT,
        ("送您鸡蛋", "图您养老钱"),
        (
            ("送小礼", "送鸡蛋、请吃饭、带旅游，嘴很甜"),
            ("讲项目", "投“养老项目”，说每月领分红"),
            ("收大钱", "先给几个月利息，收齐了就不见人"),
        ),
        ("掏养老钱之前", "先问问儿女"),
    ),
    "008-youxi": Poster(
        "gamepad",
        SUN,
        ("免费送皮肤", "盯上您孩子"),
        (
            ("送皮肤", "游戏和短视频里说送皮肤、卖账号"),
            ("吓孩子", "加了好友，说“操作错了，账号被封”"),
            ("扫手机", "叫孩子偷拿爸妈手机，报验证码"),
        ),
        ("孩子碰到要付钱的事", "先来问爸妈"),
    ),
    "009-liangka": Poster("cards", NIGHT),
    "010-gouwu": Poster(
        "bag",
        DAY,
        ("离开平台", "付款没人管"),
        (
            ("低价引来", "手机、家电、门票，便宜得出奇"),
            ("私下付款", "加上好友，叫您绕开平台扫码付"),
            ("再要再骗", "又要押金、运费，最后把您拉黑"),
        ),
        ("离开平台付的钱", "没人替您保管"),
    ),
    "012-96110": Poster(
        "shield",
        NIGHT,
        ("96110 来电", "请您接一下"),
        (
            ("它是谁", "反诈专线，来电是劝您别上当"),
            ("怎么做", "先听完，正要转的钱停一停"),
            ("不做啥", "不问密码和验证码，不叫您转账"),
        ),
        ("拿不准，打 96110", "已被骗，打 110"),
    ),
}


def fits(text: str, size: float, room: float, bold: bool) -> None:
    """Refuse a line that would run over its margin."""
    if width(text, size, bold) > room:
        raise SystemExit(f"太长，放不下：{text}（{size} 号字只有 {room:.0f} 像素）")


def head(pen: Pen, poster: Poster, topic: str) -> None:
    theme = poster.theme
    pen.box(0, 0, W, 556, 0, theme.ground)
    middle, zoom = (828, 292), 0.9
    pen.disc(*middle, 228, theme.glow)
    ART[poster.art](pen.at(middle[0] - BOX / 2 * zoom, middle[1] - BOX / 2 * zoom, zoom))
    label = width(topic, 42, bold=True) + 56
    pen.box(MARGIN, 84, label, 72, 36, None, theme.title, 4)
    pen.text(MARGIN + label / 2, 120, topic, 42, theme.title)
    size = min(112, 512 / max(width(line, 1000, bold=True) for line in poster.title) * 1000)
    for row, line in enumerate(poster.title):
        pen.text(MARGIN - 4, 274 + row * size * 1.28, line, size, theme.title, at="l")


def step(pen: Pen, poster: Poster, row: int) -> None:
    heading, line = poster.steps[row]
    fits(line, 44, W - 192 - MARGIN, bold=False)
    y = 590 + row * STEP
    pen.disc(MARGIN + 44, y + 60, 44, poster.theme.number)
    pen.text(MARGIN + 44, y + 60, str(row + 1), 58, poster.theme.digit)
    pen.text(192, y + 30, heading, 56, INK, at="l")
    pen.text(192, y + 96, line, 44, INK2, bold=False, at="l")


def sentence(pen: Pen, poster: Poster) -> None:
    theme, lines = poster.theme, poster.remember
    pen.box(0, 1040, W, 224, 0, theme.band)
    pen.box(MARGIN, 1084, 68, 136, 14, theme.sentence)
    for row, sign in enumerate("记住"):
        pen.text(MARGIN + 34, 1122 + row * 60, sign, 48, theme.band)
    room = W - 176 - MARGIN
    size = min(76, *(room / width(line, 1000, bold=True) * 1000 for line in lines))
    for row, line in enumerate(lines):
        pen.text(176, 1152 + (row - (len(lines) - 1) / 2) * 92, line, size, theme.sentence, at="l")


def foot(pen: Pen, number: str) -> None:
    pen.box(MARGIN, 1302, 100, 100, 14, RED)
    for i, sign in enumerate("清河反诈"):
        pen.text(MARGIN + 29 + i % 2 * 42, 1331 + i // 2 * 42, sign, 38, WHITE)
    pen.text(194, 1328, number, 41, INK, at="l")
    pen.text(194, 1380, OFFICE, 40, INK2, bold=False, at="l")
    pen.text(W - MARGIN, 1352, HOTLINE, 88, BLUE, at="r")
    edge = W - MARGIN - width(HOTLINE, 88, bold=True) - 20
    pen.text(edge, 1330, "咨询", 40, INK2, bold=False, at="r")
    pen.text(edge, 1380, "劝阻", 40, INK2, bold=False, at="r")


def draw(poster: Poster, content: dict[str, Any], stage: int = 4) -> Image.Image:
    """The poster, or the beginning of it: stage 0 is the head, 1 to 3 bring the steps, 4 the sentence."""
    image = Image.new("RGB", (W * SCALE, H * SCALE), WHITE)
    pen = Pen(image)
    head(pen, poster, content["topics"][0])
    for row in range(min(stage, 3)):
        step(pen, poster, row)
        if row:
            pen.line([(192, 590 + row * STEP - 14), (W - MARGIN, 590 + row * STEP - 14)], 2, LINE)
    if stage == 4:
        sentence(pen, poster)
    foot(pen, content["number"])
    return image.reduce(SCALE)


def card(poster: Poster) -> Image.Image:
    """The square beside a link's title."""
    image = Image.new("RGB", (CARD * SCALE, CARD * SCALE), poster.theme.ground)
    pen = Pen(image)
    pen.disc(CARD / 2, CARD / 2, 138, poster.theme.glow)
    zoom = 0.52
    ART[poster.art](pen.at(CARD / 2 - BOX / 2 * zoom, CARD / 2 - BOX / 2 * zoom, zoom))
    return image.reduce(SCALE)


def save_png(image: Image.Image, path: Path) -> None:
    """Few flat colours: the commonest keep their exact value, the shades of the edges go to the nearest.

    Pillow's own ``quantize`` looks colours up in coarse boxes, which turned white into grey.
    """
    shades = [shade for _, shade in sorted(image.getcolors(W * H) or [], reverse=True)]
    kept: list[tuple[int, ...]] = []
    for shade in shades:
        if len(kept) < PALETTE and all(distance(shade, other) > APART for other in kept):
            kept.append(shade)
    nearest = {shade: min(range(len(kept)), key=lambda i: distance(shade, kept[i])) for shade in shades}
    raw = image.tobytes()
    indices = bytes(map(nearest.__getitem__, zip(raw[::3], raw[1::3], raw[2::3], strict=True)))
    small = Image.frombytes("P", image.size, indices)
    small.putpalette([channel for shade in kept for channel in shade])
    small.save(path, optimize=True)


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def save_pdf(image: Image.Image, path: Path, title: str) -> None:
    """One A4 page to print, the poster within its margins."""
    page = Image.new("RGB", (1240, 1754), WHITE)
    small = image.resize((1140, 1520), Image.Resampling.LANCZOS)
    page.paste(small, (50, 117))
    fixed = time.struct_time((2026, 3, 1, 0, 0, 0, 6, 60, 0))
    page.save(path, resolution=150, quality=88, title=title, author=OFFICE, creationDate=fixed, modDate=fixed)


def save_clip(poster: Poster, content: dict[str, Any], path: Path, ffmpeg: str) -> None:
    """The poster as it builds up, silent, H.264, the number in sight from the first frame to the last."""
    stages = [draw(poster, content, n).resize(CLIP_SIZE, Image.Resampling.LANCZOS) for n in range(5)]
    frames: list[bytes] = []
    for number, seconds in enumerate(STAGES):
        before, after = stages[max(0, number - 1)], stages[number]
        for frame in range(round(seconds * FPS)):
            share = min(1.0, frame / (FADE * FPS)) if number else 1.0
            frames.append(Image.blend(before, after, share).tobytes())
    size = f"{CLIP_SIZE[0]}x{CLIP_SIZE[1]}"
    command = [
        ffmpeg,
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        size,
        "-r",
        str(FPS),
    ]
    command += ["-i", "-", "-c:v", "libx264", "-preset", "slow", "-crf", "26", "-pix_fmt", "yuv420p"]
    command += [
        "-movflags",
        "+faststart",
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-threads",
        "1",
        str(path),
    ]
    subprocess.run(command, input=b"".join(frames), check=True)


def make(folder: Path, poster: Poster, ffmpeg: str | None) -> None:
    """Every picture that the content's parts name."""
    content = yaml.safe_load((folder / "content.yaml").read_text("utf-8"))
    for part in content["parts"]:
        if "image" in part:
            save_png(draw(poster, content), folder / part["image"])
        elif "link" in part:
            save_png(card(poster), folder / part["link"]["thumbnail"])
        elif "file" in part:
            save_pdf(draw(poster, content), folder / part["file"], content["title"])
        elif "video" in part and ffmpeg:
            save_clip(poster, content, folder / part["video"], ffmpeg)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ids", nargs="*", help="which contents (default: all)")
    parser.add_argument("--ffmpeg", help="path of an ffmpeg, to make the clips too")
    options = parser.parse_args()
    for name, poster in POSTERS.items():
        if not options.ids or name in options.ids:
            make(CONTENT / name, poster, options.ffmpeg)
            print(name)


if __name__ == "__main__":
    main()
