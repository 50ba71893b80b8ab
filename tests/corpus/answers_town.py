"""Where the stories of `answers` play: six places with their people and groups, and twelve contents.

Nothing here decides anything; how a group is called there stands beside its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CN = "零一二三四五六七八九十"
TOWN, OFFICE_GROUP = "云溪镇", "云溪镇反诈宣传工作群"


@dataclass(frozen=True)
class Home:
    """A resident group. ``short``: how the people of its grid call it; ``full``: so that all of the place know it."""

    name: str
    short: Sequence[str]
    full: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A grid: who answers for it, and its groups. ``called``: how the grid itself is called."""

    name: str
    contact: str
    deputy: str
    homes: Sequence[Home]
    called: Sequence[str] = ()


@dataclass(frozen=True)
class Place:
    """A village or an estate with one work group. ``known``: whose accounts are bound, the others are known by the
    name that the room shows (``shown``: how it is written there)."""

    name: str
    work: str
    head: str
    in_charge: str
    grids: Sequence[Grid]
    known: str
    shown: Mapping[str, str]

    @property
    def workers(self) -> list[str]:
        """The contacts, each once, in the order of their grids."""
        return list(dict.fromkeys(grid.contact for grid in self.grids))

    def grids_of(self, worker: str) -> list[Grid]:
        return [grid for grid in self.grids if worker in (grid.contact, grid.deputy)]

    def homes_of(self, worker: str) -> list[Home]:
        return [home for grid in self.grids_of(worker) for home in grid.homes]

    @property
    def homes(self) -> list[Home]:
        return [home for grid in self.grids for home in grid.homes]


def _ordinal(place: str, grid: int, count: int, word: str = "") -> list[Home]:
    """“柳林村第3网格一群”: called 一群 or 1群 by its own people."""
    homes = []
    for k in range(1, count + 1):
        name = f"{place}第{grid}网格{word}{CN[k]}群"
        short = [f"{CN[k]}群", f"{k}群", *([f"{word}{CN[k]}群"] if word else [])]
        full = [f"{grid}网格{CN[k]}群", f"第{grid}网格{k}群", f"{grid}网格{word}{CN[k]}群", name]
        homes.append(Home(name, short, full))
    return homes


def _solo(place: str, grid: int) -> list[Home]:
    """One group for the whole grid: “柳林村第5网格群”."""
    called = [f"{grid}网格", f"第{grid}网格", f"{CN[grid]}网格", f"{grid}网格群"]
    return [Home(f"{place}第{grid}网格群", called, [*called, f"{place}第{grid}网格群"])]


def _blocks(place: str, blocks: Sequence[int]) -> list[Home]:
    """“翠湖社区3号楼群”."""
    homes = []
    for block in blocks:
        called = [f"{block}号楼", f"{block}号楼群", f"{block}栋"]
        homes.append(Home(f"{place}{block}号楼群", called, [*called[:2], f"{place}{block}号楼群"]))
    return homes


def _teams(place: str, teams: Sequence[int]) -> list[Home]:
    """“河湾村3组群”."""
    homes = []
    for team in teams:
        called = [f"{team}组", f"{team}组群", f"{CN[team]}组", f"第{team}组"]
        homes.append(Home(f"{place}{team}组群", called, [*called, f"{place}{team}组群"]))
    return homes


def _topics(place: str, topics: Sequence[tuple[str, str]]) -> list[Home]:
    """“东风村老年活动群”, called 老年群."""
    return [
        Home(f"{place}{full}群", [f"{short}群", f"{full}群"], [f"{full}群", f"{place}{full}群"])
        for full, short in topics
    ]


def _called(grid: int) -> list[str]:
    return [f"{grid}网格", f"第{grid}网格", f"{CN[grid]}网格"]


def _grid(place: str, number: int, contact: str, deputy: str, homes: Sequence[Home]) -> Grid:
    return Grid(f"{place}第{number}网格", contact, deputy, homes, _called(number))


