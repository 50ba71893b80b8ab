"""The words and marks with which people in a work group say that they forwarded something: patterns, no decisions.

Each pattern must match a whole clause: a clause with a word that is not known here is not a confirmation,
so that 已转账 or 转发了别人的 is never taken for one. Written for text that `clean` made; marks stand in the raw text.
"""

from __future__ import annotations

import re

from bot.recognise.normalise import (
    MAX_CHARACTERS,
    fold,
    numbers_at,
    simplified,
    without_mentions,
    without_quote,
)
from bot.recognise.wording import in_plain_words

_SHADE = re.compile("[\U0001f3fb-\U0001f3ff\u200d\ufe0e\ufe0f♀♂]")
"""Skin, sex and form of an emoji: 👌🏻 says what 👌 says."""
YES_MARK = re.compile(r"[✅✔✓☑√👌🆗]|\[ok\]", re.I)
_TICK = re.compile(rf"(转发?)\s*(?:{YES_MARK.pattern})", re.I)
_TICKS = re.compile("[✅✔✓☑√]")
NO_MARK = re.compile(r"[❌❎✖✕✗✘×╳☒🚫⛔👎🙅]|\[(?:弱|no|差劲)\]", re.I)
_NO_BESIDE = re.compile(rf"(?:{NO_MARK.pattern})+\s*(?=[还尚]?[没未])", re.I)
WAIT_MARK = re.compile("[⏳⌛⏰🔜]")
DOUBT_MARK = re.compile(r"[🤔🤷]|\[(?:疑问|晕|发呆|裂开|捂脸)\]")
_ASKING_MARK = re.compile("[❓❔⁉]")
_ORNAMENT = re.compile(
    "[☀☘⭐✨❤♥\U0001f308\U0001f31e\U0001f31f\U0001f330-\U0001f37f\U0001f380-\U0001f389\U0001f400-\U0001f43f"
    "\U0001f490\U0001f493\U0001f495-\U0001f49f\U0001f60a\U0001f64f\U0001f91d]"
    r"|\[(?:抱拳|玫瑰|鲜花|握手|愉快|微笑|呲牙|爱心|太阳|咖啡|庆祝|合十|鼓掌|礼物|拥抱)\]"
)
"""Flowers, animals, food, hearts, thanks: they stand in nicknames and say nothing."""
_MARK = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001fbff]|\[[一-鿿A-Za-z]{1,6}\]")
_ACK_TICK = re.compile(rf"(收到|收悉|好的?|知道了?|明白|了解|嗯+)\s*(?:{YES_MARK.pattern})+", re.I)
_TICK_ACK = re.compile(rf"(?:{YES_MARK.pattern})+\s*(收到|收悉|好的|知道了?|明白|了解|嗯+)", re.I)
_TITLE = re.compile(r"《([^《》\n]{1,60})》")
_WHEN = re.compile(
    r"(?:(?:今天|今日|今儿|昨天|昨日|前天|早上|上午|中午|下午|晚上|今早|刚才)+(?:\d{1,2}[点:]\d{0,2}分?)?|\d{1,2}[点:]\d{0,2}分?)"
    r"(?:发)?的(?:[那这]?[一两二三\d]?[条个份篇])?|第[一二三四五\d]{1,2}[条篇]|(?:前后|上下|以上|[这那])?(?:[一二两三四五\d]{1,2}|[两二三四五])[条则](?=[都全均已己])|(?:(?:刚才|之前)?(?:没转|还差|落下|漏掉|漏下|漏)的|另外?|上|前面?|前头|头(?=一)|之前|先前|上面|上头)的?[那一]*(?:[条篇份则]|个(?!群|网格|小?组|村))|还有[那一]{1,2}[条篇份]|[这那此][一两]?[条篇份]|(?<![一-鿿])刚刚?发的|昨(?:[天日]|晚(?!睡|忙|加班|喝|有事|停电|没))|前天"
)

