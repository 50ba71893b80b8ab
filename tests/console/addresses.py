"""Every page of the console by an address that there is: what goes through all pages needs one of each."""

from __future__ import annotations

import re

from bot.console.routes import PAGES
from bot.model.tree import Node
from bot.service.demo import Demo

SHOWN = [
    page.path
    for page in PAGES
    if page.method == "GET" and not page.path.endswith("/live") and page.path != "/live"
]


def address(path: str, demo: Demo, node: Node) -> str:
    """An address of the route ``path`` that there is in this town, as far as one can be told."""
    content = next(iter(demo.town.desk.contents.values()))
    known = {
        "node": node.id,
        "content": content.id,
        "id": content.id if path.startswith("/contents") else 1,
        "day": demo.now.date(),
    }
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(known.get(found[1], "x")), path)
