"""`chuanda content`: the library, and the two persons that every content needs before it goes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.main import ChineseGroup
from bot.cli.shared import F, Office, common, json_option, library_option, office, print_json
from bot.errors import NotFound

if TYPE_CHECKING:
    from bot.model.content import Content
    from bot.model.ledger import ApprovalAct, ApprovalEntry


@click.group(cls=ChineseGroup, help="宣传内容：写好放进 content/，一个人送审，另一个人审批，才会发出去。")
def content() -> None:
    """The group itself does nothing."""


def person(function: F) -> F:
    """Who it is: by name, never by the computer's login, for two people may share one computer."""
    return click.option(
        "--as",
        "who",
        required=True,
        metavar="姓名",
        help="您的姓名",
        callback=lambda _, __, name: name.strip(),
    )(function)


def content_id(function: F) -> F:
    return click.argument("id", metavar="编号")(function)


def _find(here: Office, wanted: str) -> Content:
    """The content by id, number or title. Raises `NotFound`, and `InputErrors` if its folder is broken."""
    from difflib import get_close_matches

    from bot.errors import InputErrors

    library = here.library.refresh()
    for found in library.contents.values():
        if wanted in (found.id, found.number, found.title):
            return found
    broken = [p for p in here.library.broken if f"/{wanted}/" in f"/{p.place}"]
    if broken:
        raise InputErrors(broken)
    near = get_close_matches(wanted, list(library.contents), n=3, cutoff=0.3)
    raise NotFound(
        f"资料库里没有“{wanted}”" + (f"；是不是：{'、'.join(near)}" if near else "；看 chuanda content list")
    )


def _acts(here: Office, found: Content) -> list[ApprovalEntry]:
    from bot.store.approvals import approvals

    return here.store.read(approvals).get(found.id, [])


def _add(here: Office, found: Content, act: ApprovalAct, by: str, reason: str = "", rule: str = "") -> None:
    from bot.model.ledger import ApprovalEntry
    from bot.service.approving import write_down

    entry = ApprovalEntry(act, found.digest, by, here.now(), reason, rule=rule)
    here.store.write_now(write_down, found, entry)


@content.command("list", help="全部内容和它们的状态。")
@common
@library_option
@json_option
def list_(data: Path | None, config: Path | None, library: Path | None, as_json: bool) -> None:
    """All contents with their standing."""
    from bot.approval.decide import sendable, standing
    from bot.model.time import day_of
    from bot.store.approvals import approvals

    here = office(data, config, library)
    acts = here.store.read(approvals)
    today = day_of(here.now())
    contents = here.library.refresh().contents
    rows = [
        {
            "id": c.id, "number": c.number, "title": c.title, "digest": c.digest,
            "standing": standing(c.digest, acts.get(c.id, [])).value,
            "sendable": sendable(c, acts.get(c.id, []), today) is None,
            "why": sendable(c, acts.get(c.id, []), today),
            "topics": sorted(c.topics), "audiences": sorted(c.audiences), "parts": [p.kind.value for p in c.parts],
        }
        for c in contents.values()
    ]  # fmt: skip
    if as_json:
        print_json({"contents": rows, "broken": [str(p) for p in here.library.broken]})
        return
    for row in rows:
        click.echo(f"{row['id']}　{row['number']}　《{row['title']}》　{row['why'] or '可以发'}")
    for problem in here.library.broken:
        click.echo(str(problem), err=True)
    if not rows:
        click.echo("还没有宣传内容。照样例在 content/ 里建一个文件夹。")


@content.command(help="看一条内容：会发什么、状态、查出的问题。")
@common
@library_option
@content_id
@json_option
def show(data: Path | None, config: Path | None, library: Path | None, id: str, as_json: bool) -> None:
    """One content as it would be sent."""
    from bot.approval.decide import sendable
    from bot.approval.lint import findings
    from bot.model.time import day_of, iso, local
    from bot.service.hands import to_copy

    here = office(data, config, library)
    found = _find(here, id)
    acts = _acts(here, found)
    problems = findings(found, here.schedules.links)
    why = sendable(found, acts, day_of(here.now()))
    if as_json:
        print_json(
            {
                "id": found.id, "number": found.number, "title": found.title, "digest": found.digest, "why": why,
                "parts": [{"kind": p.kind.value, "main": p.main, "text": p.text, "path": str(p.path) if p.path else None, "url": p.url or None} for p in found.parts],
                "findings": [{"rule": f.rule, "place": f.place, "what": f.what, "write": f.write} for f in problems],
                "acts": [{"act": a.act.value, "by": a.by, "at": iso(a.at), "digest": a.digest, "reason": a.reason} for a in acts],
            }
        )  # fmt: skip
        return
    click.echo(f"《{found.title}》　{found.number}　摘要码 {found.digest[:8]}")
    text, files = to_copy(found.parts)
    click.echo(text)
    for file in files:
        click.echo(f"附件：{file}")
    for finding in problems:
        click.echo(f"要改：{finding.place}：{finding.what}；{finding.write}　（{finding.rule}）")
    for act in acts:
        reason = f"：{act.reason}" if act.reason else ""
        click.echo(
            f"{local(act.at):%Y-%m-%d %H:%M} {act.by} {_WORDS[act.act.value]}{reason}（{act.digest[:8]}）"
        )
    click.echo(why or "可以发。")


