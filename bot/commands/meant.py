"""Which contents an answer names: by a number, a title or a part of one, or by what it replies to. Pure.

Only contents that are open to the person are known here, and only what fits exactly one of them is taken; whatever else
is said stays in the words for `bot.recognise.confirm` to read, and is asked about there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.model.content import ContentId
from bot.recognise.confirm import MAX_LINE, read_confirmation
from bot.recognise.normalise import fold, numbers_at, simplified
from bot.recognise.note import is_group_note, topic_of

LEAST, LEAST_ALONE = 2, 4
"""So many characters of a title say which it is: where 那条 or brackets stand beside them, and where nothing does."""
LEAST_QUOTED = 8
"""So much of a content's text, when somebody replies to it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A content that is open to somebody. ``texts``: what stood in the chat of it."""

    content: ContentId
    title: str
    number: str
    texts: Sequence[str] = ()

    @property
    def serial(self) -> int | None:
        """037 of 反诈宣〔2026〕037号."""
        return next((number.serial for number in numbers_at(fold(self.number))), None)


@dataclass(frozen=True, slots=True)
class Named:
    """The contents that a line names, and the line without their names."""

    contents: tuple[ContentId, ...]
    rest: str


_COUNTED = re.compile(
    r"(?:这|那|今天的?|一共|总共|前后|上下|以上)?(?:(?P<n>[两二三四五2-5])(?:条|篇|则|个(?=内容))|(?P<pair>俩)(?!人|群|网格))(?:内容|消息|宣传)?(?![一-鿿]{0,2}没)"
)
COUNT = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
_AFTER_NUMBER = r"(?:文件?|内容|通知|宣传)?(?:的)?(?:那|这)?(?:[条篇份]|个(?!群|网格))?(?:内容|宣传)?(?:的(?=[已己都全也转]))?"
_SHORT = re.compile(
    rf"(?:(?:反诈宣?)?\s*(?:编号|文号|[nN][oO][.．]?\s*(?=\d)|[#＃](?=\d)|[〔\[【(（]?(?:19|20)\d\d\s*[〕\]】)）年\-—]\s*(?=第?\s*\d{{1,4}}\s*号))|反诈宣?\s*(?=第?\s*\d))?(?:(?<!\d)(?<!\d\.)第?\s*(?P<n>[0-9０-９]{{1,4}})\s*号(?!\s*(?:楼|群|网格|栋|院|组|单元|店|线|前|之前|上午|下午))"
    rf"|(?<![\d:：〕\]）)])(?<!\d\.)(?P<bare>0\d{{2}}|\d{{3}})(?![\d.:：]|\s*(?:号|群|网格|栋|组|个|楼|元|块|人|户|%|次)))"
    rf"{_AFTER_NUMBER}"
)


def named_in(text: str, topics: Sequence[Topic], own: Collection[str] = ()) -> Named:
    """The contents that ``text`` names, each once. ``own``: names of the person's groups and places, which a word of a
    title must not be taken from."""
    if len(text) > MAX_LINE or not topics:
        return Named((), text)
    found: list[ContentId] = []
    text = _by_number(text, topics, own, found)
    text = _by_title(text, topics, own, found)
    if not found and len(topics) > 1 and (counted := _COUNTED.search(text)):
        count = 2 if counted["pair"] else COUNT.get(counted["n"]) or int(counted["n"])
        if count == len(topics):
            return Named(tuple(topic.content for topic in topics), _without(text, counted.span()))
    if len(found) > 1:
        text = _BETWEEN.sub(" ", text)
    return Named(tuple(dict.fromkeys(found)), text)


def one_by_one(text: str, topics: Sequence[Topic], own: Collection[str] = ()) -> list[Named]:
    """What is said of each content where several are named (“037号转了，038号明天转”); empty where that cannot be told."""
    found: list[tuple[tuple[ContentId, ...], list[str]]] = []
    for clause in filter(str.strip, re.split(r"[,，;；。\n]+", text)):
        named = named_in(clause, topics, own)
        if named.contents:
            found.append((named.contents, [named.rest]))
        elif found:
            found[-1][1].append(named.rest)
        else:
            return []
    return [Named(contents, "，".join(said)) for contents, said in found] if len(found) > 1 else []


_BETWEEN = re.compile(r"(?:^|(?<=\s))[\s,，、]*(?:和|与|跟|及|以及|还有|[、,，])[\s,，、]+")
"""What stood between two names that are taken out."""


def _without(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}"


