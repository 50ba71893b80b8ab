"""The office's papers in a real browser: yesterday's gap list printed and taken along, the load looked at, the log filtered."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from bot.model.ledger import Reason
from bot.model.speaker import Role
from bot.model.time import day_of
from bot.store import reading
from tests.browser.shared import PC, PHONE, SHOTS, chromium, come_in, no_barrier, shot
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser
PAGES = ("/reports", "/reports/result", "/load", "/audit")
A4 = 297 / 25.4 * 72


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_office_reads_prints_and_takes_along_what_was_done(
    quick: Path, tmp_path: Path, size: dict[str, int]
) -> None:
    with office_in(quick / "day") as office:
        office.until("18:00")
        office.demo.now += timedelta(hours=14)  # the next morning
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_evening(office, tmp_path, size))


async def _evening(office: Office, folder: Path, size: dict[str, int]) -> None:
    width = size["width"]
    demo = office.demo
    async with chromium(office, size) as (page, serving, complaints):
        await come_in(page, serving.address, "ABCD2345")
        base, day = serving.address.rstrip("/"), day_of(demo.now) - timedelta(days=1)
        for number, path in enumerate(PAGES):
            await page.goto(f"{base}{path}" + ("" if path == "/audit" else f"?day={day}"))
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await no_barrier(page)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, wide)
            await shot(page, f"paper-{number}-{width}")

        # Yesterday's gap list, found by the arrow; it is all there on paper, the head on each page.
        await page.goto(f"{base}/reports")
        await page.get_by_role("link", name="前一天").click()
        await expect(page.get_by_role("heading", name="清河镇缺口清单")).to_be_visible()
        await expect(page.get_by_text("后来补上的也算")).to_be_visible()
        waves = demo.store.read(reading.waves_between, day, day)
        gaps = demo.store.read(reading.target_rows, waves, demo.tree.root.id, gaps_only=True)
        await _printed(page, folder, [row.worker or "" for row in gaps], width)

        # The same as a spreadsheet, read back.
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="导出表格").click()
        taken = await coming.value
        assert taken.suggested_filename == f"清河镇缺口清单 {day}.xlsx"
        await taken.save_as(folder / "gaps.xlsx")
        lines = list(load_workbook(folder / "gaps.xlsx")["缺口清单"].iter_rows(min_row=2, values_only=True))
        assert len(lines) == len(gaps) and {line[3] for line in lines} == {row.worker for row in gaps}
        assert not {line[4] for line in lines} & {"存疑"} and any(
            row.reason is not Reason.DISPUTED for row in gaps
        )

        # The load, in words.
        await page.goto(f"{base}/load?day={day}")
        await expect(page.get_by_text("平均每人")).to_be_visible()
        await expect(page.get_by_role("img", name="次，").first).to_be_visible()

        # The log: what this browser did stands in it; filtered, and the chain is checked.
        await page.goto(f"{base}/audit")
        await page.get_by_label("谁", exact=True).fill("王敏")
        await page.get_by_label("做了什么").select_option("登录")
        await page.get_by_role("button", name="找", exact=True).click()
        table = page.get_by_role("table")
        await expect(table.get_by_text("登录", exact=True)).to_have_count(1)
        await no_barrier(page)
        await page.get_by_role("button", name="从头核对一遍").click()
        await expect(page.get_by_role("status")).to_contain_text("没有改过")
        assert complaints == []


async def _printed(page: Page, folder: Path, people: list[str], width: int) -> None:
    """On A4: no menu and no buttons, the table's head wherever the table goes on, names whole, a place to sign at the end."""
    file = folder / "gaps.pdf"
    await page.pdf(
        path=file, prefer_css_page_size=True, print_background=False, scale=1.4
    )  # as a longer list: pages
    if SHOTS is not None:
        await page.pdf(path=SHOTS / f"gaps-{width}.pdf", prefer_css_page_size=True)
        shutil.copy(file, SHOTS / f"gaps-large-{width}.pdf")
    box = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", file.read_bytes())
    assert box and all(abs(float(high) - A4) < 2 for _, high in box)
    await page.emulate_media(media="print")
    hidden = page.locator("header.top, .tools, .btn")
    assert await hidden.count() > 4 and not any([await one.is_visible() for one in await hidden.all()])
    heads = await page.evaluate(
        "[...document.querySelectorAll('thead')].map((head) => getComputedStyle(head).display)"
    )
    rows = await page.evaluate(
        "[...document.querySelectorAll('tr')].map((row) => getComputedStyle(row).breakInside)"
    )
    assert heads and set(heads) == {"table-header-group"} and set(rows) == {"avoid"}
    await shot(page, f"printed-{width}")
    await page.emulate_media(media="screen")
    if shutil.which("pdftotext") is None:
        return  # what stands where on paper is read with poppler, where that is there
    read = await asyncio.create_subprocess_exec("pdftotext", "-layout", file, "-", stdout=subprocess.PIPE)
    text = (await read.communicate())[0].decode()
    sheets = text.split("\f")[:-1]
    assert len(sheets) == len(box) > 1
    assert "全部暂停" not in text and "导出表格" not in text and "退出" not in text and "看这天" not in text
    for number, sheet in enumerate(sheets):
        has_rows = re.search(r"那批）", sheet)
        assert not has_rows or "责任人" in sheet, f"page {number + 1} has rows without a head"
        assert f"{number + 1}/{len(sheets)}" in re.sub(r"\s", "", sheet)
    squeezed = re.sub(r"\s", "", text)
    assert all(name in squeezed for name in people)
    assert "签字：" in sheets[-1] and "反诈办" in sheets[-1]
