"""What the stories in a real browser share: Chromium on the office's console, coming in, looking for barriers."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from bot.console.serving import Serving, listening_on
from tests.console.desk import PASSWORD, Office

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
)
QUIET = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PC, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
SHOTS = Path(os.environ["SHOTS"]) if os.environ.get("SHOTS") else None
"""Where pictures of the pages are kept, if somebody wants to look at them."""


@asynccontextmanager
async def chromium(office: Office, size: dict[str, int]) -> AsyncIterator[tuple[Page, Serving, list[str]]]:
    """A browser on the office's console, and what its console complains about."""
    serving = Serving(office.console, listening_on("127.0.0.1", 0))
    task = asyncio.create_task(serving.serve())
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = await (await browser.new_context(viewport=size, locale="zh-CN")).new_page()
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(serving.address)
        yield page, serving, complaints
        await browser.close()
    serving.stop()
    await task


async def shot(page: Page, name: str) -> None:
    if SHOTS is not None:
        await page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


async def no_barrier(page: Page) -> None:
    """axe finds nothing serious."""
    found = (await Axe().run(page)).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in serious]


async def no_sideways(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


async def come_in(page: Page, address: str, code: str) -> None:
    """The first time, with a one-time code; whoever was in before is out."""
    await page.context.clear_cookies()
    await page.goto(f"{address}first")
    await page.get_by_label("绑定码").fill(code)
    await page.get_by_label("新密码").fill(PASSWORD)
    await page.get_by_label("再输一次").fill(PASSWORD)
    await page.get_by_role("button", name="设好，进去").click()
    await expect(page.locator("header.top")).to_be_visible()
