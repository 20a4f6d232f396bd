"""One issue for each collection that three runs in a row could not bring up to date; closed when it is well again.

python tell.py REPORT, the JSON of `python -m build run --json`; GITHUB_TOKEN and GITHUB_REPOSITORY say where.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

LABEL = "collection-failing"
RUNS = 3


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Return GitHub's answer."""
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    headers = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"}
    address = f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/issues{path}"
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 - GitHub's own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        return json.load(answer)


def text(report: dict[str, Any], slug: str, failures: int) -> str:
    """Return the issue's text; messages, which may hold a repository's text, stand in a block of code."""
    errors = [
        f"    {problem['code']}: {' '.join(problem['message'].split())}"
        for problem in report["problems"]
        if problem["collection"] == slug and problem["severity"] == "error"
    ]
    head = f"{failures} runs in a row could not bring it up to date. What is published is its last good state."
    return "\n".join([head, "", *errors])


def main(report: dict[str, Any]) -> None:
    query = urlencode({"state": "open", "labels": LABEL, "per_page": 100})
    open_issues = {issue["title"]: issue["number"] for issue in ask("GET", f"?{query}")}
    for collection in report["collections"]:
        slug, failures = collection["slug"], collection["failures"]
        title = f"{slug} cannot be brought up to date"
        number = open_issues.get(title)
        if failures >= RUNS and number:
            ask("PATCH", f"/{number}", {"body": text(report, slug, failures)})
        elif failures >= RUNS:
            ask("POST", "", {"title": title, "labels": [LABEL], "body": text(report, slug, failures)})
        elif failures == 0 and number:
            ask("PATCH", f"/{number}", {"state": "closed", "state_reason": "completed"})


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
