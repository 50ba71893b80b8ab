"""Who may read by program: the office lets a platform in with a token, sees when it asked last, and stops it with a reason."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.api import document
from bot.console.app import API, Asked, number_of, text_of
from bot.console.gate import A_MINUTE, new_token
from bot.console.look import page, went
from bot.errors import NotFound
from bot.phrases.words import spoken_day
from bot.service.answers import find_node
from bot.store import clients, talk
from bot.store.database import Connection

WHAT = "client"
"""How the log calls what is done here."""
LONGEST_NAME, LONGEST_WHY = 40, 100
MOST_NAMED = 300
"""Places that the field offers."""


async def shown(asked: Asked) -> Response:
    """The list, a form, and a token that was made just now: this once."""
    return _page(asked, 200)


async def let_in(asked: Asked) -> Response:
    """A new client. Its token is shown on the page that follows and never again."""
    console = asked.console
    desk, now = console.town.desk, console.now()
    name, written, names = text_of(asked, "name"), text_of(asked, "scope"), bool(text_of(asked, "names"))
    if not name or len(name) > LONGEST_NAME:
        return _page(asked, 422, name=f"写清楚是谁用，最多 {LONGEST_NAME} 个字，如：县反诈平台。")
    if any(one.name == name and one.revoked_at is None for one in desk.store.read(clients.clients)):
        return _page(asked, 422, name=f"已经有“{name}”了；换个名称，或先停用那一个。")
    try:
        place = find_node(desk.tree, written)
    except NotFound as error:
        return _page(asked, 422, scope=f"{error}。")
    token, by = new_token(), asked.who.person.id

    def make(conn: Connection) -> None:
        clients.add_client(conn, token, name, place.id, names, by, now)
        with_names = "，给姓名" if names else ""
        talk.log_command(conn, now, by, WHAT, f"{name}（{place.path}{with_names}）", "开通")

    await desk.store.write(make)
    console.gate.shown[asked.token] = (name, token)
    return went(asked, "/clients")


async def stop(asked: Asked) -> Response:
    """A token that is worth nothing from now on."""
    store, now = asked.console.town.desk.store, asked.console.now()
    number, why = number_of(text_of(asked, "client")), text_of(asked, "why")
    found = next((one for one in store.read(clients.clients) if one.id == number), None)
    if found is None or found.revoked_at is not None:
        return went(asked, "/clients", "这个接口已经停用了。")
    if not why or len(why) > LONGEST_WHY:
        return _page(asked, 422, why=f"写一句为什么停用，最多 {LONGEST_WHY} 个字。")

    def end(conn: Connection) -> bool:
        talk.log_command(conn, now, asked.who.person.id, WHAT, f"{found.name}：{why}", "停用")
        return clients.revoke_client(conn, found.id, why, now)

    await store.write(end)
    return went(asked, "/clients", f"“{found.name}”停用了，它的令牌从现在起不管用。")


def _page(asked: Asked, status: int, **wrong: str) -> Response:
    """``wrong``: what is wrong, by field; what was typed stays."""
    console = asked.console
    tree = console.town.desk.tree
    known = console.town.desk.store.read(clients.clients)
    return page(
        asked,
        "clients/clients.html",
        status,
        wrong=wrong,
        typed={name: text_of(asked, name) for name in ("name", "scope", "names", "client", "why")},
        fresh=console.gate.shown.pop(asked.token, None),
        clients=[
            (one, tree.by_id[one.node].path if one.node in tree.by_id else "已经不在名册里") for one in known
        ],
        places=[tree.root.name, *(node.name for node in tree.children(tree.root))][:MOST_NAMED],
        root=tree.root.name,
        day=spoken_day,
        base=f"{console.address.rstrip('/')}{API}/",
        document=f"{console.address.rstrip('/')}{document.PATH}",
        here_only=console.here_only,
        a_minute=A_MINUTE,
        longest_name=LONGEST_NAME,
        longest_why=LONGEST_WHY,
    )
