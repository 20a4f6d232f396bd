"""A snapshot of the issue tracker: which CodeBundles have been requested and are not there yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx2

from build.model import Problem
from build.open_requests import OpenRequest, OpenRequests
from build.problems import problem
from search_fn.issues.github import API, LABEL, REPOSITORY, headers, issue_address, list_issues
from search_fn.text import visible

# Pages of the list of issues that are read.
_PAGES = 10
# Seconds for one request, and for all retries together.
_SECONDS, _PATIENCE = 20, 60
# Characters of a title that are shown.
_LONGEST = 200


def read_open_requests(
    environment: Mapping[str, str], before: OpenRequests | None
) -> tuple[OpenRequests | None, list[Problem]]:
    """Read the requests for CodeBundles that are open in the issue tracker.

    Args:
        environment: GITHUB_TOKEN, without which nothing is read; GITHUB_API_URL, where to ask;
            REGISTRY_REQUESTS_REPOSITORY, for which repository.
        before: The requests as last published, which stay where the tracker does not answer.

    Returns:
        The requests, newest first, None without a token; and a problem where the tracker did not answer.
    """
    token = environment.get("GITHUB_TOKEN")
    if not token:
        return None, []
    repository = environment.get("REGISTRY_REQUESTS_REPOSITORY") or REPOSITORY
    address = f"{environment.get('GITHUB_API_URL') or API}/repos/{repository}/issues"
    try:
        with httpx2.Client(headers=headers(token), timeout=_SECONDS) as client:
            issues = list_issues(client, address, _PAGES, patience=_PATIENCE, state="open")
        result = [row for issue in issues if (row := _row(repository, issue))]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        # Never its text: it may be the tracker's, or have the address with the token's owner.
        message = f"The requests of {repository} could not be read ({type(error).__name__}); those known before stay."
        return before, [problem("requests-not-read", message, collection="")]
    return {"repository": repository, "requests": sorted(result, key=lambda row: -row["number"])}, []


def _row(repository: str, issue: dict[str, Any]) -> OpenRequest | None:
    """Return an issue that is a request, with the fields that pages show; None for any other issue."""
    # The title counts too, because the label of upstream's own form has a stray quote in it.
    labels = [label["name"] for label in issue["labels"]]
    if "pull_request" in issue or not any(LABEL in text for text in (issue["title"], *labels)):
        return None
    return {
        "number": int(issue["number"]),
        "title": " ".join(visible(issue["title"]).split())[:_LONGEST],
        "url": issue_address(repository, issue),
        "created_at": datetime.fromisoformat(issue["created_at"]).isoformat(),
    }