def _by_number(text: str, topics: Sequence[Topic], own: Collection[str], found: list[ContentId]) -> str:
    by_number = {number.canonical: t for t in topics for number in numbers_at(fold(t.number))}
    for number in reversed(list(numbers_at(text))):
        if topic := by_number.get(number.canonical):
            found.insert(0, topic.content)
            tail = re.match(_AFTER_NUMBER, text[number.end :])
            begin = number.start - len(re.findall(r"(?:编号|文号)?$", text[: number.start])[0])
            text = _without(text, (begin, number.end + (tail.end() if tail else 0)))
    serials: dict[int, list[Topic]] = {}
    for topic in topics:
        if topic.serial is not None:
            serials.setdefault(topic.serial, []).append(topic)
    for short in reversed(list(_SHORT.finditer(text))):
        meant = serials.get(int(short["n"] or short["bare"]), [])
        written = re.compile(rf"(?<!\d)0*{int(short['n'] or short['bare'])}号")
        if len(meant) == 1 and not any(written.search(name) for name in own):
            found.insert(0, meant[0].content)
            text = _without(text, short.span())
    return text


_OPENS, _CLOSES = '《【“"‘「『<〈', '》】”"’」』>〉'
_BEFORE = re.compile(
    r"(?:(?:关于|有关|对于|讲|说|宣传|标题[是叫为]|就|把)\s*|[那这][一]?[条个篇份](?:关于)?\s*)$"
)
_BEHIND = re.compile(
    r"\s*(?:的)?(?:[那这]一?)?(?:[条篇份则]|个(?!群|网格))?(?:相关的?)?(?:内容|宣传|消息|文章|海报|链接|视频|图片?|推文|提醒|资料|材料)?(?:的)?"
)
_FRAME = re.compile(
    r"\s*(?:的)?(?:[那这一]{0,2}[条篇份则个](?!群|网格)|(?:相关)?(?:内容|宣传|文章|海报|推文|提醒|资料))|\s*的\s*[已己也都全刚我转第\d一二三四五六七八九十]"
)
_SAYS = re.compile(r"\s*(?:$|[^\w]|[已己也都全刚我均转这那的])")


def _by_title(text: str, topics: Sequence[Topic], own: Collection[str], found: list[ContentId]) -> str:
    places = [_letters(name)[0] for name in own]
    while span := _title_in(text, topics, places):
        topic, start, end = span
        found.append(topic.content)
        text = _without(text, (start, end))
    return text


def _title_in(text: str, topics: Sequence[Topic], places: Sequence[str]) -> tuple[Topic, int, int] | None:
    """The longest piece of exactly one title in ``text`` that names it, with what belongs to it around."""
    letters, at = _letters(text)
    titles = [_letters(topic.title)[0] for topic in topics]
    pieces = []
    for topic, title in zip(topics, titles, strict=True):
        begin, length = _common(letters, title)
        piece = letters[begin : begin + length]
        alone = sum(piece in other for other in titles) == 1
        alone = alone and (length == len(title) or len(_COMMON.sub("", piece)) >= LEAST)
        if length >= LEAST and alone and not any(piece in place for place in places):
            pieces.append((length, topic, at[begin], at[begin + length - 1] + 1, length == len(title)))
    for length, topic, start, end, whole in sorted(pieces, key=lambda piece: -piece[0]):
        opens = start > 0 and text[start - 1] in _OPENS
        inside = opens and re.match(rf"[^\w]*[{_CLOSES}]", text[end:])
        if inside:
            start, end = _opening(text, start), end + inside.end()
        before = _BEFORE.search(text[:start])
        framed = inside or before or _FRAME.match(text, end)
        plain = (
            (whole or length >= LEAST_ALONE)
            and _SAYS.match(text, end)
            and re.search(r"(?:^|[^\w]|[了转])$", text[:start])
        )
        if not (framed or plain):
            continue
        behind = _BEHIND.match(text, end)
        return topic, before.start() if before else start, behind.end() if behind else end
    return None


