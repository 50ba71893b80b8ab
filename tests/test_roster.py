"""The roster: what an office's spreadsheet may look like, and what it is told when something is wrong."""

from __future__ import annotations

import functools
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.errors import ChuandaError, InputErrors
from bot.model.tree import Medium, Mode, Post, Tree, Use
from bot.roster.build import build, read_roster, roster_notes
from bot.roster.diff import RosterDiff, diff
from bot.roster.export import export_roster, write_rows
from bot.roster.fields import COLUMNS
from bot.roster.sheet import Cell
from bot.roster.words import mask, plain

Line = dict[str, Any]

TOWN: Line = {"层级": "镇", "单位": "清河镇", "群名称": "清河镇工作群", "群类别": "工作群", "联系人": "王敏"}
VILLAGE: Line = {
    "层级": "村居",
    "单位": "柳林村",
    "上级单位": "清河镇",
    "联系人": "何建国",
    "电话": "19900000001",
}
GRID: Line = {"层级": "网格", "单位": "第12网格", "上级单位": "柳林村", "群名称": "柳林一群", "群人数": 200}
HEADER_LETTERS = {column: "ABCDEFGHIJKLMNOPQR"[index] for index, column in enumerate(COLUMNS)}


def sheet(path: Path, lines: Sequence[Sequence[Any]], title: str = "名册") -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for line in lines:
        page.append(list(line))
    book.save(path)
    return path


def roster(folder: Path, *lines: Line) -> Path:
    """A roster with the header in line 1 and ``lines`` from line 2 on."""
    rows = [[line.get(column) for column in COLUMNS] for line in lines]
    return sheet(folder / "roster.xlsx", [COLUMNS, *rows])


def complaints(path: Path) -> list[str]:
    with pytest.raises(InputErrors) as refused:
        read_roster(path, shown=path.name)
    return str(refused.value).split("\n")


def tree_of(*lines: Line) -> Tree:
    return build(
        [
            {
                column: Cell(str(line.get(column, "")), f"名册!{HEADER_LETTERS[column]}{number}")
                for column in COLUMNS
            }
            for number, line in enumerate(lines, start=2)
        ]
    )


# --- what a roster says ---------------------------------------------------------------------------------------


def test_a_town_with_a_village_and_a_grid_is_read_as_a_tree(tmp_path: Path) -> None:
    tree = read_roster(roster(tmp_path, TOWN, VILLAGE, GRID))
    assert [(n.path, n.level, n.lo, n.hi) for n in tree.nodes] == [
        ("清河镇", "镇", 0, 2),
        ("清河镇/柳林村", "村居", 1, 2),
        ("清河镇/柳林村/第12网格", "网格", 2, 2),
    ]
    work, resident = tree.groups
    assert (work.use, work.medium, work.mode) == (Use.WORK, Medium.WECHAT, Mode.RELAY)
    assert (resident.name, resident.use, resident.members, resident.node) == (
        "柳林一群",
        Use.RESIDENT,
        200,
        3,
    )
    contact = tree.worker_by_id[tree.nodes[1].people[Post.CONTACT]]
    assert (contact.name, contact.unit, contact.phone) == ("何建国", "清河镇/柳林村", "19900000001")


def test_numbers_and_dates_come_as_a_person_would_have_typed_them(tmp_path: Path) -> None:
    observed = {
        **GRID,
        "群人数": 200.0,
        "观察": "是",
        "同意人": "村民代表会议",
        "同意日期": datetime(2026, 3, 1),  # noqa: DTZ001
        "联系人": "王　敏",
        "电话": 13800000000.0,
    }
    tree = read_roster(roster(tmp_path, TOWN, VILLAGE, observed))
    group = tree.groups[1]
    assert (group.members, group.observe, group.consent_on) == (200, True, date(2026, 3, 1))
    assert [(w.name, w.phone) for w in tree.workers if w.phone.startswith("138")] == [("王敏", "13800000000")]


@pytest.mark.parametrize("written", ["2026-03-01", "2026/3/1", "2026年3月1日", "2026.3.1", "20260301"])
def test_a_date_may_be_written_in_the_usual_ways(written: str) -> None:
    tree = tree_of(TOWN, VILLAGE, {**GRID, "同意日期": written, "同意人": "业主委员会"})
    assert tree.groups[1].consent_on == date(2026, 3, 1)


