"""Requests for CodeBundles as issues on GitHub, where this registry has a token: no request is made twice, and at most
a set number an hour by all callers.

Within one process both limits are exact. Several processes see each other's issues only as GitHub lists them: of two
equal requests at the same moment the later one closes its own, and each process may exceed the hour's number by one.
"""

import hashlib
import hmac
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from search_fn.retries import retry_after
from search_fn.settings import Settings

if TYPE_CHECKING:
    from httpx2 import Client, Response

REPOSITORY = Settings.issues_repository
LABEL = "new-codebundle-request"
API = Settings.issues_api
# Seconds for one call of GitHub's interface.
_SECONDS = 8.0
# Seconds that a request waits for those before it, each of which may take a few calls of _SECONDS.
_TURN_SECONDS = 10.0
_HOUR = timedelta(hours=1)
# Pages of our own issues that are read, and issues of a page, which is the most that GitHub takes.
_PAGES, _PAGE = 3, 100
# Seconds until a second try after a 5xx answer without Retry-After.
_RETRY_SECONDS = 1.0
# A digest of the request's key, and the signature by which this registry made it. Only the last line of an issue
# counts: the lines above are the caller's, who could copy another issue's mark there.
_MARK = "<!-- registry request ([0-9a-f]{32}) ([0-9a-f]{64}) -->"
_TOO_MANY = "Too many requests were made within the hour; use the address instead."


class TrackerError(Exception):
    """The issue was not made; the message is for the person who requested it."""


class Issue(NamedTuple):
    """The address of a request, and whether it is open."""

    url: str
    is_open: bool


class Tracker:
    """The issue tracker that `settings` name, for one process. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.repository = settings.issues_repository
        self._token = settings.issues_token
        self._off = settings.issues_off or "This registry submits nothing itself: a person opens the address."
        self._root = settings.issues_api
        self._issues = f"{self._root}/repos/{self.repository}/issues"
        self._hourly = settings.issues_hourly
        # A derived key, so that the token itself signs nothing.
        self._key = hmac.digest(self._token.encode("utf-8", "surrogateescape"), b"registry request mark", "sha256")
        self._lock = Lock()
        self._author = ""
        # Issues that were made here within the hour, with the time, by digest: GitHub's list may lag by seconds.
        self._recent: dict[str, tuple[float, Issue]] = {}

    def submit(self, title: str, body: str, key: str) -> Issue:
        """Return the issue of a request, which is made now unless it exists; block until the tracker has answered.

        Args:
            title: The issue's title.
            body: Its text, in Markdown.
            key: Identifies the request: one with the same key is not made again.

        Raises:
            TrackerError: There is no token, the tracker does not answer, or too many were made within the hour.
        """
        if not self._token:
            raise TrackerError(self._off)
        # One request at a time, since another could be made between the look for an equal one and the post.
        if not self._lock.acquire(timeout=_TURN_SECONDS):
            raise TrackerError("Other requests are being made just now; use the address instead.")
        try:
            return self._submit(title, body, hashlib.sha256(key.encode()).hexdigest()[:32])
        finally:
            self._lock.release()

    def _submit(self, title: str, body: str, digest: str) -> Issue:
        now = time.monotonic()
        self._recent = {each: entry for each, entry in self._recent.items() if now - entry[0] < _HOUR.total_seconds()}
        if digest in self._recent:
            return self._recent[digest][1]
        if len(self._recent) >= self._hourly:
            raise TrackerError(_TOO_MANY)

        import httpx2  # takes a tenth of a second, and most starts of the function never need it

        try:
            with httpx2.Client(headers=headers(self._token), timeout=_SECONDS) as client:
                ours = self._ours(client)
                if same := [issue for issue in ours if self._digest(issue) == digest]:
                    return self._issue(min(same, key=_number))
                hour_ago = datetime.now(UTC) - _HOUR
                if sum(datetime.fromisoformat(issue["created_at"]) > hour_ago for issue in ours) >= self._hourly:
                    raise TrackerError(_TOO_MANY)
                issue = {"title": title, "body": f"{body}\n\n{self._mark(digest)}", "labels": [LABEL]}
                posted = client.post(self._issues, json=issue).raise_for_status().json()
                self._recent[digest] = now, self._issue(posted)
                # The issue exists now, so errors of the check for duplicates must not be reported as a failure.
                with suppress(httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                    self._recent[digest] = now, self._issue(self._first(client, posted, digest))
                return self._recent[digest][1]
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            # The error's text may repeat the tracker's answer, so it is not passed on.
            raise TrackerError("The issue tracker did not take it; use the address instead.") from error

    def _first(self, client: "Client", posted: dict[str, Any], digest: str) -> dict[str, Any]:
        """Return the oldest of the issues with this digest, and close `posted` where another process's is older."""
        same = [issue for issue in self._ours(client) if self._digest(issue) == digest]
        first = min([posted, *same], key=_number)
        if _number(first) != _number(posted):
            closing = {"state": "closed", "state_reason": "not_planned"}
            client.patch(f"{self._issues}/{_number(posted)}", json=closing).raise_for_status()
        return first

    def _ours(self, client: "Client") -> list[dict[str, Any]]:
        """Return the newest issues, open or closed, that this account made with a mark at their end."""
        if not self._author:
            self._author = str(client.get(f"{self._root}/user").raise_for_status().json()["login"])
        issues = list_issues(client, self._issues, _PAGES, state="all", creator=self._author)
        return [
            issue
            for issue in issues
            if issue["user"]["login"].casefold() == self._author.casefold() and re.fullmatch(_MARK, _last_line(issue))
        ]

    def _mark(self, digest: str) -> str:
        return f"<!-- registry request {digest} {hmac.digest(self._key, digest.encode(), 'sha256').hex()} -->"

    def _digest(self, issue: dict[str, Any]) -> str | None:
        """Return the digest in an issue's mark, None where the mark is missing or signed with another token."""
        mark = re.fullmatch(_MARK, _last_line(issue))
        return mark[1] if mark and hmac.compare_digest(mark[0], self._mark(mark[1])) else None

    def _issue(self, issue: dict[str, Any]) -> Issue:
        return Issue(issue_address(self.repository, issue), issue["state"] == "open")


