"""What others have is fetched at once: collections, and for a run that publishes pages and requests, too."""

from pathlib import Path

import pytest

from build.documentation import (
    DocumentationPage,
)
from build.environment import git_environment
from build.fetch.baseline import NO_BASELINE
from build.phases.context import RunContext
from build.phases.fetch import fetch_sources
from tests.support.issue_tracker import issue_tracker
from tests.support.repositories import TASK, Repository
from tests.support.runs import run_of

PAGE = DocumentationPage(
    category="guides", slug="wind", name="Wind", url="https://127.0.0.1:9/wind", description="It blows."
)  # fmt: skip


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/one/runbook.robot": TASK})
    return origin


def publishing(run: RunContext) -> RunContext:
    return RunContext(run.options, run.console, run.collections, ("index", "site"), documentation=[PAGE])


def test_each_collection_is_at_one_commit(origin: Repository, tmp_path: Path) -> None:
    run = run_of(tmp_path, [origin.collection(), origin.collection("anchor")])
    with git_environment(allow_local=True):
        sources = fetch_sources(run)
    assert [(one.collection.slug, one.outcome) for one in sources.collections] == [
        ("beacon", "fetched"), ("anchor", "fetched"),
    ]  # fmt: skip
    assert {one.commit for one in sources.collections} == {origin.head()}
    assert sources.baseline == NO_BASELINE
    assert list(run.report.seconds) == ["fetch"]


def test_a_run_that_publishes_nothing_asks_for_collections_alone(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with issue_tracker() as tracker, git_environment(allow_local=True):
        for name, value in tracker.environment.items():
            monkeypatch.setenv(name, value)
        fetch_sources(run_of(tmp_path, [origin.collection()]))
        assert tracker.asked == []


def test_problems_of_crawler_and_tracker_are_the_runs(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with issue_tracker() as tracker, git_environment(allow_local=True):
        tracker.failing = 401
        for name, value in tracker.environment.items():
            monkeypatch.setenv(name, value)
        run = publishing(run_of(tmp_path, [origin.collection()]))
        sources = fetch_sources(run)
    assert [found.code for found in run.problems] == ["requests-not-read", "source-not-read"]
    assert {found.collection for found in run.problems} == {""}
    assert ([page.id for page in sources.documentation], sources.requests) == (["guides/wind"], None)
    assert list(run.report.seconds) == ["fetch", "documentation"]


def test_the_issue_trackers_requests_are_there(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with issue_tracker() as tracker, git_environment(allow_local=True):
        tracker.add("[new-codebundle-request] Redis")
        for name, value in tracker.environment.items():
            monkeypatch.setenv(name, value)
        sources = fetch_sources(publishing(run_of(tmp_path, [origin.collection()])))
    assert sources.requests
    assert [row["title"] for row in sources.requests["requests"]] == ["[new-codebundle-request] Redis"]


def test_offline_asks_nobody(origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with issue_tracker() as tracker, git_environment(allow_local=True):
        for name, value in tracker.environment.items():
            monkeypatch.setenv(name, value)
        run = publishing(run_of(tmp_path, [origin.collection()], offline=True))
        sources = fetch_sources(run)
        assert tracker.asked == []
    assert [one.outcome for one in sources.collections] == ["unavailable"]
    assert run.problems == []
