"""What every part of schedules.yaml has in common: unknown keys refused, values frozen, troubles told at their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

Loc = tuple[str | int, ...]
"""Where something stands: keys and positions as written in the file."""
Trouble = tuple[Loc, str]
"""Where, and “what is wrong；what to write instead”."""
Item = TypeVar("Item", str, datetime)
SomePart = TypeVar("SomePart", bound="Part")


class Part(BaseModel):
    """A part of the file. A key with nothing behind it counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, given: Any) -> Any:
        return {k: v for k, v in given.items() if v is not None} if isinstance(given, dict) else given


def repeated(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Every item that stood before, with its position."""
    seen: set[Item] = set()
    for place, item in enumerate(items):
        if item in seen:
            yield place, item
        seen.add(item)


def settle(part: SomePart, troubles: Iterable[Trouble]) -> SomePart:
    """``part`` if there are none; else all of them at once, each at its own place in the file."""
    errors = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{error}", {"error": text}), loc=loc, input=None
        )
        for loc, text in troubles
    ]
    if errors:
        raise ValidationError.from_exception_data(type(part).__name__, errors)
    return part
