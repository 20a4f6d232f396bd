"""Requests for CodeBundles as issues on GitHub, made here where this registry has a token: no request twice, and only
so many an hour, whoever asks.
"""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from search_fn.secrets import secret

if TYPE_CHECKING:
    from httpx2 import Client

REPOSITORY = os.environ.get("REGISTRY_REQUESTS_REPOSITORY") or "runwhen-contrib/codecollection-registry"
LABEL = "new-codebundle-request"
API = "https://api.github.com"
_SECONDS = 8.0
_HOURLY = 10
_PAGES, _PAGE = 3, 100
_MARK = "<!-- registry request {} -->"


class TrackerUnavailable(Exception):
    """The issue was not made; the message is for whoever asked for it."""


def submit(title: str, body: str, key: str) -> str:
    """The address of the open issue with this key, made now unless there is one. The environment has GITHUB_TOKEN (or
    a reference to it), and may have GITHUB_API_URL and REQUESTS_PER_HOUR: how many may come from here within an hour.
    Raises TrackerUnavailable if there is no token, GitHub does not answer, or too many were made, and SecretUnavailable
    if GITHUB_TOKEN names a secret that cannot be read.
    """
    token = secret("GITHUB_TOKEN")
    if not token:
        raise TrackerUnavailable("This registry submits nothing itself: a person opens the address.")
    hourly = int(os.environ.get("REQUESTS_PER_HOUR") or _HOURLY)
    address = f"{(os.environ.get('GITHUB_API_URL') or API).rstrip('/')}/repos/{REPOSITORY}/issues"
    mark = _MARK.format(hashlib.sha256(key.encode()).hexdigest()[:16])

    import httpx2  # a tenth of a second, which only those pay who use it

    try:
        with httpx2.Client(headers=headers(token), timeout=_SECONDS) as client:
            newest = open_issues(client, address, _PAGES)
            ours = [issue for issue in newest if _MARK.partition("{")[0] in (issue["body"] or "")]
            for issue in ours:
                if mark in issue["body"]:
                    return issue_address(issue)
            hour_ago = datetime.now(UTC) - timedelta(hours=1)
            if sum(datetime.fromisoformat(issue["created_at"]) > hour_ago for issue in ours) >= hourly:
                raise TrackerUnavailable("Too many requests were made within the hour; use the address instead.")
            wanted = {"title": title, "body": f"{body}\n\n{mark}", "labels": [LABEL]}
            return issue_address(client.post(address, json=wanted).raise_for_status().json())
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        # Never its text, which may be the tracker's.
        raise TrackerUnavailable("The issue tracker did not take it; use the address instead.") from error


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}


def open_issues(client: "Client", address: str, pages: int) -> list[Any]:
    """The newest open issues, whatever the tracker calls one, from at most so many pages of a hundred. Raises
    HTTPError, ValueError or TypeError if it does not answer, or with no list.
    """
    found: list[Any] = []
    for page in range(1, pages + 1):
        asked: dict[str, str | int] = {"state": "open", "sort": "created", "per_page": _PAGE, "page": page}
        batch = client.get(address, params=asked).raise_for_status().json()
        if not isinstance(batch, list):
            raise TypeError("issues come as a list")
        found += batch
        if len(batch) < _PAGE:
            break
    return found


def issue_address(issue: dict[str, Any]) -> str:
    """Built, not taken: what the tracker says goes to people and models."""
    return f"https://github.com/{REPOSITORY}/issues/{int(issue['number'])}"