def _opening(text: str, start: int) -> int:
    while start > 0 and text[start - 1] in _OPENS:
        start -= 1
    return start


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of ``text`` in one width, case and script, and where each stands."""
    kept: list[str] = []
    at: list[int] = []
    for place, character in enumerate(simplified(text)):
        for plain in unicodedata.normalize("NFKC", character).casefold():
            if plain.isalnum():
                kept.append(plain)
                at.append(place)
    return "".join(kept), at


def _common(one: str, other: str) -> tuple[int, int]:
    """Where in ``one`` its longest piece that also stands in ``other`` begins, and how long it is."""
    best, begin, row = 0, 0, [0] * (len(other) + 1)
    for i, character in enumerate(one):
        following = [0] * (len(other) + 1)
        for j, there in enumerate(other):
            if character == there:
                following[j + 1] = row[j] + 1
                if following[j + 1] > best:
                    best, begin = following[j + 1], i - following[j + 1] + 1
        row = following
    return begin, best


# ── what is replied to ──────────────────────────────────────────────────────────────────────────────────────

_BY = re.compile(r"^[^:：\n]{1,24}[:：]\s*")
_QUOTED = re.compile(
    r"^\s*[「『“\"](?P<what>.*?)[」』”\"][^\S\n]*\n[^\S\n]*(?:[-—–－][^\S\n]*){5,}\n", re.DOTALL
)


def quote_of(text: str) -> str:
    """What a message replies to, where the chat puts it before the words (「名：原文」); else empty."""
    found = _QUOTED.match(text)
    return _BY.sub("", found["what"]) if found else ""


def replied_to(
    quoted: str, topics: Sequence[Topic], names: Iterable[str] = ()
) -> tuple[ContentId, ...] | None:
    """The contents that a reply to ``quoted`` is about; () when that says nothing (somebody's “请转发”), None when it is
    about something that is none of ours. ``names``: of people and places that may stand in it."""
    if is_group_note(quoted):
        quoted = topic_of(quoted)
    letters = _letters(quoted[: 2 * MAX_LINE])[0].removesuffix("号")
    told = [(topic, [plain for text in topic.texts if (plain := _letters(text)[0])]) for topic in topics]
    for fits in (_is_or_begins, _shares):
        carried = [topic.content for topic, texts in told if any(fits(letters, text) for text in texts)]
        if len(carried) == 1:
            return tuple(carried)
    if named := named_in(quoted[:MAX_LINE], topics).contents:
        return named
    whole = [topic.content for topic in topics if _letters(topic.title)[0] in letters]
    if len(whole) == 1:
        return tuple(whole)
    return () if read_confirmation(quoted) is not None or says_nothing(quoted, names) else None


def _is_or_begins(letters: str, text: str) -> bool:
    """Whether a reply's quotation is a content's text, or a piece of it: a long one is cut by the chat."""
    if LEAST_ALONE < len(letters) < LEAST_QUOTED:
        return text.startswith(letters)
    return len(letters) >= LEAST_QUOTED and (
        letters in text or (text in letters and len(text) >= LEAST_QUOTED)
    )


def _shares(letters: str, text: str) -> bool:
    """Whether a good piece of it stands in the text."""
    size = 2 * LEAST_QUOTED
    return any(letters[at : at + size] in text for at in range(max(0, len(letters) - size + 1)))


_OURS = re.compile(r"反诈|防诈|电诈|涉诈|诈骗|防骗|96110|您转|个群(?:没|还|等)")
_COMMON = re.compile(
    r"[\W_\d]+|请|大家|大伙|各位?|所有|网格[员长]?|村民?|社区|小?组|单位|部门|同志们?|人员|尽快|抓紧|及时|马上|立即|把|将|刚才|刚刚?|才|发的?|今[天日]|昨[天日]|明天|[上下]午|早上|晚上|[月日年点时前后]"
    r"|之|以|的|那|这|[条个篇份下]|一|内容|消息|信息|图片|视频|链接|卡片|文件|宣传|通知|推送|材料|转发?|到|至|进|往|给|自己|所在|负责|居民|业主|微信|群[里内主]?|没有?|未|还|了|吗|呢|吧|啊|哈|谁|有|是|都|全部?|已|完成?"
    r"|好|收到|回复?|说|声|报|一下|情况|反馈|统计|汇总|登记|名单|进度|任务|接龙|打卡|哪些|几|务必|记得|要求?|需|辛苦|谢谢|麻烦|帮忙|在|此|后|例|姓名|跟|和|我|你|您|们|也|再|就|次|第|期|截止|落实|按|做|工作|覆盖|反诈|防诈|电诈|涉诈|诈骗|防骗|必须|不得|不要|别|遗?漏|确保|同步|继续|统一|可以|能|对|领导|看|检查|督查|通报|提醒|温馨|友情|安排|负责人|责任人|联络员|楼栋?长|住户|家长"
    r"|各村|阵地|动作|差|人|话|冒个?泡|动起?来|响应|行动|[镇县市村]里|在?催|啦|吱一?声|速|赶[紧快]|快|点名|扣|打|今早|今晚|下班|中午|名字?|同志|老师|主任|书记"
)


def says_nothing(text: str, places: Iterable[str] = ()) -> bool:
    """Whether ``text`` is about our forwarding in general, or about nothing: an order, a report, no matter of its own.

    ``places``: names of the town's places, which are no matter either.
    """
    plain = re.sub(r"@\S+", " ", simplified(fold(text)))
    if _OURS.search(plain) and "转" in plain:
        return True
    for place in sorted(filter(None, map(fold, places)), key=len, reverse=True):
        plain = plain.replace(place, " ")
    return len(_COMMON.sub("", plain)) < LEAST
