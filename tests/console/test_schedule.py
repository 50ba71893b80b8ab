"""The schedule's pages: what they say is what would be sent, conflicts are named before anything is saved, nobody's words are lost."""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx import Response

from bot.errors import Busy
from bot.model.content import ContentId
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Role
from bot.schedules.live import LiveSchedules
from bot.service.approving import write_down
from bot.service.demo import FIRST_DAY
from bot.service.scheduling import in_force
from bot.store import log, reading, waves
from tests.console.desk import Browser, Office, office_in

DAILY = {
    "id": "补一条", "campaign": "2026年全民反诈在行动", "when": "daily", "clocks": "15:00", "days": "workdays", "what": "all",
    "pick": "1", "outlets": "campaign", "misfire": "same_day",
}  # fmt: skip


@pytest.fixture
def office(quick: Path) -> Iterator[Office]:
    with office_in(quick / "day") as office:
        own_settings(office, quick)
        yield office


def own_settings(office: Office, folder: Path) -> Path:
    """A copy of the sample's file, so that no test writes the repository's."""
    assert office.console.config is not None
    office.console.config = Path(shutil.copy(office.console.config, folder / "schedules.yaml"))
    return office.console.config


@pytest.fixture
def wang(office: Office) -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff("王敏", Role.OFFICE)).status_code == 303
    return browser


def file_of(office: Office) -> str:
    assert office.console.config is not None
    return office.console.config.read_text("utf-8")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


def form(wang: Browser, path: str = "/schedule/entry", **fields: str) -> dict[str, str]:
    """The form as it comes with the page, with ``fields`` typed into it."""
    page = wang.get(path).text
    days = "every" if "id=" in path else DAILY["days"]
    return {**DAILY, "days": days, **{name: hidden(page, name) for name in ("was", "digest")}, **fields}


def save(wang: Browser, fields: dict[str, str]) -> Response:
    """Look, and then save what was looked at."""
    looked = wang.post("/schedule/entry", **fields, do="look")
    if looked.status_code != 200:
        return looked
    return wang.post("/schedule/entry", **fields, do="save", seen=hidden(looked.text, "seen"))


def changed_lines(before: str, after: str) -> list[str]:
    return [
        line
        for line in difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# ── the calendar ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_month_says_what_is_sent_when_to_how_many_groups_and_till_when(
    office: Office, wang: Browser
) -> None:
    page = wang.get("/schedule").text
    assert "2026年3月" in page and all(f"星期{day}" in page for day in "一二三四五六日")
    groups = len([g for g in office.demo.tree.groups if g.use.value == "resident"])
    cell = re.search(r'<td class="[^"]*this-day[^"]*">.*?</td>', page, re.S)
    assert cell is not None
    said = text_of(cell[0])
    assert "今天" in said and "8:00" in said and "发完" in said and "急 96110 打来请接一下" in said
    assert int(re.search(r"(\d+) 个群", said)[1]) >= groups  # type: ignore[index]


def test_what_was_sent_stands_with_its_coverage(office: Office, wang: Browser) -> None:
    office.until("8:55", anew=True)
    (wave,) = office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY)
    counts = office.demo.store.read(reading.counts, [wave], office.demo.tree.root.id)
    assert f"，{counts.covered}/{counts.expected}" in text_of(wang.get("/schedule").text)


def test_holidays_and_days_worked_for_them_are_named(wang: Browser) -> None:
    october = text_of(wang.get("/schedule?month=2026-10").text)
    assert "1 日 星期四 国庆节" in october and "10 日 星期六 国庆节调休，上班" in october


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=x", "week=1", "week=0001-01-01", "month=9999-12", "month=1999-01", "week=<b>"],
)
def test_an_address_that_names_no_month_shows_this_one(wang: Browser, query: str) -> None:
    answer = wang.get(f"/schedule?{query}")
    assert answer.status_code == 200 and "2026年3月" in answer.text


