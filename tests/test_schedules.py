"""schedules.yaml: what the office may write, and exactly what it is told when it writes something else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InputErrors
from bot.model.ledger import Evidence
from bot.model.time import TZ
from bot.model.tree import Group, GroupId, Node, NodeId, Post, Tree, Use
from bot.schedules.fields import Window, parse_duration
from bot.schedules.load import LoadedSchedules, cross_check, load_schedules
from bot.schedules.model import Schedules

ROOT = Path(__file__).parent.parent
ONE_ENTRY = 'entries: [{cron: "0 8 * * *", what: {rotate: all}}]\n'
CRON_HELP = '五栏依次是分 时 日 月 星期，"0 8 * * *" 是每天 8 点'


def loaded(tmp_path: Path, text: str) -> LoadedSchedules:
    path = tmp_path / "schedules.yaml"
    path.write_text(text, "utf-8")
    return load_schedules(path, "schedules.yaml")


def complaints(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InputErrors) as refused:
        loaded(tmp_path, text)
    return str(refused.value).split("\n")


def entry(text: str) -> str:
    return f"entries:\n  - {{{text}}}\n"


def test_a_file_with_one_entry_works_and_everything_else_has_a_default(tmp_path: Path) -> None:
    schedules = loaded(tmp_path, ONE_ENTRY).schedules
    [(only, campaign)] = schedules.all_entries()
    assert campaign is None
    assert only.what.rotate == ("*",)
    assert (only.misfire, only.days, only.to.node, only.to.outlets) == ("same_day", "every", "", "campaign")
    assert schedules.hours.send == Window(time(7, 30), time(21))
    assert schedules.hours.remind == Window(time(8, 30), time(18))
    assert schedules.deadlines.of("村居") == timedelta(hours=4)
    assert (schedules.pacing.seconds, schedules.pacing.daily) == (4, 400)
    assert [(step.to, step.after) for step in schedules.escalation] == [
        (Post.IN_CHARGE, timedelta(hours=1)),
        (Post.HEAD, timedelta(hours=3)),
    ]
    assert schedules.counted == frozenset(Evidence)
    assert schedules.assessment is None
    assert (schedules.channel, schedules.responsible, schedules.links) == (
        "manual",
        "",
        ("gov.cn", "mp.weixin.qq.com"),
    )


def test_the_sample_file_says_what_its_comments_say(tmp_path: Path) -> None:
    schedules = load_schedules(ROOT / "schedules.yaml").schedules
    assert schedules.responsible == "王敏（样例）"
    assert schedules.reviewers == {"李建军"}
    assert [e.id for e, _ in schedules.all_entries()] == ["morning", "noon-alert", "elder", "accounts"]
    assert {c.name for _, c in schedules.all_entries() if c} == {"2026年全民反诈在行动"}
    assert schedules.deadlines.of("村居") == timedelta(hours=2)
    assert schedules.reports.result == time(21)
    noon = schedules.all_entries()[1][0]
    assert noon.urgent
    assert noon.dates == (datetime(2026, 3, 12, 12, tzinfo=TZ),)


def test_what_the_sample_shows_as_default_is_the_default(tmp_path: Path) -> None:
    sample = load_schedules(ROOT / "schedules.yaml").schedules
    default = loaded(tmp_path, ONE_ENTRY).schedules
    for name in ("links", "hours", "remind_on", "pacing", "reminders", "escalation", "counted", "reports"):
        assert getattr(sample, name) == getattr(default, name), name


def test_times_may_be_written_without_quotes(tmp_path: Path) -> None:
    text = "reports: {gaps: 17:30, result: 20:00}\nhours: {send: 07:00-22:00}\n"
    text += "entries: [{dates: [2026-03-12 12:00:00, 2026-03-13 08:00, 2026-03-14T01:00:00Z], what: {rotate: all}}]"
    schedules = loaded(tmp_path, text).schedules
    assert (schedules.reports.gaps, schedules.reports.result) == (time(17, 30), time(20))
    assert [at.isoformat() for at in schedules.entries[0].dates] == [
        "2026-03-12T12:00:00+08:00",
        "2026-03-13T08:00:00+08:00",
        "2026-03-14T09:00:00+08:00",
    ]


def test_evidence_and_posts_have_chinese_names_and_codes(tmp_path: Path) -> None:
    text = "counted: [直发, observed]\nescalation: [{to: 副联系人, after: 0m}, {to: head, after: 2d}]\n"
    schedules = loaded(tmp_path, text).schedules
    assert schedules.counted == {Evidence.DIRECT, Evidence.OBSERVED}
    assert [step.to for step in schedules.escalation] == [Post.DEPUTY, Post.HEAD]


def test_keys_left_blank_count_as_not_written(tmp_path: Path) -> None:
    schedules = loaded(tmp_path, "responsible:\nassessment:\nentries:\ncampaigns:\n").schedules
    assert schedules.all_entries() == []
    assert schedules.assessment is None


def test_reordering_entries_or_adding_a_deadline_keeps_their_ids(tmp_path: Path) -> None:
    first = '  - {cron: "0 8 * * *", what: {rotate: all}}\n'
    second = '  - {dates: ["2026-03-12 12:00"], what: {ids: [a]}, to: {node: 双井村, audiences: [甲, 乙]}}\n'
    with_more = second.replace("what", "deadline: 1h, what").replace("[甲, 乙]", "[乙, 甲]")
    there = loaded(tmp_path, "entries:\n" + first + second).schedules
    back = loaded(tmp_path, "entries:\n" + with_more + first).schedules
    assert [e.id for e in there.entries] == [e.id for e in reversed(back.entries)]
    assert all(len(e.id) == 8 and int(e.id, 16) >= 0 for e in there.entries)
    assert len({e.id for e in there.entries}) == 2


@settings(deadline=None)
@given(st.integers(0, 7), st.integers(0, 23), st.integers(0, 59))
def test_a_duration_reads_back_as_it_was_written(days: int, hours: int, minutes: int) -> None:
    span = timedelta(days=days, hours=hours, minutes=minutes)
    text = f"{days}d{hours}h{minutes}m"
    if span > timedelta(days=7):
        with pytest.raises(ValueError, match="太长；最长 7d"):
            parse_duration(text)
    else:
        assert parse_duration(text) == span


BROKEN = [
    (
        entry('cron: "0 25 * * *", what: {rotate: all}'),
        f"2:12: cron 的第 2 栏（时）“25”不对；{CRON_HELP}",
    ),
    (
        entry('cron: "0 8 31 2 *", what: {rotate: all}'),
        f"2:12: cron 的第 3 栏（日）“31”不对；{CRON_HELP}",
    ),
    (
        entry('cron: "0 8 */31 * 1#3", what: {rotate: all}'),
        f"2:12: cron“0 8 */31 * 1#3”永远等不到那一天；{CRON_HELP}",
    ),
    (entry("cron: 每天八点, what: {rotate: all}"), f"2:12: “每天八点”不是五栏的 cron；{CRON_HELP}"),
    (
        entry('cron: "*/5 9 * * *", what: {rotate: all}'),
        "2:12: cron“*/5 9 * * *”会在 10 分钟内发两次，群里受不了；"
        '间隔拉开，如 "0 8,12 * * *" 是每天 8 点和 12 点',
    ),
    (
        entry('cron: "0,55 0,23 * * *", urgent: true, what: {rotate: all}'),
        "2:12: cron“0,55 0,23 * * *”会在 10 分钟内发两次，群里受不了；"
        '间隔拉开，如 "0 8,12 * * *" 是每天 8 点和 12 点',
    ),
    (
        entry('cron: "0 8,22 * * *", what: {rotate: all}'),
        "2:12: 22:00 在发送时间 07:30-21:00 之外；改到时间内，紧急的写 urgent: true",
    ),
    (
        entry('dates: ["2026-03-12 12:00", "2026-03-12 06:00"], what: {rotate: all}'),
        "2:34: 06:00 在发送时间 07:30-21:00 之外；改到时间内，紧急的写 urgent: true",
    ),
    (
        entry("dates: [2026-03-12], what: {rotate: all}"),
        '2:14: “2026-03-12”不是日期加钟点；写成 "2026-03-12 12:00" 这样',
    ),
    (
        entry("what: {rotate: all}"),
        '2:5: 要正好写 cron、dates 中的一个；如 cron: "0 8 * * *" 或 dates: ["2026-03-12 12:00"]',
    ),
    (
        entry('cron: "0 8 * * *", what: {ids: [a], topics: [两卡]}'),
        "2:31: what 里要正好写 ids、topics、rotate 中的一个；如 rotate: all",
    ),
    (
        entry('cron: "0 8 * * *", what: {ids: [a], pick: 2}'),
        "2:48: 写了 ids 就是全发，pick 用不上；删掉 pick，或改用 rotate",
    ),
    (
        entry('cron: "0 8 * * *", what: {topics: 养老诈骗}'),
        "2:40: “topics”的内容“养老诈骗”不对；要写一列，每行前面加“- ”",
    ),
    (entry('cron: "0 8 * * *"'), "2:5: 缺少“what”；补上“what:”"),
    (
        entry('cron: "0 8 * * *", what: {rotate: all}, to: {level: 网络}'),
        "2:58: 没有“网络”这个层级；是不是“网格”",
    ),
    (
        entry('cron: "0 8 * * *", what: {rotate: all}, misfire: always'),
        "2:55: “always”不能用；可以写：same_day、drop、latest",
    ),
    (
        entry('id: 早/晚, cron: "0 8 * * *", what: {rotate: all}'),
        "2:10: “早/晚”不能当 id；用字母、数字、汉字、- 和 _，不超过 40 个字",
    ),
    (
        entry('id: a, cron: "0 8 * * *", what: {rotate: all}')
        + '  - {id: a, cron: "0 9 * * *", what: {rotate: all}}',
        "3:10: id“a”已经用过；每条换一个不同的 id",
    ),
    (
        entry('cron: "0 8 * * *", what: {rotate: all}') + '  - {cron: "0 8  * * *", what: {rotate: all}}',
        "3:5: 和前面一条的时间、内容、对象都一样；删掉一条，或各写一个 id",
    ),
    (
        'hours: {send: "21:00-07:30"}',
        "1:15: “21:00-07:30”的开始不早于结束；前面写早的，如 07:30-21:00，不能跨过半夜",
    ),
    ("hours: {send: 全天}", '1:15: “全天”不是时间段；写成 "07:30-21:00" 这样'),
    ("reports: {gaps: 1800}", '1:17: “1800”不是钟点；写成 "08:00" 这样，冒号用英文的'),
    ("reports: {gaps: 24:00}", '1:17: “24:00”不是钟点；写成 "08:00" 这样，冒号用英文的'),
    ("deadlines: {default: 30}", "1:22: “30”不是时长；写成 30m、4h、1h30m 或 2d"),
    ("deadlines: {default: 0h}", "1:22: “0h”没有给人时间；至少写 1m"),
    ("deadlines: {default: 30d}", "1:22: “30d”太长；最长 7d"),
    (
        "deadlines: {levels: {宇宙: 1h}}",
        "1:26: 没有“宇宙”这个层级；可以写的有：镇、街道、乡、村居、单位、社会组织、网格、部门、小区",
    ),
    (
        "escalation: [{to: 镇长, after: 1h}]",
        "1:19: “镇长”不能督办；可以写：副联系人、分管领导、主要负责人",
    ),
    ("counted: [点赞]", "1:11: “点赞”不是凭据；可以写：直发、机器人所见、截图核实、自报"),
    ("counted: []", "1:10: “counted”是空的；至少写一项"),
    ("pacing: {seconds: 0.2}", "1:19: “seconds”是 0.2，超出范围；要不小于 1.0"),
    ("pacing: {daily: 5000}", "1:17: “daily”是 5000，超出范围；要不大于 2000"),
    (
        'links: ["https://www.gov.cn/a"]',
        "1:9: “https://www.gov.cn/a”不是域名；只写域名本身，如 gov.cn，不带 https:// 和斜杠",
    ),
    ('reviewers: [李建军, " "]', "1:18: 名字是空的；写上名字，或删掉这一行"),
    ("assessment: {responsible: 王敏}", "1:13: 缺少“basis”；补上“basis:”"),
    ('assessment: {basis: "", responsible: 王敏}', "1:21: 名字是空的；写上名字，或删掉这一行"),
    ("levels: [镇, 网格, 镇]", "1:17: 层级“镇”写了两遍；留一个，删一个"),
    ("exempt: [{node: 柳林村}]", "1:10: 缺少“reason”；补上“reason:”"),
    (
        "exempt: [{node: 柳林村, reason: 拆迁, until: 20260630}]",
        "1:41: “20260630”不是日期；写成 2026-03-12 这样",
    ),
    (
        "campaigns: [{name: 行动, from: 2026-02-01, to: 2026-01-01}]",
        "1:46: 结束 2026-01-01 早于开始 2026-02-01；把 from 和 to 对调或改正",
    ),
    (
        "campaigns:\n  - name: 行动\n    from: 2026-01-01\n    to: 2026-01-31\n    entries:\n"
        '      - dates: ["2026-02-01 08:00"]\n        what: {rotate: all}\n',
        "6:17: 2026-02-01 不在行动期间 2026-01-01 至 2026-01-31 之内；改日期，或移到最外层的 entries",
    ),
    (
        "campaigns:\n  - {name: 行动, from: 2026-01-01, to: 2026-01-31}\n"
        "  - {name: 行动, from: 2026-02-01, to: 2026-02-28}\n",
        "3:12: 行动“行动”写了两遍；每个行动用不同的名字",
    ),
    ("chanel: manual", "1:9: 不认识“chanel”；是不是“channel”"),
    ("channel: telegram", "1:10: “telegram”不能用；可以写：manual、simulated、wechaty"),
]


@pytest.mark.parametrize(("text", "told"), BROKEN)
def test_a_broken_schedule_is_told_with_its_place_and_what_to_write(
    tmp_path: Path, text: str, told: str
) -> None:
    assert complaints(tmp_path, text) == [f"schedules.yaml:{told}"]


def test_every_problem_of_the_file_is_told_at_once_in_its_order(tmp_path: Path) -> None:
    text = 'channel: fax\nhours: {send: x}\nentries:\n  - {cron: "x 8 * * *", what: {rotat: all}}\nlinks: [gov]\n'
    told = complaints(tmp_path, text)
    assert [line.split(": ")[0] for line in told] == [
        "schedules.yaml:1:10",
        "schedules.yaml:2:15",
        "schedules.yaml:4:12",
        "schedules.yaml:4:39",
        "schedules.yaml:5:9",
    ]


@settings(deadline=None)
@given(st.text("0123456789*/,-#L W", max_size=30))
def test_no_cron_line_ever_makes_a_traceback(text: str) -> None:
    try:
        Schedules.model_validate({"entries": [{"cron": text, "what": {"rotate": "all"}, "urgent": True}]})
    except ValueError as refused:
        assert "cron" in str(refused)


_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(Schedules.model_fields)), _JUNK, max_size=4))
def test_whatever_stands_behind_a_key_is_taken_or_told(
    tmp_path_factory: pytest.TempPathFactory, junk: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.yaml"
    path.write_text(yaml.safe_dump(junk, allow_unicode=True), "utf-8")
    try:
        load_schedules(path)
    except InputErrors as refused:
        assert all(problem.what and problem.write for problem in refused.problems)


def test_a_window_includes_both_ends() -> None:
    window = Window(time(7, 30), time(21))
    clocks = (time(7, 29, 59), time(7, 30), time(21), time(21, 0, 1))
    assert [window.contains(clock) for clock in clocks] == [False, True, True, False]


TOWN = Tree(
    nodes=(
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, 3),
        Node(NodeId(2), "东河村", "清河镇/东河村", "村居", "", NodeId(1), 1, 2),
        Node(NodeId(3), "一网格", "清河镇/东河村/一网格", "网格", "", NodeId(2), 2, 2),
        Node(NodeId(4), "双井村", "清河镇/双井村", "村居", "", NodeId(1), 3, 3),
    ),
    groups=(
        Group(GroupId(1), NodeId(1), "清河镇反诈办工作组群", use=Use.WORK),
        Group(GroupId(2), NodeId(3), "东河一组居民群", audiences=frozenset({"老年人"})),
    ),
    workers=(),
)


def names_checked(tmp_path: Path, text: str) -> list[str]:
    problems = cross_check(loaded(tmp_path, text), TOWN, ["001-shuadan", "012-96110"], ["两卡", "养老诈骗"])
    return [str(problem).removeprefix("schedules.yaml:") for problem in problems]


def test_names_that_the_town_and_the_library_have_are_fine(tmp_path: Path) -> None:
    text = "office_group: 清河镇反诈办工作组群\n"
    text += (
        "exempt: [{node: 东河村, group: 东河一组居民群, reason: 拆迁}, {node: 清河镇/双井村, reason: 拆迁}]\n"
    )
    text += entry('cron: "0 8 * * *", what: {rotate: all}, to: {node: 东河村/一网格, audiences: [老年人]}')
    text += '  - {cron: "0 9 * * *", what: {topics: [两卡]}, to: {node: 清河镇/双井村}}\n'
    text += '  - {cron: "0 9 * * *", what: {ids: [012-96110]}}\n'
    assert names_checked(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "office_group: 清河镇反诈办工作群",
            "1:15: 花名册里没有“清河镇反诈办工作群”这个群；是不是“清河镇反诈办工作组群”",
        ),
        (
            "office_group: 东河一组居民群",
            "1:15: “东河一组居民群”不是工作群；写一个群类别是“工作群”的群",
        ),
        (
            entry('cron: "0 8 * * *", what: {rotate: all}, to: {node: 东何村}'),
            "2:57: 花名册里没有“东何村”这个单位；是不是“东河村”",
        ),
        (
            entry('cron: "0 8 * * *", what: {rotate: all}, to: {node: 一网格}'),
            "2:57: 花名册里没有“一网格”这个单位；是不是“东河村/一网格”",
        ),
        (
            entry('cron: "0 8 * * *", what: {rotate: all}, to: {audiences: [老人]}'),
            "2:62: 花名册里没有受众“老人”；是不是“老年人”",
        ),
        (
            entry('cron: "0 8 * * *", what: {ids: [012-96110, 001-suadan]}'),
            "2:49: 资料库里没有“001-suadan”；是不是“001-shuadan”",
        ),
        (
            entry('cron: "0 8 * * *", what: {rotate: [zzz]}'),
            "2:41: 资料库里没有“zzz”；资料库里有：001-shuadan、012-96110",
        ),
        (
            entry('cron: "0 8 * * *", what: {topics: [养老]}'),
            "2:41: 没有内容带主题“养老”；是不是“养老诈骗”",
        ),
        (
            "exempt: [{node: 柳林村, reason: 拆迁}]",
            "1:17: 花名册里没有“柳林村”这个单位；可以写的有：东河村、东河村/一网格、双井村、清河镇",
        ),
        (
            "exempt: [{node: 双井村, group: 东河一组居民群, reason: 拆迁}]",
            "1:29: “双井村”没有“东河一组居民群”这个群；现在一个也没有，先补上，或删掉这一项",
        ),
    ],
)
def test_a_name_that_nobody_knows_is_told_with_the_nearest(tmp_path: Path, text: str, told: str) -> None:
    assert names_checked(tmp_path, text) == [told]


def test_a_moment_with_a_zone_of_its_own_is_the_same_instant() -> None:
    made = Schedules.model_validate(
        {
            "entries": [
                {"dates": [datetime(2026, 3, 12, 4, tzinfo=UTC)], "what": {"rotate": "all"}},
            ]
        }
    )
    assert made.entries[0].dates == (datetime(2026, 3, 12, 12, tzinfo=TZ),)
