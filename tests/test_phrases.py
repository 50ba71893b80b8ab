"""What the office reads at 18:00 and at 21:00, and what a leader is answered: short, true, the next step last."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import phrases
from bot.model.content import ContentId
from bot.model.counts import Counts
from bot.model.ledger import Reason, TargetId
from bot.model.time import TZ
from bot.model.tree import GroupId, Node, NodeId, Tree
from bot.phrases import leaders, workers
from bot.store.reading import TargetRow

NOW = datetime(2026, 3, 12, 21, 0, tzinfo=TZ)
VILLAGES = [
    f"{name}村" for name in ("东河", "西河", "柳林", "上塘", "石桥", "白鹭", "双井", "杏花", "下塘", "前桥")
]
TOWN = Tree(
    (
        Node(NodeId(1), "清河镇", "清河镇", "镇", "", None, 0, len(VILLAGES)),
        *(
            Node(NodeId(2 + n), name, f"清河镇/{name}", "村居", "", NodeId(1), n + 1, n + 1)
            for n, name in enumerate(VILLAGES)
        ),
    ),
    (),
    (),
)


def gap(
    place: str, reason: Reason = Reason.NOT_REPOSTED, *, due_in_h: float = -1, number: int = 1
) -> TargetRow:
    path = "清河镇" if place == "清河镇" else f"清河镇/{place}"
    due = NOW + timedelta(hours=due_in_h)
    return TargetRow(
        TargetId(number), "w", ContentId("001"), "刷单", "001号", path, NodeId(1), f"{place}{number}群",
        GroupId(number), None, None, "resident", "relay", None, NOW, NOW, due, None, None, None, None, reason, False,
    )  # fmt: skip


def units(gaps: list[TargetRow]) -> list[tuple[str, Counts]]:
    return [
        (node.path, Counts(expected=10, on_time=10 - sum(row.path == node.path for row in gaps)))
        for node in TOWN.nodes[1:]
    ]


def result(gaps: list[TargetRow], withdrawn: list[str] | None = None) -> list[str]:
    counts = Counts(expected=100, on_time=100 - len(gaps), members_expected=9000, members_covered=8000)
    return phrases.day_result(TOWN, NOW, counts, units(gaps), gaps, withdrawn or []).splitlines()


def test_at_nine_a_place_is_named_for_what_is_overdue_and_not_for_what_is_still_open() -> None:
    told = result([gap("柳林村"), gap("石桥村", due_in_h=2)])
    assert "柳林村 90.0%：未转发 1" in told and "另有 1 群次还没到截止" in told
    assert not [line for line in told if line.startswith("石桥村")]
    assert "8 个村居和单位全部转到，还差的地方：" in told


def test_the_towns_own_groups_are_named_too() -> None:
    assert "清河镇：未转发 1" in result([gap("清河镇")])


def test_a_day_that_is_whole_says_so() -> None:
    assert result([])[-1] == "10 个村居和单位全部转到。"


def test_what_was_withdrawn_is_not_taken_for_done() -> None:
    assert "《刷单》已撤回，没转的不再算" in result([gap("柳林村")], ["刷单"])
    nothing = phrases.gap_list(TOWN, NOW, Counts(), [], ["刷单"])
    assert nothing.splitlines()[1:] == ["《刷单》已撤回，没转的不再算", "今天没有要转的群。"]
    assert "全部转到" not in phrases.day_result(TOWN, NOW, Counts(), [], [], ["刷单"])


GAPS = st.lists(
    st.builds(
        gap, st.sampled_from(["清河镇", *VILLAGES]), st.sampled_from(Reason), due_in_h=st.sampled_from([-1, 1]),
        number=st.integers(1, 9),
    ),
    max_size=60,
)  # fmt: skip


@given(GAPS, st.sampled_from([[], ["刷单"], ["刷单", "贷款", "投资"]]))
def test_whatever_is_missing_a_phone_shows_it_in_twelve_lines(
    gaps: list[TargetRow], withdrawn: list[str]
) -> None:
    counts = Counts(expected=100, on_time=100 - len(gaps), outlets_expected=2)
    lacking = [(path.rsplit("/", 1)[-1], c.gaps) for path, c in units(gaps) if c.gaps]
    tasks = dict(enumerate(gaps, 1))
    texts = [
        phrases.gap_list(TOWN, NOW, counts, gaps, withdrawn),
        "\n".join(result(gaps, withdrawn)),
        leaders.coverage_answer("清河镇", "今天", counts, gaps, ("清河镇", counts), units(gaps), withdrawn),
        *(
            leaders.gaps_answer("清河镇", "今天", counts, gaps, NOW, NOW.date(), over=over)
            for over in (True, False)
        ),
        leaders.gaps_by_place("清河镇", len(gaps), lacking),
        phrases.escalation(
            "何书记", "柳林村", gaps, {f"人{n}": True for n in range(len(gaps))}, "18:00", NOW
        ),
        workers.my_tasks("周桂芳", tasks, NOW),
    ]
    if gaps:
        texts += [
            phrases.reminder("周桂芳", tasks, NOW),
            phrases.reminders_in_group(
                [phrases.reminder_line(f"人{n}", [row], NOW) for n, row in tasks.items()]
            ),
        ]
    for text in texts:
        assert len(text.splitlines()) <= phrases.MAX_LINES, text
