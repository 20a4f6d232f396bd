"""The tools for programs that speak plain HTTP."""

import json

import httpx2

from search_fn.tools.registry import TOOLS
from tests.support.mcp_messages import call
from tests.support.tool_calls import text


def test_programs_list_tools_by_category(api: httpx2.Client) -> None:
    listed = api.get("/tools").json()
    assert [tool["name"] for tool in listed["tools"]] == list(TOOLS)
    assert listed["total_count"] == len(TOOLS)
    parts = [api.get(f"/tools/by-category/{one}").json()["tools"] for one in ("search", "info", "action")]
    assert sorted(tool["name"] for part in parts for tool in part) == sorted(TOOLS)
    assert [tool["name"] for tool in parts[2]] == ["request_codebundle"]
    assert api.get("/tools/by-category/other").status_code == 422


def test_programs_get_the_answers_that_agents_get(api: httpx2.Client) -> None:
    arguments = {"query": "pods keep restarting"}
    called = call(api, "find_codebundle", arguments)
    asked = [api.post("/tools/call", json={"tool_name": "find_codebundle", "arguments": arguments}) for _ in range(2)]
    assert asked[0].content == asked[1].content
    answer = asked[0].json()
    assert (answer["success"], answer["error"]) == (True, None)
    assert answer["result"] == text(called)
    assert answer["structured"] == called["structuredContent"]
    assert answer["metadata"]["tool"] == "find_codebundle"


def test_programs_are_told_what_is_wrong(api: httpx2.Client) -> None:
    lone = {"tool_name": "find_codebundle", "arguments": {"\ud800": 1}}
    for body, status in (({"tool_name": "no_such"}, 404), (lone, 400)):
        answer = api.post("/tools/call", content=json.dumps(body), headers={"content-type": "application/json"})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    body = {"tool_name": "get_codebundle_details", "arguments": {"slug": "no-such-thing"}}
    answer = api.post("/tools/call", json=body)
    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["result"]) == (False, None)
    assert "no such CodeBundle" in answer.json()["error"]
