"""The configurations with which clients of the Model Context Protocol reach this registry's function."""

import base64
import json
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode, urljoin

EXAMPLE = "pods keep restarting"
"""What the page shows an agent to ask."""
NAME = "codecollection-registry"
# Stands for the site's own address where the build was told of none; site.js puts it there.
_UNKNOWN = "https://HOST"


class Client(NamedTuple):
    """A client: `where` its settings are, and the `text` that goes there.

    `install` is an address with which the client installs it, "" where it has none or the function's address is
    unknown.
    """

    name: str
    where: str
    text: str
    install: str = ""


def function_address(search_url: str, site_url: str) -> str:
    """Return the function's absolute address, without a "/" at its end."""
    return urljoin(f"{site_address(site_url)}/", search_url).rstrip("/")


def site_address(site_url: str) -> str:
    """Return the site's absolute address, without a "/" at its end."""
    return (site_url or _UNKNOWN).rstrip("/")


def clients(address: str) -> list[Client]:
    """Return each client and its configuration; docs/agents.md has more of them, and their reasons."""
    http = {"type": "http", "url": address}
    bridge = {"command": "npx", "args": ["-y", "mcp-remote", address]}
    return [
        Client("Claude Code", "In a terminal", f"claude mcp add --transport http {NAME} {address}"),
        Client("Claude Desktop", "claude_desktop_config.json", _json("mcpServers", bridge)),
        Client("Cursor", "~/.cursor/mcp.json", _json("mcpServers", {"url": address}), _cursor_link(address)),
        Client("VS Code", ".vscode/mcp.json of a workspace", _json("servers", http), _vscode_link(address)),
        Client("Codex CLI", "~/.codex/config.toml", f"[mcp_servers.{NAME}]\nurl = {json.dumps(address)}"),
        Client("Others", "A file .mcp.json, as many clients read it", _json("mcpServers", http)),
    ]


def _cursor_link(address: str) -> str:
    """Return the address with which Cursor installs a server, by https://cursor.com/docs/mcp/install-links."""
    if address.startswith(_UNKNOWN):
        return ""
    configuration = base64.b64encode(json.dumps({"url": address}).encode()).decode()
    return f"cursor://anysphere.cursor-deeplink/mcp/install?{urlencode({'name': NAME, 'config': configuration})}"


def _vscode_link(address: str) -> str:
    """Return the address with which VS Code installs a server."""
    if address.startswith(_UNKNOWN):
        return ""
    return f"vscode:mcp/install?{quote(json.dumps({'name': NAME, 'type': 'http', 'url': address}), safe='')}"


def _json(key: str, server: Mapping[str, object]) -> str:
    return json.dumps({key: {NAME: server}}, indent=2)
