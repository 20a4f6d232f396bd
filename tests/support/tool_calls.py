"""Tools as an agent calls them over HTTP: data, text and size of the answer."""

import json
from typing import Any

import httpx2

from tests.support.mcp_messages import call


def data(api: httpx2.Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    called = call(api, tool, arguments)
    assert called["isError"] is False, called
    result: dict[str, Any] = called["structuredContent"]
    return result


def text(called: dict[str, Any]) -> str:
    result: str = called["content"][0]["text"]
    return result


def error(api: httpx2.Client, tool: str, /, **arguments: Any) -> str:
    called = call(api, tool, arguments)
    assert called["isError"] is True, called
    assert "structuredContent" not in called
    return text(called)


def ids(found: dict[str, Any]) -> list[str]:
    return [result["id"] for result in found["results"]]


def size(called: dict[str, Any]) -> int:
    """Return characters of the longer half of an answer: a client shows a model one of them."""
    compact = json.dumps(called["structuredContent"], ensure_ascii=False, separators=(",", ":"))
    return max(len(compact), len(text(called)))
