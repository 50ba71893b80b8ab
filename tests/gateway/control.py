"""The gateway in a test's hands: start it, hurt it, let people speak, and ask what really reached them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.channels.wechaty import trial
from bot.channels.wechaty.trial import Refused

Profile = str | Mapping[str, Any]
"""A name, or changes to one: ``{"like": "nothing", "recall": True}``; see `gateway.mjs`' neighbour `puppet.mjs`."""
PATIENCE_S = 60.0
__all__ = ["Gateway", "Profile", "Refused"]


ONCE = {"fail_next", "refuse_next", "die", "die_after"}


def _lasting(profile: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what is meant to happen once: a gateway that died in a send must not do so again when it is back."""
    return {name: value for name, value in profile.items() if name not in ONCE}


class Gateway:
    """One gateway process and those that follow it on the same port, with one log."""

    def __init__(
        self,
        home: Path,
        world: Mapping[str, Any],
        *,
        profile: Profile = "ids_and_echo",
        token: str = "chuanda-test",
        port: int = 0,
        log: Path | None = None,
    ) -> None:
        """``home``: whatever wechaty writes. ``log``: the witness, by default beside it and not inside."""
        self.home, self.world, self.token = home, world, token
        self._profile: Mapping[str, Any] = {"like": profile} if isinstance(profile, str) else profile
        self.log = log or home.with_name(f"{home.name}-seen.jsonl")
        self.port = port
        self._running: trial.Running | None = None
        self._salt: str | None = None

    @classmethod
    @contextlib.contextmanager
    def started(cls, home: Path, world: Mapping[str, Any], **how: Any) -> Iterator[Gateway]:
        """A gateway for the length of a ``with``."""
        gateway = cls(home, world, **how)
        gateway.start()
        try:
            yield gateway
        finally:
            gateway.stop()

    # --- the process ---

    def start(self) -> None:
        """On the same port as before, if there was one."""
        assert self._running is None, "it runs"
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "controlPort": 0,
            "profile": self._profile,
            "world": self.world,
            "log": str(self.log.resolve()),
            "home": str(self.home),
            "salt": self._salt,
        }
        self._running = trial.start(settings, self.token)
        self._profile = _lasting(self._profile)
        self.port = self._running.port
        self._salt = self.ids()["salt"]

    def stop(self) -> None:
        """Kindly; also after a kill, and when it is frozen."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                self.thaw()
            self._running.stop()
            self._running = None

    def kill(self) -> None:
        """SIGKILL: no goodbye to the client, nothing flushed."""
        self._signal(signal.SIGKILL)
        self.wait_dead()

    def wait_dead(self) -> None:
        """Until it has ended, by a kill or by its own `die`."""
        if self._running is not None:
            self._running.process.wait(PATIENCE_S)
            self._running.stop()
            self._running = None

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.process.poll() is None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.process.pid

    def restart(self, ids: str = "same", profile: Profile | None = None) -> None:
        """Kill it if it lives, and start another on the same port: with the ``same`` ids, or with ``new`` ones.

        “new” are new only where the profile's ids are fresh: stable ids come from the keys.
        """
        if self.alive:
            self._salt = self.ids()["salt"]
            self.kill()
        self._running = None
        if ids == "new":
            self._salt = None
        if profile is not None:
            self._profile = {"like": profile} if isinstance(profile, str) else profile
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: connections stay, nothing is answered; control commands hang too."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        os.kill(self.pid, number)

    # --- commands ---

    def do(self, command: str, **what: Any) -> dict[str, Any]:
        """Any command by its name; what is None is not sent, so that the gateway's defaults hold."""
        return self._ask(command, {name: value for name, value in what.items() if value is not None})

    def _ask(self, command: str, what: Mapping[str, Any]) -> dict[str, Any]:
        assert self._running is not None
        return trial.command(self._running, {"do": command, **what}, PATIENCE_S)

    def say(
        self,
        text: str | None = None,
        *,
        by: str | None,
        room: str | None = None,
        type: str | int = "text",
        content: bytes | None = None,
        path: Path | None = None,
        **rest: Any,
    ) -> str:
        """Somebody speaks in a room, or privately to the account (no room); returns the message's id.

        ``by`` None: the chat itself (system messages). ``content``/``path``: of a picture or file. More by name:
        name, url, title, description, appid, page, quoted, mentions (keys), at (ms).
        """
        encoded = None if content is None else base64.b64encode(content).decode()
        where = None if path is None else str(path.resolve())
        return str(
            self.do("say", text=text, by=by, room=room, type=type, base64=encoded, path=where, **rest)["id"]
        )

    def recall(self, id: str, by: str | None = None) -> str:
        """Its author (or ``by``) takes a message back; returns the id of the notice of that."""
        return str(self.do("recall", id=id, by=by)["id"])

    def join(self, room: str, who: str, by: str | None = None) -> None:
        self.do("join", room=room, who=who, by=by)

    def leave(self, room: str, who: str, by: str | None = None) -> None:
        """``by``: who removed them; by default they went by themselves."""
        self.do("leave", room=room, who=who, by=by)

    def rename(self, room: str, topic: str, by: str) -> None:
        self.do("rename", room=room, topic=topic, by=by)

    def invite(self, room: str, by: str) -> str:
        """``by`` asks the account into a room; returns the invitation's id."""
        return str(self.do("invite", room=room, by=by)["id"])

    def create_room(self, room: str, topic: str, members: Sequence[str], owner: str | None = None) -> None:
        """Nobody is told; the client meets it when somebody speaks there (or lists the rooms)."""
        self.do("create_room", room=room, topic=topic, members=list(members), owner=owner)

    def logout(self) -> None:
        """Until `login`, also over Stop and Start of the client."""
        self.do("logout")

    def login(self, ids: str | None = None) -> None:
        """``ids``: “same” or “fresh”; by default as the profile has it."""
        self._salt = self.do("login", ids=ids)["salt"]

    def scan(self, qrcode: str) -> None:
        self.do("scan", qrcode=qrcode)

    def profile(self, like: str | None = None, **changes: Any) -> dict[str, Any]:
        """Change how the gateway behaves, now and after a restart; returns the whole profile.

        What counts down (``fail_next``, ``refuse_next``, ``die``) is for this process only.
        """
        if like:
            changes["like"] = like
        self._profile = _lasting(changes if like else {**self._profile, **changes})
        return self._ask("profile", changes)

    def seen(self, room: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
        """The witness' lines, from the file: it can be asked when the gateway is dead, too."""
        raw = self.log.read_bytes() if self.log.exists() else b""
        lines = [json.loads(line) for line in raw.splitlines(keepends=True) if line.endswith(b"\n")]
        return [
            line
            for line in lines
            if (room is None or line["room"] == room) and (kind is None or line["kind"] == kind)
        ]

    def posted(self, room: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
        """What the account sent, of all that was seen."""
        account = self.world["account"]["key"]
        return [
            line
            for line in self.seen(room, kind)
            if line["by"] == account and line["kind"] not in ("recall", "accept")
        ]

    def burst(self, room: str, by: str, count: int, text: str = "{n}", per_tick: int = 100) -> None:
        """So many messages as fast as the client takes them; ``{n}``: the number of each."""
        self.do("burst", room=room, by=by, count=count, text=text, per_tick=per_tick)

    def garbage(self, room: str | None = None, payload: Mapping[str, Any] | None = None) -> list[str]:
        """A payload that cannot be had, a senseless one and an unknown id; or one with the fields of ``payload``."""
        return list(self.do("garbage", room=room, payload=payload)["ids"])

    def error_event(self, text: str) -> None:
        self.do("error_event", text=text)

    def ids(self) -> dict[str, Any]:
        """``{"rooms": {key: id}, "people": {key: id}, "salt": …}``"""
        return self.do("ids")

    def room(self, key: str) -> str:
        """The id that the client knows a room by, now."""
        return str(self.ids()["rooms"][key])

    def person(self, key: str) -> str:
        return str(self.ids()["people"][key])

    def stats(self) -> dict[str, Any]:
        """``sent``, ``received_rpc``, ``calls`` (by the name of the RPC), ``memory_mb``."""
        return self.do("stats")

    def forget_payloads(self) -> None:
        self.do("forget_payloads")

    def until(self, happened: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        """Wait, in a blocking test, until something is so; returns what it was."""
        deadline = time.monotonic() + patience_s
        while not (so := happened()):
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.01)
        return so
