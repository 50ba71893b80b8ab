"""The sample town's roster, for any number of groups: lines as an office would have typed them.

A pure function of (groups, seed). Invented names throughout; phone numbers of a range nobody types by chance.
Never puts the bot into a group of students or parents. With 200 groups it is the town of data/sample/roster.xlsx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from bot.model.tree import Tree
from bot.roster.build import build
from bot.roster.sheet import Cell

TOWN = "清河镇"
VILLAGES = [
    "东河村",
    "西河村",
    "柳林村",
    "上塘村",
    "石桥村",
    "马家湾村",
    "杏花村",
    "双井村",
    "白鹭村",
    "新街社区",
    "下塘村",
    "清河社区",
]
"""In the order of their grids: with 60 grids each has five (柳林村 has 第11网格 to 第15网格)."""
RELAYING_VILLAGES = ("石桥村", "双井村")
"""Their work groups get content by a forwarding hand, not from the bot."""
UNITS: Mapping[str, str] = {
    "镇中心小学": "学校",
    "清河中学": "学校",
    "镇卫生院": "医院",
    "农商银行清河支行": "银行",
    "供销社清河分社": "企业",
    "农贸市场管理办公室": "市场",
}
UNIT_GROUPS: Sequence[tuple[str, str, str, str, str]] = (
    ("镇中心小学", "一年级组", "镇中心小学一年级家长群", "学生家长", "校信通"),
    ("清河中学", "七年级组", "清河中学七年级家长群", "学生家长", "微信"),
    ("镇卫生院", "门诊部", "镇卫生院慢病随访群", "老年人", "微信"),
    ("农商银行清河支行", "客户部", "农商银行清河支行财会客户群", "财会人员", "微信"),
    ("供销社清河分社", "农资部", "供销社清河分社农资客户群", "", "微信"),
    ("农贸市场管理办公室", "东区", "农贸市场东区经营户群", "个体工商户", "微信"),
    ("镇中心小学", "二年级组", "镇中心小学二年级家长群", "学生家长", "微信"),
    ("镇中心小学", "三年级组", "镇中心小学三年级家长群", "学生家长", "微信"),
    ("镇中心小学", "四年级组", "镇中心小学四年级家长群", "学生家长", "微信"),
    ("镇中心小学", "五年级组", "镇中心小学五年级家长群", "学生家长", "微信"),
    ("镇中心小学", "六年级组", "镇中心小学六年级家长群", "学生家长", "微信"),
    ("清河中学", "八年级组", "清河中学八年级家长群", "学生家长", "微信"),
    ("清河中学", "九年级组", "清河中学九年级家长群", "学生家长", "校信通"),
    ("镇卫生院", "公卫科", "镇卫生院孕产妇随访群", "育龄妇女", "微信"),
    ("镇卫生院", "公卫科", "镇卫生院体检通知群", "老年人", "微信"),
    ("农商银行清河支行", "营业部", "农商银行清河支行养老金客户群", "老年人", "微信"),
    ("农商银行清河支行", "客户部", "农商银行清河支行商户服务群", "个体工商户", "企业微信"),
    ("供销社清河分社", "电商部", "供销社清河分社网店店主群", "个体工商户", "QQ"),
    ("农贸市场管理办公室", "西区", "农贸市场西区经营户群", "个体工商户", "微信"),
    ("农贸市场管理办公室", "西区", "农贸市场冷链司机群", "外来务工人员", "微信"),
)
"""Unit, section, group, audience, medium; the first six have every unit once."""
OUTLETS: Mapping[str, str] = {
    "清河社区": "清河社区文化广场LED屏",
    "农贸市场管理办公室": "农贸市场大门LED屏",
}
OFFICE = {"联系人": "王敏", "副联系人": "李建军", "分管领导": "陈国强", "主要负责人": "赵文斌"}
KNOWN_PEOPLE: Mapping[str, Mapping[str, str]] = {"柳林村": {"联系人": "何建国", "主要负责人": "何志远"}}
KNOWN_CONTACTS: Mapping[int, str] = {12: "周桂芳", 13: "周桂芳"}
"""By number of the grid; she serves two."""
HOLES = frozenset({20, 34, 49})
"""Grids without any group (每 60 个网格里)."""
GRIDS_PER_GROUP = 0.3
GRIDS_PER_VILLAGE = 25
DIRECT_SHARE = OBSERVED_SHARE = 0.15
PHONES_FROM = 19900000001

_SURNAMES = "张王李赵陈杨吴刘黄周徐孙马朱胡郭林高罗郑梁谢宋唐许韩冯邓曹彭"
_GIVEN = [
    "建国",
    "桂芳",
    "志强",
    "秀兰",
    "文斌",
    "丽华",
    "明辉",
    "玉珍",
    "海涛",
    "春梅",
    "德顺",
    "淑英",
    "永福",
    "爱萍",
    "长青",
    "翠云",
    "立新",
    "凤霞",
    "光明",
    "素琴",
    "小军",
    "红霞",
    "大伟",
    "月娥",
    "金生",
    "雪梅",
    "庆丰",
    "美玲",
    "树林",
    "巧云",
]
_FIRST, _SECOND = "东西南北上下前后大小新老高长青白金石云竹", "桥塘湾岭坪坡河沟堰港浦洲墩屯渡垭桐槐枫荷"
_ORDINALS = "一二三四五六七八九十"
_THEMED: Sequence[tuple[str, str, str]] = (
    ("老年健康群", "老年人", "微信"),
    ("商户群", "个体工商户", "微信"),
    ("外出务工乡亲群", "外来务工人员", "QQ"),
    ("邻里互助群", "", "微信"),
    ("会计记账群", "财会人员", "微信"),
    ("学生家长群", "学生家长", "微信"),
    ("广场舞群", "老年人", "微信"),
)
_CONSENTS = ("村民代表会议", "居民代表会议", "群主和群内公告")


def town_rows(groups: int = 200, seed: int = 1) -> list[dict[str, str]]:
    """The lines of a town with exactly ``groups`` resident groups (1 … 20,000 and more; work groups and outlets
    come on top), column name → text, in pre-order. The same arguments give the same lines."""
    return [dict(row) for row in _Town(groups, Random(seed)).rows()]


def town_tree(groups: int = 200, seed: int = 1) -> Tree:
    """The same town as a tree, without a file between."""
    rows = [
        {column: Cell(text, f"清河镇:名册!{line}") for column, text in row.items()}
        for line, row in enumerate(town_rows(groups, seed), start=2)
    ]
    return build(rows)


@dataclass
class _Town:
    """The generator's running state: who has got which name, which phone comes next."""

    groups: int
    random: Random
    phones: int = PHONES_FROM
    hired: int = 0
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        taken = {*OFFICE.values(), *KNOWN_CONTACTS.values()}
        taken.update(name for people in KNOWN_PEOPLE.values() for name in people.values())
        self.names = [s + g for s in _SURNAMES for g in _GIVEN if s + g not in taken]
        self.random.shuffle(self.names)

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Office, villages with their grids, units with their sections."""
        grids = max(1, round(self.groups * GRIDS_PER_GROUP))
        villages = _village_names(grids)
        in_units = UNIT_GROUPS[: min(len(UNIT_GROUPS), self.groups // 10)]
        in_villages = min(len(villages), self.groups // 10)
        sizes = self._sizes(grids, self.groups - len(in_units) - in_villages)
        office = {"层级": "镇", "单位": TOWN, "上级单位": "", "单位类别": "党委政府"}
        yield {**office, **_work("清河镇反诈宣传工作群", "直发", 68), **OFFICE, "电话": self._phone()}
        yield {**office, **_work("清河镇反诈办工作组群", "直发", 12)}
        for index, village in enumerate(villages):
            first, last = index * grids // len(villages), (index + 1) * grids // len(villages)
            yield from self._village(village, index < in_villages)
            yield from self._grids(village, range(first + 1, last + 1), sizes)
        for unit in UNITS:
            if any(row[0] == unit for row in in_units):
                yield from self._unit(unit, [row for row in in_units if row[0] == unit])

    def _sizes(self, grids: int, groups: int) -> Mapping[int, int]:
        """How many of ``groups`` each grid has (two to four, uneven), by its number; holes are absent."""
        numbers = [n for n in range(1, grids + 1) if (n - 1) % 60 + 1 not in HOLES]
        sizes = dict.fromkeys(numbers, 1)
        while (left := groups - sum(sizes.values())) > 0:
            for n in self.random.sample(numbers, min(left, max(1, len(numbers) * 2 // 3))):
                sizes[n] += 1
        for n in reversed(numbers):
            if sum(sizes.values()) <= groups:
                break
            del sizes[n]
        if 12 in sizes and 13 in sizes and sizes[12] < 3:
            richest = max((n for n in numbers if n != 12), key=lambda n: sizes[n])
            moved = min(3 - sizes[12], sizes[richest] - 1)
            sizes[12], sizes[richest] = sizes[12] + moved, sizes[richest] - moved
        return sizes

    def _village(self, village: str, has_group: bool) -> Iterator[Mapping[str, str]]:
        about = {
            "层级": "村居",
            "单位": village,
            "上级单位": TOWN,
            "单位类别": "社区" if village.endswith("社区") else "村",
        }
        people = {column: self._name() for column in OFFICE} | dict(KNOWN_PEOPLE.get(village, {}))
        mode = "转发" if village in RELAYING_VILLAGES else "直发"
        yield {
            **about,
            **_work(f"{village}工作群", mode, self.random.randint(14, 36)),
            **people,
            "电话": self._phone(),
        }
        if has_group:
            yield {**about, **self._resident(f"{village}老年活动群", "老年人", "微信")}
        if village in OUTLETS:
            yield {**about, **_outlet(OUTLETS[village])}

    def _grids(self, village: str, numbers: range, sizes: Mapping[int, int]) -> Iterator[Mapping[str, str]]:
        contact = ""
        for number in numbers:
            if not contact or number % 5 != 3 or number in KNOWN_CONTACTS:
                contact = KNOWN_CONTACTS.get(number) or self._name()
            people = {"联系人": contact, "电话": self._phone() if number % 3 == 1 else ""}
            about = {"层级": "网格", "单位": f"第{number}网格", "上级单位": village}
            lines: list[Mapping[str, str]] = []
            size = sizes.get(number, 0)
            if size and number % 6 == 0:
                lines.append(_work(f"{village}第{number}网格工作群", "转发", self.random.randint(6, 15)))
            themed = _THEMED[number // 3 % len(_THEMED)] if size > 1 and number % 3 == 2 else None
            for ordinal in range(size - 1 if themed else size):
                name = f"{village}第{number}网格居民{_ordinal(ordinal)}群"
                lines.append(self._resident(name, "", "微信"))
            if themed:
                lines.append(self._resident(f"{village}第{number}网格{themed[0]}", *themed[1:]))
            for index, line in enumerate(lines or [{}]):
                yield {**about, **line, **(people if index == 0 else {})}

    def _unit(
        self, unit: str, groups: Sequence[tuple[str, str, str, str, str]]
    ) -> Iterator[Mapping[str, str]]:
        about = {"层级": "单位", "单位": unit, "上级单位": TOWN, "单位类别": UNITS[unit]}
        people = {column: self._name() for column in OFFICE}
        yield {
            **about,
            **_work(f"{unit}工作群", "直发", self.random.randint(12, 60)),
            **people,
            "电话": self._phone(),
        }
        if unit in OUTLETS:
            yield {**about, **_outlet(OUTLETS[unit])}
        for section in dict.fromkeys(row[1] for row in groups):
            contact = {"联系人": self._name()}
            for _, _, name, audience, medium in (row for row in groups if row[1] == section):
                yield {
                    "层级": "部门",
                    "单位": section,
                    "上级单位": unit,
                    **self._resident(name, audience, medium),
                    **contact,
                }
                contact = {}

    def _resident(self, name: str, audience: str, medium: str) -> Mapping[str, str]:
        """A resident group. The bot posts in some and watches some, only on WeChat, never where parents are."""
        members, direct, observed = (
            self.random.randint(60, 480),
            self.random.random() < DIRECT_SHARE,
            self.random.random() < OBSERVED_SHARE,
        )
        consent, day = self.random.choice(_CONSENTS), self.random.randint(1, 28)
        row = {
            "群名称": name,
            "群类别": "居民群",
            "渠道": medium,
            "群人数": str(members),
            "方式": "直发" if direct and medium == "微信" and audience != "学生家长" else "转发",
            "观察": "否",
            "受众": audience,
        }
        if observed and medium == "微信" and audience != "学生家长":
            row |= {"观察": "是", "同意人": consent, "同意日期": f"2026-01-{day:02}"}
        return row

    def _name(self) -> str:
        """The next person. After some 900 the names begin again with a letter (王敏乙 …)."""
        round_, index = divmod(self.hired, len(self.names))
        self.hired += 1
        return self.names[index] + ("甲乙丙丁戊己庚辛壬癸"[round_ % 10] * min(round_, 1))

    def _phone(self) -> str:
        self.phones += 1
        return str(self.phones - 1)


def _village_names(grids: int) -> Sequence[str]:
    wanted = min(grids, max(len(VILLAGES), grids // GRIDS_PER_VILLAGE))
    more = (f"{a}{b}村" for b in _SECOND for a in _FIRST)
    names = [*VILLAGES, *(name for name in more if name not in VILLAGES)]
    while len(names) < wanted:
        names.extend([f"{name[:-1]}新村" for name in names])
    return names[:wanted]


def _ordinal(index: int) -> str:
    return _ORDINALS[index] if index < len(_ORDINALS) else str(index + 1)


def _work(name: str, mode: str, members: int) -> Mapping[str, str]:
    return {
        "群名称": name,
        "群类别": "工作群",
        "渠道": "微信",
        "群人数": str(members),
        "方式": mode,
    }


def _outlet(name: str) -> Mapping[str, str]:
    return {"群名称": name, "群类别": "线下阵地", "渠道": "线下", "方式": "转发"}
