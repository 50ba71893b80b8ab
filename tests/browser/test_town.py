"""单位和群 in a real browser: a village opened, a group exempt, codes on paper, a room decided, a roster taken up after its diff."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.model.chat import Room
from bot.model.speaker import Role
from bot.model.tree import Group, Use
from bot.roster.export import rows_of, write_rows
from bot.store import rooms, talk
from tests.browser.shared import PC, PHONE, SHOTS, chromium, come_in, no_barrier, shot
from tests.console.desk import Office, office_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PC, PHONE], ids=["PC", "phone"])
def test_the_office_looks_after_the_town(quick: Path, size: dict[str, int]) -> None:
    with office_in(quick / "day") as office:
        office.until("9:00")
        desk = office.demo.town.desk
        desk._given.clear()  # as on the first day: nobody's account is known
        lost = next(g for g in desk.tree.groups if g.id in desk.rooms and g.use is Use.RESIDENT)
        desk.store.conn.execute("DELETE FROM binding WHERE grp = ?", (lost.id,))
        why = f"名字像“{lost.name}”，但不一样"
        desk.store.write_now(rooms.doubt, Room("r-7", "柳林反诈一群"), lost.id, why, office.demo.now)
        desk.reload_rooms()
        office.staff("王敏", Role.OFFICE)
        asyncio.run(_day(office, lost, size))


async def _day(office: Office, lost: Group, size: dict[str, int]) -> None:
    name, desk = f"{size['width']}", office.demo.town.desk
    async with chromium(office, size) as (page, serving, complaints):
        await come_in(page, serving.address, "ABCD2345")
        await expect(page.get_by_role("heading", name="今日覆盖率")).to_be_visible()

        # The town, one level at a time.
        await page.goto(page.url + "town")
        await expect(page.get_by_role("heading", name="单位和群")).to_be_visible()
        await _looked_at(page, f"town-{name}")
        village = office.villages[0]
        await page.get_by_role("link", name=village.name, exact=True).click()
        await expect(page.get_by_role("heading", name=village.name, exact=True)).to_be_visible()
        await _looked_at(page, f"town-village-{name}")
        await page.locator(".thing").first.get_by_text("办理").click()
        await expect(page.get_by_label("哪天起").first).to_be_visible()
        await _looked_at(page, f"town-person-{name}")

        # A search leads to a group; it is exempt, with a reason, and expected again.
        group = next(g for g in desk.tree.groups if g.use is Use.RESIDENT and village.name in g.name)
        await page.get_by_label("找单位、群或人").fill(group.name)
        await page.get_by_label("找单位、群或人").press("Enter")
        await _looked_at(page, f"town-found-{name}")
        await page.get_by_role("link", name=group.name).click()
        row = page.locator(f"#group-{group.id}")
        await row.get_by_text("办理").click()
        await row.get_by_label("不要求转，理由").fill("整村拆迁")
        await _looked_at(page, f"town-group-{name}")
        await row.get_by_role("button", name="豁免").click()
        await expect(page.get_by_role("status")).to_contain_text("不要求转，整村拆迁")
        await expect(row).to_contain_text("豁免：整村拆迁")
        assert desk.store.read(talk.exemptions)[group.id] == "整村拆迁"

        # Codes for a village, on paper.
        await page.goto(page.url.split("/town")[0] + f"/town/{village.id}")
        await page.get_by_role("button", name="印绑定码").click()
        await expect(page.get_by_text("这些码只在这一页出现")).to_be_visible()
        await expect(page.get_by_role("button", name="打印")).to_be_visible()
        await _looked_at(page, f"town-codes-{name}")
        if SHOTS is not None:
            await page.emulate_media(media="print")
            await page.pdf(path=SHOTS / f"town-codes-{name}.pdf", format="A4", print_background=True)
            await page.screenshot(path=SHOTS / f"town-codes-print-{name}.png", full_page=True)
        await page.emulate_media(media="print")
        await expect(page.get_by_text("这些码只在这一页出现")).to_be_hidden()
        await expect(page.locator(".cut-out").first).to_be_visible()
        await page.emulate_media(media="screen")

        # A doubtful room is decided.
        await page.goto(page.url.split("/town")[0] + "/town")
        await page.get_by_role("link", name="定一下").click()
        await _looked_at(page, f"town-rooms-{name}")
        await page.get_by_role("link", name="选“柳林反诈一群”是哪个群").click()
        await _looked_at(page, f"town-room-{name}")
        await page.get_by_role("button", name=f"就是{lost.name}").click()
        await expect(page.get_by_role("status")).to_contain_text("记下了")
        assert desk.rooms[lost.id] == "r-7"

        await _imports(page, office, name)
        assert complaints == [
            one for one in complaints if "422" in one
        ]  # a refused form is told by its status too


async def _imports(page: Page, office: Office, name: str) -> None:
    """A wrong file says what is wrong; a right one what it changes, and then does."""
    desk = office.demo.town.desk
    root = page.url.split("/town")[0]
    rows = [dict(row) for row in rows_of(desk.tree)]
    groups = [g for g in desk.tree.groups if g.use is Use.RESIDENT]
    renamed, gone = groups[0], groups[-1]
    for row in rows:
        if row.get("群名称") == renamed.name:
            row["群名称"] = "东河反诈新群"
    kept = [row for row in rows if row.get("群名称") != gone.name]
    wrong = [dict(row) for row in kept]
    wrong[1]["层级"], wrong[2]["群人数"] = "省", "很多"
    write_rows(kept, office.folder / "名册.xlsx")
    write_rows(wrong, office.folder / "写错的名册.xlsx")

    await page.goto(f"{root}/town/import")
    await page.get_by_label("名册（").set_input_files(office.folder / "写错的名册.xlsx")
    await page.get_by_role("button", name="看改了什么").click()
    await expect(page.get_by_role("heading", name="处要改")).to_be_visible()
    await expect(page.get_by_role("table")).to_contain_text("名册 A3")
    await _looked_at(page, f"town-wrong-{name}")

    await page.get_by_label("名册（").set_input_files(office.folder / "名册.xlsx")
    await page.get_by_role("button", name="看改了什么").click()
    await expect(page.get_by_text(f"{renamed.name} → 东河反诈新群")).to_be_visible()
    await expect(page.get_by_role("heading", name="去掉的群 1")).to_be_visible()
    await _looked_at(page, f"town-changes-{name}")
    await page.get_by_role("button", name="导入").click()
    await expect(page.get_by_role("status")).to_contain_text("新名册导入了")
    assert "东河反诈新群" in {g.name for g in desk.tree.groups}
    assert gone.name not in {g.name for g in desk.tree.groups}


async def _looked_at(page: Page, picture: str) -> None:
    """axe finds nothing, nothing sticks out to the side, and a picture is kept if somebody wants it."""
    await no_barrier(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), picture
    await shot(page, picture)
