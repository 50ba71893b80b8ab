"""What is done with a content: handing in, approving, sending back, letting pass, sending now, withdrawing.

Where chat has a word for it, it is a turn of the conversation: one place decides who may, and every act is logged.
"""

from __future__ import annotations

import secrets

from starlette.responses import Response

from bot.approval.code import full_code
from bot.commands.said import Command, Said
from bot.console.app import Asked, number_of, text_of
from bot.console.contents.one import content_asked, missing, show
from bot.console.contents.shelf import address
from bot.console.doing import turn
from bot.console.look import went
from bot.errors import NotAllowed
from bot.model.content import Content
from bot.service.approving import hand_in, let_pass
from bot.store import approvals, journeys, material, talk

SEEN_ANOTHER = "您打开以后这条又改过，请看一遍再定。"
SENT_SINCE = "问您以后，这条已经发过一次，没有再发。还要再发，请再点“马上推送”。"
MOST_REASON = 200


def _content(asked: Asked) -> Content | Response:
    """The content that the form was about, exactly as it was shown."""
    asked.console.town.desk.now = asked.console.now()
    content = content_asked(asked)
    if content is None:
        return missing(asked)
    if text_of(asked, "digest") != content.digest:
        return went(asked, address(content.id), SEEN_ANOTHER)
    return content


async def submit(asked: Asked) -> Response:
    """Hand in what was shown."""
    content = _content(asked)
    if isinstance(content, Response):
        return content
    if not content.number and content.id in asked.console.town.desk.store.read(material.materials):
        return went(asked, address(content.id), "素材要先编成内容，再送审。")
    return await submitted(asked, content)


async def submitted(asked: Asked, content: Content) -> Response:
    """Hand ``content`` in, as who asks."""
    desk, person = asked.console.town.desk, asked.who.person
    desk.now = asked.console.now()
    try:
        with desk.store.together():
            known = await hand_in(desk, content, person, asked.who.account)
            await desk.store.write(
                talk.log_command, desk.now, person.id, "submit", f"《{content.title}》", f"送审 {content.id}"
            )
    except NotAllowed as refusal:
        return went(asked, address(content.id), f"{refusal}。")
    whom = "、".join([one.name for one in known] or sorted(desk.schedules.reviewers)) or "另一个人"
    return went(asked, address(content.id), f"送审了：《{content.title}》，等{whom}审。")


async def approve(asked: Asked) -> Response:
    """Approve exactly the version that was shown."""
    content = _content(asked)
    if isinstance(content, Response):
        return content
    await _shown(asked, content)
    reply = await turn(asked, Said(Command.APPROVE, code=full_code(content.digest)))
    return went(asked, address(content.id), reply.text)


async def reject(asked: Asked) -> Response:
    """Send it back, with a reason."""
    content = _content(asked)
    if isinstance(content, Response):
        return content
    reason = text_of(asked, "reason")
    if not reason or len(reason) > MOST_REASON:
        wrong = "写上为什么退回，好让人改" if not reason else f"理由太长，缩到 {MOST_REASON} 个字以内"
        return show(asked, content, 422, wrong=wrong, reason=reason)
    await _shown(asked, content)
    reply = await turn(asked, Said(Command.REJECT, code=full_code(content.digest), reason=reason))
    return went(asked, address(content.id), reply.text)


async def _shown(asked: Asked, content: Content) -> None:
    """Who decides has this version on the page: as in chat, nobody decides about what they were not shown."""
    await asked.console.town.desk.store.write(
        approvals.note_shown,
        asked.who.person.id,
        content.id,
        content.digest,
        f"console:{secrets.token_hex(8)}",
    )


async def let_it_pass(asked: Asked) -> Response:
    """A second person lets what a rule found pass, with a reason."""
    content = _content(asked)
    if isinstance(content, Response):
        return content
    desk, person = asked.console.town.desk, asked.who.person
    rule, reason = text_of(asked, "rule"), text_of(asked, "why")[:MOST_REASON]
    try:
        with desk.store.together():
            await let_pass(desk, content, person, rule, reason, asked.who.account)
            await desk.store.write(
                talk.log_command,
                desk.now,
                person.id,
                "override",
                f"《{content.title}》",
                f"放行 {rule}：{reason}",
            )
    except NotAllowed as refusal:
        return went(asked, address(content.id), "放行要写明理由。" if not reason else f"{refusal}。")
    return went(asked, address(content.id), f"放行了“{rule}”：{reason}。")


async def decline(asked: Asked) -> Response:
    """Material that the office does not use: whoever handed it in sees why."""
    content = _content(asked)
    if isinstance(content, Response):
        return content
    desk, reason = asked.console.town.desk, text_of(asked, "reason")[:MOST_REASON]
    if not reason:
        return went(asked, address(content.id), "不采用要写明理由，交来的人看得到。")
    with desk.store.together():
        done = await desk.store.write(material.decline, content.id, reason)
        if done:
            await desk.store.write(
                talk.log_command, desk.now, asked.who.person.id, "decline", f"《{content.title}》", reason
            )
    return went(asked, address(content.id), "记下了，交来的人看得到理由。" if done else "这不是交来的素材。")


async def withdraw(asked: Asked) -> Response:
    """Stop it, take back what can be, correct where it was."""
    asked.console.town.desk.now = asked.console.now()
    content = content_asked(asked)
    if content is None:
        return missing(asked)
    reason = text_of(asked, "reason")[:MOST_REASON]
    reply = await turn(asked, Said(Command.WITHDRAW, title=content.id, reason=reason))
    return went(asked, address(content.id), reply.text)


async def push(asked: Asked) -> Response:
    """Send it now: asked once how many groups and how long, as in chat; done when that is confirmed.

    What is confirmed says how often the content had been sent when it was asked about: a second click, a reload or another
    tab comes after that and starts nothing. Nothing is awaited between the look at that and the wave's beginning but writes
    of one transaction.
    """
    content = _content(asked)
    if isinstance(content, Response):
        return content
    before = number_of(text_of(asked, "waves"))
    if text_of(asked, "sure") == "1" and before is not None:
        if asked.console.town.desk.store.read(journeys.how_often, content.id) != before:
            return went(asked, address(content.id), SENT_SINCE)
        confirmed = Said(Command.PUSH, title=content.id, code=content.digest)
        return went(asked, address(content.id), (await turn(asked, confirmed, sure=True)).text)
    reply = await turn(asked, Said(Command.PUSH, title=content.id))
    if not reply.choices:
        return went(asked, address(content.id), reply.text)
    return show(asked, content, push=reply.text.split("\n1 ", 1)[0])
