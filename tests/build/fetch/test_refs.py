"""Which mirrors have all that their sources have."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.collections import fetch
from build.fetch.refs import mirror_folder, unmoved
from tests.support.repositories import TASK, Repository


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/one/runbook.robot": TASK})
    origin.git("tag", "light")
    origin.git("tag", "--annotate", "--message=One", "whole")
    return origin


@pytest.mark.parametrize("ref", ["main", "light", "whole"])
def test_what_was_fetched_has_all_until_something_is_new(ref: str, origin: Repository, tmp_path: Path) -> None:
    one, cache = origin.collection(ref=ref), tmp_path / "cache"
    assert unmoved([one], cache) == {}
    fetch([one], cache)
    assert list(unmoved([one], cache)) == ["beacon"]
    assert unmoved([one], cache) == unmoved([one], cache)


@pytest.mark.parametrize(
    "change",
    [
        lambda origin: origin.commit({"codebundles/one/README.md": "More."}),
        lambda origin: origin.git("tag", "another"),
        lambda origin: origin.git("tag", "--delete", "light"),
        lambda origin: origin.git("tag", "--force", "whole", "main"),
        lambda origin: origin.git("branch", "--move", "main", "other"),
        lambda origin: origin.folder.rename(origin.folder.with_name("elsewhere")),
    ],
    ids=["commit", "tag", "tag gone", "tag moved", "branch gone", "repository gone"],
)
def test_each_change_of_the_source_is_seen(
    change: Callable[[Repository], object], origin: Repository, tmp_path: Path
) -> None:
    cache, one, other = tmp_path / "cache", origin.collection(), Repository(tmp_path / "other")
    other.commit({"codebundles/two/runbook.robot": TASK})
    two = other.collection("anchor")
    fetch([one, two], cache)
    change(origin)
    assert list(unmoved([one, two], cache)) == ["anchor"]


def test_a_commits_id_is_fetched_each_time(origin: Repository, tmp_path: Path) -> None:
    """No source lists it by this name."""
    one = origin.collection(ref=origin.head())
    fetch([one], tmp_path / "cache")
    assert unmoved([one], tmp_path / "cache") == {}


def test_a_damaged_mirror_counts_as_none(origin: Repository, tmp_path: Path) -> None:
    one, cache = origin.collection(), tmp_path / "cache"
    fetch([one], cache)
    head = mirror_folder(one, cache) / "HEAD"
    head.write_text(f"{head.read_text()}#")
    assert unmoved([one], cache) == {}