NUM = r"(?:\d{1,3}|[一二三四五六七八九十百两]{1,4})"
_PLACE = r"(?:网格|群|村|社区|小组|组|小区|号楼|楼|栋|幢|单元|片区|支行|分社|小学|中学|学校|幼儿园|卫生院|班)"
_LETTER = r"(?:(?!所有|全部|其他|其余|别的|剩下|大家|各位|每个|几个|除|转|已|己|把|还是)[\w()#·\-](?<![请帮让没未不谁哪]))"
ALL_GROUPS = (
    r"(?:(?:我|我们|本人|俺们?|咱们?)(?:的|负责的?|名下的?|管的?|这边的?)?)?(?:所有的?|全部的?|各个?|每个|[这那]几个|(?<!好)几个|这些|我的|自己的?|名下的?|负责的?|手[上里头]的?|个个)*"
    r"(?:居民|业主|村民|微信|网格|家长)?群(?:里面?|内|中|聊)?|(?:本|我|我的|所有|全部|各)网格(?:的)?(?:(?:居民|微信)?群)?|本(?:村|社区|小区|组|楼)(?:的)?(?:居民|业主|村民)?群|(?:我们?|俺们?|咱们?)(?:村|社区|小区|组|片区?|网格)(?:的)?(?:(?:居民|业主|村民)?群)?|所有的?"
)
COUNTED = rf"{NUM}个(?:居民|微信|网格)?(?:群|网格|村|组)?"
ITEM = (
    rf"(?:{_LETTER}{{0,30}}?{NUM}?{_PLACE}(?:[\dA-Za-z一二三四五六七八九十]{{1,3}}群?)?"
    r"|\d{1,3}(?:_\d{1,3})+(?:网格|群)?|第?\d{1,3}(?:[-~至到]\d{1,3})?(?:号|个)?)"
)
_MONEY = "钱|款|红包|账|快递|拼团|[块万]|元|骗|诈"
_SELF = r"(?:我们?|本人|俺们?|咱们?|我这[边里儿块片头]|这边|俺这[边里儿]?|我自己)?(?:的)?"
_SEEN = r"(?:一?(?:收到|看到|接到)(?:通知|消息|信息)?之?后?(?:就(?=[都全]*转发?[了好完过])|(?=已|转发?了))|收到|好的|好(?=[已都全])|嗯+|哦|ok|收悉|是的|好嘞|好滴|已[读悉](?=已))?"
_TIME = (
    r"现在|目前|今天|今日|今早|今晨|一早|老早|早上|早起|早|上午|中午|晌午|下午|傍晚|晚上|昨天|昨晚|今儿|这会儿?|这下|刚|方才|适才|之前|先前"
    r"|才|终于|总算|好不容易|连夜|当场|现(?=已)|这就(?=转发?[完好毕]了)"
)
_ONE_BY_ONE = r"同时|一块儿?|一道|挨个儿?|挨着|个个|群群|逐一|逐个|逐群|一一|依次|分别|一个[没不]?[落漏少差拉]|一个一?个|一群[没不][落漏]|统统|通通|统一|一起|一并|同步|并"
_DUTIFULLY = r"按时|及时|第一时间|立即|顺利|按照?(?:要求|通知|规定)|照(?=转)|确实|真的?(?=转)|重新|补"
_WAY = rf"(?:也|只|先|就|全部?|全数|如数|悉数|都|均|皆|暂时?|{_TIME}|{_ONE_BY_ONE}|{_DUTIFULLY})*+"
_DONE = r"(?:已经|己经|以经|已|己|以)"
_VERB = r"(?:转发|转(?![账帐移让交载学正岗身诊业型嫁达告播换法罚阀]))"
_END = r"(?:了|啦|喽|咯|咧|嘞|哩|呗|哟|啵|嗷|哈|完毕|完成|完|好|哒|妥|过去|过|毕|[上下]去(?=了)|上|成功|到位|到(?=了)|出去|结束|(?<=了)一?遍|一?遍(?=了)|ok)"
_INTO = r"(?:到|至|给|进|入|在|往)?"
CLAIM = (
    rf"{_SELF}{_SEEN}{_SELF}{_WAY}(?:"
    rf"{_DONE}{_WAY}(?:完成)?{_VERB}{_END}*"
    rf"|{_DONE}(?:收到|阅|学习|知晓|浏览|看)(?:并|且|,)?{_WAY}{_DONE}?{_VERB}{_END}*"
    rf"|{_VERB}{_END}+"
    rf"|(?:(?<=刚)|(?<=刚补)){_VERB}"
    rf"|{_DONE}?{_WAY}完成了?(?:全部)?转发(?:任务|工作)?了?"
    rf"|(?:(?<=个群全)|(?<=个群全部)|(?<=个群统统)|(?<=个群通通)|(?<=个群挨个)){_VERB}"
    rf"|{_VERB}(?=(?:入|给)?(?:各个?|居民|自己)*群[里内]?去?[了啦])"
    rf"|转发(?:任务|工作)?(?:{_DONE}|全部|都)*(?:完成|完毕|结束|到位(?=了))了?"
    rf"|(?:{_DONE}{_WAY}|(?<=[都全部均]))(?:传达|推送|同步|下发|发布?)(?=(?:到|至|进|在)?[^\s,]*群[里内]?了)"
    rf"|{_DONE}{_WAY}(?:传达|推送|同步|下发|发布)(?=(?:到|至|进|在)[^\s,]*群)"
    rf"|{_DONE}发(?:送)?(?=(?:到|至|进|在)?[^\s,]*群)"
    rf"|发(?=(?:到|至|进)[^\s,]*群[里内]?了)"
    rf"|{_DONE}{_WAY}[在往](?:各|我的|居民|业主|本)*群(?:里|内|中)?{_VERB}{_END}*"
    rf"|{_VERB}(?=(?:到|至|进)[^\s,]*(?:群|网格|组|栋|楼|片)[里内中]?去?了)"
    rf"|(?<=[都全部均]){_VERB}{_END}*(?={_INTO}[^\s,]*群)"
    r")"
)
_OTHERS = r"(?:其他|其它|其余|别的|剩下|剩余|余下)(?:的)?(?:几个|所有|各)?(?:网格|群|楼栋?|小?组)?"

