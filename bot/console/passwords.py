"""Passwords: argon2id, and what one has to be. The parameters are the library's defaults (RFC 9106, low memory)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 200
_HASHER = PasswordHasher()


def problem_of(password: str, again: str) -> str:
    """Why ``password`` cannot be taken (Chinese), or empty."""
    if len(password) < SHORTEST:
        return f"密码太短，至少 {SHORTEST} 个字；用一句自己记得住的话也行"
    if len(password) > LONGEST:
        return f"密码太长，最多 {LONGEST} 个字"
    if len(set(password)) < 4 or password.isdigit():
        return "这个密码容易被猜到；不要只用数字，不要老是那几个字"
    return "" if password == again else "两次输入的密码不一样，再输一次"


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether ``password`` is the one that was hashed as ``kept``. Takes as long whether it is or not."""
    try:
        return _HASHER.verify(kept, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys() -> str:
    """A hash that no password fits: who is not known is checked as long as who is."""
    import secrets

    return _HASHER.hash(secrets.token_hex(16))
