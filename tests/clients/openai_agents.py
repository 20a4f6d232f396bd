"""OpenAI's Agents SDK without a model: tools in strict form, called as the runner calls them."""

import asyncio
import json
import sys

from agents.mcp import MCPServerStdio, MCPServerStreamableHttp, MCPUtil
from agents.strict_schema import ensure_strict_json_schema


async def main(case):
    if case["transport"] == "stdio":
        parameters = {"command": case["command"], "args": case["arguments"], "env": case["environment"]}
        server = MCPServerStdio(parameters, client_session_timeout_seconds=60)
    else:
        server = MCPServerStreamableHttp({"url": case["address"]}, client_session_timeout_seconds=60)
    async with server:
        tools = await server.list_tools()
        # What cannot be made strict is left as it is, without an error.
        made = [MCPUtil.to_function_tool(tool, server, convert_schemas_to_strict=True) for tool in tools]
        loose = [tool.name for tool in made if not tool.strict_json_schema]
        assert not loose, f"not strict: {', '.join(loose)}"
        for tool in made:
            ensure_strict_json_schema(tool.params_json_schema)
        found = await server.call_tool("find_codebundle", {"query": case["query"]})
        details = await server.call_tool("get_codebundle_details", {"slug": case["slug"]})
        resources, cursor = 0, None
        while True:
            page = await server.list_resources(cursor)
            resources += len(page.resources)
            cursor = getattr(page, "nextCursor", None) or getattr(page, "next_cursor", None)
            if not cursor:
                break
        return {
            "tools": [tool.name for tool in made],
            "resources": resources,
            "prompts": len((await server.list_prompts()).prompts),
            "found": found.content[0].text,
            "details": details.content[0].text,
            "read": (await server.read_resource(case["resource"])).contents[0].text,
            "notes": [f"{len(made)} strict conversions"],
        }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
