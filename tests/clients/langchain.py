"""LangChain's adapters: tools that a chain calls, resources as blobs."""

import asyncio
import json
import sys

from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_mcp_adapters.client import MultiServerMCPClient


def text(answer):
    return answer if isinstance(answer, str) else answer[0]["text"]


async def main(case):
    server = {"transport": "streamable_http", "url": case["address"]}
    if case["transport"] == "stdio":
        server = {"transport": "stdio", "command": case["command"], "args": case["arguments"]}
        server["env"] = case["environment"]
    client = MultiServerMCPClient({"registry": server})
    tools = {tool.name: tool for tool in await client.get_tools()}
    strict = [convert_to_openai_tool(tool, strict=True) for tool in tools.values()]
    (blob,) = await client.get_resources("registry", uris=[case["resource"]])
    return {
        "tools": list(tools),
        "resources": len(await client.get_resources("registry")),
        "found": text(await tools["find_codebundle"].ainvoke({"query": case["query"]})),
        "details": text(await tools["get_codebundle_details"].ainvoke({"slug": case["slug"]})),
        "read": blob.as_string(),
        "notes": [f"{len(strict)} strict conversions"],
    }


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