_WORDS = {"submit": "送审", "approve": "批准", "reject": "驳回", "override": "放行", "withdraw": "撤回"}


@content.command(help="送审。")
@common
@library_option
@content_id
@person
def submit(data: Path | None, config: Path | None, library: Path | None, id: str, who: str) -> None:
    """Hand a content in for approval."""
    from bot.approval.decide import check_submit
    from bot.approval.lint import findings
    from bot.model.ledger import ApprovalAct

    here = office(data, config, library)
    found = _find(here, id)
    check_submit(found, _acts(here, found), who)
    _add(here, found, ApprovalAct.SUBMIT, who)
    click.echo(
        f"《{found.title}》已送审（{who}）。请另一个人审批：chuanda content approve {found.id} --as 姓名"
    )
    for finding in findings(found, here.schedules.links):
        click.echo(f"要改：{finding.place}：{finding.what}；{finding.write}　（{finding.rule}）")


@content.command(help="批准。送审人不能批准自己送审的内容。查出的问题要逐条 --override 规则=理由 放行。")
@common
@library_option
@content_id
@person
@click.option(
    "--override", "overrides", multiple=True, metavar="规则=理由", help="放行一条查出的问题，写明理由"
)
def approve(
    data: Path | None,
    config: Path | None,
    library: Path | None,
    id: str,
    who: str,
    overrides: tuple[str, ...],
) -> None:
    """Approve exactly what was submitted."""
    from bot.approval.decide import check_approve, check_override, sendable
    from bot.approval.lint import findings
    from bot.model.ledger import ApprovalAct
    from bot.model.time import day_of

    here = office(data, config, library)
    found = _find(here, id)
    reviewers = here.schedules.reviewers
    problems = findings(found, here.schedules.links)
    for override in overrides:
        rule, _, reason = override.partition("=")
        check_override(found, _acts(here, found), who, rule.strip(), reason.strip(), problems, reviewers)
        _add(here, found, ApprovalAct.OVERRIDE, who, reason.strip(), rule.strip())
    check_approve(found, _acts(here, found), who, problems, reviewers)
    _add(here, found, ApprovalAct.APPROVE, who)
    click.echo(f"《{found.title}》已批准（{who}，摘要码 {found.digest[:8]}）。改动任何一个字都要重新送审。")
    why = sendable(found, _acts(here, found), day_of(here.now()))
    if why:
        click.echo(f"注意：现在还发不出去，{why}。")


@content.command(help="驳回，写明理由。")
@common
@library_option
@content_id
@person
@click.option("--reason", required=True, metavar="理由", help="理由")
def reject(
    data: Path | None, config: Path | None, library: Path | None, id: str, who: str, reason: str
) -> None:
    """Send a content back with a reason."""
    from bot.approval.decide import check_reject
    from bot.model.ledger import ApprovalAct

    here = office(data, config, library)
    found = _find(here, id)
    check_reject(found, _acts(here, found), who, reason, here.schedules.reviewers)
    _add(here, found, ApprovalAct.REJECT, who, reason)
    click.echo(f"《{found.title}》已驳回（{who}）：{reason}")


@content.command(help="撤回：没发的停下，两分钟内发的收回，收到过的群都发更正。")
@common
@library_option
@content_id
@person
@click.option("--reason", default="", metavar="理由", help="理由")
def withdraw(
    data: Path | None, config: Path | None, library: Path | None, id: str, who: str, reason: str
) -> None:
    """Stop a content and say what has to be put right."""
    from bot.approval.decide import check_withdraw
    from bot.model.ledger import ApprovalAct, ApprovalEntry
    from bot.service.withdrawal import withdraw_content

    here = office(data, config, library)
    found = _find(here, id)
    check_withdraw(found, _acts(here, found), who)
    entry = ApprovalEntry(ApprovalAct.WITHDRAW, found.digest, who, here.now(), reason)
    done = withdraw_content(here.store, found, entry, entry.at)
    click.echo(
        f"《{found.title}》已撤回（{who}）：停下 {done.cancelled} 条没发的，{done.reached} 个群已经收到。"
    )
    if done.recalls:
        click.echo(f"两分钟以内发的 {done.recalls} 条，机器人正在撤回。")
    if done.reached:
        rest = done.reached - done.corrections
        click.echo(
            f"给 {done.corrections} 个群排上了更正"
            + (f"，另外 {rest} 个群要请转发的人去更正" if rest else "")
            + "：chuanda outbox"
        )
