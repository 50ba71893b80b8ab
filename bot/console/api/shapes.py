"""The shapes of the answers as JSON Schema, beside which the functions that make them are tested (`bot.coverage`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model.ledger import Evidence, Reason
from bot.model.tree import Mode, Use

Schema = dict[str, Any]
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
DATE: Schema = {"type": "string", "format": "date"}
TIME: Schema = {"type": "string", "format": "date-time"}
SHARE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
YES: Schema = {"type": "boolean"}


def maybe(schema: Mapping[str, Any], says: str = "") -> Schema:
    """It, or null."""
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    told = {"description": says} if says else {}
    return {**schema, **values, "type": [schema["type"], "null"], **told}


def one_of(values: Sequence[str], says: str = "") -> Schema:
    return {"type": "string", "enum": list(values), **({"description": says} if says else {})}


def whole(says: str, **fields: Mapping[str, Any]) -> Schema:
    """An object that has all of ``fields`` and no others; a key that ends in “_” is a word of Python."""
    named = {name.rstrip("_"): schema for name, schema in fields.items()}
    return {
        "type": "object",
        "description": says,
        "properties": named,
        "required": list(named),
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _said(schema: Mapping[str, Any], says: str) -> Schema:
    return {**schema, "description": says}


def page_of(name: str, says: str) -> Schema:
    """The envelope of a list that comes in pages."""
    return whole(
        says,
        node=_said(TEXT, "看的是哪个单位（路径）"),
        from_=DATE,
        to=DATE,
        items={"type": "array", "items": ref(name)},
        next=maybe(
            TEXT,
            "不是 null 就还有：把它写进 after 再问一次。一页可能不满，也可能是空的，只看 next。",
        ),
    )


_COVERAGE: dict[str, Schema] = {
    "node": _said(TEXT, "单位的路径"),
    "from_": DATE,
    "to": DATE,
    "waves": _said(COUNT, "批次数"),
    "expected": _said(COUNT, "应转群次（一个批次发到一个群是一个群次）"),
    "covered": _said(COUNT, "转到群次，等于 on_time + late"),
    "on_time": COUNT,
    "late": COUNT,
    "by_evidence": whole("转到的按凭据分", **dict.fromkeys((e.value for e in Evidence), COUNT)),
    "holes": _said(COUNT, "空白点：没有群的单位，算一个应转群次"),
    "exempt": _said(COUNT, "豁免的，不在应转里"),
    "coverage": {**SHARE, "description": "转到 ÷ 应转；没有应转时是 null"},
    "members_expected": _said(COUNT, "群成员人次：一个人在两个群里算两次"),
    "members_covered": COUNT,
}
_REASON = one_of([reason.value for reason in Reason], "缺口的原因")
_STATES = ["exempt", "covered", "open", *(r.value for r in Reason if r is not Reason.NOT_REPOSTED)]
SCHEMAS: Mapping[str, Schema] = {
    "Figures": whole("一个单位的覆盖", **_COVERAGE),
    "Coverage": whole(
        "一个单位的覆盖，和下面一级的", **_COVERAGE, children={"type": "array", "items": ref("Figures")}
    ),
    "Gap": whole(
        "一个缺口：该到而没到",
        wave=TEXT,
        node=TEXT,
        group=maybe(TEXT, "群名；空白点没有群，是 null"),
        worker=maybe(TEXT, "负责人；令牌不给姓名时总是 null"),
        reason=_REASON,
        due=TIME,
        overdue=YES,
    ),
    "Target": whole(
        "台账的一行：一个批次、一个群",
        wave=TEXT,
        content=TEXT,
        node=TEXT,
        group=maybe(TEXT, "群名；空白点没有群，是 null"),
        mode=maybe(one_of([mode.value for mode in Mode])),
        use=maybe(one_of([use.value for use in Use])),
        state=one_of(_STATES),
        accepted_at=maybe(TIME),
        evidence=maybe(one_of([e.value for e in Evidence])),
        covered_at=maybe(TIME),
        on_time=maybe(YES),
        due=TIME,
        reason=maybe(_REASON, "没转到的原因；转到了或豁免了是 null"),
        exempt=YES,
    ),
    "Wave": whole(
        "一个批次，和它在这个单位的数",
        wave=_said(TEXT, "批次的名称，用在 wave 参数里"),
        content=TEXT,
        title=TEXT,
        campaign=maybe(TEXT),
        urgent=YES,
        starts_at=TIME,
        closes_at=TIME,
        withdrawn=YES,
        expected=COUNT,
        covered=COUNT,
        on_time=COUNT,
        late=COUNT,
        exempt=COUNT,
        coverage=SHARE,
    ),
    "Gaps": page_of("Gap", "缺口，一页"),
    "Ledger": page_of("Target", "台账，一页"),
    "Waves": whole(
        "批次",
        node=TEXT,
        from_=DATE,
        to=DATE,
        items={"type": "array", "items": ref("Wave")},
    ),
    "Error": whole("为什么不行，写给人看的", error=TEXT),
}
