"""One entry changed in the text of schedules.yaml: what is another is that entry, and not a character besides."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ChuandaError, InputErrors
from bot.schedules import edit
from bot.schedules.load import parse_schedules
from bot.service import scheduling
from bot.service.scheduling import ChangedMeanwhile, read_settings, with_entry, without_entry
from bot.yamlfile import parse_yaml

SAMPLE = (Path(__file__).parent.parent / "schedules.yaml").read_text("utf-8")
OURS = ("campaigns", 0, "entries")
NEW = {"id": "新的", "cron": "0 9 * * 1", "what": {"topics": ["反诈热线"]}}
LOOSE = """\
# 说明
entries:
- id: a            # 第一条
  # 为什么是九点
  cron: 0 9 * * *
  what:
    topics:        # 主题
      - 甲
      - 乙
  urgent: yes      # 急

# 第二条的说明
- cron: "0 10 * * *"
  what: {rotate: all}
# 结尾
"""


def diff(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize(
    ("text", "loc", "values", "lines"),
    [
        (SAMPLE, (*OURS, 0), {"cron": "0 9 * * *"}, ['-        cron: "0 8 * * *"', '+        cron: "0 9 * * *"']),
        (
            SAMPLE,
            (*OURS, 1),
            {"dates": None, "cron": "0 9 * * *", "urgent": None},
            ["-        dates: [2026-03-12 12:00]", '+        cron: "0 9 * * *"', "-        urgent: true"],
        ),
        (
            SAMPLE,
            (*OURS, 3),
            {"days": None, "to": {"audiences": ["财会人员", "a: b"]}, "enabled": False},
            [
                "-        days: workdays               # 调休上班也算工作日",
                "-        to: {audiences: [财会人员]}",
                '+        to: {audiences: [财会人员, "a: b"]}',
                "+        enabled: false",
            ],
        ),
        (LOOSE, ("entries", 0), {"urgent": None}, ["-  urgent: yes      # 急"]),
        (LOOSE, ("entries", 0), {"cron": "0 8 * * *"}, ["-  cron: 0 9 * * *", '+  cron: "0 8 * * *"']),
        (LOOSE, ("entries", 0), {"what": {"topics": ["乙"]}}, ["-      - 甲"]),
        (LOOSE, ("entries", 0), {"what": {"topics": ["乙", "丙"]}}, ["-      - 甲", "+      - 丙"]),
        (
            LOOSE,
            ("entries", 0),
            {"what": {"rotate": "all"}},
            ["-    topics:        # 主题", "-      - 甲", "-      - 乙", "+    rotate: all    # 主题"],
        ),
        (
            LOOSE,
            ("entries", 1),
            {"id": "b", "cron": None, "dates": ["2026-03-12 08:00"]},
            ['-- cron: "0 10 * * *"', '+- dates: ["2026-03-12 08:00"]', "+  id: b"],
        ),
    ],
)  # fmt: skip
def test_only_the_lines_of_what_changes_are_others(
    text: str, loc: tuple[Any, ...], values: dict[str, Any], lines: list[str]
) -> None:
    after = edit.changed(text, loc, values)
    assert sorted(diff(text, after)) == sorted(lines)
    parse_schedules(after, "x")


def test_a_key_behind_the_dash_gives_its_place_to_the_next() -> None:
    text = 'entries:\n  - deadline: 4h\n    cron: "0 8 * * *"\n    what: {rotate: all}\n'
    assert edit.changed(text, ("entries", 0), {"deadline": None}).startswith('entries:\n  - cron: "0 8')


def test_a_comment_between_two_keys_stays_when_one_of_them_goes() -> None:
    text = """\
entries:
  - deadline: 4h
    # 八点有人
    cron: "0 8 * * *"   # 每天
    what:
      topics: [甲]
      # 一次两条
      pick: 2
    urgent: true
    # 结尾