_FIRST = r"(?:只有|就|(?:我?(?:先|已经?|刚刚?)?)?把|(?:今天|今日|今早|目前|现在|刚才|刚刚?|先)(?!的|群))?+"
"""What may stand before the groups that were forwarded. 下午把1群转了 is a plan as well as a report."""
CLAUSE = re.compile(
    rf"{_FIRST}(?:(?P<others>{_OTHERS})|(?P<counted_before>(?:我们?)?(?:这|的|负责的?|管的?|手[上里头]的?|一?共|总共|全部|所有)?{COUNTED})|(?:[在往朝给])?(?P<all_before>{ALL_GROUPS})"
    rf"|(?P<before>{ITEM})(?:的)?(?:{ALL_GROUPS})?)?"
    rf"(?P<claim>{CLAIM})"
    rf"(?:{_INTO}(?:(?P<counted_after>{COUNTED})|(?P<all_after>{ALL_GROUPS})|(?P<after>{ITEM}))(?:里|内)?(?:[了啦咧嘞]|去了|完毕)*)?"
)
_INDEFINITE = (
    r"(?:一?大?部分|一?大?半|一些|有些|一点|好?几个|一两个|两三个|差不多|大概|基本上?|大致|多数|大多数?|个别|百分之.{1,4}|\d{1,3}%)"
    r"(?:的)?(?:居民|业主|微信|网格)*(?:群|网格)?"
)
_ASPECT = rf"(?:{_DONE}{_WAY}{_VERB}{_END}*|{_VERB}{_END}+)"
PARTLY = re.compile(
    rf"{_SELF}{_WAY}{_INDEFINITE}{_SELF}{_WAY}(?:{_ASPECT}(?:的)?|(?:还|尚|暂)?(?:没有?|未){_VERB}{_END}*)"
    rf"|{_SELF}(?:{ITEM})?(?:的)?{_WAY}{_ASPECT}{_INTO}{_INDEFINITE}(?:了|吧)*"
    rf"|{_SELF}(?:{ITEM})?(?:的)?{_WAY}{_DONE}?{_WAY}{_VERB}[得的了]?(?:差不多|失败|不成功|没成功|不出去|不上去|不动|错|漏|有误|重)(?:群|的|地方|了|啦)*"
    rf"|{_SELF}(?:{ITEM}|{ALL_GROUPS})?(?:快要?|就要|差不多|马上就?){_WAY}{_VERB}(?:完|好)(?:了|啦)?"
    rf"|{_SELF}{_WAY}(?:应该|好像|可能|大概|也许|估计|记得|以为|似乎)是?{_SELF}(?:{ITEM}|{ALL_GROUPS})?{CLAIM}(?:的|吧)?"
    rf"|{_SELF}(?:{ITEM}|{ALL_GROUPS})?{CLAIM}(?:的)?(?:不算|作废|有误|错|不对|不全|吧)(?:数|了)*"
)
"""Speaks of his forwarding and is neither a yes nor a no: a part of it, a failure, not sure, taken back."""
EACH = re.compile("都|全|均|皆|所有|统统|通通|个个|挨个|逐")
ONLY_ITEM = re.compile(rf"(?:{_FIRST}|还有|仅有?|唯独|唯有)(?P<item>{ITEM}|{COUNTED})(?:里|内|的)?去?[了啦]?")
NOT_DONE = re.compile(
    rf"{_SELF}(?:的)?(?:还有|就|就只剩|只有|只差|差|仅剩?|只剩下?|唯独|唯有)?+(?:(?P<item>{ITEM})|{COUNTED}|{_OTHERS})?{_SELF}{_WAY}(?:还|暂时?|尚)?"
    rf"(?:没有?|未|没来得及|来不及|没顾得?[上着]|没顾得及|顾不[上过]来?|没腾出[手空]来?|没得空|没工夫|忘了?|忘记|漏了?|没法|无法|没空|不能?|不会){_WAY}(?:时间)?(?:{_VERB}了?(?:{_INTO}(?:{COUNTED}|{ALL_GROUPS}|(?P<after>{ITEM}))(?:里|内)?)?|完成)?(?:发|弄|完|好|上|成功?|到位|进去|过去|出去|了|呢|[咧嘞哩啦呐哈啊呀])*"
    rf"|{_SELF}(?:(?P<unable>{ITEM})的?)?{_SELF}(?:还|暂时?)?(?:被?禁言了?)?(?:{_VERB}(?:发)?|发)不(?:了|进去?)"
    rf"|(?P<failed>{ITEM})的?(?:{_VERB}(?:失败|不成功)|被?禁言|(?:{_VERB}|发|进)不(?:出去?|上去?|去|成))了?"
)
LATER = re.compile(
    rf"{_SELF}(?:(?P<item>{ITEM})|{_OTHERS})?(?:明儿[早晚]?|明[天早]|后[天儿]|今儿|晌午|傍晚|后晌|夜里|等会儿?|等一?下|等一会儿?|一会儿?|稍后|晚点|晚些|待会儿?|过会儿?|过一会儿?|一哈儿?|等哈儿?|回头|马上|立即|立刻|这就|得空|就|准备|待|正在|正"
    rf"|今晚|晚上|中午|上午|下午|回[去家]后?|到家后?|忙完|等(?=我)|下班后?|有空|抽空|来|去|会|要|再|就去|\d{{1,2}}点后?|我|在|给)++(?:把(?:{ITEM}|{ALL_GROUPS}|{_OTHERS})(?:都|全部?|再|也)?)?{_VERB}(?:一下|的|了|呢|吧|中|ing|[哈啊呀哦啦咧嘞哩呗哟])*(?:[行中成好][不吗]|可以[不吗])?"
    rf"|(?:(?![不别请让叫]|{_MONEY}).){{0,8}}再[去来]?{_VERB}(?:一下|吧|了)*"
)
NOT_NOW = re.compile(
    rf"{_SELF}(?:还|尚)?(?:明[天早日]|后天|稍后|晚点|晚些|等会儿?|等一?下|待会儿?|一会儿?|过会儿?|马上|回头|准备|正在|处理中|进行中)+(?:时候)?(?:再|来|去)?(?:发|做|弄|办|处理|完成)?(?:吧|了)?"
)
"""In a list about forwarding, where nobody needs to say 转."""
DONE_WORD = re.compile(
    r"(?<![未没不])(?:完成|完毕|搞定|办结|好(?=了))了?$|(?:(?<=[已经己都全])发送?(?:完|好)?|^发送?(?:完|好)?(?=了))了?$"
    r"|(?:^|(?<=[格群组村区楼栋\d]))ok了?$"
)
"""In such a list: the end of a clause that says 转发了 without 转."""
TODAY = re.compile("今天|今日|[早晚]上|[上中下]午|今[早晚]|立即|[今明后]天|点")
PAST = re.compile("[了啦过已己]|都")
"""下午转完 is a plan as well as a report; 下午转完了 is a report."""
ITEM_LATER = re.compile(
    rf"(?P<item>{ITEM})(?:的)?(?:等)?(?:明[天早晚]|后天|今晚|晚上|晚[点些]|稍后|回头|下午|中午|等会儿?|等一?下|待会儿?|过会儿?|一会儿?)(?:再说|再弄|吧|了)?"
)
"""Beside a claim: 2群稍后."""
LEFT_OUT = re.compile(rf"(?P<item>{ITEM}|{COUNTED})(?:都)?除外")
"""3群除外: all but that one."""
QUESTION = re.compile(
    r"[?]|[吗嘛么]\s*$|(?<![转发没完好])呢\s*$|[吗嘛]|谁|哪|怎么|是否|是不是|有没有|能否|能不能|可不可以|多少|几个没|(?:转发?|发)到?了?几个|转发?了?没有?\s*[.。!]*\s*$"
)
ASKED_OF_A_PLACE = re.compile(r".*[^\d第一二三四五六七八九十还都也群格](?:村|社区|小区|学校)没有?")
"""信号覆盖到咱村没: a question; 3网格没 and 还没 are answers."""
ORDER = re.compile(
    "请(?!假)|帮|大家|各位|务必|抓紧|尽快|记得|麻烦|别忘|的人|你|您|(?<!其)他|她|必须|要求|通知|提醒|催"
)
INSTRUCTION = re.compile(
    r"请(?![问假])|帮|大家|各[位村网单]|务必|抓紧|尽快|记得|别忘|必须|要求|回复|接龙|[打扣]1|的人|的同志|的话|转发后"
)
"""Said to others: a notice that has 已转发 in it is nobody's claim."""
OTHER_MATTER = re.compile(_MONEY)
CORRECTED = re.compile(r"(?:刚才|刚刚|前面|上面|之前)?(?:我)?(?:说|打|写|报|填|看|弄|搞|记|数)错了?")
CONJUNCTION = re.compile(r"^(?:但是?|不过|可是|只是|就是|其实|结果|然后|而且|另外|因此|所以)(?=.)")
_TITLED = r"(?:[^\W\d_转发没未]{0,3}(?:主任|书记|领导|所长|镇长|站长|警官)(?:好|们)?)"
_REPORTS = r"(?:[跟向给回]?您?(?:汇报|报告|报|反馈|回报|回复)(?:一下|下)?)"
_SORRY = r"(?:不好意思|抱歉|对不起|见谅|[才刚]刚?看[到见](?:消息|信息|通知)?了?|[来回]?(?:晚|迟)了)"
_PLEASE = r"(?:(?:麻烦|劳烦|烦请|辛苦|请|帮忙|敬请)*您?(?:们)?(?:帮忙)?(?:统计|登记|记录|备案|查收|知晓|知悉|核查|核对|核实|销号|放心)(?:一下|下|吧)?)"
POLITE = re.compile(
    r"(?:(?:专职|兼职)?(?:网格[员长]|联络员|楼栋?长|组长)|我(?:是|叫)?|本人|这里是|都?搞定了?|办妥|妥了|完事了?|(?:任务)?完成了?(?:任务)?|弄好了?|办好了?|好了|收到|收悉|好的?|好嘞|好滴|[嗯哦哎诶欸嗨嘿]+|那个?|ok|是的?|对|明白|知道了?|了解|不好意思|抱歉|报告.{0,6}|.{0,6}(?:辛苦|谢谢|感谢|多谢)[^转发没未]{0,8}"
    r"|麻烦了?|(?:请|敬请|烦请)?.{0,4}(?:查收|查看|知悉|放心|审阅|指示|核实|登记|统计|过目)(?:一下)?|.{0,6}(?:您好|你好|早上好|上午好|中午好|下午好|晚上好|(?<![明今天])早|领导好)"
    rf"|(?:(?:收到|好的?|嗯+|哦|哎|是|是的|遵命|得令|得嘞|好嘞|妥妥的|知悉|收悉|已[阅读悉]|有的?|没问题|已照办|照办|遵照执行|学习了|打卡|签到|对了|补充(?:一下)?|补一下|呢|哈|啊)|{_TITLED}|{_REPORTS}|{_SORRY}|{_PLEASE}){{1,4}}"
    r"|[^转发没未]{0,4}(?:主任|书记|领导|老师|所长|镇长|警官|同志|站长))"
)
_HARMLESS = re.compile(
    r"不好意思|看不清楚?|没看手机|没看见|没看到|没注意|没[落漏][下掉]?|无遗漏|不漏|一个不|不容易|昨[天晚夜]|今[早天晨]|没事|不客气|不谢|没问题"
)
_TURNS_ROUND = re.compile(
    r"[没不未别无勿莫非转发群格组钱款账帐元骗错撤删漏谁哪?吗嘛请催除差剩只仅半几]|失败|部分|基本|大概|可能|应该|好像|也许|估计|[明后]天|等|待会|再|如果|要是|大家|各位|通知|公告|名单|材料|作业"
)
_ABOUT_ONESELF = re.compile(
    r"我|俺|刚|才|请假|出差|住院|外出|忙|开会|做饭|吃饭|地里|回来|到家|耽误|睡|手机|眼|娃|孩子|路上|开车|医院|上班|下班|加班|干活|安排|办[妥好]|遵|报|done|ok|看见|看到|一样|同上|跟上|算我|嘿|哈哈|呵|hi|hello|收工|到位|辛苦|迟了|晚了|久等|妥了|了解|齐活"
)


