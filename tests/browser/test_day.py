"""The office's day through its pages: from coming in over approving, pushing, reposts that come in and a chat pasted by hand to a
dispute that is settled and the gap list on paper."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.clock import SystemClock
from bot.model.ledger import Reason
from bot.model.speaker import Role
from bot.model.time import day_of, local
from bot.model.tree import Group, Use, Worker
from bot.service.practice import Practice, RunningClock
from bot.service.practice.folder import DRAFT_TITLE, lay_draft
from bot.store import reading
from bot.store.reading import TargetRow
from tests.browser.shared import PC, PHONE, chromium, come_in, no_barrier, shot
from tests.console.chat import drawn
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_offices_day(quick: Path, tmp_path: Path, size: dict[str, int]) -> None:
    with office_in(quick / "day") as office:
        office.until("8:20")
        lay_draft(office.demo.library.root, "反诈宣〔2026〕088号")
        office.console.practice = RunningClock(Practice(office.demo), SystemClock())
        asyncio.run(_day(office, size, tmp_path))


def _rows(office: Office) -> list[TargetRow]:
    demo = office.demo
    waves = demo.store.read(reading.waves_between, day_of(demo.now), day_of(demo.now))
    return demo.store.read(reading.target_rows, waves)


def _open(office: Office) -> tuple[Worker, Group]:
    """Somebody who has something to forward still, and a group of it."""
    tree = office.demo.tree
    for row in _rows(office):
        waits = row.reason is Reason.NOT_REPOSTED and row.use == Use.RESIDENT and row.opened_at is not None
        if waits and row.worker_id is not None and row.group_id is not None:
            return tree.worker_by_id[row.worker_id], tree.group_by_id[row.group_id]
    raise AssertionError("everybody has forwarded")


async def _another(page: Page, office: Office, address: str, code: str) -> Page:
    """Somebody else's browser."""
    assert page.context.browser is not None and page.viewport_size is not None
    context = await page.context.browser.new_context(viewport=page.viewport_size, locale="zh-CN")
    other = await context.new_page()
    await come_in(other, address, code)
    return other


async def _covered(page: Page) -> int:
    told = await page.get_by_text(re.compile(r"转到 \d+，应转 \d+ 群次")).first.inner_text()
    found = re.search(r"转到 (\d+)", told)
    assert found is not None
    return int(found[1])