def test_the_week_shows_its_days_and_turns(wang: Browser) -> None:
    page = wang.get("/schedule?week=2026-03-12").text
    assert "2026年3月9日–15日" in page and "week=2026-03-02" in page and "week=2026-03-16" in page
    assert "养老" in page  # Saturday's


def test_a_day_with_much_on_it_shows_the_first_and_how_many_more(office: Office, wang: Browser) -> None:
    path = office.console.config
    assert path is not None
    path.write_text(file_of(office).replace('"0 8 * * *"', '"0 8,9,10,11,12,13 * * *"'), "utf-8")
    office.demo.town.reconfigure(LiveSchedules(path).current)
    assert "还有 3 批" in text_of(wang.get("/schedule").text)  # six and the urgent one


def test_a_reviewer_sees_the_calendar_and_no_button(office: Office) -> None:
    browser = Browser(office)
    browser.come_in(office.staff("李建军", Role.REVIEWER))
    page = browser.get("/schedule").text
    assert "96110" in page and "加一条" not in page and "修改" not in page
    assert browser.get("/schedule/entry").status_code == 403


# ── a new entry ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_is_looked_at_saved_and_holds_at_once(office: Office, wang: Browser) -> None:
    before, fields = file_of(office), form(wang)
    looked = wang.post("/schedule/entry", **fields, do="look")
    assert looked.status_code == 200 and "没有冲突，可以存" in looked.text and "15:00" in looked.text
    assert file_of(office) == before
    saved = save(wang, fields)
    assert saved.status_code == 303, text_of(saved.text)
    assert [line for line in changed_lines(before, file_of(office)) if line != "+"] == [
        "+      - id: 补一条", '+        cron: "0 15 * * *"', "+        days: workdays", "+        what: {rotate: all}",
    ]  # fmt: skip
    assert "补一条" in [entry.id for entry, _ in office.demo.town.desk.schedules.all_entries()]
    page = text_of(wang.get("/schedule").text)
    assert "存好了：补一条" in page and "15:00" in page
    (row,) = office.demo.store.read(log.rows, log.Wanted(command="schedule"), 9)
    assert row.name == "王敏" and "加 补一条：每天 15:00" in row.detail


def test_nothing_is_saved_that_was_not_looked_at(office: Office, wang: Browser) -> None:
    before, fields = file_of(office), form(wang)
    answer = wang.post("/schedule/entry", **fields, do="save")
    assert answer.status_code == 200 and "没有冲突，可以存" in answer.text and file_of(office) == before
    other = {**fields, "clocks": "16:00"}
    again = wang.post("/schedule/entry", **other, do="save", seen=hidden(answer.text, "seen"))
    assert again.status_code == 200 and file_of(office) == before


def test_an_entry_that_was_off_by_hand_catches_nothing_up(office: Office, wang: Browser) -> None:
    path = office.console.config
    assert path is not None
    on = file_of(office)
    path.write_text(on.replace('"0 8 * * *"', '"0 8 * * *"\n        enabled: false', 1), "utf-8")
    town = office.demo.town
    town.reconfigure(in_force(town, LiveSchedules(path).current))
    office.until("8:30", anew=True)
    path.write_text(on, "utf-8")
    town.reconfigure(in_force(town, LiveSchedules(path).current))
    office.until("8:40", anew=True)
    assert office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY) == []


def test_the_pace_of_the_running_town_stays_what_it_was(office: Office, wang: Browser) -> None:
    before = office.demo.town.desk.schedules
    save(wang, form(wang))
    after = office.demo.town.desk.schedules
    assert after.pacing == before.pacing and after.channel == before.channel and after != before


def test_the_service_s_own_watch_takes_up_the_same(office: Office, wang: Browser) -> None:
    assert office.console.config is not None
    live = LiveSchedules(office.console.config)
    save(wang, form(wang))
    changed = live.look()
    assert changed is not None and changed.schedules is not None
    ours = office.demo.town.desk.schedules
    assert (changed.schedules.entries, changed.schedules.campaigns) == (ours.entries, ours.campaigns)


