"""What is done to a group or a person on a place's page: exempt, unbind, leave, an account taken away, somebody takes over.

Each stands in the log with the name of who signed in; a form that cannot be taken comes back as it was typed.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bot.commands.said import Command, Said
from bot.console.app import Asked, number_of, text_of
from bot.console.choosing import date_of
from bot.console.doing import turn
from bot.console.look import went
from bot.console.town.codes import codes_page
from bot.console.town.looking import Wrong, node_of, unit_page
from bot.errors import ChuandaError, NotAllowed
from bot.model.time import day_of
from bot.model.tree import Group, GroupId, Node, Worker, WorkerId
from bot.phrases.words import spoken_day
from bot.service.leave import LEAVE_MOST, come_back, take_leave
from bot.service.people import codes_for, former, hand_over, keep_codes
from bot.service.settling import unbind_room
from bot.service.talking.deciding import READMIT
from bot.store import accounts, talk

GONE = "名册换过了，这里没有它了；请再看一遍这一页"


async def exempt(asked: Asked) -> Response:
    """A group that is not expected from now on, with the reason."""
    here = _group(asked)
    if isinstance(here, Response):
        return here
    node, group = here
    reason = text_of(asked, "reason")
    wrong = Wrong(f"group-{group.id}", "reason", "", {"reason": reason})
    if not reason:
        return unit_page(asked, node, replace(wrong, why="写上理由，如：整村拆迁"))
    if reason in READMIT:
        return unit_page(asked, node, replace(wrong, why="这不是理由；要恢复，按“恢复要求”"))
    return await _expected(asked, node, group, reason)


async def readmit(asked: Asked) -> Response:
    """A group that the office had exempted is expected again."""
    here = _group(asked)
    return here if isinstance(here, Response) else await _expected(asked, *here, READMIT[0])


async def _expected(asked: Asked, node: Node, group: Group, reason: str) -> Response:
    # In chat a group goes by its name; two that are read alike are a question there, and here not to be decided by it.
    if asked.console.town.desk.gazetteer.groups.find(group.name).one is not group:
        why = "名册里还有一个群也这样叫；先在名册里把两个名字改得不一样"
        return unit_page(
            asked, node, Wrong(f"group-{group.id}", "reason", why, {"reason": text_of(asked, "reason")})
        )
    reply = await turn(asked, Said(Command.EXEMPT, group=group.name, reason=reason))
    return went(asked, f"/town/{node.id}?group={group.id}#group-{group.id}", reply.text.split("\n")[0])


async def unbind(asked: Asked) -> Response:
    """The room that was taken for a group is not it."""
    here = _group(asked)
    if isinstance(here, Response):
        return here
    node, group = here
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    try:
        with desk.store.together():
            topic = desk.store.write_now(unbind_room, group, now)
            _log(asked, "unbind_room", group.name, f"解除，原来是“{topic}”")
    except ChuandaError as error:
        return unit_page(asked, node, Wrong(f"group-{group.id}", "room", str(error)))
    desk.reload_rooms()
    return went(
        asked,
        f"/town/{node.id}?group={group.id}#group-{group.id}",
        f"“{group.name}”解除绑定了，不再往那个群发。要再绑：请负责人在群里说“绑定群 {group.name}”。",
    )


async def leave(asked: Asked) -> Response:
    """Somebody is away for some days, as they told the office."""
    here = _person(asked)
    if isinstance(here, Response):
        return here
    node, person = here
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    typed = {name: text_of(asked, name) for name in ("since", "until")}
    today = day_of(now)
    first, last = date_of(typed["since"]), date_of(typed["until"])
    wrong = Wrong(f"person-{person.id}", "since", "", typed)
    if first is None or first < today:
        return unit_page(asked, node, replace(wrong, why=f"开始的日子写今天或以后，如 {today.isoformat()}"))
    if last is None or last < first:
        return unit_page(asked, node, replace(wrong, name="until", why="最后一天要在开始的日子或以后"))
    if last - today > LEAVE_MOST:
        return unit_page(asked, node, replace(wrong, name="until", why=f"最多 {LEAVE_MOST.days} 天"))
    with desk.store.together():
        moved = await take_leave(desk, person, first, last)
        _log(asked, "leave", person.name, f"{spoken_day(first)} 到 {spoken_day(last)}")
    if moved is None:
        text = f"{person.name}{spoken_day(first)}起请假到{spoken_day(last)}，到那天再转给副联系人。"
    else:
        names = moved.names(desk)
        text = f"{person.name}请假到{spoken_day(last)}，" + (
            f"由{'、'.join(names)}代。" if names else "没有副联系人，任务还是本人的。"
        )
        if moved.left:
            text += f"还有 {moved.left} 个群没人转，请安排。"
    return went(asked, f"/town/{node.id}#person-{person.id}", text)


async def back(asked: Asked) -> Response:
    """A leave ends, or is not taken."""
    here = _person(asked)
    if isinstance(here, Response):
        return here
    node, person = here
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    with desk.store.together():
        tasks = await desk.store.write(come_back, desk, person)
        _log(asked, "come_back", person.name, "没有请假" if tasks is None else "销假")
    text = f"{person.name}没有请假。" if tasks is None else f"{person.name}销假了。"
    if tasks:
        text += f"没转的 {tasks} 个群又归本人转。"
    return went(asked, f"/town/{node.id}#person-{person.id}", text)


async def forget(asked: Asked) -> Response:
    """An account, a seat, and codes that are out: nobody comes in by them any more. Of the roster or of before."""
    desk = asked.console.town.desk
    desk.now = asked.console.now()
    number = number_of(text_of(asked, "worker"))
    worker = None if number is None else WorkerId(number)
    person = None if worker is None else desk.person(worker) or desk.store.read(accounts.people).get(worker)
    to = _back_to(asked)
    if person is None:
        return went(asked, to, f"{GONE}。")
    if person.id == asked.who.person.id:
        return went(asked, to, "这是您自己的账号，不能自己解除；请办公室另一位来办。")
    with desk.store.together():
        done = desk.store.write_now(accounts.forget_account, person.id)
        _log(asked, "unbind", person.name, "解除" if done else "没有账号")
    desk.reload_rooms()
    return went(
        asked,
        to,
        f"{person.name}的账号解除了，网页也进不来了。要重新绑定，再发一个绑定码。"
        if done
        else f"{person.name}没有绑定账号，不用解除。",
    )


async def take_over(asked: Asked) -> Response:
    """Somebody takes over what another one had, who may be in no roster any more."""
    here = _person(asked)
    if isinstance(here, Response):
        return here
    node, successor = here
    desk, now = asked.console.town.desk, asked.console.now()
    desk.now = now
    name = text_of(asked, "before")
    wrong = Wrong(f"person-{successor.id}", "before", "", {"before": name})
    if not name:
        return unit_page(asked, node, replace(wrong, why="写原来那个人的姓名"))
    try:
        before = former(desk.store, name, successor)
    except ChuandaError as error:
        return unit_page(asked, node, replace(wrong, why=str(error).split("；")[0]))
    if before.id == asked.who.person.id:
        return unit_page(asked, node, replace(wrong, why="这是您自己，不能自己交接；请办公室另一位来办"))
    new = successor.id not in desk.accounts
    given = codes_for([successor], now) if new else []
    try:
        with desk.store.together():
            done = desk.store.write_now(hand_over, desk.tree, before, successor, now)
            desk.store.write_now(keep_codes, given)
            _log(asked, "handover", f"{before.name}、{successor.name}", f"交接 {done.groups} 个群")
    except NotAllowed as error:
        why = f"{str(error).split('；')[0]}；人走了，先在单位和群的首页解除账号"
        return unit_page(asked, node, replace(wrong, why=why))
    desk.reload_rooms()
    text = f"{before.name}没转完的 {done.groups} 个群交给了{successor.name}。"
    if done.forgotten:
        text += f"{before.name}的账号作废了。"
    elif done.stays:
        text += f"{before.name}在名册里还有别的任务，账号照常。"
    if given:
        return codes_page(asked, node, given, text)
    return went(asked, f"/town/{node.id}#person-{successor.id}", text)


def _group(asked: Asked) -> tuple[Node, Group] | Response:
    """The group that the form names, and its place; else the answer instead."""
    tree = asked.console.town.desk.tree
    number = number_of(text_of(asked, "group"))
    group = None if number is None else tree.group_by_id.get(GroupId(number))
    if group is None:
        return went(asked, _back_to(asked), f"{GONE}。")
    node = node_of(asked, str(group.node))
    return node if isinstance(node, Response) else (node, group)


def _person(asked: Asked) -> tuple[Node, Worker] | Response:
    """The person that the form names, and on whose page that was; else the answer instead."""
    tree = asked.console.town.desk.tree
    number = number_of(text_of(asked, "worker"))
    person = None if number is None else tree.worker_by_id.get(WorkerId(number))
    node = node_of(asked, text_of(asked, "node"))
    if isinstance(node, Response):
        return node
    if person is None or person.id not in node.people.values():
        return went(asked, f"/town/{node.id}", f"{GONE}。")
    return node, person


def _back_to(asked: Asked) -> str:
    """The page on which the form was, if that is one of ours."""
    number = number_of(text_of(asked, "node"))
    return "/town" if number is None else f"/town/{number}"


def _log(asked: Asked, what: str, detail: str, outcome: str) -> None:
    desk = asked.console.town.desk
    desk.store.write_now(talk.log_command, desk.now, asked.who.person.id, what, detail, outcome)
