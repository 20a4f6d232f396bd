"""FastMCP; from version 4 with the skills, each held against its digest."""

import asyncio
import hashlib
import json
import sys

import fastmcp
from fastmcp.client.transports import StdioTransport


async def skills(client):
    """The number of skills, after each file has been read and held against its size and digest."""
    found = await client.list_skills()
    for skill in found:
        data = (await client.read_resource(skill.uri))[0].text.encode()
        (told,) = (one for one in skill.resources if str(one.uri) == str(skill.uri))
        assert (told.size, told.digest) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}"), skill.uri
    return len(found)


async def main(case):
    server = case["address"]
    if case["transport"] == "stdio":
        server = StdioTransport(case["command"], case["arguments"], env=case["environment"])
    options = {}
    if int(fastmcp.__version__.partition(".")[0]) >= 4:
        from fastmcp.skills import SkillsClientExtension

        options["extensions"] = [SkillsClientExtension()]
    async with fastmcp.Client(server, **options) as client:
        found = await client.call_tool("find_codebundle", {"query": case["query"]})
        details = await client.call_tool("get_codebundle_details", {"slug": case["slug"]})
        # The object that it makes of the output schema.
        assert found.data.results, found.data
        seen = {
            "tools": [tool.name for tool in await client.list_tools()],
            "resources": len(await client.list_resources()),
            "prompts": len(await client.list_prompts()),
            "found": found.content[0].text,
            "details": details.content[0].text,
            "read": (await client.read_resource(case["resource"]))[0].text,
            "notes": [],
        }
        if options:
            seen["skills"] = await skills(client)
        return seen


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
