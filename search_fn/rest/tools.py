"""The tools for programs that speak plain HTTP: listed at /tools, called at /tools/call."""

from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Path, Request
from pydantic import BaseModel, Field

from search_fn.http.own_address import own_address
from search_fn.http.responses import NOT_FOUND, UNREAD
from search_fn.http.threads import call_apart
from search_fn.mcp.methods import tool_list
from search_fn.settings import Settings
from search_fn.tools.arguments import ArgumentsError, ToolError
from search_fn.tools.registry import TOOLS, Service, call, find_tool


class ToolList(BaseModel):
    """Tools as MCP lists them, each with its `category`."""

    tools: list[dict[str, Any]]
    total_count: int


class ToolCall(BaseModel):
    """Which tool is called, and with what."""

    tool_name: Annotated[str, Field(description="A name of GET /tools.", examples=["find_codebundle"])]
    arguments: Annotated[
        dict[str, Any], Field(description="As its inputSchema has them.", examples=[{"query": "pods keep restarting"}])
    ] = {}


class CallFacts(BaseModel):
    """`timestamp` is when the index was last brought up to date: equal calls have equal answers."""

    tool: str
    timestamp: str | None
    build_id: str


class ToolAnswer(BaseModel):
    """`result` is Markdown and `structured` the same as data; where `success` is false, `error` says what to do."""

    success: bool
    result: str | None
    error: str | None
    structured: dict[str, Any] | None
    metadata: CallFacts


def add_tool_routes(app: FastAPI, service: Service, settings: Settings) -> None:
    """Add the routes over the index that is current when each request comes."""

    @app.get("/tools", tags=["tools"], operation_id="list_tools", summary="List the tools for agents")
    async def tools() -> ToolList:
        """The tools that agents have, for programs that speak plain HTTP."""
        return _tool_list(*TOOLS)

    @app.get(
        "/tools/by-category/{category}",
        tags=["tools"],
        operation_id="list_tools_of_category",
        summary="List the tools of a category",
    )
    async def tools_by_category(
        category: Annotated[
            Literal["search", "info", "action"],
            Path(description="search finds, info tells, action makes something public.", examples=["search"]),
        ],
    ) -> ToolList:
        """The tools of one category."""
        return _tool_list(*(tool.name for tool in TOOLS.values() if tool.category == category))

    @app.post(
        "/tools/call",
        tags=["tools"],
        operation_id="call_tool",
        summary="Call a tool",
        responses={**NOT_FOUND, **UNREAD},
    )
    async def call_tool(wanted: ToolCall, request: Request) -> ToolAnswer:
        """Call one tool; wrong arguments are a problem that says what to send."""
        try:
            tool = find_tool(wanted.tool_name)
        except ArgumentsError as error:
            raise HTTPException(404, f"tool_name: {error}") from None
        manifest = service.index().manifest
        facts = CallFacts(tool=tool.name, timestamp=manifest.updated, build_id=manifest.build_id)
        try:
            waits = settings.embeddings is not None or tool.waits
            data, text = await call_apart(
                waits, call, tool, service.at(own_address(request, settings)), wanted.arguments
            )
        except ArgumentsError as error:
            raise HTTPException(400, str(error)) from None
        except ToolError as error:
            return ToolAnswer(success=False, result=None, error=str(error), structured=None, metadata=facts)
        return ToolAnswer(success=True, result=text, error=None, structured=data, metadata=facts)


def _tool_list(*names: str) -> ToolList:
    tools = [{**tool, "category": TOOLS[tool["name"]].category} for tool in tool_list() if tool["name"] in names]
    return ToolList(tools=tools, total_count=len(tools))