_A, _B, _C, _D, _E, _F = "柳树村", "青石桥村", "翠湖社区", "河湾村", "东风村", "北岭社区"
PLACES: Sequence[Place] = (
    Place(
        _A,
        f"{_A}工作群",
        "钱卫国",
        "孙桂香",
        (
            _grid(_A, 1, "周桂芳", "张秀云", _ordinal(_A, 1, 3)),
            _grid(_A, 2, "何建明", "", _ordinal(_A, 2, 2)),
            _grid(_A, 3, "李国强", "", _ordinal(_A, 3, 4)),
            _grid(_A, 4, "赵玉兰", "", _solo(_A, 4)),
        ),
        "周桂芳 张秀云 何建明 李国强 赵玉兰 钱卫国 孙桂香",
        {},
    ),
    Place(
        _B,
        f"{_B}网格工作群",
        "吴长河",
        "冯建社",
        (
            _grid(_B, 1, "马小燕", "", _ordinal(_B, 1, 2, "居民")),
            _grid(_B, 2, "马小燕", "", _ordinal(_B, 2, 3, "居民")),
            _grid(_B, 3, "陈志刚", "林美华", _ordinal(_B, 3, 5, "居民")),
            _grid(_B, 5, "欧阳雪", "", _solo(_B, 5)),
            _grid(_B, 6, "唐文斌", "", _ordinal(_B, 6, 1, "居民")),
        ),
        "",
        {
            "马小燕": "青石桥村-马小燕",
            "陈志刚": "陈志刚（3网格）",
            "欧阳雪": "欧阳雪🌸",
            "唐文斌": "6网格唐文斌",
        },
    ),
    Place(
        _C,
        f"{_C}反诈宣传群",
        "罗海燕",
        "",
        (
            Grid(f"{_C}东区", "郭丽萍", "", _blocks(_C, (1, 2, 3)), ("东区",)),
            Grid(f"{_C}西区", "高翔", "", _blocks(_C, (5, 6, 7, 8, 9, 10)), ("西区",)),
            Grid(f"{_C}南区", "邓小兵", "", _blocks(_C, (11, 12)), ("南区",)),
        ),
        "郭丽萍 高翔 邓小兵 罗海燕",
        {},
    ),
    Place(
        _D,
        f"{_D}工作群",
        "徐有福",
        "",
        (
            Grid(f"{_D}上片", "彭爱莲", "曾庆丰", _teams(_D, (1, 2, 3, 4)), ("上片",)),
            Grid(f"{_D}中片", "彭爱莲", "曾庆丰", _teams(_D, (5, 6)), ("中片",)),
            Grid(f"{_D}下片", "蒋大勇", "", _teams(_D, (7, 8, 9)), ("下片",)),
        ),
        "彭爱莲 徐有福",
        {"蒋大勇": "下片 蒋大勇", "曾庆丰": "A曾庆丰"},
    ),
    Place(
        _E,
        f"{_E}工作群",
        "贺红梅",
        "",
        (
            Grid(
                f"{_E}第一片区",
                "沈春生",
                "",
                _topics(_E, (("老年活动", "老年"), ("商户交流", "商户"), ("外出务工", "务工"))),
                ("一片区", "第一片区"),
            ),
            Grid(
                f"{_E}第二片区",
                "叶素珍",
                "",
                _topics(_E, (("广场舞", "广场舞"), ("妇女之家", "妇女"))),
                ("二片区", "第二片区"),
            ),
        ),
        "沈春生",
        {"叶素珍": "东风村 叶素珍 网格员"},
    ),
    Place(
        _F,
        f"{_F}工作群",
        "谭永康",
        "",
        (
            _grid(_F, 1, "方秀梅", "", _solo(_F, 1)),
            _grid(_F, 2, "方秀梅", "", _solo(_F, 2)),
            _grid(_F, 3, "石磊", "", _solo(_F, 3)),
            _grid(_F, 4, "石磊", "", _solo(_F, 4)),
            _grid(_F, 5, "石磊", "", _solo(_F, 5)),
            _grid(_F, 6, "丁玉华", "", _solo(_F, 6)),
            _grid(_F, 7, "范春霞", "", _solo(_F, 7)),
            _grid(_F, 8, "史建军", "", _solo(_F, 8)),
        ),
        "方秀梅 石磊 丁玉华",
        {"范春霞": "北岭-范春霞", "史建军": "史建军 8网格"},
    ),
)


