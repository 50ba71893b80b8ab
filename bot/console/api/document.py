"""The OpenAPI document, made from the table of endpoints: what stands in it is what is served, and nothing else."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from bot import __version__
from bot.console.api.endpoints import ENDPOINTS, Endpoint
from bot.console.api.parameters import MOST_DAYS, Parameter
from bot.console.api.shapes import SCHEMAS, ref
from bot.console.app import API, Asked
from bot.console.gate import A_MINUTE

PATH = f"{API}/openapi.json"
_ABOUT = (
    f"只读。日期是本地日期，时间带 +08:00。一个令牌每分钟最多 {A_MINUTE} 次，一次最多看 {MOST_DAYS} 天。"
    "单位写路径，如 清河镇/柳林村；只看得到令牌的范围。没有电话，默认没有姓名。"
)
_SECONDS = {"description": "几秒后再试", "schema": {"type": "integer", "minimum": 1}}
_REFUSALS = {
    "400": "参数不对",
    "401": "没有令牌，或者令牌不对、停用了",
    "403": "令牌的单位不在名册里了",
    "404": "没有这个批次或专项行动；没有这个单位，或者它不在令牌的范围里",
    "421": "不是这台服务器的名字",
    "429": "问得太勤；按 Retry-After 等",
    "500": "服务出错",
    "503": "数据库忙，过几秒再试",
}


async def document(asked: Asked) -> Response:
    """The document. It says nothing of the town, so it is anybody's."""
    return JSONResponse(openapi())


def openapi() -> dict[str, Any]:
    """All endpoints, as OpenAPI 3.1."""
    itself = {
        "get": {
            "operationId": "openapi",
            "summary": "这份文档。不用令牌。",
            "security": [],
            "responses": {
                "200": _answer("OpenAPI 3.1 文档", {"type": "object"}),
                **{code: _refusal(code) for code in ("421", "500")},
            },
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "传达：只读接口", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {**{endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS}, PATH: itself},
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.name,
        "summary": endpoint.says,
        "parameters": [_parameter(one) for one in endpoint.parameters],
        "responses": {
            "200": _answer(endpoint.says, ref(endpoint.answers)),
            **{code: _refusal(code) for code in _REFUSALS},
        },
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": "query",
        "required": False,
        "description": one.says,
        "schema": dict(one.schema),
    }


def _refusal(code: str) -> dict[str, Any]:
    headers = {"headers": {"Retry-After": _SECONDS}} if code == "429" else {}
    return {**_answer(_REFUSALS[code], ref("Error")), **headers}


def _answer(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": schema}}}