async def _day(office: Office, size: dict[str, int], folder: Path) -> None:
    name, clock = f"{size['width']}", office.console.practice
    assert clock is not None
    failed: list[int] = []
    async with chromium(office, size) as (page, serving, complaints), clock.running(lambda: failed.append(1)):
        here = serving.address

        # 8:20, the office comes in, and hands a content in; it cannot approve it.
        await come_in(page, here, office.staff("王敏", Role.OFFICE))
        await page.goto(f"{here}contents")
        await page.get_by_role("link", name=DRAFT_TITLE).first.click()
        await page.get_by_role("button", name="送审").click()
        await expect(page.get_by_role("status").first).to_contain_text("送审了")
        await expect(page.get_by_role("button", name=re.compile("^批准"))).to_be_disabled()

        # Another person finds it waiting on the start page, looks, and approves.
        reviewer = await _another(page, office, here, office.staff("李建军", Role.REVIEWER))
        await reviewer.get_by_role("link", name="内容待批准").click()
        await expect(reviewer.get_by_role("heading", name=DRAFT_TITLE)).to_be_visible()
        await no_barrier(reviewer)
        await reviewer.get_by_role("button", name="批准", exact=True).click()
        await expect(reviewer.get_by_role("status").first).to_contain_text(f"批准了：《{DRAFT_TITLE}》")
        await reviewer.context.close()

        # The office sends it at once: what, to how many, asked once more.
        await page.reload()
        await page.get_by_role("button", name="马上推送…").click()
        await no_barrier(page)
        await page.get_by_role("button", name="发", exact=True).click()
        await page.goto(here)
        before = await _covered(page)

        # The practice lets time go: people repost by themselves, and the number rises on the page that is open.
        talk = await page.context.new_page()
        await talk.goto(f"{here}practice")
        await talk.get_by_role("button", name="快 60 倍").click()
        wave = page.locator(".wv", has_text=DRAFT_TITLE)
        await expect(wave).to_be_visible(timeout=20_000)
        await expect(wave).not_to_contain_text(re.compile(r"\b0/"), timeout=60_000)
        await talk.get_by_role("button", name="暂停").click()
        await expect(talk.get_by_role("button", name="暂停")).to_have_attribute("aria-pressed", "true")
        assert await _covered(page) > before
        await shot(page, f"day-{name}")

        # A work group's chat, pasted by hand: one more person is done.
        person, group = _open(office)
        tree = office.demo.tree
        work = tree.work_group_above(tree.by_id[group.node], strictly=False)
        assert work is not None
        before = await _covered(page)
        await talk.goto(f"{here}by-hand/paste")
        await talk.get_by_label("哪个工作群").fill(work.name)
        await talk.get_by_label("聊天").fill(
            f"{person.name} {local(office.demo.now):%Y/%-m/%-d %H:%M}\n都已转发\n"
        )
        await talk.get_by_role("button", name="看看读出了什么").click()
        await expect(talk.get_by_role("heading", name="看一遍再保存")).to_be_visible()
        await talk.get_by_role("button", name="保存", exact=True).click()
        saved = talk.get_by_role("status").first
        await expect(saved).to_contain_text("新记下")
        covered = sum(row.covered_at is not None and row.use == Use.RESIDENT for row in _rows(office))
        assert covered > before
        await expect(page.get_by_text(f"转到 {covered}，")).to_be_visible(timeout=4_000)

        # A grid worker says it is done and sends a screenshot; the office does not believe it, the worker objects, it is settled.
        person, _ = _open(office)
        await talk.goto(f"{here}practice?as=w{person.id}&in=me")
        await talk.get_by_role("textbox").last.fill("已转发")
        await talk.get_by_role("button", name="发送").click()
        await expect(talk.locator(".msg .bub").last).to_be_visible()
        await talk.locator("summary", has_text="图片").click()
        await talk.get_by_label("选一张").set_input_files(drawn(folder, "shot.png", "双井村第三十八网格群"))
        await talk.get_by_role("button", name="发这张").click()
        await expect(talk.locator(".msg.me .pic")).to_be_visible()
        await expect(page.get_by_role("link", name="截图待核实")).to_be_visible(timeout=4_000)
        await page.get_by_role("link", name="截图待核实").click()
        await expect(page.get_by_role("heading", name=f"{person.name}说转了")).to_be_visible()
        await page.locator("#claim").focus()
        await page.keyboard.press("2")
        await page.get_by_label("截图里是另一个群").check()
        for box in await page.get_by_role("checkbox").all():
            await box.check()
        await page.locator("#claim").focus()
        await page.keyboard.press("2")
        await expect(page.get_by_role("status").first).to_contain_text("认定不实")
        disputed = [row for row in _rows(office) if row.reason is Reason.DISPUTED]
        assert {row.worker_id for row in disputed} == {person.id}
        worker = await _another(page, office, here, office.code_for(person.id, code="WXYZ6789"))
        await worker.goto(f"{here}evidence")
        await worker.get_by_label("不是这样？").fill("发错图了，群里真的转了")
        await worker.get_by_role("button", name="有异议").click()
        await expect(worker.get_by_role("status").first).to_contain_text("反诈办会再看一次")
        await worker.context.close()
        await page.goto(here)
        await page.get_by_role("link", name="异议待答复").click()
        await page.get_by_label(f"跟{person.name}说一句").fill("问过了，是转了")
        await page.get_by_role("button", name="撤销认定").click()
        await expect(page.get_by_role("status").first).to_contain_text("撤销认定")
        assert not [row for row in _rows(office) if row.reason is Reason.DISPUTED]

        # 18:00, the gap list, on paper.
        await talk.goto(f"{here}practice")
        await talk.get_by_role("button", name="到 18:00").click()
        await expect(talk.locator("#stamp")).to_contain_text("18:00", timeout=60_000)
        await page.goto(f"{here}reports")
        await expect(page.get_by_role("heading", name="清河镇缺口清单")).to_be_visible()
        await no_barrier(page)
        gaps = [row for row in _rows(office) if row.reason is not None and row.use in (None, Use.RESIDENT)]
        assert gaps
        await page.emulate_media(media="print")
        for row in gaps:
            await expect(page.locator("main")).to_contain_text(row.worker or row.path.rsplit("/", 1)[-1])
        assert not await page.locator("header.top").is_visible()
        await page.pdf(path=folder / "gaps.pdf", prefer_css_page_size=True)
        assert (folder / "gaps.pdf").read_bytes().startswith(b"%PDF")
        assert complaints == [] and failed == []