def headers(token: str) -> dict[str, str]:
    """Return the headers of a call of GitHub's interface."""
    return {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}


def list_issues(client: "Client", address: str, pages: int, *, patience: float = 0.0, **filters: str) -> list[Any]:
    """Return the newest issues as the tracker sends them, unvalidated.

    Args:
        client: A client whose headers have the token.
        address: The address of the repository's issues.
        pages: Pages of a hundred issues at most.
        patience: Seconds that a page may be waited for: one that fails with a 5xx, or with a request for a shorter
            pause, is requested a second time. 0, wherever a person waits, for never.
        filters: GitHub's parameters.

    Raises:
        HTTPError: The tracker does not answer, or with an error.
        ValueError: The answer is not JSON.
        TypeError: The answer is not a list.
    """
    issues: list[Any] = []
    for page in range(1, pages + 1):
        params: dict[str, str | int] = {**filters, "sort": "created", "per_page": _PAGE, "page": page}
        answer = client.get(address, params=params)
        if 0 < (pause := _pause(answer)) <= patience:
            time.sleep(pause)
            answer = client.get(address, params=params)
        batch = answer.raise_for_status().json()
        if not isinstance(batch, list):
            raise TypeError("issues come as a list")
        issues += batch
        if len(batch) < _PAGE:
            break
    return issues


def _pause(answer: "Response") -> float:
    """Return after how many seconds a second try makes sense, 0 where it does not."""
    if answer.status_code >= 500:
        return retry_after(answer.headers) or _RETRY_SECONDS
    # GitHub answers 403 or 429 with Retry-After to too many requests, and 403 without it to a token that it refuses.
    return retry_after(answer.headers) or 0.0 if answer.status_code in (403, 429) else 0.0


def issue_address(repository: str, issue: dict[str, Any]) -> str:
    """Return the address of an issue, built from its number: an address in the answer could lead people and models
    elsewhere.
    """
    return f"https://github.com/{repository}/issues/{_number(issue)}"


def _number(issue: dict[str, Any]) -> int:
    return int(issue["number"])


def _last_line(issue: dict[str, Any]) -> str:
    return str(issue["body"] or "").rstrip().rpartition("\n")[2]
