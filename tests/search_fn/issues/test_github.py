"""Requests become issues: once, a few an hour, and never at the cost of the answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from search_fn.issues.github import LABEL, REPOSITORY, TrackerUnavailable, submit
from tests.support.issue_tracker import TOKEN, IssueTracker, issue_tracker


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> Iterator[IssueTracker]:
    with issue_tracker() as found:
        for name, value in (found.environment | {"REQUESTS_PER_HOUR": "3"}).items():
            monkeypatch.setenv(name, value)
        yield found


def test_without_a_token_nobody_is_asked(tracker: IssueTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    with pytest.raises(TrackerUnavailable, match="a person opens the address"):
        submit("Kafka", "lag", "kafka")
    assert tracker.asked == []


def test_a_request_becomes_an_issue_once(tracker: IssueTracker) -> None:
    first = f"https://github.com/{REPOSITORY}/issues/1"
    assert submit("Kafka", "lag", "kafka") == first
    (issue,) = tracker.issues
    assert (issue["title"], issue["labels"]) == ("Kafka", [{"name": LABEL}])
    assert issue["body"].startswith("lag\n\n<!-- registry request ")
    # What came near it may have changed its text.
    assert submit("Kafka", "lag, like #1", "kafka") == first
    assert len(tracker.issues) == 1
    assert submit("Kafka", "lag", "another").endswith("/2")
    # Closed: it is wanted again.
    issue["state"] = "closed"
    assert submit("Kafka", "lag", "kafka").endswith("/3")


def test_only_so_many_are_made_within_an_hour(tracker: IssueTracker) -> None:
    now = datetime.now(UTC)
    for number in range(5):
        tracker.add(f"old {number}", body="<!-- registry request x -->", created_at=str(now - timedelta(minutes=61)))
        tracker.add(f"by hand {number}", body="x", created_at=str(now))
    for number in range(3):
        submit("Kafka", "lag", str(number))
        tracker.issues[-1]["created_at"] = str(now)
    with pytest.raises(TrackerUnavailable, match="Too many"):
        submit("Kafka", "lag", "one more")
    # One that is there already is still found.
    assert submit("Kafka", "lag", "2").endswith("/13")
    assert len(tracker.issues) == 13


@pytest.mark.parametrize("status", [401, 403, 422, 429, 500])
def test_a_tracker_that_refuses_is_told_without_its_words(tracker: IssueTracker, status: int) -> None:
    tracker.failing = status
    with pytest.raises(TrackerUnavailable, match="use the address") as raised:
        submit("Kafka", "lag", "kafka")
    assert TOKEN not in str(raised.value)
    assert tracker.issues == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"7", b"[7]", b'[{"number": 1}]'])
def test_a_tracker_that_lies_is_told(tracker: IssueTracker, body: bytes) -> None:
    tracker.body = body
    with pytest.raises(TrackerUnavailable):
        submit("Kafka", "lag", "kafka")
