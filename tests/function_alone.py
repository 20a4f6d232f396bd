"""The function with no other package than its own lock has: `nox -s function` runs this where only those are installed.

Usage: python tests/function_alone.py INDEX
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main(arguments: list[str]) -> str:
    """Answer a search through the handler; a sentence on what was found."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "manifest.json").is_file():
        sys.exit("Name the folder of a built index, such as .demo/index, which `nox -s demo` makes.")
    os.environ["INDEX_URI"] = str(Path(arguments[0]).resolve())

    # Only now: it opens the index that the environment names.
    import search_fn.app
    from search_fn.handler import handler
    from search_fn.provider import Provider
    from search_fn.tools.registry import TOOLS
    from tests.support.lambda_runtime import function_url

    def get(path: str, **query: str) -> Any:
        answer = handler(function_url(path, query), None)
        body = json.loads(answer["body"])
        if answer["statusCode"] != 200:
            sys.exit(f"{path} answered {answer['statusCode']}: {body['detail']}")
        return body

    listed = get("/api/v1/codebundles", limit="1")["codebundles"]
    if not listed:
        sys.exit(f"The index in {arguments[0]} has no bundle to search for; `nox -s demo` says why, or makes another.")
    first = listed[0]
    answer = get("/api/v1/search", q=first["slug"])
    detail = get(f"/api/v1/collections/{first['codecollection']['slug']}/codebundles/{first['slug']}")
    if answer["results"][0]["slug"] != first["slug"] or detail["id"] != first["id"]:
        sys.exit(f"The search for {first['slug']} has another bundle first: {answer['results'][0]['id']}")
    # Their schemas are made when they are first asked for.
    if len(get("/tools")["tools"]) != len(TOOLS):
        sys.exit("GET /tools does not list all tools.")
    if get("/openapi.json") != search_fn.app.app.openapi():
        sys.exit("The API's description is not the application's.")
    # The chat imports its provider's package only where one is configured.
    Provider("openai", "model", "key").async_client()
    return f"{first['slug']} is first of {answer['total']}, of build {answer['build_id']}"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
