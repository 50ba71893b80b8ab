"""Words around a content's number: the content told in own words, or talk about the work of passing it on. Pure.

A number in “药品名字吹得越神，越可能只是一包面粉（反诈宣〔2026〕058号）” is a repost: somebody tells what it says. In
“今天转058号，一条就够” it is talk. And a number with another town's office beside it is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.recognise.normalise import normalise, numbers_at

MIN_AROUND_NUMBER = 6
"""A number with less than this around it is a mention of the content, not the content."""
MAX_CONFIRMATION, MAX_SENT = 200, 60
"""Characters; a longer text may speak of forwarding, but is nobody's “已转发”. What only says 发 is shorter."""
QUESTION_MAX = 20
"""A short question with a number asks about it; a longer one may be the content's own (“您会信吗？”)."""

_QUESTION = re.compile(r"[?吗嘛]")
_WORK = re.compile(
    r"转(?!账|帐|钱|走|出|款|给|告|入|进|移|眼|身|钟)|(?:工作|居民|业主|网格)群|群主|联系人|网格(?:长|员[们请抓])"
    r"|各(?:村|社区|网格|单位|组|位?网格)|(?:任务|宣传)?清单|目录|安排|例会|入户|报[数送]|(?<!转账)截图|打卡|反馈|上报|覆盖|群次|通报|日报|周报"
    r"|抓紧|完成|喇叭|台账|\d+个群|播[放一]|村部|宣传栏|张贴|大屏|公告栏|打印|放一份|群名|(?:没|没有)[看收]到|发.{0,4}群|信号|为准|暂停|撤回|作废|更正|说明原因|[漏补]发|下[周个]|这[条个]发"
)
"""What is said of the work itself: orders, lists, reports, answers to them."""
_TITLE = re.compile(r"《[^《》\n]{1,60}》")
_ISSUER = re.compile(
    r"([一-鿿]{2,4}(?:镇|乡|街道|县|区))(?:人民)?(?:政府|党委|反诈|政法|派出所|公安|综治|融媒|平安|社会治安|司法|宣传|联防)"
)


_DONE = re.compile(
    r"[已己以都全均也]\s*经?[转轉传]|[转轉传][发發]?到?.{0,4}[了完好毕过]|[没未].{0,3}[转轉]|(?:[明后]天|等会|待会|稍后|晚上).{0,4}[转轉]"
    r"|接[龙龍]|[✅✔√]"
)


_SENT = re.compile(
    r"[群格组組栋棟楼樓][^。\n]{0,8}(?<!转|轉)[发發].{0,4}[了过過好完]|[发發丢丟甩传傳贴貼][^。\n]{0,20}[群格组組].{0,3}了|[已己][发發][至到]|[没未][发發]|[发發]不"
)
"""As people say it of groups: 3群发了、已发至3群、发不出去."""


def may_say_done(folded: str) -> bool:
    """Whether it is worth reading a text as “已转发”: every one of those has a sign of something done, or put off."""
    if len(folded) > MAX_CONFIRMATION:
        return False
    return _DONE.search(folded) is not None or (len(folded) <= MAX_SENT and _SENT.search(folded) is not None)


def only_talks(folded: str, titles: Iterable[str]) -> bool:
    """Whether a folded text with a number says too little, or speaks of the work, to be the content itself.

    ``titles``: of the contents whose numbers these are (normalised); naming one says nothing of its own.
    """
    for number in reversed(list(numbers_at(folded))):
        folded = folded[: number.start] + " " + folded[number.end :]
    left = normalise(_TITLE.sub(" ", folded))
    for title in titles:
        left = left.replace(title, "")
    if len(left) < MIN_AROUND_NUMBER or (len(left) <= QUESTION_MAX and _QUESTION.search(folded)):
        return True
    return _WORK.search(left) is not None


def issuers(text: str) -> set[str]:
    """The places whose offices a text names: 清河镇 of “清河镇反诈办”."""
    return set(_ISSUER.findall(text))


def issued_elsewhere(text: str, ours: frozenset[str]) -> bool:
    """Whether a text names offices, and none of ours: places that no text of the library knows."""
    named = issuers(text)
    return bool(ours and named) and not any(place.endswith(known) for place in named for known in ours)