"""
    values = {"deadline": None, "cron": None, "dates": ["2026-03-12 08:00"], "what": {"ids": ["x"]}}
    after = edit.changed(text, ("entries", 0), values)
    assert after.split("\n")[2:] == [
        "    # 八点有人",
        '    dates: ["2026-03-12 08:00"] # 每天',
        "    what:",
        "      ids: [x]",
        "      # 一次两条",
        "    urgent: true",
        "    # 结尾",
        "",
    ]


@pytest.mark.parametrize(
    "what",
    [
        "{topics: [甲],  # 一个\n      pick: 2}",
        "{topics: [甲, 乙], pick: 2}",
        "\n      topics:\n        - 甲\n        # 第二个\n        - 乙",
    ],
)
@pytest.mark.parametrize("wanted", [{"topics": ["乙"]}, {"rotate": "all"}])
def test_rather_than_lose_a_comment_nothing_is_changed(what: str, wanted: dict[str, Any]) -> None:
    text = f'entries:\n  - cron: "0 8 * * *"\n    what: {what}\n'
    if "#" in what:
        with pytest.raises(ChuandaError, match="直接改"):
            edit.changed(text, ("entries", 0), {"what": wanted})
    else:
        assert edit.changed(text, ("entries", 0), {"what": wanted}) != text


@pytest.mark.parametrize("name", ["yes", "012", "1.5", "null", "a: b", "甲 # 乙", "*", '"', "\U0001f600"])
def test_a_name_is_read_as_it_was_typed(name: str) -> None:
    after = edit.changed(
        "entries: [\n{cron: 0 8 * * *, what: {rotate: all}}]\n", ("entries", 0), {"id": name}
    )
    assert parse_yaml(after, "x").value["entries"][0]["id"] == name


@pytest.mark.parametrize("place", range(4))
def test_an_entry_goes_with_its_lines_and_no_comment_of_another(place: int) -> None:
    after = edit.removed(SAMPLE, (*OURS, place))
    gone = diff(SAMPLE, after)
    assert all(line.startswith("-") for line in gone) and not any(
        line.startswith("-      #") for line in gone
    )
    before = parse_schedules(SAMPLE, "x").schedules.all_entries()
    left = parse_schedules(after, "x").schedules.all_entries()
    assert [e for e, _ in left] == [e for n, (e, _) in enumerate(before) if n != place]


def test_the_words_before_the_next_entry_stay_with_it() -> None:
    assert "# 第二条的说明\n- cron" in edit.removed(LOOSE, ("entries", 0))
    assert edit.removed(LOOSE, ("entries", 1)).endswith("# 第二条的说明\n# 结尾\n")


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        LOOSE,
        LOOSE.rstrip("\n"),
        'entries: [{cron: "0 8 * * *", what: {rotate: all}}]\n',
        "entries: []  # 还没有\n",
        "entries:\nchannel: manual\n",
        "channel: manual  # 完",
        "{channel: manual}\n",
        "{channel: manual, entries: []}\n",
    ],
)
def test_a_new_one_is_the_last_and_the_rest_stays(text: str) -> None:
    after = edit.added(text, None, NEW)
    there = iter(after)
    assert all(character in there for character in text)  # nothing but put in
    before, then = (parse_schedules(t, "x").schedules.all_entries() for t in (text, after))
    new = [e for e, campaign in then if e.id == "新的" and campaign is None]
    assert len(new) == 1 and len(then) == len(before) + 1


def test_of_a_campaign_too() -> None:
    after = edit.added(SAMPLE, 0, NEW)
    assert [line for line in diff(SAMPLE, after) if line.strip("+")] == [
        "+      - id: 新的", '+        cron: "0 9 * * 1"', "+        what: {topics: [反诈热线]}",
    ]  # fmt: skip
    bare = "campaigns:\n  - name: 甲\n    from: 2026-01-01\n    to: 2026-12-31   # 年底\n"
    assert edit.added(bare, 0, NEW).startswith(bare + "    entries:\n      - id: 新的\n")
    assert edit.added(
        bare.replace("\n    ", ", ").replace("- name", "- {name").replace("   # 年底", "}"), 0, NEW
    )


@pytest.mark.parametrize("place", range(2))
def test_entries_on_one_line_lose_only_theirs(place: int) -> None:
    items = [
        '{id: a, cron: "0 8 * * *", what: {rotate: all}}',
        '{id: b, cron: "0 9 * * *", what: {rotate: all}}',
    ]
    text = f"entries: [{', '.join(items)}]  # 两条\n"
    assert edit.removed(text, ("entries", place)) == f"entries: [{items[1 - place]}]  # 两条\n"
    changed = edit.changed(text, ("entries", place), {"cron": "30 8 * * *"})
    assert items[1 - place] in changed and '"30 8 * * *"' in changed and "# 两条" in changed


@pytest.mark.parametrize(
    "text",
    [
        'entries:\n  - &a {cron: "0 8 * * *", what: {rotate: all}, id: a}\n  - *a\n',
        'entries:\n  - id: a\n    cron: &c "0 8 * * *"\n    what: {rotate: all}\n  - id: b\n    cron: *c\n    what: {ids: [x]}\n',
        "entries:\n  - id: a\n    what: {rotate: all}\n    cron: >-\n      0 8 * * *\n",
        "entries:\n  - id: a\n    cron: '0 8 * * *'\n    what: &w {rotate: all}\n  - id: b\n    cron: '0 9 * * *'\n    what: *w\n",
    ],
)
def test_what_stands_for_something_elsewhere_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises((ChuandaError, InputErrors)):
        settings = read_settings(path)
        id = settings.schedules.all_entries()[-1][0].id
        with_entry(settings, id, "", {"cron": "0 10 * * *", "what": {"ids": ["y"]}})
    assert path.read_text("utf-8") == text


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_file_keeps_its_line_ends_mark_and_rights(tmp_path: Path, kind: str, mark: str) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_bytes((mark + SAMPLE.replace("\n", kind)).encode())
    path.chmod(0o640)
    scheduling.write(with_entry(read_settings(path), "morning", "", {"cron": "0 9 * * *"}))
    wanted = (mark + SAMPLE.replace('"0 8 * * *"', '"0 9 * * *"', 1).replace("\n", kind)).encode()
    assert path.read_bytes() == wanted and path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["schedules.yaml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "schedules.yaml"
    real.write_text(SAMPLE, "utf-8")
    link.symlink_to(real)
    scheduling.write(without_entry(read_settings(link), "elder"))
    assert link.is_symlink() and "elder" not in real.read_text("utf-8")


def test_what_somebody_else_wrote_since_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text(SAMPLE, "utf-8")
    proposed = without_entry(read_settings(path), "elder")
    path.write_text(SAMPLE + "# 谁加的一行\n", "utf-8")
    with pytest.raises(ChangedMeanwhile):
        scheduling.write(proposed)
    assert path.read_text("utf-8") == SAMPLE + "# 谁加的一行\n" and [
        one.name for one in tmp_path.iterdir()
    ] == ["schedules.yaml"]


def test_what_would_not_be_a_schedule_is_refused_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text(SAMPLE, "utf-8")
    settings = read_settings(path)
    with pytest.raises(InputErrors):
        with_entry(settings, "morning", "", {"cron": "0 23 * * *"})
    with pytest.raises(ChuandaError, match="已经不在设置文件里"):
        without_entry(settings, "gone")
    with pytest.raises(ChuandaError, match="行动已经不在"):
        with_entry(settings, "", "没有的行动", NEW)
