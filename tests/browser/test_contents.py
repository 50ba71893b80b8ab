"""A content's way in a real browser: written with a picture, looked through, handed in, compared, approved, withdrawn."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import expect

from bot.model.speaker import Role
from bot.store import journeys
from tests.browser.shared import PC, PHONE, chromium, come_in, no_barrier, no_sideways, shot
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser
GOOD = "骗子说社保卡停用，要您报验证码。\n验证码谁要都不给，拿不准就打 96110。"
BAD = "国家反诈中心APP人人必须安装。"


def poster() -> bytes:
    """A picture that somebody drew."""
    picture = Image.new("RGB", (600, 760), "#1d5a9e")
    ImageDraw.Draw(picture).ellipse((180, 260, 420, 500), fill="#ffd04a")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_a_content_is_written_mended_handed_in_compared_approved_and_withdrawn(
    quick: Path, size: dict[str, int]
) -> None:
    with office_in(quick / "day") as office:
        office.until("9:00")
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_way(office, size))


async def _way(office: Office, size: dict[str, int]) -> None:
    name = f"{size['width']}"
    async with chromium(office, size) as (page, serving, complaints):
        address = serving.address
        await come_in(page, address, "ABCD2345")
        await page.goto(f"{address}contents")
        await expect(page.get_by_role("heading", name="内容")).to_be_visible()
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"contents-{name}")

        # Written, with a picture dropped in; the lint marks the word while it is typed.
        await page.get_by_role("link", name="写一条").click()
        await page.get_by_label("标题", exact=False).first.fill("社保卡没有停用")
        await page.get_by_label("话题").fill("冒充社保")
        text = page.get_by_label("正文").first
        signature = (await text.input_value()).strip()
        await text.fill(f"{GOOD}\n{BAD}\n{signature}")
        await page.locator("#pictures").set_input_files(
            [{"name": "海报.png", "mimeType": "image/png", "buffer": poster()}]
        )
        await expect(page.locator("#parts [data-part]")).to_have_count(2)
        await expect(page.locator("#parts canvas")).to_be_visible()
        marked = page.locator("#check mark")
        await expect(marked).to_have_text("人人必须安装1", timeout=4_000)
        await expect(page.locator("#check")).to_contain_text("要改 1 处")
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"contents-edit-{name}")

        # Mended: the mark goes. Parts are moved by the keyboard. Handed in.
        await text.fill(f"{GOOD}\n国家反诈中心APP建议安装，装不装由您自己定。\n{signature}")
        await expect(page.locator("#check")).to_contain_text("没有查出要改的", timeout=4_000)
        up = page.locator("#parts [data-part]").nth(1).get_by_role("button", name="上移")
        await up.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#parts legend").first).to_have_text("第 1 段 图片")
        await page.get_by_role("button", name="存好，送审").click()
        await expect(page.get_by_role("status").first).to_contain_text("送审了：《社保卡没有停用》")
        await expect(page.locator(".wx img")).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("批准"))).to_be_disabled()
        await no_barrier(page)

        # Another version of one that was approved, with a word that must not stand.
        await page.goto(f"{address}contents/c/011-jiaoyou/edit")
        text = page.get_by_label("正文").first
        first, rest = (await text.input_value()).split("\n", 1)
        await text.fill(f"{first}\n{BAD}\n{rest}")
        await page.get_by_role("button", name="存好，送审").click()
        await expect(page.get_by_role("status").first).to_contain_text("送审了")

        # Another person reviews: one goes back with a reason, the other is approved.
        office.staff("李建军", Role.REVIEWER)
        await come_in(page, address, "ABCD2345")
        await page.goto(f"{address}contents")
        await shot(page, f"contents-waiting-{name}")
        await page.goto(f"{address}contents/c/011-jiaoyou")
        await expect(page.locator(".diff ins mark")).to_have_text("人人必须安装1")
        await expect(page.get_by_role("button", name="批准（还有 1 处要改）")).to_be_disabled()
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"contents-review-{name}")
        await page.get_by_label("写给王敏").fill("装APP是自愿的，这一句删掉。")
        await page.get_by_role("button", name="退回修改").click()
        await expect(page.locator(".steps")).to_contain_text("装APP是自愿的")
        await page.goto(f"{address}contents/review")
        await expect(page.get_by_role("heading", name="社保卡没有停用")).to_be_visible()
        await page.get_by_role("link", name="大字").click()
        await expect(page.locator(".wx.big")).to_be_visible()
        await shot(page, f"contents-new-{name}")
        await page.get_by_role("button", name="批准", exact=True).click()
        await expect(page.get_by_role("status").first).to_contain_text("批准了：《社保卡没有停用》")

        # One that is out is taken back: the number is named first.
        sent = next(iter(office.demo.store.read(journeys.sent_last)))
        await page.goto(f"{address}contents/c/{sent}")
        await expect(page.locator(".journeys li")).to_have_count(1)
        await page.get_by_text("撤回…").click()
        button = page.get_by_role("button", name=re.compile("撤回，涉及 \\d+ 个群"))
        await expect(button).to_be_visible()
        await no_barrier(page)
        await shot(page, f"contents-sent-{name}")
        await page.get_by_label(re.compile("理由")).last.fill("第三行写错了")
        await button.click()
        await expect(page.get_by_role("status").first).to_contain_text("撤回了")

        await page.goto(f"{address}contents/inbox")
        await page.get_by_label("一句话说是什么").fill("冒充快递理赔")
        await page.get_by_label("经过、骗法、要提醒什么").fill("说快递丢了双倍赔，要共享屏幕。")
        await page.get_by_role("button", name="交给反诈办").click()
        await expect(page.get_by_text("收到了，等办公室编")).to_be_visible()
        await no_barrier(page)
        await no_sideways(page)
        await shot(page, f"contents-inbox-{name}")
        assert complaints == []
