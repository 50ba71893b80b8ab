"""Contents: written, looked through, handed in by one person and approved by another; withdrawn; and fresh material."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Coroutine
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from httpx import Response
from PIL import Image

from bot.approval.decide import Standing, standing
from bot.library.load import load_content
from bot.model.content import Content, ContentId
from bot.model.speaker import Role
from bot.model.time import day_of, day_start
from bot.store import accounts, approvals, journeys, log, talk
from tests.console.desk import HOST, Browser, Office

TEXT = "刷单先给小钱，再骗大钱。\n反诈宣〔2026〕013号　咨询劝阻 96110"


@pytest.fixture
def wang(office: Office) -> Browser:
    """王敏 of the office."""
    return who(office, "王敏", Role.OFFICE)


@pytest.fixture
def li(office: Office, wang: Browser) -> Browser:
    """李建军, who reviews."""
    return who(office, "李建军", Role.REVIEWER)


def who(office: Office, name: str, role: Role) -> Browser:
    browser = Browser(office)
    assert browser.come_in(office.staff(name, role)).status_code == 303
    return browser


def png(side: int = 40, colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "PNG")
    return file.getvalue()


def written(text: str = TEXT, **other: str) -> dict[str, str]:
    """A form of the editor with one text."""
    return {
        "title": "刷单新骗法",
        "topics": "刷单返利",
        "part": "n0",
        "n0-kind": "text",
        "n0-text": text,
        **other,
    }


def send(
    browser: Browser, path: str, fields: dict[str, str], pictures: tuple[tuple[str, bytes], ...] = ()
) -> Response:
    """A form with files, as the page sends it."""
    files = [("pictures", (name, data)) for name, data in pictures] or [("pictures", ("", b""))]
    return browser.ask("POST", path, data={"form": browser.secret, **fields}, files=files)


def mark(words: str, number: int) -> str:
    """Words as they are marked."""
    return f'<mark>{words[:-1]}<span class="nb">{words[-1]}<sup>{number}</sup></span></mark>'


def content(office: Office, title: str = "刷单新骗法") -> Content:
    desk = office.demo.town.desk
    desk.refresh_library()
    return next(one for one in desk.contents.values() if one.title == title)


def stands(office: Office, one: Content) -> Standing:
    return standing(one.digest, office.demo.store.read(approvals.approvals).get(one.id, []))


def at(one: Content) -> str:
    return f"/contents/c/{one.id}"


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found is not None
    return found[1]


def fields_on(page: str) -> dict[str, str]:
    """What the editor's form holds as it was drawn: of the parts in their order the names, hidden fields and words."""
    form = re.sub(
        "<noscript>.*?</noscript>", "", page.split('id="editor"', 1)[1].split("</form>", 1)[0], flags=re.S
    )
    found: dict[str, str] = {}
    tokens = []
    for name, value in re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*?\bvalue="([^"]*)"', form):
        if name == "part":
            tokens.append(value)
        elif not name.endswith(("-announce", "-gone")) and name != "main":
            found[name] = unescape(value)
    main = re.search(r'name="main" value="(\w+)" checked', form)
    found["main"] = main[1] if main else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name] = unescape(value)
    found["tokens"] = ",".join(tokens)
    return found


def save(browser: Browser, one: Content, **changed: str) -> Response:
    """Open the editor on it, change something, save."""
    fields = {**fields_on(browser.get(f"{at(one)}/edit").text), **changed}
    return save_form(browser, one, fields)


def save_form(browser: Browser, one: Content, fields: dict[str, str]) -> Response:
    tokens = fields.pop("tokens").split(",")
    data = {"form": browser.secret, **{k: v for k, v in fields.items() if k != "form"}, "part": tokens}
    return browser.ask("POST", f"{at(one)}/edit", data=data, files=[("pictures", ("", b""))])


# ── the library ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_library_is_found_by_title_text_topic_and_audience(office: Office, wang: Browser) -> None:
    every = wang.get("/contents").text
    assert "12 条" in every and "银行卡电话卡不出借" in every
    for query, title in (
        ("q=出借", "银行卡电话卡不出借"),
        ("q=009号", "银行卡电话卡不出借"),
        ("topic=养老诈骗", "送鸡蛋的“养老项目”"),
        ("audience=财会人员", "“领导”催转账先打个电话"),
        ("q=鸡蛋&audience=老年人", "送鸡蛋的“养老项目”"),
    ):
        page = wang.get(f"/contents?{query}").text
        assert page.count('<th scope="row">') == 1 and title in page, query
    nothing = wang.get("/contents?q=养老金<b>").text
    assert "没有找到“养老金&lt;b&gt;”" in nothing and "全部 12 条" in nothing


def test_a_text_that_stands_in_a_content_finds_it(office: Office, wang: Browser) -> None:
    one = content(office, "银行卡电话卡不出借")
    words = next(part.text for part in one.parts if part.text).split("，")[1][:8]
    assert "银行卡电话卡不出借" in wang.get("/contents", params={"q": words}).text


