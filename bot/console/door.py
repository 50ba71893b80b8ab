"""The door: signing in with a password, the first time with a one-time code, by a link that the bot sends; and signing out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.console import passwords
from bot.console.app import COOKIE, Asked, address_of, text_of
from bot.console.look import page
from bot.console.signing import LINK_FOR, LONGEST, WRONG, WRONG_CODE
from bot.model.tree import Worker
from bot.phrases.talk import link_to_console
from bot.service.letting_in import bound_people, link_goes_out, send_links
from bot.store import talk

ENDED = "这个链接用过了，或过期了；用姓名和密码登录，或者再要一个"


async def enter(asked: Asked) -> Response:
    """The form; who is in already goes on."""
    if asked.visitor is not None:
        return RedirectResponse("/", status_code=303)
    return _form(asked)


async def entered(asked: Asked) -> Response:
    name, password = text_of(asked, "name"), str(asked.form.get("password", ""))
    token = await asked.console.signing.enter(name, password, address_of(asked.request), asked.console.now())
    if token is None:
        return _form(asked, 403, wrong=WRONG, name=name)
    return _inside(asked, token)


async def link_wanted(asked: Asked) -> Response:
    """The bot is to send somebody a link. Whoever has that name, or nobody: the same is done, and said."""
    desk, signing, now = asked.console.town.desk, asked.console.signing, asked.console.now()
    if not link_goes_out(desk):
        return _form(asked, 422)
    name = text_of(asked, "name")
    tries = signing.asks_for_link(name, address_of(asked.request), now)
    if tries is not None:
        people = bound_people(desk, name)
        accounts = {person.id: account for person, account in people}

        def words(person: Worker) -> str:
            secret = signing.link_for(person.id, now, accounts[person.id])
            address = f"{asked.console.address}open/{secret}"
            minutes = int(LINK_FOR.total_seconds()) // 60
            return link_to_console(person.name, address, minutes, here_only=asked.console.here_only)

        await send_links(desk, [person for person, _ in people], words, tries, now, LINK_FOR)
    return _form(asked, sent=True)


async def first(asked: Asked) -> Response:
    return page(asked, "first.html", wrong="", field="")


async def first_time(asked: Asked) -> Response:
    """A one-time code and a password of one's own: a slip in the password does not use the code up."""
    password, again = (str(asked.form.get(name, "")) for name in ("password", "again"))
    problem = passwords.problem_of(password, again)
    if problem:
        return page(asked, "first.html", 422, wrong=problem, field="password")
    code = text_of(asked, "code")
    token = await asked.console.signing.first_time(
        code, password, address_of(asked.request), asked.console.now()
    )
    if token is None:
        return page(asked, "first.html", 403, wrong=WRONG_CODE, field="code")
    return _inside(asked, token)


async def opening(asked: Asked) -> Response:
    """A link that lets somebody in once, looked at: chats look at every link by themselves, so it takes a press of a button."""
    secret = str(asked.request.path_params["secret"])
    desk, link = asked.console.town.desk, asked.console.signing.link_of(secret, asked.console.now())
    if link is None:
        return _form(asked, 403, wrong=ENDED)
    desk.reload_rooms()  # it may be somebody's who has come only just now
    person = desk.person(link.worker)
    if person is None:
        return _form(asked, 403, wrong=ENDED)
    return page(asked, "open.html", secret=secret, name=person.name)


async def opened(asked: Asked) -> Response:
    """The button of such a link: it is used up. An account that was unbound meanwhile lets nobody in."""
    secret, desk = str(asked.request.path_params["secret"]), asked.console.town.desk
    desk.reload_rooms()  # the office may have unbound it by the command line just now
    token = await asked.console.signing.by_link(secret, desk.accounts, asked.console.now())
    return _form(asked, 403, wrong=ENDED) if token is None else _inside(asked, token)


async def left(asked: Asked) -> Response:
    """Out: the session ends here, not only the cookie."""
    await asked.console.signing.leave(asked.token)
    store, by = asked.console.town.desk.store, asked.who.person.id
    await store.write(talk.log_command, asked.console.now(), by, "sign_out", "", "退出了")
    answer = RedirectResponse("/enter", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _form(
    asked: Asked, status: int = 200, *, wrong: str = "", name: str = "", sent: bool = False
) -> Response:
    """The form to come in; ``sent``: a link was asked for."""
    by_bot = link_goes_out(asked.console.town.desk)
    return page(asked, "enter.html", status, wrong=wrong, name=name, sent=sent, by_bot=by_bot)


def _inside(asked: Asked, token: str) -> Response:
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=asked.console.secure,
    )
    return answer