def test_a_title_above_the_header_empty_lines_and_a_foreign_first_sheet_do_not_matter(tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "填表说明"
    first["A1"] = "请按样例填"
    page = book.create_sheet("2026年")
    page.append(["清河镇反诈宣传名册"])
    page.append([])
    page.append(["序号", "层 级", "单位", "上级单位", "群名称", "备注"])
    page.append([1, "镇", "清河镇"])
    page.append([])
    page.append([2, "村居", "柳林村", "清河镇", "柳林一群", "新建"])
    book.save(tmp_path / "r.xlsx")
    assert [n.name for n in read_roster(tmp_path / "r.xlsx").nodes] == ["清河镇", "柳林村"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_offices_save(tmp_path: Path, encoding: str) -> None:
    text = "层级,单位,上级单位,群名称\n镇,清河镇,,\n村居,柳林村,清河镇,柳林一群\n村居,东河村,清河村,\n"
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    assert complaints(path) == ["roster.csv:4: 表里没有“清河村”这个单位；是不是“清河镇”"]
    path.write_bytes(text.replace("清河村", "清河镇").encode(encoding))
    assert len(read_roster(path).nodes) == 3


def test_lines_stand_in_any_order_and_children_keep_the_order_of_first_appearance() -> None:
    other = {"层级": "村居", "单位": "东河村", "上级单位": "清河镇"}
    tree = tree_of(GRID, other, VILLAGE, TOWN, {**GRID, "群名称": "柳林二群"})
    assert [n.name for n in tree.nodes] == ["清河镇", "东河村", "柳林村", "第12网格"]
    assert [g.name for g in tree.groups] == ["清河镇工作群", "柳林一群", "柳林二群"]


def test_a_parent_is_named_by_its_name_or_by_a_path_and_both_mean_one_node() -> None:
    east = {"层级": "村居", "单位": "东河村", "上级单位": "清河镇"}
    tree = tree_of(
        TOWN,
        VILLAGE,
        east,
        {"层级": "网格", "单位": "第1网格", "上级单位": "柳林村", "群名称": "甲"},
        {"层级": "网格", "单位": "第1网格", "上级单位": "清河镇/柳林村", "群名称": "乙"},
        {"层级": "网格", "单位": "第１网格", "上级单位": "东河村", "群名称": "丙"},
        {"层级": "小区", "单位": "桂园", "上级单位": "柳林村/第1网格", "群名称": "丁"},
        {"层级": "小区", "单位": "桂园", "上级单位": "清河镇／东河村／第1网格", "群名称": "戊"},
    )
    assert {g.name: tree.by_id[g.node].path for g in tree.groups[1:]} == {
        "甲": "清河镇/柳林村/第1网格",
        "乙": "清河镇/柳林村/第1网格",
        "丁": "清河镇/柳林村/第1网格/桂园",
        "丙": "清河镇/东河村/第１网格",
        "戊": "清河镇/东河村/第１网格/桂园",
    }


def test_a_node_may_have_its_parents_name_if_lines_name_it_by_the_whole_path() -> None:
    lines = [
        {"层级": "网格", "单位": "柳林村", "上级单位": "清河镇" + "/柳林村" * depth} for depth in range(1, 20)
    ]
    tree = tree_of(TOWN, *reversed(lines), VILLAGE)
    assert [n.path for n in tree.nodes] == ["清河镇" + "/柳林村" * depth for depth in range(21)]


def test_an_estate_with_its_villages_name_is_not_its_own_parent() -> None:
    tree = tree_of(TOWN, VILLAGE, {"层级": "小区", "单位": "柳林村", "上级单位": "柳林村"})
    assert [n.path for n in tree.nodes] == ["清河镇", "清河镇/柳林村", "清河镇/柳林村/柳林村"]


def test_an_outlet_is_offline_without_being_told_so() -> None:
    tree = tree_of(TOWN, {**VILLAGE, "群名称": "广场LED屏", "群类别": "线下阵地"})
    assert (tree.groups[1].medium, tree.groups[1].mode) == (Medium.OFFLINE, Mode.RELAY)


def test_audiences_stand_at_the_group_or_without_a_group_at_the_node() -> None:
    tree = tree_of(
        TOWN, {**VILLAGE, "受众": "老年人，个体工商户;财会人员"}, {**GRID, "受众": "老年人 留守妇女"}
    )
    assert tree.nodes[1].audiences == {"老年人", "个体工商户", "财会人员"}
    assert tree.groups[1].audiences == {"老年人", "留守妇女"}
    assert not tree.nodes[2].audiences


def test_one_name_in_a_unit_is_one_person_and_in_two_units_two() -> None:
    tree = tree_of(
        TOWN,
        VILLAGE,
        {**GRID, "联系人": "周桂芳"},
        {**GRID, "单位": "第13网格", "群名称": "柳林二群", "联系人": "周桂芳"},
        {"层级": "村居", "单位": "东河村", "上级单位": "清河镇", "联系人": "周桂芳"},
    )
    assert [(w.name, w.unit) for w in tree.workers if w.name == "周桂芳"] == [
        ("周桂芳", "清河镇/柳林村"),
        ("周桂芳", "清河镇/东河村"),
    ]


def test_the_bot_sits_in_work_groups_anyway_so_that_observing_one_needs_no_consent() -> None:
    tree = tree_of({**TOWN, "观察": "是"}, VILLAGE)
    assert tree.groups[0].observe is False


# --- what is refused, with the exact words --------------------------------------------------------------------

BROKEN: dict[str, tuple[list[Line], list[str]]] = {
    "a level nobody knows": (
        [TOWN, {**VILLAGE, "层级": "村"}, {**GRID, "层级": "大队"}],
        [
            "A3: 没有“村”这个层级；是不是“村居”",
            "A4: 没有“大队”这个层级；可以写：镇、街道、乡、村居、单位、社会组织、网格、部门、小区",
        ],
    ),
    "required cells left empty": (
        [TOWN, {**VILLAGE, "层级": None}, {**GRID, "单位": None}],
        ["A3: “层级”是空的；补上“层级”", "B4: “单位”是空的；补上“单位”"],
    ),
    "a parent that is not there": (
        [TOWN, {**VILLAGE, "上级单位": "清河"}, {**GRID, "上级单位": "马家湾"}],
        [
            "C3: 表里没有“清河”这个单位；是不是“清河镇”",
            "C4: 表里没有“马家湾”这个单位；先给它写一行，或改成表里有的单位",
        ],
    ),
    "two towns": (
        [TOWN, {**VILLAGE, "上级单位": None}],
        ["C3: “柳林村”没写上级单位，最上级已经有“清河镇”（B2）；补上它的上级单位"],
    ),
    "no town": (
        [VILLAGE],
        [
            "C2: 没有最上级的单位；镇街那一行的“上级单位”留空",
            "C2: 表里没有“清河镇”这个单位；先给它写一行，或改成表里有的单位",
        ],
    ),
    "a circle": (
        [
            TOWN,
            {"层级": "村居", "单位": "甲村", "上级单位": "丙村"},
            {"层级": "村居", "单位": "乙村", "上级单位": "甲村"},
            {"层级": "村居", "单位": "丙村", "上级单位": "乙村"},
        ],
        [
            "C3: 上级单位绕成了圈：“甲村”（C3） → “丙村”（C5） → “乙村”（C4） → “甲村”；把其中一个的上级单位改对"
        ],
    ),
    "its own parent": (
        [TOWN, {"层级": "村居", "单位": "甲村", "上级单位": "甲村"}],
        ["C3: 上级单位绕成了圈：“甲村”（C3） → “甲村”；把其中一个的上级单位改对"],
    ),
    "a parent's name that two nodes have": (
        [
            TOWN,
            VILLAGE,
            {**VILLAGE, "单位": "东河村", "联系人": None, "电话": None},
            {"层级": "网格", "单位": "第1网格", "上级单位": "柳林村"},
            {"层级": "网格", "单位": "第1网格", "上级单位": "东河村"},
            {"层级": "小区", "单位": "桂园", "上级单位": "第1网格"},
        ],
        ["C7: 有 2 个单位都叫“第1网格”，分不清是哪一个；写上它的上级，如 “柳林村/第1网格”、“东河村/第1网格”"],
    ),
    "parents that could be each other": (
        [
            TOWN,
            {"层级": "网格", "单位": "甲", "上级单位": "乙/甲"},
            {"层级": "网格", "单位": "乙", "上级单位": "甲/乙"},
        ],
        [
            "C3: 分不清“乙/甲”是哪一个单位；从镇街写起，一级一级用“/”连起来",
            "C4: 分不清“甲/乙”是哪一个单位；从镇街写起，一级一级用“/”连起来",
        ],
    ),
    "deeper than any office": (
        [TOWN, {**VILLAGE, "上级单位": "清河镇" + "/柳林村" * 40}],
        ["C3: 超过 30 层；检查上级单位是不是填错了"],
    ),
    "a slash in a name": (
        [TOWN, {**VILLAGE, "单位": "柳林/东河"}],
        ["B3: “柳林/东河”里有“/”；单位名称里不用“/”，上级写到“上级单位”"],
    ),
    "one name under one parent, two things": (
        [TOWN, {**VILLAGE, "单位类别": "村"}, {**VILLAGE, "层级": "单位", "单位类别": "企业"}],
        [
            "B4: “柳林村”的层级前后不一：B3 写的是“村居”，这里是“单位”；改成一样；真是两个单位，就改得不同名",
            "D4: “单位类别”前后不一：D3 写的是“村”，这里是“企业”；改成一样；真是两个单位，就改得不同名",
        ],
    ),
    "a group twice at one node, once in full-width letters": (
        [TOWN, VILLAGE, {**GRID, "群名称": "柳林 A群"}, {**GRID, "群名称": "柳林Ａ群"}],
        ["E5: “柳林Ａ群”写了两行（E4 已有）；删掉一行"],
    ),
    "a group at two nodes": (
        [TOWN, VILLAGE, GRID, {**GRID, "单位": "第13网格"}],
        ["E5: “柳林一群”写在了两个单位下面（E4 已有）；一个群只属于一个单位；真是两个群，就改得不一样"],
    ),
    "observed without consent": (
        [
            TOWN,
            VILLAGE,
            {**GRID, "观察": "是"},
            {**GRID, "群名称": "柳林二群", "观察": "是", "同意人": "群主"},
        ],
        [
            "J4: 要观察“柳林一群”，但没写同意人和同意日期；写上谁在哪天同意的；没征得同意就写“否”",
            "J5: 要观察“柳林二群”，但没写同意日期；写上谁在哪天同意的；没征得同意就写“否”",
        ],
    ),
    "students' parents observed": (
        [
            TOWN,
            VILLAGE,
            {**GRID, "观察": "是", "同意人": "家委会", "同意日期": "2026-03-01", "受众": "学生家长"},
            {**GRID, "群名称": "三（2）班通知群", "观察": "是", "同意人": "班主任", "同意日期": "2026-03-01"},
        ],
        [
            "J4: “柳林一群”像是学生或家长的群，不能观察；写“否”，由班主任或联系人报转发情况",
            "J5: “三（2）班通知群”像是学生或家长的群，不能观察；写“否”，由班主任或联系人报转发情况",
        ],
    ),
    "an outlet as if it were a chat": (
        [
            TOWN,
            {
                **VILLAGE,
                "群名称": "LED屏",
                "群类别": "线下阵地",
                "渠道": "微信",
                "方式": "直发",
                "群人数": 30,
                "观察": "是",
            },
            {**GRID, "渠道": "线下", "方式": "转发"},
        ],
        [
            "G3: 线下阵地的渠道不对；写“线下”，或把群类别改成“居民群”",
            "H3: 线下阵地没有群人数；这一格留空",
            "I3: 线下阵地不能直发；写“转发”，由人去张贴或播放",
            "J3: 线下阵地没有聊天，不能观察；写“否”",
            "G4: 聊天群的渠道不能是“线下”；写“微信”，或把群类别改成“线下阵地”",
        ],
    ),
    "words that are not on the list": (
        [TOWN, VILLAGE, {**GRID, "群类别": "业主群", "渠道": "钉钉", "方式": "群发", "观察": "可以"}],
        [
            "F4: “群类别”不能写“业主群”；可以写：工作群、居民群、线下阵地",
            "G4: “渠道”不能写“钉钉”；可以写：微信、企业微信、QQ、校信通、线下",
            "I4: “方式”不能写“群发”；可以写：转发、直发",
            "J4: “观察”不能写“可以”；可以写：是、否",
        ],
    ),
    "more members than a group can have": (
        [
            TOWN,
            VILLAGE,
            {**GRID, "群人数": 501},
            {**GRID, "群名称": "柳林QQ群", "渠道": "qq", "群人数": 5001},
            {**GRID, "群名称": "柳林二群", "群人数": "约200"},
            {**GRID, "群名称": "柳林三群", "群人数": 99.5},
        ],
        [
            "H4: 群人数“501”不对；写 0 到 500 的整数（微信群）",
            "H5: 群人数“5001”不对；写 0 到 5000 的整数（QQ群）",
            "H6: 群人数“约200”不对；写 0 到 500 的整数（微信群）",
            "H7: 群人数“99.5”不对；写 0 到 500 的整数（微信群）",
        ],
    ),
    "dates that are none": (
        [
            TOWN,
            VILLAGE,
            {**GRID, "同意日期": "2026-02-30"},
            {**GRID, "群名称": "柳林二群", "同意日期": "三月一号"},
        ],
        ["L4: 日期“2026-02-30”不对；写成 2026-03-01 这样", "L5: 日期“三月一号”不对；写成 2026-03-01 这样"],
    ),
    "phones are never shown in full, wherever they stand": (
        [
            TOWN,
            {**VILLAGE, "电话": "138000012345"},
            {**GRID, "联系人": "李四", "电话": "12345", "群人数": 13800001234},
            {**GRID, "群名称": "柳林二群", "单位": "第13网格", "上级单位": "柳林村13800001234"},
        ],
        [
            "R3: 电话 138****2345 不对；写 11 位手机号，或带区号的座机号",
            "H4: 群人数“138****1234”不对；写 0 到 500 的整数（微信群）",
            "R4: 电话 ****45 不对；写 11 位手机号，或带区号的座机号",
            "C5: 表里没有“柳林村138****1234”这个单位；先给它写一行，或改成表里有的单位",
        ],
    ),
    "a phone without a person": (
        [{**TOWN, "联系人": None, "电话": "13800001234"}],
        ["R2: 写了电话，没写联系人；补上联系人，或删掉电话"],
    ),
    "one name, two phones in one unit": (
        [TOWN, VILLAGE, {**GRID, "联系人": "何建国", "电话": "13900009999"}],
        [
            "R4: “何建国”的电话不同：R3 是 199****0001，这里是 139****9999；同名的两个人请加区别，如 王敏（东）"
        ],
    ),
    "two contacts for one node": (
        [TOWN, VILLAGE, {**GRID, "联系人": "周桂芳"}, {**GRID, "群名称": "柳林二群", "联系人": "张三"}],
        ["N5: “联系人”前后不一：N4 写的是“周桂芳”，这里是“张三”；同一个单位只写一个人，另一位写到“副联系人”"],
    ),
    "two people in one cell": (
        [TOWN, {**VILLAGE, "联系人": "何建国、周桂芳"}, {**GRID, "联系人": "张三 李四"}],
        [
            "N3: “联系人”写了不止一个人；一格只写一个人，第二个人写到“副联系人”",
            "N4: “联系人”写了不止一个人；一格只写一个人，第二个人写到“副联系人”",
        ],
    ),
    "formulas, hidden characters and endless names": (
        [
            TOWN,
            {**VILLAGE, "联系人": "@何建国", "副联系人": "何\u200b建国"},
            {**GRID, "群名称": "群" * 61, "受众": "+老年人"},
            {**GRID, "群名称": "柳林\n二群", "主要负责人": "何" * 21},
        ],
        [
            "N3: “@何建国”以“@”开头，会被当成公式；去掉开头的“@”",
            "O3: “何 建国”里有换行或看不见的字符；把这一格重新打一遍",
            "E4: “群名称”有 61 个字，太长；最多 60 个字",
            "M4: “+老年人”里有不能用的字符；写成“老年人、财会人员”这样",
            "E5: “柳林 二群”里有换行或看不见的字符；把这一格重新打一遍",
            "Q5: “主要负责人”有 21 个字，太长；最多 20 个字",
        ],
    ),
    "a group without a name": (
        [TOWN, VILLAGE, {**GRID, "群名称": None, "同意人": "群主"}],
        [
            "H4: 写了“群人数”，没写群名称；补上群名称，或把这一格清空",
            "K4: 写了“同意人”，没写群名称；补上群名称，或把这一格清空",
        ],
    ),
    "nothing below the header": ([], ["B1: 表头下面没有内容；一个群写一行"]),
    "the tree and the people are wrong at once": (
        [TOWN, {**VILLAGE, "上级单位": "清和镇"}, {**GRID, "联系人": "何建国", "电话": "13900009999"}, GRID],
        [
            "C3: 表里没有“清和镇”这个单位；是不是“清河镇”",
            "R4: “何建国”的电话不同：R3 是 199****0001，这里是 139****9999；同名的两个人请加区别，如 王敏（东）",
            "E5: “柳林一群”写了两行（E4 已有）；删掉一行",
        ],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_roster_is_told_by_cell_all_at_once(name: str, tmp_path: Path) -> None:
    lines, expected = BROKEN[name]
    assert complaints(roster(tmp_path, *lines)) == [f"roster.xlsx:名册!{line}" for line in expected]


HEADERS: dict[str, tuple[list[list[Any]], list[str]]] = {
    "a column nobody knows": (
        [["层级", "单位", "上级", "群名称", "星座"], ["镇", "清河镇"]],
        [
            "C1: 不认识的列“上级”；是不是“上级单位”",
            "E1: 不认识的列“星座”；删掉这一列，能用的列有：" + "、".join(COLUMNS),
        ],
    ),
    "a column twice": (
        [["层级", "单位", "上级单位", "群名称", "单 位"], ["镇", "清河镇"]],
        ["E1: “单位”这一列写了两遍（B1 也是）；删掉一列"],
    ),
    "columns missing": (
        [["清河镇名册"], ["层级", "单位"], ["镇", "清河镇"]],
        ["A2: 缺少“上级单位”这一列；补上“上级单位”这一列", "A2: 缺少“群名称”这一列；补上“群名称”这一列"],
    ),
    "no header at all": (
        [["清河镇", "柳林村"]],
        ["A1: 没有找到表头；在前 5 行里写一行列名：层级、单位、上级单位、群名称"],
    ),
    "a formula that failed": (
        [["层级", "单位", "上级单位", "群名称"], ["镇", "清河镇"], ["村居", "柳林村", "清河镇", "#REF!"]],
        ["D3: 公式出错了（#REF!）；改成直接写的文字"],
    ),
    "a formula never computed": (
        [["层级", "单位", "上级单位", "群名称"], ["镇", "清河镇"], ["村居", "=B2", "清河镇", "柳林群"]],
        ["B3: 公式还没有算出结果；用 Excel 打开再保存一次，或改成直接写的文字"],
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_sheet_without_the_right_columns_says_which(name: str, tmp_path: Path) -> None:
    lines, expected = HEADERS[name]
    path = sheet(tmp_path / "roster.xlsx", lines)
    assert complaints(path) == [f"roster.xlsx:名册!{line}" for line in expected]


def test_a_cell_that_is_empty_because_it_was_merged_is_told_to_be_split(tmp_path: Path) -> None:
    path = roster(tmp_path, TOWN, VILLAGE, GRID, {**GRID, "群名称": "柳林二群"})
    book = load_workbook(path)
    book["名册"].merge_cells("A4:A5")
    book["名册"].merge_cells("B4:B5")
    book.save(path)
    assert complaints(path) == [
        "roster.xlsx:名册!A5: “层级”是空的；合并单元格请拆开，每一行都写",
        "roster.xlsx:名册!B5: “单位”是空的；合并单元格请拆开，每一行都写",
    ]


# --- files that are not what they seem ------------------------------------------------------------------------


def _zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def _rewritten(folder: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A good roster whose parts went through ``change``."""
    with zipfile.ZipFile(roster(folder, TOWN, VILLAGE)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return _zip(folder / "roster.xlsx", parts)


def _bomb(folder: Path) -> Path:
    blanks = b" " * 50_000_000
    return _rewritten(folder, lambda name, data: data + blanks if "sheet1" in name else data)


def _many_entries(folder: Path) -> Path:
    return _zip(folder / "roster.xlsx", {f"{n}.xml": b"" for n in range(2_001)})


def _large_in_sum(folder: Path) -> Path:
    noise = bytes(range(256)) * 40 + b"\n"
    chunk = b"".join(noise[n % 200 :] for n in range(1_300))
    return _zip(folder / "roster.xlsx", {f"{n}.xml": chunk for n in range(6)})


def _entity(folder: Path) -> Path:
    return _rewritten(
        folder,
        lambda name, data: (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + data if "sheet1" in name else data
        ),
    )


def _entity_in_utf16(folder: Path) -> Path:
    return _rewritten(
        folder,
        lambda name, data: (
            '<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16") if "sheet1" in name else data
        ),
    )


def _torn(folder: Path) -> Path:
    path = roster(folder, TOWN, VILLAGE)
    path.write_bytes(path.read_bytes()[:-400])
    return path


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return write


def _encrypted(folder: Path) -> Path:
    path = roster(folder, TOWN, VILLAGE)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    path.write_bytes(bytes(data))
    return path


SAVE_AS = "用 Excel 或 WPS 打开，“另存为” .xlsx"
RESAVE = "新建一个表格，只粘贴内容，另存为 .xlsx"
TOO_LARGE = f"roster.xlsx:1: 表格展开后大得不正常，不打开；{RESAVE}"
DTD = f"roster.xlsx:1: 表格里夹着不该有的内容（DTD），不打开；{RESAVE}"


def _many_sheets(folder: Path) -> Path:
    book = Workbook()
    for _ in range(30):
        book.create_sheet()
    book.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a zip bomb": (_bomb, TOO_LARGE),
    "thousands of parts": (_many_entries, TOO_LARGE),
    "small parts that are large together": (_large_in_sum, TOO_LARGE),
    "a sheet for every day": (_many_sheets, "roster.xlsx:1: 工作表超过 30 张；只留名册这一张"),
    "an external entity": (_entity, DTD),
    "an entity in UTF-16": (_entity_in_utf16, DTD),
    "a torn file": (_torn, f"roster.xlsx:1: 不是 xlsx 表格，或者文件坏了；{SAVE_AS}"),
    "no spreadsheet": (
        _bytes("roster.xlsx", b"hello"),
        f"roster.xlsx:1: 不是 xlsx 表格，或者文件坏了；{SAVE_AS}",
    ),
    "another zip": (
        lambda folder: _zip(folder / "roster.xlsx", {"a.txt": b"a"}),
        "roster.xlsx:1: 表格坏了，打不开；用 Excel 或 WPS 打开，“另存为”一个新的 .xlsx",
    ),
    "a password": (_encrypted, f"roster.xlsx:1: 表格加了密码；去掉密码，{SAVE_AS}"),
    "a password, as Excel sets it": (
        _bytes("roster.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        f"roster.xlsx:1: 表格加了密码，或者其实是旧格式 .xls；去掉密码，{SAVE_AS}",
    ),
    "an old workbook": (_bytes("roster.xls", b"x"), f"roster.xls:1: .xls 是旧格式，读不了；{SAVE_AS}"),
    "macros": (_bytes("roster.xlsm", b"x"), f"roster.xlsm:1: 带宏的表格不收；{SAVE_AS}"),
    "a document": (_bytes("roster.docx", b"x"), "roster.docx:1: 不是表格文件；用 .xlsx 或 .csv 文件"),
    "an empty file": (_bytes("roster.csv", b""), "roster.csv:1: 文件是空的；照样例填好再用"),
    "too large a file": (
        _bytes("roster.csv", b"a" * 20_000_001),
        "roster.csv:1: 文件超过 20 MB；名册里只留文字，删掉图片",
    ),
    "no file": (
        lambda folder: folder / "roster.xlsx",
        "roster.xlsx:1: 找不到或打不开这个文件；检查路径和文件名",
    ),
    "Unicode text": (
        _bytes("roster.csv", "层级,单位".encode("utf-16")),
        "roster.csv:1: 不是 UTF-8 或 GB18030 编码；另存为“CSV UTF-8”，或直接用 .xlsx",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_honest_roster_is_refused_before_it_is_opened(name: str, tmp_path: Path) -> None:
    make, expected = FILES[name]
    assert complaints(make(tmp_path)) == [expected]


def test_a_sheet_that_lies_about_its_size_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    def huge(name: str, data: bytes) -> bytes:
        return (
            data.replace(b'<dimension ref="A1:R3"', b'<dimension ref="A1:XFD1048576"')
            if "sheet1" in name
            else data
        )

    assert len(read_roster(_rewritten(tmp_path, huge)).nodes) == 2


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1000000", "名册!A1000000: 超过 100000 行；分成几个镇街，各用一份名册"),
        ("9999999999", f"名册!A1: 表格的行号不正常；{RESAVE}"),
    ],
)
def test_a_line_far_below_all_others_does_not_hang_the_program(
    row: str, expected: str, tmp_path: Path
) -> None:
    def far(name: str, data: bytes) -> bytes:
        line = f'<row r="{row}"><c r="A{row}"><v>1</v></c></row></sheetData>'
        return data.replace(b"</sheetData>", line.encode()) if "sheet1" in name else data

    assert complaints(_rewritten(tmp_path, far)) == [f"roster.xlsx:{expected}"]


@pytest.mark.parametrize(
    "filling",
    [
        b"<c " * 300_000,
        b"<c " + b'r="A1" ' * 140_000,
        b'<c r="A1"><f>' * 70_000,
        b'<mergeCell ref="A1:BH99999"/>' * 30_000,
    ],
    ids=["cells", "coordinates", "formulas", "merged ranges"],
)
def test_a_sheet_made_to_keep_the_program_busy_does_not(filling: bytes, tmp_path: Path) -> None:
    def stuffed(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"</worksheet>", b"<!--" + filling + b"--></worksheet>")
            if "sheet1" in name
            else data
        )

    assert len(read_roster(_rewritten(tmp_path, stuffed)).nodes) == 2


@functools.cache
def _a_good_roster() -> bytes:
    """The same bytes all through: a spreadsheet carries the second at which it was made."""
    with tempfile.TemporaryDirectory() as folder:
        return roster(Path(folder), TOWN, VILLAGE).read_bytes()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_makes_a_traceback(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(_a_good_roster())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6)):
        whole[at] ^= data.draw(st.integers(1, 255))
    path = folder / "roster.xlsx"
    path.write_bytes(bytes(whole))
    try:
        read_roster(path)
    except InputErrors as refused:
        assert "roster.xlsx" in str(refused)


# --- writing, comparing, advising -----------------------------------------------------------------------------


def test_an_exported_roster_reads_back_to_the_same_tree(tmp_path: Path) -> None:
    tree = tree_of(
        TOWN,
        {**VILLAGE, "单位类别": "村", "受众": "老年人、果农", "副联系人": "马志强", "分管领导": "陈国强"},
        {**VILLAGE, "单位": "东河村", "联系人": "何建国", "电话": "0571-87654321"},
        {"层级": "网格", "单位": "第1网格", "上级单位": "东河村"},
        {
            "层级": "网格",
            "单位": "第1网格",
            "上级单位": "柳林村",
            "群名称": "柳林😀群",
            "渠道": "QQ",
            "方式": "直发",
        },
        {
            "层级": "小区",
            "单位": "桂园",
            "上级单位": "柳林村/第1网格",
            "群名称": "桂园LED屏",
            "群类别": "线下阵地",
        },
        {
            **GRID,
            "观察": "是",
            "同意人": "群主",
            "同意日期": "2026-03-01",
            "受众": "老年人",
            "联系人": "何建国",
        },
    )
    export_roster(tree, tmp_path / "out.xlsx")
    again = read_roster(tmp_path / "out.xlsx")
    assert again == tree
    assert [w.phone for w in again.workers] == [w.phone for w in tree.workers]


def test_text_that_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    write_rows([{**TOWN, "群名称": '=HYPERLINK("http://x")', "联系人": "@王敏"}], tmp_path / "out.xlsx")
    page = load_workbook(tmp_path / "out.xlsx")["名册"]
    assert (page["E2"].data_type, page["E2"].quotePrefix) == ("s", True)
    assert (page["N2"].data_type, page["N2"].value) == ("s", "@王敏")


def test_a_roster_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(ChuandaError, match="先关掉，再试一次"):
        export_roster(tree_of(TOWN), tmp_path / "nowhere" / "out.xlsx")


def test_the_office_sees_what_a_new_roster_changes() -> None:
    second = {**GRID, "群名称": "柳林二群"}
    school = {"层级": "单位", "单位": "清河中学", "上级单位": "清河镇", "群名称": "教工群"}
    old = tree_of(TOWN, VILLAGE, GRID, second, school)
    new = tree_of(
        TOWN,
        VILLAGE,
        GRID,
        {**second, "单位": "第13网格"},
        {**school, "群名称": "清河中学教工群"},
        {**GRID, "单位": "第14网格", "群名称": "水电13800001234群"},
    )
    assert diff(old, new) == RosterDiff(
        added=("水电138****1234群（清河镇/柳林村/第14网格）",),
        renamed=("教工群 → 清河中学教工群（清河镇/清河中学）",),
        moved=("柳林二群（清河镇/柳林村/第12网格 → 清河镇/柳林村/第13网格）",),
        removed=(),
    )
    assert diff(new, old).removed == ("水电138****1234群（清河镇/柳林村/第14网格）",)
    assert not diff(old, old)
    assert diff(None, new).added[0] == "清河镇工作群（清河镇）"
    assert len(diff(None, new).added) == len(new.groups)


def test_two_groups_gone_and_one_come_are_not_taken_for_a_new_name() -> None:
    two = tree_of(TOWN, VILLAGE, GRID, {**GRID, "群名称": "柳林二群"})
    one = tree_of(TOWN, VILLAGE, {**GRID, "群名称": "柳林新群"})
    assert (diff(two, one).renamed, len(diff(two, one).removed), len(diff(two, one).added)) == ((), 2, 1)


def test_notes_name_holes_and_nodes_nobody_answers_for() -> None:
    tree = tree_of(
        {"层级": "镇", "单位": "清河镇"},
        {"层级": "村居", "单位": "东河村", "上级单位": "清河镇"},
        VILLAGE,
        GRID,
    )
    assert roster_notes(tree) == [
        "清河镇：没有联系人，上级也没有",
        "清河镇/东河村：还没有群（空白点）",
        "清河镇/东河村：没有联系人，上级也没有",
        "清河镇/柳林村/第12网格：没有联系人，先由上级的联系人负责",
        "清河镇/柳林村/第12网格：“柳林一群”要人转发，但上面没有工作群",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800001234", "138****1234"),
        ("139 0000 1234", "139****1234"),
        ("0571-87654321", "057****4321"),
        ("87654321", "****21"),
        ("2026-02-30", "2026-02-30"),
        ("找小李13800001234，急", "找小李138****1234，急"),
        ("第12网格", "第12网格"),
    ],
)
def test_a_phone_is_masked_wherever_it_is_quoted(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_phone_is_not_in_what_python_prints_of_a_tree() -> None:
    assert "19900000001" not in repr(tree_of(TOWN, VILLAGE))
    assert mask("+86 138-0000-1234") == "861****1234"
