"""What get_codebundle_details answers, over real HTTP: the record's facts, each once."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.tools.details import details_of
from tests.support.made_up import settings_for
from tests.support.mcp_messages import call, result, send
from tests.support.serving import serving
from tests.support.tool_calls import data, size, text

PODS = "beacon-codecollection/k8s-pod-restarts"
PLACE = "/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts"
# Fields that say what another says, and which.
TWICE = {
    "name": "slug", "display_name": "title", "doc": "description", "tasks": "tools", "slis": "tools",
    "task_count": "tools", "sli_count": "tools", "platform": "platforms", "git_updated_at": "history",
    "minimum_iam_requirements": "permissions", "data_classifications": "tools", "ai_enhanced_description": "ai",
}  # fmt: skip


def test_full_details_are_those_of_rest(api: httpx2.Client) -> None:
    wanted = api.get(PLACE).json()
    told = data(api, "get_codebundle_details", slug=PODS, detail="full")["codebundle"]
    # In other words: each without what says nothing, or what another field says.
    own = {"description", "configuration_type", "tools", "permissions", "history"}
    nothing: tuple[Any, ...] = (None, "", [], {})
    same = {name: value for name, value in wanted.items() if name not in own | TWICE.keys() and value not in nothing}
    assert {name: told[name] for name in same} == same
    assert {name for name, other in TWICE.items() if name in told} == set()
    assert told["description"] == wanted["doc"]
    assert [tool["name"] for tool in told["tools"]] == [tool["name"] for tool in wanted["tools"]]


def test_a_bundle_in_brief_is_what_it_is_and_what_it_needs(api: httpx2.Client) -> None:
    brief, standard = (call(api, "get_codebundle_details", {"slug": PODS, "detail": d}) for d in ("brief", "standard"))
    assert size(brief) < size(standard) / 1.3
    assert len(text(brief)) < len(text(standard)) / 1.3
    named = [[tool["name"] for tool in one["structuredContent"]["codebundle"]["tools"]] for one in (brief, standard)]
    assert named[0] == named[1] != []
    for said in (text(brief), text(standard)):
        assert "Finds pods whose containers restart" in said
        assert "Count Restarts" in said
    assert "Names each pod that restarted" not in text(brief)


def test_configuration_and_permissions_are_given_with_their_addresses(api: httpx2.Client) -> None:
    told = data(api, "get_codebundle_details", slug=PODS)["codebundle"]
    root = str(api.base_url).rstrip("/")
    assert told["record_url"] == f"{root}{PLACE}.json"
    configuration = told["configuration"]
    assert configuration["url"] == f"{root}{PLACE}/config.yaml"
    assert api.get(configuration["url"]).text == configuration["text"]
    said = text(call(api, "get_codebundle_details", {"slug": PODS}))
    assert f"```yaml\n{configuration['text'].rstrip()}\n```" in said
    assert f"## Configuration\n\n`config.yaml`: <{configuration['url']}>\n" in said
    brief = data(api, "get_codebundle_details", slug=PODS, detail="brief")["codebundle"]["configuration"]
    assert brief == {"name": "config.yaml", "url": configuration["url"]}


def test_addresses_are_those_of_the_site_where_settings_name_one(made_up: Any) -> None:
    settings = replace(settings_for(made_up.folder), site_url="https://site.example/below")
    with serving(create_app(settings)) as client:
        told = data(client, "get_codebundle_details", slug=PODS)["codebundle"]
        assert told["record_url"] == f"https://site.example/below{PLACE}.json"
        answer = client.post("/tools/call", json={"tool_name": "get_codebundle_details", "arguments": {"slug": PODS}})
        assert answer.json()["structured"]["codebundle"]["configuration"]["url"].startswith(
            "https://site.example/below/"
        )
        read = send(client, "modern", "resources/read", {"uri": f"codebundle://{PODS}"})
        assert f"<https://site.example/below{PLACE}.json>" in result(read)["contents"][0]["text"]


def record(**changes: Any) -> dict[str, Any]:
    """A record of few words."""
    tool: dict[str, Any] = {
        "kind": "runbook", "name": "Restart", "title": "Restart", "documentation": "", "tags": [], "access": "unknown",
        "access_declared": None, "effect": "unclear", "unclear_because": [], "commands": [], "data": [], "line": 7,
        "variables": [], "scripts": [], "raises_issues": False,
        "source_url": "https://gitlab.com/o/c/-/blob/0ab/codebundles/a-b/runbook.robot#L7",
    }  # fmt: skip
    return {
        "id": "c/a-b", "name": "a-b", "slug": "a-b", "title": "A B", "description": "One.", "doc": "One.\n\nTwo.",
        "ai": None, "ai_enhanced_description": None, "permissions": [], "minimum_iam_requirements": [],
        "configuration_type": {"type": "Manual", "templates": ["x.yaml"], "platform": None, "resource_types": []},
        "codecollection": {"slug": "c"}, "tools": [tool], "user_variables": [], "secrets": [],
        **changes,
    }  # fmt: skip


def test_only_what_says_something_is_told() -> None:
    told = details_of(record(), {})
    assert told["description"] == "One.\n\nTwo."
    assert told["configuration_type"] == {"type": "Manual"}
    assert {"doc", "ai", "configuration", "permission_files"} & told.keys() == set()
    assert (told["permissions"], told["secrets"]) == ([], [])
    # A title that is not the name is said.
    tool = record()["tools"][0]
    assert "title" not in told["tools"][0]
    assert details_of(record(tools=[{**tool, "title": "B"}]), {})["tools"][0]["title"] == "B"


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("https://github.com/o/c/blob/0ab/codebundles/a-b/runbook.robot#L7", "FILE#LLINE"),
        ("https://bitbucket.org/o/c/src/0ab/codebundles/a-b/runbook.robot#lines-7", "FILE#lines-LINE"),
    ],
)
def test_lines_have_addresses_as_their_host_has_them(address: str, line: str) -> None:
    tools = [{**record()["tools"][0], "source_url": address}]
    assert details_of(record(tools=tools), {})["line_url"] == address.partition("runbook")[0] + line


def test_commands_stand_once_and_permissions_by_their_places() -> None:
    folder = "codebundles/a-b"
    commands = [
        {"command": "rm", "effect": "changes", "path": f"{folder}/a.sh", "line": 3, "condition": "", "source_url": "u"},
        {"command": "ls", "effect": "reads", "path": f"{folder}/a.sh", "line": 4, "condition": None, "source_url": "u"},
    ]  # fmt: skip
    evidence = [
        {"path": path, "line": line} for path, line in ((f"{folder}/a.sh", 9), ("lib/x.py", 1), (f"{folder}/a.sh", 3))
    ]
    needs = {"platform": "AWS", "permission": "s3:Get", "scope": None, "operation": None, "evidence": evidence}
    told = details_of(record(tools=[{**record()["tools"][0], "commands": commands}], permissions=[needs]), {})
    assert told["tools"][0]["commands"] == commands[:1]
    assert told["tools"][0]["reading_commands"] == [{"command": "ls", "path": f"{folder}/a.sh", "line": 4}]
    assert told["permissions"] == [{"platform": "AWS", "permission": "s3:Get", "at": ["a.sh:3,9", "../../lib/x.py:1"]}]
    # What the code needs is not what people decided, where they did.
    assert details_of(record(minimum_iam_requirements=["x"]), {})["minimum_iam_requirements"] == ["x"]
