"""The short code by which a reviewer names exactly what was shown: of the content's digest, never its place in a list.

A changed file has another digest, so its code changes with it (DESIGN, glossary: Approval).
"""

from __future__ import annotations

from collections.abc import Iterable

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None of them is read as another."""
SHORTEST, LONGEST = 4, 8


def full_code(digest: str) -> str:
    """The code of a digest at its longest; shown is a beginning of it."""
    number, code = int(digest[:24], 16), ""
    for _ in range(LONGEST):
        number, place = divmod(number, len(LETTERS))
        code += LETTERS[place]
    return code


def code_of(digest: str, among: Iterable[str]) -> str:
    """The shortest beginning, of at least four letters, that no other digest ``among`` those that wait has too."""
    code = full_code(digest)
    others = [full_code(other) for other in among if other != digest]
    return next(
        (code[:n] for n in range(SHORTEST, LONGEST) if not any(o.startswith(code[:n]) for o in others)), code
    )


def is_code_of(code: str, digest: str) -> bool:
    """Whether ``code`` can mean ``digest``."""
    return len(code) >= SHORTEST and full_code(digest).startswith(code)
