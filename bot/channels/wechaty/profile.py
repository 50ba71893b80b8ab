"""What a gateway can do: assumed until somebody tried it (`chuanda probe`), then as found. Imports nothing of wechaty."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from bot.model.chat import Capabilities
from bot.model.content import PartKind
from bot.model.tree import Medium

CAPABILITIES = Capabilities(
    parts=frozenset({PartKind.TEXT, PartKind.IMAGE, PartKind.VIDEO, PartKind.FILE}),
    media=frozenset({Medium.WECHAT}),
    by_itself=True,
    sees_rooms=True,
    message_ids=True,
    echo=True,
    stable_accounts=False,
    stable_rooms=False,
    recall=True,
    lists_rooms=True,
    private=True,
    as_text=frozenset({PartKind.LINK, PartKind.MINI_PROGRAM}),
    announce=False,
)
"""Of a gateway that nobody tried: cards go as text, and what comes back without an id or an echo is in doubt."""
_KINDS = ("parts", "as_text")


def dump(capabilities: Capabilities) -> dict[str, Any]:
    """As one JSON object, keys stable; the media are the channel's own and left out."""
    told = {f.name: getattr(capabilities, f.name) for f in fields(Capabilities) if f.name != "media"}
    return told | {name: sorted(told[name]) for name in _KINDS}


def load(text: str) -> Capabilities:
    """What `dump` wrote; `CAPABILITIES` for nothing. What an older version did not know is as there."""
    if not text:
        return CAPABILITIES
    told = json.loads(text)
    found = {
        f.name: told.get(f.name, getattr(CAPABILITIES, f.name))
        for f in fields(Capabilities)
        if f.name != "media"
    }
    for name in _KINDS:
        found[name] = frozenset(map(PartKind, found[name]))
    return Capabilities(media=CAPABILITIES.media, **found)