def test_a_broken_folder_says_what_is_wrong_and_the_rest_stays(office: Office, wang: Browser) -> None:
    one = content(office, "银行卡电话卡不出借")
    (one.folder / "text.md").unlink()
    page = wang.get("/contents").text
    assert "1 处读不出来" in page and "没有“text.md”" in page and "11 条" in page
    assert "读不出来" in wang.get(at(one)).text and wang.get(at(one)).status_code == 404
    assert wang.get(f"{at(one)}/edit").status_code == 404


def test_what_would_be_sent_is_drawn_as_a_chat(office: Office, wang: Browser) -> None:
    one = content(office, "刷单返利先给小钱")
    page = wang.get(at(one)).text
    picture, link = one.parts[1], one.parts[2]
    assert (
        f'src="{at(one)}/file/{picture.sha256[:16]}"' in page
        and link.title in page
        and link.description in page
    )
    assert "主要的一段" in page and 'class="wx"' in page
    assert 'class="wx big"' in wang.get(f"{at(one)}?big=1").text
    film = content(office, "电话里的“警察”要您转钱")
    assert "clip.mp4" in wang.get(at(film)).text


def test_a_picture_is_served_by_its_hash_as_what_it_is(office: Office, wang: Browser) -> None:
    one = content(office, "刷单返利先给小钱")
    poster, card = one.parts[1], one.parts[2]
    answer = wang.get(f"{at(one)}/file/{poster.sha256[:16]}")
    assert answer.headers["content-type"] == "image/png" and answer.content == poster.path.read_bytes()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert wang.get(f"{at(one)}/file/{card.thumbnail_sha256[:16]}").headers["content-type"] == "image/png"
    letter = content(office, "“领导”催转账先打个电话")
    pdf = wang.get(f"{at(letter)}/file/{letter.parts[2].sha256[:16]}")
    assert pdf.headers["content-type"] == "application/octet-stream"
    assert pdf.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    ["poster.png", "..%2f..%2fchuanda.db", "%2e%2e", "0123456789abcdef", "", "content.yaml", "text.md"],
)
def test_no_path_of_an_address_becomes_a_file(office: Office, wang: Browser, path: str) -> None:
    one = content(office, "刷单返利先给小钱")
    assert wang.get(f"{at(one)}/file/{path}").status_code == 404
    assert wang.get(f"/contents/c/..%2f{one.id}/file/{one.parts[1].sha256[:16]}").status_code == 404
    text = one.parts[0].sha256[:16]
    assert wang.get(f"{at(one)}/file/{text}").status_code == 404


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_content_gets_the_next_number_and_its_picture(office: Office, wang: Browser) -> None:
    assert "反诈宣〔2026〕013号　咨询劝阻 96110" in wang.get("/contents/new").text
    answer = send(wang, "/contents/new", written(audiences="老年人、学生家长"), (("../../x.png", png()),))
    one = content(office)
    assert unquote(answer.headers["location"]) == at(one)
    assert one.number == "反诈宣〔2026〕013号" and one.audiences == {"老年人", "学生家长"}
    assert [part.kind.value for part in one.parts] == ["text", "image"] and one.parts[1].main
    assert one.parts[1].path.parent == one.folder and one.parts[1].path.read_bytes() == png()
    assert stands(office, one) is Standing.DRAFT
    assert "第 1 版" in wang.get(at(one)).text
    assert ("王敏", "write") in logged(office)


def logged(office: Office) -> list[tuple[str, str]]:
    """Who did what, as the log says."""
    day = day_of(office.demo.now)
    wanted = log.Wanted(since=day_start(day), before=day_start(day + timedelta(days=1)))
    return [(row.name, row.command) for row in office.demo.store.read(log.rows, wanted, 1_000)]


