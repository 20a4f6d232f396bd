"""MCP messages as clients of either era send them."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import httpx2
from mcp.shared.inbound import encode_header_value

Era = Literal["modern", "legacy"]
ERAS: tuple[Era, ...] = ("modern", "legacy")
META = "io.modelcontextprotocol/"


def message(era: Era, method: str, params: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body and the headers of a request with id 1."""
    params = dict(params or {})
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    if era == "modern":
        version = "2026-07-28"
        params["_meta"] = {f"{META}protocolVersion": version, f"{META}clientCapabilities": {}}
        headers |= {"mcp-protocol-version": version, "mcp-method": method}
        if "name" in params or "uri" in params:
            headers["mcp-name"] = encode_header_value(str(params.get("name", params.get("uri"))))
    else:
        headers["mcp-protocol-version"] = "2025-11-25"
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers


def send(
    api: httpx2.Client, era: Era, method: str, params: Mapping[str, Any] | None = None, **changed: str
) -> httpx2.Response:
    """Return what a request is answered; `changed` are headers that a client would not send."""
    body, headers = message(era, method, params)
    return api.post("/mcp", content=json.dumps(body), headers={**headers, **changed})


def result(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert set(body) == {"jsonrpc", "id", "result"}, body
    result: dict[str, Any] = body["result"]
    return result


def refused(answer: httpx2.Response, code: int, status: int) -> dict[str, Any]:
    """Return the body of an error."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["error"]["code"] == code, body
    assert body["error"]["message"]
    return body


def call(api: httpx2.Client, tool: str, arguments: Mapping[str, Any], era: Era = "modern") -> dict[str, Any]:
    """Return the result of a tool."""
    return result(send(api, era, "tools/call", {"name": tool, "arguments": arguments}))