def is_aside(part: str) -> bool:
    """Whether a clause beside a claim only says something of who speaks (带娃耽误了，done，同上): nothing that turns the
    claim round, limits it, or names another matter."""
    plain = _HARMLESS.sub("", part)
    return (
        len(part) <= 16
        and _TURNS_ROUND.search(plain) is None
        and (plain != part or _ABOUT_ONESELF.search(plain) is not None)
    )


SEPARATOR = re.compile(
    r"(?:[\s,;。!、|&+…@\"'“”‘’()\[\]【】]|(?<!\d)[/:]|[/:](?!\d))+|(?<!\d)[.~-]+|[.~-]+(?!\d)|(?<=\d)\.(?=\d)"
)
_ROW_OF_NUMERALS = re.compile(
    r"(?:^|(?<=[转发了\s,])|(?<=第))[一二三四五六七八九](?:\s*[、,和跟与\s]\s*[一二三四五六七八九])+(?=$|[,。\s已转都]|(?:群|网格|组|号楼)(?![一-鿿]{0,3}群))"
)
_NUMERALS = re.compile(r"(?<![一-鿿])[一二三四五六七八九]{2,6}(?=群|组|网格)")
"""一二三群: 一, 二 and 三."""
_NUMERAL_OF_LIST = re.compile("第[一二三四五六七八九]个(?![群网月周星])")
_AS_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_ROW_NOT_DONE = re.compile(
    r"(?<!\d)\d{1,3}(?:(?:\s*[、和]\s*|\s+)\d{1,3})+(?=(?:号|个)?(?:网格|群)?[还都]?[没未])"
)
"""1 3没转: neither of them, whatever was claimed before."""
_ROW_OF_NUMBERS = re.compile(r"(?<![\d/])\d{1,3}(?:/\d{1,3}){2,}(?![\d/])")
_RATIO = re.compile(r"(?<![\d/:])(\d{1,3})\s*([/:])\s*(\d{1,3})(?![\d/:])")
"""1/2 is one of two or the second and the first, 8:25 is a time: never items of a list."""
_JOINED = re.compile(
    r"(?<=[\d个群格组号村区栋楼片])\s*(?:和|与|跟|同|及|以及|还有(?:就是)?|连同|外加|再?加上?|捎带)\s*(?=[第\d一二三四五六七八九十]|[^\W_]{1,20}?(?:群|网格|组|号楼|栋))"
)
_GAP_BEFORE = re.compile(r"(第)\s+(?=\d)|(?<=\d)\s+(?=(?:号?网格|号?群|号楼|组))")
_MISTYPED = re.compile(
    r"[传专](?=发)|^一(?=转发)|(?<=[已己以巳都全]转)法(?!院|律|庭|治|师|人)|(?<![一-鿿])巳(?=经?转)|(?<=[全部都])巳(?=转)"
)
_MEANT = {"传": "转", "专": "转", "一": "已", "法": "发", "巳": "已"}
_OUR_MATTER = re.compile(
    r"(?:本次|这次|今[天日]的?)?(?:反诈骗?|防诈骗?|防骗)(?:的)?(?:宣传|内容|信息|消息|链接|视频|海报|图片|文章|资料|材料|知识|通知|提醒|警示)+(?:的)?|宣传(?:内容|信息|链接|资料|材料|海报)(?:的)?"
    r"|(?:^|(?<=[,，。!！;；\s]))(?:[今刚][天日才]?发?的?|该|此|以上|上述|这个|您?发的|新?推?的)?(?:反诈|防诈|宣传|内容|信息|消息|链接|视频|海报|图片|推文|文章)(?:的)?(?=[已己都全均也早刚转])"
    r"|(?:^|(?<=[,，。!！;；\s]))(?:这个|以上|您发的|最?新的|刚推的)(?=[已己都全均也早刚]*转)"
)
"""What it is all about, and so says nothing of which."""
_ITEM_DONE = re.compile(
    r"(?<=[群格组楼栋片的余他])(?:也|都|已)?(?:搞定|安排上|安排好|弄好|办好|办妥|妥|ok|好(?=了))了?(?=[,，。;；\s]|[已也都]*转)"
)
_FOR_NOW = re.compile(
    r"(?<![一-鿿])(?:到|截至)?(?:目前|当前|现在|这会儿)(?:为止)?(?=[^\s,]{0,12}(?:群|网格|组|楼|栋|片))"
)
_ADDRESS = re.compile(
    r"(?<=[了发转])(?:主任|书记|领导|老师|所长|镇长|站长)(?=$|[,。!~\s])|(?<=报告)@[^\s@,，。]{1,20}(?=[,，。\s])"
)
_INDEED = re.compile(r"其实|实际上|确实")
_TO_SOMEBODY = re.compile(r"(?<=[\s,，。!！~])@[^\s@]{1,20}\s*$")
_DASHES = re.compile("[—–－]+")
_SPELT = re.compile(r"(?<=[已己转没未])\s+(?=[转发])|(?<=已)\s+(?=经)|(?<=还)\s+(?=[没未])")
_ROW = re.compile(
    r"(?<=群)(?=(?:居民|业主|村民)?第?[一二三四五六七八九十\d]{1,6}(?:号)?(?:网格|群|组|号楼))|(?<=群)(?!外其|外别|外剩|外余)(?=[^\W_转发都里内中的了已己主聊我没未还全和跟与及]{2,4}群)"
    r"|(?<=组)(?=第?\d{1,3}组)|(?<=栋)(?=\d{1,3}栋)|(?<=号楼)(?=\d{1,3}号楼)|(?<=\d号)(?=\d{1,3}号楼)|(?<=网格)(?=第?\d{1,3}网格)"
)
"""一群二群, 1网格一群2网格一群: each for itself."""
_OUTSIDE = re.compile(r"(?<=[\d群格组号村区栋楼])(?:以外|之外|外(?=[都全均其别剩余已己转我,;)\s]|$))")
_LEFT_UNDONE = re.compile(r"(?<=[\d群格组号村区栋楼])(?:还|尚|暂)?(?:没有?|未)(?:转发?)?(?=[以之]?外)")
"""除3群没转外: 除3群外."""
_LISTED = re.compile(r"(?<![一-鿿])(已转|转了|转好|没转|未转)发?了?的群?(?:有|是|为|[:：])+")
"""已转的有1群、3群: 已转1群、3群."""
_PUT_IN = re.compile(
    r"(?:^|(?<=[,，。\s我都也]))(?:转发?|发)(?=[到至进入][^,，。;；?？没未不别]{1,40}群[里内中]?去?[了啦]+(?:$|[,，。!！~\s]))"
)
"""转到1群和3群了: the 了 stands far behind."""
NEW_ROW = "¦"
"""A clause of its own: the groups behind it belong to what follows them, not to the claim before."""
_UNIT_END = "(?:群|网格|组|号楼|栋|片)"
_ROW_LEFT_OUT = "|".join(
    rf"{before}(?={inside}*{_UNIT_END}{inside}*{_UNIT_END}[都也就]?(?:没|未|还|暂|尚|[明后]天|明|今晚|[晚中下]|等|待|稍|过|一会|回头|马上|准备|正|转不|发不|进不))"
    for before, inside in ((r"[,，。;；!！\n]", r"[^,，。;；!！\n转]"), (r"[ \t]", r"[^,，。;；!！\s转]"))
)
"""已转1群3群，2群4群没转: neither of the last two was forwarded."""
_EVERY_ONE = re.compile(
    r"^([^\d一二两三四五六七八九十群]*)([2-9]|[1-9]\d|[两二三四五六七八九十])群(?=全|统统|通通|挨个|一个[没不]|已全)"
)
"""3群全转: of one group nobody says all. That he has three of them is for the caller to see."""
_THEN = re.compile(
    r"((?:群|网格|组|楼|栋|片|区)[^,，。\s]{0,6}?(?:[转发好完]了|已转发?))(?=[^,，。\s转]{1,16}(?:明[天早]|晚上|今晚|等[会下我]|稍后|下午|回头|晚点|[没未]|还没)|(?:居民)?第?[\d一二三四五六七八九十]{1,3}[^,，。\s转]{1,6}转)"
)
"""1群转了2群明天转: two clauses."""
_BEFORE_NOW = re.compile(
    r"^(?:刚才?|刚刚|方才|上午|早上|早起|前面|那会儿?)(?:我|一直|都)*(?:在|去|忙|开会|下地|没看)[^,，。;；!！?？\s转发没未不群]{0,8}[,，。;；\s]+(?=(?:现在|这会儿?|这下|刚刚?|才)[^,，。?？]*转)"
)
"""刚才在地里，现在都转好了: why it was not done earlier, before a claim that it is done now."""
_TWICE = re.compile(r"([^,，\s]{1,4}[了啦咧嘞])\1+(?![^,，。!！~\s])")
_PARTICLE = re.compile(
    r"(?<=转了)呢(?![一-鿿])|(?<=已转发)呢(?![一-鿿])|(?<=[\w)])[啊呀哦噢喔哈呗哟呦嗷哇呐噻]+(?![^,，。;；!！~、\s])"
)
_SPLIT_BEFORE = re.compile(
    r"(?<=[没未]转)(?=都|全)|(?<=[没未]转发)(?=都|全)|(?<!^)(?=其他|其它|其余|别的|(?<![只就还])剩下|余下)|(?<=[了啦])(?=除|[就只还][差剩])|(?<=除外)(?=[都全均已])"
)

