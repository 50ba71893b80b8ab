"""A day by hand in a real browser: copy, tick off with a key, paste a chat, correct a line, save, the number rises; on a PC and a
phone."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.model.speaker import Role
from bot.store import reading
from tests.browser.shared import PC, PHONE, chromium, come_in, no_barrier, no_sideways, shot
from tests.console.manual import UNRELATED, Manual, manual_office

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_a_day_by_hand(quick: Path, size: dict[str, int]) -> None:
    with manual_office(quick / "day") as office:
        office.until("8:10")
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_day(office, size))


async def _look(page: Page, name: str) -> None:
    await no_barrier(page)
    await no_sideways(page)
    await shot(page, name)


def _covered(office: Manual) -> int:
    demo = office.demo
    waves = demo.store.read(reading.waves_between, demo.now.date(), demo.now.date())
    return demo.store.read(reading.counts, waves, demo.tree.root.id).covered


async def _day(office: Manual, size: dict[str, int]) -> None:
    name = f"{size['width']}"
    person, group = office.people()[0], office.village_group()
    async with chromium(office, size) as (page, serving, complaints):
        here = serving.address.rstrip("/")
        await come_in(page, serving.address, "ABCD2345")
        await expect(page.get_by_role("heading", name="今日覆盖率")).to_be_visible()

        # What is to be posted: copied, with its picture.
        await page.goto(f"{here}/by-hand")
        await expect(page.get_by_role("heading", name=re.compile("要发的"))).to_be_visible()
        await _look(page, f"by-hand-{name}")
        text = page.get_by_label("要发的话")
        await expect(text).to_have_value(re.compile("反诈宣〔2026〕001号"))
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="复制文字").click()
        await expect(page.get_by_text("复制好了，到微信里粘贴。").first).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.replace("\r\n", "\n") == await text.input_value()
        await page.get_by_role("button", name="复制图片").click()
        await expect(page.get_by_text("图片复制好了，到微信里粘贴。")).to_be_visible()
        kinds = await page.evaluate("navigator.clipboard.read().then((all) => all[0].types)")
        assert "image/png" in kinds
        # Over plain http there is no clipboard: the text is selected instead.
        await page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        await page.get_by_role("button", name="复制文字").click()
        await expect(page.get_by_text("已选中，按 Ctrl+C 复制").first).to_be_visible()
        assert await page.evaluate(
            "getSelection().toString().length > 0 || document.activeElement.selectionEnd > 0"
        )

        # Ticked off with a key: the row says so, the next one has the focus.
        rows = page.locator(".errand [data-done]")
        many = await rows.count()
        first, second = [await rows.nth(n).get_attribute("aria-label") for n in (0, 1)]
        await page.keyboard.press("j")
        await expect(page.get_by_label(first or "", exact=True)).to_be_focused()
        await page.keyboard.press("d")
        await expect(page.locator(".errand.ticked")).to_contain_text("记为已发")
        await expect(page.get_by_label(second or "", exact=True)).to_be_focused()
        await expect(page.locator("[data-left]")).to_have_text([str(many - 1)] * 2)
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await expect(page.get_by_label(second or "", exact=True)).to_be_focused()
        # While somebody types, a letter is a letter.
        row = page.locator(".errand").last
        await row.get_by_text("没发成").click()
        await row.get_by_label("原因").press_sequentially("djk")
        assert await rows.count() == many - 1
        await _look(page, f"by-hand-ticked-{name}")
        await row.get_by_label("原因").fill("群主禁言")
        await row.get_by_role("button", name="记下").click()
        await expect(page.get_by_text("记为没发出（群主禁言）")).to_be_visible()
        # A wrong tick goes back.
        await page.get_by_role("button", name="勾错了，改回").first.click()
        await expect(page.get_by_text("改回没做")).to_be_visible()
        await page.reload()
        await expect(rows).to_have_count(many - 1)
        for _ in range(many - 1):
            before = await page.locator(".errand.ticked").count()
            if before == 0:
                await page.keyboard.press("j")
            await page.keyboard.press("d")
            await expect(page.locator(".errand.ticked")).to_have_count(before + 1)
        await page.reload()
        await expect(page.get_by_role("heading", name=re.compile("要转的"))).to_be_visible()
        await _look(page, f"by-hand-forward-{name}")

        # 8:40: the village's chat is pasted, looked at, corrected, saved.
        await office.demo.live(office.demo.now.replace(minute=40), lambda told: None)
        before = _covered(office)
        await page.get_by_role("link", name="粘贴工作群的聊天").click()
        await _look(page, f"paste-{name}")
        await page.get_by_label("哪个工作群").fill(group.name)
        await page.get_by_label("聊天").fill(
            f"路人甲 2026/3/12 08:21\n{UNRELATED}\n\n小周 2026/3/12 08:22\n都弄好了\n\n"
            f"何建国 2026/3/12 08:31\n#接龙\n反诈宣〔2026〕001号转发情况\n1. {person.name} 已转发\n2. 李四 已转发\n"
        )
        await page.get_by_role("button", name="看看读出了什么").click()
        await expect(page.get_by_role("heading", name="看一遍再保存")).to_be_visible()
        await expect(page.get_by_text("不知道“李四 已转发”是谁")).to_be_visible()
        await page.get_by_text("句不保存，打开看看").click()
        await _look(page, f"read-{name}")
        row = page.locator(".read", has_text=f"{person.name} 已转发")
        await row.get_by_role("button", name="改").click()
        await expect(page.get_by_label("这是谁的")).to_have_value(re.compile(person.name))
        boxes = page.get_by_role("checkbox")
        groups = await boxes.count()
        assert groups > 1
        await boxes.last.uncheck()
        await _look(page, f"mend-{name}")
        await page.get_by_role("button", name="就这样").click()
        await expect(page.get_by_text("您改过，已转发")).to_be_visible()
        assert _covered(office) == before
        await page.get_by_role("button", name="保存", exact=True).click()
        await expect(page.get_by_role("status").first).to_contain_text(f"新记下 {groups - 1} 个群")
        await expect(page.get_by_role("status").first).to_contain_text(f"转到 {before + groups - 1}，")
        await shot(page, f"saved-{name}")
        assert _covered(office) == before + groups - 1
        await page.goto(serving.address)
        await expect(page.get_by_text(f"转到 {before + groups - 1}，")).to_be_visible()
        assert complaints == []
