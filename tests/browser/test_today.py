"""The office's start page in a real browser: coming in, the number that moves, a reminder, a village opened; on a PC and a phone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.model.ledger import Act, Entry
from bot.model.speaker import Role
from bot.store import ledger, notices, reading
from tests.browser.shared import PC, PHONE, chromium, no_barrier, shot
from tests.console.desk import PASSWORD, Office, office_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_office_comes_in_sees_a_repost_arrive_and_reminds_somebody(
    quick: Path, size: dict[str, int]
) -> None:
    with office_in(quick / "day") as office:
        office.until("9:00")
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_morning(office, size))


async def _morning(office: Office, size: dict[str, int]) -> None:
    demo = office.demo
    name = f"{size['width']}"
    async with chromium(office, size) as (page, serving, complaints):
        # A stranger is led to the door; with the code the office comes in.
        await expect(page.get_by_role("heading", name="传达")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"enter-{name}")
        await page.get_by_role("link", name="用绑定码设一个密码").click()
        await no_barrier(page)
        await page.get_by_label("绑定码").fill("ABCD2345")
        await page.get_by_label("新密码").fill(PASSWORD)
        await page.get_by_label("再输一次").fill(PASSWORD)
        await page.get_by_role("button", name="设好，进去").click()
        await expect(page.get_by_role("heading", name="今日覆盖率")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"today-{name}")

        # Somebody reposts: the number moves within two seconds, and nothing else does.
        (wave,) = demo.store.read(reading.waves_between, demo.now.date(), demo.now.date())
        counts = demo.store.read(reading.counts, [wave], demo.tree.root.id)
        row = next(
            r
            for r in demo.store.read(reading.target_rows, [wave], gaps_only=True)
            if r.reason == "not_reposted"
        )
        await expect(page.get_by_text(f"转到 {counts.covered}，应转 {counts.expected} 群次")).to_be_visible()
        before = await page.evaluate(
            "window.here = 'the same page'; window.scrollTo(0, 200); ['the same page', window.scrollY]"
        )
        await demo.store.write(ledger.record, row.id, Entry(Act.CONFIRMED, demo.now, "t", "t", "chat"))
        moved = page.get_by_text(f"转到 {counts.covered + 1}，应转 {counts.expected} 群次")
        await expect(moved).to_be_visible(timeout=2_000)
        assert await page.evaluate("[window.here, window.scrollY]") == before

        # A reminder: said what came of it, and the button says so.
        button = page.locator("#gaps").get_by_role("button", name="提醒").first
        whom = (await button.get_attribute("aria-label") or "").removeprefix("提醒")
        await button.click()
        await expect(page.get_by_role("status")).to_contain_text(f"提醒了 1 人，{whom}")
        assert demo.store.read(notices.count_asked, "reminder") == 1
        await page.mouse.move(5, 5)
        await expect(page.get_by_role("button", name=f"提醒{whom}", exact=True)).to_be_disabled(timeout=4_000)

        # A village opened, by the keyboard, and closed again: the focus is back where it was.
        village = page.locator("#map a.u").first
        await village.focus()
        await page.keyboard.press("Enter")
        opened = page.locator("#opened section")
        await expect(opened).to_be_focused()
        await expect(opened.get_by_role("table")).to_contain_text("网格")
        await no_barrier(page)
        await shot(page, f"village-{name}")
        await page.keyboard.press("Escape")
        await expect(opened).to_have_count(0)
        await expect(village).to_be_focused()

        # All sending stops, and goes on.
        await page.get_by_role("button", name="全部暂停").click()
        await expect(page.get_by_text("全部发送已暂停")).to_be_visible(timeout=3_000)
        await page.get_by_role("button", name="恢复发送").click()
        await expect(page.get_by_role("button", name="全部暂停")).to_be_visible(timeout=3_000)
        assert complaints == []

        # The program ends: the page says that the numbers stand still, and stays.
        serving.stop()
        await expect(page.locator("#stamp")).to_contain_text("数字停在 9:00，正在重新连接", timeout=10_000)
        await expect(moved).to_be_visible()