def test_an_hour_of_today_that_has_passed_is_not_caught_up(office: Office, wang: Browser) -> None:
    office.until("8:50", anew=True)
    fields = form(wang, clocks="8:30")
    assert save(wang, fields).status_code == 303
    fields = {**form(wang, "/schedule/entry?id=morning"), "id": "morning", "clocks": "8:45"}
    answer = save(wang, fields)
    assert answer.status_code == 303, text_of(answer.text)
    office.until("9:00", anew=True)
    waves = office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY)
    assert [wave.entry for wave in waves] == ["morning"]


WRONG = (
    ({"id": ""}, "起个名字"),
    ({"id": "morning"}, "已经有一条叫“morning”"),
    ({"id": "a b"}, "不能当 id"),
    ({"clocks": ""}, "写上几点发"),
    ({"clocks": "八点"}, "“八点”不是钟点"),
    ({"clocks": "8:00、12:30"}, "分要一样"),
    ({"clocks": "25:00"}, "不是钟点"),
    ({"clocks": "22:00"}, "22:00 在发送时间 07:30-21:00 之外"),
    ({"when": "weekly"}, "勾上星期几"),
    ({"when": "dates", "dates": "明天"}, "“明天”看不懂"),
    ({"when": "dates", "dates": "2026-02-30 8:00"}, "看不懂"),
    ({"when": "dates", "dates": ""}, "写上日期和钟点"),
    ({"when": "dates", "dates": "2027-03-12 12:00"}, "不在行动期间"),
    ({"when": "cron", "cron": "* * * * *"}, "群里受不了"),
    ({"when": "cron", "cron": "x"}, "不是五栏"),
    ({"when": "cron", "cron": ""}, "写上五栏"),
    ({"what": "ids"}, "至少勾一个"),
    ({"what": "topics"}, "至少勾一个"),
    ({"pick": "99"}, "一次 1 到 10 条"),
    ({"node": "没有村"}, "名册里没有“没有村”"),
    ({"level": "宇宙"}, "没有这个层级"),
    ({"deadline": "x"}, "写几个小时"),
    ({"deadline": "nan"}, "写几个小时"),
    ({"deadline": "1e999"}, "写几个小时"),
    ({"campaign": "没有的行动"}, "不在设置文件里"),
    ({"what": "ids", "contents": "没有的内容"}, "资料库里没有“没有的内容”"),
    ({"audiences": "外星人"}, "没有受众“外星人”"),
)


def test_what_cannot_be_is_said_at_the_field_and_what_was_typed_stays(office: Office, wang: Browser) -> None:
    before, fields, secret = file_of(office), form(wang), wang.secret
    for typed, said in WRONG:
        sent = {"form": secret, **fields, **typed, "do": "save"}
        answer = wang.ask("POST", "/schedule/entry", data=sent)
        assert answer.status_code == 422 and said in text_of(answer.text), (typed, text_of(answer.text))
        assert file_of(office) == before
        for name in ("id", "clocks", "dates", "cron", "node", "deadline"):
            assert typed.get(name, "") in unescape(answer.text)


def test_markup_in_a_name_stays_text(wang: Browser) -> None:
    answer = wang.post("/schedule/entry", **form(wang, id="<script>x</script>"), do="look")
    assert answer.status_code == 422 and "<script>x" not in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"clocks": "10:00、12:00、14:00"}, "同一个群会收到 5 条"),
        ({"clocks": "22:00", "urgent": "1"}, "22:00 在发送时间 07:30-21:00 之外，大家在休息"),
        ({"when": "dates", "days": "every", "dates": "2026-05-01 9:00"}, "5月1日劳动节放假，照样会发"),
        ({"when": "dates", "dates": "2026-03-11 9:00"}, "3月11日 9:00已经过了，不会补发"),
        (
            {"when": "cron", "days": "every", "cron": "0 9 1 12 *"},
            "接下来 31 天不会发，第一次要到12月1日 9:00",
        ),
    ],
)
def test_a_conflict_is_named_and_saved_only_when_it_was_seen(
    office: Office, wang: Browser, typed: dict[str, str], said: str
) -> None:
    before, fields = file_of(office), form(wang, **typed)
    answer = wang.post("/schedule/entry", **fields, do="save")
    assert answer.status_code == 422 and said in text_of(answer.text), text_of(answer.text)
    assert "还是这样存" in answer.text and file_of(office) == before
    seen = hidden(answer.text, "seen")
    assert wang.post("/schedule/entry", **fields, do="save", seen=seen).status_code == 303
    assert file_of(office) != before


