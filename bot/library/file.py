"""What content.yaml may say. Shapes only; the files that it names are looked at in `bot.library.load`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

TITLE_CHARS = 40
_NUMBER = re.compile(r"反诈宣〔\d{4}〕\d{3,4}号")


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("这里是空的；写上内容")
    if "\n" in text or any(ord(c) < 32 for c in text):
        raise ValueError("这里不能换行；写成一行")
    return text.strip()


Line = Annotated[str, AfterValidator(_one_line)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkPart(_Strict):
    url: Line
    title: Line
    description: str = ""
    thumbnail: str = ""

    @field_validator("url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            whole = False
        if not whole or any(c.isspace() for c in url):
            raise ValueError("网址不完整；写成 https://… 的完整网址")
        return url


class MiniProgramPart(_Strict):
    appid: Line
    title: Line
    page: Line
    username: Line


class ChannelsPart(_Strict):
    title: Line
    author: Line


class PartLine(_Strict):
    """One part: exactly one kind, and perhaps ``main``."""

    text: str | None = None
    image: str | None = None
    video: str | None = None
    file: str | None = None
    link: LinkPart | None = None
    mini_program: MiniProgramPart | None = None
    channels: ChannelsPart | None = None
    main: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [name for name in self.model_fields_set if name != "main"]
        if len(kinds) != 1:
            raise ValueError(
                "一部分只写一种；从 text、image、video、file、link、mini_program、channels 里选一个，别的另起一行“- ”"
            )
        return self


class ContentFile(_Strict):
    """content.yaml as written."""

    title: Line
    number: str = ""
    topics: tuple[Line, ...] = ()
    audiences: tuple[Line, ...] = ()
    source: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    parts: tuple[PartLine, ...] = Field(min_length=1)

    @field_validator("title")
    @classmethod
    def _short(cls, title: str) -> str:
        if len(title) > TITLE_CHARS:
            raise ValueError(f"标题有 {len(title)} 个字；不超过 {TITLE_CHARS} 个字")
        return title

    @field_validator("number")
    @classmethod
    def _numbered(cls, number: str) -> str:
        if number and not _NUMBER.fullmatch(number):
            raise ValueError(f"编号“{number}”写法不对；写成 反诈宣〔2026〕001号")
        return number

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(
                f"valid_from {self.valid_from} 在 valid_until {self.valid_until} 之后；把两个日期对调"
            )
        if sum(part.main for part in self.parts) > 1:
            raise ValueError("有两部分写了 main: true；只留一个")
        return self