@dataclass(frozen=True)
class Text:
    """A content. ``parts``: pieces of its title that no other has. ``card``: its main part is a link, not the text."""

    id: str
    number: int
    title: str
    parts: Sequence[str]
    text: str
    card: bool = False


CONTENTS: Sequence[Text] = (
    Text(
        "t021",
        21,
        "刷单返利先给小钱再骗大钱",
        ("刷单返利", "刷单"),
        "网上刷单返利，先让您赚几十块，再让您垫几万块，垫进去就拿不回来。\n凡是要先垫钱的刷单都是诈骗，拿不准就打96110。",
    ),
    Text(
        "t022",
        22,
        "冒充客服退款的三个套路",
        ("客服退款", "冒充客服"),
        "说快件有问题要退款，叫您下载会议软件的，都是骗子假冒的客服。\n退款从来不用您先转一分钱，挂了电话自己去平台上查。",
        card=True,
    ),
    Text(
        "t037",
        37,
        "接到“公检法”电话先挂断",
        ("公检法", "公检法电话"),
        "警察不会在电话里办案，也没有什么安全账户。\n接到自称民警、检察官的电话叫您转钱，先挂断，再拨110核实。",
    ),
    Text(
        "t038",
        38,
        "网络贷款先交钱的都是骗局",
        ("网络贷款", "贷款先交钱"),
        "正规贷款放款前不收任何费用，验资、解冻、刷流水都是编的。\n要用钱去银行柜台问，别点短信里的链接。",
    ),
    Text(
        "t041",
        41,
        "养老投资高息别动心",
        ("养老投资", "高息别动心"),
        "高息养老项目看着稳当，本金进去就出不来。\n请把这句话告诉家里老人：别人图您的本金，不是送您利息。",
        card=True,
    ),
    Text(
        "t042",
        42,
        "屏幕共享千万不能开",
        ("屏幕共享",),
        "一开屏幕共享，密码和验证码别人全看得见。\n陌生人叫您开共享的，一律不理。",
    ),
    Text(
        "t043",
        43,
        "出租银行卡会坐牢",
        ("出租银行卡", "银行卡"),
        "把银行卡、电话卡租给别人走账，可能成为诈骗同伙。\n几百块的好处，换来的是案底，全家都受影响。",
    ),
    Text(
        "t056",
        56,
        "游戏装备交易走正规平台",
        ("游戏装备",),
        "孩子玩游戏时有人说低价卖装备、送皮肤，扫码就扣家长的钱。\n寒暑假请家长看好手机和支付密码。",
        card=True,
    ),
    Text(
        "t057",
        57,
        "“百万保障”到期扣费是假的",
        ("百万保障",),
        "来电说您的百万保障到期要扣费，让您点链接取消，全是假的。\n微信、支付宝的保障都是免费的，不会打电话找您。",
    ),
    Text(
        "t101",
        101,
        "开学季冒充老师收费要当心",
        ("冒充老师", "开学季"),
        "班级群里突然有“老师”发收款码收资料费，先打电话问清楚再付。\n家长们互相提醒，看到立刻告诉班主任。",
    ),
    Text(
        "t102",
        102,
        "快递丢失理赔别急着点",
        ("快递丢失", "理赔"),
        "陌生来电说您的快递丢了要三倍赔付，报得出单号也别信。\n理赔在购物软件里就能办，用不着加好友。",
    ),
    Text(
        "t103",
        103,
        "国家反诈中心怎么装",
        ("国家反诈中心", "反诈中心"),
        "手机应用商店里搜“国家反诈中心”，装好后打开来电预警。\n不会装的，到村里便民服务点，有人帮您。",
        card=True,
    ),
)
BY_ID = {text.id: text for text in CONTENTS}


def number_of(text: Text) -> str:
    """The full number: 反诈宣〔2026〕037号."""
    return f"反诈宣〔2026〕{text.number:03d}号"


def full_text(text: Text, *, numbers: bool) -> str:
    """What stands in the chat: the text with the number below, if contents have numbers."""
    return f"{text.text}\n{number_of(text)}" if numbers else text.text


def url_of(text: Text) -> str:
    return f"https://mp.weixin.qq.com/s/yunxi{text.id}abcd"
