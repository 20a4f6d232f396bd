"""The official SDK from version 2: one client that settles the protocol's version by itself."""

import asyncio
import json
import sys

import mcp
from mcp.client.stdio import StdioServerParameters, stdio_client


async def main(case):
    server = case["address"]
    if case["transport"] == "stdio":
        server = stdio_client(
            StdioServerParameters(command=case["command"], args=case["arguments"], env=case["environment"])
        )
    async with mcp.Client(server) as client:
        found = await client.call_tool("find_codebundle", {"query": case["query"]})
        details = await client.call_tool("get_codebundle_details", {"slug": case["slug"]})
        resources, cursor = 0, None
        while True:
            page = await client.list_resources(cursor=cursor)
            resources, cursor = resources + len(page.resources), page.next_cursor
            if not cursor:
                break
        return {
            "tools": [tool.name for tool in (await client.list_tools()).tools],
            "resources": resources,
            "prompts": len((await client.list_prompts()).prompts),
            "found": found.content[0].text,
            "details": details.content[0].text,
            "read": (await client.read_resource(case["resource"])).contents[0].text,
            "notes": [client.protocol_version],
        }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