RUN = re.compile(r"(?:[^\W_]|[·•])+")
GLUED = re.compile(
    r"^(.{2,}?)((?:已经?|己经?|以|都|全部?|均|也|还?没有?|还?未|完成|不|别|忘记?了?|会|要|能|无法|来不及|正在?|准备|再|待|刚|[今明][天早晚]|[晚早]上|[上下]午)*转.*"
    r"|[已己]?(?:完成|完毕|搞定).*|还[没未不].*|尚未.*|没有.*|[没未](?:完成|发|做|办|好|空|群|时间|来得及).*|[没未不]|收到.*|请假.*"
    r"|[明今][天早日晚].*|后天.*|晚[上点些].*|[上下]午.*|稍后.*|马上.*|等[会下].*|待会.*|回头.*|暂[时缓停不].*)$"
)
CODE_BEHIND = re.compile(r"^((?:[一-鿿]·?){2,}?)(\d{1,3}|[A-Za-z]+)$")
_GRID = r"(?:\d|[一二三四五六七八九十])(?:号)?网格"
_UNIT = (
    r"(?:村|社区|镇|网格|小组|单位|学校|小学|中学|支行|卫生院|派出所|中心|村委|居委|委会|办公室|办|局|站|所)"
)
_ROLE = (
    r"(?:专职|兼职|专兼职)?(?:网格员|网格长|联络员|联系人|责任人|志愿者|楼栋长|楼长|组长|村医|支书|书记|主任|老师|干部|同志"
    r"|1\d{10}|\d{7,8})"
)
PLACE_FIRST = re.compile(r".*(?:\d|[一二三四五六七八九十])(?:号)?(?:网格|群|组)")
PLACE_ONLY = re.compile(rf".*{_UNIT}|{_ROLE}")
SHOWN = re.compile(
    rf"(?![在去回到下出来])(?!.*(?:[没未不转除差剩只仅已]|完成))(?:(?:.{{2,}}{_UNIT}|.*{_GRID})?(?:{_ROLE}){{1,3}}|.{{2,}}{_UNIT}|.*{_GRID})"
)
BEHIND_NAME = re.compile(
    rf"\s*[(（【\[](?P<bracket>[^()（）【】\[\]]{{0,40}})[)）】\]]|\s*[-—–_/|]\s*(?P<dash>(?:[^\W_]|·){{1,40}})(?!\w)"
    rf"|(?P<glued>(?:{_ROLE}|[姐哥总叔姨婶嫂])(?!\w))|\s+(?P<apart>(?:{_ROLE}){{1,3}})(?!\w)"
)


