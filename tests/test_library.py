"""The content library: what a folder may hold, and the exact words when something in it is wrong."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from bot.errors import InputErrors
from bot.library import LiveLibrary, load_content, load_library
from bot.model.content import ContentId, PartKind

NUMBER = "反诈宣〔2026〕001号"


def png(width: int = 1080, height: int = 1440) -> bytes:
    head = struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + head + b"\0" * 64


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0" * 64


def jpeg(width: int, height: int, before: bytes = b"\xff\xe0\x00\x04ab\xff\xd0") -> bytes:
    return b"\xff\xd8" + before + b"\xff\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\0" * 64


MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 64
GOOD = f"title: 刷单返利\nnumber: {NUMBER}\nparts:\n  - text: text.md\n  - image: poster.png\n"
FILES: dict[str, bytes] = {"text.md": "先垫钱的刷单，就是骗局\n".encode(), "poster.png": png()}


def write(root: Path, sheet: str = GOOD, files: dict[str, bytes] | None = None, name: str = "001") -> Path:
    folder = root / "content" / name
    folder.mkdir(parents=True)
    (folder / "content.yaml").write_text(sheet, "utf-8")
    for file, data in {**FILES, **(files or {})}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)
    return folder


def complaints(root: Path) -> list[str]:
    with pytest.raises(InputErrors) as refused:
        load_library(root / "content")
    return str(refused.value).split("\n")


def test_a_folder_becomes_a_content(tmp_path: Path) -> None:
    sheet = """\
title: 刷单返利
number: 反诈宣〔2026〕001号
topics: [刷单返利]
audiences: [老年人, 学生家长]
source: 清河镇反诈办
valid_from: 2026-03-01
valid_until: 2026-06-30
parts:
  - text: text.md
  - link: {url: "https://www.gov.cn/a", title: 卡片, description: 说明, thumbnail: poster.png}
    main: true
  - image: 图/海报.jpg
  - video: clip.mp4
  - file: 一张纸.pdf
  - mini_program: {appid: wx1, title: 小程序, page: pages/index, username: gh_1}
  - channels: {title: 一个视频, author: 清河发布}
