"""Links, files, videos, voices and cards that are no repost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.corpus.case import Case
from tests.corpus.held.desk import Desk, other, text
from tests.corpus.held.frames import AFTER, BEFORE
from tests.corpus.held.media import FILES, MINI_PROGRAMS, OTHER_LINKS, VIDEOS, document, mp4

_FILE_NAMES = (
    "新建 DOCX 文档.docx", "附件1.pdf", "1.pdf", "会议签到表.xlsx", "核桃苗领取名单.xlsx", "医保缴费操作指南.pdf", "停水通知.doc",
    "四年级期中成绩.xlsx", "森林防火宣传稿.docx", "反诈工作台账（11月）.xlsx", "村务公开第三期.pdf", "课件.pptx", "租房合同.doc", "扫描件_20261103.pdf",
)  # fmt: skip
_VIDEO_NAMES = (
    "坝坝舞排练.mp4",
    "樱桃沟航拍.mp4",
    "孩子背课文.mp4",
    "video.mp4",
    "mmexport1731.mp4",
    "交通安全动画片.mp4",
    "防火宣传片.mp4",
)
_OTHER_PROGRAMS = (
    ("wx3a7c9e10b5d2f846", "pages/quiz/rank.html", "竞答排行榜"),
    ("wx3a7c9e10b5d2f846", "pages/quiz/start.html?set=3", "云溪安全生产答题·第三期"),
    ("wx81f0d4b62ce97a35", "pages/story/view.html?story=112", "有声故事：三打白骨精"),
    ("wx0b6d3f9a7715ce28", "pages/index/index.html", "邻里团购"),
    ("wx5f20c8d914ab7e63", "pages/pay/water.html", "云溪水费缴纳"),
    ("wx7e4410fa2c9bd358", "pages/game/home.html", "欢乐斗地主"),
    ("wx2d9ac5718be604f3", "pages/vote/detail.html?id=88", "最美教师评选投票"),
)
_OTHER_CHANNELS = (
    ("樱桃沟的樱桃红了，欢迎来摘", "云溪融媒"), ("反诈民警小罗比赛得了第二名", "云溪反诈"), ("石桥乡老幺方言说笑话第二集", "石桥乡融媒"),
    ("三分钟学会红烧排骨", "老饭骨小厨"), ("冬季行车注意结冰路段", "云溪公安"), ("赶场天的豆花饭", "乡村日记"), ("八十岁老人唱山歌", "云溪反诈"),
)  # fmt: skip


def media_others(desk: Desk) -> Iterator[Case]:
    yield from _links(desk)
    yield from _files(desk)
    yield from _videos(desk)
    yield from _cards(desk)


def _links(desk: Desk) -> Iterator[Case]:
    rng = desk.rng
    for card in desk.around(OTHER_LINKS, 80):
        url = card.url + rng.choice(("", "&from=timeline" if "?" in card.url else ""))
        shown = {"type": "link", "url": url, "title": card.title, "description": card.description}
        yield other("link", "another article", shown)
    for card in desk.around(OTHER_LINKS, 40):
        said = rng.choice(
            (f"{rng.choice(BEFORE)}{card.url}", f"{card.title} {card.url}", f"{card.url} {rng.choice(AFTER)}")
        )
        yield other("link", "another url in a text", text(said))
    for card in desk.around(OTHER_LINKS, 30):
        shown = {"type": "link", "url": "", "title": card.title, "description": card.description}
        yield other("card", "another card", shown)


def _sent(desk: Desk, name: str, data: bytes) -> Mapping[str, Any]:
    kind = {".mp4": "video", ".mp3": "audio", ".amr": "audio"}.get(Path(name).suffix, "file")
    return {"type": kind, "path": desk.file(name, data)}


def _files(desk: Desk) -> Iterator[Case]:
    rng = desk.rng
    for name in desk.around(_FILE_NAMES, 45):
        yield other(
            "file", "another file", _sent(desk, name, document(name, rng, rng.randint(3_000, 40_000)))
        )
    for place in desk.around(range(len(FILES)), 24):
        ours = FILES[place][0]
        size = (desk.out / "library" / f"file-{place}" / ours).stat().st_size
        name = rng.choice([name for name in _FILE_NAMES if name.endswith(Path(ours).suffix)] or ["附件.zip"])
        yield other("file", "same size", _sent(desk, name, document(name, rng, size)))
    for _ in range(desk.count(20)):
        name = rng.choice(("语音.amr", "录音003.mp3", "喇叭试音.mp3"))
        head = b"#!AMR\n" if name.endswith("amr") else b"ID3\x03\0\0\0"
        yield other("file", "voice", _sent(desk, name, head + rng.randbytes(rng.randint(500, 5_000))))


def _videos(desk: Desk) -> Iterator[Case]:
    rng = desk.rng
    for name in desk.around(_VIDEO_NAMES, 35):
        yield other(
            "video",
            "another video",
            _sent(desk, name, mp4(_another_duration(desk), rng, rng.randint(8_000, 50_000))),
        )
    for place in desk.around(range(len(VIDEOS)), 20):
        ours = desk.out / "library" / f"video-{place}" / VIDEOS[place][0]
        frame = len(mp4(0, rng, 0))
        made = mp4(_another_duration(desk), rng, ours.stat().st_size - frame)
        yield other("video", "same size", _sent(desk, rng.choice(_VIDEO_NAMES), made))


def _another_duration(desk: Desk) -> int:
    """At least three seconds from any of the library's."""
    while True:
        found = desk.rng.randint(5_000, 240_000)
        if all(abs(found - ours) > 3_000 for _, _, ours in VIDEOS):
            return found


def _cards(desk: Desk) -> Iterator[Case]:
    for appid, page, title in desk.around(_OTHER_PROGRAMS, 30):
        yield other(
            "card",
            "another mini-program",
            {"type": "mini_program", "appid": appid, "page": page, "title": title},
        )
    for appid, page, title in desk.around(MINI_PROGRAMS, 10):
        told = {
            "type": "mini_program",
            "appid": f"wx{appid[:1:-1]}",
            "page": page.replace("pages", "pkg"),
            "title": f"{title[2:]}攻略",
        }
        yield other("card", "another mini-program", told)
    for title, author in desk.around(_OTHER_CHANNELS, 30):
        yield other("card", "another channels", {"type": "channels", "title": title, "description": author})
