"""Pydantic AI's toolset without a model."""

import asyncio
import json
import sys

from fastmcp.client.transports import StdioTransport
from pydantic_ai.mcp import MCPToolset


def text(answer):
    """What the model would get: text, or the structured content as a value."""
    return answer if isinstance(answer, str) else json.dumps(answer, default=str, ensure_ascii=False)


async def main(case):
    server = case["address"]
    if case["transport"] == "stdio":
        server = StdioTransport(case["command"], case["arguments"], env=case["environment"])
    async with MCPToolset(server) as toolset:
        return {
            "tools": [tool.name for tool in await toolset.list_tools()],
            "resources": len(await toolset.list_resources()),
            "prompts": len(await toolset.list_prompts()),
            "found": text(await toolset.direct_call_tool("find_codebundle", {"query": case["query"]})),
            "details": text(await toolset.direct_call_tool("get_codebundle_details", {"slug": case["slug"]})),
            "read": text(await toolset.read_resource(case["resource"])),
            "notes": [],
        }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
