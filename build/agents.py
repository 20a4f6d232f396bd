"""How clients of the Model Context Protocol are told of this registry's function. Pure."""

import json
from collections.abc import Mapping
from typing import NamedTuple

NAME = "codecollection-registry"


class Client(NamedTuple):
    """`where` its settings are, and the `text` that goes there."""

    name: str
    where: str
    text: str


def mcp_address(search_url: str, site_url: str) -> str:
    """Where the function speaks the protocol; a path alone where the build was told of no address."""
    return f"{(search_url or site_url).rstrip('/')}/mcp"


def clients(address: str) -> list[Client]:
    """Each client and its configuration; docs/agents.md has more of them, and their reasons."""
    http = {"type": "http", "url": address}
    bridge = {"command": "npx", "args": ["-y", "mcp-remote", address]}
    return [
        Client("Claude Code", "In a terminal", f"claude mcp add --transport http {NAME} {address}"),
        Client("Claude Desktop", "claude_desktop_config.json", _json("mcpServers", bridge)),
        Client("Cursor", "~/.cursor/mcp.json", _json("mcpServers", {"url": address})),
        Client("VS Code", ".vscode/mcp.json of a workspace", _json("servers", http)),
        Client("Codex CLI", "~/.codex/config.toml", f"[mcp_servers.{NAME}]\nurl = {json.dumps(address)}"),
        Client("Others", "A file .mcp.json, as many clients read it", _json("mcpServers", http)),
    ]


def _json(key: str, server: Mapping[str, object]) -> str:
    return json.dumps({key: {NAME: server}}, indent=2)
