"""The official SDK before version 2: a session over streams. The oldest have neither HTTP nor cursors."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

import pydantic
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def streams(case, stack):
    if case["transport"] == "stdio":
        parameters = StdioServerParameters(command=case["command"], args=case["arguments"], env=case["environment"])
        return await stack.enter_async_context(stdio_client(parameters))
    from mcp.client.streamable_http import streamablehttp_client

    return (await stack.enter_async_context(streamablehttp_client(case["address"])))[:2]


async def listed(session):
    """Every resource, or the first page where the client has no cursor."""
    found, cursor = [], None
    while True:
        page = await (session.list_resources(cursor) if cursor else session.list_resources())
        found += page.resources
        cursor = getattr(page, "nextCursor", None)
        if not cursor or session.list_resources.__code__.co_argcount < 2:
            return found


async def main(case):
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(*await streams(case, stack)))
        protocol = (await session.initialize()).protocolVersion
        found = await session.call_tool("find_codebundle", {"query": case["query"]})
        details = await session.call_tool("get_codebundle_details", {"slug": case["slug"]})
        # Addresses were a type of pydantic's until 2.0.
        read = await session.read_resource(pydantic.AnyUrl(case["resource"]))
        return {
            "tools": [tool.name for tool in (await session.list_tools()).tools],
            "resources": len(await listed(session)),
            "prompts": len((await session.list_prompts()).prompts),
            "found": found.content[0].text,
            "details": details.content[0].text,
            "read": read.contents[0].text,
            "notes": [protocol],
        }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