_TAKEN_BACK = re.compile(
    r"^(?:哎呀|不对|抱歉|刚才?(?:发现|看了?[下眼]?)|[说记看搞弄]错了?|更正(?:一下)?)[,，:：。!！、\s]*(?=\S{1,20}?(?:[没未漏忘]))"
)
"""Before what is taken back: “说错了，1群没转”."""
_FORGOTTEN = re.compile(r"(?:[漏忘落]了?没转|漏转|忘了?转)了?")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """A line of chat ready for the patterns, and what it says it is about (numbers, titles, 昨天的), removed.

    Simplified characters, one width, no mention, no emoji, no quoted message.
    """
    plain = _TICK.sub(r"\1了", simplified(without_quote(text[:MAX_CHARACTERS])))
    plain = without_mentions(fold(_TICKS.sub(" ", plain))).strip()
    plain = _DASHES.sub("-", _TO_SOMEBODY.sub("", plain))
    plain = _MISTYPED.sub(lambda found: _MEANT[found[0]], plain)
    plain = _FORGOTTEN.sub("没转", _TAKEN_BACK.sub("", _OUR_MATTER.sub(" ", plain)))
    about: list[str] = []
    for number in reversed(list(numbers_at(plain))):
        about.insert(0, number.canonical)
        plain = f"{plain[: number.start]} {plain[number.end :]}"
    for pattern in (_TITLE, _WHEN):
        about += [found.group(1) if pattern is _TITLE else found.group() for found in pattern.finditer(plain)]
        plain = pattern.sub(" ", plain)
    return in_plain_words(plain.strip()), tuple(dict.fromkeys(about))


