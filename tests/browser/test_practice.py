"""The practice groups in a real browser: somebody forwards, asks, is not heard, takes back, and lets the day go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.clock import SystemClock
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.service.practice import Practice, RunningClock
from bot.store import reading
from tests.browser.shared import PC, PHONE, chromium, no_barrier, no_sideways, shot
from tests.console.desk import Office, office_in
from tests.console.test_practice import watched_group, with_an_open_group

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_somebody_practises_in_the_groups(quick: Path, size: dict[str, int]) -> None:
    with office_in(quick / "day") as office:
        office.until("8:20")
        office.console.practice = RunningClock(Practice(office.demo), SystemClock())
        asyncio.run(_practise(office, size))


def _counted(office: Office) -> tuple[int, int]:
    demo = office.demo
    waves = demo.store.read(reading.waves_between, day_of(demo.now), day_of(demo.now))
    counts = demo.store.read(reading.counts, waves, demo.tree.root.id)
    return counts.covered, counts.expected


def _chat(page: Page, key: str):  # type: ignore[no-untyped-def]
    return page.locator(f"section.chat:has(#wx-{key})")


async def _practise(office: Office, size: dict[str, int]) -> None:
    name = f"{size['width']}"
    clock = office.console.practice
    assert clock is not None
    cast = clock.practice.cast
    usual = dict(cast.usual())
    grid, group = with_an_open_group(office)
    work = office.demo.tree.work_group_above(office.demo.tree.by_id[group.node], strictly=False)
    assert work is not None
    failed: list[int] = []
    async with (
        chromium(office, size) as (page, serving, complaints),
        clock.running(lambda: failed.append(1)),
    ):
        # The demo's link lets in; the practice is in the menu.
        await page.goto(serving.link_for("王敏", Role.OFFICE))
        if await page.get_by_role("button", name="进去").count():
            await page.get_by_role("button", name="进去").click()
        await expect(page.get_by_role("heading", name="今日覆盖率")).to_be_visible()
        start, covered = page, _counted(office)
        page = await start.context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{serving.address}practice")
        await expect(page.get_by_role("heading", name="练习，不会发到真的微信群")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"practice-{name}")
        await no_sideways(page)

        # A grid worker forwards the wave's content: it is recognised, and the start page rises within two seconds.
        await page.goto(f"{serving.address}practice?as={grid.account}&in=r{work.id}&in=r{group.id}&in=me")
        residents = _chat(page, f"r{group.id}")
        await residents.locator("summary", has_text="转发").click()
        await residents.locator(".pick button").first.click()
        await expect(residents.locator(".did").last).to_contain_text(
            "认出来了：8:20 转到，按时，机器人看见的"
        )
        await expect(start.get_by_text(f"转到 {covered[0] + 1}，应转 {covered[1]} 群次")).to_be_visible(
            timeout=2_000
        )
        await no_barrier(page)
        await shot(page, f"practice-forwarded-{name}")

        # It is taken back, part by part.
        while await residents.get_by_role("button", name="撤回").count():
            before = await residents.get_by_role("button", name="撤回").count()
            await residents.get_by_role("button", name="撤回").first.click()
            await expect(residents.get_by_role("button", name="撤回")).to_have_count(before - 1)
        await expect(residents.locator(".wx")).to_contain_text("撤回了，不再算转到")
        await expect(start.get_by_text(f"转到 {covered[0]}，应转 {covered[1]} 群次")).to_be_visible(
            timeout=2_000
        )

        # A village's secretary asks and is answered; Enter sends, the field is empty again.
        await page.locator("nav.seg a", has_text="村书记").click()
        mine = _chat(page, "me")
        field = mine.get_by_role("textbox")
        await field.fill("覆盖率")
        await field.press("Enter")
        await expect(mine.locator(".msg .bub").last).to_contain_text("今天到 8:2")
        await expect(mine.locator(".did").last).to_have_text("听懂了，回在下面")
        await expect(field).to_have_value("")
        await shot(page, f"practice-asked-{name}")

        # A resident's talk is not kept; a resident does not speak in a work group.
        watched = watched_group(office)
        await page.goto(f"{serving.address}practice?as=resident&in=r{work.id}&in=r{watched.id}")
        talk = _chat(page, f"r{watched.id}")
        await talk.get_by_role("textbox").fill("明天停水吗？")
        await talk.get_by_role("button", name="发送").click()
        await expect(talk.locator(".did").last).to_contain_text("居民聊天，不保存")
        await expect(_chat(page, f"r{work.id}")).to_contain_text("居民不在这个群")
        await no_barrier(page)

        # A stranger stops nothing.
        await page.goto(f"{serving.address}practice?as=stranger&in=me")
        await page.get_by_role("textbox", name="在私聊 传达说话").fill("暂停")
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".did").last).to_have_text("不认得这个人，不理")
        assert office.demo.town.desk.paused == ""

        # What somebody types stays while time goes on; at 18:00 the gap list comes into the office's group.
        await page.goto(f"{serving.address}practice?as={usual['反诈办'].account}")
        typing = _chat(page, "me").get_by_role("textbox")
        await typing.fill("还没写完的话")
        await page.get_by_role("button", name="到 18:00").click()
        home = page.locator("section.chat").first
        await expect(home.locator(".bub", has_text="缺口清单").first).to_be_visible(timeout=60_000)
        await expect(page.locator("#stamp")).to_contain_text("18:00")
        await expect(typing).to_have_value("还没写完的话")
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"practice-evening-{name}")

        # What came while somebody reads above does not move what they read.
        chat = home.locator(".wx")
        if await chat.evaluate("chat => chat.scrollHeight > chat.clientHeight + 200"):
            await chat.evaluate("chat => { chat.scrollTop = 0; }")
            await page.get_by_role("button", name="到 21:00").click()
            await expect(home.get_by_role("button", name="有新消息")).to_be_visible(timeout=60_000)
            assert await chat.evaluate("chat => chat.scrollTop") == 0
        assert complaints == [] and failed == []
