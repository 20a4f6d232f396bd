"""Requests for CodeBundles as issues on GitHub, made here where this registry has a token: no request twice, and only
so many an hour, whoever asks.
"""

import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from search_fn.secret import secret

if TYPE_CHECKING:
    from httpx2 import Client

REPOSITORY = os.environ.get("REGISTRY_REQUESTS_REPOSITORY") or "runwhen-contrib/codecollection-registry"
LABEL = "new-codebundle-request"
_SECONDS = 8.0
_PAGES = 3
_MARK = "<!-- registry request {} -->"


class TrackerUnavailable(Exception):
    """The issue was not made; the message is for whoever asked for it."""


def submit(title: str, body: str, key: str) -> str:
    """As `IssueTracker.submit`, where the environment names one.

    Raises:
        TrackerUnavailable: it does not, or the issue could not be made.
    """
    tracker = IssueTracker.from_environment()
    if tracker is None:
        raise TrackerUnavailable("This registry submits nothing itself: a person opens the address.")
    return tracker.submit(title, body, key)


@dataclass(frozen=True)
class IssueTracker:
    """`hourly` is how many requests may come from here within an hour."""

    token: str = field(repr=False)
    api: str = "https://api.github.com"
    hourly: int = 10

    @classmethod
    def from_environment(cls) -> "IssueTracker | None":
        """GITHUB_TOKEN (or a reference to it), GITHUB_API_URL and REQUESTS_PER_HOUR; None
        without a token.

        Raises:
            SecretUnavailable: GITHUB_TOKEN names a secret that cannot be read.
        """
        token = secret("GITHUB_TOKEN")
        if not token:
            return None
        return cls(
            token,
            (os.environ.get("GITHUB_API_URL") or cls.api).rstrip("/"),
            hourly=int(os.environ.get("REQUESTS_PER_HOUR") or cls.hourly),
        )

    def submit(self, title: str, body: str, key: str) -> str:
        """The address of the open issue with this key, made now unless there is one.

        Raises:
            TrackerUnavailable: GitHub does not answer, or too many were made.
        """
        import httpx2  # a tenth of a second, which only those pay who use it

        mark = _MARK.format(hashlib.sha256(key.encode()).hexdigest()[:16])
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json"}
        try:
            with httpx2.Client(headers=headers, timeout=_SECONDS) as client:
                ours = [issue for issue in self._newest(client) if _MARK.partition("{")[0] in (issue["body"] or "")]
                for issue in ours:
                    if mark in issue["body"]:
                        return self._address(issue)
                hour_ago = datetime.now(UTC) - timedelta(hours=1)
                if sum(datetime.fromisoformat(issue["created_at"]) > hour_ago for issue in ours) >= self.hourly:
                    raise TrackerUnavailable("Too many requests were made within the hour; use the address instead.")
                made = client.post(
                    self._issues, json={"title": title, "body": f"{body}\n\n{mark}", "labels": [LABEL]}
                ).raise_for_status()
                return self._address(made.json())
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            # Never its text, which may be the tracker's.
            raise TrackerUnavailable("The issue tracker did not take it; use the address instead.") from error

    @property
    def _issues(self) -> str:
        return f"{self.api}/repos/{REPOSITORY}/issues"

    def _newest(self, client: "Client") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in range(1, _PAGES + 1):
            asked: dict[str, str | int] = {"state": "open", "sort": "created", "per_page": 100, "page": page}
            batch = client.get(self._issues, params=asked).raise_for_status().json()
            found += batch
            if len(batch) < 100:
                break
        return found

    def _address(self, issue: dict[str, Any]) -> str:
        # Built, not taken: what the tracker says goes to people and models.
        return f"https://github.com/{REPOSITORY}/issues/{int(issue['number'])}"
