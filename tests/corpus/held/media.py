"""The contents that are no texts: links, files, videos, mini-programs, 视频号."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

_BIZ = "MzI4OTYxNXlYQQ=="


@dataclass(frozen=True, slots=True)
class Card:
    """A link, as a chat shows it. ``form``: long, short, page, query or route."""

    form: str
    url: str
    title: str
    description: str


def _long(mid: int, idx: int, sn: str) -> str:
    return f"https://mp.weixin.qq.com/s?__biz={_BIZ}&mid={mid}&idx={idx}&sn={sn}&chksm=ec3d{sn[:8]}"


LINKS = (
    Card("long", _long(2247501120, 1, "8d2f61c07ab3e5941c22"), "本周反诈预警", "三岔河镇一周两起假客服，手法一模一样"),
    Card("long", _long(2247501120, 2, "07b91e5ac3d84f6620ff"), "骗子最爱说的十句话", "第六句，您昨天可能刚听过"),
    Card("long", _long(2247501187, 1, "b41c7e9035da26f8c0a1"), "本周反诈预警", "换了壳的红包群又出现在城关镇"),
    Card("long", _long(2247501187, 3, "5e0a8c72d91f43b6aa07"), "一张银行卡的去处", "卖卡的人后来都怎么样了"),
    Card("long", _long(2247501243, 1, "c9f3061db8e5724a91d4"), "她把金条装进了茶叶盒", "退休教师覃老师的十七天"),
    Card("long", _long(2247501302, 1, "1a6d4ce80b27f395e8c3"), "孩子的手机里有什么", "家长看完请打开孩子的好友列表"),
    Card("long", _long(2247501302, 2, "f07e25b9c4d18a635b70"), "云溪反诈地图上新了", "看看您家附近发生过什么"),
    Card("short", "https://mp.weixin.qq.com/s/Qx7LbV2mTnK4cYpHe9WzRg", "贷款先交钱？先把它读完", "解冻费、验资费、会员费，名字不同，去处相同"),
    Card("short", "https://mp.weixin.qq.com/s/Dk3_uZs8JfAo1MxNvB6tCw", "樱桃沟的假老板", "订六千斤樱桃，先让果农买箱子"),
    Card("short", "https://mp.weixin.qq.com/s/hP5rEw0-GyQiS2bLk7XmUA", "为什么总有人相信高收益", "银行柜员记下的五段对话"),
    Card("short", "https://mp.weixin.qq.com/s/Tc9YnJ4oWdRf6VaKz1HqPg", "警察不会在电话里办案", "云溪民警真人出镜，三分钟说清"),
    Card("short", "https://mp.weixin.qq.com/s/m2BvXs7LeCkU8iGtQy5DNw", "给爸妈设置手机的六步", "照着图点，十分钟设好"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/fanzha/202603/t20260318_118204.html", "云溪县反诈奖励办法问答", "举报线索最高奖五千元，怎么领"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/fanzha/202604/t20260422_119035.html", "全县反诈联络点名单公布", "每个乡镇都有人等您来问"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/fanzha/202606/t20260609_120417.html", "夏收夏种期间防骗提示", "假农机、假种子、假补贴，一次说全"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/fanzha/202609/t20260907_122866.html", "开学季防骗提示", "缴费群里多看一眼，少丢一笔"),
    Card("page", "https://www.yunxixian.gov.cn/xwzx/202610/t20261015_124190.html", "县长走进反诈直播间", "回答网友二十个问题的文字记录"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=7&id=2031", "老年人防骗手册（大字版）", "可以放大看，也可以听"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=7&id=2048", "农村集市防骗手册", "扫码领米、修手机、换旧卡"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=9&id=2107", "财务人员防骗手册", "转账前的四道关"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=9&id=2166", "学生防骗手册", "游戏、追星、兼职三张清单"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=3&id=2290", "被骗以后的三十分钟", "时间表：先打哪里，再打哪里"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/detail/1207?lang=zh", "识骗闯关第一关", "十道题，错一道就“损失”一千元"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/detail/1216?lang=zh", "识骗闯关第二关", "这一关全是熟人"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/detail/1233?lang=zh", "我是反诈家长", "和孩子一起选，看看结局"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/quiz/88?lang=zh", "全民反诈知识竞答", "答满八十分可领电子证书"),
)  # fmt: skip

OTHER_LINKS = (
    Card("long", _long(2247501302, 3, "77aa10c9e42bd85f3316"), "派出所的一天", "凌晨四点的报警电话"),
    Card("long", _long(2247501419, 1, "2c7be1f09d5a48633ebb"), "本周反诈预警", "白岩镇出现冒充供电局的上门人员"),
    Card("long", _long(2247501466, 1, "90fd4b2e6c71a85dd0e2"), "本周反诈预警", "两名学生被“代练”骗走压岁钱"),
    Card("long", _long(2247501466, 2, "ee3a75c1804bd92f6a5c"), "骗子最怕说的三句话", "您试着这样问他"),
    Card("short", "https://mp.weixin.qq.com/s/Zr8KcQ1tVhXo5LdEm3NyBw", "云溪县招录辅警公告", "报名时间十一月二十日至二十五日"),
    Card("short", "https://mp.weixin.qq.com/s/aW4JtYn7UxPf9GsRk2ObLg", "警察不会半夜敲您的门查水表", "别信短视频里的段子"),
    Card("short", "https://mp.weixin.qq.com/s/oE6MvCz3KqHd0TiBw8YrXA", "给爷爷奶奶的一封信", "小学生作文选登"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/fanzha/202610/t20261029_124877.html", "反诈联络点轮值表", "十一月的值班安排"),
    Card("page", "https://www.yunxixian.gov.cn/xwzx/202610/t20261017_124233.html", "县长走进供水厂", "调研城乡供水一体化"),
    Card("page", "https://www.yunxixian.gov.cn/zwgk/yjgl/202609/t20260907_122870.html", "开学季交通管制提示", "学校周边五条路单行"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=7&id=2032", "老年大学招生简章", "书法、二胡、智能手机三个班"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/view.php?cat=9&id=1066", "财务人员继续教育通知", "年底前学满九十学时"),
    Card("query", "https://fz.yunxixian.gov.cn/portal/list.php?cat=7", "资料下载", "全部资料目录"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/detail/1250?lang=zh", "识骗闯关积分兑换", "满一百分换雨伞"),
    Card("route", "https://h5.yunxixian.gov.cn/antifraud/#/home?lang=zh", "云溪掌上反诈", "首页"),
    Card("route", "https://h5.yunxixian.gov.cn/health/#/detail/1207?lang=zh", "冬季流感疫苗预约", "六十岁以上老人免费"),
    Card("page", "https://www.yunxixian.gov.cn/", "云溪县人民政府", "门户网站"),
    Card("page", "https://news.yunxitv.example.cn/2026/11/08/content_55120.html", "今冬第一场雪下在麻园乡", "高山路段请慢行"),
    Card("page", "https://mall.example.com/goods/778102?share=group", "五常大米十斤装 39.9 元", "三人拼团立减"),
    Card("page", "https://v.example.com/play/9f30c2", "广场舞教学：小苹果分解动作", "跟着老师慢慢跳"),
)  # fmt: skip
"""Of the same sites and of others; some carry the title of a content over another article."""

FILES = (
    ("防范养老诈骗明白纸.pdf", "防范养老诈骗明白纸"),
    ("农村集市防骗海报印刷稿.pdf", "农村集市防骗海报印刷稿"),
    ("网格员入户宣讲提纲（秋季）.docx", "网格员入户宣讲提纲（秋季）"),
    ("反诈知识竞赛题库200题.docx", "反诈知识竞赛题库200题"),
    ("商户防骗承诺书样式.doc", "商户防骗承诺书样式"),
    ("中小学反诈主题班会课件.pptx", "中小学反诈主题班会课件"),
    ("企业财务防骗检查表.xlsx", "企业财务防骗检查表"),
    ("村村响反诈录音稿合集.pdf", "村村响反诈录音稿合集"),
)
VIDEOS = (
    ("刷单骗局动画片.mp4", "刷单骗局动画片", 41_300),
    ("覃老师的十七天.mp4", "覃老师的十七天", 183_750),
    ("假客服来电录音还原.mp4", "假客服来电录音还原", 66_020),
    ("养老公寓暗访.mp4", "养老公寓暗访", 127_480),
    ("反诈快板书.mp4", "反诈快板书", 95_610),
    ("班主任教您看班级群.mp4", "班主任教您看班级群", 58_900),
)
MINI_PROGRAMS = (
    ("wx3a7c9e10b5d2f846", "pages/quiz/start.html?set=11", "云溪反诈答题·第一期"),
    ("wx3a7c9e10b5d2f846", "pages/quiz/start.html?set=12", "云溪反诈答题·第二期"),
    ("wx3a7c9e10b5d2f846", "pages/report/clue.html", "一键举报涉诈线索"),
    ("wx81f0d4b62ce97a35", "pages/check/number.html", "陌生号码查一查"),
    ("wx81f0d4b62ce97a35", "pages/story/view.html?story=305", "有声故事：卖牛的钱"),
)
CHANNELS = (
    ("反诈民警小罗在赶场天教大家认假转账截图", "云溪反诈"),
    ("八十岁的戴婆婆讲她怎么被带去“体检”", "云溪反诈"),
    ("三分钟看懂共享屏幕为什么危险", "云溪公安"),
    ("石桥乡老幺方言说反诈第六集：守机子的二娃", "石桥乡融媒"),
    ("反诈夜校第一课完整回放", "云溪反诈"),
)


def mp4(milliseconds: int, rng: random.Random, size: int) -> bytes:
    """A minimal MP4 of this duration: ftyp, moov with mvhd, and ``size`` random bytes of mdat."""
    mvhd = struct.pack(">IIIII", 0, 0, 0, 1000, milliseconds) + struct.pack(">IH10x", 0x10000, 0x100)
    mvhd += (
        struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000) + bytes(24) + struct.pack(">I", 2)
    )
    return (
        _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
        + _box(b"moov", _box(b"mvhd", mvhd))
        + _box(b"mdat", rng.randbytes(size))
    )


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data


def document(name: str, rng: random.Random, size: int) -> bytes:
    """Bytes that begin as a file of this name's kind does."""
    head = {"pdf": b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
    start = head.get(name.rsplit(".", 1)[-1], b"PK\x03\x04\x14\x00\x06\x00")
    return start + rng.randbytes(size - len(start))
