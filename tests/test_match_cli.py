"""`chuanda match`: messages in, verdicts out, one line each; what cannot be read is told and stops nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.sample import sample

LIBRARY = sample().library
TEXT = (LIBRARY / "001-shuadan" / "text.md").read_text("utf-8")


@pytest.fixture
def match(chuanda: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Answers to messages; their files are looked for in ``tmp_path``."""

    def ask(*messages: dict[str, Any]) -> Any:
        file = tmp_path / "messages.jsonl"
        file.write_text("\n".join(json.dumps(m, ensure_ascii=False) for m in messages), "utf-8")
        return chuanda("match", "--library", LIBRARY, file)

    return ask


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def test_every_message_is_answered_in_its_order(match: Callable[..., Any]) -> None:
    answer = match(
        {"id": "a", "type": "text", "text": f"@所有人 大家看看\n{TEXT}"},
        {"id": 7, "type": "text", "text": "今天停水吗"},
        {"id": None, "type": "sticker"},
        {"id": "d", "type": "text", "text": "反诈宣〔2026〕001号都转了吗"},
    )
    assert answer.code == 0
    first, second, third, fourth = lines(answer)
    assert first == {
        "id": "a", "verdict": "repost", "contents": [{"id": "001-shuadan", "score": 1.0, "how": "exact"}],
    }  # fmt: skip
    assert second == {"id": 7, "verdict": "none", "contents": []}
    assert third == {"id": None, "verdict": "none", "contents": []}
    assert fourth["verdict"] == "ask" and fourth["contents"][0]["how"] == "number"


def test_a_wrong_number_is_told_as_the_reason(match: Callable[..., Any]) -> None:
    (told,) = lines(match({"id": 1, "type": "text", "text": TEXT.replace("001号", "002号")}))
    assert told["verdict"] == "repost"
    (hit,) = told["contents"]
    assert hit["id"] == "001-shuadan"
    assert hit["reason"] == "正文是这一条，编号却写着反诈宣〔2026〕002号"


def test_files_are_found_beside_the_messages(match: Callable[..., Any], tmp_path: Path) -> None:
    whole = Image.open(LIBRARY / "001-shuadan" / "poster.png").convert("RGB")
    whole.resize((whole.width // 2, whole.height // 2)).save(tmp_path / "small.jpg", quality=40)
    (tmp_path / "same.png").write_bytes((LIBRARY / "002-kefu" / "poster.png").read_bytes())
    (tmp_path / "改名.mp4").write_bytes((LIBRARY / "003-gongjianfa" / "clip.mp4").read_bytes())
    told = lines(
        match(
            {"id": 1, "type": "image", "path": "small.jpg"},
            {"id": 2, "type": "file", "path": "same.png"},
            {"id": 3, "type": "video", "path": "改名.mp4"},
            {
                "id": 4,
                "type": "history",
                "items": [{"type": "text", "text": "看"}, {"type": "image", "path": "small.jpg"}],
            },
        )
    )
    found = [(one["verdict"], [(hit["id"], hit["how"]) for hit in one["contents"]]) for one in told]
    assert found == [
        ("repost", [("001-shuadan", "picture")]),
        ("repost", [("002-kefu", "hash")]),
        ("repost", [("003-gongjianfa", "hash")]),
        ("repost", [("001-shuadan", "picture")]),
    ]


def test_what_a_picture_shows_decides_and_not_its_name(match: Callable[..., Any], tmp_path: Path) -> None:
    small = Image.open(LIBRARY / "001-shuadan" / "poster.png").convert("RGB").reduce(2)
    small.save(tmp_path / "反诈宣〔2026〕002号.jpg")
    Image.effect_noise((400, 500), 60).convert("RGB").save(tmp_path / "反诈宣〔2026〕003号.jpg")
    ours, strange = lines(
        match(
            {"id": 1, "type": "image", "path": "反诈宣〔2026〕002号.jpg"},
            {"id": 2, "type": "image", "path": "反诈宣〔2026〕003号.jpg"},
        )
    )
    assert [hit["id"] for hit in ours["contents"]] == ["001-shuadan"]
    assert ours["contents"][0]["reason"] == "图是这一条，文件名却写着反诈宣〔2026〕002号"
    assert (strange["verdict"], strange["contents"][0]["how"]) == ("ask", "number")


def test_what_cannot_be_decoded_is_none_with_a_line_on_stderr(
    match: Callable[..., Any], tmp_path: Path
) -> None:
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    (tmp_path / "bomb.png").write_bytes(bomb.getvalue())
    (tmp_path / "cut.png").write_bytes((LIBRARY / "001-shuadan" / "poster.png").read_bytes()[:20_000])
    (tmp_path / "text.png").write_text("这不是图片", "utf-8")
    (tmp_path / "empty.png").write_bytes(b"")
    names = ("bomb.png", "cut.png", "text.png", "empty.png", "missing.png", "../..", "a\0b")
    answer = match(*({"id": name, "type": "image", "path": name} for name in names))
    assert answer.code == 0
    assert [one["verdict"] for one in lines(answer)] == ["none"] * len(names)
    assert len(answer.err.splitlines()) == len(names)
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "不是 JSON"),
        ("[]", "不是 JSON 对象"),
        ('{"type": "text"}', "缺 id"),
        ('{"id": 1}', "type 不能是 null"),
        ('{"id": 1, "type": "poke"}', 'type 不能是 "poke"'),
        ('{"id": 1, "type": "text", "text": 5}', "text 不是文字"),
        ('{"id": 1, "type": "history", "items": "x"}', "items 不是一组消息"),
    ],
)
def test_a_wrong_line_is_named(chuanda: Callable[..., Any], tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "m.jsonl").write_text(f'{{"id": 0, "type": "text", "text": "好"}}\n{line}\n', "utf-8")
    answer = chuanda("match", "--library", LIBRARY, tmp_path / "m.jsonl")
    assert answer.code == 2 and answer.out == ""
    assert "m.jsonl:2" in answer.err and what in answer.err


def test_a_library_that_is_not_there_and_nesting_without_end(
    chuanda: Callable[..., Any], tmp_path: Path, match: Callable[..., Any]
) -> None:
    (tmp_path / "m.jsonl").write_text("", "utf-8")
    assert chuanda("match", "--library", tmp_path / "none", tmp_path / "m.jsonl").code == 2
    inner: dict[str, Any] = {"type": "text", "text": TEXT}
    for _ in range(200):
        inner = {"type": "history", "items": [inner]}
    assert [one["verdict"] for one in lines(match({"id": 1, **inner}))] == ["none"]