def test_another_conflict_than_the_one_that_was_seen_is_named_again(office: Office, wang: Browser) -> None:
    fields = form(wang, when="dates", days="every", dates="2026-05-01 9:00")
    seen = hidden(wang.post("/schedule/entry", **fields, do="look").text, "seen")
    answer = wang.post("/schedule/entry", **{**fields, "dates": "2026-10-01 9:00"}, do="save", seen=seen)
    assert answer.status_code == 422 and "国庆节" in answer.text


def test_a_content_that_will_have_expired_is_named(office: Office, wang: Browser) -> None:
    desk = office.demo.town.desk
    withdrawn = desk.contents[ContentId("001-shuadan")]
    entry = ApprovalEntry(ApprovalAct.WITHDRAW, withdrawn.digest, "王敏", office.demo.now)
    office.demo.store.write_now(write_down, withdrawn, entry)
    answer = wang.post("/schedule/entry", **form(wang, what="ids", contents="001-shuadan"), do="look")
    assert f"《{withdrawn.title}》已经撤回" in text_of(answer.text)


def test_what_cannot_be_out_in_time_is_not_saved(office: Office, wang: Browser) -> None:
    before, fields = file_of(office), form(wang, deadline="0.02")
    answer = wang.post("/schedule/entry", **fields, do="save")
    assert answer.status_code == 422 and "才发完，过了截止" in text_of(answer.text)
    assert "存下来（还有 1 处要改）" in answer.text
    again = wang.post("/schedule/entry", **fields, do="save", seen=hidden(answer.text, "seen"))
    assert again.status_code == 422 and file_of(office) == before


# ── an entry that is there ──────────────────────────────────────────────────────────────────────────────────


def test_the_form_shows_the_entry_as_it_is(wang: Browser) -> None:
    page = wang.get("/schedule/entry?id=elder").text
    assert re.search(r'id="when-weekly" value="weekly" checked', page)
    assert re.search(r'name="weekdays" value="6" checked', page) and 'value="9:30"' in page
    assert re.search(r'name="topics" value="养老诈骗" checked', page)
    assert re.search(r'name="audiences" value="老年人" checked', page)


def test_a_form_that_comes_back_as_it_was_changes_nothing(office: Office, wang: Browser) -> None:
    before = file_of(office)
    for id, fields in {
        "morning": {"clocks": "8:00"},
        "noon-alert": {"when": "dates", "dates": "2026-03-12 12:00", "what": "ids", "contents": "012-96110", "urgent": "1"},
        "elder": {"when": "weekly", "weekdays": "6", "clocks": "9:30", "what": "topics", "topics": "养老诈骗", "audiences": "老年人"},
    }.items():  # fmt: skip
        answer = wang.post(
            "/schedule/entry", **{**form(wang, f"/schedule/entry?id={id}"), **fields, "id": id}, do="save"
        )
        assert answer.status_code == 303, text_of(answer.text)
        assert "没有改动" in wang.get("/schedule").text
    assert file_of(office) == before


def test_a_change_is_said_and_logged_in_words_and_touches_only_its_line(
    office: Office, wang: Browser
) -> None:
    before = file_of(office)
    fields = {**form(wang, "/schedule/entry?id=morning"), "id": "morning", "clocks": "9:00"}
    assert save(wang, fields).status_code == 303
    assert changed_lines(before, file_of(office)) == [
        '-        cron: "0 8 * * *"', '+        cron: "0 9 * * *"'
    ]  # fmt: skip
    assert "时间 每天 8:00 → 每天 9:00" in wang.get("/schedule").text


