"""The README's chat account, as a stranger follows it: commands typed, each in its own process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import folder_in_memory

TOP = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


PORT = _free_port()


@contextmanager
def typed(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is told to stop; what it says is in NAME.out."""
    with (folder / f"{words[0]}.out").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words], cwd=folder, stdin=subprocess.PIPE, stdout=out, stderr=out, text=True,
            encoding="utf-8", env=_environment(), start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if "TOKEN" not in name}
    return {**clean, "PYTHONPATH": str(TOP), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def said(folder: Path, command: str, words: str, seconds: float = 60) -> str:
    """What a running command has said, once these words are in it."""
    deadline = time.monotonic() + seconds
    while words not in (told := (folder / f"{command}.out").read_text("utf-8")):
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told


def test_the_trial_gateway_as_the_readme_has_it(tmp_path: Path) -> None:
    with folder_in_memory(tmp_path) as folder:
        for name in ("content", "data/sample"):
            shutil.copytree(TOP / name, folder / name)
        settings = (TOP / "schedules.yaml").read_text("utf-8").replace("王敏（样例）", "王敏")
        settings = settings.replace("channel: manual ", "channel: wechaty ")
        settings = settings.replace("# gateway:", "gateway:").replace(":8788", f":{PORT}")
        (folder / "schedules.yaml").write_text(settings, "utf-8")
        ask = _asking(folder)
        assert "已导入" in ask("roster", "import", "data/sample/roster.xlsx").stdout
        assert "chmod 600" in ask("gateway", "--recipe").stdout
        refused = ask("probe", "--room", "传达试验群")
        assert refused.returncode == 2 and "令牌文件" in refused.stderr
        with typed(folder, "gateway", "--port", str(PORT)) as gateway:
            said(folder, "gateway", "试用网关在运行")
            assert oct((folder / "data" / "gateway.token").stat().st_mode)[-3:] == "600"
            found = ask("probe", "--room", "传达试验群", "--json")
            assert found.returncode == 0, found.stderr
            assert json.loads(found.stdout)["message_ids"] is True
            with typed(folder, "run") as running:
                # At once, and not when the service next ticks, after 20 s.
                said(folder, "run", "认出来了", 12)
                assert gateway.stdin is not None
                gateway.stdin.write("这不是一句话\n柳林村工作群 何建国：早上好\n")
                gateway.stdin.flush()
                assert "没看懂" in said(folder, "gateway", "没看懂")
                well = json.loads(ask("doctor", "--json").stdout)
                assert {c["name"]: c["ok"] for c in well["checks"]}["微信"] is True, well
                bound = json.loads(ask("bind", "--json").stdout)
                assert bound["bound"] == 86 and not bound["doubts"] and not bound["unbound"]
                taken = ask("gateway", "--port", str(PORT))
                assert taken.returncode == 2 and f"端口 {PORT} 已经被别的程序占着" in taken.stderr
                second = ask("run")
                assert second.returncode == 2 and "另一个传达程序" in second.stderr
                assert running.poll() is None
        everything = "".join(p.read_text("utf-8") for p in folder.glob("*.out"))
        secret = (folder / "data" / "gateway.token").read_text("utf-8").strip()
        assert "Traceback" not in everything and secret not in everything
        assert not (folder / ".wechaty").exists()
        kept = [p for p in (folder / "data").rglob("*") if p.is_file() and p.name != "gateway.token"]
        assert not [p for p in kept if secret.encode() in p.read_bytes()]


def _asking(folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=folder, capture_output=True, text=True, encoding="utf-8",
            env=_environment(), timeout=120, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    return ask
