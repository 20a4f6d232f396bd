"""Requests become issues: once, a few an hour, and never at the cost of the answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from issue_tracker import TOKEN, issue_tracker
from issue_tracker import IssueTracker as Fake

from search_fn.issue_tracker import LABEL, REPOSITORY, IssueTracker, TrackerUnavailable


@pytest.fixture
def fake() -> Iterator[Fake]:
    with issue_tracker() as found:
        yield found


@pytest.fixture
def tracker(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> IssueTracker:
    for name, value in (fake.environment | {"REQUESTS_PER_HOUR": "3"}).items():
        monkeypatch.setenv(name, value)
    found = IssueTracker.from_environment()
    assert found
    return found


def test_without_a_token_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert IssueTracker.from_environment() is None


def test_a_request_becomes_an_issue_once(fake: Fake, tracker: IssueTracker) -> None:
    first = f"https://github.com/{REPOSITORY}/issues/1"
    assert tracker.submit("Kafka", "lag", "kafka") == first
    (issue,) = fake.issues
    assert (issue["title"], issue["labels"]) == ("Kafka", [{"name": LABEL}])
    assert issue["body"].startswith("lag\n\n<!-- registry request ")
    # What came near it may have changed its text.
    assert tracker.submit("Kafka", "lag, like #1", "kafka") == first
    assert len(fake.issues) == 1
    assert tracker.submit("Kafka", "lag", "another").endswith("/2")
    # Closed: it is wanted again.
    issue["state"] = "closed"
    assert tracker.submit("Kafka", "lag", "kafka").endswith("/3")


def test_only_so_many_are_made_within_an_hour(fake: Fake, tracker: IssueTracker) -> None:
    now = datetime.now(UTC)
    for number in range(5):
        fake.add(f"old {number}", body="<!-- registry request x -->", created_at=str(now - timedelta(minutes=61)))
        fake.add(f"by hand {number}", body="x", created_at=str(now))
    for number in range(3):
        tracker.submit("Kafka", "lag", str(number))
        fake.issues[-1]["created_at"] = str(now)
    with pytest.raises(TrackerUnavailable, match="Too many"):
        tracker.submit("Kafka", "lag", "one more")
    # One that is there already is still found.
    assert tracker.submit("Kafka", "lag", "2").endswith("/13")
    assert len(fake.issues) == 13


@pytest.mark.parametrize("status", [401, 403, 422, 429, 500])
def test_a_tracker_that_refuses_is_told_without_its_words(fake: Fake, tracker: IssueTracker, status: int) -> None:
    fake.failing = status
    with pytest.raises(TrackerUnavailable, match="use the address") as raised:
        tracker.submit("Kafka", "lag", "kafka")
    assert TOKEN not in str(raised.value)
    assert fake.issues == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"7", b"[7]", b'[{"number": 1}]'])
def test_a_tracker_that_lies_is_told(fake: Fake, tracker: IssueTracker, body: bytes) -> None:
    fake.body = body
    with pytest.raises(TrackerUnavailable):
        tracker.submit("Kafka", "lag", "kafka")


def test_a_token_is_not_shown(tracker: IssueTracker) -> None:
    assert TOKEN not in repr(tracker)
