"""The sample town: the same for everyone, and no group of parents is ever watched in it."""

from __future__ import annotations

import pytest

from bot.model.tree import Medium, Mode, Post, Use
from bot.roster.build import read_roster, roster_notes
from bot.sample import sample
from bot.sample.town import UNITS, VILLAGES, town_rows, town_tree

TREE = town_tree()


def test_the_roster_in_the_repository_is_the_generators_town() -> None:
    assert read_roster(sample().roster) == TREE


def test_the_town_has_the_places_that_its_manual_names() -> None:
    assert [n.name for n in TREE.children(TREE.root)] == [*VILLAGES, *UNITS]
    assert [g.name for g in TREE.groups_of[TREE.root.id]] == ["清河镇反诈宣传工作群", "清河镇反诈办工作组群"]
    assert len([n for n in TREE.nodes if n.level == "网格"]) == 60
    assert [n.path for n in TREE.nodes if TREE.is_hole(n)] == [
        "清河镇/上塘村/第20网格",
        "清河镇/杏花村/第34网格",
        "清河镇/新街社区/第49网格",
    ]
    grids = [TREE.by_path[f"清河镇/柳林村/第{n}网格"] for n in (12, 13)]
    assert {TREE.worker_by_id[n.people[Post.CONTACT]].name for n in grids} == {"周桂芳"}


def test_its_groups_are_of_every_kind_that_the_program_knows() -> None:
    resident = [g for g in TREE.groups if g.use is Use.RESIDENT]
    assert len(resident) == 200
    assert all(60 <= g.members <= 480 for g in resident)
    assert len([g for g in TREE.groups if g.use is Use.OUTLET]) == 2
    assert {g.medium for g in TREE.groups} == set(Medium)
    assert 20 <= len([g for g in resident if g.mode is Mode.DIRECT]) <= 40
    assert 20 <= len([g for g in resident if g.observe]) <= 40


def test_every_unit_has_a_work_group_and_all_four_persons() -> None:
    for unit in TREE.children(TREE.root):
        assert [g.use for g in TREE.groups_of[unit.id]].count(Use.WORK) == 1
        assert set(unit.people) == set(Post)
    assert {note.split("：")[1] for note in roster_notes(TREE)} == {"还没有群（空白点）"}


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_bot_is_in_no_group_of_parents(seed: int) -> None:
    for group in town_tree(seed=seed).groups:
        if "家长" in group.name or "学生家长" in group.audiences:
            assert not group.observe
            assert group.mode is Mode.RELAY
        assert not group.observe or (group.consent_by and group.consent_on)


@pytest.mark.parametrize("groups", [1, 7, 19, 20, 60, 199, 200, 201, 1_000, 3_000])
def test_a_town_of_any_size_has_exactly_so_many_resident_groups(groups: int) -> None:
    tree = town_tree(groups)
    assert len([g for g in tree.groups if g.use is Use.RESIDENT]) == groups


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    assert town_rows(seed=7) == town_rows(seed=7)
    assert town_rows(seed=7) != town_rows(seed=8)
    assert [row["群名称"] for row in town_rows(seed=7) if row.get("群类别") == "工作群"] == [
        row["群名称"] for row in town_rows(seed=8) if row.get("群类别") == "工作群"
    ]


def test_the_samples_files_are_found_from_a_checkout() -> None:
    paths = sample()
    assert paths.roster.is_file()
    assert paths.schedules.is_file()
    assert paths.library.is_dir()
