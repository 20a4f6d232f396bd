"""Requests for CodeBundles as issues on GitHub, made here where this registry has a token: no request twice, and only
so many an hour, whoever asks.

Within one process both hold. Several processes see each other's issues only as GitHub lists them: of two equal requests
at the same moment the later one closes its own, and each process may exceed the hour's number by one.
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
_SECONDS = 8.0
# How long a request waits for those before it; each may take a few calls of _SECONDS.
_TURN_SECONDS = 10.0
_HOUR = timedelta(hours=1)
_PAGES, _PAGE = 3, 100
# Seconds until it is asked again where it is out of order.
_OUT_OF_ORDER = 1.0
# Of the text that makes a request what it is, and that this registry wrote it. It counts as the last line alone: the
# lines above are the caller's, who could copy another's there.
_MARK = "<!-- registry request ([0-9a-f]{32}) ([0-9a-f]{64}) -->"
_TOO_MANY = "Too many requests were made within the hour; use the address instead."


class TrackerUnavailable(Exception):
    """The issue was not made; the message is for whoever asked for it."""


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
        # Derived, so that the token signs nothing else.
        self._key = hmac.digest(self._token.encode("utf-8", "surrogateescape"), b"registry request mark", "sha256")
        self._lock = Lock()
        self._author = ""
        # What was made here within the hour, by digest: GitHub's list may be behind by seconds.
        self._made: dict[str, tuple[float, Issue]] = {}

    def submit(self, title: str, body: str, key: str) -> Issue:
        """Return the issue with this `key`, made now unless there is one; it blocks until the tracker has answered.

        Args:
            title: The issue's title.
            body: Its text, in Markdown.
            key: What makes a request the same one when it is made again.

        Raises:
            TrackerUnavailable: there is no token, the tracker does not answer, or too many were made.
        """
        if not self._token:
            raise TrackerUnavailable(self._off)
        # One at a time: between looking and writing nobody else may write.
        if not self._lock.acquire(timeout=_TURN_SECONDS):
            raise TrackerUnavailable("Other requests are being made just now; use the address instead.")
        try:
            return self._submit(title, body, hashlib.sha256(key.encode()).hexdigest()[:32])
        finally:
            self._lock.release()

    def _submit(self, title: str, body: str, digest: str) -> Issue:
        now = time.monotonic()
        self._made = {each: made for each, made in self._made.items() if now - made[0] < _HOUR.total_seconds()}
        if digest in self._made:
            return self._made[digest][1]
        if len(self._made) >= self._hourly:
            raise TrackerUnavailable(_TOO_MANY)

        import httpx2  # a tenth of a second, which only those pay who use it

        try:
            with httpx2.Client(headers=headers(self._token), timeout=_SECONDS) as client:
                ours = self._ours(client)
                if same := [issue for issue in ours if self._digest(issue) == digest]:
                    return self._found(min(same, key=_number))
                hour_ago = datetime.now(UTC) - _HOUR
                if sum(datetime.fromisoformat(issue["created_at"]) > hour_ago for issue in ours) >= self._hourly:
                    raise TrackerUnavailable(_TOO_MANY)
                wanted = {"title": title, "body": f"{body}\n\n{self._mark(digest)}", "labels": [LABEL]}
                made = client.post(self._issues, json=wanted).raise_for_status().json()
                self._made[digest] = now, self._found(made)
                # It is made, whatever goes wrong from here on.
                with suppress(httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                    self._made[digest] = now, self._found(self._first(client, made, digest))
                return self._made[digest][1]
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Never its text, which may be the tracker's.
            raise TrackerUnavailable("The issue tracker did not take it; use the address instead.") from error

    def _first(self, client: "Client", made: dict[str, Any], digest: str) -> dict[str, Any]:
        """Return the first of the issues with this digest, and close `made` where that is another process's."""
        same = [issue for issue in self._ours(client) if self._digest(issue) == digest]
        first = min([made, *same], key=_number)
        if _number(first) != _number(made):
            closing = {"state": "closed", "state_reason": "not_planned"}
            client.patch(f"{self._issues}/{_number(made)}", json=closing).raise_for_status()
        return first

    def _ours(self, client: "Client") -> list[dict[str, Any]]:
        """Return the newest issues, open or closed, that this account made with a mark at their end."""
        if not self._author:
            self._author = str(client.get(f"{self._root}/user").raise_for_status().json()["login"])
        found = list_issues(client, self._issues, _PAGES, state="all", creator=self._author)
        return [
            issue
            for issue in found
            if issue["user"]["login"].casefold() == self._author.casefold() and re.fullmatch(_MARK, _last_line(issue))
        ]

    def _mark(self, digest: str) -> str:
        return f"<!-- registry request {digest} {hmac.digest(self._key, digest.encode(), 'sha256').hex()} -->"

    def _digest(self, issue: dict[str, Any]) -> str | None:
        """Return the digest in an issue's mark, None where another token signed it, or nobody."""
        mark = re.fullmatch(_MARK, _last_line(issue))
        return mark[1] if mark and hmac.compare_digest(mark[0], self._mark(mark[1])) else None

    def _found(self, issue: dict[str, Any]) -> Issue:
        return Issue(issue_address(self.repository, issue), issue["state"] == "open")


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}


def list_issues(client: "Client", address: str, pages: int, *, patience: float = 0.0, **wanted: str) -> list[Any]:
    """Return the newest issues, whatever the tracker calls one.

    Args:
        client: Has the token.
        address: Where the issues are.
        pages: Ask for so many of a hundred at most.
        patience: Ask a second time for a page where GitHub is out of order, or asks for a pause of at most so many
            seconds. By default, and wherever a person waits, nothing is asked twice.
        wanted: GitHub's parameters.

    Raises:
        HTTPError: It does not answer.
        ValueError: It answers with no JSON.
        TypeError: Or with no list.
    """
    found: list[Any] = []
    for page in range(1, pages + 1):
        asked: dict[str, str | int] = {**wanted, "sort": "created", "per_page": _PAGE, "page": page}
        answer = client.get(address, params=asked)
        if 0 < (pause := _pause(answer)) <= patience:
            time.sleep(pause)
            answer = client.get(address, params=asked)
        batch = answer.raise_for_status().json()
        if not isinstance(batch, list):
            raise TypeError("issues come as a list")
        found += batch
        if len(batch) < _PAGE:
            break
    return found


def _pause(answer: "Response") -> float:
    """Return after how many seconds GitHub may answer better, 0 where it has answered or never will."""
    if answer.status_code >= 500:
        return retry_after(answer.headers) or _OUT_OF_ORDER
    # So it answers whoever asks too often; a token that it does not like is refused with no such word.
    return retry_after(answer.headers) or 0.0 if answer.status_code in (403, 429) else 0.0


def issue_address(repository: str, issue: dict[str, Any]) -> str:
    """Built, not taken: what the tracker says goes to people and models."""
    return f"https://github.com/{repository}/issues/{_number(issue)}"


def _number(issue: dict[str, Any]) -> int:
    return int(issue["number"])


def _last_line(issue: dict[str, Any]) -> str:
    return str(issue["body"] or "").rstrip().rpartition("\n")[2]