def test_a_file_that_was_changed_meanwhile_is_not_written_over(office: Office, wang: Browser) -> None:
    path = office.console.config
    assert path is not None
    fields = {**form(wang, "/schedule/entry?id=morning"), "id": "morning", "clocks": "9:00"}
    path.write_text(file_of(office).replace('"0 8 * * *"', '"0 10 * * *"'), "utf-8")
    there = file_of(office)
    answer = save(wang, fields)
    assert answer.status_code == 409 and file_of(office) == there
    assert (
        "设置文件在您打开以后被改过" in answer.text
        and "每天 10:00" in answer.text
        and 'value="9:00"' in answer.text
    )
    # Seen and meant: the same form, with the file as it is now.
    fields["digest"] = hidden(answer.text, "digest")
    assert save(wang, fields).status_code == 303


def test_off_and_on_again(office: Office, wang: Browser) -> None:
    before = file_of(office)
    digest = hidden(wang.get("/schedule/entry?id=morning").text, "digest")
    assert wang.post("/schedule/switch", id="morning", digest=digest, on="").status_code == 303
    assert changed_lines(before, file_of(office)) == ["+        enabled: false"]
    page = text_of(wang.get("/schedule").text)
    assert "停用 morning，存好了" in page and "停用了" in page
    office.until("8:30", anew=True)
    assert office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY) == []
    digest = hidden(wang.get("/schedule/entry?id=morning").text, "digest")
    assert wang.post("/schedule/switch", id="morning", digest=digest, on="1").status_code == 303
    assert file_of(office) == before
    office.until("8:40", anew=True)  # it begins now: 8:00 is not caught up
    assert office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY) == []


def test_what_speaks_against_an_entry_is_looked_at_when_it_is_switched_on_too(
    office: Office, wang: Browser
) -> None:
    def switch(on: str) -> Response:
        digest = hidden(wang.get("/schedule/entry?id=补一条").text, "digest")
        return wang.post("/schedule/switch", id="补一条", digest=digest, on=on)

    def in_force_now() -> bool:
        entries = office.demo.town.desk.schedules.all_entries()
        return next(entry.enabled for entry, _ in entries if entry.id == "补一条")

    assert save(wang, form(wang)).status_code == 303
    assert switch("").status_code == 303
    blocked = {**form(wang, "/schedule/entry?id=补一条"), "days": "workdays", "deadline": "0.02"}
    assert save(wang, blocked).status_code == 303, "while it is off, it harms nobody"
    before = file_of(office)
    refused = switch("1")
    assert refused.status_code == 422 and "没有启用" in refused.text and "才发完，过了截止" in refused.text
    assert f"/schedule/entry?id={quote('补一条')}" in refused.text
    assert file_of(office) == before and not in_force_now()
    assert not [row for row in office.demo.store.read(log.rows, log.Wanted(), 99) if "启用" in row.detail]
    much = {**form(wang, "/schedule/entry?id=补一条"), "days": "workdays", "clocks": "10:00、14:00、15:00"}
    assert save(wang, much).status_code == 303
    assert switch("1").status_code == 303 and in_force_now()
    assert "留意：" in (page := text_of(wang.get("/schedule").text)) and "同一个群会收到 5 条" in page


class Died(Exception):
    """The process ends here."""


def moved_to_an_hour_that_has_passed(office: Office, wang: Browser) -> dict[str, str]:
    assert office.console.config is not None
    path = office.console.config
    path.write_text(file_of(office).replace('"0 8 * * *"', '"0 18 * * *"'), "utf-8")
    office.demo.town.reconfigure(in_force(office.demo.town, LiveSchedules(path).current))
    office.until("8:50", anew=True)
    fields = {**form(wang, "/schedule/entry?id=morning"), "id": "morning", "clocks": "8:30"}
    looked = wang.post("/schedule/entry", **fields, do="look")
    return {**fields, "do": "save", "seen": hidden(looked.text, "seen")}


