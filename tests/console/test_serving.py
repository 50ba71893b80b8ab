"""Where the console listens: what the settings may say, and what is told when it cannot."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
from httpx import AsyncClient, HTTPError, Response

from bot.cli.pages import pages_of
from bot.errors import ChuandaError
from bot.model.speaker import Role
from bot.schedules.load import load_schedules
from bot.schedules.model import ConsoleAt
from tests.console.desk import PASSWORD, office_in


@pytest.mark.parametrize(
    ("console", "told"),
    [
        ("{listen: '0.0.0.0:8420'}", "就要加密"),
        ("{listen: '192.168.1.10:8420'}", "就要加密"),
        ("{listen: '127.0.0.1'}", "不是一个地址"),
        ("{certificate: a.pem}", "要一起写"),
        ("{behind: 'http://x'}", "不是加密的地址"),
        ("{behind: 'https://'}", "不是加密的地址"),
        ("{on: false}", ""),
        ("{listen: '0.0.0.0:8420', certificate: a.pem, key: b.pem}", None),
        ("{listen: '0.0.0.0:8420', behind: 'https://fanzha.example.gov.cn'}", None),
        ("{serve: false}", None),
        ("{listen: '[::1]:8420'}", None),
    ],
)
def test_beyond_this_computer_it_is_encrypted_or_not_at_all(
    tmp_path: Path, console: str, told: str | None
) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text(f"console: {console}\nentries: []\n", "utf-8")
    try:
        load_schedules(file)
        problems = None
    except ChuandaError as error:
        problems = str(error)
    assert (problems is None) == (told is None) and (told or "") in (problems or "")


def test_a_port_that_is_taken_and_a_certificate_that_is_none_are_told(quick: Path) -> None:
    with office_in(quick / "day") as office, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = ConsoleAt(listen=f"127.0.0.1:{other.getsockname()[1]}")
        with pytest.raises(ChuandaError, match="网页开不了"):
            pages_of(office.demo.town, lambda: office.demo.now, taken, quick / "schedules.yaml")
        (quick / "a.pem").write_text("nothing", "utf-8")
        with pytest.raises(ChuandaError, match="证书"):
            at = ConsoleAt(certificate="a.pem", key="a.pem")
            pages_of(office.demo.town, lambda: office.demo.now, at, quick / "schedules.yaml", port=0)


def test_behind_a_proxy_the_browser_knows_it_by_the_proxys_name(quick: Path) -> None:
    with office_in(quick / "day") as office:
        at = ConsoleAt(behind="https://fanzha.example.gov.cn/")
        serving = pages_of(office.demo.town, lambda: office.demo.now, at, quick / "schedules.yaml", port=0)
        assert serving.address == "https://fanzha.example.gov.cn/"
        serving.close()


def test_with_a_certificate_it_speaks_tls_and_its_cookie_goes_no_other_way(quick: Path) -> None:
    here = Path(__file__).parent / "tls"
    with office_in(quick / "day") as office:
        at = ConsoleAt(certificate="cert.pem", key="key.pem")
        serving = pages_of(office.demo.town, lambda: office.demo.now, at, here / "schedules.yaml", port=0)
        code = office.staff("王敏", Role.OFFICE)

        async def come_in() -> Response:
            task = asyncio.create_task(serving.serve())
            trusted = ssl.create_default_context(cafile=here / "cert.pem")
            async with AsyncClient(base_url=serving.address, verify=trusted) as client:
                form = {"code": code, "password": PASSWORD, "again": PASSWORD}
                answer = await client.post("/first", data=form)
                with pytest.raises(HTTPError):
                    await client.get(serving.address.replace("https", "http"))
            serving.stop()
            await task
            return answer

        answer = asyncio.run(come_in())
        assert answer.status_code == 303 and "Secure" in answer.headers["set-cookie"]
