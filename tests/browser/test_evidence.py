"""The office's morning with screenshots: one is verified by a key, one disputed, its worker objects on the phone, and is right."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.console.serving import Serving
from bot.model.speaker import Role
from bot.model.tree import Worker
from bot.store import reading, screenshots
from tests.browser.shared import PC, PHONE, chromium, come_in, no_barrier, no_sideways, shot
from tests.console.chat import drawn, people_with_tasks, say, show
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser
WINDOWS_125 = {"width": 1093, "height": 614}
"""A PC's screen at Windows' 125 %."""


@pytest.mark.parametrize("size", [PC, WINDOWS_125, PHONE], ids=["PC", "125", "phone"])
def test_the_office_judges_two_screenshots_and_a_worker_objects(
    quick: Path, tmp_path: Path, size: dict[str, int]
) -> None:
    with office_in(quick / "day") as office:
        office.until("8:40")
        people = people_with_tasks(office)
        first = next(person for person, rows in people if len(rows) == 1)
        second = next(person for person, rows in people if len(rows) == 2)
        for who, title in ((first, "双井村第三十八网格群"), (second, "杏花村第三十五网格群")):
            say(office, who, "已转发")
            show(office, who, drawn(tmp_path, f"{title}.png", title))
            office.demo.now += timedelta(minutes=3)
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_judged(office, first, second, size))


async def _judged(office: Office, first: Worker, second: Worker, size: dict[str, int]) -> None:
    demo, name = office.demo, f"{size['width']}"
    one, two = demo.store.read(screenshots.waiting, 10)
    async with chromium(office, size) as (page, serving, complaints):
        await come_in(page, serving.address, "ABCD2345")
        await page.goto(f"{serving.address}evidence")
        await expect(page.get_by_role("heading", name=f"{first.name}说转了")).to_be_visible()
        picture = page.get_by_role("img", name=f"{first.name}今天")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("one => one.complete && one.naturalWidth === 720")
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"evidence-{name}")

        # While somebody types, a figure is a figure.
        await page.get_by_label("或者写一句").press_sequentially("第1网格")
        await expect(page.get_by_label("或者写一句")).to_have_value("第1网格")
        await page.get_by_label("或者写一句").press("Enter")
        assert demo.store.read(screenshots.count_waiting) == 2

        # 1: verified. The offer to take it back; the next one stands there.
        await page.get_by_label("或者写一句").fill("")
        await page.locator("#claim").focus()
        await page.keyboard.press("1")
        await expect(page.get_by_role("status")).to_contain_text(f"{first.name}这张：核实通过")
        await expect(page.get_by_role("heading", name=f"{second.name}说转了")).to_be_visible()
        assert {row.evidence for row in demo.store.read(reading.targets_by_id, one.targets)} == {"verified"}
        await no_barrier(page)
        await page.get_by_role("button", name=f"撤回{first.name}这张").click()
        await expect(page.get_by_role("status")).to_contain_text("撤回了")
        await expect(page.get_by_role("heading", name=f"{first.name}说转了")).to_be_visible()
        await page.locator("#claim").focus()
        await page.keyboard.press("1")
        await expect(page.get_by_role("heading", name=f"{second.name}说转了")).to_be_visible()

        # 2: a reason first, by the arrows; then which of the two groups; then it is done.
        await page.locator("#claim").focus()
        await page.keyboard.press("2")
        await expect(page.get_by_label("截图里是另一个群")).to_be_focused()
        await page.keyboard.press("Space")
        await page.keyboard.press("2")
        await expect(page.get_by_role("alert")).to_contain_text("先选截图里是哪个群")
        await expect(page.get_by_role("group", name="截图里是哪个群")).to_have_accessible_description(
            "✗ 先选截图里是哪个群"
        )
        await expect(page.get_by_label("截图里是另一个群")).to_be_checked()
        await no_barrier(page)
        await shot(page, f"evidence-several-{name}")
        await page.get_by_role("checkbox").first.check()
        await page.keyboard.press("2")
        await expect(page.get_by_role("status")).to_contain_text(f"{second.name}这张：认定不实")
        await expect(page.get_by_text("没有等您核实的")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"evidence-none-{name}")
        rows = demo.store.read(reading.targets_by_id, two.targets)
        assert [row.reason for row in rows if row.reason] == ["disputed"]

        # Ten seconds later the pictures are gone, and so is the offer.
        demo.now += timedelta(seconds=11)
        await demo.town.tick(demo.now)
        await page.reload()
        await expect(page.get_by_role("button", name="撤回")).to_have_count(0)
        assert list((demo.data / "evidence").iterdir()) == []
        await _objects(office, second, serving, name)

        # The objection is there first; it was right.
        await page.goto(f"{serving.address}evidence")
        await expect(page.get_by_text("两个网格都是我管")).to_be_visible()
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"evidence-objection-{name}")
        await page.get_by_label(f"跟{second.name}说一句").fill("是我们看错了群名")
        await page.get_by_role("button", name="撤销认定").click()
        await expect(page.get_by_role("status")).to_contain_text("撤销认定")
        rows = demo.store.read(reading.targets_by_id, two.targets)
        assert {row.evidence for row in rows} == {"confirmed"}
        assert [said for said in complaints if "422" not in said] == []


async def _objects(office: Office, who: Worker, serving: Serving, name: str) -> None:
    """The worker's own telephone."""
    code = office.code_for(who.id, code="WXYZ6789")
    async with chromium(office, PHONE) as (phone, there, complaints):
        await come_in(phone, there.address, code)
        await phone.get_by_role("navigation", name="主菜单").get_by_role("link", name="核实").first.click()
        await expect(phone.get_by_role("heading", name="我交的截图")).to_be_visible()
        await expect(phone.get_by_text("截图里是另一个群")).to_be_visible()
        await no_barrier(phone)
        await no_sideways(phone)
        await shot(phone, f"evidence-mine-{name}")
        await phone.get_by_label("不是这样？").fill("37、38两个网格都是我管，可能截错了。两个网格都是我管")
        await phone.get_by_role("button", name="有异议").click()
        await expect(phone.get_by_role("status")).to_contain_text("反诈办会再看一次")
        assert complaints == []
