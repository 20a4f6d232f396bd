"""The snapshot of open requests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from build.fetch.github_issues import read_open_requests
from build.open_requests import OpenRequests
from search_fn.issues.github import LABEL, REPOSITORY
from tests.support.issue_tracker import TOKEN, IssueTracker, issue_tracker
from tests.support.place import Place

BEFORE: OpenRequests = {
    "repository": REPOSITORY,
    "requests": [{"number": 1, "title": "T", "url": "u", "created_at": "2026-01-02"}],
}


@pytest.fixture
def tracker() -> Iterator[IssueTracker]:
    with issue_tracker() as found:
        yield found


def test_without_a_token_nobody_is_asked() -> None:
    assert read_open_requests({"GITHUB_API_URL": "http://127.0.0.1:9"}, BEFORE) == (None, [])


def test_open_requests_are_known_by_label_or_title_the_newest_first(tracker: IssueTracker) -> None:
    tracker.add(f"[{LABEL}] - Kafka")
    # Upstream's form has this label.
    tracker.add("Watch a queue", labels=[{"name": f'[{LABEL}"]'}])
    tracker.add("The search page is slow", labels=[{"name": "bug"}])
    tracker.add(f"[{LABEL}] - Redis", state="closed")
    tracker.add(f"[{LABEL}] - by pull request", pull_request={"url": "x"})
    found, told = read_open_requests(tracker.environment, None)
    assert told == []
    assert found == {
        "repository": REPOSITORY,
        "requests": [
            {
                "number": number,
                "title": title,
                "url": f"https://github.com/{REPOSITORY}/issues/{number}",
                "created_at": f"2026-03-{number + 1:02}T10:00:00+00:00",
            }
            for number, title in ((2, "Watch a queue"), (1, f"[{LABEL}] - Kafka"))
        ],
    }


def test_all_pages_are_read_and_a_thousand_at_most(tracker: IssueTracker) -> None:
    for number in range(250):
        tracker.add(f"[{LABEL}] - {number}")
    found, _ = read_open_requests(tracker.environment, None)
    assert found
    assert [row["number"] for row in found["requests"]] == list(range(250, 0, -1))
    assert len(tracker.asked) == 3
    for number in range(1_000):
        tracker.add(f"[{LABEL}] - more {number}")
    found, _ = read_open_requests(tracker.environment, None)
    assert found
    assert len(found["requests"]) == 1_000


def test_what_strangers_write_is_a_line_without_hidden_characters(tracker: IssueTracker) -> None:
    tracker.add(f"[{LABEL}]\x1b[31m\nKa\u202efka\u200b " + "x" * 500, html_url="javascript:alert(1)")
    found, _ = read_open_requests(tracker.environment, None)
    assert found
    (row,) = found["requests"]
    assert row["title"].startswith(f"[{LABEL}] [31m Kafka x")
    assert len(row["title"]) == 200
    assert row["url"] == f"https://github.com/{REPOSITORY}/issues/1"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_tracker_that_fails_is_told_and_what_was_known_stays(tracker: IssueTracker, status: int) -> None:
    tracker.failing = status
    found, told = read_open_requests(tracker.environment, BEFORE)
    assert found == BEFORE
    assert [one.code for one in told] == ["requests-not-read"]
    assert TOKEN not in told[0].message + told[0].hint


@pytest.mark.parametrize(
    ("status", "headers"),
    [(502, {}), (503, {"retry-after": "1"}), (429, {"retry-after": "1"}), (403, {"retry-after": "1"})],
)
def test_a_tracker_that_fails_once_is_asked_again(
    tracker: IssueTracker, status: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("search_fn.issues.github.time.sleep", waited.append)
    tracker.add(f"[{LABEL}] - Kafka")
    tracker.failing, tracker.failures, tracker.headers = status, 1, headers
    found, told = read_open_requests(tracker.environment, BEFORE)
    assert (told, waited) == ([], [1.0])
    assert found
    assert [row["title"] for row in found["requests"]] == [f"[{LABEL}] - Kafka"]
    assert len(tracker.asked) == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [(401, {}), (404, {}), (403, {}), (429, {}), (429, {"retry-after": "3600"}), (403, {"retry-after": "x"})],
)
def test_what_will_not_be_better_soon_is_not_asked_again(
    tracker: IssueTracker, status: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_fn.issues.github.time.sleep", lambda _: pytest.fail("nobody waits for that"))
    tracker.failing, tracker.headers = status, headers
    assert [one.code for one in read_open_requests(tracker.environment, BEFORE)[1]] == ["requests-not-read"]
    assert len(tracker.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"null", b'[{"number": "x"}]', b'[{"number": 1}]', b"[7]"])
def test_a_tracker_that_lies_is_told(tracker: IssueTracker, body: bytes) -> None:
    tracker.body = body
    found, told = read_open_requests(tracker.environment, BEFORE)
    assert (found, len(told)) == (BEFORE, 1)


def test_nobody_there_is_told() -> None:
    environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": "http://127.0.0.1:9"}
    assert [one.code for one in read_open_requests(environment, None)[1]] == ["requests-not-read"]


def test_a_run_publishes_them_and_keeps_them_offline(
    place: Place, tracker: IssueTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def published() -> Any:
        file = place.folder / "site" / "api" / "v1" / "requests.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    assert published() is None
    for name, value in tracker.environment.items():
        monkeypatch.setenv(name, value)
    tracker.add(f"[{LABEL}] - Kafka")
    before = place.manifest()["build_id"]
    assert place.run().status == 3
    assert [row["title"] for row in published()["requests"]] == [f"[{LABEL}] - Kafka"]
    assert place.manifest()["build_id"] != before
    # A new request is news though no collection changed; the same ones are none.
    tracker.add(f"[{LABEL}] - Redis")
    assert place.run().report["published"] == ["index", "site"]
    assert place.run().report["published"] == []
    assert place.run("run", "--offline").report["published"] == []
    tracker.failing = 500
    outcome = place.run()
    assert [one["code"] for one in outcome.report["problems"] if not one["collection"]] == ["requests-not-read"]
    assert len(published()["requests"]) == 2
