"""The protocol's official client, and all that this server has for it."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextContent, TextResourceContents

from tests.support.lambda_runtime import Event, LambdaRuntime

MODES = ("auto", "2026-07-28", "legacy")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "find_codebundle": {"query": "pods keep restarting"},
    "search_codebundles": {"query": "endpoint", "tags": ["HTTP"]},
    "list_codebundles": {},
    "get_codebundle_details": {"slug": "k8s-pod-restarts"},
    "what_changed": {"since": "2026-01-01"},
    "get_codebundle_file": {"slug": "k8s-pod-restarts", "path": "runbook.robot"},
    "find_codecollection": {"query": "database"},
    "list_codecollections": {},
    "keyword_usage_help": {"query": "run cli"},
    "find_library_info": {"query": "kubectl"},
    "find_documentation": {"query": "secrets"},
    "get_development_requirements": {"feature": "secrets"},
    "request_codebundle": {"platform": "AWS", "tasks": ["List idle volumes"]},
    "check_existing_requests": {"search_term": "aws"},
    "search": {"query": "pods keep restarting"},
    "fetch": {"id": "beacon-codecollection/k8s-pod-restarts"},
}
"""What each tool is called with over the made-up catalogue."""


def use_everything(server: Any, mode: str) -> None:
    """Connect to `server` (an address, a command or a transport) and use all that it has once."""

    async def talk() -> None:
        async with Client(server, mode=mode) as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == list(ARGUMENTS)
            result: dict[str, Any] = {}
            for name, arguments in ARGUMENTS.items():
                # Other catalogues have other ids.
                if name == "fetch":
                    arguments = {"id": result["results"][0]["id"]}
                # It holds structured content against the output schema by itself.
                called = await client.call_tool(name, arguments)
                assert called.is_error is False, called
                assert called.structured_content
                result = called.structured_content
                assert called.content[0].type == "text"
                wrong = await client.call_tool(name, {"no_such_argument": 1})
                assert wrong.is_error is True
            listed = (await client.list_resources()).resources
            assert len(listed) > 2
            for resource in listed:
                (content,) = (await client.read_resource(resource.uri)).contents
                assert isinstance(content, TextResourceContents)
                assert (content.uri, content.mime_type) == (resource.uri, "text/markdown")
                # A page of documentation need not name its category.
                assert resource.name.split("/")[0] in content.text or not str(resource.uri).startswith("code")
            assert len((await client.list_resource_templates()).resource_templates) == 5
            (prompt,) = (await client.list_prompts()).prompts
            filled = await client.get_prompt(prompt.name, {"problem": "pods keep restarting"})
            assert isinstance(filled.messages[0].content, TextContent)
            assert "pods keep restarting" in filled.messages[0].content.text

    # In a thread of its own: it would take from this one the loop that Mangum keeps here.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk()).result(120)


class LambdaTransport(httpx2.AsyncBaseTransport):
    """Hands each request to a function of Lambda as an event, whose body may be in base64."""

    def __init__(self, function: LambdaRuntime, event: Callable[..., Event], encoded: bool) -> None:
        self._function, self._event, self._encoded = function, event, encoded

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        text = base64.b64encode(body).decode() if self._encoded else body.decode()
        event = self._event(request.url.path, method=request.method, headers=dict(request.headers), body=text)
        answer = self._function.invoke({**event, "isBase64Encoded": self._encoded}).body
        return httpx2.Response(answer["statusCode"], headers=answer["headers"], content=answer["body"].encode())


def over_lambda(function: LambdaRuntime, event: Callable[..., Event], encoded: bool) -> Any:
    """Return the client's transport to a function, as events of one kind."""
    client = httpx2.AsyncClient(transport=LambdaTransport(function, event, encoded))
    return streamable_http_client("http://function/mcp", http_client=client)
