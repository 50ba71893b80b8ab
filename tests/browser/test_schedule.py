"""The schedule in a real browser: the month, an entry that conflicts, the conflict named, changed, saved, shown; a file that somebody
else changed meanwhile; on a PC and a phone."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.model.speaker import Role
from tests.browser.shared import PC, PHONE, chromium, come_in, no_barrier, shot
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_office_plans_a_week_sees_what_speaks_against_it_and_saves(
    quick: Path, size: dict[str, int]
) -> None:
    with office_in(quick / "day") as office:
        office.until("9:00")
        assert office.console.config is not None
        office.console.config = Path(shutil.copy(office.console.config, quick / "schedules.yaml"))
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_planning(office, size))


async def _fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def _planning(office: Office, size: dict[str, int]) -> None:
    name, path = f"{size['width']}", office.console.config
    assert path is not None
    async with chromium(office, size) as (page, serving, complaints):
        await come_in(page, serving.address, "ABCD2345")
        await page.goto(f"{serving.address}schedule")
        await expect(page.get_by_role("heading", name="排期 2026年3月")).to_be_visible()
        await expect(page.get_by_text("今天", exact=True).last).to_be_visible()
        await no_barrier(page)
        await _fits(page)
        await shot(page, f"schedule-month-{name}")
        await page.get_by_role("link", name="周", exact=True).click()
        await no_barrier(page)
        await _fits(page)
        await shot(page, f"schedule-week-{name}")

        # Three more a day for everybody: too much, and it is said before anything is saved.
        await page.get_by_role("link", name="加一条").click()
        await page.get_by_label("名字").fill("白天三次")
        await page.get_by_label("几点", exact=True).fill("10:00、14:00、16:00")
        await no_barrier(page)
        await shot(page, f"schedule-new-{name}")
        await page.get_by_role("button", name="看看会怎样").click()
        against = page.locator("#ahead")
        await expect(against).to_be_focused()
        await expect(against).to_contain_text("同一个群会收到")
        await no_barrier(page)
        await _fits(page)
        await shot(page, f"schedule-conflict-{name}")
        assert "白天三次" not in path.read_text("utf-8")

        # Once a week instead, to one village: the weekdays appear when they are wanted.
        await page.get_by_label("每周几天").check()
        await page.get_by_label("三", exact=True).check()
        await page.get_by_label("几点", exact=True).fill("16:00")
        await page.get_by_label("哪里").fill(office.villages[0].name)
        await page.get_by_role("button", name="再看看会怎样").click()
        await expect(against).to_contain_text("没有冲突，可以存")
        await expect(against).to_contain_text("3月18日 星期三 16:00")
        await shot(page, f"schedule-fine-{name}")
        await page.get_by_role("button", name="存下来").click()
        await expect(page.get_by_role("status")).to_contain_text("存好了：白天三次")
        cell = page.locator("td").filter(has=page.locator('time[datetime="2026-03-18"]'))
        await expect(cell).to_contain_text("16:00")
        assert '- id: 白天三次\n        cron: "0 16 * * 3"' in path.read_text("utf-8")

        # Somebody edits the file by hand while the form is open: nothing is lost, nothing written over.
        await page.get_by_role("link", name="修改 白天三次").click()
        path.write_text(path.read_text("utf-8").replace('"0 16 * * 3"', '"0 17 * * 3"'), "utf-8")
        await page.get_by_label("几点", exact=True).fill("15:30")
        await page.get_by_role("button", name="看看会怎样").click()
        await expect(page.get_by_role("alert")).to_contain_text("设置文件在您打开以后被改过")
        await expect(page.get_by_role("alert")).to_contain_text("每周三 17:00")
        await expect(page.get_by_label("几点", exact=True)).to_have_value("15:30")
        await no_barrier(page)
        await shot(page, f"schedule-meanwhile-{name}")
        await page.get_by_role("button", name="看看会怎样").click()
        await page.get_by_role("button", name="存下来").click()
        await expect(page.get_by_role("status")).to_contain_text("每周三 15:30")

        # What is not wanted any more is asked for twice.
        await page.get_by_role("link", name="修改 白天三次").click()
        await page.get_by_role("link", name="删掉").click()
        await expect(page.get_by_role("heading", name="删掉“白天三次”？")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("少发")
        await no_barrier(page)
        await shot(page, f"schedule-remove-{name}")
        await page.get_by_role("button", name="删掉这一条").click()
        await expect(page.get_by_role("status")).to_contain_text("删掉 白天三次")
        assert "白天三次" not in path.read_text("utf-8")
        # Refused answers are no news to a browser's console but that they were refused.
        assert [one for one in complaints if "409" not in one] == []
