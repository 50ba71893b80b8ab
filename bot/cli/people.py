"""People and what they may do: one-time codes, roles, the printed sheet, handing over. What `chuanda bind` and `handover` do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseCommand
from bot.cli.shared import Office, common, find_node, json_option, office, print_json
from bot.errors import ChuandaError, NotAllowed, NotFound

if TYPE_CHECKING:
    from bot.model.tree import Worker
    from bot.service.people import Given


def worker_named(here: Office, name: str, node: str | None) -> Worker:
    """Somebody of the roster. Raises `ChuandaError` where there is none, or several."""
    found = _named(here, name, node)
    if not found:
        raise NotFound(f"名册里没有“{name}”这个人；看名册的联系人、副联系人、分管领导、主要负责人")
    if len(found) > 1:
        raise ChuandaError(f"有 {len(found)} 个“{name}”；加上单位：--node {found[0].unit.rsplit('/', 1)[-1]}")
    return found[0]


def _named(here: Office, name: str, node: str | None) -> list[Worker]:
    tree = here.tree
    ids = {w for n in tree.subtree(find_node(tree, node)) for w in n.people.values()}
    return [w for w in tree.workers if w.name == name.strip() and w.id in ids]


def give_code(here: Office, worker: Worker, as_json: bool) -> None:
    """A code that makes this person's account known."""
    from bot.service.people import codes_for, keep_codes

    given = codes_for([worker], here.now())
    here.store.write_now(keep_codes, given)
    here.log("code", worker.name)
    _say_code(given[0], "", as_json)


def give_role(here: Office, name: str, node: str | None, role: str, as_json: bool) -> None:
    """A code that gives somebody a role of the office; they need not stand in the roster."""
    from bot.model.speaker import Role
    from bot.phrases.talk import ROLES
    from bot.service.people import ROLE_CODE_FOR, codes_for, keep_codes
    from bot.store import accounts

    if not name.strip():
        raise ChuandaError("要写姓名；如 --office 王敏")
    reviewers = here.schedules.reviewers
    if role == Role.REVIEWER and reviewers and name.strip() not in reviewers:
        raise NotAllowed(
            f"{name}不在 {here.config} 的 reviewers 里；先写上，或换一个人：{'、'.join(sorted(reviewers))}"
        )
    found = _named(here, name, node)
    if len(found) > 1:
        raise ChuandaError(f"有 {len(found)} 个“{name}”；加上单位：--node {found[0].unit.rsplit('/', 1)[-1]}")
    worker = (
        found[0] if found else here.store.write_now(accounts.add_person, name.strip(), here.tree.root.path)
    )
    given = codes_for([worker], here.now(), ROLE_CODE_FOR)
    here.store.write_now(keep_codes, given, Role(role))
    here.log("code", f"{worker.name}（{ROLES[role]}）")
    if not found and not as_json:
        click.echo(f"名册里没有{worker.name}，记成{ROLES[role]}的人。")
    _say_code(given[0], ROLES[role], as_json)


def _say_code(given: Given, role: str, as_json: bool) -> None:
    from bot.model.time import day_of
    from bot.phrases import clock, spoken_day

    worker, code, until = given.worker, given.code, given.until
    if as_json:
        with_it = {"role": role} if role else {}
        print_json({"person": worker.name, "unit": worker.unit, "code": code, **with_it})
        return
    click.echo(
        f"{worker.unit.rsplit('/', 1)[-1]} {worker.name}{f'（{role}）' if role else ''} 的绑定码：{code}"
    )
    click.echo(f"请本人用自己的微信对机器人说：绑定 {code}")
    click.echo(f"只能用一次，用到 {spoken_day(day_of(until))} {clock(until)}。给错人了就再发一个，旧的作废。")
    click.echo("要看网页的，改在网页上用它设一个密码。")


def forget(here: Office, name: str, node: str | None) -> None:
    """The wrong account was bound, or somebody left: of the roster or of the office."""
    from bot.store import accounts

    staff = [w for w in here.store.read(accounts.people).values() if w.name == name.strip()]
    worker = staff[0] if len(staff) == 1 and node is None else worker_named(here, name, node)
    if not here.store.write_now(accounts.forget_account, worker.id):
        raise NotFound(f"{worker.name}没有绑定账号，不用解除")
    here.log("unbind", worker.name)
    click.echo(f"{worker.name}的账号解除了。要重新绑定：chuanda bind --person {worker.name}")


def sheet_of_codes(here: Office, file: Path, node: str | None, as_json: bool) -> None:
    """A sheet to print and cut: a code for everybody below ``node`` whose account is not known."""
    from bot.reports.sheet import check_xlsx, write_codes
    from bot.service.people import codes_for, keep_codes, without_account
    from bot.store import accounts

    check_xlsx(file)
    tree = here.tree
    people = without_account(tree, find_node(tree, node), here.store.read(accounts.bound_accounts))
    if not people:
        raise NotFound("这里的人都绑定过了，不用再印")
    codes = codes_for(people, here.now())
    write_codes([(one.worker, one.code) for one in codes], codes[0].until, file)
    here.store.write_now(keep_codes, codes)
    here.log("code", f"{len(codes)} 人，印成一张", file.name)
    if as_json:
        print_json({"file": str(file), "people": len(codes)})
        return
    click.echo(f"{len(codes)} 个人的绑定码写进了 {file}，七天内有效，各用一次。")
    click.echo("印出来裁成条，一人一条当面给；不要发到群里。发完把文件删掉。")


@click.command(cls=ChineseCommand, help="换人交接：没转完的任务交给新的人，旧账号作废。先导入改好的名册。")
@common
@click.argument("old", metavar="原来的人")
@click.argument("new", metavar="新来的人")
@click.option("--node", metavar="单位", help="同名的人用单位分开")
@json_option
def handover(
    data: Path | None, config: Path | None, old: str, new: str, node: str | None, as_json: bool
) -> None:
    """Somebody else takes over: open tasks, and a code for the new account."""
    from bot.service.people import former, hand_over
    from bot.store import accounts

    here = office(data, config).existing().real()
    successor = worker_named(here, new, node)
    before = former(here.store, old, successor)
    done = here.store.write_now(hand_over, here.tree, before, successor, here.now())
    here.log("handover", f"{before.name} 交给 {successor.name}", f"{done.groups} 个群")
    if not as_json:
        click.echo(f"{before.name}没转完的 {done.groups} 个群交给了{successor.name}。")
        if done.forgotten:
            click.echo(f"{before.name}的账号作废了。")
        elif done.stays:
            click.echo(f"{before.name}在名册里还有别的任务，账号照常。")
    if successor.id not in here.store.read(accounts.bound_accounts):
        give_code(here, successor, as_json)
    elif as_json:
        print_json({"person": successor.name, "unit": successor.unit, "code": None})
