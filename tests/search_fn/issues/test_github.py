"""Requests become issues: once, a few an hour, and never at the cost of the answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from search_fn.issues.github import LABEL, REPOSITORY, Issue, Tracker, TrackerError
from search_fn.settings import Settings
from tests.support.issue_tracker import AUTHOR, TOKEN, IssueTracker, issue_tracker

FIRST = Issue(f"https://github.com/{REPOSITORY}/issues/1", True)


@pytest.fixture
def tracker() -> Iterator[IssueTracker]:
    with issue_tracker() as found:
        yield found


def process(tracker: IssueTracker, hourly: int = 3, token: str = TOKEN) -> Tracker:
    """What one process of the function submits with."""
    return Tracker(Settings(issues_token=token, issues_api=tracker.address, issues_hourly=hourly))


def posts(tracker: IssueTracker) -> int:
    return sum(asked.startswith("POST") for asked in tracker.asked)


def outcome(submitting: Tracker, key: str) -> str:
    try:
        return submitting.submit("Kafka", "lag", key).url
    except TrackerError as error:
        return str(error)


def test_without_a_token_nobody_is_asked(tracker: IssueTracker) -> None:
    with pytest.raises(TrackerError, match="a person opens the address"):
        process(tracker, token="").submit("Kafka", "lag", "kafka")
    assert tracker.asked == []


def test_a_request_becomes_an_issue_once(tracker: IssueTracker) -> None:
    submitting = process(tracker)
    assert submitting.submit("Kafka", "lag", "kafka") == FIRST
    (issue,) = tracker.issues
    assert (issue["title"], issue["labels"]) == ("Kafka", [{"name": LABEL}])
    assert issue["body"].startswith("lag\n\n<!-- registry request ")
    # What came near it may have changed its text.
    assert submitting.submit("Kafka", "lag, like #1", "kafka") == FIRST
    # Nor does another process make it again.
    assert process(tracker).submit("Kafka", "lag", "kafka") == FIRST
    assert len(tracker.issues) == 1
    assert submitting.submit("Kafka", "lag", "another").url.endswith("/2")


def test_a_request_that_was_closed_is_not_made_again(tracker: IssueTracker) -> None:
    process(tracker).submit("Kafka", "lag", "kafka")
    tracker.issues[0]["state"] = "closed"
    assert process(tracker).submit("Kafka", "lag", "kafka") == FIRST._replace(is_open=False)
    assert len(tracker.issues) == 1


def test_twenty_equal_requests_at_once_make_one_issue(tracker: IssueTracker) -> None:
    submitting = process(tracker)
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _: outcome(submitting, "kafka"), range(20))) == {FIRST.url}
    assert posts(tracker) == 1


def test_twenty_different_requests_at_once_make_as_many_as_the_hour_allows(tracker: IssueTracker) -> None:
    submitting = process(tracker, hourly=10)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda number: outcome(submitting, str(number)), range(20)))
    assert posts(tracker) == len(tracker.issues) == 10
    assert sum("Too many requests" in one for one in found) == 10


def test_only_so_many_are_made_within_an_hour_by_all_processes(tracker: IssueTracker) -> None:
    now = datetime.now(UTC)
    for number in range(3):
        process(tracker).submit("Kafka", "lag", f"old {number}")
        tracker.issues[-1]["created_at"] = str(now - timedelta(minutes=61))
        tracker.add("by hand", body="x", created_at=str(now), user={"login": AUTHOR})
    for number in range(3):
        process(tracker).submit("Kafka", "lag", str(number))
        # Closed ones count too.
        tracker.issues[-1].update(created_at=str(now), state="closed")
    assert "Too many" in outcome(process(tracker), "one more")
    # One that is there already is still found.
    assert outcome(process(tracker), "2").endswith("/9")
    assert posts(tracker) == 6


def test_nobody_else_can_use_up_the_hour_or_take_a_request_for_themselves(tracker: IssueTracker) -> None:
    process(tracker).submit("Kafka", "lag", "kafka")
    mark = tracker.issues[0]["body"].rpartition("\n")[2]
    tracker.issues.clear()
    now = str(datetime.now(UTC))
    # Copied from an issue of ours, where everybody can read it.
    for _ in range(5):
        tracker.add("forged", body=f"lag\n\n{mark}", created_at=now, user={"login": "somebody"})
    assert outcome(process(tracker), "kafka").endswith("/6")


def test_a_mark_within_a_callers_text_is_none(tracker: IssueTracker) -> None:
    process(tracker).submit("Kafka", "lag", "kafka")
    mark = tracker.issues.pop()["body"].rpartition("\n")[2]
    process(tracker).submit("Redis", f"{mark}\n\n{mark}", "redis")
    assert outcome(process(tracker), "kafka").endswith("/2")


def test_a_mark_that_another_key_signed_is_no_request(tracker: IssueTracker) -> None:
    process(tracker).submit("Kafka", "lag", "kafka")
    digits = tracker.issues[0]["body"]
    tracker.issues[0]["body"] = f"{digits[:-6]}{'0' if digits[-6] != '0' else '1'}{digits[-5:]}"
    assert outcome(process(tracker), "kafka").endswith("/2")


def test_of_two_processes_at_the_same_moment_the_later_closes_its_own(
    tracker: IssueTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = process(tracker), process(tracker)
    found = Tracker._ours

    def late(self: Tracker, client: Any) -> list[dict[str, Any]]:
        """Both have looked before either writes."""
        listed = found(self, client)
        if self is ours and not tracker.issues:
            other.submit("Kafka", "lag", "kafka")
        return listed

    monkeypatch.setattr(Tracker, "_ours", late)
    assert ours.submit("Kafka", "lag", "kafka") == FIRST
    assert [issue["state"] for issue in tracker.issues] == ["open", "closed"]


@pytest.mark.parametrize("status", [301, 401, 403, 422, 429, 500])
def test_a_tracker_that_refuses_is_told_without_its_words(tracker: IssueTracker, status: int) -> None:
    tracker.failing = status
    with pytest.raises(TrackerError, match="use the address") as raised:
        process(tracker).submit("Kafka", "lag", "kafka")
    assert TOKEN not in str(raised.value)
    assert tracker.issues == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"7", b"[7]", b'[{"number": 1}]'])
def test_a_tracker_that_lies_is_told(tracker: IssueTracker, body: bytes) -> None:
    tracker.body = body
    with pytest.raises(TrackerError):
        process(tracker).submit("Kafka", "lag", "kafka")


def test_the_token_is_in_no_mark(tracker: IssueTracker) -> None:
    process(tracker).submit("Kafka", "lag", "kafka")
    assert TOKEN not in tracker.issues[0]["body"]
    assert TOKEN not in repr(Settings(issues_token=TOKEN))
