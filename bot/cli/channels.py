"""Which chat the program runs on: the channel that schedules.yaml names, and what it can do."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.shared import Office
from bot.errors import ChuandaError, Problem

if TYPE_CHECKING:
    from bot.channels.base import Channel
    from bot.channels.wechaty.channel import WechatyChannel
    from bot.model.chat import Capabilities
    from bot.schedules.model import Schedules

TOKEN_VARIABLES = ("CHUANDA_GATEWAY_TOKEN", "WECHATY_PUPPET_SERVICE_TOKEN")
KEPT = "capabilities"
"""Where the store keeps what `chuanda probe` found."""
_SAMPLE = "样例"


def channel_for(here: Office) -> Channel:
    """The channel that schedules.yaml names. Raises `ChuandaError` where it cannot run for real."""
    from bot.channels.manual import ManualChannel

    if here.schedules.channel == "manual":
        return ManualChannel()
    if here.schedules.channel == "simulated":
        raise ChuandaError("模拟渠道只用来演练：chuanda demo；正式运行请写 channel: manual")
    return wechaty_channel(here, capabilities_of(here))


def capabilities_of(here: Office) -> Capabilities:
    """What the channel that schedules.yaml names can do, without starting it."""
    from bot.channels import manual
    from bot.channels.simulated import channel as simulated
    from bot.channels.wechaty import profile
    from bot.store.sending import get_meta

    if here.schedules.channel == "wechaty":
        return profile.load(here.store.read(get_meta, KEPT))
    return manual.CAPABILITIES if here.schedules.channel == "manual" else simulated.CAPABILITIES


def wechaty_channel(here: Office, capabilities: Capabilities) -> WechatyChannel:
    """The real chat, not started. Raises `ChuandaError` where somebody has to decide or to install something first."""
    from bot import clock

    if nobody := nobody_responsible(here.schedules, here.config):
        raise ChuandaError(f"{nobody.what}；{nobody.write}")
    secret = token(here.schedules.gateway.token_file)
    try:
        from bot.channels.wechaty import compat

        compat.load(here.data / "wechaty")
        from bot.channels.wechaty.channel import WechatyChannel
        from bot.channels.wechaty.client import Connection
    except ModuleNotFoundError as error:
        raise ChuandaError(
            f'没有装微信网关要用的库（{error.name}）；运行：pip install "chuanda[wechaty]"'
        ) from error
    endpoint = here.schedules.gateway.endpoint
    return WechatyChannel(lambda: Connection(endpoint, secret), capabilities, clock.current().now)


def nobody_responsible(schedules: Schedules, config: Path) -> Problem | None:
    """What is wrong where the real chat is to be used on nobody's name (DESIGN, burden and law)."""
    if schedules.channel != "wechaty" or (schedules.responsible and _SAMPLE not in schedules.responsible):
        return None
    write = f"先读 docs/合规.md，再在 {config} 里写 responsible: 姓名"
    return Problem(str(config), "接真的微信账号前，要有人对它负责", write)


def token(file: str) -> str:
    """The gateway's token, from ``file`` or from the environment; it is never written anywhere. Raises `ChuandaError`."""
    if not file:
        found = next((os.environ[name] for name in TOKEN_VARIABLES if os.environ.get(name)), "")
        if not found:
            raise ChuandaError(
                f"还没有网关的令牌；设置环境变量 {TOKEN_VARIABLES[0]}，或写 gateway: {{token_file: 文件}}"
            )
        return found
    path = Path(file)
    if not path.is_file():
        raise ChuandaError(f"找不到令牌文件 {path}；把网关给的令牌写进去，一行")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ChuandaError(f"令牌文件 {path} 别人也能看；先运行：chmod 600 {path}")
    try:
        found = path.read_text("utf-8-sig").strip()
    except UnicodeError:
        found = ""
    if not found or not found.isascii() or not found.isprintable():
        raise ChuandaError(f"令牌文件 {path} 里不是令牌；把网关给的令牌写进去，一行")
    return found
