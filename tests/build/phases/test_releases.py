"""The releases of a run: kept while nothing changes, right on another day, left out where git cannot be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from build.environment import git_environment
from build.fetch.baseline import NO_BASELINE
from build.model import Collection
from build.options import Options
from build.phases import releases
from build.phases.context import RunContext
from build.phases.fetch import Sources
from build.phases.parse import parse_collections
from build.phases.releases import read_releases
from build.releases.models import CollectionReleases
from tests.support.repositories import Repository
from tests.support.versioned import at, fetched_of, suite

LOOK = suite("Look At Pods", variables={"NAMESPACE": "default=x"})


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "origin")
    found.commit({"codebundles/a/runbook.robot": LOOK, "codebundles/b/sli.robot": suite("Measure")}, date=at(0))
    found.git("tag", "v1")
    return found


def run(folder: Path, *collections: Collection) -> tuple[dict[str, CollectionReleases], RunContext]:
    context = RunContext(Options(cache=folder / "cache", jobs=1), Console(quiet=True), collections)
    fetched = [fetched_of(collection, folder / "cache") for collection in collections]
    parsed = parse_collections(context, Sources(fetched, NO_BASELINE))
    return read_releases(context, parsed), context


def told(context: RunContext) -> list[str]:
    return [one.code for one in context.problems if "release" in one.code]


def test_a_day_in_the_life(origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Built when there was one tag and nothing else.
    first = run(tmp_path, origin.collection())[0]["beacon"]
    assert [one.tag for one in first.releases] == ["v1"]
    assert (first.unreleased.is_empty, first.moved, first.removed) == (True, {}, ())
    assert first.since["a"].variables == {"NAMESPACE": "v1"}

    # Nothing happened: what is kept is read, and no state.
    with monkeypatch.context() as patch:
        patch.setattr(releases, "read_timeline", lambda *_: pytest.fail("it was read again"))
        again, _ = run(tmp_path, origin.collection())
    assert again == {"beacon": first}

    # Built when work has gone on: a release, and something since.
    origin.git("mv", "codebundles/b", "codebundles/measure")
    origin.commit({}, date=at(1))
    origin.git("tag", "v2")
    more = suite("Look At Pods", variables={"NAMESPACE": "default=x", "LIMIT": ""})
    origin.commit({"codebundles/a/runbook.robot": more, "codebundles/c/sli.robot": suite("New", doc="c")}, date=at(2))
    found, context = run(tmp_path, origin.collection())
    own = found["beacon"]
    assert [one.tag for one in own.releases] == ["v2", "v1"]
    assert own.releases[0].renamed == ({"from": "beacon/b", "to": "beacon/measure"},)
    assert own.releases[1] == first.releases[0]
    (change,) = own.unreleased.changed
    assert [(one.kind, one.name, one.breaking) for one in change.changes] == [("variable-added", "LIMIT", True)]
    assert (own.unreleased.added, own.unreleased.before) == (("beacon/c",), "v2")
    assert own.moved["beacon/b"].to == "beacon/measure"
    assert (own.since["a"].bundle, own.since["measure"].bundle, own.since["c"].bundle) == ("v1", "v2", None)
    assert own.since["a"].variables == {"NAMESPACE": "v1", "LIMIT": None}
    assert not told(context)

    # The same from nothing: what is kept only saves time.
    other, _ = run(tmp_path / "other", origin.collection())
    assert other == found


def test_a_hidden_collection_has_none_and_one_that_is_broken_is_told(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = origin.collection("hidden").model_copy(update={"visibility": "hidden"})
    found, _ = run(tmp_path, hidden, origin.collection())
    assert set(found) == {"beacon"}

    def broken(*_: object) -> None:
        raise ValueError("an object is gone")

    origin.commit({"README.md": "x"}, date=at(1))
    monkeypatch.setattr(releases, "read_timeline", broken)
    found, context = run(tmp_path, origin.collection())
    assert found == {}
    assert told(context) == ["release-not-read"]


def test_old_states_that_cannot_be_parsed_are_told_and_the_run_goes_on(origin: Repository, tmp_path: Path) -> None:
    broken = "*** Tasks ***\n" + "Look\n" + "    IF    ${x}\n" * 4_000
    origin.commit({"codebundles/a/runbook.robot": broken}, date=at(1))
    origin.git("tag", "v2")
    origin.commit({"codebundles/a/runbook.robot": LOOK}, date=at(2))
    found, context = run(tmp_path, origin.collection())
    told = [one for one in context.problems if one.code == "release-not-read"]
    (change,) = found["beacon"].unreleased.changed
    assert (change.files_changed, change.changes) == (1, ())
    assert change.because
    assert "at v2 it could not be read" in change.because
    assert "a at v2" in told[0].message
