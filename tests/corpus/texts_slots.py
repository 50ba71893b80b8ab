"""What differs between two texts of one template: the place, the people, the days and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.corpus.texts_scams import Scam

SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"


def words(line: str) -> tuple[str, ...]:
    """The words of ``line``, between blanks."""
    return tuple(line.split())


@dataclass(frozen=True, slots=True)
class Place:
    """A township and what its texts name. ``form`` makes a content's number of a year and a serial."""

    town: str
    office: str
    station: str
    phone: str
    school: str
    street: str
    villages: tuple[str, ...]
    form: str = "反诈宣〔{year}〕{serial:03d}号"


OWN = Place(
    "清河镇",
    "清河镇反诈办",
    "清河派出所",
    "0556-5612110",
    "清河镇中心学校",
    "清河老街",
    words("柳林村 石桥村 北沟村 枣园村 大湾村 杨树村 东岭村 龙泉村 新庄村 沙河村 三里村 桃花村"),
)
OTHERS = (
    Place(
        "白塔镇",
        "白塔镇反诈中心",
        "白塔派出所",
        "0556-7723110",
        "白塔镇初级中学",
        "白塔正街",
        words("塔下村 胡家坝村 油坊村 上洼村 双堰村 槐店村"),
        "白反诈宣〔{year}〕{serial:02d}号",
    ),
    Place(
        "双河乡",
        "双河乡打击治理专班",
        "双河派出所",
        "0712-4410110",
        "双河乡九年一贯制学校",
        "双河集镇",
        words("河口村 刘湾村 榆树村 磨盘村 南坡村 邓家村"),
        "双反诈〔{year}〕第{serial}号",
    ),
    Place(
        "青石街道",
        "青石街道反诈工作站",
        "青石派出所",
        "0431-8865110",
        "青石小学",
        "青石商业街",
        words("建设社区 光明社区 铁北社区 花园社区 向阳社区 西桥社区"),
        "青石反诈字〔{year}〕{serial}号",
    ),
    Place(
        "马家店镇",
        "马家店镇政法办",
        "马家店派出所",
        "0377-6238110",
        "马家店镇中心小学",
        "马家店十字街",
        words("马东村 马西村 后营村 前营村 小店村 黄土岗村"),
    ),
)
HOLIDAYS = words(
    "元旦 春节 元宵节 清明节 五一假期 端午节 开学季 中秋节 国庆假期 重阳节 “双十一” 腊八节 麦收时节 暑假"
)
CHANNELS = words("短信 电话 微信 弹窗 彩信 语音电话")
TRADES = words("建筑工地 服装厂 快递站 电子厂 物流园 餐饮店 装修队 砖厂")
CROPS = words("水稻 小麦 玉米 茶叶 柑橘 油菜 花生 红薯 辣椒 棉花")
SPOTS = words("村委会广场 文化大院 卫生室门口 集贸市场 小学操场 老年活动室 村口大树下 超市门前")
GIFTS = words("围裙 雨伞 搪瓷杯 毛巾 购物袋 台历 扇子 手电筒")


def money(rng: Random) -> str:
    """An amount of money as a case names it."""
    if rng.random() < 0.55:
        return f"{rng.randint(11, 389) / 10:g}万元"
    return f"{rng.randint(23, 989) * 100 + rng.choice((0, 0, 50, 80))}元"


def person(rng: Random, village: str) -> str:
    """Somebody of ``village`` as a case names them."""
    sex = rng.choice("男女")
    return f"{village}{rng.choice(('村民', '居民', '群众'))}{rng.choice(SURNAMES)}某（{sex}，{rng.randint(19, 78)}岁）"


def chinese_day(day: date) -> str:
    """``day`` without its year."""
    return f"{day.month}月{day.day}日"


def slots(rng: Random, place: Place, scams: Sequence[Scam], number: str, year: int) -> dict[str, str]:
    """Everything that a template may name. ``scams``: three, the first is what the text is about."""
    day = date(year, 1, 5) + timedelta(days=rng.randrange(340))
    villages = rng.sample(place.villages, 4)
    shares = sorted((rng.randint(2, 13) for _ in range(3)), reverse=True)
    figures = {f"c{n}": str(count) for n, count in enumerate(shares, start=4)} | {
        "c1": str(sum(shares) + rng.randint(1, 9)),
        "c2": str(rng.randint(11, 64)),
        "c3": str(rng.randint(2, 9)),
    }
    base = {
        "town": place.town,
        "office": place.office,
        "station": place.station,
        "phone": place.phone,
        "school": place.school,
        "street": place.street,
        "village": villages[0],
        "village2": villages[1],
        "village3": villages[2],
        "village4": villages[3],
        "day": chinese_day(day),
        "day2": chinese_day(day - timedelta(days=rng.randint(2, 6))),
        "range": f"{chinese_day(day - timedelta(days=6))}至{chinese_day(day)}",
        "month": str(day.month),
        "year": str(year),
        "week": str(day.isocalendar().week),
        "hour": str(rng.randint(8, 20)),
        "who": person(rng, villages[0]),
        "who2": person(rng, villages[1]),
        "sum": money(rng),
        "sum2": money(rng),
        "sum3": money(rng),
        "more": rng.choice(("上升", "下降", "增加", "减少")),
        "holiday": rng.choice(HOLIDAYS),
        "channel": rng.choice(CHANNELS),
        "trade": rng.choice(TRADES),
        "crop": rng.choice(CROPS),
        "spot": rng.choice(SPOTS),
        "gift": rng.choice(GIFTS),
        "people": str(rng.randint(31, 480)),
        **figures,
        **_number(number),
    }
    for mark, scam in zip(("", "_b", "_c"), scams, strict=True):
        base |= _told(scam, mark, base)
    return base


def _number(number: str) -> dict[str, str]:
    return {
        "number": number,
        "n_dot": f"{number} · " if number else "",
        "n_line": f"{number}\n" if number else "",
        "n_tail": f"\n{number}" if number else "",
        "n_paren": f"（{number}）" if number else "",
        "n_head": f"【{number}】" if number else "",
    }


def _told(scam: Scam, mark: str, base: dict[str, str]) -> dict[str, str]:
    said = {"name": scam.name, "hook": scam.hook}
    for key, sentences in (
        ("early", scam.early),
        ("other", scam.other),
        ("tell", scam.tells),
        ("adv", scam.advice),
        ("say", scam.says),
        ("ask", scam.asks),
    ):
        said |= {f"{key}{n}": sentence for n, sentence in enumerate(sentences, start=1)}
    said["case1"] = scam.cases[0].format(who=base["who"], sum=base["sum"])
    said["case2"] = scam.cases[1].format(who=base["who2"], sum=base["sum2"])
    return {f"{key}{mark}": sentence for key, sentence in said.items()}
