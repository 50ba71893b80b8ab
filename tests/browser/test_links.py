"""Coming in by the link that the bot sends, and letting a platform in, in a real browser; on a PC and a phone."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.channels.simulated.channel import SimulatedChannel
from bot.model.speaker import Role
from bot.store import accounts
from tests.browser.shared import PC, PHONE, chromium, no_barrier, shot
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_office_comes_in_by_a_link_and_lets_a_platform_in(quick: Path, size: dict[str, int]) -> None:
    with office_in(quick / "day") as office:
        office.until("9:00")
        asyncio.run(_story(office, size))


async def _story(office: Office, size: dict[str, int]) -> None:
    demo, name = office.demo, f"{size['width']}"
    worker = demo.store.write_now(accounts.add_person, "王敏", demo.tree.root.path)
    office.code_for(worker.id, Role.OFFICE)
    demo.store.write_now(accounts.use_code, "ABCD2345", "wang", demo.now, private=True)
    demo.town.desk.reload_rooms()
    channel = demo.town.channel
    assert isinstance(channel, SimulatedChannel)
    channel.people.add("wang")
    said: list[str] = []
    channel.watch = lambda to, part: said.append(part.text) if to.person == "wang" else None
    async with chromium(office, size) as (page, serving, complaints):
        await page.get_by_label("绑定过机器人的人的姓名").fill("王敏")
        await page.get_by_role("button", name="让机器人把登录链接发给我").click()
        await expect(page.get_by_text("机器人会私聊发给您一个链接")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"link-asked-{name}")
        demo.town.desk.now = demo.now
        await demo.town.send(demo.now, 1e9)
        (link,) = re.findall(r"http\S+", said[-1])
        assert link.startswith(f"{serving.address}open/")
        await page.goto(link)
        await no_barrier(page)
        await shot(page, f"link-open-{name}")
        await page.get_by_role("button", name="进去").click()
        await expect(page.get_by_role("heading", name="今日覆盖率")).to_be_visible()

        await page.goto(f"{serving.address}clients")
        await expect(page.get_by_text("还没有平台来读")).to_be_visible()
        await page.get_by_label("谁用").fill("县反诈平台")
        await page.get_by_label("看哪个单位").fill("没有的村")
        await page.get_by_role("button", name="开通，给我令牌").click()
        await expect(page.get_by_label("看哪个单位")).to_have_value("没有的村")
        await expect(page.get_by_text("没有“没有的村”这个单位")).to_be_visible()
        await no_barrier(page)
        await page.get_by_label("看哪个单位").fill(demo.tree.root.name)
        await page.get_by_role("button", name="开通，给我令牌").click()
        await expect(page.get_by_role("heading", name="只显示这一次")).to_be_visible()
        token = await page.locator(".fresh code").inner_text()
        await no_barrier(page)
        await shot(page, f"clients-new-{name}")
        answer = await page.request.get(
            f"{serving.address}api/v1/coverage", headers={"authorization": f"Bearer {token}"}
        )
        assert (await answer.json())["node"] == demo.tree.root.path
        await page.reload()
        await expect(page.get_by_text("只显示这一次")).to_have_count(0)
        await page.locator(".one summary").click()
        await page.get_by_label("为什么停用").fill("平台换了")
        await shot(page, f"clients-stop-{name}")
        await no_barrier(page)
        await page.get_by_role("button", name="停用“县反诈平台”").click()
        await expect(page.get_by_text("停用：平台换了")).to_be_visible()
        await no_barrier(page)
        await shot(page, f"clients-{name}")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"]
        assert [said for said in complaints if "422" not in said] == []
