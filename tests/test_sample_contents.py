"""The sample library is what an office would really send: it loads, passes the lint, and shows its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from bot.approval.lint import findings
from bot.library import load_library
from bot.model.content import Content, PartKind

CONTENT = Path(__file__).parent.parent / "content"
LINKS = ("gov.cn", "mp.weixin.qq.com")
TOPICS = {
    "001-shuadan": "刷单返利",
    "002-kefu": "冒充客服退款",
    "003-gongjianfa": "冒充公检法",
    "004-wangdai": "虚假网贷",
    "005-touzi": "虚假投资",
    "006-lingdao": "冒充领导熟人",
    "007-yanglao": "养老诈骗",
    "008-youxi": "游戏交易",
    "009-liangka": "两卡",
    "010-gouwu": "网络购物",
    "011-jiaoyou": "网络交友",
    "012-96110": "反诈热线",
}
SEAL, SEAL_RED = (72, 1302, 173, 1403), (181, 34, 27)


@pytest.fixture(scope="module")
def contents() -> dict[str, Content]:
    return {str(key): content for key, content in load_library(CONTENT).contents.items()}


def parts(contents: dict[str, Content], kind: PartKind) -> list[tuple[Content, Path]]:
    return [(c, p.path) for c in contents.values() for p in c.parts if p.kind is kind and p.path]


def shades(picture: Image.Image) -> set[object]:
    return {shade for _, shade in picture.getcolors(1080 * 1440) or []}


def test_the_library_has_twelve_kinds_of_fraud_with_their_numbers(contents: dict[str, Content]) -> None:
    assert {key: set(c.topics) for key, c in contents.items()} == {k: {t} for k, t in TOPICS.items()}
    assert [contents[key].number for key in TOPICS] == [f"反诈宣〔2026〕{n:03d}号" for n in range(1, 13)]


def test_only_what_is_for_a_special_group_names_an_audience(contents: dict[str, Content]) -> None:
    special = {key: set(c.audiences) for key, c in contents.items() if c.audiences}
    assert special == {"006-lingdao": {"财会人员"}, "007-yanglao": {"老年人"}, "008-youxi": {"学生家长"}}


@pytest.mark.parametrize("key", TOPICS)
def test_the_lint_has_nothing_to_say(contents: dict[str, Content], key: str) -> None:
    assert list(findings(contents[key], LINKS)) == []


@pytest.mark.parametrize("key", TOPICS)
def test_a_text_is_short_signed_and_tells_where_to_ask(contents: dict[str, Content], key: str) -> None:
    content = contents[key]
    text = next(part.text for part in content.parts if part.kind is PartKind.TEXT)
    lines = text.strip().splitlines()
    assert lines[-1] == f"{content.number} · 清河镇反诈办 · 咨询劝阻 96110"
    assert 120 <= len(re.sub(r"\s", "", text)) <= 260
    assert max(map(len, lines)) <= 40
    assert sum(line.startswith("第") for line in lines) == 3
    assert sum(line.startswith("记住：") for line in lines) == 1
    assert re.search(r"(?<!\d)110(?!\d)", text)


def test_four_cards_show_the_number_in_their_title(contents: dict[str, Content]) -> None:
    cards = [(c, p) for c in contents.values() for p in c.parts if p.kind is PartKind.LINK]
    assert len(cards) == 4
    for content, part in cards:
        assert content.number in part.title
        assert part.description
        assert part.thumbnail is not None
    assert len({part.url for _, part in cards}) == 4


def test_the_main_part_is_the_poster_else_the_link_else_the_text(contents: dict[str, Content]) -> None:
    main = {key: c.parts[c.main].kind for key, c in contents.items()}
    expected = dict.fromkeys(TOPICS, PartKind.IMAGE)
    expected |= {"005-touzi": PartKind.LINK, "009-liangka": PartKind.LINK, "011-jiaoyou": PartKind.TEXT}
    assert main == expected


def test_posters_have_a_phones_size_and_red_only_in_the_seal(contents: dict[str, Content]) -> None:
    posters = parts(contents, PartKind.IMAGE)
    assert len(posters) == 9
    for content, path in posters:
        assert path.stat().st_size < 150_000, content.id
        with Image.open(path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (1080, 1440))
            rgb = picture.convert("RGB")
        assert rgb.getpixel((1040, 1020)) == (255, 255, 255), content.id
        assert SEAL_RED in shades(rgb.crop(SEAL)), content.id
        rgb.paste((255, 255, 255), SEAL)
        assert SEAL_RED not in shades(rgb), content.id


def test_two_short_clips_and_one_page_to_print(contents: dict[str, Content]) -> None:
    clips, pages = parts(contents, PartKind.VIDEO), parts(contents, PartKind.FILE)
    assert [c.id for c, _ in clips] == ["003-gongjianfa", "007-yanglao"]
    for _, path in clips:
        data = path.read_bytes()
        assert data[4:8] == b"ftyp" and b"avc1" in data[:4096] and len(data) <= 400_000
    ((content, page),) = pages
    assert page.name == f"{content.number}.pdf"
    assert page.read_bytes().count(b"/Type /Page\n") == 1