def clauses(plain: str) -> list[str]:
    """The clauses of a cleaned line, polite ones too."""
    plain = re.sub(_ROW_LEFT_OUT, f",{NEW_ROW},", plain)
    plain = _EVERY_ONE.sub(r"\1\2个群", _PUT_IN.sub("已转", plain))
    plain = _LISTED.sub(r"\1", _LEFT_UNDONE.sub("", plain))
    plain = _INDEED.sub("", _ITEM_DONE.sub("", _ADDRESS.sub("", plain)))
    plain = _NUMERAL_OF_LIST.sub(lambda item: item[0].translate(_AS_DIGITS), plain)
    plain = _NUMERALS.sub(lambda row: "、".join(row[0]) if row[0] in "一二三四五六七八九" else row[0], plain)
    plain = _ROW_OF_NUMERALS.sub(lambda row: row[0].translate(_AS_DIGITS), plain)
    plain = _ROW_NOT_DONE.sub(lambda row: re.sub(r"\D+", "_", row[0]), plain)
    plain = _ROW_OF_NUMBERS.sub(lambda row: row[0].replace("/", ","), plain)
    plain = _GAP_BEFORE.sub(r"\1", _SPELT.sub("", plain))
    plain = _RATIO.sub(r" \1\2\3 ", _JOINED.sub(",", plain))
    # Without a 除 before it, “3群以外” leaves out all the same.
    plain = _OUTSIDE.sub("," if "除" in plain else "除外,", _ROW.sub(",", _THEN.sub(r"\1,", plain)))
    plain = _FOR_NOW.sub("", _BEFORE_NOW.sub("", _TWICE.sub(r"\1", _PARTICLE.sub("", plain))))
    plain = _SPLIT_BEFORE.sub(",", plain)
    return [clause for clause in SEPARATOR.split(plain) if clause]


def plain_marks(text: str) -> str:
    """``text`` with its marks in their plain form: 👌🏻 is 👌, ❓ is ？, ❌未转 is 未转."""
    return _NO_BESIDE.sub("", _ASKING_MARK.sub("？", _SHADE.sub("", text)))


def marks_as_words(text: str) -> tuple[str, bool]:
    """What stands behind a name in a list, its marks as words (✅ 已转发, ❌ 没转, ⏳ 稍后转), ornaments left out.

    A tick beside 收到 says no more than 收到. Also whether marks are left that nobody can read.
    """
    text = plain_marks(text)
    text = _TICK_ACK.sub(r"\1", _ACK_TICK.sub(r"\1", text))
    for pattern, word in ((YES_MARK, "已转发"), (NO_MARK, "没转"), (WAIT_MARK, "稍后转")):
        text = pattern.sub(
            f" {word} ",
            re.sub(rf"(?<=[格群组村区楼栋\d他余])\s*(?:{pattern.pattern})", word, text, flags=re.I),
        )
    text = _ORNAMENT.sub(" ", text)
    return _MARK.sub(" ", text), _MARK.search(text) is not None