def test_a_number_that_was_taken_meanwhile_moves_on_in_the_text_too(office: Office, wang: Browser) -> None:
    number = "反诈宣〔2026〕013号"
    assert send(wang, "/contents/new", written(number=number)).status_code == 303
    assert send(wang, "/contents/new", written(number=number, title="又一条")).status_code == 303
    second = content(office, "又一条")
    assert second.number == "反诈宣〔2026〕014号" and "014号" in second.parts[0].text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"title": ""}, "写上标题"),
        ({"title": "长" * 41}, "缩到 40 个字以内"),
        ({"title": "银行卡电话卡不出借"}, "已经有一条《银行卡电话卡不出借》"),
        ({"n0-text": ""}, "至少写一段文字，或放一张图片"),
        ({"n0-text": "长" * 2001}, "缩到 2,000 个字以内"),
        ({"n0-kind": "link", "n0-url": "javascript:alert(1)", "n0-title": "t"}, "不是完整的网址"),
        ({"n0-kind": "link", "n0-url": "https://www.gov.cn"}, "链接要写标题"),
        ({"valid_from": "2026-05-01", "valid_until": "2026-04-01"}, "有效期要到 2026-05-01 或以后"),
        ({"valid_until": "明天"}, "日期写成 2026-03-12 这样"),
        ({"topics": "长" * 21}, "缩到 20 个字以内"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field_and_what_was_typed_stays(
    office: Office, wang: Browser, changed: dict[str, str], why: str
) -> None:
    before = sorted(office.demo.town.desk.library.root.iterdir())
    answer = send(wang, "/contents/new", written(source="派出所<b>", **changed))
    assert answer.status_code == 422 and answer.text.count(why) == 2, answer.text
    assert "派出所&lt;b&gt;" in answer.text
    assert sorted(office.demo.town.desk.library.root.iterdir()) == before


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"x" * 30])
def test_what_is_no_picture_is_not_kept(office: Office, wang: Browser, data: bytes) -> None:
    answer = send(wang, "/contents/new", written(), (("x.png", data),))
    assert answer.status_code == 422 and "不是 PNG、JPEG 或 GIF 图片" in answer.text
    assert "请再放一次" in answer.text
    assert not [
        f for f in office.demo.town.desk.library.root.rglob("*") if f.is_file() and f.read_bytes() == data
    ]


def send_parts(browser: Browser, pictures: int) -> Response:
    """The editor's form with a text and ``pictures``, each in a field of its own, as its script sends it."""
    names = [f"z{n}" for n in range(pictures)]
    data = {**written(source="派出所"), **{f"{name}-kind": "image" for name in names}}
    files = [(f"{name}-file", (f"{name}.png", png(8 + n))) for n, name in enumerate(names)]
    fields = {"form": browser.secret, **data, "part": ["n0", *names]}
    return browser.ask("POST", "/contents/new", data=fields, files=[*files, ("pictures", ("", b""))])


@pytest.mark.parametrize("pictures", [20, 60])
def test_more_pictures_than_fit_are_said_and_what_was_typed_stays(
    office: Office, wang: Browser, pictures: int
) -> None:
    answer = send_parts(wang, pictures)
    assert answer.status_code == 422 and "最多 20 段" in answer.text and "parts 写了" not in answer.text
    assert "派出所" in answer.text and "刷单先给小钱" in answer.text


def test_as_many_pictures_as_fit_are_kept(office: Office, wang: Browser) -> None:
    assert send_parts(wang, 19).status_code == 303
    assert len(content(office).parts) == 20


def test_a_form_that_cannot_be_taken_apart_is_answered_in_words(office: Office, wang: Browser) -> None:
    answer = send_parts(wang, 150)
    assert answer.status_code == 400 and "一次放的太多" in answer.text and "看不懂" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    head = {"content-type": "multipart/form-data; boundary=x"}
    torn = wang.ask("POST", "/contents/new", content=b"--x\r\nno header\r\n\r\nx\r\n--x--\r\n", headers=head)
    assert torn.status_code == 400 and "没有收下" in torn.text


def test_the_lint_marks_the_words_while_they_are_written(office: Office, wang: Browser) -> None:
    doubtful = "国家反诈中心APP人人必须安装，装了百分之百不会被骗。\n" + TEXT
    page = send(wang, "/contents/check", written(doubtful)).text
    assert mark("人人必须安装", 1) in page
    assert "要改 2 处" in page and "建议安装" in page
    assert "没有查出要改的" in send(wang, "/contents/check", written()).text


def test_marks_find_words_that_were_hidden_by_spaces_and_widths(office: Office, wang: Browser) -> None:
    page = send(
        wang, "/contents/check", written("ＡＰＰ人人必 须 安　装，电话 138-0013-8000。\n" + TEXT)
    ).text
    assert mark("人人必 须 安　装", 1) in page
    assert mark("138-0013-8000", 2) in page


def test_markup_in_a_content_stays_text(office: Office, wang: Browser) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=y>{{7*7}}'
    send(wang, "/contents/new", written(f"{evil}\n{TEXT}", title="<i>标题", topics="<b>话题"))
    one = content(office, "<i>标题")
    for page in (at(one), f"{at(one)}/edit", "/contents"):
        text = wang.get(page).text
        assert "<i>标题" not in text and "<b>话题" not in text and "<script>alert" not in text
        assert "&lt;i&gt;标题" in text
    assert "{{7*7}}" in wang.get(at(one)).text


