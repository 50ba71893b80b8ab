"""Two people approve what goes out: the story of a content, from the draft to the withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.approval.decide import (
    Standing,
    answered,
    check_approve,
    check_override,
    check_reject,
    check_submit,
    check_withdraw,
    sendable,
    standing,
)
from bot.approval.lint import findings
from bot.errors import NotAllowed
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.time import TZ

TODAY = date(2026, 3, 12)
MORNING = datetime(2026, 3, 12, 7, 0, tzinfo=TZ)
TEXT = Part(PartKind.TEXT, True, text="刷单先垫钱，就是骗局\n反诈宣〔2026〕001号 · 咨询劝阻 96110")
SHUADAN = Content(ContentId("001"), "刷单返利", (TEXT,), "a" * 64, Path("content/001"), "反诈宣〔2026〕001号")
EDITED = replace(SHUADAN, digest="b" * 64)
PUSHY = replace(
    SHUADAN, digest="d" * 64, parts=(replace(TEXT, text=f"必须安装APP，有事打 13800138000\n{TEXT.text}"),)
)
ANYONE: frozenset[str] = frozenset()


class Ledger:
    """The acts on one content, in order; every act is checked first, as the commands do."""

    def __init__(self) -> None:
        self.entries: list[ApprovalEntry] = []

    def _add(self, act: ApprovalAct, content: Content, by: str, reason: str = "", rule: str = "") -> None:
        at = MORNING + timedelta(minutes=len(self.entries))
        self.entries.append(ApprovalEntry(act, content.digest, by, at, reason, rule=rule))

    def submit(self, content: Content, by: str) -> None:
        check_submit(content, self.entries, by)
        self._add(ApprovalAct.SUBMIT, content, by)

    def approve(self, content: Content, by: str, reviewers: frozenset[str] = ANYONE) -> None:
        check_approve(content, self.entries, by, findings(content, ["gov.cn"]), reviewers)
        self._add(ApprovalAct.APPROVE, content, by)

    def reject(self, content: Content, by: str, reason: str, reviewers: frozenset[str] = ANYONE) -> None:
        check_reject(content, self.entries, by, reason, reviewers)
        self._add(ApprovalAct.REJECT, content, by, reason)

    def override(
        self, content: Content, by: str, rule: str, reason: str, reviewers: frozenset[str] = ANYONE
    ) -> None:
        check_override(content, self.entries, by, rule, reason, findings(content, ["gov.cn"]), reviewers)
        self._add(ApprovalAct.OVERRIDE, content, by, reason, rule)

    def withdraw(self, content: Content, by: str) -> None:
        check_withdraw(content, self.entries, by)
        self._add(ApprovalAct.WITHDRAW, content, by)

    def stands(self, content: Content) -> Standing:
        return standing(content.digest, self.entries)

    def why(self, content: Content, today: date = TODAY) -> str | None:
        return sendable(content, self.entries, today)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def refused(act: Callable[[], None]) -> str:
    with pytest.raises(NotAllowed) as told:
        act()
    return str(told.value)


def test_wang_min_submits_and_li_jianjun_approves(ledger: Ledger) -> None:
    assert (ledger.stands(SHUADAN), ledger.why(SHUADAN)) == (Standing.DRAFT, "还没有送审")
    ledger.submit(SHUADAN, "王敏")
    assert (ledger.stands(SHUADAN), ledger.why(SHUADAN)) == (Standing.SUBMITTED, "送审了，还没有批准")
    ledger.approve(SHUADAN, "李建军")
    assert (ledger.stands(SHUADAN), ledger.why(SHUADAN)) == (Standing.APPROVED, None)


@pytest.mark.parametrize("same", ["王敏", "王 敏", " 王敏　", "王\u200b敏"])
def test_nobody_approves_what_she_submitted_however_she_writes_her_name(ledger: Ledger, same: str) -> None:
    ledger.submit(SHUADAN, "王敏")
    told = f"{same}是送审人，不能审自己送的内容；请另一个人来审"
    assert refused(lambda: ledger.approve(SHUADAN, same)) == told
    assert refused(lambda: ledger.reject(SHUADAN, same, "不好")) == told
    assert ledger.why(SHUADAN) is not None


def test_what_one_account_handed_in_it_does_not_let_pass_under_another_name() -> None:
    found = findings(PUSHY, ["gov.cn"])
    submitted = ApprovalEntry(ApprovalAct.SUBMIT, PUSHY.digest, "王敏", MORNING, account="wx-one")

    def passes(account: str) -> None:
        check_override(PUSHY, [submitted], "李建军", "强制", "引用上级原文", found, ANYONE, account)

    assert "送审人" in refused(lambda: passes("wx-one"))
    for other in ("wx-two", ""):
        passes(other)
    for account, counts in (("wx-one", False), ("wx-two", True), ("", True)):
        passed = ApprovalEntry(
            ApprovalAct.OVERRIDE, PUSHY.digest, "李建军", MORNING, "引用上级原文", "强制", account=account
        )
        assert (answered(PUSHY, [submitted, passed]) == {"强制"}) is counts


def test_an_account_name_is_one_person_in_any_case_and_width(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "wangmin")
    assert refused(lambda: ledger.approve(SHUADAN, "ＷａｎｇＭｉｎ"))


@pytest.mark.parametrize("nobody", ["", "  ", "\u200b"])
def test_an_act_needs_a_name(ledger: Ledger, nobody: str) -> None:
    assert refused(lambda: ledger.submit(SHUADAN, nobody)) == "要写明是谁；加上 --as 姓名"


def test_what_was_not_submitted_is_not_approved(ledger: Ledger) -> None:
    told = "《刷单返利》还没有送审；先送审：chuanda content submit 001"
    assert refused(lambda: ledger.approve(SHUADAN, "李建军")) == told


def test_a_file_that_changes_while_it_waits_is_not_approved(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    told = "《刷单返利》送审后改过，要重新送审；先送审：chuanda content submit 001"
    assert refused(lambda: ledger.approve(EDITED, "李建军")) == told
    assert ledger.why(EDITED) == "送审后改过，要重新送审"


def test_a_file_that_changes_after_approval_is_not_sent_until_it_is_approved_again(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    ledger.approve(SHUADAN, "李建军")
    assert (ledger.stands(EDITED), ledger.why(EDITED)) == (Standing.CHANGED, "批准后改过，要重新送审")
    ledger.submit(EDITED, "王敏")
    assert ledger.why(EDITED) == "送审了，还没有批准"
    ledger.approve(EDITED, "李建军")
    assert ledger.why(EDITED) is None


def test_an_edit_that_is_undone_leaves_what_was_approved(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    ledger.approve(SHUADAN, "李建军")
    ledger.submit(EDITED, "王敏")
    assert ledger.why(SHUADAN) is None


def test_twice_is_refused_politely(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    assert refused(lambda: ledger.submit(SHUADAN, "王敏")) == "《刷单返利》已经送审，等另一个人审批"
    ledger.approve(SHUADAN, "李建军")
    assert refused(lambda: ledger.approve(SHUADAN, "李建军")) == "《刷单返利》已经批准过了，不用再批"
    assert refused(lambda: ledger.submit(SHUADAN, "王敏")) == "《刷单返利》已经批准，没有改过，不用再送审"


def test_a_rejected_content_may_come_again_unchanged(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    assert refused(lambda: ledger.reject(SHUADAN, "李建军", " ")) == "驳回要写明理由；加上 --reason 理由"
    ledger.reject(SHUADAN, "李建军", "等派出所核对")
    assert (ledger.stands(SHUADAN), ledger.why(SHUADAN)) == (Standing.REJECTED, "被驳回了")
    assert "被驳回了" in refused(lambda: ledger.approve(SHUADAN, "李建军"))
    ledger.submit(SHUADAN, "王敏")
    ledger.approve(SHUADAN, "李建军")
    assert ledger.why(SHUADAN) is None


def test_only_the_named_reviewers_review(ledger: Ledger) -> None:
    ledger.submit(PUSHY, "王敏")
    only = frozenset({"李建军"})
    told = "何建国不是审核人；审核人是：李建军（schedules.yaml 的 reviewers）"
    assert refused(lambda: ledger.approve(PUSHY, "何建国", only)) == told
    assert refused(lambda: ledger.reject(PUSHY, "何建国", "不好", only)) == told
    assert refused(lambda: ledger.override(PUSHY, "何建国", "强制", "可以", only)) == told
    ledger.reject(PUSHY, "李 建军", "不好", only)


def test_a_finding_blocks_until_a_second_person_lets_it_pass_with_a_reason(ledger: Ledger) -> None:
    ledger.submit(PUSHY, "王敏")
    assert refused(lambda: ledger.approve(PUSHY, "李建军")) == (
        "还有 2 处要改，或写明理由放行（--override 规则=理由）：\n"
        "正文第1行：“必须安装”带强迫的意思；写成自愿，如“建议安装，装不装由您自己定”（强制）\n"
        "正文第1行：有手机号（138****00）；删掉，咨询电话写 96110 或单位的固定电话（手机号）"
    )
    assert "送审人" in refused(lambda: ledger.override(PUSHY, "王敏", "强制", "没事"))
    needs_reason = "放行“强制”要写明理由；写成 --override 强制=理由"
    assert refused(lambda: ledger.override(PUSHY, "李建军", "强制", " ")) == needs_reason
    unknown = "没有查出“夸大”；查出的有：强制、手机号"
    assert refused(lambda: ledger.override(PUSHY, "李建军", "夸大", "没事")) == unknown
    ledger.override(PUSHY, "李建军", "强制", "引用上级原文")
    assert refused(lambda: ledger.approve(PUSHY, "李建军")).startswith("还有 1 处要改")
    ledger.override(PUSHY, "何建国", "手机号", "派出所公开的值班手机")
    ledger.approve(PUSHY, "李建军")
    assert ledger.why(PUSHY) is None


def test_what_was_let_pass_is_let_pass_for_that_text_only(ledger: Ledger) -> None:
    ledger.submit(PUSHY, "王敏")
    ledger.override(PUSHY, "李建军", "强制", "引用上级原文")
    ledger.override(PUSHY, "李建军", "手机号", "公开的值班手机")
    edited = replace(PUSHY, digest="c" * 64)
    ledger.submit(edited, "王敏")
    assert refused(lambda: ledger.approve(edited, "李建军")).startswith("还有 2 处要改")


def test_who_let_it_pass_cannot_hand_it_in_again_on_that_ground(ledger: Ledger) -> None:
    ledger.submit(PUSHY, "王敏")
    ledger.override(PUSHY, "李建军", "强制", "引用上级原文")
    ledger.override(PUSHY, "李建军", "手机号", "公开的值班手机")
    ledger.reject(PUSHY, "李建军", "再想想")
    ledger.submit(PUSHY, "李建军")
    assert refused(lambda: ledger.approve(PUSHY, "王敏")).startswith("还有 2 处要改")


def test_what_was_let_pass_before_a_rejection_is_asked_again(ledger: Ledger) -> None:
    ledger.submit(PUSHY, "王敏")
    ledger.override(PUSHY, "李建军", "强制", "引用上级原文")
    ledger.override(PUSHY, "李建军", "手机号", "公开的值班手机")
    ledger.reject(PUSHY, "李建军", "上级原文已经改了")
    ledger.submit(PUSHY, "王敏")
    assert refused(lambda: ledger.approve(PUSHY, "李建军")).startswith("还有 2 处要改")


def test_a_withdrawn_content_starts_again_from_the_beginning(ledger: Ledger) -> None:
    told = "《刷单返利》没有送审过，不会发出去，不用撤回"
    assert refused(lambda: ledger.withdraw(SHUADAN, "王敏")) == told
    ledger.submit(SHUADAN, "王敏")
    ledger.approve(SHUADAN, "李建军")
    ledger.withdraw(EDITED, "王敏")
    for version in (SHUADAN, EDITED):
        assert (ledger.stands(version), ledger.why(version)) == (Standing.WITHDRAWN, "已经撤回")
    assert refused(lambda: ledger.withdraw(SHUADAN, "李建军")) == "《刷单返利》已经撤回过了"
    assert "已经撤回" in refused(lambda: ledger.approve(SHUADAN, "李建军"))
    ledger.submit(SHUADAN, "王敏")
    assert ledger.why(SHUADAN) == "送审了，还没有批准"
    ledger.approve(SHUADAN, "李建军")
    assert ledger.why(SHUADAN) is None


def test_what_waits_for_approval_may_be_withdrawn(ledger: Ledger) -> None:
    ledger.submit(SHUADAN, "王敏")
    ledger.withdraw(SHUADAN, "王敏")
    assert "已经撤回" in refused(lambda: ledger.approve(SHUADAN, "李建军"))


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2026, 3, 13), None, "还没到生效日期 2026-03-13"),
        (None, date(2026, 3, 11), "过了有效期 2026-03-11"),
        (date(2026, 3, 12), date(2026, 3, 12), None),
        (None, None, None),
    ],
)
def test_what_is_approved_is_sent_while_it_is_valid(
    ledger: Ledger, first: date | None, last: date | None, why: str | None
) -> None:
    dated = replace(SHUADAN, valid_from=first, valid_until=last)
    ledger.submit(dated, "王敏")
    ledger.approve(dated, "李建军")
    assert ledger.why(dated) == why


PEOPLE = ("王敏", "王 敏", "李建军", "何建国", "")
VERSIONS = (SHUADAN, EDITED, PUSHY)
ACTS = st.lists(
    st.tuples(st.sampled_from(ApprovalAct), st.sampled_from(VERSIONS), st.sampled_from(PEOPLE)), max_size=14
)


def two_people_stand_behind(digest: str, entries: list[ApprovalEntry]) -> bool:
    """Said independently: somebody approved this digest after another person had handed it in."""
    return any(
        one.act is ApprovalAct.SUBMIT
        and two.act is ApprovalAct.APPROVE
        and one.digest == two.digest == digest
        and one.by.replace(" ", "") != two.by.replace(" ", "")
        for index, two in enumerate(entries)
        for one in entries[:index]
    )


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_whatever_people_do_nothing_goes_out_that_two_people_did_not_stand_behind(
    acts: list[tuple[ApprovalAct, Content, str]],
) -> None:
    ledger = Ledger()
    for act, version, by in acts:
        try:
            if act is ApprovalAct.SUBMIT:
                ledger.submit(version, by)
            elif act is ApprovalAct.APPROVE:
                ledger.approve(version, by)
            elif act is ApprovalAct.REJECT:
                ledger.reject(version, by, "不好")
            elif act is ApprovalAct.OVERRIDE:
                ledger.override(version, by, "强制", "可以")
            else:
                ledger.withdraw(version, by)
        except NotAllowed:
            continue
        for one in VERSIONS:
            if ledger.why(one) is None:
                assert two_people_stand_behind(one.digest, ledger.entries)
                since = max(
                    (i for i, e in enumerate(ledger.entries) if e.act is ApprovalAct.WITHDRAW), default=-1
                )
                assert two_people_stand_behind(one.digest, ledger.entries[since + 1 :])


@settings(max_examples=300, deadline=None)
@given(ACTS)
def test_even_a_ledger_written_past_the_checks_sends_nothing_that_one_person_approved_alone(
    acts: list[tuple[ApprovalAct, Content, str]],
) -> None:
    entries = [ApprovalEntry(act, version.digest, by, MORNING) for act, version, by in acts]
    for one in VERSIONS:
        if sendable(one, entries, TODAY) is None:
            assert two_people_stand_behind(one.digest, entries)
