"""`chuanda gateway`: a gateway to try things with, and how a real one is set up."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import common, office
from bot.errors import ChuandaError

if TYPE_CHECKING:
    from bot.model.tree import Tree

TOKEN_FILE = "gateway.token"
TRIAL_ROOM = "传达试验群"
RECIPE = """真网关怎么装（谁来定、有什么风险，先看 docs/合规.md）：

1. 网关是一个单独的程序，不随传达安装。按所选 puppet 的说明装好 wechaty-puppet-service，
   只监听本机（127.0.0.1），关掉 TLS：tls: {disable: true}。网关在别的机器上就走加密隧道
   （比如 ssh -L 8788:127.0.0.1:8788 那台机器），传达到网关这一段本身不加密。
2. 令牌写进一个只有自己能看的文件，一行，不写在命令里，不写进 schedules.yaml。
   用记事本存成 data/gateway.token；Linux 上再运行：chmod 600 data/gateway.token
   或者放进环境变量 CHUANDA_GATEWAY_TOKEN。
3. schedules.yaml 里写：
     responsible: 对它负责的人
     channel: wechaty
     gateway: {endpoint: 127.0.0.1:8788, token_file: data/gateway.token}
4. 建一个试验群，把机器人的微信号拉进去，试一次：chuanda probe --room 试验群
5. 正式运行：chuanda run。要扫码时屏幕上有码，data/login.png 也有。体检：chuanda doctor"""


@click.command(
    cls=ChineseCommand,
    help="起一个试用的网关（后面没有微信，只有名册里的群），按 Ctrl-C 停。--recipe 只说真网关怎么装。",
)
@common
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8788, show_default=True, help="端口（只在本机）"
)
@click.option("--recipe", is_flag=True, help="只显示真网关怎么装")
def gateway(data: Path | None, config: Path | None, port: int, recipe: bool) -> None:
    """Start a gateway with the mock puppet; what is typed is said in its rooms."""
    if recipe:
        click.echo(RECIPE)
        return
    from bot.channels.wechaty import trial

    here = office(data, config).existing().real()
    world = world_of(here.tree)
    home = here.data / "gateway"
    secret = _token(here.data / TOKEN_FILE)
    click.echo("正在准备试用网关（第一次要下载几分钟）……")
    settings = {
        "host": "127.0.0.1", "port": port, "controlPort": 0, "profile": {"like": "ids_and_echo"}, "world": world,
        "log": str((home / "seen.jsonl").resolve()), "home": str(home),
    }  # fmt: skip
    home.mkdir(parents=True, exist_ok=True)
    running = trial.start(settings, secret)
    try:
        click.echo(f"试用网关在运行：127.0.0.1:{running.port}，{len(world['rooms'])} 个群。")
        click.echo("schedules.yaml 里写 channel: wechaty 和")
        click.echo(
            f'  gateway: {{endpoint: "127.0.0.1:{running.port}", token_file: {here.data / TOKEN_FILE}}}'
        )
        click.echo(f"另开一个窗口先试一次：chuanda probe --room {TRIAL_ROOM}，再运行：chuanda run")
        click.echo("在这里打字就是在群里说话，比如：")
        first = world["rooms"][0]
        click.echo(f"  {first['topic']} {_somebody(world, first)}：已转发")
        click.echo(
            f"机器人发了什么：{home / 'seen.jsonl'}。按 Ctrl-C 停。真网关怎么装：chuanda gateway --recipe"
        )
        for line in sys.stdin:
            if running.process.poll() is not None:
                raise ChuandaError(f"试用网关自己停了；详细情况在 {home / 'gateway.err'}，再启动一次")
            _say(running, world, line.strip())
        running.process.wait()
    except KeyboardInterrupt:
        pass
    finally:
        running.stop()
        click.echo("试用网关停了。")


def world_of(tree: Tree) -> dict[str, Any]:
    """The rooms in which our account would be, with the people who answer for them, as the trial gateway takes it; and
    one to try things in."""
    from bot.model.tree import Medium, Use
    from bot.service.rooms import wanted

    rooms: list[dict[str, Any]] = []
    people: dict[str, str] = {}
    for group in wanted(tree, {Medium.WECHAT}):
        node = tree.by_id[group.node]
        below = tree.subtree(node) if group.use is Use.WORK else [node]
        who = sorted({w for n in below for w in n.people.values()})
        people |= {f"w{w}": tree.worker_by_id[w].name for w in who}
        members = ["bot", *(f"w{w}" for w in who)]
        rooms.append({"key": f"g{group.id}", "topic": group.name, "members": members})
    if not rooms:
        raise ChuandaError("名册里没有机器人要进的微信群；工作群、直发的群、同意观察的群才算")
    rooms.append({"key": "trial", "topic": TRIAL_ROOM, "members": ["bot", *sorted(people)[:1]]})
    return {
        "account": {"key": "bot", "name": "传达"},
        "rooms": rooms,
        "people": [{"key": key, "name": name, "friend": True} for key, name in people.items()],
    }


def _somebody(world: dict[str, Any], room: dict[str, Any]) -> str:
    names = {p["key"]: p["name"] for p in world["people"]}
    return next((names[m] for m in room["members"] if m in names), "某人")


def _say(running: Any, world: dict[str, Any], line: str) -> None:
    """“GROUP NAME：WORDS”, said there by that person."""
    from bot.channels.wechaty.trial import command

    where, _, words = line.replace(":", "：", 1).partition("：")
    group, _, name = where.strip().rpartition(" ")
    room = next((r for r in world["rooms"] if r["topic"] == group.strip()), None)
    person = next(
        (p for p in world["people"] if p["name"] == name and room and p["key"] in room["members"]), None
    )
    if room is None or person is None or not words.strip():
        click.echo("没看懂；写成：群名 姓名：话。群名和姓名用名册里的。")
        return
    command(
        running,
        {"do": "say", "room": room["key"], "by": person["key"], "type": "text", "text": words.strip()},
    )


def _token(file: Path) -> str:
    """A token of the trial's own, in a file that only its owner may read."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24) + "\n", "utf-8")
    return file.read_text("utf-8").strip()
