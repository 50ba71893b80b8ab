"""The door: signing in with a password, the first time with a one-time code, and signing out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.console import passwords
from bot.console.app import COOKIE, Asked, text_of
from bot.console.look import page
from bot.console.signing import LONGEST, WRONG, WRONG_CODE


async def enter(asked: Asked) -> Response:
    """The form; who is in already goes on."""
    if asked.visitor is not None:
        return RedirectResponse("/", status_code=303)
    return page(asked, "enter.html", wrong="", name="")


async def entered(asked: Asked) -> Response:
    name, password = text_of(asked, "name"), str(asked.form.get("password", ""))
    token = await asked.console.signing.enter(name, password, _address(asked), asked.console.now())
    if token is None:
        return page(asked, "enter.html", 403, wrong=WRONG, name=name)
    return _inside(asked, token)


async def first(asked: Asked) -> Response:
    return page(asked, "first.html", wrong="", field="")


async def first_time(asked: Asked) -> Response:
    """A one-time code and a password of one's own: a slip in the password does not use the code up."""
    password, again = (str(asked.form.get(name, "")) for name in ("password", "again"))
    problem = passwords.problem_of(password, again)
    if problem:
        return page(asked, "first.html", 422, wrong=problem, field="password")
    code = text_of(asked, "code")
    token = await asked.console.signing.first_time(code, password, _address(asked), asked.console.now())
    if token is None:
        return page(asked, "first.html", 403, wrong=WRONG_CODE, field="code")
    return _inside(asked, token)


async def opened(asked: Asked) -> Response:
    """A link that lets somebody in once."""
    secret = str(asked.request.path_params["secret"])
    token = await asked.console.signing.by_link(secret, asked.console.now())
    if token is None:
        return page(asked, "enter.html", 403, wrong="这个链接用过了，或过期了；请用姓名和密码登录", name="")
    return _inside(asked, token)


async def left(asked: Asked) -> Response:
    """Out: the session ends here, not only the cookie."""
    await asked.console.signing.leave(asked.token)
    answer = RedirectResponse("/enter", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


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


def _address(asked: Asked) -> str:
    return asked.request.client.host if asked.request.client else ""
