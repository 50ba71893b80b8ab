"""Wording that coerces, ties a service to an APP, or promises too much (PLANS V1). Pure.

No finding: a negation right before (“不强制安装”), words between quotation marks, and what a sentence says of
fraudsters (“骗子要求您必须下载…”, “说百分百赚钱的，都是骗子”). The rest is a person's decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from bot.approval.plain import quoted, sentence_around


class Wording(StrEnum):
    """The rule codes, as people type them to let a finding pass."""

    COERCION = "强制"
    CONDITION = "挂钩"
    EXAGGERATION = "夸大"


_PUT = r"(?:安装|下载|注册|装上|装好|装)"
_ASKED = rf"(?:{_PUT}|打卡|接龙|转发|点赞|截图|关注|签到)"
_NOT_PUT = r"(?:不|没有?|未|拒不|不肯|拒绝)(?:按时|及时|按要求)?(?:安装|下载|注册|装|转发|打卡|接龙|关注)"
_GAP = r"[^,，、。！？!?;；:：]"
_MUST = r"(?:必须|务必|务须|一定要|强制|强行|硬性|一律|不得不|人人(?:都)?(?:要|得|必须)|户户(?:都)?(?:要|得|必须)|全员(?:都)?(?:要|得|必须)|全部(?:都)?(?:要|得|必须)|统一要求|限期|责令)"
_PUNISHED = r"(?:后果自负|通报|扣分|扣款|扣除|扣发|扣钱|罚款|处罚|追责|追究|问责|约谈|谈话|上门|移出|清退|列入|记入|影响(?:子女|孩子|入学|评优|评先|年终|考核))"
_SERVED = r"(?:办理|办事|办证|办卡|受理|领取|领|入学|报名|报到|享受|进(?!行|一步)|入(?:内|场|园|校|村)|发放|缴费|接种|开户|取款|取钱|存款|上班|上岗|上课|就诊|看病|挂号|通行|盖章|评优|评先|参加|参保|认证|补贴|低保|待遇|服务|贷款)"
_DENIED = rf"(?:不予|不给|停发|停办|停止|暂停|暂缓|取消|不办|不批|不受理|(?:不得|不让|不能|不准|不许|无法){_GAP}{{0,4}}{_SERVED})"

_COERCION = re.compile(
    rf"{_MUST}(?!措施|执行|隔离|戒毒){_GAP}{{0,10}}?{_ASKED}"
    rf"|强制(?!措施|执行|隔离|戒毒|共享|退出|报废)|强迫"
    rf"|{_PUT}{_GAP}{{0,14}}?(?:必须完成|必须达到|硬任务|硬性|是(?:每个人的)?义务)"
    rf"|必装|应装尽装|应装必装|全员安装|不装不行|不安装不行|非装不可"
    rf"|{_NOT_PUT}[^。！？!?;；]{{0,16}}?{_PUNISHED}"
    rf"|{_ASKED}[^。！？!?;；]{{0,20}}?否则[^。！？!?;；]{{0,12}}?{_PUNISHED}"
    rf"|否则后果自负"
)
_CONDITION = re.compile(
    rf"{_NOT_PUT}(?!不明|陌生|来历){_GAP}{{0,12}}[,，]?{_GAP}{{0,8}}?{_DENIED}"
    rf"|{_PUT}[^。！？!?;；]{{0,20}}?否则[^。！？!?;；]{{0,12}}?{_DENIED}"
    rf"|(?:凭|持|出示|亮){_GAP}{{0,16}}?(?:安装|下载|注册|app|截图|界面|转发|反诈){_GAP}{{0,14}}?(?:才能|才可|才给|才让|方可|方能|{_SERVED})"
    rf"|(?:{_PUT}|转发){_GAP}{{0,16}}[,，]?{_GAP}{{0,4}}?(?:才能|才可以?|方可|方能|才){_GAP}{{0,4}}?{_SERVED}"
    rf"|(?:{_PUT}|转发){_GAP}{{0,14}}[,，]?(?:才给|才让|才予|才准|才办|才发)"
    rf"|(?:把|将|以)?{_PUT}{_GAP}{{0,14}}?(?:作为|当作|列为){_GAP}{{0,12}}?(?:前提|条件|依据|门槛)"
)
_CHEATED = r"(?:被骗|受骗|上当|被诈骗|中招|损失)"
_EXAGGERATION = re.compile(
    rf"(?<![\d.])(?:百[分份]之?百|100%|百分之一百)(?!(?:的?都?|就|全)?(?:是|为){_GAP}{{0,6}}(?:诈|骗|假|陷阱|套路|圈套))"
    rf"|(?:绝对|保证|担保|彻底|完全|永远|从此|再也|肯定|包您?你?){_GAP}{{0,3}}?(?:不会?|不再|不怕|不用担心){_GAP}{{0,4}}?{_CHEATED}"
    rf"|(?:绝对|保证|彻底|完全|一定能?|肯定能?)(?:能|可以|可)?(?:安全|有效|可靠|防住|防骗|防诈|防范住|拦截|拦住|追回|挽回|杜绝|根治|告别诈骗|远离诈骗)"
    rf"|(?:装了|装上|安装|下载|用了|有了|看了|学会|记住|转发){_GAP}{{0,12}}[,，]?(?:就|便|再也|从此|也|您|你){{1,3}}(?:不会|不再|不怕|骗不了|不用怕|不用担心){_GAP}{{0,2}}?(?:{_CHEATED}|骗|诈骗)?"
    rf"|(?:谁|骗子)(?:也|都|再也)?骗不[了到](?:您|你|我)|万无一失|高枕无忧|一劳永逸|零风险|防骗神器|反诈神器|一装就灵"
    rf"|(?:所有|任何|一切|全部|全都){_GAP}{{0,4}}?(?:诈骗|骗子|骗局|骗术){_GAP}{{0,6}}?(?:都能|全能|均能|都可以|都会被|全部)(?:被)?(?:拦|识别|挡|防|发现|杜绝)"
    rf"|(?:最强|最安全|最权威|唯一|第一)的?(?:防骗|防诈|反诈)"
)
_RULES = (
    (Wording.COERCION, _COERCION, "带强迫的意思", "写成自愿，如“建议安装，装不装由您自己定”"),
    (Wording.CONDITION, _CONDITION, "把装不装、转不转和办事连在一起", "删掉这个条件，办事不看装没装"),
    (Wording.EXAGGERATION, _EXAGGERATION, "说得太满", "写做得到的，如“能帮您多一道提醒”"),
)

_NO = r"(?:绝?不得|不[能可许准会再应要该搞是用作]|不|没有|没|未|并非|非|勿|莫|别|严禁|禁止|杜绝|防止|避免|反对|拒绝|决不|从不|不存在|禁|无需|无须|不必|谁都不)"
_FILLER = r"(?:以任何(?:形式|方式|理由|名义)|任何(?:人|单位|形式|地方)?|个人|单位|进行|采取|变相|要求|规定|搞|用|再|被|去|让|因为?|以|将|把|您|你|群众|村民|居民|大家|说|什么|有|是)"
_NEGATED = re.compile(rf"{_NO}{_FILLER}{{0,4}}[“\"]?$")
_REFUSED_INSIDE = re.compile(rf"(?:也|都|绝)?(?:不会|不得|不能|不应|不可|照样|照常|一样)(?={_DENIED}|能|可)")
_WARNED = re.compile(
    rf"(?:没有|不是|并非|不可能|不存在|不保证|不敢|做不到|难以|别信|不信|莫信|不要相?信|别相信|警惕|小心|谨防|当心|远离|提防|哪有|哪来){_GAP}*$"
)
_BY_FRAUDSTER = re.compile(
    r"^(?:\W|第.{1,2}步|\d+|如果|一旦|凡是|当|有的|有些|这时|接着|然后|随后|最后|于是|近期|最近|电信|网络|冒充的?)*"
    r"(?:骗子|诈骗分子|诈骗犯|诈骗团伙|不法分子|犯罪分子|犯罪嫌疑人|嫌疑人|对方|假客服|假警察|假民警|所谓"
    r"|(?:冒充|假冒|伪装成)(?![^,，]*(?:诈骗|高发|案))[^,，]{1,10}[,，])"
    r"|谎称|声称|自称|假称|诱导|诱骗|哄骗|吓唬|叫您|叫你|说是|他说|就说|又说|还说|说要|说您|说你|骗您|骗你"
)
_IS_FRAUD = re.compile(
    r"(?:都|就|全|均|肯定|一定|多半|多|[,，])(?:是|为)[^,，]{0,6}(?:诈骗|骗子|骗局|骗人|假的|圈套|陷阱|套路)"
)
_IS_WRONG = re.compile(
    r"投诉|举报|可以拒绝|有权拒绝|可以不|是错误|不允许|违规|违反|是不对|不可取|(?:要|应)纠正"
)


def wording(line: str) -> Iterator[tuple[Wording, str, str, str]]:
    """The doubtful wording in one squeezed ``line``: rule, excerpt, what is wrong, what to write instead."""
    for rule, pattern, what, write in _RULES:
        for match in pattern.finditer(line):
            if not _excused(rule, line, match):
                yield rule, match.group(), what, write


def _excused(rule: Wording, line: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if quoted(line, start, end) or _NEGATED.search(line[:start]):
        return True
    before, after = sentence_around(line, start, end)
    if _BY_FRAUDSTER.search(before) or _IS_FRAUD.search(after):
        return True
    if rule is Wording.EXAGGERATION:
        return _WARNED.search(before) is not None
    return _REFUSED_INSIDE.search(match.group()) is not None or _IS_WRONG.search(after) is not None
