"""google-genai's own converter over all tools: what it makes of a session that is given to a model as a tool."""

import asyncio
import json
import sys

from google.genai import _mcp_utils, types
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def main(case):
    async with streamable_http_client(case["address"]) as streams, ClientSession(*streams[:2]) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        made = [_mcp_utils.mcp_to_gemini_tool(tool).function_declarations[0] for tool in tools]
        for tool, declaration in zip(tools, made, strict=True):
            schema = getattr(tool, "input_schema", None) or tool.inputSchema
            assert set(declaration.parameters.properties or {}) == set(schema.get("properties", {})), tool.name
            assert set(declaration.parameters.required or []) == set(schema.get("required", [])), tool.name
            assert declaration.parameters.type == types.Type.OBJECT, tool.name
        found = await session.call_tool("find_codebundle", {"query": case["query"]})
        details = await session.call_tool("get_codebundle_details", {"slug": case["slug"]})
        return {
            "tools": [declaration.name for declaration in made],
            "found": found.content[0].text,
            "details": details.content[0].text,
            "notes": [f"mcp_to_gemini_tool: {len(made)} declarations, every argument in them"],
        }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
