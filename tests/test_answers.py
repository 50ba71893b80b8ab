"""What people answer in a work group, read through the whole program: a part of the corpus (`tests/corpus/answers.md`)."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.commands.meant import Topic, named_in, one_by_one, replied_to, says_nothing
from bot.model.content import ContentId
from bot.recognise.whose import Whose, whose
from tests.corpus.answers import NO, YES, build
from tests.corpus.answers_run import run, staged, told

ONE_IN = 12
RIGHT = 0.99


@pytest.mark.parametrize("numbers", [True, False], ids=["with numbers", "without numbers"])
def test_what_a_work_group_answers_is_read_as_a_careful_person_reads_it(numbers: bool) -> None:
    stories = build(1, numbers=numbers)[::ONE_IN]
    with staged(numbers=numbers) as stage:
        found = run(stage, stories)
    too_much = [told(*one) for of_kind in found.values() for one in of_kind.false_yes]
    missed = [told(*one) for of_kind in found.values() for one in of_kind.missed]
    assert not too_much, "\n".join(too_much)
    assert sum(of_kind.right for of_kind in found.values()) >= RIGHT * len(stories), "\n".join(missed)


def test_the_corpus_is_large_varied_and_the_same_every_time() -> None:
    for numbers in (True, False):
        stories = build(1, numbers=numbers)
        kinds = Counter(story.kind for story in stories)
        assert stories == build(1, numbers=numbers) != build(2, numbers=numbers)
        assert len(stories) >= 1500 and len(kinds) >= 25
        assert sum(kinds[kind] for kind in NO) >= 500
    assert set(kinds) <= YES.keys() | NO.keys()


def test_no_story_without_numbers_names_one() -> None:
    said = [str(step) for story in build(1, numbers=False) for step in story.steps]
    assert not [text for text in said if re.search(r"反诈宣[〔\[（【]|(?<!\d)\d{3}号", text)]


A, B = ContentId("a"), ContentId("b")
TOPICS = (
    Topic(A, "刷单返利先给小钱", "反诈宣〔2026〕001号", ("刷单返利都是诈骗：先给小钱，再骗大钱。",)),
    Topic(
        B, "接到“公检法”电话先挂断", "反诈宣〔2026〕037号", ("警察不会在电话里办案，也没有什么安全账户。",)
    ),
)


@pytest.mark.parametrize(
    ("said", "contents", "rest"),
    [
        ("037号已转", (B,), "已转"),
        ("第37号1群2群已转", (B,), "1群2群已转"),
        ("反诈宣[2026]1号已转发", (A,), "已转发"),
        ("刷单那条转了", (A,), "转了"),
        ("关于公检法的已转发", (B,), "已转发"),
        ("《刷单返利》和《公检法》都转了", (A, B), "都转了"),
        ("两条都转了", (A, B), "都转了"),
        ("刷单的钱已经转了", (), "刷单的钱已经转了"),
        ("37号楼已转", (), "37号楼已转"),
        ("《养老投资》已转", (), "《养老投资》已转"),
        ("三条都转了", (), "三条都转了"),
        ("1号楼和37个群", (), "1号楼和37个群"),
    ],
)
def test_a_line_names_the_contents_that_are_open(
    said: str, contents: tuple[ContentId, ...], rest: str
) -> None:
    named = named_in(said, TOPICS)
    assert (named.contents, " ".join(named.rest.split())) == (contents, rest)


def test_a_number_that_is_a_groups_too_names_no_content() -> None:
    assert named_in("37号已转", TOPICS, ["翠湖社区37号楼群"]).contents == ()


def test_of_several_contents_each_has_its_own_words() -> None:
    each = one_by_one("刷单那条1群转了，2群没转，037号明天转", TOPICS)
    assert [one.contents for one in each] == [(A,), (B,)]
    assert "2群没转" in each[0].rest and "明天转" in each[1].rest
    assert one_by_one("已转，037号明天转", TOPICS) == []


@pytest.mark.parametrize(
    ("quoted", "about"),
    [
        ("刷单返利都是诈骗：先给小钱，再骗…", (A,)),
        ("[链接] 接到“公检法”电话先挂断", (B,)),
        ("037号请抓紧转发", (B,)),
        ("请大家尽快转发到居民群", ()),
        ("已转发", ()),
        ("[图片]", ()),
        ("今天的反诈宣传大家转一下", ()),
        ("#接龙\n反诈宣传转发情况\n1. 周桂芳 已转", ()),
        ("明天上午九点村委会开会", None),
        ("停水通知：明天8点停水，请转到群里", None),
        ("谁家的狗丢了", None),
    ],
)
def test_a_reply_is_about_what_it_replies_to(quoted: str, about: tuple[ContentId, ...] | None) -> None:
    assert replied_to(quoted, TOPICS) == about


def test_the_head_of_a_list_about_another_matter_is_known_as_such() -> None:
    assert says_nothing("柳林村3月12日转发情况统计", ["柳林村"])
    assert says_nothing("清河镇反诈宣传转发情况", ["清河镇"])
    assert not says_nothing("医保缴费通知转发情况")


NAMES = ("何建国", "建国", "周桂芳", "桂芳")


@pytest.mark.parametrize(
    ("said", "names", "own", "rest"),
    [
        ("我和周桂芳都转了", ("周桂芳",), True, "我们都转了"),
        ("替何建国转了", ("何建国",), False, "转了"),
        ("桂芳的也转了", ("桂芳",), False, "也转了"),
        ("何建国名下的我转了", ("何建国",), False, "我转了"),
        ("替建国把群都转了", ("建国",), False, "都转了"),
        ("替建国转了，我的也转了", ("建国",), True, "转了，我的也转了"),
        ("何建国手机坏了，群我帮着转好了", ("何建国",), False, "转好了"),
        ("何建国的群已由我代为转发", ("何建国",), False, "已转发"),
        ("何建国的群我顺手转了", ("何建国",), False, "我转了"),
        ("帮建国转了，建国在住院", ("建国",), False, "转了"),
        ("建国的跟我的都转了", ("建国",), True, "我们都转了"),
        ("建国、我，都转好了", ("建国",), True, "我们都转好了"),
        ("何建国住院，谁帮转一下", (), True, "何建国住院，谁帮转一下"),
        ("我转了，何建国没转", (), True, "我转了"),
        ("已转发", (), True, "已转发"),
        ("何建国已转发", (), True, "何建国已转发"),
        ("何建国的转账记录我转发了", (), True, "何建国的转账记录我转发了"),
        ("转给何建国了", (), True, "转给何建国了"),
        ("给何建国转了", (), True, "给何建国转了"),
    ],
)
def test_who_speaks_for_a_colleague_names_him(
    said: str, names: tuple[str, ...], own: bool, rest: str
) -> None:
    assert whose(said, NAMES) == Whose(names, own, rest)
