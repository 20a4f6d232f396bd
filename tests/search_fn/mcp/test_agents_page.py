"""docs/agents.md: what it has people copy works, and what it lists is there."""

import json
import re
import shlex
import sys
import tomllib
from typing import Any

import httpx2
import pytest
from mcp.client.stdio import StdioServerParameters

from search_fn.mcp import prompts, resources
from search_fn.mcp.methods import tool_list
from search_fn.settings import PACKAGE
from tests.support.official_client import use_everything

PAGE = (PACKAGE / "docs" / "agents.md").read_text(encoding="utf-8")
ADDRESS = "https://registry.runwhen.com/mcp"
PACKAGED = ["uvx", "codecollection-registry-mcp", "--site", "https://registry.runwhen.com"]
CHECKOUT = "/path/to/codecollection-registry"
CLIENTS = ("Claude Code", "Claude Desktop", "Cursor", "VS Code", "Windsurf", "Codex CLI", "Gemini CLI")


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def configured() -> list[dict[str, Any]]:
    """The server of each block of configuration."""
    parsed = [*map(json.loads, blocks("json")), *map(tomllib.loads, blocks("toml"))]
    found = []
    for block in parsed:
        ((where, servers),) = block.items()
        assert where in ("mcpServers", "servers", "mcp_servers")
        found += servers.values()
    return found


def commands() -> list[list[str]]:
    """The words of each command line."""
    return [shlex.split(line) for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]


def rows(heading: str) -> list[tuple[str, str]]:
    _, _, table = PAGE.partition(f"| {heading} |")
    return re.findall(r"^\| `(.+?)` \| (.+) \|$", table.partition("\n\n")[0], re.MULTILINE)


def test_tools_resources_and_prompts_are_those_that_there_are() -> None:
    assert rows("tool") == [(one["name"], one["description"]) for one in tool_list()]
    assert rows("resource") == [(one["uriTemplate"], one["description"]) for one in resources.TEMPLATES]
    assert rows("prompt") == [(one["name"], one["description"]) for one in prompts.prompt_list()]


@pytest.mark.parametrize("heading", ["Over HTTP", "On your own machine"])
def test_each_client_has_its_own_words(heading: str) -> None:
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    named = " ".join(re.findall(r"\*\*(.+?)\*\*", section))
    assert [client for client in CLIENTS if client not in named] == []


def test_each_block_names_the_address_or_starts_the_server() -> None:
    servers = configured()
    remote = [server for server in servers if server.get("command") != "uvx"]
    local = [server for server in servers if server.get("command") == "uvx"]
    assert (len(local), len(remote)) == (3, 8)
    assert [server["args"] for server in local] == [PACKAGED[1:]] * 3
    for server in remote:
        (address,) = re.findall(r"https://[^\"]+", json.dumps(server))
        assert address in (ADDRESS, ADDRESS.removesuffix("/mcp"))
    adding = [words for words in commands() if words[:3] == ["claude", "mcp", "add"]]
    assert [[word for word in words if word.endswith("/mcp")] for words in adding[:1]] == [[ADDRESS]]
    start = [f"{CHECKOUT}/.nox/build/bin/python", "-m", "search_fn.stdio"]
    assert [words[words.index("--") + 1 :] for words in adding if "--" in words] == [PACKAGED, start]


def test_what_starts_it_on_this_machine_works_from_any_folder(made_up, tmp_path) -> None:
    (words,) = [words for words in commands() if f"{CHECKOUT}/.nox/build/bin/python" in words]
    env = {words[words.index("--env") + 1].partition("=")[0]: str(PACKAGE), "INDEX_URI": str(made_up.folder)}
    args = words[words.index("--") + 2 :]
    use_everything(StdioServerParameters(command=sys.executable, args=args, env=env, cwd=tmp_path), "2026-07-28")


def test_what_is_sent_by_hand_is_answered(api: httpx2.Client) -> None:
    asked = [words for words in commands() if words[0] == "curl"]
    assert len(asked) == 3
    for _, quiet, address, *words in asked:
        assert quiet == "-sS"
        options = list(zip(words[::2], words[1::2], strict=True))
        headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
        (body,) = [value for option, value in options if option == "-d"]
        answer = api.post(address.removeprefix(ADDRESS.removesuffix("/mcp")), content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        assert "k8s-pod-restarts" in answer.text
