"""`chuanda bind`: the office decides what was doubtful, and gives people the code that makes their account known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseCommand
from bot.cli.people import forget, give_code, give_role, sheet_of_codes, worker_named
from bot.cli.shared import Office, common, json_option, office, print_json
from bot.errors import ChuandaError, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.model.speaker import Role
    from bot.model.tree import Group

MOST_NAMED = 12


@click.command(cls=ChineseCommand, help="绑定群和账号。不带选项：列出拿不准的群和还没绑定的群。")
@common
@click.option("--room", type=click.IntRange(1), metavar="序号", help="拿不准的群，用列表里的序号")
@click.option("--group", metavar="群名", help="和 --room 一起：它就是名册里的这个群")
@click.option("--drop", is_flag=True, help="和 --room 一起：它不是本镇的群，不用再问")
@click.option("--force", is_flag=True, help="和 --group 一起：那个群已经绑定了另一个，也换成这个")
@click.option("--person", metavar="姓名", help="给这个人一个绑定码，七天内用一次")
@click.option("--off", is_flag=True, help="和 --person 一起：这个人的账号绑错了，解除")
@click.option("--node", metavar="单位", help="同名的人用单位分开；和 --sheet 一起：只给这个单位的人")
@click.option("--office", "clerk", metavar="姓名", help="给反诈办的人一个绑定码，十分钟内用一次")
@click.option("--reviewer", metavar="姓名", help="给审核人一个绑定码，十分钟内用一次")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    metavar="文件.xlsx",
    help="给还没绑定的人各印一个绑定码，七天内有效",
)
@json_option
def bind(
    data: Path | None, config: Path | None, room: int | None, group: str | None, drop: bool, force: bool,
    person: str | None, off: bool, node: str | None, clerk: str | None, reviewer: str | None, sheet: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Bind rooms and accounts."""
    here = office(data, config).existing().real()
    asked = {"--room": room, "--person": person, "--office": clerk, "--reviewer": reviewer, "--sheet": sheet}
    written = [name for name, value in asked.items() if value is not None]
    if len(written) > 1:
        raise ChuandaError(f"{'、'.join(written)} 只写一种")
    if person is not None and off:
        forget(here, person, node)
    elif person is not None:
        give_code(here, worker_named(here, person, node), as_json)
    elif clerk is not None or reviewer is not None:
        give_role(
            here,
            clerk if clerk is not None else reviewer or "",
            node,
            "office" if clerk is not None else "reviewer",
            as_json,
        )
    elif sheet is not None:
        sheet_of_codes(here, sheet, node, as_json)
    elif room is not None:
        _decide(here, room, group, drop, force, as_json)
    elif group is not None or drop or node is not None:
        raise ChuandaError("还缺 --room、--person 或 --sheet；先看列表：chuanda bind")
    else:
        _list(here, as_json)


def _list(here: Office, as_json: bool) -> None:
    from bot.cli.channels import capabilities_of
    from bot.service.rooms import wanted
    from bot.store import accounts, rooms

    tree, bound = here.tree, here.store.read(rooms.bindings)
    doubts = here.store.read(rooms.doubts)
    media = capabilities_of(here).media
    ours = wanted(tree, media)
    missing = [g.name for g in ours if g.id not in bound]
    absent = [g.name for g in ours if g.id in bound and not bound[g.id].present]
    known = here.store.read(accounts.bound_accounts)
    by_role = here.store.read(accounts.roles)
    everybody = here.store.read(accounts.people)
    people = [everybody[w].name + _roles(by_role.get(w, ())) for w in known]
    if as_json:
        print_json(
            {
                "doubts": [
                    {
                        "room": d.id, "topic": d.room.topic, "why": d.why,
                        "group": next((g.name for g in tree.groups if g.id == d.group), None),
                    }
                    for d in doubts
                ],
                "unbound": missing, "absent": absent, "bound": len(ours) - len(missing), "people": len(people),
            }
        )  # fmt: skip
        return
    for one in doubts:
        click.echo(f"{one.id}　“{one.room.topic}”　{one.why}")
    if doubts:
        first = doubts[0].id
        click.echo(
            f"定下来：chuanda bind --room {first} --group 群名　不是本镇的：chuanda bind --room {first} --drop"
        )
    click.echo(f"要机器人在里面的群 {len(ours)} 个，认出来 {len(ours) - len(missing)} 个。")
    if absent:
        click.echo(f"认得但机器人不在里面了，请人拉回来：{_named(absent)}")
    click.echo(f"绑定了账号的 {len(people)} 人" + (f"：{_named(people)}" if people else "。"))
    if missing:
        click.echo(f"还没认出来：{_named(missing)}")
        click.echo("群名和名册一样的，进了群会自己认；不一样的，请负责人在群里说：绑定群 名册里的群名")


def _roles(roles: Collection[Role]) -> str:
    from bot.phrases.talk import ROLES

    named = "、".join(ROLES[role] for role in sorted(roles))
    return f"（{named}）" if named else ""


def _named(names: list[str]) -> str:
    return "、".join(names[:MOST_NAMED]) + (f"等 {len(names)} 个" if len(names) > MOST_NAMED else "")


def _decide(here: Office, number: int, name: str | None, drop: bool, force: bool, as_json: bool) -> None:
    from bot.service.settling import bind_room, doubt_of
    from bot.store import rooms

    doubt = here.store.read(doubt_of, number)
    if doubt is None:
        raise NotFound(f"没有序号 {number}，或者已经定了；先看列表：chuanda bind")
    room = doubt.room
    if drop == (name is not None):
        raise ChuandaError("写 --group 群名，或者 --drop，只写一种")
    group = None if drop else _group(here, str(name))
    if group is None:
        here.store.write_now(rooms.drop_doubt, room.id)
    else:
        here.store.write_now(bind_room, group, room, here.now(), force=force, how="加上 --force")
    if as_json:
        print_json({"topic": room.topic, "group": None if group is None else group.name})
    elif group is None:
        click.echo(f"“{room.topic}”不算本镇的群，不再问了。")
    else:
        click.echo(f"“{room.topic}”就是“{group.name}”，记下了。")


def _group(here: Office, name: str) -> Group:
    from difflib import get_close_matches

    from bot.cli.channels import capabilities_of

    media = capabilities_of(here).media
    groups = [g for g in here.tree.groups if g.medium in media]
    found = next((g for g in groups if g.name == name.strip()), None)
    if found is not None:
        return found
    near = get_close_matches(name, [g.name for g in groups], n=3, cutoff=0.4)
    raise NotFound(f"名册里没有“{name}”这个群" + (f"；是不是：{'、'.join(near)}" if near else ""))