def test_an_edit_keeps_what_it_does_not_know_and_changes_only_what_was_changed(
    office: Office, wang: Browser
) -> None:
    one = content(office, "刷单返利先给小钱")
    (one.folder / "底稿.docx").write_bytes(b"mine")
    others = {
        f.name: f.read_bytes() for f in one.folder.iterdir() if f.name not in ("text.md", "content.yaml")
    }
    page = fields_on(wang.get(f"{at(one)}/edit").text)
    answer = save(wang, one, **{"p0-text": page["p0-text"] + "\n多一句。", "title": "刷单返利：改过"})
    assert answer.status_code == 303
    now = load_content(one.folder)
    assert now.title == "刷单返利：改过" and now.parts[0].text.endswith("多一句。")
    assert {f.name: f.read_bytes() for f in one.folder.iterdir() if f.name in others} == others
    assert now.parts[1:] == one.parts[1:] and now.number == one.number and now.source == one.source
    assert stands(office, now) is Standing.CHANGED
    assert not [f.name for f in one.folder.iterdir() if f.name.startswith(".")]


def test_saving_without_a_change_keeps_the_approval(office: Office, wang: Browser) -> None:
    for one in list(office.demo.town.desk.contents.values()):
        assert save(wang, one).status_code == 303
        now = load_content(one.folder)
        assert now.digest == one.digest and stands(office, now) is Standing.APPROVED, one.id


def test_parts_are_moved_dropped_and_one_is_the_main_one(office: Office, wang: Browser) -> None:
    one = content(office, "刷单返利先给小钱")
    fields = fields_on(wang.get(f"{at(one)}/edit").text)
    assert (
        save_form(wang, one, {**fields, "tokens": "p2,p0,p1", "main": "p0", "p1-gone": "1"}).status_code
        == 303
    )
    now = load_content(one.folder)
    assert [part.kind.value for part in now.parts] == ["link", "text"] and now.main == 1
    assert now.parts[0].thumbnail == one.parts[2].thumbnail
    assert (one.folder / "poster.png").exists()  # what a person put there is not thrown away
    # Without a script a number says where a part belongs.
    assert save(wang, now, **{"p1-place": "1"}).status_code == 303
    assert [part.kind.value for part in load_content(one.folder).parts] == ["text", "link"]


