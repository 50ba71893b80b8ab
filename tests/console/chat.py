"""What somebody of the roster says to the bot, and shows it, in the town of a test."""

from __future__ import annotations

import asyncio
from io import BytesIO
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw

from bot.model.chat import Message, MessageKind
from bot.model.tree import Mode, Use, Worker, WorkerId
from bot.store import reading
from bot.store.reading import TargetRow
from tests.console.desk import Office

_NUMBERS = count(1)


def people_with_tasks(office: Office) -> list[tuple[Worker, list[TargetRow]]]:
    """Grid workers with relay tasks that the bot does not see and nobody has done, and what these are."""
    demo, desk = office.demo, office.demo.town.desk
    waves = demo.store.read(reading.waves_between, demo.now.date(), demo.now.date())
    found: dict[WorkerId, list[TargetRow]] = {}
    for row in demo.store.read(reading.target_rows, waves, gaps_only=True):
        open_ = row.mode == Mode.RELAY and row.use == Use.RESIDENT and row.opened_at is not None
        if open_ and row.worker_id is not None and row.group_id not in desk.rooms:
            found.setdefault(row.worker_id, []).append(row)
    return [(demo.tree.worker_by_id[worker], rows) for worker, rows in found.items()]


def say(office: Office, who: Worker, text: str, room: str = "") -> None:
    """Privately, or in a room."""
    _bring(office, who, room, MessageKind.TEXT, text)


def show(office: Office, who: Worker, picture: Path, room: str = "") -> None:
    """A picture, privately or in a room."""
    _bring(office, who, room, MessageKind.IMAGE, "", picture)


def _bring(
    office: Office, who: Worker, room: str, kind: MessageKind, text: str, path: Path | None = None
) -> None:
    now = office.demo.now
    message = Message(f"said{next(_NUMBERS)}", room, f"w{who.id}", now, kind, text, who.name, path=path)
    asyncio.run(office.demo.town.handle(message))


def told(office: Office, who: Worker) -> list[str]:
    """What the bot has to say to somebody, or said, oldest first."""
    rows = office.demo.store.conn.execute(
        "SELECT text FROM outgoing WHERE worker = ? AND state != 'cancelled' ORDER BY id", (who.id,)
    )
    return [text for (text,) in rows]


def drawn(folder: Path, name: str, title: str, kind: str = "PNG") -> Path:
    """A screenshot of a chat: its title, a picture in it, other people's words above and below."""
    screen = Image.new("RGB", (720, 1440), (237, 237, 237))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 720, 120), fill=(247, 247, 247))
    for place, letter in enumerate(title):
        # Every letter another block: no font is needed to tell two titles apart.
        high = 16 + ord(letter) % 40
        pen.rectangle((200 + 26 * place, 76 - high, 218 + 26 * place, 76), fill=(27, 36, 48))
    pen.rounded_rectangle((120, 170, 470, 240), 10, fill=(255, 255, 255))
    pen.rectangle((120, 300, 560, 900), fill=(201, 223, 243))
    pen.rectangle((160, 380, 520, 460), fill=(181, 34, 27))
    pen.rounded_rectangle((300, 960, 600, 1040), 10, fill=(149, 236, 105))
    file = BytesIO()
    screen.save(file, kind, quality=80)
    path = folder / name
    path.write_bytes(file.getvalue())
    return path
