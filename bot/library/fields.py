"""What may stand in a content.yaml, as typed values with complaints in the office's words (CONTRACTS, Files).

Looks at the written words only; whether the named files exist and are what they claim is `bot.library.files`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator

from bot.model.content import PartKind

MAX_TITLE_CHARS = 40
MAX_TAG_CHARS = 20
MAX_CARD_CHARS = 200
"""Title or description of a link or mini-program: a card shows three lines at most."""
MAX_URL_CHARS = 2_000
MAX_PARTS = 20
"""Every part is one message in every group."""
KINDS = tuple(kind.value for kind in PartKind)
_NUMBER = re.compile(r"反诈宣〔(?:19|20)\d\d〕(?:\d{3}|[1-9]\d{3})号", re.ASCII)
_NEARLY_NUMBER = re.compile(r"((?:19|20)\d\d)[^\d]{1,6}(\d{1,4})(?!\d)", re.ASCII)


def short(text: str) -> str:
    """``text`` as a complaint quotes it."""
    return text if len(text) <= 30 else text[:29] + "…"


def _one_line(text: str) -> str:
    if not text.replace("　", " ").replace("\u200d", "").isprintable():
        raise ValueError(f"“{short(ascii(text)[1:-1])}”里有换行或看不见的字符；写成一行，重新打一遍")
    return text


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"“{short(text)}”有 {len(text)} 个字；缩到 {limit} 个字以内")
        return text

    return AfterValidator(check)


def _not_a_number(given: object) -> object:
    if isinstance(given, int | float):
        raise ValueError(f"“{given}”不是日期；写成 2026-03-12 这样")
    return given


Line = Annotated[str, AfterValidator(_one_line)]
Card = Annotated[Line, _at_most(MAX_CARD_CHARS)]
Tag = Annotated[Line, _at_most(MAX_TAG_CHARS)]
Day = Annotated[date, BeforeValidator(_not_a_number)]


class Sheet(BaseModel):
    """A part of the file. A key with nothing behind it counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: Any) -> Any:
        return {k: v for k, v in given.items() if v not in (None, "")} if isinstance(given, dict) else given


class LinkSheet(Sheet):
    url: Line
    title: Card
    description: Card = ""
    thumbnail: str | None = None
    """An image file beside content.yaml."""

    @field_validator("url")
    @classmethod
    def _address(cls, given: str) -> str:
        try:
            parts = urlsplit(given)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", given)
        except ValueError:
            good = False
        if not good or len(given) > MAX_URL_CHARS:
            raise ValueError(f"“{short(given)}”不是完整的网址；从浏览器里整条复制，以 https:// 开头")
        return given


class MiniProgramSheet(Sheet):
    appid: Line
    title: Card
    page: Line = ""
    username: Line = ""


class ChannelsSheet(Sheet):
    title: Card
    author: Card = ""


class PartSheet(Sheet):
    text: str | None = None
    image: str | None = None
    video: str | None = None
    file: str | None = None
    link: LinkSheet | None = None
    mini_program: MiniProgramSheet | None = None
    channels: ChannelsSheet | None = None
    main: bool = False
    announce: bool = False
    """A text that is set as the group's announcement (群公告) where the channel can, else posted."""

    @model_validator(mode="before")
    @classmethod
    def _is_a_mapping(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            raise ValueError("这一段没有写明是什么；写成“- text: text.md”或“- image: poster.png”这样")
        return given

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> Self:
        written = [kind for kind in KINDS if getattr(self, kind) is not None]
        if not written:
            raise ValueError(f"这一段没有写发什么；写上 {'、'.join(KINDS)} 中的一样")
        if len(written) > 1:
            raise ValueError(f"这一段同时写了 {'、'.join(written)}；一段只写一样，另一样另起一段")
        if self.announce and self.text is None:
            raise ValueError(f"群公告只能是文字，{written[0]} 不行；去掉 announce，或写在 text 那一段")
        return self

    @property
    def kind(self) -> PartKind:
        return next(kind for kind in PartKind if getattr(self, kind.value) is not None)


class ContentSheet(Sheet):
    title: Annotated[Line, _at_most(MAX_TITLE_CHARS)]
    number: Line = ""
    topics: tuple[Tag, ...] = ()
    audiences: tuple[Tag, ...] = ()
    source: Card = ""
    valid_from: Day | None = None
    valid_until: Day | None = None
    parts: tuple[PartSheet, ...]

    @field_validator("number")
    @classmethod
    def _as_in_documents(cls, given: str) -> str:
        if given and not _NUMBER.fullmatch(given):
            near = _NEARLY_NUMBER.search(given)
            year, serial = (near[1], int(near[2])) if near else ("2026", 1)
            raise ValueError(f"编号“{short(given)}”的写法不对；写成 反诈宣〔{year}〕{serial:03d}号")
        return given

    @field_validator("parts", mode="before")
    @classmethod
    def _some_but_not_many(cls, given: Any) -> Any:
        if given == []:
            raise ValueError("parts 里什么也没有；至少写一段，如“- text: text.md”")
        if isinstance(given, list) and len(given) > MAX_PARTS:
            raise ValueError(f"parts 写了 {len(given)} 段，每段都是一条消息；最多 {MAX_PARTS} 段")
        return given