def test_only_texts_that_the_editor_wrote_and_nothing_uses_are_tidied_away(
    office: Office, wang: Browser
) -> None:
    one = content(office, "没见过面的人谈钱就打住")
    folder, twice = one.folder, "text-0123456789ab.md"
    sheet = yaml.safe_load((folder / "content.yaml").read_text("utf-8"))
    sheet["parts"] = [
        {"text": "text-notice.md"}, {"file": "text-notice.pdf"}, {"text": twice}, {"file": f"./{twice}"},
    ]  # fmt: skip
    (folder / "text-notice.md").write_text("先问一问。\n" + TEXT, "utf-8")
    (folder / "text-notice.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (folder / twice).write_text("再问一问。", "utf-8")
    (folder / "content.yaml").write_text(yaml.safe_dump(sheet, allow_unicode=True), "utf-8")
    one = content(office, one.title)
    assert save(wang, one, **{"p0-text": "改了一次。", "p2-text": "也改了。"}).status_code == 303
    names = {file.name for file in folder.iterdir()}
    assert {"text-notice.md", "text-notice.pdf", twice} <= names  # people's own, and what is still used
    first = load_content(folder)
    assert [part.kind.value for part in first.parts] == ["text", "file", "text", "file"]
    assert save(wang, content(office, one.title), **{"p0-text": "又改了一次。"}).status_code == 303
    second = load_content(folder)
    assert {file.name for file in folder.iterdir()} == names - {first.parts[0].path.name} | {
        second.parts[0].path.name
    }


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(office: Office, wang: Browser) -> None:
    one = content(office, "没见过面的人谈钱就打住")
    mine = fields_on(wang.get(f"{at(one)}/edit").text)
    file = one.parts[0].path
    file.write_text(file.read_text("utf-8") + "\n别人加的一句。", "utf-8")
    answer = save_form(wang, one, {**mine, "title": "我改的标题"})
    assert answer.status_code == 409 and "别人先存了一版" in answer.text
    assert "别人加的一句" in answer.text and "我改的标题" in answer.text
    assert load_content(one.folder).title == one.title
    again = {**mine, "title": "我改的标题", "digest": digest_on(answer.text)}
    assert save_form(wang, one, again).status_code == 303
    assert load_content(one.folder).title == "我改的标题"


def test_a_disk_that_refuses_leaves_the_old_version(
    office: Office, wang: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = content(office, "刷单返利先给小钱")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", full)
        answer = save(wang, one, title="新标题")
    assert answer.status_code == 422 and "磁盘满了" in answer.text and "新标题" in answer.text
    assert load_content(one.folder).digest == one.digest


# ── review ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_hands_in_and_another_approves(office: Office, wang: Browser, li: Browser) -> None:
    send(wang, "/contents/new", written(then="submit"))
    one = content(office)
    assert stands(office, one) is Standing.SUBMITTED
    assert "要审核人来批" in wang.get(at(one)).text
    assert unquote(li.get("/contents/review").headers["location"]) == at(one)
    page = li.get(at(one)).text
    assert "等您，已等" in page and ">批准</button>" in page
    assert li.post(f"{at(one)}/approve", digest=digest_on(page)).status_code == 303
    assert stands(office, one) is Standing.APPROVED
    assert "批准了：《刷单新骗法》" in li.get(at(one)).text
    assert {("王敏", "submit"), ("李建军", "approve")} <= set(logged(office))
    kept = office.demo.store.read(approvals.approved_text, one.digest)
    assert kept is not None and "刷单先给小钱" in kept


def test_nobody_approves_what_they_handed_in(office: Office, li: Browser) -> None:
    send(li, "/contents/new", written(then="submit"))
    one = content(office)
    page = li.get(at(one)).text
    assert "批准（是您送审的，要另一个人审）" in page and "/approve" not in page
    assert li.post(f"{at(one)}/approve", digest=one.digest).status_code == 303
    assert stands(office, one) is Standing.SUBMITTED
    assert "是您送审的" in li.get(at(one)).text


def bind(office: Office, name: str, account: str) -> None:
    """From now on ``account`` is the chat account of who is called so."""
    desk = office.demo.town.desk
    desk.reload_rooms()
    (worker,) = (w for w, one in office.demo.store.read(accounts.people).items() if one.name == name)
    code = office.code_for(worker)
    assert office.demo.store.write_now(accounts.use_code, code, account, office.demo.now, private=True)
    desk.reload_rooms()


def test_one_account_under_two_names_does_not_approve_its_own(
    office: Office, wang: Browser, li: Browser
) -> None:
    bind(office, "王敏", "wx-one")
    send(wang, "/contents/new", written("看看 https://example.com/a\n" + TEXT, then="submit"))
    one = content(office)
    entries = office.demo.store.read(approvals.approvals)[one.id]
    assert [entry.account for entry in entries] == ["wx-one"]
    bind(office, "李建军", "wx-one")
    page = li.get(at(one)).text
    assert "是您送审的，要另一个人审" in page and "/approve" not in page
    li.post(f"{at(one)}/pass", digest=one.digest, rule="链接", why="县里的网站")
    li.post(f"{at(one)}/approve", digest=one.digest)
    li.post(f"{at(one)}/reject", digest=one.digest, reason="缺案例")
    assert office.demo.store.read(approvals.approvals)[one.id] == entries
    bind(office, "李建军", "wx-two")
    li.post(f"{at(one)}/pass", digest=one.digest, rule="链接", why="县里的网站")
    li.post(f"{at(one)}/approve", digest=one.digest)
    assert stands(office, one) is Standing.APPROVED
    entries = office.demo.store.read(approvals.approvals)[one.id]
    assert [entry.account for entry in entries] == ["wx-one", "wx-two", "wx-two"]


def test_who_is_not_on_the_list_of_reviewers_does_not_approve(office: Office, wang: Browser) -> None:
    other = who(office, "赵六", Role.REVIEWER)
    send(wang, "/contents/new", written(then="submit"))
    one = content(office)
    assert "审核人是李建军" in other.get(at(one)).text
    other.post(f"{at(one)}/approve", digest=one.digest)
    assert stands(office, one) is Standing.SUBMITTED


def test_what_was_changed_after_it_was_opened_is_not_approved(
    office: Office, wang: Browser, li: Browser
) -> None:
    send(wang, "/contents/new", written(then="submit"))
    one = content(office)
    shown = digest_on(li.get(at(one)).text)
    save(wang, one, title="换了标题", then="submit")
    assert stands(office, content(office, "换了标题")) is Standing.SUBMITTED
    li.post(f"{at(one)}/approve", digest=shown)
    assert stands(office, content(office, "换了标题")) is Standing.SUBMITTED
    assert "又改过" in li.get(at(one)).text


def test_the_reviewer_sees_what_changed_since_the_last_approval(
    office: Office, wang: Browser, li: Browser
) -> None:
    one = content(office, "没见过面的人谈钱就打住")
    before = fields_on(wang.get(f"{at(one)}/edit").text)["p0-text"]
    first, rest = before.split("\n", 1)
    save(wang, one, **{"p0-text": f"{first}\n国家反诈中心APP人人必须安装。\n{rest}", "then": "submit"})
    page = li.get(at(one)).text
    assert "和上次批准的比，改了什么" in page and "第 2 版" in page and "李建军批准" in page
    assert (
        "（没有这一行）" in page
        and "<ins>国家反诈中心APP</ins><ins>" + mark("人人必须安装", 1) + "</ins>" in page
    )
    assert "没有变：标题、编号" in page
    assert "批准（还有 1 处要改）" in page and "disabled" in page
    li.post(f"{at(one)}/approve", digest=digest_on(page))
    assert stands(office, content(office, one.title)) is Standing.SUBMITTED


def test_an_old_approval_without_its_text_says_so(office: Office, wang: Browser) -> None:
    one = content(office, "没见过面的人谈钱就打住")
    office.demo.store.write_now(lambda conn: conn.execute("DELETE FROM approved_text"))
    save(wang, one, title="换个标题")
    page = wang.get(at(one)).text
    assert "那时还没有留底" in page and "换个标题" in page


def test_a_rule_is_let_pass_with_a_reason_by_the_second_person(
    office: Office, wang: Browser, li: Browser
) -> None:
    send(wang, "/contents/new", written("看看 https://example.com/a\n" + TEXT, then="submit"))
    one = content(office)
    page = li.get(at(one)).text
    assert "批准（还有 1 处要改）" in page and "<option>链接</option>" in page
    li.post(f"{at(one)}/pass", digest=one.digest, rule="链接", why="")
    assert "放行要写明理由" in li.get(at(one)).text
    li.post(f"{at(one)}/pass", digest=one.digest, rule="强制", why="没有这一条")
    assert "没有查出“强制”" in li.get(at(one)).text
    li.post(f"{at(one)}/pass", digest=one.digest, rule="链接", why="县里的网站")
    assert "都放行了" in li.get(at(one)).text and "县里的网站" in li.get(at(one)).text
    li.post(f"{at(one)}/approve", digest=one.digest)
    assert stands(office, one) is Standing.APPROVED


def test_it_is_sent_back_with_a_reason(office: Office, wang: Browser, li: Browser) -> None:
    send(wang, "/contents/new", written(then="submit"))
    one = content(office)
    answer = li.post(f"{at(one)}/reject", digest=one.digest, reason=" ")
    assert answer.status_code == 422 and "写上为什么退回" in answer.text
    li.post(f"{at(one)}/reject", digest=one.digest, reason="缺案例")
    assert stands(office, one) is Standing.REJECTED
    page = wang.get(at(one)).text
    assert "退回来改" in page and "缺案例" in page and "送审</button>" in page


def test_the_office_reviews_nothing_and_the_row_leads_to_what_waits(
    office: Office, wang: Browser, li: Browser
) -> None:
    assert wang.get("/contents/review").headers["location"] == "/contents"
    send(wang, "/contents/new", written(then="submit"))
    assert wang.get("/contents/review").headers["location"] == "/contents?state=waiting"
    assert "等您审" in li.get("/contents").text and "等您审" not in wang.get("/contents").text


# ── where it went ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_withdrawal_names_its_number_first_and_stops_what_is_open(office: Office) -> None:
    office.until("12:30")
    wang = who(office, "王敏", Role.OFFICE)
    sent = next(iter(office.demo.store.read(journeys.sent_last)))
    one = office.demo.town.desk.contents[sent]
    page = wang.get(f"{at(one)}?withdraw=1").text
    named = re.search(r"撤回，涉及 (\d+) 个群", page)
    assert named is not None and int(named[1]) > 0
    wang.post(f"{at(one)}/withdraw", reason="写错了")
    told = wang.get(at(one)).text
    reached = re.search(r"(\d+) 个群已经收到", told)
    assert reached is not None and reached[1] == named[1]
    assert "已撤回" in told and "写错了" in told
    assert "撤回…" not in told and "批准过，后来撤回了" in told


def test_the_history_says_how_it_was_reposted(office: Office) -> None:
    office.until("12:30")
    wang = who(office, "王敏", Role.OFFICE)
    sent = next(iter(office.demo.store.read(journeys.sent_last)))
    page = wang.get(at(office.demo.town.desk.contents[sent])).text
    assert "一共发过 1 次" in page and "转到一半约用了" in page
    figures = re.search(r"转到 (\d+).*?直发 (\d+)、机器人所见 (\d+)、截图核实 (\d+)、自报 (\d+)", page, re.S)
    assert figures is not None
    covered, *by = map(int, figures.groups())
    assert covered == sum(by) > 0


def test_it_is_pushed_only_after_the_number_was_said(office: Office) -> None:
    office.until("9:00")
    wang = who(office, "王敏", Role.OFFICE)
    one = content(office, "银行卡电话卡不出借")
    ask = wang.post(f"{at(one)}/push", digest=one.digest)
    assert (
        ask.status_code == 200
        and re.search(r"马上发到全镇 \d+ 个群", ask.text)
        and "回一个数字" not in ask.text
    )
    before = "还没有发过" in wang.get(at(one)).text
    wang.post(f"{at(one)}/push", **asked_on(ask.text))
    page = wang.get(at(one)).text
    assert before and "开始发了" in page and "一共发过 1 次" in page and ">急<" in page
    assert logged(office).count(("王敏", "push")) == 2  # the question and what came of it


def asked_on(page: str) -> dict[str, str]:
    """What the form of “发” carries, as the page draws it."""
    form = next(one for one in page.split("<form")[1:] if 'name="sure"' in one).split("</form>", 1)[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: value for name, value in found.items() if name != "form"}


def sent_times(office: Office, one: Content) -> int:
    return office.demo.store.read(journeys.how_often, one.id)


def test_a_push_that_is_confirmed_again_goes_out_once(office: Office) -> None:
    office.until("9:00")
    wang = who(office, "王敏", Role.OFFICE)
    one = content(office, "银行卡电话卡不出借")
    tabs = [asked_on(wang.post(f"{at(one)}/push", digest=one.digest).text) for _ in range(2)]
    secret = wang.secret

    async def both_clicks() -> None:
        form = {"data": {"form": secret, **tabs[0]}}
        clicks = (wang._ask("POST", f"{at(one)}/push", HOST, form) for _ in range(2))
        assert [answer.status_code for answer in await asyncio.gather(*clicks)] == [303, 303]

    asyncio.run(both_clicks())
    assert sent_times(office, one) == 1
    for again in (tabs[0], tabs[1]):  # a reload, the second tab
        assert wang.post(f"{at(one)}/push", **again).status_code == 303
        assert sent_times(office, one) == 1
        assert "没有再发" in wang.get(at(one)).text
    ask = wang.post(f"{at(one)}/push", digest=one.digest)
    assert "已经发过一次" in ask.text  # who asks anew is told, and may
    wang.post(f"{at(one)}/push", **asked_on(ask.text))
    assert sent_times(office, one) == 2


def test_a_push_of_which_nobody_was_asked_is_asked_about(office: Office) -> None:
    office.until("9:00")
    wang = who(office, "王敏", Role.OFFICE)
    one = content(office, "银行卡电话卡不出借")
    for odd in ({}, {"waves": ""}, {"waves": "x"}, {"waves": "-1"}):
        ask = wang.post(f"{at(one)}/push", digest=one.digest, sure="1", **odd)
        assert ask.status_code == 200 and "马上发到全镇" in ask.text
    assert sent_times(office, one) == 0


def test_a_push_at_the_console_leaves_the_chats_question_of_a_reminder_alone(office: Office) -> None:
    office.until("9:00")
    wang = who(office, "王敏", Role.OFFICE)
    one = content(office, "银行卡电话卡不出借")
    store, now = office.demo.store, office.demo.now
    (person,) = (w for w, roles in store.read(accounts.seat_roles).items() if Role.OFFICE in roles)
    open_question = talk.Question(
        None, {1: {"command": "confirmed", "targets": [1]}}, now + timedelta(hours=1)
    )
    store.write_now(talk.ask, person, open_question)
    wang.post(f"{at(one)}/push", **asked_on(wang.post(f"{at(one)}/push", digest=one.digest).text))
    assert sent_times(office, one) == 1
    kept = store.read(talk.asked_last, person, None, now)
    assert kept is not None and kept.choices == open_question.choices


# ── fresh material ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_leader_hands_in_material_and_the_office_makes_a_content_of_it(
    office: Office, wang: Browser
) -> None:
    leader = Browser(office)
    leader.come_in(office.code_for(office.head_of(office.villages[0].name).id, code="LEAD2345"))
    assert leader.get("/contents").headers["location"] == "/contents/inbox"
    assert "还没有交过" in leader.get("/contents/inbox").text
    fields = {
        "title": "冒充社保来电",
        "text": "说社保卡停用，要验证码。",
        "where": "清河派出所",
        "audiences": "老年人",
    }
    assert send(leader, "/contents/inbox", fields, (("a.png", png()),)).status_code == 303
    page = leader.get("/contents/inbox").text
    assert "收到了，等办公室编" in page and "/contents/c/" not in page
    one = content(office, "冒充社保来电")
    assert one.number == "" and "清河派出所" in one.source and one.audiences == {"老年人"}
    assert "素材，待编" in wang.get("/contents?state=material").text
    assert "素材要先编成内容" in wang.get(at(one)).text
    assert leader.get(at(one)).status_code == 403
    assert save(wang, one, title="冒充社保来电，别给验证码").status_code == 303
    edited = content(office, "冒充社保来电，别给验证码")
    assert edited.number == "反诈宣〔2026〕013号" and edited.id == one.id
    assert "办公室在写" in leader.get("/contents/inbox").text
    (told,) = [t.text for t in office.demo.town.told() if "交来素材" in t.text]
    assert "冒充社保来电" in told


def test_material_that_the_office_does_not_use_says_why(office: Office, wang: Browser) -> None:
    send(wang, "/contents/inbox", {"title": "旧案", "text": "一段话"})
    one = content(office, "旧案")
    wang.post(f"{at(one)}/submit", digest=one.digest)
    assert "要先编成内容" in wang.get(at(one)).text and stands(office, one) is Standing.DRAFT
    wang.post(f"{at(one)}/decline", digest=one.digest, reason="")
    assert "要写明理由" in wang.get(at(one)).text
    wang.post(f"{at(one)}/decline", digest=one.digest, reason="去年讲过")
    assert "没有采用：去年讲过" in wang.get("/contents/inbox").text
    assert "旧案" not in wang.get("/contents?state=material").text
    other = content(office, "银行卡电话卡不出借")
    wang.post(f"{at(other)}/decline", digest=other.digest, reason="x")
    assert "不是交来的素材" in wang.get(at(other)).text
    assert logged(office).count(("王敏", "decline")) == 1  # what was not done does not stand in the log


def test_material_that_is_handed_in_by_a_double_click_is_there_once(office: Office, wang: Browser) -> None:
    secret, picture = wang.secret, io.BytesIO()
    Image.effect_noise((1400, 1400), 90).save(picture, "PNG")  # so large that it is read from disk
    assert picture.tell() > 1_100_000

    def click() -> Coroutine[None, None, Response]:
        files = [("pictures", ("a.png", picture.getvalue()))]
        form = {"data": {"form": secret, "title": "点了两下", "text": "一段话"}, "files": files}
        return wang._ask("POST", "/contents/inbox", HOST, form)

    async def both() -> list[int]:
        return sorted(answer.status_code for answer in await asyncio.gather(click(), click()))

    assert asyncio.run(both()) == [303, 422]
    desk = office.demo.town.desk
    desk.refresh_library()
    assert [one.title for one in desk.contents.values()].count("点了两下") == 1


def test_a_leader_sees_their_own_material_only(office: Office, wang: Browser) -> None:
    for number, village in enumerate(office.villages[:2]):
        leader = Browser(office)
        leader.come_in(office.code_for(office.head_of(village.name).id, code=f"LEAD234{number}"))
        send(leader, "/contents/inbox", {"title": f"材料{number}", "text": "一段话"})
        page = leader.get("/contents/inbox").text
        assert f"材料{number}" in page and f"材料{1 - number}" not in page
    assert "材料0" in wang.get("/contents/inbox").text and "材料1" in wang.get("/contents/inbox").text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "", "text": "字"}, "写上标题"),
        ({"title": "只有标题"}, "写几句，或放一张图片"),
        ({"title": "银行卡电话卡不出借", "text": "字"}, "换个说法"),
        ({"title": "太长的来处", "text": "字", "where": "长" * 250}, "缩到 200 个字以内"),
    ],
)
def test_material_that_does_not_fit_is_said_at_its_field(
    office: Office, wang: Browser, fields: dict[str, str], why: str
) -> None:
    answer = send(wang, "/contents/inbox", fields)
    assert answer.status_code == 422 and answer.text.count(why) == 2


