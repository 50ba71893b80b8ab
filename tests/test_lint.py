"""What the lint stops before approval, and what it lets pass: one line of a text per row."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.approval.lint import Finding, findings
from bot.model.content import Content, ContentId, Part, PartKind

LINKS = ("gov.cn", "mp.weixin.qq.com")
NUMBER = "反诈宣〔2026〕001号"
SIGNED = f"{NUMBER} · 清河镇反诈办 · 咨询劝阻 96110"


def content(*parts: Part, number: str = NUMBER, title: str = "样例") -> Content:
    return Content(
        ContentId("001"), title, parts, "d", Path("content/001"), number, valid_from=date(2026, 1, 1)
    )


def text(line: str, signature: str = SIGNED) -> Part:
    return Part(PartKind.TEXT, True, text=f"{line}\n{signature}")


def link(url: str) -> Part:
    return Part(PartKind.LINK, url=url, title=f"样例（{NUMBER}）", description="打 96110 问")


def rules(line: str) -> set[str]:
    return {finding.rule for finding in findings(content(text(line)), LINKS)}


DOUBTFUL = [
    ("全体村民必须安装国家反诈中心APP", "强制"),
    ("必须 安装反诈APP", "强制"),
    ("必\u200b须安\u200b装反诈APP", "强制"),
    ("必·须·安·装反诈APP", "强制"),
    ("各户一律要装APP", "强制"),
    ("请务必于周五前下载并注册", "强制"),
    ("人人都要装国家反诈中心APP", "强制"),
    ("我镇将强制推广反诈APP", "强制"),
    ("应装尽装，不落一户", "强制"),
    ("不安装的，后果自负", "强制"),
    ("请于三天内安装，否则通报批评", "强制"),
    ("没有装APP的一律扣分", "强制"),
    ("大家必须转发，转发后截图", "强制"),
    ("不得不装的APP", "强制"),
    ("为防范诈骗分子，全体居民必须下载APP", "强制"),
    ("近期冒充客服诈骗高发，全体村民必须安装APP", "强制"),
    ("不装APP不予办理社保", "挂钩"),
    ("没装反诈APP的，不给盖章", "挂钩"),
    ("未安装的不能领取补贴", "挂钩"),
    ("凭APP安装截图才能报名", "挂钩"),
    ("凭反诈APP注册界面办理入学", "挂钩"),
    ("安装APP后才能办理养老认证", "挂钩"),
    ("先装APP，才给办证", "挂钩"),
    ("把安装APP作为办理业务的前提", "挂钩"),
    ("请先下载APP，否则不予办理", "挂钩"),
    ("装上它，百分百防诈", "夸大"),
    ("１００％防诈骗", "夸大"),
    ("100 % 安全", "夸大"),
    ("记住这三条，绝对不会被骗", "夸大"),
    ("装了就不会被骗", "夸大"),
    ("装上APP，您就再也不会上当", "夸大"),
    ("保证您不被骗", "夸大"),
    ("骗子再也骗不了您", "夸大"),
    ("所有诈骗电话都能拦截", "夸大"),
    ("防诈骗万无一失", "夸大"),
    ("他的证件号是 110101199003070011", "身份证号"),
    ("证件 110101 19900307 001 1", "身份证号"),
    ("证件１１０１０１１９９００３０７００１１", "身份证号"),
    ("有事打 13800138000", "手机号"),
    ("有事打138 0013 8000", "手机号"),
    ("有事打+86-138-0013-8000", "手机号"),
    ("咨询96110 13800138000", "手机号"),
    ("转到 6222 0212 3456 7890 128 这张卡", "银行卡号"),
    ("转到6222021234567890128这张卡", "银行卡号"),
    ("王小明，住柳林村三组", "姓名住址"),
    ("王小明（男，62岁）家住柳林村三组", "姓名住址"),
    ("村民王小明住在柳林村三组", "姓名住址"),
    ("姓名：李红 身份证见附件", "姓名住址"),
    ("欧阳建国的家庭住址已公布", "姓名住址"),
    ("村民王小明被骗五万元", "姓名住址"),
    ("王小明被骗5万元", "姓名住址"),
    ("柳林村三组一位老人被骗8万元", "姓名住址"),
    ("详情看 https://evilgov.cn/a", "链接"),
    ("详情看 https://gov.cn.evil.com/a", "链接"),
    ("详情看 https://gov.cn@evil.com/a", "链接"),
    ("详情看 https://www.gov.cn:8443/a", "链接"),
    ("详情看 evil。top/a", "链接"),
    ("详情看 evil ． top", "链接"),
    ("详情看 https://xn--gv-hia.cn/", "链接"),
    ("详情看 http://192.168.1.1/a", "链接"),
    ("点 https://t.cn/A6xyz", "短链接"),
    ("点 t . cn/A6xyz", "短链接"),
    ("点 ｔ．ｃｎ/A6xyz", "短链接"),
    ("点 dwz.cn/abc", "短链接"),
    ("点 https://bit.ly/abc", "短链接"),
    ("详情看 http://www.gov.cn/a", "不加密链接"),
]

FINE = [
    "不强制安装，装不装由您自己定",
    "装APP全凭自愿，不得强制",
    "任何单位和个人不得以任何理由强制安装",
    "严禁强制下载，严禁和办事挂钩",
    "我们绝不强制您注册",
    "有人强制您安装，可以打 12345 投诉",
    "不要求必须安装",
    "公安机关依法采取强制措施",
    "建议安装国家反诈中心APP，它能帮您多一道提醒",
    "骗子说“必须安装这个软件，否则冻结账户”",
    "骗子要求您必须下载会议软件，这时挂断",
    "冒充客服，要求您必须下载会议软件",
    "注册会员后才能领取返利，是骗局",
    "电话卡必须依法登记实名信息",
    "凡是要您必须下载软件的，都是诈骗",
    "不要下载陌生软件，否则钱就没了",
    "出借银行卡，要负法律责任",
    "不装APP也照样办理，不影响领取补贴",
    "没装APP的，也不会不给办理",
    "不得以不安装为由不予办理",
    "不得把安装APP作为办理业务的条件",
    "不安装陌生软件，骗子就不能得手",
    "带身份证才能办理银行卡",
    "安装后才能收到来电预警",
    "第三步，说要先下载软件才能领取补贴",
    "诈骗分子说‘百分百赚钱’，别信",
    "说“百分百赚钱”的，就是骗",
    "承诺百分百赚钱的，都是骗子",
    "没有哪个软件能百分百防诈",
    "警惕百分百赚钱的投资",
    "刷单百分百是诈骗",
    "没有万无一失的办法",
    "打 96110 问，钱转了打 110",
    "银行客服 95588，工信部 12381，热线 400-123-4567",
    "派出所电话 0571-88886666",
    "订单号 110101199003070012",
    "流水号 6222021234567890123",
    "手机号 138****8000",
    "张某，住柳林村三组",
    "村民张某被骗五万元",
    "张某某被骗5万元",
    "群众安全，远离诈骗",
    "老人高度警惕，不会上当",
    "任何人被骗都可以打 110",
    "严防被骗，钱财损失难追回",
    "住在柳林村的乡亲们，请看",
    "柳林村上月有人被骗",
    "详情看 https://www.gov.cn/a",
    "详情看https://www.gov.cn/a，打 96110",
    "详情看 https://www.gov.cn:443/a",
    "详情看 https://WWW.GOV.CN./a",
    "详情看www.qinghezhen.gov.cn",
    "详情看 https://mp.weixin.qq.com/s?__biz=MzA5&mid=13800138000&idx=1",
    "附件 poster.png 和 text.md",
    "邮箱 fanzha@qq.com",
]


@pytest.mark.parametrize(("line", "rule"), DOUBTFUL, ids=[line for line, _ in DOUBTFUL])
def test_a_careful_colleague_stops_at(line: str, rule: str) -> None:
    assert rule in rules(line)


@pytest.mark.parametrize("line", FINE)
def test_a_careful_colleague_does_not_stop_at(line: str) -> None:
    assert rules(line) == set()


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://www.gov.cn/a", None),
        ("https://mp.weixin.qq.com/s/abc", None),
        ("https://evilgov.cn/", "链接"),
        ("https://gov.cn@evil.com/", "链接"),
        ("https://evil.com\\@gov.cn/", "链接"),
        ("https://evil.com%2f.gov.cn/", "链接"),
        ("https://gov。cn.evil.com/", "链接"),
        ("https://www。gov。cn/", None),
        ("https://ｗｗｗ.gov.cn/", None),
        ("https://gоv.cn/", "链接"),
        ("https://user:pass@www.gov.cn/", "链接"),
        ("https://weixin.qq.com/", "链接"),
        ("https://gov.cn:99999/", "链接"),
        ("https://m.t.cn/x", "短链接"),
        ("http://www.gov.cn/", "不加密链接"),
    ],
)
def test_a_link_part_leads_where_the_list_says(url: str, rule: str | None) -> None:
    found = [f for f in findings(content(text("看链接"), link(url)), LINKS) if f.place == "第2部分 链接"]
    assert [f.rule for f in found] == ([rule] if rule else [])


@pytest.mark.parametrize("url", ["https://gov.cn@evil.com/", "https://evil.com\\@gov.cn/"])
def test_a_link_with_an_at_sign_is_named_by_where_it_really_leads(url: str) -> None:
    (found,) = findings(content(text("看链接"), link(url)), LINKS)
    assert found.excerpt == "evil.com"


def test_a_short_link_is_stopped_even_if_somebody_listed_it() -> None:
    assert [f.rule for f in findings(content(text("看链接"), link("https://t.cn/x")), ("t.cn",))] == [
        "短链接"
    ]


def test_a_finding_says_where_what_and_what_to_write() -> None:
    found = findings(content(text("第一行没事\n有事打 13800138000")), LINKS)
    what, write = "有手机号（138****00）", "删掉，咨询电话写 96110 或单位的固定电话"
    assert found == [Finding("手机号", "正文第2行", "138****00", what, write)]


def test_places_name_the_part_when_there_are_several_texts() -> None:
    second = Part(PartKind.TEXT, text="全镇必须安装APP")
    found = findings(content(text("您好"), second, title="装了就不会被骗"), LINKS)
    assert [(f.rule, f.place) for f in found] == [("夸大", "标题"), ("强制", "第2部分 正文第1行")]


def test_no_finding_repeats_a_personal_number_or_name() -> None:
    line = "王小明，住柳林村三组，13800138000，110101199003070011"
    told = " ".join(str(f) for f in findings(content(text(line)), LINKS))
    assert told
    assert not any(secret in told for secret in ("小明", "13800138000", "0138000", "110101199003070011"))


@pytest.mark.parametrize(
    ("parts", "number", "expected"),
    [
        ([text("您好")], NUMBER, []),
        ([text("您好", "咨询 96110")], NUMBER, ["正文和卡片里看不到编号"]),
        ([text("您好", NUMBER)], NUMBER, ["正文和卡片里没有 96110"]),
        ([text("您好", "打 1961100")], "", ["正文和卡片里没有 96110"]),
        ([text("您好", "打 110\n96110")], "", []),
        ([text("您好", "反诈宣〔２０２６〕００１号 ９６１１０")], NUMBER, []),
        ([text("您好", ""), link("https://www.gov.cn/")], NUMBER, []),
        ([Part(PartKind.IMAGE, True)], NUMBER, ["只有图片或文件，看不到署名"]),
    ],
)
def test_publicity_shows_its_number_and_whom_to_ask(
    parts: list[Part], number: str, expected: list[str]
) -> None:
    found = findings(content(*parts, number=number), LINKS)
    assert [(f.rule, f.what) for f in found] == [("署名", what) for what in expected]


def test_no_link_is_allowed_when_the_list_is_empty() -> None:
    assert [f.rule for f in findings(content(text("看"), link("https://www.gov.cn/")), ())] == ["链接"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_the_lint_reads_whatever_people_paste(line: str) -> None:
    assert all(f.what and f.write for f in findings(content(text(line), title=line), LINKS))


@pytest.mark.parametrize("piece", ["必须", "不装", "1 3", "http://", "a.", "姓名王", "“", "0-", "凭"])
def test_a_hostile_text_does_not_keep_the_lint_busy(piece: str) -> None:

    started = time.perf_counter()
    findings(content(text(piece * (2000 // len(piece)))), LINKS)
    assert time.perf_counter() - started < 1


def test_a_signature_alone_is_no_content() -> None:
    (finding,) = findings(content(text("")), ())
    assert (finding.rule, finding.what) == ("没写内容", "正文还没有写")
    assert findings(content(text("拿不准就问。")), ()) == []
    assert not findings(content(text(""), Part(PartKind.IMAGE, sha256="0" * 64)), ())