"""
    files = {"图/海报.jpg": jpeg(1080, 1440), "clip.mp4": MP4, "一张纸.pdf": b"%PDF-1.7"}
    folder = write(tmp_path, sheet, files)
    content = load_content(folder)
    assert (content.id, content.title, content.number) == ("001", "刷单返利", NUMBER)
    assert content.topics == {"刷单返利"}
    assert content.audiences == {"老年人", "学生家长"}
    assert (content.valid_from, content.valid_until) == (date(2026, 3, 1), date(2026, 6, 30))
    assert [part.kind for part in content.parts] == [
        PartKind.TEXT, PartKind.LINK, PartKind.IMAGE, PartKind.VIDEO, PartKind.FILE, PartKind.MINI_PROGRAM,
        PartKind.CHANNELS,
    ]  # fmt: skip
    assert content.main == 1
    assert sum(part.main for part in content.parts) == 1
    assert content.parts[0].text == "先垫钱的刷单，就是骗局"
    assert content.parts[1].thumbnail == folder / "poster.png"
    assert content.parts[2].path == folder / "图/海报.jpg"
    assert content.parts[3].size == len(MP4)
    assert load_library(tmp_path / "content").contents == {"001": content}


@pytest.mark.parametrize(
    ("parts", "main"),
    [
        (["text: text.md", "image: poster.png"], 1),
        (["video: clip.mp4", "text: text.md"], 1),
        (["video: clip.mp4", "file: paper.pdf"], 0),
        (["text: text.md", "link: {url: 'https://www.gov.cn/', title: 卡片}", "image: poster.png"], 1),
        (["text: text.md\n    main: true", "image: poster.png"], 0),
    ],
)
def test_the_main_part_is_the_marked_one_else_picture_or_link_else_text(
    tmp_path: Path, parts: list[str], main: int
) -> None:
    sheet = "title: 样例\nparts:\n" + "".join(f"  - {part}\n" for part in parts)
    assert load_content(write(tmp_path, sheet, {"clip.mp4": MP4, "paper.pdf": b"%PDF"})).main == main


def test_a_text_from_notepad_is_read_as_it_looks(tmp_path: Path) -> None:
    notepad = b"\xef\xbb\xbf" + "第一行\r\n\r\n第三行\r\n\r\n".encode()
    assert load_content(write(tmp_path, files={"text.md": notepad})).parts[0].text == "第一行\n\n第三行"


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", png(3, 2)), ("a.gif", gif(3, 2)), ("a.jpg", jpeg(3, 2)), ("A.JPEG", jpeg(3, 2, b""))],
)
def test_pictures_of_three_kinds_are_taken(tmp_path: Path, name: str, data: bytes) -> None:
    sheet = f"title: 样例\nparts:\n  - image: {name}\n"
    assert load_content(write(tmp_path, sheet, {name: data})).parts[0].size == len(data)


@dataclass
class Broken:
    """A content that cannot be, and every line that its author is told."""

    about: str
    told: list[str]
    sheet: str = GOOD
    files: dict[str, bytes] = field(default_factory=dict)


def _part(line: str) -> str:
    return f"title: 样例\nparts:\n  - {line}\n"


AT = "content/001/content.yaml"
KINDS = "text、image、video、file、link、mini_program、channels"
HERE = "把文件放进 content/001，这里只写文件名"
BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
BROKEN = [
    Broken("标题没写", [f"{AT}:1:1: 缺少“title”；补上“title:”"], "parts:\n  - text: text.md\n"),
    Broken("标题空着", [f"{AT}:1:7: 缺少“title”；补上“title:”"], "title:\nparts:\n  - text: text.md\n"),
    Broken(
        "标题太长",
        [f"{AT}:1:8: “{'长' * 29}…”有 41 个字；缩到 40 个字以内"],
        f"title: {'长' * 41}\nparts:\n  - text: text.md\n",
    ),
    Broken(
        "编号写错",
        [f"{AT}:2:9: 编号“反诈宣[2026]1号”的写法不对；写成 反诈宣〔2026〕001号"],
        GOOD.replace(NUMBER, "反诈宣[2026]1号"),
    ),
    Broken(
        "不认识的词",
        [f"{AT}:2:9: 不认识“topcs”；是不是“topics”"],
        "title: 样例\ntopcs:  [刷单]\nparts:\n  - text: text.md\n",
    ),
    Broken("不认识的一段", [f"{AT}:3:5: 这一段没有写发什么；写上 {KINDS} 中的一样"], _part("main: false")),
    Broken("不认识的种类", [f"{AT}:3:12: 不认识“imgae”；是不是“image”"], _part("imgae: poster.png")),
    Broken(
        "一段两样",
        [f"{AT}:3:5: 这一段同时写了 text、image；一段只写一样，另一样另起一段"],
        _part("text: text.md\n    image: poster.png"),
    ),
    Broken(
        "没有写明",
        [f"{AT}:3:5: 这一段没有写明是什么；写成“- text: text.md”或“- image: poster.png”这样"],
        _part("text.md"),
    ),
    Broken(
        "没有内容",
        [f"{AT}:2:8: parts 里什么也没有；至少写一段，如“- text: text.md”"],
        "title: 样例\nparts: []\n",
    ),
    Broken("没有 parts", [f"{AT}:1:1: 缺少“parts”；补上“parts:”"], "title: 样例\n"),
    Broken(
        "段数太多",
        [f"{AT}:3:3: parts 写了 21 段，每段都是一条消息；最多 20 段"],
        "title: 样例\nparts:\n" + "  - text: text.md\n" * 21,
    ),
    Broken(
        "两个 main",
        [f"{AT}:6:11: 第 1 段已经是主要的一段；只留一个 main: true，转发了它就算转到"],
        _part("text: text.md\n    main: true\n  - image: poster.png\n    main: true"),
    ),
    Broken(
        "日期颠倒",
        [f"{AT}:3:14: 有效期到 2026-03-01，早于开始的 2026-04-01；把两个日期对调，或改一个"],
        "title: 样例\nvalid_from: 2026-04-01\nvalid_until: 2026-03-01\nparts:\n  - text: text.md\n",
    ),
    Broken(
        "日期写成数字",
        [f"{AT}:2:13: “20260401”不是日期；写成 2026-03-12 这样"],
        "title: 样例\nvalid_from: 20260401\nparts:\n  - text: text.md\n",
    ),
    Broken(
        "网址不完整",
        [f"{AT}:3:17: “www.gov.cn/a”不是完整的网址；从浏览器里整条复制，以 https:// 开头"],
        _part("link: {url: www.gov.cn/a, title: 卡片}"),
    ),
    Broken(
        "文件名写错", [f"{AT}:3:12: 没有“postr.png”这个文件；是不是“poster.png”"], _part("image: postr.png")
    ),
    Broken(
        "没有这个文件",
        [f"{AT}:3:12: 没有“附件”这个文件；文件夹里有：poster.png、text.md"],
        _part("video: 附件"),
    ),
    Broken(
        "上一层",
        [f"{AT}:3:11: “../other/text.md”不在这条内容的文件夹里；{HERE}"],
        _part("text: ../other/text.md"),
    ),
    Broken(
        "绝对路径", [f"{AT}:3:11: “/etc/passwd”不在这条内容的文件夹里；{HERE}"], _part("text: /etc/passwd")
    ),
    Broken(
        "Windows 上一层", [f"{AT}:3:11: “..\\a.md”不在这条内容的文件夹里；{HERE}"], _part("text: ..\\a.md")
    ),
    Broken("盘符", [f"{AT}:3:11: “C:\\a.md”不在这条内容的文件夹里；{HERE}"], _part("text: C:\\a.md")),
    Broken(
        "看不见的字符",
        [f"{AT}:3:11: 文件名是空的或有看不见的字符；写文件夹里的文件名，如 text.md"],
        _part('text: "text\\0.md"'),
    ),
    Broken(
        "文件夹当文件",
        [f"{AT}:3:11: “图”不是文件；写文件名，不写文件夹名"],
        _part("text: 图"),
        {"图/a.png": png()},
    ),
    Broken(
        "空文件",
        [f"{AT}:3:12: “poster.png”是空文件；换成有内容的文件，或删掉这一段"],
        _part("image: poster.png"),
        {"poster.png": b""},
    ),
    Broken(
        "不是 UTF-8",
        ["content/001/text.md:2: 不是 UTF-8 编码；用记事本“另存为”，编码选 UTF-8"],
        files={"text.md": "第一行\n".encode() + "先垫钱".encode("gb18030")},
    ),
    Broken(
        "正文太长",
        ["content/001/text.md:2: 正文有 2,004 个字，从这一行起超出；缩到 2,000 个字以内，或分成两段"],
        files={"text.md": f"第一\n{'长' * 2001}".encode()},
    ),
    Broken(
        "正文大得多",
        ["content/001/text.md:1: 正文文件有 300 KB；一条消息最多 2,000 个字，长文做成文件或链接"],
        files={"text.md": b"a" * 300_000},
    ),
    Broken(
        "正文没有字",
        ["content/001/text.md:1: 正文里没有字；写上要发的话，或删掉这一段"],
        files={"text.md": " \n\u200b\n——\n".encode()},
    ),
    Broken(
        "控制字符",
        ["content/001/text.md:2: 这一行有看不见的控制字符；删掉这一行，重新打一遍"],
        files={"text.md": b"a\nb\0c"},
    ),
    Broken(
        "图片不是图片",
        [f"{AT}:3:12: “poster.png”不是 PNG、JPEG 或 GIF 图片；用画图打开，另存为 PNG"],
        _part("image: poster.png"),
        {"poster.png": b"<html>not found</html>"},
    ),
    Broken(
        "图片只剩半截",
        [f"{AT}:3:12: “poster.png”不是 PNG、JPEG 或 GIF 图片；用画图打开，另存为 PNG"],
        _part("image: poster.png"),
        {"poster.png": png()[:20]},
    ),
    Broken(
        "图片炸弹",
        [f"{AT}:3:12: “poster.png”有 60000×60000 个像素，手机打不开；改到宽 1080 左右，再保存"],
        _part("image: poster.png"),
        {"poster.png": png(60_000, 60_000)},
    ),
    Broken(
        "扩展名不对",
        [f"{AT}:3:12: “poster.png”其实是 JPEG 图片；把文件名改成“poster.jpg”"],
        _part("image: poster.png"),
        {"poster.png": jpeg(3, 2)},
    ),
    Broken(
        "图片太大",
        [f"{AT}:3:12: “poster.png”有 11 MB，超过 10 MB；用画图把图片改小，再保存"],
        _part("image: poster.png"),
        {"poster.png": png() + b"\0" * 10_000_000},
    ),
    Broken(
        "视频不是视频",
        [f"{AT}:3:12: “clip.mp4”不是 MP4 视频；用剪辑软件导出成 MP4，文件名以 .mp4 结尾"],
        _part("video: clip.mp4"),
        {"clip.mp4": png()},
    ),
    Broken(
        "缩略图不是图片",
        [f"{AT}:3:61: “text.md”不是 PNG、JPEG 或 GIF 图片；用画图打开，另存为 PNG"],
        _part("link: {url: 'https://www.gov.cn/', title: 卡, thumbnail: text.md}"),
    ),
    Broken(
        "全都不对",
        [
            f"{AT}:1:1: 缺少“title”；补上“title:”",
            f"{AT}:1:9: 编号“一号”的写法不对；写成 反诈宣〔2026〕001号",
            f"{AT}:3:11: 没有“tex.md”这个文件；是不是“text.md”",
            f"{AT}:4:12: 没有“poster.jpg”这个文件；是不是“poster.png”",
            f"{AT}:10:11: 没有“b.md”这个文件；文件夹里有：poster.png、text.md",
        ],
        "number: 一号\nparts:\n  - text: tex.md\n  - image: poster.jpg\n" + "\n" * 5 + "  - text: b.md\n",
    ),
    Broken(
        "YAML 缩进",
        [f"{AT}:2:7: YAML 格式不对；检查缩进（用空格）、冒号后的空格和引号"],
        "title: 样例\n parts:\n",
    ),
    Broken("空的 yaml", [f"{AT}:1: “content.yaml”是空文件；换成有内容的文件，或删掉这一段"], ""),
    Broken(
        "YAML 炸弹",
        [f"{AT}:1:8: 展开后内容太多或嵌套太深；不要用 & 和 * 反复引用，直接写出来"],
        BOMB,
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=[broken.about for broken in BROKEN])
def test_the_author_is_told_exactly(tmp_path: Path, broken: Broken) -> None:
    write(tmp_path, broken.sheet, broken.files)
    started = time.perf_counter()
    assert complaints(tmp_path) == broken.told
    assert time.perf_counter() - started < 1


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = write(tmp_path, _part("text: secret.md"))
    (tmp_path / "secret.md").write_text("密码")
    (folder / "secret.md").symlink_to(tmp_path / "secret.md")
    assert complaints(tmp_path) == [f"{AT}:3:11: “secret.md”是指向文件夹外面的链接；把文件本身复制进来"]


def test_a_link_inside_the_folder_is_a_file_like_others(tmp_path: Path) -> None:
    folder = write(tmp_path, _part("text: same.md"))
    (folder / "same.md").symlink_to(folder / "text.md")
    assert load_content(folder).parts[0].text == "先垫钱的刷单，就是骗局"


def test_links_in_a_circle_and_pipes_do_not_hold_the_program(tmp_path: Path) -> None:
    folder = write(tmp_path, _part("text: round.md\n  - text: pipe.md"))
    (folder / "round.md").symlink_to(folder / "round.md")
    os.mkfifo(folder / "pipe.md")
    assert complaints(tmp_path) == [
        f"{AT}:3:11: 没有“round.md”这个文件；文件夹里有：poster.png、text.md",
        f"{AT}:4:11: “pipe.md”不是文件；写文件名，不写文件夹名",
    ]


@pytest.mark.parametrize("name", ["001 刷单", "a.b", "长" * 65, "001（副本）"])
def test_the_folder_is_the_id(tmp_path: Path, name: str) -> None:
    write(tmp_path, name=name)
    told = f"content/{name}: 文件夹名不能用；只用字母、数字、汉字、- 和 _，不超过 64 个字"
    assert complaints(tmp_path) == [told]


def test_every_folder_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, name="001")
    write(tmp_path, name="002")
    write(tmp_path, GOOD.replace("title: 刷单返利\n", "").replace("001号", "003号"), name="003")
    (tmp_path / "content/004").mkdir()
    (tmp_path / "content/.git").mkdir()
    (tmp_path / "content/说明.txt").write_text("不是内容")
    assert complaints(tmp_path) == [
        "content/002/content.yaml:2:9: 编号“反诈宣〔2026〕001号”和“001”重复；每条内容用自己的编号",
        "content/003/content.yaml:1:1: 缺少“title”；补上“title:”",
        "content/004/content.yaml:1: 没有“content.yaml”这个文件；把文件放进 content/004",
    ]


def test_a_library_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = f"{tmp_path}/content: 没有这个内容文件夹；新建它，或用 --library 指到放内容的文件夹"
    assert complaints(tmp_path) == [told]
    live = LiveLibrary(tmp_path / "content")
    assert not live.refresh().contents
    assert [str(problem) for problem in live.broken] == [told]


CHANGES: dict[str, Callable[[str], tuple[str, dict[str, bytes]]]] = {
    "标题": lambda s: (s.replace("刷单返利", "刷单返现"), {}),
    "编号": lambda s: (s.replace("001号", "002号"), {}),
    "主题": lambda s: (s + "topics: [刷单]\n", {}),
    "受众": lambda s: (s + "audiences: [老年人]\n", {}),
    "有效期": lambda s: (s + "valid_until: 2026-06-30\n", {}),
    "正文一个字": lambda s: (s, {"text.md": "先垫钱的刷单，都是骗局\n".encode()}),
    "图片一个字节": lambda s: (s, {"poster.png": png()[:-1] + b"\1"}),
    "图片换名": lambda s: (s.replace("poster", "hb"), {"hb.png": png()}),
    "多一段": lambda s: (s + "  - text: text.md\n", {}),
    "顺序": lambda s: (s.split("parts")[0] + "parts:\n  - image: poster.png\n  - text: text.md\n", {}),
    "主要的一段": lambda s: (s.replace("text.md", "text.md\n    main: true"), {}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_would_be_sent_otherwise_has_another_digest(tmp_path: Path, change: str) -> None:
    sheet, files = CHANGES[change](GOOD)
    before = load_content(write(tmp_path / "a"))
    after = load_content(write(tmp_path / "b", sheet, files))
    assert len(before.digest) == 64
    assert before.digest != after.digest


@pytest.mark.parametrize(
    "sheet",
    [
        "# 备注\n" + GOOD,
        GOOD + "source: 别处\n",
        GOOD.replace("poster.png", "poster.png\n    main: true"),
        GOOD.replace("title: 刷单返利", 'title: "刷单返利"'),
    ],
    ids=["备注", "来源", "本来就是主要的", "引号"],
)
def test_what_changes_nothing_that_is_sent_keeps_the_approval(tmp_path: Path, sheet: str) -> None:
    assert load_content(write(tmp_path / "a")).digest == load_content(write(tmp_path / "b", sheet)).digest


def test_tags_in_another_order_are_the_same_tags(tmp_path: Path) -> None:
    one = load_content(write(tmp_path / "a", GOOD + "topics: [刷单, 贷款]\n"))
    other = load_content(write(tmp_path / "b", GOOD + "topics: [贷款, 刷单]\n"))
    assert one.digest == other.digest


def test_a_broken_folder_stops_only_itself_until_it_is_mended(tmp_path: Path) -> None:
    write(tmp_path)
    second = write(tmp_path, GOOD.replace("001号", "002号"), name="002")
    live = LiveLibrary(tmp_path / "content")
    assert list(live.refresh().contents) == ["001", "002"]
    (second / "poster.png").unlink()
    assert list(live.refresh().contents) == ["001"]
    told = "content/002/content.yaml:5:12: 没有“poster.png”这个文件；文件夹里有：text.md"
    assert [str(problem) for problem in live.broken] == [told]
    assert live.current_digest(ContentId("002")) is None
    (second / "poster.png").write_bytes(png())
    assert list(live.refresh().contents) == ["001", "002"]
    assert not live.broken


def test_an_untouched_library_stays_the_same_value(tmp_path: Path) -> None:
    write(tmp_path)
    live = LiveLibrary(tmp_path / "content")
    before = live.refresh()
    assert live.refresh() is before


def test_a_changed_file_is_noticed_before_the_next_refresh(tmp_path: Path) -> None:
    folder = write(tmp_path)
    live = LiveLibrary(tmp_path / "content")
    before = live.refresh().contents[ContentId("001")]
    assert live.current_digest(before.id) == before.digest
    (folder / "text.md").write_text("换了一句话", "utf-8")
    after = live.current_digest(before.id)
    assert after not in (None, before.digest)
    assert live.refresh().contents[before.id].digest == after


def test_a_file_swapped_with_its_old_date_is_noticed(tmp_path: Path) -> None:
    folder = write(tmp_path)
    live = LiveLibrary(tmp_path / "content")
    before = live.refresh().contents[ContentId("001")]
    status = (folder / "poster.png").stat()
    time.sleep(0.02)
    (folder / "poster.png").write_bytes(png()[:-1] + b"\1")
    os.utime(folder / "poster.png", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert live.current_digest(before.id) not in (None, before.digest)


def test_a_folder_that_is_gone_has_no_digest(tmp_path: Path) -> None:
    folder = write(tmp_path)
    live = LiveLibrary(tmp_path / "content")
    live.refresh()
    folder.rename(tmp_path / "elsewhere")
    assert live.current_digest(ContentId("001")) is None
    assert live.current_digest(ContentId("../elsewhere")) is None
    assert not live.refresh().contents


def test_a_copy_with_the_same_number_does_not_push_out_the_first(tmp_path: Path) -> None:
    write(tmp_path)
    live = LiveLibrary(tmp_path / "content")
    live.refresh()
    write(tmp_path, name="001-copy")
    assert list(live.refresh().contents) == ["001"]
    assert len(live.broken) == 1
