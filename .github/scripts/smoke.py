"""Ask a deployed function what its users will: python smoke.py ADDRESS BUILD_ID; API_TOKEN where one is wanted."""

import json
import os
import sys
import time
import urllib.request
from typing import Any

ATTEMPTS, PAUSE = 5, 3.0
MCP = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def ask(address: str, body: dict[str, Any] | None = None) -> Any:
    """Return the answer's JSON; a new deployment may need a moment."""
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    if token := os.environ.get("API_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None, headers)  # noqa: S310 - whoever deploys names it
    attempts = ATTEMPTS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the deployment's own address
                return json.load(answer)
        except OSError:
            attempts -= 1
            if not attempts:
                raise
            time.sleep(PAUSE)


def main(address: str, build_id: str) -> str | None:
    """Return what is wrong, if anything is."""
    health = ask(f"{address}/api/v1/health")
    if health["build_id"] != build_id:
        return f"it has build {health['build_id']}, not {build_id}"
    found = ask(f"{address}/api/v1/search?q=pods+keep+restarting")
    if not found["total"] or found["degraded"]:
        return f"the search finds {found['total']}, degraded: {found['degraded']}"
    if not ask(f"{address}/mcp", MCP)["result"]["tools"]:
        return "MCP names no tools"
    return None


if __name__ == "__main__":
    wrong = main(sys.argv[1].rstrip("/"), sys.argv[2])
    print(f"::error::{wrong}" if wrong else f"sound: build {sys.argv[2]}")
    sys.exit(wrong is not None)