def test_a_process_that_ends_behind_the_file_sends_nothing_of_the_past_and_is_in_the_log(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, replace = moved_to_an_hour_that_has_passed(office, wang), Path.replace
    secret = wang.secret

    def last(new: Path, to: Path) -> Path:
        replace(new, to)
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(Path, "replace", last)
        wang.ask("POST", "/schedule/entry", data={"form": secret, **fields})
    assert '"30 8 * * *"' in file_of(office) and office.console.config is not None
    town = office.demo.town
    town.reconfigure(in_force(town, LiveSchedules(office.console.config).current))  # the watch finds it
    office.until("9:00", anew=True)
    assert office.demo.store.read(reading.waves_between, FIRST_DAY, FIRST_DAY) == []
    (row,) = office.demo.store.read(log.rows, log.Wanted(command="schedule"), 9)
    assert "改 morning：时间" in row.detail


@pytest.mark.parametrize("does", ["save", "switch"])
def test_where_the_database_is_busy_the_file_stays(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    fields = moved_to_an_hour_that_has_passed(office, wang)
    before, in_force_before = file_of(office), office.demo.town.desk.schedules
    switch = {"id": "morning", "digest": fields["digest"], "on": ""}
    secret = wang.secret

    def busy(*_: object) -> None:
        raise Busy("数据库正忙")

    monkeypatch.setattr(waves, "see_anew", busy)
    where, sent = ("/schedule/entry", fields) if does == "save" else ("/schedule/switch", switch)
    assert wang.ask("POST", where, data={"form": secret, **sent}).status_code == 503
    assert file_of(office) == before and office.demo.town.desk.schedules is in_force_before
    assert office.demo.store.read(log.rows, log.Wanted(command="schedule"), 9) == []
    assert [one.name for one in (office.console.config or Path()).parent.glob(".schedules*")] == []


def test_a_file_that_cannot_be_put_in_place_is_said_in_the_log_too(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields, before = moved_to_an_hour_that_has_passed(office, wang), file_of(office)
    secret = wang.secret

    def full(new: Path, to: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        answer = wang.ask("POST", "/schedule/entry", data={"form": secret, **fields})
    assert answer.status_code == 422 and "写不进去" in answer.text and file_of(office) == before
    last, first = office.demo.store.read(log.rows, log.Wanted(command="schedule"), 9)
    assert (first.outcome, last.outcome) == ("存好了", "没存成") and first.detail == last.detail


def test_a_removal_asks_first_and_says_what_falls_away(office: Office, wang: Browser) -> None:
    before = file_of(office)
    asked = wang.get("/schedule/remove?id=elder")
    assert "少发 5 批" in asked.text or "少发 4 批" in asked.text
    assert file_of(office) == before
    digest = hidden(asked.text, "digest")
    assert wang.post("/schedule/remove", id="elder", digest="x").status_code == 409
    assert wang.post("/schedule/remove", id="elder", digest=digest).status_code == 303
    lines = changed_lines(before, file_of(office))
    assert len(lines) == 5 and all(line.startswith("-") for line in lines)
    assert "# 每周一 10 点（放假不发），发给财会人员" in file_of(office)
    assert "elder" not in [entry.id for entry, _ in office.demo.town.desk.schedules.all_entries()]
    assert wang.get("/schedule/entry?id=elder").status_code == 409


def test_a_file_that_is_broken_changes_nothing_and_is_said(office: Office, wang: Browser) -> None:
    path = office.console.config
    assert path is not None
    fields = form(wang)
    path.write_text("entries: [", "utf-8")
    page = wang.get("/schedule")
    assert "设置文件现在有错" in page.text and "8:00" in page.text and "加一条" not in page.text
    for answer in (wang.get("/schedule/entry"), wang.post("/schedule/entry", **fields, do="save")):
        assert answer.status_code == 409 and "没有改成" in answer.text
    assert file_of(office) == "entries: ["


def test_where_the_file_is_not_known_it_is_only_looked_at(office: Office, wang: Browser) -> None:
    office.console.config = None
    assert "不知道设置文件在哪里" in wang.get("/schedule").text
    assert wang.get("/schedule/entry").status_code == 409