def test_a_title_without_a_letter_stays_in_the_library(office: Office, wang: Browser) -> None:
    root = office.demo.town.desk.library.root
    around = sorted(root.parent.iterdir())
    send(wang, "/contents/inbox", {"title": "！！！", "text": "一段话"})
    assert sorted(root.parent.iterdir()) == around and content(office, "！！！").folder.parent == root


def test_twenty_pieces_a_day_are_enough(office: Office, wang: Browser) -> None:
    for number in range(20):
        assert send(wang, "/contents/inbox", {"title": f"第{number}件", "text": "一段话"}).status_code == 303
    answer = send(wang, "/contents/inbox", {"title": "还有一件", "text": "一段话"})
    assert answer.status_code == 422 and "今天已经交了 20 件" in answer.text


def test_content_yaml_stays_what_people_can_read(office: Office, wang: Browser) -> None:
    send(wang, "/contents/new", written(valid_until="2026-06-30", source="派出所"))
    sheet = yaml.safe_load((content(office).folder / "content.yaml").read_text("utf-8"))
    assert sheet["title"] == "刷单新骗法" and str(sheet["valid_until"]) == "2026-06-30"
    assert sheet["source"] == "派出所" and sheet["topics"] == ["刷单返利"]
    assert ContentId(content(office).id).startswith("013-")


def test_a_library_of_hundreds_is_shown_page_by_page(office: Office, wang: Browser) -> None:
    root = office.demo.town.desk.library.root
    for number in range(100):
        folder = root / f"x{number:03d}"
        folder.mkdir()
        (folder / "t.md").write_text("一段话 96110", "utf-8")
        (folder / "content.yaml").write_text(f"title: 样例条目{number}\nparts: [{{text: t.md}}]\n", "utf-8")
    page = wang.get("/contents?q=样例条目").text
    assert page.count('<th scope="row">') == 60 and "还有 40 条" in page
    rest = wang.get("/contents", params={"q": "样例条目", "skip": "60"}).text
    assert rest.count('<th scope="row">') == 40 and "前面的" in rest
    for odd in ("-1", "9" * 30, "x"):
        assert wang.get("/contents", params={"skip": odd}).status_code == 200


def test_pages_ask_the_store_from_the_loop_only(office: Office, wang: Browser) -> None:
    async def many() -> list[int]:
        return await asyncio.gather(*(browser_get() for _ in range(5)))

    async def browser_get() -> int:
        return (await wang._ask("GET", "/contents", "127.0.0.1:8420", {})).status_code

    assert asyncio.run(many()) == [200] * 5
