"""Every error of the program, and how one is told to the person who must act.

ChuandaError                 the office can read it: Chinese, with what to do
├── InputErrors              one or many problems in a file, each with its place
├── NotAllowed               the wrong person, or the wrong order (approve before submit …)
├── NotFound                 no such node, group, content, wave; carries the nearest names
├── Busy                     another process works on this data folder
└── NotBuilt                 promised in the manual, not built yet
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one place of a file.

    ``place``: ``FILE:LINE[:COL]`` or ``FILE:工作表!C12``; ``what``: what is wrong; ``write``: what to
    write instead. Both are Chinese, for the person who edits that file.
    """

    place: str
    what: str
    write: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}；{self.write}"


_OS_REASONS: Mapping[int, str] = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "找不到这个文件夹或文件",
    errno.EEXIST: "它是文件，不是文件夹",
    errno.ENOTDIR: "路径中间有一段是文件，不是文件夹",
    errno.EISDIR: "它是文件夹，不是文件",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "这个盘是只读的",
    errno.ENAMETOOLONG: "名字太长",
    errno.EBUSY: "别的程序正占着它",
}


def os_reason(error: OSError) -> str:
    """Why the system refused, in Chinese."""
    return _OS_REASONS.get(error.errno or 0, f"系统说：{error.strerror}")


class ChuandaError(Exception):
    """Base of all errors that a user may read. ``str(error)`` is the text; ``exit_code`` the shell's."""

    exit_code = 2


class InputErrors(ChuandaError):
    """All problems of the input at once, one per line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class NotAllowed(ChuandaError):
    """The rules refuse this act of this person; the text says which rule and who may."""


class NotFound(ChuandaError):
    """A name that is not known; the text offers the nearest ones."""


class Busy(ChuandaError):
    """The data folder is in use by another process."""


class NotBuilt(ChuandaError):
    """A command that the manual promises and this version does not have yet."""
